"""Runs mutants against their tests, each in a forked process of its own.

A mutant lives in memory alone: the process imports its module from the mutated tree, and no file is ever written, so
nothing is left behind whatever kills the run.

What counts: a mutant is *killed* when a test fails an assertion, an expectation of ``pytest.raises`` or with an error
of our own.  It *crashed*, and is left out, when its module cannot be imported or the only failures are other
exceptions (a ``NameError``, a ``TypeError``, a division by zero): any test that reaches the line would see those.  It
*hung*, and is left out, when its tests take longer than ``CPU_SECONDS``.  Otherwise it *survived*.
"""

from __future__ import annotations

import gc
import importlib
import importlib.abc
import importlib.machinery
import json
import os
import resource
import selectors
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType, ModuleType
from typing import Any

import pytest
from mutation.drawing import Mutant, Source, draw_mutants
from mutation.rooms import ROOT, Area

CPU_SECONDS = 120
"""Processor time a mutant may take before it counts as hung."""
WALL_SECONDS = 1200.0
"""The same on the clock, for one that waits instead of computing."""
OPTIONS = (
    "-q",
    "--tb=no",
    "--assert=plain",
    "-o",
    "addopts=",
    "--import-mode=importlib",
    "-p",
    "no:cacheprovider",
    "-p",
    "xdist.plugin",  # conftest implements a hook of it
    "-n",
    "0",
    "-m",
    "not slow and not benchmark and not acceptance and not browser",
)


@dataclass(frozen=True)
class Verdict:
    """What became of one mutant: killed, survived, crashed or hung, and by which test."""

    mutant: Mutant
    outcome: str
    by: str = ""
    seconds: float = 0.0


class Importer(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports one module from a mutated tree, with its file and package as they are."""

    def __init__(self, module: str, file: str, code: CodeType) -> None:
        self.module, self.file, self.code = module, str(ROOT / file), code

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> Any:
        """The spec of the mutated module; nothing for others."""
        if fullname != self.module:
            return None
        package = self.file.endswith("__init__.py")
        spec = importlib.machinery.ModuleSpec(fullname, self, origin=self.file, is_package=package)
        spec.has_location = True
        if package:
            spec.submodule_search_locations = [os.path.dirname(self.file)]  # noqa: PTH120
        return spec

    def exec_module(self, module: ModuleType) -> None:
        """Run the mutated code in the module."""
        exec(self.code, module.__dict__)


class Judge:
    """A pytest plugin that stops at the first failed expectation and tells crashes apart from it."""

    def __init__(self, compiled: bool) -> None:
        self.compiled = compiled
        self.outcome, self.by = "survived", ""

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Leave out the tests that compile the engine, where the area does."""
        if not self.compiled:
            items[:] = [i for i in items if "compiled" not in getattr(i, "fixturenames", ())]

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A test file that cannot be read any more: a crash."""
        if report.failed:
            self.outcome, self.by = "crashed", report.nodeid

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
        """Weigh what a test raised."""
        report: Any = yield
        if report.failed and call.excinfo is not None:
            noticed = is_expectation(call.excinfo.value)
            self.outcome = "killed" if noticed else "crashed"
            self.by = item.nodeid
            if noticed:
                item.session.shouldstop = "noticed"
        return report


def is_expectation(error: BaseException) -> bool:
    """Whether a test failed by what it expects, or with an error of the package: not by a mere crash."""
    own = type(error).__module__.startswith("detente.")
    return own or isinstance(error, (AssertionError, pytest.fail.Exception))


def judge(area: Area, mutant: Mutant) -> tuple[str, str]:
    """Run a mutant's tests in this process, which must be a fork: outcome, and the test that decided."""
    source = Source(ROOT, mutant.file)
    code = compile(source.mutated(mutant), str(ROOT / mutant.file), "exec", dont_inherit=True)
    if mutant.module in sys.modules:
        raise RuntimeError(f"{mutant.module} was imported before it was mutated")
    sys.meta_path.insert(0, Importer(mutant.module, mutant.file, code))
    try:
        importlib.import_module(mutant.module)
    except Exception as error:
        return "crashed", f"import: {type(error).__name__}"
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    outcome, by = "survived", ""
    for tests in area.tests_of(mutant.file):
        plugin = Judge(area.compiled)
        status = pytest.main([*OPTIONS, *tests], plugins=[plugin])
        if plugin.outcome == "killed":
            return plugin.outcome, plugin.by
        if plugin.outcome == "crashed":
            outcome, by = plugin.outcome, plugin.by
        elif status == pytest.ExitCode.INTERRUPTED:  # the mutant raises KeyboardInterrupt
            outcome, by = "crashed", "KeyboardInterrupt"
        elif status not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            raise RuntimeError(f"pytest ended with status {int(status)}")
    return outcome, by


def fork(area: Area, mutant: Mutant) -> tuple[int, int]:
    """Start a process for a mutant: its id, and the pipe on which it answers."""
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    os.close(reading)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    silence = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silence, stream)
    try:
        answer = judge(area, mutant)
    except BaseException as error:
        answer = ("fault", f"{type(error).__name__}: {error}")
    os.write(writing, json.dumps(answer).encode())
    os._exit(0)


def run_all(area: Area, mutants: Iterator[Mutant], jobs: int) -> Iterator[Verdict]:
    """Verdicts in the order of the mutants, ``jobs`` processes at a time."""
    waiting: dict[int, tuple[int, int, Mutant, float]] = {}
    ready: dict[int, Verdict] = {}
    selector = selectors.DefaultSelector()
    started = delivered = 0
    source = iter(mutants)
    try:
        while True:
            while len(waiting) < jobs and (mutant := next(source, None)) is not None:
                child, pipe = fork(area, mutant)
                selector.register(pipe, selectors.EVENT_READ)
                waiting[pipe] = (started, child, mutant, time.monotonic())
                started += 1
            if not waiting:
                return
            answered = {key.fd for key, _ in selector.select(timeout=1.0)}
            for pipe, (number, child, mutant, since) in list(waiting.items()):
                seconds = time.monotonic() - since
                if pipe in answered or seconds > WALL_SECONDS:
                    del waiting[pipe]
                    selector.unregister(pipe)
                    ready[number] = finish(child, pipe, mutant, seconds, pipe in answered)
            while delivered in ready:
                yield ready.pop(delivered)
                delivered += 1
    finally:
        for _, child, _, _ in waiting.values():
            os.kill(child, signal.SIGKILL)


def finish(child: int, pipe: int, mutant: Mutant, seconds: float, answered: bool) -> Verdict:
    """Take a process's answer, or end it."""
    if not answered:
        os.kill(child, signal.SIGKILL)
    text = os.read(pipe, 65536) if answered else b""
    os.close(pipe)
    os.waitpid(child, 0)
    outcome, by = json.loads(text) if text else ("hung", "")
    if outcome == "fault":
        raise RuntimeError(f"{mutant}: {by}")
    return Verdict(mutant, outcome, by, seconds)


def compile_once() -> None:
    """Compile or load the engine here, so that no forked process has to."""
    from detente.model.engine import compile_now

    compile_now()


def counted(area: Area, seed: int, n: int, jobs: int) -> Iterator[Verdict]:
    """Verdicts on mutants of an area in the order drawn, until ``n`` of them were killed or survived."""
    for name in ("xdist.plugin", *area.preload):
        importlib.import_module(name)
    if area.compiled:
        compile_once()
    gc.freeze()
    left = n
    for verdict in run_all(area, draw_mutants(ROOT, area.files(), seed), jobs):
        yield verdict
        left -= verdict.outcome in ("killed", "survived")
        if left == 0:
            return
