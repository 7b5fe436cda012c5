"""What is chosen from files of many conflicts: by name or id, in files that can tell, and in none that cannot."""

from pathlib import Path
from typing import Any

import pytest
from layout_files import ACLED, AGREEMENTS, FILES, VIEWS, ceasefire, ceasefires, ged

from detente.experiments.data.layouts import read_data, read_file
from detente.model.errors import InputError

ROWS = [
    {"id": 1, "best": 1},
    {
        "id": 2,
        "best": 20,
        "dyad_new_id": 9002,
        "dyad_name": "Government of Examplia - League",
        "side_b": "League",
    },
    {"id": 3, "best": 300, "conflict_new_id": 901, "conflict_name": "Examplia: North", "side_b_new_id": 77},
    {
        "id": 4,
        "best": 4000,
        "country": "Elsewhere",
        "country_id": 991,
        "side_a": "Rebels",
        "side_a_new_id": 78,
    },
]


@pytest.fixture
def file(tmp_path: Path):
    def written(text: str, name: str = "data.csv") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return written


@pytest.mark.parametrize(
    ("choice", "total"),
    [
        ({"country": "Examplia"}, 321),
        ({"country": 990}, 321),
        ({"country": "EXAMPLIA"}, 321),
        ({"conflict": "Examplia: North"}, 300),
        ({"conflict": "901"}, 300),
        ({"dyad": 9002}, 20),
        ({"dyad": "government of examplia - league"}, 20),
        ({"side_b": "League"}, 20),
        ({"side_b": 77}, 300),
        ({"side_a": "Rebels"}, 4000),
        ({"side_a": 51, "side_b": 52}, 21),
        ({"country": "Elsewhere", "conflict": 900}, 4000),
    ],
)
def test_events_are_chosen_by_name_or_id(file, choice: dict[str, Any], total: int):
    data = read_data(file(ged(ROWS)), **choice)
    assert data.monthly is not None
    assert data.monthly["deaths_all"].sum() == total


def test_ids_with_a_decimal_point_are_the_same_ids(file):
    path = file(ged([{"id": "1.0", "best": "3.0", "dyad_new_id": "9001.0", "country_id": "990.0"}]))
    assert read_file(path, dyad=9001).reports[0].used == 1


WRONG = {
    "a name close by": (
        {"country": "Exampla"},
        "--country: .* has no events in 'Exampla'; did you mean 'Examplia'",
    ),
    "a name of nobody": ({"side_b": "Zzz"}, "--side-b: .* has no events in 'Zzz'; it has Front, League"),
    "a dyad in another country": (
        {"country": "Elsewhere", "dyad": 9002},
        "no row matches all of these options",
    ),
    "nothing": ({"dyad": " "}, "--dyad: got ' '; expected a name or an id"),
    "no day": ({"since": "soon"}, "--from: got 'soon'; expected a date"),
    "a day beyond all months": (
        {"until": "9999-12-31"},
        "--until: got '9999-12-31'; expected a date from 1900",
    ),
    "a day before all data": ({"since": "0001-01-01"}, "--from: got '0001-01-01'; expected a date from 1900"),
    "days the wrong way round": ({"since": "2018-01-02", "until": "2018-01-01"}, "a day not before --from"),
}


@pytest.mark.parametrize(("choice", "said"), WRONG.values(), ids=WRONG)
def test_a_choice_that_cannot_be_met_is_refused(file, choice: dict[str, Any], said: str):
    with pytest.raises(InputError, match=said):
        read_file(file(ged(ROWS)), **choice)


def test_an_unknown_keyword_is_an_error_of_the_caller(file):
    with pytest.raises(TypeError, match="unknown keyword 'actor'"):
        read_file(file(ged(ROWS)), actor="Front")  # pyright: ignore[reportCallIssue]


def test_a_file_without_the_column_cannot_be_chosen_from(file):
    with pytest.raises(InputError, match=r"--conflict: .* line 1 has no column conflict_name or"):
        read_file(
            file(
                ged(
                    ROWS,
                    (
                        "id",
                        "country",
                        "type_of_violence",
                        "where_prec",
                        "date_prec",
                        "date_start",
                        "date_end",
                        "best",
                    ),
                )
            ),
            conflict=1,
        )


@pytest.mark.parametrize("layout", ["daily", "monthly", "series", "tests"])
def test_files_that_name_nobody_refuse_a_choice(file, layout: str):
    with pytest.raises(InputError, match=r"--dyad: the files .* cannot be filtered by it"):
        read_file(file(FILES[layout]), dyad=1)


def test_a_choice_holds_for_the_files_that_can_answer(file):
    months = file("month,strikes\n2017-05,10\n", "months.csv")
    truces = file(FILES["ceasefires"], "truces.csv")
    data = read_data([truces, months], "Examplia")
    assert data.spells is not None
    assert data.monthly is not None


def test_a_side_of_a_ceasefire_is_any_of_its_actors(file):
    dates = ((2019, 3, 2), (2019, 3, 10), (2019, 4, 9))
    text = ceasefires(
        ceasefire(1, *dates),
        ceasefire(1, *dates, actor_name="Government of Examplia", ucdp_actor_id=51),
        ceasefire(2, *dates, ucdp_dyad=9002, actor_name="League"),
        ceasefire(2, *dates, ucdp_dyad=9002, actor_name="Government of Examplia"),
    )
    both = read_file(file(text), side_a="Government of Examplia", side_b="front")
    assert both.spells is not None
    assert both.spells["actors"].tolist() == ["Front, Government of Examplia"]
    assert both.reports[0].skipped == {"not selected": 2}
    dyad = read_file(file(text), dyad=9002)
    assert dyad.spells is not None
    assert dyad.spells["id"].tolist() == ["990002"]
    with pytest.raises(InputError, match="no row matches all"):
        read_file(file(text), side_a="Front", side_b="League")


def test_agreements_are_chosen_from_lists_of_dyads(file):
    data = read_file(file(AGREEMENTS), dyad="9002")
    assert data.agreements is not None
    assert data.agreements["name"].tolist() == ["Second Accord"]
    assert len(read_file(file(AGREEMENTS), side_a="front").agreements) == 2  # pyright: ignore[reportArgumentType]


def test_a_country_of_views_is_chosen_by_id(file):
    path = file(VIEWS)
    with pytest.raises(InputError, match=r"holds 2 countries .* choose one with --country"):
        read_file(path)
    data = read_file(path, 71)
    assert data.monthly is not None
    assert data.monthly["deaths_state_based"].min() == 71


def test_a_side_of_acled_is_either_actor(file):
    data = read_file(file(ACLED), side_a="League")
    assert data.reports[0].used == 1
    pair = read_file(file(ACLED), side_a="Front", side_b="Government of Examplia")
    assert pair.reports[0].used == 2
