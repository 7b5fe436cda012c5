"""What decides the bytes of a sweep beside its design: the layout, the rules, their readers and the versions."""

from __future__ import annotations

import hashlib
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from detente.model.explain import validated
from detente.model.fields import Spec

FORMAT = 1
"""Version of the layout of a results directory."""

MOST_CHUNKS, MOST_RUNS = 10_000_000, 10**12
"""Chunks and runs that a sweep may have had."""

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


class Part(Spec):
    """A table of a manifest, of which the keys that are read again are checked, and others may be there."""

    model_config = ConfigDict(extra="allow")


class SamplingPart(Part):
    """How the points were laid out."""

    kind: str
    samples: int | None = None
    seed: int | None = None
    levels: int | None = None
    second_order: bool | None = None


class DesignPart(Part):
    """The design."""

    design: SamplingPart
    series: tuple[str, ...] | None = None


class FactorRange(Spec):
    """What the sweep varied: its column in the table, range, levels if it has some, and meaning.

    ``kind`` is "lever", "parameter" or "fact"; ``default`` of a lever is none, since each policy has its own.
    """

    name: str
    kind: str
    low: float
    high: float
    levels: tuple[float, ...] | None
    default: float | None
    unit: str
    meaning: str


class Manifest(Part):
    """What is read again of a manifest."""

    format: Literal[1]
    design: DesignPart
    factors: tuple[FactorRange, ...]
    seeds: dict[str, int]
    scenarios: dict[str, str]
    actors: dict[str, dict[str, str]]
    made_with: dict[str, Any]
    runs: Annotated[int, Field(ge=1, le=MOST_RUNS)]
    chunk_runs: Annotated[int, Field(ge=1, le=MOST_RUNS)]
    chunks: Annotated[int, Field(ge=1, le=MOST_CHUNKS)]


def checked_manifest(found: Any, file: str) -> dict[str, Any]:
    """A manifest that was read, as it is; raises ``InputError`` naming ``file`` where it cannot be one."""
    validated(Manifest, found, file)
    return found
