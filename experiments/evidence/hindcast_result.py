"""The result of a hindcast: its scores, and what they say: whether the model beats the null models, and if not, why."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.experiments.evidence import scores
from detente.experiments.evidence.nulls import NULLS
from detente.experiments.evidence.origins import Target
from detente.experiments.runs.provenance import NOT_A_FORECAST
from detente.model.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

MODEL, FIXED = "model", "model, scale fixed"

AIM = (0.65, 0.92)
"""Coverage of 80 % intervals that is aimed at."""

NEGLIGIBLE = 0.05


@dataclass(frozen=True)
class Hindcast:
    """Scores of every forecast at every origin and lead.

    ``rows`` has origin, lead, month, forecast, observed, mean, median, low80, high80, crps, interval_score, covered,
    pit; months up to the case's pivot are gated, later ones shown.
    """

    scenario: Scenario
    target: Target
    leads: tuple[int, ...]
    runs: int
    rows: pd.DataFrame
    fits: pd.DataFrame

    @cached_property
    def gated(self) -> pd.DataFrame:
        """Rows that are judged: months up to that of the pivot, or all if none lies before it."""
        import pandas as pd

        early = self.rows[self.rows["month"] <= pd.Timestamp(self.scenario.case.pivot)]
        return early if len(early) else self.rows

    @cached_property
    def shown(self) -> pd.DataFrame:
        """Rows after the pivot, which are shown and not judged."""
        return self.rows.drop(self.gated.index)

    def summary(self, rows: pd.DataFrame) -> pd.DataFrame:
        """A row for each forecast: n, mean scores, coverage, mean PIT, and the bias of its mean."""
        grouped: Any = rows.groupby("forecast", sort=False)
        table = grouped[["crps", "interval_score", "covered", "pit"]].mean()
        table.insert(0, "n", grouped.size())
        table["width"] = grouped["high80"].mean() - grouped["low80"].mean()
        table["bias"] = grouped["mean"].sum() / grouped["observed"].sum() - 1.0
        table["pit_outer"] = grouped["pit"].agg(lambda p: float(np.mean((p < 0.1) | (p > 0.9))))
        return table

    def skills(self, rows: pd.DataFrame, mine: str = MODEL) -> pd.DataFrame:
        """Skill of the model over each null model, with the 95 % interval of a block bootstrap over origins."""
        import pandas as pd

        own = rows[rows["forecast"] == mine]
        made: list[dict[str, Any]] = []
        for null in NULLS:
            other = rows[rows["forecast"] == null.name]["crps"].to_numpy()
            values, where = own["crps"].to_numpy(), own["origin"].to_numpy()
            low, high = scores.skill_interval(values, other, where)
            made.append(
                {"null": null.name, "skill": scores.skill(values, other), "low95": low, "high95": high}
            )
        return pd.DataFrame(made).set_index("null")

    def best_null(self, rows: pd.DataFrame) -> str:
        """The null model with the least mean CRPS."""
        table: Any = self.summary(rows)
        return min((null.name for null in NULLS), key=lambda name: float(table.loc[name, "crps"]))

    def plot(self) -> Any:
        """A Plotly figure: fans at three leads, scores by lead, calibration, skill."""
        from detente.experiments.io.figures import draw

        return draw(
            "score", self.rows, self.skills(self.gated), about={**about(self), "verdict": verdict(self)}
        )

    def save(self, path: Any) -> Any:
        """Write the rows as Parquet."""
        from detente.experiments.io.files import check_target, write_table

        target = check_target(path, ".parquet", "--out")
        write_table(self.rows, target, about(self))
        return target


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
