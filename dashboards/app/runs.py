"""Runs made lately, ready to be sent: each kept under the digest of all that decides it."""

from __future__ import annotations

from typing import NamedTuple

from detente.dashboards.app.cases import Cases
from detente.dashboards.app.lately import LatelyUsed
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
        self._cases = cases
        self._openings: LatelyUsed[tuple[str, tuple[int, ...]], Opening] = LatelyUsed(kept)

    def open(self, recipe: Recipe) -> Opening:
        """The opening of a recipe; raises ``InputError`` for what the case does not have."""
        key = (recipe.model_dump_json(), self._cases.stamp(self._cases.name_of(recipe.case)))
        start = self._openings.find(key)
        return self._openings.keep(key, recipe.open()) if start is None else start


class RunBook:
    """The runs made lately, the least lately used forgotten first; safe to use from several threads.

    It belongs to nobody: two viewers of one run get the same bytes.
    """

    def __init__(self, kept: int = KEPT) -> None:
        self._made: LatelyUsed[str, Made] = LatelyUsed(kept)

    def __len__(self) -> int:
        return len(self._made)

    def find(self, key: str) -> Made | None:
        """The run of a key, if it is still here."""
        return self._made.find(key)

    def run(self, recipe: Recipe) -> tuple[Opening, Made]:
        """The run of a recipe, made now unless it is here; raises ``InputError`` for what the case does not have."""
        start = recipe.open()
        key = key_of(start, recipe.seed)
        found = self.find(key)
        if found is None:
            run = run_opening(start, recipe.seed)
            found = Made(key, encoded(run, key), run.trajectory.sha256, run.trajectory.engine)
            self._made.keep(key, found)
        return start, found
