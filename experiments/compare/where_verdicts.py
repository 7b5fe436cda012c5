"""What is said of an effect in a few words, by both intervals and the share of draws in which its sign holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from detente.experiments.runs.two_intervals import CLAIMED

if TYPE_CHECKING:
    import pandas as pd

    from detente.model.scenario import Scenario

POINT = "point"
"""The part of the work at the declared numbers."""

NEVER = 0.05
"""Share of draws up to which the opposite of a sign counts as not met."""

HELPS, HURTS, UNCLEAR, NOTHING, MISSING = "helps", "hurts", "not told from luck", "no effect", "no value"
OR_NOTHING, AT_POINT = "or does nothing", "at the declared numbers"


def draw_name(number: int) -> str:
    """A draw, as a line of results names it."""
    return f"draw {number}"


def verdict(row: Mapping[str, Any], better: int) -> str:
    """An effect in a few words, by both intervals and the share of draws in which its sign holds."""
    mean, low, high = row["mean"], row["low95"], row["high95"]
    if row["pairs"] == 0:
        return MISSING
    if mean == 0 and not low < 0 < high:
        return NOTHING
    if not (low > 0 or high < 0):
        return UNCLEAR
    word = HELPS if mean * better > 0 else HURTS
    if row["draws"] == 0 or row["sign_share"] < CLAIMED:
        harmless = row["draws"] > 0 and row["opposite_share"] <= NEVER
        return f"{word} {OR_NOTHING}" if harmless else f"{word} {AT_POINT}"
    return word


class Found(NamedTuple):
    """Effects over cases, as sentences are written from them."""

    scenarios: Mapping[str, Scenario]
    cases: tuple[str, ...]
    effects: pd.DataFrame
    associations: pd.DataFrame
    clear_correlation: float


def rows_of(effects: pd.DataFrame, **at: str) -> pd.DataFrame:
    """The rows of effects with some values in some columns."""
    for column, value in at.items():
        effects = effects[effects[column] == value]
    return effects


def is_firm(word: str) -> bool:
    """Whether a verdict holds whatever is drawn: it helps or hurts without an addition."""
    return word in (HELPS, HURTS)


def listed(words: Sequence[str]) -> str:
    """Words in a row, with *and* before the last."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
