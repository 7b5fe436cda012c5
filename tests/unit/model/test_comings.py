"""Actors that come, go, split off or join, and things that wait: what a case and a policy say becomes the run."""

import re
from datetime import date, timedelta
from typing import Any

import pytest

from detente.agents import codes
from detente.model.errors import InputError
from detente.model.facts import facts_of

START = date(2030, 1, 1)
HAWKS = "republic.generals"
FACT = {"sort": "context", "actor": "rejectionists"}
SPLIT = {"sort": "act", "do": "split", "actor": "rejectionists"}


def day(n: int) -> date:
    return START + timedelta(n)


@pytest.fixture
def tables(workshop) -> dict[str, Any]:
    """The template; its spoiler attacks the republic alone, more than once a day."""
    tables = workshop.tables()
    tables["spoiler"][0]["target"] = [{"party": "republic", "attacks": 1.5, "deaths_per_event": 2.0}]
    tables["case"]["end"] = day(119)
    return tables


def policy(*moves: dict[str, Any], **keys: Any) -> dict[str, Any]:
    head = {"name": "test", "title": "Test", "summary": "", "mode": "conditioned"}
    return head | {"move": list(moves)} | keys


def struck(workshop, start) -> list[int]:
    """Days on which the spoiler strikes."""
    attacks = workshop.mesa(start, 5)
    column = attacks.columns.index("tally.spoiler_attacks")
    total = attacks.rows[:, column]
    return [i for i in range(1, len(total)) if total[i] > total[i - 1]]


def outside(tables: dict[str, Any], **keys: Any) -> dict[str, Any]:
    tables["spoiler"][0] |= keys
    return tables


def test_a_spoiler_is_there_from_one_day_to_another(workshop, tables):
    start = workshop.opening(outside(tables, **{"from": day(30), "until": day(59)}))
    days = struck(workshop, start)
    assert days
    assert 30 < min(days) < 40
    assert 50 < max(days) <= 60


def test_an_absent_one_comes_when_a_policy_says_so(workshop, tables):
    absent = outside(tables, absent=True)
    assert struck(workshop, workshop.opening(absent)) == []
    moves = [
        {"sort": "context", "actor": "rejectionists", "do": do, "date": day(n)}
        for do, n in (("arrive", 40), ("leave", 60))
    ]
    days = struck(workshop, workshop.opening(absent, policy(*moves)))
    assert days
    assert 40 < min(days) <= max(days) <= 60


def test_a_faction_splits_off_on_its_day(workshop, tables):
    split = outside(tables, out_of=HAWKS)
    assert struck(workshop, workshop.opening(split)) == []
    start = workshop.opening(split, policy(SPLIT | {"date": day(50)}))
    assert min(struck(workshop, start)) > 50
    run = workshop.mesa(start, 5)
    told = [int(e) for e in run.events["what"]]
    assert told.count(codes.FACTION_SPLIT) == 1
    shares = workshop.records(run)["factions"]["share"]
    assert shares.sum() == pytest.approx(2.0)
    assert shares[start.cast.factions.index(HAWKS.replace(".", "/"))] == 0.0


def test_chance_waits_while_a_policy_names_the_day(workshop, tables):
    """The other way round chance may split it off from the first day on."""
    tables = outside(tables, out_of=HAWKS, splits=10.0)
    moves = workshop.opening(tables, policy(SPLIT | {"date": day(50)})).buffer
    start = workshop.opening(tables, policy(SPLIT | {"date": day(50)}))
    held = [m for m in records(workshop, start, "moves") if m["effect"] == codes.SPLIT_BY_POLICY]
    assert [(float(m["until_day"]), float(m["day"])) for m in held] == [(50.0, 0.0)]
    free = records(workshop, workshop.opening(tables), "moves")
    assert not [m for m in free if m["effect"] == codes.SPLIT_BY_POLICY]
    assert moves.size


@pytest.mark.parametrize(
    ("keys", "dated"), [({"mode": "free"}, 0), ({"mode": "until", "until": day(20)}, 0), ({}, 1)]
)
def test_a_faction_decides_itself_where_history_is_not_imposed(workshop, tables, keys, dated):
    split = policy(SPLIT | {"date": day(50)}, **keys)
    moves = records(workshop, workshop.opening(outside(tables, out_of=HAWKS), split), "moves")
    assert [int((moves["effect"] == e).sum()) for e in codes.CAST_EFFECTS] == [dated, dated]


def records(workshop, start, kind: str) -> Any:
    from detente.agents.schema import dtype_of
    from detente.model.memory import KINDS

    return start.buffer[dict(start.layout.slices())[kind]].view(dtype_of(KINDS[kind]))


def test_a_leader_brings_his_factions_and_his_risk(workshop, tables):
    factions = {f["name"]: share for f, share in zip(tables["party"][0]["faction"], (0.1, 0.9), strict=True)}
    leader = {"sort": "context", "actor": "republic", "do": "leader", "date": day(10), "amount": 0.7}
    run = workshop.mesa(
        workshop.opening(tables, policy(leader | {"risk_tolerance": 0.35, "factions": factions})), 5
    )
    party = workshop.records(run)["parties"][0]
    shares = workshop.records(run)["factions"]["share"][:2]
    assert (float(party["hawkishness"]), float(party["risk_tolerance"])) == (0.7, 0.35)
    assert list(shares) == pytest.approx([0.1, 0.9])


def test_rates_and_paces_are_facts_of_the_case(workshop, tables):
    assert not [
        path for path in facts_of(workshop.opening(tables).scenario) if "splits" in path or "drift" in path
    ]
    tables["party"][0]["drift"] = 0.5
    start = workshop.opening(outside(tables, out_of=HAWKS, splits=0.3))
    known = facts_of(start.scenario)
    assert (known["spoiler.rejectionists.splits"].value, known["party.republic.drift"].value) == (0.3, 0.5)
    other = workshop.opening(tables, facts={"spoiler.rejectionists.splits": 0.7})
    assert records(workshop, other, "spoilers")["splits"][0] == 0.7


def test_keys_left_out_leave_a_cases_digest_alone(workshop, tables):
    plain = workshop.opening(tables).scenario
    for one in (*plain.spoiler, *plain.mediator, *plain.track, *plain.measure, *plain.party):
        written = one.model_dump()
        assert (
            not {"start", "end", "absent", "out_of", "splits", "rejoins", "drift", "host", "after"}
            & written.keys()
        )


def test_things_that_wait_become_blocks_of_conditions(workshop, tables):
    names = [t["name"] for t in tables["track"]]
    gift = tables["measure"][0]["name"]
    issue = tables["track"][0]["issues"][0]
    issue = issue if isinstance(issue, str) else issue["name"]
    tables["track"][1]["after"] = [gift, names[0]]
    tables["measure"][1]["after"] = [f"{names[0]}: {issue}"]
    start = workshop.opening(tables)
    tracks, measures = (records(workshop, start, kind) for kind in ("tracks", "measures"))
    waits = start.constants["waits"]
    kinds = [codes.MEASURE_GIVEN_FIRST, codes.TRACK_DONE_FIRST, codes.ISSUE_SETTLED_FIRST]
    assert list(waits["waits_for"]) == kinds
    assert [(int(r["first_wait"]), int(r["n_waits"])) for r in (tracks[0], tracks[1], measures[1])] == [
        (0, 0),
        (0, 2),
        (2, 1),
    ]


SPOILER = "[spoiler 1: rejectionists]"
BAD_CASES: list[tuple[dict[str, Any], str]] = [
    ({"from": day(9), "until": day(4)}, r"\.until: got 2030-01-05; expected a date on or after 2030-01-10"),
    ({"from": date(2040, 1, 1)}, r"\.from: got 2040-01-01; expected a date up to the end of the case"),
    ({"until": date(2029, 1, 1)}, r"\.until: got 2029-01-01; expected a date from the start of the case on"),
    ({"absent": True, "from": day(4)}, r"\.absent: got True; expected no absent = true beside from or until"),
    (
        {"out_of": "republic.general"},
        r"\.out_of: got 'republic.general'; .*did you mean 'republic.generals'\?",
    ),
    ({"out_of": HAWKS, "from": day(3)}, r"\.out_of: .*no from, until or absent beside it"),
    ({"splits": 0.2}, r"\.splits: got 0.2; expected no such key on a spoiler without out_of"),
    ({"out_of": HAWKS, "splits": 11}, r"\.splits: got 11; expected a number of at most 10"),
]


@pytest.mark.parametrize(("keys", "expected"), BAD_CASES)
def test_a_spoiler_that_makes_no_sense_is_named(workshop, tables, keys, expected):
    with pytest.raises(InputError) as error:
        workshop.opening(outside(tables, **keys))
    assert SPOILER in str(error.value)
    assert re.search(expected, str(error.value))


def test_a_party_cannot_split_off_itself_nor_a_faction_twice(workshop, tables):
    twin = tables["spoiler"][0] | {"name": "twin", "out_of": HAWKS}
    outside(tables, out_of=HAWKS)["spoiler"].append(twin)
    with pytest.raises(
        InputError, match="one spoiler out of a faction; 'rejectionists' comes out of it already"
    ):
        workshop.opening(tables)
    tables["spoiler"].pop()
    tables["party"][0]["faction"] = [tables["party"][0]["faction"][-1] | {"share": 1.0, "name": "generals"}]
    with pytest.raises(InputError, match="a faction with a share between 0 and 1"):
        workshop.opening(tables)


def test_hosts_and_waits_that_do_not_exist_or_go_in_a_circle(workshop, tables):
    first, second = (t["name"] for t in tables["track"][:2])
    gift = tables["measure"][0]["name"]
    tables["track"][0]["host"] = "neighbor"
    with pytest.raises(InputError, match=r"\.host: got 'neighbor'; .*did you mean 'neighbour'\?"):
        workshop.opening(tables)
    del tables["track"][0]["host"]
    tables["track"][0]["after"] = ["direkt"]
    with pytest.raises(InputError, match=r"\.after: got 'direkt'; .*did you mean 'direct'\?"):
        workshop.opening(tables)
    tables["track"][0]["after"], tables["track"][1]["after"] = [second], [gift]
    tables["measure"][0]["after"] = [first]
    with pytest.raises(InputError, match=r"nothing that itself waits for this \(and 2 more\)"):
        workshop.opening(tables)


BAD_MOVES: list[tuple[dict[str, Any], str]] = [
    (SPLIT | {"actor": "neighbour"}, r"\.actor: got 'neighbour'; expected a spoiler with out_of"),
    (SPLIT | {"actor": "rejectionist"}, "did you mean 'rejectionists'"),
    (FACT | {"do": "arrive"}, "expected split, since it comes out of a faction"),
    (SPLIT | {"amount": 1.5}, "expected a number from 0 to 1"),
    (FACT | {"do": "leave", "amount": 0.5}, "no such key on a move that does 'leave'"),
    (SPLIT | {"sort": "context"}, "for a move of sort 'context' one of"),
    (FACT | {"do": "leave", "actor": "movement"}, "a spoiler, a mediator or a patron"),
    (FACT | {"do": "arrive", "actor": "neighbour", "amount": 2.0}, "a number from 0 to 1"),
    (FACT | {"do": "leader", "actor": "republic", "factions": {"generals": 0.5}}, "sum to 1"),
    (
        FACT | {"do": "leader", "actor": "republic", "factions": {"generals": 1.0}},
        "a share of moderates too",
    ),
    (FACT | {"do": "window", "actor": "republic", "risk_tolerance": 0.5}, "no such key"),
    (SPLIT | {"date": date(2041, 1, 1)}, r"\.date: got 2041-01-01; expected a date from"),
]


@pytest.mark.parametrize(("move", "expected"), BAD_MOVES)
def test_a_coming_that_makes_no_sense_is_named(workshop, tables, move, expected):
    with pytest.raises(InputError) as error:
        workshop.opening(outside(tables, out_of=HAWKS), policy({"date": day(5)} | move))
    assert re.search(expected, str(error.value))


def test_what_comes_and_goes_is_told(workshop, tables):
    from detente.experiments.runs.narrative import words_of

    split = policy(SPLIT | {"date": day(3)}, SPLIT | {"date": day(20), "do": "join"})
    start = workshop.opening(outside(tables, out_of=HAWKS), split)
    run = workshop.mesa(start, 5)
    told = [words_of(e, start)["sentence"] for e in run.events if int(e["what"]) in codes.COMINGS_AND_GOINGS]
    assert len(told) == 2
    assert re.search(r"splits off .*, with \d+% of its fighters \(policy\)", told[0])
    assert "goes back to" in told[1]
