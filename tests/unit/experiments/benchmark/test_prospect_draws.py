"""What is not known of a prospect, drawn for each seed."""

import numpy as np
import pytest

from detente.experiments.benchmark.prospect_draws import (
    CLASS_STEP,
    HOLDS_CUT,
    ROWS,
    class_settings,
    unknown_parameters,
    with_class,
)
from detente.experiments.runs.inputs import declared_parameters
from detente.model.catalogue import load_scenario


@pytest.fixture(scope="module")
def template():
    return load_scenario("template")


def test_draws_lie_in_the_declared_ranges_and_are_the_same_each_time(template):
    table, again = (unknown_parameters(template, template.parameters) for _ in range(2))
    assert table.values.shape == (ROWS, len(table.names))
    assert np.array_equal(table.values, again.values)
    for name, column in zip(table.names, table.values.T, strict=True):
        known = declared_parameters()[name]
        assert column.min() >= known.low
        assert column.max() <= known.high
        assert np.ptp(column) > 0


def test_what_is_set_by_hand_is_not_drawn(template):
    table = unknown_parameters(template, template.parameters, (HOLDS_CUT,))
    assert HOLDS_CUT not in table.names


def test_a_stored_posterior_stands_in_for_ranges():
    afghanistan = load_scenario("afghanistan-2018")
    table = unknown_parameters(afghanistan, afghanistan.parameters)
    assert "violence.n_own" in table.names
    assert len(set(table.names)) == len(table.names)


def test_a_higher_class_lowers_the_bar_of_each_row_by_its_own_step(template):
    table = unknown_parameters(template, template.parameters)
    higher = with_class(table, template.parameters, 2)
    cut, step = table.names.index(HOLDS_CUT), table.names.index(CLASS_STEP)
    expected = np.maximum(
        table.values[:, cut] - 2 * table.values[:, step], declared_parameters()[HOLDS_CUT].low
    )
    assert np.allclose(higher.values[:, cut], expected)
    assert np.array_equal(np.delete(higher.values, cut, 1), np.delete(table.values, cut, 1))
    assert with_class(table, template.parameters, 0) is table


def test_a_higher_class_lowers_the_bar_at_one_setting(template):
    own = template.parameters.ceasefires
    settings = class_settings(template.parameters, 1)
    assert settings[HOLDS_CUT] == pytest.approx(own.holds_cut - own.class_step)
    assert class_settings(template.parameters, 0) == {}
