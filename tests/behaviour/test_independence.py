"""What touches nobody changes no number: added actors, observers, other runs, and moves that have not yet come."""

import copy
from datetime import date, timedelta

import numpy as np
import pytest
from builders import made_policy

FACTION = {"name": "all", "title": "All", "share": 1.0, "hawkishness": 0.5}
SEEDS = (1, 2, 77)
OPTIONS = {"levers": dict.fromkeys(("ceasefires", "confidence_building", "direct_channel", "mediation"), 0.7)}

MEDIATOR = {
    "name": "onlooker",
    "title": "An onlooker",
    "skill": 1.0,
    "leverage": 1.0,
    "monitors": 1.0,
}
SPOILER = {
    "name": "sleeper",
    "title": "A sleeper",
    "target": [{"party": "republic", "attacks": 0.0}, {"party": "movement", "attacks": 0.0}],
}
NEUTRAL = {
    "name": "neutral",
    "title": "A neutral",
    "validation": 0.0,
    "risk_tolerance": 0.5,
    "faction": [FACTION | {"name": "neutrals"}],
}
FRIENDSHIP = {"between": ["neutral", "republic"], "hostile": False, "trust": [0.5, 0.5]}
UNUSED_MEASURE = {
    "name": "unused-measure",
    "title": "Unused",
    "from": "neutral",
    "to": "republic",
    "kind": "confidence",
    "cost": 0.0,
    "max_cost": 0.0,
    "divisive": 1.0,
    "reversible": True,
}

ADDITIONS = {
    "a mediator without access": {"mediator": [MEDIATOR]},
    "a spoiler that never strikes": {"spoiler": [SPOILER]},
    "a party without relations": {"party": [NEUTRAL]},
    "a party that only talks": {"party": [NEUTRAL], "relation": [FRIENDSHIP]},
    "a measure of no size": {
        "party": [NEUTRAL],
        "relation": [FRIENDSHIP],
        "measure": [UNUSED_MEASURE],
    },
    "all of them": {
        "mediator": [MEDIATOR],
        "spoiler": [SPOILER],
        "party": [NEUTRAL],
        "relation": [FRIENDSHIP],
        "measure": [UNUSED_MEASURE],
    },
}


# the Afghan case has allies against one foe, and with them sums and shares over several parties
ACTORS_OF = {
    "template": {},
    "afghanistan-2018": {"republic": "united-states", "movement": "taliban"},
    "korea-2017": {"republic": "united-states", "movement": "north-korea"},
}


def renamed(entries, names):
    """The additions with the names of another case's parties."""
    if isinstance(entries, dict):
        return {key: renamed(value, names) for key, value in entries.items()}
    if isinstance(entries, list):
        return [renamed(value, names) for value in entries]
    return names.get(entries, entries)


def with_added(tables, added, *, first):
    made = copy.deepcopy(tables)
    for kind, entries in added.items():
        there = made.get(kind, [])
        made[kind] = [*entries, *there] if first else [*there, *entries]
    return made


def by_name(trajectory):
    """Columns of a trajectory by name; the log is compared apart."""
    return {c: trajectory.series(c) for c in trajectory.columns if c != "clock.n_events"}


def told(trajectory, names_of_added=()):
    """The chronicle in words, which do not depend on positions, without the lines of those added."""
    from detente.model.story import event_row

    lines = [event_row(e, trajectory.start) for e in trajectory.events]
    return [
        line
        for line in lines
        if not any(name in (line["actor"], line["other"], line["what"]) for name in names_of_added)
    ]


def same_numbers(before, after):
    """Every column of the first run, equal in the second to the last bit."""
    theirs = by_name(after)
    differing = [c for c, values in by_name(before).items() if not np.array_equal(values, theirs[c])]
    assert differing == []


def same_chances(workshop, before, after):
    """The hazards of all decisions in the last step, which a run shows only where luck lets something fall due."""
    asked = [workshop.records(run)["choices"]["hazard"] for run in (before, after)]
    one, other = (np.sort(hazards[hazards > 0.0]) for hazards in asked)
    assert len(one) > 2
    assert np.array_equal(one, other)


@pytest.mark.parametrize("added", ADDITIONS)
@pytest.mark.parametrize("first", [False, True], ids=["last", "first"])
@pytest.mark.parametrize("case", ACTORS_OF)
def test_what_touches_nobody_changes_nothing(workshop, compiled, case, added, first):
    tables = workshop.tables(case)
    more = with_added(tables, renamed(ADDITIONS[added], ACTORS_OF[case]), first=first)
    plain = workshop.opening(tables, **OPTIONS)
    joined = workshop.opening(more, **OPTIONS)
    for seed in SEEDS:
        before, after = workshop.run(plain, seed), workshop.run(joined, seed)
        same_numbers(before, after)
        same_chances(workshop, before, after)
        assert told(before) == told(after)
        assert len(before.events) > 5


@pytest.mark.parametrize("first", [False, True], ids=["last", "first"])
@pytest.mark.parametrize("case", ACTORS_OF)
def test_a_faction_without_followers_changes_nothing(workshop, compiled, case, first):
    """However hawkish and discontented: nobody obeys it, and it does not bend what its party is."""
    tables = workshop.tables(case)
    more = copy.deepcopy(tables)
    for party in more["party"]:
        there = party["faction"]
        about = {"name": f"nobody-of-{party['name']}", "title": "Nobody", "share": 0.0}
        nobody = about | {"hawkishness": 1.0, "discontent": 0.9}
        party["faction"] = [nobody, *there] if first else [*there, nobody]
    for seed in SEEDS:
        before, after = (workshop.run(workshop.opening(t, **OPTIONS), seed) for t in (tables, more))
        same_numbers(before, after)
        same_chances(workshop, before, after)
        assert told(before) == told(after)


def test_control_a_faction_with_followers_does_change_something(workshop, compiled):
    tables = workshop.tables()
    more = copy.deepcopy(tables)
    first, second = more["party"][0]["faction"][:2]
    first["share"], second["share"] = second["share"], first["share"]
    before, after = (workshop.run(workshop.opening(t, **OPTIONS), 1) for t in (tables, more))
    with pytest.raises(AssertionError):
        same_numbers(before, after)


def test_control_an_actor_that_strikes_does_change_something(workshop, compiled):
    loud = copy.deepcopy(SPOILER)
    loud["target"][0]["attacks"] = 0.5
    tables = workshop.tables()
    before = workshop.run(workshop.opening(tables), 1)
    after = workshop.run(workshop.opening(with_added(tables, {"spoiler": [loud]}, first=False)), 1)
    with pytest.raises(AssertionError):
        same_numbers(before, after)


def test_control_added_attacks_keep_all_luck_of_others(workshop, compiled):
    """A spoiler that strikes changes what follows from its strikes, but no draw of anybody else."""
    loud = copy.deepcopy(SPOILER)
    loud["target"][0]["attacks"] = 0.5
    tables = workshop.tables()
    a, b = (
        workshop.records(workshop.run(workshop.opening(t), 1, n_steps=200))
        for t in (tables, with_added(tables, {"spoiler": [loud]}, first=True))
    )
    assert np.array_equal(a["dyads"]["tick_luck"], b["dyads"]["tick_luck"])
    assert np.array_equal(a["mediators"]["luck"], b["mediators"]["luck"])


@pytest.mark.parametrize("case", ["template", "afghanistan-2018"])
def test_observers_change_nothing(workshop, case):
    """A data collector, and somebody who draws from Mesa's own generator at every step and often reads everything."""
    start = workshop.opening(workshop.tables(case))
    quiet = workshop.process(start, 5, keep_trajectory=True)
    watched = workshop.process(start, 5, keep_trajectory=True, collect=True)
    for step in range(120):
        quiet.step()
        watched.step()
        watched.random.random()
        watched.rng.random()
        if step % 6:
            continue  # all that is read grows with the run
        watched.datacollector.get_model_vars_dataframe()
        for agent in watched.agents:
            repr(agent)
            assert vars(agent)
        watched.trajectory()
    assert quiet.trajectory().sha256 == watched.trajectory().sha256


def test_agents_of_ones_own_change_nothing(workshop):
    """A plain Mesa agent that a researcher adds to the model."""
    import mesa

    start = workshop.opening(workshop.tables())
    alone, joined = (workshop.process(start, 5, keep_trajectory=True) for _ in range(2))
    for _ in range(3):
        mesa.Agent(joined)
    for model in (alone, joined):
        for _ in range(60):
            model.step()
    assert alone.trajectory().sha256 == joined.trajectory().sha256


def test_observed_series_change_nothing(workshop, compiled):
    tables = workshop.tables()
    bare = copy.deepcopy(tables)
    tables["observed"] = [{"name": "deaths", "unit": "deaths", "source": "none", "monthly": {"2030-01": 3.0}}]
    assert workshop.run(workshop.opening(tables), 1).sha256 == workshop.run(workshop.opening(bare), 1).sha256


# -- runs and each other


def test_order_threads_and_company_change_no_run(workshop, compiled):
    start = workshop.opening(workshop.tables("afghanistan-2018"), **OPTIONS)
    seeds = [9, 2**63, 4, 1, 0]
    alone = np.array([workshop.run(start, s).rows[-1] for s in seeds])
    from detente.model.engine import run_batch

    for threads in (1, 2, 3, 8):
        assert np.array_equal(run_batch(start, seeds, threads=threads).final, alone)
    assert np.array_equal(run_batch(start, seeds[::-1]).final, alone[::-1])
    repeated = run_batch(start, [4, 4, 4], threads=2).final
    assert np.array_equal(repeated, alone[[2, 2, 2]])


def test_series_are_rows_of_the_runs(workshop, compiled):
    start = workshop.opening(workshop.tables(), **OPTIONS)
    from detente.model.engine import run_batch
    from detente.model.series import columns

    names = columns(start.cast)
    made = run_batch(start, [3, 4], wanted=names, every=7)
    for r, seed in enumerate((3, 4)):
        rows = workshop.run(start, seed).rows
        assert np.array_equal(made.series[r], rows[::7])
        assert np.array_equal(made.final[r], rows[-1])


def test_a_run_is_the_same_after_others(workshop, compiled):
    """Nothing is left over from run to run, in either driver."""
    start = workshop.opening(workshop.tables(), **OPTIONS)
    first = workshop.run(start, 6).sha256
    untouched = start.buffer.copy()
    workshop.batch(start, 20)
    workshop.mesa(start, 7, n_steps=30)
    assert np.array_equal(start.buffer, untouched)
    assert workshop.run(start, 6).sha256 == first
    assert workshop.mesa(start, 6).sha256 == first


# -- policies under one seed

OFFER = {
    "date": date(2030, 6, 3),
    "sort": "act",
    "actor": "republic",
    "do": "offer_truce",
    "to": "movement",
    "from": date(2030, 6, 5),
    "until": date(2030, 6, 20),
}
ANSWER = {
    "date": date(2030, 6, 4),
    "sort": "reply",
    "actor": "movement",
    "do": "answer_truce",
    "to": "republic",
    "from": date(2030, 6, 5),
    "until": date(2030, 6, 20),
}


def steps_alike(a, b):
    """How many rows two trajectories share from the beginning, all columns."""
    n = min(len(a.rows), len(b.rows))
    differs = np.flatnonzero((a.rows[:n] != b.rows[:n]).any(axis=1))
    return int(differs[0]) if len(differs) else n


SETBACK = {"date": date(2030, 4, 1), "sort": "context", "actor": "movement", "do": "setback", "amount": 0.4}
LATER = date(2030, 6, 3)
# Imposing an act silences the same decision of its actor for as long as history is imposed (another policy from the
# first day), so the two policies of each pair speak for the same decisions.
PAIRS = {
    "windows": ((OFFER, ANSWER), (OFFER | {"until": date(2030, 6, 12)}, ANSWER)),
    "contexts": ((), (SETBACK | {"date": LATER, "do": "window"},)),
    "levers": (
        (),
        ({"date": LATER, "actor": "republic", "do": "lever", "lever": "ceasefires", "amount": 0.0},),
    ),
    "blocks": (
        (),
        ({"date": LATER, "actor": "republic", "do": "block", "what": "open_track", "track": "front"},),
    ),
}


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("seed", SEEDS)
def test_policies_agree_until_the_first_move_that_differs(workshop, compiled, seed, pair):
    tables = workshop.tables()
    one, other = (workshop.opening(tables, made_policy(SETBACK, *moves), **OPTIONS) for moves in PAIRS[pair])
    a, b = workshop.run(one, seed), workshop.run(other, seed)
    day = (LATER - tables["case"]["start"]).days
    # row k is the state at the beginning of day k; a move is carried out in the course of its own day
    assert steps_alike(a, b) == day + 1


@pytest.mark.parametrize("lever", ["ceasefires", "direct_channel", "confidence_building", "recognition"])
def test_levers_change_nothing_before_the_pivot(workshop, compiled, lever):
    tables = workshop.tables()
    day = (tables["case"]["pivot"] - tables["case"]["start"]).days
    without = workshop.opening(tables)
    raised = workshop.opening(tables, levers={lever: 1.0})
    for seed in SEEDS:
        assert steps_alike(workshop.run(without, seed), workshop.run(raised, seed)) >= day


def test_the_same_policy_twice_is_the_same_run(workshop, compiled):
    tables = workshop.tables()
    a, b = (workshop.run(workshop.opening(tables, made_policy(OFFER, ANSWER)), 4) for _ in range(2))
    assert a.sha256 == b.sha256
    assert steps_alike(a, b) == len(a.rows)


def test_branching_at_a_date_is_exact(workshop, compiled):
    """A run that goes on from the middle of another equals the run in one piece, however often it is branched."""
    start = workshop.opening(workshop.tables(), made_policy(OFFER, ANSWER), **OPTIONS)
    whole = workshop.run(start, 8)
    trunk = workshop.run(start, 8, n_steps=150)
    before = trunk.buffer.copy()
    for n in (1, 40, None):
        branch = workshop.run(start, 8, resume=trunk, n_steps=n)
        assert np.array_equal(branch.rows, whole.rows[: len(branch.rows)])
        assert np.array_equal(trunk.buffer, before)
    assert workshop.run(start, 8, resume=trunk).sha256 == whole.sha256


def test_case_dates_move_without_changing_luck(workshop, compiled):
    """The same war a year later, with the calendar flat, is the same run: nothing but the calendar reads the date."""
    tables = workshop.tables()
    tables["calendar"] = {}
    tables["case"]["pivot"] = tables["case"]["start"]
    later = copy.deepcopy(tables)
    for key in ("start", "end", "pivot"):
        later["case"][key] += timedelta(days=365)
    a, b = (workshop.run(workshop.opening(t), 3) for t in (tables, later))
    assert np.array_equal(a.rows, b.rows)
