"""The page on where the style would work."""

from __future__ import annotations

from typing import Any

from generating.tables import table

from detente.experiments.compare.where import where
from detente.experiments.compare.where_conditions import CONDITIONS
from detente.experiments.compare.where_result import Where
from detente.experiments.compare.where_tables import HEADS, effect_rows, tables_of, write_tables
from detente.experiments.compare.where_verdicts import rows_of
from detente.experiments.compare.where_words import TOLD, claim, elsewhere_sentence, in_short
from detente.experiments.compare.where_yardsticks import TOGETHER
from refreshing.pages import DOCS, put


def where_text(made: Where) -> str:
    """The answer to the essay's question, effects in every case, single lessons and conditions."""
    about = made.about
    head = (
        f"{about['n_seeds']} seeds at the declared numbers, {about['draws_done']} draws of {about['seeds_in_draw']} "
        f"seeds each ({about['drawn_words']}), theory {about['theory']}, Détente {about['version']}, rules "
        f"{about['rules_digest'][:12]}."
    )
    left = [f"Left out: {one.case}, which {one.why}." for one in made.left_out]
    return "\n\n".join(
        [
            essay_answer(made),
            *made.answer,
            "**All five lessons together**",
            together_rows(made),
            "**In words, with single lessons**",
            "\n".join(f"- {sentence}" for sentence in made.sentences.values()),
            "**Conditions of the conflicts**",
            condition_rows(made),
            " ".join([head, *left]),
        ]
    )


def essay_answer(made: Where) -> str:
    """Could the diplomacy tried with North Korea work with the Taliban, and where else?  A paragraph."""
    parts = ["*Could the diplomacy tried with North Korea work with the Taliban, and where else?*"]
    names = {"afghanistan-2018": "With the Taliban", "korea-2017": "In Korea, where it was tried,"}
    for case, place in names.items():
        rows: Any = rows_of(made.effects, case=case, lesson=TOGETHER).to_dict("records")
        clear = [r for r in rows if r["yardstick"] in TOLD and r["verdict"].startswith(("helps", "hurts"))]
        parts.append(
            f"{place} all five lessons together {in_short(made.found, case)} ({'; '.join(map(claim, clear))})."
        )
    elsewhere = elsewhere_sentence(made.found)
    return " ".join(
        [*parts, elsewhere, "All this is what follows from the model's assumptions; it is not a forecast."]
    )


def together_rows(made: Where) -> str:
    """All five lessons in every case."""
    return table(list(HEADS), effect_rows(made.effects, TOGETHER))


def condition_rows(made: Where) -> str:
    """The conditions of every case."""
    heads = [f"{c.name} ({c.unit})" for c in CONDITIONS]
    body: list[list[str]] = []
    for case in made.cases:
        values = made.conditions[made.conditions["case"] == case]["value"]
        body.append([made.scenarios[case].case.title, *("–" if v != v else f"{v:.3g}" for v in values)])
    return table(["case", *heads], body)


def write_where() -> None:
    """docs/where.md, its figure, and the result that the dashboards show."""
    write_result(where())


def write_result(made: Where) -> None:
    """The page, the figure and the file of one result."""
    put("where", where_text(made))
    write_tables(tables_of(made), DOCS / "where.json")
    figure = made.plot()
    figure.write_image(DOCS / "images" / "where.png", width=1800, height=figure.layout.height)
