"""What pages show of outcomes that are missing in some runs, and of a run whose last step is shorter."""

import gzip
import json
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

import detente
from detente.dashboards.app import payload
from detente.dashboards.app.pages import compare as compare_page
from detente.dashboards.app.pages import explore
from detente.dashboards.figures.parallel import parallel_figure
from detente.dashboards.figures.sensitivity import luck_words

NAN = math.nan


def strict(text: str) -> Any:
    """JSON without NaN and infinity."""

    def refuse(word: str) -> None:
        raise ValueError(word)

    return json.loads(text, parse_constant=refuse)


def head_of(raw: bytes) -> Any:
    """The head of a run as a browser takes it."""
    data = gzip.decompress(raw)
    return strict(data[4 : 4 + int.from_bytes(data[:4], "little")].decode())


@pytest.mark.parametrize("step", [1, 7, 28])
def test_a_browser_is_told_the_days_of_the_case_and_null_for_what_is_missing(step: int) -> None:
    run = detente.run("template", "status-quo", seed=2, engine="mesa", step_days=step)
    head = head_of(payload.encoded(run, "key"))
    assert (head["n_days"], head["n_steps"], head["rows"]) == (730, -(-730 // step), -(-730 // step) + 1)
    assert head["end_date"] == "2031-12-31"
    assert head["outcomes"]["ally_trust"] is None


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([1.0, 2.0, 3.0], "3 runs: mean 2 days"),
        ([NAN, 2.0, 4.0], "3 runs, 2 with a value: mean 3 days"),
        ([NAN, NAN], "2 runs: none has a value"),
        ([NAN, 0.0], "2 runs, 1 with a value: mean 0 days"),
        ([5.0], "1 runs: mean 5 days"),
    ],
)
def test_a_cell_of_a_sweep_in_words(values: list[float], words: str) -> None:
    assert explore.cell_words(pd.DataFrame({"x": values}), "x", "days").startswith(words)


def text_of(part: Any) -> str:
    """All words of a component."""
    if isinstance(part, str):
        return part
    inner = part if isinstance(part, list) else getattr(part, "children", None)
    if isinstance(inner, list):
        return " ".join(map(text_of, inner))
    return "" if inner is None else text_of(inner)


def test_a_difference_without_pairs_is_a_dash() -> None:
    row = {"mean": NAN, "low95": NAN, "high95": NAN, "pairs": 0, "unit": "days"}
    assert compare_page.difference(row) == "–"
    assert (
        compare_page.difference(row | {"mean": 1, "low95": -1, "high95": 3, "pairs": 4})
        == "+1.0 [−1.0 to +3.0]"
    )


@pytest.mark.parametrize(
    ("noise", "words"),
    [
        ({"verdict": "missing", "share": 0.0, "seeds": 3, "runs": 0, "missing": 6}, "no run has a value"),
        ({"verdict": "clear", "share": 0.05, "seeds": 3, "runs": 4, "missing": 2}, "clear · 4 of 6 runs"),
        ({"verdict": "clear", "share": 0.05, "seeds": 3, "runs": 6, "missing": 0}, "luck: clear<"),
        (
            {"verdict": "blurred", "share": 0.36, "seeds": 3, "runs": 6, "missing": 0},
            "36 % of variance is luck: sizes are rough<",
        ),
        ({"verdict": "unknown", "share": NAN, "seeds": 1, "runs": 6, "missing": 0}, "unknown: one seed"),
        (
            {"verdict": "unknown", "share": NAN, "seeds": 4, "runs": 3, "missing": 9},
            "unknown: unknown · 3 of 12",
        ),
    ],
)
def test_a_heading_says_of_how_many_runs_it_is(noise: dict[str, Any], words: str) -> None:
    assert words in luck_words(pd.Series(noise))


def test_states_without_a_value_are_no_lines() -> None:
    table = pd.DataFrame({"a": np.arange(4.0), "x": [1.0, NAN, 3.0, NAN]})
    about = {
        "outcome": "x",
        "unit": "days",
        "title": "t",
        "policy": "p",
        "note": "n",
        "seeds": "1",
        "states": 4,
    }
    about |= {"version": "1", "scenario_sha256": "0" * 64, "runs": 4, "case": "c"}
    drawn = parallel_figure(table, about=about)
    assert len(drawn.data[0].dimensions[0]["values"]) == 2


def test_why_nothing_was_agreed_stands_below_the_table() -> None:
    made = detente.compare("template", ["status-quo", "opening"], runs=2, switches__settlement=0)
    told = text_of(compare_page.differences(made))
    assert (
        "Nothing was agreed under opening: no package was put forward in any run: switches.settlement is 0."
        in told
    )
