"""The cases a server offers: the shipped ones, files that it was started with, and those opened in the browser.

Pages and addresses know every case by its name alone; only here is a name turned into a file, so no address opens one.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

from detente.dashboards.app.opened_cases import OpenedCases, not_here, parts_of
from detente.experiments.cases.questions import questions_of
from detente.model.catalogue import (
    SHIPPED,
    CaseEntry,
    PolicyEntry,
    case_entry,
    case_file,
    case_names,
    load_policy,
    load_scenario,
    policy_names,
)
from detente.model.errors import InputError, unknown, wrong
from detente.model.scenario import Scenario

CASE_FILES = "DETENTE_CASES"
"""Environment variable that names a reader's own case files where no command line does."""


@dataclass(frozen=True)
class Cases:
    """Cases by name; ``own`` are files beside the shipped ones, by the name each gives itself.

    ``opened`` are those that visitors opened: no list has them, only who names the digest of one gets it.
    """

    own: Mapping[str, Path] = field(default_factory=dict[str, Path])
    opened: OpenedCases = field(default_factory=OpenedCases)

    @property
    def names(self) -> list[str]:
        """Every case that is served to all, a reader's own first."""
        return [*self.own, *case_names()]

    def checked(self, name: object, where: str) -> str:
        """A name that is served; raises ``InputError`` for any other, and so for a path.

        A name with a digest is that of a case opened in the browser: ``NotHereError`` where it is not here.
        """
        if name in self.names or self.opened.find(name):
            return str(name)
        if parts_of(name):
            raise not_here(str(name))
        raise unknown(f"{where}: case", name, self.names)

    def listed(self, also: object = "") -> list[str]:
        """Names for a list to choose from: all that are served, and before them one opened in the browser."""
        return [*([str(also)] if self.opened.find(also) else []), *self.names]

    def path(self, name: str) -> Path | None:
        """The file of a reader's own case; none of a shipped one."""
        opened = self.opened.find(name)
        return opened.path if opened else self.own.get(name)

    def place(self, name: str) -> str:
        """What opens a case: its name, or the path of a reader's own."""
        return str(self.path(name) or name)

    def name_of(self, place: str) -> str:
        """The name of what opens a case."""
        return next((name for name, path in self.paths() if str(path) == place), place)

    def paths(self) -> list[tuple[str, Path]]:
        """The files of all cases that are not shipped, by name."""
        return [*self.own.items(), *((one.name, one.path) for one in self.opened.every())]

    def in_words(self, text: str) -> str:
        """A text in which every file of the reader's own stands by the name of its case: no path leaves the server."""
        paths = self.paths()
        for name, path in paths:
            text = text.replace(str(path), name)
        return without_folders(text, [path.parent for _, path in paths])

    def stamp(self, name: str) -> tuple[int, ...]:
        """When the files of a case were last written [ns]: answers to questions about it are kept until then."""
        path = self.path(name)
        if path is None:
            return ()
        files = [path, *sorted(path.parent.glob("policies/*.toml"))]
        return tuple(file.stat().st_mtime_ns for file in files if file.is_file())

    def scenario(self, place: str) -> Scenario:
        """A case, read again only when its file has changed."""
        return read_once(place, last_change(place))

    def entries(self, also: object = "") -> list[CaseEntry]:
        """The cases with titles and policies, for lists to choose from; ``also`` one opened in the browser."""
        paths = [(name, self.path(name)) for name in self.listed(also)]
        return [own_entry(name, path) if path else case_entry(name) for name, path in paths]

    def policies(self, name: str) -> list[str]:
        """Names of the policies of a case, each of a reader's own read; raises ``InputError`` for a mistake in one."""
        path = self.path(name)
        if path is None:
            return policy_names(name)
        return [policy.name for policy in own_entry(name, path).policies]

    def options(self, also: object = "") -> list[tuple[str, str]]:
        """The cases by name and title; ``also`` one opened in the browser."""
        return [(entry.name, entry.title) for entry in self.entries(also)]


def checked_cases(files: Sequence[Path]) -> Cases:
    """The shipped cases and these files, each read whole with its policies; raises ``InputError`` for a mistake."""
    own: dict[str, Path] = {}
    for path in files:
        scenario = load_scenario(path)
        name = scenario.case.name
        taken = "a shipped case" if name in case_names() else str(own[name]) if name in own else None
        if taken:
            raise wrong(f"{path}: [case].name", name, f"a name of its own: {taken} has this one")
        if not own_entry(name, path).policies:
            folder = path.parent / "policies"
            raise InputError(
                f"{path}: got no policy beside it; expected at least one file {folder / '<name>.toml'}"
            )
        questions_of(scenario)
        own[name] = path
    return Cases(own)


@cache
def named_cases() -> Cases:
    """The shipped cases and those that ``CASE_FILES`` names, parted as in PATH."""
    return checked_cases([Path(file) for file in os.environ.get(CASE_FILES, "").split(os.pathsep) if file])


def own_entry(name: str, path: Path) -> CaseEntry:
    """A reader's own case as it stands in the list."""
    scenario = load_scenario(path)
    policies = [load_policy(scenario, policy) for policy in policy_names(scenario)]
    entries = [PolicyEntry(p.name, p.title, p.summary) for p in policies]
    return CaseEntry(name, scenario.case.title, scenario.case.summary, entries)


def without_folders(text: str, folders: Iterable[Path] = ()) -> str:
    """A text in which no path begins with a folder of this machine: these, the package's, home, and where we are."""
    own = [SHIPPED, Path.cwd(), Path.home(), Path(tempfile.gettempdir()), Path(sys.prefix), *folders]
    places = {str(folder) for one in own for folder in (one, one.absolute(), one.resolve())}
    for place in sorted(places - {"", ".", "/"}, key=len, reverse=True):
        text = text.replace(f"{place}/", "").replace(place, Path(place).name)
    return text


def last_change(place: str) -> int:
    """When the file of a case was last written [ns]; 0 where it is gone."""
    path = SHIPPED / place / "case.toml" if place in case_names() else case_file(place)
    return path.stat().st_mtime_ns if path.is_file() else 0


@lru_cache(maxsize=32)
def read_once(place: str, change: int) -> Scenario:
    """A case as it stood at a change of its file."""
    del change
    return load_scenario(place)
