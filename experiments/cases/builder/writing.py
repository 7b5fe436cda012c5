"""The folder of a case: its files as text, written beside the target and put in its place as a whole."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from detente.experiments.io.files import current_umask
from detente.model.errors import InputError

HEADS = {
    "case": "",
    "calendar": "what the date does to violence",
    "party": "parties; what stands behind each number is said under facts, at the end",
    "relation": "relations",
    "spoiler": "spoilers",
    "mediator": "mediators",
    "track": "tracks",
    "measure": "measures",
    "parameters": "parameters",
    "observed": "observed, drawn beside runs",
    "facts": "facts: how well each number is known.  A prior is drawn anew for each seed unless told otherwise",
}
"""What stands above the tables of each kind."""


def toml_text(opening: str, tables: Mapping[str, Any]) -> str:
    """A TOML file with a comment on top and one above the tables of each kind."""
    import tomli_w

    parts = [comment(opening)]
    for key, table in tables.items():
        head = HEADS.get(key, "")
        parts.append((f"# -- {head}\n\n" if head else "") + tomli_w.dumps({key: table}, indent=2))
    return "\n".join(parts)


def comment(text: str) -> str:
    """A text as lines of comment."""
    return "".join(f"# {line}".rstrip() + "\n" for line in text.splitlines())


def policy_text(opening: str, head: Mapping[str, Any], moves: list[dict[str, Any]]) -> str:
    """A policy file."""
    import tomli_w

    rows = ["[[move]]\n" + tomli_w.dumps(move) for move in moves]
    return "\n".join([comment(opening) + tomli_w.dumps(dict(head)), *rows])


def write_folder(folder: Path, files: Mapping[str, str]) -> None:
    """Write all files, or none: into a hidden folder beside the target, which then takes its place."""
    target = Path.cwd() / folder
    try:
        hidden = Path(tempfile.mkdtemp(dir=target.parent, prefix=".detente-", suffix=".tmp"))
    except OSError as error:
        raise InputError(f"--out: cannot write {folder}: {error.strerror}") from None
    try:
        for name, text in files.items():
            path = hidden / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        hidden.chmod(0o777 & ~current_umask())
        keep_others(target, hidden)
        put_in_place(hidden, target)
    except OSError as error:
        raise InputError(f"--out: cannot write {folder}: {error.strerror}") from None
    finally:
        shutil.rmtree(hidden, ignore_errors=True)


def keep_others(old: Path, new: Path) -> None:
    """Take over the files of a folder that is replaced and that are none of ours."""
    for path in sorted(old.rglob("*")) if old.is_dir() else ():
        place = new / path.relative_to(old)
        if path.is_file() and not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, place)


def put_in_place(hidden: Path, target: Path) -> None:
    """Rename a folder to its target; one that is there is moved away first, and back if that fails."""
    if not target.exists():
        hidden.rename(target)
        return
    if not any(target.iterdir()):
        target.rmdir()
        hidden.rename(target)
        return
    old = hidden.with_name(f"{hidden.name}.old")
    target.rename(old)
    try:
        hidden.rename(target)
    except OSError:
        old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)
