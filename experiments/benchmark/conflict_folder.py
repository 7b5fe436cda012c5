"""A folder of conflicts: a list of them, counts named after each, and tables of ceasefires and agreements."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from detente.experiments.benchmark.war_data import WarData, read_war
from detente.experiments.cases.builder.evidence import ROLES
from detente.experiments.data.layouts import open_layout
from detente.experiments.data.selection import Selection
from detente.model.errors import InputError, raise_problems, wrong


@dataclass(frozen=True)
class Conflict:
    """A conflict of a folder: its name, and the files that hold its counts, ceasefires and agreements."""

    name: str
    counts: tuple[Path, ...]
    ceasefires: tuple[Path, ...]
    agreements: tuple[Path, ...]

    def read(self) -> WarData:
        """What the files say of it."""
        tables = {"ceasefires": self.ceasefires, "agreements": self.agreements}
        return read_war(self.name, self.counts, **tables, case=self.name)


def conflicts_in(folder: str | Path) -> list[Conflict]:
    """The conflicts of a folder in the order of its list; raises ``InputError`` with every fault of it.

    Counts of a conflict stand in files whose name begins with its own, up to a full stop.
    """
    place = Path(folder)
    if not place.is_dir():
        raise wrong("back-test", str(folder), "a folder of observed data")
    by_role = sorted_files(place)
    names = [name for path in by_role["list"] for name in listed(path)]
    if not names:
        raise InputError(f"{place}: has no list of conflicts; expected a table with case, first and last")
    counts = {name: tuple(p for p in by_role["counts"] if p.name.partition(".")[0] == name) for name in names}
    raise_problems(
        InputError(f"{place}: has no counts of {name}; expected {name}.csv")
        for name in names
        if not counts[name]
    )
    tables = tuple(by_role["ceasefires"]), tuple(by_role["agreements"])
    return [Conflict(name, counts[name], *tables) for name in names]


def sorted_files(folder: Path) -> dict[str, list[Path]]:
    """Tables of a folder by what they hold; raises ``InputError`` with every one that cannot be read."""
    found: dict[str, list[Path]] = {"counts": [], "ceasefires": [], "agreements": [], "list": []}
    problems: list[InputError] = []
    for path in sorted(folder.glob("*.csv")):
        try:
            found[ROLES.get(open_layout(path)[1].name, "counts")].append(path)
        except InputError as error:
            problems.append(error)
    raise_problems(problems)
    return found


def listed(path: Path) -> list[str]:
    """Names of the conflicts that a list holds."""
    source, layout = open_layout(path)
    table = layout.read([source], Selection()).conflicts
    return [] if table is None else [str(name) for name in table["case"]]
