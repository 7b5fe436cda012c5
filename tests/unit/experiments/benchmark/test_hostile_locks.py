"""Files and days that `predict` and `if` are given: of every form that data have, and of none that they can have."""

import gzip
import json
import random
from collections import Counter
from collections.abc import Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hostile_files import damaged
from layout_files import ged

from detente.experiments.benchmark.deaths_between import Deaths
from detente.experiments.benchmark.lock_file import digest_of
from detente.experiments.benchmark.prediction_scores import check_prediction, checked_lock
from detente.experiments.benchmark.predictions import (
    EVENTS,
    LEVELS,
    MODEL,
    NULLS,
    check_known,
    month_after,
    stale_words,
    subject_of,
)
from detente.experiments.benchmark.prospect import checked_day
from detente.experiments.benchmark.prospect_source import check_fresh
from detente.experiments.data.selection import observed_day
from detente.model.errors import InputError

FILES: Mapping[str, Any] = {"data": None, "ceasefires": None, "agreements": None}
ROWS = [{"id": k, "date_start": f"2010-{k:02d}-07", "best": k} for k in range(1, 13)]
FORMS = {
    "events.csv": ged(ROWS).encode(),
    "events.CSV": ged(ROWS).encode(),
    "events.tsv": ged(ROWS, separator="\t").encode(),
    "events.txt": ged(ROWS, separator=";").encode(),
    "events": ged(ROWS, header=False).encode(),
    "events.csv.gz": gzip.compress(b"\xef\xbb\xbf" + ged(ROWS).encode()),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_file_of_data_is_told_from_a_case_whatever_its_form(tmp_path: Path, name: str):
    (tmp_path / name).write_bytes(FORMS[name])
    subject = subject_of(str(tmp_path / name), FILES, None, {})
    assert subject.target.values.tolist() == list(range(1, 13))


@pytest.mark.parametrize("name", ["war.csv", "war.csv.gz", "war.tsv", "war.parquet"])
def test_a_file_of_data_that_is_not_there_is_no_unknown_case(tmp_path: Path, name: str):
    with pytest.raises(InputError, match="does not exist; expected a file"):
        subject_of(str(tmp_path / name), FILES, None, {})


# -- days


@pytest.mark.parametrize("day", ["9999-12-31", "9999-11-30", "2101-01-01", "1899-12-31", "0001-01-01"])
def test_days_that_no_data_have_are_refused(day: str):
    for check in (month_after, checked_day, partial(observed_day, option="--from")):
        with pytest.raises(InputError, match=f"got '{day}'; expected a date from 1900 to 2100"):
            check(day)


@pytest.mark.parametrize(
    ("until", "said"),
    [
        ("2009-12-31", "a day after the first month of the data"),
        ("1950-01-01", "a day after the first month of the data"),
        ("2011-04-30", "a day at most 3 months after the data of war, which end in 2010-12"),
        ("2099-01-31", "a day at most 3 months after the data of war, which end in 2010-12"),
    ],
)
def test_nothing_is_predicted_of_days_of_which_nothing_is_known(tmp_path: Path, until: str, said: str):
    (tmp_path / "war.csv").write_bytes(FORMS["events.csv"])
    subject = subject_of(str(tmp_path / "war.csv"), FILES, None, {})
    with pytest.raises(InputError, match=said):
        check_known(subject, month_after(until))
    for known in ("2010-12-31", "2011-01-31", "2011-03-31"):
        check_known(subject, month_after(known))


@pytest.mark.parametrize(
    ("known", "said"), [("2014-12", ""), ("2014-11", "1 month"), ("2014-10", "2 months")]
)
def test_months_that_are_not_known_are_said(known: str, said: str):
    told = stale_words({"about": {"known_until": known, "until": "2014-12-31"}})
    assert bool(told) == bool(said)
    assert said in told


def test_a_day_long_after_the_data_is_refused():
    deaths = Deaths({date(2014, 11, 1): 3.0, date(2014, 12, 1): 4.0})
    check_fresh(deaths, date(2015, 1, 31))
    check_fresh(Deaths({}), date(2090, 1, 1))  # provocations: no deaths are counted
    with pytest.raises(InputError, match="before 2015-02-01, since the data end in 2014-12"):
        check_fresh(deaths, date(2015, 2, 1))


# -- locks


def predictions() -> dict[str, Any]:
    rows = [
        {"month": month, "quantiles": [float(k) for k in range(len(LEVELS))]}
        for month in ("2010-07", "2010-08")
    ]
    return {
        "about": {"conflict": "war", "until": "2010-06-30", "months": 2, "digests": {"data": "0"}},
        "deaths": {name: [dict(row) for row in rows] for name in (MODEL, *NULLS)},
        "events": dict.fromkeys(EVENTS, 0.5),
    }


def locked(folder: Path, content: Any) -> Path:
    """A lock with the digest that belongs to its content, whatever that is."""
    path = folder / "lock.json"
    path.write_text(json.dumps({"format": 1, "sha256": digest_of(content), "prediction": content}))
    return path


JUNK = [None, True, -1, 0, 10**30, float("nan"), "", "x", "9999-12-31", "0001-01-01", [], [[]], {}, {"a": 1}]


def changed(value: Any, luck: random.Random) -> Any:
    """A prediction with one part replaced, left out or doubled."""
    places: list[tuple[Any, Any]] = []

    def walk(holder: Any) -> None:
        keys = holder if isinstance(holder, dict) else range(len(holder)) if isinstance(holder, list) else ()
        for key in keys:
            places.append((holder, key))
            walk(holder[key])

    walk(value)
    holder, key = luck.choice([place for place in places if luck.random() < 0.2] or places)
    if luck.random() < 0.7:
        holder[key] = luck.choice(JUNK)
    else:
        del holder[key]
    return value


def test_a_lock_whose_digest_fits_is_read_or_refused(tmp_path: Path):
    """A digest says that nobody changed a file by mistake, not that it is one of ours."""
    (tmp_path / "war.csv").write_bytes(FORMS["events.csv"])
    assert check_prediction(locked(tmp_path, predictions()), tmp_path / "war.csv").about["conflict"] == "war"
    tally = Counter(
        refusal(locked(tmp_path, changed(predictions(), random.Random(seed)))) != "" for seed in range(150)
    )
    assert tally[True] > 100


def refusal(path: Path) -> str:
    """The one line with which a lock is refused; empty where it is read."""
    try:
        checked_lock(path)
    except InputError as error:
        said = str(error)
        return said if "lock.json" in said and "\n" not in said else f"unclear: {said}"
    return ""


def test_damaged_locks_are_refused(tmp_path: Path):
    data = locked(tmp_path, predictions()).read_bytes()
    for seed in range(100):
        spoiled = damaged(data, random.Random(seed))
        (tmp_path / "lock.json").write_bytes(spoiled)
        said = refusal(tmp_path / "lock.json")
        assert not said.startswith("unclear")
        if not said:  # blanks between keys change nothing
            assert checked_lock(tmp_path / "lock.json") == predictions()


def test_half_a_character_in_a_lock_is_refused(tmp_path: Path):
    path = locked(tmp_path, predictions())
    path.write_text(path.read_text().replace('"war"', '"\\ud800"'))
    with pytest.raises(InputError, match="holds half a character"):
        checked_lock(path)
