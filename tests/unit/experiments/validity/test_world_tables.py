"""The tables of drawn wars, worked out by hand from a few made runs."""

from datetime import date
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from detente.experiments.validity.war_records import packed
from detente.experiments.validity.world_tables import outcome_of, world_tables

DAYS = 2922
"""Days of eight years from 2030."""


def run(days, *deaths, events=None, truces=(), agreements=(), falls=()):
    """One run of a movement for each row of daily deaths."""
    rows = np.array([np.asarray(row, dtype=float)[:days] for row in deaths])
    about = {"seed": 1, "days": days, "dyads": [f"m{k}" for k in range(len(rows))]}
    counts = {"events": packed(rows if events is None else events[:, :days]), "deaths": packed(rows)}
    return {**about, **counts, "truces": list(truces), "agreements": list(agreements), "falls": list(falls)}


def daily(*parts, length=DAYS):
    """Deaths a day by the first and last day of each stretch."""
    values = np.zeros(length)
    for first, last, level in parts:
        values[first : last + 1] = level
    return values


ONE = np.ones(DAYS)


def test_dyads_of_all_runs_stand_one_below_the_other():
    two = run(DAYS, ONE, 2 * ONE, events=np.stack([3 * ONE, 4 * ONE]))
    tables = world_tables([("a", [two, run(100, ONE)]), ("b", [run(DAYS, 5 * ONE)])], 8, 1.0)
    days = tables.days
    assert days.deaths.sum(axis=1).tolist() == [DAYS, 2 * DAYS, 100, 5 * DAYS]
    assert days.events.sum(axis=1).tolist() == [3 * DAYS, 4 * DAYS, 100, 5 * DAYS]
    assert days.deaths[2, 98:102].tolist() == [1, 1, 0, 0]
    assert days.last.tolist() == [DAYS - 1, DAYS - 1, 99, DAYS - 1]
    assert days.conflict.tolist() == [0, 0, 1, 2]
    assert days.group.tolist() == [0, 0, 0, 1]
    assert (days.first, days.events.shape) == (date(2030, 1, 1), (4, DAYS))


def test_ceasefires_and_agreements_keep_their_dyad():
    truce = [1, 10, None, "cessation", True, False, ""]
    signed = [0, 30, "full", None]
    first = run(DAYS, ONE, ONE, truces=[truce], agreements=[[1, 20, "partial", 50]])
    second = run(DAYS, ONE, truces=[[0, 5, 9, "definitive", False, True, "term"]], agreements=[signed])
    tables = world_tables([("a", [first, second])], 8, 1.0)
    rows = tables.truces.astype(object).where(tables.truces.notna(), None).to_numpy().tolist()
    assert rows == [
        [1, 10, None, "cessation", True, False, ""],
        [2, 5, 9.0, "definitive", False, True, "term"],
    ]
    assert tables.agreements[["dyad", "day", "type"]].to_numpy().tolist() == [
        [1, 20, "partial"],
        [2, 30, "full"],
    ]
    assert tables.agreements["ended"].tolist()[0] == 50
    assert np.isnan(tables.agreements["ended"].tolist()[1])


def test_falls_stand_under_the_dyads_that_they_concern():
    both = run(DAYS, ONE, ONE, falls=[[30, False, 1], [699, True, None]])
    tables = world_tables([("a", [run(DAYS, ONE), both, run(90, ONE, falls=[[89, False, 0]])])], 8, 1.0)
    assert tables.falls == {1: [(699, True)], 2: [(30, False), (699, True)], 3: [(89, False)]}


def test_a_source_sees_a_share_of_the_events_under_its_seed():
    wars = [("a", [run(DAYS, 4 * ONE)])]
    whole, part = world_tables(wars, 8, 1.0), world_tables(wars, 8, 0.25)
    assert whole.seen is whole.days
    assert part.days.events.sum() == 4 * DAYS
    assert part.seen.events.sum() == pytest.approx(DAYS, rel=0.1)
    again, other = world_tables(wars, 8, 0.25, seed=1), world_tables(wars, 8, 0.25, seed=2)
    assert np.array_equal(again.seen.events, part.seen.events)
    assert not np.array_equal(other.seen.events, part.seen.events)


def test_years_are_those_of_the_calendar_and_sum_over_the_dyads_of_a_label():
    tables = world_tables([("a", [run(DAYS, ONE, 2 * ONE)])], 8, 1.0)
    assert tables.year_edges.tolist() == [0, 365, 730, 1096, 1461, 1826, 2191, 2557, 2922]
    by_conflict = tables.deaths_by_year(tables.days.conflict)
    assert by_conflict.tolist() == [[3 * n for n in (365, 365, 366, 365, 365, 365, 366, 365)]]
    assert tables.deaths_by_year(np.array([0, 1]))[:, 0].tolist() == [365, 730]


def test_an_episode_begins_with_the_25th_death_and_ends_with_the_last():
    # active in 2030 and 2032 to 2033; 24 deaths leave 2035 quiet
    first = daily((100, 149, 1), (740, 741, 20), (1200, 1200, 30), (2000, 2023, 1))
    second = daily((2500, 2501, 13))
    tables = world_tables([("x", [run(DAYS, ONE)]), ("y", [run(DAYS, first, second)])], 8, 1.0)
    episodes = tables.episodes
    mine = episodes[episodes["conflict"] == 1]
    assert mine["group"].tolist() == [1, 1, 1]
    assert mine[["first_year", "last_year"]].to_numpy().tolist() == [[0, 0], [2, 3], [6, 6]]
    assert (mine["start"] * 365.25).tolist() == pytest.approx([124, 741, 2501])
    assert (mine["end"] * 365.25).tolist() == pytest.approx([149, 1200, 2501])
    dyads = tables.dyad_episodes
    assert dyads.loc[dyads["conflict"] == 1, "first_year"].tolist() == [0, 2]
    assert dyads.loc[dyads["conflict"] == 2, "first_year"].tolist() == [6]


def test_dyads_of_one_conflict_are_active_together():
    half = daily((100, 112, 1))
    tables = world_tables([("y", [run(DAYS, half, half)])], 8, 1.0)
    assert len(tables.episodes) == 1
    assert len(tables.dyad_episodes) == 0


# -- how an episode ends

EDGES = np.array([0, 365, 730, 1096, 1461])


def ended(
    last=1, last_day=1460, *, fall=None, agreed=None, truce=None, local=False, unilateral=False, dyad=0
):
    """The outcome of an episode of dyad 0 by what happened on which day."""
    truces = [] if truce is None else [(dyad, truce, local, unilateral)]
    signed = [] if agreed is None else [(dyad, agreed)]
    world = SimpleNamespace(
        falls={} if fall is None else {0: [fall]},
        days=SimpleNamespace(conflict=np.array([3, 4])),
        year_edges=EDGES,
        years=4,
        truces=pd.DataFrame(truces, columns=["dyad", "start", "local", "unilateral"]),
        agreements=pd.DataFrame(signed, columns=["dyad", "day"]),
    )
    return outcome_of(world, np.array([0]), last, last_day)


@pytest.mark.parametrize(
    ("day", "named"), [(364, False), (365, True), (729, True), (1095, True), (1096, False)]
)
def test_what_names_an_end_happened_in_the_last_active_year_or_the_next(day, named):
    assert ended(agreed=day) == ("agreement" if named else "low activity")
    assert ended(truce=day) == ("ceasefire" if named else "low activity")
    assert ended(fall=(day, True)) == ("rebel victory" if named else "low activity")
    assert ended(fall=(day, False)) == ("government victory" if named else "low activity")


def test_what_goes_before_what():
    assert ended(fall=(400, True), agreed=400, truce=400) == "rebel victory"
    assert ended(agreed=900, truce=400) == "agreement"


def test_of_two_falls_the_later_names_the_end():
    world = SimpleNamespace(
        falls={0: [(400, True)], 1: [(500, False)]}, year_edges=EDGES, years=4, days=SimpleNamespace()
    )
    assert outcome_of(world, np.array([0, 1]), 1, 1460) == "government victory"
    assert outcome_of(world, np.array([0]), 1, 1460) == "rebel victory"


def test_only_general_ceasefires_of_the_own_dyads_end_a_war():
    assert ended(truce=400, local=True) == "low activity"
    assert ended(truce=400, unilateral=True) == "low activity"
    assert ended(truce=400, dyad=1) == "low activity"
    assert ended(agreed=400, dyad=1) == "low activity"


@pytest.mark.parametrize(
    ("last", "last_day", "outcome"),
    [
        (1, 1095, "low activity"),
        (1, 1094, ""),
        (2, 1460, "low activity"),
        (2, 1459, ""),
        (3, 1460, ""),
    ],
)
def test_a_quiet_year_has_to_be_watched_whole(last, last_day, outcome):
    assert ended(last, last_day) == outcome


def test_a_victory_in_the_last_year_needs_no_quiet_year():
    assert ended(3, 1400, fall=(1400, False)) == "government victory"


def test_active_years_have_the_group_of_their_conflict_and_the_ceasefires_of_all_its_dyads():
    truces = [
        [0, 100, 200, "cessation", False, False, "term"],
        [1, 300, 310, "cessation", False, False, "term"],
    ]
    truces += [[0, 365, None, "cessation", False, False, ""], [1, 800, None, "cessation", False, True, ""]]
    wars = [("x", [run(DAYS, ONE)]), ("y", [run(DAYS, daily((0, 740, 1)), ONE * 0, truces=truces)])]
    years = world_tables(wars, 8, 1.0).active_years
    mine = years[years["conflict"] == 1]
    assert mine["year"].tolist() == [0, 1]
    assert set(mine["group"]) == {1}
    assert mine["new"].tolist() == [2, 1]
    assert (years["conflict"] == 0).sum() == 8
    assert years.loc[years["conflict"] == 0, "new"].sum() == 0
