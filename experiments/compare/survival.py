"""How long ceasefires last under some policies of a case: spells, Kaplan-Meier curves, and the two as one result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.experiments.compare.ceasefire_spells import CHOSEN, survival, survival_at, truces
from detente.experiments.runs.final_outcomes import Progress, blocks
from detente.experiments.runs.provenance import NOT_A_FORECAST, provenance
from detente.experiments.runs.runners import heeding_interrupt
from detente.experiments.runs.seeds import seed_words
from detente.model.opening import Opening

if TYPE_CHECKING:
    import pandas as pd

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

    @cached_property
    def curves(self) -> pd.DataFrame:
        """Kaplan-Meier curves by policy and class of the ceasefires that the parties chose; see ``truces.survival``.

        Imposed ones hold because they are imposed, and those of an agreement stand and fall with it.
        """
        return survival(self.spells[self.spells["origin"] == CHOSEN], BY, self.until)

    @cached_property
    def table(self) -> pd.DataFrame:
        """The curves read at some days."""
        return survival_at(self.curves, BY, DAYS)

    def to_json(self) -> dict[str, Any]:
        """Counts of endings and the curves at some days, as ``detente survival --json`` prints them."""
        counts = self.spells.groupby(["policy", "class", "origin", "ended"], observed=True).size()
        return {
            **self.about,
            "ceasefires": counts.rename("n").reset_index().to_dict("records"),
            "survival": self.table.to_dict("records"),
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


def survival_of(
    starts: Sequence[Opening],
    seeds: Sequence[int],
    *,
    until: str = "collapse",
    threads: int | None = None,
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
                parts.append(truces(start, block, threads))
            done += len(block)
            if progress is not None:
                progress(done * len(starts), len(seeds) * len(starts))
    if done == 0:
        raise KeyboardInterrupt
    spells = pd.concat([part for parts in made for part in parts], ignore_index=True)
    return Survival(tuple(starts), tuple(seeds[:done]), spells, until, len(seeds))
