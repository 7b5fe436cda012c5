"""Drawn wars held against what is known of wars: every target beside the model's own number, under one observation.

Wars are drawn at random (``detente.world``), run without levers or moves, observed as UCDP observes, and measured by
the estimators that measured the data (``experiments.evidence``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from detente.experiments.evidence.world_targets import STRENGTHS, Target, targets
from detente.experiments.io.result_lines import ResultLines, kept_lines
from detente.experiments.runs.inputs import whole_number
from detente.experiments.runs.provenance import NOT_A_FORECAST
from detente.experiments.runs.runners import checked_workers
from detente.experiments.validity.war_records import Record, status_quo, war_records
from detente.experiments.validity.world_figures import READS, REASONS, Figure
from detente.experiments.validity.world_tables import WorldTables, world_tables
from detente.model.drawn_wars import world
from detente.model.errors import wrong
from detente.model.keywords import as_python, flat_parameters, nested_parameters

if TYPE_CHECKING:
    import pandas as pd

Report = Callable[[str, int, int], None]
"""Called with what is done, the number done and the number in all."""
Verdict = Literal["inside", "outside", "cannot be computed"]

WARS, SEEDS, YEARS = 40, 10, 20
PLACED = 0.4
"""Share of events that a source places: in Afghanistan 28 to 50 % of deaths lie in place-precise events."""
MOST_YEARS = 60
RUNS = "runs of drawn wars (.jsonl)"
FORMAT = 2
"""Version of that file: 1 had one fall a run, and the same seeds for all wars."""


@dataclass(frozen=True)
class WorldResult:
    """One target with the model's own number (NaN, and a reason, where there is none).

    ``n`` units in ``n_wars`` wars; ``placebo`` is the same number at matched dates without a ceasefire.
    """

    target: Target
    value: float
    low: float
    high: float
    n: int
    n_wars: int
    placebo: float
    reason: str

    @property
    def verdict(self) -> Verdict:
        """Inside where the model's value lies in the target's interval.

        Where the target has no interval: where its value lies in the model's.
        """
        if self.reason:
            return "cannot be computed"
        t = self.target
        held = t.low <= self.value <= t.high if t.low == t.low else self.low <= t.value <= self.high
        return "inside" if held else "outside"


@dataclass(frozen=True)
class WorldCard:
    """All targets, strong ones first, with what was run."""

    results: tuple[WorldResult, ...]
    wars: int
    seeds: int
    years: int
    placed: float
    parameters: Mapping[str, float]

    def of(self, verdict: Verdict, strength: str = "") -> list[WorldResult]:
        """The results with one verdict, of one strength or all."""
        return [r for r in self.results if r.verdict == verdict and strength in ("", r.target.strength)]

    def table(self) -> pd.DataFrame:
        """One row a target: what was observed, what the model gives, and the verdict."""
        import pandas as pd

        return pd.DataFrame([row_of(r) for r in self.results])

    def to_json(self) -> dict[str, Any]:
        """The card as one object of plain values."""
        asked = {name: getattr(self, name) for name in ("wars", "seeds", "years", "placed")}
        rows = [row_of(r) for r in self.results]
        return {"note": NOT_A_FORECAST, **asked, "parameters": dict(self.parameters), "targets": rows}


def row_of(result: WorldResult) -> dict[str, Any]:
    """One target as plain values."""
    t = result.target
    own = {k: v for k, v in asdict(result).items() if k not in ("target", "reason")}
    observed = {"value": t.value, "low": t.low, "high": t.high, "n": t.n}
    return {
        "target": t.label,
        "quantity": t.quantity,
        "strength": t.strength,
        **{f"observed_{name}": v for name, v in observed.items()},
        **{f"model_{name}": v for name, v in own.items()},
        "verdict": result.verdict,
        "reason": result.reason,
    }


# -- measuring


def judged(target: Target, place: int, figures: Sequence[Figure], draws: int) -> WorldResult:
    """One target beside the figure that stands in its place."""
    nothing = float("nan")
    units, placebo = figures[place]
    if not units.is_enough:
        few = f"only {units.n} of them in all runs"
        return WorldResult(target, nothing, nothing, nothing, units.n, units.n_groups, nothing, few)
    low, high = units.interval(draws)
    return WorldResult(target, units.value(), low, high, units.n, units.n_groups, placebo, "")


def results_of(tables: WorldTables, draws: int, report: Report) -> Iterator[WorldResult]:
    """Every target in the order of the file; a figure is read once for all parts of a target."""
    asked = targets()
    figures: dict[str, list[Figure]] = {}
    places: dict[str, int] = {}
    for k, target in enumerate(asked):
        report(f"measuring {target.id}", k, len(asked))
        if target.id in REASONS:
            nothing = float("nan")
            yield WorldResult(target, nothing, nothing, nothing, 0, 0, nothing, REASONS[target.id])
            continue
        if target.id not in figures:
            figures[target.id] = READS[target.id](tables)
        place = places.get(target.id, 0)
        places[target.id] = place + 1
        yield judged(target, place, figures[target.id], draws)
    report("measured", len(asked), len(asked))


# -- running


def records(
    wars: int, seeds: int, years: int, parameters: Any, file: ResultLines | None, report: Report
) -> Iterator[tuple[str, list[Record]]]:
    """The runs of every war; what the file has already is handed on as it is."""
    threads = checked_workers(None)
    for k, war in enumerate(world(wars)):
        name = war.case.name
        report(f"running {name}", k, wars)
        done = None if file is None else file.plain.get((name,))
        if done is None:
            # Luck is keyed by seed and name, and actors of drawn wars share their names: so no two wars share a seed.
            own = range(1 + k * seeds, 1 + (k + 1) * seeds)
            done = war_records(status_quo(war, years, parameters), own, threads)
            if file is not None:
                file.append((name,), done)
        yield name, done
    report("running", wars, wars)


def checked_share(placed: Any) -> float:
    """A share of events that a source places, above 0 and at most 1."""
    share = as_python(placed)
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0.0 < share <= 1.0:
        raise wrong("placed", placed, "a number above 0 and at most 1")
    return float(share)


def validate_world(
    wars: int = WARS,
    seeds: int = SEEDS,
    *,
    years: int = YEARS,
    placed: float = PLACED,
    parameters: Mapping[str, Any] | None = None,
    draws: int = 100,
    out: str | Path | None = None,
    resume: bool = False,
    progress: Report | None = None,
) -> WorldCard:
    """Hold wars drawn at random against what is known of wars, by the estimators that measured the data.

    Args:
        wars: how many wars to draw, from number 1.
        seeds: runs of each, with seeds that no other war has, without levers or moves.
        years: how long each runs [years], at least 8.
        placed: share of events that a source of data places.
        parameters: parameters of all runs that differ from the defaults, as ``group.name``.
        draws: how often wars are drawn again for an interval.
        out: a file (.jsonl) to keep the runs in, line by line.
        resume: whether to go on with that file.
        progress: called with what is done, the number done and the number in all.

    Returns:
        Every target with the model's number, as a table in ``table()``.

    Raises:
        InputError: for a number or parameter that cannot be, and a file of another comparison.

    Examples:
        >>> import detente
        >>> card = detente.validate_world(2, 2, years=8, draws=5)
        >>> {r.verdict for r in card.results} <= {"inside", "outside", "cannot be computed"}
        True
    """
    n_wars, n_seeds = whole_number(wars, "wars"), whole_number(seeds, "seeds")
    n_years = whole_number(years, "years", least=8, most=MOST_YEARS)
    n_draws, share = whole_number(draws, "draws", least=2), checked_share(placed)
    tables = nested_parameters(dict(parameters or {}))
    status_quo(world(1)[0], n_years, tables)  # a parameter that cannot be set is refused before anything runs
    common = flat_parameters(tables)
    asked = {"world": FORMAT, "wars": n_wars, "seeds": n_seeds, "years": n_years, "parameters": common}
    file = kept_lines(out, asked, ("war",), resume=resume, what="comparison", expected=RUNS)
    tell = progress or (lambda what, done, total: None)
    runs = list(records(n_wars, n_seeds, n_years, tables, file, tell))
    results = sorted(
        results_of(world_tables(runs, n_years, share), n_draws, tell),
        key=lambda r: STRENGTHS.index(r.target.strength),
    )
    return WorldCard(tuple(results), n_wars, n_seeds, n_years, share, common)
