"""Every parameter with its value in a case, range, unit, meaning, source and grade, as a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from dash import html

from detente.agents.parameters import Parameters
from detente.dashboards.app.controls import number as words
from detente.dashboards.app.controls import table
from detente.experiments.runs.inputs import Declared, declared_parameters
from detente.model.scenario import Scenario

GRADES = {
    "measured": "a number in a source or in data",
    "sign": "the source gives the direction only",
    "judgement": "ours",
    "calibrated": "fitted on data set aside for it",
}
OWN = "case"
"""What to choose to see the parameters that a case sets for itself."""

HEAD = ("Parameter", "Value", "Range", "Unit", "Meaning", "Source", "Grade")


class Graded(NamedTuple):
    """One parameter as it is declared, and its value in a case."""

    declared: Declared
    value: float

    @property
    def name(self) -> str:
        """Its name, ``group.name``."""
        return self.declared.name

    @property
    def usual(self) -> float:
        """Its value where no case sets it."""
        return float(self.declared.default or 0.0)

    @property
    def own(self) -> bool:
        """Whether the case sets it for itself."""
        return self.value != self.usual

    def cells(self) -> list[Any]:
        """The row of the table; what the case sets stands out, since source and grade speak of the usual value."""
        d, usual = self.declared, words(self.usual)
        own: Any = [html.Strong(words(self.value)), f" set by the case; usually {usual}"]
        value: Any = html.Span(own) if self.own else usual
        return [self.name, value, f"{words(d.low)} to {words(d.high)}", d.unit, d.meaning, d.source, d.grade]


def graded(scenario: Scenario | None = None) -> Iterator[Graded]:
    """Every parameter in declared order, with its value in a case; as declared where none is given."""
    used = scenario.parameters if scenario else Parameters()
    for name, declared in declared_parameters().items():
        group, _, key = name.partition(".")
        yield Graded(declared, float(getattr(getattr(used, group), key)))


def parameter_table(shown: str, scenario: Scenario | None = None) -> Any:
    """The parameters of a grade, those that a case sets for itself (``OWN``), or all (empty)."""
    rows = [p for p in graded(scenario) if shown in ("", p.declared.grade) or (shown == OWN and p.own)]
    if not rows:
        return html.P("No parameter is among these.", className="empty-state")
    set_here = sum(p.own for p in rows)
    caption = f"{len(rows)} parameters" + (f", {set_here} of them set by the case" if set_here else "")
    return table(HEAD, [p.cells() for p in rows], caption=caption, name="evidence-parameter-table")


def how_many() -> str:
    """How many parameters and switches there are."""
    switches = sum(p.name.startswith("switches.") for p in graded())
    return f"{sum(1 for _ in graded()) - switches} parameters and {switches} switches"


def grade_words() -> list[Any]:
    """What the grades mean."""
    parts: list[Any] = []
    for grade, meaning in GRADES.items():
        parts += [html.Strong(grade), f" ({meaning}); " if grade != "calibrated" else f" ({meaning})."]
    return parts
