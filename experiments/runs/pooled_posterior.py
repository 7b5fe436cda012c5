"""The pooled posterior: what all conflicts share, fitted once over many of them; it ships with the package.

Beside its draws stand their log weights without each conflict, so that what one conflict contributed can be taken out
without a further run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.agents.parameters import Parameters, profile_of
from detente.experiments.runs.posterior import Posterior, read_posterior
from detente.model.consistency import MAX_BRANCHING
from detente.model.errors import InputError, unknown, wrong

if TYPE_CHECKING:
    from detente.model.scenario import Scenario

Values = np.ndarray[Any, Any]

POOLED = "pooled"
"""The word for the posterior that ships with the package."""

SHIPPED = Path(__file__).with_name("pooled_posterior.json")
WITHOUT = "log_weights_without"
"""Key of the log weights: conflict -> one number a draw."""


def pooled_posterior() -> Posterior:
    """The pooled posterior that ships with the package; whoever draws from it says under which rules it was fitted."""
    if not SHIPPED.exists():
        raise InputError(
            "posterior: this version ships no pooled posterior; expected stored, ranges or a file"
        )
    found = read_posterior(SHIPPED)
    return replace(found, weights=openable(found))


def openable(posterior: Posterior) -> Values:
    """Weights of the draws, 0 for those that no case could be opened with: excitation is bounded as a sum."""
    usual = Parameters().violence
    total = sum(
        posterior.values[:, posterior.names.index(f"violence.{name}")]
        if f"violence.{name}" in posterior.names
        else np.full(len(posterior.weights), getattr(usual, name))
        for name in ("n_own", "n_rec", "n_ally")
    )
    weights = np.where(total <= MAX_BRANCHING, posterior.weights, 0.0)
    return weights / weights.sum()


def is_pooled(posterior: Posterior) -> bool:
    """Whether a posterior was fitted over many conflicts."""
    return WITHOUT in posterior.about


def check_current(posterior: Posterior, place: str) -> None:
    """Refuse a posterior of another core, and a pooled one of another version: its parameters mean something else."""
    from importlib.metadata import version

    made, current = posterior.about.get("version"), version("detente")
    if made != current and (is_pooled(posterior) or profile_of(str(made))):
        raise wrong(f"{place}: version", made, f"a posterior of version {current}; fit it again")


def case_parameters(scenario: Scenario) -> frozenset[str]:
    """Parameters that a case sets itself: what was measured there stands before what is shared."""
    groups: Any = scenario.parameters
    return frozenset(
        f"{group}.{name}"
        for group in groups.model_fields_set
        for name in getattr(groups, group).model_fields_set
    )


@dataclass(frozen=True)
class LeftOut:
    """A pooled posterior without one conflict: the same draws with other weights.

    ``effective_size`` is the number of equally weighted draws that are worth as much.
    """

    posterior: Posterior
    conflict: str
    effective_size: float

    @property
    def words(self) -> str:
        """What was left out, and what that leaves, in a line."""
        n = len(self.posterior.weights)
        size = f"effective sample size {self.effective_size:.0f} of {n} draws"
        return f"pooled posterior without {self.conflict}: {size}"


def leave_out(posterior: Posterior, conflict: str) -> LeftOut:
    """The pooled posterior without what one conflict says.

    Args:
        posterior: a pooled posterior, such as ``pooled_posterior()`` gives.
        conflict: name of the conflict; one that is not in the pool is refused.

    Raises:
        InputError: for a posterior of one case, and for a conflict that it was not fitted over.
    """
    logs: Mapping[str, Sequence[float]] = posterior.about.get(WITHOUT, {})
    if not logs:
        raise InputError(
            "posterior: was fitted to one case; expected one that detente calibrate --pool wrote"
        )
    if conflict not in logs:
        raise unknown("leave out", conflict, logs)
    relative = np.log(np.maximum(posterior.weights, 1e-300)) + np.asarray(logs[conflict], dtype=float)
    weights = np.exp(relative - relative.max())
    weights /= weights.sum()
    left = replace(posterior, weights=weights, about={**posterior.about, "left_out_conflict": conflict})
    return LeftOut(left, conflict, float(1.0 / np.sum(weights**2)))
