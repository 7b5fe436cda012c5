"""Files of every layout, damaged: each is read, or refused in one line that names the file; nothing else happens."""

import gzip
import io
import random
from pathlib import Path

import pandas as pd
import pytest
from layout_files import FILES, mutated

from detente.experiments.data.layouts import read_file
from detente.experiments.data.observations import Observed
from detente.experiments.data.summary import summary_of as summary
from detente.experiments.io.plain_json import as_json
from detente.model.errors import InputError

CHOICE: dict[str, str] = {"ged": "Examplia", "views": "70"}


def outcome(path: Path, country: str | None) -> tuple[Observed | None, str]:
    """What is read, or the line that refuses it."""
    try:
        return read_file(path, country), ""
    except InputError as error:
        return None, str(error)


def read_or_refused(path: Path, country: str | None) -> bool:
    """Whether a file is read; a refusal is one line, and the report of a reading adds up."""
    data, said = outcome(path, country)
    if data is None:
        assert "\n" not in said
        assert str(path) in said or said.startswith("--")
        return False
    assert as_json(summary(data))
    for report in data.reports:
        assert report.rows == report.used + sum(report.skipped.values()) + (report.duplicates or 0)
    return True


@pytest.mark.parametrize("layout", FILES)
def test_every_layout_is_read_whole(tmp_path: Path, layout: str):
    path = tmp_path / "whole.csv"
    path.write_text(FILES[layout], encoding="utf-8")
    assert read_or_refused(path, CHOICE.get(layout))


@pytest.mark.parametrize("layout", FILES)
def test_damaged_text(tmp_path: Path, layout: str):
    path = tmp_path / "damaged.csv"
    outcomes: list[bool] = []
    for seed in range(40):
        data = mutated(FILES[layout], seed)
        path.write_bytes(gzip.compress(data) if seed % 8 == 0 else data)
        outcomes.append(read_or_refused(path, CHOICE.get(layout)))
    assert not all(outcomes)


@pytest.mark.acceptance
@pytest.mark.parametrize("layout", FILES)
def test_damaged_text_many_times(tmp_path: Path, layout: str):
    path = tmp_path / "damaged.csv"
    for seed in range(1000, 1900):
        path.write_bytes(mutated(FILES[layout], seed))
        read_or_refused(path, CHOICE.get(layout))


def test_damaged_gzip_and_parquet(tmp_path: Path):
    table = pd.read_csv(io.StringIO(FILES["ged"]))
    stream = io.BytesIO()
    table.to_parquet(stream)
    path = tmp_path / "damaged"
    for seed in range(80):
        luck = random.Random(seed)
        data = bytearray(stream.getvalue() if seed % 2 else gzip.compress(FILES["ged"].encode()))
        for _ in range(luck.randint(1, 4)):
            data[luck.randrange(len(data))] = luck.randrange(256)
        path.write_bytes(bytes(data[: luck.randrange(len(data))] if seed % 5 == 0 else data))
        read_or_refused(path, "Examplia")
