"""What ``detente compare`` prints: medians, paired differences, endings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.experiments.cli.printing.tables import (
    CLAIMS,
    SHOWN,
    caution,
    drawn_line,
    draws_cell,
    headed,
    number,
)
from detente.experiments.io.console import Console, Table, Text
from detente.experiments.runs.outcomes import BY_NAME, END_WORDS
from detente.experiments.runs.provenance import facts_words

if TYPE_CHECKING:
    from detente.experiments.compare.policies import Comparison


def print_comparison(to: Console, made: Comparison) -> None:
    """Medians with the middle 80 % of runs, paired differences, endings and modes."""
    print_medians(to, made)
    if len(made.policies) > 1:
        print_differences(to, made)
    if made.theories is not None:
        from detente.experiments.cli.printing.theories import print_theories

        print_theories(to, made.theories, SHOWN)
    print_endings(to, made)
    for policy, why in made.nothing_agreed().items():
        to.print(Text(f"Nothing was agreed under {policy}: {why}."), soft_wrap=True)
    modes = {e.start.policy.name: e.start.mode for e in made.ensembles}
    to.print("Modes: " + "; ".join(f"{name}: {mode}" for name, mode in modes.items()))
    if made.ensembles[0].drawn is not None:
        to.print(drawn_line(made.ensembles[0].drawn))
    if words := facts_words(made.ensembles[0].start):
        to.print(Text(words))
    to.print(caution())


def print_medians(to: Console, made: Comparison) -> None:
    """Each outcome under each policy."""
    case, summary = made.ensembles[0].start.scenario.case, made.summary()
    n = len(made.seeds)
    table = headed(f"{case.title}: {n} runs per policy, the same seeds. Median [middle 80 % of runs]")
    table.add_column("unit", style="dim")
    for policy in made.policies:
        table.add_column(policy, justify="right")
    for name in SHOWN:
        cells = [median_cell(summary.loc[(name, policy)], n) for policy in made.policies]
        table.add_row(name, BY_NAME[name].unit, *cells)
    to.print(table)


def print_differences(to: Console, made: Comparison) -> None:
    """Each outcome's difference from the first policy, and what can be claimed of its sign."""
    differences = made.differences()
    head = f"Difference from {made.policies[0]}: mean over the same seeds [95 % interval of that mean: luck]"
    table = headed(head + (f"\n{SECOND_LINE}" if made.over else ""))
    for policy in made.policies[1:]:
        table.add_column(policy, justify="right")
    for name in SHOWN:
        rows = [differences.loc[(name, policy)] for policy in made.policies[1:]]
        cells = [draws_cell(row, len(made.seeds)) for row in rows]
        table.add_row(name, *cells)
    to.print(table)
    print_signs(to, made)


SECOND_LINE = (
    "below: [95 % interval of luck and what is not known], and the share of draws in which the sign holds"
)


def print_signs(to: Console, made: Comparison) -> None:
    """What can be claimed of each policy, and what was drawn."""
    if made.over is None:
        return
    for policy, words in made.signs(CLAIMS).items():
        to.print(Text(f"{policy} against {made.policies[0]}: {words or 'no difference'}."), soft_wrap=True)
    to.print(Text(f"What is not known: {made.over.unknown.words}."), soft_wrap=True)


def median_cell(row: Any, n: int) -> str:
    """Median and middle 80 % of runs, and of how many if not of all ``n``; of a yes-or-no outcome, its share."""
    if row["runs"] == 0:
        return "–"
    if row["unit"] == "0 or 1":
        return f"{row['mean']:.1%} of runs"
    part = f" of {row['runs']:,} runs" if row["runs"] < n else ""
    return f"{number(row['median'])} [{number(row['low80'])}, {number(row['high80'])}]{part}"


def print_endings(to: Console, made: Comparison) -> None:
    """Shares of runs by how they ended."""
    endings = made.endings()
    known = [reason for reason in END_WORDS if reason in endings.columns]
    table = Table(title="How the runs ended", title_justify="left", title_style="bold")
    table.add_column("policy")
    for reason in known:
        table.add_column(END_WORDS[reason], justify="right")
    for policy in made.policies:
        table.add_row(policy, *(f"{endings.loc[policy, reason]:.1%}" for reason in known))
    to.print(table)
