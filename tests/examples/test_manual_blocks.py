"""The tutorial and the how-to pages: every shell and Python block runs, in order, in one empty folder per page."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "docs" / "tutorial.md", *sorted((ROOT / "docs" / "how-to").glob("*.md"))]
LONG = ("how-many-if", "in-which-order", "where-else")
"""Pages that compute for a minute: run before a release, all others at every change."""
BLOCK = re.compile(r"^(<!-- not run[^\n]*\n)?```(\w*)\n(.*?)^```$", re.M | re.S)
SAVED_AS = re.compile(r"Save this as `([\w.-]+)`")


def blocks(page: Path) -> list[tuple[str, str]]:
    """Kind and text of the blocks of a page, without those marked as not to be run."""
    found = BLOCK.findall(page.read_text(encoding="utf-8"))
    return [(kind, text) for mark, kind, text in found if not mark]


def in_shell(lines: str, folder: Path) -> None:
    """Run a shell block with the commands of this environment; any exit status but 0 fails."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(
        ["bash", "-euo", "pipefail", "-c", lines],
        cwd=folder,
        env={**os.environ, "PATH": path},
        check=True,
        capture_output=True,
        text=True,
    )


def test_the_pages_have_blocks_to_run() -> None:
    kinds = {page.name: [kind for kind, _ in blocks(page)] for page in PAGES}
    assert len(kinds["tutorial.md"]) >= 8
    assert set(LONG) < {page.stem for page in PAGES}
    assert all({"bash", "python"} & set(found) for found in kinds.values())


@pytest.mark.slow
@pytest.mark.parametrize(
    "page",
    [pytest.param(p, id=p.stem, marks=pytest.mark.acceptance if p.stem in LONG else []) for p in PAGES],
)
def test_every_block_runs(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compiled: None
) -> None:
    (tmp_path / "model").symlink_to(ROOT / "model")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    saved = SAVED_AS.findall(page.read_text(encoding="utf-8"))
    for kind, text in blocks(page):
        if kind == "bash":
            in_shell(text, tmp_path)
        elif kind == "python":
            exec(compile(text, str(page), "exec"), names)
        elif kind == "toml":
            (tmp_path / saved.pop(0)).write_text(text, encoding="utf-8")
    assert not saved
