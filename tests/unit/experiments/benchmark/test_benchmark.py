"""Many conflicts scored month after month: what is scored, pooled, kept and refused."""

import json
import shutil
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner
from war_files import FRONT, GOVERNMENT, LEAGUE, write_war

import detente
from detente.experiments.benchmark import pooled
from detente.experiments.benchmark.benchmark import checked_modes
from detente.experiments.benchmark.benchmark_result import Benchmark
from detente.experiments.benchmark.origin_scores import MODEL, log_score, random_pit, scored
from detente.experiments.benchmark.reference_nulls import BINOMIAL, MOVING, NAMES, reference_forecasts
from detente.experiments.benchmark.subjects import own_name
from detente.experiments.benchmark.submission import month_id
from detente.experiments.benchmark.war_data import open_war, read_war
from detente.experiments.cli.main import app
from detente.experiments.evidence.nulls import History
from detente.experiments.evidence.scores import crps
from detente.model.errors import InputError

SMALL = {"leads": [1, 3], "every": 12, "runs": 8}


def table(folder: Path, name: str, seed: int, months: int = 60, mean: float = 40.0) -> Path:
    """Deaths by month of a made-up war."""
    index = pd.date_range("2010-01-01", periods=months, freq="MS").strftime("%Y-%m-%d")
    deaths = np.random.default_rng(seed).negative_binomial(3, 3 / (3 + mean), months)
    pd.DataFrame({"date": index, "deaths": deaths}).to_csv(folder / f"{name}.csv", index=False)
    return folder / f"{name}.csv"


@pytest.fixture(scope="module")
def wars(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A list of three conflicts with their files, the third with few deaths."""
    folder = tmp_path_factory.mktemp("wars")
    for seed, (name, mean) in enumerate((("ruritania", 40.0), ("sylvania", 90.0), ("quietland", 3.0))):
        table(folder, name, seed, mean=mean)
    (folder / "cases.csv").write_text(
        "case,first,last\n"
        + "".join(f"{n},2010-01,2014-12\n" for n in ("ruritania", "sylvania", "quietland")),
        encoding="utf-8",
    )
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a small benchmark of them is kept."""
    return tmp_path_factory.mktemp("kept") / "out"


@pytest.fixture(scope="module")
def made(wars: Path, folder: Path) -> Benchmark:
    """A small benchmark of them."""
    return detente.benchmark(listed=wars / "cases.csv", **SMALL, out=folder)


# -- scores


def test_the_log_score_is_that_of_the_class_that_came_true():
    values = np.array([0.0, 0.0, 1.0, 8.0])
    assert log_score(values, 0.0) == pytest.approx(-np.log(3 / 15))
    assert log_score(values, 2000.0) == pytest.approx(-np.log(1 / 15))


def test_luck_decides_where_among_equal_values_one_stands():
    values = np.array([0.0, 0.0, 0.0, 4.0])
    assert [random_pit(values, 0.0, luck) for luck in (0.0, 0.5, 1.0)] == [0.0, 0.375, 0.75]
    assert random_pit(values, 3.0, 0.5) == 0.75


def test_scores_of_a_forecast():
    values = np.arange(1.0, 11.0)
    row = scored(values, 5.0, 0.5)
    assert row["crps"] == pytest.approx(crps(values, 5.0))
    assert row["low80"] < 5.0 < row["high80"]
    assert row["interval_score"] == pytest.approx(row["high80"] - row["low80"])


# -- null models


def history(values: np.ndarray, first: int = 1) -> History:
    """Months from January on."""
    month = (np.arange(len(values)) + first - 1) % 12 + 1
    return History(values.astype(float), month, (1.0,) * 12)


def test_reference_null_models_follow_the_months_before():
    rising = np.r_[np.full(36, 10), np.full(6, 100)]
    forecasts = reference_forecasts(history(rising), 1)
    assert tuple(forecasts) == NAMES
    assert forecasts[MOVING].mean() > forecasts[BINOMIAL].mean() > 40
    assert sorted(forecasts["last 12 months"]) == [10] * 6 + [100] * 6


def test_only_the_seasonal_one_knows_the_season():
    months = np.tile(np.r_[np.full(6, 20), np.full(6, 80)], 8)
    july, january = (reference_forecasts(history(months), lead) for lead in (7, 1))
    seasonal = "moving level with season"
    assert july[seasonal].mean() > 1.5 * january[seasonal].mean()
    assert july[MOVING].mean() == pytest.approx(january[MOVING].mean(), rel=0.1)


@pytest.mark.acceptance
def test_the_published_ratios_of_the_null_models_are_reproduced(shared_data):
    """Within 1 % on the eighteen series and all their origins."""
    rows = []
    for name, series in published_series(shared_data):
        values, month = series.to_numpy(dtype=float), series.index.month.to_numpy()
        for t in range(max(36, len(values) - 180), len(values) - 1):
            known = History(values[: t + 1], month[: t + 1], (1.0,) * 12)
            for lead in (lead for lead in (1, 3, 6, 12) if t + lead < len(values)):
                own = {k: crps(v, values[t + lead]) for k, v in reference_forecasts(known, lead).items()}
                rows.append({"case": name, "lead": lead, **own})
    means = pd.DataFrame(rows).groupby(["lead", "case"])[list(NAMES)].mean()
    expected = pd.read_csv(shared_data / "empirics" / "benchmark_nulls_pooled.csv").set_index("lead")
    for lead, wanted in expected.iterrows():
        own = means.loc[lead]
        own = own[own[BINOMIAL] > 0]
        ratios = np.exp(np.log(own.div(own[BINOMIAL], axis=0)).mean())
        for column, name in (("a_over_b", NAMES[0]), ("c_over_b", NAMES[2]), ("d_over_b", NAMES[3])):
            assert ratios[name] == pytest.approx(wanted[column], rel=0.01), (lead, column)


def published_series(shared: Path):
    """The eighteen series, the last month of the Afghan one before its data are held out."""
    for case in pd.read_csv(shared / "conflicts" / "cases.csv")["case"]:
        read = pd.read_csv(shared / "conflicts" / f"{case}.csv", parse_dates=["date"], index_col="date")
        yield case, read["deaths"].dropna()
    last = pd.read_csv(shared / "afghanistan_monthly_2006_2018.csv")
    last.index = pd.to_datetime(last["month"] + "-01")
    yield "afghanistan", last["deaths_state_based"][:"2018-07-01"]


# -- pooling


def scores(rows: dict[str, dict[str, float]]) -> pd.DataFrame:
    """Mean scores by conflict."""
    return pd.DataFrame(rows).T


def test_the_null_model_is_chosen_without_the_conflict_that_it_judges():
    found = pooled.best_nulls(
        scores(
            {
                "a": {BINOMIAL: 1.0, MOVING: 0.1, MODEL["none"]: 1.0},
                "b": {BINOMIAL: 1.0, MOVING: 1.1, MODEL["none"]: 1.0},
                "c": {BINOMIAL: 1.0, MOVING: 1.1, MODEL["none"]: 1.0},
            }
        )
    )
    assert found == {"a": BINOMIAL, "b": MOVING, "c": MOVING}


def test_ratios_are_pooled_as_geometric_means():
    ratio = pooled.pooled(list(np.log([0.5, 2.0, 1.0])))
    assert ratio.value == pytest.approx(1.0)
    assert ratio.low < 1.0 < ratio.high
    assert np.isnan(pooled.pooled([0.1]).low)
    assert pooled.pooled([]).n == 0


def test_coverage_counts_the_middle_of_the_forecast():
    rows = pd.DataFrame({"case": "a", "forecast": "m", "pit": [0.05, 0.1, 0.5, 0.95]})
    assert pooled.coverage(rows, "m") == {"a": 0.5}


# -- a benchmark


def test_every_origin_lead_and_forecast_has_a_row(made):
    rows = made.rows
    assert set(rows["case"]) == {"ruritania", "sylvania", "quietland"}
    assert set(rows["lead"]) == {1, 3}
    assert {*MODEL.values(), *NAMES} <= set(rows["forecast"])
    assert (rows["month"] >= rows["origin"]).all()
    assert not rows.duplicated(["case", "origin", "lead", "forecast"]).any()


def test_conflicts_with_few_deaths_stand_apart(made):
    assert made.large == ["ruritania", "sylvania"]
    lines = made.by_case().set_index("case")
    assert not lines.loc["quietland", "pooled"]
    assert lines["ratio_none"].notna().all()


def test_what_is_printed_as_json_has_its_fields(made):
    plain = json.loads(json.dumps(made.to_json()))
    assert set(plain) == {
        *("note", "leads", "every", "runs", "modes", "origins", "pooled", "diplomacy"),
        *("by_lead", "by_case", "by_forecast", "lines"),
    }
    (first, _) = plain["pooled"]
    assert set(first) == {
        *("mode", "forecast", "crps", "log_score", "interval_score", "covered", "fair"),
    }
    assert set(first["crps"]) == {"ratio", "low95", "high95", "conflicts"}
    assert {"case", "deaths", "origins", "pooled", "null", "ratio_none", "covered_none"} <= set(
        plain["by_case"][0]
    )


def test_it_says_what_it_shows(made):
    assert any("80 % intervals cover" in line for line in made.lines())
    assert repr(made).startswith("Benchmark of 3 conflicts")


def test_it_is_drawn(made):
    figure = made.plot()
    assert len(figure.data) == 6


def test_a_run_that_was_cut_short_is_gone_on_with_to_the_same_bytes(made, folder, wars, tmp_path):
    cut = tmp_path / "cut"
    cut.mkdir()
    text = (folder / "benchmark.jsonl").read_text(encoding="utf-8")
    (cut / "benchmark.jsonl").write_text(text[: int(len(text) * 0.8)], encoding="utf-8")
    detente.benchmark(listed=wars / "cases.csv", **SMALL, out=cut, resume=True)
    files = [p.relative_to(folder) for p in sorted(folder.rglob("*")) if p.is_file()]
    assert len(files) > 4
    assert all((folder / p).read_bytes() == (cut / p).read_bytes() for p in files)


def test_forecasts_are_written_in_the_layout_of_submissions(made, folder):
    first = min((folder / "views" / "none" / "cm").iterdir())
    read = pd.read_parquet(first / "detente.parquet")
    assert list(read.columns) == ["month_id", "country_id", "draw", "outcome"]
    assert first.name == "test_window_2013-02"
    assert sorted(set(read["month_id"])) == [month_id(date(2013, 2, 1)), month_id(date(2013, 4, 1))]
    draws = read.groupby(["month_id", "country_id"])["draw"].count()
    assert draws.nunique() == 1
    assert draws.iloc[0] % SMALL["runs"] == 0
    assert month_id(date(1980, 1, 1)) == 1


NEW_NAMES = {
    GOVERNMENT: "Regime of Ruritania",
    FRONT: "Zealots",
    LEAGUE: "Alliance",
    "Examplia": "Ruritania",
    "9001": "7501",
    "9002": "7502",
}


def test_other_names_and_ids_change_nothing_but_names(tmp_path):
    openings = []
    for folder, names in ((tmp_path / "a", {}), (tmp_path / "b", NEW_NAMES)):
        folder.mkdir()
        files = write_war(folder, names)
        country = names.get("Examplia", "Examplia")
        tables = {"ceasefires": files["ceasefires"], "agreements": files["agreements"]}
        openings.append(
            open_war(read_war("my-war", files["ged"], country=country, **tables), date(2013, 10, 1))
        )
    one, other = openings
    assert one.level == other.level
    assert one.scale == other.scale
    assert one.scenario.relation == other.scenario.relation
    assert one.scenario.facts == other.scenario.facts
    assert [p.name for p in one.scenario.party] == [p.name for p in other.scenario.party]
    assert [(m.date, m.actor, m.do) for m in one.history] == [(m.date, m.actor, m.do) for m in other.history]
    assert len(one.history) > 4


# -- bad input


def test_faults_are_told_all_at_once(wars, tmp_path):
    broken = tmp_path / "cases.csv"
    shutil.copy(wars / "cases.csv", broken)
    done = CliRunner().invoke(app, ["benchmark", "--list", str(broken)])
    assert done.exit_code == 2
    assert done.stderr.count("expected one beside the list") == 3


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({}, "expected a case, --data or --list"),
        ({"cases": "korea-2017"}, "no observed deaths by month"),
        ({"cases": "afghanistan-2018"}, "expected 37 months before a first origin"),
        ({"cases": ["template", "korea-2017"], "data": "x.csv"}, "expected one case"),
        ({"cases": "korea-2017", "modes": ["all"]}, "one of: none, conditioned"),
        ({"cases": "korea-2017", "leads": [0]}, "leads"),
        ({"cases": "korea-2017", "every": 0}, "every"),
    ],
)
def test_what_cannot_be_is_refused(how, message):
    with pytest.raises(InputError, match=message):
        detente.benchmark(**how)


def test_a_folder_of_another_benchmark_is_refused(wars, tmp_path):
    how = {
        "listed": wars / "cases.csv",
        "leads": [1],
        "every": 60,
        "modes": ["none"],
        "out": tmp_path / "out",
    }
    detente.benchmark(runs=5, **how)
    with pytest.raises(InputError, match="holds a benchmark"):
        detente.benchmark(runs=5, **how)
    with pytest.raises(InputError, match="another benchmark"):
        detente.benchmark(runs=6, **how, resume=True)


def test_modes_stand_in_their_order():
    assert checked_modes(["conditioned", "none"]) == ("none", "conditioned")


def test_a_conflict_is_named_by_what_was_chosen_or_by_its_file():
    assert own_name({"dyad": "Government of Examplia - Front"}, "x.csv") == "government-of-examplia-front"
    assert own_name({}, ["folder/My War.daily.csv"]) == "my-war"
