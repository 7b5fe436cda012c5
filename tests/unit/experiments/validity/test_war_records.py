"""What is kept of a run of a drawn war, out of logs and columns that are written down."""

from datetime import timedelta

import numpy as np
import pytest

from detente.agents import codes
from detente.experiments.runs.daily_logs import DailyLog
from detente.experiments.runs.event_logs import RunLog
from detente.experiments.validity import war_records
from detente.experiments.validity.war_records import (
    agreements_of,
    columns_of,
    falls_of,
    movements,
    record_of,
    status_quo,
    truces_of,
    unpacked,
)
from detente.model.drawn_wars import drawn_war

FIELDS = {"day": "f8", "what": "i8", "subject": "i8", "actor": "i8", "value": "f8", "why": "i8", "form": "i8"}
EVENT = np.dtype([*FIELDS.items(), ("since", "f8")])
PAIRS = {0: "movement", 1: "movement", 3: "second-movement"}
"""Relations of a drawn war with a patron that are wars of a movement against the state."""


@pytest.fixture(scope="module")
def start():
    return status_quo(drawn_war(1), 10, {})


def log(*events, days=400.0):
    rows = [(day, what, subject, actor, value, 0, 0, 0.0) for day, what, subject, actor, value in events]
    return RunLog(7, np.array(rows, dtype=EVENT), days)


def test_a_war_runs_so_many_years_with_nothing_imposed(start):
    case = start.scenario.case
    assert (case.end - case.start).days + 1 == 3652
    assert case.end.year == case.start.year + 9
    assert case.pivot is None
    assert set(start.levers.values()) == {0.0}
    assert (start.policy.move, start.policy.mode) == ((), "conditioned")
    changed = status_quo(drawn_war(1), 10, {"trust": {"memory": 300.0}})
    assert changed.parameters.trust.memory == 300.0


def test_movements_are_told_by_the_pairs_in_which_they_fight_the_state(start):
    assert movements(start) == PAIRS


def test_columns_are_of_every_dyad_in_which_a_movement_fights(start):
    wanted, of = columns_of(start, ["movement", "second-movement"])
    dyads = ["government>movement", "movement>government", "patron>movement", "movement>patron"]
    dyads += ["second-movement>government", "government>second-movement"]
    assert wanted == [f"dyads.{d}.step_attacks" for d in dyads] + [f"dyads.{d}.step_deaths" for d in dyads]
    assert of.tolist() == [0, 0, 0, 0, 1, 1]


def test_counts_are_summed_over_the_dyads_of_a_movement(start, monkeypatch):
    monkeypatch.setattr(war_records, "truces_of", lambda start, log, place: [["truces", place]])
    monkeypatch.setattr(war_records, "agreements_of", lambda start, log, place: [["agreements", place]])
    monkeypatch.setattr(war_records, "falls_of", lambda start, log, names: [[3, True, names]])
    steps = np.array([[1.0, 2.0, 4.0, 10.0, 20.0, 40.0], [0.0, 1.0, 0.0, 0.0, 5.0, 0.0]])
    run = DailyLog(log(), steps)
    found = record_of(start, run, {0: "a", 2: "b"}, ["a", "b"], np.array([0, 1, 0]))
    assert (found["seed"], found["days"], found["dyads"]) == (7, 2, ["a", "b"])
    assert unpacked(found["events"]).tolist() == [[5.0, 0.0], [2.0, 1.0]]
    assert unpacked(found["deaths"]).tolist() == [[50.0, 0.0], [20.0, 5.0]]
    place = {0: 0, 2: 1}
    assert (found["truces"], found["agreements"]) == ([["truces", place]], [["agreements", place]])
    assert found["falls"] == [[3, True, ["a", "b"]]]


def test_records_are_made_of_every_seed(start, monkeypatch):
    asked = {}

    def daily_logs(opened, seeds, wanted, kinds, threads):
        asked.update(seeds=seeds, kinds=kinds, threads=threads, n=len(wanted))
        return ["one", "two"]

    monkeypatch.setattr(war_records, "daily_logs", daily_logs)
    monkeypatch.setattr(
        war_records, "record_of", lambda opened, run, pairs, names, of: (run, pairs, names, of.tolist())
    )
    found = war_records.war_records(start, [4, 5], 3)
    assert [r[0] for r in found] == ["one", "two"]
    assert found[0][1:] == (PAIRS, ["movement", "second-movement"], [0, 0, 0, 0, 1, 1])
    assert asked["n"] == 12
    assert (asked["seeds"], asked["threads"]) == ([4, 5], 3)
    assert {codes.TRUCE_BEGAN, codes.AGREEMENT, codes.RELAPSE, codes.PARTY_COLLAPSED} < set(asked["kinds"])


PLACE = {0: 0, 1: 0, 3: 1}


def test_an_agreement_is_full_with_the_government_itself_and_over_everything(start):
    made = log(
        (10.0, codes.AGREEMENT, 0, 0, 1.0),
        (20.0, codes.AGREEMENT, 1, 0, 1.0),  # the patron's
        (30.0, codes.AGREEMENT, 3, 0, 0.99),
        (40.0, codes.AGREEMENT, 2, 0, 1.0),  # between allies
        (50.0, codes.TRUCE_BEGAN, 0, 0, 1.0),
    )
    assert list(agreements_of(start, made, PLACE)) == [
        [0, 10, "full", None],
        [0, 20, "partial", None],
        [1, 30, "partial", None],
    ]


def test_an_agreement_fails_with_the_first_relapse_of_its_pair_after_it(start):
    made = log(
        (5.0, codes.RELAPSE, 0, 0, 0.0),
        (10.0, codes.AGREEMENT, 0, 0, 1.0),
        (15.0, codes.RELAPSE, 3, 0, 0.0),
        (20.0, codes.RELAPSE, 0, 0, 0.0),
        (25.0, codes.AGREEMENT, 0, 0, 1.0),
        (30.0, codes.RELAPSE, 0, 0, 0.0),
    )
    assert list(agreements_of(start, made, PLACE)) == [[0, 10, "full", 20], [0, 25, "full", 30]]


def test_falls_are_told_with_their_side_and_the_dyad_of_a_movement(start):
    who = start.cast.parties.index
    fallen = [(12.0, "second-movement"), (20.0, "patron"), (30.0, "government"), (40.0, "movement")]
    made = log(
        (9.0, codes.RELAPSE, 0, 0, 0.0),
        *((day, codes.PARTY_COLLAPSED, 0, who(name), 0.0) for day, name in fallen),
    )
    assert list(falls_of(start, made, ["movement", "second-movement"])) == [
        [12, False, 1],
        [20, True, None],
        [30, True, None],
        [40, False, 0],
    ]
    assert list(falls_of(start, log(), [])) == []


def test_ceasefires_have_their_last_day_and_how_they_ended(start, monkeypatch):
    first = start.scenario.case.start

    def spell(pair, a, b, ended, scope="dyad", kind="cessation"):
        days = {"start": first + timedelta(days=a), "end": first + timedelta(days=b)}
        return {"pair": start.cast.pairs[pair], **days, "ended": ended, "scope": scope, "class": kind}

    made = [
        spell(0, 10, 20, "collapsed"),
        spell(1, 30, 30, "expired", "local"),
        spell(2, 40, 50, "expired"),
        spell(3, 60, 90, "agreement", kind="definitive"),
        spell(0, 95, 99, "running"),
    ]
    monkeypatch.setattr(war_records, "spells", lambda opened, held: made)
    assert list(truces_of(start, log(), PLACE)) == [
        [0, 10, 19, "cessation", False, False, "party"],
        [0, 30, 30, "cessation", False, True, "term"],
        [1, 60, 89, "definitive", False, False, "followed"],
        [0, 95, None, "cessation", False, False, ""],
    ]


def test_ceasefires_are_read_off_their_own_events(start, monkeypatch):
    heard = []
    monkeypatch.setattr(war_records, "spells", lambda opened, held: heard.append(held) or [])
    made = log((1.0, codes.TRUCE_BEGAN, 0, 0, 0.0), (2.0, codes.AGREEMENT, 0, 0, 1.0), days=77.0)
    assert list(truces_of(start, made, PLACE)) == []
    (held,) = heard
    assert (held.seed, held.days, held.events["what"].tolist()) == (7, 77.0, [codes.TRUCE_BEGAN])


def test_what_one_side_declares_alone_runs_to_its_term(start):
    local = next(k for k, (_, scope) in enumerate(codes.TRUCE_FORMS) if scope == "local")
    rows = [
        (5.0, codes.TRUCE_DECLARED, 3, 0, 30.0, 0, local, 6.0),
        (5.0, codes.TRUCE_DECLARED, 2, 0, 30.0, 0, 0, 6.0),  # between allies
        (8.0, codes.TRUCE_DECLARED, 0, 0, 0.0, 0, 0, 9.0),
    ]
    made = RunLog(7, np.array(rows, dtype=EVENT), 400.0)
    assert list(war_records.one_sided(made, PLACE)) == [
        [1, 6, 35, codes.TRUCE_FORMS[local][0], True, True, "term"],
        [0, 9, 9, codes.TRUCE_FORMS[0][0], True, codes.TRUCE_FORMS[0][1] == "local", "term"],
    ]
