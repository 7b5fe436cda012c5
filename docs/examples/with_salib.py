"""Sobol indices of a case by SALib, through `detente.evaluate`: `python docs/examples/with_salib.py`."""

from typing import Any

import numpy as np
from SALib.analyze import sobol
from SALib.sample import sobol as sampler

import detente

PROBLEM = {
    "num_vars": 3,
    "names": ["recognition", "parallel_tracks", "trust.memory"],
    "bounds": [[0.0, 1.0], [0.0, 1.0], [180.0, 1500.0]],
}
"""Levers by name, parameters as group.name; ranges of parameters are declared in agents/parameters.py."""


def issues_settled(point: Any, seeds: range) -> float:
    """Mean over seeds at one point; the same seeds at every point, so that shared luck cancels."""
    settings = dict(zip(PROBLEM["names"], point, strict=True))  # type: ignore[call-overload]
    made = [
        detente.evaluate("template", seed, policy="status-quo", engine="compiled", **settings)
        for seed in seeds
    ]
    return float(np.mean([run["issues_settled"] for run in made]))


def main(samples: int = 32, seeds: range = range(1, 21)) -> Any:
    """First-order and total indices with their intervals."""
    points = sampler.sample(PROBLEM, samples, calc_second_order=False, seed=1)
    outcomes = np.array([issues_settled(point, seeds) for point in points])
    return sobol.analyze(PROBLEM, outcomes, calc_second_order=False, seed=1)


if __name__ == "__main__":
    print(main().to_df())
