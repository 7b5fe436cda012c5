// How often words and arrows are drawn while a run plays: some thirty times a second where the machine keeps up, less often
// where it is late with it, so that the line of the day moves smoothly all the same.

import { calm } from "./dom.mjs";

const SOON = 25, SELDOM = 250; // ms from one drawing until the next frame is asked for
const PUNCTUAL = 16, LATE = 26; // ms: a frame is half a frame late on average, and twice that on a slow screen
const MEMORY = .9, MORE = 1.1, LESS = .96;

export class Pace {
  constructor() {
    this.every = SOON;
    this.begin();
  }

  // From now on things are drawn.
  begin() { Object.assign(this, { next: performance.now(), late: PUNCTUAL }); }

  // ms until the next drawing.
  left() { return Math.max(0, this.next - performance.now()); }

  // Whether to draw in the frame that begins now.
  due() {
    const now = performance.now();
    if (now < this.next) return false;
    this.heed(now - this.next);
    this.next = now + (calm() ? SELDOM : this.every);
    return true;
  }

  heed(late) {
    this.late = MEMORY * this.late + (1 - MEMORY) * Math.min(late, SELDOM);
    if (this.late > LATE) this.every = Math.min(this.every * MORE, SELDOM);
    else if (this.late < PUNCTUAL) this.every = Math.max(this.every * LESS, SOON);
  }
}
