"""What ``detente robustness`` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.experiments.cli.printing.tables import caution, number
from detente.experiments.cli.printing.theories import print_theories
from detente.experiments.compare.regret import DEFAULT
from detente.experiments.io.console import Table, Text
from detente.experiments.runs.outcomes import BY_NAME
from detente.experiments.runs.two_intervals import sign_sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from detente.experiments.analysis.robustness_result import Robustness
    from detente.experiments.io.console import Console

FEW = 50
"""States below which a box is a hint and no more."""


def print_robustness(to: Console, made: Robustness, *, boxes: bool = True) -> None:
    """What rival theories say, regret over the states, and what is good enough where."""
    about = made.about
    head = f"{about['title']}: how policies hold up over {about['states']} states, seeds {about['seeds']} in each"
    to.print(Text(head, style="bold"))
    if made.theories is not None:
        print_theories(to, made.theories, DEFAULT)
    print_signs(to, made)
    for outcome, table in made.regrets.items():
        if not table["states"].any():
            to.print(f"No run has a value of {outcome} in any state.")
        elif table["max_regret"].max() > 0:
            to.print(regret_table(outcome, table))
        else:
            to.print(f"No policy falls behind another in {outcome}.")
    if made.bars:
        to.print(satisficing_table(made))
        if boxes:
            print_boxes(to, made)
    to.print(caution())


def print_signs(to: Console, made: Robustness) -> None:
    """What can be claimed of each policy against the first, over the states."""
    if made.differences is None:
        return
    n = made.about["states"]
    for policy, rows in made.differences.groupby("policy", sort=False):
        told = sign_sentence((str(row["outcome"]), row) for row in rows.to_dict("records"))
        words = f"{policy} against {made.policies[0]}, over {n} states: {told or 'no difference'}."
        to.print(Text(words), soft_wrap=True)
    to.print(Text(f"States: {made.about['drawn_words']}."), soft_wrap=True)


def regret_table(outcome: str, found: pd.DataFrame) -> Table:
    """Policies by their largest regret."""
    unit = BY_NAME[outcome].unit
    head = f"Regret in {outcome} ({unit}): how far a policy falls short of the best in a state, smallest maximum first"
    table = Table(title=Text(head, style="bold"), title_justify="left")
    for name in ("policy", "mean", "90 % of states below", "largest", "best in"):
        table.add_column(name, justify="left" if name == "policy" else "right")
    for policy, row in found.iterrows():
        cells = (number(float(row[name])) for name in ("mean_regret", "regret90", "max_regret"))
        best = f"{row['best_in']:.0%} of states" if row["states"] else "–"
        part = f" (of {row['states']:.0f})" if 0 < row["states"] < found["states"].max() else ""
        table.add_row(str(policy), *cells, best + part)
    return table


def bars_in_words(bars: Mapping[str, float]) -> str:
    """What is good enough."""
    return " and ".join(
        f"{name} {'at least' if BY_NAME[name].better > 0 else 'at most'} {bar:g}"
        for name, bar in bars.items()
    )


def satisficing_table(made: Robustness) -> Table:
    """Shares of states and of runs that are good enough, by policy."""
    head = f"Good enough: {bars_in_words(made.bars)}"
    table = Table(title=Text(head, style="bold"), title_justify="left")
    table.add_column("policy")
    for name in ("states whose mean is", "runs that are"):
        table.add_column(name, justify="right")
    for policy, row in made.satisficing.iterrows():
        table.add_row(str(policy), f"{row['states']:.0%}", f"{row['runs']:.0%}")
    return table


def print_boxes(to: Console, made: Robustness) -> None:
    """Where each policy falls short, and where it does not, in words."""
    for policy in made.policies:
        to.print(Text(policy, style="bold"))
        found = [box for box in made.boxes if box["policy"] == policy and box["base"] > 0]
        for box in [box for box in found if box["limits"]] or found[:1]:
            to.print(box_line(box), soft_wrap=True)
    if made.about["states"] < FEW:
        to.print(f"With fewer than {FEW} states a box is a hint; more states make it firm.")


def box_line(box: Mapping[str, Any]) -> Text:
    """One box as a sentence."""
    return Text(f"  {'does well enough' if box['cleared'] else 'falls short'} {box['words']}")
