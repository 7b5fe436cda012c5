"""``detente scenarios``: list the cases and their policies."""

from __future__ import annotations

from detente.experiments.cli.exit_status import guarded
from detente.experiments.cli.options import Json, app
from detente.experiments.io.output import say_json


@app.command()
@guarded
def scenarios(json: Json = False) -> None:
    """List the cases and their policies."""
    from detente.model.catalogue import scenarios as shipped

    cases = shipped()
    if json:
        listed = [c._asdict() | {"policies": [p._asdict() for p in c.policies]} for c in cases]
        say_json({"cases": listed})
        return
    from detente.experiments.cli.printing.scenarios import print_cases
    from detente.experiments.cli.printing.tables import console

    print_cases(console(), cases)
