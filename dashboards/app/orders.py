"""Two orders of a case's items on a calendar: what can be moved, what the orders are, and what pairs of runs answer.

An order is a day for each item, or a condition that it waits for.  It is written as ``detente sequence --order`` takes
it, and answered by the same function; words and tables are those of its result.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from detente.dashboards.app.plain_words import EVENT_NOUNS
from detente.dashboards.app.waits import (
    OWN,
    Turn,
    Waits,
    copy_name,
    file_of_items,
    items_with_waits,
    own_words,
    wait_asked,
    wait_like,
    waits_of,
)
from detente.experiments.analysis.sequence import PAIRS, sequence
from detente.experiments.analysis.sequence_contrasts import BUILDERS, Board, Contrast, contrasts_of
from detente.experiments.analysis.sequence_items import ItemSpec, items_of, usual_items
from detente.experiments.analysis.sequence_orders import days_of, evenly
from detente.experiments.analysis.sequence_result import amount, span
from detente.experiments.io.numbers import scale_of, unit_words
from detente.model.errors import InputError, unknown, wrong

if TYPE_CHECKING:
    from detente.dashboards.app.cases import Cases
    from detente.experiments.analysis.sequence_orders import Order
    from detente.experiments.analysis.sequence_parting import Parting
    from detente.experiments.analysis.sequence_result import Answer, Sequences
    from detente.model.scenario import Scenario

Days = Mapping[str, Turn]
"""An order: item -> the day on which it is done, or the condition that it waits for."""

FILE_NAME = "sequence.toml"
"""What a file of items is called where an order has items that wait for a condition."""

NAMES = ("A", "B")
"""The two orders that are compared."""

DRAWS, MOST_DRAWS = 50, 200
"""Draws of what is not known unless another number is asked for, and the most of them; 0 leaves luck alone."""

MOST_ITEMS = 12
"""Items that two orders may hold."""

USUAL = "usual"
"""The start that has one item for each of the levers of five lessons."""


# -- what can be put in order


def movable(scenario: Scenario) -> dict[str, ItemSpec]:
    """The items of a case by name."""
    return {one.name: one for one in items_of(scenario).item}


def calendar(cases: Cases, case: str) -> dict[str, Any]:
    """What a page draws: the items, the days between which they can be moved, and orders to start from."""
    scenario = cases.scenario(cases.place(case))
    known, about = movable(scenario), scenario.case
    starts, missing = starts_of(scenario, known)
    return {
        "case": case,
        "title": about.title,
        "first": about.pivot.isoformat(),
        "last": about.end.isoformat(),
        "items": [plain_item(scenario, one) for one in known.values()],
        "waits": [[wait.name, wait.words] for wait in waits_of(scenario).values()],
        "starts": starts,
        "missing": missing,
        "pairs": PAIRS,
        "draws": DRAWS,
        "most_items": MOST_ITEMS,
    }


def earliest_day(scenario: Scenario, one: ItemSpec) -> date:
    """The first day on which an item can be done: none before the levers act."""
    return max(one.earliest or scenario.case.pivot, scenario.case.pivot)


def plain_item(scenario: Scenario, one: ItemSpec) -> dict[str, Any]:
    """An item as a browser takes it."""
    return {
        "name": one.name,
        "title": one.words,
        "note": one.note,
        "earliest": earliest_day(scenario, one).isoformat(),
        "after": list(one.after),
        "waits": "" if one.when is None else own_words(scenario, one.when),
    }


def starts_of(scenario: Scenario, known: Mapping[str, ItemSpec]) -> tuple[list[dict[str, Any]], list[str]]:
    """Pairs of orders to start from: the contrasts that have a name, and the usual items both ways; and what lacks."""
    spec = items_of(scenario)
    board = Board(scenario, {one.name: one for one in spec.item}, spec.gap)
    try:
        found, lacking = contrasts_of(board, tuple(BUILDERS))
    except InputError:
        found, lacking = [], []
    named = [start for contrast in found for start in contrast_starts(scenario, contrast, known)]
    named += [start for contrast in found if (start := waiting_start(scenario, contrast, known))]
    dated = {name: one for name, one in known.items() if one.when is None}
    return named + usual_start(scenario, dated, spec.gap), [f"{one.contrast}: {one.why}" for one in lacking]


def waiting_start(
    scenario: Scenario, contrast: Contrast, known: Mapping[str, ItemSpec]
) -> dict[str, Any] | None:
    """A contrast of one item, on a day against once a condition is met; none where it is another contrast."""
    if not contrast.own:
        return None
    orders: list[dict[str, str]] = []
    for order in contrast.orders:
        one = contrast.own[order.items[0]]
        name = next(item.name for item in known.values() if item.move == one.move)
        if known[name].after or known[name].when:
            return None
        day = earliest_day(scenario, known[name]).isoformat()
        orders.append({name: day if one.when is None else wait_like(scenario, one.when)})
    labels = [order.label for order in contrast.orders]
    title = f"{contrast.title} A: {labels[0]}, B: {labels[1]}"
    return {"name": contrast.name, "title": title, "a": orders[0], "b": orders[1]}


def contrast_starts(
    scenario: Scenario, contrast: Contrast, known: Mapping[str, ItemSpec]
) -> list[dict[str, Any]]:
    """The first order of a contrast against each other one, where all have days."""
    if not set(contrast.items) <= set(known):
        return []
    first, *others = contrast.orders
    return [
        {
            "name": contrast.name if k == 0 else f"{contrast.name}-{k + 1}",
            "title": f"{contrast.title} A: {first.label}, B: {other.label}",
            "a": plain_days(scenario, first, known),
            "b": plain_days(scenario, other, known),
        }
        for k, other in enumerate(others)
        if fits(scenario, first, known) and fits(scenario, other, known)
    ]


def usual_start(scenario: Scenario, known: Mapping[str, ItemSpec], gap: float) -> list[dict[str, Any]]:
    """The items of five lessons one after the other, against the same the other way round."""
    names = [name for name in usual_items(scenario, list(known.values())) if not known[name].after]
    if len(names) < 2:
        return []
    length = (scenario.case.end - scenario.case.pivot).days
    space = min(gap, max(1.0, length // len(names)))
    orders = [evenly([[name] for name in row], space) for row in (names, names[::-1])]
    if not all(fits(scenario, order, known) for order in orders):
        return []
    days = [plain_days(scenario, order, known) for order in orders]
    title = "The items of five lessons; B: the other way round"
    return [{"name": USUAL, "title": title, "a": days[0], "b": days[1]}]


def fits(scenario: Scenario, order: Order, known: Mapping[str, ItemSpec]) -> bool:
    """Whether all turns of an order lie inside the case."""
    try:
        days_of(order, known, scenario)
    except InputError:
        return False
    return True


def plain_days(scenario: Scenario, order: Order, known: Mapping[str, ItemSpec]) -> dict[str, str]:
    """The days of an order as text."""
    return {name: day.isoformat() for name, day in days_of(order, known, scenario).items()}


# -- an order by its days


def read_days(text: str, place: str) -> dict[str, Turn]:
    """An order from an address, ``item@2019-03-01,item@2019-06-01``; raises ``InputError`` for anything else."""
    found: dict[str, Turn] = {}
    for part in text.split(",") if text else ():
        name, _, day = part.partition("@")
        if name in found:
            raise wrong(place, part, "each item once")
        found[name] = read_turn(day, f"{place}: {name}")
    return found


def read_turn(text: Any, place: str) -> Turn:
    """A day, or the name of a condition; raises ``InputError`` for what is neither."""
    if isinstance(text, str) and text[:1].isalpha():
        return Waits(text)
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        raise wrong(place, text, "a date such as 2019-03-01, or the name of a condition") from None


def turn_text(turn: Turn) -> str:
    """A turn as an address has it."""
    return turn.name if isinstance(turn, Waits) else turn.isoformat()


def check_days(scenario: Scenario, orders: Mapping[str, Days]) -> None:
    """Raise ``InputError`` for an item that the case does not have, and for a day on which it cannot be done."""
    known, case = movable(scenario), scenario.case
    for label in NAMES:
        for name, day in orders[label].items():
            if name not in known:
                raise unknown(f"order {label}: item", name, known)
            place = f"order {label}: {name}"
            if isinstance(day, Waits):
                wait_asked(scenario, known[name], day.name, place)
                continue
            if known[name].when is not None:
                raise wrong(place, str(day), f"{OWN!r}: it waits for a condition of its own")
            earliest = earliest_day(scenario, known[name])
            if not earliest <= day <= case.end:
                raise wrong(f"order {label}: {name}", str(day), f"a date from {earliest} to {case.end}")
    items = {name for days in orders.values() for name in days}
    if len(items) > MOST_ITEMS:
        raise wrong("orders", f"{len(items)} items", f"at most {MOST_ITEMS}")


def checked_orders(scenario: Scenario, orders: Mapping[str, Days]) -> Mapping[str, Days]:
    """Two orders that can be compared; raises ``InputError`` for an empty one, and for two that are alike."""
    check_days(scenario, orders)
    for label in NAMES:
        if not orders[label]:
            raise InputError(f"order {label}: is empty; expected at least one item")
    if orders["A"] == orders["B"]:
        raise InputError("orders: A and B are the same; expected two that differ")
    return orders


def order_text(label: str, days: Days, first: date) -> str:
    """An order as the command line takes it: ``A: truce >90 talks``; days are counted from ``first``."""
    waiting = [(first, copy_name(name, turn.name)) for name, turn in days.items() if isinstance(turn, Waits)]
    rows = sorted([*waiting, *((day, name) for name, day in days.items() if isinstance(day, date))])
    turns = [(day, " + ".join(name for _, name in group)) for day, group in groupby(rows, lambda row: row[0])]
    text, before = "", first
    for day, names in turns:
        text += f" >{(day - before).days} {names}" if text or day > first else names
        before = day
    return f"{label}: {text.strip()}"


def command(case: str, orders: Mapping[str, Days], scenario: Scenario, draws: int) -> str:
    """The same on the command line."""
    texts = [f"--order '{order_text(label, orders[label], scenario.case.pivot)}'" for label in NAMES]
    file = f" --file {FILE_NAME}" if file_text(scenario, orders) else ""
    return f"detente sequence {case}{file} {' '.join(texts)}" + (
        f" --draws {draws}" if draws != DRAWS else ""
    )


def file_text(scenario: Scenario, orders: Mapping[str, Days]) -> str:
    """The items as a file, where an order has one that waits for a condition not its own; empty else."""
    turns = [turn for label in NAMES for turn in orders[label].values()]
    if not any(isinstance(turn, Waits) and turn.name != OWN for turn in turns):
        return ""
    spec = items_of(scenario)
    known = {one.name: one for one in spec.item}
    used = list({name: None for label in NAMES for name in orders[label]})
    for name in used:
        used += [other for other in known[name].after if other not in used]
    items = items_with_waits(scenario, {n: known[n] for n in known if n in used}, [*orders.values()])
    return file_of_items(spec.gap, items)


# -- what the pairs answer


def answer(place: str, scenario: Scenario, orders: Mapping[str, Days], draws: int, report: Any) -> Sequences:
    """What ``detente sequence`` finds of two orders."""
    texts = [order_text(label, orders[label], scenario.case.pivot) for label in NAMES]
    what = f"{PAIRS} pairs" + (f", {draws} draws of what is not known" if draws else "")
    asked: dict[str, Any] = {"orders": texts, "draws": draws}
    asked["progress"] = lambda done, all_: report(what, done, all_)
    items = file_text(scenario, orders)
    if not items:
        return sequence(place, **asked)
    with TemporaryDirectory(prefix="detente-") as folder:
        file = Path(folder) / FILE_NAME
        file.write_text(items, encoding="utf-8")
        return sequence(place, file=file, **asked)


def plain_answer(made: Sequences) -> dict[str, Any]:
    """What a page shows: the verdict, lines below it, the numbers of a figure, tables, and where the orders part."""
    (found,) = made.answers
    part = found.parting
    return {
        "verdict": bare(found.verdict),
        "lines": plain_lines(found),
        "figure": [drawn(row) for row in rows_of(found)],
        "differences": differences_table(found),
        "means": means_table(found),
        "parting": None if part is None else {**part.to_json(), "words": parting_words(part)},
        "about": about_words(made),
        "draws": made.about["draws"],
    }


QUOTED = re.compile(rf"'({'|'.join(NAMES)})'")


def bare(text: str) -> str:
    """A sentence in which the orders stand as the page marks them, without quotation marks."""
    return QUOTED.sub(r"\1", text)


def parting_words(part: Parting) -> str:
    """Where the orders part, with the event that differs first in words."""
    kind = part.consequence.replace("_", " ")
    words = EVENT_NOUNS.get(part.consequence, kind)
    return bare(part.words.replace(f"'{kind}'", words) if kind else part.words)


def plain_lines(found: Answer) -> list[str]:
    """What is said below the verdict of two orders that differ."""
    if not found.differs:
        return []
    neither = ["Neither beats the other in all aims that differ."] if len(found.front) > 1 else []
    safer = (
        f"At worst, over what is not known, {found.least_regret} falls least far short of the better order."
    )
    return [*neither, *([safer] if found.least_regret else [])]


def rows_of(found: Answer) -> list[dict[Any, Any]]:
    """The difference that B makes against A, aim by aim."""
    return [{**row, "words": words_of(found, row["aim"])} for row in found.differences.to_dict("records")]


def words_of(found: Answer, aim: str) -> str:
    """An aim in words."""
    return next(one.words for one in found.aims if one.name == aim)


def drawn(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A row of the figure: the difference, both intervals, what they mean, and all of it in a sentence."""
    scale = scale_of(row["unit"])
    ends = ("mean", "low95", "high95", "wide_low95", "wide_high95")
    return {
        "aim": row["words"],
        "unit": unit_words(row["unit"]),
        "verdict": row["verdict"],
        "firm": row["firm"],
        "text": amount(row["mean"], row["unit"]),
        **{name: scale * row[name] for name in ends},
    }


HEAD = ("Aim", "B less A", "luck", "luck and what is not known", "sign holds in", "B is")


def differences_table(found: Answer) -> dict[str, Any]:
    """The differences as text: heads and rows."""
    rows = [
        [
            row["words"],
            amount(row["mean"], row["unit"]),
            span(row, "low95", "high95"),
            span(row, "wide_low95", "wide_high95") if row["draws"] else "–",
            "–" if row["sign_share"] != row["sign_share"] else f"{100 * row['sign_share']:.0f} %",
            row["verdict"] + (", firm" if row["firm"] else ""),
        ]
        for row in rows_of(found)
    ]
    return {"head": HEAD, "rows": rows}


def means_table(found: Answer) -> dict[str, Any]:
    """The mean of every aim under each order, as text."""
    means = found.means.set_index(["order", "aim"])["mean"].to_dict()
    rows = [
        [
            aim.words,
            unit_words(aim.unit),
            *(mean_words(float(means[label, aim.name]), aim.unit) for label in NAMES),
        ]
        for aim in found.valued
    ]
    return {"head": ("Mean of the runs", "unit", *NAMES), "rows": rows}


def mean_words(value: float, unit: str) -> str:
    """A mean, shares in points."""
    return "–" if value != value else f"{scale_of(unit) * value:,.3g}"


def about_words(made: Sequences) -> str:
    """What the runs were made from, as the command line says it."""
    about = made.about
    drawn = f"{about['draws']} draws of {about['seeds_in_draw']} seeds each ({about['drawn_words']})"
    return (
        f"{about['pairs']} pairs of runs, {drawn if about['draws'] else 'luck alone'}; on top of {about['policy']}, "
        f"theory {about['theory']}. Not a forecast."
    )
