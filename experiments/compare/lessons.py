"""Which of the five lessons matters: a 2**5 factorial over them, on any case, under common random numbers.

Off is the level under status quo, on is the level under five lessons; both act from the case's pivot.  What raising a
lesson adds depends on the others, so three answers are given: on average over their settings (main effect), with none
of them (alone), and on top of them all (last).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from detente.agents.codes import LEVERS
from detente.experiments.compare import factorial
from detente.experiments.io.plain_json import without_nan
from detente.experiments.runs.final_outcomes import Ends, Progress, ends_of_all
from detente.experiments.runs.intervals import known, known_mean
from detente.experiments.runs.outcomes import BY_NAME, OUTCOMES
from detente.experiments.runs.posterior_draws import Draws, Source, note_on, redrawn_requests
from detente.experiments.runs.provenance import drawn_facts, provenance
from detente.experiments.runs.run import Ready
from detente.experiments.runs.runners import checked_workers
from detente.experiments.runs.seeds import checked_seeds, seed_words
from detente.experiments.runs.two_intervals import COLUMNS
from detente.experiments.runs.unknown_draws import OverDraws, unknown_of
from detente.model.catalogue import file_names, load_policy
from detente.model.errors import wrong
from detente.model.generated_policies import ALL, LESSONS, lesson_of
from detente.model.opening import Opening
from detente.model.request import CaseLike, CaseOptions, PolicyLike, Request, scenario_of

if TYPE_CHECKING:
    import pandas as pd

    from detente.agents.actors import Actor
    from detente.model.scenario import Scenario

Values = np.ndarray[Any, Any]

RAISED = 0.8
"""Level of a raised lever in a case without a policy that raises them all (its policy says it otherwise)."""

OFF = "status-quo"
"""Policy that gives the level of a lever that is not raised; 0 where it says nothing."""

SEEDS_EACH = 2
"""Seeds under each draw of what is not known; a lesson's effect is a mean over many corners, so two tell its luck."""

KINDS = ("main", "alone", "last")
"""The three answers to what a lesson adds."""


def levels(scenario: Scenario) -> dict[str, tuple[float, float]]:
    """Each lever's level where its lesson is off and where it is on."""
    files = file_names(scenario)
    off: Mapping[str, float] = load_policy(scenario, OFF).levers if OFF in files else {}
    if ALL not in files:
        return {lever: (off.get(lever, 0.0), RAISED) for lever in LEVERS}
    on = load_policy(scenario, ALL).levers
    return {lever: (off.get(lever, 0.0), on.get(lever, 0.0)) for lever in LEVERS}


def base_policy(scenario: Scenario) -> str:
    """The policy whose moves stand in every corner: that of five lessons, else the case's first."""
    files = file_names(scenario)
    return ALL if ALL in files or not files else files[0]


def settings(known: Mapping[str, tuple[float, float]], raised: Sequence[bool]) -> dict[str, float]:
    """Every lever's level in one corner, out of its two ``levels``."""
    on = {lesson for lesson, is_raised in zip(LESSONS, raised, strict=True) if is_raised}
    return {lever: pair[lesson_of(lever) in on] for lever, pair in known.items()}


def corner_requests(
    case: CaseLike, policy: PolicyLike | None, asked: CaseOptions, by: Callable[..., Any]
) -> list[Request]:
    """What is asked of each of the 32 corners, in the order of ``factorial.corners``; raises ``InputError``."""
    scenario = scenario_of(case)
    base = Request.of(scenario, base_policy(scenario) if policy is None else policy, asked, by)
    if base.levers:
        raise wrong("levers", sorted(base.levers), "none, since the lessons set every lever")
    if base.branch is not None:
        raise wrong("branch_to", base.branch[1].name, "none, since every corner stands under one policy")
    known = levels(scenario)
    corners = factorial.corners(len(LESSONS)).astype(bool)
    return [replace(base, levers=settings(known, row)) for row in corners]


def open_corners(case: CaseLike, **asked: Unpack[CaseOptions]) -> list[Opening]:
    """The openings of the 32 corners; raises ``InputError``."""
    return [request.open() for request in corner_requests(case, None, asked, open_corners)]


@dataclass(frozen=True)
class Lessons:
    """A finished factorial: outcomes of every corner under the same seeds, each with its draw of ``drawn`` if any.

    ``over`` holds the same corners over draws of what is not known.
    """

    starts: tuple[Opening, ...]
    seeds: tuple[int, ...]
    asked: int
    ends: tuple[Ends, ...]
    drawn: Draws | None = None
    over: OverDraws | None = None
    draws_asked: int = 0

    @property
    def interrupted(self) -> bool:
        """Whether fewer seeds were done than asked for."""
        return len(self.seeds) < self.asked

    @cached_property
    def about(self) -> dict[str, Any]:
        """What the runs were made from."""
        start = self.starts[0]
        made = {k: v for k, v in provenance(start).items() if k not in ("levers", "before")}
        made |= {"title": start.scenario.case.title, "pivot": start.scenario.case.pivot.isoformat()}
        made |= {"seeds": seed_words(self.seeds), "n_seeds": len(self.seeds), "interrupted": self.interrupted}
        made |= {"runs": len(self.seeds) * len(self.starts), "note": note_on(self.drawn, start)}
        made |= {} if self.drawn is None else {"posterior": self.drawn.about}
        made |= {"not_known": self.over and self.over.unknown.about}
        return {**made, "levels": {k: list(v) for k, v in levels(start.scenario).items()}}

    def values(self, outcome: str) -> Values:
        """One outcome in every corner under every seed: shape (corners, seeds)."""
        return np.array([ends[outcome] for ends in self.ends])

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """One row a run: the five lessons (0 or 1), seed, what was drawn if anything was, every declared outcome."""
        import pandas as pd

        rows = factorial.corners(len(LESSONS))
        drawn = {} if self.drawn is None else self.drawn.table(self.seeds).to_dict("list")
        drawn |= drawn_facts(self.starts[0], self.seeds).to_dict("list")
        parts: list[pd.DataFrame] = []
        for row, ends in zip(rows, self.ends, strict=True):
            head = {lesson: int(on) for lesson, on in zip(LESSONS, row, strict=True)}
            seeds = np.array(self.seeds, dtype=np.uint64)
            parts.append(pd.DataFrame({**head, "seed": seeds, **drawn, **ends}))
        table = pd.concat(parts, ignore_index=True)
        for name in ("scenario_sha256", "version", "case"):
            table.insert(0, name, self.about[name])
        return table

    @cached_property
    def effects(self) -> pd.DataFrame:
        """Rows by outcome, lesson and kind (main, alone, last; lesson ``together``): unit, mean, low95, high95, pairs.

        ``pairs`` is the number of seeds in which the effect has a value; the interval is that of luck.  With draws of
        what is not known also draws_mean, draws_low95, draws_high95, sign_share and draws.
        """
        import pandas as pd

        rows: list[dict[str, Any]] = []
        for o in OUTCOMES:
            drawn = {} if self.over is None else by_kind(self.over.values(o.name))
            for (lesson, kind), found in by_kind(self.values(o.name)).items():
                luck = factorial.interval(found)
                row = {"outcome": o.name, "unit": o.unit, "lesson": lesson, "kind": kind} | luck
                if self.over is not None:
                    row |= self.over.effect(drawn[lesson, kind], luck["mean"])
                rows.append(row)
        return pd.DataFrame(rows)

    @cached_property
    def interactions(self) -> pd.DataFrame:
        """Rows by outcome and pair of lessons: unit, mean, low95, high95, and ``spread``, the mean in seed spreads.

        Positive: the two add more to the outcome together than one by one.
        """
        import pandas as pd

        rows: list[dict[str, Any]] = []
        for o in OUTCOMES:
            values = self.values(o.name)
            scale = seed_spread(values)
            for (j, k), found in factorial.interactions(values).items():
                made = factorial.interval(found)
                head = {"outcome": o.name, "unit": o.unit, "first": LESSONS[j], "second": LESSONS[k]}
                rows.append(
                    {**head, **made, "spread": made["mean"] / scale if scale > 0 else 0.0 * made["mean"]}
                )
        return pd.DataFrame(rows)

    def to_json(self) -> dict[str, Any]:
        """The factorial as plain values, as ``detente lessons --json`` prints it; what is missing is None."""
        return without_nan({**self.about, "outcomes": {o.name: self.outcome_json(o.name) for o in OUTCOMES}})

    def outcome_json(self, name: str) -> dict[str, Any]:
        """The effects on one outcome."""
        values = self.values(name)
        effects = self.effects[self.effects["outcome"] == name]
        pairs = self.interactions[self.interactions["outcome"] == name]
        made: dict[str, Any] = {"unit": BY_NAME[name].unit, "meaning": BY_NAME[name].meaning}
        made |= {"mean_none": known_mean(values[0]), "mean_all": known_mean(values[-1])}
        for kind in KINDS:
            rows = effects[effects["kind"] == kind]
            made[kind] = {str(r["lesson"]): limits(r) for _, r in rows.iterrows()}
        made["together"] = limits(effects[effects["kind"] == "together"].iloc[0])
        made["interactions"] = {f"{r['first']} x {r['second']}": limits(r) for _, r in pairs.iterrows()}
        return made

    def save(self, path: str | Path) -> Path:
        """Write the outcomes as Parquet, one row a run; raises ``InputError`` if the path cannot be written."""
        from detente.experiments.io.files import check_target, write_table

        target = check_target(path, ".parquet", "output")
        write_table(self.outcomes, target, self.about)
        return target

    def plot(self) -> Any:
        """A Plotly figure: what each lesson adds to some outcomes, and how lessons interact."""
        from detente.experiments.io.figures import draw

        return draw("lessons", self.effects, self.interactions, about=self.about)


def by_kind(values: Values) -> dict[tuple[str, str], Values]:
    """Effects seed by seed, by lesson and kind, from an outcome in every corner."""
    answers = zip(KINDS, (factorial.main_effects, factorial.alone, factorial.last), strict=True)
    found = {(LESSONS[k], kind): row for kind, effect in answers for k, row in enumerate(effect(values))}
    return found | {("together", "together"): factorial.together(values)}


def limits(row: Any) -> dict[str, float]:
    """Mean and interval out of a row of a table, the number of seeds behind them, and what the draws say if any."""
    drawn = {key: float(row[key]) for key in COLUMNS if key in row}
    return (
        {key: float(row[key]) for key in ("mean", "low95", "high95")} | {"pairs": int(row["pairs"])} | drawn
    )


def seed_spread(values: Values) -> float:
    """Standard deviation of an outcome over seeds within a corner, averaged over the corners that have one."""
    if np.isnan(values).any():
        found = [known(corner) for corner in values]
        spreads = [corner.std(ddof=1) for corner in found if len(corner) > 1]
        return float(np.mean(spreads)) if spreads else 0.0
    return float(values.std(axis=1, ddof=1).mean()) if values.shape[1] > 1 else 0.0


def lessons(
    case: CaseLike,
    runs: int = 200,
    *,
    policy: PolicyLike | None = None,
    seeds: Sequence[int] | None = None,
    posterior: Source | None = None,
    draws: int | None = None,
    threads: int | None = None,
    actors: Mapping[str, type[Actor]] | None = None,
    progress: Progress | None = None,
    ready: Ready | None = None,
    **asked: Unpack[CaseOptions],
) -> Lessons:
    """Which of the five lessons matters: the 2**5 factorial over them, under common random numbers.

    Ctrl-C keeps the seeds done.

    Args:
        case: a case by name, the path of its file or folder, or a case that is loaded.
        runs: number of seeds in each of the 32 corners: 1, 2, 3 ...
        policy: the policy whose moves stand in every corner; five-lessons unless given, or else the case's first.
        seeds: seeds in their place.
        posterior: what unknown parameters are drawn from for the second interval: the pooled one unless given, and
            declared ranges for those that it does not hold; "ranges" for these alone.  One that is named ("stored",
            "pooled", a file) also gives each seed of the first interval its parameters, as in ``ensemble``.
        draws: draws of what is not known, with two seeds under each, for the second interval of every effect: half the
            seeds unless given; none for fewer than 40 seeds, and none with ``point=True``.
        threads: compiled runs at a time, or worker processes with actors of one's own; one a processor unless given.
        actors: name of an actor -> a subclass of its class; these runs go on Mesa.
        progress: called with the number of runs done and the number in all.
        ready: called with an opening and a seed when all is checked, before the first run.
        **asked: keywords of every function that opens a case (see ``detente.model.request.CaseOptions``); any other is
            a parameter (``trust__memory=300``).  The factorial itself sets the levers.

    Returns:
        Effects and interactions of the lessons on every outcome, as tables and as a figure.

    Raises:
        InputError: for anything it cannot use, with the nearest valid name.

    Examples:
        >>> import detente
        >>> factorial = detente.lessons("template", runs=4)
        >>> effects = factorial.effects.query("outcome == 'days_in_ceasefire' and kind == 'main'")
        >>> effects["lesson"].tolist()
        ['recognition', 'force-posture', 'direct-channel', 'confidence-building', 'parallel-tracks']
    """
    requests = corner_requests(case, policy, asked, lessons)
    starts, drawn = [request.open() for request in requests], redrawn_requests(requests, posterior)
    chosen, workers = checked_seeds(runs, seeds), checked_workers(threads)
    if ready is not None:
        ready(starts[0], chosen[0])
    unknown = unknown_of(requests, chosen, draws=draws, each=SEEDS_EACH, posterior=posterior)
    how: dict[str, Any] = {"threads": workers, "actors": actors, "progress": progress}
    done, ends = ends_of_all(starts, chosen, drawn=drawn, **how)
    made = Lessons(tuple(starts), done, len(chosen), tuple(ends), drawn and drawn.draws)
    if unknown is None or made.interrupted:
        return made
    return replace(made, over=unknown.run(requests, **how), draws_asked=unknown.n_draws)
