"""Write the numbers of docs pages again.

`python3 -m uv run python docs/refresh.py [PAGE] ...`, for the pages named in ``PAGES``, all of them unless named.

Each page keeps its numbers between two comment lines; what stands between them is replaced, everything else is prose.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from generating.pooled import pooled_text

from detente.agents.parameters import CORE_0_1
from detente.experiments.analysis.assumptions import assumption_shares, by_group, holds_in, largest
from detente.experiments.benchmark.benchmark import benchmark
from detente.experiments.benchmark.benchmark_result import Benchmark
from detente.experiments.benchmark.origin_scores import MODEL
from detente.experiments.benchmark.prospect_backtest import BackTest, back_test
from detente.experiments.cli.printing.prospect import score_cells as back_test_cells
from detente.experiments.cli.printing.world import interval, reasons, short
from detente.experiments.compare import common_random_numbers, lessons_over_parameters
from detente.experiments.compare.lessons import base_policy, by_kind, levels, settings
from detente.experiments.compare.lessons import lessons as lesson_effects
from detente.experiments.compare.policies import compare
from detente.experiments.compare.transfer import Transfer, transfer
from detente.experiments.compare.where import where
from detente.experiments.compare.where_conditions import CONDITIONS
from detente.experiments.compare.where_result import Where
from detente.experiments.compare.where_verdicts import MISSING, rows_of
from detente.experiments.compare.where_words import TOLD, amount, claim, effective_in, in_short
from detente.experiments.compare.where_yardsticks import TOGETHER
from detente.experiments.evidence.world_targets import STRENGTHS
from detente.experiments.runs.ensemble import ensemble
from detente.experiments.runs.pooled_posterior import pooled_posterior
from detente.experiments.runs.provenance import installed
from detente.experiments.runs.unknown_draws import OverDraws
from detente.experiments.validity.world import WorldCard, WorldResult, validate_world
from detente.experiments.validity.world_figures import READS
from detente.model.catalogue import SHIPPED, load_scenario
from detente.model.generated_policies import LESSONS
from detente.model.request import open_case

DOCS = Path(__file__).resolve().parent
BEGIN, END = "<!-- written by docs/refresh.py -->", "<!-- end -->"
SEARCH, AGAIN = range(1, 31), range(100_001, 100_101)
"""Seeds with which points are searched, and fresh ones with which those found are run again."""


def put(page: str, text: str) -> None:
    """Replace what stands between the two lines of a page."""
    path = DOCS / f"{page}.md"
    old = path.read_text(encoding="utf-8")
    pattern = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.S)
    if len(pattern.findall(old)) != 1:
        raise SystemExit(f"{path}: expected {BEGIN!r} and {END!r} once")
    path.write_text(pattern.sub(lambda _: f"{BEGIN}\n\n{text.strip()}\n\n{END}", old), encoding="utf-8")
    print(f"wrote {path}")


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def cell(row: Any) -> str:
    """A mean with its interval, shares in points."""
    scale = 100.0 if row["unit"] == "0 or 1" else 1.0
    values = [scale * row[key] for key in ("mean", "low95", "high95")]
    digits = 0 if max(map(abs, values)) >= 30 else (1 if max(map(abs, values)) >= 3 else 2)
    mean, low, high = (f"{value:+.{digits}f}".replace("-", "−") for value in values)
    return f"{mean} [{low}, {high}]"


def unit(name: str) -> str:
    """A unit at the head of a column."""
    return {"0 or 1": "points", "1": "0 to 1"}.get(name, name)


def effects(rows: pd.DataFrame, by: str, first: str) -> str:
    """Rows of effects by one column, yardsticks across."""
    yards = list(dict.fromkeys(zip(rows["yardstick"], rows["unit"], strict=True)))
    body = [
        [str(key), *(cell(row) for _, row in found.iterrows())] for key, found in rows.groupby(by, sort=False)
    ]
    return table([first, *(f"{name} ({unit(u)})" for name, u in yards)], body)


def transfer_text(made: Transfer) -> str:
    """The tables of docs/transfer.md."""
    about, steps = made.about, made.steps
    style = steps[steps["kind"] == "together"]
    home = style["step"].iloc[-1]
    mid = steps[steps["kind"] == "mid"]
    lines = [
        f"{about['runs']:,} runs, {about['n_seeds']} seeds in each cell, theory {about['theory']}, Détente "
        f"{about['version']}, scenarios {about['source_sha256'][:12]} and {about['scenario_sha256'][:12]}, rules "
        f"{about['rules_digest'][:12]}. Means over seeds with 95 % intervals.",
        "**All five lessons, conditions moved one by one**",
        effects(style, "step", "conditions"),
        "**Each lesson in the Afghan case as it is** (mean of its effect alone and its effect added to the other four)",
        effects(mid[mid["step"] == "as it is"], "lesson", "lesson"),
        f"**Each lesson in {home}**",
        effects(mid[mid["step"] == home], "lesson", "lesson"),
        "**All five lessons over the three conditions: days in ceasefire a year**",
        grid(made.grid, "ceasefire days"),
        "**All five lessons over the three conditions: collapse, percentage points**",
        grid(made.grid, "collapsed"),
        "**In July, or a year later?** Equally long times after the levers are raised, no window",
        effects(made.waiting[made.waiting["window"] == "none"], "when", "levers"),
        "**The same with a window that opens in July**",
        effects(made.waiting[made.waiting["window"] != "none"], "when", "levers"),
    ]
    return "\n\n".join(lines)


def grid(found: pd.DataFrame, yardstick: str) -> str:
    """One yardstick over the three conditions."""
    rows = found[(found["kind"] == "together") & (found["yardstick"] == yardstick)].assign(
        window=lambda t: t["window"].fillna(-1)
    )
    ages = list(dict.fromkeys(rows["window"]))
    words = {-1: "no window", 0: "fresh window"}
    body = [
        [f"{s:g}", f"{v:g}", *(cell(row) for _, row in part.iterrows())]
        for (s, v), part in rows.groupby(["stalemate", "validation"], sort=False)
    ]
    heads = [words.get(int(age), f"window {age:.0f} days old") for age in ages]
    return table(["stalemate", "validation", *heads], body)


def write_transfer() -> None:
    """docs/transfer.md and its figure."""
    made = transfer(60)
    put("transfer", transfer_text(made))
    made.plot().write_image(DOCS / "images" / "transfer.png", width=1600, height=950)


def lessons_text() -> str:
    """Where each lesson hurts: found with some seeds, told with fresh ones."""
    case, where = "afghanistan-2018", lessons_over_parameters.points(24)
    found = lessons_over_parameters.effects_at(case, where, SEARCH)
    share = found.groupby(["lesson", "outcome"], sort=False)["hurts"].mean().unstack()
    parts = [
        f"{case}; {len(where)} points over the declared ranges of "
        f"{len(lessons_over_parameters.CONTESTED)} parameters, {len(SEARCH)} "
        "seeds each, every lesson raised alone. Share of points at which its 95 % interval lies on the worse side "
        "of zero:",
        table(
            ["lesson", *share.columns],
            [[lesson, *(f"{v:.0%}" for v in share.loc[lesson])] for lesson in LESSONS],
        ),
        "The outcome that each worsens at most points, at the point where that is clearest, run again with "
        f"{len(AGAIN)} fresh seeds:",
        table(
            ["lesson", "outcome", "effect when raised alone", "unit", "point"], worst_rows(case, where, found)
        ),
    ]
    return "\n\n".join(parts)


def worst_rows(case: str, where: list[dict[str, float]], found: pd.DataFrame) -> list[list[str]]:
    """For each lesson the outcome it worsens at most points, where that is clearest, told with fresh seeds.

    At most points, because among this many intervals the clearest single one may be chance.
    """
    rows: list[list[str]] = []
    for lesson in LESSONS:
        hurt = found[(found["lesson"] == lesson) & found["hurts"]]
        if hurt.empty:
            rows.append([lesson, "none", "", "", ""])
            continue
        hurt = hurt[hurt["outcome"] == hurt["outcome"].mode()[0]]
        clear = hurt["mean"].abs() / (hurt["high95"] - hurt["low95"])
        chosen = hurt.loc[clear.idxmax()]
        again = lessons_over_parameters.effects_at(case, [where[chosen["point"]]], AGAIN)
        row = again[(again["lesson"] == lesson) & (again["outcome"] == chosen["outcome"])].iloc[0]
        rows.append([lesson, str(chosen["outcome"]), cell(row), unit(str(row["unit"])), str(chosen["point"])])
    return rows


def write_lessons() -> None:
    """docs/lessons.md."""
    put("lessons", lessons_text())


def write_paired() -> None:
    """docs/paired-runs.md."""
    case, seeds = "afghanistan-2018", range(1, 301)
    scenario = load_scenario(case)
    known, policy = levels(scenario), base_policy(scenario)
    none, all_on = (settings(known, [on] * 5) for on in (False, True))
    recognition = settings(known, [True, *[False] * 4])
    start = open_case(case, policy, levers=none)
    rows: dict[str, list[str]] = {}
    for levers in (recognition, all_on):
        saved = common_random_numbers.savings(
            (start, open_case(case, policy, levers=levers)), seeds
        ).set_index("outcome")
        for name, row in saved.iterrows():
            told = f"{row['saving']:.1f} [{row['low95']:.1f}, {row['high95']:.1f}]"
            rows.setdefault(str(name), []).append(told if row["saving"] < 1e6 else "no difference")
    body = [[name, *told] for name, told in rows.items() if len(told) == 2]
    what = "independent runs that one paired run replaces [95 % bootstrap interval]"
    text = f"{case}, {len(seeds)} pairs of runs; {what}:"
    put("paired-runs", text + "\n\n" + table(["outcome", "recognition raised", "all five raised"], body))


VERDICTS = {"inside": "yes", "outside": "no", "cannot be computed": "–"}


def world_text(before: WorldCard, after: WorldCard) -> str:
    """Every target that can be computed, before and after, strong ones first; then those that cannot."""
    lines: list[str] = []
    for strength in STRENGTHS:
        both = [
            (b, a)
            for b, a in zip(before.results, after.results, strict=True)
            if b.target.strength == strength and b.target.id in READS
        ]
        counts = [sum(r[k].verdict == "inside" for r in both) for k in (0, 1)]
        head = f"{len(both)} numbers, inside: {counts[0]} before, {counts[1]} after"
        lines += [f"### {strength.capitalize()} targets", "", f"{head}.", ""]
        columns = ["target", "quantity", "observed", "n", "before", "", "after", ""]
        lines += [table(columns, [world_row(b, a) for b, a in both]), ""]
    lines += ["### What cannot be computed", ""]
    lines += [f"- {', '.join(labels)}: {reason}." for reason, labels in reasons(after).items()]
    return "\n".join(lines)


def world_row(before: WorldResult, after: WorldResult) -> list[str]:
    """One target; a number at matched dates without a ceasefire stands behind a slash."""
    t = before.target
    cells = [t.label, t.quantity.replace("|", "/"), interval(t.value, t.low, t.high), str(t.n)]
    for result in (before, after):
        luck = f" / {short(result.placebo)}" if result.placebo == result.placebo else ""
        cells += [interval(result.value, result.low, result.high) + luck, VERDICTS[result.verdict]]
    return cells


def write_world() -> None:
    """Drawn wars against what is known of wars, in the first version and today."""
    put("world", world_text(validate_world(parameters=CORE_0_1), validate_world()))


POLICIES = (
    ("deaths_per_day", "more deaths a day"),
    ("days_in_ceasefire", "more days of ceasefire"),
    ("issues_settled", "more issues settled"),
    ("agreements", "more agreements"),
    ("collapsed", "the government collapses more often"),
)
"""What the README concludes from five lessons against history in the Afghan case."""

LESSON_CLAIMS = {
    "afghanistan-2018": (
        ("direct-channel", "deaths_per_day", "more deaths a day"),
        ("force-posture", "deaths_per_day", "fewer deaths a day"),
        ("direct-channel", "days_in_ceasefire", "more days of ceasefire"),
        ("confidence-building", "days_in_ceasefire", "more days of ceasefire"),
        ("force-posture", "collapsed", "more collapses"),
        ("direct-channel", "collapsed", "more collapses"),
    ),
    "korea-2017": (
        ("together", "attacks", "fewer provocations"),
        ("together", "days_in_ceasefire", "more days of suspension"),
        ("together", "final_trust", "trust hardly higher"),
        ("force-posture", "attacks", "fewer provocations"),
        ("force-posture", "days_in_ceasefire", "more days of suspension"),
        ("confidence-building", "days_in_ceasefire", "more days of suspension"),
    ),
}
"""What the README concludes from single lessons, on average over the others, and from all together."""


def write_claims() -> None:
    """docs/claims.md: the README's conclusions with both intervals, and what each hangs on."""
    made = compare("afghanistan-2018", ["history", "five-lessons"], runs=500, draws=500)
    if made.over is None:
        raise SystemExit("claims: nothing was drawn")
    rows: list[list[str]] = []
    for outcome, words in POLICIES:
        values = made.over.values(outcome)
        row = made.difference(outcome, 1)
        rows.append(claim_row(f"Afghanistan, five lessons: {words}", row, made.over, values[1] - values[0]))
    drawn = [made.over.unknown.words]
    for case, claims in LESSON_CLAIMS.items():
        found, lines = lesson_claims(case, claims)
        rows += lines
        drawn.append(f"{case}: {found}")
    counts = [sum(row[3] == level for row in rows) for level in LEVELS]
    parts = [f"{n} hold in {level}" for n, level in zip(counts, LEVELS, strict=True)]
    head = f"Of {len(rows)} conclusions {', '.join(parts)}. Drawn: {'; '.join(drawn)}."
    columns = [
        "conclusion",
        "luck",
        "luck and what is not known",
        "holds in",
        "share",
        "hangs on",
        "mechanisms",
    ]
    put("claims", f"{head}\n\n{table(columns, rows)}")


LEVELS = ("95 % of draws", "80 % of draws", "60 % of draws", "fewer: no sign")


def lesson_claims(case: str, claims: Sequence[tuple[str, str, str]]) -> tuple[str, list[list[str]]]:
    """What was drawn for the lessons of a case, and a row for each conclusion."""
    made = lesson_effects(case, 200, draws=200)
    if made.over is None:
        raise SystemExit("claims: nothing was drawn")
    effects = made.effects.set_index(["outcome", "lesson", "kind"])
    place = "Korea" if case.startswith("korea") else "Afghanistan"
    rows: list[list[str]] = []
    for lesson, outcome, words in claims:
        kind = "together" if lesson == "together" else "main"
        values = by_kind(made.over.values(outcome))[lesson, kind]
        name = lesson.replace("-", " ").replace("together", "five lessons")
        rows.append(
            claim_row(f"{place}, {name}: {words}", effects.loc[(outcome, lesson, kind)], made.over, values)
        )
    return made.over.unknown.words, rows


def claim_row(words: str, row: Any, over: OverDraws, effects: Any) -> list[str]:
    """One conclusion: both intervals, in which share of draws it holds, and what it hangs on."""
    wide = {"mean": row["draws_mean"], "low95": row["draws_low95"], "high95": row["draws_high95"]}
    shares = assumption_shares(over.unknown, effects)
    level = holds_in(row["sign_share"])
    told = LEVELS[-1] if level is None else f"{level:.0%}".replace("%", " % of draws")
    share = f"{row['sign_share']:.0%}" if row["sign_share"] == row["sign_share"] else "–"
    hangs = ", ".join(f"`{name}` {value:.0%}" for name, value in largest(shares)) or "nothing stands out"
    groups = ", ".join(f"{name} {value:.0%}" for name, value in by_group(shares)[:3]) or "–"
    return [words, cell(row), cell({"unit": row["unit"], **wide}), told, share, hangs, groups]


def write_cases() -> None:
    """The figure of each case that has notes: runs under history, all of it imposed, beside what was observed."""
    folder = DOCS / "images" / "cases"
    folder.mkdir(exist_ok=True)
    for path in sorted(SHIPPED.glob("*/NOTES.md")):
        figure = ensemble(path.parent.name, "history", runs=200, mode="conditioned").plot()
        figure.write_image(folder / f"{path.parent.name}.png", width=1760, height=960)
        print(f"wrote {folder / path.parent.name}.png")


def where_text(made: Where) -> str:
    """The answer to the essay's question, effects in every case, single lessons and conditions."""
    about = made.about
    head = (
        f"{about['n_seeds']} seeds at the declared numbers, {about['draws_done']} draws of {about['seeds_in_draw']} "
        f"seeds each ({about['drawn_words']}), theory {about['theory']}, Détente {about['version']}, rules "
        f"{about['rules_digest'][:12]}."
    )
    left = [f"Left out: {one.case}, which {one.why}." for one in made.left_out]
    return "\n\n".join(
        [
            essay_answer(made),
            *made.answer,
            "**All five lessons together**",
            together_rows(made),
            "**In words, with single lessons**",
            "\n".join(f"- {sentence}" for sentence in made.sentences.values()),
            "**Conditions of the conflicts**",
            condition_rows(made),
            " ".join([head, *left]),
        ]
    )


def essay_answer(made: Where) -> str:
    """Could the diplomacy tried with North Korea work with the Taliban, and where else?  A paragraph."""
    parts = ["*Could the diplomacy tried with North Korea work with the Taliban, and where else?*"]
    names = {"afghanistan-2018": "With the Taliban", "korea-2017": "In Korea, where it was tried,"}
    for case, place in names.items():
        rows: Any = rows_of(made.effects, case=case, lesson=TOGETHER).to_dict("records")
        clear = [r for r in rows if r["yardstick"] in TOLD and r["verdict"].startswith(("helps", "hurts"))]
        parts.append(
            f"{place} all five lessons together {in_short(made, case)} ({'; '.join(map(claim, clear))})."
        )
    found = [made.scenarios[case].case.title for case in effective_in(made)]
    elsewhere = (
        f"Of {len(made.cases)} cases they bring fewer deaths, more ceasefire or more agreements, firmly and at no "
        f"cost in deaths or collapses, in {len(found)}" + (f": {'; '.join(found)}." if found else ".")
    )
    return " ".join(
        [*parts, elsewhere, "All this is what follows from the model's assumptions; it is not a forecast."]
    )


def together_rows(made: Where) -> str:
    """All five lessons in every case."""
    rows: Any = rows_of(made.effects, lesson=TOGETHER).to_dict("records")
    body = [
        [
            r["title"],
            f"{r['yardstick']} ({unit(r['unit'])})",
            amount(r["mean"], r["unit"]),
            f"{amount(r['low95'], r['unit'])} to {amount(r['high95'], r['unit'])}",
            f"{amount(r['wide_low95'], r['unit'])} to {amount(r['wide_high95'], r['unit'])}",
            "–" if r["sign_share"] != r["sign_share"] else f"{r['sign_share']:.0%}",
            r["verdict"],
        ]
        for r in rows
        if r["verdict"] != MISSING
    ]
    return table(
        ["case", "yardstick", "effect", "luck", "luck and what is not known", "sign holds in", ""], body
    )


def condition_rows(made: Where) -> str:
    """The conditions of every case."""
    heads = [f"{c.name} ({c.unit})" for c in CONDITIONS]
    body: list[list[str]] = []
    for case in made.cases:
        values = made.conditions[made.conditions["case"] == case]["value"]
        body.append([made.scenarios[case].case.title, *("–" if v != v else f"{v:.3g}" for v in values)])
    return table(["case", *heads], body)


def write_where() -> None:
    """docs/where.md and its figure."""
    made = where()
    put("where", where_text(made))
    figure = made.plot()
    figure.write_image(DOCS / "images" / "where.png", width=1800, height=figure.layout.height)


SHARED = DOCS.parents[1] / "shared" / "data"
"""Observed series that are not distributed with the code."""


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
    """docs/back-test.md, from the seventeen conflicts; a run that was cut short is gone on with."""
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


def write_pooled() -> None:
    """What the shipped pooled posterior says; nothing is run."""
    put("pooled", pooled_text(pooled_posterior().about))


PAGES: dict[str, Callable[[], None]] = {
    "transfer": write_transfer,
    "lessons": write_lessons,
    "paired-runs": write_paired,
    "world": write_world,
    "claims": write_claims,
    "cases": write_cases,
    "where": write_where,
    "benchmark": write_benchmark,
    "back-test": write_back_test,
    "pooled": write_pooled,
}

if __name__ == "__main__":
    for page in sys.argv[1:] or PAGES:
        if page not in PAGES:
            raise SystemExit(f"{page}: expected one of {', '.join(PAGES)}")
        PAGES[page]()
