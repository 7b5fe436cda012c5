"""Ceasefires and agreements of a folder of conflicts, and the deaths before and after them."""

import math
from datetime import date, timedelta
from pathlib import Path

import pytest
from conflict_folders import CONFLICTS, write_conflicts

from detente.experiments.benchmark.conflict_folder import conflicts_in
from detente.experiments.benchmark.deaths_between import Deaths
from detente.experiments.benchmark.past_acts import acts_of, episodes
from detente.experiments.benchmark.prospect_backtest import days_of, moves_of
from detente.experiments.benchmark.prospect_opening import eve_of_war
from detente.model.errors import InputError


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return write_conflicts(tmp_path_factory.mktemp("conflicts"))


@pytest.fixture(scope="module")
def wars(folder):
    return {one.name: one.read() for one in conflicts_in(folder)}


def test_a_folder_says_what_its_conflicts_are(folder):
    found = conflicts_in(folder)
    assert [c.name for c in found] == list(CONFLICTS)
    assert {p.name for p in found[0].counts} == {"northland.csv", "northland.daily.csv"}
    assert [p.name for p in found[0].ceasefires] == ["ceasefires.csv"]


def test_acts_have_a_class_and_sides(wars):
    first, second = acts_of(wars["northland"].evidence)
    assert (first.day, first.kind, first.sort, first.joint, first.rank) == (
        date(2003, 3, 10),
        "ceasefire",
        "preliminary",
        True,
        1,
    )
    assert (second.joint, second.rank) == (False, 0)
    assert [a.kind for a in acts_of(wars["eastland"].evidence)] == ["ceasefire", "agreement"]


def test_acts_whose_windows_overlap_are_one_episode(wars):
    evidence = wars["northland"].evidence
    (only,) = episodes(acts_of(evidence), Deaths.of_evidence(evidence), 3)
    assert (only.day, only.later, len(only.acts)) == (date(2003, 3, 10), 1, 1)
    deaths = Deaths.of_evidence(evidence)
    assert only.before == deaths.between(date(2002, 12, 10), date(2003, 3, 10))
    assert only.log_ratio == pytest.approx(math.log((only.after + 0.5) / (only.before + 0.5)))


def test_acts_whose_windows_are_not_observed_begin_no_episode(wars):
    evidence = wars["eastland"].evidence
    acts = acts_of(evidence)
    short = Deaths({m: v for m, v in Deaths.of_evidence(evidence).months.items() if m < date(2007, 1, 1)})
    assert [e.day for e in episodes(acts, short, 12)] == [date(2004, 6, 1)]


def test_the_end_of_a_ceasefire_is_not_known_on_its_day(wars):
    war = wars["northland"]
    deaths = Deaths.of_evidence(war.evidence)
    day = date(2003, 3, 10)
    eve, cast = eve_of_war(war, deaths, day)
    moves = moves_of(days_of(war, deaths)[day][3].acts, cast, eve.scenario, day)
    assert moves.rank == 1
    assert [m["do"] for m in moves.moves] == ["offer_truce"]
    assert moves.moves[0]["until"] == day + timedelta(days=119)  # the term of its class, not its end


def test_what_comes_after_the_day_changes_nothing_before_it(wars, tmp_path):
    day = date(2003, 3, 10)
    war = wars["northland"]
    other = {one.name: one for one in conflicts_in(write_conflicts(tmp_path / "later"))}["northland"]
    for path in other.counts:
        lines = path.read_text(encoding="utf-8").splitlines()
        changed = [f"{line}0" if line[:10] >= "2003-03-10" and line[0] == "2" else line for line in lines]
        path.write_text("\n".join(changed) + "\n", encoding="utf-8")
    again = other.read()
    one, two = (eve_of_war(w, Deaths.of_evidence(w.evidence), day)[0] for w in (war, again))
    assert one.scenario.model_dump() == two.scenario.model_dump()
    assert one.opened is not None
    assert two.opened is not None
    assert one.opened.level == two.opened.level


def test_only_names_change_with_the_names(folder, wars, tmp_path):
    names = {"northland": "zembla", "Northland": "Zembla", "North Front": "Blue Guard"}
    renamed = {one.name: one.read() for one in conflicts_in(write_conflicts(tmp_path / "renamed", names))}
    assert list(renamed) == ["zembla", *list(CONFLICTS)[1:]]
    day = date(2003, 3, 10)
    pair = [(wars["northland"], names), (renamed["zembla"], {})]
    told: list[str] = []
    for war, words in pair:
        deaths = Deaths.of_evidence(war.evidence)
        eve, cast = eve_of_war(war, deaths, day)
        own = days_of(war, deaths)
        moves = moves_of(own[day][3].acts, cast, eve.scenario, day)
        values = {f"{d} {n}": (e.before, e.after, e.later) for d, es in own.items() for n, e in es.items()}
        text = repr((eve.scenario.model_dump(exclude={"path"}), moves.moves, eve.before, values))
        for old, new in (*words.items(), ("north-front", "blue-guard"), ("North-Front", "Blue-Guard")):
            text = text.replace(old, new)
        told.append(text)
    assert told[0] == told[1]


def test_a_folder_that_is_none_or_holds_no_list(tmp_path):
    with pytest.raises(InputError, match="a folder of observed data"):
        conflicts_in(tmp_path / "nowhere")
    with pytest.raises(InputError, match="has no list of conflicts"):
        conflicts_in(tmp_path)


def test_counts_that_are_missing_are_named(tmp_path):
    folder = write_conflicts(tmp_path / "short")
    for name in ("northland.csv", "northland.daily.csv"):
        (folder / name).unlink()
    with pytest.raises(InputError, match=r"no counts of northland; expected northland\.csv"):
        conflicts_in(folder)
