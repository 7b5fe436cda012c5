// Small helpers: make elements, read colours, ask the server.

const SVG = "http://www.w3.org/2000/svg";

export function h(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat().filter(child => child !== null && child !== undefined));
  return node;
}

// Words of an element that has nothing else in it; only the words are exchanged, which is cheaper than the text node.
export function write(node, words) {
  if (!node.firstChild) node.textContent = words;
  else if (node.firstChild.data !== words) node.firstChild.data = words;
}

export const dark = () => document.documentElement.dataset.theme === "dark";

// Whether the viewer asked for little motion.
export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

export const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export class Refused extends Error {}

const SOON = 150, LATER = 600; // [ms]; the server gives up what nobody has asked for within 1.3 s

// A question to the server, asked again while the answer is being computed (status 202) and the page still wants it,
// less often as time goes by; a message in words is thrown as Refused.  ``told`` hears how far the answer is.
export async function ask(path, body, wanted = () => true, told = null) {
  let answer, pause = SOON;
  do {
    try {
      answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    } catch {
      throw new Refused("The server does not answer. Is it still running?");
    }
    if (answer.status === 202 && told) told(await answer.json());
    if (answer.status === 202) await new Promise(done => setTimeout(done, pause));
    pause = Math.min(1.5 * pause, LATER);
  } while (answer.status === 202 && wanted());
  if (answer.status === 200) return answer;
  const said = await answer.json().catch(() => ({}));
  const refused = new Refused(answer.status === 202 ? "Something else was asked meanwhile." : said.error || `The server answered with status ${answer.status}.`);
  refused.status = answer.status; // 204: given up for a later question of the same page
  throw refused;
}

// Save what the server answered as a file, under the name it gave it.
export async function download(answer) {
  const name = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition"))[1];
  const link = h("a", { href: URL.createObjectURL(await answer.blob()), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

// A table that scrolls sideways where the page is narrow; the first cell of a row is its head.
export function table(heads, rows, label) {
  return h("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": label }, h("table", { class: "facts" },
    h("thead", {}, h("tr", {}, heads.map(words => h("th", { scope: "col" }, words)))),
    h("tbody", {}, rows.map(row => h("tr", {}, row.map((cell, k) => h(k ? "td" : "th", { scope: k ? null : "row" }, cell)))))));
}

const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
  "November", "December"];

export const inWords = iso => `${+iso.slice(8, 10)} ${MONTHS[+iso.slice(5, 7) - 1]} ${iso.slice(0, 4)}`;

export const short = iso => `${+iso.slice(8, 10)} ${MONTHS[+iso.slice(5, 7) - 1].slice(0, 3)} ${iso.slice(0, 4)}`;
