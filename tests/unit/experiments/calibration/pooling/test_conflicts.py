"""Conflicts that are pooled: their observed courses out of tables, and the shipped cases moved to other years."""

from datetime import date, timedelta
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from conflict_folders import write_conflicts

from detente.experiments.calibration.pooling import conflicts as module
from detente.experiments.calibration.pooling.conflicts import (
    at_rest,
    course_of,
    days_of,
    list_of,
    observed_agreements,
    observed_truces,
    seen_share,
    series_file,
)
from detente.experiments.calibration.pooling.courses import Course, Truce
from detente.experiments.cases.builder.evidence import Evidence
from detente.experiments.evidence.refit import total_rate
from detente.model.catalogue import load_scenario
from detente.model.errors import InputError

FIRST = date(2001, 1, 15)


def over(first: date, last: date):
    """Whatever has the days of a case."""
    return SimpleNamespace(case=SimpleNamespace(start=first, end=last))


def monthly(values, start="2001-01-01"):
    return pd.DataFrame({"deaths": values}, index=pd.date_range(start, periods=len(values), freq="MS"))


# -- courses out of tables


def test_a_course_has_the_months_that_its_days_touch_and_an_unknown_one_counts_none():
    evidence = Evidence(monthly=monthly([1.0, 2.0, np.nan, 4.0]), total="deaths")
    found = course_of(evidence, over(FIRST, date(2001, 3, 10)), won=True)
    assert found.n_days == 17 + 28 + 10
    assert found.series.tolist() == [1.0, 2.0, 0.0]
    assert (found.events, found.talks, found.won) == (None, None, True)


@pytest.mark.parametrize(("year", "known"), [(2019, ()), (2020, None)])
def test_acts_are_known_of_wars_that_begin_before_their_tables_end(year, known):
    evidence = Evidence(monthly=monthly([1.0, 2.0], f"{year}-01-01"), total="deaths")
    found = course_of(evidence, over(date(year, 1, 1), date(year, 2, 28)), won=None)
    assert (found.truces, found.agreements) == (known, known)


def test_days_without_events_among_their_counts_are_not_known():
    deaths = pd.DataFrame({"deaths": [1.0]}, index=pd.to_datetime(["2001-01-15"]))
    assert days_of(deaths, FIRST, FIRST) is None


def test_ceasefires_of_the_days_of_a_case_are_its_own():
    """From the first day on, and no more on the day after the last; of several sides as of two."""
    days = ["2001-01-14", "2001-01-15", "2001-01-24", "2001-01-25"]
    table = pd.DataFrame(
        {
            "start": pd.to_datetime(days),
            "side": ["bilateral", "multilateral", "unilateral", "bilateral"],
            "partial": ["0", "0", "1", "0"],
        }
    )
    found = observed_truces(table, FIRST, 10)
    assert found == (Truce(0, joint=True, local=False), Truce(9, joint=False, local=True))


def test_agreements_of_the_days_of_a_case_are_its_own_and_those_on_the_process_are_none():
    days = ["2001-01-14", "2001-01-24", "2001-01-15", "2001-01-25", "2001-01-16", None]
    kinds = ["full", "full", "partial", "full", "process", "full"]
    table = pd.DataFrame({"start": pd.to_datetime(days), "type": kinds})
    assert observed_agreements(table, FIRST, 10) == ((0, False), (9, True))
    assert observed_agreements(None, FIRST, 10) == ()


# -- how much is seen


@pytest.mark.parametrize(("share", "seen"), [(0.25, 0.25), (1.0, 1.0), (3.0, 1.0)])
def test_the_share_of_events_that_is_seen_is_at_most_all(share, seen):
    case = load_scenario("template")
    course = Course(2, np.zeros(1), np.array([share * total_rate(case), share * total_rate(case)]))
    assert seen_share(case, course) == pytest.approx(seen)


def test_without_days_or_without_rates_all_is_taken_to_be_seen():
    case = load_scenario("template")
    still = tuple(r.model_copy(update={"attacks": (0.0, 0.0)}) for r in case.relation)
    quiet = case.model_copy(update={"relation": still, "spoiler": ()})
    assert seen_share(case, Course(2, np.zeros(1))) == 1.0
    assert seen_share(quiet, Course(2, np.zeros(1), np.array([0.0, 1.0]))) == 1.0
    assert seen_share(quiet, Course(2, np.zeros(1), np.zeros(2))) == 0.0


def test_at_rest_nobody_acts_and_no_lever_is_raised():
    policy = at_rest()
    assert (policy.mode, policy.move) == ("conditioned", ())
    levers = policy.levers.model_dump() if hasattr(policy.levers, "model_dump") else dict(policy.levers)
    assert set(levers.values()) == {0.0}


# -- folders


@pytest.fixture
def one(tmp_path):
    """A folder of data whose list has one conflict."""
    folder = write_conflicts(tmp_path / "conflicts")
    rows = folder.joinpath("cases.csv").read_text(encoding="utf-8").splitlines()
    folder.joinpath("cases.csv").write_text("\n".join(rows[:2]) + "\n", encoding="utf-8")
    return tmp_path


def test_a_conflict_of_the_list_has_its_case_and_its_course(one, monkeypatch):
    monkeypatch.setattr(module, "shipped", lambda folder: iter([folder]))
    told = []
    found, shipped = module.conflicts(one, lambda *what: told.append(what))
    assert shipped == one
    assert told == [("reading northland", 0, 3)]
    assert (found.name, found.counted) == ("northland", "deaths")
    assert found.scenario.path is None  # its folder is gone
    course = found.observed
    assert (course.n_days, len(course.series), course.won, course.talks) == (2922, 96, False, None)
    first = (date(2003, 3, 10) - date(2000, 1, 1)).days
    assert course.truces == (
        Truce(first, joint=True, local=False),
        Truce(first + 41, joint=False, local=False),
    )
    assert course.agreements == ()
    assert found.thin == seen_share(found.scenario, course)


@pytest.mark.parametrize("name", ["cases.csv", "ceasefires.csv", "agreements.csv"])
def test_a_missing_file_of_a_folder_is_named(one, name):
    (one / "conflicts" / name).unlink()
    with pytest.raises(InputError, match=rf"holds no {name}; expected the list"):
        list_of(one / "conflicts")


def test_a_table_of_something_else_is_no_list(one):
    (one / "conflicts" / "cases.csv").write_text("month,deaths\n2001-01,3\n2001-02,4\n")
    with pytest.raises(InputError, match="is no list of conflicts"):
        list_of(one / "conflicts")


# -- the shipped cases


def test_a_series_that_is_missing_is_named(tmp_path):
    with pytest.raises(InputError, match=r"holds no none\.csv; expected the series of the shipped cases"):
        series_file(tmp_path, "none.csv")


def counted_months(path, column, first, last="2018-12"):
    """A table whose months count up from 1."""
    months = pd.period_range(first, last, freq="M")
    rows = [f"{month},{k + 1}" for k, month in enumerate(months)]
    path.write_text(f"month,{column}\n" + "\n".join(rows) + "\n", encoding="utf-8")


def test_afghanistan_has_the_years_that_are_fitted_and_one_truce(tmp_path):
    counted_months(tmp_path / "afghanistan_monthly_2006_2018.csv", "deaths_all", "2006-01")
    days = pd.date_range("2006-01-01", "2018-12-31")
    lines = [f"{day:%Y-%m-%d},1,2" for day in days]
    file = tmp_path / "afghanistan_daily_2006_2018.csv"
    file.write_text("date,events,deaths\n" + "\n".join(lines) + "\n", encoding="utf-8")
    found = module.afghanistan(tmp_path)
    course = found.observed
    n = (date(2018, 7, 22) - date(2010, 1, 1)).days + 1
    assert (found.scenario.case.start, found.scenario.case.end) == (date(2010, 1, 1), date(2018, 7, 22))
    assert (course.n_days, course.events.sum()) == (n, n)
    assert course.series.tolist() == [float(k) for k in range(49, 49 + 102)]
    assert course.truces == (Truce((date(2018, 6, 15) - date(2010, 1, 1)).days, joint=True, local=False),)
    assert (course.agreements, course.talks, course.won) == ((), None, False)
    assert found.thin == pytest.approx(1.0 / total_rate(found.scenario))


def test_korea_has_tests_in_the_place_of_deaths_and_the_day_of_its_talks(tmp_path):
    counted_months(tmp_path / "dprk_monthly_2010_2018.csv", "missile_launches", "2010-01")
    found = module.korea(tmp_path)
    course = found.observed
    assert (found.counted, found.thin) == ("events", 1.0)
    assert course.series.tolist() == [float(k) for k in range(49, 49 + 54)]
    assert date(2014, 1, 1) + timedelta(days=course.talks) == date(2018, 1, 9)
    assert course.n_days == (date(2018, 7, 22) - date(2014, 1, 1)).days + 1
    assert (course.events, course.truces, course.won) == (None, None, None)


def test_a_case_on_other_years_has_its_own_rates_and_season():
    own, moved = load_scenario("afghanistan-2018"), module.moved("afghanistan-2018", date(2010, 1, 1))
    assert total_rate(moved) == pytest.approx(total_rate(own))
    assert moved.calendar.season == pytest.approx(own.calendar.season)
    assert module.moved("sri-lanka-2000", date(2000, 1, 1)).calendar.season == (1.0,) * 12
