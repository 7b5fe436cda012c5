"""Dated patterns: the file that declares them, and how their numbers are read off runs."""

import shutil
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from detente.experiments.validity.card import patterns_of
from detente.experiments.validity.panel import Panel
from detente.experiments.validity.pattern import Near
from detente.experiments.validity.patterns import dated, pattern_file
from detente.experiments.validity.patterns.pattern_file import PatternSpec, Window
from detente.experiments.validity.setups import Setup
from detente.model.catalogue import SHIPPED, load_scenario
from detente.model.errors import InputError

JANUARY, FEBRUARY = (date(2030, 1, 1), date(2030, 1, 31)), (date(2030, 2, 1), date(2030, 2, 28))
PAIR = "pairs.republic+movement"
ENTRY = """
[[pattern]]
key = "quiet"
title = "Nothing happens in February"
measure = "events"
between = ["republic", "movement"]
window = [2030-02-01, 2030-02-28]
before = [2030-01-01, 2030-01-31]
at_most = 0.5
value = 0.1
observed = "2 events after 20"
sources = ["ged"]
mark = "emergent"
policy = "status-quo"
mode = "free"
off = ["ceasefires"]
control = { "trust.memory" = 300 }
if_missed = "A reason."
"""


def spec(**changed) -> PatternSpec:
    keys = {
        "key": "x",
        "title": "X",
        "measure": "events",
        "between": ("republic", "movement"),
        "window": FEBRUARY,
        "value": 1.0,
        "observed": "something",
        "sources": ("ged",),
        "mark": "emergent",
        "if_missed": "A reason.",
    }
    return PatternSpec.model_validate({**keys, **changed})


def panel(rows: dict[str, list[np.ndarray]], last: list[int]) -> Panel:
    """Runs with these columns; ``last`` is the last day of each."""
    start = Setup("template", policy="status-quo").open()
    names = (*rows, "clock.end_reason", "clock.end_step")
    values = np.zeros((len(last), start.n_steps + 1, len(names)))
    for k, runs in enumerate(rows.values()):
        values[:, :, k] = [np.broadcast_to(run, start.n_steps + 1) for run in runs]
    values[:, :, -1] = np.array(last)[:, None]
    return Panel(start, tuple(range(len(last))), names, values)


def test_attacks_of_a_window_and_relative_to_an_earlier_one():
    columns = {
        "dyads.republic>movement.step_attacks": [1.0, 1.0],
        "dyads.movement>republic.step_attacks": [0.5, 0.5],
    }
    runs = panel(columns, [700, 40])
    alone = dated.read(spec(), runs)
    assert alone[0] == 42.0
    assert np.isnan(alone[1])
    relative = dated.read(spec(before=JANUARY), runs)
    assert relative[0] == pytest.approx((42 + 0.5) / 28 / ((46.5 + 0.5) / 31))


def test_deaths_are_those_since_the_eve_of_the_window():
    start = Setup("template", policy="status-quo").open()
    grown = np.arange(start.n_steps + 1.0)
    runs = panel({"tally.fatalities": [grown]}, [700])
    assert dated.read(spec(measure="deaths", between=None), runs)[0] == 28.0
    assert dated.read(spec(measure="deaths", between=None, window=JANUARY), runs)[0] == 31.0


def test_shares_of_days_and_states_at_the_end():
    start = Setup("template", policy="status-quo").open()
    day = np.arange(start.n_steps + 1)
    half = np.where(day > 31 + 14, 2.0, 1.0)
    runs = panel(
        {f"{PAIR}.truce_state": [half], "tracks.front.n_settled": [half], f"{PAIR}.agreed": [half]}, [700]
    )
    assert dated.read(spec(measure="ceasefire"), runs)[0] == pytest.approx(0.5)
    assert dated.read(spec(measure="settled", between=None, track="front"), runs)[0] == 2.0
    assert dated.read(spec(measure="agreement", window=JANUARY), runs)[0] == 1.0


def test_levels_and_values_judge():
    assert dated.rule_of(spec(at_least=1.0)).holds(np.array([0.9, 1.0])).tolist() == [False, True]
    assert dated.rule_of(spec(at_most=1.0)).holds(np.array([1.0, 1.1])).tolist() == [True, False]
    assert dated.rule_of(spec(at_least=0.0, at_most=1.0)).words == "0 to 1"
    assert isinstance(dated.rule_of(spec()), Near)


def whole_months(window: Window) -> bool:
    """Whether a window begins and ends with a month."""
    return window[0].day == 1 and (window[1] + timedelta(days=1)).day == 1


def deaths_in(window: Window, months: Mapping[str, float]) -> float:
    """The observed deaths of a window of whole months."""
    first, last = (day.isoformat()[:7] for day in window)
    return sum(value for month, value in months.items() if first <= month <= last)


def ratios_of_deaths(case: str) -> list[PatternSpec]:
    """The patterns of a case that set the deaths of a window beside those of an earlier one."""
    declared = pattern_file.specs(load_scenario(case))
    return [s for s in declared if s.measure == "deaths" and s.before is not None]


DEADLY = [case for case in pattern_file.cases() if ratios_of_deaths(case)]
"""Cases with such a pattern; the others count events, by windows of days."""


@pytest.mark.parametrize("case", DEADLY)
def test_observed_deaths_of_whole_months_are_those_of_the_series(case: str):
    scenario = load_scenario(case)
    (series,) = (s for s in scenario.observed if s.name == "deaths")
    for one in ratios_of_deaths(case):
        assert whole_months(one.window), one.key
        assert whole_months(one.before), one.key
        after, before = (deaths_in(window, series.monthly) for window in (one.window, one.before))
        assert one.value == pytest.approx(
            dated.ratio(after, before, one.window, one.before), rel=0.01, abs=0.001
        ), one.key


def test_some_cases_count_deaths():
    assert {"colombia-2010", "el-salvador-1989", "mozambique-1990", "northern-ireland-1993"} <= set(DEADLY)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    shutil.copytree(SHIPPED / "template", folder)
    (folder / "patterns.toml").write_text(ENTRY, encoding="utf-8")
    return folder


def test_a_case_of_ones_own_has_its_dated_patterns_on_the_card(own: Path):
    found = patterns_of(str(own))[-1]
    assert (found.key, found.control_words, found.nulls) == (
        "quiet",
        "ceasefires off, trust.memory = 300",
        ("constant",),
    )
    assert found.control == (("switches", "ceasefires", 0.0), ("trust", "memory", 300.0))
    assert "relative to 1 Jan 2030 to 31 Jan 2030" in found.statistic


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('["republic", "movement"]', '["movement", "republic"]', "between"),
        ('"status-quo"', '"status-qo"', "did you mean 'status-quo'"),
        ('["ceasefires"]', '["ceasefire"]', "did you mean 'switches.ceasefires'"),
        ("window = [2030-02-01", "window = [2029-02-01", "expected days in order"),
        ('measure = "events"', 'measure = "event"', "measure"),
        ('measure = "events"', 'measure = "talks"', "track"),
        ("at_most = 0.5\nvalue = 0.1\n", "", "value"),
    ],
)
def test_a_faulty_pattern_is_named(own: Path, old: str, new: str, words: str):
    (own / "patterns.toml").write_text(ENTRY.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError, match=r"patterns\.toml") as error:
        patterns_of(str(own))
    assert words in str(error.value)
