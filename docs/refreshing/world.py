"""The page on drawn wars."""

from __future__ import annotations

from generating.tables import table

from detente.agents.parameters import CORE_0_1
from detente.experiments.cli.printing.world import interval, reasons, short
from detente.experiments.evidence.world_targets import STRENGTHS
from detente.experiments.validity.world import WorldCard, WorldResult, validate_world
from detente.experiments.validity.world_figures import READS
from refreshing.pages import put

VERDICTS = {"inside": "yes", "outside": "no", "cannot be computed": "–"}


def world_text(before: WorldCard, after: WorldCard) -> str:
    """Every target that can be computed, before and after, strong ones first; then those that cannot."""
    lines: list[str] = []
    for strength in STRENGTHS:
        both = [
            (b, a)
            for b, a in zip(before.results, after.results, strict=True)
            if b.target.strength == strength and b.target.id in READS
        ]
        counts = [sum(r[k].verdict == "inside" for r in both) for k in (0, 1)]
        head = f"{len(both)} numbers, inside: {counts[0]} before, {counts[1]} after"
        lines += [f"### {strength.capitalize()} targets", "", f"{head}.", ""]
        columns = ["target", "quantity", "observed", "n", "before", "", "after", ""]
        lines += [table(columns, [world_row(b, a) for b, a in both]), ""]
    lines += ["### What cannot be computed", ""]
    lines += [f"- {', '.join(labels)}: {reason}." for reason, labels in reasons(after).items()]
    return "\n".join(lines)


def world_row(before: WorldResult, after: WorldResult) -> list[str]:
    """One target; a number at matched dates without a ceasefire stands behind a slash."""
    t = before.target
    cells = [t.label, t.quantity.replace("|", "/"), interval(t.value, t.low, t.high), str(t.n)]
    for result in (before, after):
        luck = f" / {short(result.placebo)}" if result.placebo == result.placebo else ""
        cells += [interval(result.value, result.low, result.high) + luck, VERDICTS[result.verdict]]
    return cells


def write_world() -> None:
    """Drawn wars against what is known of wars, in the first version and today."""
    put("world", world_text(validate_world(parameters=CORE_0_1), validate_world()))
