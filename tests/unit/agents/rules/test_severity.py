"""Severity: a size for each attack, from the draws made in advance and then one by one."""

import pytest
from worlds import world

from detente.agents.rules.chance import event_size, event_uniform
from detente.agents.rules.severity import deaths_of
from detente.agents.state import U_SIZE


def test_each_attack_has_its_own_draw_at_the_years_scale():
    w = world()
    d = w.dyads[0]
    w.par.violence.tail, w.par.violence.max_deaths = 2.0, 30.0
    w.days[0].severity = 0.5
    d.size_scale, d.key_lo, d.key_hi = 8.0, 5, 6
    d.tick_luck[U_SIZE : U_SIZE + 2] = [0.75, 0.9375]  # 1 + 4 (2 - 1), 1 + 4 (4 - 1)
    assert [deaths_of(w, d, n, 1.0) for n in range(3)] == [0.0, 5.0, 18.0]
    more = [event_size(event_uniform(7, 9, 20, 5, 6, k), 4.0, 2.0, 30.0) for k in (2, 3, 4)]
    assert deaths_of(w, d, 5, 1.0) == 18.0 + sum(more)


@pytest.mark.parametrize(("fierceness", "deaths"), [(1.0, 9.0), (0.5, 5.0)])
def test_a_spoiler_kills_by_the_same_rule(fierceness, deaths):
    """Half as deadly as usual: half of the scale."""
    w = world()
    w.par.violence.tail = 2.0
    t = w.targets[0]
    t.size_scale, t.tick_luck[U_SIZE] = 8.0, 0.75
    assert deaths_of(w, t, 1, fierceness) == deaths
