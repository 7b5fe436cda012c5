"""The tables of the case file, put together from what was measured, what experts say and priors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from detente.experiments.cases.builder import attack_rates as rates
from detente.experiments.cases.builder.dyads import Dyad, counts_of, precise
from detente.experiments.cases.builder.estimate import Estimate, Fact, about, from_range, prior
from detente.experiments.cases.builder.evidence import Evidence
from detente.experiments.cases.builder.experts import Opinion
from detente.experiments.cases.builder.parties import Cast, Party, slug
from detente.experiments.cases.builder.seasons import Holidays, Season, holidays_between
from detente.experiments.cases.builder.span import Span
from detente.experiments.runs.inputs import declared_parameters
from detente.model.drawn_wars import envoys, front, leaders, over_the_head, usual_measures
from detente.model.prior_ranges import BALANCE, RANGES, VOLATILITY

PATRON_SHARE = 0.2
"""Attacks of a patron's own forces relative to those of its ally, as in drawn wars."""

LEVEL_WIDTH = 1.4
"""Factor up to which a volatility estimated from months may be off: series of 120 months recover it to about that."""

HALF_GAP = (RANGES["hawks"].value - RANGES["moderates"].value) / 2.0
"""How far moderates and hawks stand from the hawkishness that an expert gives for a whole party."""

LONGEST_TITLE = 200
"""Characters of a title in a case file."""


@dataclass(frozen=True)
class Measured:
    """What the data say, as far as a case holds it."""

    counted: rates.Counted
    rate: Estimate
    deadly: Estimate
    scale: Estimate
    season: Season
    holidays: list[Holidays]
    tail: tuple[float | None, str]
    level: Mapping[str, Any]
    dispersion: float | None


@dataclass
class Draft:
    """A case while it is put together: its tables, and what is known of each number in them."""

    evidence: Evidence
    span: Span
    cast: Cast
    measured: Measured
    opinions: Sequence[Opinion]
    facts: list[Fact] = field(default_factory=list[Fact])

    def put(self, path: str, estimate: Estimate) -> float:
        """Note a fact, and return its value for the table it stands in."""
        rounded = estimate.rounded()
        self.facts.append(Fact(path, rounded))
        return rounded.value

    def said(self, party: Party, key: str) -> Estimate | None:
        """What an expert says of a party as a whole."""
        found = (
            o.facts[key] for o in self.opinions if o.party == party and o.faction is None and key in o.facts
        )
        return next(found, None)

    def patron(self) -> tuple[Party, str] | None:
        """A party with a patron, and the patron's title; the first where experts name several."""
        return next(((o.party, o.patron) for o in self.opinions if o.party and o.patron), None)


def notes_on_opinions(draft: Draft) -> list[str]:
    """What experts say and a case has no place for."""
    others = [o.patron for o in draft.opinions if o.patron]
    lines = [f"a case built from data has one patron: {name} is left out" for name in others[1:]]
    if not others and any("alignment" in o.facts for o in draft.opinions):
        lines.append("alignment says nothing without a patron: left out")
    return lines


def tables_of(draft: Draft) -> dict[str, Any]:
    """Every table of the case but the first, in the order of the schema."""
    m, span = draft.measured, draft.span
    calendar: dict[str, Any] = {"season": list(m.season.factors)} if m.season.shown else {}
    feasts = holidays_between(m.holidays, span.start, span.end)
    if feasts:
        calendar["holidays"] = feasts
    tables = {
        "calendar": calendar,
        "party": parties(draft),
        "relation": relations(draft, holidays=bool(feasts)),
        "spoiler": spoilers(draft),
        "mediator": [mediator(draft)],
        "track": tracks(draft),
        "measure": measures(draft),
        "parameters": parameters(draft),
    }
    return {key: table for key, table in tables.items() if table}


def other_numbers(m: Measured) -> list[Fact]:
    """What the data say, or do not, of numbers of the case that stand outside the tables of actors."""
    rows = [Fact("case.deaths_scale", m.scale.rounded())]
    rows.append(Fact("parameters.violence.tail", tail(*m.tail).rounded()))
    rows.append(Fact("calendar.season", m.season.peak().rounded()))
    return [*rows, *(Fact(f"calendar.holidays.{h.name}", h.estimate().rounded()) for h in m.holidays)]


def tail(value: float | None, why: str) -> Estimate:
    """The tail of deaths per event as the data give it, or the range of its declaration."""
    declared = declared_parameters()["violence.tail"]
    if value is None:
        return Estimate(float(declared.default or declared.low), declared.low, declared.high, "prior", why)
    return about(value, 1.3, "data", why).within(declared.low, declared.high)


def parameters(draft: Draft) -> dict[str, Any]:
    """Parameters that the data give."""
    value = draft.measured.tail[0]
    return {} if value is None else {"violence": {"tail": round(value, 3)}}


# -- parties


def parties(draft: Draft) -> list[dict[str, Any]]:
    """The parties, and a patron where experts name one."""
    cast, patron = draft.cast, draft.patron()
    tables = [party(draft, p) for p in cast.parties]
    if patron is None:
        tables[0] = {**dict(list(tables[0].items())[:2]), "sponsor": True, **tables[0]}
        return tables
    for table, p in zip(tables, cast.parties, strict=True):
        if p == patron[0]:
            own = table.pop("faction")
            table |= {**ally(draft, p, patron_name(draft)), "faction": own}
    return [*tables, patron_table(draft, patron)]


def party(draft: Draft, p: Party) -> dict[str, Any]:
    """One party with its factions."""
    path = f"party.{p.name}"
    recognition = (
        prior("validation") if p != draft.cast.government else fixed(0.0, "a recognised state wants none")
    )
    table: dict[str, Any] = {"name": p.name, "title": p.title[:LONGEST_TITLE]}
    wanted = draft.said(p, "wants_recognition") or recognition
    table["validation"] = draft.put(f"{path}.validation", wanted)
    tolerance = draft.said(p, "risk_tolerance") or prior("risk_tolerance")
    table["risk_tolerance"] = draft.put(f"{path}.risk_tolerance", tolerance)
    table["morale"] = draft.put(f"{path}.morale", morale(draft, p).within(0.05, 3.0))
    if (standing := draft.said(p, "legitimacy")) is not None:
        table["legitimacy"] = draft.put(f"{path}.legitimacy", standing)
    return {**table, "main_foe": foe_of(draft.cast, p).name, "faction": factions(draft, p)}


def fixed(value: float, why: str) -> Estimate:
    """A number that is set by judgement."""
    return Estimate(value, value, value, "judgement", why)


def morale(draft: Draft, p: Party) -> Estimate:
    """Fighting capability: 1 for the main foe, others relative to it; lesser foes by their part in the war."""
    said, usual = draft.said(p, "share"), draft.said(draft.cast.main, "share")
    if said is not None and usual is not None and usual.value > 0:
        return said.times(1.0 / usual.value)
    if p == draft.cast.government:
        return from_range(BALANCE.range())
    if p == draft.cast.main:
        return fixed(1.0, "the measure of all others")
    weight = dict(zip(draft.cast.foes, draft.cast.weights, strict=True))
    ratio = max(weight[p] / weight[draft.cast.main], 0.05) ** 0.5
    source = "root of its part in the war relative to that of the main foe"
    return Estimate(ratio, ratio / 2.0, min(ratio * 2.0, 3.0), "judgement", source)


def factions(draft: Draft, p: Party) -> list[dict[str, Any]]:
    """Factions: those that experts name, or moderates and hawks."""
    own = [o for o in draft.opinions if o.party == p and o.faction]
    return named_factions(draft, p, own) if own else usual_factions(draft, p)


def usual_factions(draft: Draft, p: Party) -> list[dict[str, Any]]:
    """Moderates and hawks; where an expert gives the party's hawkishness, to either side of it."""
    said = draft.said(p, "hawkishness")
    names, shares = (f"{p.name}-moderates", f"{p.name}-hawks"), hawks_shares()
    if said is None:
        stands = prior("moderates"), prior("hawks")
    else:
        stands = moved(said, -HALF_GAP), moved(said, HALF_GAP)
        even = RANGES["hawks_share"]
        half = Estimate(0.5, even.low, even.high, "prior", even.source)
        shares = half, half
    rows = zip(names, ("Moderates", "Hawks"), shares, stands, strict=True)
    return [faction(draft, *row) for row in rows]


def hawks_shares() -> tuple[Estimate, Estimate]:
    """Shares of moderates and hawks."""
    hawks = prior("hawks_share")
    return hawks._replace(value=1 - hawks.value, low=1 - hawks.high, high=1 - hawks.low), hawks


def moved(said: Estimate, by: float) -> Estimate:
    """The hawkishness of a faction that stands to one side of its party."""
    low, value, high = (min(max(x + by, 0.0), 1.0) for x in (said.low, said.value, said.high))
    return said._replace(low=low, value=value, high=high)


def faction(draft: Draft, name: str, title: str, share: Estimate, hawkishness: Estimate) -> dict[str, Any]:
    """One faction."""
    path = f"faction.{name}"
    table: dict[str, Any] = {"name": name, "title": title, "share": draft.put(f"{path}.share", share)}
    table["hawkishness"] = draft.put(f"{path}.hawkishness", hawkishness)
    return table


def named_factions(draft: Draft, p: Party, own: Sequence[Opinion]) -> list[dict[str, Any]]:
    """Factions as experts name them; those without a share divide what is left, and shares are made to sum to 1."""
    given = sum(o.facts["share"].value for o in own if "share" in o.facts)
    unset = sum("share" not in o.facts for o in own)
    rest = max(1.0 - given, 0.0) / unset if unset else 0.0
    total = given + rest * unset or 1.0
    rows: list[dict[str, Any]] = []
    for o in own:
        name = slug(f"{p.name} {o.faction}", [row["name"] for row in rows], f"{p.name}-faction")
        share = o.facts.get("share") or Estimate(
            rest, 0.5 * rest, min(1.5 * rest, 1.0), "judgement", "what others leave"
        )
        scaled = share.times(1.0 / total).within(0.0, 1.0) if len(own) > 1 else fixed(1.0, "its only faction")
        stand = o.facts.get("hawkishness") or draft.said(p, "hawkishness") or from_range(middle_stand())
        if len(own) == 1:
            rows.append({"name": name, "title": str(o.faction)[:LONGEST_TITLE], "share": 1.0})
            rows[-1]["hawkishness"] = draft.put(f"faction.{name}.hawkishness", stand)
        else:
            rows.append(faction(draft, name, str(o.faction)[:LONGEST_TITLE], scaled, stand))
    rows[-1]["share"] = round(1.0 - sum(row["share"] for row in rows[:-1]), 10)
    return rows


def middle_stand() -> Any:
    """What a faction may want of which nothing is said: from a moderate's stand to a hawk's."""
    low, high = RANGES["moderates"], RANGES["hawks"]
    return low._replace(high=high.high, value=(low.low + high.high) / 2.0)


# -- a patron


def patron_name(draft: Draft) -> str:
    """The patron's name in the case."""
    found = draft.patron()
    return slug(found[1] if found else "", [p.name for p in draft.cast.parties], "patron")


def ally(draft: Draft, p: Party, patron: str) -> dict[str, Any]:
    """What a party with a patron has beyond others."""
    path = f"party.{p.name}"
    alignment = draft.said(p, "alignment") or prior("alignment")
    return {
        "patron": patron,
        "support": draft.put(f"{path}.support", prior("support")),
        "alignment": draft.put(f"{path}.alignment", alignment),
    }


def patron_table(draft: Draft, found: tuple[Party, str]) -> dict[str, Any]:
    """The patron: the sponsor of the case, with forces present."""
    name, foe = patron_name(draft), foe_of(draft.cast, found[0])
    path = f"party.{name}"
    table: dict[str, Any] = {
        "name": name,
        "title": found[1][:LONGEST_TITLE],
        "sponsor": True,
        "validation": 0.0,
    }
    table["risk_tolerance"] = draft.put(f"{path}.risk_tolerance", prior("risk_tolerance"))
    stand = {"name": f"{name}-home", "title": "Home opinion", "share": 1.0}
    stand["hawkishness"] = draft.put(f"faction.{name}-home.hawkishness", from_range(middle_stand()))
    return {**table, "presence": 1.0, "conditionality": 0.5, "main_foe": foe.name, "faction": [stand]}


def foe_of(cast: Cast, p: Party) -> Party:
    """Whom a party fights above all."""
    return cast.main if p == cast.government else cast.government


# -- relations


def relations(draft: Draft, *, holidays: bool) -> list[dict[str, Any]]:
    """The wars of the government, those among its foes, and what stands between a patron and the others."""
    cast, rate = draft.cast, draft.measured.rate
    rows = [
        war(draft, cast.government, foe, rate.times(weight))
        for foe, weight in zip(cast.foes, cast.weights, strict=True)
    ]
    rows += [war(draft, a, b, rate.times(share)) for a, b, share in cast.among]
    if holidays:
        rows = [{**row, "holiday": [1.0, 1.0]} for row in rows]
    return [*rows, *of_patron(draft)]


def war(draft: Draft, a: Party, b: Party, rate: Estimate) -> dict[str, Any]:
    """Two parties that fight."""
    events = events_between(draft, a, b)
    by_a, by_b = attacks_of(draft, rate, events)
    paths = f"relation.{a.name}.{b.name}", f"relation.{b.name}.{a.name}"
    table: dict[str, Any] = {"between": [a.name, b.name], "hostile": True}
    table["attacks"] = [draft.put(f"{p}.attacks", e) for p, e in zip(paths, (by_a, by_b), strict=True)]
    if draft.evidence.lethal:
        deadly = dyad_deadliness(draft, events)
        table["deaths_per_event"] = [draft.put(f"{p}.deaths_per_event", deadly) for p in paths]
    else:
        table["lethal"] = False
    table["volatility"] = draft.put(f"{paths[0]}.volatility", volatility(draft.measured))
    beliefs = (draft.said(one, "trust") or rates.trust() for one in (a, b))
    table["trust"] = [
        draft.put(f"{p}.trust", e.within(0.01, 0.99)) for p, e in zip(paths, beliefs, strict=True)
    ]
    return table


def volatility(known: Measured) -> Estimate:
    """How far the level of the war moves: as its months say, or as wars in general do."""
    spread = known.level["level_spread"]
    if spread is None:
        return from_range(VOLATILITY.range(), known.level["why"])
    return about(spread, LEVEL_WIDTH, "data", known.level["why"]).within(VOLATILITY.low, VOLATILITY.high)


def attacks_of(draft: Draft, rate: Estimate, events: Any) -> tuple[Estimate, Estimate]:
    """Attacks of the two sides of a war; provocations are the foe's alone."""
    if draft.evidence.lethal:
        return rates.split(rate, rates.side_share(events))
    return fixed(0.0, "provocations are the other side's"), rate.within(0.0, 1000.0)


def events_between(draft: Draft, a: Party, b: Party) -> Any:
    """Events of two parties within the days of reference, side A that of the first; None where none are listed."""
    events = draft.evidence.events
    dyad = dyad_of(draft.evidence.dyads, a, b)
    if events is None or dyad is None:
        return None
    rows = precise(counts_of(events, dyad))
    rows = rows[(rows["start"] >= str(draft.span.since)) & (rows["start"] <= str(draft.span.until))]
    if dyad.side_a != a.title:
        rows = rows.rename(columns={"deaths_a": "deaths_b", "deaths_b": "deaths_a"})
    return rows


def dyad_of(dyads: Iterable[Dyad], a: Party, b: Party) -> Dyad | None:
    """The dyad of two parties."""
    return next((d for d in dyads if {d.side_a, d.side_b} == {a.title, b.title}), None)


def dyad_deadliness(draft: Draft, events: Any) -> Estimate:
    """Deaths per event of one war, or of all where it has too few events."""
    whole = draft.measured.deadly
    if events is None or len(events) < rates.LEAST_EVENTS:
        return whole
    mean = float(events["best"].mean())
    source = f"{events['best'].sum():,.0f} deaths in {len(events):,} events of the two"
    width = whole.high / whole.value if whole.grade == "data" else 1.5
    return Estimate(mean, mean / width, mean * width, "data", source).within(1.0, 200.0)


def of_patron(draft: Draft) -> list[dict[str, Any]]:
    """A patron fights its ally's foe and trusts its ally."""
    found = draft.patron()
    if found is None:
        return []
    name, p = patron_name(draft), found[0]
    foe = foe_of(draft.cast, p)
    rate = draft.measured.rate.times(PATRON_SHARE)
    guess = rate._replace(grade="judgement", source=f"{PATRON_SHARE:g} of the ally's, as in drawn wars")
    patron = Party(name, found[1])
    friends = {"between": [name, p.name], "hostile": False, "trust": [0.6, 0.6]}
    return [war(draft, patron, foe, guess), friends]


# -- outsiders


def spoilers(draft: Draft) -> list[dict[str, Any]]:
    """Groups too small to be parties; one of which nothing is known where the files name none."""
    m, home = draft.measured, draft.cast.government
    rows: list[dict[str, Any]] = []
    small = [(title, with_share(m.rate, share)) for title, share in draft.cast.spoilers]
    for title, rate in small or [("Unknown spoilers", rates.spoiling(m.rate))]:
        name = slug(title, [*(p.name for p in draft.cast.parties), *(r["name"] for r in rows)], "spoilers")
        path = f"spoiler.{name}.{home.name}"
        target = {"party": home.name, "attacks": draft.put(f"{path}.attacks", rate)}
        target["deaths_per_event"] = draft.put(f"{path}.deaths_per_event", m.deadly)
        rows.append({"name": name, "title": title[:LONGEST_TITLE], "target": [target]})
    return rows


def with_share(rate: Estimate, share: float) -> Estimate:
    """Attacks of a group that has a share of all events."""
    source = f"{share:.1%} of the events with the government; that it stands outside the talks is judgement"
    return rate.times(share)._replace(grade="judgement", source=source)


def mediator(draft: Draft) -> dict[str, Any]:
    """One outside mediator of which nothing is known."""
    a, b = draft.cast.government.name, draft.cast.main.name
    table: dict[str, Any] = {"name": "mediator", "title": "An outside mediator", "style": "facilitator"}
    for key in ("skill", "leverage", "monitors"):
        table[key] = draft.put(f"mediator.mediator.{key}", prior(key))
    path = f"mediator.mediator.{a}.{b}"
    access: dict[str, Any] = {"between": [a, b]}
    for key in ("access", "bias"):
        access[key] = draft.put(f"{path}.{key}", prior(key))
    return {**table, "access": [access]}


# -- talks and measures


def tracks(draft: Draft) -> list[dict[str, Any]]:
    """Open talks with every foe, envoys and a direct line with the main one."""
    home, main, found = draft.cast.government.name, draft.cast.main.name, draft.patron()
    rows = [front(track_name(foe), [home, foe.name]) for foe in draft.cast.foes]
    rows.append(envoys("envoys", [home, main]))
    if found is None:
        rows.append(leaders("leaders", [home, main]))
    else:
        foe = foe_of(draft.cast, found[0])
        rows.append(over_the_head("direct", [patron_name(draft), foe.name], found[0].name))
    return rows


def track_name(foe: Party) -> str:
    """The name of the open talks with a foe."""
    return f"talks-{foe.name}"


def measures(draft: Draft) -> list[dict[str, Any]]:
    """Releases by both sides, and recognition by the sponsor."""
    found = draft.patron()
    sponsor = draft.cast.government.name if found is None else patron_name(draft)
    foe = draft.cast.main.name if found is None else foe_of(draft.cast, found[0]).name
    return list(usual_measures(sponsor, foe))
