"""The network of a run on its last day, as plain values for Mesa's page: parties, pairs, and what each would do."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from detente.dashboards.figures.style import percent
from detente.experiments.runs.run import Run

RECENT, AHEAD = 28, 30
"""Days for which attacks are counted, and days ahead for which a party says what it would do."""

MOST_TOLD = 8
"""Choices that a party tells, the likeliest first."""


def network(run: Run, hazards: Sequence[float]) -> dict[str, Any]:
    """Parties with their state and choices, and pairs with trust, attacks and what holds between them."""
    start = run.start
    titles = start.cast.titles
    parties = [
        {
            "name": p.name,
            "title": p.title,
            "facts": facts(run, p.name),
            "would": would(run, p.name, hazards),
        }
        for p in start.scenario.party
    ]
    for k, party in enumerate(parties):
        turn = math.pi + 2 * math.pi * k / len(parties)
        party |= {"x": round(math.cos(turn), 4), "y": round(math.sin(turn), 4)}
    links = [link(run, name, titles) for name in start.cast.pairs]
    return {"parties": parties, "links": links}


def last(run: Run, name: str) -> float:
    """The last value of a series."""
    return float(run.trajectory.series(name)[-1])


def facts(run: Run, party: str) -> list[list[str]]:
    """How a party is: label and value."""
    rows = [["political capital", f"{last(run, f'parties.{party}.capital'):.2f}"]]
    rows.append(["exhaustion", f"{last(run, f'parties.{party}.exhaustion'):.2f}"])
    for dyad in run.start.cast.dyads:
        source, _, target = dyad.partition(">")
        if source == party:
            title = run.start.cast.titles.get(target, target)
            rows.append([f"trust in {title}", f"{last(run, f'dyads.{dyad}.trust'):.2f}"])
    return rows


def would(run: Run, party: str, hazards: Sequence[float]) -> list[list[str]]:
    """What a party would do now of its own accord: choice, and the chance of it within a month at this rate."""
    told: list[tuple[float, str]] = []
    for name, hazard in zip(run.start.cast.choices, hazards, strict=False):
        actor, decision, about = name.split(":", 2)
        if actor == party and hazard > 0:
            told.append((hazard, choice_words(run, decision, about)))
    told.sort(reverse=True)
    return [[words, percent(1 - math.exp(-hazard * AHEAD))] for hazard, words in told[:MOST_TOLD]]


def choice_words(run: Run, decision: str, about: str) -> str:
    """A choice in words."""
    titles = run.start.cast.titles
    return f"{decision.replace('_', ' ')}: {' to '.join(titles.get(n, n) for n in about.split('>'))}"


def link(run: Run, pair: str, titles: Any) -> dict[str, Any]:
    """What stands between two parties."""
    a, b = pair.split("+")
    names = [f"{a}>{b}", f"{b}>{a}"]
    trust = [last(run, f"dyads.{name}.trust") for name in names]
    before = max(0, len(run.trajectory.rows) - 1 - round(RECENT / run.start.step_days))
    attacks = sum(
        float(series[-1] - series[before])
        for series in (run.trajectory.series(f"dyads.{name}.cum_attacks") for name in names)
    )
    agreed, truce = last(run, f"pairs.{pair}.agreed") >= 1, last(run, f"pairs.{pair}.truce_state") >= 2
    state = "agreement" if agreed else "ceasefire" if truce else ""
    words = f"{titles.get(a, a)} and {titles.get(b, b)}: trust {trust[0]:.2f} and {trust[1]:.2f}, "
    words += f"{attacks:.0f} attacks in {RECENT} days{', ' + state if state else ''}"
    return {
        "between": [a, b], "trust": sum(trust) / 2, "attacks": attacks, "state": state, "words": words,
    }  # fmt: skip
