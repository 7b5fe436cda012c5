"""What a user asks for, by name and number, turned into an ``Opening``; every mistake is one clear line."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from operator import index
from pathlib import Path
from typing import Any, SupportsFloat, Unpack, cast

import numpy as np
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from typing_extensions import TypedDict

from detente.agents.codes import LEVERS, THEORIES
from detente.agents.parameters import PROFILES, Parameters, profile_of
from detente.model.catalogue import load_policy, load_scenario, policy_names
from detente.model.crosscheck import move_problems
from detente.model.errors import InputError, nearest, raise_problems, shown, together, wrong
from detente.model.explain import expectation, validated
from detente.model.facts import check_facts, facts_of
from detente.model.keywords import (
    Nested,
    as_python,
    is_fact,
    is_parameter,
    joined_facts,
    joined_levers,
    joined_parameters,
    nested_parameters,
    unknown_setting,
)
from detente.model.opening import Opening, opening
from detente.model.policy import Decisions, MoveSpec, Policy, parts_of
from detente.model.scenario import Scenario

CaseLike = str | Path | Scenario
"""A case: its name, the path of its file or folder, or a case that is loaded."""

PolicyLike = str | Path | Policy
"""A policy: its name, the path of its file, or a policy that is loaded."""


class CaseOptions(TypedDict, total=False, extra_items=SupportsFloat):
    """Keywords that open a case; every function that opens one takes them all, and they mean the same everywhere.

    Any other keyword sets a lever (``direct_channel=0.8``), a parameter (``trust__memory=300``) or a fact
    (``fact__party__republic__morale=0.8``: the path with two underscores for each full stop, one for each hyphen).
    """

    levers: Mapping[str, SupportsFloat] | None
    """Lever -> willingness [0 to 1], on top of the policy's."""
    profile: str | None
    """Named set of parameters below the case's own: "core-0.1" is the model of version 0.1."""
    parameters: Parameters | Mapping[str, Any] | None
    """Parameters on top of the case's: group -> name -> value, ``group.name`` -> value, or a whole ``Parameters``."""
    facts: Mapping[str, SupportsFloat] | None
    """Numbers of the case: path -> value, as {"party.republic.morale": 0.8}; they are not drawn."""
    point: bool
    """Take facts that are not known as the case has them, instead of drawing them for each seed."""
    mode: str | None
    """Which dated moves are imposed: "free", "until" or "conditioned"; the policy's own unless given."""
    until: date | str | None
    """Last day of the moves imposed in mode "until"."""
    step_days: float | None
    """Length of a political step [days]; the case's own unless given."""
    theory: str
    """Theory of readiness: "readiness" (unless given), "ripeness", "commitment" or "reciprocity"."""
    branch_at: date | str | None
    """Day on which another policy takes over."""
    branch_to: PolicyLike | None
    """The policy that takes over then."""
    decisions: Sequence[MoveSpec | Mapping[str, Any]]
    """Dated moves of one's own, on top of the policy whatever its mode, as in a policy's file."""


OPTIONS = tuple(CaseOptions.__annotations__)
"""Names of the keywords that open a case."""


@dataclass(frozen=True)
class Request:
    """A case to open, and all that is asked of it, checked as far as it can be before it is opened."""

    scenario: Scenario
    policy: Policy
    levers: Mapping[str, float]
    parameters: Parameters | Nested | None
    mode: str | None = None
    until: date | None = None
    step_days: float | None = None
    theory: str = "readiness"
    branch: tuple[date, Policy] | None = None
    decisions: tuple[MoveSpec, ...] = ()
    facts: Mapping[str, float] = field(default_factory=dict)
    point: bool = False
    profile: str | None = None

    @classmethod
    def of(
        cls, case: CaseLike, policy: PolicyLike | None, asked: CaseOptions, by: Callable[..., Any]
    ) -> Request:
        """What is asked of a case, by its keywords; raises ``InputError`` for whatever cannot be meant.

        ``policy`` None is the case's own first one.  ``by`` is the function that was called: a misspelt keyword may be
        one of its own.
        """
        options, levers, parameters, facts = sorted_out(asked, by)
        scenario = scenario_of(case)
        return cls(
            scenario,
            policy_of(scenario, policy),
            checked_levers(joined_levers(options.get("levers"), levers)),
            joined_parameters(options.get("parameters"), parameters),
            options.get("mode"),
            checked_date(options.get("until"), "until"),
            checked_step(options.get("step_days")),
            checked_theory(options.get("theory") or "readiness"),
            checked_branch(
                scenario, checked_date(options.get("branch_at"), "branch_at"), options.get("branch_to")
            ),
            checked_decisions(scenario, options.get("decisions") or ()),
            settled_facts(scenario, options.get("facts"), facts),
            checked_point(options.get("point") or False),
            checked_profile(options.get("profile")) or profile_of(scenario.case.written_for),
        )

    def open(
        self,
        *,
        parameters: Parameters | Nested | None = None,
        facts: Mapping[str, float] | None = None,
    ) -> Opening:
        """The opening, with other parameters and more facts where they are given.

        Raises ``InputError`` for those out of range.
        """
        given = self.parameters if parameters is None else parameters
        return opening(
            self.scenario,
            self.policy,
            levers=self.levers,
            parameters=merged_parameters(profiled(self.scenario.parameters, self.profile), given),
            mode=self.mode,
            until=self.until,
            step_days=self.step_days,
            theory=self.theory,
            branch=self.branch,
            decisions=self.decisions,
            facts={**(facts or {}), **self.facts},
            point=self.point,
        )

    @property
    def policy_name(self) -> str:
        """The policy's name, or that of the policy that takes over from it."""
        return self.policy.name if self.branch is None else self.branch[1].name

    def under(self, policy: PolicyLike) -> Request:
        """The same under another policy of the case."""
        return replace(self, policy=policy_of(self.scenario, policy))

    def until_branch(self, day: date | str, policy: PolicyLike) -> Request:
        """The same up to a day, when another policy takes over."""
        return replace(self, branch=checked_branch(self.scenario, checked_date(day), policy))


def open_case(case: CaseLike, policy: PolicyLike | None = None, **asked: Unpack[CaseOptions]) -> Opening:
    """The opening of a case under a policy (the case's own first one unless given); see ``CaseOptions``."""
    return Request.of(case, policy, asked, open_case).open()


def sorted_out(
    asked: Mapping[str, Any], by: Callable[..., Any]
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Keywords sorted into options, levers, parameters and facts; raises ``InputError`` for one that is none."""
    options = {name: value for name, value in asked.items() if name in OPTIONS}
    levers = {name: value for name, value in asked.items() if name in LEVERS}
    facts = {name: value for name, value in asked.items() if is_fact(name)}
    parameters = {name: v for name, v in asked.items() if name not in (*options, *levers, *facts)}
    for name in parameters:
        if not is_parameter(name):
            raise unknown_setting(name, (*keywords_of(by), *OPTIONS))
    return options, levers, parameters, facts


def keywords_of(function: Callable[..., Any]) -> tuple[str, ...]:
    """The keywords in a function's signature."""
    known = inspect.signature(function).parameters.values()
    return tuple(p.name for p in known if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY))


def scenario_of(case: CaseLike) -> Scenario:
    """A case by name or path, or as it is; raises ``InputError``."""
    if isinstance(case, Scenario):
        return case
    if not isinstance(cast(object, case), str | Path):
        raise wrong("case", case, "a case by name or path, or one that is loaded")
    return load_scenario(case)


def policy_of(scenario: Scenario, policy: PolicyLike | None) -> Policy:
    """A policy of a case by name or path, or as it is; raises ``InputError``.

    None is the case's own first policy: history if it has one, else status quo, else the first of its files.
    """
    if isinstance(policy, Policy):
        return policy
    if not isinstance(cast(object, policy), str | Path | None):
        raise wrong("policy", policy, "a policy by name or path, or one that is loaded")
    return load_policy(scenario, default_policy(scenario) if policy is None else policy)


def default_policy(scenario: Scenario) -> str:
    """The name of the policy of a case that is taken unless another is named; raises ``InputError`` if it has none."""
    for name in policy_names(scenario):
        return name
    raise InputError(f"policy: {scenario.case.name} has none of its own; expected the path of a policy")


def checked_decisions(
    scenario: Scenario, decisions: Sequence[MoveSpec | Mapping[str, Any]]
) -> tuple[MoveSpec, ...]:
    """Decisions as moves of the case: each dated, its names and dates checked."""
    if not isinstance(cast(object, decisions), list | tuple):
        raise wrong("decisions", decisions, "a list of moves, as in a policy's file")
    tables = [d.model_dump(by_alias=True) if isinstance(d, MoveSpec) else with_dates(d) for d in decisions]
    made = validated(Decisions, {"decision": tables}, "decisions").decision
    problems: list[InputError] = []
    for number, decision in enumerate(made, start=1):
        for part in parts_of(decision):
            place = f"decision {number} ({part.actor} {part.do} {part.date})"
            problems += move_problems(scenario, place, part)
    raise_problems(problems)
    return made


DATED = ("date", "from", "until", "known_from")
"""Keys of a decision that hold a date."""


def with_dates(decision: Mapping[str, Any]) -> Any:
    """A decision whose dates may be text, as JSON has them; what is no date is left to the check of the whole."""
    if not isinstance(cast(object, decision), Mapping):
        return decision
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


def settled_facts(scenario: Scenario, given: Any, named: Mapping[str, Any]) -> dict[str, float]:
    """Facts by path, those of a mapping and those given as keywords; each is one of the case and in its range."""
    if not given and not named:
        return {}
    facts = joined_facts(facts_of(scenario), given, named)
    check_facts(scenario, facts)
    return {path: float(value) for path, value in facts.items()}


def checked_point(point: Any) -> bool:
    """Whether facts are taken as the case has them: true or false."""
    if not isinstance(point, bool):
        raise wrong("point", point, "true or false")
    return point


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


def checked_profile(name: str | None) -> str | None:
    """The name of a set of parameters, or none."""
    if name is not None and name not in PROFILES:
        expected = f"{' or '.join(PROFILES)}{nearest(str(name), PROFILES)}"
        raise wrong("profile", name, expected)
    return name


def profiled(own: Parameters, profile: str | None) -> Parameters:
    """A case's parameters over those of a named set: what the case says itself stands."""
    if profile is None:
        return own
    nested = nested_parameters(PROFILES[profile])
    for group, values in nested.items():
        said = getattr(own, group).model_fields_set if group in own.model_fields_set else set[str]()
        nested[group] = {name: value for name, value in values.items() if name not in said}
    return merged_parameters(own, nested)


def under_profile(scenario: Scenario, profile: str | None) -> Scenario:
    """A case whose own parameters lie over those of a named set; as it is for none."""
    known = checked_profile(profile)
    return scenario.model_copy(update={"parameters": profiled(scenario.parameters, known)})


def name_problems(raw: Mapping[str, Any], given: Mapping[str, Mapping[str, float]]) -> Iterator[InputError]:
    """Groups and parameters that do not exist."""
    for group, values in given.items():
        if group not in raw:
            near = nearest(group, raw)
            yield InputError(
                f"parameters: no group is called {group!r}; expected one of {', '.join(raw)}{near}"
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


def checked_date(value: date | str | None, place: str = "date") -> date | None:
    """A date, also that of a point in time, or text of the form 2018-07-22; ``place`` is what a message calls it."""
    if isinstance(value, datetime):
        return value.date()
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise wrong(place, value, "a date such as 2018-07-22") from None


def checked_branch(
    scenario: Scenario, day: date | None, policy: PolicyLike | None
) -> tuple[date, Policy] | None:
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
    return day, policy_of(scenario, policy)


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
    step = as_python(step_days)
    for allowed in (0.25, 1 / 3, 0.5, *range(1, 29)):
        if isinstance(step, int | float) and not isinstance(step, bool) and abs(step - allowed) < 1e-3:
            return float(allowed)
    raise InputError(
        f"step_days: got {step_days!r}; expected 0.25, 0.3333, 0.5 or a whole number from 1 to 28"
    )


def whole_seed(rng: Any) -> Any:
    """The whole number of a seed of numpy's kinds; anything else is handed back.

    A ``SeedSequence``: the first 64-bit word of its state, always the same.  A ``Generator`` or ``BitGenerator``: one
    draw, which moves it on.
    """
    if isinstance(rng, np.random.BitGenerator):
        rng = np.random.Generator(rng)
    if isinstance(rng, np.random.Generator):
        return int(rng.integers(0, 2**64, dtype=np.uint64))
    if isinstance(rng, np.random.SeedSequence):
        return int(rng.generate_state(1, np.uint64)[0])
    return rng


def checked_seed(rng: Any) -> int:
    """A seed as a whole number of 64 bits; numpy's kinds are taken too, and text of a number, as forms give it."""
    rng = whole_seed(rng)
    try:
        seed = int(rng) if isinstance(rng, str) else index(rng)
    except (TypeError, ValueError):
        seed = -1
    if isinstance(rng, bool) or not 0 <= seed < 2**64:
        raise InputError(f"seed: got {shown(rng)}; expected a whole number from 0 to 2**64 - 1")
    return seed
