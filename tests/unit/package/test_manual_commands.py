"""Every command on every page is one that the program takes: its name, each option, each argument, each name in it."""

import re
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from manual import DOCS, PAGES, SHELL, blocks, command_lines

from detente.agents.codes import LEVERS, THEORIES
from detente.experiments.runs.inputs import declared_parameters
from detente.experiments.runs.outcomes import OUTCOMES
from detente.model.catalogue import case_names, is_path, policy_names

sys.path.insert(0, str(DOCS))
from generating import commands

application = cache(commands.application)

PLACEHOLDER = re.compile(r"[A-Z][A-Z_.]*\d?(\.[a-z]+)?|[A-Z]+=[A-Z]+")
"""A word that stands for another, such as CASE or DAILY.csv."""


def in_blocks(page: str) -> list[list[str]]:
    """The words of every command in the shell blocks of a page: what a reader would type."""
    return [line for b in blocks(PAGES[page]) if b.kind in SHELL for line in command_lines(b.text)]


def in_sentences(page: str) -> list[list[str]]:
    """The words of every command between backticks, which may leave out what it needs."""
    text = PAGES[page].read_text(encoding="utf-8")
    spans = re.findall(r"(?<!`)`((?:python3 -m uv run )?detente [a-z][^`]*)`", text)
    return [line for span in spans for line in command_lines(span.replace("\n", " "))]


def parsed(words: list[str]) -> tuple[str, dict[str, Any]]:
    """The command that the words call, and the values of its parameters; raises where the program would refuse."""
    group, above = application(), None
    while hasattr(group, "commands"):
        name, *words = words
        assert name in group.commands, f"no command {name!r}"
        group = group.commands[name]
    context = group.make_context(name, words, parent=above, resilient_parsing=False)
    return name, dict(context.params)


def numbers_for_placeholders(words: list[str]) -> list[str]:
    """Words that stand for numbers in a page, such as N, as numbers."""
    return ["1" if re.fullmatch(r"[NI]|SLURM_\w+", word) else word for word in words]


def unknown_names(values: dict[str, Any]) -> list[str]:
    """Names in the values of parameters that nothing has."""
    return [*unknown_case(values), *unknown_settings(values)]


def unknown_case(values: dict[str, Any]) -> list[str]:
    """A case or policies that do not exist, unless they are paths, the reader's own (my-case) or stand for others."""
    case = values.get("case") or values.get("what") or ""
    case = case[0] if isinstance(case, list) and len(case) == 1 else str(case)
    if not case or is_path(case) or PLACEHOLDER.fullmatch(case) or case.startswith("my-"):
        return []
    if case not in case_names():
        return [case]
    given = [values.get("policy"), values.get("branch_to"), *str(values.get("policies") or "").split(",")]
    names = [str(name) for name in given if name and not is_path(str(name))]
    return [n for n in names if n not in policy_names(case) and not PLACEHOLDER.fullmatch(n)]


@cache
def known_settings() -> dict[str, set[str]]:
    """The names that an option takes."""
    return {
        "lever": set(LEVERS),
        "param": set(declared_parameters()),
        "bar": {o.name for o in OUTCOMES},
        "outcomes": {o.name for o in OUTCOMES},
        "theory": set(THEORIES),
        "theories": {*THEORIES, "all"},
    }


def unknown_settings(values: dict[str, Any]) -> list[str]:
    """Levers, parameters, outcomes and theories that do not exist."""
    return [
        name
        for key, names in known_settings().items()
        for name in named(values.get(key))
        if name not in names and not PLACEHOLDER.fullmatch(name)
    ]


def named(value: Any) -> list[str]:
    """The names in the value of an option: what stands before an equals sign, what commas separate."""
    given = value if isinstance(value, list | tuple) else str(value or "").split(",")
    return [str(v).partition("=")[0] for v in given if v]


def test_every_command_in_a_block_is_one_that_the_program_takes():
    for page, words in [(p, line) for p in PAGES for line in in_blocks(p)]:
        if "--help" not in words:
            _, values = parsed(numbers_for_placeholders(words))
            assert unknown_names(values) == [], f"{page}: detente {' '.join(words)}"


def test_every_command_in_a_sentence_exists_with_its_options():
    wrong = [
        f"{page}: {' '.join(words)}"
        for page in PAGES
        for words in in_sentences(page)
        if is_wrong(numbers_for_placeholders(words))
    ]
    assert wrong == []


def is_wrong(words: list[str]) -> bool:
    """Whether the program would refuse a command for something else than what a sentence leaves out."""
    try:
        _, values = parsed(words)
    except Exception as error:  # those of the command line are of no package of their own
        return type(error).__name__ not in ("MissingParameter", "Exit")
    return unknown_names(values) != []


def test_the_commands_are_found():
    assert sum(len(in_blocks(page)) for page in PAGES) > 40
    assert sum(len(in_sentences(page)) for page in PAGES) > 40


@pytest.mark.parametrize(
    "line",
    [
        "detente compare korea-2018 --runs 3",
        "detente run template --policy openning",
        "detente run template --lever recogniton=1",
        "detente compare template --theories ripenes",
        "detente run template --param trust.memry=300",
    ],
)
def test_a_misspelt_name_is_noticed(line: str):
    (words,) = command_lines(line)
    assert unknown_names(parsed(words)[1]) != []


def test_a_misspelt_option_is_noticed():
    (words,) = command_lines("python3 -m uv run detente run template --sed 3")
    with pytest.raises(Exception, match="--sed"):
        parsed(words)


def test_shell_text_is_taken_apart():
    text = "python3 -m uv run detente run a \\\n    --seed 1 [--json]  # one\npip install detente\nx && detente serve\n"
    assert list(command_lines(text)) == [["run", "a", "--seed", "1", "--json"], ["serve"]]


def test_other_shell_lines_name_files_that_exist():
    shells = [
        (page, block.text) for page, path in PAGES.items() for block in blocks(path) if block.kind in SHELL
    ]
    for page, text in shells:
        for name in re.findall(r"^(?:bash|python3? )\s*((?:\.ci|docs|tests)/\S+)", text, re.MULTILINE):
            assert (Path(PAGES["README.md"]).parent / name).exists(), f"{page}: {name}"
