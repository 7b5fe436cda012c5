"""Hindcasts and the decision score: nothing of the future is read, known worlds score as they should."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from detente.experiments.cli.main import app
from detente.experiments.data.observations import Observed
from detente.experiments.evidence import decisions as scoring
from detente.experiments.evidence.hindcast import FIXED, hindcast, scored_rows
from detente.experiments.evidence.hindcast_result import MODEL, to_json, verdict
from detente.experiments.evidence.nulls import NULLS
from detente.experiments.evidence.origins import at_origin, chosen_target, known_before, origins
from detente.experiments.evidence.refit import at_day, pooled_branching, refit, total_deaths, total_rate
from detente.model.catalogue import load_scenario
from detente.model.errors import InputError

pytestmark = pytest.mark.usefixtures("compiled")


def made_up(years: int = 6, level: float = 3.0, seed: int = 1) -> Observed:
    """Days of Poisson events of a gentle season, and months of twice their deaths."""
    rng = np.random.default_rng(seed)
    index = pd.date_range("2012-01-01", periods=years * 365 + years // 4, freq="D")
    season = 1 + 0.3 * np.sin(2 * np.pi * index.day_of_year.to_numpy() / 365)
    events = rng.poisson(level * season)
    daily = pd.DataFrame({"events": events, "deaths": events * 4}, index=index).astype(float)
    monthly = daily[["deaths"]].resample("MS").sum().iloc[:-1] * 2
    return Observed(("test",), (), daily=daily, monthly=monthly.rename(columns={"deaths": "deaths_all"}))


@pytest.fixture(scope="module")
def data() -> Observed:
    return made_up()


def test_nothing_of_the_future_reaches_a_fit(data: Observed):
    case, day = load_scenario("afghanistan-2018"), date(2016, 3, 1)
    target = chosen_target(data, None)
    before = at_origin(case, data, target, day, 2, 10)
    assert data.daily is not None
    assert data.monthly is not None
    daily, monthly = data.daily.copy(), data.monthly.copy()
    daily.loc["2016-03-01":] = 99.0
    monthly.loc["2016-03-01":] = 9999.0
    changed = Observed(("test",), (), daily=daily, monthly=monthly)
    after = at_origin(case, changed, chosen_target(changed, None), day, 2, 10)
    assert after.fit == before.fit
    for lead in (1, 2):
        ahead = after.forecast(lead, with_spread=True)
        assert np.array_equal(ahead, before.forecast(lead, with_spread=True))


def test_a_refit_takes_the_level_and_severity_of_the_last_year(data: Observed):
    case, day = load_scenario("afghanistan-2018"), date(2016, 1, 1)
    fit = refit(case, known_before(data, chosen_target(data, None), day))
    assert data.daily is not None
    last = data.daily.loc["2015"]
    shifted = at_day(case, fit, day, date(2016, 6, 30))
    assert total_rate(shifted) == pytest.approx(last["events"].mean(), rel=0.02)
    assert total_deaths(shifted) / total_rate(shifted) == pytest.approx(4.0, rel=0.01)
    assert fit.expected == pytest.approx(30.4 * 8 * last["events"].mean(), rel=0.02)
    assert fit.season[2] > 1.15 > 0.85 > fit.season[8]


def test_months_alone_are_enough(data: Observed):
    months = Observed(("test",), (), monthly=data.monthly)
    case, day = load_scenario("afghanistan-2018"), date(2016, 1, 1)
    target = chosen_target(months, None)
    fit = refit(case, known_before(months, target, day))
    assert (fit.events, fit.deaths) == (1.0, 1.0)
    made = at_origin(case, months, target, day, 1, 40)
    seen = float(target.values.loc["2016-01-01"])
    assert np.median(made.forecast(1, with_spread=False)) == pytest.approx(seen, rel=0.35)


def test_days_alone_are_scored_by_their_monthly_sums(data: Observed):
    days = Observed(("test",), (), daily=data.daily)
    target = chosen_target(days, None)
    assert target.name == "deaths"
    assert data.monthly is not None
    assert (target.values * 2).tolist() == data.monthly["deaths_all"].tolist()


def test_branching_is_that_of_the_rules():
    case = load_scenario("afghanistan-2018")
    share = pooled_branching(case)
    assert 0.2 < share < case.parameters.violence.n_own + case.parameters.violence.n_rec + 0.05


@pytest.mark.slow
def test_a_hindcast_scores_every_forecast_alike(data: Observed):
    made = hindcast(
        load_scenario("afghanistan-2018"),
        data,
        date(2016, 1, 1),
        until=date(2016, 12, 1),
        leads=(1, 3),
        runs=60,
    )
    names = [MODEL, "model, scale fixed", *(null.name for null in NULLS)]
    assert list(dict.fromkeys(made.rows["forecast"])) == names
    counts = made.rows.groupby("forecast").size()
    assert set(counts) == {24}
    assert made.rows["pit"].between(0, 1).all()
    assert (made.rows["crps"] >= 0).all()
    told = to_json(made)
    json.dumps(told)
    assert told["verdict"]["best_null"] in names
    assert set(told["gated"]["skill"]) == {null.name for null in NULLS}
    assert len(told["refits"]) == 12
    said = verdict(made)
    assert (said["winner"] == MODEL) == (said["skill"] > 0)
    if said["skill"] <= 0:
        assert any("loses most" in line for line in said["words"])


def test_the_spread_of_past_errors_widens_the_model_alone(data: Observed):
    case, day = load_scenario("afghanistan-2018"), date(2016, 1, 1)
    assert data.monthly is not None
    wild = data.monthly * np.where(np.arange(len(data.monthly)) % 2, 0.4, 1.6)[:, None]
    scattered = Observed(("test",), (), daily=data.daily, monthly=wild)
    target = chosen_target(scattered, None)
    origin = at_origin(case, scattered, target, day, 1, 200)
    assert origin.spread(1) > 0.1
    fixed = origin.forecast(1, with_spread=False)
    assert fixed.mean() == pytest.approx(np.mean(origin.runs_of(1) * origin.scale), rel=0.05)
    rows = {row["forecast"]: row for row in scored_rows(origin, target, [1])}
    widths = {name: rows[name]["high80"] - rows[name]["low80"] for name in (MODEL, FIXED)}
    assert widths[FIXED] == pytest.approx(np.diff(np.quantile(fixed, [0.1, 0.9])).item())
    assert widths[MODEL] > 1.2 * widths[FIXED]


@pytest.mark.slow
def test_months_after_the_pivot_are_shown_and_not_judged():
    late = made_up(years=7)
    made = hindcast(load_scenario("afghanistan-2018"), late, date(2018, 5, 1), leads=(1, 2), runs=20)
    assert made.gated["month"].max() == pd.Timestamp("2018-07-01")
    assert made.shown["month"].min() == pd.Timestamp("2018-08-01")
    assert len(made.gated) + len(made.shown) == len(made.rows)
    later = hindcast(load_scenario("afghanistan-2018"), late, date(2018, 9, 1), leads=(1,), runs=20)
    assert len(later.gated) == len(later.rows)


def test_origins_need_months_before_and_after(data: Observed):
    target = chosen_target(data, None)
    assert origins(target, date(2012, 5, 3), None)[0] == date(2015, 1, 1)
    with pytest.raises(InputError, match="36 months before it"):
        origins(target, date(2030, 1, 1), None)
    with pytest.raises(InputError, match="--series: got 'none'; expected one of deaths_all"):
        chosen_target(data, "none")


def called(*args: str) -> Result:
    return CliRunner().invoke(app, list(args))


def test_the_command_prints_one_object_and_says_what_is_missing(tmp_path: Path):
    path = tmp_path / "m.csv"
    months = made_up().monthly
    assert months is not None
    lines = [f"{stamp:%Y-%m},{value:.0f}" for stamp, value in months["deaths_all"].items()]
    path.write_text("month,deaths_all\n" + "\n".join(lines) + "\n", encoding="utf-8")
    args = ["score", "afghanistan-2018", "--data", str(path), "--from", "2017-06", "--runs", "10"]
    assert "got '2017-06'; expected a date" in called(*args).stderr
    args[5] = "2017-06-01"
    told = json.loads(called(*args, "--leads", "1,2", "--json").stdout)
    assert told["leads"] == [1, 2]
    assert told["series"] == "deaths_all"
    for wrong, said in (
        (["score"], "CASE: got nothing"),
        (["score", "template"], "--data: got nothing"),
        (args[:4], "--from: got nothing"),
        ([*args, "--leads", "0:3"], "--leads: got '0:3'"),
        ([*args, "--leads", "x"], "--leads: got 'x'"),
    ):
        result = called(*wrong)
        assert result.exit_code == 2
        assert said in result.stderr


def known_decisions(hazard_at_acts: float, integral: float) -> scoring.Decisions:
    """Ten choices, each open a hundred days, with one act each."""
    names = [f"p:give_measure:m{k}" for k in range(10)]
    common = {"case": "c", "decision": "give_measure"}
    acts = pd.DataFrame(
        [{**common, "choice": n, "date": date(2018, 1, 1), "hazard": hazard_at_acts} for n in names]
    )
    rows = [{**common, "choice": n, "integral": integral, "days": 100.0, "acts": 1} for n in names]
    return scoring.Decisions(acts, pd.DataFrame(rows), 1)


def test_a_rule_that_is_the_constant_rate_scores_nothing():
    made = known_decisions(0.01, 1.0)
    assert made.rates["give_measure"] == pytest.approx(0.01)
    assert made.score()["per_act"] == pytest.approx(0.0, abs=1e-12)


def test_a_rule_that_knows_when_scores_above_it_and_one_that_does_not_below():
    knows = known_decisions(0.1, 1.0).score()
    assert knows["per_act"] == pytest.approx(np.log(0.95 * 10 + 0.05))
    assert knows["low95"] > 0
    never = known_decisions(0.0, 0.0).score()
    assert never["per_act"] == pytest.approx(np.log(0.05) + 0.95)
    assert never["ruled_out"] == 10
    eager = known_decisions(0.01, 5.0).score()
    assert eager["per_act"] == pytest.approx(-0.95 * 4)


def test_decisions_of_a_case_are_those_history_speaks_for():
    made = scoring.decisions(("afghanistan-2018",), runs=3)
    assert made.choices["acts"].sum() == len(made.acts)
    assert set(made.acts["decision"]) <= set(made.choices["decision"])
    assert (made.choices["integral"] >= 0).all()
    first = made.acts.sort_values("date").iloc[0]
    assert (first["decision"], str(first["date"])) == ("offer_truce", "2018-06-07")
    with pytest.raises(InputError):
        scoring.decisions(("no-such-case",))


def test_the_scores_of_one_forecast():
    from detente.experiments.evidence import scores
    from detente.experiments.evidence.hindcast import scored

    values = np.r_[np.arange(1.0, 10.0), 91.0]
    found = scored(values, 4.0)
    low, high = np.quantile(values, [0.1, 0.9])
    assert (found["mean"], found["median"]) == (13.6, 5.5)
    assert (found["low80"], found["high80"]) == (low, high)
    assert found["crps"] == scores.crps(values, 4.0)
    assert found["interval_score"] == scores.interval_score(low, high, 4.0)
    assert found["pit"] == scores.pit(values, 4.0)
    assert [scored(values, x)["covered"] for x in (low - 0.01, low, high, high + 0.01)] == [
        0.0,
        1.0,
        1.0,
        0.0,
    ]
