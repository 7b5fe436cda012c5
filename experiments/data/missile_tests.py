"""The missile test databases of the James Martin Center for Nonproliferation Studies (CNS): one row a missile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.experiments.data import coverage as covering
from detente.experiments.data import partial_dates
from detente.experiments.data.cells import ids, once
from detente.experiments.data.columns import column_of
from detente.experiments.data.observations import Observed
from detente.experiments.data.partial_dates import PartialDates
from detente.experiments.data.report import DAY, MONTH, NONE, TWICE, YEAR, Coverage, Report, tally
from detente.experiments.data.selection import Selection
from detente.experiments.data.source import Cells, Source
from detente.model.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

NAME = "CNS missile tests"
DATES = ("Date", "DateOccurred")
MISSILES = ("Missile Name", "MissileName")
OUTCOMES = ("Test Outcome", "TestOutcome")
IDS = ("F1", "EventID")
SHAPES = ("%m/%d/%Y", "%m/%d/%y", "%d-%b-%Y", "%d-%b-%y", "%d %B %Y", "%B %d, %Y")
"""Ways in which spreadsheets write a date, beside 2017-07-04; month first where there are slashes, as Americans do."""


def recognised(names: Sequence[str]) -> bool:
    """Whether these are columns of a CNS database."""
    return all(column_of(names, wanted) for wanted in (DATES, MISSILES, OUTCOMES))


def read_tests(sources: Sequence[Source], selection: Selection) -> Observed:
    """Missiles launched by day, and by month with the number of days on which there was a launch.

    A launch whose month alone is known counts in its month; one of an unknown month counts nowhere and is reported.
    """
    (source,) = sources
    when, key = source.needed(*DATES), source.column(*IDS)
    names = [when, source.needed(*MISSILES), source.needed(*OUTCOMES)]
    cells = source.read([*names, *([] if key is None else [key])])
    dated = partial_dates.from_text(cells, when, "launch", SHAPES)
    keep = once_each(cells, key)
    month_known = dated.precision.isin((DAY, MONTH)).to_numpy(dtype=bool)
    known = dated.first[month_known]
    if known.empty:
        raise InputError(f"{source.path}, column {when}: no launch has a month; expected one at least")
    days = covering.covered(known.min(), known.max(), selection, str(source.path))
    inside = covering.within(dated.first, days)
    fates = np.select(
        [~keep, ~month_known, ~inside], [TWICE, "month not known", "outside the dates covered"], ""
    )
    notes = (
        *source.notes,
        *dated.notes,
        *covering.beyond(days, known.min(), known.max()),
    )
    report = report_of(source, dated, fates, keep, key is not None, days, notes)
    used = fates == ""
    return Observed((NAME,), (source.path,), *counts(dated, used, days), reports=(report,))


def once_each(cells: Cells, key: str | None) -> np.ndarray[Any, Any]:
    """Which rows to keep so that each launch counts once."""
    if key is None:
        return np.ones(len(cells), dtype=bool)
    return once(cells, key, ids(cells, key), cells.table, "launch")


def counts(
    dated: PartialDates, used: np.ndarray[Any, Any], days: Coverage
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Launches by day and by month."""
    exact = used & (dated.precision == DAY).to_numpy(dtype=bool)
    first = dated.first
    daily = covering.by_day(first[exact], {"missile_launches": np.ones(int(exact.sum()))}, days)
    on_days = exact & ~first.where(exact).duplicated().to_numpy()
    series = {"missile_launches": np.ones(int(used.sum())), "missile_days": on_days[used].astype(float)}
    return daily, covering.by_month(first[used], series, days)


def report_of(
    source: Source,
    dated: PartialDates,
    fates: np.ndarray[Any, Any],
    keep: np.ndarray[Any, Any],
    has_ids: bool,
    days: Coverage,
    notes: tuple[str, ...],
) -> Report:
    """How a file was read."""
    precision = dated.precision[keep]
    return Report(
        str(source.path),
        NAME,
        source.form,
        **tally(fates, has_ids=has_ids),
        precision={"date": partial_dates.counts(precision)},
        heaps={word: {"launches": int((precision == word).sum())} for word in (MONTH, YEAR, NONE)},
        coverage=days,
        notes=notes,
    )
