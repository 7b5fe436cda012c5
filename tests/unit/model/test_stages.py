"""Both drivers carry out the stages of the one list, in its order: asks first, then what was chosen."""

import ast
import sys
from dataclasses import replace

import pytest

from detente.agents.actors import Faction, Mediator, Party, Spoiler
from detente.agents.rules import luck as luck_rules
from detente.model import kernel, process
from detente.model.luck_blocks import Luck
from detente.model.stages import STAGE_NAMES, STAGES, STEP_STAGES, TICK_STAGES

pytestmark = pytest.mark.mesa

CLASSES = {"parties": Party, "factions": Faction, "mediators": Mediator, "spoilers": Spoiler}


def calls_in(source: str, function: str) -> list[str]:
    """The numbers assigned to the clock's stage and the names called, in the order they stand in a function."""
    body = next(
        n for n in ast.parse(source).body if isinstance(n, ast.FunctionDef) and n.name == function
    ).body
    found: list[str] = []
    for node in body:
        if isinstance(node, ast.Assign):
            assert ast.unparse(node.targets[0]) == "w.clock.stage"
            found.append(ast.unparse(node.value))
        else:
            assert isinstance(node, ast.Expr)
            assert isinstance(node.value, ast.Call)
            found.append(ast.unparse(node.value.func))
    return found


def expected_calls(stages) -> list[str]:
    listed: list[str] = []
    for number, stage in stages:
        listed.append(str(number))
        listed += [rule.__name__ for rule in (stage.ask, stage.apply) if rule is not None]
    return listed


def test_stages_have_names_and_reasons_of_their_own():
    assert len(set(STAGE_NAMES)) == len(STAGES)
    reasons = [stage.why for stage in STAGES]
    assert len(set(reasons)) == len(STAGES)
    assert all(len(why.split()) >= 4 and "\n" not in why for why in reasons)


def test_tick_and_step_stages_make_up_the_list():
    assert sorted([*TICK_STAGES, *STEP_STAGES]) == list(enumerate(STAGES))
    assert {stage.clock for stage in STAGES} == {"tick", "step"}


def test_luck_comes_before_every_rule_that_uses_it():
    ticks = [s.apply for _, s in TICK_STAGES]
    steps = [s.apply for _, s in STEP_STAGES]
    assert ticks.index(luck_rules.draw_tick_luck) <= 1
    assert steps.index(luck_rules.draw_step_luck) == 0


def test_who_is_asked_can_answer():
    for stage in STAGES:
        assert (stage.ask is None) == (stage.asked == ())
        for kind in stage.asked:
            assert callable(getattr(CLASSES[kind], stage.ask.__name__))


def test_the_kernel_calls_asks_and_rules_in_the_listed_order():
    source = kernel.kernel_source()
    assert calls_in(source, "run_tick") == expected_calls(TICK_STAGES)
    assert calls_in(source, "run_step") == expected_calls(STEP_STAGES)


def test_the_kernel_follows_another_list(monkeypatch):
    monkeypatch.setattr(kernel, "TICK_STAGES", TICK_STAGES[::-1])
    assert calls_in(kernel.kernel_source(), "run_tick") == expected_calls(TICK_STAGES[::-1])


def test_ticks_stand_inside_steps():
    advance = kernel.RUNNERS.split("def run(")[0]
    order = [
        advance.index(word) for word in ("turn_to_tick", "run_tick", "next_tick", "run_step", "next_step")
    ]
    assert order == sorted(order)
    assert "for k in range(w.clock.ticks_per_step)" in advance


def trace(model) -> list[str]:
    """The stages' functions that one step of the Mesa driver enters, and whom it asks, in order."""
    known = {stage.apply.__code__: stage.apply.__name__ for stage in STAGES}
    known |= {Luck.draw_tick.__code__: "draw_tick_luck", Luck.draw_step.__code__: "draw_step_luck"}
    asked = {
        getattr(CLASSES[kind], s.ask.__name__).__code__: (s.ask.__name__, kind)
        for s in STAGES
        for kind in s.asked
    }
    entered: list[str] = []

    def note(frame, event, _arg):
        if event != "call":
            return
        if frame.f_code in known:
            entered.append(known[frame.f_code])
        elif frame.f_code in asked:
            who = frame.f_locals["self"].name
            entered.append(f"{asked[frame.f_code][0]} {who}")

    sys.setprofile(note)
    try:
        model.step()
    finally:
        sys.setprofile(None)
    return entered


def expected_trace(model, ticks=TICK_STAGES, steps=STEP_STAGES) -> list[str]:
    listed: list[str] = []
    for stages in [ticks] * model.world.clock.ticks_per_step + [steps]:
        for _, stage in stages:
            for kind in stage.asked:
                listed += [f"{stage.ask.__name__} {actor.name}" for actor in getattr(model.world, kind)]
            listed.append(stage.apply.__name__)
    return listed


@pytest.mark.parametrize("step_days", [0.5, 1.0, 3.0])
def test_the_mesa_driver_follows_the_list(workshop, step_days):
    model = workshop.process(workshop.opening(workshop.tables("afghanistan-2018"), step_days=step_days))
    assert trace(model) == expected_trace(model)


def test_the_mesa_driver_follows_another_list(workshop, monkeypatch):
    model = workshop.process(workshop.opening(workshop.tables()))
    turned = (*STEP_STAGES[:1], *STEP_STAGES[:0:-1])
    monkeypatch.setattr(process, "STEP_STAGES", turned)
    entered = trace(model)
    assert entered == expected_trace(model, steps=turned)
    assert entered != expected_trace(model)


def test_both_drivers_iterate_the_same_objects():
    assert process.TICK_STAGES is kernel.TICK_STAGES is TICK_STAGES
    assert process.STEP_STAGES is kernel.STEP_STAGES is STEP_STAGES


def test_a_stage_cannot_be_changed_in_passing():
    with pytest.raises(AttributeError):
        STAGES[0].why = ""
    assert replace(STAGES[0], why="another") != STAGES[0]


def test_events_carry_the_number_of_their_stage(workshop):
    from detente.agents.codes import EVENTS, MOVE_IMPOSED, TRUCE_OFFERED

    tables = workshop.tables()
    start = workshop.opening(tables, workshop.policy_tables("template", "opening"))
    run = workshop.mesa(start, 1, n_steps=100)
    stages = {EVENTS[e["what"]]: STAGE_NAMES[e["stage"]] for e in run.events}
    assert stages[EVENTS[TRUCE_OFFERED]] == "ceasefires"
    assert stages[EVENTS[MOVE_IMPOSED]] == "ceasefires"
