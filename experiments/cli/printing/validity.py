"""The validity card for people who read it in a terminal."""

from __future__ import annotations

from detente.experiments.cli.printing.tables import caution, number
from detente.experiments.io.console import Console, Table, Text
from detente.experiments.validity.card import Card
from detente.experiments.validity.pattern import Near, Result, Spread

STYLES = {"miss": "bold red", "pass, counts": "bold green"}


def print_card(to: Console, card: Card) -> None:
    """One table a case, then what was missed and why."""
    for case in card.cases:
        results = card.of(case)
        table = Table(
            title=title_of(case, results, len(card.seeds)), title_justify="left", title_style="bold"
        )
        table.add_column("pattern", min_width=46)
        for name in ("observed", "model", "holds", "mechanism off"):
            table.add_column(name, justify="right")
        for name in ("mark, mode", "verdict"):
            table.add_column(name)
        for result in results:
            table.add_row(*cells(result), Text(result.verdict, style=STYLES.get(result.verdict, "")))
        to.print(table)
        for result in results:
            if not result.passed:
                to.print(f"{result.pattern.key} missed: {result.pattern.if_missed}", style="dim")
        for row in card.left_out:
            if row.case == case:
                to.print(f"{row.what} left out: {row.why}", style="dim")
    to.print(caution())


def title_of(case: str, results: tuple[Result, ...], runs: int) -> str:
    """Case, runs and tally."""
    passed, counted = sum(r.passed for r in results), sum(r.counts for r in results)
    verified = sum(r.verified for r in results)
    words = f"{counted} count, {verified} verify the program"
    return f"{case}, {runs} runs: {passed} of {len(results)} patterns shown, {words}"


def cells(result: Result) -> tuple[str, ...]:
    """The cells of one pattern, the verdict left out."""
    p = result.pattern
    seen = number(p.value) if p.value is not None else "sign"
    off = "" if result.control is None else held(result, result.control)
    return (
        f"{p.key}: {p.title}",
        seen,
        interval(result.model),
        held(result, result.model),
        off,
        f"{p.mark}, {result.mode.removesuffix(' free')}",
    )


def interval(spread: Spread) -> str:
    """Median and middle 95 %."""
    if not spread.n:
        return "–"
    return f"{number(spread.median)} [{number(spread.low)}, {number(spread.high)}]"


def held(result: Result, spread: Spread) -> str:
    """Whether it holds: at which share of seeds, or whether the observed value lies inside."""
    if isinstance(result.pattern.rule, Near):
        return "inside" if spread.holds else "outside"
    return f"{spread.share:.0%}" if spread.n else "–"
