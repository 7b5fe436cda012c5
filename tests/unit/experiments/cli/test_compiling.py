"""What is shown while runs go on: a bar on a terminal, nothing in a pipe."""

import io

from rich.console import Console

from detente.experiments.cli.compiling import bar
from detente.experiments.cli.progress import meter


def written(terminal):
    stream = io.StringIO()
    return stream, Console(file=stream, force_terminal=terminal, width=80, legacy_windows=False)


def test_a_bar_stands_on_a_terminal_from_the_first_report_on():
    stream, console = written(terminal=True)
    with bar(console, "running") as report:
        assert stream.getvalue() == ""
        report(3, 8)
        report(8, 8)
    shown = stream.getvalue()
    assert "running" in shown
    assert "8/8" in shown


def test_a_pipe_gets_no_bar():
    stream, console = written(terminal=False)
    with bar(console, "running") as report:
        report(3, 8)
    assert stream.getvalue() == ""


def test_a_sweep_is_told_in_runs():
    stream, console = written(terminal=True)
    with meter(console) as report:
        report(0, 1000)
        report(1000, 1000)
    assert "1,000 of 1,000 runs" in stream.getvalue()
    stream, console = written(terminal=False)
    with meter(console) as report:
        report(1000, 1000)
    assert stream.getvalue() == "1,000 of 1,000 runs\n"
