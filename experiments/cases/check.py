"""Check a case, a policy, a design or a replay file: every error at once, then what is probably not meant.

Nothing is run: what is said follows from the files and the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from detente.experiments.cases.case_warnings import case_remarks
from detente.experiments.cases.design_warnings import design_remarks
from detente.experiments.cases.imposed import Imposed
from detente.experiments.cases.left_to_rules import left_to_rules
from detente.experiments.cases.policy_warnings import policy_remarks, same_policies
from detente.experiments.cases.questions import FILE as QUESTION_FILE
from detente.experiments.cases.questions import check_questions, read_questions
from detente.experiments.cases.remark import Remark
from detente.experiments.cases.targets import Target, recognised
from detente.model.catalogue import case_file, file_names, label, load_policy, load_scenario, policy_names
from detente.model.errors import InputError, problems_of, shown
from detente.model.opening import Opening, opening
from detente.model.policy import Policy, parse_policy
from detente.model.reading import read_toml
from detente.model.scenario import GRADES, Scenario

KIND_WORDS = {
    "case": "a case",
    "policy": "a policy",
    "design": "a design",
    "replay": "a replay file",
    "unknown": "nothing that can be checked",
}


@dataclass(frozen=True)
class Check:
    """What a check says of its target.

    ``kind`` is case, policy, design, replay or unknown; ``about`` says in words what was looked at.  ``facts`` has the
    paths of the facts that a case grades, by grade; ``left`` says what a policy leaves to the rules.
    """

    target: str
    kind: str
    about: str
    errors: tuple[str, ...] = ()
    warnings: tuple[Remark, ...] = ()
    facts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    left: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether there is no error; there may be warnings."""
        return not self.errors

    def to_json(self) -> dict[str, Any]:
        """The check as one object of plain values, as ``detente check --json`` prints it."""
        return {
            "target": self.target,
            "kind": self.kind,
            "about": self.about,
            "ok": self.ok,
            "errors": list(self.errors),
            "warnings": [{"name": w.name, "text": w.text} for w in self.warnings],
            "facts": {grade: list(paths) for grade, paths in self.facts.items()},
            "left_to_rules": list(self.left),
        }

    def __repr__(self) -> str:
        """The check in lines, as a notebook shows it."""
        lines = [f"Check of {self.target}, {self.about}: {self.summary}"]
        lines += [f"  {self.facts_line}"] if self.facts else []
        lines += [f"  left to the rules: {line}" for line in self.left]
        lines += [f"  error: {line}" for line in self.errors]
        lines += [f"  warning ({w.name}): {w.text}" for w in self.warnings]
        return "\n".join(lines)

    @property
    def facts_line(self) -> str:
        """How many facts have which grade, in words; those of grade prior by their paths."""
        counts = ", ".join(f"{len(paths)} {grade}" for grade, paths in self.facts.items())
        drawn = self.facts.get("prior", ())
        return f"facts by grade: {counts}" + (f" (drawn for each seed: {', '.join(drawn)})" if drawn else "")

    @property
    def summary(self) -> str:
        """How many errors and warnings there are, in words."""
        counts = ((len(self.errors), "error"), (len(self.warnings), "warning"))
        words = [f"{n} {word}{'' if n == 1 else 's'}" for n, word in counts if n]
        return ", ".join(words) or "nothing found"


def check(target: str | Path, *, case: str | Path | None = None) -> Check:
    """Check a case by name, path or folder, a policy (``CASE/POLICY`` or a path), a design or a replay file.

    ``case`` is the one that a policy file is checked against; without it, the one whose folder the file lies in.
    Mistakes in the target are in the result; only a misuse of ``case`` raises ``InputError``.

    Args:
        target: what is checked: a name or a path.
        case: the case of a policy file that lies elsewhere.

    Returns:
        What was found: ``errors`` and ``warnings``, and whether it is ``ok`` (no errors).

    Raises:
        InputError: for a ``case`` beside something that is no policy file.

    Examples:
        >>> import detente
        >>> result = detente.check("template/opening")
        >>> result.ok, result.errors
        (True, ())
    """
    word = str(target)
    try:
        meant = recognised(word, None if case is None else str(case))
    except InputError as error:
        if case is not None and str(error).startswith("--case"):
            raise
        return Check(word, "unknown", KIND_WORDS["unknown"], error.problems)
    except OSError as error:  # a name that no file can have
        line = f"{shown(word)}: cannot be read ({error.strerror})"
        return Check(word, "unknown", KIND_WORDS["unknown"], (line,))
    return CHECKERS[meant.kind](word, meant)


# -- a case


def check_case(word: str, meant: Target) -> Check:
    """A case with its policies."""
    try:
        scenario = load_scenario(meant.place)
    except InputError as error:
        others = [*stray_policy_problems(meant.place), *stray_question_problems(meant.place)]
        return Check(word, "case", KIND_WORDS["case"], unique([*error.problems, *others]))
    names = policy_names(scenario)
    errors = [line for name in file_names(scenario) for line in policy_problems(scenario, name)]
    errors += check_questions(scenario)
    starts = [] if errors else [opening(scenario, load_policy(scenario, name)) for name in names]
    warnings = [*case_remarks(scenario), *of_files(scenario, starts), *same_policies(by_name(starts))]
    about = f"{KIND_WORDS['case']} with {len(names)} {'policy' if len(names) == 1 else 'policies'}"
    return Check(word, "case", about, unique(errors), tuple(warnings), graded(scenario))


def graded(scenario: Scenario) -> dict[str, tuple[str, ...]]:
    """The paths of the facts that a case grades, by grade, the best known first."""
    paths = {grade: tuple(f.path for f in scenario.facts if f.grade == grade) for grade in GRADES}
    return {grade: found for grade, found in paths.items() if found}


IN_VAIN = ("lever-set-in-vain", "parameter-set-in-vain")
"""Remarks on a policy that the case itself has been given."""


def of_files(scenario: Scenario, starts: Sequence[Opening]) -> list[Remark]:
    """Remarks on the policies that are files, but those that the case has been given already."""
    return [
        Remark(r.name, f"{start.policy.name}: {r.text}")
        for start in starts
        if start.policy.name in file_names(scenario)
        for r in policy_remarks(start)
        if r.name not in IN_VAIN
    ]


def policy_problems(scenario: Scenario, name: str) -> tuple[str, ...]:
    """What is wrong with a policy of a case, or with opening the case under it."""
    return problems_of(lambda: opening(scenario, load_policy(scenario, name)))


def stray_policy_problems(place: str) -> list[str]:
    """What is wrong by themselves with the policies of a case that cannot be read."""
    folder = case_file(place).parent / "policies"
    return [line for path in sorted(folder.glob("*.toml")) for line in schema_problems(path)]


def stray_question_problems(place: str) -> tuple[str, ...]:
    """What is wrong by themselves with the questions of a case that cannot be read."""
    return problems_of(lambda: read_questions(case_file(place).parent / QUESTION_FILE))


def schema_problems(path: Path) -> tuple[str, ...]:
    """What is wrong with a policy by itself; nothing is said of one that extends another, and so is not whole."""

    def read() -> Policy | None:
        raw = read_toml(path)
        return None if "extends" in raw else parse_policy(raw, label(path), path)

    return problems_of(read)


# -- a policy


def check_policy(word: str, meant: Target) -> Check:
    """A policy, against its case if that is known."""
    if meant.case is None:
        text = "names and dates are not checked, since no case is known: name it with --case"
        remark = Remark("no-case", text)
        about = f"{KIND_WORDS['policy']} of no case"
        return Check(word, "policy", about, schema_problems(Path(meant.place)), (remark,))
    about = f"{KIND_WORDS['policy']} of {meant.case}"
    try:
        scenario = load_scenario(meant.case)
        about = f"{KIND_WORDS['policy']} of {scenario.case.name}"
        start = opening(scenario, load_policy(scenario, meant.place))
    except InputError as error:
        return Check(word, "policy", about, unique(error.problems))
    remarks = (*policy_remarks(start), *equals(start))
    return Check(word, "policy", about, (), remarks, left=left_to_rules(Imposed(start)))


def equals(start: Opening) -> list[Remark]:
    """The policies of the case that do the same as one."""
    others = [
        opening(start.scenario, load_policy(start.scenario, name))
        for name in policy_names(start.scenario)
        if name != start.policy.name and not policy_problems(start.scenario, name)
    ]
    own = start.policy.name
    return [r for r in same_policies(by_name([start, *others])) if own in names_in(r)]


def names_in(remark: Remark) -> list[str]:
    """The policies that a remark on equal ones names."""
    return remark.text.removeprefix("policies ").partition(":")[0].split(", ")


# -- a design


def check_design(word: str, meant: Target) -> Check:
    """A design with its cases and policies."""
    from detente.experiments.sweep.design.loading import load_design
    from detente.experiments.sweep.plan import Plan

    about = KIND_WORDS["design"]
    try:
        design = load_design(meant.place)
    except InputError as error:
        return Check(word, "design", about, unique(error.problems))
    errors = [line for case in design.cases for line in problems_in_case(case, design.policies)]
    try:
        plan = Plan.of(design)
    except InputError as error:
        return Check(word, "design", about, unique([*errors, *error.problems]))
    about += f" of {plan.n_runs:,} runs at {len(plan.points):,} points"
    return Check(word, "design", about, (), tuple(design_remarks(plan.design, plan.scenarios, plan.policies)))


def problems_in_case(case: str, policies: Sequence[str]) -> list[str]:
    """What is wrong with a case of a design, or with the policies it is to be run under."""
    try:
        scenario = load_scenario(case)
    except InputError as error:
        return list(error.problems)
    return [line for name in policies for line in problems_of(lambda name=name: load_policy(scenario, name))]


# -- a replay file


def check_replay(word: str, meant: Target) -> Check:
    """A replay file: its recipe, and whether case and program are those that made it."""
    from detente.experiments.cases.replay_checks import recipe_problems, replay_remarks
    from detente.experiments.runs.replay import read_replay

    about = KIND_WORDS["replay"]
    try:
        replay = read_replay(Path(meant.place))
    except InputError as error:
        return Check(word, "replay", about, unique(error.problems))
    recipe = replay.recipe
    about += f" of {recipe.case} under {recipe.policy}, seed {recipe.seed}"
    errors = unique(f"{meant.place}: {line}" for line in recipe_problems(recipe))
    return Check(word, "replay", about, errors, () if errors else tuple(replay_remarks(replay)))


CHECKERS: dict[str, Callable[[str, Target], Check]] = {
    "case": check_case,
    "policy": check_policy,
    "design": check_design,
    "replay": check_replay,
}


# -- what others say before they run something


def opened_remarks(starts: Mapping[str, Opening]) -> list[Remark]:
    """What is probably not meant in openings of a case, by name, that are run together; what all share is said once."""
    lines = [(r, name) for name, start in starts.items() for r in policy_remarks(start)]
    shared = {r for r, _ in lines if sum(r == other for other, _ in lines) == len(starts)}
    single = [r if r in shared else Remark(r.name, f"{name}: {r.text}") for r, name in lines]
    return list(dict.fromkeys([*single, *same_policies(starts)]))


def by_name(starts: Iterable[Opening]) -> dict[str, Opening]:
    """Openings by the names of their policies."""
    return {start.policy.name: start for start in starts}


def unique(lines: Iterable[str]) -> tuple[str, ...]:
    """Lines, each once."""
    return tuple(dict.fromkeys(lines))
