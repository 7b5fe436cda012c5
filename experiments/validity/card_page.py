"""The validity card as a page of the documentation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from detente.experiments.validity.card import Card, LeftOut, case_json, tally
from detente.experiments.validity.pattern import Near, Result, Spread

HEAD = """# The validity card

Published patterns as checks. `detente validate --page docs/validity.md` generates this page; the same versions give
the same numbers (seeds {first} to {last}). The model shows what happens if its assumptions hold; no line of
this page is a forecast.

How to read it:

- **mark**: *imposed* (set by the policy or the case, so it tests nothing), *fitted* (a parameter was set to
  reproduce it, on data up to July 2018 or on other conflicts), *emergent* (neither).
- **mode**: how much of history was imposed on the runs: *free* (context only), *until* a day, *conditioned* (all of
  it, so that only what follows from the moves is a result).
- A **direction** passes if it holds in 80 % of the seeds to which it applies. A **magnitude** passes if the observed
  value lies in the middle 95 % of the model's values. Where runs are pooled, the model's values come from samples of
  the size of the observed one, so that both have the same sampling error.
- An emergent pattern **counts** only if it passes, and fails with its mechanism switched off (*control*). It then
  speaks for the model (*validation*). Where the control takes away the very coefficient that makes the pattern, it
  **verifies**: the program does what it was built to do, which says nothing of the world. These are directions
  without an observed number, and those whose control leaves nothing to read. They are counted apart.
- **later**: *yes* where what was observed lies after 22 July 2018, so that nothing was fitted to it. Null models
  generate attacks without any mechanism: Poisson at the case's constant rate, Poisson at its seasonal rate, and
  persistence (the future repeats the past).
- Misses stay on the page, each with the likely reason. No parameter leaves its graded range to remove one.
"""

CHECK_COLUMNS = (
    *("check", "what is measured", "source", "observed", "model, median [middle 95 %]", "holds"),
    *("control", "null models", "mark", "mode", "later", "verdict"),
)


ALL = "All cases"
"""Heading of the part that counts over the cases."""

COUNT_COLUMNS = ("case", "checks", "passed", "count", "validation", "verification", "out of sample")


class Counts(NamedTuple):
    """How many checks some results hold, pass and count, and how many of each kind pass of how many."""

    checks: int
    passed: int
    counted: int
    kinds: dict[str, dict[str, int]]

    @classmethod
    def of(cls, results: Sequence[Result]) -> Counts:
        """The counts of some results."""
        passed, counted = sum(r.passed for r in results), sum(r.counts for r in results)
        return cls(len(results), passed, counted, tally(results))

    def cells(self) -> list[str]:
        """The counts as cells of a table."""
        shares = (f"{kind['passed']} of {kind['checks']}" for kind in self.kinds.values())
        return [str(self.checks), str(self.passed), str(self.counted), *shares]


def page_of(card: Card) -> str:
    """The page: counts over all cases where there are several, then one section a case."""
    head = HEAD.format(first=card.seeds[0], last=card.seeds[-1])
    whole = totals(card) if len(card.cases) > 1 else ""
    return head + whole + "".join(section(case, card) for case in card.cases)


def totals(card: Card) -> str:
    """All cases together, and a line for each."""
    found = Counts.of(card.results)
    share = found.passed / max(found.checks, 1)
    words = tally_words(card.results)
    rows = [[case, *Counts.of(card.of(case)).cells()] for case in card.cases]
    lines = [COUNT_COLUMNS, ["---"] * len(COUNT_COLUMNS), *rows, ["all", *found.cells()]]
    return "\n".join(
        [
            f"\n## {ALL}\n",
            f"{found.checks} checks in {len(card.cases)} cases, {found.passed} of them passed ({share:.0%}) and "
            f"{found.counted} count. {words}\n",
            *(f"| {' | '.join(line)} |" for line in lines),
            "",
        ]
    )


def section(case: str, card: Card) -> str:
    """One case: versions, tally, patterns, misses, and what was left out."""
    results = card.of(case)
    about = case_json(results)
    versions = ", ".join(f"{name} {v}" for name, v in about["versions"].items())
    counted = sum(r.counts for r in results)
    parts = [
        f"\n## {case}\n",
        f"{len(results)} checks: {sum(r.passed for r in results)} passed, {counted} count. {tally_words(results)} "
        f"Détente {about['version']}, "
        f"rules {about['rules_digest'][:12]}, scenario {about['scenario_sha256'][:12]}, {versions}.\n",
        f"Observed: {'; '.join(about['data'])}.\n" if about["data"] else "",
        course_table(results),
        check_table(results),
        misses(results),
        omissions([row for row in card.left_out if row.case == case]),
    ]
    return "\n".join(part for part in parts if part)


def tally_words(results: Sequence[Result]) -> str:
    """How many checks with a control pass, validation and verification apart, and how many out of sample."""
    found = tally(results)
    words = {
        "validation": "of validation with a control",
        "verification": "of verification",
        "out_of_sample": "out of sample",
    }
    parts = [
        f"{found[k]['passed']} of {found[k]['checks']} {w}" for k, w in words.items() if found[k]["checks"]
    ]
    return f"Passed: {', '.join(parts)}." if parts else ""


def omissions(rows: Sequence[LeftOut]) -> str:
    """What was not checked, and why."""
    lines = [f"- **{row.what}**: {row.why}." for row in rows]
    return "Left out, and why:\n\n" + "\n".join(lines) + "\n" if lines else ""


def course_table(results: Sequence[Result]) -> str:
    """The numbered patterns of the case, each whole: it counts if all its emergent parts do."""
    groups: dict[str, list[Result]] = {}
    for r in results:
        if r.pattern.group[1:].isdigit():
            groups.setdefault(r.pattern.group, []).append(r)
    if not groups:
        return ""
    lines = ["| pattern | parts passed | counts | mark |", "|---|---|---|---|"]
    for name, parts in groups.items():
        emergent = [r for r in parts if r.pattern.mark == "emergent"]
        whole = bool(emergent) and all(r.counts for r in emergent)
        shown = ", ".join(f"{r.pattern.key} {'yes' if r.passed else 'no'}" for r in parts)
        marks = ", ".join(dict.fromkeys(r.pattern.mark for r in parts))
        lines.append(f"| {name}: {parts[0].pattern.title} | {shown} | {'yes' if whole else 'no'} | {marks} |")
    return "\n".join(lines) + "\n"


def check_table(results: Sequence[Result]) -> str:
    """Every check."""
    lines = [
        f"| {' | '.join(CHECK_COLUMNS)} |",
        "|" + "---|" * len(CHECK_COLUMNS),
    ]
    lines += [f"| {' | '.join(cell.replace('|', '/') for cell in check_cells(r))} |" for r in results]
    return "\n".join(lines) + "\n"


def check_cells(result: Result) -> tuple[str, ...]:
    """The cells of one check."""
    p = result.pattern
    control = f"{p.control_words}: {told(result, result.control)}" if result.control else "–"
    nulls = "; ".join(f"{name} {told(result, spread)}" for name, spread in result.nulls.items()) or "–"
    return (
        f"**{p.key}** {p.title}",
        f"{p.statistic}; criterion: {p.rule.words}",
        ", ".join(p.sources),
        p.observed,
        interval(result.model),
        held(result, result.model),
        control,
        nulls,
        p.mark,
        result.mode,
        "yes" if p.out_of_sample else "–",
        result.verdict,
    )


def told(result: Result, spread: Spread) -> str:
    """Interval and whether it holds."""
    return f"{interval(spread)}, {held(result, spread)}"


def interval(spread: Spread) -> str:
    """Median and middle 95 %, three significant digits."""
    if not spread.n:
        return "none"
    if spread.low == spread.high:
        return f"{spread.median:.3g}"
    return f"{spread.median:.3g} [{spread.low:.3g}, {spread.high:.3g}]"


def held(result: Result, spread: Spread) -> str:
    """Share of seeds, or inside and outside."""
    if not spread.n:
        return "fails"
    if isinstance(result.pattern.rule, Near):
        return "inside" if spread.holds else "outside"
    return f"{spread.share:.0%}"


def misses(results: Sequence[Result]) -> str:
    """What was missed, and why."""
    lines = [
        f"- **{r.pattern.key}** {r.pattern.title}: {r.pattern.if_missed}" for r in results if not r.passed
    ]
    shared = [
        f"- **{r.pattern.key}** {r.pattern.title}"
        for r in results
        if r.verdict.endswith("without its mechanism")
    ]
    text = "Misses, with the likely reason:\n\n" + "\n".join(lines) + "\n" if lines else ""
    if shared:
        text += (
            "\nPassed, but also with the mechanism switched off, so these are no evidence for it:\n\n"
            + "\n".join(shared)
            + "\n"
        )
    return text
