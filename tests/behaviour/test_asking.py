"""Asking the actors changes nothing but their answers."""

import numpy as np
import pytest
from builders import ALL_UP, CASES

from detente.model.memory import freeze


@pytest.mark.parametrize("case", CASES)
def test_asking_changes_nothing_but_the_answers(workshop, case):
    from detente.agents.rules import asks
    from detente.model.memory import LUCK_FIELDS

    w = workshop.world(workshop.opening(workshop.tables(case), levers=ALL_UP), whole_log=True)
    start = workshop.opening(workshop.tables(case), levers=ALL_UP)
    before = freeze(w, start.layout)
    answers = {"hazard", "heat", "threat", "score", "package_value", *LUCK_FIELDS}
    for name in ("violence", "ceasefires", "mediation", "talks", "measures", "leverage", "settlement"):
        getattr(asks, f"ask_{name}")(w)
    after = freeze(w, start.layout)
    assert changed_fields(start, before, after) <= answers


def changed_fields(start, before, after):
    from detente.agents.schema import dtype_of
    from detente.model.memory import KINDS

    found = set()
    for kind, place in start.layout.slices():
        a, b = (x[place].view(dtype_of(KINDS[kind])) for x in (before, after))
        found |= {f for f in a.dtype.names or () if not np.array_equal(a[f], b[f])}
    return found
