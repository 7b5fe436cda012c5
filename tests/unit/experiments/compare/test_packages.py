"""What became of packages, and why nothing was agreed: on the outcomes of a few runs that are written down."""

from types import SimpleNamespace

import pandas as pd
import pytest

from detente.experiments.compare.packages import packages_json, why_no_package, why_nothing_agreed


def made(settlement=1, talks=1, **columns):
    names = ("agreements", "packages", "packages_refused", "tracks_opened", "issues_settled")
    switches = SimpleNamespace(settlement=settlement, talks=talks)
    start = SimpleNamespace(parameters=SimpleNamespace(switches=switches))
    outcomes = pd.DataFrame({name: columns.get(name, [0, 0, 0]) for name in names})
    return SimpleNamespace(start=start, outcomes=outcomes)


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"agreements": [0, 0, 1], "packages": [0, 0, 1]}, ""),
        ({"packages": [0, 1, 0]}, "one package was put forward, in one of 3 runs, and refused"),
        ({"packages": [0, 2, 0]}, "2 packages were put forward, in 1 of 3 runs, and all were refused"),
        (
            {"packages": [1000, 500, 0]},
            "1,500 packages were put forward, in 2 of 3 runs, and all were refused",
        ),
        ({}, "no package was put forward in any run: no talks were opened"),
    ],
)
def test_why_nothing_was_agreed(columns, words):
    assert why_nothing_agreed(made(**columns)) == words


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"settlement": 0, "talks": 0}, "switches.settlement is 0"),
        ({"talks": 0, "tracks_opened": [1, 1, 1]}, "switches.talks is 0"),
        ({"issues_settled": [2, 0, 0]}, "no talks were opened"),
        (
            {"tracks_opened": [3, 1, 0], "issues_settled": [2, 1, 0]},
            "talks were opened in 2 of 3 runs, and no main track between sides at war settled its whole agenda "
            "(at most 2 issues settled in a run)",
        ),
        (
            {"tracks_opened": [3, 0, 0], "issues_settled": [1, 0, 0]},
            "talks were opened in 1 of 3 runs, and no main track between sides at war settled its whole agenda "
            "(at most 1 issue settled in a run)",
        ),
    ],
)
def test_why_no_package_was_put_forward(columns, words):
    assert why_no_package(made(**columns)) == words


def test_packages_of_all_runs_in_one_object():
    some = made(agreements=[1, 0, 1], packages=[2, 1, 1], packages_refused=[1, 1, 0])
    expected = {"put_forward": 4, "refused": 2, "accepted": 2, "nothing_agreed": None}
    assert packages_json(some) == expected
    assert packages_json(made())["nothing_agreed"].startswith("no package was put forward")
