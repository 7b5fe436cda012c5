"""The mutation operators, in one table: what each changes in a node of a syntax tree, and why a test should notice.

An operator is given a copy of a node and returns the nodes that may stand in its place; none if it does not apply.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Surroundings:
    """What an operator may know of the place of a node.

    ``returns`` is the annotation of the function around it (empty outside functions), ``codes`` maps a constant that
    the module imports to the one imported beside it, ``names`` are all names that the module uses.
    """

    returns: str = ""
    codes: dict[str, str] = field(default_factory=dict[str, str])
    names: frozenset[str] = frozenset()


Apply = Callable[[ast.AST, Surroundings], Iterator[ast.AST]]


@dataclass(frozen=True)
class Operator:
    """One way to make a small mistake."""

    name: str
    why: str
    on: tuple[type[ast.AST], ...]
    apply: Apply


ARITHMETIC: dict[type, type] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitOr,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
BOUNDARY: dict[type, type] = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
NEGATION: dict[type, type] = {
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
EXTREMES = {"min": "max", "max": "min", "minimum": "maximum", "maximum": "minimum", "argmin": "argmax"}
TWINS = (
    ("a", "b"),
    ("ab", "ba"),
    ("source", "target"),
    ("kept", "broken"),
    ("needs_a", "needs_b"),
    ("low", "high"),
    ("step_days", "tick_days"),
    ("deaths_week", "deaths_quarter"),
    ("truce_from", "truce_until"),
    ("from_day", "until_day"),
    ("offer_from", "offer_until"),
    ("trust", "trust_reference"),
    ("readiness", "readiness_usual"),
    ("presence", "presence_start"),
    ("legitimacy", "legitimacy_start"),
    ("morale", "morale_full"),
    ("motivation", "optimism"),
    ("upper", "lower"),
    ("mean", "median"),
)
PARTNER = {name: other for pair in TWINS for name, other in (pair, pair[::-1])}
SIGNED = ("exp", "expm1", "log1p", "logistic", "tanh")
WRAPPERS = (
    "abs",
    "sqrt",
    "exp",
    "log",
    "log1p",
    "expm1",
    "floor",
    "ceil",
    "round",
    "sorted",
    "logistic",
    "sum",
)


def called(node: ast.AST) -> str:
    """The last name of what a call calls, or nothing."""
    if not isinstance(node, ast.Call):
        return ""
    function = node.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def arithmetic(node: ast.AST, _: Surroundings) -> Iterator[ast.AST]:
    if isinstance(node, (ast.BinOp, ast.AugAssign)) and type(node.op) in ARITHMETIC:
        node.op = ARITHMETIC[type(node.op)]()
        yield node


def exchanged(node: ast.AST, table: dict[type, type]) -> Iterator[ast.AST]:
    """A comparison with one of its operators exchanged."""
    if isinstance(node, ast.Compare):
        for i, op in enumerate(node.ops):
            if type(op) in table:
                other = copy.deepcopy(node)
                other.ops[i] = table[type(op)]()
                yield other


def boundary(node: ast.AST, _: Surroundings) -> Iterator[ast.AST]:
    yield from exchanged(node, BOUNDARY)


def comparison(node: ast.AST, _: Surroundings) -> Iterator[ast.AST]:
    yield from exchanged(node, NEGATION)


def constant(node: ast.AST, _: Surroundings) -> Iterator[ast.AST]:
    if not isinstance(node, ast.Constant):
        return
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, (int, float)):
        yield ast.Constant(type(value)(value == 0) if value in (0, 1) else next_number(value))


def next_number(value: float) -> float:
    """A number near another: the next integer, or half as much again."""
    return value + 1 if isinstance(value, int) else value * 1.5


def sign(node: ast.AST, _: Surroundings) -> Iterator[ast.AST]:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield node.operand
    if isinstance(node, ast.Call) and called(node) in SIGNED and len(node.args) == 1:
        node.args[0] = ast.UnaryOp(ast.USub(), node.args[0])
        yield node


def term(node: ast.AST, _: Surroundings) -> Iterator[ast.AST]:
    if not isinstance(node, ast.BinOp):
        return
    if isinstance(node.op, (ast.Add, ast.Sub, ast.Mult, ast.Div)):
        yield node.left
    if isinstance(node.op, (ast.Add, ast.Mult)):
        yield node.right
    elif isinstance(node.op, ast.Sub):
        yield ast.UnaryOp(ast.USub(), node.right)


def accumulation(node: ast.AST, _: Surroundings) -> Iterator[ast.AST]:
    if isinstance(node, ast.AugAssign):
        yield ast.Assign([node.target], node.value)


def junction(node: ast.AST, _: Surroundings) -> Iterator[ast.AST]:
    if isinstance(node, ast.BoolOp):
        node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield node


def operand(node: ast.AST, _: Surroundings) -> Iterator[ast.AST]:
    if isinstance(node, ast.BoolOp):
        for i in range(len(node.values)):
            rest = [copy.deepcopy(v) for k, v in enumerate(node.values) if k != i]
            yield rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)


def condition(node: ast.AST, _: Surroundings) -> Iterator[ast.AST]:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    elif isinstance(node, (ast.If, ast.While, ast.IfExp)):
        node.test = ast.UnaryOp(ast.Not(), node.test)
        yield node


def fixed(node: ast.AST, _: Surroundings) -> Iterator[ast.AST]:
    if isinstance(node, (ast.If, ast.IfExp)):
        for value in (True, False):
            other = copy.deepcopy(node)
            other.test = ast.Constant(value)
            yield other


def extreme(node: ast.AST, _: Surroundings) -> Iterator[ast.AST]:
    if isinstance(node, ast.Call) and called(node) in EXTREMES:
        function, other = node.func, EXTREMES[called(node)]
        if isinstance(function, ast.Attribute):
            function.attr = other
        else:
            node.func = ast.Name(other, ast.Load())
        yield node


def bound(node: ast.AST, _: Surroundings) -> Iterator[ast.AST]:
    if isinstance(node, ast.Call) and len(node.args) > 1:
        if called(node) in EXTREMES:
            yield from node.args
        elif called(node) == "clip":
            yield node.args[0]


NOTHING: dict[str, tuple[str, ...]] = {
    "float": ("0.0", "1.0"),
    "int": ("0", "1"),
    "bool": ("False", "True"),
    "str": ("''",),
    "list": ("[]",),
    "dict": ("{}",),
    "tuple": ("()",),
}
"""By the kind of what a function returns: what may be returned instead.  Other kinds are left alone."""


def returned(node: ast.AST, around: Surroundings) -> Iterator[ast.AST]:
    if isinstance(node, ast.Return) and node.value is not None and not isinstance(node.value, ast.Constant):
        for text in NOTHING.get(around.returns.partition("[")[0], ()):
            yield ast.Return(ast.parse(text, mode="eval").body)


def statement(node: ast.AST, _: Surroundings) -> Iterator[ast.AST]:
    stored = isinstance(node, ast.Assign) and not isinstance(node.targets[0], (ast.Name, ast.Tuple))
    if stored or isinstance(node, ast.AugAssign) or (isinstance(node, ast.Expr) and called(node.value)):
        yield ast.Pass()


def twin(node: ast.AST, around: Surroundings) -> Iterator[ast.AST]:
    if isinstance(node, ast.Attribute) and node.attr in PARTNER:
        node.attr = PARTNER[node.attr]
        yield node
    elif isinstance(node, ast.Name) and PARTNER.get(node.id) in around.names:
        node.id = PARTNER[node.id]
        yield node


def code(node: ast.AST, around: Surroundings) -> Iterator[ast.AST]:
    if isinstance(node, ast.Name) and node.id in around.codes:
        node.id = around.codes[node.id]
        yield node


def loop(node: ast.AST, _: Surroundings) -> Iterator[ast.AST]:
    if isinstance(node, ast.For):
        node.body.append(ast.Break())
        yield node
    elif isinstance(node, ast.Continue):
        yield ast.Break()
    elif isinstance(node, ast.Break):
        yield ast.Continue()


GUARDS = ("strict", "encoding", "check")
"""Keywords that only guard against what should never happen: without them the program is the same."""


def keyword(node: ast.AST, _: Surroundings) -> Iterator[ast.AST]:
    if isinstance(node, ast.Call):
        for i, given in enumerate(node.keywords):
            if given.arg not in GUARDS:
                other = copy.deepcopy(node)
                del other.keywords[i]
                yield other


def wrapper(node: ast.AST, _: Surroundings) -> Iterator[ast.AST]:
    if isinstance(node, ast.Call) and called(node) in WRAPPERS and len(node.args) == 1:
        yield node.args[0]


OPERATORS = (
    Operator(
        "arithmetic swap", "a sign or an operator written wrongly", (ast.BinOp, ast.AugAssign), arithmetic
    ),
    Operator(
        "comparison boundary", "an end of a range that counts on the wrong side", (ast.Compare,), boundary
    ),
    Operator("comparison flip", "a comparison the wrong way round", (ast.Compare,), comparison),
    Operator("constant", "a number mistyped", (ast.Constant,), constant),
    Operator("sign", "a minus forgotten, or one too many", (ast.UnaryOp, ast.Call), sign),
    Operator("term or factor dropped", "part of an equation left out", (ast.BinOp,), term),
    Operator("accumulation lost", "a sum that keeps its last summand only", (ast.AugAssign,), accumulation),
    Operator("and/or swap", "conditions joined wrongly", (ast.BoolOp,), junction),
    Operator("condition dropped", "one condition of several forgotten", (ast.BoolOp,), operand),
    Operator(
        "condition negated",
        "a test the wrong way round",
        (ast.UnaryOp, ast.If, ast.While, ast.IfExp),
        condition,
    ),
    Operator("condition fixed", "a branch that is always or never taken", (ast.If, ast.IfExp), fixed),
    Operator("min/max swap", "the wrong extreme", (ast.Call,), extreme),
    Operator("bound dropped", "a bound forgotten, or the bound for the value", (ast.Call,), bound),
    Operator("constant returned", "a function whose work is not used", (ast.Return,), returned),
    Operator("statement dropped", "a line forgotten", (ast.Assign, ast.AugAssign, ast.Expr), statement),
    Operator("twin name", "the other of two names that go together", (ast.Attribute, ast.Name), twin),
    Operator("wrong code", "another constant of those at hand", (ast.Name,), code),
    Operator(
        "loop cut short",
        "a loop that stops too early, or too late",
        (ast.For, ast.Continue, ast.Break),
        loop,
    ),
    Operator("keyword dropped", "an argument not passed on", (ast.Call,), keyword),
    Operator("function dropped", "a transformation forgotten", (ast.Call,), wrapper),
)
