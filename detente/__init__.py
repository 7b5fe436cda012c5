"""Détente: a laboratory for peace processes.

What happens if the assumptions of the model hold; not a forecast.

    run(case, policy, seed)              one run: outcomes, series, events, plot()
    ensemble(case, policy, runs)         many runs: one row a run, summary(), plot()
    compare(case, policies, runs)        policies under the same seeds: differences()
    evaluate(case, seed, **settings)     one run as a plain function to a dict
    lessons(case, runs)                  what each of the five lessons adds
    transfer(runs)                       whether the Korean style travels
    truces(case, policy, runs)           every ceasefire of many runs
    sweep(design, out=folder)            a whole design, into Parquet files
    open_results(folder)                 what a sweep has written
    sensitivity(folder)                  what its outcomes depend on
    scenarios(), load_scenario(case)     the cases, and one of them as data
    PeaceProcess(case, policy, rng=42)   the model on Mesa: step(), datacollector
    Party, Faction, Mediator, Spoiler    its actors; override a decision
    LEVERS                               what can be set from 0 to 1, by name
    __version__                          the version

Cases and policies are names or paths of TOML files. help(detente.run) says more of
a name, and the command `detente docs` opens the manual.

Names are loaded when they are first used, so that importing the package, or asking
the command line for help, does not load the scientific libraries behind it.
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
    from detente.experiments.data.layouts import read_files as read_data
    from detente.experiments.runs.ensemble import ensemble as ensemble
    from detente.experiments.runs.evaluate import evaluate as evaluate
    from detente.experiments.runs.run import run as run
    from detente.experiments.sweep.results import open_results as open_results
    from detente.experiments.sweep.sweep import sweep as sweep
    from detente.model.catalogue import load_scenario as load_scenario
    from detente.model.catalogue import scenarios as scenarios
    from detente.model.process import PeaceProcess as PeaceProcess

    __version__: str
    """The version of the package.

    Examples:
        >>> import detente
        >>> detente.__version__.count(".")
        2
    """

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
    "read_data",
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
    "read_data": ("detente.experiments.data.layouts", "read_files"),
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
    """The public names; to ``help(detente)``, which would print all that is said of each, none but its own."""
    return ["__version__"] if is_asked_by_help() else sorted(__all__)


def is_asked_by_help() -> bool:
    """Whether pydoc wants the names.  It leaves a package no way to choose what it prints, so its frame has to tell."""
    import inspect

    frame = inspect.currentframe()
    while frame is not None and frame.f_globals["__name__"] in ("detente", "inspect"):
        frame = frame.f_back
    return frame is not None and frame.f_globals["__name__"] == "pydoc"
