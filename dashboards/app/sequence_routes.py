"""What the page *In which order* asks: the items of a case, what pairs say of two orders, a file to mail."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import Response, jsonify, make_response, request

from detente.dashboards.app.address import FIRST_CASE
from detente.dashboards.app.asking import asked, check_compiled, computed, table
from detente.dashboards.app.order_answer import answer_parts
from detente.dashboards.app.order_letter import order_page
from detente.dashboards.app.orders import (
    DRAWS,
    MOST_DRAWS,
    NAMES,
    Days,
    answer,
    calendar,
    checked_orders,
    command,
    file_text,
    plain_answer,
    read_turn,
    turn_text,
)
from detente.dashboards.app.waits import Turn
from detente.experiments.io.plain_json import without_nan
from detente.experiments.runs.inputs import whole_number
from detente.model.scenario import Scenario

if TYPE_CHECKING:
    from detente.dashboards.app.site import Site


def items(site: Site) -> Any:
    """The items of a case, orders to start from, and the cases there are."""
    case = site.cases.checked(request.args.get("case", FIRST_CASE), "address")
    return jsonify(**calendar(site.cases, case), cases=site.cases.options())


def order_asked(body: Mapping[str, Any], label: str) -> dict[str, Turn]:
    """One of the two orders in a question."""
    days = table(body, label.lower())
    return {str(name): read_turn(day, f"order {label}: {name}") for name, day in days.items()}


class OrdersAsked(NamedTuple):
    """Two orders of a case in a question, and over how many draws they are compared."""

    case: str
    place: str
    scenario: Scenario
    orders: Mapping[str, Days]
    draws: int

    def key(self, site: Site) -> Hashable:
        """All that the answer depends on."""
        days = tuple(
            (label, *sorted((n, turn_text(t)) for n, t in self.orders[label].items())) for label in NAMES
        )
        return (self.case, site.cases.stamp(self.case), self.scenario.sha256, days, self.draws)

    def told(self, report: Any) -> dict[str, Any]:
        """What the pairs say of them."""
        found = plain_answer(answer(self.place, self.scenario, self.orders, self.draws, report))
        line = command(self.case, self.orders, self.scenario, self.draws)
        return {**found, "command": line, "file": file_text(self.scenario, self.orders)}

    @property
    def address(self) -> str:
        """Of the page that shows the answer."""
        texts = [
            ",".join(f"{name}@{turn_text(turn)}" for name, turn in self.orders[label].items())
            for label in NAMES
        ]
        return f"/sequence?case={self.case}&a={texts[0]}&b={texts[1]}&draws={self.draws}&answer=1"


def orders_asked(site: Site, body: Mapping[str, Any]) -> OrdersAsked:
    """The orders in a question; raises ``InputError`` for what cannot be compared."""
    case = site.cases.checked(body.get("case"), "request")
    place = site.cases.place(case)
    scenario = site.cases.scenario(place)
    orders = checked_orders(scenario, {label: order_asked(body, label) for label in NAMES})
    draws = whole_number(body.get("draws", DRAWS), "draws", 0, MOST_DRAWS)
    return OrdersAsked(case, place, scenario, orders, draws)


ORDERS = "orders"
"""Subject of the questions about orders."""


def compare_orders(site: Site) -> Response:
    """What pairs of runs say of two orders."""
    body = asked()
    wanted = orders_asked(site, body)
    check_compiled(site)
    told = without_nan(computed(site, body, ORDERS, wanted.key(site), wanted.told, lane="draws"))
    return jsonify(**told, page=answer_parts(told))


def mail_orders(site: Site) -> Response:
    """Two orders and what the pairs say of them, as one file."""
    body = asked()
    wanted = orders_asked(site, body)
    check_compiled(site)

    def work(report: Any) -> str:
        job = site.jobs.find((ORDERS, wanted.key(site)))
        known = job is not None and job.over and not job.fault
        told = job.answer() if job is not None and known else wanted.told(report)
        return order_page(wanted.place, wanted.scenario, wanted.orders, without_nan(told), wanted.address)

    text = computed(site, body, "mail orders", wanted.key(site), work, lane="draws")
    reply = make_response(text)
    reply.headers["Content-Type"] = "text/html; charset=utf-8"
    name = f"detente-{wanted.scenario.case.name}-in-which-order.html"
    reply.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return reply
