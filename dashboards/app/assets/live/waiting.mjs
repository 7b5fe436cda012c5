// A long answer that is waited for: how far it is, a button that stops it, and one that begins again.
import { h } from "./dom.mjs";

export class Waiting {
  // ``name`` begins the ids; ``begin`` asks again, ``stop`` gives up; ``words`` stand on the button that begins.
  constructor(name, words, begin, stop) {
    this.bar = h("progress", { id: `${name}-progress`, max: 1, "aria-label": "Progress" });
    this.state = h("span", { class: "hint", id: `${name}-state`, role: "status", tabindex: "-1" });
    this.stopButton = h("button", { type: "button", id: `${name}-stop`, onclick: stop }, "Stop");
    this.beginButton = h("button", { type: "button", id: `${name}-begin`, onclick: begin }, words);
    this.node = h("div", { class: "waiting" }, this.beginButton, this.bar, this.stopButton, this.state);
    this.rest("");
  }

  // At work: nothing is known yet of how far it is.
  start(words) {
    this.show(true);
    this.bar.removeAttribute("value");
    this.state.textContent = words;
  }

  // How far it is, as the server says.
  tell({ what, done, total }) {
    if (total) this.bar.value = done / total;
    if (what && this.state.textContent !== what) this.state.textContent = what;
  }

  // Not at work; ``again`` says whether it can be begun.  Who was at the stop button is not left in the void.
  rest(words, again = true) {
    const here = document.activeElement === this.stopButton;
    this.show(false);
    this.beginButton.hidden = !again;
    this.state.textContent = words;
    if (here) (again ? this.beginButton : this.state).focus();
  }

  show(working) {
    this.bar.hidden = this.stopButton.hidden = !working;
    this.beginButton.hidden = working;
  }
}
