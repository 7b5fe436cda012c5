"""Mesa's own batch_run on the model: the example below, its numbers, and the same design as a sweep."""

import multiprocessing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mesa
import pytest

from detente.experiments.sweep.sweep import sweep

pytestmark = [
    pytest.mark.mesa,
    pytest.mark.skipif(not hasattr(mesa, "batch_run"), reason="Mesa 4 has scenarios in its place"),
]

LEVERS = [0.0, 1.0]
SEEDS = [1, 2]


def batch() -> list[dict[str, Any]]:
    """The example, as it could stand in a script of one's own."""
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


# -- whatever else batch_run is asked for

SHORT = {"case": "template", "policy": "status-quo", "step_days": 7}


def rows_of(more: dict[str, Any] | None = None, **options: Any) -> Any:
    """The rows of a batch of short runs, as a table."""
    import pandas as pd

    from detente import PeaceProcess

    rows = mesa.batch_run(PeaceProcess, SHORT | (more or {}), display_progress=False, **options)
    return pd.DataFrame(rows)


def last_row(seed: int, steps: int = 1000) -> dict[str, Any]:
    """What the collector of a model of its own saw last."""
    from detente import PeaceProcess

    model = PeaceProcess(**SHORT, rng=seed)
    model.run_for(steps)
    return model.datacollector.get_model_vars_dataframe().iloc[-1].to_dict()


def test_with_the_defaults_of_mesa_a_run_has_a_fresh_seed_that_repeats_it() -> None:
    table = rows_of()
    assert table["RunId"].unique().tolist() == [0]
    (seed,) = table["seed_number"].unique()
    assert table.iloc[0][list(last_row(seed))].to_dict() == last_row(seed)


def test_runs_without_seeds_differ() -> None:
    table = rows_of(rng=[None] * 3, max_steps=10)
    assert table["RunId"].nunique() == table["seed_number"].nunique() == 3


def test_iterations_differ() -> None:
    with pytest.warns(DeprecationWarning, match="iterations"):
        table = rows_of(iterations=2, max_steps=10)
    assert table["iteration"].nunique() == table["seed_number"].nunique() == 2


def test_one_seed_sequence_always_gives_the_same_runs() -> None:
    import numpy as np

    one, other = (rows_of(rng=np.random.SeedSequence(5).spawn(3), max_steps=20) for _ in range(2))
    assert one["seed_number"].nunique() == 3
    assert one.drop(columns="rng").equals(other.drop(columns="rng"))


@pytest.mark.parametrize("kind", ["generator", "numbers", "numpy", "text"])
def test_every_kind_of_seed_goes_through(kind: str) -> None:
    import numpy as np

    seeds: dict[str, list[Any]] = {
        "generator": [np.random.default_rng(3), np.random.default_rng(4)],
        "numbers": [[1, 2], [3, 4]],
        "numpy": list(np.arange(1, 3)),
        "text": ["1", "2"],
    }
    table = rows_of(rng=seeds[kind], max_steps=5)
    assert table["seed_number"].nunique() == 2


@pytest.fixture
def usual_processes() -> Iterator[None]:
    """Mesa changes how processes are started; later tests are to find it as it was."""
    before = multiprocessing.get_start_method(allow_none=True)
    yield
    multiprocessing.set_start_method(before, force=True)


@pytest.mark.slow
@pytest.mark.usefixtures("usual_processes")
def test_two_processes_give_the_rows_of_one() -> None:
    tables = [
        rows_of({"recognition": LEVERS}, rng=SEEDS, number_processes=n, max_steps=30)
        .sort_values(["RunId", "AgentID"])
        .reset_index(drop=True)
        for n in (1, 2)
    ]
    assert tables[0].equals(tables[1])
    assert tables[0]["RunId"].nunique() == len(LEVERS) * len(SEEDS)


def test_no_more_steps_are_taken_than_asked_for() -> None:
    table = rows_of(rng=[1], max_steps=7)
    assert table["Step"].unique().tolist() == [7]
    assert table.iloc[0][["date", "attacks"]].to_dict() == {k: last_row(1, 7)[k] for k in ("date", "attacks")}


@pytest.mark.parametrize(("period", "steps"), [(-1, [9]), (1, [*range(10)]), (3, [0, 3, 6, 9])])
def test_rows_come_as_often_as_asked_for(period: int, steps: list[int]) -> None:
    assert rows_of(rng=[1], max_steps=9, data_collection_period=period)["Step"].unique().tolist() == steps


def test_without_collecting_there_are_no_rows() -> None:
    assert rows_of({"collect": False}, rng=[1, 2], max_steps=5).empty


def hawks(model: Any) -> float:
    """A reporter of one's own."""
    return max(f.hawkishness for f in model.world.factions)


def test_reporters_of_ones_own_stand_in_the_rows() -> None:
    from detente import PeaceProcess

    class Mine(PeaceProcess):
        """Has a collector of its own."""

        def __init__(self, **keywords: Any) -> None:
            super().__init__(**keywords)
            self.datacollector = mesa.DataCollector(model_reporters={"hawks": hawks})

    rows = mesa.batch_run(Mine, SHORT, rng=[1], max_steps=3, display_progress=False)
    assert [row["Step"] for row in rows] == [3]
    assert rows[0]["hawks"] == hawks(PeaceProcess(**SHORT, rng=1))
