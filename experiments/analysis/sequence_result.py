"""What is found of the orders of a case: aims by order, differences with two intervals, regret, front and verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.experiments.analysis.sequence_aims import Aim
from detente.experiments.analysis.sequence_contrasts import Missing
from detente.experiments.analysis.sequence_orders import Order
from detente.experiments.analysis.sequence_parting import Parting
from detente.experiments.io.numbers import SHARE, difference
from detente.experiments.io.plain_json import without_nan
from detente.experiments.runs.intervals import known_mean, paired_difference
from detente.experiments.runs.two_intervals import sign_share, wide_interval

if TYPE_CHECKING:
    import pandas as pd

Values = np.ndarray[Any, Any]
NAN = float("nan")

HOLDS = 0.8
"""Share of draws in which the sign of a difference has to hold to be relied on."""

BETTER, WORSE, SAME = "better", "worse", "no clear difference"
NO_DIFFERENCE = "No clear difference between these orders"


@dataclass(frozen=True)
class Answer:
    """Orders compared for one question.

    ``values``: order -> aim -> one value a seed, with parameters and facts as declared.  ``drawn``: the mean of each
    aim under each order in every draw.  ``tried``: orders that were tried before, and ``how``.
    """

    name: str
    title: str
    orders: tuple[Order, ...]
    aims: tuple[Aim, ...]
    values: Mapping[str, Mapping[str, Values]]
    drawn: tuple[Mapping[str, Mapping[str, float]], ...]
    how: str = ""
    tried: int = 0
    part: Callable[[str, str], Parting] | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """What the orders are called."""
        return tuple(order.label for order in self.orders)

    @cached_property
    def valued(self) -> tuple[Aim, ...]:
        """The aims that have a value in this case."""
        return tuple(a for a in self.aims if any(not np.isnan(v[a.name]).all() for v in self.values.values()))

    @property
    def level(self) -> float:
        """Level of the interval that a difference has to clear: 95 % over all differences of the question at once."""
        n = len(self.valued) * len(self.orders) * (len(self.orders) - 1) / 2
        return 1.0 - 0.05 / max(n, 1.0)

    def in_draws(self, label: str, aim: str) -> Values:
        """The mean of an aim under an order in every draw."""
        return np.array([one[label][aim] for one in self.drawn], dtype=float)

    @cached_property
    def means(self) -> pd.DataFrame:
        """Rows by order and aim: unit, better, mean over seeds, and median and middle 95 % of means over draws."""
        import pandas as pd

        rows = [
            {"question": self.name, "order": label, "items": order.words, "aim": aim.name, "unit": aim.unit}
            | {"better": aim.better, "mean": known_mean(self.values[label][aim.name])}
            | wide_interval(self.in_draws(label, aim.name))
            for label, order in zip(self.labels, self.orders, strict=True)
            for aim in self.aims
        ]
        return pd.DataFrame(rows)

    @cached_property
    def differences(self) -> pd.DataFrame:
        """Rows by two orders and aim: what the first has more of than the second, both intervals, and a verdict."""
        import pandas as pd

        pairs = combinations(self.labels, 2)
        rows = [self.difference(second, first, aim) for first, second in pairs for aim in self.valued]
        return pd.DataFrame(rows)

    def difference(self, label: str, against: str, aim: Aim) -> dict[str, Any]:
        """One row of ``differences``."""
        mine, other = self.values[label][aim.name], self.values[against][aim.name]
        found, strict = paired_difference(mine, other), paired_difference(mine, other, self.level)
        drawn = self.in_draws(label, aim.name) - self.in_draws(against, aim.name)
        clear = strict["low95"] > 0 or strict["high95"] < 0
        word = SAME if not clear else (BETTER if found["mean"] * aim.better > 0 else WORSE)
        row: dict[str, Any] = {"question": self.name, "order": label, "against": against, "aim": aim.name}
        row |= {"unit": aim.unit, "better": aim.better, **found, **wide_interval(drawn)}
        row |= {"sign_share": sign_share(drawn, found["mean"]), "verdict": word}
        return {**row, "firm": bool(clear and row["sign_share"] >= HOLDS)}

    def verdicts(self, label: str, against: str) -> list[str]:
        """Whether one order is better or worse than another, aim by aim."""
        rows = self.differences
        same = rows[(rows["order"] == label) & (rows["against"] == against)]
        if len(same):
            return list(same["verdict"])
        turned = {BETTER: WORSE, WORSE: BETTER, SAME: SAME}
        return [
            turned[word] for word in rows[(rows["order"] == against) & (rows["against"] == label)]["verdict"]
        ]

    def beats(self, label: str, against: str) -> bool:
        """Whether an order is clearly better than another in some aim and clearly worse in none."""
        words = self.verdicts(label, against)
        return BETTER in words and WORSE not in words

    @cached_property
    def front(self) -> list[str]:
        """Orders that no other beats."""
        return [a for a in self.labels if not any(self.beats(b, a) for b in self.labels if b != a)]

    @cached_property
    def best(self) -> str:
        """The order that beats all others; empty where none does."""
        return next((a for a in self.labels if all(self.beats(a, b) for b in self.labels if b != a)), "")

    @property
    def differs(self) -> bool:
        """Whether any two orders clearly differ in any aim."""
        return bool(len(self.differences) and (self.differences["verdict"] != SAME).any())

    @cached_property
    def regret(self) -> pd.DataFrame:
        """Rows by order and aim: how far it falls short of the best in a draw (mean, 90 % quantile, largest).

        ``best_in`` is the share of draws in which none is better.  Nothing without draws.
        """
        import pandas as pd

        rows: list[dict[str, Any]] = []
        for aim in self.valued:
            worth = aim.better * np.array([self.in_draws(label, aim.name) for label in self.labels])
            known = worth[:, ~np.isnan(worth).any(axis=0)] if worth.size else worth
            for k, label in enumerate(self.labels):
                if known.size:
                    short = known.max(axis=0) - known[k]
                    rows.append(
                        {"question": self.name, "order": label, "aim": aim.name, "unit": aim.unit}
                        | told(short)
                    )
        return pd.DataFrame(rows)

    @property
    def least_regret(self) -> str:
        """The order of the smallest largest regret, aims weighed by the spread of their regret; empty without draws."""
        table = self.regret
        if not len(table):
            return ""
        scale = table.groupby("aim")["max_regret"].transform("max").replace(0.0, np.nan)
        share = (table["max_regret"] / scale).fillna(0.0).groupby(table["order"], sort=False).mean()
        return str(share.idxmin())

    @cached_property
    def parting(self) -> Parting | None:
        """Where the two orders part that differ most: the chronicles of the same seeds side by side."""
        if self.part is None or not len(self.differences):
            return None
        rows = self.differences
        size = ((rows["mean"]).abs() / (rows["high95"] - rows["low95"]).replace(0.0, np.nan)).fillna(0.0)
        row = rows.iloc[int(size.to_numpy().argmax())]
        return self.part(str(row["against"]), str(row["order"]))

    @cached_property
    def verdict(self) -> str:
        """The answer in a sentence."""
        if not self.valued:
            return f"{self.title} None of the aims has a value in this case."
        if not self.differs:
            return f"{self.title} {NO_DIFFERENCE} in {joined([aim.words for aim in self.valued])}."
        front = f"None beats all others; on the front: {self.front_words}. "
        head = f"{self.title} " + (f"'{self.best}' is best{self.how_sure}: " if self.best else front)
        rows = self.differences[self.differences["verdict"] != SAME]
        size = rows["mean"].abs() / (rows["high95"] - rows["low95"]).replace(0.0, np.nan)
        top = rows.loc[size.fillna(np.inf).sort_values(ascending=False, kind="stable").index[:3]]
        return head + "; ".join(self.claim(row) for row in top.to_dict("records")) + "."

    @property
    def lines(self) -> list[str]:
        """What is said below the tables, where orders differ: the front, and the order of least regret."""
        if not self.differs:
            return []
        front = [f"On the front: {joined(self.front)}."] if self.front else []
        regret = f"Smallest largest regret over what is not known: {self.least_regret}."
        return [*front, *([regret] if self.least_regret else [])]

    @property
    def how_sure(self) -> str:
        """What is added to the best order unless it differs from each other one in a sign that holds in most draws."""
        rows = self.differences
        rows = rows[rows["firm"] & ((rows["order"] == self.best) | (rows["against"] == self.best))]
        beaten = {*rows["order"], *rows["against"]} - {self.best}
        return "" if len(beaten) == len(self.orders) - 1 else " at the declared numbers"

    @property
    def front_words(self) -> str:
        """The orders of the front."""
        return joined([f"'{label}'" for label in self.front]) if self.front else "none"

    def claim(self, row: Mapping[Any, Any]) -> str:
        """A difference in words, with both intervals and the share of draws in which its sign holds."""
        aim = next(aim for aim in self.aims if aim.name == row["aim"])
        more = "more" if row["mean"] > 0 else ("less" if "trust" in aim.words else "fewer")
        luck = f"{amount(row['mean'], row['unit'])} {span(row, 'low95', 'high95')}"
        known = ""
        if row["draws"]:
            wide = span(row, "wide_low95", "wide_high95")
            known = f", with what is not known {wide}, sign in {100 * row['sign_share']:.0f} % of draws"
        return f"'{row['order']}' has {more} {aim.words} than '{row['against']}' ({luck}{known})"


def told(short: Values) -> dict[str, float]:
    """Regret over draws in a few numbers."""
    return {
        "mean_regret": float(short.mean()),
        "regret90": float(np.quantile(short, 0.9)),
        "max_regret": float(short.max()),
        "best_in": float((short == 0).mean()),
    }


def amount(value: float, unit: str) -> str:
    """A difference with its sign and, for shares, its unit."""
    shown = difference(value, unit)
    return f"{shown} points" if unit == SHARE and shown != "–" else shown


def span(row: Mapping[Any, Any], low: str, high: str) -> str:
    """An interval in brackets."""
    ends = [amount(row[name], row["unit"]).removesuffix(" points") for name in (low, high)]
    return f"[{ends[0]}, {ends[1]}]"


def joined(words: Sequence[str]) -> str:
    """Words in a row, with *and* before the last."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


@dataclass(frozen=True)
class Sequences:
    """Every question that was asked of a case, those it does not allow, and what the runs were made from."""

    title: str
    made_of: Mapping[str, Any]
    answers: tuple[Answer, ...]
    missing: tuple[Missing, ...]
    done: int
    asked: int

    @property
    def interrupted(self) -> bool:
        """Whether less was done than asked for."""
        return self.done < self.asked

    @cached_property
    def about(self) -> dict[str, Any]:
        """What the runs were made from."""
        from detente.experiments.runs.provenance import NOT_A_FORECAST

        return {**self.made_of, "title": self.title, "interrupted": self.interrupted, "note": NOT_A_FORECAST}

    def table(self, name: str) -> pd.DataFrame:
        """``means``, ``differences`` or ``regret`` of all questions in one table."""
        import pandas as pd

        parts = [part for part in (getattr(one, name) for one in self.answers) if len(part)]
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()

    @property
    def means(self) -> pd.DataFrame:
        """Aims by question and order."""
        return self.table("means")

    @property
    def differences(self) -> pd.DataFrame:
        """Differences between two orders, with both intervals."""
        return self.table("differences")

    @property
    def regret(self) -> pd.DataFrame:
        """How far each order falls short of the best over what is not known."""
        return self.table("regret")

    @cached_property
    def verdicts(self) -> dict[str, str]:
        """The answer to each question in a sentence."""
        return {one.name: one.verdict for one in self.answers}

    def to_json(self) -> dict[str, Any]:
        """Everything as plain values, as ``detente sequence --json`` prints it; what is missing is None."""
        questions = [
            {
                "name": one.name,
                "title": one.title,
                "orders": {label: order.words for label, order in zip(one.labels, one.orders, strict=True)},
                "how": one.how,
                "tried": one.tried,
                "verdict": one.verdict,
                "differs": one.differs,
                "best": one.best or None,
                "front": one.front,
                "least_regret": one.least_regret or None,
                "means": one.means.astype(object).to_dict("records"),
                "differences": one.differences.astype(object).to_dict("records"),
                "regret": one.regret.astype(object).to_dict("records"),
                "parting": None if one.parting is None else one.parting.to_json(),
            }
            for one in self.answers
        ]
        left = [vars(one) for one in self.missing]
        return without_nan({**self.about, "questions": questions, "not_there": left})

    def save(self, path: str | Path) -> Path:
        """Write the differences as Parquet; raises ``InputError`` if the path cannot be written."""
        from detente.experiments.io.files import check_target, write_table

        target = check_target(path, ".parquet", "output")
        write_table(self.differences, target, self.about)
        return target

    def plot(self) -> Any:
        """A Plotly figure: every aim under every order, with both intervals of its difference from the first."""
        from detente.experiments.io.figures import draw

        verdicts = {"titles": {one.name: one.title for one in self.answers}}
        return draw("sequence", self.differences, self.means, about={**self.about, **verdicts})
