"""``detente run``: one run of a case, or of a replay file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from detente.experiments.cli.exit_status import complain, guarded
from detente.experiments.cli.options import (
    Json,
    Levers,
    Mode,
    Out,
    Params,
    Plot,
    Posterior,
    Step,
    Theory,
    Until,
    app,
    asked,
    first_policy,
    opened,
    targets,
    wait_for_engine,
    write,
)
from detente.experiments.io.plain_json import as_json

if TYPE_CHECKING:
    from detente.experiments.runs.replay import Replay
    from detente.experiments.runs.run import Run


SomeCase = Annotated[
    str | None, typer.Argument(help="A case by name, or the path of a TOML file.", metavar="CASE")
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
    typer.Option(help="Reproduce the run in a replay file saved by the dashboards.", metavar="FILE"),
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
    from detente.experiments.runs.run import run_opening

    targets(plot, out)
    options = asked(lever, param, mode, until, step, theory)
    if posterior is not None and case is not None:
        options["parameters"] = drawn_parameters(case, posterior, seed, options["parameters"])
    saved = None
    if replay is not None:
        saved = saved_run(replay, case or posterior, policy, seed, branch_at, branch_to, options)
        start, seed = saved.recipe.open(), saved.recipe.seed
    elif case is None:
        raise typer.BadParameter("name a case, or a replay file with --replay", param_hint="CASE")
    else:
        name = first_policy(case) if policy is None else policy
        start = opened(case, name, branch_at=branch_at, branch_to=branch_to, **options)
    if engine == "compiled":
        wait_for_engine(start, seed)
    made = run_opening(start, seed, engine=engine)
    for line in saved.differences(made) if saved is not None else []:
        complain(f"{replay}: {line}")
    write(made, plot, out, quiet=json)
    print_made(made, json=json, story=story)


def drawn_parameters(case: str, posterior: str, seed: int, given: Any) -> dict[str, dict[str, float]]:
    """The parameters that a seed draws, on top of those given; says on standard error that they were drawn."""
    from detente.experiments.runs.posterior_draws import draws_for
    from detente.model.request import checked_seed

    draws = draws_for(case, posterior, given)
    complain(draws.words.replace("each seed", f"seed {seed}"))
    return draws.on_top_of(given, draws.particle(checked_seed(seed)))


def saved_run(
    path: Path,
    case: str | None,
    policy: str | None,
    seed: int,
    branch_at: str | None,
    branch_to: str | None,
    options: dict[str, Any],
) -> Replay:
    """A replay file, which says all there is to say: nothing else may be set beside it."""
    from detente.experiments.runs.replay import read_replay
    from detente.model.errors import InputError

    changed = [case, policy, branch_at, branch_to, options["mode"], options["until"], options["step_days"]]
    plain = seed == 1 and options["theory"] == "readiness" and not options["levers"]
    if any(value is not None for value in (*changed, options["parameters"])) or not plain:
        raise InputError(
            "--replay: the file contains all settings of the run; expected no other setting with it"
        )
    return read_replay(path)


def print_made(made: Run, *, json: bool, story: bool) -> None:
    """Print one run as asked."""
    if json:
        print(as_json(made.to_json()))
        return
    from detente.experiments.cli.printing.run import print_run, print_story
    from detente.experiments.cli.printing.tables import console

    (print_story if story else print_run)(console(), made)
