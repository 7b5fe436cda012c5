"""A calibration as a whole: the fit, the checks of what it predicts, the ridge of the likelihood, in one result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.experiments.calibration.determined import check_determined, unspoken
from detente.experiments.calibration.fitting import Progress, Settings, fit, library, scales
from detente.experiments.calibration.patterns import CHECKED, PATTERNS, Year, as_vector, patterns
from detente.experiments.calibration.priors import priors
from detente.experiments.calibration.simulating import Study, afterwards, simulate, study
from detente.experiments.data.layouts import read_data
from detente.experiments.data.observations import Observed
from detente.experiments.data.selection import observed_day
from detente.experiments.evidence.likelihood import Days, Fit, fit_at, ridge
from detente.experiments.evidence.refit import pooled_branching
from detente.experiments.io.files import check_target
from detente.experiments.runs.inputs import ranged_facts, whole_number
from detente.experiments.runs.posterior import (
    Posterior,
    Prior,
    confused,
    of_sample,
    table_of,
    write_posterior,
)
from detente.model.errors import InputError, wrong
from detente.model.reading import check_regular
from detente.model.request import CaseLike, scenario_of
from detente.model.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

Values = np.ndarray[Any, Any]

BRANCHINGS = np.round(np.arange(0.0, 0.81, 0.1), 2)
MEMORIES = np.array([3.0, 5.0, 8.0, 12.0, 18.0, 26.0, 40.0, 60.0])
BACKGROUNDS = {
    "one level, fixed season": (True, 0.0),
    "a level a year, fixed season": (False, 0.0),
    "a level a year, random amplitude": (False, 0.6),
}
"""Name of a background -> whether all years share one level, and the spread of the season's yearly amplitude."""

REGION = 2.996
"""Log likelihood below the top that bounds the 95 % region of two parameters (half the chi-squared quantile)."""

N_PREDICTED = 200


@dataclass(frozen=True)
class Ridge:
    """Profile log likelihood over branching and memory under one background."""

    background: str
    surface: Values
    best: Fit
    at_shipped: float


@dataclass(frozen=True)
class Calibration:
    """A posterior, its parameters' priors, checks of what it predicts, and the likelihood's ridge."""

    posterior: Posterior
    table: tuple[Prior, ...]
    checks: pd.DataFrame
    ridges: tuple[Ridge, ...]
    shipped: tuple[float, float]
    about: Mapping[str, Any]

    def parameters(self) -> list[dict[str, Any]]:
        """One row a parameter."""
        return table_of(self.posterior, self.table)

    def ridge_rows(self) -> list[dict[str, Any]]:
        """One row a background: the best branching and memory, and whether the shipped pair is in the 95 % region."""
        return [ridge_row(r, self.shipped) for r in self.ridges]

    def report(self) -> dict[str, Any]:
        """The checks and the likelihood in figures, as they are kept with the posterior; None for what is not known."""
        rows = {"checks": self.checks.to_dict("records"), "likelihood": self.ridge_rows()}
        return {name: [known(row) for row in some] for name, some in rows.items()}

    def to_json(self) -> dict[str, Any]:
        """Everything as one object."""
        return {
            **self.about,
            "parameters": self.parameters(),
            "not_told_apart": confused(self.posterior),
            "checks": self.checks.to_dict("records"),
            "ridge": {
                "branching": BRANCHINGS.tolist(),
                "memory": MEMORIES.tolist(),
                "backgrounds": [
                    {**row, "log_likelihood": r.surface.tolist()}
                    for row, r in zip(self.ridge_rows(), self.ridges, strict=True)
                ],
            },
        }

    def plot(self) -> Any:
        """A Plotly figure: the ridge under each background, what the posterior predicts, and the posterior itself."""
        import pandas as pd

        from detente.experiments.io.figures import draw

        surfaces = {r.background: r.surface - r.surface.max() for r in self.ridges}
        axes = {"branching": BRANCHINGS, "memory": MEMORIES, "region": -REGION, "shipped": self.shipped}
        return draw(
            "calibration",
            surfaces,
            self.checks,
            pd.DataFrame(self.parameters()),
            about={**self.about, **axes},
        )


def known(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A row with None for numbers that are none."""
    return {str(key): None if value != value else value for key, value in row.items()}


def ridge_row(found: Ridge, shipped: tuple[float, float]) -> dict[str, Any]:
    """One background's ridge in figures."""
    below = found.surface - found.surface.max()
    inside = below > -REGION
    rows, columns = np.nonzero(inside)
    gap = float(found.surface.max()) - found.at_shipped
    return {
        "background": found.background,
        "branching": found.best.branching,
        "memory": found.best.memory,
        "kappa": found.best.kappa,
        "top": float(found.surface.max()),
        "branching_from": float(BRANCHINGS[rows.min()]),
        "branching_to": float(BRANCHINGS[rows.max()]),
        "memory_from": float(MEMORIES[columns.min()]),
        "memory_to": float(MEMORIES[columns.max()]),
        "none_below_top": float(-below[0].max()),
        "shipped": {"branching": shipped[0], "memory": shipped[1]},
        "shipped_below_top": gap,
        "shipped_inside": gap <= REGION,
    }


def ridges(years: Sequence[Year], first: date, shipped: tuple[float, float]) -> tuple[Ridge, ...]:
    """The ridge under each background, and the likelihood of the case's own branching and memory."""
    events = np.concatenate([y.events for y in years])
    holiday = np.concatenate([y.holiday for y in years])
    made: list[Ridge] = []
    for name, (one_level, spread) in BACKGROUNDS.items():
        days = Days.of(events, first, holiday, one_level=one_level)
        surface, best = ridge(days, BRANCHINGS, MEMORIES, spread=spread)
        own = fit_at(days, *shipped, spread=spread, start=best.vector)
        made.append(Ridge(name, surface, best, own.log_likelihood))
    return tuple(made)


def predicted(
    made: Study, found: Posterior, n: int, seed: int, workers: int
) -> tuple[Values, list[list[Year]]]:
    """Patterns of runs at values drawn from the posterior: shape (n, patterns); and the runs."""
    runs = [
        simulate(made, parameters, 7_000_000 + 1000 * (seed * n + k), workers)
        for k, parameters in enumerate(found.draws(n, seed))
    ]
    return np.array([as_vector(patterns(run)) for run in runs]), runs


def checks(
    made: Study, found: Posterior, later: Study | None, shipped: Mapping[str, float], n: int, workers: int
) -> pd.DataFrame:
    """Observed patterns against runs at the posterior and at the shipped values, in the years fitted and after them.

    Columns: when (fitted or after), pattern, observed, low95, median, high95, inside, shipped_median, aimed.
    """
    import pandas as pd

    values, _ = predicted(made, found, n, 1, workers)
    plain = np.array(
        [as_vector(patterns(simulate(made, shipped, 8_000_000 + 1000 * k, workers))) for k in range(n // 4)]
    )
    observed = as_vector(patterns(made.years))
    rows = [
        {**row_of("fitted", name, observed[k], values[:, k], plain[:, k]), "aimed": name not in CHECKED}
        for k, name in enumerate(PATTERNS)
    ]
    if later is not None:
        rows += [{**row, "aimed": False} for row in after(later, found, shipped, n, workers)]
    return pd.DataFrame(rows)


def row_of(when: str, name: str, observed: float, values: Values, plain: Values) -> dict[str, Any]:
    """One pattern: observed, and the interval of the runs; NaN where it cannot be read off any of them."""
    known = values[np.isfinite(values)]
    low, median, high = np.quantile(known, [0.025, 0.5, 0.975]) if len(known) else np.full(3, np.nan)
    usual = plain[np.isfinite(plain)]
    return {
        "when": when,
        "pattern": name,
        "observed": float(observed),
        "low95": float(low),
        "median": float(median),
        "high95": float(high),
        "inside": bool(low <= observed <= high),
        "shipped_median": float(np.median(usual)) if len(usual) else float("nan"),
    }


def after(
    later: Study, found: Posterior, shipped: Mapping[str, float], n: int, workers: int
) -> list[dict[str, Any]]:
    """What the posterior says of the days after those it was fitted on, at the last level and severity known then."""
    observed = read_after(later.years)
    runs = [
        read_after(simulate(later, parameters, 9_000_000 + 1000 * k, workers))
        for k, parameters in enumerate(found.draws(n, 2))
    ]
    plain = [read_after(simulate(later, shipped, 9_500_000 + 1000 * k, workers)) for k in range(n // 4)]
    return [
        row_of("after", name, value, column(runs, name), column(plain, name))
        for name, value in observed.items()
    ]


def column(rows: Sequence[Mapping[str, float]], name: str) -> Values:
    """One number of many runs."""
    return np.array([row[name] for row in rows])


def read_after(years: Sequence[Year]) -> dict[str, float]:
    """What is compared of the days after the fit: level, severity, dispersion, memory, the worst week."""
    from detente.experiments.evidence.moments import autocorrelation, fano, weekly

    days = np.concatenate([y.events for y in years])
    deaths = float(np.sum([y.deaths.sum() for y in years]))
    weeks = weekly(days)
    return {
        "events_a_day": float(days.mean()),
        "deaths_per_event": deaths / max(float(days.sum()), 1.0),
        "weekly_fano": fano(weeks),
        "daily_fano": fano(days),
        "autocorrelation_1": autocorrelation(weeks, 1),
        "largest_week": float(weeks.max()),
    }


def calibrate(
    case: CaseLike,
    data: str | Path | Sequence[str | Path] | Observed,
    until: date | str,
    *,
    start: date | str | None = None,
    out: str | Path | None = None,
    resume: bool = False,
    workers: int = 2,
    population: int = 200,
    generations: int = 6,
    minutes: float = 15.0,
    seed: int = 1,
    country: str | None = None,
    facts: Sequence[str] = (),
    progress: Progress | None = None,
) -> Calibration:
    """Fit the violence of a case to patterns of observed days, and check what the fit predicts.

    Rounds that are done stand in a database beside ``out``, from which ``resume`` goes on.

    Args:
        case: a case by name, the path of its file or folder, or a case that is loaded.
        data: observed days with events and deaths: the path of a csv file, or several, or what ``read_data`` gives.
        until: last day used.
        start: first day used; the first of January four years before the last unless given.
        out: where the posterior is written (.json); posterior-CASE.json unless given.
        resume: go on with a fit that was cut short.
        workers: years run at a time.
        population: size of the sample, at least 20.
        generations: rounds of narrowing.
        minutes: start no new round after so many minutes.
        seed: seed of the fit, a whole number below 2**32.
        country: the country, where a file of UCDP GED holds several.
        facts: facts of the case to fit as well, as "PATH" or "PATH=LOW:HIGH"; of use are those of the violence, such as
            how far a side observes holidays.
        progress: called with the number of rounds done and the number in all.

    Returns:
        The posterior with its checks; it is written to ``out`` too.

    Raises:
        InputError: for anything it cannot use, and for an earlier fit that would be lost.

    Examples:
        >>> import detente, numpy, pandas
        >>> dates, luck = pandas.date_range("2014-01-01", "2017-12-31"), numpy.random.default_rng(1)
        >>> counts = {"events": luck.poisson(20, len(dates)), "deaths": luck.poisson(55, len(dates))}
        >>> pandas.DataFrame({"date": dates} | counts).to_csv("days.csv", index=False)
        >>> short = {"start": "2016-01-01", "population": 20, "generations": 1, "minutes": 0.2}
        >>> fit = detente.calibrate("afghanistan-2018", "days.csv", "2017-12-31", **short)
        >>> fit.posterior.names[0]
        'violence.n_own'
    """
    library()
    settings = checked_settings(population, generations, seed, workers, minutes)
    scenario = scenario_of(case)
    target = check_target(out or f"posterior-{scenario.case.name}.json", ".json", "out")
    observed = data if isinstance(data, Observed) else read_data(data, country)
    last = observed_day(until, "--until")
    if last is None:
        raise wrong("until", until, "the last day to fit on, such as 2018-07-22")
    first = observed_day(start, "--from") or default_start(observed, last)
    database = checked_database(target, resume)
    table = priors(scenario.parameters, facts=ranged_facts(scenario, facts))
    how: dict[str, Any] = {"resume": resume, "progress": progress, "table": table}
    made = fit_days(scenario, observed, first, last, database, settings, **how)
    write_posterior(made.posterior, target)
    return made


def default_start(data: Observed, last: date) -> date:
    """The first of January four years before the last day, or the first day of the data where they begin later."""
    first = date(last.year - 4, 1, 1)
    return first if data.daily is None or data.daily.empty else max(first, data.daily.index[0].date())


def check_covered(daily: pd.DataFrame, first: date, until: date) -> None:
    """Refuse a span that the days do not cover: what is fitted would not be what the posterior says."""
    index: Any = daily.index
    begin, end = index[0].date(), index[-1].date()
    for option, day in (("--from", first), ("--until", until)):
        if not begin <= day <= end:
            raise wrong(option, str(day), f"a day that the data cover, {begin} to {end}")


def checked_settings(population: int, generations: int, seed: int, workers: int, minutes: float) -> Settings:
    """How a fit is to be done; raises ``InputError`` naming what is out of range."""
    if not 0 < minutes < float("inf"):
        raise wrong("--minutes", minutes, "a number of minutes above 0")
    return Settings(
        whole_number(population, "--population", least=20),
        whole_number(generations, "--generations"),
        whole_number(seed, "--seed", least=0, most=2**32 - 1),
        whole_number(workers, "--workers"),
        float(minutes),
    )


def database_of(target: Path) -> Path:
    """Where the rounds of a fit stand, beside its posterior."""
    return target.with_suffix(".db")


def checked_database(target: Path, resume: bool) -> Path:
    """The database of a fit: one to go on from, or a new one; raises ``InputError`` for the other."""
    database = database_of(target)
    if database.exists():
        check_regular(database, "the database of an earlier fit")
    if resume and not database.exists():
        raise InputError(f"--resume: {database} does not exist; expected the database of an earlier fit")
    if database.exists() and not resume:
        raise InputError(
            f"{database}: holds an earlier fit; use --resume to continue it, give another --out, or remove it"
        )
    return database


def fit_days(
    scenario: Scenario,
    data: Observed,
    first: date,
    until: date,
    database: Path,
    settings: Settings,
    *,
    resume: bool = False,
    progress: Progress | None = None,
    table: tuple[Prior, ...] = (),
) -> Calibration:
    """Fit a case's violence to the days between two dates, and check what the fit predicts.

    ``table`` has the priors of what is fitted, those of the usual parameters unless given.
    """
    if data.daily is None or not {"events", "deaths"} <= set(data.daily.columns):
        raise InputError(
            "--data: calibration needs days with columns events and deaths, as UCDP GED gives them"
        )
    if data.daily.empty:
        raise InputError("--data: holds no day; expected days with events and deaths")
    check_covered(data.daily, first, until)
    made = study(scenario, data.daily, first, until)
    check_determined(made.years)
    table = table or priors(scenario.parameters)
    shipped = {p.name: p.shipped for p in table}
    observed = as_vector(patterns(made.years))
    unit = scales(made, shipped, settings)
    sample = fit(made, table, observed, unit, settings, database, resume=resume, progress=progress)
    about = about_of(scenario, data, first, until, settings) | {"not_informed": unspoken(made.years)}
    found = of_sample(sample, about)
    later = afterwards(made, data.daily, until)
    tested = checks(made, found, later, shipped, N_PREDICTED, settings.workers)
    point = (pooled_branching(scenario), scenario.parameters.violence.memory)
    surfaces = ridges(made.years, made.years[0].start, point)
    whole = Calibration(found, table, tested, surfaces, point, found.about)
    return replace(whole, posterior=replace(found, about={**found.about, "report": whole.report()}))


def about_of(
    scenario: Scenario, data: Observed, first: date, until: date, settings: Settings
) -> dict[str, Any]:
    """What a calibration was made from."""
    from importlib.metadata import version

    from detente.model.kernel import rules_digest

    return {
        "case": scenario.case.name,
        "title": scenario.case.title,
        "from": first.isoformat(),
        "until": until.isoformat(),
        "data": [path.name for path in data.paths],
        "population": settings.population,
        "seed": settings.seed,
        "version": version("detente"),
        "scenario_sha256": scenario.sha256,
        "rules_digest": rules_digest(),
        "method": "ABC-SMC (pyabc), uniform priors over the declared ranges",
    }
