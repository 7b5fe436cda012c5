"""The cases a server offers: the shipped ones, and files that it was started with.

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
    """Cases by name; ``own`` are files beside the shipped ones, by the name each gives itself."""

    own: Mapping[str, Path] = field(default_factory=dict[str, Path])

    @property
    def names(self) -> list[str]:
        """Every case that is served, a reader's own first."""
        return [*self.own, *case_names()]

    def checked(self, name: object, where: str) -> str:
        """A name that is served; raises ``InputError`` for any other, and so for a path."""
        if name not in self.names:
            raise unknown(f"{where}: case", name, self.names)
        return str(name)

    def place(self, name: str) -> str:
        """What opens a case: its name, or the path of a reader's own."""
        return str(self.own[name]) if name in self.own else name

    def name_of(self, place: str) -> str:
        """The name of what opens a case."""
        return next((name for name, path in self.own.items() if str(path) == place), place)

    def in_words(self, text: str) -> str:
        """A text in which every file of the reader's own stands by the name of its case: no path leaves the server."""
        for name, path in self.own.items():
            text = text.replace(str(path), name)
        return without_folders(text, [path.parent for path in self.own.values()])

    def stamp(self, name: str) -> tuple[int, ...]:
        """When the files of a case were last written [ns]: answers to questions about it are kept until then."""
        if name not in self.own:
            return ()
        path = self.own[name]
        files = [path, *sorted(path.parent.glob("policies/*.toml"))]
        return tuple(file.stat().st_mtime_ns for file in files if file.is_file())

    def scenario(self, place: str) -> Scenario:
        """A case, read again only when its file has changed."""
        return read_once(place, last_change(place))

    def entries(self) -> list[CaseEntry]:
        """The cases with titles and policies, for lists to choose from."""
        return [*(own_entry(name, path) for name, path in self.own.items()), *map(case_entry, case_names())]

    def policies(self, name: str) -> list[str]:
        """Names of the policies of a case, each of a reader's own read; raises ``InputError`` for a mistake in one."""
        if name not in self.own:
            return policy_names(name)
        return [policy.name for policy in own_entry(name, self.own[name]).policies]

    def options(self) -> list[tuple[str, str]]:
        """The cases by name and title."""
        return [(entry.name, entry.title) for entry in self.entries()]


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
