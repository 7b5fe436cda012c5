"""``detente transfer``: what the five lessons add under the conditions of ``transfer_design``, compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.experiments.compare.transfer_conditions import LATER, SOURCE, TARGET, Maker, Roles, Setting
from detente.experiments.runs.final_outcomes import Ends, Progress, ends_of_all
from detente.experiments.runs.intervals import known_mean, paired_difference
from detente.experiments.runs.outcomes import hostile_pairs
from detente.experiments.runs.posterior_draws import Source
from detente.experiments.runs.provenance import NOT_A_FORECAST, provenance
from detente.experiments.runs.run import Ready
from detente.experiments.runs.runners import checked_workers
from detente.experiments.runs.seeds import checked_seeds, seed_words
from detente.experiments.runs.unknown_draws import OverDraws, Unknown, unknown_of
from detente.experiments.runs.unknowns import unknowns_of
from detente.model.generated_policies import LESSONS
from detente.model.opening import Opening

if TYPE_CHECKING:
    import pandas as pd

Values = np.ndarray[Any, Any]
Read = Callable[[Ends, Ends, Opening], Values]
"""Reads a number per seed off the ends of runs, given the same runs on the eve of the pivot."""


@dataclass(frozen=True)
class Yardstick:
    """A number by which cases of different length and violence can be compared; ``better`` is -1 where less is."""

    name: str
    unit: str
    meaning: str
    better: int
    read: Read
    relative: bool = False


def attack_rate(ends: Ends, eve: Ends, start: Opening) -> Values:
    """Attacks a day from the pivot on; missing for a run that ended before it."""
    days = ends["days"] - eve["days"]
    return np.where(days > 0, (ends["attacks"] - eve["attacks"]) / np.maximum(days, 1.0), np.nan)


def truce_days(ends: Ends, eve: Ends, start: Opening) -> Values:
    """Days in ceasefire from the pivot on, per planned year and hostile pair."""
    years = (start.scenario.case.end - start.scenario.case.pivot).days / 365.25
    return (ends["days_in_ceasefire"] - eve["days_in_ceasefire"]) / years / len(hostile_pairs(start))


def plain(name: str) -> Read:
    """An outcome as it is."""
    return lambda ends, eve, start: ends[name]


YARDSTICKS = (
    Yardstick(
        "attacks",
        "%",
        "attacks a day from the pivot, in per cent of their mean without any lesson",
        -1,
        attack_rate,
        relative=True,
    ),
    Yardstick(
        "ceasefire days",
        "days/year",
        "days in ceasefire a year from the pivot, per hostile pair",
        1,
        truce_days,
    ),
    Yardstick("agreements", "agreements", "agreements signed", 1, plain("agreements")),
    Yardstick("trust", "1", "mean trust over hostile dyads at the end", 1, plain("final_trust")),
    Yardstick("collapsed", "0 or 1", "a party collapsed", -1, plain("collapsed")),
)

SEEDS_EACH = 2
"""Seeds under each draw of what is not known."""

KINDS = ("together", "alone", "last", "mid")
"""All lessons at once; a lesson alone, on top of the other four, and half-way between the two."""


def limits(effect: Values) -> dict[str, float]:
    """Mean over the seeds that have a value, with its 95 % interval."""
    return paired_difference(effect, np.zeros(len(effect)))


def readings(
    yard: Yardstick, cells: Sequence[Opening], ends: Sequence[Ends], each: int | None = None
) -> list[Values]:
    """A yardstick in every cell, per seed; the first opening and ends are those of the eve.

    A relative one is in per cent of its mean without lessons: that of all seeds, or of the ``each`` seeds of a draw.
    """
    read = [yard.read(e, ends[0], start) for e, start in zip(ends[1:], cells[1:], strict=True)]
    if not yard.relative:
        return read
    size = len(read[0]) if each is None else each
    usual = [known_mean(part) for part in read[0].reshape(-1, size)]
    scale = 100.0 / np.maximum(np.repeat(usual, size), 1e-12)
    return [scale * values for values in read]


def effects_in(
    cells: Sequence[Opening], ends: Sequence[Ends], over: OverDraws | None = None
) -> list[dict[str, Any]]:
    """What each lesson adds under one setting: rows of yardstick, unit, lesson, kind, mean, low95, high95.

    ``over`` holds the same cells over draws of what is not known: what they say stands in each row too.
    """
    rows: list[dict[str, Any]] = []
    for yard in YARDSTICKS:
        drawn = by_lesson(readings(yard, cells, over.ends, over.unknown.each)) if over is not None else {}
        for (lesson, kind), effect in by_lesson(readings(yard, cells, ends)).items():
            luck = limits(effect)
            row: dict[str, Any] = {"yardstick": yard.name, "unit": yard.unit, "lesson": lesson, "kind": kind}
            rows.append(
                row | luck if over is None else row | luck | over.effect(drawn[lesson, kind], luck["mean"])
            )
    return rows


def by_lesson(v: Sequence[Values]) -> dict[tuple[str, str], Values]:
    """Effects seed by seed, by lesson and kind, from a yardstick in every cell."""
    found = {("together", "together"): v[-1] - v[0]}
    for k, lesson in enumerate(LESSONS):
        alone, last = v[1 + k] - v[0], v[-1] - v[6 + k]
        found |= {(lesson, "alone"): alone, (lesson, "last"): last, (lesson, "mid"): (alone + last) / 2}
    return found


def waiting_in(july: Sequence[Values], later: Sequence[Values], yard: Yardstick) -> list[dict[str, Any]]:
    """All lessons at the pivot, a year later, and the difference: one row each."""
    found = {"at once": july[-1] - july[0], "a year later": later[-1] - later[0]}
    found["difference"] = found["a year later"] - found["at once"]
    head = {"yardstick": yard.name, "unit": yard.unit}
    return [{**head, "when": when, **limits(effect)} for when, effect in found.items()]


@dataclass(frozen=True)
class Transfer:
    """What was found: tables of effects on the grid, step by step, and of waiting a year."""

    maker: Maker
    seeds: tuple[int, ...]
    asked: int
    grid: pd.DataFrame
    steps: pd.DataFrame
    waiting: pd.DataFrame
    n_runs: int
    unknown: Unknown | None = None

    @property
    def interrupted(self) -> bool:
        """Whether fewer seeds were done than asked for."""
        return len(self.seeds) < self.asked

    @cached_property
    def about(self) -> dict[str, Any]:
        """What the runs were made from: both cases with their digests, the conditions, seeds and versions."""
        m = self.maker
        made = provenance(m.home()[1])
        kept = {key: made[key] for key in ("theory", "version", "versions", "rules_digest")}
        here, there = Roles.of(m.target), Roles.of(m.source)
        fields = ("morale", "support", "tipping", "alignment")
        return {
            "source": m.source.case.name,
            "target": m.target.case.name,
            "title": f"{m.source.case.title} → {m.target.case.title}",
            "scenario_sha256": m.target.sha256,
            "source_sha256": m.source.sha256,
            **kept,
            "ally": {name: [getattr(here.ally, name), getattr(there.ally, name)] for name in fields},
            "adversary": {"validation": [here.adversary.validation, there.adversary.validation]},
            "window": m.sizes,
            "pivot": m.target.case.pivot.isoformat(),
            "yardsticks": {
                y.name: {"unit": y.unit, "meaning": y.meaning, "better": y.better} for y in YARDSTICKS
            },
            "seeds": seed_words(self.seeds),
            "n_seeds": len(self.seeds),
            "runs": self.n_runs,
            "interrupted": self.interrupted,
            "not_known": self.unknown and self.unknown.about,
            "note": NOT_A_FORECAST,
        }

    def to_json(self) -> dict[str, Any]:
        """All three tables, as ``detente transfer --json`` prints them."""
        tables = {"steps": self.steps, "grid": self.grid, "waiting": self.waiting}
        return {**self.about, **{name: records(table) for name, table in tables.items()}}

    def save(self, path: str | Path) -> Path:
        """Write the effects on the grid as Parquet; raises ``InputError`` if the path cannot be written."""
        from detente.experiments.io.files import check_target, write_table

        target = check_target(path, ".parquet", "output")
        write_table(self.grid, target, self.about)
        return target

    def plot(self) -> Any:
        """A Plotly figure: the style's effect step by step from one case to the other, and on the grid."""
        from detente.experiments.io.figures import draw

        return draw("transfer", self.steps, self.grid, about=self.about)


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain values; what is missing is None."""
    return [
        {str(k): (None if v != v else v) for k, v in row.items()}
        for row in table.astype(object).to_dict("records")
    ]


Cells = Mapping[Any, list[Opening]]
Found = dict[Any, tuple[list[Opening], list[Ends]]]


def transfer(
    runs: int = 60,
    *,
    seeds: Sequence[int] | None = None,
    theory: str = "readiness",
    source: str = SOURCE,
    target: str = TARGET,
    posterior: Source | None = None,
    point: bool = False,
    draws: int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
    ready: Ready | None = None,
) -> Transfer:
    """Does the style of one case travel to another: the lessons there, with conditions moved from the first.

    Ctrl-C keeps the seeds done.

    Args:
        runs: seeds in every cell of the design: 1, 2, 3 ...
        seeds: seeds in their place.
        theory: theory of readiness: "readiness", "ripeness", "commitment" or "reciprocity".
        source: the case from which conditions are taken, by name or path.
        target: the case to which they are moved.
        posterior: what unknown parameters are drawn from: the pooled posterior unless given, declared ranges for what
            it does not hold; "ranges" for these alone, or another posterior.
        point: take what is not known at its value: one interval a claim, that of luck.
        draws: draws of what is not known, with two seeds under each, for the second interval of the steps from one case
            to the other: half the seeds unless given; none for fewer than 40 seeds.
        threads: compiled runs at a time; one a processor unless given.
        progress: called with the number of runs done and the number in all.
        ready: called with an opening and a seed when all is checked, before the first run.

    Returns:
        Effects of the lessons on the grid of conditions, step by step, and of waiting a year.

    Raises:
        InputError: for anything it cannot use, with the nearest valid name.

    Examples:
        >>> import detente
        >>> answer = detente.transfer(runs=1)
        >>> answer.steps["step"].iloc[0], sorted(answer.grid["yardstick"].unique())[:2]
        ('as it is', ['agreements', 'attacks'])
    """
    maker, chosen = Maker(source, target, theory), checked_seeds(runs, seeds)
    unknowns_of(posterior)
    if ready is not None:
        ready(maker.home()[0], chosen[0])
    design: dict[Any, list[Opening]] = {("grid", at): maker.cells(at) for at in maker.grid()}
    design |= {("step", name): maker.cells(at) for name, at in maker.steps().items()}
    design["step", maker.source.case.title] = maker.home()
    for window in (None, 0):
        at = Setting(window=window)
        design["at once", window] = maker.cells(at, shorter=LATER, every=False)
        design["later", window] = maker.cells(at, later=LATER, every=False)
    done, found = run_design(design, chosen, checked_workers(threads), progress)
    tables = (grid_table(found), step_table(found), waiting_table(found))
    n_runs = len(done) * sum(len(cells) for cells in design.values())
    made = Transfer(maker, done, len(chosen), *tables, n_runs)
    if point or made.interrupted:
        return made
    how: dict[str, Any] = {"draws": draws, "posterior": posterior}
    return over_draws_of(made, found, chosen, how, threads, progress)


def over_draws_of(
    made: Transfer,
    found: Found,
    seeds: Sequence[int],
    how: Mapping[str, Any],
    threads: int | None,
    progress: Progress | None,
) -> Transfer:
    """The same with the steps over draws of what is not known; as it is where nothing is drawn, or Ctrl-C comes."""
    maker = made.maker
    asked = {name: maker.ask(at) for name, at in maker.steps().items()}
    asked[maker.source.case.title] = maker.ask_home()
    every = [request for cells in asked.values() for request in cells]
    unknown = unknown_of(every, seeds, each=SEEDS_EACH, facts=False, **how)
    over = unknown and unknown.run(every, threads=threads, progress=progress)
    if unknown is None or over is None:
        return made
    size = len(next(iter(asked.values())))
    parts = [over.ends[k : k + size] for k in range(0, len(every), size)]
    by_name = {name: OverDraws(unknown, part) for name, part in zip(asked, parts, strict=True)}
    n_runs = made.n_runs + len(every) * len(unknown.seeds)
    return replace(made, steps=step_table(found, by_name), n_runs=n_runs, unknown=unknown)


def run_design(
    design: Cells, seeds: tuple[int, ...], threads: int, progress: Progress | None
) -> tuple[tuple[int, ...], Found]:
    """Run every opening of the design under the same seeds, and hand the ends back by name."""
    starts = [start for cells in design.values() for start in cells]
    done, ends = ends_of_all(starts, seeds, threads=threads, progress=progress)
    found: Found = {}
    first = 0
    for name, cells in design.items():
        found[name] = (list(cells), ends[first : first + len(cells)])
        first += len(cells)
    return done, found


def grid_table(found: Found) -> pd.DataFrame:
    """Effects by stalemate, validation and window (days; NaN: none)."""
    import pandas as pd

    rows = [
        {"stalemate": at.stalemate, "validation": at.validation, "window": at.window, **row}
        for (part, at), (cells, ends) in found.items()
        if part == "grid"
        for row in effects_in(cells, ends)
    ]
    return pd.DataFrame(rows)


def step_table(found: Found, over: Mapping[str, OverDraws] | None = None) -> pd.DataFrame:
    """Effects by step from the target to the source; ``over``: each step over draws of what is not known."""
    import pandas as pd

    rows = [
        {"step": name, **row}
        for (part, name), (cells, ends) in found.items()
        if part == "step"
        for row in effects_in(cells, ends, (over or {}).get(name))
    ]
    return pd.DataFrame(rows)


def waiting_table(found: Found) -> pd.DataFrame:
    """All lessons at the pivot or a year later, over equally long times after, with and without a window then."""
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for window in (None, 0):
        for yard in YARDSTICKS:
            july = readings(yard, *found["at once", window])
            later = readings(yard, *found["later", window])
            words = "none" if window is None else "opened with the levers"
            rows += [{"window": words, **row} for row in waiting_in(july, later, yard)]
    return pd.DataFrame(rows)
