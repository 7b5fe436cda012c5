"""Questions beside a case: what stands in the file, every fault at once, and decisions that change the run."""

import shutil
from pathlib import Path

import pytest

from detente.experiments.cases.check import check
from detente.experiments.cases.questions import questions_of
from detente.experiments.cases.targets import recognised
from detente.experiments.runs.ensemble import run_together
from detente.model.catalogue import SHIPPED, case_names, load_scenario
from detente.model.errors import InputError

FIRST = ("afghanistan-2018", "korea-2017", "template")
ASKING = [name for name in case_names() if (SHIPPED / name / "questions.toml").is_file()]

MOVE = "[[question.choice.move]]\n"
CALM = '{ watch = "deaths", between = ["republic", "movement"], below = 1.0 }'


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A copy of the template, in a folder of its own."""
    return Path(shutil.copytree(SHIPPED / "template", tmp_path / "mine"))


def edited(folder: Path, *changes: tuple[str, str]) -> Path:
    path = folder / "questions.toml"
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    return path


def test_every_case_asks_one_that_can_be_decided() -> None:
    assert set(ASKING) == set(case_names())
    for name in ASKING:
        assert questions_of(load_scenario(name)), name


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in FIRST else pytest.mark.slow) for name in ASKING]
)
def test_every_choice_of_a_question_changes_the_run_and_no_other_does_the_same(
    name: str, compiled: None
) -> None:
    questions = questions_of(load_scenario(name))
    for asked in questions:
        starts = [asked.recipe(name).open(), *(asked.recipe(name, c.name).open() for c in asked.choice)]
        finals = [tuple(map(tuple, made.finals.rows)) for made in run_together(starts, (1, 2))]
        assert len(set(finals)) == len(finals), f"{name}: {asked.name}"
    assert len({asked.name for asked in questions}) == len(questions)


def test_a_case_without_the_file_asks_nothing(own: Path) -> None:
    (own / "questions.toml").unlink()
    assert questions_of(load_scenario(own)) == ()
    assert check(own).ok


def test_the_questions_of_a_case_are_checked_with_it(own: Path) -> None:
    path = edited(
        own,
        ('outcome = "fatalities"', 'outcome = "fatalitys"'),
        ("date = 2030-03-01", "date = 1930-03-01"),
        ('actor = "republic"', 'actor = "republik"'),
        ('name = "thirty-days"', 'nmae = "thirty-days"'),
    )
    errors = check(own).errors
    assert all(str(path) in line for line in errors)
    assert any("outcome: got 'fatalitys'" in line and "did you mean 'fatalities'" in line for line in errors)
    assert any("nmae: got an unknown key" in line for line in errors)
    assert check(path).errors == errors, "the file stands for its case"


def test_names_and_dates_are_checked_against_the_case(own: Path) -> None:
    edited(
        own,
        ('policy = "status-quo"', 'policy = "status-qou"'),
        ("date = 2030-03-01", "date = 1930-03-01"),
        ('actor = "republic"', 'actor = "republik"'),
        ("until = 2030-03-31", "until = 2040-03-31"),
    )
    with pytest.raises(InputError) as raised:
        questions_of(load_scenario(own))
    lines = raised.value.problems
    places = (
        "[question 1: ninety-days].policy: got 'status-qou'",
        "[question 1: ninety-days].date: got 1930-03-01",
        "[question 1: ninety-days.choice 1: ninety-days.move 1].actor: got 'republik'",
        "[question 1: ninety-days.choice 2: thirty-days.move 1].until: got 2040-03-31",
    )
    for place in places:
        assert any(place in line for line in lines), place


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (('name = "thirty-days"', 'name = "ninety-days"'), "another name than those before"),
        ((f"{MOVE}date = 2030-03-01\n", MOVE), "either a date or a condition"),
        ((f"{MOVE}date = 2030-03-01\n", f"{MOVE}when = {CALM}\n"), "taken on a day"),
        (('title = "A war', 'titel = "A war'), "did you mean 'title'"),
    ],
)
def test_what_makes_no_question_is_said(own: Path, change: tuple[str, str], words: str) -> None:
    edited(own, change)
    assert any(words in line for line in check(own).errors)


def test_a_choice_decides_something(own: Path) -> None:
    path = own / "questions.toml"
    head = path.read_text(encoding="utf-8").partition("[[question.choice.move]]")[0]
    path.write_text(head, encoding="utf-8")
    assert any("at least one move or lever" in line for line in check(own).errors)


def test_a_choice_that_there_is_not_is_refused() -> None:
    (asked,) = questions_of(load_scenario("template"))
    with pytest.raises(InputError, match="did you mean 'ninety-days'"):
        asked.recipe("template", "ninety-day")


def test_a_file_of_questions_is_its_case(own: Path) -> None:
    meant = recognised(own / "questions.toml")
    assert (meant.kind, meant.place) == ("case", str(own.resolve()))
