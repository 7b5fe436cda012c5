"""What many pairs of runs answer to a question, in one sentence; and which mechanisms carry the effect.

A pair is two runs with the same seed, with the decision and without it.  Intervals are luck alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from detente.agents.parameters import Switches
from detente.dashboards.app.record import in_words
from detente.dashboards.app.verdicts import (
    LUCK_ALONE,
    QUIET,
    TRUST,
    VIOLENCE,
    Told,
    capital,
    difference_words,
    signed,
    table_rows,
    with_interval,
)
from detente.dashboards.app.verdicts import share as share_words
from detente.experiments.io.numbers import scale_of as scale_of_unit
from detente.experiments.runs.bands import violence_counted
from detente.experiments.runs.ensemble import Ensemble, run_together
from detente.experiments.runs.intervals import known_mean, paired_difference
from detente.experiments.runs.outcomes import BY_NAME
from detente.experiments.runs.replay import Recipe

Values = np.ndarray[Any, Any]
Row = dict[str, float]

FEW, SOME = 20, 100
"""Pairs of the first answer and of the second; the last has ``futures.ALL``."""

REASONED = 200
"""Pairs behind each line of why."""

NOUNS = {
    told.outcome: told for told in (
        *VIOLENCE.values(), QUIET, TRUST,
        Told("spoiler_attacks", "attacks by spoilers"), Told("aftermath", "attacks in the weeks after a ceasefire"),
        Told("tracks_opened", "openings of talks"), Told("talk_failures", "failures of talks"),
        Told("talk_days", "days with talks open"), Told("mediated_days", "days with a mediator at work"),
        Told("issues_settled", "issues settled in talks"), Told("reversals", "measures taken back"),
        Told("agreements", "agreements a run"), Told("relapses", "agreements broken"),
        Told("ally_trust", "trust of the ally in its patron (0 to 1)", "more", "less"),
        Told("collapsed", "runs in 100 that end in collapse"), Told("settled", "runs in 100 that end in a settlement"),
    )
}  # fmt: skip
"""Outcomes by their names in sentences; others are told by their meaning."""


def told_of(outcome: str, counted: str) -> Told:
    """An outcome in words; attacks are provocations where nobody is killed."""
    if outcome == "attacks" and counted == "deaths":
        return Told("attacks", "attacks")
    return NOUNS.get(outcome) or Told(outcome, BY_NAME[outcome].meaning, "more", "less")


def scale_of(outcome: str) -> float:
    """What a difference is multiplied with to be read: shares of runs are told in 100 runs."""
    return scale_of_unit(BY_NAME[outcome].unit)


def difference(outcome: str, base: Ensemble, own: Ensemble) -> Row:
    """The mean difference in an outcome that the decision makes, with its interval."""
    a, b = (scale_of(outcome) * made.outcomes[outcome].to_numpy(float) for made in (base, own))
    return paired_difference(b, a)


def answer(outcome: str, also: tuple[str, ...], base: Ensemble, own: Ensemble) -> dict[str, Any]:
    """What the pairs say of a decision.

    Returns:
        ``sentence``, the lines that follow it (``also``), ``guess``, the difference as a reader guessed it, the rows of
        a table, and the number of ``pairs``.
    """
    counted = violence_counted(own.start)
    row = difference(outcome, base, own)
    others = [(told_of(name, counted), difference(name, base, own)) for name in also]
    violence = VIOLENCE[counted]
    told = {
        t.outcome: t for t in (told_of(outcome, counted), *(t for t, _ in others), violence, QUIET, TRUST)
    }
    rows = {
        name: paired_difference(*(made.outcomes[name].to_numpy(float) for made in (own, base)))
        for name in told
    }
    return {
        "pairs": len(own.seeds),
        "sentence": sentence(outcome, row, base, own),
        "also": [f"{capital(difference_words(t, r))}." for t, r in others],
        "guess": guessed(outcome, row, base),
        "luck": LUCK_ALONE,
        "rows": table_rows(rows, told.values(), base.outcomes, own.outcomes),
    }  # fmt: skip


def sentence(outcome: str, row: Row, base: Ensemble, own: Ensemble) -> str:
    """The answer in one sentence: the difference with its interval, agreements, and how often it made things worse."""
    counted = violence_counted(own.start)
    told = told_of(outcome, counted)
    end = in_words(own.start.scenario.case.end)
    words = capital(difference_words(told, row))
    parts = [f"{words} by {end}" if is_clear(row) else f"{words}, by {end}"]
    if outcome not in ("agreements", "settled"):
        parts.append(agreements(base, own))
    if row["pairs"]:
        parts.append(worse(outcome, told, base, own))
    return "; ".join(parts) + "."


def agreements(base: Ensemble, own: Ensemble) -> str:
    """In how many runs an agreement is signed, with the decision and without."""
    a, b = ((made.outcomes["agreements"] > 0).to_numpy(float) for made in (base, own))
    if not a.any() and not b.any():
        return "no agreement in any run"
    row = paired_difference(b, a)
    if a.mean() == b.mean():
        return f"an agreement in {share_words(b.mean())} of runs, with it or without"
    clear = "" if is_clear(row) else " (no clear difference)"
    instead, now = shares(float(a.mean()), float(b.mean()))
    return f"an agreement in {now} of runs instead of {instead}{clear}"


def shares(*values: float) -> list[str]:
    """Shares in per cent, with as many digits as tell them apart."""
    whole = [share_words(v) for v in values]
    return whole if len(set(whole)) == len(values) else [f"{100 * v:.1f} %" for v in values]


def worse(outcome: str, told: Told, base: Ensemble, own: Ensemble) -> str:
    """In how many of 100 pairs the decision made things worse, or where no side is better, less of it."""
    better = BY_NAME[outcome].better
    d = own.outcomes[outcome].to_numpy(float) - base.outcomes[outcome].to_numpy(float)
    turned = d > 0 if better < 0 else d < 0
    count = f"in {round(100 * float(np.mean(turned)))} of 100 pairs"
    if better == 0:
        return f"{count} it made {told.less} of them"
    return f"{count} it made things worse"


def is_clear(row: Mapping[str, float]) -> bool:
    """Whether the interval of a difference leaves out nought."""
    return row["low95"] > 0 or row["high95"] < 0


def guessed(outcome: str, row: Row, base: Ensemble) -> dict[str, Any]:
    """The difference in the terms of a guess: per cent of the mean without the decision, or runs in 100."""
    mean = known_mean(base.outcomes[outcome].to_numpy(float))
    in_runs = scale_of(outcome) > 1
    factor = 1.0 if in_runs else 100 / abs(mean) if mean else float("nan")
    ends = {key: factor * row[key] for key in ("mean", "low95", "high95")}
    return {**ends, "unit": "runs in 100" if in_runs else "%"}


# -- why


def mechanisms(recipe: Recipe) -> list[dict[str, str]]:
    """The mechanisms that are on in a run, by the name of their switch and in words."""
    used = recipe.open().parameters.switches
    return [
        {"name": name, "words": str(field.description).removesuffix(" on (1) or off (0)")}
        for name, field in Switches.model_fields.items()
        if getattr(used, name)
    ]


def without_mechanism(recipe: Recipe, name: str) -> Recipe:
    """A recipe with a mechanism off."""
    off = {**recipe.parameters, f"switches.{name}": 0.0}
    return recipe.model_copy(update={"parameters": off})


def part_of(
    name: str, outcome: str, recipes: tuple[Recipe, Recipe], full: tuple[Ensemble, Ensemble]
) -> dict[str, Any]:
    """What a mechanism does to the effect of a decision: the same pairs with it off.

    Args:
        name: the mechanism's switch.
        outcome: whose difference the effect is.
        recipes: of the runs without the decision and with it.
        full: the same runs with every mechanism on, of at least ``REASONED`` seeds.

    Returns:
        ``effect`` with it off and ``change`` by it, each with its interval as text, ``share`` of the effect that goes
        with it, and ``part``: carries, opposes or unclear.
    """
    off = run_together([without_mechanism(r, name).open() for r in recipes], full[0].seeds[:REASONED])
    d_off, d_full = (effects(outcome, *pair) for pair in (tuple(off), full))
    d_full = d_full[: len(d_off)]
    nought = np.zeros(len(d_off))
    whole, rest, change = (
        paired_difference(d_full, nought),
        paired_difference(d_off, nought),
        paired_difference(d_full, d_off),
    )
    same_way = np.sign(change["mean"]) == np.sign(whole["mean"])
    part = ("carries" if same_way else "opposes") if is_clear(change) else "unclear"
    share = change["mean"] / whole["mean"] if is_clear(whole) else float("nan")
    return {
        "name": name, "effect": interval(rest), "change": interval(change), "share": share, "part": part,
        "pairs": len(d_off),
    }  # fmt: skip


def effects(outcome: str, base: Ensemble, own: Ensemble) -> Values:
    """The difference that the decision makes in each pair."""
    return scale_of(outcome) * (
        own.outcomes[outcome].to_numpy(float) - base.outcomes[outcome].to_numpy(float)
    )


def interval(row: Mapping[str, float]) -> str:
    """A difference with its interval as text."""
    if not row["pairs"]:
        return "–"
    return signed(row["mean"]) if row["low95"] == row["high95"] else with_interval(row)
