"""The targets that ship with the package."""

import math

import pytest

from detente.experiments.evidence.world_targets import (
    FILE,
    PARTS,
    SHARES,
    STRENGTHS,
    numbers,
    sampling_interval,
    targets,
)


def test_targets_of_several_numbers_are_taken_apart():
    both = [t for t in targets() if t.id == "H9"]
    assert [(t.label, t.value) for t in both] == [("H9 (2 years)", 0.18), ("H9 (5 years)", 0.49)]
    by_outcome = [t for t in targets() if t.id == "H10"]
    assert [t.n for t in by_outcome] == [31, 46, 113, 30]


def test_an_interval_that_is_not_given_is_unknown():
    first = next(t for t in targets() if t.id == "L9")
    assert math.isnan(first.low)
    assert math.isnan(first.high)
    assert numbers("1;2", 2) == [1.0, 2.0]
    assert numbers("3", 2) == [3.0, 3.0]


def test_every_target_has_a_strength_and_a_name_of_its_own():
    known = targets()
    assert {t.strength for t in known} == set(STRENGTHS)
    assert len({t.label for t in known}) == len(known)
    assert set(PARTS) <= {t.id for t in known}


def test_the_shipped_file_is_the_published_one(shared_data):
    published = shared_data / "empirics" / "targets.csv"
    if not published.exists():
        pytest.skip("the published targets are not here")
    assert FILE.read_bytes() == published.read_bytes()


def test_a_share_without_an_interval_has_that_of_its_sampling():
    # Wilson, 50 of 100 at 90 %
    assert sampling_interval(0.5, 100) == pytest.approx((0.4189, 0.5811), abs=2e-4)
    shares = [t for t in targets() if t.id in SHARES]
    assert all(t.low < t.value < t.high for t in shares)
    assert {t.id for t in shares} == set(SHARES)
