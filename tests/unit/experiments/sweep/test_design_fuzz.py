"""A design file of any content gives a valid design or one clear line, never anything else."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detente.agents.codes import LEVERS
from detente.experiments.runs.inputs import MAX_RUNS, declared_parameters
from detente.experiments.sweep.design.document import Design
from detente.experiments.sweep.design.loading import load_design, parse_design
from detente.experiments.sweep.design.sampling import lay_out
from detente.experiments.sweep.plan import Plan
from detente.model.errors import InputError

WHOLE = """
cases = ["template"]
policies = ["status-quo", "opening"]
theories = ["readiness", "commitment"]
runs = 20
first_seed = 100
mode = "until"
until = 2030-06-01
step_days = 7.0
series = ["mean trust"]
every = 14.0
chunk = 50

[design]
kind = "grid"
seed = 3

[levers]
direct_channel = "0:1:5"
recognition = [0, 0.5, 1]
mediation = 0.5

[parameters]
"trust.memory" = "200:700:4"
violence.memory = 10
"""
SAMPLED = """
case = "template"
design = "lhs:8"
runs = 2

[levers]
ceasefires = ":"
mediation = [0, 1]

[parameters]
"readiness.*" = ":"
"switches.talks" = ":"
"""

NUMBERS = st.one_of(st.integers(-3, 3000), st.integers(), st.floats())
TEXTS = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        ["template", "opening", "grid", "lhs:4", "sobol:8", "morris:3", "factorial", "until", ":"]
    ),
    st.lists(st.floats(-1, 2000).map(str) | st.text("0123456789.:,-e ", max_size=5), max_size=4).map(
        ":".join
    ),
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS, st.dates(), st.datetimes()),
    lambda v: st.lists(v, max_size=4) | st.dictionaries(st.text(max_size=6), v, max_size=3),
    max_leaves=6,
)
KEYS = st.one_of(
    st.sampled_from(
        [*Design.model_fields, "case", "policy", "kind", "samples", "levels", "second_order", "seed"]
    ),
    st.sampled_from([*LEVERS, *declared_parameters(), "trust.*", "*", "trust"]),
    st.text(max_size=8),
)


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    """The tables of a good file with a few values put in, replaced, taken out or renamed anywhere."""
    raw: dict[str, Any] = tomllib.loads(draw(st.sampled_from([WHOLE, SAMPLED])))
    for _ in range(draw(st.integers(1, 4))):
        here = raw
        tables = [value for value in raw.values() if isinstance(value, dict)]
        if tables and draw(st.booleans()):
            here = draw(st.sampled_from(tables))
        key = draw(st.sampled_from(sorted(here, key=str))) if here and draw(st.booleans()) else draw(KEYS)
        action = draw(st.sampled_from(["put", "put", "remove", "rename"]))
        if action == "put":
            here[key] = draw(VALUES)
        elif key in here:
            value = here.pop(key)
            if action == "rename":
                here[draw(KEYS)] = value
    return raw


def check(raw: dict[str, Any]) -> None:
    try:
        made = parse_design(raw, "x.toml")
    except InputError as error:
        assert_one_line(error, "x.toml")
        return
    assert 1 <= made.n_points * made.runs <= MAX_RUNS
    if made.n_points <= 2000 and len(made.factors) <= 60:
        points = lay_out(made)
        assert points.shape == (made.n_points, len(made.factors))
        for k, factor in enumerate(made.factors):
            low, high = factor.setting.ends
            assert factor.declared.low <= low <= points[:, k].min()
            assert points[:, k].max() <= high <= factor.declared.high


def assert_one_line(error: InputError, file: str = "") -> None:
    assert str(error).strip().startswith(file)
    assert "\n" not in str(error)
    assert len(str(error)) < 1500


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(raw=mutated())
def test_mutated_design_is_valid_or_refused(raw: dict[str, Any]) -> None:
    check(raw)


@pytest.mark.acceptance
@settings(max_examples=5000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(raw=mutated())
def test_thousands_of_mutated_designs_are_valid_or_refused(raw: dict[str, Any]) -> None:
    check(raw)


def check_file(file: Path, data: bytes) -> None:
    file.write_bytes(data)
    try:
        made = load_design(file)
        if made.n_points * made.runs <= 500:
            Plan.of(made)
    except InputError as error:
        assert_one_line(error)


@pytest.mark.acceptance
@settings(max_examples=3000, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_thousands_of_damaged_files_are_valid_or_refused(tmp_path: Path, data: st.DataObject) -> None:
    text = data.draw(st.sampled_from([WHOLE, SAMPLED])).encode()
    at, cut = data.draw(st.integers(0, len(text))), data.draw(st.integers(0, 30))
    bits = [b"[", b'"', b"\n", b"=", b"-", b"9", b"[[", b"{", b"#", b":", b"0.", b",", b"'", b"\\"]
    put = data.draw(st.binary(max_size=6) | st.sampled_from(bits))
    check_file(tmp_path / "x.toml", text[:at] + put + text[at + cut :])


def test_the_files_that_are_mutated_are_good_ones(tmp_path: Path) -> None:
    for text in (WHOLE, SAMPLED):
        file = tmp_path / "x.toml"
        file.write_text(text)
        assert Plan.of(load_design(file)).n_runs > 1
