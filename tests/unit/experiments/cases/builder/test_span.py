"""The days of a case, and the days that its numbers are estimated from."""

from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from detente.experiments.cases.builder.evidence import Evidence
from detente.experiments.cases.builder.new_request import Request
from detente.experiments.cases.builder.span import (
    Span,
    check_days,
    n_events,
    reference,
    span_of,
    whole_months,
)
from detente.model.errors import InputError
from detente.model.scenario import MAX_CASE_DAYS

FIRST, LAST = date(2001, 1, 10), date(2005, 12, 31)
COVERED = FIRST, LAST


def daily(*days, first=FIRST, last=LAST):
    """Counts of all days, with an event on some."""
    events = pd.Series(0.0, index=pd.date_range(first, last))
    for day in days:
        events[pd.Timestamp(day)] = 1.0
    return Evidence(daily=events.to_frame("events"))


def every(days, first="2001-03-20"):
    """An event every so many days."""
    return daily(*pd.date_range(first, LAST, freq=f"{days}D"))


def asked(**dates):
    return Request("m", Path("m"), **dates)


# -- first, last and pivot


def test_a_case_begins_with_the_month_of_the_first_event_and_ends_with_the_data():
    found = span_of(every(7), asked())
    assert (found.start, found.end, found.pivot) == (date(2001, 3, 1), LAST, date(2001, 3, 1))
    assert (found.since, found.until, found.notes) == (date(2001, 3, 1), LAST, ())
    assert span_of(every(7, "2001-01-20"), asked()).start == FIRST  # no day before the data


def test_what_is_asked_for_prevails_and_numbers_come_from_before_the_pivot():
    days = {"since": date(2002, 1, 1), "until": date(2007, 1, 1), "pivot": date(2004, 1, 1)}
    found = span_of(every(7), asked(**days))
    assert (found.start, found.end, found.pivot) == (date(2002, 1, 1), date(2007, 1, 1), date(2004, 1, 1))
    assert (found.since, found.until) == (date(2002, 1, 1), date(2003, 12, 31))
    del days["pivot"]
    assert span_of(every(7), asked(**days)).until == LAST  # no later than the data
    assert span_of(every(7), asked(until=date(2003, 5, 1))).until == date(2003, 5, 1)


def test_days_are_counted_with_both_ends():
    assert Span(FIRST, LAST, FIRST, date(2001, 2, 1), date(2001, 2, 10)).days == 10


CENTURY = FIRST + timedelta(days=MAX_CASE_DAYS)


@pytest.mark.parametrize(
    ("start", "end", "pivot", "words"),
    [
        (LAST, LAST, LAST, "--until: got 2005-12-31; expected a day after the first, 2005-12-31"),
        (FIRST, CENTURY + timedelta(days=1), FIRST, "at most 100 years after the first, 2001-01-10"),
        (FIRST, LAST, LAST, "--pivot: got 2005-12-31; expected a day from 2001-01-10 to 2005-12-30"),
        (FIRST, LAST, FIRST - timedelta(days=1), "--pivot: got 2001-01-09"),
        (date(2000, 1, 1), LAST, FIRST, "expected a day by which there are data"),
        (
            date(2000, 1, 1),
            FIRST,
            date(2000, 1, 1),
            "--until: got 2001-01-10; expected a day within the data",
        ),
    ],
)
def test_days_out_of_order_are_refused(start, end, pivot, words):
    with pytest.raises(InputError) as caught:
        check_days(start, end, pivot, COVERED)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("start", "end", "pivot"),
    [
        (LAST, LAST + timedelta(days=1), LAST),
        (FIRST, CENTURY, FIRST),
        (FIRST, LAST, LAST - timedelta(days=1)),
        (FIRST, LAST, FIRST),
        (date(2000, 1, 1), LAST, date(2000, 1, 1)),
        (date(2000, 1, 1), LAST, FIRST + timedelta(days=1)),
        (date(2000, 1, 1), FIRST + timedelta(days=1), date(2000, 1, 1)),
    ],
)
def test_days_in_order_are_let_through(start, end, pivot):
    check_days(start, end, pivot, COVERED)


# -- the days that numbers are estimated from


@pytest.mark.parametrize(
    ("start", "n", "since"),
    [
        (date(2005, 1, 1), 30, date(2005, 1, 1)),  # 365 days, 30 events
        (date(2005, 1, 2), 30, date(2004, 1, 1)),
        (date(2005, 1, 1), 29, date(2004, 1, 1)),
    ],
)
def test_a_rate_needs_a_year_and_thirty_events(start, n, since):
    evidence = daily("2003-05-05", "2004-05-05", *pd.date_range("2005-02-01", periods=n))
    assert reference(evidence, start, LAST)[0] == since


def test_where_too_little_is_left_whole_years_before_are_added_with_a_note():
    since, notes = reference(every(7), date(2005, 6, 1), date(2005, 8, 31))
    assert since == date(2004, 6, 1)
    words = "fewer than 365 days or 30 events from 2005-06-01 to 2005-08-31"
    assert notes == (f"numbers are estimated from 2004-06-01 on: {words}",)
    assert reference(every(30), date(2005, 6, 1), date(2005, 8, 31))[0] == date(2002, 6, 1)  # 900 days


def test_where_there_is_never_enough_all_is_taken_from_the_first_event_on():
    assert reference(daily("2002-02-20"), date(2005, 6, 1), date(2005, 8, 31))[0] == date(2002, 2, 1)


def test_without_an_earlier_day_those_of_the_case_must_do():
    few = daily("2001-03-05")
    assert reference(few, date(2001, 3, 1), LAST) == (date(2001, 3, 1), ())
    assert reference(few, date(2003, 1, 1), date(2001, 3, 1)) == (date(2001, 3, 1), ())
    assert reference(few, date(2000, 1, 1), date(2001, 3, 1)) == (FIRST, ())


# -- what is counted


def test_only_whole_months_are_counted():
    months = pd.DataFrame(
        {"deaths": [1.0, 2.0, 0.0, 4.0]}, index=pd.date_range("2001-01-01", periods=4, freq="MS")
    )
    since, until = date(2001, 1, 1), date(2001, 4, 30)
    assert whole_months(months, since, until)["deaths"].tolist() == [1.0, 2.0, 0.0, 4.0]
    inside = whole_months(months, since + timedelta(days=1), until - timedelta(days=1))
    assert inside["deaths"].tolist() == [2.0, 0.0]
    assert n_events(Evidence(monthly=months, total="deaths"), since, until) == 3
    assert n_events(Evidence(monthly=months), since, until) == 0
    with_days = Evidence(
        daily=pd.DataFrame({"deaths": [1.0]}, index=months.index[:1]), monthly=months, total="deaths"
    )
    assert n_events(with_days, since, until) == 3
