"""A run ends on its case's last day at any step, and every move dated inside the case is imposed or refused by name."""

import copy
import pickle
from datetime import date, timedelta

import numpy as np
import pytest
from builders import made_policy

from detente.agents.codes import MOVE_IMPOSED
from detente.experiments.runs.event_logs import run_logs
from detente.experiments.runs.outcomes import Finals, end_dates, read_outcomes
from detente.experiments.runs.recorded_series import Watch
from detente.model.errors import InputError
from detente.model.series import columns

pytestmark = pytest.mark.usefixtures("short_log")

START = date(2030, 1, 1)
LENGTHS = [(730, 3), (730, 7), (730, 28), (10, 28), (1, 1), (1, 28), (1, 0.25), (1, 1 / 3)]
"""Days and steps of the given case; then days and steps that nobody listed."""
OTHERS = [(29, 28), (55, 28), (365, 2), (31, 5), (100, 13), (27, 28), (3, 2)]


def lasting(workshop, days, **changes):
    """The template for so many days, its levers acting from the first."""
    tables = workshop.tables()
    tables["case"] |= {"end": START + timedelta(days=days - 1), "pivot": START, **changes}
    tables["calendar"]["holidays"] = []
    tables["observed"] = []
    return tables


def opened(workshop, days, step, *moves, **options):
    policy = made_policy(*moves) if moves else None
    return workshop.opening(lasting(workshop, days), policy, step_days=float(step), **options)


def finals_of(start, rows):
    return Finals(start, columns(start.cast), np.asarray(rows)[-1:])


@pytest.mark.parametrize(("days", "step"), LENGTHS + OTHERS)
def test_both_drivers_end_on_the_last_day_with_the_same_bits(workshop, compiled, days, step):
    start = opened(workshop, days, step, levers={"ceasefires": 0.8, "confidence_building": 0.8})
    one, other = workshop.run(start, 5), workshop.mesa(start, 5)
    assert one.sha256 == other.sha256
    for made in (one, other):
        finals = finals_of(start, made.rows)
        assert read_outcomes(finals)["days"][0] == pytest.approx(days)
        assert end_dates(finals) == [START + timedelta(days=days - 1)]
        clock = workshop.records(made)["clock"][0]
        assert clock["tick"] * clock["tick_days"] == pytest.approx(days)
    assert one.events["day"].max(initial=0) < days


@pytest.mark.parametrize(("days", "step"), [(730, 10), (728, 28), (10, 2), (9, 9)])
def test_a_step_that_divides_the_case_has_no_shorter_one(workshop, compiled, days, step):
    start = opened(workshop, days, step)
    assert start.n_steps == days / step
    assert workshop.records(workshop.run(start, 1))["clock"]["step_days"][0] == step


@pytest.mark.parametrize(("days", "step"), [(730, 28), (100, 13), (10, 7)])
def test_a_run_is_taken_up_again_before_and_in_its_last_step(workshop, compiled, days, step):
    start = opened(workshop, days, step)
    whole = workshop.run(start, 3)
    for done in (1, start.n_steps - 1):
        part = workshop.run(start, 3, n_steps=done)
        assert workshop.run(start, 3, resume=part).sha256 == whole.sha256


def test_a_copy_of_a_process_before_its_last_step_ends_as_it_does(workshop, compiled):
    start = opened(workshop, 100, 28)
    model = workshop.process(start, 2, keep_trajectory=True)
    for _ in range(3):
        model.step()
    twins = [pickle.loads(pickle.dumps(model)), copy.deepcopy(model)]
    for one in (model, *twins):
        assert one.date == START + timedelta(days=84)
        one.run_model()
        assert one.date == START + timedelta(days=100)
        assert one.trajectory().sha256 == workshop.run(start, 2).sha256


def test_batch_run_of_mesa_ends_on_the_last_day():
    import mesa

    from detente import PeaceProcess

    parameters = {"case": "template", "policy": "status-quo", "step_days": 28, "rng": [1, 2, 3]}
    rows = mesa.batch_run(PeaceProcess, parameters, number_processes=1, display_progress=False)
    assert max(row["date"] for row in rows) == "2032-01-01"  # a victory may end a run before


# -- dated moves

LAST = (
    {"sort": "act", "actor": "republic", "do": "offer_truce", "to": "movement"},
    {"sort": "act", "actor": "republic", "do": "open_track", "track": "front"},
    {"sort": "act", "actor": "republic", "do": "give_measure", "measure": "prisoner-release"},
    {"sort": "act", "actor": "republic", "do": "leave_track", "track": "front"},
)


@pytest.mark.parametrize("move", LAST, ids=lambda m: m["do"])
@pytest.mark.parametrize("step", [1, 3, 7, 28])
@pytest.mark.parametrize("back", [0, 1])
def test_a_move_of_the_last_days_is_imposed(workshop, compiled, move, step, back):
    days = 58  # steps of 3, 7 and 28 days leave a shorter last one
    dated = {**move, "date": START + timedelta(days=days - 1 - back)}
    start = opened(workshop, days, step, dated)
    for made in (workshop.run(start, 1), workshop.mesa(start, 1)):
        assert (made.events["what"] == MOVE_IMPOSED).sum() == 1


@pytest.mark.parametrize("step", [2, 7, 28])
def test_one_decision_on_two_days_of_one_step_is_refused_by_name(workshop, step):
    move = LAST[2]
    days = [START + timedelta(days=day) for day in (56, 57)]
    with pytest.raises(InputError) as refused:
        opened(workshop, 730, step, *({**move, "date": day} for day in days))
    text = str(refused.value)
    for part in ("republic give_measure prisoner-release", *map(str, days), f"{step} days", "step_days"):
        assert part in text


def test_one_decision_in_two_steps_is_imposed_twice(workshop, compiled):
    days = [START + timedelta(days=day) for day in (55, 56)]
    start = opened(workshop, 730, 28, *({**LAST[2], "date": day} for day in days))
    assert (workshop.run(start, 1).events["what"] == MOVE_IMPOSED).sum() == 2


def test_truces_are_offered_on_two_days_of_a_step(workshop, compiled):
    days = [START + timedelta(days=day) for day in (56, 60)]
    start = opened(workshop, 730, 28, *({**LAST[0], "date": day} for day in days))
    assert (workshop.run(start, 1).events["what"] == MOVE_IMPOSED).sum() == 2


# -- what is read off runs by date


def test_series_and_months_end_with_the_case(workshop, compiled):
    start = opened(workshop, 59, 28)
    watch = Watch.of(start, 28)
    assert watch.dates == [START + timedelta(days=d) for d in (0, 28, 56, 59)]
    made = workshop.batch(start, 3, wanted=watch.columns, every=1)
    assert made.days.tolist() == [0.0, 28.0, 56.0, 59.0]
    steps = np.full(3, start.n_steps)
    months = watch.monthly(made.series, steps)
    assert months.shape == (3, 2, 3)
    assert months.sum(axis=1) == pytest.approx(made.series[:, -1, :3])


def test_logs_end_with_the_case(workshop, compiled):
    start = opened(workshop, 100, 28)
    assert [log.days for log in run_logs(start, [1, 2])] == [100.0, 100.0]


@pytest.mark.parametrize(("days", "step"), [(730, 28), (100, 13), (10, 28), (31, 7), (9, 2)])
def test_steps_and_days_turn_into_each_other(workshop, days, step):
    start = opened(workshop, days, step)
    for k in range(start.n_steps + 1):
        assert start.steps_by(start.days_after(k)) == pytest.approx(k)
    middle = (start.days_after(start.n_steps - 1) + days) / 2
    assert start.steps_by(middle) == pytest.approx(start.n_steps - 0.5)
