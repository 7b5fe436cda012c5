"""What pairs of runs say, in sentences; what is on record, as captions."""

from datetime import date, timedelta
from typing import Any

import pytest

from detente.dashboards.app import address
from detente.dashboards.app.controls import decimals, told
from detente.dashboards.app.record import DOES, captions, record
from detente.dashboards.app.verdicts import Told, difference_words, verdict, with_interval
from detente.experiments.runs.ensemble import ensemble
from detente.experiments.runs.intervals import paired_difference
from detente.model.errors import InputError
from detente.model.policy import DOABLE
from detente.model.request import open_case

DEATHS = Told("fatalities", "deaths")
NAN = float("nan")


@pytest.mark.parametrize(
    ("mean", "low", "high", "pairs", "words"),
    [
        (-1900, -2500, -1300, 500, "1,900 [1,300 to 2,500] fewer deaths"),
        (95.6, 7.5, 184, 500, "96 [8 to 184] more deaths"),
        (4.48, 3.71, 5.24, 500, "4.5 [3.7 to 5.2] more deaths"),
        (-0.26, -0.484, -0.0355, 500, "0.26 [0.04 to 0.48] fewer deaths"),
        (-0.00846, -0.0111, -0.00585, 500, "0.01 [0.01 to 0.01] fewer deaths"),
        (0.002, 0.001, 0.003, 500, "under 0.01 more deaths"),
        (-0.00086, -0.00234, 0.000619, 500, "no clear difference in deaths: 0 [0 to 0]"),
        (9.997, 9.0, 9.999, 500, "10 [9 to 10] more deaths"),
        (-3, -10, 4, 500, "no clear difference in deaths: −3 [−10 to +4]"),
        (0, 0, 0, 500, "no difference in deaths"),
        (2, NAN, NAN, 1, "deaths: too few runs have a value to say anything"),
        (NAN, NAN, NAN, 0, "deaths: too few runs have a value to say anything"),
    ],
)
def test_a_difference_in_words(mean: float, low: float, high: float, pairs: int, words: str) -> None:
    row = {"mean": mean, "low95": low, "high95": high, "pairs": pairs}
    assert difference_words(DEATHS, row) == words


def test_numbers_that_are_told_together_have_as_many_decimals() -> None:
    assert [decimals(0.3, -0.02), decimals(4.2, 0.1), decimals(-40, 0.1), decimals(NAN)] == [2, 1, 0, 2]
    assert [told(1512.3), told(0.2723), told(-0.004, sign=True), told(NAN)] == ["1,512", "0.27", "0", "–"]
    row = {"mean": -33.7, "low95": -141, "high95": 73.7}
    assert with_interval(row) == "−34 [−141 to +74]"
    assert with_interval(row, 0.01) == "−0.3 [−1.4 to +0.7]"


def test_a_verdict_is_of_the_pairs(compiled: None) -> None:
    decision = {"date": date(2030, 3, 1), "sort": "joint", "do": "offer_truce", "actor": "republic"}
    decision |= {"to": "movement", "from": date(2030, 3, 1), "until": date(2030, 5, 30)}
    base, own = (ensemble("template", "status-quo", runs=100, decisions=moves) for moves in ((), (decision,)))
    said = verdict(base, own)
    deaths = (run.outcomes["fatalities"].to_numpy() for run in (own, base))
    phrase = difference_words(DEATHS, paired_difference(*deaths))
    assert said["pairs"] == 100
    assert said["lines"][0].lower() == f"{phrase} by 31 December 2031.".lower()
    assert phrase != difference_words(DEATHS, {"mean": 0, "low95": 0, "high95": 0, "pairs": 100})
    worse = (own.outcomes["fatalities"] > base.outcomes["fatalities"]).mean()
    assert said["lines"][1] == f"In {100 * worse:.0f} of 100 pairs the run with it has more deaths."
    assert [row[0] for row in said["rows"]] == ["deaths", "days of ceasefire", "trust at the end (0 to 1)"]
    same = verdict(base, base)
    assert same["lines"][0] == "No difference in deaths by 31 December 2031."


def test_what_is_on_record_is_told_by_its_notes() -> None:
    start = open_case("afghanistan-2018", "history")
    told = captions(start)
    assert [c["date"] for c in told] == sorted(c["date"] for c in told)
    assert any("Doha" in c["note"] for c in told if c["date"] == "2020-02-29")
    assert len({(c["date"], c["note"]) for c in told}) == len(told)
    assert all(name not in c["who"] for c in told for name in ("afghan-government", "_", "{"))


def test_every_move_has_words() -> None:
    assert set(DOES) >= {do for does in DOABLE.values() for do in does} - {"block"}


def test_the_ways_to_follow_the_record() -> None:
    def ways(policy: str, **options: Any) -> tuple[str, str | None, list[str]]:
        found = record(open_case("afghanistan-2018", policy, **options))
        assert found is not None
        return found["mode"], found["until"], [way["words"] for way in found["ways"]]

    usual = ["As recorded", "Free from 23 July 2018"]
    assert ways("history") == ("until", "2018-07-22", usual)
    assert ways("five-lessons", mode="conditioned") == ("conditioned", "2021-08-31", usual)
    branch = {"branch_at": "2018-10-01", "branch_to": "status-quo"}
    assert ways("five-lessons", **branch) == ("until", "2018-07-22", usual)
    assert ways("history", mode="conditioned", **branch)[0] == "until"
    assert ways("history", mode="free") == ("free", None, [*usual, "Free throughout"])
    assert record(open_case("template", "status-quo")) is None


def test_the_end_of_a_case_stands_in_an_address() -> None:
    end = open_case("template", "status-quo").scenario.case.end
    for text in ("end", (end + timedelta(1)).isoformat()):
        view = address.read_view({"case": "template", "policy": "status-quo", "date": text})
        assert view.day == address.END
        assert address.write_query(view)["date"] == "end"
    assert address.read_view({"case": "template", "date": end.isoformat()}).day == end
    with pytest.raises(InputError, match="or 'end'"):
        address.read_view({"case": "template", "date": (end + timedelta(2)).isoformat()})
