"""The command that carries out a design."""

from __future__ import annotations

import shlex
import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from detente.experiments.cli.exit_status import FAULT, INTERRUPTED, TERMINATED, complain, guarded
from detente.experiments.cli.options import Json, Mode, Point, Step, Until, app, listed
from detente.experiments.io.output import say, say_json

if TYPE_CHECKING:
    from detente.experiments.sweep.design.document import Design
    from detente.experiments.sweep.plan import Plan
    from detente.experiments.sweep.results import Results


What = Annotated[
    str | None,
    typer.Argument(help="A case by name or path, or a design file (.toml).", metavar="CASE|DESIGN"),
]
Folder = Annotated[Path | None, typer.Option(help="Directory of results.", metavar="DIR")]
VariedLevers = Annotated[
    list[str] | None,
    typer.Option(
        "--lever",
        help="Vary a lever: NAME=0:1:5, NAME=0,0.5,1 or NAME=0:1; may be repeated.",
        metavar="NAME=WHAT",
    ),
]
VariedParams = Annotated[
    list[str] | None,
    typer.Option("--param", help="Vary a parameter; GROUP.NAME or GROUP.* alone means the declared range."),
]
VariedFacts = Annotated[
    list[str] | None,
    typer.Option("--fact", help="Vary a number of the case; PATH alone, or a pattern, means its range."),
]
Policies = Annotated[str | None, typer.Option(help="Policies of the case.", metavar="A,B,C")]
Theories = Annotated[str | None, typer.Option(help="Theories of readiness, or all.", metavar="A,B,C")]
Runs = Annotated[int | None, typer.Option(help="Runs per point (100).")]
Seed = Annotated[int | None, typer.Option(help="First seed; the others are consecutive (1).")]
Layout = Annotated[
    str | None,
    typer.Option(
        "--design", help="grid, factorial, lhs:N, sobol:N, morris:N or posterior:N.", metavar="KIND[:N]"
    ),
]
Series = Annotated[str | None, typer.Option(help="Time series to store as well.", metavar="A,B,C")]
Every = Annotated[float | None, typer.Option(help="Days between stored values of a series (7).")]
Chunk = Annotated[int | None, typer.Option(help="Runs per chunk file (100, or more in large sweeps).")]
Resume = Annotated[bool, typer.Option("--resume", help="Resume the sweep in the directory.")]
Workers = Annotated[
    int | None, typer.Option(help="Number of threads or processes; by default one per processor.")
]
Processes = Annotated[bool, typer.Option("--processes", help="Use processes instead of threads.")]
DaskAddress = Annotated[
    str | None, typer.Option(help="Address of a Dask cluster.", metavar="tcp://HOST:PORT")
]
ShardOf = Annotated[
    str | None,
    typer.Option(help="Compute only part I of N, as in a job array.", metavar="I/N"),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Report the number of runs, time and disk space; time a few runs.")
]


@app.command()
@guarded
def sweep(
    what: What = None,
    out: Folder = None,
    lever: VariedLevers = None,
    param: VariedParams = None,
    fact: VariedFacts = None,
    point: Point = False,
    policies: Policies = None,
    theories: Theories = None,
    runs: Runs = None,
    seed: Seed = None,
    design: Layout = None,
    mode: Mode = None,
    until: Until = None,
    step: Step = None,
    series: Series = None,
    every: Every = None,
    chunk: Chunk = None,
    resume: Resume = False,
    workers: Workers = None,
    processes: Processes = False,
    dask: DaskAddress = None,
    shard: ShardOf = None,
    dry_run: DryRun = False,
    json: Json = False,
) -> int:
    """Run a whole design into a directory of Parquet files.

    Whatever stops it, --resume goes on.
    """
    asked = {
        "levers": varied(lever, "--lever"),
        "parameters": varied(param, "--param"),
        "facts": varied(fact, "--fact"),
        "point": point or None,
        "policies": listed(policies),
        "theories": listed(theories),
        "runs": runs,
        "first_seed": seed,
        "design": design,
        "mode": mode,
        "until": until_date(until),
        "step_days": step,
        "series": listed(series),
        "every": every,
        "chunk": chunk,
    }
    meant = asked_design(what, out, resume, asked)
    if dry_run:
        return rehearsed(meant, workers, json=json)
    how: dict[str, Any] = {"workers": workers, "processes": processes, "dask": dask, "shard": shard}
    return carried_out(meant, target(out), json=json, resume=resume, **how)


def varied(texts: list[str] | None, option: str) -> dict[str, str] | None:
    """Settings as ``NAME=WHAT``, or a name alone, which takes the declared range."""
    from detente.model.errors import InputError, wrong

    found: dict[str, str] = {}
    for text in texts or []:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not name or (equals and not value):
            raise wrong(option, text, "NAME, or NAME=VALUE, NAME=A,B,C, NAME=LOW:HIGH:N or NAME=LOW:HIGH")
        if name in found:
            raise InputError(f"{option}: {name} is given twice")
        found[name] = value if equals else ":"
    return found or None


def until_date(text: str | None) -> Any:
    """A date, checked."""
    from detente.model.request import checked_date

    return checked_date(text)


def target(out: Path | None) -> Path:
    """The directory of results, which a sweep needs."""
    from detente.model.errors import InputError

    if out is None:
        raise InputError("--out: got nothing; expected a directory for the results")
    return out


def asked_design(what: str | None, out: Path | None, resume: bool, asked: dict[str, Any]) -> Design:
    """The design that is meant: a file's, a case's with options, or that of the directory gone on with."""
    from detente.experiments.sweep.design.loading import as_design
    from detente.experiments.sweep.sweep import resumed_design
    from detente.model.errors import InputError

    if what is not None:
        return as_design(what, **asked)
    extra = [key for key, value in asked.items() if value is not None]
    if out is None or not resume or extra:
        raise InputError(
            "sweep: got neither case nor design; expected one, or --resume --out DIR and nothing else"
        )
    return resumed_design(out)


def rehearsed(design: Design, workers: int | None, *, json: bool) -> int:
    """Say what a sweep would take."""
    from detente.experiments.cli.progress import duration, size
    from detente.experiments.runs.runners import checked_workers
    from detente.experiments.sweep.dry_run import dry_run as tried

    n, warnings = checked_workers(workers), list[str]()

    def begin(plan: Plan) -> None:
        warnings.extend(ready(plan, quiet=json))

    found = tried(design, ready=begin)
    seconds = found.seconds_with(n)
    if json:
        say_json({**found.to_json(), "workers": n, "seconds_with_workers": seconds, "warnings": warnings})
        return 0
    say(f"{found.points:,} points, {found.runs:,} runs in {found.chunks:,} chunks")
    say(
        f"about {duration(seconds)} with {n} workers ({found.runs / seconds:,.0f} runs/s), by a few runs just now"
    )
    say(f"about {size(found.bytes)} of disk")
    return 0


def ready(plan: Plan, *, quiet: bool, compiled: bool = True) -> list[str]:
    """Warn of what is probably not meant, which is returned, and see that the compiled rules are there."""
    from detente.experiments.cases.design_warnings import design_remarks
    from detente.experiments.cli.check import warn
    from detente.experiments.cli.options import wait_for_engine
    from detente.experiments.sweep.chunks import open_block

    warnings = warn(design_remarks(plan.design, plan.scenarios, plan.policies), quiet=quiet)
    if compiled:
        first = plan.first_blocks()[0]
        wait_for_engine(open_block(plan.setup, first), first.first_seed)
    return warnings


class TerminatedError(KeyboardInterrupt):
    """SIGTERM came before the first chunk, or after the last one."""

    terminated = True


@contextmanager
def terminable() -> Generator[None]:
    """Let SIGTERM, which a job's time limit sends, end the command as Ctrl-C does."""

    def note(number: int, frame: object) -> None:
        raise TerminatedError

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, note)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def carried_out(design: Design, out: Path, *, json: bool, **how: Any) -> int:
    """Carry out a sweep, report how far it is, and say how it ended."""
    from detente.experiments.cli.printing.tables import console
    from detente.experiments.cli.progress import meter
    from detente.experiments.sweep.cluster import SchedulerGoneError
    from detente.experiments.sweep.results import open_results
    from detente.experiments.sweep.store import MANIFEST
    from detente.experiments.sweep.sweep import SweepFaultError
    from detente.experiments.sweep.sweep import sweep as swept

    here = how["dask"] is None and not how["processes"]
    status, warnings = 0, list[str]()

    def begin(plan: Plan) -> None:
        warnings.extend(ready(plan, quiet=json, compiled=here))

    try:
        with terminable(), meter(console(stderr=True)) as report:
            made = swept(design, out=out, progress=report, ready=begin, **how)
    except KeyboardInterrupt as stop:
        # A second Ctrl-C does not wait for the chunks under way, but what is done stays too.
        if not (out / MANIFEST).exists():
            raise
        made = open_results(out)
        status = TERMINATED if getattr(stop, "terminated", False) else INTERRUPTED
        again = shlex.join(["detente", "sweep", "--resume", "--out", str(out)])
        complain(f"interrupted: {made.n_done:,} of {made.n_runs:,} runs are done; to go on: {again}")
    except (SweepFaultError, SchedulerGoneError) as fault:
        made, status = open_results(out), FAULT
        complain(str(fault))
    tell(made, warnings, json=json)
    return status


def tell(made: Results, warnings: list[str], *, json: bool) -> None:
    """Say what there is now."""
    if json:
        said = {"out": str(made.path), "runs": made.n_runs, "done": made.n_done, "complete": made.complete}
        say_json(
            {
                **said,
                "chunks": made.n_chunks,
                "missing": list(made.missing),
                "damaged": list(made.damaged),
                "warnings": warnings,
            }
        )
        return
    say(f"{made.n_done:,} of {made.n_runs:,} runs are in {made.path}")
    if made.kind == "posterior":
        say("The parameters of the posterior beside the case were drawn from it, together, for each point")
    if made.complete:
        say(
            f"Read them with pandas.read_parquet({str(made.path)!r}) or detente.open_results({str(made.path)!r})"
        )
