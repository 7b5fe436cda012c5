"""The regime audit: whether the model acts the right way between one kind of war or policy and another.

The audit of levers and parameters shows that each does something.  This one asks for directions that the field knows: a
truce that holds should not prevent peace, hawks should settle less than doves.  Each row compares two regimes under the
same seeds, on the template, on wars drawn at random and on every case; ``experiments.audit.regime_rows`` lists them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from detente.experiments.audit.effect_sizes import Report, Values
from detente.experiments.runs.outcomes import Finals
from detente.model.engine import run_batch
from detente.model.keywords import nested_parameters
from detente.model.opening import Opening, opening
from detente.model.request import merged_parameters

if TYPE_CHECKING:
    from detente.model.policy import Policy
    from detente.model.scenario import Scenario

YEAR = 365.25
RESAMPLES = 400
ENDS = (0.05, 0.95)
"""Quantiles of the resampled difference between which it is taken to lie."""
PLACEBO = 100_000
"""Added to the seeds of the regime that a regime is compared with itself under: what comes out right there is luck."""
NOTHING = 1e-12
CUMULATED = ("tally.fatalities", "tally.attacks")


@dataclass(frozen=True)
class Regime:
    """One side of a comparison: a case under a policy, with some parameters changed."""

    scenario: Scenario
    policy: Policy
    parameters: Mapping[str, float] = field(default_factory=dict[str, float])

    def opening(self, common: Mapping[str, float]) -> Opening:
        """The opening, with what all regimes share; raises ``InputError`` where a parameter cannot be set."""
        tables = nested_parameters({**common, **self.parameters})
        own = self.scenario.parameters
        return opening(self.scenario, self.policy, parameters=merged_parameters(own, tables))

    def sample(self, common: Mapping[str, float], seeds: Sequence[int]) -> Sample:
        """Its runs under some seeds."""
        start = self.opening(common)
        yearly = max(1, round(YEAR / start.step_days))
        batch = run_batch(start, seeds, wanted=CUMULATED, every=yearly)
        return Sample(Finals(start, batch.final_columns, batch.final), batch.series)


@dataclass(frozen=True)
class Sample:
    """The runs of one regime: their last rows, and deaths and attacks so far at the end of each year."""

    finals: Finals
    cumulated: Values

    def total(self, count: str) -> Values:
        """A count of the whole run, one a run."""
        return self.finals.column(f"tally.{count}")

    def by_year(self, column: str) -> Values:
        """Deaths or attacks in each year: shape (runs, years)."""
        return np.diff(self.cumulated[:, :, CUMULATED.index(column)], axis=1)

    @property
    def ones(self) -> Values:
        """One for each run: the denominator of a mean."""
        return np.ones(len(self.finals.rows))


Ratio = tuple[Values, Values]
"""Numerators and denominators, one a run; the statistic is the ratio of their sums."""
Kind = Literal["at least", "at most", "within"]


@dataclass(frozen=True)
class Expectation:
    """What is expected of the first regime: at least, or at most, a share of the second plus a number, or within it."""

    kind: Kind
    share: float = 0.0
    number: float = 0.0

    def margin(self, first: Values, second: Values) -> Values:
        """How far the expectation is met: 0 or more where it is."""
        bar = self.share * second + self.number
        if self.kind == "at least":
            return first - bar
        if self.kind == "at most":
            return bar - first
        return self.number - np.abs(first - self.share * second)

    def __str__(self) -> str:
        parts = [f"{self.share:g} of the second"] if self.share else []
        parts += [f"{self.number:g}"] if self.number or not parts else []
        if self.kind == "within":
            return f"within {self.number:g} of the second"
        return f"{self.kind} {' + '.join(parts)}"


Verdict = Literal["right", "open", "wrong"]


@dataclass(frozen=True)
class Row:
    """One direction between regimes: its question, where it is known from, and how it is looked at.

    ``sides`` gives the two regimes of a war, or none where the war has nothing of the kind; ``read`` what is compared.
    """

    name: str
    question: str
    source: str
    first: str
    second: str
    expected: Expectation
    sides: Callable[[Scenario], tuple[Regime, Regime] | None]
    read: Callable[[Sample], Ratio]
    read_second: Callable[[Sample], Ratio] | None = None


@dataclass(frozen=True)
class RegimeResult:
    """What one row says of one war: both figures, the interval of the margin, and what luck alone would have said."""

    row: str
    war: str
    first: float
    second: float
    low: float
    high: float
    placebo: Verdict | None

    @property
    def verdict(self) -> Verdict:
        """Right or wrong where the interval says so, else open."""
        return verdict(self.low, self.high)


def verdict(low: float, high: float) -> Verdict:
    """Whether a margin is met surely, missed surely, or neither."""
    if low >= 0.0:
        return "right"
    return "wrong" if high < 0.0 else "open"


def ratios(read: Ratio, draws: Values) -> Values:
    """The ratio of sums over resampled runs; 0 where nothing stands below the line."""
    above, below = read[0][draws].sum(axis=1), read[1][draws].sum(axis=1)
    return np.divide(above, below, out=np.zeros_like(above, dtype=float), where=below > 0.0)


def compared(row: Row, first: Sample, second: Sample) -> tuple[float, float, float, float]:
    """Both figures, and the interval of the margin over resampled seeds, the same for both sides."""
    n = len(first.ones)
    whole = np.arange(n)[None, :]
    draws = np.random.default_rng(n).integers(0, n, (RESAMPLES, n))
    one, other = row.read(first), (row.read_second or row.read)(second)
    low, high = np.quantile(row.expected.margin(ratios(one, draws), ratios(other, draws)), ENDS)
    figures = float(ratios(one, whole)[0]), float(ratios(other, whole)[0])
    if row.expected.kind == "at least" and not any(figures):
        low = min(low, -NOTHING)  # where nothing happens on either side, nothing is shown
    return *figures, float(low), float(high)


def judged(row: Row, war: Scenario, seeds: Sequence[int], common: Mapping[str, float]) -> RegimeResult | None:
    """One row on one war; none where the war has nothing of the kind."""
    sides = row.sides(war)
    if sides is None:
        return None
    one = sides[0].sample(common, seeds)
    other = one if sides[1] is sides[0] else sides[1].sample(common, seeds)
    figures = compared(row, one, other)
    luck = None
    if is_between(row):
        again = sides[1].sample(common, [seed + PLACEBO for seed in seeds])
        luck = verdict(*compared(row, again, other)[2:])
    return RegimeResult(row.name, war.case.name, *figures, placebo=luck)


def is_between(row: Row) -> bool:
    """Whether a row compares one regime with another, so that a regime against itself should not come out right."""
    return row.expected.kind == "at least" and row.expected.share >= 1.0 and row.read_second is None


@dataclass(frozen=True)
class RegimeAudit:
    """The regime audit of some wars."""

    rows: tuple[Row, ...]
    results: tuple[RegimeResult, ...]

    def of(self, row: str) -> list[RegimeResult]:
        """The results of one row, war by war."""
        return [r for r in self.results if r.row == row]

    @property
    def false_alarms(self) -> tuple[int, int]:
        """How often a regime compared with itself under other seeds came out right, and how often it was."""
        tried = [r.placebo for r in self.results if r.placebo is not None]
        return tried.count("right"), len(tried)

    def failures(self) -> list[str]:
        """A line for every row that is wrong in at least as many wars as it is right."""
        lines: list[str] = []
        for row in self.rows:
            verdicts = [r.verdict for r in self.of(row.name)]
            wrong, right = verdicts.count("wrong"), verdicts.count("right")
            if wrong > 0 and wrong >= right:
                lines.append(f"{row.name}: wrong in {wrong} of {len(verdicts)} wars, right in {right}")
        return lines

    def table(self) -> Any:
        """One row a comparison, as a pandas table."""
        import pandas as pd

        about = {row.name: row for row in self.rows}
        rows = [
            {
                "row": r.row,
                "war": r.war,
                "first": r.first,
                "second": r.second,
                "expected": str(about[r.row].expected),
                "margin_low": r.low,
                "margin_high": r.high,
                "verdict": r.verdict,
                "placebo": r.placebo or "",
            }
            for r in self.results
        ]
        return pd.DataFrame(rows)


def audit_regimes(
    rows: Sequence[Row],
    wars: Sequence[Scenario],
    seeds: Sequence[int],
    common: Mapping[str, float],
    report: Report,
    done: Mapping[tuple[str, ...], RegimeResult | None],
) -> Iterator[tuple[str, str, RegimeResult | None]]:
    """Every row on every war, one after another; what is ``done`` already is handed on as it is."""
    total = len(rows) * len(wars)
    for k, (row, (place, war)) in enumerate((row, one) for row in rows for one in enumerate(wars)):
        report(f"{row.name}: {war.case.name}", k, total)
        key = (row.name, war.case.name)
        # Luck is keyed by seed and name, and actors of drawn wars share their names: so no two wars share a seed.
        own = [seed + place * len(seeds) for seed in seeds]
        yield (*key, done[key] if key in done else judged(row, war, own, common))
    report("all rows", total, total)
