"""A case under Mesa's own `batch_run`: `python docs/examples/with_mesa_batch_run.py`."""

from typing import Any

import mesa
import pandas as pd

import detente


def main(seeds: range = range(1, 4)) -> Any:
    """The last row that the model's own collector wrote of each run."""
    rows = mesa.batch_run(
        detente.PeaceProcess,
        parameters={"case": "template", "policy": "status-quo", "recognition": [0.0, 0.8]},
        rng=list(seeds),
        max_steps=2000,
        number_processes=1,
        display_progress=False,
    )
    return pd.DataFrame(rows)


if __name__ == "__main__":
    print(main().head())
