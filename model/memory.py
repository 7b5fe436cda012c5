"""The memory of a run: one flat buffer that holds every record, and the two ways to look at it.

``RunMemory`` views the buffer as numpy record arrays for the compiled engine.  ``thaw`` turns the same bytes into plain
objects and Mesa agents, ``freeze`` turns them back.  Snapshot, branch and reset are one assignment to the buffer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from detente.agents.parameters import Parameters
from detente.agents.schema import dtype_of, is_integer, record_fields
from detente.agents.state import CONSTANT_KINDS, MANY_KINDS, SINGLE_KINDS, World

KINDS: dict[str, type] = {**SINGLE_KINDS, **MANY_KINDS}
LUCK_FIELDS = ("luck", "tick_luck")


@cache
def parameter_dtype() -> np.dtype[Any]:
    """The nested record dtype of ``Parameters``: switches are integers, everything else floats."""
    groups = []
    for name, field in Parameters.model_fields.items():
        group: Any = field.annotation
        entries = [(n, "i8" if f.annotation is int else "f8") for n, f in group.model_fields.items()]
        groups.append((name, np.dtype(entries)))
    return np.dtype(groups)


def freeze_parameters(par: Parameters) -> np.ndarray[Any, Any]:
    """One record of parameters, as an array of length 1."""
    groups: list[Any] = [getattr(par, name) for name in Parameters.model_fields]
    row = tuple(tuple(getattr(group, n) for n in type(group).model_fields) for group in groups)
    return np.array([row], dtype=parameter_dtype())


@dataclass(frozen=True)
class Layout:
    """How many records of each kind a case has, and where they lie in the buffer."""

    counts: tuple[tuple[str, int], ...]

    @classmethod
    def of(cls, records: Mapping[str, np.ndarray[Any, Any]]) -> Layout:
        """The layout that holds these arrays."""
        return cls(tuple((kind, len(records[kind])) for kind in KINDS if kind not in CONSTANT_KINDS))

    def slices(self) -> Iterator[tuple[str, slice]]:
        """Each kind with its slice of the buffer [8-byte words]."""
        start = 0
        for kind, n in self.counts:
            words = n * dtype_of(KINDS[kind]).itemsize // 8
            yield kind, slice(start, start + words)
            start += words

    @property
    def words(self) -> int:
        """Length of the buffer [8-byte words]."""
        return sum(n * dtype_of(KINDS[kind]).itemsize // 8 for kind, n in self.counts)


class RunMemory:
    """A buffer and the world that views it.

    ``constants`` (days, allies, witnesses) and ``parameters`` are shared between runs and never written.
    """

    def __init__(
        self,
        layout: Layout,
        constants: Mapping[str, np.ndarray[Any, Any]],
        parameters: np.ndarray[Any, Any],
    ) -> None:
        self.buffer = np.zeros(layout.words, dtype=np.int64)
        views: dict[str, Any] = {
            kind: self.buffer[place].view(dtype_of(KINDS[kind])) for kind, place in layout.slices()
        }
        for kind in SINGLE_KINDS:
            views[kind] = views[kind][0]
        self.clock: Any = views["clock"]
        self.world = World(**views, **constants, par=parameters[0])  # pyright: ignore[reportArgumentType]


def fill_buffer(layout: Layout, records: Mapping[str, np.ndarray[Any, Any]]) -> np.ndarray[Any, Any]:
    """One flat buffer with these records in it."""
    buffer = np.zeros(layout.words, dtype=np.int64)
    for kind, place in layout.slices():
        buffer[place] = np.ascontiguousarray(records[kind]).view(np.int64)
    return buffer


def as_records(rows: np.ndarray[Any, Any]) -> list[dict[str, Any]]:
    """Rows as plain Python numbers and lists, field by field: read by columns, which takes a tenth of the time."""
    names = rows.dtype.names or ()
    columns = [rows[name].tolist() for name in names]
    return [dict(zip(names, cells, strict=True)) for cells in zip(*columns, strict=True)]


def thaw(
    buffer: np.ndarray[Any, Any],
    layout: Layout,
    constants: Mapping[str, np.ndarray[Any, Any]],
    parameters: Parameters,
    make: Callable[[str, int, dict[str, Any]], Any],
) -> World:
    """A world of objects from a buffer; ``make(kind, position, record)`` builds each of them."""
    arrays: dict[str, Any] = dict(constants)
    for kind, place in layout.slices():
        arrays[kind] = buffer[place].view(dtype_of(KINDS[kind]))
    objects = {
        kind: [make(kind, i, record) for i, record in enumerate(as_records(arrays[kind]))] for kind in KINDS
    }
    single: dict[str, Any] = {kind: objects[kind][0] for kind in SINGLE_KINDS}
    many: dict[str, Any] = {kind: objects[kind] for kind in MANY_KINDS}
    return World(**single, **many, par=parameters)


def plain_object(kind: str, _position: int, record: dict[str, Any]) -> Any:
    """A record as a plain object of its class."""
    cls = KINDS[kind]
    made: Any = object.__new__(cls)
    made.__dict__.update(record)
    return made


def freeze(world: World, layout: Layout) -> np.ndarray[Any, Any]:
    """The buffer of a world of objects; raises ``TypeError`` where a field holds another type than declared."""
    records: dict[str, np.ndarray[Any, Any]] = {}
    for kind, n in layout.counts:
        cls = KINDS[kind]
        held = getattr(world, kind)
        rows = [held] if kind in SINGLE_KINDS else held
        records[kind] = np.array([freeze_row(cls, row) for row in rows], dtype=dtype_of(cls)).reshape(n)
    return fill_buffer(layout, records)


def freeze_row(cls: type, row: Any) -> tuple[Any, ...]:
    """The declared fields of one object, types checked: an int field holds an int, a float field a float."""
    values: list[Any] = []
    for f in record_fields(cls):
        value = getattr(row, f.name)
        expected = int if is_integer(f) else float
        cells = value if f.metadata["size"] is not None else (value,)
        if any(type(cell) is not expected for cell in cells):
            raise TypeError(f"{cls.__name__}.{f.name} holds {value!r}; declared as {expected.__name__}")
        values.append(tuple(cells) if f.metadata["size"] is not None else value)
    return tuple(values)


def without_luck(buffer: np.ndarray[Any, Any], layout: Layout) -> np.ndarray[Any, Any]:
    """A copy of a buffer with the draws zeroed: what both drivers must agree on, however they fill their luck."""
    copy = buffer.copy()
    for kind, place in layout.slices():
        view = copy[place].view(dtype_of(KINDS[kind]))
        for field in LUCK_FIELDS:
            if field in (view.dtype.names or ()):
                view[field] = 0
    return copy
