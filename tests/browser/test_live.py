"""The live page, driven as a viewer drives it; what the charts hold is compared with the engine's own numbers."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from live_page import LIVE, answered, changed, ready, said, sha, step_in

from detente.dashboards.app.plain_words import chronicle_words
from detente.experiments.runs.ensemble import ensemble
from detente.experiments.runs.replay import Recipe, recipe_of
from detente.experiments.runs.run import Run

pytestmark = pytest.mark.browser

CASE, POLICY = "afghanistan-2018", "five-lessons"
START = f"/?case={CASE}&policy={POLICY}&seed=3&date=2018-10-01"
SIZES = (
    (1280, 800, "light"),
    pytest.param(1280, 800, "dark", marks=pytest.mark.acceptance),
    pytest.param(1920, 1080, "light", marks=pytest.mark.acceptance),
    (1920, 1080, "dark"),
    (390, 844, "light"),
)
TRUCE = "United States and Taliban declare a ceasefire"
MEASURE = "United States: Delisting from United Nations sanctions"

TRACES = f"""name => {LIVE}.charts.plot.data.filter(t => t.name === name).map(t => ({{
    x: Array.from(t.x, x => +new Date(x)), y: Array.from(t.y), panel: t.meta && t.meta.panel}}))"""


def day(page: Any) -> int:
    return page.evaluate(f"Math.floor({LIVE}.player.day)")


def recipe(**more: Any) -> Recipe:
    return recipe_of({"case": CASE, "policy": POLICY, "seed": 3, **more}, "a test")


def trust(run: Run, dyad: str) -> Any:
    return run.trajectory.series(f"dyads.{dyad}.trust")


def test_the_charts_hold_the_engine_s_numbers(visit: Callable[..., Any], compiled: None) -> None:
    page = ready(visit().open(START))
    run = recipe().run()
    assert sha(page) == run.trajectory.sha256
    dyad = "united-states>taliban"
    lines = {line["panel"]: line for line in page.evaluate(TRACES, "United States → Taliban")}
    assert np.allclose(lines["trust"]["y"], trust(run, dyad), atol=1e-6)
    assert np.allclose(lines["readiness"]["y"], run.trajectory.series(f"dyads.{dyad}.readiness"), atol=1e-6)
    first = np.datetime64(run.start.scenario.case.start)
    dates = np.array(lines["trust"]["x"], dtype="int64").astype("datetime64[ms]").astype("datetime64[D]")
    assert (dates == first + np.arange(len(dates))).all()
    (capital,) = (t for t in page.evaluate(TRACES, "Taliban") if t["panel"] == "capital")
    assert np.allclose(capital["y"], run.trajectory.series("parties.taliban.capital"), atol=1e-6)
    weeks = page.evaluate(
        f"{LIVE}.charts.plot.data.filter(t => t.type === 'bar').map(t => Array.from(t.customdata))"
    )
    whole = len(weeks[0]) * 7
    assert np.isclose(np.sum(weeks), run.trajectory.series("tally.fatalities")[whole], rtol=1e-4)


def test_ceasefires_are_bands_where_the_engine_has_them(visit: Callable[..., Any], compiled: None) -> None:
    page = ready(visit().open(START))
    run = recipe().run()
    held = np.zeros(len(run.trajectory.rows), dtype=bool)
    for name in run.start.cast.pairs:
        held |= run.trajectory.series(f"pairs.{name}.truce_state") >= 2
    assert held.any()
    drawn = page.evaluate(
        f"{LIVE}.charts.plot.layout.shapes.filter(s => s.type === 'rect').map(s => [{LIVE}.run.first, s.x0, s.x1])"
    )
    shaded = np.zeros_like(held)
    for first, x0, x1 in drawn:
        shaded[round((x0 - first) / 864e5) : round((x1 - first) / 864e5)] = True
    assert (shaded[:-1] == held[:-1]).all()


def told(page: Any) -> list[str]:
    """The lines of the chronicle that are shown, newest first."""
    return page.eval_on_selector_all(".lines li:not([hidden])", "items => items.map(i => i.innerText)")


def test_events_and_chronicle_tell_what_happened(visit: Callable[..., Any], compiled: None) -> None:
    page = ready(visit().open(START))
    events = recipe().run().events
    talks = events[events["event"] == "track_opened"]
    (marks,) = page.evaluate(TRACES, "track_opened")
    assert len(marks["x"]) == len(talks)
    shown = told(page)
    until = events[events["date"] <= "2018-10-01"]
    assert all(any(chronicle_words(s) in line for s in until["sentence"]) for line in shown)
    days = [datetime.strptime(line.splitlines()[0], "%d %b %Y") for line in shown]
    assert days == sorted(days, reverse=True)
    last = until[until["event"] == "track_opened"]["sentence"].iloc[-1]
    assert any(last in line for line in shown)
    page.check("#live-all")
    every = {(row.date, row.sentence) for row in until.itertuples()}
    assert len(told(page)) == len(every) > len(shown)
    page.uncheck("#live-all")
    page.focus("#live-slider")
    page.keyboard.press("End")
    assert len(page.query_selector_all(".lines li:not([hidden])")) > len(shown)
    assert page.query_selector(".lines li.latest") is not None


def test_the_run_plays_pauses_steps_and_scrubs(visit: Callable[..., Any]) -> None:
    page = ready(visit().open(START))
    began = day(page)
    cover = "document.querySelector('.cover').style.transform"
    before = page.evaluate(cover)
    page.keyboard.press(" ")
    page.wait_for_function(f"d => {LIVE}.player.day > d + 20", arg=began)
    page.keyboard.press(" ")
    assert not page.evaluate(f"{LIVE}.player.playing")
    assert page.evaluate(cover) != before
    here = day(page)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    assert day(page) == here + 1
    page.fill("#live-date", "2020-02-29")
    page.dispatch_event("#live-date", "change")
    assert page.inner_text("#live-today") == "29 February 2020"
    page.focus("#live-slider")
    page.evaluate(
        "const s = document.getElementById('live-slider'); s.value = 100; s.dispatchEvent(new Event('input'))"
    )
    assert day(page) == 100
    assert page.inner_text("#live-today") == "11 April 2018"


def test_while_it_plays_the_line_keeps_to_the_day_and_the_panels_follow(visit: Callable[..., Any]) -> None:
    page = ready(visit().open(START))
    page.evaluate(f"{LIVE}.player.play()")
    page.wait_for_timeout(3000)
    astray, behind, shown = page.evaluate(f"""() => new Promise(done => requestAnimationFrame(() => {{
        const l = {LIVE}, x = node => new DOMMatrix(getComputedStyle(node).transform).e;
        const rest = x(document.querySelector(".cover")), strip = x(document.querySelector(".cover-strip"));
        const line = x(document.querySelector(".cover-line")), edge = strip + x(document.querySelector(".cover-edge"));
        done([[l.player.day / l.run.horizon * l.charts.width - line, edge - line, line - Math.max(line, strip),
            rest - Math.max(line, rest)], l.player.day - l.network.shown * l.run.step_days, l.dayKey]) }}))""")
    assert np.allclose(astray, 0, atol=5), "the line, the cover's edge and the strip are where the day is"
    assert 0 <= behind < page.evaluate(f"{LIVE}.player.speed") * 2
    assert shown > "2018-10-01"
    page.evaluate(f"{LIVE}.player.pause()")
    assert page.evaluate(f"{LIVE}.network.shown * {LIVE}.run.step_days") == day(page)
    assert page.evaluate(f"{LIVE}.dayKey === {LIVE}.run.stamp({LIVE}.player.day)")
    assert int(page.input_value("#live-slider")) == day(page)


def test_a_drag_over_the_charts_scrubs(visit: Callable[..., Any]) -> None:
    page = ready(visit().open(START))
    box = page.locator(".cover-window").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 120, steps=4)
    page.mouse.up()
    whole = page.evaluate(f"{LIVE}.run.horizon")
    assert abs(day(page) - whole / 2) < whole * 0.02


def test_the_address_holds_the_state(visit: Callable[..., Any]) -> None:
    page = ready(visit().open(START))
    page.keyboard.press("PageDown")
    page.wait_for_function("location.search.includes('date=2018-10-31')")
    changed(page, lambda: page.click("button[aria-label='Next seed']"))
    address, here = page.url, sha(page)
    assert "seed=4" in address
    again = ready(visit().open(address[address.index("/live?") :]))
    assert sha(again) == here
    assert again.inner_text("#live-today") == "31 October 2018"


def test_a_lever_and_a_parameter_make_another_run(visit: Callable[..., Any], compiled: None) -> None:
    page = ready(visit().open(START))
    page.click("#tab-levers")
    slide = """v => { const s = document.getElementById('lever-mediation');
        s.value = v; s.dispatchEvent(new Event('change')) }"""
    changed(page, lambda: page.evaluate(slide, 0.15))
    assert sha(page) == recipe(levers={"mediation": 0.15}).run().trajectory.sha256
    assert "lever.mediation=0.15" in page.url

    def set_parameter() -> None:
        page.select_option("#live-parameter", "trust.memory")
        page.fill("#live-parameter-value", "300")
        page.click(".parameters button:text-is('Set')")

    changed(page, set_parameter)
    wanted = recipe(levers={"mediation": 0.15}, parameters={"trust.memory": 300})
    assert sha(page) == wanted.run().trajectory.sha256


def test_a_decision_changes_what_follows_and_can_be_edited_and_undone(
    visit: Callable[..., Any], compiled: None
) -> None:
    page = ready(visit().open(START))
    plain = sha(page)
    before = np.array(page.evaluate(TRACES, "United States → Taliban")[0]["y"])

    def without_dates() -> None:
        page.select_option("#live-move", label=TRUCE)
        page.fill("#live-move-date", "2018-10-01")
        for field in ("from", "until"):
            page.fill(f"#live-field-{field}", "")
        page.click("#live-decide")

    changed(page, without_dates)
    decision = {"date": "2018-10-01", "sort": "joint", "do": "offer_truce"}
    decision |= {"actor": "united-states", "to": "taliban"}
    assert sha(page) == recipe(decision=[decision]).run().trajectory.sha256
    after = np.array(page.evaluate(TRACES, "United States → Taliban")[0]["y"])
    days = 273  # from 1 January to 1 October 2018
    assert (before[: days + 1] == after[: days + 1]).all()
    assert (before[days + 1 :] != after[days + 1 :]).any()
    assert TRUCE in page.inner_text("#live-log")
    assert page.inner_text("#live-today") == "1 October 2018"

    page.click("#live-log button:text-is('edit')")
    changed(page, lambda: (page.fill("#live-move-date", "2018-11-05"), page.click("#live-decide")))
    moved = {**decision, "date": "2018-11-05"}
    assert sha(page) == recipe(decision=[moved]).run().trajectory.sha256
    changed(page, lambda: page.click("#live-undo"))
    assert sha(page) == plain
    assert "No decisions" in page.inner_text("#live-log")


def test_every_kind_of_move_is_offered_and_made(visit: Callable[..., Any]) -> None:
    page = ready(visit().open(START))
    wanted = (
        "Taliban offers Afghan government a ceasefire",
        "Open: Meetings of unofficial envoys (backchannel)",
        "United States: Suspension of air strikes and offensive operations",
        "Afghan government: Release of prisoners by Kabul",
        "Taliban invites mediators (Qatar, United Nations, Pakistan)",
        "Taliban walks out of: US-Taliban talks",
        "United States draws down its forces",
        "United States sets direct channel",
    )
    for k, label in enumerate(wanted):
        changed(page, lambda label=label, k=k: step_in(page, label, f"2018-10-{k + 1:02d}"))
    page.select_option("#live-move", label=MEASURE)
    page.check("#live-rule-out")
    changed(page, lambda: page.click("#live-decide"))
    assert f"Ruled out: {MEASURE}" in page.inner_text("#live-log")
    assert len(page.query_selector_all("#live-log li")) == len(wanted) + 1
    told = page.evaluate(f"{LIVE}.run.events.map(e => e[2]).join('\\n')")
    for words in (
        "offers Afghan government a ceasefire",
        "unofficial envoys open",
        "rules out: step of a measure",
    ):
        assert words in told
    assert "mediation set to 1.00 (your decision)" in told
    page.keyboard.press("End")
    lines = page.inner_text(".chronicle .lines")
    assert "Meetings of unofficial envoys open between Afghan government and Taliban (your decision)" in lines
    assert "(policy)" in lines, "what the policy imposes stays the policy's"


def test_two_tracks_of_one_form_have_different_words_on_the_network(visit: Callable[..., Any]) -> None:
    page = ready(visit().open("/?case=korea-2017&policy=history&mode=conditioned"))
    both = f"""() => {{ const r = {LIVE}.run, open = n => r.col(`tracks.${{n}}.is_open`);
        const k = open("inter-korean").findIndex((v, k) => v > 0 && open("inter-korean-summit")[k] > 0);
        {LIVE}.player.seek(k * r.step_days); return k }}"""
    assert page.evaluate(both) > 0
    plates = page.locator(".network .pill-text tspan").all_text_contents()
    assert (
        len({p.split(" ")[0] for p in plates if " talks: " in p and " of " in p} & {"senior", "summit"}) == 2
    )


def replayed(path: Path) -> dict[str, Any]:
    """What the command line makes of a replay file."""
    done = subprocess.run(
        [sys.executable, "-m", "detente", "run", "--replay", str(path), "--json"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return json.loads(done.stdout)


def test_a_saved_run_replays_byte_for_byte(visit: Callable[..., Any], tmp_path: Path) -> None:
    page = ready(visit().open(START))
    changed(page, lambda: step_in(page, TRUCE, "2018-10-01"))
    with page.expect_download() as waiting:
        page.click("#live-save")
    file = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(file)
    assert replayed(file)["trajectory_sha256"] == sha(page)

    other = ready(visit().open("/?case=korea-2017"))
    changed(other, lambda: other.set_input_files("#live-file", str(file)))
    assert sha(other) == sha(page)
    assert TRUCE in other.inner_text("#live-log")


def test_a_file_that_is_no_replay_is_refused(visit: Callable[..., Any], tmp_path: Path) -> None:
    window = visit()
    window.allow("400")
    page = ready(window.open(START))
    here = sha(page)
    bad = tmp_path / "bad.toml"
    for text, expected in (
        ("not toml [", "is not valid TOML"),
        ("replay = 2", "replay: got 2"),
        ('replay = 1\ncase = "../x"\npolicy = "y"', "../x"),
    ):
        bad.write_text(text, encoding="utf-8")
        words = answered(page, lambda: page.set_input_files("#live-file", str(bad)))
        assert expected in words
        assert page.locator(".notice-error").count() == 1
        page.click(".notes button")
        assert page.locator(".notes .notice").count() == 0
    assert sha(page) == here


def test_a_branch_shows_both_futures(visit: Callable[..., Any], compiled: None) -> None:
    page = ready(visit().open(START))
    page.click("#live-branch")
    page.wait_for_function(f"{LIVE}.otherRun")
    ready(page)
    changed(page, lambda: page.select_option("#live-branch-policy", "status-quo"))
    plain, taken = recipe().run(), recipe(branch_at="2018-10-01", branch_to="status-quo").run()
    assert sha(page) == taken.trajectory.sha256
    dyad, name = "united-states>taliban", "United States → Taliban"
    assert np.allclose(page.evaluate(TRACES, name)[0]["y"], trust(taken, dyad), atol=1e-6)
    assert np.allclose(
        page.evaluate(TRACES, f"{name}, the other future")[0]["y"], trust(plain, dyad), atol=1e-6
    )
    address = page.url
    page.click("#live-swap")
    page.wait_for_function(f"s => {LIVE}.run.sha256 === s", arg=plain.trajectory.sha256)
    again = ready(visit().open(address[address.index("/live?") :]))
    assert sha(again) == taken.trajectory.sha256
    assert again.evaluate(f"{LIVE}.otherRun.sha256") == plain.trajectory.sha256
    again.click("#live-join")
    again.wait_for_function(f"!{LIVE}.otherRun")


def test_a_fan_is_drawn_for_both_futures(visit: Callable[..., Any], compiled: None) -> None:
    page = ready(visit().open(START))
    page.click("#live-branch")
    page.wait_for_function(f"{LIVE}.otherRun")
    ready(page)
    changed(page, lambda: page.select_option("#live-branch-policy", "status-quo"))
    page.click("#live-fan")
    page.wait_for_function(f"{LIVE}.fans && {LIVE}.fans[0].runs === 500", timeout=120_000)
    ready(page)
    other = "median of 500 runs, the other future"
    page.wait_for_function(f"name => {LIVE}.charts.plot.data.some(t => t.name === name)", arg=other)
    fan = ensemble(CASE, POLICY, runs=500).fan()
    wanted = fan[fan["series"] == "mean trust"]["median"].to_numpy()
    drawn = [t for t in page.evaluate(TRACES, other) if t["panel"] == "trust"]
    assert np.allclose(drawn[0]["y"], wanted, atol=1e-3)
    assert page.evaluate(f"{LIVE}.charts.plot.data.some(t => t.meta && t.meta.fan === 0)")
    page.click("#live-fan")
    page.wait_for_function(f"{LIVE}.charts.plot.data.every(t => !t.meta || t.meta.fan === undefined)")


BAD_ADDRESSES = (
    "case=nowhere",
    "seed=abc",
    "until=2018-99-99&mode=until",
    "lever.nothing=1",
    "param.trust.memory=nan",
    "decisions=%00%ff",
    "colour=red",
)
MORE_BAD_ADDRESSES = (
    "case=../../etc/passwd",
    "policy=none",
    "seed=-4",
    "seed=1e400",
    "theory=x",
    "mode=q",
    "lever.mediation=2",
    "param.x.y=1",
    "date=1950-01-01",
    "other=zzzz",
    "branch_at=2018-10-01",
    "step_days=0.1",
)
"""Of the same kinds as those tried at every change."""


@pytest.mark.parametrize(
    "bad",
    [*BAD_ADDRESSES, *(pytest.param(bad, marks=pytest.mark.acceptance) for bad in MORE_BAD_ADDRESSES)],
)
def test_a_bad_address_is_answered_in_the_page(bad: str, visit: Callable[..., Any]) -> None:
    window = visit()
    window.allow("400")
    page = ready(window.open("/?" + bad))
    message = said(page)
    key = re.split(r"[=.&]", bad)[0].rstrip("s")
    assert key.split("_")[0][:5] in message
    assert page.evaluate(f"{LIVE}.recipe.case") == CASE


def test_an_address_with_a_key_twice_is_answered_in_the_page(visit: Callable[..., Any]) -> None:
    page = visit().open("/?seed=1&seed=2")
    page.wait_for_selector(".broken")
    assert "seed is given twice" in page.inner_text(".broken")


def test_bad_input_in_the_fields_is_answered_in_the_page(visit: Callable[..., Any]) -> None:
    window = visit()
    window.allow("400")
    page = ready(window.open(START))
    here = sha(page)

    def seed(text: str) -> None:
        page.fill("#live-seed", text)
        page.press("#live-seed", "Enter")

    for text in ("-1", "abc", "1.5", "", "99999999999999999999999", "<b>1</b>"):
        words = answered(page, lambda text=text: seed(text))
        assert "seed" in words
        assert text in words
    page.click("#tab-levers")
    page.select_option("#live-parameter", "trust.memory")

    def parameter(text: str) -> None:
        page.fill("#live-parameter-value", text)
        page.click(".parameters button:text-is('Set')")

    for text, got in (("1e9", "1000000000"), ("-5", "-5"), ("x", "'x'"), ("", "''")):
        words = answered(page, lambda text=text: parameter(text))
        assert "memory" in words
        assert got in words
    page.click("#tab-step-in")
    page.select_option("#live-move", label="United States draws down its forces")

    def amount(text: str) -> None:
        page.fill("#live-field-amount", text)
        page.click("#live-decide")

    for text in ("5", "-1", "lots"):
        words = answered(page, lambda text=text: amount(text))
        assert "amount" in words
        assert text in words

    def day_shown(text: str) -> None:
        page.fill("#live-date", text)
        page.dispatch_event("#live-date", "change")

    assert "The run covers" in answered(page, lambda: day_shown("1999-01-01"))
    assert sha(page) == here


def test_an_address_of_another_version_says_so(visit: Callable[..., Any]) -> None:
    page = ready(visit().open(START + "&made=0.0.1~000000000000"))
    assert "0.0.1" in said(page)


REGIONS = (".head", ".setup", ".today", ".net", ".tabs", ".charts", ".chronicle", ".foot")
OVERLAPS = """names => {
  const boxes = names.map(n => [n, document.querySelector(n).getBoundingClientRect()]);
  const found = [];
  boxes.forEach(([a, p], i) => boxes.slice(i + 1).forEach(([b, q]) => {
    const w = Math.min(p.right, q.right) - Math.max(p.left, q.left);
    const h = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top);
    if (w > 1 && h > 1) found.push([a, b, w, h]);
  }));
  return found;
}"""


@pytest.mark.parametrize(("width", "height", "theme"), SIZES)
def test_nothing_overlaps_at_any_size(
    width: int, height: int, theme: str, visit: Callable[..., Any], snap: Callable[..., Path]
) -> None:
    page = ready(visit(width, height, theme).open(f"/?case={CASE}&policy={POLICY}&date=2019-01-20"))
    assert page.evaluate(OVERLAPS, list(REGIONS)) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    axes = page.eval_on_selector_all(".plot .ytitle", "all => all.map(a => a.textContent)")
    assert [a for a in axes if "deaths" in a]
    assert page.query_selector_all(".plot .xtick")
    snap(page, f"live-{width}-{theme}", full=width < 1000)


def test_what_is_shown_without_a_pointer_can_be_reached_by_keys(visit: Callable[..., Any]) -> None:
    page = ready(visit().open(START))
    seen = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.add(
            page.evaluate("document.activeElement.id || document.activeElement.textContent.slice(0, 20)")
        )
    assert {
        "live-case",
        "live-seed",
        "live-move",
        "live-slider",
        "live-speed",
        "live-fan",
        "live-save",
    } <= seen
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll("button, select, input:not([hidden])")].filter(e => e.type !== "file" &&
        !(e.getAttribute("aria-label") || e.labels?.length || e.textContent.trim())).map(e => e.outerHTML)"""
    )
    assert unnamed == []


def test_sessions_share_nothing(visit: Callable[..., Any]) -> None:
    one, two = ready(visit().open(START)), ready(visit().open(START))
    here = sha(two)
    changed(one, lambda: step_in(one, TRUCE, "2018-10-01"))
    changed(one, lambda: one.click("button[aria-label='Next seed']"))
    two.keyboard.press("ArrowRight")
    assert sha(two) == here
    two.reload()
    assert sha(ready(two)) == here
