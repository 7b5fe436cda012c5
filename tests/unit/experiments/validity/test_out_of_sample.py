"""Which patterns of the Korean case date from after what its numbers were taken from."""

from detente.experiments.validity.patterns.korea import LATER, patterns


def test_patterns_of_later_years_are_out_of_sample():
    assert {p.key for p in patterns() if p.out_of_sample} == set(LATER)
