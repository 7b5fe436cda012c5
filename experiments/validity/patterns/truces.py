"""Ceasefires and agreements in the Afghan case, against what is known of them in all civil conflicts."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.agents.codes import AGREEMENT, CESSATION, DEFINITIVE, IN_FORCE, TRUCE_CLASSES
from detente.experiments.runs.outcomes import hostile_pairs
from detente.experiments.validity.panel import Panel
from detente.experiments.validity.pattern import Near, Pattern, above
from detente.experiments.validity.patterns.afghan_course import ATTACKS, CASE, HOME, PATRON
from detente.experiments.validity.setups import Setup, off
from detente.experiments.validity.spells import (
    agreements,
    median_survival,
    picks,
    resampled,
    resampled_survival,
)

if TYPE_CHECKING:
    import pandas as pd

Values = np.ndarray[Any, Any]

PAIRS = {"united-states+taliban": PATRON, "afghan-government+taliban": HOME}
TRUCE_STATES = tuple(f"pairs.{pair}.truce_state" for pair in PAIRS)
LONG = date(2028, 12, 31)

QUIET = Setup(CASE, policy="status-quo", mode="free")
EQUAL = (
    *(("ceasefires", f"collapse_{name}", 1e-3) for name in ("cessation", "compliance", "definitive")),
    ("ceasefires", "class_step", 0.0),
)
"""Class parameters made equal: but for terms, what is left of the order is the model's own."""
UNKEPT = ("ceasefires", "holds_cut", 4.0)
"""Hardly any side keeps its ceasefire."""
DECADE = Setup(CASE, policy="five-lessons", mode="free", end=LONG)
"""Years enough to see classes and agreements end."""

of_many = partial(
    Pattern,
    setups=(QUIET,),
    rule=Near(),
    pooled=True,
)
"""A pattern of size read off many ceasefires, in samples as large as the observed one."""

OBSERVED_SURVIVAL = {14: 0.76, 30: 0.73, 90: 0.64, 180: 0.51, 365: 0.42}
N_OPEN_ENDED = 230
OBSERVED_STANDING = {90: 0.89, 365: 0.77, 730: 0.72, 1825: 0.68}
N_AGREEMENTS = 341
N_NATIONWIDE = 190
N_PARTIAL = 100
"""Assumed: how many partial ceasefires the observed median rests on is not known here."""
N_CONFLICTS = 109
N_PROCESSES = 50
FEW = 10
"""Spells of a class below which nothing is said of it."""
NEVER = 3650.0


def both_ways(pair: str) -> tuple[str, str]:
    """The two directed dyads of a pair."""
    one, other = pair.split("+")
    return f"{one}>{other}", f"{other}>{one}"


def truce_survival(days: int, panel: Panel) -> Values:
    """Share of ceasefires not collapsed after so many days, in samples as large as the observed one."""
    table = panel.ceasefires
    broken = (table["ended"] == "collapsed").to_numpy()
    return resampled_survival(table["days"].to_numpy(), broken, float(days), N_OPEN_ENDED)


def by_class(panel: Panel) -> dict[str, pd.DataFrame]:
    """Ceasefires by class, those for a holiday left out."""
    table = panel.ceasefires
    return {c: table[(table["class"] == c) & ~table["holiday"]] for c in TRUCE_CLASSES}


def order_of_durations(panel: Panel) -> Values:
    """Smaller of the two steps in median duration, cessation to preliminary to definitive, resampled.

    Ceasefires still in force at the end of a run have no known duration and are left out, as in the data.
    """
    known = [t[t["ended"] != "running"]["days"].to_numpy() for t in by_class(panel).values()]
    if min(map(len, known)) < FEW:
        return np.array([np.nan])
    medians = [resampled(days, len(days), np.median) for days in known]
    return np.minimum(medians[1] / np.maximum(medians[0], 0.5), medians[2] / np.maximum(medians[1], 0.5))


def edge_of_definitive(panel: Panel) -> Values:
    """Survival against collapse at 90 days, definitive ceasefires less cessations, resampled over spells."""
    groups = by_class(panel)
    parts = [groups[TRUCE_CLASSES[c]] for c in (CESSATION, DEFINITIVE)]
    if min(map(len, parts)) < FEW:
        return np.array([np.nan])
    cessation, definitive = (
        resampled_survival(t["days"].to_numpy(), (t["ended"] == "collapsed").to_numpy(), 90.0, len(t))
        for t in parts
    )
    return definitive - cessation


def windows(scope: str, shift: int, panel: Panel) -> tuple[Values, Values, Values]:
    """Attacks a day of the pair in three windows about every ceasefire of a scope that lasted a week or more.

    Inside it (28 days at most), in the week before, and in the three weeks before that, all ``shift`` days earlier for
    a placebo.  Ceasefires whose windows do not fit into the run are left out.
    """
    table = panel.ceasefires
    chosen = table[(table["scope"] == scope) & (table["days"] >= 7) & (table["first"] - shift >= 28)]
    daily = {pair: panel.daily(both_ways(pair)) for pair in hostile_pairs(panel.start)}
    found: list[tuple[float, float, float]] = []
    for _, s in chosen.iterrows():
        days, first = daily[s["pair"]][s["run"]], int(s["first"]) - shift
        inside = days[first : first + int(min(s["days"], 28))]
        found.append((inside.mean(), days[first - 7 : first].mean(), days[first - 28 : first - 7].mean()))
    rows = np.array(found).reshape(-1, 3)
    return rows[:, 0], rows[:, 1], rows[:, 2]


def effect(scope: str, shift: int, panel: Panel) -> Values:
    """Median over ceasefires of attacks inside relative to the 28 days before, in samples as observed."""
    inside, week, weeks = windows(scope, shift, panel)
    before = (7 * week + 21 * weeks) / 28
    ratio = np.where(before * 28 >= 5, inside / np.maximum(before, 1e-9), np.nan)
    return resampled(ratio, N_NATIONWIDE if scope == "dyad" else N_PARTIAL, np.median)


def share_worse(panel: Panel) -> Values:
    """Share of ceasefires with more attacks a day inside than in the 28 days before."""
    inside, week, weeks = windows("dyad", 0, panel)
    before = (7 * week + 21 * weeks) / 28
    worse = np.where(before * 28 >= 5, (inside > before).astype(float), np.nan)
    return resampled(worse, N_NATIONWIDE, np.mean)


def week_before(panel: Panel) -> Values:
    """Attacks of the week before a ceasefire relative to the three weeks before that, mean over ceasefires."""
    _, week, weeks = windows("dyad", 0, panel)
    ratio = np.where(weeks * 21 >= 5, week / np.maximum(weeks, 1e-9), np.nan)
    return resampled(ratio, N_NATIONWIDE, np.mean)


def years_with_a_truce(panel: Panel) -> Values:
    """Share of whole years with a ceasefire in force, in samples of as many conflicts as were observed."""
    names = [f"pairs.{pair}.truce_state" for pair in hostile_pairs(panel.start)]
    held = np.max([panel.column(name) == IN_FORCE for name in names], axis=0)[:, 1:]
    n_years = held.shape[1] // 365
    if n_years == 0:
        return np.array([np.nan])
    years = [held[:, 365 * k : 365 * (k + 1)].any(axis=1) for k in range(n_years)]
    return resampled(np.mean(years, axis=0), N_CONFLICTS, np.mean)


def standing(days: int, panel: Panel) -> Values:
    """Share of agreements standing after so many days, in samples as large as the observed one."""
    lengths, broken = agreements(panel)
    return resampled_survival(lengths, broken, float(days), N_AGREEMENTS)


def first_to_comprehensive(panel: Panel) -> Values:
    """Median days from the agreement of patron and adversary to that of all, runs that never see it censored."""
    days: list[float] = []
    ended: list[bool] = []
    patron, home = (panel.start.cast.pairs.index(p) for p in PAIRS)
    for run, events in enumerate(panel.events):
        signed = events[events["what"] == AGREEMENT]
        first = signed[signed["subject"] == patron]["day"]
        whole = signed[signed["subject"] == home]["day"]
        if not len(first) or (len(whole) and whole.min() < first.min()):
            continue
        end = whole.min() if len(whole) else float(panel.start.days_after(panel.last_step[run]))
        days.append(float(end - first.min()))
        ended.append(len(whole) > 0)
    if len(days) < N_PROCESSES // 4:
        return np.array([np.nan])
    lengths, done = np.array(days), np.array(ended)
    chosen = picks(len(lengths), N_PROCESSES)
    return np.minimum([median_survival(lengths[p], done[p]) for p in chosen], NEVER)


def survival_patterns() -> tuple[Pattern, ...]:
    """How long ceasefires last."""
    return tuple(
        of_many(
            key=f"truce survival, {days}",
            title=f"Open-ended ceasefires not collapsed after {days} days",
            sources=("ethprio",),
            observed=f"{share:.2f} of 230",
            mark="fitted",
            columns=(),
            read=partial(truce_survival, days),
            statistic=f"Kaplan-Meier share not collapsed at {days} days, samples of 230",
            value=share,
            if_missed="Truces here have terms: what stands longest has been extended, the best of them.",
        )
        for days, share in OBSERVED_SURVIVAL.items()
    )


def class_patterns() -> tuple[Pattern, ...]:
    """The order of classes."""
    return (
        Pattern(
            key="class order",
            title="Definitive ceasefires outlast preliminary, those cessations",
            sources=("clayton2021", "ethprio"),
            observed="median days 10, 45, 164",
            mark="fitted",
            setups=(DECADE,),
            columns=(),
            read=order_of_durations,
            rule=above(1),
            statistic="smaller of the two steps in median duration between classes",
            value=164 / 45,
            control=EQUAL,
            control_words="class parameters equal, but for terms",
            pooled=True,
            if_missed="Few runs reach each of the three classes, and agreements relapse more than in reality.",
        ),
        Pattern(
            key="class order, own constants",
            title="... and survive more of them",
            sources=("clayton2021",),
            observed="direction only",
            mark="fitted",
            setups=(DECADE,),
            columns=(),
            read=edge_of_definitive,
            rule=above(0),
            statistic="share not collapsed at 90 days, definitive less cessation",
            pooled=True,
            if_missed="Few runs reach each class.",
        ),
        Pattern(
            key="class order, equal constants",
            title="... also where no parameter says so",
            sources=("clayton2021",),
            observed="direction only",
            mark="emergent",
            setups=(DECADE.having(*EQUAL),),
            columns=(),
            read=edge_of_definitive,
            rule=above(0),
            statistic="share not collapsed at 90 days, definitive less cessation, class parameters equal",
            control=off("readiness"),
            control_words="readiness off",
            pooled=True,
            if_missed="With equal parameters only readiness tells a ceasefire late in talks from one before them.",
        ),
    )


def effect_patterns() -> tuple[Pattern, ...]:
    """What a nationwide ceasefire does, less what would have happened anyway."""
    return (
        of_many(
            key="nationwide truce",
            title="Events under a nationwide ceasefire of a week",
            sources=("ethprio", "ged"),
            observed="median x0.41 (190 ceasefires)",
            mark="fitted",
            columns=ATTACKS,
            read=partial(effect, "dyad", 0),
            statistic="median of attacks a day inside relative to the 28 days before, samples of 190",
            value=0.41,
            if_missed="A ceasefire binds only fighters who obey, to the restraint of its class.",
            control=(UNKEPT,),
            control_words="hardly any ceasefire that takes hold",
        ),
        of_many(
            key="partial truce",
            title="Events under a partial ceasefire",
            sources=("ethprio", "ged"),
            observed="median x0.71",
            mark="fitted",
            columns=ATTACKS,
            read=partial(effect, "local", 0),
            statistic="median of attacks a day inside relative to the 28 days before, local truces, samples of 100",
            value=0.71,
            control=(UNKEPT,),
            control_words="hardly any ceasefire that takes hold",
            if_missed="The share of the fighting that a local ceasefire covers is judgement.",
        ),
        of_many(
            key="nationwide truce, worse",
            title="... and how often there are more than before",
            sources=("ethprio", "ged"),
            observed="22 % of 190",
            mark="emergent",
            columns=ATTACKS,
            read=share_worse,
            statistic="share of ceasefires with more attacks a day than in the 28 days before, samples of 190",
            value=0.22,
            control=(*off("excitation"), ("violence", "dispersion", 50.0)),
            control_words="no excitation, little daily overdispersion",
            if_missed=(
                "Real ceasefires differ by far more than class and discipline: some never took hold at all."
            ),
        ),
        of_many(
            key="placebo truce",
            title="The same 120 days earlier, when there was none",
            sources=("ethprio", "ged"),
            observed="median x0.91",
            mark="emergent",
            columns=ATTACKS,
            read=partial(effect, "dyad", 120),
            statistic="median of attacks a day 120 days before a ceasefire relative to the 28 days before that",
            value=0.91,
            control=(("ceasefires", "onset", 2e-3), ("ceasefires", "follow_days", 500.0)),
            control_words="ceasefires so frequent, one after another, that the placebo falls into another",
            if_missed="Violence in the model has no trend, so the placebo shows none.",
        ),
        of_many(
            key="regression to the mean",
            title="The week before a ceasefire is bloodier than usual",
            sources=("clayton2022", "ethprio", "ged"),
            observed="mean x1.47",
            mark="emergent",
            columns=ATTACKS,
            read=week_before,
            statistic="mean of attacks of the week before relative to the three weeks before that, samples of 190",
            value=1.47,
            control=(("ceasefires", "bloody", 0.0),),
            control_words="offers that ignore recent losses",
            if_missed=(
                "Offers respond to the deaths of the last week, which depend more on one large event than on "
                "many attacks."
            ),
        ),
        of_many(
            key="conflict-years",
            title="A fifth of conflict-years have a ceasefire",
            sources=("clayton2022",),
            observed="21 % of conflict-years, 109 conflicts",
            mark="fitted",
            columns=TRUCE_STATES,
            read=years_with_a_truce,
            statistic="share of years with a ceasefire in force, samples of 109 conflicts",
            value=0.21,
            if_missed="Holidays and the readiness of 2018 raise offers above the base rate.",
        ),
    )


def agreement_patterns() -> tuple[Pattern, ...]:
    """How long agreements stand, and how long the second takes to come."""
    return (
        *(
            Pattern(
                key=f"agreements, {days}",
                title=f"Agreements still standing after {days} days",
                sources=("ucdppa",),
                observed=f"{share:.2f} of 341",
                mark="fitted",
                setups=(DECADE,),
                columns=(),
                read=partial(standing, days),
                rule=Near(),
                statistic=f"Kaplan-Meier share standing at {days} days, samples of 341",
                value=share,
                pooled=True,
                if_missed=(
                    "The hazards of relapse reproduce the observed shares by themselves; implementation and guarantees "
                    "lower them, and an agreement ends with a government that collapses."
                ),
            )
            for days, share in OBSERVED_STANDING.items()
        ),
        Pattern(
            key="second agreement",
            title="From a first agreement to the comprehensive one",
            sources=("ucdppa",),
            observed="median 572 days",
            mark="emergent",
            setups=(DECADE,),
            columns=(),
            read=first_to_comprehensive,
            rule=Near(),
            statistic="median days from the US-Taliban agreement to the intra-Afghan one (3650: never), samples of 50",
            value=572.0,
            control=off("talks"),
            control_words="talks off",
            pooled=True,
            if_missed=(
                "After its patron has signed, Kabul is weaker, trusts less, and often collapses before it "
                "signs itself."
            ),
        ),
    )


def patterns() -> tuple[Pattern, ...]:
    """All patterns of ceasefires and agreements."""
    return (*survival_patterns(), *class_patterns(), *effect_patterns(), *agreement_patterns())
