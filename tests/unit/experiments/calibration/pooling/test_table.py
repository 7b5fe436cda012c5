"""The stored table: the same draws again, resumed where it was cut off, and refused where it is another's."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest
from pooled_tables import made

from detente.agents.parameters import Parameters
from detente.experiments.calibration.pooling import conflicts as module
from detente.experiments.calibration.pooling import table as module_of_tables
from detente.experiments.calibration.pooling.conflicts import (
    Conflict,
    moved,
    observed_agreements,
    observed_truces,
)
from detente.experiments.calibration.pooling.courses import Course, Truce
from detente.experiments.calibration.pooling.draws import draw, names, own_parameters, to_parameters, to_unit
from detente.experiments.calibration.pooling.table import simulate, stored, table_of
from detente.model.catalogue import load_scenario
from detente.model.errors import InputError


@pytest.fixture(scope="module")
def found():
    scenario = moved("korea-2017", date(2018, 1, 1))
    n_days = (module.LAST - date(2018, 1, 1)).days + 1
    return (Conflict("korea-2017", scenario, Course(n_days, np.ones(7), talks=8.0), counted="events"),)


def test_a_table_is_resumed_where_it_was_cut_off(found, tmp_path, compiled):
    path = tmp_path / "table.jsonl"
    whole = simulate(found, 4, 1, path)
    text = path.read_text()
    path.write_text(text[: len(text) - 40])
    again = simulate(found, 4, 1, path, resume=True)
    assert path.read_text() == text
    assert np.array_equal(again.summaries, whole.summaries)
    assert whole.summaries.shape[1:] == (1, 28)


def test_the_table_of_another_fit_is_refused(found, tmp_path, compiled):
    path = tmp_path / "table.jsonl"
    simulate(found, 1, 1, path)
    with pytest.raises(InputError, match="another table of simulations"):
        simulate(found, 1, 2, path, resume=True)


def test_draws_are_keyed_by_number_and_lie_within_their_ranges():
    one, again, other = draw(3, 1), draw(3, 1), draw(4, 1)
    assert np.array_equal(one.unit, again.unit)
    assert not np.array_equal(one.unit, other.unit)
    assert np.allclose(to_unit(to_parameters(one.unit[None])), one.unit)
    assert set(one.setting()) >= set(names())


def test_a_mechanism_is_off_in_a_quarter_of_draws():
    off = [draw(k, 1).off for k in range(60)]
    assert 5 < sum(word != "" for word in off) < 26


def test_ceasefires_and_agreements_of_tables():
    import pandas as pd

    days = pd.to_datetime(["2000-01-03", "2000-01-03", "1999-01-01", None])
    side = ["bilateral", "bilateral", "unilateral", "unilateral"]
    table = pd.DataFrame({"start": days, "side": side, "partial": ["0", "0", "0", "1"]})
    assert observed_truces(table, date(2000, 1, 1), 30) == (Truce(2, True, False),)
    signed = pd.DataFrame({"start": days[:3], "type": ["full", "process", "full"]})
    assert observed_agreements(signed, date(2000, 1, 1), 30) == ((2, True),)
    assert observed_truces(None, date(2000, 1, 1), 30) == ()


def test_a_folder_without_the_list_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"conflicts holds no cases\.csv"):
        module.conflicts(tmp_path)


def test_what_is_kept_of_a_table():
    table = made(6, conflicts=3)
    one = table.only(["war-2", "war-0"])
    assert one.conflicts == ("war-2", "war-0")
    assert np.array_equal(one.summaries, table.summaries[:, [2, 0]])
    assert np.array_equal(one.observed, table.observed[[2, 0]], equal_nan=True)
    some = table.rows(np.array([4, 1]))
    assert np.array_equal(some.unit, table.unit[[4, 1]])
    assert np.array_equal(some.summaries, table.summaries[[4, 1]])
    assert (some.theory.tolist(), some.off.tolist()) == (
        table.theory[[4, 1]].tolist(),
        table.off[[4, 1]].tolist(),
    )


LIKE = {"theory": "readiness", "off": "", "summaries": None}


def test_draws_that_no_case_takes_are_counted_and_left_out(found):
    full = {**LIKE, "off": "level", "summaries": [[1.0] * 28]}
    table = table_of(found, {3: LIKE, 5: full}, 1)
    assert (table.left_out, table.off.tolist(), table.summaries.shape) == (1, ["level"], (1, 1, 28))
    assert np.array_equal(table.unit[0], draw(5, 1).unit)
    with pytest.raises(InputError, match="no run of any draw could be used"):
        table_of(found, {3: LIKE}, 1)


def test_no_two_conflicts_and_no_two_draws_share_a_seed(monkeypatch):
    seeds = []
    monkeypatch.setattr(
        module_of_tables, "simulated", lambda start, seed, thin, **how: seeds.append((seed, thin))
    )
    monkeypatch.setattr(module_of_tables, "stored", lambda course: [1.0])
    pair = [SimpleNamespace(start=lambda *_: None, thin=t, counted="deaths") for t in (0.2, 0.3)]
    drawn = draw(3, 1)
    made_of = {"theory": drawn.theory, "off": drawn.off, "summaries": [[1.0], [1.0]]}
    assert module_of_tables.line(pair, drawn, 3) == made_of
    assert seeds == [(7, 0.2), (8, 0.3)]
    refusing = [*pair, SimpleNamespace(start=refuse)]
    assert module_of_tables.line(refusing, drawn, 3) == {**made_of, "summaries": None}


def refuse(*_):
    raise InputError("too much excitation")


def test_summaries_are_kept_to_six_digits():
    kept = stored(Course(100, np.array([1.0, 2.0, 4.0]), talks=33.3333333))
    assert kept[-1] == 0.333333


def test_a_mechanism_that_is_off_is_a_switch_of_the_setting():
    drawn = draw(3, 1)
    on, off = replace(drawn, off=""), replace(drawn, off="level")
    assert set(off.setting()) - set(on.setting()) == {"switches.level"}
    assert off.setting()["switches.level"] == 0


def test_what_a_case_measured_stands_before_what_is_shared():
    measured = Parameters.model_validate({"trust": {"memory": 300.0}})
    case = load_scenario("template").model_copy(update={"parameters": measured})
    own = {"trust.memory"}
    setting = dict(zip(names(), to_parameters(np.full((1, len(names())), 0.5))[0].tolist(), strict=True))
    merged = own_parameters(case, setting)
    for name, value in setting.items():
        group, key = name.split(".")
        expected = getattr(getattr(case.parameters, group), key) if name in own else value
        assert getattr(getattr(merged, group), key) == expected, name
