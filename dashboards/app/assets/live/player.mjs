// The clock of the page: a day that plays, pauses, steps, and jumps.
//
// While it plays listeners hear of it when the page wants to draw, not in every frame: what moves from frame to frame is
// moved by the browser's compositor, and the page sleeps.

const AWAY = 500; // ms: after a longer absence, as of a hidden page, the day goes on by no more than this

export class Player {
  constructor() {
    Object.assign(this, { at: 0, since: 0, last: 1, daysPerSecond: 60, playing: false, beats: 0, listeners: [] });
    this.onState = () => {};
    this.sleep = () => 0; // ms until the page wants to draw again
  }

  get day() {
    const gone = this.playing ? Math.min(performance.now() - this.since, AWAY) : 0;
    return Math.min(this.last, this.at + this.speed * gone / 1000);
  }

  set day(day) { Object.assign(this, { at: day, since: performance.now() }); }

  // Count from the day there is now on.
  settle() { this.day = this.day; }

  get speed() { return this.daysPerSecond; }

  set speed(speed) {
    this.settle();
    this.daysPerSecond = speed;
    if (this.playing) this.tell();
  }

  listen(f) { this.listeners.push(f); }

  tell() {
    const day = this.day;
    for (const f of this.listeners) f(day);
  }

  seek(day) {
    this.day = Math.max(0, Math.min(this.last, day));
    this.onState();
    this.tell();
  }

  play() {
    if (this.playing) return;
    this.day = this.day < this.last ? this.day : 0;
    Object.assign(this, { playing: true, beats: 0 });
    this.onState();
    this.beat();
  }

  pause() {
    if (!this.playing) return;
    const day = Math.floor(this.day + 1e-6);
    this.stop();
    this.seek(day);
  }

  toggle() { this.playing ? this.pause() : this.play(); }

  step(days) { this.pause(); this.seek(Math.floor(this.day + 1e-6) + days); }

  stop() {
    this.playing = false;
    clearTimeout(this.timer);
    cancelAnimationFrame(this.request);
  }

  beat() {
    this.settle();
    this.beats += 1;
    if (this.at >= this.last) {
      this.stop();
      return this.seek(this.last);
    }
    this.tell();
    if (!this.playing) return;
    const left = (this.last - this.at) / this.speed * 1000;
    this.timer = setTimeout(() => { this.request = requestAnimationFrame(() => this.beat()); }, Math.min(this.sleep(), left));
  }
}
