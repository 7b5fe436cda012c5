"""The command that asks which policy holds up when assumptions are uncertain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from detente.experiments.commands.options import (
    CaseName,
    FirstSeed,
    Json,
    Plot,
    Policies,
    app,
    consecutive,
    listed,
    targets,
    wait_for_engine,
)
from detente.experiments.guard import as_json, guarded

if TYPE_CHECKING:
    from detente.experiments.robust import Robustness


@app.command()
@guarded
def robustness(
    case: CaseName,
    policies: Policies = None,
    param: Annotated[
        list[str] | None,
        typer.Option("--param", help="An uncertain parameter; may be repeated.", metavar="GROUP.NAME"),
    ] = None,
    states: Annotated[int, typer.Option(help="States of the world: settings of parameters and theory.")] = 32,
    runs: Annotated[int, typer.Option(help="Seeds in each state, and five times as many per theory.")] = 20,
    seed: FirstSeed = 1,
    json: Json = False,
    plot: Plot = None,
) -> None:
    """Ask which policy holds up over uncertain parameters and rival theories: regret, and the spread of theories."""
    from detente.experiments.compare import open_policies
    from detente.experiments.files import write_figure
    from detente.experiments.inputs import checked_runs
    from detente.experiments.report import console
    from detente.experiments.robust import print_robustness, weigh

    targets(plot, None)
    starts = open_policies(case, listed(policies))
    seeds = consecutive(seed, runs)
    wait_for_engine(starts[0], seeds[0])
    names = [start.policy.name for start in starts]
    made: Robustness = weigh(case, names, seeds, states=checked_runs(states), uncertain=param or None)
    if plot is not None:
        write_figure(made.plot(), plot)
    if json:
        told: dict[str, Any] = made.to_json()
        print(as_json(told))
        return
    print_robustness(console(), made)
    if plot is not None:
        print(f"Wrote {plot}")
