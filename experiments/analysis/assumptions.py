"""Which assumptions a claim hangs on: shares of the variance of an effect over draws of what is not known.

First-order shares from given data: draws are cut into fifths of each parameter or fact, and the share is that part of
the variance of the effect which lies between the fifths.  Chance gives some share to anything; that is taken off.
Shares are of the variance that is not luck.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.experiments.analysis.variance_shares import PARTS, share
from detente.experiments.runs.two_intervals import DrawMeans

if TYPE_CHECKING:
    import pandas as pd

    from detente.experiments.runs.unknown_draws import Unknown

Values = np.ndarray[Any, Any]

ERRORS = 2.0
"""Standard errors by which a share must lie above what chance gives, to be told."""


def assumption_shares(unknown: Unknown, effects: Values) -> pd.DataFrame:
    """Assumption, group, share of an effect's variance that it explains alone, and whether that is clear of chance.

    The largest comes first.  ``effects`` has one number a seed, as ``OverDraws.effect`` takes it; a group is the
    mechanism of a parameter, or "facts".  Empty where the effect does not vary between draws beyond luck.
    """
    import pandas as pd

    columns = ["assumption", "group", "share", "clear"]
    found = DrawMeans.of(effects, unknown.each)
    whole = np.isfinite(np.asarray(effects, dtype=float).reshape(-1, unknown.each)).any(axis=1)
    if not found.unknown > 0:
        return pd.DataFrame(columns=columns)
    table = pd.DataFrame(unknown.draws.posterior.values[whole], columns=list(unknown.draws.names))
    scale = found.spread / found.unknown
    rows = [row_of(str(name), table[name], found.means, scale) for name in table]
    return pd.DataFrame(rows, columns=columns).sort_values("share", ascending=False, ignore_index=True)


def row_of(name: str, values: pd.Series, effect: Values, scale: float) -> dict[str, Any]:
    """One assumption: its share, less what chance gives, and whether it stands out of chance."""
    import pandas as pd

    fifths = pd.qcut(values, PARTS, labels=False, duplicates="drop").astype(float)
    n, groups = len(effect), fifths.nunique()
    if groups < 2:
        return {"assumption": name, "group": group_of(name), "share": 0.0, "clear": False}
    raw = share(pd.DataFrame({"x": fifths, "y": effect}), ["x"], "y")
    chance = (groups - 1) / (n - 1)
    error = float(np.sqrt(2.0 * (groups - 1))) / n
    more = max(0.0, raw - chance)
    told = {"share": min(1.0, scale * more), "clear": bool(more > ERRORS * error)}
    return {"assumption": name, "group": group_of(name), **told}


def group_of(name: str) -> str:
    """The mechanism of a parameter; all facts of a case are one group."""
    first = name.partition(".")[0]
    return "facts" if first == "fact" else first


def largest(shares: pd.DataFrame, n: int = 3) -> list[tuple[str, float]]:
    """The assumptions with the largest shares that stand out of chance, at most ``n``, each with its share."""
    clear = shares[shares["clear"].astype(bool)].head(n)
    return [(str(row["assumption"]), float(row["share"])) for row in clear.to_dict("records")]


def by_group(shares: pd.DataFrame) -> list[tuple[str, float]]:
    """The shares of the assumptions that stand out of chance, added up by mechanism, the largest first."""
    clear = shares[shares["clear"].astype(bool)]
    added = clear.groupby("group")["share"].sum().sort_values(ascending=False)
    return [(str(group), min(1.0, float(value))) for group, value in added.items()]


def holds_in(sign_share: float, levels: Sequence[float] = (0.95, 0.8, 0.6)) -> float | None:
    """The highest of some shares of draws in which a sign holds; none below the lowest."""
    return next((level for level in sorted(levels, reverse=True) if sign_share >= level), None)
