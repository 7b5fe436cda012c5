"""Files of visitors: what they are, the case they make, what is refused in a sentence, and who can get at a case."""

import gzip
import io
import os
import re
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from site_parts import own_case
from war_files import write_war

from detente.dashboards.app import case_reading, case_worker, own_routes
from detente.dashboards.app.case_reading import Received, answer, unpacked
from detente.dashboards.app.opened_cases import OpenedCases, digest, parts_of
from detente.dashboards.app.pages.own import PAGE
from detente.dashboards.app.sent_files import KIND, PATH, GoneError, SentFile, SentFiles
from detente.dashboards.app.site import content, make_app, page_at
from detente.dashboards.reopening import by_name_alone
from detente.experiments.runs.mailed import source_block
from detente.model.catalogue import SHIPPED, load_scenario
from detente.model.errors import InputError

HOST = {"Host": "127.0.0.1:8521", "Origin": "http://127.0.0.1:8521"}
TEMPLATE = SHIPPED / "template"


def template(name: str = "my-valley") -> dict[str, str]:
    """The files of a case, as a visitor has them."""
    files = {"case.toml": TEMPLATE / "case.toml", "questions.toml": TEMPLATE / "questions.toml"}
    files |= {f"policies/{p.name}": p for p in (TEMPLATE / "policies").glob("*.toml")}
    texts = {key: path.read_text(encoding="utf-8") for key, path in files.items()}
    texts["case.toml"] = texts["case.toml"].replace('name = "template"', f'name = "{name}"', 1)
    return texts


def zipped(files: Mapping[str, str | bytes], **how: Any) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return stream.getvalue()


@pytest.fixture
def apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder, as the process that reads files has one."""
    folder = tmp_path / "files"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def looked(*files: Received, what: str = "look", name: str = "my-war", **options: str) -> dict[str, Any]:
    return answer(what, files, name, options)


def refused(*files: Received, **how: Any) -> str:
    """The one line that is said."""
    (line,) = looked(*files, **how)["errors"]
    return line


# -- a case


def test_a_zip_of_a_case_is_that_case_wherever_it_lies_in_it(apart: Path) -> None:
    files = template()
    found = looked(Received("some.zip", zipped({f"deep/down/{key}": text for key, text in files.items()})))
    assert found["name"] == "my-valley"
    assert found["files"] == files
    assert "a case with 13 policies" in found["about"]["summary"]


def test_a_folder_and_its_zip_are_the_same_case(apart: Path) -> None:
    files = template()
    chosen = [Received(f"mine/{key}", text.encode()) for key, text in files.items()]
    found = looked(*chosen, Received("mine/observed.csv", b"month,deaths\n"))
    assert digest(found["files"]) == digest(files)


def test_a_case_file_alone_gets_the_policies_that_fit_any_case(apart: Path) -> None:
    found = looked(Received("mine.toml", template()["case.toml"].encode()))
    assert sorted(k for k in found["files"] if "/" in k) == [
        "policies/five-lessons.toml",
        "policies/status-quo.toml",
    ]
    assert "without policies" in found["about"]["notes"][0]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (("end =", "ende ="), ("mine.toml", "ende", "did you mean 'end'")),
        (("pivot = ", "pivot = 17 # "), ("mine.toml", "pivot", "17")),
        (("[case]", "[case"), ("mine.toml", "line")),
    ],
)
def test_a_mistake_in_a_case_is_named_by_file_and_key(change: Any, named: Any, apart: Path) -> None:
    text = template()["case.toml"].replace(change[0], change[1], 1)
    said = " ".join(looked(Received("a/mine.toml", text.encode()))["errors"])
    assert all(word in said for word in named), said
    assert "case/" not in said


def test_files_that_would_lead_out_of_a_case_are_left_out(apart: Path) -> None:
    hostile = {
        "../evil.toml": "x",
        "/etc/evil.toml": "x",
        "policies/../../evil.toml": "x",
        "policies/sub/evil.toml": "x",
        "posterior.json": "{}",
        "C:\\evil.toml": "x",
    }
    found = looked(Received("some.zip", zipped({**template(), **hostile})))
    assert digest(found["files"]) == digest(template())
    assert "Left out" in found["about"]["notes"][-1]
    assert "evil" not in " ".join(str(path) for path in apart.parent.rglob("*"))


@pytest.mark.parametrize("parent", ["../../secret", "/etc/passwd", "secret.toml", "..\\x", "."])
def test_no_policy_reads_a_file_of_the_server(parent: str, apart: Path) -> None:
    (apart.parent / "secret.toml").write_text('title = "kept to ourselves"', encoding="utf-8")
    files = template()
    files["policies/mine.toml"] = f"extends = '{parent}'\nname = 'mine'\n"
    line = refused(Received("some.zip", zipped(files)))
    assert line.startswith("policies/mine.toml: extends: got")
    assert "kept to ourselves" not in line


def test_an_archive_cannot_unfold_without_bound(apart: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = zipped({**template(), "policies/huge.toml": b"#" * 3_000_000})
    assert len(bomb) < 100_000
    assert "policies/huge.toml has over 1 MB unpacked" in refused(Received("b.zip", bomb))
    monkeypatch.setattr(case_reading, "MOST_TABLE", 100_000)
    table = zipped({"ged.csv": b"a,b\n" * 100_000})
    assert "ged.csv has over 0 MB unpacked" in refused(Received("b.zip", table))
    with pytest.raises(InputError, match=r"ged\.csv: has over"):
        unpacked("ged.csv", gzip.compress(b"a" * 200_000), 100_000)


def test_a_size_that_lies_does_not_help(apart: Path) -> None:
    honest = zipped({"case.toml": b"#" * 2_000_000})
    size = (2_000_000).to_bytes(4, "little")
    lying = honest.replace(size, (10).to_bytes(4, "little"))
    assert lying != honest
    assert "errors" in looked(Received("b.zip", lying))


def test_archives_that_are_none_are_said_to(apart: Path) -> None:
    whole = zipped(template())
    assert "not a complete zip file" in refused(Received("a.zip", whole[: len(whole) // 2]))
    many = zipped({f"{k}.txt": "" for k in range(1001)})
    assert "holds 1,001 files" in refused(Received("a.zip", many))
    two = zipped({"a/case.toml": "", "b/case.toml": ""})
    assert "holds 2 cases (a/case.toml, b/case.toml)" in refused(Received("a.zip", two))
    assert "holds 0 tables and no case.toml" in refused(Received("a.zip", zipped({"x.doc": ""})))


def test_a_case_that_would_keep_the_server_busy_is_refused(
    apart: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_reading, "MOST_PAIR_DAYS", 100)
    line = refused(Received("mine.toml", template()["case.toml"].encode()))
    assert line.startswith("mine.toml: relations times days are")


def test_a_mailed_page_is_the_case_that_it_carries(apart: Path, tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    block = source_block(load_scenario(own_case(tmp_path / "own")), "/live?case=my-valley")
    found = looked(Received("x/mailed.html", f"<!doctype html><p>{block}".encode()))
    files = template()
    del files["questions.toml"]
    assert digest(found["files"]) == digest(files)
    assert refused(Received("x/page.html", b"<p>")).startswith("page.html: carries no runs")


def test_a_mailed_page_of_an_opened_case_opens_by_the_name_of_the_case_alone() -> None:
    name = f"my-valley~{'0' * 20}"
    for before, after in (
        (f"live?case={name}&seed=1", "live?case=my-valley&seed=1"),
        (f"?question={name.replace('~', '%7E')}/ninety-days", "?question=my-valley/ninety-days"),
        ("live?case=my-valley&made=0.2~abc", "live?case=my-valley&made=0.2~abc"),
    ):
        assert by_name_alone("my-valley", before) == after


def test_text_that_is_no_text_is_named_by_line(apart: Path) -> None:
    assert "at line 2" in refused(Received("mine.toml", b"a = 1\nb = '\xff'"))


# -- tables


@pytest.fixture(scope="module")
def war(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A small war: events, ceasefires and agreements."""
    return {
        key: path.read_bytes() for key, path in write_war(tmp_path_factory.mktemp("war"), rate=0.03).items()
    }


def test_a_table_of_events_is_looked_at(war: Any, apart: Path) -> None:
    found = looked(Received("dl/GEDEvent v25.csv", war["ged"]))
    assert found["kind"] == "data"
    assert re.fullmatch(r"GEDEvent v25\.csv: UCDP GED, \d+ rows", found["lines"][0])
    assert [row["side_b"] for row in found["rows"]] == ["Front", "League"]
    assert found["rows"][0]["conflict"] == "Examplia: Government"
    assert looked(Received("ged.zip", zipped({"ged.csv": war["ged"]})))["rows"] == found["rows"]


@pytest.mark.slow
def test_events_become_a_case_that_does_not_hang_on_how_they_were_sent(
    war: Any, apart: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = (Received("ged.csv", war["ged"]), Received("t.csv", war["ceasefires"], "ceasefires"))
    found = looked(*files, what="open")
    assert found["name"] == "my-war"
    assert {"case.toml", "NOTES.md", "policies/history.toml"} <= set(found["files"])
    assert found["about"]["findings"]
    assert "prior" in found["about"]["facts"]
    assert str(tmp_path) not in str(found)
    second = tmp_path / "again"
    second.mkdir()
    monkeypatch.chdir(second)
    again = looked(Received("a/b/ged.csv", war["ged"]), files[1], what="open")
    assert digest(again["files"]) == digest(found["files"])


def test_choices_that_tables_do_not_have_are_said_in_the_words_of_the_page(war: Any, apart: Path) -> None:
    events = Received("ged.csv", war["ged"])
    line = refused(events, what="open", country="Exampla")
    assert line == "“Country”: ged.csv has no events in 'Exampla'; did you mean 'Examplia'?"
    other = war["ged"].replace(b"Examplia: Government", b"Examplia: North", 10)
    line = refused(Received("ged.csv", other), what="open")
    assert "2 conflicts match" in line
    assert "choose one with “Conflict”, “Dyad” or “Side A” and “Side B”" in line
    assert "--" not in line


def test_a_bad_cell_is_named_by_file_line_and_column(war: Any, apart: Path) -> None:
    lines = war["ged"].split(b"\n")
    lines[3] = re.sub(rb"\d{4}-\d\d-\d\d", b"2010-13-01", lines[3])
    line = refused(Received("ged.csv", b"\n".join(lines)), what="open")
    assert line.startswith("ged.csv, line 4, column date_start: got '2010-13-01'")


@pytest.mark.parametrize("name", ["json.py", "pandas.pth", "x.so", ".csv", "a\0b", "photo.png"])
def test_only_tables_are_laid_into_the_folder(name: str, apart: Path) -> None:
    assert "expected a case.toml" in refused(Received(name, b"import os"))
    assert list(apart.iterdir()) == []


@pytest.mark.parametrize("name", ["../../up.csv", "/etc/cron.csv", "..\\up.csv", "a/..../x.csv"])
def test_a_table_stays_in_its_folder_whatever_its_name(name: str, apart: Path, war: Any) -> None:
    looked(Received(name, war["ged"]))
    assert [path.parent for path in apart.parent.rglob("*.csv")] == [apart]


# -- what is kept


def test_opened_cases_are_few_and_in_folders_of_the_servers_user_alone() -> None:
    kept = OpenedCases(2)
    names = []
    for k in range(3):
        files = {**template(), "policies/more.toml": f"# {k}"}
        opened = kept.keep("my-valley", files)
        names.append(opened.name)
        assert opened.folder.stat().st_mode & 0o077 == 0
        assert opened.folder.parent.stat().st_mode & 0o077 == 0
        assert opened.name.partition("~")[2] not in str(opened.folder)
    assert len(set(names)) == 3
    assert [kept.find(name) is None for name in names] == [True, False, False]
    assert len([*kept.every()[0].folder.parent.glob("case-*")]) >= 2
    assert kept.keep("my-valley", {**template(), "policies/more.toml": "# 2"}).name == names[2]
    assert len(kept) == 2


def test_the_digest_is_of_all_that_decides_and_of_nothing_else() -> None:
    files = template()
    assert digest({**files, "NOTES.md": "x"}) == digest(files)
    assert digest({**files, "policies/x.toml": ""}) != digest(files)
    assert digest({k: t.replace("\n", "\r\n") for k, t in files.items()}) == digest(files)
    moved = {"case.toml": "ab", "policies/x.toml": "c"}
    assert digest(moved) != digest({"case.toml": "a", "policies/x.toml": "bc"})


@pytest.mark.parametrize("name", ["a", "a~0", "a~" + "g" * 20, "../x~" + "0" * 20, 3, None, "A~" + "0" * 20])
def test_other_names_have_no_digest(name: Any) -> None:
    assert parts_of(name) is None


def test_files_sent_are_held_up_to_a_limit() -> None:
    sent = SentFiles(most_bytes=10, most_files=2)
    first, second = sent.keep(b"12345"), sent.keep(b"54321")
    assert sent.all_of((SentFile(first, "a"), SentFile(second, "b"))) == [b"12345", b"54321"]
    sent.keep(b"999")
    assert sent.size <= 10
    with pytest.raises(GoneError, match="a"):
        sent.all_of((SentFile(first, "a"),))


# -- the server


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """A server that reads files in this process: the tests of ``case_worker`` start one."""

    def here(what: str, files: Any, data: Any, asked: Any, report: Any) -> dict[str, Any]:
        received = [
            Received(f.name, unpacked(f.name, d) if f.packed else d, f.role)
            for f, d in zip(files, data, strict=True)
        ]
        return answer(what, received, asked["name"], asked["options"])

    monkeypatch.setattr(own_routes, "read_apart", here)
    monkeypatch.chdir(tmp_path)
    return make_app().server.test_client()


def send(client: Any, data: bytes, **more: Any) -> Any:
    return client.post(PATH, data=data, **{"content_type": KIND, "headers": HOST, **more})


def ask(client: Any, path: str, body: Any) -> Any:
    while (said := client.post(path, json=body, headers=HOST)).status_code == 202:
        time.sleep(0.02)
    return said


def opened(client: Any, files: Mapping[str, str] | None = None) -> str:
    """A case that was opened by its zip file: its name."""
    sha = send(client, zipped(files or template())).get_json()["file"]
    return ask(client, "/api/own/look", {"files": [{"file": sha, "name": "my-valley.zip"}]}).get_json()[
        "name"
    ]


def test_an_opened_case_runs_and_is_in_no_list(client: Any) -> None:
    name = opened(client)
    case, _, sha = name.partition("~")
    assert (case, sha) == ("my-valley", digest(template())[:20])
    site = client.application.extensions["detente"]
    assert name not in str(client.get("/api/catalogue", headers=HOST).get_json())
    mine = client.get(f"/api/catalogue?case={name}", headers=HOST).get_json()
    assert mine["cases"][0]["name"] == name
    said = ask(client, "/api/open", {"address": f"?case={name}&policy=status-quo"}).get_json()
    assert said["recipe"]["case"] == name
    assert said["address"].startswith(f"?case={name}&")
    refusal = ask(client, "/api/open", {"address": "?case=nowhere"}).get_json()["error"]
    assert name not in refusal
    folder = str(site.cases.opened.find(name).folder)
    replay = ask(client, "/api/replay", {"recipe": said["recipe"]}).get_data(as_text=True)
    assert f'case = "{name}"' in replay
    pages = [
        str(content(page_at(p), site, p, f"?case={name}"))
        for p in ("/own", "/compare", "/evidence", "/lessons")
    ]
    assert not [text for text in (*pages, replay, str(said)) if folder in text]
    assert all("cannot be shown" not in text for text in pages)


def test_its_questions_are_asked(client: Any) -> None:
    name = opened(client)
    said = client.get(f"/api/questions?case={name}", headers=HOST).get_json()
    assert said["questions"][0]["case"] == name
    assert said["cases"][name]
    assert name not in str(client.get("/api/questions", headers=HOST).get_json())
    lessons = client.get(f"/api/questions?lessons={name}", headers=HOST).get_json()
    assert name in lessons["lessons"]


def test_the_zip_that_is_saved_is_the_same_case(client: Any) -> None:
    name = opened(client)
    saved = client.get(f"/api/own/zip?case={name}", headers=HOST)
    assert 'filename="my-valley.zip"' in saved.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(saved.data)) as archive:
        assert {n.partition("/")[2]: archive.read(n).decode() for n in archive.namelist()} == template()
    sha = send(client, saved.data).get_json()["file"]
    again = ask(client, "/api/own/look", {"files": [{"file": sha, "name": "x.zip"}]}).get_json()
    assert again["name"] == name
    missing = client.get("/api/own/zip?case=../../etc", headers=HOST)
    assert missing.status_code == 400


@pytest.mark.parametrize("path", ["/live", "/compare", "/evidence", "/lessons", "/own"])
def test_a_link_to_a_case_that_is_not_here_asks_for_its_file(path: str, client: Any) -> None:
    site = client.application.extensions["detente"]
    name = f"my-valley~{digest(template())[:20]}"
    said = str(content(page_at(path), site, path, f"?case={name}"))
    assert "which this server does not hold" in said
    assert f"data-wanted='{name}'" in said
    assert f"data-back='{path}?case={name}'" in said
    asked = str(content(page_at("/"), site, "/", f"?question={name}/ninety-days"))
    assert f"data-back='/?question={name}/ninety-days'" in asked


def test_what_is_not_known_is_marked(client: Any) -> None:
    files = template()
    files["case.toml"] += (
        '\n[[facts]]\npath = "party.movement.morale"\nlow = 0.8\nhigh = 1.2\ngrade = "prior"\n'
    )
    name = opened(client, files)
    page = str(PAGE.layout(client.application.extensions["detente"], {"case": name}))
    assert "1 of 1 numbers are not known" in page
    assert "grade-prior" in page
    assert "party.movement.morale" in page


def test_a_file_is_taken_from_a_page_of_ours_only(client: Any) -> None:
    assert send(client, b"x").status_code == 200
    assert send(client, b"x", headers={"Host": HOST["Host"]}).status_code == 400
    assert send(client, b"x", headers={**HOST, "Origin": "http://example.org"}).status_code == 403
    for kind in ("text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"):
        assert send(client, b"x", content_type=kind).status_code == 400
    assert send(client, b"").status_code in (400, 413)


def test_a_file_that_is_too_large_is_not_even_read(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detente.dashboards.app.gate.MOST_SENT", 1000)
    said = send(client, b"x" * 1001)
    assert said.status_code == 413
    assert "too large" in said.get_json()["error"]
    assert client.application.extensions["detente"].sent.size == 0
    other = client.post("/api/own/look", data=b"x" * 1_100_000, content_type="application/json", headers=HOST)
    assert other.status_code in (400, 413)


def test_a_file_that_was_forgotten_is_asked_for_again(client: Any) -> None:
    said = ask(client, "/api/own/look", {"files": [{"file": "0" * 64, "name": "a.zip"}]})
    assert (said.status_code, said.get_json()["gone"]) == (410, True)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"files": []},
        {"files": "x"},
        {"files": [{"file": "../x", "name": "a"}]},
        {"files": [{"file": "0" * 64, "name": ""}]},
        {"files": [{"file": "0" * 64, "name": "a", "role": "root"}]},
        {"files": [{"file": "0" * 64, "name": "a"}] * 301},
        {"files": [{"file": "0" * 64, "name": "a"}], "options": {"out": "/tmp/x"}},
        {"files": [{"file": "0" * 64, "name": "a"}], "options": {"country": 3}},
        {"files": [{"file": "0" * 64, "name": "a"}], "name": "x" * 301},
    ],
)
def test_questions_that_no_page_asks_are_refused_in_words(body: Any, client: Any) -> None:
    said = ask(client, "/api/own/open", body)
    assert said.status_code == 400
    assert said.get_json()["error"].startswith("request: ")


# -- the process of its own


@pytest.mark.slow
def test_files_are_read_in_a_process_that_leaves_nothing_behind(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    sent = (SentFile("0" * 64, "x.zip"),)
    asked = {"name": "my-war", "options": {}}
    found = case_worker.read_apart("look", sent, [zipped(template())], asked, lambda *_: None)
    assert found["name"] == "my-valley"
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_takes_too_long_or_is_no_longer_wanted_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    sent, asked = (SentFile("0" * 64, "x.zip"),), {"name": "my-war", "options": {}}
    found = case_worker.read_apart("look", sent, [b"x"], asked, lambda *_: None, seconds=0.0)
    assert "took more than 120 seconds" in found["errors"][0]

    def given_up(*_: Any) -> None:
        raise RuntimeError("nobody waits")

    with pytest.raises(RuntimeError, match="nobody waits"):
        case_worker.read_apart("look", sent, [b"x"], asked, given_up)
    assert list(tmp_path.iterdir()) == []


def test_memory_that_runs_out_is_said_in_a_sentence(tmp_path: Path) -> None:
    assert "4 GB of memory" in case_worker.told(tmp_path, case_worker.NO_MEMORY)["errors"][0]
    assert "4 GB of memory" in case_worker.told(tmp_path, -9)["errors"][0]
    (tmp_path / "log").write_text("Traceback", encoding="utf-8")
    with pytest.raises(RuntimeError, match="Traceback"):
        case_worker.told(tmp_path, 1)


@pytest.mark.skipif(os.name != "posix", reason="limits are those of POSIX")
def test_the_process_is_started_without_the_folder_of_the_files_on_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[str]] = []

    class Quick:
        def __init__(self, command: list[str], **_: Any) -> None:
            seen.append(command)

        def poll(self) -> int:
            return 0

        kill = wait = poll

    monkeypatch.setattr(case_worker.subprocess, "Popen", Quick)
    case_worker.run(tmp_path, lambda *_: None, 1.0)
    assert "-P" in seen[0]
