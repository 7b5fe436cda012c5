"""The page of the card, line by line, on results made by hand."""

import math
from dataclasses import replace

import numpy as np
import pytest

from detente.experiments.validity import card_page
from detente.experiments.validity.card import Card, LeftOut, case_json, patterns_of
from detente.experiments.validity.pattern import Near, Pattern, Result, Spread, above
from detente.experiments.validity.setups import Setup, off

HOLDS = Spread(4, 1.0, 0.5, 1.23456, 0.85, True)
FAILS = Spread(4, 0.0, 0.0, 0.0, 0.1, False)
NOTHING = Spread(0, math.nan, math.nan, math.nan, math.nan, False)


def result(key="X", model=HOLDS, control=FAILS, nulls=None, **changed):
    pattern = Pattern(
        key=key,
        title=f"Title of {key}",
        sources=("ged", "cns"),
        observed="seen | once",
        mark="emergent",
        setups=(Setup("template", policy="status-quo"),),
        columns=(),
        read=lambda panel: np.zeros(1),
        rule=above(0),
        statistic="a number",
        value=1.0,
        control=off("talks"),
        control_words="talks off",
        if_missed="A reason.",
    )
    return Result(replace(pattern, **changed), "free", model, control, nulls or {})


@pytest.mark.parametrize(
    ("spread", "text"),
    [
        (HOLDS, "1 [0.5, 1.23]"),
        (FAILS, "0"),
        (NOTHING, "none"),
        (Spread(1, 1234.0, 0.0, 0.001234, 1.0, True), "1.23e+03 [0, 0.00123]"),
    ],
)
def test_an_interval_in_three_digits(spread, text):
    assert card_page.interval(spread) == text


@pytest.mark.parametrize(
    ("rule", "spread", "text"),
    [
        (above(0), HOLDS, "85%"),
        (above(0), FAILS, "10%"),
        (Near(), HOLDS, "inside"),
        (Near(), FAILS, "outside"),
        (Near(), NOTHING, "fails"),
        (above(0), NOTHING, "fails"),
    ],
)
def test_how_often_a_criterion_holds(rule, spread, text):
    assert card_page.held(result(rule=rule), spread) == text


def test_the_cells_of_a_check():
    cells = card_page.check_cells(result(nulls={"constant": FAILS, "persistence": NOTHING}))
    assert cells == (
        "**X** Title of X",
        "a number; criterion: > 0",
        "ged, cns",
        "seen | once",
        "1 [0.5, 1.23]",
        "85%",
        "talks off: 0, 10%",
        "constant 0, 10%; persistence none, fails",
        "emergent",
        "free",
        "–",
        "pass, counts",
    )
    assert len(cells) == len(card_page.CHECK_COLUMNS)
    assert card_page.check_cells(result(control=None))[6:8] == ("–", "–")


def test_the_table_of_checks():
    lines = card_page.check_table([result("X"), result("Y")]).split("\n")
    assert lines[0].startswith("| check | what is measured | source | observed | model, median")
    assert lines[1] == "|---|---|---|---|---|---|---|---|---|---|---|---|"
    assert lines[2].startswith("| **X** Title of X | a number; criterion: > 0 | ged, cns | seen / once | 1 [")
    assert lines[3].startswith("| **Y** ")
    assert lines[4:] == [""]


def test_numbered_patterns_count_where_all_their_emergent_parts_do():
    rows = [
        result("A1a"),
        result("A1b", mark="imposed", model=FAILS),
        result("A2a"),
        result("A2b", control=HOLDS),
        result("A3", mark="fitted"),
        result("weekly scatter"),
    ]
    assert card_page.course_table(rows).split("\n") == [
        "| pattern | parts passed | counts | mark |",
        "|---|---|---|---|",
        "| A1: Title of A1a | A1a yes, A1b no | yes | emergent, imposed |",
        "| A2: Title of A2a | A2a yes, A2b yes | no | emergent |",
        "| A3: Title of A3 | A3 yes | no | fitted |",
        "",
    ]
    assert card_page.course_table([result("weekly scatter")]) == ""


def test_verification_and_what_came_later_are_counted_apart():
    rows = (
        result("A1a"),
        result("A1b", value=None),
        result("A1c", control=NOTHING, out_of_sample=True),
        result("A1d", value=None, control=HOLDS),
        result("A1e", mark="imposed", model=FAILS, out_of_sample=True),
    )
    told = case_json(rows)
    assert told["validation"] == {"checks": 1, "passed": 1}
    assert told["verification"] == {"checks": 3, "passed": 2}
    assert told["out_of_sample"] == {"checks": 2, "passed": 1}
    assert [r.verdict for r in rows[:4]] == [
        "pass, counts",
        "pass, verifies",
        "pass, verifies",
        "pass, also without its mechanism",
    ]
    assert card_page.check_cells(rows[2])[-2] == "yes"
    words = "Passed: 1 of 1 of validation with a control, 2 of 3 of verification, 1 of 2 out of sample."
    assert card_page.tally_words(rows) == words
    assert card_page.tally_words([result(mark="fitted", control=None)]) == ""


def test_misses_and_passes_without_the_mechanism():
    passed, missed, shared = result("P"), result("M", model=FAILS), result("S", control=HOLDS)
    assert card_page.misses([passed]) == ""
    miss = "Misses, with the likely reason:\n\n- **M** Title of M: A reason.\n"
    also = (
        "\nPassed, but also with the mechanism switched off, so these are no evidence for it:\n\n"
        "- **S** Title of S\n"
    )
    assert card_page.misses([passed, missed]) == miss
    assert card_page.misses([shared, passed]) == also
    assert card_page.misses([shared, missed]) == miss + also


def test_what_was_left_out():
    rows = [LeftOut("template", "launches", "no count"), LeftOut("template", "tests", "too few")]
    assert card_page.omissions(rows) == (
        "Left out, and why:\n\n- **launches**: no count.\n- **tests**: too few.\n"
    )
    assert card_page.omissions([]) == ""


def test_a_page_has_a_section_for_each_case():
    rows = (result("A1a"), result("A1b", control=HOLDS), result("A1c", model=FAILS))
    left = (LeftOut("template", "launches", "no count"), LeftOut("korea-2017", "tests", "too few"))
    page = card_page.page_of(Card(("template",), (3, 4, 7), rows, left))
    about = case_json(rows)
    head, section = page.split("\n## template\n")
    assert "(seeds 3 to 7)" in head
    counts, first, second, third = section.strip("\n").split("\n\n")[0], *section.split("\n\n")[1:4]
    assert counts.startswith(
        "3 checks: 2 passed, 1 count. Passed: 1 of 3 of validation with a control. Détente "
    )
    assert f"rules {about['rules_digest'][:12]}, scenario {about['scenario_sha256'][:12]}, " in counts
    assert ", ".join(f"{name} {v}" for name, v in about["versions"].items()) in counts
    assert first.startswith("| pattern |")
    assert second.startswith("| check |")
    assert third == "Misses, with the likely reason:"
    assert "launches" in page
    assert "too few" not in page


def test_the_card_of_a_case_counts_what_passed():
    rows = (result("A1a"), result("A1b", control=HOLDS), result("A1c", model=FAILS))
    about = case_json(rows)
    assert (about["passed"], about["counts"]) == (2, 1)
    assert [p["key"] for p in about["patterns"]] == ["A1a", "A1b", "A1c"]
    assert len(patterns_of("template")) > 3


def test_a_run_on_page_has_one_section_a_case_in_order():
    rows = (result("A1a"), result("A1a", setups=(Setup("korea-2017"),)))
    page = card_page.page_of(Card(("korea-2017", "template"), (1,), rows))
    assert page.index("## korea-2017") < page.index("## template")
    assert page.count("1 checks: 1 passed, 1 count.") == 2
    assert page.index(f"## {card_page.ALL}") < page.index("## korea-2017")
    assert "2 checks in 2 cases, 2 of them passed (100%) and 2 count." in page
    assert "| all | 2 | 2 | 2 | 2 of 2 | 0 of 0 | 0 of 0 |" in page


def test_one_case_needs_no_counts_over_all():
    assert card_page.ALL not in card_page.page_of(Card(("template",), (1,), (result("A1a"),)))


def test_counts_hold_kinds_of_checks_apart():
    later, fitted = result("L", out_of_sample=True, model=FAILS), result("F", mark="fitted")
    counts = card_page.Counts.of([result("A1a"), later, fitted])
    assert counts.cells() == ["3", "2", "1", "1 of 2", "0 of 0", "0 of 1"]


def test_a_case_with_observed_points_names_their_source_and_licence():
    rows = (result("A1a", setups=(Setup("afghanistan-2018"),)),)
    assert "CC BY 4.0" in card_page.page_of(Card(("afghanistan-2018",), (1,), rows))
    assert any("CC BY 4.0" in source for source in case_json(rows)["data"])
