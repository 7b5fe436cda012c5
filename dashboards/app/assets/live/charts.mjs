// The panels over one date axis.  Plotly draws them whole, once; while the run plays only a cover over the future moves.
import { Cover } from "./cover.mjs";
import { askFor, busiest } from "./busiest.mjs";
import { calm, h, short, svg } from "./dom.mjs";
import { spans } from "./data.mjs";
import { LANES, markOf } from "./marks.mjs";
import { faded, partyColour, tones } from "./palette.mjs";

// No two lines differ by colour alone; dots are for the other future.
const DASHES = ["solid", "9px,5px", "16px,5px", "9px,4px,3px,4px", "4px,4px", "16px,4px,3px,4px", "22px,6px", "9px,4px,3px,4px,3px,4px"];
const WEEK = 7, MONTH = 365.25 / 12;
const PANELS = { violence: [.755, 1], trust: [.545, .705], readiness: [.345, .5], capital: [.155, .3], events: [0, .115] };
// Where there is little height, the lanes of the events keep theirs, so that their names stand apart.
const LOW = { violence: [.785, 1], trust: [.6, .725], readiness: [.415, .54], capital: [.23, .355], events: [0, .17] }, ENOUGH = 480; // px
const AXIS = { violence: "y", trust: "y2", readiness: "y3", capital: "y4", events: "y5" };

let loading = null;

// Plotly's own file, once for all pages.
export function plotly() {
  if (window.Plotly) return Promise.resolve(window.Plotly);
  loading ||= new Promise((resolve, reject) => {
    const script = h("script", { src: "/vendor/plotly.min.js" });
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => reject(new Error("Plotly could not be loaded"));
    document.head.append(script);
  });
  return loading;
}

export class Charts {
  constructor(player) {
    this.player = player;
    this.plot = h("div", { class: "plot" });
    this.cover = new Cover();
    this.window = this.cover.node;
    this.key = h("div", { class: "key" });
    this.heads = h("div", { class: "heads" });
    this.record = svg("svg", { class: "record", "aria-hidden": "true" });
    this.node = h("section", { class: "charts", "aria-label": "Violence, trust, readiness, capital and events by date", "aria-describedby": "live-charts-words", "aria-details": "live-numbers" },
      this.key, h("div", { class: "stage" }, this.plot, this.window, this.heads, this.record));
    this.stage = this.node.lastChild;
    this.stage.addEventListener("pointerdown", event => this.scrub(event));
    new ResizeObserver(() => this.resize()).observe(this.stage);
  }

  async show(run, about, other, fans) {
    Object.assign(this, { run, about, other, fans });
    this.window.classList.toggle("two", Boolean(other || fans));
    this.drawKey();
    this.drawHeads();
    const Plotly = await plotly();
    const layout = this.layout();
    await Plotly.react(this.plot, this.traces(), layout, { displayModeBar: false, responsive: false, scrollZoom: false });
    this.place();
  }

  resize() {
    if (!this.run || !window.Plotly || !this.stage.clientWidth) return;
    clearTimeout(this.later);
    this.later = setTimeout(() => this.fit(), 80);
  }

  fit() {
    const { clientWidth: width, clientHeight: height } = this.stage, drawn = this.plot._fullLayout;
    if (!this.stage.isConnected || !width || !drawn) return; // the reader has gone to another page meanwhile
    if (drawn.width === width && drawn.height === height) return;
    window.Plotly.relayout(this.plot, { width, height, ...this.domains() }).then(() => this.place());
  }

  // Where the days lie on the page, so that a frame needs no layout.
  place() {
    const full = this.plot._fullLayout;
    if (!full) return;
    this.left = full._size.l;
    this.width = full._size.w;
    const { t, h: height } = full._size;
    for (const head of this.heads.children) {
      head.style.top = `${t + (1 - this.panels[head.dataset.panel][1]) * height - 19}px`;
      head.style.left = `${this.left}px`;
    }
    Object.assign(this.window.style, { top: `${t - 22}px`, height: `${height + 22}px`, left: `${this.left}px`, width: `${this.width + 2}px` });
    this.placeRecord(full);
    this.frame(this.player.day);
  }

  // What was observed is known for all days, so it stands above the cover too.
  placeRecord(full) {
    const { xaxis, yaxis } = full, t = tones();
    const dots = this.seen.map(o => ({ x: xaxis._offset + xaxis.d2p(o.month + "-15"), y: yaxis._offset + yaxis.d2p(o.value) }));
    this.record.replaceChildren(...this.pivotLabel(full, t), ...dots.map(({ x, y }) => svg("circle", { cx: x.toFixed(1), cy: y.toFixed(1), r: 3.3, fill: t.paper, stroke: t.ink, "stroke-width": 1.4 })));
  }

  frame(day) {
    if (!this.width) return;
    const scale = this.width / this.run.horizon, x = Math.min(day * scale, this.width);
    if (this.player.playing && !calm()) this.cover.go(x, this.player.speed * scale); else this.cover.stand(x);
  }

  scrub(event) {
    if (!this.width || event.button !== 0) return;
    const box = this.stage.getBoundingClientRect();
    const to = e => this.player.seek(Math.round((e.clientX - box.left - this.left) / this.width * this.run.horizon));
    const x = event.clientX - box.left;
    if (x < this.left || x > this.left + this.width) return;
    this.player.pause();
    to(event);
    const stop = () => { removeEventListener("pointermove", to); removeEventListener("pointerup", stop); };
    addEventListener("pointermove", to);
    addEventListener("pointerup", stop);
  }

  get lines() {
    const pairs = busiest(this.run, this.about), drawn = d => pairs.some(p => p.between.includes(d.source) && p.between.includes(d.target));
    return this.about.dyads.filter(d => d.hostile && drawn(d)).map((d, n) => {
      const k = this.about.parties.findIndex(p => p.name === d.source);
      return { ...d, colour: partyColour(k), dash: DASHES[n % DASHES.length],
        label: `${this.title(d.source)} → ${this.title(d.target)}` };
    });
  }

  title(name) { return (this.about.parties.find(p => p.name === name) || { title: name }).title; }

  drawKey() {
    const dashes = dash => dash === "solid" ? "" : dash === "dot" ? "2 3" : dash.replaceAll("px", "").replaceAll(",", " ");
    const sample = (colour, dash, width = 3) => {
      const span = h("span", { class: "sample" });
      span.innerHTML = `<svg width="26" height="8" aria-hidden="true"><line x1="0" y1="4" x2="26" y2="4" stroke="${colour}" stroke-width="${width}" stroke-dasharray="${dashes(dash)}"/></svg>`;
      return span;
    };
    const t = tones();
    const extra = this.other ? [h("span", { class: "chip" }, sample(t.ink, "dot", 2), "the other future")] : [];
    const chip = (mark, words) => h("span", { class: "chip" }, mark, words), box = colour => h("span", { class: "swatch solid", style: `background: ${colour}` });
    const bars = this.lethal ? [[t.bars, "deaths between the parties"], [t.spoilers, "deaths by spoilers"]] : [];
    const seen = this.seen.length ? [chip(h("span", { class: "swatch ring" }), "observed month")] : [];
    this.key.replaceChildren(...this.others(), ...this.lines.map(l => chip(sample(l.colour, l.dash), l.label)), ...bars.map(([tone, words]) => chip(box(tone), words)), ...seen,
      chip(h("span", { class: "swatch" }), "ceasefire"), ...extra);
  }

  traces() {
    const t = tones();
    return [...this.fanTraces(t), ...this.violence(t), ...this.levels("trust", "trust"), ...this.levels("readiness", "readiness"),
      ...this.capital(), ...this.events(t)];
  }

  line(y, panel, name, colour, dash, extra = {}) {
    return { type: "scatter", mode: "lines", x: extra.x || this.run.dates, y, yaxis: AXIS[panel], name,
      line: { color: colour, width: 2.2, dash }, hovertemplate: "%{x|%-d %b %Y}: %{y:.2f}<extra>%{fullData.name}</extra>",
      meta: { panel }, ...extra };
  }

  levels(field, panel) {
    const made = this.lines.map(l => this.line(this.run.col(`dyads.${l.name}.${field}`), panel, l.label, l.colour, l.dash));
    if (!this.other) return made;
    return [...made, ...this.lines.map(l => this.line(this.other.col(`dyads.${l.name}.${field}`), panel,
      `${l.label}, the other future`, l.colour, "dot", { x: this.other.dates, line: { color: l.colour, width: 1.4, dash: "dot" } }))];
  }

  // Parties by place, those of the pairs drawn.
  get parties() {
    const pairs = busiest(this.run, this.about), all = this.about.parties.map((p, k) => [p, k]);
    return pairs.length === this.about.pairs.length ? all : all.filter(([p]) => pairs.some(pair => pair.between.includes(p.name)));
  }

  capital() {
    const one = (run, dash, width, words) => this.parties.map(([p, k]) => this.line(run.col(`parties.${p.name}.capital`), "capital",
      p.title + words, partyColour(k), dash, { x: run.dates, line: { color: partyColour(k), width, dash: dash || DASHES[k % DASHES.length] } }));
    return [...one(this.run, "", 2.2, ""), ...(this.other ? one(this.other, "dot", 1.4, ", the other future") : [])];
  }

  get lethal() { return this.about.pairs.some(p => p.hostile && p.lethal && this.run.outcomes.fatalities > 0); }

  // The pairs that are not drawn, to choose from.
  others() {
    const shown = busiest(this.run, this.about), rest = this.about.pairs.filter(p => !shown.includes(p));
    if (!rest.length) return [];
    const words = p => p.between.map(name => this.title(name)).join(" and ");
    const pick = h("select", { class: "tiny", id: "live-more-pairs", "aria-label": "Draw another pair", onchange: () => { askFor(pick.value); this.chosen?.(); } },
      h("option", { value: "" }, `${shown.length} busiest pairs drawn; ${rest.length} more …`), rest.map(p => h("option", { value: p.name }, words(p))));
    return [pick];
  }

  // The observed months that the run covers.
  get seen() {
    return this.about.observed.filter(o => (o.series === "deaths") === this.lethal && this.run.dayOf(o.month + "-15") >= 0);
  }

  violence(t) {
    const seen = this.seen;
    const made = this.lethal ? this.deaths(this.run, t) : this.provocations(t);
    if (this.other) {
      const w = weekly(this.other, this.lethal ? this.other.col("tally.fatalities") : this.attacks(this.other));
      made.push(this.line(w.rate, "violence", "the other future", t.ink, "solid",
        { x: w.x, line: { color: t.ink, width: 1.3, dash: "dot", shape: "hvh" } }));
    }
    if (seen.length) made.push({
      type: "scatter", mode: "markers", x: seen.map(o => o.month + "-15"), y: seen.map(o => o.value), yaxis: "y", name: "observed", cliponaxis: false,
      marker: { symbol: "circle", size: 7, color: t.paper, line: { color: t.ink, width: 1.6 } }, meta: { panel: "violence" },
      hovertemplate: "observed, %{x|%B %Y}: %{y:.0f}<extra></extra>" });
    return made;
  }

  deaths(run, t) {
    const all = weekly(run, run.col("tally.fatalities"));
    const between = new Float32Array(run.rows);
    for (const d of this.about.dyads) {
      const own = run.col(`dyads.${d.name}.step_deaths`);
      for (let k = 0; k < run.rows; k++) between[k] += own[k] * run.deaths_scale;
    }
    for (let k = 1; k < run.rows; k++) between[k] += between[k - 1];
    const parties = weekly(run, between);
    const own = parties.rate.map((v, k) => Math.min(v, all.rate[k]));
    const bar = (name, y, count, colour) => ({ type: "bar", x: all.x, y, name, customdata: count, marker: { color: colour, line: { width: 0 } },
      yaxis: "y", meta: { panel: "violence" }, hovertemplate: "week of %{x|%-d %b %Y}: %{customdata:.0f} deaths<extra>%{fullData.name}</extra>" });
    return [bar("between the parties", own, parties.count, t.bars),
      bar("by spoilers", all.rate.map((v, k) => v - own[k]), all.count.map((v, k) => Math.max(v - parties.count[k], 0)), t.spoilers)];
  }

  attacks(run) {
    const sum = new Float32Array(run.rows);
    for (const d of this.about.dyads) run.col(`dyads.${d.name}.cum_attacks`).forEach((v, k) => { sum[k] += v; });
    return sum;
  }

  provocations(t) {
    return this.about.parties.map((p, k) => {
      const sum = new Float32Array(this.run.rows);
      for (const d of this.about.dyads) if (d.source === p.name)
        this.run.col(`dyads.${d.name}.cum_attacks`).forEach((v, i) => { sum[i] += v; });
      const w = weekly(this.run, sum);
      return { type: "bar", x: w.x, y: w.rate, customdata: w.count, name: `by ${p.title}`, yaxis: "y", meta: { panel: "violence" },
        marker: { color: partyColour(k), line: { width: 0 } },
        hovertemplate: "week of %{x|%-d %b %Y}: %{customdata:.0f} provocations<extra>%{fullData.name}</extra>" };
    }).filter(trace => trace.customdata.some(v => v > 0));
  }

  events(t) {
    const groups = new Map();
    for (const [day, kind, sentence] of this.run.events) {
      const m = markOf(kind);
      if (!m.lane) continue;
      if (!groups.has(kind)) groups.set(kind, { x: [], y: [], text: [], m });
      const g = groups.get(kind);
      g.x.push(this.run.when(day)); g.y.push(LANES.length - 1 - LANES.indexOf(m.lane)); g.text.push(sentence);
    }
    return [...groups].map(([kind, g]) => ({
      type: "scatter", mode: "markers", x: g.x, y: g.y, text: g.text, yaxis: "y5", name: kind, meta: { panel: "events" },
      marker: { symbol: g.m.symbol, size: g.m.minor ? 6 : 9, color: t[g.m.tone], line: { width: g.m.symbol.includes("open") ? 1.6 : 0, color: t[g.m.tone] } },
      hovertemplate: "%{x|%-d %b %Y}<br>%{text}<extra></extra>" }));
  }

  fanTraces(t) {
    const made = [];
    (this.fans || []).forEach((fan, n) => {
      const tone = n === 0 ? t.accent : t.bad, name = n === 0 ? "this future" : "the other future";
      const lethal = this.lethal;
      for (const [series, panel] of [["deaths a month", "violence"], ["mean trust", "trust"], ["mean readiness", "readiness"]]) {
        const s = fan.series[series];
        if (!s || (panel === "violence" && !lethal)) continue;
        const shift = panel === "violence" ? MONTH / 2 : 0;
        const x = s.days.map(d => this.run.when(d + shift));
        for (const [low, high, opacity] of [["low80", "high80", .16], ["low50", "high50", .24]]) {
          const base = { type: "scatter", mode: "lines", x, yaxis: AXIS[panel], line: { width: 0 }, hoverinfo: "skip", meta: { panel, fan: n } };
          made.push({ ...base, y: s[low], name: `${series}, ${low}, ${name}` },
            { ...base, y: s[high], fill: "tonexty", fillcolor: faded(tone, opacity), name: `${series}, ${high}, ${name}` });
        }
        made.push(this.line(s.median, panel, `median of ${fan.runs} runs, ${name}`, tone, "solid",
          { x, line: { color: tone, width: 2, dash: n ? "dash" : "solid" }, meta: { panel, fan: n } }));
      }
    });
    return made;
  }

  layout() {
    const t = tones(), { narrow } = this;
    const axis = (panel, title, more = {}) => ({
      domain: this.panels[panel], title: { text: title, font: { size: 12, color: t.quiet }, standoff: 4 }, gridcolor: t.grid, zeroline: false,
      linecolor: t.line, tickfont: { size: 12, color: t.quiet }, fixedrange: true, rangemode: "tozero", nticks: 4, ...more });
    const unit = { range: [0, 1], tickvals: [0, .5, 1] };
    return {
      width: this.stage.clientWidth, height: this.stage.clientHeight, margin: { l: narrow ? 74 : 86, r: 14, t: 24, b: 42 },
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", showlegend: false, barmode: "stack", bargap: 0, dragmode: false,
      font: { family: "Inter, Segoe UI, Roboto, Helvetica, Arial, sans-serif", size: 13, color: t.ink }, hovermode: "closest",
      hoverlabel: { align: "left", bgcolor: t.panel, bordercolor: t.line, font: { color: t.ink, size: 13 } },
      xaxis: { type: "date", range: [this.run.when(0), this.run.when(this.run.horizon)], anchor: "y5", fixedrange: true, gridcolor: t.grid,
        linecolor: t.line, tickfont: { size: 12, color: t.quiet }, tickformat: "%b\n%Y", nticks: narrow ? 5 : 10,
        hoverformat: "%-d %b %Y", showgrid: true },
      yaxis: axis("violence", this.lethal ? "deaths<br>a month" : "provocations<br>a month"),
      yaxis2: axis("trust", "belief<br>0 to 1", unit), yaxis3: axis("readiness", "0 to 1", unit),
      yaxis4: axis("capital", "share left", { nticks: 3 }),
      yaxis5: axis("events", "", { range: [-.6, LANES.length - .4], tickvals: LANES.map((_, k) => LANES.length - 1 - k), ticktext: LANES,
        tickfont: { size: 11, color: t.quiet }, rangemode: "normal" }),
      shapes: this.shapes(t),
    };
  }

  // What the dotted line of the pivot stands for.
  pivotLabel(full, t) {
    const pivot = this.run.dayOf(this.about.pivot), { record } = this.about;
    if (pivot < 0) return [];
    const after = record && record.until && record.until < this.about.pivot ? "from here on the rules decide" : "from here on levers act";
    const x = this.left + this.width, y = full._size.t + full._size.h * (1 - this.panels.events[1]) - 6;
    const day = short(this.about.pivot), words = this.narrow ? `pivot: ${day}` : `pivot (dotted), ${day}: ${after}`;
    return [svg("text", { x, y, class: "pivot", fill: t.quiet, stroke: t.paper, "text-anchor": "end" }, words)];
  }

  get panels() { return this.stage.clientHeight < ENOUGH ? LOW : PANELS; }

  domains() { return Object.fromEntries(Object.entries(this.panels).map(([panel, domain]) => [`${AXIS[panel].replace("y", "yaxis")}.domain`, domain])); }

  get narrow() { return this.stage.clientWidth < 520; }

  drawHeads() {
    const what = this.lethal ? "Violence" : "Provocations", { narrow } = this;
    const words = { violence: narrow ? `${what}, as a monthly rate` : `${what}: each week, as a monthly rate`, trust: "Trust in the other’s word",
      readiness: "Readiness to negotiate", capital: narrow ? "Political capital: 1 is rested" : "Political capital of each leader: 1 is rested, 0 is spent", events: "What happened" };
    this.heads.replaceChildren(...Object.entries(words).map(([panel, text]) => h("h2", { "data-panel": panel }, text)));
  }

  shapes(t) {
    const bands = [];
    for (const pair of this.about.pairs)
      for (const [a, b] of spans(this.run, this.run.col(`pairs.${pair.name}.truce_state`), 2))
        bands.push({ type: "rect", xref: "x", yref: "paper", x0: this.run.when(a), x1: this.run.when(b), y0: 0, y1: 1, line: { width: 0 },
          fillcolor: faded(t.good, .17), layer: "below", name: pair.name });
    const line = (day, dash, tone) => ({ type: "line", xref: "x", yref: "paper", x0: this.run.when(day), x1: this.run.when(day), y0: 0, y1: 1,
      line: { color: tone, width: 1.2, dash } });
    const pivot = this.run.dayOf(this.about.pivot);
    const ended = this.run.lastDay < this.run.horizon ? [line(this.run.lastDay, "solid", t.bad)] : [];
    return [...bands, ...(pivot > 0 ? [line(pivot, "dot", t.quiet)] : []), ...ended,
      ...(this.branchDay !== undefined ? [line(this.branchDay, "dash", t.accent)] : [])];
  }
}

// A cumulative count as a monthly rate over whole weeks.
export function weekly(run, column) {
  const x = [], rate = [], count = [];
  const at = day => column[run.row(day)];
  for (let day = 0; day + WEEK <= run.lastDay + 1e-6; day += WEEK) {
    const n = at(day + WEEK) - at(day);
    x.push(run.when(day + WEEK / 2)); count.push(n); rate.push(n / WEEK * MONTH);
  }
  return { x, rate, count };
}
