"""Does the Korean style travel?  What the five lessons add in Afghanistan, under conditions taken from Korea.

The essay names three conditions under which the style should work: a stalemate that force cannot resolve, a pariah that
wants in, and a fleeting window.  Each is a few fields of a scenario, so each can be moved from one case to the other
while everything else, and every behavioural parameter, stays as it is:

- stalemate: ``morale``, ``support`` and ``tipping`` of the patron's ally (even odds, and no collapse, as in Korea);
- validation: ``validation`` of the adversary;
- window: a window of opportunity for ally and adversary, as large as Korea's, opened some days before the levers act;
- alignment of ally and patron, which the essay does not name, is moved beside the three, for comparison.

Why this design, and what came of it: docs/transfer.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from detente.experiments.compare.lessons import base_policy, levels, settings
from detente.model.catalogue import load_policy, load_scenario
from detente.model.errors import InputError
from detente.model.opening import Opening
from detente.model.policy import MoveSpec, Policy
from detente.model.request import Request, checked_theory

if TYPE_CHECKING:
    from detente.model.scenario import PartySpec, Scenario

SOURCE, TARGET = "korea-2017", "afghanistan-2018"
"""The case in which the style was tried, and the one to which it might travel."""

STALEMATES = (0.0, 0.5, 1.0)
"""Shares of the way from the target's balance of forces to the source's."""

AGES = (None, 120, 0)
"""Days between the opening of a window and the levers; None: no window beyond the case's own."""

LATER = 365
"""Days by which the levers come later in the second question."""

CELLS = (
    (False,) * 5,
    *(tuple(k == j for k in range(5)) for j in range(5)),
    *(tuple(k != j for k in range(5)) for j in range(5)),
    (True,) * 5,
)
"""Which lessons are raised: none, each alone, each left out, all."""


Levels = Mapping[str, tuple[float, float]]
"""Each lever's level where its lesson is off and where it is on."""


class Setting(NamedTuple):
    """Conditions in the target: None leaves a field as the case has it."""

    stalemate: float = 0.0
    validation: float | None = None
    window: int | None = None
    alignment: float = 0.0


@dataclass(frozen=True)
class Roles:
    """Who is who in a case: the sponsor of the lessons, its ally, and the adversary."""

    sponsor: PartySpec
    ally: PartySpec
    adversary: PartySpec

    @classmethod
    def of(cls, scenario: Scenario) -> Roles:
        """The sponsor, the party it is patron of, and its main foe; raises ``InputError`` where one is missing."""
        by_name = {p.name: p for p in scenario.party}
        sponsor = next((p for p in scenario.party if p.sponsor), None)
        ally = next((p for p in scenario.party if sponsor is not None and p.patron == sponsor.name), None)
        foe = by_name.get(sponsor.main_foe or "") if sponsor is not None else None
        if sponsor is None or ally is None or foe is None:
            raise InputError(
                f"{scenario.case.name}: expected a sponsor with a main foe, and an ally whose patron it is"
            )
        return cls(sponsor, ally, foe)


def between(low: float, high: float, share: float) -> float:
    """A number so far on the way from one to another."""
    return low + share * (high - low)


def set_conditions(target: Scenario, source: Scenario, at: Setting) -> Scenario:
    """The target with its conditions moved."""
    here, there = Roles.of(target), Roles.of(source)
    ally = {
        name: between(getattr(here.ally, name), getattr(there.ally, name), at.stalemate)
        for name in ("morale", "support", "tipping")
    }
    ally["alignment"] = between(here.ally.alignment, there.ally.alignment, at.alignment)
    foe = {} if at.validation is None else {"validation": at.validation}
    changes = {here.ally.name: ally, here.adversary.name: foe}
    parties = tuple(p.model_copy(update=changes.get(p.name, {})) for p in target.party)
    return target.model_copy(update={"party": parties})


def window_sizes(source: Scenario) -> dict[str, float]:
    """How large a window the source's history opens for ally and adversary, up to its pivot."""
    roles = Roles.of(source)
    sizes = {"ally": 0.0, "adversary": 0.0}
    for move in load_policy(source, "history").move:
        early = move.date is not None and move.date <= source.case.pivot
        for role, party in (("ally", roles.ally), ("adversary", roles.adversary)):
            if move.do == "window" and move.actor == party.name and early:
                sizes[role] += move.amount if move.amount is not None else 1.0
    return sizes


def with_window(policy: Policy, target: Scenario, sizes: Mapping[str, float], age: int | None) -> Policy:
    """The policy with a window of opportunity opened so many days before the levers act."""
    if age is None:
        return policy
    roles, day = Roles.of(target), max(target.case.pivot - timedelta(days=age), target.case.start)
    moves = tuple(
        MoveSpec.model_validate(
            {"date": day, "sort": "context", "do": "window", "actor": party.name, "amount": sizes[role]}
        )
        for role, party in (("ally", roles.ally), ("adversary", roles.adversary))
        if sizes[role] > 0
    )
    return policy.model_copy(update={"move": (*policy.move, *moves)})


class Maker:
    """Opens the cells of the design."""

    def __init__(self, source: str = SOURCE, target: str = TARGET, theory: str = "readiness") -> None:
        self.source, self.target = load_scenario(source), load_scenario(target)
        self.theory = checked_theory(theory)
        Roles.of(self.target)
        self.sizes = window_sizes(self.source)
        self.policies = [load_policy(case, base_policy(case)) for case in (self.source, self.target)]
        self.levels: list[Levels] = [levels(case) for case in (self.source, self.target)]
        if self.source.parameters != self.target.parameters:
            raise InputError(
                f"{source} and {target}: behavioural parameters differ; expected the same in both cases"
            )

    def grid(self) -> list[Setting]:
        """Stalemate x validation x window: validation none, the target's and the source's."""
        wanted = (0.0, Roles.of(self.target).adversary.validation, Roles.of(self.source).adversary.validation)
        return [Setting(s, v, w) for s, v, w in product(STALEMATES, wanted, AGES)]

    def steps(self) -> dict[str, Setting]:
        """From the target as it is to the source's conditions: each alone, the essay's three, and alignment too."""
        wants = Roles.of(self.source).adversary.validation
        return {
            "as it is": Setting(),
            "stalemate": Setting(stalemate=1.0),
            "validation": Setting(validation=wants),
            "window": Setting(window=0),
            "all three": Setting(1.0, wants, 0),
            "alignment": Setting(alignment=1.0),
            "all three and alignment": Setting(1.0, wants, 0, 1.0),
        }

    def cells(self, at: Setting, *, later: int = 0, shorter: int = 0, every: bool = True) -> list[Opening]:
        """The openings of ``ask``."""
        return [request.open() for request in self.ask(at, later=later, shorter=shorter, every=every)]

    def home(self) -> list[Opening]:
        """The openings of ``ask_home``."""
        return [request.open() for request in self.ask_home()]

    def ask(self, at: Setting, *, later: int = 0, shorter: int = 0, every: bool = True) -> list[Request]:
        """The target under some conditions: up to its pivot, then whole in each cell.

        ``later``: days by which the levers come later; ``shorter``: days by which the run ends sooner; without
        ``every`` the first and the last cell alone.
        """
        policy = with_window(self.policies[1], self.target, self.sizes, at.window)
        scenario = moved(set_conditions(self.target, self.source, at), later, shorter)
        return self.ask_cells(scenario, policy, self.levels[1], CELLS if every else (CELLS[0], CELLS[-1]))

    def ask_home(self) -> list[Request]:
        """The source as it is: up to its pivot, then whole in each cell."""
        return self.ask_cells(self.source, self.policies[0], self.levels[0], CELLS)

    def ask_cells(
        self, scenario: Scenario, policy: Policy, known: Levels, cells: Sequence[Sequence[bool]]
    ) -> list[Request]:
        """One request that ends on the eve of the pivot, then one for each cell."""
        eve = scenario.case.pivot - timedelta(days=1)
        short = scenario.model_copy(update={"case": scenario.case.model_copy(update={"end": eve})})
        made = [Request(short, policy, settings(known, CELLS[0]), None, theory=self.theory)]
        for raised in cells:
            made.append(Request(scenario, policy, settings(known, raised), None, theory=self.theory))
        return made


def moved(scenario: Scenario, later: int, shorter: int) -> Scenario:
    """The case with its levers some days later, or its end some days sooner."""
    case = scenario.case
    dates = {"pivot": case.pivot + timedelta(days=later), "end": case.end - timedelta(days=shorter)}
    return scenario.model_copy(update={"case": case.model_copy(update=dates)})
