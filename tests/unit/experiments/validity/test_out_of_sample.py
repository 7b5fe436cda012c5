"""Which patterns of the Korean case date from after what its numbers were taken from."""

from detente.experiments.validity.patterns import korea
from detente.experiments.validity.patterns.korea import LATER, patterns


def test_patterns_of_later_years_are_out_of_sample():
    assert {p.key for p in patterns() if p.out_of_sample} == set(LATER)


def test_the_card_has_the_patterns_of_every_part_in_their_order():
    parts = (korea.beginning(), korea.stall(), korea.launches(), korea.signs())
    found = korea.patterns()
    assert [p.key for p in found] == [p.key for part in parts for p in part]
