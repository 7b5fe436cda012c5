"""What is scored at an origin: each lead with an observed value, each forecast, with its own luck."""

from datetime import date
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from detente.experiments.benchmark import origin_scores as module
from detente.experiments.benchmark.origin_scores import at_origin, is_shown, log_score, rows_of
from detente.experiments.benchmark.subjects import CaseSubject, origins_of
from detente.experiments.benchmark.submission import month_id, units, window
from detente.experiments.evidence.origins import LEAST_MONTHS, Target
from detente.model.errors import InputError

DAY = date(2010, 1, 1)


@pytest.mark.parametrize(("value", "other"), [(0.4, 0.6), (2.4, 2.6), (1000.4, 1000.6)])
def test_classes_of_deaths_end_between_whole_numbers(value, other):
    values = np.full(9, value)
    assert log_score(values, value) == pytest.approx(-np.log(10 / 20))
    assert log_score(values, other) == pytest.approx(-np.log(1 / 20))


def subject(values, start="2010-01-01", shown_from=None):
    index = pd.date_range(start, periods=len(values), freq="MS")
    return SimpleNamespace(
        name="war", target=Target("deaths", pd.Series(values, index), deaths=True), shown_from=shown_from
    )


def test_a_row_for_each_lead_that_is_observed_and_each_forecast(monkeypatch):
    monkeypatch.setattr(module, "history_of", lambda opened: "history")
    monkeypatch.setattr(
        module, "null_forecasts", lambda opened, history, lead: {"null": np.full(4, float(lead))}
    )
    draws = {"none": {"1": np.full(4, 7.0), "2": np.full(4, 8.0), "3": np.full(4, 9.0)}}
    war = subject([10.0, 20.0], shown_from=date(2010, 2, 1))
    rows = rows_of(war, SimpleNamespace(day=DAY), [1, 2, 3], draws)
    told = [(r["lead"], r["month"], r["forecast"], r["observed"], r["mean"], r["shown"]) for r in rows]
    model = "model, nothing known"
    assert told == [
        (1, "2010-01-01", model, 10.0, 7.0, False),
        (1, "2010-01-01", "null", 10.0, 1.0, False),
        (2, "2010-02-01", model, 20.0, 8.0, True),
        (2, "2010-02-01", "null", 20.0, 2.0, True),
    ]


@pytest.mark.parametrize(("shown_from", "shown"), [(None, False), (DAY, True), (date(2010, 2, 1), False)])
def test_months_are_shown_from_a_day_on(shown_from, shown):
    assert is_shown(SimpleNamespace(shown_from=shown_from), DAY) == shown


def test_an_origin_opens_a_conflict_for_its_longest_lead(monkeypatch):
    asked = []
    opened = SimpleNamespace(policy=lambda known: f"known {known}")
    war = SimpleNamespace(open=lambda day, months: asked.append((day, months)) or opened)
    outlook = SimpleNamespace(forecast=lambda lead: np.array([1.0, float(lead)]))
    monkeypatch.setattr(
        module, "outlooks", lambda o, policies, runs: asked.append((policies, runs)) or [outlook] * 2
    )
    monkeypatch.setattr(module, "fitted", lambda o: {})
    monkeypatch.setattr(module, "rows_of", lambda *parts: [])
    found = at_origin(war, DAY, [1, 3], ["none", "conditioned"], 5)
    assert asked == [(DAY, 3), (["known False", "known True"], 5)]
    assert found["draws"] == {mode: {"1": [1, 1], "3": [1, 3]} for mode in ("none", "conditioned")}


# -- origins


def origins(n, every=1, since=None, until=None):
    return origins_of(subject(np.ones(n), "2000-01-01"), every, since, until)


def test_a_first_origin_has_thirty_seven_months_before_it_and_one_to_score():
    assert LEAST_MONTHS == 36
    assert origins(38) == [date(2003, 2, 1)]
    with pytest.raises(
        InputError, match="covers 2000-01 to 2003-01; expected 37 months before a first origin and"
    ):
        origins(37)


def test_origins_lie_within_the_last_fifteen_years():
    assert origins(240)[0] == date(2005, 2, 1)
    assert len(origins(240)) == 179


def test_origins_are_so_many_months_apart_and_between_the_days_asked_for():
    assert origins(60, 7) == [date(2003, 2, 1), date(2003, 9, 1), date(2004, 4, 1), date(2004, 11, 1)]
    assert origins(60, 1, date(2004, 3, 1), date(2004, 4, 1)) == [date(2004, 3, 1), date(2004, 4, 1)]
    with pytest.raises(InputError, match="origins can lie between 2003-02-01 and 2004-12-01"):
        origins(60, since=date(2010, 1, 1))
    with pytest.raises(InputError, match="covers no month"):
        origins(0)


@pytest.mark.parametrize(("pivot", "shown"), [(date(2010, 1, 1), None), (date(2010, 1, 2), date(2010, 1, 2))])
def test_months_after_the_pivot_of_a_case_are_shown(pivot, shown):
    case = SimpleNamespace(case=SimpleNamespace(start=DAY, pivot=pivot, name="x"))
    assert CaseSubject(case, None, None).shown_from == shown


# -- submissions


def test_draws_of_one_origin_are_numbered_by_month_and_conflict():
    draws = {"none": {"1": [3, 4], "3": [5, 6]}}
    results = {
        ("b", "2010-02-01"): {"draws": draws},
        ("a", "2010-02-01"): {"draws": draws},
        ("a", "2010-03-01"): {},
    }
    numbers = units(results)
    assert numbers == {"b": 1, "a": 2}
    table = window(results, "none", "2010-02-01", numbers)
    assert table["country_id"].tolist() == [1] * 4 + [2] * 4
    first = month_id(date(2010, 2, 1))
    assert first == 362
    assert table["month_id"].tolist()[:4] == [first, first, first + 2, first + 2]
    assert table["draw"].tolist()[:4] == [1, 2, 1, 2]
    assert table["outcome"].tolist()[:4] == [3, 4, 5, 6]
