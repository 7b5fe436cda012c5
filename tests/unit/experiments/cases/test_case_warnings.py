"""What is legal in a case and probably not meant: each rule has a case that it speaks of, and one that it does not."""

import copy
import tomllib
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from shipped_cases import every_case

from detente.experiments.cases.case_warnings import RULES, case_remarks
from detente.model.catalogue import SHIPPED, load_scenario
from detente.model.scenario import parse_scenario

Tables = dict[str, Any]


def tables_of(case: str) -> Tables:
    return tomllib.loads((SHIPPED / case / "case.toml").read_text(encoding="utf-8"))


TEMPLATE = tables_of("template")


def remarked(raw: Tables) -> dict[str, list[str]]:
    """Lines by rule."""
    lines: dict[str, list[str]] = {}
    for remark in case_remarks(parse_scenario(copy.deepcopy(raw), "x.toml")):
        lines.setdefault(remark.name, []).append(remark.text)
    return lines


def with_third(raw: Tables, **party: Any) -> None:
    """A third party in the template, by itself."""
    raw["party"].append({**copy.deepcopy(raw["party"][1]), "name": "third", "main_foe": "republic", **party})
    raw["party"][-1]["faction"] = [{"name": "all", "title": "All", "share": 1.0, "hawkishness": 0.5}]
    raw["party"][-1].pop("main_foe")


def friend(raw: Tables) -> None:
    """A third party that is the republic's friend."""
    with_third(raw)
    raw["relation"].append({"between": ["republic", "third"], "hostile": False, "trust": [0.6, 0.6]})


def put(**at: Any) -> Callable[[Tables], None]:
    """A change of single values: ``track__0__leak=0.1``."""

    def change(raw: Tables) -> None:
        for path, value in at.items():
            *way, last = [int(p) if p.isdigit() else p for p in path.split("__")]
            here: Any = raw
            for part in way:
                here = here.setdefault(part, {}) if isinstance(here, dict) else here[part]
            here[last] = value

    return change


def only_measure(**keys: Any) -> Callable[[Tables], None]:
    def change(raw: Tables) -> None:
        raw["measure"][0].update(keys)

    return change


def both(*changes: Callable[[Tables], None]) -> Callable[[Tables], None]:
    def change(raw: Tables) -> None:
        for one in changes:
            one(raw)

    return change


def without_end(raw: Tables) -> None:
    raw["case"]["pivot"] = raw["case"]["end"]


def only_side_tracks(raw: Tables) -> None:
    raw["track"] = [t for t in raw["track"] if t["form"] == "backchannel"]


CASES: list[tuple[str, Callable[[Tables], None], str]] = [
    ("version-not-said", put(case__written_for=None), "is missing, so it is read as"),
    ("lever-moves-nothing", put(mediator=[]), "lever mediation: moves nothing"),
    ("lever-moves-nothing", put(parameters={"switches": {"measures": 0}}), "measures are switched off"),
    ("lever-moves-nothing", put(track=[]), "takes part in a track that is not direct"),
    (
        "parameter-moves-nothing",
        put(parameters={"switches": {"spoilers": 0}, "spoilers": {"provoked": 0.9}}),
        "switches.spoilers is 0",
    ),
    ("parameter-moves-nothing", put(parameters={"violence": {"pressed": 0.5}}), "no party has a patron"),
    ("party-without-relation", with_third, "third"),
    (
        "sponsor-without-foe",
        both(friend, put(party__2__sponsor=True)),
        "[party 3: third].sponsor",
    ),
    ("support-that-never-comes", put(party__0__support=0.5), "the party has no patron"),
    (
        "support-that-never-comes",
        both(friend, put(party__0__support=0.5, party__0__patron="third")),
        "its patron third has presence 0",
    ),
    (
        "nobody-fights",
        both(
            put(relation__0__hostile=False, relation__0__attacks=[0.0, 0.0]),
            lambda raw: [p.pop("main_foe") for p in raw["party"]],
        ),
        "nothing to settle",
    ),
    ("fight-without-attacks", put(relation__0__attacks=[0.0, 0.0]), "neither ever attacks"),
    ("veto-without-effect", both(friend, put(relation__0__veto=["third"])), "hostile to neither side"),
    ("veto-without-effect", put(relation__0__veto=["republic"]), "one of the two sides"),
    ("veto-without-effect", both(friend, put(relation__1__veto=["movement"])), "not hostile"),
    ("peacekeepers-without-war", both(friend, put(relation__1__peacekeepers=0.5)), "keep no peace"),
    ("agreement-out-of-reach", only_side_tracks, "conclude none"),
    ("agreement-out-of-reach", put(track=[]), "they have no track"),
    (
        "agreement-out-of-reach",
        put(parameters={"switches": {"settlement": 0}}),
        "no agreement is ever reached",
    ),
    ("idle-spoiler", put(spoiler__0__target__1__attacks=0.0), "never strikes movement"),
    ("idle-mediator", put(mediator__0__access=[]), "neighbour"),
    ("track-that-never-opens", put(parameters={"switches": {"talks": 0}}), "no track ever opens"),
    (
        "track-that-never-opens",
        put(track__0__rank="summit", party__0__risk_tolerance=0.0, party__1__risk_tolerance=0.0),
        "[track 1: front].rank",
    ),
    (
        "needs-in-circle",
        put(
            track__0__needs={"movement": "backchannel"},
            track__1__form="front",
            track__1__needs={"movement": "front"},
        ),
        "wait for each other",
    ),
    (
        "needs-beyond-reach",
        put(
            track__1__form="front",
            track__1__rank="summit",
            party__0__risk_tolerance=0.0,
            party__1__risk_tolerance=0.0,
        ),
        "waits for backchannel, which never opens",
    ),
    ("needs-ignored", put(track__1__needs={"movement": "front"}), "a backchannel track waits for nothing"),
    (
        "talks-between-friends",
        both(friend, put(track__1__between=["republic", "third"], track__1__form="front")),
        "settle no issue",
    ),
    (
        "effect-switched-off",
        both(
            put(track__1__issues=["land", {"name": "strength", "does": {"power": 0.5}}]),
            put(parameters={"switches": {"terms": 0}}),
        ),
        "[track 2: backchannel].issues: strength: does: power has no effect: switches.terms is 0",
    ),
    ("leak-without-secret", put(track__0__leak=0.1), "[track 1: front].leak"),
    ("leak-without-secret", put(track__1__visibility=1.0, track__1__leak=0.0), "no secret"),
    ("measure-never-given", only_measure(cost=0.0), "[measure 1: prisoner-release].cost"),
    ("measure-never-given", both(friend, only_measure(to="third")), "not hostile"),
    ("measure-never-given", put(parameters={"switches": {"measures": 0}}), "no measure is ever given"),
    (
        "restrains-nothing",
        both(only_measure(restrains=0.5), put(relation__0__attacks=[0.0, 1.0])),
        "republic never attacks movement",
    ),
    ("word-without-leaders", put(measure__0__at_summit=1.0), "[measure 1: prisoner-release].at_summit"),
    (
        "rescue-of-nothing",
        both(put(mediator__0__access__0__reopens=0.2), put(track=[])),
        "have no track",
    ),
    (
        "holiday-outside",
        put(calendar__holidays__1__until=date(2035, 1, 2), calendar__holidays__1__from=date(2035, 1, 1)),
        "2035-01-01",
    ),
    ("severity-outside", put(calendar__severity={"2035": 1.1}), "2035"),
    ("holidays-nobody-observes", put(calendar={}), "no [[calendar.holidays]]"),
    (
        "series-outside",
        put(observed=[{"name": "deaths", "unit": "deaths", "source": "x", "monthly": {"2020-01": 3.0}}]),
        "no month lies inside",
    ),
    ("levers-without-time", without_end, "only the last step"),
]


@pytest.mark.parametrize(
    ("rule", "change", "words"), CASES, ids=[f"{rule}-{k}" for k, (rule, *_) in enumerate(CASES)]
)
def test_a_case_that_the_rule_speaks_of(rule: str, change: Callable[[Tables], None], words: str) -> None:
    raw = copy.deepcopy(TEMPLATE)
    assert words not in " ".join(remarked(raw).get(rule, []))
    change(raw)
    assert words in " ".join(remarked(raw)[rule])


TABLES = ("party", "relation", "track", "measure", "spoiler", "mediator", "observed")


@pytest.mark.parametrize("change", [change for _, change, _ in CASES], ids=range(len(CASES)))
def test_where_a_table_stands_makes_no_difference(change: Callable[[Tables], None]) -> None:
    raw = copy.deepcopy(TEMPLATE)
    change(raw)
    found = {rule: len(lines) for rule, lines in remarked(raw).items()}
    for table in TABLES:
        raw.get(table, []).reverse()
    assert {rule: len(lines) for rule, lines in remarked(raw).items()} == found


def again(table: str, **keys: Any) -> Callable[[Tables], None]:
    """One more entry of a table, like its last and in front of it all."""

    def change(raw: Tables) -> None:
        raw[table].insert(0, {**copy.deepcopy(raw[table][-1]), **keys})

    return change


MONTHS: Tables = {"name": "d", "unit": "d", "source": "x", "monthly": {"2031-12": 1.0}}
LATER: list[tuple[str, Callable[[Tables], None], list[str]]] = [
    ("idle-mediator", both(again("mediator", name="other"), put(mediator__1__access=[])), ["[mediator 2"]),
    (
        "idle-mediator",
        both(
            again("mediator", name="other"),
            put(mediator__0__access=[], mediator__1__access=[]),
        ),
        ["[mediator 1", "[mediator 2"],
    ),
    (
        "idle-spoiler",
        both(again("spoiler", name="other"), put(spoiler__1__target__0__attacks=0.0)),
        ["[spoiler 2"],
    ),
    (
        "series-outside",
        put(observed=[MONTHS, {**MONTHS, "name": "e", "monthly": {"2020-01": 1.0}}]),
        ["2: e"],
    ),
    ("restrains-nothing", put(measure__1__restrains=0.5, relation__0__attacks=[0.0, 1.0]), ["[measure 2"]),
    ("measure-never-given", put(measure__0__cost=0.0, measure__2__cost=0.0), ["[measure 1", "[measure 3"]),
    (
        "leak-without-secret",
        put(track__0__leak=0.1, track__2__leak=0.1, track__2__visibility=1.0),
        ["k 1", "k 3"],
    ),
    (
        "severity-outside",
        put(calendar__severity={"2029": 1.1, "2030": 1.1, "2031": 1.1, "2032": 1}),
        ["2029", "2032"],
    ),
    ("support-that-never-comes", put(party__0__support=0.5, party__1__support=0.1), ["0.5 is", "0.1 is"]),
]
"""Changes of later entries, and what each line of the rule names."""


@pytest.mark.parametrize(("rule", "change", "words"), LATER, ids=[rule for rule, *_ in LATER])
def test_every_entry_is_looked_at(rule: str, change: Callable[[Tables], None], words: list[str]) -> None:
    raw = copy.deepcopy(TEMPLATE)
    change(raw)
    lines = remarked(raw)[rule]
    assert len(lines) == len(words)
    assert all(word in line for word, line in zip(words, lines, strict=True))


def test_every_rule_is_tested_and_described() -> None:
    assert {rule for rule, *_ in CASES} == {rule.__name__.replace("_", "-") for rule in RULES}
    assert all(rule.__doc__ and "\n" not in rule.__doc__ for rule in RULES)


QUIET: list[tuple[str, Callable[[Tables], None]]] = [
    ("needs-in-circle", put(track__1__form="front", track__1__needs={"republic": "front"})),
    ("parameter-moves-nothing", put(parameters={"switches": {"spoilers": 0}, "violence": {"n_own": 0.2}})),
    (
        "support-that-never-comes",
        both(friend, put(party__0__support=0.5, party__0__patron="third", party__2__presence=1.0)),
    ),
    ("restrains-nothing", only_measure(restrains=0.5)),
    ("word-without-leaders", put(measure__0__at_summit=1.0, track__0__rank="summit")),
    ("rescue-of-nothing", put(mediator__0__access__0__reopens=0.2)),
    (
        "effect-switched-off",
        put(track__1__issues=["land", {"name": "strength", "does": {"power": 0.5}}]),
    ),
    (
        "series-outside",
        put(
            observed=[{"name": "d", "unit": "d", "source": "x", "monthly": {"2020-01": 3.0, "2031-12": 1.0}}]
        ),
    ),
    ("track-that-never-opens", put(track__0__rank="summit", party__0__risk_tolerance=0.0)),
    ("leak-without-secret", put(track__0__leak=0.1, track__0__visibility=0.5)),
]
"""Cases near the edge of a rule that it does not speak of."""


@pytest.mark.parametrize(("rule", "change"), QUIET, ids=[rule for rule, _ in QUIET])
def test_a_case_that_the_rule_does_not_speak_of(rule: str, change: Callable[[Tables], None]) -> None:
    raw = copy.deepcopy(TEMPLATE)
    change(raw)
    assert rule not in remarked(raw)


@pytest.mark.parametrize("case", every_case(without="template"))
def test_the_cases_of_history_give_rise_to_nothing(case: str) -> None:
    assert case_remarks(load_scenario(case)) == []


def test_the_template_has_one_lever_without_use() -> None:
    """No forces and no measures of posture stand in it, which its levers of posture would need."""
    (remark,) = case_remarks(load_scenario("template"))
    assert remark.name == "lever-moves-nothing"
    assert remark.text.startswith("lever force_posture")
