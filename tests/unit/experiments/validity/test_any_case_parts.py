"""The parts of what is looked for in any case: months, tallies, ranges, and patterns taken from another case."""

from dataclasses import replace
from datetime import date
from functools import partial

import numpy as np
import pytest

from detente.experiments.evidence import moments
from detente.experiments.runs.outcomes import hostile_dyads, hostile_pairs
from detente.experiments.validity.panel import Panel
from detente.experiments.validity.patterns import PATTERNS, any_case, own_record, truces, war_course
from detente.experiments.validity.setups import Setup
from detente.model.catalogue import load_scenario, policy_names
from detente.model.scenario import ObservedSpec

OWN = Setup("template", policy=None, step_days=1.0)
START = OWN.open()
TEMPLATE = load_scenario("template")


def observed(name="deaths", **monthly):
    months = {key.removeprefix("m").replace("_", "-"): value for key, value in monthly.items()}
    return ObservedSpec(name=name, unit="a month", source="counted by hand", monthly=months)


def lasting(first, last):
    """The template from one day to another."""
    case = TEMPLATE.case.model_copy(update={"start": first, "end": last})
    return TEMPLATE.model_copy(update={"case": case})


def panel(columns, ends=None):
    """A panel of runs: a column is a list of runs, each a list of states; ``ends`` are the last steps."""
    rows = np.stack([np.asarray(v, dtype=float) for v in columns.values()], axis=2)
    n = rows.shape[1]
    kept = np.zeros((*rows.shape[:2], 2))
    kept[:, :, 1] = np.array(ends or [n - 2] * len(rows))[:, None]
    names = (*columns, "clock.end_reason", "clock.end_step")
    return Panel(START, tuple(range(len(rows))), names, np.concatenate([rows, kept], axis=2))


# -- months


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        (date(2030, 1, 1), date(2030, 3, 31), [1, 2, 3]),
        (date(2030, 1, 2), date(2030, 3, 31), [2, 3]),
        (date(2030, 1, 1), date(2030, 3, 30), [1, 2]),
        (date(2030, 1, 31), date(2030, 2, 28), [2]),
        (date(2030, 2, 2), date(2030, 2, 28), []),
    ],
)
def test_months_that_a_case_covers_whole(first, last, months):
    series = observed(m2030_03=30, m2030_01=10, m2030_02=20, m2029_12=5, m2030_04=40)
    found = own_record.months_inside(lasting(first, last), series)
    assert list(found.items()) == [(date(2030, m, 1), 10.0 * m) for m in months]


def test_counts_of_months_from_the_first_day_on():
    n = 31 + 28 + 31
    total = np.r_[100.0, 100.0 + np.cumsum(np.arange(1.0, n + 1))]  # the opening's count is none of the run's
    months = (date(2030, 1, 1), date(2030, 2, 1), date(2030, 3, 1))
    read = partial(own_record.by_month, "tally.attacks", months)
    made = panel({"tally.attacks": [total, 2 * total, total]}, ends=[n - 1, n - 1, n - 2])
    assert START.scenario.case.start == months[0]
    # day k counts k attacks: January 1 to 31, February 32 to 59, March 60 to 90
    january, february, march = 100.0 + 31 * 32 / 2, 28 * (32 + 59) / 2, 31 * (60 + 90) / 2
    found = read(lambda run: run[0], made)
    assert found[:2].tolist() == [january, 2 * january]
    assert np.isnan(found[2])  # it ended a day before the last month was over
    assert read(lambda run: run[1], made)[:2].tolist() == [february, 2 * february]
    assert read(lambda run: run[2], made)[:2].tolist() == [march, 2 * march]
    assert own_record.by_month("tally.attacks", months[:2], lambda run: run[1], made)[2] == february


def test_level_and_memory_of_months():
    values = np.array([1.0, 3.0, 2.0, 6.0])
    assert own_record.mean(values) == 3.0
    # deviations -2, 0, -1, 3: (0 + 0 - 3) / (4 + 0 + 1 + 9)
    assert own_record.memory(values) == pytest.approx(-3 / 14)


TWELVE = {f"m2030_{k:02}": float(k * k) for k in range(1, 13)}


def test_level_scatter_and_memory_of_an_observed_series():
    values = np.array([float(k * k) for k in range(1, 13)])
    assert TEMPLATE.case.end >= date(2030, 12, 31)
    found = own_record.observed_patterns(OWN, TEMPLATE, observed("attacks", **TWELVE))
    expected = {
        "attacks, level": (650 / 12, "Attacks a month", "mean attacks a month, 12 months"),
        "attacks, scatter": (
            values.var(ddof=1) / values.mean(),
            "Months differ as they did",
            "variance over mean of months, 12 months",
        ),
        "attacks, memory": (
            moments.autocorrelation(values, 1),
            "A month is like the one before",
            "autocorrelation of months at one month, 12 months",
        ),
    }
    assert [p.key for p in found] == list(expected)
    for p in found:
        value, title, statistic = expected[p.key]
        assert p.value == pytest.approx(value)
        assert (p.title, p.statistic) == (title, statistic)
        assert p.observed == f"{value:.3g} over 12 months"
        assert (p.sources, p.mark, p.columns) == (("counted by hand",), "fitted", ("tally.attacks",))
        assert p.read.args[:2] == ("tally.attacks", tuple(date(2030, m, 1) for m in range(1, 13)))
        assert p.read.args[2](values) == pytest.approx(value)
        assert p.setups == (OWN,)


@pytest.mark.parametrize(
    ("name", "tally"),
    [("deaths", "tally.fatalities"), ("attacks", "tally.attacks"), ("events", "tally.attacks")],
)
def test_which_count_a_series_is_set_beside(name, tally):
    found = own_record.observed_patterns(OWN, TEMPLATE, observed(name, **TWELVE))
    assert {p.columns for p in found} == {(tally,)}


def test_series_that_are_not_set_beside_the_model():
    eleven = dict(list(TWELVE.items())[:11])
    series = (observed("launches", **TWELVE), observed("deaths", **eleven), observed("attacks", **TWELVE))
    scenario = TEMPLATE.model_copy(update={"observed": series})
    assert own_record.unread(scenario) == [
        ("launches", "the model has no count of that name; expected deaths or attacks or events"),
        ("deaths", "fewer than 12 of its months lie inside the case"),
    ]
    assert own_record.observed_patterns(OWN, scenario, series[1]) == ()
    assert len(own_record.observed_patterns(OWN, scenario, series[2])) == 3


def test_what_is_left_out_of_a_case():
    scenario = TEMPLATE.model_copy(update={"observed": (observed("launches", **TWELVE),)})
    own = {p.key for p in any_case.general()}
    expected = [
        (
            f"{sum(p.key not in own for p in declared())} patterns of {case}",
            "they name its parties, its days or figures observed there",
        )
        for case, declared in PATTERNS.items()
    ]
    *others, last = any_case.left_out(scenario)
    assert others == expected
    assert last[0] == "observed series launches"
    assert len(others) == len(PATTERNS)


# -- invariants


def test_a_verdict_is_one_number():
    assert any_case.verdict(True).tolist() == [1.0]
    assert any_case.verdict(np.False_).tolist() == [0.0]


@pytest.mark.parametrize(
    ("deaths", "attacks", "holds"),
    [
        ([[0, 1, 1]], [[0, 1, 1]], 1.0),
        ([[0, 1, 0]], [[0, 1, 1]], 0.0),
        ([[0, 1, 1]], [[0, 1, 0]], 0.0),
        ([[0, 1, 1 - 1e-10]], [[0, 0, 0]], 1.0),
        ([[0, 1, 1 - 1e-8]], [[0, 0, 0]], 0.0),
        ([[0, 1, 1], [1, 0, 1]], [[0, 0, 0], [0, 0, 0]], 0.0),
    ],
)
def test_counts_never_fall_in_any_run(deaths, attacks, holds):
    made = panel({"tally.fatalities": deaths, "tally.attacks": attacks})
    assert any_case.never_fall(made).tolist() == [holds]


def test_the_attacks_of_dyads_add_up_until_the_end_of_a_run():
    names = ("dyads.a>b.step_attacks", "dyads.b>a.step_attacks")
    first, second = [9, 1, 2, 7], [9, 3, 0, 7]  # the opening is not counted, nor what stands after the end
    columns = {names[0]: [first, first], names[1]: [second, second], "tally.attacks": [[0, 4, 6, 20]] * 2}
    read = partial(any_case.add_up, names)
    assert read(panel(columns)).tolist() == [1.0]
    ended = {**columns, "tally.attacks": [[0, 4, 6, 6], [0, 4, 6, 20]]}
    assert read(panel(ended, ends=[1, 2])).tolist() == [1.0]
    assert read(panel(ended, ends=[2, 2])).tolist() == [0.0]
    assert read(panel(ended, ends=[1, 1])).tolist() == [0.0]


@pytest.mark.parametrize(
    ("value", "holds"), [(-1e-10, 1.0), (-1e-8, 0.0), (0, 1.0), (1, 1.0), (1 + 1e-10, 1.0), (1 + 1e-8, 0.0)]
)
def test_stocks_reach_the_ends_of_their_range(value, holds):
    made = panel({"a": [[0.5, 0.5], [0.5, value]], "b": [[5, 9]] * 2})
    assert any_case.in_range({"a": (0.0, 1.0), "b": (-np.inf, np.inf)}, made).tolist() == [holds]
    assert any_case.in_range({"b": (-np.inf, np.inf), "a": (0.0, 1.0)}, made).tolist() == [holds]


def test_the_ranges_of_stocks_are_those_declared():
    stocks = any_case.bounded_stocks(START)
    owners = {kind: START.cast.of(kind) for kind in ("dyads", "pairs", "parties")}
    for dyad in owners["dyads"]:
        assert stocks[f"dyads.{dyad}.trust"] == (0.0, 1.0)
    assert not any(name.endswith((".truce_state", ".step_attacks")) for name in stocks)
    assert all(low < high for low, high in stocks.values())
    assert len({name.split(".")[1] for name in stocks if name.startswith("dyads.")}) == len(owners["dyads"])


def test_three_invariants():
    counts, adds, ranges = any_case.invariants(OWN, START)
    dyads = tuple(f"dyads.{name}.step_attacks" for name in START.cast.dyads)
    stocks = any_case.bounded_stocks(START)
    assert counts.columns == ("tally.fatalities", "tally.attacks")
    assert adds.columns == ("tally.attacks", *dyads)
    assert (adds.read.args, ranges.read.args) == ((dyads,), (stocks,))
    assert ranges.columns == tuple(stocks)
    assert ranges.statistic == f"1 if none of {len(stocks)} stocks leaves it"
    for p in (counts, adds, ranges):
        assert (p.mark, p.sources, p.observed, p.pooled) == ("imposed", (), "by construction", True)
        assert (p.rule.words, p.setups, p.if_missed) == ("yes", (OWN,), "A fault of the program.")


# -- patterns of another case


def test_patterns_of_a_case_in_order():
    scenario = TEMPLATE.model_copy(update={"observed": (observed("deaths", **TWELVE),)})
    keys = [p.key for p in any_case.patterns("template", scenario)]
    assert keys[:6] == [
        *("counts", "attacks add up", "ranges", "deaths, level", "deaths, scatter", "deaths, memory")
    ]
    tied = ("second agreement", "yearly change")
    general = (*truces.patterns(), *war_course.patterns("afghanistan-2018"))
    assert keys[6:] == [p.key for p in general if p.key not in tied]
    assert any_case.patterns("template", scenario)[0].setups == (OWN,)


def test_a_pattern_elsewhere_keeps_its_parameters_and_runs_ten_years_on():
    by_key = {p.key: p for p in truces.patterns()}
    last = date(START.scenario.case.start.year + 10, 12, 31)
    for key in ("truce survival, 14", "class order, equal constants"):
        (there,) = by_key[key].setups
        (here,) = any_case.elsewhere(by_key[key], OWN, START).setups
        assert (here.case, here.mode, here.step_days, here.end) == ("template", "free", 1.0, last)
        assert here.parameters == there.parameters
        assert here.policy == there.policy  # the template has these policies


def test_a_policy_that_the_case_does_not_have_gives_way_to_its_first():
    pattern = truces.survival_patterns()[0]
    other = Setup("afghanistan-2018", policy="history-of-another")
    (here,) = any_case.elsewhere(replace(pattern, setups=(other,)), OWN, START).setups
    assert here.policy == policy_names(TEMPLATE)[0]


def test_columns_elsewhere_are_those_of_all_who_fight():
    dyads, pairs = hostile_dyads(START), hostile_pairs(START)
    assert any_case.columns_like("dyads.a>b.step_attacks", START) == [
        f"dyads.{d}.step_attacks" for d in dyads
    ]
    assert any_case.columns_like("pairs.a+b.truce_state", START) == [f"pairs.{p}.truce_state" for p in pairs]
    by_key = {p.key: p for p in truces.patterns()}
    found = any_case.elsewhere(by_key["nationwide truce"], OWN, START)
    assert found.columns == tuple(f"dyads.{d}.step_attacks" for d in dyads)  # each once
