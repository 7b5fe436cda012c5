"""What a model shows of itself in a notebook.

The model stands below what draws it, so the drawing is looked up by name: see ``detente.model.drawing``.
"""

from __future__ import annotations

from html import escape
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from detente.agents.codes import END_REASONS
from detente.model.drawing import NoFigureError, figure

if TYPE_CHECKING:
    from detente.model.process import PeaceProcess

N_LAST = 5
"""Events shown."""


def process_html(process: PeaceProcess) -> str:
    """A model in HTML: where it stands, attacks and trust so far, and what happened last."""
    try:
        draw = figure("process-portrait")
    except NoFigureError:
        return f"<pre>{escape(repr(process))}</pre>"
    seen = process.datacollector.model_vars
    return draw(seen["date"], seen["mean_trust"], about=about_process(process))


def about_process(process: PeaceProcess) -> dict[str, Any]:
    """What a portrait of a model says: the case, the day, counts so far, the last events."""
    start, w = process.opening, process.world
    scenario, events = start.scenario, process.datacollector.tables["events"]
    case, own = scenario.case, {k: v for k, v in start.levers.items() if start.policy.levers.get(k, 0.0) != v}
    rows = list(zip(*(events[key] for key in ("date", "event", "actor", "other", "what")), strict=True))
    last = [
        (day, " · ".join(part.replace("_", " ") for part in words if part)) for day, *words in rows[-N_LAST:]
    ]
    state = END_REASONS[w.clock.end_reason].replace("_", " ")
    return {
        "head": f"{case.title}: a model, policy {start.policy.name}",
        "settings": ", ".join(f"{name.replace('_', ' ')} {value:g}" for name, value in own.items()),
        "cast": " · ".join(x.title for x in (*scenario.party, *scenario.mediator, *scenario.spoiler)),
        "attacks": process.datacollector.model_vars["attacks"],
        "span": (case.start, case.end),
        "facts": [
            (state, process.date.isoformat()),
            ("attacks", f"{w.tally.attacks:,.0f}"),
            ("deaths", f"{w.tally.fatalities:,.0f}"),
            ("ceasefires begun", f"{w.tally.truces:,.0f}"),
        ],
        "last": last,
        "seed": process.seed_number,
        "version": version("detente"),
        "scenario_sha256": start.scenario.sha256,
    }
