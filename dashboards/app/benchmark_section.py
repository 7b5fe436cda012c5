"""The benchmark on the Evidence page: the manual's own lines and tables, and the figure drawn from them."""

from __future__ import annotations

import re
from typing import Any

from dash import html

from detente.dashboards.app.controls import graph, said, spaced, table
from detente.dashboards.app.manual_tables import ManualPart, ManualTable, manual_part
from detente.dashboards.app.theme import themed

PAGE, RESULTS = "benchmark", "Results"
MODES = {"none": "nothing known", "conditioned": "diplomacy known"}

SHOWS_NOT = (
    "It does not show that a policy works: it asks whether violence moves in the model as it did in real wars, on past "
    "data, and not what would have happened otherwise.",
    "It is not a test on wars that nobody had seen, since the procedure was made while looking at some of them; and it "
    "says nothing of ends of wars, which it does not see coming.",
)
"""What the numbers do not show, in two lines."""


def benchmark_part() -> ManualPart:
    """What the manual says of the benchmark's results."""
    return manual_part(PAGE, RESULTS)


def benchmark_section() -> html.Section:
    """The section: what it is, what it shows and does not, the figure, the tables behind it."""
    part = benchmark_part()
    return html.Section(
        [
            html.H2("Benchmark: forecasts of many conflicts"),
            html.P(origins_words(part), className="lead"),
            html.Ul(
                [html.Li(spaced(line)) for line in part.lines],
                id="evidence-benchmark-lines",
                className="limits",
            ),
            html.H3("What it does not show"),
            html.Ul([html.Li(line) for line in SHOWS_NOT], className="limits"),
            html.Div(
                graph(
                    "evidence-benchmark-figure",
                    figure_words(part),
                    "card-figure benchmark-figure",
                    numbers="evidence-benchmark-0",
                ),
                className="wide",
                tabIndex="0",
                role="region",
                **said("Figure of the benchmark"),
            ),
            *tables_below(part),
        ],
        id="evidence-benchmark",
    )


def origins_words(part: ManualPart) -> str:
    """How many forecasts there are, and of what."""
    first = next((p for p in part.paragraphs if "origins" in p), "")
    return (
        f"{first} Each conflict is opened at one month after another, run ahead with what was known then, and "
        "scored beside null models. Below 1 is better than the null model."
    )


def figure_words(part: ManualPart) -> str:
    """The figure in words."""
    found = spaced("; ".join(part.lines))
    return f"Scores of forecasts over those of the null model, by conflict and by months ahead. {found}"


def tables_below(part: ManualPart) -> list[Any]:
    """The tables; the first, by conflict, is open, the others unfold."""
    shown = [shown_table(one, k) for k, one in enumerate(part.tables)]
    return [*shown[:1], html.Details([html.Summary("Months ahead, other scores, all forecasts"), *shown[1:]])]


def shown_table(one: ManualTable, number: int) -> html.Div:
    """One table, what is set in italics in the manual in italics here."""
    rows = [[shown_cell(c, by_conflict=k == 0) for k, c in enumerate(row)] for row in one.rows]
    return table(one.heads, rows, caption=one.caption, name=f"evidence-benchmark-{number}")


def shown_cell(cell: str, *, by_conflict: bool) -> Any:
    """A cell, in italics where it is in the manual; the first one may be a conflict."""
    plain = cell.strip("*")
    words = conflict_words(plain) if by_conflict else spaced(plain)
    return html.Em(words) if cell.startswith("*") else words


ACRONYMS = frozenset(
    ["farc", "fmln", "ira", "ltte", "mfdc", "milf", "pkk", "rsf", "ruf", "splm", "unita", "uto"]
)


def conflict_words(name: str) -> str:
    """A conflict of the benchmark as people write it: ``sri-lanka-ltte`` is Sri Lanka LTTE."""
    parts = name.split("-")
    return " ".join(part.upper() if part in ACRONYMS else part[:1].upper() + part[1:] for part in parts)


def benchmark_drawn(theme: str) -> Any:
    """The figure, from the tables of the manual; nothing is run."""
    from detente.dashboards.figures.benchmark import benchmark_figure

    part = benchmark_part()
    about = {"runs": runs_of(part), "note": "in italics in the table, hollow here: under ten deaths a month"}
    drawn = benchmark_figure(*frames(part), about=about)
    return themed(drawn.update_layout(width=None, height=None, autosize=True), theme)


def runs_of(part: ManualPart) -> str:
    """How many runs each origin has."""
    found = re.search(r"(\d+) runs", " ".join(part.paragraphs))
    return found[1] if found else "–"


def frames(part: ManualPart) -> tuple[Any, Any]:
    """The tables by conflict and by lead as numbers, as the figure takes them."""
    import pandas as pd

    by_case, by_lead = part.table("conflict"), part.table("lead")
    cases = pd.DataFrame(case_numbers(by_case) if by_case else [], columns=CASE_COLUMNS)
    leads = [row for name in MODES.values() for row in (lead_numbers(by_lead, name) if by_lead else [])]
    return cases, pd.DataFrame(leads, columns=["lead", "forecast", "ratio", "low95", "high95"])


CASE_COLUMNS = ["case", "pooled", *(f"{what}_{mode}" for mode in MODES for what in ("ratio", "covered"))]


def case_numbers(found: ManualTable) -> list[list[Any]]:
    """A line a conflict: whether it is pooled, and ratio and coverage of each mode."""
    return [
        [conflict_words(row[0].strip("*")), not row[0].startswith("*"), *map(number, row[4:8])]
        for row in found.rows
    ]


def lead_numbers(found: ManualTable, mode: str) -> list[list[Any]]:
    """The pooled ratio of a mode with its interval, by lead."""
    place = found.heads.index(mode)
    return [[int(row[0]), f"model, {mode}", *numbers(row[place])] for row in found.rows]


def number(text: str) -> float:
    """A number of a table; a share in per cent as a share."""
    return float(text.rstrip("%")) / (100 if text.endswith("%") else 1)


def numbers(text: str) -> list[float]:
    """A ratio and its interval, ``0.879 [0.783, 0.986]``."""
    return [float(one) for one in re.findall(r"[\d.]+", text)]
