"""What is in a file of observed data, as one plain table and one JSON object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.experiments.data.observations import Observed

if TYPE_CHECKING:
    import pandas as pd


def summary(data: Observed) -> dict[str, Any]:
    """Layout, span and, for each series, its total, mean, largest value and share of zeros; spells by class."""
    made: dict[str, Any] = {"files": [str(path) for path in data.paths], "layout": ", ".join(data.kinds)}
    for name, table in (("daily", data.daily), ("monthly", data.monthly)):
        if table is not None:
            made[name] = counted(table)
    if data.spells is not None:
        made["spells"] = spells_of(data.spells)
    return made


def counted(table: pd.DataFrame) -> dict[str, Any]:
    """First and last date, number of rows, and each series in figures."""
    return {
        "from": table.index[0].date().isoformat(),
        "to": table.index[-1].date().isoformat(),
        "rows": len(table),
        "series": {
            str(name): {
                "sum": float(column.sum()),
                "mean": float(column.mean()),
                "largest": float(column.max()),
                "zeros": float((column == 0).mean()),
            }
            for name, column in table.items()
        },
    }


def spells_of(table: pd.DataFrame) -> dict[str, Any]:
    """How many ceasefires, how many with a known end, and quartiles of their days by class."""
    known = table[table["days"].notna()]
    classes = {
        str(name): {"n": len(rows), **quartiles(rows["days"])} for name, rows in known.groupby("class")
    }
    return {
        "ceasefires": len(table),
        "known_end": len(known),
        "left_out_without_start": int(table.attrs.get("left_out", 0)),
        "from": table["start"].min().date().isoformat() if len(table) else None,
        "to": table["start"].max().date().isoformat() if len(table) else None,
        "days": quartiles(known["days"]),
        "by_class": classes,
    }


def quartiles(days: pd.Series[Any]) -> dict[str, float | None]:
    """Quartiles of durations [days]; None where there are none."""
    return {
        name: float(days.quantile(q)) if len(days) else None
        for name, q in (("q25", 0.25), ("median", 0.5), ("q75", 0.75))
    }
