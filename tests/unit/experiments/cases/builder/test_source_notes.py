"""What stands beside the numbers of a case: files and releases, what is usual, summaries and heads."""

import hashlib
from datetime import date
from types import SimpleNamespace

import pytest

from detente.experiments.cases.builder.estimate import Estimate, Fact
from detente.experiments.cases.builder.parties import Cast, Party
from detente.experiments.cases.builder.source_notes import (
    by_grade,
    fact_lines,
    file_table,
    file_tables,
    note_lines,
    source_line,
)
from detente.experiments.cases.builder.span import Span
from detente.experiments.cases.builder.texts import history_head, summary_of
from detente.experiments.cases.builder.usual_facts import is_meant, usual
from detente.model.prior_ranges import RANGES

# -- files


@pytest.mark.parametrize(
    ("name", "release"),
    [
        ("ged231.csv", None),
        ("ged_23.1.csv", "23.1"),
        ("GED-25_0_3.csv", "25.0.3"),
        ("v9.1.csv", "9.1"),
        ("x123.1.csv", None),
    ],
)
def test_a_release_is_read_off_the_name_of_a_file(tmp_path, name, release):
    path = tmp_path / name
    path.write_bytes(b"abc")
    table = file_table(path, None)
    assert table["release"] == release
    assert (table["file"], table["bytes"]) == (name, 3)
    assert table["sha256"] == hashlib.sha256(b"abc").hexdigest()
    assert [t["file"] for t in file_tables([path, path], [])] == [name]


def test_a_source_is_a_line_of_what_is_known_of_it():
    known = {
        "file": "a.csv",
        "sha256": "d1",
        "layout": "GED",
        "release": "23.1",
        "rows": 2000,
        "rows_used": 1500,
    }
    words = "GED, release 23.1, 1,500 of 2,000 rows, 2001 to 2002"
    assert source_line({**known, "covers": "2001 to 2002"}, digests=False) == f"a.csv ({words})"
    bare = {"file": "e.csv", "sha256": "d2", "release": None}
    assert source_line(bare, digests=True) == "e.csv (expert table; sha256 d2)"


def test_notes_say_what_is_left_out_and_what_to_look_at():
    file = {
        "file": "a.csv",
        "sha256": "d",
        "release": None,
        "heaps": {"month": {"deaths": 1200.0}},
        "notes": ["odd"] * 21,
    }
    history = {"truces": 1, "agreements": 2, "moves": 5, "left_out": ["one"]}
    made = {"chosen": "all rows", "files": [file], "findings": ["f"], "history": history, "notes": []}
    lines = list(note_lines(made))
    assert "  - known only to the month: deaths 1,200" in lines
    assert lines.count("  - odd") == 20
    assert "1 ceasefires and 2 agreements are 5 dated moves." in lines
    assert lines[-1] == "- left out: one"
    assert list(note_lines({**made, "notes": ["look"]}))[-3:] == ["## To look at", "", "- look"]


def test_facts_stand_in_a_table_and_are_counted_by_grade():
    facts = [
        Fact("a.b", Estimate(0.5, 0.25, 1.0, "data", "x | y")),
        Fact("c", Estimate(1, 1, 1, "prior", "")),
    ]
    assert list(fact_lines(facts))[-2] == "| a.b | 0.5 | 0.25 | 1 | data | x / y |"
    assert by_grade(facts) == {"data": 1, "expert": 0, "judgement": 0, "prior": 1}


# -- what is usual


def number(path, value):
    return SimpleNamespace(path=path, value=value)


@pytest.mark.parametrize(
    ("path", "value", "ends"),
    [
        ("track.t.leak", 0.03, (0.01, 0.09)),
        ("measure.m.cost", 0.3, (0.2, 0.45)),
        ("measure.m.cost", 0.0, (0.0, 0.0)),
        ("track.t.openness", 0.5, (0.3, 0.7)),
    ],
)
def test_numbers_of_talks_and_measures_may_be_off(path, value, ends):
    found = usual(number(path, value))
    assert (found.low, found.high) == pytest.approx(ends)
    assert (found.value, found.grade) == (value, "judgement")


def test_what_differs_from_war_to_war_is_a_prior_that_holds_the_number():
    span = RANGES["risk_tolerance"]
    found = usual(number("party.a.risk_tolerance", span.high + 0.01))
    assert (found.low, found.high, found.grade) == (span.low, span.high + 0.01, "prior")


PARTIES = (SimpleNamespace(name="ally", patron="power"), SimpleNamespace(name="power", patron=None))


@pytest.mark.parametrize(
    ("path", "value", "meant"),
    [
        ("track.t.leak", 0.0, False),
        ("track.t.leak", 0.1, True),
        ("measure.m.cost", 0.0, True),
        ("party.ally.alignment", 0.5, True),
        ("party.power.alignment", 0.5, False),
        ("party.power.presence", 1.0, True),
        ("party.ally.presence", 1.0, False),
        ("party.ally.hawkishness", 0.5, False),
        ("party.ally.morale", 0.5, True),
    ],
)
def test_numbers_that_mean_nothing_in_a_case_are_left_out(path, value, meant):
    assert is_meant(SimpleNamespace(party=PARTIES), number(path, value)) == meant


# -- words

FIRST, LAST = date(2001, 1, 1), date(2002, 12, 31)
SPAN = Span(FIRST, LAST, FIRST, FIRST, LAST)


@pytest.mark.parametrize(
    ("foes", "words"), [(1, "A, B0,"), (2, "A, B0 and 1 other party,"), (3, "A, B0 and 2 other parties,")]
)
def test_a_summary_counts_the_other_parties(foes, words):
    cast = Cast(Party("a", "A"), tuple(Party(f"b{k}", f"B{k}") for k in range(foes)), (1.0,) * foes)
    said = summary_of(SimpleNamespace(cast=cast, span=SPAN))
    assert said == f"{words} 2001-01 to 2002-12; built from data."


@pytest.mark.parametrize(
    ("pivot", "until"),
    [(None, None), (FIRST, None), (date(2001, 1, 2), FIRST), (date(2003, 6, 1), LAST)],
)
def test_a_history_is_imposed_up_to_the_day_before_a_pivot(pivot, until):
    _, head = history_head(SPAN, [{}], pivot)
    assert (head["mode"], head.get("until")) == (("conditioned", None) if until is None else ("until", until))
    assert ("left to the rules" in head["summary"]) == (until is not None)
    assert history_head(SPAN, [], pivot)[1]["summary"] == "No file says what was done; add moves by hand."
