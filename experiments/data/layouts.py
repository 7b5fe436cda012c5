"""Any file of observed data: its layout is told by the names of its columns."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from detente.experiments.data import counts, eth_prio, ged
from detente.experiments.data.cells import header
from detente.experiments.data.observations import Observed
from detente.model.errors import InputError

LAYOUTS = (
    "UCDP GED (date_start, best, where_prec, ...), ETH/PRIO ceasefires (a start, an end, a class), a daily table "
    "(date, then a column a series), a monthly one (month, then a column a series), or date,series,value"
)


def read_file(path: str | Path, country: str | None = None) -> Observed:
    """The observed data of a csv file of any of the layouts; raises ``InputError`` for anything else."""
    file = Path(path)
    names = header(file)
    if "date_start" in names and "best" in names:
        return ged.read_ged(file, country)
    if eth_prio.looks_like(names):
        return eth_prio.read_ceasefires(file)
    if set(names) == {"date", "series", "value"}:
        return counts.read_series(file)
    if "date" in names:
        return counts.read_daily(file)
    if "month" in names:
        return counts.read_monthly(file)
    raise InputError(
        f"{file}, line 1: columns {', '.join(names[:8])} match no known layout; expected {LAYOUTS}"
    )


def read_files(paths: Sequence[str | Path], country: str | None = None) -> Observed:
    """Several files as one: at most one that counts days, one that counts months, one of spells."""
    parts = [read_file(path, country) for path in paths]
    if not parts:
        raise InputError("--data: got nothing; expected the path of a csv file")
    found: dict[str, Any] = {}
    for part in parts:
        for name in ("daily", "monthly", "spells"):
            table = getattr(part, name)
            if table is None:
                continue
            if name in found:
                raise InputError(f"--data: {part.paths[0]} is a second file with {name} data; expected one")
            found[name] = table
    kinds = tuple(kind for part in parts for kind in part.kinds)
    return Observed(kinds, tuple(path for part in parts for path in part.paths), **found)
