// Why here? What was different in the days up to the one shown, from the terms of each side's rate of attacks.
import { ask, h } from "./dom.mjs";

export class WhyHere {
  constructor() {
    this.close = h("button", { type: "button", class: "plain tiny", "aria-label": "Close", onclick: () => this.clear() }, "×");
    this.body = h("div", {});
    this.node = h("section", { class: "verdict why-here", id: "live-why", "aria-label": "Why here?", hidden: true }, this.close, this.body);
    this.turn = 0;
  }

  clear() {
    this.turn += 1;
    this.node.hidden = true;
    this.body.replaceChildren();
  }

  // ``wanted`` says whether the page still shows the run.
  async follow(recipe, date, token, wanted) {
    const turn = ++this.turn, ours = () => turn === this.turn && wanted();
    this.node.hidden = false;
    this.body.replaceChildren(h("p", { role: "status" }, "Running up to this day again …"));
    try {
      const told = await (await ask("/api/why-here", { recipe, date, token, turn }, ours)).json();
      if (ours()) this.show(told);
    } catch (error) {
      if (ours() && error.status !== 204) this.body.replaceChildren(h("p", { role: "status" }, error.message));
    }
  }

  show(told) {
    const row = ([words, times]) => h("tr", {}, h("th", { scope: "row" }, words), h("td", {}, times));
    const side = one => h("div", {}, h("h3", {}, one.who), h("p", {}, one.words), h("table", { class: "facts" }, h("tbody", {}, one.rows.map(row))),
      ...(one.causes.length ? [h("details", {}, h("summary", {}, "What the politics were"), h("table", { class: "facts" }, h("tbody", {}, one.causes.map(row))))] : []));
    this.body.replaceChildren(h("h2", {}, "Why here? "), h("p", { role: "status" }, told.head, " Factors are against their mean in this run so far."),
      h("div", { class: "sides", tabindex: "0", role: "group", "aria-label": "Factors by side" }, told.sides.map(side)),
      ...(told.events.length ? [h("p", {}, h("strong", {}, "In the month before. "), told.events.join("; ") + ".")] : []));
  }
}
