"""`detente where`: cells are the policies they should be, effects those of runs, and resuming changes no byte."""

import json
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import detente
from detente.experiments.cli.main import app
from detente.experiments.compare.where import Part, asked_of, cases_of, cells_of, where
from detente.experiments.compare.where_conditions import (
    chance_of,
    conditions_of,
    rank_correlation,
    smallest_clear,
)
from detente.experiments.compare.where_result import Where
from detente.experiments.compare.where_tables import read_tables, tables_of, write_tables
from detente.experiments.compare.where_verdicts import verdict
from detente.experiments.compare.where_words import amount, condition_sentences, effective_in, in_short
from detente.experiments.compare.where_yardsticks import EFFECTS, YARDSTICKS
from detente.experiments.runs.final_outcomes import ends_of
from detente.model.catalogue import load_scenario
from detente.model.errors import InputError
from detente.model.generated_policies import LESSONS

BOTH = ["template", "korea-2017"]


@pytest.fixture(scope="module")
def made(compiled: None) -> Where:
    return where(BOTH, 4, 3)


def row(made: Where, case: str, lesson: str, yardstick: str) -> pd.Series:
    at = made.effects.set_index(["case", "lesson", "yardstick"])
    return at.loc[(case, lesson, yardstick)]


@pytest.mark.parametrize(
    ("lesson", "policy"), [(x, f"only-{x}") for x in LESSONS[:2]] + [("together", "five-lessons")]
)
def test_effects_are_those_of_the_policies(made: Where, lesson: str, policy: str):
    raised, none = (detente.ensemble("template", p, runs=4).outcomes for p in (policy, "status-quo"))
    effect = (raised["final_trust"] - none["final_trust"]).mean()
    assert row(made, "template", lesson, "trust")["mean"] == pytest.approx(effect, abs=1e-12)


def test_deaths_are_counted_from_the_day_of_the_levers_in_per_cent_of_none(made: Where):
    eve, starts = cells_of(asked_of(load_scenario("template"), "readiness"))
    assert eve is not None
    assert eve.n_days == 59
    before, none, raised = (ends_of(start, (1, 2, 3, 4)) for start in (eve, starts[0], starts[-1]))
    rates = [(e["fatalities"] - before["fatalities"]) / (e["days"] - before["days"]) for e in (none, raised)]
    found = row(made, "template", "together", "deaths")
    assert found["none"] == pytest.approx(rates[0].mean())
    assert found["mean"] == pytest.approx(100 * (rates[1] - rates[0]).mean() / rates[0].mean())


def test_every_effect_has_both_intervals(made: Where):
    assert len(made.effects) == 2 * len(EFFECTS) * len(YARDSTICKS)
    trust = made.effects[made.effects["yardstick"] == "trust"]
    assert (trust["pairs"] == 4).all()
    assert (trust["draws"] == 3).all()
    assert (trust["wide_low95"] <= trust["wide_median"]).all()
    assert row(made, "korea-2017", "together", "deaths")["verdict"] == "no value"


def test_draws_have_seeds_of_their_own():
    request = asked_of(load_scenario("template"), "readiness")
    seeds = [set(Part("template", request, k).seeds((1, 2))) for k in (1, 2)]
    assert not seeds[0] & seeds[1]


@pytest.mark.parametrize(
    ("mean", "low", "high", "share", "opposite", "word"),
    [
        (1.0, 0.5, 1.5, 0.9, 0.1, "helps"),
        (-1.0, -1.5, -0.5, 0.9, 0.1, "hurts"),
        (1.0, -0.5, 1.5, 1.0, 0.0, "not told from luck"),
        (1.0, 0.5, 1.5, 0.5, 0.0, "helps or does nothing"),
        (-1.0, -1.5, -0.5, 0.5, 0.5, "hurts at the declared numbers"),
        (0.0, 0.0, 0.0, float("nan"), float("nan"), "no effect"),
    ],
)
def test_a_verdict_weighs_both_intervals(
    mean: float, low: float, high: float, share: float, opposite: float, word: str
):
    limits = {"mean": mean, "low95": low, "high95": high, "pairs": 9, "draws": 20}
    assert verdict({**limits, "sign_share": share, "opposite_share": opposite}, 1) == word


def test_a_case_without_five_lessons_is_said_to_be_left_out(tmp_path: Path, repo_root: Path):
    own = tmp_path / "own"
    shutil.copytree(repo_root / "model" / "scenarios" / "template", own)
    (own / "policies" / "five-lessons.toml").unlink()
    text = (own / "case.toml").read_text().replace('name = "template"', 'name = "own"')
    (own / "case.toml").write_text(text)
    cases, left = cases_of([str(own), "template"])
    assert list(cases) == ["template"]
    assert [(one.case, one.why) for one in left] == [("own", "has no policy five-lessons")]
    with pytest.raises(InputError, match="expected a case with a policy five-lessons"):
        cases_of([str(own)])


def test_fictional_cases_are_left_out_unless_named():
    cases, left = cases_of(None)
    assert "template" not in cases
    assert {"korea-2017", "afghanistan-2018"} <= set(cases)
    assert ("template", "is fictional") in {(one.case, one.why) for one in left}


def test_conditions_are_read_off_the_case():
    found = conditions_of(load_scenario("afghanistan-2018"))
    assert (found["validation"], found["alignment"], found["vetoes"]) == (1.2, 0.3, 3.0)
    assert found["stalemate"] == pytest.approx(2 * 1.0 / (0.7 + 0.8 + 1.0))
    korea = conditions_of(load_scenario("korea-2017"))
    assert (korea["stalemate"], korea["window"]) == (1.0, 0.5)
    assert np.isnan(conditions_of(load_scenario("template"))["alignment"])


def test_correlations_and_their_chance_by_hand():
    first, second = np.arange(6.0), np.array([0.0, 1.0, 2.0, 3.0, 4.0, 50.0])
    assert rank_correlation(first, second) == pytest.approx(1.0)
    assert chance_of(first, second) == pytest.approx(2 / 720, abs=0.004)
    assert np.isnan(rank_correlation(first, np.ones(6)))
    assert smallest_clear(11) == pytest.approx(0.6, abs=0.06)
    assert np.isnan(smallest_clear(3))


def test_with_two_cases_it_says_that_nothing_can_be_said(made: Where):
    assert made.answer[-1].startswith("With 2 cases nothing can be said")
    assert made.associations["correlation"].isna().all()


def test_what_goes_with_an_effect_is_said_in_words():
    row = {
        "condition": "stalemate",
        "yardstick": "deaths",
        "correlation": -0.83,
        "chance": 0.01,
        "sign_share": 0.6,
    }
    several: Any = SimpleNamespace(
        cases=("a",) * 11, associations=pd.DataFrame([row]), clear_correlation=0.61
    )
    head, told = condition_sentences(several)
    assert "must exceed 0.61" in head
    assert "none of them shows a cause" in head
    assert told == (
        "Where stalemate is higher, the five lessons add less to deaths a day (r = −0.83, sign in 60 % of draws)."
    )


def test_sentences_hold_the_numbers_of_the_table(made: Where):
    at = row(made, "korea-2017", "together", "ceasefire days")
    said = made.sentences["korea-2017"]
    if at["verdict"].startswith(("helps", "hurts")):
        assert amount(at["mean"], at["unit"]) in said
    assert in_short(made.found, "korea-2017")
    assert set(effective_in(made.found)) <= set(BOTH)


def test_resuming_gives_the_same_file_to_the_byte(tmp_path: Path, compiled: None):
    whole, cut = tmp_path / "whole.jsonl", tmp_path / "cut.jsonl"
    expected = where("template", 2, 2, out=whole).to_json()
    lines = whole.read_text().splitlines(keepends=True)
    cut.write_text("".join(lines[:2]) + lines[2][:40])
    again = where("template", 2, 2, out=cut, resume=True)
    assert cut.read_bytes() == whole.read_bytes()
    assert again.to_json() == expected
    with pytest.raises(InputError, match="another comparison"):
        where("template", 3, 2, out=cut, resume=True)


def test_ctrl_c_keeps_the_draws_that_all_cases_have(made: Where):
    done = {key: value for key, value in made.done.items() if key != ("korea-2017", "draw 3")}
    part = Where(made.scenarios, (), made.made_of, done, made.asked)
    assert part.draws == (1, 2)
    assert part.interrupted
    assert part.about["draws_done"] == 2


JSON_KEYS = {
    *(
        "where",
        "cases",
        "seeds",
        "n_seeds",
        "draws",
        "draws_done",
        "seeds_in_draw",
        "drawn",
        "theory",
        "version",
    ),
    *("rules_digest", "titles", "interrupted", "note", "left_out", "sentences", "answer"),
    *("effects", "conditions", "associations"),
}
EFFECT = {
    *("case", "title", "lesson", "yardstick", "unit", "better", "none", "mean", "low95", "high95", "pairs"),
    *("wide_median", "wide_low95", "wide_high95", "draws", "sign_share", "opposite_share", "verdict"),
}


def test_the_command_prints_one_object_with_its_schema(compiled: None):
    said = CliRunner().invoke(app, ["where", "template", "--runs", "2", "--draws", "1", "--json"])
    assert said.exit_code == 0
    told = json.loads(said.stdout)
    assert set(told) >= JSON_KEYS
    drawn = {"parameters", "names", "name", "version", "rules_digest", "sample_sha256"}
    assert set(told["drawn"]) - {"note"} == drawn
    assert set(told["effects"][0]) == EFFECT
    assert set(told["conditions"][0]) == {"case", "condition", "unit", "meaning", "value"}
    assert {"condition", "yardstick", "cases", "correlation", "chance", "sign_share"} <= set(
        told["associations"][0]
    )


def test_the_command_prints_tables_and_draws_the_figure(tmp_path: Path, compiled: None):
    plot = tmp_path / "where.html"
    said = CliRunner().invoke(app, ["where", "template", "--runs", "2", "--draws", "0", "--plot", str(plot)])
    assert said.exit_code == 0
    assert "All five lessons together" in said.stdout
    assert "With one case nothing can be said" in said.stdout
    assert plot.stat().st_size > 10_000


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["where", "koera-2017"], "did you mean 'korea-2017'"),
        (["where", "template", "template"], "given twice"),
        (["where", "template", "--draws", "-1"], "draws: got -1"),
        (["where", "template", "--runs", "0"], "runs: got 0"),
        (["where", "template", "--resume"], "--resume: got no --out"),
        (["where", "template", "--theory", "readines"], "did you mean 'readiness'"),
        (["where", "template", "--out", "x.csv"], ".jsonl"),
    ],
)
def test_bad_input_is_one_line_and_status_2(words: list[str], expected: str):
    said = CliRunner().invoke(app, words)
    assert said.exit_code == 2
    assert expected in said.stderr
    assert len(said.stderr.strip().splitlines()) == 1


def test_what_pages_show_is_read_back_from_its_file(made: Where, tmp_path: Path):
    tables, path = tables_of(made), tmp_path / "where.json"
    write_tables(tables, path)
    again = read_tables(path)
    numbers = tables.effects.select_dtypes("number").columns
    assert again.effects[numbers].to_numpy() == pytest.approx(
        tables.effects[numbers].to_numpy(float), rel=1e-3, abs=1e-12, nan_ok=True
    )
    assert again.effects["verdict"].tolist() == tables.effects["verdict"].tolist()
    assert (again.short, again.sentences, again.answer) == (tables.short, tables.sentences, tables.answer)
    assert len(again.plot().data) == len(made.plot().data)
    assert path.stat().st_size < 200_000
