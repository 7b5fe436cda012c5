"""Every ceasefire of many runs as one tidy table, read off their event logs, and how long they last (Kaplan-Meier)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from detente.agents import codes
from detente.experiments.runs.event_logs import RunLog, run_logs
from detente.experiments.runs.seeds import checked_seeds
from detente.model.errors import wrong
from detente.model.opening import Opening, ticks_in
from detente.model.request import CaseLike, CaseOptions, PolicyLike, Request

if TYPE_CHECKING:
    import pandas as pd

    from detente.agents.actors import Actor

Values = np.ndarray[Any, Any]

ENDS = {codes.TRUCE_COLLAPSED: "collapsed", codes.TRUCE_EXPIRED: "expired"}
"""Events that end a ceasefire, and the word for it."""

SUPERSEDED, RUNNING = "agreement", "running"
"""A ceasefire that an agreement's own took the place of; one still in force when its run ended."""

CHOSEN, IMPOSED, AGREED = "chosen", "imposed", "agreement"
"""Where a ceasefire came from: the parties, the policy (as long as it imposes them, both sides hold), an agreement."""

ORIGINS = {codes.BY_POLICY: IMPOSED, codes.AGAINST_MODEL: IMPOSED, codes.AFTER_SETTLEMENT: AGREED}

COLUMNS = (
    *("case", "policy", "seed", "pair", "class", "scope", "origin"),
    *("start", "end", "days", "ended", "why", "censored"),
)
"""Columns of the table; see ``truces_from``."""

CURVE = ("days", "survival", "low95", "high95", "at_risk", "events")
"""Columns of a curve beside what it is grouped by."""


def truces_from(
    start: Opening,
    seeds: Sequence[int],
    threads: int | None = None,
    actors: Mapping[str, type[Actor]] | None = None,
) -> pd.DataFrame:
    """Every ceasefire that came into force in the runs of an opening under some seeds; one row each.

    case, policy, seed, pair (``a+b``), class and scope (words of ``codes``), origin (``chosen`` by the parties,
    ``imposed`` by the policy, part of an ``agreement``), start and end (dates; the end is the day after the last), days
    (in force), ended (``collapsed``, ``expired``, ``agreement``: the truce of an agreement took its place, ``running``:
    in force when the run ended), why (in words), censored (True unless it collapsed).
    """
    import pandas as pd

    logs = run_logs(start, seeds, threads, (codes.TRUCE_BEGAN, *ENDS), actors)
    rows = [row for log in logs for row in spells(start, log)]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    table["seed"] = table["seed"].astype("uint64")
    for name in ("start", "end"):
        table[name] = pd.to_datetime(table[name])
    return table.astype({"censored": bool, "days": float})


def spells(start: Opening, log: RunLog) -> Iterator[dict[str, Any]]:
    """The ceasefires of one run, in the order in which they ended."""
    tick = ticks_in(start.step_days)[1]
    head = {"case": start.scenario.case.name, "policy": start.policy.name, "seed": log.seed}
    going: dict[int, dict[str, Any]] = {}
    for event in log.events:
        pair, day, why = int(event["subject"]), float(event["day"]), int(event["why"])
        if int(event["what"]) == codes.TRUCE_BEGAN:
            if pair in going:
                yield closed(going.pop(pair), start, day + tick, SUPERSEDED, codes.CAUSES[why])
            going[pair] = head | begun(event, start)
        elif pair in going:
            age = float(event["value"])
            spell = going.pop(pair)
            end = max(day + tick, spell["first"])
            word = ENDS[int(event["what"])]
            yield closed(spell | {"first": end - age}, start, end, word, codes.CAUSES[why])
    for spell in going.values():
        yield closed(spell, start, log.days, RUNNING, "the run ended")


def begun(event: Any, start: Opening) -> dict[str, Any]:
    """A ceasefire as it began: its pair, origin, class, scope and first day."""
    kind, scope = codes.TRUCE_FORMS[int(event["form"])]
    return {
        "pair": start.cast.pairs[int(event["subject"])],
        "origin": ORIGINS.get(int(event["why"]), CHOSEN),
        "class": kind,
        "scope": scope,
        "first": float(event["since"]),
    }


def closed(spell: dict[str, Any], start: Opening, end: float, ended: str, why: str) -> dict[str, Any]:
    """A ceasefire with its end."""
    first_day = start.scenario.case.start
    first = spell.pop("first")
    return spell | {
        "start": first_day + timedelta(days=int(first)),
        "end": first_day + timedelta(days=int(max(end, first))),
        "days": max(end - first, 0.0),
        "ended": ended,
        "why": why,
        "censored": ended != "collapsed",
    }


def survival(
    spells: pd.DataFrame, by: Sequence[str] = ("policy", "class"), until: str = "collapse"
) -> pd.DataFrame:
    """Kaplan-Meier curves of the ceasefires in a table of ``truces_from``, one for each group of ``by``.

    Rows by group and day: days, survival, low95 and high95 (log-log interval), at_risk, events.  ``until`` is
    ``collapse`` (expiry, agreement and the end of a run censor) or ``end`` (any end but that of the run counts).
    Ceasefires of one run are not independent, so intervals are somewhat too narrow where runs have several.
    """
    import pandas as pd

    if until not in ("collapse", "end"):
        raise wrong("until", until, "collapse or end")
    parts: list[pd.DataFrame] = []
    for key, rows in spells.groupby(list(by), observed=True, sort=False):
        keys: Any = key
        curve = kaplan_meier(rows["days"].to_numpy(), still_held(rows, until))
        for place, name in enumerate(by):
            curve.insert(place, str(name), keys[place])
        parts.append(curve)
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*by, *CURVE])


def still_held(rows: pd.DataFrame, until: str) -> Values:
    """Which ceasefires were not seen to end."""
    lasting = rows["ended"] != "collapsed" if until == "collapse" else rows["ended"] == RUNNING
    return lasting.to_numpy(dtype=bool)


def kaplan_meier(days: Values, censored: Values) -> pd.DataFrame:
    """One curve, from day 0 on, by scipy's product-limit estimate."""
    import warnings

    import pandas as pd
    from scipy.stats import CensoredData, ecdf

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # the interval is undefined before the first end
        estimate = ecdf(CensoredData.right_censored(days, censored)).sf
        limits = estimate.confidence_interval(0.95, method="log-log")
    at = estimate.quantiles
    table = pd.DataFrame({"days": at, "survival": estimate.probabilities})
    table["low95"], table["high95"] = limits.low.probabilities, limits.high.probabilities
    table["at_risk"] = [int((days >= day).sum()) for day in at]
    table["events"] = [int(((days == day) & ~censored).sum()) for day in at]
    unseen = table["survival"] == 1.0
    table.loc[unseen, ["low95", "high95"]] = 1.0
    head = {"days": 0.0, "survival": 1.0, "low95": 1.0, "high95": 1.0, "at_risk": len(days), "events": 0}
    return pd.concat([pd.DataFrame([head]), table[table["days"] > 0]], ignore_index=True)


def truces(
    case: CaseLike,
    policy: PolicyLike | None = None,
    runs: int = 500,
    *,
    seeds: Sequence[int] | None = None,
    threads: int | None = None,
    actors: Mapping[str, type[Actor]] | None = None,
    **asked: Unpack[CaseOptions],
) -> pd.DataFrame:
    """The ceasefires of many runs of a case under a policy, one row each.

    Args:
        case: a case by name, the path of its file or folder, or a case that is loaded.
        policy: a policy of the case by name, or the path of one; the case's own first policy unless given.
        runs: number of runs, under seeds 1, 2, 3 ...
        seeds: seeds of the runs in their place.
        threads: compiled runs at a time, or worker processes with actors of one's own; one a processor unless given.
        actors: name of an actor -> a subclass of its class; these runs go on Mesa.
        **asked: keywords of every function that opens a case (see ``detente.model.request.CaseOptions``); any other is
            a lever (``direct_channel=0.8``) or a parameter (``trust__memory=300``).

    Returns:
        The table that ``truces_from`` in this module describes.

    Raises:
        InputError: for anything it cannot use, with the nearest valid name.

    Examples:
        >>> import detente
        >>> spells = detente.truces("template", "opening", runs=20)
        >>> set(spells["class"]) <= {"cessation", "preliminary", "definitive"}
        True
        >>> bool((spells["days"] >= 0).all())
        True
    """
    start = Request.of(case, policy, asked, truces).open()
    return truces_from(start, checked_seeds(runs, seeds), threads, actors)


def survival_at(curves: pd.DataFrame, by: Sequence[str], days: Sequence[float]) -> pd.DataFrame:
    """Each curve read at some days: the groups of ``by``, day, survival, low95, high95, at_risk.

    NaN beyond the last ceasefire that was watched so long.
    """
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for key, curve in curves.groupby(list(by), observed=True, sort=False):
        for day in days:
            known = curve[curve["days"] <= day].iloc[-1]
            watched = (
                int(curve.loc[curve["days"] >= day, "at_risk"].max()) if (curve["days"] >= day).any() else 0
            )
            found = {
                name: float(known[name]) if watched else np.nan for name in ("survival", "low95", "high95")
            }
            rows.append({**dict(zip(by, key, strict=True)), "day": day, **found, "at_risk": watched})
    return pd.DataFrame(rows)
