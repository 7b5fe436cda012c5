"""Building the site of the manual from its pages, without a network."""

from __future__ import annotations

import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from detente.dashboards.manual.places import DIGEST, HERE, QUICK, SHIPPED, cached, manual_digest, sources
from detente.experiments.io.output import say, say_lines
from detente.model.errors import InputError

NEEDED = ("mkdocs", "material", "mkdocstrings", "latex2mathml", "ziamath", "nbclient")
SENTENCE = (
    "this installation holds the pages of the manual but no built site: install what builds it with "
    "pip install 'detente[docs]' and run detente docs again"
)


class BuildError(Exception):
    """The site was built with warnings, which the text of the error lists."""


def check_builder() -> None:
    """Raise ``InputError`` unless all that builds the site is installed."""
    if any(find_spec(name) is None for name in NEEDED):
        raise InputError(SENTENCE)


def build(out: Path | None = None, *, quick: bool = False, strict: bool = True) -> Path:
    """Build the site into a folder, or into the cache under the digest of its sources, and return the folder.

    The folder is replaced once the new site is complete.  ``quick`` leaves the notebooks unrun.  Raises ``InputError``
    if the builder is not installed and, where the build is ``strict``, ``BuildError`` if it warns of anything, such as
    a link that leads nowhere.
    """
    check_builder()
    digest = manual_digest()  # before anything is written, since the package may be where the site is put
    target = out or cached(digest + ("-quick" if quick else ""))
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="building-") as folder:
        fresh = Path(folder) / "site"
        found = build_into(fresh, quick=quick)
        if found and strict:
            raise BuildError("\n".join(found))
        (fresh / DIGEST).write_text(f"{digest}\n", encoding="utf-8")
        if target.exists():
            shutil.rmtree(target)
        fresh.replace(target)
    return target


def build_into(folder: Path, *, quick: bool) -> list[str]:
    """Build the site into a folder that may be left half-written; gives what the builder warned of."""
    os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")  # the theme's advertisement, not a fault of the pages
    from mkdocs.commands.build import build as build_pages
    from mkdocs.config import load_config

    with warnings_kept() as kept, quickly(quick):
        config = load_config(
            str(HERE / "mkdocs.yml"), docs_dir=str(sources()), site_dir=str(folder), strict=False
        )
        config.plugins.on_startup(command="build", dirty=False)
        build_pages(config)
        config.plugins.on_shutdown()
    return kept


@contextmanager
def quickly(quick: bool) -> Generator[None]:
    """Tell the hooks whether to leave the notebooks unrun."""
    before = os.environ.get(QUICK)
    os.environ[QUICK] = "1" if quick else ""
    try:
        yield
    finally:
        os.environ.pop(QUICK)
        if before is not None:
            os.environ[QUICK] = before


@contextmanager
def warnings_kept() -> Generator[list[str]]:
    """Keep what MkDocs and its plugins warn of."""
    kept: list[str] = []

    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            kept.append(f"{record.levelname}: {record.getMessage()}")

    keeper = Keeper(logging.WARNING)
    logger = logging.getLogger("mkdocs")
    logger.addHandler(keeper)
    try:
        yield kept
    finally:
        logger.removeHandler(keeper)


def main(arguments: list[str]) -> int:
    """Build the site as ``docs/build`` asks for it; 1 where there are warnings."""
    quick, ship = "--quick" in arguments, "--ship" in arguments
    try:
        site = build(SHIPPED if ship else None, quick=quick)
    except BuildError as error:
        say_lines(str(error), error=True)
        return 1
    size = sum(path.stat().st_size for path in site.rglob("*") if path.is_file())
    say(f"{len(list(site.rglob('*.html')))} pages, {size / 1e6:.1f} MB, in {site}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
