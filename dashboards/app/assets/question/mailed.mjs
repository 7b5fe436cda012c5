// What moves in a mailed page: one future or two, played from the runs that the page carries.  Nothing is fetched.
import { h } from "../live/dom.mjs";
import { Run } from "../live/data.mjs";
import { Future, highest } from "./futures.mjs";
import { Watch } from "./player.mjs";

const BEFORE = 90; // days shown before the decision

async function decoded(text) {
  const packed = Uint8Array.from(atob(text), sign => sign.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Run(await new Response(stream).arrayBuffer());
}

async function play(place) {
  const told = JSON.parse(document.getElementById("detente-runs").textContent);
  const runs = await Promise.all(told.runs.map(decoded));
  const decided = told.decided ? runs[0].dayOf(told.decided) : null;
  const from = decided === null ? 0 : Math.max(0, decided - BEFORE), last = Math.max(...runs.map(run => run.lastDay));
  const top = highest(runs, told.about, from);
  const futures = told.heads.map((words, k) => new Future(k ? "with" : "without", words));
  const watch = new Watch(day => futures.forEach(one => one.frame(day)), () => {});
  place.replaceChildren(h("div", { class: "q-futures" }, futures.map(one => one.node)), watch.node,
    h("p", { class: "hint" }, `Bars: a month; green: a ceasefire holds${decided === null ? "" : "; the dashed line is the day of the decision"}.`));
  futures.forEach((one, k) => { one.show(runs[k], told.about, { top, from, last, decided }); one.describe(); });
  watch.show(runs.find(run => run.lastDay === last), from, last);
  addEventListener("resize", () => futures.forEach(one => one.draw()));
}

document.documentElement.dataset.theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
const place = document.getElementById("detente-player");
if (place) play(place);
