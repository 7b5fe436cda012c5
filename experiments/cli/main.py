"""The command line.

Each command is a module of this folder, named as the command; a module that registers one is found by itself.  What
stands above the experiments, such as the dashboards, offers its own in the entry-point group ``detente.commands``.
Heavy libraries load inside the commands, so that help is quick.
"""

from __future__ import annotations

import re
import sys
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import typer
from typer.exceptions import TyperException
from typer.main import get_command

from detente.experiments.cli.exit_status import DONE, INTERRUPTED, complain, tell_fault
from detente.experiments.cli.options import app
from detente.experiments.io.output import output, visible

GROUP = "detente.commands"
REGISTERS = re.compile(r"^(@app\.command\(|app\.add_typer\()", re.MULTILINE)
"""How a module says that it registers a command."""


def own_commands() -> list[str]:
    """The modules of this folder that register a command."""
    files = sorted(Path(__file__).parent.glob("*.py"))
    return [file.stem for file in files if REGISTERS.search(file.read_text(encoding="utf-8"))]


def register_own() -> None:
    """Register the commands of this folder: importing their module does it."""
    for name in own_commands():
        import_module(f"{__package__}.{name}")


def register_offered() -> None:
    """Register the commands that other packages, and the dashboards, offer."""
    for offered in entry_points(group=GROUP):
        offered.load()


register_own()
register_offered()


def main() -> None:
    """Run the command line; ends the program with its exit status."""
    sys.excepthook = tell_fault
    for error in (False, True):  # what other libraries write falls back to the nearest characters, too
        output(error=error)
    try:
        status = get_command(app).main(standalone_mode=False)
    except TyperException as error:
        status = tell_usage(error)
    except typer.Abort:
        complain("interrupted; nothing was finished")
        status = INTERRUPTED
    sys.exit(status if isinstance(status, int) else DONE)


def tell_usage(error: Any) -> int:
    """Say what is wrong with the words of a command, which may hold the names of files; returns the exit status."""
    message = error.format_message()
    if message == visible(message):
        error.show(file=output(error=True))
    else:
        complain(message)
    return error.exit_code
