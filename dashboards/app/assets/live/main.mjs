// The live page.  One state (a recipe, perhaps another, a day) decides everything; the server turns it into runs.
import { ask, download, h, Refused, write } from "./dom.mjs";
import { fetchRun } from "./data.mjs";
import { Captions } from "./captions.mjs";
import { Charts, plotly } from "./charts.mjs";
import { Chronicle, ENDINGS } from "./chronicle.mjs";
import { Intro } from "./intro.mjs";
import { Network } from "./network.mjs";
import { Numbers } from "./numbers.mjs";
import { Pace } from "./pace.mjs";
import { Player } from "./player.mjs";
import { Setup } from "./setup.mjs";
import { StepIn } from "./stepin.mjs";
import { Transport } from "./transport.mjs";
import { Unknowns } from "./unknowns.mjs";
import { Verdict } from "./verdict.mjs";
import { WhyHere } from "./whyhere.mjs";

const COUNT = new Intl.NumberFormat("en");
const SEEDS_TRIED = 10; // of a question, until a run reaches its day
const WINDOW = new Set(["keydown", "popstate"]); // events of the window; others are the document's
const READ = new Set(["begin", "fallback", "history"]); // ways in which a state is read, and not made

export async function mount(root) {
  plotly();
  try {
    const catalogue = await (await fetch(`/api/catalogue?case=${encodeURIComponent(new URLSearchParams(location.search).get("case") || "")}`)).json();
    await new Live(root, catalogue).begin();
  } catch (error) {
    root.replaceChildren(h("div", { class: "notice notice-error", role: "alert" }, error.message));
    throw error;
  }
}

class Live {
  constructor(root, catalogue) {
    this.root = root;
    root.live = this;
    this.viewer = Math.random().toString(36).slice(2);
    this.turn = 0;
    this.player = new Player();
    this.pace = new Pace();
    this.transport = new Transport(this.player);
    this.network = new Network();
    this.charts = new Charts(this.player);
    this.chronicle = new Chronicle(this.player);
    this.captions = new Captions(this.player);
    this.verdict = new Verdict();
    this.whyHere = new WhyHere();
    this.intro = new Intro(catalogue.questions, question => this.tryOut(question));
    this.setup = new Setup(catalogue, (recipe, how) => this.propose(recipe, how));
    this.stepin = new StepIn((decisions, date) => this.decided(decisions, date));
    this.numbers = new Numbers();
    this.unknowns = new Unknowns(on => this.takePoint(on), path => this.setup.setIn("facts", path, null));
    this.frame();
    this.root.inert = true; // until there is a run, no control does anything
    this.listen();
  }

  // -- the page

  frame() {
    this.title = h("h1", { class: "unseen" }, "Live run");
    this.notes = h("div", { class: "notes", "aria-live": "assertive" });
    this.date = h("strong", { id: "live-today" });
    this.facts = h("span", { id: "live-facts" });
    const button = (id, words, title, act) => h("button", { type: "button", id, title, onclick: act }, words);
    this.branchButton = button("live-branch", "Branch here", "Keep this future to compare with, and go another way from the day shown", () => this.branch());
    this.swapButton = button("live-swap", "Swap futures", "Go on with the other future", () => this.swap());
    this.joinButton = button("live-join", "Drop the other", "Forget the other future", () => this.propose(this.recipe, "undo", null));
    this.branchPolicy = h("select", { id: "live-branch-policy", "aria-label": "Policy that takes over on the day shown", onchange: () => this.takeOver() });
    this.fanButton = button("live-fan", "Fan of 500 runs", "Middle 50 % and 80 % of 500 runs with other seeds, behind this one", () => this.toggleFan());
    this.fanButton.setAttribute("aria-pressed", "false");
    this.fanState = h("span", { class: "hint", id: "live-fan-state", role: "status" });
    this.file = h("input", { type: "file", accept: ".toml", hidden: true, id: "live-file", onchange: () => this.load() });
    const tools = h("div", { class: "tools" }, button("live-why-here", "Why here?", "What was different in the two weeks up to the day shown", () => this.askWhy()), this.fanButton, this.branchButton, this.branchPolicy, this.swapButton, this.joinButton,
      button("live-save", "Save replay", "A file from which `detente run --replay` makes the same run", () => this.save()),
      this.mailButton = button("live-mail", "One file to mail", "A page that plays this run without a server, and carries the case", () => this.mail()),
      button("live-load", "Open replay", "Open a replay file", () => this.file.click()),
      button("live-link", "Copy link", "The address of this run and day", () => this.copy()), 
      this.compareLink = h("a", { id: "live-compare", class: "button", title: "500 runs of this course beside its policy as it is, and beside others" }, "Compare"), this.file, this.fanState);
    const left = h("div", { class: "left" }, h("section", { class: "net", "aria-label": "Network" }, this.network.node, legend()), this.tabs());
    this.root.replaceChildren(
      this.title, h("div", { class: "top" }, this.setup.node, h("p", { class: "today" }, this.date, this.facts)), this.intro.node, this.verdict.node, this.notes,
      h("div", { class: "grid" }, left, this.charts.node, h("div", { class: "right" }, this.captions.node, this.whyHere.node, this.chronicle.node)),
      h("div", { class: "bottom" }, this.transport.node, tools));
  }

  tabs() {
    const panels = { "Step in": this.stepin.form, Levers: h("div", {}, this.setup.levers, this.setup.parameters), "Not known": this.unknowns.node, Numbers: this.numbers.node };
    const bar = h("div", { role: "tablist", class: "tablist", "aria-label": "Steering" });
    const body = h("div", { class: "tabbody" });
    this.openTab = name => {
      for (const tab of bar.children) {
        const on = tab.dataset.name === name;
        tab.setAttribute("aria-selected", on);
        tab.tabIndex = on ? 0 : -1;
      }
      for (const panel of body.children) panel.hidden = panel.dataset.name !== name;
    };
    for (const [name, panel] of Object.entries(panels)) {
      const id = "tab-" + name.replace(" ", "-").toLowerCase();
      bar.append(h("button", { type: "button", role: "tab", "data-name": name, id, "aria-controls": id + "-panel", onclick: () => this.openTab(name) }, name));
      panel.dataset.name = name; panel.id = id + "-panel";
      panel.setAttribute("role", "tabpanel"); panel.setAttribute("aria-labelledby", id);
      body.append(panel);
    }
    bar.addEventListener("keydown", event => {
      const all = [...bar.children], k = all.indexOf(document.activeElement), to = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!to || k < 0) return;
      const next = all[(k + to + all.length) % all.length];
      next.focus(); next.click();
      event.stopPropagation(); event.preventDefault();
    });
    this.stepin.opened = () => this.openTab("Step in");
    this.openTab("Step in");
    return h("section", { class: "tabs", "aria-label": "Steering" }, bar, body);
  }

  listen() {
    this.player.listen(day => {
      if (!this.run) return;
      if (!this.root.isConnected) return this.player.stop();
      this.charts.frame(day);
      if (this.player.playing && !this.pace.due()) return;
      this.chronicle.frame(day); this.captions.frame(day); this.network.frame(day); this.transport.frame(day); this.today(day);
      if (!this.player.playing) { this.network.describe(day); this.numbers.frame(day); }
    });
    this.player.sleep = () => Math.min(this.pace.left(), this.charts.cover.left());
    this.transport.changed = playing => { if (playing) this.pace.begin(); else if (this.run) { this.numbers.frame(this.player.day); this.stepin.day(this.run.iso(this.player.day)); this.remember(); } };
    this.charts.chosen = () => this.draw();
    this.transport.refuse = message => this.say([message], "error");
    const on = (name, act) => {
      const where = WINDOW.has(name) ? window : document;
      const heard = event => { if (this.root.isConnected) act(event); else where.removeEventListener(name, heard); };
      where.addEventListener(name, heard);
    };
    on("keydown", event => this.run && this.transport.key(event));
    on("popstate", () => this.wentTo());
    on("themechange", () => this.run && this.draw());
    on("engineready", () => { if (this.fansOn) this.askFans(); this.askPairs(); });
  }

  today(day) {
    const key = this.run.stamp(day);
    if (key === this.dayKey) return;
    this.dayKey = key;
    write(this.date, this.run.words(day));
    const row = this.run.row(day), lethal = this.charts.lethal;
    const n = lethal ? this.run.col("tally.fatalities")[row] : this.run.col("tally.attacks")[row];
    const under = this.about.pairs.filter(p => this.run.col(`pairs.${p.name}.truce_state`)[row] >= 2).length;
    const words = [`${COUNT.format(Math.round(n))} ${lethal ? "deaths" : "provocations"} so far`];
    if (under) words.push(under === 1 ? "a ceasefire holds" : `${under} ceasefires hold`);
    if (day >= this.run.lastDay) words.push(ENDINGS[this.run.end_reason].replace("The run ends: ", "ends: ").replace(".", ""));
    write(this.facts, words.join(" · "));
  }

  // -- the state

  async begin() {
    const found = await this.open({ address: location.search }, "begin");
    if (found) return;
    this.keepsAddress = true; // what could not be read stays in the address bar, to be mended
    await this.open({ address: "" }, "fallback");
    this.root.inert = false;
  }

  // Back and forward in the browser's history: every change of the run is a step in it.
  async wentTo() { if (location.pathname === "/live") await this.open({ address: location.search }, "history"); }

  // Ask for another run; ``date`` is the day shown then, that of now unless given.
  async propose(recipe, how, other = this.other, date = this.run?.stamp(this.player.day)) {
    const given = Object.fromEntries(Object.entries(recipe).filter(([, v]) => v !== null && v !== undefined));
    return await this.open({ recipe: given, other: how === "fresh" ? null : other || null, date: how === "fresh" ? null : date }, how || "change");
  }

  // Every decision is tried against the course without it, which stays beside it until nothing is left of the difference.
  decided(decisions, date) {
    const next = { ...this.recipe, decision: decisions }, before = this.other || this.recipe;
    this.propose(next, date ? "decision" : "undo", alike(next, before) ? null : before);
  }

  // A few runs end before the day of the question, by a victory: the first that does not is shown.
  async tryOut(question) {
    this.player.pause();
    for (let seed = 1; seed <= SEEDS_TRIED; seed++) {
      const shown = await this.propose({ ...question.decided, seed }, "question", { ...question.recipe, seed }, question.date);
      if (!shown || this.run.iso(this.player.day) >= question.date) break;
    }
    this.openTab("Step in");
  }

  async open(question, how) {
    const turn = ++this.turn, began = performance.now();
    this.root.setAttribute("aria-busy", "true");
    try {
      const said = await (await ask("/api/open", { ...question, token: this.viewer, turn }, () => turn === this.turn)).json();
      const [run, other] = await Promise.all([fetchRun(said.run), said.other_run ? fetchRun(said.other_run) : null]);
      if (turn !== this.turn) return true;
      await this.take(said, run, other, how);
      this.lastTook = performance.now() - began;
      return true;
    } catch (error) {
      if (turn !== this.turn) return true;
      const words = error.message.replace(READ.has(how) ? "" : /^address: /, ""); // what was typed stands in no address yet
      this.say([error instanceof Refused ? words : `The run could not be shown (${error.message}).`], "error");
      if (!(error instanceof Refused)) console.error(error);
      this.setup.restore();
      this.branchPolicy.value = "";
      return false;
    } finally {
      this.root.removeAttribute("aria-busy");
    }
  }

  async take(said, run, other, how) {
    if (!this.setup.catalogue.cases.some(c => c.name === said.recipe.case)) { location.assign(`/live${said.address}`); return; } // opened elsewhere meanwhile
    const day = said.date ? run.dayOf(said.date) : how === "begin" || how === "fresh" || how === "fallback" ? 0 : this.player.day;
    Object.assign(this, { recipe: said.recipe, other: said.other, about: said.case, run, otherRun: other, address: said.address, dayKey: null, fans: null });
    this.player.last = run.lastDay;
    this.player.day = Math.min(Math.max(day, 0), run.lastDay);
    this.whyHere.clear();
    if (how !== "fallback") this.say(said.notes, "warning");
    if (!READ.has(how)) this.step();
    this.setup.show(this.recipe, this.about);
    this.numbers.show(run, this.about, other);
    this.unknowns.show(said.facts, this.recipe.seed ?? 1);
    this.stepin.show(this.recipe.decision, this.about, run);
    this.transport.show(run);
    this.chronicle.show(run);
    this.captions.show(run, this.about);
    this.intro.show(this.recipe, Boolean(other));
    this.title.textContent = `Live run: ${this.about.title}`;
    this.root.inert = false;
    this.drawNetwork();
    const drawn = this.drawCharts();
    this.player.seek(this.player.day);
    this.tools();
    await drawn; // the rest can be used while Plotly is still on its way
    performance.mark("live-drawn");
    if (this.fansOn) this.askFans();
    this.askPairs();
  }

  async draw() {
    this.drawNetwork();
    await this.drawCharts();
  }

  drawNetwork() {
    this.network.show(this.run, this.about);
    this.network.frame(this.player.day);
    this.network.describe(this.player.day);
  }

  async drawCharts() {
    this.charts.branchDay = this.otherRun ? this.run.dayOf(parting(this.recipe, this.other) || this.run.start) : undefined;
    await this.charts.show(this.run, this.about, this.otherRun, this.fans);
  }

  tools() {
    const two = Boolean(this.otherRun);
    for (const node of [this.swapButton, this.joinButton]) node.hidden = !two;
    this.branchButton.hidden = two;
    this.branchPolicy.hidden = !two;
    const policies = this.setup.catalogue.cases.find(c => c.name === this.recipe.case).policies;
    this.branchPolicy.replaceChildren(h("option", { value: "" }, "another policy …"), ...policies.map(p => h("option", { value: p.name }, p.title)));
    this.compareLink.href = this.compared();
    const count = (this.recipe.decision || []).length;
    this.root.querySelector("#tab-step-in").textContent = count ? `Step in (${count})` : "Step in";
    this.root.querySelector("#tab-not-known").textContent = this.unknowns.count ? `Not known (${this.unknowns.count})` : "Not known";
  }

  // The page that compares this course with policies: the address says most of it in the same words.
  compared() {
    const here = new URLSearchParams(this.address), query = new URLSearchParams({ case: this.recipe.case, policies: this.recipe.policy, base: this.recipe.policy });
    for (const [key, value] of here) if (key === "decisions" || key.startsWith("lever.")) query.set(key, value);
    return "/compare?" + query;
  }

  // -- what one can do

  branch() {
    this.player.pause();
    this.propose(this.recipe, "branch", this.recipe).then(() => this.openTab("Step in"));
  }

  // The case's own values in place of those that the seed draws, in both futures.
  takePoint(on) {
    const taken = recipe => ({ ...recipe, point: on || undefined });
    this.propose(taken(this.recipe), "change", this.other && taken(this.other));
  }

  takeOver() {
    if (!this.branchPolicy.value) return;
    this.propose({ ...this.recipe, branch_at: this.run.iso(this.player.day), branch_to: this.branchPolicy.value }, "branch");
  }

  swap() { this.propose(this.other, "swap", this.recipe); }

  toggleFan() {
    this.fansOn = !this.fansOn;
    this.fanButton.setAttribute("aria-pressed", this.fansOn);
    if (this.fansOn) return this.askFans();
    this.fanTurn = ++this.turn;
    this.fans = null;
    this.fanState.textContent = "";
    this.draw();
  }

  async askFans() {
    const turn = this.fanTurn = (this.fanTurn || 0) + 1, recipes = [this.recipe, ...(this.other ? [this.other] : [])], state = this.turn;
    const wanted = () => turn === this.fanTurn && state === this.turn && this.fansOn && this.root.isConnected;
    for (const runs of [100, 500]) {
      this.fanState.textContent = `running ${runs} …`;
      try {
        const fans = [];
        for (const recipe of recipes)
          fans.push(await (await ask("/api/fan", { recipe, runs, token: this.viewer, turn }, wanted)).json());
        if (!wanted()) return;
        this.fans = fans;
        this.fanState.textContent = `bands: middle 50 % and 80 % of ${runs} runs`;
        await this.draw();
      } catch (error) {
        if (error.status === 204 || !wanted()) return;
        this.fanState.textContent = error.status === 503 ? "the fan follows once the engine is compiled" : error.message;
        return;
      }
    }
  }

  askWhy() {
    this.player.pause();
    const state = this.turn;
    this.whyHere.follow(this.recipe, this.run.stamp(this.player.day), this.viewer, () => state === this.turn && this.root.isConnected);
  }

  // What many pairs say of the course taken, wherever another one stands beside it.
  askPairs() {
    const state = this.turn, { recipe, other } = this;
    if (!recipe || !other || recipe.case !== other.case || alike(recipe, other)) return this.verdict.clear();
    this.verdict.follow(recipe, other, this.viewer, () => state === this.turn && this.root.isConnected);
  }

  async save() { await this.fetched("/api/replay", { recipe: this.recipe }); }

  async mail() {
    this.mailButton.disabled = true;
    await this.fetched("/api/mail", { recipe: this.recipe, other: this.other || null, draws: this.other ? this.verdict.known.draws : 0 });
    this.mailButton.disabled = false;
  }

  async fetched(path, body) {
    try { await download(await ask(path, { ...body, token: this.viewer })); }
    catch (error) { this.say([error.message], "error"); }
  }

  async load() {
    const file = this.file.files[0];
    this.file.value = "";
    if (!file) return;
    try {
      if (file.size > 500000) throw new Refused(`${file.name}: is too large for a replay file.`);
      const said = await (await ask("/api/load", { text: await file.text(), token: this.viewer })).json();
      await this.propose(said.recipe, "fresh");
      if (said.notes.length) this.say(said.notes, "warning");
    } catch (error) { this.say([error.message], "error"); }
  }

  async copy() {
    this.keepsAddress = false;
    this.remember();
    try { await navigator.clipboard.writeText(location.href); this.say(["The link is copied."], "info"); }
    catch { this.say([`Copy it from the address bar: ${location.href}`], "info"); }
  }

  // The address of what is shown.
  query() {
    const query = new URLSearchParams(this.address);
    query.set("date", this.run.stamp(this.player.day));
    return "?" + query;
  }

  // The day stands in the address too; no page is loaded for it.
  remember() { if (!this.keepsAddress) history.replaceState(history.state, "", this.query()); }

  // Another run is a step in the browser's history.
  step() {
    this.keepsAddress = false;
    if (this.query() !== location.search) history.pushState(null, "", this.query());
  }

  // Several remarks stand folded under one line, so that they never push the page away.
  say(messages, kind) {
    const whole = messages.length > 1 ? [h("details", {}, h("summary", {}, `${messages.length} remarks on what is asked`), messages.map(m => h("p", {}, m)))] : messages;
    this.notes.replaceChildren(...whole.map(message => h("div", { class: `notice notice-${kind}`, role: kind === "error" ? "alert" : "status" }, message,
      h("button", { type: "button", class: "plain tiny", "aria-label": "Close the message", onclick: event => event.target.parentNode.remove() }, "×"))));
  }
}

// The first day on which two recipes may differ: that of the first decision or branch that only one of them has.
function parting(one, other) {
  const days = r => [...(r.decision || []).map(d => [d.date, JSON.stringify(d)]), ...(r.branch_at ? [[r.branch_at, r.branch_to]] : [])];
  const key = ([date, what]) => date + what, a = days(one), b = days(other);
  const only = [...a.filter(x => !b.some(y => key(x) === key(y))), ...b.filter(x => !a.some(y => key(x) === key(y)))];
  return only.map(([date]) => date).sort()[0];
}

// Whether two recipes are the same, seeds and empty tables apart.
function alike(one, other) {
  const plain = recipe => JSON.stringify(Object.entries(recipe).filter(([key, v]) => key !== "seed" && v !== null && Object.keys(Object(v)).length + (typeof v !== "object") > 0).sort());
  return plain(one) === plain(other);
}

function legend() {
  return h("p", { class: "netkey" }, h("span", { class: "lowtrust" }, "distrust"), h("span", { class: "ramp", "aria-hidden": "true" }), h("span", {}, "trust"),
    h("span", {}, "width: attacks in 28 days · green: ceasefire · ring: political capital · plate: talks, issues settled"));
}
