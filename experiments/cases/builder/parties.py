"""Who takes part: the government, its foes and those between whom something stands, read from events or from tables."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from detente.experiments.cases.builder.dyads import Dyad
from detente.experiments.cases.builder.evidence import Evidence
from detente.experiments.cases.builder.new_request import Request

if TYPE_CHECKING:
    import pandas as pd

MOST_FOES = 4
"""Foes of the government that are parties of their own; the others stand together as one."""

LEAST_SHARE, LEAST_ROWS = 0.05, 3
"""Share of events, and number of rows in tables, that make a foe a party of its own."""

GOVERNMENT, OPPOSITION, OTHERS = "Government", "Opposition", "Other armed groups"


@dataclass(frozen=True)
class Party:
    """A party: its name in the case and its title; ``given`` where a file or the user names it.

    ``stands_for`` lists other names that it has in files, or the actors of a party that stands for several.
    """

    name: str
    title: str
    given: bool = True
    stands_for: tuple[str, ...] = ()

    def known_as(self) -> tuple[str, ...]:
        """The names by which files know it."""
        return (self.title, *self.stands_for)


@dataclass(frozen=True)
class Cast:
    """The government, its foes with the main one first, wars among the foes, spoilers, and how it was decided.

    ``weights`` are the shares of all events that the wars with the foes have; ``among`` and ``spoilers`` hold theirs.
    """

    government: Party
    foes: tuple[Party, ...]
    weights: tuple[float, ...]
    among: tuple[tuple[Party, Party, float], ...] = ()
    spoilers: tuple[tuple[str, float], ...] = ()
    notes: tuple[str, ...] = field(default=())

    @property
    def parties(self) -> tuple[Party, ...]:
        """All parties."""
        return (self.government, *self.foes)

    @property
    def main(self) -> Party:
        """The government's main foe."""
        return self.foes[0]

    def find(self, actor: str) -> Party | None:
        """The party that a file calls by a name."""
        return next((p for p in self.parties if plain(actor) in {plain(n) for n in p.known_as()}), None)


def plain(name: str) -> str:
    """A name without capitals and doubled spaces."""
    return " ".join(name.casefold().split())


def slug(title: str, taken: Iterable[str], usual: str) -> str:
    """A name for a case file: letters, digits and hyphens, unlike those taken; ``usual`` where nothing is left."""
    letters = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    base = re.sub("[^a-z0-9]+", "-", letters).strip("-")[:40].strip("-") or usual
    known, name, k = set(taken), base, 2
    while name in known:
        name, k = f"{base}-{k}", k + 1
    return name


def cast_of(evidence: Evidence, request: Request, until: date) -> Cast:
    """The parties of a case; how much each fights is told from the days up to one."""
    mentions = Mentions.of(evidence.truces, evidence.agreements)
    if evidence.dyads:
        return from_dyads(evidence.dyads, mentions)
    early = Mentions.of(begun_by(evidence.truces, until), begun_by(evidence.agreements, until))
    return from_mentions(mentions, early, request.wanted.get("side_a"), request.wanted.get("side_b"))


def begun_by(table: pd.DataFrame | None, until: date) -> pd.DataFrame | None:
    """Rows of a table up to a day."""
    return None if table is None else table[table["start"] <= str(until)]


# -- from events


def from_dyads(dyads: Sequence[Dyad], mentions: Mentions) -> Cast:
    """The side with most events is the government; foes with few events are spoilers unless they sign."""
    hub = Counter({d.side_a: 0 for d in dyads})
    for d in dyads:
        hub[d.side_a] += d.events
    title = hub.most_common(1)[0][0]
    own = {d.side_b if d.side_a == title else d.side_a: d for d in dyads if title in (d.side_a, d.side_b)}
    total = sum(d.events for d in own.values())
    ranked = sorted(own, key=lambda name: -own[name].events)
    sign = {plain(name) for name in mentions.rows}
    kept = [
        name
        for k, name in enumerate(ranked)
        if k == 0 or plain(name) in sign or own[name].events >= LEAST_SHARE * total
    ][:MOST_FOES]
    parties = named([title, *kept])
    every = sum(d.events for d in dyads)
    weights = tuple(own[name].events / every for name in kept)
    small = tuple((name, own[name].events / every) for name in ranked if name not in kept)
    others = tuple(wars_among(dyads, parties[1:]))
    return Cast(parties[0], tuple(parties[1:]), weights, others, small[:2], notes_on(small[2:]))


def wars_among(dyads: Sequence[Dyad], foes: Sequence[Party]) -> Iterator[tuple[Party, Party, float]]:
    """Wars between two foes of the government, with their shares of all events."""
    by_title, every = {p.title: p for p in foes}, sum(d.events for d in dyads)
    for d in dyads:
        if d.side_a in by_title and d.side_b in by_title:
            yield by_title[d.side_a], by_title[d.side_b], d.events / every


def notes_on(small: Sequence[tuple[str, float]]) -> tuple[str, ...]:
    """A note on foes with so few events that the case has no place for them."""
    words = ", ".join(f"{name} ({share:.1%} of events)" for name, share in small)
    return (f"left out, for they fight little: {words}",) if small else ()


def named(titles: Sequence[str]) -> list[Party]:
    """Parties with names of their own."""
    taken: list[str] = []
    for k, title in enumerate(titles):
        taken.append(slug(title, taken, f"party-{k + 1}"))
    return [Party(name, title) for name, title in zip(taken, titles, strict=True)]


# -- from tables of ceasefires and agreements


@dataclass(frozen=True)
class Mentions:
    """How often tables name each actor, which pairs they name, who stands first in a dyad, and who acts alone."""

    rows: Mapping[str, int]
    pairs: Mapping[tuple[str, str], int]
    first: Mapping[str, int]
    alone: Mapping[str, int]

    @staticmethod
    def of(truces: pd.DataFrame | None, agreements: pd.DataFrame | None) -> Mentions:
        """The mentions in all tables."""
        rows, pairs, first, alone = Counter[str](), Counter[tuple[str, str]](), Counter[str](), Counter[str]()
        for dyad in dyads_named(agreements):
            first[dyad[0]] += 1
            pairs[dyad] += 1
            rows.update(dyad)
        for actors, side in truces_named(truces):
            rows.update(actors)
            if len(actors) == 1 or side == "unilateral":
                alone.update(actors)
            pairs.update((a, b) for k, a in enumerate(actors) for b in actors[k + 1 :])
        return Mentions(rows, pairs, first, alone)


def split(cell: str) -> list[str]:
    """The names in a cell that lists several."""
    sign = ";" if ";" in cell else ","
    return list(dict.fromkeys(name for part in cell.split(sign) if (name := " ".join(part.split()))))


def dyads_named(table: pd.DataFrame | None) -> Iterator[tuple[str, str]]:
    """The dyads of each agreement; where it lists parties in place of dyads, the first with each other."""
    for cell in () if table is None else table["parties"]:
        parts = split(cell)
        dyads = [part.split(" - ", 1) for part in parts if " - " in part]
        if dyads:
            yield from ((a.strip(), b.strip()) for a, b in dyads)
        else:
            yield from ((parts[0], other) for other in parts[1:])


def truces_named(table: pd.DataFrame | None) -> Iterator[tuple[list[str], str]]:
    """The actors of each ceasefire, and how many sides it has."""
    if table is not None:
        yield from ((split(str(row.actors)), str(row.side)) for row in table.itertuples())


def from_mentions(m: Mentions, early: Mentions, side_a: str | None, side_b: str | None) -> Cast:
    """The government is who stands first in the dyads of agreements, or else who deals with most others."""
    title = side_a or hub_of(m)
    notes = () if side_a or m.first else judged(title)
    others = () if title is None else aliases(m, title)
    government = Party("government", GOVERNMENT, given=False) if title is None else named([title])[0]
    if others:
        government = replace(government, stands_for=others)
        same = ", ".join(others)
        notes = (
            *notes,
            f"{same}: taken to be {title} under another name, for it deals with the same foes (judgement)",
        )
    own = {plain(name) for name in government.known_as()}
    ranked = [name for name in sorted(m.rows, key=lambda n: -m.rows[n]) if plain(name) not in own]
    if side_b is not None:
        ranked = [side_b, *(name for name in ranked if plain(name) != plain(side_b))]
    if not ranked:
        return Cast(government, (Party("opposition", OPPOSITION, given=False),), (1.0,), notes=notes)
    return with_foes(government, ranked, m, early, notes)


def judged(title: str | None) -> tuple[str, ...]:
    """A note on a government that no file names as such."""
    said = f"taken to be {title!r}, who deals with most others and declares the fewest truces alone"
    return (
        (f"no file says who the government is: {said} (judgement; --side-a says otherwise)",) if title else ()
    )


def hub_of(m: Mentions) -> str | None:
    """Who the others deal with; of two with as many, the one that acts alone less often."""
    if m.first:
        return max(m.first, key=lambda name: m.first[name])
    partners = Counter(name for pair in m.pairs for name in pair)
    weight = Counter[str]()
    for pair, n in m.pairs.items():
        weight.update(dict.fromkeys(pair, n))
    return max(partners, key=lambda n: (partners[n], weight[n], -m.alone.get(n, 0)), default=None)


def aliases(m: Mentions, hub: str) -> tuple[str, ...]:
    """Other names of the government: actors that never stand beside it, never act alone, and deal with its foes."""
    together = {name for pair in m.pairs if hub in pair for name in pair} | {hub}
    foes = together - {hub} or set(m.alone)

    def dealings(name: str) -> int:
        return sum(n for pair, n in m.pairs.items() if name in pair and foes & (set(pair) - {name}))

    strangers = [name for name in m.rows if name not in together and not m.alone.get(name, 0)]
    return tuple(name for name in strangers if dealings(name) >= LEAST_ROWS)


def with_foes(
    government: Party, ranked: list[str], m: Mentions, early: Mentions, notes: tuple[str, ...]
) -> Cast:
    """The foes named most often as parties of their own, the rest as one; the rows are their weights."""
    total = sum(m.rows.get(name, 0) for name in ranked)
    own = [
        name
        for k, name in enumerate(ranked)
        if k == 0 or m.rows[name] >= max(LEAST_ROWS, LEAST_SHARE * total)
    ][:MOST_FOES]
    rest = tuple(name for name in ranked if name not in own)
    parties = named([government.title, *own, *([OTHERS] if rest else [])])
    foes = list(parties[1:])
    if rest:
        foes[-1] = Party(parties[-1].name, OTHERS, given=False, stands_for=rest)
    weights = [float(max(early.rows.get(name, 0), 1)) for name in own]
    if rest:
        weights.append(min(float(max(sum(early.rows.get(name, 0) for name in rest), 1)), *weights))
        notes = (*notes, f"{OTHERS} stands for {', '.join(rest)}")
    shares = tuple(w / sum(weights) for w in weights)
    return Cast(government, tuple(foes), shares, notes=notes)


def actors_of(row: Any) -> list[str]:
    """The actors of a ceasefire."""
    return split(str(row.actors))
