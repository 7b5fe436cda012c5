"""Offensives and peacekeepers in whole runs: imposed, ruled out, overridden, and what they do."""

import math
from datetime import date

import numpy as np
import pytest
from builders import lasting, made_policy

import detente
from detente.agents import codes

DAY = date(2030, 3, 1)
FIRST = (DAY - date(2030, 1, 1)).days
ATTACK = {"sort": "act", "actor": "movement", "to": "republic", "do": "launch_offensive"}
SIGN = {"sort": "joint", "actor": "republic", "to": "movement", "do": "sign_agreement"}
KEEP = {"sort": "context", "actor": "republic", "to": "movement", "do": "peacekeepers", "amount": 1.0}
SEEDS = range(30)


def runs_of(workshop, *moves, years=1, seeds=SEEDS, **parameters):
    start = workshop.opening(lasting(workshop.tables(), years), made_policy(*moves), parameters=parameters)
    return [workshop.run(start, seed) for seed in seeds]


def launched(run, actor=None):
    """Days and causes of the offensives of a run."""
    parties = run.start.cast.parties
    return [
        (int(e["day"]), codes.CAUSES[e["why"]])
        for e in run.events
        if e["what"] == codes.OFFENSIVE and actor in (None, parties[e["actor"]])
    ]


def attacks(run, first, last):
    total = run.series("tally.attacks")
    return total[last] - total[first]


def test_an_imposed_offensive_raises_violence_for_some_weeks_and_not_before(workshop, compiled):
    with_it = runs_of(workshop, {**ATTACK, "date": DAY})
    without = runs_of(workshop)
    pairs = list(zip(with_it, without, strict=True))
    assert all(attacks(a, 0, FIRST) == attacks(b, 0, FIRST) for a, b in pairs)
    after = np.sum([[attacks(run, FIRST + 1, FIRST + 31) for run in two] for two in pairs], axis=0)
    assert after[0] > 1.3 * after[1]
    assert all(launched(run, "movement")[0][0] == FIRST for run in with_it)
    assert {launched(run, "movement")[0][1] for run in with_it} <= {
        "imposed by the policy",
        "imposed by the policy against the model's own rule",
    }


def test_what_is_ruled_out_is_not_launched(workshop, compiled):
    ban = {"sort": "act", "actor": "movement", "do": "block", "what": "launch_offensive", "to": "republic"}
    often = {"violence": {"offensive": 0.2}, "ceasefires": {"onset": 0.002, "collapse_cessation": 0.008}}
    free = runs_of(workshop, years=2, **often)
    blocked = runs_of(workshop, {**ban, "date": date(2030, 1, 1)}, years=2, **often)
    assert sum(len(launched(run, "movement")) for run in free) > 5
    assert sum(len(launched(run, "movement")) for run in blocked) == 0
    assert sum(len(launched(run, "republic")) for run in blocked) > 5


def test_a_party_of_ones_own_decides(workshop):
    class Bold(detente.Party):
        def launch_offensive(self, dyad):
            return math.inf if self.world.clock.day == 2.0 else 0.0

    model = detente.PeaceProcess("template", "status-quo", rng=1, actors={"movement": Bold}, collect=False)
    model.run_until(4)
    days = [dyad.offensive_day for dyad in model.world.dyads if dyad.hostile == 1]
    assert sorted(days) == [-1e6, 2.0]
    assert model.world.tally.offensives == 1.0


def test_peacekeepers_lengthen_peace(workshop, compiled):
    brittle = {"settlement": dict.fromkeys(("relapse_quarter", "relapse_year"), 1.5e-3)}
    signed = {**SIGN, "date": DAY}
    here = runs_of(workshop, signed, {**KEEP, "date": DAY}, years=3, seeds=range(50), **brittle)
    none = runs_of(workshop, signed, years=3, seeds=range(50), **brittle)
    kept, left = (np.array([run.series("tally.relapses")[-1] > 0 for run in runs]) for runs in (here, none))
    assert kept.sum() < 0.8 * left.sum()
    assert not (kept & ~left).sum() > 3


@pytest.mark.parametrize("amount", [0.0, 0.5])
def test_peacekeepers_alone_leave_a_war_as_it_is_fought(workshop, compiled, amount):
    """They act where a war would come back: nothing that is fought is fought less."""
    none, here = (
        runs_of(workshop, seeds=(3,)),
        runs_of(workshop, {**KEEP, "date": DAY, "amount": amount}, seeds=(3,)),
    )
    same = [run.series("tally.attacks")[: FIRST + 200] for run in (*none, *here)]
    assert np.array_equal(*same)
