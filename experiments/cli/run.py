"""``detente run``: one run of a case, or of a replay file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from detente.experiments.cli.exit_status import complain, guarded
from detente.experiments.cli.options import (
    Facts,
    Json,
    Levers,
    Mode,
    Out,
    Params,
    Plot,
    Point,
    Posterior,
    Profile,
    Step,
    Theory,
    Until,
    app,
    asked,
    targets,
    wait_for_engine,
    write,
)
from detente.experiments.io.output import say_json

if TYPE_CHECKING:
    from detente.experiments.runs.run import Run


SomeCase = Annotated[
    str | None, typer.Argument(help="A case by name, or the path of its file or folder.", metavar="CASE")
]
Policy = Annotated[
    str | None, typer.Option(help="A policy of the case, or a file; by default history, if there is one.")
]
Seed = Annotated[int, typer.Option(help="Seed of the random numbers.")]
Engine = Annotated[str, typer.Option(help="auto, mesa or compiled; all give the same numbers.")]
BranchAt = Annotated[str | None, typer.Option(help="Day on which another policy takes over.", metavar="DATE")]
BranchTo = Annotated[
    str | None, typer.Option(help="The policy that takes over on that day.", metavar="POLICY")
]
ReplayFile = Annotated[
    Path | None,
    typer.Option(
        help="Reproduce the run of a replay file or a mailed page of the dashboards.", metavar="FILE"
    ),
]
Story = Annotated[bool, typer.Option("--story", help="Print the dated chronicle.")]


@app.command()
@guarded
def run(
    case: SomeCase = None,
    policy: Policy = None,
    seed: Seed = 1,
    engine: Engine = "auto",
    lever: Levers = None,
    param: Params = None,
    profile: Profile = None,
    fact: Facts = None,
    point: Point = False,
    mode: Mode = None,
    until: Until = None,
    step: Step = None,
    theory: Theory = "readiness",
    branch_at: BranchAt = None,
    branch_to: BranchTo = None,
    replay: ReplayFile = None,
    posterior: Posterior = None,
    json: Json = False,
    story: Story = False,
    plot: Plot = None,
    out: Out = None,
) -> None:
    """Run a case once, or repeat the run of a replay file."""
    from detente.experiments.runs.run import run as one_run

    targets(plot, out)
    options: dict[str, Any] = {
        **asked(lever, param, mode, until, step, theory, profile=profile, fact=fact, point=point),
        "branch_at": branch_at,
        "branch_to": branch_to,
    }
    if replay is not None:
        nothing_beside([case, policy, posterior], seed, options)
        made = run_again(replay, engine)
    elif case is None:
        raise typer.BadParameter("name a case, or a replay file with --replay", param_hint="CASE")
    else:
        if posterior is not None:
            say_drawn(case, posterior, seed, options)
        how: dict[str, Any] = {"engine": engine, "posterior": posterior, "ready": wait_for_engine}
        made = one_run(case, policy, seed, **how, **options)
    write(made, plot, out, quiet=json)
    print_made(made, json=json, story=story)


def say_drawn(case: str, posterior: str, seed: int, options: dict[str, Any]) -> None:
    """Say on standard error which parameters a seed draws from a posterior."""
    from detente.experiments.runs.posterior_draws import draws_for
    from detente.model.keywords import nested_parameters

    draws = draws_for(case, posterior, nested_parameters(options["parameters"]), options["facts"])
    complain(draws.words.replace("each seed", f"seed {seed}"))


def nothing_beside(others: list[Any], seed: int, options: dict[str, Any]) -> None:
    """A replay file says all there is to say: nothing else may be set beside it."""
    from detente.model.errors import InputError

    set_ones = any(options[name] for name in ("levers", "parameters", "facts", "point"))
    plain = seed == 1 and options["theory"] == "readiness" and not set_ones
    optional = ("mode", "until", "step_days", "branch_at", "branch_to")
    if any(value is not None for value in (*others, *(options[name] for name in optional))) or not plain:
        raise InputError(
            "--replay: the file contains all settings of the run; expected no other setting with it"
        )


def run_again(path: Path, engine: str) -> Run:
    """The run of a replay file; says on standard error what differs from the run that the file was written for."""
    from detente.experiments.runs.replay import replay

    how: dict[str, Any] = {"engine": engine, "ready": wait_for_engine}
    return replay(path, report=lambda line: complain(f"{path}: {line}"), **how)


def print_made(made: Run, *, json: bool, story: bool) -> None:
    """Print one run as asked."""
    if json:
        say_json(made.to_json())
        return
    from detente.experiments.cli.printing.run import print_run, print_story
    from detente.experiments.cli.printing.tables import console

    (print_story if story else print_run)(console(), made)
