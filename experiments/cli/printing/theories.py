"""Tables of what rival theories say of the same change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.experiments.cli.printing.tables import effect_cell, headed
from detente.experiments.io.console import Text
from detente.experiments.runs.outcomes import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from detente.experiments.compare.theories import Theories
    from detente.experiments.io.console import Console, Table


def print_theories(to: Console, made: Theories, outcomes: Sequence[str]) -> None:
    """For each policy but the first: what it adds under each theory, and where two theories lie furthest apart."""
    for policy in made.about["policies"][1:]:
        to.print(theories_table(made, policy, outcomes))


def theories_table(made: Theories, policy: str, outcomes: Sequence[str]) -> Table:
    """What a policy adds to the first, by theory, for the outcomes that it moves under any."""
    effects: Any = made.effects[made.effects["policy"] == policy].set_index(["outcome", "theory"])
    gaps: Any = made.gaps[made.gaps["policy"] == policy].set_index("outcome")
    baseline, n = made.about["policies"][0], len(made.seeds)
    table = headed(
        f"{policy} against {baseline} under each theory: mean over {n} seeds ± half its 95 % interval"
    )
    for theory in made.theories:
        table.add_column(theory, justify="right")
    table.add_column("furthest apart", justify="right")
    table.add_column("which two", style="dim")
    for name in outcomes:
        rows = [effects.loc[(name, theory)] for theory in made.theories]
        if any(row["pairs"] and (row["mean"] or row["high95"] > row["low95"]) for row in rows):
            label = f"{name} (points)" if BY_NAME[name].unit == "0 or 1" else name
            table.add_row(label, *map(effect_cell, rows), *gap_cells(gaps.loc[name]))
    return table


def gap_cells(row: Any) -> tuple[Text, str]:
    """How far the two theories furthest apart are from each other, and which they are."""
    cell = effect_cell(row)
    cell.plain = cell.plain.removeprefix("+")
    return cell, f"{row['higher']} over {row['lower']}"
