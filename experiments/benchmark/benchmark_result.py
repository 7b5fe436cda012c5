"""The result of a benchmark: scores by conflict and pooled, and in words what they show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.experiments.benchmark import pooled as pools
from detente.experiments.benchmark.origin_scores import MODEL
from detente.experiments.benchmark.pooled import AIM, AIM_OF_CASE, Ratio
from detente.experiments.benchmark.reference_nulls import BINOMIAL
from detente.experiments.runs.provenance import NOT_A_FORECAST

if TYPE_CHECKING:
    import pandas as pd

SCORES = ("crps", "log_score", "interval_score")
RATIO_AIM = 0.97


@dataclass(frozen=True)
class Benchmark:
    """Results by conflict and origin, as ``origin_scores.at_origin`` gives them.

    ``rows`` has a line for each conflict, origin, lead and forecast: observed, mean, median, low80, high80, crps,
    log_score, interval_score, pit; ``shown`` marks months that are not judged.
    """

    results: Mapping[tuple[str, str], Mapping[str, Any]]
    leads: tuple[int, ...]
    modes: tuple[str, ...]
    runs: int
    every: int

    @cached_property
    def rows(self) -> pd.DataFrame:
        """All scores; see the class."""
        import pandas as pd

        lines = [
            {"case": case, "origin": origin, **row}
            for (case, origin), result in self.results.items()
            for row in result["rows"]
        ]
        table = pd.DataFrame(lines)
        for column in ("origin", "month"):
            table[column] = pd.to_datetime(table[column])
        return table

    @cached_property
    def judged(self) -> pd.DataFrame:
        """Rows that are pooled: leads up to six months, months that are judged, and nothing else."""
        return pools.judged(self.rows)

    @cached_property
    def large(self) -> list[str]:
        """Conflicts with at least ten deaths a month, which are pooled; others stand apart."""
        return pools.large(self.judged)

    @property
    def forecasts(self) -> list[str]:
        """Names of the model's own forecasts."""
        return [MODEL[mode] for mode in self.modes]

    def of_large(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Rows of the conflicts that are pooled."""
        return rows[rows["case"].isin(self.large)]

    @cached_property
    def best_nulls(self) -> dict[str, str]:
        """The null model that each conflict is judged by, chosen on the others by pooled CRPS."""
        table = pools.mean_scores(self.judged)
        if not self.large:
            return {str(case): BINOMIAL for case in table.index}
        pooled = table.loc[self.large]
        best = pools.best_nulls(pooled)
        all_of_them = pools.best_nulls(pooled.iloc[:1].rename(index=lambda _: "alone"))["alone"]
        whole = most_frequent(best.values()) if len(self.large) > 1 else all_of_them
        return {str(case): best.get(str(case), whole) for case in table.index}

    def ratio(self, forecast: str, score: str = "crps", leads: list[int] | None = None) -> Ratio:
        """Pooled ratio of a score of the model to that of the null models chosen."""
        rows = self.of_large(pools.judged(self.rows, leads))
        if rows.empty:
            return pools.pooled([])
        logs = pools.log_ratios(pools.mean_scores(rows, score), forecast, self.best_nulls)
        return pools.pooled(list(logs.values()))

    @cached_property
    def diplomacy(self) -> Ratio | None:
        """Pooled ratio of CRPS with diplomacy known to that with nothing known; None unless both were run."""
        if len(self.modes) < 2 or not self.large:
            return None
        table = pools.mean_scores(self.of_large(self.judged))
        return pools.pooled(list(pools.log_ratios(table, MODEL["conditioned"], MODEL["none"]).values()))

    def by_lead(self) -> pd.DataFrame:
        """Pooled ratios of CRPS by lead: lead, forecast, ratio, low95, high95, conflicts."""
        import pandas as pd

        return pd.DataFrame(
            [
                {"lead": lead, "forecast": name, **self.ratio(name, leads=[lead]).to_json()}
                for lead in self.leads
                for name in self.forecasts
            ]
        )

    def by_case(self) -> pd.DataFrame:
        """A line for each conflict: deaths a month, origins, null model, CRPS ratio and coverage of each forecast."""
        import pandas as pd

        return pd.DataFrame(list(self.case_lines()))

    def case_lines(self) -> Iterator[dict[str, Any]]:
        """The lines of ``by_case``."""
        table = pools.mean_scores(self.judged)
        covered = {name: pools.coverage(self.judged, name) for name in self.forecasts}
        ratios = {name: pools.log_ratios(table, name, self.best_nulls) for name in self.forecasts}
        for case in table.index:
            own = self.judged[self.judged["case"] == case].drop_duplicates(["origin", "lead"])
            line: dict[str, Any] = {
                "case": str(case),
                "deaths": float(own["observed"].mean()),
                "origins": int(own["origin"].nunique()),
                "pooled": case in self.large,
                "null": self.best_nulls[str(case)],
            }
            for mode, name in zip(self.modes, self.forecasts, strict=True):
                log = ratios[name].get(str(case))
                line[f"ratio_{mode}"] = float("nan") if log is None else float(2.718281828459045**log)
                line[f"covered_{mode}"] = covered[name][str(case)]
            yield line

    def by_forecast(self) -> pd.DataFrame:
        """Every forecast, null models too, by its pooled CRPS over that of the negative binomial of twelve months."""
        import pandas as pd

        table = pools.mean_scores(self.of_large(self.judged))
        lines = [
            {
                "forecast": str(name),
                **pools.pooled(list(pools.log_ratios(table, str(name), BINOMIAL).values())).to_json(),
            }
            for name in table.columns
        ]
        return pd.DataFrame(lines).sort_values("ratio", kind="stable").reset_index(drop=True)

    def coverage(self, forecast: str) -> tuple[float, float]:
        """Mean coverage of 80 % intervals over the conflicts pooled, and the share of them that it is fair in."""
        shares = [v for case, v in pools.coverage(self.judged, forecast).items() if case in self.large]
        if not shares:
            return float("nan"), float("nan")
        fair = [AIM_OF_CASE[0] <= share <= AIM_OF_CASE[1] for share in shares]
        return sum(shares) / len(shares), sum(fair) / len(fair)

    def lines(self) -> list[str]:
        """What the benchmark shows, in sentences."""
        return [
            *(line for name in self.forecasts for line in self.model_lines(name)),
            *self.diplomacy_lines(),
        ]

    def model_lines(self, name: str) -> Iterator[str]:
        """What one of the model's forecasts reaches."""
        ratio, (covered, fair) = self.ratio(name), self.coverage(name)
        if not ratio.n:
            yield f"{name}: no conflict with {pools.LEAST_DEATHS:g} deaths a month, so nothing is pooled"
            return
        reached = ratio.value <= RATIO_AIM and ratio.high < 1.0
        verdict = "reached" if reached else "missed"
        yield f"{name}: CRPS {words(ratio)} of the best null model (aim: {RATIO_AIM:g} and below 1: {verdict})"
        inside = "inside" if AIM[0] <= covered <= AIM[1] else "outside"
        yield (
            f"{name}: 80 % intervals cover {covered:.0%}, {inside} {AIM[0]:.0%} to {AIM[1]:.0%}; fair in "
            f"{fair:.0%} of conflicts"
        )

    def diplomacy_lines(self) -> Iterator[str]:
        """Whether it helps to know the diplomacy ahead."""
        ratio = self.diplomacy
        if ratio is None or not ratio.n:
            return
        better = "better" if ratio.high < 1.0 else "worse" if ratio.low > 1.0 else "not shown to differ"
        yield f"diplomacy known over nothing known: CRPS {words(ratio)} ({better})"

    def to_json(self) -> dict[str, Any]:
        """Everything but the single rows as one object of plain values."""
        return {
            "note": NOT_A_FORECAST,
            "leads": list(self.leads),
            "every": self.every,
            "runs": self.runs,
            "modes": list(self.modes),
            "origins": len(self.results),
            "pooled": [self.pooled_json(mode, MODEL[mode]) for mode in self.modes],
            "diplomacy": None if self.diplomacy is None else self.diplomacy.to_json(),
            "by_lead": plain(self.by_lead()),
            "by_case": plain(self.by_case()),
            "by_forecast": plain(self.by_forecast()) if self.large else [],
            "lines": self.lines(),
        }

    def pooled_json(self, mode: str, name: str) -> dict[str, Any]:
        """Pooled scores of one of the model's forecasts."""
        covered, fair = (v if v == v else None for v in self.coverage(name))
        ratios = {score: self.ratio(name, score).to_json() for score in SCORES}
        return {"mode": mode, "forecast": name, **ratios, "covered": covered, "fair": fair}

    def plot(self) -> Any:
        """A Plotly figure: ratios by conflict and by lead, and how well intervals cover."""
        from detente.experiments.io.figures import draw

        return draw(
            "benchmark", self.by_case(), self.by_lead(), about={"note": NOT_A_FORECAST, "runs": self.runs}
        )

    def save(self, folder: str | Path) -> Path:
        """Write scores and forecasts into a folder; see ``submission.write_submission`` for the layout of ViEWS."""
        from detente.experiments.benchmark.submission import write_submission
        from detente.experiments.io.files import write_table

        place = Path(folder)
        write_table(self.rows, place / "scores.parquet", {"note": NOT_A_FORECAST})
        write_submission(self.results, self.modes, place / "views")
        return place

    def __repr__(self) -> str:
        """What it shows, as a notebook prints it."""
        n = len({case for case, _ in self.results})
        return "\n".join([f"Benchmark of {n} conflicts at {len(self.results)} origins", *self.lines()])


def most_frequent(names: Any) -> str:
    """The name that stands there most often, the first of several."""
    listed = list(names)
    return max(dict.fromkeys(listed), key=listed.count)


def words(ratio: Ratio) -> str:
    """A ratio with its interval."""
    interval = f" [{ratio.low:.3f}, {ratio.high:.3f}]" if ratio.low == ratio.low else ""
    return f"{ratio.value:.3f}{interval}"


def plain(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a table as plain values, None for what is not known."""
    return [
        {str(k): (None if isinstance(v, float) and v != v else v) for k, v in row.items()}
        for row in table.to_dict("records")
    ]
