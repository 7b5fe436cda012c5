"""What ``detente where`` says, as pages show it: effects and sentences as plain values, kept in a file and read again.

The manual's page on where the style works and the dashboards show the same result: docs/where.json.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.experiments.compare.where_verdicts import MISSING
from detente.experiments.compare.where_words import amount, elsewhere_sentence, in_short
from detente.experiments.io.numbers import unit_words
from detente.experiments.io.plain_json import without_nan

if TYPE_CHECKING:
    import pandas as pd

    from detente.experiments.compare.where_result import Where

DIGITS = 4
"""Significant digits of the numbers in a file."""

KEPT = (
    *("seeds", "n_seeds", "draws_done", "seeds_in_draw", "drawn_words", "theory", "version", "rules_digest"),
    *("cases", "titles", "left_out", "note"),
)
"""What is kept of the runs that effects come from."""

TEXT = ("case", "title", "lesson", "yardstick", "unit", "verdict")
"""Columns of effects that hold words."""

HEADS = ("case", "yardstick", "effect", "luck", "luck and what is not known", "sign holds in", "verdict")


@dataclass(frozen=True)
class WhereTables:
    """Effects with both intervals, by case a short and a whole sentence, and the answer over all cases."""

    about: Mapping[str, Any]
    effects: pd.DataFrame
    short: Mapping[str, str]
    sentences: Mapping[str, str]
    answer: tuple[str, ...]

    def plot(self) -> Any:
        """The figure, as ``Where.plot`` draws it."""
        from detente.experiments.io.figures import draw

        return draw("where", self.effects, about=self.about)


def tables_of(made: Where) -> WhereTables:
    """What pages show of a comparison."""
    return WhereTables(
        {key: made.about[key] for key in KEPT},
        made.effects,
        {case: in_short(made.found, case) for case in made.cases},
        made.sentences,
        (elsewhere_sentence(made.found), *made.answer),
    )


def write_tables(made: WhereTables, path: Path) -> None:
    """Write a file that ``read_tables`` reads; a line for each effect, so that changes can be seen."""
    columns = [str(name) for name in made.effects.columns]
    head = {
        "about": dict(made.about),
        "short": dict(made.short),
        "sentences": dict(made.sentences),
        "answer": list(made.answer),
        "columns": columns,
    }
    rows = [json.dumps(without_nan([rounded(v) for v in row]), ensure_ascii=False) for row in cells_of(made)]
    text = json.dumps(without_nan(head), ensure_ascii=False, indent=1).removesuffix("\n}")
    path.write_text(f'{text},\n "effects": [\n' + ",\n".join(rows) + "\n]}\n", encoding="utf-8")


def cells_of(made: WhereTables) -> list[list[Any]]:
    """The rows of effects as plain values."""
    return made.effects.astype(object).to_numpy().tolist()


def rounded(value: Any) -> Any:
    """A number with few digits; everything else as it is."""
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value


def read_tables(path: Path) -> WhereTables:
    """What a file holds that ``write_tables`` wrote."""
    import pandas as pd

    held = json.loads(path.read_text(encoding="utf-8"))
    effects = pd.DataFrame(held["effects"], columns=held["columns"])
    numbers = [name for name in effects.columns if name not in TEXT]
    effects[numbers] = effects[numbers].astype(float)
    return WhereTables(held["about"], effects, held["short"], held["sentences"], tuple(held["answer"]))


def effect_rows(effects: pd.DataFrame, lesson: str) -> list[list[str]]:
    """What a lesson, or all of them together, does in every case: cells under ``HEADS``."""
    rows: Any = effects[effects["lesson"] == lesson].to_dict("records")
    return [effect_cells(row) for row in rows if row["verdict"] != MISSING]


def effect_cells(row: Mapping[str, Any]) -> list[str]:
    """The cells of one effect."""
    unit = row["unit"]
    return [
        row["title"],
        f"{row['yardstick']} ({unit_words(unit)})",
        amount(row["mean"], unit),
        f"{amount(row['low95'], unit)} to {amount(row['high95'], unit)}",
        f"{amount(row['wide_low95'], unit)} to {amount(row['wide_high95'], unit)}" if row["draws"] else "–",
        "–" if row["sign_share"] != row["sign_share"] else f"{row['sign_share']:.0%}",
        row["verdict"],
    ]
