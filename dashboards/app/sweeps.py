"""The sweeps of the results folder: listed, opened again when they have grown, and never looked for elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.dashboards.app.address import SHIPPED_ONLY, made_stamp
from detente.dashboards.app.cases import Cases
from detente.experiments.runs.outcomes import BY_NAME
from detente.experiments.runs.provenance import NOT_A_FORECAST
from detente.experiments.runs.replay import Recipe, recipe_of
from detente.experiments.sweep.design.factors import column_of
from detente.experiments.sweep.results import Results, open_results
from detente.experiments.sweep.store import MANIFEST
from detente.model.errors import InputError, one_of, shown

if TYPE_CHECKING:
    import pandas as pd

DEPTH = 2
"""Folders below the results folder in which sweeps are looked for."""

MOST = 200
HERE = "."


def sweep_names(folder: Path) -> list[str]:
    """Sweeps in a folder by their path below it; ``.`` for the folder itself."""
    found = [p for d in range(DEPTH + 1) for p in folder.glob("/".join(["*"] * d + [MANIFEST]))]
    names = sorted(p.parent.relative_to(folder).as_posix() for p in found if inside(folder, p.parent))
    return names[:MOST]


def inside(folder: Path, path: Path) -> bool:
    """Whether a path lies in a folder once all links are followed."""
    return path.resolve().is_relative_to(folder.resolve())


def open_sweep(folder: Path, name: str) -> Results:
    """A sweep of the results folder by name; raises ``InputError`` for a path outside it and for what is none."""
    path = folder / name
    try:
        is_inside = inside(folder, path)
    except (OSError, ValueError):
        is_inside = False
    if not is_inside:
        expected = one_of(sweep_names(folder))
        raise InputError(f"sweep {shown(name)}: lies outside the results folder; expected {expected}")
    return open_results(path)


def chunk_count(folder: Path | None, name: str) -> int:
    """How many chunks a sweep has by now; 0 for what is none, which is said when it is opened."""
    if folder is None:
        return 0
    try:
        path = folder / name
        return sum(1 for _ in path.glob("chunk-*")) if inside(folder, path) else 0
    except (OSError, ValueError):
        return 0


def figure_about(results: Results, rows: pd.DataFrame, outcome: str) -> dict[str, Any]:
    """What figures of some runs of a sweep say of themselves."""
    first = rows.iloc[0]
    seeds = rows["seed"]
    state = "complete" if results.complete else "still filling"
    return {
        "outcome": outcome,
        "unit": BY_NAME[outcome].unit.replace("0 or 1", "share of runs"),
        "meaning": BY_NAME[outcome].meaning,
        "units": {f.name: f.unit for f in results.factors},
        "done": f"{results.n_done:,} of {results.n_runs:,} runs, {state}",
        "seeds": f"{seeds.min()} to {seeds.max()}",
        "version": first["version"],
        "scenario_sha256": first["scenario_sha256"],
        "note": NOT_A_FORECAST,
    }


HELD = ("mode", "until", "step_days", "point")
"""What a design holds in all its runs beside the levers, parameters and facts that it does not vary."""


def recipe_of_row(results: Results, row: Mapping[str, Any], cases: Cases = SHIPPED_ONLY) -> Recipe:
    """What the run of a row was made from, to open it live: its factors, and what the design holds constant."""
    design = results.manifest["design"]
    factors = {f.name for f in results.factors}
    values = {
        kind: {
            name: float(row[column_of(name)] if column_of(name) in factors else constant)
            for name, constant in design.get(kind, {}).items()
        }
        for kind in ("levers", "parameters", "facts")
    }
    held = {key: design[key] for key in HELD if design.get(key) is not None}
    run = {key: str(row[key]) for key in ("policy", "theory")}
    return recipe_of(
        {**run, "case": cases.place(str(row["case"])), "seed": int(row["seed"]), **values, **held},
        str(results.path),
    )


def stamp_of_row(row: Mapping[str, Any]) -> str:
    """The version and the case's digest that the run of a row was made with, as an address has them."""
    return made_stamp(str(row["version"]), str(row["scenario_sha256"]))
