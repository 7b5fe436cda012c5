"""What policies differ by: the numbers of the tutorial, and the figure of the README."""

from __future__ import annotations

from typing import Any

from detente.experiments.compare.policies import Comparison, compare
from detente.experiments.runs.provenance import installed
from refreshing.pages import DOCS, put

CASE, PAIR = "afghanistan-2018", ["status-quo", "only-direct-channel"]


def write_tutorial(runs: int = 200) -> None:
    """docs/tutorial.md: the rise with a direct channel, with and without ``violence.pressed``."""
    put("tutorial", tutorial_text(*(pair_of(pressed, runs) for pressed in (None, 0.0))))


def pair_of(pressed: float | None, runs: int) -> Comparison:
    """The policies of the tutorial; with the pressure on an exposed ally as it is, unless set."""
    given: dict[str, Any] = {} if pressed is None else {"violence__pressed": pressed}
    return compare(CASE, PAIR, runs=runs, **given)


def tutorial_text(usual: Comparison, without: Comparison) -> str:
    """How much of the change in deaths hangs on the pressure, and what becomes of the days of ceasefire."""
    deaths = [change(made, "deaths_per_day") for made in (usual, without)]
    days = [change(made, "days_in_ceasefire", 0) for made in (usual, without)]
    return (
        f"Deaths per day change by {deaths[0]} as the model is shipped, and by {deaths[1]} with `violence.pressed=0`; "
        f"days of ceasefire by {days[0]} and by {days[1]} (Détente {installed('detente')}, {len(usual.seeds)} paired "
        "runs, 95 % intervals of luck)."
    )


def change(made: Comparison, outcome: str, digits: int = 1) -> str:
    """The mean paired difference with its interval."""
    row: Any = made.difference(outcome, 1)
    mean, low, high = (f"{row[key]:+.{digits}f}".replace("-", "−") for key in ("mean", "low95", "high95"))
    return f"{mean} [{low}, {high}]"


def write_readme() -> None:
    """The figure of the README, from the command that it begins with; its list of faults goes with ``scoring``."""
    path = DOCS / "images" / "compare.png"
    compare(CASE).plot().write_image(path, width=1400, height=840)
    print(f"wrote {path}")
