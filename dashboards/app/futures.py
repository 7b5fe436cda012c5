"""Many futures for a page: ensembles computed lately, shared by all viewers.

An ensemble of 500 runs begins with that of 100, which is there five times sooner.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from detente.dashboards.app.lately import LatelyUsed
from detente.experiments.runs.ensemble import Ensemble, run_together
from detente.experiments.runs.outcomes import Finals
from detente.experiments.runs.replay import key_of
from detente.model.opening import Opening

FIRST, ALL = 100, 500
"""Runs of the first answer, and of the whole one."""

KEPT = 24
"""Ensembles kept; one of the Afghan case takes about 6 MB."""


class FutureBook:
    """Ensembles computed lately, the least lately used forgotten first; safe to use from several threads."""

    def __init__(self) -> None:
        self._made: LatelyUsed[tuple[str, int], Ensemble] = LatelyUsed(KEPT)

    def has(self, starts: Iterable[Opening], runs: int) -> bool:
        """Whether so many runs of all openings are there."""
        return all(self._made.find((key_of(start, 0), runs)) for start in starts)

    def ensemble(self, start: Opening, runs: int) -> Ensemble:
        """Runs of an opening, seeds 1 to ``runs``, computed now unless they are there."""
        key = key_of(start, 0)
        kept = self._made.find((key, runs))
        if kept is not None:
            return kept
        begun = self._made.find((key, FIRST)) if runs > FIRST else None
        seeds = tuple(range(1 + (len(begun.seeds) if begun else 0), runs + 1))
        (ensemble,) = run_together([start], seeds)
        made = joined(begun, ensemble) if begun else ensemble
        return self._made.keep((key, len(made.seeds)), made)


def joined(first: Ensemble, rest: Ensemble) -> Ensemble:
    """Two ensembles of one opening as one."""
    return Ensemble(
        start=first.start,
        watch=first.watch,
        seeds=first.seeds + rest.seeds,
        asked=first.asked + rest.asked,
        kept=np.concatenate([first.kept, rest.kept]),
        monthly_counts=np.concatenate([first.monthly_counts, rest.monthly_counts]),
        finals=Finals(
            first.start, first.finals.columns, np.concatenate([first.finals.rows, rest.finals.rows])
        ),
    )


def named(made: Ensemble, name: str, title: str) -> Ensemble:
    """An ensemble under another name and title of its policy, to stand beside that policy itself."""
    policy = made.start.policy
    if (policy.name, policy.title) == (name, title):
        return made  # and what is worked out of it stays worked out
    policy = policy.model_copy(update={"name": name, "title": title})
    return replace(made, start=replace(made.start, policy=policy))
