"""What a case says becomes records: names become positions, and no declared kind of record is left out."""

from types import SimpleNamespace

import pytest

from detente.agents import codes
from detente.model import opening as opening_module
from detente.model.catalogue import case_names, load_scenario
from detente.model.memory import KINDS
from detente.model.opening import check_kinds, entries_of
from detente.model.records.arrays import rows
from detente.model.records.choice_records import choices_of
from detente.model.records.mediator_records import mediations
from detente.model.records.party_records import factions, parties
from detente.model.records.positions import Positions
from detente.model.records.relation_records import accused, allies, dyads, vetoes, witnesses
from detente.model.records.talk_records import measures, tracks

REPUBLIC, TALIBAN, STATES = "afghan-government", "taliban", "united-states"


@pytest.fixture(scope="module")
def afghan_case():
    return load_scenario("afghanistan-2018")


@pytest.fixture(scope="module")
def at(afghan_case):
    return Positions(afghan_case)


def test_what_is_not_named_has_no_position(at):
    assert at.party_or_none(None) == codes.NOBODY
    assert at.track_or_none(None) == codes.NOBODY
    assert at.dyad_or_none(None, TALIBAN) == codes.NOBODY
    assert at.dyad_or_none(TALIBAN, "nobody") == codes.NOBODY


def test_each_relation_is_two_dyads_that_look_back_at_each_other(at, afghan_case):
    made = dyads(at, afghan_case.parameters)
    assert len(made) == 2 * len(afghan_case.relation)
    for i, dyad in enumerate(made):
        assert made[dyad["reverse"]]["reverse"] == i
        assert (made[dyad["reverse"]]["source"], made[dyad["reverse"]]["target"]) == (
            dyad["target"],
            dyad["source"],
        )


def test_a_dyads_block_of_witnesses_is_its_own(at, afghan_case):
    links = witnesses(at)
    for i, dyad in enumerate(dyads(at, afghan_case.parameters)):
        block = links[dyad["first_witness"] : dyad["first_witness"] + dyad["n_witnesses"]]
        assert [link["dyad"] for link in block] == [i] * len(block)
        assert all(at.ends[link["heard_by"]][1] == at.ends[i][1] for link in block)
    assert sum(d["n_witnesses"] for d in dyads(at, afghan_case.parameters)) == len(links)


def test_a_partys_block_of_factions_is_its_own(at, afghan_case):
    listed = factions(at)
    for i, party in enumerate(parties(at)):
        block = listed[party["first_faction"] : party["first_faction"] + party["n_factions"]]
        assert {f["party"] for f in block} == {i}
        assert len(block) == len(afghan_case.party[i].faction)


def test_an_attack_is_blamed_on_the_main_foe_or_on_another(at):
    taliban = at.dyad[TALIBAN, REPUBLIC]
    assert accused(at, REPUBLIC, None) == taliban
    assert accused(at, REPUBLIC, TALIBAN) != taliban
    assert accused(at, TALIBAN, REPUBLIC) == at.dyad[STATES, TALIBAN]


def test_allies_hear_of_each_others_war_in_shares_that_sum_to_one(at):
    weights: dict[int, float] = {}
    for link in allies(at):
        assert at.ends[link["dyad"]][1] == at.ends[link["heard"]][1]
        weights[link["dyad"]] = weights.get(link["dyad"], 0.0) + link["weight"]
    assert set(weights) == {at.dyad[REPUBLIC, TALIBAN], at.dyad[STATES, TALIBAN]}
    assert all(total == pytest.approx(1.0) for total in weights.values())


def test_a_bias_is_counted_towards_the_first_party_of_the_pair(workshop):
    tables = workshop.tables()
    access = tables["mediator"][0]["access"][0]
    access |= {"between": ["republic", "movement"], "bias": 0.25}
    turned = {**access, "between": ["movement", "republic"]}
    found = []
    for own in (access, turned):
        tables["mediator"][0]["access"] = [own]
        found.append(mediations(Positions(workshop.opening(tables).scenario))[0]["bias"])
    assert found == [0.25, -0.25]


def test_a_veto_is_held_by_a_foe_of_one_side(at, afghan_case):
    relations = [r.model_copy(update={"veto": (REPUBLIC,)}) for r in afghan_case.relation[-1:]]
    case = afghan_case.model_copy(update={"relation": (*afghan_case.relation[:-1], *relations)})
    sides = case.relation[-1].between
    made = vetoes(Positions(case))
    foes = [side for side in sides if at.dyad_or_none(REPUBLIC, side) != codes.NOBODY]
    hostile = [side for side in foes if at.hostile[at.dyad[REPUBLIC, side]]]
    held = [at.ends[v["dyad"]] for v in made if v["pair"] == len(case.relation) - 1]
    assert held == [(REPUBLIC, side) for side in hostile[:1]]


def test_a_tracks_preconditions_stand_with_the_side_that_sets_them(at, afghan_case):
    for spec, track in zip(afghan_case.track, tracks(at), strict=True):
        a, b = afghan_case.relation[track["pair"]].between
        assert track["needs_a"] == at.track_or_none(spec.needs.get(a))
        assert track["needs_b"] == at.track_or_none(spec.needs.get(b))


def test_the_two_openings_of_a_track_are_partners_and_nothing_else_is(at):
    choices = choices_of(at)
    entries = choices.entries(at)
    kinds = [entry["kind"] for entry in entries]
    for i, entry in enumerate(entries):
        if kinds[i] == codes.OPEN_TRACK:
            partner = entries[entry["partner"]]
            assert partner["partner"] == i
            assert (partner["kind"], partner["subject"]) == (codes.OPEN_TRACK, entry["subject"])
            assert partner["actor"] != entry["actor"]
        else:
            assert "partner" not in entry
    assert len(choices.names) == len(set(choices.names)) == len(entries)


def test_choices_stand_in_the_blocks_that_the_clock_counts(at, workshop):
    clock = workshop.world(workshop.opening(workshop.tables("afghanistan-2018"))).clock
    choices = choices_of(at)
    counted = (
        *(clock.n_truce_choices, clock.n_talk_choices),
        *(clock.n_measure_choices, clock.n_presence_choices),
    )
    assert counted == tuple(len(block) for block in choices[:4])
    assert {d.kind for d in choices.truces} == set(codes.TRUCE_DECISIONS)
    assert {d.kind for d in choices.presence} == {codes.DRAW_DOWN}
    assert {d.kind for d in choices.offensives} == {codes.LAUNCH_OFFENSIVE}
    assert (clock.n_presence_choices, clock.n_narrow_choices) == (len(choices.presence), 0)


def test_only_a_measure_with_a_fringe_can_be_narrowed(workshop):
    tables = workshop.tables("korea-2017")
    w = workshop.world(workshop.opening(tables))
    names = [m["name"] for m in tables["measure"] if "fringe" in m]
    narrowings = [c for c in w.choices if c.kind == codes.NARROW_MEASURE]
    assert [c.subject for c in narrowings] == [m.index for m in w.measures if m.fringe > 0.0]
    assert w.clock.n_narrow_choices == len(names) == 2


@pytest.mark.parametrize("case", [name for name in case_names() if name != "korea-2017"])
def test_where_no_promise_has_a_weight_of_its_own_nothing_new_is_decided(case):
    at = Positions(load_scenario(case))
    assert choices_of(at).narrowings == []
    weights = {(m["core"], m["fringe"], m["at_summit"]) for m in measures(at)}
    assert weights <= {(1.0, 0.0, 0.0)}
    assert {link["reopens"] for link in mediations(at)} <= {0.0}


def test_fields_left_out_keep_their_declared_initial_value():
    array = rows("parties", [{}, {"morale": 0.5, "levers": [0.5] * codes.N_LEVERS}])
    assert array["morale"].tolist() == [1.0, 0.5]
    assert array["levers"][0].tolist() == [0.0] * codes.N_LEVERS
    assert array["patron"].tolist() == [codes.NOBODY] * 2


def test_a_kind_of_record_that_no_case_fills_is_named_with_its_file(at, afghan_case, monkeypatch):
    entries = entries_of(at, afghan_case.parameters, choices_of(at))
    check_kinds(entries)
    monkeypatch.setattr(opening_module, "KINDS", {**KINDS, "hostages": SimpleNamespace})
    with pytest.raises(LookupError, match=r"'hostages'.*add it to entries_of in model/opening\.py"):
        check_kinds(entries)
