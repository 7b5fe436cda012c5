"""What is found of the five lessons over cases: effects with two intervals, what goes with them, and the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.experiments.compare.where_conditions import (
    CONDITIONS,
    FEWEST,
    chance_of,
    conditions_of,
    rank_correlation,
    smallest_clear,
)
from detente.experiments.compare.where_verdicts import POINT, Found, draw_name, verdict
from detente.experiments.compare.where_words import case_sentence, condition_sentences, overall_sentences
from detente.experiments.compare.where_yardsticks import EFFECTS, TOGETHER, YARDSTICKS
from detente.experiments.io.plain_json import without_nan
from detente.experiments.runs.provenance import NOT_A_FORECAST
from detente.experiments.runs.two_intervals import sign_share, wide_interval
from detente.experiments.runs.unknowns import case_of_draw
from detente.model.facts import priors_of

if TYPE_CHECKING:
    import pandas as pd

    from detente.model.scenario import Scenario

Values = np.ndarray[Any, Any]
NAN = float("nan")


@dataclass(frozen=True)
class Left:
    """A case that was left out, and why."""

    case: str
    title: str
    why: str


@dataclass(frozen=True)
class Where:
    """Effects of the lessons over cases.  ``done`` has the results of every part by case and name."""

    scenarios: Mapping[str, Scenario]
    left_out: tuple[Left, ...]
    made_of: Mapping[str, Any]
    done: Mapping[tuple[str, str], Any]
    asked: int

    @property
    def cases(self) -> tuple[str, ...]:
        """Names of the cases compared."""
        return tuple(self.scenarios)

    @property
    def interrupted(self) -> bool:
        """Whether less was done than asked for."""
        return len(self.done) < self.asked

    @property
    def draws(self) -> tuple[int, ...]:
        """The draws that were made in every case."""
        numbers = range(1, int(self.made_of["draws"]) + 1)
        return tuple(k for k in numbers if all((case, draw_name(k)) in self.done for case in self.cases))

    @cached_property
    def about(self) -> dict[str, Any]:
        """What the runs were made from."""
        titles = {name: scenario.case.title for name, scenario in self.scenarios.items()}
        done = {"draws_done": len(self.draws), "interrupted": self.interrupted, "note": NOT_A_FORECAST}
        return {**self.made_of, "titles": titles, **done, "left_out": [vars(one) for one in self.left_out]}

    def drawn(self, case: str, yardstick: str, lesson: str) -> Values:
        """An effect in every draw; NaN where it has no value."""
        found = (self.done[case, draw_name(k)][yardstick][lesson] for k in self.draws)
        return np.array([NAN if value is None else value for value in found])

    @cached_property
    def effects(self) -> pd.DataFrame:
        """Rows by case, lesson (or ``together``) and yardstick.

        ``mean``, ``low95``, ``high95``, ``pairs``: luck alone; ``wide_median``, ``wide_low95``, ``wide_high95``,
        ``draws``: luck and what is not known; ``sign_share`` and ``opposite_share`` of draws; ``none``: the mean
        without any lesson; ``verdict``.
        """
        import pandas as pd

        rows = [
            self.effect(case, lesson, k)
            for case in self.cases
            for lesson in EFFECTS
            for k in range(len(YARDSTICKS))
        ]
        return pd.DataFrame(rows)

    def effect(self, case: str, lesson: str, place: int) -> dict[str, Any]:
        """One row of ``effects``."""
        yard = YARDSTICKS[place]
        found = self.done[case, POINT][yard.name]
        luck = {key: NAN if value is None else value for key, value in found[lesson].items()}
        drawn = self.drawn(case, yard.name, lesson)
        row: dict[str, Any] = {"case": case, "title": self.scenarios[case].case.title, "lesson": lesson}
        row |= {"yardstick": yard.name, "unit": yard.unit, "better": yard.better}
        row |= {"none": NAN if found["none"] is None else found["none"], **luck, **wide_interval(drawn)}
        row |= {
            "sign_share": sign_share(drawn, luck["mean"]),
            "opposite_share": sign_share(drawn, -luck["mean"]),
        }
        return {**row, "verdict": verdict(row, yard.better)}

    @cached_property
    def conditions(self) -> pd.DataFrame:
        """Rows by case and condition: unit, meaning and value, NaN where the case has none."""
        import pandas as pd

        rows: list[dict[str, Any]] = []
        for case, scenario in self.scenarios.items():
            values = conditions_of(scenario)
            rows += [
                {
                    "case": case,
                    "condition": c.name,
                    "unit": c.unit,
                    "meaning": c.meaning,
                    "value": values[c.name],
                }
                for c in CONDITIONS
            ]
        return pd.DataFrame(rows)

    @cached_property
    def drawn_conditions(self) -> list[list[dict[str, float]]]:
        """The conditions of every case in every draw; those of a case without drawn facts are always the same."""
        fixed = {case: conditions_of(scenario) for case, scenario in self.scenarios.items()}
        drawing = {case for case, scenario in self.scenarios.items() if priors_of(scenario)}
        return [
            [
                conditions_of(case_of_draw(self.scenarios[case], k)) if case in drawing else fixed[case]
                for case in self.cases
            ]
            for k in self.draws
        ]

    @cached_property
    def associations(self) -> pd.DataFrame:
        """What goes with all five lessons together: rows by condition and yardstick.

        ``cases`` with both values, rank ``correlation``, ``chance`` of one as large if the cases were shuffled, its
        middle 95 % over draws (``wide_low95``, ``wide_high95``) and the share of draws in which its sign holds.
        """
        import pandas as pd

        names = [(c.name, y.name) for c in CONDITIONS for y in YARDSTICKS]
        return pd.DataFrame([self.association(condition, yard) for condition, yard in names])

    def association(self, condition: str, yardstick: str) -> dict[str, Any]:
        """One row of ``associations``."""
        values = self.conditions[self.conditions["condition"] == condition]["value"].to_numpy(float)
        rows = self.effects[(self.effects["lesson"] == TOGETHER) & (self.effects["yardstick"] == yardstick)]
        effects = rows["mean"].to_numpy(float)
        n = int((~np.isnan(values) & ~np.isnan(effects)).sum())
        found = rank_correlation(values, effects) if n >= FEWEST else NAN
        over = self.drawn_correlations(condition, yardstick) if n >= FEWEST else []
        wide = wide_interval(over)
        chance = chance_of(values, effects) if n >= FEWEST else NAN
        row = {
            "condition": condition,
            "yardstick": yardstick,
            "cases": n,
            "correlation": found,
            "chance": chance,
        }
        return {**row, **wide, "sign_share": sign_share(over, found)}

    def drawn_correlations(self, condition: str, yardstick: str) -> list[float]:
        """The rank correlation of a condition and an effect over cases, in every draw."""
        effects = np.array([self.drawn(case, yardstick, TOGETHER) for case in self.cases])
        values = [np.array([one[condition] for one in cases]) for cases in self.drawn_conditions]
        return [rank_correlation(value, effects[:, k]) for k, value in enumerate(values)]

    @cached_property
    def found(self) -> Found:
        """What sentences are written from."""
        return Found(self.scenarios, self.cases, self.effects, self.associations, self.clear_correlation)

    @cached_property
    def sentences(self) -> dict[str, str]:
        """By case: what all five lessons together do there, and which single one helps or hurts most, in words."""
        return {case: case_sentence(self.found, case) for case in self.cases}

    @cached_property
    def answer(self) -> list[str]:
        """The answer over all cases, a sentence each: by yardstick, and what goes with what."""
        return [*overall_sentences(self.found), *condition_sentences(self.found)]

    @property
    def clear_correlation(self) -> float:
        """The rank correlation that luck alone exceeds in 5 % with so many cases; NaN for fewer than four."""
        return smallest_clear(len(self.cases))

    def to_json(self) -> dict[str, Any]:
        """Everything as plain values, as ``detente where --json`` prints it; what is missing is None."""
        tables = {"effects": self.effects, "conditions": self.conditions, "associations": self.associations}
        told = {**self.about, "sentences": self.sentences, "answer": self.answer}
        return without_nan({**told, **{k: t.astype(object).to_dict("records") for k, t in tables.items()}})

    def save(self, path: str | Path) -> Path:
        """Write the effects as Parquet; raises ``InputError`` if the path cannot be written."""
        from detente.experiments.io.files import check_target, write_table

        target = check_target(path, ".parquet", "output")
        write_table(self.effects, target, self.about)
        return target

    def plot(self) -> Any:
        """A Plotly figure: all five lessons together in every case with both intervals, and each lesson alone."""
        from detente.experiments.io.figures import draw

        return draw("where", self.effects, about=self.about)
