"""How outcomes depend on what a sweep varied: Sobol, Morris, or linear swings, with intervals; and what noise leaves.

Indices are computed from the mean over seeds at each point.  Such a mean still holds luck, and an index of luck means
nothing.  All points ran under the same seeds, so luck that moves all points alike cancels; what is left is estimated by
the residual of the two-way table of points and seeds, and compared with the variance between points.

An outcome may be missing in some runs.  A point's mean is then of the runs that have a value; the luck that seeds share
can no longer be taken out, so that luck is overrated rather than underrated.  Sobol and Morris need a mean at every
point, swings do not.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.experiments.io.plain_json import without_nan
from detente.experiments.runs.intervals import known, known_mean, paired_difference
from detente.experiments.runs.outcomes import BY_NAME, OUTCOMES
from detente.experiments.runs.provenance import NOT_A_FORECAST
from detente.experiments.sweep.results import Results, open_results
from detente.model.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

Values = np.ndarray[Any, Any]

GROUP = ("case", "policy", "theory")
RESAMPLES = 500
"""Bootstrap resamples behind the intervals of Sobol and Morris."""

MADE_FROM = ("version", "versions", "rules_digest", "scenarios")
"""What of a sweep's manifest its analysis repeats."""

BLURRED, DROWNED = 0.1, 0.5
"""Share of the variance between points that is luck, above which indices are called blurred, and meaningless."""


@dataclass(frozen=True)
class Noise:
    """How much of what differs between points is luck.  ``share`` is NaN with one seed: it cannot be known.

    ``runs`` have a value, which the means are of, and ``missing`` ones have none; ``empty`` points have none at all.
    """

    between: float
    luck: float
    share: float
    seeds: int
    needed: int | None
    runs: int
    missing: int
    empty: int

    @property
    def verdict(self) -> str:
        """What the noise leaves of the indices, in a word."""
        if self.runs == 0:
            return "missing"
        if self.between <= 0:
            return "does not vary"
        if self.share != self.share:
            return "unknown"
        if self.share > DROWNED:
            return "meaningless"
        return "blurred" if self.share > BLURRED else "clear"


def noise_of(values: Values) -> Noise:
    """The noise in the means of a table of shape (points, seeds), NaN where a run has no value."""
    counts = np.sum(~np.isnan(values), axis=1)
    rest = (
        values.shape[1],
        None,
        int(counts.sum()),
        int(values.size - counts.sum()),
        int((counts == 0).sum()),
    )
    means = known(point_means(values))
    between = float(means.var(ddof=1)) if len(means) > 1 else 0.0
    single, luck = luck_in(values)
    if between <= 0 or np.isnan(luck):
        return Noise(between, float("nan"), 0.0 if between <= 0 else float("nan"), *rest)
    real = between - luck
    needed = int(np.ceil(single * (1 - BLURRED) / (BLURRED * real))) if real > 0 else None
    return replace(Noise(between, luck, min(luck / between, 1.0), *rest), needed=needed)


def point_means(values: Values) -> Values:
    """The mean of each point over the runs that have a value; NaN where none has."""
    if not np.isnan(values).any():
        return values.mean(axis=1)
    return np.array([known_mean(row) for row in values])


def luck_in(values: Values) -> tuple[float, float]:
    """Variance of luck in a single run, and in the mean of a point; NaN where it cannot be known.

    Luck that all points share is taken out only where every run has a value.
    """
    points, seeds = values.shape
    if points < 2 or seeds < 2:
        return float("nan"), float("nan")
    if not np.isnan(values).any():
        rest = (
            values - values.mean(axis=1, keepdims=True) - values.mean(axis=0, keepdims=True) + values.mean()
        )
        single = float((rest**2).sum() / ((points - 1) * (seeds - 1)))
        return single, single / seeds
    rows = [row for row in map(known, values) if len(row)]
    spare = sum(len(row) - 1 for row in rows)
    if spare == 0:
        return float("nan"), float("nan")
    single = sum(float(((row - row.mean()) ** 2).sum()) for row in rows) / spare
    return single, single * float(np.mean([1 / len(row) for row in rows]))


@dataclass(frozen=True)
class Sensitivity:
    """Indices and noise of one sweep."""

    results: Results
    indices: pd.DataFrame
    noise: pd.DataFrame

    @property
    def method(self) -> str:
        """sobol, morris or swing."""
        return method_of(self.results)

    @cached_property
    def about(self) -> dict[str, Any]:
        """What the indices rest on."""
        manifest = self.results.manifest
        return {
            "path": str(self.results.path),
            "design": self.results.kind,
            "method": self.method,
            "runs": self.results.n_done,
            "points": len(self.results.points),
            "factors": [f.name for f in self.results.factors],
            **{key: manifest[key] for key in MADE_FROM if key in manifest},
            "note": NOT_A_FORECAST,
        }

    def to_json(self) -> dict[str, Any]:
        """Everything, as ``detente sensitivity --json`` prints it; what is missing is None."""
        tables = {"noise": self.noise, "indices": self.indices}
        return without_nan({**self.about, **{name: t.to_dict("records") for name, t in tables.items()}})

    def save(self, path: str | Path) -> Path:
        """Write the indices as Parquet; raises ``InputError`` if the path cannot be written."""
        from detente.experiments.io.files import check_target, write_table

        target = check_target(path, ".parquet", "output")
        write_table(self.indices, target, self.about)
        return target

    def plot(self) -> Any:
        """A Plotly figure: bars with intervals for each factor and a few outcomes."""
        from detente.experiments.io.figures import draw

        return draw("sensitivity", self.indices, self.noise, about=self.about)


def method_of(results: Results) -> str:
    """How a design is analysed: as it was laid out, and everything else by linear swings."""
    return results.kind if results.kind in ("sobol", "morris") else "swing"


COLUMNS = (*GROUP, "outcome", "factor", "index", "value", "low95", "high95")
"""Columns of the table of indices."""


def sensitivity(
    where: str | Path | Results, outcomes: Sequence[str] | None = None, group: Sequence[str] | None = None
) -> Sensitivity:
    """What the outcomes of a finished sweep depend on, and how much of it is luck.

    Args:
        where: directory of a finished sweep, or what ``open_results`` gives.
        outcomes: outcomes by name; all unless given.
        group: a case, a policy and a theory, where only they are asked for.

    Returns:
        Two tables, indices and noise, described below.

    Raises:
        InputError: for a sweep that is incomplete or varies nothing, an unknown outcome, or a missing library.

    indices: case, policy, theory, outcome, factor, index, value, low95, high95.  Sobol gives ``S1`` (the factor alone)
    and ``ST`` (with its interactions), shares of variance; Morris ``mu_star`` (mean size of an elementary effect over
    the factor's range, in the outcome's unit) and ``sigma``; other designs ``swing``, the linear change from the
    lowest to the highest value of the factor, fitted seed by seed.  noise: the same groups with between, luck, share,
    seeds, needed (seeds that would bring the share of luck to a tenth), verdict, runs and missing (runs with a value
    and without), empty (points without a value).  Sobol and Morris have no indices for an outcome with an empty point.

    Raises ``InputError`` for a sweep that is incomplete or varies nothing, an unknown outcome, or a missing library.

    Args:
        where: the directory of a finished sweep, or its results.
        outcomes: names of outcomes; all unless given.
        group: case, policy and theory, to look at these runs alone.

    Returns:
        The indices and the share of luck in them: ``indices``, ``noise``, ``plot()``.

    Raises:
        InputError: as said above.

    Examples:
        >>> import detente, tempfile
        >>> folder = tempfile.mkdtemp() + "/sweep"
        >>> design = {"case": "template", "policies": ["status-quo"], "levers": {"parallel_tracks": [0, 0.5, 1]}}
        >>> results = detente.sweep(design | {"runs": 6}, out=folder)
        >>> found = detente.sensitivity(results, ["days_in_ceasefire"])
        >>> found.indices[["factor", "index"]].values.tolist()
        [['parallel_tracks', 'swing']]
    """
    import pandas as pd

    results = where if isinstance(where, Results) else open_results(where)
    check(results, outcomes)
    names = list(outcomes) if outcomes is not None else [o.name for o in OUTCOMES]
    indices: list[dict[str, Any]] = []
    noise: list[dict[str, Any]] = []
    for found, rows in results.table.groupby(list(GROUP), observed=True, sort=False):
        head = dict(zip(GROUP, map(str, found), strict=True))
        if group is not None and tuple(head.values()) != tuple(group):
            continue
        for name in names:
            values = by_seed(rows, name)
            noise.append({**head, "outcome": name, **noise_row(noise_of(values))})
            whole = noise[-1]["empty"] == 0 or method_of(results) == "swing"
            if noise[-1]["between"] > 0 and whole:
                indices += [{**head, "outcome": name, **line} for line in analysed(results, values)]
    return Sensitivity(results, pd.DataFrame(indices, columns=list(COLUMNS)), pd.DataFrame(noise))


def by_seed(rows: pd.DataFrame, outcome: str) -> Values:
    """An outcome of one group, a row for each point that has all its seeds, a column for each seed; missing is NaN."""
    values = rows.pivot(index="point", columns="seed", values=outcome).sort_index()
    ran = rows.groupby("point")["seed"].nunique().reindex(values.index)
    return values[ran == values.shape[1]].to_numpy(float)


def noise_row(found: Noise) -> dict[str, Any]:
    """The columns that say what noise there is."""
    row = {"between": found.between, "luck": found.luck, "share": found.share}
    row |= {"seeds": found.seeds, "needed": found.needed, "verdict": found.verdict}
    return row | {"runs": found.runs, "missing": found.missing, "empty": found.empty}


def check(results: Results, outcomes: Sequence[str] | None) -> None:
    """Whether a sweep can be analysed."""
    if not results.complete:
        missing = len(results.missing)
        raise InputError(
            f"{results.path}: {missing} of {results.n_chunks} chunks are missing; expected a complete sweep: "
            "resume it with detente sweep --resume"
        )
    if not results.factors:
        raise InputError(
            f"{results.path}: this sweep varies no lever and no parameter; expected at least one"
        )
    for name in outcomes or ():
        if name not in BY_NAME:
            from detente.model.errors import unknown

            raise unknown("outcome", name, BY_NAME)


def analysed(results: Results, values: Values) -> Iterator[dict[str, Any]]:
    """The indices of one table of points and seeds."""
    design: Mapping[str, Any] = results.manifest["design"]["design"]
    points = results.points.to_numpy(float)
    match method_of(results):
        case "sobol":
            return sobol(results.problem, point_means(values), bool(design["second_order"]))
        case "morris":
            return morris(results.problem, points, point_means(values), int(design["levels"]))
        case _:
            return swings(results, points, values)


def missing_library() -> InputError:
    """The line for a library that is not installed."""
    return InputError(
        "sensitivity needs SALib; expected it installed: python3 -m pip install 'detente[sensitivity]'"
    )


def sobol(problem: Mapping[str, Any], means: Values, second_order: bool) -> Iterator[dict[str, Any]]:
    """First-order and total indices (Saltelli et al. 2010), with bootstrap intervals."""
    try:
        from SALib.analyze import sobol as analyser
    except ImportError:
        raise missing_library() from None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # some resamples of a yes-or-no outcome do not vary
        found = analyser.analyze(problem, means, second_order, RESAMPLES, 0.95, seed=1)
    for index in ("S1", "ST"):
        for name, value, half in zip(problem["names"], found[index], found[f"{index}_conf"], strict=True):
            yield line(name, index, float(value), float(half))


def morris(
    problem: Mapping[str, Any], points: Values, means: Values, levels: int
) -> Iterator[dict[str, Any]]:
    """Mean size and spread of elementary effects (Morris 1991; Campolongo et al. 2007), with bootstrap intervals."""
    try:
        from SALib.analyze import morris as analyser
    except ImportError:
        raise missing_library() from None
    found = analyser.analyze(
        dict(problem), points, means, num_resamples=RESAMPLES, conf_level=0.95, num_levels=levels, seed=1
    )
    for name, value, half in zip(problem["names"], found["mu_star"], found["mu_star_conf"], strict=True):
        yield line(name, "mu_star", float(value), float(half))
    for name, value in zip(problem["names"], found["sigma"], strict=True):
        yield line(name, "sigma", float(value), float("nan"))


def swings(results: Results, points: Values, values: Values) -> Iterator[dict[str, Any]]:
    """Linear change over each factor's range, fitted within each seed and averaged over seeds."""
    low = np.array([f.low for f in results.factors])
    span = np.array([f.high for f in results.factors]) - low
    design = np.column_stack([np.ones(len(points)), (points - low) / np.where(span > 0, span, 1.0)])
    slopes = fitted(design, values)[1:]
    for factor, slope in zip(results.factors, slopes, strict=True):
        found = paired_difference(slope, np.zeros(len(slope)))
        yield {"factor": factor.name, "index": "swing", "value": found["mean"]} | {
            key: found[key] for key in ("low95", "high95")
        }


def fitted(design: Values, values: Values) -> Values:
    """Least squares for each seed over the points that have a value: shape (terms, seeds); NaN of too few points."""
    if not np.isnan(values).any():
        return np.linalg.lstsq(design, values, rcond=None)[0]
    terms = design.shape[1]
    found = np.full((terms, values.shape[1]), np.nan)
    for k, column in enumerate(values.T):
        has = ~np.isnan(column)
        if has.sum() > terms and np.linalg.matrix_rank(design[has]) == terms:
            found[:, k] = np.linalg.lstsq(design[has], column[has], rcond=None)[0]
    return found


def line(factor: str, index: str, value: float, half: float) -> dict[str, Any]:
    """One index with its interval."""
    return {"factor": factor, "index": index, "value": value, "low95": value - half, "high95": value + half}
