"""``detente robustness``: policies over states of the world, made for the purpose or those of a finished sweep."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from detente.experiments.analysis.discovery import discover
from detente.experiments.compare.lessons_over_parameters import CONTESTED
from detente.experiments.compare.policies import open_policies
from detente.experiments.compare.regret import CLEARED, DEFAULT, means_in, ranking, satisficing, worlds
from detente.experiments.compare.theories import Theories, compare_theories, open_rivals
from detente.experiments.runs.outcomes import BY_NAME
from detente.experiments.runs.provenance import NOT_A_FORECAST, provenance
from detente.experiments.runs.seeds import seed_words
from detente.model.errors import InputError, unknown

if TYPE_CHECKING:
    import pandas as pd

    from detente.model.opening import Opening

MORE = 5
"""Seeds per theory for each seed in a state."""

BASE = ("case", "version", "versions", "rules_digest", "scenario_sha256")
"""What of a run's provenance holds for all of them."""


@dataclass(frozen=True)
class Robustness:
    """Means by state and policy, the bars that are good enough, and what rival theories say where they were asked.

    ``states`` has a setting of parameters, levers and theory a state; ``means`` the columns state, policy, one for each
    outcome and, with bars, the share of runs that clear them.  ``about`` says what the runs were made from.
    """

    about: Mapping[str, Any]
    policies: tuple[str, ...]
    states: tuple[dict[str, Any], ...]
    means: pd.DataFrame
    bars: Mapping[str, float]
    theories: Theories | None = None

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
        """Everything, as ``detente robustness --json`` prints it."""
        told: dict[str, Any] = dict(self.about)
        told["regret"] = {n: table.reset_index().to_dict("records") for n, table in self.regrets.items()}
        if self.bars:
            told["bars"] = dict(self.bars)
            told["satisficing"] = self.satisficing.reset_index().to_dict("records")
            told["boxes"] = self.boxes if boxes else None
        if self.theories is not None:
            told["theories"] = self.theories.to_json()
        means = self.means.to_dict("records")
        return {**told, "means": [{**self.states[int(row["state"])], **row} for row in means]}

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


def weigh(
    case: str,
    policies: Sequence[str],
    seeds: Sequence[int],
    *,
    states: int,
    uncertain: Sequence[str] | None = None,
    outcomes: Sequence[str] | None = None,
    bars: Mapping[str, float] | None = None,
    ready: Callable[[Opening, int], None] | None = None,
) -> Robustness:
    """Run every policy in every state, and each against the first under every theory.

    Raises ``InputError`` for what it cannot use; ``ready`` is called when all is checked, before the first run, with
    an opening and a seed.
    """
    if len(policies) < 2:
        raise InputError(f"policies: got {', '.join(policies)}; expected at least two to choose from")
    chosen = worlds(list(uncertain or CONTESTED), states)
    judged, bars = outcomes_judged(outcomes, bars), dict(bars or {})
    starts = open_rivals("all", lambda theory: open_policies(case, policies, theory=theory))
    if ready is not None:
        ready(starts["readiness"][0], seeds[0])
    means = means_in(case, policies, chosen, seeds, judged, bars)
    apart = compare_theories(starts, range(seeds[0], seeds[0] + MORE * len(seeds)), DEFAULT)
    about = about_states(starts["readiness"][0], policies, chosen, seeds)
    return Robustness(about, tuple(policies), tuple(chosen), means, bars, apart)


def about_states(
    start: Opening, policies: Sequence[str], states: Sequence[Mapping[str, Any]], seeds: Sequence[int]
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
        "note": NOT_A_FORECAST,
    }


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
