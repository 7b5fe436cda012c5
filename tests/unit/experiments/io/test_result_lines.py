"""A file of results that a long run is gone on with."""

import json
import os

import pytest

from detente.experiments.io.result_lines import ResultLines, check_of, kept_lines
from detente.model.errors import InputError
from detente.model.kernel import rules_digest


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


@pytest.mark.parametrize(
    ("begun", "words"),
    [({"rules_digest": "0123456789abcdef"}, "rules 0123456789ab"), ({}, "rules that it does not name")],
)
def test_results_under_other_rules_are_not_gone_on_with(tmp_path, begun, words):
    """As they would mix in one answer: the line names both and the way out."""
    path, now = tmp_path / "w.jsonl", "fedcba9876543210"
    lines(path, runs=2, **begun).append(("a",), 1)
    with pytest.raises(InputError) as caught:
        lines(path, resume=True, runs=2, rules_digest=now)
    said = f"holds results under {words}, and the present ones are fedcba987654; expected a new path, or no --resume"
    assert str(caught.value) == f"{path}: {said}"


def test_results_are_kept_where_a_file_is_named(tmp_path):
    about = {"resume": False, "what": "audit", "expected": "results (.jsonl)"}
    assert kept_lines(None, {}, ("row",), **about) is None
    with pytest.raises(InputError, match="resume: got no out; expected the file of the audit to go on with"):
        kept_lines(None, {}, ("row",), **{**about, "resume": True})
    with pytest.raises(InputError, match=r"out: got .*x\.csv; expected a path that ends in \.jsonl"):
        kept_lines(tmp_path / "x.csv", {}, ("row",), **about)
    path = tmp_path / "x.jsonl"
    made = kept_lines(path, {"b": 1, "a": 2}, ("row", "war"), **about)
    made.append(("r", "w"), {"x": 1})
    header = json.dumps({"a": 2, "b": 1, "rules_digest": rules_digest()})
    line = {"row": "r", "war": "w", "result": {"x": 1}, "check": check_of({"x": 1})}
    assert path.read_text() == f"{header}\n{json.dumps(line)}\n"
    again = kept_lines(path, {"b": 1, "a": 2}, ("row", "war"), **{**about, "resume": True})
    assert again.plain == {("r", "w"): {"x": 1}}
    assert (again.what, again.expected) == ("audit", "results (.jsonl)")


def test_lines_that_hold_no_result_are_made_again(tmp_path):
    path = tmp_path / "w.jsonl"
    path.write_text('{"runs": 2}\n[1]\n{"war": "a"}\nnot json\n{"war": "b", "result": 3}\n')
    found = lines(path, resume=True, runs=2)
    assert found.plain == {("b",): 3}
    assert path.read_text() == f'{{"runs": 2}}\n{{"war": "b", "result": 3, "check": "{check_of(3)}"}}\n'


@pytest.mark.parametrize("other", [5, None, [], {}, {"x": 2}, {"x": "1"}, True])
def test_a_line_whose_result_was_changed_is_made_again(tmp_path, other):
    """It would be an answer that nobody computed, or break whoever reads it."""
    path = tmp_path / "w.jsonl"
    lines(path, runs=2).append(("a",), {"x": 1})
    head, line = path.read_text().splitlines()
    path.write_text(f"{head}\n{json.dumps({**json.loads(line), 'result': other})}\n")
    assert lines(path, resume=True, runs=2).plain == {}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="has no pipes")
def test_results_are_not_written_to_a_pipe_that_nobody_reads(tmp_path):
    os.mkfifo(tmp_path / "w.jsonl")
    about = {"resume": False, "what": "audit", "expected": "results (.jsonl)"}
    with pytest.raises(InputError, match=r"w\.jsonl is not a regular file; expected the path of one"):
        kept_lines(tmp_path / "w.jsonl", {}, ("row",), **about)


def test_what_was_finished_outlives_an_end_while_the_file_is_begun_again(tmp_path, monkeypatch):
    from detente.experiments.io import result_lines

    path = tmp_path / "w.jsonl"
    lines(path, runs=2).append(("a",), 1)
    before = path.read_bytes()

    def ended(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(result_lines, "write_text", ended)
    with pytest.raises(KeyboardInterrupt):
        lines(path, resume=True, runs=2)
    assert path.read_bytes() == before


def test_a_file_that_is_not_there_yet_is_begun(tmp_path):
    found = lines(tmp_path / "w.jsonl", resume=True, runs=2)
    assert found.plain == {}
    assert (tmp_path / "w.jsonl").read_text() == '{"runs": 2}\n'


def test_an_empty_file_answers_no_question(tmp_path):
    (tmp_path / "w.jsonl").touch()
    with pytest.raises(InputError, match="another comparison"):
        lines(tmp_path / "w.jsonl", resume=True, runs=2)


def test_a_file_beyond_half_a_gigabyte_is_not_gone_on_with(tmp_path, monkeypatch):
    from detente.experiments.io import result_lines

    asked = []
    monkeypatch.setattr(
        result_lines, "read_text", lambda path, expected, most: asked.append(most) or '{"runs": 2}\n'
    )
    (tmp_path / "w.jsonl").touch()
    lines(tmp_path / "w.jsonl", resume=True, runs=2)
    assert asked == [500_000_000]
