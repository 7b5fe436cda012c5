"""What a browser needs to know of a case to show it and to offer moves: names, titles, ranges."""

from __future__ import annotations

from functools import cache
from typing import Any

from detente.agents.codes import DECLARED_LEVERS, THEORIES
from detente.dashboards.app.cases import Cases
from detente.dashboards.app.offers import offers, plates
from detente.dashboards.app.questions import offered
from detente.dashboards.app.record import captions, record
from detente.experiments.runs.inputs import declared_parameters
from detente.experiments.runs.observed import observed_table
from detente.model.opening import Opening
from detente.model.scenario import Scenario
from detente.model.titles import told_apart


def catalogue(cases: Cases, also: object = "") -> dict[str, Any]:
    """Cases with their policies, theories, levers and parameters; ``also`` is a case opened in the browser."""
    return {
        "cases": [
            {
                "name": c.name,
                "title": c.title,
                "summary": c.summary,
                "policies": [p._asdict() for p in c.policies],
            }
            for c in cases.entries(also)
        ],
        "theories": list(THEORIES),
        "levers": [lever._asdict() for lever in DECLARED_LEVERS],
        "parameters": parameter_list(),
        "questions": offered(cases, also),
    }


@cache
def parameter_list() -> list[dict[str, Any]]:
    """Every parameter: name, range, unit, meaning."""
    shown = ("name", "meaning", "low", "high", "unit")
    return [{key: getattr(p, key) for key in shown} for p in declared_parameters().values()]


def described(start: Opening) -> dict[str, Any]:
    """One case under a policy."""
    s, used = start.scenario, start.parameters.model_dump()
    return {
        "case": s.case.name,
        "title": s.case.title,
        "summary": s.case.summary,
        "start": s.case.start.isoformat(),
        "end": s.case.end.isoformat(),
        "pivot": s.case.pivot.isoformat(),
        "policy": {"name": start.policy.name, "title": start.policy.title, "summary": start.policy.summary},
        "mode": start.mode,
        "record": record(start),
        "captions": captions(start),
        "policy_levers": dict(start.policy.levers),
        "parameters": {f"{g}.{n}": v for g, vs in used.items() for n, v in vs.items()},
        **actors(s),
        **relations(start),
        "offers": offers(start),
        "observed": observed(s),
    }


def actors(s: Scenario) -> dict[str, Any]:
    """Parties, mediators and spoilers."""
    return {
        "parties": [{"name": p.name, "title": p.title, "patron": p.patron} for p in s.party],
        "mediators": [
            {"name": m.name, "title": m.title, "pairs": [list(a.between) for a in m.access]}
            for m in s.mediator
        ],
        "spoilers": [
            {"name": x.name, "title": x.title, "targets": [t.party for t in x.target]} for x in s.spoiler
        ],
    }


def relations(start: Opening) -> dict[str, Any]:
    """Dyads, pairs, tracks and measures, in the order of their records."""
    s = start.scenario
    hostile = {frozenset(r.between): r.hostile for r in s.relation}
    lethal = {frozenset(r.between): r.lethal for r in s.relation}
    plate, titles = plates(s), told_apart(s)
    return {
        "dyads": [
            {
                "name": name,
                "source": name.split(">")[0],
                "target": name.split(">")[1],
                "hostile": hostile[frozenset(name.split(">"))],
            }
            for name in start.cast.dyads
        ],
        "pairs": [
            {
                "name": name,
                "between": name.split("+"),
                "hostile": hostile[frozenset(name.split("+"))],
                "lethal": lethal[frozenset(name.split("+"))],
            }
            for name in start.cast.pairs
        ],
        "tracks": [
            {
                "name": t.name,
                "title": titles[t.name],
                "between": list(t.between),
                "plate": plate[t.name],
                "excluded": t.excluded,
                "issues": [issue.name for issue in t.issues],
            }
            for t in s.track
        ],
        "measures": [
            {"name": m.name, "title": m.title, "giver": m.giver, "receiver": m.receiver} for m in s.measure
        ],
    }


def observed(s: Scenario) -> list[dict[str, Any]]:
    """Observed months."""
    table = observed_table(s)
    return [
        {"month": f"{row['date']:%Y-%m}", **{key: row[key] for key in ("series", "value", "unit", "source")}}
        for row in table.to_dict("records")
    ]
