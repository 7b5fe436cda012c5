"""What ``detente validate --world`` prints: every target beside the model's number, strong ones first."""

from __future__ import annotations

from detente.experiments.cli.printing.tables import caution
from detente.experiments.evidence.world_targets import STRENGTHS
from detente.experiments.io.console import Console, Table, Text
from detente.experiments.validity.world import WorldCard, WorldResult
from detente.experiments.validity.world_figures import REASONS

STYLES = {"outside": "bold red", "inside": "bold green", "cannot be computed": "dim"}


def print_world(to: Console, card: WorldCard) -> None:
    """One table for each strength, then why some targets cannot be computed."""
    for strength in STRENGTHS:
        rows = [r for r in card.results if r.target.strength == strength]
        inside, outside = (len(card.of(v, strength)) for v in ("inside", "outside"))
        title = f"{strength} targets: {inside} inside, {outside} outside, {len(rows) - inside - outside} not computed"
        table = Table(title=title, title_justify="left", title_style="bold")
        table.add_column("target")
        table.add_column("quantity", max_width=58)
        for name in ("observed", "n", "model", "n in wars", "placebo"):
            table.add_column(name, justify="right")
        table.add_column("verdict")
        for result in rows:
            table.add_row(*cells(result), Text(result.verdict, style=STYLES[result.verdict]))
        to.print(table)
    for reason, labels in reasons(card).items():
        to.print(f"{', '.join(labels)} cannot be computed: {reason}", markup=False, style="dim")
    to.print(f"{card.wars} wars, {card.seeds} seeds, {card.years} years; {card.placed:.0%} of events seen.")
    to.print(caution())


def reasons(card: WorldCard) -> dict[str, list[str]]:
    """Why some targets cannot be computed, with the targets of each reason."""
    found: dict[str, list[str]] = {}
    for result in card.of("cannot be computed"):
        labels = found.setdefault(result.reason, [])
        name = result.target.id if result.target.id in REASONS else result.target.label
        labels += [] if name in labels else [name]
    return found


def cells(result: WorldResult) -> tuple[str, ...]:
    """The cells of one target, the verdict left out."""
    t = result.target
    own = interval(result.value, result.low, result.high)
    units = f"{result.n} in {result.n_wars}" if result.n else ""
    return t.label, t.quantity, interval(t.value, t.low, t.high), str(t.n), own, units, short(result.placebo)


def interval(value: float, low: float, high: float) -> str:
    """A number with the ends of its interval, where it has them."""
    ends = f" [{short(low)}, {short(high)}]" if low == low else ""
    return f"{short(value)}{ends}"


def short(value: float) -> str:
    """A number with two decimals, or one where it is large; nothing where there is none."""
    if value != value:
        return ""
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
