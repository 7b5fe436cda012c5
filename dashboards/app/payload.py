"""A whole run as one compressed block that a browser can play: a head in JSON, then columns of float32.

Layout, before compression: 4 bytes, the length of the head (little-endian); the head in UTF-8, padded with blanks to a
multiple of 4; the columns named in it, one after the other, each with ``rows`` values (float32, little-endian).
"""

from __future__ import annotations

import gzip
import json
from typing import Any

import numpy as np

from detente.agents import codes
from detente.dashboards.app.plain_words import chronicle_words
from detente.experiments.io.plain_json import without_nan
from detente.experiments.runs.narrative import words_of
from detente.experiments.runs.run import Run

SENT: dict[str, tuple[str, ...]] = {
    "parties": ("capital", "exhaustion", "discipline", "legitimacy", "presence", "power"),
    "spoilers": ("threat", "cum_attacks"),
    "dyads": (
        "trust",
        "readiness",
        "rate",
        "cum_attacks",
        "step_deaths",
        "suspended",
        "truce_from",
        "truce_until",
    ),
    "pairs": ("readiness", "progress", "talking", "truce_state", "agreed", "mediated"),
    "tracks": ("is_open", "n_settled", "visibility"),
    "measures": ("state", "given_size"),
    "tally": ("fatalities", "attacks", "spoiler_attacks"),
}
"""Kind of record -> the fields sent of each."""

QUICK = 1
"""Level of compression: the quickest; higher ones save 3 % and take twice as long."""


def sent_columns(columns: tuple[str, ...]) -> list[int]:
    """Positions of the columns that are sent."""
    return [
        k for k, name in enumerate(columns) if name.rpartition(".")[2] in SENT.get(name.partition(".")[0], ())
    ]


def encoded(run: Run, key: str) -> bytes:
    """A run as a browser takes it."""
    trajectory = run.trajectory
    places = sent_columns(trajectory.columns)
    head = {
        "key": key,
        "about": run.about,
        "sha256": trajectory.sha256,
        "start": run.start.scenario.case.start.isoformat(),
        "step_days": run.start.step_days,
        "n_steps": run.start.n_steps,
        "n_days": run.start.n_days,
        "rows": len(trajectory.rows),
        "columns": [trajectory.columns[k] for k in places],
        "events": [event_line(run, event) for event in trajectory.events],
        "end_reason": run.end_reason,
        "end_date": run.end_date.isoformat(),
        "outcomes": {k: v for k, v in run.outcomes.items() if isinstance(v, float)},
        "deaths_scale": run.start.scenario.case.deaths_scale,
    }
    text = json.dumps(without_nan(head), separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 4)
    values = np.ascontiguousarray(trajectory.rows[:, places].T, dtype="<f4")
    return gzip.compress(len(text).to_bytes(4, "little") + text + values.tobytes(), QUICK, mtime=0)


def event_line(run: Run, event: Any) -> list[Any]:
    """One event: day, kind, sentence, why, and who (kind and index, twice), what it is about."""
    words = words_of(event, run.start)
    return [
        round(float(event["day"]), 4),
        words["event"],
        chronicle_words(words["sentence"]),
        words["why"],
        codes.KINDS[int(event["actor_kind"])],
        int(event["actor"]),
        codes.KINDS[int(event["other_kind"])],
        int(event["other"]),
        int(event["subject"]),
    ]
