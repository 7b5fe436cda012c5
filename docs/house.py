"""The rooms of the package, read from its imports and drawn: ``python docs/house.py`` writes docs/images/rooms.svg.

A room is a folder of code.  Rooms stand on floors, and imports, those for type checkers included, go to a lower floor
or stay in the room.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "images" / "rooms.svg"
FOLDERS = ("agents", "model", "experiments", "dashboards")

FLOORS: tuple[tuple[str, ...], ...] = (
    ("agents",),
    ("model",),
    ("experiments/io", "experiments/data"),
    ("experiments/runs",),
    (
        "experiments/compare",
        "experiments/sweep",
        "experiments/audit",
        "experiments/evidence",
    ),
    (
        "experiments/analysis",
        "experiments/validity",
        "experiments/cases",
    ),
    ("experiments/benchmark", "experiments/calibration"),
    ("experiments/cli/printing",),
    ("experiments/cli",),
    ("dashboards/figures", "dashboards/manual"),
    ("dashboards/app",),
    ("dashboards",),
)
"""The order of the rooms, from the ground up; this is the one place where it stands."""

ROOMS = tuple(room for floor in FLOORS for room in floor)


def room_of(path: Path) -> str:
    """The room that a file of the package belongs to: the longest declared folder that holds it."""
    place = path.relative_to(ROOT).as_posix()
    matches = [room for room in ROOMS if place.startswith(f"{room}/")]
    return max(matches, key=len) if matches else path.relative_to(ROOT).parent.as_posix()


def modules() -> dict[str, Path]:
    """Every module of the package by its full name."""
    files = (path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py")))
    return {module_name(path): path for path in files}


def module_name(path: Path) -> str:
    """The full name of a module, a package by the name of its folder."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(("detente", *(parts[:-1] if parts[-1] == "__init__" else parts)))


def imports_of(path: Path, known: Mapping[str, Path]) -> Iterator[tuple[int, str]]:
    """The modules of the package that a file imports, with the line; a name taken from a package may be one."""
    for node in import_nodes(path):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names if alias.name in known)
        elif node.module:
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                target = full if full in known else node.module
                if target in known:
                    yield node.lineno, target


@cache
def import_nodes(path: Path) -> list[ast.Import | ast.ImportFrom]:
    """The import statements of a file, read once."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))]


def module_imports() -> dict[str, list[str]]:
    """Every module with the modules of the package that it imports."""
    known = modules()
    return {name: sorted({target for _, target in imports_of(path, known)}) for name, path in known.items()}


def room_imports() -> Counter[tuple[str, str]]:
    """How many imports lead from one room to another."""
    known = modules()
    rooms = {name: room_of(path) for name, path in known.items()}
    return Counter(
        (rooms[name], rooms[target])
        for name, path in known.items()
        for _, target in imports_of(path, known)
        if rooms[name] != rooms[target]
    )


def floor_of(room: str) -> int:
    """The number of a room's floor, from 0."""
    return next(k for k, floor in enumerate(FLOORS) if room in floor)


# -- the picture

WIDE, HIGH, GAP, STEP, EDGE = 176, 40, 26, 92, 24
"""Width and height of a room, the gap between two, the height of a floor and the margin [px]."""


def places() -> dict[str, tuple[float, float]]:
    """The middle of each room in the picture."""
    width = picture_width()
    found: dict[str, tuple[float, float]] = {}
    for k, floor in enumerate(FLOORS):
        whole = len(floor) * WIDE + (len(floor) - 1) * GAP
        for j, room in enumerate(floor):
            x = (width - whole) / 2 + j * (WIDE + GAP) + WIDE / 2
            found[room] = (x, EDGE + (len(FLOORS) - 1 - k) * STEP + HIGH / 2)
    return found


def picture_width() -> float:
    """Width of the picture [px]."""
    most = max(len(floor) for floor in FLOORS)
    return 2 * EDGE + most * WIDE + (most - 1) * GAP


def n_files(room: str) -> int:
    """Python files of a room, those of rooms inside it left out."""
    return sum(room_of(path) == room and path.name != "__init__.py" for path in modules().values())


def svg() -> str:
    """The picture of the rooms, an arrow for every pair of rooms with imports between them."""
    at, width, height = places(), picture_width(), 2 * EDGE + (len(FLOORS) - 1) * STEP + HIGH
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img" '
        'font-family="system-ui, sans-serif" font-size="13">',
        "<title>The rooms of the package and the imports between them; every arrow goes down</title>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" '
        'orient="auto"><path d="M0 0 8 4 0 8z" fill="#7a8794"/></marker></defs>',
        f'<rect width="{width:g}" height="{height:g}" fill="#ffffff"/>',
    ]
    lines += [arrow(at[upper], at[lower], n) for (upper, lower), n in sorted(room_imports().items())]
    lines += [box(room, *at[room]) for room in ROOMS]
    return "\n".join([*lines, "</svg>"]) + "\n"


def arrow(upper: tuple[float, float], lower: tuple[float, float], n: int) -> str:
    """A line from the bottom of one room to the top of another, thicker for more imports."""
    (x1, y1), (x2, y2) = upper, lower
    bend = 0.35 * (y2 - y1)
    path = f"M{x1:g} {y1 + HIGH / 2:g}C{x1:g} {y1 + bend:g} {x2:g} {y2 - bend:g} {x2:g} {y2 - HIGH / 2:g}"
    thick = 0.8 + min(n, 40) / 20
    look = (
        f'fill="none" stroke="#7a8794" stroke-opacity=".55" stroke-width="{thick:g}" marker-end="url(#tip)"'
    )
    return f'<path d="{path}" {look}/>'


def box(room: str, x: float, y: float) -> str:
    """One room: its name and how many files it has."""
    fill = {"agents": "#dcebf7", "model": "#e3f1e0", "experiments": "#fdf1d8", "dashboards": "#f6e1e6"}
    colour = fill[room.partition("/")[0]]
    return (
        f'<g><rect x="{x - WIDE / 2:g}" y="{y - HIGH / 2:g}" width="{WIDE}" height="{HIGH}" rx="6" fill="{colour}" '
        f'stroke="#41505c"/><text x="{x:g}" y="{y - 2:g}" text-anchor="middle" fill="#1d2830">{room}</text>'
        f'<text x="{x:g}" y="{y + 13:g}" text-anchor="middle" font-size="10" '
        f'fill="#41505c">{n_files(room)} files</text></g>'
    )


if __name__ == "__main__":
    PICTURE.write_text(svg(), encoding="utf-8")
    print(f"Wrote {PICTURE.relative_to(ROOT)}")
