"""Which series are kept, on which days, and how counts are cut into months; on rows written by hand."""

from datetime import date, timedelta

import numpy as np
import pytest

from detente.experiments.runs.outcomes import hostile_dyads, hostile_pairs
from detente.experiments.runs.recorded_series import COUNT_NAMES, COUNTS, Watch, checked_every
from detente.model.errors import InputError
from detente.model.request import open_case
from detente.model.scenario import Scenario

START = open_case("template", "status-quo")
FIRST, LAST = START.scenario.case.start, START.scenario.case.end
WEEKLY = open_case("template", "status-quo", step_days=7.0)


def lasting(start, first, last):
    """The opening of a case whose dates are others; nothing else of it is looked at."""
    from dataclasses import replace

    scenario: Scenario = start.scenario
    case = scenario.case.model_copy(update={"start": first, "end": last})
    return replace(start, scenario=scenario.model_copy(update={"case": case}))


@pytest.mark.parametrize(
    ("start", "every", "steps"),
    [
        (START, 7.0, 7),
        (START, 0.4, 1),
        (START, 1.6, 2),
        (WEEKLY, 7.0, 1),
        (WEEKLY, 30.0, 4),
        (WEEKLY, 1.0, 1),
    ],
)
def test_days_between_kept_values_in_whole_steps(start, every, steps):
    assert Watch.of(start, every).every_steps == steps


def test_dates_of_kept_values():
    watch = Watch.of(WEEKLY, 14.0)
    assert watch.sampled_steps.tolist() == list(range(0, WEEKLY.n_steps + 1, 2))
    assert watch.dates[:3] == [FIRST, FIRST + timedelta(days=14), FIRST + timedelta(days=28)]
    assert len(watch.dates) == len(watch.sampled_steps)


def test_columns_and_names_stand_in_one_order():
    watch = Watch.of(START, 7.0)
    dyads, pairs = hostile_dyads(START), hostile_pairs(START)
    assert COUNTS == ("fatalities", "attacks", "spoiler_attacks")
    assert watch.columns == (
        *("tally.fatalities", "tally.attacks", "tally.spoiler_attacks"),
        *(f"dyads.{d}.trust" for d in dyads),
        *(f"pairs.{p}.readiness" for p in pairs),
    )
    assert watch.names == (
        *("deaths", "attacks", "spoiler attacks"),
        *(f"trust {d}" for d in dyads),
        *(f"readiness {p}" for p in pairs),
        *("mean trust", "mean readiness"),
    )
    assert list(COUNT_NAMES) == list(COUNTS)


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        (date(2030, 1, 1), date(2030, 3, 31), [1, 2, 3]),
        (date(2030, 1, 2), date(2030, 3, 31), [2, 3]),
        (date(2030, 1, 1), date(2030, 3, 30), [1, 2]),
        (date(2030, 1, 2), date(2030, 1, 31), []),
    ],
)
def test_months_that_lie_whole_in_the_case(first, last, months):
    assert Watch.of(lasting(START, first, last), 7.0).months == [date(2030, m, 1) for m in months]


def test_counts_are_those_of_the_interval_and_levels_have_their_means():
    watch = Watch.of(WEEKLY, 14.0)
    n_dyads, n_pairs = len(hostile_dyads(WEEKLY)), len(hostile_pairs(WEEKLY))
    assert (n_dyads, n_pairs) == (2, 1)
    k = np.arange(WEEKLY.n_steps + 1.0)
    rows = np.stack([k**2, 2 * k, 0 * k, 0.01 * k, 0.03 * k, 0.05 * k], axis=1)[None].repeat(2, axis=0)
    found = watch.series(rows, np.array([WEEKLY.n_steps, 5]))
    assert found.shape == (2, len(watch.dates), len(watch.names))
    assert found.dtype == np.float32
    assert np.isnan(found[0, 0, :3]).all()
    # after steps 0, 2 and 4: squares 0, 4 and 16
    assert found[0, 1:3, :3].tolist() == [[4.0, 4.0, 0.0], [12.0, 4.0, 0.0]]
    assert found[0, 2, 3:] == pytest.approx([0.04, 0.12, 0.20, 0.08, 0.20])
    assert np.isfinite(found[1, 1:3]).all()  # it lasted five steps: what is kept after the sixth is nothing
    assert np.isnan(found[1, 3:]).all()


def test_counts_of_months_are_shared_out_between_steps():
    """One event a day, in steps of a week: each month has as many as days, until the run has ended."""
    watch = Watch.of(WEEKLY, 7.0)
    days = 7.0 * np.arange(WEEKLY.n_steps + 1)
    rows = np.stack([days, 2 * days, 0 * days], axis=1)[None].repeat(2, axis=0)
    found = watch.monthly(rows, np.array([WEEKLY.n_steps, 9]))  # nine weeks: 63 days, January and February
    assert found.shape == (2, len(watch.months), 3)
    assert found[0, :3, 0].tolist() == pytest.approx([31.0, 28.0, 31.0])
    assert found[0, :3, 1].tolist() == pytest.approx([62.0, 56.0, 62.0])
    assert np.isfinite(found[1, :2]).all()
    assert np.isnan(found[1, 2:]).all()
    assert watch.step_of(FIRST + timedelta(days=14)) == 2.0
    none = Watch.of(lasting(WEEKLY, date(2030, 1, 2), date(2030, 1, 30)), 7.0)
    assert none.monthly(rows, np.array([9, 9])).shape == (2, 0, 3)


@pytest.mark.parametrize("every", [0, -1, 3661, "7", None, True, float("nan")])
def test_intervals_that_are_none(every):
    with pytest.raises(InputError, match="every: got"):
        checked_every(every)
    assert checked_every(np.int64(3)) == 3.0
