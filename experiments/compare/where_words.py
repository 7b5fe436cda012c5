"""The answer of ``detente where`` in sentences, written from its tables so that they cannot say otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from detente.experiments.compare.where_conditions import FEWEST
from detente.experiments.compare.where_verdicts import (
    HELPS,
    HURTS,
    MISSING,
    is_firm,
    listed,
    rows_of,
)
from detente.experiments.compare.where_yardsticks import TOGETHER, YARDSTICKS
from detente.experiments.io.numbers import COARSE, SHARE, difference
from detente.experiments.runs.two_intervals import CLAIMED
from detente.model.generated_policies import LESSONS

if TYPE_CHECKING:
    from detente.experiments.compare.where_verdicts import Found

TOLD = ("deaths", "ceasefire days", "agreements", "collapse", "ally's trust")
"""Yardsticks that sentences speak of."""

NOUNS = {
    "deaths": "deaths a day",
    "attacks": "attacks a day",
    "ceasefire days": "days in ceasefire a year",
    "agreements": "agreements",
    "settled": "settlements",
    "collapse": "collapses",
    "trust": "trust between foes",
    "ally's trust": "trust of the ally in its patron",
}
PLURAL = {HELPS: ("improves", "improve"), HURTS: ("worsens", "worsen")}
CHANCE = 0.05
MOST = 4
"""Correlations that are told."""


def amount(value: float, unit: str) -> str:
    """A number with its sign, shares in points."""
    return difference(value, unit, COARSE)


def span(row: Mapping[Any, Any], low: str, high: str) -> str:
    """An interval in brackets."""
    return f"[{amount(row[low], row['unit'])}, {amount(row[high], row['unit'])}]"


def suffix(unit: str) -> str:
    """What follows a number of a unit, where the noun does not say it."""
    return {"%": " %", SHARE: " points"}.get(unit, "")


def claim(row: Mapping[Any, Any]) -> str:
    """An effect with both intervals and the share of draws in which its sign holds."""
    noun = NOUNS[row["yardstick"]]
    luck = f"{amount(row['mean'], row['unit'])}{suffix(row['unit'])} {span(row, 'low95', 'high95')}"
    if not row["draws"]:
        return f"{noun} {luck}"
    wide = f"with what is not known {span(row, 'wide_low95', 'wide_high95')}"
    return f"{noun} {luck}, {wide}, sign in {percent(row['sign_share'])} of draws"


def percent(share: float) -> str:
    """A share in per cent."""
    return f"{100 * share:.0f} %"


def case_sentence(made: Found, case: str) -> str:
    """What all five lessons together do in a case, and the single ones whose help or harm holds in most draws."""
    rows = [
        r
        for r in rows_of(made.effects, case=case, lesson=TOGETHER).to_dict("records")
        if r["yardstick"] in TOLD
    ]
    parts = [
        f"{words}: {'; '.join(claim(r) for r in chosen)}"
        for words, chosen in (
            ("For the better", [r for r in rows if r["verdict"].startswith(HELPS)]),
            ("For the worse", [r for r in rows if r["verdict"].startswith(HURTS)]),
        )
        if chosen
    ]
    together = (
        f"All five together. {'. '.join(parts)}" if parts else "All five together do nothing told from luck"
    )
    return f"{made.scenarios[case].case.title}. {together}. {single_sentence(made, case)}"


def single_sentence(made: Found, case: str) -> str:
    """The single lessons whose help or harm holds in most draws."""
    firm: dict[tuple[str, str], list[str]] = {}
    for row in made.effects[made.effects["case"] == case].to_dict("records"):
        if row["lesson"] in LESSONS and row["yardstick"] in TOLD and is_firm(row["verdict"]):
            firm.setdefault((row["yardstick"], row["verdict"]), []).append(row["lesson"].replace("-", " "))
    if not firm:
        return f"No single lesson has an effect whose sign holds in {percent(CLAIMED)} of draws."
    words = [
        f"{listed(lessons)} {PLURAL[word][len(lessons) > 1]} {NOUNS[yard]}"
        for (yard, word), lessons in firm.items()
    ]
    return f"Alone, with the same sign in {percent(CLAIMED)} of draws, {'; '.join(words)}."


def in_short(made: Found, case: str) -> str:
    """What all five together do in a case, without numbers: what they improve and worsen, firmly and perhaps."""
    rows = [
        r
        for r in rows_of(made.effects, case=case, lesson=TOGETHER).to_dict("records")
        if r["yardstick"] in TOLD
    ]
    parts: list[str] = []
    for word in (HELPS, HURTS):
        verb = PLURAL[word][1]
        firm = [NOUNS[r["yardstick"]] for r in rows if r["verdict"] == word]
        perhaps = [NOUNS[r["yardstick"]] for r in rows if r["verdict"].startswith(f"{word} ")]
        told = [listed(firm)] if firm else []
        told += [f"perhaps {listed(perhaps)}"] if perhaps else []
        parts += [f"{verb} {', and '.join(told)}"] if told else []
    return "; they ".join(parts) or "do nothing that luck would not explain"


GAINS, HARMS = ("deaths", "ceasefire days", "agreements"), ("deaths", "collapse")
"""What the style would have to improve firmly to be called effective, and what it may not worsen, be it perhaps."""


def effective_in(made: Found) -> list[str]:
    """Cases in which all five together improve a gain firmly, and worsen no harm, not even perhaps."""
    found: list[str] = []
    for case in made.cases:
        words = {
            r["yardstick"]: r["verdict"]
            for r in rows_of(made.effects, case=case, lesson=TOGETHER).to_dict("records")
        }
        harmed = any(words[name].startswith(HURTS) for name in HARMS)
        if any(words[name] == HELPS for name in GAINS) and not harmed:
            found.append(case)
    return found


def elsewhere_sentence(made: Found) -> str:
    """In how many cases the style could be called effective, and in which."""
    found = [made.scenarios[case].case.title for case in effective_in(made)]
    cases = "one case" if len(made.cases) == 1 else f"{len(made.cases)} cases"
    return (
        f"Of {cases} all five together bring fewer deaths, more ceasefire or more agreements, firmly and at no "
        f"cost in deaths or collapses, in {len(found) or 'none'}"
        + (f": {'; '.join(found)}." if found else ".")
    )


def overall_sentences(made: Found) -> list[str]:
    """In how many cases all five lessons together help or hurt, by yardstick."""
    told = [
        f"A sign is firm if luck does not explain it and it holds in {percent(CLAIMED)} of draws of what is not known."
    ]
    for yard in (y for y in YARDSTICKS if y.name in TOLD):
        rows = rows_of(made.effects, lesson=TOGETHER, yardstick=yard.name)
        rows = rows[rows["verdict"] != MISSING]
        if not len(rows):
            continue
        counts = [
            f"{plural} in {cases_with(rows, word)}" for word, plural in ((HELPS, "help"), (HURTS, "hurt"))
        ]
        cases = "one case" if len(rows) == 1 else f"{len(rows)} cases"
        told.append(
            f"{sentence_case(NOUNS[yard.name])}, in {cases}: all five together {' and '.join(counts)}."
        )
    return told


def cases_with(rows: Any, word: str) -> str:
    """In how many cases an effect helps or hurts, and in how many of them firmly."""
    n, firm = int(rows["verdict"].str.startswith(word).sum()), int((rows["verdict"] == word).sum())
    return f"{n} ({firm} firmly)" if n else "none"


def sentence_case(words: str) -> str:
    """Words that begin a sentence."""
    return words[0].upper() + words[1:]


def condition_sentences(made: Found) -> list[str]:
    """What goes with the effects over cases, and how little can be said with so few."""
    n = len(made.cases)
    if n < FEWEST:
        cases = "one case" if n == 1 else f"{n} cases"
        return [f"With {cases} nothing can be said of which conditions of a conflict go with these effects."]
    table: Any = made.associations.dropna(subset=["correlation"])
    clear = table[table["chance"] <= CHANCE].sort_values("chance")
    told = [
        f"With {n} cases a rank correlation must exceed {made.clear_correlation:.2f} in size before shuffling "
        f"them gives it in under 5 %. Of {len(table)} correlations {len(clear)} do, where luck alone gives "
        f"{CHANCE * len(table):.1f}; cases differ in much else, so none of them shows a cause."
    ]
    told += [
        f"Where {r['condition']} is higher, the five lessons add {'more' if r['correlation'] > 0 else 'less'} to "
        f"{NOUNS[r['yardstick']]} (r = {amount(r['correlation'], '1')}, sign in {percent(r['sign_share'])} of draws)."
        for r in clear.head(MOST).to_dict("records")
    ]
    return told
