"""A design as its file, the command line or Python gives it: validated, and every mistake one clear line."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self, cast

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from detente.agents.codes import THEORIES
from detente.experiments.designs.factors import (
    Declared,
    Factor,
    Kind,
    Setting,
    declared_of,
    named,
    read_setting,
)
from detente.experiments.inputs import MAX_RUNS, named_theories
from detente.model.errors import InputError, wrong
from detente.model.explain import validated
from detente.model.fields import Document, Spec, refuse, word_of
from detente.model.reading import read_toml

CHUNK, MOST_CHUNKS = 100, 2000
"""Runs in a chunk, unless that gives more chunks than this: then there are more runs in each."""

SAMPLED = ("lhs", "sobol", "morris", "posterior")
"""Kinds of design that draw their points, from intervals or from a posterior."""

Name = Annotated[str, Field(min_length=1, max_length=500)]
Runs = Annotated[int, Field(ge=1, le=MAX_RUNS)]
Theory = Annotated[str, word_of(THEORIES)]


class Sampling(Spec):
    """How the points of a design are laid out."""

    kind: Literal["grid", "factorial", "lhs", "sobol", "morris", "posterior"] = "grid"
    samples: Annotated[int, Field(ge=1, le=1_000_000)] | None = Field(
        default=None,
        description="points (lhs, posterior), base points (sobol, a power of 2) or trajectories (morris)",
    )
    levels: Annotated[int, Field(ge=2, le=100)] = Field(
        default=4, description="levels of a Morris design, even"
    )
    second_order: bool = Field(
        default=True, description="whether a Sobol design also serves second-order indices"
    )
    seed: Annotated[int, Field(ge=0, lt=2**32)] = Field(
        default=1, description="seed of the points, not of the runs"
    )

    @model_validator(mode="after")
    def samples_where_drawn(self) -> Self:
        """Sampled designs say how many; the others know."""
        if self.kind in SAMPLED and self.samples is None:
            raise refuse("samples", None, f"a number of samples, since kind is {self.kind!r}")
        if self.kind not in SAMPLED and self.samples is not None:
            raise refuse("samples", self.samples, f"no such key, since kind is {self.kind!r}")
        if self.kind == "sobol" and (self.samples or 1) & ((self.samples or 1) - 1):
            raise refuse("samples", self.samples, "a power of 2, as Sobol sequences need")
        if self.kind == "morris" and self.levels % 2:
            raise refuse("levels", self.levels, "an even number")
        return self


def short_sampling(value: object) -> object:
    """``lhs:64`` as the table it stands for."""
    if not isinstance(value, str):
        if isinstance(value, Mapping | Sampling):
            return value
        raise refuse("", value, "a kind of design as 'grid' or 'lhs:60', or a table")
    kind, colon, samples = value.partition(":")
    table: dict[str, object] = {"kind": kind}
    if colon:
        table["samples"] = int(samples) if re.fullmatch("[0-9]{1,9}", samples) else samples
    return table


def flat(raw: object) -> dict[str, object]:
    """Parameters by ``group.name``, whether written so or as tables of groups."""
    if not isinstance(raw, Mapping):
        raise refuse("", raw, "a table")
    found: dict[str, object] = {}
    for key, value in cast(Mapping[object, object], raw).items():
        entries = cast(Mapping[object, object], value).items() if isinstance(value, Mapping) else None
        for name, inner in entries if entries is not None else [(None, value)]:
            full = str(key).replace("__", ".") if name is None else f"{key}.{name}"
            if full in found:
                raise refuse(full, inner, "each parameter once")
            found[full] = inner
    return found


def read_settings(kind: Kind, raw: object) -> dict[str, Setting]:
    """Settings of levers or of parameters, in declared order; a later entry does not silently undo an earlier one."""
    given = flat(raw)
    found: dict[str, Setting] = {}
    for name, value in given.items():
        for declared in reading(name, lambda name=name: named(kind, name)):
            if declared.name in found and declared.name != name:
                continue  # a pattern gives way to a name written out
            found[declared.name] = reading(name, lambda d=declared, v=value: setting_of(d, v))
    return {name: found[name] for name in declared_of(kind) if name in found}


def setting_of(declared: Declared, value: object) -> Setting:
    """A setting, unless it has been read already."""
    return value if isinstance(value, Setting) else read_setting(declared, value)


def reading[T](key: str, read: Callable[[], T]) -> T:
    """Read a value; a mistake in it is told with its key."""
    try:
        return read()
    except PydanticCustomError as error:
        context = error.context or {}
        raise refuse(key, context.get("value"), str(context.get("expected"))) from None


class Design(Document):
    """Which runs a sweep makes: points of levers and parameters, for every case, policy, theory and seed.

    ``policies`` left out means each case's own history.  A constant setting is held in all runs; others are factors.
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

    @model_validator(mode="after")
    def seeds_exist(self) -> Self:
        """The last seed is one too."""
        if self.first_seed + self.runs > 2**63:
            raise refuse("first_seed", self.first_seed, "a number that leaves room for the seeds that follow")
        return self

    @model_validator(mode="after")
    def factors_fit_the_kind(self) -> Self:
        """Each kind of design varies what it can."""
        from detente.experiments.designs.sampling import count_points

        for factor in self.factors:
            check_factor(self.design.kind, factor)
        check_drawn(self)
        if self.design.kind in SAMPLED and not self.factors:
            raise refuse(
                "design",
                self.design.kind,
                "at least one lever or parameter with a range, as recognition = ':'",
            )
        if (
            count_points(self) * self.runs * max(1, len(self.policies)) * len(self.cases) * len(self.theories)
            > MAX_RUNS
        ):
            raise refuse("runs", self.runs, f"at most {MAX_RUNS:,} runs in all")
        return self

    @property
    def factors(self) -> tuple[Factor, ...]:
        """What is varied, levers first, each in declared order."""
        pairs: list[tuple[Kind, dict[str, Setting]]] = [
            ("lever", self.levers),
            ("parameter", self.parameters),
        ]
        return tuple(
            Factor(declared_of(kind)[name], setting)
            for kind, settings in pairs
            for name, setting in settings.items()
            if setting.constant is None
        )

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
    from detente.experiments.drawn import STORED, draws_for

    if len(cases) != 1:
        raise refuse("design", "posterior", "one case, since a posterior is that of a case")
    return draws_for(cases[0], STORED).names


def check_drawn(design: Design) -> None:
    """What a posterior draws cannot be varied by hand as well."""
    if design.design.kind != "posterior":
        return
    drawn = posterior_names(design.cases)
    for factor in design.factors:
        if factor.name in drawn and factor.setting.interval != (factor.declared.low, factor.declared.high):
            raise refuse(
                f"parameters.{factor.name}", "a range", "a number to hold it at, since the posterior draws it"
            )
    if not set(drawn) & {factor.name for factor in design.factors}:
        raise refuse("design", "posterior", "at least one parameter of the posterior that is not held")


def check_factor(kind: str, factor: Factor) -> None:
    """Refuse a setting that this kind of design can do nothing with."""
    place = f"{factor.declared.kind}s.{factor.name}"
    setting = factor.setting
    if kind == "grid" and setting.interval:
        low, high = setting.interval
        raise refuse(
            place,
            f"{low:g}:{high:g}",
            f"levels, or steps as '{low:g}:{high:g}:5', since the design is a grid",
        )
    if kind == "factorial" and not setting.interval and len(setting.levels) != 2:
        raise refuse(place, list(setting.levels), "two levels, since the design is factorial")


def parse_design(raw: Mapping[str, Any], file: str = "design", path: Path | None = None) -> Design:
    """A design from the tables of a file; raises ``InputError`` naming ``file``."""
    return validated(Design, dict(raw), file).read_from(path)


def load_design(path: str | Path) -> Design:
    """A design from a TOML file; cases and policies given there as paths lie relative to it."""
    file = Path(path)
    raw = read_toml(file)
    return parse_design({key: beside(file, key, value) for key, value in raw.items()}, str(file), file)


def beside(file: Path, key: str, value: object) -> object:
    """Paths of cases and policies as seen from where the command is given."""
    if key not in ("case", "cases", "policy", "policies"):
        return value
    if isinstance(value, list):
        return [beside(file, key, entry) for entry in cast(list[object], value)]
    from detente.model.catalogue import is_path

    if not isinstance(value, str) or not is_path(value) or "\0" in value:
        return value
    return str(file.parent / value)


def as_design(given: Design | str | Path | Mapping[str, Any] | None, /, **asked: Any) -> Design:
    """A design out of a file, tables or a case's name, with what is asked for on top; raises ``InputError``."""
    extra = {key: value for key, value in asked.items() if value is not None}
    if isinstance(given, Design):
        if extra:
            raise wrong("design", sorted(extra), "nothing beside a design that is complete")
        return given
    if isinstance(given, Mapping):
        return parse_design({**given, **extra})
    if given is None:
        if not {"case", "cases"} & set(extra):
            raise InputError("design: got nothing; expected a case or a design")
        return parse_design(extra)
    if not isinstance(cast(object, given), str | Path):
        raise wrong("design", given, "a case by name or path, a design file, or a mapping of a design's keys")
    if is_design_file(Path(given)):
        if extra:
            raise wrong(str(given), sorted(extra), "these in the design file itself")
        return load_design(given)
    twice = sorted({"case", "cases"} & set(extra))
    if twice:
        raise wrong(f"design: {twice[0]}", extra[twice[0]], f"nothing beside the case {str(given)!r}")
    return parse_design({"cases": [str(given)], **extra})


def is_design_file(path: Path) -> bool:
    """Whether a TOML file is a design rather than a case: a case has a table of that name."""
    if path.suffix != ".toml":
        return False
    return not isinstance(read_toml(path).get("case"), dict)
