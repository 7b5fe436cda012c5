"""The case on the day that a prospect is asked for: opened on it with what was known, and what was observed before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from detente.experiments.benchmark.deaths_between import Deaths, known_on, months_after
from detente.experiments.benchmark.opened import OpenedCase, dated_acts, opened_at
from detente.experiments.benchmark.prospect_runs import MONTHS
from detente.experiments.benchmark.war_data import WarData, acts_of, before, case_before
from detente.experiments.cases.builder.parties import Cast
from detente.experiments.evidence.holidays import projected
from detente.experiments.evidence.refit import QUIET
from detente.model.errors import InputError, wrong
from detente.model.policy import Policy, parse_policy
from detente.model.scenario import Scenario

LEAST_MONTHS = 6
"""Months of deaths before the day from which the level of a war is filtered."""


@dataclass(frozen=True)
class Eve:
    """A case on a day: opened on it until the last window ends, and deaths observed in the windows before.

    ``before`` has months -> deaths, None where they are not observed; ``notes`` say how the case was opened; ``opened``
    is what is known of the level of its war, None where nothing was observed.
    """

    scenario: Scenario
    policy: Policy
    before: Mapping[int, float | None]
    notes: tuple[str, ...] = ()
    opened: OpenedCase | None = None


def observed_before(deaths: Deaths, day: date) -> dict[int, float | None]:
    """Deaths observed in the windows before a day."""
    return {n: deaths.between(months_after(day, -n), day) for n in MONTHS}


def last_day(day: date) -> date:
    """The last day of the longest window after a day."""
    return months_after(day, max(MONTHS))


def eve_of(scenario: Scenario, day: date) -> Eve:
    """A case on a day of its own, opened with its observed deaths where it has them.

    Raises ``InputError`` for a day outside the case.
    """
    if not scenario.case.start <= day <= scenario.case.end:
        raise wrong("--from", str(day), f"a date from {scenario.case.start} to {scenario.case.end}")
    deaths = Deaths.of_scenario(scenario)
    known = known_on(deaths, day)
    if len(known.monthly) < LEAST_MONTHS:
        why = f"fewer than {LEAST_MONTHS} months of deaths are observed before {day}"
        note = f"the case stands on {day} as at its start: {why}"
        quiet = parse_policy(QUIET, "built in")
        return Eve(moved(scenario, day), quiet, observed_before(deaths, day), (note,))
    opened = opened_at(scenario, known, day, last_day(day), dated_acts(scenario, "history"), by_day=False)
    return eve_of_opened(opened, deaths)


def eve_of_opened(opened: OpenedCase, deaths: Deaths) -> Eve:
    """An opened case with what was observed before its day."""
    policy, n = opened.policy(), len(opened.known.monthly)
    acts = ", ".join(dict.fromkeys(f"{m.do} of {m.actor}" for m in policy.move if m.do != "block"))
    notes = [f"opened on {opened.day} with the level of the war filtered from {n} months before"]
    notes += [f"in force on the day: {acts}"] if acts else []
    return Eve(opened.scenario, policy, observed_before(deaths, opened.day), tuple(notes), opened)


def moved(scenario: Scenario, day: date) -> Scenario:
    """The case from the day to the end of the longest window, as it stands at its start."""
    end = last_day(day)
    case = scenario.case.model_copy(update={"start": day, "end": end, "pivot": day})
    calendar = scenario.calendar.model_copy(update={"holidays": projected(scenario, day, end)})
    return scenario.model_copy(update={"case": case, "calendar": calendar, "observed": ()})


def eve_of_war(war: WarData, deaths: Deaths, day: date) -> tuple[Eve, Cast]:
    """A conflict that is known by data alone on a day, with a case built of the data before it, and its parties.

    Raises ``InputError`` where nothing is known of the time before the day.
    """
    end = last_day(day)
    past = before(war.evidence, day)
    if (past.monthly is None and past.daily is None) or day - timedelta(days=1) < past.span[0]:
        first = war.evidence.span[0]
        raise InputError(f"--from: got {day}; expected a day by which there are data, which begin on {first}")
    scenario, cast = case_before(war.request, past, day, end)
    acts = acts_of(war.evidence, cast, end)
    opened = opened_at(scenario, known_on(deaths, day), day, end, acts, by_day=False)
    return eve_of_opened(opened, deaths), cast
