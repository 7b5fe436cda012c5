"""Chunks: settings at a point, openings patched or built, runs named by where they stand, columns of their rows."""

from datetime import date
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pytest

from detente.experiments.runs.outcomes import OUTCOMES
from detente.experiments.sweep import chunks
from detente.experiments.sweep.chunk_tables import KEYS, key_columns, same_word, schema_of, series_schema
from detente.experiments.sweep.chunks import Opener, RunFaultError, open_block, settings_at, where
from detente.experiments.sweep.design.loading import parse_design
from detente.experiments.sweep.jobs import Block, Job
from detente.experiments.sweep.plan import Plan
from detente.model.errors import InputError


@pytest.fixture(scope="module")
def plan():
    tables = {
        "case": "template",
        "policies": ["status-quo", "opening"],
        "levers": {"mediation": [0, 0.5, 1], "recognition": 0.25},
        "parameters": {"trust.memory": [300, 600], "trust.unmet": 0.4, "talks.rescue": 2.0},
        "runs": 3,
        "first_seed": 7,
        "series": ["mean trust"],
        "step_days": 7,
        "until": date(2030, 6, 1),
    }
    return Plan.of(parse_design(tables))


def test_settings_at_a_point_with_those_held(plan):
    levers, parameters, facts = settings_at(plan.setup, (0.5, 600.0))
    assert facts == {}
    assert levers == {"recognition": 0.25, "mediation": 0.5}
    assert parameters == {"trust": {"memory": 600.0, "unmet": 0.4}, "talks": {"rescue": 2.0}}
    again = settings_at(plan.setup, (1.0, 300.0))
    assert (again[0]["mediation"], again[1]["trust"]["memory"]) == (1.0, 300.0)
    assert plan.setup.parameters["trust"] == {"unmet": 0.4}  # what all runs share is left as it was
    with pytest.raises(ValueError, match="zip"):
        settings_at(plan.setup, (1.0,))


def test_the_opening_of_a_block(plan):
    block = plan.block(8, 7, 3)  # six points under each policy: the third of the second
    assert (block.policy, block.point, block.values) == (1, 2, (0.5, 300.0))
    start = open_block(plan.setup, block)
    assert (start.policy.name, start.step_days, start.theory) == ("opening", 7.0, "readiness")
    assert (start.levers["mediation"], start.levers["recognition"]) == (0.5, 0.25)
    p = start.parameters
    assert (p.trust.memory, p.trust.unmet, p.talks.rescue) == (300.0, 0.4, 2.0)
    assert start.mode.startswith("until 2030-06-01")


def test_openings_that_are_patched_are_those_that_are_built(plan):
    blocks = [plan.block(k, 7, 3) for k in range(6)]
    patching, building = Opener(plan.setup, blocks), Opener(plan.setup, blocks[:5])
    assert (patching.pattern is not None, building.pattern) == (True, None)
    for block in blocks:
        made, built = patching.open(block), building.open(block)
        assert made.buffer.tobytes() == built.buffer.tobytes()
        assert made.parameter_record.tobytes() == built.parameter_record.tobytes()
        assert made.levers == built.levers


def test_runs_are_named_so_that_they_can_be_repeated(plan):
    assert where(plan.setup, plan.block(8, 7, 3)) == (
        "template, opening, readiness, point 2 (mediation=0.5, trust.memory=300), seeds 7 to 9"
    )
    plain = Plan.of(parse_design({"case": "template", "policy": "opening", "runs": 1}))
    assert where(plain.setup, plain.block(0, 1, 1)) == "template, opening, readiness, point 0, seeds 1 to 1"


def test_a_run_at_fault_is_named(plan, monkeypatch):
    def broken(setup, start, block, kept):
        raise ZeroDivisionError("by nought")

    monkeypatch.setattr(chunks, "run_block", broken)
    with pytest.raises(
        RunFaultError, match=r"point 1 \(mediation=0, trust.memory=600\), .*: ZeroDivisionError: by"
    ):
        chunks.compute(plan.setup, Job(0, (plan.block(1, 7, 2),)))


@pytest.mark.parametrize("kept", [None, SimpleNamespace(columns=("a", "b"), every_steps=3)])
def test_what_is_asked_of_the_engine(monkeypatch, kept):
    asked = []

    def run_batch(start, seeds, **how):
        asked.append((start, list(seeds), how))
        return SimpleNamespace(series="series", final="final")

    monkeypatch.setattr("detente.model.engine.run_batch", run_batch)
    block = Block(0, 0, "readiness", 0, (), 5, 2)
    found = chunks.run_block(SimpleNamespace(actors={}), "start", block, kept)
    assert found == ("series", "final")
    wanted, every = ((), 1) if kept is None else (("a", "b"), 3)
    assert asked == [("start", [5, 6], {"wanted": wanted, "every": every, "threads": 1})]


def test_runs_on_mesa_are_thinned_alike(monkeypatch):
    def run_on_mesa(start, seed, wanted, actors):
        return np.arange(7.0).reshape(1, 7, 1) + seed, np.full((1, 2), float(seed))

    monkeypatch.setattr("detente.experiments.runs.runners.run_on_mesa", run_on_mesa)
    kept = SimpleNamespace(columns=("a",), every_steps=3)
    block = Block(0, 0, "readiness", 0, (), 5, 2)
    rows, final = chunks.run_block(SimpleNamespace(actors={"p": object}), "start", block, kept)
    assert rows[:, :, 0].tolist() == [[5.0, 8.0, 11.0], [6.0, 9.0, 12.0]]
    assert final.tolist() == [[5.0, 5.0], [6.0, 6.0]]


def test_a_worker_with_other_rules_does_not_work(plan, monkeypatch):
    chunks.check_worker(plan.setup)
    monkeypatch.setattr("detente.experiments.sweep.manifest.made_with", lambda: {"rules_digest": "other"})
    with pytest.raises(InputError, match="another version of the rules or libraries"):
        chunks.check_worker(plan.setup)
    with pytest.raises(InputError, match="another version"):
        chunks.compute_checked(plan.setup, Job(0, ()))


# -- columns


def test_the_columns_of_all_chunks(plan):
    schema = schema_of(plan.setup)
    outcomes = [o.name for o in OUTCOMES]
    assert schema.names == [*KEYS, "mediation", "trust.memory", *outcomes, "end_reason", "end_date"]
    assert schema.names[:7] == ["case", "policy", "theory", "version", "scenario_sha256", "point", "seed"]
    assert schema.field("seed").type == pa.uint64()
    assert schema.field("point").type == pa.int64()
    assert [schema.field(name).nullable for name in ("seed", "mediation", "end_date")] == [False, True, False]
    kept = series_schema(plan.setup)
    assert kept.names == [*KEYS, "date", "mean trust"]
    assert kept.field("mean trust").type == pa.float32()
    assert kept.field("date").nullable is False


def test_the_keys_of_each_row(plan):
    blocks = [plan.block(6, 7, 2), plan.block(7, 7, 1)]
    once = key_columns(plan.setup, blocks)
    words = [column.to_pylist() for column in once[:5]]
    setup = plan.setup
    assert words == [[w] * 3 for w in ("template", "opening", "readiness", setup.version, setup.digests[0])]
    assert [column.tolist() for column in once[5:]] == [[0, 0, 1], [7, 8, 7]]
    twice = key_columns(plan.setup, blocks, 2)
    assert [column.tolist() for column in twice[5:]] == [[0, 0, 0, 0, 1, 1], [7, 7, 8, 8, 7, 7]]
    assert len(twice[0]) == 6
    assert same_word("x", 2).to_pylist() == ["x", "x"]


def test_two_files_of_one_name_are_refused(tmp_path, repo_root):
    shipped = repo_root / "model" / "scenarios" / "template" / "policies" / "opening.toml"
    for name in ("one", "two"):
        (tmp_path / f"{name}.toml").write_bytes(shipped.read_bytes())
    paths = [str(tmp_path / f"{name}.toml") for name in ("one", "two")]
    with pytest.raises(InputError, match="expected files that hold a different name each"):
        Plan.of(parse_design({"case": "template", "policies": paths}))
    assert Plan.of(parse_design({"case": "template", "policies": paths[:1]})).policies[0][0].name == "opening"
