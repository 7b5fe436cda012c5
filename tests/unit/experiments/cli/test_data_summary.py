"""What ``detente data summary`` prints: the report of the reading, the tables, one object with --json, status 2."""

import json
from pathlib import Path

import pytest
from layout_files import FILES, QUIET, ceasefire, ceasefires, ged
from typer.testing import CliRunner, Result

from detente.experiments.cli.main import app


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["data", "summary", *map(str, arguments)], env={"COLUMNS": "200"})


@pytest.fixture
def file(tmp_path: Path):
    def written(text: str, name: str = "data.csv") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return written


def test_the_report_is_printed_and_in_the_json(file):
    path = file(
        ged(
            [
                *QUIET,
                QUIET[1],
                {"id": 9, "date_start": "2017-03-01", "date_end": "2017-03-31", "date_prec": 4},
            ]
        )
    )
    shown = run(path, "--country", "Examplia")
    assert shown.exit_code == 0, shown.stderr
    for text in (
        "UCDP GED (csv, separated by commas)",
        "6 rows, 3 used, 2 not selected, 1 duplicates left out",
        "covers 2017-01-01 to 2017-12-31 (given by the file)",
        "date precision: day 2, month 1",
        "known only to the month: events 1, deaths 6",
    ):
        assert text in shown.stdout
    made = json.loads(run(path, "--country", "Examplia", "--json").stdout)
    (report,) = made["reading"]
    assert (report["rows"], report["used"], report["duplicates"]) == (6, 3, 1)
    assert made["monthly"]["series"]["deaths_all"]["sum"] == 18


def test_days_covered_come_from_the_options(file):
    made = json.loads(
        run(
            file(ged(QUIET)), "--dyad", "9001", "--from", "2016-01-01", "--until", "2018-12-31", "--json"
        ).stdout
    )
    assert made["monthly"]["rows"] == 36
    assert made["reading"][0]["coverage"] == {
        "from": "2016-01-01", "to": "2018-12-31", "by": "--from and --until",
    }  # fmt: skip


@pytest.mark.parametrize("layout", [name for name in FILES if name not in ("ged", "views")])
def test_every_layout_is_printed(file, layout: str):
    shown = run(file(FILES[layout]))
    assert shown.exit_code == 0, shown.stderr
    assert "used" in shown.stdout


def test_names_of_users_are_not_markup(file):
    shown = run(file("month,[red]deaths[/red]\n2018-01,4\n", "[bold]x.csv"))
    assert "[red]deaths[/red]" in shown.stdout
    assert "[bold]x.csv" in shown.stdout


def test_many_notes_are_counted_not_printed(file):
    rows = [ceasefire(k, (2019, 1, 1), (2019, 2, 30), (2019, 3, 1)) for k in range(1, 21)]
    shown = run(file(ceasefires(*rows)))
    assert "and 12 more notes (--json has all)" in shown.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("--country", "Nowhere"),
        ("--side-a", "x", "--side-b", "y"),
        ("--from", "soon"),
        ("--from", "2020-01-01"),
        ("--from", "2017-05-01", "--until", "2017-04-01"),
        (),
    ],
)
def test_bad_input_is_one_line_and_status_2(file, arguments: tuple[str, ...]):
    shown = run(file(ged(QUIET)), *arguments)
    assert shown.exit_code == 2
    assert shown.stderr.count("\n") == 1
    assert "Traceback" not in shown.stderr


def test_score_and_calibrate_choose_and_cover_by_the_same_readers(file):
    path = str(file(ged(QUIET)))
    for command in (
        ["score", "afghanistan-2018", "--from", "2017-06-01"],
        [
            "calibrate",
            "afghanistan-2018",
            "--until",
            "2017-12-31",
            "--out",
            str(Path(path).with_name("posterior.json")),
        ],
    ):
        shown = CliRunner().invoke(app, [*command, "--data", path, "--dyad", "12"])
        assert shown.exit_code == 2
        assert "--dyad" in shown.stderr
        shown = CliRunner().invoke(
            app, [*command, "--data", path, "--country", "Examplia", "--data-until", "x"]
        )
        assert "--data-until: got 'x'; expected a date" in shown.stderr
