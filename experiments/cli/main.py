"""The command line.

Each command is a module of this folder, named as the command.  What stands above the experiments, such as the
dashboards, offers its own in the entry-point group ``detente.commands``.  Heavy libraries load inside the commands, so
that help is quick.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path

from detente.experiments.cli.options import ORDER, app

GROUP = "detente.commands"


def register_own() -> None:
    """Register the commands of this folder: importing their module does it."""
    here = Path(__file__).parent
    for name in ORDER:
        if (here / f"{name}.py").is_file():
            import_module(f"{__package__}.{name}")


def register_offered() -> None:
    """Register the commands that other packages, and the dashboards, offer."""
    for offered in entry_points(group=GROUP):
        offered.load()


register_own()
register_offered()


def main() -> None:
    """Run the command line; ends the program with its exit status."""
    app()
