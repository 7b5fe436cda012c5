"""The screening finds what an answer depends on, and lists nothing where it depends on nothing."""

import numpy as np
import pytest
from war_files import write_war

from detente.experiments.builder import screening
from detente.experiments.builder.new import new
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
