"""The small parts of reading: separators, cells, dates, ids, days covered; each on a few rows written by hand."""

import gzip
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.experiments.data import cells as cellular
from detente.experiments.data import coverage, ged, partial_dates, source, text
from detente.experiments.data.cells import listed
from detente.experiments.data.columns import column_of, has
from detente.experiments.data.eth_prio import date_columns, differences, joined
from detente.experiments.data.layouts import read_file
from detente.experiments.data.observations import Observed, known_months
from detente.experiments.data.report import Coverage, Report, tally
from detente.experiments.data.selection import Field, Selection, day_of, selected
from detente.experiments.data.source import Cells, Source
from detente.experiments.data.summary import summary_of
from detente.experiments.data.text import Contents
from detente.model.errors import InputError

PATH = Path("some.csv")


def cells(**columns):
    """Cells of a file whose first row is line 2."""
    names = tuple(columns)
    lines = [",".join(names), *(",".join(row) for row in zip(*columns.values(), strict=True))]
    return Cells(Source(PATH, "\n".join(lines).encode(), names, "csv"), pd.DataFrame(columns, dtype="str"))


def stamps(*days):
    return pd.Series(pd.to_datetime(list(days)))


# -- text


@pytest.mark.parametrize(
    ("start", "sign"),
    [
        ("a,b;c,d\n1;2;3;4", ","),
        ("a;b,c;d\n", ";"),
        ("a\tb\tc\n", "\t"),
        ("one\n", ","),
        ("", ","),
        ("\r\n\na;b\n1,2,3\n", ";"),
        ('"a,b,c,d";e;f\n', ";"),
    ],
)
def test_the_separator_splits_the_first_line_into_most_cells(start, sign):
    assert text.separator_of(start) == sign


def test_signs_within_quotes_split_nothing():
    assert text.outside_quotes('a,"b,c",d', ",") == ["a", "", "d"]
    assert text.outside_quotes('"a,b",c,"d,e"', ",") == ["", "c", ""]


def contents(data, names=("a", "b"), **more):
    return Contents(PATH, data.encode(), names, "csv", **more)


def test_each_row_has_the_line_on_which_it_begins():
    data = contents('a,b\n1,"x\ny"\n\n2,z\n')
    assert list(text.records(data)) == [(2, ["1", "x\ny"]), (5, ["2", "z"])]
    assert text.first_lines(data) == [2, 5]
    bare = contents("1,x\n2,y\n", skipped=0)
    assert text.first_lines(bare) == [1, 2]
    assert text.first_lines(contents("\na,b\n1,2\n", skipped=2)) == [3]


def test_rows_of_another_length_are_named():
    for data, line, n in (("a,b\n1\n", 2, "1 cell"), ("a,b\n1,2\n1,2,3\n", 3, "3 cells")):
        error = text.ragged(contents(data), ValueError("x"))
        assert str(error) == f"some.csv, line {line}: has {n}; expected 2, one for each column"
    error = text.ragged(contents("a,b\n1,2\n"), ValueError("x" * 300))
    assert str(error) == f"some.csv: is not a csv file of 2 columns: {'x' * 200}"


def test_a_quote_that_is_never_closed_is_refused():
    text.check_quotes(contents('a,b\n"1",2\n'))
    text.check_quotes(contents('a,b\n1,5" gun\n'))
    with pytest.raises(InputError, match="line 3: a quote is opened and not closed"):
        text.check_quotes(contents('a,b\n1,2\n"3,4\n5,6\n'))


def test_cells_lose_the_spaces_around_them():
    import pyarrow as pa

    found = text.trimmed(pa.table({"a": [" x y ", "", "z\t"]}))
    assert found["a"].tolist() == ["x y", "", "z"]


def test_columns_that_nobody_asks_for_need_no_names_of_their_own():
    data = contents("a,b,b,\n1,2,3,4\n", names=("a", "b", "b", ""))
    assert text.csv_cells(data, ["a", "b"]).to_dict("list") == {"a": ["1"], "b": ["2"]}
    with pytest.raises(InputError, match="line 2: has 3 cells; expected 2"):
        text.csv_cells(contents("a,b\n1,2,3\n"), ["a"])


# -- cells


def test_days_with_and_without_a_time():
    found = cellular.dates(cells(d=["2018-06-15", "2018-06-16 12:30:00.000", "2018-06-17T00:00"]), "d")
    assert [str(day.date()) for day in found] == ["2018-06-15", "2018-06-16", "2018-06-17"]
    assert all(day.hour == 0 for day in found)
    months = cellular.dates(cells(d=["2018-06", "2018-07"]), "d", monthly=True)
    assert [str(day.date()) for day in months] == ["2018-06-01", "2018-07-01"]


@pytest.mark.parametrize(
    ("value", "last", "refused"),
    [
        ("1900-01-01", None, None),
        ("1899-12-31", None, "from 1900 to 2100"),
        ("2100-12-31", None, None),
        ("2101-01-01", None, "from 1900 to 2100"),
        ("2019-12-31", 2019, None),
        ("2020-01-01", 2019, "from 1900 to 2019"),
        ("2018-6-15", None, "a date such as 2018-06-15"),
        ("2018-06-15x", None, "a date such as 2018-06-15"),
        ("2018-06", None, "a date such as 2018-06-15"),
        ("2018-06-31", None, "there is no such day"),
    ],
)
def test_days_that_are_refused(value, last, refused):
    given = cells(d=["2018-06-15", value])
    if refused is None:
        assert str(cellular.dates(given, "d", last=last)[1].date()) == value
        return
    with pytest.raises(InputError, match=f"line 3, column d: got '{value}'") as caught:
        cellular.dates(given, "d", last=last)
    assert refused in str(caught.value)


def test_nothing_happened_later_than_next_year():
    assert cellular.latest_year() == date.today().year + 1


@pytest.mark.parametrize(
    ("value", "options", "expected"),
    [
        ("0", {}, 0.0),
        ("-1", {}, "a whole number of at least 0 (and at most 1e+09)"),
        ("1000000000", {}, 1e9),
        ("1000000001", {}, "a whole number of at least 0 (and at most 1e+09)"),
        ("2.5", {}, "a whole number of at least 0"),
        ("2.5", {"whole": False}, 2.5),
        ("2.0", {}, 2.0),
        ("3", {"least": 3}, 3.0),
        ("2", {"least": 3}, "a whole number of at least 3 (and at most"),
        ("7", {"most": 7}, 7.0),
        ("8", {"most": 7}, "a whole number of at least 0 (and at most 7)"),
        ("inf", {"whole": False}, "a number of at least 0"),
        ("", {}, "a whole number of at least 0 (and"),
        ("NA", {"gaps": True}, None),
        ("x", {"gaps": True}, "a whole number of at least 0, or nothing"),
    ],
)
def test_numbers_within_their_range(value, options, expected):
    given = cells(k=["x"] * 3, n=["5", value, "5"])
    if isinstance(expected, str):
        with pytest.raises(InputError) as caught:
            cellular.numbers(given, "n", **options)
        assert f"some.csv, line 3, column n: got {value!r}; expected {expected}" in str(caught.value)
        return
    found = cellular.numbers(given, "n", **options)
    assert found[[0, 2]].tolist() == [5.0, 5.0]
    assert np.isnan(found[1]) if expected is None else found[1] == expected


def test_numbers_are_floats_even_where_all_are_whole():
    assert cellular.numbers(cells(a=["1", "2"]), "a").dtype == float


def test_codes_run_from_one():
    assert cellular.codes(cells(c=["1", "3"]), "c", 3).tolist() == [1.0, 3.0]
    for value in ("0", "4"):
        with pytest.raises(InputError, match=f"got '{value}'"):
            cellular.codes(cells(c=["1", value]), "c", 3)


def test_ids_lose_their_decimal_point():
    assert cellular.ids(cells(i=["300380.0", "71.00", "A.0", "7"]), "i").tolist() == [
        "300380",
        "71",
        "A.0",
        "7",
    ]
    assert cellular.plain_id(pd.Series(["1.50", "2.0"])).tolist() == ["1.50", "2"]


@pytest.mark.parametrize("value", cellular.BLANK)
def test_cells_that_hold_nothing(value):
    assert cellular.blank(cells(c=["x", value, "0"]), "c").tolist() == [False, True, False]
    with pytest.raises(InputError, match="an id in every row"):
        cellular.ids(cells(i=["1", value]), "i")


def test_rows_that_say_again_what_an_earlier_one_said_are_left_out():
    given = cells(id=["1", "2", "1", "3", "2"], x=["a", "b", "a", "c", "b"])
    keep = cellular.once(given, "id", given["id"], given.table, "event")
    assert keep.tolist() == [True, True, False, True, False]
    alone = cells(id=["1", "2"], x=["a", "a"])
    assert cellular.once(alone, "id", alone["id"], alone.table, "event").tolist() == [True, True]
    other = cells(id=["0", "1", "2", "1", "2"], x=["z", "a", "b", "a", "c"])
    expected = r"line 6, column id: got '2'; expected each event once \(line 4 has different values for it\)"
    with pytest.raises(InputError, match=expected):
        cellular.once(other, "id", other["id"], other.table, "event")


def test_the_first_step_out_of_order_is_named():
    given = cells(date=["2018-01-01", "2018-01-02", "2018-01-04", "2018-01-09"])
    when = cellular.dates(given, "date")

    def tomorrow(days):
        return days + pd.Timedelta(days=1)

    cellular.check_steps(given, when[:2], "date", tomorrow, "day")
    with pytest.raises(InputError) as caught:
        cellular.check_steps(given, when, "date", tomorrow, "day")
    assert str(caught.value).startswith(
        "some.csv, line 4, column date: got '2018-01-04'; expected the next day, 2018-01-03 (every day once"
    )


def test_eight_names_are_listed_and_more_are_hinted_at():
    letters = list("abcdefghi")
    assert listed(letters[:8]) == "a, b, c, d, e, f, g, h"
    assert listed(letters) == "a, b, c, d, e, f, g, h, ..."
    assert listed(letters, 1) == "a, ..."
    assert listed(["a"], 1) == "a"


# -- where cells stand


def test_lines_and_rows_in_words():
    given = cells(a=["1", "2"])
    assert (given.line(0), given.line(1), given.line(5)) == ("line 2", "line 3", "line 7")
    assert given.place(1, "a") == "some.csv, line 3, column a"
    parquet = Cells(Source(PATH, b"", ("a",), "Parquet"), given.table)
    assert parquet.line(0) == "row 1"


def test_the_first_bad_cell_is_refused():
    given = cells(a=["x", "y", "z"])
    given.refuse("a", np.zeros(3, bool), "nothing")
    with pytest.raises(InputError, match=r"some\.csv, line 3, column a: got 'y'; expected something"):
        given.refuse("a", np.array([False, True, True]), "something")


def test_empty_rows_at_the_end_are_none(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n,\n3,4\n,\n , \n")
    found = source.open_source(path).read()
    assert found.table.to_dict("list") == {"a": ["1", "", "3"], "b": ["2", "", "4"]}
    path.write_text("a,b\n,\n,\n")
    with pytest.raises(InputError, match="holds no rows"):
        source.open_source(path).read()


def test_a_header_takes_lines_of_its_own():
    assert source.header(PATH, b" a ;b\n1;2\n") == (("a", "b"), ";", 1)
    assert source.header(PATH, b'"a\nb",c\n1,2\n') == (("a\nb", "c"), ",", 2)
    with pytest.raises(InputError, match="line 1: is empty"):
        source.header(PATH, b" , \n1,2\n")


def test_files_of_two_gigabytes_are_read(monkeypatch):
    assert source.MAX_BYTES == 2_000_000_000
    monkeypatch.setattr(source, "LEAST_UNFOLDED", 10)
    monkeypatch.setattr(source, "MOST_UNFOLDED", 0)
    assert source.unpacked(PATH, gzip.compress(b"0123456789")) == b"0123456789"
    with pytest.raises(InputError, match=r"has more than .* unpacked"):
        source.unpacked(PATH, gzip.compress(b"0123456789a"))


def test_text_in_another_code_page_is_said():
    assert source.in_utf8(b"abc") == (b"abc", ())
    assert source.in_utf8("é".encode()) == ("é".encode(), ())
    plain, notes = source.in_utf8(b"ab\xe9")
    assert plain.decode() == "abé"
    assert notes == ("the text is not UTF-8 (byte 3): read as Windows-1252",)


def test_columns_by_name_whatever_their_capitals():
    assert column_of(["B", "a", "A"], ["x", "A", "b"]) == "a"
    assert column_of(["B"], ["a"]) is None
    assert has(["A", "B"], "a", "b")
    assert not has(["A"], "a", "b")


def test_a_column_that_is_missing_or_twice_is_named():
    made = Source(PATH, b"", tuple("abcdefghijklmn"), "csv")
    with pytest.raises(InputError) as caught:
        made.needed("x", "y")
    assert str(caught.value).startswith(
        "some.csv, line 1: has no column 'x or y'; found a, b, c, d, e, f, g, h, i, j, k, l"
    )
    assert ", m" not in str(caught.value)
    source.check_names(Source(PATH, b"", ("a", "", ""), "csv"))
    with pytest.raises(InputError, match="column 'b' occurs twice"):
        source.check_names(Source(PATH, b"", ("a", "b", "b"), "csv"))


# -- dates known in part


THIS = date.today().year


@pytest.mark.parametrize(
    ("parts", "first", "last", "precision"),
    [
        (("2019", "3", "10"), "2019-03-10", "2019-03-10", "day"),
        (("2019", "12", "31"), "2019-12-31", "2019-12-31", "day"),
        (("2019", "3", "31"), "2019-03-31", "2019-03-31", "day"),
        (("2019", "4", "31"), "2019-04-01", "2019-04-30", "month"),
        (("2019", "2", "0"), "2019-02-01", "2019-02-28", "month"),
        (("2020", "2", "-1"), "2020-02-01", "2020-02-29", "month"),
        (("2019", "0", "5"), "2019-01-01", "2019-12-31", "year"),
        (("1900", "", ""), "1900-01-01", "1900-12-31", "year"),
        ((str(THIS + 1), "1", "1"), f"{THIS + 1}-01-01", f"{THIS + 1}-01-01", "day"),
    ],
)
def test_the_first_and_the_last_day_that_a_date_may_be(parts, first, last, precision):
    given = cells(**{name: [part, "0"] for name, part in zip("ymd", parts, strict=True)})
    found = partial_dates.from_parts(given, "y", "m", "d", "start")
    assert [str(found.first[0].date()), str(found.last()[0].date())] == [first, last]
    assert found.precision.tolist() == [precision, "none"]
    assert found.first.isna().tolist() == [False, True]
    assert partial_dates.counts(found.precision) == {
        **dict.fromkeys(("day", "month", "year"), 0),
        precision: 1,
        "none": 1,
    }
    if parts[1:] == ("4", "31"):
        said = "line 2, column d: start 2019-4-31 does not exist; used as known to the month"
        assert found.notes == (said.replace("2019-4-", "2019-04-"),)
    else:
        assert found.notes == ()


@pytest.mark.parametrize(
    ("parts", "column"),
    [
        (("1899", "1", "1"), "y"),
        ((str(THIS + 2), "1", "1"), "y"),
        (("2019", "13", "1"), "m"),
        (("2019", "12", "32"), "d"),
        (("2019", "1.5", "1"), "m"),
        (("1000001", "1", "1"), "y"),
    ],
)
def test_parts_that_no_calendar_has(parts, column):
    given = cells(**{name: ["0", part] for name, part in zip("ymd", parts, strict=True)})
    with pytest.raises(InputError, match=f"line 3, column {column}: got '{parts['ymd'.index(column)]}'"):
        partial_dates.from_parts(given, "y", "m", "d", "start")


@given(st.dates(date(1900, 1, 1), date(2025, 12, 31)))
def test_any_day_that_is_one_is_kept(day):
    for found in (
        partial_dates.from_parts(
            cells(y=[str(day.year)], m=[str(day.month)], d=[str(day.day)]), "y", "m", "d", "start"
        ),
        partial_dates.from_text(cells(t=[day.isoformat()]), "t", "start"),
    ):
        assert found.first[0].date() == day
        assert found.precision[0] == "day"
        assert found.notes == ()


@pytest.mark.parametrize(
    ("value", "first", "precision"),
    [
        ("2018-06-15", "2018-06-15", "day"),
        ("2018-06-15 10:00:00", "2018-06-15", "day"),
        ("2018-06", "2018-06-01", "month"),
        ("2018", "2018-01-01", "year"),
        ("2018.0", "2018-01-01", "year"),
        ("2018-06-31", "2018-06-01", "month"),
        ("3/7/2018", "2018-07-03", "day"),
        ("31/12/2018", "2018-12-31", "day"),
    ],
)
def test_dates_in_one_column(value, first, precision):
    found = partial_dates.from_text(cells(t=[value, "NA"]), "t", "end", ("%d/%m/%Y",))
    assert str(found.first[0].date()) == first
    assert found.precision.tolist() == [precision, "none"]
    slashed = ("dates with slashes in column t (1) are read as day/month/year",)
    assert found.notes[-1:] == (slashed if "/" in value else found.notes[-1:])


def test_slashes_are_read_as_the_first_shape_says():
    given = cells(t=["3/7/2018", "2018"])
    american = partial_dates.slashes(given, "t", ("%d %B %Y", "%m/%d/%Y"))
    assert american == ("dates with slashes in column t (1) are read as month/day/year",)
    assert partial_dates.slashes(cells(t=["2018"]), "t", ()) == ()


@pytest.mark.parametrize("value", ["-1", "0", "NaT", "", "NA"])
def test_text_that_says_that_no_date_is_known(value):
    assert partial_dates.from_text(cells(t=[value]), "t", "end").precision.tolist() == ["none"]


@pytest.mark.parametrize("value", ["1899", str(THIS + 2), "2018-13", "2018-12-32", "20185", "soon"])
def test_text_that_is_no_date(value):
    with pytest.raises(InputError, match=f"line 2, column t: got '{value}'"):
        partial_dates.from_text(cells(t=[value]), "t", "end")


def test_another_column_speaks_where_one_is_silent():
    first = partial_dates.from_text(cells(t=["2018-06-15", ""]), "t", "effect")
    second = partial_dates.from_text(cells(t=["2017", "2016-02"]), "t", "declared")
    found = first.or_else(second)
    assert [str(day.date()) for day in found.first] == ["2018-06-15", "2016-02-01"]
    assert found.precision.tolist() == ["day", "month"]


# -- days covered


@pytest.mark.parametrize("year", [2019, 2020])
def test_ends_of_months(year):
    import calendar

    for month in range(1, 13):
        last = calendar.monthrange(year, month)[1]
        for day in (1, 15, last):
            assert coverage.month_end(date(year, month, day)) == date(year, month, last)
            assert coverage.month_start(date(year, month, day)) == date(year, month, 1)


FIRST, LAST = pd.Timestamp("2016-01-10"), pd.Timestamp("2016-03-05")
OWN = date(2016, 1, 1), date(2016, 3, 31)


@pytest.mark.parametrize(
    ("since", "until", "by"),
    [
        (None, None, "the file"),
        (date(2016, 3, 31), None, "--from"),
        (None, date(2016, 1, 1), "--until"),
        (date(2016, 2, 2), date(2016, 2, 2), "--from and --until"),
    ],
)
def test_the_days_that_a_file_covers(since, until, by):
    found = coverage.covered(FIRST, LAST, Selection({}, since, until), "some.csv")
    assert (found.since, found.until, found.by) == (since or OWN[0], until or OWN[1], by)


@pytest.mark.parametrize(
    ("since", "until"),
    [(date(2016, 4, 1), None), (None, date(2015, 12, 31)), (date(2016, 3, 1), date(2016, 2, 1))],
)
def test_days_apart_from_those_of_the_file(since, until):
    with pytest.raises(InputError, match=r"expected dates that overlap those of some\.csv, 2016-01-01 to"):
        coverage.covered(FIRST, LAST, Selection({}, since, until), "some.csv")


@pytest.mark.parametrize(
    ("since", "until", "notes"),
    [
        (*OWN, ()),
        (date(2015, 12, 1), OWN[1], ("days before 2016-01-01 count as days without events (given by x)",)),
        (OWN[0], date(2016, 4, 30), ("days after 2016-03-31 count as days without events (given by x)",)),
        (OWN[0], date(2016, 3, 30), ("the monthly table holds whole months only",)),
        (date(2016, 1, 2), OWN[1], ("the monthly table holds whole months only",)),
    ],
)
def test_notes_on_days_beyond_the_file(since, until, notes):
    assert coverage.beyond(Coverage(since, until, "x"), FIRST, LAST) == notes


def test_both_sides_beyond_the_file():
    both = coverage.beyond(Coverage(date(2015, 1, 1), date(2017, 1, 31), "x"), FIRST, LAST)
    assert both == ("days before 2016-01-01 and after 2016-03-31 count as days without events (given by x)",)


def test_sums_by_day_and_by_month():
    when = stamps("2016-01-31", "2016-02-01", "2016-01-31")
    days = Coverage(date(2016, 1, 30), date(2016, 2, 2))
    table = coverage.by_day(when, {"a": [1, 2, 4], "b": [1, 1, 1]}, days)
    assert table["a"].tolist() == [0.0, 5.0, 2.0, 0.0]
    assert table["b"].tolist() == [0.0, 2.0, 1.0, 0.0]
    assert [str(d.date()) for d in table.index] == ["2016-01-30", "2016-01-31", "2016-02-01", "2016-02-02"]
    for since, until, months in (
        (date(2016, 1, 1), date(2016, 3, 31), {"2016-01-01": 5.0, "2016-02-01": 2.0, "2016-03-01": 0.0}),
        (date(2016, 1, 2), date(2016, 3, 30), {"2016-02-01": 2.0}),
        (date(2016, 1, 31), date(2016, 2, 29), {"2016-02-01": 2.0}),
    ):
        found = coverage.by_month(when, {"a": [1, 2, 4]}, Coverage(since, until))
        assert {str(day.date()): n for day, n in found["a"].items()} == months
    assert coverage.by_month(when, {"a": [1, 2, 4]}, Coverage(date(2016, 1, 2), date(2016, 2, 28))) is None


def test_dates_within_the_days_covered():
    when = stamps("2016-01-01", "2016-01-02", "2016-01-04", "2016-01-05")
    days = Coverage(date(2016, 1, 2), date(2016, 1, 4))
    assert coverage.within(when, days).tolist() == [False, True, True, False]
    chosen = Selection({}, days.since, days.until)
    assert coverage.begun_between(when, chosen).tolist() == [False, True, True, False]
    assert coverage.begun_between(when, Selection()).tolist() == [True] * 4


def test_the_span_of_dates():
    when = stamps("2016-01-05", None, "2016-01-02")
    found = coverage.span(when, Selection())
    assert (found.since, found.until, found.by) == (date(2016, 1, 2), date(2016, 1, 5), "the file")
    found = coverage.span(when, Selection({}, date(2015, 1, 1), None))
    assert (found.since, found.until, found.by) == (date(2015, 1, 1), date(2016, 1, 5), "--from")
    assert coverage.span(stamps(None), Selection()) is None


def test_a_heap_of_events():
    assert coverage.heap([1, 20, 300], np.array([True, False, True])) == {"events": 2, "deaths": 301.0}


# -- reports, selections, what is observed


def test_a_tally_of_fates():
    fates = np.array(["", "twice", "late", "", "late", "late"])
    assert tally(fates) == {"rows": 6, "used": 2, "skipped": {"late": 3}, "duplicates": 1}
    assert tally(fates, has_ids=False)["duplicates"] is None
    assert tally(np.array(["late"])) == {"rows": 1, "used": 0, "skipped": {"late": 1}, "duplicates": 0}


def test_a_report_as_one_object():
    made = Report("f", "l", "csv", 3, 2, {"late": 1}, heaps={"month": {"events": 1}}, notes=("n",))
    assert made.to_json() == {
        **{"file": "f", "layout": "l", "format": "csv", "rows": 3, "used": 2, "skipped": {"late": 1}},
        **{"duplicates": None, "precision": {}, "heaps": {"month": {"events": 1}}},
        **{"coverage": None, "notes": ["n"]},
    }


def test_the_column_of_deaths_in_all():
    def total(*names):
        return Observed((), (), monthly=pd.DataFrame(columns=list(names))).total()

    assert total("deaths", "deaths_all") == "deaths_all"
    assert total("deaths_state_based", "deaths") == "deaths"
    assert total("deaths_state_based") == "deaths_state_based"
    assert total("strikes") is None
    assert Observed((), ()).total() is None


def test_months_from_the_first_known_to_the_last():
    months = pd.date_range("2018-01-01", periods=5, freq="MS")
    found = known_months(pd.Series([np.nan, 1.0, 0.0, 2.0, np.nan], months), "deaths")
    assert found.tolist() == [1.0, 0.0, 2.0]
    with pytest.raises(InputError) as caught:
        known_months(pd.Series([1.0, np.nan, np.nan, 2.0, np.nan], months), "deaths")
    assert "no value for 2018-02; expected one for every month from 2018-01 to 2018-04" in str(caught.value)


def test_a_selection_of_days():
    same = selected(since="2018-01-02", until=date(2018, 1, 2))
    assert (same.since, same.until, same.wanted) == (date(2018, 1, 2), date(2018, 1, 2), {})
    assert selected("  X   Y ").wanted == {"country": "X Y"}
    assert selected(dyad=0).wanted == {"dyad": "0"}
    assert selected("a", side_b="b").option() == "--country, --side-b"
    assert Selection().option() == "the choice"
    with pytest.raises(InputError, match=r"--until: got .*2018-01-01.*; expected a day not before --from"):
        selected(since="2018-01-02", until="2018-01-01")
    assert day_of(" 2018-06-15 ", "--from") == date(2018, 6, 15)


def test_columns_of_a_field_that_a_file_has():
    made = Source(PATH, b"", ("Country_ID", "country"), "csv")
    assert Field(("country", "country_id", "COUNTRY")).present(made) == ["country", "Country_ID"]


# -- releases


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (("end_yr", "end_month", "end_day"), ("end_yr", "end_month", "end_day")),
        (("end_year", "end_month", "end_day"), ("end_year", "end_month", "end_day")),
        (("end_date", "end_yr", "end_month", "end_day"), ("end_date",)),
        (("end_yr", "end_month"), None),
        (("cf_end",), ("cf_end",)),
        (("ended",), None),
        (("end", "cf_end_date"), ("cf_end_date",)),
    ],
)
def test_the_columns_of_a_date(names, found):
    assert date_columns(names, ("end", "cf_end", "ended")) == found


def test_names_in_one_cell():
    assert joined(pd.Series(["b", "", "a", "b"])) == "b, a"
    assert joined(pd.Series([""])) == ""


def spells(*rows):
    table = pd.DataFrame(rows, columns=["id", "start", "end"])
    return table.assign(start=pd.to_datetime(table["start"]), end=pd.to_datetime(table["end"]))


def test_notes_on_rows_that_are_one_ceasefire():
    day, other = "2019-03-10", "2019-04-10"
    assert differences(spells(("1", day, other), ("2", day, other))) == ()
    two = "2 rows form 1 ceasefires (one row per actor)"
    more = "1 ceasefires have rows with different dates: the most precise date is used, then the earliest"
    assert differences(spells(("1", day, other), ("1", day, other))) == (two,)
    assert differences(spells(("1", day, other), ("1", other, other))) == (two, more)
    assert differences(spells(("1", day, other), ("1", day, None))) == (two, more)


def events(*rows):
    names = ["start", "end", "date_prec", "where_prec", "type_of_violence", "best"]
    table = pd.DataFrame(rows, columns=names)
    return table.assign(start=pd.to_datetime(table["start"]), end=pd.to_datetime(table["end"]))


def test_precise_events_a_day_and_all_of_them_a_month():
    table = events(
        ("2016-01-02", "2016-01-02", 1, 1, 1, 1.0),
        ("2016-01-02", "2016-01-02", 1, 2, 1, 2.0),
        ("2016-01-02", "2016-01-03", 2, 1, 2, 4.0),
        ("2016-01-01", "2016-01-31", 4, 1, 3, 8.0),
        ("2016-01-15", "2016-02-14", 4, 1, 1, 16.0),
        ("2016-01-31", "2016-02-01", 3, 1, 1, 32.0),
        ("2016-01-01", "2016-12-31", 5, 1, 1, 64.0),
    )
    days = Coverage(date(2016, 1, 1), date(2016, 1, 31))
    daily = ged.daily_counts(table, days)
    assert daily["events"].tolist() == [0.0, 1.0] + [0.0] * 29
    assert daily["deaths"].sum() == 1.0
    assert ged.monthless(table).tolist() == [False] * 4 + [True, False, True]
    monthly = ged.monthly_totals(table, days)
    assert monthly["deaths_all"].tolist() == [1.0 + 2 + 4 + 8 + 32]
    assert monthly["deaths_state_based"].tolist() == [1.0 + 2 + 32]


def test_the_last_day_lies_in_the_year_of_an_event():
    def last(*pairs):
        return str(ged.last_day(events(*((a, b, 1, 1, 1, 0.0) for a, b in pairs))).date())

    assert last(("2016-05-01", "2016-05-03"), ("2016-02-01", "2016-02-01")) == "2016-05-03"
    assert last(("2016-12-30", "2017-01-02")) == "2016-12-31"
    assert last(("2015-12-30", "2017-01-02"), ("2016-03-01", "2016-03-02")) == "2016-03-02"


def test_the_columns_of_a_release_without_a_header():
    event = ["1"] * len(ged.COLUMNS)
    assert ged.headerless(event)
    assert not ged.headerless(event[:-1])
    assert not ged.headerless(list(ged.COLUMNS))
    assert not ged.headerless(["x", *event[1:]])
    place = ged.COLUMNS.index("date_start")
    assert not ged.headerless([*event[:place], "soon", *event[place + 1 :]])
    assert len(ged.COLUMNS) == 49 == len(set(ged.COLUMNS))


# -- whole files, where a detail decides


def read(tmp_path, content, *choice, **more):
    path = tmp_path / "file.csv"
    path.write_text(content, encoding="utf-8")
    return read_file(path, *choice, **more)


def test_estimates_of_deaths_may_be_fractions_or_missing(tmp_path):
    data = read(tmp_path, "month_id,country_id,ged_best_sb,ged_count_sb\n445,70,1.5,2\n446,70,,1\n")
    assert data.monthly["deaths_state_based"].tolist()[0] == 1.5
    assert data.monthly["deaths_state_based"].isna().tolist() == [False, True]
    assert data.monthly["events_state_based"].tolist() == [2.0, 1.0]
    assert "deaths_all" not in data.monthly


def test_months_of_views_run_to_the_year_2100(tmp_path):
    last = 12 * (2100 - 1979)
    data = read(tmp_path, f"month_id,country_id,ged_sb\n{last},70,1\n")
    assert str(data.monthly.index[0].date()) == "2100-12-01"
    with pytest.raises(InputError, match=f"got '{last + 1}'"):
        read(tmp_path, f"month_id,country_id,ged_sb\n{last + 1},70,1\n")


@pytest.mark.parametrize(
    ("since", "until", "months"),
    [
        ("2017-01-01", "2017-03-31", [1, 2, 3]),
        ("2017-01-02", "2017-03-30", [2]),
        (None, "2017-02-28", [1, 2]),
        ("2017-02-01", None, [2, 3]),
    ],
)
def test_months_of_views_between_days(tmp_path, since, until, months):
    table = "month_id,country_id,ged_sb\n" + "".join(f"{444 + k},70,{k}\n" for k in (1, 2, 3))
    data = read(tmp_path, table, since=since, until=until)
    assert data.monthly["deaths_state_based"].tolist() == months
    (report,) = data.reports
    assert report.skipped == ({"outside the dates given": 3 - len(months)} if len(months) < 3 else {})
    assert (report.rows, report.used, report.duplicates) == (3, len(months), 0)
    assert (report.coverage.since.month, report.coverage.until.month) == (months[0], months[-1])


ACLED_HEAD = "event_id_cnty,event_date,time_precision,event_type,country,fatalities\n"


def test_types_of_organised_violence(tmp_path):
    kinds = (
        "Battles",
        "Explosions/Remote violence",
        "Remote violence",
        "Violence against civilians",
        "Riots",
    )
    rows = "".join(f"E{k},2021-03-0{k + 1},1,{kind},X,{2**k}\n" for k, kind in enumerate(kinds))
    data = read(tmp_path, ACLED_HEAD + rows)
    assert data.monthly["deaths_all"].tolist() == [1.0 + 2 + 4 + 8]
    assert data.monthly["deaths_fighting"].tolist() == [1.0 + 2 + 4]
    assert data.daily["events"].sum() == 4
    assert data.reports[0].skipped == {"not organised violence": 1}
    assert data.reports[0].duplicates == 0


def test_how_well_acled_knows_its_days(tmp_path):
    rows = "".join(f"E{k},2021-03-0{k},{k},Battles,X,{10**k}\n" for k in (1, 2, 3))
    data = read(tmp_path, ACLED_HEAD + rows)
    assert data.daily["events"].sum() == 1
    assert data.daily["deaths"].sum() == 10
    assert data.monthly["deaths_all"].tolist() == [1110.0]
    (report,) = data.reports
    assert report.precision == {"date": {"day": 1, "week": 1, "month": 1}}
    assert report.heaps == {"month": {"events": 1, "deaths": 1000.0}}


def test_files_without_ids_cannot_have_duplicates(tmp_path):
    plain = read(tmp_path, "event_date,event_type,fatalities\n2021-03-01,Battles,1\n2021-03-01,Battles,1\n")
    assert plain.reports[0].duplicates is None
    assert plain.daily["events"].sum() == 2
    tests = read(tmp_path, "Date,Missile Name,Test Outcome\n2016-03-09,A,Success\n2016-03-09,A,Success\n")
    assert tests.reports[0].duplicates is None
    assert tests.daily["missile_launches"].sum() == 2


def test_launches_by_day_month_and_in_heaps(tmp_path):
    rows = ("1,2016-03-09", "2,2016-03-09", "3,2016-03-17", "4,2016-04", "5,2016", "6,", "3,2016-03-17")
    table = "F1,Date,Missile Name,Test Outcome\n" + "".join(f"{row},A,Success\n" for row in rows)
    data = read(tmp_path, table)
    assert data.monthly.to_dict("list") == {"missile_launches": [3.0, 1.0], "missile_days": [2.0, 0.0]}
    assert data.daily["missile_launches"].sum() == 3
    assert data.daily["missile_launches"].max() == 2
    (report,) = data.reports
    assert report.heaps == {
        "month": {"launches": 1},
        "year": {"launches": 1},
        "none": {"launches": 1},
    }
    assert report.precision == {"date": {"day": 3, "month": 1, "year": 1, "none": 1}}
    assert (report.duplicates, report.skipped) == (1, {"month not known": 2})


def test_what_a_list_counts_of_its_conflicts(tmp_path):
    table = "case,first,last,deaths,months\na,1990-01,1991-01,5,\nb,1989-05,2001-02,7,3\n"
    data = read(tmp_path, table)
    assert data.conflicts["deaths"].tolist() == [5.0, 7.0]
    assert data.conflicts["months"].tolist()[1] == 3.0
    assert data.conflicts["months"].isna().tolist() == [True, False]
    assert [str(d.date()) for d in data.conflicts["first"]] == ["1990-01-01", "1989-05-01"]
    with pytest.raises(InputError, match="line 2, column deaths: got '-5'"):
        read(tmp_path, table.replace(",5,", ",-5,"))
    same = read(tmp_path, "case,first,last\na,1990-01,1990-01\n")
    assert len(same.conflicts) == 1


def test_which_ceasefires_are_one(tmp_path):
    head = "cf_id,location,start_date,end_date,class\n"
    data = read(
        tmp_path, head + "1,X,2018-01-03,2018-01-05,1\n1,Y,2018-01-04,2018-01-09,2\n,X,2018-02-01,,3\n"
    )
    assert data.spells["id"].tolist() == ["X-1", "Y-1", "row 2"]
    assert data.spells["class"].tolist() == ["cessation", "preliminary", "definitive"]
    assert data.spells["days"].tolist()[:2] == [2.0, 5.0]
    assert data.reports[0].duplicates == 0
    bare = read(tmp_path, "start_date,end_date,class\n2018-01-03,2018-01-03,x\n2018-01-03,2018-01-03,x\n")
    assert bare.spells["id"].tolist() == ["row 0", "row 1"]
    assert bare.spells["days"].tolist() == [0.0, 0.0]
    assert bare.reports[0].duplicates is None


def test_a_ceasefire_in_figures(tmp_path):
    head = "uniq_id,start_date,end_date,class\n"
    rows = [f"{k},2018-01-01,2018-01-{day:02},x\n" for k, day in enumerate((2, 3, 5, 9, 31))]
    found = summary_of(read(tmp_path, head + "".join(rows) + "9,2019-05-05,,y\n"))["spells"]
    assert found["days"] == {"q25": 2.0, "median": 4.0, "q75": 8.0}
    assert found["by_class"] == {"x": {"n": 5, **found["days"]}}
    assert (found["ceasefires"], found["known_end"], found["from"], found["to"]) == (
        6,
        5,
        "2018-01-01",
        "2019-05-05",
    )


def test_series_in_figures(tmp_path):
    found = summary_of(read(tmp_path, "date,deaths,bombs\n2018-01-30,4,0\n2018-01-31,0,0\n2018-02-01,8,3\n"))
    assert found["daily"] == {
        "from": "2018-01-30",
        "to": "2018-02-01",
        "rows": 3,
        "series": {
            "deaths": {"sum": 12.0, "mean": 4.0, "largest": 8.0, "zeros": 1 / 3, "missing": 0},
            "bombs": {"sum": 3.0, "mean": 1.0, "largest": 3.0, "zeros": 2 / 3, "missing": 0},
        },
    }
    assert (found["layout"], len(found["reading"])) == ("daily", 1)
    assert "monthly" not in found


def test_rows_that_are_kept_are_numbered_through(tmp_path):
    head = "uniq_id,start_date,end_date,class\n"
    data = read(tmp_path, head + "1,,2018-01-05,x\n2,2018-01-03,2018-01-05,x\n3,2018-02-03,,y\n")
    assert data.spells.index.tolist() == [0, 1]
    assert data.spells["id"].tolist() == ["2", "3"]
    assert next(iter(data.spells.columns)) == "id"
    signed = "pa_date,pa_name,pa_type,paid\n,A,1,1\n1999-08-31,B,2,2\n"
    agreements = read(tmp_path, signed).agreements
    assert agreements.index.tolist() == [0]
    assert next(iter(agreements.columns)) == "start"
    listed_ = "case,first,last\na,1990-01,1991-01\na,1990-01,1991-01\nb,1989-05,2001-02\n"
    conflicts = read(tmp_path, listed_).conflicts
    assert conflicts.index.tolist() == [0, 1]
    assert next(iter(conflicts.columns)) == "case"


def test_a_header_that_is_all_there_is_holds_no_rows():
    with pytest.raises(InputError, match=r"some\.csv: holds no rows; expected at least one below the header"):
        text.csv_cells(contents(""), ["a"])


@pytest.mark.parametrize(
    ("since", "until", "days", "skipped"),
    [
        (None, None, 4, {}),
        ("2018-01-31", None, 3, {"outside the dates given": 1}),
        (None, "2018-01-31", 2, {"outside the dates given": 2}),
        ("2018-01-31", "2018-02-01", 2, {"outside the dates given": 2}),
    ],
)
def test_what_is_cut_from_daily_counts_is_said(tmp_path, since, until, days, skipped):
    content = "date,deaths\n2018-01-30,4\n2018-01-31,0\n2018-02-01,8\n2018-02-02,1\n"
    found = read(tmp_path, content, since=since, until=until)
    report = found.reports[0]
    assert (len(found.daily), report.used, report.skipped) == (days, days, skipped)
    assert found.daily.index[[0, -1]].strftime("%Y-%m-%d").tolist() == [
        since or "2018-01-30",
        until or "2018-02-02",
    ]


def test_agreements_in_figures(tmp_path):
    head = "pa_date,pa_name,pa_type,paid,ended,duration\n"
    rows = "1999-08-31,A,2,1,1,2001-01-01\n2000-01-02,B,1,2,0,\n2000-03-02,C,1,3,0,2002-01-01\n"
    found = summary_of(read(tmp_path, head + rows))["agreements"]
    by_type = {"full": 2, "partial": 1}
    assert found == {
        "agreements": 3,
        "ended": 2,
        "from": "1999-08-31",
        "to": "2000-03-02",
        "by_type": by_type,
    }
    without = summary_of(read(tmp_path, "pa_date,pa_name,pa_type,paid,ended\n1999-08-31,A,3,1,1\n"))
    assert (without["agreements"]["ended"], without["agreements"]["by_type"]) == (1, {"process": 1})
