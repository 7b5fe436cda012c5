"""What the page *Where else?* asks: cases, seeds and draws; its address, its work, and how long it takes."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap
from typing import Any, NamedTuple

from detente.dashboards.app.background_jobs import Progress, Work
from detente.dashboards.app.cases import Cases
from detente.dashboards.app.lately import once_a_change
from detente.dashboards.app.page import Query
from detente.dashboards.app.sent import checked_texts
from detente.dashboards.manual.places import sources
from detente.experiments.compare.where_tables import WhereTables, read_tables, tables_of
from detente.experiments.compare.where_yardsticks import EFFECTS, TOGETHER
from detente.model.errors import InputError, unknown, wrong
from detente.model.generated_policies import ALL

SUBJECT = "where"
RUNS, DRAWS = (10, 20, 50, 100), (0, 5, 10, 20, 40)
"""Seeds at the declared numbers, and draws of what is not known, that a visitor may choose from."""

USUAL_RUNS, USUAL_DRAWS = 20, 5
KEYS = ("cases", "runs", "draws", "lesson")
"""Keys of an address; without the first three it is that of the result that was shipped."""

STORED = "where.json"
"""The file beside the manual's page that holds the shipped result."""

EACH_PART, EACH_SEED, EACH_DRAW = 0.2, 0.035, 0.5
"""Time of a case on two cores: once, for each seed, for each draw [s]."""


@dataclass(frozen=True)
class Drawn:
    """A result with its figure in both layouts, in light colours."""

    made: WhereTables
    wide: Any
    narrow: Any


class Asked(NamedTuple):
    """Cases by name, seeds of each, and draws of what is not known."""

    cases: tuple[str, ...]
    runs: int
    draws: int

    @property
    def parts(self) -> int:
        """How many parts the work has: each case at its declared numbers, and under each draw."""
        return len(self.cases) * (1 + self.draws)

    @property
    def seconds(self) -> float:
        """About how long it takes on two cores [s]."""
        return len(self.cases) * (EACH_PART + EACH_SEED * self.runs + EACH_DRAW * self.draws)

    def to_json(self) -> dict[str, Any]:
        """As the page keeps it."""
        return {"cases": list(self.cases), "runs": self.runs, "draws": self.draws}


def offered(cases: Cases) -> list[tuple[str, str]]:
    """The cases that have the five lessons, by name and title."""
    return [(e.name, e.title) for e in cases.entries() if ALL in {policy.name for policy in e.policies}]


def usual(cases: Cases) -> tuple[str, ...]:
    """The cases compared unless others are chosen: all but the fictional one."""
    return tuple(name for name, _ in offered(cases) if name != "template")


def checked_asked(chosen: Sequence[str], runs: Any, draws: Any, cases: Cases) -> Asked:
    """A question that makes sense; raises ``InputError`` for any other."""
    known = [name for name, _ in offered(cases)]
    for name in chosen:
        if name not in known:
            raise unknown("cases", name, known)
    if not chosen or len(set(chosen)) < len(chosen):
        raise wrong("cases", ", ".join(chosen) or "none", "one or more different ones")
    return Asked(tuple(chosen), one_of("runs", runs, RUNS), one_of("draws", draws, DRAWS))


def one_of(key: str, value: Any, allowed: Sequence[int]) -> int:
    """A number that is offered; raises ``InputError`` for any other."""
    if isinstance(value, bool) or value not in allowed:
        raise wrong(key, value, f"one of {', '.join(map(str, allowed))}")
    return int(value)


def read_asked(query: Query, cases: Cases) -> Asked | None:
    """The question of an address; none where it asks for the shipped result."""
    for key in query:
        if key not in KEYS:
            raise unknown("address", key, KEYS)
    if not any(key in query for key in KEYS[:3]):
        return None
    chosen = [name for name in query.get("cases", ",".join(usual(cases))).split(",") if name]
    runs, draws = (whole(query.get(k, str(n))) for k, n in (("runs", USUAL_RUNS), ("draws", USUAL_DRAWS)))
    return checked_asked(chosen, runs, draws, cases)


def whole(text: str) -> Any:
    """A whole number; a text that is none stays as it is."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else text


def checked_lesson(lesson: Any) -> str:
    """What the table shows; raises ``InputError`` for what is no lesson."""
    if lesson not in EFFECTS:
        raise unknown("lesson", lesson, EFFECTS)
    return str(lesson)


def sent_asked(sent: Any, cases: Cases) -> Asked | None:
    """A question as the page has kept it."""
    if not isinstance(sent, Mapping):
        return None
    return checked_asked(
        checked_texts("cases", sent.get("cases")), sent.get("runs"), sent.get("draws"), cases
    )


def address_of(asked: Asked | None, lesson: str) -> dict[str, str]:
    """The query of an address that shows the same again."""
    shown = {} if lesson == TOGETHER and asked is not None else {"lesson": lesson}
    if asked is None:
        return shown
    return {"cases": ",".join(asked.cases), "runs": str(asked.runs), "draws": str(asked.draws), **shown}


def key_of(asked: Asked, cases: Cases) -> tuple[Any, ...]:
    """All that an answer depends on."""
    return (SUBJECT, *asked, *(cases.scenario(cases.place(name)).sha256 for name in asked.cases))


def work_of(asked: Asked, cases: Cases) -> Work:
    """Compare the lessons in the cases asked for, telling after each part how much time is left."""

    def work(report: Progress) -> Drawn:
        from detente.experiments.compare.where import where

        began = time.monotonic()

        def progress(done: int, total: int) -> None:
            report(time_left(time.monotonic() - began, done, total), done, total)

        report("the first case", 0, asked.parts)
        places = [cases.place(name) for name in asked.cases]
        return drawn(tables_of(where(places, asked.runs, asked.draws, progress=progress)))

    return work


def drawn(made: WhereTables) -> Drawn:
    """A result with its figures, which take a moment to draw."""
    from detente.dashboards.figures.where_narrow import narrow_where

    wide = made.plot().update_layout(width=None)
    what = str(wide.layout.title.subtitle.text).partition("<br>")[0]  # what the runs were stands on the page
    wide.update_layout(title_subtitle_text="<br>".join(wrap(what, LONGEST_LINE)))
    return Drawn(made, wide, narrow_where(made.effects, about=made.about))


LONGEST_LINE = 140
"""Characters of a line below the title of the wide figure."""


def time_left(gone: float, done: int, total: int) -> str:
    """How long the rest takes if it takes as long as what is done."""
    return f"about {duration(gone / done * (total - done))} left" if done < total else "now the figure"


def duration(seconds: float) -> str:
    """A time in words, rounded up."""
    if seconds <= 90:
        return f"{max(5, 5 * math.ceil(seconds / 5))} seconds"
    return f"{math.ceil(seconds / 60)} minutes"


def stored() -> Drawn:
    """The result that is shipped with the manual."""
    path = sources() / STORED
    return read_once(path)


@once_a_change(kept=2)
def read_once(path: Path) -> Drawn:
    """The result that a file holds, with its figures."""
    return drawn(read_tables(path))


def estimate_words(chosen: Sequence[str], runs: Any, draws: Any, cases: Cases) -> str:
    """What the controls ask for, and about how long that takes; what is wrong with it otherwise."""
    try:
        asked = checked_asked(chosen, runs, draws, cases)
    except InputError:
        return "Choose at least one case."
    cases_, parts = counted(len(asked.cases), "case"), counted(asked.parts, "part")
    return f"{cases_}, {parts}: about {duration(asked.seconds)} on two free cores."


def counted(n: int, what: str) -> str:
    """A number of things."""
    return f"{n} {what}{'' if n == 1 else 's'}"
