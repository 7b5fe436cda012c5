"""The sweeps of the results folder: listed, opened again when they have grown, and never looked for elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from detente.experiments.outcomes import BY_NAME
from detente.experiments.replay import Recipe
from detente.experiments.results import Results, open_results
from detente.experiments.store import MANIFEST
from detente.model.errors import InputError, one_of, shown

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


def figure_about(results: Results, outcome: str) -> dict[str, Any]:
    """What figures of a sweep say of themselves."""
    first = results.table.iloc[0]
    seeds = results.table["seed"]
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
    }


def recipe_of_row(results: Results, row: Mapping[str, Any]) -> Recipe:
    """What the run of a row was made from, to open it live."""
    values = {f.name: float(row[f.name]) for f in results.factors}
    levers = {f.name: values[f.name] for f in results.factors if f.kind == "lever"}
    parameters = {f.name: values[f.name] for f in results.factors if f.kind != "lever"}
    more = {key: row[key] for key in ("theory",) if key in row}
    return Recipe(
        case=row["case"],
        policy=row["policy"],
        seed=int(row["seed"]),
        levers=levers,
        parameters=parameters,
        **more,
    )
