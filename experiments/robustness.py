"""Which policy holds up when assumptions are uncertain: regret, satisficing, and scenario discovery by PRIM.

A *state of the world* is one setting of parameters and theory.  In each, every policy runs under the same seeds.
Regret is how far a policy falls short of the best in that state; a policy satisfices where its mean clears a bar.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.agents.codes import THEORIES
from detente.experiments.finals import ends_of
from detente.experiments.inputs import nested_parameters
from detente.experiments.outcomes import BY_NAME
from detente.model.errors import InputError, unknown
from detente.model.request import open_case

if TYPE_CHECKING:
    import pandas as pd

DEFAULT = ("deaths_per_day", "days_in_ceasefire", "agreements", "collapsed")


def worlds(
    names: Sequence[str], n: int, theories: Sequence[str] = THEORIES, seed: int = 1
) -> list[dict[str, Any]]:
    """States of the world: a Latin hypercube over the declared ranges of some parameters, theories in turn."""
    from scipy.stats import qmc

    from detente.experiments.designs.factors import declared_parameters

    known = declared_parameters()
    for name in names:
        if name not in known:
            raise unknown("parameter", name, known)
    low, high = (np.array([getattr(known[name], end) for name in names]) for end in ("low", "high"))
    cube = low + qmc.LatinHypercube(len(names), rng=seed).random(n) * (high - low)
    rows = [dict(zip(names, map(float, row), strict=True)) for row in cube]
    return [{"theory": theories[k % len(theories)], **row} for k, row in enumerate(rows)]


def means_in(
    case: str,
    policies: Sequence[str],
    states: Sequence[Mapping[str, Any]],
    seeds: Sequence[int],
    outcomes: Sequence[str] = DEFAULT,
) -> pd.DataFrame:
    """The mean of each outcome in each state under each policy: rows of state, policy, and a column per outcome."""
    import pandas as pd

    for name in outcomes:
        if name not in BY_NAME:
            raise unknown("outcome", name, BY_NAME)
    rows: list[dict[str, Any]] = []
    for k, state in enumerate(states):
        settings = {name: value for name, value in state.items() if name != "theory"}
        asked: dict[str, Any] = {
            "theory": state.get("theory", "readiness"),
            "parameters": nested_parameters(settings) or None,
        }
        for policy in policies:
            ends = ends_of(open_case(case, policy, **asked), seeds)
            rows.append({"state": k, "policy": policy, **{o: float(ends[o].mean()) for o in outcomes}})
    return pd.DataFrame(rows)


def regret(means: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """How far each policy falls short of the best in each state, in the outcome's unit: states x policies, 0 or more.

    Raises ``InputError`` for an outcome that has no better side.
    """
    if outcome not in BY_NAME or BY_NAME[outcome].better == 0:
        judged = [name for name, o in BY_NAME.items() if o.better]
        raise unknown("outcome", outcome, judged)
    worth = BY_NAME[outcome].better * means.pivot(index="state", columns="policy", values=outcome)
    worth = worth[list(dict.fromkeys(means["policy"]))]
    return (-worth).add(worth.max(axis=1), axis=0)


def satisficing(means: pd.DataFrame, bars: Mapping[str, float]) -> pd.Series[float]:
    """Share of states in which a policy clears every bar, by policy.

    A bar is the worst mean that is good enough: the highest where less is better, the lowest where more is.
    """
    cleared = np.ones(len(means), dtype=bool)
    for outcome, bar in bars.items():
        if outcome not in means or BY_NAME[outcome].better == 0:
            raise InputError(
                f"bar {outcome!r}: expected one of the outcomes computed, with a better and a worse side"
            )
        better = BY_NAME[outcome].better
        cleared &= (better * (means[outcome] - bar) >= 0).to_numpy()
    return means.assign(cleared=cleared).groupby("policy", sort=False)["cleared"].mean()


def ranking(means: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """Policies by their largest regret: mean, 90 % quantile and maximum of regret, and share of states where best."""
    import pandas as pd

    table = regret(means, outcome)
    made = pd.DataFrame(
        {
            "mean_regret": table.mean(),
            "regret90": table.quantile(0.9),
            "max_regret": table.max(),
            "best_in": (table == 0).mean(),
        }
    )
    return made.sort_values("max_regret")


def discover(inputs: pd.DataFrame, wanted: Any, *, least_mass: float = 0.1) -> dict[str, Any]:
    """The states in which something happens, in words: one box of PRIM (Friedman & Fisher 1999; Bryant & Lempert 2010).

    ``inputs`` has a row a state and a column a parameter, ``wanted`` says of each whether it happened.  Gives density
    (share of states in the box in which it did), coverage (share of all such states that the box holds), mass, limits
    and words.  Needs the EMA Workbench (extra ``discovery``).
    """
    wanted = np.asarray(wanted, dtype=bool)
    if wanted.all() or not wanted.any():
        return {
            "density": float(wanted.mean()),
            "coverage": 1.0,
            "mass": 1.0,
            "limits": {},
            "words": same_everywhere(wanted),
        }
    box = prim_box(inputs, wanted, least_mass)
    last = box.box_lims[-1]
    first = box.box_lims[0]
    limits = {
        name: (float(last[name].iloc[0]), float(last[name].iloc[1]))
        for name in inputs.columns
        if not np.allclose(np.asarray(last[name], dtype=float), np.asarray(first[name], dtype=float))
    }
    made = {
        "density": float(box.density),
        "coverage": float(box.coverage),
        "mass": float(box.mass),
        "limits": limits,
    }
    return {**made, "words": in_words(made, inputs, float(wanted.mean()))}


def prim_box(inputs: pd.DataFrame, wanted: Any, least_mass: float) -> Any:
    """The first box that PRIM peels."""
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the workbench warns of optional parts that are not installed
            from ema_workbench.analysis import prim
    except ImportError:
        needs = "expected it installed: python3 -m pip install 'detente[discovery]'"
        raise InputError(f"scenario discovery needs the EMA Workbench; {needs}") from None
    return prim.Prim(inputs, wanted, threshold=float(wanted.mean()), mass_min=least_mass).find_box()


def same_everywhere(wanted: Any) -> str:
    """What to say where there is nothing to tell apart."""
    return "in every state" if wanted.all() else "in no state"


def in_words(found: Mapping[str, Any], inputs: pd.DataFrame, base: float) -> str:
    """A box as a sentence: an end is named where the box stops short of the range tried."""
    parts: list[str] = []
    for name, (low, high) in found["limits"].items():
        below, above = low > inputs[name].min(), high < inputs[name].max()
        if below and above:
            parts.append(f"{name} from {low:.3g} to {high:.3g}")
        elif below or above:
            parts.append(f"{name} above {low:.3g}" if below else f"{name} below {high:.3g}")
    where = " and ".join(parts) or "anywhere"
    return (
        f"in {found['density']:.0%} of the states with {where}, against {base:.0%} of all; "
        f"they hold {found['coverage']:.0%} of the cases"
    )
