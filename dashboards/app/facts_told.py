"""The facts of a case in words: what each is, how well it is known, and which a seed draws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from detente.dashboards.app.controls import number, table
from detente.dashboards.app.shell import aria
from detente.model.facts import Fact, facts_of
from detente.model.opening import Opening, facts_drawn
from detente.model.scenario import GRADES, FactSpec, Scenario
from detente.model.titles import told_apart

GRADE_WORDS = {
    "data": "estimated from data",
    "expert": "said by an expert",
    "judgement": "set by judgement",
    "prior": "not known: drawn anew for each seed",
}
"""What the grades of facts mean."""

NOT_KNOWN = "◇\u00a0"
"""What stands before a fact of grade prior, beside the word itself."""

SET = "set"
"""What stands in the place of a grade where a number was set by hand."""

HEAD = ("Number", "What it is", "Value", "From", "To", "Grade", "Source")


def titles_of(s: Scenario) -> dict[str, str]:
    """The titles of all that facts belong to, by kind and name."""
    kinds = {"party": s.party, "spoiler": s.spoiler, "mediator": s.mediator, "measure": s.measure}
    found = {f"{kind}.{one.name}": one.title for kind, listed in kinds.items() for one in listed}
    found |= {f"track.{name}": title for name, title in told_apart(s).items()}
    return found | {f"faction.{f.name}": f"{f.title} ({p.title})" for p in s.party for f in p.faction}


def fact_words(fact: Fact, titles: dict[str, str]) -> str:
    """What a fact is, in words: whose, and what."""
    kind, *names, _ = fact.path.split(".")
    meaning = fact.meaning.partition(";")[0]
    if kind == "relation":
        a, b = (titles[f"party.{name}"] for name in names)
        return f"{a} {'towards' if isinstance(fact.place[-1], int) else 'and'} {b}: {meaning}"
    whose = titles[f"{kind}.{names[0]}"]
    others = " and ".join(titles[f"party.{name}"] for name in names[1:])
    if others:
        whose += f" {'against' if kind == 'spoiler' else 'between'} {others}"
    return f"{whose}: {meaning}"


def bracketed_unit(fact: Fact) -> str:
    """The unit of a fact in brackets; nothing where it has none."""
    return f" [{fact.unit}]" if fact.unit != "1" else ""


# -- for the run shown


def facts_shown(start: Opening, seed: int) -> dict[str, Any]:
    """The facts that are not known or were set by hand, as the live page lists them.

    Returns:
        ``point``, whether the case's own values are taken; ``unknown``, the number of facts of grade prior; ``rows``:
        path, words, value in this run, range, grade (``SET`` where it was set by hand), and value in the case.
    """
    s = start.scenario
    known, titles = facts_of(s), titles_of(s)
    priors = {f.path: f for f in s.facts if f.grade == "prior"}
    drawn = {path: known[path].value for path in priors} | facts_drawn(start, seed) | dict(start.facts)
    rows = [
        {
            "path": path,
            "words": fact_words(known[path], titles) + bracketed_unit(known[path]),
            "value": number(value),
            "range": range_words(priors.get(path)),
            "grade": SET if path in start.facts else "prior",
            "case": number(known[path].value),
        }
        for path, value in drawn.items()
    ]
    return {"point": bool(priors) and not start.priors, "unknown": len(priors), "rows": rows}


def range_words(fact: FactSpec | None) -> str:
    """Between what a fact is drawn; a dash where it is not graded."""
    return "–" if fact is None else f"{number(fact.low)} to {number(fact.high)}"


# -- for a case


def facts_of_case(s: Scenario, name: str = "own") -> list[Any]:
    """The facts that the case grades: those not known first and marked, the others folded; ``name`` begins the ids."""
    if not s.facts:
        words = "The case grades none of its numbers: all count as known, and no seed draws any."
        return [html.Section([html.H2("What is not known"), html.P(words)])]
    unknown_facts = [f for f in s.facts if f.grade == "prior"]
    others = sorted((f for f in s.facts if f.grade != "prior"), key=lambda f: GRADES.index(f.grade))
    count = f"{len(unknown_facts)} of {len(s.facts)} numbers are not known ({NOT_KNOWN.strip()} prior)"
    drawn = "each is drawn from its range anew for each seed, unless the address has point=1"
    return [
        html.Section(
            [
                html.H2("What is not known"),
                html.P(
                    f"{count}: {drawn}." if unknown_facts else f"None of {len(s.facts)} graded numbers is."
                ),
                *([fact_table(s, unknown_facts, f"{name}-priors")] if unknown_facts else []),
                *([folded(s, others, f"{name}-known")] if others else []),
            ]
        )
    ]


def folded(s: Scenario, others: Sequence[FactSpec], name: str) -> html.Details:
    """The facts that are known better."""
    return html.Details([html.Summary(f"{len(others)} better known"), fact_table(s, others, name)])


def fact_table(s: Scenario, facts: Sequence[FactSpec], name: str) -> html.Div:
    """Facts with values, ranges, grades and sources."""
    held, titles = facts_of(s), titles_of(s)
    rows = [fact_cells(fact, held.get(fact.path), titles) for fact in facts]
    return table(HEAD, rows, caption=f"{len(rows)} numbers", name=name)


def fact_cells(fact: FactSpec, known: Fact | None, titles: dict[str, str]) -> list[Any]:
    """The row of a fact, as ``HEAD`` says."""
    mark: list[Any] = [html.Span(NOT_KNOWN, **aria(hidden="true"))] if fact.grade == "prior" else []
    return [
        html.Span([*mark, fact.path]),
        f"{fact_words(known, titles)}{bracketed_unit(known)}" if known else "",
        number(known.value) if known else "",
        number(fact.low),
        number(fact.high),
        html.Span(fact.grade, title=GRADE_WORDS[fact.grade], className=f"grade grade-{fact.grade}"),
        fact.source or "",
    ]
