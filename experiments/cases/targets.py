"""What a word or path to be checked is: a case, a policy, a design or a replay file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from detente.model.catalogue import (
    CASE_FILE,
    case_names,
    is_case_folder,
    is_path,
    label,
    not_found,
)
from detente.model.errors import InputError
from detente.model.reading import read_toml

Kind = Literal["case", "policy", "design", "replay"]


@dataclass(frozen=True)
class Target:
    """What is to be checked: its kind, its name or path, and the case that a policy is checked against."""

    kind: Kind
    place: str
    case: str | None = None


def recognised(target: str | Path, case: str | None = None) -> Target:
    """What a target is; raises ``InputError`` where it is nothing, or a file that cannot be read.

    A name is a case's, or ``CASE/POLICY``; with a ``case``, a policy's.  What a file is, its contents say.
    """
    word = str(target)
    if case is not None and not Path(word).is_file():
        return Target("policy", word, case)
    if word in case_names() or is_case_folder(Path(word)):
        return Target("case", word, None)
    if not Path(word).exists() and (named := policy_of_case(word)) is not None:
        return named
    if not is_path(word):
        raise not_found("case", word, case_names())
    return of_file(Path(word), case)


def policy_of_case(word: str) -> Target | None:
    """``CASE/POLICY``, where the first is a case and the second no file."""
    left, slash, right = word.rpartition("/")
    if (
        slash
        and right
        and not right.endswith(".toml")
        and (left in case_names() or is_case_folder(Path(left)))
    ):
        return Target("policy", right, left)
    return None


def of_file(path: Path, case: str | None) -> Target:
    """What a file is, by what stands in it."""
    raw = read_toml(path)
    if "question" in raw and is_case_folder(path.resolve().parent):
        return Target("case", str(path.resolve().parent))  # its questions are checked with the case
    kind = kind_of(raw)
    if kind is None:
        raise InputError(f"{label(path)}: holds no key of a case, a policy, a design or a replay file")
    if kind != "policy":
        if case is not None:
            raise InputError(f"--case: got {case!r}; expected none, since {path} is a {kind}")
        return Target(kind, str(path))
    return Target(kind, str(path), case or case_around(path))


def case_around(path: Path) -> str | None:
    """The case whose policy a file is, by where it lies: beside its file, or in the folder ``policies`` there."""
    folder = path.resolve().parent
    around = folder.parent if folder.name == "policies" else folder
    return str(around) if (around / CASE_FILE).is_file() else None


def kind_of(raw: Mapping[str, Any]) -> Kind | None:
    """What the tables of a file are; nothing where no key is one of a case, policy, design or replay."""
    if "replay" in raw:
        return "replay"
    if isinstance(raw.get("case"), dict):
        return "case"
    if {"case", "cases"} & set(raw):
        return "design"
    known: dict[Kind, int] = {kind: len(keys & set(raw)) for kind, keys in keys_of_kinds().items()}
    best = max(known, key=lambda kind: known[kind])
    return best if known[best] else None


def keys_of_kinds() -> dict[Kind, set[str]]:
    """The keys by which each kind of file is known."""
    from detente.experiments.sweep.design.document import Design
    from detente.model.policy import Policy
    from detente.model.scenario import Scenario

    return {
        "case": set(Scenario.model_fields),
        "policy": {*Policy.model_fields, "extends"},
        "design": {*Design.model_fields, "policy", "theory"},
    }
