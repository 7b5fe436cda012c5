"""Names and titles of everything in a run, in the order of its records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from detente.model.records.positions import Positions
from detente.model.scenario import Scenario
from detente.model.titles import told_apart


@dataclass(frozen=True)
class Cast:
    """Names and titles of everything in a run, in the order of its records."""

    parties: tuple[str, ...]
    factions: tuple[str, ...]
    mediators: tuple[str, ...]
    spoilers: tuple[str, ...]
    targets: tuple[str, ...]
    dyads: tuple[str, ...]
    pairs: tuple[str, ...]
    tracks: tuple[str, ...]
    measures: tuple[str, ...]
    choices: tuple[str, ...]
    titles: Mapping[str, str] = field(default_factory=dict, hash=False)

    def of(self, kind: str) -> tuple[str, ...]:
        """The names of one kind of record; the kind itself where a run has one."""
        return getattr(self, kind, (kind,))


def cast_of(at: Positions, choice_names: Sequence[str]) -> Cast:
    """Names and titles in the order of the records."""
    s = at.scenario
    return Cast(
        parties=tuple(at.party),
        factions=tuple(f"{p.name}/{f.name}" for p in s.party for f in p.faction),
        mediators=tuple(m.name for m in s.mediator),
        spoilers=tuple(sp.name for sp in s.spoiler),
        targets=tuple(f"{sp.name}>{t.party}" for sp in s.spoiler for t in sp.target),
        dyads=tuple(f"{source}>{target}" for source, target in at.ends),
        pairs=tuple("+".join(r.between) for r in s.relation),
        tracks=tuple(at.track),
        measures=tuple(m.name for m in s.measure),
        choices=tuple(choice_names),
        titles=titles_of(s),
    )


def titles_of(scenario: Scenario) -> dict[str, str]:
    """Titles by name; a faction's name is that of its party and its own."""
    s = scenario
    titles = {item.name: item.title for item in (*s.party, *s.mediator, *s.spoiler, *s.measure)}
    titles |= told_apart(s)
    return titles | {f"{p.name}/{f.name}": f.title for p in s.party for f in p.faction}
