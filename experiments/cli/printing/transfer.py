"""What ``detente transfer`` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.experiments.cli.printing.tables import caution, effect_cell
from detente.experiments.io.console import Table, Text
from detente.experiments.io.numbers import unit_words
from detente.experiments.runs.two_intervals import sign_sentence

if TYPE_CHECKING:
    import pandas as pd

    from detente.experiments.compare.transfer import Transfer
    from detente.experiments.io.console import Console

GRIDS = ("ceasefire days", "collapsed")
"""Yardsticks whose whole grid is printed; ``--json`` and ``--out`` have all."""


def print_transfer(to: Console, made: Transfer) -> None:
    """The style step by step, the lessons in both cases, the grid, and waiting."""
    about = made.about
    head = f"{about['title']}: {about['n_seeds']} seeds in each cell, {about['runs']:,} runs; theory {about['theory']}"
    to.print(Text(head, style="bold"))
    to.print(steps_table(made.steps))
    to.print(lessons_table(made))
    for name in GRIDS:
        to.print(grid_table(made.grid, name))
    to.print(waiting_table(made.waiting))
    print_signs(to, made)
    to.print(caution())


def print_signs(to: Console, made: Transfer) -> None:
    """What can be claimed of all five lessons at each step, and what was drawn."""
    if made.unknown is None:
        return
    style = made.steps[made.steps["kind"] == "together"]
    to.print(Text("Signs of all five lessons over draws of what is not known", style="bold"))
    for step, rows in style.groupby("step", sort=False):
        told = sign_sentence((str(row["yardstick"]), row) for row in rows.to_dict("records"))
        to.print(Text(f"  {step}: {told or 'no effect'}"), soft_wrap=True)
    to.print(Text(f"What is not known: {made.unknown.words}."), soft_wrap=True)


def yardstick_table(title: str, first: list[str], rows: pd.DataFrame) -> Table:
    """An empty table with a column for each yardstick and its unit."""
    table = Table(
        title=Text(f"{title}: mean over seeds ± half its 95 % interval", style="bold"), title_justify="left"
    )
    for name in first:
        table.add_column(name)
    for name, unit in rows.drop_duplicates("yardstick")[["yardstick", "unit"]].itertuples(index=False):
        table.add_column(f"{name}\n({unit_words(unit)})", justify="right")
    return table


def steps_table(steps: pd.DataFrame) -> Table:
    """What all five lessons add, from the target as it is to the source."""
    rows = steps[steps["kind"] == "together"]
    table = yardstick_table(
        "What all five lessons add, conditions taken from the other case", ["conditions"], rows
    )
    for step, found in rows.groupby("step", sort=False):
        table.add_row(str(step), *(effect_cell(row) for _, row in found.iterrows()))
    return table


def lessons_table(made: Transfer) -> Table:
    """What each lesson adds in both cases, half-way between alone and last."""
    rows = made.steps[made.steps["kind"] == "mid"]
    title = "What each lesson adds, half-way between alone and on top of the others"
    table = yardstick_table(title, ["lesson", "case"], rows)
    steps = list(dict.fromkeys(rows["step"]))
    cases = {made.about["target"]: steps[0], made.about["source"]: steps[-1]}
    for lesson in dict.fromkeys(rows["lesson"]):
        for case, step in cases.items():
            found = rows[(rows["lesson"] == lesson) & (rows["step"] == step)]
            table.add_row(str(lesson), case, *(effect_cell(row) for _, row in found.iterrows()))
    return table


def window_words(age: float) -> str:
    """The age of a window at the head of its column."""
    if age != age:
        return "no window"
    return "window opens with the levers" if age == 0 else f"window {age:.0f} days old"


def grid_table(grid: pd.DataFrame, yardstick: str) -> Table:
    """What all five lessons add to one yardstick over stalemate, validation and window."""
    rows: Any = grid[(grid["kind"] == "together") & (grid["yardstick"] == yardstick)]
    unit = unit_words(rows["unit"].iloc[0])
    head = f"All five lessons over the three conditions: {yardstick} ({unit}) ± half the 95 % interval"
    table = Table(title=Text(head, style="bold"), title_justify="left")
    table.add_column("stalemate\n(0 Afghan, 1 Korean)")
    table.add_column("validation")
    for age in dict.fromkeys(rows["window"].fillna(-1)):
        table.add_column(window_words(float("nan") if age < 0 else age), justify="right")
    for (stalemate, validation), found in rows.groupby(["stalemate", "validation"], sort=False):
        table.add_row(f"{stalemate:g}", f"{validation:g}", *(effect_cell(row) for _, row in found.iterrows()))
    return table


def waiting_table(waiting: pd.DataFrame) -> Table:
    """In July, or a year later."""
    title = "All five lessons at the pivot or a year later, over equally long times after"
    table = yardstick_table(title, ["window at the pivot", "levers"], waiting)
    for (window, when), found in waiting.groupby(["window", "when"], sort=False):
        table.add_row(str(window), str(when), *(effect_cell(row) for _, row in found.iterrows()))
    return table
