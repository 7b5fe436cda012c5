"""Null models: their means, past errors and quantiles, each against its own definition."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import nbinom, poisson

from detente.experiments.evidence import nulls
from detente.experiments.evidence.nulls import NULLS, Empirical, History, Null, RandomWalk

SEASON = tuple(1.0 + 0.1 * k for k in range(12))


def known(n, first_month=1, season=SEASON):
    months = (np.arange(n) + first_month - 1) % 12 + 1
    return History(np.arange(float(n)) + 1.0, months, season)


@pytest.mark.parametrize(("last", "lead", "month"), [(11, 1, 12), (12, 1, 1), (12, 12, 12), (3, 10, 1)])
def test_the_month_of_a_lead(last, lead, month):
    assert History(np.ones(1), np.array([last]), SEASON).month_ahead(lead) == month


def test_what_was_known_some_months_earlier():
    h = known(20)
    assert h.before(0) is h
    assert h.before(3).values.tolist() == list(range(1, 18))
    assert h.before(3).month[-1] == 5
    assert h.before(3).season is SEASON


def test_means():
    h = known(30, first_month=1)  # ends in June
    assert nulls.last_value(h, 4) == 30.0
    assert nulls.year_mean(h, 4) == np.mean(np.arange(19, 31))
    assert [nulls.year_ago(h, lead) for lead in (1, 2, 12, 13)] == [19.0, 20.0, 30.0, 19.0]
    weights = np.array([SEASON[m - 1] for m in h.month[-12:]])
    level = h.values[-12:].sum() / weights.sum()
    assert nulls.seasonal_level(h, 1) == pytest.approx(level * SEASON[6])
    assert nulls.seasonal_level(h, 8) == pytest.approx(level * SEASON[1])


@pytest.mark.parametrize("lead", [1, 3])
def test_past_errors(lead):
    """What the last month would have been forecast to be, so many months earlier, and so on backwards."""
    h = known(20)
    seen, means = nulls.past_errors(nulls.last_value, h, lead)
    n = min(60, 20 - 12 - lead)
    assert seen.tolist() == [20.0 - k for k in range(n)]
    assert means.tolist() == [20.0 - k - lead for k in range(n)]
    long = known(100)
    assert len(nulls.past_errors(nulls.last_value, long, lead)[0]) == 60


def test_a_mean_of_nothing_is_nearly_nothing():
    h = History(np.zeros(20), np.arange(20) % 12 + 1, SEASON)
    assert set(nulls.past_errors(nulls.last_value, h, 1)[1]) == {0.001}
    assert nulls.poisson_quantiles(0.0).max() <= 1.0
    assert nulls.negative_binomial_quantiles(0.0, 2.0).max() <= 1.0


def test_size_has_the_largest_likelihood():
    seen, means = np.array([1.0, 9.0, 2.0, 14.0, 3.0, 7.2]), np.full(6, 6.0)

    def likelihood(size):
        return nbinom.logpmf(np.round(seen), size, size / (size + means)).sum()

    found = nulls.fitted_size(seen, means)
    assert likelihood(found) >= max(likelihood(found * f) for f in (0.97, 1.03, 0.5, 2.0))
    assert nulls.fitted_size(seen[:5], means[:5]) == 1.0
    assert nulls.fitted_size(np.full(8, 6.0), np.full(8, 6.0)) == pytest.approx(1e4, rel=0.05)
    wild = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 900.0])
    assert nulls.fitted_size(wild, np.full(6, 900.0)) == pytest.approx(0.2, rel=0.05)


def test_quantiles_stand_in_the_middle_of_equal_shares():
    levels = nulls.levels_of_quantiles()
    assert len(levels) == 400
    assert levels[[0, -1]] == pytest.approx([0.5 / 400, 399.5 / 400])
    assert nulls.poisson_quantiles(7.0).tolist() == poisson.ppf(levels, 7.0).tolist()
    assert nulls.negative_binomial_quantiles(7.0, 2.0).tolist() == nbinom.ppf(levels, 2.0, 2.0 / 9.0).tolist()


def test_a_null_is_poisson_or_has_the_spread_of_its_past_errors():
    h = known(40)
    plain, wide = Null("a", nulls.last_value, spread=False), Null("b", nulls.last_value, spread=True)
    assert plain.forecast(h, 2).tolist() == nulls.poisson_quantiles(40.0).tolist()
    size = nulls.fitted_size(*nulls.past_errors(nulls.last_value, h, 2))
    assert wide.size(h, 2) == size
    assert wide.forecast(h, 2).tolist() == nulls.negative_binomial_quantiles(40.0, size).tolist()


def test_the_season_of_events_stands_in_for_that_of_the_series():
    flat = known(40, season=(1.0,) * 12)
    assert nulls.event_seasonal_level(flat, 3) == nulls.seasonal_level(flat, 3)  # where no days are known
    both = replace(flat, event_season=SEASON)
    assert nulls.event_seasonal_level(both, 3) == nulls.seasonal_level(known(40), 3)
    assert nulls.seasonal_level(both, 3) == nulls.seasonal_level(flat, 3)
    assert both.before(5).event_season is SEASON


def test_a_moving_level_halves_the_weight_of_a_month_every_three_months():
    h = History(np.array([0.0, 0.0, 8.0, 0.0, 0.0, 0.0]), np.arange(1, 7), SEASON)
    weights = 0.5 ** (np.array([5, 4, 3, 2, 1, 0]) / 3.0)
    assert nulls.moving_level(h, 4) == pytest.approx(8.0 * weights[2] / weights.sum())
    step = History(np.r_[np.zeros(60), np.full(3, 10.0)], np.arange(63) % 12 + 1, SEASON)
    assert nulls.moving_level(step, 1) == pytest.approx(5.0, rel=1e-4)


def test_a_random_walk_widens_with_the_lead_and_no_step_does_not():
    assert nulls.size_ahead(4.0, 0.0, 9) == pytest.approx(4.0)
    assert 1.0 / nulls.size_ahead(4.0, 0.3, 6) == pytest.approx(1.25 * np.exp(0.09 * 6) - 1.0)
    assert nulls.size_ahead(1e9, 0.0, 1) == 1e4  # as good as Poisson


def walk(step, size, n=100, seed=1):
    rng = np.random.default_rng(seed)
    level = 200.0 * np.exp(np.cumsum(step * rng.standard_normal(n)))
    counts = rng.negative_binomial(size, size / (size + level))
    return History(counts.astype(float), np.arange(n) % 12 + 1, SEASON)


def test_the_step_of_a_walk_is_told_from_scatter():
    """Scatter of single months has the same errors at every lead; a level that moves has larger ones further on."""
    steady = [nulls.fitted_walk(walk(0.0, 5.0, seed=k)) for k in range(8)]
    moving = [nulls.fitted_walk(walk(0.25, 60.0, seed=k)) for k in range(8)]
    assert np.median([step for _, step in steady]) < 0.08
    assert np.median([size for size, _ in steady]) == pytest.approx(5.0, rel=0.35)
    assert 0.15 < np.median([step for _, step in moving]) < 0.4
    h = walk(0.25, 60.0)
    assert h.walk == nulls.fitted_walk(h)
    assert nulls.fitted_walk(known(18)) == (1.0, 0.0)  # nothing to fit on


def test_the_walks_forecast_is_a_negative_binomial_around_the_moving_level():
    h, null = walk(0.25, 60.0, seed=0), RandomWalk("w")
    level = nulls.moving_level(h, 1)
    for lead in (1, 12):
        size = nulls.size_ahead(*h.walk, lead)
        assert null.forecast(h, lead).tolist() == nulls.negative_binomial_quantiles(level, size).tolist()
    near, far = (np.ptp(np.quantile(null.forecast(h, lead), [0.1, 0.9])) for lead in (1, 12))
    assert far > 1.5 * near


def test_the_last_twelve_months_are_a_forecast_by_themselves():
    h = known(30)
    for lead in (1, 7):
        assert Empirical("e").forecast(h, lead).tolist() == list(range(19, 31))
    Empirical("e").forecast(h, 1)[:] = 0.0
    assert h.values[-1] == 30.0


@pytest.mark.parametrize("null", NULLS, ids=lambda n: n.name)
@pytest.mark.parametrize(
    "values", [np.zeros(40), np.r_[np.zeros(39), 9.0], np.full(40, 7.0), np.arange(40.0)]
)
def test_every_null_forecasts_counts_of_any_history(null, values):
    h = History(values, np.arange(40) % 12 + 1, (1.0,) * 12, SEASON)
    for lead in (1, 12, 24):
        found = null.forecast(h, lead)
        assert np.isfinite(found).all()
        assert (found >= 0).all()


def test_which_nulls_there_are():
    assert [n.name for n in NULLS if n.needs_events] == ["negative binomial, season of events"]
    assert [(n.mean, n.spread) for n in NULLS if isinstance(n, Null)] == [
        (nulls.last_value, False),
        (nulls.last_value, True),
        (nulls.year_mean, True),
        (nulls.year_ago, False),
        (nulls.seasonal_level, True),
        (nulls.event_seasonal_level, True),
    ]
    assert [type(n) for n in NULLS if not isinstance(n, Null)] == [RandomWalk, Empirical]
    assert len({n.name for n in NULLS}) == len(NULLS)


def errors_of(h, lead, n):
    """The last errors of the moving level at a lead, with nothing of nulls but the level itself."""
    values = h.values
    pairs = []
    for end in range(len(values) - lead, len(values) - lead - n, -1):
        before = History(values[:end], h.month[:end], h.season)
        pairs.append((values[end + lead - 1], max(nulls.moving_level(before, lead), 1e-3)))
    return pairs


def test_a_walk_is_fitted_to_errors_at_five_leads_together():
    from scipy import optimize, stats

    h = walk(0.2, 30.0, n=60, seed=4)
    errors = {lead: errors_of(h, lead, min(60, 60 - 12 - lead)) for lead in (1, 2, 3, 6, 12)}

    def loss(at):
        total = 0.0
        for lead, pairs in errors.items():
            size = nulls.size_ahead(np.exp(at[0]), at[1], lead)
            total -= np.mean([stats.nbinom.logpmf(round(y), size, size / (size + m)) for y, m in pairs])
        return total

    size, step = nulls.fitted_walk(h)
    best = optimize.minimize(loss, [np.log(size), step], method="Nelder-Mead", options={"maxiter": 60}).x
    assert (np.log(size), step) == pytest.approx(tuple(best), abs=0.02)


@pytest.mark.parametrize(("n", "fitted"), [(18, False), (19, True)])
def test_a_walk_needs_a_year_its_lead_and_six_errors(n, fitted):
    h = walk(0.3, 5.0, n=n, seed=2)
    assert (nulls.fitted_walk(h) != (1.0, 0.0)) is fitted


def test_past_errors_reach_back_five_years():
    h = known(200)
    seen, means = nulls.past_errors(nulls.last_value, h, 2)
    assert len(seen) == len(means) == 60
    assert seen[:2].tolist() == [200.0, 199.0]
    assert means[:2].tolist() == [198.0, 197.0]
    short = known(20)
    assert len(nulls.past_errors(nulls.last_value, short, 2)[0]) == 20 - 14


def test_a_size_needs_six_errors():
    seen, means = np.array([3.0, 9.0, 1.0, 4.0, 8.0, 2.0]), np.full(6, 4.0)
    assert nulls.fitted_size(seen[:5], means[:5]) == 1.0
    assert nulls.fitted_size(seen, means) != 1.0


def test_sizes_stay_between_a_fifth_and_poisson():
    assert nulls.fitted_size(np.array([0.0] * 9 + [500.0]), np.full(10, 50.0)) == pytest.approx(0.2, rel=1e-3)
    assert nulls.fitted_size(np.full(10, 50.0), np.full(10, 50.0)) == pytest.approx(1e4, rel=1e-2)
