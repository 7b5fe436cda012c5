"""What commands do unless told otherwise: as many runs as the manual says, and the same as from Python."""

import inspect

import pytest

import detente
from detente.experiments.cli.main import app

COMMANDS = {c.callback.__name__: c.callback for c in app.registered_commands}
OURS = [name for name, command in COMMANDS.items() if command.__module__.startswith("detente.experiments")]
NUMBERS = {
    # command: the numbers it takes unless others are given
    "audit": {"runs": 200, "drawn": 8},
    "benchmark": {"runs": 100, "origins": 7},
    "calibrate": {"workers": 2, "population": 200, "generations": 6, "minutes": 15.0, "seed": 1},
    "compare": {"runs": 500, "seed": 1},
    "lessons": {"runs": 200, "seed": 1},
    "predict": {"months": 12, "runs": 200},
    "run": {"seed": 1},
    "score": {"runs": 400},
    "sequence": {"pairs": 500, "draws": 50, "trials": 200, "seed": 1},
    "survival": {"runs": 500, "seed": 1},
    "transfer": {"runs": 60, "seed": 1},
    "what_if": {"seed": 1},
    "where": {"runs": 200, "draws": 100, "seed": 1},
    "validate": {"runs": 200, "wars": 40, "seeds": 10, "years": 20, "placed": 0.4},
}
ON = {("audit", "parameters"), ("new", "screening")}
"""Options that are on unless they are turned off; all others are off."""


def defaults(function):
    parameters = inspect.signature(function).parameters.values()
    return {p.name: p.default for p in parameters if p.default is not inspect.Parameter.empty}


@pytest.mark.parametrize("name", OURS)
def test_numbers_and_switches_of_a_command(name):
    given = defaults(COMMANDS[name])
    numbers = {k: v for k, v in given.items() if isinstance(v, int | float) and not isinstance(v, bool)}
    assert numbers == NUMBERS.get(name, {}), (
        f"command {name!r} takes {numbers}: say so in NUMBERS of tests/unit/experiments/cli/test_defaults.py"
    )
    switches = {k: v for k, v in given.items() if isinstance(v, bool)}
    assert {k for k, v in switches.items() if v} == {option for command, option in ON if command == name}


@pytest.mark.parametrize("name", [name for name in OURS if callable(getattr(detente, name, None))])
def test_a_command_and_the_function_of_its_name_agree(name):
    command, function = defaults(COMMANDS[name]), defaults(getattr(detente, name))
    given = {k for k in command.keys() & function.keys() if None not in (command[k], function[k])}
    given -= {"leads", "modes"}  # written as a range and as a list on the command line
    assert {k: command[k] for k in given} == {k: function[k] for k in given}


@pytest.mark.parametrize(("json", "printed"), [(True, '{\n  "score": 1.0\n}\n'), (False, "shown\n")])
def test_decisions_are_printed_or_given_as_one_object(monkeypatch, capsys, json, printed):
    from types import SimpleNamespace

    from detente.experiments.cli import score

    made, asked = SimpleNamespace(to_json=lambda: {"score": 1.0}), []
    monkeypatch.setattr(
        "detente.experiments.evidence.decisions.score_decisions",
        lambda *given, **how: asked.append((*given, how)) or made,
    )
    monkeypatch.setattr(
        "detente.experiments.cli.printing.evidence.print_decisions", lambda to, what: print("shown")
    )
    score.score_decisions("korea-2017", 500, "core-0.1", json=json)
    assert asked == [("korea-2017", 400, {"profile": "core-0.1"})]  # no more runs than tell anything
    assert capsys.readouterr().out == printed
