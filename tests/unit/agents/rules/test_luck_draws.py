"""Luck: which words of the keyed generator become which draw, and whose luck is drawn when."""

from worlds import world

from detente.agents.rules.chance import TICK_PURPOSE, philox, unit
from detente.agents.rules.luck import draw_step_luck, draw_tick_luck, fill


def expected(counter, purpose, key_lo, key_hi, n):
    """Two draws from each block of four words, blocks numbered from the purpose on."""
    draws = []
    for block in range((n + 1) // 2):
        a, b, c, d = philox(counter, purpose + block, key_lo, key_hi, 7, 9)
        draws += [unit(a, b), unit(c, d)]
    return draws[:n]


def test_a_row_takes_two_draws_from_each_block():
    w = world()
    for n in (1, 2, 5):
        row = [0.0] * n
        fill(w, row, 30, 100, 5, 6)
        assert row == expected(30, 100, 5, 6, n)


def named(records, first):
    """Give each record a name of its own in the random numbers."""
    for i, r in enumerate(records):
        r.key_lo, r.key_hi = first + i, first + 100 + i


def test_the_luck_of_a_tick_is_drawn_for_those_who_fight():
    w = world()
    for first, records in ((1000, w.dyads), (2000, w.targets), (3000, w.pairs)):
        named(records, first)
    draw_tick_luck(w)
    for r in (*w.dyads[:4], *w.targets, *w.pairs[:2]):
        assert r.tick_luck == expected(w.clock.tick, TICK_PURPOSE, r.key_lo, r.key_hi, len(r.tick_luck))
    for r in (*w.dyads[4:], *w.pairs[2:]):
        assert set(r.tick_luck) == {0.0}


def test_the_luck_of_a_step_is_drawn_for_those_who_need_it():
    w = world()
    for first, records in ((1000, w.parties), (2000, w.mediators), (3000, w.pairs), (4000, w.tracks)):
        named(records, first)
    w.parties[0].fragile = w.parties[2].fragile = 1
    w.tracks[0].is_open = w.tracks[2].is_open = 1
    draw_step_luck(w)
    for r in (w.parties[0], w.parties[2], *w.mediators, *w.pairs[:2], w.tracks[0], w.tracks[2]):
        assert r.luck == expected(w.clock.step, 0, r.key_lo, r.key_hi, len(r.luck))
    for r in (w.parties[1], w.pairs[2], w.tracks[1]):
        assert set(r.luck) == {0.0}
