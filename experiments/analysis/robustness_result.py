"""What is found of policies over states of the world: regret, bars that are cleared, and what rival theories say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from detente.experiments.analysis.discovery import discover
from detente.experiments.compare.regret import CLEARED, DEFAULT, ranking, satisficing
from detente.experiments.compare.theories import Theories
from detente.experiments.io.plain_json import without_nan
from detente.experiments.runs.outcomes import BY_NAME
from detente.model.errors import InputError, unknown

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Robustness:
    """Means by state and policy, the bars that are good enough, and what rival theories say where they were asked.

    ``states`` has a setting of parameters, levers and theory a state; ``means`` the columns state, policy, one for each
    outcome and, with bars, the share of runs that clear them.  ``about`` says what the runs were made from.
    ``differences``: from the first policy, with the interval of luck and that over the states.
    """

    about: Mapping[str, Any]
    policies: tuple[str, ...]
    states: tuple[dict[str, Any], ...]
    means: pd.DataFrame
    bars: Mapping[str, float]
    theories: Theories | None = None
    differences: pd.DataFrame | None = None

    @property
    def outcomes(self) -> list[str]:
        """Outcomes whose means are there."""
        return [name for name in map(str, self.means) if name in BY_NAME]

    @cached_property
    def regrets(self) -> dict[str, pd.DataFrame]:
        """The ranking of policies by regret, for each outcome with a better side; none for a single policy."""
        names = [name for name in self.outcomes if BY_NAME[name].better]
        return {name: ranking(self.means, name) for name in names} if len(self.policies) > 1 else {}

    @cached_property
    def satisficing(self) -> pd.DataFrame:
        """By policy: the share of states in which its mean clears every bar, and the share of runs that do."""
        import pandas as pd

        rows = self.means.groupby("policy", sort=False)
        return pd.DataFrame({"states": satisficing(self.means, self.bars), "runs": rows[CLEARED].mean()})

    @cached_property
    def boxes(self) -> list[dict[str, Any]]:
        """By policy: the states in which it falls short of the bars, and in which it clears them, as PRIM's boxes.

        Raises ``NoWorkbenchError`` where the extra ``discovery`` is missing.
        """
        from detente.experiments.compare.regret import clears

        found: list[dict[str, Any]] = []
        for policy in self.policies:
            rows = self.means[self.means["policy"] == policy].sort_values("state")
            cleared = clears(rows, self.bars)
            found.append({"policy": policy, "cleared": False, **discover(self.inputs, ~cleared)})
            found.append({"policy": policy, "cleared": True, **discover(self.inputs, cleared)})
        return found

    @cached_property
    def inputs(self) -> pd.DataFrame:
        """What varies between states, a row a state."""
        import pandas as pd

        table = pd.DataFrame(list(self.states))
        return table.loc[:, table.nunique() > 1]

    def to_json(self, *, boxes: bool = True) -> dict[str, Any]:
        """Everything, as ``detente robustness --json`` prints it; what is missing is None."""
        told: dict[str, Any] = dict(self.about)
        told["regret"] = {n: table.reset_index().to_dict("records") for n, table in self.regrets.items()}
        if self.bars:
            told["bars"] = dict(self.bars)
            told["satisficing"] = self.satisficing.reset_index().to_dict("records")
            told["boxes"] = self.boxes if boxes else None
        if self.theories is not None:
            told["theories"] = self.theories.to_json()
        if self.differences is not None:
            told["differences"] = self.differences.to_dict("records")
        means = self.means.to_dict("records")
        return without_nan({**told, "means": [{**self.states[int(row["state"])], **row} for row in means]})

    def by_state(self, outcome: str, policy: str) -> pd.DataFrame:
        """Parameters and one outcome's mean under a policy, a row a state; ``InputError`` for unknown names."""
        import pandas as pd

        if outcome not in self.outcomes or policy not in self.policies:
            expected = f"one of {', '.join(self.outcomes)} under one of {', '.join(self.policies)}"
            raise InputError(f"got {outcome} under {policy}; expected {expected}")
        rows = self.means[self.means["policy"] == policy].sort_values("state")
        states = pd.DataFrame(list(self.states)).select_dtypes("number")
        return states.assign(**{outcome: rows[outcome].to_numpy()})

    def plot_states(self, outcome: str | None = None, policy: str | None = None) -> Any:
        """A Plotly figure: parallel coordinates of the states.

        The first bar's outcome (else days in ceasefire) under the last policy, unless others are named.
        """
        from detente.experiments.io.figures import draw

        outcome, chosen = outcome or next(iter(self.bars), "days_in_ceasefire"), policy or self.policies[-1]
        table = self.by_state(outcome, chosen)
        about = {**self.about, "outcome": outcome, "unit": BY_NAME[outcome].unit, "policy": chosen}
        return draw("parallel", table, about=about)

    def plot(self) -> Any:
        """A Plotly figure: paired differences by theory, or, where none were asked, the states."""
        return self.plot_states() if self.theories is None else self.theories.plot()


def outcomes_judged(outcomes: Sequence[str] | None, bars: Mapping[str, float] | None) -> tuple[str, ...]:
    """The outcomes asked for, or the usual ones, and those of the bars; each has a better and a worse side."""
    judged = [name for name, outcome in BY_NAME.items() if outcome.better]
    found = tuple(dict.fromkeys([*(DEFAULT if outcomes is None else outcomes), *(bars or ())]))
    if not found:
        raise InputError(f"outcomes: got none; expected at least one of {', '.join(judged)}")
    for name in found:
        if name not in judged:
            raise unknown("outcome", name, judged)
    return found
