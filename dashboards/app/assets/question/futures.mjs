// Two futures side by side: deaths (or provocations) month by month, ceasefires below them, and the day that is watched.
import { h, inWords, svg } from "../live/dom.mjs";
import { spans } from "../live/data.mjs";

const HIGH = 168, TOP = 16, BOTTOM = 34, LEFT = 44, STRIP = 8, YEAR = 34; // px
const HOLDS = 2; // state of a truce from which on it holds
const DAY = 86400000;
const COUNT = new Intl.NumberFormat("en");

// What is counted in a run: deaths where anybody dies, else provocations.
export const counted = about => about.spoilers.length || about.pairs.some(p => p.hostile && p.lethal) ? { column: "tally.fatalities", noun: "deaths" } : { column: "tally.attacks", noun: "provocations" };

// Months from a day on: [first day, day after the last], in days of the run; the last month may be shorter.
export function months(run, from) {
  const found = [], end = run.lastDay;
  let at = from;
  while (at < end) {
    const date = new Date(run.first + at * DAY);
    const next = (Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) - run.first) / DAY;
    found.push([at, Math.min(next, end)]);
    at = next;
  }
  return found;
}

// A count a month, as a rate of 30 days so that short months stand as high as long ones.
export function monthly(run, column, from) {
  const values = run.col(column);
  return months(run, from).map(([a, b]) => ({ a, b, rate: 30 * (values[run.row(b)] - values[run.row(a)]) / Math.max(b - a, 1) }));
}

export function truces(run, about) {
  return about.pairs.filter(p => p.hostile).flatMap(p => spans(run, run.col(`pairs.${p.name}.truce_state`), HOLDS));
}

// Days on which at least one ceasefire holds, from one day to another.
export function quietDays(found, from, until) {
  let n = 0, end = from;
  for (const [a, b] of [...found].sort((x, y) => x[0] - y[0])) {
    const start = Math.max(a, end), stop = Math.min(b, until);
    if (stop > start) { n += stop - start; end = stop; }
  }
  return Math.round(n);
}

const NUMBERS = "question-numbers";

export class Future {
  constructor(kind, words) {
    this.kind = kind;
    this.head = h("h3", {}, words);
    this.place = h("div", { class: "q-drawing", role: "img" });
    this.facts = h("p", { class: "q-facts" });
    this.node = h("div", { class: `q-future q-${kind}` }, this.head, this.place, this.facts);
  }

  // ``top``: the highest month of both futures; ``from``: first day drawn; ``decided``: the day of the decision, null where there is none.
  show(run, about, { top, from, last, decided }) {
    Object.assign(this, { run, about, top, from, last, decided, what: counted(about), found: truces(run, about), words: "" });
    this.draw();
  }

  draw() {
    if (!this.run) return;
    if (document.getElementById(NUMBERS)) this.place.setAttribute("aria-details", NUMBERS); // a mailed page has no such table
    const wide = Math.max(this.place.clientWidth, 240), run = this.run;
    const x = this.x = day => LEFT + (day - this.from) / (this.last - this.from) * (wide - LEFT - 4);
    const floor = HIGH - BOTTOM, y = value => floor - value / this.top * (floor - TOP);
    const text = (tx, ty, words, anchor = "start") => svg("text", { x: tx, y: ty, "text-anchor": anchor }, document.createTextNode(words));
    const bars = monthly(run, this.what.column, this.from).map(m =>
      svg("rect", { x: x(m.a) + .5, y: y(m.rate), width: Math.max(x(m.b) - x(m.a) - 1, 1), height: Math.max(floor - y(m.rate), 0) }));
    const strips = this.found.filter(([, b]) => b > this.from).map(([a, b]) =>
      svg("rect", { x: x(Math.max(a, this.from)), y: floor + 3, width: Math.max(x(b) - x(Math.max(a, this.from)), 1.5), height: STRIP }));
    const years = [];
    for (let year = new Date(run.first + this.from * DAY).getUTCFullYear() + 1, end = -YEAR; ; year++) {
      const day = (Date.UTC(year, 0, 1) - run.first) / DAY;
      if (day > this.last) break;
      if (x(day) - end < YEAR) continue;
      end = x(day);
      years.push(svg("line", { class: "q-grid-line", x1: x(day), x2: x(day), y1: TOP, y2: floor + 12 }), text(x(day) + 3, HIGH - 6, String(year)));
    }
    this.now = svg("line", { class: "q-now", y1: TOP - 6, y2: floor + 12 });
    this.cover = svg("rect", { class: "q-cover", y: TOP - 2, height: floor + 14 - TOP });
    const mark = svg("line", { class: "q-mark", x1: x(this.decided ?? 0), x2: x(this.decided ?? 0), y1: TOP - 4, y2: floor + 12, hidden: this.decided === null });
    this.place.replaceChildren(svg("svg", { width: wide, height: HIGH, "aria-hidden": true },
      ...years, svg("line", { class: "q-grid-line", x1: LEFT, x2: wide, y1: floor, y2: floor }),
      svg("g", { class: "q-bars" }, ...bars), svg("g", { class: "q-strips" }, ...strips),
      text(LEFT - 5, TOP + 5, short(this.top), "end"), text(LEFT - 5, floor + 1, "0", "end"), mark, this.cover, this.now));
    this.wide = wide;
    this.frame(this.day ?? this.last);
  }

  frame(day) {
    this.day = day;
    if (!this.run) return;
    const at = this.x(Math.min(Math.max(day, this.from), this.last));
    this.now.setAttribute("x1", at); this.now.setAttribute("x2", at);
    this.cover.setAttribute("x", at + 1); this.cover.setAttribute("width", Math.max(this.wide - at, 0));
    const words = this.tell(day);
    if (words === this.words) return;
    this.words = this.facts.textContent = words;
  }

  // How many since the decision, and whether a ceasefire holds.
  tell(day) {
    const run = this.run, values = run.col(this.what.column), until = Math.min(day, run.lastDay);
    const since = this.decided ?? 0, n = until > since ? values[run.row(until)] - values[run.row(since)] : 0;
    const quiet = quietDays(this.found, since, until), holds = this.found.some(([a, b]) => a <= day && day < b);
    const ended = day >= run.lastDay && run.lastDay < run.horizon ? ` · the run ends on ${inWords(run.iso(run.lastDay))}` : "";
    return `${COUNT.format(Math.round(n))} ${this.what.noun} ${this.decided === null ? "so far" : "since the decision"} · ${holds ? "a ceasefire holds · " : ""}${quiet} days of ceasefire${ended}`;
  }

  // The whole future in a sentence, for those who do not see the drawing.
  describe() {
    this.place.setAttribute("aria-label", `${this.head.textContent}: ${this.tell(this.last)}, up to ${inWords(this.run.iso(this.last))}`);
  }
}

const short = value => value >= 10000 ? `${Math.round(value / 1000)}k` : COUNT.format(Number(value.toPrecision(2)));

// The highest month of some runs; never 0.
export const highest = (runs, about, from) => Math.max(1, ...runs.flatMap(run => monthly(run, counted(about).column, from).map(m => m.rate)));

// By year: how many in each run, up to a day.
export function byYear(runs, about, until = Infinity) {
  const { column } = counted(about), years = new Map();
  runs.forEach((run, k) => {
    const values = run.col(column);
    for (const [a, end] of months(run, 0)) {
      if (a > until) break;
      const b = Math.min(end, until);
      const year = run.iso(a).slice(0, 4), row = years.get(year) || runs.map(() => 0);
      row[k] += values[run.row(b)] - values[run.row(a)];
      years.set(year, row);
    }
  });
  return [...years].map(([year, row]) => [year, ...row.map(v => COUNT.format(Math.round(v)))]);
}
