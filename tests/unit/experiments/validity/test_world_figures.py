"""The figures that are read off drawn wars: each of the units that its target names, with its value by hand."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from day_tables import days_of, steps, truces

from detente.experiments.evidence.latent_level import sigmas
from detente.experiments.evidence.levels import Window
from detente.experiments.evidence.truce_windows import truce_rows
from detente.experiments.validity import world_figures as figures
from detente.experiments.validity.world_figures import READS

NAN = float("nan")


def values(name, world):
    """What a target's figures say."""
    return [figure.sample.value() for figure in READS[name](world)]


# -- ceasefires, by what a table of windows says

KINDS = [
    ("cessation", False, False),
    ("preliminary", False, False),
    ("definitive", False, False),
    ("definitive", True, False),
    ("cessation", False, True),
    ("cessation", False, False),
]


def windows(kinds, after, before=100.0, deaths=None):
    """Rows of windows around ceasefires; deaths are twice the events unless given."""
    rows = pd.DataFrame(kinds, columns=["kind", "local", "unilateral"])
    rows["group"] = np.arange(len(rows)) + 10
    rows["events_d0_89"] = np.array(after, dtype=float)
    rows["events_pre90"] = before
    rows["deaths_d0_89"] = 2 * rows["events_d0_89"] if deaths is None else np.array(deaths, dtype=float)
    rows["deaths_pre90"] = 2 * rows["events_pre90"]
    return rows


@pytest.fixture
def world():
    rows = windows(KINDS, [10.0, 20.0, 40.0, 80.0, 160.0, 5.0], [100.0] * 5 + [9.0])
    placebo = windows([KINDS[0]] * 6, [100.0, 101, 102, 103, 104, 105])
    placebo["of"] = np.arange(6)
    return SimpleNamespace(truce_rows=rows, placebo_rows=placebo)


def events_ratio(n, before=100.0):
    return (n + 0.5) / (before + 0.5)


def deaths_ratio(n):
    return (2 * n + 0.5) / 200.5


@pytest.mark.parametrize(
    ("name", "expected", "placebo"),
    [
        ("C1", (events_ratio(40) + events_ratio(5, 9)) / 2, 102.5),
        ("C2", (events_ratio(20) + events_ratio(40)) / 2, 101.5),
        ("C4", events_ratio(30), 101.5),
        ("C5", (deaths_ratio(20) + deaths_ratio(40)) / 2, None),
        ("C6", events_ratio(60), 102.5),
        ("C7", events_ratio(80), 103.0),
    ],
)
def test_ratios_are_of_the_kind_of_ceasefire_that_is_named(world, name, expected, placebo):
    (figure,) = READS[name](world)
    assert figure.sample.value() == pytest.approx(expected)
    if placebo is not None:
        assert figure.placebo == pytest.approx(events_ratio(placebo))


def test_deaths_are_compared_with_deaths(world):
    world.truce_rows["deaths_d0_89"] = [20.0, 400.0, 20.0, 0.0, 0.0, 20.0]
    (figure,) = READS["C3"](world)
    assert figure.sample.groups.tolist() == [10, 11, 12, 15]
    ratios = [20.5 / 200.5, 400.5 / 200.5, 20.5 / 200.5, 20.5 / 18.5]
    assert figure.sample.value() == pytest.approx(np.median(ratios))
    assert READS["C5"](world)[0].sample.groups.tolist() == [11, 12]


def test_shares_of_ceasefires_by_their_ratio(world):
    assert values("C11", world) == pytest.approx([1 / 6])
    assert READS["C12"](world)[0].sample.groups.tolist() == [10, 11, 12, 14]
    assert values("C12", world) == [0.5]
    world.truce_rows["deaths_d0_89"] = [19.0, 20.0, 19.0, 0.0, 0.0, 0.0]
    assert values("C13", world) == pytest.approx([3 / 4])


def test_only_ceasefires_with_ten_events_before_are_well_seen(world):
    rows = world.truce_rows.assign(events_pre90=[9.0, 10.0, 11.0, 11.0, 11.0, 3.0])
    assert figures.well_seen(figures.everything, rows).tolist() == [False, True, True, True, True, False]


def test_counts_are_of_windows_that_were_watched(world):
    rows = world.truce_rows.assign(events_pre90=[9.0, 0.0, 11.0, 12.0, 13.0, 3.0])
    rows.loc[2, "events_d0_89"] = NAN
    count, expected, group = figures.counts_of(rows)
    assert group.tolist() == [10, 13, 14, 15]
    assert (count.tolist(), expected.tolist()) == ([10.0, 80.0, 160.0, 5.0], [9.0, 12.0, 13.0, 3.0])


# -- the mixture


@pytest.fixture(scope="module")
def mixed():
    """Ceasefires of which most definitive ones hold, few others do, and matched dates at three quarters of before."""
    rng = np.random.default_rng(4)
    n = 400
    kind = np.where(np.arange(n) % 2, "definitive", "cessation")
    holds = rng.random(n) < np.where(kind == "definitive", 0.6, 0.1)
    ratio = np.where(holds, rng.normal(-3.0, 0.4, n), rng.normal(-0.3, 0.4, n))
    kinds = [(k, False, False) for k in kind]
    rows = windows(kinds, rng.poisson(100 * np.exp(ratio)))
    placebo = windows(kinds, rng.poisson(100 * np.exp(rng.normal(-0.3, 0.4, n))))
    placebo["of"] = np.arange(n)
    local = windows([("definitive", True, False)] * 40, [500.0] * 40)
    return SimpleNamespace(truce_rows=pd.concat([rows, local], ignore_index=True), placebo_rows=placebo)


def test_the_share_that_holds_is_that_of_the_kind(mixed):
    assert values("C14", mixed) == pytest.approx([0.35], abs=0.06)
    assert values("C15", mixed) == pytest.approx([0.6], abs=0.08)
    assert READS["C15"](mixed)[0].sample.n == 200


def test_matched_dates_are_those_of_the_chosen_ceasefires(mixed):
    chosen = (mixed.truce_rows["kind"] == "definitive").to_numpy()
    assert figures.never(mixed, chosen) == pytest.approx((-0.3, 0.4), abs=0.07)
    others = mixed.placebo_rows.copy()
    others.loc[::2, "events_d0_89"] = 1.0  # what matches others does not count
    changed = SimpleNamespace(truce_rows=mixed.truce_rows, placebo_rows=others)
    assert figures.never(changed, chosen) == figures.never(mixed, chosen)


def test_definitive_ceasefires_hold_likelier_than_cessations(mixed):
    (logit,) = values("C16", mixed)
    assert logit == pytest.approx(np.log(0.6 / 0.4) - np.log(0.1 / 0.9), abs=0.7)


def test_one_log_normal_ratio_has_a_mean_and_a_spread():
    rng = np.random.default_rng(5)
    rows = windows([("cessation", False, False)] * 900, rng.poisson(100 * np.exp(rng.normal(-0.6, 0.5, 900))))
    assert values("C15b", SimpleNamespace(truce_rows=rows)) == pytest.approx([-0.6, 0.5], abs=0.06)


def test_a_few_ceasefires_ask_for_no_fit_of_matched_dates():
    few = SimpleNamespace(truce_rows=windows(KINDS, [10.0] * 6), placebo_rows=None)
    for name in ("C14", "C15", "C16"):
        assert not READS[name](few)[0].sample.is_enough


# -- ceasefires, by the days around them


def around(*rates, local=(), ended="", end=NAN, **more):
    """A world of one ceasefire a dyad, on day 400 of each."""
    days = days_of(*rates, **more)
    table = truces(*((k, 400, end, ended) for k in range(len(rates))))
    table.loc[list(local), "local"] = True
    rows = truce_rows(days, table)
    placebo = rows.assign(of=rows.index)
    return SimpleNamespace(seen=days, days=days, truces=table, truce_rows=rows, placebo_rows=placebo)


HOLDS, BACK = steps((310, 2.0), (400, 0.1)), steps((310, 2.0), (400, 0.1), (491, 2.0))
NEVER = steps((310, 2.0))


def test_the_share_that_took_hold_is_of_general_ceasefires():
    world = around(HOLDS, NEVER, BACK, HOLDS, local=[3])
    (figure,) = READS["C18"](world)
    assert figure.sample.value() == pytest.approx(2 / 3)
    assert figure.placebo == pytest.approx(3 / 4)


def test_how_long_they_lasted():
    world = around(HOLDS, NEVER, BACK, HOLDS, BACK, local=[3], length=1800)
    (figure,) = READS["C19"](world)
    assert figure.sample.values.tolist() == [[24.0, 0.0], [3.0, 1.0], [3.0, 1.0]]
    assert figure.sample.value() == pytest.approx(1 / 3)
    assert figure.placebo == pytest.approx(0.5)
    # months 1 to 5: three at risk in three of them, one in two
    assert values("C20", world) == pytest.approx([2 / 11])
    world.placebo_rows = pd.concat([world.placebo_rows] * 3, ignore_index=True)
    assert READS["C19"](world)[0].placebo == pytest.approx(0.5)  # a date drawn twice counts once


def test_standing_ceasefires_by_their_age():
    deep = steps((310, 2.0), (400, 0.2), (431, 0.4), (491, 0.6), (581, 0.8))
    short = steps((310, 2.0), (400, 0.2))
    world = around(deep, NEVER, short, deep, local=[3], last=[1499, 1499, 600, 1499])
    parts = READS["C21"](world)
    expected = [(0.2 * 31, 31), (0.4 * 60, 60), (0.6 * 90, 90), (0.8 * 185, 185)]
    assert [f.sample.value() for f in parts] == pytest.approx(
        [(n + 0.25) / (2 * d + 0.25) for n, d in expected]
    )
    assert [f.sample.n for f in parts] == [1] * 4  # what is not watched for a year is left out of all
    assert parts[0].placebo == pytest.approx((0.2 * 31 + 0.25) / 62.25)


def test_after_the_end_of_ceasefires_that_ended_so():
    more = steps((310, 2.0), (400, 0.0), (431, 3.0), (461, 1.0))
    by_party, by_term = (around(more, ended=how, end=430.0) for how in ("party", "term"))
    assert values("E1", by_party) == pytest.approx([90.5 / 60.5])
    assert np.isnan(values("E2", by_party)[0])
    assert values("E2", by_term) == pytest.approx([90.5 / 60.5])
    assert values("E3", by_term) == pytest.approx([150.5 / 180.5])
    by_term.truces = pd.concat([by_term.truces, truces((0, 450, NAN, ""))], ignore_index=True)
    assert np.isnan(values("E3", by_term)[0])  # another follows
    assert values("E2", by_term) == pytest.approx([90.5 / 60.5])


def test_rates_around_the_start_are_of_two_sided_general_ceasefires():
    rising = steps((35, 1.0), (310, 2.0), (372, 3.0), (400, 4.0), (414, 0.0))
    calm = steps((35, 1.0))
    world = around(rising, calm, local=[1])
    assert values("B1", world) == pytest.approx([3.0 / (125 / 9 / 7)])
    assert values("B2", world) == pytest.approx([4.0 / 3.0])


# -- levels


def test_levels_are_those_of_the_fitted_series():
    logs = np.zeros((3, 15))
    logs[:, 6:] = -50.0
    logs[:, :5] = -50.0  # all wars at the sixth sigma
    table = np.hstack([[[10.0, 1.0, 4.0], [30.0, 3.0, 6.0], [20.0, 5.0, 5.0]], logs])
    world = SimpleNamespace(fitted_levels=(table, np.array([0, 1, 2])))
    assert [values(name, world)[0] for name in ("L3", "L4", "L5")] == [20.0, 3.0, 5.0]
    assert values("L1", world) == pytest.approx([sigmas()[5]], rel=1e-3)
    assert values("L2", world) == pytest.approx([0.08])


def test_offensives_by_length_peak_and_aftermath():
    quiet, year = np.full(12, 10.0), np.repeat([0, 1, 2], 12)
    one = np.r_[quiet, 30.0, np.full(23, 8.0)]
    four = np.r_[quiet, 40.0, 50.0, 40.0, 30.0, np.full(20, 8.0)]
    windows = [Window(0, one, year), Window(1, four, year)]
    world = SimpleNamespace(windows=windows, seen=SimpleNamespace(group=np.array([3, 4])))
    assert values("L12", world) == [0.5]
    assert values("L13", world) == [0.5]
    assert values("L14", world) == pytest.approx([4.0])
    assert values("L15", world) == pytest.approx([3.0 + 0.9 * 2.0])
    assert values("L16", world) == pytest.approx([0.8])
    assert values("L17", world) == pytest.approx([0.8])
    (rate,) = READS["L11"](world)
    assert rate.sample.value() == pytest.approx(2 / 4)
    assert rate.sample.groups.tolist() == [3, 4]


def test_yearly_changes_within_dyads_and_pooled():
    def window(dyad, *levels):
        return Window(dyad, np.repeat(np.array(levels), 12), np.repeat(np.arange(len(levels)), 12))

    windows = [window(0, 10.0, 20.0, 10.0, 20.0, 10.0), window(1, 10.0, 10.0, 10.0, 10.0, 10.0)]
    world = SimpleNamespace(windows=windows, seen=SimpleNamespace(group=np.array([3, 4])))
    step = np.log(245 / 125)
    assert values("L9", world) == pytest.approx([np.std([step, -step, step, -step], ddof=1) / 2])
    assert values("L10", world) == pytest.approx([np.std([step, -step] * 2 + [0] * 4, ddof=1)])


# -- agreements and ends


@pytest.fixture
def signed():
    """A full and a partial agreement on day 1500 of two dyads, of which the second is broken after two years."""
    days = days_of(steps((0, 4.0), (1500, 0.4)), steps((0, 2.0), (1500, 1.5)), length=4000)
    rows = [(0, 1500, "full", NAN), (1, 1500, "partial", 1500 + 730.5)]
    agreements = pd.DataFrame(rows, columns=["dyad", "day", "type", "ended"])
    return SimpleNamespace(seen=days, days=days, agreements=agreements)


def test_agreements_of_a_type(signed):
    after = [0.4 * 365 + 0.5, 1.5 * 365 + 0.5]
    assert values("A1", signed) == pytest.approx([after[0] / (4 * 365 + 0.5)])
    assert values("A2", signed) == pytest.approx([after[1] / (2 * 365 + 0.5)])
    assert [values(name, signed)[0] for name in ("A7", "A8", "A10", "A11")] == [0.0, 1.0, 1.0, 1.0]
    assert [values(name, signed)[0] for name in ("A4", "A5")] == [0.0, 1.0]
    (both,) = READS["B4"](signed)
    assert both.sample.n == 2
    assert both.sample.value() == pytest.approx(1.0)


def test_new_ceasefires_of_active_years():
    years = pd.DataFrame({"new": [0, 1, 3, 0], "general": [0, 0, 1, 0], "group": [0, 0, 1, 1]})
    world = SimpleNamespace(active_years=years)
    assert [values(name, world)[0] for name in ("H1", "H2", "H3")] == [1.0, 0.5, 0.25]


@pytest.fixture
def ended():
    """Episodes of nine conflicts; the first two came back after one year and after four."""
    outcomes = ["agreement", "agreement", "ceasefire", "low activity", "low activity", "low activity"]
    outcomes += ["government victory", "rebel victory", ""]
    rows = [(k, k, 2, 3, 2.0, 3.9, outcome) for k, outcome in enumerate(outcomes)]
    rows += [(0, 0, 5, 9, 4.9, 9.0, ""), (1, 1, 8, 9, 7.9, 9.0, "")]
    columns = ["conflict", "group", "first_year", "last_year", "start", "end", "outcome"]
    table = pd.DataFrame(rows, columns=columns)
    return SimpleNamespace(episodes=table, dyad_episodes=table[table["conflict"] != 1], years=20)


def test_shares_of_outcomes(ended):
    shares = [values(name, ended)[0] for name in ("H4", "H5", "H6", "H7", "H8")]
    assert shares == pytest.approx([3 / 8, 1 / 8, 2 / 8, 1 / 8, 1 / 8])


def test_recurrence_is_of_wars_that_nobody_won(ended):
    within = READS["H9"](ended)
    assert [f.sample.n for f in within] == [6, 6]
    assert [f.sample.value() for f in within] == pytest.approx([1 / 6, 2 / 6])
    by_outcome = values("H10", ended)
    assert by_outcome[:3] == pytest.approx([1.0, 0.0, 0.0])
    assert np.isnan(by_outcome[3])
    assert READS["H11"](ended)[0].sample.n == 1


def test_recurrence_is_watched_to_the_last_year(ended):
    times = READS["H9"](ended)[0].sample.values
    assert sorted(times[:, 0]) == pytest.approx([1.0, 4.0, 16.0, 16.0, 16.0, 16.0])


def test_full_agreements_after_a_first_ceasefire_or_partial_agreement():
    days = days_of(*[steps((0, 1.0))] * 3, length=4100, group=[5, 6, 7])
    first = truces((0, 300, NAN, ""), (0, 100, NAN, ""), (1, 100, NAN, ""))
    rows = [(0, 100 + 500, "full", NAN), (2, 100, "partial", NAN), (2, 100 + 2000, "full", NAN)]
    agreements = pd.DataFrame(rows, columns=["dyad", "day", "type", "ended"])
    world = SimpleNamespace(days=days, truces=first, agreements=agreements)
    assert values("H12", world) == pytest.approx([0.0, 0.5, 0.5, 0.5])
    assert values("H13", world) == pytest.approx([0.0, 0.0, 0.0, 1.0])
    assert READS["H12"](world)[0].sample.groups.tolist() == [5, 6]
    assert READS["H13"](world)[0].sample.groups.tolist() == [7]
