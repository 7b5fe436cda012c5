"""A case that is built is loaded and opened before it is written."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from detente.model.catalogue import CASE_FILE, file_names, load_policy, load_scenario
from detente.model.opening import opening


def check_texts(texts: Mapping[str, str]) -> None:
    """Raise what is wrong with the files of a case: none is written that does not load and open."""
    with tempfile.TemporaryDirectory(prefix="detente-") as name:
        folder = Path(name)
        for path, text in texts.items():
            place = folder / path
            place.parent.mkdir(exist_ok=True)
            place.write_text(text, encoding="utf-8", newline="\n")
        scenario = load_scenario(folder / CASE_FILE)
        for policy in file_names(scenario):
            opening(scenario, load_policy(scenario, policy))
