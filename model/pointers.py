"""The compiled world: one pointer to a table of addresses.

A named tuple of record arrays would work as the engine's ``World``, but numba passes it by value: well over a hundred
words at every call of a rule.  Here the world is a single pointer.  Its table holds, for each kind of record, the
address of the first one and their number; reading ``w.dyads`` makes an array of that memory, ``w.clock`` a record.

This module is imported only when the engine is needed, since it imports numba.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any

import numpy as np
from llvmlite import ir
from numba import from_dtype, types
from numba.core import cgutils
from numba.core.typing.templates import AttributeTemplate
from numba.extending import (
    infer_getattr,
    intrinsic,
    lower_builtin,
    lower_getattr_generic,
    models,
    register_model,
)
from numba.np.arrayobj import load_item, make_array

from detente.agents.schema import dtype_of
from detente.agents.state import World
from detente.model.luck_ahead import PROSPECT, RESERVE
from detente.model.memory import KINDS, SINGLE_KINDS, parameter_dtype

RESERVES: dict[str, np.dtype[Any]] = {
    "prospect": PROSPECT,
    "reserves": RESERVE,
    "reserve_of": np.dtype(np.int32),
    "reserved": np.dtype(np.float64),
}
"""What the compiled world holds beside the records: luck drawn ahead."""

FIELDS = (*World._fields, *RESERVES)
RECORDS = (*SINGLE_KINDS, "par", "prospect")
"""Fields of the world that are one record; all others are arrays."""

DTYPES: dict[str, np.dtype[Any]] = {
    **{name: parameter_dtype() if name == "par" else dtype_of(KINDS[name]) for name in World._fields},
    **RESERVES,
}
ELEMENTS: dict[str, Any] = {name: from_dtype(dtype) for name, dtype in DTYPES.items()}


class WorldType(types.Type):
    """The numba type of the compiled world."""

    def __init__(self) -> None:
        super().__init__(name="detente.World")


world_type = WorldType()


class RecordsType(types.Array):
    """The numba type of the records of one kind, or of a reserve's numbers: an array whose indices are never negative.

    Python's meaning of a negative index would cost a load and three instructions at every look at a record.
    """

    def __init__(self, element: Any) -> None:
        super().__init__(element, 1, "C", name=f"detente.Records({element})")


register_model(RecordsType)(models.ArrayModel)


@lower_builtin(operator.getitem, RecordsType, types.Integer)
def read_item(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    """One record, or one number, by its position; checked where numba is told to check bounds."""
    array = make_array(sig.args[0])(context, builder, args[0])
    at = context.cast(builder, args[1], sig.args[1], types.intp)
    checked = context.enable_boundscheck
    place = cgutils.get_item_pointer(context, builder, sig.args[0], array, [at], boundscheck=checked)
    return load_item(context, builder, sig.args[0], place)


@register_model(WorldType)
class WorldModel(models.PrimitiveModel):
    """Represented as a pointer to the table."""

    def __init__(self, dmm: Any, fe_type: Any) -> None:
        super().__init__(dmm, fe_type, cgutils.voidptr_t)


@infer_getattr
class WorldAttributes(AttributeTemplate):
    """Types of the world's fields."""

    key = WorldType

    def generic_resolve(self, ty: Any, attr: str) -> Any:
        """The type of one field; none for a name it does not have."""
        del ty
        if attr not in ELEMENTS:
            return None
        return ELEMENTS[attr] if attr in RECORDS else RecordsType(ELEMENTS[attr])


@lower_getattr_generic(WorldType)
def read_field(context: Any, builder: Any, typ: Any, val: Any, attr: str) -> Any:
    """Load the address and number of a kind, and make a record or an array of them."""
    del typ
    word = ir.IntType(64)
    table = builder.bitcast(val, word.as_pointer())
    at = 2 * FIELDS.index(attr)

    def load(offset: int) -> Any:
        loaded = builder.load(builder.gep(table, [ir.Constant(word, at + offset)]))
        loaded.set_metadata("invariant.load", builder.module.add_metadata([]))
        return loaded

    address, number = load(0), load(1)
    element = ELEMENTS[attr]
    if attr in RECORDS:
        return builder.inttoptr(address, context.get_value_type(element))
    array_type = RecordsType(element)
    array = context.make_array(array_type)(context, builder)
    item = context.get_constant(types.intp, DTYPES[attr].itemsize)
    data = builder.inttoptr(address, context.get_data_type(element).as_pointer())
    context.populate_array(array, data=data, shape=[number], strides=[item], itemsize=item, meminfo=None)
    return array._getvalue()


@intrinsic
def world_at(typingctx: Any, address: Any) -> Any:  # pyright: ignore[reportUnusedParameter]
    """The world whose table lies at an address."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        del context, signature
        return builder.inttoptr(args[0], cgutils.voidptr_t)

    return world_type(types.int64), codegen


def address_table(world: World, reserves: Mapping[str, np.ndarray[Any, Any]]) -> np.ndarray[Any, Any]:
    """The table of a world of record arrays and its reserves of luck: address and number for each field.

    The table does not keep the memory alive: hold on to both as long as the table is in use.
    """
    table = np.zeros(2 * len(FIELDS), dtype=np.int64)
    for i, name in enumerate(FIELDS):
        held: Any = reserves[name] if name in RESERVES else getattr(world, name)
        array = np.asarray(held)
        table[2 * i] = array.ctypes.data  # its interface would describe every field, which takes milliseconds
        table[2 * i + 1] = 1 if name in RECORDS else len(array)
    return table
