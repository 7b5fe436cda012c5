"""How uneven single events make months, and how many more there must have been."""

import numpy as np
import pytest

from detente.experiments.benchmark.evenness import (
    SHARE,
    STEPS,
    factor_for,
    relative_square,
    unevenness,
    with_more_events,
)
from detente.experiments.evidence.refit import total_deaths, total_rate
from detente.model.catalogue import load_scenario
from detente.model.death_scale import scale_for_mean

CASE = load_scenario("afghanistan-2018")
MONTH = 365.25 / 12


def test_the_mean_square_of_deaths_is_that_of_their_distribution():
    """Sums over every number of deaths up to the largest, in place of those over tails."""
    mean, tail, largest = 4.0, 1.8, 60
    k = np.arange(1, largest + 1)
    above = np.r_[(1 + np.arange(largest) / scale_for_mean(mean, tail, float(largest))) ** -tail, 0.0]
    chance = above[:-1] - above[1:]
    assert (chance * k).sum() == pytest.approx(mean, rel=0.01)
    expected = (chance * k**2).sum() / (chance * k).sum() ** 2
    assert relative_square(mean, tail, float(largest)) == pytest.approx(expected)


def test_twice_as_many_events_make_months_half_as_uneven():
    assert unevenness(8.0, 4.0, 1.8, 60.0) == pytest.approx(relative_square(4.0, 1.8, 60.0) / 8.0)
    assert unevenness(8.0, 0.2, 1.8, 60.0) == unevenness(8.0, 1.0, 1.8, 60.0)  # an event kills one at least
    assert unevenness(0.0, 4.0, 1.8, 60.0) > 1e9


@pytest.mark.parametrize("wanted", [0.02, 0.005])
@pytest.mark.parametrize("fierce", [1.0, 0.5])
def test_the_factor_is_the_first_that_is_even_enough(wanted, fierce):
    v, rate = CASE.parameters.violence, total_rate(CASE)
    mean = total_deaths(CASE) / rate

    def uneven(factor):
        return unevenness(MONTH * rate * fierce * factor, mean / factor, v.tail, v.max_deaths)

    found = factor_for(CASE, wanted, fierce)
    assert found > 1.0
    assert uneven(found) <= SHARE * wanted < uneven(STEPS[found > STEPS][-1])


def test_no_factor_is_larger_than_the_largest_tried():
    assert factor_for(CASE, 1e-9, 1.0) == pytest.approx(200.0)
    assert factor_for(CASE, 1e9, 1.0) == 1.0


def quiet(**changed):
    still = tuple(r.model_copy(update=changed) for r in CASE.relation)
    return CASE.model_copy(update={"relation": still, "spoiler": ()})


def test_without_attacks_or_deaths_there_is_nothing_to_add():
    assert factor_for(quiet(attacks=(0.0, 0.0)), 1e-9, 1.0) == 1.0
    assert factor_for(quiet(lethal=False), 1e-9, 1.0) == 1.0
    assert factor_for(CASE, 1e-9, 0.0) == 1.0


def test_more_events_are_less_deadly_but_kill_one_at_least():
    more = with_more_events(CASE, 4.0)
    for before, after in zip(CASE.relation, more.relation, strict=True):
        assert after.attacks == pytest.approx([4.0 * rate for rate in before.attacks])
        assert after.deaths_per_event == pytest.approx([max(d / 4.0, 1.0) for d in before.deaths_per_event])
    assert any(d > 1.0 for r in more.relation if r.hostile for d in r.deaths_per_event)
    targets = [
        (a, b)
        for s, t in zip(CASE.spoiler, more.spoiler, strict=True)
        for a, b in zip(s.target, t.target, strict=True)
    ]
    assert targets
    for before, after in targets:
        assert after.attacks == pytest.approx(4.0 * before.attacks)
        assert after.deaths_per_event == pytest.approx(max(before.deaths_per_event / 4.0, 1.0))
    one = [t.deaths_per_event for s in with_more_events(CASE, 1e6).spoiler for t in s.target]
    assert set(one) == {1.0}
