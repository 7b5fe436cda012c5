"""What the command prints of a pooled posterior."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.experiments.cli.printing.tables import number
from detente.experiments.io.console import Console, Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from detente.experiments.calibration.pooling.pool import Pooled

NOT_IDENTIFIED = "not identified"


def print_pooled(to: Console, made: Pooled) -> None:
    """What was fitted, the parameters that the data say something of, theories, mechanisms, checks."""
    about, report = made.posterior.about, made.report
    to.print(
        f"{len(about['conflicts'])} conflicts, {about['draws']:,} draws ({about['left_out']} left out), "
        f"calibrated on {report['truths']:,} synthetic truths",
        markup=False,
    )
    print_parameters(to, report["parameters"])
    print_weights(to, report)
    print_checks(to, report["summaries"])
    missed = [row["summary"] for row in report["summaries"] if not row["used"]]
    if missed:
        to.print(f"Left out of the fit, as no draw reproduces them: {', '.join(missed)}.", markup=False)
    sizes = {row["conflict"]: row["effective_size_without"] for row in report["conflicts"]}
    least = min(sizes, key=lambda name: sizes[name])
    to.print(
        f"Effective sample size without one conflict: at least {sizes[least]:.0f} of "
        f"{len(made.posterior.values)} draws ({least}).",
        markup=False,
    )


def print_parameters(to: Console, rows: Sequence[Mapping[str, Any]]) -> None:
    """Prior and posterior of the parameters in the pool, those known best first."""
    table = Table(title="Shared parameters; width: posterior over prior", title_justify="left")
    for head in ("parameter", "median", "80 %", "prior", "width", "ranks p", "80 % holds", "state"):
        table.add_column(head, justify="left" if head in ("parameter", "state") else "right")
    known = [row for row in rows if row["in_pool"]]
    for row in sorted(known, key=lambda r: r["width"]):
        table.add_row(
            row["parameter"],
            small(row["median"]),
            f"{small(row['low80'])} to {small(row['high80'])}",
            f"{small(row['prior_low'])} to {small(row['prior_high'])}",
            f"{row['width']:.2f}",
            f"{row['rank_p']:.2f}",
            f"{row['within80']:.0%}",
            row["state"],
        )
    to.print(table)
    to.print(f"{len(rows) - len(known)} other parameters stay at their prior: no summary shows them.")


def small(value: float) -> str:
    """A number of any size with two or three digits."""
    return number(value) if abs(value) >= 0.1 or value == 0 else f"{value:.2g}"


def print_weights(to: Console, report: Mapping[str, Any]) -> None:
    """Weights of theories and chances of mechanisms, beside what such numbers are worth."""
    table = Table(title="Theories of readiness (even prior)", title_justify="left")
    for head in ("theory", "weight", "mean weight where true", "where false"):
        table.add_column(head, justify="left" if head == "theory" else "right")
    for row in report["theories"]:
        shares = (row["weight"], row["weight_if_true"], row["weight_if_false"])
        table.add_row(row["theory"], *(f"{share:.2f}" for share in shares))
    to.print(table)
    table = Table(title="Mechanisms off, at even odds; told apart: 0.5 is chance", title_justify="left")
    for head in ("mechanism", "chance that it is off", "told apart"):
        table.add_column(head, justify="left" if head == "mechanism" else "right")
    for row in report["mechanisms"]:
        table.add_row(row["mechanism"], f"{row['chance_off']:.2f}", f"{row['told_apart']:.2f}")
    to.print(table)


def print_checks(to: Console, rows: Sequence[Mapping[str, Any]]) -> None:
    """Observed summaries beside runs at the posterior."""
    table = Table(title="Means over conflicts, observed and of runs at the posterior", title_justify="left")
    for head in ("summary", "observed", "median", "95 %", "at the prior", "inside"):
        table.add_column(head, justify="left" if head == "summary" else "right")
    for row in rows:
        interval = f"{number(row['low95'])} to {number(row['high95'])}"
        cells = (number(row["observed"]), number(row["median"]), interval, number(row["prior_median"]))
        table.add_row(row["summary"], *cells, "yes" if row["inside"] else "no")
    to.print(table)
