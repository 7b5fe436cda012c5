"""Tables of the manual as the Evidence page shows them: read from its text, so that a number stands in one place."""

import re

import pytest

from detente.dashboards.app.benchmark_section import (
    SHOWS_NOT,
    benchmark_drawn,
    benchmark_part,
    benchmark_section,
    conflict_words,
    frames,
    number,
    numbers,
)
from detente.dashboards.app.checks import checked_patterns
from detente.dashboards.app.manual_tables import headings, manual_part, read_parts
from detente.dashboards.app.shipped_cards import TALLY, shipped_card, tally_of
from detente.dashboards.app.theme import DARK
from detente.dashboards.figures.style import PAPER
from detente.dashboards.manual.places import sources
from detente.model.catalogue import case_entry, case_names

TEXT = """# A page

Before.

## Results

<!-- written -->

12 runs, see [the page](other.md) of **all**.

- one
  goes on
- two

![A picture](p.png)

**By case**

| case | ratio |
| --- | --- |
| *small* | 0.5 |
| large | 1.25 |

## Later

Other words.
"""


def test_a_part_is_its_paragraphs_lists_and_tables():
    part = read_parts(TEXT)["Results"]
    assert part.paragraphs == ("12 runs, see the page of all.", "By case")
    assert part.lines == ("one goes on", "two")
    (table,) = part.tables
    assert table.caption == "By case"
    assert (table.heads, table.rows) == (("case", "ratio"), (("*small*", "0.5"), ("large", "1.25")))
    assert part.table("case", "ratio") is table
    assert part.table("ratio") is None


def test_what_is_not_there_is_empty():
    assert manual_part("no-such-page", "Results").tables == ()
    assert manual_part("benchmark", "No such heading").paragraphs == ()
    assert headings("no-such-page") == []


@pytest.mark.parametrize(("text", "value"), [("0.79", 0.79), ("92%", 0.92)])
def test_a_cell_is_a_number(text: str, value: float):
    assert number(text) == pytest.approx(value)


def test_a_ratio_has_its_interval():
    assert numbers("0.879 [0.783, 0.986]") == [0.879, 0.783, 0.986]


def test_the_benchmark_is_that_of_the_manual():
    part = benchmark_part()
    text = (sources() / "benchmark.md").read_text(encoding="utf-8")
    assert part.lines
    assert all(line in text for line in part.lines)
    cases, leads = frames(part)
    assert len(cases) == len(part.table("conflict").rows) >= 17
    assert set(leads["lead"]) == set(range(1, 13))
    assert (leads["low95"] <= leads["ratio"]).all()
    assert not cases["pooled"].all(), "conflicts with few deaths stand apart"
    assert str(cases["ratio_none"].iloc[0]) in text


def test_conflicts_and_shares_are_written_as_people_write_them():
    assert conflict_words("sri-lanka-ltte") == "Sri Lanka LTTE"
    assert conflict_words("afghanistan-2018") == "Afghanistan 2018"
    held = str(benchmark_section())
    assert "Colombia FARC" in held
    assert "colombia-farc" not in held
    assert not re.search(r"\d%[ ;,)]", held)


def test_the_figure_of_the_benchmark_is_drawn_from_those_numbers():
    cases, leads = frames(benchmark_part())
    figure = benchmark_drawn("light")
    assert list(figure.data[0].x) == cases["ratio_none"].tolist()
    assert len(figure.data[1].x) == len(leads) / 2
    assert benchmark_drawn("dark").layout.paper_bgcolor == DARK[PAPER]


def test_the_section_says_what_it_does_not_show_in_two_lines():
    assert len(SHOWS_NOT) == 2
    held = str(benchmark_section())
    assert all(line in held for line in SHOWS_NOT)


def test_every_card_of_the_manual_is_there_before_anything_is_computed():
    titles = {name: case_entry(name).title for name in case_names()}
    text = (sources() / "validity.md").read_text(encoding="utf-8")
    shipped = [name for name in headings("validity") if tally_of(name)]
    assert len(shipped) == len(TALLY.findall(text)) > 0
    *_, all_of_them = shipped_card("all", titles)
    assert all(titles[name] in str(all_of_them) for name in (*shipped, *checked_patterns()))
    lead, table = shipped_card(shipped[0], titles)
    assert f"of {tally_of(shipped[0]).checks} checks" in lead.children
    assert "Verdict" in str(table)
    assert "Control" not in str(table)


def test_a_case_without_a_card_in_the_manual_has_nothing_before():
    assert shipped_card("my-valley", {}) == []
