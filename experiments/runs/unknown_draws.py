"""Runs over draws of what is not known (``unknowns``), and over theories where asked for.

A few seeds run under each draw, and everything that is compared runs under the same draws and seeds, so that a pair is
still a pair.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.agents.parameters import Parameters
from detente.experiments.runs.final_outcomes import Ends, Progress, ends_of_all
from detente.experiments.runs.inputs import whole_number
from detente.experiments.runs.posterior_draws import Draws, Redrawn, Source
from detente.experiments.runs.seeds import consecutive, seed_words
from detente.experiments.runs.two_intervals import over_draws
from detente.experiments.runs.unknowns import Unknowns, unknowns_of
from detente.model.keywords import facts_in, is_fact

if TYPE_CHECKING:
    from detente.agents.actors import Actor
    from detente.model.request import Request

Values = np.ndarray[Any, Any]

EACH = 4
"""Seeds under each draw, unless another number serves better."""

LEAST = 20
"""Fewest draws that are made without being asked for: fewer say little of a share."""


@dataclass(frozen=True)
class TableDraws(Draws):
    """Draws of which each has its own seeds; ``rows`` says which row of the table a seed has."""

    rows: Mapping[int, int] = field(default_factory=dict[int, int])

    def particle(self, seed: int) -> int:
        """Which row of the table a seed draws."""
        return self.rows[seed]


@dataclass(frozen=True)
class Unknown:
    """Draws of what is not known, ``each`` seeds under every one; ``theories`` take turns where there are any."""

    draws: TableDraws
    seeds: tuple[int, ...]
    each: int
    theories: tuple[str, ...] = ()
    source: Unknowns = field(default_factory=Unknowns)

    @property
    def n_draws(self) -> int:
        """Number of draws."""
        return len(self.draws.posterior.values)

    @property
    def about(self) -> dict[str, Any]:
        """What was drawn, in plain values."""
        names, source = self.draws.names, self.draws.posterior.about
        return {
            "draws": self.n_draws,
            "seeds_each": self.each,
            "seeds": seed_words(self.seeds),
            "parameters": [name for name in names if not is_fact(name)],
            "facts": list(facts_in(dict.fromkeys(names))),
            "theories": list(self.theories),
            "posterior": source.get("posterior"),
            "note": self.source.note or None,
            "sample_sha256": self.draws.about["sample_sha256"],
        }

    @property
    def words(self) -> str:
        """What was drawn, in a line."""
        about = self.about
        parts = [f"{len(about['parameters'])} parameters over their declared ranges"]
        if about["posterior"]:
            n = len(about["posterior"]["parameters"])
            fitted = f"{n} of them from {self.source.called} and the others over their declared ranges"
            parts = [f"{len(about['parameters'])} parameters, {fitted}"]
        parts += [f"{len(about['facts'])} facts of the case"] if about["facts"] else []
        parts += [f"{len(self.theories)} theories"] if self.theories else []
        note = f"; {self.source.note}" if self.source.note else ""
        return f"{self.n_draws} draws of {', '.join(parts)}; {self.each} seeds under each{note}"

    def run(
        self,
        requests: Sequence[Request],
        *,
        threads: int | None = None,
        actors: Mapping[str, type[Actor]] | None = None,
        progress: Progress | None = None,
    ) -> OverDraws | None:
        """The outcomes of what is asked, draw by draw and seed by seed; none where Ctrl-C came before all was done."""
        parts: list[list[Ends]] = []
        for theory, seeds in self.shares():
            under = [r if theory is None else replace(r, theory=theory) for r in requests]
            openers: Any = [request.open for request in under]
            again = Redrawn(self.draws, given_of(under[0]), openers)
            starts = [request.open() for request in under]
            how: dict[str, Any] = {"threads": threads, "actors": actors, "progress": progress}
            try:
                done, found = ends_of_all(starts, seeds, drawn=again, **how)
            except KeyboardInterrupt:
                return None
            if len(done) < len(seeds):
                return None
            parts.append(found)
        ends = tuple(self.in_order([part[k] for part in parts]) for k in range(len(requests)))
        return OverDraws(self, ends)

    def shares(self) -> Iterator[tuple[str | None, tuple[int, ...]]]:
        """Each theory with the seeds of its draws; no theory where the one that is asked for stands."""
        if not self.theories:
            yield None, self.seeds
        for turn, theory in enumerate(self.theories):
            yield theory, tuple(s for s in self.seeds if self.draws.particle(s) % len(self.theories) == turn)

    def in_order(self, parts: Sequence[Ends]) -> Ends:
        """Outcomes by theory as outcomes by draw."""
        seeds = np.concatenate([np.array(part, dtype=np.uint64) for _, part in self.shares()])
        order = np.argsort(seeds, kind="stable")
        return {name: np.concatenate([part[name] for part in parts])[order] for name in parts[0]}


@dataclass(frozen=True)
class OverDraws:
    """The outcomes of several requests over the same draws, draw by draw and seed by seed."""

    unknown: Unknown
    ends: tuple[Ends, ...]

    def values(self, outcome: str) -> Values:
        """One outcome of every request: shape (requests, seeds)."""
        return np.array([ends[outcome] for ends in self.ends])

    def effect(self, effects: Values, mean: float) -> dict[str, float]:
        """What the draws say of an effect, given seed by seed, whose ``mean`` without draws is known."""
        return over_draws(effects, self.unknown.each, mean)


def given_of(request: Request) -> dict[str, dict[str, float]]:
    """Parameters set by hand."""
    given = request.parameters
    if given is None or isinstance(given, Parameters):
        return {}
    return {group: dict(values) for group, values in given.items()}


def unknown_of(
    requests: Sequence[Request],
    seeds: Sequence[int],
    *,
    draws: int | None = None,
    each: int = EACH,
    theories: Sequence[str] = (),
    posterior: Source | None = None,
    facts: bool = True,
) -> Unknown | None:
    """What is not known of some requests for one case, drawn: as many runs again as there are ``seeds``.

    The draws have the numbers from the first seed on.  None where facts and parameters are to be taken at their values
    (``point``), where every parameter is set by hand, and where the seeds make fewer than 20 draws and no number of
    ``draws`` is asked for.  Without ``facts``, those of the case are drawn by the seeds, as they are elsewhere.

    Raises ``InputError`` for a number of draws that cannot be, and for a posterior that is none.
    """
    first = requests[0]
    if first.point or isinstance(first.parameters, Parameters):
        return None
    if draws is None and len(seeds) < LEAST * each:
        return None
    n = len(seeds) // each if draws is None else whole_number(draws, "draws", 2)
    again = consecutive(seeds[0], n * each)
    source = unknowns_of(posterior, case=first.scenario, profile=first.profile)
    table = source.table(first, consecutive(seeds[0], n), facts=facts)
    rows = {seed: k // each for k, seed in enumerate(again)}
    return Unknown(TableDraws(table, frozenset(), rows), again, each, tuple(theories), source)
