"""`detente transfer`: conditions are moved as said, nothing else is, and tables hold what the runs give."""

import json
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

import detente
from detente.experiments.cli.main import app
from detente.experiments.compare.transfer import YARDSTICKS, Transfer, transfer
from detente.experiments.compare.transfer_conditions import (
    CELLS,
    Maker,
    Roles,
    Setting,
    set_conditions,
    with_window,
)
from detente.model.errors import InputError
from detente.model.generated_policies import LESSONS


@pytest.fixture(scope="module")
def maker() -> Maker:
    return Maker()


@pytest.fixture(scope="module")
def made(compiled: None) -> Transfer:
    return transfer(3)


def test_roles_are_read_off_the_cases(maker: Maker):
    here, there = Roles.of(maker.target), Roles.of(maker.source)
    assert (here.sponsor.name, here.ally.name, here.adversary.name) == (
        "united-states",
        "afghan-government",
        "taliban",
    )
    assert (there.ally.name, there.adversary.name) == ("south-korea", "north-korea")
    with pytest.raises(InputError, match="ally"):
        Maker(target="template")


def test_as_it_is_changes_nothing(maker: Maker):
    assert set_conditions(maker.target, maker.source, Setting()).sha256 == maker.target.sha256


def test_conditions_are_those_of_the_other_case(maker: Maker):
    at = maker.steps()["all three and alignment"]
    here, there = Roles.of(set_conditions(maker.target, maker.source, at)), Roles.of(maker.source)
    for name in ("morale", "support", "tipping", "alignment"):
        assert getattr(here.ally, name) == pytest.approx(getattr(there.ally, name))
    assert here.adversary.validation == there.adversary.validation
    before = Roles.of(maker.target)
    assert here.sponsor == before.sponsor
    assert here.ally.faction == before.ally.faction


def test_a_window_opens_so_many_days_before_the_levers(maker: Maker):
    policy = with_window(maker.policies[1], maker.target, maker.sizes, 120)
    new = [m for m in policy.move if m.do == "window"]
    assert {m.actor for m in new} == {"afghan-government", "taliban"}
    assert {(maker.target.case.pivot - m.date).days for m in new if m.date} == {120}
    assert with_window(maker.policies[1], maker.target, maker.sizes, None) is maker.policies[1]
    assert maker.sizes == {"ally": 0.5, "adversary": 0.5}


def test_cells_are_the_generated_policies(maker: Maker, compiled: None):
    from detente.experiments.runs.final_outcomes import ends_of

    cells = maker.cells(Setting())[1:]
    for raised, start in zip(CELLS, cells, strict=True):
        on = [lesson for lesson, is_on in zip(LESSONS, raised, strict=True) if is_on]
        if len(on) == 1:
            policy = f"only-{on[0]}"
        elif len(on) == 4:
            policy = f"without-{next(lesson for lesson in LESSONS if lesson not in on)}"
        elif on:
            policy = "five-lessons"
        else:
            continue
        expected = detente.ensemble("afghanistan-2018", policy, runs=2).outcomes["fatalities"].to_numpy()
        np.testing.assert_array_equal(ends_of(start, (1, 2))["fatalities"], expected)


def test_later_levers_and_sooner_ends(maker: Maker):
    eve, none, everything = maker.cells(Setting(), later=365, every=False)
    assert none.n_steps == everything.n_steps == 1339
    assert eve.n_steps == 203 + 365
    _, none, _ = maker.cells(Setting(), shorter=365, every=False)
    assert none.n_steps == 1339 - 365


def test_tables_hold_every_cell(made: Transfer):
    n = len(YARDSTICKS) * 16  # all at once, and five lessons alone, last and half-way
    assert len(made.grid) == 27 * n
    assert len(made.steps) == 8 * n
    assert len(made.waiting) == 2 * len(YARDSTICKS) * 3
    mid = made.grid.pivot_table(
        index=["stalemate", "validation", "yardstick", "lesson"],
        columns="kind",
        values="mean",
        aggfunc="first",
    ).dropna(subset=["mid"])
    np.testing.assert_allclose(mid["mid"], (mid["alone"] + mid["last"]) / 2, atol=1e-9)


def test_a_step_is_a_corner_of_the_grid(made: Transfer):
    grid = made.grid[
        (made.grid["stalemate"] == 1.0) & (made.grid["validation"] == 1.8) & (made.grid["window"] == 0)
    ]
    step = made.steps[made.steps["step"] == "all three"]
    np.testing.assert_array_equal(grid["mean"], step["mean"])


def test_where_nothing_can_tip_nothing_collapses(made: Transfer):
    korean = made.grid[(made.grid["stalemate"] == 1.0) & (made.grid["yardstick"] == "collapsed")]
    assert (korean["mean"] == 0.0).all()


@pytest.mark.slow
def test_the_command_prints_one_object(compiled: None):
    result: Any = CliRunner().invoke(app, ["transfer", "--runs", "1", "--json"])
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert {"steps", "grid", "waiting", "ally", "window", "scenario_sha256"} <= set(told)
    assert told["grid"][0]["low95"] is None  # one seed has no interval


def test_the_figure_draws_what_was_found(made: Transfer):
    figure = made.plot()
    bars = [trace for trace in figure.data if trace.type == "bar"]
    rows = made.steps[(made.steps["kind"] == "together") & (made.steps["yardstick"] == "attacks")]
    assert list(bars[0].x) == list(rows["mean"])
    cells = [trace for trace in figure.data if trace.type == "heatmap"]
    assert {(len(t.y), len(t.x)) for t in cells} == {(9, 3)}
    grid = made.grid.set_index(["stalemate", "validation", "window", "yardstick", "kind"])["mean"]
    shown = grid.loc[(0.5, 1.8, 0.0, "ceasefire days", "together")]
    value = float(cells[1].text[5][2].split(">")[1].split("<")[0].replace("−", "-"))
    assert value == pytest.approx(shown, abs=0.51)
