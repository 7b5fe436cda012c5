"""A results directory: Parquet chunks written atomically, and the manifest of what they were made from.

A chunk's name carries its number and the digest of its bytes and of the manifest, so that a file that is damaged, cut
short or from another sweep is found.  What ``pandas.read_parquet(dir)`` should not read has a name that begins with
``_`` or ``.``: the manifest, the folder of series, and what is being written.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detente.experiments.io.files import current_umask
from detente.experiments.sweep.jobs import Made
from detente.model.errors import InputError, shown
from detente.model.reading import MAX_JSON, blocks, parse_json, read_bytes

MANIFEST = "_manifest.json"
SERIES = "_series"
WRITTEN = "the manifest of a sweep, as it was written"

CHUNK, MAX_CHUNK = "a chunk of a sweep", 1_000_000_000
"""What a chunk is called, and its largest size [bytes]."""

NAME = re.compile(r"chunk-([0-9]{5,})-([0-9a-f]{16})\.parquet")
HIDDEN = re.compile(r"\.chunk-([0-9]{5,})-.*")


class StoreError(InputError):
    """A results directory that cannot be written or gone on with; what is done stays."""


@dataclass(frozen=True)
class Found:
    """What a directory holds: files of whole chunks, and files that are damaged or foreign."""

    whole: Mapping[int, Path]
    bad: tuple[Path, ...]


@dataclass(frozen=True)
class Store:
    """A directory of chunks."""

    path: Path
    manifest: Mapping[str, Any]

    @property
    def print_(self) -> bytes:
        """What digests of chunks begin with: the digest of the manifest."""
        return hashlib.sha256(manifest_text(self.manifest).encode()).digest()

    @property
    def keeps_series(self) -> bool:
        """Whether series are kept beside the summaries."""
        return bool(self.manifest["design"].get("series"))

    @property
    def n_chunks(self) -> int:
        """Chunks of the whole sweep."""
        return int(self.manifest["chunks"])

    def name(self, chunk: int, data: bytes) -> str:
        """The file name of a chunk."""
        return self.name_of(chunk, [data])

    def name_on_disk(self, chunk: int, path: Path) -> str | None:
        """The name that a file should have if it is a chunk; none for what is no regular file of sensible size."""
        try:
            return self.name_of(chunk, blocks(path, CHUNK, MAX_CHUNK))
        except InputError:
            return None

    def name_of(self, chunk: int, parts: Iterable[bytes]) -> str:
        """The file name of a chunk whose bytes come in parts."""
        digest = hashlib.sha256(self.print_)
        for part in parts:
            digest.update(part)
        return f"chunk-{chunk:05d}-{digest.hexdigest()[:16]}.parquet"

    def write(self, made: Made) -> None:
        """Put a chunk in its place; raises ``StoreError`` if it cannot be written, and leaves nothing half written.

        Series come first: a chunk counts as done when its summary is there.
        """
        try:
            if made.series is not None:
                (self.path / SERIES).mkdir(exist_ok=True)
                put(self.path / SERIES / self.name(made.chunk, made.series), made.series)
            put(self.path / self.name(made.chunk, made.rows), made.rows)
        except OSError as error:
            raise cannot(self.path, error) from None

    def look(self) -> Found:
        """The chunks that are there, each checked against its name."""
        try:
            rows, bad = self.checked(self.path)
            if not self.keeps_series:
                return Found(rows, tuple(bad))
            series, more = self.checked(self.path / SERIES)
        except OSError as error:
            raise StoreError(f"{self.path}: cannot be read: {reason(error)}") from None
        return Found({k: path for k, path in rows.items() if k in series}, (*bad, *more))

    def checked(self, folder: Path) -> tuple[dict[int, Path], list[Path]]:
        """Files of a folder that are what their names say, by chunk, and those that are not."""
        whole: dict[int, Path] = {}
        bad: list[Path] = []
        for path, chunk in chunk_files(folder):
            if chunk < self.n_chunks and path.name == self.name_on_disk(chunk, path):
                whole[chunk] = path
            else:
                bad.append(path)
        return whole, bad

    def tidy(self, bad: Collection[Path], mine: Collection[int]) -> None:
        """Remove damaged files, and what earlier writers of these chunks left half written when they were killed."""
        left = [
            path
            for folder in (self.path, self.path / SERIES)
            if folder.is_dir()
            for path in folder.iterdir()
            if (match := HIDDEN.fullmatch(path.name)) and int(match[1]) in mine
        ]
        try:
            for path in (*bad, *left):
                path.unlink(missing_ok=True)
        except OSError as error:
            raise cannot(self.path, error) from None


def chunk_files(folder: Path) -> Iterator[tuple[Path, int]]:
    """Files that are called as chunks are, in order, with their numbers."""
    if folder.is_dir():
        for path in sorted(folder.iterdir()):
            match = NAME.fullmatch(path.name)
            if match:
                yield path, int(match[1])


def put(path: Path, data: bytes) -> None:
    """A file written under a hidden name, brought to the disk, and put in its place."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=".tmp")
    hidden = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        hidden.chmod(0o666 & ~current_umask())
        hidden.replace(path)
        sync_folder(path.parent)
    finally:
        hidden.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk, where the system has a way to."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        pass
    finally:
        os.close(handle)


def manifest_text(manifest: Mapping[str, Any]) -> str:
    """A manifest as it stands in its file."""
    return json.dumps(manifest, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def reason(error: OSError) -> str:
    """What went wrong, in the system's words."""
    return error.strerror or str(error)


def cannot(path: Path, error: OSError) -> StoreError:
    """The line for a directory that cannot be written."""
    return StoreError(
        f"{path}: cannot be written: {reason(error)}; what is done stays, --resume goes on from it"
    )


def read_manifest(path: Path) -> dict[str, Any]:
    """The manifest of a results directory; raises ``StoreError`` where there is none, or one that is damaged."""
    from detente.experiments.sweep.manifest import checked_manifest

    file = path / MANIFEST
    try:
        file.stat()
        data = read_bytes(file, WRITTEN, MAX_JSON)
    except FileNotFoundError:
        raise StoreError(f"{path}: got no {MANIFEST} in it; expected the directory of a sweep") from None
    except NotADirectoryError:
        raise StoreError(f"{path}: is a file; expected the directory of a sweep") from None
    except (OSError, ValueError) as error:
        raise StoreError(f"{file}: cannot be read: {getattr(error, 'strerror', None) or error}") from None
    except InputError as error:
        raise StoreError(str(error)) from None
    try:
        return checked_manifest(parse_json(data, str(file), WRITTEN), str(file))
    except InputError as error:
        raise StoreError(f"{file}: is damaged; expected {WRITTEN} ({error})") from None


def claim(path: Path, manifest: Mapping[str, Any], *, resume: bool) -> Store:
    """The directory of a sweep, made if it is not there; its manifest is written, or compared with the one there.

    Raises ``StoreError`` if it holds another sweep, naming what differs, or if it cannot be written.
    """
    wanted = json.loads(manifest_text(manifest))
    if path.is_file():
        raise StoreError(f"{path}: is a file; expected a directory for the sweep")
    try:
        path.mkdir(parents=True, exist_ok=True)
        if not (path / MANIFEST).exists():
            refuse_foreign(path)
            put(path / MANIFEST, manifest_text(wanted).encode())
            return Store(path, wanted)
    except OSError as error:
        raise cannot(path, error) from None
    check_same(path, read_manifest(path), wanted)
    done = len(list(chunk_files(path)))
    if done and not resume:
        raise StoreError(
            f"{path}: holds this sweep already ({done} of {wanted['chunks']} chunks); "
            "expected --resume to go on with it, or another directory"
        )
    return Store(path, wanted)


def refuse_foreign(path: Path) -> None:
    """A directory with tables of something else would mix them with those of the sweep."""
    for entry in sorted(path.iterdir()):
        if entry.suffix == ".parquet":
            raise StoreError(
                f"{path}: holds {entry.name} but no {MANIFEST}; expected a directory for the sweep alone"
            )


def check_same(path: Path, there: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Refuse to go on with a sweep that was made from something else, and say what differs."""
    begun, now = (version_in(manifest) for manifest in (there, wanted))
    if begun != now:
        raise StoreError(
            f"{path}: was begun with version {begun}, here it is {now}; "
            "expected another directory, or go on with that version"
        )
    differences = list(compared(there, wanted))
    if differences:
        more = f" (and {len(differences) - 3} more)" if len(differences) > 3 else ""
        said = "; ".join(differences[:3]) + more
        raise StoreError(
            f"{path}: was made from something else: {said}; expected the same, or another directory"
        )


def version_in(manifest: Mapping[str, Any]) -> str | None:
    """The version that a manifest was written with."""
    return manifest.get("made_with", {}).get("versions", {}).get("detente")


def compared(there: Any, wanted: Any, at: str = "") -> Iterator[str]:
    """Where two trees of plain values differ, in words."""
    if isinstance(there, dict) and isinstance(wanted, dict):
        for key in dict.fromkeys((*there, *wanted)):
            yield from compared(there.get(key), wanted.get(key), f"{at}.{key}" if at else str(key))
    elif there != wanted:
        yield f"{at} was {in_short(there)}, now {in_short(wanted)}"


def in_short(value: Any) -> str:
    """A value in a comparison; the beginning of a digest tells it from another."""
    if value is None:
        return "not there"
    if isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value):
        return value[:12]
    return shown(value)
