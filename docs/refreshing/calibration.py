"""The page on calibration, from the posterior that stands with the Afghan case; nothing is run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from generating.tables import table

from detente.experiments.calibration.priors import priors
from detente.experiments.runs.posterior import Posterior, confused, stored, table_of
from detente.model.catalogue import load_scenario
from refreshing.pages import put

CASE = "afghanistan-2018"
WHEN = {"fitted": "In the years fitted", "after": "Afterwards, to the end of the last year"}
"""When a pattern was read -> the heading of its table."""

WORDS = {
    "weekly_fano": "variance over mean of weekly events",
    "daily_fano": "variance over mean of daily events",
    **{f"autocorrelation_{n}": f"autocorrelation of weekly events at {n} weeks" for n in (2, 4, 13)},
    "autocorrelation_1": "autocorrelation of weekly events at 1 week",
    "season_mean": "mean of the season's amplitude over years (1: as fitted)",
    "season_spread": "standard deviation of that amplitude over years",
    "holiday": "events on holidays without a truce over those of the days around",
    "size_median": "median deaths of days with one event, over the year's mean severity",
    "size_tail": "log ratio of their 95 % quantile to their median",
    "events_a_day": "events a day",
    "deaths_per_event": "deaths per event",
    "largest_week": "largest week [events]",
}
"""Name of a pattern -> what it is, in the words of the page."""


def write_calibration() -> None:
    """docs/calibration.md: what the stored posterior says, with the checks that were kept with it."""
    put("calibration", calibration_text(stored(CASE)))


def calibration_text(found: Posterior) -> str:
    """The tables of docs/calibration.md."""
    about = found.about
    rows = table_of(found, priors(load_scenario(CASE).parameters))
    head = (
        f"Days from {about['from']} to {about['until']}; {len(found.values)} particles, {about['generations']} "
        f"generations, {about['simulations']:,} runs; Détente {about['version']}, rules {about['rules_digest'][:12]}."
    )
    return "\n\n".join([head, parameter_table(rows), outside(rows), pairs(found), *report_parts(about)])


def parameter_table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Posterior beside prior and shipped value."""
    heads = (
        "parameter",
        "posterior median",
        "95 %",
        "declared range",
        "shipped",
        "share of the prior's variance taken away",
    )
    body = [
        [
            f"`{row['parameter']}`",
            f"{row['median']:.3g}",
            f"{row['low95']:.2g} to {row['high95']:.3g}",
            f"{row['prior_low']:g} to {row['prior_high']:g}",
            f"{row['shipped']:g}" + ("" if row["shipped_inside"] else " (outside)"),
            f"{row['learnt']:.0%}",
        ]
        for row in rows
    ]
    return table(heads, body)


def outside(rows: Sequence[Mapping[str, Any]]) -> str:
    """Shipped values that the posterior leaves out."""
    names = [f"`{row['parameter']}`" for row in rows if not row["shipped_inside"]]
    return f"**Shipped values outside their 95 % interval:** {', '.join(names) or 'none'}."


def pairs(found: Posterior) -> str:
    """Parameters that the days cannot tell apart."""
    rows = [
        f"`{pair['first']}` and `{pair['second']}` ({pair['correlation']:+.2f})".replace("-", "−")
        for pair in confused(found)
    ]
    return f"**Correlated beyond .5 in the posterior:** {', '.join(rows) or 'no two parameters'}."


def report_parts(about: Mapping[str, Any]) -> list[str]:
    """Likelihood and checks, where they were kept with the posterior."""
    report = about.get("report")
    if report is None:
        return [
            "The likelihood and the checks are not kept with this posterior; `detente calibrate` adds them."
        ]
    parts = ["### Branching and memory by likelihood", likelihood_table(report["likelihood"])]
    parts.append("### Runs at the posterior against the data")
    for when, title in WHEN.items():
        rows = [row for row in report["checks"] if row["when"] == when]
        if rows:
            parts += [f"{title}: {inside_words(rows)}", check_table(rows)]
    return parts


def likelihood_table(rows: Sequence[Mapping[str, Any]]) -> str:
    """The ridge under each background."""
    heads = ["background", "best: branching, memory", "95 % region", "no excitation, below top"]
    body = [
        [
            row["background"],
            f"{row['branching']:g}, {row['memory']:g} d",
            f"{row['branching_from']:g} to {row['branching_to']:g}, {row['memory_from']:g} to {row['memory_to']:g} d",
            f"{row['none_below_top']:.1f}",
            f"{row['shipped_below_top']:.1f}",
        ]
        for row in rows
    ]
    own = rows[0]["shipped"]
    return table([*heads, f"shipped ({own['branching']:.2f}, {own['memory']:g} d), below top"], body)


def inside_words(rows: Sequence[Mapping[str, Any]]) -> str:
    """How many patterns lie inside, and which do not."""
    known = [row for row in rows if row["low95"] is not None and row["observed"] is not None]
    missed = [WORDS[row["pattern"]] for row in known if not row["inside"]]
    rest = f"; outside: {', '.join(missed)}" if missed else ""
    return f"{len(known) - len(missed)} of {len(known)} inside{rest}."


def check_table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Observed patterns beside the runs."""
    heads = [
        "pattern",
        "observed",
        "95 % of runs at the posterior",
        "median at shipped values",
        "",
        "fitted to",
    ]
    return table(heads, [check_cells(row) for row in rows])


def check_cells(row: Mapping[str, Any]) -> list[str]:
    """One pattern."""
    observed, low, high, usual = (
        number(row[key]) for key in ("observed", "low95", "high95", "shipped_median")
    )
    place = "–" if "–" in (observed, low) else "inside" if row["inside"] else "**outside**"
    return [
        WORDS[row["pattern"]],
        observed,
        f"{low} to {high}",
        usual,
        place,
        "yes" if row["aimed"] else "no",
    ]


def number(value: float | None) -> str:
    """A number, short; a dash where there is none."""
    return "–" if value is None else f"{value:.3g}".replace("-", "−")
