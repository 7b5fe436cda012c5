"""Files in every form that publishers and spreadsheets give them, and what is no file of data at all."""

import gzip
import io
import os
import time
from pathlib import Path

import pandas as pd
import pytest
from layout_files import FILES, QUIET, VIEWS, ged

from detente.experiments.data.layouts import read_file
from detente.experiments.data.summary import summary_of as summary
from detente.model.errors import InputError

TEXT = ged(QUIET)


def figures(path: Path) -> dict[str, object]:
    made = summary(read_file(path, "Examplia"))
    return {"daily": made["daily"], "monthly": made["monthly"]}


@pytest.fixture
def plain(tmp_path: Path) -> dict[str, object]:
    path = tmp_path / "plain.csv"
    path.write_text(TEXT, encoding="utf-8")
    return figures(path)


FORMS = {
    "semicolons": ged(QUIET, separator=";").encode(),
    "tabs": ged(QUIET, separator="\t").encode(),
    "a byte order mark": b"\xef\xbb\xbf" + TEXT.encode(),
    "line ends of Windows": TEXT.replace("\n", "\r\n").encode(),
    "line ends of an old Macintosh": TEXT.replace("\n", "\r").encode(),
    "gzip": gzip.compress(TEXT.encode()),
    "no header": ged(QUIET, header=False).encode(),
    "no header, semicolons, gzip": gzip.compress(ged(QUIET, header=False, separator=";").encode()),
    "blank lines": (
        "\n".join(TEXT.splitlines()[:2]) + "\n\n" + "\n".join(TEXT.splitlines()[2:]) + "\n\n\n"
    ).encode(),
    "rows of nothing at the end": (TEXT + ("," * 48 + "\n") * 3).encode(),
    "another code page": TEXT.replace("Agency", "Agencé").encode("cp1252"),
    "spaces around cells": TEXT.replace(",Examplia,", ", Examplia ,").encode(),
}


@pytest.mark.parametrize("data", FORMS.values(), ids=FORMS)
def test_the_same_events_in_every_form(tmp_path: Path, plain: dict[str, object], data: bytes):
    path = tmp_path / "events.dat"
    path.write_bytes(data)
    assert figures(path) == plain


def test_parquet_with_dates_categories_and_nulls(tmp_path: Path, plain: dict[str, object]):
    table = pd.read_csv(io.StringIO(TEXT))
    table["date_start"] = pd.to_datetime(table["date_start"])
    table["country"] = table["country"].astype("category")
    path = tmp_path / "events.parquet"
    table.to_parquet(path)
    assert figures(path) == plain
    table.loc[2, "best"] = -4
    table.to_parquet(path)
    with pytest.raises(InputError, match=r"events\.parquet, row 3, column best: got '-4"):
        read_file(path, "Examplia")


def test_parquet_with_an_index(tmp_path: Path):
    path = tmp_path / "views.parquet"
    pd.read_csv(io.StringIO(VIEWS)).set_index(["month_id", "country_id"]).to_parquet(path)
    assert read_file(path, 70).reports[0].used == 12


def test_the_form_is_said(tmp_path: Path):
    path = tmp_path / "events.csv"
    path.write_bytes(FORMS["no header, semicolons, gzip"])
    (report,) = read_file(path, "Examplia").reports
    assert report.form == "csv, gzip, separated by semicolons"
    assert "has no header" in report.notes[0]
    path.write_bytes(FORMS["another code page"])
    assert "read as Windows-1252" in read_file(path, "Examplia").reports[0].notes[0]


BAD = {
    "a short row": (
        b"month,deaths\n2018-01,4\n2018-02\n",
        "line 3: has 1 cell; expected 2, one for each column",
    ),
    "a long row": (b"month,deaths\n2018-01,4,5\n", "line 2: has 3 cells; expected 2"),
    "an open quote": (b'month,deaths\n2018-01,"4\n2018-02,5\n', "line 2: a quote is opened and not closed"),
    "UTF-16": ("month,deaths\n2018-01,4\n".encode("utf-16"), "is not UTF-8 text but UTF-16"),
    "bytes": (b"month,deaths\n2018-01,\0\n", "is not text"),
    "a spreadsheet": (b"PK\x03\x04rest", "is a zip archive or a spreadsheet; unpack it or save it as csv"),
    "half a gzip file": (gzip.compress(TEXT.encode())[:-20], "is not a complete gzip file"),
    "half a Parquet file": (b"PAR1" + b"x" * 40, "cannot be read as Parquet"),
    "a series without a name": (b"month,deaths,\n2018-01,4,5\n", "line 1: column 3 has no name"),
    "only a header": (b"month,deaths\n", "holds no rows"),
    "blank rows only": (b"month,deaths\n,\n,\n", "holds no rows"),
    "no layout": (b"who,when\na,b\n", "match no known layout; expected UCDP GED (date_start"),
}


@pytest.mark.parametrize(("data", "said"), BAD.values(), ids=BAD)
def test_what_is_no_table_gets_one_clear_line(tmp_path: Path, data: bytes, said: str):
    path = tmp_path / "bad.csv"
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        read_file(path)
    assert said in str(caught.value)
    assert str(path) in str(caught.value)


def test_what_is_no_regular_file_is_not_opened(tmp_path: Path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero")):
        with pytest.raises(InputError, match="is not a regular file"):
            read_file(path)


def test_a_gzip_file_is_unpacked_no_further_than_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "large.csv.gz"
    path.write_bytes(gzip.compress(b"month,deaths\n" + b"2018-01,4\n" * 5000))
    monkeypatch.setattr("detente.experiments.data.source.MAX_BYTES", 10_000)
    with pytest.raises(InputError, match="has more than"):
        read_file(path)


def test_a_file_is_opened_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "months.csv"
    path.write_text(FILES["monthly"])
    opened: list[Path] = []
    open_file = os.open
    monkeypatch.setattr(os, "open", lambda name, *how: (opened.append(name), open_file(name, *how))[1])
    read_file(path)
    assert [name for name in opened if name == path] == [path]


@pytest.mark.slow
def test_a_file_as_large_as_all_of_ged_is_read_in_seconds(tmp_path: Path):
    rows = [
        {"id": k, "date_start": f"{1989 + k % 30}-05-{1 + k % 28:02}", "best": k % 9} for k in range(1, 2001)
    ]
    header, *lines = ged(rows).splitlines()
    path = tmp_path / "ged.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write(f"{header}\n")
        for copy in range(200):
            file.writelines(f"{copy}0000{line}\n" for line in lines)
    start = time.process_time()
    data = read_file(path)
    took = time.process_time() - start
    print(
        f"{path.stat().st_size / 1e6:.0f} MB, {data.reports[0].used:,} events: {took:.1f} s of processor time"
    )
    assert data.reports[0].used == 400_000
    assert took < 12
