"""Python on the pages runs, page by page in an empty folder; those with tests of their own are run there."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from manual import PAGES, SHELL, blocks

ELSEWHERE = ("docs/tutorial.md", "docs/how-to/", "docs/data.md")
KINDS = (*SHELL, "python", "toml", "csv", "text")
WITH_PYTHON = [
    page
    for page, path in PAGES.items()
    if any(b.kind == "python" for b in blocks(path)) and not page.startswith(ELSEWHERE)
]


def test_every_block_is_of_a_kind_that_is_run_or_checked():
    found = {block.kind for path in PAGES.values() for block in blocks(path)}
    assert found <= set(KINDS)


def test_a_block_that_is_not_run_says_why():
    reasons = [b.not_run for path in PAGES.values() for b in blocks(path) if b.not_run is not None]
    assert all(len(reason.split()) >= 3 for reason in reasons)
    assert len(reasons) <= 4


@pytest.mark.slow
@pytest.mark.parametrize("page", WITH_PYTHON)
def test_the_python_of_a_page_runs(page: str, tmp_path: Path, compiled: None) -> None:
    written = [b.setup + b.text for b in blocks(PAGES[page]) if b.kind == "python" and b.not_run is None]
    script = "\n".join(written)  # typed in, as a reader would: without a file that workers could import
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_toml_of_the_pages_can_be_read() -> None:
    for page, path in PAGES.items():
        for block in blocks(path):
            if block.kind == "toml":
                assert tomllib.loads(block.text), page
