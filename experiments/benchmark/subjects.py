"""What is benchmarked: cases with their observed deaths, and conflicts that are known by data alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from detente.experiments.benchmark.opened import OpenedCase, dated_acts, last_day, opened_at, own_series
from detente.experiments.benchmark.war_data import WarData, open_war, read_war
from detente.experiments.data.layouts import read_data
from detente.experiments.data.observations import Observed
from detente.experiments.evidence.origins import LEAST_MONTHS, Target, chosen_target, known_before
from detente.model.catalogue import case_names
from detente.model.errors import InputError, raise_problems
from detente.model.request import CaseLike, scenario_of
from detente.model.scenario import Scenario

if TYPE_CHECKING:
    from detente.experiments.cases.builder.new_request import Files

MOST_MONTHS = 180
"""Months of a series, from its end, that origins are taken from."""


class Subject(Protocol):
    """A conflict that can be opened on any day."""

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def target(self) -> Target:
        """The monthly series that is scored."""
        ...

    @property
    def shown_from(self) -> date | None:
        """First month that is shown and not judged, if there is one."""
        ...

    def open(self, day: date, months: int) -> OpenedCase:
        """The conflict opened on a day."""
        ...


@dataclass(frozen=True)
class CaseSubject:
    """A case with its own series of deaths, or with that of other data."""

    scenario: Scenario
    target: Target
    observed: Observed

    @property
    def name(self) -> str:
        """Name of the case."""
        return self.scenario.case.name

    @property
    def shown_from(self) -> date | None:
        """The day after the pivot, where that is not the start: later months are not judged."""
        case = self.scenario.case
        return case.pivot if case.pivot > case.start else None

    def open(self, day: date, months: int) -> OpenedCase:
        """The case opened on a day; the acts of its history before that define its politics."""
        known = known_before(self.observed, self.target, day)
        acts = dated_acts(self.scenario, "history")
        return opened_at(self.scenario, known, day, last_day(day, months), acts, by_day=False)


@dataclass(frozen=True)
class WarSubject:
    """A conflict that is known by data alone."""

    war: WarData

    @property
    def name(self) -> str:
        """Name of the conflict."""
        return self.war.name

    @property
    def target(self) -> Target:
        """Its deaths by month."""
        return self.war.target

    @property
    def shown_from(self) -> date | None:
        """All months are judged."""
        return None

    def open(self, day: date, months: int) -> OpenedCase:
        """The conflict opened on a day with a case that is built of the data before it."""
        return open_war(self.war, day, months=months, by_day=False)


def case_subject(case: CaseLike, data: Files, series: str | None, choice: Mapping[str, Any]) -> CaseSubject:
    """A case with its own series, or the one that some files hold."""
    scenario = scenario_of(case)
    if data is None:
        target = own_series(scenario)
        return CaseSubject(scenario, target, Observed((), ()))
    files = [data] if isinstance(data, str | Path) else list(data)
    observed = read_data(files, choice.get("country"), **{k: v for k, v in choice.items() if k != "country"})
    return CaseSubject(scenario, chosen_target(observed, series), observed)


def own_name(choice: Mapping[str, Any], files: Files) -> str:
    """A name for a conflict that has none: what was chosen, or else its first file."""
    from detente.experiments.cases.builder.parties import slug

    words = " ".join(str(v) for v in choice.values() if v is not None)
    first = files if isinstance(files, str | Path) else next(iter(files or ()), "conflict")
    return slug(words or Path(first).stem.split(".")[0], case_names(), "conflict")


def listed_subjects(path: str | Path, ceasefires: Files, agreements: Files) -> Iterator[WarSubject]:
    """The conflicts of a list: for each its files beside the list, named as it.

    Raises:
        InputError: with every conflict that has no file, or no such list.
    """
    table = read_data(path).conflicts
    if table is None:
        raise InputError(f"--list: {path} is no list of conflicts; expected columns case, first and last")
    folder, problems = Path(path).parent, list[InputError]()
    names = [str(name) for name in table["case"]]
    found = {name: files_of(folder, name) for name in names}
    for name, files in found.items():
        if not files:
            problems.append(InputError(f"--list: {folder} holds no {name}.csv; expected one beside the list"))
    raise_problems(problems)
    for name, files in found.items():
        rows = {"case": name} if ceasefires or agreements else {}
        yield WarSubject(read_war(name, files, ceasefires=ceasefires, agreements=agreements, **rows))


def files_of(folder: Path, name: str) -> list[Path]:
    """Months and days of a conflict, as far as there are files of them."""
    return [path for path in (folder / f"{name}.csv", folder / f"{name}.daily.csv") if path.is_file()]


def origins_of(subject: Subject, every: int, since: date | None, until: date | None) -> list[date]:
    """First days of the months that a conflict is opened on, the first one as early as its data allow."""
    days: Sequence[Any] = list(subject.target.values.index)
    first = max(LEAST_MONTHS + 1, len(days) - MOST_MONTHS + 1)
    usable = [stamp.date() for stamp in days[first:]]
    chosen = [d for d in usable if (since is None or d >= since) and (until is None or d <= until)]
    if chosen:
        return chosen[::every]
    ends = f"{days[0]:%Y-%m} to {days[-1]:%Y-%m}" if days else "no month"
    asked = "" if not usable else f"; origins can lie between {usable[0]} and {usable[-1]}"
    raise InputError(
        f"{subject.name}: its series covers {ends}; expected {LEAST_MONTHS + 1} months before a first origin and a "
        f"month to score{asked}"
    )
