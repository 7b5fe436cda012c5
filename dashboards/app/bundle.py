"""The browser modules of a page as one script, for a page that has no server to fetch them from."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

IMPORT = re.compile(r'^import \{([^}]*)\} from "([^"]+)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?:async )?(?:function|class|const) (\w+)", re.MULTILINE)


@cache
def bundle(entry: Path) -> str:
    """A module and all that it imports, each in a scope of its own, in the order in which they are needed."""
    return "".join(bundled(entry).values())


def modules(entry: Path) -> list[Path]:
    """A module and all that it imports, each after what it needs."""
    return list(bundled(entry))


def bundled(entry: Path) -> dict[Path, str]:
    """Each module in a scope of its own, by its path."""
    parts: dict[Path, str] = {}
    add(entry.resolve(), parts)
    return parts


def add(path: Path, parts: dict[Path, str]) -> None:
    """Add what a module needs, then the module."""
    text = path.read_text(encoding="utf-8")
    needed = [(path.parent / place).resolve() for _, place in IMPORT.findall(text)]
    for one in needed:
        if one not in parts:
            add(one, parts)
    names = EXPORT.findall(text)
    body = IMPORT.sub(lambda m: f"const {{{m[1]}}} = {scope((path.parent / m[2]).resolve())};\n", text)
    body = re.sub(r"^export ", "", body, flags=re.MULTILINE)
    parts[path] = f"const {scope(path)} = (() => {{\n{body}\nreturn {{ {', '.join(names)} }};\n}})();\n"


def scope(path: Path) -> str:
    """The name of a module's scope."""
    return f"{path.parent.name}_{path.stem}"
