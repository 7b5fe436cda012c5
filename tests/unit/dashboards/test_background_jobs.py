"""The queue of long computations: bounded, the latest question wins, given up when nobody asks any more."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from detente.dashboards.app.background_jobs import (
    FAULT_KEPT,
    PATIENCE,
    AnswerFaultError,
    BusyError,
    JobBook,
    SupersededError,
    answer_to,
    settled,
)
from detente.model.errors import InputError
from detente.model.stopping import stop_if_asked, stoppable

SECONDS = 10


class Clock:
    """A clock that a test moves."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


class Task:
    """Work that goes on until it is told to end, looking up between its steps as runs do."""

    def __init__(self, result: Any = "done") -> None:
        self.result, self.go, self.begun, self.left = result, threading.Event(), threading.Event(), False
        self.calls = 0

    def __call__(self, report: Any) -> Any:
        self.calls += 1
        self.begun.set()
        try:
            while not self.go.wait(0.002):
                stop_if_asked()
        finally:
            self.left = True
        report("steps", 1, 1)
        return self.result


def wait_for(true: Callable[[], Any]) -> None:
    end = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.002)


@pytest.fixture
def clock() -> Iterator[Clock]:
    """A clock; when the test is over, so much time passes that nothing is waited for any more."""
    made = Clock()
    yield made
    made.now += 1e9


@pytest.fixture
def book(clock: Clock) -> JobBook:
    return JobBook(clock=clock)


def test_equal_questions_are_computed_once(book: JobBook) -> None:
    task = Task()
    one, two = (book.ask(viewer, "fan", "key", task) for viewer in ("one", "two"))
    assert one is two
    task.go.set()
    wait_for(lambda: one.over)
    assert (one.answer(), one.what, one.done, one.total, task.calls) == ("done", "steps", 1, 1, 1)
    assert book.ask("three", "fan", "key", Task("other")).answer() == "done"


def test_a_later_question_of_a_viewer_ends_the_one_before_in_the_middle(book: JobBook) -> None:
    first, second = Task(), Task()
    one = book.ask("viewer", "fan", 1, first)
    first.begun.wait(SECONDS)
    two = book.ask("viewer", "fan", 2, second)
    wait_for(lambda: one.over)
    assert first.left
    assert one.answer() is None
    assert book.find(1) is None
    second.go.set()
    wait_for(lambda: two.over)
    assert two.answer() == "done"


def test_who_asks_again_before_it_is_their_turn_keeps_their_place(book: JobBook) -> None:
    running = Task()
    book.ask("first", "fan", 0, running)
    running.begun.wait(SECONDS)
    order: list[Any] = []

    def note(key: Any) -> Any:
        return lambda report: order.append(key) or key

    for key in (1, 2, 3):
        book.ask(f"viewer {key}", "fan", key, note(key))
    for key in (11, 12, 13):
        last = book.ask("viewer 1", "fan", key, note(key))
    book.ask("viewer 4", "fan", 4, note(4))
    running.go.set()
    wait_for(lambda: len(order) == 4)
    assert order == [13, 2, 3, 4]
    assert last.answer() == 13


def test_what_another_viewer_or_another_subject_asks_ends_nothing(book: JobBook) -> None:
    first, second, third = Task(), Task(), Task()
    one = book.ask("viewer", "fan", 1, first, lane="quick")
    book.ask("another", "fan", 2, second, lane="whole")
    book.ask("viewer", "card", 3, third, lane="check")
    for task in (first, second, third):
        task.begun.wait(SECONDS)
    assert not one.over
    for task in (first, second, third):
        task.go.set()
    wait_for(lambda: one.over)
    assert one.answer() == "done"


def test_a_question_that_two_viewers_ask_goes_on_when_one_leaves(book: JobBook) -> None:
    task = Task()
    one = book.ask("stays", "fan", 1, task)
    book.ask("leaves", "fan", 1, task)
    book.ask("leaves", "fan", 2, Task(), lane="whole")
    task.go.set()
    wait_for(lambda: one.over)
    assert one.answer() == "done"


def test_what_nobody_asks_for_any_more_is_given_up(book: JobBook, clock: Clock) -> None:
    running, waiting = Task(), Task()
    one, two = book.ask("viewer", "fan", 1, running), book.ask("other", "fan", 2, waiting)
    running.begun.wait(SECONDS)
    clock.now += PATIENCE - 0.1
    book.ask("viewer", "fan", 1, running)
    clock.now += 0.2
    time.sleep(0.05)
    assert not one.over
    clock.now += PATIENCE
    wait_for(lambda: one.over and two.over)
    assert running.left
    assert (waiting.calls, book.find(1), book.find(2)) == (0, None, None)


def test_a_question_given_up_may_be_asked_again(book: JobBook, clock: Clock) -> None:
    task = Task()
    one = book.ask("viewer", "fan", 1, task)
    task.begun.wait(SECONDS)
    clock.now += 2 * PATIENCE
    wait_for(lambda: one.over)
    task.go.set()
    again = book.ask("viewer", "fan", 1, task)
    wait_for(lambda: again.over)
    assert (again.answer(), task.calls) == ("done", 2)


def test_the_queue_is_bounded(clock: Clock) -> None:
    book, task = JobBook(most=3, clock=clock), Task()
    book.ask("first", "fan", "running", task)
    task.begun.wait(SECONDS)
    for k in range(3):
        book.ask(f"viewer {k}", "fan", k, Task())
    with pytest.raises(BusyError):
        book.ask("one too many", "fan", 4, Task())
    assert answer_to(book, "one too many", "fan", 4, Task()) is None
    clock.now += PATIENCE + 0.1  # those who left make room
    book.ask("one too many", "fan", 4, Task())
    task.go.set()


def test_few_answers_are_kept(clock: Clock) -> None:
    book = JobBook(kept=2, clock=clock)
    for key in range(5):
        task = Task()
        task.go.set()
        job = book.ask("viewer", "fan", key, task)
        wait_for(lambda job=job: job.over)
    book.ask("viewer", "fan", 9, Task())
    assert [key for key in range(5) if book.find(key)] == [3, 4]


def test_an_old_turn_is_refused_and_leaves_the_new_one_alone(book: JobBook) -> None:
    task = Task()
    job = book.ask("viewer", "fan", "new", task, turn=2)
    with pytest.raises(SupersededError):
        book.ask("viewer", "fan", "old", Task(), turn=1)
    task.go.set()
    wait_for(lambda: job.over)
    assert job.answer() == "done"


def test_the_whole_answer_follows_the_first_for_those_who_still_wait(book: JobBook, clock: Clock) -> None:
    whole = Task("whole")

    def first(report: Any) -> str:
        book.follow("first", "compare", "whole", whole, lane="whole")
        return "first"

    job = book.ask("viewer", "compare", "first", first)
    wait_for(lambda: job.over)
    whole.begun.wait(SECONDS)
    assert (
        book.ask("viewer", "compare", "first", first).answer() == "first"
    )  # a poll that came late ends nothing
    clock.now += 1
    assert not book.ask("viewer", "compare", "whole", whole, lane="whole").over
    whole.go.set()
    found = book.find("whole")
    wait_for(lambda: found and found.over)
    assert found is not None
    assert found.answer() == "whole"


def test_nothing_follows_for_a_viewer_who_has_asked_something_else(book: JobBook) -> None:
    asked, go = threading.Event(), threading.Event()

    def first(report: Any) -> str:
        asked.set()
        go.wait(SECONDS)
        book.follow("first", "compare", "whole", Task(), lane="whole")
        return "first"

    job = book.ask("viewer", "compare", "first", first)
    asked.wait(SECONDS)
    book.ask("viewer", "compare", "other", Task(), lane="check")
    go.set()
    wait_for(lambda: job.over)
    assert book.find("whole") is None


def test_a_fault_is_said_and_tried_again_later(book: JobBook, clock: Clock, caplog: Any) -> None:
    def bad(report: Any) -> None:
        raise InputError("no such case")

    def broken(report: Any) -> None:
        raise ZeroDivisionError("a secret of the machine")

    one, two = book.ask("viewer", "a", "bad", bad), book.ask("viewer", "b", "broken", broken)
    wait_for(lambda: one.over and two.over)
    with pytest.raises(InputError, match="no such case"):
        one.answer()
    with pytest.raises(AnswerFaultError) as caught:
        two.answer()
    assert "secret" not in str(caught.value)
    assert "a secret of the machine" in caplog.text
    assert book.ask("viewer", "b", "broken", broken) is two
    clock.now += FAULT_KEPT + 1
    assert book.ask("viewer", "b", "broken", broken) is not two


def test_a_viewer_who_asks_about_many_things_is_not_remembered_for_ever(book: JobBook) -> None:
    task = Task()
    task.go.set()
    for k in range(1200):
        book._note((f"viewer {k}", "fan"), _latest(k))
    assert len(book._latest) <= 1000


def _latest(k: int) -> Any:
    from detente.dashboards.app.background_jobs import Latest

    return Latest(k, 0)


def test_lanes_do_not_wait_for_each_other_and_a_lane_does_one_thing_at_a_time(book: JobBook) -> None:
    slow, next_, quick = Task(), Task(), Task("quick")
    book.ask("one", "card", 1, slow, lane="check")
    book.ask("two", "card", 2, next_, lane="check")
    quick.go.set()
    job = book.ask("three", "fan", 3, quick, lane="quick")
    wait_for(lambda: job.over)
    assert slow.begun.wait(SECONDS)
    assert not next_.begun.is_set()
    slow.go.set()
    assert next_.begun.wait(SECONDS)
    next_.go.set()


def test_only_some_requests_wait_for_an_answer(book: JobBook) -> None:
    job = book.ask("viewer", "fan", 1, Task())
    took: list[float] = []

    def request() -> None:
        began = time.monotonic()
        settled(job)
        took.append(time.monotonic() - began)

    threads = [threading.Thread(target=request) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(t > 0.2 for t in took) == 3


def test_runs_look_up_before_every_batch(compiled: None) -> None:
    from detente.experiments.runs.ensemble import run_together
    from detente.experiments.runs.replay import Recipe

    looks: list[int] = []
    with stoppable(lambda: looks.append(1)):
        run_together([Recipe(case="template", policy="status-quo").open()], tuple(range(1, 151)))
    assert len(looks) == 3
    run_together([Recipe(case="template", policy="status-quo").open()], (1,))
    assert len(looks) == 3
