"""Peace agreements, ViEWS, missile tests, ACLED exports, lists of conflicts, and monthly tables with holes."""

from pathlib import Path

import pytest
from layout_files import ACLED, AGREEMENTS, FILES, TESTS, VIEWS

from detente.experiments.data.layouts import read_file
from detente.experiments.data.observations import Observed
from detente.experiments.data.summary import summary_of as summary
from detente.experiments.evidence.origins import chosen_target
from detente.model.errors import InputError


@pytest.fixture
def read(tmp_path: Path):
    def reading(text: str, *choice: str | int, **more: str) -> Observed:
        path = tmp_path / "data.csv"
        path.write_text(text, encoding="utf-8")
        data = read_file(path, *choice, **more)
        for report in data.reports:
            assert report.rows == report.used + sum(report.skipped.values()) + (report.duplicates or 0)
        return data

    return reading


def refused(read, text: str, said: str, *choice: str) -> None:
    with pytest.raises(InputError) as caught:
        read(text, *choice)
    assert said in str(caught.value)


def test_agreements_have_their_day_or_their_year(read):
    data = read(AGREEMENTS)
    table = data.agreements
    assert table["start_precision"].tolist() == ["day", "year", "day"]
    assert [str(day.date()) for day in table["start"]] == ["1999-08-31", "2004-01-01", "2010-11-05"]
    assert table["type"].tolist() == ["partial", "full", "process"]
    assert table["end_precision"].tolist() == ["day", "none", "none"]
    assert summary(data)["agreements"] == {
        "agreements": 3, "ended": 1, "from": "1999-08-31", "to": "2010-11-05",
        "by_type": {"full": 1, "partial": 1, "process": 1},
    }  # fmt: skip


def test_agreements_between_days(read):
    data = read(AGREEMENTS, since="2004-01-01", until="2009-12-31")
    assert data.agreements["name"].tolist() == ["Second Accord"]
    assert data.reports[0].skipped == {"outside the dates given": 2}


def test_an_agreement_on_a_day_that_is_none_is_known_to_its_month(read):
    data = read(AGREEMENTS.replace("1999-08-31", "1999-06-31"))
    assert data.agreements["start_precision"].iloc[0] == "month"
    assert "agreement 1999-06-31 does not exist" in data.reports[0].notes[0]


def test_agreements_that_cannot_be(read):
    refused(read, AGREEMENTS.replace("1999-08-31", "1999-14-31"), "line 2, column pa_date: got '1999-14-31'")
    refused(
        read,
        AGREEMENTS.replace("\n2,990", "\n1,990"),
        "line 3, column paid: got '1'; expected each agreement once",
    )
    early = read(AGREEMENTS.replace("1999-09-01", "1998-09-01"))
    assert "line 2: the agreement ends before it is signed" in early.reports[0].notes[0]


def test_months_of_views_begin_in_january_1980(read):
    data = read(VIEWS, 70)
    assert data.monthly is not None
    assert str(data.monthly.index[0].date()) == "2017-01-01"
    assert len(data.monthly) == 12
    assert data.monthly["deaths_all"].tolist() == [m % 5 + 70 + m % 2 for m in range(445, 457)]
    first = read("month_id,country_id,ged_best_sb\n1,70,4\n")
    assert first.monthly is not None
    assert str(first.monthly.index[0].date()) == "1980-01-01"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("446,70", "447,70", "column month_id: got '447'; expected 446, the next month"),
        ("446,70", "445,70", "column month_id: got '445'; expected 446, the next month"),
        ("450,70", "451,70", "column month_id: got '451'; expected 450, the next month"),
        ("446,70", "0,70", "line 3, column month_id: got '0'"),
        ("446,70", "4460,70", "line 3, column month_id: got '4460'"),
        ("446,70,71", "446,70,-71", "line 3, column ged_sb: got '-71'"),
        (
            "ged_sb,ged_ns,ged_os",
            "main_mean,main_dich,x",
            "has no observed deaths; expected a column such as ged_sb",
        ),
    ],
)
def test_tables_of_views_that_cannot_be(read, old: str, new: str, said: str):
    refused(read, VIEWS.replace(old, new), said, "70")


def test_missile_tests_by_day_and_month(read):
    data = read(TESTS)
    assert data.daily is not None
    assert data.monthly is not None
    assert data.daily["missile_launches"].sum() == 3
    assert data.monthly["missile_launches"].tolist() == [3, 1]
    assert data.monthly["missile_days"].tolist() == [2, 0]
    (report,) = data.reports
    assert report.skipped == {"month not known": 1}
    assert report.precision["date"] == {"day": 3, "month": 1, "year": 0, "none": 1}
    assert "read as month/day/year" in report.notes[0]


def test_missile_tests_beyond_the_file_and_damaged(read):
    assert len(read(TESTS, until="2016-12-31").monthly) == 10
    refused(read, TESTS.replace("2016-03-09", "2016-03-9"), "line 2, column Date: got '2016-03-9'")
    refused(read, TESTS.replace("3/9/2016", "13/9/2016"), "line 3, column Date: got '13/9/2016'")
    refused(read, TESTS.replace("2,3/9", "1,3/9"), "line 3, column F1: got '1'; expected each launch once")


def test_acled_counts_organised_violence(read):
    data = read(ACLED)
    assert data.daily is not None
    assert data.monthly is not None
    assert data.daily[["events", "deaths"]].sum().tolist() == [2, 4]
    assert data.monthly["deaths_all"].tolist() == [5, 1, 0]
    assert data.monthly["deaths_fighting"].tolist() == [5, 0, 0]
    (report,) = data.reports
    assert report.skipped == {"not organised violence": 1}
    assert report.heaps == {"month": {"events": 1, "deaths": 2.0}}


@pytest.mark.parametrize("day", ["01 March 2021", "01-March-2021", "01-Mar-21", "2021-03-01 00:00:00"])
def test_acled_dates_of_all_years_of_exports(read, day: str):
    data = read(ACLED.replace("EXA1,2021-03-01", f"EXA1,{day}"))
    assert data.daily is not None
    assert data.daily["events"].iloc[0] == 1


def test_acled_events_twice_and_damaged(read):
    row = ACLED.splitlines(keepends=True)[1]
    swapped = row.replace("Front,Government of Examplia", "Government of Examplia,Front")
    assert read(ACLED + swapped).reports[0].duplicates == 1
    refused(read, ACLED + row.replace(",990,3,", ",990,4,"), "line 6, column event_id_cnty: got 'EXA1'")
    refused(read, ACLED.replace("2021-03-01", "3/1/2021"), "line 2, column event_date: got '3/1/2021'")
    refused(read, ACLED.replace("2021-03-01", "2021-03"), "column event_date: got '2021-03'; expected a date")
    refused(read, ACLED.replace("2021-03-01,2021,1", "2021-03-01,2021,4"), "a code from 1 to 3")


def test_a_list_of_conflicts(read):
    data = read(FILES["conflicts"])
    assert summary(data)["conflicts"] == {
        "conflicts": 2, "from": "1989-01-01", "to": "2020-12-01", "cases": ["north", "south"],
    }  # fmt: skip
    refused(read, FILES["conflicts"].replace("1999-05", "1989-05"), "line 3, column last: got '1989-05'")


MONTHS = "date,events,deaths\n" + "".join(
    f"20{y}-{m:02}-01,,{m}\n" for y in range(10, 14) for m in range(1, 13)
)


def test_a_month_that_nobody_counted_is_not_a_month_of_none(read):
    data = read(MONTHS.replace("2010-01-01,,1\n", "2010-01-01,,\n"))
    assert data.monthly is not None
    figures = summary(data)["monthly"]["series"]
    assert figures["events"] == {"sum": None, "mean": None, "largest": None, "zeros": None, "missing": 48}
    assert (figures["deaths"]["missing"], figures["deaths"]["zeros"]) == (1, 0.0)
    target = chosen_target(data, None)
    assert str(target.values.index[0].date()) == "2010-02-01"
    assert not target.values.isna().any()


def test_nothing_is_scored_across_a_hole(read):
    data = read(MONTHS.replace("2012-05-01,,5\n", "2012-05-01,,NA\n"))
    with pytest.raises(
        InputError, match="'deaths' has no value for 2012-05; expected one for every month from 2010-01"
    ):
        chosen_target(data, None)
    with pytest.raises(InputError, match="'events' has no value in any month"):
        chosen_target(data, "events")


def test_first_days_of_months_are_months_and_days_are_days(read):
    assert read("date,deaths\n2018-01-01,1\n2018-02-01,2\n").kinds == ("monthly",)
    assert read("date,deaths\n2018-01,1\n2018-02,2\n").kinds == ("monthly",)
    assert read("date,deaths\n2018-01-01,1\n2018-01-02,2\n").kinds == ("daily",)
    refused(
        read,
        "date,deaths\n2018-01-01,1\n2018-03-01,2\n",
        "line 3, column date: got '2018-03-01'; expected the next month",
    )
    refused(read, "date,deaths\n2018-01-01,\n2018-01-02,2\n", "line 2, column deaths: got ''")


def test_days_asked_for_cut_a_table(read):
    data = read(MONTHS, since="2011-01-15", until="2011-12-31")
    assert data.monthly is not None
    assert (str(data.monthly.index[0].date()), len(data.monthly)) == ("2011-02-01", 11)
    assert data.reports[0].skipped == {"outside the dates given": 37}
    with pytest.raises(InputError, match="has no row between them"):
        read(MONTHS, since="2031-01-01")
