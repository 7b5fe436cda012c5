"""The figure of a comparison: per policy fans of deaths and trust, the spread of outcomes, and how runs ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from detente.dashboards.figures.effects import HEADS
from detente.dashboards.figures.sheet import Sheet
from detente.dashboards.figures.style import (
    BLACK,
    CYCLE,
    END_COLOURS,
    END_INK,
    INK,
    QUIET,
    add_notice,
    faded,
    percent,
    source_line,
    told_apart,
    two_lines,
)
from detente.experiments.runs.outcomes import END_WORDS

DEATHS, TRUST, SPREAD = 1, 2, 3
FANS = (DEATHS, TRUST)
COUNTED = {"deaths": ("deaths_per_day", HEADS["deaths_per_day"]), "provocations": ("attacks", "Provocations")}
"""What violence is counted in, and the outcome that sums it up."""
SHOWN = tuple((name, HEADS[name]) for name in ("deaths_per_day", "days_in_ceasefire", "final_trust"))
"""Outcomes whose spread is drawn, with their headings."""

N_BELOW = len(SHOWN) + 1
HEIGHTS = (0.40, 0.25, 0.35)
LEAST_SHARE = 0.22
"""Share of runs whose number has room in its bar; the others are told by the pointer."""
MODES = {"free": "rules decide throughout", "conditioned": "dated moves as recorded"}
"""What a mode imposes of the record, in words."""
ACROSS = 74
"""Letters of headings for which the panels have room beside each other."""
TOP, LINE, UNDER = 118, 19, 30
"""Heights above headings of one line, of each further line, and of the legend below the panels [px]."""
LONGEST = 18
"""Letters in a line of a title beside the lower panels."""
UNIT_WORDS = {"1": "belief (0–1)", "deaths/day": "deaths a day"}
"""Units as an axis names them."""
BANDS = (("low95", "high95", 0.16), ("low80", "high80", 0.20), ("low50", "high50", 0.28))


def compare_figure(
    fan: pd.DataFrame, outcomes: pd.DataFrame, observed: pd.DataFrame, *, about: Mapping[str, Any]
) -> go.Figure:
    """Policies side by side.

    ``fan`` has policy, series, date, quantiles and n; ``outcomes`` one row a run; ``observed`` date, series, value,
    source (deaths a month); ``about`` what the title says, and the policies in order with title and mode.
    """
    policies = list(about["policies"])
    sheet = Sheet((len(policies), len(policies), N_BELOW), HEIGHTS)
    for k, policy in enumerate(policies, start=1):
        colour = colour_of(k)
        for row, series in ((DEATHS, counted(about)), (TRUST, "mean trust")):
            chosen = fan[(fan["policy"] == policy) & (fan["series"] == series)]
            add_fan(sheet, chosen, (row, k), colour)
        add_observed(sheet, fan, observed, k)
        for row in FANS:
            line = {"color": INK, "width": 1.5, "dash": "dot"}
            sheet.upright(pd.Timestamp(about["pivot"]), line, (row, k))
    for k, (name, _) in enumerate(shown(about), start=1):
        add_spread(sheet, outcomes, policies, name, k)
    add_endings(sheet, outcomes, titles_of(about))
    label_fans(sheet, fan, about)
    label_below(sheet, about)
    figure = sheet.figure(head_of(outcomes, about), line_below(about), barmode="stack", **legends(sheet))
    add_notice(figure, seen_deaths(fan, observed))
    figure.update_layout(margin={"t": TOP + LINE * lines_above(about), "b": figure.layout.margin.b + UNDER})
    return figure


def titles_of(about: Mapping[str, Any]) -> dict[str, str]:
    """The title of each policy by its name."""
    return told_apart({name: policy["title"] for name, policy in about["policies"].items()})


def broken(title: str, beside: int) -> list[str]:
    """A title in as many lines as let so many stand beside each other."""
    return wrap(title, max(10, ACROSS // beside)) or [""]


def heads_above(about: Mapping[str, Any]) -> dict[str, list[str]]:
    """The lines above the fans of each policy: its title, and where they differ how it follows the record."""
    titles = titles_of(about)
    heads: dict[str, list[str]] = {}
    for name, title in titles.items():
        note = [] if same_mode(about) else broken(mode_words(about["policies"][name]["mode"]), len(titles))
        heads[name] = [
            *(f"<b>{line}</b>" for line in broken(title, len(titles))),
            *(quiet(line) for line in note),
        ]
    return heads


def quiet(line: str) -> str:
    """A line of a heading that is smaller than its title."""
    return f"<span style='font-size:12px;font-weight:normal;color:{QUIET}'>{line}</span>"


def lines_above(about: Mapping[str, Any]) -> int:
    """Lines that the highest heading above the fans has beyond the first."""
    return max(len(lines) for lines in heads_above(about).values()) - 1


def same_mode(about: Mapping[str, Any]) -> bool:
    """Whether all policies follow the record alike, so that one line says it of all."""
    return len({policy["mode"] for policy in about["policies"].values()}) == 1


def colour_of(k: int) -> str:
    """The colour of the k-th policy, from 1."""
    return CYCLE[(k - 1) % len(CYCLE)]


def counted(about: Mapping[str, Any]) -> str:
    """The series of violence: deaths a month, or provocations where attacks kill nobody."""
    return f"{about.get('violence', 'deaths')} a month"


def shown(about: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The outcomes whose spread is drawn, violence first."""
    return (COUNTED[about.get("violence", "deaths")], *SHOWN[1:])


def head_of(outcomes: pd.DataFrame, about: Mapping[str, Any]) -> str:
    """Case and number of runs."""
    n = int(outcomes.groupby("policy").size().max())
    rest = " per policy, with the same seeds" if len(about["policies"]) > 1 else ""
    return f"{about['title']}: {n:,} runs{rest}" + (" (interrupted)" if about.get("interrupted") else "")


def line_below(about: Mapping[str, Any]) -> str:
    """Two lines: what the bands are; what the runs were made from, and what the figure is not."""
    bands = "median and middle 50, 80, 95 % of runs still going"
    day = pd.Timestamp(about["pivot"])
    pivot = f"dotted: {day.day} {day:%B %Y}"
    if same_mode(about):
        pivot += f" ({mode_words(next(iter(about['policies'].values()))['mode'])})"
    return two_lines(f"{bands} · {pivot}", f"{source_line(about)} · {about['note']}")


def add_fan(sheet: Sheet, rows: pd.DataFrame, place: tuple[int, int], colour: str) -> None:
    """Median and the middle 50, 80 and 95 % of runs still going."""
    x = rows["date"] + pd.Timedelta(days=15) if place[0] == DEATHS else rows["date"]
    for low, high, opacity in BANDS:
        for side, fill in ((low, {}), (high, {"fill": "tonexty"})):
            sheet.draw(
                "scatter",
                place,
                x=x,
                y=rows[side],
                mode="lines",
                line={"width": 0, "color": colour},
                **fill,
                hoverinfo="skip",
                fillcolor=faded(colour, opacity),
                showlegend=False,
                name=f"middle {high[4:]} % of runs",
            )
    hover = (
        "%{x|%b %Y}: median %{y:,.2~f}<br>80 %: %{customdata[0]:,.2~f} to %{customdata[1]:,.2~f}"
        "<br>%{customdata[2]} runs still going<extra></extra>"
    )
    sheet.draw(
        "scatter",
        place,
        x=x,
        y=rows["median"],
        mode="lines",
        line={"width": 3, "color": colour},
        name="median",
        customdata=rows[["low80", "high80", "n"]],
        hovertemplate=hover,
        showlegend=False,
    )


def seen_deaths(fan: pd.DataFrame, observed: pd.DataFrame) -> pd.DataFrame:
    """The observed deaths of the months that are drawn."""
    first, last = fan["date"].min(), fan["date"].max()
    return observed[(observed["series"] == "deaths") & observed["date"].between(first, last)]


def add_observed(sheet: Sheet, fan: pd.DataFrame, observed: pd.DataFrame, k: int) -> None:
    """Observed deaths in the panel of the k-th policy, a point in the middle of each month."""
    seen = seen_deaths(fan, observed)
    if seen.empty:
        return
    sheet.draw(
        "scatter",
        (DEATHS, k),
        x=seen["date"] + pd.Timedelta(days=15),
        y=seen["value"],
        mode="markers",
        name="observed deaths",
        marker={"size": 8, "color": "white", "line": {"color": BLACK, "width": 2}},
        customdata=seen[["source"]],
        hovertemplate="observed, %{x|%B %Y}: %{y:,.0f} deaths<br>%{customdata[0]}<extra></extra>",
        showlegend=k == 1,
    )


def add_spread(sheet: Sheet, outcomes: pd.DataFrame, policies: Sequence[str], name: str, column: int) -> None:
    """The distribution of one outcome over runs, per policy, with its median and middle half."""
    for k, policy in enumerate(policies, start=1):
        values = outcomes.loc[outcomes["policy"] == policy, name]
        colour = colour_of(k)
        sheet.draw(
            "violin",
            (SPREAD, column),
            x=values,
            y=[policy] * len(values),
            orientation="h",
            side="positive",
            width=1.5,
            points=False,
            spanmode="hard",
            line={"color": colour, "width": 1.5},
            fillcolor=faded(colour, 0.35),
            showlegend=False,
            box={"visible": True, "width": 0.18, "fillcolor": "white", "line": {"color": colour, "width": 2}},
            hoveron="violins",
            hoverinfo="x",
            name=policy,
        )


def add_endings(sheet: Sheet, outcomes: pd.DataFrame, titles: Mapping[str, str]) -> None:
    """Shares of runs by how they ended, one bar per policy."""
    counts = pd.crosstab(outcomes["policy"], outcomes["end_reason"], normalize="index").reindex(list(titles))
    for reason in [r for r in END_COLOURS if r in counts.columns]:
        share = counts[reason]
        sheet.draw(
            "bar",
            (SPREAD, N_BELOW),
            x=share,
            y=list(titles),
            orientation="h",
            name=END_WORDS[reason],
            legend="legend2",
            width=0.62,
            marker={"color": END_COLOURS[reason], "line": {"color": "white", "width": 1}},
            text=[percent(value) if value >= LEAST_SHARE else "" for value in share],
            textposition="inside",
            insidetextanchor="middle",
            textfont={"size": 13, "color": END_INK},
            constraintext="none",
            textangle=0,
            hovertemplate=[
                f"{title}: {percent(value, 1)} {END_WORDS[reason]}<extra></extra>"
                for title, value in zip(titles.values(), share, strict=True)
            ],
        )


def label_fans(sheet: Sheet, fan: pd.DataFrame, about: Mapping[str, Any]) -> None:
    """Axes with units, and headings, of the fans."""
    top, ends = fan_top(fan, about), [fan["date"].min(), fan["date"].max()]
    for k, lines in enumerate(heads_above(about).values(), start=1):
        left: dict[str, Any] = {"showticklabels": k == 1}
        units = (counted(about), "mean trust (0–1)") if k == 1 else ("", "")
        sheet.y_axis((DEATHS, k), units[0], range=[0, top], tickformat=",", **left)
        sheet.y_axis((TRUST, k), units[1], range=[0, 1], dtick=0.25, **left)
        for row in FANS:
            sheet.x_axis((row, k), range=ends, tickformat="%Y", dtick="M12", ticklabelmode="period")
        sheet.head(f"<span style='color:{colour_of(k)}'>{'<br>'.join(lines)}</span>", (DEATHS, k))


def mode_words(mode: str) -> str:
    """How much of the record a policy imposes, in words."""
    kind, _, day = mode.partition(" ")
    if kind == "until" and len(day) == len("2018-07-22"):
        last = pd.Timestamp(day)
        return f"as recorded to {last.day} {last:%B %Y}"
    return MODES.get(mode, f"mode {mode}")


def fan_top(fan: pd.DataFrame, about: Mapping[str, Any]) -> float:
    """The upper end of the axis of violence."""
    highest = fan.loc[fan["series"] == counted(about), "high95"].max()
    return float(highest) * 1.06 if highest == highest and highest > 0 else 1.0


def label_below(sheet: Sheet, about: Mapping[str, Any]) -> None:
    """Headings and units of the lower panels."""
    titles = titles_of(about)
    names: dict[str, Any] = {
        "categoryorder": "array", "categoryarray": list(reversed(titles)), "tickmode": "array",
        "tickvals": list(titles), "ticktext": ["<br>".join(wrap(title, LONGEST)) for title in titles.values()],
    }  # fmt: skip
    for k, (name, head) in enumerate((*shown(about), ("", "How the runs ended")), start=1):
        place = (SPREAD, k)
        sheet.head(head, place)
        sheet.y_axis(place, **names, showticklabels=k == 1, range=[-0.6, len(titles) - 0.1])
        unit = about["units"].get(name, "")
        sheet.x_axis(
            place, UNIT_WORDS.get(unit, unit) or "share of runs", rangemode="tozero", nticks=5, tickformat=","
        )
    halves: dict[str, Any] = {"tickvals": [0, 0.5, 1], "ticktext": [percent(share) for share in (0, 0.5, 1)]}
    sheet.x_axis((SPREAD, N_BELOW), range=[0, 1], tickformat="", **halves)


def legends(sheet: Sheet) -> dict[str, Any]:
    """Legends of the observed points, in the first panel, and of the endings, at the foot below the source."""
    panel = sheet.panels[DEATHS, 1]
    quiet = {"orientation": "h", "bgcolor": "rgba(0,0,0,0)", "font": {"size": 12}}
    corner = {"x": panel.right, "xanchor": "right", "y": panel.bottom, "yanchor": "bottom"}
    below = {
        "x": 1,
        "xanchor": "right",
        "y": 0,
        "yref": "container",
        "yanchor": "bottom",
        "traceorder": "normal",
    }
    return {"legend": {**quiet, **corner}, "legend2": {**quiet, **below}}
