"""Write what pages of the manual take from the code, between their marks, the pages of the cases from their own
files, and draw the picture of the rooms.

    python3 -m uv run python docs/generate.py            # write them
    python3 -m uv run python docs/generate.py --check    # exit status 1 where they differ

Text outside the marks is written by hand.
"""

import re
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

# For the folder beside this file, wherever it is run from.
sys.path.insert(0, str(Path(__file__).resolve().parent))

import house
from generating import case_pages, commands, keys, moves, python
from generating import parameters as parameter_pages
from generating.tables import number, span, table

from detente.agents import codes, parameters, state
from detente.agents.schema import record_fields
from detente.experiments.audit.audit import FIRES
from detente.experiments.cases import case_warnings, design_warnings, policy_warnings
from detente.experiments.io.bibliography import references
from detente.experiments.runs.inputs import Declared, free_parameters
from detente.experiments.runs.outcomes import OUTCOMES
from detente.model.catalogue import case_names, load_scenario, policy_names
from detente.model.stages import STAGES

DOCS = Path(__file__).resolve().parent
REFERENCE = (
    "commands",
    "exit-status",
    "python",
    "case-files",
    "policy-files",
    "outcomes",
    "parameters",
    "parameter-reach",
)
WRITTEN = ("ODD.md", "bibliography.md", "checks.md", *(f"reference/{name}.md" for name in REFERENCE))
PAGES = tuple(DOCS / name for name in WRITTEN)
MARK = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)

ENTITIES = (
    *("parties", "factions", "dyads", "pairs", "tracks", "measures", "mediators"),
    *("mediations", "spoilers", "targets", "choices", "clock"),
)
"""Kinds of record described; the others are links between them, the calendar, the policy and the log."""

HIDDEN = ("key_lo", "key_hi", "index", "luck", "tick_luck", "seed_lo", "seed_hi")
"""Fields that every record has for the machinery."""

THEORY_WORDS = {
    "readiness": r"$\sqrt{MO}$: motivation and optimism back each other up (pruitt2005)",
    "ripeness": r"$\sigma(8(\min(M_i,M_j,O)-.45))$, $O$ without feedback from progress: a threshold (zartman2000)",
    "commitment": r"$(MOC)^{1/3}$: a bargain must bind (walter1997); in E13 the shift is doubled",
    "reciprocity": r"$\sqrt{QO}$: deeds answered in kind (osgood1962)",
}

STRATEGY_WORDS = {
    "plain": "as the rules stand",
    "reciprocator": "answers truces, measures and breaches more readily; leaves talks sooner after a breach",
    "hardliner": "offers, opens and gives less; leaves and takes back more",
    "opportunist": "attacks more while only the other holds fire; twice as likely to mean to use a pause",
    "grit_initiator": "gives measures more readily",
    "cautious": "every step less readily, leaving too",
    "ripeness_seeker": "readiness weighs more in where to work",
    "persistent": "stays where it works",
    "entrepreneur": "goes where nobody mediates",
}


def kinds() -> dict[str, type]:
    """Record classes by the name of their kind."""
    return {**state.SINGLE_KINDS, **state.MANY_KINDS}


def entities() -> str:
    """Kinds of record, and what they are."""
    return table(("kind", "what it is"), ((k, (kinds()[k].__doc__ or "").split("\n")[0]) for k in ENTITIES))


def state_table() -> str:
    """Every state variable."""
    rows = [
        (
            kind,
            f"`{f.name}`",
            f.metadata["meaning"],
            f.metadata["unit"],
            span(f.metadata["low"], f.metadata["high"]),
        )
        for kind in ENTITIES
        for f in record_fields(kinds()[kind])
        if f.name not in HIDDEN
    ]
    return table(("of", "variable", "meaning", "unit", "range"), rows)


def cases() -> str:
    """Shipped cases."""
    rows = []
    for name in case_names():
        s = load_scenario(name)
        who = f"{len(s.party)} parties, {len(s.mediator)} mediators, {len(s.spoiler)} spoilers"
        what = f"{len(s.track)} tracks, {len(s.measure)} measures"
        policies = ", ".join(policy_names(s))
        rows.append(
            (name, f"{s.case.start} to {s.case.end}", f"{s.case.step_days:g} d", f"{who}; {what}", policies)
        )
    return table(("case", "time", "step", "holds", "policies"), rows)


def stages() -> str:
    """The stages of one step."""
    rows = [(k, f"`{s.name}`", s.clock, ", ".join(s.asked), s.why) for k, s in enumerate(STAGES, start=1)]
    return table(("", "stage", "clock", "asked", "why it stands here"), rows)


def decisions() -> str:
    """What a party can decide."""
    rows = [
        (f"`{d}`", "tick" if k in codes.TRUCE_DECISIONS else "step") for k, d in enumerate(codes.DECISIONS)
    ]
    return table(("decision", "clock"), rows)


def strategies() -> str:
    """Named strategies."""
    parties = [(f"`{s}`", "party", STRATEGY_WORDS[s]) for s in codes.STRATEGIES]
    mediators = [(f"`{s}`", "mediator", STRATEGY_WORDS[s]) for s in codes.MEDIATOR_STRATEGIES]
    return table(("strategy", "of", "how it departs"), [*parties, *mediators])


def theories() -> str:
    """Rival theories."""
    return table(("theory", "readiness"), ((f"`{t}`", THEORY_WORDS[t]) for t in codes.THEORIES))


def outcomes() -> str:
    """The declared outcomes."""
    return table(
        ("outcome", "unit", "meaning"),
        (
            (f"`{o.name}`", o.unit, o.meaning + (f"; no value {o.missing}" if o.missing else ""))
            for o in OUTCOMES
        ),
    )


def levers() -> str:
    """Levers, the lesson each carries and the mechanisms it acts through."""
    rows = [
        (f"`{lever.name}`", lever.lesson, lever.meaning, ", ".join(lever.switches))
        for lever in codes.DECLARED_LEVERS
    ]
    return table(("lever", "lesson", "at 1 the sponsor", "acts through"), rows)


def mechanisms() -> str:
    """Mechanisms, their switches and the counts by which each is seen to act."""
    rows = []
    for name, field in parameters.Switches.model_fields.items():
        what = (field.description or "").removesuffix(" on (1) or off (0)")
        seen = [count for key, counts in FIRES.items() if key.split(":")[0] == name for count in counts]
        rows.append((f"`{name}`", what, ", ".join(f"`{count}`" for count in dict.fromkeys(seen))))
    return table(("switch", "mechanism", "seen to act by"), rows)


def declared() -> list[Declared]:
    """Every parameter but the switches."""
    return list(free_parameters().values())


def parameter_table() -> str:
    """Every parameter."""
    rows = [
        (
            f"`{p.name}`",
            p.meaning,
            number(p.default),
            p.unit,
            f"{number(p.low)} to {number(p.high)}",
            p.grade,
            p.source,
        )
        for p in declared()
    ]
    return table(("parameter", "meaning", "value", "unit", "range", "grade", "source"), rows)


def grades() -> str:
    """How many parameters have which grade."""
    count = Counter(p.grade for p in declared())
    return table(("grade", "parameters"), count.most_common())


def bibliography() -> str:
    """Every reference."""
    return table(("key", "reference", "what is taken from it"), references().values())


def warnings() -> str:
    """Every warning of ``detente check``."""
    kinds = (("case", case_warnings), ("policy", policy_warnings), ("design", design_warnings))
    rows = [
        (kind, f"`{rule.__name__.replace('_', '-')}`", (rule.__doc__ or "").rstrip("."))
        for kind, module in kinds
        for rule in module.RULES
    ]
    rows += [
        ("case, design", "`policy-equals-another`", "Policies of one case do the same"),
        ("policy", "`no-case`", "The case of a policy is not known, so names and dates are not checked"),
        ("replay", "`made-otherwise`", "Case, policy, rules or program differ from those that made the file"),
    ]
    return table(("of a", "name", "what it says"), rows)


TABLES: dict[str, Callable[[], str]] = {
    "entities": entities,
    "state": state_table,
    "cases": cases,
    "stages": stages,
    "decisions": decisions,
    "strategies": strategies,
    "theories": theories,
    "outcomes": outcomes,
    "levers": levers,
    "mechanisms": mechanisms,
    "parameters": parameter_table,
    "grades": grades,
    "bibliography": bibliography,
    "command_table": commands.command_table,
    "commands": commands.command_sections,
    "exit_statuses": commands.exit_statuses,
    "names": python.name_table,
    "entries": python.entries,
    "results": python.result_entries,
    "case_keys": keys.case_keys,
    "fact_paths": keys.fact_paths,
    "policy_keys": keys.policy_keys,
    "move_table": moves.move_table,
    "moves": moves.move_sections,
    "parameters_by_topic": parameter_pages.by_topic,
    "constants": parameter_pages.constants,
    "parameter_reach": parameter_pages.reach,
    "warnings": warnings,
}


def written(text: str) -> str:
    """The page with its tables as the code has them now."""
    return MARK.sub(lambda found: f"{found[1]}\n{TABLES[found[2]]()}\n{found[3]}", text)


def main(arguments: list[str]) -> int:
    """Write the pages, or say which would change."""
    changed = 0
    for page in (*PAGES, house.PICTURE):
        before = page.read_text(encoding="utf-8")
        after = house.svg() if page == house.PICTURE else written(before)
        if "--check" in arguments:
            how = "is as the code has it" if after == before else "differs from the code"
            print(f"docs/{page.relative_to(DOCS).as_posix()} {how}")
            changed |= int(after != before)
        else:
            page.write_text(after, encoding="utf-8")
    return changed | pages_of_cases(check="--check" in arguments)


def pages_of_cases(*, check: bool) -> int:
    """Write the pages of the cases, or say which would change."""
    texts = case_pages.pages()
    differing = case_pages.differing(texts.items())
    if check:
        for page in differing:
            print(f"docs/{page.relative_to(DOCS).as_posix()} differs from the case")
        return int(bool(differing))
    case_pages.FOLDER.mkdir(exist_ok=True)
    for page in differing:
        if page in texts:
            page.write_text(texts[page], encoding="utf-8")
        else:
            page.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
