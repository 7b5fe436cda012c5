"""The declared list of outcomes: what is read off the end of a run, with name, unit and meaning.

Every table, figure and analysis of results takes its columns from here.  An outcome is computed for many runs at once,
from the columns of their last rows (see ``detente.model.series``), and names the fields it reads there.  One that is a
mean or a share of what need not have happened is missing (NaN) where it has not, and says so.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from detente.agents import codes
from detente.agents.schema import record_fields
from detente.model.errors import nearest
from detente.model.memory import KINDS
from detente.model.opening import Opening
from detente.model.series import SERIES

Values = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Finals:
    """The last rows of some runs of one opening: shape (runs, columns)."""

    start: Opening
    columns: Sequence[str]
    rows: Values

    def column(self, name: str) -> Values:
        """One column over the runs; raises ``LookupError`` where no series records it."""
        return self.rows[:, self.place(name)]

    def over(self, kind: str, field: str, names: Sequence[str]) -> Values:
        """One field of some records of a kind: shape (runs, records)."""
        return self.rows[:, [self.place(f"{kind}.{name}.{field}") for name in names]]

    def place(self, column: str) -> int:
        """Position of a column; raises ``LookupError`` where no series records it."""
        try:
            return list(self.columns).index(column)
        except ValueError:
            raise LookupError(
                f"no series records {column}: add its field to SERIES in model/series.py, "
                "and name it in the outcome that reads it"
            ) from None

    @property
    def steps(self) -> Values:
        """Political steps that each run took."""
        return self.column("clock.end_step") + 1.0

    @property
    def days(self) -> Values:
        """Days that each run covered."""
        return self.start.days_after(self.steps)


@dataclass(frozen=True)
class Reader:
    """How an outcome is read off the end of some runs, and the recorded fields that it reads there (``kind.field``)."""

    fields: tuple[str, ...]
    read: Callable[[Finals], Values]

    def __call__(self, finals: Finals) -> Values:
        """One number a run."""
        return self.read(finals)


def reads(*fields: str) -> Callable[[Callable[[Finals], Values]], Reader]:
    """Name the recorded fields, each as ``kind.field``, that a function reads off the end of runs."""
    return lambda function: Reader(fields, function)


@dataclass(frozen=True)
class Outcome:
    """One number read off the end of each run.

    ``better`` is -1 where less is better, 1 where more is, else 0.  ``title`` heads figures and tables; where it is
    empty, the name in words does.  ``missing`` says in which runs it has no value (NaN); nothing where all have one.
    """

    name: str
    unit: str
    meaning: str
    read: Reader
    better: int = 0
    title: str = ""
    missing: str = ""

    @property
    def heading(self) -> str:
        """What figures and tables are headed with."""
        return self.title or self.name.replace("_", " ").capitalize()


def tally(field: str) -> Reader:
    """Read a count kept over the whole run."""
    return Reader((f"tally.{field}",), lambda f: f.column(f"tally.{field}"))


def ended(*reasons: int) -> Reader:
    """Read whether a run ended for one of some reasons, as 0 or 1."""
    return Reader(
        ("clock.end_reason",), lambda f: np.isin(f.column("clock.end_reason"), reasons).astype(float)
    )


def hostile_dyads(start: Opening) -> tuple[str, ...]:
    """Names of the directed dyads whose parties fight."""
    hostile = [r.hostile for r in start.scenario.relation for _ in range(2)]
    return tuple(name for name, fights in zip(start.cast.dyads, hostile, strict=True) if fights)


def hostile_pairs(start: Opening) -> tuple[str, ...]:
    """Names of the pairs whose parties fight."""
    return tuple(n for n, r in zip(start.cast.pairs, start.scenario.relation, strict=True) if r.hostile)


def patrons(start: Opening) -> tuple[str, ...]:
    """Names of the parties that have forces present to begin with."""
    return tuple(p.name for p in start.scenario.party if p.presence > 0)


def none(f: Finals) -> Values:
    """An outcome that no run of the case has."""
    return np.full(len(f.rows), np.nan)


@reads("dyads.trust")
def final_trust(f: Finals) -> Values:
    """Mean over hostile dyads of the belief that the other keeps its word; missing where nobody fights."""
    names = hostile_dyads(f.start)
    return f.over("dyads", "trust", names).mean(axis=1) if names else none(f)


@reads("dyads.trust")
def ally_trust(f: Finals) -> Values:
    """Lowest belief of an ally that its patron keeps its word; missing in a case without any."""
    names = [f"{p.name}>{p.patron}" for p in f.start.scenario.party if p.patron]
    if not names:
        return none(f)
    return f.over("dyads", "trust", names).min(axis=1)


@reads("pairs.readiness")
def final_readiness(f: Finals) -> Values:
    """Mean over hostile pairs of the readiness of both sides; missing where nobody fights."""
    names = hostile_pairs(f.start)
    return f.over("pairs", "readiness", names).mean(axis=1) if names else none(f)


@reads("parties.presence")
def final_presence(f: Finals) -> Values:
    """Largest share of outside forces present; missing in a case without any."""
    names = patrons(f.start)
    return f.over("parties", "presence", names).max(axis=1) if names else none(f)


@reads("parties.legitimacy")
def final_legitimacy(f: Finals) -> Values:
    """Lowest standing of any party."""
    return f.over("parties", "legitimacy", f.start.cast.parties).min(axis=1)


@reads("parties.legitimacy")
def patron_standing(f: Finals) -> Values:
    """Lowest standing of a party that has forces present to begin with; of any party where none has."""
    names = patrons(f.start) or f.start.cast.parties
    return f.over("parties", "legitimacy", names).min(axis=1)


@reads("parties.capital")
def final_capital(f: Finals) -> Values:
    """Lowest political capital of any leader."""
    return f.over("parties", "capital", f.start.cast.parties).min(axis=1)


@reads("mediators.kept", "mediators.broken")
def guarantor_credibility(f: Finals) -> Values:
    """Mean credibility of the guarantors, as Beta beliefs; missing in a case without any."""
    names = [m.name for m in f.start.scenario.mediator if m.style == "guarantor"]
    if not names:
        return none(f)
    kept, broken = f.over("mediators", "kept", names), f.over("mediators", "broken", names)
    return (kept / np.maximum(kept + broken, 1e-9)).mean(axis=1)


@reads("pairs.implementation", "pairs.agreed")
def implementation(f: Finals) -> Values:
    """Largest share carried out of an agreement that stands; missing where none does."""
    agreed = f.over("pairs", "agreed", f.start.cast.pairs)
    carried_out = f.over("pairs", "implementation", f.start.cast.pairs) * agreed
    return np.where(agreed.any(axis=1), carried_out.max(axis=1), np.nan)


def per_ceasefire(field: str) -> Reader:
    """Read a count per ceasefire begun; missing where none was."""

    def read(f: Finals) -> Values:
        begun = f.column("tally.truces")
        return np.where(begun > 0, f.column(f"tally.{field}") / np.maximum(begun, 1.0), np.nan)

    return Reader((f"tally.{field}", "tally.truces"), read)


@reads("tally.packages", "tally.agreements")
def packages_refused(f: Finals) -> Values:
    """Packages put forward that no agreement came of: a side, or a third party with a veto, preferred to fight on."""
    return f.column("tally.packages") - f.column("tally.agreements")


def per_day(field: str) -> Reader:
    """Read a count per day of the run: runs that collapse are shorter than others."""
    return Reader(
        (f"tally.{field}", "clock.end_step"), lambda f: f.column(f"tally.{field}") / np.maximum(f.days, 1e-9)
    )


@reads("clock.end_step")
def days(f: Finals) -> Values:
    """Days until the run ended."""
    return f.days


OUTCOMES: tuple[Outcome, ...] = (
    Outcome("fatalities", "deaths", "deaths in all organised violence, to the end", tally("fatalities"), -1),
    Outcome(
        "deaths_per_day",
        "deaths/day",
        "the same per day of the run",
        per_day("fatalities"),
        -1,
        "Deaths a day",
    ),
    Outcome("attacks", "events", "attacks by parties", tally("attacks"), -1),
    Outcome("spoiler_attacks", "events", "attacks by spoilers", tally("spoiler_attacks"), -1),
    Outcome(
        "final_trust",
        "1",
        "mean trust over hostile dyads at the end",
        final_trust,
        1,
        "Trust at the end",
        missing="in a case in which nobody fights",
    ),
    Outcome(
        "final_readiness",
        "1",
        "mean readiness over hostile pairs at the end",
        final_readiness,
        1,
        missing="in a case in which nobody fights",
    ),
    Outcome(
        "ally_trust",
        "1",
        "lowest trust of an ally in its patron at the end",
        ally_trust,
        1,
        missing="in a case without an ally",
    ),
    Outcome("days_in_ceasefire", "days", "days under a ceasefire, summed over pairs", tally("truce_days"), 1),
    Outcome("ceasefires", "ceasefires", "ceasefires begun", tally("truces"), 1),
    Outcome("ceasefire_offers", "offers", "ceasefires offered", tally("truce_offers")),
    Outcome("ceasefire_collapses", "ceasefires", "ceasefires broken", tally("truce_collapses"), -1),
    Outcome("breaches", "breaches", "breaches of ceasefires", tally("breaches"), -1),
    Outcome("offensives", "offensives", "offensives launched", tally("offensives"), -1),
    Outcome("aftermath", "events", "attacks within four weeks of a ceasefire's end", tally("aftermath"), -1),
    Outcome(
        "ceasefire_length",
        "days",
        "days that a ceasefire lasted on average",
        per_ceasefire("truce_days"),
        1,
        missing="without a ceasefire",
    ),
    Outcome(
        "aftermath_each",
        "events",
        "attacks within four weeks of a ceasefire's end, per ceasefire",
        per_ceasefire("aftermath"),
        -1,
        missing="without a ceasefire",
    ),
    Outcome("tracks_opened", "openings", "openings of tracks of talks", tally("tracks")),
    Outcome("talk_failures", "failures", "failures of tracks of talks", tally("failures"), -1),
    Outcome("talk_days", "days", "days with talks open, summed over tracks", tally("talk_days")),
    Outcome("leaks", "leaks", "secret tracks that leaked", tally("leaks"), -1),
    Outcome("mediated_days", "days", "days with a mediator at work, over pairs", tally("mediated_days")),
    Outcome("issues_settled", "issues", "issues settled in talks", tally("issues"), 1),
    Outcome("measures", "measures", "confidence-building measures given", tally("measures")),
    Outcome("answers", "measures", "measures answered by the other side", tally("answers"), 1),
    Outcome("reversals", "measures", "measures taken back", tally("reversals"), -1),
    Outcome("packages", "packages", "packages put forward", tally("packages")),
    Outcome("packages_refused", "packages", "packages put forward and refused", packages_refused),
    Outcome(
        "agreements", "agreements", "agreements signed: packages that all accepted", tally("agreements"), 1
    ),
    Outcome("relapses", "agreements", "agreements broken", tally("relapses"), -1),
    Outcome(
        "implementation",
        "1",
        "largest share carried out of a standing agreement",
        implementation,
        1,
        missing="where no agreement stands at the end",
    ),
    Outcome(
        "final_presence",
        "1",
        "largest share of outside forces present at the end",
        final_presence,
        missing="in a case without outside forces",
    ),
    Outcome("final_legitimacy", "1", "lowest standing of any party at the end", final_legitimacy, 1),
    Outcome("patron_standing", "1", "standing of the patron with third audiences", patron_standing, 1),
    Outcome("final_capital", "1", "lowest political capital of any leader at the end", final_capital, 1),
    Outcome(
        "guarantor_credibility",
        "1",
        "mean credibility of the guarantors at the end",
        guarantor_credibility,
        1,
        missing="in a case without a guarantor",
    ),
    Outcome("against_model", "moves", "imposed moves the rules ruled out", tally("against_model")),
    Outcome(
        "settled", "0 or 1", "an agreement between all hostile pairs stands", ended(codes.END_SETTLED), 1
    ),
    Outcome(
        "collapsed",
        "0 or 1",
        "a party on the side of the state collapsed",
        ended(codes.END_COLLAPSE, codes.END_REBELS),
        -1,
        "Runs that collapse",
    ),
    Outcome(
        "beaten", "0 or 1", "the movements were beaten in the field", ended(codes.END_GOVERNMENT), 0, "Beaten"
    ),
    Outcome(
        "faded_out", "0 or 1", "the war had faded out at the end", ended(codes.END_FADED), 0, "Faded out"
    ),
    Outcome(
        "lasting_truce",
        "0 or 1",
        "ceasefires of a year or more held at the end, without an agreement",
        ended(codes.END_TRUCE),
        1,
    ),
    Outcome("days", "days", "days until the run ended", days),
)
"""Every numeric outcome, in the order of tables.

Examples:
    >>> import detente
    >>> {outcome.name: outcome.unit for outcome in detente.OUTCOMES}["days_in_ceasefire"]
    'days'
"""


def check_outcomes(outcomes: Sequence[Outcome]) -> None:
    """Raise ``LookupError`` where two outcomes share a name, or one reads no field or one that no series records."""
    names = [outcome.name for outcome in outcomes]
    for outcome in outcomes:
        if names.count(outcome.name) > 1:
            raise LookupError(f"outcome {outcome.name!r} is declared twice in OUTCOMES")
        if not getattr(outcome.read, "fields", ()):  # a bare function has none
            raise LookupError(
                f'outcome {outcome.name!r} does not say which fields it reads: put @reads("kind.field") above its '
                "function in experiments/runs/outcomes.py"
            )
        for place in outcome.read.fields:
            check_recorded(outcome.name, place)


def check_recorded(outcome: str, place: str) -> None:
    """Raise ``LookupError`` where no series records a field that an outcome reads, given as ``kind.field``."""
    kind, _, field = place.partition(".")
    known = [f"{k}.{f.name}" for k, cls in KINDS.items() for f in record_fields(cls)]
    if place not in known:
        raise LookupError(
            f"outcome {outcome!r} reads {place}, which is no field of a record in agents/state.py"
            f"{nearest(place, known)}"
        )
    if field not in SERIES.get(kind, ()):
        raise LookupError(
            f"outcome {outcome!r} reads {place}, which no series records: add it to SERIES in model/series.py"
        )


check_outcomes(OUTCOMES)

END_WORDS: Mapping[str, str] = {
    "settled": "settled",
    "partial_settlement": "settled in part",
    "lasting_truce": "ceasefires that lasted",
    "faded_out": "faded out",
    "fighting_on": "fighting on",
    "government_victory": "victory of the government",
    "rebel_victory": "victory of the rebels",
    "collapse": "collapse",
    "running": "cut short",
}
"""Why a run ended, a word of ``codes.END_REASONS`` -> what people read."""

BY_NAME: Mapping[str, Outcome] = {outcome.name: outcome for outcome in OUTCOMES}


def read_outcomes(finals: Finals) -> dict[str, Values]:
    """Every outcome of some runs, by name."""
    return {outcome.name: outcome.read(finals) for outcome in OUTCOMES}


def plain_outcomes(finals: Finals) -> dict[str, float]:
    """Every outcome of a single run as a number; what is missing is ``math.nan``, so that equal runs compare equal."""
    found = {name: float(values[0]) for name, values in read_outcomes(finals).items()}
    return {name: math.nan if value != value else value for name, value in found.items()}


def end_reasons(finals: Finals) -> list[str]:
    """Why each run ended, in words of ``codes.END_REASONS``."""
    return [codes.END_REASONS[int(reason)] for reason in finals.column("clock.end_reason")]


def end_dates(finals: Finals) -> list[date]:
    """The last day of each run."""
    start = finals.start.scenario.case.start
    return [start + timedelta(days=math.ceil(days) - 1) for days in finals.days]
