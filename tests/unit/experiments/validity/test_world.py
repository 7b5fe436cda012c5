"""Drawn wars against targets: what is kept of runs, the tables made of it, and the card."""

import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import detente
from detente.experiments.cli.main import app
from detente.experiments.evidence import samples
from detente.experiments.evidence.world_targets import Target, targets
from detente.experiments.validity import world as worlds
from detente.experiments.validity.war_records import packed, status_quo, unpacked, war_records
from detente.experiments.validity.world import WorldResult, results_of, validate_world
from detente.experiments.validity.world_figures import READS, REASONS, Figure
from detente.experiments.validity.world_tables import WorldTables, outcome_of, world_tables
from detente.model.drawn_wars import drawn_war
from detente.model.errors import InputError

NAN = float("nan")
THREE_SIDED = 1
"""A drawn war with a patron and a second movement."""


def called(*args):
    return CliRunner().invoke(app, ["validate", *args])


@pytest.fixture(scope="module")
def records():
    start = status_quo(drawn_war(THREE_SIDED), 8, {})
    return start, war_records(start, [1, 2], 1)


def record(days, deaths, truces=(), agreements=(), falls=()):
    """One run of one movement with some deaths a day."""
    counts = packed(np.asarray(deaths, dtype=float)[None, :days])
    about = {"seed": 1, "days": days, "dyads": ["movement"], "events": counts, "deaths": counts}
    return {**about, "truces": list(truces), "agreements": list(agreements), "falls": list(falls)}


def test_counts_come_back_from_their_text():
    counts = np.array([[0.0, 3.0, 65535.0], [1.0, 0.0, 2.0]])
    assert unpacked(packed(counts)).tolist() == counts.tolist()


def test_the_days_of_a_run_are_those_of_its_tally(records):
    start, (first, second) = records
    run = detente.run(start.scenario, start.policy, seed=1)
    hostile = [d for d in start.cast.dyads if "movement" in d]
    attacks = sum(run.series[f"dyads.{d}.step_attacks"].iloc[1:].to_numpy() for d in hostile)
    assert unpacked(first["events"]).sum(axis=0).tolist() == attacks[: first["days"]].tolist()
    assert first["dyads"] == ["movement", "second-movement"]
    assert json.loads(json.dumps(second)) == second


def test_ceasefires_and_agreements_of_a_run_are_those_of_its_log(records):
    start, (first, _) = records
    run = detente.run(start.scenario, start.policy, seed=1)
    began = run.events[run.events["event"] == "truce_began"]
    assert len(first["truces"]) == len(began)
    agreed = run.events[run.events["event"] == "agreement"]
    assert len(first["agreements"]) == len(agreed)


def test_a_quiet_year_ends_an_episode_and_what_happened_names_it():
    deaths = np.r_[np.ones(800), np.zeros(5000)]
    definitive = [0, 760, None, "definitive", False, False, ""]
    cases = {
        "low activity": record(3652, deaths),
        "ceasefire": record(3652, deaths, truces=[definitive]),
        "agreement": record(3652, deaths, truces=[definitive], agreements=[[0, 760, "full", None]]),
        "government victory": record(800, deaths, falls=[[799, False, None]]),
        "rebel victory": record(800, deaths, falls=[[799, True, None]]),
        "": record(1100, deaths),
    }
    tables = world_tables([("w", list(cases.values()))], 10, 1.0)
    assert tables.episodes["outcome"].tolist() == list(cases)
    assert tables.episodes["last_year"].tolist() == [2] * 6


def test_new_ceasefires_are_counted_in_active_years():
    truce = [[0, 10, 20, "cessation", False, False, "term"], [0, 24, 30, "cessation", False, False, "term"]]
    local = [0, 400, 410, "cessation", False, True, "term"]
    tables = world_tables([("w", [record(2922, np.ones(2922), truces=[*truce, local])])], 8, 1.0)
    assert tables.active_years["new"].tolist() == [1, 1, 0, 0, 0, 0, 0, 0]
    assert tables.active_years["general"].tolist() == [1, 0, 0, 0, 0, 0, 0, 0]


def test_a_victory_needs_no_quiet_year_but_fading_does():
    fake = SimpleNamespace(
        falls={},
        days=SimpleNamespace(conflict=np.array([0])),
        year_edges=np.array([0, 365, 730, 1096]),
        years=3,
        truces=pd.DataFrame({"dyad": [], "start": [], "local": [], "unilateral": []}),
        agreements=pd.DataFrame({"dyad": [], "day": []}),
    )
    assert outcome_of(fake, np.array([0]), 2, 1095) == ""
    assert outcome_of(fake, np.array([0]), 1, 1095) == "low activity"


def test_every_target_is_read_or_says_why_not():
    ids = {t.id for t in targets()}
    assert set(READS) | set(REASONS) == ids
    assert not set(READS) & set(REASONS)


def target(value, low, high):
    return Target("X", "", "q", "s", value, low, high, 9, "strong")


@pytest.mark.parametrize(
    ("observed", "model", "verdict"),
    [
        ((0.5, 0.4, 0.6), (0.6, 0.1, 0.9), "inside"),
        ((0.5, 0.4, 0.6), (0.61, 0.1, 0.9), "outside"),
        ((0.5, NAN, NAN), (0.7, 0.5, 0.9), "inside"),
        ((0.5, NAN, NAN), (0.7, 0.6, 0.9), "outside"),
    ],
)
def test_a_value_is_inside_the_interval_of_its_target(observed, model, verdict):
    assert WorldResult(target(*observed), *model, 9, 3, NAN, "").verdict == verdict


def test_too_few_units_are_not_computed():
    tables = world_tables([("w", [record(2922, np.ones(2922))])], 8, 1.0)
    results = {r.target.label: r for r in results_of(tables, 2, lambda *_: None)}
    assert results["A1"].verdict == "cannot be computed"
    assert results["A1"].reason == "only 0 of them in all runs"
    assert results["C10"].reason == REASONS["C10"]
    assert isinstance(tables, WorldTables)


def test_a_comparison_goes_on_to_equal_bytes(tmp_path, monkeypatch):
    path = tmp_path / "world.jsonl"
    monkeypatch.setattr(worlds, "READS", dict.fromkeys(READS, READS["L9"]))
    monkeypatch.setattr(
        worlds, "judged", lambda t, place, figures, draws: WorldResult(t, 1, 0, 2, 9, 3, NAN, "")
    )
    card = validate_world(2, 1, years=8, out=path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    again = validate_world(2, 1, years=8, out=path, resume=True)
    assert path.read_bytes() == whole
    assert card.table().equals(again.table())
    strengths = [r.target.strength for r in card.results]
    assert strengths == sorted(strengths, key=("strong", "medium", "weak").index)
    assert card.of("inside", "strong")


@pytest.mark.parametrize(
    ("kwargs", "expected"),
    [
        ({"wars": 0}, "wars: got 0"),
        ({"years": 5}, "years: got 5"),
        ({"placed": 1.5}, "placed: got 1.5"),
        ({"parameters": {"trust.memori": 300}}, "memory"),
        ({"resume": True}, "resume: got no out"),
    ],
)
def test_what_cannot_be_used_is_refused(kwargs, expected):
    with pytest.raises(InputError, match=expected):
        validate_world(**{"wars": 1, "seeds": 1, **kwargs})


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (["--seeds", "3"], "--seeds"),
        (["--world", "template"], "CASE"),
        (["--world", "--runs", "3"], "--runs"),
        (["--world", "--resume"], "--out"),
        (["--world", "--param", "trust.memori=3"], "memory"),
    ],
)
def test_options_of_the_other_comparison_are_refused(args, expected):
    result = called(*args)
    assert result.exit_code == 2
    assert expected in result.stderr


def test_an_interrupted_comparison_says_how_to_go_on(tmp_path, monkeypatch):
    def stopped(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(worlds, "validate_world", stopped)
    result = called("--world", "--out", str(tmp_path / "w.jsonl"))
    assert result.exit_code == 130
    assert "--resume" in result.stderr


def test_the_card_is_printed_strong_targets_first(monkeypatch):
    results = tuple(
        WorldResult(t, 0.5, 0.4, 0.6, 20, 4, 0.8, REASONS.get(t.id, ""))
        for t in sorted(targets(), key=lambda t: ("strong", "medium", "weak").index(t.strength))
    )
    card = worlds.WorldCard(results, 4, 2, 8, 0.4, {})
    monkeypatch.setattr(worlds, "validate_world", lambda *args, **kwargs: card)
    printed = called("--world").stdout
    assert printed.index("strong targets") < printed.index("medium targets") < printed.index("weak targets")
    assert "C10 cannot be computed: drawn wars have no peacekeepers" in printed
    assert "4 wars, 2 seeds, 8 years; 40% of events seen." in printed
    plain = json.loads(called("--world", "--json").stdout)
    assert set(plain) == {"note", "wars", "seeds", "years", "placed", "parameters", "targets"}
    assert plain["targets"][0]["verdict"] in ("inside", "outside", "cannot be computed")


# -- the comparison itself


def figure(values, groups=None, placebo=NAN):
    groups = np.arange(len(values)) if groups is None else np.array(groups)
    return Figure(samples.sample(np.array(values), groups, samples.mean), placebo)


def test_a_target_is_judged_by_the_figure_in_its_place():
    figures = [figure([1.0] * 8), figure(np.arange(8.0), [0, 0, 1, 1, 2, 2, 3, 3], placebo=0.5)]
    found = worlds.judged(target(0.5, 0.4, 0.6), 1, figures, 50)
    assert (found.value, found.n, found.n_wars, found.placebo, found.reason) == (3.5, 8, 4, 0.5, "")
    assert (found.low, found.high) == figures[1].sample.interval(50)
    few = worlds.judged(target(0.5, 0.4, 0.6), 0, [figure([1.0] * 7, [0] * 7, placebo=0.5)], 50)
    assert few.reason == "only 7 of them in all runs"
    assert (few.n, few.n_wars) == (7, 1)
    assert np.isnan([few.value, few.low, few.high, few.placebo]).all()


def test_the_parts_of_a_target_take_their_figures_in_order(monkeypatch):
    asked, read, told = [t for t in targets() if t.id in ("H9", "A1", "C8")], [], []
    monkeypatch.setattr(worlds, "targets", lambda: asked)
    reads = {
        name: lambda tables, name=name: read.append(name) or ["first", "second"] for name in ("H9", "A1")
    }
    monkeypatch.setattr(worlds, "READS", reads)
    monkeypatch.setattr(worlds, "judged", lambda t, place, figures, draws: (t.label, figures[place], draws))
    found = list(results_of("tables", 9, lambda *what: told.append(what)))
    labels = [t.label for t in asked]
    judged = {entry[0]: entry[1:] for entry in found if isinstance(entry, tuple)}
    assert judged == {
        "H9 (2 years)": ("first", 9),
        "H9 (5 years)": ("second", 9),
        "A1": ("first", 9),
    }
    assert sorted(read) == ["A1", "H9"]
    (none,) = [entry for entry in found if not isinstance(entry, tuple)]
    assert (none.target.id, none.reason, none.n, none.n_wars) == ("C8", REASONS["C8"], 0, 0)
    assert np.isnan([none.value, none.low, none.high, none.placebo]).all()
    assert told[0] == (f"measuring {asked[0].id}", 0, len(labels))
    assert told[-1] == ("measured", len(labels), len(labels))
    assert [t[1] for t in told] == list(range(len(labels) + 1))


def test_runs_are_made_war_by_war_under_seeds_of_their_own(monkeypatch):
    made, told = [], []

    def war_records(start, seeds, threads):
        made.append((start[0].case.name, start[1:], list(seeds)))
        return [start[0].case.name]

    monkeypatch.setattr(worlds, "war_records", war_records)
    monkeypatch.setattr(worlds, "status_quo", lambda war, years, parameters: (war, years, parameters))
    found = list(worlds.records(2, 3, 9, {"trust": {}}, None, lambda *what: told.append(what)))
    names = [name for name, _ in found]
    assert len(set(names)) == 2
    own = ([1, 2, 3], [4, 5, 6])
    assert made == [(name, (9, {"trust": {}}), seeds) for name, seeds in zip(names, own, strict=True)]
    assert found == [(name, [name]) for name in names]
    assert told == [(f"running {names[0]}", 0, 2), (f"running {names[1]}", 1, 2), ("running", 2, 2)]

    added = []
    file = SimpleNamespace(
        plain={(names[0],): ["kept"]}, append=lambda key, result: added.append((key, result))
    )
    kept = list(worlds.records(2, 3, 9, {}, file, lambda *what: None))
    assert kept == [(names[0], ["kept"]), (names[1], [names[1]])]
    assert added == [((names[1],), [names[1]])]


def test_what_was_asked_for_reaches_the_runs_and_stands_on_the_card(monkeypatch):
    asked = {}

    def records(wars, seeds, years, tables, file, tell):
        asked.update(wars=wars, seeds=seeds, years=years, tables=tables, file=file)
        return iter([("w", [])])

    results = [WorldResult(t, 1, 0, 2, 9, 3, NAN, "") for t in targets()[:5]]
    monkeypatch.setattr(worlds, "records", records)
    monkeypatch.setattr(worlds, "world_tables", lambda runs, years, placed: (runs, years, placed))
    monkeypatch.setattr(
        worlds, "results_of", lambda tables, draws, tell: asked.update(t=tables, d=draws) or results
    )
    card = validate_world(3, 4, years=9, placed=1, parameters={"trust.memory": 300}, draws=7)
    assert asked == {
        "wars": 3,
        "seeds": 4,
        "years": 9,
        "tables": {"trust": {"memory": 300}},
        "file": None,
        "t": ([("w", [])], 9, 1.0),
        "d": 7,
    }
    assert (card.wars, card.seeds, card.years, card.placed) == (3, 4, 9, 1.0)
    assert card.parameters == {"trust.memory": 300}
    made = card.to_json()
    assert {k: made[k] for k in ("wars", "seeds", "years", "placed", "parameters")} == {
        "wars": 3,
        "seeds": 4,
        "years": 9,
        "placed": 1.0,
        "parameters": {"trust.memory": 300},
    }
    assert "not a forecast" in made["note"].lower()
    assert len(made["targets"]) == 5
    usual = validate_world()
    assert (usual.wars, usual.seeds, usual.years, usual.placed, asked["d"]) == (40, 10, 20, 0.4, 100)


def test_a_row_says_what_was_observed_what_the_model_gives_and_the_verdict():
    row = worlds.row_of(WorldResult(target(0.5, 0.4, 0.6), 0.7, 0.65, 0.75, 20, 4, 0.9, ""))
    assert row == {
        "target": "X",
        "quantity": "q",
        "strength": "strong",
        "observed_value": 0.5,
        "observed_low": 0.4,
        "observed_high": 0.6,
        "observed_n": 9,
        "model_value": 0.7,
        "model_low": 0.65,
        "model_high": 0.75,
        "model_n": 20,
        "model_n_wars": 4,
        "model_placebo": 0.9,
        "verdict": "outside",
        "reason": "",
    }
    assert worlds.row_of(WorldResult(target(0.5, 0.4, 0.6), 0.5, 0, 1, 1, 1, NAN, "few"))["verdict"] == (
        "cannot be computed"
    )


def test_results_by_verdict_and_strength():
    def result(value, strength):
        return WorldResult(Target("X", "", "q", "s", 0.5, 0.4, 0.6, 9, strength), value, 0, 1, 9, 3, NAN, "")

    card = worlds.WorldCard(
        (result(0.5, "strong"), result(0.9, "strong"), result(0.5, "weak")), 1, 1, 8, 1.0, {}
    )
    assert [len(card.of(*asked)) for asked in (("inside",), ("inside", "weak"), ("outside", "weak"))] == [
        2,
        1,
        0,
    ]


@pytest.mark.parametrize(
    ("placed", "fine"), [(1, True), (0.01, True), (0, False), (1.01, False), (True, False), ("1", False)]
)
def test_a_source_places_some_events_and_at_most_all(placed, fine):
    if fine:
        assert worlds.checked_share(placed) == float(placed)
    else:
        with pytest.raises(InputError, match=r"placed: got .*; expected a number above 0 and at most 1"):
            worlds.checked_share(placed)


@pytest.mark.parametrize(
    "asked", [{"years": 7}, {"years": 61}, {"draws": 1}, {"seeds": 0}], ids=lambda asked: next(iter(asked))
)
def test_sizes_out_of_range_are_refused(asked):
    with pytest.raises(InputError, match=f"{next(iter(asked))}: got"):
        validate_world(**{"wars": 1, "seeds": 1, **asked})


def test_runs_kept_by_an_earlier_version_are_not_gone_on_with(tmp_path):
    path = tmp_path / "world.jsonl"
    validate_world(2, 1, years=8, draws=2, out=path)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"world": 2', '"world": 1', 1), encoding="utf-8")
    with pytest.raises(InputError, match="holds the results of another comparison"):
        validate_world(2, 1, years=8, draws=2, out=path, resume=True)
