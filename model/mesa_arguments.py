"""What Mesa hands to a model: seeds of every kind, and scenarios.

A run has one seed, a whole number of 64 bits (``PeaceProcess.seed_number``).  Mesa and numpy know more kinds; each has
one fixed way to such a number, so that any run can be repeated from ``seed_number`` alone.
"""

from __future__ import annotations

import inspect
import secrets
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, Concatenate

import numpy as np
from mesa.experimental.scenarios import Scenario

from detente.model.errors import InputError, wrong
from detente.model.request import checked_seed

FRESH_BITS = 53
"""Bits of a fresh seed: JSON and spreadsheets hold whole numbers below 2**53 without loss."""

EXPECTED = (
    "a whole number from 0 to 2**64 - 1, None for a fresh seed, a sequence of whole numbers, "
    "or numpy's SeedSequence, Generator or BitGenerator"
)


def seed_number(rng: Any) -> int:
    """The seed of a run [0 to 2**64 - 1] for whatever Mesa takes as one.

    None: a fresh seed below 2**53.  A whole number, numpy's too, or text of one: itself.  A sequence of whole numbers:
    as the ``SeedSequence`` of it.  A ``SeedSequence``: the first 64-bit word of its state, always the same.  A
    ``Generator`` or ``BitGenerator``: one draw, which moves it on.  Raises ``InputError`` for anything else.
    """
    if rng is None:
        return secrets.randbits(FRESH_BITS)
    if isinstance(rng, (list, tuple, range)) or np.ndim(rng) == 1:
        rng = seed_sequence(rng)
    try:
        return checked_seed(rng)
    except InputError:
        raise wrong("seed", rng, EXPECTED) from None


def seed_sequence(numbers: Sequence[Any] | np.ndarray[Any, Any]) -> Any:
    """A ``SeedSequence`` of some whole numbers; what is no such sequence is handed back."""
    whole = all(isinstance(n, (int, np.integer)) and not isinstance(n, bool) and n >= 0 for n in numbers)
    return np.random.SeedSequence([int(n) for n in numbers]) if whole and len(numbers) else numbers


def takes_mesa_arguments[S, **P](
    init: Callable[Concatenate[S, P], None],
) -> Callable[Concatenate[S, P], None]:
    """Let a model's ``__init__`` take ``scenario=`` and ``seed=`` as Mesa hands them over.

    A scenario's parameters are keywords of the model, and its ``rng`` is the seed; what the call itself says wins over
    the scenario.  ``seed`` is Mesa's older word for ``rng``.
    """
    signature = inspect.signature(init)

    @wraps(init)
    def with_mesa_arguments(self: S, *args: P.args, **keywords: P.kwargs) -> None:
        given = signature.bind_partial(self, *args).arguments.keys() | keywords.keys()
        more = {name: value for name, value in asked(keywords).items() if name not in given}
        init(self, *args, **more, **{name: v for name, v in keywords.items() if name != "seed"})  # pyright: ignore[reportCallIssue]

    return with_mesa_arguments


def asked(keywords: Mapping[str, Any]) -> dict[str, Any]:
    """Keywords that stand in a call under other names: ``seed`` as ``rng``, and a scenario's parameters."""
    if "seed" not in keywords:
        return scenario_keywords(keywords.get("scenario"))
    if "rng" in keywords:
        raise InputError("seed and rng: got both; expected one of them (they mean the same)")
    return {**scenario_keywords(keywords.get("scenario")), "rng": keywords["seed"]}


def scenario_keywords(scenario: Any) -> dict[str, Any]:
    """The parameters of a Mesa scenario as keywords of the model, its seed as ``rng``; none for no scenario."""
    if scenario is None:
        return {}
    if not isinstance(scenario, Scenario):
        raise wrong(
            "scenario", scenario, "a Scenario of mesa.experimental.scenarios (a case is named by `case`)"
        )
    return {**dict(scenario), "rng": scenario_seed(scenario)}


def scenario_seed(scenario: Any) -> Any:
    """What a scenario has as a seed.

    Mesa 4 keeps a generator, which every model made from the scenario would move on.  So the draw is made from its
    first state: a scenario means the same run however often it is used, and in whichever process.
    """
    state = getattr(scenario, "initial_rng_state", None)
    if state is None:
        return scenario.rng
    bits = getattr(np.random, state["bit_generator"])()
    bits.state = state
    return bits


def hand_scenario(model: Any, scenario: Any) -> None:
    """Let a model have the scenario it was made from, as ``model.scenario``."""
    try:
        model.scenario = scenario
    except ValueError:  # Mesa 3.5: a scenario knows its one model, and is frozen while that runs
        raise InputError(
            "scenario: got one whose model is still running; expected a Scenario of its own for each model"
        ) from None
