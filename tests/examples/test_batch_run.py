"""Mesa's own batch_run on the model: the example below, its numbers, and the same design as a sweep."""

from pathlib import Path
from typing import Any

import pytest

from detente.experiments.sweep.sweep import sweep

LEVERS = [0.0, 1.0]
SEEDS = [1, 2]


def batch() -> list[dict[str, Any]]:
    """The example, as it could stand in a script of one's own."""
    import mesa

    from detente import PeaceProcess

    return mesa.batch_run(
        PeaceProcess,
        parameters={"case": "template", "policy": "status-quo", "step_days": 7, "direct_channel": LEVERS},
        rng=SEEDS,
        max_steps=10_000,  # a run ends when it ends; the 1,000 steps that are the default would cut daily ones short
        number_processes=1,
        display_progress=False,
    )


@pytest.mark.usefixtures("compiled")
def test_batch_run_gives_the_numbers_of_a_sweep(tmp_path: Path) -> None:
    rows = {
        (r["direct_channel"], r["rng"]): r for r in batch()
    }  # a row for each agent; the model's columns repeat
    assert sorted(rows) == [(lever, seed) for lever in LEVERS for seed in SEEDS]
    made = sweep(
        "template",
        out=tmp_path / "out",
        policies=["status-quo"],
        levers={"direct_channel": LEVERS},
        runs=len(SEEDS),
        step_days=7,
    )
    for run in made.table.itertuples():
        row = rows[run.direct_channel, run.seed]
        assert (row["fatalities"], row["attacks"]) == (run.fatalities, run.attacks)
