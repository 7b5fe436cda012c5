"""Numbers that stand for words inside records, and the one table that turns them back into words.

Rules and records hold numbers, because compiled code has no strings; people see words.  Each group below is a set of
module constants (compiled code freezes them) and a tuple of words in the same order.
"""

from __future__ import annotations

from typing import Final, NamedTuple

NOBODY: Final = -1

# -- kinds of record an event can point at
WORLD: Final = 0
PARTY: Final = 1
FACTION: Final = 2
MEDIATOR: Final = 3
SPOILER: Final = 4
KINDS: Final = ("world", "party", "faction", "mediator", "spoiler")

# -- why a run ended (``Clock.end_reason``)
RUNNING: Final = 0
END_COLLAPSE: Final = 1
END_SETTLED: Final = 2
END_PARTIAL: Final = 3
END_FIGHTING: Final = 4
END_GOVERNMENT: Final = 5
END_REBELS: Final = 6
END_FADED: Final = 7
END_TRUCE: Final = 8
END_REASONS: Final = (
    "running",
    "collapse",
    "settled",
    "partial_settlement",
    "fighting_on",
    "government_victory",
    "rebel_victory",
    "faded_out",
    "lasting_truce",
)

# -- what an issue does once it is settled (a ceasefire) or signed (all others)
DOES_NOTHING: Final = 0
DOES_WITHDRAW: Final = 1
DOES_CEASE: Final = 2
DOES_RELEASE: Final = 3
DOES_SHARE: Final = 4
DOES_RECOGNISE: Final = 5
DOES_DEMOBILISE: Final = 6
EFFECTS: Final = (
    "nothing",
    "withdrawal",
    "ceasefire",
    "prisoners",
    "power",
    "recognition",
    "demobilisation",
)

# -- forms of track
FRONT: Final = 0
DIRECT: Final = 1
PROXIMITY: Final = 2
BACKCHANNEL: Final = 3
WORKING: Final = 4
TRACK_FORMS: Final = ("front", "direct", "proximity", "backchannel", "working")

# -- rank of those who sit at a track
WORKING_LEVEL: Final = 0
SENIOR_LEVEL: Final = 1
SUMMIT: Final = 2
TRACK_RANKS: Final = ("working", "senior", "summit")

# -- what a mediator does
FACILITATOR: Final = 0
FORMULATOR: Final = 1
GUARANTOR: Final = 2
MEDIATOR_STYLES: Final = ("facilitator", "formulator", "guarantor")

# -- how a party or a mediator tends to decide
PLAIN: Final = 0
RECIPROCATOR: Final = 1
HARDLINER: Final = 2
OPPORTUNIST: Final = 3
GRIT_INITIATOR: Final = 4
CAUTIOUS: Final = 5
STRATEGIES: Final = ("plain", "reciprocator", "hardliner", "opportunist", "grit_initiator", "cautious")
RIPENESS_SEEKER: Final = 1
PERSISTENT: Final = 2
ENTREPRENEUR: Final = 3
MEDIATOR_STRATEGIES: Final = ("plain", "ripeness_seeker", "persistent", "entrepreneur")

# -- rival theories of readiness
READINESS: Final = 0
RIPENESS: Final = 1
COMMITMENT: Final = 2
RECIPROCITY: Final = 3
THEORIES: Final = ("readiness", "ripeness", "commitment", "reciprocity")

# -- how much of the fighting between two parties a ceasefire covers
DYAD_SCOPE: Final = 0
LOCAL_SCOPE: Final = 1
TRUCE_SCOPES: Final = ("dyad", "local")

# -- classes of ceasefire (Clayton & Sticher 2021)
CESSATION: Final = 0
COMPLIANCE: Final = 1
DEFINITIVE: Final = 2
TRUCE_CLASSES: Final = ("cessation", "preliminary", "definitive")

N_SCOPES: Final = len(TRUCE_SCOPES)
TRUCE_FORMS: Final = tuple((c, s) for c in TRUCE_CLASSES for s in TRUCE_SCOPES)
"""Class and scope by the code under which the chronicle writes them: class times the number of scopes, plus scope."""

# -- states of a ceasefire object
NO_TRUCE: Final = 0
OFFERED: Final = 1
IN_FORCE: Final = 2

# -- what a measure is made of; recognition and posture measures draw on those levers
CONFIDENCE: Final = 0
RECOGNITION: Final = 1
POSTURE: Final = 2
MEASURE_KINDS: Final = ("confidence", "recognition", "posture")

# -- states of a measure
NOT_GIVEN: Final = 0
GIVEN: Final = 1
REVERSED: Final = 2

# -- decisions a party takes; ``Choice.kind``
OFFER_TRUCE: Final = 0
ANSWER_TRUCE: Final = 1
EXTEND_TRUCE: Final = 2
OPEN_TRACK: Final = 3
LEAVE_TRACK: Final = 4
GIVE_MEASURE: Final = 5
ANSWER_MEASURE: Final = 6
REVERSE_MEASURE: Final = 7
DRAW_DOWN: Final = 8
ANSWER_BREACH: Final = 9
LAUNCH_OFFENSIVE: Final = 10
NARROW_MEASURE: Final = 11
DECISIONS: Final = (
    "offer_truce",
    "answer_truce",
    "extend_truce",
    "open_track",
    "leave_track",
    "give_measure",
    "answer_measure",
    "reverse_measure",
    "draw_down",
    "answer_breach",
    "launch_offensive",
    "narrow_measure",
)
MEASURE_DECISIONS: Final = (GIVE_MEASURE, ANSWER_MEASURE, REVERSE_MEASURE, NARROW_MEASURE)
TRACK_DECISIONS: Final = (OPEN_TRACK, LEAVE_TRACK)
TRUCE_DECISIONS: Final = (OFFER_TRUCE, ANSWER_TRUCE, EXTEND_TRUCE, ANSWER_BREACH)

# -- what a move in a policy does to its choice; ``Move.effect`` and ``Choice.imposed``
FREE: Final = 0
IMPOSE: Final = 1
BLOCK: Final = 2
SET_LEVER: Final = 3
CONTEXT: Final = 4
SILENCE: Final = 5
SIGN: Final = 6
SIGN_BY_POLICY: Final = 7
VOTE: Final = 8
CHANGE_ACTORS: Final = 9
SPLIT_BY_POLICY: Final = 10
KEEP_PEACE: Final = 11
MOVE_EFFECTS: Final = (
    "free",
    "impose",
    "block",
    "lever",
    "context",
    "silence",
    "sign_agreement",
    "sign_by_policy",
    "plebiscite",
    "change_actors",
    "split_by_policy",
    "peacekeepers",
)

# -- sorts of move in a history (who could have decided otherwise)
ACT: Final = 0
REPLY: Final = 1
CONTEXT_SORT: Final = 2
JOINT_SORT: Final = 3
MOVE_SORTS: Final = ("act", "reply", "context", "joint")

# -- context moves: facts of the world that no actor of the model decides
OPEN_WINDOW: Final = 0
PROVOCATION: Final = 1
NEW_LEADER: Final = 2
CONTEXTS: Final = ("window", "setback", "leader")

# -- moves that change who the actors are
ARRIVE: Final = 0
LEAVE: Final = 1
SPLIT: Final = 2
JOIN: Final = 3
ACTOR_CHANGES: Final = ("arrive", "leave", "split", "join")

CAST_EFFECTS: Final = (CHANGE_ACTORS, SPLIT_BY_POLICY)
"""Effects of moves that say who is there."""

# -- what a track or a measure waits for
MEASURE_GIVEN_FIRST: Final = 0
TRACK_DONE_FIRST: Final = 1
ISSUE_SETTLED_FIRST: Final = 2

# -- what a triggered move may watch
WATCH_DEATHS: Final = 0
WATCH_ATTACKS: Final = 1
WATCH_TRUST: Final = 2
WATCH_READINESS: Final = 3
WATCH_TRUCE: Final = 4
WATCH_TALKS: Final = 5
WATCHED: Final = ("deaths", "attacks", "trust", "readiness", "truce_days", "talks_progress")

# -- events: what happened
MOVE_IMPOSED: Final = 0
TRUCE_OFFERED: Final = 1
TRUCE_BEGAN: Final = 2
TRUCE_LAPSED: Final = 3
TRUCE_EXPIRED: Final = 4
TRUCE_EXTENDED: Final = 5
TRUCE_COLLAPSED: Final = 6
BREACH: Final = 7
TRACK_OPENED: Final = 8
ISSUE_SETTLED: Final = 9
TRACK_FAILED: Final = 10
LEAK: Final = 11
MEASURE_GIVEN: Final = 12
MEASURE_ANSWERED: Final = 13
MEASURE_UNMET: Final = 14
MEASURE_REVERSED: Final = 15
MEDIATOR_ENGAGED: Final = 16
MEDIATOR_LEFT: Final = 17
SPOILER_STRIKE: Final = 18
DRAWDOWN: Final = 19
PACKAGE_REFUSED: Final = 20
AGREEMENT: Final = 21
RELAPSE: Final = 22
PARTY_COLLAPSED: Final = 23
LEVER_SET: Final = 24
CONTEXT_CHANGED: Final = 25
MOVE_BLOCKED: Final = 26
PROMISE_BROKEN: Final = 27
BREACH_ANSWERED: Final = 28
TRACK_CONCLUDED: Final = 29
MILESTONE_MISSED: Final = 30
PRE_EMPTED: Final = 31
VOTED: Final = 32
FADED: Final = 33
FLARED_UP: Final = 34
TRUCE_DECLARED: Final = 35
FORCES_LEFT: Final = 36
LEADER_CHANGED: Final = 37
ACTOR_ARRIVED: Final = 38
ACTOR_LEFT: Final = 39
FACTION_SPLIT: Final = 40
FACTION_REJOINED: Final = 41
COMINGS_AND_GOINGS: Final = (ACTOR_ARRIVED, ACTOR_LEFT, FACTION_SPLIT, FACTION_REJOINED)
"""Events that change who the actors are."""
OFFENSIVE: Final = 42
PEACEKEEPERS: Final = 43
MEASURE_NARROWED: Final = 44
CEASEFIRE_BEGINS: Final = (TRUCE_BEGAN, TRUCE_DECLARED)
"""Events that begin a ceasefire, of both sides or of one."""

EVENTS: Final = (
    "move_imposed",
    "truce_offered",
    "truce_began",
    "truce_lapsed",
    "truce_expired",
    "truce_extended",
    "truce_collapsed",
    "breach",
    "track_opened",
    "issue_settled",
    "track_failed",
    "leak",
    "measure_given",
    "measure_answered",
    "measure_unmet",
    "measure_reversed",
    "mediator_engaged",
    "mediator_left",
    "spoiler_strike",
    "drawdown",
    "package_refused",
    "agreement",
    "relapse",
    "party_collapsed",
    "lever_set",
    "context_changed",
    "move_blocked",
    "promise_broken",
    "breach_answered",
    "track_concluded",
    "milestone_missed",
    "pre_empted",
    "voted",
    "faded",
    "flared_up",
    "truce_declared",
    "forces_left",
    "leader_changed",
    "actor_arrived",
    "actor_left",
    "faction_split",
    "faction_rejoined",
    "offensive",
    "peacekeepers",
    "measure_narrowed",
)

# -- events: why
BY_CHOICE: Final = 0
BY_POLICY: Final = 1
AGAINST_MODEL: Final = 2
ROUTINE: Final = 3
BY_BREACHES: Final = 4
BY_HOSTILE_PURPOSE: Final = 5
BY_TERM: Final = 6
NO_ANSWER: Final = 7
BY_CHANCE: Final = 8
NEAR_PEACE: Final = 9
INSIDE: Final = 10
BETTER_TO_FIGHT: Final = 11
BALANCE_LOST: Final = 12
AGREEMENT_FAILED: Final = 13
AFTER_SETTLEMENT: Final = 14
BY_PROVOCATION: Final = 15
BY_VETO: Final = 16
AFRAID: Final = 17
BY_VOTE: Final = 18
WANTS_MORE: Final = 19
MISJUDGED: Final = 20
BY_AGREEMENT: Final = 21
HOST_LEFT: Final = 22
TIRED: Final = 23
TRUCE_BROKEN: Final = 24
COVER_LOST: Final = 25
GAINING: Final = 26
CAUSES: Final = (
    "own choice",
    "imposed by the policy",
    "imposed by the policy against the model's own rule",
    "by rule",
    "broken by attacks",
    "one side meant to use the pause",
    "reached its term",
    "no answer came in time",
    "chance event",
    "peace was near",
    "hardliners inside a party",
    "expects more from fighting on",
    "balance of capability lost",
    "agreement did not hold",
    "part of the agreement",
    "a provocation broke the promise",
    "vetoed by a third party",
    "fears what peace would let the other do",
    "by popular vote",
    "wants more than its share",
    "misjudges what war would bring",
    "as the agreement says",
    "its host has gone",
    "nothing left to fight for",
    "a ceasefire has been broken",
    "the other side's patron is bound or gone",
    "the balance turns its way",
)

# -- levers: what a user may set, each in [0, 1]; each carries one of the essay's lessons

LESSONS: Final = ("recognition", "force-posture", "direct-channel", "confidence-building", "parallel-tracks")
"""The lessons by name, in the order of their numbers, which begin at 1."""


class Lever(NamedTuple):
    """What is declared of a lever.

    ``lesson`` is the number of the lesson it carries, ``title`` what people read, ``switches`` those of the mechanisms
    through which it acts (with all of them off it does nothing), ``meaning`` what a sponsor does readily at 1.
    """

    name: str
    lesson: int
    title: str
    switches: tuple[str, ...]
    meaning: str


_levers: list[Lever] = []


def lever(name: str, *, lesson: int, title: str, switches: tuple[str, ...], meaning: str) -> int:
    """Declare a lever and return its position in ``PartyState.levers``: the number by which rules read it.

    Raises ``ValueError`` where the name is taken or the lesson is none.
    """
    if any(name == known.name for known in _levers):
        raise ValueError(f"lever {name!r} in agents/codes.py is declared twice")
    if not 1 <= lesson <= len(LESSONS):
        raise ValueError(
            f"lever {name!r} in agents/codes.py: lesson {lesson}; expected 1 to {len(LESSONS)}, a place in LESSONS"
        )
    _levers.append(Lever(name, lesson, title, switches, meaning))
    return len(_levers) - 1


LEVER_RECOGNITION: Final = lever(
    "recognition",
    lesson=1,
    title="recognition",
    switches=("readiness", "measures"),
    meaning="offers an adversary validation: an office, delisting, a summit, recognition",
)
LEVER_POSTURE: Final = lever(
    "force_posture",
    lesson=2,
    title="force posture",
    switches=("readiness", "measures", "leverage"),
    meaning="puts presence, exercises and drawdown on the table",
)
LEVER_CHANNEL: Final = lever(
    "direct_channel",
    lesson=3,
    title="direct channel",
    switches=("talks",),
    meaning="opens direct talks with the adversary, and drops its own preconditions on them",
)
LEVER_MEASURES: Final = lever(
    "confidence_building",
    lesson=4,
    title="confidence building",
    switches=("measures",),
    meaning="gives confidence-building measures",
)
LEVER_CEASEFIRES: Final = lever(
    "ceasefires",
    lesson=4,
    title="ceasefires",
    switches=("ceasefires",),
    meaning="offers, accepts and extends ceasefires",
)
LEVER_TRACKS: Final = lever(
    "parallel_tracks",
    lesson=5,
    title="parallel tracks",
    switches=("talks",),
    meaning="opens every other form of track: front, proximity, backchannel, working level",
)
LEVER_MEDIATION: Final = lever(
    "mediation",
    lesson=5,
    title="mediation",
    switches=("mediation",),
    meaning="invites outside mediators",
)

DECLARED_LEVERS: Final = tuple(_levers)
"""Every lever, in the order of ``PartyState.levers``."""

N_LEVERS: Final = len(DECLARED_LEVERS)

LEVERS: Final = {declared.name: declared.lesson for declared in DECLARED_LEVERS}
"""Lever name -> number of the lesson it carries.

Examples:
    >>> import detente
    >>> detente.LEVERS["direct_channel"]
    3
"""

LEVER_TITLES: Final = {declared.name: declared.title for declared in DECLARED_LEVERS}
"""Lever name -> what people read."""

LEVER_MECHANISMS: Final = {declared.name: declared.switches for declared in DECLARED_LEVERS}
"""Lever name -> switches of the mechanisms through which it acts; with all of them off it does nothing."""
