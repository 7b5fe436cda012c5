"""One file to mail: what stands in it, that nothing in it runs but its own script, and that its runs are made again."""

import base64
import hashlib
import json
import re
import time
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from site_parts import own_case
from typer.testing import CliRunner

from detente.dashboards.app.bundle import bundle
from detente.dashboards.app.cases import checked_cases
from detente.dashboards.app.mail import PLAYER, element
from detente.dashboards.app.pages.compare import mailed_file, read_question
from detente.dashboards.app.site import make_app
from detente.dashboards.reopening import reopened
from detente.experiments.cli.main import app as commands
from detente.experiments.runs.mailed import read_mailed, script_json, source_block
from detente.experiments.runs.replay import Recipe, read_replay, replay
from detente.model.catalogue import load_scenario
from detente.model.errors import InputError

HOST = {"Host": "127.0.0.1:8521"}
HOSTILE = "</script><img src=x onerror=alert(1)>"
MOST_BYTES = 2_000_000
RECIPE = {"case": "template", "policy": "opening", "seed": 5}


@pytest.fixture(scope="module")
def server(compiled: None) -> Any:
    app = make_app()
    app.server.extensions["detente"].engine.start()
    return app.server


def mailed(server: Any, body: Any) -> Any:
    client = server.test_client()
    body = {"token": "viewer", **body}
    while (said := client.post("/api/mail", json=body, headers=HOST)).status_code in (202, 503):
        time.sleep(0.05)
    return said


def saved(server: Any, body: Any, path: Path) -> Path:
    said = mailed(server, body)
    assert said.status_code == 200, said.data
    path.write_bytes(said.data)
    return path


class Parts(HTMLParser):
    """The elements of a page, and the attributes that could run something or fetch it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.scripts: list[dict[str, str | None]] = []
        self.suspicious: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script":
            self.scripts.append(dict(attrs))
        names = [name for name, _ in attrs]
        self.suspicious += [(tag, n) for n in names if n.startswith("on") or n in ("src", "href", "action")]


def test_a_question_is_one_file_that_says_plays_and_carries_everything(server: Any, tmp_path: Path) -> None:
    body = {"question": "template/ninety-days", "choice": "ninety-days", "seed": 2}
    said = mailed(server, body)
    assert (
        said.headers["Content-Disposition"]
        == 'attachment; filename="detente-template-ninety-days-ninety-days.html"'
    )
    text = said.get_data(as_text=True)
    assert len(said.data) < MOST_BYTES
    for words in (
        "What 500 pairs of runs say", "of 100 pairs it made things worse", "luck alone", "Both futures", "Chronicle:",
        "Declare a ceasefire of ninety days", load_scenario("template").sha256, "not a forecast",
        "detente serve FILE.html",
    ):  # fmt: skip
        assert words in text, words
    parts = Parts(text)
    assert parts.suspicious == []
    assert [one.get("type") for one in parts.scripts] == ["application/json", "application/json", None]
    page = read_mailed(saved(server, body, tmp_path / "q.html"))
    assert page.address == "/?question=template/ninety-days&choice=ninety-days&seed=2"


def test_its_policy_lets_its_own_script_run_and_nothing_else(server: Any) -> None:
    text = mailed(server, {"recipe": RECIPE}).get_data(as_text=True)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1]  # pyright: ignore
    script = text.rsplit("<script>", 1)[1].partition("</script>")[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    assert "unsafe-eval" not in policy


def test_the_run_of_a_file_is_made_again_bit_for_bit(server: Any, tmp_path: Path) -> None:
    path = saved(server, {"recipe": {**RECIPE, "levers": {"mediation": 0.7}}}, tmp_path / "run.html")
    sha = Recipe(**RECIPE, levers={"mediation": 0.7}).run().trajectory.sha256
    lines: list[str] = []
    made = replay(path, report=lines.append)
    assert made.trajectory.sha256 == sha
    assert lines == [], "nothing differs from what made the file"
    assert Path(read_replay(path).recipe.case).name == "case.toml", "the case is the file's own"
    said = CliRunner().invoke(commands, ["run", "--replay", str(path), "--json"])
    assert json.loads(said.stdout)["trajectory_sha256"] == sha
    assert reopened(path)[0] == [], "a shipped case needs no file"
    assert reopened(path)[1].startswith("live?case=template&policy=opening&seed=5")


def test_two_futures_stand_with_what_the_pairs_say(server: Any) -> None:
    other = {**RECIPE, "levers": {"mediation": 1.0}}
    text = mailed(server, {"recipe": other, "other": RECIPE}).get_data(as_text=True)
    assert "The other course" in text
    assert "What 500 pairs of runs say" in text


def test_a_case_of_one_s_own_goes_along_and_its_words_are_no_markup(compiled: None, tmp_path: Path) -> None:
    path = own_case(tmp_path)
    text = path.read_text(encoding="utf-8").replace("Template: a republic and a movement", HOSTILE)
    path.write_text(text.replace('"The Republic"', f'"{HOSTILE}"'), encoding="utf-8")
    app = make_app(cases=checked_cases([path]))
    file = saved(app.server, {"recipe": {"case": "my-valley", "policy": "status-quo"}}, tmp_path / "own.html")
    text = file.read_text(encoding="utf-8")
    assert "&lt;/script&gt;&lt;img src=x" in text
    parts = Parts(text)
    assert parts.suspicious == []
    assert len(parts.scripts) == 3
    assert str(tmp_path) not in text, "no path of this machine goes along"
    cases, where = reopened(file)
    assert where.startswith("live?case=my-valley")
    assert load_scenario(cases[0]).case.title == HOSTILE
    assert checked_cases(cases).names[0] == "my-valley"
    path.unlink()
    assert replay(file).start.scenario.case.name == "my-valley", "the file is enough"


def test_a_comparison_is_one_file_too(server: Any, tmp_path: Path) -> None:
    site = server.extensions["detente"]
    asked = read_question({"case": "template", "policies": "status-quo", "base": "five-lessons"}, site.cases)
    while (file := mailed_file(site, "viewer", asked)) is None:
        time.sleep(0.05)
    path = tmp_path / file["filename"]
    path.write_text(file["content"], encoding="utf-8")
    assert "“Yours” against “Status quo”, mean of 500 pairs of runs" in file["content"]
    assert re.search("<title>[^<]*: Status quo, Yours", file["content"])
    assert Parts(file["content"]).suspicious == []
    assert reopened(path)[1].startswith("compare?case=template&policies=status-quo")
    with pytest.raises(InputError, match="several runs"):
        replay(path)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"question": "template/ninety-days"}, "choice"),
        ({"question": "template/ninety-days", "choice": "ninety-days", "seed": -1}, "seed"),
        ({"recipe": {"case": "/etc/passwd"}}, "case"),
        ({}, "recipe"),
    ],
)
def test_what_cannot_be_mailed_is_said(server: Any, body: Any, words: str) -> None:
    said = mailed(server, body)
    assert said.status_code == 400
    assert words in said.get_json()["error"]


def block(**changes: Any) -> str:
    """A page with a block of one's own."""
    case = {"name": "x", "sha256": "0", "files": {"case.toml": ""}, **changes.pop("case", {})}
    made = {"format": 1, "address": "/", "replay": "", "case": case, **changes}
    text = (
        script_json(made).encode("utf-8", "backslashreplace").decode()
    )  # half a character, as JSON escapes it
    return f'<script type="application/json" id="detente-source">{text}</script>'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<p>nothing</p>", "carries no runs"),
        (block(format=2), "format: got 2"),
        (block(format=True), "format: got True"),
        (block(address=3), "address: got 3"),
        (block(case={"files": {}}), "a table with case.toml"),
        (block(case={"files": {"case.toml": "", "../evil.toml": ""}}), "'../evil.toml'"),
        (block(case={"files": {"case.toml": "", "policies/../x.toml": ""}}), "policies/../x.toml"),
        (block(case={"files": {"case.toml": 3}}), "each a text"),
        (block(case={"files": {"case.toml": "\ud800"}}), "each a text"),
        (block(replay="\udfff"), "replay: got '\\udfff'; expected a text"),
        (block().removesuffix("</script>"), "carries no runs"),
        (block().removesuffix("</script>") * 20_000, "carries no runs"),
        ('<script type="application/json" id="detente-source">[</script>', "not valid JSON"),
    ],
)
def test_a_page_from_elsewhere_is_checked(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=re.escape(words)):
        read_mailed(path)


def test_what_is_no_mailed_page_is_not_opened_again(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--case"):
        reopened(tmp_path / "case.toml")
    path = tmp_path / "page.html"
    path.write_text(block(address="//elsewhere/"), encoding="utf-8")
    with pytest.raises(InputError, match="the path of a page"):
        reopened(path)
    path.write_text(block(case={"name": "template"}), encoding="utf-8")
    with pytest.raises(InputError, match="two cases of one name"):
        reopened(path)
    assert reopened(None) == ([], "")


def test_a_block_can_stand_in_a_script() -> None:
    text = source_block(load_scenario("template"), f"/live?x={HOSTILE}")
    assert text.count("</script>") == 1
    assert json.loads(script_json(HOSTILE)) == HOSTILE
    assert element("p", "<b>", class_='"x"') == '<p class="&quot;x&quot;">&lt;b&gt;</p>'


def test_modules_become_one_script_without_imports() -> None:
    script = bundle(PLAYER)
    assert not re.search(r"^(import|export) ", script, re.M)
    assert (
        script.index("const live_dom = ")
        < script.index("const question_futures = ")
        < script.index("const question_mailed = ")
    )
    assert "</script" not in script
