"""Rules keep to the part of Python that interpreted and compiled code compute alike, bit for bit.

What is allowed is listed; anything else is refused.  Two things cannot be seen in the text and are left to the tests of
the two drivers: a divisor that becomes zero, and a float stored in an integer field.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[4]
FOLDER = ROOT / "agents" / "rules"
MACHINERY = ("__init__.py", "registry.py")

MATH = {"exp", "log", "log1p", "expm1", "sin", "cos", "tanh", "atan", "sqrt", "floor", "inf"}
BUILTINS = {"len", "range", "min", "max", "abs", "int", "float", "bool"}
OPERATORS = (
    ast.Add,
    ast.Sub,
    ast.Mult,
    ast.Div,
    ast.BitAnd,
    ast.BitOr,
    ast.BitXor,
    ast.LShift,
    ast.RShift,
)
WHOLE_DIVISION = (ast.FloorDiv, ast.Mod)
COMPARISONS = (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE)
STATEMENTS = (
    ast.Assign,
    ast.AugAssign,
    ast.Return,
    ast.If,
    ast.For,
    ast.While,
    ast.Break,
    ast.Continue,
    ast.Pass,
    ast.Expr,
)
EXPRESSIONS = (
    ast.Name,
    ast.Attribute,
    ast.Subscript,
    ast.Constant,
    ast.BinOp,
    ast.UnaryOp,
    ast.BoolOp,
    ast.Compare,
    ast.IfExp,
    ast.Call,
    ast.Tuple,
)
SILENT = (ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop)


def modules() -> list[Path]:
    return sorted(path for path in FOLDER.glob("*.py") if path.name not in MACHINERY)


def is_number(node: ast.expr | None) -> bool:
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, (int, float))
        and not isinstance(node.value, bool)
    )


def body_of(function: ast.FunctionDef) -> list[ast.stmt]:
    """The statements of a function without its docstring."""
    return function.body[1:] if ast.get_docstring(function) is not None else function.body


def faults(source: str) -> list[str]:
    """Everything in a rules module that is outside the audited subset, with its line."""
    tree = ast.parse(source)
    functions = [n for n in tree.body if isinstance(n, ast.FunctionDef)]
    found = [f"{line}: {text}" for line, text in module_faults(tree)]
    callable_names = {f.name for f in functions} | imported_functions(tree)
    for f in functions:
        found += [f"{line}: {f.name}: {text}" for line, text in function_faults(f, callable_names)]
    return found


def imported_functions(tree: ast.Module) -> set[str]:
    """Names taken from other rules modules in lower case; constants stand in capitals."""
    return {
        alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("detente.agents.rules.")
        for alias in node.names
        if alias.name.islower()
    }


def module_faults(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """What stands at the top of a module that is neither an import, a numeric constant nor a rule."""
    for node in tree.body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name != "math":
                    yield node.lineno, f"imports {alias.name}"
        elif isinstance(node, ast.ImportFrom):
            if not (node.module or "").startswith(("detente.agents", "__future__", "typing")):
                yield node.lineno, f"imports from {node.module}"
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            for child in ast.walk(node.value) if node.value is not None else ():
                if isinstance(child, (ast.Call, ast.List, ast.Dict, ast.Set, ast.Tuple)) or (
                    isinstance(child, ast.Constant) and not is_number(child)
                ):
                    yield node.lineno, "a constant that is not a number"
        elif isinstance(node, ast.FunctionDef):
            if [ast.unparse(d) for d in node.decorator_list] != ["rule"]:
                yield node.lineno, f"{node.name} is not registered with @rule"
            if ast.get_docstring(node) is None:
                yield node.lineno, f"{node.name} has no docstring"
        elif isinstance(node, ast.If):
            if ast.unparse(node.test) != "TYPE_CHECKING":
                yield node.lineno, "code at the top of the module"
        elif not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            yield node.lineno, f"{type(node).__name__} at the top of the module"


def function_faults(function: ast.FunctionDef, callable_names: set[str]) -> Iterator[tuple[int, str]]:
    """What a function holds that is not in the subset."""
    a = function.args
    if a.defaults or a.kwonlyargs or a.vararg or a.kwarg or a.posonlyargs:
        yield function.lineno, "parameters other than plain ones"
    for statement in body_of(function):
        for node in ast.walk(statement):
            for text in node_faults(node, callable_names):
                yield getattr(node, "lineno", function.lineno), text


def node_faults(node: ast.AST, callable_names: set[str]) -> Iterator[str]:
    """What is wrong with one node."""
    if isinstance(node, (ast.BinOp, ast.AugAssign)):
        yield from operator_faults(node)
    elif isinstance(node, ast.Compare):
        if not all(isinstance(op, COMPARISONS) for op in node.ops):
            yield "a comparison by 'is' or 'in'"
    elif isinstance(node, ast.Constant):
        if not isinstance(node.value, (bool, int, float)):
            yield f"the constant {node.value!r}"
    elif isinstance(node, ast.Subscript):
        if isinstance(node.slice, (ast.Slice, ast.Tuple, ast.UnaryOp)):
            yield "an index that is a slice, a tuple or negative"
    elif isinstance(node, ast.Call):
        yield from call_faults(node, callable_names)
    elif isinstance(node, ast.Name):
        if node.id in ("np", "numpy", "random", "print"):
            yield f"the name {node.id}"
    elif isinstance(node, ast.Attribute):
        if isinstance(node.value, ast.Name) and node.value.id == "math" and node.attr not in MATH:
            yield f"math.{node.attr}"
    elif isinstance(node, ast.For):
        if not isinstance(node.iter, (ast.Attribute, ast.Name, ast.Tuple, ast.Call)) or node.orelse:
            yield "a loop over something else than records or a range"
        if isinstance(node.iter, ast.Call) and ast.unparse(node.iter.func) != "range":
            yield "a loop over a call other than range"
    if isinstance(node, ast.Expr) and not isinstance(node.value, ast.Call):
        yield "a statement that does nothing"
    if not isinstance(node, (*STATEMENTS, *EXPRESSIONS, *SILENT)):
        yield type(node).__name__


def operator_faults(node: ast.BinOp | ast.AugAssign) -> Iterator[str]:
    """Operators with the same bits in both; whole division only by a positive number that stands there."""
    divisor = node.right if isinstance(node, ast.BinOp) else node.value
    if isinstance(node.op, WHOLE_DIVISION):
        if not (is_number(divisor) and ast.literal_eval(divisor) > 0) and not is_clock_count(divisor):
            yield f"{type(node.op).__name__} by something that is not a number above 0"
    elif not isinstance(node.op, OPERATORS):
        yield f"the operator {type(node.op).__name__}"
    if isinstance(node.op, ast.Div) and isinstance(divisor, ast.Constant) and divisor.value == 0:
        yield "a division by zero"


def is_clock_count(node: ast.expr) -> bool:
    """The number of ticks in a step is at least 1: the one divisor of integers that is not written out."""
    return ast.unparse(node) == "w.clock.ticks_per_step"


def call_faults(node: ast.Call, callable_names: set[str]) -> Iterator[str]:
    """Calls go to rules, to the audited functions of math and to a few builtins, with plain arguments."""
    if node.keywords or any(isinstance(a, ast.Starred) for a in node.args):
        yield "a call with keywords or stars"
    f = node.func
    if isinstance(f, ast.Name):
        if f.id not in callable_names | BUILTINS:
            yield f"a call of {f.id}"
    elif not (isinstance(f, ast.Attribute) and isinstance(f.value, ast.Name) and f.value.id == "math"):
        yield f"a call of {ast.unparse(f)}"


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.name)
def test_rules_keep_to_the_subset(path: Path):
    assert faults(path.read_text(encoding="utf-8")) == []


def test_every_rule_is_registered_once():
    from detente.agents.rules import RULES
    from detente.model.stages import STAGES

    assert STAGES, "loading the stages loads every rule that they call"

    written = {
        (f"detente.agents.rules.{path.stem}", node.name)
        for path in modules()
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
    }
    registered = [(f.__module__, f.__name__) for f in RULES]
    for module, name in sorted(written - set(registered)):
        pytest.fail(f"{module}.{name}: no stage calls it; give it a place in STAGES of model/stages.py")
    assert sorted(registered) == sorted(written)


def declared_names() -> set[str]:
    """Every name that stands after a dot in a rule: kinds and fields of records, groups and names of parameters."""
    from detente.agents.parameters import Parameters
    from detente.agents.schema import record_fields
    from detente.agents.state import MANY_KINDS, SINGLE_KINDS, World

    records = (*SINGLE_KINDS.values(), *MANY_KINDS.values())
    groups = [field.annotation for field in Parameters.model_fields.values()]
    names = {*World._fields, *Parameters.model_fields}
    return names.union(
        *({f.name for f in record_fields(r)} for r in records), *(g.model_fields for g in groups)
    )


def undeclared(source: str, known: set[str]) -> list[str]:
    """A line for each name after a dot in the functions of a rules module that nothing declares."""
    functions = [n for n in ast.parse(source).body if isinstance(n, ast.FunctionDef)]
    dotted = [n for f in functions for n in ast.walk(f) if isinstance(n, ast.Attribute)]
    return [
        f"{n.lineno}: {ast.unparse(n)}: declare {n.attr!r} as a field of a record in agents/state.py, or as a "
        "parameter in a group of agents/parameters.py"
        for n in dotted
        if ast.unparse(n.value) != "math" and n.attr not in known
    ]


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.name)
def test_what_rules_read_and_write_is_declared(path: Path):
    assert undeclared(path.read_text(encoding="utf-8"), declared_names()) == []


def test_a_field_that_is_not_declared_is_named():
    source = RULE.format("w.parties[n].grieved += w.par.trust.memory\n    return math.exp(x)")
    (line,) = undeclared(source, declared_names())
    assert line.startswith(
        "4: w.parties[n].grieved: declare 'grieved' as a field of a record in agents/state.py"
    )


def test_names_of_rules_are_their_own():
    """The compiled kernel imports rules by name, so two rules of one name would hide each other."""
    from detente.agents.rules import RULES

    names = [f.__name__ for f in RULES]
    assert len(set(names)) == len(names)


GOOD = '''
@rule
def fine(w: World, d: Dyad) -> float:
    """A rule."""
    total = 0.0
    for other in w.dyads:
        if other.hostile == 1 and not other.index == d.index:
            total += math.exp(-other.trust) / 2.0
    for k in range(3):
        d.luck[k] = float(k >> 1) if total > 0.0 else -1.0
    return max(total, clip(total, 0.0, 1.0))
'''

RULE = '@rule\ndef bad(w: World, x: float, n: int) -> float:\n    """A rule."""\n    {}\n'

BAD_BODIES = (
    "return x**2",
    "return x**n",
    "x **= 2\n    return x",
    "return math.pow(x, 2.0)",
    "return pow(x, 2)",
    "return np.exp(x)",
    "return numpy.mean(w.dyads)",
    "return sum(w.dyads)",
    "return round(x, 2)",
    "return round(x)",
    "return math.lgamma(x)",
    "return math.hypot(x, x)",
    "return math.gamma(x)",
    "return max([d.trust for d in w.dyads])",
    "return max(d.trust for d in w.dyads)",
    "return {1: x}[n]",
    "return {n for n in w.dyads}",
    "return [x, x][n]",
    "return 1.0 if n == 'war' else 0.0",
    "return f'{x}'",
    "return None",
    "try:\n        return x\n    except ZeroDivisionError:\n        return 0.0",
    "return (lambda y: y)(x)",
    "return n // x",
    "return n % x",
    "return n // 0",
    "return n // -2",
    "return x / 0",
    "return w.dyads[-1].trust",
    "return w.dyads[1:].trust",
    "return x is n",
    "return n in w.dyads",
    "def inner(y):\n        return y\n    return inner(x)",
    "assert x > 0\n    return x",
    "raise ValueError",
    "global MASK\n    return x",
    "import math\n    return x",
    "with w:\n        return x",
    "yield x",
    "return (y := x)",
    "return x @ x",
    "return ~n / x if isinstance(x, float) else x",
    "return clip(x, low=0.0, high=1.0)",
    "return clip(*w.dyads)",
    "return w.dyads.mean()",
    "return getattr(w, n)",
    "print(x)\n    return x",
    "del x",
    "x: float = 1.0\n    return x",
    "for i, d in enumerate(w.dyads):\n        x += i\n    return x",
    "for d in zip(w.dyads, w.pairs):\n        x += 1\n    return x",
    "return str(x)",
    "return sorted(w.dyads)",
    "x == n\n    return x",
    "return 1j",
    "return math.inf if any(w.dyads) else x",
)

BAD_MODULES = (
    'def unregistered(w):\n    """A rule."""\n    return 0.0\n',
    "@rule\ndef undocumented(w):\n    return 0.0\n",
    '@rule\ndef defaults(w, x=1.0):\n    """A rule."""\n    return x\n',
    '@rule\ndef stars(*w):\n    """A rule."""\n    return 0.0\n',
    '@njit\ndef other(w):\n    """A rule."""\n    return 0.0\n',
    '@rule\n@cache\ndef twice(w):\n    """A rule."""\n    return 0.0\n',
    "import numpy as np\n",
    "from numpy import exp\n",
    "from random import random\n",
    "NAMES = ('a', 'b')\n",
    "TABLE = [1.0, 2.0]\n",
    "LIMIT = float('inf')\n",
    "class Thing:\n    pass\n",
    "for i in range(3):\n    pass\n",
    "if True:\n    pass\n",
)

HEAD = "import math\n\nfrom detente.agents.rules.chance import clip\n\nLIMIT = 1.0 / 3.0\n\n"


def test_good_rules_pass():
    assert faults(HEAD + GOOD) == []


@pytest.mark.parametrize("body", BAD_BODIES)
def test_bad_bodies_are_caught(body: str):
    assert faults(HEAD + RULE.format(body)) != []


@pytest.mark.parametrize("source", BAD_MODULES)
def test_bad_modules_are_caught(source: str):
    assert faults(HEAD + source) != []
