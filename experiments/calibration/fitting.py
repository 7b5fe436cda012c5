"""Approximate Bayesian computation by sequential Monte Carlo, with pyabc (Klinger et al. 2018; Toni et al. 2009).

A generation at a time, each with its own seed and each kept in a small database, so that a fit that was killed goes on
where it stood and ends as it would have.  docs/calibration.md says why this method and this library.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np

from detente.experiments.calibration.patterns import CHECKED, PATTERNS, as_vector, patterns
from detente.experiments.calibration.priors import allowed
from detente.experiments.calibration.simulating import Study, simulate
from detente.experiments.runs.posterior import Prior, Sample
from detente.model.errors import InputError

Values = np.ndarray[Any, Any]
Progress = Callable[[int, int], None]

N_PILOT = 60
"""Runs at the shipped values that tell how far each pattern varies by luck."""

FAR = 1e6
"""Distance of parameters the model does not take."""


@dataclass(frozen=True)
class Settings:
    """How a fit is done."""

    population: int = 200
    generations: int = 6
    seed: int = 1
    workers: int = 2
    minutes: float = 18.0


def library() -> Any:
    """The pyabc package; one line if it is not installed."""
    try:
        import pyabc
    except ImportError:
        raise InputError(
            "calibrate: needs the extra 'calibration' (pip install 'detente[calibration]')"
        ) from None
    for name in ("ABC", "ABC.History", "ABC.Distance", "ABC.Adaptation", "ABC.Epsilon"):
        logging.getLogger(name).setLevel(logging.ERROR)
    return pyabc


def scales(made: Study, shipped: Mapping[str, float], settings: Settings, n: int = N_PILOT) -> Values:
    """Standard deviation of each pattern over runs at the shipped values: the unit of its distance."""
    drawn = [
        as_vector(patterns(simulate(made, shipped, 10_000 + 100 * k, settings.workers))) for k in range(n)
    ]
    return np.maximum(np.nanstd(drawn, axis=0), 1e-6)


def simulated(
    made: Study, table: tuple[Prior, ...], settings: Settings, searched: Mapping[str, float], seed: int
) -> Values | None:
    """Patterns of one run at some values on the searched scale; None where the model does not take them."""
    parameters = {p.name: p.value(float(searched[p.key])) for p in table}
    if not allowed(parameters, made.scenario.parameters.violence.n_ally):
        return None
    return as_vector(patterns(simulate(made, parameters, seed, settings.workers)))


@dataclass(frozen=True)
class Search:
    """What is fitted: the priors, the observed patterns, and how far a run's are from them."""

    study: Study
    table: tuple[Prior, ...]
    target: Mapping[str, float]
    unit: Mapping[str, float]
    settings: Settings

    def model(self, searched: Mapping[str, float]) -> dict[str, float]:
        """Patterns of one run at some values on the searched scale, under a seed of its own."""
        seed = int(np.random.randint(1, 2**31 - 1))  # noqa: NPY002 (pyabc draws from numpy's global state)
        found = simulated(self.study, self.table, self.settings, searched, 1000 * seed)
        if found is None:
            return dict.fromkeys(PATTERNS, FAR)
        return dict(zip(PATTERNS, map(float, found), strict=True))

    def distance(self, mine: Mapping[str, float], theirs: Mapping[str, float]) -> float:
        """Root mean square over the patterns aimed at, in their units; one that cannot be told counts as 3."""
        d = np.array(
            [(mine[name] - theirs[name]) / self.unit[name] for name in PATTERNS if name not in CHECKED]
        )
        d = np.where(np.isfinite(d), np.minimum(np.abs(d), 100.0), 3.0)
        return float(np.sqrt(np.mean(d * d)))

    def sampler(self, pyabc: Any) -> Any:
        """A sampler as pyabc has them, for one round or to begin with."""
        ranges = {p.key: pyabc.RV("uniform", p.ends[0], p.ends[1] - p.ends[0]) for p in self.table}
        return pyabc.ABCSMC(
            models=self.model,
            parameter_priors=pyabc.Distribution(**ranges),
            distance_function=self.distance,
            population_size=self.settings.population,
            eps=pyabc.QuantileEpsilon(alpha=0.5),
            sampler=pyabc.sampler.SingleCoreSampler(),
        )

    def begin(self, pyabc: Any, url: str) -> None:
        """Begin a fit in an empty database."""
        np.random.seed(self.settings.seed)  # noqa: NPY002
        self.sampler(pyabc).new(url, dict(self.target))

    def next_round(self, pyabc: Any, url: str, done: int) -> int:
        """One more round, under a seed of its own; gives the number of rounds done."""
        np.random.seed([self.settings.seed, done])  # noqa: NPY002
        again = self.sampler(pyabc)
        again.load(url, 1)
        again.run(max_nr_populations=1)
        return generations_done(pyabc, url)


def fit(
    made: Study,
    table: tuple[Prior, ...],
    observed: Values,
    unit: Values,
    settings: Settings,
    database: Path,
    *,
    resume: bool = False,
    progress: Progress | None = None,
) -> Sample:
    """Fit, or go on fitting, to observed patterns; ``database`` keeps every round.

    ``observed`` and ``unit`` have shape (patterns,), in the order of ``PATTERNS``.  No round begins after
    ``settings.minutes``.  Raises ``InputError`` where ``resume`` finds a database made from other data.
    """
    pyabc, url, began = library(), f"sqlite:///{database}", monotonic()
    target, units = (dict(zip(PATTERNS, map(float, v), strict=True)) for v in (observed, unit))
    search = Search(made, table, target, units, settings)
    if not resume:
        database.unlink(missing_ok=True)
        search.begin(pyabc, url)
    elif not same_target(pyabc, url, target):
        raise InputError(f"--resume: {database} was made from other data or other days; fit without --resume")
    elif not same_unknowns(pyabc, url, table):
        raise InputError(f"--resume: {database} was made to fit other facts; fit without --resume")
    done, before = generations_done(pyabc, url), -1
    while before < done < settings.generations and monotonic() - began < 60 * settings.minutes:
        before, done = done, search.next_round(pyabc, url, done)
        if progress is not None and done > before:
            progress(done, settings.generations)
    return read_sample(pyabc, url, table)


def same_target(pyabc: Any, url: str, target: Mapping[str, float]) -> bool:
    """Whether a database was made for these observed patterns; raises ``InputError`` where it is none of pyabc's."""
    from sqlalchemy.exc import SQLAlchemyError

    try:
        kept = pyabc.History(url, create=False).observed_sum_stat()
    except SQLAlchemyError:
        file = url.removeprefix("sqlite:///")
        raise InputError(f"--resume: {file} is not the database of an earlier fit") from None
    return set(kept) == set(target) and all(abs(float(kept[name]) - target[name]) < 1e-9 for name in target)


def same_unknowns(pyabc: Any, url: str, table: tuple[Prior, ...]) -> bool:
    """Whether the rounds in a database, if there are any, fitted what these priors are of."""
    history = pyabc.History(url, create=False)
    return history.max_t < 0 or set(history.get_distribution(m=0)[0].columns) == {p.key for p in table}


def generations_done(pyabc: Any, url: str) -> int:
    """Generations that stand in a database."""
    return int(pyabc.History(url, create=False).max_t) + 1


def read_sample(pyabc: Any, url: str, table: tuple[Prior, ...]) -> Sample:
    """The last generation."""
    history = pyabc.History(url, create=False)
    found, weights = history.get_distribution(m=0)
    values = np.column_stack([[p.value(x) for x in found[p.key]] for p in table])
    about = history.get_all_populations()
    return Sample(
        tuple(p.name for p in table),
        values,
        np.asarray(weights) / np.sum(weights),
        int(history.max_t) + 1,
        float(about["epsilon"].iloc[-1]),
        int(about["samples"].sum()),
    )
