"""Signs of the mechanisms: what a source says should raise or lower, raises or lowers."""

import math
from datetime import date

import numpy as np
import pytest

from detente.agents import codes
from detente.agents.rules import (
    ceasefires,
    endurance,
    leverage,
    measures,
    mediation,
    readiness,
    settlement,
    talks,
    violence,
)

REPUBLIC, MOVEMENT = 0, 1


@pytest.fixture
def tables(workshop):
    return workshop.tables()


@pytest.fixture
def w(workshop, tables):
    return workshop.world(workshop.opening(tables))


def opened(workshop, tables, **options):
    return workshop.world(workshop.opening(tables, **options))


def first_version_of(workshop, tables, *switches):
    """A world in which some rules of today are off, so that those of the first version stand in."""
    return opened(workshop, tables, parameters={"switches": dict.fromkeys(switches, 0)})


def with_patron(tables):
    """The template with a patron behind the republic, its forces present."""
    tables["party"].append(
        {
            "name": "patron",
            "title": "The Patron",
            "validation": 0.0,
            "risk_tolerance": 0.5,
            "presence": 1.0,
            "main_foe": "movement",
            "faction": [{"name": "cabinet", "title": "Cabinet", "share": 1.0, "hawkishness": 0.5}],
        }
    )
    tables["party"][REPUBLIC] |= {
        "patron": "patron",
        "alignment": 0.3,
        "support": 0.8,
        "morale": 0.7,
        "tipping": 0.45,
    }
    tables["relation"] += [
        {"between": ["patron", "republic"], "hostile": False, "trust": [0.6, 0.6]},
        {
            "between": ["patron", "movement"],
            "hostile": True,
            "attacks": [0.5, 0.5],
            "deaths_per_event": [3.0, 3.0],
            "trust": [0.3, 0.3],
        },
    ]
    tables["measure"].append(
        {
            "name": "delisting",
            "title": "Delisting",
            "from": "patron",
            "to": "movement",
            "kind": "recognition",
            "cost": 0.5,
            "max_cost": 1.0,
            "divisive": 0.5,
            "reversible": True,
        }
    )
    return tables


def choice_of(w, actor, kind, subject):
    return next(c for c in w.choices if (c.actor, c.kind, c.subject) == (actor, kind, subject))


# -- posture, provocations, presence


def test_a_measure_that_restrains_suspends_attacks_and_taking_it_back_frees_them(workshop, tables):
    tables["measure"][0] |= {"restrains": 0.8, "max_cost": 0.3, "reversible": True}
    w = opened(workshop, tables)
    m = w.measures[0]
    d = w.dyads[m.dyad]
    choice = choice_of(w, REPUBLIC, codes.GIVE_MEASURE, 0)
    assert violence.active_share(w, w.parties[REPUBLIC], d) == 1.0
    measures.give(w, choice)
    assert violence.active_share(w, w.parties[REPUBLIC], d) == pytest.approx(0.2)
    measures.take_back(w, choice)
    assert violence.active_share(w, w.parties[REPUBLIC], d) == 1.0


@pytest.mark.parametrize("lethal", [True, False])
def test_only_a_provocation_breaks_a_promise(workshop, tables, lethal):
    tables["relation"][0]["lethal"] = lethal
    tables["measure"][0] |= {"restrains": 0.8, "reversible": True}
    w = opened(workshop, tables)
    m = w.measures[0]
    d = w.dyads[m.dyad]
    measures.give(w, choice_of(w, REPUBLIC, codes.GIVE_MEASURE, 0))
    before = w.dyads[d.reverse].trust
    measures.watch_promise(w, m)
    assert w.dyads[d.reverse].trust == before
    d.step_attacks = 1.0
    measures.watch_promise(w, m)
    assert w.dyads[d.reverse].trust == before  # what came earlier on the day of the promise does not break it
    w.clock.day += 1.0
    measures.watch_promise(w, m)
    assert (w.dyads[d.reverse].trust < before) == (not lethal)
    assert w.tally.promises_broken == float(not lethal)


def test_provocations_kill_nobody(workshop, tables, compiled):
    tables["relation"][0]["lethal"] = False
    tables["spoiler"] = []
    start = workshop.opening(tables)
    assert workshop.final(start, 20, "tally.attacks").min() > 0
    assert workshop.final(start, 20, "tally.fatalities").max() == 0.0


def test_a_patron_that_has_gone_attacks_less(workshop, tables):
    w = opened(workshop, with_patron(tables))
    patron = w.parties[2]
    d = next(d for d in w.dyads if d.source == 2 and d.hostile == 1)
    shares = []
    for presence in (1.0, 0.5, 0.0):
        patron.presence = presence
        shares.append(violence.active_share(w, patron, d))
    assert shares == pytest.approx([1.0, 0.5, 0.0])


def test_collapse_is_steeper_than_linear_in_presence(workshop, tables):
    w = opened(workshop, with_patron(tables))
    republic = w.parties[REPUBLIC]
    hazards = []
    for presence in (1.0, 0.5, 0.0):
        w.parties[2].presence = presence
        republic.capability = leverage.own_capability(w, republic)
        leverage.weigh_power(w)
        hazards.append(leverage.fall_hazard(w, republic))
    assert hazards[0] < hazards[1] < hazards[2]
    assert hazards[1] < 0.5 * (hazards[0] + hazards[2])


def test_conditional_drawdown_waits_for_the_milestone(workshop, tables):
    w = opened(workshop, with_patron(tables))
    patron = w.parties[2]
    front = w.dyads[patron.foe_dyad]
    back = w.dyads[front.reverse]
    for d in (front, back):
        d.deaths_quarter, d.deaths_week = 2.0, 2.0
    held = leverage.draw_down(w, patron)
    patron.conditionality = 0.0
    assert held < 0.1 * leverage.draw_down(w, patron)
    patron.conditionality = 1.0
    for d in (front, back):
        d.deaths_week = 0.2
    assert leverage.draw_down(w, patron) > 5.0 * held


# -- recognition and the excluded ally


@pytest.mark.parametrize(("alignment", "hurts"), [(0.3, True), (1.0, False)])
def test_recognition_of_a_foe_costs_the_ally_standing_unless_aligned(workshop, tables, alignment, hurts):
    tables = with_patron(tables)
    tables["party"][REPUBLIC]["alignment"] = alignment
    w = opened(workshop, tables)
    ally = w.parties[REPUBLIC]
    trust = w.dyads[ally.patron_dyad].trust
    measures.give(w, choice_of(w, 2, codes.GIVE_MEASURE, 3))
    assert (ally.legitimacy < ally.legitimacy_start) == hurts
    assert (w.dyads[ally.patron_dyad].trust < trust) == hurts


def test_recognition_draws_only_those_who_want_it_and_only_once(workshop, tables):
    drawn = {}
    for wants in (0.0, 1.5):
        tables["party"][MOVEMENT]["validation"] = wants
        w = opened(workshop, tables)
        d = w.dyads[1]
        w.parties[REPUBLIC].levers[codes.LEVER_RECOGNITION] = 0.0
        without = readiness.motivate(w, d)
        w.parties[REPUBLIC].levers[codes.LEVER_RECOGNITION] = 1.0
        drawn[wants] = readiness.motivate(w, d) - without
        w.dyads[0].recognition_given = 1.0
        assert readiness.motivate(w, d) == without
    assert drawn[0.0] == 0.0 < drawn[1.5]


# -- home politics


def test_a_concession_costs_less_with_tolerance_for_risk_and_more_when_doubted(w):
    def price(tolerance, legitimacy):
        p = w.parties[REPUBLIC]
        p.capital, p.risk_tolerance, p.legitimacy = 1.0, tolerance, legitimacy
        endurance.spend_capital(w, p, 1.0, 1.0)
        return 1.0 - p.capital

    assert price(0.9, 0.8) < price(0.5, 0.8) < price(0.5, 0.4)


def test_broken_promises_vindicate_hawks_more_than_doves(w):
    before = [f.discontent for f in w.factions[:2]]
    endurance.vindicate_hawks(w, w.parties[REPUBLIC], 1.0)
    moderates, generals = (f.discontent - b for f, b in zip(w.factions[:2], before, strict=True))
    assert 0.0 < moderates < generals


def test_a_window_of_opportunity_raises_motivation_and_closes(w):
    p = w.parties[REPUBLIC]
    shut = readiness.motivate(w, w.dyads[0])
    p.window = 1.0
    assert readiness.motivate(w, w.dyads[0]) > shut
    for _ in range(365):
        readiness.readiness(w)
    assert p.window < 0.06


# -- tracks


def test_parallel_tracks_help_where_aligned_and_hurt_where_not(workshop, tables):
    pace = {}
    for alignment in (0.9, 0.5, 0.1):
        made = with_patron(workshop.tables())
        made["party"][REPUBLIC]["alignment"] = alignment
        w = opened(workshop, made)
        front, sister, *_ = w.tracks
        alone = talks.issue_hazard(w, front)
        sister.is_open = 1
        pace[alignment] = talks.issue_hazard(w, front) / alone
    assert pace[0.9] > 1.0 > pace[0.1]
    assert pace[0.5] == pytest.approx(1.0)


def test_an_aligned_ally_rescues_talks_just_after_a_failure(workshop, tables):
    tables = with_patron(tables)
    tables["party"][REPUBLIC]["alignment"] = 0.9
    w = opened(workshop, tables)
    front, sister, *_ = w.tracks
    pair = w.pairs[front.pair]
    assert talks.rescue(w, front) == 1.0
    pair.failed_day = w.clock.day
    assert talks.rescue(w, front) == 1.0
    sister.is_open = 1
    assert talks.rescue(w, front) > 10.0
    w.clock.day += 60.0
    assert talks.rescue(w, front) == 1.0


def test_ranks_order_speed_and_a_summit_fails_more_and_costs_leaders(w):
    front = w.tracks[0]
    front.is_open = 1
    side = w.parties[REPUBLIC]
    pace, failure = [], []
    for rank in (codes.WORKING_LEVEL, codes.SENIOR_LEVEL, codes.SUMMIT):
        front.rank = rank
        pace.append(talks.issue_hazard(w, front))
        failure.append(talks.leave_track(w, side, front))
    assert pace == sorted(pace)
    assert len(set(pace)) == 3
    assert failure[2] > failure[1] == failure[0]
    talks.break_off(w, choice_of(w, REPUBLIC, codes.LEAVE_TRACK, 0))
    assert side.capital < 1.0


def test_a_side_track_concludes_and_only_other_tracks_make_a_package(w):
    front, backchannel, *_ = w.tracks
    for track in (front, backchannel):
        track.is_open = 1
        track.agenda = [1] * track.n_issues + [0] * (8 - track.n_issues)
        track.n_settled = track.n_issues
    talks.conclude(w, front)
    talks.conclude(w, backchannel)
    assert (front.is_open, backchannel.is_open) == (1, 0)
    talks.sum_up(w)
    assert settlement.package_due(w, w.pairs[0])
    front.is_open, backchannel.is_open = 0, 1
    talks.sum_up(w)
    assert not settlement.package_due(w, w.pairs[0])


def test_a_leak_makes_a_secret_track_visible(w):
    track = w.tracks[1]
    track.is_open = 1
    track.luck[-1] = 1e-9
    talks.spill(w, track)
    assert track.visibility == 1.0
    assert w.parties[REPUBLIC].capital < 1.0


# -- mediators


def test_two_mediators_are_best_and_a_hostile_one_hurts():
    effect = [mediation.joint_effect(n, float(n)) for n in (0, 1, 2, 3, 5)]
    assert effect[0] == 0.0
    assert effect[2] == max(effect)
    assert effect[1] > 0.0
    assert effect[4] < effect[3] < effect[2]
    assert mediation.joint_effect(1, -0.5) < 0.0


def engaged(workshop, style):
    tables = workshop.tables()
    tables["mediator"][0] |= {"style": style, "leverage": 0.8}
    w = opened(workshop, tables)
    w.mediations[0].engaged = w.mediations[0].held = 1
    w.clock.day = 1.0
    mediation.mediation(w)
    return w


def test_each_style_does_one_thing_best(workshop):
    pairs = {style: engaged(workshop, style).pairs[0] for style in codes.MEDIATOR_STYLES}
    assert max(pairs, key=lambda s: pairs[s].mediated) == "facilitator"
    assert max(pairs, key=lambda s: pairs[s].formulated) == "formulator"
    assert [s for s in pairs if pairs[s].guarantee > 0.0] == ["guarantor"]


def test_leverage_wanes_and_credibility_falls_with_a_broken_agreement(workshop):
    w = engaged(workshop, "guarantor")
    fresh = w.pairs[0].guarantee
    w.mediations[0].worked = 720.0
    mediation.mediation(w)
    assert w.pairs[0].guarantee < 0.5 * fresh
    w.mediations[0].worked = 0.0
    mediation.stake_credit(w, w.pairs[0], 0.0, 1.5)
    mediation.mediation(w)
    assert w.pairs[0].guarantee < fresh


def test_a_guarantee_makes_an_agreement_worth_more(workshop):
    w = engaged(workshop, "guarantor")
    d, party = w.dyads[0], w.parties[REPUBLIC]
    readiness.appraise(w, d)
    guaranteed = settlement.value_package(w, party, d)
    w.pairs[0].guarantee = 0.0
    readiness.appraise(w, d)
    assert settlement.value_package(w, party, d) < guaranteed


# -- ceasefires


def in_truce(w, scope=codes.DYAD_SCOPE, truce_class=codes.CESSATION, *, luck=0.5, side=0):
    """A truce of both sides; luck decides whether they keep it, and a side may mean to use the pause (0: none)."""
    pair = w.pairs[0]
    pair.truce_class, pair.truce_scope = truce_class, scope
    pair.tick_luck = [luck] * len(pair.tick_luck)
    for d in w.dyads[:2]:
        ceasefires.declare(w, d, 0.0, 60.0, ceasefires.class_restraint(w, truce_class))
    ceasefires.begin(w, pair, codes.BY_CHOICE)
    pair.hostile_purpose = side
    for d in w.dyads[:2]:
        ceasefires.adhere(w, pair, d, pair.truce_term, codes.BY_CHOICE)
    return pair


LUCK = np.linspace(0.005, 0.995, 100).tolist()


def times_kept(w, dyad=0, **truce):
    """How often, of a hundred kinds of luck, the source of a dyad keeps a truce."""
    kept = 0
    for luck in LUCK:
        in_truce(w, luck=luck, **truce)
        kept += w.dyads[dyad].adherence < 1.0
    return kept


def test_a_local_truce_covers_less(w):
    d = w.dyads[0]
    factors = []
    for scope in (codes.LOCAL_SCOPE, codes.DYAD_SCOPE):
        in_truce(w, scope, luck=0.999)
        assert d.adherence == w.par.ceasefires.held
        factors.append(violence.truce_factor(w, w.parties[REPUBLIC], d))
    assert factors[1] == pytest.approx(w.par.ceasefires.held)
    assert 1.0 - factors[0] == pytest.approx(w.par.ceasefires.local_share * (1.0 - factors[1]))


def test_a_higher_class_is_kept_more_often_and_restrains_no_more(w):
    classes = (codes.CESSATION, codes.COMPLIANCE, codes.DEFINITIVE)
    kept = [times_kept(w, truce_class=c) for c in classes]
    assert 0 < kept[0] < kept[1] < kept[2] < len(LUCK)
    for luck, left in ((0.999, w.par.ceasefires.held), (0.001, 1.0)):
        for truce_class in classes:
            in_truce(w, truce_class=truce_class, luck=luck)
            assert violence.truce_factor(w, w.parties[REPUBLIC], w.dyads[0]) == pytest.approx(left)


def test_a_side_that_is_readier_than_usual_keeps_its_truce_more_often(w):
    usual = times_kept(w)
    w.dyads[0].readiness += 0.2
    assert times_kept(w) > usual


def test_in_the_first_version_a_higher_class_restrained_more(workshop, tables):
    w = first_version_of(workshop, tables, "adherence")
    source, d = w.parties[REPUBLIC], w.dyads[0]
    factors = []
    for scope, truce_class in ((1, 0), (0, 0), (0, 1), (0, 2)):
        in_truce(w, scope, truce_class)
        factors.append(violence.truce_factor(w, source, d))
    assert factors == sorted(factors, reverse=True)
    assert len(set(factors)) == 4


def test_a_side_that_uses_the_pause_rearms(w):
    for side, expected in ((0, (False, False)), (1, (True, False)), (2, (False, True))):
        in_truce(w, side=side)
        assert tuple(violence.rearmament(w, d) > 0.0 for d in w.dyads[:2]) == expected


@pytest.mark.parametrize("luck", [0.001, 0.999])
def test_a_proportionate_answer_restores_restraint(w, luck):
    in_truce(w, luck=luck)
    victim, breaker = w.dyads[0], w.dyads[1]
    assert ceasefires.answer_breach(w, w.parties[REPUBLIC], victim) == 0.0
    breaker.breaching, breaker.conduct_seen = 1, 1.0
    assert ceasefires.answer_breach(w, w.parties[REPUBLIC], victim) > 0.0
    before = violence.truce_factor(w, w.parties[MOVEMENT], breaker)
    ceasefires.chasten(w, choice_of(w, REPUBLIC, codes.ANSWER_BREACH, 0))
    assert violence.truce_factor(w, w.parties[MOVEMENT], breaker) < before
    assert breaker.breaching == 0
    assert breaker.conduct_seen < 1.0


def collapse_hazards(w):
    """The hazard of collapse as usual, and where the truce is monitored, broken, or meant to be used."""
    pair = in_truce(w)
    for d in w.dyads[:2]:
        d.conduct = 0.3
    usual = ceasefires.collapse_hazard(w, pair)
    pair.monitoring = 1.0
    monitored = ceasefires.collapse_hazard(w, pair)
    pair.monitoring = 0.0
    w.dyads[0].conduct = 1.0
    broken = ceasefires.collapse_hazard(w, pair)
    w.dyads[0].conduct = 0.3
    pair.hostile_purpose = 1
    return usual, monitored, broken, ceasefires.collapse_hazard(w, pair)


def test_collapse_is_rarer_when_monitored_and_likelier_when_broken(w):
    usual, monitored, broken, _ = collapse_hazards(w)
    assert monitored < usual < broken


def test_a_side_that_uses_the_pause_keeps_its_truce_less_often_and_that_is_all_that_ends_it(w):
    """The purpose shows in the conduct of that side, and through it in the hazard, which has no term of its own."""
    assert times_kept(w, side=1) < times_kept(w, side=0) == times_kept(w, side=2)
    assert times_kept(w, dyad=1, side=2) < times_kept(w, dyad=1, side=0) == times_kept(w, dyad=1, side=1)
    usual, _, _, hostile = collapse_hazards(w)
    assert hostile == usual


def test_in_the_first_version_a_hostile_purpose_ended_truces_early(workshop, tables):
    usual, monitored, broken, hostile = collapse_hazards(first_version_of(workshop, tables, "adherence"))
    assert monitored < usual < broken
    assert hostile > usual + 0.1


# -- settlement


def test_a_third_party_with_a_veto_can_refuse(workshop, tables):
    tables = with_patron(tables)
    tables["relation"][0]["veto"] = ["patron"]
    w = opened(workshop, tables)
    pair = w.pairs[0]
    veto = w.dyads[w.vetoes[0].dyad]
    w.dyads[pair.ab].package_value = w.dyads[pair.ba].package_value = 1.0
    veto.package_value = -0.1
    settlement.put_forward(w, pair)
    assert pair.agreed == 0
    veto.package_value = 0.1
    pair.tick_luck = [0.5] * len(pair.tick_luck)
    settlement.put_forward(w, pair)
    assert pair.agreed == 1


def test_relapse_falls_with_age_implementation_and_guarantee(w):
    pair = w.pairs[0]
    pair.agreed_day = 0.0
    hazards = []
    for age in (10.0, 200.0, 500.0, 1000.0):
        w.clock.day = age
        hazards.append(settlement.relapse_hazard(w, pair))
    assert hazards == sorted(hazards, reverse=True)
    pair.implementation = 1.0
    carried_out = settlement.relapse_hazard(w, pair)
    pair.implementation, pair.guarantee = 0.0, 1.0
    assert carried_out == settlement.relapse_hazard(w, pair) < hazards[-1]


# -- strategies


STRATEGY_SIGNS = [
    ("hardliner", "give_measure", -1),
    ("hardliner", "reverse_measure", 1),
    ("hardliner", "leave_track", 1),
    ("reciprocator", "answer_measure", 1),
    ("reciprocator", "give_measure", 0),
    ("grit_initiator", "give_measure", 1),
    ("cautious", "open_track", -1),
    ("cautious", "leave_track", -1),
    ("opportunist", "open_track", 0),
]


@pytest.mark.parametrize(("strategy", "decision", "sign"), STRATEGY_SIGNS)
def test_strategies_lean_as_they_are_named(w, strategy, decision, sign):
    from detente.agents.rules.strategies import temper

    party = w.parties[REPUBLIC]
    party.strategy = codes.STRATEGIES.index(strategy)
    assert np.sign(temper(w, party, codes.DECISIONS.index(decision)) - 1.0) == sign


def test_an_opportunist_attacks_a_side_that_holds_fire_alone(w):
    party, d = w.parties[REPUBLIC], w.dyads[0]
    calm = violence.escalation(w, party, d)
    ceasefires.declare(w, w.dyads[1], 0.0, 30.0, 0.3)
    assert violence.escalation(w, party, d) == calm
    party.strategy = codes.OPPORTUNIST
    assert violence.escalation(w, party, d) > calm


@pytest.mark.parametrize("strategy", codes.MEDIATOR_STRATEGIES[1:])
def test_mediators_choose_by_their_strategy(w, strategy):
    m, link = w.mediators[0], w.mediations[0]
    w.pairs[0].readiness, link.engaged = 0.8, 1 if strategy == "persistent" else 0
    plain = mediation.weigh_pair(w, m, link)
    m.strategy = codes.MEDIATOR_STRATEGIES.index(strategy)
    assert mediation.weigh_pair(w, m, link) > plain


# -- theories


def appraised(workshop, theory, motivation=(0.45, 0.45), optimism=0.5, commitment=0.4, reciprocity=0.5):
    w = opened(workshop, workshop.tables(), theory=theory)
    for d, felt in zip(w.dyads[:2], motivation, strict=True):
        d.motivation, d.optimism, d.commitment, d.reciprocity = felt, optimism, commitment, reciprocity
    readiness.become_ready(w, w.dyads[0])
    return w.dyads[0].readiness


def test_theories_start_at_one_level(workshop):
    starts = [opened(workshop, workshop.tables(), theory=t).dyads[0].readiness for t in codes.THEORIES]
    assert starts == pytest.approx([starts[0]] * len(starts))


DISAGREEMENTS = [
    ("readiness", "ripeness", {"motivation": (0.9, 0.1)}),
    ("readiness", "commitment", {"commitment": 0.95}),
    ("readiness", "reciprocity", {"reciprocity": 0.9}),
    ("ripeness", "commitment", {"commitment": 0.95}),
    ("ripeness", "reciprocity", {"motivation": (0.45, 0.1)}),
    ("commitment", "reciprocity", {"commitment": 0.95}),
]


@pytest.mark.parametrize(("one", "other", "change"), DISAGREEMENTS)
def test_every_two_theories_disagree_somewhere(workshop, one, other, change):
    moved = {
        theory: appraised(workshop, theory, **change) / appraised(workshop, theory) for theory in (one, other)
    }
    assert abs(np.log(moved[one]) - np.log(moved[other])) > 0.1


def test_ripeness_has_no_feedback_of_progress(workshop):
    hopes = {}
    for theory in ("ripeness", "readiness"):
        w = opened(workshop, workshop.tables(), theory=theory)
        before = readiness.hope(w, w.dyads[0])
        w.pairs[0].progress = 1.0
        hopes[theory] = readiness.hope(w, w.dyads[0]) - before
    assert hopes["ripeness"] == 0.0 < hopes["readiness"]


# -- branching


def test_a_branch_changes_nothing_before_its_day(workshop, compiled):
    from detente.model.request import open_case

    day = date(2019, 3, 1)
    base = open_case("afghanistan-2018", "history")
    branched = open_case("afghanistan-2018", "history", branch_at=day, branch_to="five-lessons")
    n = (day - base.scenario.case.start).days
    moved = 0
    for seed in range(10):
        one, other = workshop.run(base, seed), workshop.run(branched, seed)
        assert np.array_equal(one.rows[: n + 1], other.rows[: n + 1])
        later = min(len(one.rows), len(other.rows))
        moved += not np.array_equal(one.rows[n + 1 : later], other.rows[n + 1 : later])
    assert moved == 10


def test_branching_to_the_same_policy_changes_no_outcome(workshop, compiled):
    from detente.model.request import open_case

    base = open_case("afghanistan-2018", "five-lessons")
    branched = open_case("afghanistan-2018", "five-lessons", branch_at="2019-03-01", branch_to="five-lessons")
    for column in ("tally.fatalities", "tally.measures", "tally.truce_days"):
        assert np.array_equal(workshop.final(base, 20, column), workshop.final(branched, 20, column)), column


def test_a_branch_rules_nothing_out_that_was_free_again_by_its_day(workshop, compiled):
    from detente.model.request import open_case

    asked = {"branch_to": "five-lessons"}
    early = open_case("afghanistan-2018", "history", branch_at="2018-05-01", **asked)
    late = open_case("afghanistan-2018", "history", branch_at="2018-10-01", **asked)
    blocks = [
        [e for e in workshop.run(start, 1).events if e["what"] == codes.MOVE_BLOCKED]
        for start in (early, late)
    ]
    assert len(blocks[0]) > 0
    for told in blocks:
        until = [float(e["value"]) for e in told]
        assert all(u > float(e["day"]) for u, e in zip(until, told, strict=True))


# -- what talks over an ally's head, or a patron's absence, do to a war


def test_a_foe_presses_harder_where_the_patron_is_gone_or_bound(workshop, tables):
    w = opened(workshop, with_patron(tables))
    movement = w.parties[MOVEMENT]
    d = next(x for x in w.dyads if x.source == MOVEMENT and x.target == REPUBLIC)
    usual = violence.escalation(w, movement, d)
    patron = w.parties[2]
    patron.presence = 0.5
    half = violence.escalation(w, movement, d)
    patron.presence = 0.0
    gone = violence.escalation(w, movement, d)
    assert usual < half < gone
    patron.presence = 1.0
    front = w.dyads[patron.foe_dyad]
    front.truce_from, front.truce_until, front.truce_restraint = w.clock.day, w.clock.day + 10.0, 0.3
    assert (
        violence.escalation(w, movement, d) == usual
    )  # a truce that the patron does not keep binds it to nothing
    front.adherence = w.par.ceasefires.held
    assert violence.escalation(w, movement, d) > usual


def test_in_the_first_version_any_truce_bound_the_patron(workshop, tables):
    w = first_version_of(workshop, with_patron(tables), "adherence")
    movement, patron = w.parties[MOVEMENT], w.parties[2]
    d = next(x for x in w.dyads if x.source == MOVEMENT and x.target == REPUBLIC)
    usual = violence.escalation(w, movement, d)
    front = w.dyads[patron.foe_dyad]
    front.truce_from, front.truce_until, front.truce_restraint = w.clock.day, w.clock.day + 10.0, 0.3
    assert violence.escalation(w, movement, d) > usual


def test_nobody_presses_with_leverage_switched_off(workshop, tables):
    tables = with_patron(tables)
    tables.setdefault("parameters", {})["switches"] = {"leverage": 0}
    w = opened(workshop, tables)
    w.parties[2].presence = 0.0
    assert all(violence.exposure(w, d) == 0.0 for d in w.dyads)


def test_a_side_bound_by_a_truce_does_not_press(workshop, tables):
    w = opened(workshop, with_patron(tables))
    w.parties[2].presence = 0.0
    d = next(x for x in w.dyads if x.source == MOVEMENT and x.target == REPUBLIC)
    assert violence.exposure(w, d) > 0.0
    d.truce_from, d.truce_until = w.clock.day, w.clock.day + 10.0
    assert violence.exposure(w, d) == 0.0


def test_later_issues_are_harder(w):
    track = w.tracks[0]
    paces = [talks.hardness(w, track, k) for k in range(track.n_issues)]
    assert paces[0] == 1.0
    assert paces[-1] == pytest.approx(w.par.talks.hardest)
    assert paces == sorted(paces, reverse=True)


def test_failed_talks_of_the_patron_heat_the_war_of_its_ally(workshop, tables):
    w = opened(workshop, with_patron(tables))
    own = w.pairs[w.dyads[w.parties[REPUBLIC].foe_dyad].pair]
    patrons = w.pairs[w.dyads[w.parties[2].foe_dyad].pair]
    assert own.index != patrons.index
    talks.fail(w, patrons, 0.7)
    assert own.failure == patrons.failure == pytest.approx(0.7)
    talks.fail(w, own, 0.5)
    assert own.failure > patrons.failure


def test_failed_talks_bring_measures_back(workshop, tables):
    tables["measure"][0] |= {"reversible": True}
    w = opened(workshop, tables)
    m = w.measures[0]
    measures.give(w, choice_of(w, REPUBLIC, codes.GIVE_MEASURE, 0))
    calm = measures.reverse_measure(w, w.parties[REPUBLIC], m)
    w.pairs[w.dyads[m.dyad].pair].failure = 1.0
    assert measures.reverse_measure(w, w.parties[REPUBLIC], m) > calm > 0.0


@pytest.mark.parametrize("hold", [0.7, 0.0])
def test_talks_that_are_open_hold_a_promise(workshop, tables, hold):
    tables["measure"][0] |= {"reversible": True}
    tables["parameters"] = {"violence": {"talk_and_hold": hold}}
    w = opened(workshop, tables)
    m = w.measures[0]
    m.state = codes.GIVEN
    apart = measures.reverse_measure(w, w.parties[REPUBLIC], m)
    w.pairs[w.dyads[m.dyad].pair].talking = 1
    held = measures.reverse_measure(w, w.parties[REPUBLIC], m)
    assert held == pytest.approx(math.exp(-hold) * apart)
    assert held > 0.0


@pytest.mark.parametrize("returns", [0.5, 1.0])
def test_the_last_forces_to_leave_take_most_with_them(workshop, tables, returns):
    """Unless what a patron lends is in proportion to its presence."""
    tables = with_patron(tables)
    tables["parameters"] = {"leverage": {"returns": returns}}
    w = opened(workshop, tables)
    republic, patron = w.parties[REPUBLIC], w.parties[2]
    carried = []
    for presence in (1.0, 0.5, 0.0):
        patron.presence = presence
        carried.append(leverage.own_capability(w, republic))
    full, half, none = carried
    assert full == pytest.approx(republic.morale + republic.support)
    assert none == republic.morale
    first, last = full - half, half - none
    assert last == pytest.approx(first) if returns == 1.0 else last > 1.5 * first


def test_an_answer_is_weighed_by_what_was_given(workshop, tables):
    tables["measure"][0] |= {"cost": 0.2, "max_cost": 1.2}
    gains = []
    for amount in (0.1, 1.0):
        w = opened(workshop, tables)
        choice = choice_of(w, REPUBLIC, codes.GIVE_MEASURE, 0)
        choice.amount = amount
        measures.give(w, choice)
        d = w.dyads[w.measures[0].dyad]
        before = d.trust
        measures.answer(w, choice_of(w, MOVEMENT, codes.ANSWER_MEASURE, 0))
        gains.append(d.trust - before)
    assert 0.0 < gains[0] < gains[1]


def cost_of_fighting_on(w):
    """What the republic expects to lose by fighting the movement on."""
    endurance.expect_from_war(w, w.dyads[0])
    return endurance.odds(w, w.dyads[0]) - w.dyads[0].war_value


def costs_of_war_and_standoff(workshop, tables, **options):
    """That cost where attacks kill and where they do not, and the group of parameters it comes from."""
    tables.pop("spoiler", None)
    costs = []
    for lethal in (True, False):
        tables["relation"][0]["lethal"] = lethal
        w = opened(workshop, tables, **options)
        costs.append(cost_of_fighting_on(w))
    return (*costs, w.par.endurance)


@pytest.mark.parametrize("off", [{"endurance": {"toll_pooled": 0.0}}, {"switches": {"bargaining": 0}}])
def test_where_nobody_dies_fighting_on_costs_only_standing_guard(workshop, tables, off):
    """Held against its own toll alone, a war costs what it costs at normal losses, as it did in the first version."""
    war, standoff, par = costs_of_war_and_standoff(workshop, tables, parameters=off)
    assert war == pytest.approx(par.war_cost)
    assert standoff == pytest.approx(par.standoff_cost)


def test_a_war_costs_more_the_more_it_takes_relative_to_wars_in_general(workshop, tables):
    costs = []
    for scale in (1.0, 4.0):
        tables["relation"][0] |= {"attacks": [scale, scale], "deaths_per_event": [1.0, 1.0]}
        war, standoff, par = costs_of_war_and_standoff(workshop, tables)
        costs.append(war)
        usual = (scale / par.toll_scale) ** par.toll_pooled
        assert war == pytest.approx(par.war_cost * usual**par.toll_elasticity)
        assert standoff == pytest.approx(par.standoff_cost)
    assert costs[0] < par.war_cost < costs[1]


def test_a_fragile_party_stands_above_its_tipping_share(workshop, tables):
    start = workshop.opening(with_patron(tables))
    for seed in range(20):
        w = workshop.world(start, seed)
        p = w.parties[REPUBLIC]
        assert p.tipping < p.power


def test_an_ally_that_doubts_its_patron_loses_heart(workshop, tables):
    morale = []
    start = workshop.opening(with_patron(tables))
    for trust in (0.6, 0.3):
        w = workshop.world(start)
        republic = w.parties[REPUBLIC]
        w.dyads[republic.patron_dyad].trust = trust
        for _ in range(200):
            leverage.keep_up_morale(w, republic)
        morale.append(republic.morale)
    assert morale[1] < morale[0]


def test_provocations_wait_while_talks_go_on_and_battles_do_not(workshop, tables):
    for lethal in (True, False):
        tables["relation"][0]["lethal"] = lethal
        w = opened(workshop, tables)
        d = w.dyads[0]
        quiet = violence.escalation(w, w.parties[REPUBLIC], d)
        w.pairs[d.pair].talking = 1
        assert (violence.escalation(w, w.parties[REPUBLIC], d) > quiet) == lethal


def test_an_agreement_where_the_needed_track_led_meets_a_precondition(w):
    front = next(t for t in w.tracks if t.needs_a != codes.NOBODY)
    pair = w.pairs[front.pair]
    wanting = talks.precondition(w, w.parties[pair.a], front)
    pair.agreed = 1
    assert talks.precondition(w, w.parties[pair.a], front) == 1.0 > wanting
