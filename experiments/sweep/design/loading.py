"""Designs out of files, tables, and what a command or a call asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast

from detente.agents.codes import LEVERS
from detente.agents.parameters import Parameters
from detente.experiments.runs.inputs import declared_parameters
from detente.experiments.sweep.design.document import Design
from detente.model.catalogue import is_case_folder, is_path, load_scenario
from detente.model.errors import InputError, wrong
from detente.model.explain import validated
from detente.model.keywords import as_python, dotted, facts_in, is_fact, is_parameter, twice, unknown_setting
from detente.model.reading import read_toml
from detente.model.request import CaseLike, checked_date
from detente.model.scenario import Scenario


def parse_design(raw: Mapping[str, Any], file: str = "design", path: Path | None = None) -> Design:
    """A design from the tables of a file; raises ``InputError`` naming ``file``."""
    return validated(Design, dict(raw), file).read_from(path)


def load_design(path: str | Path) -> Design:
    """A design from a TOML file; cases and policies given there as paths lie relative to it."""
    file = Path(path)
    raw = read_toml(file)
    return parse_design({key: beside(file, key, value) for key, value in raw.items()}, str(file), file)


def beside(file: Path, key: str, value: object) -> object:
    """Paths of cases and policies as seen from where the command is given."""
    if key not in ("case", "cases", "policy", "policies"):
        return value
    if isinstance(value, list):
        return [beside(file, key, entry) for entry in cast(list[object], value)]
    if not isinstance(value, str) or "\0" in value:
        return value
    return str(file.parent / value) if is_path(value) or is_case_folder(file.parent / value) else value


def as_design(given: Design | CaseLike | Mapping[str, Any] | None, /, **asked: Any) -> Design:
    """A design out of a file, tables or a case's name, with what is asked for on top; raises ``InputError``."""
    extra = design_keys({key: value for key, value in asked.items() if value is not None})
    if isinstance(given, Scenario):
        given = case_of(given)
    if isinstance(given, Design):
        if extra:
            raise wrong("design", sorted(extra), "nothing beside a design that is complete")
        return given
    if isinstance(given, Mapping):
        return parse_design({**given, **extra})
    if given is None:
        if not {"case", "cases"} & set(extra):
            raise InputError("design: got nothing; expected a case or a design")
        return parse_design(extra)
    if not isinstance(cast(object, given), str | Path):
        raise wrong("design", given, "a case by name or path, a design file, or a mapping of a design's keys")
    if is_design_file(Path(given)):
        if extra:
            raise wrong(str(given), sorted(extra), "these in the design file itself")
        return load_design(given)
    twice = sorted({"case", "cases"} & set(extra))
    if twice:
        raise wrong(f"design: {twice[0]}", extra[twice[0]], f"nothing beside the case {str(given)!r}")
    return parse_design({"cases": [str(given)], **extra})


KEYS = (*Design.model_fields, "case", "policy", "theory")
"""What a design may hold, the words for a list of one included."""


def design_keys(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Keywords as the keys of a design: levers, parameters and facts given by name stand in its tables of them.

    Raises ``InputError`` for a keyword that is none, with the nearest valid one, and for a setting given twice.
    """
    keys = {name: plain(name, value) for name, value in asked.items() if name in KEYS}
    levers = {name: value for name, value in asked.items() if name in LEVERS}
    facts = facts_in(asked)
    parameters = {name: v for name, v in asked.items() if name not in (*KEYS, *LEVERS) and not is_fact(name)}
    for name in parameters:
        if not is_parameter(name):
            raise unknown_setting(name, (*KEYS, "out", "resume", "workers", "actors"))
    for kind, named in (("levers", levers), ("parameters", parameters)):
        if named:
            keys[kind] = joined(kind, keys.get(kind) or {}, named)
    if facts:
        keys["facts"] = {**(keys.get("facts") or {}), **facts}
    return keys


def plain(key: str, value: Any) -> Any:
    """A keyword's value as a design's file would hold it."""
    if key == "until":
        return checked_date(value)
    if key in ("policies", "cases"):
        values = [value] if isinstance(value, str | Path) else value
        if not isinstance(values, Iterable):
            return values
        return [str(v) if isinstance(v, Path) else v for v in cast(Iterable[Any], values)]
    if isinstance(value, Path):
        return str(value)
    if key == "parameters" and isinstance(value, Parameters):
        return varied_numbers(value)
    return as_python(value)


def varied_numbers(given: Parameters) -> dict[str, dict[str, float]]:
    """Every parameter of a set by group, without the constants, which a design does not name."""
    known = declared_parameters()
    return {
        group: {name: value for name, value in values.items() if f"{group}.{name}" in known}
        for group, values in given.model_dump().items()
    }


def joined(kind: str, mapping: Any, named: Mapping[str, Any]) -> dict[str, Any]:
    """A table of settings with those that stand as keywords; one that stands in both is refused."""
    if not isinstance(mapping, Mapping):
        raise wrong(kind, mapping, "a mapping of names and values")
    settings: dict[str, Any] = {}
    for name, value in cast(Mapping[str, Any], mapping).items():
        settings |= (
            {f"{name}.{k}": v for k, v in value.items()}
            if isinstance(value, Mapping)
            else {dotted(name): value}
        )
    for name, value in named.items():
        if dotted(name) in settings:
            raise twice(dotted(name))
        settings[dotted(name)] = value
    return settings


def case_of(scenario: Scenario) -> str:
    """Where a loaded case can be found by every worker: its file."""
    if scenario.path is None:
        raise wrong(
            "case", scenario.case.name, "a case with a file, since a sweep names what it is made from"
        )
    if load_scenario(scenario.path) != scenario:
        raise wrong(
            "case",
            scenario.case.name,
            f"it as {scenario.path} has it, since a sweep reads the file: save what was changed",
        )
    return str(scenario.path)


def is_design_file(path: Path) -> bool:
    """Whether a TOML file is a design rather than a case: a case has a table of that name."""
    if path.suffix != ".toml":
        return False
    return not isinstance(read_toml(path).get("case"), dict)
