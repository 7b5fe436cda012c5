"""Results directories: written whole or not at all, read in one line, damage found, other sweeps refused."""

import errno
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from detente.experiments.analysis.sensitivity import sensitivity
from detente.experiments.runs.ensemble import ensemble
from detente.experiments.runs.outcomes import OUTCOMES
from detente.experiments.runs.run import run as detente_run
from detente.experiments.sweep import manifest
from detente.experiments.sweep import store as stores
from detente.experiments.sweep.results import Results, open_results
from detente.experiments.sweep.store import MANIFEST, StoreError
from detente.experiments.sweep.sweep import SweepFaultError, sweep

pytestmark = pytest.mark.usefixtures("compiled")

DESIGN: dict[str, Any] = {
    "levers": {"mediation": "0:1:2"},
    "parameters": {"trust.memory": [300, 600]},
    "policies": ["status-quo", "opening"],
    "runs": 6,
    "chunk": 10,
    "series": ["mean trust", "deaths", "tally.attacks"],
    "every": 30,
}


def files(folder: Path) -> dict[str, bytes]:
    """Every file under a folder, hidden ones too."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return sweep("template", out=tmp_path_factory.mktemp("sweep") / "results", workers=1, **DESIGN)


@pytest.fixture
def copy(made: Results, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made.path, tmp_path / "copy"))


def resume(path: Path, **changed: Any) -> Results:
    return sweep("template", out=path, resume=True, workers=1, **{**DESIGN, **changed})


def test_pandas_reads_the_directory_in_one_line(made: Results) -> None:
    table = pd.read_parquet(made.path)
    assert table.equals(made.table)
    keys = ["case", "policy", "theory", "version", "scenario_sha256", "point", "seed"]
    outcomes = [o.name for o in OUTCOMES]
    assert list(table) == [*keys, "mediation", "trust.memory", *outcomes, "end_reason", "end_date"]
    assert len(table) == 2 * 4 * 6
    assert {name for name in table if table[name].isna().any()} <= {o.name for o in OUTCOMES if o.missing}
    assert not table.duplicated(["policy", "point", "seed"]).any()


def test_rows_are_those_of_an_ensemble(made: Results) -> None:
    rows = made.table.query("policy == 'opening' and point == 2").reset_index(drop=True)
    assert set(rows["mediation"]) == {1.0}
    assert set(rows["trust.memory"]) == {300.0}
    runs = ensemble(
        "template", "opening", 6, levers={"mediation": 1.0}, parameters={"trust": {"memory": 300.0}}, every=30
    )
    for name in [o.name for o in OUTCOMES]:
        assert rows[name].equals(runs.outcomes[name]), name
    assert list(rows["end_date"]) == list(runs.outcomes["end_date"])
    assert list(rows["end_reason"]) == list(runs.outcomes["end_reason"])
    kept = made.series.query("policy == 'opening' and point == 2")
    for name in ("mean trust", "deaths"):
        theirs = runs.series.query("series == @name")
        assert np.array_equal(kept[name].to_numpy(), theirs["value"].to_numpy(), equal_nan=True), name
    assert list(kept["date"]) == list(runs.series.query("series == 'deaths'")["date"])
    run = detente_run(
        "template", "opening", 3, levers={"mediation": 1.0}, parameters={"trust": {"memory": 300.0}}
    )
    every_step = run.series["tally.attacks"]
    seen = kept.query("seed == 3").set_index("date")["tally.attacks"]
    assert len(seen) > 20
    assert np.array_equal(seen, every_step.loc[seen.index])


def test_series_are_read_in_one_line(made: Results) -> None:
    assert pd.read_parquet(made.path / "_series").equals(made.series)


def test_results_say_what_was_varied_and_what_is_there(made: Results) -> None:
    assert made.complete
    assert (made.missing, made.damaged, made.n_done) == ((), (), 48)
    assert [(f.name, f.kind, f.levels) for f in made.factors] == [
        ("mediation", "lever", (0.0, 1.0)),
        ("trust.memory", "parameter", (300.0, 600.0)),
    ]
    assert made.problem["bounds"] == [[0.0, 1.0], [300.0, 600.0]]
    assert made.points.to_numpy().tolist() == [[0, 300], [0, 600], [1, 300], [1, 600]]
    assert made.kind == "grid"


def test_every_lever_has_a_column_of_its_own(tmp_path: Path, compiled: None) -> None:
    """A lever and an outcome are both called ceasefires."""
    levers = {"ceasefires": "0,1", "mediation": "0,1"}
    made = sweep("template", levers=levers, runs=2, out=tmp_path / "levers")
    table = pd.read_parquet(made.path)
    assert table.columns.is_unique
    assert sorted(table["lever.ceasefires"].unique()) == [0.0, 1.0]
    assert [f.name for f in made.factors] == ["lever.ceasefires", "mediation"]
    swings = sensitivity(made, ["ceasefires"]).indices.set_index("factor")["value"]
    means = table.groupby("lever.ceasefires")["ceasefires"].mean()
    assert swings["lever.ceasefires"] == pytest.approx(means[1.0] - means[0.0])


def test_nothing_in_the_directory_tells_when_or_where(made: Results) -> None:
    manifest = json.loads((made.path / MANIFEST).read_text())
    text = json.dumps(manifest)
    assert os.uname().nodename not in text
    assert str(made.path) not in text
    again = sweep("template", out=made.path.parent / "again", workers=2, **DESIGN)
    assert files(again.path) == files(made.path)


def flip(data: bytes) -> bytes:
    return data[:-40] + bytes([data[-40] ^ 1]) + data[-39:]


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "one bit": flip,
    "cut short": lambda data: data[: len(data) // 2],
    "empty": lambda data: b"",
    "longer": lambda data: data + b"\0",
}


@pytest.mark.parametrize("folder", ["", "_series"])
@pytest.mark.parametrize("how", list(DAMAGES))
def test_damage_is_found_named_and_mended(made: Results, copy: Path, folder: str, how: str) -> None:
    victim = sorted((copy / folder).glob("chunk-00002-*.parquet"))[0]
    victim.write_bytes(DAMAGES[how](victim.read_bytes()))
    found = open_results(copy)
    assert found.missing == (2,)
    assert found.damaged == (victim.relative_to(copy).as_posix(),)
    assert not found.complete
    assert len(found.table) == 38
    assert resume(copy).complete
    assert files(copy) == files(made.path)


def test_a_missing_chunk_is_found_and_made(made: Results, copy: Path) -> None:
    next(copy.glob("chunk-00001-*")).unlink()
    next((copy / "_series").glob("chunk-00003-*")).unlink()
    assert open_results(copy).missing == (1, 3)
    resume(copy)
    assert files(copy) == files(made.path)


def test_a_chunk_of_another_sweep_or_number_is_not_taken(made: Results, copy: Path, tmp_path: Path) -> None:
    other = sweep("template", out=tmp_path / "other", workers=1, **{**DESIGN, "first_seed": 7})
    theirs = next(other.path.glob("chunk-00000-*"))
    shutil.copy(theirs, copy)
    ours = next(copy.glob("chunk-00001-*"))
    shutil.copy(ours, copy / ours.name.replace("00001", "00009"))
    assert sorted(open_results(copy).damaged) == sorted([theirs.name, ours.name.replace("00001", "00009")])
    resume(copy)
    assert files(copy) == files(made.path)


def test_what_a_killed_writer_left_is_removed(made: Results, copy: Path) -> None:
    for folder in (copy, copy / "_series"):
        (folder / ".chunk-00003-0123456789abcdef-x.tmp").write_bytes(b"half")
    assert open_results(copy).complete
    assert pd.read_parquet(copy).equals(made.table)
    resume(copy)
    assert files(copy) == files(made.path)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"runs": 7}, "design.runs was 6, now 7"),
        ({"levers": {"mediation": "0:1:3"}}, "design.levers.mediation was [0.0, 1.0], now [0.0, 0.5, 1.0]"),
        ({"policies": ["opening"]}, "design.policies was ['status-quo', 'opening'], now ['opening']"),
        ({"every": 31}, "design.every was 30.0, now 31.0"),
        ({"theories": ["ripeness"]}, "design.theories was ['readiness'], now ['ripeness']"),
    ],
)
def test_another_design_is_refused_with_what_differs(copy: Path, changed: dict[str, Any], words: str) -> None:
    before = files(copy)
    with pytest.raises(StoreError) as caught:
        resume(copy, **changed)
    assert words in str(caught.value)
    assert files(copy) == before


def test_other_rules_scenarios_and_versions_are_refused(copy: Path) -> None:
    for keys, words in (
        (("made_with", "rules_digest"), "made_with.rules_digest was 0123"),
        (("scenarios", "template"), "scenarios.template was 0123"),
        (("policies", "template", "opening"), "policies.template.opening was 0123"),
        (("made_with", "versions", "numpy"), "made_with.versions.numpy was '0123"),
    ):
        manifest = json.loads((copy / MANIFEST).read_text())
        here = manifest
        for key in keys[:-1]:
            here = here[key]
        here[keys[-1]] = "0123456789abcdef" * (1 if "versions" in keys else 4)
        before = (copy / MANIFEST).read_text()
        (copy / MANIFEST).write_text(json.dumps(manifest))
        with pytest.raises(StoreError) as caught:
            resume(copy)
        assert words in str(caught.value)
        (copy / MANIFEST).write_text(before)


def test_a_sweep_that_is_there_needs_resume(copy: Path) -> None:
    with pytest.raises(StoreError, match=r"holds this sweep already \(5 of 5 chunks\); expected --resume"):
        sweep("template", out=copy, workers=1, **DESIGN)


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"format": 1}', "\x00"])
def test_a_damaged_manifest_is_said(copy: Path, content: str) -> None:
    (copy / MANIFEST).write_text(content)
    for act in (open_results, resume):
        with pytest.raises(StoreError, match="is damaged"):
            act(copy)


def test_a_directory_of_something_else_is_refused(tmp_path: Path, made: Results) -> None:
    with pytest.raises(StoreError, match="expected the directory of a sweep"):
        open_results(tmp_path)
    shutil.copy(next(made.path.glob("chunk-*")), tmp_path / "mine.parquet")
    with pytest.raises(StoreError, match=r"holds mine\.parquet but no _manifest"):
        resume(tmp_path)
    file = tmp_path / "file"
    file.write_text("x")
    with pytest.raises(StoreError, match="is a file; expected a directory"):
        resume(file)
    assert file.read_text() == "x"


def test_a_sweep_that_could_not_begin_leaves_its_directory_to_another_try(tmp_path: Path) -> None:
    """A cluster that is not there is noticed after the manifest is written."""
    from detente.model.errors import InputError

    out = tmp_path / "results"
    with pytest.raises(InputError, match="--dask: cannot connect to nonsense"):
        sweep("template", out=out, dask="nonsense", **DESIGN)
    assert sweep("template", out=out, workers=1, **DESIGN).complete


def test_a_file_that_cannot_be_finished_is_taken_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        stores.put(tmp_path / "chunk.parquet", b"rows")
    assert list(tmp_path.iterdir()) == []


def test_what_reads_results_is_part_of_what_made_them(
    repo_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another reading of the same run is another table: an edit there is a change of the manifest."""
    before = manifest.made_with()
    copy = tmp_path / "experiments"
    shutil.copytree(repo_root / "experiments", copy)
    monkeypatch.setattr(manifest, "__file__", str(copy / "sweep" / "manifest.py"))
    assert manifest.made_with() == before
    for name in manifest.READERS:
        original = (copy / name).read_bytes()
        (copy / name).write_bytes(original + b"# edited\n")
        assert manifest.made_with() != before
        (copy / name).write_bytes(original)
    assert manifest.made_with() == before


def test_a_full_disk_is_said_and_what_is_done_stays(
    made: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, count = stores.put, 0

    def full(path: Path, data: bytes) -> None:
        nonlocal count
        count += 1
        if count > 4:  # the manifest, then a chunk and a half
            path.with_name(f".{path.stem}-left.tmp").write_bytes(data[:9])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(path, data)

    monkeypatch.setattr(stores, "put", full)
    with pytest.raises(StoreError, match="No space left on device; what is done stays, --resume goes on"):
        sweep("template", out=tmp_path / "full", workers=1, **DESIGN)
    assert open_results(tmp_path / "full").missing == (1, 2, 3, 4)
    monkeypatch.setattr(stores, "put", real)
    resume(tmp_path / "full")
    assert files(tmp_path / "full") == files(made.path)


def test_a_run_that_raises_costs_its_chunk_alone(
    made: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from detente.experiments.sweep import chunks

    real = chunks.run_block

    def faulty(setup: Any, start: Any, block: Any, kept: Any) -> Any:
        if block.point == 3 and block.policy == 0:
            raise ZeroDivisionError("a fault of a test")
        return real(setup, start, block, kept)

    monkeypatch.setattr(chunks, "run_block", faulty)
    said = (
        r"2 of 5 chunks .* template, status-quo, readiness, point 3 \(mediation=1, trust.memory=600\), seeds"
    )
    with pytest.raises(SweepFaultError, match=said):
        sweep("template", out=tmp_path / "faulty", workers=2, **DESIGN)
    assert open_results(tmp_path / "faulty").missing == (1, 2)
    monkeypatch.setattr(chunks, "run_block", real)
    resume(tmp_path / "faulty")
    assert files(tmp_path / "faulty") == files(made.path)


def test_chunks_are_found_in_their_order_whatever_that_of_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from detente.experiments.sweep.store import chunk_files

    names = [f"chunk-{k:05d}-{'0' * 16}.parquet" for k in (100_000, 2, 1)]
    for name in (*names, "chunk-1.parquet", "_manifest.json"):
        (tmp_path / name).touch()
    for order in (sorted, lambda paths: sorted(paths, reverse=True)):
        listed = order(tmp_path / name for name in (*names, "_manifest.json", "chunk-1.parquet"))
        with monkeypatch.context() as patch:
            patch.setattr(Path, "iterdir", lambda folder, listed=listed: iter(listed))
            assert [number for _, number in chunk_files(tmp_path)] == [1, 2, 100_000]
    assert list(chunk_files(tmp_path / "none")) == []
