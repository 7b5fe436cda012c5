"""What a hindcast says, in words and as JSON: whether the model beats the null models, and if not, why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.experiments.evidence.hindcast import FIXED, MODEL
from detente.experiments.single import NOT_A_FORECAST

if TYPE_CHECKING:
    import pandas as pd

    from detente.experiments.evidence.hindcast import Hindcast

AIM = (0.65, 0.92)
"""Coverage of 80 % intervals that is aimed at."""

NEGLIGIBLE = 0.05


def about(made: Hindcast) -> dict[str, Any]:
    """What a hindcast was made from."""
    from importlib.metadata import version

    return {
        "case": made.scenario.case.name,
        "title": made.scenario.case.title,
        "series": made.target.name,
        "pivot": made.scenario.case.pivot.isoformat(),
        "version": version("detente"),
        "scenario_sha256": made.scenario.sha256,
        "runs": made.runs,
        "seeds": f"1 to {made.runs}",
        "note": NOT_A_FORECAST,
    }


def verdict(made: Hindcast) -> dict[str, Any]:
    """Skill against the best null with its interval, coverage, and in words who wins and why."""
    rows = made.gated
    best = made.best_null(rows)
    skills: Any = made.skills(rows)
    summary: Any = made.summary(rows)
    skill = skills.loc[best]
    coverage = float(summary.loc[MODEL, "covered"])
    low, high, value = float(skill["low95"]), float(skill["high95"]), float(skill["skill"])
    return {
        "best_null": best,
        "skill": value,
        "low95": low,
        "high95": high,
        "coverage80": coverage,
        "coverage_in_aim": AIM[0] <= coverage <= AIM[1],
        "winner": MODEL if value > 0 else best,
        "certain": bool(low > 0 or high < 0),
        "words": words(made, best, value, low, high, coverage),
    }


def words(made: Hindcast, best: str, skill: float, low: float, high: float, coverage: float) -> list[str]:
    """The verdict in sentences."""
    span = f"[{low:+.0%}, {high:+.0%}]" if low == low else "[too few origins for an interval]"
    who = "the model" if skill > 0 else best
    sure = "" if low > 0 or high < 0 else "; the interval holds 0, so neither is shown to be better"
    said = [f"Best null model: {best}. Skill of the model over it {skill:+.1%} {span}: {who} wins{sure}."]
    fits = "inside" if AIM[0] <= coverage <= AIM[1] else "outside"
    said.append(f"80 % intervals cover {coverage:.0%}, {fits} the {AIM[0]:.0%} to {AIM[1]:.0%} aimed at.")
    if skill <= 0:
        said += why(made, best)
    if len(made.shown):
        said.append(afterwards(made))
    return said


def afterwards(made: Hindcast) -> str:
    """What the months after the pivot say: shown, not judged."""
    table: Any = made.summary(made.shown)
    skills: Any = made.skills(made.shown)
    best = made.best_null(made.shown)
    skill = float(skills.loc[best, "skill"])
    mine = table.loc[MODEL]
    return (
        f"After the pivot ({made.shown['month'].nunique()} months, not judged): skill {skill:+.0%} over the best null "
        f"model there, {best}; bias {mine['bias']:+.0%}, 80 % intervals cover {mine['covered']:.0%}."
    )


def why(made: Hindcast, best: str) -> list[str]:
    """Where a null model's lead comes from: bias, width, or single months."""
    rows = made.gated
    table: Any = made.summary(rows)
    mine, other = table.loc[MODEL], table.loc[best]
    said: list[str] = []
    if abs(mine["bias"]) > abs(other["bias"]) + NEGLIGIBLE:
        said.append(f"Why: its mean is off by {mine['bias']:+.0%}, that of {best} by {other['bias']:+.0%}.")
    ratio = float(mine["width"] / other["width"])
    if abs(ratio - 1) > 2 * NEGLIGIBLE:
        kind = "wider" if ratio > 1 else "narrower"
        said.append(f"Why: its intervals are {abs(ratio - 1):.0%} {kind} than those of {best}.")
    months = lost_months(rows, best)
    said.append("It loses most in " + ", ".join(f"{m:%B %Y} ({v:+,.0f})" for m, v in months.items()) + ".")
    return said


def lost_months(rows: pd.DataFrame, best: str, n: int = 3) -> pd.Series[Any]:
    """The months in which the model's CRPS is furthest above that of a null, mean over leads."""
    mean: Any = rows.groupby(["forecast", "month"])["crps"].mean()
    return (mean[MODEL] - mean[best]).nlargest(n)


def to_json(made: Hindcast) -> dict[str, Any]:
    """Everything a hindcast says, as one object."""
    return {
        **about(made),
        "leads": list(made.leads),
        "origins": [str(day.date()) for day in sorted(set(made.rows["origin"]))],
        "verdict": verdict(made),
        "gated": part(made, made.gated),
        "shown": part(made, made.shown),
        "fixed_scale": {"skill": made.skills(made.gated, FIXED)["skill"].to_dict()},
        "refits": made.fits.to_dict("records"),
    }


def part(made: Hindcast, rows: pd.DataFrame) -> dict[str, Any]:
    """Scores over some rows: by forecast, by forecast and lead, and skill."""
    if rows.empty:
        return {"n": 0}
    by_lead: Any = rows.groupby(["forecast", "lead"], sort=False)["crps"].mean().unstack("lead")
    return {
        "n": int(len(rows) / rows["forecast"].nunique()),
        "months": [str(rows["month"].min().date()), str(rows["month"].max().date())],
        "forecasts": made.summary(rows).to_dict("index"),
        "crps_by_lead": {
            str(k): {str(n): v for n, v in row.items()} for k, row in by_lead.to_dict("index").items()
        },
        "skill": made.skills(rows).to_dict("index"),
    }
