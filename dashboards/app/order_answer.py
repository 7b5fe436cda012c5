"""What pairs say of two orders, drawn once: the page and the file to mail show the same words, figure and tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from detente.dashboards.app.mail import Html, element, table
from detente.dashboards.app.plain_words import chronicle_words, dated, day_in_words

MARGIN = 4.0
"""Room beside the lines of the figure [% of its width]."""

KINDS = {"better": "s-better", "worse": "s-worse"}

NUMBERS = "sequence-numbers"
"""The part that holds the tables behind the figure."""


def answer_parts(told: Mapping[str, Any], *, unfolded: bool = False) -> Html:
    """Everything that the pairs say.

    Args:
        told: what ``orders.plain_answer`` gives, with ``command``.
        unfolded: whether the tables stand open, as in a file that is mailed.
    """
    lines = [element("p", line) for line in told["lines"]]
    verdict = element("p", told["verdict"], class_="s-verdict q-sentence", id="sequence-verdict")
    drawing = [figure(told)] if told["figure"] else []
    parts = [verdict, *lines, *drawing, numbers(told, unfolded), *parting(told.get("parting"), unfolded)]
    return Html("".join(parts))


def numbers(told: Mapping[str, Any], unfolded: bool) -> Html:
    """The tables behind the figure."""
    tables = [
        part
        for words, key in (("What B has more of than A", "differences"), ("Mean of each aim", "means"))
        for part in (element("h3", words), table(told[key]["head"], told[key]["rows"], words))
    ]
    return folded("The numbers behind it", tables, unfolded, id=NUMBERS)


def folded(head: str, parts: Sequence[Html], unfolded: bool, **attributes: str) -> Html:
    """Parts that a reader folds away."""
    also = {"open": "open"} if unfolded else {}
    return element("details", element("summary", head), *parts, **attributes, **also)


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
    words = "; ".join(f"{one['aim']}: {one['text']}, {said_of(one)}" for one in told["figure"])
    image = element(
        "div", *rows, role="img", aria_label=f"B against A. {words}.", aria_details=NUMBERS, id="sequence-figure",
    )  # fmt: skip
    return element("figure", element("figcaption", caption), image, class_="s-figure")


def said_of(one: Mapping[str, Any]) -> str:
    """What a difference means."""
    if one["verdict"] not in KINDS:
        return str(one["verdict"])
    return f"B is {one['verdict']}" + (", firm" if one["firm"] else "")


def row_drawn(one: Mapping[str, Any]) -> Html:
    """A row of the figure."""
    aim = element("div", one["aim"], element("small", unit_beside(one)), class_="s-aim")
    said = f"{one['text']}: {said_of(one)}"
    return element(
        "div", aim, lines_drawn(one), element("div", said, class_="s-said"),
        class_=f"s-row {KINDS.get(one['verdict'], 's-same')}",
    )  # fmt: skip


def unit_beside(one: Mapping[str, Any]) -> str:
    """The unit of an aim, where neither its name nor the number says it."""
    said = one["aim"].replace(" a day", "/day")
    return "" if one["unit"] in said or one["text"].endswith(one["unit"]) else f" {one['unit']}"


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


def parting(told: Mapping[str, Any] | None, unfolded: bool) -> list[Html]:
    """Where the orders part: in words, and what only one of them has."""
    if not told:
        return []
    sides = [[line_words(line) for line in told[side]] for side in ("left", "right")]
    rows = [
        [k + 1, *(side[k] if k < len(side) else "" for side in sides)] for k in range(max(map(len, sides)))
    ]
    heads = ["No.", *told["orders"]]
    head = f"What only one of them has, seed {told['seed']}"
    drawn = [folded(head, [table(heads, rows, "Chronicles")], unfolded)] if rows else []
    inner = (element("h3", "Where they part", id="sequence-parting"), element("p", dated(told["words"])))
    return [element("section", *inner, *drawn, aria_labelledby="sequence-parting")]


def line_words(line: Sequence[str]) -> str:
    """A line of a chronicle with its day."""
    return f"{day_in_words(line[0])}: {chronicle_words(line[1])}"
