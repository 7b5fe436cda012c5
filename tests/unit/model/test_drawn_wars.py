"""Wars drawn at random: the same by number, inside their priors, and wars that run."""

from __future__ import annotations

import math

import numpy as np
import pytest

import detente
from detente.model.drawn_wars import DAYS_PER_MONTH, PRIORS, drawn_war, world

WARS = world(200)


def main(war):
    return next(r for r in war.relation if r.between == ("government", "movement"))


def test_a_war_is_drawn_from_its_number_alone():
    assert world(3, first=5)[2].model_dump() == drawn_war(7).model_dump()
    assert drawn_war(7).model_dump() != drawn_war(8).model_dump()
    assert [w.case.name for w in world(2, first=3)] == ["drawn-3", "drawn-4"]


@pytest.mark.parametrize(("n", "first", "key"), [(0, 1, "n"), (-2, 1, "n"), (1, -1, "first")])
def test_no_wars_are_refused(n, first, key):
    with pytest.raises(detente.InputError, match=f"{key}: got"):
        world(n, first)


def test_deaths_a_month_have_the_median_and_spread_of_the_prior():
    deaths = np.array([DAYS_PER_MONTH * sum(main(w).attacks) * main(w).deaths_per_event[0] for w in WARS])
    assert 18.0 < np.median(deaths) < 45.0  # 28, give or take three standard errors
    assert 1.0 < np.std(np.log(deaths)) < 1.6
    assert deaths.min() >= 4.0 - 1e-9
    assert deaths.max() <= 1500.0 + 1e-6


def test_shares_of_wars_with_a_patron_a_third_party_and_envoys():
    patrons = np.mean([any(p.name == "patron" for p in w.party) for w in WARS])
    thirds = np.mean([any(p.name == "second-movement" for p in w.party) for w in WARS])
    envoys = np.mean([any(t.form == "backchannel" for t in w.track) for w in WARS])
    assert 0.2 < patrons < 0.4
    assert 0.2 < thirds < 0.4
    assert 0.4 < envoys < 0.6


def test_the_balance_is_even_in_the_median_and_spreads():
    ratios = np.log([w.party[0].morale for w in WARS])
    assert abs(np.median(ratios)) < 0.15
    assert 0.45 < np.std(ratios) < 0.7


def test_hawks_are_hawkish_and_shares_sum_to_one():
    for war in WARS:
        for p in war.party:
            assert math.isclose(sum(f.share for f in p.faction), 1.0)
            if len(p.faction) == 2:
                assert p.faction[0].hawkishness <= 0.5 <= p.faction[1].hawkishness


def test_the_sponsor_is_the_patron_where_there_is_one():
    for war in WARS:
        patron = any(p.name == "patron" for p in war.party)
        assert [p.name for p in war.party if p.sponsor] == ["patron" if patron else "government"]


def test_a_third_party_has_a_veto():
    for war in WARS:
        third = any(p.name == "second-movement" for p in war.party)
        assert main(war).veto == (("second-movement",) if third else ())


def test_every_prior_says_where_it_is_from():
    assert all(p.law and p.unit and p.source for p in PRIORS)
    assert len({p.name for p in PRIORS}) == len(PRIORS)


@pytest.mark.parametrize("war", WARS[:12], ids=lambda w: w.case.name)
def test_drawn_wars_run(war, compiled):
    policy = no_policy()
    runs = detente.ensemble(war, policy, runs=3)
    assert len(runs.outcomes) == 3
    assert np.isfinite(runs.outcomes["fatalities"]).all()


def no_policy():
    from detente.model.policy import Policy

    about = {"name": "none", "title": "None", "summary": "Nothing is done."}
    return Policy.model_validate({**about, "mode": "free"})
