"""Validity cards as the manual has them, for the Evidence page: what is known without computing anything."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from dash import html

from detente.dashboards.app.checks import ALL_CASES, checked_patterns
from detente.dashboards.app.controls import number, said, spaced, table
from detente.dashboards.app.manual_tables import manual_part, plain_words
from detente.experiments.validity.card_page import ALL

PAGE = "validity"
TALLY = re.compile(r"(\d+) checks: (\d+) passed, (\d+) count")
DETAILS = ("source", "control", "null models", "mode")
"""Columns that only the manual's page has."""


class Tally(NamedTuple):
    """How many checks a case has, how many it passes, and how many of these count."""

    checks: int
    passed: int
    counted: int


def tally_of(case: str) -> Tally | None:
    """The tally of a case in the manual; none where it has no card there."""
    words = " ".join(manual_part(PAGE, case).paragraphs)
    found = TALLY.search(words)
    return Tally(*map(int, found.groups())) if found else None


def shipped_card(case: str, titles: Mapping[str, str]) -> list[Any]:
    """The card of a case as it was shipped, or the tallies of all."""
    return tallies(titles) if case == ALL_CASES else one_card(case)


def tallies(titles: Mapping[str, str]) -> list[Any]:
    """All cases in a sentence, and a line for each: checks, how many are passed, how many of these count."""
    known = [name for name in checked_patterns() if name in titles]
    rows = [[case_link(name, titles), *tally_cells(tally_of(name))] for name in known]
    heads = ["Case", "Checks", "Passed", "Count"]
    caption = "The cards as they were shipped; choose a case to see its own, or to compute it"
    whole = [html.P(spaced(words), className="lead") for words in manual_part(PAGE, ALL).paragraphs]
    return [*whole, table(heads, rows, caption=caption, name="evidence-tallies")]


def tally_cells(tally: Tally | None) -> list[str]:
    """The cells of a tally; dashes where the manual has none, and the card can be computed only."""
    return ["–"] * len(Tally._fields) if tally is None else [str(n) for n in tally]


def case_link(name: str, titles: Mapping[str, str]) -> html.A:
    """A link to the card of a case."""
    return html.A(
        titles[name], href="/evidence?" + urlencode({"case": name}), **said(f"Card of {titles[name]}")
    )


def one_card(case: str) -> list[Any]:
    """Every check of a case as it was shipped, without its details."""
    tally, found = tally_of(case), manual_part(PAGE, case).table("check")
    if tally is None or found is None:
        return []
    kept = [k for k, head in enumerate(found.heads) if head not in DETAILS]
    rows = [[read_out(plain_words(row[k])) for k in kept] for row in found.rows]
    line = (
        f"The card as it was shipped: {tally.passed} of {tally.checks} checks passed, {tally.counted} count. "
        "Misses stay."
    )
    heads = [found.heads[k][0].upper() + found.heads[k][1:] for k in kept]
    return [html.P(line, className="lead"), table(heads, rows, name="evidence-shipped-card")]


MINUS, POWER = re.compile(r"(?<![\w.-])-(?=\.?\d)"), re.compile(r"\d(?:\.\d+)?e[+-]\d+")


def read_out(cell: str) -> str:
    """A cell of the manual as the pages write numbers: a real minus, no powers of ten, a space before per cent."""
    whole = POWER.sub(lambda found: number(float(found[0])), cell)
    return MINUS.sub("−", spaced(whole))
