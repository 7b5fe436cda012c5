"""What ``detente lessons`` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.experiments.cli.printing.tables import (
    CLAIMS,
    caution,
    difference_cell,
    drawn_line,
    effect_cell,
    headed,
)
from detente.experiments.io.console import Text
from detente.experiments.runs.outcomes import BY_NAME
from detente.experiments.runs.provenance import facts_words
from detente.experiments.runs.two_intervals import sign_sentence

if TYPE_CHECKING:
    from detente.experiments.compare.lessons import Lessons
    from detente.experiments.io.console import Console

SHOWN = (
    *("deaths_per_day", "attacks", "spoiler_attacks", "days_in_ceasefire", "ceasefires", "breaches"),
    *("issues_settled", "measures", "agreements", "final_trust", "final_readiness", "final_presence"),
    *("final_legitimacy", "settled", "collapsed"),
)
"""Outcomes in the tables; ``--json`` and ``--out`` have all."""

TOP = 8
"""Interactions printed: the largest, in seed spreads, whose interval leaves out nought."""

HEADS = {
    "main": "What each lesson adds on average over all settings of the other four",
    "alone": "What each lesson adds alone",
    "last": "What each lesson adds on top of the other four",
}


def print_lessons(to: Console, made: Lessons) -> None:
    """Effects of each lesson, how they interact, and what the figures rest on."""
    about = made.about
    to.print(
        Text(
            f"{about['title']}: {about['n_seeds']} seeds in each of 32 corners, {about['runs']:,} runs; "
            f"lessons act from {about['pivot']}; theory {about['theory']}",
            style="bold",
        )
    )
    for kind in HEADS:
        print_effects(to, made, kind)
    still = [name for name in SHOWN if name not in moved(made)]
    if still:
        to.print(f"No lesson moves {', '.join(still)} here.")
    print_interactions(to, made)
    print_signs(to, made)
    if made.drawn is not None:
        to.print(drawn_line(made.drawn))
    if words := facts_words(made.starts[0]):
        to.print(Text(words))
    to.print(caution())


def print_effects(to: Console, made: Lessons, kind: str) -> None:
    """One answer to what a lesson adds, per outcome and lesson; with the main effects, all five at once."""
    chosen = ("main", "together") if kind == "main" else (kind,)
    rows = made.effects[made.effects["kind"].isin(chosen)].set_index(["outcome", "lesson"])
    lessons = list(dict.fromkeys(rows.index.get_level_values("lesson")))
    table = headed(f"{HEADS[kind]}: mean over seeds ± half its 95 % interval")
    table.add_column("unit", style="dim")
    for lesson in lessons:
        table.add_column(column_words(lesson), justify="right")
    for name in moved(made):
        cells = [effect_cell(rows.loc[(name, lesson)]) for lesson in lessons]
        table.add_row(name, "points" if BY_NAME[name].unit == "0 or 1" else BY_NAME[name].unit, *cells)
    to.print(table)


def column_words(lesson: str) -> str:
    """A lesson at the head of its column, over two lines."""
    return "all five\nat once" if lesson == "together" else lesson.replace("-", "\n")


def print_signs(to: Console, made: Lessons) -> None:
    """What can be claimed of the main effect of each lesson, and what was drawn."""
    if made.over is None:
        return
    rows = made.effects[made.effects["kind"].isin(("main", "together"))]
    to.print(Text("Signs over draws of what is not known, in per cent of draws", style="bold"))
    for lesson, found in rows.groupby("lesson", sort=False):
        told = [(str(row["outcome"]), row) for row in found.to_dict("records") if row["outcome"] in CLAIMS]
        words = sign_sentence(told) or "no effect"
        to.print(Text(f"  {str(lesson).replace('together', 'all five')}: {words}"), soft_wrap=True)
    to.print(Text(f"What is not known: {made.over.unknown.words}."), soft_wrap=True)


def moved(made: Lessons) -> list[str]:
    """The outcomes shown that any lesson moves in this case."""
    reach = made.effects.groupby("outcome")["mean"].apply(lambda m: float(m.abs().max()))
    return [name for name in SHOWN if reach[name] > 0]


def print_interactions(to: Console, made: Lessons) -> None:
    """The largest interactions in words."""
    found = made.interactions
    clear = found[((found["low95"] > 0) | (found["high95"] < 0)) & found["outcome"].isin(SHOWN)]
    order = clear["spread"].abs().sort_values(ascending=False).index[:TOP]
    to.print(
        Text("Largest interactions: what a second lesson changes in the effect of the first", style="bold")
    )
    for _, row in clear.loc[order].iterrows():
        to.print(interaction_line(row), soft_wrap=True)
    if clear.empty:
        to.print("  none whose 95 % interval leaves out nought")


def interaction_line(row: Any) -> Text:
    """One interaction: outcome, pair, size."""
    cell = difference_cell(row)
    unit = "" if row["unit"] in ("0 or 1", "1") else f" {BY_NAME[row['outcome']].unit}"
    return Text(f"  {row['outcome']}: {row['first']} with {row['second']}: {cell.plain}{unit}")
