"""Why a day was as violent as it was: counts are those of the run, and factors say what acts."""

import math
from datetime import date, timedelta

import pytest

import detente
from detente.experiments.runs.day_terms import FACTORS, Side, day_terms
from detente.model.request import open_case

DAY = date(2030, 4, 20)
TRUCE = {"date": "2030-04-01", "sort": "joint", "do": "offer_truce", "actor": "republic", "to": "movement"}
TRUCE |= {"from": "2030-04-01", "until": "2030-05-30", "kept": 1.0}


def sides(day: date = DAY, **options: object) -> dict[str, Side]:
    found = day_terms(open_case("template", "status-quo", **options), 3, day)  # pyright: ignore
    assert found.days == 14
    return {side.source: side for side in found.sides}


def test_counts_are_those_of_the_run_over_the_window() -> None:
    run = detente.run("template", "status-quo", seed=3, engine="mesa")
    first = run.start.scenario.case.start
    last = (DAY - first).days + 1
    for side in sides().values():
        series = run.trajectory.series(f"dyads.{side.source}>{side.target}.cum_attacks")
        assert side.attacks == series[last] - series[last - 14]
        assert side.usual == pytest.approx(14 * series[last] / last)
        assert side.expected > 0
        assert set(side.factors) == set(FACTORS)


def test_a_ceasefire_shows_as_what_it_leaves_of_the_violence() -> None:
    calm, war = sides(decisions=[TRUCE]), sides()
    assert all(calm[name].factors["truce"] < war[name].factors["truce"] for name in war)
    assert any(math.exp(side.factors["truce"]) < 0.9 for side in calm.values())


def test_a_holiday_shows_on_its_days() -> None:
    festival, after = sides(date(2030, 4, 13)), sides(date(2030, 6, 13))
    assert all(festival[name].factors["holiday"] < after[name].factors["holiday"] for name in after)


def test_a_cause_that_is_off_is_not_told() -> None:
    options = {f"violence__{name}": 0.0 for name in ("failed_talks", "discontent_heat")}
    assert all(
        not {"failed_talks", "discontent_heat"} & set(side.causes) for side in sides(**options).values()
    )


def test_the_first_days_are_looked_at_as_far_as_they_go() -> None:
    start = open_case("template", "status-quo")
    found = day_terms(start, 3, start.scenario.case.start + timedelta(2))
    assert found.days == 3
