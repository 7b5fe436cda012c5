"""Predictions locked before the data are seen: what is in them, what is refused, and how they are scored."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import detente
from detente.experiments.benchmark.lock_file import digest_of, read_lock, write_lock
from detente.experiments.benchmark.prediction_scores import brier, quantile_score
from detente.experiments.benchmark.predictions import EVENTS, LEVELS, Prediction, month_after, quantiles
from detente.experiments.cli.main import app
from detente.experiments.evidence.scores import crps
from detente.model.errors import InputError

UNTIL = "2014-12-31"


def months(folder: Path, n: int, name: str = "war.csv") -> Path:
    """Deaths by month of a made-up war; a longer table goes on where a shorter one ends."""
    deaths = np.random.default_rng(3).negative_binomial(3, 3 / 43, 84)[:n]
    index = pd.date_range("2010-01-01", periods=n, freq="MS").strftime("%Y-%m-%d")
    pd.DataFrame({"date": index, "deaths": deaths}).to_csv(folder / name, index=False)
    return folder / name


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lock")


@pytest.fixture(scope="module")
def made(folder: Path) -> Prediction:
    """A locked prediction from five years of data."""
    return detente.predict(months(folder, 60), UNTIL, lock=folder / "lock.json", months=6, runs=24)


def called(*args: object, status: int = 0):
    result = CliRunner().invoke(app, ["predict", *map(str, args)])
    assert result.exit_code == status, (result.output, result.exception)
    return result


def test_a_lock_holds_quantiles_chances_and_digests(made: Prediction, folder: Path):
    content = read_lock(folder / "lock.json")
    assert content == json.loads(json.dumps(made.content))
    assert set(content["about"]["digests"]) == {"rules", "case", "parameters", "data"}
    assert content["about"]["until"] == UNTIL
    assert content["about"]["months_seen_after"] == 0
    assert set(content["events"]) == set(EVENTS)
    assert all(0 <= chance <= 1 for chance in content["events"].values())
    for rows in content["deaths"].values():
        assert [row["month"] for row in rows] == [f"2015-{k:02d}" for k in range(1, 7)]
        assert all(row["quantiles"] == sorted(row["quantiles"]) for row in rows)
    assert len(made.deaths) == 3 * 6


def test_the_same_data_give_the_same_lock(made: Prediction, folder: Path):
    again = detente.predict(folder / "war.csv", UNTIL, months=6, runs=24)
    assert again.path is None
    assert digest_of(again.content) == digest_of(made.content)


def test_later_months_are_not_read_but_said(made: Prediction, folder: Path):
    known = detente.predict(months(folder, 72, "later.csv"), UNTIL, months=6, runs=24)
    assert known.content["about"]["months_seen_after"] == 12
    assert known.content["deaths"] == made.content["deaths"]
    assert known.content["about"]["digests"] == made.content["about"]["digests"]


def test_a_lock_is_written_once(made: Prediction, folder: Path):
    with pytest.raises(InputError, match="exists already"):
        write_lock(made.content, folder / "lock.json")
    with pytest.raises(InputError, match="json"):
        write_lock(made.content, folder / "lock.txt")


@pytest.mark.parametrize("where", ["prediction", "sha256", "format"])
def test_a_changed_lock_is_refused_in_one_message(made: Prediction, folder: Path, tmp_path: Path, where: str):
    raw = json.loads((folder / "lock.json").read_text(encoding="utf-8"))
    if where == "prediction":
        raw["prediction"]["events"]["rest"] += 0.01
    else:
        raw[where] = "0" * 64 if where == "sha256" else 2
    (tmp_path / "lock.json").write_text(json.dumps(raw), encoding="utf-8")
    result = called(folder / "war.csv", "--check", tmp_path / "lock.json", status=2)
    assert len(result.output.strip().splitlines()) == 1
    assert ("format" if where == "format" else "was changed") in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize("text", ["[]", "{}", '{"format": 1, "sha256": "x"}', "no json"])
def test_another_file_is_no_lock(tmp_path: Path, text: str):
    (tmp_path / "lock.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="lock file"):
        read_lock(tmp_path / "lock.json")


def test_layout_and_order_of_keys_do_not_matter(made: Prediction, folder: Path, tmp_path: Path):
    raw = json.loads((folder / "lock.json").read_text(encoding="utf-8"))
    (tmp_path / "lock.json").write_text(json.dumps(dict(reversed(raw.items())), indent=7), encoding="utf-8")
    assert read_lock(tmp_path / "lock.json") == json.loads(json.dumps(made.content))


def test_a_lock_is_scored_against_data_that_came_in(made: Prediction, folder: Path):
    checked = detente.check_prediction(folder / "lock.json", months(folder, 72, "later.csv"))
    table = checked.summary()
    assert list(table["months"]) == [6, 6, 6]
    assert table.loc["model", "model_relative"] == 1.0
    assert not checked.about["data_revised"]
    events = checked.events.set_index("event")
    assert events.loc["rest", "happened"] is False or events.loc["rest", "happened"] == False  # noqa: E712
    assert events.loc["ceasefire", "happened"] is None
    told = json.loads(called(folder / "later.csv", "--check", folder / "lock.json", "--json").output)
    assert set(told) == {"about", "summary", "months", "events"}
    assert "quantile score" in called(folder / "later.csv", "--check", folder / "lock.json").output


def test_without_a_month_to_score_it_says_so(made: Prediction, folder: Path):
    with pytest.raises(InputError, match="months after the day"):
        detente.check_prediction(folder / "lock.json", folder / "war.csv")


def test_the_command_prints_and_refuses(made: Prediction, folder: Path, tmp_path: Path):
    asked = ("--until", UNTIL, "--months", 2, "--runs", 20)
    said = called(folder / "war.csv", *asked, "--lock", tmp_path / "a.json").output
    assert "preregistration" in said
    told = json.loads(called(folder / "war.csv", *asked, "--lock", tmp_path / "b.json", "--json").output)
    assert set(told) == {"about", "levels", "deaths", "events", "sha256", "lock"}
    assert "--lock" in called(folder / "war.csv", "--until", UNTIL, status=2).output
    assert "--until" in called(folder / "war.csv", "--lock", tmp_path / "c.json", status=2).output
    both = ("--check", folder / "lock.json", "--until", UNTIL)
    assert "--until" in called(folder / "war.csv", *both, status=2).output


def test_a_case_without_deaths_says_so():
    with pytest.raises(InputError, match="deaths"):
        detente.predict("korea-2017", "2018-07-22")
    with pytest.raises(InputError, match="history"):
        detente.predict("afghanistan-2018", "2018-06-30", ceasefires="x.csv")


@pytest.mark.parametrize(
    ("until", "first"),
    [("2018-07-22", date(2018, 8, 1)), ("2018-07-31", date(2018, 8, 1)), ("2018-12-31", date(2019, 1, 1))],
)
def test_predictions_begin_with_the_next_month(until: str, first: date):
    assert month_after(until) == first


def test_the_quantile_score_is_near_the_crps():
    values = np.random.default_rng(1).gamma(2.0, 20.0, 4000)
    for observed in (10.0, 40.0, 90.0):
        expected = crps(np.sort(values), observed)
        assert quantile_score(quantiles(values), observed) == pytest.approx(expected, rel=0.12)
    assert quantile_score([5.0] * len(LEVELS), 5.0) == 0.0


def test_the_brier_score():
    assert brier(0.2, True) == pytest.approx(0.64)
    assert np.isnan(brier(0.2, None))
