"""Many futures for a page: ensembles made lately, and the latest question of each viewer, which wins.

An ensemble of 500 runs begins with that of 100, which is there five times sooner; equal questions are answered once.
While the first answer is drawn the rest is computed.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from detente.dashboards.app.fans import SupersededError
from detente.experiments.runs.ensemble import Ensemble, run_together
from detente.experiments.runs.outcomes import Finals
from detente.experiments.runs.replay import key_of
from detente.model.opening import Opening

FIRST, ALL = 100, 500
"""Runs of the first answer, and of the whole one."""

KEPT = 24
"""Ensembles kept; one of the Afghan case takes about 6 MB."""

WAIT = 0.05
"""Time between two looks at whether a question that waits is still the latest [s]."""


class Turn(NamedTuple):
    """A viewer's question: it counts while no other one has come."""

    viewer: str
    number: int
    question: Any


class FutureBook:
    """Ensembles made lately, the least lately used forgotten first; safe to use from several threads."""

    def __init__(self) -> None:
        self._made: OrderedDict[tuple[str, int], Ensemble] = OrderedDict()
        self._turns: OrderedDict[str, Turn] = OrderedDict()
        self._lock = threading.Lock()
        self._working = threading.Lock()

    def turn(self, viewer: str, question: Any) -> Turn:
        """A viewer's question, which ends the one before unless it is the same."""
        with self._lock:
            latest = self._turns.pop(viewer, None)
            if latest is None or latest.question != question:
                latest = Turn(viewer, latest.number + 1 if latest else 1, question)
            self._turns[viewer] = latest
            while len(self._turns) > 20 * KEPT:
                self._turns.popitem(last=False)
            return latest

    def standing(self, viewer: str, question: Any) -> Turn:
        """The turn of a question asked before; raises ``SupersededError`` if the viewer has asked another since."""
        latest = self._turns.get(viewer)
        if latest is not None and latest.question != question:
            raise SupersededError
        return latest or self.turn(viewer, question)  # a server started anew knows of none

    def check(self, turn: Turn) -> None:
        """Raise ``SupersededError`` if the viewer has asked something else since."""
        if self._turns.get(turn.viewer, turn).number > turn.number:
            raise SupersededError

    def has(self, starts: Iterable[Opening], runs: int) -> bool:
        """Whether so many runs of all openings are there."""
        return all(self._find(key_of(start, 0), runs) for start in starts)

    def go_on(self, starts: Iterable[Opening], turn: Turn) -> None:
        """Compute all runs of openings in the background, until the viewer asks something else."""
        threading.Thread(target=self._rest, args=(tuple(starts), turn), name="futures", daemon=True).start()

    def _rest(self, starts: tuple[Opening, ...], turn: Turn) -> None:
        with suppress(SupersededError):
            for start in starts:
                self.ensemble(start, ALL, turn)

    def ensemble(self, start: Opening, runs: int, turn: Turn) -> Ensemble:
        """Runs of an opening, seeds 1 to ``runs``; raises ``SupersededError`` if nobody waits for them any more."""
        key = key_of(start, 0)
        found = self._find(key, runs)
        if found is not None:
            return found
        while not self._working.acquire(timeout=WAIT):  # one at a time has all processors
            self.check(turn)
        try:
            return self._find(key, runs) or self._make(start, key, runs, turn)
        finally:
            self._working.release()

    def _make(self, start: Opening, key: str, runs: int, turn: Turn) -> Ensemble:
        self.check(turn)
        begun = self._find(key, FIRST) if runs > FIRST else None
        seeds = tuple(range(1 + (len(begun.seeds) if begun else 0), runs + 1))
        progress: Callable[[int, int], None] = lambda done, total: self.check(turn)  # noqa: E731
        (made,) = run_together([start], seeds, progress=progress)
        whole = joined(begun, made) if begun else made
        with self._lock:
            self._made[key, runs] = whole
            while len(self._made) > KEPT:
                self._made.popitem(last=False)
        return whole

    def _find(self, key: str, runs: int) -> Ensemble | None:
        with self._lock:
            found = self._made.get((key, runs))
            if found is not None:
                self._made.move_to_end((key, runs))
            return found


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


def named(made: Ensemble, name: str) -> Ensemble:
    """An ensemble under another name of its policy, to stand beside that policy itself."""
    if made.start.policy.name == name:
        return made  # and what is worked out of it stays worked out
    policy = made.start.policy.model_copy(update={"name": name})
    return replace(made, start=replace(made.start, policy=policy))
