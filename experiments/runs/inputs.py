"""Settings as people write them, ``name=value``, turned into what the model takes; mistakes are one clear line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from detente.agents.codes import DECLARED_LEVERS, THEORIES
from detente.model.errors import InputError, wrong
from detente.model.facts import Fact, Range, facts_of, path_problem, with_whole_shares
from detente.model.keywords import FACT, as_python, fact_path, facts_in, twice

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from detente.model.request import Request
    from detente.model.scenario import FactSpec, Scenario


def setting(text: str, option: str) -> tuple[str, float]:
    """``name=value`` as a name and a finite number."""
    name, equals, value = text.partition("=")
    try:
        number = float(value)
    except ValueError:
        number = float("nan")
    if not name or not equals or abs(number) == float("inf") or number != number:
        raise wrong(option, text, "NAME=NUMBER")
    return name.strip(), number


def settings(texts: Iterable[str], option: str) -> dict[str, float]:
    """Several settings; a name given twice is refused."""
    found: dict[str, float] = {}
    for text in texts:
        name, value = setting(text, option)
        if name in found:
            raise InputError(f"{option}: {name} is given twice")
        found[name] = value
    return found


def named_theories(names: Sequence[str] | str) -> tuple[str, ...]:
    """Theories of readiness by name; the word "all" stands for every one of them."""
    given = (names,) if isinstance(names, str) else tuple(names)
    return THEORIES if given == ("all",) else given


MAX_RUNS = 10_000_000
"""Most runs that are asked for at once."""


def checked_runs(runs: Any) -> int:
    """A number of runs, at least one."""
    return whole_number(runs, "runs")


def whole_number(value: Any, place: str, least: int = 1, most: int = MAX_RUNS) -> int:
    """A whole number between two ends; raises ``InputError`` naming its place for any other."""
    number = as_python(value)
    if isinstance(number, bool) or not isinstance(number, int) or not least <= number <= most:
        raise wrong(place, value, f"a whole number from {least:,} to {most:,}")
    return number


MAX_LEVELS = 1000


Kind = Literal["lever", "parameter", "constant", "fact"]
SWITCHES = "switches."
"""How the names of switches begin."""


@dataclass(frozen=True)
class Declared:
    """A lever, parameter or fact as it is declared; ``default`` of a lever is its policy's own setting, so none.

    A fact may be given values beyond its range, as far as the schema of cases ``allows`` them.  One without a range of
    its own has no ends (NaN).
    """

    name: str
    kind: Kind
    low: float
    high: float
    default: float | None
    unit: str
    meaning: str
    whole: bool = False
    source: str = ""
    grade: str = ""
    allows: Range | None = None


@cache
def declared_levers() -> Mapping[str, Declared]:
    """Every lever; it acts as a share of willingness, from 0 to 1."""
    return {
        lever.name: Declared(
            lever.name,
            "lever",
            0.0,
            1.0,
            None,
            "1",
            f"at 1 the sponsor {lever.meaning} (lesson {lever.lesson})",
        )
        for lever in DECLARED_LEVERS
    }


@cache
def declared_parameters() -> Mapping[str, Declared]:
    """Every parameter by ``group.name``, switches included, in declared order; constants are none."""
    return {name: read_field(name, field) for name, field in declared_fields(fixed=False)}


@cache
def free_parameters() -> Mapping[str, Declared]:
    """Every parameter but the switches, which say which mechanisms there are."""
    return {name: p for name, p in declared_parameters().items() if not name.startswith(SWITCHES)}


@cache
def declared_constants() -> Mapping[str, Declared]:
    """Every constant of a mechanism by ``group.name``, in declared order; it has no range."""
    return {name: read_constant(name, field) for name, field in declared_fields(fixed=True)}


def declared_fields(*, fixed: bool) -> Iterator[tuple[str, FieldInfo]]:
    """The fields of constants, or of all other parameters, by ``group.name``, in declared order."""
    from detente.agents.parameters import Parameters, is_fixed

    groups: Any = Parameters.model_fields
    for group, held in groups.items():
        for name, field in held.annotation.model_fields.items():
            if is_fixed(field) is fixed:
                yield f"{group}.{name}", field


def read_constant(name: str, field: Any) -> Declared:
    """One constant, out of the field that declares it."""
    extra, value = field.json_schema_extra, float(field.default)
    words = (field.description, False, extra["source"], extra["grade"])
    return Declared(name, "constant", value, value, value, extra["unit"], *words)


def read_field(name: str, field: Any) -> Declared:
    """One parameter, out of the field that declares it."""
    low = next(m.ge for m in field.metadata if hasattr(m, "ge"))
    high = next(m.le for m in field.metadata if hasattr(m, "le"))
    extra, whole, default = field.json_schema_extra, field.annotation is int, float(field.default)
    words = (field.description, whole, extra["source"], extra["grade"])
    return Declared(name, "parameter", float(low), float(high), default, extra["unit"], *words)


WIDEST = 10.0
"""Widest range of the schema that a fact takes for its own, where the case says none for it."""

INSET = 0.01
"""Share of such a range that is left out at an end that the schema does not include."""


def declared_facts(scenario: Scenario) -> dict[str, Declared]:
    """Every fact of a case as ``fact.PATH``, with the range that the case says for it, or else the schema's."""
    said = {fact.path: fact for fact in scenario.facts}
    return {
        f"{FACT}.{path}": declared_fact(fact, said.get(path)) for path, fact in facts_of(scenario).items()
    }


def declared_fact(fact: Fact, said: FactSpec | None) -> Declared:
    """One fact; rates and deaths have no range but one that the case says, since the schema's is no guess at them."""
    name, of = f"{FACT}.{fact.path}", fact.range
    inset = INSET * (of.high - of.low)
    low, high = of.low + inset * of.open_low, of.high - inset * of.open_high
    if said is not None:
        low, high = said.low, said.high
    elif of.high - of.low > WIDEST:
        low = high = float("nan")
    grade, source = (said.grade, said.source or "") if said is not None else ("", "")
    return Declared(name, "fact", low, high, fact.value, fact.unit, fact.meaning, False, source, grade, of)


def with_whole_parties(request: Request, row: Mapping[str, Any]) -> dict[str, Any]:
    """Settings drawn one by one, with the shares of a party's factions scaled to make up the party."""
    scaled = with_whole_shares(request.scenario, facts_in(row), request.facts)
    return {**row, **{f"{FACT}.{path}": value for path, value in scaled.items()}}


def ranged_facts(scenario: Scenario, given: Iterable[str]) -> dict[str, Declared]:
    """Facts of a case with the ranges to move them over, from texts ``PATH`` or ``PATH=LOW:HIGH``, as ``fact.PATH``.

    A path alone takes the range that the case says, or else the schema's.  Raises ``InputError`` for a path that does
    not exist, a range that is none, and a fact without one.
    """
    known, found = declared_facts(scenario), dict[str, Declared]()
    paths = [name.removeprefix(f"{FACT}.") for name in known]
    for text in given:
        word, _, ends = str(text).partition("=")
        path = fact_path(word.strip(), paths)
        if path not in paths:
            raise path_problem(FACT, path, paths)
        name = f"{FACT}.{path}"
        if name in found:
            raise twice(name)
        found[name] = with_ends(known[name], ends.strip())
    return found


def with_ends(declared: Declared, text: str) -> Declared:
    """A fact with the range ``LOW:HIGH``, or as it is for no text."""
    low, colon, high = text.partition(":")
    try:
        ends = (float(low), float(high)) if text else (declared.low, declared.high)
    except ValueError:
        ends = (float("nan"), float("nan"))
    allows = declared.allows
    inside = allows is not None and allows.holds(ends[0]) and allows.holds(ends[1])
    if not inside or not ends[0] < ends[1] or (text and not colon):
        words = "" if allows is None else f", within {allows.words.removeprefix('a number ')}"
        raise wrong(declared.name, text, f"a range as LOW:HIGH{words}")
    return replace(declared, low=ends[0], high=ends[1])


def declared_of(kind: Kind) -> Mapping[str, Declared]:
    """All levers, or all parameters; facts are those of a case (``declared_facts``)."""
    return declared_levers() if kind == "lever" else declared_parameters()
