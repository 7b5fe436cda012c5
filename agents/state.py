"""The records of a run: everything that actors are, hold and perceive, and the world they share.

Rules read and write these records.  Interpreted, they are Mesa agents and plain objects; compiled, they are rows of
numpy record arrays; the text of a rule is the same for both.  An index field (``source``, ``pair``) is a position in
the world's sequence of that kind; -1 means none.  ``key_lo``/``key_hi`` are the two words that name a record in the
keyed random numbers, and ``luck``/``tick_luck`` are its uniform draws for the present step or tick.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from detente.agents.codes import N_LEVERS, PARTY
from detente.agents.schema import record, var

if TYPE_CHECKING:
    from detente.agents.parameters import Parameters

# Sizes of the fixed lists.
MAX_ISSUES = 8
MAX_TOPICS = 60
ALL_TOPICS = (1 << MAX_TOPICS) - 1
N_EVENT_SIZES = 2

# Positions in ``luck`` (one draw per political step) and ``tick_luck`` (one per violence tick), by kind.
U_FALL = 0
U_COUNT = 0
U_BLAME = 1
U_SIZE = 2
U_HAPPENS = 0
U_COLLAPSE = 0
U_PURPOSE = 1
U_SCOPE = 2
U_ADHERE = 3
U_RELAPSE = 0
U_VIEW_A = 1
U_VIEW_B = 2
U_LEVEL = 3
U_SURGE = 4
U_FORTUNE = 5
U_QUIET = 6
U_RESUMED = 7
U_ISSUE = 0
U_LEAK = MAX_ISSUES


@record
class Clock:
    """Time, and the few numbers that belong to the run as a whole."""

    seed_lo: int = var("low 32 bits of the seed")
    seed_hi: int = var("high 32 bits of the seed")
    key_lo: int = var("name in the random numbers, low word")
    key_hi: int = var("name in the random numbers, high word")
    step: int = var("political steps taken", "steps")
    tick: int = var("violence ticks taken", "ticks")
    ticks_per_step: int = var("violence ticks in the present political step", "ticks", initial=1)
    step_days: float = var("length of the present political step", "days", initial=1.0)
    tick_days: float = var("length of a violence tick, at most a day", "days", initial=1.0)
    day: float = var("days since the start of the case at the beginning of the present tick", "days")
    stage: int = var("stage being carried out", "code")
    theory: int = var("theory of readiness in force", "code")
    horizon: int = var("political steps until the run ends", "steps")
    until_day: float = var("day to which the policy's acts are imposed (-1: none)", "days", initial=-1.0)
    next_move: int = var("first dated move not yet due", "index")
    n_events: int = var("events logged so far", "events")
    event_overflow: int = var("1 when an event found no room in the log", low=0, high=1)
    end_reason: int = var("why the run ended (0 while it runs)", "code")
    end_step: int = var("step at which it ended", "steps", initial=-1)
    season_strength: float = var(
        "this year's amplitude of the season, 1 on average", "1", low=0, high=2, initial=1.0
    )
    deaths_scale: float = var("deaths in all per death counted", "1", low=0, initial=1.0)
    season_year: int = var("year the amplitude was drawn for (-1: not yet)", "year of the case", initial=-1)
    n_truce_choices: int = var("choices about ceasefires; they stand first", "choices")
    n_talk_choices: int = var("choices about tracks; they stand second", "choices")
    n_measure_choices: int = var("choices about measures; they stand third", "choices")
    n_presence_choices: int = var("choices about presence; they stand fourth", "choices")
    n_narrow_choices: int = var("choices to narrow measures; they stand fifth, offensives last", "choices")


@record
class Rates:
    """Numbers that depend on parameters and step length alone, set before the first step and for a shorter last."""

    keep_trust: float = var("share of a trust surplus kept over a step", "1")
    keep_exhaustion: float = var("share of exhaustion kept over a step", "1")
    keep_capital: float = var("share of a capital deficit kept over a step", "1")
    keep_discontent: float = var("share of discontent kept over a step", "1")
    keep_window: float = var("share of a window of opportunity kept over a step", "1")
    keep_standing: float = var("share of lost legitimacy still lost after a step", "1")
    keep_failure: float = var("share of the heat after failed talks kept over a step", "1")
    keep_record: float = var("share of the record of kept and broken promises kept over a step", "1")
    keep_lag: float = var("share of the lagged readiness kept over a step", "1")
    keep_trend: float = var("share of the visible capability trend kept over a step", "1")
    keep_excitation: float = var("share of excitation kept over a tick", "1")
    keep_backlog: float = var("share of postponed operations still waiting after a tick of release", "1")
    keep_conduct: float = var("share of the five-day conduct mean kept over a tick", "1")
    keep_week: float = var("share of the 7-day loss mean kept over a tick", "1")
    keep_quarter: float = var("share of the 90-day loss mean kept over a tick", "1")
    keep_toll: float = var("share of the toll of war kept over a tick", "1")
    keep_stale: float = var("share of operations put off that keep their point over a tick", "1")
    keep_disarmed: float = var("share of forces still disarmed a step after an agreement failed", "1")
    keep_view: float = var("share of a mistaken view kept over a step", "1")
    keep_level: float = var("share of the slow part of a war's level kept over a step", "1")
    keep_surge: float = var("share of its fast part kept over a step", "1")
    keep_fortune: float = var("share of the fortune of war kept over a step", "1")
    keep_lull: float = var("share of the way into or out of a lull left after a step", "1")
    offer_rate: float = var("truce offers per side of one dyad at reference readiness", "1/day")


@record
class Day:
    """One calendar day of the case: what the world's calendar says of it."""

    season: float = var("seasonal factor of violence, mean 1 over a year", "1", initial=1.0)
    holiday: float = var("holiday restraint factor (1: no holiday)", "1", low=0, high=1, initial=1.0)
    severity: float = var("this year's factor on the scale of event severity", "1", initial=1.0)
    year: int = var("calendar years since the case began", "years")


@record
class PartyState:
    """A party to the conflict: a government, an armed movement, an outside power with forces in it."""

    key_lo: int = var("name in the random numbers, low word")
    key_hi: int = var("name in the random numbers, high word")
    index: int = var("position among the parties")
    patron: int = var("party that supports this one (-1: none)", "index", initial=-1)
    patron_dyad: int = var("dyad towards its patron (-1: none)", "index", initial=-1)
    strategy: int = var("how it tends to decide", "code")
    sponsor: int = var("1 if the levers belong to this party", low=0, high=1)
    levers: list[float] = var(
        "lever settings, in the order of DECLARED_LEVERS", "1", low=0, high=1, size=N_LEVERS
    )
    conditionality: float = var("share of drawdown held back until milestones are met", "1", low=0, high=1)
    validation: float = var("how much it wants recognition (0: wants none)", "1", low=0, high=3)
    risk_tolerance: float = var("leader's tolerance for political risk", "1", low=0, high=1)
    alignment: float = var("alignment with its patron's aims", "1", low=0, high=1, initial=0.5)
    hawkishness: float = var("mean hawkishness of its factions, weighted by share", "1", low=0, high=1)
    hawkishness_start: float = var("the same at the start of the case", "1", low=0, high=1)
    risk_start: float = var(
        "leader's tolerance for political risk at the start of the case", "1", low=0, high=1
    )
    successor: float = var(
        "hawkishness of a leader who takes over in this step (-1: nobody does)", "1", initial=-1.0
    )
    successor_risk: float = var(
        "tolerance for risk of the leader who takes over (-1: drawn)", "1", initial=-1.0
    )
    drift: float = var("pace at which the shares of its factions move", "1/year", low=0, high=5)
    discipline: float = var(
        "share of its fighters that obey the leadership", "1", low=0, high=1, initial=1.0, stock=True
    )
    capital: float = var(
        "political capital of the leader (1: rested)", "1", low=0, high=1.5, initial=1.0, stock=True
    )
    exhaustion: float = var(
        "perceived losses relative to the case's normal", "1", low=0, initial=1.0, stock=True
    )
    losses: float = var("own deaths in the present step", "deaths")
    losses_normal: float = var("expected own deaths per day at the base rates", "deaths/day")
    toll: float = var("deaths a day that it suffers while its wars are fought", "deaths/day", low=0)
    toll_start: float = var("the same at the start of the case", "deaths/day", low=0)
    window: float = var("window of opportunity", "logit", low=-2, high=2)
    legitimacy: float = var("standing at home and abroad", "1", low=0, high=1, initial=0.8, stock=True)
    legitimacy_start: float = var("the same at the start of the case", "1", low=0, high=1, initial=0.8)
    morale: float = var("own capability, without support", "1", low=0, high=8, initial=1.0)
    morale_full: float = var("own capability when nothing wears it down", "1", initial=1.0)
    demobilised: float = var("share of its own forces disarmed under an agreement", "1", low=0, high=1)
    support: float = var("capability lent by a patron fully present", "1", low=0, high=3)
    presence: float = var("share of a patron's forces present", "1", low=0, high=1)
    presence_start: float = var("the same at the start of the case", "1", low=0, high=1)
    capability: float = var("fighting capability", "1", low=0, high=6, initial=1.0)
    power: float = var(
        "share of capability against its main foe", "1", low=0, high=1, initial=0.5, stock=True
    )
    trend: float = var("visible change of log capability", "1/day")
    tipping: float = var(
        "share of capability below which its forces melt away (drawn; 0 or less: never)", "1"
    )
    fragile: int = var("1 if it can collapse", low=0, high=1)
    is_state: int = var("1 if it fights on the side of the state", low=0, high=1)
    brittle: int = var(
        "1 if it can be beaten in the field alone, as it declares no tipping share", low=0, high=1
    )
    collapsed: int = var("1 once it has collapsed", low=0, high=1)
    main_foe: int = var("party it fights above all (-1: none)", "index", initial=-1)
    foe_dyad: int = var("dyad towards the main foe (-1: none)", "index", initial=-1)
    first_faction: int = var("first of its factions", "index")
    n_factions: int = var("number of its factions", "factions")
    luck: list[float] = var("draws of the political step", "1", low=0, high=1, size=2)


@record
class FactionState:
    """A faction inside a party."""

    key_lo: int = var("name in the random numbers, low word")
    key_hi: int = var("name in the random numbers, high word")
    index: int = var("position among the factions")
    party: int = var("party it belongs to", "index")
    share: float = var("share of the party's fighters", "1", low=0, high=1)
    hawkishness: float = var("aversion to concessions", "1", low=0, high=1)
    discontent: float = var("discontent with the leadership", "1", low=0, high=1, initial=0.2, stock=True)


@record
class MediatorState:
    """An outside mediator."""

    key_lo: int = var("name in the random numbers, low word")
    key_hi: int = var("name in the random numbers, high word")
    index: int = var("position among the mediators")
    capacity: int = var("pairs it can serve at once", "pairs", initial=1)
    style: int = var("facilitator, formulator or guarantor", "code")
    strategy: int = var("how it chooses where to work", "code")
    skill: float = var("effect on talks (negative: it hurts them)", "1", low=-1, high=1, initial=1.0)
    leverage: float = var("weight of its guarantee while it is present", "1", low=0, high=1)
    kept: float = var("promises kept, pseudo-count of its credibility", "1", low=0, initial=3.0)
    broken: float = var("promises broken, pseudo-count of its credibility", "1", low=0, initial=1.0)
    presence: float = var("attention it gives to the conflict", "1", low=0, high=1, initial=1.0)
    monitors: float = var("quality of ceasefire monitoring it brings", "1", low=0, high=1)
    present: int = var("1 while it is there at all", low=0, high=1, initial=1)
    luck: list[float] = var("draws of the political step", "1", low=0, high=1, size=2)


@record
class SpoilerState:
    """An armed group outside the process that gains when it fails."""

    key_lo: int = var("name in the random numbers, low word")
    key_hi: int = var("name in the random numbers, high word")
    index: int = var("position among the spoilers")
    active: int = var("1 while it is there and fights on its own", low=0, high=1, initial=1)
    faction: int = var("faction that it comes out of (-1: none)", "index", initial=-1)
    splits: float = var(
        "rate at which that faction splits off, were peace wholly against it", "1/year", low=0
    )
    rejoins: float = var("rate at which it gives up once no peace threatens", "1/year", low=0)
    usual_share: float = var(
        "share of its party's fighters at which it attacks as declared", "1", low=0, high=1
    )
    share: float = var("share of its party's fighters that it took along", "1", low=0, high=1)
    strength: float = var("attacks relative to those declared", "1", low=0, initial=1.0)
    has_split: int = var("1 once it has split off", low=0, high=1)
    by_policy_until: float = var(
        "day until which only the policy says whether it splits off", "days", initial=-1.0
    )
    threat: float = var("how near peace looks to it", "1", low=0, high=1)
    cum_attacks: float = var("attacks so far", "events")


@record
class Target:
    """A spoiler's war on one party."""

    key_lo: int = var("name in the random numbers, low word")
    key_hi: int = var("name in the random numbers, high word")
    spoiler: int = var("who strikes", "index")
    victim: int = var("party it strikes", "index")
    blamed: int = var("dyad that is blamed when the author is mistaken (-1: none)", "index", initial=-1)
    lbar: float = var("mean attacks in quiet times", "events/day", low=0)
    deaths_per_event: float = var("mean deaths per event", "deaths", low=1, initial=1.0)
    size_scale: float = var("scale of deaths per event", "deaths", initial=1.0)
    attacks: float = var("attacks in the present tick", "events")
    tick_luck: list[float] = var("draws of the tick", "1", low=0, high=1, size=U_SIZE + N_EVENT_SIZES)


@record
class Dyad:
    """What one party does to another and believes of it."""

    key_lo: int = var("name in the random numbers, low word")
    key_hi: int = var("name in the random numbers, high word")
    index: int = var("position among the dyads")
    source: int = var("who acts and believes", "index")
    target: int = var("who is acted on and judged", "index")
    reverse: int = var("the dyad that looks back", "index")
    pair: int = var("the pair both belong to", "index")
    blamed: int = var("dyad blamed when the author is mistaken (-1: none)", "index", initial=-1)
    hostile: int = var("1 if the two fight", low=0, high=1)
    lethal: int = var("1 if its attacks kill, 0 if they are provocations", low=0, high=1, initial=1)
    suspended: float = var("share of it that measures given have suspended", "1", low=0, high=1)
    observes: float = var("weight of the holiday restraint", "1", low=0, high=1)
    first_witness: int = var("first of its links to third parties", "index")
    n_witnesses: int = var("number of those links", "links")
    # violence
    lbar: float = var("mean attacks at the base rates", "events/day", low=0)
    mu: float = var("background attacks", "events/day", low=0)
    responsive: float = var("share of provocations that it answers", "1", low=0, high=1, initial=1.0)
    excitation: float = var("attacks triggered by recent ones", "events/day", low=0)
    backlog: float = var("operations put off during a truce", "events", low=0)
    rate: float = var("unrestrained attack rate", "events/day", low=0)
    usual: float = var("that rate, were an agreement not carried out", "events/day", low=0)
    restraint: float = var("factor that holidays and truces put on the rate", "1", low=0, high=1, initial=1.0)
    restraint_holiday: float = var("holiday part of the restraint", "1", low=0, high=1, initial=1.0)
    fervour: float = var("log multiplier from the war's level: offensives, lulls", "1")
    fierceness: float = var("log multiplier of deaths per event from the same", "1")
    heat: float = var("log multiplier from posture, discontent and failed talks, bounded where it acts", "1")
    deaths_per_event: float = var("mean deaths per event", "deaths", low=1, initial=1.0)
    size_scale: float = var("scale of deaths per event", "deaths", initial=1.0)
    attacks: float = var("attacks in the present tick", "events", low=0)
    allied_attacks: float = var(
        "mean attacks seen on allies of the source by the target, this tick", "events", low=0
    )
    seen: float = var("attacks the target blames on the source, this tick", "events", low=0)
    deaths: float = var("deaths caused in the present tick", "deaths", low=0)
    step_attacks: float = var("attacks in the present step", "events", low=0)
    step_deaths: float = var("deaths in the present step", "deaths", low=0)
    cum_attacks: float = var("attacks so far", "events", low=0)
    deaths_week: float = var("7-day mean of deaths", "deaths/day", low=0)
    deaths_quarter: float = var("90-day mean of deaths", "deaths/day", low=0)
    toll: float = var("deaths a day that it causes while the war is fought", "deaths/day", low=0)
    toll_reference: float = var(
        "usual toll, between the case's own and that of wars in general", "deaths/day", low=0, initial=1.0
    )
    # belief
    prior_kept: float = var("prior pseudo-count of promises kept", "1", low=0, initial=2.0)
    prior_broken: float = var("prior pseudo-count of promises broken", "1", low=0, initial=3.0)
    kept: float = var("pseudo-count of promises the other kept", "1", low=0, initial=2.0)
    broken: float = var("pseudo-count of promises the other broke", "1", low=0, initial=3.0)
    trust: float = var(
        "belief that the other will honour its word", "1", low=0, high=1, initial=0.4, stock=True
    )
    trust_reference: float = var("trust with no news", "1", low=0, high=1, initial=0.4)
    record: float = var("recent promises of the other, kept minus broken", "1")
    recognition_given: float = var("recognition the source has given the target", "1", low=0, high=1)
    # appraisals
    motivation: float = var("motivation to end the fight", "1", low=0, high=1, stock=True)
    optimism: float = var("optimism that talks lead somewhere", "1", low=0, high=1, stock=True)
    commitment: float = var("belief that an agreement would bind", "1", low=0, high=1, stock=True)
    reciprocity: float = var(
        "belief that the other answers in kind, from its recent record", "1", low=0, high=1
    )
    readiness: float = var("readiness to negotiate", "1", low=0, high=1, stock=True)
    trust_usual: float = var(
        "trust it is held against: without news, and that in wars in general", "1", low=0, high=1, initial=0.4
    )
    readiness_usual: float = var(
        "readiness it is held against: its own at first, and that of wars in general", "1", low=0, high=1
    )
    readiness_level: float = var(
        "factor that matches a theory's level to the first one's", "1", low=0, initial=1.0
    )
    eagerness: float = var("factor that readiness puts on offers of truces", "1", low=0, initial=1.0)
    readiness_lagged: float = var("readiness as the other perceives it, late", "1", low=0, high=1)
    war_value: float = var("what the source expects from fighting on", "1", high=1, stock=True)
    package_value: float = var("worth of the package on the table above fighting on", "1")
    pain_reference: float = var("hurting stalemate at the start of the case", "1", low=0, high=1, initial=1.0)
    # restraint declared towards the target
    truce_from: float = var("day from which the source holds fire", "days", initial=-1.0)
    truce_until: float = var("day until which it does", "days", initial=-1.0)
    truce_restraint: float = var("restraint factor of the truce's class", "1", low=0, high=1, initial=1.0)
    adherence: float = var(
        "violence left by the way in which the source keeps its truce (1: not at all)",
        "1",
        low=0,
        high=1,
        initial=1.0,
    )
    meant: float = var(
        "how far a policy says that the source keeps its truce (-1: by luck)", "1", initial=-1.0
    )
    truce_seen: float = var(
        "attacks blamed on the source under its truce, those of a quarter", "events", low=0
    )
    truce_expected: float = var("attacks expected in that time without a truce", "events", low=0)
    conduct_seen: float = var("5-day mean of attacks blamed on the source", "events/day", low=0)
    conduct_expected: float = var("5-day mean of attacks expected without a truce", "events/day", low=0)
    conduct: float = var(
        "attacks seen relative to expected (1: a truce without effect)", "1", low=0, initial=1.0
    )
    chastened_until: float = var(
        "day until which an answered breach restores restraint", "days", initial=-1.0
    )
    breaching: int = var("1 while conduct under a truce counts as breach", low=0, high=1)
    offensive_day: float = var("day on which the source last launched an offensive", "days", initial=-1e6)
    alarmed_until: float = var(
        "day until which the source strikes first, for fear of peace", "days", initial=-1.0
    )
    tick_luck: list[float] = var("draws of the tick", "1", low=0, high=1, size=U_SIZE + N_EVENT_SIZES)


@record
class Ally:
    """An attack seen on an ally enters the excitation of a dyad: the links, one per pair of dyads."""

    dyad: int = var("dyad that is excited", "index")
    heard: int = var("dyad whose attacks it hears of", "index")
    weight: float = var("one over the number of allies", "1", low=0, high=1)


@record
class Witness:
    """A third party that also judges the target of a dyad, and so hears what it did; links in the order of dyads."""

    dyad: int = var("dyad in which the news arises", "index")
    heard_by: int = var("dyad that takes over a share of it", "index")


@record
class Pair:
    """Two parties and what stands between them: mediation, a ceasefire, an agreement."""

    key_lo: int = var("name in the random numbers, low word")
    key_hi: int = var("name in the random numbers, high word")
    index: int = var("position among the pairs")
    a: int = var("first party", "index")
    b: int = var("second party", "index")
    ab: int = var("dyad from first to second", "index")
    ba: int = var("dyad from second to first", "index")
    hostile: int = var("1 if the two fight", low=0, high=1)
    readiness: float = var("geometric mean of both sides' readiness", "1", low=0, high=1, stock=True)
    readiness_usual: float = var(
        "geometric mean of what both sides' readiness is held against", "1", low=0, high=1
    )
    eagerness: float = var(
        "factor that joint readiness puts on the opening of talks", "1", low=0, initial=1.0
    )
    n_mediators: int = var("mediators at work", "mediators", low=0)
    skill: float = var("sum of their skills", "1")
    drafting: float = var("sum of their skills at drafting", "1")
    monitoring_own: float = var("monitoring the two sides have set up themselves", "1", low=0, high=1)
    mediated: float = var("joint effect of the mediators at work", "1", low=-1, high=1)
    formulated: float = var("part of that effect that speeds the settling of issues", "1", low=-1, high=1)
    monitoring: float = var("quality of ceasefire monitoring", "1", low=0, high=1)
    hotline: float = var("quality of direct communication between commands", "1", low=0, high=1)
    guarantee: float = var("credible guarantee of an agreement by third parties", "1", low=0, high=1)
    peacekeepers: float = var("strength of peacekeepers from outside", "1", low=0, high=1)
    reopens: float = var(
        "rate at which its mediators have talks that just broke off reopened", "1/day", low=0
    )
    failure: float = var("heat left by failed talks", "1", low=0)
    progress: float = var("share of the agenda settled on the best track", "1", low=0, high=1)
    talking: int = var("1 while a track is open", low=0, high=1)
    complete: int = var(
        "1 while an open track that can conclude an agreement has settled its agenda", low=0, high=1
    )
    failed_day: float = var("day on which talks last failed", "days", initial=-1e6)
    ceased_day: float = var("day on which a ceasefire last ended", "days", initial=-1e6)
    broken_day: float = var("day on which a ceasefire was last broken", "days", initial=-1e6)
    calm_day: float = var("last day on which a side held fire", "days", initial=-1e6)
    boost: float = var("day until which an answered measure eases opening", "days", initial=-1.0)
    # the ceasefire object: one at a time between two parties, each with its own window on its dyad
    truce_state: int = var("none, offered, in force", "code")
    truce_class: int = var("class of the ceasefire", "code")
    offered_by: int = var("dyad that made the offer (-1: none)", "index", initial=-1)
    offered_day: float = var("day of the offer", "days", initial=-1.0)
    offer_from: float = var("first day of the offered window", "days", initial=-1.0)
    offer_until: float = var("end of the offered window", "days", initial=-1.0)
    truce_start: float = var("day from which both sides hold fire", "days", initial=-1.0)
    truce_term: float = var("agreed length", "days")
    pinned_until: float = var("day until which the policy holds both windows", "days", initial=-1.0)
    truce_scope: int = var("how much of the fighting it covers", "code")
    hostile_purpose: int = var(
        "side that means to use the pause (0 none, 1 first, 2 second)", "code", low=0, high=2
    )
    breaches: float = var("breaches in this ceasefire", "breaches", low=0)
    # settlement
    offer_day: float = var("day of the last package (-1: none)", "days", initial=-1.0)
    truce_settled: float = var(
        "ceasefire that talks have settled and that has not begun: its weight", "1", low=0, high=1
    )
    withdraws: list[float] = var(
        "share of its forces each side has signed to withdraw", "1", low=0, high=1, size=2
    )
    demobilises: list[float] = var(
        "share of its forces each side has signed to disarm", "1", low=0, high=1, size=2
    )
    shares_power: float = var("power that the agreement shares", "1", low=0, high=1)
    signed: int = var("topics that the standing agreement has signed, as bits", "code")
    coverage: float = var("share of all topics that the agreement settles", "1", low=0, high=1, initial=1.0)
    late: list[float] = var("days in breach since the last review, by side", "days", low=0, size=2)
    review_day: float = var("day of the last review of the agreement", "days", initial=-1.0)
    signing: int = var("topics that the policy has both sides sign in this step, as bits (0: none)", "code")
    signing_truce: int = var(
        "1 if a ceasefire comes with what the policy has signed", low=0, high=1, initial=1
    )
    fights_on: int = var("1 while the agreement that stands has no ceasefire", low=0, high=1)
    vote: float = var(
        "share in favour of the agreement in a plebiscite of this step (-1: none)", "1", initial=-1.0
    )
    voter: int = var("party that holds it", "index", initial=-1)
    by_policy_until: float = var("day until which only the policy signs", "days", initial=-1.0)
    view_a: float = var("the first party's mistake about what a package is worth", "1")
    view_b: float = var("the second party's", "1")
    terms: float = var("what counter-offers have moved towards the first party", "1")
    agreed: int = var("1 while an agreement stands", low=0, high=1)
    agreed_day: float = var("day it was signed", "days", initial=-1.0)
    implementation: float = var("share of the agreement carried out", "1", low=0, high=1)
    # the course of the war
    volatility: float = var(
        "standard deviation of the log level of violence (-1: that of wars in general)",
        "log",
        low=-1,
        high=3,
        initial=-1.0,
    )
    level: float = var("slow part of that log level", "log")
    surge: float = var("fast part of it", "log")
    fortune: float = var("fortune of war: what it adds to the first party's log share of capability", "log")
    is_quiet: int = var("1 while the war has faded out", low=0, high=1)
    lull: float = var("how far fighting has come to rest", "1", low=0, high=1)
    luck: list[float] = var("draws of the political step", "1", low=0, high=1, size=8)
    tick_luck: list[float] = var("draws of the tick", "1", low=0, high=1, size=4)


@record
class Track:
    """A line of talks between two parties."""

    key_lo: int = var("name in the random numbers, low word")
    key_hi: int = var("name in the random numbers, high word")
    index: int = var("position among the tracks")
    pair: int = var("pair it serves", "index")
    form: int = var("front, direct, proximity or backchannel", "code")
    rank: int = var("working level, senior or summit", "code", initial=1)
    level: float = var("speed relative to other tracks of its form and rank", "1", low=0, high=5, initial=1.0)
    visibility: float = var("how far it is seen", "1", low=0, high=1, initial=1.0)
    leak: float = var("rate at which its secret leaks", "1/day", low=0)
    needs_a: int = var("track the first party wants open beforehand (-1: none)", "index", initial=-1)
    needs_b: int = var("track the second party wants open beforehand (-1: none)", "index", initial=-1)
    sister: int = var("complementary track (-1: none)", "index", initial=-1)
    excluded: int = var("ally left out of it (-1: none)", "index", initial=-1)
    host: int = var("mediator without whom it cannot go on (-1: none)", "index", initial=-1)
    first_wait: int = var("first of what it waits for", "index")
    n_waits: int = var("number of things that it waits for", "conditions")
    n_issues: int = var("issues on its agenda", "issues", low=0, high=MAX_ISSUES, initial=4)
    agenda: list[int] = var("issues settled (1) and open (0)", "1", low=0, high=1, size=MAX_ISSUES)
    n_settled: int = var("issues settled", "issues", low=0, high=MAX_ISSUES)
    is_open: int = var("1 while talks go on", low=0, high=1)
    opened_day: float = var("day of the last opening", "days", initial=-1.0)
    failed_day: float = var("day on which it last broke off", "days", initial=-1e6)
    moved_day: float = var("day on which it opened or settled an issue last", "days", initial=-1.0)
    luck: list[float] = var("draws of the political step", "1", low=0, high=1, size=MAX_ISSUES + 1)


@record
class Issue:
    """One issue on the agenda of one track, and what it does."""

    track: int = var("track on whose agenda it stands", "index")
    place: int = var("place on that agenda", "index")
    pair: int = var("pair that the track serves", "index")
    topic: int = var("number of the topic within the pair, the same on all tracks that share it", "index")
    first: int = var("1 where the pair's tracks have the topic for the first time", low=0, high=1)
    does: int = var("what it does once settled or signed", "code")
    size: float = var("how much of it", "as the effect says", low=0, high=3)
    party: int = var("party that it concerns (-1: both)", "index", initial=-1)


@record
class Measure:
    """A confidence-building measure that one party can give another."""

    key_lo: int = var("name in the random numbers, low word")
    key_hi: int = var("name in the random numbers, high word")
    index: int = var("position among the measures")
    dyad: int = var("from giver to receiver", "index")
    kind: int = var("confidence, recognition or posture", "code")
    cost: float = var("cost of its first step", "1", low=0, high=3)
    size: float = var("cost of its next step", "1", low=0, high=3)
    max_size: float = var("cost beyond which it does not grow", "1", low=0, high=3)
    restrains: float = var(
        "share of the giver's attacks that stop while it is fully given", "1", low=0, high=1
    )
    divisive: float = var("how far it divides the giver's home", "1", low=0, high=1)
    core: float = var("share of what it suspends that is its core", "1", low=0, high=1, initial=1.0)
    fringe: float = var("share of its cost that the rest is worth (0: it has no fringe)", "1", low=0, high=1)
    at_summit: float = var("rise of the price of breaking it, if given to a leader", "1", low=0, high=3)
    reversible: int = var("1 if it can be taken back", low=0, high=1)
    first_wait: int = var("first of what it waits for", "index")
    n_waits: int = var("number of things that it waits for", "conditions")
    narrowed: int = var("1 while only its core stands", low=0, high=1)
    to_leader: int = var("1 if it was given while the leaders talked", low=0, high=1)
    state: int = var("not given, given, reversed", "code")
    n_given: int = var("times it was given", "times")
    given_day: float = var("day of its last step", "days", initial=-1.0)
    given_size: float = var("cost of what stands given", "1", low=0)
    step_size: float = var("cost of its last step, which an answer is weighed by", "1", low=0, high=3)
    waiting_until: float = var("day until which an answer is awaited (-1: none)", "days", initial=-1.0)
    n_unmet: int = var("steps without an answer, in a row", "times")
    paused_until: float = var("day until which the giver waits", "days", initial=-1.0)


@record
class Mediation:
    """A mediator's possible work on one pair."""

    mediator: int = var("who mediates", "index")
    pair: int = var("between whom", "index")
    access: float = var("how welcome the mediator is", "logit", low=-3, high=3)
    bias: float = var("lean towards the first party (negative: the second)", "1", low=-1, high=1)
    reopens: float = var("rate at which it has talks that just broke off reopened", "1/day", low=0, high=1)
    score: float = var("how much the mediator wants to work here", "logit")
    engaged: int = var("1 while it works here (2 while a round is being settled)", low=0, high=2)
    held: int = var("1 if it worked here before the round", low=0, high=1)
    worked: float = var("days at work here without a break", "days", low=0)


@record
class Wait:
    """Something that must be done before a track can open or a measure be given."""

    waits_for: int = var("a measure, a track or an issue", "code")
    subject: int = var("measure, or track", "index")
    place: int = var("place of the issue on the agenda of the track", "index")


@record
class Veto:
    """A third party whose consent an agreement of a pair needs, judged on its own dyad towards the other side."""

    pair: int = var("pair whose agreement it can refuse", "index")
    dyad: int = var("dyad by which it judges", "index")


@record
class Choice:
    """One decision a party can take: its hazard, and what a policy does to it."""

    key_lo: int = var("name in the random numbers, low word")
    key_hi: int = var("name in the random numbers, high word")
    index: int = var("position among the choices")
    actor: int = var("party that decides", "index")
    kind: int = var("which decision", "code")
    subject: int = var("dyad, track or measure it is about", "index")
    partner: int = var("the other side's choice to open the same track (-1: none)", "index", initial=-1)
    hazard: float = var("rate at which the party would take it now", "1/day", low=0)
    cum_hazard: float = var("integrated hazard under the rule, while nothing stood in the way", "1", low=0)
    why: int = var("cause written beside it", "code")
    imposed: int = var("what the policy says of this step", "code")
    from_day: float = var("start of the imposed window or size (-1: the rule's own)", "days", initial=-1.0)
    until_day: float = var("end of the imposed window (-1: the rule's own)", "days", initial=-1.0)
    amount: float = var("imposed amount (-1: the rule's own)", "1", initial=-1.0)
    scope: int = var("imposed scope of a ceasefire", "code")
    silent_until: float = var("day until which only the policy decides", "days", initial=-1.0)
    blocked_until: float = var("day until which it is ruled out", "days", initial=-1.0)
    luck: list[float] = var(
        "draw of the step, or of the tick for a choice about a ceasefire", "1", low=0, high=1, size=1
    )


@record
class Move:
    """One dated or triggered line of a policy, resolved to the choice it concerns."""

    day: float = var("day it is due", "days")
    effect: int = var("impose, block, set a lever, change the context", "code")
    sort: int = var("act, reply or context", "code")
    actor: int = var("party that moves, or actor that changes (-1: none)", "index", initial=-1)
    kind: int = var("kind of that actor", "code", initial=PARTY)
    subject: int = var("choice, lever or context it changes", "index")
    from_day: float = var("start of its window (-1: none)", "days", initial=-1.0)
    until_day: float = var("end of its window (-1: none)", "days", initial=-1.0)
    amount: float = var("size, level or strength (-1: the rule's own)", "1", initial=-1.0)
    risk: float = var("tolerance for risk of a new leader (-1: drawn)", "1", initial=-1.0)
    topics: int = var("topics of an agreement that is signed, as bits (-1: all)", "code", initial=-1)
    scope: int = var("scope of a ceasefire", "code")
    condition: int = var("condition that triggers it (-1: dated)", "index", initial=-1)
    expires: float = var("day from which a triggered move can no longer be made", "days", initial=1e6)
    done: int = var("1 once carried out", low=0, high=1)


@record
class Condition:
    """A declared condition on the course of the run."""

    watches: int = var("what it watches", "code")
    subject: int = var("pair or dyad watched", "index")
    below: int = var("1: holds below the level; 0: above", low=0, high=1)
    relative: int = var("1: level is a share of the 90-day mean", low=0, high=1)
    level: float = var("level compared with", "as watched")
    for_days: float = var("days it must hold in a row", "days")
    held: float = var("days it has held", "days")
    met: int = var("1 once it has held long enough", low=0, high=1)


@record
class Event:
    """One line of the chronicle, in codes; ``chronicle`` turns it into words."""

    day: float = var("day of the case", "days")
    stage: int = var("stage that wrote it", "code")
    what: int = var("what happened", "code")
    actor_kind: int = var("kind of the actor", "code")
    actor: int = var("who did it", "index")
    other_kind: int = var("kind of the other", "code")
    other: int = var("to or with whom", "index")
    subject: int = var("choice, track, measure or lever concerned (-1: none)", "index")
    why: int = var("why", "code")
    value: float = var("a number that belongs to it", "as the event says")
    form: int = var("class and scope of a ceasefire that began (-1: none)", "code", initial=-1)
    since: float = var("day from which it holds (-1: at once)", "days", initial=-1.0)


@record
class Tally:
    """Counts over the whole run, from which the outcomes are read."""

    attacks: float = var("attacks by parties", "events")
    spoiler_attacks: float = var("attacks by spoilers", "events")
    fatalities: float = var("deaths, scaled to all organised violence", "deaths")
    truces: float = var("ceasefires begun", "ceasefires", shows=("ceasefires",))
    truce_offers: float = var("ceasefires offered", "offers")
    truce_collapses: float = var("ceasefires broken", "ceasefires", shows=("ceasefires: collapse",))
    kept_truces: float = var("sides that kept a ceasefire of theirs", "sides", shows=("adherence",))
    truce_days: float = var("days under a ceasefire, summed over pairs", "days")
    breaches: float = var("breaches of ceasefires", "breaches", shows=("ceasefires: breach",))
    tracks: float = var("openings of tracks", "openings", shows=("talks",))
    failures: float = var("failures of tracks", "failures", shows=("talks: failure",))
    issues: float = var("issues settled", "issues")
    measures: float = var("measures given", "measures", shows=("measures",))
    reversals: float = var("measures taken back", "measures", shows=("measures: reversal",))
    answers: float = var("measures answered", "measures", shows=("measures: reciprocity",))
    agreements: float = var("agreements signed", "agreements", shows=("settlement: agreement",))
    relapses: float = var("agreements broken", "agreements", shows=("settlement: relapse",))
    talk_days: float = var("days with talks open, summed over tracks", "days")
    mediated_days: float = var("days with a mediator at work, summed over pairs", "days")
    aftermath: float = var(
        "attacks between two parties in the four weeks after a ceasefire of theirs", "events"
    )
    mistaken: float = var(
        "ticks in which an attack was blamed on another than its author", "ticks", shows=("attribution",)
    )
    news: float = var("pieces of evidence that moved trust", "pieces", shows=("trust",))
    engagements: float = var("times a mediator took up work", "times", shows=("mediation",))
    drawdowns: float = var("reductions of presence", "reductions", shows=("leverage",))
    packages: float = var("packages put forward", "packages", shows=("settlement",))
    leaks: float = var("secret tracks that leaked", "leaks", shows=("talks: leak",))
    provoked_attacks: float = var(
        "attacks by spoilers while peace looked near", "events", shows=("spoilers",)
    )
    inside_attacks: float = var(
        "attacks by hardliners inside a party against its truce",
        "events",
        shows=("spoilers", "spoilers: inside"),
    )
    rearming_days: float = var(
        "days on which a side used a pause to prepare", "days", shows=("ceasefires: rearming",)
    )
    promises_broken: float = var(
        "provocations against a promise", "events", shows=("measures: broken promise",)
    )
    breach_answers: float = var(
        "breaches answered in proportion", "answers", shows=("ceasefires: proportionate answer",)
    )
    against_model: float = var("imposed moves the rules would have ruled out", "moves")
    milestones_missed: float = var(
        "reviews of agreements at which a side was behind", "reviews", shows=("terms: milestone",)
    )
    signed_issues: float = var("issues with an effect that were signed", "issues", shows=("terms",))
    pre_emptions: float = var(
        "times a side struck first for fear of peace", "times", shows=("bargaining: pre-emption",)
    )
    lulls: float = var("wars that faded out", "wars", shows=("endings",))
    victories: float = var("parties beaten", "parties", shows=("endings: victory",))
    one_sided: float = var("ceasefires of one side", "ceasefires", shows=("adherence: one-sided",))
    leaders: float = var("changes of leader", "changes", shows=("leaders",))
    splits: float = var("factions that split off", "splits", shows=("leaders: split",))
    rejoinings: float = var("spoilers that went back to their party", "returns")
    offensives: float = var("offensives launched", "offensives", shows=("level: offensive",))
    log_score: float = var("log hazard of the imposed acts at their dates", "log 1/day")
    scored_acts: float = var("imposed acts that the rule allowed", "acts")


class World(NamedTuple):
    """All records of one run.  Sequences hold agents or objects when interpreted, record arrays when compiled."""

    clock: Clock
    par: Parameters
    rates: Rates
    tally: Tally
    days: Sequence[Day]
    parties: Sequence[PartyState]
    factions: Sequence[FactionState]
    mediators: Sequence[MediatorState]
    spoilers: Sequence[SpoilerState]
    targets: Sequence[Target]
    dyads: Sequence[Dyad]
    allies: Sequence[Ally]
    witnesses: Sequence[Witness]
    pairs: Sequence[Pair]
    tracks: Sequence[Track]
    issues: Sequence[Issue]
    measures: Sequence[Measure]
    mediations: Sequence[Mediation]
    vetoes: Sequence[Veto]
    waits: Sequence[Wait]
    choices: Sequence[Choice]
    moves: Sequence[Move]
    conditions: Sequence[Condition]
    events: Sequence[Event]


SINGLE_KINDS: dict[str, type] = {"clock": Clock, "rates": Rates, "tally": Tally}
"""Kinds of which a run has one."""

MANY_KINDS: dict[str, type] = {
    "days": Day,
    "parties": PartyState,
    "factions": FactionState,
    "mediators": MediatorState,
    "spoilers": SpoilerState,
    "targets": Target,
    "dyads": Dyad,
    "allies": Ally,
    "witnesses": Witness,
    "pairs": Pair,
    "tracks": Track,
    "issues": Issue,
    "measures": Measure,
    "mediations": Mediation,
    "vetoes": Veto,
    "waits": Wait,
    "choices": Choice,
    "moves": Move,
    "conditions": Condition,
    "events": Event,
}
"""Kinds of which a run has a sequence; ``World`` fields of the same name."""

CONSTANT_KINDS = ("days", "allies", "witnesses", "issues", "vetoes", "waits")
"""Kinds that no rule writes: shared by all runs of one case."""

KEYED_KINDS = (
    "parties",
    "factions",
    "mediators",
    "spoilers",
    "targets",
    "dyads",
    "pairs",
    "tracks",
    "measures",
    "choices",
)
"""Kinds whose records have a name of their own, and with it their own luck."""
