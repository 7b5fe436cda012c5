"""What the page *In which order* asks of the server: the items of a case, and what pairs say of two orders."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from flask import Response, jsonify, request

from detente.dashboards.app.address import FIRST_CASE
from detente.dashboards.app.asking import asked, check_compiled, computed, table
from detente.dashboards.app.orders import (
    DRAWS,
    MOST_DRAWS,
    NAMES,
    answer,
    calendar,
    checked_orders,
    command,
    plain_answer,
    read_day,
)
from detente.experiments.io.plain_json import without_nan
from detente.experiments.runs.inputs import whole_number

if TYPE_CHECKING:
    from detente.dashboards.app.site import Site


def items(site: Site) -> Any:
    """The items of a case, orders to start from, and the cases there are."""
    case = site.cases.checked(request.args.get("case", FIRST_CASE), "address")
    return jsonify(**calendar(site.cases, case), cases=site.cases.options())


def order_asked(body: Mapping[str, Any], label: str) -> dict[str, date]:
    """One of the two orders in a question."""
    days = table(body, label.lower())
    return {str(name): read_day(day, f"order {label}: {name}") for name, day in days.items()}


def compare_orders(site: Site) -> Response:
    """What pairs of runs say of two orders."""
    body = asked()
    case = site.cases.checked(body.get("case"), "request")
    place = site.cases.place(case)
    scenario = site.cases.scenario(place)
    orders = checked_orders(scenario, {label: order_asked(body, label) for label in NAMES})
    draws = whole_number(body.get("draws", DRAWS), "draws", 0, MOST_DRAWS)
    check_compiled(site)

    def work(report: Any) -> dict[str, Any]:
        found = plain_answer(answer(place, scenario, orders, draws, report))
        return {**found, "command": command(case, orders, scenario, draws)}

    days = tuple((label, *sorted(orders[label].items())) for label in NAMES)
    key = (case, site.cases.stamp(case), scenario.sha256, days, draws)
    return jsonify(without_nan(computed(site, body, "orders", key, work, lane="draws")))
