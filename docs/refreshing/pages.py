"""Replacing what stands between two lines of a page, and the tables and cells that pages share."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
from generating.tables import table

DOCS = Path(__file__).resolve().parents[1]
BEGIN, END = "<!-- written by docs/refresh.py{} -->", "<!-- end -->"
SHARED = DOCS.parents[1] / "shared" / "data"
"""Observed series that are not distributed with the code."""
README = DOCS.parent / "README"
"""The README, without its ending, as ``put`` takes it."""
SEARCH, AGAIN = range(1, 31), range(100_001, 100_101)
"""Seeds with which points are searched, and fresh ones with which those found are run again."""


def put(page: str | Path, text: str, part: str = "") -> None:
    """Replace what stands between the two lines of a page, or of a part of it that has a name."""
    path = DOCS / f"{page}.md"
    begin = BEGIN.format(f": {part}" if part else "")
    old = path.read_text(encoding="utf-8")
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(END)}", re.S)
    if len(pattern.findall(old)) != 1:
        raise SystemExit(f"{path}: expected {begin!r} and {END!r} once")
    path.write_text(pattern.sub(lambda _: f"{begin}\n\n{text.strip()}\n\n{END}", old), encoding="utf-8")
    print(f"wrote {path}")


def shared(*names: str) -> list[Path]:
    """Files of observed series beside the repository; ends the program where they are not there."""
    paths = [SHARED / name for name in names]
    missing = [str(path) for path in paths if not path.exists()]
    if missing:
        raise SystemExit(
            f"{', '.join(missing)}: not there; expected the observed series, which are not distributed with the code"
        )
    return paths


def ticking(what: str) -> Callable[[int, int], None]:
    """How far a computation is, on one line."""
    return lambda done, total: print(
        f"{done} of {total} {what}", end="\r" if done < total else "\n", flush=True
    )


def cell(row: Any) -> str:
    """A mean with its interval, shares in points."""
    scale = 100.0 if row["unit"] == "0 or 1" else 1.0
    values = [scale * row[key] for key in ("mean", "low95", "high95")]
    digits = 0 if max(map(abs, values)) >= 30 else (1 if max(map(abs, values)) >= 3 else 2)
    mean, low, high = (f"{value:+.{digits}f}".replace("-", "−") for value in values)
    return f"{mean} [{low}, {high}]"


def unit(name: str) -> str:
    """A unit at the head of a column."""
    return {"0 or 1": "points", "1": "0 to 1"}.get(name, name)


def effects(rows: pd.DataFrame, by: str, first: str) -> str:
    """Rows of effects by one column, yardsticks across."""
    yards = list(dict.fromkeys(zip(rows["yardstick"], rows["unit"], strict=True)))
    body = [
        [str(key), *(cell(row) for _, row in found.iterrows())] for key, found in rows.groupby(by, sort=False)
    ]
    return table([first, *(f"{name} ({unit(u)})" for name, u in yards)], body)
