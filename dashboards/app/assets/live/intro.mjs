// What a newcomer reads first: what this is, and a question to try.
import { h } from "./dom.mjs";

const KEY = "live-intro";

export class Intro {
  // ask(question) is called when a question is tried.
  constructor(questions, ask) {
    this.questions = questions;
    this.title = h("strong", {});
    this.button = h("button", { type: "button", class: "primary", id: "live-try", onclick: () => ask(this.question) }, "Try it");
    const close = h("button", { type: "button", class: "plain tiny", "aria-label": "Close the introduction", onclick: () => this.close() }, "×");
    this.tried = h("p", { class: "question" }, this.title, " ", this.button);
    this.node = h("section", { class: "intro", "aria-label": "What this is" },
      h("div", {}, h("p", {}, "A model of a peace process, day by day. Press play, or step in with a decision and see what it changes under the same luck. It forecasts nothing."), this.tried), close);
    this.node.hidden = stored() === "closed";
  }

  // ``tried``: a course stands beside another one, and what the pairs say takes this place.
  show(recipe, tried) {
    this.node.hidden = tried || stored() === "closed";
    this.question = this.questions[recipe.case];
    this.tried.hidden = !this.question;
    if (!this.question) return;
    this.title.textContent = this.question.title;
    this.button.title = this.question.ask;
  }

  close() {
    this.node.hidden = true;
    try { localStorage.setItem(KEY, "closed"); } catch { /* for this visit only */ }
  }
}

function stored() {
  try { return localStorage.getItem(KEY); } catch { return null; }
}
