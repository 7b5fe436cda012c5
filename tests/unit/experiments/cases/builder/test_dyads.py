"""Dyads from single events, and which of them make a war."""

import pandas as pd
import pytest

from detente.experiments.cases.builder.dyads import (
    Dyad,
    counts_of,
    dyads_of,
    main_wars,
    one_conflict,
    precise,
)
from detente.model.errors import InputError


def dyad(a, b, events=1, conflict="", state=True):
    return Dyad(a, b, "", "", conflict, events, float(events), state)


def events(*rows):
    names = ["side_a", "side_b", "type_of_violence", "best"]
    table = pd.DataFrame(list(rows), columns=names)
    return table.assign(dyad_id="1", conflict_id="2", conflict="War")


def test_dyads_are_counted_and_stand_by_their_events():
    found = dyads_of(
        events(
            ("Crown", "Moor", 1, 3.0),
            ("Crown", "Fen", 1, 1.0),
            ("Crown", "Fen", 2, 2.0),
            ("Crown", "Civilians", 3, 9.0),
            ("Crown", "", 1, 9.0),
        )
    )
    assert [(d.side_b, d.events, d.deaths, d.state_based) for d in found] == [
        ("Fen", 2, 3.0, True),
        ("Moor", 1, 3.0, True),
    ]
    assert found[0][2:5] == ("1", "2", "War")


def test_foes_of_a_state_that_fight_each_other_belong_to_its_war_and_others_do_not():
    wars = [dyad("Crown", "Moor"), dyad("Crown", "Fen")]
    inner, outer = dyad("Moor", "Fen", state=False), dyad("Moor", "Band", state=False)
    assert main_wars([*wars, inner, outer]) == [*wars, inner]
    assert main_wars([inner, outer]) == [inner, outer]


@pytest.mark.parametrize(
    ("dyads", "chosen", "refused"),
    [
        ([dyad("A", "B", 5, "One"), dyad("A", "C", 7, "Two")], False, True),
        ([dyad("A", "B", 5, "One"), dyad("A", "C", 7, "Two")], True, False),
        ([dyad("A", "B", 5, "One"), dyad("A", "C", 7, "One")], False, False),
        ([dyad("A", "B", 5, "One"), dyad("B", "C", 7, "Two", state=False)], False, False),
        ([dyad("A", "B", 5, "One", state=False), dyad("B", "C", 7, "Two", state=False)], False, True),
        ([dyad("A", "B", 5, "One"), dyad("A", "C", 7, "")], False, False),
    ],
)
def test_several_conflicts_are_refused_unless_one_was_chosen(dyads, chosen, refused):
    if not refused:
        one_conflict(dyads, "x.csv", chosen=chosen)
        return
    with pytest.raises(InputError, match=r"2 conflicts match: 'Two' \(7 events\), 'One' \(5 events\)"):
        one_conflict(dyads, "x.csv", chosen=chosen)


def test_events_of_one_conflict_are_added_up():
    listed = [dyad("A", "B", 5, "One"), dyad("A", "C", 7, "Two"), dyad("A", "D", 4, "One")]
    with pytest.raises(InputError, match=r"'One' \(9 events\), 'Two'"):
        one_conflict(listed, "x.csv", chosen=False)


def test_events_of_a_dyad_have_both_its_sides():
    table = events(("A", "B", 1, 1.0), ("A", "C", 1, 2.0), ("C", "B", 1, 4.0))
    assert counts_of(table, dyad("A", "B"))["best"].tolist() == [1.0]


def test_precise_events_have_a_known_place_and_day():
    table = pd.DataFrame({"where_prec": [1, 1, 2], "date_prec": [1, 2, 1]})
    assert precise(table).index.tolist() == [0]
