"""The policy ``history``: every ceasefire and agreement of the files as a dated move, and those that cannot be one.

A ceasefire of one side is an offer that binds that side; of several, an offer and its answer.  A full agreement is
signed on all issues, a partial one on those that the file names, and one on the process opens talks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from detente.experiments.cases.builder.assembly import track_name
from detente.experiments.cases.builder.evidence import Evidence
from detente.experiments.cases.builder.parties import Cast, Party, dyads_named, plain, split
from detente.experiments.cases.builder.span import LEAST_EVENTS, Span, n_events
from detente.experiments.data.report import DAY, MONTH, NONE, YEAR
from detente.model.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

MIDDLE = {DAY: 0, MONTH: 14, YEAR: 181}
"""Days from the first that a date may be to the one it is given: the middle of a month or year, if that is known."""

LOCAL = "1"
"""Code of a ceasefire that covers only a part of the war."""

CEASEFIRE = "ceasefire"
"""Word in the type of an agreement that is no more than a ceasefire."""

ISSUES = {"ceasefire": "ceasefire", "prisoners": "prisoners", "power": "power", "autonomy": "land"}
"""What an agreement provides for -> the issue of the case that it settles."""

USUAL_TERM = 10
"""Days that a ceasefire of one side lasts in the median (ETH/PRIO, ends known to the day)."""

EARLY = 366
"""Days before the first recorded violence by which a ceasefire contradicts the count of events."""


class Dated(NamedTuple):
    """A move and the pair of parties that it concerns."""

    move: dict[str, Any]
    pair: tuple[str, str]


@dataclass
class History:
    """The moves of a history, and what could not be one."""

    moves: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    left_out: list[str] = field(default_factory=list[str])
    truces: int = 0
    agreements: int = 0


def history_of(evidence: Evidence, cast: Cast, span: Span) -> History:
    """The history of a case; raises ``InputError`` with every row that contradicts the other files."""
    made = History()
    for row in rows_of(evidence.truces):
        moves = list(truce_moves(row, cast, span))
        note(made, row, moves, "ceasefire", span)
        made.truces += bool(moves)
    for row in rows_of(evidence.agreements):
        moves = list(agreement_moves(row, cast, span))
        note(made, row, moves, "agreement", span)
        made.agreements += bool(moves)
    made.moves = once(sorted(made.moves, key=lambda m: m["date"]))
    return made


def rows_of(table: pd.DataFrame | None) -> list[Any]:
    """The rows of a table that may be missing; the column class is called sort, which Python lets stand."""
    return [] if table is None else list(table.rename(columns={"class": "sort"}).itertuples())


def note(made: History, row: Any, moves: Sequence[dict[str, Any]], what: str, span: Span) -> None:
    """Keep the moves of a row, or say that it has none."""
    made.moves.extend(moves)
    if not moves:
        made.left_out.append(f"{what} {source(row)}: {why_not(row, span)}")


def why_not(row: Any, span: Span) -> str:
    """Why a row is no move."""
    if not is_within(span, day_of(row)[0]):
        return f"outside the days of the case, {span.start} to {span.end}"
    who = getattr(row, "actors", "") or getattr(row, "parties", "")
    return f"between actors that are no parties of the case ({who or 'none named'})"


def place(row: Any) -> str:
    """Where a row stands, for a message: its file, its id and its date."""
    name = f"{row.id}, " if row.id else ""
    return f"{row.file}, {name}{row.start:%Y-%m-%d}"


def source(row: Any) -> str:
    """The same for the case, which does not say where on a disk a file lies."""
    return place(row).replace(str(row.file), Path(row.file).name, 1)


def once(moves: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Moves without those that the same decision of the same day would carry out again; notes are joined."""
    kept: dict[tuple[Any, ...], dict[str, Any]] = {}
    for move in moves:
        key = tuple(str(move.get(k)) for k in ("date", "actor", "to", "do", "track", "scope"))
        if key in kept:
            if move["note"] not in kept[key]["note"]:
                kept[key]["note"] = f"{kept[key]['note']} Also: {move['note']}"[:3900]
            kept[key] |= {k: later(kept[key].get(k), move[k]) for k in ("until",) if k in move}
        else:
            kept[key] = move
    return list(kept.values())


def later(a: date | None, b: date) -> date:
    """The later of two days."""
    return b if a is None else max(a, b)


# -- dates


def day_of(row: Any, what: str = "start") -> tuple[date | None, str]:
    """The day of a row, and a note on how well it is known."""
    stamp, precision = getattr(row, what, None), getattr(row, f"{what}_precision", NONE)
    if stamp is None or stamp != stamp or precision == NONE:
        return None, ""
    day = stamp.date() + timedelta(days=MIDDLE[precision])
    return (
        day,
        "" if precision == DAY else f" The {what} is known to the {precision} only; its middle is taken.",
    )


def is_within(span: Span, day: date | None) -> bool:
    """Whether a day lies in the case."""
    return day is not None and span.start <= day <= span.end


# -- ceasefires


def truce_moves(row: Any, cast: Cast, span: Span) -> Iterator[dict[str, Any]]:
    """The offers that a ceasefire consists of, one for each pair of parties."""
    day, said = day_of(row)
    if day is None or not is_within(span, day):
        return
    joint = str(row.side) in ("bilateral", "multilateral")
    end, ended = end_of(row, day, span, joint=joint)
    words = f"{str(row.sort).capitalize() or 'Ceasefire'}, {row.side or 'sides not given'}"
    note = f"{words}; actors: {row.actors}.{said}{ended}"
    local = str(row.partial) == LOCAL
    for pair in pairs_of(split(str(row.actors)), cast, joint=joint):
        yield from offers(pair, day, end, note, source(row), joint=joint, local=local)


def offers(
    pair: tuple[Party, Party],
    day: date,
    end: date | None,
    note: str,
    where: str,
    *,
    joint: bool,
    local: bool = False,
) -> Iterator[dict[str, Any]]:
    """The offer of a ceasefire with its answer, or one that is not answered."""
    move: dict[str, Any] = {
        "date": day,
        "sort": "joint" if joint else "act",
        "actor": pair[0].name,
        "do": "offer_truce",
        "to": pair[1].name,
        "from": day,
        **({"until": end} if end else {}),
        "scope": "local" if local else "dyad",
        "note": note,
        "source": where,
    }
    yield move
    if not joint:
        said = {"note": "The file has the ceasefire as one side's own.", "source": where}
        yield {**unanswered(move, end or day), **said}


def unanswered(offer: Mapping[str, Any], until: date) -> dict[str, Any]:
    """The other side's part in a ceasefire of one side: it does not join."""
    return {
        "date": offer["date"],
        "sort": "reply",
        "actor": offer["to"],
        "do": "block",
        "what": "answer_truce",
        "to": offer["actor"],
        "until": max(until, offer["date"]),
    }


def end_of(row: Any, day: date, span: Span, *, joint: bool) -> tuple[date | None, str]:
    """The last day of a ceasefire within the case, and a note; where it is not known, a usual term for one side's."""
    end, said = day_of(row, "end")
    if end is not None and end >= day:
        return min(end, span.end), said
    if joint:
        return None, " The end is not known; the rules decide."
    usual = min(day + timedelta(days=USUAL_TERM), span.end)
    return usual, f" The end is not known; the usual {USUAL_TERM} days are taken."


def pairs_of(actors: Sequence[str], cast: Cast, *, joint: bool) -> list[tuple[Party, Party]]:
    """Who holds fire towards whom."""
    known = list(dict.fromkeys(p for actor in actors if (p := cast.find(actor)) is not None))
    if not known and (cast.main.given or actors):
        return []
    if not joint:
        return [(p, foe) for p in known for foe in foes_of(p, cast)]
    if len(known) < 2:
        known = [known[0], foes_of(known[0], cast)[0]] if known else [cast.government, cast.main]
    home = cast.government
    if home in known:
        return [(home, foe) for foe in known if foe != home]
    wars = {frozenset((a, b)) for a, b, _ in cast.among}
    between = [(a, b) for a, b in combinations(known, 2) if frozenset((a, b)) in wars]
    return between or [(home, foe) for foe in known]


def foes_of(p: Party, cast: Cast) -> list[Party]:
    """Whom a party holds fire towards: the government, or of the government its main foe."""
    return [cast.main] if p == cast.government else [cast.government]


# -- agreements


def agreement_moves(row: Any, cast: Cast, span: Span) -> Iterator[dict[str, Any]]:
    """A signature, or the opening of talks, with each foe that an agreement is with."""
    day, said = day_of(row)
    if day is None or not is_within(span, day):
        return
    if CEASEFIRE in str(row.type):
        yield from ceasefire_among(row, day, cast, span)
        return
    for foe in signatories(row, cast):
        words = f"{row.name or 'Agreement'} ({row.type or 'type not given'}).{said}"
        move = {"date": day, "sort": "joint", "actor": cast.government.name, "to": foe.name}
        yield {**move, **what_it_does(row, foe), "note": words, "source": source(row)}


def ceasefire_among(row: Any, day: date, cast: Cast, span: Span) -> Iterator[dict[str, Any]]:
    """The offers of a ceasefire that stands in a table of agreements."""
    actors = [name for part in split(row.parties) for name in part.split(" - ", 1)]
    joint = len(set(actors)) > 1
    end, said = end_of(row, day, span, joint=joint)
    for pair in pairs_of(actors, cast, joint=joint):
        yield from offers(pair, day, end, f"{row.name or 'Ceasefire'}.{said}", source(row), joint=joint)


def signatories(row: Any, cast: Cast) -> list[Party]:
    """The foes of the government that an agreement names."""
    import pandas as pd

    named = [name for dyad in dyads_named(pd.DataFrame({"parties": [row.parties]})) for name in dyad]
    names = [*named, *split(row.parties)]
    known = list(dict.fromkeys(p for name in names if (p := cast.find(name)) is not None))
    return [p for p in known if p != cast.government]


def what_it_does(row: Any, foe: Party) -> dict[str, Any]:
    """A full agreement settles all issues, a partial one some; one on the process, or of no known type, opens talks.

    A partial agreement that names no ceasefire brings none.
    """
    kind = str(row.type)
    if "full" in kind:
        return {"do": "sign_agreement"}
    provisions = str(row.provisions).split(",")
    issues = [ISSUES[word] for word in provisions if word in ISSUES]
    if "partial" in kind and issues:
        without = {} if "ceasefire" in provisions else {"ceasefire": False}
        return {"do": "sign_agreement", "issues": issues, **without}
    return {"do": "open_track", "track": track_name(foe)}


# -- contradictions


def contradictions(evidence: Evidence, cast: Cast) -> Iterator[InputError]:
    """Ceasefires long before any violence that was watched for, and agreements of which no side is a party."""
    covered, active = evidence.span, evidence.active()
    counts = evidence.reports[0].file if evidence.reports else "the counts"
    telling = n_events(evidence, *covered) >= LEAST_EVENTS  # else silence says little
    for row in rows_of(evidence.truces) if telling else ():
        day, _ = day_of(row)
        if day is not None and covered[0] <= day and (active[0] - day).days > EARLY:
            yield InputError(
                f"{place(row)}: got a ceasefire on {day}; expected none over a year before the first violence that "
                f"{counts} records, {active[0]}, though it covers days from {covered[0]} on"
            )
    known = {plain(name) for p in cast.parties for name in p.known_as()}
    for row in rows_of(evidence.agreements):
        if evidence.dyads and row.parties and not known & names_of(row):
            yield InputError(
                f"{place(row)}: got an agreement of {row.parties}; expected a side that {counts} has events of "
                f"({', '.join(p.title for p in cast.parties)})"
            )


def names_of(row: Any) -> set[str]:
    """Every name in the parties of an agreement."""
    parts = split(row.parties)
    return {plain(name) for part in parts for name in (part, *part.split(" - ", 1))}
