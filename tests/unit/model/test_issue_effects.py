"""Issues with effects: what a case file may say, how it is refused, and the records that come of it."""

import copy
import re
from typing import Any

import pytest

from detente.agents import codes
from detente.agents.state import MAX_TOPICS
from detente.model.catalogue import load_scenario
from detente.model.errors import InputError
from detente.model.records.positions import Positions
from detente.model.records.talk_records import issues
from detente.model.scenario import EffectSpec, Scenario, parse_scenario

AFGHAN, TEMPLATE = "afghanistan-2018", "template"
GOVERNMENT, TALIBAN, STATES = "afghan-government", "taliban", "united-states"
FRONT, DIRECT, PROXIMITY, ENVOYS = range(4)
"""Tracks of the Afghan case."""


def with_issues(workshop: Any, agendas: dict[int, list[Any]], case: str = AFGHAN) -> dict[str, Any]:
    """A shipped case with other agendas on some of its tracks."""
    tables = workshop.tables(case)
    for track, agenda in agendas.items():
        tables["track"][track]["issues"] = agenda
    return tables


def parsed(workshop: Any, agendas: dict[int, list[Any]], case: str = AFGHAN) -> Scenario:
    return parse_scenario(with_issues(workshop, agendas, case), "x.toml")


def refusal(workshop: Any, agendas: dict[int, list[Any]], case: str = AFGHAN) -> str:
    """The one line that a bad agenda is refused with."""
    with pytest.raises(InputError) as caught:
        parsed(workshop, agendas, case)
    text = str(caught.value)
    assert "\n" not in text
    assert text.startswith("x.toml: ")
    return text


def entry(s: Scenario, track: int, place: int) -> dict[str, Any]:
    """The record of one issue."""
    return next(e for e in issues(Positions(s)) if (e["track"], e["place"]) == (track, place))


# -- what a case may say


@pytest.mark.parametrize("effect", codes.EFFECTS[1:])
def test_each_effect_can_be_declared_and_reaches_its_record(workshop, effect):
    s = parsed(workshop, {DIRECT: [{"name": "one", "does": {effect: 0.4}}, "two"]})
    first, second = s.track[DIRECT].issues
    assert first.does is not None
    assert (first.name, first.does.effect, first.does.size) == ("one", effect, 0.4)
    assert (second.name, second.does) == ("two", None)
    made = entry(s, DIRECT, 0)
    assert (made["does"], made["size"]) == (codes.EFFECTS.index(effect), 0.4)
    assert "does" not in entry(s, DIRECT, 1)


@pytest.mark.parametrize(
    ("effect", "of", "party"),
    [
        ("withdrawal", None, STATES),
        ("demobilisation", None, TALIBAN),
        ("recognition", None, TALIBAN),
        ("demobilisation", STATES, STATES),
        ("recognition", STATES, STATES),
        ("power", None, None),
        ("ceasefire", None, None),
        ("prisoners", None, None),
    ],
)
def test_whom_an_effect_concerns(workshop, effect, of, party):
    does = {effect: 0.5} | ({"of": of} if of else {})
    s = parsed(workshop, {DIRECT: [{"name": "one", "does": does}]})
    at = Positions(s)
    assert entry(s, DIRECT, 0)["party"] == at.party_or_none(party)


def test_between_two_sponsors_the_second_is_disarmed(workshop):
    tables = with_issues(workshop, {0: [{"name": "arms", "does": {"demobilisation": 1.0}}]}, TEMPLATE)
    for party in tables["party"]:
        party["sponsor"] = True
    s = parse_scenario(tables, "x.toml")
    last = [p.name for p in s.party if p.name in s.track[0].between][-1]
    assert entry(s, 0, 0)["party"] == Positions(s).party_or_none(last)


def test_a_mere_name_and_a_table_with_a_name_are_the_same(workshop):
    plain = parsed(workshop, {DIRECT: ["first", "second"]})
    tables = parsed(workshop, {DIRECT: [{"name": "first"}, {"name": "second"}]})
    assert plain.track[DIRECT].issues == tables.track[DIRECT].issues
    assert Scenario.model_validate(plain.model_dump()) == plain


def test_tracks_of_one_pair_share_topics_in_whatever_order(workshop):
    s = load_scenario(AFGHAN)
    at, made = Positions(s), issues(Positions(s))
    assert [(e["track"], e["place"]) for e in made] == [
        (i, k) for i, t in enumerate(s.track) for k in range(len(t.issues))
    ]
    topics: dict[tuple[int, str], int] = {}
    for e in made:
        spec = s.track[e["track"]]
        name = spec.issues[e["place"]].name
        is_new = (e["pair"], name) not in topics
        assert e["pair"] == at.pair_of(spec.between)
        assert e["first"] == int(is_new)
        assert topics.setdefault((e["pair"], name), e["topic"]) == e["topic"]
    by_pair = {pair: sorted(t for (p, _), t in topics.items() if p == pair) for pair, _ in topics}
    assert all(numbers == list(range(len(numbers))) for numbers in by_pair.values())
    # the direct and the proximity track share two topics of four
    assert len(by_pair[at.pair_of((STATES, TALIBAN))]) == 5


def test_records_of_issues_reach_the_world(workshop):
    does = {"withdrawal": 0.8}
    tables = with_issues(workshop, {DIRECT: [{"name": "forces", "does": does}], PROXIMITY: ["talks"]})
    w = workshop.world(workshop.opening(tables))
    forces = next(i for i in w.issues if i.does == codes.DOES_WITHDRAW)
    assert (forces.track, forces.place, forces.size, forces.first) == (DIRECT, 0, 0.8, 1)
    assert w.parties[forces.party].presence == 1.0


# -- what is refused, and how

FORCES = {"name": "forces", "does": {"withdrawal": 1.0}}

BAD: list[tuple[dict[int, list[Any]], str]] = [
    (
        {DIRECT: [{"name": "a", "does": {"withdrawal": 1.0, "power": 0.5}}]},
        r"does: got \['withdrawal', 'power'\]; expected one effect, one of: withdrawal, .*an issue of its own",
    ),
    ({DIRECT: [{"name": "a", "does": {}}]}, r"does: got \[\]; expected one effect"),
    ({DIRECT: [{"name": "a", "does": {"of": TALIBAN}}]}, r"does: got \[\]; expected one effect"),
    (
        {DIRECT: [{"name": "a", "does": {"withdrawl": 1.0}}]},
        r"got an unknown key; .*did you mean 'withdrawal'",
    ),
    (
        {DIRECT: [{"name": "a", "does": {"withdrawal": 1.5}}]},
        r"withdrawal: got 1.5; expected a number of at most 1",
    ),
    (
        {DIRECT: [{"name": "a", "does": {"prisoners": -1}}]},
        r"prisoners: got -1; expected a number of at least 0",
    ),
    (
        {DIRECT: [{"name": "a", "does": {"power": 0.5, "of": TALIBAN}}]},
        r"of: got 'taliban'; expected no party, since power",
    ),
    (
        {DIRECT: [{"does": {"power": 0.5}}]},
        r"issues 1\]\.name: got nothing; expected this key",
    ),
    (
        {DIRECT: [{"name": "forces", "does": {"withdrawal": 1.0, "of": GOVERNMENT}}]},
        r"of: got 'afghan-government'; expected a side of the track, united-states or taliban",
    ),
    (
        {DIRECT: [{"name": "forces", "does": {"withdrawal": 1.0, "of": TALIBAN}}]},
        "a side with presence above 0",
    ),
    ({FRONT: [FORCES]}, "a side with presence above 0, whose forces can go home"),
    (
        {DIRECT: [FORCES], PROXIMITY: [{"name": "forces", "does": {"withdrawal": 0.5}}]},
        r"\[track 3: proximity\]\.issues: forces: does: got 'withdrawal'; expected the same as on the track 'direct'",
    ),
    (
        {DIRECT: [FORCES], PROXIMITY: ["forces"]},
        r"\[track 3: .*got 'nothing'; expected the same as on the track 'direct'",
    ),
    (
        {DIRECT: ["forces"], PROXIMITY: [FORCES]},
        r"\[track 3: .*got 'withdrawal'; expected the same as on the track",
    ),
    ({DIRECT: ["a", {"name": "a", "does": {"power": 0.5}}]}, "each issue once"),
]


@pytest.mark.parametrize(("agendas", "expected"), BAD)
def test_a_bad_effect_is_refused_in_one_line(workshop, agendas, expected):
    text = refusal(workshop, agendas)
    assert re.search(expected, text), text
    assert text.count("; expected") == 1


def test_the_same_name_between_others_may_do_something_else(workshop):
    power = {"name": "forces", "does": {"power": 0.5}}
    assert parsed(workshop, {DIRECT: [FORCES], FRONT: [power]}).track[FRONT].issues[0].does == EffectSpec(
        power=0.5
    )


def test_no_more_topics_than_can_be_told_apart(workshop):
    tables = workshop.tables(TEMPLATE)
    spare = {k: v for k, v in tables["track"][0].items() if k not in ("needs", "sister", "issues", "name")}
    extra = [
        {**copy.deepcopy(spare), "name": f"extra-{i}", "issues": [f"issue {8 * i + k}" for k in range(8)]}
        for i in range(7)
    ]
    tables["track"] += extra
    found = parse_scenario(tables, "x.toml")
    assert len({i.name for t in found.track for i in t.issues}) == MAX_TOPICS
    tables["track"].append({**spare, "name": "extra", "issues": ["one more"]})
    with pytest.raises(
        InputError, match=r"issues: got 61; expected at most 60 different issues on the tracks"
    ):
        parse_scenario(tables, "x.toml")
