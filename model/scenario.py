"""The schema of a case: who is in it, what stands between them, and the calendar it runs on.

A scenario is plain frozen data read from a TOML file; nothing in it is executed.  Names are lower-case words joined by
hyphens and are referred to by name throughout.  Rates are per day, deaths per event are means, dates are inclusive.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import chain, pairwise
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self, cast

from pydantic import (
    BeforeValidator,
    Field,
    StringConstraints,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    field_validator,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from detente.agents.codes import (
    EFFECTS,
    MEASURE_KINDS,
    MEDIATOR_STRATEGIES,
    MEDIATOR_STYLES,
    STRATEGIES,
    TRACK_FORMS,
    TRACK_RANKS,
)
from detente.agents.parameters import PROFILES, Parameters, profile_of
from detente.agents.state import MAX_ISSUES
from detente.model.errors import InputError, one_of, raise_problems
from detente.model.fields import (
    Belief,
    Both,
    ByYear,
    Capability,
    Core,
    Count,
    Deaths,
    Document,
    Factor,
    Fringe,
    Month,
    Rate,
    Share,
    Signed,
    Slug,
    Spec,
    Text,
    Title,
    check_order,
    is_left_out,
    order_problems,
    refuse,
    refuse_all,
    table,
    word_of,
)
from detente.model.keywords import nested_parameters

MAX_CASE_DAYS = 36_525
"""Longest case [days]: a century."""


VERSIONS = ("0.1", "0.2")
"""Versions whose case files can be opened."""


class Case(Spec):
    """What the case is called, when it runs and in which steps."""

    name: Slug = Field(description="name of the case; a policy beside it is found by it")
    title: Title = Field(description="title of figures and lists")
    summary: Text = Field(description="what the case is about, in a sentence or two")
    start: date = Field(description="first day")
    end: date = Field(description="last day")
    step_days: float = Field(
        1.0,
        description="political step [days]: 1/4, 1/3, 1/2 or a whole number to 28; the last ends with the case",
    )
    pivot: date = Field(description="day from which levers act; the start unless given")
    deaths_scale: float = Field(
        1.0, gt=0, le=100, description="all deaths per death counted in the modelled attacks"
    )
    sources: tuple[Text, ...] = Field((), description="where the facts of the case come from")
    written_for: Annotated[str, word_of(VERSIONS)] | None = Field(
        None,
        description='version that the file was written for; one of "0.1" runs under the profile core-0.1',
    )

    @model_validator(mode="before")
    @classmethod
    def start_is_pivot(cls, raw: Any) -> Any:
        """Without a pivot, levers act from the start."""
        filled = table(raw)
        if "start" in filled:
            filled.setdefault("pivot", filled["start"])
        return filled if filled else raw

    @field_validator("step_days")
    @classmethod
    def step_divides(cls, step: float) -> float:
        """A step is a whole number of days, or a whole number of steps make a day."""
        if step >= 1 and step == int(step) and step <= 28:
            return step
        for k in (2, 3, 4):
            if abs(step - 1 / k) < 1e-3:
                return 1 / k
        raise refuse("", step, "0.25, 0.3333, 0.5 or a whole number from 1 to 28 (days)")

    @model_validator(mode="after")
    def dates_in_order(self) -> Self:
        """The case does not end before it starts, lasts at most a century, and its pivot lies inside it."""
        refuse_all(self.date_problems())
        return self

    def date_problems(self) -> Iterator[PydanticCustomError]:
        """What is wrong with the dates."""
        if self.end < self.start:
            yield refuse("end", self.end, f"a date from the start on, {self.start}")
            return  # no pivot lies in a case without days
        if (self.end - self.start).days > MAX_CASE_DAYS:
            yield refuse("end", self.end, f"a date at most 100 years after the start, {self.start}")
        if not self.start <= self.pivot <= self.end:
            yield refuse("pivot", self.pivot, f"a date from {self.start} to {self.end}")


class Holiday(Spec):
    """Days on which those who observe them fight less."""

    name: Title = Field(description="name of the holiday")
    start: date = Field(alias="from", description="first day")
    end: date = Field(alias="until", description="last day")
    restraint: float = Field(gt=0, le=1, description="factor on attacks of a side that observes it fully")

    @model_validator(mode="after")
    def dates_in_order(self) -> Self:
        """A holiday does not end before it starts."""
        check_order(self.start, self.end)
        return self


class Calendar(Spec):
    """What the date does to violence."""

    season: tuple[Factor, ...] = Field(
        default=(1.0,) * 12, min_length=12, max_length=12, description="factor per month"
    )
    holidays: tuple[Holiday, ...] = Field(default=(), description="holidays, in order and apart")
    severity: ByYear = Field(
        default={}, description="factor on deaths per event, by year; 1 for years not named"
    )

    @field_validator("holidays")
    @classmethod
    def holidays_in_order(cls, holidays: tuple[Holiday, ...]) -> tuple[Holiday, ...]:
        """Holidays stand in the order of their dates and do not overlap."""
        for before, after in pairwise(holidays):
            if after.start <= before.end:
                expected = f"holidays in order; {after.name!r} should begin after {before.end}"
                raise refuse("", after.start, expected)
        return holidays


class FactionSpec(Spec):
    """A faction inside a party."""

    name: Slug = Field(description="name of the faction, by which it is referred to")
    title: Title = Field(description="name of the faction in texts and figures")
    share: Share = Field(description="share of the party's fighters")
    hawkishness: Share = Field(description="aversion to concessions")
    discontent: Share = Field(0.2, description="discontent with the leadership at the start")


class PartySpec(Spec):
    """A party to the conflict."""

    name: Slug = Field(description="name of the party, by which it is referred to")
    title: Title = Field(description="name of the party in texts and figures")
    sponsor: bool = Field(False, description="the levers are this party's willingness")
    patron: Slug | None = Field(None, description="party whose forces support it")
    validation: float = Field(ge=0, le=3, description="how much it wants recognition")
    risk_tolerance: Share = Field(description="leader's tolerance for political risk")
    alignment: Share = Field(0.5, description="alignment with its patron's aims")
    conditionality: Share = Field(1.0, description="share of drawdown held back until milestones are met")
    morale: float = Field(1.0, gt=0, le=3, description="own fighting capability")
    support: Capability = Field(0.0, description="capability lent by its patron's full presence")
    strategy: Annotated[str, word_of(STRATEGIES)] = Field("plain", description="how it tends to decide")
    presence: Share = Field(0.0, description="share of its own forces present, if it is a patron")
    tipping: Share = Field(0.0, description="share of capability below which its forces melt away; 0: never")
    window: float = Field(0.0, ge=-2, le=2, description="window of opportunity at the start [logit]")
    legitimacy: Share = Field(0.8, description="standing at home and abroad")
    state: bool | None = Field(
        None,
        description="whether it fights on the side of the state; the sponsor, and who has a patron, unless given",
    )
    main_foe: Slug | None = Field(None, description="party it fights above all, blamed for what others do")
    drift: float | None = Field(
        None,
        ge=0,
        le=5,
        exclude_if=is_left_out,
        description="pace at which its factions grow or shrink as peace goes; shares stay unless given [1/year]",
    )
    faction: tuple[FactionSpec, ...] = Field(min_length=1, description="its factions")

    @property
    def fights_for_the_state(self) -> bool:
        """Whether its fall is the fall of a state, and not the defeat of a movement."""
        return self.state if self.state is not None else self.sponsor or self.patron is not None

    @model_validator(mode="after")
    def whole(self) -> Self:
        """Factions make up the whole party, and one that can collapse has a foe to be compared with."""
        refuse_all(self.gaps())
        return self

    def gaps(self) -> Iterator[PydanticCustomError]:
        """What a party lacks."""
        total = sum(f.share for f in self.faction)
        if abs(total - 1) > 1e-6:
            yield refuse("faction", round(total, 6), "shares of the factions that sum to 1")
        if self.tipping > 0 and self.main_foe is None:
            yield refuse("main_foe", None, "a party, since tipping compares capability with a foe's")


class RelationSpec(Spec):
    """What stands between two parties; pairs of numbers are first to second, second to first."""

    between: Both = Field(description="the two parties")
    hostile: bool = Field(description="whether they fight each other")
    attacks: tuple[Rate, Rate] = Field((0.0, 0.0), description="mean attacks [events/day]")
    deaths_per_event: tuple[Deaths, Deaths] = Field(
        (1.0, 1.0), description="mean deaths of an attack [deaths/event]"
    )
    trust: tuple[Belief, Belief] = Field(description="belief, without news, that the other keeps its word")
    holiday: tuple[Share, Share] = Field(
        (0.0, 0.0), description="how far each observes holidays towards the other"
    )
    hotline: Share = Field(0.0, description="quality of direct communication between commands")
    monitoring: Share = Field(0.0, description="ceasefire monitoring the two sides have set up themselves")
    peacekeepers: Share = Field(
        0.0,
        description="strength at the start of outside peacekeepers between the two (1: a full mission with troops)",
    )
    lethal: bool = Field(True, description="whether attacks kill; if not they are provocations")
    volatility: float | None = Field(
        None,
        ge=0,
        le=2.5,
        description="standard deviation of the log of a month's violence in the long run; that of wars in general "
        "unless given [log]",
    )
    level: float = Field(
        0.0, ge=-3, le=3, description="log of violence at the start relative to the mean attacks [log]"
    )
    surge: float = Field(0.0, ge=-3, le=3, description="part of it that passes within weeks, on top [log]")
    faded: bool = Field(False, description="whether the war has faded out by the start")
    veto: tuple[Slug, ...] = Field((), description="third parties whose consent an agreement needs")

    @model_validator(mode="after")
    def peace_has_no_attacks(self) -> Self:
        """Only parties that fight attack each other."""
        if not self.hostile and any(self.attacks):
            raise refuse("attacks", list(self.attacks), "[0, 0] between parties that are not hostile")
        return self


class TargetSpec(Spec):
    """A spoiler's war on one party."""

    party: Slug = Field(description="party that it attacks")
    attacks: Rate = Field(description="mean attacks [events/day]")
    deaths_per_event: Deaths = Field(1.0, description="mean deaths of an attack [deaths/event]")


class ComingSpec(Spec):
    """An actor that may come and go: when it is there, in the case itself; a policy's moves can change it too."""

    start: date | None = Field(
        None,
        alias="from",
        exclude_if=is_left_out,
        description="day it comes; there from the start unless given",
    )
    end: date | None = Field(
        None, alias="until", exclude_if=is_left_out, description="last day on which it is there"
    )
    absent: bool = Field(
        False, exclude_if=is_left_out, description="whether it is absent until a policy's move `arrive`"
    )

    @model_validator(mode="after")
    def comes_before_it_goes(self) -> Self:
        """Nobody leaves before coming, or comes both on a date and by a policy alone."""
        refuse_all(self.coming_problems())
        return self

    def coming_problems(self) -> Iterator[PydanticCustomError]:
        """What makes no sense in when it is there."""
        yield from order_problems(self.start, self.end)
        if self.absent and (self.start or self.end):
            yield refuse("absent", True, "no absent = true beside from or until")

    def is_there_on(self, day: date) -> bool:
        """Whether it is there on the first day of a case."""
        return not self.absent and (self.start is None or self.start <= day)


class SpoilerSpec(ComingSpec):
    """An armed group outside the process that gains when it fails, from the start or once it has split off a party."""

    name: Slug = Field(description="name of the spoiler, by which it is referred to")
    title: Title = Field(description="name of the spoiler in texts and figures")
    out_of: Annotated[str, StringConstraints(max_length=121)] | None = Field(
        None,
        exclude_if=is_left_out,
        description="faction that it is until it splits off, as `party.faction`; its attacks are those at that share",
    )
    splits: float | None = Field(
        None,
        ge=0,
        le=10,
        exclude_if=is_left_out,
        description="rate at which it splits off if peace is wholly against it; on a date alone unless given [1/year]",
    )
    rejoins: float | None = Field(
        None,
        ge=0,
        le=10,
        exclude_if=is_left_out,
        description="rate at which it goes back to its party once no peace threatens it; never unless given [1/year]",
    )
    target: tuple[TargetSpec, ...] = Field(min_length=1, description="its wars")

    @model_validator(mode="after")
    def splits_off_or_comes(self) -> Self:
        """Rates of splitting need a faction; a faction that splits off neither comes nor is absent."""
        refuse_all(self.split_problems())
        return self

    def split_problems(self) -> Iterator[PydanticCustomError]:
        """What makes no sense in how it comes about."""
        for key in ("splits", "rejoins"):
            if getattr(self, key) is not None and self.out_of is None:
                yield refuse(key, getattr(self, key), "no such key on a spoiler without out_of")
        if self.out_of is not None and (self.start or self.end or self.absent):
            expected = "no from, until or absent beside it; a policy's moves split, join and leave say when"
            yield refuse("out_of", self.out_of, expected)


class AccessSpec(Spec):
    """How welcome a mediator is between two parties."""

    between: Both = Field(description="the two parties")
    access: float = Field(ge=-3, le=3, description="how welcome [logit]")
    bias: Signed = Field(0.0, description="lean towards the first (negative: the second)")
    reopens: Share | None = Field(
        None,
        description="how fast it has talks of the two that just broke off reopened while at work; at first [1/day]",
    )


class MediatorSpec(ComingSpec):
    """An outside mediator, or a mission of monitors."""

    name: Slug = Field(description="name of the mediator, by which it is referred to")
    title: Title = Field(description="name of the mediator in texts and figures")
    capacity: int = Field(1, ge=1, le=20, description="how many pairs it can serve at once [pairs]")
    style: Annotated[str, word_of(MEDIATOR_STYLES)] = Field("facilitator", description="what it does best")
    strategy: Annotated[str, word_of(MEDIATOR_STRATEGIES)] = Field(
        "plain", description="how it chooses where to work"
    )
    skill: Signed = Field(description="effect on talks; negative: it hurts them")
    leverage: Share = Field(description="weight of its guarantee")
    monitors: Share = Field(description="quality of the ceasefire monitoring it brings")
    presence: Share = Field(1.0, description="attention it gives to the conflict")
    access: tuple[AccessSpec, ...] = Field((), description="between whom it may work")


ONE_SIDED = ("withdrawal", "demobilisation", "recognition")
"""Effects that concern one party; the others concern both sides."""


class EffectSpec(Spec):
    """What an issue does once it is settled or, but for a ceasefire, signed: one effect, and how much of it."""

    withdrawal: Share | None = Field(None, description="share of a patron's forces that goes home")
    ceasefire: Share | None = Field(
        None, description="weight of a ceasefire: how much likelier one is offered once the issue is settled"
    )
    prisoners: Capability | None = Field(
        None, description="release of prisoners by both sides, as costly as a measure of this size"
    )
    power: Share | None = Field(None, description="share of power that the other side obtains")
    recognition: Capability | None = Field(
        None, description="recognition of one side, as costly as a measure of this size"
    )
    demobilisation: Share | None = Field(None, description="share of one side's own forces that is disarmed")
    of: Slug | None = Field(
        None,
        description="party concerned; unless given the one with forces abroad, or the one that is no sponsor",
    )

    @property
    def effect(self) -> str:
        """The name of the effect."""
        return next(name for name in EFFECTS if getattr(self, name, None) is not None)

    @property
    def size(self) -> float:
        """How much of it."""
        return float(getattr(self, self.effect))

    @model_validator(mode="after")
    def one_effect(self) -> Self:
        """Exactly one effect; a party only where the effect concerns one."""
        refuse_all(self.effect_problems())
        return self

    def effect_problems(self) -> Iterator[PydanticCustomError]:
        """What is wrong with the effects."""
        given = [name for name in EFFECTS if getattr(self, name, None) is not None]
        if len(given) != 1:
            yield refuse("", given, f"one effect, {one_of(EFFECTS[1:])}; give each an issue of its own")
        elif self.of is not None and given[0] not in ONE_SIDED:
            yield refuse("of", self.of, f"no party, since {given[0]} concerns both sides")


def named(issue: object) -> object:
    """An issue written as a mere name does nothing beyond being settled."""
    return {"name": issue} if isinstance(issue, str) else issue


class IssueSpec(Spec):
    """An issue on an agenda of 1 to 8: a table, or a mere name for one that does nothing once settled."""

    name: Title = Field(description="name of the issue; tracks of one pair that share it settle it once")
    does: EffectSpec | None = Field(None, description="what it does once settled or signed")


class TrackSpec(Spec):
    """A possible line of talks between two parties."""

    name: Slug = Field(description="name of the track, by which it is referred to")
    title: Title = Field(description="name of the track in texts and figures")
    between: Both = Field(description="the two parties that talk")
    form: Annotated[str, word_of(TRACK_FORMS)] = Field(description="form of the talks")
    rank: Annotated[str, word_of(TRACK_RANKS)] = Field("senior", description="rank of those who sit at it")
    level: float = Field(1.0, ge=0, le=5, description="speed relative to other tracks of its form and rank")
    visibility: Share = Field(1.0, description="how far it is seen")
    leak: Share = Field(0.0, description="rate at which its secret leaks [1/day]")
    needs: dict[Slug, Slug] = Field(default={}, description="participant -> track it wants open beforehand")
    sister: Slug | None = Field(None, description="complementary track")
    excluded: Slug | None = Field(None, description="ally left out of it")
    host: Slug | None = Field(
        None, exclude_if=is_left_out, description="mediator without whom it cannot open or go on"
    )
    after: tuple[Title, ...] = Field(
        (),
        exclude_if=is_left_out,
        description="measures, tracks and issues (`track: issue`) that must be done before it can open",
    )
    issues: tuple[Annotated[IssueSpec, BeforeValidator(named)], ...] = Field(
        min_length=1,
        max_length=MAX_ISSUES,
        description="agenda: names, or tables with a name and what it does",
    )

    @field_validator("issues")
    @classmethod
    def issues_differ(cls, issues: tuple[IssueSpec, ...]) -> tuple[IssueSpec, ...]:
        """An agenda lists each issue once."""
        names = [issue.name for issue in issues]
        if len(set(names)) < len(names):
            raise refuse("", names, "each issue once")
        return issues


class MeasureSpec(Spec):
    """A confidence-building measure that one party can give another; costs are relative, about 1 for a large one."""

    name: Slug = Field(description="name of the measure, by which it is referred to")
    title: Title = Field(description="name of the measure in texts and figures")
    giver: Slug = Field(alias="from", description="party that gives it")
    receiver: Slug = Field(alias="to", description="party that receives it")
    kind: Annotated[str, word_of(MEASURE_KINDS)] = Field(description="lever that it draws on")
    cost: Capability = Field(description="cost of its first step")
    max_cost: Capability = Field(description="cost beyond which steps do not grow")
    divisive: Share = Field(description="how far it divides the giver's home")
    restrains: Share = Field(
        0.0, description="share of the giver's attacks that stop while it is fully given"
    )
    core: Core | None = Field(
        None, description="share of what it suspends that is its core; the rest, its fringe, lapses first"
    )
    fringe: Fringe | None = Field(None, description="share of its cost that the fringe is worth")
    at_summit: Capability | None = Field(
        None, description="rise of the price of breaking it if it was given while the leaders talked"
    )
    reversible: bool = Field(description="whether it can be taken back")
    after: tuple[Title, ...] = Field(
        (),
        exclude_if=is_left_out,
        description="measures, tracks and issues (`track: issue`) that must be done before it can be given",
    )

    @model_validator(mode="after")
    def ends_make_sense(self) -> Self:
        """A measure passes between two parties, and its largest step is not below its first."""
        refuse_all(chain(self.end_problems(), self.fringe_problems()))
        return self

    def fringe_problems(self) -> Iterator[PydanticCustomError]:
        """A fringe is declared with what it covers and what it is worth, of a measure that suspends something."""
        if (self.core is None) != (self.fringe is None):
            here, other = ("fringe", "core") if self.fringe is None else ("core", "fringe")
            yield refuse(here, None, f"a number, since {other} is given: a fringe has a size and a worth")
        elif self.fringe is not None and self.restrains == 0.0:
            yield refuse("restrains", self.restrains, "a number above 0, since the measure has a fringe")

    def end_problems(self) -> Iterator[PydanticCustomError]:
        """What is wrong with its two parties and its two costs."""
        if self.giver == self.receiver:
            yield refuse("to", self.receiver, f"another party than the giver, {self.giver!r}")
        if self.max_cost < self.cost:
            yield refuse("max_cost", self.max_cost, f"a number of at least the cost, {self.cost:g}")


MOST_FACTS = 1000
"""Facts that a case may grade."""

GRADES = ("data", "expert", "judgement", "prior")
"""Where a fact of a case comes from, the best known first."""


class FactSpec(Spec):
    """How well a number of the case is known; its value stays where it stands, and lies from low to high."""

    path: Title = Field(description="which number: kind of table, names and key, as in `party.NAME.morale`")
    low: float = Field(description="lowest value it may have [unit of the number]")
    high: float = Field(description="highest value it may have [unit of the number]")
    grade: Annotated[str, word_of(GRADES)] = Field(
        description="where it comes from; `prior`: not known, so drawn anew for each seed"
    )
    source: Text | None = Field(None, description="source of the value or range, in words")

    @model_validator(mode="after")
    def low_below_high(self) -> Self:
        """A range does not end below its beginning."""
        if self.high < self.low:
            raise refuse("high", self.high, f"a number of at least the low one, {self.low:g}")
        return self


class ObservedSpec(Spec):
    """A short observed series, drawn beside runs."""

    name: Slug = Field(description="series of the model that it is drawn beside, such as deaths")
    unit: Title = Field(description="unit of the numbers")
    source: Title = Field(description="where they come from")
    monthly: dict[Month, Count] = Field(min_length=1, description="month -> number")


def numbers_only(raw: Any, read: ValidatorFunctionWrapHandler) -> Any:
    """Refuse parameters that are not numbers; the groups themselves would convert text and truth values."""
    if not isinstance(raw, Mapping):
        return read(raw)
    groups: Mapping[str, Any] = {str(group): values for group, values in table(raw).items()}
    words = [
        refuse(f"{group}.{key}", value, "a number")
        for group, values in groups.items()
        for key, value in table(values).items()
        if isinstance(value, bool | str)
    ]
    if not words:
        return read(raw)
    others = {
        group: {k: v for k, v in table(values).items() if not isinstance(v, bool | str)}
        for group, values in groups.items()
        if isinstance(values, Mapping)
    }
    raise ValidationError.from_exception_data(
        "parameters", [*({"type": word, "input": None} for word in words), *errors_of(read, others)]
    )


def errors_of(read: ValidatorFunctionWrapHandler, raw: Any) -> list[InitErrorDetails]:
    """What a validator has against a value."""
    try:
        read(raw)
    except ValidationError as error:
        keys = ("type", "loc", "input", "ctx")
        found: list[dict[str, Any]] = [dict(e) for e in error.errors()]
        return [cast(InitErrorDetails, {k: e[k] for k in keys if k in e}) for e in found]
    return []


class Scenario(Document):
    """A whole case."""

    case: Case = Field(description="name, dates and step")
    calendar: Calendar = Field(Calendar(), description="season and holidays")
    party: tuple[PartySpec, ...] = Field(min_length=2, description="parties to the conflict")
    relation: tuple[RelationSpec, ...] = Field(min_length=1, description="what stands between two parties")
    spoiler: tuple[SpoilerSpec, ...] = Field((), description="armed groups outside the process")
    mediator: tuple[MediatorSpec, ...] = Field((), description="outside mediators")
    track: tuple[TrackSpec, ...] = Field((), description="possible lines of talks")
    measure: tuple[MeasureSpec, ...] = Field((), description="measures that a party can give another")
    parameters: Annotated[Parameters, WrapValidator(numbers_only)] = Field(
        Parameters(), description="parameters of the mechanisms that differ from their defaults"
    )
    observed: tuple[ObservedSpec, ...] = Field((), description="short observed series, drawn beside runs")
    facts: tuple[FactSpec, ...] = Field(
        (), max_length=MOST_FACTS, description="how well numbers of the case are known"
    )

    if_given: ClassVar[tuple[str, ...]] = ("facts",)

    @model_validator(mode="after")
    def consistent(self) -> Self:
        """Names are unique, what they refer to exists, and numbers that belong together fit."""
        raise_problems(self.cross_problems(self))
        return self

    @classmethod
    def cross_problems(cls, whole: Any, *, partial: bool = False) -> Iterable[InputError]:
        """What is wrong between the tables of a case; a ``partial`` one lacks what is wrong by itself."""
        from detente.model.consistency import scenario_problems

        return scenario_problems(whole, partial=partial)


def parse_scenario(raw: dict[str, Any], file: str, path: Path | None = None) -> Scenario:
    """A scenario from the tables of a file; raises ``InputError`` naming ``file``."""
    from detente.model.explain import validated

    return validated(Scenario, under_its_core(raw), file).read_from(path)


def under_its_core(raw: dict[str, Any]) -> dict[str, Any]:
    """The tables of a file that was written for a version with another core, with that core's parameters below its own.

    Whatever opens the case then runs that core: runs, sweeps, scores and audits alike.
    """
    written_for = table(raw.get("case")).get("written_for")
    profile = profile_of(written_for) if isinstance(written_for, str) else None
    own = table(raw.get("parameters"))
    if profile is None or not all(isinstance(values, Mapping) for values in own.values()):
        return raw
    core = nested_parameters(PROFILES[profile])
    return {**raw, "parameters": {g: {**core.get(g, {}), **own.get(g, {})} for g in {**core, **own}}}
