"""The states of a finished sweep, weighed: its points, theories and cases are the states of the world."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.experiments.analysis.robustness_result import Robustness, outcomes_judged
from detente.experiments.analysis.sensitivity import check
from detente.experiments.compare.regret import CLEARED, clears
from detente.experiments.runs.provenance import NOT_A_FORECAST
from detente.experiments.sweep.results import Results, open_results
from detente.model.errors import InputError, unknown

if TYPE_CHECKING:
    import pandas as pd

STATE = ("case", "theory", "point")
"""Columns of a sweep's table that tell its states apart."""


def weigh_results(
    where: str | Path | Results,
    *,
    policies: Sequence[str] | None = None,
    outcomes: Sequence[str] | None = None,
    bars: Mapping[str, float] | None = None,
) -> Robustness:
    """The policies of a finished sweep, or some of them, in its states.

    Raises ``InputError`` for a sweep that is incomplete or varies nothing, unknown names, and a question without an
    answer: one policy has no regret, and without a bar there is nothing else to ask.
    """
    results = where if isinstance(where, Results) else open_results(where)
    check(results, outcomes)
    judged, bars = outcomes_judged(outcomes, bars), dict(bars or {})
    names = chosen_policies(results, policies)
    if len(names) < 2 and not bars:
        raise InputError(
            f"{results.path}: {', '.join(names)} is the only policy; expected several, or --bar OUTCOME=VALUE"
        )
    rows = results.table[results.table["policy"].isin(names)]
    rows = rows.assign(state=rows.groupby(list(STATE), observed=True, sort=False).ngroup())
    states = states_of(results, rows)
    about = about_results(results, rows, names, len(states))
    return Robustness(about, names, states, means_of(rows, names, judged, bars), bars)


def chosen_policies(results: Results, policies: Sequence[str] | None) -> tuple[str, ...]:
    """Policies of a sweep by name, or all."""
    known = [str(name) for name in results.table["policy"].unique()]
    for name in policies or ():
        if name not in known:
            raise unknown(f"{results.path}: policy", name, known)
    return tuple(policies or known)


def states_of(results: Results, rows: pd.DataFrame) -> tuple[dict[str, Any], ...]:
    """The settings of each state, in order; a case or theory that is the same in all goes without saying."""
    told = [name for name in STATE[:2] if rows[name].nunique() > 1]
    table = rows.drop_duplicates("state").set_index("state").sort_index()
    names = [*told, *(f.name for f in results.factors)]
    return tuple({str(k): v for k, v in row.items()} for row in table[names].to_dict("records"))


def means_of(
    rows: pd.DataFrame, policies: Sequence[str], outcomes: Sequence[str], bars: Mapping[str, float]
) -> pd.DataFrame:
    """The mean of each outcome by state and policy, as ``regret.means_of`` gives it."""
    wanted = list(outcomes)
    if bars:
        rows = rows.assign(**{CLEARED: clears(rows, bars)})
        wanted.append(CLEARED)
    found = rows.groupby(["state", "policy"], observed=True)[wanted].mean().reset_index()
    place = {name: k for k, name in enumerate(policies)}
    found["policy"] = found["policy"].astype(str)
    return found.sort_values(["state", "policy"], key=lambda s: s.map(place) if s.name == "policy" else s)


def about_results(
    results: Results, rows: pd.DataFrame, policies: Sequence[str], n_states: int
) -> dict[str, Any]:
    """What the runs of a sweep were made from."""
    made, cases = results.manifest["made_with"], dict(results.manifest["scenarios"])
    seeds = results.manifest["seeds"]
    return {
        "path": str(results.path),
        "case": ", ".join(cases),
        "title": f"{', '.join(cases)} in {results.path.name}",
        "version": made["versions"]["detente"],
        "versions": made["versions"],
        "rules_digest": made["rules_digest"],
        "scenario_sha256": next(iter(cases.values())) if len(cases) == 1 else "several",
        "scenarios": cases,
        "policies": list(policies),
        "states": n_states,
        "uncertain": [f.name for f in results.factors],
        "seeds": f"{seeds['first']} to {seeds['last']}",
        "runs": len(rows),
        "note": NOT_A_FORECAST,
    }
