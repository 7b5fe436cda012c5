"""A benchmark from rows made by hand: what is pooled, which null model judges, and what is said."""

import numpy as np
import pandas as pd
import pytest

from detente.experiments.benchmark import benchmark_result as module
from detente.experiments.benchmark.benchmark_result import Benchmark, most_frequent, plain, words
from detente.experiments.benchmark.origin_scores import MODEL
from detente.experiments.benchmark.pooled import Ratio
from detente.experiments.benchmark.reference_nulls import BINOMIAL, MOVING

NONE, KNOWN = MODEL["none"], MODEL["conditioned"]


def row(forecast, crps, observed=20.0, lead=1, pit=0.5, shown=False):
    scores = {"crps": crps, "log_score": 2.0 * crps, "interval_score": 4.0 * crps, "pit": pit}
    return {
        "lead": lead,
        "month": "2010-02-01",
        "forecast": forecast,
        "observed": observed,
        "shown": shown,
        **scores,
    }


def war(own, moving, binomial=1.0, known=None, **how):
    rows = [row(NONE, own, **how), row(MOVING, moving, **how), row(BINOMIAL, binomial, **how)]
    return rows + ([] if known is None else [row(KNOWN, known, **how)])


def benchmark(modes=("none",), leads=(1,), **wars):
    results = {(name, "2010-01-01"): {"rows": rows} for name, rows in wars.items()}
    return Benchmark(results, leads, modes, 8, 7)


# -- null models


def test_each_conflict_is_judged_by_the_null_model_that_is_best_in_the_others():
    """Of the others of c, a is better and b worse than the binomial by more; c itself would choose for the rest."""
    made = benchmark(a=war(0.5, 0.8), b=war(0.5, 1.5), c=war(0.5, 0.1), small=war(0.5, 0.9, observed=9.9))
    assert made.large == ["a", "b", "c"]
    assert made.best_nulls == {"a": MOVING, "b": MOVING, "c": BINOMIAL, "small": MOVING}


def test_a_small_conflict_is_judged_by_the_null_model_that_is_chosen_most_often():
    made = benchmark(a=war(0.5, 0.1), b=war(0.5, 1.5), c=war(0.5, 1.5), small=war(0.5, 0.9, observed=1.0))
    assert made.best_nulls == {"a": BINOMIAL, "b": MOVING, "c": MOVING, "small": MOVING}


def test_a_conflict_alone_is_judged_by_its_own_best_and_small_ones_by_the_same():
    made = benchmark(a=war(0.5, 0.8), small=war(0.5, 2.0, observed=1.0))
    assert made.best_nulls == {"a": MOVING, "small": MOVING}
    assert benchmark(small=war(0.5, 0.1, observed=1.0)).best_nulls == {"small": BINOMIAL}


def test_the_first_of_names_that_stand_as_often_is_taken():
    assert most_frequent(["a", "b", "b", "a", "c"]) == "a"
    assert most_frequent(iter(["a", "b", "b"])) == "b"


# -- ratios


def test_ratios_are_those_of_conflicts_with_ten_deaths_a_month():
    made = benchmark(a=war(0.5, 1.0), b=war(2.0, 1.0), small=war(9.0, 1.0, observed=9.9))
    assert made.ratio(NONE).value == pytest.approx(1.0)
    assert (made.ratio(NONE).n, made.ratio(NONE, leads=[2]).n) == (2, 0)
    assert benchmark(a=war(0.4, 1.0), b=war(0.9, 1.0)).ratio(NONE).value == pytest.approx(0.6)


def test_leads_beyond_six_and_months_that_are_shown_are_not_pooled():
    near, far = war(0.5, 1.0, lead=6), war(9.0, 1.0, lead=7)
    shown = war(9.0, 1.0, lead=2, shown=True)
    made = benchmark(leads=(6, 7), a=[*near, *far, *shown], b=[*near, *far])
    assert made.ratio(NONE).value == pytest.approx(0.5)
    table = made.by_lead()
    assert table["lead"].tolist() == [6, 7]
    assert table["ratio"].tolist() == pytest.approx([0.5, 9.0])


def test_knowing_the_diplomacy_is_judged_against_not_knowing_it():
    both = ("none", "conditioned")
    made = benchmark(
        both, a=war(0.5, 1.0, known=0.25), b=war(1.0, 1.0, known=2.0), s=war(1, 1, known=9, observed=1)
    )
    assert made.diplomacy.value == pytest.approx(1.0)
    assert made.diplomacy.n == 2
    assert benchmark(a=war(0.5, 1.0)).diplomacy is None
    assert benchmark(both, s=war(1, 1, known=9, observed=1)).diplomacy is None


def test_a_line_of_each_conflict():
    double = [*war(0.5, 1.0, pit=0.05), *[{**r, "lead": 2, "observed": 40.0} for r in war(0.5, 1.0)]]
    lines = benchmark(leads=(1, 2), a=double, b=war(0.0, 1.0)).by_case().set_index("case")
    assert (lines.loc["a", "deaths"], lines.loc["a", "origins"]) == (30.0, 1)
    assert lines.loc["a", "ratio_none"] == pytest.approx(0.5)
    assert lines.loc["a", "covered_none"] == 0.5
    assert np.isnan(lines.loc["b", "ratio_none"])  # it never errs
    assert lines["pooled"].tolist() == [True, True]


def test_every_forecast_stands_by_its_ratio_to_the_binomial():
    table = benchmark(a=war(0.5, 2.0), b=war(0.5, 2.0), small=war(9, 9, observed=1)).by_forecast()
    assert table["forecast"].tolist() == [NONE, BINOMIAL, MOVING]
    assert table["ratio"].tolist() == pytest.approx([0.5, 1.0, 2.0])


def test_coverage_is_the_mean_over_conflicts_and_the_share_of_fair_ones():
    """Of .65 to .92: one conflict at .5, one at 1, one at .75."""
    inside, outside = row(NONE, 1.0), row(NONE, 1.0, pit=0.99)
    wars = {"a": [inside, outside], "b": [inside], "c": [inside, inside, inside, outside]}
    wars = {k: [{**r, "lead": n % 6 + 1} for n, r in enumerate(v)] for k, v in wars.items()}
    covered, fair = benchmark(**wars, s=[row(NONE, 1.0, observed=1.0)]).coverage(NONE)
    assert (covered, fair) == pytest.approx((0.75, 1 / 3))
    assert np.isnan(benchmark(s=[row(NONE, 1.0, observed=1.0)]).coverage(NONE)).all()


# -- words


def told(monkeypatch, ratio, covered=0.8, diplomacy=None):
    made = benchmark(a=war(0.5, 1.0))
    monkeypatch.setattr(Benchmark, "ratio", lambda self, name, *more, **how: ratio)
    monkeypatch.setattr(Benchmark, "coverage", lambda self, name: (covered, 0.5))
    made.__dict__["diplomacy"] = diplomacy
    return made.lines()


@pytest.mark.parametrize(
    ("ratio", "verdict"),
    [
        (Ratio(0.97, 0.9, 0.999, 3), "reached"),
        (Ratio(0.971, 0.9, 0.999, 3), "missed"),
        (Ratio(0.97, 0.9, 1.0, 3), "missed"),
        (Ratio(0.5, float("nan"), float("nan"), 2), "missed"),
    ],
)
def test_the_aim_is_reached_with_an_interval_below_one(monkeypatch, ratio, verdict):
    first, _ = told(monkeypatch, ratio)
    assert first.endswith(f"of the best null model (aim: 0.97 and below 1: {verdict})")


@pytest.mark.parametrize(
    ("covered", "side"), [(0.72, "inside"), (0.88, "inside"), (0.719, "outside"), (0.881, "outside")]
)
def test_intervals_should_cover_about_what_they_say(monkeypatch, covered, side):
    _, second = told(monkeypatch, Ratio(0.9, 0.8, 0.95, 3), covered)
    assert f", {side} 72% to 88%; fair in 50% of conflicts" in second


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.8, 0.99, "better"),
        (1.01, 1.2, "worse"),
        (0.8, 1.0, "not shown to differ"),
        (1.0, 1.2, "not shown to differ"),
    ],
)
def test_diplomacy_helps_or_harms_beyond_its_interval(monkeypatch, low, high, said):
    *_, last = told(monkeypatch, Ratio(0.9, 0.8, 0.95, 3), diplomacy=Ratio(1.0, low, high, 3))
    assert last == f"diplomacy known over nothing known: CRPS 1.000 [{low:.3f}, {high:.3f}] ({said})"


def test_without_deaths_nothing_is_pooled_and_nothing_more_is_said():
    made = benchmark(("none", "conditioned"), s=war(1, 1, known=1, observed=1.0))
    assert made.lines() == [
        f"{name}: no conflict with 10 deaths a month, so nothing is pooled" for name in (NONE, KNOWN)
    ]
    json = made.to_json()
    assert (json["by_forecast"], json["diplomacy"], json["pooled"][0]["covered"]) == ([], None, None)
    assert json["pooled"][0]["crps"]["ratio"] is None


def test_each_score_has_its_own_ratio():
    rows = war(0.5, 1.0)
    rows[0]["log_score"], rows[0]["interval_score"] = 4.0, 1.0
    (first,) = benchmark(a=rows).to_json()["pooled"]
    assert [first[s]["ratio"] for s in ("crps", "log_score", "interval_score")] == pytest.approx(
        [0.5, 2.0, 0.25]
    )
    assert (first["covered"], first["fair"]) == (1.0, 0.0)


def test_what_is_not_known_is_none_and_a_lone_ratio_has_no_interval():
    table = pd.DataFrame({"a": [1.0, np.nan], "b": ["x", "y"]})
    assert plain(table) == [{"a": 1.0, "b": "x"}, {"a": None, "b": "y"}]
    assert words(Ratio(0.5, float("nan"), float("nan"), 1)) == "0.500"
    assert words(Ratio(0.5, 0.25, 1.0, 3)) == "0.500 [0.250, 1.000]"


def test_a_figure_is_drawn_of_all_conflicts(monkeypatch):
    from detente.experiments.io import figures

    seen = {}
    monkeypatch.setattr(figures, "draw", lambda *parts, about: seen.update(name=parts[0], about=about))
    benchmark(a=war(0.5, 1.0)).plot()
    assert (seen["name"], seen["about"]) == ("benchmark", {"note": module.NOT_A_FORECAST, "runs": 8})
