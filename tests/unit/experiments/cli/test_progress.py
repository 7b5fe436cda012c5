"""What a long command says of its progress."""

import io

from rich.console import Console

from detente.experiments.cli.progress import meter


def test_a_bar_is_shown_from_the_first_report_on_and_never_after_its_end():
    written = io.StringIO()
    to = Console(file=written, force_terminal=True, width=100)
    with meter(to) as report:
        assert written.getvalue() == "", "the terminal is free until then"
        report(0, 1000)
        report(500, 1000)
    shown = written.getvalue()
    assert "500 of 1,000 runs" in shown
    report(600, 1000)
    assert written.getvalue() == shown, "a worker may end its chunk after a second Ctrl-C"


def test_a_log_has_a_line_at_the_first_and_the_last_report():
    written = io.StringIO()
    with meter(Console(file=written, width=100)) as report:
        for done in (0, 1, 1000):
            report(done, 1000)
    first, last = written.getvalue().splitlines()
    assert first == "0 of 1,000 runs"
    assert last.startswith("1,000 of 1,000 runs")
