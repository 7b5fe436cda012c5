// Play, pause, step, speed, and the slider over all days; the keys of the page.
import { h, inWords } from "./dom.mjs";

const NOTCHES = 300; // places of the slider that an eye can tell apart
const SPEEDS = [7, 15, 30, 60, 120, 240, 480];

export class Transport {
  constructor(player) {
    this.player = player;
    const button = (words, label, act) => h("button", { type: "button", "aria-label": label, title: label, onclick: act }, words);
    this.playButton = button("▶", "Play (space)", () => player.toggle());
    this.playButton.classList.add("primary", "play");
    this.slider = h("input", { type: "range", min: 0, max: 1, step: 1, value: 0, id: "live-slider", "aria-label": "Day of the run" });
    this.slider.addEventListener("input", () => { player.pause(); player.seek(+this.slider.value); });
    this.date = h("input", { type: "date", id: "live-date", "aria-label": "Date shown" });
    this.date.addEventListener("change", () => this.go());
    this.date.addEventListener("blur", () => this.restore());
    this.speed = h("select", { id: "live-speed", "aria-label": "Speed", title: "Days a second",
      onchange: () => { player.speed = +this.speed.value; } },
    SPEEDS.map(s => h("option", { value: s, selected: s === player.speed }, `${s} days/s`)));
    this.node = h("div", { class: "transport", role: "group", "aria-label": "Playing the run" },
      this.playButton, button("‹", "A day back (left arrow)", () => player.step(-1)), button("›", "A day on (right arrow)", () => player.step(1)),
      this.slider, this.date, this.speed);
    player.onState = () => this.state();
  }

  show(run) {
    this.run = run;
    this.slider.max = run.lastDay;
    this.date.min = run.iso(0);
    this.date.max = run.iso(run.horizon - 1);
    this.state();
  }

  go() {
    if (!this.date.value || !this.run) return;
    const day = this.run.dayOf(this.date.value);
    const outside = day < 0 || day > this.run.lastDay;
    this.date.setAttribute("aria-invalid", outside);
    if (outside) return this.refuse(`The run covers ${inWords(this.run.iso(0))} to ${inWords(this.run.iso(this.run.lastDay))}.`);
    this.player.pause();
    this.player.seek(day);
  }

  refuse() {}

  // A date that was refused stays while it is being typed; then the day shown stands there again.
  restore() {
    if (this.run && !this.player.playing) this.date.value = this.run.iso(this.player.day);
    this.date.removeAttribute("aria-invalid");
  }

  state() {
    const playing = this.player.playing;
    this.playButton.textContent = playing ? "❚❚" : "▶";
    this.playButton.setAttribute("aria-label", playing ? "Pause (space)" : "Play (space)");
    if (!playing && this.run) this.date.value = this.run.iso(this.player.day);
    this.changed?.(playing);
  }

  frame(day) {
    if (!this.player.playing || Math.abs(day - this.slider.value) > this.player.last / NOTCHES) this.slider.value = day;
    if (!this.player.playing && this.run) this.slider.setAttribute("aria-valuetext", this.run.words(day));
  }

  key(event) {
    const on = event.target;
    if (event.altKey || event.ctrlKey || event.metaKey || on.closest("input:not([type=range]), select, textarea, [contenteditable]")) return;
    const steps = { ArrowLeft: -1, ArrowRight: 1, PageUp: -30, PageDown: 30 };
    if (event.key === " " && !on.closest("button, a, summary")) this.player.toggle();
    else if (event.key in steps) this.player.step(steps[event.key] * (event.shiftKey ? 7 : 1));
    else if (event.key === "Home") this.player.seek(0);
    else if (event.key === "End") this.player.seek(this.run.lastDay);
    else return;
    event.preventDefault();
  }
}
