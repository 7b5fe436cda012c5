"""Levers and moves that act from the day shown, on Mesa's page: a decision needs no reset and no new run by hand.

The process is made again with the decision, and brought to the day that was shown.  Its luck is keyed by day and
purpose, so nothing before that day changes.
"""

# solara declares less than it exports and takes.
# pyright: reportPrivateImportUsage=false, reportArgumentType=false

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import solara

from detente.dashboards.app.offers import Offer, offers
from detente.dashboards.mesa_parts import Drawn, WatchedProcess
from detente.model.errors import InputError

NUMBERS = {
    "amount": "share of forces left (0 to 1)",
    "strength": "how much it is wanted (0 to 1)",
    "level": "level of the lever (0 to 1)",
}
"""Fields of a move that hold a number, with what they are called."""


def decisions(offer: Offer, day: date, last: date, days: int, number: float) -> list[dict[str, Any]]:
    """What a move on a day decides: one table of a policy for each side that decides.

    Args:
        offer: the move, as ``offers`` has it.
        day: the day on which it is made.
        last: the last day of the case, up to which a ceasefire can last.
        days: how long a ceasefire lasts, where the move has an end [days].
        number: the level of a lever, the strength of a wish, or the share of forces left, where the move has one.
    """
    more: dict[str, Any] = {}
    if "from" in offer["fields"]:
        more["from"] = day
    if "until" in offer["fields"]:
        more["until"] = min(day + timedelta(days), last)
    if NUMBERS.keys() & offer["fields"]:
        more["amount"] = number
    return [{"date": day, **one, **more} for one in (offer["decision"], *offer["also"])]


def shown_day(model: WatchedProcess, drawn: Drawn) -> date:
    """The day that a drawing shows."""
    passed = (drawn.frame.n_rows - 1) * model.opening.step_days
    return min(model.opening.scenario.case.start + timedelta(passed), model.opening.scenario.case.end)


@solara.component
def MovePicker(known: list[Offer], chosen: solara.Reactive[str]) -> None:
    """Who or what a move is about, then the move: one list of all would be too long to read."""
    groups = list(dict.fromkeys(one["group"] for one in known))
    here = next((one["group"] for one in known if one["label"] == chosen.value), groups[0])

    def regroup(group: str) -> None:
        chosen.value = next(one["label"] for one in known if one["group"] == group)

    solara.Select("about", values=groups, value=here, on_value=regroup)
    solara.Select("move", values=[one["label"] for one in known if one["group"] == here], value=chosen)


@solara.component
def DecisionPanel(model: solara.Reactive[WatchedProcess], drawn: Drawn) -> None:
    """A move, what it needs to be told, and the button that makes it on the day shown."""
    now = model.value
    known = solara.use_memo(lambda: offers(now.opening), [id(now.opening)])
    label = solara.use_reactive(known[0]["label"])
    days, number = solara.use_reactive(30), solara.use_reactive(0.8)
    said = solara.use_reactive("")
    offer = next((one for one in known if one["label"] == label.value), known[0])

    def decide() -> None:
        day, last = shown_day(now, drawn), now.opening.scenario.case.end
        try:
            model.value = now.decided(
                decisions(offer, day, last, days.value, number.value), drawn.frame.n_rows
            )
            said.value = f"Decided on {drawn.date}: {offer['label']}."
        except InputError as error:
            said.value = str(error)

    with solara.Details(f"Decide on {drawn.date}, without a reset"):
        with solara.Row(style="flex-wrap: wrap; align-items: center"):
            MovePicker(known, label)
            if "until" in offer["fields"]:
                solara.InputInt("for how many days", value=days)
            for name in NUMBERS.keys() & offer["fields"]:
                solara.SliderFloat(NUMBERS[name], value=number, min=0.0, max=1.0, step=0.05)
            solara.Button("Decide", on_click=decide, color="primary")
        with solara.Column(gap="2px"):
            if said.value:
                solara.Text(said.value)
            for one in now.decisions:
                solara.Text(f"{one['date']}: {one['do'].replace('_', ' ')} ({one['actor']})")
