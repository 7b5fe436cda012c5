"""Policies compared under common random numbers: the same seeds, so that luck shared by all cancels."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from detente.experiments.compare.packages import packages_json, why_nothing_agreed
from detente.experiments.compare.theories import (
    Starts,
    Theories,
    checked_theories,
    compare_theories,
    open_rivals,
)
from detente.experiments.runs.ensemble import Ensemble, Progress, figure_about, run_together
from detente.experiments.runs.intervals import paired_difference
from detente.experiments.runs.outcomes import BY_NAME, OUTCOMES, read_outcomes
from detente.experiments.runs.posterior_draws import Redrawn, Source, redrawn_requests
from detente.experiments.runs.run import Ready
from detente.experiments.runs.seeds import checked_seeds
from detente.experiments.runs.two_intervals import COLUMNS, sign_sentence
from detente.experiments.runs.unknown_draws import OverDraws, Unknown, unknown_of
from detente.model.catalogue import file_names
from detente.model.errors import InputError
from detente.model.opening import Opening
from detente.model.policy import Policy
from detente.model.request import CaseLike, CaseOptions, PolicyLike, Request, scenario_of

if TYPE_CHECKING:
    import pandas as pd

    from detente.agents.actors import Actor
    from detente.model.scenario import Scenario

from detente.experiments.io.figures import draw, drawn_or_plain
from detente.experiments.runs.ensemble import violence

if TYPE_CHECKING:
    import pandas as pd

    from detente.experiments.runs.ensemble import Ensemble

USUAL = ("history", "status-quo", "five-lessons")
"""Policies compared unless others are named."""

SHOWN = ("deaths_per_day", "days_in_ceasefire", "agreements", "final_trust", "collapsed")
"""Outcomes whose differences are drawn unless others are named."""


@dataclass(frozen=True)
class Comparison:
    """Ensembles of several policies with the same seeds; differences are from the first.

    ``theories`` says what rival theories make of these differences, where that was asked for; ``over`` holds the same
    policies over draws of what is not known.
    """

    ensembles: tuple[Ensemble, ...]
    theories: Theories | None = None
    over: OverDraws | None = None
    draws_asked: int = 0

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
        """Rows by outcome and policy: unit, runs, mean, median, ends of the middle 50, 80 and 95 % of runs.

        ``runs`` is the number of runs that have a value, which the others are of.
        """
        import pandas as pd

        tables = {e.start.policy.name: e.summary() for e in self.ensembles}
        table = pd.concat(tables, names=["policy"]).swaplevel()
        order = [(o.name, policy) for o in OUTCOMES for policy in tables]
        return table.loc[order]

    def differences(self) -> pd.DataFrame:
        """Rows by outcome and policy: mean difference from the first policy, paired by seed, and its 95 % interval.

        ``pairs`` is the number of seeds with a value under both policies, which the difference is of.  The interval is
        that of luck.  Where what is not known was drawn, ``draws_low95`` and ``draws_high95`` hold the middle 95 % of
        its ``draws``, about ``draws_mean``, and ``sign_share`` is the share of draws with the sign of ``mean``.
        """
        import pandas as pd

        rows = [self.difference(o.name, k) for o in OUTCOMES for k in range(1, len(self.ensembles))]
        columns = ["outcome", "policy", "unit", "mean", "low95", "high95", "pairs"]
        columns += COLUMNS if self.over else ()
        return pd.DataFrame(rows, columns=columns).set_index(["outcome", "policy"])

    def difference(self, outcome: str, k: int) -> dict[str, Any]:
        """How far an outcome under the k-th policy differs from that under the first."""
        base, other = (self.ensembles[j].outcomes[outcome].to_numpy() for j in (0, k))
        head = {"outcome": outcome, "policy": self.policies[k], "unit": BY_NAME[outcome].unit}
        luck = paired_difference(other, base)
        if self.over is None:
            return head | luck
        values = self.over.values(outcome)
        return head | luck | self.over.effect(values[k] - values[0], luck["mean"])

    def signs(self, outcomes: Sequence[str]) -> dict[str, str]:
        """What can be claimed of some outcomes under each policy but the first, in words; nothing without draws."""
        if self.over is None:
            return {}
        rows = {p: [(o, self.difference(o, k)) for o in outcomes] for k, p in enumerate(self.policies) if k}
        return {policy: sign_sentence(found) for policy, found in rows.items()}

    def nothing_agreed(self) -> dict[str, str]:
        """Why nothing was agreed in any run, in words, for each policy under which nothing was."""
        told = {e.start.policy.name: why_nothing_agreed(e) for e in self.ensembles}
        return {policy: why for policy, why in told.items() if why}

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
                    "packages": packages_json(e),
                    "outcomes": plain(summary, e.start.policy.name),
                    "differences": plain(differences, e.start.policy.name) if k else {},
                }
                for k, e in enumerate(self.ensembles)
            },
            **({} if self.theories is None else {"theories": self.theories.to_json()}),
            "not_known": self.over and self.over.unknown.about,
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

    def plot_differences(self, outcomes: Sequence[str] = SHOWN) -> Any:
        """A Plotly figure: differences from the first policy with both intervals; ``InputError`` without draws."""
        if self.over is None:
            raise InputError("draws: what is not known was not drawn; expected a comparison with draws")
        table = self.differences().reset_index()
        rows = table[table["outcome"].isin(list(outcomes))].rename(columns={"policy": "label"})
        about = figure_about(self.ensembles)
        about |= {"head": f"difference from {self.policies[0]}", "drawn": self.over.unknown.words}
        return draw("two-intervals", rows, about=about)


PER_POLICY = ("policy", "mode", "levers", "policy_sha256")
"""What may differ between the policies of a comparison."""


COUNTED = ("runs", "pairs", "draws")
"""Columns that count."""


def plain(table: pd.DataFrame, policy: str) -> dict[str, dict[str, float | None]]:
    """The rows of one policy as plain values by outcome; a number that is not one as None."""
    chosen: Any = table.drop(columns="unit").xs(policy, level="policy")
    return {
        str(name): {
            str(k): int(v) if k in COUNTED else (float(v) if v == v else None) for k, v in row.items()
        }
        for name, row in chosen.iterrows()
    }


def usual_policies(case: CaseLike) -> tuple[str, ...]:
    """The policies compared unless others are named: the usual ones that a case has, else all its files."""
    known = file_names(scenario_of(case))
    return tuple(name for name in USUAL if name in known) if "history" in known else tuple(known)


Named = PolicyLike | Sequence[PolicyLike]
"""A policy, or several."""


def named_policies(
    scenario: Scenario, policies: Named | None, policy: PolicyLike | None
) -> tuple[PolicyLike, ...]:
    """The policies asked for, as ``policies`` or as ``policy``; the usual ones where neither is given."""
    given = given_policies(policies, policy)
    return usual_policies(scenario) if given is None else given


def given_policies(policies: Named | None, policy: PolicyLike | None) -> tuple[PolicyLike, ...] | None:
    """The policies asked for, of which a call names one or several; none where it names none."""
    if policies is not None and policy is not None:
        raise InputError("policy and policies: got both; expected one of them")
    given = policy if policies is None else policies
    if given is None:
        return None
    return (given,) if isinstance(given, str | Path | Policy) else tuple(given)


def requests_for(
    case: CaseLike,
    policies: Named | None,
    policy: PolicyLike | None,
    asked: CaseOptions,
    by: Callable[..., Any],
) -> list[Request]:
    """What is asked of a case under each policy; with ``branch_at`` all but the first take over from it on that day.

    Raises ``InputError`` for no policy, unknown ones and repeated ones.
    """
    scenario = scenario_of(case)
    names = named_policies(scenario, policies, policy)
    if not names:
        raise InputError("policies: got none; expected at least one")
    if asked.get("branch_to") is not None:
        raise InputError("branch_to: the policies compared take over; expected branch_at alone")
    day = asked.get("branch_at")
    first = Request.of(scenario, names[0], without_branch(asked), by)
    requests = [first, *(first.under(n) if day is None else first.until_branch(day, n) for n in names[1:])]
    check_each_once([request.policy_name for request in requests])
    return requests


def without_branch(asked: CaseOptions) -> CaseOptions:
    """The keywords, less those of a branch."""
    kept = asked.copy()
    kept.pop("branch_at", None)
    return kept


def check_each_once(names: Sequence[str]) -> None:
    """Refuse a policy that is named twice: its runs could not be told apart."""
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(f"policies: {', '.join(twice)} is named twice; expected each once")


@dataclass(frozen=True)
class Contest:
    """Policies of a case opened to be compared, and opened again under rival theories where that was asked for.

    ``drawn`` and ``rivals_drawn`` open the same again with parameters that each seed draws from a posterior;
    ``unknown`` draws what is not known of the ``requests``.
    """

    starts: tuple[Opening, ...]
    rivals: Starts | None
    drawn: Redrawn | None
    rivals_drawn: Redrawn | None
    requests: tuple[Request, ...] = ()
    unknown: Unknown | None = None

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
        if made.interrupted:
            return made
        if self.unknown is not None:
            over = self.unknown.run(self.requests, **how)
            made = replace(made, over=over, draws_asked=self.unknown.n_draws)
        return self.with_theories(made, progress)

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
    requests: Sequence[Request],
    *,
    theories: Sequence[str] | str | None = None,
    posterior: Source | None = None,
) -> Contest:
    """Open some requests for one case, and the same under each rival theory; raises ``InputError``."""
    starts = tuple(request.open() for request in requests)
    drawn = redrawn_requests(requests, posterior)
    if theories is None:
        return Contest(starts, None, drawn, None)
    under = {theory: [replace(r, theory=theory) for r in requests] for theory in checked_theories(theories)}
    rivals = open_rivals(theories, lambda theory: [request.open() for request in under[theory]])
    every = [request for theory in rivals for request in under[theory]]
    return Contest(starts, rivals, drawn, redrawn_requests(every, posterior))


def compare(
    case: CaseLike,
    policies: Named | None = None,
    runs: int = 500,
    *,
    policy: PolicyLike | None = None,
    seeds: Sequence[int] | None = None,
    theories: Sequence[str] | str | None = None,
    posterior: Source | None = None,
    draws: int | None = None,
    threads: int | None = None,
    actors: Mapping[str, type[Actor]] | None = None,
    progress: Progress | None = None,
    ready: Ready | None = None,
    **asked: Unpack[CaseOptions],
) -> Comparison:
    """Several policies of a case under the same seeds, so that luck shared by all cancels.

    Ctrl-C keeps the runs done, with a warning.

    Args:
        case: a case by name, the path of its file or folder, or a case that is loaded.
        policies: policies of the case by name, or paths; differences are from the first.  Unless given: history,
            status-quo and five-lessons where the case has history, else all its files.
        runs: number of runs of each policy, under seeds 1, 2, 3 ...
        policy: a single policy, in place of ``policies``.
        seeds: seeds of the runs in their place.
        theories: theories of readiness, or "all": runs the policies under each of them too, compiled.
        posterior: what unknown parameters are drawn from for the second interval: the pooled one unless given, and
            declared ranges for those that it does not hold; "ranges" for these alone.  One that is named ("stored",
            "pooled", a file) also gives each seed of the first interval its parameters, as in ``ensemble``.
        draws: draws of what is not known, with four seeds under each, for the second interval of every difference: a
            quarter of the runs unless given, so that it costs as many runs again; none for fewer than 80 runs, and
            none with ``point=True``.
        threads: compiled runs at a time, or worker processes with actors of one's own; one a processor unless given.
        actors: name of an actor -> a subclass of its class; these runs go on Mesa.
        progress: called with the number of runs done and the number in all.
        ready: called with an opening and a seed when all is checked, before the first run.
        **asked: keywords of every function that opens a case (see ``detente.model.request.CaseOptions``); any other is
            a lever (``direct_channel=0.8``) or a parameter (``trust__memory=300``).  They hold for all policies.  With
            ``branch_at`` all stand under the first policy until that day, and the others take over then.

    Returns:
        The comparison: ensembles, differences paired by seed, figure.

    Raises:
        InputError: for anything it cannot use, with the nearest valid name.

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
    requests = requests_for(case, policies, policy, asked, compare)
    contest = open_contest(requests, theories=theories, posterior=posterior)
    chosen = checked_seeds(runs, seeds)
    if len(requests) > 1:
        turns = checked_theories(theories) if theories is not None else ()
        unknown = unknown_of(requests, chosen, draws=draws, theories=turns, posterior=posterior)
        contest = replace(contest, requests=tuple(requests), unknown=unknown)
    if ready is not None:
        ready(contest.starts[0], chosen[0])
    made = contest.run(chosen, threads=threads, actors=actors, progress=progress)
    if made.interrupted:
        warnings.warn(f"interrupted: {len(made.seeds)} of {len(chosen)} runs were done", stacklevel=2)
    elif made.draws_asked and made.over is None:
        warnings.warn("interrupted: what is not known was not drawn", stacklevel=2)
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
