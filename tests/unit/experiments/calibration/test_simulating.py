"""What is simulated while violence is fitted: years, truces, seeds, and politics switched off."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from detente.experiments.calibration import simulating
from detente.experiments.calibration.patterns import Year
from detente.experiments.calibration.simulating import (
    OFF,
    Study,
    afterwards,
    simulate,
    study,
    truces,
    violence_only,
    year_of,
)
from detente.model.catalogue import load_scenario
from detente.model.errors import InputError
from detente.model.scenario import FactSpec

CASE = load_scenario("afghanistan-2018")
FLAT = (1.0,) * 12


def days(first, last):
    """Two events a day and six deaths, but one and eight in 2018."""
    index = pd.date_range(first, last, freq="D")
    late = index.year == 2018
    return pd.DataFrame({"events": np.where(late, 1, 2), "deaths": np.where(late, 8, 6)}, index=index)


def test_a_study_has_the_years_with_enough_days():
    made = study(CASE, days("2015-01-01", "2018-12-31"), date(2015, 11, 3), date(2018, 3, 1))
    assert [(y.start, len(y.events)) for y in made.years] == [
        (date(2016, 1, 1), 366),
        (date(2017, 1, 1), 365),
        (date(2018, 1, 1), 60),
    ]
    again = study(CASE, days("2015-01-01", "2018-12-31"), date(2015, 11, 2), date(2018, 2, 28))
    assert [y.start.year for y in again.years] == [2015, 2016, 2017]
    assert len(again.years[0].events) == 60
    assert sum(made.season) == pytest.approx(12.0)


def test_a_study_needs_days_and_deaths():
    daily = days("2017-01-01", "2018-12-31")
    assert len(study(CASE, daily, date(2017, 1, 1), date(2017, 4, 30)).years) == 1  # 120 days
    with pytest.raises(InputError, match=r"2017-01-01 to 2017-04-29, which holds 119 days.*at least 120"):
        study(CASE, daily, date(2017, 1, 1), date(2017, 4, 29))
    nobody = [r.model_copy(update={"lethal": False}) for r in CASE.relation]
    with pytest.raises(InputError, match="its attacks kill nobody"):
        study(
            CASE.model_copy(update={"relation": nobody, "spoiler": []}),
            daily,
            date(2017, 1, 1),
            date(2018, 1, 1),
        )


def test_what_comes_after_is_run_at_what_was_known():
    daily = days("2016-01-01", "2019-12-31")
    made = study(CASE, daily, date(2016, 1, 1), date(2018, 6, 30))
    later = afterwards(made, daily, date(2018, 6, 30))
    (year,) = later.years
    assert (year.start, len(year.events)) == (date(2018, 7, 1), 184)
    before = year_of(CASE, made.season, daily[daily.index <= "2018-06-30"].iloc[-365:])
    assert year.given == (before.level, before.severity)
    assert before.start == date(2017, 7, 1)
    assert afterwards(made, daily, date(2018, 11, 1)).years[0].start == date(2018, 11, 2)  # 60 days
    assert afterwards(made, daily, date(2018, 11, 2)) is None


def test_a_year_has_its_calendar_and_counts():
    part = days("2018-03-01", "2018-12-31").iloc[:120]
    year = year_of(CASE, tuple(range(1, 13)), part)
    assert [len(v) for v in (year.season, year.holiday, year.truce, year.events, year.deaths)] == [120] * 5
    assert (year.start, year.events.sum(), year.deaths.sum()) == (date(2018, 3, 1), 120, 960)
    assert year.season[45] > year.season[15] > 0  # April above March
    assert year.given is None
    assert set(year.holiday) > {1.0}


def test_days_on_which_history_holds_fire():
    """The truces of June 2018: the government's from the 12th, the Taliban's over Eid, the 15th to the 17th."""
    marks = truces(CASE, date(2018, 6, 1), 30)
    held = [str(date(2018, 6, 1) + timedelta(days=int(k))) for k in np.flatnonzero(marks)]
    assert set(marks) == {0.0, 1.0}
    assert held[0] <= "2018-06-15" <= held[-1]
    shifted = truces(CASE, date(2018, 6, 16), 30)
    assert shifted[: len(marks) - 15].tolist() == marks[15:].tolist()
    assert truces(CASE, date(2017, 1, 1), 100).sum() == 0
    assert truces(CASE, date(2018, 7, 5), 20).sum() == 0
    assert truces(load_scenario("template"), date(2030, 1, 1), 5).tolist() == [0.0] * 5


def year(start, level=2.0, given=None):
    ones = np.ones(3)
    return Year(start, ones, ones, 0 * ones, level * ones, 3 * level * ones, given)


def test_each_year_is_run_under_a_seed_of_its_own(monkeypatch):
    asked = []
    monkeypatch.setattr(simulating, "run_year", lambda *given: asked.append(given[1:]) or given[3])
    made = Study(CASE, FLAT, tuple(year(date(2015 + k, 1, 1)) for k in range(3)))
    assert simulate(made, {"violence.n_own": 0.1}, 40, workers=2) == [40, 41, 42]
    assert sorted((y.start.year, p["violence.n_own"], s) for y, p, s in asked) == [
        (2015, 0.1, 40),
        (2016, 0.1, 41),
        (2017, 0.1, 42),
    ]


@pytest.mark.parametrize(("given", "level", "severity"), [(None, 2.0, 3.0), ((5.0, 7.0), 5.0, 7.0)])
def test_a_year_is_run_at_its_level_and_severity(monkeypatch, given, level, severity):
    seen = {}

    def at_day(case, fit, start, end):
        seen.update(fit=fit, start=start, end=end)
        return case

    def run_batch(start, seeds, **asked):
        seen.update(seeds=seeds, asked=asked, opening=start)
        series = np.array([[0, 0, 0], [2, 1, 9], [4, 1, 9], [5, 3, 12], [99, 99, 99]], dtype=float)
        return type("Batch", (), {"series": series[None]})

    from detente.model import engine

    monkeypatch.setattr(simulating, "at_day", at_day)
    monkeypatch.setattr(engine, "run_batch", run_batch)
    made = Study(CASE, FLAT, ())
    found = simulating.run_year(made, year(date(2017, 1, 1), given=given), {"violence.n_own": 0.11}, 5)
    rate = simulating.total_rate(CASE)
    assert seen["fit"].events == pytest.approx(level / rate)
    assert seen["fit"].deaths == pytest.approx(severity / (simulating.total_deaths(CASE) / rate))
    assert seen["fit"].season == FLAT
    assert (seen["start"], seen["end"]) == (date(2017, 1, 1), date(2017, 1, 4))
    assert seen["seeds"] == [5]
    assert seen["asked"]["every"] == 1
    assert seen["opening"].parameters.violence.n_own == 0.11
    assert (found.events.tolist(), found.deaths.tolist()) == ([3.0, 2.0, 3.0], [9.0, 0.0, 3.0])
    assert found.start == date(2017, 1, 1)


def test_politics_are_off_and_violence_is_as_tried():
    chosen = violence_only(CASE, {"violence.n_own": 0.11, "violence.memory": 9.0})
    assert (chosen.violence.n_own, chosen.violence.memory) == (0.11, 9.0)
    own = CASE.parameters
    assert chosen.violence.dispersion == own.violence.dispersion
    for name in type(own.switches).model_fields:
        assert getattr(chosen.switches, name) == (0 if name in OFF else getattr(own.switches, name))
    assert chosen.trust == own.trust


def test_facts_are_tried_in_place_and_then_not_drawn(monkeypatch):
    path = "relation.afghan-government.taliban.holiday"
    fact = FactSpec(path=path, low=0.0, high=1.0, grade="prior")
    others = FactSpec(path="relation.taliban.afghan-government.attacks", low=1.0, high=90.0, grade="prior")
    scenario = CASE.model_copy(update={"facts": (fact, others)})
    opened = []

    def stop(*given, **how):
        opened.append((given[0], how["parameters"]))
        raise StopIteration

    monkeypatch.setattr("detente.model.opening.opening", stop)
    year = Year(date(2017, 1, 1), *(np.ones(90) for _ in range(5)))
    with pytest.raises(StopIteration):
        simulating.run_year(
            Study(scenario, FLAT, (year,)), year, {"violence.n_own": 0.2, f"fact.{path}": 0.25}, 1
        )
    ((shifted, parameters),) = opened
    relation = next(r for r in shifted.relation if set(r.between) == {"afghan-government", "taliban"})
    assert relation.holiday[relation.between.index("afghan-government")] == 0.25
    assert shifted.facts == ()  # the level of attacks is that of the data
    assert parameters.violence.n_own == 0.2


def test_facts_that_the_case_cannot_have_are_refused():
    with pytest.raises(InputError, match="expected a number from 0 to 1"):
        simulating.held_at(CASE, {"relation.afghan-government.taliban.holiday": 1.5})
