"""What runs and ensembles show of themselves in a notebook: the tables of a portrait, which the dashboards draw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.experiments.views import NoFigureError, draw

if TYPE_CHECKING:
    import pandas as pd

    from detente.experiments.compare import Comparison
    from detente.experiments.ensemble import Ensemble
    from detente.experiments.single import Run


def drawn_or_plain(plain: Any, name: str, *tables: Any, about: dict[str, Any]) -> str:
    """A portrait, or where nobody draws it the words alone."""
    from html import escape

    try:
        return draw(name, *tables, about=about)
    except NoFigureError:
        return f"<pre>{escape(repr(plain))}</pre>"


def run_html(run: Run) -> str:
    """A run in HTML."""
    from detente.experiments.single import kills

    lethal = kills(run.start)
    count = "tally.fatalities" if lethal else "tally.attacks"
    case = run.start.scenario.case
    about = {
        **run.about,
        "head": f"{case.title}: one run, policy {run.start.policy.name}",
        "span": (case.start, case.end),
        "unit": "deaths a month" if lethal else "provocations a month",
        "facts": [
            ("", f"{run.end_reason.replace('_', ' ')} on {run.end_date}"),
            ("deaths" if lethal else "provocations", f"{run.trajectory.last(count):,.0f}"),
            ("days in ceasefire", f"{run.outcomes['days_in_ceasefire']:,.0f}"),
            ("trust at the end", f"{run.outcomes['final_trust']:.2f}"),
        ],
    }
    return drawn_or_plain(run, "run-portrait", by_month(run, count), mean_trust(run), about=about)


def by_month(run: Run, count: str) -> pd.DataFrame:
    """A cumulative count per whole calendar month: date (the first), value."""
    import pandas as pd

    at = run.series[count].resample("MS").first()
    counted = at.diff().shift(-1).iloc[:-1]
    counted = counted[counted.index >= run.series.index[0]]
    return pd.DataFrame({"date": counted.index, "value": counted.to_numpy()})


def mean_trust(run: Run) -> pd.DataFrame:
    """Mean trust over hostile dyads by date."""
    import pandas as pd

    from detente.experiments.outcomes import hostile_dyads

    columns = [f"dyads.{name}.trust" for name in hostile_dyads(run.start)]
    return pd.DataFrame({"date": run.series.index, "value": run.series[columns].mean(axis=1).to_numpy()})


def violence(made: Ensemble) -> tuple[str, str]:
    """What violence is counted in where a case is summed up, in words, and the outcome that counts it."""
    from detente.experiments.single import kills

    return ("deaths a day", "deaths_per_day") if kills(made.start) else ("provocations", "attacks")


def ensemble_html(made: Ensemble) -> str:
    """An ensemble in HTML."""
    case, outcomes = made.start.scenario.case, made.outcomes
    words, counted = violence(made)
    about = {
        **made.about,
        "head": f"{case.title}: {len(made.seeds):,} runs, policy {made.start.policy.name}, mode {made.start.mode}",
        "facts": [
            (f"{words} (median)", f"{outcomes[counted].median():,.3g}"),
            ("days in ceasefire", f"{outcomes['days_in_ceasefire'].median():,.0f}"),
            ("trust at the end", f"{outcomes['final_trust'].median():.2f}"),
        ],
    }
    return drawn_or_plain(made, "ensemble-portrait", made.fan(), made.endings(), about=about)


def comparison_html(made: Comparison) -> str:
    """A comparison in HTML."""
    first = made.ensembles[0]
    words, counted = violence(first)
    shown = {counted: words, "days_in_ceasefire": "days in ceasefire", "final_trust": "trust at the end"}
    medians = made.outcomes.groupby("policy", sort=False)[list(shown)].median().loc[list(made.policies)]
    title = first.start.scenario.case.title
    about = {**first.about, "head": f"{title}: {len(made.seeds):,} runs of each policy, under the same luck"}
    return drawn_or_plain(
        made, "comparison-portrait", medians.rename(columns=shown), made.endings(), about=about
    )
