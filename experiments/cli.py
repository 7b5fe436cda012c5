"""The command line.

Declares what can be asked; heavy libraries load inside the commands, so that help is quick.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from detente.experiments.guard import FAULT, INTERRUPTED, as_json, complain, guarded

if TYPE_CHECKING:
    from detente.experiments.compare import Comparison
    from detente.experiments.single import Run
    from detente.model.opening import Opening

app = typer.Typer(
    name="detente",
    help="Détente: a laboratory for peace processes. What happens if its assumptions hold; not a forecast.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help comes up in half the time
    context_settings={"help_option_names": ["-h", "--help"]},
)

CaseName = Annotated[str, typer.Argument(help="A case by name, or the path of a TOML file.", metavar="CASE")]
Levers = Annotated[
    list[str] | None,
    typer.Option("--lever", help="Set a lever, 0 to 1; may be repeated.", metavar="NAME=VALUE"),
]
Params = Annotated[
    list[str] | None,
    typer.Option("--param", help="Set a parameter; may be repeated.", metavar="GROUP.NAME=VALUE"),
]
Mode = Annotated[str | None, typer.Option(help="Which dated moves are imposed: free, until or conditioned.")]
Until = Annotated[
    str | None,
    typer.Option(help="Impose moves known by this day, then leave all to the rules.", metavar="DATE"),
]
Step = Annotated[float | None, typer.Option(help="Length of a political step [days].", metavar="DAYS")]
Theory = Annotated[
    str, typer.Option(help="Theory of readiness: readiness, ripeness, commitment or reciprocity.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
Plot = Annotated[Path | None, typer.Option(help="Write the figure here (.html).", metavar="FILE")]
Out = Annotated[Path | None, typer.Option(help="Write the table here (.parquet).", metavar="FILE")]


@app.command()
@guarded
def scenarios(json: Json = False) -> None:
    """List the cases and their policies."""
    from detente.model.catalogue import scenarios as listed

    cases = listed()
    if json:
        print(
            as_json({"cases": [c._asdict() | {"policies": [p._asdict() for p in c.policies]} for c in cases]})
        )
        return
    from detente.experiments.report import console, print_cases

    print_cases(console(), cases)


@app.command()
@guarded
def run(
    case: CaseName,
    policy: Annotated[
        str | None, typer.Option(help="A policy of the case, or a file; history if it has one.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the run's luck.")] = 1,
    engine: Annotated[str, typer.Option(help="auto, mesa or compiled; the numbers are the same.")] = "auto",
    lever: Levers = None,
    param: Params = None,
    mode: Mode = None,
    until: Until = None,
    step: Step = None,
    theory: Theory = "readiness",
    branch_at: Annotated[
        str | None, typer.Option(help="Day on which another policy takes over.", metavar="DATE")
    ] = None,
    branch_to: Annotated[
        str | None, typer.Option(help="The policy that takes over then.", metavar="POLICY")
    ] = None,
    json: Json = False,
    story: Annotated[bool, typer.Option("--story", help="Print the dated chronicle.")] = False,
    plot: Plot = None,
    out: Out = None,
) -> None:
    """Run a case once under a policy."""
    from detente.experiments.single import run_opening

    targets(plot, out)
    options = asked(lever, param, mode, until, step, theory)
    start = opened(case, policy or first_policy(case), branch_at=branch_at, branch_to=branch_to, **options)
    if engine == "compiled":
        wait_for_engine(start, seed)
    made = run_opening(start, seed, engine=engine)
    write(made, plot, out, quiet=json)
    print_made(made, json=json, story=story)


@app.command()
@guarded
def compare(
    case: CaseName,
    policies: Annotated[
        str | None,
        typer.Option(help="Policies, separated by commas; the first is the baseline.", metavar="A,B,C"),
    ] = None,
    runs: Annotated[int, typer.Option(help="Runs per policy.")] = 500,
    seed: Annotated[int, typer.Option(help="First seed; the others follow it.")] = 1,
    lever: Levers = None,
    param: Params = None,
    mode: Mode = None,
    until: Until = None,
    step: Step = None,
    theory: Theory = "readiness",
    branch_at: Annotated[
        str | None,
        typer.Option(help="Let all but the first take over from it on this day.", metavar="DATE"),
    ] = None,
    json: Json = False,
    plot: Plot = None,
    out: Out = None,
) -> int:
    """Compare policies under the same luck, and draw the comparison."""
    from detente.experiments.compare import Comparison, open_policies
    from detente.experiments.ensemble import run_together
    from detente.experiments.inputs import checked_runs
    from detente.experiments.report import console
    from detente.experiments.waiting import bar
    from detente.model.request import checked_seed

    seeds = tuple(range(checked_seed(seed), checked_seed(seed + checked_runs(runs) - 1) + 1))
    chosen = None if policies is None else [name.strip() for name in policies.split(",") if name.strip()]
    options = asked(lever, param, mode, until, step, theory)
    starts = open_policies(case, chosen, branch_at=branch_at, **options)
    figure = plot if plot or json else Path(f"detente-{starts[0].scenario.case.name}.html")
    targets(figure, out)
    wait_for_engine(starts[0], seeds[0])
    with bar(console(stderr=True), "running") as report:
        made = Comparison(tuple(run_together(starts, seeds, progress=report)))
    write(made, figure, out, quiet=json)
    print_comparison(made, json=json)
    return INTERRUPTED if made.interrupted else 0


@app.command()
@guarded
def audit(
    case: Annotated[str | None, typer.Argument(help="A case; all shipped ones unless given.")] = None,
    runs: Annotated[int, typer.Option(help="Runs of each side of a comparison.")] = 200,
    parameters: Annotated[
        bool, typer.Option("--parameters/--no-parameters", help="Also move every parameter across its range.")
    ] = True,
    json: Json = False,
) -> int:
    """Show that every lever, mechanism, stock and parameter does something; exit status 1 where one does not."""
    from detente.experiments.audit import audit as audited
    from detente.experiments.audit import audited_policies
    from detente.experiments.inputs import checked_runs
    from detente.experiments.report import console, print_audit

    pairs = audited_policies(case)
    made = audited(pairs, checked_runs(runs), parameters=parameters)
    if json:
        print(as_json({"failures": made.failures(), "checks": made.table().to_dict("records")}))
    else:
        print_audit(console(), made)
    return FAULT if made.failures() else 0


def asked(
    lever: list[str] | None,
    param: list[str] | None,
    mode: str | None,
    until: str | None,
    step: float | None,
    theory: str,
) -> dict[str, Any]:
    """The options that every command opens its case with."""
    from detente.experiments.inputs import nested_parameters, settings

    return {
        "levers": settings(lever or [], "--lever"),
        "parameters": nested_parameters(settings(param or [], "--param")) or None,
        "mode": mode,
        "until": until,
        "step_days": step,
        "theory": theory,
    }


def opened(case: str, policy: str, **options: Any) -> Opening:
    """The case opened as asked."""
    from detente.model.request import open_case

    return open_case(case, policy, **options)


def first_policy(case: str) -> str:
    """The policy of a case that is taken unless one is named: history, where it has one."""
    from detente.model.catalogue import load_scenario, policy_names

    known = policy_names(load_scenario(case))
    return known[0] if known else "history"


def targets(plot: Path | None, out: Path | None) -> None:
    """Find out before a run whether its results can be written."""
    from detente.experiments.files import check_target

    if plot is not None:
        check_target(plot, ".html", "--plot")
    if out is not None:
        check_target(out, ".parquet", "--out")


def wait_for_engine(start: Opening, seed: int) -> None:
    """Have the engine compiled, and say so if that takes a while."""
    from detente.experiments.report import console
    from detente.experiments.waiting import make_ready

    make_ready(console(stderr=True), start, seed)


def write(made: Run | Comparison, plot: Path | None, out: Path | None, *, quiet: bool) -> None:
    """Write the files asked for, and say where they are."""
    from detente.experiments.files import write_figure

    if plot is not None:
        write_figure(made.plot(), plot)
    if out is not None:
        made.save(out)
    for path in (plot, out):
        if path is not None and not quiet:
            print(f"Wrote {path}")


def print_made(made: Run, *, json: bool, story: bool) -> None:
    """Print one run as asked."""
    if json:
        print(as_json(made.to_json()))
        return
    from detente.experiments.report import console, print_run, print_story

    (print_story if story else print_run)(console(), made)


def print_comparison(made: Comparison, *, json: bool) -> None:
    """Print a comparison as asked; what was cut short says so."""
    from detente.experiments.report import console
    from detente.experiments.report import print_comparison as show

    if json:
        print(as_json(made.to_json()))
    else:
        show(console(), made)
    if made.interrupted:
        complain(f"interrupted: {len(made.seeds)} of {made.ensembles[0].asked} runs per policy were done")


def main() -> None:
    """Run the command line; ends the program with its exit status."""
    app()
