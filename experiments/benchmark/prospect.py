"""``detente if``: how many die in the months after a day, with a move that is made on it and without."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from detente.experiments.benchmark.past_ratios import half_and_half, past
from detente.experiments.benchmark.prospect_arms import luck_arms, unknown_arms
from detente.experiments.benchmark.prospect_moves import Asked, Given, Moves, asked_moves, kinds_of, moves_on
from detente.experiments.benchmark.prospect_opening import Eve
from detente.experiments.benchmark.prospect_ratios import count_cells, paired_cells, ratio, ratio_cells
from detente.experiments.benchmark.prospect_runs import MONTHS, Progress, counted, window_counts
from detente.experiments.benchmark.prospect_source import DataFiles, Rows, eve_of_any
from detente.experiments.cases.builder.new_request import Files, Problems
from detente.experiments.data.selection import within_reach
from detente.experiments.io.figures import draw
from detente.experiments.runs.provenance import NOT_A_FORECAST, provenance
from detente.experiments.runs.run import Ready
from detente.experiments.runs.seeds import checked_seeds, seed_words
from detente.model.errors import wrong
from detente.model.opening import Opening
from detente.model.request import CaseLike, Request, checked_date

if TYPE_CHECKING:
    import pandas as pd

Values = np.ndarray[Any, Any]

RUNS = 400
"""Runs with the move, and as many without, under each of the two kinds of uncertainty."""

LUCK, UNKNOWN = "luck", "luck and what is not known"
UNCERTAINTIES = (LUCK, UNKNOWN)
"""What spreads the runs: chance alone at one setting, or drawn facts and parameters as well."""

PAST_KINDS = {"truce", "agreement"}
"""Moves of which past ratios are known."""


@dataclass(frozen=True)
class Prospect:
    """Deaths in the windows after a day, with a move and without.

    ``counts`` has, for each kind of uncertainty, arrays of shape (runs, windows): without the move, and with it.
    """

    day: date
    asked: tuple[Asked, ...]
    moves: Moves
    eve: Eve
    starts: tuple[Opening, Opening]
    drawn: tuple[str, ...]
    seeds: tuple[int, ...]
    runs: int
    counts: Mapping[str, tuple[Values, Values]]

    @property
    def interrupted(self) -> bool:
        """Whether fewer runs were done than asked for."""
        return len(self.seeds) < self.runs

    @property
    def counted(self) -> str:
        """What is counted: deaths, or attacks where nobody's attacks kill."""
        return counted(self.starts[0])

    def before(self, months: int) -> float | None:
        """What was observed in so many months before the day; None where it is not known."""
        return self.eve.before.get(months) if self.counted == "deaths" else None

    def window(self, uncertainty: str, months: int) -> tuple[Values, Values]:
        """Deaths of the runs in one window: without the move, and with it."""
        k = MONTHS.index(months)
        without, with_move = self.counts[uncertainty]
        return without[:, k], with_move[:, k]

    def after_over_before(self, uncertainty: str, months: int) -> tuple[Values, Values] | None:
        """(D + .5) / (D' + .5) of the runs, without the move and with it; None where D' is not observed."""
        before = self.before(months)
        if before is None:
            return None
        without, with_move = self.window(uncertainty, months)
        return ratio(without, before), ratio(with_move, before)

    def pooled(self, months: int) -> Values | None:
        """After over before with the move: half of the draws runs, half past ceasefires and agreements.

        None where nothing was observed before, and for moves that the past ratios are not of.
        """
        after = self.after_over_before(UNKNOWN, months)
        if after is None or not {asked.kind for asked in self.asked} <= PAST_KINDS:
            return None
        return np.exp(half_and_half(np.log(after[1]), past()[months][1], len(after[1])))

    def cells(self, uncertainty: str, months: int) -> dict[str, Any]:
        """Everything that is said of one window."""
        without, with_move = self.window(uncertainty, months)
        after = self.after_over_before(uncertainty, months)
        named = ("without", "with")
        ratios = None if after is None else dict(zip(named, map(ratio_cells, after), strict=True))
        pooled = self.pooled(months) if uncertainty == UNKNOWN else None
        return {
            "months": months,
            "without": count_cells(without),
            "with": count_cells(with_move),
            "with_over_without": paired_cells(with_move, without),
            "observed_before": self.before(months),
            "after_over_before": ratios,
            "pooled": None if pooled is None else ratio_cells(pooled),
        }

    @cached_property
    def results(self) -> dict[str, list[dict[str, Any]]]:
        """For each kind of uncertainty, what is said of each window."""
        return {one: [self.cells(one, n) for n in MONTHS] for one in self.counts}

    def table(self) -> pd.DataFrame:
        """One row for each kind of uncertainty, window and quantity, with its quantiles and probabilities."""
        import pandas as pd

        rows: list[dict[str, Any]] = []
        for uncertainty, cells in self.results.items():
            for one in cells:
                head = {"uncertainty": uncertainty, "months": one["months"]}
                after = one["after_over_before"] or {}
                named = {name: one[name] for name in ("without", "with", "with_over_without")}
                named |= {f"after_over_before_{name}": found for name, found in after.items()}
                named |= {"pooled": one["pooled"]} if one["pooled"] else {}
                rows += [{**head, "quantity": name, **found} for name, found in named.items()]
        return pd.DataFrame(rows)

    def to_json(self) -> dict[str, Any]:
        """Everything as one object of plain values, as ``detente if --json`` prints it."""
        without, with_move = (provenance(start) for start in self.starts)
        shared = {k: v for k, v in without.items() if k not in ("decisions", "parameters", "facts", "before")}
        return {
            "note": NOT_A_FORECAST,
            **shared,
            "from": self.day.isoformat(),
            "asked": list(kinds_of(self.asked)),
            "moves": with_move["decisions"],
            "words": list(self.moves.words),
            "settings_with": {"parameters": with_move["parameters"], "facts": with_move["facts"]},
            "settings_without": {"parameters": without["parameters"], "facts": without["facts"]},
            "drawn_parameters": list(self.drawn),
            "counted": self.counted,
            "notes": list(self.eve.notes),
            "scale": 1.0 if self.eve.opened is None else self.eve.opened.scale,
            "runs": len(self.seeds),
            "runs_asked": self.runs,
            "seeds": seed_words(self.seeds),
            "interrupted": self.interrupted,
            "results": [{"uncertainty": name, "windows": cells} for name, cells in self.results.items()],
        }

    def save(self, path: str | Path) -> Path:
        """Write the deaths of every run as Parquet; raises ``InputError`` if the path cannot be written."""
        from detente.experiments.io.files import check_target, write_table

        target = check_target(path, ".parquet", "--out")
        write_table(self.per_run(), target, self.to_json())
        return target

    def per_run(self) -> pd.DataFrame:
        """One row for each kind of uncertainty, seed and window: deaths without the move and with it."""
        import pandas as pd

        parts = [
            pd.DataFrame(
                {
                    "uncertainty": uncertainty,
                    "seed": np.array(self.seeds, dtype=np.uint64),
                    "months": n,
                    "without": self.window(uncertainty, n)[0],
                    "with": self.window(uncertainty, n)[1],
                }
            )
            for uncertainty in self.counts
            for n in MONTHS
        ]
        return pd.concat(parts, ignore_index=True)

    def plot(self) -> Any:
        """A Plotly figure: deaths with the move and without, their ratio, and after over before."""
        source = provenance(self.starts[0])
        about = {
            **{key: source[key] for key in ("version", "scenario_sha256")},
            "seeds": seed_words(self.seeds),
            "title": self.starts[0].scenario.case.title,
            "head": f"{self.starts[0].scenario.case.title}: {'; '.join(self.moves.words)}",
            "from": self.day.isoformat(),
            "counted": self.counted,
            "before": {n: self.before(n) for n in MONTHS},
            "pooled": {one["months"]: one["pooled"] for one in self.results[UNKNOWN]},
            "note": NOT_A_FORECAST,
            "runs": len(self.seeds),
        }
        return draw("prospect", self.per_run(), about=about)

    def __repr__(self) -> str:
        """The prospect in lines, as a notebook shows it."""
        name = self.starts[0].scenario.case.name
        lines = [f"{name} from {self.day}, with and without: {'; '.join(self.moves.words)}"]
        for uncertainty, cells in self.results.items():
            for one in cells:
                pair = one["with_over_without"]
                lines.append(
                    f"  {one['months']} months, {uncertainty}: {self.counted} {one['with']['median']:,.0f} with, "
                    f"{one['without']['median']:,.0f} without; ratio {pair['median']:.2f} "
                    f"({pair['q10']:.2f} to {pair['q90']:.2f})"
                )
        lines += [
            f"  {one['months']} months, pooled with past acts: after over before {cells['median']:.2f} "
            f"({cells['q10']:.2f} to {cells['q90']:.2f}), a rise {cells['rise']:.0%}"
            for one in self.results[UNKNOWN]
            if (cells := one["pooled"]) is not None
        ]
        return "\n".join(lines)


# -- running


def prospect(
    eve: Eve,
    request: Request,
    day: date,
    asked: Sequence[Asked],
    seeds: tuple[int, ...],
    *,
    threads: int | None = None,
    progress: Progress | None = None,
    ready: Ready | None = None,
) -> Prospect:
    """The prospect of a request on the eve of a day; see ``what_if``."""
    moves = moves_on(eve.scenario, day, asked)
    luck = luck_arms(eve, moves, request)
    unknown, drawn = unknown_arms(eve, moves, request)
    if ready is not None:
        ready(luck[0].start, seeds[0])
    done, (a, b, c, d) = window_counts([*luck, *unknown], day, seeds, threads=threads, progress=progress)
    counts = {LUCK: (a, b), UNKNOWN: (c, d)}
    starts = unknown[0].start, unknown[1].start
    return Prospect(day, tuple(asked), moves, eve, starts, drawn, done, len(seeds), counts)


def what_if(
    case: CaseLike,
    since: date | str,
    *,
    truce: Given = None,
    agreement: Given = None,
    talks: Given = None,
    withdrawal: Given = None,
    runs: int = RUNS,
    seeds: Sequence[int] | None = None,
    parameters: Mapping[str, Any] | None = None,
    facts: Mapping[str, float] | None = None,
    data: Files = None,
    ceasefires: Files = None,
    agreements: Files = None,
    country: str | int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
    ready: Ready | None = None,
    **choice: Unpack[Rows],
) -> Prospect:
    """How many die in the 3, 6 and 12 months after a day, with a move that is made on it and without.

    Ctrl-C keeps the runs done, with a warning.

    Args:
        case: a case by name, the path of its file or folder, or a case that is loaded; or a file of observed data, from
            which the case is built as of the day.
        since: the day, a date of the case or its text.
        truce: a ceasefire, as ``{"class": "preliminary", "monitored": 0.6}`` or the same in words; an empty mapping
            is a plain one.  Keys: class, monitored, scope, between, by, days.
        agreement: an agreement; keys: between, issues.
        talks: talks; keys: between, track, mediated.
        withdrawal: forces that go home; keys: by, left.
        runs: runs with the move, as many without, under each of two kinds of uncertainty.
        seeds: seeds of the runs in place of 1 to ``runs``.
        parameters: parameters of all runs, which are then not drawn.
        facts: numbers of the case, which are then not drawn.
        data: more files of observed data.
        ceasefires: tables of ceasefires, with observed data.
        agreements: tables of peace agreements, with observed data.
        country: the country in observed data, by name or id.
        threads: runs at a time; one a processor unless given.
        progress: called with the number of runs done and the number in all.
        ready: called with an opening and a seed when all is checked, before the first run.
        **choice: ``conflict``, ``dyad``, ``side_a``, ``side_b`` and ``rows`` (the column case) choose from the data.

    Returns:
        Deaths with and without, their ratio paired by seed, and deaths after over before the day, under luck alone
        and under luck and what is not known.

    Raises:
        InputError: with everything that is wrong with what was asked.

    Examples:
        >>> import detente
        >>> seen = detente.what_if("template", "2030-06-01", truce={"class": "preliminary"}, runs=20)
        >>> bool((seen.table()["median"] >= 0).all())
        True
    """
    problems = Problems()
    asked = problems.attempt(
        lambda: asked_moves(truce=truce, agreement=agreement, talks=talks, withdrawal=withdrawal)
    )
    day = problems.attempt(checked_day, since)
    chosen = problems.attempt(checked_seeds, runs, seeds)
    problems.end()
    if asked is None or day is None or chosen is None:
        raise AssertionError("faults are raised")
    files: DataFiles = {"data": data, "ceasefires": ceasefires, "agreements": agreements}
    eve = eve_of_any(case, day, files, {"country": country, **choice})
    options: Any = {k: v for k, v in {"parameters": parameters, "facts": facts}.items() if v}
    request = Request.of(eve.scenario, eve.policy, options, what_if)
    made = prospect(eve, request, day, asked, chosen, threads=threads, progress=progress, ready=ready)
    if made.interrupted:
        warnings.warn(f"interrupted: {len(made.seeds)} of {made.runs} runs were done", stacklevel=2)
    return made


def checked_day(since: date | str) -> date:
    """The day of the move."""
    day = checked_date(since, "--from")
    if day is None:
        raise wrong("--from", since, "the day of the move, such as 2030-06-01")
    return within_reach(day, "--from")
