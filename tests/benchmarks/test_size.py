"""How the cost of a compiled run grows: in proportion to its steps, and to its directed dyads."""

import statistics
import time
from datetime import timedelta

import pytest

pytestmark = pytest.mark.benchmark

PARTIES = (3, 10, 30, 100)
DAYS = (200, 400, 800, 1600)
REPEATS = 5
RUNS = 10


def ring(workshop, n_parties, days=400):
    """The template with a ring of parties, each at war with the next, each pair with a track of its own."""
    tables = workshop.tables()
    party, relation, track = tables["party"][0], tables["relation"][0], tables["track"][0]
    names = [f"party-{k}" for k in range(n_parties)]
    pairs = list(zip(names, [*names[1:], names[0]], strict=True))
    tables["case"]["end"] = tables["case"]["start"] + timedelta(days - 1)
    tables["party"] = [
        {**party, "name": name, "title": name, "main_foe": foe, "patron": None} for name, foe in pairs
    ]
    tables["party"] = [{k: v for k, v in p.items() if v is not None} for p in tables["party"]]
    for party in tables["party"]:  # every faction has a name of its own
        party["faction"] = [{**f, "name": f"{f['name']}-{party['name']}"} for f in party["faction"]]
    tables["relation"] = [{**relation, "between": list(pair)} for pair in pairs]
    kept = {k: v for k, v in track.items() if k not in ("needs", "sister", "excluded")}
    tables["track"] = [{**kept, "name": f"track-{k}", "between": list(pair)} for k, pair in enumerate(pairs)]
    tables["measure"] = []
    tables["spoiler"] = []
    tables["mediator"] = []
    return workshop.opening(tables)


def medians(openings):
    """Median seconds of a batch of each opening, taken in turn; every run must reach its horizon."""
    from detente.model.engine import run_batch

    seconds = {name: [] for name in openings}
    for turn in range(REPEATS + 1):
        for name, start in openings.items():
            began = time.perf_counter()
            batch = run_batch(start, range(1, RUNS + 1), threads=1)
            taken = time.perf_counter() - began
            steps = batch.final[:, batch.final_columns.index("clock.end_step")]
            assert (steps + 1 == start.n_steps).all()
            if turn > 0:
                seconds[name].append(taken)
    return {name: statistics.median(s) for name, s in seconds.items()}


def test_cost_is_linear_in_dyads(workshop, compiled):
    openings = {n: ring(workshop, n) for n in PARTIES}
    taken = medians(openings)
    each = {n: taken[n] / (RUNS * 400 * 2 * n) for n in PARTIES}
    for n in PARTIES:
        print(f"\n{n:4d} parties, {2 * n:4d} dyads: {each[n] * 1e9:6.0f} ns a day and dyad", end="")
    assert each[100] < 1.5 * each[10]


def test_cost_is_linear_in_steps(workshop, compiled):
    openings = {days: ring(workshop, 10, days) for days in DAYS}
    taken = medians(openings)
    each = {days: taken[days] / (RUNS * days) for days in DAYS}
    for days in DAYS:
        print(f"\n{days:5d} days: {each[days] * 1e6:6.2f} us a day", end="")
    assert each[1600] < 1.5 * each[400]
