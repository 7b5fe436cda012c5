// The numbers behind the drawings, up to the day shown: a summary in words, the years, and all pairs on the day.
import { byYear, counted, quietDays, truces } from "../question/futures.mjs";
import { h, table } from "./dom.mjs";

const COUNT = new Intl.NumberFormat("en");
const HOLDS = 2; // state of a truce from which on it holds

export class Numbers {
  constructor() {
    this.words = h("p", { id: "live-charts-words" });
    this.rows = h("div", {});
    this.node = h("div", {}, h("div", { class: "numbers", id: "live-numbers" }, this.words, this.rows)); // the outer one is a panel of its own name
  }

  // ``other`` is the other future, if there is one.
  show(run, about, other) { Object.assign(this, { run, about, other, day: null }); }

  // Nothing is told of what lies behind the day shown.
  frame(day) {
    if (!this.run || day === this.day) return;
    this.day = day;
    const runs = this.other ? [this.run, this.other] : [this.run], { noun } = counted(this.about), names = ["this run", "the other future"].slice(0, runs.length);
    const years = byYear(runs, this.about, day);
    this.words.textContent = this.tell(day, years, noun);
    this.rows.replaceChildren(table(["Year", ...names], years, `${noun} by year`), table(["On the day", "trust", "holds", "talks"], this.pairs(day), "Pairs on the day shown"), table(["Leader of", "political capital"], this.capital(day), "Political capital on the day shown"));
  }

  tell(day, years, noun) {
    const { run, about } = this, number = row => Number(String(row[1]).replaceAll(",", "")), worst = [...years].sort((one, two) => number(two) - number(one))[0];
    const all = run.col(counted(about).column)[run.row(day)], quiet = quietDays(truces(run, about), 0, day);
    const most = worst && number(worst) > 0 ? `, most of them in ${worst[0]} (${worst[1]})` : "";
    return `Up to ${run.words(day)}: ${COUNT.format(Math.round(all))} ${noun}${most}; a ceasefire held on ${COUNT.format(quiet)} days.`;
  }

  pairs(day) {
    const { run, about } = this, row = run.row(day), title = name => about.parties.find(p => p.name === name).title;
    return about.pairs.map(p => {
      const [a, b] = p.between, trust = [`${a}>${b}`, `${b}>${a}`].map(name => run.col(`dyads.${name}.trust`)[row].toFixed(2)).join(" and ");
      const holds = run.col(`pairs.${p.name}.agreed`)[row] >= 1 ? "agreement" : run.col(`pairs.${p.name}.truce_state`)[row] >= HOLDS ? "ceasefire" : "–";
      const open = about.tracks.filter(t => p.between.every(x => t.between.includes(x)) && run.col(`tracks.${t.name}.is_open`)[row] > 0);
      return [`${title(a)} and ${title(b)}`, trust, holds, open.map(t => t.plate).join(", ") || "–"];
    });
  }

  capital(day) { return this.about.parties.map(p => [p.title, this.run.col(`parties.${p.name}.capital`)[this.run.row(day)].toFixed(2)]); }
}
