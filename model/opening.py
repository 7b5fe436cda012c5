"""From a case and a policy to the opening records of a run.

An ``Opening`` is everything a run needs but its seed: the same buffer serves the Mesa driver and the compiled engine.
What a case says of each kind of thing becomes records in ``detente.model.records``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np

from detente.agents import codes
from detente.agents.parameters import Parameters
from detente.agents.schema import dtype_of
from detente.agents.state import CONSTANT_KINDS, KEYED_KINDS
from detente.model.calendars import day_records
from detente.model.consistency import check_parameters
from detente.model.fact_draws import draws
from detente.model.facts import Place, check_facts, facts_of, priors_of, with_facts, with_values
from detente.model.memory import KINDS, Layout, fill_buffer, freeze_parameters
from detente.model.moves import MoveBook, check_once_a_step, plan_policy, splice, with_decisions
from detente.model.policy import MoveSpec, Policy
from detente.model.records.arrays import Entries, key_words, rows, with_keys
from detente.model.records.cast import Cast, cast_of
from detente.model.records.choice_records import Choices, choices_of
from detente.model.records.fact_records import write_facts
from detente.model.records.mediator_records import mediations, mediators
from detente.model.records.party_records import factions, parties
from detente.model.records.positions import Positions
from detente.model.records.relation_records import allies, dyads, pairs, vetoes, witnesses
from detente.model.records.spoiler_records import spoilers, targets
from detente.model.records.talk_records import issues, measures, tracks, waits
from detente.model.scenario import FactSpec, Scenario

EVENT_CAPACITY = 4096
WRITTEN_LATER = ("days", "moves", "conditions", "clock")
"""Kinds of record that come from the calendar and the policy."""

Records = dict[str, np.ndarray[Any, Any]]


@dataclass(frozen=True)
class Opening:
    """The opening state of a case under a policy, without a seed.

    ``before`` holds the day on which ``policy`` took over, and the policy until then; none where it stands throughout.
    ``decisions`` are a user's own, made on top of the policy.  ``facts`` are numbers of the case that were set, by
    path; ``priors`` are those that each seed draws, which stand in the buffer as the case has them.
    """

    scenario: Scenario
    policy: Policy
    parameters: Parameters
    levers: Mapping[str, float]
    cast: Cast
    layout: Layout
    buffer: np.ndarray[Any, Any]
    constants: Mapping[str, np.ndarray[Any, Any]]
    parameter_record: np.ndarray[Any, Any]
    n_steps: int
    step_days: float
    mode: str
    theory: str = "readiness"
    before: tuple[date, Policy] | None = None
    decisions: tuple[MoveSpec, ...] = ()
    facts: Mapping[str, float] = field(default_factory=dict)
    priors: tuple[FactSpec, ...] = ()

    @cached_property
    def fact_places(self) -> dict[str, Place]:
        """Where the facts that were set or are drawn stand in the case, by path."""
        known = facts_of(self.scenario) if self.facts or self.priors else {}
        return {path: known[path].place for path in (*self.facts, *(f.path for f in self.priors))}

    @property
    def n_days(self) -> int:
        """Days of the case, both ends included."""
        return len(self.constants["days"])

    def days_after(self, steps: Any) -> Any:
        """Days that have passed after so many steps, of one run or many: the last step ends with the case."""
        return np.minimum(np.asarray(steps, dtype=float) * self.step_days, self.n_days)

    def steps_by(self, days: float) -> float:
        """Steps that have passed by so many days, parts of a step included."""
        begins = (self.n_steps - 1) * self.step_days
        length = self.n_days - begins  # of the last step
        if days <= begins or length >= self.step_days:
            return days / self.step_days
        return self.n_steps - 1 + (days - begins) / length


def ticks_in(step_days: float) -> tuple[int, float]:
    """Violence ticks in a political step and their length [days]: at most a day."""
    n = max(1, round(step_days))
    return n, step_days / n


def steps_in(days: int, step_days: float) -> int:
    """Political steps of a case of so many days; the last one is shorter where the step does not divide the case."""
    n_ticks, tick_days = ticks_in(step_days)
    return math.ceil(round(days / tick_days) / n_ticks)


def entries_of(at: Positions, parameters: Parameters, choices: Choices) -> dict[str, Entries]:
    """What a case says of each kind of record: all but the calendar, the policy's moves and the clock."""
    return {
        "parties": parties(at),
        "factions": factions(at),
        "mediators": mediators(at),
        "spoilers": spoilers(at),
        "targets": targets(at, parameters),
        "dyads": dyads(at, parameters),
        "allies": allies(at),
        "witnesses": witnesses(at),
        "pairs": pairs(at),
        "tracks": tracks(at),
        "issues": issues(at),
        "measures": measures(at),
        "mediations": mediations(at),
        "vetoes": vetoes(at),
        "waits": waits(at),
        "choices": choices.entries(at),
        "events": [{}] * EVENT_CAPACITY,
        "tally": [{}],
        "rates": [{}],
    }


def check_kinds(entries: Mapping[str, Entries]) -> None:
    """Raise ``LookupError`` where a declared kind of record is given none."""
    for kind in KINDS:
        if kind not in entries and kind not in WRITTEN_LATER:
            raise LookupError(
                f"no case says what its {kind!r} are, a kind of record declared in agents/state.py: "
                "add it to entries_of in model/opening.py"
            )


def cast_and_records(scenario: Scenario, parameters: Parameters) -> tuple[Cast, Records, Choices]:
    """Who is in a case, the records of all but its moves and clock, and the choices that its parties have."""
    at = Positions(scenario)
    choices = choices_of(at)
    cast = cast_of(at, choices.names)
    entries = entries_of(at, parameters, choices)
    check_kinds(entries)
    records = {kind: rows(kind, own) for kind, own in entries.items()}
    records["days"] = day_records(scenario)
    taken: dict[tuple[int, int], str] = {}
    for kind in KEYED_KINDS:
        with_keys(kind, records[kind], cast.of(kind), taken)
    return cast, records, choices


def opening(
    scenario: Scenario,
    policy: Policy,
    *,
    levers: Mapping[str, float] | None = None,
    parameters: Parameters | None = None,
    step_days: float | None = None,
    mode: str | None = None,
    until: Any = None,
    theory: str = "readiness",
    branch: tuple[date, Policy] | None = None,
    decisions: Sequence[MoveSpec] = (),
    facts: Mapping[str, float] | None = None,
    point: bool = False,
) -> Opening:
    """The opening records of a case under a policy.

    ``levers`` override the policy's, ``parameters`` the scenario's, ``mode`` and ``until`` the policy's treatment of
    dated acts.  ``branch`` puts another policy in its place from a day on; up to that day nothing differs.
    ``decisions`` are a user's own moves, on top of the policy.  ``facts`` override numbers of the case; those of grade
    ``prior`` are left to the seed, unless ``point`` takes them as the case has them.  Raises ``InputError`` where
    parameters or facts cannot be reconciled with the case.
    """
    par, fixed = parameters or scenario.parameters, dict(facts or {})
    check_parameters(par)
    check_facts(scenario, fixed)
    step = step_days or scenario.case.step_days
    cast, records, choices = cast_and_records(with_facts(scenario, fixed), par)
    set_levers = {**policy.levers, **(levers or {})}
    book = MoveBook(scenario, cast, records["choices"], records["parties"], scenario.case.start)
    plan = plan_policy(book, policy, set_levers, mode=mode, until=until)
    if branch is not None:
        branch_day, branch_policy = branch
        later = plan_policy(book, branch_policy, {**branch_policy.levers}, mode=None, until=None)
        plan = splice(plan, later, book.day(branch_day))
    plan = with_decisions(book, plan, decisions)
    check_once_a_step(book, plan, step)
    records["moves"] = rows("moves", plan.moves)
    records["conditions"] = rows("conditions", plan.conditions)
    n_steps = steps_in(len(records["days"]), step)
    records["clock"] = clock_record(scenario, step, n_steps, choices, plan.until_day)
    records["clock"]["theory"] = codes.THEORIES.index(theory)
    layout = Layout.of(records)
    constants = {kind: records[kind] for kind in CONSTANT_KINDS}
    return Opening(
        scenario=scenario,
        policy=policy if branch is None else branch[1],
        parameters=par,
        levers=set_levers,
        cast=cast,
        layout=layout,
        buffer=fill_buffer(layout, records),
        constants=constants,
        parameter_record=freeze_parameters(par),
        n_steps=n_steps,
        step_days=step,
        mode=plan.mode_words,
        theory=theory,
        before=None if branch is None else (branch[0], policy),
        decisions=tuple(decisions),
        facts=fixed,
        priors=() if point else tuple(f for f in priors_of(scenario) if f.path not in fixed),
    )


def clock_record(
    scenario: Scenario, step: float, n_steps: int, choices: Choices, until_day: float
) -> np.ndarray[Any, Any]:
    """The clock before the first step."""
    lo, hi = key_words(f"clock:{scenario.case.name}")
    first_step = min(step, float((scenario.case.end - scenario.case.start).days + 1))
    n_ticks, tick_days = ticks_in(first_step)
    entry = {
        "key_lo": lo,
        "key_hi": hi,
        "ticks_per_step": n_ticks,
        "step_days": first_step,
        "tick_days": tick_days,
        "horizon": n_steps,
        "until_day": until_day,
        "deaths_scale": scenario.case.deaths_scale,
        "n_truce_choices": len(choices.truces),
        "n_talk_choices": len(choices.talks),
        "n_measure_choices": len(choices.measures),
        "n_presence_choices": len(choices.presence),
        "n_narrow_choices": len(choices.narrowings),
    }
    return rows("clock", [entry])


def facts_drawn(start: Opening, seed: int) -> dict[str, float]:
    """The facts that a seed draws, by path."""
    return draws(start.priors, seed)


def case_for_seed(start: Opening, seed: int) -> Scenario:
    """The case with the facts that a seed draws, and on top of them those that were set."""
    places = start.fact_places
    drawn = {places[path]: value for path, value in facts_drawn(start, seed).items()}
    fixed = {places[path]: value for path, value in start.facts.items()}
    return with_values(with_values(start.scenario, drawn), fixed)


def with_other_facts(start: Opening, facts: Mapping[str, float]) -> Opening:
    """The opening with other values of the facts that were set, which have been checked; nothing else is built anew."""
    buffer = written(start, with_facts(start.scenario, facts), facts)
    return replace(start, facts=dict(facts), buffer=buffer)


def written(start: Opening, scenario: Scenario, paths: Iterable[str]) -> np.ndarray[Any, Any]:
    """A copy of the opening buffer in which some facts are those of another version of the case."""
    buffer = start.buffer.copy()
    write_facts(buffer, start.layout, scenario, start.parameters, paths)
    return buffer


def template_for(start: Opening, seed: int) -> np.ndarray[Any, Any]:
    """The opening buffer with the facts that a seed draws; the opening's own, not to be changed, if it draws none."""
    if not start.priors:
        return start.buffer
    return written(start, case_for_seed(start, seed), [fact.path for fact in start.priors])


def for_seed(start: Opening, seed: int) -> np.ndarray[Any, Any]:
    """A copy of the opening buffer with the seed in its clock, and the facts that it draws in its records."""
    buffer = template_for(start, seed).copy()
    place = dict(start.layout.slices())["clock"]
    clock = buffer[place].view(dtype_of(KINDS["clock"]))
    clock["seed_lo"], clock["seed_hi"] = seed & 0xFFFFFFFF, (seed >> 32) & 0xFFFFFFFF
    return buffer
