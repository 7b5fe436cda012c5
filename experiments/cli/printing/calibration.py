"""What the command prints of a calibration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.experiments.cli.printing.tables import number
from detente.experiments.io.console import Console, Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from detente.experiments.calibration.calibration import Calibration


def print_calibration(to: Console, made: Calibration) -> None:
    """Parameters, what is not told apart, the ridge, and the checks."""
    about = made.about
    to.print(
        f"{about['title']}: violence fitted to days from {about['from']} to {about['until']}; "
        f"{len(made.posterior.values)} particles, {about['generations']} rounds, {about['simulations']:,} runs",
        markup=False,
    )
    print_parameters(to, made)
    for name, why in about.get("not_informed", {}).items():
        to.print(f"The days say little about {name} ({why}): read its posterior as its prior.", markup=False)
    told = made.to_json()["not_told_apart"]
    for pair in told:
        to.print(
            f"Not told apart: {pair['first']} and {pair['second']} (correlation {pair['correlation']:+.2f})."
        )
    print_ridge(to, made)
    print_checks(to, made)


def print_parameters(to: Console, made: Calibration) -> None:
    """Posterior beside prior and shipped value."""
    table = Table(title="Posterior; * where the shipped value lies outside its 95 %", title_justify="left")
    for head in ("parameter", "median", "95 %", "prior", "shipped", "learnt"):
        table.add_column(head, justify="left" if head == "parameter" else "right")
    for row in made.parameters():
        mark = "" if row["shipped_inside"] else " *"
        table.add_row(
            row["parameter"],
            number(row["median"]),
            f"{number(row['low95'])} to {number(row['high95'])}",
            f"{number(row['prior_low'])} to {number(row['prior_high'])}",
            number(row["shipped"]) + mark,
            f"{row['learnt']:.0%}",
        )
    to.print(table)


def print_ridge(to: Console, made: Calibration) -> None:
    """The likelihood over branching and memory under each background."""
    table = Table(title="Branching and memory by likelihood, all sides pooled", title_justify="left")
    heads = ("background", "best", "95 % region", "shipped below top", "no excitation below top")
    for head in heads:
        table.add_column(head, justify="left" if head == "background" else "right")
    for row in made.ridge_rows():
        span = (
            f"{row['branching_from']:g} to {row['branching_to']:g}, "
            f"{row['memory_from']:g} to {row['memory_to']:g} d"
        )
        table.add_row(
            row["background"],
            f"{row['branching']:g}, {row['memory']:g} d",
            span,
            f"{row['shipped_below_top']:.1f}",
            f"{row['none_below_top']:.1f}",
        )
    to.print(table)


def print_checks(to: Console, made: Calibration) -> None:
    """Observed patterns against what the posterior predicts."""
    table = Table(title="Checks: runs at the posterior against the data", title_justify="left")
    for head in ("when", "pattern", "observed", "95 % of runs", "", "shipped values", "aimed at"):
        table.add_column(
            head, justify="right" if head in ("observed", "95 % of runs", "shipped values") else "left"
        )
    for row in made.checks.to_dict("records"):
        table.add_row(
            row["when"],
            row["pattern"],
            number(row["observed"]),
            f"{number(row['low95'])} to {number(row['high95'])}",
            place({str(k): v for k, v in row.items()}),
            number(row["shipped_median"]),
            "yes" if row["aimed"] else "no",
        )
    to.print(table)


def place(row: Mapping[str, Any]) -> str:
    """Where an observed pattern stands; nothing is claimed of one that the data or the runs do not have."""
    if not all(row[key] == row[key] for key in ("observed", "low95", "high95")):
        return "not known"
    return "inside" if row["inside"] else "OUTSIDE"
