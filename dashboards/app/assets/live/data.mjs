// A run as the server sends it: a head in JSON, then columns of float32 (see payload.py).

import { inWords } from "./dom.mjs";

const DAY = 86400000, END = "end";

export class Run {
  constructor(buffer) {
    const length = new DataView(buffer).getUint32(0, true);
    const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
    Object.assign(this, head);
    this.columnOf = new Map(head.columns.map((name, k) =>
      [name, new Float32Array(buffer, 4 + length + 4 * k * head.rows, head.rows)]));
    this.first = Date.parse(head.start + "T00:00:00Z");
    this.horizon = head.n_days;
    this.lastDay = this.dayOfRow(head.rows - 1);
  }

  // The day (since the start of the case) on which a row's step has ended; the last step may be shorter than others.
  dayOfRow(row) { return Math.min(row * this.step_days, this.horizon); }

  col(name) { return this.columnOf.get(name); }

  // The row that holds the state on a day (days since the start of the case).
  row(day) {
    if (day >= this.lastDay) return this.rows - 1;
    return Math.max(0, Math.min(this.rows - 1, Math.floor(day / this.step_days + 1e-6)));
  }

  // The date of a day; the end of the case is the evening of its last day.
  iso(day) { return new Date(this.first + Math.min(Math.floor(day + 1e-6), this.horizon - 1) * DAY).toISOString().slice(0, 10); }

  // A day as an address has it, and back: the end of the case by that word.
  stamp(day) { return this.over(day) ? END : this.iso(day); }

  over(day) { return day >= this.horizon; }

  dayOf(key) { return key === END ? this.horizon : Math.round((Date.parse(key + "T00:00:00Z") - this.first) / DAY); }

  // A day in words.
  words(day) { return (this.over(day) ? "End of " : "") + inWords(this.iso(day)); }

  // Dates of all rows, as Plotly takes them.
  get dates() {
    if (!this._dates) this._dates = Array.from({ length: this.rows }, (_, k) => this.when(this.dayOfRow(k)));
    return this._dates;
  }

  when(day) { return this.first + day * DAY; }
}

const kept = new Map();

// Fetch a run by its key; the few last ones are kept decoded.
export async function fetchRun(key) {
  if (kept.has(key)) return kept.get(key);
  const answer = await fetch(`/run/${key}`);
  if (!answer.ok) throw new Error("forgotten");
  const run = new Run(await answer.arrayBuffer());
  kept.set(key, run);
  if (kept.size > 8) kept.delete(kept.keys().next().value);
  return run;
}

// Times in which a column is at least a level: [first day, last day].
export function spans(run, column, level) {
  const found = [];
  let since = -1;
  for (let k = 0; k < run.rows; k++) {
    const on = column[k] >= level;
    if (on && since < 0) since = k;
    if (!on && since >= 0) { found.push([since, k]); since = -1; }
  }
  if (since >= 0) found.push([since, run.rows - 1]);
  return found.map(([a, b]) => [run.dayOfRow(a), run.dayOfRow(b)]);
}
