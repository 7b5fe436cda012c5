"""Runs of which only the end counts: Ctrl-C keeps whole seeds, and soon takes effect whatever the size of a design."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from detente.experiments.compare.survival import survival_of
from detente.experiments.runs import final_outcomes
from detente.experiments.runs.runners import Interrupt
from detente.model.request import open_case

pytestmark = pytest.mark.usefixtures("compiled")


def openings(n: int):
    return [open_case("template", "opening", levers={"mediation": k / 10}) for k in range(n)]


def ctrl_c(done: int, total: int) -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_blocks_hold_every_seed_once_and_shrink_with_the_design():
    for n_openings in (1, 3, 467, 10_000):
        parts = list(final_outcomes.blocks(range(130), n_openings))
        assert [seed for part in parts for seed in part] == list(range(130))
        assert all(len(part) * n_openings <= max(final_outcomes.RUNS, n_openings) for part in parts)
    assert len(next(final_outcomes.blocks(range(130), 467))) == 4


def test_ctrl_c_keeps_the_same_seeds_of_all(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(final_outcomes, "BLOCK", 3)
    calls: list[int] = []

    def once(done: int, total: int) -> None:
        if not calls:
            ctrl_c(done, total)
        calls.append(done)

    starts = openings(2)
    seeds, ends = final_outcomes.ends_of_all(starts, range(1, 11), progress=once)
    assert seeds == (1, 2, 3)
    assert calls == [3, 6]
    for start, made in zip(starts, ends, strict=True):
        np.testing.assert_array_equal(made["attacks"], final_outcomes.ends_of(start, (1, 2, 3))["attacks"])


def test_ctrl_c_keeps_ceasefires_of_whole_seeds(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(final_outcomes, "BLOCK", 5)
    made = survival_of(openings(2), range(1, 41), progress=ctrl_c)
    assert made.seeds == (1, 2, 3, 4, 5)
    assert made.interrupted
    whole = survival_of(openings(2), range(1, 6))
    assert made.spells.equals(whole.spells)
    assert len(whole.spells) > 0


@pytest.mark.parametrize("run", [final_outcomes.ends_of_all, survival_of])
def test_ctrl_c_before_anything_is_done_is_an_interrupt(run, monkeypatch: pytest.MonkeyPatch):
    @contextmanager
    def asked() -> Iterator[Interrupt]:
        stop = Interrupt()
        stop.asked = True
        yield stop

    monkeypatch.setattr(f"{run.__module__}.heeding_interrupt", asked)
    with pytest.raises(KeyboardInterrupt):
        run(openings(1), range(1, 4))


@pytest.mark.parametrize("actors", [None, {"republic": object}])
def test_drawn_parameters_are_run_one_thread_at_a_time_unless_actors_need_mesa(
    monkeypatch: pytest.MonkeyPatch, actors
):
    """Seeds whose parameters differ are spread over the workers, so that each compiled run takes one thread."""
    asked = []

    @contextmanager
    def runner(given, workers):
        yield ("all", given, workers)

    class Drawn:
        def runner(self, k, one, workers):
            asked.append((k, one, workers))
            return f"way {k}"

    monkeypatch.setattr(final_outcomes, "runner", runner)
    monkeypatch.setattr(final_outcomes, "compiled", lambda threads: ("compiled", threads))
    monkeypatch.setattr(
        final_outcomes, "ends_by", lambda go, start, block: {"x": np.array([f"{go}, {s}" for s in block])}
    )
    told = []
    seeds, ends = final_outcomes.ends_of_all(
        ["a", "b"], [7, 8], drawn=Drawn(), threads=3, actors=actors, progress=lambda *n: told.append(n)
    )
    one = ("all", actors, 3) if actors else ("compiled", 1)
    assert asked == [(0, one, 3), (1, one, 3)]
    assert seeds == (7, 8)
    assert [e["x"].tolist() for e in ends] == [["way 0, 7", "way 0, 8"], ["way 1, 7", "way 1, 8"]]
    assert told == [(2, 4), (4, 4)]
