"""Parameters and constants of the mechanisms: frozen groups by topic, each with unit, meaning, source and grade.

This is the only place where a default, a range or a constant is written.  ``source`` is a key of ``docs/bibliography.md`` or the
word ``assumption``; ``grade`` says how the magnitude was come by: ``measured`` (a number in a source or in data),
``sign`` (the source gives the direction only), ``judgement`` (ours) or ``calibrated`` (fitted on data set aside for it).
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationInfo, field_validator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

Grade = Literal["measured", "sign", "judgement", "calibrated"]


def par(default: float, low: float, high: float, unit: str, meaning: str, source: str, grade: Grade) -> Any:
    """Declare a parameter: default, range, unit, meaning, source and grade."""
    extra: dict[str, JsonValue] = {"unit": unit, "source": source, "grade": grade}
    return Field(default, ge=low, le=high, description=meaning, json_schema_extra=extra)


def fixed(value: float, unit: str, meaning: str, source: str, grade: Grade) -> Any:
    """Declare a constant: a number of a mechanism that no data, no audit and no user would tell from its neighbours.

    It has a source and a grade like a parameter, and no range: it is neither set, nor drawn, nor screened.
    """
    extra: dict[str, JsonValue] = {"unit": unit, "source": source, "grade": grade, "fixed": True}
    return Field(value, description=meaning, json_schema_extra=extra)


def is_fixed(field: FieldInfo) -> bool:
    """Whether a field is declared as a constant."""
    return isinstance(field.json_schema_extra, dict) and field.json_schema_extra.get("fixed") is True


def switch(mechanism: str, *, counted: bool = True) -> Any:
    """Declare an on-off switch (1 or 0); off makes exactly the mechanism's terms neutral.

    A mechanism that is ``counted`` is shown to act by counts, fields of ``Tally`` that name it; one that is not acts in
    every step, and the audit looks at its parameters and stocks alone.
    """
    extra: dict[str, JsonValue] = {"unit": "0 or 1", "source": "assumption", "grade": "judgement"}
    extra["counted"] = counted
    return Field(1, ge=0, le=1, description=f"{mechanism} on (1) or off (0)", json_schema_extra=extra)


class Group(BaseModel):
    """A frozen group of parameters; unknown names are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False, allow_inf_nan=False)

    @field_validator("*")
    @classmethod
    def constants_stand(cls, value: float, info: ValidationInfo) -> float:
        """A constant is not set; the number that it has may be said."""
        field = cls.model_fields[str(info.field_name)]
        if is_fixed(field) and value != field.default:
            raise PydanticCustomError("constant", "constant", {"constant": f"{field.default:g}"})
        return value


class Switches(Group):
    """One switch per mechanism."""

    excitation: int = switch("self- and mutual excitation of violence", counted=False)
    attribution: int = switch("error in naming the author of an attack")
    trust: int = switch("change of trust")
    endurance: int = switch("exhaustion, political capital and discontent", counted=False)
    readiness: int = switch("change of readiness", counted=False)
    mediation: int = switch("mediation")
    talks: int = switch("tracks of talks")
    measures: int = switch("confidence-building measures")
    ceasefires: int = switch("ceasefires")
    leverage: int = switch("change of presence and capability")
    settlement: int = switch("settlement and relapse")
    spoilers: int = switch("spoiling: attacks driven by nearing peace")
    bargaining: int = switch(
        "terms that follow the balance, valued on what the war would cost if it resumed", counted=False
    )
    terms: int = switch("what settled issues do when an agreement is signed and carried out")
    adherence: int = switch("ceasefires that hold or never take hold, and breaches beyond chance")
    level: int = switch("a level of war that moves from month to month and from year to year", counted=False)
    leaders: int = switch("change of leaders, and of who the actors are")
    endings: int = switch("wars that fade out, flare up and are won in the field")


CORE_SWITCHES = ("bargaining", "terms", "adherence", "level", "leaders", "endings")
"""Mechanisms that the first version does not have: the causal core."""

CORE_0_1: dict[str, float] = {
    **{f"switches.{name}": 0 for name in CORE_SWITCHES},
    "endurance.war_cost": 0.15,
    "readiness.pooled": 0.0,
    "talks.base": 1 / 900,
    "talks.failure": 1 / 240,
    "talks.slope": 5.0,
    "talks.issue": 1 / 60,
    "talks.hardest": 0.25,
    "talks.keeps": 0.7,
    "ceasefires.slope": 4.0,
    "ceasefires.bloody": 0.5,
    "ceasefires.onset": 6.5e-4,
    "ceasefires.local": 0.25,
    "ceasefires.collapse_cessation": 3.5e-3,
    "ceasefires.collapse_compliance": 1.75e-3,
    "ceasefires.collapse_definitive": 8.75e-4,
    "ceasefires.conduct": 3.0,
    "settlement.shift": 0.3,
}
"""The first version's mechanisms and constants, where they differ from those of today."""

PROFILES: dict[str, dict[str, float]] = {"core-0.1": CORE_0_1}
"""Named sets of parameters; a run under ``core-0.1`` is bit for bit that of version 0.1."""


def profile_of(version: str | None) -> str | None:
    """The profile that gives the core of an earlier version ("0.1" or "0.1.0"); none for the present one."""
    major, _, rest = (version or "").partition(".")
    name = f"core-{major}.{rest.partition('.')[0]}"
    return name if name in PROFILES else None


def switches_counted() -> dict[str, bool]:
    """Whether counts show that a mechanism acts, by its switch."""
    extras = {name: field.json_schema_extra for name, field in Switches.model_fields.items()}
    return {name: isinstance(extra, dict) and extra["counted"] is True for name, extra in extras.items()}


class Violence(Group):
    """E1, E2: attacks, their excitation, restraint and severity."""

    n_own: float = par(0.30, 0, 0.6, "events/event", "attacks triggered by an own attack", "lewis2012", "measured")
    n_rec: float = par(0.12, 0, 0.4, "events/event", "attacks triggered by an attack suffered", "linke2012", "sign")
    n_ally: float = par(0.05, 0, 0.2, "events/event", "attacks triggered by an ally's attack on the same foe", "linke2012", "judgement")
    memory: float = par(21.0, 5, 40, "days", "memory of the excitation", "lewis2012", "measured")
    dispersion: float = par(1.55, 0.5, 50, "1/day", "shape of one source's daily overdispersion per day", "ged", "calibrated")
    season_spread: float = par(0.6, 0, 1, "1", "spread of the season's yearly amplitude about 1", "ged", "judgement")
    heat_limit: float = fixed(1.4, "log", "bound of the log multiplier of background violence", "assumption", "judgement")
    tail: float = par(2.2, 1.2, 3.5, "1", "tail exponent of deaths per event (density exponent less one)", "ged", "measured")
    max_deaths: float = fixed(500.0, "deaths", "largest event", "assumption", "judgement")
    put_off: float = par(0.35, 0, 0.8, "1", "share of the operations a truce prevents that are only put off", "assumption", "judgement")
    backlog_days: float = fixed(14.0, "days", "time in which operations put off are released", "assumption", "judgement")
    failed_talks: float = par(0.25, 0, 0.8, "log", "rise of violence after failed talks", "menninga2021", "sign")
    talk_and_fight: float = par(0.12, 0, 0.5, "log", "rise of violence while talks are open without a truce", "sticher2021", "sign")
    talk_and_hold: float = par(0.7, 0, 1.4, "log", "fall of provocations, and of promises taken back, while talks are open", "cha2017", "sign")
    pressed: float = par(1.0, 0, 2, "1", "elasticity of attacks to the capability that a foe's patron no longer lends it", "fearon1995", "judgement")
    discontent_heat: float = par(0.3, 0, 1, "log", "rise of violence with discontent above its normal", "stedman1997", "sign")
    patience: float = fixed(180.0, "days", "time for which an ally and its foe wait to see what a patron's truce brings", "assumption", "judgement")
    hush: float = par(0.0, -0.6, 0.6, "log", "fall of their fighting while that truce is new (negative: rise)", "assumption", "judgement")
    waits: float = par(0.0, -1, 1, "1", "share of the pressing on an ally that waits while that truce is new (negative: more pressing)", "assumption", "judgement")
    preempt: float = par(0.5, 0, 1, "log", "rise of the attacks of a side that refused for fear of what peace lets the other do", "fearon1995", "judgement")
    preempt_days: float = fixed(60.0, "days", "time for which it strikes first", "assumption", "judgement")
    stale_days: float = par(60.0, 20, 365, "days", "time in which operations put off lose their point", "assumption", "judgement")
    level_spread: float = par(0.9, 0.1, 2, "log", "standard deviation of a war's log level, where the case does not give its own", "ged", "measured")
    level_memory: float = par(500, 90, 900, "days", "memory of the slow part of the level", "ged", "calibrated")
    surge_memory: float = par(15, 10, 90, "days", "memory of its fast part", "ged", "calibrated")
    severity_slope: float = par(0.59, -0.1, 0.7, "1", "elasticity of deaths per event to the level of violence", "ged", "calibrated")
    resumed: float = par(1.2, 0, 2, "log", "rise of the level when a side launches an offensive", "ethprio", "calibrated")
    offensive: float = par(0.12, 0, 0.2, "1/day", "offensives of a side of even odds on the day on which a ceasefire is broken", "ethprio", "calibrated")
    wind_down: float = par(0.7, 0, 2, "log", "fall of violence with the share of the agenda that talks have settled", "ucdppa", "calibrated")
    surge_share: float = par(0.16, 0, 0.8, "1", "share of the level's variance in its fast part", "ged", "calibrated")


class Endings(Group):
    """E16: how wars end without an agreement, and come back."""

    fade: float = par(0.05, 0.02, 0.3, "1/year", "chance that a war of usual level fades out", "kreutz2010", "calibrated")
    fade_slope: float = par(0.95, 0, 2, "1", "log hazard of fading per unit of log level below the usual", "kreutz2010", "calibrated")
    flare: float = par(0.175, 0.05, 0.5, "1/year", "chance that a war that has faded out flares up", "kreutz2010", "calibrated")
    quiet: float = fixed(4.5, "log", "fall of violence in a war that has faded out", "ged", "calibrated")
    lull_days: float = fixed(45, "days", "time in which a war comes to rest, or flares up", "assumption", "calibrated")
    fortune_spread: float = par(0.2, 0, 1, "1", "standard deviation of the fortune of war in the log ratio of capabilities, relative to the volatility", "assumption", "calibrated")
    fortune_memory: float = fixed(1500.0, "days", "time in which the fortune of war is forgotten", "assumption", "judgement")
    depth: float = par(0.3, 0, 1, "log", "how much further that of a state has to fall", "kreutz2010", "calibrated")
    beaten: float = par(0.68, 0.3, 1.5, "log", "fall of the ratio of capabilities below its first at which a side begins to melt away", "assumption", "calibrated")


class Attribution(Group):
    """E3: who is blamed for an attack."""

    mistaken: float = par(0.15, 0, 0.5, "1", "chance that a party's attacks are blamed on another foe", "assumption", "judgement")
    mistaken_spoiler: float = par(0.4, 0, 0.8, "1", "chance that a spoiler's attacks are blamed on the main foe", "stedman1997", "judgement")


class Trust(Group):
    """E4: belief that the other honours its word."""

    memory: float = par(540.0, 180, 1500, "days", "time in which trust fades to its prior", "assumption", "judgement")
    weight: float = par(8.0, 2, 12, "observations", "weight of the prior", "assumption", "judgement")
    max_weight: float = fixed(40.0, "observations", "largest weight of belief", "assumption", "judgement")
    kept_day: float = par(0.03, 0.005, 0.08, "observations/day", "weight of a day of kept truce", "kydd2005", "sign")
    loss_aversion: float = par(2.5, 1.2, 4, "1", "weight of a broken promise relative to a kept one", "kydd2005", "sign")
    breach_level: float = fixed(0.6, "1", "conduct under truce above which a day counts as broken", "assumption", "judgement")
    measure_weight: float = par(0.35, 0.1, 1, "observations", "weight of a costly measure", "kydd2000", "sign")
    measure_scale: float = par(0.5, 0.2, 1.5, "1", "cost at which a measure carries 63 % of its weight", "kydd2000", "sign")
    unmet: float = par(0.5, 0, 1, "1", "weight of an unanswered measure relative to the measure", "osgood1962", "sign")
    spillover: float = par(0.15, 0, 0.2, "1", "share of news that third parties take over", "bara2023", "sign")


class Endurance(Group):
    """E5, E11: exhaustion, political capital, discontent."""

    exhaustion_memory: float = par(270.0, 90, 700, "days", "memory of losses", "zartman2000", "judgement")
    war_cost: float = par(0.18, 0.02, 0.5, "1", "cost of fighting on at normal losses", "assumption", "calibrated")
    standoff_cost: float = par(0.05, 0, 0.2, "1", "cost of carrying on a confrontation in which nobody is killed", "assumption", "judgement")
    toll_elasticity: float = par(0.5, 0, 1, "1", "elasticity of the cost of war to the losses expected of it", "assumption", "judgement")
    toll_scale: float = par(2.0, 0.02, 200, "deaths/day", "losses of one side in a war of usual size", "ged", "judgement")
    toll_pooled: float = par(0.65, 0, 1, "1", "how far a toll is held against wars in general (1) and not against the case's own (0)", "assumption", "calibrated")
    prospect: float = par(0.5, 0, 1, "1", "share of pain that is the prospect of the war resumed, not losses felt", "zartman2000", "judgement")
    hawk_stake: float = par(0.33, 0, 0.6, "1", "share of the stake that a wholly hawkish side wants beyond what an even-minded one does", "stedman1997", "calibrated")
    power_scale: float = par(0.35, 0.1, 1, "log", "log ratio of capability that moves the odds from even to 73 %", "assumption", "judgement")
    look_ahead: float = fixed(180.0, "days", "how far ahead a trend of capability is read", "fearon1995", "judgement")
    trend_memory: float = fixed(60.0, "days", "time over which a trend becomes visible", "assumption", "judgement")
    capital_memory: float = par(365.0, 120, 1000, "days", "time in which political capital recovers", "assumption", "judgement")
    capital_half: float = par(0.5, 0.1, 2, "1", "capital at which concessions come half as easily", "assumption", "judgement")
    discontent_memory: float = par(180.0, 60, 500, "days", "time in which discontent fades", "assumption", "judgement")
    discontent_normal: float = par(0.2, 0.05, 0.5, "1", "normal discontent", "assumption", "judgement")
    success: float = par(0.15, 0, 0.4, "1", "share of the way to full political capital that an answered measure or an agreement wins", "assumption", "judgement")
    talking_cost: float = par(0.2, 0, 0.6, "1", "cost of opening visible talks with a foe, as a divisive measure of that size", "assumption", "judgement")
    vindication: float = par(0.15, 0, 0.4, "1", "discontent that a broken or unanswered promise rouses among hawks", "stedman1997", "sign")
    discontent_gain: float = par(0.5, 0.1, 1, "1", "discontent that a concession rouses", "stedman1997", "sign")


class Leaders(Group):
    """E17: change of leaders."""

    turnover: float = par(0.12, 0, 0.4, "1/year", "change of a party's leader", "tiernay2015", "judgement")
    spread: float = fixed(0.15, "1", "spread of a new leader's hawkishness and tolerance for risk about the party's own", "assumption", "judgement")
    window: float = par(0.5, 0, 1, "logit", "spread of the window of opportunity that a change opens or shuts", "tiernay2015", "judgement")


class Readiness(Group):
    """E6: motivation, optimism, commitment and readiness."""

    pain: float = par(1.5, 0.2, 3, "logit", "weight of a stalemate that hurts more than at the start", "zartman2000", "sign")
    validation: float = par(1.0, 0, 2, "logit", "weight of recognition and posture on offer", "rubin2021", "sign")
    hawks: float = par(1.0, 0.2, 2, "logit", "weight of hawkish factions", "pruitt2005", "sign")
    window: float = par(1.0, 0, 2, "1", "weight of a window of opportunity", "zartman2000", "sign")
    window_memory: float = par(120.0, 30, 400, "days", "time in which a window of opportunity closes", "assumption", "judgement")
    trust: float = par(4.0, 1, 8, "logit", "weight of trust in optimism", "pruitt2005", "sign")
    progress: float = par(1.0, 0, 2, "logit", "weight of progress in optimism", "arevalo2026", "sign")
    mediated: float = par(0.5, 0, 1.5, "logit", "weight of mediation in optimism", "pruitt2015", "sign")
    mutual: float = par(0.8, 0, 2, "logit", "weight of the other's readiness, seen late", "pruitt2015", "sign")
    lag: float = fixed(30.0, "days", "delay with which the other's readiness is seen", "assumption", "judgement")
    record_memory: float = fixed(90.0, "days", "memory of promises kept and broken", "assumption", "judgement")
    pooled: float = par(0.3, 0, 1, "1", "how far readiness, trust and pain are held against wars in general (1) and not against the case's own start (0)", "assumption", "calibrated")


class Talks(Group):
    """E7: opening, progress and failure of tracks."""

    base: float = par(7.70e-4, 1 / 4000, 1 / 200, "1/day", "opening of a track at reference readiness", "assumption", "calibrated")
    slope: float = par(5.6, 1, 10, "1", "log hazard of opening per unit of readiness", "pruitt2005", "calibrated")
    unmet: float = par(0.1, 0.01, 0.5, "1", "factor on opening while a precondition is unmet", "wanisstjohn2006", "judgement")
    channel_gain: float = par(4.0, 0, 10, "1", "gain of a sponsor's hazard of direct talks at full lever", "assumption", "judgement")
    tracks_gain: float = par(4.0, 0, 10, "1", "gain of a sponsor's hazard of parallel tracks at full lever", "assumption", "judgement")
    issue: float = par(0.012, 1 / 240, 1 / 20, "1/day", "settling of an issue at full readiness", "assumption", "calibrated")
    hardest: float = par(0.32, 0.05, 1, "1", "pace of the last issue of an agenda relative to the first, those between in proportion", "assumption", "calibrated")
    rescue: float = par(40.0, 0, 200, "1", "factor on reopening just after a failure, with an aligned ally's track open", "assumption", "judgement")
    rescue_days: float = fixed(14.0, "days", "time in which failed talks can be rescued", "assumption", "judgement")
    working_speed: float = par(0.6, 0.2, 1, "1", "speed of working-level talks relative to senior ones", "assumption", "judgement")
    summit_speed: float = par(2.0, 1, 4, "1", "speed of a summit relative to senior talks", "assumption", "judgement")
    summit_failure: float = par(3.0, 1, 6, "1", "failure of a summit relative to senior talks", "assumption", "judgement")
    summit_cost: float = par(0.2, 0, 0.5, "1", "political capital lost by both leaders when a summit fails", "assumption", "judgement")
    sister: float = par(0.5, 0, 1, "1", "effect of an open sister track, signed by alignment", "wanisstjohn2006", "judgement")
    direct_speed: float = par(1.8, 0.7, 5, "1", "speed of direct talks relative to indirect ones", "assumption", "judgement")
    mediated: float = par(0.5, 0, 1.5, "1", "speed gained by mediation", "svensson2015", "sign")
    failure: float = par(0.005, 1 / 1000, 1 / 60, "1/day", "failure of a track at reference readiness", "assumption", "calibrated")
    keeps: float = par(0.63, 0.2, 1, "1", "share of settled issues that survive a failure", "assumption", "calibrated")
    failure_memory: float = par(60.0, 14, 180, "days", "time in which the heat of failed talks fades", "menninga2021", "judgement")
    boost: float = par(1.5, 1, 3, "1", "factor on opening after an answered measure", "osgood1962", "sign")
    boost_days: float = fixed(90.0, "days", "time for which an answered measure eases opening", "assumption", "judgement")
    exclusion: float = par(0.0010, 0, 0.005, "1/day", "loss of the excluded ally's standing", "wanisstjohn2006", "sign")
    slight: float = par(0.01, 0, 0.03, "observations/day", "weight of a day of visible talks over its head in the excluded ally's trust of its patron", "wanisstjohn2006", "sign")
    standing_memory: float = par(540.0, 180, 1500, "days", "time in which lost standing recovers", "assumption", "judgement")
    sincerity: float = par(0.0005, 0, 0.002, "1/day", "legitimacy a direct channel wins with third audiences", "assumption", "judgement")
    leak_cost: float = fixed(0.1, "1", "political capital lost when a backchannel leaks", "wanisstjohn2006", "sign")


class Ceasefires(Group):
    """E8, E9: offers, answers, conduct and end of truces."""

    onset: float = par(1.03e-3, 2e-4, 2e-3, "1/day", "ceasefires of both sides begun per conflict at reference readiness", "clayton2022", "calibrated")
    slope: float = par(5.2, 1, 8, "1", "log hazard of an offer per unit of readiness", "pruitt2005", "calibrated")
    bloody: float = par(0.6, 0, 1, "1", "elasticity of offers to recent relative to usual losses", "clayton2022", "calibrated")
    holiday: float = par(1.0, 0, 2.5, "log", "rise of offers near a holiday", "clayton2022", "sign")
    talking: float = par(0.7, 0, 1.5, "log", "rise of offers while a track is open", "clayton2022", "sign")
    lever_gain: float = par(3.0, 0, 10, "1", "gain of a sponsor's hazard of offers at full lever", "assumption", "judgement")
    answer: float = par(0.2, 0.05, 1, "1/day", "answer to an offer at reference readiness", "assumption", "judgement")
    answer_days: float = fixed(10.0, "days", "time after which an unanswered offer lapses", "assumption", "judgement")
    restraint: float = fixed(0.30, "1", "violence under a cessation relative to none", "ged", "measured")
    local_share: float = fixed(0.5, "1", "share of the fighting that a local truce covers", "ethprio", "calibrated")
    unilateral: float = par(0.38, 0, 0.8, "1", "share of the ceasefires that a side declares alone, and asks no answer", "ethprio", "calibrated")
    term_unilateral: float = fixed(14.0, "days", "term of such a ceasefire", "ethprio", "measured")
    follow: float = par(3, 0, 3, "log", "rise of offers just after a ceasefire has ended", "ethprio", "calibrated")
    follow_days: float = par(90, 30, 500, "days", "time in which that rise fades", "ethprio", "calibrated")
    local: float = par(0.46, 0, 0.6, "1", "chance that an offer of a party's own is a local truce", "ethprio", "calibrated")
    rearm: float = fixed(0.3, "1", "operations prepared by a side that uses the pause, relative to its usual", "sticher2021", "sign")
    answer_breach: float = par(0.1, 0.01, 0.5, "1/day", "proportionate answer to a breach at reference readiness", "wiehler2021", "judgement")
    chastened: float = fixed(0.6, "1", "violence of an answered breaker relative to before, while it lasts", "wiehler2021", "sign")
    chastened_days: float = fixed(21.0, "days", "time for which an answered breach restores restraint", "assumption", "judgement")
    restraint_step: float = fixed(0.8, "1", "factor on that restraint for each higher class", "clayton2021", "judgement")
    term_cessation: float = fixed(30.0, "days", "term of a cessation of hostilities", "ethprio", "judgement")
    term_compliance: float = fixed(120.0, "days", "term of a ceasefire with compliance terms", "ethprio", "judgement")
    term_definitive: float = fixed(730.0, "days", "term of a definitive ceasefire without an agreement", "ethprio", "judgement")
    term_holiday: float = fixed(3.0, "days", "term of a holiday truce", "ethprio", "measured")
    collapse_cessation: float = par(0.0055, 5e-4, 8e-3, "1/day", "collapse of a cessation that works", "ethprio", "calibrated")
    collapse_compliance: float = par(0.004, 2e-4, 4e-3, "1/day", "collapse of one with compliance terms", "clayton2021", "calibrated")
    collapse_definitive: float = par(6.30e-4, 1e-4, 2e-3, "1/day", "collapse of a definitive ceasefire", "clayton2021", "calibrated")
    conduct: float = par(0.2, 0, 6, "1", "log collapse hazard per unit of conduct above the restraint", "wiehler2021", "calibrated")
    monitored: float = par(0.5, 0, 0.9, "1", "share of collapse that full monitoring prevents", "fortna2003", "sign")
    holds_cut: float = par(1.44, -1, 4, "logit", "score above which a side keeps its ceasefire; below, it never takes hold", "ethprio", "calibrated")
    held: float = fixed(0.03, "1", "violence left by a side that keeps its ceasefire", "ethprio", "measured")
    agreed_truce: float = par(2.0, 0, 4, "log", "rise of offers once talks have settled a ceasefire", "ethprio", "judgement")
    tolerated: float = par(0.26, 0.1, 0.6, "1", "violence under a ceasefire that does not count as its breach", "assumption", "judgement")
    ready: float = par(2.7, 0, 8, "logit", "weight of readiness above its start in keeping a ceasefire", "pruitt2005", "calibrated")
    watched: float = par(0.0, -0.9, 0.9, "logit", "weight of full monitoring in keeping a ceasefire", "fortna2003", "sign")
    class_step: float = par(0.44, 0, 2.5, "logit", "weight of each higher class in keeping a ceasefire", "clayton2021", "calibrated")
    brief: float = fixed(1.5, "logit", "weight of a term of a few days, such as a holiday", "ethprio", "judgement")
    signed: float = par(3.0, 0, 6, "logit", "weight of an agreement in keeping its ceasefire", "ucdppa", "measured")
    scheming: float = fixed(1.5, "logit", "loss of that score for a side that means to use the pause", "sticher2021", "sign")
    settle_days: float = fixed(140.0, "days", "time in which violence under a ceasefire that works dies down", "fortna2003", "sign")
    hostile: float = par(0.22, 0.05, 0.5, "1", "chance that a side means to use the pause, at reference readiness", "sticher2021", "calibrated")
    early_end: float = fixed(0.2, "1/day", "collapse of a ceasefire that a side means to use", "ethprio", "calibrated")


class Measures(Group):
    """E10: graduated reciprocation in tension reduction."""

    base: float = par(1 / 60, 1 / 240, 1 / 20, "1/day", "giving of a measure at full lever, readiness and capital", "osgood1962", "judgement")
    recognition_hurt: float = par(0.15, 0, 0.4, "1", "standing an ally loses when its patron recognises its foe", "assumption", "judgement")
    unprompted: float = par(0.08, 0, 0.5, "1", "share of that hazard without any lever", "assumption", "judgement")
    growth: float = par(1.3, 1, 2, "1", "growth of the next step after an answer", "osgood1962", "sign")
    reply_days: float = par(30.0, 7, 90, "days", "time allowed for an answer", "osgood1962", "judgement")
    reply: float = par(1 / 20, 1 / 90, 1 / 5, "1/day", "answer to a measure at full readiness", "osgood1962", "judgement")
    patience: float = fixed(3.0, "steps", "unanswered steps before a pause", "osgood1962", "judgement")
    pause_days: float = fixed(180.0, "days", "pause after unanswered steps", "assumption", "judgement")
    reversal: float = par(1 / 1500, 1 / 6000, 1 / 300, "1/day", "taking back of a measure in normal times", "assumption", "judgement")
    reversal_slope: float = par(3.0, 0, 6, "1", "log hazard of reversal per unit of distrust and discontent", "assumption", "judgement")
    disappointment: float = par(0.25, 0, 1, "1", "distrust and discontent that one failure of public talks counts for there", "menninga2021", "sign")
    sceptics: float = par(0.5, 0, 1, "1", "rise of that price for a leader whom third audiences doubt", "assumption", "judgement")
    price: float = par(1.0, 0.2, 2, "1", "political capital a divisive measure of cost 1 takes from a hawkish side", "assumption", "judgement")


class Mediation(Group):
    """E14: where mediators work and what they bring."""

    waning: float = fixed(720.0, "days", "time in which a mediator's leverage on a pair wanes", "kenwick", "sign")
    facilitation: float = par(0.6, 0, 1, "1", "effect on talks of one who only drafts or guarantees, relative to a facilitator", "svensson2015", "judgement")
    drafting: float = fixed(0.3, "1", "drafting by a facilitator or guarantor relative to a formulator", "svensson2015", "judgement")
    credit: float = par(1 / 365, 1 / 1500, 1 / 90, "observations/day", "weight of a day of a held agreement in a guarantor's credibility", "assumption", "judgement")
    discredit: float = fixed(1.5, "observations", "weight of a failed agreement in a guarantor's credibility", "assumption", "judgement")

    round_days: float = par(30.0, 14, 90, "days", "time between a mediator's choices", "assumption", "judgement")
    readiness: float = par(4.0, 0, 8, "logit", "weight of perceived readiness", "ruhe2015", "sign")
    persistence: float = par(1.5, 0, 3, "logit", "weight of being at work already", "assumption", "judgement")
    lever_gain: float = par(2.0, 0, 4, "logit", "weight of a sponsor's invitation at full lever", "assumption", "judgement")
    bias: float = par(0.8, 0, 2, "logit", "weight against a mediator's bias", "svensson2015", "sign")


class Leverage(Group):
    """E12: presence, capability, collapse."""

    drawdown: float = par(1 / 2500, 1 / 10000, 1 / 500, "1/day", "unprompted reduction of presence", "assumption", "judgement")
    withdrawn: float = fixed(1.0, "1", "how far a patron's own attacks fall with its presence", "assumption", "judgement")
    posture_gain: float = par(4.0, 0, 10, "1", "gain of that hazard at full lever", "assumption", "judgement")
    drawdown_step: float = par(0.25, 0.05, 0.5, "1", "presence removed by one reduction", "assumption", "judgement")
    milestone: float = par(0.6, 0.2, 0.9, "1", "violence relative to the quarter's mean that meets a milestone", "assumption", "judgement")
    milestone_width: float = fixed(0.1, "1", "how gradually that level is judged", "assumption", "judgement")
    returns: float = par(0.5, 0.2, 1, "1", "elasticity of what a patron lends to its presence", "kalinovsky2011", "sign")
    melt: float = par(0.012, 0.002, 0.04, "1/day", "loss of morale below the tipping share", "assumption", "judgement")
    recover: float = par(1 / 400, 1 / 1500, 1 / 100, "1/day", "recovery of morale above it", "assumption", "judgement")
    tipping_spread: float = fixed(0.05, "1", "spread of the tipping share over runs", "assumption", "judgement")
    fall: float = fixed(0.05, "1/day", "collapse far below the tipping share", "assumption", "judgement")
    fall_margin: float = fixed(0.10, "1", "share below the tipping share at which collapse is half as fast", "assumption", "judgement")
    reliance: float = par(0.3, 0, 0.8, "1", "share of morale that rests on belief in the patron", "kenwick", "judgement")
    standing: float = par(0.3, 0, 0.8, "1", "share of morale that rests on legitimacy", "assumption", "judgement")


class Settlement(Group):
    """E13: packages, agreements, relapse."""

    retry_days: float = fixed(90.0, "days", "time before a refused package is offered again", "assumption", "judgement")
    noise: float = fixed(0.1, "1", "spread of a veto player's view of a package", "assumption", "judgement")
    view_memory: float = par(180.0, 30, 700, "days", "time in which a mistaken view of a bargain is corrected", "fearon1995", "sign")
    view_spread: float = par(0.13, 0, 0.3, "1", "spread of such views", "assumption", "calibrated")
    concede: float = par(0.5, 0, 1, "1", "share of what one side can spare that it offers after a refusal", "assumption", "judgement")
    power_binds: float = par(0.5, 0, 0.9, "1", "share of the fear of a bargain, and of relapse, that a full sharing of power ends", "hartzell2003", "sign")
    partial_relapse: float = par(1.6, 1, 3, "1", "relapse of a partial agreement relative to a full one", "ucdppa", "measured")
    interim: float = par(2.0, 0, 6, "1/year", "rate at which sides at the table sign the part of an agenda that they have settled", "ucdppa", "calibrated")
    vote_terms: float = par(0.05, 0, 0.3, "1", "share of the stake by which a lost plebiscite betters what is offered to the side that voted", "assumption", "judgement")
    review_days: float = fixed(90.0, "days", "time between reviews of an agreement", "joshi2015", "judgement")
    lateness: float = fixed(0.25, "1", "share of that time in breach with which a milestone is missed", "assumption", "judgement")
    milestone: float = fixed(0.5, "1", "cost of a measure whose reversal a missed milestone is like", "assumption", "judgement")
    counter_days: float = par(45.0, 7, 180, "days", "time before a counter-offer", "assumption", "judgement")
    shift: float = par(0.38, 0, 0.8, "1", "loss expected from an agreement that does not bind", "walter1997", "calibrated")
    relapse_quarter: float = par(1.3e-3, 5e-4, 3e-3, "1/day", "relapse in the first 90 days", "ucdppa", "measured")
    relapse_year: float = par(5e-4, 2e-4, 1.5e-3, "1/day", "relapse up to a year", "ucdppa", "measured")
    relapse_two: float = par(2e-4, 5e-5, 6e-4, "1/day", "relapse up to two years", "ucdppa", "measured")
    relapse_later: float = par(5e-5, 1e-5, 2e-4, "1/day", "relapse later", "ucdppa", "measured")
    peacekept: float = fixed(0.5, "1", "share of relapse, and of wars at rest that flare up, that a full peacekeeping mission prevents", "fortna2008", "sign")
    protected: float = par(0.5, 0, 0.9, "1", "share of relapse that guarantees and implementation prevent", "joshi2015", "sign")
    implementation_days: float = par(365.0, 120, 1200, "days", "time in which an agreement is carried out", "joshi2015", "judgement")


class Spoilers(Group):
    """E15: spoiling from outside and inside."""

    provoked: float = par(0.7, 0, 1.5, "log", "rise of a spoiler's attacks as peace nears", "stedman1997", "sign")
    patience: float = par(90.0, 20, 365, "days", "time in which a truce that holds, or talks that do not move, cease to provoke", "assumption", "judgement")
    inside: float = par(0.02, 0, 0.1, "events/day", "hardliners' own attacks during a truce, at full discontent", "stedman1997", "judgement")


class Strategies(Group):
    """Factors by which a named strategy multiplies the hazards of a plain party."""

    reciprocity: float = fixed(2.0, "1", "reciprocator: answers, and leaving talks after a breach", "osgood1962", "judgement")
    hard: float = fixed(0.4, "1", "hardliner: offers, openings and measures (their inverse: leaving and reversing)", "stedman1997", "judgement")
    advantage: float = fixed(0.4, "log", "opportunist: rise of attacks while the other holds fire or its patron leaves", "stedman1997", "judgement")
    initiative: float = fixed(2.5, "1", "GRIT initiator: measures given", "osgood1962", "judgement")
    caution: float = fixed(0.6, "1", "cautious: every step that commits, and leaving", "assumption", "judgement")
    seeking: float = fixed(2.0, "1", "ripeness-seeker: weight of readiness in choosing where to mediate", "ruhe2015", "judgement")
    staying: float = fixed(1.5, "logit", "persistent: added weight of being at work already", "assumption", "judgement")
    bold: float = fixed(1.0, "logit", "entrepreneur: added wish to mediate where nobody does", "assumption", "judgement")


class Parameters(Group):
    """All parameters of a run."""

    switches: Switches = Switches()
    violence: Violence = Violence()
    endings: Endings = Endings()
    attribution: Attribution = Attribution()
    trust: Trust = Trust()
    endurance: Endurance = Endurance()
    leaders: Leaders = Leaders()
    readiness: Readiness = Readiness()
    talks: Talks = Talks()
    ceasefires: Ceasefires = Ceasefires()
    measures: Measures = Measures()
    mediation: Mediation = Mediation()
    leverage: Leverage = Leverage()
    settlement: Settlement = Settlement()
    spoilers: Spoilers = Spoilers()
    strategies: Strategies = Strategies()
