// A case of one's own: files are sent, looked at, and become a case that runs; or everything that is wrong with them is said.
import { ask, h, Refused } from "../live/dom.mjs";
import { Choices } from "./choices.mjs";
import { Sender } from "./sender.mjs";

const OF_A_CASE = /(^|\/)(case\.toml|questions\.toml|NOTES\.md|observed\.csv|policies\/[^/]+\.toml)$/;

export function mount(root) { root.own = new OwnCase(root); }

class OwnCase {
  constructor(root) {
    Object.assign(this, { root, wanted: root.dataset.wanted || "", back: root.dataset.back || "", turn: 0, files: [] });
    this.sender = new Sender(+root.dataset.most);
    this.viewer = Math.random().toString(36).slice(2);
    this.choices = new Choices();
    this.frame();
  }

  frame() {
    const picker = (id, label, hint, more, act) => h("div", { class: "own-field" }, h("label", { for: id }, label),
      h("input", { id, type: "file", "aria-describedby": `${id}-hint`, onchange: act, ...more }), h("p", { class: "hint", id: `${id}-hint` }, hint));
    this.main = picker("own-files", "A case, or a file of events", "A case.toml, a zip of a case’s folder, or a page mailed from here. Or events of UCDP GED, any release, as csv; several files may be chosen together.",
      { multiple: true, accept: ".toml,.zip,.html,.htm,.csv,.tsv,.txt,.gz,.parquet" }, event => this.look([...event.target.files]));
    this.folder = picker("own-folder", "Or the folder of a case", "With case.toml and policies, as the command line writes it.", { webkitdirectory: true },
      event => this.look([...event.target.files].filter(f => OF_A_CASE.test(f.webkitRelativePath))));
    this.beside = h("details", { class: "own-beside" }, h("summary", {}, "Ceasefires and peace agreements to go with events (optional)"), h("div", { class: "own-fields" },
      picker("own-ceasefires", "Ceasefires", "A table of ceasefires, such as that of ETH and PRIO.", {}, () => this.retell()),
      picker("own-agreements", "Peace agreements", "UCDP’s table of peace agreements.", {}, () => this.retell())));
    this.status = h("p", { class: "status", id: "own-status", role: "status" });
    this.said = h("div", { id: "own-said", "aria-live": "assertive" });
    this.data = h("section", { id: "own-data", hidden: true, "aria-labelledby": "own-data-head" });
    this.root.replaceChildren(h("div", { class: "own-fields" }, this.main, this.folder), this.beside, this.status, this.said, this.data);
  }

  // What was said of other files does not stand beside new ones.
  begin(words) {
    this.turn += 1;
    this.said.replaceChildren();
    this.status.textContent = words;
    this.root.setAttribute("aria-busy", "true");
    return this.turn;
  }

  end(turn) {
    if (turn !== this.turn) return;
    this.root.removeAttribute("aria-busy");
    this.status.textContent = "";
  }

  retell() { this.said.replaceChildren(); }

  async look(files) {
    if (!files.length) return;
    this.data.hidden = true;
    await this.question("/api/own/look", files.map(file => ({ file, role: "" })), {}, found => {
      this.files = files;
      this.offer(found);
    });
  }

  async build() {
    const beside = ["ceasefires", "agreements"].flatMap(role => [...this.root.querySelector(`#own-${role}`).files].map(file => ({ file, role })));
    const files = [...this.files.map(file => ({ file, role: "" })), ...beside];
    await this.question("/api/own/open", files, this.choices.asked(), () => {});
  }

  // A question about files: they are sent unless the server has them, and once more if it has forgotten them.
  async question(path, files, asked, offer) {
    const turn = this.begin("Sending …");
    try {
      const found = await this.answer(path, files, asked, turn);
      if (turn !== this.turn) return;
      if (found.errors) this.complain(found.errors);
      else if (found.kind === "case") this.goOn(found.name);
      else offer(found);
    } catch (error) {
      if (turn === this.turn) this.complain([error.message]);
      if (!(error instanceof Refused)) throw error;
    } finally { this.end(turn); }
  }

  async answer(path, files, asked, turn, again = true) {
    const sent = [];
    for (const { file, role } of files) {
      const name = file.webkitRelativePath || file.name;
      if (turn === this.turn) this.status.textContent = `Sending ${name} …`;
      sent.push({ ...await this.sender.send(file), name, role });
    }
    if (turn === this.turn) this.status.textContent = path.endsWith("open") ? "Building the case; this takes some seconds …" : "Reading …";
    try {
      const body = { files: sent, ...asked, token: this.viewer, turn };
      return await (await ask(path, body, () => turn === this.turn)).json();
    } catch (error) {
      if (error.status !== 410 || !again) throw error;
      this.sender.forget();
      return this.answer(path, files, asked, turn, false);
    }
  }

  complain(lines) {
    const words = lines.length > 1 ? [h("p", {}, `${lines.length} things are wrong:`), h("ul", {}, lines.map(line => h("li", {}, line)))] : lines;
    this.said.replaceChildren(h("div", { class: "notice notice-error", role: "alert" }, ...words));
  }

  // The page of the case, or the link that asked for it.
  goOn(name) {
    const here = `/own?case=${name}`;
    if (!this.wanted || name === this.wanted) { location.assign(this.wanted ? this.back : here); return; }
    this.said.replaceChildren(h("div", { class: "notice notice-warning", role: "alert" },
      `This is another case than the link shows: its name and digest are ${name}, and those of the link ${this.wanted}. `, h("a", { href: here, id: "own-other" }, "Open it all the same"), "."));
  }

  offer({ lines, rows, left_out: more }) {
    const name = this.wanted ? this.wanted.split("~")[0] : null;
    this.choices.show(rows, more, name);
    const go = h("button", { type: "button", class: "primary", id: "own-build", onclick: () => this.build() }, "Build the case");
    this.data.replaceChildren(h("h2", { id: "own-data-head" }, "Build a case from these events"), h("ul", {}, lines.map(line => h("li", {}, line))), this.choices.node, h("div", { class: "row" }, go));
    this.data.hidden = false;
  }
}
