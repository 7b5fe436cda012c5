"""The pages on lessons and paired runs."""

from __future__ import annotations

import pandas as pd
from generating.tables import table

from detente.experiments.compare import common_random_numbers, lessons_over_parameters
from detente.experiments.compare.lessons import base_policy, levels, settings
from detente.model.catalogue import load_scenario
from detente.model.generated_policies import LESSONS
from detente.model.request import open_case
from refreshing.pages import AGAIN, SEARCH, cell, put, unit


def lessons_text() -> str:
    """Where each lesson hurts: found with some seeds, told with fresh ones."""
    case, where = "afghanistan-2018", lessons_over_parameters.points(24)
    found = lessons_over_parameters.effects_at(case, where, SEARCH)
    share = found.groupby(["lesson", "outcome"], sort=False)["hurts"].mean().unstack()
    parts = [
        f"{case}; {len(where)} points over the declared ranges of "
        f"{len(lessons_over_parameters.CONTESTED)} parameters, {len(SEARCH)} "
        "seeds each, every lesson raised alone. Share of points at which its 95 % interval lies on the worse side "
        "of zero:",
        table(
            ["lesson", *share.columns],
            [[lesson, *(f"{v:.0%}" for v in share.loc[lesson])] for lesson in LESSONS],
        ),
        "The outcome that each worsens at most points, at the point where that is clearest, run again with "
        f"{len(AGAIN)} fresh seeds:",
        table(
            ["lesson", "outcome", "effect when raised alone", "unit", "point"], worst_rows(case, where, found)
        ),
    ]
    return "\n\n".join(parts)


def worst_rows(case: str, where: list[dict[str, float]], found: pd.DataFrame) -> list[list[str]]:
    """For each lesson the outcome it worsens at most points, where that is clearest, told with fresh seeds.

    At most points, because among this many intervals the clearest single one may be chance.
    """
    rows: list[list[str]] = []
    for lesson in LESSONS:
        hurt = found[(found["lesson"] == lesson) & found["hurts"]]
        if hurt.empty:
            rows.append([lesson, "none", "", "", ""])
            continue
        hurt = hurt[hurt["outcome"] == hurt["outcome"].mode()[0]]
        clear = hurt["mean"].abs() / (hurt["high95"] - hurt["low95"])
        chosen = hurt.loc[clear.idxmax()]
        again = lessons_over_parameters.effects_at(case, [where[chosen["point"]]], AGAIN)
        row = again[(again["lesson"] == lesson) & (again["outcome"] == chosen["outcome"])].iloc[0]
        rows.append([lesson, str(chosen["outcome"]), cell(row), unit(str(row["unit"])), str(chosen["point"])])
    return rows


def write_lessons() -> None:
    """docs/lessons.md."""
    put("lessons", lessons_text())


def write_paired() -> None:
    """docs/paired-runs.md."""
    case, seeds = "afghanistan-2018", range(1, 301)
    scenario = load_scenario(case)
    known, policy = levels(scenario), base_policy(scenario)
    none, all_on = (settings(known, [on] * 5) for on in (False, True))
    recognition = settings(known, [True, *[False] * 4])
    start = open_case(case, policy, levers=none)
    rows: dict[str, list[str]] = {}
    for levers in (recognition, all_on):
        saved = common_random_numbers.savings(
            (start, open_case(case, policy, levers=levers)), seeds
        ).set_index("outcome")
        for name, row in saved.iterrows():
            told = f"{row['saving']:.1f} [{row['low95']:.1f}, {row['high95']:.1f}]"
            rows.setdefault(str(name), []).append(told if row["saving"] < 1e6 else "no difference")
    body = [[name, *told] for name, told in rows.items() if len(told) == 2]
    what = "independent runs that one paired run replaces [95 % bootstrap interval]"
    text = f"{case}, {len(seeds)} pairs of runs; {what}:"
    put("paired-runs", text + "\n\n" + table(["outcome", "recognition raised", "all five raised"], body))
