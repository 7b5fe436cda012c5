"""A case from observed files: what stands in it, that it runs, and what is said of what cannot be."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from war_files import FRONT, GOVERNMENT, LEAGUE, SHARE, write_war

import detente
from detente.experiments.cases.builder.estimate import GRADES
from detente.experiments.cases.builder.new import NewCase, new
from detente.model.catalogue import load_policy, load_scenario
from detente.model.errors import InputError
from detente.model.prior_ranges import RANGES


@pytest.fixture(scope="module")
def war(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The files of a made-up war."""
    return write_war(tmp_path_factory.mktemp("war"))


def build(war: dict[str, Path], folder: Path, *without: str, **more: Any) -> NewCase:
    files = {key: path for key, path in war.items() if key not in without}
    return new("my-war", out=folder / "my-war", screen=False, **files, **more)


@pytest.fixture(scope="module")
def case(war, tmp_path_factory) -> NewCase:
    """The case of the war, without experts."""
    return build(war, tmp_path_factory.mktemp("case"), "experts")


def fact(case: NewCase, path: str) -> Any:
    return next(f.estimate for f in case.facts if f.path == path)


def test_the_case_is_sound_and_has_its_policies(case):
    result = detente.check(case.folder)
    assert result.ok, result.errors
    assert {p.name for p in case.folder.iterdir()} == {"case.toml", "policies", "NOTES.md", "observed.csv"}
    files = {p.stem for p in (case.folder / "policies").iterdir()}
    assert files == {"history", "status-quo", "five-lessons"}


def test_it_runs_under_each_policy(war, tmp_path):
    made = build(war, tmp_path, "experts", since="2011-01-01", until="2011-06-30")
    for policy in ("history", "status-quo", "five-lessons"):
        outcomes = detente.evaluate(made.folder, policy=policy, engine="mesa")
        assert outcomes["days"] == 181


def test_parties_and_wars_are_those_of_the_file(case):
    s = load_scenario(case.folder)
    assert [p.title for p in s.party] == [GOVERNMENT, FRONT, LEAGUE]
    assert [r.between for r in s.relation] == [
        ("government-of-examplia", "front"),
        ("government-of-examplia", "league"),
    ]
    assert [p.sponsor for p in s.party] == [True, False, False]


def test_attacks_are_those_of_the_events(case, war):
    s = load_scenario(case.folder)
    n = len(war["ged"].read_text().splitlines()) - 1
    days = (s.case.end - s.case.start).days + 1
    assert sum(sum(r.attacks) for r in s.relation) == pytest.approx(n / days, rel=0.01)
    by_government, by_front = s.relation[0].attacks
    assert by_government / (by_government + by_front) == pytest.approx(SHARE, abs=0.05)
    assert fact(case, "relation.government-of-examplia.front.attacks").grade == "data"


def test_a_season_is_seen_and_holidays_that_are_none_are_not(case):
    s = load_scenario(case.folder)
    assert s.calendar.season.index(max(s.calendar.season)) in (5, 6, 7)
    assert s.calendar.holidays == ()


def test_holidays_that_fit_are_taken(tmp_path):
    files = write_war(tmp_path, rate=3.0, season=0.0, feast=0.1)
    made = new("my-war", out=tmp_path / "w", ged=files["ged"], screen=False)
    s = load_scenario(made.folder)
    assert {h.name for h in s.calendar.holidays} == {f"Christmas {year}" for year in range(2010, 2016)}
    assert s.calendar.holidays[0].restraint < 0.4
    assert s.relation[0].holiday == (1.0, 1.0)
    assert s.calendar.season == (1.0,) * 12


def test_what_nothing_is_known_of_is_a_prior_with_the_range_of_drawn_wars(case):
    known = {f.path: f.estimate for f in case.facts}
    found = known["faction.front-hawks.hawkishness"]
    assert (found.low, found.high, found.grade) == (RANGES["hawks"].low, RANGES["hawks"].high, "prior")
    assert known["relation.front.government-of-examplia.trust"].grade == "prior"


def test_every_fact_stands_in_the_case_with_range_and_grade(case):
    s = load_scenario(case.folder)
    in_file = {f.path: f for f in s.facts}
    for one in case.facts:
        e = one.estimate
        assert e.low <= e.value <= e.high
        assert e.grade in GRADES
        assert e.source
        if one.path.split(".")[0] not in ("case", "calendar", "parameters"):
            assert in_file[one.path].grade == e.grade
    assert 0 < case.share_from_data < 1
    assert case.share_from_data == case.grades["data"] / len(case.facts)


def test_no_number_of_the_case_is_without_a_grade(case):
    from detente.model.facts import facts_of

    s, graded = load_scenario(case.folder), {f.path for f in case.facts}
    rest = {path: number for path, number in facts_of(s).items() if path not in graded}
    keys = {path.rsplit(".", 1)[-1] for path in rest}
    assert keys <= {"hawkishness", "alignment", "support", "conditionality", "holiday", "leak", "restrains"}
    assert all(number.value == 0 for path, number in rest.items() if path.endswith(("leak", "restrains")))


def test_history_holds_every_truce_and_agreement(case):
    policy = load_policy(load_scenario(case.folder), "history")
    done = [(f"{m.date}", m.actor, m.do, m.scope) for m in policy.move]
    home, front = "government-of-examplia", "front"
    assert done == [
        ("2011-03-02", front, "offer_truce", "dyad"),
        ("2011-03-02", home, "block", None),
        ("2012-05-03", home, "offer_truce", "dyad"),
        ("2012-05-03", front, "answer_truce", None),
        ("2012-06-01", home, "open_track", None),
        ("2012-06-01", front, "open_track", None),
        ("2013-02-01", home, "sign_agreement", None),
        ("2013-09-15", home, "offer_truce", "local"),
        ("2013-09-15", front, "answer_truce", None),
        ("2015-08-31", home, "sign_agreement", None),
    ]
    assert policy.move[6].issues == ("ceasefire", "prisoners")
    assert policy.move[-1].issues is None
    assert "known to the month only" in policy.move[7].note
    assert (policy.move[0].end, policy.move[2].end) == (policy.move[1].end, load_day("2012-09-01"))


def load_day(text: str) -> Any:
    from datetime import date

    return date.fromisoformat(text)


def test_a_pivot_ends_the_days_that_numbers_are_estimated_from(war, tmp_path):
    made = build(war, tmp_path, "experts", pivot="2014-01-01", until="2017-12-31")
    s = load_scenario(made.folder)
    assert made.about["days"]["estimated_until"] == "2013-12-31"
    assert (f"{s.case.pivot}", f"{s.case.end}") == ("2014-01-01", "2017-12-31")
    policy = load_policy(s, "history")
    assert (policy.mode, f"{policy.until}") == ("until", "2013-12-31")


def test_a_pivot_on_the_first_day_of_the_data_leaves_no_days_to_estimate_from(war, tmp_path):
    made = build(war, tmp_path, "experts", pivot="2010-01-01", since="2010-01-01")
    assert "too little data" in " ".join(fact.source for fact in load_scenario(str(made.folder)).facts)


def test_what_comes_after_the_pivot_changes_no_number(war, tmp_path):
    text = war["ged"].read_text().splitlines(keepends=True)
    early = [line for k, line in enumerate(text) if k == 0 or line.split(",")[2] < "2014"]
    short = tmp_path / "short.csv"
    short.write_text("".join(early))
    ends = {"pivot": "2014-01-01", "until": "2015-12-31", "screen": False}
    whole = new("one", out=tmp_path / "one", ged=war["ged"], **ends)
    cut = new("two", out=tmp_path / "two", ged=short, **ends)
    assert whole.facts == cut.facts


def test_experts_fill_in_facts(war, tmp_path):
    made = build(war, tmp_path)
    s = load_scenario(made.folder)
    front = next(p for p in s.party if p.title == FRONT)
    assert [(f.title, f.share, f.hawkishness) for f in front.faction] == [
        ("Old Guard", 0.3, 0.75),
        ("Youth", 0.7, 0.3),
    ]
    assert (front.validation, front.risk_tolerance) == (1.0, 0.7)
    patron = next(p for p in s.party if p.title == "Far Power")
    assert (patron.sponsor, patron.presence) == (True, 1.0)
    assert (s.party[0].patron, s.party[0].sponsor) == (patron.name, False)
    assert made.grades["expert"] >= 8
    assert fact(made, "faction.front-youth.hawkishness")[1:4] == (0.2, 0.5, "expert")
    assert detente.check(made.folder).ok


def test_the_foe_may_have_the_patron_and_a_second_one_is_left_out(war, tmp_path):
    path = tmp_path / "experts.csv"
    path.write_text(f"actor,patron,alignment\n{FRONT},Far Power,0.8\n{GOVERNMENT},Near Power,\n")
    made = new("my-war", out=tmp_path / "w", ged=war["ged"], experts=path, screen=False)
    s = load_scenario(made.folder)
    assert [p.title for p in s.party if p.sponsor] == ["Far Power"]
    assert next(p.alignment for p in s.party if p.title == FRONT) == 0.8
    assert "a case built from data has one patron: Near Power is left out" in made.about["notes"]
    assert detente.check(made.folder).ok


NAMES = {
    "Government of Examplia": "Zzz",
    "Examplia": "Utopia",
    "Front": "Aaa Brigade",
    "League": "Qqq",
    "Far Power": "Near Power",
    "9001": "77",
    "9002": "12",
    "EXA-": "UTO-",
}
"""New names of all actors, countries and ids."""


def test_names_change_names_and_nothing_else(war, tmp_path):
    (tmp_path / "renamed").mkdir()
    renamed = write_war(tmp_path / "renamed", NAMES)
    one, two = (
        build(files, tmp_path / name)
        for files, name in ((war, "a"), (renamed, "b"))
        if not (tmp_path / name).mkdir()
    )
    assert [f.estimate[:4] for f in one.facts] == [f.estimate[:4] for f in two.facts]
    numbers = [stripped(tomllib.loads((c.folder / "case.toml").read_text())) for c in (one, two)]
    assert numbers[0] == numbers[1]
    moves = [
        [
            (m.date, m.sort, m.do, m.start, m.end, m.scope, m.issues)
            for m in load_policy(load_scenario(c.folder), "history").move
        ]
        for c in (one, two)
    ]
    assert moves[0] == moves[1]


def stripped(value: Any) -> Any:
    """A case without its words: numbers, dates and truth values in their places."""
    if isinstance(value, dict):
        return [stripped(value[key]) for key in sorted(value)]
    if isinstance(value, list):
        return [stripped(v) for v in value]
    return "word" if isinstance(value, str) else value


# -- the folder


def test_long_and_odd_names_make_a_case(tmp_path):
    names = {"Government of Examplia": "Ω" * 230, "Front": 'The "Front" | [red] #1'.replace('"', "'")}
    made = new("m", out=tmp_path / "m", ged=write_war(tmp_path, names, rate=0.02)["ged"], screen=False)
    assert detente.check(made.folder).ok
    assert [p.name for p in load_scenario(made.folder).party][:2] == ["party-1", "the-front-red-1"]


def test_a_folder_is_never_overwritten_unless_told(war, tmp_path):
    made = build(war, tmp_path, "experts")
    before = (made.folder / "case.toml").read_text()
    (made.folder / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match=r"--out: .* is not empty"):
        build(war, tmp_path, "experts", until="2014-12-31")
    assert (made.folder / "case.toml").read_text() == before
    build(war, tmp_path, "experts", until="2014-12-31", force=True)
    assert (made.folder / "case.toml").read_text() != before
    assert (made.folder / "mine.txt").read_text() == "mine"


def test_force_replaces_only_a_case(war, tmp_path):
    (tmp_path / "my-war").mkdir()
    (tmp_path / "my-war" / "thesis.txt").write_text("years of work")
    with pytest.raises(InputError, match=r"--force: .* holds no case.toml"):
        build(war, tmp_path, "experts", force=True)
    assert [p.name for p in (tmp_path / "my-war").iterdir()] == ["thesis.txt"]


def test_a_fault_leaves_nothing_behind(war, tmp_path, monkeypatch):
    def fail(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("detente.experiments.cases.builder.writing.put_in_place", fail)
    with pytest.raises(InputError, match=r"cannot write .*: No space left"):
        build(war, tmp_path, "experts")
    assert list(tmp_path.iterdir()) == []


def test_the_same_files_give_the_same_bytes(war, tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        folder.mkdir()
        build(war, folder, "experts")
    for path in (one / "my-war").rglob("*.*"):
        assert path.read_bytes() == (two / path.relative_to(one)).read_bytes()


def test_the_case_does_not_say_where_files_lay(case, war):
    for path in case.folder.rglob("*.*"):
        assert str(war["ged"].parent) not in path.read_text(), path


def test_files_are_named_with_their_digests(case, war):
    import hashlib

    digest = hashlib.sha256(war["ged"].read_bytes()).hexdigest()
    assert any(digest in line for line in load_scenario(case.folder).case.sources)
    assert digest in (case.folder / "NOTES.md").read_text()


def test_the_observed_series_can_be_read_again(case):
    data = detente.read_data(case.folder / "observed.csv")
    s = load_scenario(case.folder)
    assert data.monthly["deaths"].sum() == sum(s.observed[0].monthly.values())


# -- copies


def test_a_copy_is_the_shipped_case_under_another_name(tmp_path):
    made = new("mine", out=tmp_path / "mine", copy="template")
    assert load_scenario(made.folder).case.name == "mine"
    assert detente.check(made.folder).ok
    assert made.to_json()["copied_from"] == "template"


def test_a_copy_takes_no_data(tmp_path):
    lines = problems(name="mine", out=tmp_path / "mine", copy="templat", ged="x.csv", since="2010-01-01")
    assert any(line.startswith("--copy: got --ged, --from too") for line in lines)
    assert any("did you mean 'template'?" in line for line in lines)


# -- other layouts


def test_counts_without_names_have_a_government_and_an_opposition(tmp_path):
    path = tmp_path / "months.csv"
    rows = (f"20{y}-{m:02},{(y * m) % 40}\n" for y in range(10, 14) for m in range(1, 13))
    path.write_text("month,deaths\n" + "".join(rows))
    made = new("my-war", out=tmp_path / "w", data=path, screen=False)
    assert [p.title for p in load_scenario(made.folder).party] == ["Government", "Opposition"]
    assert fact(made, "relation.government.opposition.deaths_per_event").grade == "prior"
    assert fact(made, "relation.government.opposition.attacks").grade == "judgement"


def test_the_sides_of_counts_are_those_that_the_user_names(tmp_path):
    path = tmp_path / "months.csv"
    path.write_text("month,deaths\n2018-01,10\n2018-02,12\n2018-03,4\n")
    made = new("my-war", out=tmp_path / "w", data=path, side_a="The Crown", side_b="The Moor", screen=False)
    assert [p.title for p in load_scenario(made.folder).party] == ["The Crown", "The Moor"]


def test_too_little_data_falls_back_to_the_prior_and_says_so(tmp_path):
    path = tmp_path / "days.csv"
    path.write_text("date,events,deaths\n2018-01-30,1,2\n2018-01-31,0,0\n2018-02-01,3,9\n")
    made = new("my-war", out=tmp_path / "w", data=path, screen=False)
    found = fact(made, "relation.government.opposition.attacks")
    assert found.grade == "prior"
    assert "4 events by day, at least 30 needed" in found.source
    assert "at least 30 needed" in (made.folder / "NOTES.md").read_text()


@pytest.mark.parametrize("layout", ["acled", "views", "monthly", "daily", "series", "dated months", "tests"])
def test_a_file_of_any_layout_becomes_a_case(layout, tmp_path):
    from layout_files import FILES

    path = tmp_path / "file.csv"
    path.write_text(FILES[layout])
    choice = {"country": "70"} if layout == "views" else {}
    made = new("my-war", out=tmp_path / "w", data=path, screen=False, **choice)
    result = detente.check(made.folder)
    assert result.ok, result.errors
    (war,) = load_scenario(made.folder).relation
    assert war.lethal == (layout != "tests")
    assert any(war.attacks)


# -- bad input: everything at once


def problems(**asked: Any) -> tuple[str, ...]:
    with pytest.raises(InputError) as caught:
        new(**asked)
    return caught.value.problems


def test_every_fault_of_the_options_is_said_at_once(tmp_path):
    lines = problems(
        name="My War",
        out=tmp_path / "no" / "such",
        ged=tmp_path / "none.csv",
        since="2012-13-01",
        until="x",
        pivot="2010-01-01",
    )
    assert len(lines) == 5
    for words in ("NAME: got 'My War'", "--from: got", "--until: got", "--out: ", "none.csv: does not exist"):
        assert any(words in line for line in lines), words
    assert not (tmp_path / "no").exists()


def test_a_shipped_name_is_refused(war):
    assert "a name that no shipped case has" in problems(name="template", ged=war["ged"])[0]


def test_without_files_it_says_what_is_needed(tmp_path):
    (line,) = problems(name="mine", out=tmp_path / "mine")
    assert "--copy CASE" in line


def test_an_unknown_dyad_names_the_nearest(war, tmp_path):
    (line,) = problems(name="mine", out=tmp_path / "mine", ged=war["ged"], dyad=f"{GOVERNMENT} - Frnt")
    assert line.endswith(f"did you mean '{GOVERNMENT} - {FRONT}'?")


def test_several_conflicts_are_listed(tmp_path):
    from layout_files import ged

    rows = [
        {
            "id": k,
            "conflict_name": f"Examplia: {name}",
            "conflict_new_id": k,
            "side_b": name,
            "dyad_new_id": k,
        }
        for k, name in ((1, "North"), (2, "South"))
    ]
    path = tmp_path / "ged.csv"
    path.write_text(ged(rows))
    (line,) = problems(name="mine", out=tmp_path / "mine", ged=path, country="Examplia")
    assert "2 conflicts match: 'Examplia: North' (1 events), 'Examplia: South' (1 events)" in line


def test_a_choice_that_no_file_can_answer_is_refused(war, tmp_path):
    (line,) = problems(name="mine", out=tmp_path / "mine", ged=war["ged"], case="west")
    assert line == "--case: got 'west'; expected no such option, since no file has a column for it"


def test_an_unknown_case_names_the_nearest(war, tmp_path):
    path = tmp_path / "truces.csv"
    path.write_text(
        "case,uniq_id,declared,effect,end,cf_class,actors\nnorth,1,2011-01-02,,,cessation,Front\n"
    )
    lines = problems(name="mine", out=tmp_path / "mine", ged=war["ged"], ceasefires=path, case="nort")
    assert "did you mean 'north'?" in lines[0]


def test_a_case_that_a_file_of_counts_is_named_after_may_have_no_rows(war, tmp_path):
    truces, months = tmp_path / "truces.csv", tmp_path / "nort.csv"
    truces.write_text(
        "case,uniq_id,declared,effect,end,cf_class,actors\nnorth,1,2011-01-02,,,cessation,Front\n"
    )
    months.write_text("month,deaths\n2018-01,10\n2018-02,12\n")
    made = new("m", out=tmp_path / "m", data=months, ceasefires=truces, case="nort", screen=False)
    assert "truces.csv: no row is of this conflict" in made.about["notes"]
    assert made.about["history"]["moves"] == 0


def test_a_misspelt_dyad_that_only_a_table_of_ceasefires_knows_is_an_error(war, tmp_path):
    days = tmp_path / "days.csv"
    days.write_text("date,events,deaths\n2018-01-30,1,2\n2018-01-31,0,0\n")
    lines = problems(name="m", out=tmp_path / "m", data=days, ceasefires=war["ceasefires"], dyad="900")
    assert "has no ceasefires in '900'; did you mean '9001'?" in lines[0]


def test_a_country_that_counts_answer_for_may_be_missing_elsewhere(war, tmp_path):
    from layout_files import FILES

    views = tmp_path / "views.csv"
    views.write_text(FILES["views"])
    made = new("m", out=tmp_path / "m", data=views, ceasefires=war["ceasefires"], country="70", screen=False)
    assert "ceasefires.csv: no row is of this conflict" in made.about["notes"]


def test_a_file_that_is_something_else_is_refused(war, tmp_path):
    lines = problems(name="m", out=tmp_path / "m", ged=war["ged"], ceasefires=war["agreements"])
    assert any(
        "--ceasefires: " in line and "holds peace agreements; expected ceasefires" in line for line in lines
    )


def test_a_truce_before_the_war_and_an_agreement_of_strangers_name_both_places(war, tmp_path):
    from layout_files import ceasefire, ceasefires

    early = tmp_path / "early.csv"
    early.write_text(ceasefires(ceasefire(9, (2008, 3, 1), (2008, 3, 2), (2008, 3, 9))))
    strangers = tmp_path / "strangers.csv"
    text = war["agreements"].read_text().replace(f"{GOVERNMENT} - {FRONT}", "North - South")
    strangers.write_text(text)
    quiet = tmp_path / "ged.csv"
    text = war["ged"].read_text()
    from layout_files import ged

    other = {
        "country": "Elsewhere",
        "conflict_name": "X",
        "conflict_new_id": 1,
        "dyad_new_id": 2,
        "side_b": "X",
    }
    first = ged([{"id": 999_999, "date_start": "2006-01-01", **other}], header=False)
    quiet.write_text(text + first)
    lines = problems(
        name="m", out=tmp_path / "m", ged=quiet, conflict="900", ceasefires=early, agreements=strangers
    )
    assert any(
        "early.csv, 990009, 2008-03-02" in line and "ged.csv records, 2010-01-" in line for line in lines
    )
    assert any("strangers.csv, 1, 2012-06-01" in line and "ged.csv has events of" in line for line in lines)


def test_faults_of_an_expert_table_name_row_and_column(war, tmp_path):
    path = tmp_path / "experts.csv"
    path.write_text(
        "actor,party,share,hawkishness,patron\n"
        f"Frnt,,,,\n{FRONT},,1.4,,{LEAGUE}\n{LEAGUE},,,fierce,\n"
        f"Old,{FRONT},0.7,,\nNew,{FRONT},0.6,,\n{LEAGUE},,,,\n"
    )
    lines = problems(name="m", out=tmp_path / "m", ged=war["ged"], experts=path)
    wanted = (
        ("line 2, column actor: got 'Frnt'", "did you mean 'Front'?"),
        ("line 3, column share: got '1.4'", "a number from 0 to 1"),
        ("line 3, column patron: got 'League'", "none of the parties that fight"),
        ("line 4, column hawkishness: got 'fierce'", "low, middle or high"),
        ("line 6, column share: got 0.6", "at most 1 together, not 1.3"),
        ("line 7, column actor: got 'League'", "line 4 has it already"),
    )
    for place, words in wanted:
        assert any(place in line and words in line for line in lines), (place, lines)
    assert len(lines) == len(wanted)
    path.write_text("actor,hawkish\nFront,0.3\n")
    (line,) = problems(name="m", out=tmp_path / "m", ged=war["ged"], experts=path)
    assert "got column 'hawkish'" in line
    assert "did you mean 'hawkishness'?" in line


def test_nothing_is_written_where_something_is_wrong(war, tmp_path):
    problems(name="m", out=tmp_path / "m", ged=war["ged"], dyad="none such")
    assert list(tmp_path.iterdir()) == []


# -- as plain values


KEYS = {
    "name": str,
    "folder": str,
    "copied_from": (str, type(None)),
    "grades": dict,
    "share_from_data": float,
    "facts": list,
    "chosen": str,
    "files": list,
    "days": dict,
    "parties": list,
    "findings": list,
    "history": dict,
    "notes": list,
    "screening": (dict, type(None)),
}


def test_json_has_its_keys_and_types(case):
    plain = json.loads(json.dumps(case.to_json(), allow_nan=False))
    assert list(plain) == list(KEYS)
    for key, kind in KEYS.items():
        assert isinstance(plain[key], kind), key
    assert set(plain["facts"][0]) == {"path", "low", "high", "grade", "source", "value"}
    assert set(plain["days"]) == {"start", "end", "pivot", "estimated_from", "estimated_until"}
    assert set(plain["history"]) == {"truces", "agreements", "moves", "left_out"}
