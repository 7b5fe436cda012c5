// What the pairs say of two orders, drawn by the server as in the file to mail, and what it was made from.
import { h } from "../live/dom.mjs";

export function answer(told) {
  const said = h("div", {});
  said.innerHTML = told.page; // every text in it is escaped
  return [said, h("details", {}, h("summary", {}, "What it was made from, and the same on the command line"), h("p", { class: "hint" }, told.about),
    h("pre", { class: "command", tabindex: "0", role: "group", "aria-label": "Command" }, told.command))];
}
