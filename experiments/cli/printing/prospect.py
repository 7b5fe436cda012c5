"""What ``detente if`` prints: deaths with a move and without, their ratio, after over before, and that pooled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.experiments.benchmark.prospect_ratios import PSEUDO
from detente.experiments.cli.printing.tables import caution, number
from detente.experiments.io.console import Table, Text

if TYPE_CHECKING:
    from detente.experiments.benchmark.prospect import Prospect
    from detente.experiments.benchmark.prospect_backtest import BackTest
    from detente.experiments.io.console import Console


def print_prospect(to: Console, made: Prospect) -> None:
    """Four tables: deaths, with over without, after over before, and the last pooled with past acts."""
    name, counted = made.starts[0].scenario.case.name, made.counted
    to.print(Text(f"{name} from {made.day}: {'; '.join(made.moves.words)}", style="bold"))
    for note in made.eve.notes:
        to.print(Text(f"{note[0].upper()}{note[1:]}.", style="dim"))
    to.print(counts_table(made, f"{counted.capitalize()} after {made.day}, median (middle 80 % of runs)"))
    to.print(paired_table(made))
    to.print(after_table(made))
    to.print(pooled_table(made))
    drawn = f"{len(made.drawn)} parameters and {len(made.starts[1].priors)} facts of the case"
    to.print(
        Text(
            f"Luck alone: one setting of the model. What is not known: {drawn}, drawn anew for each of "
            f"{len(made.seeds):,} seeds."
        )
    )
    to.print(caution())


def titled(title: str, *columns: str) -> Table:
    """A table with a row for each kind of uncertainty and window."""
    table = Table(title=Text(title, style="bold"), title_justify="left")
    table.add_column("spread by")
    for name in ("window", *columns):
        table.add_column(name, justify="right")
    return table


def rows_of(made: Prospect) -> list[tuple[str, str, dict[str, Any]]]:
    """Uncertainty, window in words, and the cells of each row."""
    return [(name, f"{one['months']} months", one) for name, cells in made.results.items() for one in cells]


def middle(cells: dict[str, float]) -> str:
    """A median with the ends of the middle 80 %."""
    return f"{number(cells['median'])} ({number(cells['q10'])} to {number(cells['q90'])})"


def percent(share: float) -> str:
    """A share in per cent."""
    return f"{100 * share:.0f} %"


def counts_table(made: Prospect, title: str) -> Table:
    """Deaths with the move and without."""
    table = titled(title, "without it", "with it")
    for name, window, one in rows_of(made):
        table.add_row(name, window, middle(one["without"]), middle(one["with"]))
    return table


def paired_table(made: Prospect) -> Table:
    """With over without, paired by seed."""
    title = "With over without, run by run: what the model assumes of the move"
    table = titled(title, "ratio", "of means [95 %]", "more deaths", "less than half")
    for name, window, one in rows_of(made):
        cells = one["with_over_without"]
        means = f"{number(cells['of_means'])} [{number(cells['low95'])}, {number(cells['high95'])}]"
        table.add_row(
            name, window, middle(cells), means, percent(cells["rise"]), percent(cells["below_half"])
        )
    return table


def after_table(made: Prospect) -> Table | Text:
    """After over before in the runs."""
    if all(made.before(one["months"]) is None for _, _, one in rows_of(made)):
        return Text("After over before cannot be given: nothing was observed in the months before the day.")
    title = "After over before, (D + .5) / (D' + .5), in the runs"
    table = titled(title, "observed before", "without it", "with it", "rise with it", "less than half")
    for name, window, one in rows_of(made):
        after = one["after_over_before"]
        if after is None:
            table.add_row(name, window, "–", "–", "–", "–", "–")
            continue
        ends = percent(after["with"]["rise"]), percent(after["with"]["below_half"])
        observed = number(one["observed_before"])
        table.add_row(name, window, observed, middle(after["without"]), middle(after["with"]), *ends)
    return table


def pooled_table(made: Prospect) -> Table | Text:
    """Half of the draws from the runs with the move, half from past acts: what the back-test judges."""
    from detente.experiments.benchmark.past_ratios import past
    from detente.experiments.benchmark.prospect import UNKNOWN

    found = [one for one in made.results[UNKNOWN] if one["pooled"] is not None]
    if not found:
        return Text(
            "After over before is pooled with past acts only for ceasefires and agreements, and only where deaths were "
            "observed before the day."
        )
    title = "After over before, half runs with it and half past ceasefires and agreements: what the back-test judges"
    table = Table(title=Text(title, style="bold"), title_justify="left")
    for name in ("window", "past acts", "ratio", "deaths after", "a rise", "less than half"):
        table.add_column(name, justify="right")
    for one in found:
        n, cells, before = one["months"], one["pooled"], one["observed_before"]
        deaths = {key: max(cells[key] * (before + PSEUDO) - PSEUDO, 0.0) for key in ("median", "q10", "q90")}
        ends = percent(cells["rise"]), percent(cells["below_half"])
        table.add_row(f"{n} months", f"{past()[n][0]}", middle(cells), middle(deaths), *ends)
    return table


# -- the back-test


def print_back_test(to: Console, made: BackTest) -> None:
    """One table for each set of episodes: every forecast over every window, against the null."""
    scores = made.table()
    to.print(
        Text(f"{len(made.conflicts)} conflicts, {len(made.rows):,} days with an act, {made.runs} runs each")
    )
    for name, rows in scores.groupby("episodes", sort=False):
        to.print(score_table(str(name), rows))
    to.print(
        "CRPS of the log of after over before, over the null's; Brier score of the probability of a rise, less that of "
        "the base rate of the other conflicts; below 1 and below 0 are better.  Intervals: 95 %, over conflicts."
    )
    to.print(caution())


def score_table(name: str, rows: Any) -> Table:
    """The scores of one set of episodes."""
    table = Table(title=Text(f"{name[0].upper()}{name[1:]}", style="bold"), title_justify="left")
    table.add_column("window", justify="right")
    table.add_column("forecast")
    for head in ("n", "rises", "CRPS over null", "cover of 80 %", "Brier less base", "rises called", "right"):
        table.add_column(head, justify="right")
    for _, row in rows.iterrows():
        table.add_row(*score_cells(row))
    return table


def score_cells(row: Any) -> tuple[str, ...]:
    """One forecast over one window."""
    crps = f"{row['crps_ratio']:.2f} [{row['crps_ratio_low']:.2f}, {row['crps_ratio_high']:.2f}]"
    brier = f"{row['brier_gap']:+.3f} [{row['brier_gap_low']:+.3f}, {row['brier_gap_high']:+.3f}]"
    shares = (percent(row[key]) for key in ("cover", "rises_called", "right"))
    cover, called, right = shares
    head = f"{row['months']} months", str(row["forecast"]), str(row["n"]), str(row["rises"])
    return *head, crps, cover, brier, called, right
