"""Settings of levers and parameters as a design holds them: read by name or pattern, checked against their ranges."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import cast

from pydantic_core import PydanticCustomError

from detente.experiments.runs.inputs import Declared, Kind, declared_of
from detente.experiments.sweep.design.factors import Setting, named, named_facts, read_setting
from detente.model.fields import refuse, refuse_all


def flat(raw: object) -> dict[str, object]:
    """Parameters by ``group.name``, whether written so or as tables of groups."""
    if not isinstance(raw, Mapping):
        raise refuse("", raw, "a table")
    found: dict[str, object] = {}
    for key, value in cast(Mapping[object, object], raw).items():
        entries = cast(Mapping[object, object], value).items() if isinstance(value, Mapping) else None
        for name, inner in entries if entries is not None else [(None, value)]:
            full = str(key).replace("__", ".") if name is None else f"{key}.{name}"
            if full in found:
                raise refuse(full, inner, "each parameter once")
            found[full] = inner
    return found


def flat_paths(raw: object, above: str = "") -> dict[str, object]:
    """Facts by path, whether written so or as tables inside tables."""
    if not isinstance(raw, Mapping):
        raise refuse("", raw, "a table")
    found: dict[str, object] = {}
    for key, value in cast(Mapping[object, object], raw).items():
        inner = (
            flat_paths(value, f"{above}{key}.") if isinstance(value, Mapping) else {f"{above}{key}": value}
        )
        for path, setting in inner.items():
            if path in found:
                raise refuse(path, setting, "each fact once")
            found[path] = setting
    return found


def read_settings(kind: Kind, raw: object) -> dict[str, Setting]:
    """Settings of levers or of parameters, in declared order."""
    return settings_by(flat(raw), lambda name: named(kind, name), declared_of(kind))


def read_facts(known: Mapping[str, Declared], raw: object) -> dict[str, Setting]:
    """Settings of facts of a case, in the order of its tables, as ``fact.PATH``."""
    return settings_by(flat_paths(raw), lambda name: named_facts(known, name), known)


def settings_by(
    given: Mapping[str, object], find: Callable[[str], Sequence[Declared]], order: Iterable[str]
) -> dict[str, Setting]:
    """Settings of what is found by name, in an order; a later entry does not silently undo an earlier one."""
    found: dict[str, Setting] = {}
    problems: list[PydanticCustomError] = []
    for name, value in given.items():
        try:
            for declared in reading(name, lambda name=name: find(name)):
                if declared.name in found and "*" in name:
                    continue  # a pattern gives way to a name written out
                found[declared.name] = reading(name, lambda d=declared, v=value: setting_of(d, v))
        except PydanticCustomError as problem:
            problems.append(problem)
    refuse_all(problems)
    return {name: found[name] for name in order if name in found}


def setting_of(declared: Declared, value: object) -> Setting:
    """A setting, unless it has been read already."""
    return value if isinstance(value, Setting) else read_setting(declared, value)


def reading[T](key: str, read: Callable[[], T]) -> T:
    """Read a value; a mistake in it is told with its key."""
    try:
        return read()
    except PydanticCustomError as error:
        context = error.context or {}
        raise refuse(key, context.get("value"), str(context.get("expected"))) from None
