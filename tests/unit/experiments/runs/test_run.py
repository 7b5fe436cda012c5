"""One run as its users have it: its table, its file, its figure, and the engine that it is taken to."""

import json
from datetime import date

import numpy as np
import pandas as pd
import pytest

import detente
from detente.agents.codes import END_REASONS
from detente.experiments.runs import run as module
from detente.experiments.runs.run import chosen_engine, own_classes
from detente.model.errors import InputError
from detente.model.request import open_case


class Own(detente.Party):
    """A party with a class of its own, and nothing changed."""


@pytest.fixture(scope="module")
def run():
    return detente.run("template", "opening", 3, engine="mesa", until="2030-04-01", mode="until")


@pytest.fixture(scope="module")
def start():
    return open_case("template", "opening")


def test_the_series_are_the_rows_of_the_run_by_date(run):
    assert run.series.to_numpy().tolist() == run.trajectory.rows.tolist()
    assert run.series.index[0] == pd.Timestamp(2030, 1, 1)
    assert run.series.index[-1] == pd.Timestamp(2030, 1, 1) + pd.Timedelta(days=len(run.trajectory.rows) - 1)
    assert run.series.index.name == "date"


def test_longer_steps_have_dates_as_far_apart():
    weekly = detente.run("template", "opening", 3, engine="mesa", step_days=7)
    assert (weekly.series.index[1] - weekly.series.index[0]).days == 7
    assert weekly.series.index[-1] == pd.Timestamp(weekly.end_date) + pd.Timedelta(days=1)


def test_the_object_of_a_run_has_its_origin_its_end_and_its_outcomes(run):
    made = run.to_json()
    assert (made["case"], made["policy"], made["seed"], made["engine"]) == ("template", "opening", 3, "mesa")
    assert made["steps"] == len(run.series) - 1
    assert made["end_date"] == run.end_date.isoformat()
    assert made["trajectory_sha256"] == run.trajectory.sha256
    assert made["outcomes"]["fatalities"] == run.series["tally.fatalities"].iloc[-1]
    assert "end_reason" not in made["outcomes"]
    assert json.loads(json.dumps(made)) == made
    assert run.outcomes["end_reason"] == made["end_reason"] == run.end_reason
    assert run.outcomes["end_date"] == made["end_date"]


def test_a_saved_run_says_on_every_row_what_made_it(run, tmp_path):
    path = run.save(tmp_path / "run.parquet")
    table = pd.read_parquet(path)
    assert list(table.columns[:6]) == ["case", "policy", "seed", "version", "scenario_sha256", "date"]
    assert table["case"].unique().tolist() == ["template"]
    assert table["seed"].unique().tolist() == [3]
    assert table["scenario_sha256"].unique().tolist() == [run.start.scenario.sha256]
    assert table["tally.fatalities"].tolist() == run.series["tally.fatalities"].tolist()
    with pytest.raises(InputError, match=r"expected a path that ends in \.parquet"):
        run.save(tmp_path / "run.csv")


def test_a_figure_is_given_what_it_shows(run, monkeypatch):
    given = {}
    monkeypatch.setattr(
        module,
        "draw",
        lambda name, *tables, about: given.update(name=name, tables=tables, about=about) or "f",
    )
    assert run.plot() == "f"
    series, events, observed = given["tables"]
    assert given["name"] == "run"
    assert series is run.series
    assert events is run.events
    assert observed.columns[0] == "date"
    about = given["about"]
    assert (about["title"], about["policy"]) == (run.start.scenario.case.title, "opening")
    assert "not a forecast" in about["note"].lower()
    assert about["titles"] == dict(run.start.cast.titles)
    assert about["tracks"] == run.start.cast.tracks
    assert about["pivot"] == run.start.scenario.case.pivot.isoformat()
    assert about["deaths_scale"] == run.start.scenario.case.deaths_scale
    assert about["lethal"] is True


def test_a_run_in_one_line(run):
    end = f"{run.end_reason} on {run.end_date}"
    assert repr(run) == f"<Run template, opening, seed 3: {end}>"


def test_a_portrait_is_given_months_and_trust(run, monkeypatch):
    given = {}
    monkeypatch.setattr(
        module,
        "drawn_or_plain",
        lambda run, name, *tables, about: given.update(name=name, tables=tables, about=about),
    )
    run._repr_html_()
    months, trust = given["tables"]
    assert given["name"] == "run-portrait"
    total = run.series["tally.fatalities"]
    first = total[pd.Timestamp(2030, 2, 1)] - total.iloc[0]
    assert months["date"].tolist()[0] == pd.Timestamp(2030, 1, 1)
    assert months["value"].tolist()[0] == first
    both = run.series[["dyads.republic>movement.trust", "dyads.movement>republic.trust"]].mean(axis=1)
    assert trust["value"].tolist() == both.tolist()
    about = given["about"]
    assert about["unit"] == "deaths a month"
    assert about["span"] == (run.start.scenario.case.start, run.start.scenario.case.end)
    facts = dict(about["facts"])
    assert facts["deaths"] == f"{total.iloc[-1]:,.0f}"
    assert facts["days in ceasefire"] == f"{run.outcomes['days_in_ceasefire']:,.0f}"
    assert facts["trust at the end"] == f"{run.outcomes['final_trust']:.2f}"
    assert facts[""] == f"{run.end_reason.replace('_', ' ')} on {run.end_date}"


def test_a_compiled_run_is_announced_before_it_begins(monkeypatch):
    said = []
    monkeypatch.setattr(
        module, "run_opening", lambda start, seed, engine, actors: said.append((seed, engine))
    )
    for engine in ("compiled", "mesa", "auto"):
        detente.run("template", "opening", 9, engine=engine, ready=lambda start, seed: said.append(seed))
    assert said == [9, (9, "compiled"), (9, "mesa"), (9, "auto")]


def test_a_run_may_draw_its_parameters_from_a_posterior(tmp_path, monkeypatch):
    file = tmp_path / "p.json"
    sample = {"sample": [[0.25]], "weights": [1], "parameters": ["violence.n_own"]}
    file.write_text(json.dumps(sample), encoding="utf-8")
    monkeypatch.setattr(module, "run_opening", lambda start, seed, engine, actors: start)
    assert detente.run("template", "opening", posterior=str(file)).parameters.violence.n_own == 0.25
    assert detente.run("template", "opening").parameters.violence.n_own != 0.25


def test_which_engine_a_run_is_taken_to(start, monkeypatch):
    own = {"republic": Own}
    ready = []
    monkeypatch.setattr("detente.model.engine.is_ready", lambda: bool(ready))
    assert chosen_engine(start, "auto", None) == "mesa"
    ready.append(1)
    assert chosen_engine(start, "auto", None) == "compiled"
    assert chosen_engine(start, "auto", own) == "mesa"
    assert [chosen_engine(start, e, None) for e in ("mesa", "compiled")] == ["mesa", "compiled"]
    assert chosen_engine(start, "compiled", {"republic": detente.Party}) == "compiled"
    with pytest.raises(InputError, match=r"class of its own \(republic\); expected engine 'mesa' or 'auto'"):
        chosen_engine(start, "compiled", own)
    with pytest.raises(InputError, match="engine: got 'fast'; expected one of: auto, mesa, compiled"):
        chosen_engine(start, "fast", None)
    with pytest.raises(InputError, match="did you mean 'compiled'"):
        chosen_engine(start, "compild", None)


def test_classes_of_ones_own_are_told_from_stock(start):
    assert own_classes(start, {}) == []
    assert own_classes(start, {"movement": Own, "republic": Own}) == ["movement", "republic"]
    assert own_classes(start, {"republic": detente.Party}) == []


def test_the_last_day_of_a_run(run):
    assert run.end_date == date(2031, 12, 31)
    assert run.end_reason in END_REASONS
    assert np.isfinite(run.finals.rows).all()
