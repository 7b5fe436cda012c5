"""How the card is made: each set-up run once and let go, controls and null models beside it, what is left out."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from detente.experiments.runs.provenance import NOT_A_FORECAST
from detente.experiments.validity import card as module
from detente.experiments.validity.card import Card, Laboratory, LeftOut, card_of, plain, row_of, validate
from detente.experiments.validity.pattern import Near, Pattern, Result, Spread, above
from detente.experiments.validity.setups import Setup, off
from detente.model.errors import InputError

FREE, BUSY = Setup("template", policy="status-quo"), Setup("template", policy="five-lessons")


class Fake:
    """Runs of a set-up that are not run: only which set-up, columns and seeds they are of."""

    def __init__(self, setup, seeds, columns):
        self.setup, self.seeds, self.columns = setup, seeds, columns
        self.start = setup.open()


@pytest.fixture
def made(monkeypatch):
    """Every panel asked for, in order; null models are read as 7 and 8 attacks a day."""
    panels = []

    class Panels:
        @staticmethod
        def of(setup, seeds, columns):
            panels.append(Fake(setup, seeds, columns))
            return panels[-1]

    monkeypatch.setattr(module, "Panel", Panels)
    nulls = {"constant": lambda setup, seeds: 7.0, "seasonal": lambda setup, seeds: 8.0}
    monkeypatch.setattr(module, "NULLS", nulls)
    return panels


def level(panel):
    """2 with talks, 0 without, and what a null model is read as."""
    if isinstance(panel, float):
        return np.full(3, panel)
    return np.full(3, 0.0 if panel.setup.parameters else 2.0)


def pattern(key="X", **changed):
    plain_one = Pattern(
        key=key,
        title="A pattern",
        sources=("ged", "cns"),
        observed="something",
        mark="emergent",
        setups=(FREE,),
        columns=("a",),
        read=level,
        rule=above(1),
        statistic="a number",
        value=1.5,
        control=off("talks"),
        control_words="talks off",
        if_missed="A reason.",
    )
    return replace(plain_one, **changed)


def test_a_set_up_is_run_once_with_all_columns_that_are_read_of_it(made):
    patterns = [pattern(), pattern("Y", columns=("b", "a")), pattern("Z", setups=(BUSY,), control=())]
    laboratory = Laboratory(patterns, [4, 5])
    for p in patterns:
        laboratory.judge(p)
    off_talks = FREE.having(*off("talks"))
    assert [(m.setup, m.columns) for m in made] == [
        (FREE, ("a", "b")),
        (off_talks, ("a", "b")),
        (BUSY, ("a",)),
    ]
    assert {m.seeds for m in made} == {(4, 5)}


def test_runs_are_let_go_when_no_later_pattern_reads_them(made):
    patterns = [pattern(), pattern("Y", control=()), pattern("Z", setups=(BUSY,), control=())]
    laboratory = Laboratory(patterns, [1])
    laboratory.judge(patterns[0])
    assert set(laboratory.panels) == {FREE}
    laboratory.judge(patterns[1])
    assert set(laboratory.panels) == set()
    laboratory.judge(patterns[2])
    assert set(laboratory.panels) == set()
    assert len(made) == 3


def test_a_pattern_is_judged_in_the_model_its_control_and_the_null_models(made):
    p = pattern(nulls=("seasonal", "constant"), persistence=1.0)
    found = Laboratory([p], [1, 2]).judge(p)
    assert (found.model.median, found.control.median) == (2.0, 0.0)
    assert (found.model.share, found.control.share) == (1.0, 0.0)
    assert {name: s.median for name, s in found.nulls.items()} == {
        "seasonal": 8.0,
        "constant": 7.0,
        "persistence": 1.0,
    }
    assert found.nulls["persistence"].n == 1
    assert found.mode == made[0].start.mode
    bare = pattern(control=())
    found = Laboratory([bare], [1]).judge(bare)
    assert (found.control, found.nulls) == (None, {})


def test_the_mode_is_that_of_the_first_set_up(made):
    p = pattern(setups=(Setup("afghanistan-2018", mode="free"), FREE), read=lambda a, b: np.ones(1))
    assert Laboratory([p], [1]).judge(p).mode == "free"


# -- rows and JSON

FULL = Spread(3, 2.0, 1.0, 3.0, 0.9, True)
LOW = Spread(4, 0.0, -1.0, 1.0, 0.2, False)


def test_a_row_holds_model_control_and_verdict():
    row = row_of(Result(pattern(), "free", FULL, LOW, {"constant": LOW}))
    numbers = ("n", "median", "low", "high", "share", "holds")
    assert [row[name] for name in numbers] == [3, 2.0, 1.0, 3.0, 0.9, True]
    assert [row[f"control_{name}"] for name in numbers] == [4, 0.0, -1.0, 1.0, 0.2, False]
    assert list(row["nulls"]) == ["constant"]
    assert row["nulls"]["constant"]["median"] == 0.0
    assert (row["source"], row["asked"], row["pooled"], row["value"]) == ("ged, cns", "> 1", False, 1.5)
    assert (row["passed"], row["counts"], row["verdict"], row["why"]) == (True, True, "pass, counts", "")


def test_a_row_without_a_control_and_a_miss():
    row = row_of(Result(pattern(control=(), pooled=True), "free", LOW, None))
    assert (row["control_n"], row["control_holds"], row["pooled"]) == (0, False, True)
    assert all(math.isnan(row[f"control_{name}"]) for name in ("median", "low", "high", "share"))
    assert (row["passed"], row["verdict"], row["why"]) == (False, "miss", "A reason.")


def test_numbers_that_are_none_are_null():
    assert plain({"a": math.nan, 1: {"b": 0.5}, "c": "x"}) == {"a": None, "1": {"b": 0.5}, "c": "x"}
    assert plain(math.inf) == math.inf


def card(*left):
    return Card(("template",), (3, 4, 9), (Result(pattern(), "free", FULL, LOW),), left)


def test_the_card_as_one_object():
    found = card().to_json()
    assert (found["note"], found["runs"], found["seeds"]) == (NOT_A_FORECAST, 3, [3, 9])
    assert list(found["cases"]) == ["template"]
    case = found["cases"]["template"]
    assert list(case) == [
        *("version", "versions", "scenario_sha256", "rules_digest", "data", "passed", "counts"),
        *("validation", "verification", "out_of_sample", "patterns"),
    ]
    assert "case" not in case["patterns"][0]
    assert "left_out" not in found
    left = card(LeftOut("template", "launches", "no count")).to_json()["left_out"]
    assert left == [{"case": "template", "what": "launches", "why": "no count"}]


def test_the_table_is_saved_without_the_null_models(tmp_path):
    path = card().save(tmp_path / "card.parquet")
    assert path == tmp_path / "card.parquet"
    found = pd.read_parquet(path)
    assert list(found.columns) == [name for name in card().table().columns if name != "nulls"]
    assert found["key"].tolist() == ["X"]
    with pytest.raises(InputError, match=r"\.parquet"):
        card().save(tmp_path / "card.csv")


# -- the whole card


@pytest.fixture
def two(monkeypatch):
    """Every case has two patterns."""
    declared = {case: lambda: (pattern(), pattern("Y", control=())) for case in ("template", "korea-2017")}
    monkeypatch.setattr("detente.experiments.validity.patterns.PATTERNS", declared)


def test_a_card_tells_its_progress_and_first_opening(made, two):
    told, opened = [], []
    found = validate(
        "template",
        runs=3,
        progress=lambda *n: told.append(n),
        ready=lambda start, seed: opened.append((start.scenario.case.name, seed)),
    )
    assert told == [(1, 2), (2, 2)]
    assert opened == [("template", 1)]
    assert found.seeds == (1, 2, 3)
    assert found.cases == ("template",)
    assert [r.pattern.key for r in found.results] == ["X", "Y"]


def test_all_cases_unless_some_are_named(made, two):
    assert validate(runs=1).cases == ("template", "korea-2017")
    assert validate(["korea-2017"], runs=1).cases == ("korea-2017",)
    assert module.RUNS == 200


EMPTY = Spread(0, math.nan, math.nan, math.nan, math.nan, False)


def results(*models):
    return [Result(pattern(str(k)), "free", m, None) for k, m in enumerate(models)]


def test_patterns_of_ones_own_case_without_anything_to_read_are_left_out():
    found = card_of(("template",), (1, 2), results(FULL, EMPTY))
    assert [r.pattern.key for r in found.results] == ["0"]
    assert found.left_out[0] == ("template", "1", "too little to read it from in 2 runs")
    assert all(row.case == "template" for row in found.left_out)
    assert len(found.left_out) > 1
    with pytest.raises(InputError, match="template: nothing can be checked in 2 runs"):
        card_of(("template",), (1, 2), results(EMPTY))


def test_patterns_declared_for_a_case_stay_with_nothing_to_read(two):
    found = card_of(("template",), (1,), results(FULL, EMPTY))
    assert len(found.results) == 2
    assert found.left_out == ()


def test_near_is_said_in_words():
    assert row_of(Result(pattern(rule=Near()), "free", FULL, LOW))["asked"] == (
        "observed value in the middle 95 %"
    )
