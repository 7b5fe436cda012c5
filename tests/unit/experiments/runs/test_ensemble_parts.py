"""The parts of an ensemble: tables from arrays, chunks of seeds, interruptions, and what a call hands on."""

import inspect
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import detente
from detente.experiments.runs import ensemble as module
from detente.experiments.runs.ensemble import CHUNK, in_chunks, violence
from detente.model.errors import InputError
from detente.model.request import open_case


@pytest.fixture(scope="module")
def made(compiled):
    return detente.ensemble("template", "opening", seeds=[5, 2, 9], every=300)


def test_a_table_with_a_row_a_value(made):
    dates, names = made.watch.dates[:2], ("a", "b")
    found = made.tidy(np.arange(12.0).reshape(3, 2, 2), dates, names)
    assert found["seed"].tolist() == [5] * 4 + [2] * 4 + [9] * 4
    assert found["series"].tolist() == ["a", "b"] * 6
    assert found["value"].tolist() == list(range(12))
    shown = [day.date() for day in found["date"]]
    assert shown == [dates[0], dates[0], dates[1], dates[1]] * 3
    assert list(found["series"].cat.categories) == ["a", "b"]


def test_the_summary_has_each_outcome_with_its_unit(made):
    table = made.summary()
    assert table.index.name == "outcome"
    assert list(table.columns)[:3] == ["unit", "mean", "low95"]
    values = made.outcomes["fatalities"]
    row = table.loc["fatalities"]
    assert (row["unit"], row["mean"], row["median"]) == ("deaths", values.mean(), values.median())


def test_endings_the_most_frequent_first(made):
    reasons = ["a", "b", "b"]
    held = replace(made)
    held.__dict__["outcomes"] = pd.DataFrame({"end_reason": reasons})
    assert list(held.endings().items()) == [("b", 2 / 3), ("a", 1 / 3)]


def test_an_ensemble_in_a_line(made):
    shown = repr(made)
    assert shown == f"<Ensemble template, opening, mode {made.start.mode}: 3 runs>"
    cut = replace(made, asked=4)
    assert repr(cut).endswith(": 3 of 4 (interrupted) runs>")
    assert (made.interrupted, cut.interrupted) == (False, True)


def test_seeds_in_chunks_of_fifty():
    assert CHUNK == 50
    found = list(in_chunks(tuple(range(120))))
    assert [done for done, _ in found] == [50, 100, 120]
    assert [len(part) for _, part in found] == [50, 50, 20]
    assert [seed for _, part in found for seed in part] == list(range(120))
    assert list(in_chunks((1,))) == [(1, (1,))]


def test_an_interrupted_ensemble_warns(monkeypatch):
    asked = []

    def run_together(starts, seeds, **how):
        asked.append((len(starts), starts[0].policy.name, seeds, how))
        return [SimpleNamespace(interrupted=True, seeds=(1, 2), asked=5)]

    monkeypatch.setattr(module, "run_together", run_together)
    with pytest.warns(UserWarning, match="interrupted: 2 of 5 runs were done"):
        detente.ensemble("template", "opening", 5, every=3, threads=1, progress=print)
    how = {"every": 3, "drawn": None, "threads": 1, "actors": None, "progress": print}
    assert asked == [(1, "opening", (1, 2, 3, 4, 5), how)]


def test_ensembles_run_together_report_and_stop(monkeypatch):
    starts = [open_case("template", name) for name in ("opening", "status-quo")]
    told, stop = [], SimpleNamespace(asked=False)

    class Heeding:
        def __enter__(self):
            return stop

        def __exit__(self, *error):
            return False

    def of(watch, part, way):
        stop.asked = part[-1] >= 60
        return (watch.start.policy.name, watch.every_steps, part)

    monkeypatch.setattr(module, "heeding_interrupt", Heeding)
    monkeypatch.setattr(module.Chunk, "of", of)
    monkeypatch.setattr(module, "joined", lambda watch, chunks, asked: (chunks, asked))
    seeds = tuple(range(1, 121))
    found = module.run_together(starts, seeds, threads=1, progress=lambda *n: told.append(n))
    assert told == [(100, 240), (200, 240)]
    for (chunks, asked), start in zip(found, starts, strict=True):
        assert asked == 120
        assert chunks == [(start.policy.name, 7, seeds[:50]), (start.policy.name, 7, seeds[50:100])]
    stop.asked = True
    with pytest.raises(KeyboardInterrupt):
        module.run_together(starts, seeds, threads=1)


def test_what_violence_is_counted_in(made):
    assert violence(made) == ("deaths a day", "deaths_per_day")
    korea = SimpleNamespace(start=open_case("korea-2017", "history"))
    assert violence(korea) == ("provocations", "attacks")


def test_the_outcomes_are_saved(made, tmp_path):
    assert made.save(tmp_path / "runs.parquet") == tmp_path / "runs.parquet"
    assert pd.read_parquet(tmp_path / "runs.parquet")["seed"].tolist() == [5, 2, 9]
    with pytest.raises(InputError, match=r"\.parquet"):
        made.save(tmp_path / "runs.csv")


def test_what_is_run_unless_told_otherwise():
    def default(function, name):
        return inspect.signature(function).parameters[name].default

    assert (default(detente.ensemble, "runs"), default(detente.ensemble, "every")) == (500, 7)
    assert default(module.run_together, "every") == 7
    assert (default(detente.run, "seed"), default(detente.evaluate, "seed")) == (1, 1)
