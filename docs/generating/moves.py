"""Every ``do`` of a policy: what it means, which keys it takes, and an example that the case named accepts."""

import tomllib
from collections.abc import Iterator

from detente.model.policy import DOABLE, keys_for
from generating.tables import table

CASE = "afghanistan-2018"
"""The case that the examples are for."""

CASES = {"narrow_measure": "korea-2017", **dict.fromkeys(("split", "join"), "northern-ireland-1993")}
"""The case that an example is for, where it is another."""

DAYS = {"northern-ireland-1993": "1997-10-15"}
"""The day of an example in a case that has not begun, or is over, by August 2018."""

WRITTEN = {"start": "from", "end": "until"}

MEANINGS = {
    "offer_truce": "offer the other side a ceasefire; `from` and `until` are the days the actor means to hold fire, "
    "`scope` whether it covers all fighting of the two (`dyad`) or places (`local`)",
    "answer_truce": "accept the offer that the other side has made",
    "extend_truce": "hold fire for longer than the actor had meant to",
    "answer_breach": "answer a breach of the ceasefire in proportion, instead of ending it",
    "open_track": "do the actor's part in opening a track of talks",
    "leave_track": "walk out of a track of talks",
    "give_measure": "take the next step of a confidence-building measure, or one of size `amount`",
    "answer_measure": "answer a measure that the actor has received with a step of its own",
    "reverse_measure": "take back a measure that was given",
    "narrow_measure": "let the fringe of a measure lapse while its core stands; the measure must declare `core` and "
    "`fringe`",
    "draw_down": "withdraw forces, by a step or until the share `amount` is left",
    "launch_offensive": "launch an offensive against the side `to`, with which it fights: the level of the war "
    "rises, and falls back within weeks; it is there so that a history can contain one that happened",
    "invite_mediators": "say how willing the actor is to be mediated, from 0 to 1 (1 unless `amount` is given)",
    "block": "forbid the actor a decision: `what` names it, with the key that decision takes; to the end of the "
    "case, or to the day `until`",
    "lever": "set a lever of a sponsor, from this day on",
    "sign_agreement": "sign an agreement, both sides at once, on the issues named or on all; a rule that would rather "
    "fight is overridden, and the run counts it as against the model",
    "plebiscite": "a fact of the world: the actor's people vote on its standing agreement with the side `to`; "
    "`amount` is the share in favour, and below one half the agreement is void",
    "peacekeepers": "a fact of the world: peacekeepers from outside stand between the actor and the side `to` in the "
    "strength `amount`, from 0 (they leave) to 1 (a full mission with troops), until a later move says otherwise",
    "window": "a fact of the world: a window of opportunity opens for the actor, of size `amount` [logit]",
    "setback": "a fact of the world: a shock closes the window of the actor, by `amount` [logit]",
    "leader": "a fact of the world: a new leader takes over from the actor's, with hawkishness `amount` from 0 to 1, "
    "or that of the factions unless given; `factions` gives the shares of all factions under him, `risk_tolerance` his "
    "tolerance for risk, which is drawn anew unless given, as is a window of opportunity",
    "arrive": "a fact of the world: an absent spoiler, mediator or mission of monitors comes, or outside troops of a "
    "patron do; `amount` is how much a spoiler attacks relative to what the case declares, how much attention a "
    "mediator gives, and what share of a patron's forces is present then",
    "leave": "a fact of the world: a spoiler, a mediator or the troops of a patron go; what a mediator was doing ends, "
    "and so do the tracks that it hosts",
    "split": "the faction that a spoiler comes `out_of` leaves its party, or the share `amount` "
    "of it; the party loses the fighters and the hawks, the spoiler attacks in proportion to what it took",
    "join": "a group that had split off goes back to its party",
}
"""What each ``do`` means."""

ACTORS = {
    "answer_measure": "taliban",
    "window": "taliban",
    "narrow_measure": "north-korea",
    **dict.fromkeys(("split", "join"), "real-ira"),
}
"""Who makes the move in an example, where it is not Washington."""

MEASURES = {"reverse_measure": '"strike-suspension"', "narrow_measure": '"short-range-restraint"'}
"""What a move is about, where it is not the release of prisoners."""


def all_moves() -> tuple[str, ...]:
    """Every ``do`` there is."""
    return tuple(dict.fromkeys(do for known in DOABLE.values() for do in known))


def sorts(do: str) -> tuple[str, ...]:
    """Sorts of move that can do it."""
    return tuple(sort for sort, known in DOABLE.items() if do in known)


def written(keys: tuple[str, ...]) -> str:
    """Keys as they stand in a file."""
    return ", ".join(f"`{WRITTEN.get(key, key)}`" for key in keys)


def keys(do: str) -> tuple[str, str]:
    """The keys that a move must carry and those it may."""
    if do == "block":
        return "`what` and the key of what it rules out", "`until`"
    needed, allowed = keys_for(do, None, sorts(do)[0])
    return written(needed), written(allowed)


def value(key: str, do: str) -> str:
    """A value for a key of an example."""
    fixed = {
        "to": '"taliban"',
        "track": '"direct"',
        "measure": MEASURES.get(do, '"us-prisoner-release"'),
        "lever": '"direct_channel"',
        "what": '"draw_down"',
        "start": "2018-09-01",
        "end": "2018-09-07",
        "scope": '"dyad"',
        "amount": "0.5",
        "kept": "1.0",
        "issues": '["withdrawal", "counter-terrorism"]',
        "ceasefire": "true",
        "risk_tolerance": "0.5",
        "factions": "{ white-house = 0.5, security-establishment = 0.5 }",
    }
    return fixed[key]


def example(do: str) -> str:
    """A move as it stands in a policy file, with every key it can carry."""
    sort = sorts(do)[0]
    needed, allowed = (("what",), ("end",)) if do == "block" else keys_for(do, None, sort)
    day = DAYS.get(CASES.get(do, CASE), "2018-08-15")
    lines = ["[[move]]", f"date = {day}", f'sort = "{sort}"']
    lines += [f'actor = "{ACTORS.get(do, "united-states")}"', f'do = "{do}"']
    lines += [f"{WRITTEN.get(key, key)} = {value(key, do)}" for key in (*needed, *allowed)]
    return "\n".join(lines) + "\n"


def policy_around(move: str) -> dict[str, object]:
    """The tables of a policy that holds one move."""
    head = 'name = "example"\ntitle = "Example"\nsummary = "One move."\n'
    return tomllib.loads(head + move)


def move_table() -> str:
    """Every ``do`` in one table."""
    rows = [(f"[`{do}`](#{do})", ", ".join(sorts(do)), *keys(do)) for do in all_moves()]
    return table(("do", "sort", "must have", "may have"), rows)


def move_sections() -> str:
    """Every ``do`` with its meaning and an example."""
    return "\n".join(section for do in all_moves() for section in move_section(do))


def move_section(do: str) -> Iterator[str]:
    """One ``do``."""
    meaning = MEANINGS[do]
    yield f"### `{do}` {{ #{do} }}\n\n{meaning[0].upper()}{meaning[1:]}.\n"
    if do in ("offer_truce", "open_track", "give_measure"):
        yield "As a move of sort `joint` it is made together with the answer of the other side, named by `to`.\n"
    yield f"```toml\n{example(do)}```\n"
