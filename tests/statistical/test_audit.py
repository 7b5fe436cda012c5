"""The audit finds what it should: levers act through their mechanisms alone, and a dead one is called dead."""

import numpy as np
import pytest

from detente.agents.codes import LEVERS
from detente.experiments import audit
from detente.experiments.audit import Effect, LeverResult, StockResult

pytestmark = pytest.mark.slow


def quiet(what, done, total):
    pass


def test_no_lever_acts_with_its_mechanisms_off(compiled):
    results = audit.audit_levers("afghanistan-2018", range(1, 61), "history", quiet)
    assert [r.lever for r in results] == list(LEVERS)
    assert not [r.lever for r in results if r.acts_when_off]
    assert {"recognition", "force_posture", "direct_channel", "confidence_building", "ceasefires"} <= {
        r.lever for r in results if r.passed
    }


def test_every_mechanism_acts_in_some_case(compiled):
    results = [
        r
        for case, policy in audit.audited_policies()
        for r in audit.audit_mechanisms(case, range(1, 101), policy)
    ]
    assert {r.mechanism for r in results} == {r.mechanism for r in results if r.passed} == set(audit.FIRES)


def test_what_does_nothing_fails():
    nothing = Effect("fatalities", 0.0, 0.0, 0.0, 0.0)
    blurred = Effect("fatalities", 1.0, -1.0, 3.0, 0.5)
    clear = Effect("fatalities", 1.0, 0.5, 1.5, 0.5)
    assert not LeverResult("a", "mediation", (nothing, blurred), acts_when_off=False).passed
    assert LeverResult("a", "mediation", (nothing, clear), acts_when_off=False).passed
    assert not LeverResult("a", "mediation", (clear,), acts_when_off=True).passed
    assert not StockResult("a", "parties.capital", on_bound=0.9, spread=0.5).passed
    assert not StockResult("a", "parties.capital", on_bound=0.0, spread=0.01).passed


def test_effects_are_paired_by_seed():
    rng = np.random.default_rng(1)
    base = {o.name: rng.normal(size=200) * 10 for o in audit.OUTCOMES}
    changed = {name: values + 2.0 for name, values in base.items()}
    for effect in audit.paired_effects(base, changed):
        assert effect.mean == pytest.approx(2.0)
        assert effect.high - effect.low == pytest.approx(0.0, abs=1e-9)
        assert effect.counts
