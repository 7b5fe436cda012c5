"""Chance: known answers of the random numbers, and single values of the distributions, worked out by hand."""

import math

import pytest

from detente.agents.rules.chance import (
    EVENT_PURPOSE,
    MAX_EVENTS,
    TICK_PURPOSE,
    chance,
    clip,
    count,
    drift,
    event_size,
    event_uniform,
    logistic,
    philox,
    shock,
    unit,
)

F = 0xFFFFFFFF
PI = (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344, 0xA4093822, 0x299F31D0)


@pytest.mark.parametrize(
    ("counter_and_key", "words"),
    [
        ((0,) * 6, (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((F,) * 6, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (PI, (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1)),
    ],
)
def test_philox_gives_the_published_answers(counter_and_key, words):
    assert philox(*counter_and_key) == words


@pytest.mark.parametrize(
    ("high", "low", "expected"),
    [
        (0, 0, 2.0**-53),
        (F, F, 1.0 - 2.0**-53),
        (1 << 31, 0, 0.5 + 2.0**-53),
        (0, 1 << 12, 1.5 * 2.0**-52),
        (1, 0, 2.0**-32 + 2.0**-53),
    ],
)
def test_a_unit_is_52_bits_and_a_half(high, low, expected):
    assert unit(high, low) == expected


def test_an_event_has_a_purpose_of_its_own_for_each_number():
    high, low, _, _ = philox(30, (1 << 20) + 4, 5, 6, 1, 2)
    assert event_uniform(1, 2, 30, 5, 6, 4) == unit(high, low)
    assert (TICK_PURPOSE, EVENT_PURPOSE) == (65536, 1048576)


@pytest.mark.parametrize(
    ("x", "expected"),
    [(0.0, 0.5), (math.log(3.0), 0.75), (-math.log(3.0), 0.25), (800.0, 1.0), (-800.0, 0.0)],
)
def test_logistic(x, expected):
    assert logistic(x) == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize(("x", "expected"), [(0.0, 1.0), (1.5, 1.5), (9.0, 2.0)])
def test_clip(x, expected):
    assert clip(x, 1.0, 2.0) == expected


@pytest.mark.parametrize(
    ("hazard", "days", "expected"),
    [
        (0.0, 5.0, 0.0),
        (-1.0, 5.0, 0.0),
        (2.0, 0.0, 0.0),
        (2.0, -1.0, 0.0),
        (math.log(2.0), 2.0, 0.75),
        (0.5, 2.0, 1.0 - math.exp(-1.0)),
        (math.inf, 0.5, 1.0),
    ],
)
def test_chance(hazard, days, expected):
    assert chance(hazard, days) == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize(
    ("mean", "shape", "u", "expected"),
    [
        (0.2, 2.0, 0.80, 0),  # at 1 - mean nothing is drawn
        (1.0, 1.0, 0.49, 0),  # geometric with one half: 1/2, 3/4, 7/8 ...
        (1.0, 1.0, 0.51, 1),
        (1.0, 1.0, 0.74, 1),
        (1.0, 1.0, 0.76, 2),
        (1.0, 1.0, 0.88, 3),
        (2.0, 2.0, 0.24, 0),  # p = 1/4, 1/4, 3/16, 1/8
        (2.0, 2.0, 0.26, 1),
        (2.0, 2.0, 0.51, 2),
        (2.0, 2.0, 0.70, 3),
        (2.0, 2.0, 0.82, 4),
        (1.0, 3.0, 0.42, 0),  # p = 27/64, 27/64
        (1.0, 3.0, 0.43, 1),
        (1.0, 3.0, 0.85, 2),
    ],
)
def test_count_is_a_quantile_of_the_negative_binomial(mean, shape, u, expected):
    assert count(mean, shape, u) == expected


def test_count_stops_where_nothing_is_left_or_at_its_largest():
    assert 20 < count(1.0, 1.0, 1.0) < 80
    assert count(1e9, 1.0, 0.999) == MAX_EVENTS == 5000


@pytest.mark.parametrize(
    ("u", "expected"),
    [
        (0.0, 1.0),
        (0.74, 1.0 + 3.0),  # 4 (0.26**-0.5 - 1) = 3.84
        (0.75, 1.0 + 4.0),  # 4 (2 - 1)
        (0.9375, 1.0 + 12.0),  # 4 (4 - 1)
        (0.999999, 50.0),
    ],
)
def test_event_size_has_a_power_law_tail(u, expected):
    assert event_size(u, 4.0, 2.0, 50.0) == expected


# -- shocks and walks


@pytest.mark.parametrize(("u", "z"), [(0.5, 0.0), (0.75, math.log(3.0)), (0.1, -math.log(9.0))])
def test_a_shock_is_logistic_with_unit_spread(u, z):
    assert shock(u) == pytest.approx(math.sqrt(3.0) / math.pi * z)


def test_shocks_have_mean_0_and_spread_1():
    values = [shock((k + 0.5) / 100_000) for k in range(100_000)]
    assert sum(values) / 100_000 == pytest.approx(0.0, abs=1e-9)
    assert sum(v * v for v in values) / 100_000 == pytest.approx(1.0, rel=2e-3)


def test_a_drift_forgets_and_is_shaken():
    z = math.sqrt(3.0) / math.pi * math.log(3.0)
    assert drift(0.4, 0.8, 0.1, 0.5) == pytest.approx(0.32)
    assert drift(0.4, 0.8, 0.1, 0.75) == pytest.approx(0.32 + 0.1 * 0.6 * z)
    assert drift(-0.4, 0.8, 0.1, 0.25) == pytest.approx(-0.32 - 0.1 * 0.6 * z)
    assert drift(0.4, 0.8, 0.0, 0.9) == pytest.approx(0.32)
