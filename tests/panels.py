"""Panels of runs made by hand, to try the readers of patterns on."""

from functools import cache

import numpy as np

from detente.experiments.validity.panel import ENDING, Panel
from detente.experiments.validity.setups import Setup


@cache
def opened(case, **keys):
    """The opening of a case as it ships."""
    return Setup(case, **keys).open()


def panel(case, columns, n=2, ended=(), events=None, ceasefires=None):
    """A panel of ``n`` runs; a column is a number or an array that fits (runs, steps + 1).

    ``ended`` maps a run to its last step and reason; others run to the end of the case and end in fighting.
    """
    start = opened(case)
    names = (*columns, *ENDING)
    rows = np.zeros((n, start.n_steps + 1, len(names)))
    for k, values in enumerate(columns.values()):
        rows[:, :, k] = values
    rows[:, :, -2], rows[:, :, -1] = 4, start.n_steps - 1
    for run, (step, reason) in dict(ended).items():
        rows[run, :, -1], rows[run, :, -2] = step, reason
    made = Panel(start, tuple(range(1, n + 1)), names, rows)
    if events is not None:
        made.__dict__["events"] = events
    if ceasefires is not None:
        made.__dict__["ceasefires"] = ceasefires
    return made


def days_of(start):
    """A row of ones to write a course of days into: one place for the opening, one for each day."""
    return np.zeros(start.n_steps + 1)


def place(start, day):
    """Where the state at the end of a day stands."""
    return (day - start.scenario.case.start).days + 1


EVENT = np.dtype([("day", "f8"), ("what", "i8"), ("subject", "i8")])


def chronicle(*lines):
    """The events of a run: (day, what, subject)."""
    return np.array(list(lines), dtype=EVENT)
