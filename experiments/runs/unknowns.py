"""What is not known, and how it is drawn: the one place that says so, for every question.

- *What*: all parameters but the switches, which stand for theories, and the facts of a case with grade ``prior``.
  What is set by hand, by a profile or by the case itself is left as it is; a posterior that was fitted to the case
  stands before what the case sets.
- *From what*: a posterior for the parameters that it holds, jointly, the pooled one unless another is named; the
  declared ranges for the others, each by itself, wide ones on a log scale; the ends of a fact.
- *Under which number*: draw k means the same parameters in every case and under every policy, and the facts that seed
  k draws.  It depends on the number and the name of the parameter alone, so that a further one changes no other draw.

Questions that have a plan of their own (states of the world, the table of a pooled fit, the rows of a prospect) take
their places in the ranges from ``latin`` or from their own dice, and the rest from here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.agents.parameters import PROFILES, Parameters
from detente.agents.rules.chance import MASK, philox, unit
from detente.experiments.runs.inputs import free_parameters, with_whole_parties
from detente.experiments.runs.pooled_posterior import POOLED, case_parameters, is_pooled
from detente.experiments.runs.posterior import Posterior
from detente.experiments.runs.posterior_draws import (
    RANGES,
    STORED,
    Source,
    check_case,
    posterior_about,
    posterior_of,
    rules_note,
)
from detente.model.consistency import check_parameters
from detente.model.errors import InputError
from detente.model.fact_draws import between, draws, on_log_scale
from detente.model.facts import priors_of, with_facts
from detente.model.keywords import FACT, facts_in, flat_parameters, is_fact, nested_parameters
from detente.model.records.arrays import key_words
from detente.model.request import Request, merged_parameters, profiled, scenario_of

if TYPE_CHECKING:
    from detente.experiments.runs.inputs import Declared
    from detente.model.request import CaseLike
    from detente.model.scenario import Scenario

Values = np.ndarray[Any, Any]

PARAMETER_PURPOSE = 1 << 23
"""Keeps these draws apart from all others under the same number."""

ATTEMPTS = 50
"""Draws that are tried until one fits together: few do not."""


@dataclass(frozen=True)
class Unknowns:
    """From what parameters are drawn: those of a ``posterior`` from it, the others over their declared ranges.

    ``name`` is what the posterior is called, ``note`` what a reader must know of the choice (empty: nothing).
    """

    posterior: Posterior | None = None
    name: str = RANGES
    note: str = ""

    @property
    def called(self) -> str:
        """The posterior in words, with the version and the rules that it was fitted under."""
        names = {POOLED: "the pooled posterior", STORED: "the posterior of the case"}
        known = {} if self.posterior is None else self.posterior.about
        version, rules = known.get("version"), known.get("rules_digest")
        made = [f"version {version}"] if version else []
        made += [f"rules {str(rules)[:12]}"] if rules else []
        return names.get(self.name, "the posterior") + (f" ({', '.join(made)})" if made else "")

    @property
    def words(self) -> str:
        """From what parameters are drawn, in a few words, and the note."""
        found = "parameters drawn over their declared ranges"
        if self.posterior is not None:
            found = f"parameters drawn from {self.called}, the others over their declared ranges"
        return f"{found}; {self.note}" if self.note else found

    @property
    def about(self) -> dict[str, Any]:
        """From what parameters are drawn, as results say it."""
        told: dict[str, Any] = {"parameters": "declared ranges"}
        if self.posterior is not None:
            told = {"parameters": "posterior", "names": list(self.posterior.names)}
            told |= posterior_about(self.posterior, self.name)
        return told | ({"note": self.note} if self.note else {})

    def request(self, asked: Request, number: int) -> Request:
        """What is asked of a case with a draw in place of the parameters and facts that are not known.

        Raises ``InputError`` where a whole ``Parameters`` was given, which leaves nothing to draw.
        """
        if isinstance(asked.parameters, Parameters):
            raise InputError(
                "parameters: got a whole Parameters; expected names and values, as others are drawn"
            )
        row = self.parameters(asked, number)
        fitted = {path: value for path, value in facts_in(row).items() if path not in asked.facts}
        drawn = {name: value for name, value in row.items() if not is_fact(name)}
        scenario = asked.scenario if asked.point else case_of_draw(asked.scenario, number, asked.facts)
        return replace(
            asked,
            scenario=with_facts(scenario, fitted),
            parameters=nested_parameters({**drawn, **by_hand(asked)}),
            point=True,
        )

    def setting(self, asked: Request, number: int, *, facts: bool = True) -> dict[str, float]:
        """A draw: parameters as ``group.name``, and with ``facts`` those of the case as ``fact.PATH``."""
        row = self.parameters(asked, number)
        if not facts:
            return {name: value for name, value in row.items() if not is_fact(name)}
        free = [fact for fact in priors_of(asked.scenario) if fact.path not in asked.facts]
        drawn = {f"{FACT}.{path}": value for path, value in draws(free, number).items()}
        kept = {name: v for name, v in row.items() if name.removeprefix(f"{FACT}.") not in asked.facts}
        return with_whole_parties(asked, {**drawn, **kept})

    def table(self, asked: Request, numbers: Sequence[int], *, facts: bool = True) -> Posterior:
        """Draws as a sample, a row each; without a column where everything is known."""
        rows = [self.setting(asked, number, facts=facts) for number in numbers]
        names = tuple(rows[0])
        values = np.array([[row[name] for name in names] for row in rows])
        found, about = self.posterior, None
        if found is not None:
            about = posterior_about(found, self.name)
            about["parameters"] = [name for name in names if name in found.names]
        return Posterior(names, values, np.full(len(rows), 1.0 / len(rows)), {"posterior": about})

    def parameters(self, asked: Request, number: int) -> dict[str, float]:
        """The parameters of a draw that are not held.  The first attempt that fits together is taken."""
        given, own = set_in(asked), case_parameters(asked.scenario)
        base = profiled(asked.scenario.parameters, asked.profile)
        held = given | own
        shared = held if self.posterior is None or is_pooled(self.posterior) else given
        for attempt in range(ATTEMPTS):
            free = {name: value for name, value in over_ranges(number, attempt).items() if name not in held}
            fitted = self.from_posterior(number, attempt)
            row = free | {name: value for name, value in fitted.items() if name not in shared}
            numbers = {name: value for name, value in row.items() if not is_fact(name)}
            if fits(base, {**numbers, **by_hand(asked)}):
                return row
        raise InputError(f"draw {number}: no parameters that fit together in {ATTEMPTS} attempts")

    def from_posterior(self, number: int, attempt: int = 0) -> dict[str, float]:
        """A member of the sample: what the posterior holds, jointly."""
        if self.posterior is None:
            return {}
        dice = np.random.default_rng([PARAMETER_PURPOSE, number, *([attempt] if attempt else [])])
        return member(self.posterior, int(dice.choice(len(self.posterior.values), p=self.posterior.weights)))


# -- what is drawn, and from which posterior


def unknowns_of(
    source: Source | None = None, *, case: CaseLike | None = None, profile: str | None = None
) -> Unknowns:
    """From what parameters are drawn: the pooled posterior unless another is named, or "ranges".

    The pooled one was fitted to the usual parameters; under a ``profile`` it is taken only where it is named.  Without
    a ``case``, as where many are compared, "stored" means nothing and is refused.

    Raises ``InputError`` for a posterior that is none, or that was fitted to another case.
    """
    if source is None and profile is not None:
        return Unknowns(note=f"the pooled posterior does not hold under the profile {profile}")
    source = POOLED if source is None else source
    if isinstance(source, str) and source == RANGES:
        return Unknowns()
    found = posterior_of(case, source)
    if case is not None:
        check_case(found, scenario_of(case))
    name = "given" if isinstance(source, Posterior) else str(source)
    return Unknowns(found, name, rules_note(found))


def by_hand(asked: Request) -> dict[str, float]:
    """Parameters that are set by hand, as ``group.name``."""
    return flat_parameters(asked.parameters) if isinstance(asked.parameters, Mapping) else {}


def set_in(asked: Request) -> frozenset[str]:
    """Parameters that are set by hand or by a profile."""
    return frozenset({*by_hand(asked), *(PROFILES[asked.profile] if asked.profile else {})})


def case_of_draw(scenario: Scenario, number: int, held: Collection[str] = ()) -> Scenario:
    """The case with the facts of a draw, those ``held`` left as they are."""
    free = [fact for fact in priors_of(scenario) if fact.path not in held]
    return with_facts(scenario, draws(free, number))


def fits(base: Parameters, setting: Mapping[str, float]) -> bool:
    """Whether the model takes some parameters together, on top of others."""
    try:
        check_parameters(merged_parameters(base, nested_parameters(dict(setting))))
    except InputError:
        return False
    return True


def members(posterior: Posterior, n: int, seed: int) -> Values:
    """Rows of a sample, drawn by their weights: shape (n,)."""
    return np.random.default_rng(seed).choice(len(posterior.values), size=n, p=posterior.weights)


def member(posterior: Posterior, row: int) -> dict[str, float]:
    """One member of a sample, by name."""
    return dict(zip(posterior.names, map(float, posterior.values[row]), strict=True))


# -- places in the ranges


def over_ranges(number: int, attempt: int = 0) -> dict[str, float]:
    """Every parameter but the switches, drawn over its declared range; wide ranges on a log scale."""
    known = free_parameters().items()
    return {name: between(p.low, p.high, share(name, number, attempt)) for name, p in known}


def share(name: str, number: int, attempt: int) -> float:
    """How far through its range a parameter lies in a draw."""
    first, second = key_words(f"parameter:{name}")
    high, low, _, _ = philox(attempt, PARAMETER_PURPOSE, first, second, number & MASK, number >> 32 & MASK)
    return unit(high, low)


def latin(n: int, columns: int, seed: int) -> Values:
    """Places in the ranges, from 0 to 1, spread evenly in each column (Latin hypercube): shape (n, columns)."""
    from scipy.stats import qmc

    return qmc.LatinHypercube(max(columns, 1), rng=seed).random(n)[:, :columns]


def at_shares(known: Sequence[Declared], shares: Values) -> Values:
    """The values at some places in the ranges: shape (draws, names)."""
    rows = np.asarray(shares, dtype=float).tolist()
    return np.array([[between(p.low, p.high, s) for p, s in zip(known, row, strict=True)] for row in rows])


def shares_at(known: Sequence[Declared], values: Values) -> Values:
    """The inverse of ``at_shares``."""
    log = np.array([on_log_scale(p.low, p.high) for p in known])
    ends = np.array([[p.low, p.high] for p in known])
    ends[log] = np.log(ends[log])
    searched = np.where(log, np.log(np.where(log, values, 1.0)), values)
    return (searched - ends[:, 0]) / (ends[:, 1] - ends[:, 0])


def around(middle: Values, ends: Values, shares: Values) -> Values:
    """Values drawn evenly below and above a middle, as often below it as above.

    Args:
        middle: the value in the middle of each parameter.
        ends: low and high end of each, shape (parameters, 2).
        shares: places within, 0 to 1, shape (rows, parameters).
    """
    low, high = ends[:, 0], ends[:, 1]
    below = low + 2.0 * shares * (middle - low)
    return np.where(shares < 0.5, below, middle + (2.0 * shares - 1.0) * (high - middle))
