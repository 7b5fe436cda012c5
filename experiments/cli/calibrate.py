"""The command that fits a case's violence to observed days."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from detente.experiments.cli.exit_status import INTERRUPTED, complain, guarded
from detente.experiments.cli.options import (
    CaseName,
    Conflict,
    Country,
    DataFrom,
    DataUntil,
    Dyad,
    Json,
    Plot,
    SideA,
    SideB,
    app,
    targets,
)
from detente.experiments.cli.score import DataFiles, selection_of
from detente.experiments.io.plain_json import as_json

if TYPE_CHECKING:
    from detente.experiments.calibration.calibration import Calibration
    from detente.experiments.calibration.fitting import Settings
    from detente.experiments.data.selection import Selection


@app.command()
@guarded
def calibrate(
    case: CaseName,
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
    """
    from detente.experiments.io.files import check_target, write_figure
    from detente.model.errors import InputError

    if not data:
        raise InputError("--data: got nothing; expected the path of a csv file of daily events and deaths")
    if until is None:
        raise InputError("--until: got nothing; expected the last day to fit on, such as 2018-07-22")
    target = check_target(out or Path(f"posterior-{Path(case).stem}.json"), ".json", "--out")
    targets(plot, None)
    settings = checked_settings(population, generations, seed, workers, minutes)
    where = {"conflict": conflict, "dyad": dyad, "side_a": side_a, "side_b": side_b}
    selection = selection_of(country, where, data_from, data_until)
    made = fitted(case, data, start, until, target, settings, resume=resume, selection=selection)
    save(made, target)
    if plot is not None:
        write_figure(made.plot(), plot)
    if json:
        print(as_json(made.to_json()))
        return
    from detente.experiments.cli.printing.calibration import print_calibration
    from detente.experiments.cli.printing.tables import console

    print_calibration(console(), made)
    print(f"Wrote {target}" + (f" and {plot}" if plot else ""))


def checked_settings(population: int, generations: int, seed: int, workers: int, minutes: float) -> Settings:
    """How the fit is to be done; raises ``InputError`` naming the option."""
    from detente.experiments.calibration.fitting import Settings
    from detente.experiments.runs.inputs import whole_number
    from detente.model.errors import wrong

    if not 0 < minutes < float("inf"):
        raise wrong("--minutes", minutes, "a number of minutes above 0")
    return Settings(
        whole_number(population, "--population", least=20),
        whole_number(generations, "--generations"),
        whole_number(seed, "--seed", least=0, most=2**32 - 1),
        whole_number(workers, "--workers"),
        minutes,
    )


def save(made: Calibration, target: Path) -> None:
    """Write the posterior."""
    from detente.experiments.runs.posterior import write_posterior

    write_posterior(made.posterior, target)


def fitted(
    case: str,
    data: list[str],
    start: str | None,
    until: str,
    target: Path,
    settings: Settings,
    *,
    resume: bool,
    selection: Selection,
) -> Calibration:
    """The calibration asked for, with a bar that shows its rounds."""
    from detente.experiments.calibration.calibration import calibrate as run
    from detente.experiments.calibration.fitting import library
    from detente.experiments.cli.compiling import bar
    from detente.experiments.cli.printing.tables import console
    from detente.experiments.data.layouts import read_selected
    from detente.model.catalogue import load_scenario
    from detente.model.engine import compile_now
    from detente.model.errors import InputError
    from detente.model.request import checked_date

    library()
    scenario, observed = load_scenario(case), read_selected(data, selection)
    last = checked_date(until)
    assert last is not None
    first = checked_date(start) or last.replace(year=last.year - 4, month=1, day=1)
    database = target.with_suffix(".db")
    if resume and not database.exists():
        raise InputError(f"--resume: {database} does not exist; expected the database of an earlier fit")
    if database.exists() and not resume:
        raise InputError(
            f"{database}: holds an earlier fit; use --resume to continue it, give another --out, or remove it"
        )
    compile_now()
    try:
        with bar(console(stderr=True), "fitting") as report:
            return run(scenario, observed, first, last, database, settings, resume=resume, progress=report)
    except KeyboardInterrupt:
        if not database.exists():
            raise
        complain(f"interrupted; rounds that are done stand in {database}, and --resume goes on from them")
        raise typer.Exit(INTERRUPTED) from None
