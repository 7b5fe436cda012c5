// The network of parties, mediators and spoilers.  Nodes stand still; arrows show trust and violence of the day.
import { busiest } from "./busiest.mjs";
import { calm, svg, write } from "./dom.mjs";
import { MANY, apart, bold, places } from "./places.mjs";
import { inkOn, partyColour, tones, trustColour } from "./palette.mjs";

const R = 20, RIM = 6, SMALLEST = { w: 300, h: 250 };
// Arrows, rings and flashes change by steps that an eye can see, so that most frames leave most of them as they are.
const SHADES = 50, HALF = 2;
const TIGHT = 440; // px of width below which a plate has its words on two lines
const BUSIEST = 9, SPREAD = 9, NAMES = 46, LETTERS = 8, RECENT = 28, FLASH = 10;

export class Network {
  constructor() {
    this.drawing = svg("svg", { class: "network", role: "img", "aria-label": "Network of parties", "aria-details": "live-numbers" });
    this.node = this.drawing;
    new ResizeObserver(() => this.run && this.redraw()).observe(this.drawing);
  }

  // Drawn in the pixels there are, so that words keep their size.
  redraw() {
    const box = this.drawing.getBoundingClientRect(), row = this.shown;
    if (!box.width || (Math.abs(box.width - this.size.w) < 2 && Math.abs(box.height - this.size.h) < 2)) return;
    this.show(this.run, this.about);
    this.frame(this.run.dayOfRow(row));
  }

  show(run, about) {
    this.run = run; this.about = about; this.t = tones();
    const box = this.drawing.getBoundingClientRect();
    this.size = { w: Math.max(box.width, SMALLEST.w), h: Math.max(box.height, SMALLEST.h) };
    this.drawing.setAttribute("viewBox", `0 0 ${this.size.w} ${this.size.h}`);
    this.at = places(about, this.size);
    this.many = about.parties.length > MANY;
    this.r = this.at["radius of all"] || R;
    this.drawing.classList.toggle("many", this.many);
    this.drawing.replaceChildren();
    this.named = [];
    this.pairs = busiest(run, about).map(p => this.pair(p));
    this.helpers = about.mediators.map((m, k) => this.mediator(m, k));
    this.threats = about.spoilers.map((s, k) => this.spoiler(s, k));
    this.parties = about.parties.map((p, k) => this.party(p, k));
    for (const part of [...this.pairs, ...this.helpers, ...this.threats]) this.drawing.append(...part.back);
    for (const part of [...this.parties, ...this.helpers, ...this.threats]) this.drawing.append(...part.front);
    for (const part of this.pairs) this.drawing.append(...part.front);
    this.shown = -1;
  }

  // How large discs and arrows are, against those of few parties.
  get scale() { return this.r / R; }

  get rim() { return this.r + RIM * this.r / R; }

  // The network in words, for whoever cannot see it.
  describe(day) {
    const row = this.run.row(day), title = name => this.about.parties.find(p => p.name === name).title;
    const lines = this.pairs.map(({ p, arrows, said }) => {
      const [a, b] = p.between.map(title), [ours, theirs] = arrows.map(x => x.trust[row].toFixed(2));
      return `${a} and ${b}: trust ${ours} and ${theirs}${said ? `; ${said.replaceAll(":|", ": ").replaceAll("|", "; ")}` : ""}`;
    });
    const gone = this.about.pairs.length - this.pairs.length;
    this.drawing.setAttribute("aria-label", `Network on ${this.run.words(day)}. ${lines.join(". ")}.${gone ? ` ${gone} quieter pairs are not drawn.` : ""}`);
  }

  // -- parts

  apart(p) { return apart(p.title, this.about.parties.map(party => party.title)); }

  // Two or three letters for a disc; where others would have the same, of what tells the party from them.
  face(p) {
    const own = initials(p.title), same = this.about.parties.some(other => other !== p && initials(other.title) === own);
    return same ? this.apart(p).replace(/[^\p{L}\p{N} -]/gu, "").slice(0, 2).trim() : own;
  }

  // A name as long as there is room for it; none where it would lie on another one.
  name(p, x, y, anchor) {
    const { w } = this.size, room = anchor === "start" ? w - x : anchor === "end" ? x : this.many ? 110 : 2 * Math.min(x, w - x) + 40;
    const fits = words => words.length * LETTERS <= room, rest = this.apart(p), told = rest === p.title ? rest : `…${rest}`;
    const words = fits(p.title) ? p.title : fits(told) ? told : `${rest.slice(0, Math.max(3, Math.floor(room / LETTERS) - 1))}…`;
    const wide = words.length * LETTERS, left = anchor === "start" ? x : anchor === "end" ? x - wide : x - wide / 2;
    const box = { left, right: left + wide, top: y - 12, bottom: y + 4 };
    const lies = this.named.some(o => box.left < o.right && o.left < box.right && box.top < o.bottom && o.top < box.bottom);
    if (this.many && lies) return "";
    this.named.push(box);
    return words;
  }

  pair(p) {
    const [a, b] = p.between.map(name => this.at[name]);
    const halo = svg("line", { x1: a.x, y1: a.y, x2: b.x, y2: b.y, class: "halo", stroke: this.t.good });
    const arrows = [p.between, [...p.between].reverse()].map(ends => this.arrow(ends, p.hostile));
    const share = Math.abs(a.x - b.x) < 40 ? .5 : a.x < b.x ? .54 : .46;
    const middle = { x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share };
    const label = svg("text", { x: middle.x, y: middle.y, class: "pill-text", "text-anchor": "middle" });
    const plate = svg("rect", { rx: 7, class: "plate" });
    const truce = this.run.col(`pairs.${p.name}.truce_state`), agreed = this.run.col(`pairs.${p.name}.agreed`);
    const tracks = this.about.tracks.map((t, k) => ({ ...t, k })).filter(t => p.between.every(x => t.between.includes(x)));
    return { p, halo, arrows, label, plate, middle, truce, agreed, tracks, back: [halo, ...arrows.map(x => x.group)], front: [plate, label] };
  }

  arrow([source, target], hostile) {
    const a = this.at[source], b = this.at[target];
    const dx = b.x - a.x, dy = b.y - a.y, length = Math.hypot(dx, dy), ux = dx / length, uy = dy / length;
    const spread = SPREAD * this.scale, off = { x: -uy * spread, y: ux * spread };
    const upright = Math.abs(dx) < 40, room = node => this.rim + 4 + (upright && node.y === Math.min(a.y, b.y) ? NAMES : 0);
    const from = { x: a.x + ux * room(a) + off.x, y: a.y + uy * room(a) + off.y };
    const tip = { x: b.x - ux * room(b) + off.x, y: b.y - uy * room(b) + off.y };
    const size = this.scale, neck = { x: tip.x - ux * 9 * size, y: tip.y - uy * 9 * size };
    const line = svg("line", { x1: from.x, y1: from.y, x2: neck.x, y2: neck.y });
    const head = svg("path", { d: `M${tip.x},${tip.y} L${neck.x - uy * 5.5 * size},${neck.y + ux * 5.5 * size} L${neck.x + uy * 5.5 * size},${neck.y - ux * 5.5 * size} Z` });
    const along = upright ? 22 : Math.min(Math.max(33, uy > .05 ? this.past(source, ux) : 0), length * .45);
    const at = { x: from.x + ux * along + off.x * (upright ? 1.9 : 1.2), y: from.y + uy * (upright ? 14 : along) + off.y * 1.9 };
    const number = svg("text", { x: at.x, y: at.y + 4, class: "trust-number", "text-anchor": "middle" });
    const name = `${source}>${target}`;
    return { line, head, number, hostile, trust: this.run.col(`dyads.${name}.trust`), attacks: this.run.col(`dyads.${name}.cum_attacks`),
      suspended: this.run.col(`dyads.${name}.suspended`), group: svg("g", {}, line, head, number) };
  }

  // How far along an arrow that leads down from a party its name below is passed.
  past(name, ux) {
    const { lines = [""] } = this.at[name], half = Math.max(...lines.map(line => line.length)) * bold() / 2;
    return (half + 18) / Math.abs(ux) - this.rim - 4;
  }

  party(p, k) {
    const { x, y } = this.at[p.name], tone = partyColour(k), around = 2 * Math.PI * this.rim;
    const out = svg("circle", { cx: x, cy: y, r: this.rim + 5, class: "left-out", stroke: this.t.bad });
    const disc = svg("circle", { cx: x, cy: y, r: this.r, fill: tone, class: "disc" });
    const track = svg("circle", { cx: x, cy: y, r: this.rim, class: "ring", stroke: this.t.line });
    const ring = svg("circle", { cx: x, cy: y, r: this.rim, class: "ring", stroke: tone, transform: `rotate(-90 ${x} ${y})`,
      "stroke-dasharray": `${around} ${around}` });
    const face = svg("text", { x, y: y + 5, "text-anchor": "middle", class: "face", style: `fill: ${inkOn(tone)}` }, this.r < 9 ? "" : this.face(p));
    const { anchor = "middle", out: [ox, oy] = [0, 1] } = this.at[p.name];
    const at = { x: x + ox * (this.rim + 6), y: anchor === "middle" ? y + oy * (this.rim + (oy > 0 ? 16 : 6)) : y + oy * (this.rim + 8) + 4 };
    const shown = !this.many || this.pairs.some(({ p: pair }) => pair.between.includes(p.name));
    const words = this.at[p.name].lines || [shown ? this.name(p, at.x, at.y, anchor) : ""];
    const name = svg("text", { ...at, "text-anchor": anchor, class: "name" }, stacked(words, at.x));
    const state = svg("text", { x: at.x, y: at.y + 14 * words.length, "text-anchor": anchor, class: "state" });
    const title = svg("title", {}, `${p.title}: the ring is its leader's political capital`);
    return { p, k, out, ring, around, state, disc, capital: this.run.col(`parties.${p.name}.capital`),
      presence: this.run.col(`parties.${p.name}.presence`), front: [svg("g", {}, title, out, track, ring, disc, face, name, state)] };
  }

  mediator(m, k) {
    const { x, y } = this.at["mediator " + m.name];
    const links = m.pairs.map(between => {
      const [a, b] = between.map(n => this.at[n]);
      return { between, line: svg("line", { x1: x, y1: y + 8, x2: (a.x + b.x) / 2, y2: (a.y + b.y) / 2, class: "mediates", stroke: this.t.talks }) };
    });
    const pairIndex = between => this.about.pairs.findIndex(p => between.every(n => p.between.includes(n)));
    const works = links.map(l => engaged(this.run, k, pairIndex(l.between)));
    const mark = svg("path", { d: `M${x},${y - 9} L${x + 9},${y} L${x},${y + 9} L${x - 9},${y} Z`, fill: this.t.talks });
    const words = this.at["mediator " + m.name].lines;
    const name = svg("text", { x, y: y - 1 - 13 * words.length, "text-anchor": "middle", class: "side" }, stacked(words, x));
    const front = svg("g", { class: "mediator" }, svg("title", {}, m.title), mark, name);
    return { links, works, group: front, back: links.map(l => l.line), front: [front] };
  }

  spoiler(s, k) {
    const { x, y } = this.at["spoiler " + s.name];
    const strikes = this.run.events.filter(e => e[1] === "spoiler_strike" && e[4] === "spoiler" && e[5] === k).map(e => e[0]);
    const lines = s.targets.map(name => svg("line", { x1: x, y1: y, x2: this.at[name].x, y2: this.at[name].y, class: "strikes", stroke: this.t.spoilers, "stroke-width": 0 }));
    const mark = svg("path", { d: `M${x - 9},${y + 8} L${x},${y - 9} L${x + 9},${y + 8} Z`, fill: this.t.spoilers });
    const flash = svg("circle", { cx: x, cy: y, r: 15, class: "flash", stroke: this.t.spoilers });
    const name = svg("text", { x, y: y + 23, "text-anchor": "middle", class: "side" }, stacked(this.at["spoiler " + s.name].lines, x));
    return { strikes, lines, flash, mark, attacks: this.run.col(`spoilers.${s.name}.cum_attacks`),
      threat: this.run.col(`spoilers.${s.name}.threat`), back: lines, front: [svg("g", {}, svg("title", {}, s.title), flash, mark, name)] };
  }

  // -- a frame

  frame(day) {
    const row = this.run.row(day);
    if (row === this.shown) return;
    this.shown = row;
    const before = Math.max(0, row - Math.round(RECENT / this.run.step_days));
    for (const pair of this.pairs) this.framePair(pair, row, before);
    for (const party of this.parties) this.frameParty(party, row);
    for (const helper of this.helpers) this.frameMediator(helper, day);
    for (const threat of this.threats) this.frameSpoiler(threat, row, before, day);
  }

  framePair(pair, row, before) {
    const truce = pair.truce[row] >= 2;
    set(pair.halo, "opacity", truce || pair.agreed[row] >= 1 ? .3 : 0);
    for (const a of pair.arrows) {
      const trust = a.trust[row], attacks = a.attacks[row] - a.attacks[before];
      const width = a.hostile ? 1.4 + BUSIEST * this.scale * (1 - Math.exp(-attacks / 25)) : 1.4;
      const tone = trustColour(stepped(trust, SHADES));
      set(a.line, "stroke", tone); set(a.line, "stroke-width", stepped(width, HALF)); set(a.head, "fill", tone);
      set(a.line, "stroke-dasharray", a.suspended[row] > .05 ? "7 4" : "none");
      if (!this.many) write(a.number, trust.toFixed(2)); // of many, the numbers are in the charts
    }
    const open = pair.tracks.filter(t => this.run.col(`tracks.${t.name}.is_open`)[row] > 0);
    const words = pair.agreed[row] >= 1 ? ["agreement"] : truce ? ["ceasefire"] : [];
    const tight = this.size.w < TIGHT;
    for (const t of open) {
      const done = `${this.run.col(`tracks.${t.name}.n_settled`)[row]} of ${t.issues.length}`;
      words.push(...(!tight ? [`${t.plate}: ${done} settled`] : open.length > 1 ? [`${t.plate}: ${done}`] : [`${t.plate}:`, `${done} settled`]));
    }
    this.plate(pair, words);
  }

  plate(pair, words) {
    const said = words.join("|");
    if (pair.said === said) return;
    pair.said = said;
    const { x, y } = pair.middle, high = 15 * words.length + 6, wide = Math.max(0, ...words.map(l => l.length)) * 6.4 + 14;
    pair.label.replaceChildren(...words.map((line, k) => svg("tspan", { x, y: y - high / 2 + 15 + 15 * k }, line)));
    for (const [key, value] of Object.entries({ x: x - wide / 2, y: y - high / 2, width: wide, height: high })) set(pair.plate, key, value);
    set(pair.plate, "opacity", words.length ? .94 : 0);
  }

  frameParty(party, row) {
    const filled = Math.min(Math.max(party.capital[row], 0), 1) * party.around;
    set(party.ring, "stroke-dasharray", `${stepped(filled, HALF)} ${party.around.toFixed(1)}`);
    const out = this.about.tracks.filter(t => t.excluded === party.p.name && this.run.col(`tracks.${t.name}.is_open`)[row] > 0);
    set(party.out, "opacity", out.length ? 1 : 0);
    const forces = party.presence[0] > 0 ? `forces ${Math.round(party.presence[row] * 100)} %` : "";
    const gone = this.run.end_reason === "collapse" && row >= this.run.rows - 1 &&
      this.run.events.some(e => e[1] === "party_collapsed" && e[4] === "party" && e[5] === party.k);
    set(party.disc, "opacity", gone ? .25 : 1);
    write(party.state, gone ? "collapsed" : [out.length ? "left out of talks" : "", forces].filter(Boolean).join(" · "));
  }

  frameMediator(helper, day) {
    let busy = false;
    helper.links.forEach((l, k) => {
      const on = helper.works[k].some(([a, b]) => a <= day && day < b);
      set(l.line, "opacity", on ? .85 : 0);
      busy ||= on;
    });
    set(helper.group, "opacity", busy ? 1 : .45);
  }

  frameSpoiler(threat, row, before, day) {
    const recent = threat.attacks[row] - threat.attacks[before];
    for (const line of threat.lines) set(line, "stroke-width", stepped(recent > 0 ? .8 + 3 * (1 - Math.exp(-recent / 10)) : 0, HALF));
    const last = threat.strikes.findLast ? threat.strikes.findLast(d => d <= day) : [...threat.strikes].reverse().find(d => d <= day);
    set(threat.flash, "opacity", last !== undefined && day - last < FLASH && !calm() ? stepped(1 - (day - last) / FLASH, FLASH) : 0);
  }
}

// Lines of words below each other.
const stacked = (words, x) => words.map((line, k) => svg("tspan", { x, dy: k ? "1.05em" : 0 }, line));

// A value in steps of one n-th.
const stepped = (value, n) => Math.round(value * n) / n;

function set(node, key, value) {
  const now = String(value);
  if (node["_" + key] === now) return;
  node["_" + key] = now;
  node.setAttribute(key, now);
}

const initials = title => {
  const words = title.split(/[\s-]+/).filter(w => /^[A-Z]/.test(w));
  return words.length > 1 ? words.map(w => w[0]).join("").slice(0, 3) : title.slice(0, 2);
};

// Days on which a mediator works on a pair, from the chronicle.
function engaged(run, mediator, pair) {
  const found = [];
  let since = null;
  for (const [day, kind, , , actorKind, actor, , , subject] of run.events) {
    if (actorKind !== "mediator" || actor !== mediator || subject !== pair) continue;
    if (kind === "mediator_engaged" && since === null) since = day;
    if (kind === "mediator_left" && since !== null) { found.push([since, day]); since = null; }
  }
  if (since !== null) found.push([since, Infinity]);
  return found;
}
