"""The chronicle in sentences: one of each kind, who is said to have decided, and what is told of a whole run."""

from datetime import date
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from detente.agents import codes
from detente.agents.schema import dtype_of
from detente.agents.state import Event
from detente.experiments.runs import narrative
from detente.experiments.runs.narrative import extras, told, until, when, words_of
from detente.model.request import open_case

START = open_case("template", "status-quo")
FIRST = START.scenario.case.start
TITLES = START.cast.titles
REPUBLIC, MOVEMENT = TITLES["republic"], TITLES["movement"]
BETWEEN = f"{REPUBLIC} and {MOVEMENT}"


def event(what, value=0.0, subject=0, why=codes.ROUTINE, actor=0, other=1, **fields):
    """One event of the template, by its codes."""
    kinds = {codes.MEDIATOR_ENGAGED: codes.MEDIATOR, codes.MEDIATOR_LEFT: codes.MEDIATOR}
    made = np.zeros(1, dtype=dtype_of(Event)).view(np.recarray)[0]
    given = {"what": what, "value": value, "subject": subject, "why": why, "actor": actor, "other": other}
    given |= {"day": 10.0, "actor_kind": kinds.get(what, codes.PARTY), "other_kind": codes.PARTY, "form": -1}
    for name, number in (given | fields).items():
        made[name] = number
    return made


def sentence(what, value=0.0, **fields):
    return words_of(event(what, value, **fields), START)["sentence"]


@pytest.mark.parametrize(
    ("what", "value", "words"),
    [
        (codes.TRUCE_OFFERED, 31.0, f"{REPUBLIC} offers {MOVEMENT} a ceasefire from "),
        (codes.TRUCE_LAPSED, 0.0, f"Ceasefire offer between {BETWEEN} lapses"),
        (codes.TRUCE_EXPIRED, 0.0, f"Ceasefire between {BETWEEN} ends"),
        (codes.TRUCE_EXTENDED, 31.0, f"{REPUBLIC} goes on holding fire towards {MOVEMENT} until "),
        (
            codes.BREACH,
            0.756,
            f"{REPUBLIC} breaks its ceasefire with {MOVEMENT}: attacks at 76% of the usual",
        ),
        (codes.DRAWDOWN, 0.256, f"{REPUBLIC} draws down to 26% of its forces"),
        (codes.AGREEMENT, 1.0, f"{REPUBLIC} and {MOVEMENT} sign an agreement"),
        (codes.AGREEMENT, 0.75, f"{REPUBLIC} and {MOVEMENT} sign a partial agreement"),
        (
            codes.MILESTONE_MISSED,
            23.4,
            f"{REPUBLIC} misses a milestone of its agreement with {MOVEMENT}: in breach on 23 days",
        ),
        (codes.VOTED, 0.4978, f"{REPUBLIC} votes on the agreement with {MOVEMENT}: 49.8% in favour"),
        (codes.RELAPSE, 41.2, f"The agreement of {BETWEEN} fails after 41 days"),
        (codes.PARTY_COLLAPSED, 0.2, f"{REPUBLIC} collapses"),
        (codes.BREACH_ANSWERED, 0.2, f"{REPUBLIC} answers a breach by {MOVEMENT} in proportion"),
    ],
)
def test_what_happened_in_a_sentence(what, value, words):
    assert sentence(what, value).startswith(words)


def test_who_strikes_first_says_why():
    struck = sentence(codes.PRE_EMPTED, 0.2, why=codes.AFRAID)
    assert struck == f"{REPUBLIC} strikes first at {MOVEMENT}: it fears what peace would let the other do"


def test_a_ceasefire_has_its_term_or_none():
    assert sentence(codes.TRUCE_BEGAN, 41.6, form=0).endswith(" for 42 days")
    assert sentence(codes.TRUCE_BEGAN, 99_999.0, form=0).endswith(" for 99999 days")
    assert sentence(codes.TRUCE_BEGAN, 100_000.0, form=0).endswith(", without a term")


def test_issues_and_pairs_are_named():
    track = START.scenario.track[0]
    assert sentence(codes.ISSUE_SETTLED, 1.0).endswith(f": settled on {track.issues[1].name}")
    mediator = START.scenario.mediator[0]
    for what, verb in ((codes.MEDIATOR_ENGAGED, "mediates"), (codes.MEDIATOR_LEFT, "stops mediating")):
        assert sentence(what) == f"{mediator.title} {verb} between {BETWEEN}"


def test_what_was_imposed_says_by_whom(monkeypatch):
    agreed = {"why": codes.BY_POLICY}
    assert sentence(codes.AGREEMENT, 1.0, **agreed).endswith(" sign an agreement (policy)")
    assert sentence(codes.AGREEMENT, 1.0, why=codes.BY_CHOICE).endswith(" sign an agreement")
    assert sentence(codes.TRUCE_COLLAPSED, why=codes.BY_POLICY).endswith("collapses: imposed by the policy")
    monkeypatch.setattr(narrative, "is_own", lambda event, start: True)
    assert sentence(codes.AGREEMENT, 1.0, **agreed).endswith(" sign an agreement (your decision)")
    assert sentence(codes.TRUCE_COLLAPSED, why=codes.BY_POLICY).endswith(
        "collapses: imposed by your decision"
    )


@pytest.mark.parametrize(("why", "told_"), [(codes.BY_POLICY, False), (codes.AGAINST_MODEL, True)])
def test_an_imposed_move_against_the_rule_is_said_to_be_one(why, told_):
    text = sentence(codes.MOVE_IMPOSED, why=why)
    assert text.startswith(f"{REPUBLIC}, by the policy: ")
    assert text.endswith(", which the model's own rule would not have done") is told_
    other = sentence(codes.DRAWDOWN, why=codes.AGAINST_MODEL)
    assert not other.endswith("would not have done")


def test_dates_of_day_numbers():
    assert when(FIRST, 0.0) == FIRST.isoformat()
    assert when(FIRST, 1.9) == FIRST.replace(day=FIRST.day + 1).isoformat()
    assert when(FIRST, -0.5) == when(FIRST, 100_000.0) == ""
    assert when(date(2000, 1, 1), 99_999.0) != ""
    assert until(FIRST, 3.0) == f" until {FIRST.replace(day=FIRST.day + 2).isoformat()}"
    assert until(FIRST, 0.5) == ""
    assert extras(event(codes.AGREEMENT, 2.0), START)["day"] == FIRST.replace(day=FIRST.day + 2).isoformat()


def row(day, event_, sentence_, actor="A", why="by rule", value=0.0):
    return {
        "date": pd.Timestamp(day),
        "event": event_,
        "sentence": sentence_,
        "actor": actor,
        "why": why,
        "value": value,
    }


def test_a_run_is_told_with_strikes_summed_by_month():
    events = pd.DataFrame(
        [
            row("2030-03-01", "agreement", "They sign"),
            row("2030-01-05", "spoiler_strike", "x", value=12.4),
            row("2030-01-20", "spoiler_strike", "x", value=3.0),
            row("2030-02-20", "spoiler_strike", "x", value=7.0),
            row("2030-02-01", "move_imposed", "hidden", why="imposed by the policy"),
            row(
                "2030-02-02",
                "move_imposed",
                "shown",
                why="imposed by the policy against the model's own rule",
            ),
            row("2030-02-01", "spoiler_strike", "x", actor="B", value=1.0),
        ]
    )
    assert list(told(events)) == [
        ("2030-01", "A strikes 2 times to spoil: 15 counted deaths"),
        ("2030-02", "A strikes once to spoil: 7 counted deaths"),
        ("2030-02", "B strikes once to spoil: 1 counted deaths"),
        ("2030-02-02", "shown"),
        ("2030-03-01", "They sign"),
    ]


def test_a_table_of_no_events_has_its_columns():
    table = narrative.events_table(SimpleNamespace(events=[], start=START))
    assert list(table.columns)[-1] == "sentence"
    assert table["date"].dtype.kind == "M"
