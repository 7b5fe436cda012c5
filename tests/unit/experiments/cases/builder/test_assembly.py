"""The tables of a case, from estimates and opinions made by hand."""

from datetime import date

import pandas as pd
import pytest

from detente.experiments.cases.builder import assembly as module
from detente.experiments.cases.builder.assembly import (
    Draft,
    Measured,
    attacks_of,
    dyad_deadliness,
    events_between,
    measures,
    morale,
    moved,
    named_factions,
    notes_on_opinions,
    other_numbers,
    parameters,
    parties,
    relations,
    spoilers,
    tables_of,
    tail,
    tracks,
    usual_factions,
    volatility,
)
from detente.experiments.cases.builder.attack_rates import Counted
from detente.experiments.cases.builder.dyads import Dyad
from detente.experiments.cases.builder.estimate import Estimate
from detente.experiments.cases.builder.evidence import Evidence
from detente.experiments.cases.builder.experts import Opinion
from detente.experiments.cases.builder.parties import Cast, Party
from detente.experiments.cases.builder.seasons import Holidays, Season
from detente.experiments.cases.builder.span import Span
from detente.model.prior_ranges import RANGES, VOLATILITY

CROWN, MOOR, FEN = (Party(name.lower(), name) for name in ("Crown", "Moor", "Fen"))
SINCE, UNTIL = date(2001, 1, 1), date(2001, 12, 31)
RATE = Estimate(2.0, 1.0, 4.0, "data", "counted")
EVEN = Season((1.0,) * 12, False, "even")


def sure(value, grade="expert"):
    return Estimate(value, value, value, grade, "said")


def measured(**changed):
    usual = {
        "counted": Counted(0.0, 0.0, 365, 0.0, 0, ""),
        "rate": RATE,
        "deadly": Estimate(5.0, 2.5, 10.0, "data", "deadly"),
        "scale": sure(1.5),
        "season": EVEN,
        "holidays": [],
        "tail": (None, "few"),
        "level": {"level_spread": None, "why": "few months"},
        "dispersion": None,
    }
    return Measured(**{**usual, **changed})


def cast(*spoilers, among=()):
    return Cast(CROWN, (MOOR, FEN), (0.75, 0.25), among, spoilers)


def draft(*opinions, who=None, known=None, **evidence):
    span = Span(SINCE, UNTIL, SINCE, SINCE, UNTIL)
    return Draft(Evidence(**evidence), span, who or cast(), known or measured(), opinions)


def opinion(party, faction=None, patron=None, **facts):
    said = {key: e if isinstance(e, Estimate) else sure(e) for key, e in facts.items()}
    return Opinion(faction or party.title, party, faction, said, patron)


def facts(made):
    return {fact.path: fact.estimate for fact in made.facts}


# -- what has no place


def test_a_second_patron_and_an_alignment_without_one_are_said_to_be_left_out():
    two = draft(opinion(MOOR, patron="East"), opinion(FEN, patron="West"), opinion(CROWN, alignment=0.5))
    assert notes_on_opinions(two) == ["a case built from data has one patron: West is left out"]
    assert notes_on_opinions(draft(opinion(CROWN, alignment=0.5))) == [
        "alignment says nothing without a patron: left out"
    ]
    assert notes_on_opinions(draft(opinion(CROWN, hawkishness=0.5))) == []


# -- numbers outside the tables of actors


def test_the_tail_is_that_of_the_data_within_what_may_be_declared_or_a_prior():
    found = tail(2.0, "seen")
    assert (found.value, found.grade, found.high) == (2.0, "data", pytest.approx(2.6))
    unknown = tail(None, "few")
    assert (unknown.grade, unknown.source) == ("prior", "few")
    assert unknown.low < unknown.value < unknown.high
    assert parameters(draft(known=measured(tail=(1.23456, "seen")))) == {"violence": {"tail": 1.235}}
    assert parameters(draft()) == {}


def test_every_number_beside_the_actors_has_a_row():
    feast = Holidays("the two Eids", 0.5, "seen", 4.0)
    rows = {fact.path: fact.estimate.value for fact in other_numbers(measured(holidays=[feast]))}
    assert rows["case.deaths_scale"] == 1.5
    assert rows["calendar.holidays.the two Eids"] == 0.5
    assert rows["calendar.season"] == 1.0
    assert list(rows)[1] == "parameters.violence.tail"


def test_seasons_and_holidays_stand_in_the_calendar_where_they_are_seen():
    assert "calendar" not in tables_of(draft())
    season = Season((2.0, *[10 / 11] * 11), True, "seen", 100.0)
    made = tables_of(draft(known=measured(season=season)))
    assert made["calendar"] == {"season": list(season.factors)}
    assert all("holiday" not in row for row in made["relation"])
    feast = Holidays("Christmas", 0.5, "seen", 4.0)
    made = tables_of(draft(known=measured(holidays=[feast])))
    assert [h["restraint"] for h in made["calendar"]["holidays"]] == [0.5]
    assert all(row["holiday"] == [1.0, 1.0] for row in made["relation"])


# -- parties


def test_a_government_wants_no_recognition_and_sponsors_without_a_patron():
    made = draft()
    home, moor, _ = parties(made)
    assert (home["validation"], home["sponsor"], home["main_foe"]) == (0.0, True, "moor")
    assert moor["validation"] == pytest.approx(RANGES["validation"].value)
    assert (moor["main_foe"], "sponsor" in moor, "legitimacy" in moor) == ("crown", False, False)
    assert list(home)[:3] == ["name", "title", "sponsor"]


def test_what_experts_say_of_a_party_stands_in_its_table():
    said = opinion(MOOR, wants_recognition=2.0, risk_tolerance=0.3, legitimacy=0.4)
    _, moor, _ = parties(draft(said))
    assert (moor["validation"], moor["risk_tolerance"], moor["legitimacy"]) == (2.0, 0.3, 0.4)


def test_strength_is_relative_to_the_main_foe():
    """A third of the main foe's part in the war: the root of it."""
    assert morale(draft(), MOOR).value == 1.0
    fen = morale(draft(), FEN)
    assert (fen.value, fen.grade) == (pytest.approx(3**-0.5), "judgement")
    assert (fen.low, fen.high) == pytest.approx((3**-0.5 / 2, 3**-0.5 * 2))
    shares = [opinion(MOOR, share=0.4), opinion(CROWN, share=0.8)]
    assert morale(draft(*shares), CROWN).value == pytest.approx(2.0)
    assert morale(draft(opinion(MOOR, share=0.0), opinion(FEN, share=0.5)), FEN).value == fen.value
    small = Cast(CROWN, (MOOR, FEN), (0.99, 0.01))
    assert morale(draft(who=small), FEN).value == pytest.approx(0.05**0.5)


def test_factions_stand_to_either_side_of_what_is_said_of_their_party():
    gap = (RANGES["hawks"].value - RANGES["moderates"].value) / 2
    low, high = usual_factions(draft(opinion(MOOR, hawkishness=0.5)), MOOR)
    assert (low["hawkishness"], high["hawkishness"]) == pytest.approx((0.5 - gap, 0.5 + gap))
    assert (low["share"], high["share"]) == (0.5, 0.5)
    assert (low["name"], high["name"]) == ("moor-moderates", "moor-hawks")
    low, high = usual_factions(draft(), MOOR)
    assert high["share"] == pytest.approx(RANGES["hawks_share"].value)
    assert low["share"] == pytest.approx(1 - RANGES["hawks_share"].value)
    assert (low["hawkishness"], high["hawkishness"]) == (RANGES["moderates"].value, RANGES["hawks"].value)


@pytest.mark.parametrize(("by", "ends"), [(0.5, (0.6, 0.7, 1.0)), (-0.5, (0.0, 0.0, 0.4))])
def test_a_stand_stays_between_nought_and_one(by, ends):
    found = moved(Estimate(0.2, 0.1, 0.9, "expert", ""), by)
    assert (found.low, found.value, found.high) == pytest.approx(ends)


def test_factions_without_a_share_divide_what_others_leave():
    own = [opinion(MOOR, "Old", share=0.4), opinion(MOOR, "New"), opinion(MOOR, "Young")]
    made = draft(*own)
    rows = named_factions(made, MOOR, own)
    assert [row["share"] for row in rows] == pytest.approx([0.4, 0.3, 0.3])
    assert [row["name"] for row in rows] == ["moor-old", "moor-new", "moor-young"]
    left = facts(made)["faction.moor-new.share"]
    assert (left.low, left.high, left.grade) == (pytest.approx(0.15), pytest.approx(0.45), "judgement")


@pytest.mark.parametrize("shares", [(0.2, 0.6), (0.4, 0.4), (0.75, 0.25)])
def test_shares_that_experts_give_are_made_to_sum_to_one(shares):
    own = [opinion(MOOR, name, share=share) for name, share in zip(("Old", "New"), shares, strict=True)]
    rows = named_factions(draft(*own), MOOR, own)
    assert [row["share"] for row in rows] == pytest.approx([share / sum(shares) for share in shares])


def test_the_only_faction_is_the_whole_party():
    own = [opinion(MOOR, "Old", share=0.4, hawkishness=0.9)]
    (row,) = named_factions(draft(*own), MOOR, own)
    assert (row["share"], row["hawkishness"]) == (1.0, 0.9)
    party = opinion(MOOR, hawkishness=0.2)
    silent = [opinion(MOOR, "Old"), opinion(MOOR, "New")]
    rows = named_factions(draft(party, *silent), MOOR, silent)
    assert [row["hawkishness"] for row in rows] == [0.2, 0.2]
    (row,) = named_factions(draft(), MOOR, silent[:1])
    assert row["hawkishness"] == pytest.approx((RANGES["moderates"].low + RANGES["hawks"].high) / 2)


# -- wars


def test_each_war_has_its_part_of_the_attacks_and_its_own_trust():
    made = draft(opinion(MOOR, trust=0.3), who=cast(among=((MOOR, FEN, 0.1),)))
    first, second, third = relations(made, holidays=False)
    assert [sum(row["attacks"]) for row in (first, second, third)] == pytest.approx([1.5, 0.5, 0.2])
    assert first["between"] == ["crown", "moor"]
    assert third["between"] == ["moor", "fen"]
    assert first["deaths_per_event"] == [5.0, 5.0]
    assert first["trust"][1] == 0.3
    assert first["trust"][0] == pytest.approx(RANGES["trust"].value, rel=1e-3)
    assert facts(made)["relation.moor.crown.trust"].value == 0.3


def test_provocations_are_those_of_the_foe_and_kill_nobody():
    row = relations(draft(lethal=False), holidays=False)[0]
    assert (row["attacks"], row["lethal"]) == ([0.0, 1.5], False)
    assert "deaths_per_event" not in row
    assert attacks_of(draft(lethal=False), RATE, None)[0].source == "provocations are the other side's"


@pytest.mark.parametrize("spread", [0.5, None])
def test_a_level_moves_as_its_months_say_or_as_levels_do(spread):
    found = volatility(measured(level={"level_spread": spread, "why": "months"}))
    usual = VOLATILITY.range()
    expected = (0.5, 0.5 / 1.4, 0.7) if spread else (usual.value, usual.low, usual.high)
    assert (found.value, found.low, found.high) == pytest.approx(expected)
    assert found.grade == ("data" if spread else "prior")


def events(n=40, best=3.0, days=("2001-01-01", "2001-12-31")):
    when = pd.to_datetime([days[k % 2] for k in range(n)])
    sides = {"side_a": "Moor", "side_b": "Crown", "deaths_a": 1.0, "deaths_b": 2.0}
    return pd.DataFrame(
        {"start": when, "best": best, "where_prec": 1, "date_prec": 1, **sides}, index=range(n)
    )


DYAD = Dyad("Moor", "Crown", "", "", "", 40, 120.0, True)


def test_events_of_a_war_are_those_of_its_days_with_sides_in_its_order():
    made = draft(events=events(), dyads=(DYAD,))
    found = events_between(made, CROWN, MOOR)
    assert len(found) == 40  # the first and the last day are inside
    assert (found["deaths_a"].sum(), found["deaths_b"].sum()) == (80.0, 40.0)
    same = events_between(made, MOOR, CROWN)
    assert (same["deaths_a"].sum(), same["deaths_b"].sum()) == (40.0, 80.0)
    outside = draft(events=events(days=("2000-12-31", "2002-01-01")), dyads=(DYAD,))
    assert len(events_between(outside, CROWN, MOOR)) == 0
    assert events_between(made, CROWN, FEN) is None
    assert events_between(draft(dyads=(DYAD,)), CROWN, MOOR) is None


@pytest.mark.parametrize(("n", "value"), [(30, 3.0), (29, 5.0)])
def test_a_war_is_as_deadly_as_its_own_events_where_there_are_enough(n, value):
    found = dyad_deadliness(draft(), events(n))
    assert found.value == value
    assert (found.low, found.high) == (value / 2.0, value * 2.0)  # as wide as that of all events
    unsure = draft(known=measured(deadly=Estimate(5.0, 1.0, 50.0, "prior", "")))
    assert dyad_deadliness(unsure, events(30)).high == 4.5
    assert dyad_deadliness(draft(), None).value == 5.0


# -- patrons, spoilers, talks


def test_a_patron_fights_the_foe_of_its_ally_and_sponsors_the_case():
    made = draft(opinion(MOOR, patron="Far Power"))
    home, moor, _, patron = parties(made)
    assert (patron["name"], patron["sponsor"], patron["main_foe"]) == ("far-power", True, "crown")
    assert (patron["presence"], patron["conditionality"], patron["validation"]) == (1.0, 0.5, 0.0)
    assert (patron["faction"][0]["share"], "sponsor" in home) == (1.0, False)
    assert (moor["patron"], list(moor)[-1]) == ("far-power", "faction")
    war, friends = relations(made, holidays=False)[-2:]
    assert sum(war["attacks"]) == pytest.approx(0.4)
    assert war["between"] == ["far-power", "crown"]
    assert friends == {"between": ["far-power", "moor"], "hostile": False, "trust": [0.6, 0.6]}
    assert [row["name"] for row in tracks(made)] == ["talks-moor", "talks-fen", "envoys", "direct"]


def test_without_a_patron_the_leaders_talk_and_the_government_recognises():
    made = draft()
    assert [row["name"] for row in tracks(made)] == ["talks-moor", "talks-fen", "envoys", "leaders"]
    alone = list(measures(made))
    assert alone == list(module.usual_measures("crown", "moor"))
    assert list(measures(draft(opinion(CROWN, patron="Far Power")))) == list(
        module.usual_measures("far-power", "moor")
    )


def test_spoilers_have_their_share_of_the_attacks_or_that_of_groups_of_which_nothing_is_known():
    (small,) = spoilers(draft(who=cast(("The Band", 0.05))))
    target = small["target"][0]
    assert (small["name"], target["party"], target["attacks"]) == ("the-band", "crown", 0.1)
    assert target["deaths_per_event"] == 5.0
    (unknown,) = spoilers(draft())
    assert unknown["name"] == "unknown-spoilers"
    assert unknown["target"][0]["attacks"] == pytest.approx(2.0 * RANGES["spoiling"].value, rel=1e-3)
