"""What ``detente sequence`` prints."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from detente.experiments.analysis.sequence_result import SAME, amount, span
from detente.experiments.cli.printing.tables import caution, headed, number, unknowns_line
from detente.experiments.io.console import Table, Text
from detente.experiments.io.numbers import scale_of, unit_words

if TYPE_CHECKING:
    from detente.experiments.analysis.sequence_parting import Parting
    from detente.experiments.analysis.sequence_result import Answer, Sequences
    from detente.experiments.io.console import Console

MOST = 12
"""Differences of a question that are printed: the clearest; ``--json`` has all."""


def print_sequence(to: Console, made: Sequences) -> None:
    """Question by question: orders, aims, differences, regret, where they part, and the verdict."""
    about = made.about
    head = (
        f"{made.title}: in which order? {about['pairs']} pairs of runs, {about['draws']} draws of "
        f"{about['seeds_in_draw']} seeds each; on top of {about['policy']}, theory {about['theory']}"
    )
    to.print(Text(head, style="bold"))
    for answer in made.answers:
        print_answer(to, answer)
    for one in made.missing:
        to.print(Text(f"Not asked: {one.contrast}, since {one.why}."))
    to.print(unknowns_line(about))
    to.print(caution())


def print_answer(to: Console, answer: Answer) -> None:
    """One question."""
    to.print()
    to.print(Text(answer.verdict, style="bold"), soft_wrap=True)
    if answer.how:
        to.print(Text(answer.how[0].upper() + answer.how[1:] + "."))
    to.print(means_table(answer))
    if len(answer.differences):
        to.print(differences_table(answer))
    for line in answer.lines:
        to.print(Text(line))
    if answer.parting is not None:
        print_parting(to, answer.parting)


def means_table(answer: Answer) -> Table:
    """Every aim under every order: the mean, and the largest regret over draws."""
    table = headed("Mean of each aim, and largest regret over what is not known")
    table.columns[0].header = "order"
    table.add_column("items")
    for aim in answer.valued:
        table.add_column(f"{aim.name}\n({unit_words(aim.unit)})", justify="right")
    means = answer.means.set_index(["order", "aim"])["mean"].to_dict()
    regret = answer.regret.set_index(["order", "aim"])["max_regret"].to_dict() if len(answer.regret) else {}
    for label, order in zip(answer.labels, answer.orders, strict=True):
        cells: list[str] = []
        for aim in answer.valued:
            scale = scale_of(aim.unit)
            short = regret.get((label, aim.name))
            told = f" ({number(scale * short)})" if short is not None else ""
            cells.append(number(scale * float(means[label, aim.name])) + told)
        table.add_row(Text(label), Text("" if label == order.words else order.words), *cells)
    return table


def differences_table(answer: Answer) -> Table:
    """Differences between two orders, the clearest first."""
    rows: Any = answer.differences
    width = (rows["high95"] - rows["low95"]).replace(0.0, float("nan"))
    order = (rows["mean"].abs() / width).fillna(0.0).sort_values(ascending=False, kind="stable").index[:MOST]
    table = headed("Differences between two orders")
    table.columns[0].header = "order"
    for name in ("against", "aim", "difference", "luck", "and what is not known", "sign holds in", ""):
        table.add_column(name, justify="left" if name in ("against", "aim", "") else "right")
    for row in rows.loc[order].to_dict("records"):
        share = "–" if row["sign_share"] != row["sign_share"] else f"{row['sign_share']:.0%}"
        ends = (span(row, "low95", "high95"), span(row, "wide_low95", "wide_high95"))
        word = row["verdict"] + (", firm" if row["firm"] else "")
        style = "dim" if row["verdict"] == SAME else ("bold" if row["firm"] else "")
        cells = (amount(row["mean"], row["unit"]), *ends, share, Text(word, style=style))
        table.add_row(Text(row["order"]), Text(row["against"]), row["aim"], *cells)
    return table


def print_parting(to: Console, found: Parting) -> None:
    """Where two orders part, and both chronicles of one seed side by side."""
    to.print(Text(found.words), soft_wrap=True)
    if not found.left and not found.right:
        return
    table = Table(
        title=Text(f"What only one of them has, seed {found.seed}", style="bold"), title_justify="left"
    )
    for name in found.orders:
        table.add_column(Text(name))
    for left, right in zip_longest(found.left, found.right):
        table.add_row(*(Text("" if line is None else f"{line[0]} {line[1]}") for line in (left, right)))
    to.print(table)
