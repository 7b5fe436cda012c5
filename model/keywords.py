"""Levers, parameters and facts by name, in all the ways in which people write them, as the model takes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from detente.agents.codes import LEVERS
from detente.model.errors import InputError, nearest, wrong

if TYPE_CHECKING:
    from detente.agents.parameters import Parameters

Nested = dict[str, dict[str, Any]]
"""Parameters as group -> name -> value."""


@cache
def parameter_names() -> tuple[str, ...]:
    """Every parameter as ``group.name``, in declared order."""
    from detente.agents.parameters import Parameters

    groups: Any = Parameters.model_fields
    return tuple(f"{g}.{name}" for g, f in groups.items() for name in f.annotation.model_fields)


def as_python(value: Any) -> Any:
    """A number of numpy, also as an array without dimensions, as Python's own; anything else as it is."""
    return value.item() if getattr(value, "ndim", None) == 0 and hasattr(value, "item") else value


def dotted(name: str) -> str:
    """``group__name``, as a keyword has to be written, as ``group.name``."""
    return str(name).replace("__", ".", 1)


def is_parameter(name: str) -> bool:
    """Whether a name is that of a parameter, as ``group.name`` or as ``group__name``."""
    return dotted(name) in parameter_names()


FACT = "fact"
"""The word before the path of a fact where levers and parameters stand beside it: ``fact.party.NAME.morale``."""


def is_fact(name: str) -> bool:
    """Whether a name is meant as that of a fact, as ``fact.PATH`` or, in a keyword, ``fact__PATH``."""
    return str(name).startswith((f"{FACT}.", f"{FACT}__"))


def facts_in(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The facts among settings that are called ``fact.PATH`` beside levers and parameters, by path."""
    return {name.removeprefix(f"{FACT}."): value for name, value in settings.items() if is_fact(name)}


def fact_keyword(path: str) -> str:
    """The path of a fact as a keyword has to be written: ``fact__party__NAME__morale``, hyphens as underscores."""
    return f"{FACT}__{path.replace('.', '__').replace('-', '_')}"


def fact_path(name: str, known: Iterable[str]) -> str:
    """The path that is meant by a path, ``fact.PATH`` or a keyword; a keyword that fits none as it would be a path."""
    if name.startswith(f"{FACT}__"):
        spelt = {fact_keyword(path): path for path in known}
        return spelt.get(name, name.removeprefix(f"{FACT}__").replace("__", "."))
    return name.removeprefix(f"{FACT}.")


def joined_facts(known: Iterable[str], given: Any, named: Mapping[str, Any]) -> dict[str, Any]:
    """Facts of a mapping and those given as keywords, by path, none in both."""
    if given is not None and not isinstance(given, Mapping):
        raise wrong("facts", given, "paths and numbers, as {'party.republic.morale': 0.8}")
    paths, joined = tuple(known), dict[str, Any]()
    for name, value in (*(given or {}).items(), *named.items()):
        path = fact_path(str(name), paths)
        if path in joined:
            raise twice(f"{FACT}.{path}")
        joined[path] = as_python(value)
    return joined


def unknown_setting(name: str, keywords: Iterable[str] = ()) -> InputError:
    """The line for a name that is no lever, no parameter and none of the ``keywords`` that could have been meant."""
    words = tuple(keywords)
    names = parameter_names()
    spelt = [n.replace(".", "__") for n in names] if words and "." not in name else list(names)
    expected = ("a keyword, " if words else "") + "a lever, or a parameter such as 'trust.memory'"
    near = nearest(name, [*words, *LEVERS, *spelt]) or nearest(dotted(name), names)
    return InputError(f"{name!r}: expected {expected}{near}")


def split_settings(given: Mapping[str, Any]) -> tuple[dict[str, float], Nested]:
    """Levers and parameters out of one set of names; raises ``InputError`` for a name that is neither."""
    for name in given:
        if name not in LEVERS and not is_parameter(name):
            raise unknown_setting(name)
    levers = {name: as_python(value) for name, value in given.items() if name in LEVERS}
    return levers, nested_parameters({name: v for name, v in given.items() if name not in LEVERS})


def nested_parameters(*given: Mapping[str, Any]) -> Nested:
    """Parameters as groups of names, given as such, as ``group.name`` or as ``group__name``, each once.

    Raises ``InputError`` for an unknown name, a value that is no number, and a parameter given twice.
    """
    nested: Nested = {}
    for name, value in (pair for mapping in given for pair in mapping.items()):
        if isinstance(value, Mapping):
            nested.setdefault(name, {})
            for key, inner in cast(Mapping[str, Any], value).items():
                put(nested, name, key, inner)
        elif is_parameter(name):
            group, _, key = dotted(name).partition(".")
            put(nested, group, key, value)
        else:
            near = nearest(dotted(name), parameter_names())
            raise InputError(f"parameter {name!r}: expected a parameter such as 'trust.memory'{near}")
    return nested


def flat_parameters(nested: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """Parameters in groups as ``group.name``."""
    return {f"{group}.{name}": float(v) for group, values in nested.items() for name, v in values.items()}


def put(nested: Nested, group: str, name: str, value: Any) -> None:
    """Enter a parameter, once, with a number; whether there is one of that name is seen when all are merged."""
    number = as_python(value)
    if name in nested.setdefault(group, {}):
        raise twice(f"{group}.{name}")
    if f"{group}.{name}" in parameter_names() and (
        isinstance(number, bool) or not isinstance(number, int | float)
    ):
        raise wrong(f"parameter {group}.{name}", value, "a number")
    nested[group][name] = number


def twice(name: str) -> InputError:
    """The line for a setting that stands in a call more than once."""
    return InputError(f"{name}: is given twice; expected it once, as a keyword or in a mapping")


def joined_levers(mapping: Any, named: Mapping[str, Any]) -> dict[str, Any]:
    """Levers of a mapping and those given as keywords, none in both."""
    if mapping is not None and not isinstance(mapping, Mapping):
        raise wrong("levers", mapping, "names and numbers, as {'mediation': 0.5}")
    for name in named:
        if name in (mapping or {}):
            raise twice(name)
    return {name: as_python(value) for name, value in {**(mapping or {}), **named}.items()}


def joined_parameters(given: Any, named: Mapping[str, Any]) -> Parameters | Nested | None:
    """Parameters of a mapping and those given as keywords, none in both; whole ``Parameters`` stand alone."""
    from detente.agents.parameters import Parameters

    if isinstance(given, Parameters):
        if named:
            raise wrong(next(iter(named)), "a parameter beside whole Parameters", "one or the other")
        return given
    if given is not None and not isinstance(given, Mapping):
        raise wrong("parameters", given, "names and numbers, as {'trust.memory': 300}")
    return nested_parameters(given or {}, named) or None
