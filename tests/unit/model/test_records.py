"""Records: one declaration gives the memory of the engine and the attributes of agents, and the two convert exactly."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.agents.actors import Faction, Mediator, Party, Spoiler
from detente.agents.schema import dtype_of, is_integer, record_fields
from detente.agents.state import CONSTANT_KINDS, KEYED_KINDS, MANY_KINDS, SINGLE_KINDS, World
from detente.model.memory import KINDS, Layout, RunMemory, fill_buffer, freeze, plain_object, thaw
from detente.model.opening import for_seed
from detente.model.series import SERIES, columns

ACTORS = {"parties": Party, "factions": Faction, "mediators": Mediator, "spoilers": Spoiler}

whole = st.integers(-(2**63), 2**63 - 1)
number = st.floats(allow_nan=False, width=64)


@pytest.fixture(scope="module", params=["template", "afghanistan-2018"])
def start(request, workshop):
    return workshop.opening(workshop.tables(request.param))


def cells(value):
    return value if isinstance(value, list) else [value]


def type_faults(world: World) -> list[str]:
    """Fields of a world of objects that hold anything but plain Python integers and floats as declared."""
    found: list[str] = []
    for kind, cls in KINDS.items():
        held = getattr(world, kind)
        for i, r in enumerate([held] if kind in SINGLE_KINDS else held):
            for f in record_fields(cls):
                expected = int if is_integer(f) else float
                wrong = [c for c in cells(getattr(r, f.name)) if type(c) is not expected]
                if wrong:
                    found.append(f"{kind}[{i}].{f.name}: {wrong[0]!r} is {type(wrong[0]).__name__}")
    return found


# -- declaration


@pytest.mark.parametrize("kind", KINDS)
def test_memory_is_packed_words_in_declared_order(kind):
    dtype = dtype_of(KINDS[kind])
    fields = record_fields(KINDS[kind])
    assert dtype.names == tuple(f.name for f in fields)
    assert dtype.itemsize == 8 * sum(f.metadata["size"] or 1 for f in fields)
    for f in fields:
        base = dtype[f.name].base
        assert base == (np.dtype("i8") if is_integer(f) else np.dtype("f8"))
        assert f.type in ("int", "float", "list[int]", "list[float]")


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_says_what_it_means(kind):
    for f in record_fields(KINDS[kind]):
        assert f.metadata["meaning"]
        low, high = f.metadata["low"], f.metadata["high"]
        assert low is None or high is None or low < high
        first = cells(f.default_factory() if f.metadata["size"] else f.default)[0]
        assert low is None or first >= low
        assert high is None or first <= high


def test_world_has_a_field_for_every_kind():
    assert set(World._fields) == {*KINDS, "par"}
    assert set(CONSTANT_KINDS) <= set(MANY_KINDS)
    assert set(KEYED_KINDS) <= set(MANY_KINDS)


def test_recorded_series_exist(start):
    for kind, fields in SERIES.items():
        assert set(fields) <= {f.name for f in record_fields(KINDS[kind])}
    assert len(set(columns(start.cast))) == len(columns(start.cast))


# -- conversion


def random_records(draw, kind, n):
    cls = KINDS[kind]
    made = np.zeros(n, dtype=dtype_of(cls))
    for f in record_fields(cls):
        values = whole if is_integer(f) else number
        for i in range(n):
            size = f.metadata["size"]
            made[f.name][i] = draw(st.lists(values, min_size=size, max_size=size)) if size else draw(values)
    return made


@settings(max_examples=30, deadline=None)
@given(data=st.data(), kind=st.sampled_from([k for k in MANY_KINDS if k not in CONSTANT_KINDS]))
def test_freeze_gives_back_what_was_thawed(data, kind):
    records = {k: np.zeros(int(k in SINGLE_KINDS), dtype=dtype_of(KINDS[k])) for k in KINDS}
    records[kind] = random_records(data.draw, kind, data.draw(st.integers(0, 2)))
    layout = Layout.of(records)
    buffer = fill_buffer(layout, records)
    constants = {k: records[k] for k in CONSTANT_KINDS}
    world = thaw(buffer, layout, constants, None, plain_object)
    assert type_faults(world) == []
    assert np.array_equal(freeze(world, layout), buffer)


def test_opening_survives_the_round_trip(start):
    buffer = for_seed(start, 2**63 + 11)
    world = thaw(buffer, start.layout, start.constants, start.parameters, plain_object)
    assert (world.clock.seed_lo, world.clock.seed_hi) == (11, 2**31)
    assert np.array_equal(freeze(world, start.layout), buffer)
    assert buffer is not start.buffer
    assert not np.array_equal(buffer, start.buffer)


def test_engine_memory_views_one_buffer(start):
    memory = RunMemory(start.layout, start.constants, start.parameter_record)
    memory.buffer[:] = start.buffer
    memory.world.dyads[0]["trust"] = 0.625
    place = dict(start.layout.slices())["dyads"]
    assert memory.buffer[place].view(dtype_of(KINDS["dyads"]))[0]["trust"] == 0.625
    assert len(memory.buffer) == start.layout.words


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("hostile", 1.0),
        ("hostile", True),
        ("hostile", np.int64(1)),
        ("trust", 1),
        ("trust", np.float64(0.5)),
        ("trust", "0.5"),
        ("trust", None),
        ("tick_luck", [0.5, 0.5, 0.5, 0.5, 0.5, 1]),
    ],
)
def test_freeze_refuses_another_type_than_declared(workshop, start, field, value):
    world = workshop.world(start)
    setattr(world.dyads[1], field, value)
    with pytest.raises(TypeError, match=rf"Dyad\.{field}"):
        freeze(world, start.layout)


# -- agents are their records


def test_agents_carry_the_fields_of_their_record(workshop, start):
    model = workshop.process(start)
    for kind, cls in ACTORS.items():
        for agent in getattr(model.world, kind):
            assert type(agent) is cls
            assert isinstance(agent, cls.STATE)
            assert agent in model.agents
            assert all(f.name in agent.__dict__ for f in record_fields(cls.STATE))
    assert len(model.agents) == sum(len(getattr(model.world, kind)) for kind in ACTORS)


@pytest.mark.parametrize("policy", ["nothing", "history"])
def test_fields_keep_their_types_at_every_step(workshop, policy):
    options = {} if policy == "nothing" else {"mode": "conditioned", "step_days": 4.0}
    tables = None if policy == "nothing" else workshop.policy_tables("afghanistan-2018", policy)
    start = workshop.opening(workshop.tables("afghanistan-2018"), tables, **options)
    model = workshop.process(start, 3)
    shortened: dict = {kind: [] for kind in (*CONSTANT_KINDS, "events")}
    for step in range(1, 331):
        model.step()
        if step % 33 == 0:
            assert type_faults(model.world) == []
            freeze(model.world, start.layout)
        else:  # the calendar does not change, and the log only grows
            assert type_faults(model.world._replace(**shortened)) == []
    assert model.world.clock.n_events > 10


@pytest.mark.parametrize("step_days", [1 / 3, 7.0])
def test_fields_keep_their_types_under_pressure(workshop, step_days):
    """High levers, short and long steps: every mechanism is at work."""
    from detente.agents.codes import LEVERS

    start = workshop.opening(workshop.tables(), levers=dict.fromkeys(LEVERS, 1.0), step_days=step_days)
    model = workshop.process(start, 5)
    model.run_model()
    assert type_faults(model.world) == []
    assert model.world.tally.measures > 0
    assert model.world.tally.tracks > 0


def test_the_check_of_types_can_fail(workshop, start):
    model = workshop.process(start)
    assert type_faults(model.world) == []
    model.world.parties[0].capital = np.float64(1.0)
    model.world.pairs[0].agreed = 0.0
    assert len(type_faults(model.world)) == 2
    assert math.isclose(model.world.parties[0].capital, 1.0)
