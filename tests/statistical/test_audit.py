"""The audit finds what it should: what is dead, stuck or acts past its switch is called so.

Each control plants one fault, in a way that leaves all else as it is, and expects the audit to name it.
"""

import shutil

import numpy as np
import pytest

from detente.experiments.audit import audit
from detente.experiments.audit import parameter_reach as audit_reach
from detente.experiments.audit.audit import Audit, LeverResult, MechanismResult, StockResult
from detente.experiments.audit.effect_sizes import OUTCOMES, Effect, paired_effects, spread_parts
from detente.experiments.audit.exercises import SPECIAL, SPREADS, Setting
from detente.experiments.audit.parameter_reach import Place, audit_parameters, parameter_ends
from detente.model.catalogue import SHIPPED

pytestmark = pytest.mark.slow

SEEDS = range(1, 101)
TEMPLATE = Setting("template", "five-lessons")


def quiet(what, done, total):
    pass


def failures(levers=(), mechanisms=(), stocks=(), parameters=()):
    return Audit(tuple(levers), tuple(mechanisms), tuple(stocks), tuple(parameters)).failures()


# -- controls: parameters


def test_control_a_dead_parameter_is_named(compiled):
    """Nobody in the template has a patron, so what morale rests on cannot matter there."""
    made = audit_parameters([TEMPLATE], SEEDS, quiet, ["leverage.reliance", "trust.loss_aversion"])
    assert [r.passed for r in made] == [True, False]
    (line,) = failures(parameters=made)
    assert line.startswith("parameter leverage.reliance moves no outcome")
    assert "+0.000" in line


def test_control_luck_alone_passes_nothing(compiled, monkeypatch):
    """A parameter that does nothing but give every run other luck: among many outcomes some then differ by chance."""
    stock = Place.sides

    def other_luck(place, seeds):
        return stock(place, seeds)[0], stock(place, [s + 10**6 for s in seeds])[1]

    monkeypatch.setattr(Place, "sides", other_luck)
    (made,) = audit_parameters([TEMPLATE], SEEDS, quiet, ["leverage.reliance"])
    assert made.effect.mean != 0.0
    assert len(failures(parameters=[made])) == 1, made.figure


def test_control_an_effect_under_the_bar_is_named(compiled, monkeypatch):
    """However surely an effect is there, less than a tenth of the seed spread is too little."""
    low, high = parameter_ends()["measures.growth"]
    full = audit_parameters([TEMPLATE], SEEDS, quiet, ["measures.growth"])
    assert full[0].passed
    ends = {"measures.growth": (low, low + 0.02 * (high - low))}
    monkeypatch.setattr(audit_reach, "parameter_ends", lambda: ends)
    assert failures(parameters=audit_parameters([TEMPLATE], SEEDS, quiet))


def test_every_parameter_made_a_setting_for_is_one():
    named = {name for s in SPECIAL for name in s.only} | set(SPREADS)
    assert named <= set(parameter_ends())
    assert all(s.only and s.kind for s in SPECIAL)


def test_a_setting_is_the_case_with_what_it_declares():
    plain = TEMPLATE.opening({}).scenario
    for setting in SPECIAL:
        start = setting.opening({})
        for name, value in setting.given.items():
            group, key = name.split(".")
            assert getattr(getattr(start.parameters, group), key) == value
        for party in start.scenario.party:
            wanted = setting.others if setting.others and not party.sponsor else setting.strategy
            assert not wanted or party.strategy == wanted
    deadly = next(s for s in SPECIAL if s.deadliness != 1.0).opening({}).scenario
    assert set(deadly.calendar.severity.values()) == {4.0}
    intense = next(s for s in SPECIAL if s.attacks != 1.0).opening({}).scenario
    assert intense.relation[0].attacks[0] == 5.0 * plain.relation[0].attacks[0]


# -- controls: levers, mechanisms, stocks


def without_direct_track(folder):
    """The path of a copy of the template, with its policies, from which the direct track is taken out."""
    shutil.copytree(SHIPPED / "template", folder, dirs_exist_ok=True)
    path = folder / "case.toml"
    head, mark, rest = path.read_text(encoding="utf-8").partition('[[track]]\nname = "direct"\n')
    assert mark
    path.write_text(head + rest[rest.index("# -- measures") :], encoding="utf-8")
    return str(path)


def test_control_a_dead_lever_is_named(compiled, tmp_path):
    """With no forces abroad and no direct track two levers have nothing to work on."""
    made = audit.audit_levers(without_direct_track(tmp_path), SEEDS, "status-quo", quiet)
    assert [r.lever for r in made if not r.passed] == ["force_posture", "direct_channel"]
    lines = failures(levers=made)
    assert [line.split()[:2] for line in lines] == [["lever", "force_posture"], ["lever", "direct_channel"]]


def test_control_a_lever_that_acts_past_its_switch_is_named(compiled, monkeypatch):
    wrong = dict(audit.LEVER_MECHANISMS) | {"ceasefires": ("leverage",)}
    monkeypatch.setattr(audit, "LEVER_MECHANISMS", wrong)
    made = audit.audit_levers("template", SEEDS, "status-quo", quiet)
    assert [r.lever for r in made if r.acts_when_off] == ["ceasefires"]
    assert "lever ceasefires acts in template with its mechanisms off" in failures(levers=made)


def test_control_a_mechanism_that_never_acts_is_named(compiled):
    """There is nobody in the template to draw forces down."""
    made = audit.audit_mechanisms("template", SEEDS, "five-lessons")
    lines = failures(mechanisms=made)
    assert any(line.startswith("mechanism leverage never acts") for line in lines)
    assert not any("ceasefires" in line for line in lines)


def test_control_a_stock_that_stands_still_is_named(compiled, monkeypatch):
    """With trust switched off nobody's belief moves."""
    from detente.model.request import open_case

    assert stuck_in_afghanistan() == set()

    def without(case, policy, mode):
        return open_case(case, policy, mode=mode, parameters={"switches": {"trust": 0}})

    monkeypatch.setattr(audit, "open_case", without)
    assert "dyads.trust" in stuck_in_afghanistan()


def stuck_in_afghanistan():
    """Stocks that hardly vary, or stand at a bound, both under all lessons and under all of history's moves."""
    traced = [
        audit.audit_stocks("afghanistan-2018", SEEDS, policy, mode)
        for policy, mode in (("five-lessons", None), ("history", "conditioned"))
    ]
    return set.intersection(*({r.stock for r in results if not r.passed} for results in traced))


def test_what_does_nothing_fails():
    nothing = Effect("fatalities", 0.0, 0.0, 0.0, 0.0)
    blurred = Effect("fatalities", 1.0, -1.0, 3.0, 0.5)
    clear = Effect("fatalities", 1.0, 0.5, 1.5, 0.5)
    assert not LeverResult("a", "mediation", (nothing, blurred), acts_when_off=False).passed
    assert LeverResult("a", "mediation", (nothing, clear), acts_when_off=False).passed
    assert not LeverResult("a", "mediation", (clear,), acts_when_off=True).passed
    assert not MechanismResult("a", "talks", 0.0).passed
    assert not StockResult("a", "parties.capital", on_bound=0.9, spread=0.5).passed
    assert not StockResult("a", "parties.capital", on_bound=0.0, spread=0.01).passed


def test_a_stock_passes_by_one_record_that_both_moves_and_keeps_off_its_bounds():
    still, pinned = np.full((20, 50), 0.5), np.zeros((20, 50))
    pinned[:10, -1] = 1.0  # spread over runs on one day, at a bound on all
    found = [audit.stock_result("a", "x", values, 0.0, 1.0) for values in (still, pinned)]
    assert found[0].on_bound == 0.0
    assert found[1].spread > 0.5
    assert not any(r.passed for r in found)


def test_a_stock_with_an_open_end_has_no_bound_there():
    rng = np.random.default_rng(3)
    values = rng.exponential(size=(200, 50))
    closed, opened = (audit.stock_result("a", "x", values, 0.0, high) for high in (1.0, None))
    assert closed.on_bound > 0.3
    assert opened.passed
    assert not audit.stock_result("a", "x", np.ones((20, 50)), None, None).passed


# -- effects


def test_effects_are_paired_by_seed():
    rng = np.random.default_rng(1)
    base = {o.name: rng.normal(size=200) * 10 for o in OUTCOMES}
    changed = {name: values + 2.0 for name, values in base.items()}
    for effect in paired_effects(base, changed):
        assert effect.mean == pytest.approx(2.0)
        assert effect.high - effect.low == pytest.approx(0.0, abs=1e-9)
        assert effect.counts


def test_the_spread_of_an_outcome_is_told_from_its_mean():
    rng = np.random.default_rng(2)
    base = {o.name: rng.normal(size=400) for o in OUTCOMES}
    wider = {name: 1.5 * (values - values.mean()) for name, values in base.items()}
    for effect in paired_effects(base, wider, of_spread=True):
        assert effect.spreads == pytest.approx(0.5, rel=0.01)
        assert effect.surely(4.0) > 0.1
    assert not any(e.counts for e in paired_effects(wider, {n: v - v.mean() for n, v in wider.items()}))
    assert spread_parts(base["fatalities"]).mean() == pytest.approx(base["fatalities"].std())
