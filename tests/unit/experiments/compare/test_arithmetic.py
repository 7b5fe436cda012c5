"""The arithmetic of comparisons, on a few numbers worked out by hand: no run is made."""

from datetime import timedelta
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from detente.agents.codes import LEVERS
from detente.experiments.compare import common_random_numbers as paired
from detente.experiments.compare import lessons_over_parameters as over
from detente.experiments.compare import policies
from detente.experiments.compare import regret as regrets
from detente.experiments.compare import theories as rivals
from detente.experiments.compare import transfer as style
from detente.experiments.compare import transfer_conditions as conditions
from detente.experiments.compare.ceasefire_spells import kaplan_meier, still_held, survival, survival_at
from detente.experiments.compare.lessons import base_policy, levels, limits, seed_spread, settings
from detente.experiments.compare.policies import plain, requests_for, usual_policies
from detente.experiments.runs.intervals import paired_difference
from detente.experiments.runs.outcomes import OUTCOMES, hostile_pairs
from detente.model.catalogue import load_scenario
from detente.model.errors import InputError
from detente.model.generated_policies import LESSONS
from detente.model.request import open_case

AFGHAN = open_case("afghanistan-2018", "history")
ZERO = np.zeros(3)


# -- transfer


def ends(**values):
    return {name: np.asarray(v, dtype=float) for name, v in values.items()}


def test_attacks_a_day_from_the_pivot_on():
    eve = ends(days=[100.0] * 4, attacks=[50.0] * 4)
    whole = ends(days=[150.0, 100.0, 100.5, 99.0], attacks=[75.0, 50.0, 51.0, 50.0])
    found = style.attack_rate(whole, eve, AFGHAN)
    assert np.array_equal(found, [0.5, np.nan, 1.0, np.nan], equal_nan=True)


def test_days_in_ceasefire_a_year_and_pair():
    case = AFGHAN.scenario.case
    years = (case.end - case.pivot).days / 365.25
    found = style.truce_days(ends(days_in_ceasefire=[30.0]), ends(days_in_ceasefire=[10.0]), AFGHAN)
    assert found == pytest.approx([20.0 / years / len(hostile_pairs(AFGHAN))])
    assert len(hostile_pairs(AFGHAN)) > 1


def test_relative_yardsticks_are_in_per_cent_of_no_lesson():
    cells = [AFGHAN] * 3
    yard = SimpleNamespace(read=lambda e, eve, start: e["x"] - eve["x"], relative=True)
    all_ends = [ends(x=[1.0, 1.0]), ends(x=[3.0, 5.0]), ends(x=[4.0, 1.0])]
    found = style.readings(yard, cells, all_ends)
    assert np.array(found) == pytest.approx(np.array([[200 / 3, 400 / 3], [100.0, 0.0]]))
    plain_yard = SimpleNamespace(read=yard.read, relative=False)
    assert [v.tolist() for v in style.readings(plain_yard, cells, all_ends)] == [[2.0, 4.0], [3.0, 0.0]]


def cells_of(values):
    """Twelve cells and an eve; every outcome that a yardstick reads has one value a cell, and the same luck."""
    luck = np.array([0.0, 0.25, 0.5])
    names = ("days", "attacks", "days_in_ceasefire", "agreements", "final_trust", "collapsed")
    return [AFGHAN] * 13, [dict.fromkeys(names, ZERO + v + luck) for v in (0.0, *values)]


def test_what_each_lesson_adds_alone_last_half_way_and_together():
    values = [10.0, 11.0, 12.0, 13.0, 14.0, 15.0, 25.0, 26.0, 27.0, 28.0, 29.0, 40.0]
    rows = pd.DataFrame(style.effects_in(*cells_of(values)))
    assert len(rows) == 5 * (1 + 3 * 5)
    mine = rows[rows["yardstick"] == "agreements"].set_index(["lesson", "kind"])
    assert mine.loc[("together", "together"), "mean"] == 30.0
    for k, lesson in enumerate(LESSONS):
        alone, last = 1.0 + k, 15.0 - k
        assert mine.loc[(lesson, "alone"), "mean"] == alone
        assert mine.loc[(lesson, "last"), "mean"] == last
        assert mine.loc[(lesson, "mid"), "mean"] == (alone + last) / 2
        assert mine.loc[(lesson, "alone"), ["low95", "high95"]].tolist() == [alone, alone]
    assert set(rows["yardstick"]) == {y.name for y in style.YARDSTICKS}


def test_waiting_a_year():
    yard = style.YARDSTICKS[2]
    july, later = [ZERO + 1.0, ZERO + 4.0], [ZERO + 2.0, ZERO + 3.5]
    rows = style.waiting_in(july, later, yard)
    assert [(r["when"], r["mean"]) for r in rows] == [
        ("at once", 3.0),
        ("a year later", 1.5),
        ("difference", -1.5),
    ]
    assert {(r["yardstick"], r["unit"]) for r in rows} == {("agreements", "agreements")}


def test_limits_are_those_of_a_mean():
    effect = np.array([1.0, 2.0, 6.0])
    assert style.limits(effect) == paired_difference(effect, ZERO)


def test_what_better_means_for_each_yardstick():
    assert {y.name: y.better for y in style.YARDSTICKS} == {
        "attacks": -1,
        "ceasefire days": 1,
        "agreements": 1,
        "trust": 1,
        "collapsed": -1,
    }
    assert [y.name for y in style.YARDSTICKS if y.relative] == ["attacks"]


def test_a_design_is_run_at_once_and_handed_back_by_name(monkeypatch):
    def ends_of_all(starts, seeds, *, threads, progress):
        assert (threads, progress) == (3, None)
        return seeds[:1], [f"ends of {start}" for start in starts]

    monkeypatch.setattr(style, "ends_of_all", ends_of_all)
    done, found = style.run_design({"a": [1, 2], "b": [3], "c": [4, 5]}, (7, 8), 3, None)
    assert done == (7,)
    assert found == {
        "a": ([1, 2], ["ends of 1", "ends of 2"]),
        "b": ([3], ["ends of 3"]),
        "c": ([4, 5], ["ends of 4", "ends of 5"]),
    }


def test_missing_values_are_none_in_json():
    table = pd.DataFrame({"a": [1.0, float("nan")], "b": ["x", None]})
    assert style.records(table) == [{"a": 1.0, "b": "x"}, {"a": None, "b": None}]


def test_both_cases_of_a_transfer_are_told():
    maker = conditions.Maker()
    empty = pd.DataFrame()
    about = style.Transfer(maker, (1, 2), 3, empty, empty, empty, 99).about
    assert (about["target"], about["source"]) == (maker.target.case.name, maker.source.case.name)
    assert about["title"] == f"{maker.source.case.title} → {maker.target.case.title}"
    assert (about["scenario_sha256"], about["source_sha256"]) == (maker.target.sha256, maker.source.sha256)
    here, there = (conditions.Roles.of(case) for case in (maker.target, maker.source))
    assert about["ally"]["morale"] == [here.ally.morale, there.ally.morale]
    assert about["adversary"]["validation"] == [here.adversary.validation, there.adversary.validation]
    assert (about["n_seeds"], about["runs"], about["interrupted"]) == (2, 99, True)
    assert about["pivot"] == maker.target.case.pivot.isoformat()


# -- its conditions


@pytest.fixture(scope="module")
def maker():
    return conditions.Maker()


def test_the_grid_and_its_cells(maker):
    here, there = (conditions.Roles.of(c).adversary.validation for c in (maker.target, maker.source))
    assert [tuple(at) for at in maker.grid()] == [
        (s, v, w, 0.0) for s in (0.0, 0.5, 1.0) for v in (0.0, here, there) for w in (None, 120, 0)
    ]
    assert len(conditions.CELLS) == 12
    assert [sum(c) for c in conditions.CELLS] == [0, *[1] * 5, *[4] * 5, 5]
    assert [c.index(True) for c in conditions.CELLS[1:6]] == [0, 1, 2, 3, 4]
    assert [c.index(False) for c in conditions.CELLS[6:11]] == [0, 1, 2, 3, 4]


def test_the_steps_of_the_way(maker):
    wants = conditions.Roles.of(maker.source).adversary.validation
    assert {name: tuple(at) for name, at in maker.steps().items()} == {
        "as it is": (0.0, None, None, 0.0),
        "stalemate": (1.0, None, None, 0.0),
        "validation": (0.0, wants, None, 0.0),
        "window": (0.0, None, 0, 0.0),
        "all three": (1.0, wants, 0, 0.0),
        "alignment": (0.0, None, None, 1.0),
        "all three and alignment": (1.0, wants, 0, 1.0),
    }


def test_half_way_between_two_cases(maker):
    assert conditions.between(2.0, 6.0, 0.25) == 3.0
    made = conditions.set_conditions(maker.target, maker.source, conditions.Setting(0.5, 0.25, None, 0.25))
    here, there, now = (conditions.Roles.of(c) for c in (maker.target, maker.source, made))
    for name in ("morale", "support", "tipping"):
        assert getattr(now.ally, name) == pytest.approx(
            (getattr(here.ally, name) + getattr(there.ally, name)) / 2
        )
    expected = here.ally.alignment + 0.25 * (there.ally.alignment - here.ally.alignment)
    assert now.ally.alignment == pytest.approx(expected)
    assert now.adversary.validation == 0.25


def test_windows_of_the_source_up_to_its_pivot(maker):
    roles, pivot = conditions.Roles.of(maker.source), maker.source.case.pivot
    moves = [
        m
        for m in conditions.load_policy(maker.source, "history").move
        if m.do == "window" and m.date <= pivot
    ]
    for role, party in (("ally", roles.ally), ("adversary", roles.adversary)):
        assert maker.sizes[role] == pytest.approx(sum(m.amount for m in moves if m.actor == party.name))
    assert sum(maker.sizes.values()) > 0.0


@pytest.mark.parametrize("age", [0, 120, 9999])
def test_a_window_is_opened_for_both_before_the_levers(maker, age):
    policy, case = maker.policies[1], maker.target.case
    made = conditions.with_window(policy, maker.target, {"ally": 0.5, "adversary": 0.0}, age)
    (window,) = made.move[len(policy.move) :]
    assert window.date == max(case.pivot - timedelta(days=age), case.start)
    assert (window.actor, window.amount, window.do, window.sort) == (
        "afghan-government",
        0.5,
        "window",
        "context",
    )
    assert conditions.with_window(policy, maker.target, {"ally": 0.5, "adversary": 0.5}, None) is policy


def test_later_levers_and_shorter_runs(maker):
    made = conditions.moved(maker.target, 30, 20).case
    assert made.pivot - maker.target.case.pivot == timedelta(days=30)
    assert maker.target.case.end - made.end == timedelta(days=20)


def test_cells_begin_with_the_eve_of_the_pivot(maker):
    eve, *cells = maker.cells(conditions.Setting(), every=False)
    assert eve.scenario.case.end == maker.target.case.pivot - timedelta(days=1)
    assert [c.scenario.case.end for c in cells] == [maker.target.case.end] * 2
    assert [c.levers for c in cells] == [settings(maker.levels[1], [on] * 5) for on in (False, True)]
    assert eve.levers == cells[0].levers
    assert len(maker.cells(conditions.Setting())) == 13


# -- survival


SPELLS = pd.DataFrame(
    {
        "policy": ["a"] * 5,
        "class": ["cessation"] * 5,
        "days": [10.0, 20.0, 20.0, 30.0, 40.0],
        "ended": ["collapsed", "expired", "collapsed", "running", "collapsed"],
    }
)


def test_what_censors():
    assert still_held(SPELLS, "collapse").tolist() == [False, True, False, True, False]
    assert still_held(SPELLS, "end").tolist() == [False, False, False, True, False]


def test_a_curve_step_by_step():
    curve = kaplan_meier(SPELLS["days"].to_numpy(), still_held(SPELLS, "collapse"))
    assert curve["days"].tolist() == [0.0, 10.0, 20.0, 30.0, 40.0]
    assert curve["survival"].tolist() == pytest.approx([1.0, 0.8, 0.6, 0.6, 0.0])
    assert curve["at_risk"].tolist() == [5, 5, 4, 2, 1]
    assert curve["events"].tolist() == [0, 1, 1, 0, 1]
    assert curve.loc[0, ["low95", "high95"]].tolist() == [1.0, 1.0]
    assert 0.0 < curve.loc[1, "low95"] < 0.8 < curve.loc[1, "high95"] < 1.0


def test_curves_read_at_some_days():
    curves = survival(SPELLS)
    found = survival_at(curves, ("policy", "class"), (0, 15, 20, 35, 41))
    assert found["survival"].tolist() == pytest.approx([1.0, 0.8, 0.6, 0.6, float("nan")], nan_ok=True)
    assert found["at_risk"].tolist() == [5, 4, 4, 1, 0]
    assert found["day"].tolist() == [0, 15, 20, 35, 41]
    assert set(found["policy"]) == {"a"}
    with pytest.raises(InputError, match="until: got 'x'; expected collapse or end"):
        survival(SPELLS, until="x")


# -- common random numbers, regret, lessons


def test_savings_with_their_interval(monkeypatch):
    a, b = np.array([1.0, 2.0, 4.0, 8.0]), np.array([2.0, 2.0, 5.0, 9.0])
    still = np.ones(4)
    names = [o.name for o in OUTCOMES]
    first = {n: (a if k == 0 else still) for k, n in enumerate(names)}
    second = {n: (b if k == 0 else a if k == 1 else still) for k, n in enumerate(names)}
    monkeypatch.setattr(paired, "ends_of_all", lambda starts, seeds, threads: (seeds, [first, second]))
    table = paired.savings((None, None), [1, 2, 3, 4])
    assert table["outcome"].tolist() == names[:2]
    found = table.iloc[0]
    assert found["saving"] == pytest.approx((a.var(ddof=1) + b.var(ddof=1)) / (b - a).var(ddof=1))
    draws = np.random.default_rng(1).integers(0, 4, (1000, 4))
    again = np.array([paired.saving(a[d], b[d]) for d in draws])
    again = again[np.isfinite(again)]
    assert found["low95"] == pytest.approx(np.quantile(again, 0.025))
    assert found["high95"] == pytest.approx(np.quantile(again, 0.975))
    assert found["correlation"] == pytest.approx(np.corrcoef(a, b)[0, 1])
    assert np.isnan(table.iloc[1]["correlation"])
    assert table.iloc[1]["saving"] == 1.0


def test_pairs_that_agree_save_everything():
    a = np.array([1.0, 2.0, 4.0])
    assert paired.saving(a, a + 1.0) == float("inf")
    assert np.isnan(paired.saving(np.ones(3), np.ones(3)))
    assert paired.saving(a, np.ones(3)) == pytest.approx(1.0)


def test_means_in_each_state(monkeypatch):
    deaths = {"x": [1.0, 3.0, 5.0], "y": [2.0, 2.0, 2.0]}
    opened = []

    def ends_by(go, start, seeds):
        opened.append(start)
        return ends(deaths_per_day=deaths[start[0]], agreements=[0.0, 1.0, 1.0])

    monkeypatch.setattr(regrets, "open_in", lambda request, state: (request.policy_name, state))
    monkeypatch.setattr(regrets, "ends_by", ends_by)
    x, y = (SimpleNamespace(policy_name=name) for name in "xy")
    states = [{"theory": "ripeness", "trust.memory": 300.0}, {}]
    table = regrets.means_in([x, y], states, [1, 2, 3], ["deaths_per_day"], {"deaths_per_day": 3.0})
    assert table.to_dict("list") == {
        "state": [0, 0, 1, 1],
        "policy": ["x", "y", "x", "y"],
        "deaths_per_day": [3.0, 2.0, 3.0, 2.0],
        "runs_cleared": [pytest.approx(2 / 3), 1.0, pytest.approx(2 / 3), 1.0],
    }
    assert opened == [("x", states[0]), ("y", states[0]), ("x", states[1]), ("y", states[1])]
    plain_table = regrets.means_in([x], states, [1], ["agreements"])
    assert list(plain_table.columns) == ["state", "policy", "agreements"]


def test_rankings_and_bars():
    table = pd.DataFrame(
        {
            "state": [0, 0, 1, 1, 2, 2],
            "policy": ["a", "b"] * 3,
            "deaths_per_day": [1.0, 2.0, 5.0, 2.0, 3.0, 4.0],
        }
    )
    found = regrets.ranking(table, "deaths_per_day")
    assert list(found.index) == ["b", "a"]
    assert found.loc["a"].tolist() == pytest.approx([3, 1.0, 2.4, 3.0, 2 / 3])
    assert found.loc["b"].tolist() == pytest.approx([3, 2 / 3, 1.0, 1.0, 1 / 3])
    assert regrets.clears(table, {"deaths_per_day": 2.0}).tolist() == [True, True, False, True, False, False]
    more = pd.DataFrame({"agreements": [0.0, 1.0, 2.0]})
    assert regrets.clears(more, {"agreements": 1.0}).tolist() == [False, True, True]
    assert regrets.satisficing(table, {"deaths_per_day": 2.0}).to_dict() == {"a": 1 / 3, "b": 2 / 3}


def test_the_worse_side_of_nought():
    below, above, across = ({"low95": a, "high95": b} for a, b in ((-2, -1), (1, 2), (-1, 1)))
    worse = {name: [over.is_worse(name, row) for row in (below, above, across)] for name in over.JUDGED}
    assert worse["deaths_per_day"] == worse["collapsed"] == [False, True, False]
    assert worse["agreements"] == worse["final_trust"] == [True, False, False]
    edge = {"low95": 0, "high95": 0}
    assert not over.is_worse("deaths_per_day", edge)
    assert not over.is_worse("agreements", edge)


def test_effects_at_points_are_paired_with_no_lesson(monkeypatch):
    monkeypatch.setattr(over, "cells", lambda case, point: [point["x"] + k for k in range(6)])

    def ends_of_all(starts, seeds, threads, progress):
        luck = np.array([0.0, 1.0, 5.0])
        return seeds, [dict.fromkeys(over.JUDGED, start * (1.0 + 0 * luck) + luck) for start in starts]

    monkeypatch.setattr(over, "ends_of_all", ends_of_all)
    table = over.effects_at("c", [{"x": 10.0}, {"x": 20.0}], [1, 2, 3])
    assert len(table) == 2 * 5 * len(over.JUDGED)
    one = table[(table["point"] == 1) & (table["outcome"] == "agreements")]
    assert one["lesson"].tolist() == list(LESSONS)
    assert one["mean"].tolist() == [1.0, 2.0, 3.0, 4.0, 5.0]
    assert table[table["outcome"] == "collapsed"]["hurts"].all()
    assert not one["hurts"].any()


def test_levels_of_a_lesson():
    scenario = load_scenario("afghanistan-2018")
    known = levels(scenario)
    assert list(known) == list(LEVERS)
    none, every = settings(known, [False] * 5), settings(known, [True] * 5)
    assert none == {lever: low for lever, (low, _) in known.items()}
    assert every == {lever: high for lever, (_, high) in known.items()}
    third = settings(known, [False, False, True, False, False])
    assert {k for k in known if third[k] != none[k]} == {"direct_channel"}
    assert base_policy(scenario) == "five-lessons"


def test_the_spread_over_seeds_within_a_corner():
    values = np.array([[1.0, 3.0], [2.0, 6.0]])
    assert seed_spread(values) == pytest.approx((np.sqrt(2.0) + np.sqrt(8.0)) / 2)
    assert seed_spread(values[:, :1]) == 0.0
    kept = {"mean": 1.0, "low95": 2.0, "high95": 3.0, "pairs": 5}
    assert limits({"mean": 1, "low95": 2, "high95": 3, "pairs": 5, "x": 4}) == kept


# -- theories and policies


def test_theories_are_at_least_two_each_once():
    assert rivals.checked_theories(["ripeness", "readiness"]) == ("ripeness", "readiness")
    for names in (["ripeness"], ["ripeness", "ripeness"]):
        with pytest.raises(InputError, match="theories: got"):
            rivals.checked_theories(names)


def test_the_two_theories_furthest_apart():
    luck = np.array([0.0, 1.0, 2.0])
    found = {"a": luck + 1.0, "b": luck * 1.5 - 2.0, "c": luck + 0.5}
    row = rivals.widest(found)
    assert (row["higher"], row["lower"]) == ("a", "b")
    assert {k: row[k] for k in ("mean", "low95", "high95", "pairs")} == paired_difference(
        found["a"], found["b"], 1 - 0.05 / 3
    )
    other = rivals.widest({"b": found["b"], "a": found["a"]})
    assert (other["higher"], other["lower"]) == ("a", "b")


def test_what_policies_add_under_each_theory():
    names = ("fatalities", "agreements")
    made = {
        t: [ends(fatalities=[k, k, k], agreements=[2.0 * k * n] * 3) for k in (1.0, 3.0)]
        for n, t in enumerate("xy")
    }
    added = list(rivals.additions(made, ["base", "other"], names, 2))
    assert [(o, p) for o, p, _ in added] == [("fatalities", "other"), ("agreements", "other")]
    assert added[0][2]["x"].tolist() == [2.0, 2.0]
    assert added[1][2]["y"].tolist() == [4.0, 4.0]
    effects, gaps = rivals.effects_table(added), rivals.gaps_table(added)
    assert effects["theory"].tolist() == ["x", "y", "x", "y"]
    assert effects["mean"].tolist() == [2.0, 2.0, 0.0, 4.0]
    assert gaps["mean"].tolist() == [0.0, 4.0]
    assert gaps["unit"].tolist() == ["deaths", "agreements"]


def test_only_theories_that_were_not_run_are_run(monkeypatch):
    start = SimpleNamespace(policy=SimpleNamespace(name="p"), priors=())
    starts = {"readiness": [start, start], "ripeness": [start, start]}
    names = [o.name for o in OUTCOMES]

    def run(value):
        return {n: np.array([value, value, value]) for n in names}

    asked = []

    def ends_of_all(openings, seeds, drawn, actors, progress):
        asked.append(len(openings))
        return seeds[:2], [{n: v[:2] for n, v in run(k).items()} for k in (5.0, 8.0)]

    monkeypatch.setattr(rivals, "ends_of_all", ends_of_all)
    monkeypatch.setattr(rivals, "about_theories", lambda *args: {})
    made = rivals.compare_theories(starts, (1, 2, 3), known={"readiness": [run(1.0), run(2.0)]})
    assert asked == [2]
    assert (made.seeds, made.asked, made.interrupted) == ((1, 2), 3, True)
    rows = made.effects[made.effects["outcome"] == "fatalities"]
    assert dict(zip(rows["theory"], rows["mean"], strict=True)) == {"readiness": 1.0, "ripeness": 3.0}
    assert made.theories == ("readiness", "ripeness")


def test_the_usual_policies():
    assert usual_policies("afghanistan-2018") == ("history", "status-quo", "five-lessons")
    assert usual_policies("template")[0] == "status-quo"


def test_policies_take_over_on_a_day():
    names, asked = ["history", "five-lessons"], {"mode": "free"}
    first, second = requests_for(
        "afghanistan-2018", names, None, {**asked, "branch_at": "2018-07-23"}, policies.compare
    )
    assert (first.policy_name, first.open().before) == ("history", None)
    day, before = second.open().before
    assert (day.isoformat(), before.name, second.open().policy.name) == (
        "2018-07-23",
        "history",
        "five-lessons",
    )
    _, apart = requests_for("afghanistan-2018", names, None, asked, policies.compare)
    assert (apart.policy_name, apart.open().before, apart.open().mode) == ("five-lessons", None, "free")
    with pytest.raises(InputError, match="policies: got none; expected at least one"):
        requests_for("template", [], None, {}, policies.compare)


def test_rows_of_a_policy_as_plain_values():
    index = pd.MultiIndex.from_tuples([("x", "a"), ("x", "b")], names=["outcome", "policy"])
    table = pd.DataFrame({"unit": ["1", "1"], "mean": [1, 2], "low95": [float("nan"), 3.0]}, index=index)
    assert plain(table, "a") == {"x": {"mean": 1.0, "low95": None}}
    assert plain(table, "b") == {"x": {"mean": 2.0, "low95": 3.0}}


def test_points_lie_in_the_declared_ranges_one_in_each_slice():
    from detente.experiments.runs.inputs import declared_parameters

    known, n = declared_parameters(), 8
    points = over.points(n)
    assert [list(p) for p in points] == [list(over.CONTESTED)] * n
    for name in over.CONTESTED:
        low, high = known[name].low, known[name].high
        shares = sorted((p[name] - low) / (high - low) for p in points)
        assert [int(n * share) for share in shares] == list(range(n))
    assert points == over.points(n, seed=1) != over.points(n, seed=2)


def test_openings_at_a_point_raise_one_lesson_each():
    point = {"trust.loss_aversion": 2.0, "talks.sister": 0.5}
    found = over.cells("template", point)
    assert {s.parameters.trust.loss_aversion for s in found} == {2.0}
    known = levels(load_scenario("template"))
    alone = [[False] * 5, *([k == j for k in range(5)] for j in range(5))]
    assert [s.levers for s in found] == [settings(known, raised) for raised in alone]
    assert {s.policy.name for s in found} == {"five-lessons"}


def test_states_of_the_world_are_drawn_by_the_first_seed():
    assert regrets.worlds(["trust.memory"], 3) == regrets.worlds(["trust.memory"], 3, seed=1)
    assert regrets.worlds(["trust.memory"], 3) != regrets.worlds(["trust.memory"], 3, seed=2)


def test_how_many_runs_are_made_unless_told_otherwise():
    import inspect

    from detente.experiments.compare.ceasefire_spells import truces
    from detente.experiments.compare.lessons import lessons
    from detente.experiments.compare.survival import survival as lasting

    functions = (truces, lasting, policies.compare, lessons, style.transfer)
    assert [inspect.signature(f).parameters["runs"].default for f in functions] == [500, 500, 500, 200, 60]
