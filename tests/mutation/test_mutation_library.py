"""The library of the mutation run: what each operator does, what is left alone, and what counts as noticed."""

import ast
import itertools
import sys
from pathlib import Path

import pytest
from mutation import running
from mutation.drawing import Mutant, Source, draw_mutants
from mutation.operators import OPERATORS, Surroundings
from mutation.report import kill_rate, summary, survivors
from mutation.rooms import AREAS, ROOT
from mutation.running import Importer, Judge, Verdict, is_expectation

EXAMPLES = {
    "arithmetic swap": ("a - b", ["a + b"]),
    "comparison boundary": ("a < b <= c", ["a <= b <= c", "a < b < c"]),
    "comparison flip": ("a < b", ["a >= b"]),
    "constant": ("3", ["4"]),
    "sign": ("-a", ["a"]),
    "term or factor dropped": ("a - b", ["a", "-b"]),
    "accumulation lost": ("a += b", ["a = b"]),
    "and/or swap": ("a and b", ["a or b"]),
    "condition dropped": ("a and b and c", ["b and c", "a and c", "a and b"]),
    "condition negated": ("a if b else c", ["a if not b else c"]),
    "condition fixed": ("a if b else c", ["a if True else c", "a if False else c"]),
    "min/max swap": ("min(a, b)", ["max(a, b)"]),
    "bound dropped": ("clip(a, 0, 1)", ["a"]),
    "constant returned": ("return a + b", ["return 0.0", "return 1.0"]),
    "statement dropped": ("a.b = c", ["pass"]),
    "twin name": ("pair.ab", ["pair.ba"]),
    "wrong code": ("FRONT", ["DIRECT"]),
    "loop cut short": ("continue", ["break"]),
    "keyword dropped": ("f(a, b=1, c=2)", ["f(a, c=2)", "f(a, b=1)"]),
    "function dropped": ("abs(a)", ["a"]),
}
AROUND = Surroundings(returns="float", codes={"FRONT": "DIRECT"})


def node_of(text: str) -> ast.AST:
    statement = ast.parse(text).body[0]
    return statement.value if isinstance(statement, ast.Expr) else statement


def texts(name: str, text: str) -> list[str]:
    operator = next(o for o in OPERATORS if o.name == name)
    node = node_of(text)
    assert isinstance(node, operator.on)
    return [ast.unparse(ast.fix_missing_locations(n)) for n in operator.apply(node, AROUND)]


def test_every_operator_has_an_example_and_a_reason() -> None:
    assert [o.name for o in OPERATORS] == list(EXAMPLES)
    assert all(o.why for o in OPERATORS)


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_an_operator_does(name: str) -> None:
    before, after = EXAMPLES[name]
    assert texts(name, before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [("0", "1"), ("1", "0"), ("0.0", "1.0"), ("0.4", "0.6000000000000001"), ("True", "False")],
)
def test_how_a_number_is_changed(before: str, after: str) -> None:
    assert texts("constant", before) == [after]


LEFT_ALONE = '''
"""A docstring of 1 + 1."""
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from other import A

def f(x: int = 2, y: list[1] = ()) -> float:
    """Another."""
    if x:
        raise ValueError(f"not {1 + 1}", 1 + 1)
    print(x + 1)
    g(strict=True, other=None)
    return f"{x + 1}"
'''


def test_texts_annotations_imports_and_messages_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(LEFT_ALONE, encoding="utf-8")
    source = Source(tmp_path, "a.py")
    changed = [ast.unparse(source.nodes[i][0]) for i in range(len(source.nodes)) if source.choices(i)]
    assert [text.split("\n")[0] for text in changed] == [
        "2",
        "if x:",
        "g(strict=True, other=None)",
        "g(strict=True, other=None)",
        "return f'{x + 1}'",
    ]


SMALL = "def f(a, b):\n    if a > b:\n        return a - b\n    return b * 2\n"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    (tmp_path / "small.py").write_text(SMALL, encoding="utf-8")
    return tmp_path


def test_a_seed_draws_each_node_once_and_the_same_mutants_again(small: Path) -> None:
    drawn = list(draw_mutants(small, ["small.py"], 3))
    assert drawn == list(draw_mutants(small, ["small.py"], 3))
    assert drawn != list(draw_mutants(small, ["small.py"], 4))
    assert len({m.node for m in drawn}) == len(drawn) > 5


def test_every_mutant_differs_from_the_source_in_the_one_node(small: Path) -> None:
    source = Source(small, "small.py")
    for mutant in draw_mutants(small, ["small.py"], 3):
        text = ast.unparse(source.mutated(mutant))
        assert text != ast.unparse(source.tree)
        assert mutant.function == "f"
        assert ast.unparse(Source(small, "small.py").tree) == ast.unparse(ast.parse(SMALL))


def test_mutants_that_are_the_same_program_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "same.py").write_text("X = 2 - 0\n", encoding="utf-8")
    drawn = {m.after for seed in range(30) for m in draw_mutants(tmp_path, ["same.py"], seed)}
    assert drawn == {"3", "1", "-0"}  # neither 2 + 0 nor 2


def test_a_mutant_is_imported_from_memory_and_no_file_changes(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "ROOT", small)
    code = compile("VALUE = 7", "small.py", "exec")
    importer = Importer("detente_mutant_of_a_test", "small.py", code)
    monkeypatch.setattr(sys, "meta_path", [importer, *sys.meta_path])
    module = __import__("detente_mutant_of_a_test")
    monkeypatch.delitem(sys.modules, "detente_mutant_of_a_test")
    assert (module.VALUE, module.__file__) == (7, str(small / "small.py"))
    assert (small / "small.py").read_text(encoding="utf-8") == SMALL


def test_what_counts_as_noticed() -> None:
    from detente.model.errors import InputError

    with pytest.raises(pytest.fail.Exception) as unmet, pytest.raises(ValueError, match="never raised"):
        pass
    assert is_expectation(unmet.value)
    assert is_expectation(AssertionError())
    assert is_expectation(InputError("a message"))
    for crash in (NameError(), TypeError(), ZeroDivisionError(), KeyError(), ValueError()):
        assert not is_expectation(crash)
    assert Judge(True).outcome == "survived"


def verdict(outcome: str, operator: str = "constant") -> Verdict:
    return Verdict(Mutant("agents/rules/trust.py", 3, "f", operator, "0.0", "1.0", 0, 0), outcome)


def test_crashes_and_hangs_are_outside_the_rate() -> None:
    verdicts = [verdict(o) for o in ("killed", "killed", "killed", "survived", "crashed", "hung")]
    assert kill_rate(verdicts) == 0.75
    assert summary(verdicts) == "3 of 4 mutants killed (75.0 %); left out: 2 that crash or hang"


def test_a_survivor_is_printed_with_its_place_and_change() -> None:
    assert survivors([verdict("survived"), verdict("killed")]) == (
        "agents/rules/trust.py:3 f: constant: 0.0  ->  1.0"
    )


@pytest.mark.parametrize("name", AREAS)
def test_every_file_of_an_area_has_tests(name: str) -> None:
    area = AREAS[name]
    without = [file for file in area.files() if not area.tests_of(file)]
    assert without == []
    for file in itertools.chain.from_iterable(
        itertools.chain.from_iterable(map(area.tests_of, area.files()))
    ):
        assert (ROOT / file).is_file()
