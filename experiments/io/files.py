"""Writing results: paths are tried before a run starts, and no file is ever half written."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.experiments.io.plain_json import without_nan
from detente.model.errors import InputError

if TYPE_CHECKING:
    import pandas as pd


FIGURES = (".html", ".png", ".svg")
"""Endings of the files that a figure can be written to."""


def check_target(path: str | Path, suffix: str | tuple[str, ...], option: str) -> Path:
    """A path that a result can be written to; raises ``InputError`` if it cannot, and leaves nothing behind.

    ``suffix`` is the ending it must have, or those it may have.
    """
    target = Path(path)
    endings = (suffix,) if isinstance(suffix, str) else suffix
    if target.suffix.lower() not in endings:
        raise InputError(f"{option}: got {target}; expected a path that ends in {' or '.join(endings)}")
    if target.suffix.lower() in FIGURES[1:]:
        check_export(target, option)
    try:
        if target.is_dir():
            raise InputError(f"{option}: {target} is a directory; expected the path of a file")
        with suppress(FileNotFoundError):
            target.lstat()  # raises anything else if the name itself is not allowed
            if not target.is_file() and target.exists():
                raise InputError(f"{option}: {target} is not a regular file; expected the path of one")
        with tempfile.TemporaryFile(dir=target.parent):
            pass
    except (OSError, ValueError) as error:
        raise cannot_write(target, error, option) from None
    return target


def cannot_write(target: Path, error: Exception, option: str) -> InputError:
    """The line for a path that cannot be written."""
    reason = getattr(error, "strerror", None) or str(error)
    return InputError(f"{option}: cannot write {target}: {reason}")


def write_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Have a file written under a hidden name beside its own, then put in its place.

    Raises ``InputError`` if it cannot be; whatever goes wrong, the old file or none is left.
    """
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".detente-", suffix=".tmp")
    except OSError as error:
        raise cannot_write(path, error, "output") from None
    os.close(handle)
    hidden = Path(name)
    try:
        write(hidden)
        hidden.chmod(0o666 & ~current_umask())
        hidden.replace(path)
    except OSError as error:
        raise cannot_write(path, error, "output") from None
    finally:
        hidden.unlink(missing_ok=True)


def current_umask() -> int:
    """The permissions that new files of this process are denied."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_table(table: pd.DataFrame, path: Path, about: dict[str, Any]) -> None:
    """A table as Parquet, with what it is about in its metadata under ``detente``."""
    import json

    import pyarrow as pa
    import pyarrow.parquet as pq

    made = pa.Table.from_pandas(table, preserve_index=False)
    metadata = {
        **(made.schema.metadata or {}),
        b"detente": json.dumps(without_nan(about), sort_keys=True).encode(),
    }
    ready = made.replace_schema_metadata(metadata)
    write_atomically(path, lambda hidden: pq.write_table(ready, hidden, compression="zstd"))


def write_text(text: str, path: Path) -> None:
    """A text as a file."""
    write_atomically(path, lambda hidden: hidden.write_text(text, encoding="utf-8"))


PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<style>html, body {{ margin: 0; background: #fff }} .plotly-graph-div {{ min-height: 780px }}</style></head>
<body>
{figure}
</body></html>
"""


def check_export(target: Path, option: str) -> None:
    """That pictures can be made: they need kaleido, and a Chrome or Chromium for it to draw with."""
    from importlib.util import find_spec

    if find_spec("kaleido") is None:
        needs = "the extra 'export': python3 -m pip install 'detente[export]'; or a path that ends in .html"
        raise InputError(f"{option}: {target} needs {needs}")


def write_picture(figure: Any, path: Path) -> None:
    """A figure as PNG or SVG, drawn without a network; raises ``InputError`` where there is no Chrome."""
    kind = path.suffix.lower().removeprefix(".")
    size = {"width": 1600, "height": figure.layout.height or 900, "scale": 1}
    try:
        drawn = figure.to_image(format=kind, **size)
    except (RuntimeError, ValueError, OSError) as error:
        reason = " ".join(str(error).split())[:200]
        expected = "a Chrome or Chromium (BROWSER_PATH names one), or a path that ends in .html"
        raise InputError(f"{path}: cannot draw a picture ({reason}); expected {expected}") from None
    write_atomically(path, lambda hidden: hidden.write_bytes(drawn))


def write_figure(figure: Any, path: Path) -> None:
    """A figure as one HTML file that fills its window and works without a network, or as a PNG or SVG picture."""
    import html

    if path.suffix.lower() in FIGURES[1:]:
        write_picture(figure, path)
        return

    size = figure.layout.height
    figure.update_layout(height=None)
    settings = {"displaylogo": False, "responsive": True}
    drawn = figure.to_html(include_plotlyjs=True, full_html=False, default_height="100vh", config=settings)
    figure.update_layout(height=size)
    title = html.escape(html.unescape(re.sub("<[^>]*>", "", figure.layout.title.text or "Détente")))
    page = PAGE.format(title=title, figure=drawn)
    write_atomically(path, lambda hidden: hidden.write_text(page, encoding="utf-8"))
