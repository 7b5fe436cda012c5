"""Cases that visitors opened in the browser: a few, each under a name that holds the digest of its files.

No list names them: who does not know the digest, and so has the files, cannot ask for one.  Their files lie in folders
of random names that only the server's own user may enter, since the model opens cases from files; they are gone once
the server ends.
"""

from __future__ import annotations

import atexit
import hashlib
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from detente.dashboards.app.lately import LatelyUsed
from detente.experiments.runs.mailed import FILE_NAME
from detente.model.catalogue import CASE_FILE
from detente.model.errors import InputError

KEPT = 20
"""Cases kept, the least lately used forgotten first."""

DIGITS = 20
"""Digits of the digest in a name: 80 bits, which nobody hits upon by trying."""

MARK = "~"
"""What stands in a name between that of the case and the digest; a case's own name has none."""

NAME = re.compile(rf"([a-z0-9]+(?:-[a-z0-9]+)*){MARK}([0-9a-f]{{{DIGITS}}})")
BESIDE = ("NOTES.md", "observed.csv")
"""Files that are kept for the download only, and do not count in the digest."""


class NotHereError(InputError):
    """A case that this server does not hold (any more), asked for by a link: the page asks for its file."""


@dataclass(frozen=True)
class OpenedCase:
    """A case that was opened: its name in addresses, its folder, its files, and what was said when it was read."""

    name: str
    folder: Path
    files: Mapping[str, str]
    about: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def path(self) -> Path:
        """Its case file."""
        return self.folder / CASE_FILE


class OpenedCases:
    """The cases opened lately, by name; safe to use from several threads."""

    def __init__(self, kept: int = KEPT) -> None:
        self._cases: LatelyUsed[str, OpenedCase] = LatelyUsed(kept, forgotten=removed)

    def __len__(self) -> int:
        return len(self._cases)

    def find(self, name: object) -> OpenedCase | None:
        """The case of a name, if it is here."""
        return self._cases.find(name) if isinstance(name, str) else None

    def every(self) -> list[OpenedCase]:
        """All that are here, for messages that must not hold their folders."""
        return self._cases.values()

    def keep(self, case: str, files: Mapping[str, str], about: Mapping[str, Any] | None = None) -> OpenedCase:
        """Keep a case that was checked.

        Args:
            case: the name that the case gives itself.
            files: texts by name: ``case.toml``, ``questions.toml``, ``policies/NAME.toml``, and those beside.
            about: what the page says of it.
        """
        name = name_in_addresses(case, digest(files))
        return self._cases.found_or_made(
            name, lambda: OpenedCase(name, written(files), dict(files), about or {})
        )


def removed(opened: OpenedCase) -> None:
    """Remove the folder of a case that is no longer kept."""
    shutil.rmtree(opened.folder, ignore_errors=True)


def digest(files: Mapping[str, str]) -> str:
    """The digest of all that decides what a case does: its file, its policies, its questions."""
    sha = hashlib.sha256()
    for name in sorted(name for name in files if FILE_NAME.fullmatch(name)):
        for text in (name, files[name].replace("\r\n", "\n")):
            data = text.encode()
            sha.update(len(data).to_bytes(8, "big") + data)
    return sha.hexdigest()


def name_in_addresses(case: str, sha256: str) -> str:
    """The name of an opened case."""
    return f"{case}{MARK}{sha256[:DIGITS]}"


def parts_of(name: object) -> tuple[str, str] | None:
    """What a case calls itself and its digest, from its name in an address; none for a name without digest."""
    match = NAME.fullmatch(name) if isinstance(name, str) and len(name) < 200 else None
    return (match[1], match[2]) if match else None


def not_here(name: str) -> NotHereError:
    """The line for a case that is not here."""
    case, sha = parts_of(name) or (name, "")
    return NotHereError(
        f"this server does not hold the case {case} with the digest {sha}: give its file again, or the data it was "
        "made from, on the page Your own case"
    )


def written(files: Mapping[str, str]) -> Path:
    """The files in a folder of a random name, in one that only the server's own user may enter."""
    folder = Path(tempfile.mkdtemp(prefix="case-", dir=root()))
    lay_out(files, folder)
    return folder


def is_of_case(name: str) -> bool:
    """Whether a name is one that a file of a case has in its folder."""
    return FILE_NAME.fullmatch(name) is not None or name in BESIDE


def lay_out(files: Mapping[str, str], folder: Path) -> None:
    """Write the files of a case into a folder; all others are left out."""
    (folder / "policies").mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        if is_of_case(name):
            (folder / name).write_text(text, encoding="utf-8", newline="\n")


_root: list[Path] = []


def root() -> Path:
    """The folder of all of them, made when the first is kept and gone once the program ends."""
    if not _root:
        _root.append(Path(tempfile.mkdtemp(prefix="detente-opened-")))
        atexit.register(shutil.rmtree, _root[0], ignore_errors=True)
    return _root[0]
