"""The pages of the benchmark and the back-test."""

from __future__ import annotations

from typing import Any

from generating.tables import table

from detente.experiments.benchmark.benchmark import benchmark
from detente.experiments.benchmark.benchmark_result import Benchmark
from detente.experiments.benchmark.origin_scores import MODEL
from detente.experiments.benchmark.past_ratios import FILE as PAST
from detente.experiments.benchmark.past_ratios import past_text
from detente.experiments.benchmark.prospect_backtest import BackTest, back_test
from detente.experiments.cli.printing.prospect import score_cells as back_test_cells
from detente.experiments.runs.provenance import installed
from refreshing.pages import DOCS, SHARED, put


def write_benchmark() -> None:
    """docs/benchmark.md and its figure, from the eighteen series; a run that was cut short is gone on with."""
    if not SHARED.is_dir():
        raise SystemExit(f"{SHARED}: expected the observed series that the benchmark is run on")
    conflicts, kept = SHARED / "conflicts", DOCS.parent / "results" / "benchmark"
    kept.parent.mkdir(exist_ok=True)
    made = benchmark(
        "afghanistan-2018",
        data=[SHARED / "afghanistan_monthly_2006_2018.csv", SHARED / "afghanistan_daily_2006_2018.csv"],
        series="deaths_state_based",
        listed=conflicts / "cases.csv",
        ceasefires=conflicts / "ceasefires.csv",
        agreements=conflicts / "agreements.csv",
        out=kept,
        resume=kept.exists(),
        progress=lambda done, total: print(f"{done} of {total} origins", end="\r"),
    )
    put("benchmark", benchmark_text(made))
    made.plot().write_image(DOCS / "images" / "benchmark.png", width=1600, height=800)


def benchmark_text(made: Benchmark) -> str:
    """The tables of docs/benchmark.md."""
    modes = {mode: MODEL[mode].removeprefix("model, ") for mode in made.modes}
    heads = [h for mode in modes.values() for h in (f"CRPS ratio, {mode}", "covers")]
    parts = [
        f"{len(made.results)} origins, {made.runs} runs from each.",
        "\n".join(f"- {line}" for line in made.lines()),
        "![Ratios by conflict and by lead, and coverage](images/benchmark.png)",
        "**By conflict**, leads 1 to 6. The null model is the one chosen on the others.",
        table(["conflict", "deaths a month", "origins", "null model", *heads], conflict_rows(made)),
        "**By months ahead**, pooled: CRPS over the null model, 95 % interval",
        table(["lead", *modes.values()], lead_rows(made)),
        "**Other scores**, pooled, leads 1 to 6: ratio to the null model",
        table(
            ["score", *modes.values()], [[s.replace("_", " "), *score_cells(made, s)] for s in OTHER_SCORES]
        ),
        "**All forecasts**, pooled, leads 1 to 6: CRPS over that of the negative binomial about the mean of 12 months",
        table(["forecast", "ratio", "95 %"], forecast_rows(made)),
    ]
    return "\n\n".join(parts)


OTHER_SCORES = ("log_score", "interval_score")


def conflict_rows(made: Benchmark) -> list[list[str]]:
    """A line for each conflict; those with few deaths in italics."""
    rows: list[list[str]] = []
    for _, line in made.by_case().iterrows():
        name = line["case"] if line["pooled"] else f"*{line['case']}*"
        cells = [name, f"{line['deaths']:,.1f}", f"{line['origins']}", line["null"]]
        for mode in made.modes:
            cells += [f"{line[f'ratio_{mode}']:.2f}", f"{line[f'covered_{mode}']:.0%}"]
        rows.append(cells)
    return rows


def ratio_cell(line: Any) -> str:
    """A ratio with its interval."""
    return f"{line['ratio']:.3f} [{line['low95']:.3f}, {line['high95']:.3f}]"


def lead_rows(made: Benchmark) -> list[list[str]]:
    """A line for each lead, the modes across."""
    found = made.by_lead()
    return [
        [str(lead), *(ratio_cell(line) for _, line in part.iterrows())]
        for lead, part in found.groupby("lead", sort=False)
    ]


def score_cells(made: Benchmark, score: str) -> list[str]:
    """A pooled score of each mode."""
    return [ratio_cell(made.ratio(name, score).to_json()) for name in made.forecasts]


def forecast_rows(made: Benchmark) -> list[list[str]]:
    """Every forecast, the best first."""
    return [
        [line["forecast"], f"{line['ratio']:.3f}", f"{line['low95']:.3f} to {line['high95']:.3f}"]
        for _, line in made.by_forecast().iterrows()
    ]


def write_back_test() -> None:
    """docs/back-test.md and the past ratios that ``detente if`` draws from, from the seventeen conflicts.

    A run that was cut short is gone on with.
    """
    if not SHARED.is_dir():
        raise SystemExit(f"{SHARED}: expected the observed series that the back-test is run on")
    kept = DOCS.parent / "results" / "back-test.jsonl"
    kept.parent.mkdir(exist_ok=True)
    made = back_test(
        SHARED / "conflicts",
        out=kept,
        resume=True,
        progress=lambda what, done, total: print(f"{done} of {total} days", end="\r"),
    )
    PAST.write_text(past_text(made.past_logs()), encoding="utf-8")
    put("back-test", back_test_text(made))


def back_test_text(made: BackTest) -> str:
    """The tables of docs/back-test.md."""
    imposed = sum(row.imposed > 0 for row in made.rows)
    lines = [
        f"{len(made.conflicts)} conflicts, {len(made.rows)} days with an act, on {imposed} of them one of parties of "
        f"the case; {made.runs} runs with it and as many without; Détente {installed('detente')}."
    ]
    heads = (
        "window",
        "forecast",
        "n",
        "rises",
        "CRPS over null",
        "cover",
        "Brier less base",
        "rises called",
        "right",
    )
    for name, rows in made.table().groupby("episodes", sort=False):
        lines.append(f"**{str(name).capitalize()}**")
        lines.append(table(list(heads), [list(back_test_cells(row)) for _, row in rows.iterrows()]))
    return "\n\n".join(lines)
