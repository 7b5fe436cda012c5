"""The digest of the rules covers every file that decides a trajectory, and of each what it does."""

from pathlib import Path

import pytest

from detente.model.kernel import rules_files, statements

ROOT = Path(__file__).resolve().parents[3]


def test_every_file_of_actors_and_model_counts():
    found = {p.relative_to(ROOT).as_posix() for f in ("agents", "model") for p in (ROOT / f).rglob("*.py")}
    assert set(rules_files()) == found
    assert {"agents/rules/talks.py", "model/opening.py", "model/records/talk_records.py"} <= found


RULE = (
    b'"""A stage."""\nNAME = "a"\n\n\ndef left(w):\n    """What is left."""\n'
    b"    return w.left * (1.0 - 0.5)  # half\n"
)


def meaning(tmp_path, source):
    path = tmp_path / "rule.py"
    path.write_bytes(source)
    return list(statements(path))


@pytest.mark.parametrize(
    ("was", "now"),
    [
        (b'"""A stage."""', b'"""A stage\nin two lines."""\n"""And more."""'),
        (b'"""What is left."""', b"# no docstring"),
        (b"  # half", b""),
        (b"\n\n\ndef", b"\ndef"),
        (b"(1.0 - 0.5)", b"(\n        1.0 - 0.5\n    )"),
        (b"    return", b"  return"),
        (b'"""\n    return', b'"""\n\n    return'),
    ],
)
def test_comments_docstrings_and_layout_may_change(tmp_path, was, now):
    changed = RULE.replace(was, now)
    if was == b"    return":
        changed = changed.replace(b'    """What', b'  """What')
    assert changed != RULE
    assert meaning(tmp_path, changed) == meaning(tmp_path, RULE)


@pytest.mark.parametrize(
    ("was", "now"),
    [
        (b"0.5", b"0.6"),
        (b'"a"', b'"b"'),
        (b"w.left", b"w.right"),
        (b"\n    return", b"\n    if w:\n        return"),
        (b"return", b"yield"),
        (b'NAME = "a"', b'"a"'),
    ],
)
def test_what_a_file_does_may_not(tmp_path, was, now):
    assert meaning(tmp_path, RULE.replace(was, now)) != meaning(tmp_path, RULE)
