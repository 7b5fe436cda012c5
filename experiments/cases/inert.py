"""What can move nothing in a case: levers and parameters whose every way into a run is closed.

A lever or parameter is called inert only where the rules leave no doubt: a mechanism is switched off, or nothing in the
case could carry the effect.  What is not called inert may still do little.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from detente.agents.codes import LEVER_MECHANISMS, LEVERS
from detente.agents.parameters import Parameters, Switches
from detente.model.scenario import MeasureSpec, PartySpec, Scenario, TrackSpec

SIDE_FORMS = ("backchannel", "working")
"""Forms of track that prepare agreements and conclude none."""

WAYS_AROUND = ("proximity", "backchannel")
"""Forms of track that no precondition holds up."""


@dataclass(frozen=True)
class Ground:
    """What decides whether something can act: a case, the parameters it runs with, and theories of readiness."""

    scenario: Scenario
    parameters: Parameters
    theories: tuple[str, ...] = ("readiness",)

    def is_off(self, mechanism: str) -> bool:
        """Whether a mechanism is switched off."""
        return getattr(self.parameters.switches, mechanism) == 0

    @property
    def sponsors(self) -> list[PartySpec]:
        """Parties whose willingness the levers are."""
        return [p for p in self.scenario.party if p.sponsor]

    def is_sponsor(self, name: str) -> bool:
        """Whether a party holds the levers."""
        return any(p.name == name for p in self.sponsors)

    def foes(self, name: str) -> list[PartySpec]:
        """Parties that a party is hostile to."""
        others = {n for r in self.scenario.relation if r.hostile and name in r.between for n in r.between}
        return [p for p in self.scenario.party if p.name in others - {name}]


# -- ways in which a lever acts: each says why it is closed, or nothing


def giving(ground: Ground, kind: str) -> str | None:
    """Through measures of a kind that a sponsor may give a foe of its own accord."""
    if ground.is_off("measures"):
        return "measures are switched off"
    for m in ground.scenario.measure:
        foes = [p.name for p in ground.foes(m.giver)]
        if m.kind == kind and m.cost > 0 and ground.is_sponsor(m.giver) and m.receiver in foes:
            return None
    return f"no sponsor has a measure of the kind {kind} to give a foe"


def drawing(ground: Ground, *, by_presence: bool) -> str | None:
    """Through what a sponsor holds out to a foe that wants validation."""
    if ground.is_off("readiness"):
        return "readiness is switched off"
    if ground.parameters.readiness.validation == 0:
        return "readiness.validation is 0"
    sponsors = [p for p in ground.sponsors if p.presence > 0 or not by_presence]
    if by_presence and not sponsors:
        return "no sponsor has forces present"
    if not any(foe.validation > 0 for p in sponsors for foe in ground.foes(p.name)):
        return "no foe of a sponsor wants validation"
    return None


def withdrawing(ground: Ground) -> str | None:
    """Through a sponsor's own forces."""
    if ground.is_off("leverage"):
        return "leverage is switched off"
    if ground.parameters.leverage.posture_gain == 0:
        return "leverage.posture_gain is 0"
    return None if any(p.presence > 0 for p in ground.sponsors) else "no sponsor has forces present"


def opening_tracks(ground: Ground, *, direct: bool) -> str | None:
    """Through tracks that a sponsor takes part in."""
    if ground.is_off("talks"):
        return "talks are switched off"
    kind = "direct track" if direct else "track that is not direct"
    tracks = [
        t
        for t in ground.scenario.track
        if (t.form == "direct") == direct and any(map(ground.is_sponsor, t.between))
    ]
    if not tracks:
        return f"no sponsor takes part in a {kind}"
    talks = ground.parameters.talks
    gain = talks.channel_gain if direct else talks.tracks_gain
    if gain > 0 or any(waits_for_sponsor(ground, t) for t in tracks):
        return None
    return f"talks.{'channel' if direct else 'tracks'}_gain is 0"


def waits_for_sponsor(ground: Ground, track: TrackSpec) -> bool:
    """Whether a sponsor has a precondition on a track that it could drop."""
    return track.form not in WAYS_AROUND and any(map(ground.is_sponsor, track.needs))


def offering_truces(ground: Ground) -> str | None:
    """Through a sponsor's truces."""
    if ground.is_off("ceasefires"):
        return "ceasefires are switched off"
    if ground.parameters.ceasefires.lever_gain == 0:
        return "ceasefires.lever_gain is 0"
    return None if any(ground.foes(p.name) for p in ground.sponsors) else "no sponsor has a foe"


def inviting(ground: Ground) -> str | None:
    """Through mediators that a sponsor invites."""
    if ground.is_off("mediation"):
        return "mediation is switched off"
    if ground.parameters.mediation.lever_gain == 0:
        return "mediation.lever_gain is 0"
    pairs = [a.between for m in ground.scenario.mediator for a in m.access]
    if any(ground.is_sponsor(name) for pair in pairs for name in pair):
        return None
    return "no mediator has access to a sponsor"


WAYS: dict[str, tuple[Callable[[Ground], str | None], ...]] = {
    "recognition": (lambda g: giving(g, "recognition"), lambda g: drawing(g, by_presence=False)),
    "force_posture": (
        lambda g: giving(g, "posture"),
        lambda g: drawing(g, by_presence=True),
        withdrawing,
    ),
    "direct_channel": (lambda g: opening_tracks(g, direct=True),),
    "confidence_building": (lambda g: giving(g, "confidence"),),
    "ceasefires": (offering_truces,),
    "parallel_tracks": (lambda g: opening_tracks(g, direct=False),),
    "mediation": (inviting,),
}
"""Lever -> the ways in which it acts.  One that is not here acts as far as its declaration says: by its switches."""


def acting(ground: Ground, lever: str) -> str | None:
    """Through any of the mechanisms that the lever declares."""
    switches = LEVER_MECHANISMS[lever]
    if not all(map(ground.is_off, switches)):
        return None
    return " and ".join(f"switches.{name} is 0" for name in switches)


def inert_lever(ground: Ground, lever: str) -> str | None:
    """Why a lever moves nothing; nothing where it may."""
    closed = [way(ground) for way in WAYS[lever]] if lever in WAYS else [acting(ground, lever)]
    reasons = [reason for reason in closed if reason is not None]
    return None if len(reasons) < len(closed) else ", and ".join(dict.fromkeys(reasons))


def inert_levers(ground: Ground) -> dict[str, str]:
    """Levers that move nothing, and why."""
    return {name: why for name in LEVERS if (why := inert_lever(ground, name)) is not None}


# -- parameters


def working(ground: Ground, *, style: str = "", strategy: str = "") -> bool:
    """Whether a mediator, of a style or strategy where one is named, has access to anybody."""
    return any(
        m.access and style in ("", m.style) and strategy in ("", m.strategy) for m in ground.scenario.mediator
    )


def tracks(ground: Ground, wanted: Callable[[TrackSpec], bool] = lambda t: True) -> bool:
    """Whether the case has a track of some description."""
    return any(map(wanted, ground.scenario.track))


def measures(ground: Ground, wanted: Callable[[MeasureSpec], bool] = lambda m: True) -> bool:
    """Whether the case has a measure of some description."""
    return any(map(wanted, ground.scenario.measure))


def parties(ground: Ground, wanted: Callable[[PartySpec], bool]) -> bool:
    """Whether the case has a party of some description."""
    return any(map(wanted, ground.scenario.party))


def can_conclude(ground: Ground) -> bool:
    """Whether some agenda of two foes, once settled, becomes a package."""
    pairs = [set(r.between) for r in ground.scenario.relation if r.hostile]
    return tracks(ground, lambda t: t.form not in SIDE_FORMS and set(t.between) in pairs)


def is_fought(ground: Ground) -> bool:
    """Whether two parties fight each other with attacks that kill."""
    return any(r.hostile and r.lethal for r in ground.scenario.relation)


def can_fall(ground: Ground) -> bool:
    """Whether a party can collapse: by a tipping share of its own, or beaten in the field."""
    beaten = not ground.is_off("endings") and is_fought(ground)
    return beaten or parties(ground, lambda p: p.tipping > 0)


def has_level_to_draw(ground: Ground) -> bool:
    """Whether a war declares no volatility of its own."""
    return any(r.hostile and r.volatility is None for r in ground.scenario.relation)


def can_be_monitored(ground: Ground) -> bool:
    """Whether anybody watches a truce."""
    own = any(r.monitoring > 0 for r in ground.scenario.relation)
    return own or any(m.access and m.monitors > 0 for m in ground.scenario.mediator)


@dataclass(frozen=True)
class Need:
    """What parameters need in order to act, and the words for its absence."""

    parameters: tuple[str, ...]
    met: Callable[[Ground], bool]
    absent: str


def on(mechanism: str, *parameters: str) -> Need:
    """Parameters that act only while a mechanism is switched on."""
    return Need(parameters, lambda g: not g.is_off(mechanism), f"switches.{mechanism} is 0")


OF_TALKS = ("talks.[!s]*", "talks.s[ilu]*")
"""All parameters of talks but ``standing_memory``: standing is lost to measures too."""

NEEDS: tuple[Need, ...] = (
    on("excitation", *(f"violence.{name}" for name in ("n_own", "n_rec", "n_ally", "memory"))),
    on("attribution", "attribution.*"),
    on(
        "trust",
        *("trust.memory", "trust.weight", "trust.kept_day", "trust.loss_aversion"),
    ),
    on("trust", *("trust.measure_weight", "trust.measure_scale", "trust.unmet", "trust.spillover")),
    on("endurance", *(f"endurance.{n}_memory" for n in ("exhaustion", "capital", "discontent"))),
    on(
        "endurance",
        *(f"endurance.{n}" for n in ("success", "talking_cost", "vindication", "discontent_gain")),
    ),
    on(
        "readiness", *(f"readiness.{n}" for n in ("pain", "validation", "window_memory", "trust", "progress"))
    ),
    on("readiness", *(f"readiness.{n}" for n in ("mediated", "mutual"))),
    on("talks", *OF_TALKS),
    on("talks", "violence.failed_talks", "violence.talk_and_fight", "violence.talk_and_hold"),
    on("ceasefires", "ceasefires.*", "violence.put_off"),
    on("measures", "measures.[!ps]*"),
    on("mediation", "mediation.*"),
    on(
        "leverage",
        *(f"leverage.{n}*" for n in ("drawdown", "posture_gain", "milestone", "melt")),
    ),
    on("leverage", *(f"leverage.{n}*" for n in ("recover", "reliance", "standing"))),
    on("leverage", "violence.pressed"),
    on("settlement", "settlement.*"),
    on("spoilers", "spoilers.*"),
    on("bargaining", *(f"endurance.{n}" for n in ("toll_*", "prospect", "hawk_stake"))),
    on(
        "bargaining",
        *(f"settlement.{n}" for n in ("view_*", "concede", "counter_days", "vote_terms")),
    ),
    on("bargaining", "violence.preempt"),
    on("terms", *(f"settlement.{n}" for n in ("power_binds", "partial_relapse"))),
    on("terms", "ceasefires.agreed_truce", "violence.preempt", "violence.wind_down"),
    on("adherence", *(f"ceasefires.{n}" for n in ("holds_cut", "tolerated"))),
    on("adherence", *(f"ceasefires.{n}" for n in ("ready", "watched", "class_step"))),
    on("adherence", "ceasefires.signed"),
    on("adherence", *(f"violence.{n}" for n in ("hush", "waits", "stale_days"))),
    on("adherence", *(f"ceasefires.{n}" for n in ("unilateral", "follow*"))),
    on("level", *(f"violence.{n}" for n in ("level_memory", "surge_*", "severity_slope"))),
    on("level", "violence.resumed", "violence.offensive"),
    Need(
        ("violence.level_spread",),
        lambda g: not (g.is_off("level") and g.is_off("endings")),
        "switches.level and switches.endings are 0",
    ),
    Need(("violence.level_spread",), has_level_to_draw, "every war declares a volatility of its own"),
    on("leaders", "leaders.*"),
    on("endings", "endings.*"),
    on("leverage", "endings.beaten", "endings.depth"),
    Need(("endings.*",), is_fought, "no attack kills"),
    Need(
        ("mediation.*", "talks.mediated", "readiness.mediated"), working, "no mediator has access to anyone"
    ),
    Need(
        ("mediation.credit",),
        lambda g: working(g, style="guarantor"),
        "no guarantor has access to anyone",
    ),
    Need(("ceasefires.monitored",), can_be_monitored, "nobody monitors a ceasefire"),
    Need(
        ("spoilers.provoked", "spoilers.patience", "attribution.mistaken_spoiler"),
        lambda g: bool(g.scenario.spoiler),
        "there is no spoiler",
    ),
    Need(
        (*OF_TALKS, "violence.talk_and_fight", "violence.talk_and_hold", "violence.wind_down"),
        tracks,
        "there is no track",
    ),
    Need(
        ("talks.direct_speed", "talks.channel_gain"),
        lambda g: tracks(g, lambda t: t.form == "direct"),
        "there is no direct track",
    ),
    Need(
        ("talks.working_speed",),
        lambda g: tracks(g, lambda t: "working" in (t.form, t.rank)),
        "there are no working-level talks",
    ),
    Need(("talks.summit_*",), lambda g: tracks(g, lambda t: t.rank == "summit"), "there is no summit"),
    Need(
        ("talks.sister", "talks.rescue"),
        lambda g: tracks(g, lambda t: t.sister is not None),
        "no track has a sister",
    ),
    Need(
        ("talks.exclusion", "talks.slight", "talks.sincerity"),
        lambda g: tracks(g, lambda t: t.excluded is not None),
        "no track leaves anybody out",
    ),
    Need(
        ("talks.unmet",),
        lambda g: tracks(g, lambda t: bool(t.needs) and t.form not in WAYS_AROUND),
        "no track has a precondition",
    ),
    Need(("measures.[!ps]*",), measures, "there is no measure"),
    Need(
        ("measures.reversal*", "measures.disappointment"),
        lambda g: measures(g, lambda m: m.reversible),
        "no measure can be taken back",
    ),
    Need(
        ("measures.recognition_hurt",),
        lambda g: measures(g, lambda m: m.kind == "recognition"),
        "there is no measure of recognition",
    ),
    Need(
        ("leverage.drawdown*", "leverage.posture_gain", "leverage.milestone*"),
        lambda g: parties(g, lambda p: p.presence > 0),
        "no party has forces present",
    ),
    Need(
        tuple(f"leverage.{n}*" for n in ("melt", "recover", "reliance", "standing")),
        can_fall,
        "no party can collapse",
    ),
    Need(
        (
            *("leverage.returns", "leverage.reliance"),
            *(f"violence.{n}" for n in ("pressed", "hush", "waits")),
        ),
        lambda g: parties(g, lambda p: p.patron is not None),
        "no party has a patron",
    ),
    Need(
        ("ceasefires.holiday",),
        lambda g: any(h.restraint < 1 for h in g.scenario.calendar.holidays),
        "there is no holiday",
    ),
    Need(("settlement.*",), can_conclude, "no track between foes can conclude an agreement"),
)
"""Which parameters act only where something is so.  A test holds each line to runs."""


NAMED = {pattern.partition(".")[0] for need in NEEDS for pattern in need.parameters}
"""Groups of parameters that some line of ``NEEDS`` speaks of."""


def reasons(ground: Ground, parameter: str) -> Iterator[str]:
    """What a parameter lacks in order to act.

    A group that no line of ``NEEDS`` speaks of belongs to the mechanism of its name, where there is one.
    """
    group = parameter.partition(".")[0]
    if group in Switches.model_fields and group not in NAMED and ground.is_off(group):
        yield f"switches.{group} is 0"
    for need in NEEDS:
        if any(fnmatchcase(parameter, pattern) for pattern in need.parameters) and not need.met(ground):
            yield need.absent


def inert_parameter(ground: Ground, parameter: str, but: Sequence[str] = ()) -> str | None:
    """Why a parameter, as ``group.name``, moves nothing; nothing where it may.

    ``but`` are switches that are varied, so that they are on somewhere and off elsewhere.
    """
    varied = {f"{switch} " for switch in but}
    return next((why for why in reasons(ground, parameter) if not any(s in why for s in varied)), None)
