"""The command that fits a case's violence to observed days, or with ``--pool`` what all conflicts share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from detente.experiments.cli.exit_status import INTERRUPTED, complain, guarded
from detente.experiments.cli.options import (
    Conflict,
    Country,
    DataFrom,
    DataUntil,
    Dyad,
    Json,
    Plot,
    SideA,
    SideB,
    UncertainFacts,
    app,
    targets,
)
from detente.experiments.cli.score import DataFiles, selection_of
from detente.experiments.io.output import say, say_json

if TYPE_CHECKING:
    from detente.experiments.calibration.calibration import Calibration
    from detente.experiments.data.selection import Selection


@app.command()
@guarded
def calibrate(
    case: Annotated[
        str | None, typer.Argument(help="A case by name, or the path of its file or folder.")
    ] = None,
    data: DataFiles = None,
    until: Annotated[str | None, typer.Option(help="Last day used.", metavar="DATE")] = None,
    start: Annotated[
        str | None,
        typer.Option("--from", help="First day used; by default five years before the last.", metavar="DATE"),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="File for the posterior (.json); files for --resume go beside it."),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Continue a fit that was interrupted.")] = False,
    workers: Annotated[int, typer.Option(help="Number of years to run in parallel.")] = 2,
    population: Annotated[int, typer.Option(help="Number of particles.")] = 200,
    generations: Annotated[int, typer.Option(help="Number of generations (rounds of the fit).")] = 6,
    minutes: Annotated[float, typer.Option(help="Start no new generation after this many minutes.")] = 15.0,
    seed: Annotated[int, typer.Option(help="Seed of the fit.")] = 1,
    pool: Annotated[
        bool,
        typer.Option("--pool", help="Fit what all conflicts share, once over the conflicts of --data-dir."),
    ] = False,
    data_dir: Annotated[
        Path | None,
        typer.Option(help="Folder of the conflicts to pool (with --pool).", metavar="DIR"),
    ] = None,
    draws: Annotated[
        int | None,
        typer.Option(help="Draws from the declared ranges, one run a conflict each (with --pool)."),
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(help="Leave a conflict out (with --pool); may be repeated.", metavar="CONFLICT"),
    ] = None,
    fact: UncertainFacts = None,
    country: Country = None,
    conflict: Conflict = None,
    dyad: Dyad = None,
    side_a: SideA = None,
    side_b: SideB = None,
    data_from: DataFrom = None,
    data_until: DataUntil = None,
    json: Json = False,
    plot: Plot = None,
) -> None:
    """Fit the violence of a case to observed days.

    Fits patterns of the days, shows which parameters the data cannot separate, and checks the fit on later days.
    With --pool it fits what all conflicts share instead, and weighs the theories.
    """
    from detente.experiments.cli.calibrate_pool import check_alone, fit_pool
    from detente.experiments.io.files import check_target, write_figure
    from detente.model.errors import InputError

    pooling = {"--data-dir": data_dir, "--draws": draws, "--without": without}
    check_alone(
        pool, pooling, {"CASE": case, "--data": data, "--until": until, "--plot": plot, "--fact": fact}
    )
    if pool:
        fit_pool(data_dir, draws, without or (), out, resume=resume, seed=seed, json=json)
        return
    if case is None:
        raise InputError("CASE: got nothing; expected a case, or --pool for what all conflicts share")
    if not data:
        raise InputError("--data: got nothing; expected the path of a csv file of daily events and deaths")
    if until is None:
        raise InputError("--until: got nothing; expected the last day to fit on, such as 2018-07-22")
    target = check_target(out or Path(f"posterior-{Path(case).stem}.json"), ".json", "--out")
    targets(plot, None)
    how: dict[str, Any] = {"workers": workers, "population": population, "generations": generations}
    how |= {"minutes": minutes, "seed": seed, "start": start, "resume": resume, "facts": fact or ()}
    where = {"conflict": conflict, "dyad": dyad, "side_a": side_a, "side_b": side_b}
    selection = selection_of(country, where, data_from, data_until)
    made = fitted(case, data, until, target, selection, **how)
    if plot is not None:
        write_figure(made.plot(), plot)
    if json:
        say_json(made.to_json())
        return
    from detente.experiments.cli.printing.calibration import print_calibration
    from detente.experiments.cli.printing.tables import console

    print_calibration(console(), made)
    say(f"Wrote {target}" + (f" and {plot}" if plot else ""))


def fitted(
    case: str, data: list[str], until: str, target: Path, selection: Selection, **how: Any
) -> Calibration:
    """The calibration asked for, with a bar that shows its rounds."""
    from detente.experiments.calibration.calibration import calibrate as fit_case
    from detente.experiments.calibration.calibration import database_of
    from detente.experiments.cli.compiling import bar
    from detente.experiments.cli.printing.tables import console
    from detente.experiments.data.layouts import read_selected

    observed = read_selected(data, selection)
    try:
        with bar(console(stderr=True), "fitting") as report:
            return fit_case(case, observed, until, out=target, progress=report, **how)
    except KeyboardInterrupt:
        database = database_of(target)
        if not database.exists():
            raise
        complain(f"interrupted; rounds that are done stand in {database}, and --resume goes on from them")
        raise typer.Exit(INTERRUPTED) from None
