"""The page of claims, with both intervals and what each hangs on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from generating.tables import table

from detente.experiments.analysis.assumptions import assumption_shares, by_group, holds_in, largest
from detente.experiments.compare.lessons import by_kind
from detente.experiments.compare.lessons import lessons as lesson_effects
from detente.experiments.compare.policies import compare
from detente.experiments.runs.unknown_draws import OverDraws
from refreshing.pages import cell, put

POLICIES = (
    ("deaths_per_day", "more deaths a day"),
    ("days_in_ceasefire", "more days of ceasefire"),
    ("issues_settled", "more issues settled"),
    ("agreements", "more agreements"),
    ("collapsed", "the government collapses more often"),
)
"""What the README concludes from five lessons against history in the Afghan case."""

LESSON_CLAIMS = {
    "afghanistan-2018": (
        ("direct-channel", "deaths_per_day", "more deaths a day"),
        ("force-posture", "deaths_per_day", "more deaths a day"),
        ("direct-channel", "days_in_ceasefire", "more days of ceasefire"),
        ("confidence-building", "days_in_ceasefire", "more days of ceasefire"),
        ("force-posture", "collapsed", "more collapses"),
        ("direct-channel", "collapsed", "more collapses"),
    ),
    "korea-2017": (
        ("together", "attacks", "fewer provocations"),
        ("together", "days_in_ceasefire", "more days of suspension"),
        ("together", "final_trust", "trust hardly higher"),
        ("force-posture", "attacks", "fewer provocations"),
        ("force-posture", "days_in_ceasefire", "more days of suspension"),
        ("confidence-building", "days_in_ceasefire", "more days of suspension"),
    ),
}
"""What the README concludes from single lessons, on average over the others, and from all together."""


def write_claims() -> None:
    """docs/claims.md: the README's conclusions with both intervals, and what each hangs on."""
    made = compare("afghanistan-2018", ["history", "five-lessons"], runs=500, draws=500)
    if made.over is None:
        raise SystemExit("claims: nothing was drawn")
    rows: list[list[str]] = []
    for outcome, words in POLICIES:
        values = made.over.values(outcome)
        row = made.difference(outcome, 1)
        rows.append(claim_row(f"Afghanistan, five lessons: {words}", row, made.over, values[1] - values[0]))
    drawn = [made.over.unknown.words]
    for case, claims in LESSON_CLAIMS.items():
        found, lines = lesson_claims(case, claims)
        rows += lines
        drawn.append(f"{case}: {found}")
    counts = [sum(row[3] == level for row in rows) for level in LEVELS]
    parts = [f"{n} hold in {level}" for n, level in zip(counts, LEVELS, strict=True)]
    head = f"Of {len(rows)} conclusions {', '.join(parts)}. Drawn: {'; '.join(drawn)}."
    columns = [
        "conclusion",
        "luck",
        "luck and what is not known",
        "holds in",
        "share",
        "hangs on",
        "mechanisms",
    ]
    put("claims", f"{head}\n\n{table(columns, rows)}")


LEVELS = ("95 % of draws", "80 % of draws", "60 % of draws", "fewer: no sign")


def lesson_claims(case: str, claims: Sequence[tuple[str, str, str]]) -> tuple[str, list[list[str]]]:
    """What was drawn for the lessons of a case, and a row for each conclusion."""
    made = lesson_effects(case, 200, draws=200)
    if made.over is None:
        raise SystemExit("claims: nothing was drawn")
    effects = made.effects.set_index(["outcome", "lesson", "kind"])
    place = "Korea" if case.startswith("korea") else "Afghanistan"
    rows: list[list[str]] = []
    for lesson, outcome, words in claims:
        kind = "together" if lesson == "together" else "main"
        values = by_kind(made.over.values(outcome))[lesson, kind]
        name = lesson.replace("-", " ").replace("together", "five lessons")
        rows.append(
            claim_row(f"{place}, {name}: {words}", effects.loc[(outcome, lesson, kind)], made.over, values)
        )
    return made.over.unknown.words, rows


def claim_row(words: str, row: Any, over: OverDraws, effects: Any) -> list[str]:
    """One conclusion: both intervals, in which share of draws it holds, and what it hangs on."""
    wide = {"mean": row["draws_mean"], "low95": row["draws_low95"], "high95": row["draws_high95"]}
    shares = assumption_shares(over.unknown, effects)
    level = holds_in(row["sign_share"])
    told = LEVELS[-1] if level is None else f"{level:.0%}".replace("%", " % of draws")
    share = f"{row['sign_share']:.0%}" if row["sign_share"] == row["sign_share"] else "–"
    hangs = ", ".join(f"`{name}` {value:.0%}" for name, value in largest(shares)) or "nothing stands out"
    groups = ", ".join(f"{name} {value:.0%}" for name, value in by_group(shares)[:3]) or "–"
    return [words, cell(row), cell({"unit": row["unit"], **wide}), told, share, hangs, groups]
