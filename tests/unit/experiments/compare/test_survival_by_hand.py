"""How long ceasefires last: tables and curves from spells written by hand."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from detente.experiments.compare import survival as module
from detente.experiments.compare.ceasefire_spells import kaplan_meier, survival, survival_at
from detente.experiments.compare.survival import Survival, survival_of
from detente.model.errors import InputError
from detente.model.request import open_case

START = open_case("template", "status-quo")
OTHER = open_case("template", "opening")


def spells(*rows):
    names = ("policy", "class", "days", "ended", "origin")
    return pd.DataFrame([dict(zip(names, row, strict=True)) for row in rows])


TABLE = spells(
    ("z", "definitive", 20.0, "collapsed", "chosen"),
    ("z", "definitive", 40.0, "running", "chosen"),
    ("a", "cessation", 5.0, "expired", "chosen"),
    ("a", "cessation", 10.0, "collapsed", "chosen"),
    ("a", "cessation", 3.0, "collapsed", "imposed"),
    ("a", "cessation", 2.0, "collapsed", "agreement"),
)


def test_groups_keep_the_order_in_which_they_come():
    curves = survival(TABLE)
    assert list(curves.columns[:2]) == ["policy", "class"]
    assert list(dict.fromkeys(curves["policy"])) == ["z", "a"]
    read = survival_at(curves, ("policy", "class"), [1])
    assert read["policy"].tolist() == ["z", "a"]
    assert list(read.columns) == [*("policy", "class", "day", "survival", "low95", "high95", "at_risk")]


def test_rows_are_numbered_through():
    curves = survival(TABLE)
    assert curves.index.tolist() == list(range(len(curves)))
    empty = survival(TABLE.iloc[:0])
    assert list(empty.columns) == [
        *("policy", "class", "days", "survival", "low95", "high95", "at_risk", "events")
    ]


def test_groups_that_no_ceasefire_belongs_to_have_no_curve():
    table = TABLE.assign(policy=pd.Categorical(TABLE["policy"], ["a", "z", "never run"]))
    assert set(survival(table)["policy"]) == {"a", "z"}


def test_the_limits_are_greenwoods_on_a_log_log_scale():
    """Five spells, two ends: survival .8 and .6; variance of its logarithm 1 / (5 * 4), then 1 / (4 * 3) more."""
    curve = kaplan_meier(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), np.array([False, False, True, True, True]))
    z = 1.959963984540054
    for place, (share, variance) in enumerate([(0.8, 1 / 20), (0.6, 1 / 20 + 1 / 12)], start=1):
        centre, half = np.log(-np.log(share)), z * np.sqrt(variance) / abs(np.log(share))
        low, high = np.exp(-np.exp(centre + half)), np.exp(-np.exp(centre - half))
        assert curve.loc[place, "survival"] == pytest.approx(share)
        assert curve.loc[place, ["low95", "high95"]].tolist() == pytest.approx([low, high])


def test_a_spell_of_no_days_counts_at_the_start():
    curve = kaplan_meier(np.array([0.0, 4.0]), np.array([True, False]))
    assert curve["days"].tolist() == [0.0, 4.0]
    assert curve["survival"].tolist() == [1.0, 0.0]
    assert curve["at_risk"].tolist() == [2, 1]


def test_before_the_first_end_the_limits_are_one():
    curve = kaplan_meier(np.array([1.0, 2.0, 3.0]), np.array([True, False, True]))
    assert curve.loc[1, ["survival", "low95", "high95", "events"]].tolist() == [1.0, 1.0, 1.0, 0]
    assert 0.0 < curve.loc[2, "low95"] < curve.loc[2, "survival"] == 0.5


# -- the object


def lasting(seeds=(1, 2, 3), asked=3, **more):
    return Survival((START, OTHER), seeds, TABLE, asked=asked, **more)


@pytest.mark.parametrize(("asked", "interrupted"), [(None, False), (3, False), (4, True), (2, False)])
def test_an_interruption_leaves_fewer_runs_than_asked_for(asked, interrupted):
    made = lasting(asked=asked)
    assert made.interrupted is interrupted
    assert made.about["interrupted"] is interrupted


def test_what_the_runs_were_made_from():
    about = lasting().about
    assert about["policies"] == {s.policy.name: s.mode for s in (START, OTHER)}
    assert (about["runs"], about["seeds"], about["until"]) == (3, "1 to 3", "collapse")
    assert about["title"] == START.scenario.case.title
    assert not {"policy", "levers", "policy_sha256", "mode"} & set(about)
    assert {"case", "version", "scenario_sha256"} <= set(about)


def test_curves_are_those_of_chosen_ceasefires():
    made = lasting()
    chosen = TABLE[TABLE["origin"] == "chosen"]
    pd.testing.assert_frame_equal(made.curves, survival(chosen))
    assert made.table["day"].tolist() == [14, 30, 90, 180, 365] * 2
    first = made.table[(made.table["policy"] == "z")].set_index("day")
    assert first["survival"].tolist()[:2] == [1.0, 0.5]
    assert first["at_risk"].tolist() == [2, 1, 0, 0, 0]
    until_end = lasting(until="end").curves
    assert until_end[until_end["policy"] == "a"]["survival"].tolist() == [1.0, 0.5, 0.0]


def test_counts_of_endings_by_policy_class_and_origin():
    told = lasting().to_json()
    counted = {(r["policy"], r["origin"], r["ended"]): r["n"] for r in told["ceasefires"]}
    assert counted == {
        ("a", "agreement", "collapsed"): 1,
        ("a", "chosen", "collapsed"): 1,
        ("a", "chosen", "expired"): 1,
        ("a", "imposed", "collapsed"): 1,
        ("z", "chosen", "collapsed"): 1,
        ("z", "chosen", "running"): 1,
    }
    assert len(told["survival"]) == 10
    assert told["note"]


def test_spells_are_saved_one_row_each(tmp_path):
    made = lasting()
    assert made.save(tmp_path / "spells.parquet") == tmp_path / "spells.parquet"
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "spells.parquet"), TABLE)
    with pytest.raises(InputError, match=r"\.parquet"):
        made.save(tmp_path / "spells.csv")


# -- the runs


@pytest.fixture
def runs(monkeypatch):
    """Blocks of two seeds, one ceasefire a seed, and Ctrl-C once as many blocks are done as asked for."""
    state = SimpleNamespace(asked=[], stop_after=99, told=[])

    def truces_from(start, seeds, threads, actors):
        state.asked.append((start.policy.name, tuple(seeds), threads, actors))
        return pd.DataFrame({"policy": start.policy.name, "seed": list(seeds)})

    class Heeding:
        def __enter__(self):
            return self

        def __exit__(self, *error):
            return False

        @property
        def asked(self):
            return len(state.asked) >= 2 * state.stop_after

    monkeypatch.setattr(module, "truces_from", truces_from)
    monkeypatch.setattr(module, "heeding_interrupt", Heeding)
    monkeypatch.setattr(
        module, "blocks", lambda seeds, n: [seeds[k : k + n] for k in range(0, len(seeds), n)]
    )
    return state


def test_all_policies_are_run_block_by_block(runs):
    seeds = (5, 6, 7)
    made = survival_of([START, OTHER], seeds, until="end", threads=2, progress=lambda *n: runs.told.append(n))
    assert [name for name, *_ in runs.asked] == ["status-quo", "opening"] * 2
    assert [block for _, block, *_ in runs.asked] == [(5, 6), (5, 6), (7,), (7,)]
    assert {(threads, actors) for _, _, threads, actors in runs.asked} == {(2, None)}
    assert runs.told == [(4, 6), (6, 6)]
    assert made.spells["policy"].tolist() == ["status-quo"] * 3 + ["opening"] * 3
    assert made.spells["seed"].tolist() == [5, 6, 7, 5, 6, 7]
    assert made.spells.index.tolist() == list(range(6))
    assert (made.seeds, made.asked, made.until, made.interrupted) == (seeds, 3, "end", False)


def test_an_interruption_keeps_the_blocks_done(runs):
    runs.stop_after = 1
    made = survival_of([START, OTHER], (5, 6, 7))
    assert (made.seeds, made.asked, made.interrupted) == ((5, 6), 3, True)
    assert made.spells["seed"].tolist() == [5, 6, 5, 6]
    runs.asked.clear()
    runs.stop_after = 0
    with pytest.raises(KeyboardInterrupt):
        survival_of([START, OTHER], (5, 6, 7))


def test_what_a_call_hands_on(runs):
    ready = []
    made = module.survival(
        "template",
        ["opening", "status-quo"],
        seeds=[4, 9],
        end="end",
        threads=1,
        ready=lambda start, seed: ready.append((start.policy.name, seed)),
    )
    assert ready == [("opening", 4)]
    assert [(name, block, threads) for name, block, threads, _ in runs.asked] == [
        ("opening", (4, 9), 1),
        ("status-quo", (4, 9), 1),
    ]
    assert made.until == "end"
    with pytest.raises(InputError, match="end: got 'x'; expected collapse or end"):
        module.survival("template", end="x")
