"""The gate for everything that a command writes to a terminal, a pipe or a log.

Text from files and names goes through it as text: characters that would steer a terminal are shown, not sent, and
characters that a stream cannot encode are written as the nearest ones that it can.
"""

from __future__ import annotations

import codecs
import io
import json
import re
import sys
import unicodedata
from typing import Any, TextIO

from detente.experiments.io.plain_json import as_json

ERRORS = "detente-nearest"
"""The error handler of a stream that writes the nearest character."""

STRICT = ("strict", "surrogateescape", "backslashreplace")
"""Handlers that a stream has by default; whoever sets another, as by PYTHONIOENCODING, keeps it."""

HIDDEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f"  # controls, escape among them; a line feed is for its writer to judge
    "\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # unseen, or turns the direction
    "\ud800-\udfff\U000e0000-\U000e007f]"  # no characters at all, such as bytes of a file name; unseen tags
)
"""Characters that change what is seen without being seen."""

NEAREST = {
    **dict.fromkeys("‐‑‒–—―−─━═╌╍┄┅╸╺╴╶←→", "-"),
    **dict.fromkeys("│┃║╎╏┆┇", "|"),
    **dict.fromkeys("‘’‚‛′", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("·•∙", "."),
    **{
        "±": "+/-",
        "×": "x",
        "÷": "/",
        "≤": "<=",
        "≥": ">=",
        "≠": "!=",
        "≈": "~",
        "§": "S.",
        "°": "deg",
        "⁄": "/",
    },
    **{"ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L"},
    **{"đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ı": "i", "∞": "inf"},
}
"""What stands for a character in ASCII where decomposing it does not tell."""

BOXES, BLOCKS = range(0x2500, 0x2580), range(0x2580, 0x25A0)


def visible(text: str) -> str:
    """A text with hidden characters written as escapes; line feeds stay."""
    return HIDDEN.sub(lambda match: escape_of(match[0]), text)


def one_line(text: str) -> str:
    """The same on one line."""
    return visible(text).replace("\n", "\\n")


def escape_of(character: str) -> str:
    r"""A character as Python would write it: ``\x1b``."""
    return character.encode("unicode_escape").decode("ascii")


def nearest_ascii(character: str) -> str:
    """A character in ASCII: one that looks or reads like it, else its escape."""
    if character in NEAREST:
        return NEAREST[character]
    if ord(character) in BOXES:
        return "+"
    if ord(character) in BLOCKS:
        return "#"
    parts = unicodedata.normalize("NFKD", character)
    plain = "".join(NEAREST.get(part, part) for part in parts if not unicodedata.combining(part))
    return plain if plain and plain.isascii() and plain.isprintable() else escape_of(character)


def nearest_error(error: UnicodeError) -> tuple[str, int]:
    """What an encoder writes for characters that it has no code for."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(nearest_ascii, error.object[error.start : error.end])), error.end


codecs.register_error(ERRORS, nearest_error)


def fitted(text: str, encoding: str) -> str:
    """A text as a stream of an encoding will show it."""
    shown = visible(text)
    if shown.isascii():
        return shown
    try:
        return shown.encode(encoding, ERRORS).decode(encoding)
    except LookupError:  # an encoding that Python does not know writes nothing anyway
        return shown


def gated(stream: TextIO) -> TextIO:
    """A stream that writes the nearest character for one that it cannot encode."""
    if isinstance(stream, io.TextIOWrapper) and stream.errors in STRICT:
        stream.reconfigure(errors=ERRORS)
    return stream


def output(*, error: bool = False) -> TextIO:
    """Standard output, or standard error, behind the gate."""
    return gated(sys.stderr if error else sys.stdout)


def say(line: str, *, error: bool = False) -> None:
    """Write one line, at once."""
    print(one_line(line), file=output(error=error), flush=True)


def say_lines(text: str, *, error: bool = False) -> None:
    """Write a text of several lines."""
    for line in text.splitlines():
        say(line, error=error)


def say_json(value: Any) -> None:
    """Write one JSON object; a character that is hidden, or that the stream cannot encode, stands as its escape."""
    text = HIDDEN.sub(lambda match: json.dumps(match[0])[1:-1], as_json(value))
    stream = output()
    print(ascii_json(text) if not encodes(text, stream) else text, file=stream, flush=True)


def encodes(text: str, stream: TextIO) -> bool:
    """Whether a stream has a code for every character."""
    try:
        text.encode(stream.encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def ascii_json(text: str) -> str:
    """JSON in ASCII, of the same value; what is not ASCII stands in strings alone."""
    return re.sub(r"[^\x00-\x7f]", lambda match: json.dumps(match[0])[1:-1], text)


FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What makes a spreadsheet take a cell for a formula, or split it."""


def spreadsheet_cell(value: Any) -> Any:
    """A cell that a spreadsheet shows as it is: text that it would take for a formula has an apostrophe before it.

    Numbers stay numbers.
    """
    if not isinstance(value, str):
        return value
    text = one_line(value)
    return f"'{text}" if value.lstrip(" ").startswith(FORMULA) else text


def csv_text(table: Any) -> str:
    """A table as CSV that a spreadsheet shows as it is, without the index."""
    shown = table.copy()
    for name in table.columns:
        if table[name].dtype.kind not in "biufcmM":
            shown[name] = [spreadsheet_cell(value) for value in table[name]]
    return shown.rename(columns=spreadsheet_cell).to_csv(index=False)
