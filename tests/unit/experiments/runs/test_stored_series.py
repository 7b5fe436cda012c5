"""Series kept beside a run's summary: watched ones, columns by their own name, and NaN after the end."""

import numpy as np
import pytest

from detente.experiments.runs.recorded_series import Watch
from detente.experiments.runs.stored_series import Kept, check_series
from detente.model.errors import InputError
from detente.model.request import open_case
from detente.model.series import columns

START = open_case("template", "status-quo")
NAMES = ("tally.attacks", "attacks", "mean trust", "no such series", "clock.end_step")


def test_what_is_kept():
    kept = Kept.of(START, NAMES, 30.0)
    watch = Watch.of(START, 30.0)
    assert (kept.every_steps, kept.dates) == (30, watch.dates)
    assert kept.raw == ("tally.attacks", "clock.end_step")
    assert kept.columns == (*watch.columns, "tally.attacks", "clock.end_step")


def test_each_series_is_one_column_run_after_run():
    kept = Kept.of(START, NAMES, 300.0)
    steps = np.array([START.n_steps, 450])
    n_watched, times = len(kept.watch.columns), 3  # the opening, after 300 and 600 days
    values = np.arange(2.0 * times * (n_watched + 2)).reshape(2, times, -1)
    all_columns = columns(START.cast)
    final = np.zeros((2, len(all_columns)))
    final[:, all_columns.index("clock.end_step")] = steps - 1
    series = dict(zip(NAMES, kept.series(values, final), strict=True))
    watched = kept.watch.series_of(values[:, :, :n_watched], steps)
    late = [False, False, False, False, False, True]

    def as_kept(table):
        return np.where(late, np.nan, table.reshape(-1)).astype(np.float32)

    for name in ("attacks", "mean trust"):
        expected = as_kept(watched[:, :, kept.watch.names.index(name)])
        np.testing.assert_array_equal(series[name], expected)
    np.testing.assert_array_equal(series["tally.attacks"], as_kept(values[:, :, n_watched]))
    np.testing.assert_array_equal(series["clock.end_step"], as_kept(values[:, :, n_watched + 1]))
    assert np.isnan(series["no such series"]).all()
    assert {(v.shape, str(v.dtype)) for v in series.values()} == {((6,), "float32")}


def test_series_that_no_case_has_are_refused():
    check_series(["mean trust", "tally.attacks"], 7.0, [START])
    check_series([], 7.0, [START])
    afghan = open_case("afghanistan-2018", "history")
    other = next(name for name in columns(afghan.cast) if name not in columns(START.cast))
    check_series([other], 7.0, [START, afghan])
    with pytest.raises(InputError, match="series"):
        check_series([other], 7.0, [START])
    with pytest.raises(InputError, match=r"tally.atacks.*a column of a trajectory.*tally.attacks"):
        check_series(["tally.atacks"], 7.0, [START])
