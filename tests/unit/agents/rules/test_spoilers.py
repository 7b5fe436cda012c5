"""Spoilers (E15): what provokes them, how often they strike, and hardliners who break their own side's truce."""

import math

import pytest
from worlds import (
    ALLY,
    ALLY_FOE,
    FOE,
    FOE_ALLY,
    FOE_PATRON,
    FRONT,
    PATRON_FOE,
    hold_fire,
    logged,
    party,
    world,
)

from detente.agents import codes
from detente.agents.rules.chance import chance, count, event_size, event_uniform
from detente.agents.rules.spoilers import freshness, perceive_threat, spoil_from_inside, strike
from detente.agents.state import U_COUNT, U_SIZE


@pytest.fixture
def w():
    return world()


# -- the threat that peace is


def test_a_young_truce_looks_like_peace_and_an_old_one_less(w):
    s, pair = w.spoilers[0], w.pairs[1]
    w.par.spoilers.patience = 20.0
    pair.truce_state, pair.truce_start = codes.IN_FORCE, 5.0
    assert perceive_threat(w, s) == 0.0
    hold_fire(w, PATRON_FOE)
    assert perceive_threat(w, s) == 0.0
    hold_fire(w, FOE_PATRON)
    assert perceive_threat(w, s) == pytest.approx(math.exp(-5.0 / 20.0))
    pair.truce_state = codes.OFFERED
    assert perceive_threat(w, s) == 0.0
    pair.truce_state, w.dyads[PATRON_FOE].truce_until = codes.IN_FORCE, 10.0
    assert perceive_threat(w, s) == 0.0


@pytest.mark.parametrize(
    ("visibility", "settled", "is_open", "expected"),
    [(1.0, 3, 1, 0.75), (0.4, 3, 1, 0.3), (1.0, 0, 1, 0.0), (1.0, 3, 0, 0.0)],
)
def test_talks_threaten_by_what_is_seen_of_their_progress(w, visibility, settled, is_open, expected):
    t = w.tracks[FRONT]
    t.visibility, t.n_settled, t.is_open = visibility, settled, is_open
    assert perceive_threat(w, w.spoilers[0]) == pytest.approx(expected)


def test_what_is_nearest_to_peace_counts(w):
    hold_fire(w, ALLY_FOE, FOE_ALLY)
    w.pairs[0].truce_state, w.pairs[0].truce_start = codes.IN_FORCE, 10.0 - 90.0 * math.log(2.0)
    for t, settled in zip(w.tracks, (3, 1, 2), strict=True):
        t.is_open, t.visibility, t.n_settled = 1, 1.0, settled
    assert perceive_threat(w, w.spoilers[0]) == 0.75
    w.tracks[FRONT].is_open = 0
    assert perceive_threat(w, w.spoilers[0]) == pytest.approx(0.5)


# -- strikes


@pytest.fixture
def provoked(w):
    """A spoiler that would strike four times a day in quiet times, at a season of 1.5, and feels a threat of 0.9."""
    w.par.spoilers.provoked, w.par.violence.dispersion, w.par.violence.tail = 0.5, 3.0, 2.0
    w.days[0].season = 1.5
    w.spoilers[0].threat = 0.9
    t = w.targets[0]
    t.lbar, t.tick_luck[U_COUNT], t.size_scale = 4.0, 0.6, 9.0
    t.tick_luck[U_SIZE : U_SIZE + 2] = [0.75, 0.75]  # ten deaths each
    return w


@pytest.mark.parametrize("u", [0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98])
@pytest.mark.parametrize(("on", "factor"), [(1, math.exp(0.45)), (0, 1.0)])
def test_peace_that_nears_multiplies_the_strikes(provoked, u, on, factor):
    w, t = provoked, provoked.targets[0]
    w.par.switches.spoilers, t.tick_luck[U_COUNT] = on, u
    strike(w, t)
    assert t.attacks == count(4.0 * 1.5 * factor * 0.5, 1.5, u)


def single(w, n=1):
    """The highest luck, in thousandths, by which the target is struck n times."""
    t = w.targets[0]
    for k in range(999, 0, -1):
        t.tick_luck[U_COUNT] = k / 1000.0
        if count(4.0 * 1.5 * math.exp(0.45) * 0.5, 1.5, k / 1000.0) == n:
            return t
    raise AssertionError("no luck gives that many")


def test_a_strike_is_counted_wherever_it_is_read(provoked):
    w, t = provoked, single(provoked)
    w.clock.deaths_scale, w.parties[ALLY].losses = 1.5, 4.0
    strike(w, t)
    assert (w.spoilers[0].cum_attacks, w.parties[ALLY].losses) == (1.0, 14.0)
    assert (w.tally.spoiler_attacks, w.tally.provoked_attacks, w.tally.fatalities) == (1.0, 1.0, 15.0)
    assert logged(w) == [("spoiler_strike", ("spoiler", 0), party(ALLY), -1, "peace was near", 10.0)]
    strike(w, t)
    assert (w.spoilers[0].cum_attacks, w.parties[ALLY].losses) == (2.0, 24.0)
    assert (w.tally.spoiler_attacks, w.tally.provoked_attacks, w.tally.fatalities) == (2.0, 2.0, 30.0)


def test_a_quiet_tick_leaves_no_trace(provoked):
    t = single(provoked, 0)
    t.attacks = 3.0
    strike(provoked, t)
    assert (t.attacks, provoked.tally.spoiler_attacks, logged(provoked)) == (0.0, 0.0, [])


def test_unprovoked_strikes_are_not_counted_as_provoked(provoked):
    provoked.par.switches.spoilers = 0
    t = provoked.targets[0]
    t.tick_luck[U_COUNT] = 0.7
    strike(provoked, t)
    assert provoked.tally.spoiler_attacks == t.attacks > 0.0
    assert (provoked.tally.provoked_attacks, logged(provoked)) == (0.0, [])


@pytest.mark.parametrize(
    ("threat", "scale", "told"), [(0.9, 9.0, True), (0.89, 9.0, False), (0.9, 8.0, False)]
)
def test_only_notable_strikes_are_told(provoked, threat, scale, told):
    w = provoked
    w.spoilers[0].threat = threat
    t = single(w)
    t.size_scale = scale
    strike(w, t)
    assert w.tally.spoiler_attacks == 1.0
    assert bool(logged(w)) is told


# -- hardliners inside a party


@pytest.fixture
def hardliners(w):
    """Hardliners with a share of 0.6 in the ally, which holds fire; every other tick one of them would strike."""
    f = w.factions[0]
    f.hawkishness, f.discontent = 0.5, 0.4
    w.par.violence.tail = 2.0
    d = w.dyads[ALLY_FOE]
    d.size_scale, d.suspended = 80.0, 0.25
    w.days[0].severity = 0.5
    w.parties[ALLY].main_foe = FOE
    hold_fire(w, ALLY_FOE)
    return w


def draws(w, f):
    return [event_uniform(7, 9, w.clock.tick, f.key_lo, f.key_hi, k) for k in (0, 1)]


@pytest.mark.parametrize(("nudge", "struck"), [(1.001, True), (0.999, False)])
def test_discontented_hardliners_strike_at_their_hazard(hardliners, nudge, struck):
    w, f, d = hardliners, hardliners.factions[0], hardliners.dyads[ALLY_FOE]
    u, v = draws(w, f)
    hazard = -math.log1p(-u) / 0.5  # falls due exactly at the draw
    w.par.spoilers.inside = nudge * hazard / (0.6 * 0.5 * 0.4 * 0.75)
    d.attacks, d.deaths = 2.0, 3.0
    for _ in range(2):
        spoil_from_inside(w, f)
    deaths = event_size(v, 40.0, 2.0, 500.0)
    n = 2.0 if struck else 0.0
    assert (d.attacks, d.deaths, w.tally.inside_attacks) == (2.0 + n, 3.0 + n * deaths, n)
    told = ("spoiler_strike", ("faction", 0), party(FOE), -1, "hardliners inside a party", deaths)
    assert logged(w) == [told] * int(n)


@pytest.mark.parametrize(
    ("hawkishness", "on", "struck"), [(0.5, 1, 1.0), (0.499, 1, 0.0), (0.499, 0, 1.0), (0.9, 1, 1.0)]
)
def test_only_hardliners_strike_and_in_the_first_version_anybody(hardliners, hawkishness, on, struck):
    w = hardliners
    w.par.spoilers.inside, w.factions[0].hawkishness, w.par.switches.adherence = 1e9, hawkishness, on
    spoil_from_inside(w, w.factions[0])
    assert w.tally.inside_attacks == struck


def test_a_provocation_of_hardliners_kills_nobody(hardliners):
    w, d = hardliners, hardliners.dyads[ALLY_FOE]
    w.par.spoilers.inside, d.lethal = 1e9, 0
    spoil_from_inside(w, w.factions[0])
    assert (d.attacks, d.deaths) == (1.0, 0.0)


@pytest.mark.parametrize("case", ["switched off", "no foe", "no truce", "suspended"])
def test_no_hardliner_strikes(hardliners, case):
    w = hardliners
    w.par.spoilers.inside = 1e9
    if case == "switched off":
        w.par.switches.spoilers = 0
    elif case == "no foe":
        w.parties[ALLY].foe_dyad = codes.NOBODY
        hold_fire(w, 5)
    elif case == "no truce":
        hold_fire(w, ALLY_FOE, since=11.0)
    else:
        w.dyads[ALLY_FOE].suspended = 1.0
    spoil_from_inside(w, w.factions[0])
    assert (w.tally.inside_attacks, [d.attacks for d in w.dyads]) == (0.0, [0.0] * 6)


def test_chance_of_a_tick_is_below_that_of_a_day():
    assert chance(0.5, 0.5) < chance(0.5, 1.0)


# -- talks that do not move


@pytest.mark.parametrize(("on", "left"), [(0, 1.0), (1, math.exp(-6.0 / 20.0))])
def test_talks_that_do_not_move_cease_to_alarm(w, on, left):
    w.par.switches.bargaining, w.par.spoilers.patience = on, 20.0
    t = w.tracks[FRONT]
    t.is_open, t.visibility, t.n_settled, t.moved_day = 1, 0.4, 3, 4.0
    assert freshness(w, t) == pytest.approx(left)
    assert perceive_threat(w, w.spoilers[0]) == pytest.approx(0.4 * 0.75 * left)
    t.moved_day = 10.0
    assert perceive_threat(w, w.spoilers[0]) == pytest.approx(0.4 * 0.75)
