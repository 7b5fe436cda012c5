"""The command that sets the model beside published patterns, or drawn wars beside what is known of wars."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from detente.experiments.cli.exit_status import guarded, kept_when_interrupted
from detente.experiments.cli.options import Json, Params, Plot, app, targets, wait_for_engine, write
from detente.experiments.io.output import say_json

Page = Annotated[Path | None, typer.Option(help="Write the card as a page here (.md).", metavar="FILE")]
WARS, SEEDS, YEARS, PLACED = 40, 10, 20, 0.4
"""What ``--world`` runs unless others are asked for."""


@app.command()
@guarded
def validate(
    case: Annotated[
        str | None, typer.Argument(help="A case; by default all cases with declared patterns.")
    ] = None,
    runs: Annotated[int, typer.Option(help="Runs per set-up, with seeds from 1.")] = 200,
    world: Annotated[
        bool, typer.Option("--world", help="Hold wars drawn at random against what is known of wars instead.")
    ] = False,
    wars: Annotated[int, typer.Option(help="Wars drawn, with --world.")] = WARS,
    seeds: Annotated[int, typer.Option(help="Runs of each, with --world.")] = SEEDS,
    years: Annotated[int, typer.Option(help="How long each runs [years], with --world.")] = YEARS,
    placed: Annotated[
        float, typer.Option(help="Share of events that a source of data places, with --world.")
    ] = PLACED,
    param: Params = None,
    json: Json = False,
    plot: Plot = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Write the table here (.parquet); with --world keep runs line by line (.jsonl)."),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the file of --out.")] = False,
    page: Page = None,
) -> int | None:
    """Check the model against published patterns.

    What was observed, and what the model, its controls and null models give.  With --world: wars drawn at random, run
    without levers or moves, against the levels, ceasefires, agreements and ends of real ones.
    """
    if world:
        refuse(
            {"CASE": case is not None, "--runs": runs != 200, "--plot": plot is not None}, "without --world"
        )
        refuse({"--page": page is not None}, "without --world")
        return validated_world((wars, seeds, years), placed, param, out, resume=resume, json=json)
    own = {"--wars": wars != WARS, "--seeds": seeds != SEEDS, "--years": years != YEARS}
    refuse({**own, "--placed": placed != PLACED, "--param": bool(param), "--resume": resume}, "with --world")
    from detente.experiments.cli.compiling import bar
    from detente.experiments.cli.printing.tables import console
    from detente.experiments.cli.printing.validity import print_card
    from detente.experiments.io.files import check_target, write_text
    from detente.experiments.validity.card import validate as validated
    from detente.experiments.validity.card_page import page_of

    targets(plot, out)
    if page is not None:
        check_target(page, ".md", "--page")
    with bar(console(stderr=True), "checking") as report:
        made = validated(case, runs, progress=report, ready=wait_for_engine)
    write(made, plot, out, quiet=json)
    if page is not None:
        write_text(page_of(made), page)
    if json:
        say_json(made.to_json())
    else:
        print_card(console(), made)
    return None


def refuse(given: dict[str, bool], when: str) -> None:
    """Options that only the other comparison takes are refused, rather than ignored."""
    from detente.model.errors import InputError

    for option, is_given in given.items():
        if is_given:
            raise InputError(f"{option}: got a value here; expected it {when} only")


def validated_world(
    sizes: tuple[int, int, int],
    placed: float,
    param: list[str] | None,
    out: Path | None,
    *,
    resume: bool,
    json: bool,
) -> int | None:
    """Drawn wars against targets."""
    from detente.experiments.cli.compiling import bar
    from detente.experiments.cli.printing.tables import console
    from detente.experiments.cli.printing.world import print_world
    from detente.experiments.runs.inputs import settings
    from detente.experiments.validity.world import validate_world
    from detente.model.errors import InputError

    if resume and out is None:
        raise InputError("--resume: got no --out; expected the file of the comparison to go on with")
    wars, seeds, years = sizes
    common = settings(param or [], "--param")
    asked: dict[str, Any] = {
        "years": years,
        "placed": placed,
        "parameters": common,
        "out": out,
        "resume": resume,
    }
    with kept_when_interrupted(out, "wars"), bar(console(stderr=True), "comparing") as tell:
        card = validate_world(wars, seeds, **asked, progress=lambda what, done, total: tell(done, total))
    if json:
        say_json(card.to_json())
    else:
        print_world(console(), card)
    return None
