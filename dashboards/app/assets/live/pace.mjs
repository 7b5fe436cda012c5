// How often words and arrows are drawn while a run plays: in every other frame where the machine keeps up, in fewer where
// it does not, so that the line of the day moves smoothly all the same.

const OFTEN = 2, SELDOM = 10; // frames for each drawing
const EASY = 24, HARD = 29; // ms a frame takes, on average, below which there is time to spare and above which there is none
const MEMORY = .9, MORE = 1.05, LESS = .98;

export class Pace {
  constructor() { Object.assign(this, { every: OFTEN, frame: EASY, before: null, since: 0 }); }

  // Whether to draw in the frame that begins now [ms].
  due(now) {
    if (this.before !== null) this.heed(Math.min(now - this.before, 250));
    this.before = now;
    if (++this.since < Math.round(this.every)) return false;
    this.since = 0;
    return true;
  }

  heed(took) {
    this.frame = MEMORY * this.frame + (1 - MEMORY) * took;
    if (this.frame > HARD) this.every = Math.min(this.every * MORE, SELDOM);
    else if (this.frame < EASY) this.every = Math.max(this.every * LESS, OFTEN);
  }
}
