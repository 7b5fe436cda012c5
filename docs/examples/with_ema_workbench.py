"""Scenario discovery by the EMA Workbench, through `detente.evaluate`: `python docs/examples/with_ema_workbench.py`.

Under which assumptions do the five lessons bring an agreement in the template?  Runs on ema-workbench 2.5 and 3.

Keep to the `SequentialEvaluator`: where the function raises, the `MultiprocessingEvaluator` of both versions prints the
error and then waits for ever.  `detente.sweep` spreads runs over processors, and stops at an error.
"""

import inspect
from typing import Any

import ema_workbench
import numpy as np
from ema_workbench import Model, RealParameter, ScalarOutcome, SequentialEvaluator
from ema_workbench.analysis import prim
from scipy.stats import qmc

import detente

Sample = getattr(ema_workbench, "Sample", None) or ema_workbench.Scenario  # its name in version 3, and in 2.5

UNCERTAIN = {
    "talks__issue": (1 / 240, 1 / 20),
    "talks__failure": (1 / 1000, 1 / 60),
    "settlement__shift": (0.0, 0.8),
    "trust__memory": (180.0, 1500.0),
}
"""Parameters as group__name, with the ranges declared in agents/parameters.py."""

SEEDS = range(1, 6)


def lessons(**parameters: float) -> dict[str, float]:
    """Share of a few runs, always the same seeds, that bring an agreement."""
    runs = [
        detente.evaluate("template", seed, policy="five-lessons", engine="compiled", **parameters)
        for seed in SEEDS
    ]
    return {"agreed": float(np.mean([run["agreements"] > 0 for run in runs]))}  # type: ignore[operator]


def sample(n: int) -> list[Any]:
    """A Latin hypercube of the assumptions, the same every time: the workbench's own sampler cannot be given a seed."""
    lows, highs = zip(*UNCERTAIN.values(), strict=True)
    points = qmc.scale(qmc.LatinHypercube(len(UNCERTAIN), rng=1).random(n), lows, highs)
    return [
        Sample(str(k), **dict(zip(UNCERTAIN, map(float, point), strict=True)))
        for k, point in enumerate(points)
    ]


def main(scenarios: int = 200) -> Any:
    """The experiments, their outcome, whether agreements were often for the template, and PRIM's first box of these."""
    model = Model("template", function=lessons)
    model.uncertainties = [RealParameter(name, low, high) for name, (low, high) in UNCERTAIN.items()]
    model.outcomes = [ScalarOutcome("agreed")]
    with SequentialEvaluator(model) as evaluator:
        experiments, outcomes = evaluator.perform_experiments(scenarios=sample(scenarios))
    inputs = experiments[list(UNCERTAIN)]
    often = outcomes["agreed"] >= np.quantile(outcomes["agreed"], 2 / 3)
    asked = (
        {"threshold": 0.5} if "threshold" in inspect.signature(prim.Prim).parameters else {}
    )  # version 2.5 only
    search = prim.Prim(inputs, often, **asked)
    return inputs, outcomes["agreed"], often, search.find_box()


if __name__ == "__main__":
    _, agreed, often, box = main()
    print(
        f"{np.mean(often):.0%} of the assumptions bring an agreement in {agreed[often].min():.0%} of runs or more; "
        f"in the box {box.density:.0%}"
    )
    box.inspect()
