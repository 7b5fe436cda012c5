"""Which acts of a history hold on a day, and what is known of their ends."""

from datetime import date, timedelta

import pytest

from detente.experiments.benchmark.acts_in_force import following, in_force, policy_of, with_ends
from detente.model.policy import MoveSpec

DAY = date(2014, 1, 1)


def move(do, ago=10, **keys):
    about = {"date": DAY - timedelta(days=ago), "actor": "a", "do": do}
    return MoveSpec.model_validate({**about, **keys})


def truce(ago=10, **keys):
    return move("offer_truce", ago, to="b", **keys)


def lasting(ago, until):
    return {"from": DAY - timedelta(days=ago), "until": until}


@pytest.mark.parametrize(
    ("made", "holds"),
    [
        (truce(60), True),
        (truce(61), False),
        (truce(300, **lasting(300, DAY)), True),
        (truce(300, **lasting(300, DAY - timedelta(days=1))), False),
        (move("sign_agreement", 60, to="b", sort="joint"), True),
        (move("open_track", 365, track="t"), True),
        (move("open_track", 366, track="t"), False),
        (move("leave_track", 5, track="t"), False),
        (move("block", 5, to="b", what="answer_truce", until=DAY), True),
        (move("block", 5, to="b", what="answer_truce", until=DAY - timedelta(days=1)), False),
        (truce(0), False),
        (truce(1), True),
    ],
)
def test_what_holds_on_a_day(made, holds):
    assert bool(in_force([made], DAY)) == holds


def test_talks_of_another_track_may_be_left():
    opened, left = move("open_track", 20, track="t"), move("leave_track", 10, track="u")
    assert len(in_force([opened, left], DAY)) == 1
    assert (
        len(in_force([move("leave_track", 30, track="t"), opened], DAY)) == 1
    )  # left before they were opened


def test_of_two_decisions_on_the_same_matter_the_last_holds_from_the_day_on():
    first, last = truce(50, note="first"), truce(20, note="last")
    other = truce(30, note="other", scope="local")
    kept = in_force([first, other, last], DAY)
    assert {m.note for m in kept} == {"last", "other"}
    assert {m.date for m in kept} == {DAY}


def test_the_end_of_an_act_is_not_known_on_the_day_but_a_refusal_ends_with_it():
    standing = truce(300, **lasting(300, DAY + timedelta(days=90)))
    (kept,) = in_force([standing], DAY)
    assert (kept.start, kept.end) == (DAY, None)
    refused = move("block", 5, to="b", what="answer_truce", until=DAY + timedelta(days=9))
    (kept,) = in_force([refused], DAY)
    assert (kept.start, kept.end) == (None, DAY)


def test_with_diplomacy_known_acts_in_force_have_the_ends_of_history():
    end = DAY + timedelta(days=90)
    history = [truce(300, **lasting(300, end))]
    (known,) = with_ends(in_force(history, DAY), history, DAY)
    assert known.end == end
    young = [truce(10)]
    (open_ended,) = with_ends(in_force(young, DAY), young, DAY)
    assert open_ended.end is None
    later = [truce(10), truce(0, **lasting(0, end))]
    assert with_ends(in_force(later, DAY), later, DAY)[0].end is None  # an end that is set on the day itself


def test_what_follows_is_dated_from_the_first_to_the_last_day():
    moves = [truce(ago) for ago in (1, 0, -5, -6)]
    found = list(following(moves, DAY, DAY + timedelta(days=5)))
    assert [m.date for m in found] == [DAY, DAY + timedelta(days=5)]


@pytest.mark.parametrize(("known", "mode", "until"), [(True, "conditioned", None), (False, "until", DAY)])
def test_a_policy_imposes_all_or_the_first_day_alone(known, mode, until):
    policy = policy_of([truce(0)], DAY, known=known)
    assert (policy.mode, policy.until, len(policy.move)) == (mode, until, 1)
    assert policy.name == ("diplomacy-known" if known else "nothing-known")
