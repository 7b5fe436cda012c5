"""What ``detente where`` prints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from detente.experiments.cli.printing.tables import caution, headed, unknowns_line
from detente.experiments.compare.where_verdicts import MISSING, is_firm, rows_of
from detente.experiments.compare.where_words import TOLD, amount, suffix
from detente.experiments.compare.where_yardsticks import TOGETHER, YARDSTICKS
from detente.experiments.io.console import Table, Text
from detente.experiments.io.numbers import unit_words
from detente.model.generated_policies import LESSONS

if TYPE_CHECKING:
    from detente.experiments.compare.where_result import Where
    from detente.experiments.io.console import Console


def print_where(to: Console, made: Where) -> None:
    """All five together with both intervals, single lessons, conditions, and the answer in sentences."""
    about = made.about
    head = (
        f"The five lessons in {count(len(made.cases), 'case')}: {about['n_seeds']} seeds, and "
        f"{count(about['draws_done'], 'draw')} of {about['seeds_in_draw']} seeds each; theory {about['theory']}"
    )
    to.print(Text(head, style="bold"))
    to.print(together_table(made))
    for name in TOLD:
        if (rows_of(made.effects, yardstick=name)["verdict"] != MISSING).any():
            to.print(singles_table(made, name))
    to.print(conditions_table(made))
    for line in (*made.sentences.values(), *made.answer):
        to.print(Text(line), soft_wrap=True)
    to.print(unknowns_line(about))
    for one in made.left_out:
        to.print(Text(f"Left out: {one.case}, which {one.why}."))
    to.print(caution())


def count(n: int, noun: str) -> str:
    """So many of something."""
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def unit_of_column(unit: str) -> str:
    """The unit at the head of a column; per cent are those of the runs without any lesson."""
    return "per cent of none" if unit == "%" else unit_words(unit)


def interval(row: Mapping[Any, Any], low: str, high: str) -> str:
    """The ends of an interval."""
    if row[low] != row[low]:
        return "–"
    return f"{amount(row[low], row['unit'])} to {amount(row[high], row['unit'])}"


def styled(text: str, verdict: str) -> Text:
    """Words in bold where the sign holds, dim where luck may be behind them."""
    firm = "bold" if is_firm(verdict) else ""
    return Text(text, style=firm if verdict.startswith(("helps", "hurts")) else "dim")


def together_table(made: Where) -> Table:
    """All five lessons at once, case by case: effect, luck, luck and what is not known, share of draws, verdict."""
    table = headed("All five lessons together")
    table.columns[0].header = "case"
    for name in ("yardstick", "effect", "luck", "and what is not known", "sign holds in", ""):
        table.add_column(name, justify="left" if name in ("yardstick", "") else "right")
    for row in rows_of(made.effects, lesson=TOGETHER).to_dict("records"):
        if row["verdict"] == MISSING:
            continue
        first = row["case"] if row["yardstick"] == first_yardstick(made, row["case"]) else ""
        effect = amount(row["mean"], row["unit"]) + suffix(row["unit"])
        share = "–" if row["sign_share"] != row["sign_share"] else f"{row['sign_share']:.0%}"
        ends = (interval(row, "low95", "high95"), interval(row, "wide_low95", "wide_high95"))
        table.add_row(first, row["yardstick"], effect, *ends, share, styled(row["verdict"], row["verdict"]))
    return table


def first_yardstick(made: Where, case: str) -> str:
    """The first yardstick with a value in a case."""
    rows = rows_of(made.effects, lesson=TOGETHER, case=case)
    return str(rows[rows["verdict"] != MISSING]["yardstick"].iloc[0])


def singles_table(made: Where, name: str) -> Table:
    """What each lesson adds alone to one yardstick, with the share of draws in which its sign holds."""
    yard = next(y for y in YARDSTICKS if y.name == name)
    title = f"Each lesson alone, {name} ({unit_of_column(yard.unit)}), and share of draws with this sign"
    table = headed(f"{title}; bold: firm")
    table.columns[0].header = "case"
    for lesson in LESSONS:
        table.add_column(lesson.replace("-", "\n"), justify="right")
    for case in made.cases:
        rows = rows_of(made.effects, case=case, yardstick=name).set_index("lesson")
        table.add_row(case, *(single_cell(rows.loc[lesson].to_dict()) for lesson in LESSONS))
    return table


def single_cell(row: Mapping[Any, Any]) -> Text:
    """One effect and the share of draws with its sign."""
    if row["pairs"] == 0:
        return Text("–", style="dim")
    share = "" if row["sign_share"] != row["sign_share"] else f" ({row['sign_share']:.0%})"
    return styled(amount(row["mean"], row["unit"]) + share, row["verdict"])


def conditions_table(made: Where) -> Table:
    """The conditions of every case."""
    rows = made.conditions
    table = headed("Conditions of the conflicts")
    table.columns[0].header = "case"
    for name, unit in dict(zip(rows["condition"], rows["unit"], strict=True)).items():
        table.add_column(f"{name}\n({unit})", justify="right")
    for case in made.cases:
        values = rows[rows["case"] == case]["value"]
        table.add_row(case, *("–" if v != v else f"{v:.3g}" for v in values))
    return table
