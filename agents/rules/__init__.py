"""The rules of the model, one module per stage; importing this package registers them all."""

from detente.agents.rules import asks, attribution, endurance, prepare, readiness, trust, violence
from detente.agents.rules.registry import RULES

__all__ = ["RULES", "asks", "attribution", "endurance", "prepare", "readiness", "trust", "violence"]
