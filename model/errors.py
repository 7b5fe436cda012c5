"""What a user did wrong, said in one line."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches


class InputError(Exception):
    """Bad input by the user; its text is one line: file, table, key, value, what was expected.

    ``problems`` are all that came to light at once, one line each: where there are several, the text is the first of
    them and how many more there are.

    Examples:
        >>> import detente
        >>> from detente.model.errors import InputError
        >>> try:
        ...     detente.evaluate("template", policy="status-quo", recogniton=0.5)
        ... except InputError as error:
        ...     print("did you mean 'recognition'?" in str(error))
        True
    """

    def __init__(self, message: str, problems: Iterable[str] = ()) -> None:
        super().__init__(" ".join(message.split()))
        self.problems: tuple[str, ...] = tuple(problems) or (str(self),)


UNKNOWN_KEY = "got an unknown key"
"""What a line says of a key that does not exist."""


def foremost(problems: Iterable[str]) -> str:
    """The problem to tell where one is told: an unknown key explains a missing one, else the first."""
    lines = list(problems)
    return next((line for line in lines if UNKNOWN_KEY in line), lines[0])


def together(problems: Iterable[str], file: str = "", first: str = "") -> InputError:
    """One error for several problems; where they are those of a file, it says how to list them.

    Its text has the ``first``, if one is given, or the foremost.
    """
    lines = tuple(dict.fromkeys(problems))
    first = first or foremost(lines)
    if len(lines) == 1:
        return InputError(first)
    more = f"{len(lines) - 1} more"
    how = f"{more}: `detente check {file}` lists them" if file.endswith(".toml") else more
    return InputError(f"{first} (and {how})", lines)


def raise_problems(problems: Iterable[InputError]) -> None:
    """Raise what a check yields, if anything, as one error."""
    lines = [line for problem in problems for line in problem.problems]
    if lines:
        raise together(lines)


def problems_of(check: Callable[[], object]) -> tuple[str, ...]:
    """The lines that a check raises; none if it passes."""
    try:
        check()
    except InputError as error:
        return error.problems
    return ()


def shown(value: object) -> str:
    """A value as it stands in a message: short, on one line."""
    try:
        text = str(value) if hasattr(value, "isoformat") else repr(value)
    except ValueError:  # Python does not write out whole numbers of thousands of digits
        return "a very large number"
    return text if len(text) <= 60 else f"{text[:57]}..."


def nearest(word: object, known: Iterable[str]) -> str:
    """The end of a message that names the nearest valid word, or nothing."""
    matches = get_close_matches(str(word)[:100].lower(), list(known), n=1, cutoff=0.6)
    return f"; did you mean {matches[0]!r}?" if matches else ""


def one_of(known: Iterable[str]) -> str:
    """Words to choose from, as an expectation; long lists are cut."""
    words = list(known)
    if not words:
        return "nothing (there is none to name)"
    text = ", ".join(words[:20]) + (", ..." if len(words) > 20 else "")
    return f"one of: {text}" if len(words) > 1 else text


def wrong(place: str, value: object, expected: str) -> InputError:
    """The usual line: what stands at a place, and what was expected there."""
    return InputError(f"{place}: got {shown(value)}; expected {expected}")


def unknown(place: str, value: object, known: Iterable[str]) -> InputError:
    """The line for a name that does not exist: the valid ones, and the nearest."""
    words = sorted(known)
    return wrong(place, value, one_of(words) + nearest(value, words))
