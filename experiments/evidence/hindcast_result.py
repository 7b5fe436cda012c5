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
SAME = 1e-9
"""Relative difference of two scores that counts as none."""

TIE = 0.0005
"""Skill that prints as 0.0 %: a tie."""


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
    profile: str | None = None

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
        """Skill of the model over each null model, with its 95 % interval; NaN where there is none."""
        import pandas as pd

        own = rows[rows["forecast"] == mine]
        values, where, ahead = (own[name].to_numpy() for name in ("crps", "origin", "lead"))
        table: list[dict[str, Any]] = []
        for name in self.nulls(rows):
            other = rows[rows["forecast"] == name]["crps"].to_numpy()
            low, high = scores.skill_interval(values, other, where, ahead)
            table.append({"null": name, "skill": scores.skill(values, other), "low95": low, "high95": high})
        return pd.DataFrame(table).set_index("null")

    def nulls(self, rows: pd.DataFrame) -> list[str]:
        """Names of the null models that are scored."""
        present = set(rows["forecast"])
        return [null.name for null in NULLS if null.name in present]

    def best_null(self, rows: pd.DataFrame) -> str:
        """The null model with the least mean CRPS; the first of those that share it."""
        return self.best_nulls(rows)[0]

    def best_nulls(self, rows: pd.DataFrame) -> list[str]:
        """The null models with the least mean CRPS: several if they tie."""
        table: Any = self.summary(rows)
        crps = {name: float(table.loc[name, "crps"]) for name in self.nulls(rows)}
        least = min(crps.values())
        return [name for name, value in crps.items() if value <= least * (1 + SAME)]

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
        **({"profile": made.profile} if made.profile else {}),
        "note": NOT_A_FORECAST,
    }


def refit_lines(made: Hindcast) -> list[str]:
    """What was refitted at how many origins, one line for each way."""
    if "fitted" not in made.fits.columns:
        return []
    lines: list[str] = []
    for fitted, rows in made.fits.groupby("fitted", sort=False):
        first, last = str(rows["origin"].iloc[0])[:7], str(rows["origin"].iloc[-1])[:7]
        lines.append(f"Refitted at {len(rows)} of {len(made.fits)} origins ({first} to {last}): {fitted}.")
    return lines


def verdict(made: Hindcast) -> dict[str, Any]:
    """Skill against the best null with its interval, coverage, and in words what that shows.

    ``winner`` is the one with the lower CRPS, None for a tie; ``certain`` is whether the interval leaves out 0, and
    False where there is no interval.
    """
    rows = made.gated
    best = made.best_nulls(rows)
    skills: Any = made.skills(rows)
    summary: Any = made.summary(rows)
    coverage = float(summary.loc[MODEL, "covered"])
    low, high, value = (float(skills.loc[best[0], key]) for key in ("low95", "high95", "skill"))
    winner = None if tied(value) else MODEL if value > 0 else best[0]
    return {
        "best_null": best[0],
        "best_nulls": best,
        "skill": value,
        "low95": low,
        "high95": high,
        "coverage80": coverage,
        "coverage_in_aim": AIM[0] <= coverage <= AIM[1],
        "winner": winner,
        "certain": winner is not None and (low > 0 or high < 0),
        "words": words(made, best, value, low, high, coverage),
    }


def tied(skill: float) -> bool:
    """Whether two forecasts score the same, to the precision that is printed; NaN (a null that never errs) is none."""
    return abs(skill) < TIE


def skill_words(skill: float, low: float, high: float) -> str:
    """A skill with its interval, or with what stands in the way of one."""
    if skill != skill:
        return "not defined (its CRPS is 0)"
    value = f"{0.0 if tied(skill) else skill:+.1%}"
    if low == low and not (tied(skill) and low == high):
        return f"{value} [{low:+.0%}, {high:+.0%}]"
    return value if tied(skill) or skill == 1 else f"{value} [too few origins for an interval]"


def words(
    made: Hindcast, best: list[str], skill: float, low: float, high: float, coverage: float
) -> list[str]:
    """The verdict in sentences."""
    several = len(best) > 1
    head = f"Best null models, tied: {'; '.join(best)}" if several else f"Best null model: {best[0]}"
    over = "them" if several else "it"
    value = skill_words(skill, low, high)
    said = [f"{head}. Skill of the model over {over} {value}: {judgement(best, skill, low, high)}."]
    fits = "inside" if AIM[0] <= coverage <= AIM[1] else "outside"
    said.append(f"80 % intervals cover {coverage:.0%}, {fits} the {AIM[0]:.0%} to {AIM[1]:.0%} aimed at.")
    if not (skill > 0 or tied(skill)):
        said += why(made, best[0])
    if len(made.shown):
        said.append(afterwards(made))
    return said


def judgement(best: list[str], skill: float, low: float, high: float) -> str:
    """What a skill and its interval show; nothing is said of an interval that does not exist."""
    if tied(skill):
        return "a tie; neither is better"
    who = "the model" if skill > 0 else " and ".join(best)
    verb = "score" if skill <= 0 and len(best) > 1 else "scores"
    if low > 0 or high < 0:
        return f"{who} {'win' if verb == 'score' else 'wins'}"
    if low == low:
        return f"{who} {verb} better; the interval holds 0, so neither is shown to be better"
    return f"{who} {verb} better, which may be chance"


def afterwards(made: Hindcast) -> str:
    """What the months after the pivot say: shown, not judged."""
    table: Any = made.summary(made.shown)
    skills: Any = made.skills(made.shown)
    best = made.best_null(made.shown)
    skill, low, high = (float(skills.loc[best, key]) for key in ("skill", "low95", "high95"))
    mine = table.loc[MODEL]
    return (
        f"After the pivot ({made.shown['month'].nunique()} months, not judged): skill {skill_words(skill, low, high)} "
        f"over the best null model there, {best}; bias {signed_share(mine['bias'])}, 80 % intervals cover "
        f"{mine['covered']:.0%}."
    )


def signed_share(value: float) -> str:
    """A share with its sign; a dash where it is not a number, as the bias is where nothing was observed."""
    return f"{value:+.0%}" if abs(value) < float("inf") else "–"


def why(made: Hindcast, best: str) -> list[str]:
    """Where a null model's lead comes from: bias, width, or single months."""
    rows = made.gated
    table: Any = made.summary(rows)
    mine, other = table.loc[MODEL], table.loc[best]
    said: list[str] = []
    if abs(mine["bias"]) > abs(other["bias"]) + NEGLIGIBLE and abs(mine["bias"]) < float("inf"):
        said.append(f"Why: its mean is off by {mine['bias']:+.0%}, that of {best} by {other['bias']:+.0%}.")
    ratio = float(mine["width"] / other["width"]) if other["width"] > 0 else 1.0
    if abs(ratio - 1) > 2 * NEGLIGIBLE:
        kind = "wider" if ratio > 1 else "narrower"
        said.append(f"Why: its intervals are {abs(ratio - 1):.0%} {kind} than those of {best}.")
    months = lost_months(rows, best)
    if len(months):
        said.append(
            "It loses most in " + ", ".join(f"{m:%B %Y} ({v:+,.0f})" for m, v in months.items()) + "."
        )
    return said


def lost_months(rows: pd.DataFrame, best: str, n: int = 3) -> pd.Series[Any]:
    """The months in which the model's CRPS is furthest above that of a null, mean over leads; only those above it."""
    mean: Any = rows.groupby(["forecast", "month"])["crps"].mean()
    lost = (mean[MODEL] - mean[best]).nlargest(n)
    return lost[lost > 0]


def to_json(made: Hindcast) -> dict[str, Any]:
    """Everything a hindcast says, as one object."""
    return {
        **about(made),
        "leads": list(made.leads),
        "origins": [str(day.date()) for day in sorted(set(made.rows["origin"]))],
        "verdict": verdict(made),
        "gated": part(made, made.gated),
        "shown": part(made, made.shown),
        "fitted": refit_lines(made),
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
