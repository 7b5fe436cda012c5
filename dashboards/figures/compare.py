"""The figure of a comparison: per policy fans of deaths and trust, the spread of outcomes, and how runs ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import lcm
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from detente.dashboards.figures.effects import HEADS
from detente.dashboards.figures.style import (
    BLACK,
    CYCLE,
    END_COLOURS,
    END_INK,
    END_WORDS,
    INK,
    QUIET,
    domains,
    dress,
    faded,
    panel_title,
    source_line,
)

DEATHS, TRUST, SPREAD = 1, 2, 3
FANS = (DEATHS, TRUST)
COUNTED = {"deaths": ("deaths_per_day", HEADS["deaths_per_day"]), "provocations": ("attacks", "Provocations")}
"""What violence is counted in, and the outcome that sums it up."""
SHOWN = tuple((name, HEADS[name]) for name in ("deaths_per_day", "days_in_ceasefire", "final_trust"))
"""Outcomes whose spread is drawn, with their headings."""

N_BELOW = len(SHOWN) + 1
LEAST_SHARE = 0.16
"""Share of runs whose number has room in its bar; the others are told by the pointer."""
BANDS = (("low95", "high95", 0.16), ("low80", "high80", 0.20), ("low50", "high50", 0.28))


def compare_figure(
    fan: pd.DataFrame, outcomes: pd.DataFrame, observed: pd.DataFrame, *, about: Mapping[str, Any]
) -> go.Figure:
    """Policies side by side.

    ``fan`` has policy, series, date, quantiles and n; ``outcomes`` one row a run; ``observed`` date, series, value,
    source (deaths a month); ``about`` what the title says, and the policies in order with title and mode.
    """
    policies = list(about["policies"])
    figure, spans = blank(len(policies))
    for k, policy in enumerate(policies):
        column, colour = 1 + k * spans[0], CYCLE[k % len(CYCLE)]
        for row, series in ((DEATHS, counted(about)), (TRUST, "mean trust")):
            chosen = fan[(fan["policy"] == policy) & (fan["series"] == series)]
            add_fan(figure, chosen, row, column, colour)
        add_observed(figure, fan, observed, column, k == 0)
        add_pivot(figure, about, column)
    for k, (name, _) in enumerate(shown(about)):
        add_spread(figure, outcomes, policies, name, 1 + k * spans[1])
    add_endings(figure, outcomes, policies, 1 + len(SHOWN) * spans[1])
    dress(figure, head_of(outcomes, about), line_below(about))
    label(figure, fan, policies, spans, about)
    return figure


def counted(about: Mapping[str, Any]) -> str:
    """The series of violence: deaths a month, or provocations where attacks kill nobody."""
    return f"{about.get('violence', 'deaths')} a month"


def shown(about: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The outcomes whose spread is drawn, violence first."""
    return (COUNTED[about.get("violence", "deaths")], *SHOWN[1:])


def blank(n_policies: int) -> tuple[go.Figure, tuple[int, int]]:
    """An empty grid: a column of fans per policy, and below them the outcomes; with the spans of both."""
    n = lcm(n_policies, N_BELOW)
    above, below = n // n_policies, n // N_BELOW

    def row(span: int) -> list[dict[str, int] | None]:
        return [{"colspan": span} if k % span == 0 else None for k in range(n)]

    figure = make_subplots(
        rows=3,
        cols=n,
        specs=[row(above), row(above), row(below)],
        row_heights=[0.40, 0.25, 0.35],
        vertical_spacing=0.085,
        horizontal_spacing=min(0.026, 0.5 / n),
    )
    return figure, (above, below)


def head_of(outcomes: pd.DataFrame, about: Mapping[str, Any]) -> str:
    """Case and number of runs."""
    n = int(outcomes.groupby("policy").size().max())
    rest = " per policy, under the same luck" if len(about["policies"]) > 1 else ""
    return f"{about['title']}: {n:,} runs{rest}" + (" (interrupted)" if about.get("interrupted") else "")


def line_below(about: Mapping[str, Any]) -> str:
    """What the bands are, what the runs were made from, and what the figure is not."""
    bands = "median and middle 50, 80, 95 % of runs still going"
    day = pd.Timestamp(about["pivot"])
    pivot = f"dotted: {day.day} {day:%B %Y}"
    return f"{bands} · {pivot} · {source_line(about)} · {about['note']}"


def add_fan(figure: go.Figure, rows: pd.DataFrame, row: int, column: int, colour: str) -> None:
    """Median and the middle 50, 80 and 95 % of runs still going."""
    x = rows["date"] + pd.Timedelta(days=15) if row == DEATHS else rows["date"]
    for low, high, opacity in BANDS:
        name = f"middle {high[4:]} % of runs"
        for side, fill in ((low, None), (high, "tonexty")):
            figure.add_scatter(
                x=x,
                y=rows[side],
                mode="lines",
                line={"width": 0, "color": colour},
                fill=fill,
                hoverinfo="skip",
                fillcolor=faded(colour, opacity),
                showlegend=False,
                name=name,
                row=row,
                col=column,
            )
    hover = (
        "%{x|%b %Y}: median %{y:,.2~f}<br>80 %: %{customdata[0]:,.2~f} to %{customdata[1]:,.2~f}"
        "<br>%{customdata[2]} runs still going<extra></extra>"
    )
    figure.add_scatter(
        x=x,
        y=rows["median"],
        mode="lines",
        line={"width": 3, "color": colour},
        name="median",
        customdata=rows[["low80", "high80", "n"]],
        hovertemplate=hover,
        row=row,
        col=column,
        showlegend=False,
    )


def add_observed(
    figure: go.Figure, fan: pd.DataFrame, observed: pd.DataFrame, column: int, first: bool
) -> None:
    """Observed deaths, a point in the middle of each month."""
    seen = observed[(observed["series"] == "deaths") & (observed["date"] >= fan["date"].min())]
    if seen.empty:
        return
    figure.add_scatter(
        x=seen["date"] + pd.Timedelta(days=15),
        y=seen["value"],
        mode="markers",
        name="observed deaths",
        marker={"size": 8, "color": "white", "line": {"color": BLACK, "width": 2}},
        customdata=seen[["source"]],
        hovertemplate="observed, %{x|%B %Y}: %{y:,.0f} deaths<br>%{customdata[0]}<extra></extra>",
        showlegend=first,
        row=DEATHS,
        col=column,
    )


def add_pivot(figure: go.Figure, about: Mapping[str, Any], column: int) -> None:
    """A line at the day from which policies part."""
    for row in FANS:
        where: dict[str, Any] = {"row": row, "col": column}
        figure.add_vline(
            x=pd.Timestamp(about["pivot"]), line={"color": INK, "width": 1.5, "dash": "dot"}, **where
        )


def add_spread(
    figure: go.Figure, outcomes: pd.DataFrame, policies: Sequence[str], name: str, column: int
) -> None:
    """The distribution of one outcome over runs, per policy, with its median and middle half."""
    for k, policy in enumerate(policies):
        values = outcomes.loc[outcomes["policy"] == policy, name]
        colour = CYCLE[k % len(CYCLE)]
        figure.add_violin(
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
            row=SPREAD,
            col=column,
        )


def add_endings(figure: go.Figure, outcomes: pd.DataFrame, policies: Sequence[str], column: int) -> None:
    """Shares of runs by how they ended, one bar per policy."""
    counts = pd.crosstab(outcomes["policy"], outcomes["end_reason"], normalize="index").reindex(
        list(policies)
    )
    for reason in [r for r in END_COLOURS if r in counts.columns]:
        share = counts[reason]
        words = [f"{value:.0%}" if value >= LEAST_SHARE else "" for value in share]
        figure.add_bar(
            x=share,
            y=list(policies),
            orientation="h",
            name=END_WORDS[reason],
            legend="legend2",
            width=0.62,
            marker={"color": END_COLOURS[reason], "line": {"color": "white", "width": 1}},
            text=words,
            textposition="inside",
            insidetextanchor="middle",
            textfont={"size": 13, "color": END_INK},
            constraintext="none",
            textangle=0,
            hovertemplate=f"%{{y}}: %{{x:.1%}} {END_WORDS[reason]}<extra></extra>",
            row=SPREAD,
            col=column,
        )
    figure.update_layout(barmode="stack")


def label(
    figure: go.Figure,
    fan: pd.DataFrame,
    policies: Sequence[str],
    spans: tuple[int, int],
    about: Mapping[str, Any],
) -> None:
    """Axes with units, headings and legends."""
    top = fan_top(fan, about)
    first, last = fan["date"].min(), fan["date"].max()
    for k, policy in enumerate(policies):
        column = 1 + k * spans[0]
        colour = CYCLE[k % len(CYCLE)]
        figure.update_yaxes(range=[0, top], showticklabels=k == 0, row=DEATHS, col=column)
        figure.update_yaxes(range=[0, 1], dtick=0.25, showticklabels=k == 0, row=TRUST, col=column)
        for row in FANS:
            figure.update_xaxes(
                range=[first, last], tickformat="%Y", dtick="M12", ticklabelmode="period", row=row, col=column
            )
        x0, _, _, y1 = domains(figure, DEATHS, column)
        mode = about["policies"][policy]["mode"]
        head = f"<span style='color:{colour}'>{policy}</span>"
        note = f" <span style='font-size:12px;font-weight:normal;color:{QUIET}'>mode {mode}</span>"
        panel_title(figure, head + note, x0, y1)
    figure.update_yaxes(title_text=counted(about), row=DEATHS, col=1)
    figure.update_yaxes(title_text="mean trust (0–1)", row=TRUST, col=1)
    label_below(figure, policies, spans[1], about)


def fan_top(fan: pd.DataFrame, about: Mapping[str, Any]) -> float:
    """The upper end of the axis of violence."""
    highest = fan.loc[fan["series"] == counted(about), "high95"].max()
    return float(highest) * 1.06 if highest == highest and highest > 0 else 1.0


def label_below(figure: go.Figure, policies: Sequence[str], span: int, about: Mapping[str, Any]) -> None:
    """Headings, units and legends of the lower panels."""
    for k, (name, head) in enumerate((*shown(about), ("", "How the runs ended"))):
        column = 1 + k * span
        left, _, _, top = domains(figure, SPREAD, column)
        panel_title(figure, head, left, top)
        figure.update_yaxes(
            categoryorder="array",
            categoryarray=list(reversed(policies)),
            showticklabels=k == 0,
            range=[-0.6, len(policies) - 0.1],
            row=SPREAD,
            col=column,
        )
        unit = {"1": "belief (0–1)"}.get(about["units"].get(name, ""), about["units"].get(name, ""))
        figure.update_xaxes(title_text=unit or "share of runs", rangemode="tozero", row=SPREAD, col=column)
    figure.update_xaxes(range=[0, 1], tickformat=".0%", row=SPREAD, col=1 + len(SHOWN) * span)
    _, right, bottom, _ = domains(figure, DEATHS, 1)
    quiet = {"orientation": "h", "bgcolor": "rgba(0,0,0,0)", "font": {"size": 12}}
    figure.update_layout(
        legend={
            **quiet,
            "x": right,
            "xanchor": "right",
            "y": bottom,
            "yanchor": "bottom",
        },
        legend2={**quiet, "x": 1, "xanchor": "right", "y": -0.10, "yanchor": "top", "traceorder": "normal"},
    )
