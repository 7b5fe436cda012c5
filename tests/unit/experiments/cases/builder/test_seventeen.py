"""Cases from the series beside the clone: every conflict of the list, and files in their publishers' layouts."""

import csv
import time
from pathlib import Path

import pytest

import detente
from detente.experiments.cases.builder.new import new
from detente.model.catalogue import load_policy, load_scenario

BUDGET = 120.0
"""Seconds that a case may take."""


def conflicts(folder: Path) -> list[str]:
    with (folder / "cases.csv").open(encoding="utf-8") as file:
        return [row["case"] for row in csv.DictReader(file)]


@pytest.mark.acceptance
def test_every_conflict_of_the_list_becomes_a_case_that_runs(
    shared_data: Path, tmp_path: Path, compiled: None
):
    folder = shared_data / "conflicts"
    names = conflicts(folder)
    assert len(names) == 17
    for name in names:
        began = time.monotonic()
        series = [path for path in (folder / f"{name}.csv", folder / f"{name}.daily.csv") if path.exists()]
        made = new(
            "my-war",
            out=tmp_path / name,
            data=series,
            ceasefires=folder / "ceasefires.csv",
            agreements=[folder / "agreements.csv", folder / "agreements_hand.csv"],
            case=name,
        )
        assert time.monotonic() - began < BUDGET, name
        assert made.screening is not None
        result = detente.check(made.folder)
        assert result.ok, (name, result.errors)
        rows = made.about["history"]
        assert rows["truces"] + rows["agreements"] > 0, name
        for policy in ("history", "status-quo", "five-lessons"):
            assert detente.evaluate(made.folder, policy=policy)["days"] > 0
        compared = detente.compare(made.folder, policies=["history", "status-quo"], runs=2, draws=2)
        assert compared.over is not None, name


@pytest.mark.slow
@pytest.mark.parametrize("choice", [{"conflict": "Syria: Government"}, {"dyad": 735}, {"side_b": "FARC"}])
def test_files_of_the_publishers_become_a_case(choice: dict, shared_data: Path, tmp_path: Path):
    folder = shared_data / "raw"
    made = new(
        "my-war",
        out=tmp_path / "my-war",
        ged=folder / "ged_23_1_layout.csv",
        ceasefires=folder / "ceasefires_2022_layout.csv",
        agreements=folder / "peace_agreements_22_1_layout.csv",
        screen=False,
        **choice,
    )
    assert detente.check(made.folder).ok
    s = load_scenario(made.folder)
    assert len(load_policy(s, "history").move) > 10
    assert s.party[0].title.startswith("Government of ")
    assert made.about["files"][0]["release"] == "23.1"
