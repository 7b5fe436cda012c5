"""What the data say, in lines, and the series that stands beside a case."""

from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from detente.experiments.cases.builder.evidence import Evidence
from detente.experiments.cases.builder.findings import (
    level_lines,
    monthly,
    monthly_csv,
    observed_tables,
    sides,
)
from detente.experiments.cases.builder.parties import Cast, Party
from detente.experiments.cases.builder.span import Span

FIRST, LAST = date(2001, 3, 1), date(2001, 5, 31)
SPAN = Span(FIRST, LAST, FIRST, FIRST, LAST)


def draft(**evidence):
    return SimpleNamespace(evidence=Evidence(**evidence), span=SPAN)


def months(values, first="2000-02-01"):
    return pd.DataFrame({"total": values}, index=pd.date_range(first, periods=len(values), freq="MS"))


def days(column="events", value=1.0):
    return pd.DataFrame({column: value}, index=pd.date_range("2000-02-01", "2001-07-31"))


def test_the_series_goes_from_a_year_before_a_case_to_its_end():
    table = monthly(draft(monthly=months(range(20)), total="total"))
    assert (table.index[0], table.index[-1]) == (pd.Timestamp("2000-03-01"), pd.Timestamp("2001-05-01"))
    assert table["deaths"].tolist() == list(range(1, 16))


def test_events_by_day_stand_beside_deaths_by_month():
    table = monthly(draft(monthly=months([5.0] * 16), total="total", daily=days()))
    assert list(table.columns) == ["deaths", "events_by_day"]
    assert table["events_by_day"].iloc[0] == 31.0
    by_day = monthly(draft(daily=days("deaths", 2.0)))
    assert (list(by_day.columns), by_day["deaths"].iloc[0]) == (["deaths"], 62.0)
    assert monthly(draft(daily=days())) is None
    assert monthly(draft()) is None
    assert observed_tables(draft()) == []
    assert monthly_csv(draft()) is None


def test_launches_are_counted_where_nobody_is_killed():
    made = draft(daily=days(), lethal=False, files=(Path("x/tests.csv"),))
    (table,) = observed_tables(made)
    assert (table["name"], table["unit"], table["source"]) == (
        "launches",
        "missile launches a month",
        "tests.csv",
    )
    assert next(iter(table["monthly"].items())) == ("2000-03", 31)
    assert monthly_csv(made).splitlines()[0] == "month,missile_launches"


def test_a_month_that_is_not_known_is_an_empty_cell_and_no_number():
    series = months([1.0, None, 2.5], "2001-03-01")
    made = draft(monthly=series, total="total", files=tuple(Path(f"{k}.csv") for k in "abcd"))
    assert monthly_csv(made) == "month,deaths\n2001-03,1\n2001-04,\n2001-05,2.5\n"
    (table,) = observed_tables(made)
    assert (table["monthly"], table["source"]) == ({"2001-03": 1, "2001-05": 2.5}, "a.csv, b.csv, c.csv")
    assert table["unit"] == "deaths a month (total)"


@pytest.mark.parametrize(
    ("home", "foe", "said"), [(True, True, False), (False, True, True), (True, False, True)]
)
def test_parties_that_no_file_names_are_said_to_be_none_of_the_files(home, foe, said):
    cast = Cast(Party("a", "A", given=home), (Party("b", "B", given=foe), Party("c", "C")), (0.75, 0.25))
    (line,) = sides(SimpleNamespace(cast=cast))
    assert line.startswith("parties: A against B 75%, C 25%")
    assert ("no file names both sides" in line) == said


def test_how_a_level_moves_is_said_where_it_is_known():
    assert list(level_lines({"yearly_change_sd": None})) == []
    level = {"yearly_change_sd": 0.5, "years": 4, "half_life_months": 5.0, "monthly_sigma": 0.25}
    assert list(level_lines(level)) == [
        "sd of yearly log changes: 0.5 (4 changes)",
        "innovation of the level: 0.25 a root month, half-life 5 months",
    ]
