"""Outcomes, their summaries, and the tables of single runs, ensembles and comparisons."""

import json
import signal
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import detente
from detente.agents import codes
from detente.experiments.compare.policies import Comparison
from detente.experiments.runs.ensemble import CHUNK, Ensemble
from detente.experiments.runs.inputs import setting
from detente.experiments.runs.intervals import bands, paired_difference, spread
from detente.experiments.runs.outcomes import BY_NAME, OUTCOMES, Finals, end_dates, end_reasons, read_outcomes
from detente.experiments.runs.recorded_series import Watch, next_month
from detente.experiments.runs.runners import run_on_mesa
from detente.model.errors import InputError
from detente.model.keywords import nested_parameters, parameter_names, split_settings
from detente.model.request import open_case
from detente.model.series import columns

CASE = "afghanistan-2018"


@pytest.fixture(scope="module")
def run() -> Any:
    return detente.run(CASE, "five-lessons", seed=5, engine="mesa")


@pytest.fixture(scope="module")
def runs() -> Ensemble:
    return detente.ensemble(CASE, "five-lessons", runs=20)


@pytest.fixture(scope="module")
def compared() -> Comparison:
    return detente.compare(CASE, ["history", "five-lessons"], runs=20)


# -- the list


def test_names_are_unique_and_complete():
    assert len(BY_NAME) == len(OUTCOMES)
    assert all(o.unit and o.meaning and o.better in (-1, 0, 1) for o in OUTCOMES)
    wanted = {"fatalities", "final_trust", "days_in_ceasefire", "ceasefires", "settled", "collapsed"}
    assert wanted <= set(BY_NAME)


def test_outcomes_agree_with_the_chronicle(run: Any):
    """Counted a second time, from the events."""
    happened = run.events["event"].value_counts()
    expected = {
        "ceasefires": "truce_began",
        "ceasefire_offers": "truce_offered",
        "ceasefire_collapses": "truce_collapsed",
        "offensives": "offensive",
        "breaches": "breach",
        "tracks_opened": "track_opened",
        "issues_settled": "issue_settled",
        "measures": "measure_given",
        "answers": "measure_answered",
        "reversals": "measure_reversed",
        "agreements": "agreement",
        "relapses": "relapse",
    }
    assert {o: run.outcomes[o] for o in expected} == {o: happened.get(e, 0) for o, e in expected.items()}
    assert run.outcomes["measures"] > 0
    assert run.outcomes["tracks_opened"] > 0


def test_outcomes_agree_with_the_series(run: Any):
    last = run.series.iloc[-1]
    hostile = [">".join(pair) for pair in (("united-states", "taliban"), ("afghan-government", "taliban"))]
    both = [*hostile, *(">".join(reversed(name.split(">"))) for name in hostile)]
    assert run.outcomes["final_trust"] == pytest.approx(np.mean([last[f"dyads.{n}.trust"] for n in both]))
    attacks = sum(run.series[f"dyads.{name}.step_attacks"].sum() for name in both)
    assert run.outcomes["attacks"] == attacks > 1000
    assert run.outcomes["days"] == len(run.series) - 1
    assert run.outcomes["deaths_per_day"] == pytest.approx(
        run.outcomes["fatalities"] / run.outcomes["days"], rel=1e-12
    )
    assert run.outcomes["final_presence"] == last["parties.united-states.presence"]


@pytest.fixture(scope="module")
def ends() -> Finals:
    """Four made-up last rows: a collapse on the third day, a settlement, half a one, and none, at the horizon."""
    start = open_case(CASE, "history")
    names = columns(start.cast)
    rows = np.zeros((4, len(names)))
    rows[:, names.index("clock.end_reason")] = [
        codes.END_COLLAPSE,
        codes.END_SETTLED,
        codes.END_PARTIAL,
        codes.END_FIGHTING,
    ]
    rows[:, names.index("clock.end_step")] = [2, 1338, 1338, 1338]
    rows[:, names.index("tally.fatalities")] = [30, 1339, 0, 2678]
    return Finals(start, names, rows)


def test_endings_are_read_as_what_they_are(ends: Finals):
    assert end_reasons(ends) == ["collapse", "settled", "partial_settlement", "fighting_on"]
    assert end_dates(ends) == [date(2018, 1, 3), *[date(2021, 8, 31)] * 3]
    found = read_outcomes(ends)
    assert found["collapsed"].tolist() == [1, 0, 0, 0]
    assert found["settled"].tolist() == [0, 1, 0, 0]
    assert found["days"].tolist() == [3, 1339, 1339, 1339]
    assert found["deaths_per_day"].tolist() == [10, 1, 0, 2]


def test_a_case_without_outside_forces_has_no_share_of_them():
    assert np.isnan(detente.run("template", "status-quo", engine="mesa").outcomes["final_presence"])


# -- one run


def test_a_run_says_what_it_was_made_from(run: Any):
    made = json.loads(json.dumps(run.to_json(), allow_nan=False))
    assert made["case"] == CASE
    assert made["policy"] == "five-lessons"
    assert made["mode"] == "until 2018-07-22"
    assert made["seed"] == 5
    assert made["engine"] == "mesa"
    assert set(made["levers"].values()) == {0.8}
    assert made["steps"] == run.outcomes["days"]
    assert made["version"] == detente.__version__
    assert made["trajectory_sha256"] == run.trajectory.sha256
    assert len(made["scenario_sha256"]) == len(made["policy_sha256"]) == len(made["rules_digest"]) == 64
    assert set(made["versions"]) == {"python", "mesa", "numpy", "numba"}
    assert set(made["outcomes"]) == set(BY_NAME)


def test_changed_parameters_are_told():
    made = detente.run("template", "status-quo", engine="mesa", parameters={"trust": {"memory": 300.0}})
    assert made.about["parameters"] == {"trust.memory": 300.0}


def test_both_engines_give_the_same_run(run: Any, compiled: None):
    fast = detente.run(CASE, "five-lessons", seed=5, engine="compiled")
    assert fast.about["engine"] == "compiled"
    assert fast.to_json() == run.to_json() | {"engine": "compiled"}
    pd.testing.assert_frame_equal(fast.events, run.events)
    pd.testing.assert_frame_equal(fast.series, run.series)


def test_series_stand_on_real_dates(run: Any):
    assert run.series.index[0] == pd.Timestamp("2018-01-01")
    assert run.series.index[-1] == pd.Timestamp("2018-01-01") + pd.Timedelta(days=run.outcomes["days"])
    halves = detente.run("template", "status-quo", engine="mesa", step_days=0.5).series
    assert halves.index[1] == pd.Timestamp("2030-01-01 12:00")
    assert halves.index[-1] == pd.Timestamp("2032-01-01")


def test_events_are_told_in_sentences(run: Any):
    assert run.events["sentence"].str.len().min() > 10
    offered = run.events[run.events["event"] == "truce_offered"].iloc[0]
    assert offered["date"] == pd.Timestamp("2018-06-07")
    assert offered["sentence"] == "Afghan government offers Taliban a ceasefire from 2018-06-12 (policy)"


def test_a_saved_run_carries_its_seed_version_and_scenario(run: Any, tmp_path: Path):
    saved = pd.read_parquet(run.save(tmp_path / "run.parquet"))
    assert len(saved) == len(run.series)
    assert set(saved["seed"]) == {5}
    assert set(saved["version"]) == {detente.__version__}
    assert set(saved["scenario_sha256"]) == {run.about["scenario_sha256"]}
    np.testing.assert_array_equal(saved["tally.fatalities"], run.series["tally.fatalities"])
    assert list(tmp_path.iterdir()) == [tmp_path / "run.parquet"]


class Stubborn(detente.Party):
    """A party that never offers or answers a truce."""

    def offer_truce(self, dyad: Any) -> float:
        return 0.0

    def answer_truce(self, dyad: Any) -> float:
        return 0.0


def test_an_actor_of_ones_own_runs_on_mesa_only():
    made = detente.run("template", "status-quo", actors={"republic": Stubborn, "movement": Stubborn})
    assert made.about["engine"] == "mesa"
    assert made.outcomes["ceasefires"] == 0
    with pytest.raises(InputError, match=r"compiled.*movement, republic"):
        detente.run(
            "template",
            "status-quo",
            engine="compiled",
            actors={"republic": Stubborn, "movement": Stubborn},
        )


# -- intervals


def test_spread_knows_quantiles():
    found = spread(np.arange(1001.0))
    assert found == {
        "mean": 500.0,
        "low95": 25.0,
        "low80": 100.0,
        "low50": 250.0,
        "median": 500.0,
        "high50": 750.0,
        "high80": 900.0,
        "high95": 975.0,
    }
    assert all(value != value for value in spread(np.array([])).values())


def test_paired_difference_is_the_t_interval():
    rng = np.random.default_rng(3)
    base, values = rng.normal(0, 5, 40), rng.normal(1, 5, 40)
    found = paired_difference(values, base)
    expected = stats.ttest_rel(values, base).confidence_interval(0.95)
    assert found["mean"] == pytest.approx((values - base).mean())
    assert (found["low95"], found["high95"]) == pytest.approx((expected.low, expected.high))


def test_shared_luck_cancels():
    base = np.random.default_rng(3).normal(0, 100, 40)
    found = paired_difference(base + 2.0, base)
    assert found["low95"] == pytest.approx(2.0) == found["high95"]


def test_one_pair_has_no_interval():
    found = paired_difference(np.array([3.0]), np.array([1.0]))
    assert found["mean"] == 2.0
    assert found["low95"] != found["low95"]


def test_bands_leave_out_runs_that_have_ended():
    values = np.array([[1.0, 1.0, np.nan], [3.0, np.nan, np.nan], [5.0, 3.0, np.nan]])
    found = bands(values)
    assert found["n"].tolist() == [3, 2, 0]
    assert found["median"][:2].tolist() == [3.0, 2.0]
    assert np.isnan(found["median"][2])


# -- ensembles


def test_an_ensemble_is_its_single_runs(runs: Ensemble):
    table = runs.outcomes.set_index("seed")
    assert list(table.index) == list(range(1, 21))
    for seed in (1, 20):
        alone = detente.run(CASE, "five-lessons", seed=seed, engine="mesa")
        values = [alone.outcomes[name] for name in BY_NAME]
        assert np.array_equal(table.loc[seed, list(BY_NAME)].to_numpy(float), values, equal_nan=True)
        assert table.loc[seed, "end_reason"] == alone.end_reason
        assert table.loc[seed, "end_date"].date() == alone.end_date


def test_every_row_carries_its_provenance(runs: Ensemble):
    for key in ("case", "policy", "version", "scenario_sha256"):
        assert set(runs.outcomes[key]) == {runs.about[key]}
    assert runs.about["seeds"] == "1 to 20"


def test_series_are_thinned_and_dated(runs: Ensemble, run: Any):
    chosen = runs.series[
        (runs.series["seed"] == 5) & (runs.series["series"] == "trust taliban>united-states")
    ]
    whole = chosen.dropna().set_index("date")["value"]
    expected = run.series["dyads.taliban>united-states.trust"].iloc[::7]
    assert list(whole.index) == list(expected.index)
    np.testing.assert_array_equal(whole.to_numpy(), expected.to_numpy(dtype=np.float32))


def test_months_add_up_to_the_whole(runs: Ensemble):
    """The case covers whole months, so a run to the horizon has all its deaths in them."""
    deaths = runs.monthly[runs.monthly["series"] == "deaths"].groupby("seed")["value"]
    whole = runs.outcomes.set_index("seed").query("days == 1339")["fatalities"]
    assert len(whole) > 0
    sums = deaths.sum(min_count=44).loc[whole.index]
    np.testing.assert_allclose(sums, whole, rtol=1e-5)


def test_months_are_the_calendars(run: Any, runs: Ensemble):
    tidy = runs.monthly
    chosen = (tidy["seed"] == 5) & (tidy["series"] == "deaths") & (tidy["date"] == "2018-06-01")
    june = tidy.loc[chosen, "value"].item()
    total = run.series["tally.fatalities"]
    assert june == pytest.approx(total["2018-07-01"] - total["2018-06-01"], rel=1e-6)
    assert next_month(date(2018, 12, 31)) == date(2019, 1, 1)


def test_long_steps_share_out_their_months():
    """104 weeks and two days: months share out the weeks, and the last month has the whole of the shorter step."""
    weekly = detente.ensemble("template", "status-quo", runs=4, step_days=7, every=28)
    whole = weekly.monthly[weekly.monthly["series"] == "deaths"].pivot(
        index="seed", columns="date", values="value"
    )
    single = detente.run("template", "status-quo", seed=4, step_days=7).series["tally.fatalities"]
    weeks = (whole.columns[-1] - single.index[0]).days / 7
    low, high = single.iloc[int(weeks)], single.iloc[int(weeks) + 1]
    assert whole.loc[4].iloc[:-1].sum() == pytest.approx(low + (high - low) * (weeks % 1), rel=1e-6)
    assert low < whole.loc[4].iloc[:-1].sum() < high
    assert whole.loc[4].sum() == pytest.approx(single.iloc[-1], rel=1e-6)


def test_after_the_end_there_is_nothing():
    start = open_case(CASE, "history")
    watch = Watch.of(start, 7)
    rows = np.ones((2, start.n_steps + 1, len(watch.columns)))
    rows[:, :, 0] = np.arange(start.n_steps + 1)
    steps = np.array([70.0, 1339.0])
    kept, monthly = watch.series(rows, steps), watch.monthly(rows, steps)
    assert np.isfinite(kept[0, 1:11]).all()
    assert np.isnan(kept[0, 11:]).all()
    assert np.isfinite(kept[1, 1:]).all()
    assert monthly[0, :2, 0].tolist() == [31, 28]
    assert np.isnan(monthly[0, 2:]).all()
    assert monthly[1, -1, 0] == 31


def test_threads_and_chunks_change_nothing(runs: Ensemble, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("detente.experiments.runs.ensemble.CHUNK", 3)
    again = detente.ensemble(CASE, "five-lessons", seeds=range(1, 21), threads=3)
    pd.testing.assert_frame_equal(again.outcomes, runs.outcomes)
    pd.testing.assert_frame_equal(again.series, runs.series)


def test_mesa_gives_the_same_rows(runs: Ensemble):
    rows, final = run_on_mesa(runs.start, 5, runs.watch.columns, {})
    steps = Finals(runs.start, runs.finals.columns, final).steps
    np.testing.assert_array_equal(runs.watch.series(rows, steps)[0], runs.kept[4])
    np.testing.assert_array_equal(final[0], runs.finals.rows[4])


def test_ctrl_c_keeps_what_is_done():
    def press(done: int, total: int) -> None:
        signal.raise_signal(signal.SIGINT)

    before = signal.getsignal(signal.SIGINT)
    with pytest.warns(UserWarning, match=f"{CHUNK} of 500 runs"):
        cut = detente.ensemble("template", "status-quo", runs=500, progress=press)
    assert signal.getsignal(signal.SIGINT) is before
    assert cut.interrupted
    whole = detente.ensemble("template", "status-quo", runs=CHUNK)
    assert not whole.interrupted
    pd.testing.assert_frame_equal(cut.outcomes, whole.outcomes)


def test_a_second_ctrl_c_stops_at_once():
    def press(done: int, total: int) -> None:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        detente.ensemble("template", "status-quo", runs=500, progress=press)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"runs": 0}, "runs"),
        ({"runs": 2.0}, "runs"),
        ({"seeds": []}, "seeds"),
        ({"seeds": [1, 1]}, "twice"),
        ({"seeds": [-1]}, "seed"),
        ({"threads": 0}, "threads"),
        ({"every": 0}, "every"),
        ({"policy": "histry"}, "histry"),
    ],
)
def test_an_ensemble_refuses_what_it_cannot_use(asked: dict[str, Any], told: str):
    with pytest.raises(InputError, match=told):
        detente.ensemble("template", **{"policy": "status-quo", **asked})


# -- comparisons


def test_a_policy_compared_with_itself_differs_by_nothing(compared: Comparison):
    twin = Comparison((compared.ensembles[0], compared.ensembles[0]))
    found = twin.differences()
    numbers = found.loc[found["pairs"] > 1, ["mean", "low95", "high95"]].to_numpy()
    assert len(numbers) > 30
    assert (numbers == 0).all()


def test_differences_are_paired_by_seed(compared: Comparison):
    base, other = (e.outcomes for e in compared.ensembles)
    assert list(base["seed"]) == list(other["seed"])
    found = compared.differences().loc[("measures", "five-lessons")]
    expected = (other["measures"] - base["measures"]).mean()
    assert found["mean"] == pytest.approx(expected)
    assert found["low95"] < expected < found["high95"]


def test_policies_share_their_luck_until_they_part(compared: Comparison):
    """Up to the day of the essay both do the same, so the same seed gives the same deaths."""
    base, other = (e.monthly[e.monthly["date"] < "2018-07-01"] for e in compared.ensembles)
    np.testing.assert_array_equal(base["value"], other["value"])
    late = [e.monthly[e.monthly["date"] > "2019-01-01"]["value"] for e in compared.ensembles]
    assert not np.array_equal(*late, equal_nan=True)


def test_endings_sum_to_one(compared: Comparison):
    assert compared.endings().sum(axis=1).tolist() == pytest.approx([1.0, 1.0])


def test_a_comparison_as_json(compared: Comparison):
    made = json.loads(json.dumps(compared.to_json(), allow_nan=False))
    assert made["baseline"] == "history"
    assert made["runs"] == made["runs_asked"] == 20
    assert made["policies"]["history"]["differences"] == {}
    assert made["policies"]["five-lessons"]["mode"] == "until 2018-07-22"
    deaths = made["policies"]["five-lessons"]["outcomes"]["fatalities"]
    values = compared.ensembles[1].outcomes["fatalities"]
    assert deaths["median"] == pytest.approx(values.median())
    assert deaths["low95"] <= deaths["low80"] <= deaths["median"] <= deaths["high80"] <= deaths["high95"]


def test_the_usual_policies_are_those_a_case_has():
    assert detente.compare(CASE, runs=1).policies == ("history", "status-quo", "five-lessons")
    assert detente.compare("template", runs=1).policies == ("status-quo", "five-lessons", "opening")


# -- one plain function


def test_evaluate_is_a_run(run: Any):
    assert detente.evaluate(CASE, 5, policy="five-lessons") == run.outcomes


def test_evaluate_takes_levers_and_parameters():
    asked: dict[str, Any] = {"confidence_building": 0.9, "trust__memory": 300}
    found = detente.evaluate("template", 2, policy="status-quo", **asked)
    dotted = detente.evaluate(
        "template", 2, policy="status-quo", **{"confidence_building": np.float64(0.9), "trust.memory": 300.0}
    )
    expected = detente.run(
        "template",
        "status-quo",
        seed=2,
        levers={"confidence_building": 0.9},
        parameters={"trust": {"memory": 300.0}},
    )
    assert found == dotted == expected.outcomes
    assert found != detente.evaluate("template", 2, policy="status-quo")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"confidence_bilding": 1.0}, "did you mean 'confidence_building'"),
        ({"trust__memry": 1.0}, "did you mean 'trust__memory'"),
        ({"trust.memory": 1.0}, "180"),
        ({"trust.memory": "long"}, "a number"),
        ({"mediation": 2.0}, "0 to 1"),
        ({"mediation": True}, "0 to 1"),
    ],
)
def test_evaluate_refuses_what_it_cannot_use(asked: dict[str, Any], told: str):
    with pytest.raises(InputError, match=told):
        detente.evaluate("template", 1, policy="status-quo", **asked)


def test_settings_are_read():
    assert setting("mediation=0.5", "--lever") == ("mediation", 0.5)
    assert nested_parameters({"trust.memory": 300, "talks__base": 0.001}) == {
        "trust": {"memory": 300},
        "talks": {"base": 0.001},
    }
    assert split_settings({"mediation": np.float32(0.5), "trust.memory": np.int64(300)}) == (
        {"mediation": 0.5},
        {"trust": {"memory": 300}},
    )
    assert "switches.trust" in parameter_names()


BETTER = {
    "less": (
        *("fatalities", "deaths_per_day", "attacks", "spoiler_attacks", "ceasefire_collapses", "breaches"),
        *(
            "offensives",
            "aftermath",
            "aftermath_each",
            "talk_failures",
            "leaks",
            "reversals",
            "relapses",
            "collapsed",
        ),
    ),
    "more": (
        *("final_trust", "final_readiness", "ally_trust", "days_in_ceasefire", "ceasefires"),
        *("ceasefire_length", "issues_settled", "answers", "agreements", "implementation"),
        *(
            "final_legitimacy",
            "patron_standing",
            "final_capital",
            "guarantor_credibility",
            "settled",
            "lasting_truce",
        ),
    ),
}


def test_regret_and_robustness_are_told_which_way_is_better():
    """Peace, trust and what is kept are better; deaths, breaches and what fails are worse; the rest is neither."""
    signs = {"less": -1, "more": 1}
    expected = {name: signs[word] for word, names in BETTER.items() for name in names}
    found = {o.name: o.better for o in OUTCOMES if o.better}
    differ = sorted({name for name, _ in found.items() ^ expected.items()})
    assert not differ, f"{differ}: OUTCOMES and BETTER of tests/unit/experiments/runs/test_outcomes.py differ"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("final_trust", "in a case in which nobody fights"),
        ("final_readiness", "in a case in which nobody fights"),
        ("ally_trust", "in a case without an ally"),
        ("ceasefire_length", "without a ceasefire"),
        ("aftermath_each", "without a ceasefire"),
        ("implementation", "where no agreement stands at the end"),
        ("final_presence", "in a case without outside forces"),
        ("guarantor_credibility", "in a case without a guarantor"),
    ],
)
def test_outcomes_that_may_be_missing_say_where(name: str, said: str):
    assert {o.name: o.missing for o in OUTCOMES}[name] == said


def test_all_other_outcomes_are_never_missing():
    assert sum(bool(o.missing) for o in OUTCOMES) == 8
