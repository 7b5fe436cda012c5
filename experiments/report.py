"""What the commands print: tables for people.  Everything here goes to a rich console."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from detente.experiments.outcomes import BY_NAME, OUTCOMES

if TYPE_CHECKING:
    from detente.experiments.audit import Audit
    from detente.experiments.compare import Comparison
    from detente.experiments.drawn import Draws
    from detente.experiments.single import Run
    from detente.model.catalogue import CaseEntry

SHOWN = (
    "fatalities",
    "deaths_per_day",
    "attacks",
    "spoiler_attacks",
    "days_in_ceasefire",
    "ceasefires",
    "ceasefire_collapses",
    "breaches",
    "talk_days",
    "issues_settled",
    "measures",
    "agreements",
    "relapses",
    "final_trust",
    "final_readiness",
    "final_presence",
    "settled",
    "collapsed",
)
"""Outcomes in the table of a comparison; ``--json`` and ``--out`` have all."""

END_WORDS = {
    "settled": "settled",
    "partial_settlement": "settled in part",
    "fighting_on": "fighting on",
    "collapse": "collapse",
    "running": "cut short",
}


def console(*, stderr: bool = False) -> Console:
    """A console; in a pipe it is wide enough for every table and has no colours."""
    made = Console(stderr=stderr, highlight=False)
    return made if made.is_terminal else Console(stderr=stderr, highlight=False, width=140)


def number(value: float) -> str:
    """A number at the precision a table needs."""
    if value != value:
        return "–"
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def signed(value: float) -> str:
    """A difference, with its sign."""
    return number(value) if value != value else ("+" if value >= 0 else "−") + number(abs(value))


def print_cases(to: Console, cases: list[CaseEntry]) -> None:
    """Cases and their policies, one line each."""
    for case in cases:
        to.print(Text.assemble((case.name, "bold"), f"  {case.title}: {case.summary}"), soft_wrap=True)
        width = max(len(policy.name) for policy in case.policies)
        for policy in case.policies:
            to.print(f"  {policy.name:<{width}}  {policy.summary}", soft_wrap=True, markup=False)


def print_run(to: Console, run: Run) -> None:
    """The outcomes of one run."""
    about = run.about
    head = f"{about['case']}, policy {about['policy']}, mode {about['mode']}, seed {about['seed']}"
    table = Table(title=f"{head} ({about['engine']})", title_justify="left", title_style="bold")
    table.add_column("outcome")
    table.add_column("value", justify="right")
    table.add_column("unit")
    table.add_column("meaning", style="dim")
    for outcome in OUTCOMES:
        value = number(float(run.outcomes[outcome.name]))
        table.add_row(outcome.name, value, outcome.unit, outcome.meaning)
    to.print(table)
    to.print(f"Ended on {run.end_date}: {END_WORDS[run.end_reason]}. {caution()}")


def caution() -> str:
    """What every result says of itself."""
    return "This is what happens if the model's assumptions hold; it is not a forecast."


def print_story(to: Console, run: Run) -> None:
    """The dated chronicle of a run."""
    from detente.experiments.chronicle import told

    about = run.about
    head = f"{about['case']}, policy {about['policy']}, mode {about['mode']}, seed {about['seed']}"
    to.print(Text(head, style="bold"))
    for day, sentence in told(run.events):
        to.print(f"{day:<10}  {sentence}", soft_wrap=True, markup=False)
    to.print(f"{run.end_date}  The run ends: {END_WORDS[run.end_reason]}.", markup=False)
    to.print(caution())


def print_comparison(to: Console, made: Comparison) -> None:
    """Medians with the middle 80 % of runs, paired differences, endings and modes."""
    print_medians(to, made)
    if len(made.policies) > 1:
        print_differences(to, made)
    if made.theories is not None:
        from detente.experiments.theories_report import print_theories

        print_theories(to, made.theories, SHOWN)
    print_endings(to, made)
    modes = {e.start.policy.name: e.start.mode for e in made.ensembles}
    to.print("Modes: " + "; ".join(f"{name}: {mode}" for name, mode in modes.items()))
    if made.ensembles[0].drawn is not None:
        to.print(drawn_line(made.ensembles[0].drawn))
    to.print(caution())


def drawn_line(draws: Draws) -> Text:
    """What parameters were drawn from."""
    return Text(draws.words.capitalize() + ".")


def print_medians(to: Console, made: Comparison) -> None:
    """Each outcome under each policy."""
    case, summary = made.ensembles[0].start.scenario.case, made.summary()
    n = len(made.seeds)
    table = headed(f"{case.title}: {n} runs per policy, the same seeds. Median [middle 80 % of runs]")
    table.add_column("unit", style="dim")
    for policy in made.policies:
        table.add_column(policy, justify="right")
    for name in SHOWN:
        cells = [median_cell(summary.loc[(name, policy)]) for policy in made.policies]
        table.add_row(name, BY_NAME[name].unit, *cells)
    to.print(table)


def print_differences(to: Console, made: Comparison) -> None:
    """Each outcome's difference from the first policy."""
    differences = made.differences()
    table = headed(
        f"Difference from {made.policies[0]}: mean over the same seeds [95 % interval of that mean]"
    )
    for policy in made.policies[1:]:
        table.add_column(policy, justify="right")
    for name in SHOWN:
        cells = [difference_cell(differences.loc[(name, policy)]) for policy in made.policies[1:]]
        table.add_row(name, *cells)
    to.print(table)


def headed(title: str) -> Table:
    """A table of outcomes with a title that is text, not markup."""
    table = Table(title=Text(title, style="bold"), title_justify="left")
    table.add_column("outcome")
    return table


def median_cell(row: Any) -> str:
    """Median and middle 80 % of runs; of a yes-or-no outcome, its share."""
    if row["unit"] == "0 or 1":
        return f"{row['mean']:.1%} of runs"
    return f"{number(row['median'])} [{number(row['low80'])}, {number(row['high80'])}]"


def difference_cell(row: Any) -> Text:
    """Mean paired difference with its interval; dim where the interval holds nought."""
    low, high = row["low95"], row["high95"]
    clear = low > 0 or high < 0
    scale, unit = (100.0, " points") if row["unit"] == "0 or 1" else (1.0, "")
    text = f"{signed(scale * row['mean'])} [{signed(scale * low)}, {signed(scale * high)}]{unit}"
    return Text(text, style="" if clear else "dim")


def print_endings(to: Console, made: Comparison) -> None:
    """Shares of runs by how they ended."""
    endings = made.endings()
    known = [reason for reason in END_WORDS if reason in endings.columns]
    table = Table(title="How the runs ended", title_justify="left", title_style="bold")
    table.add_column("policy")
    for reason in known:
        table.add_column(END_WORDS[reason], justify="right")
    for policy in made.policies:
        table.add_row(policy, *(f"{endings.loc[policy, reason]:.1%}" for reason in known))
    to.print(table)


def print_audit(to: Console, made: Audit) -> None:
    """Every check of an audit with its figure, then what failed."""
    table = Table(title="Audit", title_justify="left", title_style="bold")
    for name in ("kind", "case", "name"):
        table.add_column(name)
    table.add_column("figure", justify="right")
    table.add_column("of", style="dim")
    table.add_column("here")
    for _, row in made.table().iterrows():
        verdict = "passes" if row["passed"] else "-"
        table.add_row(row["kind"], row["case"], row["name"], f"{row['figure']:.2f}", row["of"], verdict)
    to.print(table)
    failures = made.failures()
    for line in failures:
        to.print(f"FAILS  {line}", style="bold", markup=False)
    to.print(f"{len(failures)} failures; a check passes if it does in one of the cases audited.")
