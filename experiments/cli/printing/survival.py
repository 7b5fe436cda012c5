"""What ``detente survival`` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.experiments.cli.printing.tables import caution
from detente.experiments.compare.survival import DAYS
from detente.experiments.io.console import Table, Text

if TYPE_CHECKING:
    from detente.experiments.compare.survival import Survival
    from detente.experiments.io.console import Console

WORDS = {"collapse": "not broken", "end": "still in force"}


def print_survival(to: Console, made: Survival) -> None:
    """Shares of ceasefires kept to some days, by policy and class, and how they ended."""
    about = made.about
    to.print(
        Text(
            f"{about['title']}: ceasefires the parties chose, {about['runs']:,} runs per policy", style="bold"
        )
    )
    if made.table.empty:
        to.print("There was none.")
    else:
        to.print(kept_table(made))
    to.print(endings_table(made))
    for policy in made.without:
        to.print(Text(f"No run under {policy} had a ceasefire."))
    to.print(caution())


def kept_table(made: Survival) -> Table:
    """Kaplan-Meier shares with their intervals."""
    head = f"Share {WORDS[made.until]} after so many days (Kaplan-Meier) [95 % interval]"
    table = Table(title=Text(head, style="bold"), title_justify="left")
    for name in ("policy", "class"):
        table.add_column(name)
    for day in DAYS:
        table.add_column(f"{day} days", justify="right")
    for (policy, kind), rows in made.table.groupby(["policy", "class"], sort=False):
        table.add_row(str(policy), str(kind), *(share_cell(row) for _, row in rows.iterrows()))
    return table


def share_cell(row: Any) -> str:
    """One share; a dash where no ceasefire was watched so long."""
    if not row["at_risk"]:
        return "–"
    return f"{row['survival']:.2f} [{row['low95']:.2f}, {row['high95']:.2f}]"


def endings_table(made: Survival) -> Table:
    """Counts of ceasefires by policy, origin and end."""
    table = Table(title=Text("How ceasefires ended", style="bold"), title_justify="left")
    ended = ("expired", "collapsed", "agreement", "running")
    for name in ("policy", "origin", "begun"):
        table.add_column(name, justify="right" if name == "begun" else "left")
    for name in ("expired", "broken", "became an agreement's", "in force at the end"):
        table.add_column(name, justify="right")
    for (policy, origin), rows in made.spells.groupby(["policy", "origin"], sort=False):
        counts = rows["ended"].value_counts()
        table.add_row(str(policy), str(origin), f"{len(rows):,}", *(f"{counts.get(e, 0):,}" for e in ended))
    return table
