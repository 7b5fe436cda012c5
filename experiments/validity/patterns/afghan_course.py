"""A1 to A7: the course of the Afghan process from the Eid truce of 2018 to the fall of Kabul."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

import numpy as np

from detente.experiments.validity.panel import Panel
from detente.experiments.validity.pattern import TRUE, Near, Pattern, Sign, above, below
from detente.experiments.validity.setups import Setup, move, off
from detente.experiments.validity.spells import picks
from detente.model.policy import MoveSpec

Values = np.ndarray[Any, Any]
Moves = tuple[MoveSpec, ...]

CASE = "afghanistan-2018"
US, KABUL, TALIBAN = "united-states", "afghan-government", "taliban"
PATRON = (f"{US}>{TALIBAN}", f"{TALIBAN}>{US}")
HOME = (f"{KABUL}>{TALIBAN}", f"{TALIBAN}>{KABUL}")
ALL = (*PATRON, *HOME)
ATTACKS = tuple(f"dyads.{d}.step_attacks" for d in ALL)
RESTRAINT = date(2020, 2, 22)
DEAL = date(2020, 2, 29)
KABUL_FELL = date(2021, 8, 15)

CONDITIONED = Setup(CASE, mode="conditioned")
NULLS = ("constant", "seasonal")
SPRING_2018 = Setup(CASE)

of_ally = partial(
    Pattern,
    mark="emergent",
    setups=(CONDITIONED,),
)
"""A pattern of what became of the ally under all of history."""

of_windows = partial(
    Pattern,
    mark="emergent",
    setups=(CONDITIONED,),
    columns=ATTACKS,
    nulls=NULLS,
    persistence=1.0,
)
"""A pattern of attacks in one window of the history relative to another, which null models can be read for too."""


of_deaths = partial(
    Pattern,
    sources=("ged",),
    mark="emergent",
    setups=(CONDITIONED,),
    columns=("tally.fatalities",),
    rule=Near(),
    if_missed="The war of 2018 to 2021 changed its level for reasons that are in no act of its diplomacy.",
)
"""A pattern of deaths in one window of the history relative to another, as UCDP counts them by month."""


def no_june_truce(moves: Moves) -> Moves:
    """History without the truce of June 2018."""
    return tuple(m for m in moves if not (m.date and date(2018, 6, 1) <= m.date <= date(2018, 6, 30)))


def no_intra_afghan_talks(moves: Moves) -> Moves:
    """History without the talks that opened on 12 September 2020."""
    return tuple(m for m in moves if m.track != "intra-afghan")


def no_cancellation(moves: Moves) -> Moves:
    """History without the cancellation of 7 September 2019."""
    return tuple(m for m in moves if not (m.do == "leave_track" and m.track == "direct"))


def quarter(year: int, first_month: int) -> tuple[date, date]:
    """First and last day of a quarter."""
    last = date(year, 12, 31) if first_month == 10 else date(year, first_month + 2, 30)
    return date(year, first_month, 1), last


def ratio_of_windows(dyads: tuple[str, ...], now: tuple[date, date], then: tuple[date, date]) -> Any:
    """A reader: attacks per day in one window relative to another."""

    def read(panel: Panel) -> Values:
        before = panel.per_day(dyads, *then)
        return np.where(before > 0, panel.per_day(dyads, *now) / np.maximum(before, 1e-9), np.nan)

    return read


def ratio_of_deaths(now: tuple[date, date], then: tuple[date, date]) -> Any:
    """A reader: deaths a day in one window relative to another."""

    def read(panel: Panel) -> Values:
        before = deaths_per_day(panel, *then)
        return np.where(before > 0, deaths_per_day(panel, *now) / np.maximum(before, 1e-9), np.nan)

    return read


def deaths_per_day(panel: Panel, first: date, last: date) -> Values:
    """All deaths a day of a window; NaN for runs that ended before its last day."""
    total = "tally.fatalities"
    return (panel.at(total, last) - panel.at(total, first - timedelta(days=1))) / ((last - first).days + 1)


def paired_ratio(dyads: tuple[str, ...], window: tuple[date, date]) -> Any:
    """A reader: attacks of a window with a decision, relative to the same seed without it."""

    def read(made: Panel, unmade: Panel) -> Values:
        without = unmade.count(dyads, *window)
        return np.where(without > 0, made.count(dyads, *window) / np.maximum(without, 1e-9), np.nan)

    return read


def change_in(*columns: str, since: date, until: date) -> Any:
    """A reader: the change of a level, the largest of several where all are asked to fall."""

    def read(panel: Panel) -> Values:
        return np.max([panel.at(c, until) - panel.at(c, since) for c in columns], axis=0)

    return read


def days_of_truce(panel: Panel) -> Values:
    """Days of 15 to 17 June 2018 that end with the truce of both sides in force."""
    state = panel.column(f"pairs.{KABUL}+{TALIBAN}.truce_state")
    first = panel.step(date(2018, 6, 15)) - 1
    return (state[:, first : first + 3] == 2).sum(axis=1).astype(float)


def extra_strikes(made: Panel, unmade: Panel) -> Values:
    """Islamic State's attacks in the three days with the truce less those of the same seed without it."""

    def strikes(panel: Panel) -> Values:
        total = panel.column("spoilers.islamic-state.cum_attacks")
        return total[:, panel.step(date(2018, 6, 17))] - total[:, panel.step(date(2018, 6, 14))]

    return strikes(made) - strikes(unmade)


def collapse(panel: Panel) -> Values:
    """1 where the run ended in a collapse."""
    return panel.collapsed.astype(float)


def day_of_collapse(panel: Panel) -> Values:
    """Days from the start of the case to the collapse; NaN where there was none."""
    return np.where(panel.collapsed, panel.last_step - 1.0, np.nan)


def eid_of_2018() -> tuple[Pattern, ...]:
    """A1: a unilateral offer, answered, short, with a third party's bomb inside."""
    pair = f"pairs.{KABUL}+{TALIBAN}.truce_state"
    june = (SPRING_2018, Setup(CASE, change=no_june_truce))
    return (
        Pattern(
            key="A1a",
            title="A unilateral offer is answered and runs to its term",
            sources=("clayton2022",),
            observed="offer 7 June 2018, answer 9 June, 15 to 17 June, fighting from the 18th",
            mark="imposed",
            setups=(SPRING_2018,),
            columns=(pair,),
            read=days_of_truce,
            rule=Sign("3", lambda v: v == 3),
            statistic="days of truce, 15 to 17 June 2018",
            value=3.0,
            if_missed="Breaches may end the imposed truce early.",
        ),
        Pattern(
            key="A1b",
            title="A third-party spoiler strikes inside the truce",
            sources=("stedman1997",),
            observed="Islamic State bomb at a truce gathering, 16 June 2018: 36 killed",
            mark="emergent",
            setups=june,
            columns=("spoilers.islamic-state.cum_attacks",),
            read=extra_strikes,
            rule=above(0),
            statistic="Islamic State attacks 15 to 17 June, with the truce less without it (same seeds)",
            control=off("spoilers"),
            control_words="spoilers off",
            if_missed="Three days contain few attacks; even doubled, there is no increase in many seeds.",
        ),
    )


def reduction_of_2020() -> tuple[Pattern, ...]:
    """A2, A3: the week of reduced violence, what came after, and for whom."""
    week = (RESTRAINT, date(2020, 2, 28))
    month_before = (date(2020, 1, 25), date(2020, 2, 21))
    six_weeks, year_before = (date(2020, 3, 1), date(2020, 4, 14)), (date(2019, 3, 1), date(2019, 4, 14))
    spring, last_spring = quarter(2020, 4), quarter(2019, 4)
    return (
        of_windows(
            key="A2a",
            title="Violence falls by three quarters within a week",
            sources=("resolute", "ged"),
            observed="command counts: 75 attacks a day to 15 (x0.20); UCDP, place-precise events: x0.31",
            read=ratio_of_windows(ALL, week, month_before),
            rule=below(0.5),
            statistic="attacks a day 22 to 28 Feb 2020, relative to the 28 days before",
            value=0.31,
            control=off("ceasefires"),
            control_words="ceasefires off",
            if_missed=(
                "A ceasefire binds only fighters who obey (about four fifths), and reduces their attacks to "
                ".30 of the usual: .44 in all. This matches the median of nationwide ceasefires (.41), but not "
                "this one."
            ),
        ),
        of_windows(
            key="A2b",
            title="Within six weeks violence is above its former level",
            sources=("press2020",),
            observed=(
                "press counts of attacks: over 4,500 in 45 days, +70 % on the year before; UCDP deaths, March and "
                "April: x0.46 (A2c)"
            ),
            read=ratio_of_windows(HOME, six_weeks, year_before),
            rule=above(1),
            statistic="government-Taliban attacks 1 Mar to 14 Apr 2020, relative to 2019",
            value=1.7,
            control=(("violence", "put_off", 0.0),),
            control_words="nothing put off under a truce",
            if_missed=(
                "The Taliban press Kabul harder while its patron is bound, and attacks postponed in that week "
                "come back. But the rise is about a fifth, which random variation over two seasons hides in "
                "more than one seed of five."
            ),
        ),
        of_deaths(
            key="A2c",
            title="... though fewer people are killed",
            observed="UCDP deaths, March and April 2020: 2,074, 4,462 in 2019 (x0.46); attacks +70 % (A2b)",
            read=ratio_of_deaths(
                (date(2020, 3, 1), date(2020, 4, 30)), (date(2019, 3, 1), date(2019, 4, 30))
            ),
            statistic="deaths Mar and Apr 2020, relative to 2019",
            value=2074 / 4462,
            control=off("ceasefires", "measures"),
            control_words="ceasefires and measures off",
        ),
        of_windows(
            key="A3a",
            title="After a deal of two, violence between them falls",
            sources=("resolute",),
            observed="Apr to Jun 2020, command counts: no Taliban attacks on American forces, air strikes -80 %",
            if_missed="The window is imposed, but attacks by hardliners and in defence of the ally continue.",
            read=ratio_of_windows(PATRON, spring, last_spring),
            rule=below(0.5),
            statistic="US-Taliban attacks Apr to Jun 2020, relative to 2019",
            value=0.2,
            control=off("ceasefires", "measures"),
            control_words="ceasefires and measures off",
        ),
        of_windows(
            key="A3b",
            title="... and violence against the one left out rises",
            sources=("resolute",),
            observed="command counts: attacks on Afghan forces up; UCDP deaths Apr to Jun 2020: x0.48 (A3c)",
            read=ratio_of_windows(HOME, spring, last_spring),
            rule=above(1),
            statistic="government-Taliban attacks Apr to Jun 2020, relative to 2019",
            control=off("ceasefires", "measures"),
            control_words="ceasefires and measures off",
            if_missed=(
                "The Taliban press Kabul harder while its patron is bound, by about a fifth, which random "
                "variation over two quarters hides in more than one seed of five."
            ),
        ),
        of_deaths(
            key="A3c",
            title="... though fewer people are killed",
            observed="UCDP deaths, Apr to Jun 2020: 3,625, 7,579 in 2019 (x0.48); attacks up (A3b)",
            read=ratio_of_deaths(spring, last_spring),
            statistic="deaths Apr to Jun 2020, relative to 2019",
            value=3625 / 7579,
            control=off("ceasefires", "measures"),
            control_words="ceasefires and measures off",
        ),
    )


def talks_and_violence() -> tuple[Pattern, ...]:
    """A4, A5: talks that open, talks that are called off."""
    opened, cancelled = quarter(2020, 10), (date(2019, 9, 8), date(2019, 12, 31))
    return (
        of_windows(
            key="A4a",
            title="The opening of talks coincides with more violence",
            sources=("sticher2021", "unama2021"),
            observed=(
                "talks open 12 Sep 2020; United Nations, civilian casualties Q4 2020: +45 % on Q4 2019; "
                "UCDP deaths: +8 % (A4c)"
            ),
            read=ratio_of_windows(HOME, opened, quarter(2019, 10)),
            rule=above(1),
            statistic="government-Taliban attacks Q4 2020, relative to Q4 2019",
            value=1.45,
            control=off("talks"),
            control_words="talks off",
            if_missed=(
                "The paired effect exists (A4b), but is smaller than the random variation of a quarter."
            ),
        ),
        Pattern(
            key="A4b",
            title="... because they open",
            sources=("sticher2021",),
            observed="direction only",
            mark="emergent",
            setups=(CONDITIONED, Setup(CASE, mode="conditioned", change=no_intra_afghan_talks)),
            columns=ATTACKS,
            read=paired_ratio(HOME, opened),
            rule=above(1),
            statistic="government-Taliban attacks Q4 2020, with the opening relative to without (same seeds)",
            control=off("talks"),
            control_words="talks off",
            if_missed="Open talks without a ceasefire raise violence little, and may lead to a ceasefire.",
        ),
        of_deaths(
            key="A4c",
            title="... in which hardly more are killed",
            observed="UCDP deaths Q4 2020: 6,633, 6,133 in Q4 2019 (x1.08); civilian casualties +45 % (A4a)",
            read=ratio_of_deaths(opened, quarter(2019, 10)),
            statistic="deaths Q4 2020, relative to Q4 2019",
            value=6633 / 6133,
            control=off("talks"),
            control_words="talks off",
        ),
        of_windows(
            key="A5a",
            title="Cancelled talks, more attacks",
            sources=("menninga2021", "resolute"),
            observed="cancelled 7 Sep 2019; command counts of attacks: 8,204 in Q4 2019, 6,974 in Q4 2018",
            read=ratio_of_windows(ALL, quarter(2019, 10), quarter(2018, 10)),
            rule=above(1),
            statistic="attacks Q4 2019, relative to Q4 2018",
            value=8204 / 6974,
            control=off("talks"),
            control_words="talks off",
            if_missed=(
                "Failed talks raise violence on both fronts, but only for about two months and by less than "
                "random variation over two quarters; and the fighting for position that goes with open talks "
                "ends."
            ),
        ),
        Pattern(
            key="A5b",
            title="... because they are cancelled",
            sources=("menninga2021",),
            observed="direction only",
            mark="emergent",
            setups=(CONDITIONED, Setup(CASE, mode="conditioned", change=no_cancellation)),
            columns=ATTACKS,
            read=paired_ratio(ALL, cancelled),
            rule=above(1),
            statistic="attacks 8 Sep to 31 Dec 2019, with the cancellation relative to without (same seeds)",
            control=off("talks"),
            control_words="talks off",
            if_missed="If talks go on, fighting for position raises violence as much as their failure does.",
        ),
    )


def left_out() -> tuple[Pattern, ...]:
    """A6, A7: the excluded ally, and what becomes of it."""
    trust, standing = f"dyads.{KABUL}>{US}.trust", f"parties.{KABUL}.legitimacy"
    power = f"parties.{KABUL}.power"
    since = date(2018, 7, 22)
    return (
        of_ally(
            key="A6a",
            title="The excluded party's trust in its patron falls",
            sources=("wanisstjohn2006",),
            observed="direction only",
            if_missed="The track that excludes it is not open long enough.",
            columns=(trust,),
            read=change_in(trust, since=since, until=DEAL),
            rule=below(0),
            statistic="Kabul's trust in Washington, 29 Feb 2020 less 22 Jul 2018",
            control=off("talks"),
            control_words="talks off",
        ),
        of_ally(
            key="A6b",
            title="... and so does its leverage",
            sources=("wanisstjohn2006",),
            observed="direction only",
            if_missed="The track that excludes it is not open long enough.",
            columns=(standing, power),
            read=change_in(standing, power, since=since, until=DEAL),
            rule=below(0),
            statistic="the lesser fall of its standing and its share of power, 29 Feb 2020 less 22 Jul 2018",
            control=off("talks"),
            control_words="talks off",
        ),
        of_ally(
            key="A7a",
            title="Withdrawal of leverage ends in collapse of one party",
            sources=("walter1997",),
            observed="Kabul falls on 15 August 2021",
            columns=(),
            read=collapse,
            rule=TRUE,
            value=1.0,
            statistic="collapse by 31 Aug 2021",
            control=off("leverage"),
            control_words="leverage off",
            if_missed=(
                "The tipping share is drawn once per run; if it is low, Kabul survives to the end of the "
                "case."
            ),
        ),
        of_ally(
            key="A7b",
            title="... when the last forces leave",
            sources=("walter1997", "kalinovsky2011", "willbanks2004"),
            observed="15 August 2021",
            columns=(),
            read=day_of_collapse,
            rule=Near(),
            statistic="days from 1 Jan 2018 to the collapse",
            value=float((KABUL_FELL - date(2018, 1, 1)).days),
            control=off("leverage"),
            control_words="leverage off",
            if_missed="The tipping share is drawn once per run; if it is high, Kabul falls long before that.",
        ),
        *dose_response(),
    )


LEVELS = (1.0, 0.75, 0.5, 0.25, 0.0)
"""Shares of the patron's forces left."""


def left_at(level: float) -> Any:
    """Context only, and a withdrawal on 1 March 2019 to a share of the forces."""

    def change(moves: Moves) -> Moves:
        context = tuple(m for m in moves if m.sort == "context")
        drawdown = move(date=date(2019, 3, 1), actor=US, do="draw_down", amount=level)
        return (*context, drawdown)

    return change


WITHDRAWALS = tuple(Setup(CASE, mode="conditioned", change=left_at(level)) for level in LEVELS)


def steepest_against_mean(*panels: Panel) -> Values:
    """Steepest rise of P(collapse) between neighbouring levels over the mean rise, resampled over seeds."""
    fell = np.array([panel.collapsed for panel in panels], dtype=float)
    chances = fell[:, picks(fell.shape[1], fell.shape[1])].mean(axis=2)
    steps = np.diff(chances, axis=0) / -np.diff(LEVELS)[:, None]
    whole = (chances[-1] - chances[0]) / (LEVELS[0] - LEVELS[-1])
    return np.where(whole > 0.05, steps.max(axis=0) / np.maximum(whole, 1e-9), np.nan)


def dose_response() -> tuple[Pattern, ...]:
    """A7c: how collapse answers to what is left."""
    return (
        Pattern(
            key="A7c",
            title="... and not in proportion to what was withdrawn",
            sources=("walter1997",),
            observed="direction only",
            if_missed="Collapse responds to withdrawal proportionally.",
            mark="emergent",
            setups=WITHDRAWALS,
            columns=(),
            read=steepest_against_mean,
            rule=above(1.2),
            statistic="steepest rise of P(collapse) over its mean rise, presence 1 to 0",
            control=off("leverage"),
            control_words="leverage off",
            pooled=True,
        ),
    )


def patterns() -> tuple[Pattern, ...]:
    """A1 to A7."""
    return (*eid_of_2018(), *reduction_of_2020(), *talks_and_violence(), *left_out())
