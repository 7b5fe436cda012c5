"""What ``detente new`` prints: where the case is, what the data say, how well each fact is known, what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.experiments.cases.builder.source_notes import source_lines
from detente.experiments.cli.printing.data import plain
from detente.experiments.io.console import Console, Table

if TYPE_CHECKING:
    from detente.experiments.cases.builder.new import NewCase

FEW = 3
"""Sources shown for a grade; the notes have all."""


def print_new(to: Console, made: NewCase) -> None:
    """A case that was built or copied."""
    if made.copied_from is not None:
        plain(to, f"Wrote {made.folder}, a copy of {made.copied_from}")
        plain(to, f"detente check {made.folder}")
        return
    days, history = made.about["days"], made.about["history"]
    plain(to, f"{made.name}: {' / '.join(made.about['parties'])}, {days['start']} to {days['end']}")
    plain(to, f"numbers estimated from {days['estimated_from']} to {days['estimated_until']}")
    for line in source_lines(made.about["files"], digests=False):
        plain(to, f"  read {line}")
    for line in made.about["findings"]:
        plain(to, f"  {line}")
    signed = f"{history['truces']} ceasefires and {history['agreements']} agreements"
    plain(to, f"history: {signed}, {history['moves']} dated moves, {len(history['left_out'])} rows left out")
    for line in made.about["notes"]:
        plain(to, f"note: {line}")
    to.print(grades_of(made))
    for line in made.screening.lines() if made.screening else ():
        plain(to, line)
    plain(to, f"Wrote {made.folder}; NOTES.md there says where each number comes from.")
    plain(to, f"Next: detente check {made.folder}")
    plain(to, f"      detente compare {made.folder} --policies history,status-quo,five-lessons --runs 200")


def grades_of(made: NewCase) -> Table:
    """How many facts there are of each grade, and which."""
    table = Table(title=f"{len(made.facts)} facts", title_justify="left")
    table.add_column("grade")
    table.add_column("facts", justify="right")
    table.add_column("such as")
    for grade, n in made.grades.items():
        keys = dict.fromkeys(f.path.rsplit(".", 1)[-1] for f in made.facts if f.estimate.grade == grade)
        table.add_row(grade, f"{n}", ", ".join(list(keys)[:8]))
    return table
