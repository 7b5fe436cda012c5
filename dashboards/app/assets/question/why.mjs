// Why: the same pairs with each mechanism off, one after the other.  What the effect loses with a mechanism, that carries.
import { ask, h } from "../live/dom.mjs";

const PARTS = { carries: "carries it", opposes: "works against it", unclear: "no clear part" };

export class Why {
  constructor(opened) {
    this.button = h("button", { type: "button", id: "question-why", onclick: opened }, "Switch each mechanism off in turn");
    this.state = h("p", { class: "hint", role: "status", id: "question-why-state" });
    this.told = h("p", { class: "q-carried", id: "question-carried" });
    this.body = h("tbody", {});
    const head = ["Mechanism that is off", "Effect without it", "What it adds to the effect", "Part"];
    this.table = h("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": "Effect with each mechanism off", hidden: true },
      h("table", { class: "facts" }, h("thead", {}, h("tr", {}, head.map(words => h("th", { scope: "col" }, words)))), this.body));
    this.node = h("section", { class: "q-why", "aria-labelledby": "question-why-head", hidden: true }, h("h2", { id: "question-why-head" }, "5. Why?"),
      h("p", { class: "hint" }, "A mechanism carries an effect if the effect shrinks without it. Each is switched off in both futures, and the same pairs are run again."),
      this.button, this.state, this.told, this.table);
    this.turn = 0;
  }

  clear() {
    this.turn += 1;
    this.button.hidden = false;
    this.table.hidden = true;
    for (const node of [this.state, this.told, this.body]) node.replaceChildren();
  }

  // ``asked`` has question, choice and token; ``wanted`` says whether the page still shows them.
  async follow(asked, wanted) {
    this.clear();
    const turn = ++this.turn, ours = () => turn === this.turn && wanted(), rows = [];
    this.button.hidden = true;
    try {
      const { mechanisms, pairs } = await (await ask("/api/why", { ...asked, turn: 0 }, ours)).json();
      for (const [k, one] of mechanisms.entries()) {
        this.state.textContent = `${k} of ${mechanisms.length} mechanisms, ${pairs} pairs each …`;
        const row = await (await ask("/api/why", { ...asked, mechanism: one.name }, ours)).json();
        if (!ours()) return;
        rows.push({ ...row, words: one.words });
        this.show(rows);
      }
      this.state.textContent = `${mechanisms.length} mechanisms, ${pairs} pairs each; brackets are 95 % intervals, luck alone. Of so many lines about one stands out by luck.`;
      this.conclude(rows);
    } catch (error) {
      if (ours() && error.status !== 204) this.state.textContent = error.status === 503 ? "The answer follows once the engine is compiled." : error.message;
    }
  }

  show(rows) {
    this.table.hidden = false;
    this.body.replaceChildren(...rows.map(row => h("tr", { class: `q-${row.part}` }, h("th", { scope: "row" }, `${capital(row.words)}`),
      h("td", {}, row.effect), h("td", {}, row.change), h("td", {}, PARTS[row.part]))));
  }

  conclude(rows) {
    const share = row => row.share === null ? "" : row.share > 1.005 ? " (all of it and more)" : ` (${Math.round(100 * row.share)} % of it)`;
    const of = part => rows.filter(row => row.part === part).sort((a, b) => Math.abs(b.share ?? 0) - Math.abs(a.share ?? 0));
    const carried = of("carries"), against = of("opposes");
    const list = (found, words) => found.map(row => row.words + words(row)).join("; ");
    const lines = [carried.length ? `What carries the effect: ${list(carried, share)}.` : "No single mechanism clearly carries the effect."];
    if (against.length) lines.push(`What works against it: ${list(against, () => "")}.`);
    if (carried.length > 1) lines.push("Mechanisms work together, so their parts need not add up to 100 %.");
    this.told.textContent = lines.join(" ");
  }
}

const capital = words => words[0].toUpperCase() + words.slice(1);
