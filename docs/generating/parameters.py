"""Every parameter and every constant of the mechanisms, by topic."""

import csv
from pathlib import Path

from detente.agents.parameters import Parameters, is_fixed
from generating.tables import number, table


def by_topic() -> str:
    """A table for each group of parameters."""
    return "\n".join(topic(name, field.annotation) for name, field in Parameters.model_fields.items())


def topic(name: str, group: type) -> str:
    """One group."""
    about = (group.__doc__ or "").strip().splitlines()[0]
    rows = [row(name, key, field) for key, field in group.model_fields.items() if not is_fixed(field)]
    head = ("parameter", "value", "unit", "range", "meaning", "source", "grade")
    return f"## `{name}` {{ #{name} }}\n\n{about}\n\n{table(head, rows)}"


def constants() -> str:
    """Every constant."""
    groups = ((name, field.annotation.model_fields) for name, field in Parameters.model_fields.items())
    rows = [
        constant(f"{name}.{key}", field)
        for name, fields in groups
        for key, field in fields.items()
        if is_fixed(field)
    ]
    return table(("constant", "value", "unit", "meaning", "source", "grade"), rows)


REACH = Path(__file__).resolve().parents[1] / "reference" / "parameter-reach.csv"


def reach() -> str:
    """What would notice each parameter's absence, and which target its range moves most."""
    with REACH.open(newline="", encoding="utf-8") as file:
        rows = [reach_row(row) for row in csv.DictReader(file)]
    return table(("parameter", "noticed by", "effect", "targets", "shift"), rows)


def reach_row(row: dict[str, str]) -> tuple[str, ...]:
    """One parameter."""
    seen = f"{row['outcome'].replace('_', ' ')} in {row['where']}" if float(row["effect"]) else "nothing here"
    target = (row["target"].replace("|", "/"), row["shift"]) if row["target"] else ("–", "–")
    return (f"`{row['parameter']}`", seen, row["effect"], *target)


def constant(name: str, field: object) -> tuple[str, ...]:
    """One constant."""
    extra = field.json_schema_extra
    meaning = (field.description, extra["source"], extra["grade"])
    return (f"`{name}`", number(field.default), extra["unit"], *meaning)


def row(group: str, key: str, field: object) -> tuple[str, ...]:
    """One parameter."""
    extra = field.json_schema_extra
    low, high = (next(getattr(m, side) for m in field.metadata if hasattr(m, side)) for side in ("ge", "le"))
    span = f"{number(low)} to {number(high)}"
    return (
        f"`{group}.{key}`",
        number(field.default),
        extra["unit"],
        span,
        field.description,
        extra["source"],
        extra["grade"],
    )
