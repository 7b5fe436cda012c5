"""The notebooks as pages: run once, kept by what they depend on, and shown with their tables and figures."""

from __future__ import annotations

import html
import json
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from detente.dashboards.manual.places import code_digest, digest_of

PLOTLY = "application/vnd.plotly.v1+json"
TIMEOUT = 900
"""Longest that one cell may take [s]."""

NOT_RUN = "*This page was built without running its cells; `detente docs --build` shows what they give.*"

WIDE = "---\nhide:\n  - toc\n---\n\n"
"""Head of a page without a table of contents beside it, which leaves room for figures."""


def executed(path: Path, kept: Path) -> Any:
    """A notebook with its outputs: run now, or as it was run when it and the code were the same as today.

    Runs are kept in the folder ``kept``.  Raises ``nbclient``'s ``CellExecutionError`` if a cell fails.
    """
    import nbformat

    place = kept / f"{path.stem}-{digest_of([path], path.parent)[:12]}-{code_digest()[:12]}.ipynb"
    if place.is_file():
        return nbformat.read(place, as_version=4)
    notebook = run(nbformat.read(path, as_version=4))
    kept.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=kept, delete=False, encoding="utf-8") as file:
        nbformat.write(notebook, file)
    Path(file.name).replace(place)
    return notebook


def run(notebook: Any) -> Any:
    """Run the cells of a notebook in an empty folder of their own."""
    from nbclient import NotebookClient

    with tempfile.TemporaryDirectory() as folder:
        client = NotebookClient(notebook, timeout=TIMEOUT, resources={"metadata": {"path": folder}})
        return client.execute(
            stderr=subprocess.DEVNULL
        )  # the kernel's own notices; faults of cells are raised


def as_markdown(notebook: Any, *, was_run: bool, name: str) -> str:
    """A notebook as a page: text as it stands, code in blocks, outputs below, a way to get the file."""
    note = "" if was_run else f"\n\n{NOT_RUN}"
    parts: list[str] = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            parts.append(cell.source)
        elif cell.cell_type == "code":
            parts += [f"```python\n{cell.source}\n```", *outputs(cell)]
    title, _, rest = "\n\n".join(parts).partition("\n")
    return f"{WIDE}{title}{note}\n{rest}\n\n*Run it yourself: [{name}](../assets/notebooks/{name}).*\n"


def outputs(cell: Any) -> Iterator[str]:
    """What a cell gave, as pieces of HTML."""
    for output in cell.get("outputs", ()):
        if output.output_type == "stream":
            yield plain(output.text)
        else:
            yield drawn(output.get("data", {}))


def drawn(data: dict[str, Any]) -> str:
    """One output, in the richest form there is."""
    if PLOTLY in data:
        return figure(data[PLOTLY])
    if "text/html" in data:
        return raw(f'<div class="output table">{unindented(data["text/html"])}</div>')
    return plain(data.get("text/plain", ""))


def figure(spec: dict[str, Any]) -> str:
    """A figure: its numbers, which the script of the site draws when the page is opened."""
    numbers = json.dumps({"data": spec["data"], "layout": spec["layout"]}, separators=(",", ":"))
    numbers = numbers.replace("</", "<\\/")
    height = int(spec["layout"].get("height") or 450)
    return raw(
        f'<div class="output figure" style="min-height:{height}px">'
        f'<script type="application/json">{numbers}</script></div>'
    )


def plain(text: str) -> str:
    """Text as it was printed."""
    return raw(f'<pre class="output text">{html.escape(text.rstrip())}</pre>')


def unindented(text: str) -> str:
    """HTML without blank lines and indentation, so that Markdown leaves it alone."""
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def raw(text: str) -> str:
    """A block that Markdown passes through."""
    return text.replace("\n\n", "\n&#10;")
