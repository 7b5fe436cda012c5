"""What is in files of observed data, as one plain object: how they were read, and each table in figures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from detente.experiments.data.layouts import read_data
from detente.experiments.data.observations import Observed
from detente.experiments.data.report import NONE
from detente.experiments.data.selection import Choice

if TYPE_CHECKING:
    import pandas as pd


def data_summary(
    files: str | Path | Sequence[str | Path], country: str | int | None = None, **choice: Unpack[Choice]
) -> dict[str, Any]:
    r"""What files of observed data hold, and how they were read.

    Args:
        files: the path of a file, or several, as ``read_data`` takes them.
        country: the country, by name or id.
        **choice: as in ``read_data``: ``conflict``, ``dyad``, ``side_a``, ``side_b``, ``since``, ``until``.

    Returns:
        Layout, span and, for each series, its total, mean, largest value and share of zeros; ceasefires by class.

    Raises:
        InputError: for a file that is of no known layout, naming line, column and value.

    Examples:
        >>> import detente, pathlib, tempfile
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "days.csv"
        >>> _ = path.write_text("date,deaths\n2018-01-01,3\n2018-01-02,5\n")
        >>> detente.data_summary(path)["daily"]["rows"]
        2
    """
    return summary_of(read_data(files, country, **choice))


def summary_of(data: Observed) -> dict[str, Any]:
    """Layout, span and, for each series, its total, mean, largest value and share of zeros; spells by class."""
    made: dict[str, Any] = {"files": [str(path) for path in data.paths], "layout": ", ".join(data.kinds)}
    for name, table in (("daily", data.daily), ("monthly", data.monthly)):
        if table is not None:
            made[name] = counted(table)
    if data.spells is not None:
        made["spells"] = spells_of(
            data.spells, sum(r.skipped.get("without a start", 0) for r in data.reports)
        )
    if data.agreements is not None:
        made["agreements"] = agreements_of(data.agreements)
    if data.conflicts is not None:
        made["conflicts"] = conflicts_of(data.conflicts)
    made["reading"] = [report.to_json() for report in data.reports]
    return made


def counted(table: pd.DataFrame) -> dict[str, Any]:
    """First and last date, number of rows, and each series in figures."""
    return {
        "from": table.index[0].date().isoformat(),
        "to": table.index[-1].date().isoformat(),
        "rows": len(table),
        "series": {str(name): series_of(column) for name, column in table.items()},
    }


def series_of(column: pd.Series[Any]) -> dict[str, float | int | None]:
    """Sum, mean, largest value and share of zeros of the values that are known; None where none is."""
    known = column.dropna()
    figures = {
        "sum": known.sum(),
        "mean": known.mean(),
        "largest": known.max(),
        "zeros": (known == 0).mean(),
    }
    missing = int(column.isna().sum())
    return {**{name: float(v) if len(known) else None for name, v in figures.items()}, "missing": missing}


def spells_of(table: pd.DataFrame, left_out: int) -> dict[str, Any]:
    """How many ceasefires, how many whose length is known, and quartiles of their days by class."""
    known = table[table["days"].notna()]
    classes = {
        str(name): {"n": len(rows), **quartiles(rows["days"])} for name, rows in known.groupby("class")
    }
    return {
        "ceasefires": len(table),
        "known_end": len(known),
        "left_out_without_start": left_out,
        "dated_by_declaration": int((table["start_from"] == "declared").sum()),
        **span_of(table),
        "days": quartiles(known["days"]),
        "by_class": classes,
    }


def agreements_of(table: pd.DataFrame) -> dict[str, Any]:
    """How many agreements, by type, and how many are known to have ended."""
    ends = table["ended"] == 1
    if "end_precision" in table:
        ends |= table["end_precision"] != NONE
    return {
        "agreements": len(table),
        "ended": int(ends.sum()),
        **span_of(table),
        "by_type": {str(name): int(n) for name, n in table["type"].value_counts().sort_index().items()},
    }


def conflicts_of(table: pd.DataFrame) -> dict[str, Any]:
    """How many conflicts, and the months from the first to the last."""
    first, last = table["first"].min(), table["last"].max()
    return {"conflicts": len(table), "from": day(first), "to": day(last), "cases": table.iloc[:, 0].tolist()}


def span_of(table: pd.DataFrame) -> dict[str, str | None]:
    """The first and the last start."""
    return {"from": day(table["start"].min()), "to": day(table["start"].max())}


def day(stamp: Any) -> str | None:
    """A day as text, None where there is none."""
    return None if stamp != stamp else stamp.date().isoformat()


def quartiles(days: pd.Series[Any]) -> dict[str, float | None]:
    """Quartiles of durations [days]; None where there are none."""
    return {
        name: float(days.quantile(q)) if len(days) else None
        for name, q in (("q25", 0.25), ("median", 0.5), ("q75", 0.75))
    }
