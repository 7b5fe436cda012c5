"""Finding, listing and loading the shipped cases and the user's own.

A case is a folder with ``case.toml`` and ``policies/<name>.toml``.  Where ``five-lessons`` is among them, each lesson
alone and each left out can be asked for by name too (``detente.model.generated_policies``).  Listing reads titles
only; the schema, and with it pydantic, is loaded with the first case.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from detente.model import generated_policies
from detente.model.errors import InputError, nearest, one_of, problems_of, shown, together, wrong

if TYPE_CHECKING:
    from detente.model.policy import Policy
    from detente.model.scenario import Scenario

SHIPPED = Path(__file__).parent / "scenarios"
"""Folder of the shipped cases."""

CASE_FILE = "case.toml"
"""The file that makes a folder a case."""

LONGEST_CHAIN = 20
"""Policies that may extend each other."""

FIRST = ("history", "status-quo")
"""Policies listed before the other files, which follow in alphabetical order, and before the generated ones."""


class PolicyEntry(NamedTuple):
    """One policy in the list of cases."""

    name: str
    title: str
    summary: str


class CaseEntry(NamedTuple):
    """One case in the list."""

    name: str
    title: str
    summary: str
    policies: list[PolicyEntry]


def scenarios() -> list[CaseEntry]:
    """The shipped cases with their policies.

    Returns:
        Name, title and summary of each case and of each of its policies.

    Examples:
        >>> import detente
        >>> template = next(case for case in detente.scenarios() if case.name == "template")
        >>> [policy.name for policy in template.policies][:3]
        ['status-quo', 'five-lessons', 'opening']
    """
    return [case_entry(name) for name in case_names()]


def case_names() -> list[str]:
    """Names of the shipped cases, in alphabetical order."""
    return sorted(p.parent.name for p in SHIPPED.glob("*/case.toml"))


def policy_names(scenario: Scenario | str) -> list[str]:
    """Names of the policies of a case: its files, ``history`` and ``status-quo`` first, then those made from them."""
    return [*file_names(scenario), *made_names(file_names(scenario))]


def file_names(scenario: Scenario | str) -> list[str]:
    """Names of the policies that a case has as files."""
    names = (p.stem for p in policy_folder(scenario).glob("*.toml"))
    return sorted(names, key=lambda name: (FIRST.index(name) if name in FIRST else len(FIRST), name))


def made_names(files: Collection[str]) -> list[str]:
    """Names of the policies made from ``five-lessons``, if it is there; a file of the same name prevails."""
    return [
        name for name in generated_policies.parts() if generated_policies.ALL in files and name not in files
    ]


def policy_folder(scenario: Scenario | str) -> Path:
    """Where the policies of a case lie: beside its file; for a case made in Python, beside the shipped one."""
    if isinstance(scenario, str):
        return SHIPPED / scenario / "policies"
    if scenario.path is None:
        return SHIPPED / scenario.case.name / "policies"
    return scenario.path.parent / "policies"


def case_entry(name: str) -> CaseEntry:
    """A shipped case as it stands in the list."""
    from detente.model.reading import read_toml

    case = read_toml(SHIPPED / name / "case.toml")["case"]
    files = file_names(name)
    entries: list[PolicyEntry] = []
    for policy in files:
        raw = read_toml(SHIPPED / name / "policies" / f"{policy}.toml")
        entries.append(PolicyEntry(policy, raw["title"], raw["summary"]))
    made = [generated_policies.parts()[policy] for policy in made_names(files)]
    entries += [PolicyEntry(part.name, part.title, part.summary) for part in made]
    return CaseEntry(name, case["title"], case["summary"], entries)


def is_path(name: str | Path) -> bool:
    """Whether a word means a file, or the folder of a case, rather than a name in the catalogue."""
    if isinstance(name, Path) or "/" in name or "\\" in name or name.endswith(".toml"):
        return True
    return name not in case_names() and is_case_folder(Path(name))


def is_case_folder(path: Path) -> bool:
    """Whether a folder is a case: it holds ``case.toml``."""
    try:
        return (path / CASE_FILE).is_file()
    except (OSError, ValueError):  # a name too long, or with a nought in it
        return False


def case_file(path: str | Path) -> Path:
    """The file of a case, given itself or the folder that holds it."""
    return Path(path) / CASE_FILE if is_case_folder(Path(path)) else Path(path)


def load_scenario(name_or_path: str | Path) -> Scenario:
    """A case as it stands in its file, checked.

    Args:
        name_or_path: a shipped case by name, or any case by the path of its file or folder.

    Returns:
        The case; every function that opens one takes it in place of its name.

    Raises:
        InputError: for a case that is not there, and for what is wrong with its file.

    Examples:
        >>> import detente
        >>> scenario = detente.load_scenario("template")
        >>> scenario.case.start.isoformat(), [party.name for party in scenario.party]
        ('2030-01-01', ['republic', 'movement'])
    """
    from detente.model.reading import read_toml
    from detente.model.scenario import parse_scenario

    if is_path(name_or_path):
        path = case_file(name_or_path)
    elif name_or_path in case_names():
        path = SHIPPED / str(name_or_path) / "case.toml"
    else:
        raise not_found("case", name_or_path, case_names())
    return parse_scenario(read_toml(path), label(path), path)


def load_policy(scenario: Scenario, name_or_path: str | Path) -> Policy:
    """A policy of a case by name, or any policy by path, checked against the case; raises ``InputError``."""
    path, part = policy_path(scenario, name_or_path, None)
    raw = with_inherited(scenario, path, ())
    return checked_policy(scenario, raw if part is None else generated_policies.part_of(raw, part), path)


def checked_policy(scenario: Scenario, raw: dict[str, Any], path: Path) -> Policy:
    """A policy from its tables, checked by itself and against the case; raises all its problems at once."""
    from detente.model.crosscheck import check_policy
    from detente.model.policy import parse_policy, sound_part

    try:
        policy = parse_policy(raw, label(path), path)
    except InputError as error:
        part = sound_part(raw).read_from(path)
        raise together(
            [*error.problems, *problems_of(lambda: check_policy(part, scenario))], label(path)
        ) from None
    check_policy(policy, scenario)
    return policy


def policy_path(scenario: Scenario, name_or_path: str | Path, beside: Path | None) -> tuple[Path, str | None]:
    """The file of a policy, and the name of the part of it that is meant, if only a part is.

    A path is taken as it is; a name is looked for beside the file that asks for it and among the case's own.
    """
    if is_path(name_or_path):
        return Path(name_or_path) if beside is None else beside.parent / name_or_path, None
    folders = [policy_folder(scenario)] if beside is None else [beside.parent, policy_folder(scenario)]
    found = {p.stem: p for folder in reversed(folders) for p in sorted(folder.glob("*.toml"))}
    name, made = str(name_or_path), made_names(found)
    if name in made:
        return found[generated_policies.ALL], name
    if name not in found:
        kind = "policy" if beside is None else f"{label(beside)}: extends: policy"
        first = [n for n in policy_names(scenario) if n in found]
        known = [*first, *(n for n in found if n not in first), *made]
        raise not_found(kind, name_or_path, [n for n in known if n != "case"])
    return found[name], None


def with_inherited(scenario: Scenario, path: Path, below: tuple[Path, ...]) -> dict[str, Any]:
    """The tables of a policy file on top of those it extends: its moves come after, its levers prevail."""
    from detente.model.policy import parse_policy
    from detente.model.reading import read_toml

    here = path.resolve()
    if here in below:
        circle = " -> ".join(p.stem for p in (*below[below.index(here) :], here))
        raise InputError(f"{label(path)}: extends: got the circle {circle}; expected a policy that ends it")
    if len(below) > LONGEST_CHAIN:
        raise InputError(
            f"{label(below[0])}: extends: more than {LONGEST_CHAIN} policies on top of each other"
        )
    own = read_toml(path)
    if "extends" not in own:
        if below:
            parse_policy(own, label(path))  # so that a message names the file at fault
        return own
    parent = own.pop("extends")
    if not isinstance(parent, str):
        raise wrong(f"{label(path)}: extends", parent, "the name of a policy in quotes")
    above, part = policy_path(scenario, parent, path)
    inherited = with_inherited(scenario, above, (*below, here))
    if part is not None:
        inherited = generated_policies.part_of(inherited, part)
    mode = {key: inherited[key] for key in ("mode", "until") if key in inherited}
    parse_policy(merged(mode, own), label(path))  # so that a message counts the file's own moves
    return merged(inherited, own)


def merged(inherited: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """One policy on top of another.  A mode of its own also replaces the day that went with the old one."""
    result = inherited | own
    if "mode" in own and "until" not in own:
        result.pop("until", None)
    for key in ("title", "summary", "name"):
        if key not in own:
            result.pop(key, None)
    for key in ("levers", "move", "quiet"):
        if key in inherited and key in own:
            result[key] = joined(inherited[key], own[key])
    return result


def joined(old: Any, new: Any) -> Any:
    """Two tables in one, or two lists in a row; anything else is left for the schema to refuse."""
    if isinstance(old, dict) and isinstance(new, dict):
        return cast(dict[str, Any], old) | cast(dict[str, Any], new)
    if isinstance(old, list) and isinstance(new, list):
        return [*cast(list[Any], old), *cast(list[Any], new)]
    return new


def label(path: Path) -> str:
    """A file as messages name it: shipped ones from the folder of their case on."""
    return str(path.relative_to(SHIPPED)) if path.is_relative_to(SHIPPED) else str(path)


def not_found(kind: str, name: object, known: list[str]) -> InputError:
    """The line for a name that is not in the catalogue."""
    path = "its file or folder" if kind == "case" else "a TOML file"
    expected = f"{one_of(known)}, or the path of {path}"
    return InputError(f"unknown {kind} {shown(name)}; expected {expected}{nearest(name, known)}")
