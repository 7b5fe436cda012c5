"""Forecasts in the layout of submissions to the forecasting challenges of ViEWS.

A file a window, ``MODE/cm/test_window_YEAR-MONTH/detente.parquet``, with the columns ``month_id`` (1 is January 1980),
``country_id``, ``draw`` and ``outcome``.  A conflict is no country: ``units.csv`` says which number stands for which.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.experiments.io.files import write_table, write_text

if TYPE_CHECKING:
    import pandas as pd

Results = Mapping[tuple[str, str], Mapping[str, Any]]
"""Results by conflict and origin, each with the draws of a mode by lead."""

FIRST_YEAR = 1980


def month_id(month: date) -> int:
    """Months since December 1979, as ViEWS counts them."""
    return 12 * (month.year - FIRST_YEAR) + month.month


def units(results: Results) -> dict[str, int]:
    """The number of each conflict, from 1 in the order given."""
    return {name: k + 1 for k, name in enumerate(dict.fromkeys(case for case, _ in results))}


def window(results: Results, mode: str, origin: str, numbers: Mapping[str, int]) -> pd.DataFrame:
    """The draws of all conflicts from one origin."""
    import pandas as pd

    day = date.fromisoformat(origin)
    rows: list[dict[str, Any]] = []
    for (case, when), result in results.items():
        if when != origin:
            continue
        for lead, values in result["draws"][mode].items():
            where = {"month_id": month_id(day) + int(lead) - 1, "country_id": numbers[case]}
            rows += [{**where, "draw": k + 1, "outcome": int(value)} for k, value in enumerate(values)]
    return pd.DataFrame(rows)


def write_submission(results: Results, modes: Sequence[str], folder: Path) -> None:
    """Write a file for each mode and origin, and the numbers of the conflicts."""
    numbers = units(results)
    folder.mkdir(exist_ok=True)
    lines = "".join(f"{k},{name}\n" for name, k in numbers.items())
    write_text("country_id,name\n" + lines, folder / "units.csv")
    for mode in modes:
        for origin in sorted({origin for _, origin in results}):
            place = folder / mode / "cm" / f"test_window_{origin[:7]}"
            place.mkdir(parents=True, exist_ok=True)
            write_table(window(results, mode, origin, numbers), place / "detente.parquet", {})
