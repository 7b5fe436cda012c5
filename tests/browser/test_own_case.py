"""A case file of the reader's own, served beside the shipped ones: every page knows it by name, no address by path."""

import json
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from detente.experiments.runs.replay import Recipe, recipe_of
from detente.model.catalogue import SHIPPED

pytestmark = pytest.mark.browser

LIVE = "document.getElementById('live-root').live"
READY = (
    f"document.getElementById('live-root')?.live?.run && {LIVE}.charts.width"
    " && !document.querySelector('.live[aria-busy]')"
)
MINUTES = 4 * 60_000


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template under a name of its own."""
    folder = tmp_path_factory.mktemp("own")
    shutil.copytree(SHIPPED / "template" / "policies", folder / "policies")
    text = (SHIPPED / "template" / "case.toml").read_text(encoding="utf-8")
    text = text.replace('name = "template"', 'name = "my-valley"', 1).replace("n_own = 0.3 ", "n_own = 0.4 ")
    path = folder / "my-case.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def opened(serve: Callable[..., Any], visit: Callable[..., Any], own: Path) -> Callable[..., Any]:
    server = serve("--case", str(own))

    def start(path: str) -> Any:
        one = visit(base=server.url)
        one.allow("400")
        page = one.open(path)
        page.set_default_timeout(MINUTES)
        return page

    return start


def test_a_case_of_ones_own_is_shown_shared_saved_and_compared(opened, own, tmp_path):
    page = opened("/?case=my-valley&policy=five-lessons&seed=3")
    page.wait_for_function(READY)
    run = Recipe(case=str(own), policy="five-lessons", seed=3).run()
    assert page.evaluate(f"{LIVE}.run.sha256") == run.trajectory.sha256
    assert page.locator("#live-case").input_value() == "my-valley"
    address = page.evaluate(f"{LIVE}.address")
    assert "case=my-valley" in address
    assert "my-case" not in address
    assert str(own.parent) not in page.content()
    with page.expect_download() as waiting:
        page.click("#live-save")
    file = tmp_path / "saved.toml"
    waiting.value.save_as(file)
    assert waiting.value.suggested_filename == "detente-my-valley-five-lessons-seed-3.toml"
    assert str(own) in file.read_text(encoding="utf-8"), "the command line finds the case by it"

    again = opened("/" + address)
    again.wait_for_function(READY)
    assert again.evaluate(f"{LIVE}.run.sha256") == run.trajectory.sha256
    again.select_option("#live-policy", "status-quo")
    again.wait_for_function(f"{LIVE}.recipe.policy === 'status-quo'")
    again.wait_for_function(READY)
    again.set_input_files("#live-file", str(file))
    again.wait_for_function(f"sha => {LIVE}.run.sha256 === sha", arg=run.trajectory.sha256)

    compared = opened("/compare?case=my-valley&policies=status-quo&base=five-lessons")
    compared.wait_for_function(
        "document.getElementById('compare-status')?.textContent.startsWith('500 runs')"
    )
    lessons = opened("/lessons?case=my-valley&lesson=2")
    lessons.click("[data-choice=half]")
    lessons.wait_for_selector("#question-sentence[data-pairs='500']")
    assert "question=my-valley/only-force-posture" in lessons.url


def test_an_address_names_no_file(opened, own):
    from urllib.parse import quote

    page = opened(f"/?case={quote(str(own))}")
    page.wait_for_selector(".notes .notice")
    said = page.inner_text(".notes")
    assert "case" in said
    assert "my-valley" in said
    page.wait_for_function(READY)
    assert page.evaluate(f"{LIVE}.recipe.case") == "afghanistan-2018"


def test_a_saved_run_of_an_own_case_replays_byte_for_byte(opened, own, tmp_path):
    """With a decision of the reader's, from the page to a file to the command line."""
    page = opened("/?case=my-valley&policy=status-quo&seed=7")
    page.wait_for_function(READY)
    plain = page.evaluate(f"{LIVE}.run.sha256")
    page.select_option("#live-move", label="The Republic and The Movement declare a ceasefire")
    page.fill("#live-move-date", "2030-06-01")
    page.click("#live-decide")
    page.wait_for_function(f"plain => {LIVE}.run.sha256 !== plain", arg=plain)
    page.wait_for_function(READY)
    with page.expect_download() as waiting:
        page.click("#live-save")
    file = tmp_path / "saved.toml"
    waiting.value.save_as(file)
    command = [sys.executable, "-m", "detente", "run", "--replay", str(file), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    made = json.loads(done.stdout)
    assert made["trajectory_sha256"] == page.evaluate(f"{LIVE}.run.sha256")
    assert made["trajectory_sha256"] in file.read_text(encoding="utf-8")
    decided = tomllib.loads(file.read_text(encoding="utf-8"))["decision"]
    wanted = {
        "date": "2030-06-01",
        "sort": "joint",
        "do": "offer_truce",
        "actor": "republic",
        "to": "movement",
    }
    assert [{key: str(d[key]) for key in wanted} for d in decided] == [wanted]
    raw = {"case": str(own), "policy": "status-quo", "seed": 7, "decision": decided}
    run = recipe_of(raw, "a test").run()
    assert made["trajectory_sha256"] == run.trajectory.sha256


def test_evidence_of_an_own_case_is_its_own(opened, own):
    page = opened("/evidence?case=my-valley")
    page.wait_for_selector("#evidence-card .empty-state")
    assert "checked for shipped cases only" in page.inner_text("#evidence-card")
    assert "Afghanistan" in page.inner_text("#evidence-card")
    assert not page.locator("#evidence-card-go").is_visible()
    row = page.locator("#evidence-parameter-table tr", has_text="violence.n_own")
    assert "0.4 set by the case; usually 0.3" in row.inner_text()
    assert row.locator("td").last.inner_text() == "measured"
    page.click("#evidence-audit-go")
    page.wait_for_selector("#evidence-audit-table")
    cases = page.locator("#evidence-audit-table tbody tr td:nth-child(2)").all_inner_texts()
    assert {name for name in cases if ": " not in name} == {"my-valley"}
    assert len(cases) > 20
    assert str(own.parent) not in page.content()


def test_mesas_server_knows_an_own_case(serve, visit, own):
    pytest.importorskip("solara", reason="Mesa's own server is in the extra mesa-server")
    from detente.model.process import PeaceProcess
    from detente.model.series import columns

    window = visit(base=serve("--mesa", "--case", str(own), path="/").url)
    window.allow("Failed to evaluate Vue script|widget model not found")
    page = window.open("/")
    page.set_default_timeout(MINUTES)
    page.wait_for_selector(".detente-plot .main-svg")
    page.get_by_role("button", name="Step").click()
    shown = """() => { const plots = [...document.querySelectorAll('.detente-plot')];
        const plot = plots.find(e => e.ariaLabel.startsWith('Trust'));
        return (plot._fullData || []).map(t => Array.from(t.y)) }"""
    page.wait_for_function(f"({shown})().some(y => y.length === 8)")
    model = PeaceProcess(str(own), "status-quo", rng=42, keep_trajectory=True, collect=False)
    for _ in range(7):
        model.step()
    names = columns(model.opening.cast)
    for dyad in ("republic>movement", "movement>republic"):
        column = names.index(f"dyads.{dyad}.trust")
        expected = [row[column] for row in model._rows]
        assert any(line == pytest.approx(expected) for line in page.evaluate(shown))
    assert str(own.parent) not in page.content()
    choose(page, "case", "afghanistan-2018")
    choose(page, "policy", "history")
    choose(page, "case", "template")  # which has no policy of that name
    policy = page.locator(".v-select", has=page.get_by_label("policy", exact=True)).first
    policy.get_by_text("status-quo").wait_for()
    page.wait_for_selector(".detente-plot .main-svg")


def choose(page, label, value):
    page.locator(".v-select", has=page.get_by_label(label, exact=True)).first.click()
    page.get_by_role("option", name=value, exact=True).click()
