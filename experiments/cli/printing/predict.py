"""What ``detente predict`` prints: predictions and their digests, and how a lock came out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.experiments.benchmark.lock_file import digest_of
from detente.experiments.benchmark.predictions import EVENTS, MODEL, stale_words, usual_levels, words_of_data
from detente.experiments.cli.printing.tables import caution, number
from detente.experiments.io.console import Table, Text

if TYPE_CHECKING:
    from detente.experiments.benchmark.prediction_scores import Checked
    from detente.experiments.benchmark.predictions import Prediction
    from detente.experiments.io.console import Console


def print_prediction(to: Console, made: Prediction) -> None:
    """Deaths by month, the chances of events, and what was locked."""
    about = made.content["about"]
    head = f"{about['conflict']}: predictions from what was known on {about['until']}, {about['runs']} runs"
    table = Table(title=Text(head, style="bold"), title_justify="left")
    for name in ("month", "deaths, median [middle 80 %]"):
        table.add_column(name, justify="left" if name == "month" else "right")
    for row in made.content["deaths"][MODEL]:
        low, middle, high = usual_levels(row["quantiles"])
        table.add_row(row["month"], f"{number(middle)} [{number(low)}, {number(high)}]")
    to.print(table)
    if stale := stale_words(made.content):
        to.print(Text(stale), soft_wrap=True)
    for name, words in EVENTS.items():
        to.print(Text(f"Chance that {words}: {made.content['events'][name]:.0%}"))
    for name, digest in about["digests"].items():
        to.print(Text(f"{name}: {digest[:16]}", style="dim"))
    if made.path is not None:
        words = f"Wrote {made.path}, digest {digest_of(made.content)[:16]}. {words_of_data(made.content)}"
        to.print(Text(words), soft_wrap=True)
    to.print(caution())


def print_checked(to: Console, made: Checked) -> None:
    """Scores of deaths beside those of null models, and of events."""
    about = made.about
    head = f"{about['conflict']}: predictions of {about['until']}, scored"
    table = Table(title=Text(head, style="bold"), title_justify="left")
    for name in (
        "forecast",
        "months",
        "quantile score",
        "model relative to it",
        "in middle 80 %",
        "in middle 95 %",
    ):
        table.add_column(name, justify="left" if name == "forecast" else "right")
    for name, row in made.summary().iterrows():
        cells = (number(float(row["score"])), number(float(row["model_relative"])))
        table.add_row(str(name), f"{row['months']:.0f}", *cells, f"{row['in80']:.0%}", f"{row['in95']:.0%}")
    to.print(table)
    for row in made.events.to_dict("records"):
        seen = {None: "not known", True: "yes", False: "no"}[row["happened"]]
        score = "" if row["happened"] is None else f", Brier score {row['brier']:.2f}"
        to.print(Text(f"{EVENTS[str(row['event'])]}: chance {row['chance']:.0%}, happened: {seen}{score}"))
    if about["data_revised"]:
        to.print("The data were revised: the months before the day are not those of the predictions.")
    to.print("Less is better; below 1 the model did better than that null model.")
