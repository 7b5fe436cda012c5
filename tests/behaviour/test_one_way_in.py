"""One way in: every function that opens a case takes the same keywords, with the same effect, and refuses the same."""

import itertools
import tempfile
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import detente
from detente.agents.parameters import Parameters
from detente.model.catalogue import SHIPPED, load_policy, load_scenario

SEED, CASE = 3, "template"
BASE = {"step_days": 7}
"""Weekly steps, so that the table below runs in a minute."""


class Calm(detente.Party):
    """A party that hardly attacks."""

    def escalation(self, dyad: Any) -> float:
        return -3.0


def digest(table: pd.DataFrame) -> tuple[Any, ...]:
    """A table of results as something to compare, less the columns that only name it."""
    kept = table.drop(columns=[c for c in ("policy", "scenario_sha256") if c in table])
    return tuple(kept.astype(str).itertuples(index=False, name=None))


def process(case: Any = CASE, policy: Any = None, **asked: Any) -> Any:
    model = detente.PeaceProcess(case, policy, rng=SEED, keep_trajectory=True, collect=False, **asked)
    model.run_model()
    return model.trajectory().sha256


def sweep(case: Any = CASE, policy: Any = None, **asked: Any) -> Any:
    more = {} if policy is None else {"policy": policy}
    with tempfile.TemporaryDirectory() as folder:
        made = detente.sweep(case, out=folder, runs=1, first_seed=SEED, workers=1, **more, **asked)
        return digest(made.table.drop(columns=[f.column for f in made.factors]))


def robustness(case: Any = CASE, policy: Any = None, **asked: Any) -> Any:
    policies = ["status-quo" if policy is None else policy, "five-lessons"]
    how: dict[str, Any] = {"seeds": [SEED], "states": 1, "uncertain": ["measures.base"]}
    return digest(detente.robustness(case, policies, **how, **asked).means)


OPENERS: dict[str, Callable[..., Any]] = {
    "run": lambda case=CASE, policy=None, **asked: detente.run(case, policy, SEED, **asked).trajectory.sha256,
    "evaluate": lambda case=CASE, policy=None, **asked: detente.evaluate(case, SEED, policy=policy, **asked),
    "PeaceProcess": process,
    "ensemble": lambda case=CASE, policy=None, **asked: digest(
        detente.ensemble(case, policy, seeds=[SEED], threads=1, **asked).outcomes
    ),
    "compare": lambda case=CASE, policy=None, **asked: digest(
        detente.compare(case, policy=policy or "status-quo", seeds=[SEED], threads=1, **asked).outcomes
    ),
    "survival": lambda case=CASE, policy=None, **asked: digest(
        detente.survival(case, policy=policy or "status-quo", seeds=range(1, 9), threads=1, **asked).spells
    ),
    "truces": lambda case=CASE, policy=None, **asked: digest(
        detente.truces(case, policy, seeds=range(1, 9), threads=1, **asked)
    ),
    "lessons": lambda case=CASE, policy=None, **asked: digest(
        detente.lessons(case, policy=policy, seeds=[SEED], threads=1, **asked).outcomes
    ),
    "robustness": robustness,
    "sweep": sweep,
}

FOLDER = SHIPPED / CASE
ATTACKED = {"violence__dispersion": 2.0, "ceasefires__onset": 0.002}
DOTTED = {"violence.dispersion": 2.0, "ceasefires.onset": 0.002}
NESTED = {"violence": {"dispersion": 2.0}, "ceasefires": {"onset": 0.002}}
OFFER = {
    "date": date(2030, 6, 1),
    "sort": "joint",
    "do": "offer_truce",
    "actor": "republic",
    "to": "movement",
}

SAYINGS: dict[str, list[Mapping[str, Any]]] = {
    "case": [
        {"case": CASE},
        {"case": FOLDER / "case.toml"},
        {"case": str(FOLDER)},
        {"case": FOLDER},
        {"case": load_scenario(CASE)},
    ],
    "policy": [
        {"policy": "opening"},
        {"policy": FOLDER / "policies" / "opening.toml"},
        {"policy": str(FOLDER / "policies" / "opening.toml")},
        {"policy": load_policy(load_scenario(CASE), "opening")},
    ],
    "levers": [
        {"levers": {"mediation": 1.0, "ceasefires": 0.5}},
        {"mediation": 1.0, "ceasefires": 0.5},
        {"mediation": np.int64(1), "ceasefires": np.float32(0.5)},
        {"levers": {"mediation": np.array(1.0)}, "ceasefires": 0.5},
    ],
    "parameters": [
        {"parameters": NESTED},
        {"parameters": DOTTED},
        {"parameters": ATTACKED},
        ATTACKED,
        {"violence__dispersion": np.float64(2.0), "parameters": {"ceasefires": {"onset": np.float64(0.002)}}},
        {
            "parameters": Parameters.model_validate(
                Parameters().model_dump()
                | {k: {**Parameters().model_dump()[k], **v} for k, v in NESTED.items()}
            )
        },
    ],
    "actors": [
        {"actors": {"movement": Calm, "republic": Calm}},
        {"actors": {"republic": Calm, "movement": Calm}},
    ],
    "until": [
        {"policy": "opening", "mode": "until", "until": "2030-09-01"},
        {"policy": "opening", "mode": "until", "until": date(2030, 9, 1)},
        {"policy": "opening", "mode": "until", "until": pd.Timestamp("2030-09-01")},
    ],
    "step_days": [{"step_days": 14}, {"step_days": 14.0}, {"step_days": np.int64(14)}],
    "theory": [{"theory": "reciprocity"}, {"theory": "reciprocity", "policy": None}],
    "decisions": [{"decisions": [OFFER]}, {"decisions": ({**OFFER, "date": "2030-06-01"},)}],
    "branch": [
        {"branch_at": "2030-06-01", "branch_to": "five-lessons"},
        {"branch_at": date(2030, 6, 1), "branch_to": FOLDER / "policies" / "five-lessons.toml"},
    ],
}
"""What is asked for -> ways of saying it."""

NOT_ASKED = {
    "lessons": {"levers", "branch"},  # it sets the levers, under one policy
    "compare": {"branch"},  # there the policies compared take over
    "survival": {"branch"},
    "robustness": {
        "theory",
        "branch",
        "actors",
        "parameters",
    },  # states vary; the last two have tests of their own
    "sweep": {"decisions", "branch"},  # no keys of a design
}

SAME_AS_BASE = {("case", name) for name in OPENERS} | {("until", "lessons"), ("actors", "sweep")}
"""Where nothing needs to differ from what is not asked at all, or where it is not looked for."""


def pairs() -> list[Any]:
    made = itertools.product(OPENERS, SAYINGS)
    return [
        pytest.param(o, s, id=f"{o}-{s}", marks=[pytest.mark.slow] if is_long(o, s) else [])
        for o, s in made
        if s not in NOT_ASKED.get(o, ())
    ]


def is_long(opener: str, asked: str) -> bool:
    """Many runs, or runs on Mesa in processes of their own."""
    return opener == "lessons" or (asked == "actors" and opener not in ("run", "ensemble", "PeaceProcess"))


@pytest.mark.parametrize(("opener", "asked"), pairs())
def test_all_ways_of_saying_the_same_give_the_same(opener: str, asked: str, compiled: None):
    found = [OPENERS[opener](**{**BASE, **saying}) for saying in SAYINGS[asked] if usable(opener, saying)]
    assert all(one == found[0] for one in found)
    if (asked, opener) not in SAME_AS_BASE:
        assert found[0] != OPENERS[opener](**BASE)


def usable(opener: str, saying: Mapping[str, Any]) -> bool:
    """A design names its policies: it cannot hold one that is loaded."""
    return not (opener == "sweep" and not isinstance(saying.get("policy"), str | Path | None))


@pytest.mark.parametrize("opener", OPENERS)
def test_without_a_policy_it_is_the_cases_own_first_one(opener: str, compiled: None):
    if opener == "lessons":  # which begins with five-lessons, whose moves stand in every corner
        assert OPENERS[opener](**BASE) == OPENERS[opener](policy="five-lessons", **BASE)
    else:
        assert OPENERS[opener](**BASE) == OPENERS[opener](policy="status-quo", **BASE)


def test_the_first_policy_of_a_case_with_history_is_history(compiled: None):
    given, default = (detente.evaluate("korea-2017", 1, **p, **BASE) for p in ({"policy": "history"}, {}))
    assert given == default


class Misspelt(detente.Party):
    """A party whose decision nobody would ask for."""

    def offer_truse(self, dyad: Any) -> float:
        return 0.0


MISTAKES: list[tuple[Mapping[str, Any], str]] = [
    ({"theori": "ripeness"}, "did you mean 'theor(y|ies)'"),
    ({"step_day": 7}, "did you mean 'step_days'"),
    ({"paramters": {}}, "did you mean 'parameters'"),
    ({"drect_channel": 0.5}, "did you mean 'direct_channel'"),
    ({"levers": {"drect_channel": 0.5}}, "did you mean 'direct_channel'"),
    ({"trust__memry": 300}, "did you mean 'trust__memory'"),
    ({"parameters": {"trust.memry": 300}}, "did you mean 'trust.memory'"),
    ({"parameters": {"trust": {"memry": 300}}}, "did you mean '(trust.)?memory'"),
    ({"policy": "five-leson"}, "did you mean 'five-lessons'"),
    ({"policy": "satus-quo"}, "did you mean 'status-quo'"),
    ({"case": "templat"}, "did you mean 'template'"),
    ({"theory": "ripenes"}, "did you mean 'ripeness'"),
    ({"trust__memory": "long"}, "number"),
    ({"direct_channel": 1.5}, "from 0 to 1"),
    ({"mode": "fre"}, "free"),
    ({"until": "tomorrow"}, "date"),
    ({"step_days": 0.4}, "step_days"),
    ({"levers": {"direct_channel": 0.5}, "direct_channel": 0.5}, "direct_channel: is given twice"),
    ({"parameters": {"trust.memory": 300}, "trust__memory": 300}, "trust.memory: is given twice"),
    ({"parameters": {"trust": {"memory": 300}}, "trust__memory": 300}, "trust.memory: is given twice"),
    ({"actors": {"movment": Calm}}, "did you mean 'movement'"),
    ({"actors": {"movement": Misspelt}}, "Misspelt.offer_truse is no decision.*did you mean 'offer_truce'"),
]


@pytest.mark.parametrize(
    "opener", [pytest.param(o, marks=[pytest.mark.slow] if o == "robustness" else []) for o in OPENERS]
)
def test_a_mistake_is_one_line_that_names_the_nearest_valid_name(opener: str, compiled: None):
    silent: list[str] = []
    for asked, expected in MISTAKES:
        if opener == "robustness" and "theory" in asked:
            expected = "theory"
        with pytest.raises(detente.InputError, match=expected) as caught:
            OPENERS[opener](**{**BASE, **asked})
        if "\n" in str(caught.value):
            silent.append(str(caught.value))
    assert silent == []


@pytest.mark.parametrize(
    ("call", "near"),
    [
        (lambda: detente.run(CASE, sed=2), "seed"),
        (lambda: detente.run(CASE, polcy="opening"), "policy"),
        (lambda: detente.evaluate(CASE, engin="mesa"), "engine"),
        (lambda: detente.ensemble(CASE, thread=2), "threads"),
        (lambda: detente.compare(CASE, theorie="all"), "theories"),
        (lambda: detente.compare(CASE, polices="opening"), "policies"),
        (lambda: detente.lessons(CASE, run=5), "runs"),
        (lambda: detente.survival(CASE, ends="end"), "end"),
        (lambda: detente.robustness(CASE, bar={}), "bars"),
        (lambda: detente.PeaceProcess(CASE, keep_trajectry=True), "keep_trajectory"),
        (lambda: detente.dry_run(CASE, polices="opening"), "policies"),
        (lambda: detente.dry_run(CASE, first_sed=3), "first_seed"),
    ],
)
def test_a_keyword_of_the_function_itself_is_found_too(call: Callable[[], Any], near: str):
    with pytest.raises(detente.InputError, match=f"did you mean '{near}'"):
        call()


@pytest.mark.parametrize("opener", ["compare", "survival", "robustness"])
def test_policies_are_asked_for_in_one_way_at_a_time(opener: str):
    with pytest.raises(detente.InputError, match="policy and policies"):
        getattr(detente, opener)(CASE, ["status-quo"], policy="opening")


def test_lessons_set_every_lever_themselves():
    with pytest.raises(detente.InputError, match="levers"):
        detente.lessons(CASE, mediation=0.5)


def test_a_whole_parameters_stands_alone():
    with pytest.raises(detente.InputError, match=r"trust\.memory|trust__memory|Parameters"):
        detente.run(CASE, parameters=Parameters(), trust__memory=300)


def test_parameters_hold_in_every_state(compiled: None):
    ways = [{"violence__dispersion": 2.0}, {"parameters": {"violence": {"dispersion": 2.0}}}]
    one, other = (robustness(**BASE, **way) for way in ways)
    assert one == other
    assert one != robustness(**BASE)
    with pytest.raises(detente.InputError, match=r"measures\.base is set by hand"):
        robustness(measures__base=0.01)


def test_mesa_hands_parameters_over_as_any_keyword():
    from mesa.batchrunner import batch_run

    ask = {"case": CASE, "trust__memory": [200, 300], "mediation": [0.0, 1.0], "step_days": 14}
    rows = batch_run(detente.PeaceProcess, ask, max_steps=3, display_progress=False, rng=[1])
    assert len({row["RunId"] for row in rows}) == 4


@pytest.mark.parametrize(
    "levels", [[0, 0.5, 1], (0, 0.5, 1), np.array([0, 0.5, 1]), pd.Series([0, 0.5, 1]), "0:1:3", "0,0.5,1"]
)
def test_levels_of_a_sweep_may_be_any_kind_of_list(levels: Any, compiled: None, tmp_path: Path):
    ways = [{"mediation": levels}, {"levers": {"mediation": levels}}]
    tables = [
        detente.sweep(CASE, out=tmp_path / str(k), runs=np.int64(1), **way, **BASE).table
        for k, way in enumerate(ways)
    ]
    assert tables[0]["mediation"].tolist() == [0.0, 0.5, 1.0]
    pd.testing.assert_frame_equal(*tables)


def test_a_range_is_a_list_of_levels(compiled: None):
    assert detente.dry_run(CASE, trust__memory=range(200, 500, 100), runs=1, **BASE).points == 3
