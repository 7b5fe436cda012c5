// Step in: choose a move for the day shown; the log of what was decided, to edit and undo.
import { h, inWords, short } from "./dom.mjs";

const FIELDS = {
  from: { label: "holds from", type: "date" }, until: { label: "until", type: "date" },
  amount: { label: "size (share left, or strength 0 to 1)", type: "text" }, level: { label: "level, 0 to 1", type: "text", key: "amount", needed: "0.8" },
};

export class StepIn {
  // change(decisions) is called with the list asked for.
  constructor(change) {
    this.change = change;
    this.editing = null;
    this.pick = h("select", { id: "live-move", "aria-label": "Move", onchange: () => this.fields() });
    this.extra = h("div", { class: "extra" });
    this.when = h("input", { type: "date", id: "live-move-date", "aria-label": "Day of the decision" });
    this.button = h("button", { type: "button", class: "primary", id: "live-decide", onclick: () => this.decide() }, "Decide");
    this.cancel = h("button", { type: "button", hidden: true, onclick: () => this.edit(null) }, "Leave as it was");
    this.log = h("ol", { class: "log", id: "live-log", "aria-label": "Decisions" });
    this.undo = h("button", { type: "button", id: "live-undo", onclick: () => this.remove(this.decisions.length - 1) }, "Undo the last");
    this.form = h("div", { class: "stepin" }, this.pick, this.extra, h("div", { class: "row" }, h("label", {}, "on ", this.when), this.button, this.cancel), this.log, h("div", { class: "row" }, this.undo), this.hint = h("p", { class: "hint" }, "What came before a decision stays as it was, bit for bit; what follows is computed again under the same luck."));
  }

  show(decisions, about, run) {
    this.decisions = decisions || []; this.about = about;
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

  day(iso) { if (this.editing === null) this.when.value = iso; }

  get offer() { return this.about?.offers[this.pick.value]; }

  fields(held = {}) {
    this.button.disabled = !this.offer;
    this.extra.replaceChildren(...(this.offer?.fields || []).map(name => {
      const f = FIELDS[name], key = f.key || name;
      const input = h("input", { type: f.type, "data-key": key, id: `live-field-${name}`, min: this.when.min, max: this.when.max, autocomplete: "off",
        placeholder: f.needed ? "" : "as its own rule has it", value: held[key] ?? f.needed ?? "" });
      return h("label", {}, h("span", {}, f.label), input);
    }));
  }

  decision() {
    const made = { ...this.offer.decision, date: this.when.value };
    for (const input of this.extra.querySelectorAll("input")) {
      const text = input.value.trim();
      if (text) made[input.dataset.key] = input.type === "date" ? text : Number.isFinite(+text) ? +text : text;
    }
    return made;
  }

  decide() {
    if (!this.offer) return;
    const next = [...this.decisions];
    if (this.editing === null) next.push(this.decision()); else next[this.editing] = this.decision();
    next.sort((a, b) => a.date < b.date ? -1 : a.date > b.date ? 1 : 0);
    this.change(next, this.when.value);
  }

  remove(k) { if (k >= 0) this.change(this.decisions.filter((_, i) => i !== k)); }

  edit(k) {
    this.editing = k;
    this.cancel.hidden = k === null;
    this.button.textContent = k === null ? "Decide" : "Change";
    if (k === null) return;
    const d = this.decisions[k];
    this.pick.value = this.about.offers.indexOf(this.offerOf(d));
    this.when.value = d.date;
    this.fields(d);
    this.opened?.();
    this.pick.focus();
  }

  offerOf(d) {
    const free = new Set(["date", "from", "until", "amount"]);
    const same = (a, b) => Object.keys({ ...a, ...b }).every(key => free.has(key) || a[key] === b[key]);
    return this.about.offers.find(o => same(o.decision, d));
  }

  label(d) {
    const more = [d.from && `from ${short(d.from)}`, d.until && `until ${short(d.until)}`, d.amount !== undefined && `${d.amount}`].filter(Boolean);
    return (this.offerOf(d)?.label || `${d.actor}: ${d.do}`) + (more.length ? ` (${more.join(", ")})` : "");
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
