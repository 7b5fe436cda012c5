"""Files: what is refused before a run, that nothing is half written, and what a table and a figure hold."""

import json
import os
import stat
from pathlib import Path

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pyarrow.parquet as pq
import pytest

from detente.experiments.io import files
from detente.experiments.io.files import (
    check_target,
    current_umask,
    write_atomically,
    write_figure,
    write_picture,
    write_table,
    write_text,
)
from detente.model.errors import InputError

# -- targets


@pytest.mark.parametrize(("name", "suffix"), [("a.parquet", ".parquet"), ("A.HTML", (".html", ".json"))])
def test_a_target_that_can_be_written(tmp_path, name, suffix):
    assert check_target(str(tmp_path / name), suffix, "--out") == tmp_path / name
    assert list(tmp_path.iterdir()) == []


def refusal(path, suffix=".json", option="--out"):
    with pytest.raises(InputError) as caught:
        check_target(path, suffix, option)
    return str(caught.value)


def test_a_target_with_another_ending_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    assert refusal(path) == f"--out: got {path}; expected a path that ends in .json"
    assert refusal(path, (".html", ".png")).endswith("expected a path that ends in .html or .png")


def test_a_target_that_is_a_directory_or_in_none_is_refused(tmp_path):
    (tmp_path / "d.json").mkdir()
    assert refusal(tmp_path / "d.json").endswith("is a directory; expected the path of a file")
    missing = tmp_path / "none" / "a.json"
    assert refusal(missing) == f"--out: cannot write {missing}: No such file or directory"


def test_a_name_that_is_not_allowed_is_refused(tmp_path):
    assert "File name too long" in refusal(tmp_path / f"{'a' * 300}.json")
    assert "null character" in refusal(f"{tmp_path}/a\0.json")


def test_a_picture_needs_something_to_draw_it(tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    for name in ("a.png", "a.svg"):
        said = refusal(tmp_path / name, files.FIGURES, "--plot")
        assert said.startswith(f"--plot: {tmp_path / name} needs the extra 'export'")
    assert check_target(tmp_path / "a.html", files.FIGURES, "--plot")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: name == "kaleido")
    assert check_target(tmp_path / "a.png", files.FIGURES, "--plot")


# -- writing


def test_a_file_is_written_whole_with_the_usual_permissions(tmp_path):
    path, seen = tmp_path / "a.txt", []

    def write(hidden):
        seen.append(hidden)
        assert not path.exists()
        hidden.write_text("new")

    write_atomically(path, write)
    assert path.read_text() == "new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~current_umask()
    assert seen[0].parent == tmp_path
    assert seen[0].name.startswith(".detente-")
    assert list(tmp_path.iterdir()) == [path]


def test_a_write_that_fails_leaves_the_old_file_and_no_other(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def fail(hidden):
        hidden.write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(InputError, match=r"output: cannot write .*a\.txt: No space left on device"):
        write_atomically(path, fail)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(InputError, match=r"cannot write .*: No such file or directory"):
        write_text("x", tmp_path / "none" / "a.txt")


def test_the_umask_is_read_and_left_as_it_is():
    before = os.umask(0o027)
    try:
        assert current_umask() == 0o027
        assert current_umask() == 0o027
    finally:
        os.umask(before)


def test_a_table_carries_what_it_is_about(tmp_path):
    path = tmp_path / "a.parquet"
    table = pd.DataFrame({"x": [1.5, 2.5]}, index=[7, 8])
    write_table(table, path, {"case": "template", "b": 1})
    back = pq.read_table(path)
    assert back.column_names == ["x"]
    assert json.loads(back.schema.metadata[b"detente"]) == {"case": "template", "b": 1}
    assert b"pandas" in back.schema.metadata
    assert np.array_equal(pd.read_parquet(path)["x"], [1.5, 2.5])
    assert pq.ParquetFile(path).metadata.row_group(0).column(0).compression == "ZSTD"


# -- figures


def figure(**layout):
    return go.Figure(go.Scatter(x=[1, 2], y=[3, 4])).update_layout(**layout)


def test_a_figure_is_a_page_that_needs_no_network(tmp_path):
    made = figure(title="<b>A & B</b>", height=640)
    write_figure(made, tmp_path / "a.html")
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "<title>A &amp; B</title>" in page
    assert page.startswith("<!DOCTYPE html>")
    assert page.count("<html") == 1
    assert len(page) > 1_000_000  # the library itself
    assert "100vh" in page
    assert '"displaylogo": false' in page
    assert '"responsive": true' in page
    assert '"height":640' not in page
    assert made.layout.height == 640


def test_a_figure_without_a_title_is_named_after_the_program(tmp_path):
    write_figure(figure(), tmp_path / "a.html")
    assert "<title>Détente</title>" in (tmp_path / "a.html").read_text(encoding="utf-8")


class Drawing:
    """A figure that notes how it is drawn."""

    def __init__(self, height=None, error=None):
        self.layout = type("Layout", (), {"height": height})
        self.error = error
        self.asked = []

    def to_image(self, **how):
        self.asked.append(how)
        if self.error:
            raise self.error
        return b"picture"


@pytest.mark.parametrize(("height", "drawn"), [(None, 900), (640, 640)])
@pytest.mark.parametrize("ending", [".png", ".SVG"])
def test_a_picture_has_a_fixed_width(tmp_path, height, drawn, ending):
    made = Drawing(height)
    write_figure(made, tmp_path / f"a{ending}")
    assert made.asked == [{"format": ending[1:].lower(), "width": 1600, "height": drawn, "scale": 1}]
    assert (tmp_path / f"a{ending}").read_bytes() == b"picture"


def test_a_picture_that_cannot_be_drawn_is_one_line(tmp_path):
    with pytest.raises(InputError) as caught:
        write_picture(Drawing(error=RuntimeError("no\n  chrome " + "x" * 300)), tmp_path / "a.png")
    said = str(caught.value)
    assert said.startswith(f"{tmp_path / 'a.png'}: cannot draw a picture (no chrome xxx")
    assert said.count("x") < 260
    assert not Path(tmp_path / "a.png").exists()
