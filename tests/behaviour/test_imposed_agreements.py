"""Agreements and plebiscites that a policy imposes, in whole runs."""

from datetime import date

import numpy as np
import pytest
from builders import ALL_UP, lasting, made_policy

from detente.agents import codes

FIRST = date(2030, 1, 1)
SIGN = {"sort": "joint", "actor": "republic", "to": "movement", "do": "sign_agreement"}
VOTE = {"sort": "context", "actor": "republic", "to": "movement", "do": "plebiscite"}
ON = dict.fromkeys(("bargaining", "adherence", "terms"), 1)
AGREED = "pairs.republic+movement.agreed"


def row_of(day):
    """The row of a trajectory that shows what a day brought."""
    return (day - FIRST).days + 1


def run_of(workshop, *moves, switches=ON, seed=1, years=2, **options):
    tables = lasting(workshop.tables(), years)
    parameters = {"switches": switches}
    return workshop.run(workshop.opening(tables, made_policy(*moves), parameters=parameters, **options), seed)


def events_of(run, *whats):
    return [
        (int(e["day"]), codes.EVENTS[e["what"]], codes.CAUSES[e["why"]])
        for e in run.events
        if e["what"] in whats
    ]


@pytest.mark.parametrize("switches", [ON, {}])
def test_an_imposed_agreement_stands_from_its_day(workshop, compiled, switches):
    day = date(2030, 9, 1)
    run = run_of(workshop, {**SIGN, "date": day}, switches=switches)
    agreed = run.series(AGREED)
    assert (agreed[row_of(day) - 1], agreed[row_of(day)]) == (0.0, 1.0)
    ((when, _, why),) = events_of(run, codes.AGREEMENT)
    assert when == (day - FIRST).days
    assert why in ("imposed by the policy", "imposed by the policy against the model's own rule")
    assert run.series("tracks.front.n_settled")[row_of(day)] == 4.0
    assert run.series("tally.against_model")[-1] == float("against" in why)


@pytest.mark.parametrize("switches", [ON, {}])
def test_an_imposed_agreement_is_a_package_that_nobody_refused(workshop, compiled, switches):
    run = run_of(workshop, {**SIGN, "date": date(2030, 9, 1)}, switches=switches)
    refused = len(events_of(run, codes.PACKAGE_REFUSED))
    assert run.series("tally.packages")[-1] - run.series("tally.agreements")[-1] == refused


def test_while_history_signs_the_rule_does_not(workshop, compiled):
    """Left to themselves, most of these runs come to an agreement earlier."""
    day, seeds = date(2035, 12, 1), range(20)
    by_rule = [run_of(workshop, years=6, seed=s, levers=ALL_UP).series(AGREED).max() for s in seeds]
    assert np.mean(by_rule) > 0.5
    for seed in seeds:
        agreed = run_of(workshop, {**SIGN, "date": day}, years=6, seed=seed, levers=ALL_UP).series(AGREED)
        assert agreed[: row_of(day)].max() == 0.0
        assert agreed[row_of(day)] == 1.0


def test_after_the_day_of_mode_until_the_rule_signs_again(workshop, compiled):
    day = date(2030, 2, 1)
    signed = {**SIGN, "date": day, "known_from": day}
    late = {**VOTE, "date": date(2030, 3, 1), "amount": 0.1}
    options = {"mode": "until", "until": date(2030, 2, 28), "years": 8, "levers": ALL_UP}
    runs = [run_of(workshop, signed, late, seed=s, **options) for s in range(10)]
    causes = [why for run in runs for _, _, why in events_of(run, codes.AGREEMENT)]
    assert causes.count("own choice") > 5
    assert len(causes) - causes.count("own choice") == 10


def test_without_settlement_nothing_is_imposed(workshop, compiled):
    moves = [{**SIGN, "date": date(2030, 9, 1)}, {**VOTE, "date": date(2030, 10, 1), "amount": 0.1}]
    run = run_of(workshop, *moves, switches=ON | {"settlement": 0})
    assert run.series(AGREED).max() == 0.0
    assert events_of(run, codes.AGREEMENT, codes.VOTED) == []


def test_a_partial_accord_leaves_the_rest_to_the_talks(workshop, compiled):
    day = date(2030, 9, 1)
    run = run_of(workshop, {**SIGN, "date": day, "issues": ["prisoners", "ceasefire"]})
    assert [run.series(f"tracks.{t}.n_settled")[row_of(day)] for t in ("front", "direct")] >= [2.0, 2.0]
    agreement = next(e for e in run.events if e["what"] == codes.AGREEMENT)
    assert agreement["value"] == run.series("tracks.front.n_settled")[row_of(day)] / 4.0
    full = run_of(workshop, {**SIGN, "date": day})
    assert next(e for e in full.events if e["what"] == codes.AGREEMENT)["value"] == 1.0


def test_an_accord_voted_down_and_signed_anew(workshop, compiled):
    """As in Colombia in 2016: the ceasefire outlives the vote, and a second accord follows."""
    first, vote, second = date(2030, 9, 26), date(2030, 10, 2), date(2030, 11, 24)
    moves = [{**SIGN, "date": first}, {**VOTE, "date": vote, "amount": 0.498}, {**SIGN, "date": second}]
    run = run_of(workshop, *moves)
    agreed, truce = run.series(AGREED), run.series("pairs.republic+movement.truce_state")
    assert [agreed[row_of(d)] for d in (first, vote, second)] == [1.0, 0.0, 1.0]
    assert (truce[row_of(first)], truce[row_of(vote)]) == (codes.IN_FORCE, codes.IN_FORCE)
    assert [what for _, what, _ in events_of(run, codes.AGREEMENT, codes.VOTED)] == [
        "agreement",
        "voted",
        "agreement",
    ]
    assert run.series("tracks.front.n_settled")[row_of(vote)] == 3.0


def test_a_vote_on_no_agreement_is_not_held(workshop, compiled):
    run = run_of(workshop, {**VOTE, "date": date(2030, 2, 1), "amount": 0.9})
    plain = run_of(workshop)
    assert events_of(run, codes.VOTED) == []
    assert np.array_equal(run.rows, plain.rows)
