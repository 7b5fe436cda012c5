"""Agreements in part: signed of the sides' own accord beside full ones, more often at a higher rate, not at none."""

from collections import Counter

import pytest

import detente
from detente.experiments.validity.war_records import FULL, PARTIAL, status_quo, war_records

pytestmark = pytest.mark.usefixtures("compiled")
WARS, SEEDS, YEARS = 12, 8, 15


def signed(rate: float) -> Counter[str]:
    """Agreements of drawn wars by type, with parts of an agenda signed at a rate [1/year]."""
    found: Counter[str] = Counter()
    for war in detente.world(WARS):
        start = status_quo(war, YEARS, {"settlement": {"interim": rate}})
        for record in war_records(start, range(1, SEEDS + 1), 1):
            found.update(kind for _, _, kind, _ in record["agreements"])
    return found


@pytest.fixture(scope="module")
def usual() -> Counter[str]:
    """Agreements at the default rate."""
    return signed(2.0)


def test_both_kinds_are_signed(usual: Counter[str]) -> None:
    assert usual[PARTIAL] >= 10
    assert usual[FULL] >= 10


def test_next_to_none_is_partial_with_the_rate_at_0(usual: Counter[str]) -> None:
    without = signed(0.0)
    assert without[PARTIAL] < usual[PARTIAL] / 3
    assert without[FULL] >= 10


def test_more_are_partial_at_a_higher_rate(usual: Counter[str]) -> None:
    assert signed(6.0)[PARTIAL] > usual[PARTIAL]
