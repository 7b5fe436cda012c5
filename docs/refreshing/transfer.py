"""The page on transfer: the grid of Korean conditions in Afghanistan."""

from __future__ import annotations

import pandas as pd
from generating.tables import table

from detente.experiments.compare.transfer import Transfer, transfer
from refreshing.pages import DOCS, cell, effects, put


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
        "\n".join(f"- **{step}**, {signs(style[style['step'] == step])}." for step in ("as it is", home)),
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


def signs(rows: pd.DataFrame) -> str:
    """What rises and falls beyond luck, and what shows no sign."""
    told = {"up": rows["low95"] > 0, "down": rows["high95"] < 0}
    told["no clear sign"] = ~(told["up"] | told["down"])
    parts = {word: list(rows.loc[chosen, "yardstick"]) for word, chosen in told.items()}
    return "; ".join(f"{word}: {', '.join(names)}" for word, names in parts.items() if names)


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
