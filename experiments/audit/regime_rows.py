"""The rows of the regime audit: for each a question, a source, two regimes of a war, and what is compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from fnmatch import fnmatch
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.agents.codes import LEVERS
from detente.experiments.audit.effect_sizes import Report
from detente.experiments.audit.regimes import (
    YEAR,
    Expectation,
    Ratio,
    Regime,
    RegimeAudit,
    RegimeResult,
    Row,
    Sample,
    audit_regimes,
)
from detente.experiments.io.result_lines import kept_lines
from detente.experiments.runs.inputs import whole_number
from detente.model.keywords import flat_parameters, nested_parameters
from detente.model.policy import Policy
from detente.model.request import merged_parameters

if TYPE_CHECKING:
    from pathlib import Path

    from detente.model.request import CaseLike
    from detente.model.scenario import PartySpec, RelationSpec, Scenario, TrackSpec

RAISED = 0.8
"""Where the levers stand in every regime, so that there are talks, truces and packages to compare."""
YEARS = 8
RESULTS = "results of a regime audit (.jsonl)"
FORMAT = 3
"""Version of that file: in 1 all wars had the same seeds, in 2 seeds drew over what a regime sets."""
START = 60
"""Day on which an imposed truce or agreement begins [days]."""

# -- wars and what is changed in them


def lengthened(war: Scenario) -> Scenario:
    """The war over eight years."""
    end = war.case.start + timedelta(days=round(YEARS * YEAR))
    return war.model_copy(update={"case": war.case.model_copy(update={"end": end, "pivot": None})})


def policy(*moves: Mapping[str, Any], levers: Mapping[str, float] | None = None) -> Policy:
    """All levers raised, and some moves made."""
    settings = dict.fromkeys(LEVERS, RAISED) if levers is None else levers
    about = {"name": "regime", "title": "Regime", "summary": "One side of a comparison of regimes."}
    return Policy.model_validate({**about, "mode": "conditioned", "levers": settings, "move": moves})


def day(war: Scenario, n: int) -> Any:
    """The n-th day of a war."""
    return war.case.start + timedelta(days=n)


def wars_of(war: Scenario) -> list[RelationSpec]:
    """The relations in which people are killed."""
    return [r for r in war.relation if r.hostile and r.lethal and sum(r.attacks) > 0.0]


def main_war(war: Scenario) -> RelationSpec | None:
    """The relation with most attacks."""
    return max(wars_of(war), key=lambda r: sum(r.attacks), default=None)


def truces(war: Scenario, last: int) -> list[dict[str, Any]]:
    """A ceasefire in every war, from ``START`` to the day given."""
    move = {"sort": "joint", "do": "offer_truce", "date": day(war, START - 2)}
    window = {"from": day(war, START), "until": day(war, last)}
    return [{**move, **window, "actor": r.between[0], "to": r.between[1]} for r in wars_of(war)]


def party(war: Scenario, name: str) -> PartySpec:
    """A party by name."""
    return next(p for p in war.party if p.name == name)


def with_parties(war: Scenario, changes: Mapping[str, Mapping[str, Any]]) -> Scenario:
    """The war with some fields of some parties changed."""
    parties = tuple(p.model_copy(update=dict(changes.get(p.name, {}))) for p in war.party)
    return war.model_copy(update={"party": parties})


def undrawn(war: Scenario, *paths: str) -> Scenario:
    """The war without ranges of what a regime sets or leaves out: a seed would draw over the one and miss the other."""
    facts = tuple(f for f in war.facts if not any(fnmatch(f.path, path) for path in paths))
    return war.model_copy(update={"facts": facts})


def hawkish(war: Scenario, level: float) -> Scenario:
    """The war with every faction at one level of hawkishness."""
    changes = {
        p.name: {"faction": tuple(f.model_copy(update={"hawkishness": level}) for f in p.faction)}
        for p in war.party
    }
    return with_parties(undrawn(war, "faction.*.hawkishness"), changes)


def balanced(war: Scenario, ratio: float) -> Scenario | None:
    """The war with capabilities of the sides of its main war at one ratio, patrons' support counted."""
    main = main_war(war)
    if main is None:
        return None
    a, b = (party(war, name) for name in main.between)
    needed = ratio * (b.morale + b.support) - a.support
    fixed = undrawn(war, "party.*.morale", "party.*.support")
    return with_parties(fixed, {a.name: {"morale": needed}}) if 0.05 <= needed <= 3.0 else None


def only_track(war: Scenario, **fields: Any) -> Scenario | None:
    """The war with one track alone, between the sides of its main war."""
    main = main_war(war)
    first = next((t for t in war.track if main is not None and set(t.between) == set(main.between)), None)
    if first is None:
        return None
    plain = {"needs": {}, "sister": None, "excluded": None, "leak": 0.0}
    alone = first.model_copy(update={**plain, **fields})
    return undrawn(war, "track.*").model_copy(update={"track": (alone,)})


def withdrawing(war: Scenario) -> TrackSpec | None:
    """A track on whose agenda stands a withdrawal."""
    return next((t for t in war.track if any(i.does and i.does.withdrawal for i in t.issues)), None)


HELD = {"ceasefires.holds_cut": -1.0, "ceasefires.ready": 8.0}
"""Parameters under which a ceasefire is kept, where it is a matter of luck."""

UNKEPT = {
    "ceasefires.holds_cut": 4.0,
    **dict.fromkeys(("ceasefires.ready", "ceasefires.class_step", "ceasefires.signed"), 0.0),
}
"""Parameters under which it hardly ever is."""

# -- what is compared


def agreements(s: Sample) -> Ratio:
    """Agreements a run."""
    return s.total("agreements"), s.ones


def accepted(s: Sample) -> Ratio:
    """Agreements a package."""
    return s.total("agreements"), s.total("packages")


def deaths(s: Sample) -> Ratio:
    """Deaths a day."""
    return s.total("fatalities"), s.finals.days


def deaths_in(*years: int) -> Any:
    """A reader of deaths a year, over some years of a run."""
    return lambda s: (s.by_year("tally.fatalities")[:, list(years)].mean(axis=1), s.ones)


def breaches(s: Sample) -> Ratio:
    """Breaches in 100 days of truce."""
    return 100.0 * s.total("breaches"), s.total("truce_days")


def broken(s: Sample) -> Ratio:
    """Share of ceasefires that break."""
    return s.total("truce_collapses"), s.total("truces")


def presence(s: Sample) -> Ratio:
    """Share of foreign forces present at the end."""
    names = [p.name for p in s.finals.start.scenario.party if p.presence > 0.0]
    return s.finals.over("parties", "presence", names).mean(axis=1), s.ones


def collapses(s: Sample) -> Ratio:
    """Share of runs in which a party collapses."""
    return (s.finals.column("clock.end_reason") == 1.0).astype(float), s.ones


def trust(s: Sample) -> Ratio:
    """Trust at the end, over all dyads that fight."""
    names = [
        n
        for r in s.finals.start.scenario.relation
        if r.hostile
        for n in (">".join(r.between), ">".join(r.between[::-1]))
    ]
    return s.finals.over("dyads", "trust", names).mean(axis=1), s.ones


def backlog(s: Sample) -> Ratio:
    """Operations put off, in days of usual attacks."""
    rates = {
        ">".join(ends): a
        for r in wars_of(s.finals.start.scenario)
        for ends, a in zip((r.between, r.between[::-1]), r.attacks, strict=True)
    }
    held = s.finals.over("dyads", "backlog", list(rates)).sum(axis=1)
    return held, np.full(len(held), sum(rates.values()))


def spoiler_attacks(s: Sample) -> Ratio:
    """Attacks by spoilers a day."""
    return s.total("spoiler_attacks"), s.finals.days


def reopenings(s: Sample) -> Ratio:
    """Openings of tracks that no failure explains."""
    return s.total("tracks") - s.total("failures"), s.ones


def yearly_change(s: Sample) -> Ratio:
    """Standard deviation of the yearly log change of attacks."""
    changes = np.diff(np.log(s.by_year("tally.attacks") + 5.0), axis=1)
    return changes.std(axis=1), s.ones


def other_ends(s: Sample) -> Ratio:
    """Share of runs that end otherwise than by agreement, in part or whole, or by the end of the time."""
    return (~np.isin(s.finals.column("clock.end_reason"), (2.0, 3.0, 4.0))).astype(float), s.ones


# -- the two regimes of each row


def twice(regime: Regime) -> tuple[Regime, Regime]:
    """One regime, looked at in two ways or held against a number."""
    return regime, regime


def held_and_none(war: Scenario) -> tuple[Regime, Regime] | None:
    """A truce that holds to the end, and no ceasefires at all."""
    if not wars_of(war):
        return None
    held = policy(*truces(war, round(YEARS * YEAR) - 1))
    return Regime(war, held, HELD), Regime(war, policy(), {"switches.ceasefires": 0})


def unkept_and_none(war: Scenario) -> tuple[Regime, Regime] | None:
    """A truce to the end that nobody keeps, without talks, and no ceasefires at all."""
    if not wars_of(war):
        return None
    alone = {"switches.talks": 0, "switches.measures": 0}
    empty = policy(*truces(war, round(YEARS * YEAR) - 1), levers={})
    none = Regime(war, policy(levers={}), {**alone, "switches.ceasefires": 0})
    return Regime(war, empty, {**alone, **UNKEPT}), none


def unequal_and_equal(war: Scenario) -> tuple[Regime, Regime] | None:
    """One side twice as strong, and parity."""
    two, one = balanced(war, 2.0), balanced(war, 1.0)
    return None if two is None or one is None else (Regime(two, policy()), Regime(one, policy()))


def old_truce(war: Scenario) -> tuple[Regime, Regime] | None:
    """One truce without talks, looked at in its first year and in later ones."""
    if not wars_of(war):
        return None
    return twice(Regime(war, policy(*truces(war, round(YEARS * YEAR) - 1), levers={}), {"switches.talks": 0}))


def short_and_long(war: Scenario) -> tuple[Regime, Regime] | None:
    """Five years of a truce that holds, and one, without talks."""
    if not wars_of(war):
        return None
    alone = {"switches.talks": 0, "switches.measures": 0, **HELD}
    five, one = (policy(*truces(war, START + round(n * YEAR)), levers={}) for n in (5, 1))
    cut = [
        w.model_copy(update={"case": w.case.model_copy(update={"end": day(war, START + round(n * YEAR))})})
        for w, n in ((war, 5), (war, 1))
    ]
    return Regime(cut[0], five, alone), Regime(cut[1], one, alone)


def signed_and_unsigned(war: Scenario) -> tuple[Regime, Regime] | None:
    """An agreement signed by all that fight, and none."""
    if not wars_of(war):
        return None
    move = {"sort": "joint", "do": "sign_agreement", "date": day(war, START)}
    signed = policy(*({**move, "actor": r.between[0], "to": r.between[1]} for r in wars_of(war)), levers={})
    return Regime(war, signed), Regime(war, policy(levers={}), {"switches.settlement": 0})


def withdrawal_and_none(war: Scenario) -> tuple[Regime, Regime] | None:
    """An agreement on withdrawal signed by the patron, and none."""
    track = withdrawing(war)
    if track is None:
        return None
    move = {"sort": "joint", "do": "sign_agreement", "date": day(war, START)}
    signed = policy({**move, "actor": track.between[0], "to": track.between[1]}, levers={})
    return Regime(war, signed), Regime(war, policy(levers={}), {"switches.settlement": 0})


def envoys(war: Scenario) -> tuple[Regime, Regime] | None:
    """Secret envoys alone, who can conclude nothing."""
    secret = only_track(war, form="backchannel", visibility=0.1)
    return None if secret is None else twice(Regime(secret, policy()))


def working_talks(war: Scenario) -> tuple[Regime, Regime] | None:
    """Proximity talks of working rank alone, which can conclude nothing."""
    low = only_track(war, form="proximity", rank="working")
    return None if low is None else twice(Regime(low, policy()))


def provoked_and_not(war: Scenario) -> tuple[Regime, Regime] | None:
    """Talks that never conclude, in view of spoilers, and the same with spoilers whom nothing provokes."""
    if not war.spoiler or not war.track:
        return None
    stuck = {"settlement.shift": 0.8, "endurance.war_cost": 0.02}
    return Regime(war, policy(), stuck), Regime(war, policy(), {**stuck, "spoilers.provoked": 0.0})


def hawks_and_doves(war: Scenario) -> tuple[Regime, Regime] | None:
    """Hawks everywhere, and doves."""
    return Regime(hawkish(war, 0.95), policy()), Regime(hawkish(war, 0.2), policy())


def large_and_small(war: Scenario) -> tuple[Regime, Regime] | None:
    """Ten times as many attacks, with the scale of wars moved alike, and the war as it is."""
    if not wars_of(war) or max(max(r.attacks) for r in wars_of(war)) > 100.0:
        return None
    ten = tuple(r.model_copy(update={"attacks": tuple(10.0 * a for a in r.attacks)}) for r in war.relation)
    usual = war.parameters.endurance.toll_scale
    fixed = undrawn(war, "relation.*.attacks*")
    return Regime(
        fixed.model_copy(update={"relation": ten}), policy(), {"endurance.toll_scale": 10.0 * usual}
    ), Regime(fixed, policy())


def mediated_and_not(war: Scenario) -> tuple[Regime, Regime] | None:
    """A guarantor with full monitoring always at work, and no mediation."""
    if not war.mediator:
        return None
    best = {"style": "guarantor", "skill": 0.8, "leverage": 0.8, "monitors": 1.0}
    eager = tuple(
        m.model_copy(
            update={
                **best,
                "access": tuple(a.model_copy(update={"access": 3.0, "bias": 0.0}) for a in m.access),
            }
        )
        for m in war.mediator[:1]
    )
    mediated = undrawn(war, "mediator.*").model_copy(update={"mediator": eager})
    return Regime(mediated, policy()), Regime(war, policy(), {"switches.mediation": 0})


def date_and_milestones(war: Scenario) -> tuple[Regime, Regime] | None:
    """A patron that leaves by the calendar, and one that leaves as violence falls."""
    patrons = [p.name for p in war.party if p.presence > 0.0]
    if not patrons:
        return None
    fixed = undrawn(war, "party.*.conditionality")
    by = [with_parties(fixed, {name: {"conditionality": c} for name in patrons}) for c in (0.0, 1.0)]
    leaving = {"force_posture": 1.0}
    return Regime(by[0], policy(levers=leaving)), Regime(by[1], policy(levers=leaving))


def vetoes(war: Scenario) -> tuple[Regime, Regime] | None:
    """As many third parties with a veto as there are, and none."""
    main = main_war(war)
    if main is None:
        return None
    third = [
        p.name
        for p in war.party
        if any({p.name, side} == set(r.between) and r.hostile for r in war.relation for side in main.between)
        and p.name not in main.between
    ]
    if not third:
        return None
    many, none = (
        war.model_copy(
            update={
                "relation": tuple(
                    r.model_copy(update={"veto": names}) if r.between == main.between else r
                    for r in war.relation
                )
            }
        )
        for names in (tuple(third), ())
    )
    return Regime(many, policy()), Regime(none, policy())


def alone(war: Scenario) -> tuple[Regime, Regime] | None:
    """The war left to itself."""
    if not wars_of(war):
        return None
    return twice(Regime(war, policy(levers={})))


def unequal(war: Scenario) -> tuple[Regime, Regime] | None:
    """One side twice as strong, twice."""
    two = balanced(war, 2.0)
    return None if two is None else twice(Regime(two, policy()))


AT_LEAST_AS = Expectation("at least", share=1.0)

ROWS: tuple[Row, ...] = (
    Row(
        "hold",
        "Does a truce that holds leave room for an agreement?",
        "Clayton & Sticher 2021: definitive ceasefires come with agreements, after others",
        "truce held to the end",
        "no ceasefires",
        Expectation("at least", share=0.9),
        held_and_none,
        agreements,
    ),
    Row(
        "hold: packages",
        "Is a package likelier to be accepted while a truce holds?",
        "Clayton & Sticher 2021",
        "truce held to the end",
        "no ceasefires",
        AT_LEAST_AS,
        held_and_none,
        accepted,
    ),
    Row(
        "balance",
        "Do unequal sides settle too?",
        "UCDP peace agreements: most settled wars are unequal",
        "two to one",
        "parity",
        Expectation("at least", share=0.6),
        unequal_and_equal,
        agreements,
    ),
    Row(
        "counter-offers",
        "Do offers change until one is accepted?",
        "Fearon 1995: bargaining reveals what the other will take",
        "agreements a package, two to one",
        "",
        Expectation("at least", number=0.125),
        unequal,
        accepted,
    ),
    Row(
        "old truce",
        "Does a truce that lasts stay as quiet as it began?",
        "Fortna 2003; UCDP GED around ETH/PRIO ceasefires: standing truces deepen",
        "deaths a year, years 4 and 5",
        "year 2",
        Expectation("at most", share=1.05),
        old_truce,
        deaths_in(3, 4),
        deaths_in(1),
    ),
    Row(
        "breaches",
        "Is a breach more than chance?",
        "ETH/PRIO: breaches are events, not noise",
        "breaches in 100 days of truce",
        "",
        Expectation("at most", number=10.0),
        old_truce,
        breaches,
    ),
    Row(
        "trust",
        "Do five years of truce build more trust than one?",
        "Kydd 2005",
        "five years",
        "one year",
        AT_LEAST_AS,
        short_and_long,
        trust,
    ),
    Row(
        "empty truce",
        "Does a truce that nobody keeps build no trust?",
        "Kydd 2005: what reassures is a promise kept",
        "truce that never takes hold",
        "no ceasefires",
        Expectation("at most", share=1.0, number=0.05),
        unkept_and_none,
        trust,
    ),
    Row(
        "backlog",
        "Do postponed operations lose their point?",
        "EMPIRICS: no average rebound after ceasefires (UCDP GED)",
        "days of attacks put off",
        "",
        Expectation("at most", number=60.0),
        old_truce,
        backlog,
    ),
    Row(
        "peace",
        "Does an agreement end most of the war?",
        "UCDP peace agreements: events in the first year .06 to .12 of the year before",
        "agreement signed",
        "none",
        Expectation("at most", share=0.5),
        signed_and_unsigned,
        deaths,
    ),
    Row(
        "withdrawal",
        "Does an agreement on withdrawal withdraw?",
        "by its meaning",
        "agreement signed",
        "none",
        Expectation("at most", share=0.6),
        withdrawal_and_none,
        presence,
    ),
    Row(
        "envoys",
        "Do envoys who have done their work stay at home?",
        "Wanis-St. John 2006",
        "openings that no failure explains",
        "",
        Expectation("at most", number=1.1),
        envoys,
        reopenings,
    ),
    Row(
        "working talks",
        "Do talks of working rank leave the conclusion to others?",
        "by their rank",
        "agreements",
        "",
        Expectation("at most", number=0.02),
        working_talks,
        agreements,
    ),
    Row(
        "spoilers",
        "Do spoilers get used to talks that lead nowhere?",
        "Stedman 1997: what provokes is peace that nears",
        "provoked",
        "not provoked",
        Expectation("at most", share=1.25),
        provoked_and_not,
        spoiler_attacks,
    ),
    Row(
        "hawks",
        "Do hawks settle less than doves?",
        "Stedman 1997",
        "hawks",
        "doves",
        Expectation("at most", share=0.6),
        hawks_and_doves,
        agreements,
    ),
    Row(
        "scale",
        "Is a war ten times as large, in a world of wars as large, the same war?",
        "by dimension",
        "ten times the attacks",
        "as it is",
        Expectation("within", share=1.0, number=0.05),
        large_and_small,
        trust,
    ),
    Row(
        "mediation",
        "Does a guarantor who monitors bring agreements?",
        "Walter 1997; Svensson 2015",
        "guarantor, full monitoring",
        "no mediation",
        AT_LEAST_AS,
        mediated_and_not,
        agreements,
    ),
    Row(
        "monitoring",
        "Do watched ceasefires break less?",
        "Fortna 2003",
        "guarantor, full monitoring",
        "no mediation",
        Expectation("at most", share=1.0),
        mediated_and_not,
        broken,
    ),
    Row(
        "leaving by date",
        "Does an ally whose patron leaves by the calendar fall more often?",
        "Kalinovsky 2011; Willbanks 2004",
        "by date",
        "by milestones",
        AT_LEAST_AS,
        date_and_milestones,
        collapses,
    ),
    Row(
        "vetoes",
        "Do more veto players make agreements rarer?",
        "Cunningham 2006: wars with more veto players last longer",
        "all third parties",
        "none",
        Expectation("at most", share=1.0),
        vetoes,
        agreements,
    ),
    Row(
        "level",
        "Does the level of a war move from year to year?",
        "UCDP GED, 45 dyads: sd of the yearly log change .98 in the median",
        "sd of the yearly log change",
        "",
        Expectation("at least", number=0.5),
        alone,
        yearly_change,
    ),
    Row(
        "endings",
        "Do wars end otherwise than by agreement?",
        "Kreutz 2010; UCDP Conflict Termination: victory 17, low activity 46 of 100",
        "share of runs",
        "",
        Expectation("at least", number=0.2),
        alone,
        other_ends,
    ),
)
"""Every row, in the order in which they are printed."""


def audited_wars(case: Any, drawn: int) -> Sequence[Scenario]:
    """The template, wars drawn at random and every case, each over eight years; or the one case given."""
    from detente.model.catalogue import case_names
    from detente.model.drawn_wars import world
    from detente.model.request import scenario_of

    if case is not None:
        return [lengthened(scenario_of(case))]
    others = [name for name in case_names() if name != "template"]
    named = [scenario_of(name) for name in ("template", *others)]
    return [lengthened(w) for w in (named[0], *world(drawn), *named[1:])]


def regimes(
    case: CaseLike | None = None,
    runs: int = 100,
    *,
    drawn: int = 8,
    parameters: Mapping[str, Any] | None = None,
    out: str | Path | None = None,
    resume: bool = False,
    progress: Report | None = None,
) -> RegimeAudit:
    """Whether the model acts the right way between one kind of war or policy and another.

    Args:
        case: a case by name, path or as it is; the template, drawn wars and all shipped cases unless given.
        runs: runs of each regime, with seeds that no other war has; at least 10.
        drawn: how many wars drawn at random stand beside the cases.
        parameters: parameters of all regimes that differ from the defaults, as ``group.name``.
        out: a file (.jsonl) to keep the results in, line by line.
        resume: whether to go on with that file.
        progress: called with what is compared, the number done and the number in all.

    Returns:
        The comparisons as a table, and in ``failures()`` a line for every row that goes the wrong way.

    Raises:
        InputError: for a case, number or parameter that does not exist, and a file of another audit.

    Examples:
        >>> import detente
        >>> checks = detente.regimes("template", runs=10)
        >>> set(checks.table()["verdict"]) <= {"right", "open", "wrong"}
        True
    """
    common = flat_parameters(nested_parameters(dict(parameters or {})))
    number = whole_number(runs, "runs", least=10)
    wars = audited_wars(case, whole_number(drawn, "drawn", least=0))
    for war in wars:  # a parameter that cannot be set is refused before anything runs
        merged_parameters(war.parameters, nested_parameters(common))
    asked = {"regimes": FORMAT, "wars": [war.case.name for war in wars], "runs": number, "parameters": common}
    lines = kept_lines(out, asked, ("row", "war"), resume=resume, what="audit", expected=RESULTS)
    held = lines.plain if lines else {}
    done = {key: None if plain is None else RegimeResult(**plain) for key, plain in held.items()}
    tell = progress or (lambda what, done, total: None)
    results: list[RegimeResult] = []
    for row, war, result in audit_regimes(ROWS, wars, range(1, number + 1), common, tell, done):
        results += [result] if result else []
        if lines:
            lines.append((row, war), None if result is None else asdict(result))
    return RegimeAudit(ROWS, tuple(results))
