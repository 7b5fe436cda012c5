"""Which policy holds up when assumptions are uncertain: regret and satisficing.

A *state of the world* is one setting of parameters and theory.  In each, every policy runs under the same seeds.
Regret is how far a policy falls short of the best in that state; a policy satisfices where its mean clears a bar.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.agents.codes import THEORIES
from detente.experiments.runs.final_outcomes import Ends, ends_by
from detente.experiments.runs.inputs import declared_parameters
from detente.experiments.runs.intervals import known_mean
from detente.experiments.runs.outcomes import BY_NAME
from detente.experiments.runs.runners import default_workers, runner
from detente.experiments.runs.two_intervals import over_draws
from detente.experiments.runs.unknowns import at_shares, latin, member, members
from detente.model.errors import InputError, unknown
from detente.model.keywords import facts_in, is_fact, joined_parameters

if TYPE_CHECKING:
    import pandas as pd

    from detente.agents.actors import Actor
    from detente.experiments.runs.inputs import Declared
    from detente.experiments.runs.posterior import Posterior
    from detente.model.opening import Opening
    from detente.model.request import Request

Values = np.ndarray[Any, Any]

DEFAULT = ("deaths_per_day", "days_in_ceasefire", "agreements", "collapsed")


CLEARED = "runs_cleared"
"""Column of the share of runs in a state that clear every bar."""


def worlds(
    names: Sequence[str],
    n: int,
    theories: Sequence[str] = THEORIES,
    seed: int = 1,
    facts: Mapping[str, Declared] | None = None,
    posterior: Posterior | None = None,
) -> list[dict[str, Any]]:
    """States of the world: a Latin hypercube over the declared ranges of parameters and facts, theories in turn.

    ``facts`` are those of the case that may be among the names.  What a ``posterior`` holds of the parameters is drawn
    from it, jointly.
    """
    known = {**declared_parameters(), **(facts or {})}
    for name in names:
        if name not in known:
            raise unknown("parameter", name, known)
    values = at_shares([known[name] for name in names], latin(n, len(names), seed))
    rows = [dict(zip(names, map(float, row), strict=True)) for row in values]
    if posterior is not None:
        for row, k in zip(rows, members(posterior, n, seed), strict=True):
            row |= {name: value for name, value in member(posterior, int(k)).items() if name in row}
    return [{"theory": theories[k % len(theories)], **row} for k, row in enumerate(rows)]


def means_in(
    requests: Sequence[Request],
    states: Sequence[Mapping[str, Any]],
    seeds: Sequence[int],
    outcomes: Sequence[str] = DEFAULT,
    bars: Mapping[str, float] | None = None,
    actors: Mapping[str, type[Actor]] | None = None,
) -> pd.DataFrame:
    """The mean of each outcome in each state under each policy: rows of state, policy, and a column per outcome.

    A mean is of the runs that have a value, and missing (NaN) where none has.
    With ``bars`` also ``runs_cleared``, the share of runs that clear them all.
    """
    return means_of(ends_in(requests, states, seeds, actors, outcomes), requests, outcomes, bars)


def ends_in(
    requests: Sequence[Request],
    states: Sequence[Mapping[str, Any]],
    seeds: Sequence[int],
    actors: Mapping[str, type[Actor]] | None = None,
    outcomes: Sequence[str] = DEFAULT,
) -> list[list[Ends]]:
    """The outcomes of each policy, seed by seed, in each state; raises ``InputError`` for outcomes that are none."""
    for name in outcomes:
        if name not in BY_NAME:
            raise unknown("outcome", name, BY_NAME)
    with runner(actors, default_workers()) as go:
        return [[ends_by(go, open_in(request, state), seeds) for request in requests] for state in states]


def means_of(
    found: Sequence[Sequence[Ends]],
    requests: Sequence[Request],
    outcomes: Sequence[str],
    bars: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """The table of ``means_in``, from the outcomes in each state."""
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for k, by_policy in enumerate(found):
        for request, ends in zip(requests, by_policy, strict=True):
            row = {"state": k, "policy": request.policy_name}
            row |= {name: known_mean(ends[name]) for name in outcomes}
            if bars:
                row[CLEARED] = float(clears(pd.DataFrame({o: ends[o] for o in bars}), bars).mean())
            rows.append(row)
    return pd.DataFrame(rows)


def over_states(
    found: Sequence[Sequence[Ends]], policies: Sequence[str], luck: pd.DataFrame, each: int
) -> pd.DataFrame:
    """Differences from the first policy with both intervals: rows of outcome, policy, unit, luck, and over states.

    ``luck`` has a row for each outcome and policy, as ``paired_difference`` gives it; ``each`` seeds ran in a state.
    """
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for row in luck.to_dict("records"):
        k = policies.index(row["policy"])
        effects = np.concatenate([ends[k][row["outcome"]] - ends[0][row["outcome"]] for ends in found])
        rows.append(
            {str(name): value for name, value in row.items()} | over_draws(effects, each, row["mean"])
        )
    return pd.DataFrame(rows)


def open_in(request: Request, state: Mapping[str, Any]) -> Opening:
    """A case opened in a state of the world, on top of what else is asked of it."""
    settings = {name: value for name, value in state.items() if name != "theory" and not is_fact(name)}
    parameters = joined_parameters(request.parameters, settings)
    facts = facts_in(state)
    theory = state.get("theory", request.theory)
    return replace(request, theory=theory, parameters=parameters, facts={**request.facts, **facts}).open()


def regret(means: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """How far each policy falls short of the best in each state, in the outcome's unit: states x policies, 0 or more.

    Missing (NaN) where the policy has no mean in the state.
    Raises ``InputError`` for an outcome that has no better side.
    """
    if outcome not in BY_NAME or BY_NAME[outcome].better == 0:
        judged = [name for name, o in BY_NAME.items() if o.better]
        raise unknown("outcome", outcome, judged)
    worth = BY_NAME[outcome].better * means.pivot(index="state", columns="policy", values=outcome)
    worth = worth[list(dict.fromkeys(means["policy"]))]
    return (-worth).add(worth.max(axis=1), axis=0)


def clears(table: pd.DataFrame, bars: Mapping[str, float]) -> Values:
    """Whether each row of outcomes is good enough on every bar.

    A bar is the worst value that is good enough: the highest where less is better, the lowest where more is.  What is
    missing clears no bar.
    """
    cleared = np.ones(len(table), dtype=bool)
    for outcome, bar in bars.items():
        if outcome not in table or BY_NAME[outcome].better == 0:
            raise InputError(
                f"bar {outcome!r}: expected one of the outcomes computed, with a better and a worse side"
            )
        better = BY_NAME[outcome].better
        cleared &= (better * (table[outcome] - bar) >= 0).to_numpy()
    return cleared


def satisficing(means: pd.DataFrame, bars: Mapping[str, float]) -> pd.Series[float]:
    """Share of states in which the mean of a policy clears every bar, by policy; see ``clears``."""
    return means.assign(cleared=clears(means, bars)).groupby("policy", sort=False)["cleared"].mean()


def ranking(means: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """Policies by their largest regret: mean, 90 % quantile and maximum of regret, and share of states where best.

    All are of the ``states`` in which the policy has a mean; one without any stands last.
    """
    import pandas as pd

    table = regret(means, outcome)
    made = pd.DataFrame(
        {
            "states": table.count(),
            "mean_regret": table.mean(),
            "regret90": table.quantile(0.9),
            "max_regret": table.max(),
            "best_in": (table == 0).where(table.notna()).mean(),
        }
    )
    return made.sort_values("max_regret")
