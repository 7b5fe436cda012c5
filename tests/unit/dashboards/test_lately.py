"""Things that are kept for those who ask again: the last ones used, and files as they stand."""

import os
from pathlib import Path

from detente.dashboards.app.lately import LatelyUsed, once_a_change


def test_what_was_not_used_for_longest_is_forgotten():
    forgotten: list[int] = []
    kept: LatelyUsed[str, int] = LatelyUsed(2, forgotten.append)
    kept.keep("a", 1)
    kept.keep("b", 2)
    assert kept.find("a") == 1
    kept.keep("c", 3)
    assert (kept.find("b"), forgotten, len(kept)) == (None, [2], 2)
    assert kept.values() == [1, 3]


def test_what_is_there_is_not_made_again():
    kept: LatelyUsed[str, int] = LatelyUsed(2)
    assert kept.found_or_made("a", lambda: 1) == 1
    assert kept.found_or_made("a", lambda: 2) == 1


def test_a_file_is_read_again_when_it_has_changed(tmp_path: Path):
    path, read = tmp_path / "text", []

    @once_a_change(kept=2)
    def text_of(place: Path) -> str:
        read.append(place)
        return place.read_text(encoding="utf-8")

    path.write_text("one", encoding="utf-8")
    assert [text_of(path), text_of(path)] == ["one", "one"]
    path.write_text("two", encoding="utf-8")
    os.utime(path, ns=(1, 1))
    assert text_of(path) == "two"
    assert len(read) == 2
