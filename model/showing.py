"""What a model shows of itself in a notebook.

The model stands below what draws it, so the drawing is looked up by name: see ``detente.model.drawing``.
"""

from __future__ import annotations

from html import escape
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from detente.agents.codes import END_REASONS
from detente.model.drawing import NoFigureError, figure
from detente.model.story import event_row

if TYPE_CHECKING:
    from detente.model.process import PeaceProcess

N_LAST = 5
"""Events shown."""

DRAWN = ("date", "mean_trust", "attacks")
"""Reporters that a portrait draws; without them (a collector of one's own, or none) it is words alone."""


def process_html(process: PeaceProcess) -> str:
    """A model in HTML: where it stands, attacks and trust so far, and what happened last."""
    seen = getattr(process.datacollector, "model_vars", {})
    try:
        draw = figure("process-portrait")
    except NoFigureError:
        draw = None
    if draw is None or not all(seen.get(name) for name in DRAWN):
        return f"<pre>{escape(repr(process))}</pre>"
    return draw(seen["date"], seen["mean_trust"], about=about_process(process))


def about_process(process: PeaceProcess) -> dict[str, Any]:
    """What a portrait of a model says: the case, the day, counts so far, the last events."""
    start, w, scenario = process.opening, process.world, process.opening.scenario
    case, own = scenario.case, {k: v for k, v in start.levers.items() if start.policy.levers.get(k, 0.0) != v}
    state = END_REASONS[w.clock.end_reason].replace("_", " ")
    return {
        "head": f"{case.title}: a model, policy {start.policy.name}",
        "settings": ", ".join(f"{name.replace('_', ' ')} {value:g}" for name, value in own.items()),
        "cast": " · ".join(x.title for x in (*scenario.party, *scenario.mediator, *scenario.spoiler)),
        "attacks": process.datacollector.model_vars["attacks"] if process.datacollector else [],
        "span": (case.start, case.end),
        "facts": [
            (state, process.date.isoformat()),
            ("attacks", f"{w.tally.attacks:,.0f}"),
            ("deaths", f"{w.tally.fatalities:,.0f}"),
            ("ceasefires begun", f"{w.tally.truces:,.0f}"),
        ],
        "last": last_events(process),
        "seed": process.seed_number,
        "version": version("detente"),
        "scenario_sha256": start.scenario.sha256,
    }


def last_events(process: PeaceProcess) -> list[tuple[str, str]]:
    """The last events: the day, and what happened in a few words."""
    n = process.world.clock.n_events
    rows = [event_row(e, process.opening) for e in process.world.events[max(n - N_LAST, 0) : n]]
    told = [(row["date"], [row[key] for key in ("event", "actor", "other", "what")]) for row in rows]
    return [(day, " · ".join(word.replace("_", " ") for word in words if word)) for day, words in told]
