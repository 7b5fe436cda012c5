"""RECORD: the event log, codes and numbers only, bounded so that both drivers overflow alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.agents.codes import N_SCOPES, NOBODY, PARTY, TRUCE_BEGAN
from detente.agents.rules.registry import rule

if TYPE_CHECKING:
    from detente.agents.state import Pair, World


@rule
def log(
    w: World,
    day: float,
    what: int,
    actor_kind: int,
    actor: int,
    other_kind: int,
    other: int,
    subject: int,
    why: int,
    value: float,
) -> None:
    """Write one event; past the capacity of the log, say so in the clock instead (the drivers raise)."""
    n = w.clock.n_events
    if n >= len(w.events):
        w.clock.event_overflow = 1
        return
    e = w.events[n]
    e.day = day
    e.stage = w.clock.stage
    e.what = what
    e.actor_kind = actor_kind
    e.actor = actor
    e.other_kind = other_kind
    e.other = other
    e.subject = subject
    e.why = why
    e.value = value
    e.form = NOBODY
    e.since = -1.0
    w.clock.n_events = n + 1


@rule
def log_ceasefire(w: World, pair: Pair, why: int) -> None:
    """Write that a ceasefire came into force: its term, its class and scope, and from which day both sides hold."""
    log_truce(w, pair, TRUCE_BEGAN, pair.a, pair.b, why, pair.truce_term, pair.truce_start)


@rule
def log_truce(
    w: World, pair: Pair, what: int, first: int, second: int, why: int, term: float, since: float
) -> None:
    """Write a ceasefire of one side or both, with its class and scope."""
    n = w.clock.n_events
    log(w, w.clock.day, what, PARTY, first, PARTY, second, pair.index, why, term)
    if w.clock.n_events > n:
        e = w.events[n]
        e.form = pair.truce_class * N_SCOPES + pair.truce_scope
        e.since = since
