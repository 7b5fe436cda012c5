"""Détente: a laboratory for peace processes.

The names below are loaded when they are first used, so that importing the package, or asking the command
line for help, does not load the scientific libraries behind it.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from detente.agents.actors import Faction as Faction
    from detente.agents.actors import Mediator as Mediator
    from detente.agents.actors import Party as Party
    from detente.agents.actors import Spoiler as Spoiler
    from detente.agents.codes import LEVERS as LEVERS
    from detente.experiments.analysis.sensitivity import sensitivity as sensitivity
    from detente.experiments.compare.ceasefire_spells import truces_of as truces
    from detente.experiments.compare.lessons import lessons as lessons
    from detente.experiments.compare.policies import compare as compare
    from detente.experiments.compare.transfer import transfer as transfer
    from detente.experiments.runs.ensemble import ensemble as ensemble
    from detente.experiments.runs.evaluate import evaluate as evaluate
    from detente.experiments.runs.run import run as run
    from detente.experiments.sweep.results import open_results as open_results
    from detente.experiments.sweep.sweep import sweep as sweep
    from detente.model.catalogue import load_scenario as load_scenario
    from detente.model.catalogue import scenarios as scenarios
    from detente.model.process import PeaceProcess as PeaceProcess

    __version__: str

__all__ = [
    "LEVERS",
    "Faction",
    "Mediator",
    "Party",
    "PeaceProcess",
    "Spoiler",
    "__version__",
    "compare",
    "ensemble",
    "evaluate",
    "lessons",
    "load_scenario",
    "open_results",
    "run",
    "scenarios",
    "sensitivity",
    "sweep",
    "transfer",
    "truces",
]

# Public name -> (module, attribute).
_PUBLIC = {
    "LEVERS": ("detente.agents.codes", "LEVERS"),
    "Faction": ("detente.agents.actors", "Faction"),
    "Mediator": ("detente.agents.actors", "Mediator"),
    "Party": ("detente.agents.actors", "Party"),
    "PeaceProcess": ("detente.model.process", "PeaceProcess"),
    "Spoiler": ("detente.agents.actors", "Spoiler"),
    "compare": ("detente.experiments.compare.policies", "compare"),
    "ensemble": ("detente.experiments.runs.ensemble", "ensemble"),
    "evaluate": ("detente.experiments.runs.evaluate", "evaluate"),
    "load_scenario": ("detente.model.catalogue", "load_scenario"),
    "open_results": ("detente.experiments.sweep.results", "open_results"),
    "lessons": ("detente.experiments.compare.lessons", "lessons"),
    "sensitivity": ("detente.experiments.analysis.sensitivity", "sensitivity"),
    "transfer": ("detente.experiments.compare.transfer", "transfer"),
    "truces": ("detente.experiments.compare.ceasefire_spells", "truces_of"),
    "run": ("detente.experiments.runs.run", "run"),
    "scenarios": ("detente.model.catalogue", "scenarios"),
    "sweep": ("detente.experiments.sweep.sweep", "sweep"),
}

if not TYPE_CHECKING:  # hidden from type checkers, so that a misspelt name is an error to them

    def __getattr__(name: str) -> object:
        """Load a public name on first use and keep it."""
        if name == "__version__":
            from importlib.metadata import version

            value: object = version("detente")
        elif name in _PUBLIC:
            from importlib import import_module

            module, attribute = _PUBLIC[name]
            value = getattr(import_module(module), attribute)
        else:
            raise AttributeError(f"module 'detente' has no attribute {name!r}")
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted(set(globals()) | set(__all__))
