"""How runs end: each in exactly one way, and none of it certain whatever the levers."""

import numpy as np
import pytest
from builders import ALL_UP, CASES

from detente.agents.codes import END_REASONS, LEVERS


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("levers", [{}, ALL_UP], ids=["levers at 0", "levers at 1"])
def test_every_run_ends_in_exactly_one_way(workshop, compiled, case, levers):
    start = workshop.opening(workshop.tables(case), levers=levers)
    made = workshop.batch(start, 300)
    column = made.final_columns.index
    ends = made.final[:, column("clock.end_reason")]
    shares = [(ends == code).mean() for code in range(len(END_REASONS))]
    assert shares[0] == 0.0
    assert sum(shares) == pytest.approx(1.0)
    collapsed = made.final[:, column("clock.end_step")] < start.n_steps - 1
    falls = ("collapse", "government_victory", "rebel_victory")
    assert set(ends[collapsed]) <= {END_REASONS.index(word) for word in falls}
    agreed = sum(made.final[:, column(f"pairs.{p}.agreed")] for p in start.cast.pairs)
    assert ((ends == END_REASONS.index("fighting_on")) <= (agreed == 0)).all()
    assert ((ends == END_REASONS.index("settled")) <= (agreed > 0)).all()


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("level", [0.0, 1.0])
def test_levers_at_the_edges_leave_the_future_open(workshop, compiled, case, level):
    """At 0 the world is alive, at 1 nothing is certain: things happen in some runs and not in others."""
    start = workshop.opening(workshop.tables(case), levers=dict.fromkeys(LEVERS, level))
    made = workshop.batch(start, 400)

    def last(name):
        return made.final[:, made.final_columns.index(name)]

    for name in ("tally.truces", "tally.tracks", "tally.measures"):
        happened = last(name) > 0
        assert happened.any(), f"{name} never happens"
    settled = (last("tally.agreements") > 0).mean()
    assert settled < 0.98
    assert level == 0.0 or settled > 0.0
    for name in ("tally.fatalities", "tally.attacks", "tally.truce_days", "tally.talk_days"):
        low, high = np.quantile(last(name), [0.1, 0.9])
        assert high > low, f"{name} is the same in every run"
    for name in start.cast.dyads:
        if workshop.world(start).dyads[start.cast.dyads.index(name)].hostile == 1:
            assert last(f"dyads.{name}.trust").std() > 0.01
