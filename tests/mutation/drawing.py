"""Mutants of a set of files, drawn evenly over the syntax nodes to which some operator applies."""

from __future__ import annotations

import ast
import copy
import importlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import CodeType
from typing import Any

from mutation.operators import GUARDS, OPERATORS, Surroundings, called

DECLARING = ("Field", "par", "switch", "var", "Option", "Argument", "print", "TypeVar", "cast")
"""Calls whose arguments declare or print, and decide nothing."""


@dataclass(frozen=True)
class Mutant:
    """One changed node: where it stands, what was there and what stands there now."""

    file: str
    line: int
    function: str
    operator: str
    before: str
    after: str
    node: int
    variant: int

    @property
    def module(self) -> str:
        """The dotted name of the module it changes."""
        parts = Path(self.file).with_suffix("").parts
        return ".".join(("detente", *parts[: -1 if parts[-1] == "__init__" else None]))


def is_left_alone(node: ast.AST) -> bool:
    """Imports, messages, texts, declarations, guards and what only type checkers read are never mutated."""
    if isinstance(node, (ast.Import, ast.ImportFrom, ast.Raise, ast.JoinedStr, ast.TypeAlias)):
        return True
    if isinstance(node, ast.keyword):
        return node.arg in GUARDS
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant) or called(node.value) in DECLARING
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        return True
    return called(node) in DECLARING


def children(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes below one, without annotations and decorators."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "type_params"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not is_left_alone(child):
                yield child


def nodes(tree: ast.AST, function: str = "", returns: str = "") -> Iterator[tuple[ast.AST, str, str]]:
    """Every node that may be mutated, with the function around it and that function's return annotation."""
    for child in children(tree):
        name, kind = function, returns
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
            name = child.name
            kind = ast.unparse(child.returns) if child.returns is not None else ""
        yield child, name, kind
        yield from nodes(child, name, kind)


def neighbours(tree: ast.Module) -> dict[str, str]:
    """Each constant in capitals that a module imports, and the next one from the same place that is not its equal."""
    found: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            names = [a.name for a in node.names if a.name.isupper()]
            values = values_of(node.module, names)
            for i, name in enumerate(names):
                others = [o for o in (*names[i + 1 :], *names[:i]) if values[o] != values[name]]
                if others:
                    found[name] = others[0]
    return found


def values_of(module: str, names: list[str]) -> dict[str, Any]:
    """What constants are equal to, where that can be read without importing code that may be mutated."""
    if module in ("detente.agents.codes", "detente.agents.state"):
        return {name: getattr(importlib.import_module(module), name) for name in names}
    return {name: name for name in names}


def variants(node: ast.AST, around: Surroundings) -> Iterator[tuple[str, list[ast.AST]]]:
    """By operator, what may stand in place of a node."""
    for operator in OPERATORS:
        if not isinstance(node, operator.on):
            continue
        others = list(operator.apply(copy.deepcopy(node), around))
        others = [o for o in others if ast.dump(o) != ast.dump(node)]
        if others:
            yield operator.name, others


class Source:
    """A file, its syntax tree and the nodes of it that may be mutated."""

    def __init__(self, root: Path, file: str) -> None:
        self.file = file
        self.tree = ast.parse((root / file).read_text(encoding="utf-8"))
        self.codes = neighbours(self.tree)
        self.names = frozenset(n.id for n in ast.walk(self.tree) if isinstance(n, ast.Name))
        self.nodes = list(nodes(self.tree))

    @cached_property
    def compiled(self) -> CodeType:
        """What the file compiles to as it stands."""
        return compiled(self.tree)

    def choices(self, i: int) -> list[tuple[str, list[ast.AST]]]:
        """The operators that apply to the i-th node, with their variants."""
        node, _, returns = self.nodes[i]
        return list(variants(node, Surroundings(returns, self.codes, self.names)))

    def mutant(self, i: int, draw: random.Random) -> Mutant:
        """One mutant of the i-th node: first an operator by lot, then one of its variants."""
        operator, others = draw.choice(self.choices(i))
        variant = draw.randrange(len(others))
        node, function, _ = self.nodes[i]
        line: int = getattr(node, "lineno", 0)
        texts = [" ".join(ast.unparse(ast.fix_missing_locations(n)).split()) for n in (node, others[variant])]
        return Mutant(self.file, line, function, operator, *texts, i, variant)

    def mutated(self, mutant: Mutant) -> ast.Module:
        """The whole tree with the mutant in it."""
        other = dict(self.choices(mutant.node))[mutant.operator][mutant.variant]
        tree = copy.deepcopy(self.tree)
        target = list(nodes(tree))[mutant.node][0]
        ast.copy_location(other, target)
        Replacement(target, other).visit(tree)
        return ast.fix_missing_locations(tree)


class Replacement(ast.NodeTransformer):
    """Puts one node in the place of another."""

    def __init__(self, target: ast.AST, other: ast.AST) -> None:
        self.target = target
        self.other = other

    def visit(self, node: ast.AST) -> Any:
        """Replace the node that is the target itself, not one like it."""
        return self.other if node is self.target else self.generic_visit(node)


def draw_mutants(root: Path, files: list[str], seed: int) -> Iterator[Mutant]:
    """All nodes of the files to which an operator applies, in an order drawn by the seed, each with one mutant."""
    draw = random.Random(seed)
    sources = [Source(root, file) for file in files]
    places = [(s, i) for s in sources for i in range(len(s.nodes)) if s.choices(i)]
    draw.shuffle(places)
    for source, i in places:
        mutant = source.mutant(i, draw)
        if compiled(source.mutated(mutant)) != source.compiled:
            yield mutant


def compiled(tree: ast.Module) -> CodeType:
    """What a tree compiles to, without its lines; two trees with the same are the same program."""
    return without_lines(compile(ast.unparse(tree), "mutant", "exec"))


def without_lines(code: CodeType) -> CodeType:
    """A code object, and those inside it, without the places of its instructions."""
    inner = tuple(without_lines(c) if isinstance(c, CodeType) else c for c in code.co_consts)
    return code.replace(co_linetable=b"", co_firstlineno=1, co_consts=inner)
