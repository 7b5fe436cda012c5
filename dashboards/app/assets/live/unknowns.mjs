// What is not known of the case: the facts that the seed draws, with value, range and grade, and whether they are drawn.
import { h, table } from "./dom.mjs";

export class Unknowns {
  // ``point(on)`` takes the case's own values, or lets the seed draw them; ``restore(path)`` drops a value set by hand.
  constructor(point, restore) {
    this.restore = restore;
    this.box = h("input", { type: "checkbox", id: "live-point", onchange: () => point(this.box.checked) });
    this.words = h("p", { class: "hint", id: "live-unknown-words" });
    this.rows = h("div", { id: "live-unknown" });
    this.choice = h("label", { class: "check" }, this.box, " Take the case’s own values instead");
    this.node = h("div", { class: "unknowns" }, this.words, this.choice, this.rows);
  }

  // ``drawn`` as the server describes it; ``seed`` is that of the run.
  show({ point, unknown, rows }, seed) {
    this.count = unknown;
    this.box.checked = point;
    this.choice.hidden = !unknown;
    this.words.textContent = !unknown ? "The case grades none of its numbers as unknown: no seed draws any. The model’s parameters are not known either: a verdict draws them."
      : point ? `${unknown} numbers of the case are not known. This run takes them as the case has them.`
      : `${unknown} numbers of the case are not known (◇ prior): seed ${seed} has drawn them between these ends.`;
    this.rows.replaceChildren(...(rows.length ? [table(["What", point ? "Taken" : "Drawn", "Range and grade"], rows.map(row => this.cells(row)), "Facts that are not known")] : []));
  }

  cells({ path, words, value, range, grade, case: own }) {
    if (grade !== "set") return [h("span", { title: `${path}; in the case ${own}` }, words), value, h("span", {}, `${range} `, h("span", { class: "grade grade-prior" }, "◇ prior"))];
    const back = h("button", { type: "button", class: "plain tiny", title: "As the case has it", "aria-label": `${words}: as the case has it`, onclick: () => this.restore(path) }, "↺");
    return [h("span", { title: `${path}; in the case ${own}` }, words), value, h("span", {}, `${range} set by hand `, back)];
  }
}
