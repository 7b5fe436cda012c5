"""Who takes part, told from tables that name actors and from events by dyad."""

from datetime import date

import pandas as pd
import pytest

from detente.experiments.cases.builder.dyads import Dyad
from detente.experiments.cases.builder.parties import (
    MOST_FOES,
    OTHERS,
    Cast,
    Mentions,
    begun_by,
    from_dyads,
    from_mentions,
    slug,
    split,
)


def truces(*rows: tuple[str, str]) -> pd.DataFrame:
    return pd.DataFrame([{"actors": actors, "side": side} for actors, side in rows])


def agreements(*cells: str) -> pd.DataFrame:
    return pd.DataFrame({"parties": list(cells)})


def told(truce_rows: pd.DataFrame | None, signed: pd.DataFrame | None, **sides: str | None) -> Cast:
    m = Mentions.of(truce_rows, signed)
    return from_mentions(m, m, sides.get("side_a"), sides.get("side_b"))


def titles(cast: Cast) -> list[str]:
    return [p.title for p in cast.parties]


BOTH, ALONE = ("Crown; Moor", "bilateral"), ("Moor", "unilateral")


def test_who_stands_first_in_dyads_is_the_government():
    assert titles(told(truces(ALONE), agreements("Moor - Crown"))) == ["Moor", "Crown"]


def test_without_dyads_it_is_who_declares_fewer_truces_alone():
    found = told(truces(ALONE, BOTH, BOTH), None)
    assert titles(found) == ["Crown", "Moor"]
    assert "judgement; --side-a says otherwise" in found.notes[0]


def test_without_dyads_it_is_who_deals_with_most_others():
    rows = truces(("Crown; Moor", "bilateral"), ("Crown; Fen", "bilateral"), ("Crown", "unilateral"))
    assert titles(told(rows, None))[0] == "Crown"


def test_what_the_user_says_prevails():
    assert titles(told(truces(ALONE, BOTH), None, side_a="Moor")) == ["Moor", "Crown"]
    assert titles(told(None, None, side_b="Moor")) == ["Government", "Moor"]
    assert titles(told(None, None)) == ["Government", "Opposition"]


def test_of_one_actor_alone_the_government_has_no_name():
    found = told(truces(ALONE), None)
    assert titles(found) == ["Government", "Moor"]
    assert (found.government.given, found.main.given) == (False, True)


def test_another_name_of_the_government_is_no_foe_of_it():
    rows = truces(*[("The Crown; Moor", "bilateral")] * 3, ALONE)
    found = told(rows, agreements("Crown - Moor"))
    assert titles(found) == ["Crown", "Moor"]
    assert found.find("the crown") == found.government
    assert "The Crown: taken to be Crown under another name" in found.notes[0]


def test_who_acts_alone_or_seldom_is_no_other_name():
    rows = truces(("Fen; Moor", "bilateral"), ("Fen", "unilateral"), ALONE)
    assert OTHERS in titles(told(rows, agreements("Crown - Moor")))


def test_actors_with_few_rows_stand_together():
    rows = truces(*[BOTH] * 60, ("Crown; Fen", "bilateral"), ("Crown; Wood", "bilateral"))
    found = told(rows, None)
    assert titles(found) == ["Crown", "Moor", OTHERS]
    assert found.find("fen") == found.find("Wood") == found.foes[-1]
    assert sum(found.weights) == pytest.approx(1.0)
    assert found.weights[0] > 0.9


def test_parties_are_no_more_than_a_case_carries():
    rows = truces(*[(f"Crown; Foe {k}", "bilateral") for k in range(8) for _ in range(3)])
    found = told(rows, None)
    assert len(found.foes) == MOST_FOES + 1
    assert len({p.name for p in found.parties}) == len(found.parties)


def dyad(a: str, b: str, events: int) -> Dyad:
    return Dyad(a, b, "", "", "", events, float(events), True)


def test_foes_with_few_events_are_spoilers_unless_they_sign():
    dyads = [dyad("Crown", "Moor", 960), dyad("Crown", "Fen", 30), dyad("Crown", "Wood", 10)]
    found = from_dyads(dyads, Mentions.of(None, None))
    assert titles(found) == ["Crown", "Moor"]
    assert found.spoilers == (("Fen", 0.03), ("Wood", 0.01))
    assert found.weights == (0.96,)
    signed = from_dyads(dyads, Mentions.of(None, agreements("Crown - Wood")))
    assert titles(signed) == ["Crown", "Moor", "Wood"]


def test_foes_that_fight_each_other_have_a_war_of_their_own():
    dyads = [dyad("Crown", "Moor", 50), dyad("Crown", "Fen", 30), dyad("Moor", "Fen", 20)]
    found = from_dyads(dyads, Mentions.of(None, None))
    assert [(a.title, b.title, share) for a, b, share in found.among] == [("Moor", "Fen", 0.2)]
    assert found.weights == (0.5, 0.3)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Government of X (Y)", "government-of-x-y"),
        ("Ñandú / Élan", "nandu-elan"),
        ("日本", "party-1"),
        ("A" * 80, "a" * 40),
    ],
)
def test_names_are_made_of_letters_digits_and_hyphens(title, name):
    assert slug(title, [], "party-1") == name
    assert slug(title, [name], "party-1") == f"{name}-2"


def test_cells_that_list_several_are_split_once():
    assert split("A, B,A ,") == ["A", "B"]
    assert split("A, the first; B") == ["A, the first", "B"]


def test_a_foe_needs_a_twentieth_of_the_events():
    dyads = [
        dyad("Crown", "Moor", 90),
        dyad("Crown", "Fen", 5),
        dyad("Crown", "Wood", 4),
        dyad("Hill", "Crown", 1),
    ]
    found = from_dyads(dyads, Mentions.of(None, None))
    assert titles(found) == ["Crown", "Moor", "Fen"]
    assert found.spoilers == (("Wood", 0.04), ("Hill", 0.01))


def test_of_small_foes_two_are_spoilers_and_the_rest_is_said_to_be_left_out():
    small = [dyad("Crown", name, n) for name, n in (("A", 3), ("B", 2), ("C", 1))]
    found = from_dyads([dyad("Crown", "Moor", 94), *small], Mentions.of(None, None))
    assert [name for name, _ in found.spoilers] == ["A", "B"]
    assert found.notes == ("left out, for they fight little: C (1.0% of events)",)


def test_at_most_four_foes_of_a_file_of_events_are_parties():
    found = from_dyads([dyad("Crown", f"Foe {k}", 10 - k) for k in range(6)], Mentions.of(None, None))
    assert [p.title for p in found.foes] == [f"Foe {k}" for k in range(MOST_FOES)]


def test_a_foe_of_tables_needs_three_rows_and_a_twentieth_of_them():
    def foes(moor, fen):
        return titles(told(truces(*[BOTH] * moor, *[("Crown; Fen", "bilateral")] * fen), None))

    assert foes(4, 3) == ["Crown", "Moor", "Fen"]
    assert foes(4, 2) == ["Crown", "Moor", OTHERS]
    assert foes(95, 5) == ["Crown", "Moor", "Fen"]
    assert foes(96, 4) == ["Crown", "Moor", OTHERS]


def test_how_much_each_fights_is_told_from_the_rows_until_a_day():
    rows = truces(*[BOTH] * 9, *[("Crown; Fen", "bilateral")] * 6)
    early = truces(*[BOTH] * 3, *[("Crown; Fen", "bilateral")])
    found = from_mentions(Mentions.of(rows, None), Mentions.of(early, None), None, None)
    assert found.weights == (0.75, 0.25)
    none = from_mentions(Mentions.of(rows, None), Mentions.of(None, None), None, None)
    assert none.weights == (0.5, 0.5)


def test_the_rest_weighs_no_more_than_any_party():
    rest = [(f"Crown; Small {k}", "bilateral") for k in range(8)]
    found = told(truces(*[BOTH] * 6, *[("Crown; Fen", "bilateral")] * 4, *rest), None)
    assert found.weights == (6 / 14, 4 / 14, 4 / 14)
    assert found.notes[-1].startswith(f"{OTHERS} stands for Small 0, Small 1")


def test_another_name_of_the_government_deals_with_its_foes_in_three_rows():
    def stands_for(n):
        rows = truces(*[("The Crown; Moor", "bilateral")] * n, ALONE)
        return told(rows, agreements("Crown - Moor")).government.stands_for

    assert stands_for(3) == ("The Crown",)
    assert stands_for(2) == ()


def test_rows_begun_by_a_day_are_those_up_to_it():
    table = pd.DataFrame({"start": pd.to_datetime(["2001-01-01", "2001-01-02", "2001-01-03"])})
    assert len(begun_by(table, date(2001, 1, 2))) == 2
    assert begun_by(None, date(2001, 1, 2)) is None
