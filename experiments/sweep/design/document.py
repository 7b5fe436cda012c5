"""A design as its file, the command line or Python gives it: validated, and every mistake one clear line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Annotated, Any, Literal, Self, cast

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from detente.agents.codes import THEORIES
from detente.experiments.runs.inputs import (
    MAX_RUNS,
    Declared,
    declared_facts,
    declared_levers,
    declared_parameters,
    named_theories,
)
from detente.experiments.sweep.design.factors import Factor, Setting
from detente.experiments.sweep.design.kinds import (
    SAMPLED,
    Sampling,
    count_points,
    short_sampling,
    unfit_factor,
)
from detente.experiments.sweep.design.settings import flat, read_facts, read_settings
from detente.model.catalogue import load_scenario
from detente.model.fields import Document, refuse, refuse_all, word_of
from detente.model.keywords import is_fact

CHUNK, MOST_CHUNKS = 100, 2000
"""Runs in a chunk, unless that gives more chunks than this: then there are more runs in each."""

Name = Annotated[str, Field(min_length=1, max_length=500)]
Runs = Annotated[int, Field(ge=1, le=MAX_RUNS)]
Theory = Annotated[str, word_of(THEORIES)]


class Design(Document):
    """Which runs a sweep makes: points of levers, parameters and facts, for every case, policy, theory and seed.

    ``policies`` left out means each case's own history.  A constant setting is held in all runs; others are factors.
    Facts that are not known and not varied are drawn for each seed, unless ``point`` takes them as the case has them.
    """

    cases: tuple[Name, ...] = Field(min_length=1, max_length=50)
    policies: tuple[Name, ...] = Field((), max_length=100)
    theories: tuple[Theory, ...] = Field(("readiness",), min_length=1)
    runs: Runs = Field(100, description="runs of each point, under seeds first_seed, first_seed + 1, ...")
    first_seed: Annotated[int, Field(ge=0, lt=2**63)] = 1
    mode: Literal["free", "until", "conditioned"] | None = None
    until: dt.date | None = None
    step_days: float | None = None
    design: Annotated[Sampling, BeforeValidator(short_sampling)] = Sampling()
    levers: dict[str, Setting] = Field(default_factory=dict)
    parameters: dict[str, Setting] = Field(default_factory=dict)
    facts: dict[str, Setting] = Field(default_factory=dict)
    point: bool = False
    series: tuple[Name, ...] = Field((), max_length=100, description="series kept beside the summaries")
    every: Annotated[float, Field(gt=0, le=3660)] = Field(
        7.0, description="days between kept values of series"
    )
    chunk: Annotated[int, Field(ge=1, le=100_000)] | None = Field(None, description="runs in a chunk")

    @model_validator(mode="before")
    @classmethod
    def one_case_or_several(cls, raw: object) -> object:
        """``case``, ``policy`` and ``theory`` may be written for a list of one."""
        if not isinstance(raw, Mapping):
            return raw
        found: dict[Any, Any] = dict(cast(Mapping[Any, Any], raw))
        for one, many in (("case", "cases"), ("policy", "policies"), ("theory", "theories")):
            if one in found:
                if many in found:
                    raise refuse(one, found[one], f"either {one} or {many}")
                found[many] = (found.pop(one),)
        if is_names(found.get("theories")):
            found["theories"] = named_theories(found["theories"])
        return with_posterior(found)

    @field_validator("cases", "policies", "theories", "series")
    @classmethod
    def each_once(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        """No name twice."""
        if len(set(names)) < len(names):
            raise refuse("", list(names), "each name once")
        return names

    @field_validator("levers", "parameters", mode="before")
    @classmethod
    def settings_in_range(cls, raw: object, info: ValidationInfo) -> dict[str, Setting]:
        """Every setting names a lever or parameter and stays in its declared range."""
        return read_settings("lever" if info.field_name == "levers" else "parameter", raw)

    @field_validator("facts", mode="before")
    @classmethod
    def facts_of_the_case(cls, raw: object, info: ValidationInfo) -> dict[str, Setting]:
        """Every setting names a fact of the one case and is a number that it may have."""
        cases: tuple[str, ...] = info.data.get("cases", ())
        if not raw or not cases:
            return {}
        one, *others = cases
        if others:
            raise refuse("", raw, "none with several cases, since facts are those of one case")
        return read_facts(declared_facts(load_scenario(one)), raw)

    @model_validator(mode="after")
    def seeds_exist(self) -> Self:
        """The last seed is one too."""
        if self.first_seed + self.runs > 2**63:
            raise refuse("first_seed", self.first_seed, "a number that leaves room for the seeds that follow")
        return self

    @model_validator(mode="after")
    def factors_fit_the_kind(self) -> Self:
        """Each kind of design varies what it can."""
        refuse_all(self.factor_problems())
        return self

    def factor_problems(self) -> Iterator[PydanticCustomError]:
        """What this kind of design cannot do with what it varies."""
        kind = self.design.kind
        unfit = [problem for factor in self.factors for problem in unfit_factor(kind, factor)]
        yield from unfit
        yield from drawn_twice(self)
        if kind in SAMPLED and not self.factors:
            expected = "at least one lever, parameter or fact with a range, as recognition = ':'"
            yield refuse("design", kind, expected)
        cells = max(1, len(self.policies)) * len(self.cases) * len(self.theories)
        if not unfit and self.n_points * self.runs * cells > MAX_RUNS:
            yield refuse("runs", self.runs, f"at most {MAX_RUNS:,} runs in all")

    @property
    def n_points(self) -> int:
        """Points of the design."""
        return count_points(self.design, self.factors)

    @property
    def factors(self) -> tuple[Factor, ...]:
        """What is varied: levers, parameters, then facts, each in declared order."""
        known = {**declared_levers(), **declared_parameters(), **self.declared_facts}
        return tuple(
            Factor(known[name], setting)
            for settings in (self.levers, self.parameters, self.facts)
            for name, setting in settings.items()
            if setting.constant is None
        )

    @cached_property
    def declared_facts(self) -> dict[str, Declared]:
        """The facts of the case, where some are set or varied."""
        return declared_facts(load_scenario(self.cases[0])) if self.facts else {}

    @property
    def seeds(self) -> range:
        """Seeds of the runs of each point."""
        return range(self.first_seed, self.first_seed + self.runs)


def is_names(value: object) -> bool:
    """Whether a value is a name or a list of names."""
    if isinstance(value, list | tuple):
        return all(isinstance(name, str) for name in cast(Sequence[object], value))
    return isinstance(value, str)


def with_posterior(raw: dict[Any, Any]) -> dict[Any, Any]:
    """A design that draws from a posterior varies the parameters of it, but those held at a number."""
    asked, cases = raw.get("design"), raw.get("cases")
    kind = short_sampling(asked) if isinstance(asked, str) else asked
    if not isinstance(kind, Mapping) or cast(Mapping[Any, Any], kind).get("kind") != "posterior":
        return raw
    if isinstance(cases, str) or not is_names(cases):
        return raw  # said where the cases are checked
    names = posterior_names(cast(Sequence[str], cases))
    return {**raw, "parameters": {**dict.fromkeys(names, ":"), **flat(raw.get("parameters", {}))}}


def posterior_names(cases: Sequence[str]) -> tuple[str, ...]:
    """Parameters of the posterior beside the case, which must be one."""
    from detente.experiments.runs.posterior_draws import STORED, draws_for

    if len(cases) != 1:
        raise refuse("design", "posterior", "one case, since a posterior is that of a case")
    names = draws_for(cases[0], STORED).names
    if any(map(is_fact, names)):
        raise refuse("design", "posterior", "a posterior of parameters alone; this one has facts as well")
    return names


def drawn_twice(design: Design) -> Iterator[PydanticCustomError]:
    """What a posterior draws cannot be varied by hand as well."""
    if design.design.kind != "posterior":
        return
    drawn = posterior_names(design.cases)
    for factor in design.factors:
        if factor.name in drawn and factor.setting.interval != (factor.declared.low, factor.declared.high):
            yield refuse(
                f"parameters.{factor.name}", "a range", "a number to hold it at, since the posterior draws it"
            )
    if not set(drawn) & {factor.name for factor in design.factors}:
        yield refuse("design", "posterior", "at least one parameter of the posterior that is not held")
