"""Offensives (E16): decided for a reason that can be seen, likelier by the stronger side, and over within weeks."""

import math

import pytest
from worlds import ALLY, ALLY_FOE, FOE, FOE_ALLY, PATRON, choice, hold_fire, logged, party, world

from detente.agents import codes
from detente.agents.rules import ceasefires, endurance, violence
from detente.agents.rules import offensives as rules
from detente.agents.state import U_RESUMED

RATE = 0.05


@pytest.fixture
def w():
    """Ally and foe, of even odds, whose ceasefire has been broken today."""
    w = world()
    w.par.switches.level = 1
    w.par.violence.offensive, w.par.violence.resumed = RATE, 1.3
    w.pairs[0].broken_day = w.clock.day
    w.pairs[0].volatility = 0.8
    return w


def hazard(w, d=FOE_ALLY):
    return rules.launch_offensive(w, w.parties[w.dyads[d].source], w.dyads[d])


def test_a_broken_ceasefire_is_a_reason_that_fades(w):
    assert hazard(w) == RATE
    w.pairs[0].broken_day -= 14.0
    assert hazard(w) == pytest.approx(RATE * math.exp(-1.0))
    w.pairs[0].broken_day = w.clock.day - rules.REST_DAYS
    assert hazard(w) == 0.0


def no_level(w):
    w.par.switches.level = 0


def no_deaths(w):
    w.dyads[FOE_ALLY].lethal = 0


def no_war(w):
    w.dyads[FOE_ALLY].hostile = 0


def at_rest(w):
    w.pairs[0].is_quiet = 1


def under_an_agreement(w):
    w.pairs[0].agreed = 1


def under_its_own_truce(w):
    hold_fire(w, FOE_ALLY)


def after_the_last_one(w):
    w.dyads[FOE_ALLY].offensive_day = w.clock.day - rules.REST_DAYS + 1.0


def while_its_own_offer_waits(w):
    w.pairs[0].truce_state, w.pairs[0].offered_by = codes.OFFERED, FOE_ALLY


def before_the_first_day_of_its_ceasefire(w):
    w.dyads[FOE_ALLY].truce_from, w.dyads[FOE_ALLY].truce_until = w.clock.day + 1.0, w.clock.day + 31.0


@pytest.mark.parametrize(
    "where",
    [
        no_level,
        no_deaths,
        no_war,
        at_rest,
        under_an_agreement,
        under_its_own_truce,
        after_the_last_one,
        while_its_own_offer_waits,
        before_the_first_day_of_its_ceasefire,
    ],
)
def test_nobody_launches_one(w, where):
    where(w)
    assert hazard(w) == 0.0


def test_the_offer_of_the_other_binds_nobody(w):
    w.pairs[0].truce_state, w.pairs[0].offered_by = codes.OFFERED, ALLY_FOE
    assert hazard(w) == RATE


def test_a_ceasefire_that_is_over_binds_nobody(w):
    w.dyads[FOE_ALLY].truce_from, w.dyads[FOE_ALLY].truce_until = w.clock.day - 30.0, w.clock.day
    assert hazard(w) == RATE


def test_without_a_reason_there_is_none(w):
    w.pairs[0].broken_day = -1e6
    w.parties[FOE].capability = 3.0  # strength alone is no reason
    assert hazard(w) == hazard(w, ALLY_FOE) == 0.0


def test_a_lost_patron_is_a_reason_for_the_foe_alone(w):
    w.pairs[0].broken_day = -1e6
    ally, patron = w.parties[ALLY], w.parties[PATRON]
    ally.morale = ally.morale_full = ally.support = 1.0
    patron.presence_start, patron.presence = 1.0, 1.0
    assert hazard(w) == 0.0
    patron.presence = 0.0
    lost = violence.exposure(w, w.dyads[FOE_ALLY])
    assert lost == pytest.approx(math.log(2.0))
    assert hazard(w) == pytest.approx(RATE * rules.EXPOSED * lost)
    assert hazard(w, ALLY_FOE) == 0.0


@pytest.mark.parametrize(("fortune", "trend"), [(-0.6, 0.0), (0.0, 0.6)])
def test_a_gain_is_a_reason_once_it_is_plain_to_see(w, fortune, trend):
    w.pairs[0].broken_day = -1e6
    w.pairs[0].fortune = fortune
    w.parties[FOE].trend = trend / w.par.endurance.look_ahead
    strong = math.exp(rules.STRONGER * (endurance.odds(w, w.dyads[FOE_ALLY]) - 0.5))
    assert hazard(w) == pytest.approx(RATE * rules.RISING * (0.6 - rules.VISIBLE) * strong)
    assert strong > 1.2
    assert hazard(w, ALLY_FOE) == 0.0
    w.pairs[0].fortune, w.parties[FOE].trend = 0.5 * fortune, 0.5 * w.parties[FOE].trend
    assert hazard(w) == 0.0


def test_the_stronger_side_is_likelier(w):
    w.parties[FOE].capability = 2.0
    assert hazard(w) > RATE > hazard(w, ALLY_FOE) > 0.0


def test_strategies_temper_it(w):
    w.parties[FOE].strategy = codes.CAUTIOUS
    assert hazard(w) == pytest.approx(RATE * w.par.strategies.caution)


def launch(w, why):
    c = choice(w, codes.LAUNCH_OFFENSIVE, FOE_ALLY, FOE, why=why)
    w.pairs[0].surge = 0.2
    rules.attack(w, c)
    return w.pairs[0]


REASONS = [
    ({}, "a ceasefire has been broken"),
    ({"fortune": -2.0, "broken_day": -1e6}, "the balance turns its way"),
    (
        {"fortune": -0.4, "broken_day": -1e6},
        "the balance turns its way",
    ),  # however little, where no cover is lost
]


@pytest.mark.parametrize(("state", "reason"), REASONS)
def test_an_offensive_raises_the_level_and_tells_its_reason(w, state, reason):
    vars(w.pairs[0]).update(state)
    pair = launch(w, codes.BY_CHOICE)
    assert pair.surge == pytest.approx(1.5)
    assert w.dyads[FOE_ALLY].fervour == w.dyads[ALLY_FOE].fervour == pytest.approx(1.5 - 0.32)
    assert (w.tally.offensives, w.dyads[FOE_ALLY].offensive_day) == (1.0, w.clock.day)
    assert w.dyads[ALLY_FOE].offensive_day < 0.0
    assert logged(w) == [("offensive", party(FOE), party(ALLY), 0, reason, pytest.approx(1.5))]


def test_the_foe_of_an_ally_without_cover_says_so(w):
    w.pairs[0].broken_day = -1e6
    w.parties[ALLY].support = 1.0
    w.parties[PATRON].presence_start, w.parties[PATRON].presence = 1.0, 0.0
    launch(w, codes.BY_CHOICE)
    assert logged(w)[0][4] == "the other side's patron is bound or gone"


def test_an_imposed_one_is_the_policys_and_ends_a_lull(w):
    w.pairs[0].is_quiet = 1
    w.pairs[0].luck[U_RESUMED] = 0.5
    pair = launch(w, codes.BY_POLICY)
    assert pair.is_quiet == 0
    assert logged(w)[0][4] == "imposed by the policy"


def test_the_stage_settles_the_last_block_of_choices(w):
    for kind in (codes.OFFER_TRUCE, codes.OPEN_TRACK, codes.GIVE_MEASURE, codes.DRAW_DOWN):
        choice(w, kind, FOE_ALLY, FOE, hazard=math.inf)
    choice(w, codes.LAUNCH_OFFENSIVE, FOE_ALLY, FOE, hazard=math.inf)
    c = w.clock
    c.n_truce_choices = c.n_talk_choices = c.n_measure_choices = c.n_presence_choices = 1
    rules.offensives(w)
    assert [e[0] for e in logged(w)] == ["offensive"]
    w.par.switches.level = 0
    rules.offensives(w)
    assert w.tally.offensives == 1.0


@pytest.mark.parametrize(("what", "broken"), [(codes.TRUCE_COLLAPSED, True), (codes.TRUCE_EXPIRED, False)])
def test_only_a_ceasefire_in_force_that_breaks_is_a_reason(w, what, broken):
    pair = w.pairs[0]
    pair.broken_day, pair.truce_state = -1e6, codes.IN_FORCE
    ceasefires.end_truce(w, pair, what, codes.BY_BREACHES)
    assert pair.broken_day == (w.clock.day if broken else -1e6)
    assert pair.surge == 0.0
