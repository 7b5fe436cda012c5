// Step in: choose a move for the day shown; the log of what was decided, to edit and undo.
import { h, inWords, short } from "./dom.mjs";

// What one may add to a move; ``key`` is its name in a decision.
const FIELDS = {
  from: { label: "holds from", type: "date" }, until: { label: "until", type: "date" },
  amount: { label: "share of forces left, 0 to 1", type: "text" },
  strength: { label: "how much it is wanted, 0 to 1", type: "text", key: "amount" },
  level: { label: "level, 0 to 1", type: "text", key: "amount" },
};
const FREE = new Set(["date", "from", "until", "amount"]); // keys that do not tell one move from another
const DAY = 86400000;

const later = (iso, days) => new Date(Date.parse(iso) + days * DAY).toISOString().slice(0, 10);

export class StepIn {
  // change(decisions) is called with the list asked for.
  constructor(change) {
    this.change = change;
    this.editing = null;
    this.pick = h("select", { id: "live-move", "aria-label": "Move", onchange: () => { this.block.checked = false; this.fields(); } });
    this.extra = h("div", { class: "extra" });
    this.when = h("input", { type: "date", id: "live-move-date", "aria-label": "Day of the decision", onchange: () => this.moveDates() });
    this.block = h("input", { type: "checkbox", id: "live-rule-out", onchange: () => this.fields() });
    this.blockRow = h("label", { class: "small", hidden: true }, this.block, " rule it out: it is not made, whatever policy and rules say");
    this.said = h("p", { class: "hint", role: "status" });
    this.button = h("button", { type: "button", class: "primary", id: "live-decide", onclick: () => this.decide() }, "Decide");
    this.cancel = h("button", { type: "button", hidden: true, onclick: () => this.edit(null) }, "Leave as it was");
    this.log = h("ol", { class: "log", id: "live-log", "aria-label": "Decisions" });
    this.undo = h("button", { type: "button", id: "live-undo", onclick: () => this.takeBack() }, "Undo the last");
    this.form = h("div", { class: "stepin" }, h("div", { class: "choose" }, this.pick, h("div", { class: "row" }, h("label", {}, "on ", this.when), this.button, this.cancel),
      this.blockRow, this.extra, this.said), this.log, h("div", { class: "row" }, this.undo), this.hint = h("p", { class: "hint" }, "What came before a decision stays as it was, bit for bit; what follows is computed again under the same luck."));
  }

  show(decisions, about, run) {
    this.decisions = decisions || []; this.about = about; this.run = run;
    this.when.min = run.iso(0); this.when.max = about.end;
    const chosen = this.offer?.label;
    const groups = new Map();
    about.offers.forEach((o, k) => groups.set(o.group, [...(groups.get(o.group) || []), h("option", { value: k }, o.label)]));
    this.pick.replaceChildren(h("option", { value: "" }, "Choose a move for the day shown …"), ...[...groups].map(([label, options]) => h("optgroup", { label }, options)));
    const again = about.offers.findIndex(o => o.label === chosen);
    this.pick.value = again >= 0 ? again : "";
    if (again < 0) this.fields();
    this.edit(null);
    this.drawLog();
  }

  day(iso) {
    if (this.editing !== null || this.when.value === iso) return;
    this.when.value = iso;
    this.moveDates();
  }

  // Dates that nobody typed go with the day of the decision.
  moveDates() {
    if (!this.when.value) return;
    for (const input of this.extra.querySelectorAll("input[type=date]"))
      if (!input.dataset.typed) input.value = this.within(later(this.when.value, +input.dataset.days));
    this.warn();
  }

  within(iso) { return iso > this.about.end ? this.about.end : iso; }

  get offer() { return this.about?.offers[this.pick.value]; }

  get blocks() { return Boolean(this.offer?.blockable && this.block.checked); }

  // What one may add to the move; ``held`` is the decision that is edited: what it does not say stays open.
  fields(held = null) {
    this.button.disabled = !this.offer;
    this.blockRow.hidden = !this.offer?.blockable;
    const usual = this.blocks ? { until: null } : this.offer?.fields || {};
    this.extra.replaceChildren(...Object.entries(usual).map(([name, first]) => this.field(name, first, held)));
    this.warn();
  }

  field(name, first, held) {
    const f = FIELDS[name], key = f.key || name, dated = f.type === "date", typed = held !== null;
    const usual = first === null ? "" : dated ? this.within(later(this.when.value || this.about.start, first)) : first;
    const input = h("input", { type: f.type, "data-key": key, "data-typed": typed || first === null ? "true" : null, "data-days": dated ? first : null, id: `live-field-${name}`,
      min: dated ? this.when.min : null, max: dated ? this.when.max : null, autocomplete: "off", value: held ? held[key] ?? "" : usual });
    input.addEventListener("input", () => { input.dataset.typed = "true"; });
    return h("label", {}, h("span", {}, f.label), input);
  }

  // Say where a move can do nothing on its day.
  warn() {
    const d = this.offer?.decision;
    this.said.textContent = "";
    if (!this.run || !d || d.do !== "extend_truce" || this.blocks || !this.when.value) return;
    const pair = this.about.pairs.find(p => p.between.includes(d.actor) && p.between.includes(d.to));
    const state = pair && this.run.col(`pairs.${pair.name}.truce_state`)[this.run.row(this.run.dayOf(this.when.value))];
    if (state !== undefined && state < 2) this.said.textContent = "No ceasefire holds between them on that day of this run, so there is nothing to extend.";
  }

  // The decisions that the form stands for.
  drafted() {
    const more = { date: this.when.value };
    for (const input of this.extra.querySelectorAll("input")) {
      const text = input.value.trim();
      if (text) more[input.dataset.key] = input.type === "date" ? text : Number.isFinite(+text) ? +text : text;
    }
    const { decision, also } = this.offer;
    if (this.blocks) return [{ ...decision, ...more, do: "block", what: decision.do }];
    return [decision, ...(this.editing === null ? also : [])].map(d => ({ ...d, ...more }));
  }

  decide() {
    if (!this.offer) return;
    const next = this.decisions.filter((_, k) => k !== this.editing);
    next.push(...this.drafted());
    next.sort((a, b) => a.date < b.date ? -1 : a.date > b.date ? 1 : 0);
    this.change(next, this.when.value);
  }

  // The last decision, with the one that was made with it.
  takeBack() {
    const last = this.decisions.at(-1), twin = d => d.do === last.do && d.date === last.date && d.actor === last.to && d.to === last.actor && d.until === last.until;
    this.change(this.decisions.filter(d => d !== last && !twin(d)));
  }

  remove(k) { if (k >= 0) this.change(this.decisions.filter((_, i) => i !== k)); }

  edit(k) {
    this.editing = k;
    this.cancel.hidden = k === null;
    this.button.textContent = k === null ? "Decide" : "Change";
    if (k === null) return;
    const d = this.decisions[k];
    this.pick.value = this.about.offers.indexOf(this.offerOf(d));
    this.block.checked = d.do === "block";
    this.when.value = d.date;
    this.fields(d);
    this.opened?.();
    this.pick.focus();
  }

  // The move that a decision makes, or rules out.
  offerOf(d) {
    const { what, ...rest } = d, meant = d.do === "block" ? { ...rest, do: what } : d;
    const same = (a, b) => Object.keys({ ...a, ...b }).every(key => FREE.has(key) || a[key] === b[key]);
    return this.about.offers.find(o => !o.also.length && same(o.decision, meant));
  }

  label(d) {
    const more = [d.from && `from ${short(d.from)}`, d.until && `until ${short(d.until)}`, d.amount !== undefined && `${d.amount}`].filter(Boolean);
    const words = this.offerOf(d)?.label || `${d.actor}: ${d.do}`;
    return (d.do === "block" ? `Ruled out: ${words}` : words) + (more.length ? ` (${more.join(", ")})` : "");
  }

  drawLog() {
    this.undo.hidden = !this.decisions.length;
    const empty = h("li", { class: "empty" }, "No decisions yet: choose a move, and a day for it.");
    this.log.replaceChildren(...(this.decisions.length ? this.decisions.map((d, k) => h("li", {},
      h("span", { class: "day" }, short(d.date)), h("span", {}, this.label(d)),
      h("button", { type: "button", class: "plain tiny", "aria-label": `Edit the decision of ${inWords(d.date)}`, onclick: () => this.edit(k) }, "edit"),
      h("button", { type: "button", class: "plain tiny", "aria-label": `Undo the decision of ${inWords(d.date)}`, onclick: () => this.remove(k) }, "undo"))) : [empty]));
  }
}
