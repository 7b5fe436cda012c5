"""A table of settings as scenarios of Mesa's, one model each: `python docs/examples/with_mesa_scenarios.py`.

On Mesa 3, and on Mesa 4, which has no `batch_run` any more.  Mesa 4 turns the `rng` of a scenario into a generator, and
the seed of the run is drawn from it; so what repeats a run is the column `seed_number`, on both.
"""

from typing import Any

import pandas as pd
from mesa.experimental.scenarios import Scenario

import detente

SETTINGS = [{"recognition": level, "rng": seed} for level in (0.0, 0.8) for seed in (1, 2, 3)]
"""What differs from model to model: any keyword of `PeaceProcess`, and the seed as `rng`."""


def last_row(**settings: Any) -> dict[str, Any]:
    """What the collector of one model saw last, beside its settings."""
    scenario = Scenario(case="template", policy="status-quo", step_days=7, **settings)
    model = detente.PeaceProcess(scenario=scenario)
    model.run_model()
    return {**settings, **model.datacollector.get_model_vars_dataframe().iloc[-1]}


def main(settings: list[dict[str, Any]] = SETTINGS) -> Any:
    """A row a model."""
    return pd.DataFrame([last_row(**one) for one in settings])


if __name__ == "__main__":
    print(main())
