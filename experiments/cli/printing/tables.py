"""What the commands print: tables for people.  Everything here goes to a rich console."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.experiments.io.console import Console, Table, Text
from detente.experiments.io.numbers import SHARE, scale_of
from detente.experiments.runs.two_intervals import claimed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from detente.experiments.runs.posterior_draws import Draws


SHOWN = (
    "fatalities",
    "deaths_per_day",
    "attacks",
    "spoiler_attacks",
    "days_in_ceasefire",
    "ceasefires",
    "ceasefire_length",
    "ceasefire_collapses",
    "breaches",
    "talk_days",
    "issues_settled",
    "measures",
    "agreements",
    "relapses",
    "final_trust",
    "final_readiness",
    "final_presence",
    "settled",
    "collapsed",
)
"""Outcomes in the table of a comparison; ``--json`` and ``--out`` have all."""


CLAIMS = (
    "deaths_per_day",
    "attacks",
    "days_in_ceasefire",
    "issues_settled",
    "agreements",
    "final_trust",
    "collapsed",
)
"""Outcomes of which the sentences say what can be claimed."""


def console(*, stderr: bool = False) -> Console:
    """A console; in a pipe it is wide enough for every table and has no colours."""
    return Console(stderr=stderr)


def number(value: float) -> str:
    """A number at the precision a table needs."""
    if value != value:
        return "–"
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def signed(value: float) -> str:
    """A difference, with its sign."""
    return number(value) if value != value else ("+" if value >= 0 else "−") + number(abs(value))


def caution() -> str:
    """What every result says of itself."""
    return "This is what happens if the model's assumptions hold; it is not a forecast."


def drawn_line(draws: Draws) -> Text:
    """What parameters were drawn from."""
    return Text(draws.words.capitalize() + ".")


def headed(title: str) -> Table:
    """A table of outcomes with a title that is text, not markup."""
    table = Table(title=Text(title, style="bold"), title_justify="left")
    table.add_column("outcome")
    return table


def difference_cell(row: Any, seeds: int = 0) -> Text:
    """Mean paired difference with its interval, dim where that holds nought; of how many pairs if not all ``seeds``."""
    if row["pairs"] == 0:
        return Text("–", style="dim")
    low, high = row["low95"], row["high95"]
    clear = low > 0 or high < 0
    scale, unit = scale_of(row["unit"]), " points" if row["unit"] == SHARE else ""
    text = f"{signed(scale * row['mean'])} [{signed(scale * low)}, {signed(scale * high)}]{unit}"
    text += f" of {row['pairs']:,.0f} pairs" if row["pairs"] < seeds else ""
    return Text(text, style="" if clear else "dim")


def draws_cell(row: Any, seeds: int = 0) -> Text:
    """A paired difference, and below it its interval over draws with the share of them in which the sign holds."""
    cell = difference_cell(row, seeds)
    if not row.get("draws") or row["sign_share"] != row["sign_share"]:
        return cell
    scale = scale_of(row["unit"])
    low, high = (signed(scale * row[end]) for end in ("draws_low95", "draws_high95"))
    return cell.append(f"\n[{low}, {high}] {row['sign_share']:.0%}", style="" if claimed(row) else "dim")


def effect_cell(row: Any) -> Text:
    """A mean with half its interval; shares in points; dim where the interval holds nought."""
    if row["pairs"] == 0:
        return Text("–", style="dim")
    scale = scale_of(row["unit"])
    mean, half = scale * row["mean"], scale * (row["high95"] - row["low95"]) / 2
    if mean == 0 and half == 0:
        return Text("0", style="dim")
    clear = row["low95"] > 0 or row["high95"] < 0
    return Text(f"{signed(mean)} ± {number(half)}", style="" if clear else "dim")


def unknowns_line(about: Mapping[str, Any]) -> Text:
    """What was drawn of what is not known, and from what; or that luck alone is in the answer."""
    if not about["draws"]:
        return Text("Luck alone: what is not known was taken at its value.")
    return Text(f"What is not known: {about['drawn_words']}; facts of grade prior over their ranges.")
