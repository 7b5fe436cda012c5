"""The keys of case and policy files: value, unit, range, default and meaning, read off the models that check them."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen
from pydantic import AfterValidator, BaseModel, BeforeValidator, StringConstraints
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from detente.agents.parameters import Parameters
from detente.model.facts import PATHS, number_keys
from detente.model.fields import OneOf, Slug
from detente.model.policy import Policy
from detente.model.scenario import Scenario
from generating.tables import number, span, table

UNIT = re.compile(r"\s*\[([^\]]+)\]")
WORDS = {bool: "true or false", int: "whole number", float: "number", str: "text", dt.date: "date"}
NAME = get_args(Slug)[1]
"""What tells a name from other text."""


@dataclass
class Value:
    """What may stand at a key."""

    words: str = ""
    low: float | None = None
    high: float | None = None
    open_low: bool = False

    @property
    def range(self) -> str:
        """The range in words."""
        if self.open_low:
            return f"above {self.low:g}" + ("" if self.high is None else f", to {self.high:g}")
        return span(self.low, self.high)


def record_in(annotation: Any) -> type[BaseModel] | None:
    """The table that stands at a key, if tables do."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((m for m in map(record_in, get_args(annotation)) if m is not None), None)


def is_many(field: FieldInfo) -> bool:
    """Whether a key holds a list of tables."""
    return get_origin(field.annotation) is tuple


def value_of(annotation: Any, marks: tuple[Any, ...] = ()) -> Value:
    """What an annotation lets stand at a key."""
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return value_of(parts[0], (*parts[1:], *marks))
    if origin in (Union, UnionType):
        return value_of(next(p for p in parts if p is not NoneType), marks)
    word = "table" if record_in(annotation) else WORDS.get(annotation, str(annotation))
    return marked(in_container(origin, parts) if origin else Value(word), marks)


def in_container(origin: Any, parts: tuple[Any, ...]) -> Value:
    """Lists, pairs, mappings and fixed words."""
    if origin is Literal:
        return Value(", ".join(f"`{word}`" for word in parts))
    if origin is dict:
        key, inner = value_of(parts[0]), value_of(parts[1])
        return Value(f"table: {key.words} = {inner.words}", inner.low, inner.high, inner.open_low)
    inner = value_of(parts[0])
    if len(parts) == 2 and parts[1] is not Ellipsis:
        return Value(f"[{inner.words}, {inner.words}]", inner.low, inner.high, inner.open_low)
    return Value(f"list of {inner.words}", inner.low, inner.high, inner.open_low)


def marked(value: Value, marks: tuple[Any, ...]) -> Value:
    """A value with what its annotations add: ranges, words to choose from, names."""
    for mark in marks:
        match mark:
            case FieldInfo():
                value = marked(value, tuple(mark.metadata))
            case Ge():
                value.low = mark.ge
            case Gt():
                value.low, value.open_low = mark.gt, True
            case Le():
                value.high = mark.le
            case Lt():
                value.high = mark.lt
            case AfterValidator(func=OneOf(words=words)):
                value.words = ", ".join(f"`{word}`" for word in words)
            case MinLen(min_length=n) if value.words.startswith("list"):
                value.words += f", at least {n}"
            case MaxLen(max_length=n) if value.words.startswith("list"):
                exact = value.words.endswith(f", at least {n}")
                value.words = (
                    value.words.replace("at least", "exactly") if exact else f"{value.words}, at most {n}"
                )
            case BeforeValidator() if value.words == "table":
                value.words = "text or tables"
            case StringConstraints() if mark == NAME:
                value.words = "name"
            case StringConstraints(pattern=pattern) if pattern and pattern.startswith("^[0-9]{4}"):
                value.words = "month"
            case _:
                pass
    return value


def default_of(field: FieldInfo) -> str:
    """The default as it would be written in a file."""
    if field.is_required():
        return "" if "unless given" in (field.description or "") else "required"
    value = field.default
    if value is PydanticUndefined or value is None or value in ((), {}, ""):
        return ""
    if isinstance(value, tuple):
        return f"twelve times {value[0]:g}" if len(value) == 12 else f"[{', '.join(map(number, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return number(value) if isinstance(value, int | float) else f"`{value}`"


def key_row(name: str, field: FieldInfo) -> tuple[str, ...]:
    """One key as a row of a table."""
    value = value_of(field.annotation, tuple(field.metadata))
    meaning = field.description or ""
    unit = ", ".join(UNIT.findall(meaning)) or ("1" if "number" in value.words else "")
    default = default_of(field)
    return (f"`{field.alias or name}`", value.words, unit, value.range, default, UNIT.sub("", meaning))


HEAD = ("key", "value", "unit", "range", "default", "meaning")


def is_short(annotation: Any) -> bool:
    """Whether the tables of a list may be written as mere text."""
    return any(isinstance(m, BeforeValidator) for part in get_args(annotation) for m in get_args(part))


def keys_of(model: type[BaseModel]) -> str:
    """The keys of one table that hold no tables themselves, or need not."""
    fields = model.model_fields.items()
    rows = [key_row(n, f) for n, f in fields if record_in(f.annotation) is None or is_short(f.annotation)]
    return table(HEAD, rows)


def sections(model: type[BaseModel], above: str = "") -> Iterator[str]:
    """Every table of a file with its keys, those inside it after it."""
    for name, field in model.model_fields.items():
        inner = record_in(field.annotation)
        if inner is None or inner is Parameters:
            continue
        path = f"{above}{field.alias or name}"
        head = f"[[{path}]]" if is_many(field) else f"[{path}]"
        about = (inner.__doc__ or "").strip().splitlines()[0]
        need = "Required." if field.is_required() else "May be left out."
        yield f"### `{head}` {{ #{path.replace('.', '-')} }}\n\n{about} {need}\n\n{keys_of(inner)}"
        yield from sections(inner, f"{path}.")


def case_keys() -> str:
    """Every table and key of a case file."""
    return "\n".join(sections(Scenario))


def fact_paths() -> str:
    """Every form of path to a number of a case, and the keys it may end in."""
    rows = []
    for path, tables in PATHS.items():
        model: Any = Scenario
        for name in tables.split("."):
            model = record_in(model.model_fields[name].annotation)
        names = [f"`{key.name}`" for key in number_keys(model)]
        names += ["`hawkishness` (mean of its factions)"] * (tables == "party")
        rows.append((f"`{path}`", f"[`[[{tables}]]`](#{tables.replace('.', '-')})", ", ".join(names)))
    return table(("path", "table", "keys"), rows)


def policy_keys() -> str:
    """Every table and key of a policy file."""
    own = "### At the top { #top }\n\n" + keys_of(Policy)
    return "\n".join((own, *sections(Policy)))


def keys_without_meaning() -> list[str]:
    """Keys that say nothing of themselves; there should be none."""
    return [
        f"{model.__name__}.{name}"
        for model in models(Scenario) | models(Policy)
        for name, field in model.model_fields.items()
        if not field.description
    ]


def models(model: type[BaseModel]) -> set[type[BaseModel]]:
    """A model and those of the tables inside it."""
    inside = {record_in(f.annotation) for f in model.model_fields.values()} - {None, Parameters}
    return {model} | {m for part in inside for m in models(part)}
