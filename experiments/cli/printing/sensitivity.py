"""What ``detente sensitivity`` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.experiments.analysis.sensitivity import GROUP
from detente.experiments.cli.printing.tables import SHOWN, caution, number
from detente.experiments.io.console import Table, Text
from detente.experiments.runs.outcomes import BY_NAME

if TYPE_CHECKING:
    import pandas as pd

    from detente.experiments.analysis.sensitivity import Sensitivity
    from detente.experiments.io.console import Console

LEADING = {"sobol": "ST", "morris": "mu_star", "swing": "swing"}
HEADS = {
    "sobol": "Sobol: share of the variance between points, alone (S1) and with interactions (ST) [95 % interval]",
    "morris": "Morris: mean size of an elementary effect over the factor's range [95 % interval]",
    "swing": "Linear change from a factor's lowest to its highest value, within seeds [95 % interval]",
}
N_TOP = 6
"""Factors printed for each outcome."""


def print_sensitivity(to: Console, made: Sensitivity, outcomes: list[str] | None = None) -> None:
    """For each case, policy and theory: the leading factors of each outcome, and a warning where noise drowns them."""
    shown = outcomes or [name for name in SHOWN if name in set(made.noise["outcome"])]
    for group, noise in made.noise.groupby(list(GROUP), sort=False):
        rows = made.indices
        for name, value in zip(GROUP, group, strict=True):
            rows = rows[rows[name] == value]
        to.print(Text(f"{' · '.join(map(str, group))}: {made.about['points']} points", style="bold"))
        to.print(indices_table(made.method, rows, noise, shown))
        print_warnings(to, noise[noise["outcome"].isin(shown)])
    to.print(caution())


def indices_table(method: str, rows: pd.DataFrame, noise: pd.DataFrame, shown: list[str]) -> Table:
    """The leading factors of each outcome, largest first."""
    table = Table(title=Text(HEADS[method], style="bold"), title_justify="left")
    for name in ("outcome", "random share"):
        table.add_column(name)
    table.add_column("leading factors")
    verdicts = noise.set_index("outcome")
    for name in shown:
        found = rows[rows["outcome"] == name]
        told: Any = verdicts.loc[name]
        style = {"meaningless": "bold", "does not vary": "dim", "missing": "dim"}.get(told["verdict"], "")
        table.add_row(name, luck_cell(told), factors_cell(method, found, name), style=style)
    return table


def luck_cell(noise: Any) -> str:
    """How much is luck, and of how many runs where some have no value."""
    if noise["verdict"] == "missing":
        return "no run has a value"
    known = noise["share"] == noise["share"] and noise["verdict"] != "does not vary"
    luck = f"{noise['verdict']} ({noise['share']:.0%})" if known else noise["verdict"]
    if not noise["missing"]:
        return luck
    part = f"{luck}, {noise['runs']:,} of {noise['runs'] + noise['missing']:,} runs"
    return f"{part}, none at {noise['empty']:,} points" if noise["empty"] else part


def factors_cell(method: str, rows: pd.DataFrame, outcome: str) -> str:
    """The leading factors in words."""
    leading: Any = rows[rows["index"] == LEADING[method]]
    order = leading.reindex(leading["value"].abs().sort_values(ascending=False).index)
    unit = (
        "" if method == "sobol" or BY_NAME[outcome].unit in ("1", "0 or 1") else f" {BY_NAME[outcome].unit}"
    )
    lines: list[str] = []
    for _, row in order.head(N_TOP).iterrows():
        alone = rows[(rows["factor"] == row["factor"]) & (rows["index"] == "S1")]
        first = f"S1 {alone['value'].iloc[0]:.2f}, " if len(alone) else ""
        span = f"[{number(row['low95'])}, {number(row['high95'])}]"
        lines.append(f"{row['factor']}: {first}{row['index']} {number(row['value'])} {span}{unit}")
    return "\n".join(lines)


def print_warnings(to: Console, noise: pd.DataFrame) -> None:
    """Where seed noise makes indices meaningless, and how many seeds would help."""
    for _, row in noise[noise["verdict"].isin(["meaningless", "blurred", "unknown"])].iterrows():
        to.print(Text(warning(row), style="bold" if row["verdict"] == "meaningless" else ""), soft_wrap=True)


def warning(row: Any) -> str:
    """One warning in words."""
    if row["verdict"] == "unknown":
        return (
            f"{row['outcome']}: one seed per point does not separate effects from random variation; "
            "run several (--runs)"
        )
    more = row["needed"]
    cure = (
        f"about {more:,.0f} seeds a point would bring it to a tenth"
        if more == more and more
        else "no number of seeds is in sight"
    )
    return (
        f"{row['outcome']}: {row['share']:.0%} of the variance between points is random, so its indices are "
        f"{row['verdict']}; with {row['seeds']:.0f} seeds now, {cure}"
    )
