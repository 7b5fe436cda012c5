"""A mechanism switched off is exactly neutral, and changes nothing before it would first act."""

from itertools import product

import numpy as np
import pytest
from builders import ALL_UP, CASES, differing

from detente.agents.parameters import Switches


def run_with(workshop, tables, switches=None, seed=5, levers=ALL_UP, **groups):
    parameters = {"switches": switches or {}, **groups}
    return workshop.run(workshop.opening(tables, parameters=parameters, levers=levers), seed)


NEUTRAL_BY_PARAMETER = {
    "excitation": {"violence": {"n_own": 0.0, "n_rec": 0.0, "n_ally": 0.0}},
    "attribution": {"attribution": {"mistaken": 0.0, "mistaken_spoiler": 0.0}},
    "spoilers": {"spoilers": {"provoked": 0.0, "inside": 0.0}},
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("switch", NEUTRAL_BY_PARAMETER)
def test_off_equals_parameters_at_nothing(workshop, compiled, case, switch):
    tables = workshop.tables(case)
    off = run_with(workshop, tables, {switch: 0})
    nothing = run_with(workshop, tables, None, **NEUTRAL_BY_PARAMETER[switch])
    assert differing(off, nothing) == []
    assert differing(off, run_with(workshop, tables)) != []


NEUTRAL_BY_ABSENCE = {"mediation": "mediator", "talks": "track", "measures": "measure"}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("switch", NEUTRAL_BY_ABSENCE)
def test_off_equals_there_being_none(workshop, compiled, case, switch):
    tables = workshop.tables(case)
    bare = {k: v for k, v in tables.items() if k != NEUTRAL_BY_ABSENCE[switch]}
    off, none = run_with(workshop, tables, {switch: 0}), run_with(workshop, bare)
    assert [c for c in none.columns if not np.array_equal(off.series(c), none.series(c))] == []
    assert differing(off, run_with(workshop, tables)) != []


CONSTANT_WHEN_OFF = {
    "trust": ("dyads", ("trust",)),
    "endurance": ("parties", ("capital", "exhaustion", "discipline", "window")),
    "readiness": ("dyads", ("readiness", "motivation", "optimism")),
    "leverage": ("parties", ("morale", "presence", "capability")),
    "mediation": ("pairs", ("mediated", "guarantee")),
    "ceasefires": ("tally", ("truces", "truce_offers", "truce_days", "breaches", "truce_collapses")),
    "settlement": ("tally", ("agreements", "relapses")),
    "talks": ("tally", ("tracks", "failures", "issues", "talk_days")),
    "measures": ("tally", ("measures", "answers", "reversals")),
    "level": ("pairs", ("level",)),
    "endings": ("pairs", ("lull", "fortune")),
    "leaders": ("tally", ("leaders",)),
}

WITHOUT = {"ceasefires": {"settlement": 0}, "endurance": {"leaders": 0}}
"""What else is off: an agreement brings a ceasefire of its own, and a new leader fresh capital."""


def columns_of(run, kind, fields):
    return [c for c in run.columns if c.startswith(f"{kind}.") and c.rpartition(".")[2] in fields]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("switch", CONSTANT_WHEN_OFF)
def test_what_is_off_does_not_move(workshop, compiled, case, switch):
    tables = workshop.tables(case)
    watched = CONSTANT_WHEN_OFF[switch]
    also = WITHOUT.get(switch, {})
    moved = set()
    for seed in range(1, 9):
        off = run_with(workshop, tables, {switch: 0, **also}, seed=seed)
        for c in columns_of(off, *watched):
            values = off.series(c)
            assert (values == values[0]).all(), f"{c} moves with {switch} off"
        on = run_with(workshop, tables, seed=seed)
        moved |= {c for c in columns_of(on, *watched) if len(set(on.series(c))) > 1}
    if (case, switch) != ("template", "leverage"):  # nobody there has a patron
        assert moved, f"nothing of {switch} moves when it is on: the test shows nothing"


HIDDEN_WHEN_OFF = {
    "bargaining": ("pairs", ("view_a", "view_b", "terms")),
    "adherence": ("dyads", ("adherence",)),
    "terms": (
        "pairs",
        ("withdraws", "demobilises", "shares_power", "coverage", "review_day", "truce_settled"),
    ),
}
"""Fields of records, in no series, that stand still with a switch off."""

DOES = {
    "withdrawal": {"withdrawal": 0.8},
    "power": {"power": 0.5},
    "ceasefire": {"ceasefire": 1.0},
    "land": {"demobilisation": 0.5},
}


def with_effects(tables):
    """A case whose issues do what they are called."""
    for track in tables["track"]:
        names = [issue if isinstance(issue, str) else issue["name"] for issue in track["issues"]]
        track["issues"] = [{"name": n, "does": DOES[n]} if n in DOES else n for n in names]
    return tables


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("switch", HIDDEN_WHEN_OFF)
def test_what_is_off_does_not_move_where_no_series_shows_it(workshop, compiled, case, switch):
    """The others are on: what one of the three does, it does alone."""
    tables = with_effects(workshop.tables(case))
    kind, fields = HIDDEN_WHEN_OFF[switch]
    others = dict.fromkeys(HIDDEN_WHEN_OFF, 1)
    first = workshop.records(workshop.run(workshop.opening(tables, levers=ALL_UP), 1, n_steps=0))[kind]
    moved = set()
    for seed in range(1, 25):
        off = workshop.records(run_with(workshop, tables, others | {switch: 0}, seed=seed))[kind]
        on = workshop.records(run_with(workshop, tables, others, seed=seed))[kind]
        for field in fields:
            assert np.array_equal(off[field], first[field]), f"{field} moves with {switch} off"
            moved |= {field} if not np.array_equal(on[field], first[field]) else set()
    assert moved, f"nothing of {switch} moves when it is on: the test shows nothing"


OWN_EFFECTS = {
    "mediation": ("tally", ("engagements",)),
    "talks": ("tally", ("tracks",)),
    "measures": ("tally", ("measures",)),
    "ceasefires": ("tally", ("truce_offers", "truces", "one_sided")),
    "settlement": ("tally", ("packages",)),
    "spoilers": ("tally", ("provoked_attacks", "inside_attacks")),
    "leverage": ("parties", ("morale", "presence", "capability")),
    "trust": ("dyads", ("trust",)),
    "readiness": ("dyads", ("readiness", "motivation", "optimism")),
}
"""What a mechanism does first; the other mechanisms are at work from the opening on."""


def first_move(run, kind, fields):
    """The first row in which any of these columns is no longer what it was at the start."""
    values = np.column_stack([run.series(c) for c in columns_of(run, kind, fields)])
    moved = np.flatnonzero((values != values[0]).any(axis=1))
    return int(moved[0]) if len(moved) else None


def first_difference(a, b):
    """The first row in which two runs differ in any column."""
    n = min(len(a.rows), len(b.rows))
    found = np.flatnonzero((a.rows[:n] != b.rows[:n]).any(axis=1))
    return int(found[0]) if len(found) else None


@pytest.mark.parametrize(
    ("switch", "case"),
    [pair for pair in product(OWN_EFFECTS, CASES) if pair != ("leverage", "template")],  # it has no patron
)
def test_a_switch_changes_nothing_before_the_first_effect_and_something_then(
    workshop, compiled, case, switch
):
    """Until a mechanism first acts, a run without it is the same run, to the last bit of every column."""
    tables = workshop.tables(case)
    acted = []
    for seed in range(1, 9):
        on, off = (run_with(workshop, tables, {switch: value}, seed=seed) for value in (1, 0))
        acts = first_move(on, *OWN_EFFECTS[switch])
        assert first_difference(on, off) == acts, f"seed {seed}"
        acted.append(acts)
    assert any(acted), f"{switch} never acts: the test shows nothing"
    if switch not in ("trust", "readiness", "leverage"):
        assert any(row is not None and row > 5 for row in acted), "it acts at once: little is compared"


@pytest.mark.parametrize(
    ("switch", "lever"),
    [
        ("ceasefires", "ceasefires"),
        ("mediation", "mediation"),
        ("talks", "parallel_tracks"),
        ("talks", "direct_channel"),
        ("measures", "confidence_building"),
    ],
)
def test_a_lever_does_nothing_while_its_mechanism_is_off(workshop, compiled, switch, lever):
    for case in CASES:
        tables = workshop.tables(case)
        raised = run_with(workshop, tables, {switch: 0}, levers={lever: 1.0})
        down = run_with(workshop, tables, {switch: 0}, levers={})
        assert differing(raised, down, but=("clock.n_events",)) == []


def test_every_mechanism_has_a_test_of_its_switch():
    tested = {*NEUTRAL_BY_PARAMETER, *NEUTRAL_BY_ABSENCE, *CONSTANT_WHEN_OFF, *HIDDEN_WHEN_OFF}
    for switch in Switches.model_fields:
        assert switch in tested, (
            f"mechanism {switch!r} has no test of its switch: say in CONSTANT_WHEN_OFF of "
            "tests/behaviour/test_switches.py what stands still without it"
        )
    assert tested <= set(Switches.model_fields)
