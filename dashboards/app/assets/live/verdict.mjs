// What many pairs of runs say of a course taken: with it and without it, under the same luck; then what is not known.
import { NotKnown } from "../question/notknown.mjs";
import { ask, h, table } from "./dom.mjs";

const RUNS = [100, 500];

export class Verdict {
  constructor() {
    this.words = h("div", { id: "live-verdict", role: "status" });
    this.known = new NotKnown("live-known", () => this.asked, () => {}, true);
    this.node = h("section", { class: "verdict", "aria-label": "What your course changes", hidden: true }, this.words, this.known.node);
    this.turn = 0;
  }

  // Ask for a few pairs, then for all; ``wanted`` says whether the page still shows these two recipes.
  async follow(recipe, without, token, wanted) {
    const turn = ++this.turn, ours = () => turn === this.turn && wanted();
    this.latest = null;
    this.asked = { recipe, without, token };
    this.known.clear();
    for (const runs of RUNS) {
      this.show(`Running ${runs} pairs …`);
      try {
        this.latest = await (await ask("/api/pairs", { recipe, without, runs, token, turn }, ours)).json();
      } catch (error) {
        if (ours() && error.status !== 204) this.show(error.status === 503 ? "The answer follows once the engine is compiled." : error.message);
        return;
      }
      if (!ours()) return;
      this.show();
    }
    this.known.begin(recipe.point ? 0 : null);
  }

  clear() {
    this.turn += 1;
    this.known.clear();
    this.node.hidden = true;
    this.words.replaceChildren();
  }

  show(waiting = "") {
    const told = this.latest, wait = waiting ? [h("span", { class: "hint" }, ` ${waiting}`)] : [];
    this.node.hidden = false;
    const head = told ? `What your course changes, in ${told.pairs} pairs of runs` : "What your course changes";
    const lines = told ? told.lines.map((line, k) => h("span", { class: k ? null : "first" }, line + " ")).concat(h("span", { class: "hint" }, "Brackets: 95 % intervals, luck alone. ")) : [h("span", {}, "One run is luck. Many pairs, with your course and without it under the same luck, tell more.")];
    this.words.replaceChildren(h("h2", {}, head + ": "), h("div", { class: "lines-of" }, ...lines, ...wait), ...(told ? [numbers(told)] : []));
  }
}

const numbers = told => h("details", {}, h("summary", {}, "The numbers, and what the brackets say"), h("p", { class: "hint" }, told.luck),
  table(["Mean of the runs", "without", "with", "difference"], told.rows, "The numbers"));
