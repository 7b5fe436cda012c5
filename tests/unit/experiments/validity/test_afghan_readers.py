"""Readers of the Afghan patterns, each on runs made by hand."""

from datetime import date, timedelta

import numpy as np
import pytest
from panels import days_of, opened, panel, place

from detente.experiments.evidence import moments
from detente.experiments.validity.patterns import afghan_course as course
from detente.experiments.validity.patterns import afghan_violence as violence

CASE = course.CASE
START = opened(CASE)
MOVES = START.policy.move


def attacks(per_dyad, days=None):
    """Columns with so many attacks a day on each dyad, or other numbers in some windows."""
    columns = {}
    for dyad in course.ALL:
        row = days_of(START) + per_dyad
        for (first, last), value in (days or {}).get(dyad, {}).items():
            row[place(START, first) : place(START, last) + 1] = value
        columns[f"dyads.{dyad}.step_attacks"] = row
    return columns


# -- histories with something left out


def test_what_is_taken_out_of_history():
    june = [m for m in MOVES if m.date and m.date.year == 2018 and m.date.month == 6]
    assert june
    assert course.no_june_truce(MOVES) == tuple(m for m in MOVES if m not in june)
    talks = [m for m in MOVES if m.track == "intra-afghan"]
    assert talks
    assert course.no_intra_afghan_talks(MOVES) == tuple(m for m in MOVES if m not in talks)
    left = [m for m in MOVES if m.do == "leave_track" and m.track == "direct"]
    assert [m.date for m in left] == [date(2019, 9, 7)]
    assert any(m.do == "leave_track" and m not in left for m in MOVES)
    assert course.no_cancellation(MOVES) == tuple(m for m in MOVES if m not in left)


@pytest.mark.parametrize(
    ("month", "days"), [(1, (1, 1, 3, 30)), (4, (4, 1, 6, 30)), (7, (7, 1, 9, 30)), (10, (10, 1, 12, 31))]
)
def test_quarters(month, days):
    assert course.quarter(2020, month) == (date(2020, *days[:2]), date(2020, *days[2:]))


# -- windows


NOW = (date(2020, 2, 22), date(2020, 2, 28))
THEN = (date(2020, 1, 25), date(2020, 2, 21))


def test_attacks_of_one_window_relative_to_another():
    made = panel(CASE, attacks(4.0, {d: {NOW: 1.0} for d in course.HOME}))
    assert course.ratio_of_windows(course.HOME, NOW, THEN)(made).tolist() == [0.25, 0.25]
    assert course.ratio_of_windows(course.ALL, NOW, THEN)(made).tolist() == [0.625, 0.625]
    none = panel(CASE, attacks(0.0, {d: {NOW: 1.0} for d in course.HOME}))
    assert np.isnan(course.ratio_of_windows(course.HOME, NOW, THEN)(none)).all()


def test_attacks_with_a_decision_relative_to_those_without():
    made, unmade = panel(CASE, attacks(3.0)), panel(CASE, attacks(2.0))
    assert course.paired_ratio(course.HOME, NOW)(made, unmade).tolist() == [1.5, 1.5]
    assert np.isnan(course.paired_ratio(course.HOME, NOW)(made, panel(CASE, attacks(0.0)))).all()


def test_the_change_of_levels():
    rising, falling = days_of(START), days_of(START) + 1.0
    rising[place(START, NOW[1]) :] = 0.25
    falling[place(START, NOW[1]) :] = 0.5
    made = panel(CASE, {"a": rising, "b": falling})
    change = {"since": NOW[0], "until": NOW[1]}
    assert course.change_in("a", **change)(made).tolist() == [0.25, 0.25]
    assert course.change_in("b", **change)(made).tolist() == [-0.5, -0.5]
    assert course.change_in("a", "b", **change)(made).tolist() == [0.25, 0.25]


def test_days_of_the_june_truce():
    state = days_of(START)
    state[place(START, date(2018, 6, 14)) - 1 : place(START, date(2018, 6, 16))] = 2
    made = panel(CASE, {f"pairs.{course.KABUL}+{course.TALIBAN}.truce_state": state})
    assert course.days_of_truce(made).tolist() == [2.0, 2.0]
    state[:] = 1
    assert (
        course.days_of_truce(panel(CASE, {f"pairs.{course.KABUL}+{course.TALIBAN}.truce_state": state})).max()
        == 0.0
    )


def test_strikes_inside_the_truce():
    name = "spoilers.islamic-state.cum_attacks"
    total = np.arange(START.n_steps + 1.0)
    made, unmade = panel(CASE, {name: 2.0 * total}), panel(CASE, {name: total})
    assert course.extra_strikes(made, unmade).tolist() == [3.0, 3.0]
    assert course.extra_strikes(unmade, made).tolist() == [-3.0, -3.0]


def test_collapse_and_its_day():
    made = panel(CASE, {}, ended={1: (99, 1)})
    assert course.collapse(made).tolist() == [0.0, 1.0]
    days = course.day_of_collapse(made)
    assert np.isnan(days[0])
    assert days[1] == 99.0


# -- violence


def random_days(n, seed=1, mean=3.0):
    rng = np.random.default_rng(seed)
    rows = rng.poisson(mean, (n, START.n_steps + 1)).astype(float)
    return {f"dyads.{d}.step_attacks": rows if d in course.HOME else 0.0 for d in course.ALL}


def test_weeks_of_the_war():
    columns = random_days(3)
    made = panel(CASE, columns, n=3)
    both = 2.0 * columns[f"dyads.{course.HOME[0]}.step_attacks"][:, 1 : 1 + 7 * 191]
    weeks = both.reshape(3, 191, 7).sum(axis=2)
    assert violence.weekly(made).tolist() == weeks.tolist()
    assert violence.dispersion(made) == pytest.approx([w.var(ddof=1) / w.mean() for w in weeks])
    for lag in violence.LAGS:
        expected = [moments.autocorrelation(w, lag) for w in weeks]
        assert violence.autocorrelation(lag, made) == pytest.approx(expected)


def test_the_exponent_of_a_tail():
    deaths = np.array([10.0] * 5 + [20.0] * 5 + [3.0] * 9)
    expected = 1.0 + 10.0 / (5.0 * np.log(10.0 / 9.5) + 5.0 * np.log(20.0 / 9.5))
    assert violence.tail_exponent(deaths) == pytest.approx(expected)
    assert np.isnan(violence.tail_exponent(deaths[1:]))
    ten_of_three = 1.0 + 10.0 / (10.0 * np.log(3.0 / 2.5))
    assert violence.tail_exponent(np.full(10, 3.0), 3) == pytest.approx(ten_of_three)


def test_the_tail_is_read_off_days_with_one_attack():
    rng = np.random.default_rng(2)
    one = (rng.random(START.n_steps + 1) < 0.5).astype(float)
    deaths = np.floor(10.0 * rng.random(START.n_steps + 1) ** -0.6)
    columns = {f"dyads.{d}.step_attacks": one if d == course.HOME[0] else 0.0 for d in course.ALL}
    columns |= {f"dyads.{d}.step_deaths": deaths if d == course.HOME[0] else 0.0 for d in course.ALL}
    expected = violence.tail_exponent(deaths[1:][one[1:] == 1.0])
    assert violence.single_event_tail(panel(CASE, columns)) == pytest.approx([expected, expected])


def test_holidays_against_the_months_before():
    days = {}
    for eid in violence.EIDS:
        days[eid, eid + timedelta(days=2)] = 1.0
    made = panel(CASE, attacks(4.0, dict.fromkeys(course.HOME, days)))
    # the Eid of August lies within 28 days of none other
    assert violence.holiday_effect(made) == pytest.approx([0.25, 0.25])


def test_the_truce_of_june_pooled_over_seeds():
    first = np.array([[3.0], [0.0], [1.0]]) * np.ones((3, START.n_steps + 1))
    second = np.array([[4.0], [2.0], [2.0]]) * np.ones((3, START.n_steps + 1))
    name = f"dyads.{course.HOME[0]}.step_attacks", f"dyads.{course.HOME[1]}.step_attacks"
    made, unmade = (panel(CASE, {name[0]: v, name[1]: 0.0}, n=3) for v in (first, second))
    found = violence.june_truce(made, unmade)
    chosen = np.random.default_rng(1).integers(0, 3, (1000, 3))
    pooled = first[:, 0][chosen].sum(axis=1) / second[:, 0][chosen].sum(axis=1)
    assert found == pytest.approx(pooled)
