"""The decision score on acts made for it, and what is read off one run's events and hazards."""

from datetime import date
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from detente.agents import codes
from detente.agents.schema import dtype_of
from detente.experiments.evidence import decisions as scoring
from detente.experiments.evidence.decisions import (
    EPSILON,
    MAX_HAZARD,
    Decisions,
    act_row,
    imposed,
    spoken_for,
)
from detente.model import engine
from detente.model.errors import InputError
from detente.model.memory import KINDS
from detente.model.request import open_case

OPEN = open_case("afghanistan-2018", "history", mode="conditioned")
LOG, E = np.log, EPSILON


def act(case, choice, hazard):
    return {
        "case": case,
        "choice": choice,
        "decision": choice.split(":")[1],
        "date": date(2018, 1, 1),
        "hazard": hazard,
    }


def choice(case, name, integral, days, acts):
    return {
        "case": case,
        "choice": name,
        "decision": name.split(":")[1],
        "integral": integral,
        "days": days,
        "acts": acts,
    }


MADE = Decisions(
    pd.DataFrame(
        [
            act("c", "p:offer_truce:q", 0.2),
            act("c", "p:offer_truce:q", 5e3),
            act("d", "q:answer_truce:p", 0.0),
        ]
    ),
    pd.DataFrame(
        [
            choice("c", "p:offer_truce:q", 3.0, 100.0, 2),
            choice("c", "q:offer_truce:p", 0.5, 100.0, 0),
            choice("d", "q:answer_truce:p", 1.5, 50.0, 1),
        ]
    ),
    7,
)


def test_the_null_is_acts_a_day_of_each_kind():
    assert MADE.rates.to_dict() == {"offer_truce": 2 / 200, "answer_truce": 1 / 50}


def test_each_choice_scores_its_acts_less_its_integral():
    scores = MADE.scores.set_index("choice")
    model = [
        LOG((1 - E) * 0.2 + E * 0.01) + LOG((1 - E) * MAX_HAZARD + E * 0.01) - ((1 - E) * 3.0 + E * 1.0),
        -((1 - E) * 0.5 + E * 1.0),
        LOG(E * 0.02) - ((1 - E) * 1.5 + E * 1.0),
    ]
    constant = [2 * LOG(0.01) - 1.0, -1.0, LOG(0.02) - 1.0]
    assert scores["model"].tolist() == pytest.approx(model)
    assert scores["constant"].tolist() == pytest.approx(constant)
    assert scores["difference"].tolist() == pytest.approx(np.subtract(model, constant))


def test_the_score_is_an_act_and_its_interval_drawn_over_choices():
    repeated = Decisions(MADE.acts, pd.concat([MADE.choices] * 4), 7)
    made, scores = repeated.score(50, 3), repeated.scores
    drawn = np.random.default_rng(3).integers(0, 12, size=(50, 12))
    means = scores["difference"].to_numpy()[drawn].sum(axis=1) / scores["acts"].to_numpy()[drawn].sum(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    assert made == pytest.approx(
        {
            "per_act": scores["difference"].sum() / 12,
            "low95": low,
            "high95": high,
            "acts": 12.0,
            "choices": 12.0,
            "ruled_out": 1.0,
            "expected": 20.0,
        }
    )
    assert repeated.score() == repeated.score(2000, 1)


@pytest.mark.parametrize(("choices", "given"), [(1, False), (3, False), (9, False), (10, True), (40, True)])
def test_a_few_choices_give_no_interval(choices, given):
    difference, acts = np.arange(float(choices)), np.r_[np.zeros(choices - 1), 1.0]
    low, high = scoring.per_act_interval(difference, acts, 200, 1)
    assert (low == low, high == high) == (given, given)


def test_the_command_says_where_there_is_no_interval(monkeypatch):
    from typer.testing import CliRunner

    from detente.experiments.cli.main import app

    monkeypatch.setattr(scoring, "score_decisions", lambda case, runs, profile: MADE)
    result = CliRunner().invoke(app, ["score", "--decisions"])
    assert result.exit_code == 0
    assert result.stdout.count("(no interval)") == 4
    assert "nan" not in result.stdout


def test_a_part_has_a_null_of_its_own():
    part = MADE.part(MADE.choices["case"] == "d")
    assert part.rates.to_dict() == {"answer_truce": 1 / 50}
    assert (len(part.acts), len(part.choices), part.runs) == (1, 1, 7)
    assert MADE.part(MADE.choices["acts"] == 0) is None


def test_everything_as_one_object():
    made = MADE.to_json()
    assert list(made["parts"]) == ["c", "d", "initiatives only"]
    assert made["parts"]["initiatives only"]["acts"] == 2.0  # an answer is none
    assert made["parts"]["d"]["choices"] == 1.0
    assert made["pooled"] == pytest.approx(MADE.score(), nan_ok=True)
    assert made["by_decision"]["offer_truce"]["acts"] == 2
    assert set(made["by_decision"]["offer_truce"]) == {"acts", "integral", "null_integral", "difference"}
    assert (made["runs"], made["epsilon"], made["acts"][0]["date"]) == (7, 0.05, "2018-01-01")


def events(*rows):
    made = np.zeros(len(rows), dtype=[("what", int), ("subject", int), ("day", float), ("value", float)])
    made[:] = list(rows)
    return made


IMPOSED = codes.MOVE_IMPOSED


def test_imposed_decisions_are_read_off_a_log():
    log = events((IMPOSED, 3, 7.5, 0.25), (IMPOSED + 1, 3, 8.0, 1.0), (IMPOSED, 4, 9.0, 0.5))
    assert imposed(log) == [(3, 7.5, 0.25), (4, 9.0, 0.5)]


def test_an_act_has_the_mean_of_its_hazards():
    row = act_row(OPEN, ("a:x:b", "b:y:a"), (1, 31.75), [0.0, 1.0, np.inf, -0.0])
    assert row == {
        "case": "afghanistan-2018",
        "choice": "b:y:a",
        "decision": "y",
        "date": date(2018, 2, 1),
        "hazard": (1.0 + MAX_HAZARD) / 4,
        "zero_share": 0.5,
        "runs": 4,
    }


def test_history_speaks_for_the_choices_that_it_silences():
    buffer, places = OPEN.buffer, dict(OPEN.layout.slices())
    moves = buffer[places["moves"]].view(dtype_of(KINDS["moves"]))
    silenced = {int(m["subject"]) for m in moves if m["effect"] == codes.SILENCE}
    assert set(np.flatnonzero(spoken_for(OPEN))) == silenced
    assert 0 < len(silenced) < len(spoken_for(OPEN))


def test_hazards_and_integrals_are_means_over_runs(monkeypatch):
    spoken = np.flatnonzero(spoken_for(OPEN))
    one, two = (int(k) for k in spoken[:2])
    place = dict(OPEN.layout.slices())["choices"]
    seeds = []

    def run_one(start, seed):
        seeds.append(seed)
        buffer = start.buffer.copy()
        buffer[place].view(dtype_of(KINDS["choices"]))["cum_hazard"] = seed
        log = [(IMPOSED, two, 9.0, 0.2 * seed), (IMPOSED, one, 5.0, 0.1 * seed), (IMPOSED, one, 3.0, 1.0)]
        return SimpleNamespace(events=events(*log[: 4 - seed]), buffer=buffer, rows=[0] * (10 * seed + 1))

    monkeypatch.setattr(engine, "run_one", run_one)
    monkeypatch.setattr(engine, "compile_now", lambda: None)
    acts, choices = scoring.scored_case(OPEN, 2)
    assert seeds == [1, 2]
    names = OPEN.cast.choices
    assert [(a["choice"], a["hazard"], a["runs"]) for a in acts] == [
        (names[one], 1.0, 1),
        (names[one], pytest.approx(0.15), 2),
        (names[two], pytest.approx(0.3), 2),
    ]
    assert [c["choice"] for c in choices] == [names[k] for k in spoken]
    assert {c["integral"] for c in choices} == {1.5}
    assert {c["days"] for c in choices} == {15.0 * OPEN.step_days}
    assert [c["acts"] for c in choices[:3]] == [2, 1, 0]
    assert choices[0]["decision"] == names[one].split(":")[1]
    assert choices[0]["case"] == "afghanistan-2018"


def test_cases_are_pooled_and_those_without_acts_refused(monkeypatch):
    asked = []

    def scored_case(start, runs):
        name = start.scenario.case.name
        asked.append((name, start.policy.name, start.mode, runs))
        return ([act(name, "p:offer_truce:q", 0.2)], [choice(name, "p:offer_truce:q", 1.0, 9.0, 1)])

    monkeypatch.setattr(scoring, "scored_case", scored_case)
    made = scoring.score_decisions(runs=3)
    assert asked == [(name, "history", "conditioned", 3) for name in ("afghanistan-2018", "korea-2017")]
    assert made.acts["case"].tolist() == made.choices["case"].tolist() == ["afghanistan-2018", "korea-2017"]
    asked.clear()
    assert scoring.score_decisions("korea-2017").runs == 400
    assert scoring.decisions(["korea-2017"]).runs == 100
    assert [runs for *_, runs in asked] == [400, 100]
    monkeypatch.setattr(scoring, "scored_case", lambda start, runs: ([], []))
    with pytest.raises(InputError, match="korea-2017: no act of history is imposed"):
        scoring.decisions(["korea-2017"])


def test_what_a_decision_score_declares():
    assert (EPSILON, MAX_HAZARD) == (0.05, 1000.0)
    assert scoring.REPLIES == ("answer_truce", "answer_measure", "extend_truce")


def test_a_profile_opens_the_cases_and_is_named(monkeypatch):
    opened = []

    def scored_case(start, runs):
        opened.append(start.parameters.switches.level)
        name = start.scenario.case.name
        return ([act(name, "p:offer_truce:q", 0.2)], [choice(name, "p:offer_truce:q", 1.0, 9.0, 1)])

    monkeypatch.setattr(scoring, "scored_case", scored_case)
    made = scoring.score_decisions("korea-2017", 3, profile="core-0.1")
    assert made.to_json()["profile"] == "core-0.1"
    assert "profile" not in scoring.score_decisions("korea-2017", 3).to_json()
    assert opened == [0, 1]
