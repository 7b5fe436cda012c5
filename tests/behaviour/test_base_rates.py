"""Readiness moves hazards away from base rates fitted to data; at the reference it leaves them there.

Statistical tests state how often they would fail by chance, and have a control that must fail.
"""

import copy
import math
from datetime import date

import numpy as np
import pytest
from builders import CASES, differing, flat, made_policy

from detente.agents.parameters import Parameters
from detente.agents.rules import ceasefires, endurance, readiness, talks


def test_doubled_losses_and_reference_leave_readiness_alone(workshop):
    start = workshop.opening(workshop.tables())
    plain, doubled = workshop.world(start), workshop.world(start)
    for w, factor in ((plain, 1.0), (doubled, 2.0)):
        for p in w.parties:
            p.losses_normal *= factor
        rng = np.random.default_rng(5)
        for _ in range(100):
            for p in w.parties:
                p.losses = factor * float(rng.poisson(4.0))
            endurance.endurance(w)
            readiness.readiness(w)
    for a, b in zip(plain.dyads, doubled.dyads, strict=True):
        assert (a.readiness, a.motivation, a.war_value) == (b.readiness, b.motivation, b.war_value)
    assert plain.parties[0].exhaustion != 1.0


def test_deaths_scale_moves_fatalities_only(workshop, compiled):
    tables = workshop.tables()
    doubled = copy.deepcopy(tables)
    doubled["case"]["deaths_scale"] = 2.0 * tables["case"]["deaths_scale"]
    a, b = (workshop.run(workshop.opening(t), 4) for t in (tables, doubled))
    assert differing(a, b) == ["tally.fatalities"]
    assert b.last("tally.fatalities") == pytest.approx(2.0 * a.last("tally.fatalities"))


@pytest.mark.parametrize("case", CASES)
def test_reference_readiness_gives_base_rates(workshop, case):
    w = workshop.world(workshop.opening(flat(workshop.tables(case))))
    par = w.par
    offers = 0.0
    for d in w.dyads:
        if d.hostile == 1:
            assert readiness.rise(w, d) == 0.0
            hazard = ceasefires.offer_truce(w, w.parties[d.source], d)
            assert hazard == pytest.approx(w.rates.offer_rate, rel=1e-12)
            offers += hazard
    answered = 1.0 - math.exp(-par.ceasefires.answer * par.ceasefires.answer_days)
    assert offers * answered == pytest.approx(par.ceasefires.onset, rel=1e-9)
    for track in w.tracks:
        pair = w.pairs[track.pair]
        sides = (w.parties[pair.a], w.parties[pair.b])
        unmet = 1.0
        for side in sides:
            unmet *= talks.precondition(w, side, track)
        opening = sum(talks.open_track(w, side, track) for side in sides)
        assert opening == pytest.approx(par.talks.base * unmet, rel=1e-9)
        track.is_open = 1
        failing = sum(talks.leave_track(w, side, track) for side in sides)
        assert failing == pytest.approx(par.talks.failure, rel=1e-9)


def test_readiness_moves_the_rates_away_from_base(workshop):
    w = workshop.world(workshop.opening(workshop.tables()))
    d = w.dyads[0]
    before = ceasefires.offer_truce(w, w.parties[d.source], d)
    d.readiness += 0.1
    readiness.grow_eager(w, d)
    expected = math.exp(0.1 * w.par.ceasefires.slope)
    assert ceasefires.offer_truce(w, w.parties[d.source], d) / before == pytest.approx(expected)


def long_truce(workshop, *, stands):
    """The template under a truce from the tenth day on that nobody breaks, or without any."""
    tables = flat(workshop.tables())
    first, last = date(2030, 1, 10), tables["case"]["end"]
    window = {"from": first, "until": last}
    offer = {"date": first, "actor": "republic", "do": "offer_truce", "to": "movement", **window}
    answer = {
        "date": first,
        "sort": "reply",
        "actor": "movement",
        "do": "answer_truce",
        "to": "republic",
        **window,
    }
    switches = {"measures": 0, "settlement": 0, "spoilers": 0, "talks": 0, "mediation": 0}
    return workshop.opening(
        tables,
        made_policy(offer, answer) if stands else None,
        parameters={"switches": switches | ({} if stands else {"ceasefires": 0})},
    )


def test_readiness_peaks_and_then_declines_in_a_long_quiet_truce(workshop, compiled):
    """Trust grows at once; the pain that made peace worth having fades with the losses."""
    column = "dyads.republic>movement.readiness"
    start = long_truce(workshop, stands=True)
    truce = workshop.batch(start, 200, wanted=(column,), every=7).series[:, :, 0]
    mean = truce.mean(axis=0)
    peak = int(mean.argmax())
    noise = 4 * (truce[:, -1] - truce[:, peak]).std() / math.sqrt(len(truce))
    assert 2 < peak < len(mean) - 8
    assert mean[peak] > mean[0]
    assert mean[-1] < mean[peak] - noise
    assert workshop.final(start, 50, "tally.truce_days").min() > 600


def test_control_without_a_truce_readiness_does_not_decline(workshop, compiled):
    column = "dyads.republic>movement.readiness"
    war = workshop.batch(long_truce(workshop, stands=False), 200, wanted=(column,), every=7).series[:, :, 0]
    half = war.shape[1] // 2
    change = war[:, half:].mean(axis=1) - war[:, 4:half].mean(axis=1)
    assert abs(change.mean()) < 5 * change.std() / math.sqrt(len(change)) + 0.01


# Counted in 3,000 conflict-years, the share has a standard error of 0.75 %: 19 to 23 % is missed by chance in less than
# one choice of seeds in a hundred; seeds are fixed.
@pytest.mark.parametrize("case", CASES)
def test_a_fifth_of_conflict_years_see_a_ceasefire_at_reference_readiness(workshop, compiled, case):
    assert 0.19 < onset_share(workshop, case) < 0.23


def onset_share(workshop, case, **ceasefire):
    tables = flat(workshop.tables(case))
    tables["case"]["end"] = tables["case"]["start"].replace(month=12, day=31)
    off = ("readiness", "talks", "measures", "mediation", "leverage", "spoilers", "settlement")
    parameters = {"switches": dict.fromkeys(off, 0), "ceasefires": {"bloody": 0.0, **ceasefire}}
    start = workshop.opening(tables, parameters=parameters)
    return (workshop.final(start, 3000, "tally.truces") > 0).mean()


def test_control_another_onset_is_noticed(workshop, compiled):
    onset = 1.5 * Parameters().ceasefires.onset
    assert not 0.19 < onset_share(workshop, "template", onset=onset) < 0.23
