"""The screening finds what an answer depends on, and lists nothing where it depends on nothing."""

import numpy as np
import pytest
from war_files import write_war

from detente.experiments.cases.builder import screening
from detente.experiments.cases.builder.new import new
from detente.model.catalogue import load_scenario


def points(n: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(1)
    return {f"fact-{k}": rng.random(n) for k in range(20)}


def test_what_an_answer_depends_on_comes_first():
    at = points(256)
    luck = np.random.default_rng(2).normal(size=256)
    found = screening.strongest(at, 3.0 * at["fact-7"] - 2.0 * at["fact-3"] + 0.3 * luck)
    assert [path for path, _ in found[:2]] == ["fact-7", "fact-3"]
    assert found[0][1] > 0.5
    assert found[1][1] < -0.3


def test_mere_luck_lists_few_facts():
    rng = np.random.default_rng(3)
    listed = [len(screening.strongest(points(256), rng.normal(size=256))) for _ in range(40)]
    assert np.mean(listed) < 0.6  # 20 facts at a chance of 1 % each, and as much again
    assert screening.strongest(points(256), np.zeros(256)) == ()


def test_all_facts_with_a_range_are_drawn_whatever_their_grade(tmp_path):
    files = write_war(tmp_path, rate=0.1)
    made = new("my-war", out=tmp_path / "w", ged=files["ged"], screen=False)
    drawn = screening.all_drawn(load_scenario(made.folder))
    assert {f.grade for f in drawn.facts} == {"prior"}
    ranged = {f.path for f in made.facts if f.estimate.high > f.estimate.low}
    assert {f.path for f in drawn.facts} == {
        p for p in ranged if p.split(".")[0] not in ("case", "calendar", "parameters")
    }


def test_a_case_is_screened(tmp_path, monkeypatch: pytest.MonkeyPatch, compiled: None):
    monkeypatch.setattr(screening, "RUNS", 64)
    files = write_war(tmp_path, rate=0.1)
    reports: list[tuple[int, int]] = []
    made = new("my-war", out=tmp_path / "w", ged=files["ged"], progress=lambda *at: reports.append(at))
    assert reports == [(32, 64), (64, 64)]
    found = made.screening
    assert found is not None
    assert (found.runs, found.facts) == (64, len(screening.all_drawn(load_scenario(made.folder)).facts))
    assert len(found.answers) == 4
    listed = [path for path, _ in found.answers["deaths a day, status-quo"]]
    assert any(path.endswith((".attacks", ".deaths_per_event", ".morale")) for path in listed)
    assert found.to_json()["answers"].keys() == found.answers.keys()
    assert made.about["files"]


@pytest.mark.parametrize("n", [64, 256])
def test_a_rank_correlation_is_listed_beyond_what_one_in_a_hundred_reaches(n):
    """2.576 standard deviations of a correlation of n ranks, 1 / sqrt(n - 1)."""
    values = np.arange(float(n))
    least = 2.5758 / np.sqrt(n - 1)
    rng = np.random.default_rng(1)
    at = {f"{k}": values + rng.normal(size=n) * n * k / 10 for k in range(1, 120)}
    listed = dict(screening.strongest(at, values))
    assert len(listed) == screening.MOST
    assert min(abs(r) for r in listed.values()) >= least - 5e-4
    weak = {name: column for name, column in at.items() if abs(spearman(column, values)) < least}
    assert weak
    assert screening.strongest(weak, values) == ()


def spearman(a, b):
    ranks = [np.argsort(np.argsort(column)) for column in (a, b)]
    return np.corrcoef(ranks)[0, 1]


def test_answers_are_those_of_the_status_quo_and_what_the_lessons_change():
    base = {"fatalities": [9.0], "deaths_per_day": [2.0], "days_in_ceasefire": [3.0]}
    other = {"fatalities": [4.0], "deaths_per_day": [1.0], "days_in_ceasefire": [8.0]}
    at = [{key: np.array(value) for key, value in ends.items()} for ends in (base, other)]
    values = [float(a.values[0]) for a in screening.answers_of(*at)]
    assert values == pytest.approx([2.0, 3.0, np.log(5 / 10), 5.0])


def test_runs_of_a_screening_last_eight_years_after_the_pivot():
    case = load_scenario("template")
    start = case.case.pivot
    long = case.model_copy(
        update={"case": case.case.model_copy(update={"end": start.replace(year=start.year + 30)})}
    )
    assert (screening.shortened(long).case.end - start).days == 2922
    assert screening.shortened(case).case.end == min(case.case.end, screening.shortened(long).case.end)


def test_seeds_are_run_in_blocks():
    found = list(screening.blocks())
    assert [len(block) for block in found] == [32] * 8
    assert [seed for block in found for seed in block] == list(range(1, 257))


def test_a_screening_says_so_where_it_found_nothing():
    none = screening.Screening(63, 5, {})
    assert none.lines() == ["Too few draws for a screening: 63, at least 64 needed"]
    some = screening.Screening(64, 5, {"a": (("x", 0.5), ("y", -0.25)), "b": ()})
    assert some.lines() == [
        "What the answers depend on (64 runs, 5 facts drawn at once):",
        "  a: x (+0.50), y (-0.25)",
        "  b: no single fact beyond chance",
    ]
