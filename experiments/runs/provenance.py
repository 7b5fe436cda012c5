"""What a result was computed from: case, policy, settings, digests and versions."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from detente.model.keywords import FACT
from detente.model.opening import Opening, facts_drawn

if TYPE_CHECKING:
    import pandas as pd

    from detente.model.policy import MoveSpec


NOT_A_FORECAST = "what happens if its assumptions hold; not a forecast"


@cache
def installed(package: str) -> str:
    """The version of an installed package."""
    return version(package)


def provenance(start: Opening) -> dict[str, Any]:
    """What results of an opening were made from: case, policy, mode, settings, digests and versions."""
    from detente.model.kernel import rules_digest

    return {
        "case": start.scenario.case.name,
        "policy": start.policy.name,
        "mode": start.mode,
        "theory": start.theory,
        "before": before(start),
        "decisions": [written_move(d) for d in start.decisions],
        "levers": dict(start.levers),
        "facts": dict(start.facts),
        "priors": [fact.path for fact in start.priors],
        "step_days": start.step_days,
        "version": installed("detente"),
        "scenario_sha256": start.scenario.sha256,
        "policy_sha256": start.policy.sha256,
        "parameters": changed_parameters(start),
        "rules_digest": rules_digest(),
        "versions": {
            "python": platform.python_version(),
            **{name: installed(name) for name in ("mesa", "numpy", "numba")},
        },
    }


def drawn_facts(start: Opening, seeds: Sequence[int]) -> pd.DataFrame:
    """The facts that each seed draws: a row a seed, a column ``fact.PATH`` each; no column where none is drawn."""
    import pandas as pd

    rows = [facts_drawn(start, seed) for seed in seeds]
    return pd.DataFrame(rows, index=range(len(rows))).add_prefix(f"{FACT}.")


def facts_words(start: Opening) -> str:
    """Which facts each seed draws, in a line; nothing where it draws none."""
    paths = ", ".join(fact.path for fact in start.priors)
    return f"Facts drawn for each seed (--point takes the values of the case): {paths}." if paths else ""


def written_move(move: MoveSpec) -> dict[str, Any]:
    """A decision as a file has it: the keys that are set, dates as text."""
    return move.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def before(start: Opening) -> dict[str, str] | None:
    """The policy that stood until another took over, and the day of that; none where one stands throughout."""
    if start.before is None:
        return None
    day, policy = start.before
    return {"until": day.isoformat(), "policy": policy.name, "policy_sha256": policy.sha256}


def changed_parameters(start: Opening) -> dict[str, float]:
    """Parameters that differ from the case's own, as ``group.name``."""
    own, used = start.scenario.parameters.model_dump(), start.parameters.model_dump()
    return {f"{g}.{n}": value for g, vs in used.items() for n, value in vs.items() if value != own[g][n]}


def kills(start: Opening) -> bool:
    """Whether anybody's attacks kill; in a case where none do, they are provocations."""
    scenario = start.scenario
    return bool(scenario.spoiler) or any(r.hostile and r.lethal and any(r.attacks) for r in scenario.relation)
