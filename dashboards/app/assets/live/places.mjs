// Where everybody stands on the network.

export const MANY = 6; // parties beyond which they stand in a ring
const BOLD = 7.6; // px: a letter of a name
const MARGIN = 82, LARGEST = 16; // px: room for names beside the ring; radius of a disc on it

// Fixed places: who fights most on the right, the others on the left; mediators above, spoilers below.
export function places(about, { w, h }) {
  const at = about.parties.length > MANY ? around(about, w, h) : aside(about, w, h);
  row(at, "mediator ", about.mediators, 30, w);
  row(at, "spoiler ", about.spoilers, h - 32, w);
  return at;
}

// Many parties stand on an ellipse, their discs as large as there is room; names lie outside of it.
function around(about, w, h) {
  const n = about.parties.length, rx = Math.max(w / 2 - MARGIN, 60), above = about.mediators.length ? 66 : 30, below = about.spoilers.length ? 74 : 34;
  const ry = Math.max((h - above - below) / 2, 50), at = {};
  const round = Math.PI * (3 * (rx + ry) - Math.sqrt((3 * rx + ry) * (rx + 3 * ry)));
  at["radius of all"] = Math.max(3, Math.min(LARGEST, round / n / 2 - 5));
  let turn = -Math.PI / 2;
  about.parties.forEach(p => {
    const out = [Math.cos(turn), Math.sin(turn)];
    at[p.name] = { x: w / 2 + rx * out[0], y: above + ry + ry * out[1], out, anchor: Math.abs(out[0]) < .25 ? "middle" : out[0] > 0 ? "start" : "end" };
    turn += round / n / Math.hypot(rx * Math.sin(turn), ry * Math.cos(turn)); // as far along the ellipse for each
  });
  return at;
}

function aside(about, w, h) {
  const half = name => Math.max(66, name.length * BOLD / 2 + 6);
  const at = {}, foes = name => about.pairs.filter(p => p.hostile && p.between.includes(name)).length;
  const order = [...about.parties].sort((a, b) => foes(b.name) - foes(a.name));
  const right = about.parties.length === 2 ? about.parties[1] : order[0];
  const left = about.parties.filter(p => p !== right);
  const top = 76, bottom = h - 96, middle = (top + bottom) / 2;
  at[right.name] = { x: w - half(right.title), y: middle };
  left.forEach((p, k) => { at[p.name] = { x: Math.min(half(p.title), w / 3), y: left.length === 1 ? middle : top + k * (bottom - top) / (left.length - 1) }; });
  return at;
}

function row(at, prefix, items, y, w) {
  const from = items.length > 2 ? 90 : w * .42, to = w - 58;
  items.forEach((item, k) => { at[prefix + item.name] = { x: items.length === 1 ? (from + to) / 2 : from + k * (to - from) / (items.length - 1), y }; });
}
