"""``what_if``: deaths with a move and without, after over before, and bad input."""

import json
import subprocess
import sys
from datetime import date

import numpy as np
import pandas as pd
import pytest

import detente
from detente.dashboards.figures.prospect import POOLED
from detente.experiments.benchmark.past_ratios import past
from detente.experiments.benchmark.prospect import LUCK, UNCERTAINTIES, UNKNOWN
from detente.experiments.benchmark.prospect_ratios import paired_cells, ratio_cells
from detente.experiments.benchmark.prospect_runs import MONTHS, Counting
from detente.model.errors import InputError

RUNS = 60


@pytest.fixture(scope="module")
def seen(compiled: None):
    return detente.what_if(
        "afghanistan-2018", "2018-07-10", truce="class=preliminary,monitored=0.6", runs=RUNS
    )


def test_it_says_what_is_known_of_each_window(seen):
    assert set(seen.counts) == set(UNCERTAINTIES)
    for uncertainty in UNCERTAINTIES:
        for months in MONTHS:
            without, with_move = seen.window(uncertainty, months)
            assert without.shape == with_move.shape == (RUNS,)
            cells = seen.cells(uncertainty, months)
            after = cells["after_over_before"]["with"]
            expected = np.median((with_move + 0.5) / (cells["observed_before"] + 0.5))
            assert after["median"] == pytest.approx(expected)
            paired = np.median((with_move + 0.5) / (without + 0.5))
            assert cells["with_over_without"]["median"] == pytest.approx(paired)


def test_longer_windows_hold_shorter_ones(seen):
    for uncertainty in UNCERTAINTIES:
        for arm in seen.counts[uncertainty]:
            assert (np.diff(arm, axis=1) >= 0).all()


def test_what_is_not_known_is_drawn_and_the_rest_is_not(seen):
    assert "ceasefires.holds_cut" in seen.drawn
    assert any(name.startswith("fact.relation.") for name in seen.drawn)
    alone, all_in_all = (seen.window(one, 12)[0] for one in (LUCK, UNKNOWN))
    assert np.log(all_in_all).std() > np.log(alone).std()


def test_the_same_seeds_give_the_same_prospect(seen):
    again = detente.what_if(
        "afghanistan-2018",
        "2018-07-10",
        truce={"class": "preliminary", "monitored": 0.6},
        seeds=[1, 2],
        threads=1,
    )
    for uncertainty in UNCERTAINTIES:
        for first, second in zip(seen.counts[uncertainty], again.counts[uncertainty], strict=True):
            assert np.array_equal(first[:2], second)


KEYS = {
    *("note", "case", "policy", "mode", "theory", "levers", "priors", "step_days", "version", "versions"),
    *("scenario_sha256", "policy_sha256", "rules_digest", "from", "asked", "moves", "words", "settings_with"),
    *("settings_without", "drawn_parameters", "counted", "notes", "scale", "runs", "runs_asked", "seeds"),
    *("interrupted", "results"),
}
WINDOW = {
    *("months", "without", "with", "with_over_without", "observed_before", "after_over_before", "pooled"),
}
QUANTILES = {"q05", "q10", "q25", "median", "q75", "q90", "q95"}
CHANCES = {"rise", "below_half"}


def test_json_has_one_schema(seen):
    plain = json.loads(json.dumps(seen.to_json(), allow_nan=False))
    assert set(plain) == KEYS
    assert plain["from"] == "2018-07-10"
    assert plain["asked"] == [{"kind": "truce", "class": "preliminary", "monitored": "0.6"}]
    assert [r["uncertainty"] for r in plain["results"]] == list(UNCERTAINTIES)
    for result in plain["results"]:
        assert [w["months"] for w in result["windows"]] == list(MONTHS)
        for window in result["windows"]:
            assert set(window) == WINDOW
            assert set(window["with"]) == set(window["without"]) == {"mean", *QUANTILES}
            more = {"of_means", "low95", "high95"}
            assert set(window["with_over_without"]) == QUANTILES | CHANCES | more
            assert set(window["after_over_before"]["with"]) == QUANTILES | CHANCES
            assert all(0 <= window["with_over_without"][key] <= 1 for key in CHANCES)
            pooled = window["pooled"]
            assert (pooled is None) == (result["uncertainty"] == LUCK)
            assert pooled is None or set(pooled) == QUANTILES | CHANCES


def test_tables_figure_and_lines(seen, tmp_path):
    table = seen.table()
    assert len(table) == (len(UNCERTAINTIES) * 5 + 1) * len(MONTHS)
    assert set(table["quantity"]) >= {"with", "without", "with_over_without", "after_over_before_with"}
    assert (
        len(pd.read_parquet(seen.save(tmp_path / "runs.parquet"))) == len(UNCERTAINTIES) * len(MONTHS) * RUNS
    )
    figure = seen.plot()
    heads = " ".join(a.text for a in figure.layout.annotations)
    assert "what the model assumes" in heads
    assert "what can be checked" in heads
    assert [box.name for box in figure.data].count(POOLED) == 1
    assert repr(seen).count("months") == 9


def test_pooled_is_half_runs_and_half_past_acts(seen):
    for months in MONTHS:
        acts, logs = past()[months]
        _, runs = seen.after_over_before(UNKNOWN, months)
        pooled = seen.pooled(months)
        assert acts >= 100
        assert len(pooled) == 2 * RUNS
        assert np.mean(pooled > 1.0) == pytest.approx(
            0.5 * np.mean(runs > 1.0) + 0.5 * np.mean(logs > 0.0), abs=1.5 / RUNS
        )


def test_moves_that_past_ratios_are_not_of_are_not_pooled(compiled: None):
    seen = detente.what_if("afghanistan-2018", "2018-07-10", truce={}, talks={}, runs=2)
    assert seen.before(3) is not None
    assert seen.pooled(3) is None
    assert seen.cells(UNKNOWN, 3)["pooled"] is None
    assert POOLED not in [box.name for box in seen.plot().data]


def test_a_case_without_observed_deaths_has_nothing_before(compiled: None):
    seen = detente.what_if("template", "2030-06-01", agreement={}, runs=RUNS)
    assert seen.cells(LUCK, 3)["after_over_before"] is None
    assert seen.cells(UNKNOWN, 3)["pooled"] is None
    assert "as at its start" in seen.eve.notes[0]
    without, with_move = seen.window(LUCK, 12)
    assert np.median(with_move) < np.median(without)
    assert "Nothing observed" in " ".join(a.text for a in seen.plot().layout.annotations)


def test_a_case_without_deaths_counts_attacks(compiled: None):
    seen = detente.what_if("korea-2017", "2018-02-01", talks={}, runs=2)
    assert seen.counted == "attacks"
    assert seen.before(3) is None


def test_ratios_by_hand():
    cells = ratio_cells(np.array([0.25, 1.0, 1.0, 4.0]))
    assert cells["rise"] == pytest.approx((1 + 0.5 * 2) / 4)
    assert cells["below_half"] == 0.25
    same = np.array([1.0, 5.0, 9.0])
    paired = paired_cells(2 * same + 0.5, same)
    assert paired["median"] == pytest.approx(2.0)
    assert paired["low95"] <= paired["of_means"] <= paired["high95"]


def test_counts_keep_their_mean_and_take_their_luck_from_the_seed():
    deaths = np.full((400, 12), 50.0)
    how = Counting(2.0, np.array([0.0, 1.0]))
    seeds = range(400)
    plain, uneven = (how.counts(deaths, date(2020, 1, 1), seeds, [row] * 400) for row in (0, 1))
    assert plain.mean() == pytest.approx(100.0, rel=0.02)
    assert plain.var() == pytest.approx(100.0, rel=0.15)
    assert uneven.mean() == pytest.approx(100.0, rel=0.05)
    assert uneven.var() == pytest.approx(100.0 + 100.0**2, rel=0.2)
    less = how.counts(0.5 * deaths, date(2020, 1, 1), seeds, [1] * 400)
    assert (less <= uneven).all()
    assert np.array_equal(uneven[7:9], how.counts(deaths[7:9], date(2020, 1, 1), [7, 8], [1, 1]))


@pytest.mark.parametrize(
    ("how", "parts"),
    [
        ({"since": "2040-01-01", "truce": {}}, ["--from", "2040-01-01", "2030-01-01"]),
        ({"since": "yesterday", "truce": {}}, ["--from", "'yesterday'", "a date"]),
        ({"since": "2030-06-01"}, ["--truce", "at least one move"]),
        ({"since": "2030-06-01", "truce": {}, "dyad": 7}, ["--dyad", "observed data only"]),
        ({"since": "2030-06-01", "truce": {}, "runs": 0}, ["runs", "0"]),
    ],
)
def test_bad_input_is_one_clear_line(how, parts):
    with pytest.raises(InputError) as error:
        detente.what_if("template", **how)
    assert all(part in str(error.value) for part in parts), str(error.value)


def command(*words: str, folder=None) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "detente", "if", *words]
    return subprocess.run(line, cwd=folder, capture_output=True, text=True, check=False)


def test_the_command_tells_every_fault_on_a_line_of_its_own(tmp_path):
    done = command("template", "--from", "never", "--truce", "x=1", "--talks", "track", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    lines = done.stderr.splitlines()
    assert len(lines) == 3
    assert all(line.startswith("detente: ") for line in lines)


def test_the_command_refuses_what_it_would_ignore(tmp_path):
    done = command("--back-test", ".", "--truce", "class=cessation", folder=tmp_path)
    assert done.returncode == 2
    assert "--truce: got a value here; expected it without --back-test only" in done.stderr
    done = command("template", "--from", "2030-06-01", "--talks", "mediated=1", "--resume", folder=tmp_path)
    assert done.returncode == 2
    assert "--resume" in done.stderr


def test_a_war_without_deaths_for_years_is_at_rest_by_luck_alone(tmp_path, compiled: None):
    months = pd.date_range("2004-01-01", periods=132, freq="MS").strftime("%Y-%m-%d")
    deaths = [*np.random.default_rng(1).negative_binomial(4, 0.1, 96), *[0] * 36]
    pd.DataFrame({"date": months, "deaths": deaths}).to_csv(tmp_path / "war.csv", index=False)
    how = {"truce": {}, "runs": RUNS}
    fought = detente.what_if(tmp_path / "war.csv", "2011-12-01", **how)
    at_rest = detente.what_if(tmp_path / "war.csv", "2014-12-01", **how)
    for uncertainty in UNCERTAINTIES:
        assert np.median(at_rest.window(uncertainty, 12)[0]) < 0.2 * np.median(
            fought.window(uncertainty, 12)[0]
        )
