// The cover over what is still to come, and the line of the day shown.
//
// While a run plays the browser's compositor moves both and the page does nothing.  What changes on screen from frame to
// frame is one strip: the cover beyond it moves on by whole strips, for which the page has to wake.
import { h } from "./dom.mjs";

const STRIP = 32, ASTRAY = 3; // px: width of a strip; how far the line may be from where it should be

export class Cover {
  constructor() {
    this.rest = h("div", { class: "cover" });
    this.edge = h("div", { class: "cover-edge" });
    this.strip = h("div", { class: "cover-strip", style: `width: ${STRIP}px` }, this.edge);
    this.line = h("div", { class: "cover-line" });
    this.node = h("div", { class: "cover-window", "aria-hidden": "true" }, this.rest, this.strip, this.line);
    this.moves = [];
  }

  // Stand still at a place [px].
  stand(x) {
    this.stop();
    this.strip.hidden = true;
    move(this.rest, x);
    move(this.line, x);
  }

  // Go on from a place [px] at a pace [px/s], unless that is where it is and how it moves.
  go(x, pace) {
    const now = performance.now(), strip = Math.floor(x / STRIP);
    if (this.moves.length && strip === this.at && pace === this.pace && Math.abs(this.from + (now - this.since) / 1000 * pace - x) < ASTRAY) return;
    this.stop();
    const left = strip * STRIP, right = left + STRIP;
    Object.assign(this, { at: strip, pace, from: x, since: now, until: now + (right - x) / pace * 1000 });
    this.strip.hidden = false;
    move(this.rest, right);
    move(this.strip, left);
    this.moves = [glide(this.edge, x - left, STRIP, pace), glide(this.line, x, right + STRIP, pace)];
  }

  // ms until the strip has been passed.
  left() { return this.moves.length ? Math.max(0, this.until - performance.now()) : Infinity; }

  stop() {
    for (const one of this.moves) one.cancel();
    this.moves = [];
  }
}

const at = x => `translateX(${x.toFixed(2)}px)`;

function move(node, x) { node.style.transform = at(x); }

function glide(node, from, to, pace) {
  return node.animate([{ transform: at(from) }, { transform: at(to) }], { duration: (to - from) / pace * 1000, fill: "forwards" });
}
