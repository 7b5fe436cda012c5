"""The back-test of ``detente if``: rows, scores by hand, one schema, and going on with a file."""

import json
from pathlib import Path

import numpy as np
import pytest
from conflict_folders import CONFLICTS, write_conflicts

from detente.experiments.benchmark import past_ratios
from detente.experiments.benchmark.past_ratios import half_and_half, past, past_text, thinned
from detente.experiments.benchmark.prospect_backtest import (
    BLIND,
    MODEL,
    NULL,
    POOLED,
    RECENTRED,
    WITHOUT,
    BackTest,
    Foretold,
    back_test,
    recentred,
)
from detente.experiments.benchmark.prospect_runs import MONTHS
from detente.experiments.benchmark.prospect_scores import Case
from detente.model.errors import InputError

ACTS = [{"kind": "ceasefire", "sort": "cessation", "joint": True, "local": False}]


def row(conflict: str, before: float, after: float, runs: list[float]) -> Foretold:
    window = {"before": before, "after": after, "later": 0}
    return Foretold(
        conflict, "2001-01-01", ACTS, 1, {"3": window}, {"3": runs}, {"3": [2.0 * r for r in runs]}
    )


@pytest.fixture
def made() -> BackTest:
    rows = (
        row("a", 9.5, 19.5, [9.5, 19.5, 39.5]),
        row("b", 9.5, 4.5, [4.5, 4.5, 9.5]),
        row("b", 1.5, 4.5, [4.5, 4.5, 9.5]),
    )
    return BackTest(rows, ("a", "b"), 3)


def test_forecasts_are_logs_of_after_over_before(made):
    first, second, _ = made.cases(3)
    assert first.observed == pytest.approx(np.log(2.0))
    assert first.forecasts[MODEL] == pytest.approx(np.log([1.0, 2.0, 4.0]))
    assert first.forecasts[NULL] == pytest.approx(np.log([0.5, 2.5]))
    assert second.forecasts[NULL] == pytest.approx(np.log([2.0]))
    assert list(first.forecasts) == [POOLED, BLIND, MODEL, WITHOUT, NULL, RECENTRED]


def test_pooled_forecasts_hold_as_much_of_the_runs_as_of_past_acts(made):
    said = made.cases(3)[0].forecasts
    for pooled, runs in ((POOLED, MODEL), (BLIND, WITHOUT)):
        own, others = np.split(said[pooled], 2)
        assert np.median(own) == pytest.approx(np.median(said[runs]), abs=0.01)
        assert (others.min(), others.max()) == pytest.approx((said[NULL].min(), said[NULL].max()), abs=0.02)


def test_acts_after_few_deaths_can_be_left_out(made):
    assert len(made.cases(3)) == 3
    assert len(made.cases(3, 5.0)) == 2
    assert made.cases(6) == []


def test_recentring_takes_over_the_errors_of_other_conflicts():
    others = [Case("b", value, {MODEL: np.array([-1.0, 0.0, 1.0])}) for value in (1.0, 2.0, 3.0)]
    assert np.median(recentred(np.array([4.0, 5.0, 6.0]), others)) == pytest.approx(7.0)
    wide = recentred(np.array([4.0, 5.0, 6.0]), others)
    assert wide[2] - wide[0] > 2.0
    sure = [Case("b", 0.001 * k, {MODEL: np.array([-1.0, 0.0, 1.0])}) for k in range(3)]
    narrow = recentred(np.array([4.0, 5.0, 6.0]), sure)
    assert narrow[2] - narrow[0] == pytest.approx(2.0)


def test_half_and_half_draws_as_much_of_both():
    assert thinned(np.array([1.0, 3.0]), 3).tolist() == pytest.approx([1 + 1 / 3, 2.0, 3 - 1 / 3])
    assert half_and_half(np.array([1.0]), np.array([2.0, 2.0, 2.0]), 4).tolist() == [1.0] * 4 + [2.0] * 4


def test_past_ratios_are_those_observed(made, monkeypatch, tmp_path):
    logs = {months: values for months, values in made.past_logs().items() if values}
    assert logs == {3: pytest.approx(np.log([2.0, 0.5, 2.5]))}
    monkeypatch.setattr(past_ratios, "FILE", tmp_path / "past.csv")
    past_ratios.FILE.write_text(past_text({3: logs[3]}), encoding="utf-8")
    acts, values = past.__wrapped__()[3]
    assert acts == 3
    assert np.median(values) == pytest.approx(np.log(2.0), abs=0.01)
    assert values[0] == pytest.approx(np.log(0.5), abs=0.03)


KEYS = {"note", "version", "runs", "conflicts", "days", "imposed", "scores", "episodes"}
SCORES = {
    *("episodes", "months", "forecast", "n", "conflicts", "rises", "crps", "cover", "brier", "rises_called"),
    *("crps_ratio", "crps_ratio_low", "crps_ratio_high", "brier_gap", "brier_gap_low", "brier_gap_high"),
    *("calls", "calls_right", "right"),
}


def test_json_has_one_schema(made):
    plain = json.loads(json.dumps(made.to_json(), allow_nan=False))
    assert set(plain) == KEYS
    assert all(set(score) == SCORES for score in plain["scores"])
    assert {score["forecast"] for score in plain["scores"]} == {
        POOLED,
        BLIND,
        MODEL,
        WITHOUT,
        NULL,
        RECENTRED,
    }
    null = next(s for s in plain["scores"] if s["forecast"] == NULL)
    assert null["crps_ratio"] == 1.0
    assert len(plain["episodes"]) == 3
    assert plain["episodes"][0]["acts"] == "ceasefire (cessation)"


def test_a_file_of_another_back_test_is_refused(tmp_path):
    folder = write_conflicts(tmp_path / "conflicts")
    out = tmp_path / "lines.jsonl"
    out.write_text('{"back_test": 0}\n', encoding="utf-8")
    with pytest.raises(InputError, match="under rules that it does not name"):
        back_test(folder, runs=20, out=out, resume=True)
    with pytest.raises(InputError, match="got no out"):
        back_test(folder, runs=20, resume=True)


@pytest.mark.slow
def test_a_back_test_goes_on_to_equal_bytes(tmp_path: Path, compiled: None):
    folder = write_conflicts(tmp_path / "conflicts")
    whole, cut = tmp_path / "whole.jsonl", tmp_path / "cut.jsonl"
    made = back_test(folder, runs=20, out=whole)
    assert made.conflicts == tuple(CONFLICTS)
    assert {r.conflict for r in made.rows} == set(CONFLICTS)
    lines = whole.read_text(encoding="utf-8").splitlines(keepends=True)
    cut.write_text("".join(lines[:3]) + lines[3][:40], encoding="utf-8")
    again = back_test(folder, runs=20, out=cut, resume=True)
    assert cut.read_bytes() == whole.read_bytes()
    assert again.to_json() == made.to_json()
    for months in MONTHS:
        for case in made.cases(months):
            assert len(case.forecasts[MODEL]) == 20
