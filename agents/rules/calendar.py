"""CALENDAR: what stands on the date before anyone acts: seasons, moves of the policy, triggered conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.agents.codes import (
    AGAINST_MODEL,
    BLOCK,
    BY_POLICY,
    CHANGE_ACTORS,
    CONTEXT,
    CONTEXT_CHANGED,
    IMPOSE,
    KEEP_PEACE,
    LEVER_SET,
    MOVE_BLOCKED,
    MOVE_IMPOSED,
    NEW_LEADER,
    NOBODY,
    OPEN_WINDOW,
    PARTY,
    PEACEKEEPERS,
    SET_LEVER,
    SIGN,
    SIGN_BY_POLICY,
    SILENCE,
    SPLIT_BY_POLICY,
    VOTE,
    WATCH_ATTACKS,
    WATCH_DEATHS,
    WATCH_READINESS,
    WATCH_TALKS,
    WATCH_TRUCE,
    WATCH_TRUST,
    WORLD,
)
from detente.agents.rules.chance import event_uniform
from detente.agents.rules.chronicle import log
from detente.agents.rules.comings import change_actors
from detente.agents.rules.rates import set_rates
from detente.agents.rules.registry import rule
from detente.agents.state import ALL_TOPICS

if TYPE_CHECKING:
    from detente.agents.state import Condition, Day, Dyad, Move, Pair, World


LEAST_SEASON = 0.02


@rule
def today(w: World) -> Day:
    """The calendar day of the present tick; the last day stands for all later ones."""
    return w.days[min(int(w.clock.day), len(w.days) - 1)]


@rule
def clear_counts(w: World) -> None:
    """Forget the counts of the last political step."""
    for p in w.parties:
        p.losses = 0.0
    for d in w.dyads:
        d.step_attacks = 0.0
        d.step_deaths = 0.0


@rule
def turn_to_tick(w: World, k: int) -> None:
    """Set the clock to the beginning of the present tick, the k-th of its step; the first begins new counts."""
    w.clock.day = w.clock.tick * w.clock.tick_days
    if k == 0:
        clear_counts(w)


@rule
def next_tick(w: World) -> None:
    """A tick is over."""
    w.clock.tick += 1


@rule
def next_step(w: World) -> None:
    """A political step is over; the last one may be shorter."""
    w.clock.step += 1
    if w.clock.step + 1 == w.clock.horizon:
        end_with_the_case(w)


@rule
def end_with_the_case(w: World) -> None:
    """Shorten the step that begins where fewer ticks of the case are left, and set its rates.

    A step of one tick leaves no rest, and the length of a tick never changes.
    """
    c = w.clock
    left = int(len(w.days) / c.tick_days) - c.tick
    if c.ticks_per_step > 1 and left < c.ticks_per_step:
        c.ticks_per_step = left
        c.step_days = left * c.tick_days
        set_rates(w)


@rule
def turn_year(w: World) -> None:
    """Draw this year's amplitude of the season, once a year."""
    c = w.clock
    year = today(w).year
    if year != c.season_year:
        c.season_year = year
        u = event_uniform(c.seed_lo, c.seed_hi, year, c.key_lo, c.key_hi, 0)
        c.season_strength = 1.0 + w.par.violence.season_spread * (2.0 * u - 1.0)


@rule
def season_factor(w: World) -> float:
    """The day's seasonal factor of violence at this year's amplitude; never quite nothing."""
    return max(1.0 + w.clock.season_strength * (today(w).season - 1.0), LEAST_SEASON)


@rule
def calendar(w: World) -> None:
    """Turn the page: the year's season, the policy's moves of the day."""
    turn_year(w)
    carry_out_moves(w)


@rule
def carry_out_moves(w: World) -> None:
    """Carry out the policy's dated moves that fall due before the tick ends, then those whose condition is met."""
    end_of_tick = w.clock.day + w.clock.tick_days
    for i in range(w.clock.next_move, len(w.moves)):
        m = w.moves[i]
        if m.condition == NOBODY:
            if m.day >= end_of_tick:
                break
            w.clock.next_move = i + 1
            carry_out(w, m)
    if len(w.conditions) == 0:
        return
    for k in w.conditions:
        watch(w, k)
    for m in w.moves:
        if m.condition != NOBODY and m.done == 0 and is_due(w, m, end_of_tick):
            carry_out(w, m)


@rule
def is_due(w: World, m: Move, end_of_tick: float) -> bool:
    """Whether the condition of a triggered move is met, in the time in which it may be made."""
    return w.conditions[m.condition].met == 1 and m.day < end_of_tick and w.clock.day < m.expires


@rule
def carry_out(w: World, m: Move) -> None:
    """Carry out one move: impose or rule out a decision, set a lever, or change the context."""
    m.done = 1
    if m.effect == IMPOSE:
        choice = w.choices[m.subject]
        choice.imposed = IMPOSE
        choice.from_day = m.from_day
        choice.until_day = m.until_day
        choice.amount = m.amount
        choice.scope = m.scope
    elif m.effect == SILENCE:
        w.choices[m.subject].silent_until = m.until_day
    elif m.effect == BLOCK:
        choice = w.choices[m.subject]
        choice.blocked_until = m.until_day
        log(w, w.clock.day, MOVE_BLOCKED, PARTY, m.actor, WORLD, NOBODY, m.subject, BY_POLICY, m.until_day)
    elif m.effect == SET_LEVER:
        w.parties[m.actor].levers[m.subject] = m.amount
        log(w, w.clock.day, LEVER_SET, PARTY, m.actor, WORLD, NOBODY, m.subject, BY_POLICY, m.amount)
    elif m.effect == CONTEXT:
        change_context(w, m)
    elif m.effect == CHANGE_ACTORS:
        change_actors(w, m)
    elif m.effect == SPLIT_BY_POLICY:
        w.spoilers[m.subject].by_policy_until = m.until_day
    elif m.effect == KEEP_PEACE:
        send_peacekeepers(w, m)
    else:
        note_agreement(w, m)


@rule
def note_agreement(w: World, m: Move) -> None:
    """What the policy says of a pair's agreement: signed or put to the vote in this step, or left to it for a time."""
    if w.par.switches.settlement == 0:
        return
    pair = w.pairs[m.subject]
    if m.effect == SIGN:
        pair.signing = m.topics if m.topics > 0 else ALL_TOPICS
        pair.signing_truce = 0 if m.amount == 0.0 else 1
    elif m.effect == SIGN_BY_POLICY:
        pair.by_policy_until = max(pair.by_policy_until, m.until_day)
    elif m.effect == VOTE:
        pair.vote = m.amount
        pair.voter = m.actor


@rule
def send_peacekeepers(w: World, m: Move) -> None:
    """Peacekeepers from outside come to stand between two parties, in a new strength, or leave (0)."""
    if w.par.switches.endings == 0:
        return
    pair = w.pairs[m.subject]
    pair.peacekeepers = m.amount
    log(w, w.clock.day, PEACEKEEPERS, PARTY, pair.a, PARTY, pair.b, m.subject, BY_POLICY, m.amount)


@rule
def change_context(w: World, m: Move) -> None:
    """A fact of the world: a window of opportunity opens for a party, or closes (a setback); a leader takes over."""
    if m.subject == NEW_LEADER:
        p = w.parties[m.actor]
        p.successor = m.amount if m.amount >= 0.0 else p.hawkishness_start
        p.successor_risk = m.risk
        return
    sign = 1.0 if m.subject == OPEN_WINDOW else -1.0
    amount = m.amount if m.amount >= 0.0 else 0.5
    p = w.parties[m.actor]
    p.window = min(max(p.window + sign * amount, -2.0), 2.0)
    log(w, w.clock.day, CONTEXT_CHANGED, PARTY, m.actor, WORLD, NOBODY, m.subject, BY_POLICY, sign * amount)


@rule
def watch(w: World, k: Condition) -> None:
    """Count the days on which a declared condition holds, up to the length asked for."""
    if k.met == 1:
        return
    pair = w.pairs[k.subject]
    value = watched_value(w, k, pair)
    level = k.level
    if k.relative == 1:
        level = k.level * (w.dyads[pair.ab].deaths_quarter + w.dyads[pair.ba].deaths_quarter)
    holds = value < level if k.below == 1 else value > level
    k.held = k.held + w.clock.tick_days if holds else 0.0
    if k.held >= k.for_days:
        k.met = 1


@rule
def watched_value(w: World, k: Condition, pair: Pair) -> float:
    """The present value of what a condition watches: rates per day, trust and readiness 0 to 1, truce age in days."""
    ab = w.dyads[pair.ab]
    ba = w.dyads[pair.ba]
    value = 0.0
    if k.watches == WATCH_DEATHS:
        value = ab.deaths_week + ba.deaths_week
    elif k.watches == WATCH_ATTACKS:
        value = ab.conduct_seen + ba.conduct_seen
    elif k.watches == WATCH_TRUST:
        value = min(ab.trust, ba.trust)
    elif k.watches == WATCH_READINESS:
        value = pair.readiness
    elif k.watches == WATCH_TRUCE:
        if both_hold_fire(w, ab, ba):
            value = w.clock.day - pair.truce_start
    elif k.watches == WATCH_TALKS:
        value = pair.progress
    return value


@rule
def holds_fire(w: World, d: Dyad) -> bool:
    """Whether the source of a dyad is bound by a truce towards its target today."""
    return d.truce_from <= w.clock.day and w.clock.day < d.truce_until


@rule
def both_hold_fire(w: World, ab: Dyad, ba: Dyad) -> bool:
    """Whether both sides are bound today."""
    return holds_fire(w, ab) and holds_fire(w, ba)


@rule
def note_imposed(w: World, actor: int, subject: int, forbidden: bool, hazard: float) -> None:
    """Log an imposed decision, and count it where the rule would not have taken it."""
    why = AGAINST_MODEL if forbidden else BY_POLICY
    if forbidden:
        w.tally.against_model += 1.0
    log(w, w.clock.day, MOVE_IMPOSED, PARTY, actor, WORLD, NOBODY, subject, why, hazard)
