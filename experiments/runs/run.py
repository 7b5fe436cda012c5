"""One run: its trajectory, its outcomes, its chronicle, and what it was made from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Unpack

from detente.experiments.io.figures import draw, drawn_or_plain
from detente.experiments.io.plain_json import without_nan
from detente.experiments.runs.outcomes import Finals, end_dates, end_reasons, plain_outcomes
from detente.experiments.runs.provenance import NOT_A_FORECAST, kills, provenance
from detente.model.errors import InputError, nearest, one_of, wrong
from detente.model.opening import Opening, facts_drawn
from detente.model.request import CaseLike, CaseOptions, PolicyLike, Request, checked_seed
from detente.model.trajectory import Trajectory

if TYPE_CHECKING:
    import pandas as pd

    from detente.agents.actors import Actor
    from detente.experiments.runs.posterior_draws import Source
    from detente.experiments.runs.seeds import Seed

ENGINES = ("auto", "mesa", "compiled")
Engine = Literal["auto", "mesa", "compiled"]

Ready = Callable[[Opening, int], None]
"""Called with an opening and a seed when all that was asked for is checked, before the first run."""


@dataclass(frozen=True)
class Run:
    """One run of a case under a policy."""

    trajectory: Trajectory

    @property
    def start(self) -> Opening:
        """What the run began from."""
        return self.trajectory.start

    @cached_property
    def finals(self) -> Finals:
        """The last row of the run, as a batch of one."""
        return Finals(self.start, self.trajectory.columns, self.trajectory.rows[-1:])

    @cached_property
    def outcomes(self) -> dict[str, float | str]:
        """Every declared outcome, NaN where missing, with ``end_reason`` and ``end_date`` (see ``runs.outcomes``)."""
        ending = {"end_reason": self.end_reason, "end_date": self.end_date.isoformat()}
        return {**plain_outcomes(self.finals), **ending}

    @property
    def end_reason(self) -> str:
        """Why the run ended, a word of ``codes.END_REASONS``."""
        return end_reasons(self.finals)[0]

    @property
    def end_date(self) -> date:
        """The last day of the run."""
        return end_dates(self.finals)[0]

    @cached_property
    def events(self) -> pd.DataFrame:
        """The chronicle in words: date, stage, event, actor, other, what, why, value, sentence."""
        from detente.experiments.runs.narrative import events_table

        return events_table(self.trajectory)

    @cached_property
    def series(self) -> pd.DataFrame:
        """Every recorded column by date: the opening state, then the state after each step (units: agents.state)."""
        import pandas as pd

        first = pd.Timestamp(self.start.scenario.case.start)
        passed = self.start.days_after(range(len(self.trajectory.rows)))
        dates = [first + timedelta(days=float(days)) for days in passed]
        index = pd.DatetimeIndex(dates, name="date")
        return pd.DataFrame(self.trajectory.rows, index=index, columns=list(self.trajectory.columns))

    @cached_property
    def about(self) -> dict[str, Any]:
        """What the run was made from."""
        seed, engine = self.trajectory.seed, self.trajectory.engine
        return {**provenance(self.start), "drawn_facts": self.drawn_facts, "seed": seed, "engine": engine}

    @cached_property
    def drawn_facts(self) -> dict[str, float]:
        """Facts of the case that are not known, as the seed drew them, by path."""
        return facts_drawn(self.start, self.trajectory.seed)

    def to_json(self) -> dict[str, Any]:
        """The run as one object of plain values, as ``detente run --json`` prints it; what is missing is None."""
        numbers = {name: value for name, value in self.outcomes.items() if isinstance(value, float)}
        return {
            **self.about,
            "steps": len(self.trajectory.rows) - 1,
            "end_reason": self.end_reason,
            "end_date": self.end_date.isoformat(),
            "outcomes": without_nan(numbers),
            "trajectory_sha256": self.trajectory.sha256,
        }

    def save(self, path: str | Path) -> Path:
        """Write the series as Parquet, every row with case, policy, seed, version and scenario digest.

        Raises ``InputError`` if the path cannot be written; no half-written file is left.
        """
        from detente.experiments.io.files import check_target, write_table

        target = check_target(path, ".parquet", "output")
        table = self.series.reset_index()
        for place, key in enumerate(("case", "policy", "seed", "version", "scenario_sha256")):
            table.insert(place, key, self.about[key])
        write_table(table, target, self.to_json())
        return target

    def plot(self) -> Any:
        """The run as a Plotly figure: violence, trust, readiness, and what happened, by date."""
        from detente.experiments.runs.observed import observed_table

        about = {**self.about, "title": self.start.scenario.case.title, "note": NOT_A_FORECAST}
        about |= {
            "titles": dict(self.start.cast.titles),
            "deaths_scale": self.start.scenario.case.deaths_scale,
        }
        about |= {"tracks": self.start.cast.tracks, "pivot": self.start.scenario.case.pivot.isoformat()}
        about |= {"lethal": kills(self.start)}
        return draw("run", self.series, self.events, observed_table(self.start.scenario), about=about)

    def _repr_html_(self) -> str:
        """How a notebook shows the run; ``plot()`` gives the figure that answers to the mouse."""
        return run_html(self)

    def __repr__(self) -> str:
        case = f"{self.start.scenario.case.name}, {self.start.policy.name}, seed {self.trajectory.seed}"
        return f"<Run {case}: {self.end_reason} on {self.end_date}>"


def run(
    case: CaseLike,
    policy: PolicyLike | None = None,
    seed: Seed = 1,
    *,
    engine: Engine = "auto",
    posterior: Source | None = None,
    actors: Mapping[str, type[Actor]] | None = None,
    ready: Ready | None = None,
    **asked: Unpack[CaseOptions],
) -> Run:
    """One run of a case under a policy.

    Args:
        case: a case by name, the path of its file or folder, or a case that is loaded.
        policy: a policy of the case by name, or the path of one; the case's own first policy unless given.
        seed: seed of the run's luck, a whole number from 0 below 2**64, or numpy's ``SeedSequence``, ``Generator`` or
            ``BitGenerator``, of which it takes one; a generator moves on by that.
        engine: "auto" takes compiled rules where they are ready, else Mesa, which starts at once; or "mesa" or
            "compiled".  All give the same numbers.
        posterior: "stored", or the path of a posterior: the parameters that the seed draws from it, as in ``ensemble``.
        actors: name of an actor -> a subclass of ``Party``, ``Mediator``, ``Faction`` or ``Spoiler``; runs on Mesa.
        ready: called with the opening and the seed before a compiled run.
        **asked: keywords of every function that opens a case (see ``detente.model.request.CaseOptions``): levers,
            parameters, facts, point, mode, until, step_days, theory, branch_at, branch_to, decisions; any other is a
            lever (``direct_channel=0.8``), a parameter (``trust__memory=300``) or a fact
            (``fact__party__republic__morale=0.8``).

    Returns:
        The run, with its outcomes, series and chronicle.

    Raises:
        InputError: for anything it cannot use, with the nearest valid name.

    Examples:
        >>> import detente
        >>> run = detente.run("template", "status-quo", seed=3, engine="mesa")
        >>> run.series.shape[0]  # the opening state, then one row a day
        731
        >>> bool(run.outcomes["fatalities"] == run.series["tally.fatalities"].iloc[-1])
        True
        >>> list(run.events.columns)
        ['date', 'stage', 'event', 'actor', 'other', 'what', 'why', 'value', 'sentence']
    """
    request, number = Request.of(case, policy, asked, run), checked_seed(seed)
    if posterior is not None:
        from detente.experiments.runs.posterior_draws import drawn_by

        request = drawn_by(request, posterior, number)
    start = request.open()
    if ready is not None and engine == "compiled":
        ready(start, number)
    return run_opening(start, number, engine=engine, actors=actors)


def run_opening(
    start: Opening, seed: int, *, engine: str = "auto", actors: Mapping[str, type[Actor]] | None = None
) -> Run:
    """One run of an opening; see ``run``."""
    number = checked_seed(seed)
    if chosen_engine(start, engine, actors) == "compiled":
        from detente.model.engine import compile_now, run_one

        compile_now()
        return Run(run_one(start, number))
    from detente.model.process import PeaceProcess

    process = PeaceProcess(opening=start, rng=number, actors=actors, keep_trajectory=True, collect=False)
    process.run_model()
    return Run(process.trajectory())


def chosen_engine(start: Opening, engine: str, actors: Mapping[str, type[Actor]] | None) -> str:
    """The engine that a run is taken to: "mesa" or "compiled"; refuses what compiled rules cannot run."""
    if engine not in ENGINES:
        raise wrong("engine", engine, one_of(ENGINES) + nearest(engine, ENGINES))
    own = own_classes(start, actors or {})
    if own and engine == "compiled":
        raise InputError(
            f"engine: compiled rules cannot run an actor with a class of its own ({', '.join(own)}); "
            "expected engine 'mesa' or 'auto'"
        )
    if engine != "auto" or own:
        return "mesa" if own else engine
    from detente.model.engine import is_ready

    return "compiled" if is_ready() else "mesa"


def own_classes(start: Opening, actors: Mapping[str, type[Actor]]) -> list[str]:
    """Names of the actors with a class that is not stock; Mesa is loaded only to look at some."""
    if not actors:
        return []
    from detente.model.process import actor_classes

    return sorted(actor_classes(start, actors))


def run_html(run: Run) -> str:
    """A run in HTML."""
    lethal = kills(run.start)
    count = "tally.fatalities" if lethal else "tally.attacks"
    case = run.start.scenario.case
    about = {
        **run.about,
        "head": f"{case.title}: one run, policy {run.start.policy.name}",
        "span": (case.start, case.end),
        "unit": "deaths a month" if lethal else "provocations a month",
        "facts": [
            ("", f"{run.end_reason.replace('_', ' ')} on {run.end_date}"),
            ("deaths" if lethal else "provocations", f"{run.trajectory.last(count):,.0f}"),
            ("days in ceasefire", f"{run.outcomes['days_in_ceasefire']:,.0f}"),
            ("trust at the end", f"{run.outcomes['final_trust']:.2f}"),
        ],
    }
    return drawn_or_plain(run, "run-portrait", by_month(run, count), mean_trust(run), about=about)


def by_month(run: Run, count: str) -> pd.DataFrame:
    """A cumulative count per whole calendar month: date (the first), value."""
    import pandas as pd

    at = run.series[count].resample("MS").first()
    counted = at.diff().shift(-1).iloc[:-1]
    counted = counted[counted.index >= run.series.index[0]]
    return pd.DataFrame({"date": counted.index, "value": counted.to_numpy()})


def mean_trust(run: Run) -> pd.DataFrame:
    """Mean trust over hostile dyads by date."""
    import pandas as pd

    from detente.experiments.runs.outcomes import hostile_dyads

    columns = [f"dyads.{name}.trust" for name in hostile_dyads(run.start)]
    return pd.DataFrame({"date": run.series.index, "value": run.series[columns].mean(axis=1).to_numpy()})
