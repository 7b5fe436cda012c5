// The clock of the page: a day that plays, pauses, steps, and jumps; listeners hear of it once a frame.

export class Player {
  constructor() {
    this.day = 0;
    this.last = 1;
    this.speed = 60;
    this.playing = false;
    this.listeners = [];
    this.onState = () => {};
    this.frames = [];
  }

  listen(f) { this.listeners.push(f); }

  tell() { for (const f of this.listeners) f(this.day); }

  seek(day) {
    this.day = Math.max(0, Math.min(this.last, day));
    this.tell();
    this.onState();
  }

  play() {
    if (this.playing) return;
    if (this.day >= this.last) this.day = 0;
    this.playing = true;
    this.before = null;
    this.frames.length = 0;
    requestAnimationFrame(now => this.frame(now));
    this.onState();
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    this.day = Math.floor(this.day + 1e-6);
    this.tell();
    this.onState();
  }

  toggle() { this.playing ? this.pause() : this.play(); }

  step(days) { this.pause(); this.seek(Math.floor(this.day + 1e-6) + days); }

  frame(now) {
    if (!this.playing) return;
    if (this.before !== null) {
      this.day = Math.min(this.last, this.day + this.speed * Math.min(now - this.before, 250) / 1000);
      this.frames.push(now - this.before);
      if (this.frames.length > 2000) this.frames.shift();
    }
    this.before = now;
    this.playing = this.day < this.last;
    this.tell();
    if (!this.playing) return this.onState();
    requestAnimationFrame(next => this.frame(next));
  }
}
