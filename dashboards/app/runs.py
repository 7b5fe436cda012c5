"""Runs made lately, ready to be sent: each kept under the digest of all that decides it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import NamedTuple

from detente.dashboards.app.cases import Cases
from detente.dashboards.app.payload import encoded
from detente.experiments.runs.replay import Recipe, key_of
from detente.experiments.runs.run import run_opening
from detente.model.opening import Opening

KEPT = 64
"""Runs kept [runs]; the Afghan case takes about 0.25 MB each."""


class Made(NamedTuple):
    """A run as it is sent to a browser, compressed, with the digest of its trajectory."""

    key: str
    body: bytes
    sha256: str
    engine: str


OPENED = 64
"""Openings kept."""


class Openings:
    """Recipes opened lately: a page that asks again costs no second opening; safe to use from several threads."""

    def __init__(self, cases: Cases, kept: int = OPENED) -> None:
        self._cases, self._kept = cases, kept
        self._openings: OrderedDict[tuple[str, tuple[int, ...]], Opening] = OrderedDict()
        self._lock = threading.Lock()

    def open(self, recipe: Recipe) -> Opening:
        """The opening of a recipe; raises ``InputError`` for what the case does not have."""
        key = (recipe.model_dump_json(), self._cases.stamp(self._cases.name_of(recipe.case)))
        with self._lock:
            if key in self._openings:
                self._openings.move_to_end(key)
                return self._openings[key]
        start = recipe.open()
        with self._lock:
            self._openings[key] = start
            while len(self._openings) > self._kept:
                self._openings.popitem(last=False)
        return start


class RunBook:
    """The runs made lately, the least lately used forgotten first; safe to use from several threads.

    It belongs to nobody: two viewers of one run get the same bytes.
    """

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._made: OrderedDict[str, Made] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._made)

    def find(self, key: str) -> Made | None:
        """The run of a key, if it is still here."""
        with self._lock:
            found = self._made.get(key)
            if found is not None:
                self._made.move_to_end(key)
            return found

    def run(self, recipe: Recipe) -> tuple[Opening, Made]:
        """The run of a recipe, made now unless it is here; raises ``InputError`` for what the case does not have."""
        start = recipe.open()
        key = key_of(start, recipe.seed)
        found = self.find(key)
        if found is None:
            run = run_opening(start, recipe.seed)
            found = Made(key, encoded(run, key), run.trajectory.sha256, run.trajectory.engine)
            self._keep(found)
        return start, found

    def _keep(self, made: Made) -> None:
        with self._lock:
            self._made[made.key] = made
            while len(self._made) > self._kept:
                self._made.popitem(last=False)
