// A question: predict, decide, watch both futures, read what 500 pairs say, and ask why.  All of it stands in the address.
import { ask, download, h, Refused, table } from "../live/dom.mjs";
import { fetchRun } from "../live/data.mjs";
import { byYear, counted, Future, highest } from "./futures.mjs";
import { NotKnown } from "./notknown.mjs";
import { Watch } from "./player.mjs";
import { Why } from "./why.mjs";

const RUNS = [20, 100, 500], WARM = [100, 500];
const BEFORE = 90; // days shown before the decision
const MOST = 50; // per cent that a guess may say

export async function mount(root) {
  try {
    const lessons = root.dataset.lessons || "";
    const asked = new URLSearchParams(location.search).get("question") || "";
    const about = lessons ? `lessons=${encodeURIComponent(lessons)}` : `case=${encodeURIComponent(asked.split("/")[0])}`;
    const said = await (await fetch(`/api/questions?${about}`)).json();
    await new QuestionPage(root, said).begin();
  } catch (error) {
    root.replaceChildren(h("div", { class: "notice notice-error", role: "alert" }, error.message));
    throw error;
  }
}

class QuestionPage {
  constructor(root, { questions, lessons, cases }) {
    Object.assign(this, { root, questions, lessons, cases, turn: 0 });
    root.question = this;
    this.viewer = Math.random().toString(36).slice(2);
    this.watch = new Watch(day => this.frame(day), day => this.rested(day));
    this.why = new Why(() => { this.go({ why: "1" }); });
    this.known = new NotKnown("question-known", () => ({ question: this.asked.id, choice: this.state.choice, token: this.viewer }), draws => this.drawn(draws));
    this.without = new Future("without", "Without");
    this.with = new Future("with", "With");
    this.listen();
  }

  async begin() { await this.read(); }

  listen() {
    const on = (where, name, act) => {
      const heard = event => { if (this.root.isConnected) act(event); else where.removeEventListener(name, heard); };
      where.addEventListener(name, heard);
    };
    on(window, "popstate", () => location.pathname === this.path && this.read());
    on(window, "resize", () => { this.without.draw(); this.with.draw(); });
    on(document, "engineready", () => this.answer());
  }

  get path() { return this.lessons ? "/lessons" : "/"; }

  // -- the state, and its address

  async read() {
    const query = new URLSearchParams(location.search);
    const lesson = this.lessons && query.get("lesson");
    const asked = query.get("question") || (lesson ? this.questions[lesson - 1].id : this.questions[0].id);
    this.asked = this.questions.find(one => one.id === asked);
    this.state = { choice: query.get("choice"), guess: Number(query.get("guess") || 0), seed: Number(query.get("seed") || 1), day: query.get("day"), why: query.get("why"), draws: query.get("draws") };
    this.frameOf();
    await this.open();
    if (this.state.choice) this.answer(); else this.warm();
  }

  address() {
    const s = this.state, query = new URLSearchParams({ question: this.asked.id });
    if (s.guess || s.choice) query.set("guess", s.guess);
    for (const key of ["choice", "day", "why", "draws"]) if (s[key]) query.set(key, s[key]);
    if (s.seed !== 1) query.set("seed", s.seed);
    return `${this.path}?${query.toString().replaceAll("%2F", "/")}`;
  }

  // A step of the reader: it stands in the browser's history.
  go(changes) {
    Object.assign(this.state, changes);
    history.pushState(history.state, "", this.address());
    if ("why" in changes) return this.reason();
    this.marked();
    return this.open("seed" in changes || "choice" in changes).then(() => "choice" in changes && this.answer());
  }

  note() { history.replaceState(history.state, "", this.address()); }

  // -- the page

  frameOf() {
    const q = this.asked, percent = this.unit;
    this.guess = h("input", { type: "range", min: -MOST, max: MOST, step: 5, value: this.state.guess, id: "question-guess", list: "question-marks",
      oninput: () => this.guessing(), onchange: () => { this.state.guess = +this.guess.value; this.note(); } });
    this.guessWords = h("output", { for: "question-guess", id: "question-guess-words" });
    this.choices = h("div", { class: "q-choices", role: "group", "aria-label": "Your decision" }, q.choices.map(c =>
      h("button", { type: "button", "data-choice": c.name, "aria-pressed": "false", onclick: () => this.decide(c.name) }, c.label)));
    this.again = h("button", { type: "button", class: "plain", id: "question-again", onclick: () => this.startAgain() }, "Start again");
    this.sentence = h("p", { class: "q-sentence", id: "question-sentence" });
    this.verdict = h("div", { class: "q-verdict" });
    this.status = h("p", { class: "hint", id: "question-status", role: "status" });
    this.notes = h("div", { "aria-live": "assertive" });
    this.table = h("details", { class: "q-table", id: "question-numbers" }, h("summary", {}, "These two runs in numbers"));
    this.luck = h("button", { type: "button", class: "plain", id: "question-luck", title: "The same two courses with another seed", onclick: () => this.go({ seed: this.state.seed + 1 }) }, "Another luck");
    this.watchState = h("p", { class: "hint" });
    const left = h("section", { class: "q-left", "aria-label": "Predict and decide" },
      h("h2", {}, "1. Predict"), h("label", { for: "question-guess" }, `What does it change in ${this.noun}? (${percent})`),
      this.guess, h("div", { class: "q-ends", "aria-hidden": "true" }, h("span", {}, "fewer"), h("span", {}, "none"), h("span", {}, "more")), this.guessWords,
      h("h2", {}, "2. Decide"), h("p", {}, q.ask), this.choices, this.again);
    const right = h("section", { class: "q-right", "aria-label": "Both futures" }, h("h2", {}, "3. Watch both futures, under the same luck"),
      h("div", { class: "q-futures" }, this.without.node, this.with.node), this.watch.node,
      h("div", { class: "row" }, this.luck, this.watchState), this.table);
    const answer = h("section", { class: "q-answer", "aria-labelledby": "question-answer-head" }, h("h2", { id: "question-answer-head" }, "4. What 500 pairs of runs say"), this.sentence, this.verdict, this.status, this.known.node);
    this.root.replaceChildren(h("div", { class: "page q-page" }, this.top(), this.notes, h("div", { class: "q-grid" }, left, h("div", { class: "q-main" }, right, answer, this.why.node)), this.bottom()));
    this.why.clear();
    this.known.clear();
    this.guessing(); this.marked();
  }

  get noun() {
    const nouns = { fatalities: "deaths", attacks: this.asked.case === "korea-2017" ? "provocations" : "attacks" };
    return nouns[this.asked.outcome] || this.asked.noun;
  }

  get unit() { return this.asked.unit === "0 or 1" ? "runs in 100" : "per cent"; }

  top() {
    const q = this.asked, where = this.cases[q.case];
    const about = h("p", { class: "q-kicker" }, this.lessons ? `Lesson ${q.lesson} of ${this.questions.length}: ${q.heading} · ` : "", where);
    const what = h("p", { class: "q-what" }, "A model of peace processes, day by day. It forecasts nothing: it says what happens if its assumptions hold. It runs on this machine, and nothing leaves it.");
    return h("header", { class: "q-top" }, this.lessons ? this.steps() : what, about, h("h1", {}, q.title), h("p", { class: "q-scene" }, q.scene, q.source ? h("small", {}, ` (${q.source})`) : ""));
  }

  steps() {
    const link = (one, words, here) => h("a", { class: here ? "step here button" : "step button", href: `${this.path}?question=${one}`, "aria-current": here ? "step" : "false", onclick: event => this.visit(event, one) }, words);
    const pick = h("select", { id: "question-case", "aria-label": "Case", onchange: () => { location.href = `/lessons?case=${pick.value}&lesson=${this.asked.lesson}`; } },
      this.lessons.map(name => h("option", { value: name, selected: name === this.asked.case }, this.cases[name])));
    return h("nav", { class: "steps", "aria-label": "Lessons" }, this.questions.map(one => link(one.id, `${one.lesson}. ${one.heading}`, one === this.asked)), pick);
  }

  bottom() {
    const next = this.questions[(this.questions.indexOf(this.asked) + 1) % this.questions.length];
    this.live = h("a", { class: "button", id: "question-live", href: "/live" }, "Open in the laboratory");
    this.linkButton = h("button", { type: "button", id: "question-link", onclick: () => this.copy() }, "Copy link");
    this.mailButton = h("button", { type: "button", id: "question-mail", title: "A page that plays both futures without a server, and carries the case", onclick: () => this.mail() }, "One file to mail");
    const others = this.questions.filter(one => one !== this.asked);
    return h("footer", { class: "q-bottom" }, h("div", { class: "row" }, this.live, this.linkButton, this.mailButton,
      this.lessons && this.asked.lesson === this.questions.length ? h("a", { class: "button", href: `/compare?case=${this.asked.case}` }, "All five together: compare futures") : null,
      others.length ? h("a", { class: "button primary", id: "question-next", href: `${this.path}?question=${next.id}`, onclick: event => this.visit(event, next.id) }, this.lessons ? "Next lesson" : "Next question") : null),
    this.lessons ? null : h("nav", { "aria-label": "Questions" }, h("h2", {}, "Other questions"), h("ul", { class: "q-list" }, others.map(one =>
      h("li", {}, h("a", { href: `/?question=${one.id}`, onclick: event => this.visit(event, one.id) }, one.title), h("span", { class: "hint" }, ` ${this.cases[one.case]}`))),
    h("li", {}, h("a", { href: "/lessons" }, "Five lessons, as five questions")), h("li", {}, h("a", { href: "/live" }, "The laboratory: any run, day by day")))));
  }

  visit(event, id) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    history.pushState(history.state, "", `${this.path}?question=${id}`);
    window.scrollTo(0, 0);
    this.read().then(() => this.root.querySelector("h1").focus?.());
  }

  // -- predict and decide

  guessing() {
    const value = +this.guess.value, words = value === 0 ? "no difference" : `${Math.abs(value)} ${this.unit === "per cent" ? "%" : this.unit} ${value < 0 ? "less" : "more"}`;
    this.guessWords.textContent = `Your guess: ${words}`;
    this.guess.setAttribute("aria-valuetext", words);
  }

  marked() {
    for (const button of this.choices.children) button.setAttribute("aria-pressed", String(button.dataset.choice === this.state.choice));
    this.guess.disabled = Boolean(this.state.choice);
    this.again.hidden = !this.state.choice;
    if (this.mailButton) this.mailButton.disabled = !this.state.choice;
  }

  decide(choice) {
    this.state.guess = +this.guess.value;
    this.fresh = true;
    Object.assign(this.state, { day: null, why: null, draws: this.state.draws === "0" ? "0" : null });
    this.why.clear();
    return this.go({ choice });
  }

  startAgain() {
    this.state = { choice: null, guess: 0, seed: 1, day: null, why: null, draws: null };
    history.pushState(history.state, "", this.address());
    this.frameOf();
    this.guess.focus();
    return this.open().then(() => this.warm());
  }

  get chosen() { return this.asked.choices.find(c => c.name === this.state.choice); }

  // -- both futures

  async open() {
    const turn = ++this.turn, q = this.asked, chosen = this.chosen, seed = this.state.seed;
    const base = { ...q.recipe, seed }, recipe = chosen ? { ...chosen.recipe, seed } : base;
    try {
      const said = await (await ask("/api/open", { recipe, other: chosen ? base : null, date: q.date, token: this.viewer, turn }, () => turn === this.turn)).json();
      const runs = await Promise.all([said.other_run, said.run].filter(Boolean).map(fetchRun));
      if (turn === this.turn) this.take(said, runs);
    } catch (error) {
      if (turn === this.turn) this.say(error instanceof Refused ? error.message : `The runs could not be shown (${error.message}).`);
    }
  }

  take(said, runs) {
    const about = this.about = said.case, decided = runs[0].dayOf(this.asked.date), from = Math.max(0, decided - BEFORE);
    const last = Math.max(...runs.map(run => run.lastDay)), top = highest(runs, about, from);
    this.runs = runs;
    this.live.href = `/live${said.address}`;
    this.without.head.textContent = this.chosen ? "Without it" : "As it was left";
    this.with.node.hidden = runs.length < 2;
    const drawn = { top, from, last, decided };
    this.without.show(runs[0], about, drawn);
    if (runs[1]) {
      this.with.head.textContent = this.chosen.label;
      this.with.show(runs[1], about, drawn);
    }
    const longest = runs.find(run => run.lastDay === last);
    this.watch.show(longest, from, last, this.state.day ? Math.min(longest.dayOf(this.state.day), last) : last);
    for (const future of this.futures()) future.describe();
    this.numbers();
    this.watchState.textContent = `Seed ${this.state.seed}. Bars: ${counted(about).noun} a month; green: a ceasefire holds. One pair is luck; many pairs tell more.`;
    if (this.fresh) { this.fresh = false; this.watch.begin(); }
    performance.mark("question-drawn");
  }

  futures() { return this.runs?.length > 1 ? [this.without, this.with] : [this.without]; }

  frame(day) { if (this.runs) for (const future of this.futures()) future.frame(day); }

  rested(day) {
    if (!this.runs || !this.watch.run) return;
    const there = this.watch.run, shown = day >= this.watch.player.last ? null : there.stamp(day);
    if (shown === this.state.day) return;
    this.state.day = shown;
    this.note();
  }

  numbers() {
    const heads = ["Year", ...this.futures().map(f => f.head.textContent)];
    this.table.replaceChildren(h("summary", {}, "These two runs in numbers"), table(heads, byYear(this.runs, this.about), `${counted(this.about).noun} by year`));
  }

  // -- the answer

  // The runs without a decision are computed while the reader thinks.
  async warm() {
    const id = this.asked.id, wanted = () => this.root.isConnected && this.asked.id === id;
    this.sentence.textContent = "";
    this.verdict.replaceChildren();
    this.status.textContent = "Predict, then decide: one run is luck, so many pairs of runs are compared, with your decision and without it under the same luck.";
    try {
      for (const runs of WARM) await ask("/api/answer", { question: id, runs, token: `${this.viewer} warm` }, wanted);
    } catch { /* the answer itself says what is wrong */ }
  }

  async answer() {
    if (!this.state.choice) return;
    const asked = { question: this.asked.id, choice: this.state.choice }, turn = this.answerTurn = (this.answerTurn || 0) + 1;
    const wanted = () => turn === this.answerTurn && this.root.isConnected && this.asked.id === asked.question && this.state.choice === asked.choice;
    this.sentence.textContent = "";
    this.verdict.replaceChildren();
    this.known.clear();
    for (const runs of RUNS) {
      this.status.textContent = `Running ${runs} pairs …`;
      try {
        const told = await (await ask("/api/answer", { ...asked, runs, token: this.viewer, turn }, wanted)).json();
        if (!wanted()) return;
        this.tell(told);
      } catch (error) {
        if (wanted() && error.status !== 204) this.status.textContent = error.status === 503 ? "The answer follows once the engine is compiled." : error.message;
        return;
      }
    }
    this.status.textContent = `${RUNS.at(-1)} pairs. Brackets: 95 % intervals, luck alone.`;
    this.why.node.hidden = false;
    if (this.state.why) this.reason();
    this.known.begin(this.state.draws === null ? null : Number(this.state.draws));
  }

  // The number of draws stands in the address once they are there; 0 where the reader stopped them.
  drawn(draws) {
    this.state.draws = String(draws);
    this.note();
    if (draws) this.status.textContent = `${RUNS.at(-1)} pairs. The brackets of the first sentence: 95 % intervals, luck alone.`;
  }

  tell(told) {
    this.told = told;
    this.sentence.textContent = told.sentence;
    this.sentence.dataset.pairs = told.pairs;
    const whole = told.pairs === RUNS.at(-1);
    this.verdict.replaceChildren(h("p", {}, this.judged(told.guess)), ...(told.also.length ? [h("p", {}, "Beside it: " + told.also.join(" "))] : []),
      ...(whole && this.asked.think ? [h("p", {}, h("strong", {}, "Then think. "), this.asked.think)] : []),
      h("details", {}, h("summary", {}, "The numbers, and what the brackets say"), h("p", { class: "hint" }, told.luck), table(["Mean of the runs", "without", "with", "difference"], told.rows, "What the pairs say")));
  }

  judged({ mean, low95, high95, unit }) {
    const guess = more(this.state.guess, unit), said = mean === null || low95 === null ? null : low95 <= 0 && high95 >= 0
      ? `no clear difference: ${signed(mean)} ${unit} [${signed(low95)} to ${signed(high95)}]`
      : `${more(mean, unit)} [${ends(low95, high95)}]`;
    if (!said) return `You guessed ${guess}.`;
    const right = this.state.guess >= low95 && this.state.guess <= high95;
    return right ? `You guessed ${guess}, and so say the pairs: ${said}.` : `You guessed ${guess}. The pairs say ${said}.`;
  }

  reason() {
    const asked = { question: this.asked.id, choice: this.state.choice, token: this.viewer };
    this.why.node.hidden = false;
    this.why.follow(asked, () => this.root.isConnected && this.asked.id === asked.question && this.state.choice === asked.choice && this.state.why);
  }

  async mail() {
    this.mailButton.disabled = true;
    try { await download(await ask("/api/mail", { question: this.asked.id, choice: this.state.choice, seed: this.state.seed, draws: this.known.draws, token: this.viewer })); }
    catch (error) { this.say(error.message); }
    this.mailButton.disabled = !this.state.choice;
  }

  async copy() {
    this.note();
    try { await navigator.clipboard.writeText(location.href); this.linkButton.textContent = "Link copied"; } catch { this.linkButton.textContent = "Copy it from the address bar"; }
  }

  say(words) { this.notes.replaceChildren(h("div", { class: "notice notice-error", role: "alert" }, words)); }
}

const plain = value => { const text = Math.abs(value).toFixed(Math.abs(value) >= 100 ? 0 : 1); return text.includes(".") ? text.replace(/\.?0+$/, "") : text; };

const signed = value => (value > 0 ? "+" : value < 0 ? "−" : "") + plain(value);

const more = (value, unit) => value === 0 ? "no difference" : `${plain(value)} ${unit} ${value < 0 ? "less" : "more"}`;

const ends = (low, high) => [low, high].map(Math.abs).sort((a, b) => a - b).map(plain).join(" to ");
