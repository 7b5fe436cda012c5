"""Set-ups: what each changes in an opening. Spells: agreements off chronicles, and shares still standing."""

from datetime import date

import numpy as np
import pytest
from panels import chronicle, opened, panel

from detente.agents import codes
from detente.experiments.validity.setups import Setup, move, off
from detente.experiments.validity.spells import agreements, picks, resampled, resampled_survival, survival

CASE = "afghanistan-2018"


def test_a_plain_set_up_is_the_case_under_its_history():
    start = Setup(CASE).open()
    assert (start.policy.name, start.scenario.case.end) == ("history", opened(CASE).scenario.case.end)
    assert start.mode == "until 2018-07-22"


def test_what_a_set_up_changes():
    setup = Setup(
        CASE,
        policy="five-lessons",
        mode="conditioned",
        levers=(("recognition", 0.25),),
        parameters=(("trust", "memory", 200.0), ("trust", "unmet", 0.4), ("talks", "rescue", 1.0)),
        end=date(2025, 1, 1),
    )
    start = setup.open()
    assert (start.policy.name, start.mode, start.scenario.case.end) == (
        "five-lessons",
        "conditioned",
        date(2025, 1, 1),
    )
    p = start.parameters
    assert (p.trust.memory, p.trust.unmet, p.talks.rescue) == (200.0, 0.4, 1.0)
    assert start.levers["recognition"] == 0.25
    assert Setup(CASE, mode="until", until=date(2018, 7, 1)).open().mode == "until 2018-07-01"


def test_moves_are_changed_by_a_function():
    moved = Setup(CASE, change=lambda moves: moves[:2]).open().policy.move
    assert moved == opened(CASE).policy.move[:2]


def test_controls_add_to_what_is_set():
    setup = Setup(CASE, parameters=(("trust", "memory", 200.0),)).having(*off("talks", "trust"))
    assert setup.parameters == (
        ("trust", "memory", 200.0),
        ("switches", "talks", 0.0),
        ("switches", "trust", 0.0),
    )
    assert setup.case == CASE


def test_a_move_has_the_keys_of_a_policy_file():
    made = move(date=date(2018, 2, 1), actor="taliban", do="open_track", track="direct")
    assert (made.actor, made.do, made.track) == ("taliban", "open_track", "direct")


# -- spells


def test_agreements_stand_until_they_are_broken_or_the_run_ends():
    signed, broken, other = codes.AGREEMENT, codes.RELAPSE, codes.BREACH
    made = panel(
        CASE,
        {},
        n=3,
        ended={0: (99, 4), 1: (49, 1)},
        events=[
            chronicle((10, signed, 0), (12, other, 0), (30, broken, 0), (60, signed, 0), (70, signed, 1)),
            chronicle((5, broken, 1), (20, signed, 1), (50, signed, 0)),
            chronicle(),
        ],
    )
    days, ended = agreements(made)
    assert days.tolist() == [20.0, 40.0, 30.0, 30.0]
    assert ended.tolist() == [True, False, False, False]


def test_samples_are_the_same_each_time():
    assert picks(7, 5).shape == (1000, 5)
    assert picks(7, 5).tolist() == np.random.default_rng(1).integers(0, 7, (1000, 5)).tolist()


def test_survival_in_samples():
    days, ended = np.arange(1.0, 9.0), np.array([True, False] * 4)
    found = resampled_survival(days, ended, 4.5, 6)
    chosen = np.random.default_rng(1).integers(0, 8, (1000, 6))
    assert found[:3].tolist() == [survival(days[p], ended[p], 4.5) for p in chosen[:3]]
    assert len(found) == 1000
    assert len(resampled_survival(days, ended, 4.5, 35)) == 1000
    assert np.isnan(resampled_survival(days, ended, 4.5, 36)).all()


def test_statistics_of_samples_leave_out_what_is_not_known():
    values = np.array([1.0, np.nan, 3.0, np.inf, 5.0])
    found = resampled(values, 4, np.mean)
    chosen = np.random.default_rng(1).integers(0, 3, (1000, 4))
    assert found.tolist() == np.array([1.0, 3.0, 5.0])[chosen].mean(axis=1).tolist()
    assert np.isnan(resampled(values, 16, np.mean)).all()
    assert len(resampled(values, 15, np.median)) == 1000


@pytest.mark.parametrize(("at", "share"), [(0.5, 1.0), (1.0, 0.75), (3.5, 0.375), (9.0, 0.0)])
def test_survival_at_a_day(at, share):
    days, ended = np.array([1.0, 2.0, 3.0, 4.0]), np.array([True, False, True, True])
    assert survival(days, ended, at) == pytest.approx(share)
