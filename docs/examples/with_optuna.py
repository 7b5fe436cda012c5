"""Levers that Optuna finds for a case, through `detente.evaluate`: `python docs/examples/with_optuna.py`."""

from typing import Any

import numpy as np
import optuna

import detente

SEEDS = range(1, 9)
"""The same for every trial: a trial is better for its levers, not for its luck."""


def objective(trial: optuna.Trial) -> float:
    """Mean days in ceasefire at the levers of a trial."""
    levers = {
        name: trial.suggest_float(name, 0.0, 1.0) for name in ("recognition", "ceasefires", "parallel_tracks")
    }
    runs = [
        detente.evaluate("template", seed, policy="status-quo", engine="compiled", **levers) for seed in SEEDS
    ]
    return float(np.mean([run["days_in_ceasefire"] for run in runs]))


def main(trials: int = 40) -> Any:
    """The study, with its best trial."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=1))
    study.enqueue_trial({"recognition": 0.0, "ceasefires": 0.0, "parallel_tracks": 0.0})
    study.optimize(objective, n_trials=trials)
    return study


if __name__ == "__main__":
    best = main().best_trial
    print(f"{best.value:.0f} days in ceasefire with {best.params}")
