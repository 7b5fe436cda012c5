"""The notebooks run from the first cell to the last, show what they promise, and are kept without outputs."""

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
PLOTLY = "application/vnd.plotly.v1+json"
TIMEOUT = 600

SHOWS = {
    "01-first-run": (2, ("deaths_per_day", "issues settled: ", "paired runs", "sentence")),
    "02-five-lessons": (
        1,
        ("force-posture", "together", "ripeness: all five add", "days in ceasefire", "the pooled posterior"),
    ),
    "03-your-own-case": (1, ("island", "expected a number of at most 3", "mean", "settled")),
    "04-sweep-and-sensitivity": (2, ("720 runs", "verdict", "days_in_ceasefire")),
    "05-a-party-of-your-own": (1, ("low95", "ceasefire_offers", "sentence")),
    "06-afghanistan-against-the-data": (
        2,
        ("share of runs below", "lie outside the middle 80 %", "cessation"),
    ),
    "09-in-which-order": (1, ("Who talks to the foe first?", "patron first", "part on", "is best")),
    "10-what-would-change-my-mind": (
        1,
        ("sign_share", "from the pooled posterior", "hangs on", "over 20 draws", "was changed since"),
    ),
    "07-benchmark": (1, ("median month in the long run", "covered_none")),
    "08-how-many-if": (1, ("below_half", "after_over_before_with", "luck and what is not known")),
}
"""Notebook -> figures it draws, and words that its outputs hold."""
LONG = ("07-benchmark", "08-how-many-if", "09-in-which-order", "10-what-would-change-my-mind")
"""Notebooks that compute longest: run before a release, all others at every change."""


def test_every_notebook_is_listed():
    assert [path.stem for path in NOTEBOOKS] == sorted(SHOWS)
    assert set(LONG) < set(SHOWS)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_are_kept_without_outputs(path: Path):
    for cell in nbformat.read(path, as_version=4).cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None


def shown(notebook: Any) -> tuple[int, str]:
    """Figures drawn, and all text and tables in the outputs."""
    figures, words = 0, ""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            figures += PLOTLY in data
            words += output.get("text", "") + data.get("text/plain", "") + data.get("text/html", "")
    return figures, words


@pytest.mark.slow
@pytest.mark.parametrize(
    "path",
    [pytest.param(p, id=p.stem, marks=pytest.mark.acceptance if p.stem in LONG else []) for p in NOTEBOOKS],
)
def test_notebooks_show_what_they_promise(path: Path, tmp_path: Path, compiled: None):
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=TIMEOUT, resources={"metadata": {"path": str(tmp_path)}}).execute()
    figures, words = shown(notebook)
    expected, phrases = SHOWS[path.stem]
    assert figures == expected
    for phrase in phrases:
        assert phrase in words, phrase
    assert "Warning" not in words
