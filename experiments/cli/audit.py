"""The command that shows whether everything in the model does something."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from detente.experiments.cli.exit_status import FAULT, guarded, kept_when_interrupted
from detente.experiments.cli.options import Json, Params, UncertainFacts, app
from detente.experiments.io.output import say_json

DRAWN = 8
"""Wars drawn at random in the regime audit."""


@app.command()
@guarded
def audit(
    case: Annotated[str | None, typer.Argument(help="A case; by default all shipped cases.")] = None,
    runs: Annotated[int, typer.Option(help="Runs on each side of a comparison.")] = 200,
    parameters: Annotated[
        bool, typer.Option("--parameters/--no-parameters", help="Also move every parameter across its range.")
    ] = True,
    regimes: Annotated[
        bool, typer.Option("--regimes", help="Ask instead whether regimes differ the right way.")
    ] = False,
    drawn: Annotated[int, typer.Option(help="Wars drawn at random, with --regimes.")] = DRAWN,
    param: Params = None,
    fact: UncertainFacts = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Keep results line by line here (.jsonl), with --regimes.", metavar="FILE"),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the file of --out.")] = False,
    json: Json = False,
) -> int:
    """Show that every part of the model has an effect.

    Levers, mechanisms, stocks and parameters; exit status 1 where one of them has none.  Facts of the case that it
    says a range for are moved as well.  With --regimes: whether
    wars and policies of one kind differ from those of another in the direction that the field knows.
    """
    if regimes:
        refuse_facts(fact)
        return audited_regimes(case, runs, drawn, param, out, resume=resume, json=json)
    refuse_regime_options(drawn, param, out, resume=resume)
    from detente.experiments.audit.audit import audit as audited
    from detente.experiments.cli.printing.audit import print_audit
    from detente.experiments.cli.printing.tables import console
    from detente.experiments.runs.inputs import whole_number

    number = whole_number(runs, "--runs", least=2)
    made = audited(case, number, parameters=parameters, facts=fact or ())
    if json:
        say_json({"failures": made.failures(), "checks": made.table().to_dict("records")})
    else:
        print_audit(console(), made)
    return FAULT if made.failures() else 0


def refuse_facts(fact: list[str] | None) -> None:
    """The regime audit moves no facts."""
    from detente.model.errors import InputError

    if fact:
        raise InputError("--fact: got a value with --regimes; expected it without")


def refuse_regime_options(drawn: int, param: list[str] | None, out: Path | None, *, resume: bool) -> None:
    """Options that only the regime audit takes are refused without it, rather than ignored."""
    from detente.model.errors import InputError

    given = {"--drawn": drawn != DRAWN, "--param": bool(param), "--out": out is not None, "--resume": resume}
    for option, is_given in given.items():
        if is_given:
            raise InputError(f"{option}: goes with --regimes; expected both, or neither")


def audited_regimes(
    case: str | None, runs: int, drawn: int, param: Any, out: Any, *, resume: bool, json: bool
) -> int:
    """The regime audit."""
    from detente.experiments.audit.regime_rows import regimes as audited
    from detente.experiments.cli.compiling import bar
    from detente.experiments.cli.printing.audit import print_regimes
    from detente.experiments.cli.printing.tables import console
    from detente.experiments.runs.inputs import settings
    from detente.model.errors import InputError

    if resume and out is None:
        raise InputError("--resume: got no --out; expected the file of the audit to go on with")
    common = settings(param or [], "--param")
    with kept_when_interrupted(out, "comparisons"), bar(console(stderr=True), "comparing") as tell:

        def report(what: str, done: int, total: int) -> None:
            tell(done, total)

        made = audited(case, runs, drawn=drawn, parameters=common, out=out, resume=resume, progress=report)
    if json:
        say_json({"failures": made.failures(), "comparisons": made.table().to_dict("records")})
    else:
        print_regimes(console(), made)
    return FAULT if made.failures() else 0
