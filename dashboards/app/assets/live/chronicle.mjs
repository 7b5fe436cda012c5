// The chronicle: dated sentences with their causes, the newest on top, following the day shown.
import { h, short } from "./dom.mjs";
import { markOf } from "./marks.mjs";

const VISITS = new Set(["mediator_engaged", "mediator_left"]); // a mediator's first visit is news, the others are not
const PLAIN = new Set(["own choice", "by rule", "imposed by the policy", "imposed by your decision"]);

export class Chronicle {
  constructor(player) {
    this.player = player;
    this.list = h("ol", { class: "lines", tabindex: "0", "aria-label": "Chronicle, newest first; arrow keys go through it", onkeydown: event => this.key(event) });
    this.all = h("input", { type: "checkbox", id: "live-all", onchange: () => this.show(this.run) });
    this.none = h("p", { class: "empty" }, "Nothing has happened yet. Press play.");
    this.node = h("section", { class: "chronicle" },
      h("div", { class: "row" }, h("h2", {}, "Chronicle"), h("label", { class: "small" }, this.all, " every strike, breach and visit")),
      this.none, this.list);
  }

  show(run) {
    this.run = run;
    const said = new Set(), visits = new Set();
    const lines = run.events.map((event, k) => ({ event, k })).filter(({ event: [day, kind, sentence, why] }) => {
      const again = said.has(day + sentence), visit = VISITS.has(kind) && visits.has(sentence);
      said.add(day + sentence);
      visits.add(sentence);
      return !again && (this.all.checked || !(markOf(kind).minor || visit || kind === "mediator_left") || why.includes("against"));
    });
    this.days = lines.map(l => l.event[0]);
    this.items = lines.map(({ event: [day, kind, sentence, why] }) => {
      const cause = kind === "move_imposed" || PLAIN.has(why) || sentence.includes(why) ? null : h("span", { class: "cause" }, why);
      const item = h("li", { class: `tone-${markOf(kind).tone}`, hidden: true },
        h("button", { type: "button", class: "day", tabindex: "-1", title: "Go to this day", onclick: () => { this.player.pause(); this.player.seek(day); } }, short(run.iso(day))),
        h("span", {}, sentence, cause ? " — " : "", cause));
      return item;
    });
    if (run.lastDay < run.horizon || run.end_reason !== "fighting_on") {
      this.days.push(run.lastDay);
      this.items.push(h("li", { class: "ending", hidden: true }, h("span", { class: "day" }, short(run.end_date)), h("span", {}, ENDINGS[run.end_reason])));
    }
    this.list.replaceChildren(...[...this.items].reverse());
    this.seen = 0;
    this.frame(this.player.day);
  }

  // Up and down go from line to line, enter goes to the day of a line.
  key(event) {
    const to = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!to) return;
    const buttons = [...this.list.querySelectorAll("li:not([hidden]) button")], k = buttons.indexOf(document.activeElement);
    buttons[Math.max(0, Math.min(buttons.length - 1, k + to))]?.focus();
    event.preventDefault();
  }

  frame(day) {
    const before = this.seen;
    while (this.seen < this.days.length && this.days[this.seen] <= day) this.items[this.seen++].hidden = false;
    while (this.seen > 0 && this.days[this.seen - 1] > day) this.items[--this.seen].hidden = true;
    if (before === this.seen && this.latest) return;
    this.latest?.classList.remove("latest");
    this.latest = this.items[this.seen - 1];
    this.latest?.classList.add("latest");
    this.none.hidden = this.seen > 0;
    if (this.list.scrollTop) this.list.scrollTop = 0;
  }
}

export const ENDINGS = { collapse: "The run ends: a party collapses.", settled: "The run ends: settled.", partial_settlement: "The run ends: settled in part.",
  lasting_truce: "The run ends: ceasefires have lasted.", faded_out: "The run ends: the war has faded out.",
  government_victory: "The run ends: the government has won.", rebel_victory: "The run ends: the rebels have won.",
  fighting_on: "The run ends: fighting goes on.", running: "The run was cut short." };
