"""``detente robustness``: policies over states of the world, and what the four theories say of the same question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from detente.experiments.compare import open_policies
from detente.experiments.ensemble import seed_words
from detente.experiments.outcomes import BY_NAME
from detente.experiments.priors import CONTESTED
from detente.experiments.report import caution, number
from detente.experiments.robustness import DEFAULT, means_in, ranking, worlds
from detente.experiments.single import NOT_A_FORECAST, provenance
from detente.experiments.theories import Theories, open_theories, theories_of
from detente.experiments.theories_report import print_theories
from detente.model.errors import InputError
from detente.model.request import open_case

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

MORE = 5
"""Seeds per theory for each seed in a state."""


@dataclass(frozen=True)
class Robustness:
    """What was found: means by state and policy, and paired differences by theory."""

    case: str
    policies: tuple[str, ...]
    seeds: tuple[int, ...]
    states: tuple[dict[str, Any], ...]
    means: pd.DataFrame
    theories: Theories

    @cached_property
    def about(self) -> dict[str, Any]:
        """What the runs were made from."""
        start = open_case(self.case, self.policies[0])
        made = provenance(start)
        kept = {key: made[key] for key in ("case", "version", "versions", "rules_digest", "scenario_sha256")}
        return {
            **kept,
            "title": start.scenario.case.title,
            "policies": list(self.policies),
            "states": len(self.states),
            "uncertain": [name for name in self.states[0] if name != "theory"],
            "seeds": seed_words(self.seeds),
            "note": NOT_A_FORECAST,
        }

    @cached_property
    def regrets(self) -> dict[str, pd.DataFrame]:
        """The ranking of policies by regret, for each outcome."""
        return {name: ranking(self.means, name) for name in DEFAULT}

    def to_json(self) -> dict[str, Any]:
        """Everything, as ``detente robustness --json`` prints it."""
        regrets = {name: table.reset_index().to_dict("records") for name, table in self.regrets.items()}
        return {
            **self.about,
            "regret": regrets,
            "theories": self.theories.to_json(),
            "means": [{**self.states[int(row["state"])], **row} for row in self.means.to_dict("records")],
        }

    def by_state(self, outcome: str, policy: str) -> pd.DataFrame:
        """Parameters and one outcome's mean under a policy, a row a state; ``InputError`` for unknown names."""
        import pandas as pd

        if outcome not in self.means or policy not in self.policies:
            known = f"one of {', '.join(DEFAULT)} under one of {', '.join(self.policies)}"
            raise InputError(f"got {outcome} under {policy}; expected {known}")
        rows = self.means[self.means["policy"] == policy].sort_values("state")
        states = pd.DataFrame(list(self.states)).drop(columns="theory")
        return states.assign(**{outcome: rows[outcome].to_numpy()})

    def plot_states(self, outcome: str = "days_in_ceasefire", policy: str | None = None) -> Any:
        """A Plotly figure: parallel coordinates of the states, the last policy's unless another is named."""
        from detente.experiments.views import draw

        chosen = policy or self.policies[-1]
        about = {**self.about, "outcome": outcome, "unit": BY_NAME[outcome].unit, "policy": chosen}
        return draw("parallel", self.by_state(outcome, chosen), about=about)

    def plot(self) -> Any:
        """A Plotly figure: paired differences by theory."""
        return self.theories.plot()


def weigh(
    case: str,
    policies: Sequence[str],
    seeds: Sequence[int],
    *,
    states: int,
    uncertain: Sequence[str] | None = None,
) -> Robustness:
    """Run every policy in every state, and each against the first under every theory; raises ``InputError``."""
    if len(policies) < 2:
        raise InputError(f"policies: got {', '.join(policies)}; expected at least two to choose from")
    starts = open_theories("all", lambda theory: open_policies(case, policies, theory=theory))
    chosen = worlds(list(uncertain or CONTESTED), states)
    means = means_in(case, policies, chosen, seeds)
    apart = theories_of(starts, range(seeds[0], seeds[0] + MORE * len(seeds)), DEFAULT)
    return Robustness(case, tuple(policies), tuple(seeds), tuple(chosen), means, apart)


def print_robustness(to: Console, made: Robustness) -> None:
    """The spread between theories, then regret over the states."""
    about = made.about
    to.print(
        Text(
            f"{about['title']}: what theories say, and how policies hold up over {about['states']} states",
            "bold",
        )
    )
    print_theories(to, made.theories, DEFAULT)
    for outcome, table in made.regrets.items():
        to.print(regret_table(outcome, table))
    to.print(caution())


def regret_table(outcome: str, found: pd.DataFrame) -> Table:
    """Policies by their largest regret."""
    unit = BY_NAME[outcome].unit
    head = f"Regret in {outcome} ({unit}): how far a policy falls short of the best in a state, smallest maximum first"
    table = Table(title=Text(head, style="bold"), title_justify="left")
    for name in ("policy", "mean", "90 % of states below", "largest", "best in"):
        table.add_column(name, justify="left" if name == "policy" else "right")
    for policy, row in found.iterrows():
        cells = (number(float(row[name])) for name in ("mean_regret", "regret90", "max_regret"))
        table.add_row(str(policy), *cells, f"{row['best_in']:.0%} of states")
    return table
