"""The results on docs/pooled.md, from the report that stands with the shipped pooled posterior."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


STATES = {
    "identified": "Identified",
    "narrowed a little": "Narrowed a little",
    "not calibrated": "Not calibrated",
}
"""What the data say of a parameter, with the heading of its table."""


def pooled_text(about: Mapping[str, Any]) -> str:
    """What the shipped pooled posterior says: parameters, theories, methods, checks, conflicts."""
    report = about["report"]
    rows = report["parameters"]
    head = (
        f"{len(about['conflicts'])} conflicts, {about['draws']:,} draws ({about['left_out']} left out), "
        f"{report['truths']:,} synthetic truths; version {about['version']}, rules {about['rules_digest'][:12]}."
    )
    lines = [head, ""]
    for state, title in STATES.items():
        some = sorted((r for r in rows if r["state"] == state), key=lambda r: r["width"])
        lines += [
            f"### {title}: {len(some)} of {len(rows)}",
            "",
            parameter_table(some) if some else "None.",
            "",
        ]
    silent = [f"`{r['parameter']}`" for r in rows if r["state"] == "not identified"]
    lines += [
        f"### Not identified: {len(silent)} of {len(rows)}",
        "",
        "These stay at their prior, or within a tenth of it:",
        "",
    ]
    lines += [", ".join(silent) + ".", ""]
    return "\n".join([*lines, *theories_text(report), *checks_text(report)])


def parameter_table(rows: list[dict[str, Any]]) -> str:
    """Prior and posterior, with the ratio of their widths and how the posterior is calibrated."""
    head = [
        "parameter",
        "median",
        "80 %",
        "range",
        "default",
        "width",
        "ranks p",
        "50 / 80 / 95 % hold",
        "skill",
    ]
    return table(head, [parameter_row(row) for row in rows])


def parameter_row(row: Mapping[str, Any]) -> list[str]:
    """One parameter."""
    low, middle, high, first, last, usual = (
        f"{row[key]:.3g}" for key in ("low80", "median", "high80", "prior_low", "prior_high", "shipped")
    )
    held = " / ".join(f"{100 * row[key]:.0f}" for key in ("within50", "within80", "within95"))
    ratio, p, skill = (f"{row[key]:.2f}" for key in ("width", "rank_p", "skill"))
    return [
        f"`{row['parameter']}`",
        middle,
        f"{low} to {high}",
        f"{first} to {last}",
        usual,
        ratio,
        p,
        held,
        skill,
    ]


def theories_text(report: Mapping[str, Any]) -> list[str]:
    """Weights of theories and mechanisms, and what such weights are worth."""
    shares = [
        [
            r["theory"],
            *(f"{r[k]:.2f}" for k in ("weight", "weight_if_true", "weight_if_false", "largest_gap")),
        ]
        for r in report["theories"]
    ]
    off = [
        [
            f"`{r['mechanism']}`",
            *(f"{r[k]:.2f}" for k in ("chance_off", "chance_if_off", "chance_if_on", "told_apart")),
        ]
        for r in report["mechanisms"]
    ]
    if_true = sum(r["weight_if_true"] for r in report["theories"]) / len(report["theories"])
    best = max(report["theories"], key=lambda r: r["weight"])
    finding = (
        f"On synthetic truths the true theory gets a weight of {if_true:.2f} on average, where .25 is none the wiser. "
        + (
            "These data cannot tell the theories apart"
            if if_true < 0.4
            else "These data tell the theories apart in part"
        )
        + f"; the largest weight here is {best['weight']:.2f} ({best['theory']})."
    )
    apart = [f"`{r['mechanism']}`" for r in report["mechanisms"] if r["told_apart"] >= 0.8]
    told = f"Mechanisms that such data do tell on from off (.8 or more): {', '.join(apart) or 'none'}."
    heads = ["theory", "weight", "mean where true", "where false", "largest gap to the share of truths"]
    columns = ["mechanism", "chance that it is off", "mean where off", "where on", "told apart"]
    return ["### Which theory?", "", finding, "", table(heads, shares), "", told, "", table(columns, off), ""]


def checks_text(report: Mapping[str, Any]) -> list[str]:
    """The trial of methods, posterior predictive checks, and what each conflict contributes."""
    tried = [
        [
            r["method"],
            *(f"{r[k]:.3f}" for k in ("skill", "gap50", "gap80", "gap95")),
            f"{100 * r['uneven']:.0f} %",
        ]
        for r in report["methods"]
    ]
    seen = [
        [
            r["meaning"],
            *(f"{r[k]:.2f}".replace("-", "−") for k in ("observed", "prior_median", "median")),
            f"{r['low95']:.2f} to {r['high95']:.2f}".replace("-", "−"),
            "yes" if r["inside"] else "**no**",
            f"{100 * r['inside95']:.0f} %",
            "" if r["used"] else "not used",
        ]
        for r in report["summaries"]
    ]
    parts = [
        [
            r["conflict"],
            str(r["summaries"]),
            f"{r['effective_size_without']:.0f}",
            ", ".join(r["not_reproduced"]) or "–",
        ]
        for r in report["conflicts"]
    ]
    inside = sum(r["inside"] for r in report["summaries"])
    return [
        "### Methods tried",
        "",
        table(["method", "skill", "error of 50 %", "80 %", "95 %", "uneven ranks"], tried),
        "",
        f"### Posterior predictive checks: {inside} of {len(report['summaries'])} inside",
        "",
        "Means over the conflicts that record a summary; last, the share of conflicts inside their own 95 %.",
        "",
        table(["summary", "observed", "prior", "posterior", "95 %", "inside", "conflicts inside", ""], seen),
        "",
        "### Conflicts",
        "",
        table(["conflict", "summaries", "effective sample size without it", "few draws reproduce"], parts),
    ]
