"""Two orders and what the pairs say of them, as one file to mail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from detente.dashboards.app.mail import Html, Letter, element, page, run_again, settings, table
from detente.dashboards.app.order_answer import answer_parts
from detente.dashboards.app.orders import FILE_NAME, NAMES, Days, movable
from detente.dashboards.app.waits import turn_words
from detente.experiments.compare.lessons import base_policy
from detente.experiments.runs.provenance import provenance
from detente.model.opening import Opening
from detente.model.request import open_case
from detente.model.scenario import Scenario


def order_page(
    place: str, scenario: Scenario, orders: Mapping[str, Days], told: Mapping[str, Any], address: str
) -> str:
    """The page.

    Args:
        place: what opens the case.
        scenario: the case.
        orders: both orders.
        told: what the page shows of them (``orders.plain_answer``), with ``command`` and ``file``.
        address: of the page in the dashboards.
    """
    start = open_case(place, base_policy(scenario))
    said = element(
        "div",
        answer_parts(told, unfolded=True),
        element("p", told["about"], class_="hint"),
        class_="q-answer",
    )
    parts = [
        element("h2", "The two orders"), orders_table(scenario, orders),
        element("h2", "What the pairs say"), said, *made_from(start), *same_again(told), *run_again(replay=False),
    ]  # fmt: skip
    lead = "Two orders of the same steps, under the same seeds. Each step is ruled out until its turn."
    return page(Letter(f"{scenario.case.title}: in which order?", lead, parts, address), start, sheets=SHEETS)


SHEETS = ("sequence.css",)
"""Styles beside those of every mailed page."""


def orders_table(scenario: Scenario, orders: Mapping[str, Days]) -> Html:
    """When each item is done in either order."""
    known = movable(scenario)
    names = dict.fromkeys(name for label in NAMES for name in orders[label])
    rows = [
        [
            known[name].words,
            *(
                turn_words(scenario, known[name], orders[label][name])
                if name in orders[label]
                else "left out"
                for label in NAMES
            ),
        ]
        for name in names
    ]
    return table(["Item", *NAMES], rows)


def made_from(start: Opening) -> list[Html]:
    """What all runs have in common."""
    return settings(start, provenance(start))


def same_again(told: Mapping[str, Any]) -> list[Html]:
    """The same on the command line, with the file of items where one is needed."""
    parts = [element("h2", "The same on the command line"), element("pre", told["command"], tabindex="0")]
    if told.get("file"):
        items = element("pre", told["file"], tabindex="0")
        parts += [element("details", element("summary", f"The items as {FILE_NAME}"), items)]
    return parts
