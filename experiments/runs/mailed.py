"""Mailed pages: an HTML file that carries what its runs were made from, so that they can be made again anywhere.

What it carries is one block of JSON: a replay file, or the address of a comparison, and the whole case with its
policies.  A file from elsewhere is not trusted: only texts of known names are taken from it, and none is executed.
"""

from __future__ import annotations

import atexit
import json
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

from detente.model.catalogue import CASE_FILE, SHIPPED, policy_folder
from detente.model.errors import InputError, wrong
from detente.model.reading import TOML, parse_json, read_text
from detente.model.scenario import Scenario

FORMAT = 1
"""Version of the layout of the block."""

BLOCK = "detente-source"
"""The id of the block in the page."""

SUFFIXES = (".html", ".htm")
KIND = "a page mailed from the dashboards"
MOST_BYTES = 20_000_000
FILE_NAME = re.compile(r"case\.toml|(questions|sequence)\.toml|policies/[a-z0-9]+(-[a-z0-9]+)*\.toml")
"""Names of the files of a case that a page may carry."""

OPENED, CLOSED = f'<script type="application/json" id="{BLOCK}">', "</script>"


@dataclass(frozen=True)
class Mailed:
    """What a page carries: the address of the page it was mailed from, a replay file if it shows a run, the case."""

    address: str
    replay: str
    case: str
    sha256: str
    files: Mapping[str, str]

    def unpacked(self) -> Path:
        """The case as files, in a folder that is gone once the program ends: the path of its ``case.toml``."""
        folder = Path(tempfile.mkdtemp(prefix="detente-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        (folder / "policies").mkdir()
        for name, text in self.files.items():
            (folder / name).write_text(text, encoding="utf-8")
        return folder / CASE_FILE


def source_block(scenario: Scenario, address: str, replay: str = "") -> str:
    """The block that a page carries, as an element of HTML.

    Args:
        scenario: the case, which is carried whole.
        address: the path and query of the page in the dashboards.
        replay: the replay file of the run that is shown; empty where several are compared.
    """
    case = {"name": scenario.case.name, "sha256": scenario.sha256, "files": files_of(scenario)}
    block = {"format": FORMAT, "address": address, "replay": replay, "case": case}
    return f"{OPENED}{script_json(block)}{CLOSED}"


def script_json(value: Any) -> str:
    """JSON that can stand inside a script element: nothing in it ends the element or begins a comment."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return re.sub(r"[<>&\u2028\u2029]", lambda sign: f"\\u{ord(sign[0]):04x}", text)


def files_of(scenario: Scenario) -> dict[str, str]:
    """The files of a case by the names they have in a page."""
    path = scenario.path or SHIPPED / scenario.case.name / CASE_FILE
    files = {name: path.parent / name for name in ("questions.toml", "sequence.toml")}
    files = {CASE_FILE: path, **files}
    files |= {f"policies/{p.name}": p for p in sorted(policy_folder(scenario).glob("*.toml"))}
    return {n: read_text(p, TOML) for n, p in files.items() if p.is_file() and FILE_NAME.fullmatch(n)}


def is_mailed(path: Path) -> bool:
    """Whether a file is a page, by its name."""
    return path.suffix.lower() in SUFFIXES


def read_mailed(path: Path) -> Mailed:
    """What a mailed page carries; raises ``InputError`` where it is none."""
    _, begun, rest = read_text(path, KIND, MOST_BYTES).partition(OPENED)
    text, closed, _ = rest.partition(CLOSED)
    block = parse_json(text, str(path), KIND) if begun and closed else None
    if not isinstance(block, dict):
        raise InputError(f"{path}: carries no runs; expected {KIND}")
    version = block.get("format")
    if version is True or version != FORMAT:
        raise wrong(f"{path}: format", version, f"{FORMAT}, the version of {KIND}")
    case = block.get("case")
    if not isinstance(case, dict):
        raise wrong(f"{path}: case", case, "a table")
    return Mailed(
        text_in(path, block, "address"),
        text_in(path, block, "replay"),
        text_in(path, case, "name"),
        text_in(path, case, "sha256"),
        checked_files(path, case),
    )


def text_in(path: Path, table: Mapping[str, Any], key: str) -> str:
    """A text in a table of a page."""
    value = table.get(key)
    if not is_text(value):
        raise wrong(f"{path}: {key}", value, "a text")
    return value


def is_text(value: Any) -> TypeGuard[str]:
    """Whether a value is text that can be written: JSON can hold half a character, which cannot."""
    return isinstance(value, str) and not any("\ud800" <= sign <= "\udfff" for sign in value)


def checked_files(path: Path, case: Mapping[str, Any]) -> dict[str, str]:
    """The files of the case in a page: texts, by names that lead nowhere else."""
    files = case.get("files")
    if not isinstance(files, dict) or CASE_FILE not in files:
        raise wrong(f"{path}: case.files", files, f"a table with {CASE_FILE}")
    for name, text in files.items():
        if not FILE_NAME.fullmatch(name) or not is_text(text):
            raise wrong(
                f"{path}: case.files", name, "case.toml, questions.toml or policies/NAME.toml, each a text"
            )
    return dict(files)
