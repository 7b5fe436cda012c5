// What the pairs say of two orders: the verdict, a figure of both intervals, the tables behind it, where the orders part.
import { h, inWords, svg } from "../live/dom.mjs";

const MARGIN = 4; // per cent of the figure's width

export function answer(told) {
  const parts = [h("p", { class: "s-verdict", id: "sequence-verdict" }, told.verdict), ...told.lines.map(words => h("p", {}, words))];
  if (told.figure.length) parts.push(figure(told));
  parts.push(h("details", { id: "sequence-numbers" }, h("summary", {}, "The numbers behind it"), table(told.differences, "What B has more of than A"), table(told.means, "Mean of each aim")));
  if (told.parting) parts.push(parting(told.parting));
  parts.push(h("details", {}, h("summary", {}, "What it was made from, and the same on the command line"), h("p", { class: "hint" }, told.about),
    h("pre", { class: "command", tabindex: "0", role: "group", "aria-label": "Command" }, told.command)));
  return parts;
}

// A row for each aim: the thick line is luck, the thin one luck and what is not known; the point is full where the sign is firm.
function figure(told) {
  const rows = told.figure.map(one => h("div", { class: `s-row s-${kind(one)}` }, h("div", { class: "s-aim" }, one.aim, h("small", {}, ` ${one.unit}`)), drawing(one), h("div", { class: "s-said" }, `${one.text}: ${said(one)}`)));
  const words = `B against A. ${told.figure.map(one => `${one.aim}: ${one.text}, ${said(one)}`).join("; ")}.`;
  const known = told.draws ? "; thin line: luck and what is not known; full point: the sign holds in most draws" : "";
  return h("figure", { class: "s-figure" }, h("figcaption", {}, `What B has more of than A. Thick line: luck, 95 %${known}. Blue: B is better; orange: B is worse; grey: no clear difference.`),
    h("div", { role: "img", "aria-label": words, "aria-details": "sequence-numbers", id: "sequence-figure" }, rows));
}

const kind = one => ({ better: "better", worse: "worse" })[one.verdict] || "same";

const said = one => kind(one) === "same" ? one.verdict : `B is ${one.verdict}${one.firm ? ", firm" : ""}`;

function drawing(one) {
  const ends = [one.low95, one.high95, one.wide_low95, one.wide_high95, one.mean, 0].filter(value => value !== null);
  const low = Math.min(...ends), wide = Math.max(...ends) - low || 1, x = value => `${MARGIN + (100 - 2 * MARGIN) * (value - low) / wide}%`;
  const line = (from, to, name) => from === null || to === null ? [] : [svg("line", { class: name, x1: x(from), x2: x(to), y1: 15, y2: 15 })];
  return svg("svg", { height: 30, width: "100%", "aria-hidden": true }, svg("line", { class: "s-nought", x1: x(0), x2: x(0), y1: 1, y2: 29 }),
    ...line(one.wide_low95, one.wide_high95, "s-wide"), ...line(one.low95, one.high95, "s-luck"), svg("circle", { class: one.firm ? "s-firm" : "s-open", cx: x(one.mean), cy: 15, r: 5.5 }));
}

function parting(part) {
  const n = Math.max(part.left.length, part.right.length), cell = line => line ? `${inWords(line[0])}: ${line[1]}` : "";
  const rows = Array.from({ length: n }, (_, k) => [cell(part.left[k]), cell(part.right[k])]);
  return h("section", { "aria-labelledby": "sequence-parting" }, h("h3", { id: "sequence-parting" }, "Where they part"), h("p", {}, part.words),
    n ? h("details", {}, h("summary", {}, `What only one of them has, seed ${part.seed}`), plain(part.orders, rows, "Chronicles")) : null);
}

const table = ({ head, rows }, words) => plain(head, rows, words, true);

function plain(head, rows, words, named = false) {
  return h("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": words }, h("table", { class: "facts" }, h("thead", {}, h("tr", {}, head.map(one => h("th", { scope: "col" }, one)))),
    h("tbody", {}, rows.map(row => h("tr", {}, row.map((one, k) => h(named && !k ? "th" : "td", { scope: named && !k ? "row" : null }, one)))))));
}
