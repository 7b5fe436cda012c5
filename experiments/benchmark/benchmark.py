"""Many conflicts opened month after month, their forecasts scored beside null models: ``detente benchmark``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.experiments.benchmark.benchmark_result import Benchmark
from detente.experiments.benchmark.origin_scores import MODES, at_origin
from detente.experiments.benchmark.subjects import (
    Subject,
    WarSubject,
    case_subject,
    listed_subjects,
    origins_of,
    own_name,
)
from detente.experiments.benchmark.war_data import read_war
from detente.experiments.evidence.hindcast import checked_leads
from detente.experiments.io.result_lines import ResultLines, kept_lines
from detente.experiments.runs.inputs import checked_runs, whole_number
from detente.model.errors import InputError, nearest, one_of, raise_problems
from detente.model.request import CaseLike, checked_date

if TYPE_CHECKING:
    from detente.experiments.cases.builder.new_request import Files

LEADS = tuple(range(1, 13))
EVERY, RUNS, MOST_EVERY = 7, 100, 120
"""Months between origins (which meet every month of the year in turn), runs, and the most months allowed."""

FORMAT = 1
LINES = "benchmark.jsonl"
EXPECTED = "origins of a benchmark (.jsonl)"

Report = Callable[[int, int], None]
"""Called with the number of origins done and the number in all."""


def benchmark(
    cases: CaseLike | Sequence[CaseLike] = (),
    *,
    data: Files = None,
    listed: str | Path | None = None,
    ceasefires: Files = None,
    agreements: Files = None,
    series: str | None = None,
    leads: Sequence[int] = LEADS,
    every: int = EVERY,
    since: date | str | None = None,
    until: date | str | None = None,
    runs: int = RUNS,
    modes: Sequence[str] = MODES,
    country: str | int | None = None,
    conflict: str | int | None = None,
    dyad: str | int | None = None,
    side_a: str | int | None = None,
    side_b: str | int | None = None,
    case: str | None = None,
    out: str | Path | None = None,
    resume: bool = False,
    progress: Report | None = None,
) -> Benchmark:
    r"""Open conflicts at one month after another, and score what the model says of the months ahead.

    Each origin knows the data before it alone: the case is built or refitted, the level of the war filtered, and acts
    of its history that are in force stand.  Parameters of the model are those of the case or the defaults: nothing that
    conflicts share is fitted here.

    Args:
        cases: cases by name, path or loaded, each with its own observed deaths by month.
        data: observed files: of the one case given, or of a conflict that is built from them as ``new`` does.
        listed: a list of conflicts, with a file ``NAME.csv`` (and ``NAME.daily.csv``) beside it for each.
        ceasefires: tables of ceasefires, for conflicts that are built from data.
        agreements: tables of agreements, likewise.
        series: the monthly series of ``data`` that is scored; deaths in all unless given.
        leads: months ahead, from 1 to 24.
        every: months from one origin to the next.
        since: first origin; as early as the data allow unless given, and within the last fifteen years of a series.
        until: last origin.
        runs: runs from each origin.
        modes: "none" leaves what follows an origin to the rules, "conditioned" imposes the acts of the history.
        country: the country, where ``data`` hold several; by name or id, as the next ones.
        conflict: the conflict.
        dyad: the dyad.
        side_a: the first side.
        side_b: the second side.
        case: rows with this word in the column ``case``.
        out: a folder to keep scores and forecasts in, also in the layout of the forecasting challenges of ViEWS.
        resume: go on with that folder.
        progress: called with the number of origins done and the number in all.

    Returns:
        Scores of every forecast at every origin and lead, by conflict and pooled.

    Raises:
        InputError: for anything it cannot use, all faults at once.

    Examples:
        >>> import detente, numpy, pandas
        >>> months = pandas.date_range("2010-01-01", periods=48, freq="MS").strftime("%Y-%m-%d")
        >>> deaths = numpy.random.default_rng(1).negative_binomial(3, 0.05, 48)
        >>> pandas.DataFrame({"date": months, "deaths": deaths}).to_csv("my-war.csv", index=False)
        >>> made = detente.benchmark(data="my-war.csv", leads=[1], every=6, runs=10, modes=["none"])
        >>> bool((made.rows["crps"] >= 0).all())
        True
    """
    ahead, number = checked_leads(leads), checked_runs(runs)
    step = whole_number(every, "every", most=MOST_EVERY)
    chosen = checked_modes(modes)
    sides = {"side_a": side_a, "side_b": side_b}
    wanted = {"country": country, "conflict": conflict, "dyad": dyad, **sides, "case": case}
    named = [cases] if isinstance(cases, str | Path) or not isinstance(cases, Sequence) else list(cases)
    subjects = list(subjects_of(named, data, listed, ceasefires, agreements, series, wanted))
    plan = planned(subjects, step, checked_date(since, "since"), checked_date(until, "until"))
    asked = {
        "benchmark": FORMAT,
        "leads": list(ahead),
        "runs": number,
        "modes": list(chosen),
        "series": [[s.name, s.target.name, digest(s)] for s in subjects],
        "origins": {s.name: [day.isoformat() for day in days] for s, days in plan},
    }
    file = kept_in(out, asked, resume=resume)
    results = dict(scored_origins(plan, ahead, chosen, number, file, progress))
    made = Benchmark(results, ahead, chosen, number, step)
    if out is not None:
        made.save(out)
    return made


def checked_modes(modes: Sequence[str]) -> tuple[str, ...]:
    """Modes in their order; raises ``InputError`` for an unknown one, and for none."""
    given = [modes] if isinstance(modes, str) else list(modes)
    unknown = [mode for mode in given if mode not in MODES]
    if unknown or not given:
        got = repr(unknown[0]) if unknown else "none"
        hint = nearest(unknown[0], MODES) if unknown else ""
        raise InputError(f"modes: got {got}; expected {one_of(MODES)}{hint}")
    return tuple(mode for mode in MODES if mode in given)


def subjects_of(
    cases: Sequence[CaseLike],
    data: Files,
    listed: str | Path | None,
    ceasefires: Files,
    agreements: Files,
    series: str | None,
    choice: Mapping[str, Any],
) -> Iterator[Subject]:
    """What is asked for: cases, a conflict of its own, a list of conflicts."""
    picked = {key: word for key, word in choice.items() if word is not None}
    if len(cases) > 1 and data is not None:
        raise InputError("--data: got files and several cases; expected one case, or none, with files")
    if not cases and data is None and listed is None:
        raise InputError("CASE: got nothing; expected a case, --data or --list")
    for case in cases:
        yield case_subject(case, data, series, picked)
    if data is not None and not cases:
        files: dict[str, Any] = {"ceasefires": ceasefires, "agreements": agreements}
        yield WarSubject(read_war(own_name(picked, data), data, **files, **picked))
    if listed is not None:
        yield from listed_subjects(listed, ceasefires, agreements)


Plan = list[tuple[Subject, list[date]]]


def planned(subjects: Sequence[Subject], every: int, since: date | None, until: date | None) -> Plan:
    """The origins of each conflict; raises ``InputError`` with every conflict that has none."""
    problems: list[InputError] = []
    plan: Plan = []
    seen: set[str] = set()
    for subject in subjects:
        if subject.name in seen:
            problems.append(InputError(f"{subject.name}: given twice; expected each conflict once"))
        seen.add(subject.name)
        try:
            plan.append((subject, origins_of(subject, every, since, until)))
        except InputError as error:
            problems.append(error)
    raise_problems(problems)
    return plan


def digest(subject: Subject) -> str:
    """Digest of the series of a conflict, by which a file of results knows its data."""
    import hashlib

    values = subject.target.values
    text = ",".join(f"{stamp:%Y-%m}={value:g}" for stamp, value in values.items())
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def kept_in(out: str | Path | None, asked: Mapping[str, Any], *, resume: bool) -> ResultLines | None:
    """The file of results in a folder, made if it is not there."""
    how: dict[str, Any] = {"resume": resume, "what": "benchmark", "expected": EXPECTED}
    if out is None:
        return kept_lines(None, asked, ("case", "origin"), **how)
    folder = Path(out)
    if folder.exists() and not folder.is_dir():
        raise InputError(f"--out: {folder} is a file; expected a folder, or nothing, at this path")
    if not folder.parent.is_dir():
        raise InputError(f"--out: {folder.parent} is no folder; expected one that exists")
    if not resume and (folder / LINES).exists():
        raise InputError(
            f"--out: {folder} holds a benchmark; go on with it by --resume, or name another folder"
        )
    folder.mkdir(exist_ok=True)
    return kept_lines(folder / LINES, asked, ("case", "origin"), **how)


Key = tuple[str, str]


def scored_origins(
    plan: Plan,
    leads: Sequence[int],
    modes: Sequence[str],
    runs: int,
    file: ResultLines | None,
    progress: Report | None,
) -> Iterator[tuple[Key, dict[str, Any]]]:
    """Every origin with its scores; what the file has already is handed on as it is."""
    total, done = sum(len(days) for _, days in plan), 0
    for subject, days in plan:
        for day in days:
            key = subject.name, day.isoformat()
            result = None if file is None else file.plain.get(key)
            if result is None:
                result = at_origin(subject, day, leads, modes, runs)
                if file is not None:
                    file.append(key, result)
            done += 1
            if progress is not None:
                progress(done, total)
            yield key, result
