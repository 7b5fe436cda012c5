"""The second interval of an answer: luck and what is not known, and in which share of draws the sign holds.

Parameters and facts of the case that are not known are drawn many times, a few seeds under each draw, with the decision
and without it: as ``detente compare`` does, with the same draws and in the same words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from detente.dashboards.app.answers import difference, interval, scale_of, told_of
from detente.dashboards.app.controls import spaced
from detente.dashboards.app.futures import ALL
from detente.dashboards.app.verdicts import QUIET, TRUST, VIOLENCE, Told, capital, share, with_interval
from detente.experiments.runs.bands import violence_counted
from detente.experiments.runs.inputs import whole_number
from detente.experiments.runs.two_intervals import claimed, sign_sentence
from detente.experiments.runs.unknown_draws import EACH, LEAST, OverDraws, unknown_of
from detente.model.errors import InputError

if TYPE_CHECKING:
    from detente.experiments.runs.ensemble import Ensemble
    from detente.experiments.runs.replay import Recipe

DRAWS = ALL // EACH
"""Draws unless another number is asked for: as many runs again as the answer has."""

MOST_DRAWS = 500

HEAD = ("Difference in", "mean", "luck", "luck and what is not known", "sign holds in")
"""Columns of the table."""


def checked_draws(draws: Any) -> int:
    """A number of draws; raises ``InputError`` for fewer than say something of a share, and for too many."""
    return whole_number(draws, "draws", LEAST, MOST_DRAWS)


def over_draws_of(recipes: Sequence[Recipe], draws: int, report: Any) -> OverDraws:
    """Runs of some recipes over draws of what is not known; raises ``InputError`` where everything is known."""
    report("drawing what is not known", 0, 0)
    requests = [recipe.request() for recipe in recipes]
    unknown = unknown_of(requests, range(1, ALL + 1), draws=draws)
    if unknown is None:
        raise InputError("draws: all facts and parameters are taken as known; expected some that are not")
    over = unknown.run(requests, progress=lambda done, total: report(f"{unknown.n_draws} draws", done, total))
    if over is None:
        raise InputError("draws: the runs were interrupted")
    return over


def not_known(outcome: str, also: Sequence[str], pair: Sequence[Ensemble], over: OverDraws) -> dict[str, Any]:
    """What the draws say of a decision.

    Args:
        outcome: what the question is about.
        also: outcomes told beside it.
        pair: runs without the decision and with it, everything as declared.
        over: the same two over draws.

    Returns:
        ``sentence`` on the outcome, ``signs``, what can be claimed of all of them, ``words``, what was drawn, ``head``
        and ``rows`` of a table, and the number of ``draws``.
    """
    counted = violence_counted(pair[1].start)
    told = {name: told_of(name, counted) for name in (outcome, *also)}
    told |= {t.outcome: t for t in (VIOLENCE[counted], QUIET, TRUST) if t.outcome not in told}
    rows = {name: two_intervals(name, pair, over) for name in told}
    signs = sign_sentence((told[name].noun, row) for name, row in rows.items())
    return {
        "draws": over.unknown.n_draws,
        "sentence": sentence(told[outcome], rows[outcome]),
        "signs": f"{capital(spaced(signs))}." if signs else "",
        "words": f"What is not known: {over.unknown.words}.",
        "head": HEAD,
        "rows": [cells(told[name], row) for name, row in rows.items()],
    }


def two_intervals(outcome: str, pair: Sequence[Ensemble], over: OverDraws) -> dict[str, float]:
    """The difference that a decision makes in an outcome, with both intervals, as a reader reads it."""
    luck = difference(outcome, pair[0], pair[1])
    values = scale_of(outcome) * over.values(outcome)
    return luck | over.effect(values[1] - values[0], luck["mean"])


def sentence(told: Told, row: Mapping[str, float]) -> str:
    """The second interval in a sentence, and whether the sign can be claimed."""
    if not row["draws"]:
        return f"Luck and what is not known: no draw has a value of {told.noun}."
    head = f"Luck and what is not known: {told.noun} {wide(row)}"
    if row["sign_share"] != row["sign_share"]:
        return f"{head}."
    verdict = "it can be claimed" if claimed(row) else "it cannot be claimed"
    held = f"{share(row['sign_share'])} of {row['draws']:.0f} draws"
    return f"{head}; the sign of the difference above holds in {held}: {verdict}."


def wide(row: Mapping[str, float]) -> str:
    """The mean over draws with the interval of luck and what is not known."""
    return with_interval({key: row[f"draws_{key}"] for key in ("mean", "low95", "high95")})


def cells(told: Told, row: Mapping[str, float]) -> list[str]:
    """A row of the table, as ``HEAD`` says."""
    known = row["sign_share"] == row["sign_share"]
    mean, _, luck = interval(row).partition(" ")
    return [
        told.noun,
        mean,
        luck or "–",
        wide(row) if row["draws"] else "–",
        share(row["sign_share"]) if known else "–",
    ]
