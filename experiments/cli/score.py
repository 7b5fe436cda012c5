"""The command that scores the model: its violence in hindcast against null models, or its decisions against history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from detente.experiments.cli.exit_status import guarded
from detente.experiments.cli.options import (
    Conflict,
    Country,
    DataFrom,
    DataUntil,
    Dyad,
    Json,
    Out,
    Plot,
    Profile,
    SideA,
    SideB,
    app,
    targets,
    write,
)
from detente.experiments.io.output import say_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from detente.experiments.data.selection import Selection
    from detente.experiments.evidence.hindcast_result import Hindcast

DataFiles = Annotated[
    list[str] | None,
    typer.Option("--data", help="A file of observed data; may be repeated (days, months).", metavar="FILE"),
]


@app.command()
@guarded
def score(
    case: Annotated[
        str | None, typer.Argument(help="A case by name, or the path of its file or folder.")
    ] = None,
    data: DataFiles = None,
    start: Annotated[
        str | None,
        typer.Option("--from", help="First month from which to forecast (forecast origin).", metavar="DATE"),
    ] = None,
    until: Annotated[str | None, typer.Option(help="Last forecast origin.", metavar="DATE")] = None,
    leads: Annotated[str, typer.Option(help="Lead times in months, as 1:6 or 1,3,6.")] = "1:6",
    runs: Annotated[int, typer.Option(help="Runs from each forecast origin.")] = 400,
    series: Annotated[
        str | None, typer.Option(help="Monthly series to score; total deaths by default.")
    ] = None,
    country: Country = None,
    conflict: Conflict = None,
    dyad: Dyad = None,
    side_a: SideA = None,
    side_b: SideB = None,
    data_from: DataFrom = None,
    data_until: DataUntil = None,
    profile: Profile = None,
    decisions: Annotated[
        bool, typer.Option("--decisions", help="Score decisions against history instead, pooled over cases.")
    ] = False,
    json: Json = False,
    plot: Plot = None,
    out: Out = None,
) -> None:
    """Score a case in hindcast against null models.

    The violence is refitted at each month, run ahead, and judged.
    """
    from detente.experiments.runs.inputs import checked_runs

    checked_runs(runs)
    if decisions:
        score_decisions(case, runs, profile, json=json)
        return
    from detente.model.errors import InputError

    if case is None:
        raise InputError("CASE: got nothing; expected a case by name, or --decisions")
    if not data:
        raise InputError("--data: got nothing; expected the path of a csv file of observed data")
    if start is None:
        raise InputError("--from: got nothing; expected the first forecast origin, such as 2015-01-01")
    targets(plot, out)
    where = {"conflict": conflict, "dyad": dyad, "side_a": side_a, "side_b": side_b}
    selection = selection_of(country, where, data_from, data_until)
    how: dict[str, Any] = {"until": until, "leads": checked_leads(leads), "runs": runs, "profile": profile}
    made = scored(case, data, start, selection, series=series, **how)
    write(made, plot, out, quiet=json)
    if json:
        from detente.experiments.evidence.hindcast_result import to_json

        say_json(to_json(made))
        return
    from detente.experiments.cli.printing.evidence import print_hindcast
    from detente.experiments.cli.printing.tables import console

    print_hindcast(console(), made)


def selection_of(
    country: str | None, where: dict[str, str | None], since: str | None, until: str | None
) -> Selection:
    """What is chosen from the data, and the days they cover, from the options; raises ``InputError`` naming one."""
    from detente.experiments.data.selection import selected

    return selected(country, days=("--data-from", "--data-until"), since=since, until=until, **where)


def scored(
    case: str,
    data: Sequence[str],
    start: str,
    selection: Selection,
    **how: Any,
) -> Hindcast:
    """The hindcast asked for, with a bar that shows how far it is."""
    from detente.experiments.cli.compiling import bar
    from detente.experiments.cli.printing.tables import console
    from detente.experiments.data.layouts import read_selected
    from detente.experiments.evidence.hindcast import score as score_case

    observed = read_selected(data, selection)
    with bar(console(stderr=True), "looking ahead") as report:
        return score_case(case, observed, start, progress=report, **how)


def checked_leads(text: str) -> tuple[int, ...]:
    """Months ahead: a range ``1:6`` or a list ``1,3,6``."""
    from detente.experiments.evidence.hindcast import MAX_LEAD
    from detente.model.errors import wrong

    try:
        if ":" in text:
            low, high = (int(part) for part in text.split(":"))
            found = tuple(range(low, high + 1))
        else:
            found = tuple(sorted({int(part) for part in text.split(",")}))
    except ValueError:
        found = ()
    if not found or found[0] < 1 or found[-1] > MAX_LEAD:
        raise wrong("--leads", text, f"months ahead from 1 to {MAX_LEAD}, such as 1:6 or 1,3,6")
    return found


def score_decisions(case: str | None, runs: int, profile: str | None, *, json: bool) -> None:
    """The decision score of one case, or pooled over the shipped ones."""
    from detente.experiments.evidence.decisions import score_decisions as scored_decisions

    made = scored_decisions(case, min(runs, 400), profile=profile)
    if json:
        say_json(made.to_json())
        return
    from detente.experiments.cli.printing.evidence import print_decisions
    from detente.experiments.cli.printing.tables import console

    print_decisions(console(), made)
