"""Attribution (E3): phi = phi0 (1 - monitoring)(1 - hotline), and what the blamed attacks set off."""

import pytest
from worlds import ALLY_FOE, FOE_ALLY, FOE_PATRON, PATRON_FOE, world

from detente.agents.rules.attribution import attribution, blame, blame_spoiler, p_mistaken
from detente.agents.state import U_BLAME, Ally


@pytest.mark.parametrize(
    ("monitoring", "hotline", "expected"),
    [(0.0, 0.0, 0.4), (0.5, 0.0, 0.2), (0.0, 0.25, 0.3), (0.5, 0.2, 0.16)],
)
def test_monitoring_and_hotlines_cut_the_mistakes(monitoring, hotline, expected):
    w = world()
    assert p_mistaken(w, 0.4, monitoring, hotline) == pytest.approx(expected)
    w.par.switches.attribution = 0
    assert p_mistaken(w, 0.4, monitoring, hotline) == 0.0


@pytest.fixture
def attacked():
    """The foe attacked the ally three times; where one is mistaken the patron is blamed. Mistakes at 0.1."""
    w = world()
    d = w.dyads[FOE_ALLY]
    d.attacks, d.blamed = 3.0, PATRON_FOE
    w.par.attribution.mistaken, w.par.attribution.mistaken_spoiler = 0.4, 0.8
    w.pairs[0].monitoring, w.pairs[0].hotline = 0.5, 0.5
    return w


@pytest.mark.parametrize(("u", "named", "mistaken"), [(0.1, FOE_ALLY, 0.0), (0.09, PATRON_FOE, 1.0)])
def test_the_author_or_another_foe_is_named(attacked, u, named, mistaken):
    w, d = attacked, attacked.dyads[FOE_ALLY]
    d.tick_luck[U_BLAME] = u
    w.dyads[named].seen = 1.0
    blame(w, d)
    assert [k.seen for k in w.dyads] == [4.0 if k.index == named else 0.0 for k in w.dyads]
    blame(w, d)
    assert w.tally.mistaken == 2.0 * mistaken


def test_who_has_no_double_is_named(attacked):
    d = attacked.dyads[FOE_ALLY]
    d.blamed = -1
    blame(attacked, d)
    assert (d.seen, attacked.tally.mistaken) == (3.0, 0.0)


@pytest.mark.parametrize(("u", "seen", "mistaken"), [(0.2, 0.0, 0.0), (0.19, 2.0, 1.0)])
def test_a_spoilers_attacks_are_nobodys_or_the_main_foes(attacked, u, seen, mistaken):
    w, t = attacked, attacked.targets[0]
    t.attacks, t.tick_luck[U_BLAME] = 2.0, u
    blame_spoiler(w, t)
    blame_spoiler(w, t)
    assert (w.dyads[FOE_ALLY].seen, w.tally.mistaken) == (2.0 * seen, 2.0 * mistaken)


@pytest.mark.parametrize("fields", [{"attacks": 0.0}, {"blamed": -1, "attacks": 2.0}])
def test_no_attack_or_nobody_to_blame(attacked, fields):
    t = attacked.targets[0]
    vars(t).update(fields)
    blame_spoiler(attacked, t)
    assert (attacked.tally.mistaken, sum(d.seen for d in attacked.dyads)) == (0.0, 0.0)


def test_what_is_seen_excites_the_victim_and_its_allies():
    """X <- e X + (1 - e)(n_own N + n_rec N' + n_ally N'_allies) / dt, on the attacks of this tick."""
    w = world(allies=[Ally(FOE_ALLY, PATRON_FOE, 0.5), Ally(FOE_ALLY, FOE_PATRON, 0.25)])
    v = w.par.violence
    v.n_own, v.n_rec, v.n_ally = 0.3, 0.2, 0.1
    w.rates.keep_excitation = 0.75
    for d in w.dyads:
        d.seen, d.allied_attacks, d.tick_luck[U_BLAME] = 9.0, 9.0, 0.99
    w.dyads[PATRON_FOE].attacks, w.dyads[FOE_PATRON].attacks, w.dyads[ALLY_FOE].attacks = 4.0, 8.0, 1.0
    w.dyads[4].attacks = 5.0  # patron and ally do not fight
    attribution(w)
    assert [d.seen for d in w.dyads] == [1.0, 0.0, 4.0, 8.0, 0.0, 0.0]
    assert [d.allied_attacks for d in w.dyads] == [0.0, 4.0, 0.0, 0.0, 0.0, 0.0]
    triggered = (0.2 * 1.0 + 0.1 * 4.0) / 0.5
    assert w.dyads[FOE_ALLY].excitation == pytest.approx(0.25 * triggered)
    assert w.dyads[ALLY_FOE].excitation == pytest.approx(0.25 * 0.3 / 0.5)
    assert w.dyads[4].excitation == 0.0


def test_a_quiet_tick_is_blamed_on_nobody():
    w = world()
    for d in w.dyads:
        d.attacks, d.tick_luck[U_BLAME] = 0.0, 0.0
    attribution(w)
    assert w.tally.mistaken == 0.0


def test_a_spoilers_bomb_is_part_of_what_is_seen():
    w = world()
    w.targets[0].attacks = 2.0
    attribution(w)
    assert w.dyads[FOE_ALLY].seen == 2.0
