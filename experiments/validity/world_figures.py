"""What of the targets can be read off the runs of drawn wars, and how; where one cannot, why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from detente.experiments.evidence import agreement_effects as signed
from detente.experiments.evidence import endings, latent_level, levels, samples, truce_effects, truce_mixture
from detente.experiments.evidence.day_table import DEATHS, EVENTS
from detente.experiments.evidence.samples import Sample, Statistic, sample
from detente.experiments.evidence.truce_windows import ratio

if TYPE_CHECKING:
    import pandas as pd

    from detente.experiments.validity.world_tables import WorldTables

Values = np.ndarray[Any, Any]


class Figure(NamedTuple):
    """One number of the model: its units, and the same number at matched placebo dates, if there is one."""

    sample: Sample
    placebo: float = float("nan")


Read = Callable[["WorldTables"], list[Figure]]
"""Reads one figure for each part of a target off the tables."""

# -- levels


def yearly_spread(w: WorldTables) -> list[Figure]:
    """Spread of yearly log changes, the median over dyads."""
    return [Figure(sample(*levels.spread_by_dyad(w.seen, w.windows), samples.median))]


def yearly_pooled(w: WorldTables) -> list[Figure]:
    """Spread of yearly log changes, pooled."""
    return [Figure(sample(*levels.all_changes(w.seen, w.windows), samples.spread))]


def offensive_rate(w: WorldTables) -> list[Figure]:
    """Offensives a year at risk."""
    return [Figure(levels.offensive_rate(w.seen, w.windows))]


def offensive(field: str, statistic: Statistic, w: WorldTables) -> list[Figure]:
    """A statistic of one field of the offensives."""
    table, group = levels.offensive_table(w.seen, w.windows)
    return [Figure(sample(table[:, levels.Offensive._fields.index(field)], group, statistic))]


def population(part: int, w: WorldTables) -> list[Figure]:
    """Median of sigma over wars, or the standard deviation of its log."""
    table, group = w.fitted_levels
    return [Figure(sample(table[:, 3:].T, group, lambda rows: latent_level.population(rows)[part]))]


def level(column: int, w: WorldTables) -> list[Figure]:
    """Median over wars of one column of the fitted levels."""
    table, group = w.fitted_levels
    return [Figure(sample(table[:, column], group, samples.median))]


# -- ceasefires

Pick = Callable[["pd.DataFrame"], Any]


def everything(rows: pd.DataFrame) -> Any:
    """All ceasefires."""
    return np.ones(len(rows), dtype=bool)


def is_general(rows: pd.DataFrame) -> Any:
    """Those that cover all of the fighting."""
    return ~rows["local"].to_numpy(bool)


def is_local(rows: pd.DataFrame) -> Any:
    """Those that cover a part of it."""
    return rows["local"].to_numpy(bool)


def is_two_sided(rows: pd.DataFrame) -> Any:
    """General ones of two sides or more."""
    return is_general(rows) & ~rows["unilateral"].to_numpy(bool)


def is_one_sided(rows: pd.DataFrame) -> Any:
    """Those that one side declared alone."""
    return rows["unilateral"].to_numpy(bool)


def is_higher(rows: pd.DataFrame) -> Any:
    """General preliminary or definitive ones."""
    return is_general(rows) & (rows["kind"] != "cessation").to_numpy(bool)


def is_definitive(rows: pd.DataFrame) -> Any:
    """Definitive ones, general or not."""
    return (rows["kind"] == "definitive").to_numpy(bool)


def well_seen(pick: Pick, rows: pd.DataFrame) -> Any:
    """Those of a kind with at least ten events before."""
    return pick(rows) & (rows[f"{EVENTS}_pre90"] >= truce_effects.WELL_SEEN).to_numpy(bool)


def after_start(pick: Pick, statistic: Statistic, w: WorldTables, what: str = EVENTS) -> list[Figure]:
    """A statistic of the ratios of days 0 to 89 to the 90 days before, beside that of matched dates."""
    rows = w.truce_rows
    chosen = np.asarray(pick(rows))
    placebo = w.placebo_rows[chosen[w.placebo_rows["of"].to_numpy(int)]]
    units = sample(ratio(rows[chosen], "d0_89", what=what), rows["group"][chosen], statistic)
    luck = sample(ratio(placebo, "d0_89", what=what), placebo["group"], statistic)
    return [Figure(units, luck.value())]


def took_hold(w: WorldTables) -> list[Figure]:
    """Share of general ceasefires that took hold."""
    rows = w.truce_rows
    held = truce_effects.took_hold(w.seen, rows[is_general(rows)])
    placebo = truce_effects.took_hold(w.seen, w.placebo_rows)
    luck = sample(placebo["held"], placebo["group"], samples.mean)
    return [Figure(sample(held["held"], held["group"], samples.mean), luck.value())]


def staying(statistic: Statistic, w: WorldTables) -> list[Figure]:
    """A statistic of how long general ceasefires that took hold lasted."""
    rows = w.truce_rows
    months, back, group = truce_effects.behaviour(w.seen, rows[is_general(rows)])
    *lull, of = truce_effects.behaviour(w.seen, w.placebo_rows.drop_duplicates(["dyad", "start"]))
    return [Figure(sample((months, back), group, statistic), sample(lull, of, statistic).value())]


def by_age(w: WorldTables) -> list[Figure]:
    """Median ratios by age of general ceasefires that took hold."""
    rows = w.truce_rows
    ratios, group = truce_effects.by_age(rows[is_general(rows)])
    lull, of = truce_effects.by_age(w.placebo_rows)
    known = np.isfinite(np.stack([ratios[name] for name in truce_effects.AGES])).all(axis=0)
    return [
        Figure(
            sample(ratios[name][known], group[known], samples.median),
            sample(lull[name], of, samples.median).value(),
        )
        for name in truce_effects.AGES
    ]


def after_end(ended: str, column: str, alone: bool, w: WorldTables) -> list[Figure]:
    """Median level after ceasefires that ended in one way, over the level before they began."""
    rows = truce_effects.after_end(w.seen, w.truces)
    rows = rows[(rows["ended"] == ended) & (rows["alone"] | (not alone))]
    return [Figure(sample(rows[column], rows["group"], samples.median))]


def rise(pick: Pick, column: int, base: int, w: WorldTables) -> list[Figure]:
    """Mean weekly rate in one span around ceasefires of a kind over that in another."""
    rows = w.truce_rows
    table, group = truce_effects.rise(w.seen, rows[pick(rows)])
    return [Figure(sample(table[:, [column, base]].T, group, samples.ratio_of_sums))]


# -- the mixture


def counts_of(rows: pd.DataFrame) -> tuple[Values, Values, Values]:
    """Events of days 0 to 89, those expected from before, and groups, where all is known."""
    rows = rows[np.isfinite(rows[f"{EVENTS}_d0_89"]) & (rows[f"{EVENTS}_pre90"] > 0)]
    return (
        rows[f"{EVENTS}_d0_89"].to_numpy(float),
        rows[f"{EVENTS}_pre90"].to_numpy(float),
        rows["group"].to_numpy(),
    )


def never(w: WorldTables, chosen: Values) -> truce_mixture.LogNormal:
    """The ratio at dates matched to some ceasefires."""
    rows = w.placebo_rows[chosen[w.placebo_rows["of"].to_numpy(int)]]
    count, expected, _ = counts_of(rows)
    return truce_mixture.fit_log_normal(truce_mixture.Counts(count, expected))


def share_that_holds(law: truce_mixture.LogNormal, values: Values) -> float:
    """Share that holds of units with counts and expected counts."""
    counts = truce_mixture.Counts(values[:, 0], values[:, 1])
    return truce_mixture.fit_mixture(counts, law)[0].share


def holding(pick: Pick, w: WorldTables) -> list[Figure]:
    """Share of ceasefires of a kind that hold, the rest being as matched dates."""
    rows = w.truce_rows
    chosen = np.asarray(well_seen(pick, rows))
    count, expected, group = counts_of(rows[chosen])
    law = never(w, chosen) if chosen.sum() >= samples.FEWEST else truce_mixture.LogNormal(0.0, 1.0)
    return [Figure(sample((count, expected), group, partial(share_that_holds, law)))]


def log_normal_part(part: int, values: Values) -> float:
    """Mean or spread of the log ratio of units with counts and expected counts."""
    return truce_mixture.fit_log_normal(truce_mixture.Counts(values[:, 0], values[:, 1]))[part]


def log_normal(w: WorldTables) -> list[Figure]:
    """The log-normal ratio of general two-sided ceasefires."""
    rows = w.truce_rows
    count, expected, group = counts_of(rows[np.asarray(well_seen(is_two_sided, rows))])
    return [Figure(sample((count, expected), group, partial(log_normal_part, k))) for k in (0, 1)]


def definitive_logit(law: truce_mixture.LogNormal, values: Values) -> float:
    """Rise of the logit of holding with the definitive class, for units with counts, expected counts and classes."""
    counts = truce_mixture.Counts(values[:, 0], values[:, 1])
    return float(truce_mixture.fit_mixture(counts, law, values[:, 2:])[1][2])


def class_logit(w: WorldTables) -> list[Figure]:
    """Logit of holding, definitive against cessation."""
    rows = w.truce_rows
    chosen = np.asarray(well_seen(is_general, rows))
    of = rows[chosen & np.isfinite(rows[f"{EVENTS}_d0_89"].to_numpy(float))]
    count, expected, group = counts_of(of)
    classes = [(of["kind"] == kind).to_numpy(float) for kind in ("preliminary", "definitive")]
    law = never(w, chosen) if chosen.sum() >= samples.FEWEST else truce_mixture.LogNormal(0.0, 1.0)
    return [Figure(sample((count, expected, *classes), group, partial(definitive_logit, law)))]


# -- agreements


def agreement(sort: str, column: str, statistic: Statistic, w: WorldTables) -> list[Figure]:
    """A statistic of one column of the agreements of a type (``full``, ``partial``, or both where it is empty)."""
    rows = signed.agreement_rows(w.seen, w.agreements)
    rows = rows if not sort else rows[rows["type"] == sort]
    return [Figure(sample(rows[column], rows["group"], statistic))]


def agreements_ended(sort: str, w: WorldTables) -> list[Figure]:
    """Share of agreements of a type that failed within five years."""
    rows = w.agreements[w.agreements["type"] == sort]
    dyad = rows["dyad"].to_numpy(int)
    times, ended = signed.times_to_end(rows, w.days.last[dyad].astype(float))
    return [Figure(sample((times, ended), w.days.group[dyad], samples.ended_by(5.0)))]


# -- ends and hazards


def per_year(column: str, statistic: Statistic, w: WorldTables) -> list[Figure]:
    """A statistic of the new ceasefires of active years."""
    years = w.active_years
    return [Figure(sample(years[column], years["group"], statistic))]


def outcome_share(outcome: str, w: WorldTables) -> list[Figure]:
    """Share of ended episodes with an outcome."""
    ended = endings.ended_episodes(w.episodes, 0, w.years)
    return [Figure(sample((ended["outcome"] == outcome).to_numpy(float), ended["group"], samples.mean))]


def recurrence(
    episodes: str, outcomes: tuple[str, ...], at: tuple[float, ...], w: WorldTables
) -> list[Figure]:
    """Share of ended episodes that came back within some years, by outcome (none: all)."""
    ended = endings.ended_episodes(getattr(w, episodes), 0, w.years)
    found: list[Figure] = []
    for outcome in outcomes or ("",):
        rows = ended[ended["outcome"] == outcome] if outcome else ended
        rows = rows[~rows["outcome"].isin((endings.GOVERNMENT_WON, endings.REBELS_WON))]
        times, came = endings.recurrences(rows, float(w.years - 1))
        found += [Figure(sample((times, came), rows["group"], samples.ended_by(t))) for t in at]
    return found


def to_full_agreement(first: str, w: WorldTables) -> list[Figure]:
    """Share of dyads with a full agreement within some years of the first ceasefire or partial agreement."""
    truces = w.truces.rename(columns={"start": "day"})
    partials = w.agreements[w.agreements["type"] == "partial"]
    starts = truces if first == "truce" else partials
    full = w.agreements[w.agreements["type"] == "full"]
    watched = {k: float(last) for k, last in enumerate(w.days.last)}
    times, came, dyads = endings.time_to(starts, full, watched)
    group = w.days.group[np.array(dyads, dtype=int)]
    return [Figure(sample((times, came), group, samples.ended_by(t))) for t in (1.0, 2.0, 5.0, 10.0)]


FOUR = (endings.AGREEMENT, endings.CEASEFIRE, endings.FADED, endings.GOVERNMENT_WON)

READS: Mapping[str, Read] = {
    "L1": partial(population, 0),
    "L2": partial(population, 1),
    "L3": partial(level, 0),
    "L4": partial(level, 1),
    "L5": partial(level, 2),
    "L9": yearly_spread,
    "L10": yearly_pooled,
    "L11": offensive_rate,
    "L12": partial(offensive, "months", samples.share_below(1.5)),
    "L13": partial(offensive, "months", samples.share_above(3.5)),
    "L14": partial(offensive, "peak", samples.median),
    "L15": partial(offensive, "peak", samples.quantile(0.9)),
    "L16": partial(offensive, "after_1_3", samples.median),
    "L17": partial(offensive, "after_4_6", samples.median),
    "C1": partial(after_start, everything, samples.median),
    "C2": partial(after_start, is_two_sided, samples.median),
    "C3": partial(after_start, is_two_sided, samples.median, what=DEATHS),
    "C4": partial(after_start, is_higher, samples.median),
    "C5": partial(after_start, is_higher, samples.median, what=DEATHS),
    "C6": partial(after_start, is_definitive, samples.median),
    "C7": partial(after_start, is_local, samples.median),
    "C9": partial(after_start, is_one_sided, samples.median),
    "C11": partial(after_start, everything, samples.share_above(1.0)),
    "C12": partial(after_start, partial(well_seen, is_general), samples.share_below(0.25)),
    "C13": partial(after_start, partial(well_seen, is_general), samples.share_below(0.1), what=DEATHS),
    "C14": partial(holding, is_general),
    "C15": partial(holding, is_higher),
    "C15b": log_normal,
    "C16": class_logit,
    "C18": took_hold,
    "C19": partial(staying, samples.surviving(12.0)),
    "C20": partial(staying, truce_effects.monthly_hazard(1, 5)),
    "C21": by_age,
    "E1": partial(after_end, "party", "d1_30", False),
    "E2": partial(after_end, "term", "d1_30", False),
    "E3": partial(after_end, "term", "d1_90", True),
    "A1": partial(agreement, "full", "year_after", samples.median),
    "A2": partial(agreement, "partial", "year_after", samples.median),
    "A4": partial(agreements_ended, "full"),
    "A5": partial(agreements_ended, "partial"),
    "A7": partial(agreement, "full", "relapse", samples.mean),
    "A8": partial(agreement, "partial", "relapse", samples.mean),
    "A10": partial(agreement, "full", "of_peak", samples.median),
    "A11": partial(agreement, "partial", "of_peak", samples.median),
    "B1": partial(rise, is_two_sided, 0, 1),
    "B2": partial(rise, is_two_sided, 2, 0),
    "B3": partial(rise, is_one_sided, 0, 1),
    "B4": partial(agreement, "", "last_90", samples.median),
    "H1": partial(per_year, "new", samples.mean),
    "H2": partial(per_year, "new", samples.share_above(0.5)),
    "H3": partial(per_year, "general", samples.share_above(0.5)),
    "H4": partial(outcome_share, endings.FADED),
    "H5": partial(outcome_share, endings.CEASEFIRE),
    "H6": partial(outcome_share, endings.AGREEMENT),
    "H7": partial(outcome_share, endings.GOVERNMENT_WON),
    "H8": partial(outcome_share, endings.REBELS_WON),
    "H9": partial(recurrence, "episodes", (), (2.0, 5.0)),
    "H10": partial(recurrence, "episodes", FOUR, (5.0,)),
    "H11": partial(recurrence, "dyad_episodes", FOUR, (5.0,)),
    "H12": partial(to_full_agreement, "truce"),
    "H13": partial(to_full_agreement, "partial"),
}
"""Targets that can be read off the runs."""

JUMPS = "the data do not tell how large a share of the changes are jumps"
SEASON = "asks for a fit of the season of each series; a drawn war's season is set, not a result"
PROCESS = "the model has no agreements about a process alone"
HINDCASTS = "asks for hindcasts of single series; `detente score` gives them case by case"

REASONS: Mapping[str, str] = {
    **dict.fromkeys(("L6", "L7"), JUMPS),
    "L8": SEASON,
    "C8": "drawn wars have no holidays",
    "C10": "drawn wars have no peacekeepers",
    "C17": "the log of a run does not say whether a ceasefire was monitored",
    **dict.fromkeys(("A3", "A6", "A9", "A12"), PROCESS),
    **dict.fromkeys(("N1", "N2"), HINDCASTS),
}
"""Targets that cannot, and why."""
