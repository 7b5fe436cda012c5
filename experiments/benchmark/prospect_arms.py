"""The sides of a prospect: the case without the move and with it, by luck alone or by luck and what is not known."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from detente.experiments.benchmark.level_filter import process_of
from detente.experiments.benchmark.level_rows import extra_variance, fact_columns, level_rows
from detente.experiments.benchmark.opened import OpenedCase, with_faded
from detente.experiments.benchmark.prospect_draws import (
    ROWS,
    SEED,
    class_settings,
    unknown_parameters,
    with_class,
)
from detente.experiments.benchmark.prospect_moves import Moves
from detente.experiments.benchmark.prospect_opening import Eve
from detente.experiments.benchmark.prospect_runs import Arm, Branch, Counting, months_of
from detente.experiments.runs.posterior import Posterior
from detente.experiments.runs.posterior_draws import Redrawn, draws_for
from detente.experiments.runs.runners import default_workers
from detente.model.keywords import flat_parameters, nested_parameters
from detente.model.opening import Opening
from detente.model.request import Request, checked_decisions

Values = np.ndarray[Any, Any]
Pair = tuple[Arm, Arm]

PILOT = tuple(range(1, 65))
"""Seeds of the runs by which the unevenness of the model's own months is measured."""
LIKELIER = 0.5
"""Chance of having faded out above which a war is taken to be at rest, where nothing is drawn."""
LEFT_OUT = 0.02
"""Share of the largest months that are left out there."""


def requests_of(eve: Eve, moves: Moves, request: Request, *, point: bool) -> tuple[Request, Request]:
    """The requests for the case on the day: without the moves, and with them."""
    own = replace(request, scenario=eve.scenario, policy=eve.policy, point=point)
    settings = class_settings(own.open().parameters, moves.rank)
    return own, replace(
        own,
        parameters=nested_parameters({**given_parameters(request), **settings}),
        facts={**request.facts, **moves.facts},
        decisions=checked_decisions(eve.scenario, moves.moves),
    )


def given_parameters(request: Request) -> dict[str, float]:
    """Parameters set by hand."""
    return flat_parameters(request.parameters) if isinstance(request.parameters, Mapping) else {}


# -- luck alone


def luck_arms(eve: Eve, moves: Moves, request: Request) -> Pair:
    """Both sides at one setting: facts not known as the case has them, and the war at rest where that is likelier."""
    both, counting = requests_of(eve, moves, request, point=True), None
    if eve.opened is not None:
        level = eve.opened.level
        one = np.array([level.spread]), np.array([level.size])
        counting = counting_of(eve.opened, both[0].open(), *one)
        if level.faded > LIKELIER:
            both = tuple(replace(r, scenario=with_faded(r.scenario, faded=True)) for r in both)
    without, with_move = (Arm(Branch(request.open()), counting=counting) for request in both)
    return without, with_move


def counting_of(opened: OpenedCase, start: Opening, spread: Values, size: Values) -> Counting:
    """How deaths come to be counted in each row of spreads and sizes."""
    how = process_of(opened.scenario.parameters)
    return Counting(opened.scale, extra_variance(how, spread, size, own_variance(opened, start)))


def own_variance(opened: OpenedCase, start: Opening) -> float:
    """Relative variance of a month of runs about the level, that of the level itself in the month taken out."""
    first = np.sort(months_of(Branch(start), opened.day, PILOT, default_workers())[:, 0])
    kept = first[: math.ceil(len(first) * (1.0 - LEFT_OUT))]
    mean = float(kept.mean())
    if mean <= 0.0:
        return math.inf
    how, spread = process_of(opened.scenario.parameters), opened.level.spread
    fast = spread**2 * how.fast_share
    slow = spread**2 * (1.0 - how.fast_share) * (1.0 - how.keep**2) / 3.0  # a month's mean of a walk
    moved = math.exp(slow + fast * (how.mean_share - how.end_share**2))
    return max((1.0 + float(kept.var()) / mean**2) / moved - 1.0, 0.0)


# -- luck and what is not known


def unknown_arms(eve: Eve, moves: Moves, request: Request) -> tuple[Pair, tuple[str, ...]]:
    """Both sides with what is not known drawn for each seed, and the names of what is drawn."""
    both = requests_of(eve, moves, request, point=False)
    par = both[0].open().parameters
    table, faded, counting = unknown_table(eve, request, both[0])
    tables = table, with_class(table, par, moves.rank)
    fought = branches(both, tables)
    rest: tuple[Branch | None, ...] = (None, None)
    if faded is not None and faded.any():
        still = [replace(one, scenario=with_faded(one.scenario, faded=True)) for one in both]
        rest = branches(still, tables)
    without, with_move = (Arm(*pair, faded, counting) for pair in zip(fought, rest, strict=True))
    return (without, with_move), table.names


def unknown_table(
    eve: Eve, request: Request, without: Request
) -> tuple[Posterior, Values | None, Counting | None]:
    """The rows that seeds draw: parameters, and where the war stands; which are at rest; and how deaths are counted."""
    par = without.open().parameters
    table = unknown_parameters(request.scenario, par, tuple(given_parameters(request)))
    rows = None if eve.opened is None else level_rows(eve.opened, ROWS, SEED)
    if eve.opened is None or rows is None:
        return table, None, None
    more = fact_columns(eve.opened, rows)
    values = np.concatenate([table.values, np.stack(list(more.values()), axis=1)], axis=1)
    joint = Posterior((*table.names, *more), values, table.weights, table.about)
    start = replace(without, point=True).open()
    return joint, rows.faded, counting_of(eve.opened, start, rows.spread, rows.size)


def branches(requests: Sequence[Request], tables: Sequence[Posterior]) -> tuple[Branch, ...]:
    """The case of each request, opened for each seed with the row that it draws.

    Where all draw from one table, a row is opened in full for the first alone, and the others are changed in the same
    words.
    """
    if all(table is tables[0] for table in tables):
        drawn = drawn_rows(requests, tables[0])
        return tuple(Branch(one.open(), drawn, k) for k, one in enumerate(requests))
    return tuple(
        Branch(one.open(), drawn_rows([one], table)) for one, table in zip(requests, tables, strict=True)
    )


def drawn_rows(requests: Sequence[Request], table: Posterior) -> Redrawn:
    """Some requests opened with the rows of a table; what is set by hand in any of them is not drawn."""
    first = requests[0]
    given = given_parameters(first)
    free = nested_parameters({name: value for name, value in given.items() if name not in table.names})
    facts = {path for one in requests for path in one.facts}
    draws, openers = draws_for(first.scenario, table, free, facts), [one.open for one in requests]
    return Redrawn(draws, free, openers)  # pyright: ignore[reportArgumentType]
