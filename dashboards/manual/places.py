"""Where the manual is: its sources, the site built from them, and the digest that says they belong together."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from detente.model.kernel_cache import untrusted

HERE = Path(__file__).resolve().parent
PACKAGE = HERE.parents[1]
"""The installed package, or the root of the repository."""

SHIPPED = HERE / "site"
"""A site that was built before the package was: it goes into the wheel."""

PARTS = ("agents", "model", "experiments", "dashboards")
QUICK = "DETENTE_DOCS_QUICK"
"""Environment variable that leaves the notebooks unrun, for a quick look at the text."""

STARTS = "index.html"
DIGEST = "sources.txt"
"""File of a site that names the digest of its sources."""

PAGES = (".md", ".ipynb", ".png", ".jpg", ".svg", ".css", ".mjs", ".js", ".yml")
CODE = (".py", ".toml", ".json")


def sources() -> Path:
    """The folder of the pages."""
    return PACKAGE / "docs"


def search_path() -> Path:
    """A folder that holds the package as it is installed, where the reference reads its docstrings."""
    return PACKAGE.parent if is_installed() else Path(copied_package().name)


@cache
def copied_package() -> tempfile.TemporaryDirectory[str]:
    """The parts of the package put together, until the program ends; the reader of docstrings follows no links."""
    whole = tempfile.TemporaryDirectory(prefix="detente-manual-")
    target = Path(whole.name) / "detente"
    shutil.copytree(PACKAGE / "detente", target)
    for part in PARTS:
        shutil.copytree(PACKAGE / part, target / part, ignore=shutil.ignore_patterns("__pycache__", "site"))
    return whole


def cached(digest: str) -> Path:
    """The site of some sources in the user's cache folder."""
    from detente.model.kernel import cache_root

    return cache_root() / f"manual-{digest}"


def is_site(folder: Path) -> bool:
    """Whether a folder holds a built site, and is no other user's."""
    return (folder / STARTS).is_file() and (folder == SHIPPED or untrusted(folder) is None)


def built_site() -> Path | None:
    """The site of the present sources, if there is one: in the package, else in the cache.

    In the repository, where pages change, a site in the package counts only while it is that of today's sources.
    """
    if is_site(SHIPPED) and (is_installed() or digest_in(SHIPPED) == manual_digest()):
        return SHIPPED
    place = cached(manual_digest())
    return place if is_site(place) else None


def is_installed() -> bool:
    """Whether this is an installed package and not the repository."""
    return not (PACKAGE / "detente").is_dir()


def digest_in(site: Path) -> str | None:
    """The digest of the sources that a site was built from, if it says so."""
    note = site / DIGEST
    return note.read_text(encoding="utf-8").strip() if note.is_file() else None


@cache
def code_digest() -> str:
    """Digest of the code and the cases, which the outputs of the notebooks depend on."""
    parts = [PACKAGE / part for part in PARTS]
    return digest_of((p for part in parts for p in files(part, CODE)), PACKAGE)


@cache
def manual_digest() -> str:
    """Digest of all that the site is built from."""
    pages = digest_of(files(sources(), PAGES), sources())
    theme = digest_of(files(HERE, PAGES), HERE)
    return hashlib.sha256(f"{pages} {theme} {code_digest()}".encode()).hexdigest()[:16]


def files(folder: Path, endings: tuple[str, ...]) -> Iterator[Path]:
    """Files below a folder with some endings, in order; a built site is not among them."""
    for path in sorted(folder.rglob("*")):
        if path.suffix in endings and path.is_file() and not path.is_relative_to(SHIPPED):
            yield path


def digest_of(paths: Iterable[Path], root: Path) -> str:
    """Digest of files: their places below a root and their content."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(f"{path.relative_to(root).as_posix()}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
