"""Forecasts in the layout of submissions to the forecasting challenges of ViEWS.

A file a window, ``MODE/cm/test_window_YEAR-MONTH/detente.parquet``, with the columns ``month_id`` (1 is January 1980),
``country_id``, ``draw`` and ``outcome``.  A conflict is no country: ``units.csv`` says which number stands for which.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.experiments.evidence.origins import ahead
from detente.experiments.io.files import write_table, write_text

if TYPE_CHECKING:
    import pandas as pd

    from detente.experiments.benchmark.benchmark_result import Benchmark

FIRST_YEAR = 1980


def month_id(month: date) -> int:
    """Months since December 1979, as ViEWS counts them."""
    return 12 * (month.year - FIRST_YEAR) + month.month


def units(made: Benchmark) -> dict[str, int]:
    """The number of each conflict, from 1 in the order given."""
    return {name: k + 1 for k, name in enumerate(dict.fromkeys(case for case, _ in made.results))}


def window(made: Benchmark, mode: str, origin: str, numbers: dict[str, int]) -> pd.DataFrame:
    """The draws of all conflicts from one origin."""
    import pandas as pd

    months = ahead(date.fromisoformat(origin), max(made.leads))
    rows: list[dict[str, Any]] = []
    for (case, when), result in made.results.items():
        if when != origin:
            continue
        for lead, values in result["draws"][mode].items():
            where = {"month_id": month_id(months[int(lead) - 1]), "country_id": numbers[case]}
            rows += [{**where, "draw": k + 1, "outcome": int(value)} for k, value in enumerate(values)]
    return pd.DataFrame(rows)


def write_submission(made: Benchmark, folder: Path) -> None:
    """Write a file for each mode and origin, and the numbers of the conflicts."""
    numbers = units(made)
    folder.mkdir(exist_ok=True)
    write_text(
        "country_id,name\n" + "".join(f"{k},{name}\n" for name, k in numbers.items()), folder / "units.csv"
    )
    for mode in made.modes:
        for origin in sorted({origin for _, origin in made.results}):
            place = folder / mode / "cm" / f"test_window_{origin[:7]}"
            place.mkdir(parents=True, exist_ok=True)
            write_table(window(made, mode, origin, numbers), place / "detente.parquet", {})
