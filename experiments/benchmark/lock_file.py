"""A lock: predictions in a file that is written once, with a digest of its content, so that a change shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from detente.experiments.io.files import check_target, write_text
from detente.experiments.io.plain_json import as_json, without_nan
from detente.model.errors import InputError, wrong
from detente.model.reading import read_json

FORMAT = 1
"""Version of the file's layout."""

EXPECTED = "a lock file written by detente predict"

KEYS = ("about", "deaths", "events")
"""What a prediction holds."""


def digest_of(value: Any) -> str:
    """SHA-256 of plain values, whatever the order of their keys and the layout of the file."""
    text = json.dumps(without_nan(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def check_lock(path: str | Path) -> Path:
    """A path that a lock can be written to; raises ``InputError`` for a file that is there: a lock is written once."""
    target = Path(path)
    if target.exists():
        raise InputError(
            f"--lock: {target} exists already; expected a new file, since a lock is written once"
        )
    return check_target(target, ".json", "--lock")


def write_lock(prediction: Mapping[str, Any], path: str | Path) -> Path:
    """Write a prediction with its digest; raises ``InputError`` where the file is there or cannot be written."""
    target, plain = check_lock(path), without_nan(dict(prediction))
    write_text(as_json({"format": FORMAT, "sha256": digest_of(plain), "prediction": plain}) + "\n", target)
    return target


def found_digest(path: str | Path, prediction: Any) -> str:
    """The digest of what a file holds; raises ``InputError`` for text that is none."""
    try:
        return digest_of(prediction)
    except UnicodeEncodeError:
        raise InputError(f"{path}: holds half a character; expected {EXPECTED}") from None


def read_lock(path: str | Path) -> dict[str, Any]:
    """The prediction of a lock.

    Raises:
        InputError: for any other file, a lock of another layout, and one that was changed since it was written.
    """
    raw = read_json(Path(path), EXPECTED)
    if not isinstance(raw, dict) or set(raw) != {"format", "sha256", "prediction"}:
        raise InputError(f"{path}: is not {EXPECTED}")
    if raw["format"] != FORMAT:
        raise wrong(f"{path}: format", raw["format"], f"{FORMAT}")
    found = found_digest(path, raw["prediction"])
    if found != raw["sha256"]:
        raise InputError(
            f"{path}: was changed since it was written: its content has the digest {found[:12]}, "
            f"expected {str(raw['sha256'])[:12]}"
        )
    if not isinstance(raw["prediction"], dict) or not set(KEYS) <= set(raw["prediction"]):
        raise InputError(f"{path}: is not {EXPECTED}")
    return raw["prediction"]
