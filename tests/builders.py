"""What tests of behaviour build their cases, policies and comparisons from."""

import copy

import numpy as np

from detente.agents.codes import LEVERS

CASES = ("template", "afghanistan-2018")
ALL_UP = dict.fromkeys(LEVERS, 1.0)
CALM = dict.fromkeys(
    (
        *("ceasefires", "talks", "measures", "mediation", "leverage", "settlement", "spoilers"),
        *("level", "endings", "leaders"),
    ),
    0,
)
"""Switches of everything that could move violence away from its base rates."""


def flat(tables):
    """A case without seasons and holidays, its levers acting from the first day."""
    made = copy.deepcopy(tables)
    made["calendar"] = {}
    made["case"]["pivot"] = made["case"]["start"]
    return made


def lasting(tables, years):
    """A case that runs for so many years."""
    made = copy.deepcopy(tables)
    made["case"]["end"] = made["case"]["start"].replace(year=made["case"]["start"].year + years)
    return made


def made_policy(*moves, **others):
    """The tables of a policy of these moves, all imposed; ``others`` are further keys of it."""
    return {
        "name": "made",
        "title": "Made",
        "summary": "",
        "mode": "conditioned",
        "move": list(moves),
        **others,
    }


def differing(a, b, but=()):
    """Columns in which two runs of one case differ."""
    return [
        c
        for c in a.columns
        if not c.startswith(but) and not np.array_equal(a.series(c), b.series(c), equal_nan=True)
    ]
