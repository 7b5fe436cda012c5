"""``detente lessons``: a factorial over the five lessons."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from detente.experiments.cli.exit_status import guarded
from detente.experiments.cli.options import (
    CaseName,
    DrawnFrom,
    DrawsOption,
    Facts,
    FirstSeed,
    Json,
    Out,
    Params,
    Plot,
    Point,
    Step,
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
def lessons(
    case: CaseName,
    runs: Annotated[int, typer.Option(help="Seeds for each of the 32 combinations of lessons.")] = 200,
    seed: FirstSeed = 1,
    theory: Theory = "readiness",
    param: Params = None,
    fact: Facts = None,
    point: Point = False,
    step: Step = None,
    posterior: DrawnFrom = None,
    draws: DrawsOption = None,
    json: Json = False,
    plot: Plot = None,
    out: Out = None,
) -> int:
    """Show what each of the five lessons adds.

    A factorial over all of them: effects alone, on average and on top of the others, and interactions.
    """
    from detente.experiments.cli.compiling import bar
    from detente.experiments.cli.printing.lessons import print_lessons
    from detente.experiments.cli.printing.tables import console
    from detente.experiments.compare.lessons import lessons as factorial
    from detente.experiments.runs.inputs import settings

    targets(plot, out)
    asked: dict[str, Any] = {"theory": theory, "step_days": step, "posterior": posterior, "draws": draws}
    asked["parameters"] = settings(param or [], "--param")
    asked |= {"facts": settings(fact or [], "--fact"), "point": point}
    seeds = consecutive(seed, runs)
    with bar(console(stderr=True), "running") as report:
        made = factorial(case, seeds=seeds, progress=report, ready=wait_for_engine, **asked)
    write(made, plot, out, quiet=json)
    if json:
        say_json(made.to_json())
    else:
        print_lessons(console(), made)
    status = ended(len(made.seeds), made.asked, "seeds")
    return status or ended(made.over.unknown.n_draws if made.over else 0, made.draws_asked, "draws")
