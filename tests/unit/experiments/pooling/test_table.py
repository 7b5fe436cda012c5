"""The stored table: the same draws again, resumed where it was cut off, and refused where it is another's."""

from datetime import date

import numpy as np
import pytest

from detente.experiments.pooling import conflicts as module
from detente.experiments.pooling.conflicts import Conflict, moved, observed_agreements, observed_truces
from detente.experiments.pooling.courses import Course, Truce
from detente.experiments.pooling.draws import draw, names, to_parameters, to_unit
from detente.experiments.pooling.table import simulate
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
