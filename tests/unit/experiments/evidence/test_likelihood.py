"""The likelihood of daily events, stated again from its definition with scipy's negative binomial."""

from datetime import date, timedelta

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import nbinom

from detente.experiments.evidence import likelihood
from detente.experiments.evidence.likelihood import (
    Days,
    Fit,
    first_guess,
    fit_at,
    log_likelihood,
    ridge,
    simulate,
    unpack,
)

EVENTS = np.array([3.0, 0.0, 2.0, 5.0, 1.0, 1.0, 4.0, 0.0])
HOLIDAY = np.array([1.0, 1.0, 0.5, 1.0, 1.0, 1.0, 1.0, 1.0])


def days(one_level=False):
    """Eight days across the turn of a year."""
    return Days.of(EVENTS, date(2016, 12, 28), HOLIDAY, one_level=one_level)


def test_days_have_phase_year_and_level():
    d = days()
    assert d.year.tolist() == [0, 0, 0, 0, 1, 1, 1, 1]
    assert d.level.tolist() == d.year.tolist()
    assert d.n_levels == 2
    assert d.phase[[0, 3, 4, 5]] == pytest.approx(np.array([362, 365, 0, 1]) / 365.2425)
    one = days(one_level=True)
    assert (one.n_levels, set(one.level)) == (1, {0})
    assert Days.of(EVENTS, date(2016, 12, 28)).holiday.tolist() == [1.0] * 8
    assert d.holiday.tolist() == HOLIDAY.tolist()


def test_two_harmonics_of_the_year():
    d = days()
    turn = 2 * np.pi * d.phase
    expected = np.column_stack([np.cos(turn), np.cos(2 * turn), np.sin(turn), np.sin(2 * turn)])
    assert d.harmonics == pytest.approx(expected)


def test_recent_events_fade_by_their_age():
    d = days()
    e = np.exp(-1.0 / 3.0)
    expected, value = [], float(EVENTS[:4].mean())
    for k in range(8):
        value = value if k == 0 else e * value + (1 - e) * EVENTS[k - 1]
        expected.append(value)
    assert d.recent(3.0) == pytest.approx(expected)


VECTOR = np.array([np.log(2.0), np.log(3.0), 0.2, -0.1, 0.05, 0.0, np.log(4.0)])


def test_the_vector_holds_levels_season_and_shape():
    levels, season, kappa = unpack(VECTOR, 2)
    assert levels == pytest.approx([2.0, 3.0])
    assert season.tolist() == [0.2, -0.1, 0.05, 0.0]
    assert kappa == pytest.approx(4.0)


def by_day(d, branching, amplitude):
    """Log probability of each day, from its mean and shape."""
    shape = d.harmonics @ VECTOR[2:6]
    season = np.maximum(1.0 + amplitude * shape, 0.02)
    mean = d.holiday * ((1 - branching) * np.array([2.0, 3.0])[d.level] * season + branching * d.recent(3.0))
    return nbinom.logpmf(EVENTS, 4.0, 4.0 / (4.0 + mean))


@pytest.mark.parametrize("branching", [0.0, 0.4])
def test_log_likelihood_of_a_fixed_season(branching):
    d = days()
    found = log_likelihood(d, d.recent(3.0), d.harmonics, VECTOR, branching, 0.0)
    assert found == pytest.approx(by_day(d, branching, 1.0).sum())


def test_a_random_amplitude_is_integrated_out_year_by_year():
    d = days()
    found = log_likelihood(d, d.recent(3.0), d.harmonics, VECTOR, 0.4, 0.6)
    expected = 0.0
    for year in (0, 1):

        def density(x, year=year):
            return 0.5 * np.exp(by_day(d, 0.4, 1.0 + 0.6 * x)[d.year == year].sum())

        expected += np.log(quad(density, -1.0, 1.0)[0])
    assert found == pytest.approx(expected, rel=1e-6)


def test_a_season_never_stops_the_fighting_and_a_mean_is_never_nothing():
    d = days()
    deep = np.r_[VECTOR[:2], -3.0, 0.0, 0.0, 0.0, VECTOR[-1]]
    assert np.isfinite(log_likelihood(d, d.recent(3.0), d.harmonics, deep, 0.0, 0.0))
    none = Days.of(EVENTS, date(2016, 12, 28), np.zeros(8))
    found = log_likelihood(none, none.recent(3.0), none.harmonics, VECTOR, 0.0, 0.0)
    assert found == pytest.approx(nbinom.logpmf(EVENTS, 4.0, 4.0 / (4.0 + 1e-9)).sum())
    shape = d.harmonics @ deep[2:6]
    assert (1.0 + shape).max() < 0.02
    mean = d.holiday * np.array([2.0, 3.0])[d.level] * 0.02
    expected = nbinom.logpmf(EVENTS, 4.0, 4.0 / (4.0 + mean)).sum()
    assert log_likelihood(d, d.recent(3.0), d.harmonics, deep, 0.0, 0.0) == pytest.approx(expected)


def test_the_first_guess_has_the_means_of_the_years():
    assert first_guess(days()) == pytest.approx(np.r_[np.log([2.5, 1.5]), np.zeros(4), np.log(5.0)])
    quiet = Days.of(np.zeros(3), date(2017, 1, 1))
    assert first_guess(quiet)[0] == pytest.approx(np.log(0.01))


def long_days():
    rng = np.random.default_rng(5)
    return Days.of(rng.negative_binomial(4, 4 / (4 + 3.0), 500).astype(float), date(2016, 1, 1))


def test_a_fit_is_the_top_of_the_likelihood():
    d = long_days()
    fit = fit_at(d, 0.2, 8.0)
    own = log_likelihood(d, d.recent(8.0), d.harmonics, fit.vector, 0.2, 0.0)
    assert fit.log_likelihood == pytest.approx(own)
    assert (fit.branching, fit.memory, fit.spread) == (0.2, 8.0, 0.0)
    for k in range(len(fit.vector)):
        for step in (-0.03, 0.03):
            moved = fit.vector + step * (np.arange(len(fit.vector)) == k)
            assert log_likelihood(d, d.recent(8.0), d.harmonics, moved, 0.2, 0.0) < own
    levels, season, kappa = unpack(fit.vector, d.n_levels)
    assert (fit.levels.tolist(), fit.season.tolist(), fit.kappa) == (levels.tolist(), season.tolist(), kappa)
    assert fit_at(d, 0.2, 8.0, spread=0.5).spread == 0.5


def test_a_ridge_fits_each_place_and_keeps_the_best(monkeypatch):
    asked = []

    def fitted(days, branching, memory, *, spread, start):
        asked.append((branching, memory, spread, start))
        value = -((branching - 0.3) ** 2) - (memory - 5.0) ** 2
        return Fit(
            value, branching, memory, 1.0, np.ones(1), np.zeros(4), spread, np.array([branching, memory])
        )

    monkeypatch.setattr(likelihood, "fit_at", fitted)
    surface, best = ridge(days(), np.array([0.0, 0.3]), np.array([3.0, 5.0, 8.0]), spread=0.4)
    assert (best.branching, best.memory) == (0.3, 5.0)
    assert surface == pytest.approx(np.array([[-4.09, -0.09, -9.09], [-4.0, 0.0, -9.0]]))
    assert [(b, m, s) for b, m, s, _ in asked] == [(b, m, 0.4) for b in (0.0, 0.3) for m in (3.0, 5.0, 8.0)]
    starts = [None if s is None else s.tolist() for *_, s in asked]
    assert starts == [None, [0.0, 3.0], [0.0, 5.0], [0.0, 3.0], [0.3, 3.0], [0.3, 5.0]]


def test_days_drawn_from_a_fit_follow_its_recursion():
    d = days()
    fit = Fit(0.0, 0.4, 3.0, 4.0, np.array([2.0, 3.0]), VECTOR[2:6], 0.6, VECTOR)
    drawn = simulate(d, fit, np.random.default_rng(8))
    rng = np.random.default_rng(8)
    amplitude = 1.0 + 0.6 * (2.0 * rng.random(2) - 1.0)
    season = np.maximum(1.0 + amplitude[d.year] * (d.harmonics @ VECTOR[2:6]), 0.02)
    e, recent, expected = np.exp(-1.0 / 3.0), 2.0, []
    for t in range(8):
        mean = HOLIDAY[t] * (0.6 * fit.levels[d.year[t]] * season[t] + 0.4 * recent)
        expected.append(rng.negative_binomial(4.0, 4.0 / (4.0 + mean)))
        recent = e * recent + (1 - e) * expected[-1]
    assert drawn.events.tolist() == expected
    assert drawn.phase is d.phase


@pytest.mark.parametrize(
    ("events", "level", "kappa"),
    [
        (np.zeros(40), np.exp(-6.0), None),
        (np.full(40, 30.0), None, np.exp(6.0)),  # no dispersion at all
        (np.r_[np.zeros(39), 4000.0], None, np.exp(-1.5)),  # as much as the model may have
        (np.full(40, 9000.0), np.exp(6.0), None),
    ],
)
def test_levels_and_shapes_stay_within_bounds(events, level, kappa):
    d = Days.of(events, date(2017, 6, 1), one_level=True)
    fit = fit_at(d, 0.0, 10.0)
    assert np.abs(fit.season).max() <= 0.9
    if level is not None:
        assert fit.levels == pytest.approx([level], rel=1e-3)
    if kappa is not None:
        assert fit.kappa == pytest.approx(kappa, rel=1e-3)


def test_weights_of_the_season_stay_within_bounds():
    """Events of a month in the year and none in the others: a season deeper than the model takes."""
    first = date(2014, 1, 1)
    january = np.array([(first + timedelta(days=k)).month == 1 for k in range(3 * 365)])
    d = Days.of(np.where(january, 40.0, 0.0), first, one_level=True)
    assert np.abs(fit_at(d, 0.0, 10.0).season).max() == pytest.approx(0.9, rel=1e-6)
