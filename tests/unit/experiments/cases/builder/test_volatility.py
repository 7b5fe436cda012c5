"""How the level of a war moves and how uneven its days are, on series made by hand."""

from datetime import date
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from detente.experiments.cases.builder import volatility as module
from detente.experiments.cases.builder.evidence import Evidence
from detente.experiments.cases.builder.span import Span
from detente.experiments.cases.builder.volatility import daily_dispersion, fitted, volatility
from detente.experiments.evidence.levels import LEAST_MONTHS

FIRST = date(2001, 1, 1)


def months(values):
    index = pd.date_range(FIRST, periods=len(values), freq="MS")
    e = Evidence(monthly=pd.DataFrame({"deaths": np.asarray(values, float)}, index=index), total="deaths")
    return volatility(e, Span(FIRST, date(2030, 1, 1), FIRST, FIRST, date(2030, 1, 1)))


def test_without_deaths_by_month_nothing_is_known_of_the_level():
    span = Span(FIRST, FIRST, FIRST, FIRST, FIRST)
    assert volatility(Evidence(), span) == {"level_spread": None, "why": "deaths are not counted by month"}


def test_yearly_changes_need_four_of_them():
    four = [10.0] * 12 + [20.0] * 12 + [10.0] * 12 + [20.0] * 12 + [10.0] * 12
    found = months(four)
    assert found["years"] == 4
    change = np.log(245 / 125)  # 120 and 240 deaths a year, and five more
    assert found["yearly_change_sd"] == pytest.approx(np.sqrt(4 * change**2 / 3), abs=5e-4)
    assert (months(four[:48])["years"], months(four[:48])["yearly_change_sd"]) == (3, None)


@pytest.mark.parametrize(
    ("n", "why"), [(LEAST_MONTHS, "latent level of"), (LEAST_MONTHS - 1, "too little data")]
)
def test_the_level_is_that_of_the_months_from_the_first_to_the_last_death(n, why):
    values = np.random.default_rng(1).poisson(40.0, n) + 1.0
    found = months(np.r_[np.zeros(9), values, np.zeros(7)])
    assert found["why"].startswith(why)
    assert f"{n} months" in found["why"]
    assert (found["level_spread"] is None) == (n < LEAST_MONTHS)


@pytest.mark.parametrize(("spread", "kept"), [(0.05, 0.1), (0.81264, 0.813), (3.0, 2.0)])
def test_a_spread_is_cut_to_what_a_case_can_hold(monkeypatch, spread, kept):
    level = SimpleNamespace(spread=spread, sigma=0.12345, half_life=5.4321, size=2.34567)
    monkeypatch.setattr(module, "fit_level", lambda deaths: level)
    found = fitted(np.ones(40))
    assert (found["level_spread"], found["monthly_sigma"]) == (kept, 0.123)
    assert (found["half_life_months"], found["count_size"]) == (5.43, 2.346)


def days(values):
    table = pd.DataFrame(
        {"events": np.asarray(values, float)}, index=pd.date_range(FIRST, periods=len(values))
    )
    last = table.index[-1].date()
    return daily_dispersion(Evidence(daily=table), Span(FIRST, last, FIRST, FIRST, last))


def test_days_that_take_turns_are_as_uneven_as_half_their_mean():
    """0 and 4 in turn: each is 2 off a mean of 2, whose part of itself is a thirtieth: 4 / 2 * 30 / 29."""
    assert days([0.0, 4.0] * 300) == pytest.approx(2.0 * 30 / 29, abs=0.01)


@pytest.mark.parametrize(
    ("values", "known"),
    [
        ([1.0] * 100, True),
        ([1.0] * 99 + [0.0], False),
        ([2.0] * 60, True),
        ([2.0] * 59, False),
    ],
)
def test_unevenness_needs_a_hundred_events_and_sixty_days(values, known):
    assert (days(values) is not None) == known
