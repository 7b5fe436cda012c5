"""Readers of observed data: what each layout becomes, and the one line that a faulty file gets."""

from contextlib import suppress
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from detente.experiments.cli.main import app
from detente.experiments.data.layouts import read_data, read_file
from detente.experiments.data.summary import summary_of
from detente.model.errors import InputError

GED_HEAD = (
    "id,type_of_violence,dyad_name,country,where_prec,date_prec,date_start,date_end,best,source_article\n"
)
GED_ROWS = (
    '1,1,"Government of X - Rebels",X,1,1,2018-01-03 00:00:00.000,2018-01-03 00:00:00.000,4,"a, b"\n'
    "2,1,Government of X - Rebels,X,3,1,2018-01-03,2018-01-03,10,c\n"
    "3,3,Rebels - Civilians,X,1,1,2018-02-10,2018-02-10,2,d\n"
    "4,1,Government of X - Rebels,X,1,4,2018-02-01,2018-02-28,7,e\n"
    "5,2,Others,Y,1,1,2018-02-11,2018-02-11,1,f\n"
)


@pytest.fixture
def write(tmp_path: Path):
    def written(text: str, name: str = "file.csv") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return written


def test_ged_days_hold_precise_events_and_months_hold_all(write):
    data = read_file(write(GED_HEAD + GED_ROWS), "X")
    assert data.daily is not None
    assert data.monthly is not None
    assert data.daily.loc["2018-01-03"].tolist() == [1, 4]
    assert data.daily["events"].sum() == 2
    assert str(data.daily.index[0].date()) == "2018-01-01"
    assert str(data.daily.index[-1].date()) == "2018-02-28"
    assert data.monthly["deaths_all"].tolist() == [14, 9]
    assert data.monthly["deaths_state_based"].tolist() == [14, 7]


def test_ged_of_several_countries_asks_for_one(write):
    path = write(GED_HEAD + GED_ROWS)
    with pytest.raises(InputError, match="choose one with --country"):
        read_file(path)
    with pytest.raises(InputError, match="no events in 'Z'"):
        read_file(path, "Z")


def test_a_month_without_events_is_a_month_of_none(write):
    rows = GED_ROWS.splitlines(keepends=True)
    late = rows[0].replace("2018-01-03 00:00:00.000", "2018-04-03").replace("1,", "6,", 1)
    data = read_file(write(GED_HEAD + rows[0] + late))
    assert data.monthly is not None
    assert data.monthly["deaths_all"].tolist() == [4, 0, 0, 4]


def test_daily_and_monthly_tables(write):
    daily = write("date,events,deaths\n2018-01-30,1,2\n2018-01-31,0,0\n2018-02-01,3,9\n\n", "d.csv")
    monthly = write("month,deaths_all\n2018-01,10\n2018-02,12\n", "m.csv")
    data = read_data([daily, monthly])
    assert data.daily is not None
    assert data.monthly is not None
    assert data.daily["deaths"].tolist() == [2, 0, 9]
    assert data.total() == "deaths_all"
    assert data.kinds == ("daily", "monthly")


def test_plain_series_by_day_and_by_month(write):
    text = "date,series,value\n2018-01,deaths,4\n2018-01,strikes,1.5\n2018-02,deaths,6\n2018-02,strikes,0\n"
    data = read_file(write(text))
    assert data.monthly is not None
    assert data.monthly["strikes"].tolist() == [1.5, 0]
    day = read_file(write(text.replace("2018-01", "2018-01-01").replace("2018-02", "2018-01-02")))
    assert day.daily is not None
    assert day.daily["deaths"].tolist() == [4, 6]


def test_ceasefires_with_dates_in_three_columns(write):
    text = (
        "cf_id,location,cf_effect_yr,cf_effect_month,cf_effect_day,end_yr,end_month,end_day,class\n"
        "1,X,2018,6,15,2018,6,18,cessation\n2,X,2018,6,NA,2018,7,1,cessation\n3,Y,2019,1,1,,,,definitive\n"
    )
    data = read_file(write(text))
    assert data.spells is not None
    assert data.spells["days"].tolist()[:1] == [3]
    assert data.spells["start_precision"].tolist() == ["day", "month", "day"]
    assert data.spells["days"].isna().tolist() == [False, True, True]
    assert pd.isna(data.spells["end"].iloc[2])
    told = summary_of(data)["spells"]
    assert (told["ceasefires"], told["known_end"], told["left_out_without_start"]) == (3, 1, 0)


FAULTS = {
    "a negative count": (
        "month,deaths\n2018-01,4\n2018-02,-1\n",
        "line 3, column deaths: got '-1'; expected a whole",
    ),
    "a fraction": (
        "month,deaths\n2018-01,4.5\n",
        "line 2, column deaths: got '4.5'; expected a whole number",
    ),
    "no number": ("month,deaths\n2018-01,many\n", "line 2, column deaths: got 'many'"),
    "infinity": ("month,deaths\n2018-01,inf\n", "line 2, column deaths: got 'inf'"),
    "a day that is none": (
        "date,deaths\n2018-02-30,4\n",
        "line 2, column date: got '2018-02-30'; expected a date",
    ),
    "a month of days": ("month,deaths\n2018-01-01,4\n", "expected a month such as 2018-06"),
    "a gap": (
        "month,deaths\n2018-01,4\n2018-03,1\n",
        "line 3, column month: got '2018-03-01'; expected the next month",
    ),
    "a date twice": ("date,deaths\n2018-01-01,4\n2018-01-01,1\n", "line 3, column date"),
    "no layout": ("when,deaths\n2018,4\n", "match no known layout"),
    "no series": ("date\n2018-01-01\n", "has no column beside 'date'"),
    "no rows": ("date,deaths\n", "holds no rows"),
    "nothing": ("", "line 1: is empty"),
    "a column twice": ("date,deaths,deaths\n2018-01-01,1,2\n", "column 'deaths' occurs twice"),
    "a series with a hole": (
        "date,series,value\n2018-01,a,1\n2018-02,a,1\n2018-01,b,1\n",
        "series 'b' has no value for 2018-02-01",
    ),
    "a value twice": ("date,series,value\n2018-01,a,1\n2018-01,a,2\n", "each series once a date"),
    "an event that ends before it starts": (
        GED_HEAD + "1,1,d,X,1,1,2018-01-03,2018-01-02,4,s\n",
        "column date_end: got '2018-01-02'",
    ),
    "a code that is none": (GED_HEAD + "1,1,d,X,9,1,2018-01-03,2018-01-03,4,s\n", "a code from 1 to 7"),
    "a ceasefire that ends before it starts": (
        "start_date,end_date,class\n2018-01-03,2018-01-02,x\n",
        "an end not before the start",
    ),
}


@pytest.mark.parametrize(("text", "said"), FAULTS.values(), ids=FAULTS)
def test_a_faulty_file_gets_one_clear_line(write, text: str, said: str):
    path = write(text)
    with pytest.raises(InputError) as caught:
        read_file(path)
    assert said in str(caught.value)
    assert str(path) in str(caught.value)


def test_what_is_no_file_gets_one_clear_line(tmp_path: Path):
    with pytest.raises(InputError, match="does not exist"):
        read_file(tmp_path / "none.csv")
    with pytest.raises(InputError, match="is a directory"):
        read_file(tmp_path)
    raw = tmp_path / "raw.csv"
    raw.write_bytes(b"\xff\xfe\x00date,deaths")
    with pytest.raises(InputError, match="not UTF-8"):
        read_file(raw)


def test_two_files_of_one_kind_are_refused(write):
    text = "month,deaths\n2018-01,4\n"
    with pytest.raises(InputError, match="second file with monthly data"):
        read_data([write(text, "a.csv"), write(text, "b.csv")])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(alphabet='date,monthseriesvaluedeaths0123456789-\n" .', max_size=200))
def test_any_text_is_read_or_refused(tmp_path: Path, text: str):
    path = tmp_path / "any.csv"
    path.write_text(text, encoding="utf-8")
    with suppress(InputError):
        assert read_file(path).kinds


def test_summary_on_the_command_line(write):
    path = write("date,series,value\n2018-01,deaths,4\n2018-02,deaths,0\n")
    result = CliRunner().invoke(app, ["data", "summary", str(path), "--json"])
    assert result.exit_code == 0
    assert '"sum": 4.0' in result.stdout
    shown = CliRunner().invoke(app, ["data", "summary", str(path)])
    assert "2018-01-01 to 2018-02-01" in shown.stdout
    bad = CliRunner().invoke(app, ["data", "summary", str(path.with_name("none.csv"))])
    assert bad.exit_code == 2
    assert "does not exist" in bad.stderr


def test_the_shared_series_are_read(shared_data: Path):
    data = read_data(sorted(shared_data.glob("afghanistan_*_2006_2018.csv")))
    assert data.daily is not None
    assert data.monthly is not None
    assert data.monthly.loc["2018", "deaths_all"].sum() == 26_889
    assert len(data.daily) == 4748
