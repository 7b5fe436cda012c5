"""The source, walked: all that is printed goes through one gate, all that a user names is opened by one reader."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
FOLDERS = ("agents", "model", "experiments", "dashboards", "detente")

GATE = {"experiments/io/output.py", "experiments/io/console.py"}
READER = {"model/reading.py"}

PRINTING = {
    "print",
    "sys.stdout",
    "sys.stderr",
    "sys.__stdout__",
    "sys.__stderr__",
    "typer.echo",
    "typer.secho",
}
"""What would print around the gate, beside whatever is imported from rich or click."""

OPENING = {
    *("open", "io.open", "os.open", "os.fdopen", "codecs.open", "gzip.open", "gzip.GzipFile", "bz2.open"),
    *("lzma.open", "zipfile.ZipFile", "tarfile.open", "sqlite3.connect", "mmap.mmap", "tomllib.load"),
    *("tomllib.loads", "json.load", "json.loads", "pickle.load", "pickle.loads", "np.load", "np.loadtxt"),
    *("np.genfromtxt", "np.fromfile", "pd.read_csv", "pd.read_json", "pd.read_parquet", "pd.read_excel"),
    *("pq.ParquetFile", "pq.read_table", "pq.read_schema", "pq.read_metadata", "pa.memory_map", "pa.OSFile"),
    *("pacsv.read_csv", "pacsv.open_csv", "shutil.copyfile", "yaml.safe_load", "yaml.load"),
}
"""Calls that open a file, or parse what stands in one."""

METHODS = {"read_text", "read_bytes", "open"}
"""Methods of a path that open it; ``open`` where it is given a mode, or opens a block."""

OWN = {
    # the program's own files
    ("model/kernel.py", "statements"): "the rules of the package",
    ("model/kernel.py", "files_digest"): "the rules of the package",
    ("model/kernel.py", "write_module"): "the kernel in the cache, which is the user's alone",
    ("experiments/sweep/manifest.py", "readers_digest"): "files of the package",
    ("experiments/io/bibliography.py", "references"): "the bibliography of the package",
    ("experiments/cli/main.py", "own_commands"): "the commands of the package",
    ("dashboards/figures/__init__.py", "figures"): "the figures of the package",
    ("dashboards/manual/places.py", "digest_in"): "the manual as it was built",
    ("dashboards/manual/places.py", "digest_of"): "the pages of the manual",
    ("dashboards/manual/hooks.py", "on_post_build"): "the manual as it was built",
    ("dashboards/app/bundle.py", "add"): "the scripts of the package",
    ("dashboards/app/mail.py", "page"): "the styles of the package",
    ("dashboards/app/manual_tables.py", "parts_once"): "a page of the manual",
    ("experiments/compare/where_tables.py", "read_tables"): "a table of the manual",
    # writing
    ("model/kernel_cache.py", "close"): "a lock on a folder",
    ("experiments/io/result_lines.py", "append"): "writes",
    ("experiments/sweep/store.py", "put"): "writes",
    ("experiments/sweep/store.py", "sync_folder"): "writes",
    ("dashboards/app/case_worker.py", "run"): "writes",
    ("dashboards/app/own_routes.py", "zipped"): "writes, in memory",
    # texts that are the program's own, or bytes that the reader has read
    ("experiments/sweep/store.py", "claim"): "a manifest that was written a line before",
    ("dashboards/figures/panels.py", "panels"): "a figure of our own",
    ("experiments/data/source.py", "unpacked"): "bytes that the reader has read",
    ("experiments/data/text.py", "csv_cells"): "bytes that the reader has read",
    ("dashboards/app/case_reading.py", "unpacked"): "bytes that were sent, up to a limit",
    ("dashboards/app/case_reading.py", "opened_archive"): "bytes that were sent",
    ("dashboards/app/case_reading.py", "member"): "bytes of an archive that was sent, up to a limit",
    ("dashboards/app/case_worker.py", "told"): "the answer of a process of our own",
    ("dashboards/app/bodies.py", "read_json"): "the body of a request, which is no file",
    ("dashboards/app/callback_bodies.py", "check_pattern_text"): "part of such a body",
    ("dashboards/app/callback_bodies.py", "pattern_of"): "part of such a body",
    ("dashboards/app/sent.py", "plain"): "a figure of our own",
    ("dashboards/app/sent.py", "same"): "values of our own",
    ("dashboards/mesa_server.py", "application"): "a file of Plotly",
}
"""Where files are opened, or texts parsed, that no user names."""


def name_of(node: ast.AST) -> str:
    """A name as it is written: ``os.open``."""
    if isinstance(node, ast.Attribute):
        return f"{name_of(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def by_function(tree: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Every node with the outermost function around it."""
    for node in ast.iter_child_nodes(tree):
        inside = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        yield from ((node.name if inside else name, n) for name, n in by_function(node))
        yield (node.name if inside else "", node)


def opened_blocks(tree: ast.AST) -> set[int]:
    """The calls that a ``with`` opens."""
    withs = [n for n in ast.walk(tree) if isinstance(n, (ast.With, ast.AsyncWith))]
    return {id(item.context_expr) for n in withs for item in n.items}


def is_mode(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Constant) and isinstance(node.value, str) and set(node.value) <= set("rwxabt+")
    )


def openings(tree: ast.Module) -> Iterator[tuple[str, int, str]]:
    """Calls that open a file: the function they stand in, the line, and what is called."""
    blocks = opened_blocks(tree)
    for function, node in by_function(tree):
        if not isinstance(node, ast.Call):
            continue
        called = name_of(node.func)
        method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        plain_open = method == "open" and (id(node) in blocks or any(map(is_mode, node.args[:1])))
        if called in OPENING or (method in METHODS - {"open"}) or plain_open:
            yield function, node.lineno, called or method


def printings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """What prints: the line, and what is named."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
            yield from ((node.lineno, n) for n in names if n.split(".")[0] in ("rich", "click", "colorama"))
            if isinstance(node, ast.ImportFrom) and node.module == "sys":
                yield from ((node.lineno, a.name) for a in node.names if a.name.startswith("std"))
        elif isinstance(node, (ast.Name, ast.Attribute)) and name_of(node) in PRINTING:
            yield node.lineno, name_of(node)


def sources() -> list[Path]:
    return sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def trees() -> Iterator[tuple[str, ast.Module]]:
    """Every module of the package, parsed, with its place."""
    return ((place(path), ast.parse(path.read_text(encoding="utf-8"))) for path in sources())


def test_nothing_prints_around_the_gate_and_no_other_place_opens_what_a_user_names():
    printed, opened = [], []
    for where, tree in trees():
        printed += [] if where in GATE else [f"{where}:{line}: {name}" for line, name in printings(tree)]
        opened += [
            f"{where}:{line}: {called} in {function}"
            for function, line, called in ([] if where in READER else openings(tree))
            if (where, function) not in OWN
        ]
    assert printed == []
    assert opened == []


def test_the_places_named_are_there():
    """A place that opens nothing any more is taken off the list; one may not be there yet."""
    for file, function in OWN:
        if (ROOT / file).exists():
            tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
            assert function in {name for name, _, _ in openings(tree)}, (file, function)


@pytest.mark.parametrize(
    "source",
    [
        "print('x')",
        "import sys\nsys.stdout.write('x')",
        "from sys import stderr",
        "from rich.console import Console",
        "import rich",
        "def f():\n    import click",
        "typer.echo('x')",
        "show = print",
    ],
)
def test_the_walk_sees_what_prints(source: str):
    assert list(printings(ast.parse(source)))


@pytest.mark.parametrize(
    "source",
    [
        "open('x')",
        "def f(p):\n    return p.read_text()",
        "def f(p):\n    with p.open() as file: pass",
        "def f(p):\n    return p.open('rb').read()",
        "import json\njson.load(f)",
        "pd.read_parquet('x')",
        "class A:\n    def f(self): return tomllib.loads(self.text)",
        "os.open(path, os.O_RDONLY)",
    ],
)
def test_the_walk_sees_what_opens(source: str):
    assert list(openings(ast.parse(source)))


@pytest.mark.parametrize("source", ["request.open()", "opener.open(block)", "to.print('x')", "json.dumps(x)"])
def test_the_walk_passes_what_does_neither(source: str):
    tree = ast.parse(source)
    assert [*printings(tree), *openings(tree)] == []
