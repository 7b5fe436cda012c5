"""What stands behind the pages: shares of variance, the results folder, futures, background work, panels."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import detente
from detente.experiments.analysis.variance_shares import interactions, shares, so_far
from detente.model.errors import InputError


def grid(outcome) -> pd.DataFrame:
    """A sweep of two factors of five levels, two runs a point."""
    rows = [(5 * i + j, i / 4, j / 4) for i in range(5) for j in range(5) for _ in range(2)]
    table = pd.DataFrame(rows, columns=["point", "a", "b"])
    return table.assign(y=outcome(table["a"], table["b"]))


def test_shares_of_an_outcome_that_adds_up_are_those_of_its_parts():
    table = grid(lambda a, b: 3 * a + b)
    found = shares(table, ["a", "b"], "y").set_index("factor")["share"]
    assert found["a"] == pytest.approx(0.9)
    assert found["b"] == pytest.approx(0.1)
    assert interactions(table, ["a", "b"], "y")["share"].item() == pytest.approx(0.0, abs=1e-12)


def test_what_two_factors_do_only_together_is_their_interaction():
    table = grid(lambda a, b: (a - 0.5) * (b - 0.5))
    assert shares(table, ["a", "b"], "y")["share"].max() == pytest.approx(0.0, abs=1e-12)
    assert interactions(table, ["a", "b"], "y")["share"].item() == pytest.approx(1.0)


def test_a_factor_of_many_values_is_cut_into_parts():
    rng = np.random.default_rng(1)
    table = pd.DataFrame({"point": range(600), "a": rng.random(600), "b": rng.random(600)})
    table["y"] = table["a"]
    found = shares(table, ["a", "b"], "y").set_index("factor")["share"]
    assert found["a"] == pytest.approx(0.96, abs=0.02)  # a fifth of a uniform has a 25th of its variance
    assert found["b"] < 0.05


def test_nothing_explains_what_does_not_vary():
    assert shares(grid(lambda a, b: 0 * a), ["a", "b"], "y")["share"].tolist() == [0.0, 0.0]


def test_what_is_there_so_far_is_laid_out_as_indices_are_and_holds_luck_apart():
    table = grid(lambda a, b: 3 * a + b).assign(case="c", policy="p", theory="t")
    table["seed"] = table.groupby("point").cumcount()
    table = table.iloc[:-1]  # the last point still lacks a seed
    indices, noise = so_far(table, ["a", "b"], "y")
    from detente.experiments.analysis.sensitivity import COLUMNS

    assert tuple(indices.columns) == COLUMNS
    assert indices.set_index("factor")["value"]["a"] > 0.85
    assert noise["share"].item() == pytest.approx(0.0)
    assert noise["verdict"].item() == "clear"


def test_the_page_draws_what_an_outcome_depends_on_as_the_command_does():
    from detente.dashboards.figures.sensitivity import sensitivity_figure
    from detente.dashboards.figures.sweep import leading_figure

    table = grid(lambda a, b: 3 * a + b).assign(case="c", policy="p", theory="t")
    table["seed"] = table.groupby("point").cumcount()
    about = {"method": "share", "runs": 50, "points": 25, "note": "no forecast", "unit": "deaths"}
    drawn = so_far(table, ["a", "b"], "y")
    for figure in (sensitivity_figure(*drawn, about=about), leading_figure(*drawn, about=about)):
        (bars,) = figure.data
        assert dict(zip(bars.y, bars.x, strict=True)) == pytest.approx({"a": 0.9, "b": 0.1})


def test_a_heat_map_of_single_runs_and_of_close_levels_has_a_cell_for_each():
    from detente.dashboards.figures.sweep import cell_labels, heat_figure

    levels = [1000.0, 1000.5, 1001.0]
    rows = [(a, b, a + b) for a in levels for b in (0.0, 0.5)]
    table = pd.DataFrame(rows, columns=["a", "b", "fatalities"])
    about = {"unit": "deaths", "units": {"a": "days", "b": "1"}}
    (heat,) = heat_figure(table, "a", "b", "fatalities", about=about).data
    assert heat.z.tolist() == [[a + b for a in levels] for b in (0.0, 0.5)]
    assert list(heat.x) == ["1000", "1000.5", "1001"]
    assert set(cell_labels(table["a"])) == set(heat.x)


def test_a_sweep_without_deaths_begins_with_its_provocations():
    from detente.dashboards.app.pages.explore import first_outcome

    assert first_outcome(pd.DataFrame({"deaths_per_day": [0.0, 0.1], "attacks": [3, 4]})) == "deaths_per_day"
    assert first_outcome(pd.DataFrame({"deaths_per_day": [0.0, 0.0], "attacks": [3, 4]})) == "attacks"


def test_a_run_opened_from_a_cell_is_the_run_of_the_sweep(tmp_path: Path, compiled):
    """What the design holds constant (a lever, a parameter, a fact, mode and step) is part of the run as well."""
    from detente.dashboards.app.address import live_link, read_view
    from detente.dashboards.app.shell import query_of
    from detente.dashboards.app.sweeps import recipe_of_row, stamp_of_row
    from detente.experiments.sweep.results import open_results
    from detente.experiments.sweep.sweep import sweep

    levers = {"ceasefires": "0,1", "mediation": "0.4"}
    parameters, more = {"trust.memory": "300"}, {"mode": "conditioned", "step_days": 2.0}
    more |= {
        "facts": {"party.movement.morale": [0.8, 1.2], "measure.prisoner-release.cost": 0.4},
        "point": True,
    }
    sweep("template", levers=levers, parameters=parameters, runs=2, out=tmp_path / "held", **more)
    results = open_results(tmp_path / "held")
    for _, row in results.table.iterrows():
        link = live_link(recipe_of_row(results, row), made=stamp_of_row(row))
        run = read_view(query_of(link.partition("?")[2])).recipe.run()
        for name in ("fatalities", "final_trust", "days_in_ceasefire", "measures"):
            assert run.outcomes[name] == row[name]
    assert results.table["fatalities"].nunique() > 1


@pytest.mark.parametrize("name", ["..", "../other", "/etc", "link", "a\0b"])
def test_paths_outside_the_results_folder_are_refused(tmp_path: Path, name):
    from detente.dashboards.app.sweeps import open_sweep, sweep_names

    folder, other = tmp_path / "results", tmp_path / "other"
    folder.mkdir()
    other.mkdir()
    (other / "_manifest.json").write_text("{}")
    (folder / "link").symlink_to(other)
    assert sweep_names(folder) == []
    with pytest.raises(InputError, match="outside the results folder"):
        open_sweep(folder, name)


def test_the_whole_answer_goes_on_from_the_first(compiled):
    from detente.dashboards.app.futures import ALL, FIRST, FutureBook
    from detente.experiments.runs.replay import Recipe

    book = FutureBook()
    start = Recipe(case="template", policy="status-quo", levers={"recognition": 0.4}).open()
    book.ensemble(start, FIRST)
    assert not book.has([start], ALL)
    made = book.ensemble(start, ALL)
    plain = detente.ensemble("template", "status-quo", ALL, levers={"recognition": 0.4})
    assert made.seeds == plain.seeds
    pd.testing.assert_frame_equal(made.outcomes, plain.outcomes)
    pd.testing.assert_frame_equal(made.fan(), plain.fan())
    assert book.ensemble(start, ALL) is made
    assert book.has([start], ALL)


def test_panels_hold_the_traces_of_the_figure_they_were_taken_from():
    from detente.dashboards.figures.panels import panels

    figure = detente.run("template", "status-quo", seed=4, engine="mesa").plot()
    taken = panels(figure, dates=("2018-01-01", "2019-01-01"))
    assert sum(len(p["data"]) for p in taken.values()) == len(figure.data)
    assert next(iter(taken)) == "Violence, as a monthly rate"
    for panel in taken.values():
        assert {(t["xaxis"], t["yaxis"]) for t in panel["data"]} <= {("x", "y")}
        assert panel["layout"]["xaxis"]["range"] == ["2018-01-01", "2019-01-01"]


@pytest.mark.mesa
def test_a_watched_process_shows_what_it_had_written_and_nothing_of_the_step_it_is_in():
    pytest.importorskip("solara", reason="Mesa's own server is in the extra mesa-server")
    from detente.dashboards.mesa_parts import WatchedProcess

    model = WatchedProcess("template", "status-quo", rng="7", recognition=0.0)
    plain = detente.PeaceProcess("template", "status-quo", rng=7, keep_trajectory=True)
    for _ in range(30):
        model.step()
        plain.step()
    frame, early = model.frame, model.run_at(model.frame)
    for _ in range(30):
        model.step()
    assert np.array_equal(model.run_at(frame).trajectory.rows, plain.trajectory().rows)
    assert np.array_equal(early.trajectory.events, plain.trajectory().events)
    assert model.opening.levers == plain.opening.levers
    assert model.frame != frame


@pytest.mark.parametrize("typed", ["seven", "", "-1", "1.5", None, 2**64])
def test_a_seed_that_is_none_is_said_and_replaced(typed):
    pytest.importorskip("solara", reason="Mesa's own server is in the extra mesa-server")
    from detente.dashboards.mesa_parts import SEED, WatchedProcess

    model = WatchedProcess("template", "status-quo", rng=typed)
    assert "expected a whole number" in model.complaint
    assert model.seed_number == SEED


@pytest.mark.parametrize("n", [1, 2, 3, 10, 333])
def test_bands_are_numpys_quantiles_of_the_runs_still_going(n):
    from detente.experiments.runs.intervals import QUANTILES, bands

    rng = np.random.default_rng(n)
    values = rng.gamma(2, 50, (n, 60)).astype(np.float32)
    for row, end in enumerate(rng.integers(0, 80, n)):
        values[row, end:] = np.nan
    made = bands(values)
    some = made["n"] > 0
    expected = np.nanquantile(values[:, some].astype(float), list(QUANTILES.values()), axis=0)
    for name, row in zip(QUANTILES, expected, strict=True):
        assert np.array_equal(made[name][some], row)
        assert np.isnan(made[name][~some]).all()


def twins():
    """The template with two tracks that differ in nothing but their name, and one of another rank."""
    from detente.model.catalogue import load_scenario

    case = load_scenario("template")
    front = case.track[0]
    more = [
        front.model_copy(update={"name": "second"}),
        front.model_copy(update={"name": "top", "rank": "summit"}),
    ]
    return case.model_copy(update={"track": (*case.track, *more)})


@pytest.mark.parametrize("case", ["afghanistan-2018", "korea-2017", "twins"])
def test_tracks_between_two_parties_are_told_apart(case: str):
    from detente.dashboards.app.offers import plates
    from detente.model.catalogue import load_scenario
    from detente.model.titles import told_apart

    scenario = twins() if case == "twins" else load_scenario(case)
    said, titles = plates(scenario), told_apart(scenario)
    shown = {(frozenset(t.between), said[t.name]) for t in scenario.track}
    assert len(shown) == len(set(titles.values())) == len(scenario.track)
    if case == "korea-2017":
        assert said["inter-korean"] == "senior talks"
        assert said["inter-korean-summit"] == "summit talks"
        assert titles["envoys"] == "Messages through the envoys of the South"
    if case == "twins":
        assert [said[name] for name in ("front", "second", "top")] == [
            "senior talks 1",
            "senior talks 2",
            "summit talks",
        ]
        assert titles["second"].endswith("[second]")


def test_the_chronicle_tells_tracks_of_one_title_apart_by_what_differs():
    """Two lines of talks of one title, between different sides and of different form, both opened by decision."""
    from detente.experiments.runs.run import run_opening
    from detente.model.catalogue import load_policy, load_scenario
    from detente.model.opening import opening
    from detente.model.request import checked_decisions

    case = load_scenario("korea-2017")
    same = {"inter-korean-summit": "Talks", "us-north-senior": "Talks", "us-north-working": "Talks"}
    tracks = tuple(t.model_copy(update={"title": same.get(t.name, t.title)}) for t in case.track)
    case = case.model_copy(update={"track": tracks})
    made = [
        {"date": "2018-03-01", "sort": "joint", "do": "open_track", "actor": t.between[0], "to": t.between[1]}
        | {"track": t.name}
        for t in tracks
        if t.name in same
    ]
    start = opening(case, load_policy(case, "status-quo"), decisions=checked_decisions(case, made))
    events = run_opening(start, 1).events
    day = events[events["date"] == "2018-03-01"]
    opened = set(day.loc[day["event"] == "track_opened", "what"])
    assert {w for w in opened if w.startswith("Talks")} == {
        "Talks (North Korea and South Korea, front, summit level)",
        "Talks (United States and North Korea, direct, senior level)",
        "Talks (United States and North Korea, working, working level)",
    }
    imposed = " ".join(day.loc[day["event"] == "move_imposed", "what"])
    assert "open track: Talks (United States and North Korea, direct, senior level)" in imposed


def test_a_decision_on_mesa_s_page_changes_nothing_before_its_day() -> None:
    pytest.importorskip("solara", reason="Mesa's own server is in the extra mesa-server")
    from detente.dashboards.app.offers import offers
    from detente.dashboards.mesa_decisions import decisions, shown_day
    from detente.dashboards.mesa_parts import WatchedProcess

    model = WatchedProcess("template", "status-quo", rng=3)
    for _ in range(70):
        model.step()
    drawn = model.drawn(model.frame)
    day = shown_day(model, drawn)
    assert (day.isoformat(), drawn.date) == ("2030-03-12", "12 March 2030")
    known = {one["label"]: one for one in offers(model.opening)}
    extend = known["The Republic and The Movement extend their ceasefire"]
    last = model.opening.scenario.case.end
    assert [d["actor"] for d in decisions(extend, day, last, 90, 0.5)] == ["republic", "movement"]
    assert decisions(extend, day, last, 9999, 0.5)[0]["until"] == last
    truce = decisions(known["The Republic and The Movement declare a ceasefire"], day, last, 30, 0.5)
    other = model.decided(truce, drawn.frame.n_rows)
    assert other.frame.n_rows == model.frame.n_rows
    assert np.array_equal(
        other.run_at(other.frame).trajectory.rows, model.run_at(model.frame).trajectory.rows
    )
    for _ in range(10):
        model.step()
        other.step()
    assert other.run_at(other.frame).trajectory.sha256 != model.run_at(model.frame).trajectory.sha256
    assert [d["do"] for d in other.decisions] == ["offer_truce"]
    with pytest.raises(InputError):
        model.decided([{**truce[0], "actor": "nobody"}], 1)
