"""The pages of the manual and the blocks in them, as tests read them.

Two comments that no reader sees stand before blocks: ``<!-- setup`` holds Python that is run before the next block of
Python, and ``<!-- not run: why -->`` says of the next block why no test runs it.
"""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = {p.relative_to(ROOT).as_posix(): p for p in (ROOT / "README.md", *sorted(DOCS.rglob("*.md")))}
SHELL = ("", "bash", "sh", "console")
PIECE = re.compile(
    r"<!-- not run: (?P<why>.*?) -->|<!-- setup\n(?P<setup>.*?)-->|^```(?P<kind>\w*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, why it is not run if it is not, and what is run before it."""

    kind: str
    text: str
    not_run: str | None = None
    setup: str = ""


def blocks(page: Path) -> Iterator[Block]:
    """The blocks of a page."""
    why, setup = None, ""
    for piece in PIECE.finditer(page.read_text(encoding="utf-8")):
        if piece["text"] is None:
            why, setup = piece["why"] or why, setup + (piece["setup"] or "")
        else:
            yield Block(piece["kind"], piece["text"], why, setup)
            why, setup = None, ""


def command_lines(text: str) -> Iterator[list[str]]:
    """The words of every ``detente`` command in shell text, continued lines joined, brackets and comments left out."""
    whole = re.sub(r"\\\n\s*|\n +(?=[-\[])", " ", text)
    for line in whole.splitlines():
        for part in re.split(r"&&|\|\||;|\s\|\s|\s>\s", re.sub(r"\s#.*", "", line)):
            words = shlex.split(re.sub(r"[\[\]]", "", part).replace("${", "").replace("}", ""), comments=True)
            if "detente" in words and not {"pip", "import"} & set(words):
                yield words[words.index("detente") + 1 :]
