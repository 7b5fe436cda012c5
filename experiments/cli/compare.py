"""The command that compares policies."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from detente.experiments.cli.exit_status import guarded
from detente.experiments.cli.options import (
    CaseName,
    DrawnFrom,
    DrawsOption,
    Facts,
    FirstSeed,
    Json,
    Levers,
    Mode,
    Out,
    Params,
    Plot,
    Point,
    Policies,
    Profile,
    Step,
    Theory,
    Until,
    app,
    asked,
    consecutive,
    ended,
    listed,
    targets,
    wait_for_engine,
    write,
)
from detente.experiments.io.output import say, say_json

if TYPE_CHECKING:
    from detente.experiments.compare.policies import Comparison


@app.command()
@guarded
def compare(
    case: CaseName,
    policies: Policies = None,
    runs: Annotated[int, typer.Option(help="Runs per policy.")] = 500,
    seed: FirstSeed = 1,
    lever: Levers = None,
    param: Params = None,
    profile: Profile = None,
    fact: Facts = None,
    point: Point = False,
    mode: Mode = None,
    until: Until = None,
    step: Step = None,
    theory: Theory = "readiness",
    theories: Annotated[
        str | None,
        typer.Option(help="Also show each difference under rival theories: all, or A,B.", metavar="A,B"),
    ] = None,
    branch_at: Annotated[
        str | None,
        typer.Option(help="Run the first policy up to this day, then each of the others.", metavar="DATE"),
    ] = None,
    posterior: DrawnFrom = None,
    draws: DrawsOption = None,
    json: Json = False,
    plot: Plot = None,
    out: Out = None,
) -> int:
    """Compare policies under the same seeds, and draw the result."""
    from detente.experiments.cases.check import by_name, opened_remarks
    from detente.experiments.cli.check import warn
    from detente.experiments.cli.compiling import bar
    from detente.experiments.cli.printing.tables import console
    from detente.experiments.compare.policies import compare as compared
    from detente.model.catalogue import load_scenario

    seeds, rivals = consecutive(seed, runs), listed(theories)
    options: dict[str, Any] = asked(
        lever, param, mode, until, step, theory, profile=profile, fact=fact, point=point
    )
    options |= {"branch_at": branch_at, "posterior": posterior, "theories": rivals, "draws": draws}
    figure = plot if plot or json else Path(f"detente-{load_scenario(case).case.name}.html")
    targets(figure, out)
    with bar(console(stderr=True), "running") as report:
        how: dict[str, Any] = {"progress": report, "ready": wait_for_engine}
        made = compared(case, listed(policies), seeds=seeds, **how, **options)
    warnings = warn(opened_remarks(by_name(e.start for e in made.ensembles)), quiet=json)
    write(made, figure, out, quiet=json)
    if figure is not None:
        draw_beside(made, figure, quiet=json)
    print_comparison(made, json=json, warnings=warnings)
    status = ended(len(made.seeds), len(seeds), "runs per policy")
    status = status or ended(made.over.unknown.n_draws if made.over else 0, made.draws_asked, "draws")
    if status or rivals is None:
        return status
    return ended(len(made.theories.seeds) if made.theories else 0, len(seeds), "runs per policy and theory")


def draw_beside(made: Comparison, figure: Path, *, quiet: bool) -> None:
    """The figures of the differences and of the theories, beside that of the policies and named after it."""
    from detente.experiments.io.files import write_figure

    drawn = {"differences": made.over and made.plot_differences}
    drawn["theories"] = made.theories and made.theories.plot
    for name, plot in drawn.items():
        if plot is not None:
            beside = figure.with_stem(f"{figure.stem}-{name}")
            write_figure(plot(), beside)
            if not quiet:
                say(f"Wrote {beside}")


def print_comparison(made: Comparison, *, json: bool, warnings: list[str]) -> None:
    """Print a comparison as asked."""
    from detente.experiments.cli.printing.compare import print_comparison as show
    from detente.experiments.cli.printing.tables import console

    if json:
        say_json({**made.to_json(), "warnings": warnings})
    else:
        show(console(), made)
