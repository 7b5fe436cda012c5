"""One plain function from settings to outcomes, for tools that sweep, calibrate or optimise."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.experiments.runs.inputs import as_python, split_settings
from detente.experiments.runs.outcomes import Finals, end_dates, end_reasons, read_outcomes
from detente.experiments.runs.run import Engine, chosen_engine, run_opening
from detente.model.catalogue import is_path, load_policy, load_scenario
from detente.model.opening import Opening, opening
from detente.model.request import (
    checked_date,
    checked_levers,
    checked_seed,
    checked_step,
    checked_theory,
    merged_parameters,
)

if TYPE_CHECKING:
    from detente.model.policy import Policy
    from detente.model.scenario import Scenario

Stamp = tuple[tuple[str, int, int], ...]


def evaluate(
    case: str,
    seed: int = 1,
    *,
    policy: str = "history",
    engine: Engine = "auto",
    mode: str | None = None,
    until: date | str | None = None,
    step_days: float | None = None,
    theory: str = "readiness",
    **levers_and_parameters: Any,
) -> dict[str, float | str]:
    """The outcomes of one run, by name, with ``end_reason`` and ``end_date``.

    ``case`` and ``policy`` are names or paths of TOML files; files are read again only when they have changed.  Any
    other keyword is a lever (``direct_channel=0.8``) or a parameter as ``group__name`` (``trust__memory=300``), or
    ``group.name`` in a mapping: ``evaluate(case, seed, **{"trust.memory": 300})``.  Raises ``InputError`` for an
    unknown name, with the nearest valid one, and for a value out of range.

    Args:
        case: a case by name, or the path of its TOML file.
        seed: a whole number from 0 below 2**64; all luck follows from it.
        policy: a policy of the case by name, or the path of a TOML file.
        engine: "auto", "mesa" or "compiled"; the numbers are the same.
        mode: which dated moves are imposed: "free", "until" or "conditioned"; that of the policy unless given.
        until: the day of mode "until"; moves known by then are imposed.
        step_days: length of a political step [days]; that of the case unless given.
        theory: theory of readiness: "readiness", "ripeness", "commitment" or "reciprocity".
        **levers_and_parameters: levers, 0 to 1, and parameters as ``group__name``, in their units.

    Returns:
        Outcome name -> number, in its unit, with ``end_reason`` and ``end_date`` (ISO) as text.

    Raises:
        InputError: for an unknown name or a value out of range, with the nearest valid name.

    Examples:
        >>> import detente
        >>> settings = {"policy": "status-quo", "engine": "mesa", "parallel_tracks": 0.8, "trust__memory": 300}
        >>> outcomes = detente.evaluate("template", seed=3, **settings)
        >>> outcomes == detente.evaluate("template", seed=3, **settings)  # the same seed, the same run
        True
        >>> 0 <= outcomes["final_trust"] <= 1
        True
    """
    levers, parameters = split_settings(levers_and_parameters)
    scenario, chosen = loaded(case, policy, (*stamp(case), *stamp(policy)))
    start = opening(
        scenario,
        chosen,
        levers=checked_levers(levers),
        parameters=merged_parameters(scenario.parameters, parameters or None),
        mode=mode,
        until=checked_date(until),
        step_days=checked_step(step_days),
        theory=checked_theory(theory),
    )
    return outcomes_of(start, checked_seed(as_python(seed)), engine)


@lru_cache(maxsize=64)
def loaded(case: str, policy: str, files: Stamp) -> tuple[Scenario, Policy]:
    """A case and a policy of it; ``files`` only tells one state of them from another."""
    del files
    scenario = load_scenario(case)
    return scenario, load_policy(scenario, policy)


def stamp(name: str) -> Stamp:
    """What tells whether the files of a case or policy given by path have changed; shipped ones do not."""
    if not is_path(name):
        return ()
    path = Path(name)
    return tuple(sorted(stamps([path.parent, path.parent / "policies"])))


def stamps(folders: list[Path]) -> Iterator[tuple[str, int, int]]:
    """Name, time of change [ns] and size of each TOML file; those that cannot be read are left to be complained of."""
    for folder in folders:
        for path in folder.glob("*.toml"):
            try:
                info = path.stat()
            except OSError:
                continue
            yield str(path), info.st_mtime_ns, info.st_size


def outcomes_of(start: Opening, seed: int, engine: Engine) -> dict[str, float | str]:
    """The outcomes of a run; compiled rules keep nothing of it but the last state."""
    if chosen_engine(start, engine, None) == "mesa":
        return run_opening(start, seed, engine="mesa").outcomes
    from detente.model.engine import run_batch

    batch = run_batch(start, [seed], threads=1)
    finals = Finals(start, batch.final_columns, batch.final)
    numbers = {name: float(values[0]) for name, values in read_outcomes(finals).items()}
    return {**numbers, "end_reason": end_reasons(finals)[0], "end_date": end_dates(finals)[0].isoformat()}
