"""The commands, one module for each kind of question; importing this package registers them all."""

from detente.experiments.commands import (
    auditing,
    effects,
    lasting,
    observing,
    running,
    scoring,
    sweeping,
    validating,
)

__all__ = [
    "auditing",
    "effects",
    "lasting",
    "observing",
    "running",
    "scoring",
    "sweeping",
    "validating",
]
