"""The stages luck, violence and trust beside a twin in C: the same records, equal results, and what each takes.

The twin is compiled by ``gcc -O3`` where there is one.  Times are medians of runs taken in turn on the same states.
"""

import ctypes
import shutil
import statistics
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest

from detente.agents import codes, state
from detente.agents.rules import asks, calendar, chance, luck, spoilers, trust, violence
from detente.agents.schema import dtype_of
from detente.model.memory import KINDS, LUCK_FIELDS, parameter_dtype

pytestmark = pytest.mark.benchmark

HERE = Path(__file__).parent
TICKS = 400
REPEATS = 15
STAGES = {"luck": 1, "violence": 2, "trust": 4, "all three": 7}
STATES = (("status-quo", 1, 100), ("five-lessons", 2, 500), ("history", 1, 690), ("history", 3, 900))
"""Policy, seed and day of the states that both begin with: war, talks, a reduction of violence, a withdrawal."""

CONSTANTS = (codes, state, chance, calendar, spoilers, violence)


# -- the twin


def c_struct(name, dtype):
    """A record or a group of parameters as a C type."""
    lines = []
    for field in dtype.names:
        base, shape = dtype[field].subdtype or (dtype[field], ())
        if base.names:
            inner = " ".join(f"{'double' if base[f].kind == 'f' else 'int64_t'} {f};" for f in base.names)
            lines.append(f"    struct {{ {inner} }} {field};")
        else:
            length = "".join(f"[{n}]" for n in shape)
            lines.append(f"    {'double' if base.kind == 'f' else 'int64_t'} {field}{length};")
    return "\n".join(["typedef struct {", *lines, f"}} {name};"])


def header():
    """The records, the world, and every numeric constant that a stage may use, as C."""
    numbers = {
        name: value
        for module in CONSTANTS
        for name, value in vars(module).items()
        if name.isupper() and type(value) in (int, float)
    }
    lines = [f"#define {name} ({value!r})" for name, value in numbers.items()]
    lines.append(c_struct("Parameters", parameter_dtype()))
    lines += [c_struct(cls.__name__, dtype_of(cls)) for cls in KINDS.values()]
    fields = [
        "    Parameters *par; int64_t n_par;" if f == "par" else world_field(f) for f in state.World._fields
    ]
    lines.append("\n".join(["typedef struct {", *fields, "} World;"]))
    return "\n".join(lines) + "\n"


def world_field(kind):
    return f"    {KINDS[kind].__name__} *{kind}; int64_t n_{kind};"


@pytest.fixture(scope="module")
def twin(tmp_path_factory):
    """The twin's entry, compiled; skipped where there is no compiler."""
    compiler = shutil.which("gcc")
    if compiler is None:
        pytest.skip("no gcc here: the twin in C cannot be built")
    folder = tmp_path_factory.mktemp("twin")
    (folder / "records.h").write_text(header(), encoding="ascii")
    library = folder / "twin.so"
    flags = ["-O3", "-std=c11", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC"]
    command = [compiler, *flags, f"-I{folder}", str(HERE / "twin.c"), "-o", str(library), "-lm"]
    subprocess.run(command, check=True)
    entry = ctypes.CDLL(str(library)).run_stages
    entry.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64]
    entry.restype = None
    return entry


# -- ours


@pytest.fixture(scope="module")
def stages(compiled):
    """The same stages, of the rules that the engine compiles."""
    from numba import njit

    from detente.model.kernel import kernel
    from detente.model.luck_ahead import look_ahead
    from detente.model.pointers import world_at

    kernel()  # rules can be called from compiled code from now on
    turn_to_tick, next_tick, next_step = calendar.turn_to_tick, calendar.next_tick, calendar.next_step
    draw, ask, fight, fade = luck.draw_tick_luck, asks.ask_violence, violence.violence, trust.trust

    @njit(nogil=True, error_model="numpy")
    def run_stages(table, which, ticks):
        w = world_at(table)
        look_ahead(w, w.clock.step + ticks)
        for _ in range(ticks):
            turn_to_tick(w, 0)
            if which & 1:
                draw(w)
            if which & 2:
                ask(w)
                fight(w)
            if which & 4:
                fade(w)
            next_tick(w)
            next_step(w)

    return run_stages


class Bench:
    """A state that both run from, each on a memory of its own."""

    def __init__(self, start, buffer, stages, twin):
        from detente.model.engine import EngineMemory

        self.buffer, self.stages, self.twin = buffer, stages, twin
        self.ours, self.theirs = EngineMemory(start), EngineMemory(start)
        self.planes = np.zeros(64 * 8 * sum(n for _, n in start.layout.counts if n < 1000))

    def run(self, memory, which):
        """Nanoseconds a tick of the stages asked for, from the state."""
        memory.buffer[:] = self.buffer
        table = memory._table.ctypes.data
        began = time.perf_counter()
        if memory is self.ours:
            self.stages(table, which, TICKS)
        else:
            self.twin(table, self.planes.ctypes.data, which, TICKS)
        return (time.perf_counter() - began) / TICKS * 1e9


@pytest.fixture(scope="module")
def benches(workshop, stages, twin):
    """One bench for each state."""
    from detente.model.engine import run_one
    from detente.model.request import open_case

    made = []
    for policy, seed, day in STATES:
        start = open_case("afghanistan-2018", policy)
        made.append(Bench(start, run_one(start, seed, n_steps=day).buffer, stages, twin))
    return made


def differences(bench, layout):
    """The largest difference of any number of any record; luck must be equal to the bit."""
    largest = 0.0
    for kind, place in layout.slices():
        dtype = dtype_of(KINDS[kind])
        a, b = (m.buffer[place].view(dtype) for m in (bench.ours, bench.theirs))
        for name in dtype.names:
            if name in LUCK_FIELDS:
                assert np.array_equal(a[name], b[name]), f"{kind}.{name}"
            else:
                scale = np.maximum(np.abs(a[name]), 1.0)
                largest = max(largest, float(np.max(np.abs(a[name] - b[name]) / scale, initial=0.0)))
    return largest


def test_both_give_the_same_records(benches, workshop):
    from detente.model.request import open_case

    layout = open_case("afghanistan-2018", "status-quo").layout
    for (policy, seed, day), bench in zip(STATES, benches, strict=True):
        start = open_case("afghanistan-2018", policy)
        for which in STAGES.values():
            bench.run(bench.ours, which)
            bench.run(bench.theirs, which)
            assert differences(bench, start.layout) <= 1e-12, (policy, seed, day, which)
        attacks = bench.ours.world.tally["attacks"] - np.zeros(1)
        assert attacks.sum() > 100
    assert layout.words > 0


def test_ours_take_a_quarter_more_than_the_twin_at_most(benches):
    """Medians over the states of the medians of interleaved repeats; the luck of both is drawn ahead."""
    ratios = {}
    print(f"\n{'a day of':12s} {'ours [ns]':>10s} {'gcc -O3':>10s} {'ratio':>7s}")
    for name, which in STAGES.items():
        ours, theirs = [], []
        for bench in benches:
            taken = [(bench.run(bench.ours, which), bench.run(bench.theirs, which)) for _ in range(REPEATS)]
            ours.append(statistics.median(a for a, _ in taken))
            theirs.append(statistics.median(b for _, b in taken))
        ratios[name] = sum(ours) / sum(theirs)
        print(f"{name:12s} {np.mean(ours):10.0f} {np.mean(theirs):10.0f} {ratios[name]:7.2f}")
    assert ratios["all three"] <= 1.25
