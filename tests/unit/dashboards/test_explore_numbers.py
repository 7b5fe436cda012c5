"""The numbers behind the figures of a sweep, in a sentence and as tables."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from detente.dashboards.app.pages.explore import Choice, group_words, numbers_behind
from detente.dashboards.figures.sweep import interactions_figure

CHOICE = Choice("small", "template", "fatalities", "recognition", "direct_channel")
ROWS = pd.DataFrame(
    [(r, d, 100.0 * r + d) for r in (0.0, 1.0) for d in (0.0, 0.5) for _ in range(3)],
    columns=["recognition", "direct_channel", "fatalities"],
)


def told(rows: pd.DataFrame, choice: Choice = CHOICE) -> tuple[str, list[str]]:
    bars = go.Figure(go.Bar(x=np.array([0.25, 0.5]), y=["recognition", "direct_channel"], name="alone"))
    pairs = pd.DataFrame([("recognition", "direct_channel", 0.125)], columns=["first", "second", "share"])
    together = interactions_figure(pairs, ["recognition", "direct_channel"], about={"outcome": "fatalities"})
    line, tables = numbers_behind(rows, choice, "deaths", [None, bars, None, together])
    return line, [str(one) for one in tables]


def test_the_least_and_the_highest_cell_stand_in_a_sentence_and_all_in_a_table() -> None:
    line, (cells, shares, pairs) = told(ROWS)
    assert line == (
        "Mean fatalities (deaths): from 0 at recognition 0 and direct channel 0 to 100 at recognition 1 and direct "
        "channel 0.5."
    )
    assert cells.count("Tr(") == 5
    assert "'0.25'" in shares
    assert "'direct channel'" in shares
    assert "'0.125'" in pairs


def test_one_factor_across_and_down_makes_a_table_of_two_columns_less() -> None:
    line, (cells, *_) = told(ROWS, CHOICE._replace(y="recognition"))
    assert "at recognition 0 to" in line
    assert cells.count("Tr(") == 3


def test_where_no_run_has_a_value_that_is_said() -> None:
    line, tables = told(ROWS.assign(fatalities=np.nan))
    assert line == "No run has a value of fatalities."
    assert tables == []


def test_a_group_is_told_by_titles_and_by_what_varies():
    one = "template · status-quo · readiness"
    assert group_words(one, [one, "template · five-lessons · readiness"]) == "Status quo"
    assert group_words(one, [one, "template · status-quo · ripeness"]) == "Status quo · readiness"
    other = "my-valley · quiet · readiness"
    assert group_words(one, [one, other]) == "Status quo · Template: a republic and a movement"
    assert group_words(other, [one, other]) == "quiet · my-valley"
