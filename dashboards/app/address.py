"""A page's state as an address, and back: nothing that decides what is shown stands anywhere else.

An address holds what differs from the policy, in words where they are short (``lever.direct_channel=0.8``), packed
where they are long (decisions), with the version and the case's digest that it was made with.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Literal, NamedTuple
from urllib.parse import urlencode

from detente.agents.codes import LEVERS
from detente.dashboards.app.cases import Cases
from detente.experiments.runs.provenance import installed
from detente.experiments.runs.replay import Recipe, earlier_core, recipe_of, under_its_core
from detente.model.catalogue import policy_names
from detente.model.errors import InputError, unknown, wrong
from detente.model.reading import parse_json

LONGEST = 2000
"""Characters in an address beyond which it should be saved as a replay file."""

DIGITS = 12
"""Digits of a case's digest that an address holds."""

MOST_UNPACKED = 200_000
"""Bytes that a packed part may have when unpacked."""

WORDS = ("case", "policy", "theory", "profile", "mode", "until", "branch_at", "branch_to")
END: Literal["end"] = "end"
"""What an address says instead of a date for the state after the last day of the case."""

Day = date | Literal["end"]
FIRST_CASE = "afghanistan-2018"
SOURCE = "address"
SHIPPED_ONLY = Cases()


class View(NamedTuple):
    """What a page shows: a run, a day of it, and perhaps another future beside it."""

    recipe: Recipe
    day: Day | None = None
    other: Recipe | None = None
    made: str = ""


def write_query(view: View, cases: Cases = SHIPPED_ONLY) -> dict[str, str]:
    """The keys of an address."""
    recipe = written(view.recipe, cases)
    query = {key: str(recipe[key]) for key in (*WORDS[:2], "seed", *WORDS[2:], "step_days") if key in recipe}
    query |= {f"lever.{name}": f"{value:.6g}" for name, value in recipe.get("levers", {}).items()}
    query |= {f"param.{name}": f"{value:.9g}" for name, value in recipe.get("parameters", {}).items()}
    query |= {f"fact.{path}": f"{value:.9g}" for path, value in recipe.get("facts", {}).items()}
    query |= {"point": "1"} if recipe.get("point") else {}
    if "decision" in recipe:
        query["decisions"] = pack(recipe["decision"])
    if view.other is not None:
        query["other"] = pack(differences(recipe, written(view.other, cases)))
    if view.day is not None:
        query["date"] = day_text(view.day)
    query["made"] = stamp(view.recipe, cases)
    return query


def written(recipe: Recipe, cases: Cases) -> dict[str, Any]:
    """A recipe as plain values, its case by name: no path leaves the server in an address."""
    return {**recipe.written(), "case": cases.name_of(recipe.case)}


def write_view(view: View, cases: Cases = SHIPPED_ONLY) -> str:
    """The query of an address, beginning with "?"."""
    return "?" + urlencode(write_query(view, cases))


def live_link(recipe: Recipe, cases: Cases = SHIPPED_ONLY, *, made: str = "") -> str:
    """A link that opens a run live; ``made`` says what made it, where that is not the present version and case."""
    query = write_query(View(recipe), cases)
    return "/live?" + urlencode(query | {"made": made} if made else query)


def read_view(query: Mapping[str, str], cases: Cases = SHIPPED_ONLY) -> View:
    """What an address asks for; raises ``InputError`` naming the key that makes no sense."""
    raw: dict[str, Any] = {"levers": {}, "parameters": {}, "facts": {}}
    rest: dict[str, str] = {}
    for key, value in query.items():
        place, name = place_of(key)
        if place is None:
            rest[key] = value
        elif name:
            raw[place][name] = number(key, value)
        elif key == "point":
            raw[key] = switch(key, value)
        else:
            raw[key] = number(key, value) if key in ("seed", "step_days") else value
    for key in rest:
        if key not in ("decisions", "other", "date", "made"):
            raise unknown(SOURCE, key, known_keys())
    raw.setdefault("case", FIRST_CASE)
    if "decisions" in rest:
        raw["decision"] = unpack("decisions", rest["decisions"], list)
    made = rest.get("made", "")[:100]
    version = version_of(made)
    recipe = under_its_core(checked_recipe(raw, cases), version)
    other = None
    if "other" in rest:
        changed = with_differences(raw, unpack("other", rest["other"], dict))
        other = under_its_core(checked_recipe(changed, cases), version)
    return View(recipe, checked_day(recipe, rest.get("date"), cases), other, made)


def place_of(key: str) -> tuple[str | None, str]:
    """Where a key of the address belongs in a recipe: the table and the name in it, or the key itself."""
    head, _, name = key.partition(".")
    if head == "lever" and name:
        return "levers", name
    if head == "param" and name:
        return "parameters", name
    if head == "fact" and name:
        return "facts", name
    return ("", "") if key in (*WORDS, "seed", "step_days", "point") else (None, "")


def known_keys() -> list[str]:
    """The keys an address may have."""
    named = (*(f"lever.{name}" for name in LEVERS), "param.GROUP.NAME", "fact.PATH")
    return [*WORDS, "seed", "step_days", "point", *named, "decisions", "other", "date", "made"]


def number(key: str, text: str) -> float | int:
    """A number in an address: a whole one for the seed."""
    try:
        value = int(text) if key == "seed" else float(text)
    except ValueError:
        value = float("nan")
    if value != value or abs(value) == float("inf"):
        raise wrong(f"{SOURCE}: {key}", text, "a whole number" if key == "seed" else "a number")
    return value


def switch(key: str, text: str) -> bool:
    """Yes or no in an address, as 1 or 0."""
    if text not in ("0", "1"):
        raise wrong(f"{SOURCE}: {key}", text, "0 or 1")
    return text == "1"


def checked_recipe(raw: Mapping[str, Any], cases: Cases = SHIPPED_ONLY) -> Recipe:
    """A recipe of a case that is served, by name: an address never names a file.

    The policy is the case's first where none is named.
    """
    place = cases.place(cases.checked(raw.get("case", FIRST_CASE), SOURCE))
    policies = policy_names(cases.scenario(place))
    asked = {**raw, "case": place, "policy": raw.get("policy") or policies[0]}
    for key in ("policy", "branch_to"):
        if asked.get(key) is not None and asked[key] not in policies:
            raise unknown(f"{SOURCE}: {key}", asked[key], policies)
    return recipe_of(asked, SOURCE)


def checked_day(recipe: Recipe, text: str | None, cases: Cases = SHIPPED_ONLY) -> Day | None:
    """The day shown, which lies inside the case; the day after its last is its end."""
    if not text:
        return None
    case = cases.scenario(recipe.case).case
    try:
        day = case.end + timedelta(1) if text == END else date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or not case.start <= day <= case.end + timedelta(1):
        raise wrong(f"{SOURCE}: date", text, f"a date from {case.start} to {case.end}, or {END!r}")
    return day if day <= case.end else END


def day_text(day: Day) -> str:
    """A day as an address has it."""
    return day if isinstance(day, str) else day.isoformat()


def stamp(recipe: Recipe, cases: Cases = SHIPPED_ONLY) -> str:
    """The version and the case's digest that an address is made with."""
    return made_stamp(installed("detente"), cases.scenario(recipe.case).sha256)


def made_stamp(version: str, sha256: str) -> str:
    """A version and the beginning of a case's digest, as addresses have them."""
    return f"{version}~{sha256[:DIGITS]}"


def version_of(made: str) -> str:
    """The version in the stamp of an address."""
    return made.partition("~")[0]


def mismatch(view: View, cases: Cases = SHIPPED_ONLY) -> str | None:
    """What to say where an address was made with another version or another text of the case."""
    now = stamp(view.recipe, cases)
    if not view.made or view.made == now:
        return None
    if earlier := earlier_core(version_of(view.made)):
        return f"This address was {earlier}, the core of that version."
    return (
        f"This address was made with {view.made.replace('~', ', case ')}; here it is {now.replace('~', ', case ')}. "
        "The run shown is the present version's, and may differ from the one that was shared."
    )


def pack(value: Any) -> str:
    """Plain values as short text that an address can hold."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")


def unpack(key: str, text: str, kind: type) -> Any:
    """What was packed; raises ``InputError`` for anything else."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        reader = zlib.decompressobj()
        plain = reader.decompress(data, MOST_UNPACKED)
        value = parse_json(plain, key, "plain values") if reader.eof else None
    except (ValueError, binascii.Error, zlib.error, InputError):
        value = None
    if not isinstance(value, kind):
        raise InputError(f"{SOURCE}: {key}: cannot be read; was the address cut short when it was copied?")
    return value


def differences(recipe: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """What a second recipe has otherwise than the first; null where it has nothing."""
    return {key: other.get(key) for key in {**recipe, **other} if other.get(key) != recipe.get(key)}


def with_differences(raw: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """A recipe's values with the differences of a second one laid over them."""
    merged = {**raw, **changes}
    return {key: value for key, value in merged.items() if value is not None}
