"""Pages whose numbers one command writes: where they stand, and what the tables say of results made for it."""

import re
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from detente.experiments.calibration.patterns import PATTERNS
from detente.experiments.evidence.decisions import Decisions
from detente.experiments.evidence.hindcast_result import FIXED, MODEL, Hindcast
from detente.experiments.evidence.nulls import NULLS
from detente.experiments.runs.posterior import stored
from detente.model.catalogue import load_scenario

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "docs"))
from refreshing import calibration, pages, policies, scoring, transfer  # noqa: E402
from refreshing.course import HALVES, Course  # noqa: E402

BEGINS = re.compile(r"<!-- written by docs/refresh\.py(?:: ([^>]+))? -->")
PARTS = {
    "docs/scoring.md": ["hindcast", "2018", "decisions"],
    "docs/calibration.md": [""],
    "docs/tutorial.md": [""],
    "README.md": ["where it is wrong"],
}


@pytest.mark.parametrize("page", PARTS)
def test_a_page_has_a_place_for_each_of_its_parts(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    assert BEGINS.findall(text) == PARTS[page]
    assert text.count(pages.END) == len(PARTS[page])


def test_a_part_of_a_page_is_replaced_and_the_others_stand(tmp_path, monkeypatch):
    monkeypatch.setattr(pages, "DOCS", tmp_path)
    one, two = (pages.BEGIN.format(f": {name}") for name in ("one", "two"))
    page = tmp_path / "page.md"
    page.write_text(f"a\n{one}\nold\n{pages.END}\nb\n{two}\nkept\n{pages.END}\n", encoding="utf-8")
    pages.put("page", "new\n", "one")
    assert page.read_text(encoding="utf-8") == (
        f"a\n{one}\n\nnew\n\n{pages.END}\nb\n{two}\nkept\n{pages.END}\n"
    )
    with pytest.raises(SystemExit, match=r"page\.md: expected '<!-- written by docs/refresh.py -->'"):
        pages.put("page", "new")


def test_observed_series_that_are_not_there_are_named(tmp_path, monkeypatch):
    monkeypatch.setattr(pages, "SHARED", tmp_path)
    (tmp_path / "here.csv").touch()
    assert pages.shared("here.csv") == [tmp_path / "here.csv"]
    with pytest.raises(SystemExit, match=r"gone\.csv: not there; expected the observed series"):
        pages.shared("here.csv", "gone.csv")


def test_the_tables_of_calibration_come_from_the_stored_posterior():
    found = stored("afghanistan-2018")
    text = calibration.calibration_text(found)
    (low,) = found.quantiles("violence.dispersion", [0.025])
    assert all(f"`{name}`" in text for name in found.names)
    assert f"{low:.2g} to" in text
    without = {key: value for key, value in found.about.items() if key != "report"}
    assert "are not kept" in calibration.calibration_text(replace(found, about=without))


def test_checks_that_were_kept_stand_on_the_page():
    row = {"when": "fitted", "pattern": "daily_fano", "observed": 2.0, "low95": 1.0, "high95": 3.0}
    row |= {"inside": True, "shipped_median": 1.5, "aimed": True}
    late = row | {"when": "after", "pattern": "largest_week", "observed": 50.0, "inside": False}
    blank = row | {"pattern": "holiday", "low95": None, "high95": None}
    ridge = {"background": "b", "branching": 0.4, "memory": 8.0, "branching_from": 0.2, "branching_to": 0.6}
    ridge |= {"memory_from": 3.0, "memory_to": 18.0, "none_below_top": 12.1, "shipped_below_top": 3.7}
    ridge |= {"shipped": {"branching": 0.3, "memory": 21.0}}
    report = {"checks": [row, late, blank], "likelihood": [ridge]}
    text = "\n".join(calibration.report_parts({"report": report}))
    assert "| b | 0.4, 8 d | 0.2 to 0.6, 3 to 18 d | 12.1 | 3.7 |" in text
    assert "In the years fitted: 1 of 1 inside." in text
    assert "0 of 1 inside; outside: largest week [events]." in text
    assert set(PATTERNS) <= set(calibration.WORDS)
    assert "– to –" in text


def hindcast(crps: float, profile: str | None = None) -> Hindcast:
    """Scores of 24 origins at two leads: the model's near a number, those of the null models at 10."""
    luck = np.random.default_rng(1)
    rows = [
        {
            "origin": origin,
            "lead": lead,
            "month": origin + pd.DateOffset(months=lead - 1),
            "forecast": name,
            "crps": luck.uniform(0.9, 1.1) * (crps if name in (MODEL, FIXED) else 10.0),
            "interval_score": 5.0,
            "covered": 0.8,
            "pit": 0.5,
            **dict.fromkeys(("observed", "mean", "median"), 4.0),
            "low80": 1.0,
            "high80": 9.0,
        }
        for origin in pd.date_range("2015-01-01", periods=24, freq="MS")
        for lead in (1, 2)
        for name in (MODEL, FIXED, *(null.name for null in NULLS))
    ]
    target = SimpleNamespace(name="deaths_all")
    case = load_scenario("afghanistan-2018")
    return Hindcast(case, target, (1, 2), 20, pd.DataFrame(rows), pd.DataFrame(), profile)


SEEN = {"today": hindcast(8.0), "0.1": hindcast(9.0, "core-0.1")}


def test_scores_of_today_stand_beside_those_of_version_01():
    text = scoring.hindcast_text(SEEN)
    assert "| **model, today** | 8 | 5 | 80 % |" in text
    assert "| model, 0.1 | 9 | 5 | 80 % |" in text
    assert text.count("CRPS 8, in version 0.1 9 (skill over it +1") == 2
    assert "cover 80 % (0.1: 80 %), within the 72 % to 88 % that are asked for." in text
    assert "outside the 72 % to 88 %" in scoring.coverage_words(0.9, 0.8)
    worse = scoring.against_old({"today": SEEN["0.1"], "0.1": SEEN["today"]})
    assert "CRPS 9, in version 0.1 8 (skill over it −1" in worse


MONTHS = pd.DataFrame(
    {
        "observed": 10.0,
        "low50": 4.0,
        "high50": 6.0,
        "low80": 3.0,
        "high80": 11.0,
        "low95": 1.0,
        "high95": 12.0,
    },
    index=pd.date_range("2018-01-01", periods=12, freq="MS"),
)
MONTHS.loc["2018-11-01", "observed"] = 13.0
MONTHS.loc["2018-02-01", "observed"] = 2.0
HALF = {"deaths": 1.3, "events": 1.2, "severity": 1.1, "scale": 0.98}
COURSE = Course(MONTHS, pd.DataFrame([HALF, HALF], index=list(HALVES)), 500)


def test_months_above_the_runs_are_counted():
    assert [COURSE.above(share, scoring.LATER) for share in (50, 80, 95)] == [6, 1, 1]
    assert COURSE.outside(80) == 2
    words = scoring.above_words(COURSE)
    assert "6 above the middle half of the runs, 1 above the middle 80 % and 1 above the middle 95 %" in words
    assert words.endswith("2 (17 %) outside the middle 80 %")


def decisions(hazard: float) -> Decisions:
    """Twelve choices with an act each, which the rules hold as likely as a hazard says."""
    names = [f"p{k}:offer_truce:q" for k in range(12)]
    head = {"case": "korea-2017", "decision": "offer_truce"}
    acts = [head | {"choice": name, "date": date(2018, 1, 1), "hazard": hazard} for name in names]
    choices = [head | {"choice": name, "integral": 1.0, "days": 100.0, "acts": 1} for name in names]
    return Decisions(pd.DataFrame(acts), pd.DataFrame(choices), 7)


@pytest.mark.parametrize(
    ("hazard", "claim"),
    [
        (0.1, "predicts decisions better than"),
        (0.0001, "predicts decisions worse"),
        (0.01, "is not shown to"),
    ],
)
def test_the_claim_on_decisions_follows_their_interval(hazard, claim):
    chosen = {"today": decisions(hazard), "0.1": decisions(0.01)}
    assert claim in scoring.decision_words(chosen)
    text = scoring.decisions_text(chosen)
    assert "| Korea |" in text
    assert "| offer truce | 12 | 12.0 |" in text


def test_the_list_of_faults_names_both_versions():
    chosen = {"today": decisions(0.1), "0.1": decisions(0.01)}
    text = scoring.wrong_text(SEEN, {"today": COURSE, "0.1": COURSE}, chosen)
    assert text.count("\n- ") == 3
    assert "1.30 times those of the model (version 0.1: 1.30): 1.20 times the events" in " ".join(
        text.split()
    )
    assert max(map(len, text.splitlines())) <= 120
    assert "better than 8 of 8 null models" in text


def test_signs_are_those_of_intervals_that_leave_out_zero():
    rows = pd.DataFrame(
        {"yardstick": ["a", "b", "c"], "low95": [1.0, -2.0, -1.0], "high95": [2.0, -1.0, 1.0]}
    )
    assert transfer.signs(rows) == "up: a; down: b; no clear sign: c"
    assert transfer.signs(rows[:1]) == "up: a"


def test_the_tutorial_says_both_changes():
    def made(mean: float) -> SimpleNamespace:
        row = {"mean": mean, "low95": mean - 1, "high95": mean + 1}
        return SimpleNamespace(difference=lambda outcome, k: row, seeds=(1, 2))

    text = policies.tutorial_text(made(2.0), made(-0.5))
    assert "change by +2.0 [+1.0, +3.0] as the model is shipped, and by −0.5 [−1.5, +0.5]" in text
    assert "2 paired runs" in text


# -- what is said of drawn wars stands in their tables

SAID = re.compile(r"\d*\.\d+")
ROW = re.compile(r"[A-Z]\d+b?")


def page_of_drawn_wars() -> tuple[list[str], dict[str, set[str]]]:
    """Each item of "What it gets wrong", and by target the numbers of its rows, as they are written in prose."""
    prose, _, tables = (
        (ROOT / "docs" / "world.md").read_text(encoding="utf-8").partition("## Targets, before")
    )
    items = prose.partition("## What it gets wrong")[2].split("\n- ")[1:]
    rows: dict[str, set[str]] = {}
    for line in tables.splitlines():
        if label := ROW.match(line.removeprefix("| ")):
            rows.setdefault(label.group(), set()).update(n.lstrip("0") for n in SAID.findall(line))
    return [item.split("\n\n")[0] for item in items], rows


def rows_named(item: str) -> set[str]:
    """The targets that an item of prose names: "L9", and "H4 to H8" for all of them."""
    named = set(ROW.findall(item))
    for letter, first, last in re.findall(r"([A-Z])(\d+) to [A-Z](\d+)", item):
        named |= {f"{letter}{n}" for n in range(int(first), int(last) + 1)}
    return named


def test_what_is_said_of_drawn_wars_stands_in_their_tables():
    items, rows = page_of_drawn_wars()
    assert len(items) >= 10
    for item in items:
        known = set().union(*(rows[label] for label in rows_named(item)))
        assert set(SAID.findall(item)) <= known, f"{item}: not in the rows it names"
