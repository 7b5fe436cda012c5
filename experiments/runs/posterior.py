"""The posterior as a small file: a weighted sample, what it was fitted to, and what it can and cannot tell apart."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from detente.experiments.runs.inputs import declared_parameters
from detente.model.errors import InputError, unknown, wrong
from detente.model.keywords import is_fact
from detente.model.reading import read_json

Values = np.ndarray[Any, Any]

FILE_NAME = "posterior.json"
LIKENESS = 0.5
"""Correlation beyond which two parameters count as not told apart."""


@dataclass(frozen=True)
class Posterior:
    """A weighted sample of parameters; ``about`` says what it was fitted to and how."""

    names: tuple[str, ...]
    values: Values
    weights: Values
    about: Mapping[str, Any]

    def quantiles(self, name: str, shares: Sequence[float]) -> list[float]:
        """Weighted quantiles of one parameter."""
        column = self.values[:, self.names.index(name)]
        order = np.argsort(column)
        total = np.cumsum(self.weights[order])
        places = np.minimum(np.searchsorted(total, np.asarray(shares) * total[-1]), len(column) - 1)
        return [float(column[order][k]) for k in places]

    def draws(self, n: int, seed: int = 1) -> list[dict[str, float]]:
        """Parameter settings drawn from the sample, as ``--param`` and ``evaluate`` take them."""
        rng = np.random.default_rng(seed)
        rows = rng.choice(len(self.values), size=n, p=self.weights)
        return [{name: float(v) for name, v in zip(self.names, self.values[k], strict=True)} for k in rows]

    def to_json(self) -> dict[str, Any]:
        """The file's content; five digits are enough for a sample."""
        rows = [[float(f"{v:.5g}") for v in row] for row in self.values]
        return {
            **self.about,
            "parameters": list(self.names),
            "weights": [float(f"{w:.5g}") for w in self.weights],
            "sample": rows,
        }


def weighted_correlation(values: Values, weights: Values) -> Values:
    """Correlations of the columns of a weighted sample."""
    covariance = np.atleast_2d(np.cov(values.T, aweights=weights))
    spread = np.sqrt(np.diag(covariance))
    return covariance / np.maximum(np.outer(spread, spread), 1e-12)


def of_sample(sample: Sample, about: Mapping[str, Any]) -> Posterior:
    """A posterior of a fitted sample."""
    how = {
        "generations": sample.generations,
        "epsilon": sample.epsilon,
        "simulations": sample.simulations,
    }
    return Posterior(sample.names, sample.values, sample.weights, {**about, **how})


def table_of(found: Posterior, table: Sequence[Prior]) -> list[dict[str, Any]]:
    """One row a parameter: posterior median and intervals, the prior, the shipped value, and what was learnt."""
    rows: list[dict[str, Any]] = []
    for prior in table:
        low, low50, median, high50, high = found.quantiles(prior.name, (0.025, 0.25, 0.5, 0.75, 0.975))
        column = found.values[:, found.names.index(prior.name)]
        searched = np.log(column) if prior.log else column
        mean = float(np.average(searched, weights=found.weights))
        variance = float(np.average((searched - mean) ** 2, weights=found.weights))
        wide = (prior.ends[1] - prior.ends[0]) ** 2 / 12.0
        rows.append(
            {
                "parameter": prior.name,
                "meaning": prior.meaning,
                "grade": prior.grade,
                "median": median,
                "low50": low50,
                "high50": high50,
                "low95": low,
                "high95": high,
                "log": prior.log,
                "prior_low": prior.low,
                "prior_high": prior.high,
                "shipped": prior.shipped,
                "shipped_inside": low <= prior.shipped <= high,
                "learnt": max(0.0, 1.0 - variance / wide),
            }
        )
    return rows


def confused(found: Posterior) -> list[dict[str, Any]]:
    """Pairs of parameters that the data do not tell apart: their posterior correlation is large."""
    r = weighted_correlation(found.values, found.weights)
    return [
        {"first": found.names[i], "second": found.names[j], "correlation": float(r[i, j])}
        for i in range(len(found.names))
        for j in range(i + 1, len(found.names))
        if abs(r[i, j]) > LIKENESS
    ]


def write_posterior(found: Posterior, path: Path) -> None:
    """Write the file whole or not at all."""
    from detente.experiments.io.files import write_atomically

    text = json.dumps(found.to_json(), ensure_ascii=False)
    text = text.replace('"sample": [[', '"sample": [\n[').replace("], [", "],\n[") + "\n"
    write_atomically(path, lambda hidden: hidden.write_text(text, encoding="utf-8"))


EXPECTED = "a posterior written by detente calibrate"


def read_posterior(path: str | Path) -> Posterior:
    """A posterior from its file; raises ``InputError`` for anything else and for values out of their declared range."""
    raw = read_json(Path(path), EXPECTED)
    try:
        values = np.asarray(raw.pop("sample"), dtype=float)
        weights = np.asarray(raw.pop("weights"), dtype=float)
        names = tuple(str(name) for name in raw.pop("parameters"))
        if weights.ndim != 1 or not len(weights) or not names or values.shape != (len(weights), len(names)):
            raise ValueError("shapes")
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
        raise InputError(f"'{path}': is not {EXPECTED}") from None
    if len(set(names)) < len(names):
        raise wrong(f"{path}: parameters", list(names), "names that are all different")
    if not (np.isfinite(weights).all() and weights.min() >= 0 and weights.sum() > 0):
        raise wrong(f"{path}: weights", weights.tolist(), "numbers of at least 0, not all of them 0")
    for name, column in zip(names, values.T, strict=True):
        check_column(f"{path}: sample", name, column)
    return Posterior(names, values, weights / weights.sum(), raw)


def check_column(place: str, name: str, column: Values) -> None:
    """Refuse values of a parameter that no declared range holds; facts are checked against their case."""
    known = declared_parameters()
    if is_fact(name) and np.isfinite(column).all():
        return
    if name not in known:
        raise unknown(place, name, known)
    low, high = known[name].low, known[name].high
    for value in column[~((low <= column) & (column <= high))]:
        raise wrong(f"{place}, {name}", float(value), f"a number from {low:g} to {high:g}")


def stored(case: str) -> Posterior:
    """The posterior that stands beside a case; raises ``InputError`` if there is none."""
    from detente.model.catalogue import load_scenario

    path = load_scenario(case).path
    if path is None:
        raise InputError(f"{case}: was not read from a file, so it has no stored posterior")
    return read_posterior(Path(path).parent / FILE_NAME)


@dataclass(frozen=True)
class Sample:
    """A weighted sample of the posterior: values of shape (particles, parameters), and how it was come by."""

    names: tuple[str, ...]
    values: Values
    weights: Values
    generations: int
    epsilon: float
    simulations: int


WIDE = 20.0
"""Ranges whose ends lie further apart than this factor are searched on a log scale."""


@dataclass(frozen=True)
class Prior:
    """A uniform prior over a declared range; on the log of the parameter if the range is wide."""

    name: str
    low: float
    high: float
    shipped: float
    grade: str
    meaning: str

    @property
    def log(self) -> bool:
        """Whether the range is searched on a log scale."""
        return self.low > 0 and self.high / self.low >= WIDE

    @property
    def key(self) -> str:
        """The name as a word."""
        return self.name.replace(".", "__").replace("-", "_")

    @property
    def ends(self) -> tuple[float, float]:
        """Ends of the range on the scale that is searched."""
        return (float(np.log(self.low)), float(np.log(self.high))) if self.log else (self.low, self.high)

    def value(self, searched: float) -> float:
        """A parameter from its value on the scale that is searched."""
        return float(np.clip(np.exp(searched) if self.log else searched, self.low, self.high))
