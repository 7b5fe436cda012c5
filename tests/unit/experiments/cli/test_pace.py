"""Progress in words: pace, time left, lines of a log, lengths and sizes."""

import io

import pytest
from rich.console import Console

from detente.experiments.cli.progress import Lines, Pace, duration, size


class Clock:
    """A clock that is set by hand."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def test_the_pace_leaves_out_what_earlier_sweeps_made():
    clock = Clock()
    pace = Pace(clock)
    pace.note(1000, 3000)
    assert pace.words == ""
    clock.now = 110.0
    pace.note(1000, 3000)
    assert pace.words == ""
    pace.note(1500, 3000)
    assert (pace.rate, pace.left) == (50.0, 30.0)
    assert pace.words == "50 runs/s, 30 s left"
    clock.now = 100.0
    pace.note(2000, 3000)
    assert pace.rate == 50.0


def test_a_log_has_a_line_every_half_minute_and_at_the_end():
    clock, written = Clock(), io.StringIO()
    lines = Lines(Console(file=written, width=100), Pace(clock))
    for seconds, done in ((0, 0), (29, 100), (30, 200), (59, 300), (60, 400), (61, 1000)):
        clock.now = 100.0 + seconds
        lines.report(done, 1000)
    said = written.getvalue().splitlines()
    assert [line.split(" of ")[0] for line in said] == ["0", "200", "400", "1,000"]
    assert said[1] == "200 of 1,000 runs, 7 runs/s, 2.0 min left"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.9, "under 1 s"),
        (1.0, "1 s"),
        (89.4, "89 s"),
        (90.0, "1.5 min"),
        (5399.0, "90.0 min"),
        (5400.0, "1.5 h"),
        (129600.0, "1.5 days"),
    ],
)
def test_lengths_of_time(seconds, words):
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("n", "words"),
    [(999, "999 bytes"), (1000, "1.0 kB"), (1.5e6, "1.5 MB"), (1e9, "1.0 GB"), (999_999, "1000.0 kB")],
)
def test_amounts_of_disk(n, words):
    assert size(n) == words
