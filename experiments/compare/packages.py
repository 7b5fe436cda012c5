"""What became of packages in the runs of an ensemble, and why nothing was agreed where nothing was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from detente.experiments.runs.ensemble import Ensemble


def why_nothing_agreed(made: Ensemble) -> str:
    """Why no run came to an agreement, in words; empty where one did."""
    outcomes = made.outcomes
    if outcomes["agreements"].sum() > 0:
        return ""
    put_forward, n = int(outcomes["packages"].sum()), len(outcomes)
    if put_forward == 0:
        return f"no package was put forward in any run: {why_no_package(made)}"
    runs = int((outcomes["packages"] > 0).sum())
    if put_forward == 1:
        return f"one package was put forward, in one of {n:,} runs, and refused"
    return f"{put_forward:,} packages were put forward, in {runs:,} of {n:,} runs, and all were refused"


def why_no_package(made: Ensemble) -> str:
    """What kept packages from being put forward: a mechanism that is off, no talks, or too little settled in them."""
    switches, outcomes = made.start.parameters.switches, made.outcomes
    for name in ("settlement", "talks"):
        if getattr(switches, name) == 0:
            return f"switches.{name} is 0"
    talked = int((outcomes["tracks_opened"] > 0).sum())
    if talked == 0:
        return "no talks were opened"
    most = int(outcomes["issues_settled"].max())
    return (
        f"talks were opened in {talked:,} of {len(outcomes):,} runs, and no main track between sides at war settled "
        f"its whole agenda (at most {most} {'issue' if most == 1 else 'issues'} settled in a run)"
    )


def packages_json(made: Ensemble) -> dict[str, Any]:
    """Packages put forward, refused and accepted in all runs, and why nothing was agreed (None where something was)."""
    totals = {name: int(made.outcomes[name].sum()) for name in ("packages", "packages_refused", "agreements")}
    names = ("put_forward", "refused", "accepted")
    return {
        **dict(zip(names, totals.values(), strict=True)),
        "nothing_agreed": why_nothing_agreed(made) or None,
    }
