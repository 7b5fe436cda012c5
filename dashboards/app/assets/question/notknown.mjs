// And what is not known: the second interval of an answer, found in the background once the pairs have answered.
import { ask, h, table } from "../live/dom.mjs";
import { Waiting } from "../live/waiting.mjs";

export class NotKnown {
  // ``name`` begins the ids; ``asked()`` is what is asked of the server; ``noted(draws)`` hears of their number.
  // ``brief``: all but the sentence is folded.
  constructor(name, asked, noted, brief = false) {
    Object.assign(this, { asked, noted, brief, turn: 0 });
    this.sentence = h("p", { class: "q-known-sentence", id: `${name}-sentence` });
    this.more = h("div", {});
    this.waiting = new Waiting(name, "And what is not known?", () => this.begin(null, true), () => this.stop());
    this.node = h("div", { class: "q-known", role: "group", "aria-label": "And what is not known", hidden: true }, this.sentence, this.more, this.waiting.node);
  }

  clear() {
    this.turn += 1;
    this.told = null;
    this.node.hidden = true;
    this.sentence.textContent = "";
    this.more.replaceChildren();
  }

  get draws() { return this.told?.draws || 0; }

  // Draw what is not known; as many times as the server does unless a number is given, and not at all for 0.
  async begin(draws, pressed = false) {
    this.clear();
    const turn = this.turn, asked = this.asked(), ours = () => turn === this.turn && this.node.isConnected;
    this.node.hidden = false;
    if (draws === 0) return this.waiting.rest("Luck alone: what is not known was not drawn.");
    this.waiting.start("What is not known is being drawn …");
    if (pressed) this.waiting.stopButton.focus();
    try {
      const body = draws ? { ...asked, draws } : asked;
      const told = await (await ask("/api/not-known", body, ours, said => ours() && this.waiting.tell(said))).json();
      if (ours()) this.tell(told);
    } catch (error) {
      if (ours() && error.status !== 204) this.waiting.rest(error.status === 503 ? "" : error.message);
    }
  }

  stop() {
    this.turn += 1;
    this.noted(0);
    this.waiting.rest("Stopped: the brackets above are luck alone.");
  }

  tell(told) {
    this.told = told;
    this.sentence.textContent = told.sentence;
    this.sentence.dataset.draws = told.draws;
    const signs = told.signs ? h("p", {}, told.signs) : "";
    this.more.replaceChildren(this.brief ? "" : signs, h("details", {}, h("summary", {}, "Both intervals in numbers, and what was drawn"),
      this.brief ? signs : "", h("p", { class: "hint" }, told.words), table(told.head, told.rows, "Both intervals")));
    this.waiting.rest(this.brief ? "" : `${told.draws} draws of what is not known.`, false);
    this.noted(told.draws);
  }
}
