"""The page of the validity card, over all cases with declared patterns."""

from __future__ import annotations

from detente.experiments.validity.card import RUNS, validate
from detente.experiments.validity.card_page import page_of
from refreshing.pages import DOCS, ticking


def write_card(runs: int = RUNS) -> None:
    """docs/validity.md, which the Evidence page of the dashboards shows too."""
    path = DOCS / "validity.md"
    path.write_text(page_of(validate(runs=runs, progress=ticking("checks"))), encoding="utf-8")
    print(f"wrote {path}")
