"""Files that no user would write, of every kind that the program reads, and what reads them."""

import gzip
import io
import random
import re
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from layout_files import FILES
from shipped_cases import FAST

from detente.model.catalogue import SHIPPED, load_policy, load_scenario
from detente.model.errors import InputError

REPLAY = """replay = 1
case = "template"
policy = "opening"
seed = 3
until = 2030-06-01

[levers]
recognition = 0.5

[made]
version = "0.1.0"
rules_digest = "0123"
"""

DESIGN = """cases = ["template"]
policies = ["status-quo", "opening"]
runs = 4
design = "lhs:8"
series = ["mean_trust"]

[levers]
mediation = [0.0, 1.0]
recognition = "0:1"

[parameters]
"trust.fade" = ":"
"""


@dataclass(frozen=True)
class Kind:
    """A kind of file: samples of it, the file name it needs, and what reads it."""

    name: str
    samples: tuple[bytes, ...]
    read: Callable[[Path], Any]
    file: str


def check_file(path: Path) -> None:
    """Every error and warning of a case or policy, as ``detente check`` lists them."""
    from detente.experiments.cases.check import check

    check(path, case="template" if path.name == "policy.toml" else None)


def policy_of_template(path: Path) -> None:
    load_policy(load_scenario("template"), path)


def design(path: Path) -> None:
    from detente.experiments.sweep.design.loading import load_design

    load_design(path)


def replay(path: Path) -> None:
    from detente.experiments.runs.replay import read_replay

    read_replay(path)


def posterior(path: Path) -> None:
    from detente.experiments.runs.posterior import read_posterior

    read_posterior(path).draws(3)


def results(path: Path) -> None:
    from detente.experiments.sweep.results import open_results
    from detente.experiments.sweep.sweep import resumed_design

    found = open_results(path.parent)
    repr(found), found.factors, found.kind, found.problem, found.n_done
    resumed_design(path.parent)


def chunk(path: Path) -> None:
    """A damaged chunk under the name that its bytes have, so that it is read and not only refused by its digest."""
    from detente.experiments.sweep.results import open_results

    found = open_results(path.parent)
    whole = path.parent / found.store.name(0, path.read_bytes())
    shutil.copy(path, whole)
    try:
        len(open_results(path.parent).table)
    finally:
        whole.unlink()


def data(path: Path) -> None:
    from detente.experiments.data.summary import data_summary

    data_summary(path)


def shipped(pattern: str) -> tuple[bytes, ...]:
    return tuple(path.read_bytes() for path in sorted(SHIPPED.glob(pattern)))


def tables() -> tuple[bytes, ...]:
    """Observed data of every layout, as text, gzip and Parquet."""
    texts = [text.encode() for text in FILES.values()]
    parquet = []
    for text in FILES.values():
        stream = io.BytesIO()
        pd.read_csv(io.StringIO(text)).to_parquet(stream)
        parquet.append(stream.getvalue())
    return (*texts, *map(gzip.compress, texts), *parquet)


def kinds(sweep: Path) -> tuple[Kind, ...]:
    """Every kind; ``sweep`` is the directory of a small one."""
    manifest, chunks = sweep / "_manifest.json", sorted(sweep.glob("chunk-*"))
    return (
        Kind(
            "case",
            tuple(b for case in FAST for b in shipped(f"{case}/case.toml")),
            load_scenario,
            "case.toml",
        ),
        Kind("case and what it says of it", shipped("template/case.toml"), check_file, "case.toml"),
        Kind("policy", shipped("template/policies/*.toml"), policy_of_template, "policy.toml"),
        Kind("policy and what it says of it", shipped("template/policies/*"), check_file, "policy.toml"),
        Kind("design", (DESIGN.encode(),), design, "design.toml"),
        Kind("replay", (REPLAY.encode(),), replay, "replay.toml"),
        Kind("posterior", shipped("*/posterior.json"), posterior, "posterior.json"),
        Kind("manifest", (manifest.read_bytes(),), results, manifest.name),
        Kind("chunk", tuple(path.read_bytes() for path in chunks), chunk, "damaged"),
        Kind("data", tables(), data, "data.csv"),
    )


TOKENS = (
    *(b"[", b"]", b"{", b"}", b'"', b"'", b'"""', b"=", b",", b".", b"\n", b"\r\n", b"\0", b"#", b"\\", b";"),
    *(b"nan", b"inf", b"-1", b"1e400", b"NaN", b"null", b"true", b"1979-05-27", b"\xff\xfe", b"\xef\xbb\xbf"),
    *(
        b"\xc3",
        b"\x1b[2J",
        "\u202e".encode(),
        b"=1+1",
        b"9" * 19,
        b"9" * 400,
        b"0x" + b"f" * 60,
        b"-0",
        b"[[a]]",
    ),
)


def damaged(data: bytes, luck: random.Random) -> bytes:
    """A file with one to four things done to it."""
    for _ in range(luck.randint(1, 4)):
        data = luck.choice(DAMAGES)(data, luck)
    return data


def put(data: bytes, luck: random.Random, new: bytes) -> bytes:
    at = luck.randrange(len(data) + 1)
    return data[:at] + new + data[at + luck.choice((0, 0, 1, len(new))) :]


def flipped(data: bytes, luck: random.Random) -> bytes:
    if not data:
        return b"\0"
    at = luck.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << luck.randrange(8))]) + data[at + 1 :]


def cut(data: bytes, luck: random.Random) -> bytes:
    at = luck.randrange(len(data) + 1)
    return data[:at] if luck.random() < 0.3 else data[:at] + data[at + luck.randrange(1, 200) :]


def repeated(data: bytes, luck: random.Random) -> bytes:
    at = luck.randrange(len(data) + 1)
    piece = data[at : at + luck.choice((1, 10, 300, 3000))]
    return (data[:at] + piece * luck.choice((2, 10, 1000)) + data[at:])[:3_000_000]


def lines_moved(data: bytes, luck: random.Random) -> bytes:
    lines = data.split(b"\n")
    k, n = luck.randrange(len(lines)), luck.randrange(len(lines))
    lines[k], lines[n] = lines[n], luck.choice((lines[k], b"", lines[n]))
    return b"\n".join(lines)


def number_changed(data: bytes, luck: random.Random) -> bytes:
    numbers = list(re.finditer(rb"-?[0-9]+(?:\.[0-9]+)?", data))
    if not numbers:
        return data
    match = luck.choice(numbers)
    new = luck.choice(
        (
            b"0",
            b"-1",
            b"1e308",
            b"1e-320",
            b"1" + b"0" * luck.choice((9, 18, 19, 400, 5000)),
            b'"x"',
            b"0.5",
            b"",
        )
    )
    return data[: match.start()] + new + data[match.end() :]


def deepened(data: bytes, luck: random.Random) -> bytes:
    n = luck.choice((3, 30, 300, 30_000))
    return put(data, luck, luck.choice((b"[" * n, b"{" * n, b"a." * n, b'{"a":' * n, b"[" * n + b"]" * n)))


DAMAGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    lambda data, luck: put(data, luck, luck.choice(TOKENS)),
    lambda data, luck: put(data, luck, luck.randbytes(luck.randint(1, 9))),
    *(flipped, flipped, cut, repeated, lines_moved, number_changed, number_changed, deepened),
)


@dataclass
class Tally:
    """What came of it."""

    read: int = 0
    refused: int = 0
    slowest: float = 0.0
    slowest_kind: str = ""


def read_or_refused(kind: Kind, content: bytes, folder: Path, tally: Tally) -> None:
    """Whether a file is read or refused in one line; anything else is an error of the reader."""
    path = folder / kind.file
    path.write_bytes(content)
    began = time.perf_counter()
    try:
        kind.read(path)
        tally.read += 1
    except InputError as error:
        tally.refused += 1
        said = str(error)
        assert said
        assert "\n" not in said
        assert len(said) < 3000
    took = time.perf_counter() - began
    if took > tally.slowest:
        tally.slowest, tally.slowest_kind = took, kind.name
    assert took < 5, (kind.name, took)


def many(sweep: Path, n: int, folder: Path, first: int = 0) -> Iterator[tuple[Kind, bytes, Path]]:
    """So many damaged files, the kinds in turn, each with the folder it is to lie in."""
    each = kinds(sweep)
    places = {kind.name: folder / str(k) for k, kind in enumerate(each)}
    for kind in each:
        places[kind.name].mkdir()
        if kind.name == "chunk":
            shutil.copy(sweep / "_manifest.json", places[kind.name])
        if kind.name == "manifest":
            for path in sweep.glob("chunk-*"):
                shutil.copy(path, places[kind.name])
    for seed in range(first, first + n):
        luck = random.Random(seed)
        kind = each[seed % len(each)]
        yield kind, damaged(luck.choice(kind.samples), luck), places[kind.name]
