"""The cache of compiled kernels: never stale, mended where it is damaged, done without where it cannot be written."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
FOLDERS = ("agents", "model", "experiments", "dashboards")

# Runs the template in both drivers and prints what a stale or broken kernel would change.
PROGRAM = """
import sys, time
from detente.model import engine, kernel
from detente.model.process import PeaceProcess
from detente.model.request import open_case
began = time.perf_counter()
start = open_case("template", "status-quo", levers={"ceasefires": 1.0})
fast = engine.run_one(start, 5)
seconds = time.perf_counter() - began
engine.compile_now()
slow = PeaceProcess(opening=start, rng=5, keep_trajectory=True, collect=False)
slow.run_model()
print(fast.sha256, slow.trajectory().sha256, kernel.kernel_directory(), f"{seconds:.3f}", sep="\\n")
"""


@pytest.fixture
def copied(tmp_path):
    """The package copied to a folder of its own, laid out as it is installed."""
    package = tmp_path / "copy" / "detente"
    shutil.copytree(ROOT / "detente", package, ignore=shutil.ignore_patterns("__pycache__"))
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, package / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return package


def run_copy(package, cache, program=PROGRAM, **environment):
    """Run a program on a copy of the package, in a new process with a cache of its own.

    Without ``site`` (-S), so that the installed package does not come before the copy.
    """
    libraries = sysconfig.get_paths()["purelib"]
    env = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(package.parent), libraries]),
        "DETENTE_CACHE": str(cache),
        "PYTHONDONTWRITEBYTECODE": "1",
        **environment,
    }
    check = f"import detente; assert detente.__file__.startswith({str(package)!r}), detente.__file__\n"
    done = subprocess.run(
        [sys.executable, "-S", "-c", check + program],
        cwd=package.parent,
        env=env,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    fast, slow, directory, seconds = done.stdout.split()[-4:]
    return fast, slow, Path(directory), float(seconds)


def edit(path, old, new):
    """Change a file in one place, without changing its size or time where that can be helped."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1, f"{old!r} is not in {path.name}: choose another edit for this test"
    stat = path.stat()
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


# In rules called from the kernel several levels down: what a cache keyed by the entry point alone would miss.
EDITS = {
    "a rule": ("agents/rules/chance.py", "(n + shape)", "(n + shape + 0.5)"),
    "a parameter": ("agents/parameters.py", "dispersion: float = par(1.55,", "dispersion: float = par(1.5,"),
    "a stage": (
        "agents/rules/calendar.py",
        "w.par.violence.season_spread * (2.0",
        "w.par.violence.season_spread * (1.0",
    ),
}


@pytest.mark.slow
def test_an_edited_rule_is_never_served_stale(copied, tmp_path):
    cache = tmp_path / "cache"
    fast, slow, directory, cold = run_copy(copied, cache)
    assert fast == slow
    seen, kernels = {fast}, {directory}
    again, _, same, warm = run_copy(copied, cache)
    assert (again, same) == (fast, directory)
    assert warm < cold / 2
    for file, old, new in EDITS.values():
        edit(copied / file, old, new)
        fast, slow, directory, _ = run_copy(copied, cache)
        assert fast == slow
        assert fast not in seen
        seen.add(fast)
        kernels.add(directory)
    assert len(kernels) == len(EDITS) + 1


EDIT_WHILE_RUNNING = """
import pathlib
import detente.agents.rules, detente.model.engine, detente.model.process, detente.model.pointers
path = pathlib.Path(detente.agents.rules.__file__).with_name("chance.py")
path.write_text(path.read_text(encoding="utf-8").replace("(n + shape)", "(n + shape + 0.5)", 1), encoding="utf-8")
"""


@pytest.mark.slow
def test_an_edit_while_a_process_runs_is_not_served_stale(copied, tmp_path):
    """What is compiled is what was imported; the next process must not take it for the edited file's."""
    cache = tmp_path / "cache"
    run_copy(copied, cache, EDIT_WHILE_RUNNING + PROGRAM)
    fast, slow, _, _ = run_copy(copied, cache)
    assert fast == slow


@pytest.fixture(scope="module")
def filled(tmp_path_factory, compiled, kernel_cache):
    """The session's own cache, for tests to copy and damage."""
    from detente.model import kernel

    return kernel.kernel_directory()


def damaged(filled, tmp_path):
    """A copy of the session's cache."""
    shutil.copytree(filled, tmp_path / "cache" / filled.name)
    return tmp_path / "cache", tmp_path / "cache" / filled.name


def run_here(cache, **environment):
    """Run the program on the installed package with this cache."""
    env = {**os.environ, "DETENTE_CACHE": str(cache), **environment}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=env, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    fast, slow, directory, seconds = done.stdout.split()[-4:]
    assert fast == slow
    return Path(directory), float(seconds)


def files_of(directory):
    return [p for p in directory.rglob("*") if p.suffix in (".nbi", ".nbc")]


@pytest.mark.slow
@pytest.mark.parametrize("damage", ["deleted", "emptied", "cut", "scrambled"])
def test_a_damaged_cache_recovers(filled, tmp_path, damage):
    cache, directory = damaged(filled, tmp_path)
    held = files_of(directory)
    assert held
    for path in held:
        content = path.read_bytes()
        if damage == "deleted":
            path.unlink()
        elif damage == "emptied":
            path.write_bytes(b"")
        elif damage == "cut":
            path.write_bytes(content[: len(content) // 2])
        else:
            path.write_bytes(bytes(len(content)))
    found, compiling = run_here(cache)
    assert found == directory
    _, loading = run_here(cache)
    assert loading < compiling / 2


@pytest.mark.slow
def test_a_deleted_cache_is_made_anew(filled, tmp_path):
    cache, directory = damaged(filled, tmp_path)
    shutil.rmtree(directory)
    run_here(cache)
    assert (directory / "complete").exists()
    assert files_of(directory)


@pytest.mark.slow
def test_a_cache_that_cannot_be_written_is_done_without(tmp_path):
    """A file stands where the folder should be: nobody, root included, can write below it."""
    blocked = tmp_path / "a-file"
    blocked.write_text("not a folder")
    elsewhere = tmp_path / "temporary"
    elsewhere.mkdir()
    directory, _ = run_here(blocked, TMPDIR=str(elsewhere))
    assert directory.is_relative_to(elsewhere)
    assert blocked.read_text() == "not a folder"


def test_the_cache_is_named_by_what_decides_the_numbers(filled, monkeypatch):
    from detente.model import kernel

    assert filled.name == kernel.kernel_directory().name
    monkeypatch.setattr(kernel, "FLAGS", {**kernel.FLAGS, "error_model": "python"})
    assert filled.name != kernel.kernel_directory().name


def test_stages_in_another_order_have_a_cache_of_their_own(filled, monkeypatch):
    from detente.model import kernel
    from detente.model.stages import STEP_STAGES

    monkeypatch.setattr(kernel, "STEP_STAGES", STEP_STAGES[::-1])
    assert filled.name != kernel.kernel_directory().name


def test_the_cache_lies_where_it_is_told(kernel_cache):
    from detente.model import kernel

    assert kernel.cache_root() == kernel_cache
    assert kernel.kernel_directory().parent == kernel_cache


def test_without_a_name_the_cache_lies_in_the_users_folder(tmp_path, monkeypatch):
    from detente.model import kernel

    monkeypatch.delenv("DETENTE_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert kernel.cache_root() == tmp_path / "detente"


def test_progress_is_told_while_compiling(compiled):
    """Once ready, nothing is compiled and nothing is told."""
    from detente.model import engine

    heard = []
    engine.compile_now(lambda done, total: heard.append((done, total)))
    assert heard == []
    assert engine.is_ready()
