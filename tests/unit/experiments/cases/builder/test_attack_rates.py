"""Attacks, deaths and their ranges, from days and months with numbers that can be worked out by hand."""

import math
from datetime import date

import numpy as np
import pandas as pd
import pytest

from detente.experiments.cases.builder import attack_rates as rates
from detente.experiments.cases.builder.attack_rates import Counted, attacks, counted, deadliness, event_sizes
from detente.experiments.cases.builder.estimate import Estimate
from detente.experiments.cases.builder.evidence import Evidence
from detente.experiments.cases.builder.span import Span
from detente.model.prior_ranges import DEATHS_PER_EVENT, NINETY

FIRST, LAST = date(2001, 1, 1), date(2002, 12, 31)
SPAN = Span(FIRST, LAST, FIRST, FIRST, LAST)
LEVEL = math.exp(NINETY * 0.5)
"""The width of a rate of which months say nothing."""


def days(events=1.0, deaths=2.0, first=FIRST, last=LAST):
    return pd.DataFrame({"events": events, "deaths": deaths}, index=pd.date_range(first, last))


def months(values, first=FIRST):
    index = pd.date_range(first, periods=len(values), freq="MS")
    return pd.DataFrame({"deaths": np.asarray(values, dtype=float)}, index=index)


def of(c, **evidence):
    e = Evidence(**evidence)
    return attacks(c, Estimate(4.0, 2.0, 8.0, "prior", ""), e, SPAN)


def have(**changed):
    return Counted(**{**dict(zip(Counted._fields, (0.0, 0.0, 100, 0.0, 0, "then"), strict=False)), **changed})


# -- what is counted


def test_sums_over_the_days_of_reference():
    e = Evidence(daily=days(), monthly=months([5.0] * 24), total="deaths")
    c = counted(e, Span(FIRST, LAST, FIRST, date(2002, 1, 1), LAST))
    assert (c.events, c.deaths, c.days, c.total, c.months, c.level) == (365.0, 730.0, 365, 60.0, 12, 1.0)
    assert c.when == "2002-01-01 to 2002-12-31"
    assert counted(Evidence(daily=days()[["events"]]), SPAN).deaths == 0.0
    assert counted(Evidence(), SPAN)[:5] == (0.0, 0.0, 730, 0.0, 0)


@pytest.mark.parametrize(("last", "level"), [(date(2002, 11, 30), 27 / 25), (date(2002, 12, 1), 1.0)])
def test_a_file_that_lacks_a_month_is_held_against_months_beyond_it(last, level):
    """The mean of twelve months of 20 and twelve of 34 over that of all but the last, which the file lacks in part."""
    e = Evidence(daily=days(last=last), monthly=months([20.0] * 12 + [34.0] * 12), total="deaths")
    whole, part = 12 * 20 + 12 * 34, 12 * 20 + 11 * 34
    assert counted(e, SPAN).level == pytest.approx((whole / 24) / (part / 23) if level > 1 else 1.0)


def test_months_without_deaths_in_the_days_of_a_file_leave_its_rate():
    e = Evidence(daily=days(last=date(2001, 6, 30)), monthly=months([0.0] * 6 + [9.0] * 18), total="deaths")
    assert counted(e, SPAN).level == 1.0
    assert counted(Evidence(monthly=months([9.0] * 24), total="deaths"), SPAN).level == 1.0


# -- how deadly


def test_deaths_of_an_attack_and_how_far_they_may_be_off():
    """Days with one event: half of them with 1 death, half with 3; the others count as events but have no size."""
    daily = days(last=date(2001, 4, 10))
    daily["deaths"] = [1.0, 3.0] * 50
    daily.iloc[0] = [9.0, 100.0]
    daily.iloc[1] = [0.0, 0.0]
    e = Evidence(daily=daily)
    sizes = event_sizes(e, SPAN)
    assert len(sizes) == 98
    found = deadliness(have(events=100.0, deaths=400.0), e, SPAN)
    width = 1 + NINETY * np.std(sizes, ddof=1) / math.sqrt(98) / 4.0
    assert (found.value, found.low, found.high) == pytest.approx((4.0, 4.0 / width, 4.0 * width))
    assert found.source == "400 deaths in 100 events, then"


@pytest.mark.parametrize(
    ("events", "lethal", "grade"), [(30, True, "data"), (29, True, "prior"), (30, False, "prior")]
)
def test_deaths_of_an_attack_need_thirty_events_that_kill(events, lethal, grade):
    found = deadliness(have(events=float(events), deaths=60.0), Evidence(daily=days(), lethal=lethal), SPAN)
    assert found.grade == grade


def test_sizes_are_those_of_exact_events_between_armed_sides_where_events_are_listed():
    rows = [
        ("2001-01-01", 1.0, 1, 1, 1),
        ("2002-12-31", 2.0, 1, 1, 2),
        ("2003-01-01", 4.0, 1, 1, 1),
        ("2000-12-31", 8.0, 1, 1, 1),
        ("2001-05-05", 16.0, 1, 1, 3),
        ("2001-05-05", 32.0, 2, 1, 1),
        ("2001-05-05", 64.0, 1, 2, 1),
    ]
    table = pd.DataFrame(rows, columns=["start", "best", "where_prec", "date_prec", "type_of_violence"])
    table["start"] = pd.to_datetime(table["start"])
    assert event_sizes(Evidence(events=table), SPAN).tolist() == [1.0, 2.0]
    assert len(event_sizes(Evidence(), SPAN)) == 0


# -- how many


def test_attacks_are_events_a_day_times_the_level_of_all_months():
    found = of(have(events=30.0))
    assert (found.value, found.low, found.high) == pytest.approx((0.3, 0.3 / LEVEL, 0.3 * LEVEL))
    assert found.source == "30 place-precise events in 100 days, then"
    more = of(have(events=30.0, level=1.5))
    assert more.value == pytest.approx(0.45)
    assert more.source.endswith("; times 1.5, the deaths of all months over those of these days")


def test_provocations_may_be_few():
    found = of(have(events=4.0), lethal=False)
    width = math.exp(NINETY / 2.0) * LEVEL
    assert (found.value, found.high, found.grade) == (0.04, pytest.approx(0.04 * width), "judgement")


def test_with_months_alone_attacks_are_deaths_over_deaths_of_an_attack():
    found = of(have(events=29.0, total=365.25, months=12))
    assert found.value == pytest.approx(1.0 / 4.0)
    assert found.high == pytest.approx(0.25 * LEVEL * math.exp(NINETY * DEATHS_PER_EVENT.sd))
    assert found.source == "365 deaths in 12 months over the prior of deaths per event"
    assert of(have(months=12)).grade == of(have()).grade == "prior"


def test_a_mean_of_uneven_months_may_be_off_by_more():
    """Six months of mean 10: their spread over 10, of one independent value for each ten months and one at least."""
    values = [4.0, 16.0] * 3
    spread = np.std(values, ddof=1) / 10.0
    expected = math.exp(NINETY * math.sqrt(math.log1p(spread**2)))
    e = Evidence(monthly=months(values), total="deaths")
    assert rates.width_of_level(e, SPAN) == pytest.approx(expected)
    longer = Evidence(monthly=months([4.0, 16.0] * 10), total="deaths")
    spread = np.std([4.0, 16.0] * 10, ddof=1) / 10.0 / math.sqrt(2.0)
    expected = math.exp(NINETY * math.sqrt(math.log1p(spread**2)))
    assert rates.width_of_level(longer, SPAN) == pytest.approx(expected)
    assert rates.width_of_level(Evidence(monthly=months(values[:5]), total="deaths"), SPAN) == LEVEL
    assert rates.width_of_level(Evidence(monthly=months([0.0] * 9), total="deaths"), SPAN) == LEVEL


def test_months_count_events_where_these_are_known_by_day():
    e = Evidence(daily=days(2.0), monthly=months([5.0] * 24), total="deaths")
    assert rates.monthly_counts(e, SPAN)[:2].tolist() == [62.0, 56.0]
    quiet = Evidence(daily=days(0.0), monthly=months([5.0, np.nan, 7.0]), total="deaths")
    assert rates.monthly_counts(quiet, SPAN).tolist() == [5.0, 7.0]
    assert len(rates.monthly_counts(Evidence(), SPAN)) == 0


# -- how much is not seen by day


def test_all_deaths_over_those_by_day_in_the_same_months():
    daily = days(last=date(2001, 2, 15))
    e = Evidence(daily=daily, monthly=months([93.0, 999.0]), total="deaths")
    c = have(events=30.0, deaths=90.0, total=1092.0, months=2)
    found = rates.scale(c, e, SPAN)
    assert (found.value, found.low, found.high) == pytest.approx((1.5, 1.2, 1.875))  # of January alone
    assert found.source == "93 deaths (deaths) by month over 62 by day, same months"


@pytest.mark.parametrize("changed", [{"events": 29.0}, {"months": 0}, {"total": 0.0}, {"deaths": 0.0}])
def test_without_two_counts_to_compare_one_is_taken_as_complete(changed):
    usual = {"events": 30.0, "deaths": 90.0, "total": 93.0, "months": 1}
    e = Evidence(daily=days(), monthly=months([93.0] * 24), total="deaths")
    assert rates.scale(have(**usual), e, SPAN).grade == "data"
    found = rates.scale(have(**{**usual, **changed}), e, SPAN)
    assert (found.value, found.grade) == (1.0, "judgement")


# -- by side


def sided(n, theirs):
    """Events in which the other side dies alone, in some; in the rest both lose as many."""
    return pd.DataFrame({"deaths_a": [0.0] * theirs + [2.0] * (n - theirs), "deaths_b": [2.0] * n})


def test_a_share_is_read_from_thirty_events_with_deaths_of_a_known_side():
    """15 at 1 and 15 at a half: three quarters, give or take .15 and 1.64 standard errors."""
    found = rates.side_share(
        pd.concat([sided(30, 15), pd.DataFrame({"deaths_a": [0.0], "deaths_b": [np.nan]})])
    )
    error = NINETY * np.std([1.0] * 15 + [0.5] * 15, ddof=1) / math.sqrt(30)
    assert (found.value, found.low, found.high) == pytest.approx((0.75, 0.6 - error, 0.9 + error))
    assert rates.side_share(sided(29, 15)).grade == "prior"


@pytest.mark.parametrize(("deaths", "value"), [((0.0, 2.0), 0.95), ((2.0, 0.0), 0.05)])
def test_no_side_does_all_or_nothing(deaths, value):
    found = rates.side_share(pd.DataFrame({"deaths_a": [deaths[0]] * 30, "deaths_b": [deaths[1]] * 30}))
    assert found.value == value
    assert found.low >= 0.02
    assert found.high <= 0.98


def test_a_part_of_a_rate_is_as_unsure_as_both_together():
    """A factor 2 of the rate and one of 2 of the share: sqrt(2) as wide in logs."""
    rate, share = Estimate(2.0, 1.0, 4.0, "data", "r"), Estimate(0.4, 0.2, 0.8, "data", "s")
    mine, theirs = rates.split(rate, share)
    assert (mine.value, theirs.value) == pytest.approx((0.8, 1.2))
    assert mine.high == pytest.approx(0.8 * 2 ** math.sqrt(2))
    assert mine.low == pytest.approx(0.8 / 2 ** math.sqrt(2))
    assert theirs.low == pytest.approx(1.2 / math.exp(math.hypot(math.log(2), math.log(3))))
    assert mine.source == "r; split by s"
    none = rates.split(Estimate(0.0, 0.0, 0.0, "data", "r"), share)[0]
    assert (none.value, none.high) == (0.0, 0.0)
    assert rates.split(rate._replace(grade="prior"), share._replace(grade="prior"))[0].grade == "prior"


# -- tails


@pytest.mark.parametrize(("size", "value"), [(5, 3.5), (8, 1 / math.log(8 / 4.5)), (12, 1.2)])
def test_a_tail_is_the_mean_excess_in_logs_within_what_it_can_be(size, value):
    found, why = rates.tail(np.r_[np.full(50, float(size)), np.full(9, 4.0)])
    assert found == pytest.approx(value)
    assert why.startswith("maximum likelihood, 50 events of 5 deaths and more")
    assert ("cut from" in why) == (size != 8)
