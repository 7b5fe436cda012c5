// What many pairs of runs say of a course taken: with it and without it, under the same luck.
import { ask, h } from "./dom.mjs";

const RUNS = [100, 500];

export class Verdict {
  constructor() {
    this.node = h("div", { class: "verdict", id: "live-verdict", role: "status", hidden: true });
    this.turn = 0;
  }

  // Ask for a few pairs, then for all; ``wanted`` says whether the page still shows these two recipes.
  async follow(recipe, without, token, wanted) {
    const turn = ++this.turn, ours = () => turn === this.turn && wanted();
    this.latest = null;
    for (const runs of RUNS) {
      this.show(`Running ${runs} pairs …`);
      try {
        this.latest = await (await ask("/api/pairs", { recipe, without, runs, token, turn }, ours)).json();
      } catch (error) {
        if (ours() && error.status !== 409) this.show(error.status === 503 ? "The answer follows once the engine is compiled." : error.message);
        return;
      }
      if (!ours()) return;
      this.show();
    }
  }

  clear() {
    this.turn += 1;
    this.node.hidden = true;
    this.node.replaceChildren();
  }

  show(waiting = "") {
    const told = this.latest, wait = waiting ? [h("span", { class: "hint" }, ` ${waiting}`)] : [];
    this.node.hidden = false;
    const head = told ? `What your course changes, in ${told.pairs} pairs of runs` : "What your course changes";
    const lines = told ? told.lines.map((line, k) => h("span", { class: k ? null : "first" }, line + " ")).concat(h("span", { class: "hint" }, "Brackets: 95 % intervals, luck alone. ")) : [h("span", {}, "One run is luck. Many pairs, with your course and without it under the same luck, tell more.")];
    this.node.replaceChildren(h("h2", {}, head + ": "), h("div", { class: "lines-of" }, ...lines, ...wait), ...(told ? [numbers(told)] : []));
  }
}

function numbers(told) {
  const row = cells => h("tr", {}, cells.map((text, k) => h(k ? "td" : "th", { scope: k ? null : "row" }, text)));
  return h("details", {}, h("summary", {}, "The numbers, and what the brackets say"), h("p", { class: "hint" }, told.luck), h("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": "The numbers" }, h("table", { class: "facts" },
    h("thead", {}, h("tr", {}, ["Mean of the runs", "without", "with", "difference"].map(text => h("th", { scope: "col" }, text)))),
    h("tbody", {}, told.rows.map(row)))));
}
