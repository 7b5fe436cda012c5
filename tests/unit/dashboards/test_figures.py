"""Figures draw the numbers they are given, and stand alone."""

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import detente
from detente.agents.codes import EVENTS
from detente.dashboards.figures.compare import ACROSS, heads_above, lines_above
from detente.dashboards.figures.run import LANES, MARKS
from detente.dashboards.figures.style import told_apart
from detente.experiments.compare.policies import Comparison
from detente.experiments.io.figures import NoFigureError, draw
from detente.experiments.io.files import write_figure

CASE = "afghanistan-2018"
OBSERVED = [1753, 1544, 1525, 1809, 2632, 1773, 2912, 2757, 2409, 2473, 2880, 2422]
"""UCDP monthly deaths of 2018, as the case file has them."""


@pytest.fixture(scope="module")
def run() -> Any:
    return detente.run(CASE, "history", seed=4)


@pytest.fixture(scope="module")
def run_figure(run: Any) -> Any:
    return run.plot()


@pytest.fixture(scope="module")
def compared() -> Comparison:
    return detente.compare(CASE, ["history", "five-lessons"], runs=30)


@pytest.fixture(scope="module")
def compare_figure(compared: Comparison) -> Any:
    return compared.plot()


def traces(figure: Any, name: str) -> list[Any]:
    return [t for t in figure.data if t.name == name]


def words(figure: Any) -> str:
    """Title and the line below it, without markup."""
    title = figure.layout.title
    return re.sub("<[^>]*>", "", f"{title.text} {title.subtitle.text}")


def dates(values: Any) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(pd.to_datetime(list(values)))


# -- one run


def test_every_event_has_a_mark_and_every_mark_a_lane():
    assert set(MARKS) == set(EVENTS)
    assert {mark.lane for mark in MARKS.values()} == set(LANES)


def test_a_title_says_where_it_comes_from_and_what_it_is_not(run_figure: Any, run: Any):
    told = words(run_figure)
    for part in (
        "Afghanistan",
        "history",
        "until 2018-07-22",
        "seed 4",
        detente.__version__,
        "not a forecast",
    ):
        assert part in told
    assert run.about["scenario_sha256"][:12] in told


def test_weekly_bars_hold_every_death(run_figure: Any, run: Any):
    between, spoilt = traces(run_figure, "between the parties")[0], traces(run_figure, "by spoilers")[0]
    weeks = len(between.x)
    assert weeks == 1339 // 7
    counted = between.customdata[:, 0].sum() + spoilt.customdata[:, 0].sum()
    assert counted == pytest.approx(run.series["tally.fatalities"].iloc[weeks * 7])
    attacks = between.customdata[:, 1].sum()
    assert attacks == pytest.approx(run.series["tally.attacks"].iloc[weeks * 7])
    rate = np.add(between.y, spoilt.y) * 7 / (365.25 / 12)
    assert rate.sum() == pytest.approx(counted)


def test_observed_months_stand_at_their_dates(run_figure: Any):
    (seen,) = traces(run_figure, "observed")
    assert list(seen.y) == OBSERVED
    assert [f"{day:%Y-%m}" for day in dates(seen.x)] == [f"2018-{month:02}" for month in range(1, 13)]
    assert "Uppsala" in seen.customdata[0][0]


def test_the_source_and_licence_of_observed_points_stand_below_the_panels(
    run_figure: Any, compare_figure: Any
):
    for figure in (run_figure, compare_figure):
        notices = [note.text for note in figure.layout.annotations if note.text.startswith("Observed: ")]
        assert len(notices) == 1
        assert "CC BY 4.0" in notices[0]


def test_trust_is_drawn_for_those_who_fight(run_figure: Any, run: Any):
    drawn = {t.name for t in run_figure.data if t.legend == "legend2"}
    assert drawn == {
        "United States in Taliban",
        "Taliban in United States",
        "Afghan government in Taliban",
        "Taliban in Afghan government",
    }
    (line,) = traces(run_figure, "Taliban in United States")
    np.testing.assert_array_equal(line.y, run.series["dyads.taliban>united-states.trust"])
    assert dates(line.x)[0] == pd.Timestamp("2018-01-01")


def test_every_event_is_marked_with_its_sentence(run_figure: Any, run: Any):
    for kind, chosen in run.events.groupby("event"):
        (marks,) = traces(run_figure, str(kind))
        assert list(dates(marks.x)) == list(chosen["date"])
        assert [told for (told,) in marks.customdata] == list(chosen["sentence"])


def test_fire_held_is_a_bar_per_side(run_figure: Any):
    """In June 2018 the government held fire from the 12th to the 29th, the Taliban over the three days of Eid."""
    ours = traces(run_figure, "fire held, Afghan government → Taliban")[0]
    theirs = traces(run_figure, "fire held, Taliban → Afghan government")[0]
    assert list(dates(theirs.x)) == [pd.Timestamp("2018-06-15"), pd.Timestamp("2018-06-18")]
    assert dates(ours.x)[0] == pd.Timestamp("2018-06-12")
    assert dates(ours.x)[1] <= pd.Timestamp("2018-06-30")
    assert dates(ours.x)[1] > dates(theirs.x)[1]


def test_days_in_ceasefire_are_shaded(run_figure: Any, run: Any):
    columns = [c for c in run.series.columns if c.endswith(".truce_state")]
    in_force = int((run.series[columns] == 2).any(axis=1).sum())
    boxes = [s for s in run_figure.layout.shapes if s.type == "rect" and s.yref == "y domain"]
    shaded = sum((pd.Timestamp(s.x1) - pd.Timestamp(s.x0)).days for s in boxes)
    assert abs(shaded - in_force) <= 1
    assert in_force > 2


def test_the_pivot_is_marked(run_figure: Any):
    lines = {pd.Timestamp(s.x0) for s in run_figure.layout.shapes if s.type == "line"}
    assert lines == {pd.Timestamp("2018-07-23")}


def test_a_case_without_observations_has_none():
    figure = detente.run("template", "opening", engine="mesa").plot()
    assert traces(figure, "observed") == []
    assert len(traces(figure, "by spoilers")[0].x) == 730 // 7


def test_drawing_changes_no_table(run: Any):
    before = run.series.copy(), run.events.copy()
    run.plot()
    pd.testing.assert_frame_equal(run.series, before[0])
    pd.testing.assert_frame_equal(run.events, before[1])


# -- a comparison


def test_a_comparison_says_where_it_comes_from(compare_figure: Any, compared: Comparison):
    told = words(compare_figure)
    for part in (
        "30 runs per policy",
        "seeds 1 to 30",
        detente.__version__,
        "not a forecast",
        "23 July 2018 (as recorded to 22 July 2018)",
    ):
        assert part in told
    lines = compare_figure.layout.title.subtitle.text.split("<br>")
    assert max(map(len, lines)) < 150, "no line runs out of a figure of 1,400 px"
    heads = [re.sub("<[^>]*>", "", a.text) for a in compare_figure.layout.annotations]
    assert {"History", "Five lessons"} <= set(heads)
    assert not any("five-lessons" in head for head in heads)


def test_headings_of_four_policies_lie_beside_each_other():
    about = {"policies": {}}
    for name in ("history", "five-lessons", "without-confidence-building", "without-parallel-tracks"):
        mode = "until 2018-07-22" if name == "history" else "free"
        about["policies"][name] = {"title": name.replace("-", " ").capitalize(), "mode": mode}
    heads = heads_above(about)
    lines = [re.sub("<[^>]*>", "", line) for head in heads.values() for line in head]
    assert max(map(len, lines)) * len(heads) <= ACROSS
    assert lines[:3] == ["History", "as recorded to 22", "July 2018"]
    assert lines_above(about) == max(map(len, heads.values())) - 1


def test_policies_that_are_called_alike_are_told_apart():
    assert told_apart({"a": "Quiet", "b": "Quiet", "c": "Loud"}) == {
        "a": "Quiet [a]",
        "b": "Quiet [b]",
        "c": "Loud",
    }


def test_shares_stand_with_a_space_before_per_cent(compare_figure: Any):
    shares = [text for bars in compare_figure.data if bars.type == "bar" for text in bars.text if text]
    assert shares
    assert all(re.fullmatch(r"\d+ %", text) for text in shares)
    ticks = [axis.ticktext for axis in compare_figure.select_xaxes() if axis.ticktext]
    assert ticks == [("0 %", "50 %", "100 %")]


def test_the_legend_of_endings_lies_below_the_source(compare_figure: Any):
    (notice,) = [a for a in compare_figure.layout.annotations if a.text.startswith("Observed: ")]
    legend = compare_figure.layout.legend2
    assert (legend.yref, legend.y, legend.yanchor) == ("container", 0, "bottom")
    assert compare_figure.layout.margin.b + notice.yshift >= 50, (
        "a line of source, and one of legend below it"
    )


def test_fans_are_the_quantiles_of_the_runs(compare_figure: Any, compared: Comparison):
    medians = traces(compare_figure, "median")
    assert len(medians) == 4
    tidy = compared.ensembles[0].monthly
    deaths = tidy[tidy["series"] == "deaths"].pivot(index="seed", columns="date", values="value")
    np.testing.assert_allclose(medians[0].y, deaths.median().to_numpy(), rtol=1e-6)
    np.testing.assert_allclose(medians[0].customdata[:, 0], deaths.quantile(0.1).to_numpy(), rtol=1e-5)
    assert list(medians[0].customdata[:, 2]) == list(deaths.notna().sum())


@pytest.mark.parametrize(
    ("level", "low", "high"), [("50", 0.25, 0.75), ("80", 0.1, 0.9), ("95", 0.025, 0.975)]
)
def test_bands_hold_their_share(
    compare_figure: Any, compared: Comparison, level: str, low: float, high: float
):
    lower, upper = traces(compare_figure, f"middle {level} % of runs")[:2]
    tidy = compared.ensembles[0].monthly
    deaths = tidy[tidy["series"] == "deaths"].pivot(index="seed", columns="date", values="value")
    np.testing.assert_allclose(lower.y, deaths.quantile(low).to_numpy(), rtol=1e-5)
    np.testing.assert_allclose(upper.y, deaths.quantile(high).to_numpy(), rtol=1e-5)
    assert upper.fill == "tonexty"


def test_observed_months_are_drawn_with_every_fan(compare_figure: Any):
    seen = traces(compare_figure, "observed deaths")
    assert [list(t.y) for t in seen] == [OBSERVED, OBSERVED]
    assert [t.showlegend for t in seen] == [True, False]


def test_endings_are_the_shares(compare_figure: Any, compared: Comparison):
    shares = compared.endings()
    ended = {"collapse": "collapse", "fighting_on": "fighting on", "partial_settlement": "settled in part"}
    for reason in set(ended) & set(shares.columns):
        (bars,) = traces(compare_figure, ended[reason])
        drawn = dict(zip(bars.y, bars.x, strict=True))
        assert drawn == pytest.approx(shares[reason].to_dict())


@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_any_number_of_policies_is_drawn(n: int):
    """Each policy has its own column of fans, which do not overlap."""
    part = detente.ensemble("template", "status-quo", runs=3)
    fan, outcomes, about = part.fan(), part.outcomes, Comparison((part,)).ensembles[0].about
    names = [f"policy-{k}" for k in range(n)]
    figure = draw(
        "compare",
        pd.concat([fan.assign(policy=name) for name in names]),
        pd.concat([outcomes.assign(policy=name) for name in names]),
        pd.DataFrame(columns=["date", "series", "value", "unit", "source"]),
        about={
            **about,
            "title": "T",
            "note": "not a forecast",
            "pivot": "2030-03-01",
            "policies": {name: {"title": name, "mode": "free"} for name in names},
            "units": {},
            "meanings": {},
        },
    )
    medians = traces(figure, "median")
    assert len(medians) == 2 * n
    spans = sorted({tuple(figure.layout[t.xaxis.replace("x", "xaxis")].domain) for t in medians})
    assert len(spans) == n
    assert all(left[1] < right[0] for left, right in pairwise(spans))


# -- finding and writing figures


def test_an_unknown_figure_is_said_to_be_missing():
    with pytest.raises(
        NoFigureError, match=r"'portrait': no portrait_figure in dashboards/figures/portrait\.py draws it"
    ):
        draw("portrait")


def test_a_written_figure_stands_alone(run_figure: Any, tmp_path: Path):
    path = tmp_path / "run.html"
    height = run_figure.layout.height
    write_figure(run_figure, path)
    page = path.read_text(encoding="utf-8")
    assert "Plotly.newPlot" in page
    assert len(page) > 1_000_000
    tags = re.findall(r"<(?:script|link|img|iframe)\b[^>]*>", page.split("<body>")[0] + page[-20_000:])
    assert [tag for tag in tags if "src=" in tag or "href=" in tag] == []
    assert not re.search(r"<script[^>]+src=", page)
    assert "<title>Afghanistan, 2018 to 2021: one run, policy “history”</title>" in page
    assert run_figure.layout.height == height
    assert list(tmp_path.iterdir()) == [path]


def test_where_attacks_kill_nobody_the_provocations_are_drawn():
    run = detente.run("korea-2017", "history", seed=1, mode="conditioned", engine="mesa")
    figure = run.plot()
    assert figure.layout.yaxis.title.text == "provocations a month"
    bars = [trace for trace in figure.data if trace.type == "bar" and trace.name.startswith("by ")]
    assert {trace.name for trace in bars} >= {"by North Korea"}
    drawn = sum(float(trace.customdata[:, 0].sum()) for trace in bars)
    assert 0.0 < drawn <= run.outcomes["attacks"]
    assert drawn > 0.9 * run.outcomes["attacks"]
    (seen,) = traces(figure, "observed")
    assert seen.y.max() <= 30


def test_every_end_of_a_run_has_words_and_a_colour_everywhere():
    from importlib.resources import files

    from detente.agents.codes import END_REASONS
    from detente.dashboards.figures.style import END_COLOURS
    from detente.experiments.runs.outcomes import END_WORDS

    live = (files("detente.dashboards") / "app/assets/live/chronicle.mjs").read_text(encoding="utf-8")
    ends = live[live.index("export const ENDINGS") : live.index("};", live.index("export const ENDINGS"))]
    for reason in END_REASONS:
        assert f"{reason}: " in ends
        assert reason in END_WORDS
        assert reason in END_COLOURS
