"""The chronicle of a run in sentences, for the command line and for hover text."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

import pandas as pd

from detente.agents import codes
from detente.experiments.runs.decision_origin import IMPOSED, is_own
from detente.model import story
from detente.model.opening import Opening
from detente.model.trajectory import Trajectory

FAR = 100_000.0
"""Days beyond which a window is open-ended."""

HOST_GONE = codes.CAUSES[codes.HOST_LEFT]
"""Why a track ends whose host has gone, in words."""

Row = dict[str, Any]

SENTENCES: dict[int, Callable[[Row], str]] = {
    codes.MOVE_IMPOSED: lambda r: f"{r['actor']}, by {r['author']}: {r['what']}",
    codes.MOVE_BLOCKED: lambda r: f"{r['actor']} rules out to {r['what'].partition(':')[0]}{r['until']}",
    codes.TRUCE_OFFERED: lambda r: f"{r['actor']} offers {r['other']} a ceasefire from {r['day']}",
    codes.TRUCE_BEGAN: lambda r: f"Ceasefire between {r['actor']} and {r['other']}: {r['what']}{r['term']}",
    codes.TRUCE_LAPSED: lambda r: f"Ceasefire offer between {r['actor']} and {r['other']} lapses",
    codes.TRUCE_EXPIRED: lambda r: f"Ceasefire between {r['actor']} and {r['other']} ends",
    codes.TRUCE_EXTENDED: lambda r: f"{r['actor']} goes on holding fire towards {r['other']}{r['until']}",
    codes.TRUCE_COLLAPSED: lambda r: f"Ceasefire between {r['actor']} and {r['other']} collapses: {r['why']}",
    codes.BREACH: lambda r: (
        f"{r['actor']} breaks its ceasefire with {r['other']}: attacks at {r['value']:.0%} of the usual"
    ),
    codes.TRACK_OPENED: lambda r: f"{r['what']} open between {r['actor']} and {r['other']}",
    codes.ISSUE_SETTLED: lambda r: f"{r['what']}: settled on {r['issue']}",
    codes.TRACK_FAILED: lambda r: (
        f"{r['what']} ends: {HOST_GONE}" if r["why"] == HOST_GONE else f"{r['actor']} leaves: {r['what']}"
    ),
    codes.LEAK: lambda r: f"{r['what']}: the secret is out",
    codes.MEASURE_GIVEN: lambda r: f"{r['actor']} to {r['other']}: {r['what']} (size {r['value']:.2f})",
    codes.MEASURE_ANSWERED: lambda r: f"{r['actor']} answers {r['other']}: {r['what']}",
    codes.MEASURE_UNMET: lambda r: f"{r['actor']} leaves unanswered: {r['what']}",
    codes.PROMISE_BROKEN: lambda r: f"{r['actor']} breaks its promise to {r['other']}: {r['what']}",
    codes.BREACH_ANSWERED: lambda r: f"{r['actor']} answers a breach by {r['other']} in proportion",
    codes.TRACK_CONCLUDED: lambda r: f"{r['what']}: its work is done",
    codes.MEASURE_REVERSED: lambda r: f"{r['actor']} takes back: {r['what']}",
    codes.MEASURE_NARROWED: lambda r: f"{r['actor']} narrows to its core: {r['what']}",
    codes.MEDIATOR_ENGAGED: lambda r: f"{r['actor']} mediates between {r['pair']}",
    codes.MEDIATOR_LEFT: lambda r: f"{r['actor']} stops mediating between {r['pair']}",
    codes.SPOILER_STRIKE: lambda r: f"{r['actor']} strikes {r['other']}: {r['value']:.0f} counted deaths",
    codes.DRAWDOWN: lambda r: f"{r['actor']} draws down to {r['value']:.0%} of its forces",
    codes.PACKAGE_REFUSED: lambda r: f"{r['actor']} refuses a package with {r['other']}: {r['why']}",
    codes.AGREEMENT: lambda r: (
        f"{r['actor']} and {r['other']} sign {'a partial' if r['value'] < 1.0 else 'an'} agreement"
    ),
    codes.RELAPSE: lambda r: (
        f"The agreement of {r['actor']} and {r['other']} fails after {r['value']:.0f} days"
    ),
    codes.MILESTONE_MISSED: lambda r: (
        f"{r['actor']} misses a milestone of its agreement with {r['other']}: in breach on {r['value']:.0f} days"
    ),
    codes.PRE_EMPTED: lambda r: f"{r['actor']} strikes first at {r['other']}: it {r['why']}",
    codes.VOTED: lambda r: (
        f"{r['actor']} votes on the agreement with {r['other']}: {r['value']:.1%} in favour"
    ),
    codes.PARTY_COLLAPSED: lambda r: f"{r['actor']} collapses",
    codes.LEADER_CHANGED: lambda r: f"{r['actor']} has a new leader (hawkishness {r['value']:.2f})",
    codes.OFFENSIVE: lambda r: f"{r['actor']} launches an offensive against {r['other']}: {r['why']}",
    codes.PEACEKEEPERS: lambda r: (
        f"Peacekeepers between {r['actor']} and {r['other']}: "
        + (f"strength {r['value']:.2f}" if r["value"] > 0.0 else "they leave")
    ),
    codes.FADED: lambda r: f"The war of {r['actor']} and {r['other']} fades out",
    codes.FLARED_UP: lambda r: f"The war of {r['actor']} and {r['other']} flares up again",
    codes.TRUCE_DECLARED: lambda r: f"{r['actor']} declares a ceasefire of its own: {r['what']}{r['term']}",
    codes.FORCES_LEFT: lambda r: f"{r['actor']} withdraws to {r['value']:.0%} of its forces, {r['why']}",
    codes.ACTOR_ARRIVED: lambda r: f"{r['actor']} arrives",
    codes.ACTOR_LEFT: lambda r: f"{r['actor']} leaves the scene",
    codes.FACTION_SPLIT: lambda r: (
        f"{r['actor']} splits off {r['other']}, with {r['value']:.0%} of its fighters"
    ),
    codes.FACTION_REJOINED: lambda r: f"{r['actor']} goes back to {r['other']}",
    codes.LEVER_SET: lambda r: f"{r['actor']}: {r['what']} set to {r['value']:.2f}",
    codes.CONTEXT_CHANGED: lambda r: f"{r['actor']}: {r['what']} of opportunity ({r['value']:+.2f})",
}
"""Kind of event -> its sentence, from the words of one event."""

OWN_CAUSE = {
    codes.TRUCE_COLLAPSED,
    codes.PACKAGE_REFUSED,
    codes.MOVE_IMPOSED,
    codes.PRE_EMPTED,
    codes.FORCES_LEFT,
    codes.OFFENSIVE,
}
"""Events whose sentence tells the cause, or that are one."""


POLICY, OWN = "the policy", "your decision"
"""Who imposed a move, in words."""


def words_of(event: Any, start: Opening) -> Row:
    """One event in words, as ``story.event_row`` gives them, with a ``sentence`` beside.

    What came about by a decision of the user's is said to have; the rest of what was imposed is the policy's.
    """
    row = story.event_row(event, start)
    what, why = int(event["what"]), int(event["why"])
    author = OWN if is_own(event, start) else POLICY
    row["why"] = row["why"].replace(POLICY, author)
    told = SENTENCES[what]({**row, **extras(event, start), "author": author})
    if why in IMPOSED and what not in OWN_CAUSE:
        told += f" ({author.removeprefix('the ')})"
    if why == codes.AGAINST_MODEL and what == codes.MOVE_IMPOSED:
        told += ", which the model's own rule would not have done"
    return {**row, "sentence": told}


def extras(event: Any, start: Opening) -> Row:
    """What the sentences need beside the words: dates for day numbers, the pair, the issue."""
    value, what, subject = float(event["value"]), int(event["what"]), int(event["subject"])
    first = start.scenario.case.start
    made: Row = {"day": when(first, value), "until": until(first, value), "term": "", "pair": "", "issue": ""}
    if what in codes.CEASEFIRE_BEGINS:
        made["term"] = f" for {value:.0f} days" if value < FAR else ", without a term"
    elif what in (codes.MEDIATOR_ENGAGED, codes.MEDIATOR_LEFT):
        titles = [start.cast.titles.get(name, name) for name in start.cast.pairs[subject].split("+")]
        made["pair"] = " and ".join(titles)
    elif what == codes.ISSUE_SETTLED:
        made["issue"] = start.scenario.track[subject].issues[int(value)].name
    return made


def when(first: date, day: float) -> str:
    """A day number as a date; empty beyond any calendar."""
    return (first + timedelta(days=int(day))).isoformat() if 0 <= day < FAR else ""


def until(first: date, end: float) -> str:
    """The end of a window, which is the day after its last, in words."""
    last = when(first, end - 1.0)
    return f" until {last}" if last else ""


def events_table(trajectory: Trajectory) -> pd.DataFrame:
    """The chronicle as a table: date, stage, event, actor, other, what, why, value, sentence."""
    rows = [words_of(event, trajectory.start) for event in trajectory.events]
    columns = ["date", "stage", "event", "actor", "other", "what", "why", "value", "sentence"]
    table = pd.DataFrame(rows, columns=columns)
    table["date"] = pd.to_datetime(table["date"])
    return table


def told(events: pd.DataFrame) -> Iterable[tuple[str, str]]:
    """Dated sentences to read: a spoiler's strikes are summed up by month, imposed moves told by what they did."""
    strikes: dict[tuple[str, str], list[float]] = {}
    rows: list[Row] = [{str(k): v for k, v in row.items()} for row in events.to_dict("records")]
    lines: list[tuple[str, str]] = []
    for row in rows:
        day = f"{row['date']:%Y-%m-%d}"
        if row["event"] == "spoiler_strike":
            strikes.setdefault((day[:7], row["actor"]), []).append(row["value"])
        elif row["event"] != "move_imposed" or "against the model" in row["why"]:
            lines.append((day, row["sentence"]))
    for (month, actor), deaths in strikes.items():
        times = "once" if len(deaths) == 1 else f"{len(deaths)} times"
        lines.append((month, f"{actor} strikes {times} to spoil: {sum(deaths):.0f} counted deaths"))
    return sorted(lines, key=lambda line: line[0])
