// What a run is made from: case, policy, seed, theory; levers and parameters in a panel of their own.
import { h } from "./dom.mjs";


export class Setup {
  // change(recipe) is called with the recipe asked for.
  constructor(catalogue, change) {
    this.catalogue = catalogue;
    this.change = change;
    this.case = this.select("live-case", catalogue.cases.map(c => [c.name, c.title]), () => this.fresh());
    this.policy = this.select("live-policy", [], () => this.moved({ policy: this.policy.value }, ["levers"]));
    this.theory = this.select("live-theory", catalogue.theories.map(t => [t, t]), () => this.moved({ theory: this.theory.value }));
    this.seed = h("input", { id: "live-seed", type: "text", inputmode: "numeric", size: 6, autocomplete: "off",
      onchange: () => this.moved({ seed: seedOf(this.seed.value) }) });
    const next = h("button", { type: "button", title: "Another run of the same: the next seed", "aria-label": "Next seed",
      onclick: () => this.moved({ seed: Number(this.recipe.seed || 1) + 1 }) }, "↻");
    const field = (label, ...nodes) => h("label", { class: "field" }, h("span", {}, label), ...nodes);
    this.record = h("span", { class: "join", role: "group", "aria-label": "What is imposed of the record" });
    this.seed.title = "Which luck: runs with the same seed have the same draws";
    this.theory.title = "What makes parties ready to negotiate";
    this.node = h("div", { class: "setup" }, field("Case", this.case), field("Policy", this.policy),
      h("div", { class: "field" }, h("span", {}, "Dated moves of the case"), this.record),
      h("div", { class: "field" }, h("label", { for: "live-seed" }, "Seed (which luck)"), h("span", { class: "join" }, this.seed, next)), field("Theory of readiness", this.theory));
    this.levers = h("div", { class: "levers" });
    this.parameters = h("div", { class: "parameters" });
  }

  select(id, options, act) { return h("select", { id, onchange: act }, options.map(([v, t]) => h("option", { value: v }, t))); }

  show(recipe, about) {
    this.recipe = recipe; this.about = about;
    const one = this.catalogue.cases.find(c => c.name === recipe.case);
    this.policy.replaceChildren(...one.policies.map(p => h("option", { value: p.name, title: p.summary }, p.title)));
    this.policy.title = about.policy.summary;
    this.restore(); this.drawRecord(); this.drawParameters();
  }

  // As recorded, or free from a day on: whether the moves that were made are made here too.
  drawRecord() {
    const record = this.about.record;
    if (!record) return this.record.replaceChildren(h("span", { class: "hint" }, "none in this policy"));
    this.record.replaceChildren(...record.ways.map(({ mode, words }) => h("button", { type: "button", "aria-pressed": String(mode === record.mode),
      title: mode === "conditioned" ? "Every dated move is made as it was; what comes of it is the model’s" : "From then on the model’s rules decide",
      onclick: () => mode === record.mode || this.moved({ mode: mode === record.usual ? null : mode }, ["until"]) }, words)));
  }

  // Let every control say what the picture shows, also after something else was refused.
  restore() {
    if (!this.recipe) return;
    this.case.value = this.recipe.case;
    this.policy.value = this.recipe.policy;
    this.theory.value = this.recipe.theory || "readiness";
    this.seed.value = this.recipe.seed ?? 1;
    this.drawLevers();
  }

  fresh() { this.change({ case: this.case.value, policy: null, seed: this.recipe.seed, theory: this.recipe.theory }, "fresh"); }

  moved(changes, without = []) {
    const next = { ...this.recipe, ...changes };
    for (const key of without) delete next[key];
    this.change(next);
  }

  drawLevers() {
    const own = this.recipe.levers || {};
    this.levers.replaceChildren(h("p", { class: "hint" }, "How much the sponsor wants each, from the case’s pivot on: 0 no extra will, 1 all of it."),
      ...this.catalogue.levers.map(l => {
        const base = this.about.policy_levers[l.name] ?? 0, value = own[l.name] ?? base;
        const out = h("output", {}, value.toFixed(2));
        const slider = h("input", { type: "range", min: 0, max: 1, step: .05, value, id: `lever-${l.name}`, "aria-label": l.title,
          oninput: () => { out.textContent = (+slider.value).toFixed(2); },
          onchange: () => this.setLever(l.name, +slider.value) });
        const back = h("button", { type: "button", class: "plain tiny", disabled: !(l.name in own), title: "As the policy has it", "aria-label": `${l.title}: as the policy has it`,
          onclick: () => this.setLever(l.name, null) }, "↺");
        return h("div", { class: l.name in own ? "lever own" : "lever" }, h("label", { for: `lever-${l.name}`, title: `lesson ${l.lesson}: ${l.meaning}` }, l.title), slider, out, back);
      }));
  }

  setLever(name, value) { this.setIn("levers", name, value); }

  setIn(table, name, value) {
    const held = { ...(this.recipe[table] || {}) };
    if (value === null) delete held[name]; else held[name] = value;
    this.moved({ [table]: held });
  }

  drawParameters() {
    const own = this.recipe.parameters || {};
    const known = new Map(this.catalogue.parameters.map(p => [p.name, p]));
    const pick = h("select", { id: "live-parameter", "aria-label": "Parameter" }, h("option", { value: "" }, "a parameter …"),
      this.catalogue.parameters.map(p => h("option", { value: p.name, title: p.meaning }, p.name)));
    const value = h("input", { id: "live-parameter-value", type: "text", inputmode: "decimal", size: 8, "aria-label": "Its value", autocomplete: "off" });
    const meaning = h("p", { class: "hint" });
    pick.onchange = () => {
      const p = known.get(pick.value);
      meaning.textContent = p ? `${p.meaning} [${p.unit}], ${p.low} to ${p.high}` : "";
      value.value = p ? this.about.parameters[p.name] : "";
    };
    const set = h("button", { type: "button", onclick: () => pick.value && this.setIn("parameters", pick.value, numberOf(value.value)) }, "Set");
    this.parameters.replaceChildren(h("h2", {}, "Parameters"), h("div", { class: "row" }, pick, value, set), meaning,
      h("ul", { class: "plainlist" }, Object.entries(own).map(([name, v]) => h("li", {}, `${name} = ${v} `,
        h("button", { type: "button", class: "plain tiny", "aria-label": `${name}: as the case has it`, onclick: () => this.setIn("parameters", name, null) }, "↺")))));
  }
}

// What is no number goes to the server as it is, which says what was expected.
const seedOf = text => /^\d+$/.test(text.trim()) && Number.isSafeInteger(+text) ? +text : text;

const numberOf = text => text.trim() !== "" && Number.isFinite(+text) ? +text : text;
