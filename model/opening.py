"""From a case and a policy to the opening records of a run.

An ``Opening`` is everything a run needs but its seed: the same buffer serves the Mesa driver and the compiled engine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

import numpy as np

from detente.agents import codes
from detente.agents.parameters import Parameters
from detente.agents.schema import dtype_of
from detente.agents.state import CONSTANT_KINDS, KEYED_KINDS, N_LEVERS
from detente.model.calendars import day_records
from detente.model.consistency import check_parameters
from detente.model.death_scale import scale_for_mean
from detente.model.errors import InputError
from detente.model.memory import KINDS, Layout, fill_buffer, freeze_parameters
from detente.model.moves import MoveBook, plan_policy, splice, with_decisions
from detente.model.policy import MoveSpec, Policy
from detente.model.scenario import MeasureSpec, PartySpec, RelationSpec, Scenario, TrackSpec
from detente.model.titles import told_apart

EVENT_CAPACITY = 4096

Records = dict[str, np.ndarray[Any, Any]]


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


@dataclass(frozen=True)
class Opening:
    """The opening state of a case under a policy, without a seed.

    ``before`` holds the day on which ``policy`` took over, and the policy until then; none where it stands throughout.
    ``decisions`` are a user's own, made on top of the policy.
    """

    scenario: Scenario
    policy: Policy
    parameters: Parameters
    levers: Mapping[str, float]
    cast: Cast
    layout: Layout
    buffer: np.ndarray[Any, Any]
    constants: Mapping[str, np.ndarray[Any, Any]]
    parameter_record: np.ndarray[Any, Any]
    n_steps: int
    step_days: float
    mode: str
    theory: str = "readiness"
    before: tuple[date, Policy] | None = None
    decisions: tuple[MoveSpec, ...] = ()


@cache
def key_words(name: str) -> tuple[int, int]:
    """The two 32-bit words that name a record in the random numbers, from its role and name."""
    digest = hashlib.blake2b(name.encode(), digest_size=8).digest()
    return int.from_bytes(digest[:4], "little"), int.from_bytes(digest[4:], "little")


def rows(kind: str, entries: Sequence[Mapping[str, Any]]) -> np.ndarray[Any, Any]:
    """Records of one kind: declared initial values, overridden by each entry."""
    cls = KINDS[kind]
    made = np.zeros(len(entries), dtype=dtype_of(cls))
    default: Any = cls()
    for name in made.dtype.names or ():
        made[name] = getattr(default, name)
    for i, entry in enumerate(entries):
        if entry:  # thousands of events have none, and sweeps open a case for every point
            for name, value in entry.items():
                made[name][i] = value
    return made


class Builder:
    """Builds the records of one case; names become positions on the way."""

    def __init__(self, scenario: Scenario, parameters: Parameters, step_days: float) -> None:
        self.scenario = scenario
        self.parameters = parameters
        self.step_days = step_days
        self.party = {p.name: i for i, p in enumerate(scenario.party)}
        self.track = {t.name: i for i, t in enumerate(scenario.track)}
        self.measure = {m.name: i for i, m in enumerate(scenario.measure)}
        self.mediator = {m.name: i for i, m in enumerate(scenario.mediator)}
        self.ends = [pair for r in scenario.relation for pair in (r.between, r.between[::-1])]
        self.dyad = {ends: i for i, ends in enumerate(self.ends)}
        self.pair = {frozenset(r.between): i for i, r in enumerate(scenario.relation)}
        self.hostile = [r.hostile for r in scenario.relation for _ in range(2)]

    def dyad_between(self, source: str | None, target: str | None) -> int:
        """Position of the dyad from one party to another, -1 if there is none."""
        if source is None or target is None:
            return codes.NOBODY
        return self.dyad.get((source, target), codes.NOBODY)

    def parties(self) -> list[dict[str, Any]]:
        """Party records, each with its block of factions."""
        made: list[dict[str, Any]] = []
        first = 0
        for i, p in enumerate(self.scenario.party):
            made.append(self.party_record(i, p, first))
            first += len(p.faction)
        return made

    def party_record(self, i: int, p: PartySpec, first_faction: int) -> dict[str, Any]:
        """One party record."""
        return {
            "index": i,
            "patron": self.party.get(p.patron or "", codes.NOBODY),
            "patron_dyad": self.dyad_between(p.name, p.patron),
            "strategy": codes.STRATEGIES.index(p.strategy),
            "sponsor": int(p.sponsor),
            "levers": [0.0] * N_LEVERS,
            "conditionality": p.conditionality,
            "validation": p.validation,
            "risk_tolerance": p.risk_tolerance,
            "alignment": p.alignment,
            "window": p.window,
            "legitimacy": p.legitimacy,
            "morale": p.morale,
            "support": p.support,
            "presence": p.presence,
            "tipping": p.tipping,
            "fragile": int(p.tipping > 0 and p.main_foe is not None),
            "main_foe": self.party.get(p.main_foe or "", codes.NOBODY),
            "foe_dyad": self.dyad_between(p.name, p.main_foe),
            "first_faction": first_faction,
            "n_factions": len(p.faction),
        }

    def factions(self) -> list[dict[str, Any]]:
        """Faction records, in blocks by party."""
        return [
            {
                "index": 0,
                "party": i,
                "share": f.share,
                "hawkishness": f.hawkishness,
                "discontent": f.discontent,
            }
            for i, p in enumerate(self.scenario.party)
            for f in p.faction
        ]

    def mediators(self) -> list[dict[str, Any]]:
        """Mediator records."""
        return [
            {
                "capacity": m.capacity,
                "style": codes.MEDIATOR_STYLES.index(m.style),
                "strategy": codes.MEDIATOR_STRATEGIES.index(m.strategy),
                "skill": m.skill,
                "leverage": m.leverage,
                "presence": m.presence,
                "monitors": m.monitors,
            }
            for m in self.scenario.mediator
        ]

    def mediations(self) -> list[dict[str, Any]]:
        """What each mediator has access to."""
        made: list[dict[str, Any]] = []
        for i, m in enumerate(self.scenario.mediator):
            for a in m.access:
                pair = self.pair[frozenset(a.between)]
                same_way = a.between == self.scenario.relation[pair].between
                bias = a.bias if same_way else -a.bias
                made.append({"mediator": i, "pair": pair, "access": a.access, "bias": bias})
        return made

    def size_scale(self, mean: float) -> float:
        """Scale of deaths per event for a mean."""
        v = self.parameters.violence
        try:
            return scale_for_mean(mean, v.tail, v.max_deaths)
        except ValueError as error:
            raise InputError(f"[parameters.violence].max_deaths: {error}") from None

    def targets(self) -> list[dict[str, Any]]:
        """The wars of the spoilers."""
        return [
            {
                "spoiler": i,
                "victim": self.party[t.party],
                "blamed": self.accused(t.party, None),
                "lbar": t.attacks,
                "deaths_per_event": t.deaths_per_event,
                "size_scale": self.size_scale(t.deaths_per_event),
            }
            for i, s in enumerate(self.scenario.spoiler)
            for t in s.target
        ]

    def accused(self, victim: str, author: str | None) -> int:
        """The dyad blamed for an attack on a victim when its author is mistaken: the main foe's, or another foe's."""
        main = next(p.main_foe for p in self.scenario.party if p.name == victim)
        others = [source for source, target in self.ends if target == victim]
        for source in [main, *others]:
            found = self.dyad_between(source, victim)
            if source != author and found != codes.NOBODY and self.hostile[found]:
                return found
        return codes.NOBODY

    def dyads(self) -> list[dict[str, Any]]:
        """Directed dyads, two for each relation."""
        made: list[dict[str, Any]] = []
        witnesses = self.witnesses()
        for k, r in enumerate(self.scenario.relation):
            for side in (0, 1):
                index = 2 * k + side
                heard = [j for j, w in enumerate(witnesses) if w["dyad"] == index]
                made.append(self.dyad_record(k, r, side) | {"first_witness": heard[0] if heard else 0})
                made[-1]["n_witnesses"] = len(heard)
        return made

    def dyad_record(self, k: int, r: RelationSpec, side: int) -> dict[str, Any]:
        """One directed dyad."""
        source, target = self.ends[2 * k + side]
        return {
            "index": 2 * k + side,
            "source": self.party[source],
            "target": self.party[target],
            "reverse": 2 * k + 1 - side,
            "pair": k,
            "blamed": self.accused(target, source) if r.hostile else codes.NOBODY,
            "hostile": int(r.hostile),
            "lethal": int(r.lethal),
            "observes": r.holiday[side],
            "lbar": r.attacks[side],
            "deaths_per_event": r.deaths_per_event[side],
            "size_scale": self.size_scale(r.deaths_per_event[side]),
            "trust_reference": r.trust[side],
        }

    def allies(self) -> list[dict[str, Any]]:
        """Which dyads hear of an ally's attacks on the same foe."""
        friends: dict[str, list[str]] = {name: [] for name in self.party}
        for r in self.scenario.relation:
            if not r.hostile:
                friends[r.between[0]].append(r.between[1])
                friends[r.between[1]].append(r.between[0])
        made: list[dict[str, Any]] = []
        for index, (source, target) in enumerate(self.ends):
            if not self.hostile[index]:
                continue
            heard = [self.dyad_between(ally, target) for ally in friends[source]]
            heard = [h for h in heard if h != codes.NOBODY and self.hostile[h]]
            made += [{"dyad": index, "heard": h, "weight": 1.0 / len(heard)} for h in heard]
        return made

    def witnesses(self) -> list[dict[str, Any]]:
        """Who else judges the target of each dyad, in the order of dyads."""
        judged_by: dict[str, list[int]] = {}
        for index, (_, target) in enumerate(self.ends):
            judged_by.setdefault(target, []).append(index)
        return [
            {"dyad": index, "heard_by": other}
            for index, (_, target) in enumerate(self.ends)
            for other in judged_by[target]
            if other != index
        ]

    def pairs(self) -> list[dict[str, Any]]:
        """Pairs, one for each relation."""
        return [
            {
                "index": k,
                "a": self.party[r.between[0]],
                "b": self.party[r.between[1]],
                "ab": 2 * k,
                "ba": 2 * k + 1,
                "hostile": int(r.hostile),
                "hotline": r.hotline,
                "monitoring": r.monitoring,
                "monitoring_own": r.monitoring,
            }
            for k, r in enumerate(self.scenario.relation)
        ]

    def vetoes(self) -> list[dict[str, Any]]:
        """Third parties with a veto, each by its dyad towards the side it fights, else towards the first."""
        made: list[dict[str, Any]] = []
        for k, r in enumerate(self.scenario.relation):
            for third in r.veto:
                own = [self.dyad_between(third, side) for side in r.between]
                hostile = [d for d in own if d != codes.NOBODY and self.hostile[d]]
                made += [{"pair": k, "dyad": hostile[0]}] if hostile else []
        return made

    def tracks(self) -> list[dict[str, Any]]:
        """Tracks, sides in the order of their pair."""
        return [self.track_record(t) for t in self.scenario.track]

    def track_record(self, t: TrackSpec) -> dict[str, Any]:
        """One track."""
        pair = self.pair[frozenset(t.between)]
        a, b = self.scenario.relation[pair].between
        return {
            "pair": pair,
            "form": codes.TRACK_FORMS.index(t.form),
            "rank": codes.TRACK_RANKS.index(t.rank),
            "level": t.level,
            "visibility": t.visibility,
            "leak": t.leak,
            "needs_a": self.track.get(t.needs.get(a, ""), codes.NOBODY),
            "needs_b": self.track.get(t.needs.get(b, ""), codes.NOBODY),
            "sister": self.track.get(t.sister or "", codes.NOBODY),
            "excluded": self.party.get(t.excluded or "", codes.NOBODY),
            "n_issues": len(t.issues),
        }

    def measures(self) -> list[dict[str, Any]]:
        """Measures."""
        return [
            {
                "dyad": self.dyad[m.giver, m.receiver],
                "kind": codes.MEASURE_KINDS.index(m.kind),
                "cost": m.cost,
                "size": m.cost,
                "max_size": m.max_cost,
                "divisive": m.divisive,
                "restrains": m.restrains,
                "reversible": int(m.reversible),
            }
            for m in self.scenario.measure
        ]

    def choices(self) -> tuple[list[dict[str, Any]], list[str], tuple[int, int, int]]:
        """Every decision a party can take, in blocks by stage; with names, and the sizes of the first three blocks."""
        truce = [
            (source, kind, index, f"{source}>{target}")
            for index, (source, target) in enumerate(self.ends)
            if self.hostile[index]
            for kind in codes.TRUCE_DECISIONS
        ]
        talk = [
            (side, kind, i, t.name)
            for i, t in enumerate(self.scenario.track)
            for kind in (codes.OPEN_TRACK, codes.LEAVE_TRACK)
            for side in self.scenario.relation[self.pair[frozenset(t.between)]].between
        ]
        measure = [c for i, m in enumerate(self.scenario.measure) for c in self.measure_choices(i, m)]
        leverage = [
            (p.name, codes.DRAW_DOWN, i, p.name) for i, p in enumerate(self.scenario.party) if p.presence > 0
        ]
        listed = [*truce, *talk, *measure, *leverage]
        records = [
            {"actor": self.party[actor], "kind": kind, "subject": subject}
            for actor, kind, subject, _ in listed
        ]
        for i, (_, kind, subject, name) in enumerate(talk, start=len(truce)):
            del subject, name
            if kind == codes.OPEN_TRACK:
                first = (i - len(truce)) % 4 == 0
                records[i]["partner"] = i + 1 if first else i - 1
        names = [f"{actor}:{codes.DECISIONS[kind]}:{about}" for actor, kind, _, about in listed]
        return records, names, (len(truce), len(talk), len(measure))

    @staticmethod
    def measure_choices(i: int, m: MeasureSpec) -> list[tuple[str, int, int, str]]:
        """The choices about one measure."""
        return [
            (m.giver, codes.GIVE_MEASURE, i, m.name),
            (m.receiver, codes.ANSWER_MEASURE, i, m.name),
            (m.giver, codes.REVERSE_MEASURE, i, m.name),
        ]

    def cast(self, choice_names: Sequence[str]) -> Cast:
        """Names and titles in the order of the records."""
        s = self.scenario
        factions = [f"{p.name}/{f.name}" for p in s.party for f in p.faction]
        titles = {item.name: item.title for item in (*s.party, *s.mediator, *s.spoiler, *s.measure)}
        titles |= told_apart(s)
        titles |= {f"{p.name}/{f.name}": f.title for p in s.party for f in p.faction}
        return Cast(
            parties=tuple(self.party),
            factions=tuple(factions),
            mediators=tuple(self.mediator),
            spoilers=tuple(sp.name for sp in s.spoiler),
            targets=tuple(f"{sp.name}>{t.party}" for sp in s.spoiler for t in sp.target),
            dyads=tuple(f"{source}>{target}" for source, target in self.ends),
            pairs=tuple("+".join(r.between) for r in s.relation),
            tracks=tuple(self.track),
            measures=tuple(self.measure),
            choices=tuple(choice_names),
            titles=titles,
        )


def with_keys(
    kind: str, records: np.ndarray[Any, Any], names: Sequence[str], taken: dict[tuple[int, int], str]
) -> None:
    """Name each record in the random numbers; two records that would share their luck are refused."""
    for i, name in enumerate(names):
        full = f"{kind}:{name}"
        words = key_words(full)
        if words in taken:
            raise ValueError(f"{full} and {taken[words]} hash alike; rename one of them")
        taken[words] = full
        records["key_lo"][i], records["key_hi"][i] = words
        if "index" in (records.dtype.names or ()):
            records["index"][i] = i


def ticks_in(step_days: float) -> tuple[int, float]:
    """Violence ticks in a political step and their length [days]: at most a day."""
    n = max(1, round(step_days))
    return n, step_days / n


def cast_and_records(builder: Builder) -> tuple[Cast, Records, tuple[int, int, int]]:
    """Who is in a case, the records of all but its moves and clock, and the sizes of the first blocks of choices."""
    choices, names, blocks = builder.choices()
    cast = builder.cast(names)
    entries: dict[str, Sequence[Mapping[str, Any]]] = {
        "parties": builder.parties(),
        "factions": builder.factions(),
        "mediators": builder.mediators(),
        "spoilers": [{} for _ in builder.scenario.spoiler],
        "targets": builder.targets(),
        "dyads": builder.dyads(),
        "allies": builder.allies(),
        "witnesses": builder.witnesses(),
        "pairs": builder.pairs(),
        "tracks": builder.tracks(),
        "measures": builder.measures(),
        "mediations": builder.mediations(),
        "vetoes": builder.vetoes(),
        "choices": choices,
        "events": [{}] * EVENT_CAPACITY,
        "tally": [{}],
        "rates": [{}],
    }
    records = {kind: rows(kind, found) for kind, found in entries.items()}
    records["days"] = day_records(builder.scenario)
    taken: dict[tuple[int, int], str] = {}
    for kind in KEYED_KINDS:
        with_keys(kind, records[kind], cast.of(kind), taken)
    return cast, records, blocks


def opening(
    scenario: Scenario,
    policy: Policy,
    *,
    levers: Mapping[str, float] | None = None,
    parameters: Parameters | None = None,
    step_days: float | None = None,
    mode: str | None = None,
    until: Any = None,
    theory: str = "readiness",
    branch: tuple[date, Policy] | None = None,
    decisions: Sequence[MoveSpec] = (),
) -> Opening:
    """The opening records of a case under a policy.

    ``levers`` override the policy's, ``parameters`` the scenario's, ``mode`` and ``until`` the policy's treatment of
    dated acts.  ``branch`` puts another policy in its place from a day on; up to that day nothing differs.
    ``decisions`` are a user's own moves, on top of the policy.  Raises ``InputError`` where the parameters cannot be
    reconciled with the case.
    """
    par = parameters or scenario.parameters
    check_parameters(par)
    step = step_days or scenario.case.step_days
    builder = Builder(scenario, par, step)
    cast, records, blocks = cast_and_records(builder)
    set_levers = {**policy.levers, **(levers or {})}
    book = MoveBook(scenario, cast, records["choices"], records["parties"], scenario.case.start)
    plan = plan_policy(book, policy, set_levers, mode=mode, until=until)
    if branch is not None:
        branch_day, branch_policy = branch
        later = plan_policy(book, branch_policy, {**branch_policy.levers}, mode=None, until=None)
        plan = splice(plan, later, book.day(branch_day))
    plan = with_decisions(book, plan, decisions)
    records["moves"] = rows("moves", plan.moves)
    records["conditions"] = rows("conditions", plan.conditions)
    days = (scenario.case.end - scenario.case.start).days + 1
    n_steps = max(1, round(days / step))
    records["clock"] = clock_record(scenario, step, n_steps, blocks, plan.until_day)
    records["clock"]["theory"] = codes.THEORIES.index(theory)
    layout = Layout.of(records)
    constants = {kind: records[kind] for kind in CONSTANT_KINDS}
    return Opening(
        scenario=scenario,
        policy=policy if branch is None else branch[1],
        parameters=par,
        levers=set_levers,
        cast=cast,
        layout=layout,
        buffer=fill_buffer(layout, records),
        constants=constants,
        parameter_record=freeze_parameters(par),
        n_steps=n_steps,
        step_days=step,
        mode=plan.mode_words,
        theory=theory,
        before=None if branch is None else (branch[0], policy),
        decisions=tuple(decisions),
    )


def clock_record(
    scenario: Scenario, step: float, n_steps: int, blocks: tuple[int, int, int], until_day: float
) -> np.ndarray[Any, Any]:
    """The clock before the first step."""
    lo, hi = key_words(f"clock:{scenario.case.name}")
    n_ticks, tick_days = ticks_in(step)
    entry = {
        "key_lo": lo,
        "key_hi": hi,
        "ticks_per_step": n_ticks,
        "step_days": step,
        "tick_days": tick_days,
        "horizon": n_steps,
        "until_day": until_day,
        "deaths_scale": scenario.case.deaths_scale,
        "n_truce_choices": blocks[0],
        "n_talk_choices": blocks[1],
        "n_measure_choices": blocks[2],
    }
    return rows("clock", [entry])


def for_seed(start: Opening, seed: int) -> np.ndarray[Any, Any]:
    """A copy of the opening buffer with the seed in its clock."""
    buffer = start.buffer.copy()
    place = dict(start.layout.slices())["clock"]
    clock = buffer[place].view(dtype_of(KINDS["clock"]))
    clock["seed_lo"], clock["seed_hi"] = seed & 0xFFFFFFFF, (seed >> 32) & 0xFFFFFFFF
    return buffer


Maker = Callable[[str, int, dict[str, Any]], Any]
