"""A mutated file gives one clear line or a valid scenario or policy, never anything else."""

import copy
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detente.model.catalogue import SHIPPED, load_scenario
from detente.model.errors import InputError
from detente.model.policy import Policy, check_policy, parse_policy
from detente.model.scenario import Scenario, parse_scenario


def shipped(path: str) -> dict[str, Any]:
    return tomllib.loads((SHIPPED / path).read_text(encoding="utf-8"))


TEMPLATE = shipped("template/case.toml")
AFGHANISTAN = shipped("afghanistan-2018/case.toml")
OPENING = shipped("template/policies/opening.toml")
HISTORY = shipped("afghanistan-2018/policies/history.toml")


def assert_one_line(error: InputError) -> None:
    text = str(error)
    assert text.strip()
    assert "\n" not in text
    assert len(text) < 1500


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3000),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.dates(),
    st.datetimes(),
    st.sampled_from(["republic", "movement", "front", "neighbour", "until", "2030-01"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(max_size=6), v, max_size=3),
    max_leaves=6,
)


@st.composite
def mutated(draw: st.DrawFn, base: dict[str, Any]) -> dict[str, Any]:
    """A file's tables with a few values replaced, taken out, renamed or repeated anywhere."""
    raw = copy.deepcopy(base)
    for _ in range(draw(st.integers(1, 3))):
        here: Any = raw
        while True:
            keys = list(here) if isinstance(here, dict) else list(range(len(here)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            child = here[key]
            if isinstance(child, dict | list) and child and draw(st.integers(0, 4)):
                here = child
                continue
            action = draw(st.sampled_from(["replace", "remove", "rename", "repeat"]))
            if action == "replace":
                here[key] = draw(VALUES)
            elif action == "remove":
                del here[key]
            elif isinstance(here, dict) and action == "rename":
                here[draw(st.text(max_size=8))] = here.pop(key)
            elif isinstance(here, list):
                here.append(copy.deepcopy(child))
            break
    return raw


@pytest.mark.parametrize("base", [TEMPLATE, AFGHANISTAN], ids=["template", "afghanistan"])
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_mutated_scenario_is_valid_or_refused(base: dict[str, Any], data: st.DataObject) -> None:
    raw = data.draw(mutated(base))
    try:
        s = parse_scenario(raw, "x.toml")
    except InputError as e:
        assert_one_line(e)
    else:
        assert Scenario.model_validate(s.model_dump()).sha256 == s.sha256


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_mutated_file_is_valid_or_refused(tmp_path: Path, data: st.DataObject) -> None:
    text = (SHIPPED / "template/case.toml").read_bytes()
    at = data.draw(st.integers(0, len(text)))
    cut = data.draw(st.integers(0, 30))
    put = data.draw(
        st.binary(max_size=6) | st.sampled_from([b"[", b'"', b"\n", b"=", b"-", b"9", b"[[", b"{", b"#"])
    )
    file = tmp_path / "x.toml"
    file.write_bytes(text[:at] + put + text[at + cut :])
    try:
        s = load_scenario(file)
    except InputError as e:
        assert_one_line(e)
    else:
        assert isinstance(s, Scenario)


loaded = cache(load_scenario)


@pytest.mark.parametrize(
    ("base", "case"), [(OPENING, "template"), (HISTORY, "afghanistan-2018")], ids=["opening", "history"]
)
@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_mutated_policy_is_valid_or_refused(base: dict[str, Any], case: str, data: st.DataObject) -> None:
    raw = data.draw(mutated(base))
    try:
        found = parse_policy(raw, "x.toml")
        check_policy(found, loaded(case))
    except InputError as e:
        assert_one_line(e)
    else:
        assert Policy.model_validate(found.model_dump()).sha256 == found.sha256
