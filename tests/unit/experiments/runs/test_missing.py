"""Missing is not zero: outcomes that are of what did not happen have no value, in single runs and in summaries."""

import json
import math

import numpy as np
import pandas as pd
import pytest

import detente
from detente.experiments.audit.effect_sizes import LEAST_PAIRS, paired_effects, seed_spread
from detente.experiments.compare.common_random_numbers import savings
from detente.experiments.compare.packages import why_nothing_agreed
from detente.experiments.compare.policies import compare
from detente.experiments.compare.theories import widest
from detente.experiments.runs.ensemble import ensemble
from detente.experiments.runs.intervals import known, known_mean, paired_difference, spread
from detente.experiments.runs.outcomes import BY_NAME, OUTCOMES, Finals, read_outcomes
from detente.model.request import open_case
from detente.model.series import columns

NAN = math.nan
MAY_BE_MISSING = {outcome.name for outcome in OUTCOMES if outcome.missing}
N = 60


@pytest.fixture(scope="module")
def runs(compiled):
    return ensemble("template", "status-quo", runs=N)


def strict(text):
    """JSON without NaN and infinity."""

    def refuse(word):
        raise ValueError(word)

    return json.loads(text, parse_constant=refuse)


# -- outcomes, read off last rows that are written by hand


def read(case, **values):
    """Outcomes of one run of a case, its last row nought but for some columns."""
    start = open_case(case, "status-quo")
    names = columns(start.cast)
    row = np.zeros((1, len(names)))
    for name, value in values.items():
        place = name.replace("__", ".").replace("_and_", "+").replace("_to_", ">")
        row[0, names.index(place)] = value
    return {name: float(found[0]) for name, found in read_outcomes(Finals(start, names, row)).items()}


@pytest.mark.parametrize(
    ("values", "name", "expected"),
    [
        ({}, "ceasefire_length", NAN),
        ({}, "aftermath_each", NAN),
        ({}, "implementation", NAN),
        ({"tally__truces": 4.0, "tally__truce_days": 6.0}, "ceasefire_length", 1.5),
        ({"tally__truces": 2.0}, "ceasefire_length", 0.0),
        ({"tally__truces": 2.0, "tally__aftermath": 5.0}, "aftermath_each", 2.5),
        ({"tally__truces": 1.0}, "aftermath_each", 0.0),
        ({"tally__aftermath": 3.0}, "aftermath_each", NAN),
        ({"pairs__republic_and_movement__agreed": 1.0}, "implementation", 0.0),
        ({"pairs__republic_and_movement__implementation": 0.7}, "implementation", NAN),
        ({"tally__packages": 3.0, "tally__agreements": 1.0}, "packages_refused", 2.0),
        ({"tally__packages": 3.0}, "packages", 3.0),
        ({}, "packages", 0.0),
    ],
)
def test_an_outcome_has_a_value_where_what_it_is_of_happened(values, name, expected):
    assert read("template", **values)[name] == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize("name", ["ally_trust", "final_presence", "guarantor_credibility"])
def test_a_case_lacks_outcomes_of_what_it_does_not_have(name):
    assert math.isnan(read("template")[name])
    assert math.isfinite(read("afghanistan-2018")[name])


def test_only_outcomes_that_say_so_are_ever_missing():
    for case in ("template", "korea-2017", "afghanistan-2018"):
        missing = {name for name, value in read(case).items() if math.isnan(value)}
        assert {"ceasefire_length", "aftermath_each", "implementation"} <= missing <= MAY_BE_MISSING


# -- single runs


def test_two_equal_runs_compare_equal_though_something_is_missing(compiled):
    one, other = (detente.evaluate("template", 2, policy="status-quo") for _ in range(2))
    assert math.isnan(one["ally_trust"])
    assert one == other
    assert one == detente.run("template", "status-quo", seed=2).outcomes


def test_json_of_a_run_has_null(compiled):
    told = strict(json.dumps(detente.run("template", "status-quo", seed=2).to_json()))
    assert told["outcomes"]["ally_trust"] is None
    assert told["outcomes"]["relapses"] == 0.0


def test_a_saved_run_has_valid_json_beside_its_table(compiled, tmp_path):
    import pyarrow.parquet as pq

    path = detente.run("template", "status-quo", seed=2).save(tmp_path / "run.parquet")
    about = strict(pq.read_schema(path).metadata[b"detente"].decode())
    assert about["outcomes"]["ally_trust"] is None


# -- ensembles


def test_the_length_of_no_ceasefire_is_missing(runs):
    table = runs.outcomes
    for name in ("ceasefire_length", "aftermath_each"):
        assert (table[name].isna() == (table["ceasefires"] == 0)).all()
    some = table[table["ceasefires"] > 0]
    assert 0 < len(some) < N
    found = runs.summary().loc["ceasefire_length"]
    assert found["runs"] == len(some)
    assert found["mean"] == pytest.approx((some["days_in_ceasefire"] / some["ceasefires"]).mean())
    assert found["median"] == pytest.approx(some["ceasefire_length"].median())


def test_a_summary_says_of_how_many_runs_it_is(runs):
    summary = runs.summary()
    assert summary["runs"].dtype.kind == "i"
    assert (summary.loc[[o for o in BY_NAME if o not in MAY_BE_MISSING], "runs"] == N).all()
    assert summary.loc["ally_trust", "runs"] == 0
    assert summary.loc["ally_trust"].drop(["unit", "runs"]).isna().all()


def test_packages_are_accepted_or_refused(runs):
    table = runs.outcomes
    assert (table["packages"] == table["packages_refused"] + table["agreements"]).all()
    assert (table["packages_refused"] >= 0).all()


# -- statistics


@pytest.mark.parametrize(
    ("values", "mean", "median"),
    [
        ([NAN, 2.0, 4.0], 3.0, 3.0),
        ([0.0, NAN, NAN], 0.0, 0.0),
        ([5.0], 5.0, 5.0),
        ([NAN], NAN, NAN),
        ([], NAN, NAN),
        ([NAN, -1.0, NAN, 1.0, 3.0], 1.0, 1.0),
    ],
)
def test_a_spread_is_of_the_known(values, mean, median):
    found = spread(np.array(values))
    assert [found["mean"], found["median"]] == pytest.approx([mean, median], nan_ok=True)
    assert known_mean(np.array(values)) == pytest.approx(mean, nan_ok=True)
    assert len(known(np.array(values))) == len(values) - sum(map(math.isnan, values))


@pytest.mark.parametrize(
    ("values", "base", "mean", "pairs"),
    [
        ([3.0, NAN, 5.0], [1.0, 1.0, NAN], 2.0, 1),
        ([NAN, NAN], [1.0, 2.0], NAN, 0),
        ([3.0, 4.0], [1.0, 1.0], 2.5, 2),
        ([1.0, 2.0, NAN, 4.0], [0.0, 2.0, 9.0, 2.0], 1.0, 3),
        ([], [], NAN, 0),
    ],
)
def test_a_pair_counts_where_both_have_a_value(values, base, mean, pairs):
    found = paired_difference(np.array(values), np.array(base))
    assert found["pairs"] == pairs
    assert found["mean"] == pytest.approx(mean, nan_ok=True)
    assert math.isnan(found["low95"]) == (pairs < 2)


def test_what_is_missing_does_not_move_the_known():
    values, base = np.array([3.0, 4.0, 8.0]), np.array([1.0, 1.0, 1.0])
    more = paired_difference(np.append(values, NAN), np.append(base, 1.0))
    assert more == paired_difference(values, base)


def test_an_effect_on_what_is_missing_is_of_the_pairs_there_are():
    rng = np.random.default_rng(1)
    base = {o.name: rng.normal(0, 1, 60) for o in OUTCOMES}
    changed = {name: values + 1.0 for name, values in base.items()}
    base["ceasefire_length"][:30] = NAN
    changed["aftermath_each"][: 60 - LEAST_PAIRS + 1] = NAN
    changed["implementation"][:] = NAN
    effects = {e.outcome: e for e in paired_effects(base, changed)}
    assert effects["ceasefire_length"].mean == pytest.approx(1.0)
    assert effects["ceasefire_length"].spreads == pytest.approx(1 / seed_spread(base["ceasefire_length"]))
    for name in ("aftermath_each", "implementation"):
        assert (effects[name].mean, effects[name].spreads) == (0.0, 0.0)
        assert not effects[name].counts
    assert all(np.isfinite(e.spreads) for e in effects.values())


def test_two_theories_apart_on_what_is_missing_in_some_seeds():
    found = {
        "a": np.array([1.0, NAN, 3.0]),
        "b": np.array([NAN, 2.0, NAN]),
        "c": np.array([0.0, NAN, 0.0]),
    }
    row = widest(found)
    assert (row["higher"], row["lower"], row["mean"], row["pairs"]) == ("a", "c", 2.0, 2)
    nothing = widest({"a": np.full(3, NAN), "b": np.full(3, NAN)})
    assert nothing["pairs"] == 0
    assert math.isnan(nothing["mean"])


def test_savings_of_common_random_numbers_are_of_the_pairs(compiled):
    starts = tuple(open_case("template", p) for p in ("status-quo", "five-lessons"))
    found = savings(starts, range(1, 41)).set_index("outcome")
    assert "ally_trust" not in found.index
    assert np.isfinite(found.loc["ceasefire_length", ["saving", "correlation"]].to_numpy(float)).all()


# -- comparisons


def test_a_comparison_is_of_the_pairs_and_its_json_is_valid(compiled):
    made = compare("template", ["status-quo", "five-lessons"], runs=30)
    base, other = (e.outcomes["ceasefire_length"] for e in made.ensembles)
    both = base.notna() & other.notna()
    row = made.differences().loc[("ceasefire_length", "five-lessons")]
    assert row["pairs"] == both.sum() < 30
    assert row["mean"] == pytest.approx((other - base)[both].mean())
    told = strict(json.dumps(made.to_json()))["policies"]["five-lessons"]
    assert told["outcomes"]["ceasefire_length"]["runs"] == other.notna().sum()
    assert told["differences"]["ceasefire_length"]["pairs"] == both.sum()
    assert told["outcomes"]["ally_trust"]["mean"] is None
    assert told["packages"]["put_forward"] == told["packages"]["refused"] + told["packages"]["accepted"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            {"parameters": {"switches": {"settlement": 0}}},
            "no package was put forward in any run: switches.sett",
        ),
        (
            {"parameters": {"switches": {"talks": 0}}},
            "no package was put forward in any run: switches.talks is 0",
        ),
        ({"step_days": 28, "runs": 1, "seeds": None}, "no package was put forward in any run: "),
    ],
)
def test_a_comparison_says_why_nothing_was_put_forward(compiled, options, words):
    options = {"runs": 5, **options}
    made = compare("template", ["status-quo"], **options)
    assert made.nothing_agreed()["status-quo"].startswith(words)
    assert made.to_json()["policies"]["status-quo"]["packages"]["put_forward"] == 0


class Made:
    """An ensemble of rows written by hand."""

    def __init__(self, **columns):
        usual = {"agreements": 0.0, "packages": 0.0, "tracks_opened": 0.0, "issues_settled": 0.0}
        self.outcomes = pd.DataFrame({**usual, **columns}, index=range(4))
        self.start = open_case("template", "status-quo")


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"agreements": [0, 1, 0, 0], "packages": [0, 1, 0, 0]}, ""),
        ({}, "no package was put forward in any run: no talks were opened"),
        (
            {"tracks_opened": [1, 0, 2, 0], "issues_settled": [1, 0, 1, 0]},
            "no package was put forward in any run: talks were opened in 2 of 4 runs, and no main track between "
            "sides at war settled its whole agenda (at most 1 issue settled in a run)",
        ),
        ({"packages": [0, 1, 0, 0]}, "one package was put forward, in one of 4 runs, and refused"),
        ({"packages": [2, 1, 0, 0]}, "3 packages were put forward, in 2 of 4 runs, and all were refused"),
        ({"packages": [0, 5, 0, 0]}, "5 packages were put forward, in 1 of 4 runs, and all were refused"),
    ],
)
def test_why_nothing_was_agreed(columns, words):
    assert why_nothing_agreed(Made(**columns)) == words
