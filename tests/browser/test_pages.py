"""Compare futures, Explore a sweep, Evidence and Lessons in a real browser: what is drawn is what the runs give."""

import csv
import io
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from figures_walk import faults

import detente
from detente.dashboards.app.controls import told
from detente.experiments.analysis.sensitivity import sensitivity
from detente.experiments.sweep.results import open_results

pytestmark = pytest.mark.browser

MINUTES = 4 * 60_000
DRAWN_SECONDS = 30
GRAPHICS = "GPU stall due to ReadPixels"
"""The browser's own remark on drawing parallel coordinates without a graphics card."""

DATA = "id => { const p = document.querySelector(`#${id} .js-plotly-plot`); return p && p._fullData ? p._fullData.map(t"
DATA += " => ({type: t.type, name: t.name, x: Array.from(t.x || []), y: Array.from(t.y || []), z: (t.z || []).map(r =>"
DATA += " Array.from(r))})) : [] }"


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory, compiled: None) -> Path:
    """A folder with a small sweep of the template, and beside it one that must not be reached."""
    from detente.experiments.sweep.sweep import sweep

    folder = tmp_path_factory.mktemp("pages")
    levers = {"recognition": "0,0.5,1", "direct_channel": "0,1"}
    for place in ("results/three", "secret"):
        sweep("template", policies=["status-quo"], levers=levers, runs=4, out=folder / place)
    return folder / "results"


@pytest.fixture(scope="module")
def pages(serve: Callable[..., Any], results: Path) -> str:
    return serve("--results", str(results)).url


@pytest.fixture
def opened(visit: Callable[..., Any], pages: str) -> Callable[..., Any]:
    """Open a page of a server that has the sweep."""

    def start(path: str, width: int = 1280, height: int = 800, theme: str = "light") -> Any:
        one = visit(width, height, theme, base=pages)
        one.allow(GRAPHICS)
        page = one.open(path)
        page.set_default_timeout(MINUTES)
        return page

    return start


def data(page: Any, name: str) -> list[dict[str, Any]]:
    return page.evaluate(DATA, name)


BUTTONS_OVER_WORDS = """() => [...document.querySelectorAll('.figure-place')].filter(f => {
  const bar = f.querySelector('.modebar')?.getBoundingClientRect();
  return bar && [...f.querySelectorAll('.gtitle, .gtitle-subtitle')].some(t => {
    const w = t.getBoundingClientRect();
    return w.bottom > bar.top && w.top < bar.bottom && w.right > bar.left;
  });
}).map(f => f.ariaLabel)"""


def bars(page: Any, name: str) -> dict[str, float]:
    """The bars of a figure by the words beside them."""
    return page.evaluate(
        """id => { const p = document.querySelector(`#${id} .js-plotly-plot`), a = p._fullLayout.yaxis;
        const words = y => a.ticktext ? a.ticktext[a.tickvals.indexOf(y)] : y, t = p._fullData[0];
        return Object.fromEntries(Array.from(t.y, (y, k) => [words(y), t.x[k]])) }""",
        name,
    )


def eventually(true: Callable[[], bool]) -> None:
    """Wait until something is so: a figure is drawn a little after the words beside it have changed."""
    deadline = time.monotonic() + DRAWN_SECONDS
    while not true():
        assert time.monotonic() < deadline, "it was not drawn in time"
        time.sleep(0.1)


def deaths_a_month(made: Any) -> Any:
    """The median of an ensemble's deaths a month, by month."""
    rows = made.fan()
    return rows.loc[rows["series"] == "deaths a month", "median"].to_numpy()


def status(page: Any, name: str, begins: str) -> None:
    page.wait_for_function(
        "([id, words]) => document.getElementById(id)?.textContent.startsWith(words)", arg=[name, begins]
    )


def test_moving_a_lever_draws_the_fan_and_outcomes_that_the_ensemble_gives(opened, snap):
    page = opened("/compare?case=template&policies=status-quo&base=status-quo")
    status(page, "compare-status", "500 runs")
    slider = page.locator("#compare-levers [role=slider]").first
    slider.focus()
    slider.press("End")
    page.wait_for_function("location.search.includes('lever.recognition=1')")
    status(page, "compare-status", "500 runs of each policy. Yours: “Status quo” with recognition 1")
    ours = detente.ensemble("template", "status-quo", runs=500, levers={"recognition": 1.0})
    theirs = detente.ensemble("template", "status-quo", runs=500)
    expected = [deaths_a_month(made) for made in (theirs, ours)]

    def drawn() -> bool:
        fans = [t["y"] for t in data(page, "compare-figure") if t["name"] == "median"][::2]
        return len(fans) == 2 and all(
            len(fan) == len(wanted) and np.allclose(np.array(fan, dtype=float), wanted, equal_nan=True)
            for fan, wanted in zip(fans, expected, strict=True)
        )

    assert not np.allclose(*expected, equal_nan=True)
    eventually(drawn)
    shares = {
        (t["name"], y): x
        for t in data(page, "compare-figure")
        if t["type"] == "bar"
        for x, y in zip(t["x"], t["y"], strict=True)
    }
    assert shares["settled", "yours"] == pytest.approx(ours.endings().get("settled", 0.0))
    found = page.locator("#compare-table tbody tr", has_text="Deaths a day").inner_text()
    mean = (ours.outcomes["deaths_per_day"] - theirs.outcomes["deaths_per_day"]).mean()
    assert told(mean, sign=True) in found
    snap(page, "compare")


def test_the_table_counts_provocations_where_nobody_is_killed(opened):
    page = opened("/compare?case=korea-2017&policies=status-quo&base=five-lessons")
    status(page, "compare-status", "500 runs")
    rows = page.locator("#compare-table tbody tr").all_inner_texts()
    assert rows[0].startswith("Provocations")
    assert not any("deaths" in row for row in rows)
    assert any(row.startswith("Trust at the end") and "0 to 1" in row for row in rows)


def test_an_address_of_compare_shows_the_same_again_and_a_bad_one_is_said(opened):
    page = opened("/compare?case=template&policies=status-quo&base=five-lessons&lever.mediation=0.25")
    status(page, "compare-status", "500 runs")
    assert "mediation 0.25" in page.inner_text("#compare-status")
    for path, words in (
        ("/compare?case=atlantis", "template"),
        ("/compare?lever.recognition=2", "from 0 to 1"),
        ("/compare?policies=a,b", "expected one of"),
        ("/compare?surprise=1", "surprise"),
        ("/lessons?lesson=9", "1 to 5"),
        ("/evidence?case=nowhere", "nowhere"),
        ("/where?cases=atlantis", "atlantis"),
        ("/where?runs=1000", "10, 20, 50, 100"),
    ):
        bad = opened(path)
        bad.wait_for_selector(".broken")
        assert words in bad.inner_text(".broken"), path
        assert bad.locator(".broken a").get_attribute("href") == path.partition("?")[0]


def test_a_sweep_is_drawn_and_a_cell_opens_a_run_live(opened, results, snap):
    page = opened("/explore?sweep=three")
    status(page, "explore-status", "24 of 24 runs, complete")
    page.wait_for_function(
        "document.querySelector('#explore-heat .js-plotly-plot')?._fullData?.[0]?.type === 'heatmap'"
    )
    (heat,) = data(page, "explore-heat")
    page.wait_for_selector("#explore-tables tbody tr", state="attached")
    assert not (found := faults(page)), found
    assert page.inner_text("#explore-words").startswith("Mean ")
    table = open_results(results / "three").table
    means = table.groupby(["direct_channel", "recognition"])["deaths_per_day"].mean().unstack()
    assert np.allclose(np.array(heat["z"], dtype=float), means.to_numpy())
    depends = bars(page, "explore-depends")
    found = sensitivity(results / "three", ["deaths_per_day"]).indices.set_index("factor")["value"]
    assert depends == pytest.approx({name.replace("_", " "): value for name, value in found.items()})
    plot = page.locator("#explore-heat .nsewdrag")
    plot.hover()
    assert page.evaluate(BUTTONS_OVER_WORDS) == []
    plot.click(position={"x": 20, "y": 20})
    link = page.locator("#explore-cell .open-live").first
    link.wait_for()
    assert "lever.recognition=0" in link.get_attribute("href")
    assert "4 runs" in page.inner_text("#explore-cell")
    snap(page, "explore")
    link.click()
    page.wait_for_url("**/live?case=template*")
    page.wait_for_selector(".live")


def test_data_and_figure_of_a_sweep_can_be_taken_along(opened, results):
    page = opened("/explore?sweep=three")
    status(page, "explore-status", "24 of 24 runs")
    with page.expect_download() as got:
        page.click("#explore-csv")
    rows = list(csv.DictReader(io.StringIO(Path(got.value.path()).read_text())))
    table = open_results(results / "three").table
    assert [float(r["fatalities"]) for r in rows] == pytest.approx(table["fatalities"].tolist())
    assert {r["scenario_sha256"] for r in rows} == set(table["scenario_sha256"])
    with page.expect_download() as got:
        page.click("#explore-html")
    text = Path(got.value.path()).read_text(encoding="utf-8")
    assert '"type":"heatmap"' in text
    assert table["scenario_sha256"].iloc[0][:12] in text, "what it is made from goes along"


@pytest.mark.parametrize("name", ["../secret", "/etc", "three/../../secret", "%00", "missing"])
def test_a_path_outside_the_results_folder_is_refused(opened, name):
    page = opened(f"/explore?sweep={name}")
    page.wait_for_selector(".broken")
    words = page.inner_text(".broken")
    assert "outside the results folder" in words or "expected" in words
    assert "fatalities" not in words


def test_a_damaged_or_filling_sweep_says_how_much_is_there(opened, results, tmp_path):
    import shutil

    copy = results / "filling"
    shutil.copytree(results / "three", copy)
    try:
        for chunk in sorted(copy.glob("chunk-*.parquet"))[1:]:
            chunk.unlink()
        done = open_results(copy)
        page = opened("/explore?sweep=filling")
        status(page, "explore-status", f"{done.n_done:,} of {done.n_runs:,} runs")
        if not done.complete:
            assert "still filling" in page.inner_text("#explore-status")
            for chunk in (results / "three").glob("chunk-*.parquet"):
                shutil.copy(chunk, copy)
            status(page, "explore-status", "24 of 24 runs, complete")
        (copy / "_manifest.json").write_text("{}")
        bad = opened("/explore?sweep=filling")
        bad.wait_for_selector(".broken")
    finally:
        shutil.rmtree(copy)


def test_evidence_lists_every_parameter_with_its_grade_and_computes_on_request(opened, snap):
    from detente.experiments.runs.inputs import declared_parameters

    page = opened("/evidence?case=template")
    page.wait_for_selector("#evidence-parameter-table")
    names = page.locator("#evidence-parameter-table tbody tr td:first-child").all_inner_texts()
    assert names == list(declared_parameters())
    grades = page.locator("#evidence-parameter-table tbody tr td:last-child").all_inner_texts()
    assert set(grades) <= {"measured", "sign", "judgement", "calibrated"}
    assert "does not forecast" in page.inner_text(".limits")
    sources = page.locator("#evidence-parameter-table tbody tr td:nth-child(6)").all_inner_texts()
    page.wait_for_selector("#evidence-references li")
    listed = page.locator("#evidence-references li strong").all_inner_texts()
    assert listed == sorted(set(sources) - {"assumption"})
    assert "Kydd, A. H. (2005). Trust and Mistrust" in page.inner_text("#evidence-references")
    page.click("#evidence-audit-go")
    status(page, "evidence-audit-state", "Computing")
    status(page, "evidence-audit-state", "Computed")
    page.wait_for_selector("#evidence-audit-table")
    assert page.locator("#evidence-audit-table tbody tr").count() > 20
    snap(page, "evidence")


WHOLE = {
    "/compare?case=template&policies=status-quo&base=status-quo": ("compare-status", "500 runs"),
    "/explore": ("explore-status", "24 of 24 runs"),
    "/evidence": ("evidence-audit-state", "Not computed"),
    "/where": ("where-status", "The shipped result"),
    "/": ("question-status", "Predict, then decide"),
    "/lessons?case=template": ("question-status", "Predict, then decide"),
}
"""Pages, and the words that stand on each once it is whole."""
FIGURES_DRAWN = """[...document.querySelectorAll('.figure-place .js-plotly-plot')].filter(p => p.offsetParent).every(
    p => p._fullData?.length && p.querySelector('.main-svg')?.getBoundingClientRect().width > 0)"""


@pytest.mark.parametrize("path", WHOLE)
@pytest.mark.parametrize(("width", "height", "theme"), [(390, 844, "light"), (1280, 800, "dark")])
def test_pages_fit_their_window(opened, snap, path, width, height, theme):
    page = opened(path, width, height, theme)
    page.wait_for_selector("#page h1")
    status(page, *WHOLE[path])
    page.wait_for_function(FIGURES_DRAWN)
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 1, "the page scrolls sideways"
    assert "not a forecast" in page.inner_text("body").lower()
    snap(page, f"{path.partition('?')[0][1:] or 'question'}-{width}-{theme}")
