"""A conflict opened on a day: what was known before it, and nothing else, as a case that starts there.

Attacks, deaths per event, season and dispersion are refitted; the level of the war and how far it moves are filtered
from recent months (``level_filter``); acts of its history that are in force stand on the first day.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from detente.experiments.benchmark.acts_in_force import following, in_force, policy_of, with_ends
from detente.experiments.benchmark.evenness import factor_for, with_more_events
from detente.experiments.benchmark.level_filter import LevelNow, Process, level_now, process_of, size_about
from detente.experiments.cases.builder.seasons import chance_of_none
from detente.experiments.data.observations import EVENTS, Observed
from detente.experiments.evidence.origins import (
    DAYS_IN_MONTH,
    Target,
    ahead,
    chosen_target,
    known_before,
)
from detente.experiments.evidence.refit import (
    Known,
    Refit,
    at_day,
    month_of,
    refit,
    smoothed,
    total_deaths,
)
from detente.model.catalogue import load_policy
from detente.model.errors import InputError, wrong
from detente.model.policy import MoveSpec, Policy
from detente.model.request import CaseLike, scenario_of
from detente.model.scenario import FactSpec, RelationSpec, Scenario

Values = np.ndarray[Any, Any]

CHANCE = 0.01
"""How often months may differ as much by chance for a season to be taken."""

SEASON_YEARS, LEAST_YEARS = 15, 3
"""Years that a season is estimated from, at most and at least."""

EVEN = (1.0,) * 12

FURTHEST = 3.0
"""Farthest that the level of a case may lie from its mean [log]."""

WIDEST = 2.5
"""Largest volatility that a case may hold [log]."""

WIDEST_FACTOR = 20.0
"""Factor by which the mean rate of attacks may differ from that of the last twelve months."""

UNIFORM = math.sqrt(3.0)
"""Standard deviations from the middle of an even range to its ends."""


@dataclass(frozen=True)
class OpenedCase:
    """A conflict as it stood on a day.

    ``scenario`` starts on that day and draws the level of its wars for each seed; ``known`` is what was known of the
    violence; ``level`` where the war stands; ``scale`` the deaths of the series per death of the model; ``history`` the
    dated acts of the whole history.
    """

    scenario: Scenario
    known: Known
    fit: Refit
    level: LevelNow
    scale: float
    history: tuple[MoveSpec, ...] = ()

    @property
    def day(self) -> date:
        """First day of the case."""
        return self.scenario.case.start

    def policy(self, *, known: bool = False) -> Policy:
        """Acts in force on the first day; with ``known`` also those that follow until the end of the case."""
        start = in_force(self.history, self.day)
        if not known:
            return policy_of(start, self.day, known=False)
        later = tuple(following(self.history, self.day, self.scenario.case.end))
        return policy_of((*with_ends(start, self.history, self.day), *later), self.day, known=True)


def open_case(
    case: CaseLike,
    day: date,
    *,
    months: int = 12,
    data: Observed | None = None,
    series: str | None = None,
    history: str | None = "history",
) -> OpenedCase:
    """Open a case on a day with what its observed series, or other data, say of the time before.

    Args:
        case: a case by name, the path of its file or folder, or a case that is loaded.
        day: the day; nothing of it or after it is read but the acts of ``history``.
        months: length of the case that is opened [months].
        data: observed data; the case's own series of deaths unless given.
        series: the monthly series; deaths in all unless given.
        history: policy whose acts before the day define its politics; None for none.

    Raises:
        InputError: where there are no deaths by month to open it with.
    """
    scenario = scenario_of(case)
    target = chosen_target(data, series) if data is not None else own_series(scenario)
    known = known_before(data if data is not None else Observed((), ()), target, day)
    acts = dated_acts(scenario, history)
    return opened_at(scenario, known, day, last_day(day, months), acts)


def own_series(scenario: Scenario) -> Target:
    """The observed deaths of a case by month."""
    import pandas as pd

    named = [o for o in scenario.observed if "deaths" in o.name]
    if not named:
        raise InputError(
            f"{scenario.case.name}: has no observed deaths by month; expected a case that has them, or --data"
        )
    months = sorted(named[0].monthly)
    index = pd.to_datetime([str(month) for month in months])
    values = pd.Series([float(named[0].monthly[m]) for m in months], index=index).asfreq("MS")
    return Target(named[0].name, values.dropna() if values.isna().any() else values, deaths=True)


def dated_acts(scenario: Scenario, history: str | None) -> tuple[MoveSpec, ...]:
    """The dated acts of a policy of a case, none where the case has no such policy."""
    from detente.model.catalogue import policy_names

    if history is None or history not in policy_names(scenario):
        return ()
    return tuple(move for move in load_policy(scenario, history).move if move.date is not None)


def last_day(day: date, months: int) -> date:
    """The last day of a case that runs for so many months."""
    if months < 1:
        raise wrong("months", months, "at least 1")
    return ahead(day.replace(day=1), months)[-1] - timedelta(days=1)


def opened_at(
    scenario: Scenario,
    known: Known,
    day: date,
    end: date,
    history: Sequence[MoveSpec] = (),
    *,
    by_day: bool = True,
) -> OpenedCase:
    """Open a case on a day with what is known.

    Without ``by_day`` attacks, severity and dispersion stand as the case has them, and attacks set off no others: what
    differs between days hardly shows in sums over months, and takes longest to fit; and a run begins with as much
    excitation as the mean rate leaves, however far from it the war is opened.
    """
    season = tested_season(known)
    factors = np.asarray(season)[month_of(known) - 1] if len(known.monthly) else np.zeros(0)
    parameters = scenario.parameters
    how = process_of(parameters)
    level = level_now(known.monthly, factors, how)
    read = known if by_day else replace(known, daily=None, months_only="rates as the case has them")
    fit = long_run(replace(refit(scenario, read), season=season), level)
    shifted = at_day(scenario, fit, day, end)
    own: dict[str, Any] = {"violence": parameters.violence.model_copy(update={"dispersion": fit.dispersion})}
    if not by_day:
        own["switches"] = parameters.switches.model_copy(update={"excitation": 0})
        shifted = evened(shifted, level, how)
    usual = DAYS_IN_MONTH * total_deaths(shifted)
    placed = at_level(shifted, level, how.slope)
    placed = placed.model_copy(update={"parameters": parameters.model_copy(update=own)})
    return OpenedCase(placed, known, fit, level, level.expected / max(usual, 1e-9), tuple(history))


def evened(scenario: Scenario, level: LevelNow, how: Process) -> Scenario:
    """A case with events enough for months as even as those that the level was filtered from."""
    wanted = 1.0 / size_about(level.size, level.spread**2 * how.fast_share * how.mean_share)
    fierce = math.exp(min((level.slow - 0.5 * level.spread**2) / how.slope, 0.0))
    return with_more_events(scenario, factor_for(scenario, wanted, fierce))


def tested_season(known: Known) -> tuple[float, ...]:
    """Month factors of daily events, or of the series where days are not known; even where months do not differ."""
    counts, year = season_counts(known)
    rows = [counts[year == y] for y in np.unique(year)]
    table = np.array([row for row in rows if len(row) == 12 and row.sum() > 0][-SEASON_YEARS:])
    if len(table) < LEAST_YEARS or chance_of_none(table) > CHANCE:
        return EVEN
    share = table.sum(axis=0) / table.sum() * 12.0
    return smoothed(np.clip(share, 0.2, 5.0))


def season_counts(known: Known) -> tuple[Values, Values]:
    """Counts by month, and the year of each."""
    if known.daily is not None and EVENTS in known.daily:
        months: Any = known.daily[EVENTS].resample("MS").sum()
        return months.to_numpy(dtype=float), months.index.year.to_numpy()
    return known.monthly, known.months.astype("datetime64[Y]").astype(int)


def long_run(fit: Refit, level: LevelNow) -> Refit:
    """A fit to twelve months whose rate of attacks is that of the war's mean level instead."""
    if fit.expected <= 0:
        return replace(fit, expected=level.expected)
    ratio = min(max(level.expected / fit.expected, 1.0 / WIDEST_FACTOR), WIDEST_FACTOR)
    return replace(fit, events=fit.events * ratio, expected=level.expected)


def at_level(scenario: Scenario, level: LevelNow, slope: float) -> Scenario:
    """A case whose wars stand at a level, which each seed draws within what is known of it.

    Wars of one conflict move apart from each other, so that their sum moves by less than each; each is given as much
    more as their sum needs.
    """
    share = concentration(scenario)
    relations: list[RelationSpec] = []
    facts: list[FactSpec] = []
    for r in scenario.relation:
        if not is_war(r):
            relations.append(r)
            continue
        own = level_facts(f"relation.{r.between[0]}.{r.between[1]}", level, slope, share)
        facts += own
        middles = {fact.path.rsplit(".", 1)[-1]: (fact.low + fact.high) / 2.0 for fact in own}
        relations.append(r.model_copy(update=middles))
    replaced = (".volatility", ".level", ".surge")
    others = [f for f in scenario.facts if not (f.path.startswith("relation.") and f.path.endswith(replaced))]
    fierce = (level.slow - 0.5 * (level.spread**2 - level.slow_sd**2)) / slope
    changed = {"relation": tuple(relations), "facts": (*others, *facts)}
    return with_spoilers(scenario, math.exp(fierce)).model_copy(update=changed)


def with_spoilers(scenario: Scenario, factor: float) -> Scenario:
    """A case whose spoilers attack so many times as often: as fiercely as the war around them at the start."""
    spoilers = tuple(
        s.model_copy(
            update={"target": tuple(t.model_copy(update={"attacks": t.attacks * factor}) for t in s.target)}
        )
        for s in scenario.spoiler
    )
    return scenario.model_copy(update={"spoiler": spoilers})


def level_facts(path: str, level: LevelNow, slope: float, share: float) -> list[FactSpec]:
    """Both parts of the level of a war, and how far it moves; ``share`` says how many wars the conflict consists of."""
    spread = of_each(level.slow_sd, share)
    moves, factor = of_each(level.spread, share) / slope, math.exp(UNIFORM * level.spread_sd)
    # a case declares its level relative to the mean, which lies above the median of a log-normal level
    centre = level.slow - 0.5 * level.spread**2 / slope - 0.5 * (spread**2 - level.slow_sd**2)
    return [
        drawn_fact(f"{path}.level", centre / slope, spread / slope),
        drawn_fact(f"{path}.surge", level.fast / slope, level.fast_sd / slope),
        drawn(f"{path}.volatility", min(moves / factor, WIDEST), min(moves * factor, WIDEST)),
    ]


def concentration(scenario: Scenario) -> float:
    """Sum of the squared shares of the wars of a case in its deaths: 1 for a single war."""
    deaths = [
        sum(rate * size for rate, size in zip(r.attacks, r.deaths_per_event, strict=True))
        for r in scenario.relation
        if is_war(r)
    ]
    total = sum(deaths)
    return sum((d / total) ** 2 for d in deaths) if total > 0 else 1.0


def of_each(spread: float, share: float) -> float:
    """Standard deviation of the log of each war such that their sum has a given one."""
    return math.sqrt(math.log1p(math.expm1(spread**2) / share))


def with_faded(scenario: Scenario, *, faded: bool) -> Scenario:
    """A case whose wars are fought at the start, or have all faded out, and its spoilers with them."""
    relations = tuple(r.model_copy(update={"faded": faded}) if is_war(r) else r for r in scenario.relation)
    left = math.exp(-scenario.parameters.endings.quiet) if faded else 1.0
    return with_spoilers(scenario, left).model_copy(update={"relation": relations})


def is_war(r: RelationSpec) -> bool:
    """Whether two parties fight with attacks that kill."""
    return r.hostile and r.lethal and any(r.attacks)


def drawn_fact(path: str, centre: float, spread: float) -> FactSpec:
    """A fact that each seed draws evenly, with a mean and standard deviation, as far as a case may hold it."""
    low, high = (min(max(centre + side * UNIFORM * spread, -FURTHEST), FURTHEST) for side in (-1.0, 1.0))
    return drawn(path, low, high)


def drawn(path: str, low: float, high: float) -> FactSpec:
    """A fact that each seed draws between two ends."""
    return FactSpec(
        path=path, low=low, high=high, grade="prior", source="filtered from the months before the first day"
    )
