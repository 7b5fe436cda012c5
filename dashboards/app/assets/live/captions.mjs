// What is on record: the notes of the case, those of a day shown from it on, and a way to go from one to the next.
import { h, inWords, write } from "./dom.mjs";

const STAYS = 60; // days for which a note stands unless another one follows

export class Captions {
  constructor(player) {
    this.player = player;
    this.date = h("strong", {});
    this.words = h("span", {});
    const step = (words, label, by) => h("button", { type: "button", class: "plain tiny", "aria-label": label, title: label, onclick: () => this.go(by) }, words);
    this.node = h("section", { class: "caption", "aria-label": "On record", id: "live-caption" },
      step("◂", "The note before", -1), h("p", { tabindex: "0" }, this.date, this.words), step("▸", "The next note", 1));
  }

  show(run, about) {
    this.run = run; this.about = about;
    const days = new Map();
    for (const c of about.captions) days.set(c.date, [...(days.get(c.date) || []), c]);
    this.notes = [...days].map(([date, all]) => ({ date, day: run.dayOf(date), words: all.map(c => `${c.who}. ${c.note}`).join(" "), source: [...new Set(all.map(c => c.source))].filter(Boolean).join("; ") }))
      .filter(c => c.day >= 0);
    this.node.hidden = !this.notes.length;
    this.now = undefined;
    this.frame(this.player.day);
  }

  // The last note up to a day, if it is not long ago.
  at(day) {
    const k = this.notes.findLastIndex(c => c.day <= day + 1e-6);
    return k >= 0 && day - this.notes[k].day < STAYS ? k : -1;
  }

  frame(day) {
    const k = this.at(day), now = k >= 0 ? k : `after ${this.notes.findLastIndex(c => c.day <= day + 1e-6)}`;
    if (now === this.now) return;
    this.now = now;
    const note = this.notes[k], done = note && this.about.record?.until >= note.date;
    write(this.date, note ? `${inWords(note.date)}, ${done ? "on record and in this run" : "on record, left to the rules here"}: ` : "");
    write(this.words, note ? note.words : this.ahead(day));
    this.node.title = note?.source ? `Source: ${note.source}` : "";
    this.node.classList.toggle("elsewhere", !done);
  }

  // Between notes: which one comes next.
  ahead(day) {
    const next = this.notes.find(c => c.day > day + 1e-6);
    return next ? `Nothing new on record. Next: ${inWords(next.date)}.` : "Nothing more on record.";
  }

  go(by) {
    const day = this.player.day, days = this.notes.map(c => c.day).filter(d => by > 0 ? d > day + 1e-6 : d < Math.floor(day));
    const to = by > 0 ? days[0] : days.at(-1);
    if (to === undefined || to > this.player.last) return;
    this.player.pause();
    this.player.seek(to);
  }
}
