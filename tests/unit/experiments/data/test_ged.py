"""Events as UCDP publishes them: quiet months, events that stand twice, heaps, impossible dates, several releases."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from layout_files import EVENT, QUIET, ged

from detente.experiments.data.layouts import read_data, read_file
from detente.experiments.data.observations import Observed
from detente.experiments.data.report import Report
from detente.experiments.evidence.origins import chosen_target, known_before
from detente.model.errors import InputError

FEW = (
    "id",
    "country",
    "type_of_violence",
    "dyad_name",
    "where_prec",
    "date_prec",
    "date_start",
    "date_end",
    "best",
)


@pytest.fixture
def read(tmp_path: Path):
    def reading(rows: list[dict[str, Any]], *, name: str = "ged.csv", **choice: Any) -> Observed:
        path = tmp_path / name
        path.write_text(ged(rows, FEW), encoding="utf-8")
        return read_file(path, **choice)

    return reading


def deaths(data: Observed) -> list[float]:
    assert data.monthly is not None
    return data.monthly["deaths_all"].tolist()


def report(data: Observed) -> Report:
    (only,) = data.reports
    assert only.rows == only.used + sum(only.skipped.values()) + (only.duplicates or 0)
    return only


def event(number: int, day: str, best: int = 1, **more: Any) -> dict[str, Any]:
    return {"id": number, "date_start": day, "best": best, **more}


def test_quiet_months_at_the_ends_are_months_of_none(read):
    data = read(QUIET, country="Examplia")
    assert data.monthly is not None
    assert (str(data.monthly.index[0].date()), len(data.monthly)) == ("2017-01-01", 12)
    assert data.monthly["deaths_all"].mean() == 1.0
    assert int((data.monthly["deaths_all"] == 0).sum()) == 10
    assert data.daily is not None
    assert len(data.daily) == 365
    assert report(data).coverage.to_json() == {"from": "2017-01-01", "to": "2017-12-31", "by": "the file"}
    assert report(data).skipped == {"not selected": 2}


def test_what_is_scored_and_fitted_has_the_quiet_months_too(read):
    data = read(QUIET, country="Examplia")
    target = chosen_target(data, None)
    assert (len(target.values), target.values.sum(), target.values.iloc[0]) == (12, 12, 0)
    known = known_before(data, target, date(2018, 1, 1))
    assert known.year_before.mean() == 1.0
    assert known.daily is not None
    assert known.daily["deaths"].mean() == pytest.approx(12 / 365)


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ({"dyad": "B - C"}, [0, 0, 0, 5, 0]),
        ({"country": "y"}, [0, 0, 0, 5, 0]),
        ({"country": "X"}, [1, 0, 0, 0, 0]),
        ({"country": "Z"}, [0, 0, 0, 0, 2]),
        ({"country": "X", "since": "2015-12-01", "until": "2016-03-31"}, [0, 1, 0, 0]),
        ({"country": "X", "until": "2016-07-31"}, [1, 0, 0, 0, 0, 0, 0]),
        ({"country": "Y", "since": "2016-03-15", "until": "2016-05-10"}, [5]),
        ({"dyad": "C - D", "since": "2016-01-01", "until": "2016-04-30"}, [0, 0, 0, 0]),
    ],
)
def test_coverage_is_the_files_own_or_the_days_named(read, choice: dict[str, Any], expected: list[float]):
    rows = [
        event(1, "2016-01-31", 1, country="X", dyad_name="A - B"),
        event(2, "2016-04-01", 5, country="Y", dyad_name="B - C"),
        event(3, "2016-05-01", 2, country="Z", dyad_name="C - D"),
    ]
    assert deaths(read(rows, **choice)) == expected


def test_a_window_within_a_month_has_days_and_no_months(read):
    data = read([event(1, "2016-01-10"), event(2, "2016-03-10")], since="2016-01-05", until="2016-01-20")
    assert data.monthly is None
    assert data.daily is not None
    assert (len(data.daily), data.daily["events"].sum()) == (16, 1)
    assert report(data).skipped == {"outside the dates covered": 1}
    assert "whole months only" in " ".join(report(data).notes)


def test_days_beyond_the_file_are_said_to_be_quiet_at_the_users_word(read):
    data = read([event(1, "2016-01-10")], until="2016-12-31")
    assert len(deaths(data)) == 12
    assert any(
        "after 2016-01-31 count as days without events (given by --until)" in note
        for note in report(data).notes
    )


@pytest.mark.parametrize(
    ("since", "until"), [("2020-01-01", None), (None, "2010-01-01"), ("2019-01-01", "2019-12-31")]
)
def test_days_the_file_does_not_speak_of_are_refused(read, since: str | None, until: str | None):
    with pytest.raises(
        InputError, match=r"expected dates that overlap those of .*ged\.csv, 2016-01-01 to 2016-03-31"
    ):
        read([event(1, "2016-01-10"), event(2, "2016-03-10")], since=since, until=until)


def test_a_yearly_event_ends_the_coverage_with_its_year(read):
    rows = [event(1, "2016-11-30"), event(2, "2016-01-01", 9, date_end="2016-12-31", date_prec=5)]
    assert deaths(read(rows)) == [0] * 10 + [1, 0]
    crossing = [event(1, "2016-11-30"), event(2, "2016-12-30", 3, date_end="2017-01-02", date_prec=2)]
    assert deaths(read(crossing)) == [1, 3]


TWICE = event(71, "2024-05-04", 6)


@pytest.mark.parametrize(
    ("rows", "n", "total", "left"),
    [
        ([TWICE, event(72, "2024-05-21", 2), TWICE], 2, 8, 1),
        ([TWICE, TWICE, TWICE, TWICE], 1, 6, 3),
        ([TWICE, TWICE | {"id": "71.0"}], 1, 6, 1),
        ([TWICE, TWICE | {"best": "6.0", "date_start": "2024-05-04 00:00:00.000"}], 1, 6, 1),
        ([TWICE, event(72, "2024-05-04", 6)], 2, 12, 0),
        ([TWICE, TWICE, event(72, "2024-05-21", 2), event(72, "2024-05-21", 2)], 2, 8, 2),
    ],
)
def test_an_event_that_stands_twice_counts_once_and_is_said(read, rows, n: int, total: int, left: int):
    data = read([row | {"date_end": "2024-05-04"} if row["id"] != 72 else row for row in rows])
    assert (sum(deaths(data)), report(data).used, report(data).duplicates) == (total, n, left)


@pytest.mark.parametrize(
    "other",
    [
        {"best": 7},
        {"date_start": "2024-05-05"},
        {"country": "Elsewhere"},
        {"type_of_violence": 2},
        {"date_prec": 2},
        {"dyad_name": "Government of Examplia - League"},
        {"dyad_new_id": 9002, "dyad_name": EVENT["dyad_name"].upper()},
    ],
)
def test_one_id_for_two_events_is_refused(read, other: dict[str, Any]):
    rows = [TWICE, event(72, "2024-05-21"), TWICE | other]
    with pytest.raises(
        InputError, match=r"line 4, column id: got '71'; expected each event once \(line 2 has different"
    ):
        read(rows, dyad=EVENT["dyad_name"])


def test_an_event_without_an_id_is_refused_and_a_file_without_ids_is_said(read, tmp_path: Path):
    with pytest.raises(InputError, match="line 2, column id: got ''; expected an id in every row"):
        read([event(1, "2024-05-04") | {"id": ""}])
    path = tmp_path / "plain.csv"
    path.write_text(ged([TWICE, TWICE], [name for name in FEW if name != "id"]))
    data = read_file(path)
    assert report(data).duplicates is None
    assert "duplicates cannot be found" in report(data).notes[0]


def test_heaps_are_counted_apart(read):
    rows = [
        event(1, "2016-02-03", 1),
        event(2, "2016-02-01", 20, date_end="2016-02-29", date_prec=4),
        event(3, "2016-01-15", 300, date_end="2016-03-14", date_prec=4),
        event(4, "2016-01-01", 4000, date_end="2016-12-31", date_prec=5),
        event(5, "2016-01-30", 50000, date_end="2016-02-04", date_prec=3),
    ]
    data = read(rows)
    assert report(data).heaps == {
        "month": {"events": 2, "deaths": 320.0},
        "year": {"events": 1, "deaths": 4000.0},
        "in no month": {"events": 2, "deaths": 4300.0},
    }
    assert deaths(data) == [50000, 21] + [0] * 10
    assert report(data).precision["date"] == {
        "day": 1, "two to six days": 0, "week": 1, "month": 2, "year": 1,
    }  # fmt: skip


IMPOSSIBLE = {
    "a day that is none": ({"date_start": "2017-02-30"}, "line 2, column date_start: got '2017-02-30'"),
    "a year before all": ({"date_start": "0217-02-03"}, "from 1900 to"),
    "a year to come": ({"date_start": "2071-02-03"}, "line 2, column date_start: got '2071-02-03'"),
    "an end in no year": ({"date_end": "3017-01-01"}, "line 2, column date_end: got '3017-01-01'"),
    "the thirteenth month": ({"date_start": "2017-13-01"}, "there is no such day"),
    "a year of five digits": ({"date_start": "20177-01-01"}, "expected a date such as 2018-06-15"),
    "no date": ({"date_start": ""}, "line 2, column date_start: got ''"),
    "a number too large": ({"best": "1" + "0" * 400}, "column best: got"),
    "a negative number": ({"best": -1}, "column best: got '-1'"),
    "a precision that is none": ({"date_prec": 6}, "column date_prec: got '6'; expected a code from 1 to 5"),
}


@pytest.mark.parametrize(("wrong", "said"), IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_what_cannot_be_is_refused_with_its_place(read, wrong: dict[str, Any], said: str):
    with pytest.raises(InputError) as caught:
        read([event(1, "2017-01-05") | wrong])
    assert said in str(caught.value)
    assert "ged.csv, line 2, column" in str(caught.value)


def test_an_impossible_year_beside_good_dates_is_refused_and_another_one_is_said(tmp_path: Path):
    path = tmp_path / "ged.csv"
    path.write_text(ged([event(1, "2017-01-05") | {"year": 20177}], (*FEW, "year")))
    with pytest.raises(InputError, match="line 2, column year: got '20177'"):
        read_file(path)
    path.write_text(ged([event(1, "2017-01-05") | {"year": 2016}], (*FEW, "year")))
    assert "1 events: column year differs" in read_file(path).reports[0].notes[0]


def test_the_line_named_is_the_line_of_the_file_where_cells_have_line_breaks(tmp_path: Path):
    rows = [event(k, "2017-01-05") | {"source_article": "one\ntwo\nthree"} for k in range(1, 4)]
    path = tmp_path / "ged.csv"
    path.write_text(ged([*rows, event(4, "2017-01-32")]), encoding="utf-8")
    with pytest.raises(InputError, match="line 11, column date_start: got '2017-01-32'"):
        read_file(path)


@pytest.fixture
def releases(tmp_path: Path):
    def written(**files: list[dict[str, Any]]) -> list[Path]:
        for name, rows in files.items():
            (tmp_path / f"{name}.csv").write_text(ged(rows, FEW), encoding="utf-8")
        return [tmp_path / f"{name}.csv" for name in files]

    return written


def test_a_yearly_release_and_candidate_months_are_read_as_one(releases):
    paths = releases(
        yearly=[event(1, "2023-03-01", 4), event(2, "2023-12-24", 1, country="Elsewhere")],
        january=[event(3, "2024-01-02", 2), event(1, "2023-03-01", 5)],
        february=[event(4, "2024-02-02", 9, country="Elsewhere")],
    )
    data = read_data(paths, "Examplia")
    assert deaths(data) == [4] + [0] * 9 + [2, 0]
    assert [r.used for r in data.reports] == [1, 1, 0]
    assert [r.duplicates for r in data.reports] == [0, 1, 0]
    assert "1 events also occur in an earlier file" in data.reports[1].notes[0]


def test_one_file_named_twice_counts_once(releases):
    (path,) = releases(yearly=[event(1, "2023-03-01", 4)])
    assert deaths(read_data([path, path])) == [4]


def test_months_between_two_releases_are_refused(releases):
    paths = releases(yearly=[event(1, "2021-03-01")], later=[event(2, "2024-01-02")])
    with pytest.raises(InputError, match="has events between 2021-03-31 and 2024-01-01"):
        read_data(paths)


def test_two_releases_of_different_countries_ask_for_one(releases):
    paths = releases(yearly=[event(1, "2023-12-01")], later=[event(2, "2024-01-02", country="Elsewhere")])
    with pytest.raises(InputError, match="holds 2 countries"):
        read_data(paths)
    with pytest.raises(InputError, match="has no events in 'Nowhere'"):
        read_data(paths, "Nowhere")


def test_an_older_release_has_an_older_name_for_its_best_estimate(tmp_path: Path):
    path = tmp_path / "ged.csv"
    path.write_text(ged([event(1, "1997-01-05", 7)], FEW).replace(",best", ",best_est"))
    assert deaths(read_file(path)) == [7]


@pytest.mark.parametrize(("year", "refused"), [(1899, True), (1900, False)])
def test_years_are_those_of_wars_that_someone_recorded(tmp_path: Path, year: int, refused: bool):
    path = tmp_path / "ged.csv"
    path.write_text(ged([event(1, "2017-01-05") | {"year": year}], (*FEW, "year")))
    if refused:
        with pytest.raises(InputError, match=f"line 2, column year: got '{year}'"):
            read_file(path)
    else:
        assert "1 events: column year differs" in read_file(path).reports[0].notes[0]


def test_an_event_may_be_of_any_year_that_it_lasts(tmp_path: Path):
    path = tmp_path / "ged.csv"
    for year, differs in ((2015, True), (2016, False), (2017, False), (2018, True)):
        row = event(1, "2016-12-30") | {"date_end": "2017-01-02", "year": year}
        path.write_text(ged([row], (*FEW, "year")))
        assert any("differs" in note for note in read_file(path).reports[0].notes) is differs


def test_releases_that_follow_one_another_leave_no_month_out(releases):
    paths = releases(yearly=[event(1, "2021-12-01")], later=[event(2, "2022-01-31")])
    assert deaths(read_data(paths)) == [1, 1]
    paths = releases(yearly=[event(1, "2021-03-01")], later=[event(2, "2021-05-02")])
    with pytest.raises(InputError, match="has events between 2021-03-31 and 2021-05-01"):
        read_data(paths)
    paths = releases(
        whole=[event(1, "2021-01-01"), event(2, "2021-12-31")],
        within=[event(3, "2021-03-02")],
        later=[event(4, "2022-01-02")],
    )
    assert sum(deaths(read_data(paths[::-1]))) == 4
