"""``detente robustness``: policies over states of the world, made for the purpose or those of a finished sweep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeGuard, Unpack

from detente.agents.parameters import Parameters
from detente.experiments.analysis.robustness_of_sweep import weigh_results
from detente.experiments.analysis.robustness_result import Robustness, outcomes_judged
from detente.experiments.compare.lessons_over_parameters import CONTESTED
from detente.experiments.compare.policies import Named, given_policies, requests_for
from detente.experiments.compare.regret import DEFAULT, ends_in, means_of, over_states, worlds
from detente.experiments.compare.theories import compare_theories, open_rivals
from detente.experiments.runs.inputs import ranged_facts, whole_number, with_whole_parties
from detente.experiments.runs.posterior_draws import Source
from detente.experiments.runs.provenance import NOT_A_FORECAST, provenance
from detente.experiments.runs.run import Ready
from detente.experiments.runs.seeds import checked_seeds, seed_words
from detente.experiments.runs.unknowns import Unknowns, unknowns_of
from detente.experiments.sweep.results import Results
from detente.experiments.sweep.store import MANIFEST
from detente.model.catalogue import case_names, is_case_folder
from detente.model.errors import InputError, wrong
from detente.model.facts import priors_of
from detente.model.keywords import FACT, is_fact
from detente.model.policy import Policy
from detente.model.request import CaseLike, CaseOptions, PolicyLike, Request

if TYPE_CHECKING:
    from detente.agents.actors import Actor
    from detente.experiments.runs.inputs import Declared
    from detente.model.opening import Opening

STATES, RUNS = 32, 20
"""States, and seeds in each, unless others are asked for."""

RANGES_ALONE = Unknowns()
MORE = 5
"""Seeds per theory for each seed in a state."""

BASE = ("case", "version", "versions", "rules_digest", "scenario_sha256")
"""What of a run's provenance holds for all of them."""


def robustness(
    what: CaseLike | Results,
    policies: Named | None = None,
    runs: int | None = None,
    *,
    policy: PolicyLike | None = None,
    seeds: Sequence[int] | None = None,
    states: int | None = None,
    uncertain: Sequence[str] | None = None,
    outcomes: Sequence[str] | None = None,
    bars: Mapping[str, float] | None = None,
    posterior: Source | None = None,
    actors: Mapping[str, type[Actor]] | None = None,
    ready: Ready | None = None,
    **asked: Unpack[CaseOptions],
) -> Robustness:
    """Which policy holds up over uncertain parameters and rival theories, or over what a finished sweep varied.

    Args:
        what: a case (its name, the path of its file or folder, or a case that is loaded), or a finished sweep (its
            directory, or what ``open_results`` gives).
        policies: policies by name, or paths, at least two of a case; unless given those of ``compare``, or all of the
            sweep's.
        runs: seeds in each state, 20 unless given; five times as many for each theory.
        policy: a single policy of a sweep, in place of ``policies``; a case needs two to choose from.
        seeds: seeds in each state, in place of 1 to ``runs``.
        states: states of the world, settings of parameters and theory; 32 unless given.
        uncertain: parameters, and facts as "fact.PATH" or "fact.PATH=LOW:HIGH", that differ between states; unless
            given, the parameters that decide the sign of a lesson, and the facts of the case that are not known.
        outcomes: outcomes by which policies are judged.
        bars: outcome -> the worst value that is good enough, in the outcome's unit.
        posterior: what those are drawn from: the pooled posterior unless given, declared ranges for what
            it does not hold; "ranges" for these alone, or another posterior.
        actors: name of an actor -> a subclass of its class; these runs go on Mesa.
        ready: called with an opening and a seed when all is checked, before the first run.
        **asked: keywords of every function that opens a case (see ``detente.model.request.CaseOptions``); any other is
            a lever (``direct_channel=0.8``) or a parameter (``trust__memory=300``), the same in all states.

    Returns:
        Regret, how often each policy is good enough and in which states, and what rival theories say.

    Raises:
        InputError: for anything it cannot use, with the nearest valid name.

    Examples:
        >>> import detente
        >>> judged = detente.robustness("template", ["status-quo", "opening"], runs=2, states=4)
        >>> judged.policies
        ('status-quo', 'opening')
    """
    judged: dict[str, Any] = {"outcomes": outcomes, "bars": bars}
    if is_sweep(what):
        run = {"runs": runs, "seeds": seeds, "states": states, "uncertain": uncertain, "actors": actors}
        run |= {"posterior": posterior}
        refuse_for_sweep(what, [name for name, value in {**run, **asked}.items() if value is not None])
        given = given_policies(policies, policy)
        names = None if given is None else [p.name if isinstance(p, Policy) else str(p) for p in given]
        return weigh_results(what, policies=names, **judged)
    if "theory" in asked:
        raise wrong("theory", asked["theory"], "none, since it differs between states")
    case: Any = what  # not a sweep, so a case
    requests = requests_for(case, policies, policy, asked, robustness)
    n_states = whole_number(STATES if states is None else states, "states")
    chosen = checked_seeds(RUNS if runs is None else runs, seeds)
    judged |= {"unknowns": unknowns_of(posterior, case=requests[0].scenario, profile=requests[0].profile)}
    return weigh(requests, chosen, states=n_states, uncertain=uncertain, actors=actors, ready=ready, **judged)


def is_sweep(what: CaseLike | Results) -> TypeGuard[str | Path | Results]:
    """Whether a sweep is meant and not a case: a directory that is neither a shipped case's name nor holds one."""
    if not isinstance(what, str | Path):
        return isinstance(what, Results)
    try:
        path = Path(what)
        known = str(what) in case_names() or is_case_folder(path)
        return path.is_dir() and ((path / MANIFEST).exists() or not known)
    except ValueError:  # a name that no path can have is that of no case either, which is said there
        return False


def refuse_for_sweep(what: object, names: Sequence[str]) -> None:
    """A finished sweep is not run again, so nothing may be asked of runs."""
    if names:
        raise InputError(
            f"{', '.join(names)}: {what} holds finished runs; expected these options only with a case"
        )


def weigh(
    requests: Sequence[Request],
    seeds: Sequence[int],
    *,
    states: int,
    uncertain: Sequence[str] | None = None,
    outcomes: Sequence[str] | None = None,
    bars: Mapping[str, float] | None = None,
    unknowns: Unknowns = RANGES_ALONE,
    actors: Mapping[str, type[Actor]] | None = None,
    ready: Ready | None = None,
) -> Robustness:
    """Run every policy in every state, and each against the first under every theory; see ``robustness``."""
    policies = tuple(request.policy_name for request in requests)
    if len(policies) < 2:
        raise InputError(f"policies: got {', '.join(policies)}; expected at least two to choose from")
    names, facts = uncertain_of(requests[0], uncertain)
    drawn = worlds(names, states, facts=facts, posterior=unknowns.posterior)
    judged, bars = outcomes_judged(outcomes, bars), dict(bars or {})
    starts = open_rivals("all", lambda theory: [replace(r, theory=theory).open() for r in requests])
    chosen = [with_whole_parties(requests[0], state) for state in drawn]
    if ready is not None:
        ready(starts["readiness"][0], seeds[0])
    found = ends_in(requests, chosen, seeds, actors, judged)
    means = means_of(found, requests, judged, bars)
    more = range(seeds[0], seeds[0] + MORE * len(seeds))
    apart = compare_theories(starts, more, DEFAULT, actors=actors)
    about = about_states(starts["readiness"][0], policies, chosen, seeds, unknowns)
    luck = apart.effects[apart.effects["theory"] == "readiness"].drop(columns="theory")
    both = over_states(found, policies, luck, len(seeds))
    return Robustness(about, policies, tuple(chosen), means, bars, apart, both)


def uncertain_of(request: Request, uncertain: Sequence[str] | None) -> tuple[list[str], dict[str, Declared]]:
    """What differs between states: what is named, else the usual that is not set by hand; and its facts with ranges."""
    if isinstance(request.parameters, Parameters):
        raise InputError(
            "parameters: got a whole Parameters; expected names and values, since others are to differ"
        )
    held = {f"{group}.{name}" for group, values in (request.parameters or {}).items() for name in values}
    held |= {f"{FACT}.{path}" for path in request.facts}
    if uncertain is None:
        drawn = () if request.point else priors_of(request.scenario)
        given = [*CONTESTED, *(f"{FACT}.{fact.path}" for fact in drawn)]
        given = [name for name in given if name not in held]
    else:
        given = list(uncertain)
    facts = ranged_facts(request.scenario, [name for name in given if is_fact(name)])
    names = [*(name for name in given if not is_fact(name)), *facts]
    for name in names:
        if name in held:
            raise InputError(f"uncertain: {name} is set by hand; expected either")
    return names, facts


def about_states(
    start: Opening,
    policies: Sequence[str],
    states: Sequence[Mapping[str, Any]],
    seeds: Sequence[int],
    unknowns: Unknowns,
) -> dict[str, Any]:
    """What the runs of a case were made from."""
    made = provenance(start)
    return {
        **{key: made[key] for key in BASE},
        "title": start.scenario.case.title,
        "policies": list(policies),
        "states": len(states),
        "uncertain": [name for name in states[0] if name != "theory"],
        "seeds": seed_words(seeds),
        "drawn": unknowns.about,
        "drawn_words": unknowns.words,
        "note": NOT_A_FORECAST,
    }
