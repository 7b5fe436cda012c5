"""Parties that do not kill have a level of provocation of their own, and it moves from year to year."""

import numpy as np
import pytest
from builders import CALM, flat, lasting

YEARS, RUNS = 10, 15
TESTS = "dyads.north-korea>united-states.step_attacks"


def yearly_tests(workshop, volatility):
    """Tests of the North a year, with nothing but the level free to move them: shape (runs, years)."""
    tables = lasting(flat(workshop.tables("korea-2017")), YEARS)
    for relation in tables["relation"]:
        relation["volatility"] = volatility
    quiet = {"switches": CALM | {"level": 1, "attribution": 0}}
    start = workshop.opening(tables, parameters=quiet)
    assert [d.lethal for d in workshop.world(start).dyads if d.hostile == 1] == [0] * 4
    days = workshop.batch(start, RUNS, wanted=(TESTS,), every=1).series[:, 1:, 0]
    return days[:, : YEARS * 365].reshape(RUNS, YEARS, 365).sum(axis=2)


def dispersion(counts):
    """Variance over mean of yearly counts."""
    return counts.var() / counts.mean()


def test_the_level_of_provocation_moves(workshop, compiled):
    """A level of spread 1 puts years of many tests beside years of hardly one."""
    still, moving = (yearly_tests(workshop, volatility) for volatility in (0.0, 1.0))
    assert dispersion(moving) > 2.0 * dispersion(still)
    years = np.log((moving[:, 1:] + 0.5) / (moving[:, :-1] + 0.5))
    assert years.std() > 0.8
    assert moving.mean() == pytest.approx(0.031 * 365, rel=0.5)
