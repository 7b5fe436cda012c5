"""A table of what experts say of the actors: one row an actor, read and checked cell by cell.

``actor`` names a party; with ``party``, a faction of that party.  Cells may be empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from detente.experiments.cases.builder.estimate import Estimate
from detente.experiments.cases.builder.parties import Cast, Party, plain
from detente.experiments.data.source import Cells, open_source
from detente.model.errors import InputError, nearest, one_of, raise_problems, wrong

WORDS = {"low": (0.1, 0.25, 0.4), "middle": (0.35, 0.5, 0.65), "high": (0.6, 0.75, 0.9)}
"""What the words low, middle and high mean as shares: low end, value and high end [judgement]."""

YES, NO = ("yes", "true"), ("no", "false")
WIDTH = 0.1
"""How far a number that an expert gives alone may be off [judgement]."""

NUMBER = r"[0-9]*\.?[0-9]+"


class Opinion(NamedTuple):
    """What is said of one actor: its party, its name as a faction where it is one, facts by key, and its patron."""

    actor: str
    party: Party | None
    faction: str | None
    facts: Mapping[str, Estimate]
    patron: str | None = None


class Column(NamedTuple):
    """A column: the largest number it takes, and what is expected in it."""

    most: float
    expected: str
    recognition: bool = False


SHARE = "a number from 0 to 1, a range such as 0.2-0.4, or low, middle or high"
COLUMNS = {
    "share": Column(1.0, "a number from 0 to 1, or a range such as 0.2-0.4"),
    "hawkishness": Column(1.0, SHARE),
    "wants_recognition": Column(
        3.0, "yes, no, low, middle, high, a number from 0 to 3, or a range", recognition=True
    ),
    "risk_tolerance": Column(1.0, SHARE),
    "trust": Column(0.99, SHARE),
    "alignment": Column(1.0, SHARE),
    "legitimacy": Column(1.0, SHARE),
}
"""Columns of numbers; ``trust`` is that in the main foe, ``alignment`` that with the patron."""

NAMES = ("actor", "party", "patron", "source")


def read_experts(path: Path, cast: Cast) -> list[Opinion]:
    """The opinions of a table; raises ``InputError`` with every fault, each with its row and column."""
    cells = open_source(path).read()
    faults: list[InputError] = list(column_faults(cells))
    if faults:
        raise_problems(faults)
    table = Table(cells, cast)
    opinions = [table.opinion(row) for row in range(len(cells))]
    raise_problems([*table.faults, *share_faults(cells, opinions)])
    return opinions


def column_faults(cells: Cells) -> Iterator[InputError]:
    """Columns that are not known, and a table without actors."""
    known = (*NAMES, *COLUMNS)
    names = [name for name in cells.source.names if name]
    if cells.source.column("actor") is None:
        yield InputError(f"{cells.source.path}, line 1: has no column 'actor'; found {', '.join(names[:12])}")
    for name in names:
        if name.lower() not in known:
            yield InputError(
                f"{cells.source.path}, line 1: got column {name!r}; expected {one_of(known)}{nearest(name, known)}"
            )


class Table:
    """A table while it is read; ``faults`` are those of its cells."""

    def __init__(self, cells: Cells, cast: Cast) -> None:
        self.cells = cells
        self.cast = cast
        self.faults: list[InputError] = []

    def cell(self, row: int, name: str) -> str:
        """A cell, empty where there is no such column."""
        column = self.cells.source.column(name)
        return "" if column is None else str(self.cells[column].iloc[row]).strip()

    def fault(self, row: int, name: str, value: object, expected: str) -> None:
        """Note what is wrong with a cell."""
        column = self.cells.source.column(name) or name
        self.faults.append(wrong(self.cells.place(row, column), value, expected))

    def opinion(self, row: int) -> Opinion:
        """What one row says."""
        actor, home = self.cell(row, "actor"), self.cell(row, "party")
        party = self.party(row, "party" if home else "actor", home or actor)
        source = self.cell(row, "source") or f"{self.cells.source.path.name}, {self.cells.line(row)}"
        facts: dict[str, Estimate] = {}
        for name, column in COLUMNS.items():
            word = self.cell(row, name)
            if word:
                ends = number_of(word, column)
                if ends is None:
                    self.fault(row, name, word, column.expected)
                else:
                    facts[name] = Estimate(ends[1], ends[0], ends[2], "expert", f"{source}, column {name}")
        return Opinion(actor, party, actor if home else None, facts, self.patron(row, party))

    def party(self, row: int, column: str, name: str) -> Party | None:
        """The party of a row; a fault where there is none of this name."""
        known = [p for p in self.cast.parties if plain(name) in {plain(p.name), *map(plain, p.known_as())}]
        if known:
            return known[0]
        titles = [p.title for p in self.cast.parties]
        self.fault(row, column, name, one_of(titles) + near(name, titles))
        return None

    def patron(self, row: int, party: Party | None) -> str | None:
        """The patron of a party: none of its foes."""
        name = self.cell(row, "patron")
        if not name:
            return None
        if party is not None and self.cast.find(name) is not None:
            self.fault(row, "patron", name, "an outside power, none of the parties that fight")
        return name


def near(name: str, titles: list[str]) -> str:
    """The end of a message that names the nearest title, capitals apart."""
    by_plain = {plain(title): title for title in titles}
    said = nearest(plain(name), by_plain)
    return next((said.replace(repr(p), repr(t)) for p, t in by_plain.items() if repr(p) in said), said)


def number_of(word: str, column: Column) -> tuple[float, float, float] | None:
    """Low end, value and high end that a cell says; None where it says nothing that can be."""
    low = word.lower()
    if column.recognition and low in (*YES, *NO):
        return (0.5, 1.0, 1.5) if low in YES else (0.0, 0.0, 0.2)
    if low in WORDS:
        scale = 1.5 if column.recognition else 1.0
        a, b, c = (scale * x for x in WORDS[low])
        return a, b, c
    parts = re.fullmatch(rf"({NUMBER})(?:[-/ ]+({NUMBER}))?(?:[-/ ]+({NUMBER}))?", low)
    if parts is None:
        return None
    numbers = [float(p) for p in parts.groups() if p is not None]
    if numbers != sorted(numbers) or numbers[-1] > column.most:
        return None
    return ends_of(numbers, column.most)


def ends_of(numbers: list[float], most: float) -> tuple[float, float, float]:
    """Low end, value and high end from one, two or three numbers."""
    if len(numbers) == 3:
        return numbers[0], numbers[1], numbers[2]
    if len(numbers) == 2:
        return numbers[0], sum(numbers) / 2.0, numbers[1]
    return max(numbers[0] - WIDTH, 0.0), numbers[0], min(numbers[0] + WIDTH, most)


def share_faults(cells: Cells, opinions: list[Opinion]) -> Iterator[InputError]:
    """Factions of a party whose shares are over 1 together, and a row that says again what another said."""
    seen: dict[tuple[str, str], int] = {}
    total: dict[str, float] = {}
    column = cells.source.column("share") or "share"
    for row, o in enumerate(opinions):
        if o.party is None:
            continue
        key = (o.party.name, plain(o.faction or ""))
        if key in seen:
            place = cells.place(row, cells.source.needed("actor"))
            yield wrong(place, o.actor, f"each actor once ({cells.line(seen[key])} has it already)")
        seen.setdefault(key, row)
        if o.faction is not None and "share" in o.facts:
            total[key[0]] = total.get(key[0], 0.0) + o.facts["share"].value
            if total[key[0]] > 1.0 + 1e-6:
                whole = total[key[0]]
                expected = f"factions of {o.party.title} with shares of at most 1 together, not {whole:g}"
                yield wrong(cells.place(row, column), o.facts["share"].value, expected)
