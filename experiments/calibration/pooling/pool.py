"""Pooled inference as a whole: the table, the posterior, its calibration on synthetic truths and its checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.agents.parameters import Parameters
from detente.experiments.calibration.pooling.conflicts import Conflict, Found, conflicts
from detente.experiments.calibration.pooling.draws import to_parameters
from detente.experiments.calibration.pooling.estimator import TAIL, Estimator, learn, pooled_names
from detente.experiments.calibration.pooling.methods import trial
from detente.experiments.calibration.pooling.predictive import RUNS, predicted, predictive_rows
from detente.experiments.calibration.pooling.summaries import SUMMARIES
from detente.experiments.calibration.pooling.synthetic import Calibrated, calibrated, calibration_rows
from detente.experiments.calibration.pooling.table import Table, simulate
from detente.experiments.calibration.pooling.theory_weights import mechanism_rows, theory_rows
from detente.experiments.io.files import check_target
from detente.experiments.io.plain_json import without_nan
from detente.experiments.runs.inputs import free_parameters, whole_number
from detente.experiments.runs.pooled_posterior import POOLED, WITHOUT, leave_out
from detente.experiments.runs.posterior import Posterior, write_posterior
from detente.experiments.runs.unknowns import fits
from detente.model.engine import compile_now
from detente.model.errors import InputError, unknown

if TYPE_CHECKING:
    import pandas as pd

Values = np.ndarray[Any, Any]

SIMULATIONS, SAMPLE, LEAST = 2000, 400, 150
"""Draws of the shipped table, draws of the posterior that are kept, and fewest draws of a table."""

NARROWED, SOME = (2.0 / 3.0) ** 0.5, 0.9**0.5
"""Posterior over prior width at which a parameter counts as identified, and as touched by the data at all: a third, and
a tenth, of the prior's variance taken away."""

UNEVEN, OFF = 0.01, 0.05
"""Chance of ranks as uneven below which a posterior is not calibrated; largest error of the coverage of intervals."""


@dataclass(frozen=True)
class Pooled:
    """A pooled posterior; ``about`` of the posterior holds its whole report."""

    posterior: Posterior

    @property
    def report(self) -> Mapping[str, Any]:
        """What was learnt: parameters, theories, mechanisms, methods, summaries, conflicts."""
        return self.posterior.about["report"]

    def parameters(self) -> pd.DataFrame:
        """One row a parameter: prior and posterior, how it is calibrated, and whether it is identified."""
        import pandas as pd

        return pd.DataFrame(self.report["parameters"])

    def to_json(self) -> dict[str, Any]:
        """The report and what it was made from, as plain values."""
        left = (WITHOUT, "report")
        about = {key: value for key, value in self.posterior.about.items() if key not in left}
        return {**about, **self.report}

    def __repr__(self) -> str:
        """The result in lines, as a notebook shows it."""
        rows = self.report["parameters"]
        about = self.posterior.about
        lines = [f"Pooled posterior over {len(about['conflicts'])} conflicts, {about['draws']:,} draws"]
        for state in STATES:
            names = [r["parameter"] for r in rows if r["state"] == state]
            lines.append(
                f"  {state}: {len(names)}" + (f" ({', '.join(names)})" if state != NOT and names else "")
            )
        return "\n".join(lines)


IDENTIFIED, LITTLE, NOT, ILL = "identified", "narrowed a little", "not identified", "not calibrated"
STATES = (IDENTIFIED, LITTLE, ILL, NOT)


def calibrate_pool(
    data_dir: str | Path = "data",
    *,
    draws: int = SIMULATIONS,
    out: str | Path | None = None,
    resume: bool = False,
    seed: int = 1,
    without: Sequence[str] = (),
    progress: Found | None = None,
) -> Pooled:
    """Fit what all conflicts share, once over many of them, from one stored table of simulations.

    Args:
        data_dir: folder with the series of Afghanistan and Korea, and ``conflicts``: ``cases.csv``, ``ceasefires.csv``,
            ``agreements.csv`` and the series of each conflict.
        draws: draws from the declared ranges, one run of every conflict each.
        out: where the posterior is written (.json), with the table beside it (.jsonl); nothing is written unless given.
        resume: go on with a table that was begun.
        seed: seed of the draws.
        without: conflicts whose likelihood is left out of the posterior.
        progress: called with what is done, the number done and the number in all.

    Returns:
        The posterior with its report: prior and posterior by parameter, calibration on synthetic truths, posterior
        predictive checks, and the weights of theories.

    Raises:
        InputError: for a folder that lacks a file, too few draws, and the table of another fit.

    Examples:
        >>> import detente
        >>> try:
        ...     detente.calibrate_pool("no-such-folder", draws=200)
        ... except detente.InputError as error:
        ...     print("cases.csv" in str(error))
        True
    """
    library()
    target = None if out is None else check_target(out, ".json", "out")
    n = whole_number(draws, "--draws", least=LEAST, most=1_000_000)
    first = whole_number(seed, "--seed", least=0, most=2**32 - 1)
    found = conflicts(data_dir, progress)
    compile_now()
    file = None if target is None else target.with_suffix(".jsonl")
    table = simulate(found, n, first, file, resume=resume, progress=progress)
    made = pooled(found, table, seed=first, without=without, progress=progress)
    if target is not None:
        write_posterior(made.posterior, target)
    return made


def library() -> None:
    """Refuse in one line where the libraries of calibration are not installed."""
    if any(find_spec(name) is None for name in ("pyabc", "sklearn")):
        raise InputError(
            "calibrate --pool: needs the extra 'calibration' (pip install 'detente[calibration]')"
        )


def pooled(
    found: Sequence[Conflict],
    table: Table,
    *,
    seed: int = 1,
    without: Sequence[str] = (),
    runs: int = RUNS,
    progress: Found | None = None,
) -> Pooled:
    """The posterior of a table, calibrated and checked."""
    for name in without:
        if name not in table.conflicts:
            raise unknown("--without", name, table.conflicts)
    used = table.only([name for name in table.conflicts if name not in without])
    tell = progress or (lambda what, done, total: None)
    tell("learning", 0, 1)
    estimator = learn(used)
    unit = sampled(estimator, used.observed[None], SAMPLE, np.random.default_rng([seed, 2]))
    posterior = posterior_of(estimator, used, unit)
    own = calibrated(used, seed)
    report = {
        "parameters": rows_of(posterior, estimator, used, own),
        "theories": theory_rows(used),
        "mechanisms": mechanism_rows(used),
        "methods": trial(used, own, seed),
        "conflicts": conflict_rows(posterior, used, estimator),
        "truths": len(own.ranks),
    }
    tell("learning", 1, 1)
    some = [c for c in found if c.name in used.conflicts]
    values = predicted(some, unit[:runs], used.theory, progress)
    report["summaries"] = predictive_rows(values, used.rows(used.off == ""), estimator.features.kept)
    about = about_of(table, seed, without) | dict(posterior.about) | {"report": without_nan(report)}
    return Pooled(Posterior(posterior.names, posterior.values, posterior.weights, about))


def sampled(estimator: Estimator, observed: Values, n: int, rng: np.random.Generator) -> Values:
    """Draws of all parameters on the unit interval that the model takes; those outside the pool from their prior."""
    names = tuple(free_parameters())
    unit = rng.random((2 * n, len(names)))
    unit[:, estimator.chosen] = estimator.draws(observed, 2 * n, rng)[0]
    values = to_parameters(unit)
    settings = (dict(zip(names, row.tolist(), strict=True)) for row in values)
    return unit[[k for k, setting in enumerate(settings) if fits(Parameters(), setting)][:n]]


def posterior_of(estimator: Estimator, table: Table, unit: Values) -> Posterior:
    """Draws of the parameters in the pool, with their log weights without each conflict.

    The others stay at their prior, so the file does not hold them.
    """
    names, chosen = pooled_names(estimator), unit[:, estimator.chosen]
    whole = estimator.log_density(table.observed[None], chosen)
    logs: dict[str, list[float]] = {}
    for name in table.conflicts:
        less = table.only([c for c in table.conflicts if c != name])
        ratio = learn(less, estimator).log_density(less.observed[None], chosen) - whole
        logs[name] = [round(float(v), 3) for v in ratio - ratio.max()]
    values = to_parameters(unit)[:, estimator.chosen]
    return Posterior(names, values, np.full(len(values), 1.0 / len(values)), {WITHOUT: logs})


def about_of(table: Table, seed: int, without: Sequence[str]) -> dict[str, Any]:
    """What a fit was made from."""
    import hashlib
    from importlib.metadata import version

    from detente.model.kernel import rules_digest

    digest = hashlib.sha256(np.ascontiguousarray(table.summaries).tobytes())
    return {
        "posterior": POOLED,
        "version": version("detente"),
        "rules_digest": rules_digest(),
        "table_sha256": digest.hexdigest(),
        "conflicts": list(table.conflicts),
        "without": list(without),
        "draws": len(table.unit) + table.left_out,
        "left_out": table.left_out,
        "seed": seed,
        "method": "Bayesian regression on pooled summaries (scikit-learn), uniform priors over the declared ranges",
    }


# -- the report


def rows_of(
    posterior: Posterior, estimator: Estimator, table: Table, own: Calibrated
) -> list[dict[str, Any]]:
    """One row a parameter: prior, posterior, calibration, and what the data say of it."""
    _, spread = estimator.moments(table.observed[None])
    width = dict(zip(posterior.names, np.minimum(spread[0], 1.0).tolist(), strict=True))
    rows: list[dict[str, Any]] = []
    for prior, checked in zip(free_parameters().values(), calibration_rows(own), strict=True):
        ratio = width.get(prior.name, 1.0)
        inside = prior.name in posterior.names
        ends = posterior.quantiles(prior.name, (0.1, 0.5, 0.9)) if inside else [None] * 3
        rows.append(
            {
                **checked,
                "meaning": prior.meaning,
                "prior_low": prior.low,
                "prior_high": prior.high,
                "shipped": prior.default,
                **dict(zip(("low80", "median", "high80"), ends, strict=True)),
                "in_pool": inside,
                "width": ratio,
                "state": state_of(ratio, checked),
            }
        )
    return rows


def state_of(ratio: float, checked: Mapping[str, Any]) -> str:
    """What the data say of a parameter, in words."""
    wrong = [
        abs(checked[name] - level)
        for name, level in (("within50", 0.5), ("within80", 0.8), ("within95", 0.95))
    ]
    if ratio <= SOME and (checked["rank_p"] <= UNEVEN or max(wrong) > OFF):
        return ILL
    return IDENTIFIED if ratio <= NARROWED else (LITTLE if ratio <= SOME else NOT)


def conflict_rows(posterior: Posterior, table: Table, estimator: Estimator) -> list[dict[str, Any]]:
    """What each conflict contributes: summaries, those that few draws reproduce, effective sample size without it."""
    listed, s = list(SUMMARIES), table.summaries
    below = np.mean(s < table.observed, axis=0) + 0.5 * np.mean(s == table.observed, axis=0)
    missed = estimator.features.used & ((below <= TAIL) | (below >= 1.0 - TAIL))
    return [
        {
            "conflict": name,
            "summaries": int(estimator.features.used[k].sum()),
            "not_reproduced": [listed[j] for j in np.flatnonzero(missed[k])],
            "effective_size_without": leave_out(posterior, name).effective_size,
        }
        for k, name in enumerate(table.conflicts)
    ]
