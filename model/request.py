"""What a user asks for, by name and number, turned into an ``Opening``; every mistake is one clear line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from operator import index
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from detente.agents.codes import LEVERS, THEORIES
from detente.agents.parameters import Parameters
from detente.model.catalogue import load_policy, load_scenario
from detente.model.crosscheck import move_problems
from detente.model.errors import InputError, nearest, raise_problems, shown, together
from detente.model.explain import expectation, validated
from detente.model.opening import Opening, opening
from detente.model.policy import Decisions, MoveSpec, Policy, act_and_reply
from detente.model.scenario import Scenario


def open_case(
    case: str,
    policy: str = "history",
    *,
    levers: Mapping[str, Any] | None = None,
    parameters: Parameters | Mapping[str, Mapping[str, float]] | None = None,
    mode: str | None = None,
    until: date | str | None = None,
    step_days: float | None = None,
    theory: str = "readiness",
    branch_at: date | str | None = None,
    branch_to: str | None = None,
    decisions: Sequence[MoveSpec | Mapping[str, Any]] = (),
) -> Opening:
    """The opening of a case under a policy, both by name or by path.

    ``branch_to`` names the policy that takes over on the day ``branch_at``.  ``decisions`` are dated moves as in a
    policy's file (dates as dates or as text), made on top of it whatever its mode.
    """
    scenario = load_scenario(case)
    branch = checked_branch(scenario, checked_date(branch_at), branch_to)
    return opening(
        scenario,
        load_policy(scenario, policy),
        levers=checked_levers(levers or {}),
        parameters=merged_parameters(scenario.parameters, parameters),
        mode=mode,
        until=checked_date(until),
        step_days=checked_step(step_days),
        theory=checked_theory(theory),
        branch=branch,
        decisions=checked_decisions(scenario, decisions),
    )


def checked_decisions(
    scenario: Scenario, decisions: Sequence[MoveSpec | Mapping[str, Any]]
) -> tuple[MoveSpec, ...]:
    """Decisions as moves of the case: each dated, its names and dates checked."""
    tables = [d.model_dump(by_alias=True) if isinstance(d, MoveSpec) else with_dates(d) for d in decisions]
    made = validated(Decisions, {"decision": tables}, "decisions").decision
    problems: list[InputError] = []
    for number, decision in enumerate(made, start=1):
        parts = act_and_reply(decision) if decision.sort == "joint" else (decision,)
        for part in parts:
            place = f"decision {number} ({part.actor} {part.do} {part.date})"
            problems += move_problems(scenario, place, part)
    raise_problems(problems)
    return made


DATED = ("date", "from", "until", "known_from")
"""Keys of a decision that hold a date."""


def with_dates(decision: Mapping[str, Any]) -> dict[str, Any]:
    """A decision whose dates may be text, as JSON has them; what is no date is left to the check of the whole."""
    return {key: day_of(value) if key in DATED else value for key, value in decision.items()}


def day_of(value: Any) -> Any:
    """A date for the text of one; anything else as it is."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return value


def checked_levers(levers: Mapping[str, Any]) -> dict[str, float]:
    """Lever settings by name, each in [0, 1]."""
    raise_problems(lever_problems(levers))
    return {name: float(value) for name, value in levers.items()}


def lever_problems(levers: Mapping[str, Any]) -> Iterator[InputError]:
    """Levers that do not exist, and settings that are no number from 0 to 1."""
    for name, value in levers.items():
        if name not in LEVERS:
            yield InputError(f"lever {name!r}: expected one of {', '.join(LEVERS)}{nearest(name, LEVERS)}")
        elif isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
            yield InputError(f"lever {name}: got {value!r}; expected a number from 0 to 1")


def merged_parameters(
    base: Parameters, given: Parameters | Mapping[str, Mapping[str, float]] | None
) -> Parameters:
    """The scenario's parameters with those given on top, names and ranges checked."""
    if given is None:
        return base
    if isinstance(given, Parameters):
        return given
    raw = base.model_dump()
    raise_problems(name_problems(raw, given))
    for group, values in given.items():
        raw[group].update(values)
    try:
        return Parameters.model_validate(raw)
    except ValidationError as error:
        raise together(out_of_range(problem) for problem in error.errors()) from None


def name_problems(raw: Mapping[str, Any], given: Mapping[str, Mapping[str, float]]) -> Iterator[InputError]:
    """Groups and parameters that do not exist."""
    for group, values in given.items():
        if group not in raw:
            near = nearest(group, raw)
            yield InputError(
                f"parameters: no group is called {group!r}{near}; expected one of {', '.join(raw)}"
            )
            continue
        for name in values.keys() - raw[group].keys():
            near = nearest(name, raw[group])
            yield InputError(f"parameters.{group}: no parameter is called {name!r}{near}")


def out_of_range(problem: ErrorDetails) -> str:
    """A parameter that is out of its range, in a line."""
    where = ".".join(str(part) for part in problem["loc"])
    expected = expectation(problem["type"], problem.get("ctx", {}))
    return f"parameters.{where}: got {shown(problem['input'])}; expected {expected}"


def checked_date(value: date | str | None) -> date | None:
    """A date, or text of the form 2018-07-22."""
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise InputError(f"date: got {value!r}; expected a date such as 2018-07-22") from None


def checked_branch(scenario: Scenario, day: date | None, policy: str | None) -> tuple[date, Policy] | None:
    """The day and policy of a branch: both or neither, the day inside the case."""
    if day is None and policy is None:
        return None
    if day is None or policy is None:
        raise InputError(
            "a branch needs a day and a policy, as in --branch-at 2018-07-23 --branch-to five-lessons"
        )
    if not scenario.case.start <= day <= scenario.case.end:
        raise InputError(
            f"branch day: got {day}; expected a date from {scenario.case.start} to {scenario.case.end}"
        )
    return day, load_policy(scenario, policy)


def checked_theory(theory: str) -> str:
    """The name of a theory of readiness."""
    if theory not in THEORIES:
        raise InputError(
            f"theory: got {theory!r}; expected one of {', '.join(THEORIES)}{nearest(theory, THEORIES)}"
        )
    return theory


def checked_step(step_days: float | None) -> float | None:
    """A political step: 1/4, 1/3, 1/2 or a whole number of days to 28."""
    if step_days is None:
        return None
    for allowed in (0.25, 1 / 3, 0.5, *range(1, 29)):
        if abs(step_days - allowed) < 1e-3:
            return float(allowed)
    raise InputError(
        f"step_days: got {step_days!r}; expected 0.25, 0.3333, 0.5 or a whole number from 1 to 28"
    )


def checked_seed(rng: Any) -> int:
    """A seed as a whole number of 64 bits; text of one is taken too, as forms give it."""
    try:
        seed = int(rng) if isinstance(rng, str) else index(rng)
    except (TypeError, ValueError):
        seed = -1
    if isinstance(rng, bool) or not 0 <= seed < 2**64:
        raise InputError(f"seed: got {shown(rng)}; expected a whole number from 0 to 2**64 - 1")
    return seed
