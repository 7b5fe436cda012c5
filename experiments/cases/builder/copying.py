"""A copy of a shipped case under another name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from detente.experiments.cases.builder.new_request import Problems, folder_faults, name_faults
from detente.experiments.cases.builder.writing import write_folder
from detente.model.catalogue import CASE_FILE, SHIPPED, case_names
from detente.model.errors import InputError, unknown
from detente.model.reading import TOML, read_text

OPTIONS = {"since": "--from", "side_a": "--side-a", "side_b": "--side-b"}
"""Options whose keyword in Python differs."""

BESIDE = ("NOTES.md", "observed.csv", "patterns.toml")
"""Files that stand beside a case, where it has them."""
BESIDE_CASE = "a text file beside a case"
LARGEST = 20_000_000
"""Largest file beside a case that is copied [bytes]."""


def copied(
    name: str, source: str, out: str | Path | None, given: Mapping[str, Any], *, force: bool
) -> tuple[Path, tuple[Any, ...], dict[str, Any], None, str]:
    """Copy a shipped case; returns the parts of a ``NewCase`` after its name."""
    folder = Path(name if out is None else out)
    problems = Problems()
    problems.add(name_faults(name), folder_faults(folder, force=force))
    if source not in case_names():
        problems.add(iter([unknown("--copy", source, case_names())]))
    extra = [
        OPTIONS.get(key, f"--{key.replace('_', '-')}") for key, value in given.items() if value is not None
    ]
    if extra:
        problems.add(
            iter([InputError(f"--copy: got {', '.join(extra)} too; expected a copy, or a case from data")])
        )
    problems.end()
    write_folder(folder, texts(SHIPPED / source, name))
    return folder, (), {}, None, source


def texts(folder: Path, name: str) -> dict[str, str]:
    """The files of a shipped case, its name replaced; its posterior belongs to the original and is left out."""
    case = read_text(folder / CASE_FILE, TOML)
    renamed = re.sub(r'(?m)^name = "[^"]*"', f'name = "{name}"', case, count=1)
    policies = {
        f"policies/{p.name}": read_text(p, TOML) for p in sorted((folder / "policies").glob("*.toml"))
    }
    return {CASE_FILE: renamed, **policies, **beside(folder)}


def beside(folder: Path) -> dict[str, str]:
    """Notes, patterns and the observed series of a case, where it has them."""
    found = (folder / name for name in BESIDE)
    return {path.name: read_text(path, BESIDE_CASE, LARGEST) for path in found if path.is_file()}
