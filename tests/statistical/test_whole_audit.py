"""The audit passes as a whole: every lever, mechanism, stock and parameter does something somewhere."""

import pytest

from detente.agents.codes import LEVERS
from detente.experiments.audit import audit
from detente.experiments.audit.parameter_reach import parameter_ends


@pytest.mark.acceptance
def test_everything_in_the_model_does_something(compiled):
    made = audit.audit(runs=200)
    assert {r.lever for r in made.levers} == set(LEVERS)
    assert {r.mechanism for r in made.mechanisms} == set(audit.FIRES)
    assert {r.parameter for r in made.parameters} == set(parameter_ends())
    assert len(made.stocks) > 30
    assert not made.failures(), "\n".join(["the audit fails:", *made.failures()])
