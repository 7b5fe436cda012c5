// Watching both futures: play, pause, the slider of days, another luck.
import { calm, h } from "../live/dom.mjs";
import { Player } from "../live/player.mjs";

const SECONDS = 9; // how long both futures take to play
const EVERY = 40; // ms between two drawings

export class Watch {
  // ``moved(day)`` is called for every day shown, ``rested(day)`` once it stands still.
  constructor(moved, rested) {
    this.player = new Player();
    this.player.sleep = () => EVERY;
    this.button = h("button", { type: "button", class: "primary", id: "question-play", onclick: () => this.toggle() }, "Play");
    this.slider = h("input", { type: "range", min: 0, max: 1, step: 1, value: 0, id: "question-day", "aria-label": "Day watched",
      oninput: () => { this.player.pause(); this.player.seek(+this.slider.value); rested(this.player.day); } });
    this.date = h("output", { for: "question-day", class: "q-date" });
    this.node = h("div", { class: "q-transport", role: "group", "aria-label": "Playing both futures" }, this.button, this.slider, this.date);
    this.player.listen(day => {
      if (!this.node.isConnected) return this.player.stop();
      this.slider.value = day;
      this.date.textContent = this.run.words(day);
      this.slider.setAttribute("aria-valuetext", this.date.textContent);
      moved(day);
    });
    this.player.onState = () => {
      this.button.textContent = this.player.playing ? "Pause" : "Play";
      if (!this.player.playing) rested(this.player.day);
    };
  }

  show(run, from, last, day) {
    this.run = run; this.from = from;
    this.slider.min = from; this.slider.max = this.player.last = last;
    this.player.stop();
    this.player.daysPerSecond = (last - from) / SECONDS;
    this.player.seek(day ?? last);
  }

  // Play from the beginning, unless little motion is asked for: then all of it is shown at once.
  begin() {
    if (calm()) return this.player.seek(this.player.last);
    this.player.seek(this.from);
    this.player.play();
  }

  toggle() {
    if (!this.player.playing && this.player.day >= this.player.last) this.player.seek(this.from);
    this.player.toggle();
  }
}
