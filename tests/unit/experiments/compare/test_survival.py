"""Ceasefires out of event logs, and their survival curves, against counts and textbook values."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import detente
from detente.agents import codes
from detente.experiments.cli.main import app
from detente.experiments.compare.ceasefire_spells import kaplan_meier, survival, survival_at, truces
from detente.experiments.compare.survival import Survival
from detente.model.request import open_case

RUNS = 40


@pytest.fixture(scope="module")
def spells(compiled: None) -> pd.DataFrame:
    return truces("afghanistan-2018", "five-lessons", RUNS)


@pytest.fixture(scope="module")
def outcomes(compiled: None) -> pd.DataFrame:
    return detente.ensemble("afghanistan-2018", "five-lessons", runs=RUNS).outcomes


def test_every_ceasefire_of_every_run_is_there(spells: pd.DataFrame, outcomes: pd.DataFrame):
    counted = outcomes.set_index("seed")
    begun = spells.groupby("seed").size().reindex(counted.index, fill_value=0)
    assert list(begun) == list(counted["ceasefires"])
    broken = (
        spells[spells["ended"] == "collapsed"].groupby("seed").size().reindex(counted.index, fill_value=0)
    )
    assert list(broken) == list(counted["ceasefire_collapses"])
    days = spells.groupby("seed")["days"].sum().reindex(counted.index, fill_value=0)
    # the tally counts the days on which both sides hold fire: a day more or less at an end
    assert (days - counted["days_in_ceasefire"]).abs().max() <= spells.groupby("seed").size().max()


def test_words_are_those_of_the_model(spells: pd.DataFrame):
    assert set(spells["class"]) <= set(codes.TRUCE_CLASSES)
    assert set(spells["scope"]) <= set(codes.TRUCE_SCOPES)
    assert set(spells["ended"]) <= {"collapsed", "expired", "agreement", "running"}
    assert list(spells["censored"]) == list(spells["ended"] != "collapsed")
    assert spells[spells["origin"] == "agreement"]["class"].isin(["preliminary", "definitive"]).all()
    assert ((spells["end"] - spells["start"]).dt.days - spells["days"]).abs().max() <= 1


def test_a_run_told_by_mesa_has_the_same_ceasefires(spells: pd.DataFrame):
    """Begun and ended on the same days as the interpreted run of that seed tells them."""
    seed = int(spells.groupby("seed").size().idxmax())
    events = detente.run("afghanistan-2018", "five-lessons", seed=seed, engine="mesa").events
    mine = spells[spells["seed"] == seed]
    begun = events[events["event"] == "truce_began"]
    assert len(begun) == len(mine)
    ended = events[events["event"].isin(["truce_collapsed", "truce_expired"])]
    told = sorted(date + pd.Timedelta(days=1) for date in ended["date"])
    assert told == sorted(mine.loc[mine["ended"].isin(["collapsed", "expired"]), "end"])


def test_eid_2018_is_imposed_and_runs_three_days(spells: pd.DataFrame):
    eid = spells[(spells["origin"] == "imposed") & (spells["start"] == "2018-06-15")]
    assert len(eid) > 0.9 * RUNS
    assert set(eid["days"]) == {3.0}
    assert set(eid["ended"]) == {"expired"}


def test_class_is_that_of_the_day_it_began(spells: pd.DataFrame, workshop: Any):
    """The record looked at in a replay is the one that the whole run had that day."""
    row = spells[(spells["origin"] == "chosen") & (spells["class"] == "cessation")].iloc[0]
    made = detente.run("afghanistan-2018", "five-lessons", seed=int(row["seed"])).series
    progress = made.loc[: row["start"], f"pairs.{row['pair']}.progress"]
    assert progress.iloc[-30:].min() < 0.5


def test_threads_change_nothing(compiled: None):
    one, two = (truces("template", "five-lessons", 9, threads=n) for n in (1, 2))
    pd.testing.assert_frame_equal(one, two)


def test_longer_steps_have_their_ceasefires_too(compiled: None):
    spells = truces("template", "five-lessons", 30, step_days=7)
    outcomes = detente.ensemble("template", "five-lessons", runs=30, step_days=7).outcomes
    assert len(spells) == outcomes["ceasefires"].sum() > 0


# -- the curve


def test_kaplan_meier_on_a_worked_example():
    """Product of (1 - ended / at risk): 6-MP arm of Freireich et al. (1963), as in any textbook of survival."""
    days = np.array(
        [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35], dtype=float
    )
    censored = np.zeros(21, dtype=bool)
    censored[[3, 5, 7, 8, 11, 12, 13, 16, 17, 18, 19, 20]] = True
    curve = kaplan_meier(days, censored).set_index("days")
    expected = {0: 1.0, 6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    for day, share in expected.items():
        assert curve.loc[day, "survival"] == pytest.approx(share, abs=5e-4)
    assert curve.loc[0, "at_risk"] == 21
    assert curve.loc[6, "events"] == 3
    assert (curve["low95"] <= curve["survival"]).all()
    assert (curve["survival"] <= curve["high95"]).all()


def test_bands_hold_the_truth():
    """Exponential ages of mean 100 days, censored at random: 95 % of bands hold exp(-1) at day 100, give or take."""
    rng = np.random.default_rng(5)
    held = 0
    for _ in range(200):
        age, watched = rng.exponential(100, 80), rng.exponential(250, 80)
        curve = kaplan_meier(np.minimum(age, watched), age > watched)
        row = curve[curve["days"] <= 100].iloc[-1]
        held += row["low95"] <= np.exp(-1) <= row["high95"]
    assert 0.90 <= held / 200 <= 0.99


def test_without_any_end_the_curve_stays_up():
    curve = kaplan_meier(np.array([5.0, 9.0]), np.array([True, True]))
    assert list(curve["survival"]) == [1.0, 1.0, 1.0]
    assert not curve.isna().any().any()


def test_until_end_counts_expiry(spells: pd.DataFrame):
    collapse = survival_at(survival(spells, ("origin",)), ("origin",), [3.0]).set_index("origin")
    end = survival_at(survival(spells, ("origin",), "end"), ("origin",), [3.0]).set_index("origin")
    assert collapse.loc["imposed", "survival"] == 1.0
    assert end.loc["imposed", "survival"] == 0.0


def test_no_ceasefire_gives_an_empty_table(compiled: None):
    spells = truces("template", "status-quo", 3, parameters={"switches": {"ceasefires": 0}})
    assert spells[spells["origin"] == "chosen"].empty
    assert survival(spells[spells["origin"] == "chosen"]).empty


# -- the command


def called(*args: str, status: int = 0) -> Any:
    result = CliRunner().invoke(app, ["survival", *args])
    assert result.exit_code == status, (result.output, result.exception)
    return result


def test_json_holds_counts_and_curves(compiled: None):
    told = json.loads(called("template", "--policies", "five-lessons", "--runs", "30", "--json").stdout)
    spells = truces("template", "five-lessons", 30)
    assert sum(row["n"] for row in told["ceasefires"]) == len(spells)
    assert {row["day"] for row in told["survival"]} == {14, 30, 90, 180, 365}


def test_curves_are_of_ceasefires_that_the_parties_chose(spells: pd.DataFrame):
    """Imposed ones hold because they are imposed."""
    made = Survival((open_case("afghanistan-2018", "five-lessons"),), tuple(range(1, RUNS + 1)), spells)
    assert set(spells["origin"]) > {"chosen", "imposed"}
    begun = made.curves[made.curves["days"] == 0].set_index("class")["at_risk"]
    chosen = spells[spells["origin"] == "chosen"].groupby("class", observed=True).size()
    assert begun[begun > 0].to_dict() == chosen[chosen > 0].to_dict()


def test_settings_reach_the_runs(compiled: None):
    args = ("template", "--policies", "status-quo", "--runs", "20", "--json")
    for option, given in (
        (("--lever", "ceasefires=1"), {"levers": {"ceasefires": 1.0}}),
        (("--param", "ceasefires.onset=0.002"), {"parameters": {"ceasefires": {"onset": 0.002}}}),
    ):
        told = json.loads(called(*args, *option).stdout)
        expected = len(truces("template", "status-quo", 20, **given))
        assert sum(row["n"] for row in told["ceasefires"]) == expected
        assert expected != len(truces("template", "status-quo", 20))


def test_the_command_prints_and_draws(tmp_path: Any, compiled: None):
    page = tmp_path / "survival.html"
    told = called("template", "--runs", "30", "--plot", str(page)).stdout
    assert "Kaplan-Meier" in told
    assert "not a forecast" in told
    assert "Plotly.newPlot" in page.read_text(encoding="utf-8")


def test_bad_input_is_one_line():
    assert "--end" in called("template", "--end", "doom", status=2).stderr
    assert "unknown policy" in called("template", "--policies", "doom", status=2).stderr
