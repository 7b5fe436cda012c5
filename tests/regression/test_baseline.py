"""Some numbers of every case are what they were; where they are not, the changelog says so."""

import importlib.util
import math
import re
from pathlib import Path

import pytest

spec = importlib.util.spec_from_file_location("refresh", Path(__file__).with_name("refresh.py"))
refresh = importlib.util.module_from_spec(spec)
spec.loader.exec_module(refresh)

HINT = 'if the change is meant: python tests/regression/refresh.py --why "..."'


@pytest.mark.parametrize("case", refresh.CASES)
def test_the_numbers_are_those_of_the_baseline(case, compiled):
    """A new outcome changes no number: it joins the baseline when that is next written."""
    baseline = refresh.read()
    same = baseline["versions"] == refresh.versions()
    then, now = baseline["numbers"][case], refresh.numbers_of(case)
    gone = sorted(set(then) - set(now))
    assert not gone, f"{case}: {', '.join(gone)} of the baseline are no longer computed; {HINT}"
    moved = [name for name in then if not matches(then[name], now[name], same)]
    assert not moved, f"{case}: {', '.join(moved)} moved; {HINT}"


def matches(then, now, exact):
    """Bit for bit where the versions are the same; else numbers to nine digits, digests not at all."""
    if exact:
        return then == now
    return isinstance(then, str) or math.isclose(then, now, rel_tol=1e-9, abs_tol=1e-12)


def test_about_thirty_numbers_a_case():
    for numbers in refresh.read()["numbers"].values():
        assert len(numbers) >= 30


def test_the_changelog_names_the_baseline():
    digest = refresh.digest_of(refresh.read()["numbers"])
    lines = [
        line
        for line in refresh.CHANGELOG.read_text(encoding="utf-8").splitlines()
        if "Numbers changed" in line
    ]
    assert any(re.search(rf"\(baseline {digest}\): \S", line) for line in lines), (
        f"no line for {digest}; {HINT}"
    )


def test_a_changed_number_is_noticed():
    assert not matches(1.0, 1.0 + 1e-12, True)
    assert matches(1.0, 1.0, True)
    assert not matches(1.0, 1.0 + 1e-8, False)
    assert matches(1.0, 1.0 + 1e-12, False)
    assert not matches("a", "b", True)
    assert matches("a", "b", False)


def test_the_line_is_written_into_the_newest_section(tmp_path, monkeypatch):
    log = tmp_path / "CHANGELOG.md"
    log.write_text("# Changelog\n\n## 0.2.0\n\n- new\n\n## 0.1.0\n\n- old\n", encoding="utf-8")
    monkeypatch.setattr(refresh, "CHANGELOG", log)
    refresh.note("abc", "a reason.")
    line = "- **Numbers changed** (baseline abc): a reason."
    expected = f"# Changelog\n\n## 0.2.0\n\n- new\n{line}\n\n## 0.1.0\n\n- old\n"
    assert log.read_text(encoding="utf-8") == expected
