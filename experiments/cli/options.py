"""What commands share: the application they register with, the options they have in common, opening and writing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import typer
from typer.core import TyperGroup

from detente.agents.codes import THEORIES
from detente.experiments.cli.exit_status import DONE, INTERRUPTED, complain
from detente.experiments.io.output import fitted, output, say

if TYPE_CHECKING:
    from detente.model.opening import Opening


class Made(Protocol):
    """What a command makes: it can be drawn, and saved as a table."""

    def plot(self) -> Any:
        """A Plotly figure."""
        ...

    def save(self, path: str | Path) -> Path:
        """Write the table."""
        ...


ORDER = (
    *("scenarios", "new", "check", "run", "compare", "sweep", "lessons", "survival", "sensitivity"),
    *("robustness", "transfer", "where", "sequence", "audit", "validate", "score", "benchmark", "if"),
    *("calibrate", "predict", "data", "serve", "docs"),
)
"""Commands as help lists them; others stand after them, in the order of their names."""


class InOrder(TyperGroup):
    """Commands in the order in which a user comes to need them."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Names in the order of ``ORDER``."""
        place = {name: k for k, name in enumerate(ORDER)}
        return sorted(super().list_commands(ctx), key=lambda name: (place.get(name, len(ORDER)), name))

    def get_help(self, ctx: Any) -> str:
        """Help as standard output can write it."""
        return fitted(super().get_help(ctx), output().encoding)


app = typer.Typer(
    name="detente",
    cls=InOrder,
    help="Détente: a laboratory for peace processes. Shows what follows from its assumptions; not a forecast.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help comes up in half the time
    context_settings={"help_option_names": ["-h", "--help"]},
)


def tell_version(asked: bool) -> None:
    """Print the version and end."""
    if asked:
        from importlib.metadata import version

        say(f"detente {version('detente')}")
        raise typer.Exit


@app.callback()
def whole_program(
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version and exit.", is_eager=True, callback=tell_version),
    ] = False,
) -> None:
    """Options of the program itself; the help above is the program's."""


CaseName = Annotated[
    str, typer.Argument(help="A case by name, or the path of its file or folder.", metavar="CASE")
]
Levers = Annotated[
    list[str] | None,
    typer.Option("--lever", help="Set a lever, from 0 to 1; may be repeated.", metavar="NAME=VALUE"),
]
Params = Annotated[
    list[str] | None,
    typer.Option("--param", help="Set a parameter; may be repeated.", metavar="GROUP.NAME=VALUE"),
]
Profile = Annotated[
    str | None,
    typer.Option(help="Named set of parameters: core-0.1 is the model of version 0.1.", metavar="NAME"),
]
Facts = Annotated[
    list[str] | None,
    typer.Option("--fact", help="Set a number of the case; may be repeated.", metavar="PATH=VALUE"),
]
UncertainFacts = Annotated[
    list[str] | None,
    typer.Option("--fact", help="A number of the case to move over its range.", metavar="PATH[=LOW:HIGH]"),
]
Point = Annotated[
    bool, typer.Option("--point", help="Take what is not known at its value, and draw nothing.")
]
DrawsOption = Annotated[
    int | None,
    typer.Option("--draws", help="Draws of what is not known, for the second interval.", metavar="N"),
]
Mode = Annotated[str | None, typer.Option(help="How much history is imposed: free, until or conditioned.")]
Until = Annotated[
    str | None,
    typer.Option(help="Impose the moves known by this day; the rules decide after it.", metavar="DATE"),
]
Policies = Annotated[
    str | None,
    typer.Option(help="Policies, separated by commas; the first is the baseline.", metavar="A,B,C"),
]
FirstSeed = Annotated[int, typer.Option(help="First seed; the others are consecutive.")]
Step = Annotated[float | None, typer.Option(help="Length of a political step [days].", metavar="DAYS")]
Theory = Annotated[str, typer.Option(help=f"Theory of readiness: {', '.join(THEORIES)}.")]
Posterior = Annotated[
    str | None,
    typer.Option(
        help="Draw parameters for each seed from the posterior stored with the case, from the pooled one, or a file.",
        metavar="stored|pooled|FILE",
    ),
]
DrawnFrom = Annotated[
    str | None,
    typer.Option(
        "--posterior",
        help="From what parameters are drawn: the pooled posterior by default, their ranges alone, or another.",
        metavar="pooled|ranges|FILE",
    ),
]
Country = Annotated[str | None, typer.Option(help="Country in the data (name or id).", metavar="NAME")]
Conflict = Annotated[str | None, typer.Option(help="Conflict in the data (name or id).", metavar="NAME")]
Dyad = Annotated[str | None, typer.Option(help="Dyad in the data (name or id).", metavar="NAME")]
SideA = Annotated[
    str | None, typer.Option("--side-a", help="Side A in the data (name or id).", metavar="NAME")
]
SideB = Annotated[
    str | None, typer.Option("--side-b", help="Side B in the data (name or id).", metavar="NAME")
]
ObservedFiles = Annotated[
    list[str] | None,
    typer.Option("--data", help="A file of observed data of any layout; may be repeated.", metavar="FILE"),
]
Ceasefires = Annotated[
    list[str] | None, typer.Option(help="A table of ceasefires; may be repeated.", metavar="FILE")
]
Agreements = Annotated[
    list[str] | None, typer.Option(help="A table of agreements; may be repeated.", metavar="FILE")
]
RowsOfCase = Annotated[
    str | None, typer.Option("--case", help="Rows with this word in the column case.", metavar="WORD")
]
DataFrom = Annotated[
    str | None,
    typer.Option("--data-from", help="First date covered by the data.", metavar="DATE"),
]
DataUntil = Annotated[
    str | None,
    typer.Option("--data-until", help="Last date covered by the data.", metavar="DATE"),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object only.")]
Plot = Annotated[
    Path | None, typer.Option(help="Write the figure here (.html, .png or .svg).", metavar="FILE")
]
Out = Annotated[Path | None, typer.Option(help="Write the table here (.parquet).", metavar="FILE")]


def asked(
    lever: list[str] | None,
    param: list[str] | None,
    mode: str | None,
    until: str | None,
    step: float | None,
    theory: str,
    *,
    profile: str | None = None,
    fact: list[str] | None = None,
    point: bool = False,
) -> dict[str, Any]:
    """The options that every command opens its case with."""
    from detente.experiments.runs.inputs import settings

    return {
        "levers": settings(lever or [], "--lever"),
        "parameters": settings(param or [], "--param"),
        "facts": settings(fact or [], "--fact"),
        "point": point,
        "mode": mode,
        "until": until,
        "step_days": step,
        "theory": theory,
        "profile": profile,
    }


def listed(text: str | None) -> list[str] | None:
    """Names separated by commas, none where nothing was given."""
    return None if text is None else [name.strip() for name in text.split(",") if name.strip()]


def consecutive(seed: int, runs: int) -> tuple[int, ...]:
    """So many seeds from a first one on; raises ``InputError`` for a number that cannot be."""
    from detente.experiments.runs.seeds import consecutive as numbered

    return numbered(seed, runs)


def ended(done: int, asked: int, what: str) -> int:
    """The exit status of a command that counts something; where Ctrl-C cut it short, it says after how much."""
    if done >= asked:
        return DONE
    complain(f"interrupted: {done} of {asked} {what} were done")
    return INTERRUPTED


def targets(plot: Path | None, out: Path | None) -> None:
    """Find out before a run whether its results can be written."""
    from detente.experiments.io.files import FIGURES, check_target

    if plot is not None:
        check_target(plot, FIGURES, "--plot")
    if out is not None:
        check_target(out, ".parquet", "--out")


def wait_for_engine(start: Opening, seed: int) -> None:
    """Have the engine compiled, and say so if that takes a while."""
    from detente.experiments.cli.compiling import make_ready
    from detente.experiments.cli.printing.tables import console

    make_ready(console(stderr=True), start, seed)


def write(made: Made, plot: Path | None, out: Path | None, *, quiet: bool) -> None:
    """Write the files asked for, and say where they are."""
    from detente.experiments.io.files import write_figure

    if plot is not None:
        write_figure(made.plot(), plot)
    if out is not None:
        made.save(out)
    for path in (plot, out):
        if path is not None and not quiet:
            say(f"Wrote {path}")
