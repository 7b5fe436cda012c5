"""The rules of the model, one module per stage; those that ``detente.model.stages`` calls are all registered with it."""

from detente.agents.rules import asks, attribution, endurance, prepare, readiness, trust, violence
from detente.agents.rules.registry import RULES

__all__ = ["RULES", "asks", "attribution", "endurance", "prepare", "readiness", "trust", "violence"]
