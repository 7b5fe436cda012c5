"""Who takes part, told from tables that name actors and from events by dyad."""

import pandas as pd
import pytest

from detente.experiments.builder.dyads import Dyad
from detente.experiments.builder.parties import (
    MOST_FOES,
    OTHERS,
    Cast,
    Mentions,
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
