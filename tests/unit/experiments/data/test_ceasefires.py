"""Ceasefires as published: codes for none, declarations, precision, one ceasefire of many actors, impossible days."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from layout_files import ceasefire, ceasefires

from detente.experiments.data.layouts import read_file
from detente.experiments.data.summary import summary_of as summary
from detente.model.errors import InputError

NONE, UNCLEAR = (0, 0, 0), (-1, -1, -1)


@pytest.fixture
def read(tmp_path: Path):
    def reading(*rows: dict[str, Any], **form: Any) -> pd.DataFrame:
        path = tmp_path / "ceasefires.csv"
        path.write_text(ceasefires(*rows, **form), encoding="utf-8")
        data = read_file(path)
        assert data.spells is not None
        reading.report = data.reports[0]
        reading.summary = summary(data)["spells"]
        return data.spells

    return reading


def test_both_codes_are_none_and_each_row_falls_back_to_its_declaration(read):
    spells = read(
        ceasefire(1, (2019, 3, 2), (2019, 3, 10), (2019, 4, 9), ceasefire_class=2),
        ceasefire(2, (2019, 6, 1), NONE, UNCLEAR),
        ceasefire(3, (2019, 9, 1), UNCLEAR, (2019, 9, 11)),
        ceasefire(4, (2019, 11, 1), (2019, 11, 5), (2019, 12, 0)),
    )
    assert [str(day.date()) for day in spells["start"]] == [
        "2019-03-10",
        "2019-06-01",
        "2019-09-01",
        "2019-11-05",
    ]
    assert spells["start_from"].tolist() == ["effect", "declared", "declared", "effect"]
    assert spells["end_precision"].tolist() == ["day", "none", "day", "month"]
    assert spells["days"].dropna().tolist() == [30, 10]
    assert (read.summary["ceasefires"], read.summary["known_end"], read.summary["dated_by_declaration"]) == (
        4,
        2,
        2,
    )
    assert spells["class"].tolist() == ["preliminary", "cessation", "cessation", "cessation"]


@pytest.mark.parametrize(
    ("parts", "day", "precision"),
    [
        ((2019, 3, 10), "2019-03-10", "day"),
        ((2019, 3, 0), "2019-03-01", "month"),
        ((2019, 3, -1), "2019-03-01", "month"),
        ((2019, "", ""), "2019-01-01", "year"),
        ((2019, -1, 4), "2019-01-01", "year"),
        (("2019.0", "3.0", "10.0"), "2019-03-10", "day"),
        ((2019, 2, 29), "2019-02-01", "month"),
        ((2020, 2, 29), "2020-02-29", "day"),
        ((2019, 11, 31), "2019-11-01", "month"),
        (("NA", "NA", "NA"), None, "none"),
        ((-99, -99, -99), None, "none"),
        ((-1, 6, -1), None, "none"),
        ((0, 6, 12), None, "none"),
    ],
)
@pytest.mark.parametrize("which", ["cf_effect", "end"])
def test_a_date_is_kept_with_what_is_known_of_it(
    read, which: str, parts: Any, day: str | None, precision: str
):
    dates: dict[str, Any] = {"cf_effect": (2018, 1, 1), "end": (2021, 1, 1), which: parts}
    (spell,) = read(ceasefire(1, UNCLEAR, dates["cf_effect"], dates["end"], cf_dec_yr=2018)).to_dict(
        "records"
    )
    name = {"cf_effect": "effect", "end": "end"}[which]
    assert spell[f"{name}_precision"] == precision
    shown = spell["end"] if which == "end" else spell["start"]
    if day is not None:
        assert str(shown.date()) == day
    elif which == "end":
        assert pd.isna(shown)
    else:
        assert (str(shown.date()), spell["start_precision"], spell["start_from"]) == (
            "2018-01-01",
            "year",
            "declared",
        )


def test_a_day_that_does_not_exist_is_named_and_taken_to_its_month(read):
    spells = read(
        ceasefire(1, (2019, 3, 2), (2019, 3, 10), (2019, 4, 9)),
        ceasefire(2, UNCLEAR, (2019, 11, 31), (2020, 6, 31)),
    )
    assert spells["start_precision"].tolist() == ["day", "month"]
    notes = " | ".join(read.report.notes)
    assert "line 3, column cf_effect_day: effect 2019-11-31 does not exist" in notes
    assert "line 3, column end_day: end 2020-06-31 does not exist" in notes


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("cf_effect_day", 32, "a day from 1 to 31"),
        ("cf_effect_month", 13, "a month from 1 to 12"),
        ("cf_dec_yr", 20199, "a year from 1900"),
        ("end_yr", 203, "a year from 1900"),
        ("end_yr", 2090, "a year from 1900"),
        ("end_day", "soon", "a whole number; 0, -1 or nothing"),
        ("cf_dec_day", "1.5", "a whole number"),
        ("end_month", "inf", "a whole number"),
    ],
)
def test_what_no_calendar_has_is_refused_with_its_place(read, column: str, value: Any, said: str):
    row = ceasefire(1, (2019, 3, 2), (2019, 3, 10), (2019, 4, 9))
    with pytest.raises(InputError) as caught:
        read(row, row | {"cf_id": 2, "uniq_id": 990002, column: value})
    assert f"ceasefires.csv, line 3, column {column}: got '{value}'; expected {said}" in str(caught.value)


def test_one_ceasefire_is_one_id_however_many_actors_declare_it(read):
    dates = ((2019, 3, 2), (2019, 3, 10), (2019, 4, 9))
    spells = read(
        ceasefire(1, *dates),
        ceasefire(1, *dates, actor_name="Government"),
        ceasefire(1, *dates, actor_name="League", ucdp_dyad=9002),
        ceasefire(2, *dates),
        ceasefire(2, *dates),
    )
    assert spells["actors"].tolist() == ["Front, Government, League", "Front"]
    assert (read.report.rows, read.report.used, read.report.duplicates) == (5, 4, 1)
    assert "4 rows form 2 ceasefires" in " ".join(read.report.notes)


@pytest.mark.parametrize(
    ("first", "second", "start", "end"),
    [
        (((2019, 3, 10), (2019, 4, 9)), ((2019, 3, -1), UNCLEAR), "2019-03-10", "2019-04-09"),
        ((UNCLEAR, UNCLEAR), ((2019, 3, 12), (2019, 5, -1)), "2019-03-12", "2019-05-01"),
        (((2019, 3, 12), (2019, 5, 2)), ((2019, 3, 10), (2019, 4, 9)), "2019-03-10", "2019-04-09"),
        (((2019, -1, -1), (2019, -1, -1)), ((2019, 4, -1), (2019, 6, 7)), "2019-04-01", "2019-06-07"),
        ((NONE, NONE), ((2019, 3, 10), NONE), "2019-03-10", None),
    ],
)
def test_of_rows_that_differ_the_date_known_best_counts(
    read, first: Any, second: Any, start: str, end: str | None
):
    spells = read(
        ceasefire(1, (2019, 3, 2), *first), ceasefire(1, (2019, 3, 2), *second, actor_name="Government")
    )
    (spell,) = spells.to_dict("records")
    assert str(spell["start"].date()) == start
    assert pd.isna(spell["end"]) if end is None else str(spell["end"].date()) == end
    assert "1 ceasefires have rows with different dates" in " ".join(read.report.notes)


def test_an_end_before_the_start_is_named_and_no_length_is_made_of_it(read):
    spells = read(ceasefire(1, (2019, 3, 2), (2019, 3, 10), (2019, 3, 9)))
    assert spells["days"].isna().all()
    assert "line 2: the end is before the start" in read.report.notes[0]


def test_the_older_spelling_is_the_same(read):
    row = ceasefire(1, (2019, 3, 2), (2019, 3, 10), (2019, 4, 9), ceasefire_class=3)
    assert read(row, capitals=True).to_dict("records") == read(row).to_dict("records")


def test_a_ceasefire_without_any_date_is_left_out_and_counted(read):
    spells = read(ceasefire(1, NONE, UNCLEAR, (2019, 1, 1)), ceasefire(2, (2019, 1, 1), NONE, NONE))
    assert spells["id"].tolist() == ["990002"]
    assert read.report.skipped == {"without a start": 1}
    assert read.summary["left_out_without_start"] == 1


def test_plain_tables_of_ceasefires_may_know_days_months_or_years(tmp_path: Path):
    path = tmp_path / "truces.csv"
    path.write_text(
        "cf_uniq_id,declared,effect,end,cf_class\n1,2001-01-02,2001-01,2001-03-04,cessation\n2,2002,,2003-06,definitive\n"
    )
    data = read_file(path)
    assert data.spells is not None
    assert data.spells["start_precision"].tolist() == ["month", "year"]
    assert data.spells["end_precision"].tolist() == ["day", "month"]
    assert data.spells["start_from"].tolist() == ["effect", "declared"]
