"""Comparisons of policies: what they hold is what the runs of each policy hold."""

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import detente
from detente.experiments.compare import policies as module
from detente.experiments.compare.policies import Comparison, Contest, check_each_once, given_policies, plain
from detente.experiments.compare.theories import Theories
from detente.experiments.runs.ensemble import violence
from detente.experiments.runs.intervals import paired_difference
from detente.model.errors import InputError

NAMES = ("status-quo", "opening", "five-lessons")
RUNS = 8


@pytest.fixture(scope="module")
def alone(compiled):
    """Each policy run by itself."""
    return {name: detente.ensemble("template", name, runs=RUNS) for name in NAMES}


@pytest.fixture(scope="module")
def made(compiled):
    return detente.compare("template", NAMES, runs=RUNS)


def test_the_runs_are_those_of_each_policy(made, alone):
    assert made.policies == NAMES
    assert made.seeds == tuple(range(1, RUNS + 1))
    assert (made.interrupted, made.theories) == (False, None)
    expected = pd.concat([alone[name].outcomes for name in NAMES], ignore_index=True)
    pd.testing.assert_frame_equal(made.outcomes, expected)


def test_the_summary_is_that_of_each_policy(made, alone):
    found = made.summary()
    assert list(found.index.names) == ["outcome", "policy"]
    assert list(dict.fromkeys(found.index.get_level_values("policy"))) == list(NAMES)
    for name in NAMES:
        rows = found.xs(name, level="policy")
        pd.testing.assert_frame_equal(rows, alone[name].summary(), check_dtype=False, check_names=False)


def test_differences_are_from_the_first_policy(made, alone):
    found = made.differences()
    assert list(found.columns) == ["unit", "mean", "low95", "high95", "pairs"]
    assert set(found.index.get_level_values("policy")) == set(NAMES[1:])
    for name in NAMES[1:]:
        for outcome in ("fatalities", "days_in_ceasefire", "final_trust"):
            mine, base = (alone[n].outcomes[outcome].to_numpy() for n in (name, NAMES[0]))
            row = found.loc[outcome, name]
            expected = paired_difference(mine, base)
            assert row[list(expected)].to_dict() == pytest.approx(expected)
    assert found.loc[("fatalities", "opening"), "unit"] == "deaths"


def test_a_single_policy_has_no_differences(alone):
    found = Comparison((alone["opening"],)).differences()
    assert len(found) == 0
    assert list(found.columns) == ["unit", "mean", "low95", "high95", "pairs"]


def test_shares_of_endings_add_up(made, alone):
    found = made.endings()
    assert list(found.index) == list(NAMES)
    for name in NAMES:
        shares = alone[name].outcomes["end_reason"].value_counts(normalize=True)
        row = found.loc[name]
        assert row[row > 0].to_dict() == shares.to_dict()
    assert not found.isna().any().any()


def test_one_object_with_the_first_policy_as_baseline(made, alone):
    told = made.to_json()
    assert json.loads(json.dumps(told))["baseline"] == "status-quo"
    assert (told["runs"], told["runs_asked"], told["interrupted"]) == (RUNS, RUNS, False)
    assert list(told["policies"]) == list(NAMES)
    assert "theories" not in told
    for key in ("policy", "mode", "levers", "policy_sha256"):
        assert key not in told
    first, second, third = told["policies"].values()
    assert list(first) == [
        "mode",
        "levers",
        "policy_sha256",
        "endings",
        "packages",
        "outcomes",
        "differences",
    ]
    assert first["differences"] == {}
    assert set(second["differences"]) == set(third["differences"]) == set(first["outcomes"])
    summary = alone["opening"].summary().loc["fatalities"]
    assert second["outcomes"]["fatalities"]["mean"] == summary["mean"]
    assert "unit" not in second["outcomes"]["fatalities"]
    assert second["levers"] == alone["opening"].about["levers"]
    assert second["policy_sha256"] != third["policy_sha256"]


def test_rival_theories_stand_beside_the_policies(made):
    empty = pd.DataFrame({"theory": []})
    told = replace(made, theories=Theories(empty, empty, (1, 2), 3, {})).to_json()
    assert [
        replace(made, theories=Theories(empty, empty, (1, 2), n, {})).theories.interrupted for n in (2, 3)
    ] == [
        False,
        True,
    ]
    assert told["theories"] == {"seeds": "1 to 2", "effects": [], "furthest_apart": []}


def test_the_outcomes_are_saved(made, tmp_path):
    assert made.save(tmp_path / "both.parquet") == tmp_path / "both.parquet"
    found = pd.read_parquet(tmp_path / "both.parquet")
    assert len(found) == len(NAMES) * RUNS
    assert found["policy"].tolist() == [name for name in NAMES for _ in range(RUNS)]
    with pytest.raises(InputError, match=r"\.parquet"):
        made.save(tmp_path / "both.csv")


def test_missing_numbers_are_none_in_plain_values():
    index = pd.MultiIndex.from_tuples([("x", "a"), ("y", "a")], names=["outcome", "policy"])
    table = pd.DataFrame({"unit": ["1", "1"], "mean": [0.0, float("nan")]}, index=index)
    assert plain(table, "a") == {"x": {"mean": 0.0}, "y": {"mean": None}}


# -- which policies


def test_policies_by_one_keyword_or_the_other():
    assert given_policies(None, None) is None
    assert given_policies("a", None) == given_policies(None, "a") == ("a",)
    assert given_policies(["a", "b"], None) == given_policies(None, ["a", "b"]) == ("a", "b")
    assert given_policies([], None) == ()
    with pytest.raises(InputError, match="policy and policies: got both"):
        given_policies("a", "b")


def test_a_policy_named_twice_is_refused():
    check_each_once(["a", "b"])
    with pytest.raises(InputError, match="policies: a, c is named twice"):
        check_each_once(["c", "a", "b", "a", "c"])


def test_branch_to_is_refused():
    with pytest.raises(InputError, match="branch_to: the policies compared take over"):
        detente.compare("template", NAMES, runs=1, branch_to="opening")


def test_actors_of_ones_own_exclude_rival_theories():
    with pytest.raises(InputError, match="theories: are compared in compiled runs"):
        detente.compare("template", NAMES, runs=1, theories="all", actors={"republic": object})


# -- running


class Ran:
    """Stands for an ensemble: how many of the runs asked for were done."""

    def __init__(self, done, asked, name="p"):
        self.seeds, self.asked, self.interrupted = tuple(range(1, done + 1)), asked, done < asked
        self.finals = f"finals of {name}"
        self.start = SimpleNamespace(policy=SimpleNamespace(name=name))


START = SimpleNamespace(theory="readiness")


@pytest.fixture
def contest(monkeypatch):
    """A contest of two policies under two theories, of which no run is made: what was asked for is noted."""
    asked = []

    def run_together(starts, seeds, **how):
        asked.append(("runs", starts, seeds, how))
        return [Ran(done[0], len(seeds), name) for name in "ab"]

    def compare_theories(rivals, seeds, **how):
        asked.append(("theories", rivals, seeds, how))
        if how["progress"] == "interrupted":
            raise KeyboardInterrupt
        return "told"

    done = [3]
    monkeypatch.setattr(module, "run_together", run_together)
    monkeypatch.setattr(module, "compare_theories", compare_theories)
    monkeypatch.setattr(module, "read_outcomes", lambda finals: f"ends of {finals}")
    return SimpleNamespace(
        asked=asked, done=done, with_rivals=Contest((START, START), "rivals", "drawn", "rivals drawn")
    )


def test_rival_theories_are_run_after_the_policies(contest):
    found = contest.with_rivals.run((1, 2, 3), threads=2, actors=None, progress="progress")
    assert found.theories == "told"
    (_, starts, seeds, how), (_, rivals, again, more) = contest.asked
    assert (starts, seeds) == ((START, START), (1, 2, 3))
    assert how == {"threads": 2, "actors": None, "progress": "progress", "drawn": "drawn"}
    assert (rivals, again) == ("rivals", (1, 2, 3))
    known = {"readiness": ["ends of finals of a", "ends of finals of b"]}
    assert more == {"known": known, "drawn": "rivals drawn", "progress": "progress"}


def test_nothing_more_is_run_after_an_interruption(contest):
    contest.done[0] = 2
    found = contest.with_rivals.run((1, 2, 3))
    assert (found.interrupted, found.theories) == (True, None)
    assert [what for what, *_ in contest.asked] == ["runs"]
    contest.done[0] = 3
    kept = contest.with_rivals.run((1, 2, 3), progress="interrupted")
    assert (kept.interrupted, kept.theories) == (False, None)


def test_without_rivals_only_the_policies_are_run(contest):
    found = Contest((START, START), None, None, None).run((1, 2))
    assert found.theories is None
    assert [what for what, *_ in contest.asked] == ["runs"]


def test_an_interrupted_comparison_warns(monkeypatch):
    told = []

    def run(self, seeds, **how):
        told.append((seeds, how))
        return Comparison((Ran(2, 5),))

    monkeypatch.setattr(Contest, "run", run)
    ready = []
    with pytest.warns(UserWarning, match="interrupted: 2 of 5 runs were done"):
        detente.compare(
            "template", NAMES[:2], seeds=[9, 8, 7, 6, 5], threads=1, ready=lambda *a: ready.append(a)
        )
    assert told == [((9, 8, 7, 6, 5), {"threads": 1, "actors": None, "progress": None})]
    ((start, seed),) = ready
    assert (start.policy.name, seed) == ("status-quo", 9)


def test_theories_are_opened_for_every_policy():
    requests = module.requests_for("template", NAMES[:2], None, {}, module.compare)
    contest = module.open_contest(requests, theories=["ripeness", "commitment"])
    assert [s.policy.name for s in contest.starts] == list(NAMES[:2])
    assert {s.theory for s in contest.starts} == {"readiness"}
    assert list(contest.rivals) == ["ripeness", "commitment"]
    for theory, starts in contest.rivals.items():
        assert [(s.policy.name, s.theory) for s in starts] == [(name, theory) for name in NAMES[:2]]
    assert module.open_contest(requests).rivals is None


def test_the_medians_of_a_portrait(made, monkeypatch):
    asked = []
    monkeypatch.setattr(module, "drawn_or_plain", lambda *given, about: asked.append((*given, about)) or "x")
    assert made._repr_html_() == "x"
    ((whole, name, medians, endings, about),) = asked
    assert whole is made
    assert name == "comparison-portrait"
    assert list(medians.index) == list(NAMES)
    assert list(medians.columns)[1:] == ["days in ceasefire", "trust at the end"]
    first = made.outcomes[made.outcomes["policy"] == "opening"]
    assert next(iter(medians.columns)) == violence(made.ensembles[0])[0]
    assert medians.loc["opening", "trust at the end"] == np.median(first["final_trust"])
    pd.testing.assert_frame_equal(endings, made.endings())
    assert about["head"].endswith(f": {RUNS} runs of each policy, with the same seeds")


def test_the_figure_has_the_fan_of_every_policy(made, monkeypatch):
    asked = []
    monkeypatch.setattr(module, "draw", lambda *given, about: asked.append((*given, about)) or "figure")
    assert made.plot() == "figure"
    ((name, fan, outcomes, _, _),) = asked
    assert name == "compare"
    assert fan.index.tolist() == list(range(len(fan)))
    assert len(fan) == sum(len(e.fan()) for e in made.ensembles)
    assert outcomes is made.outcomes
