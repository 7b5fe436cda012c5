"""Opening a mailed page again in the dashboards: its case is served, and its address is where to look."""

from __future__ import annotations

import re
from pathlib import Path

from detente.dashboards.app.opened_cases import DIGITS
from detente.experiments.runs.mailed import Mailed, is_mailed, read_mailed
from detente.model.catalogue import case_names, load_scenario
from detente.model.errors import InputError, wrong


def reopened(file: Path | None) -> tuple[list[Path], str]:
    """The case file that a mailed page needs beside the shipped ones, if any, and the path of its page.

    Raises ``InputError`` for what is no mailed page, and for one whose case has the name of a shipped one but not its
    text: two cases of one name cannot be served.
    """
    if file is None:
        return [], ""
    if not is_mailed(file):
        raise wrong(
            "FILE", str(file), "a page mailed from the dashboards (.html); a case is served with --case"
        )
    page = read_mailed(file)
    address = by_name_alone(page.case, checked_path(file, page.address))
    return ([] if is_shipped(file, page) else [page.unpacked()]), address


def by_name_alone(case: str, address: str) -> str:
    """An address in which a case that was opened in the browser stands without its digest: it is served from a file."""
    return re.sub(rf"(?<==){re.escape(case)}(?:~|%7E)[0-9a-f]{{{DIGITS}}}", case, address)


def is_shipped(file: Path, page: Mailed) -> bool:
    """Whether the case of a page is a shipped one."""
    if page.case not in case_names():
        return False
    if load_scenario(page.case).sha256 != page.sha256:
        raise InputError(
            f"{file}: carries another {page.case} than this version has, and two cases of one name cannot be served; "
            f"`detente run --replay {file}` makes its run again"
        )
    return True


def checked_path(file: Path, address: str) -> str:
    """The path of a page without the leading stroke; raises ``InputError`` for an address that leads elsewhere."""
    if not address.startswith("/") or address.startswith("//") or not address.isprintable():
        raise wrong(f"{file}: address", address, "the path of a page")
    return address[1:]
