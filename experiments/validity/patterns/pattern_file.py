"""The file ``patterns.toml`` beside a case: its own dated patterns, declared as data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from detente.experiments.runs.inputs import declared_parameters
from detente.model.catalogue import SHIPPED, file_names, label
from detente.model.errors import InputError, nearest, one_of, raise_problems, wrong
from detente.model.explain import validated
from detente.model.fields import Document, Slug, Spec, Text, Title, refuse, word_of
from detente.model.reading import read_toml
from detente.model.scenario import Scenario

FILE = "patterns.toml"
"""Name of the file, beside ``case.toml``."""

Window = tuple[dt.date, dt.date]
"""First and last day."""

UNITS = {
    "events": "attacks",
    "deaths": "deaths",
    "ceasefire": "share of days with a ceasefire in force",
    "talks": "share of days on which the track is open",
    "settled": "issues settled on the track by the last day",
    "agreement": "1 if an agreement stands on the last day",
}
"""What can be measured, in words."""

OF_PARTIES = ("events", "ceasefire", "agreement")
OF_TRACKS = ("talks", "settled")
COUNTS = ("events", "deaths")
"""What needs two parties, what needs a track, and what can be taken relative to an earlier window."""


class PatternSpec(Spec):
    """One pattern: a number of a window of days, or a count of it relative to an earlier window."""

    key: Title = Field(description="short name, unique in the case")
    title: Title = Field(description="the pattern in words")
    measure: Annotated[str, word_of(UNITS)] = Field(description="what is measured")
    between: tuple[Slug, Slug] | None = Field(None, description="the two parties, in the order of the case")
    track: Slug | None = Field(None, description="track of talks")
    window: Window = Field(description="first and last day")
    before: Window | None = Field(None, description="earlier window that it is relative to")
    at_least: float | None = Field(None, description="lowest number that passes")
    at_most: float | None = Field(None, description="highest number that passes")
    value: float | None = Field(None, description="observed number; without levels, runs must come near it")
    observed: Title = Field(description="what was observed, in words")
    sources: tuple[Text, ...] = Field(min_length=1, description="keys of the bibliography")
    mark: Literal["imposed", "fitted", "emergent"] = Field(description="whether case or policy sets it")
    policy: Slug = Field("history", description="policy that it is looked for under")
    mode: Literal["free", "until", "conditioned"] = Field("conditioned", description="how much is imposed")
    until: dt.date | None = Field(None, description="the day of mode 'until', inclusive")
    off: tuple[Slug, ...] = Field((), description="mechanisms that the control turns off")
    control: dict[str, float] = Field({}, description="parameters that the control changes")
    if_missed: Title = Field(description="the likely reason for a miss, a sentence")

    @model_validator(mode="after")
    def complete(self) -> Self:
        """What is measured has the keys that it needs, and a level or value to judge it by."""
        if self.measure in OF_PARTIES and self.between is None:
            raise refuse("between", None, f"the two parties of {self.measure}")
        if self.measure in OF_TRACKS and self.track is None:
            raise refuse("track", None, f"the track of {self.measure}")
        if self.before is not None and self.measure not in COUNTS:
            raise refuse("before", "a window", f"none with {self.measure}")
        if self.at_least is None and self.at_most is None and self.value is None:
            raise refuse("value", None, "a number, here or in at_least or at_most")
        return self

    @property
    def settings(self) -> dict[str, float]:
        """What the control changes: parameter -> value."""
        return {**{f"switches.{name}": 0.0 for name in self.off}, **self.control}


class PatternFile(Document):
    """The patterns of a case."""

    pattern: tuple[PatternSpec, ...] = Field(min_length=1, description="patterns, in the order of the card")


def cases() -> list[str]:
    """The shipped cases that have such a file, in alphabetical order."""
    return sorted(path.parent.name for path in SHIPPED.glob(f"*/{FILE}"))


def specs(scenario: Scenario) -> tuple[PatternSpec, ...]:
    """The patterns beside a case; none where it has no such file.

    Raises ``InputError`` for what is wrong with the file, by itself or against the case.
    """
    path = None if scenario.path is None else scenario.path.parent / FILE
    if path is None or not path.is_file():
        return ()
    declared = validated(PatternFile, read_toml(path), label(path)).pattern
    raise_problems(
        InputError(f"{label(path)}: [pattern {spec.key}] {words}")
        for spec in declared
        for words in (*strangers(spec, scenario), *strange_days(spec, scenario), *strange_settings(spec))
    )
    return declared


def strangers(spec: PatternSpec, scenario: Scenario) -> Iterator[str]:
    """Names that the case does not have."""
    pairs = [relation.between for relation in scenario.relation]
    if spec.between is not None and spec.between not in pairs:
        yield str(wrong("between", list(spec.between), one_of(str(list(pair)) for pair in pairs)))
    if spec.track is not None:
        yield from stranger("track", spec.track, (track.name for track in scenario.track))
    yield from stranger("policy", spec.policy, file_names(scenario))


def stranger(key: str, name: str, names: Iterable[str]) -> Iterator[str]:
    """A name that is none of some."""
    known = list(names)
    if name not in known:
        yield f"{key}: got {name!r}; expected {one_of(known)}{nearest(name, known)}"


def strange_days(spec: PatternSpec, scenario: Scenario) -> Iterator[str]:
    """Windows that end before they begin, or lie outside the case."""
    first, last = scenario.case.start, scenario.case.end
    for key, window in (("window", spec.window), ("before", spec.before)):
        if window is not None and not first <= window[0] <= window[1] <= last:
            yield f"{key}: got {in_words(window)}; expected days in order from {in_words((first, last))}"


def strange_settings(spec: PatternSpec) -> Iterator[str]:
    """Parameters and mechanisms that do not exist."""
    known = declared_parameters()
    for path in spec.settings:
        yield from stranger("control", path, known) if path not in known else ()


def in_words(window: Window) -> str:
    """A window in words."""
    return " to ".join(f"{day.day} {day:%b %Y}" for day in window)
