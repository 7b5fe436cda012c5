"""How much of the difference between the points of a sweep each factor explains, and each two of them together.

Shares of the variance of point means, for any design: a factor of few levels is taken by level, another by fifths of
its values (first-order effects from given data, Plischke and others 2013).  They need no complete sweep;
``detente sensitivity`` gives indices with intervals for one that is, by the method made for its design.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

MOST_LEVELS = 12
PARTS = 5
"""Levels up to which a factor is taken by level, and parts it is cut into otherwise."""


def point_means(table: pd.DataFrame, factors: Sequence[str], outcome: str) -> pd.DataFrame:
    """One row a point: its factors in groups, and the mean of an outcome over its runs."""
    means = table.groupby("point").agg({**dict.fromkeys(factors, "first"), outcome: "mean"})
    return means.assign(**{name: grouped(means[name]) for name in factors})


def grouped(values: pd.Series) -> pd.Series:
    """Values by level, or by equally filled parts where they are many."""
    import pandas as pd

    if values.nunique() <= MOST_LEVELS:
        return values.rank(method="dense")
    return pd.qcut(values, PARTS, labels=False, duplicates="drop").astype(float)


def share(means: pd.DataFrame, by: Sequence[str], outcome: str) -> float:
    """Share of the variance between points that lies between groups; 0 where nothing varies."""
    whole = float(means[outcome].var(ddof=0))
    if not whole > 0:
        return 0.0
    within = means[outcome] - means.groupby(list(by))[outcome].transform("mean")
    return max(0.0, 1.0 - float(within.var(ddof=0)) / whole)


def shares(table: pd.DataFrame, factors: Sequence[str], outcome: str) -> pd.DataFrame:
    """Factor and share of variance between points that it explains alone, the largest first."""
    import pandas as pd

    means = point_means(table, factors, outcome)
    rows = [(name, share(means, [name], outcome)) for name in factors]
    made = pd.DataFrame(rows, columns=["factor", "share"])
    return made.sort_values("share", ascending=False, ignore_index=True)


def so_far(rows: pd.DataFrame, factors: Sequence[str], outcome: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Indices and noise of one group as ``experiments.sensitivity`` lays them out, from the runs there are.

    The index is ``share``, without an interval; the noise is that of the points that have all their seeds.
    """
    import pandas as pd

    from detente.experiments.analysis.sensitivity import COLUMNS, GROUP, by_seed, noise_of, noise_row

    head = {key: str(rows[key].iloc[0]) for key in GROUP} | {"outcome": outcome}
    nan = float("nan")
    found = shares(rows, factors, outcome).itertuples(index=False)
    lines = [
        {**head, "factor": f, "index": "share", "value": v, "low95": nan, "high95": nan} for f, v in found
    ]
    noise = {**head, **noise_row(noise_of(by_seed(rows, outcome)))}
    return pd.DataFrame(lines, columns=list(COLUMNS)), pd.DataFrame([noise])


def interactions(table: pd.DataFrame, factors: Sequence[str], outcome: str) -> pd.DataFrame:
    """First, second and the share that both explain beyond what each does alone."""
    import pandas as pd

    means = point_means(table, factors, outcome)
    alone = {name: share(means, [name], outcome) for name in factors}
    rows = [
        (a, b, max(0.0, share(means, [a, b], outcome) - alone[a] - alone[b]))
        for a, b in combinations(factors, 2)
    ]
    return pd.DataFrame(rows, columns=["first", "second", "share"])
