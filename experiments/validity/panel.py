"""Many runs of one set-up, read by date: what a pattern is looked for in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.experiments.compare.ceasefire_spells import truces_from
from detente.experiments.runs.event_logs import run_logs
from detente.experiments.runs.outcomes import hostile_dyads
from detente.experiments.validity.setups import Setup
from detente.model.engine import run_batch
from detente.model.opening import Opening

if TYPE_CHECKING:
    import pandas as pd

Values = np.ndarray[Any, Any]

ENDING = ("clock.end_reason", "clock.end_step")


@dataclass(frozen=True)
class Panel:
    """Runs of one opening by seed, with the columns asked for after every step.

    ``rows`` has shape (runs, steps + 1, columns); row 0 is the opening state, row k + 1 the state after day k.
    """

    start: Opening
    seeds: tuple[int, ...]
    columns: tuple[str, ...]
    rows: Values

    @classmethod
    def of(cls, setup: Setup, seeds: Sequence[int], columns: Sequence[str]) -> Panel:
        """Run a set-up in compiled code."""
        start = setup.open()
        wanted = tuple(dict.fromkeys([*columns, *ENDING]))
        made = run_batch(start, seeds, wanted=wanted, every=1)
        return cls(start, tuple(seeds), wanted, made.series)

    def column(self, name: str) -> Values:
        """One column over days: shape (runs, steps + 1)."""
        return self.rows[:, :, self.columns.index(name)]

    def step(self, day: date) -> int:
        """Row of the state in which a day ends."""
        return (day - self.start.scenario.case.start).days + 1

    def at(self, name: str, day: date) -> Values:
        """A column at the end of a day, NaN for runs that had ended."""
        values = self.column(name)[:, self.step(day)].astype(float)
        return np.where(self.last_step < self.step(day), np.nan, values)

    @cached_property
    def last_step(self) -> Values:
        """Row of each run's last state."""
        return self.column("clock.end_step")[:, -1] + 1

    @cached_property
    def collapsed(self) -> Values:
        """Whether each run ended in collapse."""
        return self.column("clock.end_reason")[:, -1] == 1

    def daily(self, dyads: Sequence[str], field: str = "step_attacks") -> Values:
        """Counts per day summed over dyads, NaN after the end: shape (runs, days)."""
        counts = np.sum([self.column(f"dyads.{d}.{field}")[:, 1:] for d in dyads], axis=0, dtype=float)
        late = np.arange(counts.shape[1])[None, :] >= self.last_step[:, None]
        return np.where(late, np.nan, counts)

    def count(self, dyads: Sequence[str], first: date, last: date, field: str = "step_attacks") -> Values:
        """Count of a window, both days included; NaN for runs that ended before its last day."""
        days = self.daily(dyads, field)[:, self.step(first) - 1 : self.step(last)]
        return days.sum(axis=1)

    def per_day(self, dyads: Sequence[str], first: date, last: date) -> Values:
        """Attacks per day of a window."""
        return self.count(dyads, first, last) / ((last - first).days + 1)

    @cached_property
    def events(self) -> list[Values]:
        """The chronicle of each run, in codes."""
        return [log.events for log in run_logs(self.start, self.seeds)]

    @cached_property
    def ceasefires(self) -> pd.DataFrame:
        """Every ceasefire (see ``compare.ceasefire_spells``), with ``run``, its place in the panel, and more columns.

        ``first`` is its first day counted from the start of the case; ``holiday`` says whether that lies on a holiday
        or at most four days after one.
        """
        table = truces_from(self.start, self.seeds)
        opened = np.datetime64(self.start.scenario.case.start)
        first = (table["start"].to_numpy().astype("datetime64[D]") - opened).astype(int)
        feast = self.start.constants["days"]["holiday"] < 1.0
        near = np.convolve(feast, np.ones(5), mode="full")[: len(feast)] > 0
        places = {seed: k for k, seed in enumerate(self.seeds)}
        return table.assign(
            first=first, run=table["seed"].map(places), holiday=near[np.minimum(first, len(feast) - 1)]
        )


@dataclass(frozen=True)
class RatePanel(Panel):
    """A null model in place of runs: attacks of each dyad come at its mean rate, independently from day to day."""

    @classmethod
    def constant(cls, setup: Setup, seeds: Sequence[int]) -> RatePanel:
        """Poisson attacks at the case's own mean rates."""
        start = setup.open()
        rates = mean_rates(start)
        days = np.ones(start.n_steps)
        return cls.drawn(start, seeds, {d: rate * days for d, rate in rates.items()})

    @classmethod
    def seasonal(cls, setup: Setup, seeds: Sequence[int]) -> RatePanel:
        """The same with the case's season, and no holidays."""
        start = setup.open()
        calendar = start.constants["days"]["season"]
        at = np.minimum((np.arange(start.n_steps) * start.step_days).astype(int), len(calendar) - 1)
        return cls.drawn(start, seeds, {d: rate * calendar[at] for d, rate in mean_rates(start).items()})

    @classmethod
    def drawn(cls, start: Opening, seeds: Sequence[int], rates: dict[str, Values]) -> RatePanel:
        """Poisson counts at given rates per day; no run ends early."""
        rng = np.random.default_rng(min(seeds))
        shape = (len(seeds), start.n_steps + 1, len(rates) + len(ENDING))
        rows = np.zeros(shape)
        for k, rate in enumerate(rates.values()):
            rows[:, 1:, k] = rng.poisson(rate, (len(seeds), start.n_steps))
        rows[:, :, -1] = start.n_steps - 1
        names = (*(f"dyads.{d}.step_attacks" for d in rates), *ENDING)
        return cls(start, tuple(seeds), names, rows)


def mean_rates(start: Opening) -> dict[str, float]:
    """Mean attacks per day of each dyad that fights, as the case declares them."""
    declared = {
        f"{a}>{b}": rate
        for r in start.scenario.relation
        for (a, b), rate in zip((r.between, r.between[::-1]), r.attacks, strict=True)
    }
    return {d: declared[d] for d in hostile_dyads(start)}


def days_after(day: date, days: int) -> date:
    """A number of days later."""
    return day + timedelta(days=days)
