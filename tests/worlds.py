"""A small world of bare records, to try a rule on with numbers that can be worked out by hand.

A patron (party 2) and its ally (party 0) fight a common foe (party 1).  No case file, no opening and no driver is
involved: a test writes the fields that its rule reads, calls the rule, and looks at the fields that it writes.
"""

from types import SimpleNamespace

from detente.agents import codes
from detente.agents.parameters import Parameters
from detente.agents.state import (
    Ally,
    Choice,
    Clock,
    Day,
    Dyad,
    Event,
    FactionState,
    Measure,
    Mediation,
    MediatorState,
    Pair,
    PartyState,
    Rates,
    SpoilerState,
    Tally,
    Target,
    Track,
    World,
)

ALLY, FOE, PATRON = 0, 1, 2
ALLY_FOE, FOE_ALLY, PATRON_FOE, FOE_PATRON, PATRON_ALLY, ALLY_PATRON = range(6)
"""Dyads: the first acts on the second and judges it."""
FRONT, CHANNEL, BACK = range(3)
"""Tracks: front and backchannel between ally and foe, a direct one between patron and foe without the ally."""
SIDES = ((ALLY, FOE), (PATRON, FOE), (PATRON, ALLY))

DAY = 10.0
STEP_DAYS = 2.0
TICK_DAYS = 0.5

LATER = ("bargaining", "terms", "adherence", "level", "endings", "leaders")
"""Mechanisms that are off here: a test turns on those that it is about, and sees them alone."""

NOT_ONE = {
    "switches": dict.fromkeys(LATER, 0),
    "violence": {"pressed": 0.8},
    "readiness": {"pooled": 0.0, "validation": 0.7, "hawks": 0.6, "window": 1.3, "progress": 1.2},
    "ceasefires": {"holiday": 0.8, "class_step": 1.1},
    "measures": {"price": 1.4},
    "leverage": {"withdrawn": 0.9},
    "strategies": {"bold": 1.2},
}
"""Parameters whose default is 1: as a factor it could be left out unseen."""


def parameters():
    """All parameters, free to be changed one by one."""
    groups = Parameters().model_dump()
    for group, values in NOT_ONE.items():
        groups[group] |= values
    return SimpleNamespace(**{name: SimpleNamespace(**group) for name, group in groups.items()})


def parties():
    """The ally with two factions and a patron; the foe with one; the patron, who holds no forces yet."""
    return [
        PartyState(
            index=ALLY, patron=PATRON, patron_dyad=ALLY_PATRON, main_foe=FOE, foe_dyad=ALLY_FOE, n_factions=2
        ),
        PartyState(index=FOE, main_foe=ALLY, foe_dyad=FOE_ALLY, first_faction=2, n_factions=1),
        PartyState(index=PATRON, main_foe=FOE, foe_dyad=PATRON_FOE, first_faction=3),
    ]


def pairs_and_dyads():
    """Ally and foe, patron and foe, who fight; patron and ally, who do not."""
    pairs, dyads = [], []
    for k, (a, b) in enumerate(SIDES):
        ab, ba, hostile = 2 * k, 2 * k + 1, int(k < 2)
        pairs.append(Pair(index=k, a=a, b=b, ab=ab, ba=ba, hostile=hostile))
        dyads.append(Dyad(index=ab, source=a, target=b, reverse=ba, pair=k, hostile=hostile))
        dyads.append(Dyad(index=ba, source=b, target=a, reverse=ab, pair=k, hostile=hostile))
    return pairs, dyads


def tracks():
    """One front, one direct channel over the ally's head, one backchannel."""
    return [
        Track(index=FRONT, pair=0, form=codes.FRONT),
        Track(index=CHANNEL, pair=1, form=codes.DIRECT, excluded=ALLY),
        Track(index=BACK, pair=0, form=codes.BACKCHANNEL, visibility=0.2),
    ]


def world(**kinds):
    """A world on day 10, in steps of two days and ticks of half a day; ``kinds`` replace sequences of records."""
    pairs, dyads = pairs_and_dyads()
    records = {
        "clock": Clock(
            seed_lo=7,
            seed_hi=9,
            key_lo=11,
            key_hi=13,
            step=5,
            tick=20,
            ticks_per_step=4,
            step_days=STEP_DAYS,
            tick_days=TICK_DAYS,
            day=DAY,
            stage=3,
            horizon=100,
        ),
        "par": parameters(),
        "rates": Rates(),
        "tally": Tally(),
        "days": [Day()],
        "parties": parties(),
        "factions": [
            FactionState(index=0, party=ALLY, share=0.6, key_lo=21, key_hi=22),
            FactionState(index=1, party=ALLY, share=0.4, key_lo=23, key_hi=24),
            FactionState(index=2, party=FOE, share=1.0, key_lo=25, key_hi=26),
        ],
        "mediators": [MediatorState(index=0, skill=0.8), MediatorState(index=1, skill=0.5)],
        "spoilers": [SpoilerState(index=0)],
        "targets": [Target(spoiler=0, victim=ALLY, blamed=FOE_ALLY, lbar=0.4, deaths_per_event=3.0)],
        "dyads": dyads,
        "allies": [Ally(dyad=FOE_ALLY, heard=PATRON_FOE, weight=0.5)],
        "witnesses": [],
        "pairs": pairs,
        "tracks": tracks(),
        "measures": [Measure(index=0, dyad=ALLY_FOE, size=0.4, cost=0.4, max_size=1.0, reversible=1)],
        "mediations": [Mediation(mediator=0, pair=0), Mediation(mediator=1, pair=0)],
        "issues": [],
        "vetoes": [],
        "waits": [],
        "choices": [],
        "moves": [],
        "conditions": [],
        "events": [Event() for _ in range(20)],
    }
    return World(**(records | kinds))


def line(event):
    """An event of the log without its day and stage: (what, who, to whom, subject, why, value)."""
    return (
        codes.EVENTS[event.what],
        (codes.KINDS[event.actor_kind], event.actor),
        (codes.KINDS[event.other_kind], event.other),
        event.subject,
        codes.CAUSES[event.why],
        event.value,
    )


def logged(w):
    """All events of the log so far, one line each; all bear the present day and stage."""
    events = w.events[: w.clock.n_events]
    assert all((e.day, e.stage) == (w.clock.day, w.clock.stage) for e in events)
    return [line(e) for e in events]


def party(index):
    """A party as the log names it."""
    return ("party", index)


NO_ONE = ("world", codes.NOBODY)
"""What the log gives as the other side where there is none."""


def hold_fire(w, *dyads, since=5.0, until=50.0):
    """The sources of these dyads hold fire from one day until another."""
    for k in dyads:
        w.dyads[k].truce_from, w.dyads[k].truce_until = since, until


def choice(w, kind, subject, actor=ALLY, **fields):
    """One more choice in the world, as the last of its list."""
    made = Choice(index=len(w.choices), kind=kind, subject=subject, actor=actor, key_lo=5, key_hi=6, **fields)
    w.choices.append(made)
    return made
