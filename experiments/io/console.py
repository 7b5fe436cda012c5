"""Rich consoles, tables and bars behind the gate: nothing is markup, and hidden characters are shown."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import accumulate
from typing import IO, Any

from rich.console import Console as RichConsole
from rich.console import ConsoleOptions
from rich.measure import Measurement
from rich.progress import BarColumn as BarColumn
from rich.progress import MofNCompleteColumn as MofNCompleteColumn
from rich.progress import Progress as Progress
from rich.progress import ProgressColumn, Task
from rich.progress import TextColumn as RichTextColumn
from rich.progress import TimeRemainingColumn as TimeRemainingColumn
from rich.segment import Segment
from rich.style import Style
from rich.table import Table as Table
from rich.text import Span
from rich.text import Text as RichText

from detente.experiments.io.output import fitted, gated, output, visible

PIPE_WIDTH = 140
"""Columns in a pipe: wide enough for every table."""


class Text(RichText):
    """Words in a style: hidden characters are shown, and the rest as the console can write it."""

    def __init__(self, text: str = "", style: str | Style = "", **how: Any) -> None:
        super().__init__(visible(text), style, **how)

    def append(self, text: RichText | str, style: str | Style | None = None) -> Text:
        """More words at the end."""
        super().append(visible(text) if isinstance(text, str) else text, style)
        return self

    def __rich_console__(self, console: RichConsole, options: ConsoleOptions) -> Iterator[Segment]:
        yield from console.render(refitted(self, options.encoding), options)

    def __rich_measure__(self, console: RichConsole, options: ConsoleOptions) -> Measurement:
        return Measurement.get(console, options, refitted(self, options.encoding))


def refitted(text: RichText, encoding: str) -> RichText:
    """A text as a stream of an encoding will show it, its styles in their places."""
    parts = [fitted(character, encoding) for character in text.plain]
    ends = [0, *accumulate(map(len, parts))]
    plain = RichText("".join(parts), **settings_of(text))
    plain.spans = [
        Span(ends[min(span.start, len(parts))], ends[min(span.end, len(parts))], span.style)
        for span in text.spans
    ]
    return plain


def settings_of(text: RichText) -> dict[str, Any]:
    """How a text is laid out."""
    names = ("style", "justify", "overflow", "no_wrap", "end", "tab_size")
    return {name: getattr(text, name) for name in names}


class Console(RichConsole):
    """A console that takes every string for text, never for markup."""

    def __init__(self, *, stderr: bool = False, file: IO[str] | None = None, **how: Any) -> None:
        plain: dict[str, Any] = {"markup": False, "emoji": False, "highlight": False, **how}
        super().__init__(stderr=stderr, file=file, **plain)
        if isinstance(file, io.TextIOWrapper):
            gated(file)
        elif file is None:
            output(error=stderr)
            if not self.is_terminal and "width" not in how:
                self.width = PIPE_WIDTH

    def render_str(self, text: str, **how: Any) -> RichText:
        """A string as text, as this console can write it."""
        plain: dict[str, Any] = {**how, "markup": False, "emoji": False}
        return super().render_str(fitted(text, self.encoding), **plain)


class TextColumn(RichTextColumn):
    """A column of words beside a bar."""

    def __init__(self, text_format: str) -> None:
        super().__init__(text_format, markup=False)

    def render(self, task: Task) -> Text:
        """The words, which are no markup."""
        words = super().render(task)
        return Text(words.plain, words.style)


def progress_bar(to: RichConsole, *columns: ProgressColumn) -> Progress:
    """A bar that vanishes when it is done."""
    return Progress(*columns, console=to, transient=True)
