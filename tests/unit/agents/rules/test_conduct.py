"""Conduct under ceasefires (E8): what is seen and expected, breaches, and what a day of truce tells."""

import math

import pytest
from truces import BACK, HERE, in_force, truce_world, weigh_adherence
from worlds import DAY, FOE, PATRON, hold_fire, logged, party

from detente.agents import codes
from detente.agents.rules import conduct as rules


@pytest.fixture
def w():
    """Patron and foe, with round numbers for every parameter of ceasefires."""
    return truce_world()


@pytest.fixture
def adhering(w):
    """Ceasefires that hold or never take hold."""
    return weigh_adherence(w)


# -- conduct


@pytest.fixture
def watched(w):
    """Two attacks seen in half a day where 3 a day were expected at the holiday's 0.5."""
    d = w.dyads[HERE]
    d.seen, d.usual, d.restraint_holiday, d.truce_restraint = 2.0, 3.0, 0.5, 0.3
    d.conduct_seen, d.conduct_expected = 1.0, 2.0
    w.rates.keep_conduct = 0.9
    return w


@pytest.mark.parametrize(
    ("since", "seen", "level"),
    [
        (99.0, 4.0 - 3.0 * 0.9, 1.0),  # no truce
        (5.0, 4.0 - 3.0 * 0.9, 0.3),  # an old truce
        (9.5, 4.0 - 3.0 * 0.9, 0.3),
        (9.6, 4.0 - (4.0 - 0.3 * 2.0) * 0.9, 0.3),  # its first tick: afresh, at its own level
    ],
)
def test_conduct_is_what_is_seen_over_what_is_expected(watched, since, seen, level):
    d = watched.dyads[HERE]
    hold_fire(watched, HERE, since=since)
    rules.watch_conduct(watched, d)
    expected = 1.5 + (2.0 - 1.5) * 0.9
    assert (d.conduct_seen, d.conduct_expected) == pytest.approx((seen, expected))
    assert d.conduct == pytest.approx((5.0 * seen + level) / (5.0 * expected + 1.0))


@pytest.mark.parametrize(
    ("scope", "conduct", "expected"),
    [
        (codes.DYAD_SCOPE, 0.5, 0.5 - (1.0 - 0.8 * 0.7)),
        (codes.DYAD_SCOPE, 0.3, 0.3 - (1.0 - 0.8 * 0.7)),
        (codes.LOCAL_SCOPE, 0.5, 0.5 - (1.0 - 0.5 * 0.8 * 0.7)),
    ],
)
def test_misconduct_is_conduct_above_what_the_class_leads_to_expect(w, scope, conduct, expected):
    d = w.dyads[HERE]
    d.conduct, d.truce_restraint, w.pairs[1].truce_scope = conduct, 0.3, scope
    assert rules.misconduct(w, d) == pytest.approx(expected)


@pytest.fixture
def judged(w):
    """A truce whose usual conduct is 0.44; beliefs of weight 10; the patron has a hawkish faction."""
    in_force(w)
    for d in w.dyads:
        d.truce_restraint, d.kept, d.broken = 0.3, 4.0, 6.0
    f = w.factions[2]
    f.hawkishness, f.discontent, w.par.endurance.vindication = 0.5, 0.2, 0.1
    return w


def beliefs(w):
    return [(d.kept, d.broken) for d in (w.dyads[HERE], w.dyads[BACK])]


@pytest.mark.parametrize(("conduct", "restraint"), [(0.4, 0.3), (0.59, 0.3), (0.65, 0.9)])
def test_a_day_kept_is_good_news_to_the_other(judged, conduct, restraint):
    """Kept: below the level of a breach, or no worse than usual under a truce that restrains little."""
    d = judged.dyads[HERE]
    d.conduct, d.truce_restraint, d.breaching = conduct, restraint, 1
    rules.judge(judged, judged.pairs[1], d)
    assert beliefs(judged) == [(4.0, 6.0), (4.0 + 0.04 * 0.5, 6.0)]
    assert (d.breaching, judged.tally.breaches) == (0, 0.0)


def test_a_day_broken_is_bad_news_and_a_breach_once(judged):
    w, pair = judged, judged.pairs[1]
    d = w.dyads[HERE]
    d.conduct = 0.6
    rules.judge(w, pair, d)
    assert beliefs(w) == [(4.0, 6.0), (4.0, 6.0 + 2.5 * 0.04 * 0.5)]
    assert (d.breaching, pair.breaches, w.tally.breaches) == (1, 1.0, 1.0)
    assert w.factions[2].discontent == pytest.approx(0.2 + 0.1 * 0.5 * 0.8)
    assert logged(w) == [("breach", party(PATRON), party(FOE), 1, "broken by attacks", 0.6)]
    rules.judge(w, pair, d)
    assert beliefs(w)[1][1] == pytest.approx(6.1)
    assert (pair.breaches, w.tally.breaches, len(logged(w))) == (1.0, 1.0, 1)
    d.breaching = 0
    rules.judge(w, pair, d)
    assert (pair.breaches, w.tally.breaches) == (2.0, 2.0)


def test_conduct_that_is_just_as_usual_is_no_excuse(judged):
    """At the level of a breach and exactly as expected: no misconduct, and the day counts as broken."""
    d = judged.dyads[HERE]
    d.truce_restraint, judged.par.endurance.discontent_normal, d.conduct = 0.75, 0.0, 0.75
    assert rules.misconduct(judged, d) == 0.0
    rules.judge(judged, judged.pairs[1], d)
    assert judged.tally.breaches == 1.0


def test_a_tick_of_compliance(judged):
    w = judged
    for d in w.dyads:
        d.conduct = 9.0
    w.rates.keep_conduct = 0.0
    w.dyads[BACK].seen = 50.0
    rules.compliance(w)
    assert [d.conduct for d in w.dyads] == pytest.approx([1.0, 1.0, 0.3, 500.3, 9.0, 9.0])
    assert w.tally.truce_days == 0.5
    assert [(e[1], e[2]) for e in logged(w)] == [(party(FOE), party(PATRON))]
    assert (w.dyads[BACK].kept, w.dyads[HERE].broken) == pytest.approx((4.02, 6.05))
    rules.compliance(w)
    assert w.tally.truce_days == 1.0


@pytest.mark.parametrize("case", ["offered", "one side"])
def test_conduct_is_judged_while_both_hold_fire_in_a_truce(judged, case):
    if case == "offered":
        judged.pairs[1].truce_state = codes.OFFERED
    else:
        judged.dyads[BACK].truce_until = DAY
    rules.compliance(judged)
    assert judged.tally.truce_days == 0.0
    assert beliefs(judged) == [(4.0, 6.0)] * 2


@pytest.mark.parametrize(
    ("on", "scope", "expected"),
    [
        (0, codes.DYAD_SCOPE, 0.4),
        (0, codes.LOCAL_SCOPE, 0.4),
        (1, codes.DYAD_SCOPE, 0.3),
        (1, codes.LOCAL_SCOPE, 1.0 - 0.5 * 0.7),
    ],
)
def test_what_a_truce_permits(adhering, on, scope, expected):
    w, d = adhering, adhering.dyads[HERE]
    w.par.switches.adherence, d.truce_restraint, w.pairs[1].truce_scope = on, 0.4, scope
    assert rules.permitted(w, d) == pytest.approx(expected)


def test_misconduct_is_measured_from_what_is_tolerated(adhering):
    d = adhering.dyads[HERE]
    d.conduct, d.truce_restraint = 0.9, 0.4
    assert rules.misconduct(adhering, d) == pytest.approx(0.6)
    adhering.par.switches.adherence = 0
    assert rules.misconduct(adhering, d) == pytest.approx(0.9 - (1.0 - 0.8 * 0.6))


def test_a_breach_is_more_than_chance_explains(adhering):
    """Ten days at 4 expected and 0.3 tolerated: 12, spread sqrt(12 + 144 / 50), once in a hundred times above."""
    w, d = adhering, adhering.dyads[HERE]
    d.conduct_expected, d.conduct = 4.0, 0.0
    limit = 12.0 + 2.33 * math.sqrt(12.0 + 144.0 / 50.0) + 0.5
    d.conduct_seen = (limit + 1e-6) / 10.0
    assert rules.is_breach(w, d) is True
    d.conduct_seen = (limit - 1e-6) / 10.0
    assert rules.is_breach(w, d) is False
    w.par.switches.adherence, d.conduct, d.truce_restraint = 0, 0.9, 0.3
    assert rules.is_breach(w, d) is True
    d.conduct = 0.59
    assert rules.is_breach(w, d) is False


def test_a_breach_goes_on_until_the_truce_is_kept(adhering):
    w, d = adhering, adhering.dyads[HERE]
    d.conduct_expected, d.breaching = 4.0, 1
    d.conduct_seen = (12.5 + 1e-6) / 10.0
    assert rules.is_breach(w, d) is True
    d.conduct_seen = (12.5 - 1e-6) / 10.0
    assert rules.is_breach(w, d) is False


def test_a_truce_is_remembered_for_a_quarter_and_from_its_first_day(adhering):
    """Half a day with two attacks where 1.5 were to come; before it 3 seen of 8."""
    w, d = adhering, adhering.dyads[HERE]
    w.rates.keep_quarter = 0.9
    hold_fire(w, HERE, since=5.0)
    d.truce_seen, d.truce_expected, d.seen, d.usual, d.restraint_holiday = 3.0, 8.0, 2.0, 3.0, 1.0
    rules.watch_conduct(w, d)
    assert (d.truce_seen, d.truce_expected) == pytest.approx((4.7, 8.7))
    hold_fire(w, HERE, since=DAY)
    rules.watch_conduct(w, d)
    assert (d.truce_seen, d.truce_expected) == pytest.approx((2.0, 1.5))
    d.truce_from = d.truce_until = -1.0
    rules.watch_conduct(w, d)
    assert (d.truce_seen, d.truce_expected) == pytest.approx((2.0, 1.5))


def test_few_attacks_are_no_breach(adhering):
    d = adhering.dyads[HERE]
    d.conduct_expected = 0.01
    d.conduct_seen = 0.5 / 10.0
    assert rules.is_breach(adhering, d) is False


@pytest.mark.parametrize(("attacks", "breach"), [(1.0, False), (2.0, True)])
def test_one_attack_alone_is_no_breach_and_two_are(adhering, attacks, breach):
    """In a war in which hardly any is expected, as it is seen by the end of a tick of half a day."""
    w, d = adhering, adhering.dyads[HERE]
    w.rates.keep_conduct = math.exp(-0.5 / rules.CONDUCT_DAYS)
    d.conduct_expected = d.conduct_seen = 0.001
    hold_fire(w, HERE, since=0.0)
    d.usual, d.seen = 0.001, attacks
    rules.watch_conduct(w, d)
    assert rules.is_breach(w, d) is breach


def test_conduct_is_held_against_what_is_tolerated(adhering):
    w, d = adhering, adhering.dyads[HERE]
    hold_fire(w, HERE, since=DAY)
    d.truce_restraint, d.conduct_expected, d.usual, d.seen = 0.9, 2.0, 2.0, 0.3
    w.rates.keep_conduct = 0.9
    rules.watch_conduct(w, d)
    assert d.conduct_seen == pytest.approx(0.6 + (0.3 * 2.0 - 0.6) * 0.9)
    assert d.conduct == pytest.approx((5.0 * 0.6 + 0.3) / (5.0 * 2.0 + 1.0))


@pytest.mark.parametrize(("on", "weights"), [(0, (1.0, 1.0, 1.0)), (1, (1.0, 1.0 / 2.0, 1.0 / 3.0))])
def test_hawks_are_vindicated_less_by_each_further_breach(adhering, on, weights):
    w, pair = adhering, in_force(adhering)
    w.par.switches.adherence, w.par.endurance.vindication = on, 0.1
    d, hawk = w.dyads[BACK], w.factions[0]
    hawk.party, hawk.hawkishness = PATRON, 0.8
    w.parties[PATRON].first_faction, w.parties[PATRON].n_factions = 0, 1
    d.conduct_expected, d.conduct_seen, d.conduct = 1.0, 9.0, 9.0
    for k, weight in enumerate(weights):
        hawk.discontent, d.breaching = 0.5, 0
        rules.judge(w, pair, d)
        assert hawk.discontent == pytest.approx(0.5 + weight * 0.1 * 0.8 * 0.5)
        assert pair.breaches == k + 1.0


@pytest.mark.parametrize(
    ("seen", "expected", "told"),
    [
        (0.0, 50.0, 50.0 / 51.0),
        (0.0, 0.1, 0.1 / 1.1),
        (10.0, 10.0, 0.0),
        (15.0, 10.0, -5.0 / 11.0),
        (90.0, 1.0, -1.0),
    ],
)
def test_a_day_of_a_truce_tells_more_where_more_was_expected(adhering, seen, expected, told):
    d = adhering.dyads[HERE]
    d.truce_seen, d.truce_expected = seen, expected
    assert rules.telling(adhering, d) == pytest.approx(told)


def test_trust_follows_what_days_tell(adhering):
    """Calm is news in a large war and nearly none in a small one; as many attacks as ever are no news at all."""
    w, d, victim = adhering, adhering.dyads[HERE], adhering.dyads[BACK]
    gains = []
    for seen, expected in ((0.0, 10.0), (0.0, 0.02), (2.0, 2.0), (3.0, 2.0)):
        d.truce_seen, d.truce_expected, victim.kept, victim.broken = seen, expected, 2.0, 3.0
        rules.weigh_day(w, victim, d)
        gains.append(victim.trust - 0.4 if (victim.kept, victim.broken) != (2.0, 3.0) else 0.0)
    assert gains[0] > gains[1] > 0.0 == gains[2] > gains[3]
