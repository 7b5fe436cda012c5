"""Which orders are worth a closer look: all of them where they are few, searched for with Optuna where they are many.

Orders are tried under seeds of their own, apart from those of the comparison that follows, so that an order which came
out well by luck has to do so again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import islice, product
from typing import Any

import numpy as np

from detente.experiments.analysis.sequence_aims import Aim, mean_rank, not_dominated
from detente.experiments.analysis.sequence_items import ItemSpec
from detente.experiments.analysis.sequence_orders import Order, allowed_orders, by_priority
from detente.model.errors import InputError

Means = dict[str, float]
Try = Callable[[Order], Means]
"""The mean of every aim under an order."""

FINALISTS = 8
"""Orders that are compared at full length."""

FEW = 240
"""Orders up to which all are tried."""


class NoOptunaError(InputError):
    """Optuna is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "searching many orders needs Optuna; expected it installed: python3 -m pip install 'detente[search]', "
            f"or fewer items, so that there are at most {FEW} orders"
        )


def few_orders(
    names: Sequence[str], known: Mapping[str, ItemSpec], gaps: Sequence[float]
) -> list[Order] | None:
    """Every order of some items at every spacing; none where they are more than a few."""
    if math.factorial(len(names)) > 50 * FEW and not any(known[n].after for n in names):
        return None
    rows = list(islice(allowed_orders(names, known), FEW + 1))
    if len(rows) * len(gaps) > FEW:
        return None
    return [spaced(row, (gap,) * (len(row) - 1), gaps) for row, gap in product(rows, gaps)]


def spaced(row: Sequence[str], between: Sequence[float], gaps: Sequence[float]) -> Order:
    """An order of one item a turn; where several spacings are tried, its name says its own."""
    order = Order(tuple((name,) for name in row), tuple(between))
    even = len(gaps) > 1 and len(set(between)) == 1
    return replace(order, name=f"{order.words}, every {between[0]:g} days") if even else order


def finalists(tried: Mapping[Order, Means], aims: Sequence[Aim], most: int = FINALISTS) -> list[Order]:
    """The orders for a closer look: those that no other beats in all aims, the next by mean rank, and the last.

    The last is among them so that what order matters at most is measured too.
    """
    orders = list(tried)
    if len(orders) <= most:
        return orders
    worth = np.array([[aim.better * tried[order][aim.name] for aim in aims] for order in orders])
    ranks, front = mean_rank(worth), not_dominated(worth)
    row = sorted(range(len(orders)), key=lambda k: (not front[k], ranks[k], k))
    last = max(range(len(orders)), key=lambda k: (ranks[k], k))
    return [orders[k] for k in [*[k for k in row if k != last][: most - 1], last]]


def searched(
    names: Sequence[str],
    known: Mapping[str, ItemSpec],
    gaps: Sequence[float],
    aims: Sequence[Aim],
    trials: int,
    attempt: Try,
) -> dict[Order, Means]:
    """Orders and spacings tried by NSGA-II (Deb et al. 2002) as Optuna has it: random keys, one for each item.

    Deterministic: the same trials give the same orders.  Raises ``NoOptunaError`` where the extra is missing.
    """
    try:
        import optuna
    except ModuleNotFoundError:
        raise NoOptunaError from None
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    tried: dict[Order, Means] = {}

    def objective(trial: Any) -> list[float]:
        order = order_of(trial, names, known, gaps)
        if order not in tried:
            tried[order] = attempt(order)
        return [worst_if_missing(aim.better * tried[order][aim.name]) for aim in aims]

    sampler = optuna.samplers.NSGAIISampler(population_size=max(10, min(40, trials // 5)), seed=1)
    directions = [optuna.study.StudyDirection.MAXIMIZE] * len(aims)
    study = optuna.create_study(directions=directions, sampler=sampler)
    study.optimize(objective, n_trials=trials)
    return tried


def order_of(trial: Any, names: Sequence[str], known: Mapping[str, ItemSpec], gaps: Sequence[float]) -> Order:
    """The order that a trial stands for."""
    keys = {name: trial.suggest_float(name, 0.0, 1.0) for name in names}
    row = by_priority(names, keys, known)
    if len(gaps) == 1:
        return spaced(row, (gaps[0],) * (len(row) - 1), gaps)
    between = [float(trial.suggest_categorical(f"gap {k}", list(gaps))) for k in range(1, len(row))]
    return spaced(row, between, gaps)


def worst_if_missing(value: float) -> float:
    """A value, or one worse than any where it is missing."""
    return value if value == value else -1e12
