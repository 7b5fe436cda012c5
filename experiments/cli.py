"""The command line.

Commands live in ``experiments.commands``; what stands above the experiments, such as the dashboards, offers its own in
the entry-point group ``detente.commands``.  Heavy libraries load inside the commands, so that help is quick.
"""

from __future__ import annotations

from importlib.metadata import entry_points

from detente.experiments import commands as commands
from detente.experiments.commands.options import app

GROUP = "detente.commands"


def load_offered() -> None:
    """Register the commands that other packages, and the dashboards, offer: importing their module does it."""
    for offered in entry_points(group=GROUP):
        offered.load()


load_offered()


def main() -> None:
    """Run the command line; ends the program with its exit status."""
    app()
