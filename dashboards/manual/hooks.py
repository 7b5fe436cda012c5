"""What is done to the pages while MkDocs builds them: notebooks, equations, links, local scripts."""

from __future__ import annotations

import os
import posixpath
import re
import shutil
from pathlib import Path
from typing import Any

from mkdocs.plugins import event_priority

from detente.dashboards.manual.equations import with_mathml
from detente.dashboards.manual.notebooks import as_markdown, executed
from detente.dashboards.manual.places import QUICK, search_path

LINK = re.compile(r"(?<!!)\[([^\]]*)\]\((\.\./[^)\s]+|(?!https?:)[^)\s]+\.py)\)")
NOTEBOOK = re.compile(r"(\]\((?!https?:)[^)\s]*?(?<!assets/)notebooks/[^)\s]+)\.ipynb")
FAR = re.compile(r"https://(unpkg\.com|api\.github\.com)")


@event_priority(50)  # before the reference reads its settings
def on_config(config: Any) -> Any:
    """Tell the reference where the package is."""
    reference = config.plugins["mkdocstrings"].config
    reference.handlers.setdefault("python", {})["paths"] = [str(search_path())]
    return config


def on_files(files: Any, config: Any) -> Any:
    """Add a page for each notebook, and the notebook itself to be taken home."""
    from mkdocs.structure.files import File

    for path in sorted((Path(config.docs_dir) / "notebooks").glob("*.ipynb")):
        page = File.generated(config, f"notebooks/{path.stem}.md", content=notebook_page(path))
        files.append(page)
        files.append(File.generated(config, f"assets/notebooks/{path.name}", abs_src_path=str(path)))
    return files


def notebook_page(path: Path) -> str:
    """The page of a notebook, run unless a quick build was asked for."""
    import nbformat

    from detente.model.kernel import cache_root

    if os.environ.get(QUICK):
        return as_markdown(nbformat.read(path, as_version=4), was_run=False, name=path.name)
    return as_markdown(executed(path, cache_root() / "notebooks"), was_run=True, name=path.name)


def on_page_markdown(markdown: str, *, page: Any, config: Any, files: Any) -> str:
    """Links to notebooks lead to their pages; those to files that are no pages become names."""

    def local(match: re.Match[str]) -> str:
        words, target = match[1], match[2]
        place = posixpath.normpath(posixpath.join(posixpath.dirname(page.file.src_uri), target.split("#")[0]))
        if place.startswith("../"):
            return f"{words} (`{place.removeprefix('../')}`)"
        return f"{words} (`docs/{place}`)" if place.endswith(".py") else match[0]

    return LINK.sub(local, NOTEBOOK.sub(r"\1.md", markdown))


def on_page_content(html: str, *, page: Any, config: Any, files: Any) -> str:
    """Translate the equations."""
    return with_mathml(html)


def put(file: Path, folder: Path) -> None:
    """Copy a file of an installed library into the site."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(file, folder / file.name)


def on_post_build(config: Any) -> None:
    """Put in place what all pages share, and take from the theme's script what would ask other hosts."""
    import plotly
    import ziamath

    site = Path(config.site_dir)
    put(Path(plotly.__file__).parent / "package_data" / "plotly.min.js", site / "javascripts")
    put(Path(ziamath.__file__).parent / "fonts" / "STIXTwoMath-Regular.ttf", site / "fonts")
    for path in Path(config.site_dir, "assets", "javascripts").glob("bundle.*.js"):
        path.write_text(FAR.sub("absent", path.read_text(encoding="utf-8")), encoding="utf-8")
    for path in Path(config.site_dir).rglob("*.map"):
        path.unlink()
