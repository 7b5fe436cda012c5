"""What ``detente score`` says of series made for it: no interval that does not exist, ties as ties, no stale days."""

import json

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from detente.experiments.cli.main import app

pytestmark = pytest.mark.usefixtures("compiled")

ORIGINS = ["--from", "2015-01-01", "--until", "2015-03-01", "--leads", "1", "--runs", "10"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Days of events and deaths over eleven years, and months of several kinds."""
    place = tmp_path_factory.mktemp("score")
    rng = np.random.default_rng(3)
    index = pd.date_range("2005-01-01", "2015-12-31")
    events = rng.poisson(3, len(index))
    deaths = np.array([rng.poisson(8, k).sum() for k in events])
    days = pd.DataFrame({"date": index.strftime("%Y-%m-%d"), "events": events, "deaths": deaths})
    days.to_csv(place / "days.csv", index=False)
    for name, last in (("stale", "2014-06-15"), ("short", "2015-01-31"), ("enough", "2015-02-28")):
        days[days["date"] <= last].to_csv(place / f"{name}.csv", index=False)
    days.drop(columns="events").to_csv(place / "deaths_only.csv", index=False)
    month = pd.Series(deaths, index=index).resample("MS").sum()
    single = np.where(month.index == "2012-05-01", 40, 0)
    kinds = {"months": month.to_numpy(), "zero": 0, "single": single, "level": 100, "one": 1}
    for name, values in kinds.items():
        table = pd.DataFrame({"month": month.index.strftime("%Y-%m"), "deaths_all": values})
        table.to_csv(place / f"{name}.csv", index=False)
    return place


def score(folder, *args, files=("days", "months"), origins=ORIGINS):
    data = [part for name in files for part in ("--data", str(folder / f"{name}.csv"))]
    return CliRunner().invoke(app, ["score", "afghanistan-2018", *data, *origins, *args])


def sentences(result):
    """The lines below the tables."""
    assert result.exit_code == 0, result.stderr
    return [line for line in result.stdout.splitlines() if line and line[0] not in "┏┃┡│└"]


def best(result):
    return next(line for line in sentences(result) if line.startswith("Best null model"))


def test_three_origins_have_no_interval_and_nothing_is_said_of_one(folder):
    result = score(folder)
    line = best(result)
    assert "% [too few origins for an interval]: " in line
    assert line.endswith(" scores better, which may be chance.")
    assert "holds 0" not in result.stdout
    assert "(no interval)" in result.stdout


@pytest.mark.parametrize("files", [("days", "zero"), ("zero",), ("enough", "zero")])
def test_nothing_but_zeros_is_a_tie(folder, files):
    result = score(folder, files=files)
    line = best(result)
    assert line.startswith("Best null models, tied: last-value Poisson; negative binomial, last value; ")
    assert line.endswith("Skill of the model over them +0.0%: a tie; neither is better.")
    assert "nan" not in result.stdout
    assert "wins" not in result.stdout
    assert result.stdout.count(" tie ") == (8 if files != ("zero",) else 7)


@pytest.mark.parametrize(
    ("files", "origins"),
    [
        (("days", "single"), ORIGINS),
        (("single",), ORIGINS),
        (("level",), ORIGINS),
        (("one",), ORIGINS),
        (("months",), ["--from", "2015-12-01", "--leads", "1", "--runs", "10"]),
        (("days",), ["--from", "2015-06-01", "--until", "2015-08-01", "--leads", "1,2", "--runs", "10"]),
        (
            ("days", "months"),
            ["--from", "2015-09-01", "--until", "2015-11-01", "--leads", "3", "--runs", "10"],
        ),
    ],
)
def test_no_sentence_claims_what_a_few_months_cannot_show(folder, files, origins):
    result = score(folder, files=files, origins=origins)
    said = " ".join(sentences(result))
    for claim in ("holds 0", "wins", "nan", "inf%", "[]"):
        assert claim not in said
    assert ("may be chance" in said) != ("a tie" in said)


def test_as_json_a_missing_interval_is_null_and_a_tie_has_no_winner(folder):
    few = json.loads(score(folder, "--json").stdout)["verdict"]
    assert (few["low95"], few["high95"], few["certain"]) == (None, None, False)
    assert few["winner"] in ("model", few["best_null"])
    tie = json.loads(score(folder, "--json", files=("days", "zero")).stdout)["verdict"]
    assert (tie["winner"], tie["skill"], tie["certain"]) == (None, 0.0, False)
    assert len(tie["best_nulls"]) == 8


@pytest.mark.parametrize(
    ("name", "ends", "until"),
    [("stale", "2014-06-15", None), ("short", "2015-01-31", "2015-02-01")],
)
def test_days_that_end_before_an_origin_are_refused(folder, name, ends, until):
    result = score(folder, files=(name, "months"))
    assert result.exit_code == 2
    assert f"the daily counts end on {ends}, before the forecast origin 2015-03-01" in result.stderr
    assert (f"--until {until}" in result.stderr) == (until is not None)


def test_days_that_reach_the_last_origin_are_enough(folder):
    said = sentences(score(folder, files=("enough", "months")))
    assert any(
        line.startswith("Refitted at 3 of 3 origins (2015-01 to 2015-03): level, severity") for line in said
    )


@pytest.mark.parametrize(
    ("files", "why"),
    [(("months",), "no daily data"), (("deaths_only", "months"), "the days have no column events")],
)
def test_a_refit_to_months_alone_is_said(folder, files, why):
    said = sentences(score(folder, files=files))
    expected = f"Refitted at 3 of 3 origins (2015-01 to 2015-03): season, level of the series ({why})."
    assert expected in said


def test_the_season_of_events_is_a_null_only_where_events_are_known(folder):
    assert "season of events" in score(folder).stdout
    assert "season of events" not in score(folder, files=("months",)).stdout
