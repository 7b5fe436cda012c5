"""Every command with its arguments and options, and every exit status."""

import sys
from collections.abc import Iterator
from importlib.metadata import entry_points
from typing import Any

import typer

from detente.experiments.cli.exit_status import BAD_INPUT, DONE, FAULT, INTERRUPTED, TERMINATED
from generating.tables import table

STATUSES = {
    DONE: ("done", "The command did what was asked; warnings, if any, are on standard error."),
    FAULT: (
        "a fault",
        "A fault of the program, with its traceback; `detente sweep` if a run failed; `detente audit` if a part of the "
        "model has no effect.",
    ),
    BAD_INPUT: (
        "bad input",
        "One line on standard error names the file, the key, the value and what was expected, with the nearest valid "
        "name; nothing was run.",
    ),
    INTERRUPTED: ("interrupted", "Ctrl-C. One line says how much was done; what a sweep has written stays."),
    TERMINATED: (
        "terminated",
        "SIGTERM, which a job's time limit sends, to `detente sweep`. The running chunks are finished; one line says "
        "how much was done.",
    ),
}
"""Exit status -> what it is called, and what it means."""


def application() -> Any:
    """The command line, found as the shell finds it."""
    (entry,) = entry_points(group="console_scripts", name="detente")
    return typer.main.get_command(sys.modules[entry.load().__module__].app)


def all_commands(group: Any | None = None, above: str = "detente") -> Iterator[tuple[str, Any]]:
    """Every command by its full name, in the order of the help."""
    group = group or application()
    for name in group.list_commands(None):
        command = group.commands[name]
        if hasattr(command, "commands"):
            yield from all_commands(command, f"{above} {name}")
        else:
            yield f"{above} {name}", command


def command_table() -> str:
    """Every command in a line."""
    rows = [(f"[`{name}`](#{anchor(name)})", first_line(command)) for name, command in all_commands()]
    return table(("command", "does"), rows)


def anchor(name: str) -> str:
    """Where a command stands on the page."""
    return name.removeprefix("detente ").replace(" ", "-")


def first_line(command: Any) -> str:
    """The one-line help."""
    return " ".join((command.help or "").split("\n\n")[0].split())


def command_sections() -> str:
    """Every command with its options."""
    return "\n".join(part for name, command in all_commands() for part in command_section(name, command))


def command_section(name: str, command: Any) -> Iterator[str]:
    """One command."""
    yield f"### `{name}` {{ #{anchor(name)} }}\n"
    yield f"```text\n{usage(name, command)}\n```\n"
    yield "\n\n".join(" ".join(part.split()) for part in (command.help or "").split("\n\n")) + "\n"
    rows = [row for parameter in command.params if (row := parameter_row(parameter)) is not None]
    if rows:
        yield table(("argument or option", "value", "default", "meaning"), rows)


def usage(name: str, command: Any) -> str:
    """How a command is written."""
    words = [p.metavar or p.name.upper() for p in command.params if p.param_type_name == "argument"]
    needed = [p.required for p in command.params if p.param_type_name == "argument"]
    arguments = [word if need else f"[{word}]" for word, need in zip(words, needed, strict=True)]
    return " ".join((name, "[OPTIONS]", *arguments))


def parameter_row(parameter: Any) -> tuple[str, ...] | None:
    """An argument or option as a row, unless it is the help."""
    if "--help" in parameter.opts:
        return None
    is_option = parameter.param_type_name == "option"
    name = ", ".join(f"`{o}`" for o in (*parameter.opts, *parameter.secondary_opts)) if is_option else ""
    word = parameter.metavar or value_word(parameter)
    default = "required" if parameter.required else shown(parameter.default)
    return (name or f"`{word}`", f"`{word}`" if is_option and word else "", default, parameter.help or "")


def value_word(parameter: Any) -> str:
    """What stands for the value of an option that names nothing itself; flags have none."""
    if getattr(parameter, "is_flag", False):
        return ""
    kinds = {int: "INTEGER", float: "NUMBER"}
    return kinds.get(parameter.type_descriptor.annotation, "TEXT")


def shown(default: Any) -> str:
    """A default as it would be typed."""
    if default is None or default is False or default == () or callable(default):
        return ""
    return f"`{default}`" if isinstance(default, str | int | float) else ""


def exit_statuses() -> str:
    """Every exit status."""
    rows = [(f"`{number}`", *words) for number, words in sorted(STATUSES.items())]
    return table(("status", "called", "meaning"), rows)
