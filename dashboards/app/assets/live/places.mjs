// Where everybody stands on the network.

export const MANY = 6; // parties beyond which they stand in a ring
const SAMPLE = "Government of the South";
const measured = {}; // px: a letter in a weight and size, in the fonts that this machine has
const MARGIN = 82, LARGEST = 16; // px: room for names beside the ring; radius of a disc on it

// How wide a letter is on average: fonts differ by a quarter from machine to machine.
export function letter(font) {
  if (!measured[font]) {
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = `${font} ${getComputedStyle(document.body).fontFamily}`;
    measured[font] = pen.measureText(SAMPLE).width / SAMPLE.length;
  }
  return measured[font];
}

export const bold = () => letter("700 14px");

const plain = () => letter("12.5px");

// Fixed places: who fights most on the right, the others on the left; mediators above, spoilers below, beside several
// parties on the left.
export function places(about, { w, h }) {
  const many = about.parties.length > MANY, beside = !many && about.parties.length > 2 ? w * .36 : 0, at = {};
  row(at, "mediator ", about.mediators, w, beside, high => 17 + 13 * high);
  row(at, "spoiler ", about.spoilers, w, beside, high => h - 19 - 13 * high);
  return Object.assign(at, many ? around(about, w, h) : aside(about, w, h));
}

// A name in as few lines as there is room for, two at most, of about the same length; what is too long is cut.
export function lines(name, room, wide) {
  const most = Math.max(4, Math.floor(room / wide)), words = name.split(" ");
  if (name.length <= most) return [name];
  for (let long = Math.ceil(name.length / 2); long <= most; long++) {
    const found = filled(words, long);
    if (found.length <= 2 && found.every(line => line.length <= long)) return found;
  }
  const [first, ...rest] = filled(words, most), cut = line => line.length > most ? `${line.slice(0, most - 1)}…` : line;
  return [first, rest.join(" ")].filter(Boolean).map(cut);
}

// What a title has that no other one begins with: of a ring of movements, what tells each from the others.
export function apart(title, titles) {
  const words = title.split(" "), alike = other => { const theirs = other.split(" "); let k = 0; while (k < words.length - 1 && words[k] === theirs[k]) k++; return k; };
  return words.slice(Math.max(0, ...titles.filter(other => other !== title).map(alike))).join(" ");
}

function filled(words, long) {
  const found = [];
  for (const word of words) {
    const before = found.at(-1);
    if (before !== undefined && before.length + 1 + word.length <= long) found[found.length - 1] = `${before} ${word}`; else found.push(word);
  }
  return found;
}

// Many parties stand on an ellipse, their discs as large as there is room; names lie outside of it.
function around(about, w, h) {
  const n = about.parties.length, rx = Math.max(w / 2 - MARGIN, 60), above = about.mediators.length ? 84 : 48, below = about.spoilers.length ? 92 : 50; // names of the highest and the lowest stand outside of their discs
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
  const named = Object.fromEntries(about.parties.map(p => [p.name, lines(p.title, w / 2 - 14, bold())]));
  const half = p => Math.max(66, Math.max(...named[p.name].map(line => line.length)) * bold() / 2 + 6);
  const at = {}, foes = name => about.pairs.filter(p => p.hostile && p.between.includes(name)).length;
  const order = [...about.parties].sort((a, b) => foes(b.name) - foes(a.name));
  const right = about.parties.length === 2 ? about.parties[1] : order[0];
  const left = about.parties.filter(p => p !== right);
  const top = 44, bottom = h - 62 - 14 * Math.max(...left.map(p => named[p.name].length)), middle = (top + bottom) / 2;
  at[right.name] = { x: w - half(right), y: middle, lines: named[right.name] };
  left.forEach((p, k) => { at[p.name] = { x: Math.min(half(p), w / 3), y: left.length === 1 ? middle : top + k * (bottom - top) / (left.length - 1), lines: named[p.name] }; });
  return at;
}

// Mediators or spoilers beside each other, right of ``beside``; ``y`` says where they stand whose names have so many lines.
function row(at, prefix, items, w, beside, y) {
  const n = items.length, half = (w - beside) / Math.max(n, 2) / 2, from = beside + half, to = w - half, apart = n > 1 ? (to - from) / (n - 1) : 0;
  const xs = items.map((_, k) => n === 1 ? (from + to) / 2 : from + k * apart);
  const named = items.map((item, k) => lines(item.title, (apart || w - beside) - 8, plain()));
  const high = Math.max(1, ...named.map(one => one.length));
  items.forEach((item, k) => { at[prefix + item.name] = { x: xs[k], y: y(high), lines: named[k] }; });
}
