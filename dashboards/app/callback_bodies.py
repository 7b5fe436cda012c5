"""Bodies of Dash's own route: each must fit a callback that there is, or Dash would fail on it.

Only the shape is checked here: which callback, which properties of which parts of the page.  The values are the
callback's to check.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from detente.model.errors import InputError

EACH = "ALL"
"""How Dash writes a part of an id that stands for all parts of the page of a pattern."""

PATH = "/_dash-update-component"


def check_callback_body(body: Any, callbacks: Mapping[str, Any]) -> None:
    """Raise ``InputError`` for a body that asks for no callback, or with other properties than it takes.

    ``callbacks`` are the application's, as ``Dash.callback_map`` has them.
    """
    if not isinstance(body, dict):
        raise InputError("request: expected one JSON object")
    output = body.get("output")
    if not isinstance(output, str) or output not in callbacks or "callback" not in callbacks[output]:
        raise InputError("request: output: expected that of a callback of this page")
    callback = callbacks[output]
    check_triggers(body.get("changedPropIds", []))
    for key, wanted in (("inputs", callback["inputs"]), ("state", callback["state"])):
        check_properties(key, body.get(key, []), wanted)
    check_outputs(body.get("outputs"), callback["output"])


def check_triggers(sent: Any) -> None:
    """What has changed, as a list of texts "id.property"."""
    if not isinstance(sent, list) or not all(isinstance(one, str) and "." in one for one in sent):
        raise InputError("request: changedPropIds: expected a list of texts such as 'part.value'")
    for one in sent:
        text = one.rpartition(".")[0]
        if text.startswith("{"):
            check_pattern_text(text)


def check_pattern_text(text: str) -> None:
    """An id of several parts as text."""
    try:
        part = json.loads(text)
    except (ValueError, RecursionError):
        part = None
    if not isinstance(part, dict):
        raise InputError("request: changedPropIds: an id cannot be read")


def check_outputs(sent: Any, declared: Any) -> None:
    """The outputs: a list where the callback has several, else the one."""
    several = isinstance(declared, list | tuple)
    wanted = [
        {"id": one.component_id_str(), "property": one.component_property}
        for one in (declared if several else [declared])
    ]
    check_properties("outputs", sent if several else [sent], wanted)


def check_properties(key: str, sent: Any, wanted: Sequence[Any]) -> None:
    """Properties sent, each that which is wanted in its place."""
    if not isinstance(sent, list) or len(sent) != len(wanted):
        raise InputError(f"request: {key}: expected a list of {len(wanted)}")
    for one, expected in zip(sent, wanted, strict=True):
        pattern = pattern_of(expected["id"])
        if isinstance(one, list) != (pattern is not None and EACH in json.dumps(pattern)):
            raise InputError(f"request: {key}: {expected['id']}: expected what the page sends of it")
        for part in one if isinstance(one, list) else [one]:
            check_property(key, part, expected, pattern)


def check_property(key: str, sent: Any, wanted: Mapping[str, Any], pattern: Any) -> None:
    """One property of one part of the page."""
    fits = isinstance(sent, dict) and str(sent.get("property")).partition("@")[0] == wanted["property"]
    if not fits or not (is_of(sent.get("id"), pattern) if pattern else sent.get("id") == wanted["id"]):
        raise InputError(f"request: {key}: expected {wanted['id']}.{wanted['property']}")


def pattern_of(wanted: str) -> Mapping[str, Any] | None:
    """An id of several parts, none where it is plain text."""
    return json.loads(wanted) if wanted.startswith("{") else None


def is_of(sent: Any, pattern: Mapping[str, Any]) -> bool:
    """Whether an id is one of a pattern: the same keys, each with a plain value."""
    return (
        isinstance(sent, dict)
        and sent.keys() == pattern.keys()
        and all(isinstance(value, str | int | float) for value in sent.values())
    )
