"""The public names, in the order of the reference."""

import inspect
import sys
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import detente
from generating.tables import table

FIRST = ("run", "ensemble", "compare", "evaluate", "PeaceProcess")
"""Names that the reference begins with; the others follow in alphabetical order."""


def public_names() -> list[str]:
    """Every public name, what is used most at the front."""
    rest = sorted((n for n in dir(detente) if n not in FIRST), key=str.lower)
    return [*(n for n in FIRST if n in dir(detente)), *rest]


def name_table() -> str:
    """Every public name in a line."""
    rows = [
        (f"[`detente.{name}`](#detente.{name})", kind_of(name), first_line(name)) for name in public_names()
    ]
    return table(("name", "is", "does"), rows)


def kind_of(name: str) -> str:
    """What a name stands for."""
    value = getattr(detente, name)
    return "class" if inspect.isclass(value) else "function" if callable(value) else "value"


VALUES = {
    "LEVERS": "Every lever by name, with the number of its lesson.",
    "OUTCOMES": "Every outcome that is read off the end of a run.",
    "__version__": "The version of the package.",
}
"""What is said of public names that are neither classes nor functions."""


def first_line(name: str) -> str:
    """The first line of what is said of a name."""
    if name in VALUES:
        return VALUES[name]
    return " ".join((inspect.getdoc(getattr(detente, name)) or "").split("\n\n")[0].split())


def entries() -> str:
    """An entry for every public name, which the builder fills from the docstring."""
    return "\n".join(entry(f"detente.{name}", getattr(detente, name)) for name in public_names())


def entry(path: str, value: Any) -> str:
    """One entry; classes come with their public methods."""
    if not inspect.isclass(value) or issubclass(value, Exception):
        return f"::: {path}\n"
    members = "\n".join(f"        - {name}" for name in public_members(value))
    return f"::: {path}\n    options:\n      members:\n{members}\n" if members else f"::: {path}\n"


MACHINERY = ("join", "ask_")
"""Methods by which the model asks its actors; they are not for users."""


def public_members(cls: type) -> list[str]:
    """Methods and properties that a class defines itself for its users, in the order of its source."""
    described = (n for n, v in vars(cls).items() if getattr(v, "__doc__", None) and is_member(v))
    return [n for n in described if not n.startswith("_") and not n.startswith(MACHINERY)]


def is_member(value: Any) -> bool:
    """Whether an entry of a class is a method or a property."""
    return inspect.isfunction(value) or isinstance(value, property | cached_property | classmethod)


def result_entries() -> str:
    """An entry for each class that a public function returns."""
    return "\n".join(entry(f"{cls.__module__}.{cls.__qualname__}", cls) for cls in results())


def results() -> Iterator[type]:
    """Classes of results, in the order of the functions that return them."""
    seen: set[type] = set()
    for name in public_names():
        value = getattr(detente, name)
        if inspect.isclass(value) or not callable(value):
            continue
        found = getattr(sys.modules[value.__module__], str(inspect.signature(value).return_annotation), None)
        if inspect.isclass(found) and found.__module__.startswith("detente.") and found not in seen:
            seen.add(found)
            yield found
