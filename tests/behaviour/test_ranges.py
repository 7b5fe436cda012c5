"""No NaN, no infinity, no negative count and no value outside its declared range, whatever the parameters in theirs.

Every shipped case is run compiled under parameters, levers, theories, switches and steps drawn at random, edges
included.
"""

import math

import numpy as np
import pytest
from shipped_cases import FAST

from detente.agents.codes import LEVERS, THEORIES
from detente.agents.parameters import Parameters, is_fixed
from detente.agents.schema import record_fields
from detente.model.catalogue import case_names, load_scenario, policy_names
from detente.model.engine import run_batch
from detente.model.errors import InputError
from detente.model.memory import KINDS
from detente.model.request import open_case
from detente.model.series import columns
from detente.model.trajectory import EventOverflowError

STEPS = (None, None, None, 0.5, 2.0, 7.0, 28.0)
EXCITATION = ("n_own", "n_rec", "n_ally")
MOST_BRANCHING = 0.8
RARE = 0.05
"""Share of draws that may be refused (they cannot be reconciled with the case) or overflow the log of events."""


def parameters_at(rng):
    """All parameters anywhere in their ranges, one in five at an edge; each switch off one time in six."""
    tables = {}
    for group, held in Parameters.model_fields.items():
        tables[group] = {}
        for name, field in held.annotation.model_fields.items():
            if is_fixed(field):
                continue
            low = next(m.ge for m in field.metadata if hasattr(m, "ge"))
            high = next(m.le for m in field.metadata if hasattr(m, "le"))
            x = rng.choice([0.0, 1.0]) if rng.random() < 0.2 else rng.random()
            value = int(rng.random() > 1 / 6) if group == "switches" else low + x * (high - low)
            tables[group][name] = min(max(value, low), high)
    branching = sum(tables["violence"][name] for name in EXCITATION)
    for name in EXCITATION:  # the sum is bounded too
        tables["violence"][name] *= min(1.0, 0.999 * MOST_BRANCHING / branching) if branching else 1.0
    return tables


def drawn(number, cases=FAST):
    """One of some cases under a policy with everything drawn from a number; the number alone gives it again."""
    rng = np.random.default_rng(number)
    case = str(rng.choice(cases))
    policy = str(rng.choice(policy_names(load_scenario(case))))
    mode = None if rng.random() < 0.5 else str(rng.choice(["free", "conditioned"]))
    levers = {name: float(rng.choice([0.0, 1.0, rng.random()])) for name in LEVERS}
    step = STEPS[rng.integers(len(STEPS))]
    asked = {"levers": levers, "parameters": parameters_at(rng), "mode": mode, "step_days": step}
    return open_case(case, policy, theory=str(rng.choice(THEORIES)), **asked), int(rng.integers(2**31))


def bounds(start):
    """Lowest and highest value of every column, from where its field is declared; counts are never negative."""
    low, high = [], []
    for column in columns(start.cast):
        kind, field = column.split(".")[0], column.rsplit(".", 1)[1]
        about = next(f.metadata for f in record_fields(KINDS[kind]) if f.name == field)
        floor = 0.0 if kind == "tally" and field != "log_score" else -math.inf
        low.append(about["low"] if about["low"] is not None else floor)
        high.append(about["high"] if about["high"] is not None else math.inf)
    return np.array(low), np.array(high)


def faults(number, cases):
    """What is wrong in the run that a number gives, in words; none if it was refused."""
    start, seed = drawn(number, cases)
    names = columns(start.cast)
    made = run_batch(start, [seed], wanted=names, every=1)
    rows = np.concatenate([made.series[0], made.final])
    low, high = bounds(start)
    slack = 1e-9
    bad = ~np.isfinite(rows) | (rows < low - slack) | (rows > high + slack)
    who = [names[k] for k in np.flatnonzero(bad.any(axis=0))]
    cum = [
        k
        for k, n in enumerate(names)
        if n.endswith("cum_attacks") or n in ("tally.attacks", "tally.fatalities")
    ]
    falls = [names[k] for k in cum if (np.diff(made.series[0][:, k]) < -slack).any()]
    ending = made.final[0][list(names).index("clock.end_reason")]
    return [*who, *(f"{n} falls" for n in falls), *(["no ending"] if ending == 0 else [])]


def check(numbers, cases=FAST):
    refused = 0
    for number in numbers:
        try:
            found = faults(number, cases)
        except (InputError, EventOverflowError):
            refused += 1
            continue
        assert not found, f"draw {number}: {', '.join(found[:8])}"
    assert refused <= max(1, RARE * len(numbers)), f"{refused} of {len(numbers)} draws gave no run"


def test_nothing_leaves_its_range(compiled):
    check(range(120))


@pytest.mark.acceptance
def test_nothing_leaves_its_range_in_thousands_of_draws(compiled):
    check(range(120, 4200), case_names())


def test_control_draws_differ_and_cover_everything():
    starts = [drawn(number)[0] for number in range(60)]
    assert {s.scenario.case.name for s in starts} == set(FAST)
    assert {s.theory for s in starts} == set(THEORIES)
    assert len({s.policy.name for s in starts}) > 5
    for switch in ("talks", "trust", "leverage"):
        assert {getattr(s.parameters.switches, switch) for s in starts} == {0, 1}
