"""Scenario discovery: in which states of the world something happens, found by PRIM and said in words.

PRIM (Friedman & Fisher 1999; Bryant & Lempert 2010) peels slices off the box that holds all states, so that those left
have more and more of what is sought in them.  Limits that chance would give as well are dropped again.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.model.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

CHANCE = 0.05
"""Quasi-p of a limit above which it is dropped (Bryant & Lempert 2010)."""


class NoWorkbenchError(InputError):
    """The EMA Workbench is not installed."""

    def __init__(self) -> None:
        needs = "expected it installed: python3 -m pip install 'detente[discovery]'"
        super().__init__(f"scenario discovery needs the EMA Workbench; {needs}")


def discover(inputs: pd.DataFrame, wanted: Any, *, least_mass: float = 0.1) -> dict[str, Any]:
    """The states in which something happens, in words: one box of PRIM.

    ``inputs`` has a row a state and a column a parameter, or a name such as that of a theory; ``wanted`` says of each
    state whether it happened.  Gives base (share of all states in which it did), density (the same in the box),
    coverage (share of all such states that the box holds), mass (share of states in the box), limits (two ends, or
    names) and words.  Raises ``NoWorkbenchError`` where the extra ``discovery`` is missing.
    """
    wanted = np.asarray(wanted, dtype=bool)
    base = float(wanted.mean())
    if wanted.all() or not wanted.any():
        words = "in every state" if wanted.all() else "in no state"
        return {"base": base, "density": base, "coverage": 1.0, "mass": 1.0, "limits": {}, "words": words}
    box = without_chance(prim_box(inputs, wanted, least_mass))
    found = {
        "base": base,
        "density": float(box.density),
        "coverage": float(box.coverage),
        "mass": float(box.mass),
        "limits": dict(limits(box, inputs)),
    }
    return {**found, "words": in_words(found, inputs)}


def prim_box(inputs: pd.DataFrame, wanted: Any, least_mass: float) -> Any:
    """The first box that PRIM peels."""
    import warnings

    names = inputs.select_dtypes(exclude="number").columns
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the workbench warns of optional parts, and uses pandas' older names
        try:
            from ema_workbench.analysis import prim
        except ImportError:
            raise NoWorkbenchError from None
        told = inputs.astype(dict.fromkeys(names, "category"))
        return prim.Prim(told, wanted, mass_min=least_mass, **threshold(prim.Prim, wanted)).find_box()


def threshold(prim: Any, wanted: Any) -> dict[str, Any]:
    """The least density of a box, that of all states, where PRIM asks for one: version 3 of the workbench does not."""
    asks = "threshold" in inspect.signature(prim).parameters
    return {"threshold": float(wanted.mean())} if asks else {}


def without_chance(box: Any) -> Any:
    """The box without limits that chance would give as well, the likeliest dropped first."""
    import warnings

    while doubtful := {name: p for name, p in chances(box) if p > CHANCE}:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            box.drop_restriction(max(doubtful, key=lambda name: doubtful[name]))
    return box


def chances(box: Any) -> Iterator[tuple[str, float]]:
    """Each parameter that limits the box, with the smaller quasi-p of its ends."""
    steps = (
        box.p_values if hasattr(box, "p_values") else box.qp
    )  # the name in version 3 of the workbench, and before
    for name, ends in steps[-1].items():
        known = [float(p) for p in ends if p >= 0]
        if known:
            yield str(name), min(known)


def limits(box: Any, inputs: pd.DataFrame) -> Iterator[tuple[str, tuple[float, float] | tuple[str, ...]]]:
    """What confines the box: two ends of a number, the names left of a word."""
    first, last = box.box_lims[0], box.box_lims[-1]
    for name in map(str, inputs.columns):
        if isinstance(last[name].iloc[0], set):
            kept = [word for word in dict.fromkeys(inputs[name]) if word in last[name].iloc[0]]
            if len(kept) < len(first[name].iloc[0]):
                yield name, tuple(map(str, kept))
        elif not np.allclose(last[name].astype(float), first[name].astype(float)):
            yield name, (float(last[name].iloc[0]), float(last[name].iloc[1]))


def in_words(found: Mapping[str, Any], inputs: pd.DataFrame) -> str:
    """A box as a sentence: an end is named where the box stops short of the range tried."""
    parts = [limit_words(name, limit, inputs[name]) for name, limit in found["limits"].items()]
    if not parts:
        return f"in {found['base']:.0%} of the states, wherever one looks"
    return (
        f"in {found['density']:.0%} of the states with {' and '.join(parts)}, against {found['base']:.0%} of all; "
        f"{found['coverage']:.0%} of the states in which it does so lie there"
    )


def limit_words(name: str, limit: tuple[Any, ...], tried: pd.Series[Any]) -> str:
    """One limit of a box."""
    if isinstance(limit[0], str):
        return f"{name} {' or '.join(limit)}"
    low, high = limit
    if low > tried.min() and high < tried.max():
        return f"{name} from {low:.3g} to {high:.3g}"
    return f"{name} above {low:.3g}" if low > tried.min() else f"{name} below {high:.3g}"
