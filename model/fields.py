"""The base of all scenario and policy records, and the kinds of value they hold."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    StringConstraints,
    ValidationError,
)
from pydantic_core import PydanticCustomError

from detente.model.errors import InputError, nearest, one_of


class Spec(BaseModel):
    """A frozen table of a scenario or policy file: unknown keys and wrong types are refused, nothing is converted."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        validate_by_name=True,
        validate_by_alias=True,
    )

    @classmethod
    def cross_problems(cls, whole: Any, *, partial: bool = False) -> Iterable[InputError]:
        """What no single table can know: checks between the tables of a record, or of the sound part of one."""
        del whole, partial
        return ()


class Document(Spec):
    """A whole file: knows where it was read from, and the digest of its content."""

    if_given: ClassVar[tuple[str, ...]] = ()
    """Keys that count in the digest only where they hold something: files without them keep the digest they had."""

    _path: Path | None = PrivateAttr(None)

    @property
    def path(self) -> Path | None:
        """The file it was read from; not part of its content."""
        return self._path

    def read_from(self, path: Path | None) -> Self:
        """Note the file, for messages and for what lies beside it."""
        self._path = path
        return self

    @property
    def sha256(self) -> str:
        """Digest of the content: equal for files that differ in layout, comments or spelled-out defaults."""
        absent = {key for key in self.if_given if not getattr(self, key)}
        content = json.dumps(
            self.model_dump(mode="json", exclude=absent), sort_keys=True, separators=(",", ":")
        )
        return hashlib.sha256(content.encode()).hexdigest()


def refuse(key: str, value: object, expected: str) -> PydanticCustomError:
    """The error of a check that sees a whole table: which key holds what, and what was expected."""
    return PydanticCustomError("refused", "refused", {"key": key, "value": value, "expected": expected})


def refuse_all(problems: Iterable[PydanticCustomError]) -> None:
    """Raise what a check of a whole table yields, if anything: every problem, not the first alone."""
    refused = list(problems)
    if len(refused) == 1:
        raise refused[0]
    if refused:
        raise ValidationError.from_exception_data("refused", [{"type": p, "input": None} for p in refused])


class OneOf:
    """Accept only words of a declared list, which the documentation reads as ``words``."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = tuple(words)

    def __call__(self, value: str) -> str:
        """The word, if it is one of the list."""
        if value not in self.words:
            raise refuse("", value, one_of(self.words) + nearest(value, self.words))
        return value


def is_left_out(value: object) -> bool:
    """Whether an optional key holds nothing: it then stays out of what a record is written as, digests included."""
    return value is None or value in ((), False) or value == {}


def word_of(known: Iterable[str]) -> AfterValidator:
    """Accept only words of a declared list."""
    return AfterValidator(OneOf(known))


def frozen(value: object) -> object:
    """Lists as tuples, all the way down: records hold nothing that can change."""
    if isinstance(value, list | tuple):
        return tuple(frozen(v) for v in value)
    if isinstance(value, Mapping):
        return {k: frozen(v) for k, v in value.items()}
    return value


def table(value: object) -> dict[str, Any]:
    """A table as a new dict that a check may change, or an empty one if it is none (pydantic then complains)."""
    return dict(value) if isinstance(value, Mapping) else {}


def years(value: object) -> object:
    """Keys that are calendar years, which TOML can only write as text, as whole numbers."""
    if not isinstance(value, Mapping):
        return value
    return {int(k) if re.fullmatch("[0-9]{4}", str(k)) else k: v for k, v in value.items()}


def ordered(value: tuple[str, str]) -> tuple[str, str]:
    """Two different names."""
    if value[0] == value[1]:
        raise refuse("", list(value), "two different names")
    return value


Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Text = Annotated[str, StringConstraints(max_length=4000)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Month = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]
Year = Annotated[int, Field(ge=1, le=9999)]
Share = Annotated[float, Field(ge=0, le=1)]
Signed = Annotated[float, Field(ge=-1, le=1)]
Belief = Annotated[float, Field(gt=0, lt=1)]
Rate = Annotated[float, Field(ge=0, le=1000)]
Deaths = Annotated[float, Field(ge=1, le=200)]
Count = Annotated[float, Field(ge=0)]
Factor = Annotated[float, Field(gt=0, le=10)]
Capability = Annotated[float, Field(ge=0, le=3)]
Core = Annotated[float, Field(ge=0, le=0.95)]
Fringe = Annotated[float, Field(ge=0.05, le=0.95)]
Both = Annotated[tuple[Slug, Slug], AfterValidator(ordered)]
ByYear = Annotated[dict[Year, Factor], BeforeValidator(years)]


def order_problems(start: date | None, end: date | None, key: str = "until") -> Iterator[PydanticCustomError]:
    """An end before its start."""
    if start is not None and end is not None and end < start:
        yield refuse(key, end, f"a date on or after {start}")


def check_order(start: date | None, end: date | None, key: str = "until") -> None:
    """Refuse an end before its start."""
    refuse_all(order_problems(start, end, key))
