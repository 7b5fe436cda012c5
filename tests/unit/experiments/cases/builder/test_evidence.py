"""What was read for a case: its days, its files by what they hold, and what no file can answer."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from layout_files import FILES

from detente.experiments.cases.builder.dyads import Dyad
from detente.experiments.cases.builder.evidence import Evidence, fought_by_day, gather, words_of
from detente.experiments.cases.builder.new_request import (
    Request,
    checked_request,
    day_faults,
    folder_faults,
    name_faults,
)
from detente.model.errors import InputError


def days(first, values, column="events"):
    return pd.DataFrame({column: values}, index=pd.date_range(first, periods=len(values)))


def months(first, values):
    return pd.DataFrame({"deaths": values}, index=pd.date_range(first, periods=len(values), freq="MS"))


def test_counts_cover_the_first_to_the_last_day_of_either_table():
    by_day, by_month = days("2001-02-10", [1.0, 0.0]), months("2001-01-01", [0.0, 3.0])
    assert Evidence(daily=by_day).span == (date(2001, 2, 10), date(2001, 2, 11))
    assert Evidence(monthly=by_month, total="deaths").span == (date(2001, 1, 1), date(2001, 2, 28))
    both = Evidence(daily=by_day, monthly=by_month, total="deaths")
    assert both.span == (date(2001, 1, 1), date(2001, 2, 28))
    longer = Evidence(daily=days("2001-02-10", [0.0] * 30), monthly=by_month, total="deaths")
    assert longer.span == (date(2001, 1, 1), date(2001, 3, 11))


def test_a_war_is_active_from_the_first_to_the_last_day_or_month_with_violence():
    by_day, by_month = days("2001-02-10", [0.0, 2.0, 1.0, 0.0]), months("2001-01-01", [0.0, 3.0, 0.0])
    assert Evidence(daily=by_day).active() == (date(2001, 2, 11), date(2001, 2, 12))
    assert Evidence(daily=by_day, monthly=by_month, total="deaths").active() == (
        date(2001, 2, 1),
        date(2001, 2, 12),
    )
    quiet = Evidence(daily=0 * by_day)
    assert quiet.active() == quiet.span
    deaths = Evidence(daily=days("2001-02-10", [0.0, 5.0], "deaths"), total="deaths")
    assert deaths.active() == (date(2001, 2, 11), date(2001, 2, 11))


def events():
    when = pd.to_datetime(["2001-01-01", "2001-06-30", "2001-07-01"])
    table = pd.DataFrame(
        {"start": when, "side_a": "Crown", "side_b": ["Moor", "Fen", "Fen"], "best": [1.0, 2.0, 4.0]}
    )
    more = {"type_of_violence": 1, "dyad_id": "", "conflict_id": "", "conflict": ""}
    return table.assign(where_prec=[1, 1, 2], date_prec=1, **more)


def test_dyads_are_those_of_some_days_and_all_where_these_have_none():
    whole = Evidence(events=events(), dyads=("all",))
    early = whole.with_dyads_of(date(2001, 1, 1), date(2001, 6, 30))
    assert [(d.side_b, d.events) for d in early.dyads] == [("Moor", 1), ("Fen", 1)]
    assert whole.with_dyads_of(date(1999, 1, 1), date(2000, 12, 31)).dyads == ("all",)
    assert Evidence(dyads=("all",)).with_dyads_of(date(2001, 1, 1), date(2001, 6, 30)).dyads == ("all",)


def test_days_count_precise_events_of_the_dyads_that_fight():
    fen = Dyad("Crown", "Fen", "", "", "", 2, 6.0, True)
    found = fought_by_day(events(), [fen], pd.date_range("2001-06-29", "2001-07-02"))
    assert found["events"].tolist() == [0.0, 1.0, 0.0, 0.0]
    assert found["deaths"].tolist() == [0.0, 2.0, 0.0, 0.0]


def test_what_is_chosen_is_said_in_words():
    assert (
        words_of(Request("m", Path("m"), wanted={"side_a": "Crown", "case": "x"})) == "side a Crown, case x"
    )
    assert words_of(Request("m", Path("m"))) == "all rows"


# -- files


def asked(folder, **files):
    paths = {}
    for key, text in files.items():
        paths[key] = folder / f"{key}.csv"
        paths[key].write_text(text, encoding="utf-8")
    counts = [path for key, path in paths.items() if key.startswith("counts")]
    others = {key: path for key, path in paths.items() if not key.startswith("counts")}
    return checked_request("my-war", out=folder / "w", observed=counts, **others)


DAYS = "date,events,deaths\n2018-01-30,1,2\n2018-01-31,0,0\n2018-02-01,3,9\n"


def test_counts_by_day_and_by_month_are_read_together(tmp_path):
    found = gather(asked(tmp_path, counts_a=DAYS, counts_b="month,deaths\n2018-01,10\n2018-02,12\n"))
    assert (found.daily["events"].sum(), found.monthly[found.total].sum()) == (4, 22)
    assert [path.name for path in found.files] == ["counts_a.csv", "counts_b.csv"]
    assert (len(found.reports), found.choice, found.lethal) == (2, "all rows", True)


def test_tests_of_missiles_are_events_that_kill_nobody(tmp_path):
    found = gather(asked(tmp_path, counts=FILES["tests"]))
    assert not found.lethal
    assert list(found.daily.columns) == ["events"]
    assert found.daily["events"].sum() > 0


def test_a_table_of_ceasefires_alone_counts_nothing(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(
        "case,uniq_id,declared,effect,end,cf_class,actors\nnorth,1,2011-01-02,,,cessation,Front\n"
    )
    with pytest.raises(InputError, match="got no events or counts"):
        gather(checked_request("my-war", out=tmp_path / "w", observed=[path]))
    days_as_truces = asked(tmp_path, counts=DAYS, ceasefires=DAYS)
    with pytest.raises(InputError, match=r"--ceasefires: .* expected ceasefires"):
        gather(days_as_truces)


def test_sides_that_counts_do_not_know_are_names_and_other_choices_are_refused(tmp_path):
    request = asked(tmp_path, counts=DAYS)
    named = checked_request("my-war", out=tmp_path / "w", observed=[request.observed[0]], side_a="Crown")
    assert gather(named).choice == "side a Crown"
    other = checked_request("my-war", out=tmp_path / "w", observed=[request.observed[0]], dyad="9")
    with pytest.raises(InputError, match=r"--dyad: got '9'; expected no such option"):
        gather(other)


# -- requests


@pytest.mark.parametrize(
    ("since", "until", "pivot", "words"),
    [
        ("2001-01-02", "2001-01-02", None, "--until: got 2001-01-02; expected a day after --from"),
        ("2001-01-02", None, "2001-01-01", "--pivot: got 2001-01-01; expected a day not before --from"),
        (None, "2001-01-02", "2001-01-02", "--pivot: got 2001-01-02; expected a day before --until"),
        ("2001-01-02", "2001-01-03", "2001-01-02", None),
        (None, None, None, None),
    ],
)
def test_days_stand_in_order(since, until, pivot, words):
    names = ("--from", "--until", "--pivot")
    days_of = {
        n: date.fromisoformat(d) if d else None for n, d in zip(names, (since, until, pivot), strict=True)
    }
    lines = [str(fault) for fault in day_faults(days_of)]
    assert len(lines) == (words is not None)
    assert all(words in line for line in lines)


@pytest.mark.parametrize(
    ("name", "fits"), [("a" * 60, True), ("a" * 61, False), ("a-b", True), ("a--b", False)]
)
def test_a_name_is_a_short_word(name, fits):
    assert (not list(name_faults(name))) == fits


def test_a_folder_is_new_or_empty_or_a_case_to_be_replaced(tmp_path):
    def said(path, force=False):
        return [str(fault) for fault in folder_faults(path, force=force)]

    file, empty = tmp_path / "file", tmp_path / "empty"
    file.write_text("")
    empty.mkdir()
    assert said(empty) == said(tmp_path / "new") == []
    assert "expected a folder, or nothing, at this path" in said(file)[0]
    (tmp_path / "link").symlink_to(empty)
    assert "expected a folder, or nothing" in said(tmp_path / "link")[0]
    (empty / "x").write_text("")
    assert "is not empty" in said(empty)[0]
    assert "holds no case.toml" in said(empty, force=True)[0]
    (empty / "case.toml").write_text("")
    assert said(empty, force=True) == []
    assert "is no folder; expected one that exists" in said(tmp_path / "no" / "where")[0]
