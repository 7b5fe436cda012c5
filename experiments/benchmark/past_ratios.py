"""How deaths went over past ceasefires and agreements, and a forecast that takes half of its draws from them.

``past_ratios.csv`` beside this file has the distribution of after over before, (D + .5) / (D' + .5), over every
ceasefire and agreement of seventeen conflicts that the data date to the day: a hundred quantiles for each window.  The
back-test writes it.  Deaths are those of UCDP GED (CC BY 4.0); no date of any ceasefire is in it.

To pool two forecasts in equal parts is the usual remedy where each knows something that the other does not
(Clemen & Winkler 1999).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from detente.model.reading import read_text

FILE = Path(__file__).with_name("past_ratios.csv")
QUANTILES = 100
HEADS = ("months", "acts", "quantile", "ratio")
DIGITS = 4

Values = np.ndarray[Any, Any]


def thinned(values: Values, n: int) -> Values:
    """So many values with the same distribution."""
    return np.quantile(values, (np.arange(n) + 0.5) / n)


def half_and_half(own: Values, others: Values, n: int) -> Values:
    """So many draws of each of two forecasts, the first of them first."""
    return np.concatenate([thinned(own, n), thinned(others, n)])


@cache
def past() -> Mapping[int, tuple[int, Values]]:
    """Months of a window -> number of past acts, and the logs of their ratios."""
    acts: dict[int, int] = {}
    logs: dict[int, list[float]] = {}
    for row in csv.DictReader(read_text(FILE, "past ratios of deaths").splitlines()):
        months = int(row["months"])
        acts[months] = int(row["acts"])
        logs.setdefault(months, []).append(float(np.log(float(row["ratio"]))))
    return {months: (acts[months], np.array(values)) for months, values in logs.items()}


def past_text(logs: Mapping[int, Sequence[float]]) -> str:
    """The file, from the logs of the ratios of every act: months of a window -> logs."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADS)
    for months, values in logs.items():
        for k, value in enumerate(thinned(np.asarray(values, float), QUANTILES)):
            share = round((k + 0.5) / QUANTILES, 3)
            writer.writerow([months, len(values), share, f"{np.exp(value):.{DIGITS}g}"])
    return out.getvalue()
