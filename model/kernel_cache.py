"""Where compiled kernels are kept, and which folders are trusted.

What lies in the cache is executed.  So its folder must be the user's own, no link, and not writable by anybody else; a
kernel's own folder in it must be closed to others altogether.  Where no such folder can be had, this process gets a
fresh private one.  One process compiles at a time; others wait for it and load the result.
"""

from __future__ import annotations

import atexit
import os
import shutil
import stat
import sys
import tempfile
import warnings
from collections.abc import Generator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

LONGEST_COMPILE = 600.0
"""How long a process waits for another that compiles before it compiles by itself [s]."""

WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH
OPEN_TO_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def cache_root() -> Path:
    """Where compiled kernels are kept: ``DETENTE_CACHE``, else the user's cache folder, else a fresh private one."""
    named = os.environ.get("DETENTE_CACHE")
    base = Path(named).absolute() if named else user_cache() / "detente"
    fault = unfit(base)
    return base if fault is None else private_root(base, fault)


def user_cache() -> Path:
    """The user's cache folder, by the habits of the platform."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


@cache
def private_root(base: Path, fault: str) -> Path:
    """A new folder for this process alone, removed at its end; says why the one asked for is not used."""
    warnings.warn(
        f"{base} {fault}: compiled rules are not kept there, but compiled anew for this process; "
        "expected a folder of your own that nobody else can write (chmod go-w, or name one by DETENTE_CACHE)",
        UserWarning,
        stacklevel=2,
    )
    fresh = Path(tempfile.mkdtemp(prefix="detente-"))
    atexit.register(shutil.rmtree, fresh, ignore_errors=True)
    return fresh


def unfit(folder: Path) -> str | None:
    """Why a folder cannot hold code that will be run, or None if it can; it is created if it does not exist."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        fault = untrusted(folder, WRITABLE_BY_OTHERS)
        if fault is None:
            with tempfile.TemporaryFile(dir=folder):
                pass
    except OSError as error:
        return f"cannot be written ({error.strerror})"
    return fault


def untrusted(path: Path, mode: int = 0) -> str | None:
    """Why a path may hold what another user put there, or None; ``mode`` holds the permissions it may not give."""
    about = path.lstat()
    if stat.S_ISLNK(about.st_mode):
        return "is a link"
    if not (stat.S_ISDIR(about.st_mode) or stat.S_ISREG(about.st_mode)):
        return "is neither a folder nor a file"
    if sys.platform == "win32":
        return None  # a profile is private there, and permissions are not told by the mode
    if about.st_uid != os.geteuid():
        return "belongs to another user"
    return "is open to other users" if about.st_mode & mode else None


def private_folder(folder: Path) -> Path:
    """A kernel's folder, created if need be; if anything in it may come from another user, it is emptied first."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not only_own(folder):
        with suppress(FileNotFoundError):  # another process empties it at the same time
            remove(folder)
        folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def only_own(folder: Path) -> bool:
    """Whether a folder is closed to others and holds nothing but this user's files."""
    if untrusted(folder, OPEN_TO_OTHERS) is not None:
        return False
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):  # another process writes its files under a passing name
            if untrusted(path) is not None:
                return False
    return True


def remove(path: Path) -> None:
    """Remove a link, a file, or a folder with all that it holds."""
    if path.is_symlink() or not path.is_dir():
        path.unlink()
    else:
        shutil.rmtree(path)


@contextmanager
def one_at_a_time(folder: Path) -> Generator[None]:
    """Hold the lock of a folder; the system frees it if its holder dies, and nobody waits for ever."""
    from filelock import FileLock, Timeout

    lock = FileLock(folder / "compiling.lock", timeout=LONGEST_COMPILE)
    with suppress(
        Timeout
    ):  # whoever holds it is stuck; two compilers do no harm, as each file is written whole
        lock.acquire()
    try:
        yield
    finally:
        lock.release()
