"""Whatever a user can name is read or refused in one line: at once, in little memory, and never waited for."""

import gzip
import json
import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hostile_files import Kind, Tally, kinds, many, read_or_refused

import detente
from detente.experiments.sweep.store import MANIFEST, StoreError
from detente.model.errors import InputError


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small sweep of two chunks."""
    out = tmp_path_factory.mktemp("sweep") / "out"
    detente.sweep("template", out=out, policies=["status-quo"], levers={"mediation": [0, 1]}, runs=3, chunk=3)
    return out


def peak_megabytes() -> float:
    """The most memory that this process has held."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def tallied(sweep: Path, folder: Path, n: int, first: int = 0) -> Tally:
    """So many damaged files read or refused, none over five seconds."""
    tally = Tally()
    for kind, content, place in many(sweep, n, folder, first):
        read_or_refused(kind, content, place, tally)
    return tally


def test_damaged_files_are_read_or_refused(sweep: Path, tmp_path: Path):
    tally = tallied(sweep, tmp_path, 60)
    assert tally.read > 2
    assert tally.refused > 20


@pytest.mark.acceptance
def test_ten_thousand_damaged_files(sweep: Path, tmp_path: Path):
    before = peak_megabytes()
    tally = tallied(sweep, tmp_path, 10_000, first=1000)
    more = peak_megabytes() - before
    print(
        f"{tally.read:,} read, {tally.refused:,} refused; the slowest, a {tally.slowest_kind}, took "
        f"{tally.slowest:.2f} s; {more:.0f} MB more than before"
    )
    assert tally.read + tally.refused == 10_000
    assert more < 500


# -- what is no file, in every place where one is expected


def piped(path: Path) -> None:
    os.mkfifo(path)


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(10**12)


def bytes_of(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


NO_FILES: dict[str, Callable[[Path], object]] = {
    "a device that never ends": lambda path: path.symlink_to("/dev/zero"),
    "a pipe that nobody writes": piped,
    "a folder": lambda path: path.mkdir(),
    "a terabyte": sparse,
    "a link to nothing": lambda path: path.symlink_to("nothing"),
    "a link to itself": lambda path: path.symlink_to(path),
    "nothing in it": bytes_of(b""),
    "noughts": bytes_of(bytes(100_000)),
    "lists in lists": bytes_of(b"x = " + b"[" * 200_000),
    "10^400": bytes_of(b"case = 1" + b"0" * 400),
    "a key of 20,000 parts": bytes_of(b"a" + b".a" * 20_000 + b" = 1"),
    "JSON of 10^400": bytes_of(
        b'{"sample": [[1' + b"0" * 400 + b'e1]], "weights": [1], "parameters": ["x"]}'
    ),
}

KINDS = ("case", "policy", "design", "replay", "posterior", "manifest", "data")


@pytest.mark.parametrize("damage", NO_FILES.values(), ids=NO_FILES)
@pytest.mark.parametrize("name", KINDS)
def test_no_reader_waits_for_what_is_no_file(
    sweep: Path, tmp_path: Path, name: str, damage: Callable[[Path], object]
):
    kind: Kind = next(k for k in kinds(sweep) if k.name == name)
    path = tmp_path / kind.file
    damage(path)
    began = time.process_time()
    with pytest.raises(InputError) as caught:
        kind.read(path)
    assert time.process_time() - began < 2
    assert "\n" not in str(caught.value)


CHUNKS = ("a device that never ends", "a pipe that nobody writes", "a terabyte", "nothing in it", "noughts")


@pytest.mark.parametrize("damage", CHUNKS)
def test_a_chunk_that_is_no_file_is_made_anew(sweep: Path, tmp_path: Path, damage: str):
    out = tmp_path / "out"
    shutil.copytree(sweep, out)
    whole = sorted(out.glob("chunk-*"))
    before = whole[0].read_bytes()
    whole[0].unlink()
    NO_FILES[damage](whole[0])
    found = detente.open_results(out)
    assert (found.missing, found.damaged) == ((0,), (whole[0].name,))
    made = detente.sweep(out=out, resume=True, workers=1)
    assert made.complete
    assert whole[0].read_bytes() == before
    assert sorted(out.glob("chunk-*")) == whole


FAULTS: dict[str, tuple[tuple[str | int, ...], Any]] = {
    "chunks in words": (("chunks",), "many"),
    "fewer than no chunks": (("chunks",), -1),
    "chunks without end": (("chunks",), 10**18),
    "runs that are true": (("runs",), True),
    "chunks of nothing": (("chunk_runs",), 0),
    "no factors but a number": (("factors",), 1),
    "a factor without a name": (("factors", 0, "name"), None),
    "a factor whose range is a word": (("factors", 0, "low"), "low"),
    "another layout": (("format",), 2),
    "a design that is a list": (("design",), []),
    "a design of no kind": (("design", "design"), {}),
    "series that are numbers": (("design", "series"), [1]),
    "scenarios without digests": (("scenarios",), {"template": 1}),
    "seeds that are a word": (("seeds",), "1"),
    "actors that are a list": (("actors",), []),
    "a manifest that is a list": ((), []),
}


@pytest.mark.parametrize(("place", "value"), FAULTS.values(), ids=FAULTS)
def test_a_manifest_that_cannot_be_one_is_refused_by_all(
    sweep: Path, tmp_path: Path, place: tuple[str | int, ...], value: Any
):
    out = tmp_path / "out"
    shutil.copytree(sweep, out)
    whole: Any = json.loads((out / MANIFEST).read_text(encoding="utf-8"))
    here = whole
    for key in place[:-1]:
        here = here[key]
    if place:
        here[place[-1]] = value
    else:
        whole = value
    (out / MANIFEST).write_text(json.dumps(whole), encoding="utf-8")
    for act in (detente.open_results, lambda path: detente.sweep(out=path, resume=True), detente.sensitivity):
        with pytest.raises(StoreError, match=r"_manifest\.json: is damaged"):
            act(out)


def test_a_gzip_file_that_unfolds_without_end_is_refused(tmp_path: Path):
    path = tmp_path / "bomb.csv.gz"
    with gzip.open(path, "wb", compresslevel=9) as file:
        for _ in range(80):
            file.write(b"date,deaths\n" + b" " * 1_000_000)
    assert path.stat().st_size < 200_000
    before = peak_megabytes()
    with pytest.raises(InputError, match="has more than 50 MB unpacked"):
        detente.read_data(path)
    assert peak_megabytes() - before < 200


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (",".join(f"c{k}" for k in range(100_000)), "has 100,000 columns; expected at most 10,000"),
        ("date,deaths," + "x" * 5000, "column 3 has a name of over 200 characters"),
        ("date," + "deaths," * 9000, "occurs twice"),
    ],
)
def test_a_header_that_no_one_writes_is_refused_at_once(tmp_path: Path, header: str, said: str):
    (tmp_path / "x.csv").write_text(f"{header}\n1\n", encoding="utf-8")
    began = time.process_time()
    with pytest.raises(InputError, match=said):
        detente.read_data(tmp_path / "x.csv")
    assert time.process_time() - began < 2


def test_policies_on_top_of_each_other_without_end_are_refused(tmp_path: Path):
    """A thousand files, each extending the next."""
    for k in range(60):
        (tmp_path / f"p{k}.toml").write_text(f'extends = "p{k + 1}.toml"\ntitle = "x"\nsummary = ""\n')
    with pytest.raises(InputError, match="more than 20 policies on top of each other"):
        detente.run("template", tmp_path / "p0.toml")


def test_a_policy_of_a_thousand_faulty_moves_is_told_of_at_once(tmp_path: Path):
    move = '[[move]]\non = "x"\nactor = 1\ndo = "nothing"\nodd = 1\n'
    path = tmp_path / "policy.toml"
    path.write_text('title = "x"\nsummary = "x"\n' + move * 1000, encoding="utf-8")
    began = time.process_time()
    result = detente.check(path, case="template")
    assert len(result.errors) >= 1000
    assert time.process_time() - began < 3


POSTERIORS: dict[str, Any] = {
    "a sample that is a number": {"sample": 1, "weights": [1], "parameters": ["violence.n_own"]},
    "a sample of words": {"sample": [["a"]], "weights": [1], "parameters": ["violence.n_own"]},
    "rows of different length": {
        "sample": [[1], [1, 2]],
        "weights": [1, 1],
        "parameters": ["violence.n_own"],
    },
    "weights in two dimensions": {"sample": [[0.1]], "weights": [[1]], "parameters": ["violence.n_own"]},
    "weights that are not numbers": {"sample": [[0.1]], "weights": [None], "parameters": ["violence.n_own"]},
    "weights below nought": {"sample": [[0.1]], "weights": [-1], "parameters": ["violence.n_own"]},
    "weights of infinity": {"sample": [[0.1]], "weights": [1e999], "parameters": ["violence.n_own"]},
    "a value that is none": {"sample": [[float("nan")]], "weights": [1], "parameters": ["violence.n_own"]},
    "a parameter twice": {"sample": [[0.1, 0.1]], "weights": [1], "parameters": ["violence.n_own"] * 2},
    "a parameter that is not there": {"sample": [[0.1]], "weights": [1], "parameters": ["x.y"]},
    "parameters that are a number": {"sample": [[0.1]], "weights": [1], "parameters": 1},
    "a list": [1],
    "a word": "posterior",
}


@pytest.mark.parametrize("content", POSTERIORS.values(), ids=POSTERIORS)
def test_a_posterior_that_cannot_be_one_is_refused(tmp_path: Path, content: Any):
    path = tmp_path / "posterior.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(InputError, match=r"posterior\.json"):
        detente.run("template", "status-quo", posterior=str(path))


@pytest.mark.parametrize("damage", ["a device that never ends", "a pipe that nobody writes", "a folder"])
@pytest.mark.parametrize("resume", [False, True])
def test_the_database_of_a_fit_that_is_no_file_is_refused(tmp_path: Path, damage: str, resume: bool):
    from detente.experiments.calibration.calibration import checked_database

    NO_FILES[damage](tmp_path / "fit.db")
    with pytest.raises(InputError, match="expected the database of an earlier fit"):
        checked_database(tmp_path / "fit.json", resume)
