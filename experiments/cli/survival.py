"""The command that shows how long ceasefires last."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from detente.experiments.cli.exit_status import guarded
from detente.experiments.cli.options import (
    CaseName,
    Facts,
    FirstSeed,
    Json,
    Levers,
    Mode,
    Out,
    Params,
    Plot,
    Point,
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
from detente.experiments.io.output import say_json


@app.command()
@guarded
def survival(
    case: CaseName,
    policies: Annotated[
        str | None, typer.Option(help="Policies, separated by commas.", metavar="A,B,C")
    ] = None,
    runs: Annotated[int, typer.Option(help="Runs per policy.")] = 500,
    seed: FirstSeed = 1,
    end: Annotated[
        str, typer.Option(help="collapse: other endings are censored; end: any ending counts.")
    ] = "collapse",
    lever: Levers = None,
    param: Params = None,
    profile: Profile = None,
    fact: Facts = None,
    point: Point = False,
    mode: Mode = None,
    until: Until = None,
    step: Step = None,
    theory: Theory = "readiness",
    json: Json = False,
    plot: Plot = None,
    out: Out = None,
) -> int:
    """Show how long ceasefires last, by policy and class.

    Kaplan-Meier curves with intervals.
    """
    from detente.experiments.cli.compiling import bar
    from detente.experiments.cli.printing.survival import print_survival
    from detente.experiments.cli.printing.tables import console
    from detente.experiments.compare.survival import survival as lasting
    from detente.model.errors import wrong

    if end not in ("collapse", "end"):
        raise wrong("--end", end, "collapse or end")
    targets(plot, out)
    seeds, options = (
        consecutive(seed, runs),
        asked(lever, param, mode, until, step, theory, profile=profile, fact=fact, point=point),
    )
    with bar(console(stderr=True), "running") as report:
        how: dict[str, Any] = {"end": end, "progress": report, "ready": wait_for_engine}
        made = lasting(case, listed(policies), seeds=seeds, **how, **options)
    write(made, plot, out, quiet=json)
    if json:
        say_json(made.to_json())
    else:
        print_survival(console(), made)
    return ended(len(made.seeds), len(seeds), "runs per policy")
