"""Détente: a laboratory for peace processes.  What follows from its assumptions; not a forecast.

Runs        run, ensemble, evaluate (one run as plain values), replay (a saved run again), PeaceProcess (a Mesa model)
Questions   compare (policies), lessons (which of the five matters), survival and truces (how long ceasefires last),
            robustness (over uncertain parameters and theories), transfer (does a style travel to another case),
            where (the five lessons in all cases: where do they help, where do they hurt),
            sequence (in which order to move),
            what_if (how many die with a ceasefire, an agreement, talks or a withdrawal, and without)
Sweeps      sweep, dry_run (how long it would take), open_results, sensitivity (what outcomes depend on)
Evidence    validate (published patterns), validate_world (drawn wars against what is known of wars), score and
            score_decisions (against what happened), benchmark (many conflicts, month after month), back_test (what_if
             on the day of past ceasefires and agreements), predict and check_prediction (locked before the data are
             seen), calibrate, calibrate_pool (what conflicts share), audit, regimes (does it act the right way),
             read_data and data_summary (observed data)
Cases       scenarios (list), load_scenario, new (a case from observed data), check (errors and likely mistakes),
            world (wars drawn at random), LEVERS, OUTCOMES
Actors      Party, Faction, Mediator, Spoiler: classes to derive one's own from, handed over as actors={"name": Class}
Errors      InputError: whatever a user can mend, in one line, with the nearest valid name

Every function that opens a case takes the same keywords: policy, levers, parameters, actors, mode, until, step_days,
theory, branch_at, branch_to, decisions.  Any other keyword is a lever (direct_channel=0.8) or a parameter
(trust__memory=300).  Without a policy it is the case's own first one.

    import detente
    detente.run("template", seed=1).plot()
    detente.ensemble("afghanistan-2018", "five-lessons", runs=200, direct_channel=0.8).summary()

help(detente.run) says more of each, and `detente docs` opens the manual.  Names are loaded when they are first used.
"""

from typing import TYPE_CHECKING

if (
    TYPE_CHECKING
):  # what type checkers and editors see; at runtime the table below is read, and a test compares the two
    from detente.agents.actors import Faction as Faction
    from detente.agents.actors import Mediator as Mediator
    from detente.agents.actors import Party as Party
    from detente.agents.actors import Spoiler as Spoiler
    from detente.agents.codes import LEVERS as LEVERS
    from detente.experiments.analysis.robustness import robustness as robustness
    from detente.experiments.analysis.sensitivity import sensitivity as sensitivity
    from detente.experiments.analysis.sequence import sequence as sequence
    from detente.experiments.audit.audit import audit as audit
    from detente.experiments.audit.regime_rows import regimes as regimes
    from detente.experiments.benchmark.benchmark import benchmark as benchmark
    from detente.experiments.benchmark.prediction_scores import check_prediction as check_prediction
    from detente.experiments.benchmark.predictions import predict as predict
    from detente.experiments.benchmark.prospect import what_if as what_if
    from detente.experiments.benchmark.prospect_backtest import back_test as back_test
    from detente.experiments.calibration.calibration import calibrate as calibrate
    from detente.experiments.calibration.pooling.pool import calibrate_pool as calibrate_pool
    from detente.experiments.cases.builder.new import new as new
    from detente.experiments.cases.check import check as check
    from detente.experiments.compare.ceasefire_spells import truces as truces
    from detente.experiments.compare.lessons import lessons as lessons
    from detente.experiments.compare.policies import compare as compare
    from detente.experiments.compare.survival import survival as survival
    from detente.experiments.compare.transfer import transfer as transfer
    from detente.experiments.compare.where import where as where
    from detente.experiments.data.layouts import read_data as read_data
    from detente.experiments.data.summary import data_summary as data_summary
    from detente.experiments.evidence.decisions import score_decisions as score_decisions
    from detente.experiments.evidence.hindcast import score as score
    from detente.experiments.runs.ensemble import ensemble as ensemble
    from detente.experiments.runs.evaluate import evaluate as evaluate
    from detente.experiments.runs.outcomes import OUTCOMES as OUTCOMES
    from detente.experiments.runs.replay import replay as replay
    from detente.experiments.runs.run import run as run
    from detente.experiments.sweep.dry_run import dry_run as dry_run
    from detente.experiments.sweep.results import open_results as open_results
    from detente.experiments.sweep.sweep import sweep as sweep
    from detente.experiments.validity.card import validate as validate
    from detente.experiments.validity.world import validate_world as validate_world
    from detente.model.catalogue import load_scenario as load_scenario
    from detente.model.catalogue import scenarios as scenarios
    from detente.model.drawn_wars import world as world
    from detente.model.errors import InputError as InputError
    from detente.model.process import PeaceProcess as PeaceProcess

    __version__: str
    """The version of the package.

    Examples:
        >>> import detente
        >>> detente.__version__.count(".")
        2
    """

if not TYPE_CHECKING:  # hidden from type checkers, so that a misspelt name is an error to them
    _PUBLIC = {
        "LEVERS": "agents.codes",
        "OUTCOMES": "experiments.runs.outcomes",
        "Faction": "agents.actors",
        "InputError": "model.errors",
        "Mediator": "agents.actors",
        "Party": "agents.actors",
        "PeaceProcess": "model.process",
        "Spoiler": "agents.actors",
        "audit": "experiments.audit.audit",
        "back_test": "experiments.benchmark.prospect_backtest",
        "benchmark": "experiments.benchmark.benchmark",
        "calibrate": "experiments.calibration.calibration",
        "calibrate_pool": "experiments.calibration.pooling.pool",
        "check": "experiments.cases.check",
        "check_prediction": "experiments.benchmark.prediction_scores",
        "compare": "experiments.compare.policies",
        "data_summary": "experiments.data.summary",
        "dry_run": "experiments.sweep.dry_run",
        "ensemble": "experiments.runs.ensemble",
        "evaluate": "experiments.runs.evaluate",
        "lessons": "experiments.compare.lessons",
        "load_scenario": "model.catalogue",
        "new": "experiments.cases.builder.new",
        "open_results": "experiments.sweep.results",
        "predict": "experiments.benchmark.predictions",
        "read_data": "experiments.data.layouts",
        "regimes": "experiments.audit.regime_rows",
        "replay": "experiments.runs.replay",
        "robustness": "experiments.analysis.robustness",
        "run": "experiments.runs.run",
        "scenarios": "model.catalogue",
        "score": "experiments.evidence.hindcast",
        "score_decisions": "experiments.evidence.decisions",
        "sequence": "experiments.analysis.sequence",
        "sensitivity": "experiments.analysis.sensitivity",
        "survival": "experiments.compare.survival",
        "sweep": "experiments.sweep.sweep",
        "transfer": "experiments.compare.transfer",
        "truces": "experiments.compare.ceasefire_spells",
        "validate": "experiments.validity.card",
        "validate_world": "experiments.validity.world",
        "where": "experiments.compare.where",
        "what_if": "experiments.benchmark.prospect",
        "world": "model.drawn_wars",
    }
    # There is no __all__: with one, help(detente) would print every class and function in full.

    def __getattr__(name: str) -> object:
        """Load a public name on first use and keep it."""
        from importlib import import_module

        if name == "__version__":
            from importlib.metadata import version

            value: object = version("detente")
        elif name in _PUBLIC:
            value = getattr(import_module(f"detente.{_PUBLIC[name]}"), name)
        else:
            raise AttributeError(f"module 'detente' has no attribute {name!r}{_nearest(name)}")
        globals()[name] = value
        return value

    def _nearest(name: str) -> str:
        """The end of a message that names the nearest public name, or nothing."""
        if name.startswith("_"):  # asked for by Python itself, as a rule
            return ""
        from detente.model.errors import nearest

        return nearest(name, _PUBLIC)

    def __dir__() -> list[str]:
        """The public names, loaded or not."""
        return sorted([*_PUBLIC, "__version__"])
