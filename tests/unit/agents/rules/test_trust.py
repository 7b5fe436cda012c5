"""Trust (E4): T = a / (a + b); news adds to a or b, weighs no more than its bound, fades to the prior, spills over."""

import math

import pytest
from worlds import world

from detente.agents.rules.trust import (
    bad_news,
    good_news,
    measure_weight,
    retract,
    spread_news,
    trust,
    weigh_in,
)
from detente.agents.state import Witness


@pytest.fixture
def w():
    w = world()
    for d in w.dyads:
        d.kept, d.broken, d.prior_kept, d.prior_broken = 2.0, 3.0, 1.0, 2.0
    w.par.trust.spillover, w.par.trust.loss_aversion, w.par.trust.max_weight = 0.2, 2.5, 40.0
    return w


@pytest.mark.parametrize(
    ("kept", "broken", "trust_", "record"), [(1.0, 0.0, 0.5, 1.0), (0.0, 1.0, 1 / 3, -1.0)]
)
def test_evidence_moves_belief_and_record(w, kept, broken, trust_, record):
    d = w.dyads[2]
    weigh_in(w, d, kept, broken)
    assert (d.kept, d.broken, d.record) == (2.0 + kept, 3.0 + broken, record)
    assert d.trust == pytest.approx(trust_)
    assert w.tally.news == 1.0
    weigh_in(w, d, kept, broken)
    assert (d.record, w.tally.news) == (2.0 * record, 2.0)


def test_the_weight_of_a_belief_is_bounded_and_its_mean_kept(w):
    d = w.dyads[2]
    d.kept, d.broken, w.par.trust.max_weight = 6.0, 3.0, 10.0
    weigh_in(w, d, 9.0, 2.0)  # 15 and 5 are scaled to 10 in all
    assert (d.kept, d.broken, d.trust) == pytest.approx((7.5, 2.5, 0.75))


def test_only_evidence_among_foes_counts_as_news(w):
    weigh_in(w, w.dyads[4], 1.0, 0.0)
    weigh_in(w, w.dyads[2], 0.0, 0.0)
    assert w.tally.news == 0.0
    weigh_in(w, w.dyads[2], 0.0, 1.0)
    assert w.tally.news == 1.0


def test_news_spreads_to_its_own_witnesses_and_no_further(w):
    w.witnesses.extend([Witness(0, 1), Witness(2, 4), Witness(2, 5), Witness(3, 1)])
    d = w.dyads[2]
    d.first_witness, d.n_witnesses = 1, 2
    spread_news(w, d, 1.0, 0.5)
    assert [k.kept for k in w.dyads] == [2.0, 2.0, 2.0, 2.0, 2.2, 2.2]
    assert [k.broken for k in w.dyads] == [3.0, 3.0, 3.0, 3.0, 3.1, 3.1]


def test_good_news_weighs_once_and_bad_news_more(w):
    w.witnesses.append(Witness(2, 4))
    d, heard = w.dyads[2], w.dyads[4]
    d.n_witnesses = 1
    good_news(w, d, 0.4)
    assert (d.kept, d.broken) == (2.4, 3.0)
    assert (heard.kept, heard.broken) == pytest.approx((2.08, 3.0))
    bad_news(w, d, 0.4)
    assert (d.kept, d.broken) == (2.4, 4.0)
    assert (heard.kept, heard.broken) == pytest.approx((2.08, 3.2))


@pytest.mark.parametrize(("kept", "left"), [(2.0, 1.4), (1.2, 1.0), (0.8, 0.8)])
def test_what_is_retracted_never_falls_below_the_prior(w, kept, left):
    d = w.dyads[2]
    d.kept = kept
    retract(w, d, 0.6)
    assert d.kept == pytest.approx(left)
    assert d.trust == pytest.approx(left / (left + 3.0))


def test_a_costly_measure_weighs_by_its_cost(w):
    w.par.trust.measure_weight, w.par.trust.measure_scale = 0.8, 0.5
    assert measure_weight(w, 0.0) == 0.0
    assert measure_weight(w, 0.5 * math.log(4.0)) == pytest.approx(0.6)


def test_belief_and_record_fade(w):
    w.rates.keep_trust, w.rates.keep_record = 0.75, 0.5
    for d in w.dyads:
        d.record = 4.0
    trust(w)
    for d in w.dyads:
        assert (d.kept, d.broken, d.record) == (1.75, 2.75, 2.0)
        assert d.trust == pytest.approx(1.75 / 4.5)


def test_switched_off_nothing_moves(w):
    w.par.switches.trust = 0
    d = w.dyads[2]
    before = dict(vars(d))
    weigh_in(w, d, 1.0, 2.0)
    retract(w, d, 0.5)
    trust(w)
    assert vars(d) == before
