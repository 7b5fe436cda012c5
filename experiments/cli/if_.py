"""The command that says how many die with a move and without, and judges such answers on the past."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from detente.experiments.cli.exit_status import (
    BAD_INPUT,
    DONE,
    complain,
    guarded,
    kept_when_interrupted,
)
from detente.experiments.cli.options import (
    Conflict,
    Country,
    Dyad,
    Facts,
    FirstSeed,
    Json,
    Params,
    Plot,
    RowsOfCase,
    SideA,
    SideB,
    app,
    consecutive,
    ended,
    targets,
    wait_for_engine,
    write,
)
from detente.experiments.io.output import say_json

Words = list[str] | None
RUNS, RUNS_OF_ACTS = 400, 100
"""Runs of a question, and of each act of a back-test, unless others are asked for."""


@app.command("if")
@guarded
def what_if(
    case: Annotated[
        str | None,
        typer.Argument(help="A case, or a file of observed data to build one from.", metavar="CASE|FILE"),
    ] = None,
    start: Annotated[str | None, typer.Option("--from", help="Day of the move.", metavar="DATE")] = None,
    truce: Annotated[
        Words,
        typer.Option(help="A ceasefire: class, monitored, scope, between, by, days.", metavar="K=V,..."),
    ] = None,
    agreement: Annotated[
        Words, typer.Option(help="An agreement: between, issues.", metavar="K=V,...")
    ] = None,
    talks: Annotated[Words, typer.Option(help="Talks: between, track, mediated.", metavar="K=V,...")] = None,
    withdrawal: Annotated[
        Words, typer.Option(help="Forces that go home: by, left.", metavar="K=V,...")
    ] = None,
    runs: Annotated[
        int | None, typer.Option(help=f"Runs with it, and without; {RUNS}, in a back-test {RUNS_OF_ACTS}.")
    ] = None,
    seed: FirstSeed = 1,
    param: Params = None,
    fact: Facts = None,
    data: Annotated[
        list[str] | None, typer.Option(help="More observed data; may be repeated.", metavar="FILE")
    ] = None,
    ceasefires: Annotated[
        list[str] | None, typer.Option(help="A table of ceasefires, with data.", metavar="FILE")
    ] = None,
    agreements: Annotated[
        list[str] | None, typer.Option(help="A table of agreements, with data.", metavar="FILE")
    ] = None,
    dyad: Dyad = None,
    conflict: Conflict = None,
    country: Country = None,
    side_a: SideA = None,
    side_b: SideB = None,
    rows: RowsOfCase = None,
    back_test: Annotated[
        Path | None,
        typer.Option(help="Judge it on all past acts of a folder of conflicts instead.", metavar="DIR"),
    ] = None,
    json: Json = False,
    plot: Plot = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Write the runs here (.parquet); a back-test line by line (.jsonl).", metavar="FILE"
        ),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the file of --out.")] = False,
) -> int:
    """Show how many die after a day, with a move and without.

    Deaths of the next 3, 6 and 12 months, their ratio, and deaths after over before, by luck alone and by luck and
    what is not known.  With --back-test: how such answers fare on past ceasefires and agreements.
    """
    words: dict[str, Any] = {"truce": truce, "agreement": agreement, "talks": talks, "withdrawal": withdrawal}
    chosen = {"dyad": dyad, "conflict": conflict, "country": country, "side_a": side_a, "side_b": side_b}
    files = {"data": data, "ceasefires": ceasefires, "agreements": agreements}
    if back_test is not None:
        others = {**words, **chosen, **files, "param": param, "fact": fact, "from": start, "case": rows}
        refuse({"CASE": case, "plot": plot, **others}, "without --back-test")
        return judged(back_test, RUNS_OF_ACTS if runs is None else runs, out, resume=resume, json=json)
    refuse({"resume": resume or None}, "with --back-test")
    given = {key: value for key, value in {**chosen, **files, "rows": rows}.items() if value is not None}
    numbers = {"parameters": settled(param, "--param"), "facts": settled(fact, "--fact")}
    asked = {**words, **given, **numbers}
    return answered(case, start, asked, seed, RUNS if runs is None else runs, plot, out, json=json)


def settled(texts: list[str] | None, option: str) -> dict[str, float]:
    """Numbers by name."""
    from detente.experiments.runs.inputs import settings

    return settings(texts or [], option)


def refuse(given: dict[str, Any], when: str) -> None:
    """Options that only the other question takes are refused, rather than ignored."""
    from detente.model.errors import InputError

    for name, value in given.items():
        if value:
            option = name if name.isupper() else f"--{name.replace('_', '-')}"
            raise InputError(f"{option}: got a value here; expected it {when} only")


def answered(
    case: str | None,
    start: str | None,
    asked: dict[str, Any],
    seed: int,
    runs: int,
    plot: Path | None,
    out: Path | None,
    *,
    json: bool,
) -> int:
    """Deaths with a move and without."""
    from detente.experiments.benchmark.prospect import what_if as seen
    from detente.experiments.cli.compiling import bar
    from detente.experiments.cli.printing.prospect import print_prospect
    from detente.experiments.cli.printing.tables import console

    missing = {"CASE": case, "--from": start}
    for name, value in missing.items():
        if value is None:
            complain(f"{name}: got nothing; expected a case or a file, and the day of the move")
    if case is None or start is None:
        return BAD_INPUT
    targets(plot, out)
    seeds = consecutive(seed, runs)
    with bar(console(stderr=True), "running") as report:
        made = seen(case, start, seeds=seeds, progress=report, ready=wait_for_engine, **asked)
    write(made, plot, out, quiet=json)
    if json:
        say_json(made.to_json())
    else:
        print_prospect(console(), made)
    return ended(len(made.seeds), len(seeds), "seeds")


def judged(folder: Path, runs: int, out: Path | None, *, resume: bool, json: bool) -> int:
    """How forecasts of the kind fare on past ceasefires and agreements."""
    from detente.experiments.benchmark.prospect_backtest import back_test
    from detente.experiments.cli.compiling import bar
    from detente.experiments.cli.printing.prospect import print_back_test
    from detente.experiments.cli.printing.tables import console
    from detente.model.errors import InputError

    if resume and out is None:
        raise InputError("--resume: got no --out; expected the file of the back-test to go on with")
    with (
        kept_when_interrupted(out, "days"),
        bar(console(stderr=True), "judging") as tell,
    ):
        made = back_test(
            folder,
            runs=runs,
            out=out,
            resume=resume,
            progress=lambda what, done, total: tell(done, total),
            ready=wait_for_engine,
        )
    if json:
        say_json(made.to_json())
    else:
        print_back_test(console(), made)
    return DONE
