"""Locked predictions scored against what happened: deaths by the quantile score, events by the Brier score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.experiments.benchmark.lock_file import EXPECTED, read_lock
from detente.experiments.benchmark.predictions import (
    EVENTS,
    LEVELS,
    MODEL,
    MOST_MONTHS,
    NULLS,
    REST,
    known_digest,
    month_after,
    months_ahead,
    subject_of,
)
from detente.experiments.evidence.origins import ahead
from detente.experiments.io.plain_json import without_nan
from detente.experiments.runs.inputs import whole_number
from detente.model.errors import InputError, wrong
from detente.model.request import CaseLike

if TYPE_CHECKING:
    import pandas as pd

    from detente.experiments.benchmark.subjects import Subject
    from detente.experiments.cases.builder.new_request import Files

Values = np.ndarray[Any, Any]


def quantile_score(quantiles: Sequence[float], observed: float) -> float:
    """Twice the mean loss of quantiles at the levels, near the CRPS and in the same unit; less is better."""
    at, levels = np.asarray(quantiles, dtype=float), np.asarray(LEVELS)
    loss = np.where(observed < at, 1.0 - levels, levels) * np.abs(observed - at)
    return float(2.0 * loss.mean())


@dataclass(frozen=True)
class Checked:
    """Scores of a lock: ``months`` has a row for each forecast and observed month, ``events`` one for each event."""

    about: Mapping[str, Any]
    months: pd.DataFrame
    events: pd.DataFrame

    def summary(self) -> pd.DataFrame:
        """By forecast: months scored, mean score, its ratio to that of the model, months in the middle 80 and 95 %."""
        rows = self.months.groupby("forecast", sort=False)
        columns = {"months": ("score", "size"), "score": ("score", "mean")}
        table: Any = rows.agg(**columns, in80=("in80", "mean"), in95=("in95", "mean"))
        table["model_relative"] = table.loc[MODEL, "score"] / table["score"].where(table["score"] > 0)
        return table

    def to_json(self) -> dict[str, Any]:
        """Scores as plain values."""
        return without_nan(
            {
                "about": dict(self.about),
                "summary": self.summary().reset_index().to_dict("records"),
                "months": self.months.to_dict("records"),
                "events": self.events.to_dict("records"),
            }
        )


def check_prediction(
    lock: str | Path,
    what: CaseLike,
    *,
    data: Files = None,
    ceasefires: Files = None,
    agreements: Files = None,
    series: str | None = None,
    **choice: Any,
) -> Checked:
    """Score a lock against the data that came in since.

    Args:
        lock: a file that ``predict`` wrote.
        what: the case or file of data, which now holds months after the day of the lock; as in ``predict``.
        data: as in ``predict``.
        ceasefires: tables of ceasefires, to score the chance of one.
        agreements: tables of peace agreements, to score the chance of one.
        series: as in ``predict``.
        **choice: as in ``predict``.

    Returns:
        Scores of each month that the data hold, and of the chances.

    Raises:
        InputError: for a lock that was changed, and for data without a month to score.

    Examples:
        >>> import detente
        >>> _ = detente.predict("colombia-2010", "2014-06-30", lock="july.json", months=2, runs=20)
        >>> checked = detente.check_prediction("july.json", "colombia-2010")
        >>> sorted(set(checked.months["month"].astype(str)))
        ['2014-07', '2014-08']
    """
    content = checked_lock(lock)
    files = {"data": data, "ceasefires": ceasefires, "agreements": agreements}
    subject = subject_of(what, files, series, {k: v for k, v in choice.items() if v is not None})
    day = month_after(content["about"]["until"])
    observed = observed_months(subject, day, content["about"]["months"])
    if not observed:
        raise wrong(
            "data", f"{subject.name} without a month from {day:%Y-%m} on", "months after the day of the lock"
        )
    rows = scored_months(content["deaths"], observed)
    events = scored_events(content, subject, observed, day)
    same = known_digest(subject, day) == content["about"]["digests"]["data"]
    return Checked({**content["about"], "data_revised": not same}, rows, events)


def checked_lock(lock: str | Path) -> dict[str, Any]:
    """What a lock holds; raises ``InputError`` unless it is all that is scored, each in its place."""
    content = read_lock(lock)
    try:
        whole = is_whole(content)
    except (InputError, KeyError, TypeError, ValueError, AttributeError):
        whole = False
    if not whole:
        raise InputError(f"{lock}: is not {EXPECTED}: what it predicts is not complete")
    return content


def is_whole(content: Mapping[str, Any]) -> bool:
    """Whether a lock says what it is of, and has quantiles of each month and chances of each event."""
    about, rows = content["about"], [row for name in (MODEL, *NULLS) for row in content["deaths"][name]]
    quantiles = np.array([[float(q) for q in row["quantiles"]] for row in rows])
    chances = np.array([float(content["events"][name]) for name in EVENTS])
    months = months_ahead(
        month_after(about["until"]), whole_number(about["months"], "months", 1, MOST_MONTHS)
    )
    return bool(
        [row["month"] for row in rows] == months * (1 + len(NULLS))
        and quantiles.shape == (len(rows), len(LEVELS))
        and np.isfinite(quantiles).all()
        and ((chances >= 0) & (chances <= 1)).all()
        and isinstance(about["conflict"], str)
        and isinstance(about["digests"]["data"], str)
    )


def observed_months(subject: Subject, day: date, months: int) -> dict[str, float]:
    """Observed deaths of the months ahead, as far as they are there."""
    values = subject.target.values
    known = {str(stamp)[:7]: float(value) for stamp, value in values.items() if value == value}
    return {name: known[name] for name in months_ahead(day, months) if name in known}


def scored_months(deaths: Mapping[str, Any], observed: Mapping[str, float]) -> pd.DataFrame:
    """A row for each forecast and observed month."""
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for name in (MODEL, *NULLS):
        for row in deaths[name]:
            if row["month"] in observed:
                seen, at = observed[row["month"]], dict(zip(LEVELS, row["quantiles"], strict=True))
                inside = {"in80": at[0.1] <= seen <= at[0.9], "in95": at[0.025] <= seen <= at[0.975]}
                score = quantile_score(row["quantiles"], seen)
                told = {"forecast": name, "month": row["month"], "observed": seen, "median": at[0.5]}
                rows.append({**told, "score": score, **inside})
    return pd.DataFrame(rows)


def scored_events(
    content: Mapping[str, Any], subject: Subject, observed: Mapping[str, float], day: date
) -> pd.DataFrame:
    """A row for each event: its chance, whether it happened (None: not known), and the Brier score."""
    import pandas as pd

    months = content["about"]["months"]
    whole = len(observed) == months
    happened: dict[str, bool | None] = {
        "rest": sum(observed.values()) < REST * months / 12 if whole else None,
        "agreement": in_table(subject, "agreements", day, months),
        "ceasefire": in_table(subject, "truces", day, months),
    }
    rows: list[dict[str, Any]] = []
    for name, seen in happened.items():
        chance = content["events"][name]
        rows.append({"event": name, "chance": chance, "happened": seen, "brier": brier(chance, seen)})
    return pd.DataFrame(rows)


def brier(chance: float, happened: bool | None) -> float:
    """Squared error of a chance; NaN where it is not known what happened."""
    return float("nan") if happened is None else (chance - float(happened)) ** 2


def in_table(subject: Subject, name: str, day: date, months: int) -> bool | None:
    """Whether a table of the data has a row that begins in the months ahead; None without such a table."""
    war = getattr(subject, "war", None)
    table = None if war is None else getattr(war.evidence, name)
    if table is None:
        return None
    last = ahead(day, months)[-1]
    starts: Any = table["start"]
    return bool(((starts >= str(day)) & (starts < str(last))).any())
