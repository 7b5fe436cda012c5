"""A page for each shipped case that has notes, from its own files, and the page that lists all cases."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from detente.experiments.validity.patterns.pattern_file import specs
from detente.model.catalogue import SHIPPED, case_names, load_policy, load_scenario
from detente.model.facts import facts_of
from detente.model.policy import MoveSpec, Policy
from detente.model.scenario import Scenario
from generating.tables import table

FOLDER = Path(__file__).resolve().parents[1] / "cases"
NOTES = "NOTES.md"
"""What was written by hand, beside ``case.toml``; its headings begin at the second level."""

LIST = """# The cases

Each case is a folder of plain files: what is known of a conflict, what was done in it, and what was observed. The
[policy](../reference/policy-files.md) `history` says what was done. What the model shows of each and what it misses
stands on [the validity card](../validity.md). [Make a case from data](../how-to/case-from-data.md) shows how to build
another.

"""

GRADES = {
    "data": "computed from data",
    "expert": "stated by an expert",
    "judgement": "set by the author of the case, for reasons",
    "prior": "not known: drawn anew for each seed",
}


def pages() -> dict[Path, str]:
    """Every page with its text."""
    own = {FOLDER / f"{name}.md": page(name) for name in with_notes()}
    return {FOLDER / "index.md": LIST + index_table(), **own}


def with_notes() -> list[str]:
    """Cases that have notes."""
    return [name for name in case_names() if (SHIPPED / name / NOTES).is_file()]


def index_table() -> str:
    """One row a case."""
    rows = []
    for name in case_names():
        s = load_scenario(name)
        link = f"[{s.case.title}]({name}.md)" if name in with_notes() else s.case.title
        rows.append((f"`{name}`", link, f"{s.case.start} to {s.case.end}", s.case.summary))
    return table(("case", "title", "days", "what it is about"), rows)


def page(name: str) -> str:
    """The page of a case."""
    s = load_scenario(name)
    parts = [
        f"# {s.case.title}",
        f"`{name}`, {s.case.start} to {s.case.end}. {s.case.summary}",
        *picture(name, s),
        (SHIPPED / name / NOTES).read_text(encoding="utf-8").strip(),
        "## What was done",
        history(load_policy(s, "history")),
        "## Patterns on the card",
        "Each is looked for in runs, with its mechanism on and off; what came of it, misses included, stands on "
        "[the validity card](../validity.md).",
        pattern_table(s),
        "## How well the numbers are known",
        counts(s),
        fact_table(s),
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def picture(name: str, s: Scenario) -> Iterator[str]:
    """The figure, what is on it, and the source of what was observed."""
    yield f"![{s.case.title}: runs under history, and what was observed](../images/cases/{name}.png)"
    sources = "; ".join(dict.fromkeys(series.source for series in s.observed))
    yield (
        f"*Runs with all moves of history imposed: deaths a month, trust, outcomes and endings. What happens if the "
        f"assumptions hold; not a forecast. Points, observed: {sources}.*"
    )


def history(policy: Policy) -> str:
    """The moves of history, each with its source."""
    rows = [(move.date or "", in_words(move), move.note or "", move.source or "") for move in policy.move]
    return table(("date", "move", "what happened", "source"), rows)


def in_words(move: MoveSpec) -> str:
    """A move, short."""
    named = [x for x in (move.what, move.track, move.measure, move.to) if x]
    window = f", {move.start or move.date} to {move.end or 'open end'}" if move.start or move.end else ""
    size = f" ({move.amount:g})" if move.amount is not None else ""
    kept = f", kept {move.kept:g}" if move.kept is not None else ""
    return f"{move.actor}: `{move.do}` {' '.join(named)}{size}{window}{kept}"


def pattern_table(s: Scenario) -> str:
    """The dated patterns of the case."""
    rows = [(spec.key, spec.title, spec.observed, spec.mark) for spec in specs(s)]
    return table(("pattern", "in words", "observed", "mark"), rows)


def counts(s: Scenario) -> str:
    """How many facts have which grade."""
    n = Counter(fact.grade for fact in s.facts)
    return "; ".join(f"{n[grade]} *{grade}* ({words})" for grade, words in GRADES.items() if n[grade]) + "."


def fact_table(s: Scenario) -> str:
    """Every fact."""
    known = facts_of(s)
    rows = (
        (
            f"`{fact.path}`",
            f"{known[fact.path].value:g}",
            f"{fact.low:g} to {fact.high:g}",
            fact.grade,
            fact.source,
        )
        for fact in s.facts
    )
    return table(("fact", "value", "range", "grade", "source"), rows)


def differing(texts: Iterable[tuple[Path, str]]) -> list[Path]:
    """Pages that are not as they would be written, and pages of cases that are no more."""
    wanted = dict(texts)
    stale = [
        path
        for path, text in wanted.items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    return stale + sorted(set(FOLDER.glob("*.md")) - set(wanted))
