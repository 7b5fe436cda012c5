"""Wars drawn at random from what wars and cases hold: to test the model on wars that nobody chose.

What is drawn, and from where, stands in ``PRIORS``: the distributions were written down before the first comparison and
are not revised because of one.  A war is drawn from its number alone, so that war 7 is the same everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from detente.model.prior_ranges import (
    BALANCE,
    DEATHS,
    DEATHS_PER_EVENT,
    RANGES,
    SEASON,
    SHARE_SD,
    VOLATILITY,
    Spread,
)

if TYPE_CHECKING:
    import numpy as np

    from detente.model.scenario import Scenario

FIRST_DAY = date(2030, 1, 1)
LAST_DAY = date(2037, 12, 31)
DAYS_PER_MONTH = 365.25 / 12.0
STREAM = 20_301_129
"""Keeps the draws of wars apart from all others."""


class Prior(NamedTuple):
    """One quantity that is drawn: how, in which unit, and where the numbers come from."""

    name: str
    law: str
    unit: str
    source: str


def spread_words(spread: Spread) -> str:
    """A log-normal in words."""
    ends = f"from {spread.low:g} to {spread.high:,g}"
    return f"log-normal, median {spread.median:g}, sd of log {spread.sd:g}, {ends}"


def words(name: str) -> str:
    """The ends of a range in words."""
    return f"{RANGES[name].low:g} to {RANGES[name].high:g}"


PRIORS: tuple[Prior, ...] = (
    Prior("deaths", spread_words(DEATHS), DEATHS.unit, DEATHS.source),
    Prior("deaths_per_event", spread_words(DEATHS_PER_EVENT), DEATHS_PER_EVENT.unit, DEATHS_PER_EVENT.source),
    Prior("share_of_attacks", f"logit-normal, sd {SHARE_SD:g}", "1, of the government", "assumption"),
    Prior("balance", f"normal, sd {BALANCE.sd:g}", "log ratio of capabilities", "assumption"),
    Prior(
        "hawks",
        f"two factions: moderates {words('moderates')}, hawks {words('hawks')}, hawks' share {words('hawks_share')}",
        "1",
        "assumption",
    ),
    Prior("trust", f"uniform, {words('trust')}", "1, each side", "assumption"),
    Prior("validation", f"uniform, {words('validation')}", "1, of the movement", "assumption"),
    Prior("risk_tolerance", f"uniform, {words('risk_tolerance')}", "1, each side", "assumption"),
    Prior(
        "patron",
        f"in 30 of 100 wars, support {words('support')}, alignment {words('alignment')}",
        "1",
        "assumption",
    ),
    Prior(
        "third_party",
        "in 30 of 100 wars a second movement, a third as strong, with a veto",
        "1",
        "assumption",
    ),
    Prior(
        "spoilers",
        f"Poisson, mean .7, at most 2, {words('spoiling')} of all attacks",
        "groups",
        "assumption",
    ),
    Prior("mediators", "Poisson, mean 1.2, at most 3; 6 in 10 facilitate", "mediators", "assumption"),
    Prior("backchannel", "in 50 of 100 wars", "1", "assumption"),
    Prior("volatility", spread_words(VOLATILITY), VOLATILITY.unit, VOLATILITY.source),
    Prior(
        "season",
        f"in 29 of 100 wars, amplitude {SEASON:g}, peak in July",
        "log",
        "14 of 49 series of UCDP GED",
    ),
)
"""Everything that is drawn."""


def world(n: int, first: int = 1) -> list[Scenario]:
    """Wars drawn at random, by number.

    Args:
        n: how many, at least 1.
        first: number of the first; the others follow it.

    Returns:
        Cases, each of eight years, ready for ``run``, ``ensemble`` and all else that takes a case.

    Raises:
        InputError: where there are none to draw.

    Examples:
        >>> import detente
        >>> [war.case.name for war in detente.world(2)]
        ['drawn-1', 'drawn-2']
    """
    from detente.model.errors import wrong

    if n < 1:
        raise wrong("n", n, "a whole number of at least 1")
    if first < 0:
        raise wrong("first", first, "a whole number of at least 0")
    return [drawn_war(number) for number in range(first, first + n)]


def drawn_war(number: int) -> Scenario:
    """The war of one number."""
    import numpy as np

    from detente.model.scenario import parse_scenario

    return parse_scenario(tables(number, np.random.default_rng([STREAM, number])), f"drawn war {number}")


def tables(number: int, rng: np.random.Generator) -> dict[str, Any]:
    """The tables of a case file."""
    war = War(rng)
    return {
        "case": {
            "name": f"drawn-{number}",
            "title": f"Drawn war {number}",
            "summary": "A war drawn at random from the priors of the program.",
            "start": FIRST_DAY,
            "end": LAST_DAY,
            "step_days": 1.0,
            "sources": ["drawn at random"],
        },
        "calendar": {"season": war.season()},
        "party": list(war.parties()),
        "relation": list(war.relations()),
        "spoiler": list(war.spoilers()),
        "mediator": list(war.mediators()),
        "track": list(war.tracks()),
        "measure": list(war.measures()),
    }


class War:
    """One war while it is drawn; every quantity in the order of ``PRIORS``, so that none depends on what is read."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.deaths = log_normal(rng, DEATHS) / DAYS_PER_MONTH
        self.deadliness = log_normal(rng, DEATHS_PER_EVENT)
        self.share = 1.0 / (1.0 + math.exp(-rng.normal(0.0, SHARE_SD)))
        self.balance = log_normal(rng, BALANCE)
        self.hawks = [
            [uniform(rng, name) for name in ("moderates", "hawks", "hawks_share")] for _ in range(3)
        ]
        self.trust = uniform(rng, "trust", 6)
        self.validation = uniform(rng, "validation")
        self.risk = uniform(rng, "risk_tolerance", 3)
        self.patron = rng.random() < 0.3
        self.support, self.alignment = uniform(rng, "support"), uniform(rng, "alignment")
        self.third = rng.random() < 0.3
        self.n_spoilers = min(int(rng.poisson(0.7)), 2)
        self.spoiling = uniform(rng, "spoiling", 2)
        self.n_mediators = min(int(rng.poisson(1.2)), 3)
        self.backchannel = rng.random() < 0.5
        self.seasonal = rng.random() < 0.29
        # Drawn apart, so that what was drawn before this was added stays what it was.
        self.volatility = log_normal(rng.spawn(1)[0], VOLATILITY)

    @property
    def attacks(self) -> float:
        """Attacks a day by all that fight in the main war."""
        return self.deaths / self.deadliness

    def season(self) -> list[float]:
        """Factors by month."""
        height = SEASON if self.seasonal else 0.0
        return [round(math.exp(height * math.cos(2.0 * math.pi * (m - 6) / 12.0)), 4) for m in range(12)]

    def parties(self) -> Iterable[dict[str, Any]]:
        """The government, the movement, and perhaps a patron and a second movement."""
        government: dict[str, Any] = {
            "name": "government",
            "sponsor": not self.patron,
            "main_foe": "movement",
        }
        if self.patron:
            government |= {
                "patron": "patron",
                "support": self.support,
                "alignment": self.alignment,
                "tipping": 0.35,
            }
        yield self.party(government, 0, morale=self.balance)
        yield self.party({"name": "movement", "validation": self.validation, "main_foe": "government"}, 1)
        if self.patron:
            own = {
                "name": "patron",
                "sponsor": True,
                "presence": 1.0,
                "conditionality": 0.5,
                "main_foe": "movement",
            }
            yield {
                **own,
                "title": "The Patron",
                "validation": 0.0,
                "risk_tolerance": 0.5,
                "morale": 1.0,
                "faction": [
                    {"name": "patron-home", "title": "Home opinion", "share": 1.0, "hawkishness": 0.4}
                ],
            }
        if self.third:
            yield self.party({"name": "second-movement", "main_foe": "government"}, 2, morale=0.35)

    def party(self, own: dict[str, Any], k: int, morale: float = 1.0) -> dict[str, Any]:
        """One party with its two factions."""
        doves, hawks, share = self.hawks[k]
        name = own["name"]
        factions = [
            {"name": f"{name}-moderates", "title": "Moderates", "share": 1.0 - share, "hawkishness": doves},
            {"name": f"{name}-hawks", "title": "Hawks", "share": share, "hawkishness": hawks},
        ]
        common = {"title": name.replace("-", " ").title(), "validation": 0.0, "risk_tolerance": self.risk[k]}
        return {**common, "morale": morale, **own, "faction": factions}

    def relations(self) -> Iterable[dict[str, Any]]:
        """The main war, and those of a patron and of a second movement."""
        main = self.attacks
        veto = {"veto": ["second-movement"]} if self.third else {}
        yield self.war("government", "movement", main * self.share, main * (1.0 - self.share), 0) | veto
        if self.patron:
            yield self.war("patron", "movement", 0.2 * main * self.share, 0.1 * main * (1.0 - self.share), 2)
            yield {"between": ["patron", "government"], "hostile": False, "trust": [0.6, 0.6]}
        if self.third:
            yield self.war("second-movement", "government", 0.2 * main, 0.2 * main, 4)

    def war(self, a: str, b: str, by_a: float, by_b: float, k: int) -> dict[str, Any]:
        """Two parties that fight."""
        return {
            "between": [a, b],
            "hostile": True,
            "attacks": [by_a, by_b],
            "deaths_per_event": [self.deadliness, self.deadliness],
            "trust": [float(self.trust[k]), float(self.trust[k + 1])],
            "volatility": self.volatility,
        }

    def spoilers(self) -> Iterable[dict[str, Any]]:
        """Groups outside the process."""
        for k in range(self.n_spoilers):
            target = {"party": "government", "attacks": float(self.spoiling[k]) * self.attacks}
            target["deaths_per_event"] = self.deadliness
            yield {"name": f"spoiler-{k + 1}", "title": f"Spoiler {k + 1}", "target": [target]}

    def mediators(self) -> Iterable[dict[str, Any]]:
        """Outside mediators."""
        rng = self.rng
        for k in range(self.n_mediators):
            style = str(rng.choice(["facilitator", "formulator", "guarantor"], p=[0.6, 0.2, 0.2]))
            access = {"between": ["government", "movement"], "access": float(uniform(rng, "access"))}
            yield {
                "name": f"mediator-{k + 1}",
                "title": f"Mediator {k + 1}",
                "style": style,
                "skill": float(uniform(rng, "skill")),
                "leverage": float(uniform(rng, "leverage")),
                "monitors": float(uniform(rng, "monitors")),
                "access": [access | {"bias": float(uniform(rng, "bias"))}],
            }

    def tracks(self) -> Iterable[dict[str, Any]]:
        """Open talks, a direct line of the sponsor, and perhaps envoys in secret."""
        both = ["government", "movement"]
        yield front("front", both)
        if self.backchannel:
            yield envoys("backchannel", both)
        if self.patron:
            yield over_the_head("direct", ["patron", "movement"], "government")
        else:
            yield leaders("direct", both)

    def measures(self) -> Iterable[dict[str, Any]]:
        """Releases by both sides, and recognition by the sponsor."""
        yield from usual_measures("patron" if self.patron else "government", "movement")


# -- the usual lines of talks and measures, which a case built from data takes over


def agenda() -> list[Any]:
    """What two sides talk about."""
    rest = [{"name": "power", "does": {"power": 0.5}}, "land"]
    return [*small_agenda(), *rest]


def small_agenda() -> list[Any]:
    """What envoys talk about: the first two of these."""
    return [
        {"name": "ceasefire", "does": {"ceasefire": 1.0}},
        {"name": "prisoners", "does": {"prisoners": 0.5}},
    ]


def front(name: str, between: list[str]) -> dict[str, Any]:
    """Open talks."""
    return track(name, between, "front", agenda())


def envoys(name: str, between: list[str]) -> dict[str, Any]:
    """Envoys in secret."""
    secret = {"visibility": 0.1, "leak": 0.005, "level": 0.7}
    return track(name, between, "backchannel", small_agenda()) | secret


def leaders(name: str, between: list[str]) -> dict[str, Any]:
    """A direct line between the two leaderships."""
    return track(name, between, "direct", agenda()) | {"level": 0.8, "visibility": 0.7}


def over_the_head(name: str, between: list[str], ally: str) -> dict[str, Any]:
    """A patron's direct line to the other side, which leaves its ally out."""
    issues = [{"name": "withdrawal", "does": {"withdrawal": 1.0}}, "guarantees", "ceasefire"]
    return track(name, between, "direct", issues) | {"excluded": ally, "visibility": 0.8}


def track(name: str, between: list[str], form: str, issues: list[Any]) -> dict[str, Any]:
    """A line of talks."""
    return {"name": name, "title": name.title(), "between": between, "form": form, "issues": issues}


def usual_measures(sponsor: str, foe: str) -> Iterable[dict[str, Any]]:
    """Releases by both sides, and recognition by the sponsor."""
    yield measure("release", sponsor, foe, "confidence", 0.3)
    yield measure("office", sponsor, foe, "recognition", 0.4)
    yield measure("captives", foe, sponsor, "confidence", 0.2)


def measure(name: str, giver: str, receiver: str, kind: str, cost: float) -> dict[str, Any]:
    """A measure of confidence."""
    ends = {"name": name, "title": name.title(), "from": giver, "to": receiver, "kind": kind}
    return {
        **ends,
        "cost": cost,
        "max_cost": 2.5 * cost,
        "divisive": 0.5,
        "reversible": kind == "recognition",
    }


def log_normal(rng: np.random.Generator, spread: Spread) -> float:
    """A log-normal variate, cut off at both ends."""
    return float(min(max(spread.median * math.exp(rng.normal(0.0, spread.sd)), spread.low), spread.high))


def uniform(rng: np.random.Generator, name: str, size: int | None = None) -> Any:
    """One or several uniform variates from the range of a fact."""
    span = RANGES[name]
    return rng.uniform(span.low, span.high, size)
