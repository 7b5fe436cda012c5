"""The decision score: whether the model puts decisions where history put them, better than a constant rate does.

All acts of a case's history are imposed (mode ``conditioned``); at each the rule's own hazard was computed before it
was overridden, and all along its hazard was integrated.  A choice scores the sum of ``log hazard`` over its acts less
its integrated hazard: the log likelihood of a point process, here less that of a constant rate.

- *Which choices*: those of an actor and kind of decision that history speaks for, acted on or not.
- *The null*: one rate a day for each kind of decision, fitted by maximum likelihood on these same acts over all cases:
  the strongest constant rate there is, so a positive score is not won by a poor rival.
- *Hazards over luck*: the mean over runs still going, both of hazards and of their integrals.
- *Acts the rules rule out* have no log hazard.  Model and null are therefore mixed, ``1 - EPSILON`` to ``EPSILON``,
  which charges such an act ``log(EPSILON)`` and changes little else; they are counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.experiments.runs.inputs import checked_runs
from detente.model.opening import Opening

if TYPE_CHECKING:
    import pandas as pd

Values = np.ndarray[Any, Any]

EPSILON = 0.05
"""Share of the null in the mixture that is scored."""

CASES = ("afghanistan-2018", "korea-2017")
LEAST_CHOICES = 10
"""Choices below which no interval is given: a bootstrap over fewer says more than they can show."""

REPLIES = ("answer_truce", "answer_measure", "extend_truce")
MAX_HAZARD = 1e3
"""Largest hazard scored [1/day]: an infinite one, `at once`, is read as within a minute and a half."""


@dataclass(frozen=True)
class Decisions:
    """The scored acts and choices of one or more cases.

    ``acts`` has a row an act (case, choice, decision, date, hazard, runs); ``choices`` a row a choice (case, choice,
    decision, integrated hazard, days exposed, acts).
    """

    acts: pd.DataFrame
    choices: pd.DataFrame
    runs: int
    profile: str | None = None

    @cached_property
    def rates(self) -> pd.Series[Any]:
        """The null: acts a day and choice, by kind of decision."""
        grouped: Any = self.choices.groupby("decision")[["acts", "days"]].sum()
        return grouped["acts"] / grouped["days"]

    @cached_property
    def scores(self) -> pd.DataFrame:
        """Each choice's log likelihood under the rules and under the null, and their difference (nats)."""
        null = self.choices["decision"].map(self.rates)
        made = self.choices.assign(null_integral=null * self.choices["days"])
        acts = self.acts.assign(null=self.acts["decision"].map(self.rates))
        mixed = (1 - EPSILON) * acts["hazard"].clip(upper=MAX_HAZARD) + EPSILON * acts["null"]
        acts = acts.assign(model_log=np.log(mixed), null_log=np.log(acts["null"]))
        logs: Any = acts.groupby(["case", "choice"])[["model_log", "null_log"]].sum()
        made = made.merge(logs, how="left", left_on=["case", "choice"], right_index=True)
        made[["model_log", "null_log"]] = made[["model_log", "null_log"]].fillna(0.0)
        integral = (1 - EPSILON) * made["integral"] + EPSILON * made["null_integral"]
        made["model"] = made["model_log"] - integral
        made["constant"] = made["null_log"] - made["null_integral"]
        made["difference"] = made["model"] - made["constant"]
        return made

    def score(self, n: int = 2000, seed: int = 1) -> dict[str, float]:
        """The difference per act [nats], with its 95 % interval by a bootstrap over choices; NaN with few choices."""
        difference = self.scores["difference"].to_numpy()
        acts = self.scores["acts"].to_numpy(dtype=float)
        low, high = per_act_interval(difference, acts, n, seed)
        return {
            "per_act": float(difference.sum() / acts.sum()),
            "low95": low,
            "high95": high,
            "acts": float(acts.sum()),
            "choices": float(len(acts)),
            "ruled_out": float((self.acts["hazard"] <= 0).sum()),
            "expected": float(self.scores["integral"].sum()),
        }

    def part(self, chosen: pd.Series[Any]) -> Decisions | None:
        """The decisions of some choices, with the null fitted to them alone; None without an act."""
        kept = self.choices[chosen.to_numpy()]
        names = set(zip(kept["case"], kept["choice"], strict=True))
        pairs = zip(self.acts["case"], self.acts["choice"], strict=True)
        acts = self.acts[[pair in names for pair in pairs]]
        return Decisions(acts, kept, self.runs, self.profile) if len(acts) else None

    def to_json(self) -> dict[str, Any]:
        """Scores pooled, by case, for initiatives alone, and by kind of decision; every act with its hazard."""
        cases = {name: self.choices["case"] == name for name in dict.fromkeys(self.choices["case"])}
        initiative = ~self.choices["decision"].isin(REPLIES)
        parts = {**cases, "initiatives only": initiative}
        kinds: Any = self.scores.groupby("decision")[
            ["acts", "integral", "null_integral", "difference"]
        ].sum()
        scored: dict[str, Any] = {}
        for name, chosen in parts.items():
            part = self.part(chosen)
            scored[name] = None if part is None else part.score()
        return {
            "pooled": self.score(),
            "parts": scored,
            "by_decision": kinds.to_dict("index"),
            "acts": self.acts.assign(date=self.acts["date"].astype(str)).to_dict("records"),
            "runs": self.runs,
            **({"profile": self.profile} if self.profile else {}),
            "epsilon": EPSILON,
            "unit": "nats an act above a constant rate for each kind of decision; above 0 is better",
        }


def per_act_interval(difference: Values, acts: Values, n: int, seed: int) -> tuple[float, float]:
    """The 95 % interval of a difference per act, by a bootstrap over choices; NaN below ``LEAST_CHOICES`` of them."""
    if len(acts) < LEAST_CHOICES:
        return float("nan"), float("nan")
    drawn = np.random.default_rng(seed).integers(0, len(acts), size=(n, len(acts)))
    with np.errstate(invalid="ignore", divide="ignore"):
        per_act = difference[drawn].sum(axis=1) / acts[drawn].sum(axis=1)
    low, high = np.quantile(per_act[np.isfinite(per_act)], [0.025, 0.975])
    return float(low), float(high)


def score_decisions(
    case: str | Path | None = None, runs: int = 400, *, profile: str | None = None
) -> Decisions:
    """Score the decisions of history: how likely the rules hold them, against a constant rate of each kind.

    Args:
        case: a case with a history, by name or path; both shipped ones, pooled, unless given.
        runs: runs with history imposed, over which the rules' hazards are averaged.
        profile: named set of parameters below the case's own: "core-0.1" is the model of version 0.1.

    Returns:
        Log likelihoods above the null by act and by kind of decision, with an interval.

    Raises:
        InputError: for a case without a history, and one whose history imposes nothing.

    Examples:
        >>> import detente
        >>> decisions = detente.score_decisions("korea-2017", runs=5)
        >>> sorted(decisions.acts["case"].unique())
        ['korea-2017']
    """
    return decisions(CASES if case is None else (case,), checked_runs(runs), profile)


def decisions(cases: Sequence[str | Path] = CASES, runs: int = 100, profile: str | None = None) -> Decisions:
    """Score the decisions of the history of some cases, pooled; raises ``InputError`` for a case without a history."""
    import pandas as pd

    from detente.model.errors import InputError
    from detente.model.request import open_case

    acts: list[dict[str, Any]] = []
    choices: list[dict[str, Any]] = []
    for case in cases:
        start = open_case(case, "history", mode="conditioned", profile=profile)
        found = scored_case(start, runs)
        acts += found[0]
        choices += found[1]
    if not acts:
        raise InputError(
            f"{', '.join(map(str, cases))}: no act of history is imposed; expected at least one to score"
        )
    return Decisions(pd.DataFrame(acts), pd.DataFrame(choices), runs, profile)


def scored_case(start: Opening, runs: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Acts and choices of one case, with hazards over runs."""
    from detente.agents.schema import dtype_of
    from detente.model.engine import compile_now, run_one
    from detente.model.memory import KINDS

    compile_now()
    place = dict(start.layout.slices())["choices"]
    spoken = spoken_for(start)
    hazards: dict[tuple[int, float], list[float]] = {}
    integral = np.zeros(len(spoken))
    days = 0.0
    for seed in range(1, runs + 1):
        made = run_one(start, seed)
        for choice, day, hazard in imposed(made.events):
            hazards.setdefault((choice, day), []).append(hazard)
        state = made.buffer[place].view(dtype_of(KINDS["choices"]))
        integral += state["cum_hazard"] / runs
        days += float(start.days_after(len(made.rows) - 1)) / runs
    names = names_of(start)
    acts = [act_row(start, names, key, found) for key, found in sorted(hazards.items())]
    counts = np.bincount([choice for choice, _ in hazards], minlength=len(spoken))
    rows = [
        {
            "case": start.scenario.case.name,
            "choice": names[i],
            "decision": names[i].split(":")[1],
            "integral": float(integral[i]),
            "days": days,
            "acts": int(counts[i]),
        }
        for i in np.flatnonzero(spoken)
    ]
    return acts, rows


def names_of(start: Opening) -> tuple[str, ...]:
    """Names of the choices, ``actor:decision:about``."""
    return start.cast.choices


def spoken_for(start: Opening) -> Values:
    """Whether history speaks for each choice: it silences the rule there."""
    from detente.agents.codes import SILENCE
    from detente.agents.schema import dtype_of
    from detente.model.memory import KINDS

    places = dict(start.layout.slices())
    moves = start.buffer[places["moves"]].view(dtype_of(KINDS["moves"]))
    choices = start.buffer[places["choices"]].view(dtype_of(KINDS["choices"]))
    spoken = np.zeros(len(choices), dtype=bool)
    spoken[moves["subject"][moves["effect"] == SILENCE]] = True
    return spoken


def imposed(events: Values) -> list[tuple[int, float, float]]:
    """Choice, day and the rule's own hazard of every imposed decision of a run."""
    from detente.agents.codes import MOVE_IMPOSED

    rows = events[events["what"] == MOVE_IMPOSED]
    return [(int(r["subject"]), float(r["day"]), float(r["value"])) for r in rows]


def act_row(
    start: Opening, names: Sequence[str], key: tuple[int, float], hazards: Sequence[float]
) -> dict[str, Any]:
    """One act, with its mean hazard over the runs in which it was imposed."""
    from datetime import timedelta

    choice, day = key
    finite = np.minimum(np.asarray(hazards), MAX_HAZARD)
    return {
        "case": start.scenario.case.name,
        "choice": names[choice],
        "decision": names[choice].split(":")[1],
        "date": start.scenario.case.start + timedelta(days=int(day)),
        "hazard": float(finite.mean()),
        "zero_share": float((finite <= 0).mean()),
        "runs": len(hazards),
    }
