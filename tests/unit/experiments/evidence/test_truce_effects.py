"""What ceasefires do, each number by hand at the edges of its definition."""

import numpy as np
import pandas as pd
import pytest
from day_tables import days_of, steps, truces

from detente.experiments.evidence import truce_effects
from detente.experiments.evidence.truce_windows import truce_rows

NEVER = np.nan


def began_on_400(n):
    return truces(*((dyad, 400, NEVER, "") for dyad in range(n)))


def test_holding_asks_for_ten_events_before_and_less_than_half_of_their_rate():
    days = days_of(
        steps((310, 2.0), (401, 0.999)),  # 30 of 60 events would be half
        steps((310, 2.0), (401, 1.0)),
        steps((390, 1.0), (400, 0.0)),  # ten events
        steps((391, 1.0), (400, 0.0)),  # nine
        steps((310, 2.0), (401, 0.0), (431, 9.0)),  # the day after the thirtieth
    )
    rows = truce_rows(days, began_on_400(5))
    held = truce_effects.took_hold(days, rows)
    assert held["dyad"].tolist() == [0, 1, 2, 4]
    assert held["held"].tolist() == [1.0, 0.0, 1.0, 1.0]


def test_holding_is_not_said_of_what_was_not_watched_for_thirty_days():
    days = days_of(*[steps((310, 2.0), (400, 0.0))] * 2, last=[429, 430])
    held = truce_effects.took_hold(days, truce_rows(days, began_on_400(2)))["held"]
    assert np.isnan(held[0])
    assert held[1] == 1.0


def test_war_is_back_with_the_first_month_at_three_quarters_of_the_rate_before():
    def back(month, level):
        return steps((310, 2.0), (400, 0.0), (401 + 30 * month, level), (431 + 30 * month, 0.0))

    days = days_of(back(1, 1.5), back(1, 1.49), back(23, 1.5), back(24, 1.5), group=[5, 6, 7, 8])
    months, returned, group = truce_effects.behaviour(days, truce_rows(days, began_on_400(4)))
    assert months.tolist() == [1, 24, 23, 24]
    assert returned.tolist() == [1.0, 0.0, 1.0, 0.0]
    assert group.tolist() == [5, 6, 7, 8]


def test_only_ceasefires_that_took_hold_last():
    days = days_of(steps((310, 2.0)), steps((310, 2.0), (400, 0.0)))
    _, _, group = truce_effects.behaviour(days, truce_rows(days, began_on_400(2)))
    assert group.tolist() == [1]


def test_the_hazard_of_some_months_counts_those_still_standing_then():
    values = np.array([[1.0, 1.0], [2.0, 1.0], [2.0, 0.0], [3.0, 1.0], [5.0, 1.0]])
    assert truce_effects.monthly_hazard(2, 3)(values) == pytest.approx(2 / (4 + 2))
    assert truce_effects.monthly_hazard(4, 4)(values) == 0.0
    assert np.isnan(truce_effects.monthly_hazard(6, 7)(values))


def test_ratios_by_age_are_of_the_rate_before():
    days = days_of(
        steps((310, 2.0), (400, 0.2), (431, 1.0), (491, 1.5), (581, 3.0), (766, 50.0)),
        steps((310, 2.0)),
        steps((310, 2.0), (400, 1.0)),  # half of before is not below half
        steps((390, 1.0), (400, 0.0)),
        steps((391, 1.0), (400, 0.0)),
        group=[7, 8, 9, 10, 11],
    )
    ratios, group = truce_effects.by_age(truce_rows(days, began_on_400(5)))
    assert group.tolist() == [7, 10]
    assert {name: values[0] for name, values in ratios.items()} == pytest.approx(
        {
            "d0_30": (0.2 * 31 + 0.25) / (62 + 0.25),
            "d31_90": (60 + 0.25) / (120 + 0.25),
            "d91_180": (135 + 0.25) / (180 + 0.25),
            "d181_365": (555 + 0.25) / (370 + 0.25),
        }
    )


def test_after_the_end_both_windows_are_compared_with_before_the_start():
    days = days_of(steps((310, 2.0), (400, 0.0), (431, 3.0), (461, 1.0), (521, 90.0)), group=[4])
    row = truce_effects.after_end(days, truces((0, 400, 430, "party"))).iloc[0]
    assert row["d1_30"] == pytest.approx((90 + 0.5) / (60 + 0.5))
    assert row["d1_90"] == pytest.approx((90 + 60 + 0.5) / (180 + 0.5))
    assert (row["group"], bool(row["alone"])) == (4, True)


def test_ends_that_cannot_be_compared_are_left_out():
    five, four = steps((395, 1.0), (400, 0.0)), steps((396, 1.0), (400, 0.0))
    days = days_of(*[five] * 4, four, last=[1499, 1499, 1499, 549, 1499])
    ended = [(0, 400, NEVER, ""), (1, 400, 401, "term"), (2, 400, 400, "term")]
    ended += [(3, 400, 460, "term"), (4, 400, 430, "term")]
    assert truce_effects.after_end(days, truces(*ended))["dyad"].tolist() == [1]
    watched = days_of(*[five] * 4, last=[1499, 1499, 1499, 550])
    assert truce_effects.after_end(watched, truces(ended[3]))["dyad"].tolist() == [3]


@pytest.mark.parametrize(("next_start", "alone"), [(520, False), (521, True), (429, False), (428, True)])
def test_a_ceasefire_ends_alone_if_none_follows_within_ninety_days(next_start, alone):
    days = days_of(steps((310, 2.0)))
    both = truces((0, 400, 430, "term"), (0, next_start, NEVER, ""))
    assert truce_effects.after_end(days, both)["alone"].tolist() == [alone]


def test_the_next_ceasefire_is_the_dyads_own_and_the_first():
    known = pd.DataFrame({"dyad": [0, 1], "start": [10, 10], "end": [20.0, 20.0]})
    every = pd.DataFrame({"dyad": [0, 0, 0, 1], "start": [90, 50, 10, 10]})
    assert truce_effects.days_to_next(known, every).tolist() == [30.0, np.inf]


def test_weeks_around_the_start_are_measured_against_the_year_before():
    rising = steps((35, 1.0), (310, 2.0), (372, 3.0), (400, 4.0), (414, 0.0))
    wild = steps((35, 1.0), (310, 2.0), (372, 3.0), (400, 30.0), (414, 0.0))
    days = days_of(rising, wild, group=[3, 4])
    table, group = truce_effects.rise(days, truce_rows(days, began_on_400(2)))
    # days 309 to 371, one of rate 1 and 62 of rate 2
    assert table[0] == pytest.approx([3.0, 125 / 9 / 7, 4.0])
    assert table[1] == pytest.approx([3.0, 125 / 9 / 7, 10.0])
    assert group.tolist() == [3, 4]


def test_the_rise_needs_fifteen_events_in_its_base_and_two_weeks_after():
    fifteen = steps((35, 1.0), (50, 0.0), (395, 1.0))
    fourteen = steps((36, 1.0), (50, 0.0), (395, 1.0))
    days = days_of(fifteen, fourteen, fifteen, last=[413, 1499, 412])
    table, group = truce_effects.rise(days, truce_rows(days, began_on_400(3)))
    assert group.tolist() == [0]
    assert table[0] == pytest.approx([5 / 4 / (15 / 275 * 7), 0.0, 10.0])
