"""A conflict opened on a day: nothing later is read, and its level is that of recent months."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from detente.agents.parameters import Parameters
from detente.experiments.benchmark.acts_in_force import in_force
from detente.experiments.benchmark.evenness import factor_for, unevenness, with_more_events
from detente.experiments.benchmark.level_filter import fast_part, level_now, process_of
from detente.experiments.benchmark.opened import of_each, open_case
from detente.experiments.benchmark.war_data import open_war, read_war
from detente.experiments.evidence.refit import total_deaths, total_rate
from detente.model.catalogue import load_scenario
from detente.model.errors import InputError
from detente.model.fact_draws import draws
from detente.model.facts import check_facts, priors_of
from detente.model.policy import MoveSpec

HOW = process_of(Parameters())
EVEN = np.ones(120)
DAY = date(2014, 1, 1)


def counts(level: float, n: int = 120, seed: int = 1) -> np.ndarray:
    """Months of a war that hardly moves."""
    return np.random.default_rng(seed).negative_binomial(5, 5 / (5 + level), n).astype(float)


def monthly_file(folder, values, name="months.csv", start="2004-01-01"):
    """A table of deaths by month."""
    months = pd.date_range(start, periods=len(values), freq="MS")
    pd.DataFrame({"date": months.strftime("%Y-%m-%d"), "deaths": values}).to_csv(folder / name, index=False)
    return folder / name


def test_the_level_is_that_of_recent_months():
    quiet, bloody = counts(40.0), counts(40.0)
    bloody[-4:] *= 6.0
    usual, high = level_now(quiet, EVEN, HOW), level_now(bloody, EVEN, HOW)
    assert 25 < np.exp(usual.mean + usual.slow) < 65
    assert high.slow > usual.slow + 0.5
    assert high.spread > usual.spread
    assert 0 < high.slow_sd < 1.0
    assert usual.faded < 0.05


def test_a_season_is_taken_out_of_the_level():
    season = np.tile(np.r_[np.full(6, 0.4), np.full(6, 1.6)], 10)
    seen = counts(40.0) * season
    with_season, without = level_now(seen, season, HOW), level_now(seen, EVEN, HOW)
    assert with_season.slow < without.slow
    assert with_season.spread < without.spread


def test_a_war_without_deaths_for_years_has_faded_out():
    seen = counts(40.0)
    seen[-36:] = 0.0
    assert level_now(seen, EVEN, HOW).faded > 0.5


def test_the_fast_part_follows_the_last_month():
    below, above = (fast_part((count, 1.0), (3.0, 0.3), 0.9, 3.0, HOW)[0] for count in (2.0, 90.0))
    assert below < 0 < above
    assert fast_part((90.0, 1.0), (3.0, 0.3), 0.9, 3.0, HOW._replace(fast_share=0.0)) == (0.0, 0.0)


def test_without_months_the_level_is_that_of_wars_in_general():
    now = level_now(np.zeros(0), np.zeros(0), HOW)
    assert (now.slow, now.fast) == (0.0, 0.0)
    assert now.slow_sd > 0.5


def test_nothing_of_the_day_or_later_is_read(tmp_path):
    seen = counts(40.0, 144)
    other = np.r_[seen[:120], 50.0 * seen[120:]]
    cases = [open_war(read_war("my-war", monthly_file(tmp_path, v)), DAY) for v in (seen, other)]
    assert cases[0].scenario == cases[1].scenario
    assert cases[0].level == cases[1].level


def test_an_opened_case_runs_at_the_level_seen(tmp_path):
    import detente

    opened = open_war(read_war("my-war", monthly_file(tmp_path, counts(40.0))), DAY, months=2)
    assert opened.scenario.case.start == DAY
    assert opened.scenario.case.end == date(2014, 2, 28)
    runs = detente.ensemble(opened.scenario, opened.policy(), runs=60)
    deaths = runs.monthly[runs.monthly["series"] == "deaths"].groupby("date")["value"].mean() * opened.scale
    assert 20 < deaths.iloc[0] < 80


def test_levels_are_drawn_for_each_seed_within_what_a_case_may_hold(tmp_path):
    opened = open_war(read_war("my-war", monthly_file(tmp_path, counts(40.0))), DAY)
    moved = (".level", ".surge", ".volatility")
    facts = [f for f in priors_of(opened.scenario) if f.path.endswith(moved)]
    first, second = draws(facts, 1), draws(facts, 2)
    assert len(facts) == 3
    assert first != second
    check_facts(opened.scenario, first)


def test_a_case_is_opened_with_its_own_observed_series():
    opened = open_case("afghanistan-2018", date(2018, 7, 1), months=3)
    assert len(opened.known.monthly) == 18
    assert opened.scenario.case.start == date(2018, 7, 1)
    volatility = {r.volatility for r in opened.scenario.relation if r.hostile}
    assert len(volatility) == 1
    assert volatility.pop() > opened.level.spread / HOW.slope  # of each of two wars, whose sum moves by less


def test_the_sum_of_several_wars_moves_as_far_as_it_should():
    luck = np.random.default_rng(1)
    each = of_each(0.6, 0.5)
    two = np.exp(each * luck.standard_normal((100_000, 2)) - each**2 / 2).mean(axis=1)
    assert float(two.var()) == pytest.approx(np.expm1(0.6**2), rel=0.05)
    assert of_each(0.6, 1.0) == pytest.approx(0.6)


def test_a_case_without_deaths_by_month_is_refused():
    with pytest.raises(InputError, match="no observed deaths by month"):
        open_case("korea-2017", date(2018, 7, 1))


# -- acts


def truce(day: date, **keys: object) -> MoveSpec:
    """An offer of a ceasefire."""
    return MoveSpec.model_validate({"date": day, "actor": "a", "to": "b", "do": "offer_truce", **keys})


def test_what_ended_before_the_day_is_not_in_force():
    over = truce(date(2013, 6, 1), **{"from": date(2013, 6, 1), "until": date(2013, 7, 1)})
    standing = truce(date(2013, 11, 1), **{"from": date(2013, 11, 1), "until": date(2014, 3, 1)})
    (kept,) = in_force([over, standing], DAY)
    assert (kept.date, kept.start, kept.end) == (DAY, DAY, None)
    assert in_force([standing], date(2013, 11, 1)) == ()


def test_a_truce_without_a_known_end_is_in_force_while_young():
    assert in_force([truce(date(2013, 12, 1))], DAY)
    assert not in_force([truce(date(2013, 1, 1))], DAY)


def test_talks_that_were_left_are_not_held():
    opened = MoveSpec(date=date(2013, 9, 1), actor="a", do="open_track", track="front")
    left = MoveSpec(date=date(2013, 11, 1), actor="b", do="leave_track", track="front")
    assert in_force([opened], DAY)
    assert not in_force([opened, left], DAY)


def test_a_war_may_have_faded_out_by_the_start():
    import detente

    case = load_scenario("template")
    faded = case.model_copy(
        update={"relation": tuple(r.model_copy(update={"faded": r.hostile}) for r in case.relation)}
    )
    usual, calm = (
        detente.ensemble(c, "status-quo", runs=20).outcomes["fatalities"].mean() for c in (case, faded)
    )
    assert calm < 0.7 * usual


# -- single events


def test_more_events_keep_mean_deaths():
    case = load_scenario("template")
    more = with_more_events(case, 1.5)
    assert total_rate(more) == pytest.approx(1.5 * total_rate(case))
    assert total_deaths(more) == pytest.approx(total_deaths(case))
    for before, after in zip(case.relation, more.relation, strict=True):
        assert after.attacks == pytest.approx([1.5 * rate for rate in before.attacks])


def test_a_few_large_events_make_months_more_uneven_than_many_small_ones():
    few, many = (unevenness(n, 40.0 / n, 1.8, 500.0) for n in (4.0, 20.0))
    assert few > 3 * many
    assert unevenness(40.0, 1.0, 1.8, 500.0) == pytest.approx(1 / 40.0, rel=1e-3)


def test_events_are_added_only_where_months_are_evener():
    case = load_scenario("template")
    assert factor_for(case, wanted=1e6, fierce=1.0) == 1.0
    uneven, even = (factor_for(case, wanted=w, fierce=1.0) for w in (0.5, 0.1))
    assert 1.0 <= uneven <= even
    assert even > 1.0
    assert factor_for(case, wanted=0.1, fierce=0.1) > even


def test_spoilers_fight_as_fiercely_as_the_war_around_them(tmp_path):
    seen = counts(40.0)
    seen[-12:] = np.round(seen[-12:] / 20)
    usual, calm = (
        open_war(read_war("my-war", monthly_file(tmp_path, v)), DAY).scenario for v in (counts(40.0), seen)
    )
    rates = [s.spoiler[0].target[0].attacks / total_rate(s) for s in (usual, calm)]
    assert rates[1] < 0.6 * rates[0]
