"""Panels: rows by date, runs that ended early, ceasefires by day and holiday, null models."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from panels import opened, panel, place

from detente.experiments.compare import ceasefire_spells
from detente.experiments.runs.outcomes import hostile_dyads
from detente.experiments.validity import panel as module
from detente.experiments.validity.panel import Panel, RatePanel, days_after, mean_rates
from detente.experiments.validity.setups import Setup
from detente.model.engine import run_one

CASE = "afghanistan-2018"
HOME = ("afghan-government>taliban", "taliban>afghan-government")
COLUMNS = tuple(f"dyads.{d}.step_attacks" for d in HOME)
START = opened(CASE).scenario.case.start


def on(k):
    """The k-th day of the case."""
    return START + timedelta(days=k)


@pytest.fixture
def counted():
    """Attacks of 1, 2, 3 ... a day on one dyad and 10 on the other; the second run ends after five steps."""
    n = opened(CASE).n_steps
    return panel(CASE, {COLUMNS[0]: np.arange(n + 1.0), COLUMNS[1]: 10.0}, ended={1: (4, 1)})


def test_states_stand_at_the_end_of_days(counted):
    assert counted.step(START) == 1
    assert counted.step(on(9)) == 10
    assert counted.column(COLUMNS[0])[0, :3].tolist() == [0.0, 1.0, 2.0]
    assert counted.last_step.tolist() == [opened(CASE).n_steps, 5]
    assert counted.collapsed.tolist() == [False, True]
    found = counted.at(COLUMNS[0], on(4)), counted.at(COLUMNS[0], on(5))
    assert found[0].tolist() == [5.0, 5.0]
    assert found[1][0] == 6.0
    assert np.isnan(found[1][1])


def test_days_are_summed_over_dyads_until_the_end(counted):
    daily = counted.daily(HOME)
    assert daily[0, :3].tolist() == [11.0, 12.0, 13.0]
    assert daily[1, 4] == 15.0
    assert np.isnan(daily[1, 5:]).all()
    assert counted.count(HOME, on(1), on(3)).tolist() == [12.0 + 13.0 + 14.0] * 2
    assert counted.per_day(HOME, on(1), on(3)).tolist() == [13.0] * 2
    assert np.isnan(counted.count(HOME, on(3), on(5))[1])


def test_runs_are_those_of_the_engine(compiled):
    setup = Setup("template", policy="status-quo")
    made = Panel.of(setup, [3, 4], ["pairs.republic+movement.truce_state"])
    assert made.columns == ("pairs.republic+movement.truce_state", "clock.end_reason", "clock.end_step")
    run = run_one(made.start, 4)
    column = "pairs.republic+movement.truce_state"
    assert made.column(column)[1].tolist() == run.series(column).tolist()
    assert [len(e) > 0 for e in made.events] == [True, True]


def test_ceasefires_have_a_first_day_a_run_and_a_holiday(monkeypatch, counted):
    eid = date(2018, 6, 15)  # three days
    days = [
        eid - timedelta(days=1),
        eid,
        eid + timedelta(days=2),
        eid + timedelta(days=6),
        eid + timedelta(days=7),
    ]
    days.append(date(2099, 1, 1))
    table = pd.DataFrame({"seed": [1, 2, 1, 2, 1, 1], "start": [pd.Timestamp(d) for d in days]})
    monkeypatch.setattr(module, "truces_from", lambda start, seeds: table)
    found = counted.ceasefires
    assert found["first"].tolist() == [(d - START).days for d in days]
    assert found["run"].tolist() == [0, 1, 0, 1, 0, 0]
    assert found["holiday"].tolist()[:5] == [False, True, True, True, False]
    assert ceasefire_spells.truces_from is not table


# -- null models


def test_mean_rates_are_declared():
    start = opened(CASE)
    declared = {}
    for r in start.scenario.relation:
        a, b = r.between
        declared |= {f"{a}>{b}": r.attacks[0], f"{b}>{a}": r.attacks[1]}
    assert mean_rates(start) == {d: declared[d] for d in hostile_dyads(start)}


@pytest.mark.parametrize("name", ["constant", "seasonal"])
def test_a_null_model_draws_by_its_first_seed(name):
    start = opened(CASE)
    made = getattr(RatePanel, name)(Setup(CASE), [5, 3, 4])
    rng = np.random.default_rng(3)
    season = start.constants["days"]["season"]
    at = np.minimum(np.floor(np.arange(start.n_steps) * start.step_days).astype(int), len(season) - 1)
    factor = season[at] if name == "seasonal" else 1.0
    for dyad, rate in mean_rates(start).items():
        expected = rng.poisson(rate * factor * np.ones(start.n_steps), (3, start.n_steps))
        column = made.column(f"dyads.{dyad}.step_attacks")
        assert column[:, 1:].tolist() == expected.tolist()
        assert column[:, 0].tolist() == [0.0] * 3
    assert made.last_step.tolist() == [start.n_steps] * 3
    assert made.seeds == (5, 3, 4)
    assert not made.collapsed.any()


def test_days_after():
    assert days_after(date(2018, 12, 30), 3) == date(2019, 1, 2)
    assert place(opened(CASE), START) == 1


def test_how_a_run_ended_is_read_off_its_last_row():
    start = opened(CASE)
    rows = np.full((2, start.n_steps + 1, 2), [0.0, 0.0])
    rows[0, -1], rows[1, -1] = (1, 7), (4, 9)
    made = Panel(start, (1, 2), ("clock.end_reason", "clock.end_step"), rows)
    assert made.last_step.tolist() == [8, 10]
    assert made.collapsed.tolist() == [True, False]
