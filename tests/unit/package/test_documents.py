"""The documents agree with the code: generated tables, keys of sources, links, commands."""

import csv
import importlib.util
import re
from pathlib import Path

import typer

from detente.agents.parameters import Parameters
from detente.experiments.audit.parameter_reach import parameter_ends
from detente.experiments.cli.main import app
from detente.experiments.io.bibliography import UNSOURCED, references
from detente.experiments.validity.card import patterns_of
from detente.experiments.validity.patterns import PATTERNS

ROOT = Path(__file__).resolve().parents[3]
DOCS = ROOT / "docs"
KEY = re.compile(r"\b[a-z]{3,}(?:19|20)\d\d\b")
NAMELESS = {"ged", "ethprio", "ucdppa", "kenwick", "cns"}
"""Keys without a year."""

spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
generate = importlib.util.module_from_spec(spec)
spec.loader.exec_module(generate)


def listed():
    """Keys of the bibliography."""
    return list(references())


def in_code():
    """Keys that parameters and patterns cite."""
    of_parameters = {
        inner.json_schema_extra["source"]
        for group in Parameters.model_fields.values()
        for inner in group.annotation.model_fields.values()
    }
    of_patterns = {source for case in PATTERNS for p in patterns_of(case) for source in p.sources}
    return (of_parameters | of_patterns) - {UNSOURCED}


def in_text():
    """Keys that stand in the sources and in the description of the model."""
    files = [
        DOCS / "ODD.md",
        *(p for folder in ("agents", "model", "experiments") for p in (ROOT / folder).rglob("*.py")),
    ]
    files += (ROOT / "model" / "scenarios").rglob("*.toml")
    words = " ".join(p.read_text(encoding="utf-8") for p in files)
    return set(KEY.findall(words)) | {key for key in NAMELESS if re.search(rf"\b{key}\b", words)}


def test_the_tables_of_the_description_are_those_of_the_code():
    for page in generate.PAGES:
        text = page.read_text(encoding="utf-8")
        assert generate.written(text) == text, "python3 -m uv run python docs/generate.py writes them again"


def test_the_manual_says_of_every_parameter_what_would_notice_its_absence():
    """Measured one by one by ``docs/parameter_reach.py``, which adds those that are missing."""
    with (DOCS / "reference" / "parameter-reach.csv").open(newline="", encoding="utf-8") as file:
        measured = [row["parameter"] for row in csv.DictReader(file)]
    assert measured == list(parameter_ends())


def test_the_pages_of_the_cases_are_those_of_their_files_and_stand_in_the_manual():
    texts = generate.case_pages.pages()
    assert generate.case_pages.differing(texts.items()) == [], "python3 -m uv run python docs/generate.py"
    listed = (ROOT / "dashboards" / "manual" / "mkdocs.yml").read_text(encoding="utf-8")
    assert [page.name for page in texts if f"- cases/{page.name}\n" not in listed] == []


def test_every_table_is_in_the_description_and_a_changed_one_is_noticed():
    texts = [page.read_text(encoding="utf-8") for page in generate.PAGES]
    assert {found[2] for text in texts for found in generate.MARK.finditer(text)} == set(generate.TABLES)
    page = texts[0]
    changed = page.replace("| `trust.memory` |", "| `trust.memoir` |")
    assert changed != page
    assert generate.written(changed) == page


def test_every_key_used_is_listed_and_every_listed_key_is_used():
    keys = listed()
    assert len(keys) == len(set(keys))
    assert in_code() <= set(keys)
    assert set(keys) <= in_text() | in_code()
    assert in_text() <= set(keys), f"not in the bibliography: {sorted(in_text() - set(keys))}"


PAGES = {p.relative_to(ROOT).as_posix(): p for p in (ROOT / "README.md", *sorted(DOCS.rglob("*.md")))}


def test_links_between_pages_lead_somewhere():
    for page, path in PAGES.items():
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{page}: {target}"


NAMED = re.compile(r"`((?:agents|model|experiments|dashboards|detente|tests|docs|typecheck)/[\w./-]+\.\w+)`")
"""Files of the repository that a page names."""


def test_files_named_on_the_pages_exist():
    named = {page: NAMED.findall(path.read_text(encoding="utf-8")) for page, path in PAGES.items()}
    missing = [
        f"{page}: {name}" for page, names in named.items() for name in names if not (ROOT / name).exists()
    ]
    assert missing == []


def links(page):
    """Pages that a page links to."""
    found = re.findall(r"\]\(([^)#:]+\.md)(?:#[^)]*)?\)", PAGES[page].read_text(encoding="utf-8"))
    targets = [(PAGES[page].parent / target).resolve() for target in found]
    return {p.relative_to(ROOT).as_posix() for p in targets if p.is_relative_to(ROOT)} & set(PAGES)


def test_every_page_is_found_from_the_readme():
    reached, waiting = {"README.md"}, ["README.md"]
    while waiting:
        fresh = links(waiting.pop()) - reached
        reached |= fresh
        waiting += fresh
    assert set(PAGES) - reached == set()
    nearby = {page for page in PAGES if page.count("/") == 1}
    assert nearby - links("README.md") == set(), "a page of docs/ has its line in the README"


def commands(text):
    """Commands in fenced blocks and between backticks: the words after `detente`, without brackets and comments."""
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.M | re.S)
    whole = [re.sub(r"\\?\n +(?=[-\[])", " ", body) for kind, body in blocks if kind in ("", "bash")]
    found = [line for body in whole for line in re.findall(r"(?:^|run )detente ([a-z].*)$", body, re.M)]
    spans = re.findall(r"`(?:python3 -m uv run )?detente\s+([a-z][^`]*)`", text)
    for line in (*found, *spans):
        yield re.sub(r"[\[\]]|\s#.*", "", line).split()


def test_commands_on_the_pages_exist_with_their_options():
    known = typer.main.get_command(app).commands
    on_pages = [
        (page, line) for page, path in PAGES.items() for line in commands(path.read_text(encoding="utf-8"))
    ]
    for page, (name, *words) in on_pages:
        assert name in known, f"{page}: detente {name}"
        command = known[name]
        while hasattr(command, "commands"):
            command = command.commands[words.pop(0)]
        options = {"--help", *(option for p in command.params for option in (*p.opts, *p.secondary_opts))}
        asked = {word.partition("=")[0] for word in words if word.startswith("--")}
        assert asked <= options, f"{page}: detente {name} {' '.join(words)}"


def test_the_commands_of_the_readme_are_read():
    found = list(commands(PAGES["README.md"].read_text(encoding="utf-8")))
    assert ["scenarios"] in found
    assert any(line[0] == "sweep" and "--out" in line for line in found)


def test_the_description_names_every_equation_that_the_rules_name():
    rules = " ".join(p.read_text(encoding="utf-8") for p in (ROOT / "agents").rglob("*.py"))
    named = {int(k) for k in re.findall(r"\bE(\d{1,2})\b", rules)}
    described = {
        int(k) for k in re.findall(r"^### E(\d+)", generate.PAGES[0].read_text(encoding="utf-8"), re.M)
    }
    assert named <= described == set(range(1, 19))


def test_parameters_named_in_the_description_exist():
    page = generate.PAGES[0].read_text(encoding="utf-8")
    names = {name for group in Parameters.model_fields.values() for name in group.annotation.model_fields}
    for found in re.findall(r"\\texttt\{([^}]+)\}", page):
        assert found.replace("\\_", "_") in names | {"gain"}, found


def test_the_citation_names_this_version_and_has_what_the_format_requires():
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    keys = dict(re.findall(r"^([a-z-]+): *(.*)$", text, re.M))
    assert {"cff-version", "message", "title", "authors", "version", "license", "type"} <= set(keys)
    assert keys["cff-version"] == "1.2.0"
    version = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.M)[1]
    assert keys["version"].strip('"') == version


NEWER = {
    "new": ("case-from-data", None),
    "check": ("make-a-case", None),
    "benchmark": ("benchmark", "07-benchmark"),
    "if": ("how-many-if", "08-how-many-if"),
    "sequence": ("in-which-order", "09-in-which-order"),
    "predict": ("predict", "10-what-would-change-my-mind"),
    "where": ("where-else", "02-five-lessons"),
}
"""Command -> its how-to page, and the notebook that runs it where one does."""


def test_newer_commands_have_a_how_to_and_a_notebook():
    for command, (page, notebook) in NEWER.items():
        text = (DOCS / "how-to" / f"{page}.md").read_text(encoding="utf-8")
        assert f"detente {command} " in text, command
        if notebook is not None:
            called = "what_if" if command == "if" else command
            run = (DOCS / "notebooks" / f"{notebook}.ipynb").read_text(encoding="utf-8")
            assert f"detente.{called}(" in run, command
    assert "detente calibrate --pool" in (DOCS / "pooled.md").read_text(encoding="utf-8")


def test_the_words_of_an_answer_stand_in_the_glossary():
    text = (DOCS / "glossary.md").read_text(encoding="utf-8")
    for term in ("Pooled", "Posterior", "Prior", "Sign share", "Two intervals"):
        assert f"\n**{term}" in text, term
