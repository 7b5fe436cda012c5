"""Ceasefires read off an event log made for it."""

from datetime import date
from types import SimpleNamespace

import numpy as np

from detente.agents import codes
from detente.experiments.compare import ceasefire_spells
from detente.experiments.compare.ceasefire_spells import COLUMNS, closed, spells, truces_from
from detente.experiments.runs.event_logs import RunLog
from detente.model.request import open_case

OPEN = open_case("template", "status-quo")
FIELDS = [
    ("what", int),
    ("subject", int),
    ("day", float),
    ("why", int),
    ("form", int),
    ("since", float),
    ("value", float),
]
BEGAN, COLLAPSED, EXPIRED = codes.TRUCE_BEGAN, codes.TRUCE_COLLAPSED, codes.TRUCE_EXPIRED
OWN = next(k for k in range(len(codes.CAUSES)) if k not in ceasefire_spells.ORIGINS)


def log(*events, days=100.0):
    made = np.zeros(len(events), dtype=FIELDS)
    for row, event in zip(made, events, strict=True):
        for key, value in event.items():
            row[key] = value
    return RunLog(4, made, days)


def event(what, day, why=OWN, **more):
    return {"what": what, "subject": 0, "day": day, "why": why, **more}


def test_a_ceasefire_ends_with_the_tick_of_its_collapse():
    start = SimpleNamespace(**{k: getattr(OPEN, k) for k in ("scenario", "policy", "cast")}, step_days=1.0)
    tick = ceasefire_spells.ticks_in(1.0)[1]
    made = log(event(BEGAN, 10.0, form=1, since=10.5), event(COLLAPSED, 20.0, value=8.0))
    (row,) = spells(start, made)
    assert (row["case"], row["policy"]) == ("template", "status-quo")
    assert (row["seed"], row["pair"], row["origin"]) == (4, "republic+movement", "chosen")
    assert (row["class"], row["scope"]) == codes.TRUCE_FORMS[1]
    assert row["days"] == 8.0
    assert row["start"] == date(2030, 1, 1 + int(12 + tick))
    assert row["end"] == date(2030, 1, 1 + int(20 + tick))
    assert (row["ended"], row["why"], row["censored"]) == ("collapsed", codes.CAUSES[OWN], False)
    assert set(row) == set(COLUMNS)


def test_an_expiry_an_agreement_and_the_end_of_the_run_censor():
    tick = ceasefire_spells.ticks_in(OPEN.step_days)[1]
    made = log(
        event(COLLAPSED, 1.0),  # of none that is known
        event(BEGAN, 5.0, since=5.0),
        event(EXPIRED, 9.0, value=4.0),
        event(BEGAN, 20.0, since=20.0, why=codes.BY_POLICY),
        event(BEGAN, 30.0, since=30.0, why=codes.AFTER_SETTLEMENT, form=2),
    )
    first, second, third = spells(OPEN, made)
    assert (first["ended"], first["days"], first["censored"]) == ("expired", 4.0, True)
    assert (second["origin"], second["ended"], second["days"]) == ("imposed", "agreement", 10.0 + tick)
    assert second["why"] == codes.CAUSES[codes.AFTER_SETTLEMENT]
    assert (third["origin"], third["ended"], third["days"]) == ("agreement", "running", 70.0)
    assert (third["why"], third["censored"]) == ("the run ended", True)
    assert third["class"] == codes.TRUCE_FORMS[2][0]


def test_one_that_ended_before_it_would_begin_lasts_nothing():
    made = log(event(BEGAN, 10.0, since=15.0), event(COLLAPSED, 12.0, value=0.0))
    (row,) = spells(OPEN, made)
    assert (row["days"], row["start"], row["end"]) == (0.0, date(2030, 1, 16), date(2030, 1, 16))
    row = closed({"first": 7.0}, OPEN, 5.5, "expired", "x")
    assert (row["days"], row["start"], row["end"]) == (0.0, date(2030, 1, 8), date(2030, 1, 8))


def test_a_table_has_its_columns_and_types(monkeypatch):
    asked = []

    def run_logs(*given):
        asked.append(given)
        return [log(event(BEGAN, 5.0, since=5.0)), log()]

    monkeypatch.setattr(ceasefire_spells, "run_logs", run_logs)
    table = truces_from(OPEN, [4], 3, None)
    assert asked == [(OPEN, [4], 3, (BEGAN, COLLAPSED, EXPIRED), None)]
    assert list(table) == list(COLUMNS)
    assert (str(table["seed"].dtype), str(table["censored"].dtype), str(table["days"].dtype)) == (
        "uint64",
        "bool",
        "float64",
    )
    assert table["start"].dtype.kind == table["end"].dtype.kind == "M"
    assert table["days"].tolist() == [95.0]
