"""The posterior: quantiles, draws, what was learnt, what is not told apart, and its file."""

import json

import numpy as np
import pytest

from detente.experiments.runs import posterior as module
from detente.experiments.runs.posterior import (
    Posterior,
    Prior,
    Sample,
    confused,
    of_sample,
    read_posterior,
    stored,
    table_of,
    weighted_correlation,
    write_posterior,
)
from detente.model.errors import InputError

VALUES = np.array([[0.1, 4.0], [0.2, 3.0], [0.3, 2.0], [0.4, 1.0]])
WEIGHTS = np.array([0.1, 0.2, 0.3, 0.4])
FOUND = Posterior(("violence.n_own", "trust.unmet"), VALUES, WEIGHTS, {"case": "x"})


@pytest.mark.parametrize(
    ("share", "value"),
    [(0.0, 0.1), (0.1, 0.1), (0.11, 0.2), (0.3, 0.2), (0.59, 0.3), (0.61, 0.4), (1.0, 0.4)],
)
def test_quantiles_go_by_weight(share, value):
    assert FOUND.quantiles("violence.n_own", [share]) == [value]
    half = Posterior(FOUND.names, VALUES, WEIGHTS / 2, {})
    assert half.quantiles("violence.n_own", [share]) == [value]


def test_quantiles_of_a_column_in_another_order():
    assert FOUND.quantiles("trust.unmet", (0.05, 0.5, 0.95)) == [1.0, 2.0, 4.0]


def test_draws_are_whole_members_of_the_sample():
    rows = np.random.default_rng(7).choice(4, size=5, p=WEIGHTS)
    assert FOUND.draws(5, 7) == [{"violence.n_own": VALUES[k, 0], "trust.unmet": VALUES[k, 1]} for k in rows]
    assert FOUND.draws(5) == FOUND.draws(5, 1)


def test_correlations_are_weighted():
    values = np.array([[1.0, 1.0, 2.0], [2.0, 4.0, 2.0], [3.0, 2.0, 2.0]])
    weights = np.array([0.5, 0.25, 0.25])
    mean = weights @ values
    cov = ((values - mean).T * weights) @ (values - mean)
    expected = cov[0, 1] / np.sqrt(cov[0, 0] * cov[1, 1])
    found = weighted_correlation(values, weights)
    assert found[0, 1] == pytest.approx(expected)
    assert found[0, 0] == pytest.approx(1.0)
    assert found[0, 2] == 0.0  # what does not vary is like nothing
    assert weighted_correlation(values[:, :1], weights).shape == (1, 1)


def test_what_is_not_told_apart():
    (pair,) = confused(FOUND)
    assert (pair["first"], pair["second"]) == ("violence.n_own", "trust.unmet")
    assert pair["correlation"] == pytest.approx(-1.0)
    apart = Posterior(
        FOUND.names, np.array([[1.0, 1.0], [1.0, 2.0], [2.0, 1.0], [2.0, 2.0]]), np.full(4, 0.25), {}
    )
    assert confused(apart) == []


def test_priors_of_wide_ranges_are_searched_on_a_log_scale():
    narrow, wide = Prior("a.b", 1.0, 19.9, 2.0, "g", "m"), Prior("a.b", 0.5, 10.0, 2.0, "g", "m")
    assert (narrow.log, wide.log, Prior("a.b", 0.0, 9.0, 2.0, "g", "m").log) == (False, True, False)
    assert wide.key == "a__b"
    assert narrow.ends == (1.0, 19.9)
    assert wide.ends == pytest.approx((np.log(0.5), np.log(10.0)))
    assert wide.value(np.log(3.0)) == pytest.approx(3.0)
    assert (narrow.value(3.0), narrow.value(99.0), narrow.value(-1.0)) == (3.0, 19.9, 1.0)


def test_what_was_learnt_of_each_parameter():
    table = (
        Prior("violence.n_own", 0.0, 0.6, 0.3, "measured", "own"),
        Prior("trust.unmet", 0.5, 10.0, 9.0, "s", "u"),
    )
    own, wide = table_of(FOUND, table)
    mean = WEIGHTS @ VALUES[:, 0]
    variance = WEIGHTS @ (VALUES[:, 0] - mean) ** 2
    assert own["learnt"] == pytest.approx(1.0 - variance / (0.36 / 12.0))
    assert (own["median"], own["low95"], own["high95"], own["low50"], own["high50"]) == (
        0.3,
        0.1,
        0.4,
        0.2,
        0.4,
    )
    assert (own["shipped_inside"], wide["shipped_inside"]) == (True, False)
    logs = np.log(VALUES[:, 1])
    spread = WEIGHTS @ (logs - WEIGHTS @ logs) ** 2
    assert wide["learnt"] == pytest.approx(1.0 - spread / (np.log(20.0) ** 2 / 12.0))
    assert (wide["log"], own["log"], own["prior_low"], own["prior_high"], own["shipped"]) == (
        True,
        False,
        0.0,
        0.6,
        0.3,
    )
    scattered = Posterior(("violence.n_own",), np.array([[0.0], [0.6]]), np.full(2, 0.5), {})
    assert table_of(scattered, table[:1])[0]["learnt"] == 0.0


def test_a_fitted_sample_says_how_it_was_come_by():
    made = of_sample(Sample(("a",), VALUES[:, :1], WEIGHTS, 3, 0.5, 99), {"case": "x"})
    assert made.about == {"case": "x", "generations": 3, "epsilon": 0.5, "simulations": 99}
    assert (made.names, made.values is not None, made.weights is WEIGHTS) == (("a",), True, True)


def test_a_file_has_five_digits_and_weights_of_one(tmp_path):
    path = tmp_path / "posterior.json"
    fine = Posterior(
        ("violence.n_own",), np.array([[0.1234567], [0.2]]), np.array([0.25, 0.75]), {"case": "x"}
    )
    write_posterior(fine, path)
    raw = json.loads(path.read_text(encoding="utf-8"))
    assert raw == {
        "case": "x",
        "parameters": ["violence.n_own"],
        "weights": [0.25, 0.75],
        "sample": [[0.12346], [0.2]],
    }
    assert len(path.read_text(encoding="utf-8").split("\n")) == 4
    raw["weights"] = [1, 3]
    path.write_text(json.dumps(raw), encoding="utf-8")
    back = read_posterior(path)
    assert back.weights.tolist() == [0.25, 0.75]
    assert back.about == {"case": "x"}


@pytest.mark.parametrize(
    ("value", "fine"), [(0.0, True), (0.6, True), (-1e-9, False), (0.601, False), (float("nan"), False)]
)
def test_values_stay_in_their_range(value, fine):
    column = np.array([0.3, value])
    if fine:
        module.check_column("file", "violence.n_own", column)
        return
    with pytest.raises(InputError, match=r"violence.n_own: got .*; expected a number from 0 to 0.6"):
        module.check_column("file", "violence.n_own", column)


def test_the_posterior_beside_a_case():
    found = stored("afghanistan-2018")
    assert found.about["case"] == "afghanistan-2018"
    with pytest.raises(InputError, match="does not exist"):
        stored("template")


def test_whole_numbers_of_a_file_are_read_as_any_others(tmp_path):
    path = tmp_path / "p.json"
    path.write_text(json.dumps({"sample": [[0], [0]], "weights": [1, 3], "parameters": ["violence.n_own"]}))
    found = read_posterior(path)
    assert (found.values.dtype, found.weights.dtype) == (float, float)
    assert found.weights.tolist() == [0.25, 0.75]


GOOD = {
    "sample": [[0.1, 0.3], [0.2, 0.4]],
    "weights": [1, 3],
    "parameters": ["violence.n_own", "trust.unmet"],
}


def test_weights_of_a_file_count_by_their_share(tmp_path):
    path = tmp_path / "p.json"
    path.write_text(json.dumps({**GOOD, "case": "x"}), encoding="utf-8")
    found = read_posterior(path)
    assert (found.names, found.weights.tolist()) == (("violence.n_own", "trust.unmet"), [0.25, 0.75])
    assert found.values.tolist() == GOOD["sample"]
    assert found.about == {"case": "x"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"sample": [[0.1], [0.2]]}, "is not a posterior written by detente calibrate"),
        ({"weights": [1]}, "is not a posterior"),
        ({"weights": []}, "is not a posterior"),
        ({"weights": [[1], [3]]}, "is not a posterior"),
        ({"weights": ["a", 1]}, "is not a posterior"),
        ({"parameters": []}, "is not a posterior"),
        ({"parameters": 3}, "is not a posterior"),
        ({"sample": "x"}, "is not a posterior"),
        ({"parameters": ["trust.unmet"] * 2}, "parameters: got .*; expected names that are all different"),
        ({"weights": [1, -1]}, "weights: got .*; expected numbers of at least 0, not all of them 0"),
        ({"weights": [0, 0]}, "weights: got .*; expected numbers of at least 0"),
        ({"weights": [1, float("inf")]}, "weights: got"),
        ({"parameters": ["violence.n_own", "trust.unmt"]}, "did you mean 'trust.unmet'"),
        (
            {"sample": [[0.1, 0.3], [0.2, 9.0]]},
            r"sample, trust\.unmet: got 9\.0; expected a number from 0 to 1",
        ),
        ({"sample": [[0.1, 0.3], [0.2, float("nan")]]}, r"sample, trust\.unmet: got nan"),
    ],
)
def test_what_a_posterior_cannot_hold_is_refused(tmp_path, changes, said):
    path = tmp_path / "p.json"
    path.write_text(json.dumps({**GOOD, **changes}), encoding="utf-8")
    with pytest.raises(InputError, match=said):
        read_posterior(path)


@pytest.mark.parametrize("missing", ["sample", "weights", "parameters"])
def test_a_posterior_has_all_three_tables(tmp_path, missing):
    path = tmp_path / "p.json"
    path.write_text(json.dumps({k: v for k, v in GOOD.items() if k != missing}), encoding="utf-8")
    with pytest.raises(InputError, match=f"'{path}': is not a posterior"):
        read_posterior(path)


def test_a_case_without_a_file_has_no_posterior(monkeypatch):
    from types import SimpleNamespace

    monkeypatch.setattr("detente.model.catalogue.load_scenario", lambda case: SimpleNamespace(path=None))
    with pytest.raises(InputError, match="was not read from a file, so it has no stored posterior"):
        stored("x")
