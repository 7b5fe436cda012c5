"""A file of results that a long run is gone on with."""

import pytest

from detente.experiments.io.result_lines import ResultLines
from detente.model.errors import InputError


def lines(path, resume=False, **asked):
    return ResultLines(path, asked, ("war",), resume=resume, what="comparison", expected="runs (.jsonl)")


def test_a_file_is_gone_on_with_to_equal_bytes(tmp_path):
    path = tmp_path / "w.jsonl"
    whole = lines(path, runs=2)
    for name, value in (("a", [1, None]), ("b", {"x": 0.1})):
        whole.append((name,), value)
    expected = path.read_bytes()
    path.write_bytes(expected[:-5])
    again = lines(path, resume=True, runs=2)
    assert again.plain == {("a",): [1, None]}
    again.append(("a",), [1, None])
    again.append(("b",), {"x": 0.1})
    assert path.read_bytes() == expected


def test_without_resume_a_file_begins_again(tmp_path):
    lines(tmp_path / "w.jsonl", runs=2).append(("a",), 1)
    assert lines(tmp_path / "w.jsonl", runs=2).plain == {}


def test_another_question_is_refused(tmp_path):
    lines(tmp_path / "w.jsonl", runs=2)
    with pytest.raises(InputError, match="another comparison; expected a new path"):
        lines(tmp_path / "w.jsonl", resume=True, runs=3)
