"""Predictions made on a day of what a war does in the months after it, to be locked before anybody sees the data.

They are quantiles of deaths by month, the same of null models, and the chances that the war comes to rest, that an
agreement is signed, and that a ceasefire begins.  Digests say what they were computed from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np

from detente.agents import codes
from detente.experiments.benchmark.lock_file import check_lock, digest_of, write_lock
from detente.experiments.benchmark.opened import OpenedCase, with_faded
from detente.experiments.benchmark.origin_scores import history_of
from detente.experiments.benchmark.outlook import outlooks
from detente.experiments.benchmark.prospect_source import is_data
from detente.experiments.benchmark.reference_nulls import BINOMIAL, MOVING, reference_forecasts
from detente.experiments.benchmark.subjects import Subject, WarSubject, case_subject, own_name
from detente.experiments.benchmark.war_data import read_war
from detente.experiments.data.selection import within_reach
from detente.experiments.evidence.origins import ahead, months_between
from detente.experiments.runs.inputs import whole_number
from detente.experiments.runs.provenance import NOT_A_FORECAST, installed
from detente.experiments.runs.run import Ready
from detente.model.errors import InputError, wrong
from detente.model.opening import opening
from detente.model.request import CaseLike, checked_date

if TYPE_CHECKING:
    import pandas as pd

    from detente.experiments.cases.builder.new_request import Files

Values = np.ndarray[Any, Any]

MONTHS, MOST_MONTHS = 12, 24
"""Months ahead, and the most that can be asked for."""

RUNS = 200

LEVELS = (0.025, *(round(0.05 * k, 2) for k in range(1, 20)), 0.975)
"""Levels of the quantiles."""

MODEL = "model"
NULLS = (BINOMIAL, MOVING)
"""Null models whose quantiles are locked beside the model's."""

REST = 25
"""Deaths in all the months below which a war has come to rest: the yearly threshold of UCDP for twelve months."""

EVENTS = {
    "rest": f"fewer than {REST} deaths a year",
    "agreement": "an agreement is signed",
    "ceasefire": "a ceasefire begins",
}
"""What chances are given of, in words."""

TABLES = (".csv", ".tsv", ".txt", ".gz", ".parquet", ".xlsx", ".xls", ".zip", ".rds")
"""Endings by which a file of data that is not there is told from a case."""

MOST_STALE = 3
"""Months by which data may end before the first month predicted: those that recent releases lag behind."""


@dataclass(frozen=True)
class Prediction:
    """What was predicted, as the lock holds it, and the file that it was written to."""

    content: Mapping[str, Any]
    path: Path | None = None

    @property
    def deaths(self) -> pd.DataFrame:
        """Quantiles of deaths by forecast and month: a column a level."""
        import pandas as pd

        rows = [
            {"forecast": name, "month": row["month"], **dict(zip(LEVELS, row["quantiles"], strict=True))}
            for name, rows in self.content["deaths"].items()
            for row in rows
        ]
        return pd.DataFrame(rows)

    def to_json(self) -> dict[str, Any]:
        """The content, its digest, and where it was written."""
        path = None if self.path is None else str(self.path)
        return {**self.content, "sha256": digest_of(self.content), "lock": path}


def predict(
    what: CaseLike,
    until: date | str,
    *,
    lock: str | Path | None = None,
    months: int = MONTHS,
    runs: int = RUNS,
    data: Files = None,
    ceasefires: Files = None,
    agreements: Files = None,
    series: str | None = None,
    ready: Ready | None = None,
    **choice: Any,
) -> Prediction:
    """What a war does in the months after a day, predicted from what was known on it, and locked in a file.

    Args:
        what: a case by name, path or as it is loaded, which has observed deaths by month; or the path of a file of
            observed data.
        until: last day that is known; predictions begin with the month after it.
        lock: file to write, a new one; none unless given.
        months: months ahead.
        runs: number of runs.
        data: a file of observed data for a case, or more files beside the first.
        ceasefires: tables of ceasefires, with a file of data.
        agreements: tables of peace agreements, with a file of data.
        series: monthly series of the data; deaths in all unless given.
        ready: called with an opening and a seed when all is checked, before the first run.
        **choice: ``country``, ``conflict``, ``dyad``, ``side_a``, ``side_b``: which rows of the data.

    Returns:
        Quantiles of the deaths of each month, chances of what may happen in all of them, and digests of what they
        were made from; ``path`` is where it was written.

    Raises:
        InputError: for a lock that is there already, and for anything it cannot use.

    Examples:
        >>> import detente
        >>> made = detente.predict("colombia-2010", "2014-06-30", months=2, runs=20)
        >>> made.content["about"]["until"]
        '2014-06-30'
    """
    target = None if lock is None else check_lock(lock)
    n_months, n_runs = whole_number(months, "months", 1, MOST_MONTHS), whole_number(runs, "runs", 20)
    day = month_after(until)
    files = {"data": data, "ceasefires": ceasefires, "agreements": agreements}
    subject = subject_of(what, files, series, {k: v for k, v in choice.items() if v is not None})
    check_known(subject, day)
    opened = subject.open(day, n_months)
    if ready is not None:
        ready(opening(opened.scenario, opened.policy()), 1)
    content = content_of(subject, opened, n_months, n_runs)
    return Prediction(content, None if target is None else write_lock(content, target))


def check_known(subject: Subject, day: date) -> None:
    """Refuse a day before the data, or so long after them that nothing is known of the war on it."""
    stamps: Any = subject.target.values.dropna().index
    known = [stamp.date() for stamp in stamps if stamp.date() < day]
    until = day - timedelta(days=1)
    if not known:
        raise wrong("until", str(until), f"a day after the first month of the data of {subject.name}")
    if months_between(known[-1], day) - 1 > MOST_STALE:
        expected = f"a day at most {MOST_STALE} months after the data of {subject.name}, which end in {known[-1]:%Y-%m}"
        raise wrong("until", str(until), expected)


def month_after(until: date | str) -> date:
    """The first day of the month that predictions begin with: the next after the last day that is known."""
    day = checked_date(until, "until")
    if day is None:
        raise InputError("until: got nothing; expected the last day that is known, such as 2018-07-22")
    within_reach(day, "until")
    following = day + timedelta(days=1)
    return following if following.day == 1 else ahead(following.replace(day=1), 1)[-1]


def names_data(what: CaseLike) -> TypeGuard[str | Path]:
    """Whether a file of data is meant, be it there or not."""
    if not isinstance(what, str | Path):
        return False
    return is_data(what) or (str(what).lower().endswith(TABLES) and not Path(what).is_dir())


def subject_of(
    what: CaseLike, files: Mapping[str, Files], series: str | None, choice: Mapping[str, Any]
) -> Subject:
    """The conflict: a file of data where the path of one is given, else a case."""
    if not names_data(what):
        if files["ceasefires"] or files["agreements"]:
            raise InputError(
                "ceasefires, agreements: expected only with a file of data; a case has its history"
            )
        return case_subject(what, files["data"], series, choice)
    more = files["data"] or ()
    every = [str(what), *((more,) if isinstance(more, str | Path) else more)]
    tables: dict[str, Any] = {key: files[key] for key in ("ceasefires", "agreements")}
    return WarSubject(read_war(own_name(choice, what), every, **tables, **choice))


def content_of(subject: Subject, opened: OpenedCase, months: int, runs: int) -> dict[str, Any]:
    """What is locked: what it was computed from, deaths by month and forecast, and chances of events."""
    policy = opened.policy()
    outlook = outlooks(opened, [policy], runs)[0]
    history = history_of(opened)
    names = months_ahead(opened.day, months)
    deaths: dict[str, list[dict[str, Any]]] = {name: [] for name in (MODEL, *NULLS)}
    for lead, month in enumerate(names, start=1):
        made = {MODEL: outlook.forecast(lead), **reference_forecasts(history, lead)}
        for name in deaths:
            deaths[name].append({"month": month, "quantiles": quantiles(made[name])})
    events = chances(opened, policy, runs)
    rest = float(np.mean(outlook.deaths.sum(axis=1) < REST * months / 12))
    return {
        "about": about(subject, opened, months, runs),
        "levels": list(LEVELS),
        "deaths": deaths,
        "events": {"rest": rest, **events},
    }


def months_ahead(day: date, months: int) -> list[str]:
    """The months from a day on, as 2018-08."""
    return [f"{month:%Y-%m}" for month in ahead(day, months)[:months]]


def quantiles(values: Values) -> list[float]:
    """Quantiles of equally likely values at the levels."""
    return [float(v) for v in np.quantile(np.asarray(values, dtype=float), LEVELS, method="inverted_cdf")]


def chances(opened: OpenedCase, policy: Any, runs: int) -> dict[str, float]:
    """Shares of runs in which an agreement is signed, and in which a ceasefire begins, after the first day."""
    from detente.experiments.runs.event_logs import run_logs

    n_faded = round(runs * opened.level.faded)
    parts = [(False, range(1, 1 + runs - n_faded)), (True, range(1 + runs - n_faded, 1 + runs))]
    seen: dict[str, list[bool]] = {"agreement": [], "ceasefire": []}
    for faded, seeds in parts:
        start = opening(with_faded(opened.scenario, faded=faded), policy)
        for log in run_logs(start, tuple(seeds)) if len(seeds) else ():
            later = log.events[log.events["day"] >= 1]
            for name, kinds in KINDS.items():
                seen[name].append(bool(np.isin(later["what"], kinds).any()))
    return {name: float(np.mean(found)) for name, found in seen.items()}


KINDS = {"agreement": (codes.AGREEMENT,), "ceasefire": codes.CEASEFIRE_BEGINS}
"""Events of the model by the name of the chance."""


def about(subject: Subject, opened: OpenedCase, months: int, runs: int) -> dict[str, Any]:
    """What the predictions are of, and digests of all that they were computed from."""
    from detente.model.kernel import rules_digest

    values = subject.target.values
    scenario = opened.scenario
    return {
        "conflict": subject.name,
        "until": (opened.day - timedelta(days=1)).isoformat(),
        "months": months,
        "runs": runs,
        "months_known": len(opened.known.monthly),
        "known_until": str(opened.known.months[-1])[:7],
        "months_seen_after": int((values.index >= str(opened.day)).sum()),
        "version": installed("detente"),
        "digests": {
            "rules": rules_digest(),
            "case": digest_of(scenario.model_dump(mode="json")),
            "parameters": digest_of(scenario.parameters.model_dump()),
            "data": known_digest(subject, opened.day),
        },
        "events": EVENTS,
        "note": NOT_A_FORECAST,
    }


def known_digest(subject: Subject, day: date) -> str:
    """Digest of the months of the series before a day."""
    values: Any = subject.target.values
    return digest_of([float(v) for v in values[values.index < str(day)]])


def stale_words(content: Mapping[str, Any]) -> str:
    """That months between the data and the first month predicted are not known, in a line; empty where none is."""
    last = date.fromisoformat(f"{content['about']['known_until']}-01")
    n = months_between(last, month_after(content["about"]["until"])) - 1
    lacking = "1 month before the predictions is" if n == 1 else f"{n} months before the predictions are"
    return f"The data end in {last:%Y-%m}: {lacking} not known, and left out." if n else ""


def words_of_data(content: Mapping[str, Any]) -> str:
    """Whether the data went on after the day, in a line: then it is no preregistration."""
    n = content["about"]["months_seen_after"]
    if not n:
        return "No month after the day was in the data: the lock is a preregistration."
    return f"The data hold {n} months after the day; they were not read, but somebody has seen them."


def usual_levels(row: Sequence[float]) -> tuple[float, float, float]:
    """Median and ends of the middle 80 % out of the quantiles of a month."""
    at = dict(zip(LEVELS, row, strict=True))
    return at[0.1], at[0.5], at[0.9]
