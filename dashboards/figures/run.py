"""The figure of one run: violence, trust, readiness and what happened, over one date axis."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from detente.dashboards.figures.style import (
    BLACK,
    BLUE,
    CYCLE,
    GREEN,
    INK,
    ORANGE,
    PURPLE,
    QUIET,
    SKY,
    VERMILION,
    add_notice,
    domains,
    dress,
    faded,
    panel_title,
    source_line,
)

DAYS_A_MONTH = 365.25 / 12
WEEK = 7

VIOLENCE, TRUST, READINESS, EVENTS, FIRE = 1, 2, 3, 4, 5
UPPER = (0.32, 0.19, 0.13)
"""Shares of the height that the upper panels take; the lanes below share the rest."""


class Mark(NamedTuple):
    """How a kind of event is marked: its lane, symbol, colour and size."""

    lane: str
    symbol: str
    colour: str
    size: int = 11


MARKS: dict[str, Mark] = {
    "move_imposed": Mark("Policy", "diamond", BLACK),
    "move_blocked": Mark("Policy", "diamond-open", BLACK),
    "lever_set": Mark("Policy", "square", BLACK, 9),
    "context_changed": Mark("Policy", "star", BLACK, 12),
    "truce_offered": Mark("Ceasefires", "circle-open", GREEN),
    "truce_began": Mark("Ceasefires", "circle", GREEN, 12),
    "truce_lapsed": Mark("Ceasefires", "x-thin-open", QUIET, 9),
    "truce_expired": Mark("Ceasefires", "line-ns-open", GREEN, 12),
    "truce_extended": Mark("Ceasefires", "triangle-right", GREEN, 12),
    "truce_collapsed": Mark("Ceasefires", "x", VERMILION, 13),
    "breach": Mark("Breaches", "line-ns-open", VERMILION, 13),
    "track_opened": Mark("Talks", "circle", BLUE, 12),
    "issue_settled": Mark("Talks", "circle-open", BLUE),
    "track_failed": Mark("Talks", "x", VERMILION, 12),
    "leak": Mark("Talks", "triangle-down", ORANGE, 12),
    "measure_given": Mark("Measures", "circle", PURPLE, 12),
    "measure_answered": Mark("Measures", "circle-open", PURPLE, 12),
    "measure_unmet": Mark("Measures", "x-thin-open", QUIET, 9),
    "promise_broken": Mark("Measures", "x", VERMILION, 14),
    "breach_answered": Mark("Breaches", "triangle-up", GREEN, 10),
    "track_concluded": Mark("Talks", "square", BLUE, 10),
    "milestone_missed": Mark("Breaches", "diamond-open", VERMILION, 10),
    "pre_empted": Mark("Breaches", "star", VERMILION, 12),
    "voted": Mark("Talks", "hexagon", BLUE, 11),
    "measure_reversed": Mark("Measures", "x", VERMILION, 12),
    "measure_narrowed": Mark("Measures", "x-open", VERMILION, 10),
    "mediator_engaged": Mark("Mediation", "circle", SKY, 11),
    "mediator_left": Mark("Mediation", "circle-open", SKY, 11),
    "spoiler_strike": Mark("Spoilers", "line-ns-open", ORANGE, 10),
    "drawdown": Mark("Presence", "triangle-down", BLACK, 13),
    "package_refused": Mark("Settlement", "x", VERMILION, 12),
    "agreement": Mark("Settlement", "star", GREEN, 16),
    "relapse": Mark("Settlement", "x", VERMILION, 15),
    "party_collapsed": Mark("Settlement", "hexagram", VERMILION, 18),
    "faded": Mark("Settlement", "pentagon-open", QUIET, 12),
    "flared_up": Mark("Settlement", "triangle-up", VERMILION, 13),
    "truce_declared": Mark("Ceasefires", "diamond-open", GREEN),
    "forces_left": Mark("Presence", "triangle-down-open", BLACK, 13),
    "offensive": Mark("Breaches", "triangle-up-open", VERMILION, 12),
    "peacekeepers": Mark("Mediation", "cross", SKY, 11),
    "leader_changed": Mark("Leaders", "diamond-tall", ORANGE, 12),
    "actor_arrived": Mark("Leaders", "triangle-right", BLACK, 12),
    "actor_left": Mark("Leaders", "triangle-left", BLACK, 12),
    "faction_split": Mark("Leaders", "y-up-open", VERMILION, 13),
    "faction_rejoined": Mark("Leaders", "y-down-open", GREEN, 13),
}
"""Kind of event -> how it is marked."""

LANES = (
    "Policy",
    "Presence",
    "Leaders",
    "Settlement",
    "Talks",
    "Measures",
    "Mediation",
    "Ceasefires",
    "Breaches",
    "Spoilers",
)
"""Lanes of the lowest panel, from the top."""


def run_figure(
    series: pd.DataFrame, events: pd.DataFrame, observed: pd.DataFrame, *, about: Mapping[str, Any]
) -> go.Figure:
    """One run as a figure.

    ``series`` has the columns of a trajectory and a date index; ``events`` date, event, sentence; ``observed`` date,
    series, value, source (deaths a month); ``about`` what the title says, the titles of the parties, and whether
    attacks kill at all.
    """
    fire, lanes = fire_lanes(series, about), lanes_used(series, events)
    figure = blank(len(lanes), len(fire))
    add_violence(figure, series, observed, about)
    add_trust(figure, series, about)
    add_readiness(figure, series, about)
    add_events(figure, series, events, lanes)
    add_fire(figure, fire)
    shade_truces(figure, series)
    dress(figure, head_of(about), line_below(series, about), left=190)
    finish(figure, series, about, bool(fire))
    add_notice(figure, months_drawn(series, observed, about))
    return figure


def blank(n_lanes: int, n_fire: int) -> go.Figure:
    """An empty grid, its lower panels as high as they have lanes."""
    rest = 1 - sum(UPPER)
    share = (n_lanes + 0.5) / (n_lanes + n_fire + 1)
    lower = (rest * share, rest * (1 - share)) if n_fire else (rest,)
    heights = [*UPPER, *lower]
    return make_subplots(
        rows=len(heights), cols=1, shared_xaxes=True, row_heights=heights, vertical_spacing=0.052
    )


def head_of(about: Mapping[str, Any]) -> str:
    """Case and policy."""
    return f"{about['title']}: one run, policy “{about['policy']}”"


def line_below(series: pd.DataFrame, about: Mapping[str, Any]) -> str:
    """Mode, what the run was made from, and what the figure is not."""
    pivot = pd.Timestamp(about["pivot"])
    inside = series.index[0] < pivot < series.index[-1]
    dotted = f"dotted: {pivot.day} {pivot:%B %Y} · " if inside else ""
    return f"mode {about['mode']} · {dotted}shaded: a ceasefire in force · {source_line(about)} · {about['note']}"


HEADS = (
    "Violence, as a monthly rate",
    "Trust in the other’s word",
    "Readiness to negotiate, by pair",
    "What happened (hover)",
    "Fire held, by one side towards another",
)


def finish(figure: go.Figure, series: pd.DataFrame, about: Mapping[str, Any], with_fire: bool) -> None:
    """Axes, panel titles, the pivot and the legend."""
    last = FIRE if with_fire else EVENTS
    figure.update_yaxes(rangemode="tozero", row=VIOLENCE, col=1)
    figure.update_yaxes(title_text="belief (0–1)", range=[0, 1], dtick=0.5, row=TRUST, col=1)
    figure.update_yaxes(title_text="0–1", range=[0, 1], dtick=0.5, row=READINESS, col=1)
    figure.update_xaxes(range=[series.index[0], series.index[-1]], tickformat="%b\n%Y", dtick="M6")
    figure.update_xaxes(title_text="date", row=last, col=1)
    for row, head in enumerate(HEADS[:last], start=1):
        panel_title(figure, head, 0, domains(figure, row, 1)[3])
    pivot = pd.Timestamp(about["pivot"])
    if series.index[0] < pivot < series.index[-1]:
        figure.add_vline(x=pivot, line={"color": INK, "width": 1.5, "dash": "dot"})
    place_legends(figure)


def place_legends(figure: go.Figure) -> None:
    """One legend beside the heading of each of the upper panels."""
    for row, name in ((VIOLENCE, "legend"), (TRUST, "legend2"), (READINESS, "legend3")):
        top = domains(figure, row, 1)[3]
        figure.update_layout(
            {
                name: {
                    "orientation": "h",
                    "x": 1,
                    "xanchor": "right",
                    "y": top,
                    "yanchor": "bottom",
                    "font": {"size": 12},
                    "bgcolor": "rgba(0,0,0,0)",
                }
            }
        )


def weekly(series: pd.DataFrame, column: pd.Series) -> pd.DataFrame:
    """A cumulative count as a monthly rate over whole weeks: start, value (per month), count."""
    first, last = series.index[0], series.index[-1]
    edges = pd.date_range(first, last, freq=f"{WEEK}D")
    one_day = pd.Timedelta(days=1)
    at = np.interp((edges - first) / one_day, (series.index - first) / one_day, column.to_numpy())
    count = np.diff(at)
    return pd.DataFrame({"start": edges[:-1], "count": count, "rate": count / WEEK * DAYS_A_MONTH})


def party_deaths(series: pd.DataFrame, scale: float) -> pd.Series:
    """Cumulative deaths between the parties, scaled like all deaths; the rest of the deaths are spoilers' work."""
    columns = [name for name in series.columns if name.startswith("dyads.") and name.endswith(".step_deaths")]
    return series[columns].sum(axis=1).cumsum() * scale


def add_violence(
    figure: go.Figure, series: pd.DataFrame, observed: pd.DataFrame, about: Mapping[str, Any]
) -> None:
    """Violence by week and the observed months: deaths, or where attacks kill nobody the provocations themselves."""
    if lethal(series, about):
        add_deaths(figure, series, about)
    else:
        add_provocations(figure, series, about)
    add_observed(figure, months_drawn(series, observed, about))


def lethal(series: pd.DataFrame, about: Mapping[str, Any]) -> bool:
    """Whether attacks kill in this case."""
    return bool(about.get("lethal", float(series["tally.fatalities"].iloc[-1]) > 0.0))


def months_drawn(series: pd.DataFrame, observed: pd.DataFrame, about: Mapping[str, Any]) -> pd.DataFrame:
    """The observed months of the days of a run: deaths, or where attacks kill nobody what else was counted."""
    chosen = observed[(observed["series"] == "deaths") == lethal(series, about)]
    return chosen[chosen["date"].between(series.index[0], series.index[-1])]


def add_provocations(figure: go.Figure, series: pd.DataFrame, about: Mapping[str, Any]) -> None:
    """Weekly provocations as a monthly rate, one colour for each side."""
    columns = [
        name
        for name in series.columns
        if name.startswith("dyads.") and name.endswith(".cum_attacks") and float(series[name].iloc[-1]) > 0
    ]
    authors = dict.fromkeys(name.split(".")[1].split(">")[0] for name in columns)
    for author, colour in zip(authors, ("#3d4f5f", ORANGE, SKY, PURPLE), strict=False):
        own = [name for name in columns if name.split(".")[1].startswith(f"{author}>")]
        counted = weekly(series, series[own].sum(axis=1))
        figure.add_bar(
            x=counted["start"] + pd.Timedelta(days=WEEK / 2),
            y=counted["rate"],
            name=f"by {about['titles'].get(author, author)}",
            marker={"color": colour, "line": {"width": 0}},
            customdata=counted[["count"]],
            hovertemplate="week of %{x|%d %b %Y}<br>%{customdata[0]:.0f} provocations<extra>%{fullData.name}</extra>",
            legend="legend",
            row=VIOLENCE,
            col=1,
        )
    figure.update_layout(barmode="stack", bargap=0)
    figure.update_yaxes(title_text="provocations a month", row=VIOLENCE, col=1)


def add_deaths(figure: go.Figure, series: pd.DataFrame, about: Mapping[str, Any]) -> None:
    """Weekly deaths as a monthly rate, those by spoilers apart."""
    deaths = weekly(series, series["tally.fatalities"])
    between = weekly(series, party_deaths(series, about["deaths_scale"]))
    attacks = weekly(series, series["tally.attacks"])
    strikes = weekly(series, series["tally.spoiler_attacks"])
    between["rate"] = np.minimum(between["rate"], deaths["rate"])
    spoilt = deaths["rate"] - between["rate"]
    hover = (
        "week of %{x|%d %b %Y}<br>%{customdata[0]:.0f} deaths, %{customdata[1]:.0f} attacks"
        "<extra>%{fullData.name}</extra>"
    )
    middle = deaths["start"] + pd.Timedelta(days=WEEK / 2)
    layers = (
        ("between the parties", between["rate"], between["count"], attacks["count"], "#3d4f5f"),
        ("by spoilers", spoilt, deaths["count"] - between["count"], strikes["count"], ORANGE),
    )
    for name, rate, dead, events, colour in layers:
        custom = np.column_stack([dead, events])
        figure.add_bar(
            x=middle,
            y=rate,
            name=name,
            marker={"color": colour, "line": {"width": 0}},
            customdata=custom,
            hovertemplate=hover,
            legend="legend",
            row=VIOLENCE,
            col=1,
        )
    figure.update_layout(barmode="stack", bargap=0)
    figure.update_yaxes(title_text="deaths a month", row=VIOLENCE, col=1)


def add_observed(figure: go.Figure, seen: pd.DataFrame) -> None:
    """Observed months, a point in the middle of each."""
    if seen.empty:
        return
    figure.add_scatter(
        x=seen["date"] + pd.Timedelta(days=15),
        y=seen["value"],
        mode="markers",
        name="observed",
        marker={"symbol": "circle", "size": 9, "color": "white", "line": {"color": BLACK, "width": 2}},
        customdata=seen[["source", "unit"]],
        hovertemplate="observed, %{x|%B %Y}: %{y:.0f} %{customdata[1]}<br>%{customdata[0]}<extra></extra>",
        legend="legend",
        row=VIOLENCE,
        col=1,
    )


def titles_of(name: str, joint: str, about: Mapping[str, Any]) -> list[str]:
    """The titles of the parties in the name of a dyad or a pair."""
    return [about["titles"].get(part, part) for part in name.split(joint)]


def add_trust(figure: go.Figure, series: pd.DataFrame, about: Mapping[str, Any]) -> None:
    """Trust of each directed dyad whose parties fight."""
    names = [c.split(".")[1] for c in series.columns if c.startswith("dyads.") and c.endswith(".trust")]
    hostile = [n for n in names if series[f"dyads.{n}.cum_attacks"].iloc[-1] > 0 or fights(series, n)]
    pairs: list[frozenset[str]] = []
    for name in hostile:
        ends = frozenset(name.split(">"))
        if ends not in pairs:
            pairs.append(ends)
        back = pairs.index(ends) != len(pairs) - 1 or name.split(">")[0] != sorted(ends)[0]
        label = " in ".join(titles_of(name, ">", about))
        figure.add_scatter(
            x=series.index,
            y=series[f"dyads.{name}.trust"],
            mode="lines",
            name=label,
            legend="legend2",
            line={
                "color": CYCLE[pairs.index(ends) % len(CYCLE)],
                "width": 2.5,
                "dash": "dash" if back else "solid",
            },
            hovertemplate="%{x|%d %b %Y}: %{y:.2f}<extra>%{fullData.name}</extra>",
            row=TRUST,
            col=1,
        )


def fights(series: pd.DataFrame, dyad: str) -> bool:
    """Whether the parties of a dyad fight: one of the two has an attack rate."""
    back = ">".join(reversed(dyad.split(">")))
    return any(series[f"dyads.{name}.rate"].max() > 0 for name in (dyad, back))


def add_readiness(figure: go.Figure, series: pd.DataFrame, about: Mapping[str, Any]) -> None:
    """Readiness of each pair that fights."""
    shown = 0
    for column in [c for c in series.columns if c.startswith("pairs.") and c.endswith(".readiness")]:
        name = column.split(".")[1]
        if not fights(series, name.replace("+", ">")):
            continue
        figure.add_scatter(
            x=series.index,
            y=series[column],
            mode="lines",
            name=" and ".join(titles_of(name, "+", about)),
            line={"color": CYCLE[shown % len(CYCLE)], "width": 2.5},
            legend="legend3",
            hovertemplate="%{x|%d %b %Y}: %{y:.2f}<extra>%{fullData.name}</extra>",
            row=READINESS,
            col=1,
        )
        shown += 1


class Window(NamedTuple):
    """A time in which one side held fire towards the other."""

    dyad: str
    start: pd.Timestamp
    end: pd.Timestamp


def truce_windows(series: pd.DataFrame) -> list[Window]:
    """When each side declared that it holds fire, and did not yet take it back."""
    first = series.index[0]
    days = (series.index - first) / pd.Timedelta(days=1)
    found: list[Window] = []
    for column in [c for c in series.columns if c.endswith(".truce_from")]:
        name = column.split(".")[1]
        begin, end = series[column].to_numpy(), series[f"dyads.{name}.truce_until"].to_numpy()
        held = (begin >= 0) & (days >= begin) & (days < end)
        for start, stop in spans(held):
            found.append(Window(name, series.index[start], series.index[min(stop, len(series) - 1)]))
    return found


def spans(flags: np.ndarray[Any, Any]) -> list[tuple[int, int]]:
    """Runs of true values as (first, one past the last)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(int)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def shade_truces(figure: go.Figure, series: pd.DataFrame) -> None:
    """Shade the violence and trust panels while a ceasefire is in force between any pair."""
    columns = [c for c in series.columns if c.endswith(".truce_state")]
    in_force = (series[columns] == 2).any(axis=1).to_numpy() if columns else np.zeros(len(series), dtype=bool)
    for start, stop in spans(in_force):
        for row in (VIOLENCE, TRUST):
            where: dict[str, Any] = {"row": row, "col": 1}
            figure.add_vrect(
                x0=series.index[start],
                x1=series.index[min(stop, len(series) - 1)],
                fillcolor=faded(GREEN, 0.16),
                line_width=0,
                layer="below",
                **where,
            )


def lanes_used(series: pd.DataFrame, events: pd.DataFrame) -> list[str]:
    """The lanes that something happens in, from the top."""
    used = {MARKS[kind].lane for kind in events["event"]} | ({"Talks"} if talk_windows(series) else set())
    return [lane for lane in LANES if lane in used] or ["Policy"]


def add_events(figure: go.Figure, series: pd.DataFrame, events: pd.DataFrame, lanes: list[str]) -> None:
    """Lanes of marks, with a bar while talks are open."""
    height = {name: len(lanes) - 1 - k for k, name in enumerate(lanes)}
    for start, end in talk_windows(series):
        add_bar(figure, start, end, height["Talks"], faded(BLUE, 0.25), "talks open", EVENTS)
    for kind, mark in MARKS.items():
        chosen = events[events["event"] == kind]
        if not chosen.empty:
            add_marks(figure, chosen, mark, height[mark.lane])
    lane_axis(figure, height, EVENTS)


def add_marks(figure: go.Figure, chosen: pd.DataFrame, mark: Mark, height: int) -> None:
    """The marks of one kind of event."""
    edge = {"width": 2, "color": mark.colour} if "open" in mark.symbol else {"width": 1, "color": "white"}
    figure.add_scatter(
        x=chosen["date"],
        y=[height] * len(chosen),
        mode="markers",
        marker={"symbol": mark.symbol, "color": mark.colour, "size": mark.size, "line": edge},
        customdata=chosen[["sentence"]],
        hovertemplate="%{x|%d %b %Y}<br>%{customdata[0]}<extra></extra>",
        name=str(chosen["event"].iloc[0]),
        showlegend=False,
        row=EVENTS,
        col=1,
    )


def lane_axis(figure: go.Figure, height: Mapping[str, int], row: int) -> None:
    """Name the lanes."""
    figure.update_yaxes(
        tickvals=list(height.values()),
        ticktext=list(height),
        range=[-0.7, len(height) - 0.3],
        tickfont={"size": 12},
        row=row,
        col=1,
    )


def fire_lanes(series: pd.DataFrame, about: Mapping[str, Any]) -> dict[str, list[Window]]:
    """One lane for each dyad that ever held fire."""
    lanes: dict[str, list[Window]] = {}
    for window in truce_windows(series):
        lanes.setdefault(" → ".join(titles_of(window.dyad, ">", about)), []).append(window)
    return lanes


def add_fire(figure: go.Figure, lanes: Mapping[str, list[Window]]) -> None:
    """A bar while one side holds fire towards another."""
    height = {name: len(lanes) - 1 - k for k, name in enumerate(lanes)}
    for name, windows in lanes.items():
        for window in windows:
            label = f"fire held, {name}"
            add_bar(figure, window.start, window.end, height[name], faded(GREEN, 0.6), label, FIRE)
    if lanes:
        lane_axis(figure, height, FIRE)


def talk_windows(series: pd.DataFrame) -> list[tuple[Any, Any]]:
    """When any track of talks was open."""
    columns = [c for c in series.columns if c.startswith("tracks.") and c.endswith(".is_open")]
    if not columns:
        return []
    held = (series[columns] > 0).any(axis=1).to_numpy()
    return [(series.index[a], series.index[min(b, len(series) - 1)]) for a, b in spans(held)]


def add_bar(
    figure: go.Figure, start: pd.Timestamp, end: pd.Timestamp, height: int, colour: str, label: str, row: int
) -> None:
    """A horizontal bar over a span of time."""
    figure.add_scatter(
        x=[start, end],
        y=[height, height],
        mode="lines",
        line={"color": colour, "width": 12},
        showlegend=False,
        name=label,
        hovertemplate=f"{label}<br>{start:%d %b %Y} to {end:%d %b %Y}<extra></extra>",
        row=row,
        col=1,
    )
