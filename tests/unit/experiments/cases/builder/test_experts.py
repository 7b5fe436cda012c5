"""Tables of experts: what a cell says, and what is wrong with it."""

import pytest

from detente.experiments.cases.builder.experts import COLUMNS, number_of, read_experts
from detente.experiments.cases.builder.parties import Cast, Party
from detente.model.errors import InputError

CROWN, MOOR = Party("crown", "Crown", stands_for=("The Crown",)), Party("moor", "Moor")
CAST = Cast(CROWN, (MOOR,), (1.0,))
SHARE, RECOGNITION, TRUST = (COLUMNS[name] for name in ("hawkishness", "wants_recognition", "trust"))


@pytest.mark.parametrize(
    ("word", "column", "ends"),
    [
        ("0.5", SHARE, (0.4, 0.5, 0.6)),
        ("0.05", SHARE, (0.0, 0.05, 0.15)),
        ("0.95", SHARE, (0.85, 0.95, 1.0)),
        (".97", TRUST, (0.87, 0.97, 0.99)),
        ("0.2-0.4", SHARE, (0.2, 0.3, 0.4)),
        ("0.2 / 0.3 / 0.7", SHARE, (0.2, 0.3, 0.7)),
        ("Low", SHARE, (0.1, 0.25, 0.4)),
        ("high", RECOGNITION, (0.9, 1.125, 1.35)),
        ("YES", RECOGNITION, (0.5, 1.0, 1.5)),
        ("false", RECOGNITION, (0.0, 0.0, 0.2)),
        ("3", RECOGNITION, (2.9, 3.0, 3.0)),
        ("1", SHARE, (0.9, 1.0, 1.0)),
    ],
)
def test_what_a_cell_says(word, column, ends):
    assert number_of(word, column) == pytest.approx(ends)


@pytest.mark.parametrize(
    ("word", "column"),
    [
        ("0.4-0.2", SHARE),
        ("1.1", SHARE),
        ("0.2-1.2", SHARE),
        ("yes", SHARE),
        ("3.1", RECOGNITION),
        ("-1", SHARE),
    ],
)
def test_what_a_cell_cannot_say(word, column):
    assert number_of(word, column) is None


def table(folder, *rows, head="actor,party,share,hawkishness,patron,source"):
    path = folder / "experts.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


def test_a_row_is_of_a_party_or_of_a_faction_of_one(tmp_path):
    path = table(tmp_path, "the crown,,,0.5,Far Power,My book", "Old,MOOR,0.4,,,", "moor,,,,,")
    home, old, moor = read_experts(path, CAST)
    assert (home.party, home.faction, home.patron) == (CROWN, None, "Far Power")
    assert home.facts["hawkishness"].source == "My book, column hawkishness"
    assert home.facts["hawkishness"].grade == "expert"
    assert (old.actor, old.party, old.faction, old.patron) == ("Old", MOOR, "Old", None)
    assert old.facts["share"].source == "experts.csv, line 3, column share"
    assert (moor.party, dict(moor.facts)) == (MOOR, {})


def faults(path):
    with pytest.raises(InputError) as caught:
        read_experts(path, CAST)
    return caught.value.problems


def test_shares_of_factions_are_at_most_one_together(tmp_path):
    head = "actor,party,share"
    assert len(read_experts(table(tmp_path, "A,Moor,0.6", "B,Moor,0.4", "C,Crown,0.7", head=head), CAST)) == 3
    (line,) = faults(table(tmp_path, "A,Moor,0.6", "B,Moor,0.41", head=head))
    assert "line 3, column share: got 0.41" in line
    assert "factions of Moor with shares of at most 1 together, not 1.01" in line
    assert read_experts(table(tmp_path, "Crown,,0.8", "Moor,,0.7", head=head), CAST)  # parties, not factions


def test_an_actor_stands_in_one_row(tmp_path):
    lines = faults(table(tmp_path, "A,Moor,,,,", "a,Moor,,,,", "A,Crown,,,,", "Moor,,,,,", "moor,,,,,"))
    assert [line.split(": ", 1)[1] for line in lines] == [
        "got 'a'; expected each actor once (line 2 has it already)",
        "got 'moor'; expected each actor once (line 5 has it already)",
    ]


def test_a_patron_is_none_of_those_that_fight(tmp_path):
    (line,) = faults(table(tmp_path, "Moor,,,,The Crown,"))
    assert "column patron: got 'The Crown'; expected an outside power" in line


def test_unknown_actors_and_columns_name_the_nearest(tmp_path):
    (line,) = faults(table(tmp_path, "More,,,,,"))
    assert "column actor: got 'More'; expected one of: Crown, Moor; did you mean 'Moor'?" in line
    (line,) = faults(table(tmp_path, "x,Mor,,,,"))
    assert "column party: got 'Mor'" in line
    (line,) = faults(table(tmp_path, "0.5", head="share"))
    assert "has no column 'actor'; found share" in line
    (line,) = faults(table(tmp_path, "Moor,1", head="Actor,shares"))
    assert "got column 'shares'" in line
