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
    targets_of,
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


def row(**changes):
    usual = {"id": "L9", "quantity": "q", "subset": "s", "value": "0.5", "lo90": "", "hi90": "", "n": "20"}
    return {**usual, "strength": "strong", **changes}


def test_a_line_of_one_number():
    (one,) = targets_of(row(lo90="0.4", hi90="0.6"))
    assert (one.id, one.part, one.quantity, one.subset, one.strength) == ("L9", "", "q", "s", "strong")
    assert (one.value, one.low, one.high, one.n, one.label) == (0.5, 0.4, 0.6, 20, "L9")
    assert isinstance(one.n, int)


def test_a_line_of_several_numbers_with_one_n():
    first, second = targets_of(row(id="C15b", value="-0.7;1.2", lo90="-0.9;1.0", hi90="-0.5;1.4", n="99"))
    assert [(t.label, t.value, t.low, t.high, t.n) for t in (first, second)] == [
        ("C15b (mean)", -0.7, -0.9, -0.5, 99),
        ("C15b (spread)", 1.2, 1.0, 1.4, 99),
    ]


def test_only_shares_have_an_interval_of_their_sampling_and_only_where_none_is_given():
    share, given, other = (
        targets_of(row(**changes))[0]
        for changes in ({"id": "C11"}, {"id": "C11", "lo90": "0.1", "hi90": "0.9"}, {})
    )
    assert (share.low, share.high) == sampling_interval(0.5, 20)
    assert (given.low, given.high) == (0.1, 0.9)
    assert math.isnan(other.low)


@pytest.mark.parametrize(("value", "n"), [(0.2, 40), (0.9, 12), (0.0, 10), (1.0, 10)])
def test_the_interval_of_a_share_is_where_it_lies_at_its_own_edge(value, n):
    """Wilson's: the shares whose own normal interval just reaches what was seen."""
    for end in sampling_interval(value, n):
        assert abs(value - end) == pytest.approx(1.645 * math.sqrt(end * (1 - end) / n), abs=1e-9)
