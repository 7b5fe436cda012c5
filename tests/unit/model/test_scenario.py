"""Scenario files: what is shipped loads, what is wrong is said in one line, nothing else ever happens."""

import copy
import os
import re
import subprocess
import sys
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from detente.model.catalogue import SHIPPED, case_names, load_scenario, scenarios
from detente.model.errors import InputError
from detente.model.generated_policies import LESSONS
from detente.model.scenario import PartySpec, Scenario, parse_scenario

TEMPLATE = tomllib.loads((SHIPPED / "template/case.toml").read_text(encoding="utf-8"))
AFGHANISTAN = tomllib.loads((SHIPPED / "afghanistan-2018/case.toml").read_text(encoding="utf-8"))


def changed(path: str, value: Any, base: dict[str, Any] = TEMPLATE) -> dict[str, Any]:
    """The template with one value set (or, for ``...``, taken out); path parts are keys or positions."""
    raw = copy.deepcopy(base)
    *way, last = [int(p) if p.isdigit() else p for p in path.split("/")]
    here: Any = raw
    for part in way:
        here = here[part]
    if value is ...:
        del here[last]
    else:
        here[last] = value
    return raw


def message(raw: dict[str, Any]) -> str:
    """The one line that a bad scenario is refused with."""
    with pytest.raises(InputError) as caught:
        parse_scenario(raw, "x.toml")
    text = str(caught.value)
    assert "\n" not in text
    assert text.startswith("x.toml: ")
    return text


def assert_one_line(error: InputError) -> None:
    text = str(error)
    assert text.strip()
    assert "\n" not in text
    assert len(text) < 1500


# -- what is shipped


@pytest.mark.parametrize("name", case_names())
def test_shipped_case_loads_under_its_own_name(name: str) -> None:
    s = load_scenario(name)
    assert s.case.name == name, f"{s.path}: [case].name is {s.case.name!r}; expected {name!r}, as its folder"
    assert s.path is not None
    again = Scenario.model_validate(s.model_dump())
    assert again.sha256 == s.sha256


@pytest.mark.parametrize("name", case_names())
def test_shipped_case_has_a_status_quo_to_compare_with(name: str) -> None:
    folder = SHIPPED / name / "policies"
    assert (folder / "status-quo.toml").is_file(), f"model/scenarios/{name}/policies has no status-quo.toml"


def test_listing_is_quick_and_does_not_load_the_schema() -> None:
    code = (
        "import sys, time; from detente.model.catalogue import scenarios;"
        "start = time.process_time(); found = scenarios(); spent = time.process_time() - start;"
        "assert {'afghanistan-2018', 'korea-2017', 'template'} <= {c.name for c in found}, found;"
        "assert not {'pydantic', 'numpy', 'mesa', 'pandas'} & set(sys.modules);"
        "assert spent < 0.5, spent"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_listing_gives_titles_and_policies_in_reading_order() -> None:
    afghanistan = scenarios()[0]
    assert afghanistan.title
    assert afghanistan.summary
    names = [p.name for p in afghanistan.policies]
    assert names[:3] == ["history", "status-quo", "five-lessons"]
    assert names[3:8] == [f"only-{lesson}" for lesson in LESSONS]
    assert names[8:] == [f"without-{lesson}" for lesson in LESSONS]
    assert all(p.title and p.summary for p in afghanistan.policies)


def test_korea_is_a_conflict_of_provocations() -> None:
    korea = load_scenario("korea-2017")
    hostile = [r for r in korea.relation if r.hostile]
    assert len(hostile) == 2
    assert not any(r.lethal for r in hostile)
    suspended = {m.giver for m in korea.measure if m.restrains > 0}
    assert suspended == {p.name for p in korea.party}
    assert all(m.reversible and m.cost == m.max_cost for m in korea.measure if m.restrains > 0)
    by_name = {p.name: p for p in korea.party}
    assert by_name["south-korea"].alignment > 0.5
    assert by_name["north-korea"].validation > 1


def test_korea_s_rates_are_those_of_the_tests_before_it(shared_data: Path) -> None:
    """Days with a launch and nuclear tests, January 2016 to the day before the case begins."""
    korea = load_scenario("korea-2017")
    lines = (shared_data / "dprk_monthly_2010_2018.csv").read_text(encoding="utf-8").splitlines()
    rows = [dict(zip(lines[0].split(","), line.split(","), strict=True)) for line in lines[1:]]
    before = [r for r in rows if "2016-01" <= r["month"] <= "2017-10"]
    tests = sum(int(r["missile_days"]) + int(r["nuclear_tests"]) for r in before)
    days = (korea.case.start - date(2016, 1, 1)).days
    attacks = [
        rate
        for r in korea.relation
        for source, rate in zip(r.between, r.attacks, strict=True)
        if source == "north-korea"
    ]
    assert sum(attacks) == pytest.approx(tests / days, abs=0.001)
    observed = next(o for o in korea.observed if o.name == "launches").monthly
    assert observed == {r["month"]: int(r["missile_launches"]) for r in rows if r["month"] in observed}


def test_every_field_says_what_it_means() -> None:
    """Only names, titles, texts and lists of tables speak for themselves."""
    plain = {
        "name",
        "title",
        "summary",
        "start",
        "end",
        "sources",
        "between",
        "hostile",
        "party",
        "target",
        "access",
    }
    plain |= {
        "form",
        "kind",
        "reversible",
        "faction",
        "giver",
        "receiver",
        "unit",
        "source",
        "monthly",
        "holidays",
    }
    tables = [Scenario, *(m for f in Scenario.model_fields.values() for m in models_in(f.annotation))]
    for model in tables[1:]:
        if model.__module__ != "detente.model.scenario":
            continue
        for name, field in model.model_fields.items():
            assert name in plain or field.description, f"{model.__name__}.{name}"


def models_in(annotation: Any) -> list[Any]:
    args = getattr(annotation, "__args__", ())
    return [annotation] if hasattr(annotation, "model_fields") else [m for a in args for m in models_in(a)]


# -- digest


def test_digest_ignores_layout_and_spelled_out_defaults() -> None:
    plain = parse_scenario(TEMPLATE, "a.toml", Path("a.toml"))
    default = PartySpec.model_fields["legitimacy"].default
    reordered = dict(reversed(list(changed("party/0/legitimacy", default).items())))
    assert parse_scenario(reordered, "b.toml", Path("b.toml")).sha256 == plain.sha256
    assert len(plain.sha256) == 64


def test_digest_changes_with_any_number() -> None:
    plain = parse_scenario(TEMPLATE, "a.toml").sha256
    assert parse_scenario(changed("relation/0/attacks/1", 1.01), "a.toml").sha256 != plain
    assert parse_scenario(changed("parameters/violence/n_own", 0.31), "a.toml").sha256 != plain


def test_digest_of_a_changed_copy_is_its_own() -> None:
    s = parse_scenario(TEMPLATE, "a.toml")
    before = s.sha256
    later = s.model_copy(update={"case": s.case.model_copy(update={"end": date(2032, 1, 1)})})
    assert later.sha256 != before


def test_defaults() -> None:
    raw = changed("case/pivot", ...)
    s = parse_scenario(raw, "x.toml")
    assert s.case.pivot == s.case.start
    assert parse_scenario(changed("calendar", ...), "x.toml").calendar.season == (1.0,) * 12
    assert parse_scenario(changed("case/step_days", 0.3333), "x.toml").case.step_days == 1 / 3


# -- what is refused, and how


BAD: list[tuple[str, Any, str]] = [
    (
        "case/end",
        date(2029, 1, 1),
        r"\[case\]\.end: got 2029-01-01; expected a date from the start on, 2030-01-01",
    ),
    ("case/end", "2031-12-31", r"\[case\]\.end: got '2031-12-31'; expected a date such as"),
    ("case/end", date(2999, 1, 1), "at most 100 years"),
    ("case/pivot", date(2035, 1, 1), r"\[case\]\.pivot: got 2035-01-01; expected a date from"),
    ("case/name", "Two Words", r"\[case\]\.name: got 'Two Words'; expected a name of lower-case"),
    ("case/step_days", 0.3, r"\[case\]\.step_days: got 0.3; expected 0.25"),
    ("case/step_days", 29.0, r"\[case\]\.step_days: got 29.0; expected"),
    ("case/step_days", True, r"\[case\]\.step_days: got True; expected a number"),
    ("case/step_days", float("nan"), "expected"),
    ("case/title", ..., r"\[case\]\.title: got nothing; expected this key"),
    ("case/steps", 1, r"\[case\]\.steps: got an unknown key; expected one of: .*did you mean 'step_days'\?"),
    ("parties", [], r"parties: got an unknown key; expected one of: .*did you mean 'party'\?"),
    ("party", {}, "party: got .*; expected a list"),
    ("party/0/validation", 5, r"\[party 1: republic\]\.validation: got 5; expected a number of at most 3"),
    ("party/0/validation", "high", r"\[party 1: republic\]\.validation: got 'high'; expected a number"),
    ("party/0/validaton", 1.0, "did you mean 'validation'"),
    ("party/0/patron", "republc", r"\[party 1: republic\]\.patron: got 'republc'.*movement, republic"),
    ("party/0/patron", "republic", r"\[party 1: republic\]\.patron: got 'republic'; expected another party"),
    ("party/0/main_foe", "movment", r"expected one of: movement, republic; did you mean 'movement'\?"),
    ("party/0/sponsor", False, "sponsor = true for at least one party"),
    ("party/0/sponsor", 1, r"\.sponsor: got 1; expected true or false"),
    ("party/0/faction/0/share", 0.5, r"\.faction: got 0.9; expected shares of the factions that sum to 1"),
    ("party/0/faction/0/share", 1.5, r"\[party 1: republic.faction 1: moderates\]\.share: got 1.5; expected"),
    ("party/0/faction", [], r"\.faction: got 0; expected at least 1 of them"),
    ("party/1/name", "republic", r"\[party 2: republic\]\.name: got 'republic'; expected a name of its own"),
    ("party/0/faction/0/name", "neighbour", "expected a name of its own"),
    ("mediator/0/name", "rejectionists", "expected a name of its own"),
    ("track/1/name", "front", "expected a name of its own"),
    ("relation/0/between", ["republic", "republic"], r"\[relation 1\]\.between: .*two different names"),
    ("relation/0/between", ["republic", "rebels"], r"\[relation 1\]\.between: got 'rebels'; expected one of"),
    ("relation/0/between", ["republic"], r"\[relation 1\]\.between, entry 2: got nothing"),
    ("relation/0/trust", [0.5, 1.0], r"\[relation 1\]\.trust, entry 2: got 1.0; expected a number below 1"),
    (
        "relation/0/attacks",
        [-1, 0],
        r"\[relation 1\]\.attacks, entry 1: got -1; expected a number of at least 0",
    ),
    ("spoiler/0/target/0/party", "nobody", r"\[spoiler 1: rejectionists\]\.target\.party: got 'nobody'"),
    ("spoiler/0/target/1/party", "republic", "expected each party once"),
    ("mediator/0/capacity", 1.5, r"\[mediator 1: neighbour\]\.capacity: got 1.5; expected a whole number"),
    ("mediator/0/access/0/between", ["republic", "rebels"], "expected one of: movement, republic"),
    (
        "track/0/form",
        "frnt",
        r"\[track 1: front\]\.form: got 'frnt'; expected one of: .*did you mean 'front'\?",
    ),
    ("track/0/needs", {"neighbour": "backchannel"}, "a need of one of its participants"),
    ("track/0/needs", {"republic": "backchanel"}, "one of: backchannel, direct; did you mean 'backchannel'"),
    (
        "track/0/sister",
        "front",
        r"\[track 1: front\]\.sister: got 'front'; expected one of: backchannel, direct",
    ),
    ("track/0/excluded", "movement", "a party that does not take part in it"),
    ("track/0/issues", ["a"] * 2, "each issue once"),
    ("track/0/issues", [str(i) for i in range(9)], r"\.issues: got 9; expected at most 8 of them"),
    (
        "measure/0/to",
        "republic",
        r"\[measure 1: prisoner-release\]\.to: got 'republic'; expected another party",
    ),
    ("measure/0/max_cost", 0.1, r"\.max_cost: got 0.1; expected a number of at least the cost, 0.3"),
    ("measure/0/core", 0.5, r"\.fringe: got None; expected a number, since core is given"),
    ("measure/0/fringe", 0.5, r"\.core: got None; expected a number, since fringe is given"),
    ("measure/0/fringe", 0.0, r"\.fringe: got 0.0; expected a number of at least 0.05"),
    ("measure/0/at_summit", 4.0, r"\.at_summit: got 4.0; expected a number of at most 3"),
    ("measure/0/kind", "trust", r"\.kind: got 'trust'; expected one of: confidence, recognition, posture"),
    ("calendar/season", [1.0] * 11, r"\[calendar\]\.season: got 11; expected at least 12 of them"),
    ("calendar/holidays/0/until", date(2030, 4, 1), r"\[calendar\.holidays 1: .*\]\.until: got 2030-04-01"),
    (
        "calendar/holidays/1/from",
        date(2030, 4, 11),
        r"\[calendar\]\.holidays: got 2030-04-11; expected holidays in",
    ),
    (
        "calendar/severity",
        {"next": 1.0},
        r"\[calendar\.severity\]\.next: got 'next'; expected a whole number",
    ),
    ("parameters/violence/n_own", "0.3", r"\[parameters\.violence\]\.n_own: got '0.3'; expected a number"),
    (
        "parameters/violence/n_own",
        7,
        r"\[parameters\.violence\]\.n_own: got 7; expected a number of at most 0.6",
    ),
    ("parameters/violence/n_self", 0.1, "got an unknown key; expected one of: n_own"),
    ("parameters/violense", {}, "did you mean 'violence'"),
    (
        "observed",
        [{"name": "d", "unit": "u", "source": "s", "monthly": {"2018-13": 1}}],
        "a month such as 2018-07",
    ),
]


@pytest.mark.parametrize(("path", "value", "expected"), BAD)
def test_bad_value_is_named(path: str, value: Any, expected: str) -> None:
    assert re.search(expected, message(changed(path, value)))


def test_branching_that_would_feed_itself_is_refused() -> None:
    raw = changed("parameters/violence", {"n_own": 0.5, "n_rec": 0.3, "n_ally": 0.1})
    assert "n_own + n_rec + n_ally: got 0.9; expected a sum of at most 0.8" in message(raw)


def test_patrons_in_a_circle_are_refused() -> None:
    raw = changed("party/0/patron", "movement")
    raw["party"][1]["patron"] = "republic"
    assert "patrons that do not form a circle" in message(raw)


def test_attacks_between_friends_are_refused() -> None:
    raw = changed("relation/1/attacks", [0.1, 0.0], base={"relation": [{}, {}]})
    friends = {"between": ["united-states", "afghan-government"], "hostile": False, "trust": [0.5, 0.5]}
    raw = changed("relation/0", friends | raw["relation"][1], base=AFGHANISTAN)
    assert "[0, 0] between parties that are not hostile" in message(raw)


def test_collapse_needs_a_foe() -> None:
    raw = changed("party/1/main_foe", ..., base=AFGHANISTAN)
    assert re.search(r"\[party 2: afghan-government\]\.main_foe: got None; expected a party", message(raw))


def test_second_relation_between_the_same_two_is_refused() -> None:
    raw = changed("relation", [TEMPLATE["relation"][0]] * 2)
    assert "one [[relation]] for each two parties" in message(raw)


def test_further_problems_are_counted() -> None:
    raw = changed("case/title", 3)
    raw["case"]["summary"] = 4
    assert message(raw).endswith("(and 1 more: `detente check x.toml` lists them)")


def problems(raw: dict[str, Any]) -> list[str]:
    """Every line that a bad scenario is refused with."""
    with pytest.raises(InputError) as caught:
        parse_scenario(raw, "x.toml")
    return [line.removeprefix("x.toml: ") for line in caught.value.problems]


def test_every_problem_of_a_case_is_there_in_the_order_of_the_file() -> None:
    raw = changed("case/end", raw_date := date(2029, 1, 1))
    raw["party"][0]["faction"][0]["share"] = 0.7
    raw["party"][1]["risk_tolerance"] = 2
    raw["relation"][0]["trust"] = [0.3, 1.0]
    raw["track"][0]["sister"] = "nowhere"
    raw["measure"][0]["cost"] = 5
    raw["measure"][1]["to"] = "rebels"
    raw["parameters"] = {"violence": {"n_own": "high", "n_rec": 0.9, "n_self": 1}}
    places = [line.partition(": got")[0] for line in problems(raw)]
    assert places == [
        "[case].end",
        "[party 1: republic].faction",
        "[party 2: movement].risk_tolerance",
        "[relation 1].trust, entry 2",
        "[track 1: front].sister",
        "[measure 1: prisoner-release].cost",
        "[measure 2: political-office].to",
        "[parameters.violence].n_own",
        "[parameters.violence].n_rec",
        "[parameters.violence].n_self",
    ]
    assert str(raw_date) in problems(raw)[0]


def test_a_mistake_in_a_name_is_not_told_again_wherever_it_is_missed() -> None:
    raw = changed("relation/0/between", ["republic", "movment"])
    assert len(problems(raw)) == 1
    raw = changed("party/1/name", 7)
    assert problems(raw) == ["[party 2].name: got 7; expected text in quotes"]


def test_a_veto_needs_a_party() -> None:
    raw = changed("relation/0/veto", ["neighbor"])
    assert problems(raw) == ["[relation 1].veto: got 'neighbor'; expected one of: movement, republic"]


# -- files


def test_unknown_case_lists_the_valid_ones() -> None:
    with pytest.raises(
        InputError, match=r"unknown case 'afganistan-2018'; .*template.*did you mean 'afghanistan-2018'\?"
    ):
        load_scenario("afganistan-2018")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"[case\nname = 1", r"is not valid TOML: .*line 1"),
        (b"a = 1\na = 2", r"is not valid TOML: .*line 2"),
        (b"a = 2018-02-30", "is not valid TOML"),
        (b"ok = 1\n\xff", r"is not UTF-8 text \(at line 2\)"),
        (b"", "got nothing; expected this key"),
        (b"x = " + b"[" * 100_000, "is nested too deeply .at line 1"),
        (b"case" + b".a" * 20_000 + b" = 1", "has too long a key .at line 1"),
        (b"case = 0x" + b"f" * 20_000, "a very large number"),
        (b"case = " + b"9" * 20_000, "is not valid TOML"),
    ],
)
def test_bad_file(tmp_path: Path, content: bytes, expected: str) -> None:
    file = tmp_path / "x.toml"
    file.write_bytes(content)
    with pytest.raises(InputError, match=expected) as caught:
        load_scenario(file)
    assert_one_line(caught.value)
    assert "x.toml" in str(caught.value)


def test_files_that_are_none(tmp_path: Path) -> None:
    huge = tmp_path / "huge.toml"
    with huge.open("wb") as f:
        f.truncate(100_000_000)  # sparse: takes no room
    for path, expected in [
        (tmp_path, "is a directory"),
        (tmp_path / "none.toml", "does not exist"),
        (huge, "has 100 MB; expected a TOML file of at most 1 MB"),
        (tmp_path / ("x" * 5000), "cannot be read"),
        (Path("a\0b"), "cannot be read"),
    ]:
        with pytest.raises(InputError, match=expected) as caught:
            load_scenario(path)
        assert len(str(caught.value)) < 6000


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    with pytest.raises(InputError, match="is not a regular file"):
        load_scenario(tmp_path / "pipe.toml")


def test_case_can_be_copied_and_run_by_path(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_bytes((SHIPPED / "template/case.toml").read_bytes())
    assert load_scenario(str(file)).sha256 == load_scenario("template").sha256
