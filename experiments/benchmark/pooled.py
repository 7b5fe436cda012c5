"""Scores pooled over conflicts: ratios to the best null model, chosen without the conflict scored.

Ratios are of mean scores within a conflict; pooled ones are geometric means, since conflicts differ a thousandfold in
size; intervals come from drawing conflicts again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from detente.experiments.benchmark.origin_scores import MODEL
from detente.experiments.benchmark.reference_nulls import BINOMIAL

if TYPE_CHECKING:
    import pandas as pd

Values = np.ndarray[Any, Any]

LEAST_DEATHS = 10.0
"""Mean deaths a month below which a conflict stands apart."""

JUDGED_LEADS = 6
"""Leads that are pooled: 1 to so many months."""

DRAWS = 2000
LEVEL = 0.95
MIDDLE = (0.1, 0.9)
"""Ends of the middle of a forecast that should hold 80 % of what comes true."""

AIM, AIM_OF_CASE = (0.72, 0.88), (0.65, 0.92)
"""Coverage aimed at: of all, and of one conflict."""


class Ratio(NamedTuple):
    """A pooled ratio of scores with its interval, over how many conflicts."""

    value: float
    low: float
    high: float
    n: int

    def to_json(self) -> dict[str, float | int | None]:
        """As plain values, None for what is not known."""
        known = {k: (v if v == v else None) for k, v in self._asdict().items()}
        return {"ratio": known["value"], "low95": known["low"], "high95": known["high"], "conflicts": self.n}


def judged(rows: pd.DataFrame, leads: Sequence[int] | None = None) -> pd.DataFrame:
    """The rows that are judged, of the leads that are pooled."""
    near = rows["lead"] <= JUDGED_LEADS if leads is None else rows["lead"].isin(list(leads))
    return rows[near & ~rows["shown"].astype(bool)]


def mean_scores(rows: pd.DataFrame, score: str = "crps") -> pd.DataFrame:
    """Mean score of each forecast (columns) by conflict."""
    table: Any = rows.groupby(["case", "forecast"], sort=False)[score].mean()
    return table.unstack("forecast")


def large(rows: pd.DataFrame) -> list[str]:
    """Conflicts with deaths enough to be pooled, in the order of the rows."""
    one = rows.drop_duplicates(["case", "origin", "lead"])
    means: Any = one.groupby("case", sort=False)["observed"].mean()
    return [str(case) for case, mean in means.items() if mean >= LEAST_DEATHS]


def null_names(table: pd.DataFrame) -> list[str]:
    """Null models that every conflict has."""
    own = set(MODEL.values())
    return [str(name) for name in table.columns if name not in own and table[name].notna().all()]


def best_nulls(table: pd.DataFrame) -> dict[str, str]:
    """For each conflict the null model of the lowest pooled score over the others; over all where it is alone."""
    names = null_names(table)
    with np.errstate(divide="ignore", invalid="ignore"):  # one that never errs
        logs = np.log(table[names].to_numpy(dtype=float)) - np.log(table[[BINOMIAL]].to_numpy(dtype=float))
    logs = np.where(np.isfinite(logs), logs, np.nan)
    found: dict[str, str] = {}
    for k, case in enumerate(table.index):
        others = np.delete(logs, k, axis=0) if len(logs) > 1 else logs
        found[str(case)] = names[int(np.nan_to_num(column_means(others), nan=np.inf).argmin())]
    return found


def column_means(values: Values) -> Values:
    """Means by column of what is known."""
    known = np.isfinite(values)
    total = np.where(known, values, 0.0).sum(axis=0)
    return np.where(known.any(axis=0), total / np.maximum(known.sum(axis=0), 1), np.nan)


def log_ratios(table: pd.DataFrame, mine: str, other: dict[str, str] | str) -> dict[str, float]:
    """Log ratio of the scores of two forecasts by conflict; conflicts in which either never errs are left out."""
    found: dict[str, float] = {}
    for case, row in table.iterrows():
        base = float(row[other if isinstance(other, str) else other[str(case)]])
        own = float(row[mine])
        if base > 0 and own > 0:
            found[str(case)] = float(np.log(own / base))
    return found


def pooled(logs: Sequence[float]) -> Ratio:
    """The geometric mean of ratios, with an interval from drawing conflicts again."""
    values = np.asarray(logs, dtype=float)
    if not len(values):
        return Ratio(float("nan"), float("nan"), float("nan"), 0)
    again = np.random.default_rng(1).choice(values, (DRAWS, len(values))).mean(axis=1)
    low, high = np.exp(np.quantile(again, [0.5 - LEVEL / 2, 0.5 + LEVEL / 2]))
    few = len(values) < 3
    nothing = float("nan")
    return Ratio(
        float(np.exp(values.mean())),
        nothing if few else float(low),
        nothing if few else float(high),
        len(values),
    )


def coverage(rows: pd.DataFrame, forecast: str) -> dict[str, float]:
    """Share of months within the middle 80 % of a forecast, by conflict, from randomised PIT values."""
    own = rows[rows["forecast"] == forecast]
    inside = (own["pit"] >= MIDDLE[0]) & (own["pit"] <= MIDDLE[1])
    table: Any = inside.groupby(own["case"], sort=False).mean()
    return {str(case): float(share) for case, share in table.items()}
