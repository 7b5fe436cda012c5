"""What is legal in a case and probably not meant: each rule yields a line for every place where it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from detente.agents.parameters import PROFILES, profile_of
from detente.experiments.cases.inert import SIDE_FORMS, WAYS_AROUND, Ground, inert_levers, inert_parameter
from detente.experiments.cases.remark import Remark, remarks
from detente.model.consistency import at
from detente.model.opening import steps_in
from detente.model.scenario import VERSIONS, Scenario, TrackSpec

Lines = Iterator[str]


def case_remarks(scenario: Scenario) -> list[Remark]:
    """Everything that is probably not meant in a case."""
    return remarks(RULES, scenario)


def ground_of(s: Scenario) -> Ground:
    """The case with its own parameters."""
    return Ground(s, s.parameters)


def lever_moves_nothing(s: Scenario) -> Lines:
    """A lever has no way to act in this case."""
    for name, why in inert_levers(ground_of(s)).items():
        yield f"lever {name}: moves nothing in this case: {why}"


def parameter_moves_nothing(s: Scenario) -> Lines:
    """A parameter is given a value of its own, and nothing in the case reads it."""
    core = PROFILES.get(profile_of(s.case.written_for) or "", {})
    for group in s.parameters.model_fields_set:
        values, usual = getattr(s.parameters, group), type(s.parameters).model_fields[group].default
        for name in sorted(values.model_fields_set):
            value = getattr(values, name)
            why = inert_parameter(ground_of(s), f"{group}.{name}")
            if why is not None and value not in (getattr(usual, name), core.get(f"{group}.{name}")):
                yield f"[parameters.{group}].{name}: {value:g} moves nothing: {why}"


# -- parties and relations


def party_without_relation(s: Scenario) -> Lines:
    """A party that neither fights, talks nor trusts."""
    named = {name for r in s.relation for name in r.between}
    for i, p in enumerate(s.party):
        if p.name not in named:
            yield f"{at('party', i, p.name, 'name')}: stands in no [[relation]], so it does nothing"


def sponsor_without_foe(s: Scenario) -> Lines:
    """A sponsor with nobody to use its levers on."""
    ground = ground_of(s)
    for i, p in enumerate(s.party):
        if p.sponsor and not ground.foes(p.name):
            yield f"{at('party', i, p.name, 'sponsor')}: is hostile to nobody, so its levers have no one to act on"


def support_that_never_comes(s: Scenario) -> Lines:
    """Capability that no patron's forces are there to lend."""
    presence = {p.name: p.presence for p in s.party}
    for i, p in enumerate(s.party):
        place = at("party", i, p.name, "support")
        if p.support > 0 and p.patron is None:
            yield f"{place}: {p.support:g} is lent by nobody: the party has no patron"
        elif p.support > 0 and presence[str(p.patron)] == 0:
            yield f"{place}: {p.support:g} is never lent: its patron {p.patron} has presence 0"


def fight_without_attacks(s: Scenario) -> Lines:
    """Two foes of whom neither attacks."""
    for i, r in enumerate(s.relation):
        if r.hostile and not any(r.attacks):
            yield f"[relation {i + 1}].attacks: {' and '.join(r.between)} are hostile, and neither ever attacks"


def peacekeepers_without_war(s: Scenario) -> Lines:
    """Peacekeepers between parties that do not fight."""
    for i, r in enumerate(s.relation):
        if r.peacekeepers > 0 and not r.hostile:
            yield f"[relation {i + 1}].peacekeepers: {' and '.join(r.between)} are not hostile, so they keep no peace"


def veto_without_effect(s: Scenario) -> Lines:
    """A veto that nobody asks for, or that its holder has no view to cast by."""
    for i, r in enumerate(s.relation):
        for name in r.veto:
            place = f"[relation {i + 1}].veto: {name}"
            if not r.hostile:
                yield f"{place}: no agreement is made between parties that are not hostile"
            elif name in r.between:
                yield f"{place}: is one of the two sides, whose consent is needed anyway"
            elif not any(foe.name in r.between for foe in ground_of(s).foes(name)):
                yield f"{place}: is never cast: it is hostile to neither side, and weighs a package against fighting"


def agreement_out_of_reach(s: Scenario) -> Lines:
    """Foes between whom no setting brings an agreement."""
    ground = ground_of(s)
    for mechanism in ("talks", "settlement"):
        if ground.is_off(mechanism):
            yield f"[parameters.switches].{mechanism}: is 0, so no agreement is ever reached"
            return
    for i, r in enumerate(s.relation):
        forms = [t.form for t in s.track if set(t.between) == set(r.between)]
        if r.hostile and all(form in SIDE_FORMS for form in forms):
            what = (
                f"{' and '.join(forms)} prepare agreements and conclude none"
                if forms
                else "they have no track"
            )
            yield f"[relation {i + 1}]: {' and '.join(r.between)} can never reach an agreement: {what}"


# -- spoilers and mediators


def idle_spoiler(s: Scenario) -> Lines:
    """A spoiler that never strikes."""
    for i, x in enumerate(s.spoiler):
        for target in x.target:
            if target.attacks == 0:
                yield f"{at('spoiler', i, x.name, 'target.attacks')}: is 0, so it never strikes {target.party}"


def idle_mediator(s: Scenario) -> Lines:
    """A mediator that works nowhere."""
    for i, m in enumerate(s.mediator):
        if not m.access:
            yield f"{at('mediator', i, m.name, 'access')}: has access to nobody, so it never works"


# -- tracks


def track_that_never_opens(s: Scenario) -> Lines:
    """A track that the parties never open of their own accord."""
    risk = {p.name: p.risk_tolerance for p in s.party}
    if ground_of(s).is_off("talks") and s.track:
        yield "[parameters.switches].talks: is 0, so no track ever opens"
        return
    for i, t in enumerate(s.track):
        if t.rank == "summit" and not any(risk[name] for name in t.between):
            yield f"{at('track', i, t.name, 'rank')}: no leader with risk_tolerance 0 goes to a summit; it never opens"


def needs_in_circle(s: Scenario) -> Lines:
    """Tracks that wait for each other while no sponsor can give way."""
    by_name = {t.name: t for t in s.track}
    for i, t in enumerate(s.track):
        circle = waiting_circle(t, by_name)
        stuck = not any(ground_of(s).is_sponsor(who) for name in circle for who in by_name[name].needs)
        if circle and stuck and t.name == min(circle):
            way = " -> ".join([*circle, t.name])
            pace = f"each opens at {s.parameters.talks.unmet:g} of its pace until one is open"
            yield f"{at('track', i, t.name, 'needs')}: {way} wait for each other: {pace}"


def waiting_circle(track: TrackSpec, by_name: dict[str, TrackSpec]) -> list[str]:
    """The names of a circle of preconditions that a track stands in, itself first; empty where it stands in none."""

    def onwards(path: list[str]) -> list[str]:
        here = by_name[path[-1]]
        for needed in () if here.form in WAYS_AROUND else here.needs.values():
            if needed == track.name:
                return path
            if needed not in path and (circle := onwards([*path, needed])):
                return circle
        return []

    return onwards([track.name])


def needs_ignored(s: Scenario) -> Lines:
    """A precondition on a track that is a way around preconditions."""
    for i, t in enumerate(s.track):
        if t.needs and t.form in WAYS_AROUND:
            yield f"{at('track', i, t.name, 'needs')}: has no effect: a {t.form} track waits for nothing"


def needs_beyond_reach(s: Scenario) -> Lines:
    """A precondition on a track that never opens."""
    risk = {p.name: p.risk_tolerance for p in s.party}
    closed = {t.name for t in s.track if t.rank == "summit" and not any(risk[n] for n in t.between)}
    for i, t in enumerate(s.track):
        for who, needed in t.needs.items():
            if needed in closed and t.form not in WAYS_AROUND:
                yield f"{at('track', i, t.name, f'needs.{who}')}: waits for {needed}, which never opens"


def effect_switched_off(s: Scenario) -> Lines:
    """An issue that would do something, in a case that carries nothing out."""
    for i, t in enumerate(s.track):
        for issue in t.issues:
            if issue.does is not None and ground_of(s).is_off("terms"):
                place = at("track", i, t.name, f"issues: {issue.name}: does")
                yield f"{place}: {issue.does.effect} has no effect: switches.terms is 0"


def talks_between_friends(s: Scenario) -> Lines:
    """A track on which nothing is ever settled, since only foes grow ready."""
    for i, t in enumerate(s.track):
        if not is_between_foes(s, t.between):
            yield f"{at('track', i, t.name, 'between')}: parties that are not hostile settle no issue"


def leak_without_secret(s: Scenario) -> Lines:
    """A track that is seen fully has nothing to leak; a backchannel is meant to be hidden."""
    for i, t in enumerate(s.track):
        if t.leak > 0 and t.visibility >= 1:
            yield f"{at('track', i, t.name, 'leak')}: has no effect, since visibility is 1"
        elif t.form == "backchannel" and t.visibility >= 1:
            yield f"{at('track', i, t.name, 'visibility')}: is 1, so this backchannel is no secret"


# -- measures


def is_between_foes(s: Scenario, between: tuple[str, str]) -> bool:
    """Whether two parties are hostile."""
    return any(r.hostile and set(r.between) == set(between) for r in s.relation)


def measure_never_given(s: Scenario) -> Lines:
    """A measure that its giver never gives of its own accord."""
    if ground_of(s).is_off("measures") and s.measure:
        yield "[parameters.switches].measures: is 0, so no measure is ever given"
        return
    for i, m in enumerate(s.measure):
        if m.cost == 0:
            yield f"{at('measure', i, m.name, 'cost')}: is 0: what costs nothing says nothing, and nobody gives it"
        elif not is_between_foes(s, (m.giver, m.receiver)):
            yield f"{at('measure', i, m.name, 'to')}: parties that are not hostile give each other nothing unasked"


def restrains_nothing(s: Scenario) -> Lines:
    """A measure that suspends attacks which are never made."""
    rate = {
        (source, target): attacks
        for r in s.relation
        for source, target, attacks in zip(r.between, r.between[::-1], r.attacks, strict=True)
    }
    for i, m in enumerate(s.measure):
        if m.restrains > 0 and rate.get((m.giver, m.receiver)) == 0:
            place = at("measure", i, m.name, "restrains")
            yield f"{place}: {m.restrains:g} suspends nothing: {m.giver} never attacks {m.receiver}"


def word_without_leaders(s: Scenario) -> Lines:
    """A promise to a leader between parties whose leaders have no track."""
    for i, m in enumerate(s.measure):
        summits = [t for t in s.track if t.rank == "summit" and {m.giver, m.receiver} == set(t.between)]
        if m.at_summit and not summits:
            place = at("measure", i, m.name, "at_summit")
            yield f"{place}: {m.at_summit:g} adds nothing: {m.giver} and {m.receiver} have no track of rank summit"


def rescue_of_nothing(s: Scenario) -> Lines:
    """A mediator that has talks reopened between parties that have no track."""
    for i, mediator in enumerate(s.mediator):
        for a in mediator.access:
            if a.reopens and not any(set(a.between) == set(t.between) for t in s.track):
                place = at("mediator", i, mediator.name, "reopens")
                yield f"{place}: {a.reopens:g} reopens nothing: {' and '.join(a.between)} have no track"


# -- the calendar


def is_within(s: Scenario, start: date, end: date) -> bool:
    """Whether some day of a span lies inside the case."""
    return start <= s.case.end and end >= s.case.start


def holiday_outside(s: Scenario) -> Lines:
    """A holiday on days that the case does not have."""
    for i, h in enumerate(s.calendar.holidays):
        if not is_within(s, h.start, h.end):
            yield f"[calendar.holidays {i + 1}: {h.name}]: {span(h.start, h.end)} lies outside the case, {case_span(s)}"


def severity_outside(s: Scenario) -> Lines:
    """A factor on the deaths of a year that the case does not have."""
    for year in s.calendar.severity:
        if not s.case.start.year <= year <= s.case.end.year:
            yield f"[calendar].severity.{year}: lies outside the case, {case_span(s)}"


def holidays_nobody_observes(s: Scenario) -> Lines:
    """Shares of observance in a case without holidays."""
    for i, r in enumerate(s.relation):
        if any(r.holiday) and not s.calendar.holidays:
            yield f"[relation {i + 1}].holiday: has no effect: the case has no [[calendar.holidays]]"


def series_outside(s: Scenario) -> Lines:
    """An observed series of which no month falls into the case."""
    for i, x in enumerate(s.observed):
        months = [date.fromisoformat(f"{month}-01") for month in x.monthly]
        if not any(is_within(s, m, m.replace(day=28)) for m in months):
            yield f"{at('observed', i, x.name, 'monthly')}: no month lies inside the case, {case_span(s)}"


def span(start: date, end: date) -> str:
    """Two days in words."""
    return f"{start} to {end}"


def case_span(s: Scenario) -> str:
    """The days of a case in words."""
    return span(s.case.start, s.case.end)


def levers_without_time(s: Scenario) -> Lines:
    """Levers that act from the last step on."""
    days = (s.case.end - s.case.start).days + 1
    last = (steps_in(days, s.case.step_days) - 1) * s.case.step_days
    if s.case.pivot > s.case.start and (s.case.pivot - s.case.start).days >= last:
        yield (
            f"[case].pivot: {s.case.pivot} leaves levers only the last step to act in, since the case ends on "
            f"{s.case.end}"
        )


def version_not_said(s: Scenario) -> Lines:
    """A file that does not say for which version it was written may be one of 0.1, whose core was another."""
    now = VERSIONS[-1]
    if s.case.written_for is None:
        yield (
            f'[case].written_for: is missing, so it is read as "{now}"; add written_for = "{now}", or "0.1" for a '
            "file of that version, which then runs under the profile core-0.1"
        )


def nobody_fights(s: Scenario) -> Lines:
    """A case without a conflict."""
    if not any(r.hostile for r in s.relation):
        yield "[[relation]].hostile: is false for all, so there is nothing to settle"


RULES: tuple[Callable[[Scenario], Lines], ...] = (
    version_not_said,
    levers_without_time,
    holiday_outside,
    severity_outside,
    party_without_relation,
    sponsor_without_foe,
    support_that_never_comes,
    nobody_fights,
    fight_without_attacks,
    peacekeepers_without_war,
    veto_without_effect,
    agreement_out_of_reach,
    holidays_nobody_observes,
    idle_spoiler,
    idle_mediator,
    track_that_never_opens,
    needs_in_circle,
    needs_beyond_reach,
    needs_ignored,
    talks_between_friends,
    effect_switched_off,
    leak_without_secret,
    measure_never_given,
    restrains_nothing,
    word_without_leaders,
    rescue_of_nothing,
    series_outside,
    lever_moves_nothing,
    parameter_moves_nothing,
)
"""The rules, in the order of the tables they speak of."""
