"""The command that asks which policy holds up when assumptions are uncertain."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from detente.experiments.cli.exit_status import complain, guarded
from detente.experiments.cli.options import (
    DrawnFrom,
    Json,
    Plot,
    Point,
    Policies,
    UncertainFacts,
    app,
    consecutive,
    listed,
    targets,
    wait_for_engine,
)
from detente.experiments.io.output import say, say_json

if TYPE_CHECKING:
    from detente.experiments.analysis.robustness_result import Robustness

STATES, RUNS, SEED = 32, 20, 1


@app.command()
@guarded
def robustness(
    what: Annotated[
        str,
        typer.Argument(
            help="A case by name or path, or the directory of a finished sweep.", metavar="CASE|DIR"
        ),
    ],
    policies: Policies = None,
    bar: Annotated[
        list[str] | None,
        typer.Option(
            "--bar",
            help="The worst value of an outcome that is good enough; may be repeated.",
            metavar="OUTCOME=VALUE",
        ),
    ] = None,
    outcomes: Annotated[
        str | None, typer.Option(help="Outcomes by which policies are compared.", metavar="A,B,C")
    ] = None,
    param: Annotated[
        list[str] | None,
        typer.Option(
            "--param", help="An uncertain parameter to vary; may be repeated.", metavar="GROUP.NAME"
        ),
    ] = None,
    fact: UncertainFacts = None,
    posterior: DrawnFrom = None,
    point: Point = False,
    states: Annotated[
        int | None, typer.Option(help=f"Number of states: settings of parameters and theory ({STATES}).")
    ] = None,
    runs: Annotated[
        int | None, typer.Option(help=f"Seeds per state, and five times as many per theory ({RUNS}).")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help=f"First seed; the others are consecutive ({SEED}).")
    ] = None,
    json: Json = False,
    plot: Plot = None,
) -> None:
    """Ask which policy holds up where assumptions are uncertain.

    Over uncertain parameters, facts and rival theories, or over what a sweep varied. Regret, how often each is good
    enough and in which states (--bar), and what rival theories say.
    """
    from detente.experiments.analysis.robustness import robustness as weighed
    from detente.experiments.runs.inputs import settings, whole_number

    if states is not None:
        whole_number(states, "--states")
    targets(plot, None)
    judged: dict[str, Any] = {"outcomes": listed(outcomes), "bars": settings(bar or [], "--bar")}
    uncertain = [*(param or []), *(f"fact.{text.removeprefix('fact.')}" for text in fact or [])]
    asked: dict[str, Any] = {"states": states, "uncertain": uncertain or None, "ready": wait_for_engine}
    asked |= {"point": True} if point else {}
    asked |= {"posterior": posterior}
    asked |= (
        {"seeds": consecutive(seed, RUNS if runs is None else runs)} if seed is not None else {"runs": runs}
    )
    tell(weighed(what, listed(policies), **asked, **judged), plot, json=json)


def tell(made: Robustness, plot: Path | None, *, json: bool) -> None:
    """Write and print what was found; without the EMA Workbench, all but the boxes."""
    from detente.experiments.analysis.discovery import NoWorkbenchError
    from detente.experiments.cli.printing.robustness import print_robustness
    from detente.experiments.cli.printing.tables import console
    from detente.experiments.io.files import write_figure

    boxes = True
    try:
        if made.bars:
            _ = made.boxes
    except NoWorkbenchError as missing:
        boxes = False
        complain(f"{missing}; the states are not described in words")
    if plot is not None:
        write_figure(made.plot(), plot)
    if json:
        say_json(made.to_json(boxes=boxes))
        return
    print_robustness(console(), made, boxes=boxes)
    if plot is not None:
        say(f"Wrote {plot}")
