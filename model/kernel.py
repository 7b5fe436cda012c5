"""Source, cache and compilation of the engine's kernel.

The kernel is written from the list of stages, so that compiled runs follow the same order as everything else.  It is
compiled on first need and cached in a directory named by a digest of every rule, record, parameter and engine file and
of the compiler: an edited rule finds no cache, and is compiled anew.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import platform
import sys
import tempfile
import tokenize
from collections.abc import Callable, Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

from detente.agents.rules import RULES
from detente.agents.rules.luck import fill
from detente.agents.schema import record_fields
from detente.model.errors import InputError
from detente.model.kernel_cache import cache_root, only_own, private_folder
from detente.model.luck_ahead import draw_row, fill_ahead, look_ahead, refill
from detente.model.memory import KINDS
from detente.model.series import observe_source
from detente.model.stages import STEP_STAGES, TICK_STAGES, Stage

Progress = Callable[[int, int], None]
"""Called with the number of rules compiled so far and the number in all."""

FLAGS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "cache": True}

INLINED = frozenset(
    {
        "settle",
        "weigh",
        "escalation",
        "exposure",
        "truce_factor",
        "fight",
        "strike",
        "deaths_of",
        "spoil_from_inside",
        "count_losses",
    }
)
"""Rules that are compiled into those that call them: called from few places, and many times a day."""

RUNNERS = '''
def advance(w):
    for k in range(w.clock.ticks_per_step):
        turn_to_tick(w, k)
        run_tick(w)
        next_tick(w)
    run_step(w)
    next_step(w)


def run(table, buffer, template, seeds, fresh, stop, columns, every, row, series, final):
    """One run for each seed, up to a step: thinned series of the columns asked for, and the whole last row.

    Returns the first run whose event log overflowed, -1 if none did.
    """
    w = world_at(table)
    width = len(columns)
    times = series.shape[1]
    for r in range(len(seeds)):
        if fresh == 1:
            buffer[:] = template
            w.clock.seed_lo = seeds[r, 0]
            w.clock.seed_hi = seeds[r, 1]
            prepare(w)
        look_ahead(w, stop)
        observe(w, row)
        t = 0
        if times > 0:
            for j in range(width):
                series[r, 0, j] = row[columns[j]]
            t = 1
        while w.clock.end_reason == 0 and w.clock.step < stop:
            advance(w)
            wanted = t < times and w.clock.step % every == 0
            if wanted or w.clock.end_reason != 0 or w.clock.step >= stop:
                observe(w, row)
            if wanted:
                for j in range(width):
                    series[r, t, j] = row[columns[j]]
                t += 1
        for late in range(t, times):
            for j in range(width):
                series[r, late, j] = row[columns[j]]
        final[r, :] = row
        if w.clock.event_overflow == 1:
            return r
    return -1
'''


def stage_lines(stages: tuple[tuple[int, Stage], ...], imports: set[str]) -> list[str]:
    """The body of a run over some stages: note the stage, ask, apply."""
    lines: list[str] = []
    for i, stage in stages:
        lines.append(f"    w.clock.stage = {i}")
        for rule in (stage.ask, stage.apply):
            if rule is not None:
                imports.add(f"from {rule.__module__} import {rule.__name__}")
                lines.append(f"    {rule.__name__}(w)")
    return lines


def kernel_source() -> str:
    """The kernel as Python source, written from the list of stages."""
    imports = {
        "from detente.agents.rules.calendar import next_step, next_tick, turn_to_tick",
        "from detente.agents.rules.prepare import prepare",
        "from detente.model.luck_ahead import look_ahead",
        "from detente.model.pointers import world_at",
    }
    tick = stage_lines(TICK_STAGES, imports)
    step = stage_lines(STEP_STAGES, imports)
    parts = [
        '"""Written by detente.model.kernel from the list of stages; do not edit."""',
        "\n".join(sorted(imports)),
        "\n".join(["def run_tick(w):", *tick]),
        "\n".join(["def run_step(w):", *step]),
        observe_source(),
        RUNNERS.strip(),
    ]
    return "\n\n\n".join(parts) + "\n"


def rules_files() -> dict[str, Path]:
    """Every file that decides a trajectory, by its name in the package: rules, records, parameters, stages, engine."""
    agents = Path(sys.modules["detente.agents"].__file__ or "").resolve().parent
    folders = {"agents": agents, "model": Path(__file__).resolve().parent}
    return {
        f"{layer}/{path.relative_to(folder).as_posix()}": path
        for layer, folder in folders.items()
        for path in sorted(folder.rglob("*.py"))
    }


LAYOUT = frozenset({tokenize.ENCODING, tokenize.COMMENT, tokenize.NL})
"""Tokens that change no run; an indentation counts, but not its width."""


def statements(path: Path) -> Iterator[str]:
    """The tokens of a Python file that decide what it does: no comments, no layout, no strings that only document."""
    begins = True
    held = ""
    with path.open("rb") as file:
        for token in tokenize.tokenize(file.readline):
            if token.type in LAYOUT:
                continue
            if held and token.type != tokenize.NEWLINE:
                yield held
            elif held:
                held, begins = "", True
                continue
            held = token.string if begins and token.type == tokenize.STRING else ""
            begins = token.type in {tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
            if not held:
                yield tokenize.tok_name[token.type] if begins else token.string


@cache
def rules_digest() -> str:
    """Digest of what every file that decides a trajectory does; comments, docstrings and layout may change."""
    digest = hashlib.sha256()
    for name, path in rules_files().items():
        digest.update("\0".join((name, *statements(path), "")).encode())
    return digest.hexdigest()


@cache
def files_digest() -> str:
    """Digest of every byte of these files."""
    digest = hashlib.sha256()
    for name, path in rules_files().items():
        digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


@cache
def loaded_digest() -> str:
    """Digest of the rules and records as this process holds them: a file may have been edited since it was loaded."""
    digest = hashlib.sha256()
    for function in RULES:
        code = function.__code__
        constants = {name: function.__globals__.get(name) for name in code.co_names}
        numbers = {name: value for name, value in constants.items() if isinstance(value, (int, float))}
        digest.update(
            repr((function.__name__, code.co_code, code.co_consts, code.co_names, numbers)).encode()
        )
    for cls in KINDS.values():
        digest.update(repr([(f.name, f.type, f.metadata["size"]) for f in record_fields(cls)]).encode())
    return digest.hexdigest()


def compiler_digest() -> str:
    """Digest of the rules and of everything about the compiler that decides its output, which is not loaded for it."""
    about = (
        files_digest(),
        loaded_digest(),
        kernel_source(),
        *(version(package) for package in ("numba", "llvmlite", "numpy")),
        platform.python_version(),
        platform.machine(),
        os.environ.get("NUMBA_BOUNDSCHECK", ""),
        os.environ.get("NUMBA_DISABLE_JIT", ""),
        repr(FLAGS),
    )
    return hashlib.sha256("\0".join(about).encode()).hexdigest()[:24]


def kernel_directory() -> Path:
    """The cache directory of the present rules."""
    return cache_root() / f"kernel-{compiler_digest()}"


def is_cached() -> bool:
    """Whether a compiled kernel of the present rules lies in the cache."""
    directory = kernel_directory()
    return only_own(directory) and (directory / "complete").exists()


def mark_cached() -> None:
    """Note that the kernel has been compiled into the cache."""
    (kernel_directory() / "complete").touch()


def write_module(directory: Path, name: str) -> Path:
    """The kernel's source file, written where it does not stand yet; concurrent writers are harmless."""
    path = directory / f"{name}.py"
    if not path.exists() or path.read_text(encoding="utf-8", errors="replace") != kernel_source():
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=directory, suffix=".tmp", delete=False
        ) as file:
            file.write(kernel_source())
        Path(file.name).replace(path)
    return path


def load_module(path: Path, name: str) -> ModuleType:
    """Import the kernel's source under its own name."""
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"cannot load {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@cache
def make_rules_callable() -> None:
    """Let compiled code call the rules; luck is filled from reserves drawn ahead."""
    from numba.extending import overload, register_jitable

    for function in (*RULES, look_ahead, draw_row, refill, fill_ahead):
        if function is not fill:
            register_jitable(forceinline=function.__name__ in INLINED)(function)
    overload(fill, strict=False, inline="always")(lambda *_: fill_ahead)


def make_callable(module: ModuleType) -> None:
    """Let compiled code call the rules, and a kernel's own functions."""
    from numba.extending import register_jitable

    make_rules_callable()
    for helper in ("run_tick", "run_step", "observe", "advance"):
        register_jitable(getattr(module, helper))


@cache
def kernel() -> ModuleType:
    """The kernel, its entry point decorated for compilation (which happens at its first call)."""
    from numba import njit
    from numba.core import config as numba_config

    if getattr(numba_config, "DISABLE_JIT", 0):
        raise InputError(
            "NUMBA_DISABLE_JIT: got 1; expected it unset for compiled runs, or the engine 'mesa'"
        )
    directory = private_folder(kernel_directory())
    name = f"detente_kernel_{directory.name.removeprefix('kernel-')}"
    module = load_module(write_module(directory, name), name)
    make_callable(module)
    settings: Any = numba_config
    before = settings.CACHE_DIR
    settings.CACHE_DIR = str(directory)
    settings.DISABLE_INTEL_SVML = 1
    try:
        vars(module)["run"] = njit(**FLAGS)(vars(module)["run"])
    finally:
        settings.CACHE_DIR = before
    return module


def watch_compilation(progress: Progress) -> Any:
    """A context that reports rules compiled so far, out of all of them."""
    from numba.core import event

    class Counter(event.Listener):
        def __init__(self) -> None:
            self.n = 0

        def on_start(self, event: Any) -> None:
            del event

        def on_end(self, event: Any) -> None:
            del event
            self.n += 1
            progress(min(self.n, len(RULES)), len(RULES))

    return event.install_listener("numba:compile", Counter())
