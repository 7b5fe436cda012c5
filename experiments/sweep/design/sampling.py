"""The points of a design, in the row order that SALib's analysers expect.

Samples are drawn in the unit cube and then mapped: an interval is stretched, levels are taken in equal shares.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.model.errors import InputError

if TYPE_CHECKING:
    from detente.experiments.sweep.design.document import Design
    from detente.experiments.sweep.design.factors import Factor

Values = np.ndarray[Any, Any]


def lay_out(design: Design) -> Values:
    """The points of a design: shape (points, factors), in the units of the factors."""
    if not design.factors:
        return np.zeros((1, 0))
    match design.design.kind:
        case "grid":
            return grid([f.setting.levels for f in design.factors])
        case "factorial":
            return factorial([f.setting.ends for f in design.factors])
        case "posterior":
            return with_draws(design, stretched(design.factors, unit_points(design)))
        case _:
            return stretched(design.factors, unit_points(design))


def grid(levels: list[tuple[float, ...]]) -> Values:
    """Every combination of levels, the last factor varying fastest."""
    return np.stack([axis.reshape(-1) for axis in np.meshgrid(*levels, indexing="ij")], axis=1)


def factorial(ends: list[tuple[float, float]]) -> Values:
    """The two-level factorial in standard order, the first factor varying fastest."""
    return grid(list(reversed(ends)))[:, ::-1]


def unit_points(design: Design) -> Values:
    """Samples in the unit cube: shape (points, factors)."""
    from scipy.stats import qmc

    asked, n_factors = design.design, len(design.factors)
    if asked.kind in ("lhs", "posterior"):
        return qmc.LatinHypercube(n_factors, rng=asked.seed).random(asked.samples or 1)
    problem = {
        "num_vars": n_factors,
        "names": [f.name for f in design.factors],
        "bounds": [[0.0, 1.0]] * n_factors,
    }
    draw = sobol_sampler(asked.second_order) if asked.kind == "sobol" else morris_sampler(asked.levels)
    return draw(problem, asked.samples or 1, seed=asked.seed)


def with_draws(design: Design, points: Values) -> Values:
    """Points whose columns of the posterior's parameters are members of its sample, drawn together by their weights."""
    from detente.experiments.runs.posterior_draws import STORED, draws_for

    posterior = draws_for(design.cases[0], STORED).posterior
    dice = np.random.default_rng([design.design.seed, len(points)])
    rows = posterior.values[dice.choice(len(posterior.values), size=len(points), p=posterior.weights)]
    for k, factor in enumerate(design.factors):
        if factor.name in posterior.names:
            points[:, k] = np.clip(rows[:, posterior.names.index(factor.name)], *factor.setting.ends)
    return points


def sobol_sampler(second_order: bool) -> Any:
    """Saltelli's extension of a Sobol sequence, by SALib."""
    try:
        from SALib.sample import sobol
    except ImportError:
        raise missing("sobol") from None
    return partial(sobol.sample, calc_second_order=second_order)


def morris_sampler(levels: int) -> Any:
    """Trajectories of Morris, by SALib."""
    try:
        from SALib.sample import morris
    except ImportError:
        raise missing("morris") from None
    return partial(morris.sample, num_levels=levels)


def missing(kind: str) -> InputError:
    """The line for a library that is not installed."""
    return InputError(
        f"design: {kind} needs SALib; expected it installed: pip install 'detente[sensitivity]'"
    )


def stretched(factors: tuple[Factor, ...], unit: Values) -> Values:
    """Samples of the unit cube in the units of the factors."""
    return np.stack([stretch(f, unit[:, k]) for k, f in enumerate(factors)], axis=1)


def stretch(factor: Factor, unit: Values) -> Values:
    """One column: an interval is stretched, levels are taken in equal shares."""
    setting = factor.setting
    if setting.interval:
        low, high = setting.interval
        return np.clip(low + (high - low) * unit, low, high)
    n = len(setting.levels)
    return np.array(setting.levels)[np.minimum((unit * n).astype(int), n - 1)]
