"""The policy ``history``: what becomes of each row of a table of ceasefires or agreements, and what is refused."""

from datetime import date, timedelta

import pandas as pd
import pytest

from detente.experiments.cases.builder.dyads import Dyad
from detente.experiments.cases.builder.evidence import Evidence
from detente.experiments.cases.builder.history import contradictions, end_of, history_of, once, pairs_of
from detente.experiments.cases.builder.parties import Cast, Party
from detente.experiments.cases.builder.span import Span
from detente.experiments.data.report import Report

CROWN, MOOR, FEN, WOOD = (Party(name.lower(), name) for name in ("Crown", "Moor", "Fen", "Wood"))
START, END = date(2001, 1, 1), date(2001, 12, 31)
SPAN = Span(START, END, START, START, END)


def cast(*among, foes=(MOOR, FEN, WOOD), given=True):
    home = CROWN if given else Party("government", "Government", given=False)
    main = foes if given else (Party("opposition", "Opposition", given=False),)
    return Cast(home, main, tuple(1 / len(main) for _ in main), tuple((*pair, 0.1) for pair in among))


def truce(start="2001-03-10", end="2001-04-01", **changed):
    stamps = {
        "start": pd.Timestamp(start),
        "start_precision": "day",
        "end": pd.Timestamp(end) if end else pd.NaT,
        "end_precision": "day" if end else "none",
    }
    about = {"id": "7", "file": "far/away/truces.csv", "class": "preliminary", "side": "bilateral"}
    return {**stamps, **about, "partial": "0", "actors": "Crown, Moor", **changed}


def agreement(start="2001-05-01", **changed):
    stamps = {"start": pd.Timestamp(start), "start_precision": "day"}
    about = {"id": "8", "file": "acts.csv", "name": "Accord", "type": "full", "provisions": ""}
    return {**stamps, **about, "parties": "Crown - Moor", **changed}


def history(*truces, agreements=(), who=None, span=SPAN):
    evidence = Evidence(
        truces=pd.DataFrame(list(truces)) if truces else None,
        agreements=pd.DataFrame(list(agreements)) if agreements else None,
    )
    return history_of(evidence, who or cast(), span)


def done(made):
    return [(m["actor"], m["do"], m.get("to")) for m in made.moves]


# -- ceasefires


def test_a_ceasefire_of_both_sides_is_one_joint_offer():
    made = history(truce())
    (move,) = made.moves
    assert (move["actor"], move["to"], move["do"], move["sort"]) == ("crown", "moor", "offer_truce", "joint")
    assert (move["date"], move["from"], move["until"]) == (
        date(2001, 3, 10),
        date(2001, 3, 10),
        date(2001, 4, 1),
    )
    assert (move["scope"], move["source"]) == ("dyad", "truces.csv, 7, 2001-03-10")
    assert move["note"] == "Preliminary, bilateral; actors: Crown, Moor."
    assert (made.truces, made.agreements, made.left_out) == (1, 0, [])


def test_a_ceasefire_of_which_little_is_known_says_so():
    (move,) = history(truce(**{"class": "", "side": "", "id": "", "end": None}), who=cast()).moves[:1]
    assert move["note"] == (
        "Ceasefire, sides not given; actors: Crown, Moor. The end is not known; the usual 10 days are taken."
    )
    assert move["source"] == "truces.csv, 2001-03-10"


def test_a_local_ceasefire_is_local():
    assert history(truce(partial="1")).moves[0]["scope"] == "local"


def test_a_ceasefire_of_one_side_is_an_offer_that_the_other_does_not_join():
    made = history(truce(side="unilateral", actors="Moor"))
    offer, block = made.moves
    assert done(made) == [("moor", "offer_truce", "crown"), ("crown", "block", "moor")]
    assert (offer["sort"], block["sort"], block["what"]) == ("act", "reply", "answer_truce")
    assert offer["until"] == block["until"] == date(2001, 4, 1)
    assert block["note"] == "The file has the ceasefire as one side's own."


def test_the_government_alone_offers_to_its_main_foe():
    assert done(history(truce(side="unilateral", actors="Crown")))[0] == ("crown", "offer_truce", "moor")


@pytest.mark.parametrize(("precision", "day"), [("day", 1), ("month", 15), ("year", 182)])
def test_a_date_that_is_known_roughly_is_taken_in_the_middle(precision, day):
    (move,) = history(truce("2001-01-01", "2001-12-01", start_precision=precision)).moves
    assert move["date"] == START + timedelta(days=day - 1)
    said = f" The start is known to the {precision} only; its middle is taken." if precision != "day" else ""
    assert move["note"] == f"Preliminary, bilateral; actors: Crown, Moor.{said}"


@pytest.mark.parametrize(
    ("day", "inside"), [("2000-12-31", False), ("2001-01-01", True), ("2001-12-31", True)]
)
def test_the_first_and_the_last_day_belong_to_the_case(day, inside):
    made = history(truce(day, None))
    assert (made.truces, len(made.moves)) == (inside, inside)
    if not inside:
        words = "outside the days of the case, 2001-01-01 to 2001-12-31"
        assert made.left_out == [f"ceasefire truces.csv, 7, 2000-12-31: {words}"]


def test_strangers_are_left_out_by_name():
    made = history(truce(actors="North; South"))
    assert made.left_out[0].endswith("between actors that are no parties of the case (North; South)")
    made = history(truce(actors="", side="unilateral"))
    assert made.left_out[0].endswith("no parties of the case (none named)")


class Row:
    """A row of which only the end matters."""

    def __init__(self, end):
        self.end, self.end_precision = (pd.Timestamp(end), "day") if end else (None, "none")


@pytest.mark.parametrize(
    ("end", "joint", "expected"),
    [
        ("2001-05-01", True, date(2001, 5, 1)),
        ("2001-03-10", True, date(2001, 3, 10)),  # its own first day
        ("2001-03-09", True, None),  # an end before the start is none
        ("2002-05-01", True, END),
        (None, True, None),
        (None, False, date(2001, 3, 20)),
    ],
)
def test_the_last_day_of_a_ceasefire(end, joint, expected):
    assert end_of(Row(end), date(2001, 3, 10), SPAN, joint=joint)[0] == expected


def test_the_usual_term_ends_with_the_case():
    assert end_of(Row(None), date(2001, 12, 25), SPAN, joint=False)[0] == END


# -- who holds fire towards whom


@pytest.mark.parametrize(
    ("actors", "joint", "among", "pairs"),
    [
        (["Crown", "Moor", "Fen"], True, (), [(CROWN, MOOR), (CROWN, FEN)]),
        (["Moor", "Crown", "Moor"], True, (), [(CROWN, MOOR)]),
        (["Moor", "Fen", "Wood"], True, ((FEN, MOOR),), [(MOOR, FEN)]),
        (["Moor", "Fen"], True, (), [(CROWN, MOOR), (CROWN, FEN)]),
        (["Fen"], True, (), [(CROWN, FEN)]),
        (["Crown"], True, (), [(CROWN, MOOR)]),
        (["Fen", "Moor"], False, (), [(FEN, CROWN), (MOOR, CROWN)]),
        (["Nobody"], True, (), []),
        ([], True, (), []),
    ],
)
def test_who_holds_fire_towards_whom(actors, joint, among, pairs):
    assert pairs_of(actors, cast(*among), joint=joint) == pairs


def test_where_nobody_is_named_a_joint_ceasefire_is_one_of_the_two_sides():
    who = cast(given=False)
    assert pairs_of([], who, joint=True) == [(who.government, who.main)]
    assert pairs_of([], who, joint=False) == []
    assert pairs_of(["Moor"], who, joint=True) == []


# -- the same move twice


def test_a_move_that_two_rows_make_is_made_once_until_the_later_day():
    made = history(truce(), truce(end="2001-06-01", actors="Moor, Crown", id="9"))
    (move,) = made.moves
    assert move["until"] == date(2001, 6, 1)
    assert move["note"].count(" Also: ") == 1
    assert made.truces == 2
    earlier = once([{**move, "until": date(2001, 6, 2)}, {**move, "until": date(2001, 5, 1)}])
    assert [m["until"] for m in earlier] == [date(2001, 6, 2)]
    assert earlier[0]["note"] == move["note"]  # the same words are not said again
    assert len(once([move, {**move, "scope": "local"}])) == 2


def test_joined_notes_are_cut_to_what_a_case_can_hold():
    moves = [{"date": START, "actor": "a", "do": "x", "note": letter * 3000} for letter in "ab"]
    assert len(once(moves)[0]["note"]) == 3900


def test_moves_stand_in_the_order_of_their_days():
    made = history(truce("2001-08-01"), truce("2001-02-01"), agreements=[agreement("2001-05-01")])
    assert [m["date"].month for m in made.moves] == [2, 5, 8]
    assert (made.truces, made.agreements) == (2, 1)


# -- agreements


@pytest.mark.parametrize(
    ("changed", "move"),
    [
        ({"type": "full"}, {"do": "sign_agreement"}),
        (
            {"type": "partial", "provisions": "ceasefire,autonomy"},
            {"do": "sign_agreement", "issues": ["ceasefire", "land"]},
        ),
        (
            {"type": "partial", "provisions": "power,roads"},
            {"do": "sign_agreement", "issues": ["power"], "ceasefire": False},
        ),
        ({"type": "partial", "provisions": "roads"}, {"do": "open_track", "track": "talks-moor"}),
        ({"type": "process", "provisions": "ceasefire"}, {"do": "open_track", "track": "talks-moor"}),
    ],
)
def test_what_an_agreement_does(changed, move):
    made = history(agreements=[agreement(**changed)])
    (found,) = made.moves
    about = {"date", "sort", "actor", "to", "note", "source"}
    assert {key: value for key, value in found.items() if key not in about} == move
    assert (found["actor"], found["to"], found["sort"]) == ("crown", "moor", "joint")
    assert found["note"] == f"Accord ({changed['type']})."
    assert made.agreements == 1


def test_an_agreement_is_signed_with_every_foe_that_it_names():
    made = history(agreements=[agreement(parties="Crown - Moor, Crown - Fen", name="", type="")])
    assert done(made) == [("crown", "open_track", "moor"), ("crown", "open_track", "fen")]
    assert made.moves[0]["note"] == "Agreement (type not given)."
    left = history(agreements=[agreement(parties="Crown - North")])
    assert left.agreements == 0
    assert left.left_out == [
        "agreement acts.csv, 8, 2001-05-01: between actors that are no parties of the case (Crown - North)"
    ]


@pytest.mark.parametrize(
    ("parties", "moves"),
    [
        ("Crown - Moor", [("crown", "offer_truce", "moor")]),
        ("Moor", [("moor", "offer_truce", "crown"), ("crown", "block", "moor")]),
    ],
)
def test_a_ceasefire_in_a_table_of_agreements_is_a_ceasefire(parties, moves):
    row = agreement(type="ceasefire", parties=parties, end=pd.NaT, end_precision="none")
    assert done(history(agreements=[row])) == moves


# -- contradictions


def counted(first="2001-06-15", n=30, begin="1999-01-01"):
    """Counts from a day on, with so many events from another on."""
    days = pd.date_range(begin, "2002-12-31")
    events = pd.Series(0.0, index=days)
    events[pd.date_range(first, periods=n)] = 1.0
    return Evidence(daily=events.to_frame("events"), reports=(Report("counts.csv", "days", "csv", 1, 1, {}),))


def said(evidence, **tables):
    frames = {key: pd.DataFrame([row]) for key, row in tables.items()}
    more = {f: getattr(evidence, f) for f in ("daily", "reports", "dyads")}
    return [str(fault) for fault in contradictions(Evidence(**more, **frames), cast())]


def test_a_ceasefire_over_a_year_before_the_first_violence_is_refused():
    (line,) = said(counted(), truces=truce("2000-06-13"))
    assert line == (
        "far/away/truces.csv, 7, 2000-06-13: got a ceasefire on 2000-06-13; expected none over a year before the "
        "first violence that counts.csv records, 2001-06-15, though it covers days from 1999-01-01 on"
    )
    assert said(counted(), truces=truce("2000-06-14")) == []  # 366 days


def test_silence_of_few_events_or_before_the_counts_says_little():
    assert said(counted(n=29), truces=truce("2000-01-01")) == []
    assert said(counted(), truces=truce("1998-12-31")) == []
    assert len(said(counted(), truces=truce("1999-01-01"))) == 1


DYAD = Dyad("Crown", "Moor", "", "", "", 40, 40.0, True)


@pytest.mark.parametrize(
    ("parties", "dyads", "faults"),
    [
        ("North - South", (DYAD,), 1),
        ("North - MOOR", (DYAD,), 0),
        ("Fen", (DYAD,), 0),
        ("North - South", (), 0),
        ("", (DYAD,), 0),
    ],
)
def test_an_agreement_of_strangers_alone_is_refused(parties, dyads, faults):
    evidence = Evidence(daily=counted().daily, reports=counted().reports, dyads=dyads)
    found = said(evidence, agreements=agreement(parties=parties))
    assert len(found) == faults
    assert all(
        "expected a side that counts.csv has events of (Crown, Moor, Fen, Wood)" in line for line in found
    )
