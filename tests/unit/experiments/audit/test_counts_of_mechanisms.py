"""What shows that a mechanism acts is declared beside the count; a step forgotten is named, with the file to mend."""

import pytest

from detente.agents.parameters import Switches, switches_counted
from detente.agents.schema import record_fields
from detente.agents.state import Tally
from detente.experiments.audit.audit import FIRES, check_counts, counts_of_mechanisms


def test_every_mechanism_is_counted_but_those_that_act_in_every_step():
    gradual = {name for name, counted in switches_counted().items() if not counted}
    assert gradual == {"excitation", "endurance", "readiness", "bargaining", "level"}
    assert set(Switches.model_fields) - gradual == {name for name in FIRES if ":" not in name}


def test_counts_are_those_that_the_tally_declares():
    assert counts_of_mechanisms() == FIRES
    pairs = {(m, f.name) for f in record_fields(Tally) for m in f.metadata["shows"]}
    assert pairs == {(mechanism, count) for mechanism, counts in FIRES.items() for count in counts}
    assert FIRES["spoilers"] == ("provoked_attacks", "inside_attacks")
    assert FIRES["talks: leak"] == ("leaks",)


def test_a_mechanism_that_no_count_shows_is_named_with_its_file():
    with pytest.raises(
        LookupError,
        match=r"^no count shows that mechanism 'unheard_of' acts: give a field of Tally in agents/state\.py "
        r"shows=\('unheard_of',\)",
    ):
        check_counts(FIRES, switches_counted() | {"unheard_of": True})


def test_a_mechanism_declared_as_not_counted_needs_no_count():
    check_counts(FIRES, switches_counted() | {"unheard_of": False})


def test_a_count_that_shows_no_mechanism_is_named_with_the_nearest():
    wrong = {**FIRES, "measure: pardon": ("pardons",)}
    with pytest.raises(
        LookupError,
        match=r"Tally\.pardons in agents/state\.py shows 'measure: pardon'.*no 'measure'; did you mean 'measures'",
    ):
        check_counts(wrong, switches_counted())


def test_whole_mechanisms_stand_first_in_the_order_of_their_switches():
    names = list(counts_of_mechanisms())
    whole = [name for name in names if ":" not in name]
    assert names[: len(whole)] == whole
    assert whole == [name for name in switches_counted() if name in whole]
    parts = [name.partition(":")[0] for name in names[len(whole) :]]
    assert parts == [name for name in switches_counted() for _ in range(parts.count(name))]
