"""What tests of the server build from: bodies as the pages send them to Dash's own route, and a case of one's own."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from detente.agents.codes import LEVERS
from detente.model.catalogue import SHIPPED

VALUES: dict[str, Any] = {
    "compare-policies": ["status-quo"],
    "compare-base": "five-lessons",
    "compare-lever": 0.5,
    "compare-case": "template",
    "compare-viewer": "viewer",
    "compare-shown": {"question": [], "runs": 100},
    "compare-decisions": [],
    "explore-sweep": "small",
    "explore-open": "small",
    "explore-group": "template · status-quo · readiness",
    "explore-outcome": "attacks",
    "explore-x": "recognition",
    "explore-y": "mediation",
    "explore-viewer": "viewer",
    "explore-heat": {"points": [{"x": "0", "y": "0"}]},
    "evidence-case": "template",
    "evidence-grade": "",
    "evidence-viewer": "viewer",
    "evidence-asked": [],
    "where-cases": ["template"],
    "where-runs": 10,
    "where-draws": 0,
    "where-viewer": "viewer",
    "where-asked": None,
    "where-shown": None,
    "where-lesson": "together",
    "theme": "light",
    "address": "/compare",
}
"""What the parts of the pages hold, where it is not a count."""


def valued(id_: Any, key: str) -> Any:
    name = next(iter(id_)) if isinstance(id_, dict) else id_
    if key == "search":
        return "?case=template"
    return VALUES.get(str(name), 1 if key in ("n_clicks", "n_intervals") else None)


def property_(wanted: dict[str, Any]) -> Any:
    """A property as a page sends it, a list of them for a pattern."""
    if not wanted["id"].startswith("{"):
        return {**wanted, "value": valued(wanted["id"], wanted["property"])}
    (name,) = json.loads(wanted["id"])
    ids = [{name: one} for one in LEVERS]
    return [{"id": i, "property": wanted["property"], "value": valued(i, wanted["property"])} for i in ids]


def callback_bodies(app: Any) -> Iterator[dict[str, Any]]:
    """A body that each callback takes."""
    for output, callback in app.callback_map.items():
        if "callback" not in callback:
            continue
        declared = callback["output"]
        several = isinstance(declared, list | tuple)
        outputs = [
            property_({"id": o.component_id_str(), "property": o.component_property})
            for o in (declared if several else [declared])
        ]
        inputs = [property_(one) for one in callback["inputs"]]
        first = inputs[0][0] if isinstance(inputs[0], list) else inputs[0]
        yield {
            "output": output,
            "outputs": outputs if several else outputs[0],
            "inputs": inputs,
            "state": [property_(one) for one in callback["state"]],
            "changedPropIds": [f"{first['id']}.{first['property']}"],
        }


def own_case(folder: Path, name: str = "my-valley") -> Path:
    """The template under another name, in a folder with its policies."""
    shutil.copytree(SHIPPED / "template" / "policies", folder / "policies")
    text = (SHIPPED / "template" / "case.toml").read_text(encoding="utf-8")
    path = folder / "mine.toml"
    path.write_text(text.replace('name = "template"', f'name = "{name}"', 1), encoding="utf-8")
    return path
