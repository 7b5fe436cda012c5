"""Seeds, intervals, settings and other small parts, at their edges."""

from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from detente import Party
from detente.experiments.runs import evaluate, inputs, runners
from detente.experiments.runs.bands import as_dates, violence_counted
from detente.experiments.runs.decision_origin import Dated, brings_about, own_moves
from detente.experiments.runs.inputs import (
    declared_levers,
    declared_of,
    declared_parameters,
    named_theories,
    setting,
    settings,
    whole_number,
)
from detente.experiments.runs.intervals import QUANTILES, bands, quantile, spread
from detente.experiments.runs.observed import observed_table
from detente.experiments.runs.opening_patches import FIRST, telltale
from detente.experiments.runs.provenance import kills
from detente.experiments.runs.recorded_series import checked_every, next_month
from detente.experiments.runs.runners import checked_workers, default_workers, importable
from detente.experiments.runs.seeds import checked_seeds, consecutive, seed_words
from detente.model.catalogue import load_scenario
from detente.model.errors import InputError
from detente.model.policy import MoveSpec
from detente.model.request import open_case
from detente.model.series import columns

# -- seeds


def test_seeds_are_consecutive_or_as_given():
    assert checked_seeds(3, None) == (1, 2, 3)
    assert checked_seeds(99, [5, np.int64(3), 0]) == (5, 3, 0)
    assert consecutive(4, 1) == (4,)
    assert consecutive(0, 2) == (0, 1)
    for seeds in ([], [1, 1], [2**64], [-1]):
        with pytest.raises(InputError):
            checked_seeds(3, seeds)


@pytest.mark.parametrize(
    ("seeds", "words"),
    [((7,), "7"), ((3, 4, 5), "3 to 5"), ((3, 5), "2 seeds from 3 to 5"), ((9, 3, 4), "3 seeds from 3 to 9")],
)
def test_seeds_in_words(seeds, words):
    assert seed_words(seeds) == words


# -- intervals


def test_quantiles_are_those_of_numpy():
    rng = np.random.default_rng(1)
    values = rng.normal(size=(9, 5))
    values[3:, 1] = np.nan
    values[:, 2] = np.nan
    values[1:, 4] = np.nan
    found = bands(values)
    assert found["n"].tolist() == [9, 3, 0, 9, 1]
    for name, share in QUANTILES.items():
        for k in (0, 1, 3, 4):
            assert found[name][k] == np.nanquantile(values[:, k], share)
        assert np.isnan(found[name][2])
    assert QUANTILES == {
        "low95": 0.025,
        "low80": 0.1,
        "low50": 0.25,
        "median": 0.5,
        "high50": 0.75,
        "high80": 0.9,
        "high95": 0.975,
    }


@pytest.mark.parametrize(
    ("share", "value"), [(0.0, 1.0), (0.25, 1.5), (0.3, 1.6), (0.375, 1.75), (0.5, 2.0), (1.0, 7.0)]
)
def test_a_quantile_of_the_first_values(share, value):
    ordered = np.array([[1.0], [2.0], [7.0], [99.0]])
    assert quantile(ordered, np.array([3]), share) == pytest.approx([value])


def test_the_spread_of_nothing():
    assert np.isnan(list(spread(np.zeros(0)).values())).all()
    assert list(spread(np.ones(2))) == ["mean", *QUANTILES]


# -- settings as people write them


def test_settings():
    assert setting(" a =0.5", "--x") == ("a", 0.5)
    assert settings(["a=1", "b=-2"], "--x") == {"a": 1.0, "b": -2.0}
    for text in ("a", "=1", "a=", "a=x", "a=inf", "a=-inf", "a=nan"):
        with pytest.raises(InputError, match=r"--x: got .*; expected NAME=NUMBER"):
            setting(text, "--x")
    with pytest.raises(InputError, match="--x: a is given twice"):
        settings(["a=1", "a=2"], "--x")


def test_theories_by_name():
    assert (
        named_theories("all")
        == named_theories(["all"])
        == ("readiness", "ripeness", "commitment", "reciprocity")
    )
    assert named_theories("ripeness") == ("ripeness",)
    assert named_theories(["ripeness", "all"]) == ("ripeness", "all")


@pytest.mark.parametrize(
    ("value", "fine"), [(1, True), (5, True), (0, False), (6, False), (True, False), (2.0, False)]
)
def test_whole_numbers(value, fine):
    if fine:
        assert whole_number(value, "x", most=5) == value
        return
    with pytest.raises(InputError, match=r"x: got .*; expected a whole number from 1 to 5"):
        whole_number(value, "x", most=5)


def test_what_is_declared():
    lever = declared_of("lever")["recognition"]
    assert lever is declared_levers()["recognition"]
    assert (lever.kind, lever.low, lever.high, lever.default, lever.unit, lever.whole) == (
        "lever",
        0,
        1,
        None,
        "1",
        False,
    )
    assert "(lesson 1)" in lever.meaning
    memory, switch = declared_parameters()["trust.memory"], declared_parameters()["switches.trust"]
    assert (memory.low, memory.high, memory.default, memory.unit) == (180.0, 1500.0, 540.0, "days")
    assert (memory.source, memory.grade, memory.whole, switch.whole) == (
        "assumption",
        "judgement",
        False,
        True,
    )
    assert memory.meaning == "time in which trust fades to its prior"
    assert inputs.MAX_RUNS == 10_000_000


# -- other parts


@pytest.mark.parametrize(
    ("every", "fine"), [(0.5, True), (3660, True), (0, False), (3660.5, False), (True, False), ("7", False)]
)
def test_how_often_series_are_kept(every, fine):
    if fine:
        assert checked_every(every) == float(every)
        return
    with pytest.raises(InputError, match=r"every: got .*; expected a number of days above 0"):
        checked_every(every)


def test_months_follow_each_other():
    assert next_month(date(2018, 1, 31)) == date(2018, 2, 1)
    assert next_month(date(2018, 12, 1)) == date(2019, 1, 1)
    assert as_dates([date(2018, 1, 1)])[0] == np.datetime64("2018-01-01")


def test_workers():
    assert checked_workers(None) == default_workers() >= 1
    assert checked_workers(1) == 1
    for threads in (0, True, 2.0):
        with pytest.raises(InputError, match=r"threads: got .*; expected a whole number of at least 1"):
            checked_workers(threads)


def test_classes_that_another_process_can_find(monkeypatch):
    import sys
    import types

    class Local:
        pass

    assert importable({"a": MoveSpec})
    assert not importable({"a": MoveSpec, "b": Local})
    typed_in = type("TypedIn", (), {"__module__": "__main__"})
    monkeypatch.setitem(sys.modules, "__main__", types.ModuleType("__main__"))
    assert not importable({"a": typed_in})
    sys.modules["__main__"].__file__ = "script.py"
    assert importable({"a": typed_in})


def test_whose_attacks_kill():
    korea = open_case("korea-2017", "history")
    assert not kills(korea)
    assert violence_counted(korea) == "provocations"
    template = open_case("template", "status-quo")
    assert kills(template)
    assert violence_counted(template) == "deaths"


def test_observed_months_as_a_table():
    scenario = load_scenario("afghanistan-2018")
    table = observed_table(scenario)
    assert len(table) == sum(len(s.monthly) for s in scenario.observed)
    first = scenario.observed[0]
    month, value = sorted(first.monthly.items())[0]
    assert table.iloc[0].tolist()[1:] == [first.name, float(value), first.unit, first.source]
    assert f"{table['date'].iloc[0]:%Y-%m-%d}" == f"{month}-01"


def test_telltale_points_lie_inside_their_ranges():
    found = telltale([(0.0, 1.0), (10.0, 20.0)], FIRST)
    assert found == pytest.approx((FIRST + 1e-6, 10.0 + 10.0 * (FIRST + 2e-6)), abs=1e-12)


# -- whose a decision was

AFGHAN = open_case("afghanistan-2018", "history")


def decided(**keys):
    return list(own_moves(MoveSpec.model_validate(keys), AFGHAN))


def test_what_a_user_decided():
    day, who = date(2018, 1, 11), {"actor": "taliban"}
    assert decided(date=day, do="open_track", track="direct", **who) == [
        (10.0, "taliban", "open_track", "direct")
    ]
    assert decided(date=date(2017, 1, 1), do="open_track", track="direct", **who)[0][0] == 0.0
    offer = decided(date=day, do="offer_truce", to="afghan-government", **who)
    assert offer == [(10.0, "taliban", "offer_truce", "taliban>afghan-government")]
    block = decided(date=day, do="block", what="offer_truce", to="afghan-government", **who)
    assert block == [(10.0, "taliban", "offer_truce", "taliban>afghan-government")]


def event(what, subject, actor=0):
    return {"what": what, "subject": subject, "actor": actor}


def test_what_a_move_may_have_brought_about():
    from detente.agents import codes

    cast = AFGHAN.cast
    track, measure, pair = cast.tracks[1], cast.measures[1], cast.pairs[0]
    a, b = pair.split("+")
    opened = Dated(0.0, cast.parties[0], "open_track", track, True)
    assert brings_about(opened, event(codes.TRACK_OPENED, 1), AFGHAN)
    assert not brings_about(opened, event(codes.TRACK_OPENED, 0), AFGHAN)
    given = Dated(0.0, cast.parties[0], "give_measure", measure, True)
    assert brings_about(given, event(codes.MEASURE_GIVEN, 1), AFGHAN)
    assert not brings_about(given, event(codes.MEASURE_GIVEN, 0), AFGHAN)
    assert not brings_about(given._replace(decision="open_track"), event(codes.MEASURE_GIVEN, 1), AFGHAN)
    assert not brings_about(opened._replace(decision="give_measure"), event(codes.TRACK_OPENED, 1), AFGHAN)
    truce = Dated(0.0, b, "answer_truce", f"{b}>{a}", True)
    assert brings_about(truce, event(codes.TRUCE_BEGAN, 0), AFGHAN)
    assert not brings_about(truce, event(codes.TRUCE_BEGAN, 1), AFGHAN)
    assert not brings_about(truce, event(codes.TRUCE_BEGAN, -1), AFGHAN)
    assert not brings_about(truce._replace(decision="open_track"), event(codes.TRUCE_BEGAN, 0), AFGHAN)
    drawn = Dated(0.0, cast.parties[1], "draw_down", "", True)
    assert brings_about(drawn, event(codes.DRAWDOWN, -1, 1), AFGHAN)
    assert not brings_about(drawn, event(codes.DRAWDOWN, -1, 0), AFGHAN)
    lever = Dated(0.0, cast.parties[1], "lever", "mediation", True)
    mediation = list(codes.LEVERS).index("mediation")
    assert brings_about(lever, event(codes.LEVER_SET, mediation, 1), AFGHAN)
    assert not brings_about(lever, event(codes.LEVER_SET, mediation - 1, 1), AFGHAN)
    assert not brings_about(lever, event(codes.LEVER_SET, mediation, 0), AFGHAN)
    actor, decision, about = cast.choices[3].split(":", 2)
    choice = Dated(0.0, actor, decision, about, True)
    assert brings_about(choice, event(codes.MOVE_IMPOSED, 3), AFGHAN)
    assert not brings_about(choice, event(codes.MOVE_IMPOSED, 4), AFGHAN)


# -- runs on Mesa


class Own(Party):
    """A party of one's own."""


def doubled(seed):
    return 2 * seed


def test_runs_on_mesa_are_stacked_and_padded():
    start = open_case("template", "status-quo", step_days=28.0)
    wanted = ("clock.end_step", "tally.attacks")
    rows, final = runners.run_on_mesa(start, 3, wanted, {})
    assert rows.shape == (1, start.n_steps + 1, 2)
    names = columns(start.cast)
    assert rows[0, -1].tolist() == final[0, [names.index(name) for name in wanted]].tolist()
    assert rows[0, -1, 1] > rows[0, 1, 1] >= rows[0, 0, 1] == 0.0
    both_rows, both_final = runners.stacked([(rows, final), (rows + 1, final + 1)])
    assert (both_rows[0].tolist(), both_rows[1].tolist()) == (rows[0].tolist(), (rows[0] + 1).tolist())
    assert both_final.tolist() == [final[0].tolist(), (final[0] + 1).tolist()]
    with runners.runner({"republic": Own}, 1) as run:
        again, last = run(start, [3, 4], wanted)
    assert again[0].tolist() == rows[0].tolist()
    assert (again.shape, last.shape) == ((2, *rows.shape[1:]), (2, len(names)))


def test_rows_after_the_end_of_a_run_keep_their_last_values(monkeypatch):
    start = open_case("template", "status-quo", step_days=28.0)
    names = ("a", "b")

    class Process:
        def __init__(self, **given):
            assert given["opening"] is start
            assert (given["rng"], given["keep_trajectory"], given["collect"]) == (9, True, False)

        def run_model(self):
            self.ran = True

        def trajectory(self):
            assert self.ran
            return SimpleNamespace(columns=names, rows=np.array([[0.0, 5.0], [1.0, 6.0]]))

    monkeypatch.setattr("detente.model.process.PeaceProcess", Process)
    rows, final = runners.run_on_mesa(start, 9, ("b",), {})
    assert rows[0, :, 0].tolist() == [5.0, *[6.0] * start.n_steps]
    assert final.tolist() == [[1.0, 6.0]]


def test_work_is_given_out_seed_by_seed():
    assert runners.on_mesa(doubled, [3, 1], 1, {"p": Own}) == [6, 2]
    start = object()
    args = runners.repeated(start, (3, 4), ("a",), {"p": Own})
    assert args == ([start, start], [3, 4], [("a",), ("a",)], [{"p": Own}, {"p": Own}])


@pytest.mark.parametrize(("actors", "workers", "pooled"), [({"p": Own}, 2, True), ({"p": Own}, 1, False)])
def test_worker_processes_are_used_where_there_are_several(monkeypatch, actors, workers, pooled):
    asked = []

    @contextmanager
    def worker_pool(n):
        asked.append(n)
        yield SimpleNamespace(map=map)

    monkeypatch.setattr(runners, "worker_pool", worker_pool)
    monkeypatch.setattr(
        runners,
        "run_on_mesa",
        lambda start, seed, wanted, actors: (np.full((1, 2, 1), seed), np.full((1, 1), seed)),
    )
    assert runners.on_mesa(doubled, [1, 2], workers, actors) == [2, 4]
    with runners.runner(actors, workers) as run:
        rows, final = run(object(), [5, 6], ["a"])
    assert (rows[:, 0, 0].tolist(), final[:, 0].tolist()) == ([5, 6], [5, 6])
    assert asked == ([workers] * 2 if pooled else [])


def test_compiled_runs_take_no_more_threads_than_seeds(monkeypatch):
    asked = []

    def run_batch(start, seeds, **how):
        asked.append((start, seeds, how))
        return SimpleNamespace(series="series", final="final")

    monkeypatch.setattr("detente.model.engine.run_batch", run_batch)
    for seeds, threads in (([1, 2, 3], 2), ([1], 2), ([], 2)):
        with runners.runner(None, threads) as run:
            assert run("start", seeds, ["a"]) == ("series", "final")
    assert [how["threads"] for *_, how in asked] == [2, 1, 1]
    assert asked[0] == ("start", [1, 2, 3], {"wanted": ["a"], "every": 1, "threads": 2})


# -- cases and policies kept in memory


def test_files_that_changed_are_read_again(tmp_path):
    assert evaluate.stamp("template") == ()
    folder = tmp_path / "mine"
    (folder / "policies").mkdir(parents=True)
    (folder / "case.toml").write_text("a")
    (folder / "policies" / "p.toml").write_text("bcd")
    (folder / "note.txt").write_text("x")
    before = evaluate.stamp(folder)
    assert [(Path(name).name, size) for name, _, size in before] == [("case.toml", 1), ("p.toml", 3)]
    assert evaluate.stamp(folder / "case.toml") == before
    (folder / "case.toml").write_text("aa")
    assert evaluate.stamp(folder) != before


def test_a_case_is_read_once_while_it_stays_as_it_was():
    first = evaluate.loaded("template", "status-quo")
    assert evaluate.loaded("template", "status-quo")[0] is first[0]
    scenario = first[0]
    assert evaluate.loaded(scenario, None)[0] is scenario
    assert evaluate.loaded(scenario, first[1]) == first
