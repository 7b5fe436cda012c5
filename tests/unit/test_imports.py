"""Imports run one way: agents <- model <- experiments <- dashboards."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LAYERS = ("agents", "model", "experiments", "dashboards")


def imported(tree: ast.AST, package: str) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    """Every import as (line, absolute module, names taken from it), those under TYPE_CHECKING included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name, ()
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield node.lineno, module, tuple(alias.name for alias in node.names)
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in ("import_module", "__import__") and isinstance(node.args[0].value, str):
                yield node.lineno, node.args[0].value, ()


def faults(source: str, package: str) -> list[str]:
    """What is wrong with the imports of a module of ``package``, such as ``detente.model``."""
    found: list[str] = []
    layer = package.split(".")[1]
    for line, module, names in imported(ast.parse(source), package):
        top, *rest = module.split(".")
        if top in LAYERS:
            found.append(f"{line}: bare import of {module}; write detente.{module}")
        if top != "detente":
            continue
        if rest:
            targets = {rest[0]}
        else:
            targets = set(names) - {"__version__"} or ({"detente"} if not names else set())
        for target in sorted(targets):
            if target not in LAYERS:
                found.append(f"{line}: takes {target} from the public face; import the module that has it")
            elif LAYERS.index(target) > LAYERS.index(layer):
                found.append(f"{line}: {layer} imports {target}, which stands above it")
    return found


def modules() -> list[Path]:
    return sorted(path for layer in LAYERS for path in (ROOT / layer).rglob("*.py"))


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_run_one_way(path: Path):
    package = ".".join(["detente", *path.relative_to(ROOT).parent.parts])
    assert faults(path.read_text(encoding="utf-8"), package) == []


def test_every_layer_was_seen():
    assert {path.relative_to(ROOT).parts[0] for path in modules()} == set(LAYERS)


@pytest.mark.parametrize("folder", ["detente", "tests"])
def test_no_bare_names_elsewhere(folder: str):
    bare = [
        f"{path.relative_to(ROOT)}:{line}: {module}"
        for path in sorted((ROOT / folder).rglob("*.py"))
        for line, module, _ in imported(ast.parse(path.read_text(encoding="utf-8")), "elsewhere")
        if module.split(".")[0] in LAYERS
    ]
    assert bare == []


@pytest.mark.parametrize(
    "source",
    [
        "import detente.experiments.sweep.sweep",
        "from detente.experiments import sweep",
        "from detente import experiments",
        "from ..dashboards.figures import fan",
        "from .. import experiments",
        "if TYPE_CHECKING:\n    from detente.dashboards import figures",
        "def late():\n    import detente.experiments.cli.main",
        "importlib.import_module('detente.experiments.cli.main')",
        "import model.process",
        "from agents import codes",
        "from detente import ensemble",
        "import detente",
    ],
)
def test_the_check_sees_a_fault(source: str):
    assert len(faults(source, "detente.model")) == 1


@pytest.mark.parametrize(
    "source",
    [
        "from detente.agents import codes",
        "from detente.model.state import World",
        "from .state import World",
        "from . import state",
        "from ..agents.codes import LEVERS",
        "from detente import __version__",
        "import numpy as np",
        "import modelling, experimental.thing",
    ],
)
def test_the_check_passes_what_is_allowed(source: str):
    assert faults(source, "detente.model") == []


def test_relative_imports_of_sub_packages_are_followed():
    assert faults("from ...experiments import sweep", "detente.agents.rules") != []
    assert faults("from ..codes import LEVERS", "detente.agents.rules") == []
