"""Settings as people write them, ``name=value``, turned into what the model takes; mistakes are one clear line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from detente.agents.codes import DECLARED_LEVERS, THEORIES
from detente.model.errors import InputError, wrong
from detente.model.keywords import as_python


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


def named_theories(names: Sequence[str] | str) -> tuple[str, ...]:
    """Theories of readiness by name; the word "all" stands for every one of them."""
    given = (names,) if isinstance(names, str) else tuple(names)
    return THEORIES if given == ("all",) else given


MAX_RUNS = 10_000_000
"""Most runs that are asked for at once."""


def checked_runs(runs: Any) -> int:
    """A number of runs, at least one."""
    return whole_number(runs, "runs")


def whole_number(value: Any, place: str, least: int = 1, most: int = MAX_RUNS) -> int:
    """A whole number between two ends; raises ``InputError`` naming its place for any other."""
    number = as_python(value)
    if isinstance(number, bool) or not isinstance(number, int) or not least <= number <= most:
        raise wrong(place, value, f"a whole number from {least:,} to {most:,}")
    return number


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
