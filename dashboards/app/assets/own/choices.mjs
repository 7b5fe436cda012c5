// What a case is to be built from: country, conflict, dyad or sides where a file has several; its name and its days.
import { h } from "../live/dom.mjs";

const KEYS = [["country", "Country"], ["conflict", "Conflict"], ["dyad", "Dyad"], ["side_a", "Side A"], ["side_b", "Side B"], ["case", "Case in the file"]];
const DAYS = [["since", "First day", "the first events"], ["until", "Last day", "the end of the data"], ["pivot", "Day from which levers act", "the first day"]];
const COUNT = new Intl.NumberFormat("en");
const LONGEST = 60; // characters of a name

export class Choices {
  constructor() { this.node = h("div", { class: "own-choices" }); }

  show(rows, more, name) {
    this.rows = rows;
    this.picks = KEYS.filter(([key]) => new Set(rows.map(row => row[key]).filter(Boolean)).size > 1).map(([key, label]) => [key, label, h("select", { id: `own-${key}`, onchange: () => this.narrow(key) })]);
    this.match = h("p", { class: "hint", id: "own-match", role: "status" });
    this.name = h("input", { id: "own-name", type: "text", autocomplete: "off", spellcheck: "false", maxlength: LONGEST, "aria-describedby": "own-name-hint", oninput: () => { this.named = true; } });
    this.named = Boolean(name);
    this.name.value = name || "my-war";
    this.days = DAYS.map(([key, label, usual]) => [key, label, usual, h("input", { id: `own-${key}`, type: "date", "aria-describedby": `own-${key}-hint` })]);
    const field = (label, input, hint = null) => h("div", { class: "own-field" }, h("label", { for: input.id }, label), input, hint && h("p", { class: "hint", id: `${input.id}-hint` }, hint));
    this.node.replaceChildren(...(this.picks.length ? [h("div", { class: "own-fields" }, this.picks.map(([, label, pick]) => field(label, pick)))] : []), this.match,
      ...(more ? [h("p", { class: "hint" }, `${COUNT.format(more)} rarer combinations are not listed; give a file of one country to choose from them.`)] : []),
      h("div", { class: "own-fields" }, field("Name of the case", this.name, "Lower-case letters, digits and hyphens."), this.days.map(([, label, usual, input]) => field(label, input, `Unless given: ${usual}.`))));
    this.narrow();
  }

  chosen() { return Object.fromEntries(this.picks.map(([key,, pick]) => [key, pick.value]).filter(([, value]) => value)); }

  fits(row, but) { return this.picks.every(([key,, pick]) => key === but || !pick.value || row[key] === pick.value); }

  // Every list has what goes with the choices in the others; a choice made is kept.
  narrow() {
    for (const [key,, pick] of this.picks) {
      const before = pick.value, events = new Map();
      for (const row of this.rows) if (row[key] && this.fits(row, key)) events.set(row[key], (events.get(row[key]) || 0) + row.events);
      const options = [...events].sort((a, b) => b[1] - a[1]);
      pick.replaceChildren(h("option", { value: "" }, `any of ${COUNT.format(options.length)}`), ...options.map(([value, n]) => h("option", { value }, `${value} (${COUNT.format(n)} ${n === 1 ? "row" : "rows"})`)));
      pick.value = before;
    }
    this.tell();
  }

  tell() {
    const rows = this.rows.filter(row => this.fits(row)), values = key => [...new Set(rows.map(row => row[key]).filter(Boolean))];
    const conflicts = values("conflict"), n = rows.reduce((sum, row) => sum + row.events, 0);
    this.match.textContent = !this.rows.length ? "" : conflicts.length > 1 ? `${conflicts.length} conflicts match: choose one of them, a dyad, or both sides.` : `${COUNT.format(n)} rows match${conflicts.length ? `, all of ${conflicts[0]}` : ""}.`;
    if (!this.named) this.name.value = slug(conflicts.length === 1 ? conflicts[0] : "my war");
  }

  // The name and the choices, as the server takes them.
  asked() {
    const days = this.days.map(([key,,, input]) => [key, input.value]).filter(([, value]) => value);
    return { name: this.name.value.trim(), options: { ...this.chosen(), ...Object.fromEntries(days) } };
  }
}

// A name that a case can have, from words.
function slug(words) {
  const plain = words.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "");
  return plain.slice(0, 40).replace(/-+$/, "") || "my-war";
}
