"""The runs of drawn wars as the tables that estimators take: what a source of data would have recorded of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.experiments.evidence.day_table import DEATHS, DayTable
from detente.experiments.evidence.endings import (
    ACTIVE_DEATHS,
    AGREEMENT,
    CEASEFIRE,
    EPISODE_COLUMNS,
    FADED,
    GOVERNMENT_WON,
    REBELS_WON,
    active_runs,
    is_new,
    per_active_year,
)
from detente.experiments.evidence.latent_level import fitted_levels
from detente.experiments.evidence.levels import Window, windows
from detente.experiments.evidence.truce_windows import TRUCE_COLUMNS, placebos, truce_rows
from detente.experiments.validity.war_records import Record, unpacked
from detente.model.drawn_wars import FIRST_DAY

if TYPE_CHECKING:
    import pandas as pd

Values = np.ndarray[Any, Any]


@dataclass(frozen=True)
class WorldTables:
    """Days, ceasefires, agreements and collapses of all runs.

    ``days`` has all violence, ``seen`` what a source records of it.  Ends and active years are told by all violence, as
    lists of conflicts are.  ``falls`` maps a dyad to the days on which one of its sides fell, and whether that was the
    state.
    """

    days: DayTable
    seen: DayTable
    truces: pd.DataFrame
    agreements: pd.DataFrame
    falls: Mapping[int, Sequence[tuple[int, bool]]]
    years: int

    @cached_property
    def windows(self) -> list[Window]:
        """Monthly series long and bloody enough."""
        return windows(self.seen)

    @cached_property
    def fitted_levels(self) -> tuple[Values, Values]:
        """Fitted latent levels of one series of each war."""
        return fitted_levels(self.windows, self.seen.group)

    @cached_property
    def truce_rows(self) -> pd.DataFrame:
        """Windows around ceasefires."""
        return truce_rows(self.seen, self.truces)

    @cached_property
    def placebo_rows(self) -> pd.DataFrame:
        """Windows around matched dates."""
        return placebos(self.seen, self.truces, self.truce_rows)

    @cached_property
    def year_edges(self) -> Values:
        """First days of the calendar years, and the day after the last."""
        return np.array([(date(FIRST_DAY.year + k, 1, 1) - FIRST_DAY).days for k in range(self.years + 1)])

    def deaths_by_year(self, of: Values) -> Values:
        """Deaths a calendar year: shape (labels, years), summed over the dyads of each label; partly watched count."""
        sums = np.diff(self.days.cumulated[DEATHS][:, self.year_edges], axis=1)
        total = np.zeros((int(of.max()) + 1 if len(of) else 0, self.years))
        np.add.at(total, of, sums)
        return total

    @cached_property
    def episodes(self) -> pd.DataFrame:
        """Episodes of conflicts."""
        return episodes_of(self, self.days.conflict)

    @cached_property
    def dyad_episodes(self) -> pd.DataFrame:
        """Episodes of single dyads."""
        return episodes_of(self, np.arange(self.days.n_dyads))

    @cached_property
    def active_years(self) -> pd.DataFrame:
        """Active years of conflicts with the new ceasefires of each."""
        import pandas as pd

        conflict, year = np.nonzero(self.deaths_by_year(self.days.conflict) >= ACTIVE_DEATHS)
        group = dict(zip(self.days.conflict.tolist(), self.days.group.tolist(), strict=True))
        active = pd.DataFrame(
            {"conflict": conflict, "year": year, "group": [group[c] for c in conflict.tolist()]}
        )
        begun = self.truces.assign(conflict=self.days.conflict[self.truces["dyad"].to_numpy(int)])
        start = begun["start"].to_numpy(int)
        begun["year"] = np.searchsorted(self.year_edges, start, side="right") - 1
        begun["new"] = is_new(begun)
        return per_active_year(active, begun)


# -- episodes


def episodes_of(world: WorldTables, label: Values) -> pd.DataFrame:
    """Episodes of conflicts or dyads, ``label`` being the conflict or dyad of each dyad of the days."""
    import pandas as pd

    deaths = world.deaths_by_year(label)
    rows = [
        row
        for k in range(len(deaths))
        for row in episodes_in(world, k, np.flatnonzero(label == k), deaths[k])
    ]
    return pd.DataFrame(rows, columns=list(EPISODE_COLUMNS))


def episodes_in(world: WorldTables, k: int, dyads: Values, deaths: Values) -> Iterator[list[Any]]:
    """The episodes of one conflict or dyad."""
    last_day = int(world.days.last[dyads[0]])
    group = world.days.group[dyads[0]]
    daily = world.days.deaths[dyads].sum(axis=0)
    for first, last in active_runs(list(deaths >= ACTIVE_DEATHS)):
        a, b = int(world.year_edges[first]), int(world.year_edges[last + 1])
        reached = a + int(np.searchsorted(np.cumsum(daily[a:b]), ACTIVE_DEATHS))
        final = a + int(np.flatnonzero(daily[a:b])[-1])
        outcome = outcome_of(world, dyads, last, last_day)
        yield [k, group, first, last, reached / 365.25, final / 365.25, outcome]


def outcome_of(world: WorldTables, dyads: Values, last: int, last_day: int) -> str:
    """How an episode ended, as UCDP codes it: by what happened in its last active year or the year after.

    A collapse is a victory, an agreement goes before a ceasefire; a quiet year has to be watched whole.
    """
    start, stop = int(world.year_edges[last]), int(world.year_edges[min(last + 2, world.years)])
    falls = [fall for d in dyads for fall in world.falls.get(int(d), ()) if start <= fall[0] < stop]
    if falls:
        return REBELS_WON if max(falls)[1] else GOVERNMENT_WON
    if last + 2 > world.years or last_day < stop - 1:
        return ""
    for table, outcome in ((world.agreements, AGREEMENT), (general(world.truces), CEASEFIRE)):
        day = table["day" if outcome == AGREEMENT else "start"].to_numpy(int)
        if np.any(np.isin(table["dyad"].to_numpy(int), dyads) & (day >= start) & (day < stop)):
            return outcome
    return FADED


def general(truces: pd.DataFrame) -> pd.DataFrame:
    """Ceasefires of all sides in all of the area."""
    return truces[~truces["local"].astype(bool) & ~truces["unilateral"].astype(bool)]


# -- out of records


def world_tables(
    wars: Sequence[tuple[str, Sequence[Record]]], years: int, placed: float, seed: int = 1
) -> WorldTables:
    """The tables of all runs of some wars; ``placed`` is the share of events that a source places."""
    runs = [(number, record) for number, (_, records) in enumerate(wars) for record in records]
    n_days = (date(FIRST_DAY.year + years, 1, 1) - FIRST_DAY).days
    days = day_table(runs, n_days)
    offsets = np.cumsum([0, *(len(r["dyads"]) for _, r in runs)])
    seen = days.placed(placed, np.random.default_rng([seed, 0]))
    falls: dict[int, list[tuple[int, bool]]] = {}
    for k, (_, r) in enumerate(runs):
        for day, state, dyad in r["falls"]:
            fallen = range(len(r["dyads"])) if dyad is None else [dyad]
            for d in fallen:
                falls.setdefault(int(offsets[k]) + d, []).append((day, bool(state)))
    return WorldTables(days, seen, truce_table(runs, offsets), agreement_table(runs, offsets), falls, years)


def day_table(runs: Sequence[tuple[int, Record]], n_days: int) -> DayTable:
    """The days of all dyads; after the end of a run nothing is known, and counts are 0."""
    counts: dict[str, list[Values]] = {"events": [], "deaths": []}
    for _, record in runs:
        for name, parts in counts.items():
            held = unpacked(record[name])
            parts.append(np.pad(held, ((0, 0), (0, n_days - held.shape[1]))))
    n_dyads = [len(r["dyads"]) for _, r in runs]
    last = np.repeat([r["days"] - 1 for _, r in runs], n_dyads)
    conflict = np.repeat(np.arange(len(runs)), n_dyads)
    group = np.repeat([number for number, _ in runs], n_dyads)
    events, deaths = (np.concatenate(counts[name]) for name in ("events", "deaths"))
    return DayTable(FIRST_DAY, events, deaths, last, conflict, group)


def truce_table(runs: Sequence[tuple[int, Record]], offsets: Values) -> pd.DataFrame:
    """All ceasefires."""
    import pandas as pd

    rows = [
        [int(offsets[k]) + dyad, start, np.nan if end is None else end, kind, alone, local, ended]
        for k, (_, r) in enumerate(runs)
        for dyad, start, end, kind, alone, local, ended in r["truces"]
    ]
    return pd.DataFrame(rows, columns=list(TRUCE_COLUMNS))


def agreement_table(runs: Sequence[tuple[int, Record]], offsets: Values) -> pd.DataFrame:
    """All agreements."""
    import pandas as pd

    rows = [
        [int(offsets[k]) + dyad, day, sort, np.nan if ended is None else ended]
        for k, (_, r) in enumerate(runs)
        for dyad, day, sort, ended in r["agreements"]
    ]
    return pd.DataFrame(rows, columns=["dyad", "day", "type", "ended"])
