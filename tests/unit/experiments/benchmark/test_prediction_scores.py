"""Locked predictions scored: quantiles, intervals, and what is known of events."""

from datetime import date
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from detente.experiments.benchmark.prediction_scores import (
    Checked,
    in_table,
    quantile_score,
    scored_events,
    scored_months,
)
from detente.experiments.benchmark.predictions import (
    LEVELS,
    MODEL,
    NULLS,
    check_known,
    quantiles,
    stale_words,
    usual_levels,
    words_of_data,
)
from detente.experiments.evidence.origins import Target
from detente.model.errors import InputError

DAY = date(2014, 1, 1)


def test_the_quantile_score_is_twice_the_mean_loss():
    """All quantiles at 10: 4 above costs the level of each, 4 below what is left of it; their mean is a half."""
    flat = [10.0] * len(LEVELS)
    assert quantile_score(flat, 14.0) == pytest.approx(4.0)
    assert quantile_score(flat, 6.0) == pytest.approx(4.0)
    high = [10.0] * (len(LEVELS) - 1) + [30.0]
    assert quantile_score(high, 10.0) == pytest.approx(2 * 20.0 * 0.025 / len(LEVELS))


def row(low, high, month="2014-01"):
    at = [low if level < 0.5 else high for level in LEVELS]
    return {"month": month, "quantiles": at}


@pytest.mark.parametrize(("seen", "inside"), [(5.0, True), (9.0, True), (4.9, False), (9.1, False)])
def test_the_ends_of_an_interval_lie_in_it(seen, inside):
    deaths = {name: [row(5.0, 9.0), row(5.0, 9.0, "2014-02")] for name in (MODEL, *NULLS)}
    table = scored_months(deaths, {"2014-01": seen})
    assert table["forecast"].tolist() == [MODEL, *NULLS]
    assert set(table["in80"]) == set(table["in95"]) == {inside}
    assert set(table["median"]) == {9.0}


def test_a_summary_relates_each_forecast_to_the_model():
    rows = [
        (MODEL, 2.0, True, True),
        (MODEL, 4.0, False, True),
        (NULLS[0], 6.0, True, True),
        (NULLS[1], 0.0, False, False),
    ]
    table = Checked(
        {}, pd.DataFrame(rows, columns=["forecast", "score", "in80", "in95"]), pd.DataFrame()
    ).summary()
    assert table["score"].tolist() == [3.0, 6.0, 0.0]
    assert table["model_relative"].tolist()[:2] == [1.0, 0.5]
    assert np.isnan(table["model_relative"].iloc[2])
    assert (table.loc[MODEL, "in80"], table.loc[MODEL, "in95"], table.loc[MODEL, "months"]) == (0.5, 1.0, 2)


@pytest.mark.parametrize(
    ("deaths", "months", "rest"),
    [([12.0, 0.0], 6, None), ([2.0] * 6, 6, True), ([12.5, *[0.0] * 5], 6, False)],
)
def test_a_war_is_at_rest_below_twenty_five_deaths_a_year(deaths, months, rest):
    content = {"about": {"months": months}, "events": {"rest": 0.25, "agreement": 0.5, "ceasefire": 0.5}}
    observed = {f"2014-{k + 1:02}": value for k, value in enumerate(deaths)}
    table = scored_events(content, SimpleNamespace(), observed, DAY).set_index("event")
    assert table.loc["rest", "happened"] is rest or table.loc["rest", "happened"] == rest
    expected = np.nan if rest is None else (0.25 - rest) ** 2
    assert table.loc["rest", "brier"] == pytest.approx(expected, nan_ok=True)
    assert table.loc["agreement", "happened"] is None


@pytest.mark.parametrize(
    ("start", "seen"),
    [("2013-12-31", False), ("2014-01-01", True), ("2014-02-28", True), ("2014-03-01", False)],
)
def test_an_act_happened_if_a_table_has_one_in_the_months_ahead(start, seen):
    table = pd.DataFrame({"start": pd.to_datetime([start])})
    war = SimpleNamespace(war=SimpleNamespace(evidence=SimpleNamespace(truces=table, agreements=None)))
    assert in_table(war, "truces", DAY, 2) is seen
    assert in_table(war, "agreements", DAY, 2) is None
    assert in_table(SimpleNamespace(), "truces", DAY, 2) is None


def test_quantiles_are_values_that_were_drawn():
    found = quantiles(np.arange(1.0, 41.0))
    assert (found[0], found[1], found[10], found[-1]) == (1.0, 2.0, 20.0, 39.0)
    assert usual_levels(found) == (4.0, 20.0, 36.0)


def subject(last):
    values = pd.Series(1.0, index=pd.date_range("2013-01-01", last, freq="MS"))
    return SimpleNamespace(name="war", target=Target("deaths", values, deaths=True))


def test_data_may_end_three_months_before_the_first_month_that_is_predicted():
    check_known(subject("2013-09-01"), DAY)
    with pytest.raises(
        InputError, match=r"until: got '2013-12-31'; expected a day at most 3 months after .* 2013-08"
    ):
        check_known(subject("2013-08-01"), DAY)
    with pytest.raises(InputError, match="a day after the first month of the data"):
        check_known(subject("2013-09-01"), date(2013, 1, 1))


@pytest.mark.parametrize(
    ("until", "words"),
    [
        ("2013-09-30", ""),
        ("2013-10-31", "The data end in 2013-09: 1 month before the predictions is not known, and left out."),
        (
            "2013-11-30",
            "The data end in 2013-09: 2 months before the predictions are not known, and left out.",
        ),
    ],
)
def test_months_that_are_lacking_are_said(until, words):
    assert stale_words({"about": {"known_until": "2013-09", "until": until}}) == words


@pytest.mark.parametrize(("n", "words"), [(0, "is a preregistration"), (2, "hold 2 months after the day")])
def test_what_somebody_may_have_seen_is_said(n, words):
    assert words in words_of_data({"about": {"months_seen_after": n}})
