"""Checks of a replay file: everything wrong with its recipe, and whether it was made with this case and program."""

from __future__ import annotations

from collections.abc import Iterator

from detente.experiments.cases.policy_warnings import policy_remarks
from detente.experiments.cases.remark import Remark
from detente.experiments.runs.provenance import provenance
from detente.experiments.runs.replay import MADE_WITH, Recipe, Replay, earlier_core
from detente.model.catalogue import load_policy, load_scenario
from detente.model.errors import InputError, problems_of
from detente.model.keywords import nested_parameters
from detente.model.opening import Opening
from detente.model.request import (
    checked_branch,
    checked_decisions,
    checked_levers,
    checked_step,
    checked_theory,
    merged_parameters,
)


def recipe_problems(recipe: Recipe) -> Iterator[str]:
    """Everything that keeps a recipe from being opened, in the order of its keys."""
    try:
        scenario = load_scenario(recipe.case)
    except InputError as error:
        yield from error.problems
        return
    checks = (
        lambda: load_policy(scenario, recipe.policy),
        lambda: checked_theory(recipe.theory),
        lambda: checked_step(recipe.step_days),
        lambda: checked_branch(scenario, recipe.branch_at, recipe.branch_to),
        lambda: checked_levers(recipe.levers),
        lambda: merged_parameters(scenario.parameters, nested_parameters(recipe.parameters)),
        lambda: checked_decisions(scenario, recipe.decision),
    )
    problems = [line for check in checks for line in problems_of(check)]
    yield from problems or problems_of(recipe.open)


def replay_remarks(replay: Replay) -> list[Remark]:
    """What is probably not meant in a replay file that can be opened."""
    start = replay.recipe.open()
    return [*made_otherwise(replay, start), *policy_remarks(start)]


def made_otherwise(replay: Replay, start: Opening) -> list[Remark]:
    """Case, policy, rules or program differ from those that made the file, so its run may not come out again."""
    now = provenance(start)
    if earlier := earlier_core(replay.made.get("version")):
        return [Remark("made-otherwise", f"[made].version: {earlier}")]
    return [
        Remark("made-otherwise", f"[made].{key}: the file says {short(then)}, here it is {short(now[key])}")
        for key in MADE_WITH
        if (then := replay.made.get(key)) is not None and then != now[key]
    ]


def short(digest: object) -> str:
    """The beginning of a digest, which is enough to see that two differ."""
    return str(digest)[:12]
