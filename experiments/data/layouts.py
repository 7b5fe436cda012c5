"""Any file of observed data: its layout is told by the names of its columns.  This is the one table of layouts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Unpack

from detente.experiments.data import (
    acled,
    agreements,
    conflict_list,
    counts,
    eth_prio,
    ged,
    missile_tests,
    views,
)
from detente.experiments.data.observations import TABLES, Observed
from detente.experiments.data.selection import OPTIONS, Choice, Field, Selection, selected
from detente.experiments.data.source import Source, check_names, open_source
from detente.model.errors import InputError


@dataclass(frozen=True)
class Layout:
    """A layout: how it is recognised, what reads it, and by which columns a part of it is chosen.

    ``read`` takes several files as one where ``several``.  ``bare`` recognises the first line of a release without a
    header, whose columns are then ``columns``.
    """

    name: str
    shown: str
    recognised: Callable[[Sequence[str]], bool]
    read: Callable[[Sequence[Source], Selection], Observed]
    fields: dict[str, Field]
    several: bool = False
    bare: Callable[[Sequence[str]], bool] | None = None
    columns: tuple[str, ...] = ()


LAYOUTS = (
    Layout(
        ged.NAME,
        "date_start, date_end, best, where_prec, ...",
        ged.recognised,
        ged.read_ged,
        ged.FIELDS,
        several=True,
        bare=ged.headerless,
        columns=ged.COLUMNS,
    ),
    Layout(
        acled.NAME,
        "event_date, event_type, fatalities, ...",
        acled.recognised,
        acled.read_acled,
        acled.FIELDS,
    ),
    Layout(
        agreements.NAME,
        "pa_date, pa_name, pa_type, ...",
        agreements.recognised,
        agreements.read_agreements,
        agreements.FIELDS,
    ),
    Layout(
        eth_prio.NAME,
        "uniq_id, cf_effect_yr, end_yr, ceasefire_class, ...",
        eth_prio.recognised,
        eth_prio.read_ceasefires,
        eth_prio.FIELDS,
    ),
    Layout(views.NAME, "month_id, country_id, ged_sb, ...", views.recognised, views.read_views, views.FIELDS),
    Layout(
        missile_tests.NAME,
        "Date, Missile Name, Test Outcome, ...",
        missile_tests.recognised,
        missile_tests.read_tests,
        {},
    ),
    Layout("series", "date, series, value", counts.is_series, counts.read_series, {}),
    Layout(
        conflict_list.NAME,
        "case, first, last, ...",
        conflict_list.recognised,
        conflict_list.read_conflicts,
        conflict_list.FIELDS,
    ),
    Layout("days or months", "date, then a column a series", counts.is_dated, counts.read_dated, {}),
    Layout("months", "month, then a column a series", counts.is_monthly, counts.read_monthly, {}),
)
"""Every layout, the most special first: a file is of the first that knows its columns."""


def read_file(path: str | Path, country: str | int | None = None, **choice: Unpack[Choice]) -> Observed:
    """The observed data of one file of any layout; raises ``InputError`` for anything else.

    ``country``, ``conflict``, ``dyad``, ``side_a`` and ``side_b`` choose by name or id; ``since`` and ``until`` (dates
    or text) say which days count as covered, and without them the file does.
    """
    return read_data(path, country, **choice)


def read_data(
    files: str | Path | Sequence[str | Path], country: str | int | None = None, **choice: Unpack[Choice]
) -> Observed:
    r"""Observed data from files of any layout that docs/data.md lists.

    Args:
        files: the path of a file, or several: releases of GED together, and at most one table of every other kind.
        country: the country, by name or id.
        **choice: ``conflict``, ``dyad``, ``side_a`` and ``side_b`` choose by name or id; ``since`` and ``until`` (dates
            or text) say which days are covered, and without them the file does.

    Returns:
        The series by day and by month, ceasefires, agreements, and a report of what was read and left out.

    Raises:
        InputError: for a file that is of no known layout, naming line, column and value.

    Examples:
        >>> import detente, pathlib, tempfile
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "days.csv"
        >>> _ = path.write_text("date,deaths\n2018-01-01,3\n2018-01-02,5\n")
        >>> float(detente.read_data(path).daily["deaths"].sum())
        8.0
    """
    several = [files] if isinstance(files, str | Path) else files
    return read_selected(several, selected(country, **choice))


def read_selected(paths: Sequence[str | Path], selection: Selection) -> Observed:
    """The same with a selection that has been checked."""
    if not paths:
        raise InputError("--data: got nothing; expected the path of a file of observed data")
    opened = [open_layout(Path(path)) for path in paths]
    check_choice([layout for _, layout in opened], selection)
    return merged([layout.read(sources, selection) for layout, sources in grouped(opened)])


def open_layout(path: Path) -> tuple[Source, Layout]:
    """A file and its layout."""
    source = open_source(path)
    for layout in LAYOUTS:
        if layout.bare is not None and not source.parquet and layout.bare(source.names):
            return source.named(layout.columns), layout
    check_names(source)
    for layout in LAYOUTS:
        if layout.recognised(source.names):
            return source, layout
    raise InputError(
        f"{path}, line 1: columns {', '.join(source.names[:8])} match no known layout; expected {known_layouts()}"
    )


def known_layouts() -> str:
    """All layouts in one line."""
    return "; ".join(f"{layout.name} ({layout.shown})" for layout in LAYOUTS)


def check_choice(layouts: Sequence[Layout], selection: Selection) -> None:
    """Refuse a choice that no file can answer: a table of counts names neither countries nor sides."""
    for key in selection.wanted:
        if not any(key in layout.fields for layout in layouts):
            names = ", ".join(dict.fromkeys(layout.name for layout in layouts))
            raise InputError(
                f"{OPTIONS[key]}: the files ({names}) cannot be filtered by it; leave the option out"
            )


def grouped(opened: Sequence[tuple[Source, Layout]]) -> list[tuple[Layout, list[Source]]]:
    """Files that are read together: those of a layout that may come in several, each other one alone."""
    groups: list[tuple[Layout, list[Source]]] = []
    for source, layout in opened:
        together = [sources for known, sources in groups if known is layout and layout.several]
        if together:
            together[0].append(source)
        else:
            groups.append((layout, [source]))
    return groups


def merged(parts: Sequence[Observed]) -> Observed:
    """Data of several layouts as one, with at most one table of each kind."""
    tables: dict[str, Any] = {}
    for part in parts:
        for name in TABLES:
            table = getattr(part, name)
            if table is None:
                continue
            if name in tables:
                raise InputError(f"--data: {part.paths[0]} is a second file with {name} data; expected one")
            tables[name] = table
    kinds = tuple(kind for part in parts for kind in part.kinds)
    paths = tuple(path for part in parts for path in part.paths)
    return Observed(kinds, paths, reports=tuple(r for part in parts for r in part.reports), **tables)
