"""The gate: what is written to a stream is text, whatever it holds and whatever the stream can encode."""

import io
import json
import sys

import pandas as pd
import pytest

from detente.experiments.io.console import Console, Table, Text, TextColumn, progress_bar
from detente.experiments.io.output import (
    ERRORS,
    csv_text,
    fitted,
    gated,
    nearest_ascii,
    say,
    say_json,
    say_lines,
    spreadsheet_cell,
    visible,
)

ENCODINGS = ("utf-8", "cp1252", "latin-1", "ascii", "cp437", "koi8-r", "shift_jis", "utf-16")

HOSTILE = {
    "clear the screen": ("\x1b[2J\x1b[H", "\\x1b[2J\\x1b[H"),
    "set the title": ("\x1b]0;owned\x07", "\\x1b]0;owned\\x07"),
    "go back and write over": ("deaths 900\rdeaths 1", "deaths 900\\rdeaths 1"),
    "take back": ("900\b\b\b1", "900\\x08\\x08\\x081"),
    "a control of eight bits": ("\x9b31m", "\\x9b31m"),
    "delete": ("\x7f", "\\x7f"),
    "a nought": ("a\0b", "a\\x00b"),
    "turn the direction": ("\u202egnp.exe", "\\u202egnp.exe"),
    "isolate": ("\u2066x\u2069", "\\u2066x\\u2069"),
    "a line separator": ("a\u2028b", "a\\u2028b"),
    "unseen": ("case\u200b", "case\\u200b"),
    "unseen tags": ("\U000e0041", "\\U000e0041"),
    "a byte of a file name": ("\udcff", "\\udcff"),
    "a tab": ("a\tb", "a\\tb"),
}

KEPT = ("Détente − –", "می‌خواهم", "한국 中国", "a\u00a0b", "🕊", "line\nline")
"""Texts that are shown as they are; the second has a joiner, which Persian needs."""


@pytest.mark.parametrize(("text", "shown"), HOSTILE.values(), ids=HOSTILE)
def test_what_steers_a_terminal_is_shown(text, shown):
    assert visible(text) == shown
    assert visible(visible(text)) == shown


@pytest.mark.parametrize("text", KEPT)
def test_words_of_any_language_stay(text):
    assert visible(text) == text


NEAREST = {
    "−": "-",
    "–": "-",
    "—": "-",
    "±": "+/-",
    "·": ".",
    "…": "...",
    "→": "-",
    "“": '"',
    "’": "'",
    "é": "e",
    "Ö": "O",
    "ć": "c",
    "ł": "l",
    "ß": "ss",
    "½": "1/2",
    "²": "2",
    "ﬁ": "fi",
    "│": "|",
    "━": "-",
    "┼": "+",
    "█": "#",
    "▀": "#",
    "▟": "#",
    "■": "\\u25a0",
    "╿": "+",
    "⓿": "\\u24ff",
    "≥": ">=",
    "中": "\\u4e2d",
    "🕊": "\\U0001f54a",
}


@pytest.mark.parametrize(("character", "plain"), NEAREST.items())
def test_the_nearest_in_ascii(character, plain):
    assert nearest_ascii(character) == plain
    assert character.encode("ascii", ERRORS).decode() == plain


def test_every_character_is_near_something():
    for number in [*range(0x20, 0xD800), *range(0xE000, 0x10000), 0x1F600, 0x10FFFF]:
        plain = nearest_ascii(chr(number))
        assert plain
        assert plain.isascii()
        assert plain.isprintable()


def stream(encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding=encoding, write_through=True)


def written(to: io.TextIOWrapper) -> str:
    to.flush()
    assert isinstance(to.buffer, io.BytesIO)
    return to.buffer.getvalue().decode(to.encoding).replace("\r\n", "\n")


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_any_line_is_written_in_any_encoding(monkeypatch, encoding):
    for error, name in ((False, "stdout"), (True, "stderr")):
        to = stream(encoding)
        monkeypatch.setattr(sys, name, to)
        say("Détente: −1 ± 2 “中” \x1b[31m\nnext", error=error)
        shown = written(to)
        assert shown.endswith("\\x1b[31m\\nnext\n")
        assert shown.count("\n") == 1
        if encoding == "ascii":
            assert shown == 'Detente: -1 +/- 2 "\\u4e2d" \\x1b[31m\\nnext\n'
        if encoding == "cp1252":
            assert shown.startswith("Détente: -1 ± 2 “\\u4e2d”")


def test_lines_of_our_own_stay_lines(capsys):
    say_lines("one\ntwo\x1b\n")
    assert capsys.readouterr().out == "one\ntwo\\x1b\n"


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_json_has_its_value_in_any_encoding(monkeypatch, encoding):
    value = {"−é中\x9b": ["\x1b[2J", "\u202e", "🕊", 1.5, None, "a\nb"]}
    to = stream(encoding)
    monkeypatch.setattr(sys, "stdout", to)
    say_json(value)
    shown = written(to)
    assert json.loads(shown) == value
    assert visible(shown) == shown


def test_whoever_chooses_an_error_handler_keeps_it():
    to = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="xmlcharrefreplace")
    assert gated(to).errors == "xmlcharrefreplace"
    assert gated(stream("ascii")).errors == ERRORS
    plain = io.StringIO()
    assert gated(plain) is plain


def test_a_text_fits_its_stream():
    assert fitted("−é", "latin-1") == "-é"
    assert fitted("\x1b−", "utf-8") == "\\x1b−"
    assert fitted("plain", "no-such-encoding") == "plain"
    assert fitted("é", "no-such-encoding") == "é"


# -- tables, titles and bars

MARKUP = ("[red]x[/red]", "[/]", "[link=https://a.b]x[/link]", ":smile:", "[bold", "\\[x]", "[@click=f]")


def printed(thing: object, encoding: str = "utf-8", **how: object) -> str:
    to = stream(encoding)
    Console(file=to, width=100, **how).print(thing)
    return written(to)


def table_with(text: str) -> Table:
    table = Table(title=text, caption=text)
    table.add_column(text)
    table.add_column(Text(text, style="bold"))
    table.add_row(text, Text(text))
    table.add_row(Text.assemble((text, "bold"), text), Text("a").append(text))
    return table


@pytest.mark.parametrize("text", MARKUP)
def test_no_text_is_markup(text):
    assert printed(text) == f"{text}\n"
    shown = printed(table_with(text))
    assert shown.count(text) == 9


@pytest.mark.parametrize("terminal", [False, True])
@pytest.mark.parametrize(("text", "shown"), HOSTILE.values(), ids=HOSTILE)
def test_no_table_steers_a_terminal(text, shown, terminal):
    table = printed(table_with(text), force_terminal=terminal, color_system=None)
    assert text not in table
    assert table.count(shown) == 9
    assert printed(Text(text), force_terminal=terminal, color_system=None) == f"{shown}\n"


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("text", ["−1 ± 2", "中 🕊", "“Détente” …", "\x1b[0m −"])
def test_the_edges_of_a_table_stay_straight(encoding, text):
    """What stands for a character may be longer than it."""
    from rich.cells import cell_len

    lines = [line for line in printed(table_with(text), encoding).splitlines() if line[:1] in "+|┃│┏┡├└"]
    assert len(lines) >= 6
    assert len({cell_len(line) for line in lines}) == 1


def test_styles_stay_where_they_were():
    to = stream("ascii")
    Console(file=to, width=40, force_terminal=True, color_system="standard").print(
        Text.assemble("±", ("bold", "bold"), " −")
    )
    assert "\x1b[1mbold\x1b[0m" in written(to)
    assert written(to).startswith("+/-")


def test_a_bar_says_its_words_letter_for_letter():
    to = stream("cp1252")
    console = Console(file=to, width=60, force_terminal=True, color_system=None)
    with progress_bar(console, TextColumn("{task.description}")) as bar:
        bar.add_task("[red]running[/red] −", total=1)
    assert "[red]running[/red] -" in written(to)


def test_in_a_pipe_there_is_room_for_every_table(monkeypatch):
    monkeypatch.setattr(sys, "stdout", stream("ascii"))
    monkeypatch.setenv("COLUMNS", "20")
    assert Console().width == 140
    assert sys.stdout.errors == ERRORS


# -- spreadsheets

FORMULAS = ("=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1", '=HYPERLINK("http://a.b")', "-5")


@pytest.mark.parametrize("text", FORMULAS)
def test_a_name_is_no_formula(text):
    shown = spreadsheet_cell(text)
    assert shown.startswith("'")
    assert visible(shown) == shown


@pytest.mark.parametrize("value", [-1, 2.5, None, True, "a=b", "status-quo", "", "5"])
def test_what_is_none_stays(value):
    assert spreadsheet_cell(value) == value


def test_a_table_as_a_spreadsheet_shows_it():
    table = pd.DataFrame(
        {
            "policy": pd.Categorical(["=cmd|' /C calc'!A0", "opening"]),
            "-x": [-1.5, 2.0],
            "day": ["2030-01-01", "\x1b[2J"],
            "n": [-1, 2],
        }
    )
    back = pd.read_csv(io.StringIO(csv_text(table)))
    assert list(back.columns) == ["policy", "'-x", "day", "n"]
    assert list(back["policy"]) == ["'=cmd|' /C calc'!A0", "opening"]
    assert list(back["'-x"]) == [-1.5, 2.0]
    assert list(back["day"]) == ["2030-01-01", "\\x1b[2J"]
    assert back["n"].tolist() == [-1, 2]
    assert list(table.columns) == ["policy", "-x", "day", "n"]


# -- logs


@pytest.mark.parametrize(("text", "shown"), HOSTILE.values(), ids=HOSTILE)
def test_a_log_is_steered_by_nothing(text, shown):
    import logging

    from detente.experiments.io.logs import ShownFormatter

    to = stream("ascii")
    handler = logging.StreamHandler(gated(to))
    handler.setFormatter(ShownFormatter(logging.BASIC_FORMAT))
    logger = logging.Logger("pages")
    logger.addHandler(handler)
    logger.error("a case %s\nERROR:pages:forged", text)
    try:
        raise ValueError(text)
    except ValueError:
        logger.exception("a request failed")
    lines = written(to).splitlines()
    assert lines[0] == f"ERROR:pages:a case {shown}\\nERROR:pages:forged"
    assert lines[1:3] == ["ERROR:pages:a request failed", "Traceback (most recent call last):"]
    assert lines[-1] == f"ValueError: {shown}"


def test_a_server_logs_through_the_gate(monkeypatch):
    import logging

    from detente.experiments.io.logs import ShownFormatter, log_to_standard_error

    asked = {}
    monkeypatch.setattr(logging, "basicConfig", lambda **how: asked.update(how))
    log_to_standard_error()
    [handler] = asked["handlers"]
    assert isinstance(handler.formatter, ShownFormatter)


def test_numbers_and_dates_are_written_as_pandas_writes_them():
    """A single-precision tenth stays a tenth, and is not spelt out to the digits of a double."""
    table = pd.DataFrame({"deaths": pd.Series([0.1, 2.0], dtype="float32"), "n": [1, 2]})
    table["day"] = pd.to_datetime(["2030-01-01", "2030-01-02"])
    assert csv_text(table) == "deaths,n,day\n0.1,1,2030-01-01\n2.0,2,2030-01-02\n"
