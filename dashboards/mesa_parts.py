"""What Mesa's own server needs around the model: a process that can be looked at while it steps, and two views.

Mesa steps a model in one thread and renders the page in another.  So nothing here reads the records of a model that
may be stepping: a page is drawn from rows and events already written, which nobody changes any more.
"""

# solara and mesa declare less than they export and take.
# pyright: reportPrivateImportUsage=false, reportArgumentType=false

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np
import solara

from detente.agents.codes import LEVERS
from detente.agents.schema import record_fields
from detente.agents.state import Event
from detente.dashboards.app.plain_words import chronicle_words
from detente.dashboards.app.theme import DARK
from detente.dashboards.figures.panels import panels
from detente.dashboards.mesa_network import network
from detente.experiments.runs.run import Run
from detente.model.catalogue import load_policy, load_scenario
from detente.model.errors import InputError
from detente.model.process import PeaceProcess
from detente.model.request import checked_seed
from detente.model.series import columns
from detente.model.trajectory import Trajectory, event_array

SEED = 42
"""Seed of a run unless another is typed."""

event_values = attrgetter(*(field.name for field in record_fields(Event)))


class Frame(NamedTuple):
    """How far a process had come: rows and events up to these numbers are written for good."""

    n_rows: int
    n_events: int
    hazards: tuple[float, ...] = ()
    """Rate [1/day] at which each choice would be taken now, as its actor said when it was asked last."""


class Drawn(NamedTuple):
    """A run up to a frame: its date, its figure taken apart into panels by heading, network, and chronicle as rows."""

    frame: Frame
    date: str
    panels: dict[str, Any]
    network: dict[str, Any]
    events: list[dict[str, str]]


class WatchedProcess(PeaceProcess):
    """A ``PeaceProcess`` made from what controls hand over, to be looked at while it steps.

    A seed that is none is said in ``complaint`` and replaced, so that nothing typed ends the page.  A lever left as
    the policy has it is not set, so that untouched sliders are the policy itself.
    """

    def __init__(
        self,
        case: str,
        policy: str,
        theory: str = "readiness",
        rng: Any = SEED,
        decisions: Sequence[Mapping[str, Any]] = (),
        **levers: Any,
    ) -> None:
        self.complaint, seed = checked_or_usual(rng)
        usual = policy_levers(case, policy)
        own = {name: value for name, value in levers.items() if value != usual.get(name)}
        self._settings = {"case": case, "policy": policy, "theory": theory, "rng": seed, **own}
        self.decisions = tuple(decisions)
        super().__init__(
            case, policy, rng=seed, theory=theory, keep_trajectory=True, decisions=self.decisions, **own
        )
        self.frame = self._frame(1)
        self._drawing = threading.Lock()
        self._drawn: Drawn | None = None

    def step(self) -> None:
        """Advance one political step, then let it be seen."""
        super().step()
        self.frame = self._frame(len(self._rows or ()))

    def decided(self, decisions: Sequence[Mapping[str, Any]], n_rows: int) -> WatchedProcess:
        """The same process with more decisions, brought to where it had so many rows.

        Up to the day of the first of them nothing differs.  Raises ``InputError`` for a decision that cannot be made.
        """
        made = WatchedProcess(**self._settings, decisions=(*self.decisions, *decisions))
        made.complaint = self.complaint
        while made.running and made.frame.n_rows < n_rows:
            made.step()
        return made

    def _frame(self, n_rows: int) -> Frame:
        """What may be seen now."""
        return Frame(n_rows, self.world.clock.n_events, tuple(c.hazard for c in self.world.choices))

    @property
    def dates(self) -> tuple[str, str]:
        """First and last day of the case."""
        case = self.opening.scenario.case
        return case.start.isoformat(), case.end.isoformat()

    def run_at(self, frame: Frame) -> Run:
        """The run up to a frame as data; safe while the process steps on."""
        names = columns(self.opening.cast)
        rows = np.array((self._rows or [])[: frame.n_rows], dtype=float).reshape(-1, len(names))
        events = event_array([event_values(e) for e in self.world.events[: frame.n_events]])
        no_state = np.empty(0, dtype=np.int64)
        return Run(Trajectory(self.opening, self.seed_number, names, rows, events, no_state, "mesa"))

    def drawn(self, frame: Frame) -> Drawn:
        """The run up to a frame and its figure; the views of one page share one drawing."""
        with self._drawing:
            if self._drawn is None or self._drawn.frame != frame:
                run = self.run_at(frame)
                figures = panels(run.plot(), dates=self.dates)
                day = date_of(run)
                self._drawn = Drawn(frame, day, figures, network(run, frame.hazards), event_rows(run))
            return self._drawn


def date_of(run: Run) -> str:
    """The day that a run has come to."""
    case, passed = run.start.scenario.case, (len(run.trajectory.rows) - 1) * run.start.step_days
    day = min(case.start + timedelta(passed), case.end)
    return f"{day.day} {day:%B %Y}"


def event_rows(run: Run) -> list[dict[str, str]]:
    """The chronicle in words, for a table."""
    told = run.events[["date", "sentence", "why"]]
    told = told.assign(
        date=told["date"].dt.strftime("%Y-%m-%d"), sentence=told["sentence"].map(chronicle_words)
    )
    return [{str(key): str(value) for key, value in row.items()} for row in told.to_dict("records")]


def checked_or_usual(rng: Any) -> tuple[str, int]:
    """Nothing and the seed that was typed, or what is wrong with it and the usual seed."""
    try:
        return "", checked_seed(rng)
    except InputError as error:
        return f"{error}. This run has seed {SEED}.", SEED


def policy_levers(case: str, policy: str) -> dict[str, float]:
    """Every lever as a policy sets it; 0 where it does not."""
    scenario = load_scenario(case)
    return dict.fromkeys(LEVERS, 0.0) | dict(load_policy(scenario, policy).levers)


class Desk:
    """The newest thing to draw, and whether somebody is drawing."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.wanted: Any = None
        self.busy = False

    def put(self, item: Any) -> bool:
        """Leave something to be drawn; true if nobody is there to take it."""
        with self.lock:
            self.wanted, idle, self.busy = item, not self.busy, True
            return idle

    def take(self) -> Any:
        """The newest thing, or nothing, and then the desk is left."""
        with self.lock:
            item, self.wanted = self.wanted, None
            self.busy = item is not None
            return item


PAUSE = 0.5
"""Least time between two drawings [s], so that the browser has some left for its reader."""


def use_latest(draw: Callable[[], Any], wanted: Any) -> Any:
    """What ``draw`` made last; it is called in a thread for the newest thing wanted, those overtaken are left out.

    So rendering stays quick however fast a model steps.  None until something is drawn.
    """
    made, set_made = solara.use_state(None)
    desk = solara.use_memo(Desk, [])

    def work() -> None:
        while (job := desk.take()) is not None:
            set_made(job())
            time.sleep(PAUSE)

    def ask() -> None:
        if desk.put(draw):
            threading.Thread(target=work, daemon=True).start()

    solara.use_effect(ask, [wanted])
    return made


@solara.component_vue("mesa_plot.vue")
def PlotlyPanel(*, figure: dict[str, Any], label: str, stamp: str, night: dict[str, str] = DARK) -> None:
    """A Plotly figure given as JSON, drawn again in place by ``Plotly.react``; ``night``: its colours on dark paper.

    Panels of one page are drawn together, once all have come to the same ``stamp``.
    """


@solara.component_vue("mesa_network.vue")
def NetworkPanel(*, network: dict[str, Any], date: str) -> None:
    """The parties, and what stands between them; one that is clicked says how it is and what it would do."""


@solara.component_vue("mesa_events.vue")
def EventTable(*, rows: list[dict[str, Any]]) -> None:
    """A table of events to sort and search."""
