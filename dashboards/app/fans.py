"""Fans for a page: bands over many runs.  The latest question of a viewer wins; equal questions are answered once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any

import numpy as np

from detente.experiments.io.plain_json import without_nan
from detente.experiments.runs.ensemble import Ensemble, run_together
from detente.experiments.runs.replay import Recipe, key_of
from detente.model.errors import wrong

MOST_RUNS = 1000
KEPT = 64
BANDS = ("low80", "low50", "median", "high50", "high80")


class SupersededError(Exception):
    """The viewer has asked something else meanwhile."""


class FanBook:
    """Fans made lately, and the latest turn of each viewer."""

    def __init__(self) -> None:
        self._made: OrderedDict[tuple[str, int], dict[str, Any]] = OrderedDict()
        self._turns: OrderedDict[str, int] = OrderedDict()
        self._lock = threading.Lock()
        self._working = threading.Lock()

    def fan(self, recipe: Recipe, runs: Any, token: str, turn: int) -> dict[str, Any]:
        """Bands of a recipe over seeds 1 to ``runs``; raises ``SupersededError`` for an old question."""
        if isinstance(runs, bool) or not isinstance(runs, int) or not 1 <= runs <= MOST_RUNS:
            raise wrong("runs", runs, f"a whole number from 1 to {MOST_RUNS}")
        start = recipe.open()
        key = (key_of(start, 0), runs)
        self._note(token, turn)
        with self._working:  # one fan at a time has all processors; the others wait, or are given up
            found = self._made.get(key)
            if found is None:
                self._check(token, turn)
                (made,) = run_together(
                    [start], tuple(range(1, runs + 1)), progress=lambda done, total: self._check(token, turn)
                )
                found = fan_lines(made)
                self._keep(key, found)
        return found

    def _note(self, token: str, turn: int) -> None:
        with self._lock:
            self._turns[token] = max(turn, self._turns.get(token, 0))
            self._turns.move_to_end(token)
            while len(self._turns) > 10 * KEPT:
                self._turns.popitem(last=False)

    def _check(self, token: str, turn: int) -> None:
        if self._turns.get(token, turn) > turn:
            raise SupersededError

    def _keep(self, key: tuple[str, int], made: dict[str, Any]) -> None:
        self._made[key] = made
        while len(self._made) > KEPT:
            self._made.popitem(last=False)


def fan_lines(made: Ensemble) -> dict[str, Any]:
    """A fan as plain lists: for each series its days and bands; and how the runs ended."""
    start = made.start.scenario.case.start
    series: dict[str, Any] = {}
    for name, group in made.fan().groupby("series", sort=False, observed=True):
        days = [(day.date() - start).days for day in group["date"]]
        lines = {band: np.round(group[band].to_numpy(float), 4).tolist() for band in BANDS}
        series[str(name)] = {"days": days, **lines}
    return without_nan({"runs": len(made.seeds), "endings": made.endings(), "series": series})
