"""Windows around ceasefires and their placebo dates, at the edges of each definition."""

import math

import numpy as np
import pandas as pd
import pytest
from day_tables import days_of, steps, truces

from detente.experiments.evidence.truce_windows import (
    around,
    fits,
    is_near,
    placebo_pool,
    placebos,
    ratio,
    truce_rows,
)


def test_windows_hold_the_days_that_their_names_say():
    days = days_of(lambda day: day, lambda day: 0 * day, group=[8, 9])
    row = around(days, np.array([0]), np.array([400])).iloc[0]
    spans = {"d0_30": (0, 30), "d31_90": (31, 90), "d0_89": (0, 89), "d91_180": (91, 180)}
    spans |= {"d181_365": (181, 365), "pre28": (-28, -1), "pre90": (-90, -1), "pre365": (-365, -1)}
    sums = {name: sum(range(400 + a, 400 + b + 1)) for name, (a, b) in spans.items()}
    expected = {f"events_{name}": n for name, n in sums.items()}
    expected |= {f"deaths_{name}": 2 * n for name, n in sums.items()}
    assert row.to_dict() == {"dyad": 0, "start": 400, "group": 8, **expected}


def test_five_events_in_ninety_days_are_enough_and_each_row_keeps_what_is_said_of_it():
    days = days_of(steps((396, 1.0)), steps((395, 1.0)))
    table = truces((0, 400, 450.0, "party"), (1, 400, 460.0, "term"))
    table.index = pd.Index([7, 3])
    rows = truce_rows(days, table)
    assert rows[["dyad", "end", "ended", "events_pre90"]].to_numpy().tolist() == [[1, 460.0, "term", 5.0]]
    assert rows.index.tolist() == [0]


def test_nothing_is_compared_with_nothing():
    rows = pd.DataFrame({"events_pre90": [0.0, 9.0, np.nan], "events_d0_30": [3.0, 2.0, 2.0]})
    found = ratio(rows, "d0_30")
    assert np.isnan(found[[0, 2]]).all()
    assert found[1] == pytest.approx(2.5 / (9 * 31 / 90 + 0.5))


def test_no_placebo_falls_near_a_ceasefire_of_its_dyad():
    days = days_of(*[lambda day: 0 * day] * 3)
    table = truces((0, 500, np.nan, ""), (1, 20, 700.0, "term"), (2, -10, 380.0, "term"))
    near = is_near(days, table)
    assert np.flatnonzero(near[0]).tolist() == list(range(500 - 91, 500 + 366))
    assert np.flatnonzero(near[1]).tolist() == list(range(700 + 31))
    assert np.flatnonzero(near[2]).tolist() == list(range(380 + 31))


def test_placebo_dates_are_weekly_have_a_year_on_both_sides_and_are_sorted_by_what_came_before():
    busy, calm = steps((0, 2.0)), steps((0, 1.0))
    days = days_of(busy, calm, steps((0, 0.05)), last=[760, 749, 1499])
    pool = placebo_pool(days, truces())
    # up to the 366th day before the last that was watched; 0.05 a day make 4.5 events
    assert pool["dyad"].tolist() == [1, 1, 1, 0, 0, 0, 0, 0]
    assert pool["start"].tolist() == [365, 372, 379, 365, 372, 379, 386, 393]
    assert pool.iloc[0].to_dict() == {"dyad": 1, "start": 365, "pre28": 28, "pre90": 90, "pre365": 365}
    five = placebo_pool(days_of(steps((0, 5 / 90)), last=740), truces())
    assert len(five) == 2
    near = placebo_pool(days, truces((0, 470, np.nan, "")))
    assert near.loc[near["dyad"] == 0, "start"].tolist() == [365, 372]
    assert placebo_pool(days_of(busy, last=500), truces()).empty


def test_a_days_own_events_are_not_among_those_before_it():
    pool = placebo_pool(days_of(steps((350, 1.0), (365, 100.0), (366, 0.0)), last=740), truces())
    assert pool["start"].tolist() == [365, 372]
    assert pool["pre28"].tolist() == [15.0, 115.0]


def pool_of(**columns):
    n = max(map(len, columns.values()))
    usual = {"pre28": np.full(n, 9.0), "pre90": np.full(n, 30.0), "pre365": np.full(n, 97.0)}
    return usual | {name: np.array(values) for name, values in columns.items()}


@pytest.mark.parametrize(
    ("window", "factor", "added", "value"), [(28, 1.5, 1.0, 9.0), (90, 1.4, 1.0, 30.0), (365, 1.6, 3.0, 97.0)]
)
def test_how_far_a_match_may_be(window, factor, added, value):
    low, high = (value + added) / factor - added, (value + added) * factor - added
    pool = pool_of(**{f"pre{window}": [low - 0.01, low + 0.01, high - 0.01, high + 0.01]})
    assert fits(pool, {28: 9.0, 90: 30.0, 365: 97.0}).tolist() == [1, 2]


def test_windows_that_are_not_known_match_nothing_or_are_not_asked():
    pool = pool_of(pre28=[np.nan, 9.0], pre365=[97.0, np.nan])
    assert fits(pool, {28: 9.0, 90: 30.0, 365: 97.0}).tolist() == []
    assert fits(pool, {28: math.nan, 90: 30.0, 365: 97.0}).tolist() == [0]
    assert fits(pool, {28: 9.0, 90: 30.0, 365: math.nan}).tolist() == [1]
    assert fits(pool, {28: 9.0, 90: 300.0, 365: 97.0}).tolist() == []


def drawn(own_weeks, other_weeks, seed=7):
    """Placebos of a ceasefire of dyad 0, where this dyad and another have some weeks that fit; none of dyad 2 fits."""
    days = days_of(
        *[steps((0, 1.0))] * 3,
        last=[725 + 7 * own_weeks, 725 + 7 * other_weeks, 700],
        length=2500,
        group=[5, 6, 7],
    )
    rows = pd.DataFrame(
        {"dyad": [2, 0], "group": [7, 5]} | {f"events_pre{n}": [0.0 + 9 * n, 1.0 * n] for n in (28, 90, 365)}
    )
    return placebos(days, truces(), rows, seed)


def test_placebos_are_of_the_own_dyad_where_five_fit():
    own = drawn(5, 40)
    assert len(own) == 8
    assert set(own["dyad"]) == {0}
    assert own["start"].between(365, 393).all()
    mixed = drawn(4, 5)
    assert set(mixed["dyad"]) == {0, 1}


def test_placebos_belong_to_the_row_and_the_group_of_their_ceasefire():
    found = drawn(0, 3)
    assert found["of"].tolist() == [1] * 8
    assert found["group"].tolist() == [5] * 8
    assert set(found["dyad"]) == {1}
    assert drawn(0, 2).empty


def test_placebos_follow_their_seed():
    assert drawn(40, 40)["start"].tolist() == drawn(40, 40, seed=7)["start"].tolist()
    assert drawn(40, 40)["start"].tolist() != drawn(40, 40, seed=8)["start"].tolist()
