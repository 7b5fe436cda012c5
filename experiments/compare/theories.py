"""What rival theories of readiness say of the same change: paired differences under each, and how far they lie apart.

Policies, theories and seeds are crossed, so that a difference between two theories is paired by seed too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.agents.codes import THEORIES
from detente.experiments.io.plain_json import without_nan
from detente.experiments.runs.final_outcomes import Ends, Progress, ends_of_all
from detente.experiments.runs.inputs import named_theories
from detente.experiments.runs.intervals import known_mean, paired_difference
from detente.experiments.runs.outcomes import BY_NAME
from detente.experiments.runs.posterior_draws import Redrawn, note_on
from detente.experiments.runs.provenance import provenance
from detente.experiments.runs.seeds import seed_words
from detente.model.errors import InputError, wrong
from detente.model.opening import Opening
from detente.model.request import checked_theory

if TYPE_CHECKING:
    import pandas as pd

    from detente.agents.actors import Actor

Starts = Mapping[str, Sequence[Opening]]
"""Theory -> the openings of the same policies under it, the baseline first."""

LEVEL = 0.95


@dataclass(frozen=True)
class Theories:
    """What each policy adds to the first under each theory, and the two theories that lie furthest apart on it.

    ``effects``: outcome, policy, theory, unit, mean, low95, high95.  ``gaps``: outcome, policy, unit, higher and lower
    (two theories), mean, low95, high95 of the difference between them, at a level that holds for all pairs together.
    ``pairs`` in both is the number of seeds that have a value.
    """

    effects: pd.DataFrame
    gaps: pd.DataFrame
    seeds: tuple[int, ...]
    asked: int
    about: Mapping[str, Any]

    @property
    def interrupted(self) -> bool:
        """Whether fewer runs were done than asked for."""
        return len(self.seeds) < self.asked

    @property
    def theories(self) -> tuple[str, ...]:
        """Names of the theories."""
        return tuple(dict.fromkeys(self.effects["theory"]))

    def to_json(self) -> dict[str, Any]:
        """Seeds, effects and gaps as plain values; what is missing is None."""
        effects, gaps = (without_nan(table.to_dict("records")) for table in (self.effects, self.gaps))
        return {"seeds": seed_words(self.seeds), "effects": effects, "furthest_apart": gaps}

    def plot(self, outcomes: Sequence[str] | None = None) -> Any:
        """A Plotly figure: a panel for each outcome (of the usual ones), a dot with its interval for each theory."""
        from detente.experiments.compare.regret import DEFAULT
        from detente.experiments.io.figures import draw

        rows = self.effects[self.effects["outcome"].isin(list(outcomes or DEFAULT))]
        return draw("theories", rows, about=dict(self.about))


def checked_theories(names: Sequence[str] | str) -> tuple[str, ...]:
    """Theories by name, or "all"; at least two, each once."""
    found = tuple(checked_theory(name) for name in named_theories(names))
    if len(found) < 2 or len(set(found)) < len(found):
        raise wrong("theories", ", ".join(found), f"at least two of {', '.join(THEORIES)}, each once, or all")
    return found


def open_rivals(names: Sequence[str] | str, open_them: Callable[[str], Sequence[Opening]]) -> Starts:
    """The openings under each theory; raises ``InputError`` for unknown theories and for a single policy."""
    starts = {theory: open_them(theory) for theory in checked_theories(names)}
    first = next(iter(starts.values()))
    if len(first) < 2:
        found = first[0].policy.name
        raise InputError(f"policies: got {found}; expected at least two, to compare under each theory")
    return starts


def compare_theories(
    starts: Starts,
    seeds: Sequence[int],
    outcomes: Sequence[str] = tuple(BY_NAME),
    *,
    known: Mapping[str, Sequence[Ends]] | None = None,
    drawn: Redrawn | None = None,
    actors: Mapping[str, type[Actor]] | None = None,
    progress: Progress | None = None,
) -> Theories:
    """Run every policy under every theory and set them side by side.

    ``known``: theory -> the ends of its policies under these seeds, where they have been run already.  ``drawn`` opens
    all again, theory by theory, with parameters that each seed draws: policies and theories share them as they share
    the seed's luck.  After Ctrl-C all have the same seeds; ``KeyboardInterrupt`` is raised if there is none.
    """
    done = dict(known or {})
    names = [theory for theory, policies in starts.items() for _ in policies]
    todo = [place for place, theory in enumerate(names) if theory not in done]
    kept, made = tuple(seeds), iter(())
    if todo:
        again = drawn and drawn.only(todo)
        openings = [start for policies in starts.values() for start in policies]
        chosen = [openings[k] for k in todo]
        kept, ends = ends_of_all(chosen, seeds, drawn=again, actors=actors, progress=progress)
        made = iter(ends)
    by_theory = {t: list(done[t]) if t in done else [next(made) for _ in starts[t]] for t in starts}
    first = next(iter(starts.values()))
    policies = [start.policy.name for start in first]
    added = list(additions(by_theory, policies, outcomes, len(kept)))
    about = about_theories(starts, policies, kept) | {"note": note_on(drawn and drawn.draws, first[0])}
    return Theories(effects_table(added), gaps_table(added), kept, len(seeds), about)


Added = tuple[str, str, dict[str, Any]]
"""Outcome, policy, and theory -> what the policy adds to the first, run by run."""


def additions(
    ends: Mapping[str, Sequence[Ends]], policies: Sequence[str], outcomes: Sequence[str], n: int
) -> Iterator[Added]:
    """What each policy adds to the first, by outcome and theory, of the first ``n`` seeds."""
    for outcome, k in product(outcomes, range(1, len(policies))):
        found = {theory: made[k][outcome][:n] - made[0][outcome][:n] for theory, made in ends.items()}
        yield outcome, policies[k], found


def effects_table(added: Sequence[Added]) -> pd.DataFrame:
    """The mean of what is added, with its interval: a row for each outcome, policy and theory."""
    import pandas as pd

    rows = [
        {"outcome": outcome, "policy": policy, "theory": theory, "unit": BY_NAME[outcome].unit}
        | paired_difference(values, 0.0 * values)
        for outcome, policy, found in added
        for theory, values in found.items()
    ]
    return pd.DataFrame(rows)


def gaps_table(added: Sequence[Added]) -> pd.DataFrame:
    """The two theories that lie furthest apart: a row for each outcome and policy."""
    import pandas as pd

    rows = [
        {"outcome": outcome, "policy": policy, "unit": BY_NAME[outcome].unit} | widest(found)
        for outcome, policy, found in added
    ]
    return pd.DataFrame(rows)


def widest(found: Mapping[str, Any]) -> dict[str, Any]:
    """The largest difference between two theories, paired by seed.

    It is chosen among all pairs, so its interval is that of one among so many (Bonferroni).
    """
    pairs = list(combinations(found, 2))
    one, other = max(pairs, key=lambda pair: abs(gap(found, *pair)))
    if gap(found, one, other) < 0:
        one, other = other, one
    level = 1 - (1 - LEVEL) / len(pairs)
    return {"higher": one, "lower": other} | paired_difference(found[one], found[other], level)


def gap(found: Mapping[str, Any], one: str, other: str) -> float:
    """Mean difference between two theories; 0 where no seed has a value under both."""
    values, base = found[one], found[other]
    if not np.isnan(values - base).any():
        return float(values.mean() - base.mean())
    return float(np.nan_to_num(known_mean(values - base)))


def about_theories(starts: Starts, policies: Sequence[str], seeds: Sequence[int]) -> dict[str, Any]:
    """What the runs were made from."""
    start = next(iter(starts.values()))[0]
    left_out = ("policy", "mode", "theory", "levers", "policy_sha256")
    made = {key: value for key, value in provenance(start).items() if key not in left_out}
    title = start.scenario.case.title
    more = {"title": title, "policies": list(policies), "theories": list(starts)}
    return {**made, **more, "seeds": seed_words(seeds)}
