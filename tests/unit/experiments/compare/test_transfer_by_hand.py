"""The design of the transfer, with runs whose ends are written down."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from detente.experiments.compare import transfer as module
from detente.experiments.compare import transfer_conditions as conditions
from detente.experiments.compare.transfer import YARDSTICKS, Transfer, effects_in, transfer
from detente.model.errors import InputError
from detente.model.policy import MoveSpec
from detente.model.request import open_case

AFGHAN = open_case("afghanistan-2018", "history")
NAMES = ("days", "attacks", "days_in_ceasefire", "agreements", "final_trust", "collapsed")


def ends(value, n=3):
    return {name: np.full(n, float(value)) + np.arange(n) for name in NAMES}


def design(value):
    """An eve and twelve cells whose outcomes go up by ``value`` from cell to cell."""
    return [AFGHAN] * 13, [ends(value * k) for k in range(13)]


def pair(value):
    return [AFGHAN] * 3, [ends(value * k) for k in range(3)]


SETTING = conditions.Setting(0.5, 1.2, 120, 0.0)
FOUND = {
    ("grid", SETTING): design(1.0),
    ("grid", conditions.Setting()): design(2.0),
    ("step", "as it is"): design(3.0),
    ("step", "there"): design(4.0),
    ("at once", None): pair(1.0),
    ("later", None): pair(3.0),
    ("at once", 0): pair(5.0),
    ("later", 0): pair(2.0),
}


def test_effects_on_the_grid():
    table = module.grid_table(FOUND)
    assert len(table) == 2 * len(YARDSTICKS) * 16
    assert list(table.columns[:3]) == ["stalemate", "validation", "window"]
    first, second = table.iloc[:80], table.iloc[80:]
    assert set(map(tuple, first[["stalemate", "validation", "window"]].to_numpy())) == {(0.5, 1.2, 120.0)}
    assert second[["validation", "window"]].isna().all(axis=None)
    for part, (cells, outcomes) in zip((first, second), (design(1.0), design(2.0)), strict=True):
        assert part["mean"].tolist() == [row["mean"] for row in effects_in(cells, outcomes)]


def test_effects_step_by_step():
    table = module.step_table(FOUND)
    assert table["step"].tolist() == ["as it is"] * 80 + ["there"] * 80
    expected = [row["mean"] for value in (3.0, 4.0) for row in effects_in(*design(value))]
    assert table["mean"].tolist() == expected


def test_waiting_with_and_without_a_window():
    table = module.waiting_table(FOUND)
    rows = table[table["yardstick"] == "agreements"]
    assert rows[["window", "when", "mean"]].to_numpy().tolist() == [
        ["none", "at once", 1.0],
        ["none", "a year later", 3.0],
        ["none", "difference", 2.0],
        ["opened with the levers", "at once", 5.0],
        ["opened with the levers", "a year later", 2.0],
        ["opened with the levers", "difference", -3.0],
    ]
    assert len(table) == 2 * len(YARDSTICKS) * 3


def test_a_scale_without_any_attacks_stays_finite():
    relative = SimpleNamespace(read=lambda e, eve, start: e["x"], relative=True)
    found = module.readings(relative, [AFGHAN] * 2, [{"x": np.zeros(2)}, {"x": np.zeros(2)}])
    assert found[0].tolist() == [0.0, 0.0]


def test_the_first_yardstick_of_a_run_that_ended_before_the_pivot():
    before = {"days": np.array([10.0, 10.0]), "attacks": np.array([5.0, 5.0])}
    after = {"days": np.array([10.0, 10.5]), "attacks": np.array([5.0, 6.0])}
    np.testing.assert_array_equal(module.attack_rate(after, before, AFGHAN), [np.nan, 1.0])


# -- the whole design


@pytest.fixture
def ran(monkeypatch):
    asked = []

    def run_design(cells, seeds, threads, progress):
        asked.append((cells, seeds, threads, progress))
        found = {
            name: (list(starts), [ends(k) for k in range(len(starts))]) for name, starts in cells.items()
        }
        return seeds[:1], found

    monkeypatch.setattr(module, "run_design", run_design)
    return asked


def test_every_cell_of_the_design_is_run(ran):
    ready = []
    made = transfer(
        seeds=[4, 8],
        threads=1,
        progress=print,
        theory="ripeness",
        ready=lambda start, seed: ready.append((start.scenario.case.name, seed)),
    )
    ((cells, seeds, threads, progress),) = ran
    assert (seeds, threads, progress) == ((4, 8), 1, print)
    assert ready == [("korea-2017", 4)]
    assert [part for part, _ in cells] == [
        *["grid"] * 27,
        *["step"] * 8,
        *("at once", "later") * 2,
    ]
    assert list(cells)[34] == ("step", made.maker.source.case.title)
    target = made.maker.target.case
    shorter, longer = cells["at once", None], cells["later", 0]
    assert {(target.end - s.scenario.case.end).days for s in shorter[1:]} == {365}
    assert {(s.scenario.case.pivot - target.pivot).days for s in longer} == {365}
    assert [len(cells["at once", w]) for w in (None, 0)] == [3, 3]
    n_windows = [sum(m.do == "window" for m in cells["later", w][-1].policy.move) for w in (None, 0)]
    assert n_windows[1] - n_windows[0] == 2
    assert {s.theory for starts in cells.values() for s in starts} == {"ripeness"}
    assert cells["step", made.maker.source.case.title][0].scenario.case.name == "korea-2017"
    assert (made.seeds, made.asked, made.interrupted) == ((4,), 2, True)
    assert made.n_runs == (27 + 8) * 13 + 4 * 3
    assert len(made.waiting) == 30


def test_a_transfer_as_one_object(tmp_path):
    grid, steps, waiting = (pd.DataFrame({"x": [float(k)]}) for k in (1, 2, 3))
    made = Transfer(conditions.Maker(), (1, 2), 2, grid, steps, waiting, 26)
    told = made.to_json()
    assert made.interrupted is False
    assert (told["grid"], told["steps"], told["waiting"]) == ([{"x": 1.0}], [{"x": 2.0}], [{"x": 3.0}])
    assert told["yardsticks"]["attacks"] == {
        "unit": "%",
        "meaning": "attacks a day from the pivot, in per cent of their mean without any lesson",
        "better": -1,
    }
    assert (told["runs"], told["seeds"], told["theory"]) == (26, "1 to 2", "readiness")
    made.save(tmp_path / "grid.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "grid.parquet"), grid)
    with pytest.raises(InputError, match=r"\.parquet"):
        made.save(tmp_path / "grid.csv")


# -- conditions


def source_with(*moves):
    return lambda case, name: SimpleNamespace(move=[MoveSpec.model_validate(m) for m in moves])


def test_windows_add_up_to_the_pivot(monkeypatch):
    source = conditions.Maker().source
    roles, pivot = conditions.Roles.of(source), source.case.pivot

    def window(party, day, **more):
        return {"date": day, "sort": "context", "do": "window", "actor": party.name, **more}

    late = pivot.replace(year=pivot.year + 1)
    moves = (
        window(roles.ally, pivot, amount=0.25),
        window(roles.ally, source.case.start, amount=0.5),
        window(roles.ally, late, amount=1.0),
        window(roles.adversary, pivot),  # as large as can be where no amount is given
    )
    monkeypatch.setattr(conditions, "load_policy", source_with(*moves))
    assert conditions.window_sizes(source) == {"ally": 0.75, "adversary": 1.0}


def test_windows_of_no_size_are_not_opened():
    maker = conditions.Maker()
    policy = maker.policies[1]
    made = conditions.with_window(policy, maker.target, {"ally": 0.0, "adversary": 0.4}, 10)
    (window,) = made.move[len(policy.move) :]
    assert (window.actor, window.amount) == ("taliban", 0.4)


def test_parameters_of_both_cases_must_be_the_same(monkeypatch):
    first, second = conditions.load_scenario("korea-2017"), conditions.load_scenario("afghanistan-2018")
    p = second.parameters
    other = second.model_copy(
        update={"parameters": p.model_copy(update={"trust": p.trust.model_copy(update={"memory": 99.0})})}
    )
    monkeypatch.setattr(conditions, "load_scenario", lambda name: first if name == "korea-2017" else other)
    with pytest.raises(InputError, match="korea-2017 and afghanistan-2018: behavioural parameters differ"):
        conditions.Maker()


@pytest.mark.parametrize("missing", ["sponsor", "ally", "foe"])
def test_a_case_without_one_of_the_roles_is_refused(missing):
    case = conditions.load_scenario("afghanistan-2018")
    changes = {"sponsor": {"sponsor": False}, "ally": {"patron": None}, "foe": {"main_foe": None}}
    party = tuple(
        p.model_copy(update=changes[missing])
        if (p.sponsor and missing != "ally") or (missing == "ally" and p.patron)
        else p
        for p in case.party
    )
    with pytest.raises(InputError, match="afghanistan-2018: expected a sponsor with a main foe"):
        conditions.Roles.of(case.model_copy(update={"party": party}))


def test_days_and_shares_of_the_design():
    assert (conditions.STALEMATES, conditions.AGES, conditions.LATER) == (
        (0.0, 0.5, 1.0),
        (None, 120, 0),
        365,
    )
    assert (conditions.SOURCE, conditions.TARGET) == ("korea-2017", "afghanistan-2018")
