"""Two orders and what the pairs say of them, as one file to mail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from detente.dashboards.app.mail import Html, Letter, element, page, run_again, settings, table
from detente.dashboards.app.orders import FILE_NAME, NAMES, Days, movable
from detente.dashboards.app.waits import turn_words
from detente.experiments.compare.lessons import base_policy
from detente.experiments.runs.provenance import provenance
from detente.model.opening import Opening
from detente.model.request import open_case
from detente.model.scenario import Scenario

MARGIN = 4.0
"""Room beside the lines of the figure [% of its width]."""

KINDS = {"better": "s-better", "worse": "s-worse"}


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
    lines = [element("p", line) for line in told["lines"]]
    tables = [element("h3", words) for words in ("What B has more of than A", "Mean of each aim")]
    said = element(
        "div", element("p", told["verdict"], class_="q-sentence"), *lines, figure(told),
        tables[0], table(told["differences"]["head"], told["differences"]["rows"]),
        tables[1], table(told["means"]["head"], told["means"]["rows"]),
        element("p", told["about"], class_="hint"), class_="q-answer",
    )  # fmt: skip
    parts = [
        element("h2", "The two orders"), orders_table(scenario, orders),
        element("h2", "What the pairs say"), said, *parting(told.get("parting")),
        *made_from(start), *same_again(told), *run_again(replay=False),
    ]  # fmt: skip
    lead = "Two orders of the same things, under the same seeds. Each is ruled out until its turn."
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


def figure(told: Mapping[str, Any]) -> Html:
    """Both intervals of each aim, drawn as on the page; the words beside each row say the same."""
    wide = (
        "; thin line: luck and what is not known; full point: the sign holds in most draws"
        if told["draws"]
        else ""
    )
    caption = (
        f"What B has more of than A. Thick line: luck, 95 %{wide}. Blue: B is better; orange: B is worse; grey: no "
        "clear difference."
    )
    rows = [row_drawn(one) for one in told["figure"]]
    return element("figure", element("figcaption", caption), element("div", *rows), class_="s-figure")


def row_drawn(one: Mapping[str, Any]) -> Html:
    """A row of the figure."""
    aim = element("div", one["aim"], element("small", f" {one['unit']}"), class_="s-aim")
    said = f"{one['text']}: {one['verdict']}" + (", firm" if one["firm"] else "")
    return element(
        "div", aim, lines_drawn(one), element("div", said, class_="s-said"),
        class_=f"s-row {KINDS.get(one['verdict'], 's-same')}",
    )  # fmt: skip


def lines_drawn(one: Mapping[str, Any]) -> Html:
    """The intervals and the mean of a row on one scale, which holds 0."""
    values = [one[key] for key in ("low95", "high95", "wide_low95", "wide_high95", "mean")]
    low, high = (end([0.0, *(v for v in values if v is not None and v == v)]) for end in (min, max))
    span = (high - low) or 1.0

    def at(value: float) -> str:
        return f"{MARGIN + (100 - 2 * MARGIN) * (value - low) / span:.2f}%"

    def line(ends: Sequence[float | None], name: str) -> Html:
        one_end, other = ends
        if one_end is None or other is None or one_end != one_end:
            return Html("")
        return element("line", x1=at(one_end), x2=at(other), y1="15", y2="15", class_=name)

    nought = element("line", x1=at(0.0), x2=at(0.0), y1="1", y2="29", class_="s-nought")
    point = element(
        "circle", cx=at(values[4]), cy="15", r="5.5", class_="s-firm" if one["firm"] else "s-open"
    )
    drawn = (nought, line(values[2:4], "s-wide"), line(values[:2], "s-luck"), point)
    return element("svg", *drawn, width="100%", height="30", aria_hidden="true")


def parting(told: Mapping[str, Any] | None) -> list[Html]:
    """Where the orders part: in words, and what only one of them has."""
    if not told:
        return []
    sides = [told["left"], told["right"]]
    rows = [
        [k + 1, *(f"{side[k][0]}: {side[k][1]}" if k < len(side) else "" for side in sides)]
        for k in range(max(map(len, sides)))
    ]
    drawn = [table(["No.", *told["orders"]], rows)] if rows else []
    return [element("h2", "Where they part"), element("p", told["words"]), *drawn]


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
