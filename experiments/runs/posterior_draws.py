"""Runs whose parameters are drawn from a posterior, so that what data leave open spreads the outcomes as luck does.

Each seed has a draw of its own, whatever else is run beside it: policies under one seed share their parameters as they
share their luck, a pair is still a pair, and ``detente run --seed K`` makes run K of an ensemble again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from detente.experiments.runs.opening_patches import Patch, same
from detente.experiments.runs.pooled_posterior import (
    POOLED,
    case_parameters,
    check_current,
    is_pooled,
    pooled_posterior,
)
from detente.experiments.runs.posterior import FILE_NAME, Posterior, read_posterior
from detente.experiments.runs.provenance import NOT_A_FORECAST
from detente.experiments.runs.runners import Rows, Runner
from detente.model.errors import InputError, wrong
from detente.model.keywords import FACT, facts_in, is_fact, nested_parameters
from detente.model.opening import Opening
from detente.model.request import CaseLike, Request, merged_parameters, scenario_of

if TYPE_CHECKING:
    import pandas as pd

    from detente.model.scenario import Scenario

STORED, RANGES = "stored", "ranges"
"""The words for the posterior that stands beside a case, and for none: parameters over their declared ranges."""

PURPOSE = 20180723
"""Keeps the draws apart from any other use of a seed."""

Values = np.ndarray[Any, Any]
Nested = Mapping[str, Mapping[str, float]]
EXCITATION = frozenset({"violence.n_own", "violence.n_rec", "violence.n_ally"})
"""Parameters whose sum is bounded: where a case sets one, a posterior over many cases draws none of them."""

Source = str | Path | Posterior
"""A posterior: ``stored`` for the one beside a case, ``pooled`` for the shipped one, a path, or one as it is."""


@dataclass(frozen=True)
class Draws:
    """A posterior to draw from; parameters set by hand (``held``) are left as they were set."""

    posterior: Posterior
    held: frozenset[str] = frozenset()

    @property
    def names(self) -> tuple[str, ...]:
        """Parameters that are drawn."""
        return tuple(name for name in self.posterior.names if name not in self.held)

    @cached_property
    def about(self) -> dict[str, Any]:
        """What is drawn, from what."""
        known = self.posterior.about
        kept = {key: known[key] for key in ("case", "from", "until") if key in known}
        return {**kept, "parameters": list(self.names), "sample_sha256": sample_digest(self.posterior)}

    @property
    def words(self) -> str:
        """What is drawn, in a line."""
        about = self.about
        span = f" fitted to {about['from']} to {about['until']}" if {"from", "until"} <= set(about) else ""
        return f"parameters drawn for each seed from the posterior{span}: {', '.join(self.names)}"

    def particle(self, seed: int) -> int:
        """Which member of the sample a seed draws."""
        dice = np.random.default_rng([PURPOSE, seed])
        return int(dice.choice(len(self.posterior.values), p=self.posterior.weights))

    def setting(self, particle: int) -> dict[str, float]:
        """What is drawn with a member of the sample: parameters as ``group.name``, facts as ``fact.PATH``."""
        row = zip(self.posterior.names, self.posterior.values[particle], strict=True)
        return {name: float(value) for name, value in row if name not in self.held}

    def facts(self, particle: int) -> dict[str, float]:
        """The facts drawn with a member of the sample, by path."""
        return facts_in(self.setting(particle))

    def table(self, seeds: Sequence[int]) -> pd.DataFrame:
        """What each seed draws: a row a seed, a column a parameter."""
        import pandas as pd

        return pd.DataFrame([self.setting(self.particle(seed)) for seed in seeds])

    def on_top_of(self, given: Nested | None, particle: int) -> dict[str, dict[str, float]]:
        """Parameters as ``open_case`` takes them: those set by hand, and those drawn."""
        setting = self.setting(particle).items()
        drawn = nested_parameters({name: value for name, value in setting if not is_fact(name)})
        for group, values in (given or {}).items():
            drawn.setdefault(group, {}).update(values)
        return drawn


def draws_for(case: CaseLike, posterior: Source, given: Any = None, facts: Iterable[str] = ()) -> Draws:
    """The posterior of a case ("stored"), over many ("pooled"), of a file, or as it is, without what is set by hand.

    Of a pooled one, parameters that the case itself sets are not drawn either.

    Raises ``InputError`` for a posterior that is not there, was fitted to another case, or leaves nothing to draw.
    """
    if given is not None and not isinstance(given, Mapping):
        raise InputError(
            "parameters: expected a mapping of groups to names and values; the other parameters are drawn"
        )
    found, scenario = posterior_of(case, posterior), scenario_of(case)
    check_case(found, scenario)
    held = frozenset(f"{group}.{key}" for group, values in (given or {}).items() for key in values)
    held |= case_parameters(scenario) if is_pooled(found) else frozenset()
    if is_pooled(found) and held & EXCITATION:
        held |= EXCITATION
    draws = Draws(found, held | {f"{FACT}.{path}" for path in facts})
    if not draws.names:
        raise InputError("posterior: all its parameters are given as fixed; expected at least one to draw")
    return draws


def check_case(posterior: Posterior, scenario: Scenario) -> None:
    """Refuse a posterior that was fitted to another case."""
    name = scenario.case.name
    if posterior.about.get("case", name) != name:
        raise wrong("posterior", posterior.about["case"], f"one that was fitted to {name}")


def posterior_of(case: CaseLike | None, posterior: Source) -> Posterior:
    """The posterior that a word, a path or a posterior stands for; without a case none stands beside it."""
    if isinstance(posterior, Posterior):
        return posterior
    if str(posterior) == STORED:
        if case is None:
            raise wrong("posterior", STORED, f"{POOLED}, {RANGES} or a file, as no single case is meant")
        return beside(case)
    if str(posterior) == POOLED:
        return pooled_posterior()
    found = read_posterior(posterior)
    check_current(found, str(posterior))
    return found


def beside(case: CaseLike) -> Posterior:
    """The posterior that stands beside a case; raises ``InputError`` if none does."""
    scenario = scenario_of(case)
    if scenario.path is None or not has_stored(scenario):
        raise InputError(
            f"posterior: {scenario.case.name} has none; expected {FILE_NAME} beside its case file"
        )
    return read_posterior(scenario.path.parent / FILE_NAME)


def has_stored(scenario: Scenario) -> bool:
    """Whether a posterior stands beside a case."""
    return scenario.path is not None and (scenario.path.parent / FILE_NAME).exists()


def sample_digest(posterior: Posterior) -> str:
    """Digest of a sample and its weights."""
    return hashlib.sha256(posterior.values.tobytes() + posterior.weights.tobytes()).hexdigest()


def posterior_about(posterior: Posterior, name: str) -> dict[str, Any]:
    """Which posterior it is: what it is called, what it was fitted to, and under which version and rules."""
    known = posterior.about
    kept = {key: known[key] for key in ("case", "from", "until") if key in known}
    made = {key: known.get(key) for key in ("version", "rules_digest")}
    return {"name": name, **kept, **made, "sample_sha256": sample_digest(posterior)}


def rules_note(posterior: Posterior) -> str:
    """What is said of a posterior that was fitted under other rules than the present ones; empty for all others."""
    from detente.model.kernel import rules_digest

    made, now = posterior.about.get("rules_digest"), rules_digest()
    if made is None or made == now:
        return ""
    return f"that posterior was fitted under other rules than the present ones ({now[:12]})"


class Opener(Protocol):
    """Opens a case with some parameters, all else fixed."""

    def __call__(self, *, parameters: Nested, facts: Mapping[str, float] = ...) -> Opening:
        """The opening; raises ``InputError`` for parameters and facts out of range."""
        ...


@dataclass
class Redrawn:
    """Openings that are run together, opened again with the parameters that a seed draws, on top of those ``given``.

    Of a member of the sample only the first opening is built anew.  What it has other records for than the first of
    another member, the others have too; so their records are changed in the same words (``Patch``).
    """

    draws: Draws
    given: Nested | None
    openers: Sequence[Opener]
    words: dict[int, Values] = field(default_factory=dict)

    def parameters(self, particle: int) -> dict[str, dict[str, float]]:
        """Parameters with a member of the sample."""
        return self.draws.on_top_of(self.given, particle)

    def opened(self, place: int, particle: int) -> Opening:
        """One of the openings with the parameters of a member of the sample, built anew."""
        facts = self.draws.facts(particle)
        if not facts:
            return self.openers[place](parameters=self.parameters(particle))
        return self.openers[place](parameters=self.parameters(particle), facts=facts)

    @cached_property
    def patches(self) -> list[Patch | None]:
        """How each opening is changed; none where it has to be built anew.

        Found between two members of the sample, and taken only if it gives the second's opening to the last bit.
        """
        one, other = far_apart(self.draws.posterior.values)
        return [
            self.patch(self.opened(k, one), self.opened(k, other), other) for k in range(len(self.openers))
        ]

    def patch(self, first: Opening, second: Opening, particle: int) -> Patch | None:
        """How to come from one opening to another, that of a member of the sample, by the words of the leader."""
        if len(first.buffer) != len(second.buffer):
            return None
        found = Patch(first, np.flatnonzero(first.buffer != second.buffer))
        words = self.words.setdefault(particle, second.buffer[found.places])
        if len(words) != len(found.places) or not same(
            found.at(second.parameters, words, second.facts), second
        ):
            return None
        return found

    def opening(self, place: int, particle: int) -> Opening:
        """One of the openings with the parameters of a member of the sample."""
        patch, leader = self.patches[place], self.patches[0]
        if patch is None or leader is None:
            return self.opened(place, particle)
        if particle not in self.words:
            self.words[particle] = self.opened(0, particle).buffer[leader.places]
        merged = merged_parameters(patch.start.parameters, self.parameters(particle))
        facts = {**patch.start.facts, **self.draws.facts(particle)}
        return patch.at(merged, self.words[particle], facts)

    def only(self, places: Sequence[int]) -> Redrawn:
        """Some of the openings, in this order."""
        return Redrawn(self.draws, self.given, [self.openers[k] for k in places])

    def runner(self, place: int, go: Runner, workers: int) -> Runner:
        """A runner that opens the case for each seed with its own parameters, in place of the opening it is given."""

        def run(start: Opening, seeds: Sequence[int], wanted: Sequence[str]) -> Rows:
            del start
            groups = grouped(self.draws, seeds)
            starts = [self.opening(place, particle) for particle in groups]
            parts = [[seeds[k] for k in places] for places in groups.values()]
            with ThreadPoolExecutor(workers) as pool:
                made = list(pool.map(lambda start, part: go(start, part, wanted), starts, parts))
            order = np.argsort(np.concatenate(list(groups.values())))
            rows, final = (np.concatenate(one)[order] for one in zip(*made, strict=True))
            return rows, final

        return run


def note_on(draws: Draws | None, start: Opening | None = None) -> str:
    """What a figure says of its runs: that they are no forecast, and what was drawn where something was."""
    facts = ["facts that are not known drawn for each seed"] if start is not None and start.priors else []
    parameters = ["parameters drawn from a posterior"] if draws is not None else []
    return " · ".join([*parameters, *facts, NOT_A_FORECAST])


def redrawn(
    case: CaseLike,
    posterior: Source | None,
    given: Any,
    openers: Sequence[Opener],
    facts: Iterable[str] = (),
) -> Redrawn | None:
    """What opens a case again with parameters drawn, on top of those given; none without a posterior.

    ``facts`` are the paths of those set by hand.

    Raises ``InputError`` as ``draws_for`` does.
    """
    if posterior is None:
        return None
    return Redrawn(draws_for(case, posterior, given, facts), given, openers)


def redrawn_requests(requests: Sequence[Request], posterior: Source | None) -> Redrawn | None:
    """What opens some requests for one case again with parameters drawn; none without a posterior, or for "ranges"."""
    first = requests[0]
    if isinstance(posterior, str) and posterior == RANGES:
        return None
    openers: Any = [request.open for request in requests]
    return redrawn(first.scenario, posterior, first.parameters, openers, first.facts)


def drawn_by(request: Request, posterior: Source, seed: int) -> Request:
    """A request with the parameters that a seed draws, those asked for by hand held."""
    draws = draws_for(request.scenario, posterior, request.parameters, request.facts)
    given, particle = request.parameters, draws.particle(seed)
    facts = {**draws.facts(particle), **request.facts}
    drawn: Any = draws.on_top_of(given if isinstance(given, dict) else None, particle)
    return replace(request, parameters=drawn, facts=facts)


def far_apart(sample: Values) -> tuple[int, int]:
    """The first member of a sample, and the one that is least like it in the parameter they share most."""
    varied = sample[:, np.ptp(sample, axis=0) > 0]
    if not varied.size:
        return 0, 0
    apart = np.abs(varied - varied[0]) / np.ptp(varied, axis=0)
    return 0, int(apart.min(axis=1).argmax())


def grouped(draws: Draws, seeds: Sequence[int]) -> dict[int, list[int]]:
    """Places of the seeds that draw the same member of the sample."""
    groups: dict[int, list[int]] = {}
    for k, seed in enumerate(seeds):
        groups.setdefault(draws.particle(seed), []).append(k)
    return groups
