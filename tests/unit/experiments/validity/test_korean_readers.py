"""Readers of the Korean patterns, each on runs made by hand."""

from datetime import date

import numpy as np
import pytest
from panels import chronicle, days_of, opened, panel, place

from detente.agents import codes
from detente.experiments.validity.patterns import korea, korean_signs
from detente.model.policy import MoveSpec

CASE = korea.CASE
START = opened(CASE)


def at(day, value=1.0):
    """A row that is 0 but on one day."""
    row = days_of(START)
    row[place(START, day)] = value
    return row


def since(day, value=1.0):
    row = days_of(START)
    row[place(START, day) :] = value
    return row


def launches(*days, dyad=korea.SHORT_RANGE, value=1.0):
    row = days_of(START)
    for day in days:
        row[place(START, day)] = value
    return {f"dyads.{d}.step_attacks": row if d == dyad else 0.0 for d in korea.TESTS}


def test_deaths_of_the_whole_run():
    assert (
        korea.deaths(panel(CASE, {"tally.fatalities": np.arange(START.n_steps + 1.0)})).max() == START.n_steps
    )


def test_the_first_day_of_a_flag():
    flags = np.array([[1, 0, 0, 1, 1], [1, 0, 0, 0, 0], [0, 0, 1, 0, 0]], dtype=bool)
    assert korea.first_day(flags, 0).tolist() == [0.0, 0.0, 2.0]
    assert korea.first_day(flags, 1).tolist() == [2.0, 4.0, 1.0]


SUMMIT, WORKING = (START.cast.tracks.index(t) for t in (korea.SUMMIT, korea.WORKING))
OTHER = START.cast.tracks.index("inter-korean")
OPENED, GIVEN = codes.TRACK_OPENED, codes.MEASURE_GIVEN


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([(5, GIVEN, 0), (9, OPENED, SUMMIT)], 1.0),
        ([(9, GIVEN, 0), (9, OPENED, WORKING)], 1.0),
        ([(10, GIVEN, 0), (9, OPENED, WORKING)], 0.0),
        ([(9, OPENED, WORKING)], 0.0),
        ([(7, GIVEN, 0), (5, OPENED, OTHER), (9, OPENED, SUMMIT)], 1.0),
        ([(5, GIVEN, 0), (9, OPENED, OTHER)], float("nan")),
        ([(5, GIVEN, 0)], float("nan")),
    ],
)
def test_whether_the_first_step_was_a_measure(events, expected):
    made = panel(CASE, {}, n=1, events=[chronicle(*sorted(events))])
    assert korea.first_step_was_a_measure(made).tolist() == pytest.approx([expected], nan_ok=True)


def test_days_to_the_rescue():
    name = f"tracks.{korea.SUMMIT}.is_open"
    assert korea.days_to_rescue(panel(CASE, {name: since(date(2018, 5, 26))})).tolist() == [2.0, 2.0]
    before = days_of(START)
    before[: place(START, date(2018, 5, 24))] = 1
    left = START.n_steps + 1 - place(START, date(2018, 5, 24))
    assert korea.days_to_rescue(panel(CASE, {name: before})).tolist() == [left, left]


def test_what_stood_on_the_eve_of_hanoi():
    row = since(date(2019, 2, 27), 2.0) + since(date(2019, 2, 28), 3.0)
    made = panel(CASE, {f"tracks.{korea.SUMMIT}.n_settled": row})
    assert korea.settled_by_hanoi(made).tolist() == [2.0, 2.0]
    name = f"pairs.{korea.US}+{korea.PYONGYANG}.agreed"
    assert korea.signed_by_hanoi(panel(CASE, {name: at(date(2018, 3, 1))})).tolist() == [1.0, 1.0]
    assert korea.signed_by_hanoi(panel(CASE, {name: at(date(2019, 2, 27))})).tolist() == [1.0, 1.0]
    assert korea.signed_by_hanoi(panel(CASE, {name: at(date(2019, 2, 28))})).tolist() == [0.0, 0.0]


def test_the_share_of_measures_that_outlive_hanoi():
    eve, later = place(START, date(2019, 2, 27)), place(START, date(2019, 8, 27))
    names = korea.reversible(panel(CASE, {}))
    assert names == [m.name for m in START.scenario.measure if m.reversible]
    columns = {}
    for k, name in enumerate(names):
        rows = np.zeros((2, START.n_steps + 1))
        if k < 4:
            rows[0, eve] = codes.GIVEN
            rows[0, later] = codes.GIVEN if k < 3 else codes.REVERSED
        else:
            rows[0, later] = codes.GIVEN  # given after Hanoi: does not count
        columns[f"measures.{name}.state"] = rows
    found = korea.share_kept(panel(CASE, columns))
    assert found[0] == 0.75
    assert np.isnan(found[1])


def test_days_to_the_next_short_range_test():
    found = korea.days_to_low_level_test(panel(CASE, launches(date(2019, 2, 28), date(2019, 4, 17))))
    assert found.tolist() == [48.0, 48.0]
    long_range = panel(CASE, launches(date(2019, 4, 17), dyad=korea.LONG_RANGE))
    assert korea.days_to_low_level_test(long_range).min() > 300


def test_counts_of_tests():
    days = (date(2018, 1, 1), date(2018, 12, 31), date(2019, 1, 1), date(2019, 2, 28), date(2019, 3, 1))
    short, far = (panel(CASE, launches(*days, dyad=d)) for d in (korea.SHORT_RANGE, korea.LONG_RANGE))
    assert korea.tests_of_2018(short).tolist() == korea.tests_of_2018(far).tolist() == [2.0, 2.0]
    assert korea.long_range_tests_after_hanoi(far).tolist() == [1.0, 1.0]
    assert korea.long_range_tests_after_hanoi(short).tolist() == [0.0, 0.0]


def test_a_test_under_a_moratorium_that_stands_is_of_a_kind_that_it_does_not_name():
    """What stood on the eve counts: a test that ends the moratorium is one against it."""
    days = (date(2019, 5, 1), date(2019, 6, 1), date(2019, 7, 1))
    stands = at(date(2019, 4, 30), codes.GIVEN) + at(date(2019, 5, 31), codes.GIVEN)
    stands += at(date(2019, 6, 30), codes.REVERSED)
    made = panel(CASE, {**launches(*days, dyad=korea.LONG_RANGE), korea.MORATORIUM_STATE: stands})
    assert korea.long_range_tests_after_hanoi(made).tolist() == [1.0, 1.0]


def test_the_first_gap():
    start = START.scenario.case.start
    for dyad in korea.TESTS:
        made = panel(CASE, launches(date(2019, 4, 17), dyad=dyad))
        assert korea.first_gap(made).tolist() == [float((date(2019, 4, 17) - start).days)] * 2


def test_dispersion_of_test_days_by_month():
    rng = np.random.default_rng(4)
    row = np.where(rng.random(START.n_steps + 1) < 0.1, 2.0, 0.0)
    made = panel(CASE, {f"dyads.{d}.step_attacks": row for d in korea.TESTS})
    months = (row[1:691] > 0).reshape(23, 30).sum(axis=1)
    assert korea.monthly_dispersion(made) == pytest.approx([months.var(ddof=1) / months.mean()] * 2)
    assert np.isnan(korea.monthly_dispersion(panel(CASE, launches()))).all()


# -- signs


def test_the_context_of_a_history_stays():
    context = [m for m in START.policy.move if m.sort == "context"]
    assert context
    made = korean_signs.only(korean_signs.SILENCE)(START.policy.move)
    assert made == (*context, korean_signs.SILENCE)


def test_both_koreas_are_kept_from_talking():
    made = korean_signs.no_inter_korean_talks(START.policy.move)
    blocks = [m for m in made if m.track in korean_signs.KOREAN_TRACKS]
    assert {(m.actor, m.track, m.do, m.what) for m in blocks} == {
        (actor, track, "block", "open_track")
        for actor in (korea.SEOUL, korea.PYONGYANG)
        for track in korean_signs.KOREAN_TRACKS
    }
    others = [m for m in START.policy.move if m.track not in korean_signs.KOREAN_TRACKS]
    assert list(made[: len(others)]) == others
    assert all(isinstance(m, MoveSpec) for m in made)


def means(difference):
    chosen = np.random.default_rng(1).integers(0, len(difference), (1000, len(difference)))
    return np.asarray(difference)[chosen].mean(axis=1)


def test_issues_settled_over_all_tracks():
    columns = {
        f"tracks.{t}.n_settled": np.arange(START.n_steps + 1.0) * (k + 1)
        for k, t in enumerate(korean_signs.US_TRACKS)
    }
    expected = float(START.n_steps) * 10.0
    made = panel(CASE, columns)
    assert korean_signs.issues_settled(made).tolist() == [expected, expected]
    none = panel(CASE, dict.fromkeys(columns, 1.0))
    assert korean_signs.more_issues(made, none) == pytest.approx(means([expected - 4.0] * 2))


def test_openings_within_ninety_days_of_the_answer():
    reply = place(START, korean_signs.REPLY)
    rows = np.zeros((4, START.n_steps + 1))
    rows[0, reply], rows[1, reply + 89], rows[2, reply + 90], rows[3, reply - 1] = 1, 1, 1, 1
    names = [f"tracks.{t}.is_open" for t in korean_signs.KOREAN_TRACKS]
    for name in names:
        made = panel(CASE, {n: rows if n == name else 0.0 for n in names}, n=4)
        unmade = panel(CASE, dict.fromkeys(names, 0.0), n=4)
        assert korean_signs.more_openings(made, unmade) == pytest.approx(means([1.0, 1.0, 0.0, 0.0]))


def test_differences_at_a_day():
    readiness = f"dyads.{korea.PYONGYANG}>{korea.US}.readiness"
    made, unmade = panel(CASE, {readiness: at(date(2018, 6, 30), 0.5)}), panel(CASE, {readiness: 0.2})
    assert korean_signs.readiness_gained(made, unmade) == pytest.approx([0.3, 0.3])
    trust = f"dyads.{korea.PYONGYANG}>{korea.SEOUL}.trust"
    made, unmade = panel(CASE, {trust: at(date(2018, 3, 1), 0.25)}), panel(CASE, {trust: 0.5})
    assert korean_signs.trust_left(made, unmade).tolist() == [-0.25, -0.25]
