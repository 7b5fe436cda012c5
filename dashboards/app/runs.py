"""Runs made lately, ready to be sent: each kept under the digest of all that decides it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import NamedTuple

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
