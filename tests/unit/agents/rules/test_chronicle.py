"""The event log: every field of a line, and what happens when it is full."""

from worlds import world

from detente.agents import codes
from detente.agents.rules.chronicle import log, log_ceasefire
from detente.agents.state import Event


def fields(event):
    return tuple(vars(event).values())


def test_a_line_holds_all_it_is_given():
    w = world()
    log(w, 12.5, 9, 4, 5, 6, 7, 8, 3, 0.25)
    log(w, 13.5, 10, 5, 6, 7, 8, 9, 2, 0.5)
    assert w.clock.n_events == 2
    assert fields(w.events[0]) == fields(
        Event(12.5, 3, what=9, actor_kind=4, actor=5, other_kind=6, other=7, subject=8, why=3, value=0.25)
    )
    assert fields(w.events[1])[0] == 13.5


def test_a_full_log_says_so_and_writes_nothing():
    w = world(events=[Event(day=1.0)])
    log(w, 12.5, 9, 4, 5, 6, 7, 8, 3, 0.25)
    assert (w.clock.n_events, w.clock.event_overflow, w.events[0].day) == (1, 0, 12.5)
    log(w, 13.5, 9, 4, 5, 6, 7, 8, 3, 0.25)
    assert (w.clock.n_events, w.clock.event_overflow, w.events[0].day) == (1, 1, 12.5)


def test_a_ceasefire_is_logged_with_its_class_scope_and_first_day():
    w = world()
    pair = w.pairs[1]
    pair.truce_class, pair.truce_scope = codes.DEFINITIVE, codes.LOCAL_SCOPE
    pair.truce_term, pair.truce_start = 40.0, 12.0
    log_ceasefire(w, pair, codes.BY_POLICY)
    expected = Event(
        10.0,
        3,
        what=codes.TRUCE_BEGAN,
        actor_kind=codes.PARTY,
        actor=2,
        other_kind=codes.PARTY,
        other=1,
        subject=1,
        why=codes.BY_POLICY,
        value=40.0,
        form=5,
        since=12.0,
    )
    assert fields(w.events[0]) == fields(expected)


def test_a_ceasefire_that_finds_no_room_changes_no_line():
    w = world(events=[])
    log_ceasefire(w, w.pairs[1], codes.BY_POLICY)
    assert w.clock.event_overflow == 1
