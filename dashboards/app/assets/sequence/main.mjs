// In which order: items on a calendar, two orders of them, and what 500 pairs of runs say.  All of it stands in the address.
import { ask, download, h, inWords, Refused } from "../live/dom.mjs";
import { Waiting } from "../live/waiting.mjs";
import { answer } from "./answer.mjs";
import { Calendar, LABELS, OWN } from "./calendar.mjs";
import { Days } from "./days.mjs";

const KEYS = ["a", "b"], PATH = "/sequence";
const isDay = text => /^\d/.test(text);
const DRAWS = [0, 20, 50, 100, 200];

export async function mount(root) {
  try { await new SequencePage(root).read(); }
  catch (error) { root.replaceChildren(h("div", { class: "notice notice-error", role: "alert" }, error.message)); throw error; }
}

class SequencePage {
  constructor(root) {
    this.root = root;
    root.sequence = this;
    this.viewer = Math.random().toString(36).slice(2);
    this.turn = 0;
    this.calendar = new Calendar((...moved) => this.move(...moved), name => this.remove(name));
    const heard = () => { if (!root.isConnected) window.removeEventListener("popstate", heard); else if (location.pathname === PATH) this.read(); };
    window.addEventListener("popstate", heard);
    const ready = () => { if (!root.isConnected) document.removeEventListener("engineready", ready); else if (this.asked && !this.told) this.answer(); };
    document.addEventListener("engineready", ready);
  }

  // -- the state, and its address

  async read() {
    const query = new URLSearchParams(location.search), turn = ++this.turn;
    const wanted = query.get("case");
    const reply = await fetch(`/api/items${wanted ? `?case=${encodeURIComponent(wanted)}` : ""}`), said = await reply.json();
    if (!reply.ok) throw new Refused(said.error);
    if (turn !== this.turn) return;
    this.case = said;
    this.waits = Object.fromEntries(said.waits);
    this.items = Object.fromEntries(said.items.map(one => [one.name, one]));
    this.days = new Days(said.first, said.last);
    this.draws = query.has("draws") ? Number(query.get("draws")) : said.draws;
    const start = said.starts[0];
    if (query.has("a")) this.take(Object.fromEntries(KEYS.map(key => [key, Object.fromEntries(query.get(key).split(",").filter(Boolean).map(part => part.split("@")))])));
    else this.take(start || { a: {}, b: {} });
    this.frame(query.has("a") ? this.started() : start?.name);
    if (query.has("answer")) this.answer();
  }

  // Orders with days as text.
  take(orders) {
    this.orders = Object.fromEntries(KEYS.map(key => [key, Object.fromEntries(Object.entries(orders[key]).map(([name, turn]) => [name, isDay(turn) ? this.days.of(turn) : turn]))]));
    this.names = [...new Set(KEYS.flatMap(key => this.turns(key).map(([name]) => name)))];
  }

  plain(key) { return Object.fromEntries(this.turns(key).map(([name, turn]) => [name, typeof turn === "string" ? turn : this.days.iso(turn)])); }

  // By day; what waits for a condition comes last.
  turns(key) {
    const rank = turn => typeof turn === "string" ? Infinity : turn;
    return Object.entries(this.orders[key]).sort(([, one], [, two]) => rank(one) < rank(two) ? -1 : rank(one) > rank(two) ? 1 : 0);
  }

  // When an item is done, in words.
  when(name, turn) {
    if (typeof turn !== "string") return inWords(this.days.iso(turn));
    return `once ${turn === OWN ? this.items[name].waits : this.waits[turn]}`;
  }


  // The start that the orders are those of, if they are of any.
  started() {
    const same = (one, two) => JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(two).sort());
    return this.case.starts.find(start => KEYS.every(key => same(start[key], this.plain(key))))?.name || "";
  }

  address() {
    const query = new URLSearchParams({ case: this.case.case });
    for (const key of KEYS) query.set(key, Object.entries(this.plain(key)).map(pair => pair.join("@")).join(","));
    if (this.draws !== this.case.draws) query.set("draws", this.draws);
    if (this.asked) query.set("answer", "1");
    return `${PATH}?${query.toString().replaceAll("%40", "@").replaceAll("%2C", ",")}`;
  }

  note(step) { history[step ? "pushState" : "replaceState"](history.state, "", this.address()); }

  // -- the page

  frame(start) {
    const options = (list, chosen) => list.map(([value, words]) => h("option", { value, selected: value === chosen, title: words }, words));
    const labelled = (words, control) => h("div", { class: "control" }, h("label", { class: "control-label", for: control.id }, words), control);
    this.casePick = h("select", { id: "sequence-case", onchange: () => this.visit(this.casePick.value) }, options(this.case.cases, this.case.case));
    this.startPick = h("select", { id: "sequence-start", onchange: () => this.begin(this.startPick.value) }, options([["", "Orders of your own"], ...this.case.starts.map(one => [one.name, one.title])], start));
    this.drawsPick = h("select", { id: "sequence-draws", onchange: () => { this.draws = +this.drawsPick.value; this.changed(true); } },
      [...new Set([...DRAWS, this.draws])].sort((one, two) => one - two).map(n => h("option", { value: n, selected: n === this.draws }, n ? `${n} draws` : "luck alone")));
    this.addPick = h("select", { id: "sequence-add", onchange: () => this.add(this.addPick.value) });
    this.words = h("div", { class: "s-words", id: "sequence-words" });
    this.notes = h("div", { "aria-live": "assertive" });
    this.waiting = new Waiting("sequence", `Ask ${this.case.pairs} pairs`, () => this.answer(true), () => this.stop());
    this.waiting.beginButton.classList.add("primary");
    this.result = h("div", { id: "sequence-result" });
    this.linkButton = h("button", { type: "button", id: "sequence-link", onclick: () => this.copy() }, "Copy link");
    this.mailButton = h("button", { type: "button", id: "sequence-mail", title: "A page with the answer that opens without a server, and carries the case", onclick: () => this.mail() }, "One file to mail");
    const missing = this.case.missing.length ? h("details", {}, h("summary", {}, "Contrasts that this page cannot start from"), h("ul", {}, this.case.missing.map(words => h("li", {}, words)))) : null;
    this.root.replaceChildren(h("div", { class: "page s-page" },
      h("h1", {}, "In which order?"), h("p", { class: "lead" }, "Two orders of the same steps, A and B. Until its day a step is ruled out; on that day it is taken, and the rules of the model decide what comes of it. Drag a mark along the calendar, move it by the arrow keys (with shift, a day at a time), or type a day. A step whose day is empty is left out. A step may also wait for a condition."),
      this.notes, h("div", { class: "s-controls" }, labelled("Case", this.casePick), labelled("Start from", this.startPick), labelled("Add an item", this.addPick), labelled("What is not known", this.drawsPick)), missing,
      this.calendar.node, this.words,
      h("section", { class: "q-answer", "aria-labelledby": "sequence-answer" }, h("h2", { id: "sequence-answer" }, `What ${this.case.pairs} pairs of runs say`), this.waiting.node, this.result),
      h("p", { class: "s-bottom row" }, this.linkButton, this.mailButton)));
    this.shown();
    this.rest();
  }

  shown() {
    this.calendar.show(this.items, this.names, this.days, this.orders, this.case.waits);
    const left = this.case.items.filter(one => !this.names.includes(one.name)), full = this.names.length >= this.case.most_items;
    this.addPick.replaceChildren(h("option", { value: "" }, full ? "No more than twelve" : "Choose …"), ...(full ? [] : left).map(one => h("option", { value: one.name }, one.title)));
    this.tell();
  }

  // Both orders in words.
  tell() {
    const words = key => this.turns(key).map(([name, turn]) => `${this.items[name]?.title || name} (${this.when(name, turn)})`).join(", then ") || "nothing";
    this.words.replaceChildren(...KEYS.map(key => h("p", {}, h("strong", {}, `${LABELS[key]}: `), words(key), ".")));
  }

  rest() {
    this.asked = false;
    this.told = null;
    this.mailButton.disabled = true;
    this.result.replaceChildren();
    this.waiting.rest("One run is luck; pairs with the same seeds tell the orders apart.");
  }

  // -- what the visitor does

  visit(name) {
    history.pushState(history.state, "", `${PATH}?case=${name}`);
    this.read().then(() => this.casePick.focus());
  }

  begin(name) {
    const start = this.case.starts.find(one => one.name === name);
    if (!start) return;
    this.take(start);
    this.shown();
    this.changed(true);
  }

  add(name) {
    if (!name) return;
    const first = this.items[name].waits ? OWN : this.days.of(this.items[name].earliest);
    this.names.push(name);
    for (const key of KEYS) this.orders[key][name] = first;
    this.shown();
    this.changed(true);
    this.root.querySelector(`[data-item="${name}"] :is(.s-mark:not([hidden]), select)`).focus();
  }

  remove(name) {
    this.names = this.names.filter(one => one !== name);
    for (const key of KEYS) delete this.orders[key][name];
    this.shown();
    this.changed(true);
    this.addPick.focus();
  }

  move(key, name, day, step, quiet = false) {
    const before = this.orders[key][name];
    if (day === null || day === undefined) delete this.orders[key][name]; else this.orders[key][name] = day;
    this.calendar.place(this.orders);
    if (before === this.orders[key][name] && !(step && this.dragged)) return;
    this.dragged = !step;
    this.tell();
    if (step) this.changed(!quiet);
  }

  // Orders that changed have no answer yet.
  changed(step) {
    this.turn += 1;
    this.notes.replaceChildren();
    this.rest();
    this.startPick.value = this.started();
    this.note(step);
  }

  // -- the answer

  async answer(pressed = false) {
    const turn = ++this.turn, ours = () => turn === this.turn && this.root.isConnected;
    this.notes.replaceChildren();
    this.result.replaceChildren();
    this.asked = true;
    this.note(pressed);
    this.waiting.start("The runs begin …");
    if (pressed) this.waiting.stopButton.focus();
    const body = { case: this.case.case, a: this.plain("a"), b: this.plain("b"), draws: this.draws, token: this.viewer, turn };
    try {
      const told = await (await ask("/api/orders", body, ours, said => ours() && this.waiting.tell(said))).json();
      if (!ours()) return;
      this.told = told;
      this.mailButton.disabled = false;
      this.result.replaceChildren(...answer(told));
      this.waiting.rest("Answered.", false);
    } catch (error) {
      if (!ours() || error.status === 204) return;
      this.waiting.rest(error.status === 503 ? "The answer follows once the engine is compiled." : "");
      if (error.status !== 503) this.say(error.message);
    }
  }

  stop() {
    this.turn += 1;
    this.rest();
    this.note(false);
    this.waiting.rest("Stopped.");
  }

  async mail() {
    this.mailButton.disabled = true;
    try { await download(await ask("/api/mail-orders", { case: this.case.case, a: this.plain("a"), b: this.plain("b"), draws: this.draws, token: this.viewer })); }
    catch (error) { this.say(error.message); }
    this.mailButton.disabled = !this.told;
  }

  async copy() {
    this.note(false);
    try { await navigator.clipboard.writeText(location.href); this.linkButton.textContent = "Link copied"; } catch { this.linkButton.textContent = "Copy it from the address bar"; }
  }

  say(words) { this.notes.replaceChildren(h("div", { class: "notice notice-error", role: "alert" }, words)); }
}
