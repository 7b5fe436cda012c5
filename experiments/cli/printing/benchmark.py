"""What ``detente benchmark`` prints: ratios to the best null model by conflict and lead, and what they show."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.experiments.cli.printing.data import plain
from detente.experiments.io.console import Console, Table
from detente.experiments.runs.provenance import NOT_A_FORECAST

if TYPE_CHECKING:
    from detente.experiments.benchmark.benchmark_result import Benchmark

SHORT = {"none": "nothing known", "conditioned": "diplomacy known"}


def print_benchmark(to: Console, made: Benchmark, folder: Path | None) -> None:
    """Tables by conflict, by lead and by null model, then sentences."""
    to.print(cases(made))
    if made.large:
        to.print(by_lead(made))
        to.print(forecasts(made))
    for line in made.lines():
        plain(to, line)
    if folder is not None:
        plain(to, f"Wrote {folder}: scores.parquet, and forecasts in the layout of ViEWS under views/")
    plain(to, NOT_A_FORECAST)


def number(value: float | None, form: str) -> str:
    """A number, or that there is none."""
    return "-" if value is None or value != value else format(value, form)


def cases(made: Benchmark) -> Table:
    """A line for each conflict; ratios below 1 are better than the null model."""
    table = Table(title="CRPS over that of the null model, leads up to 6 months", title_justify="left")
    for name in ("conflict", "deaths a month", "origins", "null model"):
        table.add_column(name)
    for mode in made.modes:
        table.add_column(SHORT[mode], justify="right")
        table.add_column("80 % covers", justify="right")
    for _, line in made.by_case().iterrows():
        table.add_row(*case_cells(made, line))
    return table


def case_cells(made: Benchmark, line: Any) -> list[str]:
    """The cells of a conflict."""
    apart = "" if line["pooled"] else " (apart)"
    cells = [line["case"] + apart, f"{line['deaths']:,.1f}", f"{line['origins']}", line["null"]]
    for mode in made.modes:
        cells += [number(line[f"ratio_{mode}"], ".3f"), number(line[f"covered_{mode}"], ".0%")]
    return cells


def by_lead(made: Benchmark) -> Table:
    """Pooled ratios by lead."""
    table = Table(title="Pooled, by months ahead", title_justify="left")
    for name in ("lead", "forecast", "ratio", "95 % interval"):
        table.add_column(name)
    for _, line in made.by_lead().iterrows():
        ends = f"{number(line['low95'], '.3f')} to {number(line['high95'], '.3f')}"
        table.add_row(f"{line['lead']}", line["forecast"], number(line["ratio"], ".3f"), ends)
    return table


def forecasts(made: Benchmark) -> Table:
    """Every forecast beside the negative binomial of twelve months."""
    table = Table(title="Pooled CRPS over a negative binomial, mean of 12 months", title_justify="left")
    table.add_column("forecast")
    table.add_column("ratio", justify="right")
    for _, line in made.by_forecast().iterrows():
        table.add_row(line["forecast"], number(line["ratio"], ".3f"))
    return table
