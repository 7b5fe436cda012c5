"""The rules of the model, one module per stage; loading ``detente.model.stages`` registers all that a step calls."""

from detente.agents.rules import asks, attribution, endurance, prepare, readiness, trust, violence
from detente.agents.rules.registry import RULES

__all__ = ["RULES", "asks", "attribution", "endurance", "prepare", "readiness", "trust", "violence"]
