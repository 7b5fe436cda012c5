"""Readers of patterns of ceasefires and agreements, on ceasefires made by hand."""

import numpy as np
import pandas as pd
import pytest
from panels import chronicle, opened, panel

from detente.agents.codes import AGREEMENT, RELAPSE
from detente.experiments.validity.patterns import truces
from detente.experiments.validity.patterns.afghan_course import ALL, CASE, HOME
from detente.experiments.validity.spells import resampled, resampled_survival, survival

START = opened(CASE)
HOME_PAIR = "afghan-government+taliban"


def table(*rows):
    """Ceasefires: class, scope, days, first day, how ended, on a holiday; all of the first run's home pair."""
    names = ("class", "scope", "days", "first", "ended", "holiday")
    made = pd.DataFrame([dict(zip(names, row, strict=True)) for row in rows])
    return made.assign(pair=HOME_PAIR, run=0)


def spells(kind, lengths, ended="expired", holiday=False):
    return [(kind, "dyad", float(d), 100, ended, holiday) for d in lengths]


def test_ceasefires_not_collapsed_in_samples_of_230():
    days = np.arange(1.0, 101.0)
    rows = [("cessation", "dyad", d, 100, "collapsed" if d % 2 else "expired", False) for d in days]
    made = panel(CASE, {}, ceasefires=table(*rows))
    assert (
        truces.truce_survival(30, made).tolist()
        == resampled_survival(days, days % 2 == 1, 30.0, 230).tolist()
    )


def test_ceasefires_by_class_leave_out_those_of_holidays():
    rows = [*spells("cessation", [1, 2]), *spells("definitive", [3]), *spells("cessation", [9], holiday=True)]
    found = truces.by_class(panel(CASE, {}, ceasefires=table(*rows)))
    assert {name: t["days"].tolist() for name, t in found.items()} == {
        "cessation": [1.0, 2.0],
        "preliminary": [],
        "definitive": [3.0],
    }


def test_the_smaller_step_in_median_duration():
    rows = [
        *spells("cessation", [4] * 10),
        *spells("preliminary", [8] * 10),
        *spells("definitive", [24] * 10),
    ]
    assert set(truces.order_of_durations(panel(CASE, {}, ceasefires=table(*rows)))) == {2.0}
    rows = [
        *spells("cessation", [4] * 10),
        *spells("preliminary", [20] * 10),
        *spells("definitive", [30] * 10),
    ]
    assert set(truces.order_of_durations(panel(CASE, {}, ceasefires=table(*rows)))) == {1.5}
    running = [*rows, *spells("cessation", [99] * 50, "running")]
    assert set(truces.order_of_durations(panel(CASE, {}, ceasefires=table(*running)))) == {1.5}
    few = [*rows[1:]]
    assert np.isnan(truces.order_of_durations(panel(CASE, {}, ceasefires=table(*few)))).all()
    short = [
        *spells("cessation", [0.1] * 10),
        *spells("preliminary", [1] * 10),
        *spells("definitive", [9] * 10),
    ]
    assert set(truces.order_of_durations(panel(CASE, {}, ceasefires=table(*short)))) == {2.0}


def test_the_edge_of_definitive_ceasefires():
    cessation = [*spells("cessation", [50] * 8, "collapsed"), *spells("cessation", [100] * 4)]
    definitive = [*spells("definitive", [60] * 3, "collapsed"), *spells("definitive", [200] * 9)]
    found = truces.edge_of_definitive(panel(CASE, {}, ceasefires=table(*cessation, *definitive)))
    chosen = np.random.default_rng(1).integers(0, 12, (1000, 12))

    def share(days, broken):
        return np.array([survival(days[p], broken[p], 90.0) for p in chosen[:5]])

    first = share(np.array([50.0] * 8 + [100.0] * 4), np.array([True] * 8 + [False] * 4))
    second = share(np.array([60.0] * 3 + [200.0] * 9), np.array([True] * 3 + [False] * 9))
    assert found[:5] == pytest.approx(second - first)
    few = panel(CASE, {}, ceasefires=table(*cessation[:9], *definitive))
    assert np.isnan(truces.edge_of_definitive(few)).all()


def about(windows, **kinds):
    """A panel whose home pair has given attacks a day from some days on (by half on each side)."""
    row = np.full(START.n_steps + 1, 4.0)
    for first, last, value in windows:
        row[1 + first : 1 + last] = value
    columns = {f"dyads.{d}.step_attacks": row / 2 if d in HOME else 0.0 for d in ALL}
    return panel(CASE, columns, **kinds)


COURSE = ((100, 110, 1.0), (93, 100, 8.0), (72, 93, 2.0))
LONG = ("cessation", "dyad", 10.0, 100, "expired", False)


def test_three_windows_about_a_ceasefire():
    made = about(COURSE, ceasefires=table(LONG))
    assert [w.tolist() for w in truces.windows("dyad", 0, made)] == [[1.0], [8.0], [2.0]]
    longer = about(((100, 128, 1.0), (128, 150, 99.0)), ceasefires=table((*LONG[:2], 50.0, *LONG[3:])))
    assert truces.windows("dyad", 0, longer)[0].tolist() == [1.0]
    placebo = about(((80, 90, 1.0),), ceasefires=table(LONG))
    assert truces.windows("dyad", 20, placebo)[0].tolist() == [1.0]


@pytest.mark.parametrize(
    ("row", "shift", "n"),
    [
        (LONG, 0, 1),
        (("cessation", "local", *LONG[2:]), 0, 0),
        (("cessation", "dyad", 7.0, *LONG[3:]), 0, 1),
        (("cessation", "dyad", 6.9, *LONG[3:]), 0, 0),
        ((*LONG[:3], 28, *LONG[4:]), 0, 1),
        ((*LONG[:3], 27, *LONG[4:]), 0, 0),
        (LONG, 72, 1),
        (LONG, 73, 0),
    ],
)
def test_which_ceasefires_have_windows(row, shift, n):
    assert len(truces.windows("dyad", shift, about((), ceasefires=table(row)))[0]) == n


def many(row, n=60):
    return table(*[row] * n)


def test_the_effect_of_a_ceasefire_is_relative_to_four_weeks():
    made = about(COURSE, ceasefires=many(LONG))
    before = (7 * 8.0 + 21 * 2.0) / 28
    assert set(truces.effect("dyad", 0, made).round(12)) == {round(1.0 / before, 12)}
    quiet = about(((100, 110, 1.0), (72, 100, 4.9 / 28)), ceasefires=many(LONG))
    assert np.isnan(truces.effect("dyad", 0, quiet)).all()
    enough = about(((100, 110, 1.0), (72, 100, 5.01 / 28)), ceasefires=many(LONG))
    assert np.isfinite(truces.effect("dyad", 0, enough)).all()


@pytest.mark.parametrize(("scope", "least"), [("dyad", 190 // 4), ("local", 100 // 4)])
def test_samples_are_as_large_as_those_observed(scope, least):
    row = ("cessation", scope, *LONG[2:])
    assert np.isnan(truces.effect(scope, 0, about(COURSE, ceasefires=many(row, least - 1)))).all()
    assert np.isfinite(truces.effect(scope, 0, about(COURSE, ceasefires=many(row, least)))).all()


def test_how_often_it_is_worse():
    assert set(truces.share_worse(about(COURSE, ceasefires=many(LONG)))) == {0.0}
    worse = about(((100, 110, 9.0),), ceasefires=many(LONG))
    assert set(truces.share_worse(worse)) == {1.0}
    same = about((), ceasefires=many(LONG))
    assert set(truces.share_worse(same)) == {0.0}
    quiet = about(((100, 110, 1.0), (72, 100, 4.9 / 28)), ceasefires=many(LONG))
    assert np.isnan(truces.share_worse(quiet)).all()


def test_the_week_before():
    assert set(truces.week_before(about(COURSE, ceasefires=many(LONG))).round(12)) == {4.0}
    quiet = about(((72, 93, 4.9 / 21),), ceasefires=many(LONG))
    assert np.isnan(truces.week_before(quiet)).all()
    enough = about(((72, 93, 5.01 / 21),), ceasefires=many(LONG))
    assert np.isfinite(truces.week_before(enough)).all()


def test_years_with_a_truce():
    n = 30
    state = np.zeros((n, START.n_steps + 1))
    state[:10, 1] = 2  # the first day of the first year
    state[:5, 365 + 365] = 2  # the last of the second
    state[20:, :] = 1  # offered, not in force
    columns = {name: (state if k else 0.0) for k, name in enumerate(truces.TRUCE_STATES)}
    found = truces.years_with_a_truce(panel(CASE, columns, n=n))
    shares = np.r_[np.full(5, 2 / 3), np.full(5, 1 / 3), np.zeros(20)]
    assert found == pytest.approx(resampled(shares, 109, np.mean))


def test_agreements_that_stand():
    lines = [chronicle((0, AGREEMENT, 0), (100.0 + k, RELAPSE, 0)) for k in range(100)]
    made = panel(CASE, {}, n=100, events=lines)
    lengths = np.array([100.0 + k for k in range(100)])
    expected = resampled_survival(lengths, np.ones(100, bool), 150.0, 341)
    assert truces.standing(150, made).tolist() == expected.tolist()


PAIRS = list(START.cast.pairs)
PATRON_PAIR, HOME_INDEX = PAIRS.index("united-states+taliban"), PAIRS.index(HOME_PAIR)


def test_from_a_first_agreement_to_the_comprehensive_one():
    both = chronicle(
        (100, AGREEMENT, PATRON_PAIR), (150, AGREEMENT, PATRON_PAIR), (300, AGREEMENT, HOME_INDEX)
    )
    only_first = chronicle((100, AGREEMENT, PATRON_PAIR))
    whole_first = chronicle((50, AGREEMENT, HOME_INDEX), (100, AGREEMENT, PATRON_PAIR))
    never = chronicle((100, RELAPSE, PATRON_PAIR))
    made = panel(CASE, {}, n=24, events=[both] * 12 + [whole_first] * 6 + [never] * 6)
    assert set(truces.first_to_comprehensive(made)) == {200.0}
    mostly = panel(CASE, {}, n=24, events=[both] * 1 + [only_first] * 23)
    assert set(truces.first_to_comprehensive(mostly)) == {3650.0}
    few = panel(CASE, {}, n=12, events=[both] * 11 + [never])
    assert np.isnan(truces.first_to_comprehensive(few)).all()


def test_five_attacks_before_a_ceasefire_are_enough():
    week = about(((100, 110, 1.0), (72, 100, 0.0), (93, 98, 1.0)), ceasefires=many(LONG))
    assert [w[0] for w in truces.windows("dyad", 0, week)] == [1.0, 5 / 7, 0.0]
    assert np.isfinite(truces.effect("dyad", 0, week)).all()
    assert set(truces.share_worse(week)) == {1.0}
    weeks = about(((72, 100, 0.0), (72, 77, 1.0)), ceasefires=many(LONG))
    assert set(truces.week_before(weeks)) == {0.0}


@pytest.mark.parametrize(("broken_on", "gone"), [(90.0, True), (91.0, False)])
def test_classes_are_compared_after_ninety_days(broken_on, gone):
    rows = [*spells("cessation", [200] * 12), *spells("definitive", [broken_on] * 12, "collapsed")]
    found = truces.edge_of_definitive(panel(CASE, {}, ceasefires=table(*rows)))
    assert set(found) == {-1.0 if gone else 0.0}
