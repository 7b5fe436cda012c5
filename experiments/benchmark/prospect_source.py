"""What a prospect is asked of: a case, or files of observed data from which one is built as of the day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, TypedDict

from detente.experiments.benchmark.deaths_between import Deaths, months_after
from detente.experiments.benchmark.prospect_opening import Eve, eve_of, eve_of_war
from detente.experiments.benchmark.war_data import read_war
from detente.experiments.cases.builder.new_request import Files, paths
from detente.experiments.data.selection import OPTIONS
from detente.model.errors import InputError, raise_problems
from detente.model.request import CaseLike, scenario_of

CASE_FILE = ".toml"
NAME = "observed-war"
"""Name of a case that is built from files and not kept."""

WORDS = {"data": "--data", "ceasefires": "--ceasefires", "agreements": "--agreements"}


class DataFiles(TypedDict):
    """Files beside the first: more counts, ceasefires and agreements."""

    data: Files
    ceasefires: Files
    agreements: Files


class Rows(TypedDict, total=False):
    """Which rows of the files: by name or id; ``rows`` is a word of the column ``case``."""

    conflict: str | int | None
    dyad: str | int | None
    side_a: str | int | None
    side_b: str | int | None
    rows: str | None


def eve_of_any(case: CaseLike, day: date, files: DataFiles, choice: Mapping[str, Any]) -> Eve:
    """The eve of a day in a case, or in a conflict that is known by data alone."""
    wanted = {"case" if key == "rows" else key: word for key, word in choice.items() if word is not None}
    if not is_data(case):
        raise_problems(needless(files, wanted))
        return eve_of(scenario_of(case), day)
    counts = (Path(str(case)), *paths(files["data"]))
    tables = {"ceasefires": files["ceasefires"], "agreements": files["agreements"]}
    war = read_war(NAME, counts, **tables, **wanted)
    deaths = Deaths.of_evidence(war.evidence)
    check_fresh(deaths, day)
    return eve_of_war(war, deaths, day)[0]


def check_fresh(deaths: Deaths, day: date) -> None:
    """Refuse a day so long after the data that nothing is known of the war on it: it would stand at its mean."""
    last = max(deaths.months, default=day)
    following = months_after(last, 2)
    if day >= following:
        raise InputError(
            f"--from: got {day}; expected a day before {following}, since the data end in {last:%Y-%m}"
        )


def is_data(case: CaseLike) -> bool:
    """Whether a file of observed data is meant: a file that is no case."""
    return isinstance(case, str | Path) and Path(case).suffix != CASE_FILE and Path(case).is_file()


def needless(files: DataFiles, wanted: Mapping[str, Any]) -> Iterator[InputError]:
    """Options that only observed data take."""
    for key, option in WORDS.items():
        if paths(files[key]):
            yield InputError(f"{option}: got a file with a case; expected it with observed data only")
    for key in wanted:
        yield InputError(f"{OPTIONS[key]}: got a choice with a case; expected it with observed data only")
