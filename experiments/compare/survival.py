"""How long ceasefires last under some policies of a case: spells, Kaplan-Meier curves, and the two as one result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from detente.experiments.compare.ceasefire_spells import CHOSEN, survival_at, truces_from
from detente.experiments.compare.ceasefire_spells import survival as curves_of
from detente.experiments.compare.policies import Named, requests_for
from detente.experiments.io.plain_json import without_nan
from detente.experiments.runs.final_outcomes import Progress, blocks
from detente.experiments.runs.provenance import NOT_A_FORECAST, provenance
from detente.experiments.runs.run import Ready
from detente.experiments.runs.runners import checked_workers, heeding_interrupt
from detente.experiments.runs.seeds import checked_seeds, seed_words
from detente.model.errors import wrong
from detente.model.opening import Opening
from detente.model.request import CaseLike, CaseOptions, PolicyLike

if TYPE_CHECKING:
    import pandas as pd

    from detente.agents.actors import Actor

DAYS = (14, 30, 90, 180, 365)
"""Days at which tables read the curves."""

BY = ("policy", "class")


@dataclass(frozen=True)
class Survival:
    """The ceasefires of many runs under some policies, and how long those the parties chose were kept."""

    starts: tuple[Opening, ...]
    seeds: tuple[int, ...]
    spells: pd.DataFrame
    until: str = "collapse"
    asked: int | None = None

    @property
    def interrupted(self) -> bool:
        """Whether fewer runs were done than asked for."""
        return self.asked is not None and len(self.seeds) < self.asked

    @cached_property
    def about(self) -> dict[str, Any]:
        """What the runs were made from."""
        start = self.starts[0]
        made = {
            k: v
            for k, v in provenance(start).items()
            if k not in ("policy", "levers", "policy_sha256", "mode")
        }
        made |= {"title": start.scenario.case.title, "seeds": seed_words(self.seeds), "runs": len(self.seeds)}
        made |= {"interrupted": self.interrupted}
        policies = {s.policy.name: s.mode for s in self.starts}
        return {**made, "policies": policies, "until": self.until, "note": NOT_A_FORECAST}

    @property
    def without(self) -> tuple[str, ...]:
        """Policies under which no run had a ceasefire: nothing is known of how long one would last."""
        had = set(self.spells["policy"])
        return tuple(start.policy.name for start in self.starts if start.policy.name not in had)

    @cached_property
    def curves(self) -> pd.DataFrame:
        """Kaplan-Meier curves by policy and class of the ceasefires that the parties chose; see ``truces.survival``.

        Imposed ones hold because they are imposed, and those of an agreement stand and fall with it.
        """
        return curves_of(self.spells[self.spells["origin"] == CHOSEN], BY, self.until)

    @cached_property
    def table(self) -> pd.DataFrame:
        """The curves read at some days."""
        return survival_at(self.curves, BY, DAYS)

    def to_json(self) -> dict[str, Any]:
        """Counts of endings and the curves at some days, as ``detente survival --json`` prints them.

        What is missing is None: a curve beyond the ceasefires that were seen.
        """
        counts = self.spells.groupby(["policy", "class", "origin", "ended"], observed=True).size()
        return {
            **self.about,
            "policies_without_ceasefire": list(self.without),
            "ceasefires": counts.rename("n").reset_index().to_dict("records"),
            "survival": without_nan(self.table.to_dict("records")),
        }

    def save(self, path: str | Path) -> Path:
        """Write the ceasefires as Parquet, one row each; raises ``InputError`` if the path cannot be written."""
        from detente.experiments.io.files import check_target, write_table

        target = check_target(path, ".parquet", "output")
        write_table(self.spells, target, self.about)
        return target

    def plot(self) -> Any:
        """A Plotly figure: survival curves with their bands, a panel for each class."""
        from detente.experiments.io.figures import draw

        return draw("survival", self.curves, about=self.about)


def survival(
    case: CaseLike,
    policies: Named | None = None,
    runs: int = 500,
    *,
    policy: PolicyLike | None = None,
    seeds: Sequence[int] | None = None,
    end: str = "collapse",
    threads: int | None = None,
    actors: Mapping[str, type[Actor]] | None = None,
    progress: Progress | None = None,
    ready: Ready | None = None,
    **asked: Unpack[CaseOptions],
) -> Survival:
    """How long the ceasefires of a case last, by policy and class: Kaplan-Meier curves with 95 % intervals.

    Ctrl-C keeps the runs done.

    Args:
        case: a case by name, the path of its file or folder, or a case that is loaded.
        policies: policies of the case by name, or paths; those of ``compare`` unless given.
        runs: number of runs of each policy, under seeds 1, 2, 3 ...
        policy: a single policy, in place of ``policies``.
        seeds: seeds of the runs in their place.
        end: what ends a ceasefire: "collapse" (expiry and agreement censor), or "end" (any end but the run's).
        threads: compiled runs at a time, or worker processes with actors of one's own; one a processor unless given.
        actors: name of an actor -> a subclass of its class; these runs go on Mesa.
        progress: called with the number of runs done and the number in all.
        ready: called with an opening and a seed when all is checked, before the first run.
        **asked: keywords of every function that opens a case (see ``detente.model.request.CaseOptions``); any other is
            a lever (``direct_channel=0.8``) or a parameter (``trust__memory=300``).

    Returns:
        The ceasefires, one row each, and their curves.

    Raises:
        InputError: for anything it cannot use, with the nearest valid name.

    Examples:
        >>> import detente
        >>> lasting = detente.survival("template", "opening", runs=20)
        >>> bool(lasting.curves["survival"].between(0, 1).all())
        True
    """
    if end not in ("collapse", "end"):
        raise wrong("end", end, "collapse or end")
    starts = [request.open() for request in requests_for(case, policies, policy, asked, survival)]
    chosen, workers = checked_seeds(runs, seeds), checked_workers(threads)
    if ready is not None:
        ready(starts[0], chosen[0])
    return survival_of(starts, chosen, until=end, threads=workers, actors=actors, progress=progress)


def survival_of(
    starts: Sequence[Opening],
    seeds: Sequence[int],
    *,
    until: str = "collapse",
    threads: int | None = None,
    actors: Mapping[str, type[Actor]] | None = None,
    progress: Progress | None = None,
) -> Survival:
    """The ceasefires of some openings of one case under the same seeds.

    After Ctrl-C all openings have the same seeds; ``KeyboardInterrupt`` is raised if there are none.
    """
    import pandas as pd

    made: list[list[pd.DataFrame]] = [[] for _ in starts]
    done = 0
    with heeding_interrupt() as stop:
        for block in blocks(seeds, len(starts)):
            if stop.asked:
                break
            for parts, start in zip(made, starts, strict=True):
                parts.append(truces_from(start, block, threads, actors))
            done += len(block)
            if progress is not None:
                progress(done * len(starts), len(seeds) * len(starts))
    if done == 0:
        raise KeyboardInterrupt
    spells = pd.concat([part for parts in made for part in parts], ignore_index=True)
    return Survival(tuple(starts), tuple(seeds[:done]), spells, until, len(seeds))
