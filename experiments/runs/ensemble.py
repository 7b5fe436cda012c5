"""Many runs of one case under one policy."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from detente.experiments.io.figures import draw, drawn_or_plain
from detente.experiments.runs.bands import as_dates, fan_of, violence_counted
from detente.experiments.runs.intervals import known, spread
from detente.experiments.runs.outcomes import OUTCOMES, Finals, end_dates, end_reasons, read_outcomes
from detente.experiments.runs.posterior_draws import note_on, redrawn_requests
from detente.experiments.runs.provenance import drawn_facts, provenance
from detente.experiments.runs.recorded_series import COUNT_NAMES, Watch, checked_every
from detente.experiments.runs.run import chosen_engine
from detente.experiments.runs.runners import Rows, Runner, checked_workers, heeding_interrupt, runner
from detente.experiments.runs.seeds import checked_seeds, seed_words
from detente.model.opening import Opening
from detente.model.request import CaseLike, CaseOptions, PolicyLike, Request
from detente.model.series import columns

if TYPE_CHECKING:
    import pandas as pd

    from detente.agents.actors import Actor
    from detente.experiments.runs.posterior_draws import Draws, Redrawn, Source

Values = np.ndarray[Any, Any]
Progress = Callable[[int, int], None]
"""Called with the number of runs done and the number in all."""

CHUNK = 50
"""Runs between two looks at Ctrl-C; bounds the memory that rows of every step take."""

ROW_KEYS = ("case", "policy", "version", "scenario_sha256")


@dataclass(frozen=True)
class Ensemble:
    """Runs of one opening, one for each seed; with ``drawn``, each with parameters drawn from a posterior."""

    start: Opening
    watch: Watch
    seeds: tuple[int, ...]
    asked: int
    kept: Values
    monthly_counts: Values
    finals: Finals
    drawn: Draws | None = None

    @property
    def interrupted(self) -> bool:
        """Whether fewer runs were done than asked for."""
        return len(self.seeds) < self.asked

    @cached_property
    def about(self) -> dict[str, Any]:
        """What the runs were made from."""
        made = {**provenance(self.start), "runs": len(self.seeds), "seeds": seed_words(self.seeds)}
        return made if self.drawn is None else {**made, "posterior": self.drawn.about}

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """One row a run: case, policy, version, scenario digest, seed, every declared outcome, how and when it ended.

        Parameters and facts that were drawn have a column each, before the outcomes (``fact.PATH`` for a fact).
        Units are those of ``outcomes.OUTCOMES``.
        """
        import pandas as pd

        table = pd.DataFrame({key: self.about[key] for key in ROW_KEYS}, index=range(len(self.seeds)))
        table["seed"] = np.array(self.seeds, dtype=np.uint64)
        if self.drawn is not None:
            table = table.join(self.drawn.table(self.seeds))
        if self.start.priors:
            table = table.join(drawn_facts(self.start, self.seeds))
        for name, values in read_outcomes(self.finals).items():
            table[name] = values
        table["end_reason"] = end_reasons(self.finals)
        table["end_date"] = pd.to_datetime(pd.Series(end_dates(self.finals)))
        return table

    @cached_property
    def series(self) -> pd.DataFrame:
        """Tidy series: seed, date, series, value.

        Counts are those of the interval up to the date; values are NaN after the end of a run.
        """
        return self.tidy(self.kept, self.watch.dates, self.watch.names)

    @cached_property
    def monthly(self) -> pd.DataFrame:
        """Counts per whole calendar month: seed, date (first of the month), series, value."""
        return self.tidy(self.monthly_counts, self.watch.months, tuple(COUNT_NAMES.values()))

    def tidy(self, values: Values, dates: Sequence[date], names: Sequence[str]) -> pd.DataFrame:
        """An array of shape (runs, dates, names) as one row a value."""
        import pandas as pd

        n_runs, n_dates, n_names = values.shape
        codes = np.tile(np.arange(n_names), n_runs * n_dates)
        return pd.DataFrame(
            {
                "seed": np.repeat(np.array(self.seeds, dtype=np.uint64), n_dates * n_names),
                "date": np.tile(np.repeat(as_dates(dates), n_names), n_runs),
                "series": pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(list(names))),
                "value": values.reshape(-1),
            }
        )

    def fan(self) -> pd.DataFrame:
        """Quantiles over runs, worked out once; see ``bands.fan_of``."""
        return self.bands_by_date.copy()

    @cached_property
    def bands_by_date(self) -> pd.DataFrame:
        """Quantiles over runs; see ``bands.fan_of``."""
        return fan_of(self.start, self.watch, self.monthly_counts, self.kept)

    def summary(self) -> pd.DataFrame:
        """Each outcome's unit, mean, median and ends of the middle 50, 80 and 95 % of runs.

        ``runs`` is the number of runs that have a value, which the others are of.
        """
        import pandas as pd

        values = {o.name: self.outcomes[o.name].to_numpy() for o in OUTCOMES}
        table = pd.DataFrame({name: spread(found) for name, found in values.items()}).T
        table.insert(0, "unit", [o.unit for o in OUTCOMES])
        table.insert(1, "runs", [len(known(found)) for found in values.values()])
        return table.rename_axis("outcome")

    def endings(self) -> dict[str, float]:
        """Share of runs by why they ended, most frequent first."""
        return {str(k): float(v) for k, v in self.outcomes["end_reason"].value_counts(normalize=True).items()}

    def save(self, path: str | Path) -> Path:
        """Write the outcomes as Parquet, one row a run; raises ``InputError`` if the path cannot be written."""
        from detente.experiments.io.files import check_target, write_table

        target = check_target(path, ".parquet", "output")
        write_table(self.outcomes, target, self.about)
        return target

    def plot(self) -> Any:
        """A Plotly figure: fans of deaths and trust, and the spread of outcomes."""
        from detente.experiments.runs.observed import observed_table

        return draw(
            "compare",
            self.fan(),
            self.outcomes,
            observed_table(self.start.scenario),
            about=figure_about([self]),
        )

    def _repr_html_(self) -> str:
        """How a notebook shows the ensemble; ``plot()`` gives the figure that answers to the mouse."""
        return ensemble_html(self)

    def __repr__(self) -> str:
        case = f"{self.start.scenario.case.name}, {self.start.policy.name}, mode {self.start.mode}"
        cut = f" of {self.asked} (interrupted)" if self.interrupted else ""
        return f"<Ensemble {case}: {len(self.seeds)}{cut} runs>"


def figure_about(ensembles: Sequence[Ensemble]) -> dict[str, Any]:
    """What a figure of ensembles says of itself; policies in the order given."""
    first = ensembles[0]
    case = first.start.scenario.case
    return {
        **first.about,
        "title": case.title,
        "note": note_on(first.drawn, first.start),
        "violence": violence_counted(first.start),
        "pivot": case.pivot.isoformat(),
        "policies": {
            e.start.policy.name: {"title": e.start.policy.title, "mode": e.start.mode} for e in ensembles
        },
        "interrupted": any(e.interrupted for e in ensembles),
        "units": {o.name: o.unit for o in OUTCOMES},
        "meanings": {o.name: o.meaning for o in OUTCOMES},
    }


def ensemble(
    case: CaseLike,
    policy: PolicyLike | None = None,
    runs: int = 500,
    *,
    seeds: Sequence[int] | None = None,
    every: float = 7,
    posterior: Source | None = None,
    threads: int | None = None,
    actors: Mapping[str, type[Actor]] | None = None,
    progress: Progress | None = None,
    **asked: Unpack[CaseOptions],
) -> Ensemble:
    """Many runs of a case under a policy, one for each seed.

    Ctrl-C keeps the runs done, with a warning.

    Args:
        case: a case by name, the path of its file or folder, or a case that is loaded.
        policy: a policy of the case by name, or the path of one; the case's own first policy unless given.
        runs: number of runs, under seeds 1, 2, 3 ...
        seeds: seeds of the runs in their place.
        every: days between the kept values of series.
        posterior: "stored" for the posterior beside the case, or the path of one that ``detente calibrate`` wrote: each
            seed draws its parameters from it, and those given by hand are held.
        threads: compiled runs at a time, or worker processes with actors of one's own; one a processor unless given.
        actors: name of an actor -> a subclass of its class; these runs go on Mesa and give the same table.
        progress: called with the number of runs done and the number in all.
        **asked: keywords of every function that opens a case (see ``detente.model.request.CaseOptions``); any other is
            a lever (``direct_channel=0.8``) or a parameter (``trust__memory=300``).

    Returns:
        The runs: outcomes as a table with a row a run, series, summary, figure.

    Raises:
        InputError: for anything it cannot use, with the nearest valid name.

    Examples:
        >>> import detente
        >>> runs = detente.ensemble("template", "status-quo", runs=20)
        >>> len(runs.outcomes), runs.outcomes["seed"].tolist()[:3]
        (20, [1, 2, 3])
        >>> bool(runs.summary().loc["fatalities", "median"] == runs.outcomes["fatalities"].median())
        True
    """
    request = Request.of(case, policy, asked, ensemble)
    start, chosen = request.open(), checked_seeds(runs, seeds)
    drawn = redrawn_requests([request], posterior)
    how: dict[str, Any] = {"threads": threads, "actors": actors, "progress": progress}
    (made,) = run_together([start], chosen, every=every, drawn=drawn, **how)
    if made.interrupted:
        warnings.warn(f"interrupted: {len(made.seeds)} of {made.asked} runs were done", stacklevel=2)
    return made


def run_together(
    starts: Sequence[Opening],
    seeds: tuple[int, ...],
    *,
    every: float = 7,
    drawn: Redrawn | None = None,
    threads: int | None = None,
    actors: Mapping[str, type[Actor]] | None = None,
    progress: Progress | None = None,
) -> list[Ensemble]:
    """Ensembles of several openings under the same seeds, in step: all have the same runs at any time.

    With ``drawn`` each seed has parameters of its own, the same for all openings.
    After Ctrl-C they hold the runs done; ``KeyboardInterrupt`` is raised if there is none.
    """
    workers, watches = checked_workers(threads), [Watch.of(start, checked_every(every)) for start in starts]
    for start in starts:
        chosen_engine(start, "auto" if actors else "compiled", actors)
    chunks: list[list[Chunk]] = [[] for _ in starts]
    with heeding_interrupt() as stop, runner(actors, workers) as go:
        ways = [go if drawn is None else drawn.runner(k, go, workers) for k in range(len(starts))]
        for done, part in in_chunks(seeds):
            if stop.asked:
                break
            for made, watch, way in zip(chunks, watches, ways, strict=True):
                made.append(Chunk.of(watch, part, way))
            if progress is not None:
                progress(done * len(starts), len(seeds) * len(starts))
    if not chunks[0]:
        raise KeyboardInterrupt
    found = [joined(watch, made, len(seeds)) for watch, made in zip(watches, chunks, strict=True)]
    return found if drawn is None else [replace(one, drawn=drawn.draws) for one in found]


def in_chunks(seeds: tuple[int, ...]) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Seeds in chunks, each with the number of runs done after it."""
    for first in range(0, len(seeds), CHUNK):
        part = seeds[first : first + CHUNK]
        yield first + len(part), part


@dataclass(frozen=True)
class Chunk:
    """What is kept of a chunk of runs."""

    seeds: tuple[int, ...]
    kept: Values
    monthly: Values
    final: Values

    @classmethod
    def of(cls, watch: Watch, seeds: tuple[int, ...], go: Runner) -> Chunk:
        """Run a chunk and keep what is watched."""
        result: Rows = go(watch.start, seeds, watch.columns)
        rows, final = result
        steps = Finals(watch.start, columns(watch.start.cast), final).steps
        return cls(seeds, watch.series(rows, steps), watch.monthly(rows, steps), final)


def joined(watch: Watch, chunks: Sequence[Chunk], asked: int) -> Ensemble:
    """Chunks as one ensemble."""
    return Ensemble(
        start=watch.start,
        watch=watch,
        seeds=tuple(seed for chunk in chunks for seed in chunk.seeds),
        asked=asked,
        kept=np.concatenate([chunk.kept for chunk in chunks]),
        monthly_counts=np.concatenate([chunk.monthly for chunk in chunks]),
        finals=Finals(
            watch.start, columns(watch.start.cast), np.concatenate([chunk.final for chunk in chunks])
        ),
    )


def violence(made: Ensemble) -> tuple[str, str]:
    """What violence is counted in where a case is summed up, in words, and the outcome that counts it."""
    from detente.experiments.runs.provenance import kills

    return ("deaths a day", "deaths_per_day") if kills(made.start) else ("provocations", "attacks")


def ensemble_html(made: Ensemble) -> str:
    """An ensemble in HTML."""
    case, outcomes = made.start.scenario.case, made.outcomes
    words, counted = violence(made)
    about = {
        **made.about,
        "head": f"{case.title}: {len(made.seeds):,} runs, policy {made.start.policy.name}, mode {made.start.mode}",
        "facts": [
            (f"{words} (median)", f"{outcomes[counted].median():,.3g}"),
            ("days in ceasefire", f"{outcomes['days_in_ceasefire'].median():,.0f}"),
            ("trust at the end", f"{outcomes['final_trust'].median():.2f}"),
        ],
    }
    return drawn_or_plain(made, "ensemble-portrait", made.fan(), made.endings(), about=about)
