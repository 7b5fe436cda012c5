"""What is checked in a case that no patterns are declared for."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

import detente
from detente.experiments.validity.card_page import page_of
from detente.experiments.validity.panel import Panel
from detente.experiments.validity.patterns import any_case, own_record, truces
from detente.experiments.validity.setups import Setup
from detente.model.catalogue import SHIPPED, load_scenario

HEAD = """
[[observed]]
name = "{name}"
unit = "a month"
source = "counted by hand"
[observed.monthly]
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A copy of the template with observed months: deaths, and something that the model does not count."""
    folder = tmp_path / "island"
    (folder / "policies").mkdir(parents=True)
    for path in sorted((SHIPPED / "template").rglob("*.toml")):
        place = folder / path.relative_to(SHIPPED / "template")
        place.write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    months = "".join(f'"2030-{m:02}" = {150 + 10 * m}\n' for m in range(1, 13))
    few = '"2030-01" = 3\n'
    with (folder / "case.toml").open("a", encoding="utf-8") as file:
        file.write(HEAD.format(name="deaths") + months)
        file.write(HEAD.format(name="launches") + months)
        file.write(HEAD.format(name="attacks") + few)
    return folder


def panel(rows: list[list[list[float]]], columns: tuple[str, ...]) -> Panel:
    start = Setup("template", policy=None).open()
    whole = np.array(rows, dtype=float)
    ends = np.zeros((*whole.shape[:2], 2))
    ends[:, :, 1] = whole.shape[1] - 2
    kept = (*columns, "clock.end_reason", "clock.end_step")
    return Panel(start, tuple(range(len(rows))), kept, np.concatenate([whole, ends], axis=2))


def test_a_case_of_ones_own_is_checked(own: Path, compiled: None):
    card = detente.validate(own, runs=3)
    shown = {r.pattern.key: r.passed for r in card.results}
    assert [shown[key] for key in ("counts", "attacks add up", "ranges")] == [True] * 3
    assert {"deaths, level", "deaths, scatter", "deaths, memory"} <= set(shown)
    why = {row.what: row.why for row in card.left_out}
    assert "no count of that name" in why["observed series launches"]
    assert "fewer than 12" in why["observed series attacks"]
    assert any("korea-2017" in what for what in why)
    assert all(row.case == str(own) for row in card.left_out)
    for text in (page_of(card), str(card.to_json())):
        assert "observed series launches" in text


def test_every_pattern_is_checked_or_left_out(own: Path, compiled: None):
    card = detente.validate(own, runs=3)
    said = {r.pattern.key for r in card.results} | {row.what for row in card.left_out}
    assert {p.key for p in truces.patterns()} - set(any_case.TIED) <= said


def test_the_observed_level_is_that_of_the_file(own: Path):
    found = {p.key: p for p in any_case.patterns(str(own), load_scenario(own))}
    assert found["deaths, level"].value == pytest.approx(215)
    assert found["deaths, level"].sources == ("counted by hand",)


def test_months_are_read_off_the_days_they_cover():
    days = np.arange(60.0)[None, :, None]
    made = panel(days.tolist(), ("tally.fatalities",))
    months = (date(2030, 1, 1), date(2030, 2, 1))
    counts: list[float] = []
    own_record.by_month("tally.fatalities", months, lambda run: counts.extend(run) or 0.0, made)
    assert counts == [31.0, 28.0]


@pytest.mark.parametrize(("counts", "holds"), [([0, 1, 1, 4], 1.0), ([0, 2, 1, 4], 0.0)])
def test_counts_that_fall_are_seen(counts: list[float], holds: float):
    made = panel([[[c, c] for c in counts]], ("tally.fatalities", "tally.attacks"))
    assert any_case.never_fall(made) == [holds]


@pytest.mark.parametrize(("total", "holds"), [(3.0, 1.0), (4.0, 0.0)])
def test_attacks_that_do_not_add_up_are_seen(total: float, holds: float):
    rows = [[[0, 0], [1, 1], [total, 2]]]
    made = panel(rows, ("tally.attacks", "dyads.a>b.step_attacks"))
    assert any_case.add_up(("dyads.a>b.step_attacks",), made) == [holds]


@pytest.mark.parametrize(("value", "holds"), [(0.5, 1.0), (1.0, 1.0), (1.1, 0.0), (-0.1, 0.0)])
def test_a_stock_out_of_range_is_seen(value: float, holds: float):
    made = panel([[[0.5], [value]]], ("pairs.x.trust",))
    assert any_case.in_range({"pairs.x.trust": (0.0, 1.0)}, made) == [holds]


def test_the_command_takes_a_folder(own: Path, compiled: None):
    from typer.testing import CliRunner

    from detente.experiments.cli.main import app

    done = CliRunner().invoke(app, ["validate", str(own), "--runs", "2"])
    assert done.exit_code == 0
    assert "left out" in done.output
    assert "attacks add up" in done.output
