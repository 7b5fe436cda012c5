"""Tables and lines of the manual's pages, for pages that show the same: a number stands in one place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from detente.dashboards.app.lately import once_a_change
from detente.dashboards.manual.places import sources


class ManualTable(NamedTuple):
    """A table of a page: the paragraph above it, its heads, and its rows of plain text."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class ManualPart(NamedTuple):
    """Part of a page: its paragraphs, the lines of its lists, its tables."""

    paragraphs: tuple[str, ...]
    lines: tuple[str, ...]
    tables: tuple[ManualTable, ...]

    def table(self, *first: str) -> ManualTable | None:
        """The table whose first heads are these, if there is one."""
        return next((t for t in self.tables if t.heads[: len(first)] == first), None)


def manual_part(page: str, heading: str) -> ManualPart:
    """What stands under a heading of the second level in a page of the manual, empty where there is none."""
    path = sources() / f"{page}.md"
    if not path.is_file():
        return ManualPart((), (), ())
    return parts_once(path).get(heading, ManualPart((), (), ()))


def headings(page: str) -> list[str]:
    """The headings of the second level of a page, in order."""
    path = sources() / f"{page}.md"
    return list(parts_once(path)) if path.is_file() else []


@once_a_change(kept=8)
def parts_once(path: Path) -> dict[str, ManualPart]:
    """The parts of a page by heading."""
    return read_parts(path.read_text(encoding="utf-8"))


def read_parts(text: str) -> dict[str, ManualPart]:
    """The parts of a page by heading."""
    pieces = re.split(r"^## (.+)$", text, flags=re.M)[1:]
    return {heading.strip(): read_part(body) for heading, body in zip(pieces[::2], pieces[1::2], strict=True)}


def read_part(body: str) -> ManualPart:
    """Paragraphs, lines of lists and tables of one part; pictures and comments are left out."""
    paragraphs: list[str] = []
    lines: list[str] = []
    tables: list[ManualTable] = []
    for block in blocks(body):
        if block[0].startswith("|"):
            tables.append(read_table(block, paragraphs[-1] if paragraphs else ""))
        elif block[0].startswith("- "):
            lines += listed(block)
        elif not block[0].startswith(("![", "<!--", "#")):
            paragraphs.append(plain_words(" ".join(block)))
    return ManualPart(tuple(paragraphs), tuple(lines), tuple(tables))


def blocks(body: str) -> Iterator[list[str]]:
    """The lines between two empty ones."""
    for block in re.split(r"\n\s*\n", body.strip()):
        if block.strip():
            yield block.strip().splitlines()


def listed(block: Sequence[str]) -> list[str]:
    """The items of a list; a line that is indented belongs to the one before."""
    return [plain_words(" ".join(item.split())) for item in "\n".join(block)[2:].split("\n- ")]


def read_table(block: Sequence[str], caption: str) -> ManualTable:
    """A table; the line below its heads is left out."""
    heads, _, *rows = ([cell.strip() for cell in line.strip().strip("|").split("|")] for line in block)
    return ManualTable(caption, tuple(heads), tuple(tuple(row) for row in rows))


def plain_words(text: str) -> str:
    """A text without marks of emphasis and links."""
    return re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", text.replace("**", "").replace("`", ""))
