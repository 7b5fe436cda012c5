"""Holidays of other years: on the Islamic calendar, on the common one, or none."""

from datetime import date

import pytest

from detente.experiments.evidence.holidays import marked, projected
from detente.model.catalogue import load_scenario
from detente.model.scenario import Holiday

TEMPLATE = load_scenario("template")


def holiday(start, end, restraint=0.5):
    return Holiday(name=f"Feast {start.year}", start=start, end=end, restraint=restraint)


def case(*holidays):
    return TEMPLATE.model_copy(
        update={"calendar": TEMPLATE.calendar.model_copy(update={"holidays": holidays})}
    )


EID = tuple(
    holiday(a, b)
    for a, b in (
        (date(2018, 6, 15), date(2018, 6, 17)),
        (date(2019, 6, 4), date(2019, 6, 6)),
        (date(2020, 5, 24), date(2020, 5, 26)),
    )
)
NEW_YEAR = tuple(holiday(date(y, 1, 1), date(y, 1, 2)) for y in (2018, 2019, 2020))


def spans(found):
    return [(h.start, h.end) for h in found]


def test_a_case_without_holidays_has_none():
    assert projected(case(), date(2010, 1, 1), date(2020, 1, 1)) == ()


def test_the_cases_own_dates_prevail_in_their_years():
    found = projected(case(*EID), date(2018, 6, 17), date(2019, 6, 4))
    assert found == EID[:2]
    assert projected(case(*EID), date(2018, 6, 18), date(2019, 6, 3)) == ()


def test_islamic_holidays_follow_their_calendar():
    found = projected(case(*EID), date(2016, 7, 8), date(2022, 5, 2))
    assert spans(found) == [
        (date(2016, 7, 6), date(2016, 7, 8)),
        (date(2017, 6, 25), date(2017, 6, 27)),
        *spans(EID),
        (date(2021, 5, 13), date(2021, 5, 15)),
        (date(2022, 5, 2), date(2022, 5, 4)),
    ]
    assert [h.name for h in found[:2]] == ["Feast 2016", "Feast 2017"]
    assert {h.restraint for h in found} == {0.5}
    assert spans(projected(case(*EID), date(2016, 7, 9), date(2017, 6, 24))) == []


def test_holidays_of_the_common_year_repeat_on_their_day():
    found = projected(case(*NEW_YEAR), date(2016, 1, 2), date(2021, 1, 1))
    assert [h.start for h in found] == [date(y, 1, 1) for y in range(2016, 2022)]
    assert {(h.end - h.start).days for h in found} == {1}
    assert spans(projected(case(*NEW_YEAR), date(2016, 1, 3), date(2016, 12, 31))) == []


def test_a_leap_day_falls_on_the_28th():
    leap = holiday(date(2020, 2, 29), date(2020, 2, 29))
    assert spans(projected(case(leap), date(2017, 1, 1), date(2017, 12, 31))) == [(date(2017, 2, 28),) * 2]


def test_dates_that_repeat_on_no_calendar_are_not_repeated():
    odd = (holiday(date(2018, 3, 3), date(2018, 3, 4)), holiday(date(2019, 9, 19), date(2019, 9, 20)))
    assert projected(case(*odd), date(2010, 1, 1), date(2017, 1, 1)) == ()
    assert projected(case(*odd), date(2010, 1, 1), date(2020, 1, 1)) == odd


def test_what_the_islamic_calendar_does_not_cover():
    assert projected(case(*EID), date(1900, 1, 1), date(1920, 1, 1)) == ()
    found = projected(case(*EID), date(1900, 1, 1), date(1926, 1, 1))
    assert found[0].start >= date(1924, 8, 1)
    assert len(found) == 1


@pytest.mark.parametrize(
    ("start", "n", "factors"),
    [
        (date(2018, 6, 14), 5, [1.0, 0.5, 0.5, 0.5, 1.0]),
        (date(2018, 6, 16), 3, [0.5, 0.5, 1.0]),
        (date(2018, 6, 14), 2, [1.0, 0.5]),
        (date(2018, 6, 18), 2, [1.0, 1.0]),
    ],
)
def test_days_are_marked(start, n, factors):
    assert marked(EID, start, n) == factors


ODD = tuple(holiday(date(2019, m, 3), date(2019, m, 4)) for m in (2, 9))


def test_holidays_follow_a_calendar_only_if_three_stand_on_two_of_its_days():
    """Half of them again as many as the days they stand on: three on two are enough, four on three are not."""
    three, four = (
        sorted((*EID[:2], ODD[1]), key=lambda h: h.start),
        sorted((*EID[:2], *ODD), key=lambda h: h.start),
    )
    assert spans(projected(case(*three), date(2017, 1, 1), date(2017, 12, 31)))
    assert projected(case(*four), date(2017, 1, 1), date(2017, 12, 31)) == ()
