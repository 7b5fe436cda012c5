"""Which numbers each declared pattern reads: its days, its dyads, and what its set-ups change."""

import itertools
from datetime import date, timedelta
from functools import partial

import numpy as np
import pytest
from panels import opened, panel

from detente.experiments.validity.card import patterns_of
from detente.experiments.validity.patterns import (
    PATTERNS,
    afghan_course,
    afghan_violence,
    korea,
    pattern_file,
    truces,
)
from detente.experiments.validity.patterns.afghan_course import ALL, HOME, PATRON
from detente.experiments.validity.setups import Setup, move
from detente.model.catalogue import load_scenario

AFGHAN, KOREAN = "afghanistan-2018", "korea-2017"
PATTERN = {(case, p.key): p for case in PATTERNS for p in patterns_of(case)}
BY_HAND = [place for place in PATTERN if place[0] in (AFGHAN, KOREAN)]
"""Patterns that stand in modules; the others are declared in a file beside their case."""
START = opened(AFGHAN)


def days(first, last):
    """The places in a panel of the days of a window, both ends included; a day's state follows the opening."""
    opening = START.scenario.case.start
    n = (last - first).days + 1
    return [(first + timedelta(days=k) - opening).days + 1 for k in range(n)]


def drawn_attacks(seed):
    """Attacks by dyad that differ from day to day, so that a window one day off has another sum."""
    rng = np.random.default_rng(seed)
    return {d: rng.integers(1, 1000, START.n_steps + 1).astype(float) for d in ALL}


def panel_of(attacks):
    return panel(AFGHAN, {f"dyads.{d}.step_attacks": row for d, row in attacks.items()})


def total(attacks, dyads, window):
    return sum(attacks[d][days(*window)].sum() for d in dyads)


APRIL_TO_JUNE = {year: (date(year, 4, 1), date(year, 6, 30)) for year in (2019, 2020)}
OCTOBER_TO_DECEMBER = {year: (date(year, 10, 1), date(year, 12, 31)) for year in (2018, 2019, 2020)}
REDUCTION = date(2020, 2, 22), date(2020, 2, 28)
"""The seven days of reduced violence ended with the signature in Doha, on 29 February 2020."""

WINDOWS = {
    # key: dyads, window, window before it
    "A2a": (ALL, REDUCTION, (date(2020, 1, 25), date(2020, 2, 21))),
    "A2b": (HOME, (date(2020, 3, 1), date(2020, 4, 14)), (date(2019, 3, 1), date(2019, 4, 14))),
    "A3a": (PATRON, APRIL_TO_JUNE[2020], APRIL_TO_JUNE[2019]),
    "A3b": (HOME, APRIL_TO_JUNE[2020], APRIL_TO_JUNE[2019]),
    "A4a": (HOME, OCTOBER_TO_DECEMBER[2020], OCTOBER_TO_DECEMBER[2019]),
    "A5a": (ALL, OCTOBER_TO_DECEMBER[2019], OCTOBER_TO_DECEMBER[2018]),
}
PAIRED = {
    "A4b": (HOME, OCTOBER_TO_DECEMBER[2020]),
    "A5b": (ALL, (date(2019, 9, 8), date(2019, 12, 31))),
}


@pytest.mark.parametrize("key", WINDOWS)
def test_the_two_windows_of_a_pattern(key):
    dyads, now, then = WINDOWS[key]
    attacks = drawn_attacks(1)
    lengths = [len(days(*window)) for window in (now, then)]
    expected = (total(attacks, dyads, now) / lengths[0]) / (total(attacks, dyads, then) / lengths[1])
    assert PATTERN[AFGHAN, key].read(panel_of(attacks)) == pytest.approx([expected] * 2, rel=1e-12)


@pytest.mark.parametrize("key", PAIRED)
def test_the_window_of_a_pattern_of_paired_runs(key):
    dyads, window = PAIRED[key]
    with_it, without = drawn_attacks(1), drawn_attacks(2)
    expected = total(with_it, dyads, window) / total(without, dyads, window)
    found = PATTERN[AFGHAN, key].read(panel_of(with_it), panel_of(without))
    assert found == pytest.approx([expected] * 2, rel=1e-12)


def test_the_days_of_the_truce_of_june():
    window = date(2018, 6, 15), date(2018, 6, 17)
    with_it, without = drawn_attacks(1), drawn_attacks(2)
    expected = total(with_it, HOME, window) / total(without, HOME, window)
    found = afghan_violence.june_truce(panel_of(with_it), panel_of(without))
    assert found == pytest.approx([expected] * 1000, rel=1e-12)


def test_the_days_of_six_eids():
    attacks = drawn_attacks(3)
    inside = sum(total(attacks, HOME, (d, d + timedelta(days=2))) for d in afghan_violence.EIDS) / 3
    before = (
        sum(
            total(attacks, HOME, (d - timedelta(days=28), d - timedelta(days=1)))
            for d in afghan_violence.EIDS
        )
        / 28
    )
    assert afghan_violence.holiday_effect(panel_of(attacks)) == pytest.approx(
        [inside / before] * 2, rel=1e-12
    )


def test_the_eids_are_the_first_days_of_the_holidays_of_the_case():
    calendar = START.constants["days"]["holiday"] < 1.0
    for eid in afghan_violence.EIDS:
        place = (eid - START.scenario.case.start).days
        assert calendar[place - 1 : place + 3].tolist() == [False, True, True, True]
    assert len(set(afghan_violence.EIDS)) == 6


SPRING_2018, DEAL = date(2018, 7, 22), date(2020, 2, 29)


def test_the_days_between_which_the_ally_loses():
    rng = np.random.default_rng(4)
    names = [
        "dyads.afghan-government>united-states.trust",
        "parties.afghan-government.legitimacy",
        "parties.afghan-government.power",
    ]
    rows = {name: rng.random(START.n_steps + 1) for name in names}
    first, last = days(SPRING_2018, SPRING_2018)[0], days(DEAL, DEAL)[0]
    change = [rows[name][last] - rows[name][first] for name in names]
    full = panel(AFGHAN, rows)
    assert PATTERN[AFGHAN, "A6a"].read(full) == pytest.approx([change[0]] * 2, rel=1e-12)
    assert PATTERN[AFGHAN, "A6b"].read(full) == pytest.approx([max(change[1:])] * 2, rel=1e-12)


def test_days_of_the_course():
    assert REDUCTION[0] == afghan_course.RESTRAINT
    assert afghan_course.DEAL == DEAL
    assert date(2021, 8, 15) == afghan_course.KABUL_FELL


# -- histories with something left out


def lever(day):
    return move(date=day, actor="united-states", do="draw_down", amount=0.5)


def test_june_2018_is_left_out_from_its_first_day_to_its_last():
    ends = [date(2018, 5, 31), date(2018, 6, 1), date(2018, 6, 30), date(2018, 7, 1), date(2019, 6, 15)]
    moves = tuple(map(lever, ends))
    assert [m.date for m in afghan_course.no_june_truce(moves)] == [ends[0], ends[3], ends[4]]


@pytest.mark.parametrize("level", [1.0, 0.25, 0.0])
def test_a_withdrawal_in_place_of_all_but_the_context(level):
    moves = START.policy.move
    context = [m for m in moves if m.sort == "context"]
    assert 0 < len(context) < len(moves)
    *kept, last = afghan_course.left_at(level)(moves)
    assert kept == context
    assert (last.date, last.actor, last.do, last.amount) == (
        date(2019, 3, 1),
        "united-states",
        "draw_down",
        level,
    )


def test_withdrawals_go_from_none_to_all():
    levels = [s.changed(START.policy).move[-1].amount for s in afghan_course.WITHDRAWALS]
    assert levels == list(afghan_course.LEVELS) == [1.0, 0.75, 0.5, 0.25, 0.0]
    assert {s.mode for s in afghan_course.WITHDRAWALS} == {"conditioned"}


# -- the rise of collapse with withdrawal


def fallen(*shares, n):
    """A panel a level, of n runs each, of which so many at the front collapse."""
    return [panel(AFGHAN, {}, n=n, ended=dict.fromkeys(range(share), (9, 1))) for share in shares]


def test_a_jump_between_two_levels_is_four_times_the_mean_rise():
    assert set(afghan_course.steepest_against_mean(*fallen(0, 0, 3, 3, 3, n=3))) == {4.0}
    assert np.isnan(afghan_course.steepest_against_mean(*fallen(3, 3, 3, 3, 3, n=3))).all()
    assert np.isnan(afghan_course.steepest_against_mean(*fallen(3, 0, 0, 0, 0, n=3))).all()


def test_the_steepest_rise_in_each_sample():
    chosen = np.random.default_rng(1).integers(0, 10, (1000, 10))
    counts = (1, 2, 5, 6, 9)
    expected = []
    for places in chosen:
        fell = [sum(k < count for k in places) / 10 for count in counts]
        rises = [(after - before) / 0.25 for before, after in itertools.pairwise(fell)]
        expected.append(max(rises) / (fell[-1] - fell[0]) if fell[-1] - fell[0] > 0.05 else np.nan)
    found = afghan_course.steepest_against_mean(*fallen(*counts, n=10))
    assert found == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize(("n", "least"), [(20, 2), (15, 1)])
def test_a_rise_of_a_twentieth_or_less_has_no_shape(n, least):
    chosen = np.random.default_rng(1).integers(0, n, (1000, n))
    known = (chosen == 0).sum(axis=1) >= least
    found = afghan_course.steepest_against_mean(*fallen(0, 0, 0, 0, 1, n=n))
    assert np.isfinite(found).tolist() == known.tolist()
    assert found[known] == pytest.approx(4.0)


# -- what set-ups change

DECADE = date(2028, 12, 31)
HANOI = date(2019, 2, 28)
"""The second summit was broken off on 28 February 2019; the first had been called off by letter on 24 May 2018."""

UNTIL = {"K3": date(2018, 5, 24), "K5": HANOI, "K6a": HANOI, "K6b": HANOI}
LONG = {
    *("class order", "class order, own constants", "class order, equal constants", "second agreement"),
    *(f"agreements, {n}" for n in (90, 365, 730, 1825)),
    *("yearly change", "truce age", "rebound", "before a signature"),
}
WAR = "talks=0 measures=0 ceasefires=0 leverage=0"
PARAMETERS = {
    "weekly scatter": WAR,
    **{f"weekly memory, {lag}": WAR for lag in (1, 2, 4, 13)},
    "severity tail": WAR,
    "Eid": "ceasefires=0",
    "class order, equal constants": (
        "collapse_cessation=0.001 collapse_compliance=0.001 collapse_definitive=0.001 class_step=0"
    ),
    "DPRK launch dispersion": "talks=0 measures=0 ceasefires=0",
}


@pytest.mark.parametrize("place", BY_HAND, ids=": ".join)
def test_set_ups_end_and_change_what_is_agreed(place):
    key = place[1]
    for setup in PATTERN[place].setups:
        assert (setup.until, setup.end) == (UNTIL.get(key), DECADE if key in LONG else None)
        shown = " ".join(f"{name}={value:g}" for _, name, value in setup.parameters)
        assert shown == PARAMETERS.get(key, "")
        assert (setup.step_days, bool(setup.levers)) == (None, key == "recognition")


@pytest.mark.parametrize("case", pattern_file.cases())
def test_set_ups_of_a_case_with_a_file(case):
    declared = {
        s.key: Setup(case, s.policy, s.mode, s.until) for s in pattern_file.specs(load_scenario(case))
    }
    months = {
        f"{series.name}, {what}": Setup(case, policy=None, step_days=1.0)
        for series in load_scenario(case).observed
        for what in ("level", "scatter", "memory")
    }
    assert {p.key: p.setups for p in patterns_of(case)} == {
        key: (setup,) for key, setup in {**months, **declared}.items()
    }


def test_which_pairs_of_runs_differ_by_a_history():
    changes = {
        "A1b": [None, afghan_course.no_june_truce],
        "A4b": [None, afghan_course.no_intra_afghan_talks],
        "A5b": [None, afghan_course.no_cancellation],
        "Eid": [afghan_course.no_june_truce],
        "June 2018": [None, afghan_course.no_june_truce],
    }
    for key, expected in changes.items():
        assert [s.change for s in PATTERN[AFGHAN, key].setups] == expected
    changed = {p.key for p in patterns_of(AFGHAN) if any(s.change for s in p.setups)}
    assert changed == {*changes, "A7c"}
    assert {p.key for p in patterns_of(KOREAN) if any(s.change for s in p.setups)} == {
        *("GRIT", "reversal", "sister tracks")
    }


def test_recognition_is_the_one_lever_that_differs():
    full, none = PATTERN[KOREAN, "recognition"].setups
    assert len(none.levers) == len(dict(none.levers)) > 1
    assert set(dict(none.levers).values()) == {0.0}
    assert dict(full.levers) == {**dict(none.levers), "recognition": 1.0}


def test_what_the_korean_pairs_of_runs_differ_by():
    history = opened(KOREAN).policy.move
    context = [m for m in history if m.sort == "context"]

    def added(setup):
        made = list(setup.change(history))
        assert made[: len(context)] == context
        return [(m.date, m.actor, m.do, m.what, m.measure, m.sort) for m in made[len(context) :]]

    given, taken = date(2018, 2, 1), date(2018, 3, 1)
    north, south = "north-korea", "south-korea"
    silence = (given, south, "give_measure", None, "loudspeakers", "act")
    answered, ignored = map(added, PATTERN[KOREAN, "GRIT"].setups)
    assert answered == [silence, (date(2018, 2, 5), north, "answer_measure", None, "loudspeakers", "reply")]
    assert ignored == [silence, (given, north, "block", "answer_measure", "loudspeakers", "act")]
    back, never = map(added, PATTERN[KOREAN, "reversal"].setups)
    assert back == [
        (given, south, "give_measure", None, "guard-posts", "act"),
        (taken, south, "reverse_measure", None, "guard-posts", "act"),
    ]
    assert never == [(given, south, "block", "give_measure", "guard-posts", "act")]


# -- readers with arguments

ARGUMENTS = {
    **{f"truce survival, {n}": (truces.truce_survival, n) for n in (14, 30, 90, 180, 365)},
    **{f"agreements, {n}": (truces.standing, n) for n in (90, 365, 730, 1825)},
    **{f"weekly memory, {n}": (afghan_violence.autocorrelation, n) for n in (1, 2, 4, 13)},
    "nationwide truce": (truces.effect, "dyad", 0),
    "partial truce": (truces.effect, "local", 0),
    "placebo truce": (truces.effect, "dyad", 120),
}


def test_arguments_of_readers():
    readers = {place[1]: PATTERN[place].read for place in BY_HAND}
    found = {key: (read.func, *read.args) for key, read in readers.items() if isinstance(read, partial)}
    assert found == ARGUMENTS


def test_a_control_is_put_into_words():
    wrong = [place for place, p in PATTERN.items() if bool(p.control) != bool(p.control_words)]
    assert wrong == []


def test_sizes_of_what_was_observed():
    sizes = truces.N_OPEN_ENDED, truces.N_AGREEMENTS, truces.N_NATIONWIDE, truces.N_CONFLICTS
    assert sizes == (230, 341, 190, 109)  # as the patterns' own words say
    for number, key in zip(
        sizes, ("truce survival, 14", "agreements, 90", "nationwide truce, worse"), strict=False
    ):
        assert str(number) in PATTERN[AFGHAN, key].observed
    assert f"{truces.N_CONFLICTS} conflicts" in PATTERN[AFGHAN, "conflict-years"].observed
    assert f"samples of {truces.N_PROCESSES}" in PATTERN[AFGHAN, "second agreement"].statistic
    assert f"samples of {truces.N_PARTIAL}" in PATTERN[AFGHAN, "partial truce"].statistic
    assert f"{truces.NEVER:.0f}: never" in PATTERN[AFGHAN, "second agreement"].statistic


def test_the_years_of_a_run_are_whole_and_begin_on_its_first_day():
    rng = np.random.default_rng(5)
    n = 40
    truce = (rng.random((n, START.n_steps + 1)) < 0.0015) * 2.0
    columns = {name: (truce if k == 0 else 0.0) for k, name in enumerate(truces.TRUCE_STATES)}
    shares = []
    for run in truce:
        years = [run[1 + 365 * k : 1 + 365 * (k + 1)] for k in range(START.n_steps // 365)]
        shares.append(sum((year == 2).any() for year in years) / len(years))
    chosen = np.random.default_rng(1).integers(0, n, (1000, 109))
    found = truces.years_with_a_truce(panel(AFGHAN, columns, n=n))
    assert found == pytest.approx(np.array(shares)[chosen].mean(axis=1))
    assert 0.1 < np.mean(shares) < 0.9


def test_months_of_launches_start_with_the_case():
    start = opened(KOREAN)
    rng = np.random.default_rng(6)
    row = (rng.random(start.n_steps + 1) < 0.3) * 1.0
    row[0] = 1.0  # what the opening holds is not a day of the run
    for dyad in korea.TESTS:
        columns = {f"dyads.{d}.step_attacks": row if d == dyad else 0.0 for d in korea.TESTS}
        months = np.array([row[1 + 30 * k : 31 + 30 * k].sum() for k in range(23)])
        expected = ((months - months.mean()) ** 2).sum() / 22 / months.mean()
        assert korea.monthly_dispersion(panel(KOREAN, columns)) == pytest.approx([expected] * 2)
