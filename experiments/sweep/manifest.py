"""What decides the bytes of a sweep beside its design: the layout, the rules, their readers and the versions."""

from __future__ import annotations

import hashlib
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

FORMAT = 1
"""Version of the layout of a results directory."""

READERS = (
    "sweep/chunk_tables.py",
    "sweep/chunks.py",
    "runs/stored_series.py",
    "runs/outcomes.py",
    "runs/opening_patches.py",
    "runs/recorded_series.py",
)
"""Files of ``experiments`` that turn the end of a run into a row."""


def made_with() -> dict[str, Any]:
    """Digests of the rules and of what reads their results, and the versions that decide numbers and bytes."""
    from detente.model.kernel import rules_digest

    libraries = {name: version(name) for name in ("detente", "mesa", "numpy", "numba", "pyarrow")}
    return {
        "rules_digest": rules_digest(),
        "readers_digest": readers_digest(),
        "versions": {"python": platform.python_version(), **libraries},
    }


def readers_digest() -> str:
    """Digest of the files that turn the end of a run into a row."""
    experiments = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for name in READERS:
        digest.update((experiments / name).read_bytes())
    return digest.hexdigest()
