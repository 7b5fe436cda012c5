"""``PeaceProcess``: the model on Mesa, one agent asked at a time."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Unpack, cast

import mesa
from mesa.agent import AgentSet

from detente.agents.actors import Actor, Faction, Mediator, Party, Spoiler
from detente.agents.rules import calendar, luck, prepare
from detente.agents.state import World
from detente.model.actor_checks import check_decisions
from detente.model.collecting import collect, stock_reporters
from detente.model.errors import InputError, nearest, shown, wrong
from detente.model.luck_blocks import Luck
from detente.model.memory import freeze, plain_object, thaw
from detente.model.mesa_arguments import hand_scenario, seed_number, takes_mesa_arguments
from detente.model.opening import Opening, facts_drawn, for_seed
from detente.model.request import CaseLike, CaseOptions, PolicyLike, Request
from detente.model.series import Observer, columns
from detente.model.stages import STEP_STAGES, TICK_STAGES, Stage
from detente.model.trajectory import EventOverflowError, Trajectory, event_array

ACTORS: dict[str, type[Actor]] = {
    "parties": Party,
    "factions": Faction,
    "mediators": Mediator,
    "spoilers": Spoiler,
}

DEFAULT_CASE, DEFAULT_SEED = "afghanistan-2018", 42


class PeaceProcess(mesa.Model[Any, Any]):
    """A peace process as a Mesa model.

    ``case`` and ``policy`` name a shipped case or a TOML file; without ``policy`` it is the case's own first one.
    Other keywords are those of every function that opens a case (``detente.model.request.CaseOptions``); any other sets
    a lever (``direct_channel=0.8``) or a parameter (``trust__memory=300``).
    ``rng`` is the seed: a whole number below 2**64, None for a fresh one, or whatever else Mesa takes as a seed (see
    ``detente.model.mesa_arguments.seed_number``); ``seed_number`` is the number it came to, which repeats the run.
    ``scenario`` is a scenario of Mesa's, whose parameters are keywords of this class; what the call itself says wins.
    ``actors`` gives some actors a class of your own, by name.  ``collecting`` may be switched at any time.
    ``step()`` advances one political step; ``running`` turns false when the process has ended, and
    ``world.clock.end_reason`` says why.  In mid-run it can be pickled and deep-copied, and both go on alike.
    Raises ``InputError`` for anything it cannot use.

    Args:
        case: a case by name, or the path of its TOML file.
        policy: a policy of the case by name, or the path of a TOML file; the case's own first one unless given.
        rng: the seed: a whole number from 0 below 2**64, None, or what else Mesa takes as a seed.
        actors: actor name -> subclass of ``Party``, ``Mediator``, ``Faction`` or ``Spoiler``.
        keep_trajectory: keep every recorded column at every step, for ``trajectory()``.
        opening: a case that is open already, instead of case, policy and ``asked``.
        collect: fill ``datacollector`` at every step.
        scenario: a scenario of Mesa's, whose parameters are keywords of this class.
        **asked: keywords of every function that opens a case; any other is a lever or a parameter, as said above.

    Raises:
        InputError: for an unknown name or a value out of range, with the nearest valid name.

    Examples:
        >>> import detente
        >>> model = detente.PeaceProcess("template", "status-quo", rng=3, parallel_tracks=0.8)
        >>> for _ in range(10):
        ...     model.step()
        >>> model.date.isoformat(), model.running
        ('2030-01-11', True)
        >>> [party.name for party in model.agents_by_type[detente.Party]]
        ['republic', 'movement']
        >>> model.datacollector.get_model_vars_dataframe().shape[0]  # the opening state and ten steps
        11
    """

    @takes_mesa_arguments
    def __init__(
        self,
        case: CaseLike = DEFAULT_CASE,
        policy: PolicyLike | None = None,
        *,
        rng: Any = DEFAULT_SEED,
        actors: Mapping[str, type[Actor]] | None = None,
        keep_trajectory: bool = False,
        opening: Opening | None = None,
        collect: bool = True,
        scenario: Any = None,
        **asked: Unpack[CaseOptions],
    ) -> None:
        seed = seed_number(rng)
        super().__init__(rng=seed)
        if scenario is not None:
            hand_scenario(self, scenario)
        self._mesa_step, self.step = self.step, self._advance
        if opening is not None and (policy is not None or asked):
            raise InputError(
                "opening: got a policy or settings beside it; expected either, since it holds them"
            )
        start = opening or Request.of(case, policy, asked, PeaceProcess).open()
        self.opening = start
        self.seed_number = seed
        self._classes = actor_classes(start, actors or {})
        self.world: World = thaw(
            for_seed(start, seed), start.layout, start.constants, start.parameters, self._make
        )
        prepare.prepare(self.world)
        self._luck = Luck(self.world)
        self._sets = {kind: AgentSet(getattr(self.world, kind), random=self.random) for kind in ACTORS}
        for kind in ("parties", "mediators"):
            self._sets[kind].do("join", self.world)
        self._observe = Observer(self.world)
        self._rows: list[list[float]] | None = [self._observe()] if keep_trajectory else None
        self._collected_events = 0
        self.collecting = collect
        self.datacollector: mesa.DataCollector | None = self.collector()
        if collect:
            self._collect()

    # -- building

    def _make(self, kind: str, position: int, record: dict[str, Any]) -> Any:
        if kind not in ACTORS:
            return plain_object(kind, position, record)
        name = self.opening.cast.of(kind)[position]
        return self._classes.get(name, ACTORS[kind])(self, name, record)

    def register_agent(self, agent: Any) -> None:
        """Enter an agent of one's own, as Mesa does; the actors of a case are made with it, and no more can join."""
        if isinstance(agent, Actor) and "world" in vars(self):
            raise InputError(
                f"{type(agent).__name__}: got a new actor in mid-run; expected it in `actors`, by a name of the case"
            )
        super().register_agent(agent)

    @property
    def overridden(self) -> tuple[str, ...]:
        """Names of the actors whose class is not stock; the compiled engine cannot run them."""
        return tuple(sorted(self._classes))

    def _repr_html_(self) -> str:
        """How a notebook shows the model as it stands; the words alone where nobody draws it."""
        from detente.model.showing import process_html

        return process_html(self)

    def __repr__(self) -> str:
        case = f"{self.opening.scenario.case.name}, {self.opening.policy.name}, seed {self.seed_number}"
        return f"<PeaceProcess {case}: {self.date}, {'running' if self.running else 'ended'}>"

    # -- running

    def _advance(self) -> None:
        """One step by Mesa's clock, which stands still once the process has ended."""
        if self.running:
            self._mesa_step()

    def run_for(self, duration: float) -> None:
        """Run for a time [political steps], or to the end of the process."""
        self.run_until(self.time + duration)

    def run_until(self, end_time: float) -> None:
        """Run to a time [political steps since the start], or to the end of the process."""
        if end_time <= self.time:
            super().run_until(end_time)  # Mesa warns
        while self.running and self.time < end_time:
            super().run_until(min(end_time, math.floor(self.time) + 1))

    def step(self) -> None:
        """Advance one political step; does nothing once the process has ended."""
        w = self.world
        self.running = self.running and w.clock.end_reason == 0
        if not self.running:
            return
        for k in range(w.clock.ticks_per_step):
            calendar.turn_to_tick(w, k)
            for number, stage in TICK_STAGES:
                self._carry_out(number, stage)
            calendar.next_tick(w)
        for number, stage in STEP_STAGES:
            self._carry_out(number, stage)
        calendar.next_step(w)
        if w.clock.event_overflow == 1:
            raise EventOverflowError(self.opening)
        if self._rows is not None:
            self._rows.append(self._observe())
        if self.collecting:
            self._collect()
        self.running = w.clock.end_reason == 0

    def run_model(self) -> None:
        """Run to the end."""
        while self.running:
            self.step()

    def _carry_out(self, number: int, stage: Stage) -> None:
        self.world.clock.stage = number
        for kind in stage.asked:
            self._sets[kind].do(stage.ask.__name__ if stage.ask else "")
        if stage.apply is luck.draw_tick_luck:
            self._luck.draw_tick(self.world)
        elif stage.apply is luck.draw_step_luck:
            self._luck.draw_step(self.world)
        else:
            stage.apply(self.world)

    # -- looking

    @property
    def date(self) -> date:
        """The calendar date at the beginning of the next step."""
        days = int(self.world.clock.tick * self.world.clock.tick_days)
        return self.opening.scenario.case.start + timedelta(days=days)

    @property
    def drawn_facts(self) -> dict[str, float]:
        """Facts of the case that are not known, as the seed drew them, by path."""
        return facts_drawn(self.opening, self.seed_number)

    def trajectory(self) -> Trajectory:
        """The run so far as data; needs ``keep_trajectory=True``."""
        import numpy as np

        if self._rows is None:
            raise ValueError("this process keeps no trajectory; create it with keep_trajectory=True")
        names = columns(self.opening.cast)
        rows = np.array(self._rows, dtype=float).reshape(-1, len(names))
        buffer = freeze(self.world, self.opening.layout)
        layout = dict(self.opening.layout.slices())
        from detente.agents.schema import dtype_of
        from detente.agents.state import Event

        events = event_array(buffer[layout["events"]].view(dtype_of(Event))[: self.world.clock.n_events])
        return Trajectory(self.opening, self.seed_number, names, rows, events, buffer, "mesa")

    # -- collecting

    def reporters(self) -> dict[str, dict[str, Any]]:
        """What the collector is made with: the arguments of ``mesa.DataCollector``.

        Override it to collect more or less: change what ``super().reporters()`` gives, and return it.
        """
        return stock_reporters()

    def collector(self) -> mesa.DataCollector:
        """The collector that a new process begins with.  Override it to have one of another class."""
        return mesa.DataCollector(**self.reporters())

    def _collect(self) -> None:
        self._collected_events = collect(self, since=self._collected_events)


def actor_classes(start: Opening, actors: Mapping[str, type[Actor]]) -> dict[str, type[Actor]]:
    """The classes asked for by actor name, stock ones left out.

    Raises ``InputError`` for unknown names, wrong kinds, and a method that seems to be a decision and is none.
    """
    if not isinstance(cast(object, actors), Mapping):
        raise wrong("actors", actors, "names of actors and classes, as {'republic': MyParty}")
    stock = {name: cls for kind, cls in ACTORS.items() for name in start.cast.of(kind)}
    for name, cls in actors.items():
        if name not in stock:
            known = sorted(stock)
            raise InputError(
                f"actors: no actor is called {name!r}; expected one of {', '.join(known)}{nearest(name, known)}"
            )
        if not (isinstance(cast(object, cls), type) and issubclass(cls, stock[name])):
            got = getattr(cls, "__name__", shown(cls))
            raise InputError(f"actors.{name}: got {got}; expected a subclass of {stock[name].__name__}")
        check_decisions(f"actors.{name}", cls, stock[name])
    return {name: cls for name, cls in actors.items() if cls is not stock[name]}
