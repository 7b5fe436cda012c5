"""``detente transfer``: ask whether the Korean style travels."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from detente.experiments.cli.exit_status import guarded
from detente.experiments.cli.options import (
    DrawnFrom,
    DrawsOption,
    FirstSeed,
    Json,
    Out,
    Plot,
    Point,
    Theory,
    app,
    consecutive,
    ended,
    targets,
    wait_for_engine,
    write,
)
from detente.experiments.io.output import say_json


@app.command()
@guarded
def transfer(
    runs: Annotated[int, typer.Option(help="Seeds per cell of the design.")] = 60,
    seed: FirstSeed = 1,
    theory: Theory = "readiness",
    posterior: DrawnFrom = None,
    point: Point = False,
    draws: DrawsOption = None,
    json: Json = False,
    plot: Plot = None,
    out: Out = None,
) -> int:
    """Ask whether the Korean style travels to Afghanistan.

    The lessons in Afghanistan, with conditions taken from Korea one by one and together.
    """
    from detente.experiments.cli.compiling import bar
    from detente.experiments.cli.printing.tables import console
    from detente.experiments.cli.printing.transfer import print_transfer
    from detente.experiments.compare.transfer import transfer as travel

    targets(plot, out)
    seeds = consecutive(seed, runs)
    with bar(console(stderr=True), "running") as report:
        how: dict[str, Any] = {"point": point, "draws": draws, "posterior": posterior}
        how |= {"progress": report, "ready": wait_for_engine}
        made = travel(seeds=seeds, theory=theory, **how)
    write(made, plot, out, quiet=json)
    if json:
        say_json(made.to_json())
    else:
        print_transfer(console(), made)
    return ended(len(made.seeds), made.asked, "seeds")
