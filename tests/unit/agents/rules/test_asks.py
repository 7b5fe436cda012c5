"""Asking: each decision goes to the rule of its kind, for its actor and subject, and draws luck if it may fall due."""

import math

import pytest
from worlds import (
    ALLY,
    ALLY_FOE,
    CHANNEL,
    FOE,
    FOE_PATRON,
    PATRON,
    PATRON_FOE,
    choice,
    hold_fire,
    world,
)

from detente.agents import codes
from detente.agents.rules import asks as rules
from detente.agents.rules import (
    ceasefires,
    leverage,
    measures,
    mediation,
    offensives,
    settlement,
    talks,
    violence,
)
from detente.agents.rules.chance import philox, unit
from detente.agents.state import Veto


@pytest.fixture
def w():
    """Patron and foe, about whom every decision is possible."""
    w = world()
    w.rates.offer_rate = 0.01
    for d in w.dyads:
        d.readiness, d.eagerness = 0.5 + 0.05 * d.index, 1.0 + 0.1 * d.index
    m = w.measures[0]
    m.dyad = PATRON_FOE
    w.parties[PATRON].presence = 0.6
    return w


def state_for(w, kind):
    """Put patron and foe where a decision of this kind is possible; give its subject and the rule's own answer."""
    pair, patron = w.pairs[1], w.parties[PATRON]
    d, m, track = w.dyads[PATRON_FOE], w.measures[0], w.tracks[CHANNEL]
    if kind == codes.ANSWER_TRUCE:
        pair.truce_state, pair.offered_by = codes.OFFERED, FOE_PATRON
    elif kind in (codes.EXTEND_TRUCE, codes.ANSWER_BREACH):
        pair.truce_state, pair.truce_term, w.dyads[FOE_PATRON].breaching = codes.IN_FORCE, 20.0, 1
        hold_fire(w, PATRON_FOE, since=0.0, until=12.0)
    elif kind == codes.LEAVE_TRACK:
        track.is_open = 1
    elif kind == codes.ANSWER_MEASURE:
        m.waiting_until = 20.0
    elif kind == codes.REVERSE_MEASURE:
        m.state = codes.GIVEN
    elif kind == codes.LAUNCH_OFFENSIVE:
        w.par.switches.level, pair.broken_day = 1, w.clock.day
    elif kind == codes.NARROW_MEASURE:
        m.state, m.fringe, m.core, w.par.switches.terms = codes.GIVEN, 0.3, 0.5, 1
    return {
        codes.OFFER_TRUCE: (PATRON_FOE, lambda: ceasefires.offer_truce(w, patron, d)),
        codes.ANSWER_TRUCE: (PATRON_FOE, lambda: ceasefires.answer_truce(w, patron, d)),
        codes.EXTEND_TRUCE: (PATRON_FOE, lambda: ceasefires.extend_truce(w, patron, d)),
        codes.ANSWER_BREACH: (PATRON_FOE, lambda: ceasefires.answer_breach(w, patron, d)),
        codes.OPEN_TRACK: (CHANNEL, lambda: talks.open_track(w, patron, track)),
        codes.LEAVE_TRACK: (CHANNEL, lambda: talks.leave_track(w, patron, track)),
        codes.GIVE_MEASURE: (0, lambda: measures.give_measure(w, patron, m)),
        codes.ANSWER_MEASURE: (0, lambda: measures.answer_measure(w, patron, m)),
        codes.REVERSE_MEASURE: (0, lambda: measures.reverse_measure(w, patron, m)),
        codes.NARROW_MEASURE: (0, lambda: measures.narrow_measure(w, patron, m)),
        codes.DRAW_DOWN: (0, lambda: leverage.draw_down(w, patron)),
        codes.LAUNCH_OFFENSIVE: (PATRON_FOE, lambda: offensives.launch_offensive(w, patron, d)),
    }[kind]


@pytest.mark.parametrize("kind", range(len(codes.DECISIONS)))
def test_each_decision_is_weighed_by_its_own_rule(w, kind):
    subject, rule = state_for(w, kind)
    weighed = rules.weigh(w, choice(w, kind, subject, PATRON))
    assert weighed == rule() > 0.0


def test_what_is_no_decision_has_no_hazard(w):
    assert rules.weigh(w, choice(w, len(codes.DECISIONS), 0, PATRON)) == 0.0


def drawn(counter, purpose):
    a, b, _, _ = philox(counter, purpose, 5, 6, 7, 9)
    return unit(a, b)


def block(w):
    """Two choices of each stage: to open a track, and one that has no hazard because the track is not open."""
    for _ in range(5):
        choice(w, codes.OPEN_TRACK, CHANNEL, PATRON)
        choice(w, codes.LEAVE_TRACK, CHANNEL, PATRON).hazard = 9.0
    c = w.clock
    c.n_truce_choices = c.n_talk_choices = c.n_measure_choices = c.n_presence_choices = 2
    return w


@pytest.mark.parametrize(
    ("ask", "first", "counter", "purpose"),
    [
        (rules.ask_ceasefires, 0, 20, 65536),
        (rules.ask_talks, 2, 5, 0),
        (rules.ask_measures, 4, 5, 0),
        (rules.ask_leverage, 6, 5, 0),
        (rules.ask_offensives, 8, 5, 0),
    ],
)
def test_each_stage_asks_its_own_block_of_choices(w, ask, first, counter, purpose):
    block(w)
    ask(w)
    expected = talks.open_track(w, w.parties[PATRON], w.tracks[CHANNEL])
    asked = (first, first + 1)
    assert [c.hazard for c in w.choices if c.index in asked] == [expected, 0.0]
    assert w.choices[first].luck == [drawn(counter, purpose)]
    assert w.choices[first + 1].luck == [0.0]
    others = [c for c in w.choices if c.index not in asked]
    assert [c.hazard for c in others] == [0, 9.0] * 4
    assert {c.luck[0] for c in others} == {0.0}


def test_violence_asks_every_side_about_each_foe_and_every_spoiler(w):
    w.pairs[0].failure, w.pairs[1].failure = 1.0, 2.0
    w.tracks[CHANNEL].is_open, w.tracks[CHANNEL].n_settled = 1, 2
    for d in w.dyads:
        d.heat = 9.0
    for p, discipline in zip(w.parties, (0.7, 0.6, 0.5), strict=True):
        p.discipline = discipline
    rules.ask_violence(w)
    expected = [violence.escalation(w, w.parties[d.source], d) for d in w.dyads[:4]]
    assert [d.heat for d in w.dyads] == [*expected, 9.0, 9.0]
    assert len(set(expected)) == 4
    assert w.spoilers[0].threat == 0.5


@pytest.mark.parametrize(("day", "asked"), [(28.0, True), (10.0, False)])
def test_mediators_are_asked_at_their_round(w, day, asked):
    w.clock.day = day
    for k, link in enumerate(w.mediations):
        link.access, link.score = 0.5 + k, 9.0
    rules.ask_mediation(w)
    own = [mediation.weigh_pair(w, w.mediators[link.mediator], link) for link in w.mediations]
    assert [link.score for link in w.mediations] == (own if asked else [9.0, 9.0])


@pytest.fixture
def package(w):
    """A package between patron and foe; the ally may veto it, and has another veto where there is none."""
    w.pairs[1].complete = 1
    w.vetoes.extend([Veto(0, 5), Veto(1, ALLY_FOE)])
    for d in w.dyads:
        d.package_value, d.war_value, d.commitment = 9.0, 0.1 * d.index, 1.0
    w.pairs[1].luck[1:3] = [0.5, 0.5]
    w.pairs[0].luck[1:3] = [0.5, 0.5]
    return w


def test_both_sides_and_who_may_veto_judge_a_package(package):
    w = package
    rules.ask_settlement(w)
    expected = [9.0] * 6
    for k, actor in ((ALLY_FOE, ALLY), (PATRON_FOE, PATRON), (FOE_PATRON, FOE)):
        expected[k] = settlement.value_package(w, w.parties[actor], w.dyads[k])
    assert [d.package_value for d in w.dyads] == expected
    assert math.isclose(expected[PATRON_FOE], 0.3)
