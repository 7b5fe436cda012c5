"""Policies compared under common random numbers: the same seeds, so that luck shared by all cancels."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.experiments.compare.theories import Starts, Theories, compare_theories, open_rivals
from detente.experiments.runs.ensemble import Ensemble, Progress, figure_about, run_together
from detente.experiments.runs.intervals import paired_difference, spread
from detente.experiments.runs.outcomes import OUTCOMES, read_outcomes
from detente.experiments.runs.posterior_draws import Opener, Redrawn, Source, redrawn
from detente.experiments.runs.seeds import checked_seeds
from detente.model.catalogue import file_names, load_scenario
from detente.model.errors import InputError
from detente.model.opening import Opening
from detente.model.request import open_case

if TYPE_CHECKING:
    import pandas as pd

    from detente.agents.actors import Actor
    from detente.agents.parameters import Parameters


from typing import TYPE_CHECKING

from detente.experiments.io.figures import draw, drawn_or_plain
from detente.experiments.runs.ensemble import violence

if TYPE_CHECKING:
    import pandas as pd

    from detente.experiments.runs.ensemble import Ensemble

USUAL = ("history", "status-quo", "five-lessons")
"""Policies compared unless others are named."""


@dataclass(frozen=True)
class Comparison:
    """Ensembles of several policies with the same seeds; differences are from the first.

    ``theories`` says what rival theories make of these differences, where that was asked for.
    """

    ensembles: tuple[Ensemble, ...]
    theories: Theories | None = None

    @property
    def policies(self) -> tuple[str, ...]:
        """Names of the policies, in the order asked for."""
        return tuple(e.start.policy.name for e in self.ensembles)

    @property
    def seeds(self) -> tuple[int, ...]:
        """Seeds of the runs done, the same for every policy."""
        return self.ensembles[0].seeds

    @property
    def interrupted(self) -> bool:
        """Whether fewer runs were done than asked for."""
        return self.ensembles[0].interrupted

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """One row a run and policy."""
        import pandas as pd

        return pd.concat([e.outcomes for e in self.ensembles], ignore_index=True)

    def summary(self) -> pd.DataFrame:
        """Rows by outcome and policy: unit, mean, median, ends of the middle 50, 80 and 95 % of runs."""
        import pandas as pd

        rows = [
            {"outcome": o.name, "policy": e.start.policy.name, "unit": o.unit}
            | spread(e.outcomes[o.name].to_numpy())
            for o in OUTCOMES
            for e in self.ensembles
        ]
        return pd.DataFrame(rows).set_index(["outcome", "policy"])

    def differences(self) -> pd.DataFrame:
        """Rows by outcome and policy: mean difference from the first policy, paired by seed, and its 95 % interval."""
        import pandas as pd

        base = self.ensembles[0].outcomes
        rows = [
            {"outcome": o.name, "policy": e.start.policy.name, "unit": o.unit}
            | paired_difference(e.outcomes[o.name].to_numpy(), base[o.name].to_numpy())
            for o in OUTCOMES
            for e in self.ensembles[1:]
        ]
        columns = ["outcome", "policy", "unit", "mean", "low95", "high95"]
        return pd.DataFrame(rows, columns=columns).set_index(["outcome", "policy"])

    def endings(self) -> pd.DataFrame:
        """Share of runs by policy (rows) and by why they ended (columns)."""
        import pandas as pd

        return pd.DataFrame({e.start.policy.name: e.endings() for e in self.ensembles}).T.fillna(0.0)

    def to_json(self) -> dict[str, Any]:
        """The comparison as one object of plain values, as ``detente compare --json`` prints it."""
        summary, differences = self.summary(), self.differences()
        shared = {k: v for k, v in self.ensembles[0].about.items() if k not in PER_POLICY}
        return {
            **shared,
            "runs_asked": self.ensembles[0].asked,
            "interrupted": self.interrupted,
            "baseline": self.policies[0],
            "policies": {
                e.start.policy.name: {
                    **{key: e.about[key] for key in PER_POLICY if key != "policy"},
                    "endings": e.endings(),
                    "outcomes": plain(summary, e.start.policy.name),
                    "differences": plain(differences, e.start.policy.name) if k else {},
                }
                for k, e in enumerate(self.ensembles)
            },
            **({} if self.theories is None else {"theories": self.theories.to_json()}),
        }

    def save(self, path: str | Path) -> Path:
        """Write the outcomes as Parquet, one row a run and policy; raises ``InputError`` if it cannot."""
        from detente.experiments.io.files import check_target, write_table

        target = check_target(path, ".parquet", "output")
        write_table(self.outcomes, target, self.to_json())
        return target

    def _repr_html_(self) -> str:
        """How a notebook shows the comparison; ``plot()`` gives the figure that answers to the mouse."""
        return comparison_html(self)

    def plot(self) -> Any:
        """A Plotly figure: per policy fans of deaths and trust, the spread of outcomes, and how runs ended."""
        import pandas as pd

        from detente.experiments.runs.observed import observed_table

        fan = pd.concat([e.fan() for e in self.ensembles], ignore_index=True)
        observed = observed_table(self.ensembles[0].start.scenario)
        return draw("compare", fan, self.outcomes, observed, about=figure_about(self.ensembles))


PER_POLICY = ("policy", "mode", "levers", "policy_sha256")
"""What may differ between the policies of a comparison."""


def plain(table: pd.DataFrame, policy: str) -> dict[str, dict[str, float | None]]:
    """The rows of one policy as plain values by outcome; a number that is not one as None."""
    chosen: Any = table.drop(columns="unit").xs(policy, level="policy")
    return {
        str(name): {str(k): (float(v) if v == v else None) for k, v in row.items()}
        for name, row in chosen.iterrows()
    }


def usual_policies(case: str) -> tuple[str, ...]:
    """The policies compared unless others are named: the usual ones that a case has, else all its files."""
    known = file_names(load_scenario(case))
    return tuple(name for name in USUAL if name in known) if "history" in known else tuple(known)


def policy_openers(
    case: str, policies: Sequence[str] | None, *, branch_at: date | str | None = None, **asked: Any
) -> list[Opener]:
    """What opens a case under each policy; with ``branch_at`` all but the first take over from it on that day."""
    names = usual_policies(case) if policies is None else tuple(policies)
    if not names:
        raise InputError("policies: got none; expected at least one")
    first = partial(open_case, case, names[0], **asked)
    if branch_at is not None:
        return [first, *(partial(first, branch_at=branch_at, branch_to=name) for name in names[1:])]
    return [first, *(partial(open_case, case, name, **asked) for name in names[1:])]


def open_policies(
    case: str, policies: Sequence[str] | None, *, parameters: Any = None, **asked: Any
) -> list[Opening]:
    """The openings of a case under each policy; raises ``InputError`` for none, unknown ones and repeated ones.

    ``asked`` is what ``policy_openers`` takes.
    """
    starts = [opener(parameters=parameters) for opener in policy_openers(case, policies, **asked)]
    found = [start.policy.name for start in starts]
    twice = sorted({name for name in found if found.count(name) > 1})
    if twice:
        raise InputError(f"policies: {', '.join(twice)} is named twice; expected each once")
    return starts


@dataclass(frozen=True)
class Contest:
    """Policies of a case opened to be compared, and opened again under rival theories where that was asked for.

    ``drawn`` and ``rivals_drawn`` open the same again with parameters that each seed draws from a posterior.
    """

    starts: tuple[Opening, ...]
    rivals: Starts | None
    drawn: Redrawn | None
    rivals_drawn: Redrawn | None

    def run(
        self,
        seeds: tuple[int, ...],
        *,
        threads: int | None = None,
        actors: Mapping[str, type[Actor]] | None = None,
        progress: Progress | None = None,
    ) -> Comparison:
        """Every policy under the same seeds, then under each rival theory; after Ctrl-C what there is of it."""
        how: dict[str, Any] = {"threads": threads, "actors": actors, "progress": progress}
        made = Comparison(tuple(run_together(self.starts, seeds, drawn=self.drawn, **how)))
        return made if made.interrupted else self.with_theories(made, progress)

    def with_theories(self, made: Comparison, progress: Progress | None) -> Comparison:
        """A comparison with what rival theories say of it; as it is if Ctrl-C comes before there is anything to say."""
        if self.rivals is None:
            return made
        known = {self.starts[0].theory: [read_outcomes(e.finals) for e in made.ensembles]}
        try:
            told = compare_theories(
                self.rivals, made.seeds, known=known, drawn=self.rivals_drawn, progress=progress
            )
        except KeyboardInterrupt:
            return made
        return replace(made, theories=told)


def open_contest(
    case: str,
    policies: Sequence[str] | None,
    *,
    parameters: Parameters | Mapping[str, Mapping[str, float]] | None = None,
    theories: Sequence[str] | str | None = None,
    posterior: Source | None = None,
    **asked: Any,
) -> Contest:
    """Open what ``compare`` asks for; ``asked`` is what ``open_policies`` takes.  Raises ``InputError``."""
    starts = open_policies(case, policies, parameters=parameters, **asked)
    drawn = redrawn(case, posterior, parameters, policy_openers(case, policies, **asked))
    if theories is None:
        return Contest(tuple(starts), None, drawn, None)
    rivals = open_rivals(
        theories,
        lambda theory: open_policies(case, policies, parameters=parameters, **asked | {"theory": theory}),
    )
    openers = [o for name in rivals for o in policy_openers(case, policies, **asked | {"theory": name})]
    return Contest(tuple(starts), rivals, drawn, redrawn(case, posterior, parameters, openers))


def compare(
    case: str,
    policies: Sequence[str] | None = None,
    runs: int = 500,
    *,
    seeds: Sequence[int] | None = None,
    levers: Mapping[str, float] | None = None,
    parameters: Parameters | Mapping[str, Mapping[str, float]] | None = None,
    mode: str | None = None,
    until: date | str | None = None,
    step_days: float | None = None,
    theory: str = "readiness",
    theories: Sequence[str] | str | None = None,
    branch_at: date | str | None = None,
    posterior: Source | None = None,
    threads: int | None = None,
    actors: Mapping[str, type[Actor]] | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Several policies of a case under the same seeds (1 to ``runs`` unless given).

    ``levers``, ``parameters``, ``mode``, ``until``, ``step_days`` and ``theory`` hold for all of them.  With
    ``branch_at`` all stand under the first policy until that day, and the others take over then.  ``theories``, several
    by name or "all", runs the policies under each of them too, compiled.  ``posterior`` is that of ``ensemble``: each
    seed has parameters of its own, the same under every policy and theory.  Ctrl-C keeps the runs done, with a warning.
    Raises ``InputError`` for anything it cannot use.

    Args:
        case: a case by name, or the path of its TOML file.
        policies: policies by name or path, the baseline first; those that the case has as files unless given.
        runs: how many runs of each policy.
        seeds: the seeds, whole numbers below 2**64; 1 to ``runs`` unless given.
        levers: lever name -> 0 to 1, on top of those of the policy.
        parameters: group -> name -> value, in the unit that the reference gives; or a whole ``Parameters``.
        mode: which dated moves are imposed: "free", "until" or "conditioned"; that of the policy unless given.
        until: the day of mode "until"; moves known by then are imposed.
        step_days: length of a political step [days]; that of the case unless given.
        theory: theory of readiness: "readiness", "ripeness", "commitment" or "reciprocity".
        theories: several theories by name, or "all": the policies are run under each of them too.
        branch_at: day until which all stand under the first policy.
        posterior: "stored", or the path of a posterior; parameters are those given unless it is.
        threads: how many runs are computed at once; as many as there are processors unless given.
        actors: actor name -> subclass of ``Party``, ``Mediator``, ``Faction`` or ``Spoiler``.
        progress: called with the runs done and the runs asked for.

    Returns:
        The comparison: ``summary()`` (outcome x policy), ``differences()`` (the same against the baseline, run by run,
        with 95 % intervals), ``plot()``.

    Raises:
        InputError: for an unknown name or a value out of range, with the nearest valid name.

    Examples:
        >>> import detente
        >>> both = detente.compare("template", ["status-quo", "opening"], runs=20)
        >>> both.policies
        ('status-quo', 'opening')
        >>> low, mean, high = both.differences().loc[("days_in_ceasefire", "opening"), ["low95", "mean", "high95"]]
        >>> bool(low <= mean <= high)
        True
    """
    if theories is not None and actors:
        raise InputError("theories: are compared in compiled runs, which cannot use actors of your own")
    contest = open_contest(
        case,
        policies,
        parameters=parameters,
        theories=theories,
        posterior=posterior,
        levers=levers,
        mode=mode,
        until=until,
        step_days=step_days,
        theory=theory,
        branch_at=branch_at,
    )
    chosen = checked_seeds(runs, seeds)
    made = contest.run(chosen, threads=threads, actors=actors, progress=progress)
    if made.interrupted:
        warnings.warn(f"interrupted: {len(made.seeds)} of {len(chosen)} runs were done", stacklevel=2)
    return made


def comparison_html(made: Comparison) -> str:
    """A comparison in HTML."""
    first = made.ensembles[0]
    words, counted = violence(first)
    shown = {counted: words, "days_in_ceasefire": "days in ceasefire", "final_trust": "trust at the end"}
    medians = made.outcomes.groupby("policy", sort=False)[list(shown)].median().loc[list(made.policies)]
    title = first.start.scenario.case.title
    about = {**first.about, "head": f"{title}: {len(made.seeds):,} runs of each policy, with the same seeds"}
    return drawn_or_plain(
        made, "comparison-portrait", medians.rename(columns=shown), made.endings(), about=about
    )
