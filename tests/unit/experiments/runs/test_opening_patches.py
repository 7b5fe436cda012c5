"""A case opened by patching another opening of it is the opening that would have been built."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from detente.experiments.runs import opening_patches as reopening
from detente.experiments.runs.opening_patches import same
from detente.experiments.sweep.chunks import Opener, open_block
from detente.experiments.sweep.design.loading import parse_design
from detente.experiments.sweep.plan import Plan
from detente.model.request import open_case


def blocks_of(case: str, policy: str, design: dict[str, Any]) -> tuple[Any, list[Any]]:
    plan = Plan.of(parse_design({"case": case, "policies": [policy], "runs": 1, **design}))
    return plan.setup, list(plan.blocks(0, plan.n_runs))


@pytest.mark.parametrize("case", ["template", "afghanistan-2018", "korea-2017"])
@pytest.mark.parametrize(
    "policy", ["status-quo", "five-lessons", "without-parallel-tracks", "only-recognition"]
)
def test_patched_openings_are_the_same(case: str, policy: str) -> None:
    design = {"levers": {"*": ":"}, "parameters": {"trust.*": ":", "switches.talks": ":"}, "design": "lhs:12"}
    setup, blocks = blocks_of(case, policy, design)
    opener = Opener(setup, blocks)
    assert opener.pattern is not None
    assert sum(len(places) for places in opener.pattern.places.values()) >= 7
    for block in blocks:
        assert same(opener.open(block), open_block(setup, block))


def test_a_lever_at_zero_is_opened_in_full() -> None:
    setup, blocks = blocks_of("template", "opening", {"levers": {"mediation": "0:1:8"}})
    opener = Opener(setup, blocks)
    assert opener.pattern is not None
    assert blocks[0].values == (0.0,)
    for block in blocks:
        assert same(opener.open(block), open_block(setup, block))


def test_parameters_that_change_records_are_never_patched() -> None:
    design = {"levers": {"mediation": ":"}, "parameters": {"violence.tail": ":"}, "design": "lhs:8"}
    setup, blocks = blocks_of("afghanistan-2018", "history", design)
    opener = Opener(setup, blocks)
    assert opener.pattern is None
    assert same(opener.open(blocks[3]), open_block(setup, blocks[3]))


def test_a_difference_that_patching_misses_is_noticed() -> None:
    setup, blocks = blocks_of("template", "opening", {"levers": {"mediation": "0.1:1:8"}})
    start = open_block(setup, blocks[2])
    buffer = start.buffer.copy()
    buffer[100] += 1
    assert not same(start, replace(start, buffer=buffer))
    assert not same(start, replace(start, theory="ripeness"))
    assert not same(start, open_block(setup, blocks[3]))
    assert same(start, open_block(setup, blocks[2]))


def test_telltale_points_differ_in_every_factor() -> None:
    ends = [(0.0, 1.0)] * 7
    first, second = (reopening.telltale(ends, share) for share in (reopening.FIRST, reopening.SECOND))
    assert len({*first, *second}) == 14
    assert np.all((np.array([first, second]) > 0) & (np.array([first, second]) < 1))


def test_openings_that_differ_in_one_part_are_not_the_same() -> None:
    start = open_case("template", "opening")
    constants = {kind: values.copy() for kind, values in start.constants.items()}
    kind = next(kind for kind, values in constants.items() if values.size)
    raw = constants[kind].view(np.uint8).reshape(-1)
    raw[0] ^= 1
    record = start.parameter_record.copy()
    record.view(np.uint8).reshape(-1)[0] ^= 1
    changes: list[dict[str, Any]] = [
        {"constants": constants},
        {"parameter_record": record},
        {"n_steps": start.n_steps + 1},
        {"step_days": start.step_days / 2},
        {"mode": start.mode + "x"},
        {"theory": "ripeness"},
        {"levers": {**start.levers, "mediation": 0.123}},
    ]
    assert same(start, replace(start))
    for change in changes:
        other = replace(start, **change)
        assert not same(start, other)
        assert not same(other, start)
