"""Ends (E13, E16): a run ends by a victory or a collapse at once, or is named at its horizon."""

import pytest
from worlds import ALLY, ALLY_FOE, FOE, FOE_ALLY, PATRON, world

from detente.agents import codes
from detente.agents.rules import ends as rules


@pytest.fixture
def w():
    """Three wars between two parties and a patron, in which endings of all kinds can come."""
    w = world()
    w.par.switches.endings = 1
    return w


# -- victories


@pytest.mark.parametrize(
    ("fallen", "state", "patron", "reason"),
    [
        (FOE, 0, codes.NOBODY, "government_victory"),
        (ALLY, 1, PATRON, "collapse"),
        (ALLY, 1, codes.NOBODY, "rebel_victory"),
    ],
)
def test_whose_fall_ends_a_run_how(w, fallen, state, patron, reason):
    w.parties[ALLY].is_state = w.parties[PATRON].is_state = 1
    w.parties[fallen].collapsed, w.parties[fallen].is_state = 1, state
    w.parties[fallen].patron = patron
    rules.close(w)
    assert codes.END_REASONS[w.clock.end_reason] == reason


def test_a_beaten_movement_leaves_the_field_and_others_fight_on(w):
    """Its wars are over at once, with their truces and talks; the run goes on while another war kills."""
    foe = w.parties[FOE]
    w.parties[ALLY].collapsed = 1
    w.pairs[0].truce_state, w.tracks[0].is_open = codes.IN_FORCE, 1
    for k in (FOE_ALLY, ALLY_FOE):
        w.dyads[k].excitation = w.dyads[k].attacks = 3.0
    rules.close(w)
    assert w.clock.end_reason == codes.RUNNING
    assert [p.hostile for p in w.pairs] == [0, 1, 0]
    assert (w.pairs[0].truce_state, w.tracks[0].is_open) == (codes.NO_TRUCE, 0)
    for d in (w.dyads[FOE_ALLY], w.dyads[ALLY_FOE]):
        assert (d.hostile, d.excitation, d.attacks, d.seen) == (0, 0.0, 0.0, 0.0)
    foe.collapsed = 1
    rules.close(w)
    assert w.clock.end_reason == codes.END_GOVERNMENT


# -- at the horizon


@pytest.mark.parametrize(
    ("quiet", "ceased", "age", "reason"),
    [
        ((0, 1), (), 0.0, "faded_out"),
        ((0,), (1,), 400.0, "lasting_truce"),
        ((0,), (1,), 300.0, "fighting_on"),
        ((0,), (), 0.0, "fighting_on"),
    ],
)
def test_what_a_run_has_come_to_at_its_horizon(w, quiet, ceased, age, reason):
    w.clock.horizon, w.clock.day = 6, 500.0
    for k in quiet:
        w.pairs[k].is_quiet = 1
    for k in ceased:
        w.pairs[k].truce_state, w.pairs[k].truce_start = codes.IN_FORCE, 500.0 - age
    rules.close(w)
    assert codes.END_REASONS[w.clock.end_reason] == reason


def test_a_run_that_ends_with_a_partial_agreement_is_settled_in_part(w):
    for k in (0, 1):
        w.pairs[k].agreed = 1
    w.pairs[1].coverage, w.clock.horizon = 0.5, 6
    rules.close(w)
    assert codes.END_REASONS[w.clock.end_reason] == "partial_settlement"


@pytest.mark.parametrize(
    ("agreed", "horizon", "collapsed", "reason", "step"),
    [
        ((), 7, (), "running", -1),
        ((), 6, (), "fighting_on", 5),
        ((), 3, (), "fighting_on", 5),
        ((0,), 6, (), "partial_settlement", 5),
        ((0, 1), 6, (), "settled", 5),
        ((0, 1), 7, (), "running", -1),
        ((), 7, (FOE,), "collapse", 5),
        ((0, 1), 6, (ALLY,), "collapse", 5),
    ],
)
def test_how_a_run_of_the_first_version_ends(w, agreed, horizon, collapsed, reason, step):
    w.par.switches.endings = 0
    for k in agreed:
        w.pairs[k].agreed = 1
    for k in collapsed:
        w.parties[k].collapsed = 1
    w.clock.horizon = horizon
    rules.close(w)
    assert codes.END_REASONS[w.clock.end_reason] == reason
    assert w.clock.end_step == step
