"""Every figure of a page: its name and summary in words, and the table behind it."""

from typing import Any

FIGURES = """() => {
  const drawn = "[role=figure], [role=img], figure, canvas, .js-plotly-plot, svg";
  const text = id => (document.getElementById(id)?.textContent || "").trim();
  const words = (e, key) => (e.getAttribute(key) || "").split(" ").filter(Boolean).map(text).join(" ");
  const large = e => e.getBoundingClientRect().width > 60 && e.getBoundingClientRect().height > 60;
  const hidden = e => e.closest("[aria-hidden=true], #js-plotly-tester") || !e.getClientRects().length
    || (e.matches("svg") && !large(e));
  const outer = e => e.closest("[aria-details]") || e;
  const found = [...new Set([...document.querySelectorAll(drawn)].filter(e => !hidden(e))
    .map(e => e.matches("figure") ? e.querySelector("[aria-details]") || e : outer(e)))];
  return found.map(e => ({
    what: `${e.tagName}#${e.id}.${e.getAttribute("class")}`,
    name: e.getAttribute("aria-label") || words(e, "aria-labelledby"),
    told: words(e, "aria-describedby"),
    rows: (e.getAttribute("aria-details") || "").split(" ").filter(Boolean)
      .reduce((n, id) => n + (document.getElementById(id)?.querySelectorAll("tbody tr").length || 0), 0),
  }));
}"""

LINES = """() => [...document.querySelectorAll(".js-plotly-plot")].flatMap(plot => {
  const lines = (plot._fullData || [])
    .filter(t => t.visible === true && t._input?.name && (t.mode || "").includes("lines") && t.line?.width
    && t.fill === "none" && !(t.mode || "").includes("text"));
  const mark = t => t.mode.includes("markers") ? t.marker.symbol : "";
  const key = t => [t.xaxis, t.yaxis, t.line.dash, t.line.width, mark(t)].join();
  return lines.flatMap((one, k) => lines.slice(k + 1)
    .filter(two => key(one) === key(two) && one.line.color !== two.line.color).map(two => `${one.name} | ${two.name}`));
})"""
"""Two named lines of one panel that nothing but their colour tells apart."""

LEAST = 40
"""Characters that a summary has at least."""


def faults(page: Any) -> list[str]:
    """What is missing of the figures of a page, a line each; raises where it has none."""
    figures = page.evaluate(FIGURES)
    assert figures, "no figure was found"
    lines = [f"{f['what']}: no table behind it" for f in figures if not f["rows"]]
    lines += [
        f"{f['what']}: {f['name']!r} has no summary" for f in figures if len(f["name"] + f["told"]) < LEAST
    ]
    return lines + [f"colour alone: {pair}" for pair in page.evaluate(LINES)]
