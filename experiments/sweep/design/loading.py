"""Designs out of files, tables, and what a command or a call asks for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from detente.experiments.sweep.design.document import Design
from detente.model.errors import InputError, wrong
from detente.model.explain import validated
from detente.model.reading import read_toml


def parse_design(raw: Mapping[str, Any], file: str = "design", path: Path | None = None) -> Design:
    """A design from the tables of a file; raises ``InputError`` naming ``file``."""
    return validated(Design, dict(raw), file).read_from(path)


def load_design(path: str | Path) -> Design:
    """A design from a TOML file; cases and policies given there as paths lie relative to it."""
    file = Path(path)
    raw = read_toml(file)
    return parse_design({key: beside(file, key, value) for key, value in raw.items()}, str(file), file)


def beside(file: Path, key: str, value: object) -> object:
    """Paths of cases and policies as seen from where the command is given."""
    if key not in ("case", "cases", "policy", "policies"):
        return value
    if isinstance(value, list):
        return [beside(file, key, entry) for entry in cast(list[object], value)]
    from detente.model.catalogue import is_case_folder, is_path

    if not isinstance(value, str) or "\0" in value:
        return value
    return str(file.parent / value) if is_path(value) or is_case_folder(file.parent / value) else value


def as_design(given: Design | str | Path | Mapping[str, Any] | None, /, **asked: Any) -> Design:
    """A design out of a file, tables or a case's name, with what is asked for on top; raises ``InputError``."""
    extra = {key: value for key, value in asked.items() if value is not None}
    if isinstance(given, Design):
        if extra:
            raise wrong("design", sorted(extra), "nothing beside a design that is complete")
        return given
    if isinstance(given, Mapping):
        return parse_design({**given, **extra})
    if given is None:
        if not {"case", "cases"} & set(extra):
            raise InputError("design: got nothing; expected a case or a design")
        return parse_design(extra)
    if not isinstance(cast(object, given), str | Path):
        raise wrong("design", given, "a case by name or path, a design file, or a mapping of a design's keys")
    if is_design_file(Path(given)):
        if extra:
            raise wrong(str(given), sorted(extra), "these in the design file itself")
        return load_design(given)
    twice = sorted({"case", "cases"} & set(extra))
    if twice:
        raise wrong(f"design: {twice[0]}", extra[twice[0]], f"nothing beside the case {str(given)!r}")
    return parse_design({"cases": [str(given)], **extra})


def is_design_file(path: Path) -> bool:
    """Whether a TOML file is a design rather than a case: a case has a table of that name."""
    if path.suffix != ".toml":
        return False
    return not isinstance(read_toml(path).get("case"), dict)
