"""What many pairs of runs say of a decision, in sentences: the same seeds with it and without it.

The interval is luck alone: what is not known about the case and its rules comes on top.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from detente.dashboards.app.controls import decimals
from detente.dashboards.app.controls import told as read_out
from detente.dashboards.app.record import in_words
from detente.experiments.runs.bands import violence_counted
from detente.experiments.runs.ensemble import Ensemble
from detente.experiments.runs.intervals import paired_difference

LUCK_ALONE = (
    "The brackets are luck alone: in 95 of 100 such experiments they would hold the model's own mean. What is not "
    "known about the case and the rules comes on top."
)


class Told(NamedTuple):
    """An outcome in words: its name, and what more and less of it are called."""

    outcome: str
    noun: str
    more: str = "more"
    less: str = "fewer"


VIOLENCE = {"deaths": Told("fatalities", "deaths"), "provocations": Told("attacks", "provocations")}
QUIET = Told("days_in_ceasefire", "days of ceasefire")
TRUST = Told("final_trust", "trust at the end (0 to 1)", "more", "less")


def difference_words(told: Told, row: Mapping[str, Any]) -> str:
    """A mean difference with its interval as a phrase; one whose interval holds nought is no clear difference."""
    mean, low, high = row["mean"], row["low95"], row["high95"]
    if not row["pairs"] or low != low:
        return f"{told.noun}: too few runs have a value to say anything"
    if low == high == 0:
        return f"no difference in {told.noun}"
    if low <= 0 <= high:
        return f"no clear difference in {told.noun}: {with_interval(row)}"
    word = told.more if mean > 0 else told.less
    digits = decimals(mean, low, high)
    if round(abs(mean), digits) == 0:
        return f"under {10**-digits:g} {word} {told.noun}"
    ends = (read_out(end, digits) for end in sorted((abs(low), abs(high))))
    return f"{read_out(abs(mean), digits)} [{' to '.join(ends)}] {word} {told.noun}"


def with_interval(row: Mapping[str, Any], scale: float = 1.0) -> str:
    """A difference with its sign and its interval, all with as many decimals."""
    values = [scale * row[key] for key in ("mean", "low95", "high95")]
    mean, low, high = (read_out(value, decimals(*values), sign=True) for value in values)
    return f"{mean} [{low} to {high}]"


def signed(value: float) -> str:
    """A number with its sign."""
    return read_out(value, sign=True)


def share(value: float) -> str:
    """A share in per cent."""
    return f"{100 * value:.0f} %"


def verdict(base: Ensemble, own: Ensemble) -> dict[str, Any]:
    """What the decision changes, over pairs with the same seeds: sentences, and the rows of a table behind them."""
    a, b = base.outcomes, own.outcomes
    violence = VIOLENCE[violence_counted(own.start)]
    rows = {
        told.outcome: paired_difference(b[told.outcome].to_numpy(), a[told.outcome].to_numpy())
        for told in (violence, QUIET, TRUST)
    }
    worse = float(np.mean(b[violence.outcome].to_numpy() > a[violence.outcome].to_numpy()))
    end = in_words(own.start.scenario.case.end)
    lines = [
        f"{capital(difference_words(violence, rows[violence.outcome]))} by {end}.",
        f"In {round(100 * worse)} of 100 pairs the run with it has more {violence.noun}.",
        agreement_line(a, b),
        f"{capital(difference_words(QUIET, rows[QUIET.outcome]))}; {difference_words(TRUST, rows[TRUST.outcome])}.",
    ]
    ends = paired_difference(b["days"].to_numpy(), a["days"].to_numpy())
    if ends["low95"] > 0 or ends["high95"] < 0:
        longer = "longer" if ends["mean"] > 0 else "shorter"
        lines.append(
            f"Runs with it last {read_out(abs(ends['mean']))} days {longer}, which counts in all sums."
        )
    return {
        "pairs": len(own.seeds),
        "lines": lines,
        "luck": LUCK_ALONE,
        "rows": table_rows(rows, (violence, QUIET, TRUST), a, b),
    }


def capital(text: str) -> str:
    """A phrase as the beginning of a sentence."""
    return text[0].upper() + text[1:]


def agreement_line(a: Any, b: Any) -> str:
    """How many runs have an agreement, with and without."""
    without, with_ = (float((x["agreements"] > 0).mean()) for x in (a, b))
    row = paired_difference((b["agreements"] > 0).to_numpy(), (a["agreements"] > 0).to_numpy())
    clear = row["low95"] > 0 or row["high95"] < 0
    if without == with_ == 0:
        return "No run signs an agreement, with it or without."
    words = "" if clear else " (no clear difference)"
    return f"An agreement is signed in {share(with_)} of the runs with it, in {share(without)} of those without{words}."


def table_rows(rows: dict[str, dict[str, float]], told: Iterable[Told], a: Any, b: Any) -> list[list[str]]:
    """Outcome in the words of the sentences, mean without, mean with, difference and interval, as text."""
    nouns = {one.outcome: one.noun for one in told}
    return [
        [
            nouns[name],
            read_out(float(np.nanmean(a[name]))),
            read_out(float(np.nanmean(b[name]))),
            with_interval(row),
        ]
        for name, row in rows.items()
        if row["pairs"]
    ]
