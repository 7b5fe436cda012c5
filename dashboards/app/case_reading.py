"""What visitors' files are, and the case that they make: read in a process of its own, in a folder of its own.

Nothing is taken from a file but its text: names in archives are held against the few that a case has, none is a path.
"""

from __future__ import annotations

import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from detente.dashboards.app.opened_cases import is_of_case, lay_out
from detente.experiments.runs.mailed import SUFFIXES, read_mailed
from detente.model.catalogue import CASE_FILE
from detente.model.errors import InputError, wrong
from detente.model.reading import MAX_BYTES, TOML, as_text, parse_toml, read_text

if TYPE_CHECKING:
    from detente.experiments.data.layouts import Layout
    from detente.experiments.data.source import Source
    from detente.model.scenario import Scenario

MOST_TABLE = 400_000_000
"""Bytes of a table, unpacked."""

MOST_CASE = 4_000_000
"""Bytes of all files of a case."""

MOST_ENTRIES = 1000
"""Files that an archive may list."""

MOST_ROWS = 5000
"""Lines of the list of conflicts that a page is given to choose from."""

MOST_PAIR_DAYS = 4_000_000
"""Pairs of parties times days of a case: 30 parties over 25 years."""

TABLES = (".csv", ".tsv", ".txt", ".gz", ".parquet")
"""Ends of the names of tables."""

EXPECTED = (
    "a case.toml, a zip file of a case, a page mailed from the dashboards, or a table of events (.csv, .csv.gz, "
    ".parquet)"
)
FOLDER = "case"
SLUG = re.compile("[a-z0-9]+(-[a-z0-9]+)*")

WORDS = {
    "--ged, --data": "Events", "--side-a": "“Side A”", "--side-b": "“Side B”", "--country": "“Country”",
    "--conflict": "“Conflict”", "--dyad": "“Dyad”", "--case": "“Case in the file”", "--from": "First day",
    "--until": "Last day", "--pivot": "Day from which levers act", "--data": "Events", "--ceasefires": "Ceasefires",
    "--agreements": "Peace agreements", " (or --copy CASE for a case to start from)": "",
}  # fmt: skip
"""Options of the command line -> what the page calls them."""


class Received(NamedTuple):
    """A file that was sent: its name as the visitor has it, with folders, its bytes, what it is said to hold."""

    name: str
    data: bytes
    role: str = ""

    @property
    def last(self) -> str:
        """Its name without folders."""
        return re.split(r"[\\/]", self.name)[-1]

    @property
    def is_zip(self) -> bool:
        """Whether it is an archive, by its first bytes."""
        return self.data.startswith(b"PK\x03\x04")


# -- what was sent


def unpacked(name: str, data: bytes, most: int = MOST_TABLE) -> bytes:
    """What a page compressed before it sent it, no further than a table may be large."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            plain = stream.read(most + 1)
    except (OSError, EOFError, zlib.error):
        raise InputError(f"{name}: did not arrive whole; choose it again") from None
    if len(plain) > most:
        raise InputError(f"{name}: has over {most / 1e6:,.0f} MB; expected at most that")
    return plain


def case_files(files: Sequence[Received]) -> tuple[dict[str, str], list[str]] | None:
    """The texts of a case and the names of what was left out; none where the files are no case."""
    first = files[0]
    if len(files) == 1 and first.is_zip:
        return archived(first)
    if len(files) == 1 and first.last.lower().endswith(SUFFIXES):
        return mailed(first)
    if len(files) == 1 and first.last.lower().endswith(".toml"):
        return {CASE_FILE: text_of(first.last, first.data)}, []
    if any(f.last.lower().endswith(".toml") for f in files):
        return chosen_texts({f.name.replace("\\", "/"): f.data for f in files}, "the files chosen")
    return None


def mailed(file: Received) -> tuple[dict[str, str], list[str]]:
    """The case in a page that was mailed."""
    place = Path("mailed.html")
    place.write_bytes(file.data)
    try:
        return dict(read_mailed(place).files), []
    except InputError as error:
        raise InputError(str(error).replace(str(place), file.last)) from None


def archived(file: Received) -> tuple[dict[str, str], list[str]] | None:
    """The case in an archive; none where it holds no case."""
    with opened_archive(file) as archive:
        names = [info.filename for info in archive.infolist() if not info.is_dir()]
        wanted = names_of_case(names, file.last)
        if wanted is None:
            return None
        texts = {name: member(archive, names[k], file.last, MAX_BYTES) for name, k in wanted.items()}
    taken = set(wanted.values())
    return together(texts, file.last), [name for k, name in enumerate(names) if k not in taken]


def opened_archive(file: Received) -> zipfile.ZipFile:
    """An archive that can be read, of a sensible number of files."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(file.data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError):
        raise InputError(f"{file.last}: is not a complete zip file; choose it again") from None
    if len(archive.infolist()) > MOST_ENTRIES:
        n = len(archive.infolist())
        raise InputError(f"{file.last}: holds {n:,} files; expected at most {MOST_ENTRIES:,}")
    return archive


def member(archive: zipfile.ZipFile, name: str, source: str, most: int) -> bytes:
    """One file of an archive, read no further than it may be large, whatever the archive says of its size."""
    try:
        with archive.open(name) as stream:
            data = stream.read(most + 1)
    except (RuntimeError, zipfile.BadZipFile, NotImplementedError, OSError, EOFError, zlib.error, ValueError):
        reason = "is encrypted, damaged, or packed in a way that cannot be read"
        raise InputError(f"{source}: {name[:LONGEST_SHOWN]} {reason}; pack the folder anew") from None
    if len(data) > most:
        size = f"{most / 1e6:,.0f} MB"
        raise InputError(f"{source}: {name[:LONGEST_SHOWN]} has over {size} unpacked; expected at most that")
    return data


LONGEST_SHOWN = 100


def names_of_case(names: Sequence[str], source: str) -> dict[str, int] | None:
    """Which of some paths are the files of a case, by the names that they have there; none where there is no case."""
    plain = [name.replace("\\", "/") for name in names]
    heads = [name.removesuffix(CASE_FILE) for name in plain if name.split("/")[-1] == CASE_FILE]
    if not heads:
        return None
    depth = min(head.count("/") for head in heads)
    nearest = [head for head in heads if head.count("/") == depth]
    if len(nearest) > 1:
        listed = ", ".join(f"{head}{CASE_FILE}" for head in nearest[:5])
        raise InputError(f"{source}: holds {len(nearest)} cases ({listed}); expected one")
    head = nearest[0]
    found = {name.removeprefix(head): k for k, name in enumerate(plain) if name.startswith(head)}
    return {name: k for name, k in found.items() if is_of_case(name)}


def chosen_texts(files: Mapping[str, bytes], source: str) -> tuple[dict[str, str], list[str]]:
    """The case among files that were chosen together, as a folder has them."""
    names = list(files)
    wanted = names_of_case(names, source)
    if wanted is None:
        listed = ", ".join(names[:5])
        raise InputError(f"{source}: hold no {CASE_FILE} ({listed}); expected the folder of a case")
    texts = {name: files[names[k]] for name, k in wanted.items()}
    taken = set(wanted.values())
    return together(texts, source), [name for k, name in enumerate(names) if k not in taken]


def together(files: Mapping[str, bytes], source: str) -> dict[str, str]:
    """The texts of a case, none of them too large, nor all."""
    size = sum(map(len, files.values()))
    if size > MOST_CASE:
        raise InputError(
            f"{source}: the case has {size / 1e6:,.1f} MB; expected at most {MOST_CASE / 1e6:,.0f} MB"
        )
    return {name: text_of(name, data) for name, data in files.items()}


def text_of(name: str, data: bytes) -> str:
    """The text of a file of a case."""
    if len(data) > MAX_BYTES:
        raise InputError(
            f"{name}: has {len(data):,} bytes; expected {TOML} of at most {MAX_BYTES / 1e6:,.0f} MB"
        )
    return as_text(data, name, TOML)


# -- a case


def examined(texts: Mapping[str, str], shown: str = CASE_FILE) -> dict[str, Any]:
    """What a page is told of the files of a case, and these files: its errors if it has any.

    ``shown`` is the name that the visitor's case file has.
    """
    from detente.experiments.cases.builder.texts import shipped_policies
    from detente.experiments.cases.check import check

    whole, notes = dict(texts), []
    if not any(name.startswith("policies/") for name in whole):
        whole |= {f"policies/{name}.toml": text for name, text in shipped_policies().items()}
        notes = ["It came without policies: status-quo and five-lessons, which fit any case, were added."]
    foreign = [*foreign_policies(whole)]
    if foreign:
        return {"errors": foreign}
    lay_out(whole, Path(FOLDER))
    found = check(FOLDER)
    if found.errors:
        return {"errors": [in_page_words(line, shown) for line in found.errors]}
    scenario = opened_case()
    check_size(scenario, shown)
    return {
        "name": scenario.case.name,
        "files": whole,
        "about": {
            "warnings": [in_page_words(w.text, shown) for w in found.warnings],
            "summary": f"{found.about}: {found.summary}",
            "facts": found.facts_line if found.facts else "",
            "notes": notes,
        },
    }


def opened_case() -> Scenario:
    """The case that was laid out."""
    from detente.model.catalogue import load_scenario

    return load_scenario(Path(FOLDER))


def foreign_policies(texts: Mapping[str, str]) -> Iterator[str]:
    """Policies that extend a file by its path: it would be a file of the server."""
    for name, text in texts.items():
        if not name.startswith("policies/"):
            continue
        try:
            parent = parse_toml(text, name).get("extends", "none")
        except InputError:
            continue  # the check says what is wrong with it
        if not isinstance(parent, str) or not SLUG.fullmatch(parent):
            yield str(wrong(f"{name}: extends", parent, "the name of a policy of the same case"))


def check_size(scenario: Scenario, shown: str) -> None:
    """Refuse a case whose runs would keep the server busy for others."""
    days = (scenario.case.end - scenario.case.start).days
    pairs = len(scenario.relation)
    if pairs * days > MOST_PAIR_DAYS:
        raise InputError(
            f"{shown}: relations times days are {pairs * days:,} ({pairs:,} times {days:,}); expected at most "
            f"{MOST_PAIR_DAYS:,} in the browser (detente serve --case FILE takes any)"
        )


def in_page_words(text: str, shown: str = CASE_FILE) -> str:
    """A message as the page says it: its own names of options, and files without the folder they were laid out in."""
    for option, words in WORDS.items():
        text = text.replace(option, words)
    text = text.replace(f"{FOLDER}/{CASE_FILE}", shown).replace(f"{FOLDER}/", "")
    return re.sub(r" \(and \d+ more: `detente check [^`]*` lists them\)", "", text)


# -- tables


def tables_of(files: Sequence[Received]) -> list[tuple[Path, str]]:
    """Tables under their names in the working folder, each with what it is said to hold."""
    found: list[tuple[Path, str]] = []
    for file in files:
        name, data = table_in(file) if file.is_zip else (file.last, file.data)
        place = Path(safe_name(name, [str(path) for path, _ in found]))
        place.write_bytes(data)
        found.append((place, file.role))
    return found


def table_in(file: Received) -> tuple[str, bytes]:
    """The one table in an archive, as UCDP's are sent out."""
    with opened_archive(file) as archive:
        names = [i.filename for i in archive.infolist() if i.filename.lower().endswith(TABLES)]
        names = [name for name in names if not name.startswith("__MACOSX/")]
        if len(names) != 1:
            raise InputError(
                f"{file.last}: holds {len(names)} tables and no {CASE_FILE}; expected the folder of a case, or "
                "one table"
            )
        return re.split(r"[\\/]", names[0])[-1], member(archive, names[0], file.last, MOST_TABLE)


def safe_name(name: str, taken: Iterable[str]) -> str:
    """A name that a file can have in a folder of its own, close to the one it had."""
    plain = re.sub(r"[^\w .()+-]", "_", name).lstrip(". ")[-80:]
    if not plain.lower().endswith(TABLES):
        raise InputError(f"{name[:LONGEST_SHOWN]}: is no file that can be opened here; expected {EXPECTED}")
    known = {one.casefold() for one in taken}
    return next(
        one for k in range(1000) if (one := plain if k == 0 else f"{k + 1}-{plain}").casefold() not in known
    )


def contents(tables: Sequence[tuple[Path, str]]) -> dict[str, Any]:
    """What tables hold: a line for each, and the conflicts to choose from."""
    from detente.experiments.cases.builder.evidence import ROLES
    from detente.experiments.data.layouts import open_layout

    lines: list[str] = []
    rows: list[dict[str, Any]] = []
    for path, role in tables:
        source, layout = open_layout(path)
        held = ROLES.get(layout.name, "counts")
        found, n = combinations(source, layout)
        lines.append(f"{path}: {layout.name}, {n:,} rows")
        if not role and held == "counts":
            rows += found
    return {
        "kind": "data",
        "lines": lines,
        "rows": rows[:MOST_ROWS],
        "left_out": max(0, len(rows) - MOST_ROWS),
    }


def combinations(source: Source, layout: Layout) -> tuple[list[dict[str, Any]], int]:
    """The countries, conflicts, dyads and sides of a table that stand together, the most frequent first; its rows."""
    columns = {key: names[0] for key, field in layout.fields.items() if (names := field.present(source))}
    if not columns:
        return [], len(source.read([source.names[0]]))
    violence = source.column("type_of_violence")
    table = source.read([*columns.values(), *([violence] if violence else [])]).table
    n = len(table)
    fought = table[table[violence].isin(["1", "2"])] if violence else table
    sizes = fought.groupby(list(dict.fromkeys(columns.values())), sort=False).size()
    ordered = sizes.sort_values(ascending=False, kind="stable").reset_index(name="rows in all")
    rows = [
        {**{key: str(row[column]) for key, column in columns.items()}, "events": int(row["rows in all"])}
        for _, row in ordered.iterrows()
    ]
    return rows, n


def built_case(tables: Sequence[tuple[Path, str]], name: str, options: Mapping[str, str]) -> dict[str, Any]:
    """The case that tables make, as ``detente new`` builds it, and what a page is told of it."""
    from detente.experiments.cases.builder.new import built
    from detente.experiments.cases.builder.new_request import checked_request

    by_role: dict[str, list[Path]] = {"": [], "ceasefires": [], "agreements": []}
    for path, role in tables:
        by_role[role].append(path)
    chosen: dict[str, Any] = {key: word for key, word in options.items() if word.strip()}
    request = checked_request(
        name,
        out="built",
        observed=[by_role[""]],
        ceasefires=by_role["ceasefires"],
        agreements=by_role["agreements"],
        **chosen,
    )
    made = built(request, screen=False)
    texts = {
        name: read_text(path, "a file of the case", MOST_CASE)
        for path in sorted(made.folder.rglob("*"))
        if path.is_file() and is_of_case(name := path.relative_to(made.folder).as_posix())
    }
    found = examined(texts)
    if "about" in found:
        found["about"] |= {"findings": made.about["findings"], "to_look_at": made.about["notes"]}
    return found


# -- both


def answer(what: str, files: Sequence[Received], name: str, options: Mapping[str, str]) -> dict[str, Any]:
    """What a page is told: ``look`` says what files hold, ``open`` makes a case of them.

    Everything that is wrong with the files is in ``errors``, a line each.
    """
    try:
        case = case_files(files)
        if case is not None:
            return of_case(*case, shown=shown_name(files))
        tables = tables_of(files)
        return contents(tables) if what == "look" else built_case(tables, name, options)
    except InputError as error:
        return {"errors": [in_page_words(line) for line in error.problems]}


def shown_name(files: Sequence[Received]) -> str:
    """What messages call the case file: the name of the file that was sent, where only that was."""
    alone = len(files) == 1 and files[0].last.lower().endswith(".toml")
    return files[0].last[:LONGEST_SHOWN] if alone else CASE_FILE


def of_case(texts: Mapping[str, str], left_out: Sequence[str], shown: str) -> dict[str, Any]:
    """What a page is told of a case that was sent."""
    found = examined(texts, shown)
    if left_out and "about" in found:
        names = ", ".join(name[:LONGEST_SHOWN] for name in left_out[:5])
        more = f" and {len(left_out) - 5} more" if len(left_out) > 5 else ""
        found["about"]["notes"].append(f"Left out, since the pages use no such file: {names}{more}.")
    return {"kind": "case", **found}
