"""Figures of the cases, and the page of pooled inference."""

from __future__ import annotations

from generating.pooled import pooled_text

from detente.experiments.runs.ensemble import ensemble
from detente.experiments.runs.pooled_posterior import pooled_posterior
from detente.model.catalogue import SHIPPED
from refreshing.pages import DOCS, put


def write_cases() -> None:
    """The figure of each case that has notes: runs under history, all of it imposed, beside what was observed."""
    folder = DOCS / "images" / "cases"
    folder.mkdir(exist_ok=True)
    for path in sorted(SHIPPED.glob("*/NOTES.md")):
        figure = ensemble(path.parent.name, "history", runs=200, mode="conditioned").plot()
        figure.write_image(folder / f"{path.parent.name}.png", width=1760, height=960)
        print(f"wrote {folder / path.parent.name}.png")


def write_pooled() -> None:
    """What the shipped pooled posterior says; nothing is run."""
    put("pooled", pooled_text(pooled_posterior().about))
