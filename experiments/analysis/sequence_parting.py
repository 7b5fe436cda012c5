"""Where two orders part, and why: the chronicles of the same seeds side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from detente.experiments.runs.run import run_opening
from detente.model.opening import Opening

if TYPE_CHECKING:
    import pandas as pd

SEEDS = 20
"""Seeds whose chronicles are held side by side."""

LINES = 10
"""Lines of each chronicle that are told."""

BY_ORDER = ("move_imposed", "move_blocked")
"""Events that say no more than what follows them: an order laid it down, or ruled it out."""

OWN = "your decision"
"""How chronicles speak of a move that was laid on top of a policy, as those of an order are."""

Line = tuple[str, str]


@dataclass(frozen=True)
class Parting:
    """Where two orders part.

    ``day``: when their moves first differ.  ``consequence`` and ``first_days``: what differs first that neither order
    laid down, the kind of event met in most seeds (in a ``share`` of them), and the days of what differs first.
    ``left`` and ``right``: the lines of one such ``seed`` that the other chronicle has not, with their dates.
    """

    orders: tuple[str, str]
    day: str
    consequence: str
    first_days: tuple[str, ...]
    share: float
    seed: int
    left: tuple[Line, ...]
    right: tuple[Line, ...]

    @property
    def median_day(self) -> str:
        """The middle one of the days of the first consequence; empty where there is none."""
        days = sorted(self.first_days)
        return days[len(days) // 2] if days else ""

    @property
    def words(self) -> str:
        """Where they part and why, in a sentence."""
        first, second = self.orders
        head = f"'{first}' and '{second}' part on {self.day}"
        if not self.consequence:
            return f"{head}; nothing else differs in these seeds."
        kind = self.consequence.replace("_", " ")
        return (
            f"{head}. What differs first beside their own moves is most often '{kind}' ({100 * self.share:.0f} % of "
            f"seeds), half of the time by {self.median_day}."
        )

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        kept = {
            "orders": list(self.orders),
            "day": self.day,
            "consequence": self.consequence,
            "share": self.share,
        }
        lines = {"left": [list(x) for x in self.left], "right": [list(x) for x in self.right]}
        return {**kept, "first_days": list(self.first_days), "seed": self.seed, **lines, "words": self.words}


def parting(first: Opening, second: Opening, names: tuple[str, str], seeds: Sequence[int]) -> Parting:
    """Hold two orders side by side under some seeds."""
    found = [(seed, *only_in_each(first, second, seed)) for seed in seeds]
    firsts = {seed: first_consequence(left, right) for seed, left, right in found}
    kinds = Counter(one[1] for one in firsts.values() if one is not None)
    kind = kinds.most_common(1)[0][0] if kinds else ""
    days = tuple(one[0].isoformat() for one in firsts.values() if one is not None)
    chosen = next((seed for seed, one in firsts.items() if one is not None and one[1] == kind), seeds[0])
    _, left, right = next(one for one in found if one[0] == chosen)
    day = first_move(first, second)
    share = kinds[kind] / len(seeds) if kind else 0.0
    return Parting(names, day.isoformat(), kind, days, share, chosen, lines_of(left), lines_of(right))


def only_in_each(first: Opening, second: Opening, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The events of a seed under each order that the other has not on the same day."""
    tables = [run_opening(start, seed, engine="compiled").events for start in (first, second)]
    keys = [list(zip(t["date"], t["sentence"], strict=True)) for t in tables]
    others = [Counter(keys[1]), Counter(keys[0])]
    kept: list[pd.DataFrame] = []
    for table, key, other in zip(tables, keys, others, strict=True):
        mask = [other[k] == 0 for k in key]
        kept.append(table[mask])
    return kept[0], kept[1]


def first_consequence(left: pd.DataFrame, right: pd.DataFrame) -> tuple[date, str] | None:
    """The first event in either that no order laid down: its day and its kind; none where there is none."""
    rows: list[tuple[date, str]] = []
    for table in (left, right):
        own = table[~table["sentence"].str.contains(OWN, regex=False)]
        if len(own):
            rows.append((day_of(own["date"].iloc[0]), str(own["event"].iloc[0])))
    return min(rows) if rows else None


def day_of(value: Any) -> date:
    """A day, out of a table's date."""
    return value.date() if hasattr(value, "date") else value


def first_move(first: Opening, second: Opening) -> date:
    """The first day on which the moves of two orders differ; that on which the levers act where conditions do."""
    sets = [
        {(m.date, m.actor, m.do, m.track, m.measure, m.end) for m in start.decisions}
        for start in (first, second)
    ]
    days = [row[0] for row in sets[0] ^ sets[1] if row[0] is not None]
    return min(days, default=first.scenario.case.pivot)


def lines_of(table: pd.DataFrame) -> tuple[Line, ...]:
    """The first lines of a chronicle."""
    rows = table[~table["event"].isin(BY_ORDER)].head(LINES)
    return tuple(
        (day_of(day).isoformat(), str(sentence).replace(OWN, "by the order"))
        for day, sentence in zip(rows["date"], rows["sentence"], strict=True)
    )
