"""The page of scores, and the list of the README that says where the model is wrong: today beside version 0.1."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

import pandas as pd
from generating.tables import table

from detente.experiments.evidence import scores
from detente.experiments.evidence.decisions import Decisions, score_decisions
from detente.experiments.evidence.hindcast import score
from detente.experiments.evidence.hindcast_result import FIXED, MODEL, Hindcast, skill_words, verdict
from detente.experiments.runs.provenance import installed
from detente.model.kernel import rules_digest
from refreshing.course import BANDS, CASE, DAYS, HALVES, MONTHS, Course, course
from refreshing.pages import DOCS, README, put, shared, ticking

OLD = "core-0.1"
PROFILES: Mapping[str, str | None] = {"today": None, "0.1": OLD}
"""What stands side by side -> its named set of parameters."""

WIDTHS = (0.72, 0.88)
"""Coverage that 80 % intervals should have."""

LATER = "July to December 2018"
SOURCES = {"afghanistan-2018": "Afghanistan", "korea-2017": "Korea"}


def write_scoring(runs: int = 400, until: str | None = None, luck: int = 500, acts: int = 100) -> None:
    """docs/scoring.md, its figure, and *Where it is wrong* in the README.

    Args:
        runs: runs from each forecast origin.
        until: last forecast origin, the last month of the data unless given.
        luck: runs of history beside the months of 2018.
        acts: runs of each case over which the hazards of decisions are averaged.
    """
    files = shared(DAYS, MONTHS)
    seen: dict[str, Hindcast] = {}
    for name, profile in PROFILES.items():
        asked: dict[str, Any] = {"until": until, "runs": runs, "profile": profile}
        seen[name] = score(CASE, files, "2015-01-01", progress=ticking(f"origins, {name}"), **asked)
    year = {name: course(luck, profile) for name, profile in PROFILES.items()}
    chosen = {name: score_decisions(runs=acts, profile=profile) for name, profile in PROFILES.items()}
    put("scoring", hindcast_text(seen), "hindcast")
    put("scoring", course_text(year), "2018")
    put("scoring", decisions_text(chosen), "decisions")
    put(README, wrong_text(seen, year, chosen), "where it is wrong")
    seen["today"].plot().write_image(DOCS / "images" / "score.png", width=1400, height=900)


def made_by() -> str:
    """What a page was made with."""
    return f"Détente {installed('detente')}, rules {rules_digest()[:12]}"


# -- hindcast


def hindcast_text(seen: Mapping[str, Hindcast]) -> str:
    """The scores of every forecast, today's model and that of 0.1 among them."""
    made = seen["today"]
    rows = made.gated
    months, pairs = rows["month"].nunique(), int(len(rows) / rows["forecast"].nunique())
    head = (
        f"The series is `{made.target.name}`; {months} months are scored "
        f"({rows['month'].min():%B %Y} to {rows['month'].max():%B %Y}), {pairs} pairs of origin and lead, {made.runs} "
        f"runs from each origin; {made_by()}."
    )
    said = verdict(made)["words"]
    return "\n\n".join(
        [
            head,
            score_table(seen),
            "\n".join(f"- *{name}*: {against_old(seen, name)}." for name in (MODEL, FIXED)),
            " ".join([said[0], *said[2:]]),
            "CRPS by months ahead:",
            lead_table(seen),
        ]
    )


def score_table(seen: Mapping[str, Hindcast]) -> str:
    """A line a forecast; the null models know nothing of the model, so they are the same for both."""
    made, old = seen["today"], seen["0.1"]
    lines: dict[str, tuple[Any, bool]] = {}
    for name, one in seen.items():
        summary: Any = one.summary(one.gated)
        for forecast in (MODEL, FIXED):
            lines[f"{forecast}, {name}"] = (summary.loc[forecast], name == "today" and forecast == MODEL)
    summary = made.summary(made.gated)
    nulls = sorted(made.nulls(made.gated), key=lambda null: float(summary.loc[null, "crps"]))
    skills = [one.skills(one.gated) for one in (made, old)]
    body = [[bold(name, loud), *score_cells(row), "", ""] for name, (row, loud) in lines.items()]
    body += [
        [null, *score_cells(summary.loc[null]), *(skill_cell(table_.loc[null]) for table_ in skills)]
        for null in nulls
    ]
    heads = (
        "forecast",
        "CRPS",
        "interval score",
        "80 % covers",
        "skill of the model over it [95 %]",
        "that of 0.1",
    )
    return table(heads, body)


def bold(text: str, loud: bool) -> str:
    """A text, the loud one in bold."""
    return f"**{text}**" if loud else text


def percent(share: float) -> str:
    """A share in percent."""
    return f"{100 * share:.0f} %"


def score_cells(row: Any) -> list[str]:
    """CRPS, interval score and coverage."""
    return [f"{row['crps']:,.0f}", f"{row['interval_score']:,.0f}", percent(row["covered"])]


def skill_cell(row: Any) -> str:
    """A skill with its interval."""
    values = [float(row[key]) for key in ("skill", "low95", "high95")]
    return interval([100 * v for v in values], 0, " %")


def interval(values: list[float], digits: int, unit: str = "") -> str:
    """A number with a sign and its interval, where it has one."""
    mean, low, high = (f"{value:+.{digits}f}".replace("-", "−") for value in values)
    return f"{mean}{unit} [{low}, {high}]" if values[1] == values[1] else f"{mean}{unit}"


def of_forecast(made: Hindcast, forecast: str) -> Any:
    """The scores of one forecast, one a pair of origin and lead."""
    rows = made.gated
    return rows[rows["forecast"] == forecast]


def against_old(seen: Mapping[str, Hindcast], forecast: str = MODEL) -> str:
    """Today's mean CRPS beside that of 0.1, and how much the 80 % intervals cover."""
    mine, old = (of_forecast(one, forecast) for one in seen.values())
    values = [one["crps"].to_numpy() for one in (mine, old)]
    skill = scores.skill(*values)
    low, high = scores.skill_interval(*values, mine["origin"].to_numpy(), mine["lead"].to_numpy())
    return (
        f"CRPS {values[0].mean():,.0f}, in version 0.1 {values[1].mean():,.0f} (skill over it "
        f"{over_words(skill, low, high)}); {coverage_words(*(float(one['covered'].mean()) for one in (mine, old)))}"
    )


def over_words(skill: float, low: float, high: float) -> str:
    """A skill with its interval, in the signs of the page."""
    return skill_words(skill, low, high).replace("-", "−").replace("%", " %")


def coverage_words(mine: float, old: float) -> str:
    """How much the 80 % intervals cover, and whether that is as much as they should."""
    low, high = WIDTHS
    place = "within" if low <= mine <= high else "outside"
    return (
        f"80 % intervals cover {percent(mine)} (0.1: {percent(old)}), {place} the {percent(low)} to {percent(high)} "
        "that are asked for"
    )


def lead_table(seen: Mapping[str, Hindcast]) -> str:
    """Mean CRPS by lead: today, 0.1 and the best null model."""
    made = seen["today"]
    best = made.best_null(made.gated)
    columns = {f"model, {name}": by_lead(one.gated, MODEL) for name, one in seen.items()}
    columns[best] = by_lead(made.gated, best)
    body = [[name, *(f"{value:,.0f}" for value in column)] for name, column in columns.items()]
    return table(["forecast", *(str(lead) for lead in made.leads)], body)


def by_lead(rows: pd.DataFrame, forecast: str) -> Any:
    """Mean CRPS of one forecast at each lead."""
    return rows[rows["forecast"] == forecast].groupby("lead")["crps"].mean()


# -- the year 2018


def course_text(year: Mapping[str, Course]) -> str:
    """What the deaths of 2018 were over those of the runs, and what that is made of."""
    heads = ("runs", "months", "deaths in all", "= events", "× deaths per event", "× scale")
    body = [
        [name, half, *(f"{value:.2f}" for value in made.parts.loc[half])]
        for name, made in year.items()
        for half in HALVES
    ]
    lines = [f"- {name}: {above_words(made)}." for name, made in year.items()]
    text = f"Observed over the mean of {year['today'].runs} runs of `history`; {made_by()}:"
    return "\n\n".join([text, table(heads, body), "\n".join(lines)])


def above_words(made: Course) -> str:
    """How many months of the second half lie above the middle shares of the runs, and of the year outside."""
    half, wide, widest = (f"{made.above(share, LATER)} above the {words}" for share, words in BANDS.items())
    n, out = len(made.months), made.outside(80)
    return (
        f"of the six months from July to December, {half} of the runs, {wide} and {widest}; of the {n} months of "
        f"2018, {out} ({percent(out / n)}) outside the middle 80 %"
    )


# -- decisions


def decisions_text(chosen: Mapping[str, Decisions]) -> str:
    """Nats per act above a constant rate, pooled and in parts, and by kind of decision."""
    told = {name: made.to_json() for name, made in chosen.items()}
    runs = chosen["today"].runs
    parts = ["pooled", *told["today"]["parts"]]
    body = [
        [SOURCES.get(part, part), *(cell for name in told for cell in part_cells(told[name], part))]
        for part in parts
    ]
    columns = ("score [95 %]", "acts", "acts the rules expect", "ruled out")
    heads = ["", *(f"{column}, {name}" for name in told for column in columns)]
    kinds = told["today"]["by_decision"]
    rows = [[kind.replace("_", " "), *kind_cells(told, kind)] for kind in kinds]
    return "\n\n".join(
        [
            f"{runs} runs of each case, nats per act above the constant rate (above 0 is better); {made_by()}:",
            table(heads, body),
            "By kind of decision, nats in all:",
            table(
                [
                    "decision",
                    "acts",
                    *(h for name in told for h in (f"expected, {name}", f"difference, {name}")),
                ],
                rows,
            ),
        ]
    )


def part_cells(told: Mapping[str, Any], part: str) -> list[str]:
    """The cells of one part of the decision score."""
    row = told["pooled"] if part == "pooled" else told["parts"][part]
    if row is None:
        return ["–"] * 4
    score_ = interval([row[key] for key in ("per_act", "low95", "high95")], 2)
    return [score_, *(f"{row[key]:.0f}" for key in ("acts", "expected", "ruled_out"))]


def kind_cells(told: Mapping[str, Any], kind: str) -> list[str]:
    """Acts, and what the rules expected and gained, of one kind of decision."""
    cells = [f"{told['today']['by_decision'][kind]['acts']:.0f}"]
    for made in told.values():
        row = made["by_decision"].get(kind)
        cells += (
            ["–", "–"]
            if row is None
            else [f"{row['integral']:.1f}", f"{row['difference']:+.1f}".replace("-", "−")]
        )
    return cells


# -- the README


def wrong_text(
    seen: Mapping[str, Hindcast], year: Mapping[str, Course], chosen: Mapping[str, Decisions]
) -> str:
    """The figures of *Where it is wrong*, as a list."""
    parts = {name: made.parts.loc[LATER] for name, made in year.items()}
    now, old = parts["today"], parts["0.1"]
    return "\n".join(
        filled(line)
        for line in [
            f"- More people died than in the typical run: {above_words(year['today'])}.",
            f"- Observed deaths from July to December 2018 were {now['deaths']:.2f} times those of the model (version "
            f"0.1: {old['deaths']:.2f}): {now['events']:.2f} times the events, each {now['severity']:.2f} times as "
            "deadly.",
            f"- Over 2015-18, refitted each month, {best_words(seen['today'])} With the "
            f"spread that is added for the drift of the data: {against_old(seen)}. Without it: "
            f"{against_old(seen, FIXED)}. See [docs/scoring.md](docs/scoring.md).",
            f"- {decision_words(chosen)}",
        ]
    )


def filled(line: str) -> str:
    """An item of a list, broken into lines."""
    return textwrap.fill(line, 120, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


def best_words(made: Hindcast) -> str:
    """The model's CRPS beside that of the best null model."""
    found = verdict(made)
    skill = over_words(found["skill"], found["low95"], found["high95"])
    worse = sum(float(value) > 0 for value in made.skills(made.gated)["skill"])
    n = len(made.nulls(made.gated))
    over = f"Its skill over the best of them ({found['best_null']}) is {skill}"
    return f"the model scores better than {worse} of {n} null models. {over}."


def decision_words(chosen: Mapping[str, Decisions]) -> str:
    """Whether the model predicts decisions better than constant rates do."""
    row, old = (made.score() for made in chosen.values())
    clear = row["low95"] > 0 or row["high95"] < 0
    verb = "predicts decisions better" if row["low95"] > 0 else "predicts decisions worse" if clear else ""
    claim = (
        f"The model {verb} than constant rates do"
        if verb
        else ("The model is not shown to predict decisions better or worse than constant rates do")
    )
    now, then = (interval([one[key] for key in ("per_act", "low95", "high95")], 2) for one in (row, old))
    return f"{claim}: {now} nats per act (version 0.1: {then})."
