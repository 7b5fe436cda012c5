"""Imports run one way: agents <- model <- experiments <- dashboards."""

import ast
import importlib.util
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
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


def faults(source: str | ast.AST, package: str) -> list[str]:
    """What is wrong with the imports of a module of ``package``, such as ``detente.model``."""
    found: list[str] = []
    layer = package.split(".")[1]
    tree = source if isinstance(source, ast.AST) else ast.parse(source)
    for line, module, names in imported(tree, package):
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


@cache
def parsed(path: Path) -> ast.Module:
    """A file's syntax tree, which several tests look at."""
    return ast.parse(path.read_text(encoding="utf-8"))


def test_imports_run_one_way():
    found: list[str] = []
    for path in modules():
        place = path.relative_to(ROOT)
        package = ".".join(["detente", *place.parent.parts])
        found += [f"{place}:{fault}" for fault in faults(parsed(path), package)]
    assert found == []


def test_every_layer_was_seen():
    assert {path.relative_to(ROOT).parts[0] for path in modules()} == set(LAYERS)


@pytest.mark.parametrize("folder", ["detente", "tests"])
def test_no_bare_names_elsewhere(folder: str):
    bare = [
        f"{path.relative_to(ROOT)}:{line}: {module}"
        for path in sorted((ROOT / folder).rglob("*.py"))
        for line, module, _ in imported(parsed(path), "elsewhere")
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


# -- rooms

spec = importlib.util.spec_from_file_location("house", ROOT / "docs" / "house.py")
assert spec is not None
assert spec.loader is not None
house = importlib.util.module_from_spec(spec)
spec.loader.exec_module(house)


def test_rooms_import_downwards_only():
    """Imports for type checkers count too."""
    known = house.modules()
    upwards = [
        f"{path.relative_to(ROOT)}:{line}: imports {target}, but {house.room_of(known[target])} does not stand below"
        for path in known.values()
        for line, target in house.imports_of(path, known)
        if house.room_of(known[target]) != house.room_of(path)
        and house.floor_of(house.room_of(known[target])) >= house.floor_of(house.room_of(path))
    ]
    assert upwards == []


def test_every_file_is_in_a_declared_room():
    strays = [
        str(path.relative_to(ROOT))
        for path in house.modules().values()
        if house.room_of(path) not in house.ROOMS
    ]
    assert [stray for stray in strays if stray != "experiments/__init__.py"] == []


def test_experiments_stay_small_enough_to_find_ones_way():
    """At most 16 rooms on at most 7 floors."""
    own = [[room for room in floor if room.startswith("experiments/")] for floor in house.FLOORS]
    own = [floor for floor in own if floor]
    assert len(own) <= 7
    assert sum(map(len, own)) <= 16


def test_no_module_of_experiments_is_part_of_a_circle():
    own = {name: targets for name, targets in house.module_imports().items() if "experiments" in name}
    assert circle(own) == []
    assert set(circle({"a": ["b"], "b": ["c"], "c": ["a"], "d": ["a"]})) == {"a", "b", "c"}


def circle(imports: dict[str, list[str]]) -> list[str]:
    """The modules of one circle of imports, if there is any."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return error.args[1]
    return []


SHARED = ("experiments/cli", "experiments/cli/printing", "dashboards/figures", "dashboards/app")
"""Rooms whose files may be named as the file of another room: a command, its printing, its figure and its page."""


def test_a_file_name_says_one_thing():
    """Where two files share a name, all but one are the command, printing, figure or page of what that one computes."""
    by_name: dict[str, list[str]] = {}
    for path in house.modules().values():
        if path.name != "__init__.py":
            by_name.setdefault(path.name, []).append(house.room_of(path))
    alike = {
        name: rooms
        for name, rooms in by_name.items()
        if len([room for room in rooms if room not in SHARED]) > 1
        or any(rooms.count(room) > 1 for room in SHARED)
    }
    assert alike == {}


def test_the_picture_of_the_rooms_is_that_of_the_imports():
    drawn = house.PICTURE.read_text(encoding="utf-8") == house.svg()
    assert drawn, (
        "docs/images/rooms.svg is not of these imports: python3 -m uv run python docs/generate.py draws it"
    )


def lengths_of(*kinds: type[Any]) -> list[int]:
    """Lines of every function or class of the package, shortest first."""
    nodes = [node for path in modules() for node in ast.walk(parsed(path)) if isinstance(node, kinds)]
    return sorted(node.end_lineno - node.lineno + 1 for node in nodes)


def test_functions_and_classes_stay_short():
    lengths = lengths_of(ast.FunctionDef, ast.AsyncFunctionDef)
    classes = lengths_of(ast.ClassDef)
    assert lengths[len(lengths) // 2] <= 7
    assert lengths[int(0.95 * len(lengths))] <= 25
    assert max(classes) <= 250
