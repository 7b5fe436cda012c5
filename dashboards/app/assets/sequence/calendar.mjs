// The calendar: a lane for each item, in it a mark for each order.  Marks are dragged, moved by keys, or given a date.
import { h, inWords } from "../live/dom.mjs";

const APART = 64; // px between two labels of the axis
const STEPS = { ArrowLeft: -7, ArrowDown: -7, ArrowRight: 7, ArrowUp: 7, PageDown: -30, PageUp: 30 };

export const LABELS = { a: "A", b: "B" };
export const OWN = "own"; // what an item waits for that has a condition of its own

export class Calendar {
  // ``moved(key, name, day, step)`` hears of a new day (null: left out); ``step`` says whether it ends a movement.
  constructor(moved, removed) {
    Object.assign(this, { moved, removed });
    this.years = h("div", { class: "s-years" });
    this.axis = h("div", { class: "s-axis", "aria-hidden": "true" }, h("div", {}), this.years);
    new ResizeObserver(() => this.label()).observe(this.years);
    this.rows = h("div", {});
    this.node = h("div", { class: "s-calendar", role: "group", "aria-label": "Calendar" }, this.axis, this.rows);
  }

  // ``items`` by name; ``names`` of those on the calendar; ``days`` of the case; ``waits`` what may be waited for.
  show(items, names, days, orders, waits) {
    Object.assign(this, { items, days, waits });
    this.label();
    this.parts = {};
    this.rows.replaceChildren(...names.map(name => this.row(items[name])));
    this.place(orders);
  }

  // As many labels of the axis as there is room for.
  label() {
    if (!this.days) return;
    const wide = this.years.clientWidth, kept = [];
    let end = 0;
    for (const [day, words] of [[0, this.days.begin], ...this.days.ticks().filter(([day]) => day > 0)]) {
      const at = this.days.place(day) / 100 * wide;
      if (at < end || at + APART > wide + 20) continue;
      kept.push(h("span", { style: `left:${this.days.place(day)}%` }, words));
      end = at + APART;
    }
    this.years.replaceChildren(...kept);
  }

  row(item) {
    const part = this.parts[item.name] = { marks: {}, fields: {}, picks: {}, notes: {} };
    const lane = part.lane = h("div", { class: "s-lane" }, this.days.ticks().map(([day]) => h("i", { style: `left:${this.days.place(day)}%` })));
    for (const key of ["a", "b"]) {
      part.marks[key] = this.mark(key, item, lane);
      part.fields[key] = this.field(key, item);
      part.picks[key] = this.pick(key, item);
      part.notes[key] = h("div", { class: `s-waits s-waits-${key}`, "aria-hidden": "true" });
      lane.append(part.marks[key], part.notes[key]);
    }
    const fields = h("div", { class: "s-turns" }, ["a", "b"].map(key => h("div", { class: "s-turn" }, h("span", { class: "s-label", "aria-hidden": "true" }, LABELS[key]), part.picks[key], part.fields[key])));
    const remove = h("button", { type: "button", class: "plain", "aria-label": `Remove ${item.title}`, title: "Remove from both orders", onclick: () => this.removed(item.name) }, "✕");
    const after = item.after.length ? h("small", {}, ` after ${item.after.map(name => this.items[name]?.title || name).join(", ")}`) : null;
    return h("div", { class: "s-item", "data-item": item.name }, h("div", { class: "s-name", title: item.note || null }, item.title, after), lane, h("div", { class: "s-fields" }, fields, remove));
  }

  mark(key, item, lane) {
    const mark = h("div", { class: `s-mark s-${key}`, role: "slider", tabindex: "0", "data-order": key, "aria-label": `${LABELS[key]}: ${item.title}`,
      "aria-valuemin": this.days.of(item.earliest), "aria-valuemax": this.days.length }, LABELS[key]);
    mark.addEventListener("keydown", event => this.key(event, key, item));
    mark.addEventListener("pointerdown", event => {
      if (event.button) return;
      event.preventDefault();
      mark.focus();
      mark.setPointerCapture(event.pointerId);
      const drag = move => this.moved(key, item.name, this.held(item, this.under(move, lane)), false);
      const drop = () => {
        mark.removeEventListener("pointermove", drag);
        for (const end of ["pointerup", "pointercancel"]) mark.removeEventListener(end, drop);
        this.moved(key, item.name, this.orders[key][item.name], true);
      };
      mark.addEventListener("pointermove", drag);
      for (const end of ["pointerup", "pointercancel"]) mark.addEventListener(end, drop);
    });
    return mark;
  }

  under(event, lane) {
    const box = lane.getBoundingClientRect();
    return Math.round((event.clientX - box.left) / box.width * this.days.length);
  }

  // A day within those that an item allows.
  held(item, day) { return Math.min(Math.max(day, this.days.of(item.earliest)), this.days.length); }

  key(event, key, item) {
    const now = this.orders[key][item.name], first = this.days.of(item.earliest);
    const ends = { Home: first, End: this.days.length };
    const step = STEPS[event.key] && (event.shiftKey ? Math.sign(STEPS[event.key]) : STEPS[event.key]);
    const day = event.key in ends ? ends[event.key] : step ? now + step : null;
    if (day === null) return;
    event.preventDefault();
    this.moved(key, item.name, this.held(item, day), true, true);
  }

  // On a day, or once a condition is met.
  pick(key, item) {
    const name = `When in ${LABELS[key]}: ${item.title}`, own = item.waits;
    const choices = own ? [["", "left out"], [OWN, `once ${own}`]] : [["", "on the day"], ...(item.after.length ? [] : this.waits.map(([wait, words]) => [wait, `once ${words}`]))];
    const pick = h("select", { class: "s-when", "data-order": key, "aria-label": name }, choices.map(([value, words]) => h("option", { value }, words)));
    pick.addEventListener("change", () => this.moved(key, item.name, pick.value || (own ? null : this.days.of(item.earliest)), true));
    return pick;
  }

  field(key, item) {
    const first = this.days.of(item.earliest), inside = day => day >= first && day <= this.days.length;
    const field = h("input", { type: "date", min: item.earliest, max: this.days.iso(this.days.length), "aria-label": `Day in ${LABELS[key]}: ${item.title}` });
    field.addEventListener("change", () => { const day = this.days.of(field.value); if (field.value && inside(day)) this.moved(key, item.name, day, true); });
    field.addEventListener("blur", () => {
      if (!field.value && !field.validity.badInput) this.moved(key, item.name, null, true);
      else this.moved(key, item.name, field.value ? this.held(item, this.days.of(field.value)) : this.orders[key][item.name] ?? null, true);
    });
    field.addEventListener("keydown", event => { if (event.key === "Enter") field.blur(); });
    return field;
  }

  // Put the marks where the orders say; an item that an order leaves out has no mark in it.
  place(orders) {
    this.orders = orders;
    for (const [name, part] of Object.entries(this.parts)) for (const key of ["a", "b"]) {
      const turn = orders[key][name], mark = part.marks[key], field = part.fields[key], waits = typeof turn === "string", day = waits ? undefined : turn;
      const pick = part.picks[key], words = waits ? pick.querySelector(`[value="${CSS.escape(turn)}"]`)?.textContent : "";
      pick.value = waits ? turn : "";
      field.hidden = waits || Boolean(this.items[name].waits);
      part.notes[key].textContent = waits ? `${LABELS[key]}: ${words}` : "";
      mark.hidden = day === undefined;
      const iso = day === undefined ? "" : this.days.iso(day);
      if (field.value !== iso) field.value = iso;
      if (day === undefined) continue;
      mark.style.left = `${this.days.place(day)}%`;
      mark.setAttribute("aria-valuenow", day);
      mark.setAttribute("aria-valuetext", inWords(iso));
    }
  }
}
