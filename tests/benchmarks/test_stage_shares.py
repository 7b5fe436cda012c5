"""What each stage takes of a compiled day: the kernel with the processor's clock read after every stage.

The stages are those of the list, so a new one appears here by itself; reading the clock takes some 10 ns a stage.
"""

import re
import sys
import types

import numpy as np
import pytest

pytestmark = pytest.mark.benchmark

RUNS = 40
REPEATS = 9
POLICIES = ("status-quo", "five-lessons")

STAMPED = "stamp"


def stamped_source(names):
    """The kernel's source with a stamp at the end of each stage, and one at the beginning of a tick and of a step."""
    lines = []
    stage = -1
    for line in kernel_lines():
        number = re.fullmatch(r"    w\.clock\.stage = (\d+)", line)
        starts = re.match(r"def (\w+)", line)
        if stage >= 0 and (number or starts):
            lines.append(f"    {STAMPED}({stage})")
            stage = -1
        lines.append(line)
        if line in ("def run_tick(w):", "def run_step(w):"):
            lines.append(f"    {STAMPED}({len(names)})")
        if number:
            stage = int(number[1])
    return "\n".join(lines) + "\n"


def kernel_lines():
    from detente.model.kernel import kernel_source

    return [line for line in kernel_source().splitlines() if line.strip()]


def stamp_into(cycles):
    """A function for compiled code that adds the cycles since the last stamp to a cell; the last one holds the time."""
    from llvmlite import ir
    from numba import types as nb
    from numba.core import cgutils
    from numba.extending import intrinsic

    word = ir.IntType(64)
    base, last = cycles.ctypes.data, len(cycles) - 1

    @intrinsic
    def stamp(typingctx, cell):
        def codegen(context, builder, signature, args):
            clock = cgutils.get_or_insert_function(
                builder.module, ir.FunctionType(word, []), "llvm.readcyclecounter"
            )
            now = builder.call(clock, [])
            table = builder.inttoptr(ir.Constant(word, base), word.as_pointer())
            before = builder.gep(table, [ir.Constant(word, last)])
            place = builder.gep(table, [args[0]])
            spent = builder.sub(now, builder.load(before))
            builder.store(builder.add(builder.load(place), spent), place)
            builder.store(now, before)
            return context.get_dummy_value()

        return nb.void(nb.int64), codegen

    return stamp


@pytest.fixture(scope="module")
def stamped(compiled):
    """The kernel with its stamps, and the cells they count in: one a stage, one for what lies outside, the clock."""
    from numba import njit

    from detente.model.kernel import make_callable
    from detente.model.stages import STAGE_NAMES

    cycles = np.zeros(len(STAGE_NAMES) + 2, dtype=np.int64)
    module = types.ModuleType("stamped_kernel")
    sys.modules[module.__name__] = module
    module.__dict__[STAMPED] = stamp_into(cycles)
    exec(compile(stamped_source(STAGE_NAMES), "stamped kernel", "exec"), module.__dict__)
    make_callable(module)
    module.run = njit(nogil=True, error_model="numpy")(module.run)
    return module, cycles


def shares_of(stamped, start, monkeypatch):
    """The median share of each cell over the repeats, and the last row of each run."""
    from detente.model import engine, kernel
    from detente.model.stages import STAGE_NAMES

    module, cycles = stamped
    shares = []
    monkeypatch.setattr(kernel, "kernel", lambda: module)
    for _ in range(REPEATS + 1):
        cycles[:] = 0
        final = engine.run_batch(start, range(1, RUNS + 1), threads=1).final
        counted = cycles[: len(STAGE_NAMES)]
        shares.append(counted / counted.sum())
    middle = np.median(shares[1:], axis=0)
    return dict(zip(STAGE_NAMES, (middle / middle.sum()).tolist(), strict=True)), final


def test_the_share_of_each_stage_is_printed(stamped, compiled, monkeypatch):
    from detente.model.engine import run_batch
    from detente.model.request import open_case

    tables = {}
    for policy in POLICIES:
        start = open_case("afghanistan-2018", policy)
        expected = run_batch(start, range(1, RUNS + 1), threads=1).final
        tables[policy], final = shares_of(stamped, start, monkeypatch)
        monkeypatch.undo()
        assert np.array_equal(final, expected)
    print(f"\n{'share of a compiled day':24s}" + "".join(f"{policy:>15s}" for policy in POLICIES))
    for name in tables[POLICIES[0]]:
        print(f"{name:24s}" + "".join(f"{tables[policy][name]:15.1%}" for policy in POLICIES))
    for shares in tables.values():
        assert min(shares.values()) > 0.0
        assert shares["luck"] + shares["chance"] < 0.25
