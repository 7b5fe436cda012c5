"""One plain function from settings to outcomes, for tools that sweep, calibrate or optimise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from detente.experiments.runs.outcomes import Finals, end_dates, end_reasons, plain_outcomes
from detente.experiments.runs.run import Engine, chosen_engine, run_opening
from detente.model.catalogue import is_path, load_scenario
from detente.model.opening import Opening
from detente.model.request import (
    CaseLike,
    CaseOptions,
    PolicyLike,
    Request,
    checked_seed,
    policy_of,
    scenario_of,
)

if TYPE_CHECKING:
    from detente.agents.actors import Actor
    from detente.experiments.runs.seeds import Seed
    from detente.model.policy import Policy
    from detente.model.scenario import Scenario

Stamp = tuple[tuple[str, int, int], ...]


def evaluate(
    case: CaseLike,
    seed: Seed = 1,
    *,
    policy: PolicyLike | None = None,
    engine: Engine = "auto",
    actors: Mapping[str, type[Actor]] | None = None,
    **asked: Unpack[CaseOptions],
) -> dict[str, float | str]:
    """The outcomes of one run as plain values, for tools that sweep, calibrate or optimise.

    Args:
        case: a case by name, the path of its file or folder, or a case that is loaded.  Files are read again only when
            they have changed.
        seed: seed of the run's luck, a whole number from 0 below 2**64, or numpy's ``SeedSequence``, ``Generator`` or
            ``BitGenerator``, of which it takes one; a generator moves on by that.
        policy: a policy of the case by name, or the path of one; the case's own first policy unless given.
        engine: "auto", "mesa" or "compiled"; all give the same numbers.
        actors: name of an actor -> a subclass of its class; runs on Mesa.
        **asked: keywords of every function that opens a case (see ``detente.model.request.CaseOptions``); any other is
            a lever (``direct_channel=0.8``) or a parameter (``trust__memory=300``, or ``**{"trust.memory": 300}``).

    Returns:
        Outcome -> value in the unit of ``detente.OUTCOMES``, with ``end_reason`` and ``end_date``.  What a run has no
        value of, as the length of its ceasefires where there was none, is NaN.

    Raises:
        InputError: for anything it cannot use, with the nearest valid name.

    Examples:
        >>> import detente
        >>> settings = {"policy": "status-quo", "engine": "mesa", "parallel_tracks": 0.8, "trust__memory": 300}
        >>> outcomes = detente.evaluate("template", seed=3, **settings)
        >>> outcomes == detente.evaluate("template", seed=3, **settings)  # the same seed, the same run
        True
        >>> 0 <= outcomes["final_trust"] <= 1
        True
    """
    start = Request.of(*loaded(case, policy), asked, evaluate).open()
    return outcomes_of(start, checked_seed(seed), engine, actors)


def loaded(case: CaseLike, policy: PolicyLike | None) -> tuple[Scenario, Policy]:
    """A case and a policy of it, out of memory while their files are as they were."""
    if isinstance(case, str | Path) and isinstance(policy, str | Path | None):
        return loaded_before(case, policy, (*stamp(case), *(stamp(policy) if policy else ())))
    scenario = scenario_of(case)
    return scenario, policy_of(scenario, policy)


@lru_cache(maxsize=64)
def loaded_before(case: str | Path, policy: str | Path | None, files: Stamp) -> tuple[Scenario, Policy]:
    """A case and a policy of it; ``files`` only tells one state of them from another."""
    del files
    scenario = load_scenario(case)
    return scenario, policy_of(scenario, policy)


def stamp(name: str | Path) -> Stamp:
    """What tells whether the files of a case or policy given by path have changed; shipped ones do not."""
    if not is_path(name):
        return ()
    folder = Path(name) if Path(name).is_dir() else Path(name).parent
    return tuple(sorted(stamps([folder, folder / "policies"])))


def stamps(folders: list[Path]) -> Iterator[tuple[str, int, int]]:
    """Name, time of change [ns] and size of each TOML file; those that cannot be read are left to be complained of."""
    for folder in folders:
        for path in folder.glob("*.toml"):
            try:
                info = path.stat()
            except OSError:
                continue
            yield str(path), info.st_mtime_ns, info.st_size


def outcomes_of(
    start: Opening, seed: int, engine: Engine, actors: Mapping[str, type[Actor]] | None = None
) -> dict[str, float | str]:
    """The outcomes of a run; compiled rules keep nothing of it but the last state."""
    if chosen_engine(start, engine, actors) == "mesa":
        return run_opening(start, seed, engine="mesa", actors=actors).outcomes
    from detente.model.engine import run_batch

    batch = run_batch(start, [seed], threads=1)
    finals = Finals(start, batch.final_columns, batch.final)
    return {
        **plain_outcomes(finals),
        "end_reason": end_reasons(finals)[0],
        "end_date": end_dates(finals)[0].isoformat(),
    }
