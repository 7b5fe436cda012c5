"""One conflict at one origin: forecasts of the model and of the null models, and their scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from detente.experiments.benchmark.opened import OpenedCase
from detente.experiments.benchmark.outlook import outlooks
from detente.experiments.benchmark.reference_nulls import reference_forecasts
from detente.experiments.benchmark.subjects import Subject
from detente.experiments.evidence import scores
from detente.experiments.evidence.hindcast import null_models
from detente.experiments.evidence.nulls import History
from detente.experiments.evidence.origins import ahead
from detente.experiments.evidence.refit import event_season, month_of, series_season

Values = np.ndarray[Any, Any]

MODES = ("none", "conditioned")
"""Nothing known, and diplomacy known."""

MODEL = {"none": "model, nothing known", "conditioned": "model, diplomacy known"}

CLASSES = (0.5, 2.5, 5.5, 10.5, 25.5, 50.5, 100.5, 250.5, 500.5, 1000.5)
"""Ends of the classes of deaths a month whose chances the log score takes, as in the challenges of ViEWS."""


def log_score(values: Values, observed: float) -> float:
    """Minus the log of the chance of the class that came true, each class having one value more; less is better."""
    classes = np.bincount(np.digitize(values, CLASSES), minlength=len(CLASSES) + 1) + 1.0
    return float(-np.log(classes[int(np.digitize(observed, CLASSES))] / classes.sum()))


def random_pit(values: Values, observed: float, luck: float) -> float:
    """Where the observed value stands among the forecast ones; luck decides among those equal to it."""
    return float(np.mean(values < observed) + luck * np.mean(values == observed))


def scored(values: Values, observed: float, luck: float) -> dict[str, float]:
    """Scores of one forecast, given as equally likely values."""
    own = {"log_score": log_score(values, observed), "pit": random_pit(values, observed, luck)}
    return {**scores.summary(values, observed), **own}


def at_origin(
    subject: Subject, day: date, leads: Sequence[int], modes: Sequence[str], runs: int
) -> dict[str, Any]:
    """Scores of every forecast at one origin, what was fitted, and the draws of the model, as plain values."""
    opened = subject.open(day, max(leads))
    policies = [opened.policy(known=mode == "conditioned") for mode in modes]
    made = dict(zip(modes, outlooks(opened, policies, runs), strict=True))
    draws = {mode: {str(lead): one.forecast(lead) for lead in leads} for mode, one in made.items()}
    return {
        "fitted": fitted(opened),
        "rows": rows_of(subject, opened, leads, draws),
        "draws": {mode: {k: v.astype(int).tolist() for k, v in own.items()} for mode, own in draws.items()},
    }


def fitted(opened: OpenedCase) -> dict[str, float]:
    """What was filtered from the months before an origin."""
    level = opened.level
    return {
        "expected": level.expected,
        "level": level.slow,
        "volatility": level.spread,
        "size": level.size,
        "faded": level.faded,
        "acts": len(opened.policy().move),
    }


def rows_of(
    subject: Subject, opened: OpenedCase, leads: Sequence[int], draws: Mapping[str, Mapping[str, Values]]
) -> list[dict[str, Any]]:
    """A row for each lead with an observed value, and each forecast."""
    months, values, day = ahead(opened.day, max(leads)), subject.target.values, opened.day
    history = history_of(opened)
    rows: list[dict[str, Any]] = []
    for lead in leads:
        month = months[lead - 1]
        if str(month) not in values.index:
            continue
        observed = float(values.loc[str(month)])
        luck = float(np.random.default_rng([day.toordinal(), lead, 2]).random())
        own = {MODEL[mode]: made[str(lead)] for mode, made in draws.items()}
        for name, forecast in {**own, **null_forecasts(opened, history, lead)}.items():
            row = {"lead": lead, "month": month.isoformat(), "forecast": name, "observed": observed}
            rows.append({**row, "shown": is_shown(subject, month), **scored(forecast, observed, luck)})
    return rows


def is_shown(subject: Subject, month: date) -> bool:
    """Whether a month is shown and not judged."""
    return subject.shown_from is not None and month >= subject.shown_from


def history_of(opened: OpenedCase) -> History:
    """The months before an origin as null models read them."""
    known = opened.known
    return History(known.monthly, month_of(known), series_season(known), event_season(known))


def null_forecasts(opened: OpenedCase, history: History, lead: int) -> dict[str, Values]:
    """Forecasts of all null models."""
    others = {null.name: null.forecast(history, lead) for null in null_models(opened.known)}
    return {**reference_forecasts(history, lead), **others}
