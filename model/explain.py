"""What pydantic found wrong, in one line of the user's own terms."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, cast, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from detente.model.errors import UNKNOWN_KEY, InputError, foremost, nearest, one_of, shown, together
from detente.model.fields import Spec, frozen

Loc = tuple[int | str, ...]

KINDS_OF_VALUE = {
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a finite number",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing_size": "a smaller whole number",
    "string_type": "text in quotes",
    "string_unicode": "text",
    "bool_type": "true or false",
    "date_type": "a date such as 2018-07-23, without quotes",
    "tuple_type": "a list, or tables in [[double brackets]]",
    "dict_type": "a table",
    "mapping_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "missing": "this key",
}

COMPARISONS = {
    "greater_than": "a number above {gt}",
    "greater_than_equal": "a number of at least {ge}",
    "less_than": "a number below {lt}",
    "less_than_equal": "a number of at most {le}",
    "string_too_short": "a text that is not empty",
    "string_too_long": "a text of at most {max_length} characters",
    "too_short": "at least {min_length} of them",
    "too_long": "at most {max_length} of them",
    "constant": "{constant}: it is a constant, not a parameter",
}

PATTERNS = {
    "^[a-z0-9]+(-[a-z0-9]+)*$": "a name of lower-case letters, digits and hyphens",
    "^[0-9]{4}-(0[1-9]|1[0-2])$": "a month such as 2018-07",
}


def validated[M: BaseModel](model: type[M], raw: Any, file: str) -> M:
    """The record a file describes, or one ``InputError`` that names the file and has all its problems."""
    try:
        return model.model_validate(frozen(raw))
    except ValidationError as e:
        problems = all_problems(model, e, raw)
    except RecursionError:
        problems = ["is nested too deeply"]
    except InputError as e:
        problems = list(e.problems)
    first = f"{file}: {foremost(problems)}"
    raise together((f"{file}: {line}" for line in in_file_order(problems, raw)), file, first) from None


def all_problems(model: type[BaseModel], error: ValidationError, raw: Any) -> list[str]:
    """What is wrong with single values and tables, then what is wrong between those tables that are sound."""
    details = [problem for problem in error.errors(include_url=False) if not is_miscount(problem)]
    lines = [describe(model, problem, raw) for problem in details]
    if issubclass(model, Spec) and isinstance(raw, Mapping):
        part = sound_part(model, frozen(raw), with_beginnings(loc_of(problem) for problem in details))
        lines += [str(problem) for problem in model.cross_problems(part, partial=True)]
    return lines


def is_miscount(problem: ErrorDetails) -> bool:
    """Whether a list is said to be too short only because some of its entries are faulty."""
    return problem["type"] == "too_short" and len(problem["input"]) >= problem.get("ctx", {})["min_length"]


def in_file_order(lines: Iterable[str], raw: Any) -> tuple[str, ...]:
    """Lines by the table they speak of, tables of a kind by their number."""
    kinds = list(cast(Mapping[str, Any], raw)) if isinstance(raw, Mapping) else []

    def position(line: str) -> tuple[int, int]:
        match = re.match(r"\[*([a-z_]+)(?: ([0-9]+))?", line)
        kind, number = match.groups() if match else ("", None)
        return kinds.index(kind) if kind in kinds else len(kinds), int(number or 0)

    return tuple(sorted(dict.fromkeys(lines), key=position))


def with_beginnings(places: Iterable[Loc]) -> set[Loc]:
    """Places, and all that they lie in."""
    return {place[:n] for place in places for n in range(len(place) + 1)}


def sound_part(model: type[BaseModel], raw: Any, faulty: Collection[Loc], at: Loc = ()) -> Any:
    """A record of what is sound in a table: a key that is not has its default, or is missing where it has none.

    ``faulty`` are the places of faults, and all that they lie in.
    """
    values: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        here = (*at, field.alias or name)
        inner = model_in(field.annotation)
        value = step_into(raw, here[-1])
        if inner is not None and value is not None:
            values[name] = sound_value(inner, value, faulty, here)
        elif here not in faulty and value is not None:
            values[name] = value
    return model.model_construct(**values)


def sound_value(inner: type[BaseModel], value: Any, faulty: Collection[Loc], at: Loc) -> Any:
    """The sound part of a table, or of the tables of a list."""
    if isinstance(value, tuple):
        entries = cast(tuple[Any, ...], value)
        return tuple(sound_part(inner, entry, faulty, (*at, k)) for k, entry in enumerate(entries))
    return sound_part(inner, value, faulty, at)


def describe(model: type[BaseModel], problem: ErrorDetails, raw: Any) -> str:
    """One problem: place, value, what was expected."""
    kind, loc = problem["type"], loc_of(problem)
    context = problem.get("ctx", {})
    if kind == "extra_forbidden":
        known = keys_of(model_at(model, loc[:-1]))
        return f"{place(loc, raw)}: {UNKNOWN_KEY}; expected {one_of(known)}{nearest(loc[-1], known)}"
    if kind == "missing":
        return f"{place(loc, raw)}: got nothing; expected this key"
    if kind == "refused":
        return f"{place(loc, raw)}: got {shown(context['value'])}; expected {context['expected']}"
    value = len(problem["input"]) if kind in ("too_short", "too_long") else problem["input"]
    return f"{place(loc, raw)}: got {shown(value)}; expected {expectation(kind, context)}"


def loc_of(problem: ErrorDetails) -> Loc:
    """Where a problem stands; a check that saw a whole table names the key itself."""
    key = problem.get("ctx", {}).get("key") if problem["type"] == "refused" else None
    return (*problem["loc"], *key.split(".")) if key else problem["loc"]


def expectation(kind: str, context: dict[str, Any]) -> str:
    """What was expected, for pydantic's own checks."""
    if kind in COMPARISONS:
        return COMPARISONS[kind].format(**context)
    if kind == "string_pattern_mismatch":
        return PATTERNS.get(context["pattern"], f"text of the form {context['pattern']}")
    if kind == "literal_error":
        return f"one of: {context['expected']}".replace("'", "")
    return KINDS_OF_VALUE.get(kind, f"another value ({kind.replace('_', ' ')})")


def place(loc: Loc, raw: Any) -> str:
    """Where it stands: ``[party 2: name].key``, counting tables of a kind and entries of a list from 1."""
    words = [part for part in loc if part != "[key]"]
    if not words:
        return "the file"
    last = words[-1]
    if isinstance(last, int):
        return f"{place(tuple(words[:-1]), raw)}, entry {last + 1}"
    if len(words) == 1:
        return last
    tables: list[str] = []
    here: Any = raw
    for part in words[:-1]:
        here = step_into(here, part)
        if isinstance(part, int):
            name = step_into(here, "name")
            tables[-1] += f" {part + 1}" + (f": {name[:60]}" if isinstance(name, str) else "")
        else:
            tables.append(part)
    return f"[{'.'.join(tables)}].{last}"


def step_into(value: Any, part: int | str) -> Any:
    """The part of raw data at an index or key, or nothing."""
    if isinstance(value, dict):
        return cast(dict[Any, Any], value).get(part)
    if isinstance(value, tuple | list) and isinstance(part, int) and part < len(value):
        return cast(tuple[Any, ...], value)[part]
    return None


def model_at(model: type[BaseModel], loc: Loc) -> type[BaseModel] | None:
    """The record class that a place in a file is read as."""
    found: type[BaseModel] | None = model
    for part in loc:
        if isinstance(part, int) or found is None:
            continue
        by_key = {f.alias or name: f for name, f in found.model_fields.items()}
        field = by_key.get(part) or found.model_fields.get(part)
        found = model_in(field.annotation) if field is not None else None
    return found


def model_in(annotation: Any) -> type[BaseModel] | None:
    """The record class inside an annotation such as ``tuple[PartySpec, ...]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((m for m in map(model_in, get_args(annotation)) if m is not None), None)


def keys_of(model: type[BaseModel] | None) -> list[str]:
    """The keys a table may have, as written in a file."""
    return [f.alias or name for name, f in model.model_fields.items()] if model is not None else []
