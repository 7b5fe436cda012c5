"""Ceasefires and agreements of the past with the deaths before and after them, as a back-test asks for them.

An act begins an episode; acts whose window before lies within the window after the first belong to it, since the same
deaths would be counted for both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.experiments.benchmark.deaths_between import Deaths, months_after
from detente.experiments.cases.builder.evidence import Evidence
from detente.experiments.data.report import DAY

if TYPE_CHECKING:
    import pandas as pd

TRUCE, AGREEMENT = "ceasefire", "agreement"
CLASSES = ("cessation", "preliminary", "definitive")


@dataclass(frozen=True)
class Act:
    """A ceasefire or an agreement on the day on which it was made; ``row`` is its row in the table it stands in.

    ``sort`` is the class of the ceasefire or the type of the agreement, ``joint`` whether both sides made it, ``local``
    whether it covers a part of the war only.
    """

    day: date
    kind: str
    sort: str
    joint: bool
    local: bool
    row: Any

    @property
    def rank(self) -> int:
        """The class of a ceasefire as a number, 0 for the first."""
        return CLASSES.index(self.sort) if self.sort in CLASSES else 0


@dataclass(frozen=True)
class Episode:
    """Acts that are judged together over one window: those of the first day, and those that fall into the window.

    ``before`` and ``after`` are the deaths observed in so many months before the day and from it on.
    """

    day: date
    months: int
    acts: tuple[Act, ...]
    later: int
    before: float
    after: float

    @property
    def log_ratio(self) -> float:
        """The log of (D + .5) / (D' + .5)."""
        return float(np.log((self.after + 0.5) / (self.before + 0.5)))


def acts_of(evidence: Evidence) -> list[Act]:
    """Every act whose day is known, in the order of their days."""
    acts = [*truces(evidence.truces), *agreements(evidence.agreements)]
    return sorted(acts, key=lambda act: act.day)


def known_days(table: pd.DataFrame | None) -> Iterator[tuple[date, Any]]:
    """The rows of a table whose day is known, with it; the column class is called sort, which Python lets stand."""
    rows: list[Any] = [] if table is None else list(table.rename(columns={"class": "sort"}).itertuples())
    for row in rows:
        if row.start_precision == DAY:
            yield row.start.date(), row


def truces(table: pd.DataFrame | None) -> Iterator[Act]:
    """Ceasefires as acts."""
    for day, row in known_days(table):
        joint, local = row.side in ("bilateral", "multilateral"), str(row.partial) == "1"
        yield Act(day, TRUCE, str(row.sort), joint, local, row)


def agreements(table: pd.DataFrame | None) -> Iterator[Act]:
    """Agreements as acts; a row that says that it is a ceasefire counts as one."""
    for day, row in known_days(table):
        if TRUCE in str(row.type):
            yield Act(day, TRUCE, "", len(str(row.parties)) > 0, False, row)
        else:
            word = next((w for w in ("full", "partial", "process") if w in str(row.type)), "other")
            yield Act(day, AGREEMENT, word, True, False, row)


def episodes(acts: Sequence[Act], deaths: Deaths, months: int) -> list[Episode]:
    """The episodes of a conflict over one length of window; acts whose windows are not observed begin none."""
    found: list[Episode] = []
    over = date.min
    for day in dict.fromkeys(act.day for act in acts):
        if day < over:
            continue
        end = months_after(day, months)
        pre, post = deaths.between(months_after(day, -months), day), deaths.between(day, end)
        if pre is None or post is None:
            continue
        own = tuple(act for act in acts if act.day == day)
        later = sum(day < act.day < end for act in acts)
        found.append(Episode(day, months, own, later, pre, post))
        over = end
    return found
