"""After a side has ended a ceasefire, violence is back above its old level (target E1), and offensives are why."""

import pytest

import detente

pytestmark = pytest.mark.acceptance


def rebound(**parameters: float):
    """Target E1 over drawn wars: events of the 30 days after, over those before the ceasefire."""
    card = detente.validate_world(40, 5, parameters=parameters, draws=20)
    return next(row for row in card.results if row.target.label == "E1")


def test_violence_returns_as_observed():
    assert rebound().verdict == "inside"


def test_control_without_offensives_it_does_not():
    alone = rebound(**{"violence.offensive": 0.0})
    assert alone.high < alone.target.low
