"""An outcome names the recorded fields it reads; a step forgotten is named, with the file to mend."""

from dataclasses import dataclass, field

import numpy as np
import pytest
from shipped_cases import FAST

from detente.experiments.runs.outcomes import BY_NAME, OUTCOMES, Finals, Outcome, check_outcomes, reads, tally
from detente.model.catalogue import load_policy, load_scenario, policy_names
from detente.model.opening import opening
from detente.model.series import SERIES, columns


@dataclass(frozen=True)
class Watched(Finals):
    """The last rows of some runs, with a note of every field read."""

    seen: set[str] = field(default_factory=set)

    def place(self, column: str) -> int:
        kind, *_, name = column.split(".")
        self.seen.add(f"{kind}.{name}")
        return super().place(column)


@pytest.fixture(scope="module")
def starts():
    cases = [load_scenario(name) for name in FAST]
    return [opening(case, load_policy(case, policy_names(case)[0])) for case in cases]


def watched(start, *, without=""):
    names = [name for name in columns(start.cast) if name != without]
    return Watched(start, names, np.full((2, len(names)), 0.5))


@pytest.mark.parametrize("outcome", OUTCOMES, ids=lambda outcome: outcome.name)
def test_an_outcome_reads_the_fields_it_names_and_no_other(outcome, starts):
    seen: set[str] = set()
    for start in starts:
        finals = watched(start)
        assert outcome.read(finals).shape == (2,)
        seen |= finals.seen
    assert seen == set(outcome.read.fields)


def test_an_outcome_whose_function_names_no_field_is_named():
    bare = Outcome("odd", "1", "a function without @reads", lambda finals: finals.days)
    with pytest.raises(
        LookupError, match=r"outcome 'odd' does not say .* @reads\(.* experiments/runs/outcomes\.py"
    ):
        check_outcomes([bare])


def test_outcomes_may_share_no_name():
    with pytest.raises(LookupError, match="outcome 'breaches' is declared twice in OUTCOMES"):
        check_outcomes([*OUTCOMES, BY_NAME["breaches"]])


@reads("parties.validation")
def wish(finals):
    return finals.over("parties", "validation", finals.start.cast.parties).max(axis=1)


def test_a_field_that_no_series_records_is_named_with_its_file():
    assert "validation" not in SERIES["parties"]
    own = Outcome("wish", "1", "largest wish for recognition", wish)
    with pytest.raises(
        LookupError,
        match=r"^outcome 'wish' reads parties\.validation, which no series records: "
        r"add it to SERIES in model/series\.py$",
    ):
        check_outcomes([own])


def test_a_kind_that_no_series_records_is_named_with_its_file():
    own = Outcome("held", "days", "days that conditions held", reads("conditions.held")(lambda f: f.days))
    with pytest.raises(LookupError, match=r"'held' reads conditions\.held, which no series records"):
        check_outcomes([own])


@pytest.mark.parametrize("place", ["tally.atacks", "tallies.attacks", "attacks"])
def test_a_field_that_no_record_has_is_refused_with_the_nearest(place):
    own = Outcome("raids", "events", "raids", reads(place)(lambda f: f.days))
    with pytest.raises(LookupError, match=rf"'raids' reads {place}, which is no field .*'tally\.attacks'"):
        check_outcomes([own])


def test_a_field_read_and_not_recorded_is_named_when_it_is_read(starts):
    with pytest.raises(
        LookupError, match=r"no series records parties\.\S+\.validation: add its field to SERIES"
    ):
        wish(watched(starts[0]))
    with pytest.raises(LookupError, match=r"no series records tally\.breaches: .*model/series\.py"):
        tally("breaches")(watched(starts[0], without="tally.breaches"))


def test_headings_are_the_titles_or_the_names_in_words():
    assert BY_NAME["collapsed"].heading == "Runs that collapse"
    assert BY_NAME["days_in_ceasefire"].heading == "Days in ceasefire"
    headings = [outcome.heading for outcome in OUTCOMES]
    assert len(set(headings)) == len(headings)
