"""The fit of a latent level: chances by hand, made series, and the published fits."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats

from detente.experiments.evidence import latent_level
from detente.experiments.evidence.latent_level import (
    Level,
    count_chances,
    fit_level,
    fitted_levels,
    grid,
    is_well_seen,
    level_at,
    log_likelihood,
    population,
    profile,
    sigmas,
    transitions,
)
from detente.experiments.evidence.levels import Window, window_of


def made(months, level, seed):
    """A series of the process itself."""
    rng = np.random.default_rng(seed)
    x, deaths = level.mean, []
    for _ in range(months):
        x = level.mean + level.rho * (x - level.mean) + rng.normal(0.0, level.sigma)
        deaths.append(rng.poisson(math.exp(x) * rng.gamma(level.size, 1.0 / level.size)))
    return np.array(deaths, dtype=float)


def test_half_life_and_spread_follow_from_the_return():
    level = Level(0.4, 0.5, 3.0, 1.5)
    assert level.half_life == pytest.approx(1.0)
    assert level.spread == pytest.approx(0.4 / math.sqrt(0.75))
    assert Level(0.4, 1.0, 3.0, 1.5).half_life < 1500


def test_steps_are_normal_about_the_level_they_return_to():
    level = Level(0.4, 0.5, 3.0, 1.5)
    step = transitions(level)
    here = int(np.argmin(np.abs(grid() - 5.0)))
    expected = 3.0 + 0.5 * (grid()[here] - 3.0)
    assert step.sum(axis=1) == pytest.approx(np.ones(len(step)))
    assert step[here] @ grid() == pytest.approx(expected, abs=0.01)
    assert math.sqrt(step[here] @ (grid() - expected) ** 2) == pytest.approx(
        math.sqrt(0.16 + 0.2**2 / 12), abs=0.01
    )


def test_a_month_alone_has_the_mean_chance_over_levels():
    deaths = np.array([3.0])
    chances, top = count_chances(deaths, 1.5)
    assert log_likelihood(deaths, Level(0.4, 0.9, 2.0, 1.5)) == pytest.approx(
        math.log(chances.mean()) + top[0]
    )


def test_a_calm_series_has_the_smaller_sigma():
    calm = fit_level(made(90, Level(0.1, 0.8, 4.0, 8.0), 1))
    wild = fit_level(made(90, Level(0.9, 0.8, 4.0, 8.0), 1))
    assert calm.sigma < 0.35 < wild.sigma


def test_the_population_is_read_off_the_profiles():
    logs = np.log(sigmas())
    centres = np.log([0.2, 0.4, 0.8])
    sharp = -0.5 * ((logs[None, :] - centres[:, None]) / 0.1) ** 2
    middle, spread = population(sharp)
    assert middle == pytest.approx(0.4, rel=0.05)
    assert spread == pytest.approx(np.std(centres), rel=0.1)


def test_a_profile_peaks_near_the_fit(monkeypatch):
    monkeypatch.setattr(latent_level, "SIZES", (1.0,))
    level = Level(0.5, 0.85, 4.0, 4.0)
    best = sigmas()[int(np.argmax(profile(made(60, level, 2), level)))]
    assert 0.25 < best < 1.0


def test_one_well_seen_series_stands_for_a_war(monkeypatch):
    monkeypatch.setattr(latent_level, "fit_level", lambda deaths: Level(0.4, 0.5, 3.0, deaths[0]))
    monkeypatch.setattr(latent_level, "profile", lambda deaths, level: np.zeros(15))
    year = np.zeros(2)
    rows = [Window(0, np.array([1.0, 0.0]), year), Window(1, np.array([20.0, 9.0]), year)]
    rows += [Window(2, np.array([30.0, 9.0]), year), Window(3, np.array([40.0, 9.0]), year)]
    assert [is_well_seen(w) for w in rows] == [False, True, True, True]
    table, group = fitted_levels(rows, np.array([0, 0, 0, 1]))
    assert group.tolist() == [0, 1]
    assert table[:, 2].tolist() == [20.0, 40.0]


def test_fits_are_those_published(shared_data):
    rows = pd.read_csv(shared_data / "empirics" / "s1_level_refit.csv")
    rows = rows[(rows["src"] == "main") & (rows["model"] == "ou")].set_index("dyad")
    for case in ("bosnia", "sudan-rsf-2023"):
        series = pd.read_csv(shared_data / "conflicts" / f"{case}.csv", parse_dates=["date"])
        series = series.set_index("date")["deaths"].dropna()
        window = window_of(0, series.to_numpy(float), series.index.year.to_numpy())
        level, known = fit_level(window.deaths), rows.loc[case]
        assert (level.sigma, level.rho) == pytest.approx((known["sigma"], known["rho"]), abs=0.01)
        assert log_likelihood(window.deaths, level) == pytest.approx(known["ll"], abs=0.02)


# -- by hand


def forward(deaths, level):
    """The likelihood with scipy's distributions, month by month over the grid."""
    levels = grid()
    step = np.zeros((len(levels), len(levels)))
    for i, x in enumerate(levels):
        about = stats.norm(level.mean + level.rho * (x - level.mean), level.sigma)
        step[i] = np.maximum(about.cdf(levels + 0.1) - about.cdf(levels - 0.1), 1e-12)
        step[i] /= step[i].sum()
    seen = [stats.nbinom.pmf(y, level.size, level.size / (level.size + np.exp(levels))) for y in deaths]
    at = seen[0] / len(levels)
    for chances in seen[1:]:
        at = (at @ step) * chances
    return math.log(at.sum())


@pytest.mark.parametrize(
    "level", [Level(0.4, 0.9, 2.0, 1.5), Level(0.9, 0.3, 3.0, 0.7), Level(0.1, 0.99, 1.0, 20)]
)
def test_the_likelihood_is_that_of_the_process_over_its_grid(level):
    deaths = np.array([3.0, 0.0, 12.0, 7.0, 7.0])
    assert log_likelihood(deaths, level) == pytest.approx(forward(deaths, level))


def test_the_grid_and_the_profile_reach_far_enough():
    assert np.exp(grid()[0]) == pytest.approx(0.05)
    assert 8000 / math.exp(0.2) < np.exp(grid()[-1]) < 8000
    assert np.diff(grid()) == pytest.approx(np.full(len(grid()) - 1, 0.2))
    assert (len(sigmas()), sigmas()[0], sigmas()[-1]) == (15, pytest.approx(0.05), pytest.approx(3.0))
    assert np.diff(np.log(sigmas())) == pytest.approx(np.full(14, math.log(60) / 14))


@pytest.mark.parametrize(
    ("at", "level"),
    [
        ((0.0, 0.0, 0.0, 2.5), (1.0, 0.5, 2.5, 1.0)),
        ((-9.0, -9.0, -9.0, -9.0), (math.exp(-4.0), 1 / (1 + math.exp(3.0)), -9.0, math.exp(-2.5))),
        ((9.0, 9.0, 9.0, 9.0), (math.exp(1.5), 1 / (1 + math.exp(-7.0)), 9.0, math.exp(5.0))),
    ],
)
def test_unbounded_numbers_stand_for_levels_within_bounds(at, level):
    assert tuple(level_at(np.array(at))) == pytest.approx(level)


@pytest.mark.parametrize("deaths", [(9.0, 12.0), (30.0, 20.0, 5.0)])
def test_a_short_series_is_fitted_where_its_priors_and_its_likelihood_are_highest(deaths):
    series = np.array(deaths)
    usual = math.log(series.mean() + 0.1)
    priors = [stats.norm(-1.0, 1.2), stats.norm(1.0, 1.5), stats.norm(2.0, 1.5), stats.norm(usual, 2.0)]

    def height(at):
        return sum(p.logpdf(x) for p, x in zip(priors, at, strict=True)) + log_likelihood(
            series, level_at(np.array(at))
        )

    fitted = fit_level(series)
    at = [math.log(fitted.sigma), math.log(fitted.size)]
    at += [math.log(fitted.rho / (1 - fitted.rho)), fitted.mean]
    best = optimize.minimize(lambda x: -height(x), at, method="Powell", options={"maxiter": 3}).x
    assert at == pytest.approx(list(best), abs=0.2)


def test_a_profile_is_the_best_of_four_sizes():
    deaths, level = np.array([3.0, 30.0, 12.0, 7.0]), Level(0.5, 0.85, 2.0, 2.0)
    found = profile(deaths, level)
    for place in (0, 7, 14):
        each = [
            log_likelihood(deaths, level._replace(sigma=sigmas()[place], size=2.0 * by))
            for by in (0.6, 0.85, 1.2, 1.8)
        ]
        assert found[place] == max(each)


def test_the_spread_of_a_population_has_a_least():
    logs = np.log(sigmas())
    alike = np.tile(-0.5 * ((logs - math.log(0.4)) / 0.05) ** 2, (3, 1))
    assert population(alike)[1] == pytest.approx(0.08)


def test_one_turn_of_a_population_weighs_by_what_it_was_taken_for():
    logs = np.log(sigmas())
    flat = np.zeros((2, 15))
    weight = np.exp(-0.5 * ((logs - math.log(0.35)) / 0.7) ** 2)
    weight /= weight.sum()
    centre = weight @ logs
    spread = math.sqrt(weight @ (logs - centre) ** 2)
    assert population(flat, turns=1) == pytest.approx((math.exp(centre), spread))


@pytest.mark.parametrize(
    ("deaths", "seen"),
    [
        ([8.0] * 20, True),
        ([8.0] * 19 + [7.9], False),
        ([0.0] * 7 + [20.0] * 13, True),
        ([0.0] * 8 + [20.0] * 12, False),
    ],
)
def test_a_series_is_well_seen_by_its_mean_and_its_empty_months(deaths, seen):
    assert is_well_seen(Window(0, np.array(deaths), np.zeros(20))) is seen


def test_a_fitted_level_has_its_half_life_spread_and_size_before_its_profile(monkeypatch):
    level = Level(0.4, 0.5, 3.0, 1.5)
    monkeypatch.setattr(latent_level, "fit_level", lambda deaths: level)
    monkeypatch.setattr(latent_level, "profile", lambda deaths, fitted: np.arange(15.0))
    table, group = fitted_levels([Window(1, np.full(20, 9.0), np.zeros(20))], np.array([3, 7]))
    assert table.tolist() == [[level.half_life, level.spread, 1.5, *range(15)]]
    assert group.tolist() == [7]
    none, nobody = fitted_levels([], np.array([3, 7]))
    assert (none.shape, nobody.shape) == ((0, 18), (0,))


def test_a_level_that_hardly_returns_has_the_longest_half_life():
    assert Level(0.4, 1.0, 3.0, 1.5).half_life == pytest.approx(math.log(0.5) / math.log(0.9995))
    assert Level(0.4, 1.0, 3.0, 1.5).spread == pytest.approx(0.4 / math.sqrt(1 - 0.9995**2))
