"""Hazards, counts and severity: the arithmetic of chance that all rules share."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.agents.rules.chance import MAX_EVENTS, chance, clip, count, event_size, happens, logistic
from detente.model.death_scale import mean_size, scale_for_mean

finite = st.floats(0, 1e6)
uniform = st.floats(1e-12, 1 - 1e-12)


@given(days=finite)
def test_no_hazard_never_happens(days):
    assert chance(0.0, days) == 0.0


@given(days=st.floats(1e-3, 1e6), u=uniform)
def test_an_infinite_hazard_always_happens(days, u):
    assert chance(math.inf, days) == 1.0
    assert u < chance(math.inf, days)


@given(hazard=st.floats(0, 10), days=st.floats(0, 100))
def test_chances_compound_exactly(hazard, days):
    p, half = chance(hazard, days), chance(hazard, days / 2)
    assert 0.0 <= p <= 1.0
    assert p == pytest.approx(1 - (1 - half) ** 2, abs=1e-12)
    assert p <= chance(hazard, days + 1.0)


def test_chance_is_exact_where_hazards_are_tiny():
    assert chance(1e-12, 1.0) == pytest.approx(1e-12, rel=1e-9)


@settings(max_examples=500)
@given(hazard=st.floats(0, 1e3) | st.just(math.inf), days=st.floats(0, 1e3), u=uniform)
def test_what_happens_is_what_the_chance_says(hazard, days, u):
    p = chance(hazard, days)
    assert happens(u, hazard, days) == (u < p)
    for edge in (math.nextafter(p, 0.0), p, math.nextafter(p, 1.0)):
        if 0.0 < edge < 1.0:
            assert happens(edge, hazard, days) == (edge < p)


@given(x=st.floats(-700, 700))
def test_logistic_is_symmetric(x):
    assert logistic(x) + logistic(-x) == pytest.approx(1.0)
    assert 0.0 <= logistic(x) <= 1.0


@given(x=st.floats(-10, 10), y=st.floats(-10, 10), z=st.floats(-10, 10))
def test_clip_keeps_inside(x, y, z):
    low, high = sorted((y, z))
    assert low <= clip(x, low, high) <= high
    assert clip(x, -10, 10) == x


@pytest.mark.parametrize(
    ("mean", "shape"), [(0.05, 5), (0.7, 1.25), (1, 5), (4, 2), (15, 5), (60, 5), (3, 50)]
)
def test_counts_have_the_moments_of_a_negative_binomial(mean, shape):
    u = (np.arange(200_000) + 0.5) / 200_000
    n = np.array([count(mean, shape, x) for x in u[:: 1 if mean < 10 else 10]])
    assert n.mean() == pytest.approx(mean, rel=2e-3)
    assert n.var() == pytest.approx(mean + mean**2 / shape, rel=2e-2)


@pytest.mark.parametrize(("mean", "shape"), [(0.05, 5), (1, 5), (4, 2), (40, 5)])
def test_counts_are_quantiles(mean, shape):
    from scipy.stats import nbinom

    u = np.linspace(0.0005, 0.9995, 1000)
    expected = nbinom.ppf(u, shape, shape / (shape + mean))
    assert [count(mean, shape, x) for x in u] == expected.tolist()


def test_control_a_poisson_count_is_noticed():
    from scipy.stats import poisson

    u = (np.arange(20_000) + 0.5) / 20_000
    assert poisson.ppf(u, 4.0).var() < 0.5 * (4.0 + 4.0**2 / 2.0)


@settings(max_examples=300)
@given(mean=st.floats(0, 50), more=st.floats(0, 10), shape=st.floats(0.2, 50), u=uniform, v=uniform)
def test_counts_rise_with_luck_and_with_the_mean(mean, more, shape, u, v):
    low, high = sorted((u, v))
    assert 0 <= count(mean, shape, low) <= count(mean, shape, high) <= MAX_EVENTS
    assert count(mean, shape, u) <= count(mean + more, shape, u)


def test_nothing_is_expected_where_nothing_happens():
    assert count(0.0, 5.0, 0.999999) == 0
    assert count(-1.0, 5.0, 0.999999) == 0


@pytest.mark.parametrize("mean", [1.5, 3.0, 8.2, 20.0])
def test_severity_has_the_declared_mean(mean):
    scale = scale_for_mean(mean, 2.2, 500.0)
    assert mean_size(scale, 2.2, 500.0) == pytest.approx(mean, rel=1e-9)
    u = (np.arange(400_000) + 0.5) / 400_000
    sizes = np.array([event_size(x, scale, 2.2, 500.0) for x in u])
    assert sizes.mean() == pytest.approx(mean, rel=5e-3)
    assert sizes.min() == 1.0
    assert sizes.max() <= 500.0
