"""The command that locks predictions before anybody sees the data, and scores them later."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from detente.experiments.cli.exit_status import guarded
from detente.experiments.cli.options import (
    Agreements,
    Ceasefires,
    Conflict,
    Country,
    Dyad,
    Json,
    ObservedFiles,
    SideA,
    SideB,
    app,
    wait_for_engine,
)
from detente.experiments.io.output import say_json

if TYPE_CHECKING:
    from collections.abc import Mapping

DAY = "Last day that is known; predictions begin with the next month."


@app.command()
@guarded
def predict(
    what: Annotated[
        str, typer.Argument(help="A case, or the path of a file of observed data.", metavar="CASE|DATA")
    ],
    until: Annotated[str | None, typer.Option(help=DAY, metavar="DATE")] = None,
    lock: Annotated[
        Path | None, typer.Option(help="Write the predictions to this new file (.json).", metavar="FILE")
    ] = None,
    check: Annotated[
        Path | None, typer.Option("--check", help="Score this lock against the data.", metavar="FILE")
    ] = None,
    months: Annotated[int, typer.Option(help="Months ahead.")] = 12,
    runs: Annotated[int, typer.Option(help="Number of runs.")] = 200,
    data: ObservedFiles = None,
    ceasefires: Ceasefires = None,
    agreements: Agreements = None,
    series: Annotated[str | None, typer.Option(help="Monthly series; total deaths by default.")] = None,
    dyad: Dyad = None,
    conflict: Conflict = None,
    country: Country = None,
    side_a: SideA = None,
    side_b: SideB = None,
    json: Json = False,
) -> None:
    """Lock predictions in a file, and score them later.

    Deaths by month, and the chances of rest, an agreement and a ceasefire, with digests of all that they were computed
    from. --check scores a lock against data that came in since; one that was changed is refused.
    """
    files = {"data": data, "ceasefires": ceasefires, "agreements": agreements, "series": series}
    where = {"dyad": dyad, "conflict": conflict, "country": country, "side_a": side_a, "side_b": side_b}
    asked = {k: v for k, v in {**files, **where}.items() if v is not None}
    if check is not None:
        refuse_with_check({"--until": until, "--lock": lock})
        score_lock(check, what, asked, json=json)
    else:
        lock_predictions(what, until, lock, months, runs, asked, json=json)


def refuse_with_check(given: Mapping[str, Any]) -> None:
    """A lock says itself which day it is of."""
    from detente.model.errors import InputError

    for option, value in given.items():
        if value is not None:
            raise InputError(f"{option}: got {value}; expected none with --check, since the lock says it")


def score_lock(check: Path, what: str, asked: Mapping[str, Any], *, json: bool) -> None:
    """Score a lock, and print what came out."""
    from detente.experiments.benchmark.prediction_scores import check_prediction
    from detente.experiments.cli.printing.predict import print_checked
    from detente.experiments.cli.printing.tables import console

    made = check_prediction(check, what, **asked)
    if json:
        say_json(made.to_json())
    else:
        print_checked(console(), made)


def lock_predictions(
    what: str,
    until: str | None,
    lock: Path | None,
    months: int,
    runs: int,
    asked: Mapping[str, Any],
    *,
    json: bool,
) -> None:
    """Predict, lock and print."""
    from detente.experiments.benchmark.predictions import predict as predicted
    from detente.experiments.cli.printing.predict import print_prediction
    from detente.experiments.cli.printing.tables import console
    from detente.model.errors import InputError

    for option, value in {"--until": until, "--lock": lock}.items():
        if value is None:
            raise InputError(f"{option}: got nothing; expected it, or --check FILE to score a lock")
    how: dict[str, Any] = {"months": months, "runs": runs, "ready": wait_for_engine, **asked}
    made = predicted(what, str(until), lock=lock, **how)
    if json:
        say_json(made.to_json())
    else:
        print_prediction(console(), made)
