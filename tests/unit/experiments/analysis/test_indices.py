"""Indices, noise, shares of variance, boxes in words, and what robustness is asked: each worked out by hand."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from detente.experiments.analysis import discovery
from detente.experiments.analysis import robustness as weighing
from detente.experiments.analysis import robustness_of_sweep as of_sweep
from detente.experiments.analysis import sensitivity as sensing
from detente.experiments.analysis.discovery import discover, in_words, limit_words
from detente.experiments.analysis.robustness import Robustness, outcomes_judged
from detente.experiments.analysis.robustness_of_sweep import chosen_policies, means_of, states_of
from detente.experiments.analysis.sensitivity import (
    Noise,
    analysed,
    by_seed,
    check,
    line,
    noise_of,
    sensitivity,
    swings,
)
from detente.experiments.analysis.variance_shares import (
    MOST_LEVELS,
    PARTS,
    grouped,
    interactions,
    point_means,
    share,
    shares,
    so_far,
)
from detente.experiments.runs.intervals import paired_difference
from detente.model.catalogue import load_scenario
from detente.model.errors import InputError

# -- noise

VALUES = np.array([[1.0, 2.0, 6.0], [3.0, 5.0, 4.0], [9.0, 8.0, 10.0], [2.0, 2.0, 2.0]])


def test_noise_is_the_residual_of_points_and_seeds():
    found = noise_of(VALUES)
    rest = VALUES - VALUES.mean(axis=1, keepdims=True) - VALUES.mean(axis=0) + VALUES.mean()
    single = (rest**2).sum() / (3 * 2)
    between = VALUES.mean(axis=1).var(ddof=1)
    assert (found.between, found.luck, found.seeds) == pytest.approx((between, single / 3, 3))
    assert found.share == pytest.approx(single / 3 / between)
    real = between - single / 3
    assert found.needed == int(np.ceil(single * 0.9 / (0.1 * real)))


def test_noise_at_its_edges():
    one_seed = noise_of(VALUES[:, :1])
    assert (one_seed.verdict, one_seed.needed, one_seed.seeds) == ("unknown", None, 1)
    assert np.isnan(one_seed.luck)
    one_point = noise_of(VALUES[:1])
    assert (one_point.verdict, one_point.share, one_point.between) == ("does not vary", 0.0, 0.0)
    pure = np.array([[1.0, -1.0], [-1.0, 1.01]])
    assert noise_of(pure).needed is None
    assert noise_of(pure).share == 1.0


@pytest.mark.parametrize(
    ("share_", "verdict"),
    [(0.0, "clear"), (0.1, "clear"), (0.11, "blurred"), (0.5, "blurred"), (0.51, "meaningless")],
)
def test_what_noise_leaves(share_, verdict):
    assert Noise(1.0, share_, share_, 5, None, 10, 0, 0).verdict == verdict


# -- swings and tables


def results(**changes):
    ranges = [SimpleNamespace(name="a", low=10.0, high=20.0), SimpleNamespace(name="b", low=3.0, high=3.0)]
    made = {
        "factors": ranges[:1],
        "complete": True,
        "missing": (),
        "n_chunks": 4,
        "path": "x",
        "kind": "grid",
        "manifest": {"design": {"design": {"second_order": True, "levels": 4}}},
    }
    return SimpleNamespace(**(made | changes))


def test_swings_are_the_change_over_the_range_seed_by_seed():
    points = np.array([[10.0], [15.0], [20.0]])
    values = np.array([[1.0, 5.0], [2.0, 5.5], [3.0, 6.0]])
    (found,) = swings(results(), points, values)
    expected = paired_difference(np.array([2.0, 1.0]), np.zeros(2))
    assert (found["factor"], found["index"]) == ("a", "swing")
    assert found["value"] == pytest.approx(1.5)
    assert (found["low95"], found["high95"]) == pytest.approx((expected["low95"], expected["high95"]))
    assert list(analysed(results(points=pd.DataFrame(points)), values)) == [pytest.approx(found)]


def test_points_without_all_their_seeds_are_left_out():
    rows = pd.DataFrame({"point": [1, 0, 0, 1, 2], "seed": [1, 1, 2, 2, 1], "x": [3.0, 1.0, 2.0, 4.0, 9.0]})
    assert by_seed(rows, "x").tolist() == [[1.0, 2.0], [3.0, 4.0]]


def test_an_index_with_its_interval():
    assert line("a", "S1", 0.5, 0.2) == {
        "factor": "a",
        "index": "S1",
        "value": 0.5,
        "low95": 0.3,
        "high95": 0.7,
    }


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"complete": False, "missing": (1, 2)}, "2 of 4 chunks are missing"),
        ({"factors": []}, "varies no lever"),
    ],
)
def test_sweeps_that_cannot_be_analysed(changes, words):
    with pytest.raises(InputError, match=words):
        check(results(**changes), None)
    check(results(), ["fatalities"])
    with pytest.raises(InputError, match="outcome"):
        check(results(), ["fatality"])


# -- shares of variance


def table():
    rows = [
        (0, 0.0, 0.0, 1.0),
        (0, 0.0, 0.0, 3.0),
        (1, 0.0, 1.0, 4.0),
        (2, 1.0, 0.0, 8.0),
        (3, 1.0, 1.0, 10.0),
    ]
    return pd.DataFrame(rows, columns=["point", "a", "b", "x"])


def test_point_means_and_groups():
    means = point_means(table(), ["a", "b"], "x")
    assert means["x"].tolist() == [2.0, 4.0, 8.0, 10.0]
    assert means["a"].tolist() == [1.0, 1.0, 2.0, 2.0]
    twelve, thirteen = pd.Series(np.arange(12.0) * 7), pd.Series(np.arange(13.0) * 7)
    assert grouped(twelve).tolist() == list(range(1, 13))
    assert sorted(set(grouped(thirteen))) == [0.0, 1.0, 2.0, 3.0, 4.0]


def test_shares_of_the_variance_between_points():
    means = point_means(table(), ["a", "b"], "x")
    assert share(means, ["a"], "x") == pytest.approx(0.9)
    assert share(means, ["b"], "x") == pytest.approx(0.1)
    assert share(means, ["a", "b"], "x") == pytest.approx(1.0)
    assert share(means.assign(x=1.0), ["a"], "x") == 0.0
    assert shares(table(), ["b", "a"], "x").to_dict("list") == {
        "factor": ["a", "b"],
        "share": [pytest.approx(0.9), pytest.approx(0.1)],
    }


def test_what_two_factors_explain_together():
    both = table().assign(x=[0.0, 0.0, 1.0, 1.0, 0.0])  # one or the other, not both
    (row,) = interactions(both, ["a", "b"], "x").to_dict("records")
    assert (row["first"], row["second"], row["share"]) == ("a", "b", pytest.approx(1.0))
    assert interactions(table(), ["a", "b"], "x")["share"].tolist() == pytest.approx([0.0], abs=1e-12)


def test_shares_so_far_stand_as_indices_do():
    rows = table().assign(case="c", policy="p", theory="t", seed=[1, 2, 1, 1, 1])
    indices, noise = so_far(rows, ["a", "b"], "x")
    assert indices[["factor", "index"]].to_numpy().tolist() == [["a", "share"], ["b", "share"]]
    assert indices["value"].tolist() == pytest.approx([0.9, 0.1])
    assert indices["low95"].isna().all()
    assert (noise["case"].iloc[0], noise["seeds"].iloc[0]) == ("c", 2)


# -- boxes in words

TRIED = pd.Series([0.0, 0.5, 1.0])


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        ((0.2, 0.8), "x from 0.2 to 0.8"),
        ((0.2, 1.0), "x above 0.2"),
        ((0.0, 0.8), "x below 0.8"),
        ((0.0, 1.0), "x below 1"),
        (("a", "b"), "x a or b"),
    ],
)
def test_a_limit_in_words(limit, words):
    assert limit_words("x", limit, TRIED) == words


def test_a_box_in_words():
    found = {"base": 0.25, "density": 0.8, "coverage": 0.6, "limits": {"x": (0.2, 1.0)}}
    inputs = pd.DataFrame({"x": TRIED})
    assert in_words(found, inputs) == (
        "in 80% of the states with x above 0.2, against 25% of all; 60% of the states in which it does so lie there"
    )
    assert in_words(found | {"limits": {}}, inputs) == "in 25% of the states, wherever one looks"


# -- robustness


def test_outcomes_by_which_policies_are_judged():
    assert outcomes_judged(None, None) == ("deaths_per_day", "days_in_ceasefire", "agreements", "collapsed")
    assert outcomes_judged(["agreements"], {"final_trust": 0.5, "agreements": 1}) == (
        "agreements",
        "final_trust",
    )
    assert outcomes_judged([], {"final_trust": 0.5}) == ("final_trust",)
    for outcomes in ([], ["talk_days"], ["nothing"]):
        with pytest.raises(InputError, match="outcome"):
            outcomes_judged(outcomes, None)


def made(**changes):
    means = pd.DataFrame(
        {
            "state": [0, 0, 1, 1],
            "policy": ["p", "q"] * 2,
            "agreements": [0.0, 1.0, 2.0, 1.0],
            "runs_cleared": [0.0, 0.5, 1.0, 0.25],
        }
    )
    states = ({"theory": "readiness", "a": 1.0, "b": 7.0}, {"theory": "ripeness", "a": 2.0, "b": 7.0})
    given = {
        "about": {"x": 1},
        "policies": ("p", "q"),
        "states": states,
        "means": means,
        "bars": {"agreements": 1.0},
    }
    return Robustness(**(given | changes))


def test_what_varies_and_how_often_a_policy_is_good_enough():
    m = made()
    assert list(m.inputs) == ["theory", "a"]
    assert m.outcomes == ["agreements"]
    assert m.satisficing.to_dict("index") == {
        "p": {"states": 0.5, "runs": 0.5},
        "q": {"states": 1.0, "runs": 0.375},
    }
    assert list(m.regrets) == ["agreements"]
    assert m.regrets["agreements"].loc["p", "max_regret"] == 1.0
    assert made(policies=("p",)).regrets == {}


def test_one_outcome_by_state():
    found = made().by_state("agreements", "q")
    assert found.to_dict("list") == {"a": [1.0, 2.0], "b": [7.0, 7.0], "agreements": [1.0, 1.0]}
    for outcome, policy in (("days", "p"), ("agreements", "z")):
        with pytest.raises(InputError, match="expected one of agreements under one of p, q"):
            made().by_state(outcome, policy)


def test_everything_as_json():
    told = made().to_json(boxes=False)
    assert told["bars"] == {"agreements": 1.0}
    assert told["boxes"] is None
    assert told["means"][2] == {
        "theory": "ripeness",
        "a": 2.0,
        "b": 7.0,
        "state": 1,
        "policy": "p",
        "agreements": 2.0,
        "runs_cleared": 1.0,
    }
    assert "bars" not in made(bars={}).to_json()


def test_the_figure_of_states(monkeypatch):
    from detente.experiments.io import figures

    asked = []
    monkeypatch.setattr(figures, "draw", lambda name, table, about: asked.append((name, list(table), about)))
    made().plot()
    assert asked == [
        (
            "parallel",
            ["a", "b", "agreements"],
            {"x": 1, "outcome": "agreements", "unit": "agreements", "policy": "q"},
        )
    ]
    made(theories=SimpleNamespace(plot=lambda: "theories")).plot()
    assert len(asked) == 1


def test_states_are_weighed_under_as_many_seeds_as_said(monkeypatch):
    calls = []
    monkeypatch.setattr(
        weighing,
        "worlds",
        lambda names, n, facts, posterior: [{"theory": "readiness", **dict.fromkeys(names, 0.5)}] * n,
    )
    monkeypatch.setattr(weighing, "open_rivals", lambda names, openers: {"readiness": ["start"]})
    apart = SimpleNamespace(effects=pd.DataFrame({"theory": ["readiness", "ripeness"], "policy": ["q", "q"]}))
    monkeypatch.setattr(weighing, "ends_in", lambda *args: calls.append(args) or "ends")
    monkeypatch.setattr(weighing, "means_of", lambda found, *args: "means" if found == "ends" else None)
    monkeypatch.setattr(weighing, "compare_theories", lambda *args, **how: calls.append(args) or apart)
    monkeypatch.setattr(
        weighing, "over_states", lambda found, names, luck, each: (found, names, luck.to_dict("list"), each)
    )
    monkeypatch.setattr(weighing, "about_states", lambda *args: {"about": args[1]})
    plain = {"parameters": None, "facts": {}, "point": False, "scenario": load_scenario("template")}
    requests = [SimpleNamespace(policy_name=name, **plain) for name in "pq"]
    ready = []
    found = weighing.weigh(
        requests, (5, 6), states=3, uncertain=["a"], ready=lambda *told: ready.append(told)
    )
    assert ready == [("start", 5)]
    assert calls[0][0] == requests
    assert len(calls[0][1]) == 3
    assert calls[1][1] == range(5, 15)
    assert (found.means, found.policies, len(found.states)) == ("means", ("p", "q"), 3)
    assert found.theories is apart
    assert found.differences == ("ends", ("p", "q"), {"policy": ["q"]}, 2)
    with pytest.raises(InputError, match="policies: got p; expected at least two"):
        weighing.weigh(requests[:1], (5,), states=3)


def test_parameters_set_by_hand_are_not_uncertain():
    given = {"talks": {"sister": 0.5}, "trust": {"memory": 300.0}}
    plain = {"facts": {}, "point": False, "scenario": load_scenario("template")}
    request = SimpleNamespace(parameters=given, **plain)
    usual, facts = weighing.uncertain_of(request, None)
    assert facts == {}
    assert usual == [name for name in weighing.CONTESTED if name != "talks.sister"]
    assert weighing.uncertain_of(request, ["talks.failure"]) == (["talks.failure"], {})
    with pytest.raises(InputError, match=r"uncertain: trust\.memory is set by hand"):
        weighing.uncertain_of(request, ["trust.memory"])


# -- those of a sweep


def sweep_rows():
    rows = [
        ("c", "readiness", 0, "p", 1.0, 0.0),
        ("c", "readiness", 0, "p", 1.0, 2.0),
        ("c", "readiness", 0, "q", 1.0, 1.0),
        ("c", "ripeness", 0, "p", 1.0, 3.0),
        ("c", "ripeness", 0, "q", 1.0, 0.0),
    ]
    made_ = pd.DataFrame(rows, columns=["case", "theory", "point", "policy", "a", "agreements"])
    return made_.assign(state=[0, 0, 0, 1, 1])


def test_states_of_a_sweep():
    found = states_of(results(), sweep_rows())
    assert found == ({"theory": "readiness", "a": 1.0}, {"theory": "ripeness", "a": 1.0})


def test_means_by_state_and_policy():
    found = means_of(sweep_rows(), ("q", "p"), ["agreements"], {"agreements": 2.0})
    assert found.to_dict("list") == {
        "state": [0, 0, 1, 1],
        "policy": ["q", "p", "q", "p"],
        "agreements": [1.0, 1.0, 0.0, 3.0],
        "runs_cleared": [0.0, 0.5, 0.0, 1.0],
    }
    assert "runs_cleared" not in means_of(sweep_rows(), ("p", "q"), ["agreements"], {})


def test_policies_of_a_sweep():
    held = results(table=sweep_rows())
    assert chosen_policies(held, None) == ("p", "q")
    assert chosen_policies(held, ["q"]) == ("q",)
    with pytest.raises(InputError, match="x: policy"):
        chosen_policies(held, ["z"])


# -- boxes

STATES = pd.DataFrame({"x": np.arange(10.0), "theory": ["a", "b"] * 5})


@pytest.mark.parametrize(
    ("wanted", "words"), [([True] * 10, "in every state"), ([False] * 10, "in no state")]
)
def test_what_happens_everywhere_or_nowhere_needs_no_box(wanted, words):
    found = discover(STATES, wanted)
    share_ = float(wanted[0])
    assert found == {
        **{"base": share_, "density": share_, "coverage": 1.0, "mass": 1.0, "limits": {}, "words": words}
    }


class Box:
    """A box of PRIM: its limits before and after, and how likely each is to be chance."""

    density, coverage, mass = 0.75, 0.6, 0.4

    def __init__(self, chance):
        self.p_values = [{}, chance]
        last = pd.DataFrame({"x": [2.0, 9.0], "theory": [{"b"}, {"b"}]})
        self.box_lims = [pd.DataFrame({"x": [0.0, 9.0], "theory": [{"a", "b"}] * 2}), last]
        self.dropped = []

    def drop_restriction(self, name):
        self.dropped.append(name)
        self.p_values.append({k: v for k, v in self.p_values[-1].items() if k != name})


def test_limits_that_chance_would_give_are_dropped_the_likeliest_first():
    box = Box({"x": [0.06, 0.5], "theory": [0.2, -1.0], "y": [-1.0, -1.0], "z": [0.05, 0.9]})
    assert discovery.without_chance(box) is box
    assert box.dropped == ["theory", "x"]
    assert discovery.CHANCE == 0.05


def test_a_box_is_told_with_its_figures(monkeypatch):
    asked = []

    def prim_box(inputs, wanted, least):
        asked.append((inputs is STATES, wanted.tolist(), least))
        return Box({"x": [0.01, -1.0]})

    monkeypatch.setattr(discovery, "prim_box", prim_box)
    wanted = [True] * 3 + [False] * 7
    found = discover(STATES, wanted)
    assert asked == [(True, wanted, 0.1)]
    limits = {"x": (2.0, 9.0), "theory": ("b",)}
    assert {k: found[k] for k in ("base", "density", "coverage", "mass", "limits")} == {
        **{"base": 0.3, "density": 0.75, "coverage": 0.6, "mass": 0.4, "limits": limits}
    }
    assert found["words"].startswith("in 75% of the states with x above 2 and theory b, against 30% of all;")


def test_where_luck_is_all_no_number_of_seeds_is_enough():
    """Points whose means differ by as much as their seeds disagree: nothing of the difference is left."""
    found = noise_of(np.array([[2.0, 0.0], [0.0, 0.0], [1.0, 1.0]]) * 1.0)
    assert found.luck == found.between > 0.0
    assert (found.needed, found.share) == (None, 1.0)


def test_levels_of_a_factor_with_many_equal_values_are_fewer():
    values = pd.Series([*[0.0] * 60, *np.arange(1.0, 20.0)])
    assert grouped(values).nunique() < 5
    assert (MOST_LEVELS, PARTS) == (12, 5)


def test_states_of_a_sweep_are_numbered_as_they_come(monkeypatch):
    rows = sweep_rows().drop(columns="state").iloc[::-1].assign(seed=1)
    held = results(table=rows)
    monkeypatch.setattr(of_sweep, "open_results", lambda where: held)
    monkeypatch.setattr(of_sweep, "about_results", lambda *args: {"n": args[3]})
    found = of_sweep.weigh_results("x", outcomes=["agreements"])
    assert [s["theory"] for s in found.states] == ["ripeness", "readiness"]
    assert found.about == {"n": 2}
    assert found.policies == ("q", "p")
    with pytest.raises(InputError, match="x: q is the only policy; expected several, or --bar"):
        of_sweep.weigh_results("x", policies=["q"], outcomes=["agreements"])
    assert of_sweep.weigh_results(
        "x", policies=["q"], outcomes=["agreements"], bars={"agreements": 1}
    ).policies == ("q",)


def test_groups_are_analysed_in_the_order_of_the_table_or_alone(monkeypatch):
    table_ = pd.DataFrame(
        {
            "case": "c",
            "policy": ["z"] * 4 + ["a"] * 4,
            "theory": "t",
            "point": [0, 0, 1, 1] * 2,
            "seed": [1, 2] * 4,
            "agreements": [0.0, 1.0, 2.0, 3.0, 5.0, 5.0, 5.0, 5.0],
        }
    )
    held = results(table=table_, points=pd.DataFrame({"a": [10.0, 20.0]}))
    monkeypatch.setattr(sensing, "open_results", lambda where: held)
    found = sensitivity("x", ["agreements"])
    assert found.noise["policy"].tolist() == ["z", "a"]
    assert found.noise["verdict"].tolist() == ["clear", "does not vary"]
    assert found.indices[["policy", "factor", "value"]].to_numpy().tolist() == [
        ["z", "a", pytest.approx(2.0)]
    ]
    alone = sensitivity("x", ["agreements"], ("c", "a", "t"))
    assert alone.noise["policy"].tolist() == ["a"]
    assert list(alone.indices.columns) == list(sensing.COLUMNS)


def test_states_and_seeds_of_robustness():
    assert (weighing.STATES, weighing.RUNS, weighing.MORE) == (32, 20, 5)
    assert (sensing.RESAMPLES, sensing.BLURRED, sensing.DROWNED) == (500, 0.1, 0.5)
