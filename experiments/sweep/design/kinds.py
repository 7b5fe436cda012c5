"""Kinds of design: how the points are laid out, and what each kind can vary."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from detente.experiments.sweep.design.factors import Factor
from detente.model.fields import Spec, refuse, refuse_all

SAMPLED = ("lhs", "sobol", "morris", "posterior")
"""Kinds of design that draw their points, from intervals or from a posterior."""


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
        refuse_all(self.sample_problems())
        return self

    def sample_problems(self) -> Iterator[PydanticCustomError]:
        """What is wrong with the numbers of samples and levels."""
        if self.kind in SAMPLED and self.samples is None:
            yield refuse("samples", None, f"a number of samples, since kind is {self.kind!r}")
        if self.kind not in SAMPLED and self.samples is not None:
            yield refuse("samples", self.samples, f"no such key, since kind is {self.kind!r}")
        if self.kind == "sobol" and (self.samples or 1) & ((self.samples or 1) - 1):
            yield refuse("samples", self.samples, "a power of 2, as Sobol sequences need")
        if self.kind == "morris" and self.levels % 2:
            yield refuse("levels", self.levels, "an even number")


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


def unfit_factor(kind: str, factor: Factor) -> Iterator[PydanticCustomError]:
    """A setting that this kind of design can do nothing with."""
    table = f"{factor.declared.kind}s"
    place = factor.name if factor.declared.kind == "fact" else f"{table}.{factor.name}"
    setting = factor.setting
    if kind == "grid" and setting.interval:
        low, high = setting.interval
        yield refuse(
            place,
            f"{low:g}:{high:g}",
            f"levels, or steps as '{low:g}:{high:g}:5', since the design is a grid",
        )
    if kind == "factorial" and not setting.interval and len(setting.levels) != 2:
        yield refuse(place, list(setting.levels), "two levels, since the design is factorial")


def count_points(sampling: Sampling, factors: Sequence[Factor]) -> int:
    """How many points a design has, without laying them out."""
    n, n_factors = sampling.samples or 1, len(factors)
    match sampling.kind:
        case "grid":
            return math.prod(len(f.setting.levels) for f in factors)
        case "factorial":
            return 2**n_factors
        case "sobol":
            return n * (2 * n_factors + 2 if sampling.second_order else n_factors + 2)
        case "morris":
            return n * (n_factors + 1)
        case "lhs" | "posterior":
            return n
