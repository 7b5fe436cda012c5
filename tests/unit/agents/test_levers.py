"""A lever is declared once; a step forgotten on either side is named, with the file to mend."""

import ast
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from detente.agents import codes
from detente.agents.parameters import Switches
from detente.agents.schema import dtype_of
from detente.agents.state import PartyState
from detente.model.memory import KINDS

ROOT = Path(__file__).resolve().parents[3]
PREFIX = "LEVER_"
TABLES = ("LEVER_TITLES", "LEVER_MECHANISMS", "LEVER_SET")
"""Names that begin like a lever's position and are none: tables of all levers, and an event."""


def constants(source: str) -> dict[str, str]:
    """Lever name by the constant under which rules read it, from the text of the declarations."""
    return {
        node.target.id: node.value.args[0].value
        for node in ast.parse(source).body
        if isinstance(node, ast.AnnAssign)
        and isinstance(node.target, ast.Name)
        and isinstance(node.value, ast.Call)
        and ast.unparse(node.value.func) == "lever"
    }


def read_by_rules(sources: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Every constant of a lever that a rule reads, with the file."""
    for file, source in sources.items():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Name) and node.id.startswith(PREFIX) and node.id not in TABLES:
                yield node.id, file


def forgotten(declarations: str, rules: dict[str, str]) -> list[str]:
    """What is missing on either side."""
    declared, used = constants(declarations), dict(read_by_rules(rules))
    unused = [
        f"lever {name!r} moves nothing: no file of agents/rules reads {constant}"
        for constant, name in declared.items()
        if constant not in used
    ]
    undeclared = [
        f"{file} reads {constant}, which no lever of agents/codes.py declares"
        for constant, file in used.items()
        if constant not in declared
    ]
    return unused + undeclared


@pytest.fixture(scope="module")
def declarations():
    return (ROOT / "agents" / "codes.py").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def rules():
    files = (ROOT / "agents" / "rules").glob("*.py")
    return {f"agents/rules/{path.name}": path.read_text(encoding="utf-8") for path in files}


def test_every_lever_is_read_by_a_rule_and_every_lever_read_is_declared(declarations, rules):
    assert forgotten(declarations, rules) == []


DECLARED = 'LEVER_AID: Final = lever("aid", lesson=1, title="aid", switches=(), meaning="")'


def test_a_lever_that_no_rule_reads_is_named():
    line = "lever 'aid' moves nothing: no file of agents/rules reads LEVER_AID"
    assert forgotten(DECLARED, {"agents/rules/aid.py": "x = 1.0"}) == [line]
    assert forgotten(DECLARED, {"agents/rules/aid.py": "x = i.levers[LEVER_AID]"}) == []


def test_a_lever_that_is_not_declared_is_named():
    line = "agents/rules/aid.py reads LEVER_AID, which no lever of agents/codes.py declares"
    assert forgotten("", {"agents/rules/aid.py": "x = i.levers[LEVER_AID]"}) == [line]


def test_a_constant_is_the_position_of_its_lever(declarations):
    for constant, name in constants(declarations).items():
        position = getattr(codes, constant)
        assert type(position) is int, "compiled rules need a plain integer"
        assert codes.DECLARED_LEVERS[position].name == name
    assert len(constants(declarations)) == codes.N_LEVERS


def test_records_have_room_for_every_lever():
    assert len(PartyState().levers) == codes.N_LEVERS
    assert np.zeros(1, dtype_of(KINDS["parties"]))["levers"].shape == (1, codes.N_LEVERS)


def test_tables_of_levers_are_those_of_the_declarations():
    assert list(codes.LEVERS) == list(codes.LEVER_TITLES) == list(codes.LEVER_MECHANISMS)
    assert [lever.name for lever in codes.DECLARED_LEVERS] == list(codes.LEVERS)
    assert len(set(codes.LEVER_TITLES.values())) == codes.N_LEVERS


def test_every_lesson_has_a_lever():
    assert set(codes.LEVERS.values()) == set(range(1, len(codes.LESSONS) + 1))


@pytest.mark.parametrize("lever", codes.DECLARED_LEVERS, ids=lambda lever: lever.name)
def test_a_lever_acts_through_mechanisms_that_can_be_switched_off(lever):
    unknown = set(lever.switches) - set(Switches.model_fields)
    assert not unknown, (
        f"lever {lever.name!r} in agents/codes.py: no switch of agents/parameters.py is {unknown}"
    )
    assert lever.switches, f"lever {lever.name!r} in agents/codes.py names no switch"
    assert lever.meaning


@pytest.mark.parametrize("lesson", [0, -1, 6])
def test_a_lesson_that_is_none_is_refused(lesson, monkeypatch):
    monkeypatch.setattr(codes, "_levers", list(codes.DECLARED_LEVERS))
    with pytest.raises(
        ValueError, match=rf"lever 'unheard_of' in agents/codes\.py: lesson {lesson}; expected 1 to 5"
    ):
        codes.lever("unheard_of", lesson=lesson, title="unheard_of", switches=("measures",), meaning="")


def test_a_name_taken_is_refused_and_a_free_one_gets_the_next_position(monkeypatch):
    monkeypatch.setattr(codes, "_levers", list(codes.DECLARED_LEVERS))
    about = {"lesson": 1, "title": "", "switches": ("measures",), "meaning": ""}
    with pytest.raises(ValueError, match=r"lever 'mediation' in agents/codes\.py is declared twice"):
        codes.lever("mediation", **about)
    assert codes.lever("unheard_of", **about) == codes.N_LEVERS
