"""One plain function from settings to outcomes, for tools that sweep, calibrate or optimise."""

from __future__ import annotations

from datetime import date
from typing import Any

from detente.experiments.inputs import as_python, split_settings
from detente.experiments.single import Engine, run


def evaluate(
    case: str,
    seed: int = 1,
    *,
    policy: str = "history",
    engine: Engine = "auto",
    mode: str | None = None,
    until: date | str | None = None,
    step_days: float | None = None,
    **levers_and_parameters: Any,
) -> dict[str, float | str]:
    """The outcomes of one run, by name, with ``end_reason`` and ``end_date``.

    Any other keyword is a lever (``direct_channel=0.8``) or a parameter as ``group__name`` (``trust__memory=300``), or
    ``group.name`` in a mapping: ``evaluate(case, seed, **{"trust.memory": 300})``.  Raises ``InputError`` for an
    unknown name, with the nearest valid one, and for a value out of range.
    """
    levers, parameters = split_settings(levers_and_parameters)
    asked: dict[str, Any] = {"mode": mode, "until": until, "step_days": step_days}
    made = run(
        case, policy, as_python(seed), engine=engine, levers=levers, parameters=parameters or None, **asked
    )
    return made.outcomes
