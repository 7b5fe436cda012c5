"""Trust: what it stays at without news, how fast news fades, and how much each piece of news weighs."""

import math

import pytest
from builders import CALM, CASES
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.agents.rules import trust


@pytest.mark.parametrize("case", CASES)
def test_without_news_trust_stays_at_its_prior(workshop, compiled, case):
    start = workshop.opening(workshop.tables(case), parameters={"switches": CALM})
    run = workshop.run(start, 3)
    for name, d in zip(start.cast.dyads, workshop.world(start).dyads, strict=True):
        assert run.series(f"dyads.{name}.trust") == pytest.approx(d.trust_reference, abs=1e-12)
    assert run.last("tally.attacks") > 100


def test_news_fades_at_the_declared_pace(workshop):
    w = workshop.world(workshop.opening(workshop.tables()))
    d = w.dyads[0]
    d.kept += 3.0
    surplus = d.kept - d.prior_kept
    for _ in range(200):
        trust.trust(w)
    memory = w.par.trust.memory
    assert d.kept - d.prior_kept == pytest.approx(surplus * math.exp(-200 / memory), rel=1e-9)
    for _ in range(20_000):
        trust.trust(w)
    assert d.trust == pytest.approx(d.trust_reference, abs=1e-9)


def one_event_moves(w, d):
    """How far each kind of single event moves the belief of one dyad, by name."""
    p = w.par.trust

    def moved(act):
        kept = (d.kept, d.broken, d.trust)
        before = d.trust
        act()
        change = d.trust - before
        d.kept, d.broken, d.trust = kept
        return change

    found = {
        "a day of kept truce": moved(lambda: trust.good_news(w, d, p.kept_day)),
        "a day of broken truce": moved(lambda: trust.bad_news(w, d, p.kept_day)),
    }
    for m in w.measures:
        back = w.dyads[w.dyads[m.dyad].reverse]
        if back is d:
            first = trust.measure_weight(w, m.cost)
            found[f"measure {m.index}"] = moved(lambda first=first: trust.good_news(w, d, first))
            found[f"unmet {m.index}"] = moved(
                lambda first=first: trust.bad_news(w, d, p.unmet * first / p.loss_aversion)
            )
            if m.reversible == 1:
                found[f"reversal {m.index}"] = moved(lambda first=first: trust.bad_news(w, d, first))
    return found


@pytest.mark.parametrize("case", CASES)
def test_one_event_moves_trust_by_a_tenth_at_most(workshop, case):
    w = workshop.world(workshop.opening(workshop.tables(case)))
    for d in w.dyads:
        for event, change in one_event_moves(w, d).items():
            assert abs(change) <= 0.1, f"dyad {d.index}: {event} moves trust by {change:.3f}"
            assert change != 0.0


@pytest.fixture(scope="module")
def small_world(workshop):
    """A world of the template to write to; each test sets what it reads."""
    return workshop.world(workshop.opening(workshop.tables()))


@settings(max_examples=200, deadline=None)
@given(
    believed=st.floats(0.02, 0.98),
    amount=st.floats(0.001, 3),
    weight=st.floats(2, 40),
)
def test_evidence_of_a_breach_outweighs_that_of_a_promise_kept(small_world, believed, amount, weight):
    w = small_world
    d = w.dyads[0]
    d.kept, d.broken = weight * believed, weight * (1.0 - believed)
    d.trust = believed
    kept_before, broken_before = d.kept, d.broken
    trust.weigh_in(w, d, amount, 0.0)
    good = d.trust
    d.kept, d.broken, d.trust = kept_before, broken_before, believed
    trust.bad_news(w, d, amount)
    assert good > believed > d.trust
    assert d.kept + d.broken <= w.par.trust.max_weight + 1e-9
    odds_up = math.log(good / (1 - good)) - math.log(believed / (1 - believed))
    odds_down = math.log(believed / (1 - believed)) - math.log(d.trust / (1 - d.trust))
    if math.isclose(believed, 0.5, abs_tol=0.01):
        assert odds_down > odds_up
