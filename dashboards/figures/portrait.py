"""Portraits: how runs, ensembles and models show themselves in a notebook.

Plain HTML with a drawing in SVG inside: a few kilobytes, no script, nothing fetched, legible on light and dark pages.
``plot()`` gives the figure that answers to the mouse.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from detente.dashboards.figures.style import BLUE, END_COLOURS, GREEN, VERMILION, faded, percent
from detente.experiments.runs.outcomes import END_WORDS

WIDTH, HEIGHT, LEFT, BOTTOM = 620, 96, 46, 16
"""Size of a drawing, and the room for its axes [px]."""

YEAR = 32
"""Room that the number of a year takes [px]."""

POINTS = 200
"""Points of a line at most."""

NOTE = "what happens if its assumptions hold; not a forecast"
STYLE = "font:13px/1.5 Helvetica,Arial,sans-serif;max-width:660px"
Values = np.ndarray[Any, Any]


def card(head: str, facts: Iterable[tuple[str, str]], body: str, foot: str) -> str:
    """A portrait: heading, facts in a row, drawings, and where it comes from."""
    row = "".join(
        f"<span style='margin-right:18px'><b>{escape(value)}</b> <span style='opacity:.7'>{escape(name)}</span></span>"
        for name, value in facts
    )
    return (
        f"<div style='{STYLE}'><div style='font-size:16px'><b>{escape(head)}</b></div><div>{row}</div>{body}"
        f"<div style='opacity:.7;font-size:11px'>{escape(foot)} · {NOTE}</div></div>"
    )


def foot_of(about: Mapping[str, Any]) -> str:
    """Seeds, version and digest of the scenario."""
    seeds = f"seed {about['seed']}" if "seed" in about else f"seeds {about['seeds']}"
    return f"{seeds} · Détente {about['version']} · scenario {about['scenario_sha256'][:12]}"


class Panel:
    """One small drawing over dates: areas and lines on a scale that begins at 0."""

    def __init__(self, title: str, dates: Any, top: float, words: str) -> None:
        self.dates = pd.DatetimeIndex(dates)
        self.top = top if top > 0 and np.isfinite(top) else 1.0
        self.parts = [self.frame(title)]
        self.words = words

    def x(self, day: Any) -> float:
        """Where a day lies across [px]."""
        first, last = self.dates[0], self.dates[-1]
        span = max((last - first) / pd.Timedelta(days=1), 1.0)
        return LEFT + (pd.Timestamp(day) - first) / pd.Timedelta(days=1) / span * (WIDTH - LEFT - 4)

    def y(self, value: float) -> float:
        """Where a value lies from the top [px]."""
        return 18 + (1 - min(value, self.top) / self.top) * (HEIGHT - 18)

    def frame(self, title: str) -> str:
        """Title, scale and years."""
        grey = "stroke='currentColor' stroke-opacity='.25'"
        marks = [
            f"<text x='{LEFT}' y='12' font-weight='bold'>{escape(title)}</text>",
            f"<line x1='{LEFT}' x2='{WIDTH}' y1='{HEIGHT}' y2='{HEIGHT}' {grey}/>",
            f"<line x1='{LEFT}' x2='{WIDTH}' y1='18' y2='18' {grey}/>",
            f"<text x='{LEFT - 5}' y='22' text-anchor='end'>{self.top:,.4g}</text>",
            f"<text x='{LEFT - 5}' y='{HEIGHT}' text-anchor='end'>0</text>",
        ]
        edge = float(WIDTH)
        for year in range(self.dates[-1].year, self.dates[0].year - 1, -1):
            place = self.x(max(pd.Timestamp(year, 1, 1), self.dates[0]))
            marks.append(f"<line x1='{place:.0f}' x2='{place:.0f}' y1='18' y2='{HEIGHT + 4}' {grey}/>")
            if edge - place > YEAR:
                marks.append(f"<text x='{place + 3:.0f}' y='{HEIGHT + 13}'>{year}</text>")
            edge = place
        return "".join(marks)

    def points(self, dates: Sequence[Any], values: Values) -> str:
        """A path of points; those without a value are left out."""
        return " ".join(
            f"{self.x(d):.0f},{self.y(float(v)):.1f}"
            for d, v in zip(dates, values, strict=True)
            if np.isfinite(v)
        )

    def line(self, dates: Sequence[Any], values: Values, colour: str) -> None:
        """A line through values."""
        path = self.points(dates, values)
        self.parts.append(f"<polyline points='{path}' fill='none' stroke='{colour}' stroke-width='2'/>")

    def band(self, dates: Sequence[Any], low: Values, high: Values, colour: str) -> None:
        """An area between two lines."""
        there, back = self.points(dates, high), self.points(dates[::-1], low[::-1])
        self.parts.append(f"<polygon points='{there} {back}' fill='{colour}'/>")

    def bars(self, dates: Sequence[Any], values: Values, colour: str) -> None:
        """A bar from 0 for each value, a month wide."""
        path = " ".join(
            f"M{self.x(d):.1f},{HEIGHT}V{self.y(float(v)):.1f}" for d, v in zip(dates, values, strict=True)
        )
        month = self.x(self.dates[0] + pd.Timedelta(days=30)) - self.x(self.dates[0])
        wide = max(1.0, month - 1)
        self.parts.append(f"<path d='{path}' stroke='{colour}' stroke-width='{wide:.1f}'/>")

    def drawn(self) -> str:
        """The drawing."""
        return (
            f"<svg viewBox='0 0 {WIDTH} {HEIGHT + BOTTOM}' width='{WIDTH}' style='max-width:100%;display:block' "
            f"font-size='11' fill='currentColor' role='img' aria-label='{escape(self.words, quote=True)}'>"
            f"{''.join(self.parts)}</svg>"
        )


def thinned(table: pd.DataFrame) -> pd.DataFrame:
    """At most ``POINTS`` rows, the first and the last among them."""
    return table.iloc[np.unique(np.linspace(0, len(table) - 1, POINTS).astype(int))]


def run_portrait(violence: pd.DataFrame, trust: pd.DataFrame, *, about: Mapping[str, Any]) -> str:
    """A run: ``violence`` has date and value a month, ``trust`` date and value; ``about`` title, span, words, facts."""
    span = pd.DatetimeIndex(about["span"])
    above = Panel(about["unit"], span, float(violence["value"].max()) if len(violence) else 1.0, "by month")
    above.bars(list(violence["date"] + pd.Timedelta(days=15)), violence["value"].to_numpy(float), VERMILION)
    few = thinned(trust)
    below = Panel("mean trust (0–1)", span, 1.0, "trust by date")
    below.line(list(few["date"]), few["value"].to_numpy(float), BLUE)
    return card(about["head"], about["facts"], above.drawn() + below.drawn(), foot_of(about))


def ensemble_portrait(fan: pd.DataFrame, endings: Mapping[str, float], *, about: Mapping[str, Any]) -> str:
    """An ensemble: fans of deaths, or provocations, a month and of mean trust, and the shares of how runs ended."""
    counted = next(s for s in fan["series"].unique() if str(s).endswith(" a month"))
    drawings = [
        fan_panel(fan, series, title, colour)
        for series, title, colour in (
            (counted, f"{counted}: median, middle 50 and 80 % of runs", VERMILION),
            ("mean trust", "mean trust (0–1)", BLUE),
        )
    ]
    return card(about["head"], about["facts"], "".join(drawings) + ending_bar(endings), foot_of(about))


def fan_panel(fan: pd.DataFrame, series: str, title: str, colour: str) -> str:
    """The fan of one series."""
    rows = fan[fan["series"] == series]
    rows = thinned(rows[rows["n"] > 0])
    if rows.empty:
        return ""
    top = 1.0 if series.endswith("trust") else float(rows["high80"].max())
    panel = Panel(title, list(rows["date"]), top, f"{series} over the runs")
    for share in ("80", "50"):
        low, high = rows[f"low{share}"].to_numpy(float), rows[f"high{share}"].to_numpy(float)
        panel.band(list(rows["date"]), low, high, faded(colour, 0.25))
    panel.line(list(rows["date"]), rows["median"].to_numpy(float), colour)
    return panel.drawn()


def ending_bar(endings: Mapping[str, float], width: int = WIDTH) -> str:
    """Shares of runs by how they ended, as one bar of so many pixels, and in words."""
    parts = [
        f"<div style='width:{endings[reason]:.2%};background:{colour};height:14px' "
        f"title='{END_WORDS[reason]}: {percent(endings[reason], 1)}'></div>"
        for reason, colour in END_COLOURS.items()
        if endings.get(reason)
    ]
    words = " · ".join(f"{END_WORDS[r]} {percent(endings[r])}" for r in END_COLOURS if endings.get(r))
    return f"<div style='display:flex;width:{width}px;max-width:100%'>{''.join(parts)}</div><div>{words} of runs</div>"


def process_portrait(dates: Sequence[str], trust: Sequence[float], *, about: Mapping[str, Any]) -> str:
    """A model that may still be stepping: who is in it, where it stands, attacks and trust so far, the last events.

    ``about["attacks"]`` counts attacks from the start up to each date.
    """
    days, span = pd.to_datetime(list(dates)), pd.DatetimeIndex(about["span"])
    table = thinned(pd.DataFrame({"date": days, "value": list(trust)}))
    below = Panel("mean trust so far (0–1)", span, 1.0, "trust by date")
    below.line(list(table["date"]), table["value"].to_numpy(float), GREEN)
    months = monthly(days, about["attacks"])
    above = Panel("attacks a month so far", span, float(months.max()), "attacks by month")
    above.bars(list(months.index + pd.Timedelta(days=15)), months.to_numpy(float), VERMILION)
    head = about["head"] + (f", {about['settings']}" if about["settings"] else "")
    drawings = above.drawn() + below.drawn() if len(days) > 1 else ""
    lines = "".join(f"<div>{escape(day)} {escape(words)}</div>" for day, words in about["last"])
    body = f"<div style='opacity:.7'>{escape(about['cast'])}</div>{drawings}{lines or NOTHING_YET}"
    return card(head, about["facts"], body, foot_of(about))


NARROW = 250
"""Width of the bar of endings in a table [px]."""
NOTHING_YET = (
    "<div>Nothing has happened yet: <code>step()</code> takes one step, <code>run_model()</code> all.</div>"
)


def monthly(days: pd.DatetimeIndex, counts: Sequence[float]) -> pd.Series[float]:
    """New counts in each calendar month, from a count since the start."""
    at_end = pd.Series(list(counts), index=days, dtype=float).resample("MS").last().ffill()
    return at_end.diff().fillna(at_end)


def comparison_portrait(medians: pd.DataFrame, endings: pd.DataFrame, *, about: Mapping[str, Any]) -> str:
    """Policies side by side: ``medians`` by policy and outcome in words, ``endings`` shares by policy and reason."""
    cell = "padding:3px 14px 3px 0;text-align:left"
    head = "".join(f"<th style='{cell}'>{escape(str(name))}</th>" for name in medians.columns)
    rows = "".join(
        f"<tr><td style='{cell}'><b>{escape(str(policy))}</b></td>"
        + "".join(f"<td style='{cell}'>{value:,.3g}</td>" for value in row)
        + f"<td style='{cell}'>{ending_bar({str(k): float(v) for k, v in shares.items()}, NARROW)}</td></tr>"
        for (policy, row), (_, shares) in zip(medians.iterrows(), endings.iterrows(), strict=True)
    )
    heads = f"<th style='{cell}'>policy, median of runs</th>{head}<th style='{cell}'>how the runs ended</th>"
    style = "border-collapse:collapse;font-size:13px;color:inherit"
    table = f"<table style='{style}'><tr>{heads}</tr>{rows}</table>"
    return card(about["head"], (), table, foot_of(about))
