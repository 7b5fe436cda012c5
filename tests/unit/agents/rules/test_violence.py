"""Violence (E1, E2): background, heat, restraint, backlog, counts and excitation, term by term."""

import math

import pytest
from worlds import (
    ALLY,
    ALLY_FOE,
    DAY,
    FOE,
    FOE_ALLY,
    FOE_PATRON,
    PATRON,
    PATRON_FOE,
    hold_fire,
    world,
)

from detente.agents import codes
from detente.agents.rules import violence as rules
from detente.agents.rules.chance import count, event_uniform
from detente.agents.state import U_COUNT, U_SIZE, Ally, Target


@pytest.fixture
def w():
    return world()


# -- the background mu = (I - A) lbar


@pytest.fixture
def base(w):
    """Base rates of 1 to 4 attacks a day on the four hostile dyads; mistakes of 0.2 and, for spoilers, of 0.5."""
    for d in w.dyads[:4]:
        d.lbar = d.index + 1.0
    w.par.attribution.mistaken, w.par.attribution.mistaken_spoiler = 0.2, 0.5
    w.par.violence.n_own, w.par.violence.n_rec, w.par.violence.n_ally = 0.3, 0.1, 0.05
    w.targets.clear()
    return w


def test_without_doubles_each_is_blamed_for_its_own(base):
    assert [rules.expected_blame(base, d) for d in base.dyads[:4]] == [1.0, 2.0, 3.0, 4.0]


def test_mistakes_move_blame_from_one_foe_to_another(base):
    base.dyads[FOE_ALLY].blamed = PATRON_FOE
    base.dyads[5].blamed, base.dyads[5].lbar = PATRON_FOE, 9.0  # does not fight
    base.pairs[0].monitoring_own, base.pairs[0].hotline = 0.5, 0.75
    base.pairs[1].monitoring_own, base.pairs[1].hotline = 0.9, 0.9
    assert rules.expected_blame(base, base.dyads[FOE_ALLY]) == pytest.approx(2.0 * (1.0 - 0.2 * 0.125))
    assert rules.expected_blame(base, base.dyads[PATRON_FOE]) == pytest.approx(3.0 + 2.0 * 0.2 * 0.125)


def test_spoilers_attacks_are_laid_at_the_main_foes_door(base):
    base.targets.extend([Target(blamed=FOE_ALLY, lbar=0.4), Target(blamed=PATRON_FOE, lbar=0.8)])
    base.pairs[0].monitoring_own, base.pairs[0].hotline = 0.5, 0.75
    assert rules.expected_blame(base, base.dyads[FOE_ALLY]) == pytest.approx(2.0 + 0.4 * 0.5 * 0.125)


def test_without_attribution_nobody_is_mistaken(base):
    base.par.switches.attribution = 0
    base.dyads[FOE_ALLY].blamed = PATRON_FOE
    assert rules.expected_blame(base, base.dyads[PATRON_FOE]) == 3.0


def test_what_is_suffered_and_what_allies_suffer_provokes(base):
    base.allies[:] = [Ally(FOE_ALLY, PATRON_FOE, 0.5), Ally(FOE_ALLY, FOE_PATRON, 0.25), Ally(0, 2, 1.0)]
    expected = 0.1 * 1.0 + 0.05 * (0.5 * 3.0 + 0.25 * 4.0)
    assert rules.expected_provocation(base, base.dyads[FOE_ALLY]) == pytest.approx(expected)


def test_the_background_is_what_is_left_of_the_mean(base):
    base.allies.clear()
    d = base.dyads[FOE_ALLY]
    rules.set_background(base, d)
    assert (d.responsive, d.mu) == pytest.approx((1.0, 2.0 * 0.7 - 0.1))


def test_a_weak_side_answers_what_its_own_mean_allows(base):
    base.allies.clear()
    base.dyads[ALLY_FOE].lbar = 100.0
    d = base.dyads[FOE_ALLY]
    rules.set_background(base, d)
    assert d.responsive == pytest.approx(0.95 * 1.4 / 10.0)
    assert d.mu == pytest.approx(0.05 * 1.4)


@pytest.mark.parametrize(("lbar", "suffered"), [(2.0, 0.0), (0.0, 3.0), (0.0, 0.0)])
def test_backgrounds_at_the_edges(base, lbar, suffered):
    base.allies.clear()
    d = base.dyads[FOE_ALLY]
    d.lbar, base.dyads[ALLY_FOE].lbar = lbar, suffered
    rules.set_background(base, d)
    assert d.mu == pytest.approx(0.7 * lbar)
    assert d.responsive == (0.0 if suffered else 1.0)


def test_without_excitation_the_background_is_the_mean(base):
    base.par.switches.excitation = 0
    d = base.dyads[FOE_ALLY]
    rules.set_background(base, d)
    assert (d.responsive, d.mu) == (1.0, 2.0)


# -- exposure and heat


@pytest.fixture
def patronised(w):
    """The foe looks at the ally: morale 0.5 (0.6 at first), support 0.8, a quarter of the patron's forces left."""
    ally, patron = w.parties[ALLY], w.parties[PATRON]
    ally.morale, ally.morale_full, ally.support = 0.5, 0.6, 0.8
    patron.presence, patron.presence_start = 0.25, 1.0
    w.par.leverage.returns = 0.5
    return w


def test_exposure_is_the_log_of_the_shield_lost(patronised):
    d = patronised.dyads[FOE_ALLY]
    assert rules.exposure(patronised, d) == pytest.approx(math.log((0.6 + 0.8) / (0.5 + 0.8 * 0.5)))


def test_a_patron_bound_by_a_truce_shields_less(patronised):
    w = patronised
    w.dyads[PATRON_FOE].truce_restraint = 0.25
    hold_fire(w, PATRON_FOE)
    shield = 0.5 + 0.8 * 0.25 * 0.5
    assert rules.exposure(w, w.dyads[FOE_ALLY]) == pytest.approx(math.log(1.4 / shield))


@pytest.mark.parametrize("fields", [{"main_foe": ALLY}, {"foe_dyad": codes.NOBODY}])
def test_a_patron_with_other_foes_is_not_bound(patronised, fields):
    w = patronised
    w.dyads[PATRON_FOE].truce_restraint = w.dyads[-1].truce_restraint = 0.25
    hold_fire(w, PATRON_FOE, 5)
    vars(w.parties[PATRON]).update(fields)
    assert rules.exposure(w, w.dyads[FOE_ALLY]) == pytest.approx(math.log(1.4 / 0.9))


@pytest.mark.parametrize("case", ["switched off", "no patron", "the source holds fire", "nothing lost"])
def test_no_exposure(patronised, case):
    w = patronised
    if case == "switched off":
        w.par.switches.leverage = 0
    elif case == "no patron":
        w.parties[ALLY].patron = codes.NOBODY
    elif case == "the source holds fire":
        hold_fire(w, FOE_ALLY)
    else:
        w.parties[ALLY].morale, w.parties[PATRON].presence = 0.6, 1.0
    assert rules.exposure(w, w.dyads[FOE_ALLY]) == 0.0


HEAT = {
    "failed_talks": 0.25,
    "talk_and_fight": 0.1,
    "talk_and_hold": 0.7,
    "discontent_heat": 0.3,
    "pressed": 0.8,
}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, 0.0),
        ({"failure": 2.0}, 0.5),
        ({"talking": 1}, 0.1),
        ({"talking": 1, "lethal": 0}, -0.7),
        ({"talking": 1, "holding": True}, 0.0),
        ({"discipline": 0.6}, 0.3 * 0.2),
        ({"discipline": 0.9}, -0.3 * 0.1),
        ({"presence": 0.25}, 0.8 * math.log(1.0 / 0.5)),
        ({"failure": 2.0, "talking": 1, "discipline": 0.6}, 0.5 + 0.1 + 0.06),
        ({"strategy": codes.OPPORTUNIST}, 0.0),
        ({"strategy": codes.OPPORTUNIST, "presence": 0.25}, (0.8 + 0.4) * math.log(2.0)),
        ({"strategy": codes.OPPORTUNIST, "other_holds": True}, 0.4),
        ({"strategy": codes.OPPORTUNIST, "other_holds": True, "holding": True}, 0.0),
        ({"strategy": codes.HARDLINER, "other_holds": True}, 0.0),
    ],
)
def test_heat_is_the_sum_of_its_terms(w, change, expected):
    """The foe against the ally, whose whole capability is lent by its patron; discontent is normally 0.2."""
    vars(w.par.violence).update(HEAT)
    w.par.leverage.returns, w.par.strategies.advantage, w.par.endurance.discontent_normal = 0.5, 0.4, 0.2
    ally, foe, d, pair = w.parties[ALLY], w.parties[FOE], w.dyads[FOE_ALLY], w.pairs[0]
    ally.morale = ally.morale_full = 0.0
    ally.support, w.parties[PATRON].presence_start = 1.0, 1.0
    w.parties[PATRON].presence = change.get("presence", 1.0)
    pair.failure, pair.talking = change.get("failure", 0.0), change.get("talking", 0)
    d.lethal, foe.discipline = change.get("lethal", 1), change.get("discipline", 0.8)
    foe.strategy = change.get("strategy", codes.PLAIN)
    if change.get("holding"):
        hold_fire(w, FOE_ALLY)
    if change.get("other_holds"):
        hold_fire(w, ALLY_FOE)
    assert rules.escalation(w, foe, d) == pytest.approx(expected)


# -- restraint


@pytest.mark.parametrize(
    ("weight", "holiday", "expected"), [(1.0, 0.4, 0.4), (0.5, 0.4, 0.7), (0.5, 1.0, 1.0)]
)
def test_holiday_factor(w, weight, holiday, expected):
    w.days[0].holiday = holiday
    assert rules.holiday_factor(w, weight) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("scope", "chastened_until", "expected"),
    [
        (codes.DYAD_SCOPE, -1.0, 1.0 - 0.8 * 0.7),
        (codes.DYAD_SCOPE, DAY, 1.0 - 0.8 * 0.7),
        (codes.DYAD_SCOPE, DAY + 0.5, 1.0 - 0.8 * (1.0 - 0.3 * 0.6)),
        (codes.LOCAL_SCOPE, -1.0, 1.0 - 0.4 * 0.8 * 0.7),
    ],
)
def test_a_truce_restrains_the_share_that_obeys(w, scope, chastened_until, expected):
    d, source = w.dyads[ALLY_FOE], w.parties[ALLY]
    w.par.ceasefires.local_share, w.par.ceasefires.chastened = 0.4, 0.6
    d.truce_restraint, d.chastened_until, source.discipline = 0.3, chastened_until, 0.8
    w.pairs[0].truce_scope = scope
    assert rules.truce_factor(w, source, d) == 1.0
    hold_fire(w, ALLY_FOE)
    assert rules.truce_factor(w, source, d) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("suspended", "presence", "start", "expected"),
    [
        (0.0, 0.0, 0.0, 1.0),
        (0.25, 0.0, 0.0, 0.75),
        (0.0, 0.25, 0.5, 1.0 - 0.9 * 0.5),
        (0.25, 0.25, 0.5, 0.75 * (1.0 - 0.9 * 0.5)),
    ],
)
def test_what_is_left_of_a_sides_activity(w, suspended, presence, start, expected):
    p, d = w.parties[PATRON], w.dyads[PATRON_FOE]
    p.presence, p.presence_start, d.suspended = presence, start, suspended
    assert rules.active_share(w, p, d) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("dyad", "purpose", "state", "rearms"),
    [
        (PATRON_FOE, 1, codes.IN_FORCE, True),
        (FOE_PATRON, 2, codes.IN_FORCE, True),
        (PATRON_FOE, 2, codes.IN_FORCE, False),
        (FOE_PATRON, 1, codes.IN_FORCE, False),
        (PATRON_FOE, 0, codes.IN_FORCE, False),
        (PATRON_FOE, 1, codes.OFFERED, False),
    ],
)
def test_the_side_that_uses_a_pause_prepares(w, dyad, purpose, state, rearms):
    w.par.ceasefires.rearm = 0.3
    w.pairs[1].hostile_purpose, w.pairs[1].truce_state = purpose, state
    assert [rules.rearmament(w, w.dyads[dyad]) for _ in range(2)] == [0.3 if rearms else 0.0] * 2
    assert w.tally.rearming_days == (1.0 if rearms else 0.0)


# -- one tick of fighting


@pytest.fixture
def fighting(w):
    """A dyad with a background of 4 and an excitation of 2 a day at a season of 1.5, half suspended."""
    w.days[0].season = 1.5
    d = w.dyads[PATRON_FOE]
    d.mu, d.excitation, d.suspended, d.heat, d.backlog = 4.0, 2.0, 0.5, math.log(2.0), 8.0
    w.clock.season_strength = 1.0
    w.rates.keep_backlog = 0.75
    w.par.violence.put_off, w.par.violence.dispersion, w.par.violence.heat_limit = 0.4, 3.0, 1.0
    d.tick_luck[U_COUNT] = 0.9
    return w


def test_the_rate_is_background_times_season_and_heat_plus_excitation(fighting):
    w, d = fighting, fighting.dyads[PATRON_FOE]
    rules.fight(w, d)
    assert d.rate == pytest.approx((4.0 * 1.5 * 2.0 + 2.0) * 0.5)
    assert (d.restraint_holiday, d.restraint) == (1.0, 1.0)


@pytest.mark.parametrize(("heat", "factor"), [(9.0, math.exp(1.0)), (-9.0, math.exp(-1.0))])
def test_heat_is_bounded(fighting, heat, factor):
    d = fighting.dyads[PATRON_FOE]
    d.heat = heat
    rules.fight(fighting, d)
    assert d.rate == pytest.approx((4.0 * 1.5 * factor + 2.0) * 0.5)


@pytest.mark.parametrize(
    ("on", "truce", "fierce"), [(0, 0.25, 1.0), (1, 1.0, math.exp(-0.3)), (1, 0.25, math.exp(-0.3) * 0.5)]
)
def test_attacks_are_less_deadly_in_a_lull_and_under_a_truce(w, on, truce, fierce):
    w.par.switches.level, w.par.violence.severity_slope = on, 0.5
    w.dyads[ALLY_FOE].fierceness = -0.3
    assert rules.fierceness(w, w.dyads[ALLY_FOE], truce) == pytest.approx(fierce)
    assert rules.fierceness(w, w.dyads[ALLY_FOE], 0.0) == pytest.approx(math.exp(-0.3) * 0.1 if on else 1.0)


@pytest.mark.parametrize(("on", "lethal", "fall"), [(0, 1, 0.0), (1, 0, 0.0), (1, 1, 0.8 * 0.25)])
def test_violence_falls_as_talks_settle_issues(w, on, lethal, fall):
    w.par.switches.terms, w.par.violence.wind_down = on, 0.8
    before = heat(w, ALLY_FOE)
    w.pairs[0].progress, w.dyads[ALLY_FOE].lethal = 0.25, lethal
    assert before - heat(w, ALLY_FOE) == pytest.approx(fall)


def test_the_level_of_a_war_multiplies_its_background(fighting):
    """Twice the background; what earlier attacks set off stays what it is."""
    d = fighting.dyads[PATRON_FOE]
    rules.fight(fighting, d)
    usual, d.fervour = d.rate, math.log(2.0)
    rules.fight(fighting, d)
    active = rules.active_share(fighting, fighting.parties[PATRON], d)
    assert d.rate - usual == pytest.approx(usual - d.excitation * active)


def test_no_toll_is_counted_in_a_lull(w):
    d = w.dyads[PATRON_FOE]
    d.deaths, d.toll, w.rates.keep_toll, w.par.switches.bargaining = 6.0, 4.0, 0.75, 1
    w.pairs[d.pair].is_quiet = 1
    rules.count_losses(w, d)
    assert d.toll == 4.0


@pytest.mark.parametrize("u", [0.2, 0.5, 0.8, 0.9, 0.95, 0.99])
def test_what_was_put_off_is_released_when_nothing_restrains(fighting, u):
    w, d = fighting, fighting.dyads[PATRON_FOE]
    d.tick_luck[U_COUNT] = u
    rules.fight(w, d)
    assert d.backlog == pytest.approx(6.0)
    mean = 7.0 * 0.5 + 2.0 * 0.5
    assert d.attacks == count(mean, 3.0 * 0.5, u)


@pytest.mark.parametrize("u", [0.2, 0.5, 0.8, 0.9, 0.95, 0.99])
def test_a_truce_restrains_and_puts_off(fighting, u):
    w, d = fighting, fighting.dyads[PATRON_FOE]
    hold_fire(w, PATRON_FOE)
    d.truce_restraint, d.tick_luck[U_COUNT], w.parties[PATRON].discipline = 0.3, u, 0.8
    w.pairs[1].hostile_purpose, w.pairs[1].truce_state, w.par.ceasefires.rearm = 1, codes.IN_FORCE, 0.3
    rules.fight(w, d)
    restraint = 1.0 - 0.8 * 0.7
    assert d.restraint == pytest.approx(restraint)
    assert d.backlog == pytest.approx(8.0 + (0.4 * (1.0 - restraint) + 0.3) * 7.0 * 0.5)
    assert d.attacks == count(restraint * 7.0 * 0.5, 1.5, u)


def test_a_holiday_restrains_and_releases_nothing(fighting):
    w, d = fighting, fighting.dyads[PATRON_FOE]
    w.days[0].holiday, d.observes = 0.4, 0.5
    rules.fight(w, d)
    assert (d.restraint_holiday, d.restraint, d.backlog) == pytest.approx((0.7, 0.7, 8.0))
    assert d.attacks == count(0.7 * 7.0 * 0.5, 1.5, 0.9)


def test_a_truce_in_a_holiday_multiplies(fighting):
    w, d = fighting, fighting.dyads[PATRON_FOE]
    w.days[0].holiday, d.observes, d.truce_restraint = 0.4, 0.5, 0.3
    hold_fire(w, PATRON_FOE)
    rules.fight(w, d)
    assert d.restraint == pytest.approx(0.7 * 0.3)


@pytest.mark.parametrize(("lethal", "deaths"), [(1, 5.0), (0, 0.0)])
def test_attacks_kill_unless_they_are_provocations(fighting, lethal, deaths):
    w, d = fighting, fighting.dyads[PATRON_FOE]
    d.lethal, d.size_scale, w.par.violence.tail, d.mu, d.excitation, d.backlog = (
        lethal,
        4.0,
        2.0,
        2.0,
        0.0,
        0.0,
    )
    d.tick_luck[U_COUNT : U_SIZE + 1] = [0.8, 0.0, 0.75]
    rules.fight(w, d)
    assert (d.attacks, d.deaths) == (float(count(1.5, 1.5, 0.8)), deaths if d.attacks == 1.0 else d.deaths)
    d.tick_luck[U_COUNT] = 0.5
    rules.fight(w, d)
    assert d.attacks == 1.0
    assert d.deaths == deaths


# -- what a tick adds to the records


def test_losses_are_counted_wherever_they_are_read(w):
    d = w.dyads[PATRON_FOE]
    vars(d).update(
        attacks=2.0,
        deaths=6.0,
        step_attacks=1.0,
        step_deaths=2.0,
        cum_attacks=3.0,
        deaths_week=4.0,
        deaths_quarter=2.0,
    )
    w.parties[FOE].losses = 5.0
    w.rates.keep_week, w.rates.keep_quarter, w.clock.deaths_scale = 0.75, 0.9, 1.5
    w.tally.attacks, w.tally.fatalities = 10.0, 20.0
    rules.count_losses(w, d)
    assert w.parties[FOE].losses == 11.0
    assert (d.step_attacks, d.step_deaths, d.cum_attacks) == (3.0, 8.0, 5.0)
    assert (d.deaths_week, d.deaths_quarter) == pytest.approx((12.0 - 8.0 * 0.75, 12.0 - 10.0 * 0.9))
    assert (w.tally.attacks, w.tally.fatalities, w.tally.aftermath) == (12.0, 29.0, 0.0)


@pytest.mark.parametrize(("ceased", "aftermath"), [(-17.5, 4.0), (-18.0, 0.0), (10.0, 4.0)])
def test_attacks_in_the_four_weeks_after_a_ceasefire(w, ceased, aftermath):
    w.dyads[PATRON_FOE].attacks, w.pairs[1].ceased_day = 2.0, ceased
    for _ in range(2):
        rules.count_losses(w, w.dyads[PATRON_FOE])
    assert w.tally.aftermath == aftermath


def test_excitation_remembers_own_attacks_and_answers_others(w):
    d = w.dyads[PATRON_FOE]
    w.par.violence.n_own, w.par.violence.n_rec, w.par.violence.n_ally = 0.3, 0.2, 0.1
    w.rates.keep_excitation = 0.75
    d.attacks, w.dyads[FOE_PATRON].seen, d.allied_attacks, d.responsive, d.excitation = (
        2.0,
        3.0,
        4.0,
        0.5,
        2.0,
    )
    rules.excite(w, d)
    triggered = (0.3 * 2.0 + 0.5 * (0.2 * 3.0 + 0.1 * 4.0)) / 0.5
    assert d.excitation == pytest.approx(triggered + (2.0 - triggered) * 0.75)
    w.par.switches.excitation, d.excitation = 0, 2.0
    rules.excite(w, d)
    assert d.excitation == 2.0


def test_a_tick_of_violence_is_fought_on_all_sides_and_then_counted(w):
    for d in w.dyads:
        d.mu, d.tick_luck[U_COUNT], d.deaths, d.attacks = 8.0, 0.9, 7.0, 7.0
    w.targets[0].lbar, w.targets[0].tick_luck[U_COUNT] = 8.0, 0.9
    hold_fire(w, ALLY_FOE)
    f = w.factions[1]
    f.hawkishness, f.discontent, w.par.spoilers.inside = 1.0, 1.0, 1e9
    rules.violence(w)
    fought = [d.attacks for d in w.dyads]
    own = count(8.0 * 0.5, w.par.violence.dispersion * 0.5, 0.9)
    assert fought == [own + 1.0, own, own, own, 7.0, 7.0]
    assert w.tally.inside_attacks == 1.0
    assert w.targets[0].attacks > 0.0
    assert [d.cum_attacks for d in w.dyads] == [*fought[:4], 0.0, 0.0]
    assert w.tally.attacks == sum(fought[:4])


def test_every_spoiler_strikes(w):
    w.targets.append(Target(spoiler=0, victim=FOE, blamed=ALLY_FOE, deaths_per_event=3.0))
    for t in w.targets:
        t.lbar, t.tick_luck[U_COUNT] = 8.0, 0.9
    rules.violence(w)
    assert [t.attacks > 0.0 for t in w.targets] == [True, True]


def test_luck_of_a_faction_is_its_own(w):
    assert event_uniform(7, 9, 20, 21, 22, 0) != event_uniform(7, 9, 20, 23, 24, 0)


# -- waiting to see what a patron's truce brings


@pytest.fixture
def waiting(patronised):
    """Patron and foe in a truce of five days; the ally waits for 20 days on end."""
    w = patronised
    w.par.switches.adherence, w.par.violence.patience = 1, 20.0
    w.pairs[1].truce_state, w.pairs[1].truce_start = codes.IN_FORCE, 5.0
    hold_fire(w, PATRON_FOE)
    return w


@pytest.mark.parametrize("dyad", [FOE_ALLY, ALLY_FOE])
def test_an_ally_and_its_foe_wait_while_the_patrons_truce_is_young(waiting, dyad):
    d = waiting.dyads[dyad]
    assert rules.waiting(waiting, d) == pytest.approx(math.exp(-5.0 / 20.0))
    waiting.pairs[1].truce_start = 12.0
    assert rules.waiting(waiting, d) == 1.0
    waiting.par.switches.adherence = 0
    assert rules.waiting(waiting, d) == 0.0


@pytest.mark.parametrize("case", ["no truce", "not held", "another foe", "no foe", "no patron"])
def test_nobody_waits_without_a_truce_between_patron_and_foe(waiting, case):
    w, ally, patron = waiting, waiting.parties[ALLY], waiting.parties[PATRON]
    if case == "no truce":
        w.pairs[1].truce_state = codes.OFFERED
    elif case == "not held":
        w.dyads[PATRON_FOE].truce_until = 6.0
    elif case == "another foe":
        patron.main_foe = ALLY
    elif case == "no foe":
        patron.foe_dyad = codes.NOBODY
    else:
        ally.patron = codes.NOBODY
    assert [rules.waiting(w, w.dyads[k]) for k in (FOE_ALLY, ALLY_FOE)] == [0.0, 0.0]


def test_the_patron_itself_does_not_wait(waiting):
    assert rules.waiting(waiting, waiting.dyads[FOE_PATRON]) == 0.0


def heat(w, dyad):
    """Heat of a dyad with nothing but exposure, waiting and alarm in it."""
    d = w.dyads[dyad]
    w.par.endurance.discontent_normal = 1.0 - w.parties[d.source].discipline
    return rules.escalation(w, w.parties[d.source], d)


def test_the_foe_presses_less_and_both_hush(waiting):
    """The patron is bound by its truce as far as it keeps it, or, with the switch off, by the class of the truce."""
    w = waiting
    w.dyads[PATRON_FOE].adherence, w.dyads[PATRON_FOE].truce_restraint = 0.25, 0.5
    w.par.violence.hush, w.par.violence.waits, w.par.ceasefires.settle_days = 0.4, 0.7, 50.0
    w.par.ceasefires.held = 0.25
    free, wait = 0.25 * math.exp(-0.1), math.exp(-0.25)
    lost = math.log(1.4 / (0.5 + 0.8 * free * 0.5))
    assert heat(w, FOE_ALLY) == pytest.approx(0.8 * lost * (1.0 - 0.7 * wait) - 0.4 * wait)
    assert heat(w, ALLY_FOE) == pytest.approx(-0.4 * wait)
    hold_fire(w, ALLY_FOE)
    assert heat(w, ALLY_FOE) == pytest.approx(0.0)
    w.par.switches.adherence = 0
    assert heat(w, FOE_ALLY) == pytest.approx(0.8 * math.log(1.4 / 0.7))
    assert heat(w, ALLY_FOE) == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("until", "holds", "expected"), [(10.5, False, 0.35), (10.0, False, 0.0), (10.5, True, 0.0)]
)
def test_a_side_that_fears_peace_strikes_first(w, until, holds, expected):
    w.par.violence.preempt = 0.35
    w.dyads[ALLY_FOE].alarmed_until = until
    if holds:
        hold_fire(w, ALLY_FOE)
    assert heat(w, ALLY_FOE) == pytest.approx(expected)
    assert heat(w, FOE_ALLY) == pytest.approx(0.0)


# -- truces kept, in part or not at all


@pytest.fixture
def kept(w, monkeypatch):
    """The ally holds fire in a truce five days old; violence under a truce that is kept dies down in 20 days."""
    w.par.switches.adherence, w.par.ceasefires.settle_days, w.par.ceasefires.held = 1, 20.0, 0.2
    monkeypatch.setattr(rules, "CARRIED", 0.9)
    w.parties[ALLY].discipline, w.dyads[ALLY_FOE].truce_restraint = 0.6, 0.3
    w.pairs[0].truce_state, w.pairs[0].truce_start = codes.IN_FORCE, 5.0
    hold_fire(w, ALLY_FOE)
    return w


@pytest.mark.parametrize(
    ("change", "left"),
    [
        ({}, 1.0),
        ({"adherence": 0.2}, 0.2 * math.exp(-0.25)),
        ({"adherence": 0.6}, 0.5 + 0.5 * 0.2 * math.exp(-0.25)),
        ({"adherence": 0.2, "start": 12.0}, 0.2),
        ({"adherence": 0.2, "state": codes.NO_TRUCE}, 0.2),
        ({"agreed": 1, "implementation": 0.5}, 0.55),
        ({"adherence": 0.2, "agreed": 1, "implementation": 1.0}, 0.02 * math.exp(-0.25)),
    ],
)
def test_what_is_left_of_violence_under_a_truce(kept, change, left):
    d, pair = kept.dyads[ALLY_FOE], kept.pairs[0]
    d.adherence = change.get("adherence", 1.0)
    pair.truce_start, pair.truce_state = change.get("start", 5.0), change.get("state", codes.IN_FORCE)
    pair.agreed, pair.implementation = change.get("agreed", 0), change.get("implementation", 0.0)
    assert rules.violence_left(kept, d) == pytest.approx(left)
    assert rules.truce_factor(kept, kept.parties[ALLY], d) == pytest.approx(left)


def test_an_agreement_ends_violence_by_its_lull_where_wars_come_to_rest(kept):
    kept.par.switches.endings, kept.pairs[0].agreed, kept.pairs[0].implementation = 1, 1, 0.5
    assert rules.violence_left(kept, kept.dyads[ALLY_FOE]) == 1.0


def test_a_truce_restrains_by_how_it_is_kept_and_in_the_first_version_by_discipline(kept):
    source, d = kept.parties[ALLY], kept.dyads[ALLY_FOE]
    d.adherence, kept.pairs[0].truce_start, source.discipline = 0.1, 10.0, 0.9
    assert rules.truce_factor(kept, source, d) == pytest.approx(0.1)
    kept.pairs[0].truce_scope, kept.par.ceasefires.local_share = codes.LOCAL_SCOPE, 0.4
    assert rules.truce_factor(kept, source, d) == pytest.approx(1.0 - 0.4 * 0.9)
    d.chastened_until, kept.par.ceasefires.chastened = 11.0, 0.6
    assert rules.truce_factor(kept, source, d) == pytest.approx(1.0 - 0.4 * (1.0 - 0.06))
    kept.par.switches.adherence = 0
    assert rules.truce_factor(kept, source, d) == pytest.approx(1.0 - 0.4 * 0.9 * (1.0 - 0.3 * 0.6))


@pytest.mark.parametrize(("on", "before"), [(0, 8.0), (1, 8.0 * 0.6)])
def test_what_was_put_off_goes_stale_under_a_truce(fighting, on, before):
    w, d = fighting, fighting.dyads[PATRON_FOE]
    w.par.switches.adherence, w.rates.keep_stale = on, 0.6
    hold_fire(w, PATRON_FOE)
    d.truce_restraint, d.adherence = 0.3, 0.3
    rules.fight(w, d)
    assert d.restraint == pytest.approx(0.3)
    assert d.backlog == pytest.approx(before + 0.4 * 0.7 * 7.0 * 0.5)


def test_what_was_put_off_is_released_as_before_once_nothing_restrains(fighting):
    fighting.par.switches.adherence, fighting.rates.keep_stale = 1, 0.6
    rules.fight(fighting, fighting.dyads[PATRON_FOE])
    assert fighting.dyads[PATRON_FOE].backlog == pytest.approx(6.0)


@pytest.mark.parametrize("case", ["off", "on", "holds fire", "provocations"])
def test_the_toll_of_war_is_counted_while_it_is_fought(w, case):
    d = w.dyads[PATRON_FOE]
    d.deaths, d.toll, w.rates.keep_toll = 6.0, 4.0, 0.75
    w.par.switches.bargaining, d.lethal = int(case != "off"), int(case != "provocations")
    if case == "holds fire":
        hold_fire(w, PATRON_FOE)
    rules.count_losses(w, d)
    assert d.toll == pytest.approx(12.0 - 8.0 * 0.75 if case == "on" else 4.0)


def test_who_is_disarmed_attacks_less(w):
    w.parties[PATRON].demobilised, w.dyads[PATRON_FOE].suspended = 0.4, 0.5
    assert rules.active_share(w, w.parties[PATRON], w.dyads[PATRON_FOE]) == pytest.approx(0.3)
