"""Where compiled kernels are kept, and which folders are trusted.

What lies in the cache is executed.  So its folder must be the user's own, no link, and not writable by anybody else,
and nobody else may be able to put another in its place; a kernel's own folder in it must be closed to others
altogether.  A folder of ours that is open, as some systems make them, is closed.  Where no such folder can be had, this
process gets a fresh private one.  One process compiles at a time; others wait for it and load the result.
"""

from __future__ import annotations

import atexit
import os
import re
import shutil
import stat
import sys
import tempfile
import time
import uuid
import warnings
from collections.abc import Generator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

LONGEST_COMPILE = 600.0
"""How long a process waits for another that compiles before it compiles by itself [s]."""

OPEN = "is open to other users"
WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH
OPEN_TO_OTHERS = stat.S_IRWXG | stat.S_IRWXO


ENTRY = re.compile(r"kernel-[0-9a-f]+|manual-[0-9a-f]+(-quick)?|notebooks|building-.*|foreign-.*")
"""What a cache holds."""

UNMAPPED = 65534
"""Who owns the folders of the system where a container shows no owner."""


def cache_root() -> Path:
    """Where compiled kernels are kept: ``DETENTE_CACHE``, else the user's cache folder, else a fresh private one."""
    base = asked_root()
    fault = unfit(base)
    return base if fault is None else private_root(base, fault)


def asked_root() -> Path:
    """The folder that is asked for, fit or not."""
    named = os.environ.get("DETENTE_CACHE")
    return Path(named).absolute() if named else user_cache() / "detente"


def is_kept() -> bool:
    """Whether what is compiled or built now will still be there for the next process."""
    return unfit(asked_root()) is None


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
        f"{base} {fault}: nothing is kept there, and rules are compiled anew for this process; "
        "expected a folder of your own that nobody else can write or replace (DETENTE_CACHE names one)",
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
        fault = exposed(folder) or open_to_others(folder)
        if fault is None:
            with tempfile.TemporaryFile(dir=folder):
                pass
    except OSError as error:
        return f"cannot be written ({error.strerror})"
    return fault


def open_to_others(folder: Path) -> str | None:
    """Why others may have written a folder, or None; one of ours that holds a cache alone is closed first."""
    fault = untrusted(folder, WRITABLE_BY_OTHERS)
    if fault == OPEN and all(ENTRY.fullmatch(path.name) for path in folder.iterdir()):
        close(folder)
        return untrusted(folder, WRITABLE_BY_OTHERS)
    return fault


def close(folder: Path) -> None:
    """Empty a folder and close it to others; where another process does so for seconds on end, it stays as it is."""
    import fcntl

    handle = os.open(folder, os.O_RDONLY)
    try:
        for _ in range(50):
            with suppress(BlockingIOError):
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            time.sleep(0.1)
        else:
            return
        if untrusted(folder, WRITABLE_BY_OTHERS) == OPEN:  # no other process has closed it meanwhile
            for path in folder.iterdir():
                discard(path)
            folder.chmod(0o700)
    finally:
        os.close(handle)


def exposed(folder: Path) -> str | None:
    """Why another user could put another folder in its place, or None: one above it is theirs, or theirs to write."""
    if sys.platform == "win32":
        return None
    for above in dict.fromkeys((*folder.absolute().parents, *folder.resolve().parents)):
        about = above.lstat()
        if stat.S_ISLNK(about.st_mode):
            continue  # what it leads to is looked at, and so is the folder that it lies in
        if about.st_uid not in (0, os.geteuid(), UNMAPPED):
            return f"lies in {above}, which belongs to another user"
        if about.st_mode & WRITABLE_BY_OTHERS and not (about.st_mode & stat.S_ISVTX or own_group(about)):
            return f"lies in {above}, which other users can write"
    return None


def own_group(about: os.stat_result) -> bool:
    """Whether only a group can write that is the user's alone, as many systems give each user one."""
    import grp
    import pwd

    try:
        user, group = pwd.getpwuid(os.geteuid()), grp.getgrgid(about.st_gid)
    except KeyError:
        return False
    alone = group.gr_name == user.pw_name and set(group.gr_mem) <= {user.pw_name}
    return alone and not about.st_mode & stat.S_IWOTH


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
    return OPEN if about.st_mode & mode else None


def private_folder(folder: Path) -> Path:
    """A kernel's folder, created if need be; if anything in it may come from another user, it is emptied first."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not only_own(folder):
        with suppress(FileNotFoundError):  # another process empties it at the same time
            discard(folder)
        folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def only_own(folder: Path) -> bool:
    """Whether a folder is there, is closed to others and holds nothing but this user's files."""
    try:
        if untrusted(folder, OPEN_TO_OTHERS) is not None:
            return False
    except FileNotFoundError:
        return False
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):  # another process writes its files under a passing name
            if untrusted(path) is not None:
                return False
    return True


def discard(folder: Path) -> None:
    """Remove a folder, or move it out of the way where another user's files in it cannot be removed."""
    try:
        remove(folder)
    except PermissionError:
        folder.rename(folder.with_name(f"foreign-{uuid.uuid4().hex}"))


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
