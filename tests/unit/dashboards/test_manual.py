"""The manual as a site: built without a warning, whole, quiet towards other hosts, and found by ``detente docs``."""

import json
import posixpath
import re
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from typer.testing import CliRunner

from detente.dashboards.manual import building, places
from detente.dashboards.manual.equations import mathml, with_mathml
from detente.dashboards.manual.local_server import server
from detente.dashboards.manual.notebooks import NOT_RUN, PLOTLY, as_markdown
from detente.experiments.cli.main import app
from detente.model.errors import InputError

pytest.importorskip("mkdocs", reason="the builder of the manual is not installed")

MEGABYTES = 20
LOADED = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src", "video": "src"}


class Page(HTMLParser):
    """What a page links to, what it loads, and the places in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.ids: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.ids |= {values[name] for name in ("id", "name") if name in values}
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        if tag in LOADED and LOADED[tag] in values:
            self.loads.append(values[LOADED[tag]])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, its notebooks unrun; building it fails on any warning."""
    return building.build(tmp_path_factory.mktemp("manual") / "site", quick=True)


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, Page]:
    return {
        path.relative_to(site).as_posix(): Page(path.read_text(encoding="utf-8"))
        for path in site.rglob("*.html")
        if path.name != "404.html"
    }


def test_every_source_is_a_page(site: Path):
    docs = places.sources()
    expected = {p.relative_to(docs).with_suffix(".html").as_posix() for p in docs.rglob("*.md")}
    expected |= {f"notebooks/{p.stem}.html" for p in (docs / "notebooks").glob("*.ipynb")}
    built = {p.relative_to(site).as_posix() for p in site.rglob("*.html")}
    assert built == expected | {"404.html"}


def test_every_link_and_anchor_leads_somewhere(site: Path, pages: dict[str, Page]):
    links = [(name, link) for name, page in pages.items() for link in page.links]
    broken = [f"{name}: {link}" for name, link in links if not leads(site, pages, name, link)]
    assert broken == []
    assert len(links) > 1000


def test_the_links_of_the_readme_lead_to_places_that_are_there(site: Path, pages: dict[str, Page]):
    text = (places.PACKAGE / "README.md").read_text(encoding="utf-8")
    links = [link.replace(".md", ".html") for link in re.findall(r"\]\(docs/([^)]+\.md[^)]*)\)", text)]
    assert len(links) > 10
    assert [link for link in links if not leads(site, pages, "index.html", link)] == []


def leads(site: Path, pages: dict[str, Page], name: str, link: str) -> bool:
    """Whether a link of a page leads to a page, a place in it or a file; those to other hosts are the reader's."""
    parts = urlsplit(link)
    if parts.scheme:
        return parts.scheme in ("https", "http", "mailto")
    target = posixpath.normpath(posixpath.join(posixpath.dirname(name), parts.path)) if parts.path else name
    if target not in pages:
        return (site / target).exists()
    return not parts.fragment or parts.fragment == "__skip" or unquote(parts.fragment) in pages[target].ids


def test_a_broken_link_is_noticed(site: Path, pages: dict[str, Page]):
    assert leads(site, pages, "reference/python.html", "../ODD.html#e1-violence-violence")
    assert not leads(site, pages, "reference/python.html", "../ODD.html#nowhere")
    assert not leads(site, pages, "reference/python.html", "ODD.html")


def test_no_page_loads_anything_from_another_host(site: Path, pages: dict[str, Page]):
    assert [load for page in pages.values() for load in page.loads if urlsplit(load).netloc] == []
    for style in site.rglob("*.css"):
        assert not re.search(r"(?:url\(|@import\s*)[\"']?(?:https?:)?//", style.read_text(encoding="utf-8"))
    for script in (site / "assets").rglob("*.js"):
        assert not re.search(r"unpkg\.com|api\.github\.com|googleapis", script.read_text(encoding="utf-8"))


def test_the_four_kinds_stand_apart(site: Path):
    tabs = re.findall(
        r"md-tabs__link[^>]*>\s*([^<]+?)\s*<", (site / "index.html").read_text(encoding="utf-8")
    )
    assert tabs == ["Start", "Tutorials", "How-to guides", "Cases", "Reference", "Explanation"]


def test_it_is_small_and_holds_plotly_once(site: Path):
    size = sum(path.stat().st_size for path in site.rglob("*") if path.is_file())
    assert size < MEGABYTES * 1e6
    assert len(list(site.rglob("plotly*.js"))) == 1


def test_equations_are_drawn_by_the_browser(site: Path):
    page = (site / "ODD.html").read_text(encoding="utf-8")
    assert page.count("<math") > 80
    assert "arithmatex" not in page
    assert "$$" not in page


def test_an_equation_becomes_mathml():
    assert "<msub>" in mathml("x_i", "inline")
    assert "heat_limit" in mathml(r"\texttt{heat\_limit}", "inline")
    shown = with_mathml(r'a <span class="arithmatex">\(x &lt; 1\)</span> b')
    assert re.fullmatch(r"a <math.*<mi>x</mi><mo>&#x0003C;</mo><mn>1</mn>.*</math> b", shown)


@pytest.mark.parametrize("tex", ["x^", r"\left(", r"\nosuchcommand x"])
def test_an_equation_that_cannot_be_read_is_a_fault(tex: str):
    with pytest.raises(ValueError, match="equation"):
        mathml(tex, "inline")


def test_the_search_knows_the_reference(site: Path):
    index = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))
    text = " ".join(entry["title"] + entry["text"] for entry in index["docs"])
    for word in ("trust.memory", "answer_breach", "detente.ensemble", "days_in_ceasefire", "--resume"):
        assert word in text


@pytest.mark.slow  # builds the manual once more
def test_a_link_that_leads_nowhere_fails_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    import shutil

    docs = tmp_path / "docs"
    shutil.copytree(places.sources(), docs, ignore=shutil.ignore_patterns("__pycache__"))
    (docs / "limits.md").write_text(
        "# Limits\n\n[nowhere](nowhere.md), [x](ODD.md#nowhere)\n", encoding="utf-8"
    )
    monkeypatch.setattr(building, "sources", lambda: docs)
    with pytest.raises(building.BuildError, match=r"nowhere\.md") as error:
        building.build(tmp_path / "site", quick=True)
    assert "#nowhere" in str(error.value)
    assert not (tmp_path / "site").exists()


def cell(source: str, *outputs: dict[str, Any]) -> SimpleNamespace:
    made = [Output(output) for output in outputs]
    return SimpleNamespace(cell_type="code", source=source, get=lambda key, other: made)


class Output(dict[str, Any]):
    """An output of a cell, read as nbformat's are."""

    def __getattr__(self, name: str) -> Any:
        return self[name]


def notebook(*outputs: dict[str, Any]) -> SimpleNamespace:
    title = SimpleNamespace(cell_type="markdown", source="# Title\n\nWords.")
    return SimpleNamespace(cells=[title, cell("1 + 1", *outputs)])


def test_outputs_of_a_notebook_are_shown():
    figure = {"data": [{"y": [1, 2]}], "layout": {"height": 300, "title": {"text": "</script>"}}}
    page = as_markdown(
        notebook(
            {"output_type": "stream", "text": "a < b\n"},
            {
                "output_type": "execute_result",
                "data": {"text/html": "<table>\n\n <tr></tr></table>", "text/plain": "t"},
            },
            {"output_type": "display_data", "data": {PLOTLY: figure, "text/plain": "Figure"}},
        ),
        was_run=True,
        name="n.ipynb",
    )
    assert page.startswith("---\nhide:\n  - toc\n---\n\n# Title\n")
    assert "```python\n1 + 1\n```" in page
    assert "a &lt; b" in page
    assert "<table>\n<tr></tr></table>" in page
    numbers = re.search(r'<script type="application/json">(.*?)</script>', page)
    assert numbers is not None
    assert json.loads(numbers[1]) == figure
    assert NOT_RUN not in page


def test_a_notebook_that_was_not_run_says_so():
    assert NOT_RUN in as_markdown(notebook(), was_run=False, name="n.ipynb")


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache without a manual, and a package that holds none."""
    monkeypatch.setattr(places, "SHIPPED", tmp_path / "shipped")
    monkeypatch.setattr(places, "cached", lambda digest: tmp_path / f"manual-{digest}")
    return tmp_path


def test_docs_says_in_one_line_how_to_get_a_builder(elsewhere: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(building, "find_spec", lambda name: None)
    result = CliRunner().invoke(app, ["docs", "--path"])
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    assert "pip install 'detente[docs]'" in result.stderr


def test_docs_shows_the_site_that_is_there(elsewhere: Path):
    place = elsewhere / f"manual-{places.manual_digest()}"
    place.mkdir()
    (place / "index.html").write_text("<p>here</p>", encoding="utf-8")
    result = CliRunner().invoke(app, ["docs", "--path"])
    assert (result.exit_code, result.stdout.strip()) == (0, str(place))


def test_a_site_in_the_package_counts_while_it_is_that_of_the_sources(elsewhere: Path):
    places.SHIPPED.mkdir()
    (places.SHIPPED / "index.html").touch()
    (places.SHIPPED / places.DIGEST).write_text("old\n", encoding="utf-8")
    assert places.built_site() is None
    (places.SHIPPED / places.DIGEST).write_text(f"{places.manual_digest()}\n", encoding="utf-8")
    assert places.built_site() == places.SHIPPED


def test_a_site_says_which_sources_it_was_built_from(site: Path):
    assert places.digest_in(site) == places.manual_digest()


def test_a_port_that_is_none_is_refused(tmp_path: Path):
    with pytest.raises(InputError, match="0 to 65535"):
        server(tmp_path, 70_000)
    with server(tmp_path, 0) as first, pytest.raises(InputError, match="free"):
        server(tmp_path, first.server_port)


def test_the_site_is_served_on_loopback(site: Path):
    import threading
    import urllib.request

    with server(site, 0) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        with urllib.request.urlopen(
            f"http://127.0.0.1:{running.server_port}/index.html", timeout=10
        ) as answer:
            assert "Détente" in answer.read().decode()
        assert running.server_address[0] == "127.0.0.1"
        running.shutdown()
        thread.join(10)
