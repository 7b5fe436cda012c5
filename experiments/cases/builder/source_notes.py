"""What was made of which file: name, digest, rows used, years, release; and the notes that stand with a case."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from detente.experiments.cases.builder.estimate import GRADES, Fact
from detente.experiments.data.report import Report
from detente.experiments.data.source import EXPECTED, MAX_BYTES
from detente.model.reading import blocks

RELEASE = re.compile(r"(?<![0-9])v?([0-9]{1,2})[._-]([0-9])(?:[._-]([0-9]+))?(?![0-9])")
"""A release in the name of a file, such as 23.1 or 25_0_3."""


HEAPS = {
    "month": "known only to the month",
    "year": "known only to the year",
    "none": "of no known date",
    "in no month": "in no month, since it spans several",
}
"""What the heaps of a report are, in words."""


def file_table(path: Path, report: Report | None) -> dict[str, Any]:
    """One file: its name and digest, the rows used, the days they cover and the release that its name says."""
    digest = sha256_of(path)
    table: dict[str, Any] = {
        "file": path.name,
        "bytes": digest[1],
        "sha256": digest[0],
    }
    release = RELEASE.search(path.name)
    table["release"] = ".".join(p for p in release.groups() if p) if release else None
    if report is not None:
        table |= {"layout": report.layout, "rows": report.rows, "rows_used": report.used}
        days = report.coverage
        table["covers"] = None if days is None else f"{days.since} to {days.until}"
        table["heaps"] = {k: dict(v) for k, v in report.heaps.items() if any(v.values())}
        table["duplicates"] = report.duplicates
        table["notes"] = list(report.notes)
    return table


def sha256_of(path: Path) -> tuple[str, int]:
    """Digest and size [bytes] of a file."""
    digest, size = hashlib.sha256(), 0
    for block in blocks(path, EXPECTED, MAX_BYTES):
        digest.update(block)
        size += len(block)
    return digest.hexdigest(), size


def file_tables(paths: Sequence[Path], reports: Sequence[Report]) -> list[dict[str, Any]]:
    """Every file that was read."""
    by_file = {report.file: report for report in reports}
    return [file_table(path, by_file.get(str(path))) for path in dict.fromkeys(paths)]


def source_lines(files: Sequence[dict[str, Any]], *, digests: bool = True) -> list[str]:
    """The sources of a case, a line a file."""
    return [source_line(f, digests=digests) for f in files]


def source_line(f: dict[str, Any], *, digests: bool) -> str:
    """One source: layout, release, rows used, days covered, digest."""
    parts = [f.get("layout", "expert table")]
    parts += [f"release {f['release']}"] if f["release"] else []
    parts += [f"{f['rows_used']:,} of {f['rows']:,} rows"] if "rows" in f else []
    parts += [f["covers"]] if f.get("covers") else []
    digest = f"; sha256 {f['sha256']}" if digests else ""
    return f"{f['file']} ({', '.join(parts)}{digest})"


def by_grade(facts: Sequence[Fact]) -> dict[str, int]:
    """How many facts there are of each grade."""
    counts = Counter(fact.estimate.grade for fact in facts)
    return {grade: counts[grade] for grade in GRADES}


def notes_text(title: str, made: dict[str, Any], facts: Sequence[Fact]) -> str:
    """The notes of a case in Markdown."""
    return "\n".join([f"# Notes on {title}", "", *note_lines(made), "", *fact_lines(facts), ""])


def note_lines(made: dict[str, Any]) -> Iterator[str]:
    """Files, days, what the data say, what is left out and what to look at."""
    yield "## Files"
    yield ""
    yield f"Chosen: {made['chosen']}."
    yield ""
    for f in made["files"]:
        yield f"- {source_lines([f])[0]}"
        for what, heap in f.get("heaps", {}).items():
            held = ", ".join(f"{unit} {n:,.0f}" for unit, n in heap.items())
            yield f"  - {HEAPS.get(what, what)}: {held}"
        yield from (f"  - {note}" for note in f.get("notes", ())[:20])
    yield ""
    yield "## What the data say"
    yield ""
    yield from (f"- {line}" for line in made["findings"])
    yield ""
    yield "## History"
    yield ""
    h = made["history"]
    yield f"{h['truces']} ceasefires and {h['agreements']} agreements are {h['moves']} dated moves."
    yield from ("", *(f"- left out: {line}" for line in h["left_out"]))
    if made["notes"]:
        yield from ("", "## To look at", "", *(f"- {line}" for line in made["notes"]))


def fact_lines(facts: Sequence[Fact]) -> Iterator[str]:
    """Every fact with its range, grade and source, as a table."""
    yield "## Facts"
    yield ""
    yield "| fact | value | from | to | grade | source |"
    yield "|---|---|---|---|---|---|"
    for fact in facts:
        e = fact.estimate
        source = e.source.replace("|", "/")
        yield f"| {fact.path} | {e.value:g} | {e.low:g} | {e.high:g} | {e.grade} | {source} |"
