"""Settings as people write them, ``name=value``, turned into what the model takes; mistakes are one clear line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from detente.agents.codes import DECLARED_LEVERS, LEVERS, THEORIES
from detente.model.errors import InputError, nearest, wrong


@cache
def parameter_names() -> tuple[str, ...]:
    """Every parameter as ``group.name``, in declared order."""
    from detente.agents.parameters import Parameters

    groups: Any = Parameters.model_fields
    return tuple(f"{g}.{name}" for g, f in groups.items() for name in f.annotation.model_fields)


def setting(text: str, option: str) -> tuple[str, float]:
    """``name=value`` as a name and a finite number."""
    name, equals, value = text.partition("=")
    try:
        number = float(value)
    except ValueError:
        number = float("nan")
    if not name or not equals or abs(number) == float("inf") or number != number:
        raise wrong(option, text, "NAME=NUMBER")
    return name.strip(), number


def settings(texts: Iterable[str], option: str) -> dict[str, float]:
    """Several settings; a name given twice is refused."""
    found: dict[str, float] = {}
    for text in texts:
        name, value = setting(text, option)
        if name in found:
            raise InputError(f"{option}: {name} is given twice")
        found[name] = value
    return found


def nested_parameters(flat: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Parameters by ``group.name`` (or ``group__name``) as groups of names; raises ``InputError`` for unknown ones."""
    nested: dict[str, dict[str, Any]] = {}
    for name, value in flat.items():
        dotted = name.replace("__", ".")
        if dotted not in parameter_names():
            expected = "a parameter such as 'trust.memory'"
            raise InputError(f"parameter {name!r}: expected {expected}{nearest(dotted, parameter_names())}")
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise wrong(f"parameter {dotted}", value, "a number")
        group, key = dotted.split(".")
        nested.setdefault(group, {})[key] = value
    return nested


def split_settings(given: Mapping[str, Any]) -> tuple[dict[str, float], dict[str, dict[str, Any]]]:
    """Levers and parameters out of one set of names; raises ``InputError`` for a name that is neither."""
    plain = {name: as_python(value) for name, value in given.items()}
    levers = {name: value for name, value in plain.items() if name in LEVERS}
    rest = {name: value for name, value in plain.items() if name not in LEVERS}
    for name in rest:
        dotted = name.replace("__", ".")
        if dotted not in parameter_names():
            known = (*LEVERS, *parameter_names())
            expected = "a lever, or a parameter such as 'trust.memory'"
            raise InputError(f"{name!r}: expected {expected}{nearest(dotted, known)}")
    return levers, nested_parameters(rest)


def named_theories(names: Sequence[str] | str) -> tuple[str, ...]:
    """Theories of readiness by name; the word "all" stands for every one of them."""
    given = (names,) if isinstance(names, str) else tuple(names)
    return THEORIES if given == ("all",) else given


def as_python(value: Any) -> Any:
    """A number of numpy as Python's own."""
    return value.item() if hasattr(value, "item") else value


MAX_RUNS = 10_000_000
"""Most runs that are asked for at once."""


def checked_runs(runs: Any) -> int:
    """A number of runs, at least one."""
    return whole_number(runs, "runs")


def whole_number(value: Any, place: str, least: int = 1, most: int = MAX_RUNS) -> int:
    """A whole number between two ends; raises ``InputError`` naming its place for any other."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise wrong(place, value, f"a whole number from {least:,} to {most:,}")
    return value


MAX_LEVELS = 1000


Kind = Literal["lever", "parameter"]


@dataclass(frozen=True)
class Declared:
    """A lever or parameter as the model declares it; ``default`` of a lever is its policy's own setting, so none."""

    name: str
    kind: Kind
    low: float
    high: float
    default: float | None
    unit: str
    meaning: str
    whole: bool = False
    source: str = ""
    grade: str = ""


@cache
def declared_levers() -> Mapping[str, Declared]:
    """Every lever; it acts as a share of willingness, from 0 to 1."""
    return {
        lever.name: Declared(
            lever.name,
            "lever",
            0.0,
            1.0,
            None,
            "1",
            f"at 1 the sponsor {lever.meaning} (lesson {lever.lesson})",
        )
        for lever in DECLARED_LEVERS
    }


@cache
def declared_parameters() -> Mapping[str, Declared]:
    """Every parameter by ``group.name``, switches included, in declared order."""
    from detente.agents.parameters import Parameters

    found: dict[str, Declared] = {}
    groups: Any = Parameters.model_fields
    for group, held in groups.items():
        for name, field in held.annotation.model_fields.items():
            found[f"{group}.{name}"] = read_field(f"{group}.{name}", field)
    return found


def read_field(name: str, field: Any) -> Declared:
    """One parameter, out of the field that declares it."""
    low = next(m.ge for m in field.metadata if hasattr(m, "ge"))
    high = next(m.le for m in field.metadata if hasattr(m, "le"))
    extra, whole, default = field.json_schema_extra, field.annotation is int, float(field.default)
    words = (field.description, whole, extra["source"], extra["grade"])
    return Declared(name, "parameter", float(low), float(high), default, extra["unit"], *words)


def declared_of(kind: Kind) -> Mapping[str, Declared]:
    """All levers, or all parameters."""
    return declared_levers() if kind == "lever" else declared_parameters()
