"""Write the numbers of docs pages again.

`python3 -m uv run python docs/refresh.py [transfer|lessons|paired-runs|world|where] ...`

Each page keeps its numbers between two comment lines; what stands between them is replaced, everything else is prose.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from detente.agents.parameters import CORE_0_1
from detente.experiments.cli.printing.world import interval, reasons, short
from detente.experiments.compare import common_random_numbers, lessons_over_parameters
from detente.experiments.compare.lessons import base_policy, levels, settings
from detente.experiments.compare.transfer import Transfer, transfer
from detente.experiments.compare.where import where
from detente.experiments.compare.where_conditions import CONDITIONS
from detente.experiments.compare.where_result import Where
from detente.experiments.compare.where_verdicts import MISSING, rows_of
from detente.experiments.compare.where_words import TOLD, amount, claim, effective_in, in_short
from detente.experiments.compare.where_yardsticks import TOGETHER
from detente.experiments.evidence.world_targets import STRENGTHS
from detente.experiments.validity.world import WorldCard, WorldResult, validate_world
from detente.experiments.validity.world_figures import READS
from detente.model.catalogue import load_scenario
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


PAGES: dict[str, Callable[[], None]] = {
    "transfer": write_transfer,
    "lessons": write_lessons,
    "paired-runs": write_paired,
    "world": write_world,
    "where": write_where,
}

if __name__ == "__main__":
    for page in sys.argv[1:] or PAGES:
        if page not in PAGES:
            raise SystemExit(f"{page}: expected one of {', '.join(PAGES)}")
        PAGES[page]()
