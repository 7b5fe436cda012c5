"""Two intervals on a claim: luck alone, and luck with what is not known; and how often the sign of the claim holds.

*Luck* is the interval of a mean over seeds, all assumptions as they are.  For the other, what is not known is drawn
many times (``unknown_draws``), and a few seeds run under each draw.  The means of the draws spread by what is not known
and by the luck of their few seeds; a one-way analysis of variance tells the two apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Values = np.ndarray[Any, Any]

COLUMNS = ("draws_mean", "draws_low95", "draws_high95", "sign_share", "draws")
"""What is said of an effect over draws: mean, ends of the middle 95 %, share with the sign, number of draws."""

CLAIMED = 0.8
"""Share of draws from which on a sign is claimed."""

NEGLIGIBLE = 0.1
"""Part of the mean effect up to which the effect in a draw has no sign: it is as good as none."""

TOLD_APART = 0.5
"""Share of the spread of the draws' means that is not luck, from which on single draws are told apart."""

UPPER = 0.95
"""Level of the upper limit of what is not known, where single draws are not told apart."""

Z95 = 1.959964


@dataclass(frozen=True)
class DrawMeans:
    """The mean effect in each draw that has one, with the variance that the luck of its seeds gives it."""

    means: Values
    luck: Values

    @classmethod
    def of(cls, effects: Values, each: int) -> DrawMeans:
        """From effects seed by seed, ``each`` seeds to a draw; NaN where a seed has none."""
        table = np.asarray(effects, dtype=float).reshape(-1, each)
        n = np.sum(~np.isnan(table), axis=1)
        table, n = table[n > 0], n[n > 0]
        means = np.nansum(table, axis=1) / np.maximum(n, 1)
        spare = int(n.sum()) - len(n)
        within = float(np.nansum((table - means[:, None]) ** 2)) / spare if spare > 0 else 0.0
        return cls(means, within / np.maximum(n, 1))

    @property
    def middle(self) -> float:
        """Mean over draws."""
        return float(self.means.mean())

    @property
    def spread(self) -> float:
        """Variance of the draws' means."""
        return float(self.means.var(ddof=1)) if len(self.means) > 1 else 0.0

    @property
    def unknown(self) -> float:
        """The part of that variance that is not luck."""
        return max(0.0, self.spread - float(self.luck.mean()))

    @property
    def told_apart(self) -> bool:
        """Whether single draws are told apart: most of their spread is not luck."""
        return self.unknown >= TOLD_APART * self.spread

    def pulled(self) -> Values:
        """The draws' means, drawn together until they spread by what is not known and the luck left in their mean."""
        kept, found = self.unknown + self.spread / len(self.means), self.unknown + self.luck
        ratio = np.divide(kept, found, out=np.ones_like(found), where=found > 0)
        return self.middle + np.sqrt(np.minimum(1.0, ratio)) * (self.means - self.middle)

    def deviation(self) -> float:
        """Standard deviation of what is not known at its upper limit, with the luck left in the mean of all draws."""
        from scipy.special import chdtri

        n = len(self.means)
        most = self.spread * (n - 1) / float(chdtri(n - 1, UPPER)) if n > 1 else 0.0
        return float(np.sqrt(max(0.0, most - float(self.luck.mean())) + self.spread / n))


def over_draws(effects: Values, each: int, mean: float) -> dict[str, float]:
    """An effect over draws (``COLUMNS``), from effects seed by seed; ``mean`` is the effect whose sign is claimed.

    Where single draws are told apart, their means are counted.  Where most of their spread is luck (rare events, few
    seeds), a normal distribution stands for them, as wide as the runs allow.  NaN where there is nothing to say: no
    draw with a value, or no effect to hold against the draws.
    """
    found = DrawMeans.of(effects, each)
    if not len(found.means):
        return {**dict.fromkeys(COLUMNS, float("nan")), "draws": 0}
    ends, share = counted(found, mean) if found.told_apart else smoothed(found, mean)
    known = mean == mean and mean != 0
    values = (found.middle, *ends, share if known else float("nan"), len(found.means))
    return dict(zip(COLUMNS, values, strict=True))


def counted(found: DrawMeans, mean: float) -> tuple[tuple[float, float], float]:
    """The middle 95 % of the draws, and the share of them with the sign of ``mean``."""
    values = found.pulled()
    low, high = np.quantile(values, [0.025, 0.975])
    holds = np.sign(mean) * values > NEGLIGIBLE * abs(found.middle)
    return (float(low), float(high)), float(np.mean(holds))


def smoothed(found: DrawMeans, mean: float) -> tuple[tuple[float, float], float]:
    """The middle 95 % of a normal distribution in place of the draws, and its share with the sign of ``mean``."""
    from scipy.special import ndtr

    middle, sd = found.middle, found.deviation()
    apart = float(np.sign(mean)) * middle - NEGLIGIBLE * abs(middle)
    share = float(ndtr(apart / sd)) if sd > 0 else float(apart > 0)
    return (middle - Z95 * sd, middle + Z95 * sd), share


def sign_share(drawn: Sequence[float] | Values, sign: float) -> float:
    """Share of draws in which an effect has a sign, among those with a value; NaN for no sign and without any."""
    values = np.asarray(drawn, dtype=float)
    values = values[~np.isnan(values)]
    if not len(values) or sign == 0 or sign != sign:
        return float("nan")
    return float(np.mean(np.sign(values) == np.sign(sign)))


def wide_interval(drawn: Sequence[float] | Values) -> dict[str, float]:
    """Median and middle 95 % of an effect over draws: luck and what is not known; NaN for fewer than two draws."""
    values = np.asarray(drawn, dtype=float)
    values = values[~np.isnan(values)]
    ends = np.quantile(values, [0.5, 0.025, 0.975]) if len(values) > 1 else [float("nan")] * 3
    names = ("wide_median", "wide_low95", "wide_high95")
    return {**dict(zip(names, map(float, ends), strict=True)), "draws": len(values)}


def claimed(row: Mapping[Any, Any]) -> bool:
    """Whether the sign of an effect is claimed: luck leaves no doubt of it, and it holds in most draws."""
    return bool(row["sign_share"] >= CLAIMED and (row["low95"] > 0 or row["high95"] < 0))


def sign_sentence(rows: Iterable[tuple[str, Mapping[Any, Any]]]) -> str:
    """What can be claimed of some effects, by the name of what they move: which go up, which go down, in which share.

    Nothing where no effect has a sign to speak of.
    """
    told: dict[str, list[str]] = {word: [] for word in ("up", "down", "no sign can be claimed")}
    for name, row in rows:
        if row["sign_share"] == row["sign_share"]:
            kind = ("up" if row["mean"] > 0 else "down") if claimed(row) else "no sign can be claimed"
            told[kind].append(f"{name} ({row['sign_share']:.0%})")
    return "; ".join(f"{word}: {', '.join(names)}" for word, names in told.items() if names)
