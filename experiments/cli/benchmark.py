"""The command that opens many conflicts month after month and scores what the model says of the months ahead."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from detente.experiments.cli.exit_status import DONE, guarded, kept_when_interrupted
from detente.experiments.cli.options import (
    Agreements,
    Ceasefires,
    Conflict,
    Country,
    Dyad,
    Json,
    ObservedFiles,
    Plot,
    RowsOfCase,
    SideA,
    SideB,
    app,
    listed,
    targets,
)
from detente.experiments.io.output import say_json


@app.command()
@guarded
def benchmark(
    case: Annotated[
        list[str] | None, typer.Argument(help="Cases by name or path.", metavar="[CASE ...]")
    ] = None,
    data: ObservedFiles = None,
    conflicts: Annotated[
        str | None,
        typer.Option("--list", help="A list of conflicts, with NAME.csv beside it for each.", metavar="FILE"),
    ] = None,
    ceasefires: Ceasefires = None,
    agreements: Agreements = None,
    series: Annotated[
        str | None, typer.Option(help="Monthly series of --data; total deaths by default.")
    ] = None,
    dyad: Dyad = None,
    conflict: Conflict = None,
    country: Country = None,
    side_a: SideA = None,
    side_b: SideB = None,
    rows: RowsOfCase = None,
    leads: Annotated[str, typer.Option(help="Lead times in months, as 1:12 or 1,3,6.")] = "1:12",
    origins: Annotated[int, typer.Option(help="Months from one forecast origin to the next.")] = 7,
    start: Annotated[
        str | None, typer.Option("--from", help="First forecast origin.", metavar="DATE")
    ] = None,
    until: Annotated[str | None, typer.Option(help="Last forecast origin.", metavar="DATE")] = None,
    runs: Annotated[int, typer.Option(help="Runs from each forecast origin.")] = 100,
    modes: Annotated[str, typer.Option(help="none, conditioned or both.")] = "none,conditioned",
    out: Annotated[
        Path | None, typer.Option(help="Keep scores and forecasts in this folder.", metavar="DIR")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the folder of --out.")] = False,
    json: Json = False,
    plot: Plot = None,
) -> int:
    """Score forecasts of many conflicts.

    Each conflict is opened at one month after another with what was known then, run ahead, and scored beside null
    models: with nothing known of what follows, and with its diplomacy known.
    """
    from detente.experiments.benchmark.benchmark import benchmark as benchmarked
    from detente.experiments.cli.compiling import bar
    from detente.experiments.cli.printing.benchmark import print_benchmark
    from detente.experiments.cli.printing.tables import console
    from detente.experiments.cli.score import checked_leads

    targets(plot, None)
    how: dict[str, Any] = {
        "leads": checked_leads(leads),
        "modes": listed(modes),
        "every": origins,
        "runs": runs,
    }
    how |= {"data": data, "listed": conflicts, "ceasefires": ceasefires, "agreements": agreements}
    how |= {"dyad": dyad, "conflict": conflict, "country": country, "side_a": side_a, "side_b": side_b}
    how |= {"series": series, "since": start, "until": until, "out": out, "resume": resume, "case": rows}
    with (
        kept_when_interrupted(out, "origins"),
        bar(console(stderr=True), "looking ahead") as report,
    ):
        made = benchmarked(case or (), **how, progress=report)
    write_plot(made, plot, quiet=json)
    if json:
        say_json(made.to_json())
    else:
        print_benchmark(console(), made, out)
    return DONE


def write_plot(made: Any, plot: Path | None, *, quiet: bool) -> None:
    """Write the figure, if one is asked for, and say where it is."""
    if plot is None:
        return
    from detente.experiments.io.files import write_figure
    from detente.experiments.io.output import say

    write_figure(made.plot(), plot)
    if not quiet:
        say(f"Wrote {plot}")
