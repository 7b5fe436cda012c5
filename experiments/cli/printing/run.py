"""What ``detente run`` prints: the outcomes of a run, or its chronicle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.experiments.cli.printing.tables import caution, number
from detente.experiments.io.console import Console, Table, Text
from detente.experiments.runs.outcomes import END_WORDS, OUTCOMES

if TYPE_CHECKING:
    from detente.experiments.runs.run import Run


def print_run(to: Console, run: Run) -> None:
    """The outcomes of one run."""
    about = run.about
    head = f"{about['case']}, policy {about['policy']}, mode {about['mode']}, seed {about['seed']}"
    table = Table(title=f"{head} ({about['engine']})", title_justify="left", title_style="bold")
    table.add_column("outcome")
    table.add_column("value", justify="right")
    table.add_column("unit")
    table.add_column("meaning", style="dim")
    for outcome in OUTCOMES:
        value = float(run.outcomes[outcome.name])
        why = f" (no value {outcome.missing})" if value != value and outcome.missing else ""
        table.add_row(outcome.name, number(value), outcome.unit, outcome.meaning + why)
    to.print(table)
    if run.drawn_facts:
        facts = ", ".join(f"{path} {value:.3g}" for path, value in run.drawn_facts.items())
        to.print(f"Facts drawn by seed {about['seed']} (--point takes the values of the case): {facts}")
    to.print(f"Ended on {run.end_date}: {END_WORDS[run.end_reason]}. {caution()}")


def print_story(to: Console, run: Run) -> None:
    """The dated chronicle of a run."""
    from detente.experiments.runs.narrative import told

    about = run.about
    head = f"{about['case']}, policy {about['policy']}, mode {about['mode']}, seed {about['seed']}"
    to.print(Text(head, style="bold"))
    for day, sentence in told(run.events):
        to.print(f"{day:<10}  {sentence}", soft_wrap=True)
    to.print(f"{run.end_date}  The run ends: {END_WORDS[run.end_reason]}.")
    to.print(caution())
