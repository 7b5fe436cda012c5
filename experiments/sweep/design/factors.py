"""What a design varies, and how a setting is written: a number, levels, or a range."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import cast

from detente.experiments.runs.inputs import MAX_LEVELS, Declared, Kind, declared_of
from detente.model.errors import nearest
from detente.model.facts import expected_path
from detente.model.fields import refuse
from detente.model.keywords import FACT, as_python, fact_path


@dataclass(frozen=True)
class Setting:
    """What a design does with one lever or parameter: levels to try, or an interval to sample.

    One level is a constant.  Exactly one of ``levels`` and ``interval`` is given.
    """

    levels: tuple[float, ...] = ()
    interval: tuple[float, float] | None = None

    @property
    def constant(self) -> float | None:
        """The value it is held at, if it is not varied."""
        return self.levels[0] if len(self.levels) == 1 else None

    @property
    def ends(self) -> tuple[float, float]:
        """Lowest and highest value."""
        return self.interval or (min(self.levels), max(self.levels))


@dataclass(frozen=True)
class Factor:
    """A lever, parameter or fact that a design varies, and how."""

    declared: Declared
    setting: Setting

    @property
    def name(self) -> str:
        """The lever's name, ``group.name`` of the parameter, or ``fact.PATH``."""
        return self.declared.name

    @property
    def column(self) -> str:
        """Its column in tables of results."""
        return column_of(self.name)


def column_of(name: str) -> str:
    """The column of a factor: its name, or ``lever.NAME`` where an outcome has that name, as with ceasefires."""
    from detente.experiments.runs.outcomes import BY_NAME

    return f"lever.{name}" if name in BY_NAME else name


def named(kind: Kind, name: str) -> Sequence[Declared]:
    """The lever or parameter of a name, or all that a pattern such as ``trust.*`` matches, switches left out."""
    known = declared_of(kind)
    if name in known:
        return [known[name]]
    if "*" in name:
        found = [d for d in known.values() if fnmatchcase(d.name, name) and not d.whole]
        if found:
            return found
    expected = "a lever" if kind == "lever" else "a parameter such as 'trust.memory', or several as 'trust.*'"
    shown = f": {', '.join(known)}" if kind == "lever" else ""
    raise refuse("", name, expected + shown + nearest(name, known))


def named_facts(known: Mapping[str, Declared], name: str) -> Sequence[Declared]:
    """The fact of a path, or all with a range of the case's own that a pattern such as ``party.*`` matches."""
    paths = [full.removeprefix(f"{FACT}.") for full in known]
    path = fact_path(name, paths)
    if path in paths:
        return [known[f"{FACT}.{path}"]]
    if "*" in path:
        found = [d for d in known.values() if d.grade and fnmatchcase(d.name, f"{FACT}.{path}")]
        if found:
            return found
        raise refuse("", name, "a pattern of facts that the case says a range for, in [[facts]]")
    raise refuse("", name, expected_path(path, paths))


def read_setting(declared: Declared, value: object) -> Setting:
    """A setting as written, checked against the declared range, or what the schema allows a fact.

    A number is held; a list gives levels; ``LOW:HIGH:N`` gives N levels from low to high; ``LOW:HIGH`` is an interval
    to sample, and an end left out is that of the declared range.  Raises a ``refuse`` error.
    """
    if isinstance(value, str):
        return whole_levels(declared, parsed(declared, value))
    cells = cells_of(value)
    levels = tuple(checked(declared, cell) for cell in cells)
    if not levels or len(set(levels)) < len(levels) or len(levels) > MAX_LEVELS:
        raise refuse("", value, f"1 to {MAX_LEVELS} levels, each once")
    return Setting(levels=levels)


def cells_of(value: object) -> list[object]:
    """The numbers of a list, tuple or range, an array of numpy or a Series of pandas; of a number, itself."""
    plain: object = value.tolist() if hasattr(value, "tolist") else value  # pyright: ignore[reportAttributeAccessIssue]
    return list(cast(Sequence[object], plain)) if isinstance(plain, list | tuple | range) else [plain]


def parsed(declared: Declared, text: str) -> Setting:
    """A setting out of text: ``0.5``, ``0,0.5,1``, ``0:1:5``, ``0:1`` or ``:``."""
    if declared.low != declared.low and ":" in text and not all(p.strip() for p in text.split(":")):
        raise refuse("", text, "a range as 'LOW:HIGH', since the case says none for it")
    expected = (
        f"a number, levels as '0,0.5,1', steps as 'LOW:HIGH:N' or a range as 'LOW:HIGH', {span(declared)}"
    )
    parts = text.split(":")
    try:
        if len(parts) == 1:
            return read_setting(declared, [float(cell) for cell in text.split(",")])
        low, high = (float(p) if p.strip() else end for p, end in zip(parts, ends(declared), strict=False))
        steps = int(parts[2]) if len(parts) == 3 else None
    except ValueError:
        raise refuse("", text, expected) from None
    if len(parts) > 3 or not low < high or (steps is not None and not 2 <= steps <= MAX_LEVELS):
        raise refuse("", text, expected + ("" if low < high else "; the low end below the high one"))
    low, high = checked(declared, low), checked(declared, high)
    if steps is None:
        return Setting(interval=(low, high))
    return Setting(levels=(*(low + (high - low) * k / (steps - 1) for k in range(steps - 1)), high))


def ends(declared: Declared) -> tuple[float, float]:
    """Ends of the declared range."""
    return declared.low, declared.high


def span(declared: Declared) -> str:
    """The declared range in words."""
    if declared.allows is not None:
        return declared.allows.words.removeprefix("a number ")
    return f"from {declared.low:g} to {declared.high:g}" + (
        f" [{declared.unit}]" if declared.unit != "1" else ""
    )


def checked(declared: Declared, given: object) -> float:
    """A finite number inside the declared range."""
    value: object = as_python(given)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise refuse("", value, f"a number {span(declared)}")
    inside = (
        declared.low <= value <= declared.high if declared.allows is None else declared.allows.holds(value)
    )
    if not math.isfinite(value) or not inside:
        raise refuse("", value, f"a number {span(declared)}")
    if declared.whole and value != int(value):
        raise refuse("", value, "0 or 1")
    return float(value)


def whole_levels(declared: Declared, setting: Setting) -> Setting:
    """A switch has no interval: its range is its levels, and whatever lies between is refused."""
    if not declared.whole:
        return setting
    levels = setting.levels or tuple(float(v) for v in range(int(declared.low), int(declared.high) + 1))
    return Setting(levels=tuple(checked(declared, v) for v in levels))
