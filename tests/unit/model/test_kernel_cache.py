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


@pytest.mark.acceptance
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


@pytest.mark.acceptance
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
    (tmp_path / "cache").mkdir(mode=0o700)
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


@pytest.mark.acceptance
@pytest.mark.parametrize("damage", ["cut", "deleted", "emptied", "scrambled"])
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


@pytest.mark.acceptance
def test_a_deleted_cache_is_made_anew(filled, tmp_path):
    cache, directory = damaged(filled, tmp_path)
    shutil.rmtree(directory)
    run_here(cache)
    assert (directory / "complete").exists()
    assert files_of(directory)


@pytest.mark.acceptance
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


# -- whose code is run


def planted(folder, kernel):
    """A kernel's folder with code that leaves a mark when it is run."""
    directory = folder / kernel.kernel_directory().name
    directory.mkdir(mode=0o700, parents=True)
    name = f"detente_kernel_{directory.name.removeprefix('kernel-')}"
    (directory / f"{name}.py").write_text("raise SystemExit('planted code ran')\n")
    (directory / "complete").touch()
    return directory


def given_to_another(path):
    """Give a folder and its files to another user, which only the administrator can."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("only the administrator can give files to another user")
    for item in (path, *path.rglob("*")):
        os.chown(item, 12345, 12345)


@pytest.fixture
def cache_at(monkeypatch):
    """Point the cache at a folder, and forget the private folders of earlier tests."""
    from detente.model import kernel_cache

    def point(folder):
        kernel_cache.private_root.cache_clear()
        monkeypatch.setenv("DETENTE_CACHE", str(folder))

    return point


def linked(path, tmp_path):
    moved = tmp_path / "elsewhere"
    path.rename(moved)
    path.symlink_to(moved, target_is_directory=True)


SPOILS = {
    "another user's": lambda folder, tmp_path: given_to_another(folder),
    "a link": linked,
    "beside something else, writable by a group": lambda folder, tmp_path: opened(folder, 0o770),
    "beside something else, writable by all": lambda folder, tmp_path: opened(folder, 0o777),
    "beside something else, sticky and writable by all": lambda folder, tmp_path: opened(folder, 0o1777),
    "in a folder writable by all": lambda folder, tmp_path: tmp_path.chmod(0o777),
    "in a folder writable by a group": lambda folder, tmp_path: (
        os.chown(tmp_path, -1, 12345),
        tmp_path.chmod(0o770),
    ),
    "in another user's folder": lambda folder, tmp_path: (
        given_to_another(tmp_path),
        os.chown(folder, os.geteuid(), os.getegid()),
    ),
}


def opened(folder, mode):
    """A folder that holds more than a cache is not ours to close."""
    (folder / "letters").mkdir()
    folder.chmod(mode)


@pytest.mark.parametrize("spoil", SPOILS.values(), ids=SPOILS)
def test_a_cache_that_others_may_have_written_is_not_used(tmp_path, cache_at, spoil):
    from detente.model import kernel

    folder = tmp_path / "cache"
    folder.mkdir(mode=0o700)
    planted(folder, kernel)
    spoil(folder, tmp_path)
    cache_at(folder)
    with pytest.warns(UserWarning, match="compiled anew for this process"):
        fresh = kernel.cache_root()
    assert fresh != folder
    assert fresh.stat().st_mode & 0o777 == 0o700
    assert list(fresh.iterdir()) == []
    assert not kernel.is_cached()


@pytest.mark.parametrize("mode", [0o775, 0o770, 0o777, 0o757, 0o1777, 0o707])
def test_an_open_cache_of_ours_is_emptied_and_closed(tmp_path, cache_at, mode, recwarn):
    """As a mask of 002 leaves it: refused at each start, it would cost a compilation each time."""
    from detente.model import kernel, kernel_cache

    folder = tmp_path / "cache"
    folder.mkdir(mode=0o700)
    directory = planted(folder, kernel)
    folder.chmod(mode)
    cache_at(folder)
    assert kernel.cache_root() == folder
    assert not kernel.is_cached()
    assert (folder.stat().st_mode & 0o7777, list(folder.iterdir())) == (0o700, [])
    assert kernel_cache.private_folder(directory).parent == folder
    assert kernel_cache.is_kept()
    assert not [w for w in recwarn if "compiled anew" in str(w.message)]


def test_a_cache_below_a_sticky_folder_is_used(tmp_path, cache_at):
    """Where only the owner can rename, as in the shared temporary folder."""
    from detente.model import kernel

    tmp_path.chmod(0o1777)
    cache_at(tmp_path / "cache")
    assert kernel.cache_root() == tmp_path / "cache"
    assert (tmp_path / "cache").stat().st_mode & 0o777 == 0o700


def test_a_cache_reached_by_a_link_above_it_is_used_if_both_ways_are_safe(tmp_path, cache_at):
    from detente.model import kernel

    (tmp_path / "real").mkdir()
    (tmp_path / "home").symlink_to(tmp_path / "real")
    cache_at(tmp_path / "home" / "cache")
    assert kernel.cache_root() == tmp_path / "home" / "cache"
    (tmp_path / "real").chmod(0o777)
    with pytest.warns(UserWarning, match="which other users can write"):
        assert kernel.cache_root() != tmp_path / "home" / "cache"


def test_a_folder_of_the_users_own_group_is_the_users_own(tmp_path, cache_at, monkeypatch):
    """Systems that give each user a group of one have a mask of 002."""
    import grp
    import pwd

    from detente.model import kernel_cache

    tmp_path.chmod(0o775)
    name = pwd.getpwuid(os.geteuid()).pw_name
    alone = grp.struct_group((name, "x", tmp_path.stat().st_gid, []))
    monkeypatch.setattr(grp, "getgrgid", lambda gid: alone)
    assert kernel_cache.exposed(tmp_path / "cache") is None
    shared = grp.struct_group((name, "x", tmp_path.stat().st_gid, ["another"]))
    monkeypatch.setattr(grp, "getgrgid", lambda gid: shared)
    assert kernel_cache.exposed(tmp_path / "cache") == f"lies in {tmp_path}, which other users can write"


def test_a_kernel_that_cannot_be_removed_is_moved_out_of_the_way(tmp_path, monkeypatch):
    """Nobody but its owner, or the administrator, can remove what lies in another user's folder."""
    from detente.model import kernel_cache

    folder = tmp_path / "kernel-0123"
    folder.mkdir(mode=0o755)
    (folder / "theirs").touch()

    def denied(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(kernel_cache, "remove", denied)
    assert list(kernel_cache.private_folder(folder).iterdir()) == []
    moved = [path for path in tmp_path.iterdir() if path != folder]
    assert [path.name.startswith("foreign-") for path in moved] == [True]
    assert kernel_cache.ENTRY.fullmatch(moved[0].name)


def test_another_users_closed_kernel_is_no_kernel(tmp_path, cache_at, monkeypatch):
    """Only root can look into it; all others were stopped by it with a traceback."""
    from detente.model import kernel

    folder = tmp_path / "cache"
    folder.mkdir(mode=0o700)
    directory = planted(folder, kernel)
    given_to_another(directory)
    cache_at(folder)
    exists = Path.exists

    def looked_into(path, **how):
        if path.parent == directory:
            raise PermissionError(13, "Permission denied", str(path))
        return exists(path, **how)

    monkeypatch.setattr(Path, "exists", looked_into)
    assert not kernel.is_cached()


INSIDE = {
    "the kernel's folder is open to others": lambda directory, tmp_path: directory.chmod(0o755),
    "the kernel's folder is a link": linked,
    "the kernel's folder is another user's": lambda directory, tmp_path: given_to_another(directory),
    "a file is a link": lambda directory, tmp_path: linked(directory / "complete", tmp_path),
    "a file is another user's": lambda directory, tmp_path: (
        given_to_another(directory),
        os.chown(directory, os.geteuid(), os.getegid()),
    ),
}


@pytest.mark.parametrize("spoil", INSIDE.values(), ids=INSIDE)
def test_a_kernel_that_others_may_have_written_is_thrown_away(tmp_path, cache_at, spoil):
    from detente.model import kernel, kernel_cache

    folder = tmp_path / "cache"
    folder.mkdir(mode=0o700)
    directory = planted(folder, kernel)
    spoil(directory, tmp_path)
    cache_at(folder)
    assert kernel.cache_root() == folder
    assert not kernel.is_cached()
    assert list(kernel_cache.private_folder(directory).iterdir()) == []
    assert directory.stat().st_mode & 0o777 == 0o700


def test_a_private_cache_is_used(tmp_path, cache_at):
    from detente.model import kernel

    folder = tmp_path / "cache"
    folder.mkdir(mode=0o700)
    planted(folder, kernel)
    cache_at(folder)
    assert kernel.cache_root() == folder
    assert kernel.is_cached()


def test_the_kernels_source_is_ours_whatever_lies_there(tmp_path, cache_at):
    from detente.model import kernel

    directory = planted(tmp_path, kernel)
    name = f"detente_kernel_{directory.name.removeprefix('kernel-')}"
    assert kernel.write_module(directory, name).read_text() == kernel.kernel_source()


def test_a_predictable_temporary_folder_is_never_used(tmp_path, cache_at, monkeypatch):
    """What another user laid where the first version looked is not looked at."""
    from detente.model import kernel

    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    old = tmp_path / f"detente-{os.getuid() if hasattr(os, 'getuid') else 0}"
    planted(old, kernel)
    blocked = tmp_path / "a-file"
    blocked.write_text("not a folder")
    cache_at(blocked)
    with pytest.warns(UserWarning, match="cannot be written"):
        assert kernel.cache_root() not in (old, blocked)


ONE_OF_MANY = """
import numba, sys
from detente.model import engine, kernel
from detente.model.request import open_case
engine.compile_now()
run = engine.run_one(open_case("template", "status-quo", levers={"ceasefires": 1.0}), 5)
stats = kernel.kernel().run.stats
print(sum(stats.cache_misses.values()), run.sha256, sep="\\n")
"""


@pytest.mark.acceptance
@pytest.mark.parametrize("n", [2, 8])
def test_processes_on_a_cold_cache_compile_once(tmp_path, n):
    cache = tmp_path / "cache"
    env = {**os.environ, "DETENTE_CACHE": str(cache)}
    several = [
        subprocess.Popen([sys.executable, "-c", ONE_OF_MANY], env=env, stdout=subprocess.PIPE, text=True)
        for _ in range(n)
    ]
    answers = [process.communicate(timeout=500)[0].split() for process in several]
    assert sum(int(misses) for misses, _ in answers) == 1
    assert len({digest for _, digest in answers}) == 1


def test_without_a_compiler_there_is_one_clear_line():
    program = "import detente; detente.ensemble('template', 'status-quo', runs=2)"
    env = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True)
    assert "InputError: NUMBA_DISABLE_JIT: got 1; expected it unset" in done.stderr


def test_progress_is_told_while_compiling(compiled):
    """Once ready, nothing is compiled and nothing is told."""
    from detente.model import engine

    heard = []
    engine.compile_now(lambda done, total: heard.append((done, total)))
    assert heard == []
    assert engine.is_ready()
