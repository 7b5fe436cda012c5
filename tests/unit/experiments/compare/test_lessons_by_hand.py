"""The factorial over lessons, on outcomes written down: every corner has a known number under every seed."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from detente.experiments.compare import lessons as module
from detente.experiments.compare.lessons import Lessons, corner_requests, lessons, seed_spread
from detente.experiments.runs.outcomes import OUTCOMES
from detente.experiments.runs.posterior import Posterior
from detente.experiments.runs.two_intervals import COLUMNS
from detente.experiments.runs.unknown_draws import OverDraws, TableDraws, Unknown
from detente.model.errors import InputError
from detente.model.generated_policies import LESSONS
from detente.model.request import open_case

ADDED = np.array([1.0, 2.0, 4.0, 8.0, 16.0])
"""What each lesson adds by itself; the first two add 3 more together."""
SEEDS = (3, 5, 9)
LUCK = np.array([0.0, 10.0, 26.0])
RAISED = [[c >> k & 1 for k in range(5)] for c in range(32)]


@cache
def start():
    return open_case("template", "five-lessons")


def corner(raised):
    value = 100.0 + ADDED @ raised + 3.0 * (raised[0] * raised[1])
    return {o.name: (value + LUCK if o.name != "collapsed" else np.zeros(3)) for o in OUTCOMES}


def made(**changed):
    whole = Lessons((start(),) * 32, SEEDS, 3, tuple(corner(raised) for raised in RAISED))
    return replace(whole, **changed)


def test_values_have_a_row_a_corner():
    found = made().values("fatalities")
    assert found.shape == (32, 3)
    assert found[0].tolist() == (100.0 + LUCK).tolist()
    assert found[3].tolist() == (106.0 + LUCK).tolist()
    assert found[31].tolist() == (134.0 + LUCK).tolist()


@pytest.mark.parametrize(("asked", "interrupted"), [(3, False), (4, True)])
def test_an_interruption_leaves_fewer_seeds_than_asked_for(asked, interrupted):
    found = made(asked=asked)
    assert found.interrupted is interrupted
    assert found.about["interrupted"] is interrupted


def test_what_the_runs_were_made_from():
    about = made().about
    assert (about["runs"], about["n_seeds"]) == (96, 3)
    assert about["title"] == start().scenario.case.title
    assert about["pivot"] == start().scenario.case.pivot.isoformat()
    assert about["levels"]["recognition"] == [0.0, 0.8]
    assert len(about["levels"]) == len(start().levers)
    assert not {"levers", "before", "posterior"} & set(about)
    assert about["policy"] == "five-lessons"


def test_one_row_a_run():
    table = made().outcomes
    assert table.index.tolist() == list(range(96))
    assert list(table.columns[:3]) == ["case", "version", "scenario_sha256"]
    assert list(table.columns[3:9]) == [*LESSONS, "seed"]
    assert table["seed"].tolist() == list(SEEDS) * 32
    assert str(table["seed"].dtype) == "uint64"
    assert table.iloc[0:96:3][list(LESSONS)].to_numpy().tolist() == RAISED
    row = table.iloc[3 * 5 + 1]  # corner 5: the first and the third lesson, second seed
    assert row["fatalities"] == 100.0 + 1.0 + 4.0 + 10.0


def test_effects_on_an_outcome():
    found = made().effects
    assert len(found) == len(OUTCOMES) * 16
    rows = found[found["outcome"] == "agreements"].set_index(["lesson", "kind"])
    bonus = {"main": 1.5, "alone": 0.0, "last": 3.0}  # the first two share 3, met in half of the corners
    for k, lesson in enumerate(LESSONS):
        for kind, more in bonus.items():
            expected = ADDED[k] + (more if k < 2 else 0.0)
            limits = rows.loc[(lesson, kind), ["mean", "low95", "high95"]].tolist()
            assert limits == pytest.approx([expected] * 3)
    assert rows.loc[("together", "together"), "mean"] == 34.0
    assert set(rows["unit"]) == {"agreements"}
    kinds = found[found["outcome"] == "agreements"]["kind"].tolist()
    assert kinds == [*["main"] * 5, *["alone"] * 5, *["last"] * 5, "together"]


def test_interactions_relative_to_the_spread_over_seeds():
    found = made().interactions
    assert len(found) == len(OUTCOMES) * 10
    rows = found[found["outcome"] == "agreements"].set_index(["first", "second"])
    assert rows.loc[(LESSONS[0], LESSONS[1]), "mean"] == pytest.approx(3.0)
    assert rows["mean"].abs().sum() == pytest.approx(3.0)
    deviation = LUCK.std(ddof=1)
    assert rows.loc[(LESSONS[0], LESSONS[1]), "spread"] == pytest.approx(3.0 / deviation)
    assert seed_spread(made().values("agreements")) == pytest.approx(deviation)
    still = found[found["outcome"] == "collapsed"]
    assert still["spread"].tolist() == [0.0] * 10
    assert still["unit"].tolist() == found[found["outcome"] == "collapsed"]["unit"].tolist()


def test_a_single_seed_has_no_spread():
    assert seed_spread(np.array([[1.0], [2.0]])) == 0.0
    assert seed_spread(np.array([[1.0, 3.0], [2.0, 2.0]])) == pytest.approx(np.sqrt(2.0) / 2)


def test_one_object_by_outcome():
    told = made().to_json()
    assert list(told["outcomes"]) == [o.name for o in OUTCOMES]
    found = told["outcomes"]["agreements"]
    assert (found["mean_none"], found["mean_all"]) == (112.0, 146.0)
    assert list(found) == [
        *("unit", "meaning", "mean_none", "mean_all", "main", "alone", "last", "together", "interactions")
    ]
    assert [found["alone"][lesson]["mean"] for lesson in LESSONS] == pytest.approx(ADDED.tolist())
    assert found["last"][LESSONS[0]] == pytest.approx({"mean": 4.0, "low95": 4.0, "high95": 4.0, "pairs": 3})
    assert found["together"]["mean"] == 34.0
    assert found["interactions"][f"{LESSONS[0]} x {LESSONS[1]}"]["mean"] == pytest.approx(3.0)
    assert len(found["interactions"]) == 10


def test_outcomes_are_saved(tmp_path):
    assert made().save(tmp_path / "a.parquet") == tmp_path / "a.parquet"
    assert len(pd.read_parquet(tmp_path / "a.parquet")) == 96
    with pytest.raises(InputError, match=r"\.parquet"):
        made().save(tmp_path / "a.csv")


# -- corners


def test_corners_have_the_levers_of_their_lessons():
    requests = corner_requests("template", None, {}, lessons)
    assert len(requests) == 32
    for raised, request in zip(RAISED, requests, strict=True):
        assert request.policy_name == "five-lessons"
        assert request.levers["recognition"] == (0.8 if raised[0] else 0.0)
        assert request.levers["direct_channel"] == (0.8 if raised[2] else 0.0)
    other = corner_requests("template", "opening", {}, lessons)
    assert {r.policy_name for r in other} == {"opening"}
    assert [r.levers for r in other] == [r.levers for r in requests]


def test_levers_and_branches_are_refused():
    with pytest.raises(InputError, match=r"levers: got .*expected none, since the lessons set every lever"):
        corner_requests("template", None, {"levers": {"recognition": 1.0}}, lessons)
    branch = {"branch_at": "2030-03-01", "branch_to": "opening"}
    with pytest.raises(InputError, match=r"branch_to: got .*opening.* expected none, since every corner"):
        corner_requests("template", None, branch, lessons)


def test_what_a_call_hands_on(monkeypatch):
    asked, ready = [], []

    def ends_of_all(starts, seeds, **how):
        asked.append((len(starts), seeds, how))
        return seeds[:2], [corner(raised) for raised in RAISED]

    monkeypatch.setattr(module, "ends_of_all", ends_of_all)
    found = lessons(
        "template",
        seeds=[4, 2, 7],
        threads=2,
        progress=print,
        ready=lambda opened, seed: ready.append((opened.levers["recognition"], seed)),
    )
    assert asked == [(32, (4, 2, 7), {"drawn": None, "threads": 2, "actors": None, "progress": print})]
    assert ready == [(0.0, 4)]
    assert (found.seeds, found.asked, found.drawn) == ((4, 2), 3, None)
    assert len(found.starts) == len(found.ends) == 32


def over(draws=3):
    """Two seeds a draw; the first lesson adds 1 in every draw but the last, in which it takes 1 away."""
    signs = np.repeat([1.0] * (draws - 1) + [-1.0], 2)
    ends = tuple({o.name: 100.0 + signs * raised[0] for o in OUTCOMES} for raised in RAISED)
    seeds = tuple(range(1, 2 * draws + 1))
    table = Posterior(("talks.issue",), np.linspace(1, 2, draws)[:, None], np.full(draws, 1 / draws), {})
    rows = {seed: k // 2 for k, seed in enumerate(seeds)}
    return OverDraws(Unknown(TableDraws(table, frozenset(), rows), seeds, 2), ends)


def test_effects_hold_both_intervals_where_what_is_not_known_was_drawn():
    rows = made(over=over()).effects.set_index(["outcome", "lesson", "kind"])
    row = rows.loc[("fatalities", LESSONS[0], "alone")]
    assert (row["mean"], row["draws"]) == (1.0, 3)
    assert row["sign_share"] == pytest.approx(2 / 3)
    assert row["draws_mean"] == pytest.approx(1 / 3)
    told = made(over=over()).to_json()
    assert told["not_known"]["draws"] == 3
    limits = told["outcomes"]["fatalities"]["main"][LESSONS[0]]
    assert set(limits) == {"mean", "low95", "high95", "pairs", *COLUMNS}
    assert made().to_json()["not_known"] is None
    assert set(made().effects) & set(COLUMNS) == set()
