"""One declaration per kind of record.

A record class lists its fields once, each with unit, range and meaning.  From that list come the numpy
dtype of the compiled engine, the attributes of the Mesa agents, and the tables of the documentation.
Fields are 8-byte integers or floats, or short fixed lists of them, so that a record is plain memory.
"""

from __future__ import annotations

from dataclasses import Field, dataclass, field, fields
from functools import cache
from typing import TYPE_CHECKING, Any, dataclass_transform

if TYPE_CHECKING:
    import numpy as np


def var(
    meaning: str,
    unit: str = "",
    *,
    low: float | None = None,
    high: float | None = None,
    initial: float = 0,
    size: int | None = None,
    stock: bool = False,
    shows: tuple[str, ...] = (),
) -> Any:
    """Declare a state variable: what it means, its unit, and the range it may take.

    ``size`` makes it a fixed list (an agenda, a row of draws); otherwise it is one number.  A ``stock`` is a quantity
    that the model's feedbacks run through; the audit asks of it that it moves inside its range.  A count ``shows`` the
    mechanisms named to have acted, each by its switch, with a part of it after a colon ("talks: leak").
    """
    metadata = {"meaning": meaning, "unit": unit, "low": low, "high": high, "size": size}
    metadata |= {"stock": stock, "shows": shows}
    if size is None:
        return field(default=initial, metadata=metadata)
    return field(default_factory=lambda: [initial] * size, metadata=metadata)


@dataclass_transform(field_specifiers=(var,))
def record[T](cls: type[T]) -> type[T]:
    """Make a class a record: a dataclass compared by identity, its fields in declared order."""
    return dataclass(eq=False)(cls)


@cache
def record_fields(cls: type) -> tuple[Field[Any], ...]:
    """The declared fields of a record class, in the order of its memory."""
    return tuple(fields(cls))


@cache
def is_integer(f: Field[Any]) -> bool:
    """Whether a declared field holds integers."""
    return f.type in ("int", "list[int]")


@cache
def dtype_of(cls: type) -> np.dtype[Any]:
    """The numpy record dtype of a record class: packed 8-byte fields."""
    import numpy as np

    def entry(f: Field[Any]) -> tuple[Any, ...]:
        code = "i8" if is_integer(f) else "f8"
        size = f.metadata["size"]
        return (f.name, code) if size is None else (f.name, code, (size,))

    return np.dtype([entry(f) for f in record_fields(cls)])
