"""Luck drawn ahead in compiled runs: the rule's numbers, whatever the length of a reserve and wherever a run begins."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.agents.rules import luck
from detente.agents.rules.chance import TICK_PURPOSE, philox, unit
from detente.model import luck_ahead
from detente.model.luck_ahead import (
    AHEAD,
    FEWEST,
    draw_row,
    fill_ahead,
    look_ahead,
    luck_fields,
    reserve_tables,
)

SEED = (7, 2**31 + 9)
word = st.integers(0, 2**32 - 1)


def small_world(n, *, length=4, steps=1000, ticks_per_step=1):
    """One row of draws and its reserve, as the compiled world has them."""
    row = np.zeros(n)
    clock = SimpleNamespace(seed_lo=SEED[0], seed_hi=SEED[1], ticks_per_step=ticks_per_step)
    w = SimpleNamespace(
        clock=clock,
        prospect=SimpleNamespace(address=row.ctypes.data, length=length, ticks=0, steps=0),
        reserves=[SimpleNamespace(place=0, first=0, end=0)],
        reserve_of=np.zeros(1, dtype=np.int32),
        reserved=np.full((n + n % 2) * length, np.nan),
    )
    look_ahead(w, steps)
    return w, row


def by_the_rule(w, n, counter, purpose, key):
    row = [0.0] * n
    luck.fill(w, row, counter, purpose, *key)
    return row


@settings(max_examples=60, deadline=None)
@given(
    n=st.integers(1, 9),
    length=st.integers(1, 12),
    counters=st.lists(st.integers(0, 40), min_size=1, max_size=12),
    purpose=st.sampled_from((0, TICK_PURPOSE)),
    key=st.tuples(word, word),
)
def test_reserves_hold_the_rules_draws_in_any_order(n, length, counters, purpose, key):
    w, row = small_world(n, length=length)
    for counter in counters:
        fill_ahead(w, row, counter, purpose, *key)
        assert row.tolist() == by_the_rule(w, n, counter, purpose, key)


@settings(max_examples=60, deadline=None)
@given(counter=st.integers(0, 2**31), purpose=word, key=st.tuples(word, word), seed=st.tuples(word, word))
def test_a_row_is_philox_counter_by_counter(counter, purpose, key, seed):
    even, odd = np.zeros(3), np.zeros(3)
    draw_row(even, odd, counter, purpose, *key, *seed)
    for i in range(3):
        a, b, c, d = philox(counter + i, purpose, *key, *seed)
        assert (even[i], odd[i]) == (unit(a, b), unit(c, d))


def test_a_reserve_is_drawn_once_and_then_read(monkeypatch):
    w, row = small_world(2, length=4)
    drawn = []
    real = luck_ahead.draw_row
    monkeypatch.setattr(luck_ahead, "draw_row", lambda *given: drawn.append(given[2]) or real(*given))
    for counter in range(10):
        fill_ahead(w, row, counter, 0, 5, 6)
    assert drawn == [0, 4, 8]


@pytest.mark.parametrize(("purpose", "stop"), [(0, 3), (TICK_PURPOSE, 21)])
def test_nothing_is_drawn_for_what_lies_beyond_the_stop(purpose, stop):
    w, row = small_world(2, length=64, steps=3, ticks_per_step=7)
    fill_ahead(w, row, 1, purpose, 5, 6)
    assert w.reserves[0].end == stop
    assert np.isfinite(w.reserved).sum() == 2 * (stop - 1)


def test_a_run_past_its_stop_still_has_luck():
    w, row = small_world(1, length=8, steps=2)
    fill_ahead(w, row, 5, 0, 5, 6)
    assert row.tolist() == by_the_rule(w, 1, 5, 0, (5, 6))


def test_another_run_forgets_the_luck_of_the_last():
    w, row = small_world(2)
    fill_ahead(w, row, 0, 0, 5, 6)
    before = row.tolist()
    w.clock.seed_lo += 1
    look_ahead(w, 1000)
    fill_ahead(w, row, 0, 0, 5, 6)
    assert row.tolist() == by_the_rule(w, 2, 0, 0, (5, 6)) != before


# -- where the reserves lie


@pytest.fixture(scope="module")
def start(workshop):
    return workshop.opening(workshop.tables())


def test_every_luck_field_has_a_reserve_of_its_own(start):
    tables = reserve_tables(start.layout, start.buffer)
    fields = luck_fields(start.layout)
    places = tables["reserves"]["place"].tolist()
    ends = [place + n * AHEAD for place, (_, n) in zip(places, fields, strict=True)]
    assert places == [0, *ends[:-1]]
    assert len(tables["reserved"]) == ends[-1]
    assert [tables["reserve_of"][at] for at, _ in fields] == list(range(len(fields)))
    assert all(n % 2 == 0 for _, n in fields)


def test_many_records_have_shorter_reserves(start, monkeypatch):
    whole = reserve_tables(start.layout, start.buffer)["reserved"].nbytes
    monkeypatch.setattr(luck_ahead, "MOST_BYTES", whole // 2)
    halved = reserve_tables(start.layout, start.buffer)
    assert halved["prospect"]["length"][0] == AHEAD // 2
    assert halved["reserved"].nbytes == whole // 2
    monkeypatch.setattr(luck_ahead, "MOST_BYTES", 0)
    assert reserve_tables(start.layout, start.buffer)["prospect"]["length"][0] == FEWEST


@pytest.mark.parametrize("length", [1, 8, 50])
def test_runs_are_the_same_whatever_the_length(start, workshop, compiled, monkeypatch, length):
    expected = workshop.run(start, 5, n_steps=120).sha256
    monkeypatch.setattr(luck_ahead, "AHEAD", length)
    assert workshop.run(start, 5, n_steps=120).sha256 == expected


def test_runs_in_one_call_do_not_share_their_luck(start, workshop, compiled):
    together = workshop.batch(start, 3, first=1, threads=1).final
    for i in range(3):
        assert np.array_equal(workshop.batch(start, 1, first=1 + i, threads=1).final[0], together[i])
