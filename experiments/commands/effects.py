"""Commands that ask what the lessons do: on a case, and whether they travel."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from detente.experiments.commands.options import (
    CaseName,
    FirstSeed,
    Json,
    Out,
    Params,
    Plot,
    Posterior,
    Step,
    Theory,
    app,
    consecutive,
    ended,
    targets,
    wait_for_engine,
    write,
)
from detente.experiments.guard import as_json, guarded


@app.command()
@guarded
def lessons(
    case: CaseName,
    runs: Annotated[int, typer.Option(help="Seeds in each of the 32 corners.")] = 200,
    seed: FirstSeed = 1,
    theory: Theory = "readiness",
    param: Params = None,
    step: Step = None,
    posterior: Posterior = None,
    json: Json = False,
    plot: Plot = None,
    out: Out = None,
) -> int:
    """Show what each of the five lessons adds.

    A factorial over all of them: effects alone, on average and on top of the others, and interactions.
    """
    from detente.experiments.drawn import draws_for
    from detente.experiments.inputs import nested_parameters, settings
    from detente.experiments.lessons import lessons as factorial
    from detente.experiments.lessons import open_corners
    from detente.experiments.lessons_report import print_lessons
    from detente.experiments.report import console
    from detente.experiments.waiting import bar

    targets(plot, out)
    asked: dict[str, Any] = {"theory": theory, "step_days": step}
    asked["parameters"] = nested_parameters(settings(param or [], "--param")) or None
    seeds = consecutive(seed, runs)
    if posterior is not None:
        draws_for(
            case, posterior, asked["parameters"]
        )  # what cannot be drawn is said before anything compiles
    wait_for_engine(open_corners(case, **asked)[0], seeds[0])
    with bar(console(stderr=True), "running") as report:
        made = factorial(case, seeds=seeds, posterior=posterior, progress=report, **asked)
    write(made, plot, out, quiet=json)
    if json:
        print(as_json(made.to_json()))
    else:
        print_lessons(console(), made)
    return ended(len(made.seeds), made.asked, "seeds")


@app.command()
@guarded
def transfer(
    runs: Annotated[int, typer.Option(help="Seeds in each cell of the design.")] = 60,
    seed: FirstSeed = 1,
    theory: Theory = "readiness",
    json: Json = False,
    plot: Plot = None,
    out: Out = None,
) -> int:
    """Ask whether the Korean style travels to Afghanistan.

    The lessons in Afghanistan, with conditions taken from Korea one by one and together.
    """
    from detente.experiments.report import console
    from detente.experiments.transfer import transfer as travel
    from detente.experiments.transfer_design import Maker
    from detente.experiments.transfer_report import print_transfer
    from detente.experiments.waiting import bar

    targets(plot, out)
    seeds = consecutive(seed, runs)
    wait_for_engine(Maker(theory=theory).home()[0], seeds[0])
    with bar(console(stderr=True), "running") as report:
        made = travel(seeds=seeds, theory=theory, progress=report)
    write(made, plot, out, quiet=json)
    if json:
        print(as_json(made.to_json()))
    else:
        print_transfer(console(), made)
    return ended(len(made.seeds), made.asked, "seeds")
