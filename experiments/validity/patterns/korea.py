"""K1 to K6, and what else is known of the Korean case."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import numpy as np

from detente.agents import codes
from detente.experiments.validity.panel import Panel
from detente.experiments.validity.pattern import TRUE, Near, Pattern, Sign, above, between
from detente.experiments.validity.patterns.korean_signs import signs
from detente.experiments.validity.setups import Setup, off

Values = np.ndarray[Any, Any]

CASE = "korea-2017"
US, SEOUL, PYONGYANG = "united-states", "south-korea", "north-korea"
LONG_RANGE = f"{PYONGYANG}>{US}"
SHORT_RANGE = f"{PYONGYANG}>{SEOUL}"
TESTS = (LONG_RANGE, SHORT_RANGE)
TEST_COLUMNS = tuple(f"dyads.{d}.step_attacks" for d in TESTS)
MORATORIUM_STATE = "measures.test-suspension.state"
SUMMIT, WORKING = "us-north-summit", "us-north-working"
HANOI = date(2019, 2, 28)
END = date(2020, 6, 30)
PEACE = ("talks", "measures", "ceasefires")

CONDITIONED = Setup(CASE, mode="conditioned")
TO_THE_LETTER = Setup(CASE, mode="until", until=date(2018, 5, 24))
TO_HANOI = Setup(CASE, mode="until", until=HANOI)
STYLE = Setup(CASE, policy="five-lessons")
NO_PEACE = Setup(CASE, policy="status-quo", mode="free", parameters=off(*PEACE))

of_launches = partial(
    Pattern,
    sources=("cns",),
    mark="emergent",
    setups=(CONDITIONED,),
    columns=TEST_COLUMNS,
    control=off("measures", "ceasefires"),
    control_words="measures and ceasefires off",
    nulls=("constant", "seasonal"),
)
"""A pattern of launches under all of history, to be gone without what restrains them."""


def deaths(panel: Panel) -> Values:
    """Deaths of the whole run."""
    return panel.column("tally.fatalities")[:, -1].astype(float)


def first_day(flags: Values, since: int) -> Values:
    """Days from a row to the first one at which a flag is up; where it never is, to the end of the case."""
    later = flags[:, since:]
    return np.where(later.any(axis=1), later.argmax(axis=1), later.shape[1]).astype(float)


def first_step_was_a_measure(panel: Panel) -> Values:
    """1 where a measure between foes was given before they first talked directly; NaN where they never did."""
    found = np.full(len(panel.seeds), np.nan)
    tracks = {panel.start.cast.tracks.index(t) for t in (SUMMIT, WORKING)}
    for k, events in enumerate(panel.events):
        opened = events[(events["what"] == codes.TRACK_OPENED) & np.isin(events["subject"], list(tracks))]
        given = events[events["what"] == codes.MEASURE_GIVEN]
        if len(opened):
            found[k] = float(len(given) > 0 and given["day"].min() <= opened["day"].min())
    return found


def days_to_rescue(panel: Panel) -> Values:
    """Days from the letter of 24 May 2018 until the track of the leaders is open again."""
    is_open = panel.column(f"tracks.{SUMMIT}.is_open") == 1
    return first_day(is_open, panel.step(date(2018, 5, 24)))


def settled_by_hanoi(panel: Panel) -> Values:
    """Issues that the leaders had settled on the eve of Hanoi."""
    return panel.at(f"tracks.{SUMMIT}.n_settled", date(2019, 2, 27))


def signed_by_hanoi(panel: Panel) -> Values:
    """1 where an agreement between Washington and Pyongyang had been signed by then."""
    signed = panel.column(f"pairs.{US}+{PYONGYANG}.agreed")
    return signed[:, : panel.step(date(2019, 2, 27)) + 1].max(axis=1).astype(float)


def reversible(panel: Panel) -> list[str]:
    """Names of the measures that can be taken back."""
    return [m.name for m in panel.start.scenario.measure if m.reversible]


def share_kept(panel: Panel) -> Values:
    """Of the reversible measures that stood on the eve of Hanoi, the share that still stands half a year later."""
    states = np.stack([panel.column(f"measures.{m}.state") for m in reversible(panel)], axis=2)
    stood = states[:, panel.step(date(2019, 2, 27))] == codes.GIVEN
    stands = states[:, panel.step(date(2019, 8, 27))] == codes.GIVEN
    n = stood.sum(axis=1)
    return np.where(n > 0, (stood & stands).sum(axis=1) / np.maximum(n, 1), np.nan)


def days_to_low_level_test(panel: Panel) -> Values:
    """Days from Hanoi to the next short-range test or drill at the border."""
    hits = panel.daily([SHORT_RANGE]) > 0
    return first_day(hits, panel.step(HANOI)) + 1.0


def long_range_tests_after_hanoi(panel: Panel) -> Values:
    """Nuclear and long-range tests from Hanoi to the end of the case: those of days on which no moratorium stood.

    While it stands, even narrowed to its core, a test laid to Washington is of a kind that it does not name.
    """
    first, last = panel.step(date(2019, 3, 1)) - 1, panel.step(END)
    hits = panel.daily([LONG_RANGE])[:, first:last]
    if MORATORIUM_STATE in panel.columns:  # a null has no promises
        hits = np.where(panel.column(MORATORIUM_STATE)[:, first:last] == codes.GIVEN, 0.0, hits)
    return hits.sum(axis=1)


def tests_of_2018(panel: Panel) -> Values:
    """Launches and nuclear tests of the year 2018."""
    return panel.count(TESTS, date(2018, 1, 1), date(2018, 12, 31))


def first_gap(panel: Panel) -> Values:
    """Days from the start of the case to the first launch."""
    hits = panel.daily(TESTS) > 0
    return first_day(hits, 0)


def monthly_dispersion(panel: Panel) -> Values:
    """Variance over mean of days with a test by month, over 23 months (of 30 days)."""
    hits = (panel.daily(TESTS) > 0)[:, : 23 * 30].reshape(len(panel.seeds), 23, 30).sum(axis=2)
    mean = hits.mean(axis=1)
    return np.where(mean > 0, hits.var(axis=1, ddof=1) / np.maximum(mean, 1e-9), np.nan)


LATER = ("K4a", "K4b", "K5", "K6a", "K6b", "DPRK launch gap")
"""Patterns of what happened after 22 July 2018, the last day of the data that anything was fitted to."""

MEASURE_STATES = tuple(
    f"measures.{m}.state"
    for m in (
        *("test-suspension", "short-range-restraint", "us-exercise-suspension", "south-exercise-suspension"),
        *("sanctions-relief", "humanitarian-access", "loudspeakers", "guard-posts", "liaison-office"),
    )
)


def beginning() -> tuple[Pattern, ...]:
    """K1 to K3: a conflict of provocations, a start in small steps, a rescue."""
    return (
        Pattern(
            key="K1",
            title="Low deaths, high provocation",
            sources=("cns",),
            observed="no deaths from 45 launches in 2016 and 2017",
            mark="imposed",
            setups=(CONDITIONED,),
            columns=("tally.fatalities",),
            read=deaths,
            rule=Sign("0", lambda v: v == 0),
            statistic="deaths in the whole run",
            value=0.0,
            if_missed="Some relation in the case is lethal.",
        ),
        Pattern(
            key="K2",
            title="Unilateral steps start it",
            sources=("osgood1962",),
            observed="exercises put off on 4 Jan 2018, tests halted on 21 Apr, leaders meet on 12 June",
            mark="emergent",
            setups=(STYLE,),
            columns=(),
            read=first_step_was_a_measure,
            rule=TRUE,
            statistic="a measure was given before Washington and Pyongyang first talked directly",
            control=off("measures"),
            control_words="measures off",
            if_missed=(
                "Washington is willing to talk directly, and often does so before anyone has taken a step."
            ),
        ),
        Pattern(
            key="K3",
            title="A third party rescues within two days",
            sources=("bohmelt2011",),
            observed="cancelled 24 May 2018, the Korean leaders meet on the 26th, the summit is on again",
            mark="emergent",
            setups=(TO_THE_LETTER,),
            columns=(f"tracks.{SUMMIT}.is_open",),
            read=days_to_rescue,
            rule=Sign("<= 2", lambda v: v <= 2),
            statistic="days from the cancellation until the leaders' track is open again",
            value=2.0,
            control=(("talks", "rescue", 0.0), *off("mediation")),
            control_words="no rescue by an aligned ally or its envoys",
            if_missed=(
                "The envoys are not always at work when talks break off, both sides must take up what they "
                "offer, and an offer made in days is not always taken up in two."
            ),
        ),
    )


def stall() -> tuple[Pattern, ...]:
    """K4 to K6: the summit, its failure, and what outlives it."""
    return (
        Pattern(
            key="K4a",
            title="A summit with a vague text stalls",
            sources=("wanisstjohn2006",),
            observed="of six points one carried out by Hanoi (remains of soldiers); none on verification",
            mark="emergent",
            setups=(CONDITIONED,),
            columns=(f"tracks.{SUMMIT}.n_settled",),
            read=settled_by_hanoi,
            rule=between(0, 3),
            statistic="issues of six settled by the leaders on the eve of Hanoi",
            value=1.0,
            control=(("talks", "hardest", 1.0), ("talks", "summit_speed", 4.0)),
            control_words="no issue harder than another, summits at four times the pace",
            if_missed=(
                "The first issues on an agenda are easy, and eight months with an open leaders' track are "
                "enough to settle them."
            ),
        ),
        Pattern(
            key="K4b",
            title="... without an agreement",
            sources=("wanisstjohn2006",),
            observed="no agreement signed",
            mark="emergent",
            setups=(CONDITIONED,),
            columns=(f"pairs.{US}+{PYONGYANG}.agreed",),
            read=signed_by_hanoi,
            rule=Sign("no", lambda v: v < 0.5),
            statistic="agreement signed before Hanoi",
            value=0.0,
            control=(("talks", "hardest", 1.0), ("talks", "summit_speed", 4.0)),
            control_words="no issue harder than another, summits at four times the pace",
            if_missed="As above.",
        ),
        Pattern(
            key="K5",
            title="Small reversible measures outlive the main track",
            sources=("osgood1962",),
            observed="of eight that stood at Hanoi six stood in late August 2019",
            mark="emergent",
            setups=(TO_HANOI,),
            columns=MEASURE_STATES,
            read=share_kept,
            rule=above(0.5),
            statistic="share of the reversible measures standing at Hanoi that still stand half a year later",
            value=0.75,
            control=off("measures"),
            control_words="measures off",
            if_missed="A measure does not stop all provocations, and one that occurs ends the measure.",
        ),
        Pattern(
            key="K6a",
            title="After a failed summit low-level tests resume within months",
            sources=("cns", "menninga2021"),
            observed="a tactical test after 48 days, ballistic ones after 65",
            mark="emergent",
            setups=(TO_HANOI,),
            columns=TEST_COLUMNS,
            read=days_to_low_level_test,
            rule=Sign("<= 120", lambda v: v <= 120),
            statistic="days from Hanoi to the next short-range test",
            value=48.0,
            control=off("talks"),
            control_words="talks off",
            nulls=("constant",),
            if_missed=(
                "The promise on short-range tests lapses with distrust and failed talks, but not within "
                "months."
            ),
        ),
        Pattern(
            key="K6b",
            title="... while the long-range moratorium holds",
            sources=("cns",),
            observed="none to June 2020",
            mark="emergent",
            setups=(TO_HANOI,),
            columns=(*TEST_COLUMNS, MORATORIUM_STATE),
            read=long_range_tests_after_hanoi,
            rule=Sign("0", lambda v: v == 0),
            statistic="long-range and nuclear tests, Mar 2019 to Jun 2020",
            value=0.0,
            control=off("measures"),
            control_words="measures off",
            nulls=("constant",),
            if_missed=(
                "Talks protect the promise while they last. After Hanoi, distrust and discontent at home "
                "erode it continuously, though slower than lesser ones."
            ),
        ),
    )


def launches() -> tuple[Pattern, ...]:
    """The launch series."""
    return (
        of_launches(
            key="DPRK launches of 2018",
            title="A year without a launch",
            observed="24 launches in 2016, 21 in 2017, none in 2018",
            read=tests_of_2018,
            rule=Sign("0", lambda v: v == 0),
            statistic="days with a launch or test in 2018",
            value=0.0,
            if_missed=(
                "Before the moratorium of April only the Olympic calendar and open talks restrain tests, and "
                "any short-range test that still occurs ends its promise."
            ),
        ),
        of_launches(
            key="DPRK launch gap",
            title="The longest gap between launches",
            observed="505 days, 29 Nov 2017 to 17 Apr 2019",
            read=first_gap,
            rule=Near(),
            statistic="days from 29 Nov 2017 to the first launch",
            value=505.0,
            if_missed="As for the launches of 2018.",
        ),
        Pattern(
            key="DPRK launch dispersion",
            title="Launch days scatter from month to month as by chance",
            sources=("cns",),
            observed="variance over mean .79, Jan 2016 to Nov 2017",
            mark="emergent",
            setups=(NO_PEACE,),
            columns=TEST_COLUMNS,
            read=monthly_dispersion,
            rule=Near(),
            statistic="variance over mean of launch days a month, 23 months without a process",
            value=0.79,
            if_missed="Excitation by single tests makes series of them.",
            control=(*off("excitation"), ("violence", "dispersion", 0.5)),
            control_words="no excitation, three times the daily overdispersion",
            nulls=("constant",),
        ),
    )


def patterns() -> tuple[Pattern, ...]:
    """All patterns of the case, in the order of the card."""
    found = (*beginning(), *stall(), *launches(), *signs())
    return tuple(replace(p, out_of_sample=p.key in LATER) for p in found)
