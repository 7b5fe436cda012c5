"""What a run is made from, as one small record; and the replay file: that record, and the digests of what it made.

A run is a pure function of its recipe.  So a dashboard's address, a replay file and a command line that hold the same
recipe give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from detente.agents.codes import LEVERS
from detente.agents.parameters import profile_of
from detente.experiments.runs.mailed import is_mailed, read_mailed
from detente.experiments.runs.provenance import installed, provenance, written_move
from detente.experiments.runs.run import Engine, Ready, Run, run_opening
from detente.model.errors import InputError
from detente.model.explain import validated
from detente.model.fields import Share, Spec, word_of
from detente.model.keywords import nested_parameters
from detente.model.opening import Opening
from detente.model.policy import MoveSpec
from detente.model.reading import parse_toml, read_toml
from detente.model.request import CaseOptions, Request, day_of, open_case, with_dates

FORMAT = 1
"""Version of the layout of a replay file."""

MOST_DECISIONS = 500


class Recipe(Spec):
    """What a run is made from.

    (case, policy, theory, levers, profile, parameters, facts, seed, decisions), and the mode.
    """

    case: Annotated[str, Field(min_length=1, max_length=500)]
    policy: Annotated[str, Field(min_length=1, max_length=500)]
    seed: int = Field(default=1, ge=0, lt=2**64)
    theory: str = "readiness"
    mode: str | None = None
    until: date | None = None
    step_days: float | None = None
    branch_at: date | None = None
    branch_to: str | None = None
    levers: dict[Annotated[str, word_of(LEVERS)], Share] = Field(default={})
    profile: str | None = None
    parameters: dict[str, float] = Field(default={})
    facts: dict[str, float] = Field(default={})
    point: bool = False
    decision: tuple[MoveSpec, ...] = Field(default=(), max_length=MOST_DECISIONS)

    def open(self) -> Opening:
        """The opening of the run; raises ``InputError`` for what the case does not have."""
        return self.request().open()

    def request(self) -> Request:
        """What is asked of the case, which can be opened again with other parameters and facts.

        Raises ``InputError`` for what the case does not have.
        """
        asked: CaseOptions = {
            "levers": self.levers,
            "profile": self.profile,
            "parameters": nested_parameters(self.parameters) or None,
            "facts": self.facts,
            "point": self.point,
            "mode": self.mode,
            "until": self.until,
            "step_days": self.step_days,
            "theory": self.theory,
            "branch_at": self.branch_at,
            "branch_to": self.branch_to,
            "decisions": self.decision,
        }
        return Request.of(self.case, self.policy, asked, open_case)

    def run(self, engine: str = "auto") -> Run:
        """The run; the same bytes in either engine."""
        return run_opening(self.open(), self.seed, engine=engine)

    def written(self) -> dict[str, Any]:
        """The recipe as plain values, without what is not set."""
        made = self.model_dump(mode="json", exclude_defaults=True, exclude={"decision"})
        if self.decision:
            made["decision"] = [written_move(d) for d in self.decision]
        return made


def recipe_of(raw: Mapping[str, Any], source: str) -> Recipe:
    """A recipe from plain values, dates as dates or as text; raises ``InputError`` naming ``source``."""
    tables = {key: day_of(value) if key in ("until", "branch_at") else value for key, value in raw.items()}
    decisions = tables.get("decision", [])
    if isinstance(decisions, list):
        tables["decision"] = [with_dates(d) if isinstance(d, dict) else d for d in decisions]
    for name in ("levers", "parameters", "facts"):
        if isinstance(tables.get(name), dict):
            tables[name] = {k: as_number(v) for k, v in tables[name].items()}
    return validated(Recipe, tables, source)


def as_number(value: Any) -> Any:
    """A whole number as one with a fraction, if it is not beyond all of them; anything else as it is."""
    return float(value) if type(value) is int and abs(value) < 2**1000 else value


def key_of(start: Opening, seed: int) -> str:
    """Digest of all that decides a run: inputs, rules and versions, but not the driver."""
    made = {**provenance(start), "seed": seed, "n_steps": start.n_steps}
    return hashlib.sha256(json.dumps(made, sort_keys=True, default=str).encode()).hexdigest()


MADE_WITH = ("version", "scenario_sha256", "policy_sha256", "rules_digest")
"""What a replay file says of the program and the case that made its run."""


def replay_text(recipe: Recipe, run: Run) -> str:
    """A replay file as TOML: the recipe, and what its run was made with."""
    import tomli_w

    about = run.about
    made = {key: about[key] for key in MADE_WITH} | {"trajectory_sha256": run.trajectory.sha256}
    tables = {"replay": FORMAT, **with_day_values(recipe.written()), "made": made}
    if run.drawn_facts:
        tables["drawn"] = run.drawn_facts
    return (
        "# A run of Détente: `detente run --replay FILE` makes it again. Not a forecast.\n\n"
        + tomli_w.dumps(tables)
    )


def with_day_values(tables: Mapping[str, Any]) -> dict[str, Any]:
    """Written values with dates as TOML's own."""
    made: dict[str, Any] = dict(tables)
    for key in ("until", "branch_at"):
        if key in made:
            made[key] = day_of(made[key])
    if "decision" in made:
        made["decision"] = [with_dates(d) for d in made["decision"]]
    return made


class Replay:
    """A replay file that was read: its recipe, and what it says made the run."""

    def __init__(
        self, recipe: Recipe, made: Mapping[str, str], drawn: Mapping[str, float] | None = None
    ) -> None:
        self.recipe = recipe
        self.made = made
        self.drawn = drawn or {}

    def differences(self, run: Run) -> list[str]:
        """What differs between what made the file and what made a run of it now, one line each."""
        now = {**run.about, "trajectory_sha256": run.trajectory.sha256}
        earlier = earlier_core(self.made.get("version"))
        # Tables of an earlier version have other columns, so their digests never agree.
        keys = ("scenario_sha256", "policy_sha256") if earlier else (*MADE_WITH, "trajectory_sha256")
        lines = [earlier] if earlier else []
        lines += [
            f"{key}: the file says {str(self.made[key])[:12]}, here it is {str(now[key])[:12]}"
            for key in keys
            if key in self.made and self.made[key] != now[key]
        ]
        return lines + [
            f"fact.{path}: the file says {in_words(self.drawn.get(path))}, here it is {in_words(value)}"
            for path, value in {**dict.fromkeys(self.drawn), **run.drawn_facts}.items()
            if self.drawn.get(path) != value
        ]


def earlier_core(version: str | None) -> str:
    """What to say of a run that a version with another core made; nothing for the present core."""
    profile = profile_of(version)
    now = installed("detente")
    return (
        f"made with version {version}, here it is {now}: run under the profile {profile}" if profile else ""
    )


def under_its_core(recipe: Recipe, version: str | None) -> Recipe:
    """A recipe of an earlier version under the profile that gives that version's core."""
    return recipe.model_copy(update={"profile": recipe.profile or profile_of(version)})


def in_words(value: float | None) -> str:
    """The value of a fact that a seed drew, or that it was not drawn."""
    return "not drawn" if value is None else f"{value:.6g}"


def replay(
    path: str | Path,
    *,
    engine: Engine = "auto",
    report: Callable[[str], None] | None = None,
    ready: Ready | None = None,
) -> Run:
    """The run of a replay file, as the dashboards save it, made again.

    Args:
        path: the replay file (.toml), or a page mailed from the dashboards (.html), which carries its case.
        engine: "auto", "mesa" or "compiled"; all give the same numbers.
        report: called with a line for everything that differs from the run that the file was written for; without it
            such a line is a warning.
        ready: called with the opening and the seed before a compiled run.

    Returns:
        The run.

    Raises:
        InputError: for a file that is none, and for a case or policy that is not there.

    Examples:
        >>> import detente
        >>> from detente.experiments.runs.replay import Recipe, replay_text
        >>> recipe = Recipe(case="template", policy="opening", seed=3)
        >>> run = recipe.run("mesa")
        >>> with open("run.toml", "w", encoding="utf-8") as file:  # as the dashboards do
        ...     _ = file.write(replay_text(recipe, run))
        >>> detente.replay("run.toml").trajectory.sha256 == run.trajectory.sha256
        True
    """
    saved = read_replay(Path(path))
    start, seed = saved.recipe.open(), saved.recipe.seed
    if ready is not None and engine == "compiled":
        ready(start, seed)
    made = run_opening(start, seed, engine=engine)
    for line in saved.differences(made):
        if report is None:
            warnings.warn(f"{path}: {line}", stacklevel=2)
        else:
            report(line)
    return made


def parse_replay(raw: dict[str, Any], source: str) -> Replay:
    """A replay file's tables; raises ``InputError`` naming ``source``."""
    tables = dict(raw)
    version, made = tables.pop("replay", None), tables.pop("made", {})
    drawn = tables.pop("drawn", {})
    if version is True or version != FORMAT:
        raise InputError(
            f"{source}: replay: got {version!r}; expected {FORMAT}, the version of a replay file"
        )
    if not isinstance(made, dict) or not all(isinstance(v, str) for v in made.values()):
        raise InputError(f"{source}: made: got {str(made)[:60]!r}; expected a table of digests")
    if not isinstance(drawn, dict) or not all(type(v) in (int, float) for v in drawn.values()):
        raise InputError(f"{source}: drawn: got {str(drawn)[:60]!r}; expected a table of numbers")
    return Replay(under_its_core(recipe_of(tables, source), made.get("version")), made, drawn)


def read_replay(path: Path) -> Replay:
    """A replay file, or that of a mailed page with the page's own case; raises ``InputError`` if it is none."""
    if not is_mailed(path):
        return parse_replay(read_toml(path), str(path))
    page = read_mailed(path)
    if not page.replay:
        raise InputError(
            f"{path}: shows several runs; expected a page that shows one: open it with `detente serve`"
        )
    saved = parse_replay(parse_toml(page.replay, str(path)), str(path))
    return Replay(saved.recipe.model_copy(update={"case": str(page.unpacked())}), saved.made, saved.drawn)
