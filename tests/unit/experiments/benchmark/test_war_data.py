"""What is known of a conflict on a day, and the level that it is opened at, by hand."""

import math
from datetime import date
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from detente.experiments.benchmark.level_filter import LevelNow
from detente.experiments.benchmark.opened import (
    at_level,
    concentration,
    drawn_fact,
    last_day,
    level_facts,
    long_run,
    of_each,
    with_faded,
    with_spoilers,
)
from detente.experiments.benchmark.opened import (
    tested_season as season_tested,
)
from detente.experiments.benchmark.war_data import before, by_role, rows_before
from detente.experiments.cases.builder.evidence import Evidence
from detente.experiments.cases.builder.parties import Cast, Party
from detente.experiments.evidence.refit import Known, Refit
from detente.model.catalogue import load_scenario
from detente.model.errors import InputError

DAY = date(2001, 3, 1)


def dated(*days):
    return pd.DataFrame({"start": pd.to_datetime(list(days))})


def test_whole_months_and_days_before_a_day_are_known_on_it():
    months = pd.DataFrame({"deaths": range(4)}, index=pd.date_range("2001-01-01", periods=4, freq="MS"))
    days = pd.DataFrame({"events": 1.0}, index=pd.date_range("2001-02-26", "2001-03-05"))
    known = before(Evidence(daily=days, monthly=months, events=dated("2001-02-28", "2001-03-01")), DAY)
    assert (len(known.monthly), len(known.daily), len(known.events)) == (2, 3, 1)
    assert len(before(Evidence(monthly=months), date(2001, 2, 28)).monthly) == 1
    early = before(Evidence(daily=days, monthly=months), date(2001, 1, 1))
    assert (early.daily, early.monthly, early.events) == (None, None, None)


def test_rows_of_later_days_serve_for_names_where_there_are_no_others():
    assert len(rows_before(dated("2001-02-28", "2001-03-01"), DAY)) == 1
    assert len(rows_before(dated("2001-03-01", "2001-03-02"), DAY)) == 2
    assert rows_before(None, DAY) is None


def test_names_of_an_opened_case_say_what_a_party_is_and_not_who():
    crown, moor, fen = (Party(name.lower(), name) for name in ("Crown", "Moor", "Fen"))
    found = by_role(Cast(crown, (moor, fen), (0.5, 0.5), ((fen, moor, 0.1),)))
    assert [p.name for p in found.parties] == ["government", "foe-1", "foe-2"]
    assert [p.title for p in found.parties] == ["Crown", "Moor", "Fen"]
    assert [(a.name, b.name, share) for a, b, share in found.among] == [("foe-2", "foe-1", 0.1)]


# -- opened at a level


@pytest.mark.parametrize(
    ("day", "months", "last"),
    [(date(2001, 3, 1), 1, date(2001, 3, 31)), (date(2001, 3, 15), 12, date(2002, 2, 28))],
)
def test_a_case_ends_with_a_month(day, months, last):
    assert last_day(day, months) == last
    with pytest.raises(InputError, match="months"):
        last_day(day, 0)


def known(rows):
    months = np.datetime64("2001-01") + np.arange(12 * len(rows))
    return Known(DAY, None, np.concatenate(rows).astype(float), months.astype("datetime64[D]"))


SHARP = np.r_[np.full(6, 30.0), np.full(6, 2.0)]


def test_a_season_needs_three_whole_years_that_differ_beyond_chance():
    assert season_tested(known([SHARP] * 2)) == (1.0,) * 12
    found = season_tested(known([SHARP] * 3))
    assert np.mean(found) == pytest.approx(1.0)
    assert found[2] > 1.5 > 0.5 > found[8]
    dice = np.random.default_rng(1)
    assert season_tested(known(list(dice.poisson(20.0, (4, 12))))) == (1.0,) * 12
    quiet = [SHARP, np.zeros(12), SHARP]
    assert season_tested(known(quiet)) == (1.0,) * 12  # a year without deaths tells nothing


def test_only_the_last_fifteen_years_tell_of_a_season():
    assert season_tested(known([SHARP[::-1]] * 20 + [SHARP] * 15)) == season_tested(known([SHARP] * 15))


def level(mean=2.0, spread=0.8, slow=0.5, slow_sd=0.2, **changed):
    usual = {"spread_sd": 0.1, "size": 1.0, "fast": 0.3, "fast_sd": 0.1, "faded": 0.0}
    return LevelNow(mean=mean, spread=spread, slow=slow, slow_sd=slow_sd, **{**usual, **changed})


FIT = Refit(2.0, 1.0, (1.0,) * 12, 5.0, 10.0, "")


@pytest.mark.parametrize(("expected", "events"), [(20.0, 4.0), (1e4, 40.0), (0.01, 0.1)])
def test_attacks_are_those_of_the_long_run_within_a_factor_of_twenty(expected, events):
    now = level(mean=math.log(expected) - 0.32)
    found = long_run(FIT, now)
    assert (found.events, found.expected) == (pytest.approx(events), pytest.approx(expected))
    quiet = long_run(Refit(2.0, 1.0, (1.0,) * 12, 5.0, 0.0, ""), now)
    assert (quiet.events, quiet.expected) == (2.0, pytest.approx(expected))


def test_a_fact_is_drawn_evenly_with_its_mean_and_deviation_and_cut_at_three():
    found = drawn_fact("x", 1.0, 0.5)
    assert ((found.high - found.low) / math.sqrt(12), (found.high + found.low) / 2) == pytest.approx(
        (0.5, 1.0)
    )
    assert (drawn_fact("x", 2.9, 1.0).high, drawn_fact("x", -2.9, 1.0).low) == (3.0, -3.0)


def test_the_level_of_one_war_is_declared_relative_to_its_mean():
    at, surge, moves = level_facts("r", level(), 2.0, 1.0)
    assert (at.low + at.high) / 2 == pytest.approx((0.5 - 0.5 * 0.64 / 2.0) / 2.0)
    assert (at.high - at.low) / math.sqrt(12) == pytest.approx(0.1)
    assert (surge.low + surge.high) / 2 == pytest.approx(0.15)
    assert (surge.high - surge.low) / math.sqrt(12) == pytest.approx(0.05)
    factor = math.exp(math.sqrt(3) * 0.1)
    assert (moves.low, moves.high) == pytest.approx((0.4 / factor, 0.4 * factor))
    wide = level_facts("r", level(spread=6.0), 2.0, 1.0)[2]
    assert (wide.low, wide.high) == (2.5, 2.5)


def test_of_two_wars_each_is_known_worse_than_their_sum():
    one, two = (level_facts("r", level(), 2.0, share)[0] for share in (1.0, 0.5))
    spread = of_each(0.2, 0.5)
    assert (two.high - two.low) / math.sqrt(12) == pytest.approx(spread / 2.0)
    middle = (one.low + one.high - two.low - two.high) / 2
    assert middle == pytest.approx(0.5 * (spread**2 - 0.04) / 2.0)


def war(deaths, **changed):
    about = {"hostile": True, "lethal": True, "attacks": (deaths, 0.0), "deaths_per_event": (1.0, 1.0)}
    return SimpleNamespace(**{**about, **changed})


@pytest.mark.parametrize(
    ("wars", "share"),
    [
        ([war(3.0)], 1.0),
        ([war(3.0), war(1.0)], 0.625),
        ([war(3.0), war(3.0, lethal=False)], 1.0),
        ([war(0.0)], 1.0),
        ([], 1.0),
    ],
)
def test_how_many_wars_a_conflict_consists_of(wars, share):
    assert concentration(SimpleNamespace(relation=wars)) == pytest.approx(share)


CASE = load_scenario("afghanistan-2018")


def spoiling(case):
    return [t.attacks for s in case.spoiler for t in s.target]


def test_spoilers_and_wars_fade_together():
    usual = spoiling(CASE)
    assert spoiling(with_spoilers(CASE, 3.0)) == pytest.approx([3.0 * rate for rate in usual])
    faded = with_faded(CASE, faded=True)
    left = math.exp(-CASE.parameters.endings.quiet)
    assert spoiling(faded) == pytest.approx([left * rate for rate in usual])
    wars = [r.faded for r in faded.relation if r.hostile and r.lethal and any(r.attacks)]
    assert all(wars)
    assert [r.faded for r in with_faded(CASE, faded=False).relation if r.hostile] == [False] * len(wars)
    assert spoiling(with_faded(CASE, faded=False)) == pytest.approx(usual)


def test_spoilers_are_as_fierce_as_the_war_is_on_average_at_the_start():
    """exp of the level less half the variance that is not spent on knowing it, per slope."""
    made = at_level(CASE, level(), 2.0)
    factor = math.exp((0.5 - 0.5 * (0.64 - 0.04)) / 2.0)
    assert spoiling(made) == pytest.approx([factor * rate for rate in spoiling(CASE)])
    paths = [f.path for f in made.facts if f.path.startswith("relation.")]
    wars = [r for r in CASE.relation if r.hostile and r.lethal and any(r.attacks)]
    assert sum(path.endswith((".level", ".surge", ".volatility")) for path in paths) == 3 * len(wars)
    for r in (r for r in made.relation if r.between in [w.between for w in wars]):
        own = {
            f.path.rsplit(".", 1)[-1]: (f.low + f.high) / 2
            for f in made.facts
            if f"{r.between[0]}.{r.between[1]}." in f.path
        }
        assert (r.level, r.surge, r.volatility) == pytest.approx(
            (own["level"], own["surge"], own["volatility"])
        )
