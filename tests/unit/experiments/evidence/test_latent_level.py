"""The fit of a latent level: chances by hand, made series, and the published fits."""

import math

import numpy as np
import pandas as pd
import pytest

from detente.experiments.evidence import latent_level
from detente.experiments.evidence.latent_level import (
    Level,
    count_chances,
    fit_level,
    fitted_levels,
    grid,
    is_well_seen,
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
