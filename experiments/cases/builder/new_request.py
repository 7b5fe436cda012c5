"""What is asked of ``detente new``: checked before anything is read, every fault at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from re import fullmatch

from detente.experiments.data.selection import OPTIONS, checked_name, day_of
from detente.model.catalogue import case_names
from detente.model.errors import InputError, raise_problems, wrong

Files = str | Path | Sequence[str | Path] | None
Day = date | str | None
LONGEST = 60
"""Characters of a name."""


@dataclass(frozen=True)
class Request:
    """A case to be built: its name and folder, the files it is built from, what is chosen from them, and its dates."""

    name: str
    folder: Path
    force: bool = False
    observed: tuple[Path, ...] = ()
    ceasefires: tuple[Path, ...] = ()
    agreements: tuple[Path, ...] = ()
    experts: Path | None = None
    wanted: Mapping[str, str] = field(default_factory=dict[str, str])
    since: date | None = None
    until: date | None = None
    pivot: date | None = None


def paths(files: Files) -> tuple[Path, ...]:
    """One path or several."""
    if files is None:
        return ()
    return tuple(Path(f) for f in ([files] if isinstance(files, str | Path) else files))


def checked_request(
    name: str,
    *,
    out: str | Path | None = None,
    force: bool = False,
    observed: Sequence[Files] = (),
    ceasefires: Files = None,
    agreements: Files = None,
    experts: str | Path | None = None,
    since: Day = None,
    until: Day = None,
    pivot: Day = None,
    **choice: str | int | None,
) -> Request:
    """A request; raises ``InputError`` with everything that is wrong with it."""
    problems = Problems()
    days = {
        option: problems.attempt(day_of, day, option)
        for option, day in (("--from", since), ("--until", until), ("--pivot", pivot))
    }
    wanted = {
        key: problems.attempt(checked_name, choice[key], option)
        for key, option in OPTIONS.items()
        if choice.get(key) is not None
    }
    folder = Path(name if out is None else out)
    problems.add(name_faults(name), folder_faults(folder, force=force), day_faults(days))
    request = Request(
        name,
        folder,
        force,
        tuple(path for files in observed for path in paths(files)),
        paths(ceasefires),
        paths(agreements),
        None if experts is None else Path(experts),
        {key: word for key, word in wanted.items() if word is not None},
        *days.values(),
    )
    problems.add(file_faults(request))
    problems.end()
    return request


class Problems:
    """Faults as they come to light, to be raised together."""

    def __init__(self) -> None:
        self.found: list[InputError] = []

    def attempt[**P, T](self, check: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """What a check returns; None and a fault noted where it raises."""
        try:
            return check(*args, **kwargs)
        except InputError as error:
            self.found.append(error)
            return None

    def add(self, *more: Iterator[InputError]) -> None:
        """Note the faults that checks yield."""
        for faults in more:
            self.found.extend(faults)

    def end(self) -> None:
        """Raise all faults noted so far, if there are any."""
        raise_problems(self.found)


def name_faults(name: str) -> Iterator[InputError]:
    """A name is a word that no shipped case has."""
    if not fullmatch("[a-z0-9]+(-[a-z0-9]+)*", name) or len(name) > LONGEST:
        expected = f"lower-case letters, digits and hyphens, at most {LONGEST}, such as my-war"
        yield wrong("NAME", name, expected)
    elif name in case_names():
        yield wrong("NAME", name, "a name that no shipped case has")


def folder_faults(folder: Path, *, force: bool) -> Iterator[InputError]:
    """A folder that is not there, or may be replaced because it is a case."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        yield wrong("--out", folder, "a folder, or nothing, at this path")
    elif folder.is_dir() and any(folder.iterdir()):
        if not force:
            yield InputError(f"--out: {folder} is not empty; name another folder, or give --force")
        elif not (folder / "case.toml").is_file():
            yield InputError(
                f"--force: {folder} holds no case.toml; expected the folder of a case to replace"
            )
    elif not folder.parent.is_dir():
        yield InputError(f"--out: {folder.parent} is no folder; expected one that exists")


def day_faults(days: Mapping[str, date | None]) -> Iterator[InputError]:
    """Days in order."""
    since, until, pivot = (days[name] for name in ("--from", "--until", "--pivot"))
    if since and until and until <= since:
        yield wrong("--until", until, f"a day after --from, {since}")
    if pivot and since and pivot < since:
        yield wrong("--pivot", pivot, f"a day not before --from, {since}")
    if pivot and until and pivot >= until:
        yield wrong("--pivot", pivot, f"a day before --until, {until}")


def file_faults(request: Request) -> Iterator[InputError]:
    """At least one observed file, and each of the files there."""
    if not request.observed:
        yield InputError(
            "--ged, --data: got none; expected a file of observed data (or --copy CASE for a case to start from)"
        )
    files = (*request.observed, *request.ceasefires, *request.agreements)
    for path in (*files, *([request.experts] if request.experts else [])):
        if not path.exists():
            yield InputError(f"{path}: does not exist; expected a file")
