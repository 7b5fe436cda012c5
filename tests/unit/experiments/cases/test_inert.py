"""What is called inert moves no outcome in paired runs; what is not called so is left open."""

import copy
import tomllib
from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from typing import Any

import numpy as np
import pytest

from detente.agents.codes import LEVERS
from detente.agents.parameters import Switches
from detente.experiments.cases import inert
from detente.experiments.cases.inert import NEEDS, Ground, inert_lever, inert_levers, inert_parameter
from detente.experiments.runs.final_outcomes import ends_of
from detente.experiments.runs.inputs import declared_parameters
from detente.model.catalogue import SHIPPED, load_scenario
from detente.model.keywords import nested_parameters
from detente.model.opening import Opening, opening
from detente.model.policy import Policy
from detente.model.request import merged_parameters
from detente.model.scenario import Scenario, parse_scenario

Tables = dict[str, Any]
SEEDS = tuple(range(1, 5))
UP = dict.fromkeys(LEVERS, 0.8)
FREE = Policy(name="free", title="Free", summary="", mode="free")
TEMPLATE = tomllib.loads((SHIPPED / "template" / "case.toml").read_text(encoding="utf-8"))


def opened(scenario: Scenario, levers: dict[str, float], **parameters: float) -> Opening:
    nested = nested_parameters({name.replace("__", "."): value for name, value in parameters.items()})
    return opening(
        scenario, FREE, levers=levers, parameters=merged_parameters(scenario.parameters, nested or None)
    )


def outcomes_of(*starts: Opening, seeds: Sequence[int] = SEEDS) -> list[dict[str, list[float]]]:
    """Every outcome of every seed, for each opening; what a run has none of counts as one value."""
    return [
        {name: np.nan_to_num(values, nan=-1.0).tolist() for name, values in ends_of(start, seeds).items()}
        for start in starts
    ]


def switched_off(name: str) -> Callable[[Tables], None]:
    def change(raw: Tables) -> None:
        raw["parameters"] = {"switches": {name: 0}}

    return change


def without(kind: str) -> Callable[[Tables], None]:
    def change(raw: Tables) -> None:
        raw[kind] = []

    return change


def plain_tracks(raw: Tables) -> None:
    """One open track between the two, that needs, helps and hides nothing."""
    raw["track"] = [raw["track"][0]]
    for key in ("needs", "sister"):
        raw["track"][0].pop(key, None)


def lasting_measures(raw: Tables) -> None:
    raw["measure"] = [m for m in raw["measure"] if m["kind"] == "confidence" and not m["reversible"]]


def no_holidays(raw: Tables) -> None:
    raw["calendar"].pop("holidays")


def side_tracks(raw: Tables) -> None:
    raw["track"] = [t for t in raw["track"] if t["form"] == "backchannel"]


def unwatched(raw: Tables) -> None:
    raw["mediator"][0]["monitors"] = 0.0


def harmless(raw: Tables) -> None:
    raw["relation"][0]["lethal"] = False


def no_course(raw: Tables) -> None:
    raw["parameters"] = {"switches": {"level": 0, "endings": 0}}


VARIANTS: dict[str, Callable[[Tables], None]] = {
    **{
        f"{name} off": switched_off(name)
        for name, field in Switches.model_fields.items()
        if field.default == 1
    },
    **{f"no {kind}": without(kind) for kind in ("mediator", "spoiler", "track", "measure")},
    "plain tracks": plain_tracks,
    "lasting measures": lasting_measures,
    "no holidays": no_holidays,
    "side tracks": side_tracks,
    "unwatched": unwatched,
    "harmless": harmless,
    "level and endings off": no_course,
}


def scenario_of(change: Callable[[Tables], None] | None) -> Scenario:
    raw = copy.deepcopy(TEMPLATE)
    if change is not None:
        change(raw)
    return parse_scenario(raw, "x.toml")


def inert_parameters(scenario: Scenario) -> list[str]:
    ground = Ground(scenario, scenario.parameters)
    return [name for name in declared_parameters() if inert_parameter(ground, name) is not None]


@pytest.mark.parametrize("variant", ["as it is", *VARIANTS])
def test_inert_parameters_move_nothing(compiled: None, variant: str) -> None:
    scenario = scenario_of(VARIANTS.get(variant))
    known = [] if variant == "as it is" else inert_parameters(scenario_of(None))
    names = [name for name in inert_parameters(scenario) if name not in known]
    assert names or "off" not in variant
    declared = declared_parameters()
    ends = [{name: end} for name in names for end in (declared[name].low, declared[name].high)]
    starts = [opened(scenario, UP), *(opened(scenario, UP, **end) for end in ends)]
    usual, *moved = outcomes_of(*starts)
    assert [end for end, values in zip(ends, moved, strict=True) if values != usual] == []


def test_a_group_that_no_need_speaks_of_acts_through_the_switch_of_its_name(monkeypatch) -> None:
    monkeypatch.setattr(inert, "NAMED", inert.NAMED - {"settlement"})
    monkeypatch.setattr(inert, "NEEDS", ())
    off = scenario_of(switched_off("settlement"))
    assert inert_parameter(Ground(off, off.parameters), "settlement.concede") == "switches.settlement is 0"
    assert inert_parameter(Ground(off, off.parameters), "violence.n_own") is None
    on = scenario_of(None)
    assert inert_parameter(Ground(on, on.parameters), "settlement.concede") is None


def test_every_need_is_unmet_in_some_variant() -> None:
    grounds = [Ground(s, s.parameters) for s in map(scenario_of, [None, *VARIANTS.values()])]
    assert [need.absent for need in NEEDS if all(need.met(g) for g in grounds)] == []
    known = declared_parameters()
    for need in NEEDS:
        for pattern in need.parameters:
            assert any(fnmatchcase(name, pattern) for name in known), pattern


def test_parameters_that_are_not_inert_do_move_outcomes(compiled: None) -> None:
    """The control: with the mechanisms on, the same values are seen."""
    scenario = scenario_of(None)
    moved = {"spoilers.provoked": 1.5, "trust.memory": 180.0, "talks.base": 1 / 200, "ceasefires.onset": 2e-3}
    assert not set(moved) & set(inert_parameters(scenario))
    usual, *others = outcomes_of(
        opened(scenario, UP), *(opened(scenario, UP, **{n: v}) for n, v in moved.items())
    )
    assert all(values != usual for values in others)


def no_sponsor_measures(raw: Tables) -> None:
    raw["measure"] = [m for m in raw["measure"] if m["from"] == "movement"]


def wants_nothing(raw: Tables) -> None:
    no_sponsor_measures(raw)
    raw["party"][1]["validation"] = 0.0


def no_direct_track(raw: Tables) -> None:
    raw["track"] = [t for t in raw["track"] if t["form"] != "direct"]


def only_direct_track(raw: Tables) -> None:
    raw["track"] = [{**raw["track"][0], "form": "direct", "needs": {}}]
    raw["track"][0].pop("sister")


LEVER_VARIANTS: dict[str, tuple[Callable[[Tables], None] | None, set[str]]] = {
    "as it is": (None, {"force_posture"}),
    "no direct track": (no_direct_track, {"direct_channel"}),
    "only a direct track": (only_direct_track, {"parallel_tracks"}),
    "no mediator": (without("mediator"), {"mediation"}),
    "no measures of a sponsor": (no_sponsor_measures, {"confidence_building"}),
    "a foe that wants nothing": (wants_nothing, {"recognition", "confidence_building"}),
    "talks off": (switched_off("talks"), {"direct_channel", "parallel_tracks"}),
    "mediation off": (switched_off("mediation"), {"mediation"}),
    "ceasefires off": (switched_off("ceasefires"), {"ceasefires"}),
    "measures off": (switched_off("measures"), {"confidence_building"}),
}


@pytest.mark.parametrize("variant", LEVER_VARIANTS)
def test_inert_levers_move_nothing(compiled: None, variant: str) -> None:
    change, expected = LEVER_VARIANTS[variant]
    scenario = scenario_of(change)
    inert = inert_levers(Ground(scenario, scenario.parameters))
    assert expected <= set(inert)
    base = {name: 0.5 for name in LEVERS if name not in inert}
    usual, *moved = outcomes_of(opened(scenario, base), *(opened(scenario, {**base, n: 1.0}) for n in inert))
    assert [name for name, values in zip(inert, moved, strict=True) if values != usual] == []


def test_levers_that_are_not_inert_do_move_outcomes(compiled: None) -> None:
    scenario = scenario_of(None)
    inert = inert_levers(Ground(scenario, scenario.parameters))
    names = [name for name in LEVERS if name not in inert]
    starts = [opened(scenario, {}), *(opened(scenario, {name: 1.0}) for name in names)]
    usual, *moved = outcomes_of(*starts, seeds=range(1, 13))
    assert [name for name, values in zip(names, moved, strict=True) if values == usual] == []


def test_a_lever_without_ways_of_its_own_acts_through_the_mechanisms_it_declares(monkeypatch) -> None:
    monkeypatch.setattr(inert, "WAYS", {})
    off = scenario_of(switched_off("talks"))
    ground = Ground(off, off.parameters)
    assert inert_lever(ground, "direct_channel") == "switches.talks is 0"
    assert inert_lever(ground, "force_posture") is None, "only one of its mechanisms could be off"
    assert inert_levers(ground).keys() == {"direct_channel", "parallel_tracks"}


def test_every_lever_has_a_way_in_the_cases_of_history() -> None:
    for case in ("afghanistan-2018", "korea-2017"):
        scenario = load_scenario(case)
        assert inert_levers(Ground(scenario, scenario.parameters)) == {}


@pytest.mark.parametrize(("case", "there"), [("afghanistan-2018", True), ("template", False)])
def test_a_case_is_asked_for_whom_a_parameter_needs(case: str, there: bool) -> None:
    """A patron with forces abroad, of which the template has none."""
    scenario = load_scenario(case)
    ground = Ground(scenario, scenario.parameters)
    assert inert.parties(ground, lambda p: p.presence > 0) is there
    assert inert.parties(ground, lambda p: p.patron is not None) is there
    assert inert.tracks(ground)
    assert inert.measures(ground)
    assert not inert.parties(ground, lambda p: False)
    bare = Ground(scenario.model_copy(update={"track": (), "measure": ()}), scenario.parameters)
    assert (inert.tracks(bare), inert.measures(bare)) == (False, False)
