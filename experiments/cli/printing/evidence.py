"""What the commands about evidence print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.experiments.cli.printing.tables import number
from detente.experiments.io.console import Console, Table

if TYPE_CHECKING:
    import pandas as pd

    from detente.experiments.evidence.decisions import Decisions
    from detente.experiments.evidence.hindcast_result import Hindcast


def print_hindcast(to: Console, made: Hindcast) -> None:
    """Scores of a hindcast: the months judged, then those only shown, then the verdict in words."""
    from detente.experiments.evidence.hindcast_result import refit_lines, verdict

    to.print(
        f"{made.scenario.case.title}: {made.target.name} a month, in hindcast, {made.runs:,} runs from each month"
        + profile_words(made.profile),
        markup=False,
    )
    print_scores(to, made, made.gated, "judged")
    if len(made.shown):
        print_scores(to, made, made.shown, "after the case's pivot: shown, not judged")
    print_leads(to, made)
    for line in [*refit_lines(made), *verdict(made)["words"]]:
        to.print(line, markup=False, soft_wrap=not to.is_terminal)
    to.print("What happens if its assumptions hold; not a forecast.")


def profile_words(profile: str | None) -> str:
    """Which named set of parameters was taken, where one was."""
    return f", profile {profile}" if profile else ""


def print_scores(to: Console, made: Hindcast, rows: pd.DataFrame, what: str) -> None:
    """One row a forecast: mean scores, coverage, calibration, and the skill of the model over it."""
    first, last = rows["month"].min(), rows["month"].max()
    from detente.experiments.evidence.hindcast_result import signed_share

    summary: Any = made.summary(rows)
    skills: Any = made.skills(rows)
    n = int(summary["n"].iloc[0])
    table = Table(title=f"{first:%Y-%m} to {last:%Y-%m}, {n} months by lead; {what}", title_justify="left")
    table.add_column("forecast")
    heads = ("CRPS", "interval score", "80 % covers", "mean PIT", "bias", "skill of the model over it")
    for head in heads:
        table.add_column(head, justify="right")
    for name, row in summary.iterrows():
        over = skills.loc[name] if name in skills.index else None
        table.add_row(
            str(name),
            number(row["crps"]),
            number(row["interval_score"]),
            f"{row['covered']:.0%}",
            f"{row['pit']:.2f}",
            signed_share(row["bias"]),
            "" if over is None else skill_cell(over),
        )
    to.print(table)


def skill_cell(row: pd.Series[Any]) -> str:
    """A skill with its interval; a tie says so, and a missing interval too."""
    from detente.experiments.evidence.hindcast_result import tied

    skill, low, high = (float(row[key]) for key in ("skill", "low95", "high95"))
    if skill != skill:
        return "– (its CRPS is 0)"
    if tied(skill) and not low < high:
        return "tie"
    return f"{skill:+.0%} [{low:+.0%}, {high:+.0%}]" if low == low else f"{skill:+.0%} (no interval)"


def print_leads(to: Console, made: Hindcast) -> None:
    """Mean CRPS of every forecast by lead."""
    table = Table(title="CRPS by months ahead, months judged", title_justify="left")
    table.add_column("forecast")
    for lead in made.leads:
        table.add_column(str(lead), justify="right")
    means: Any = made.gated.groupby(["forecast", "lead"], sort=False)["crps"].mean().unstack("lead")
    for name, row in means.iterrows():
        table.add_row(str(name), *(number(row.get(lead, float("nan"))) for lead in made.leads))
    to.print(table)


def print_decisions(to: Console, made: Decisions) -> None:
    """The decision score, pooled and in parts."""
    told = made.to_json()
    title = f"Decision score, {made.runs} runs of each case as conditioned{profile_words(made.profile)}"
    table = Table(title=title, title_justify="left")
    for head in ("", "nats an act above a constant rate", "acts", "choices", "expected acts", "ruled out"):
        table.add_column(head, justify="left" if not head else "right")
    for name, row in {"pooled": told["pooled"], **told["parts"]}.items():
        if row is not None:
            span = f"[{row['low95']:+.2f}, {row['high95']:+.2f}]"
            score = f"{row['per_act']:+.2f} " + (span if row["low95"] == row["low95"] else "(no interval)")
            counts = (f"{row[k]:.0f}" for k in ("acts", "choices", "expected", "ruled_out"))
            table.add_row(name, score, *counts)
    to.print(table)
    kinds = Table(title="by kind of decision", title_justify="left")
    for head in ("decision", "acts", "expected by the rules", "difference [nats]"):
        kinds.add_column(head, justify="left" if head == "decision" else "right")
    for name, row in told["by_decision"].items():
        kinds.add_row(name, f"{row['acts']:.0f}", f"{row['integral']:.1f}", f"{row['difference']:+.1f}")
    to.print(kinds)
    to.print(
        "Above 0 the rules put decisions where history put them better than one constant rate a kind does."
    )
