"""The commands, one module for each kind of question; importing this package registers them all."""

from detente.experiments.commands import (
    analysing,
    auditing,
    calibrating,
    checking,
    comparing,
    effects,
    lasting,
    observing,
    robust,
    running,
    scoring,
    sweeping,
    validating,
)

__all__ = [
    "analysing",
    "auditing",
    "calibrating",
    "checking",
    "comparing",
    "effects",
    "lasting",
    "observing",
    "robust",
    "running",
    "scoring",
    "sweeping",
    "validating",
]
