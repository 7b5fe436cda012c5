"""Selecting rows of a file of many conflicts, by country, conflict, dyad or side, and the dates it covers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypedDict

import numpy as np

from detente.experiments.data.cells import FIRST_YEAR, LAST_YEAR, listed, nothing_left, plain_id
from detente.experiments.data.source import Cells, Source
from detente.model.errors import InputError, nearest, wrong
from detente.model.request import checked_date

Mask = np.ndarray[Any, Any]

OPTIONS = {
    "country": "--country",
    "conflict": "--conflict",
    "dyad": "--dyad",
    "side_a": "--side-a",
    "side_b": "--side-b",
    "case": "--case",
}
"""Keyword of what is chosen -> its option on the command line."""


DAYS = ("--from", "--until")
"""Options for the first and the last day covered."""


class Choice(TypedDict, total=False):
    """Keywords that choose from a file, names or ids; and the days that it covers, as dates or text."""

    conflict: str | int | None
    dyad: str | int | None
    side_a: str | int | None
    side_b: str | int | None
    case: str | None
    since: date | str | None
    until: date | str | None


@dataclass(frozen=True)
class Selection:
    """What is chosen: keyword -> name or id; and the days that count as covered, the file's own where None.

    ``days`` are the options that give these days, for messages.
    """

    wanted: Mapping[str, str] = field(default_factory=dict[str, str])
    since: date | None = None
    until: date | None = None
    days: tuple[str, str] = DAYS

    def option(self) -> str:
        """The options given, for a message."""
        return ", ".join(OPTIONS[key] for key in self.wanted) or "the choice"


def selected(country: str | int | None = None, *, days: tuple[str, str] = DAYS, **choice: Any) -> Selection:
    """A selection from keywords; raises ``InputError`` for days that are none, or the wrong way round."""
    since = day_of(choice.pop("since", None), days[0])
    until = day_of(choice.pop("until", None), days[1])
    if since is not None and until is not None and until < since:
        raise wrong(days[1], until, f"a day not before {days[0]}, {since}")
    unknown = [key for key in choice if key not in OPTIONS]
    if unknown:
        raise TypeError(f"unknown keyword {unknown[0]!r}; expected {', '.join(OPTIONS)}, since or until")
    given = {"country": country, **choice}
    wanted = {
        key: checked_name(given[key], option) for key, option in OPTIONS.items() if given.get(key) is not None
    }
    return Selection(wanted, since, until, days)


def day_of(value: date | str | None, option: str) -> date | None:
    """A day given as a date or as text, of a year that data may have."""
    if value is None:
        return None
    try:
        day = value if isinstance(value, date) else date.fromisoformat(value.strip())
    except (ValueError, AttributeError):
        raise wrong(option, value, "a date such as 2018-06-15") from None
    return within_reach(day, option)


def within_reach(day: date, option: str) -> date:
    """A day; raises ``InputError`` for a year that no data have, from which months could not be counted."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise wrong(option, str(day), f"a date from {FIRST_YEAR} to {LAST_YEAR}")
    return day


def checked_name(value: Any, option: str) -> str:
    """A name or id that is not empty."""
    name = " ".join(str(value).split())
    if not name:
        raise wrong(option, value, "a name or an id")
    return name


def observed_day(value: date | str | None, option: str) -> date | None:
    """A day, a point in time or text, of a year that data may have; None where none is given."""
    day = checked_date(value, option)
    return None if day is None else within_reach(day, option)


@dataclass(frozen=True)
class Field:
    """Columns in which one thing is named: by name, and by id.

    ``several``: a cell may list more than one, separated by commas.
    """

    columns: tuple[str, ...]
    several: bool = False

    def present(self, source: Source) -> list[str]:
        """The columns of these that a file has."""
        return list(dict.fromkeys(name for wanted in self.columns if (name := source.column(wanted))))


Fields = Mapping[str, Field]


def columns_for(source: Source, selection: Selection, fields: Fields) -> list[str]:
    """The columns to read for a selection; raises ``InputError`` where a file cannot tell what is asked for."""
    columns: list[str] = []
    for key in selection.wanted:
        if key not in fields:
            continue
        present = fields[key].present(source)
        if not present:
            wanted = " or ".join(fields[key].columns)
            raise InputError(f"{OPTIONS[key]}: {source.path}, line 1 has no column {wanted} to filter by")
        columns += present
    return columns


def chosen(cells: Cells, selection: Selection, fields: Fields, what: str) -> np.ndarray[Any, Any]:
    """Which rows are chosen; raises ``InputError`` for a name that is not there, with the nearest one."""
    mask = np.ones(len(cells), dtype=bool)
    for key, name in selection.wanted.items():
        if key in fields:
            mask &= rows_with(cells, fields[key], name, OPTIONS[key], what)
    if not mask.any():
        raise nothing_left(f"{selection.option()}: {cells.source.path}")
    return mask


def rows_with(cells: Cells, where: Field, name: str, option: str, what: str) -> np.ndarray[Any, Any]:
    """Rows with one name or id: exactly as written, or else ignoring case."""
    columns = where.present(cells.source)
    for same in (str, str.casefold):
        mask = np.zeros(len(cells), dtype=bool)
        for column in columns:
            values = plain_id(cells[column])
            hits = [v for v in values.unique() if same(name) in {same(part) for part in parts(v, where)}]
            mask |= values.isin(hits).to_numpy(dtype=bool)
        if mask.any():
            return mask
    known = sorted(names_in(cells, where))
    words = [word for word in known if not word.isdigit()] or known
    close = nearest(name, known) or f"; it has {listed(words)}"
    raise InputError(f"{option}: {cells.source.path} has no {what} in {name!r}{close}")


def names_in(cells: Cells, where: Field) -> set[str]:
    """Every name and id of one kind in a file."""
    columns = [plain_id(cells[column]).unique() for column in where.present(cells.source)]
    return {part for values in columns for value in values for part in parts(value, where) if part}


def parts(value: str, where: Field) -> list[str]:
    """A cell, and each name in it where it may list several."""
    if not where.several:
        return [value]
    return [value, *(part.strip() for part in value.replace(";", ",").split(","))]


def one_country(files: str, known: Iterable[str], selection: Selection, fields: Fields) -> None:
    """Ask for a choice where files hold several countries and nothing is chosen."""
    names = sorted(set(known))
    if len(names) > 1 and not any(key in fields for key in selection.wanted):
        *first, last = (OPTIONS[key] for key in fields)
        how = f"{', '.join(first)} or {last}" if first else last
        raise InputError(f"{files}: holds {len(names)} countries ({listed(names)}); choose one with {how}")


def chosen_anywhere(files: Sequence[Cells], selection: Selection, fields: Fields, what: str) -> list[Mask]:
    """Rows chosen in several files read as one: a file may lack what is chosen, as quiet months do, but not all may."""
    masks = [tried(cells, selection, fields, what) for cells in files]
    errors = [mask for mask in masks if isinstance(mask, InputError)]
    if errors and len(errors) == len(masks):
        raise errors[0]
    return [
        np.zeros(len(cells), dtype=bool) if isinstance(mask, InputError) else mask
        for mask, cells in zip(masks, files, strict=True)
    ]


def tried(cells: Cells, selection: Selection, fields: Fields, what: str) -> Mask | InputError:
    """Which rows are chosen, or the line that says why there is none."""
    try:
        return chosen(cells, selection, fields, what)
    except InputError as error:
        return error
