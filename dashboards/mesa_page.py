"""The page that Mesa's own server shows: Mesa's controls around ``PeaceProcess``.

To make it yours, copy this file and run ``solara run copy.py``: add a tab to ``COMPONENTS`` (a component of the model
and of what was drawn), or a control to ``controls`` (a keyword of ``PeaceProcess``).  Draw from ``drawn``, or from
``model.run_at(drawn.frame)``, a run as data, and not from the model, which may be stepping while you look.  Cases of
your own are files that the environment variable DETENTE_CASES names.
"""

# solara and mesa declare less than they export and take.
# pyright: reportPrivateImportUsage=false, reportArgumentType=false

from __future__ import annotations

from typing import Any

import solara
from mesa.visualization import Slider, SolaraViz
from mesa.visualization.utils import update_counter

from detente.agents.codes import LEVER_TITLES, LEVERS, THEORIES
from detente.dashboards.app.address import FIRST_CASE
from detente.dashboards.app.cases import named_cases
from detente.dashboards.mesa_decisions import DecisionPanel
from detente.dashboards.mesa_parts import (
    SEED,
    Drawn,
    EventTable,
    NetworkPanel,
    PlotlyPanel,
    WatchedProcess,
    policy_levers,
    use_latest,
)
from detente.experiments.runs.provenance import NOT_A_FORECAST
from detente.model.errors import InputError

PANELS = (
    "Violence, as a monthly rate",
    "Trust in the other’s word",
    "Readiness to negotiate, by pair",
    "What happened (hover)",
)
"""Panels of the figure of a run, by heading, as they are laid out."""

LEAST_INTERVAL = 100
"""Shortest time between steps while playing [ms]: a browser cannot follow faster ones."""


def controls(case: str, policy: str) -> dict[str, Any]:
    """Mesa's model parameters: fixed ones, then a control for each of the others."""
    usual = policy_levers(case, policy)
    levers = {
        name: Slider(f"{LEVER_TITLES[name]} (lesson {LEVERS[name]})", usual[name], 0.0, 1.0, 0.05)
        for name in LEVERS
    }
    theories = {
        "type": "Select",
        "label": "theory of readiness",
        "value": THEORIES[0],
        "values": list(THEORIES),
    }
    seed = {"type": "InputText", "label": "seed", "value": str(SEED)}
    return {"case": case, "policy": policy, "rng": seed, "theory": theories, **levers}


@solara.component
def Charts(model: WatchedProcess, drawn: Drawn) -> None:
    """The panels of the figure of the run."""
    with solara.GridFixed(columns=2, column_gap="12px", row_gap="6px"):
        for head in PANELS:
            PlotlyPanel(figure=drawn.panels.get(head, {}), label=head, stamp=drawn.date)


@solara.component
def Network(model: WatchedProcess, drawn: Drawn) -> None:
    """Parties, and what each would do."""
    NetworkPanel(network=drawn.network, date=drawn.date)


@solara.component
def Chronicle(model: WatchedProcess, drawn: Drawn) -> None:
    """What happened, as a table."""
    EventTable(rows=drawn.events)


COMPONENTS: list[tuple[str, Any]] = [("Charts", Charts), ("Network", Network), ("Chronicle", Chronicle)]
"""The tabs, each with its component."""


@solara.component
def Views(process: solara.Reactive[WatchedProcess]) -> None:
    """The tabs.  Everything on them is of one drawing, and so of one day, however fast the model steps."""
    update_counter.get()
    model = process.value
    frame = model.frame
    tab, set_tab = solara.use_state(0)
    drawn = use_latest(lambda: model.drawn(frame), (id(model), frame))
    with solara.v.Tabs(v_model=tab, on_v_model=set_tab):
        for name, _ in COMPONENTS:
            solara.v.Tab(children=[name])
    if drawn is None:
        solara.Text("Drawing the first day …")
        return
    solara.Text(f"Shown: {drawn.date}")
    DecisionPanel(process, drawn)
    COMPONENTS[tab][1](model, drawn)


@solara.component
def Process(case: str, policy: str) -> None:
    """A case under a policy, with Mesa's controls; the model belongs to this session alone."""
    model = solara.use_reactive(solara.use_memo(lambda: WatchedProcess(case, policy), []))
    interval = solara.use_reactive(LEAST_INTERVAL)
    solara.use_effect(lambda: interval.set(max(interval.value, LEAST_INTERVAL)), [interval.value])
    if model.value.complaint:
        solara.Error(model.value.complaint)
    SolaraViz(
        model,
        components=[],  # Mesa would number the tabs
        play_interval=interval,
        render_interval=7,
        model_params=solara.use_memo(lambda: controls(case, policy), []),
        name="Détente",
    )
    Views(model)


@solara.component
def Page() -> None:
    """Choose a case and a policy; the rest is Mesa's."""
    cases = named_cases()
    case = solara.use_reactive(next(iter(cases.own), FIRST_CASE))
    wanted = solara.use_reactive("")
    try:
        policies = cases.policies(case.value)
    except InputError as error:  # a file may be changed while it is served
        solara.Error(cases.in_words(str(error)))
        return
    policy = wanted.value if wanted.value in policies else policies[0]
    with solara.Sidebar(), solara.Card("Case and policy"):
        solara.Select("case", values=cases.names, value=case)
        solara.Select("policy", values=policies, value=policy, on_value=wanted.set)
        solara.Text(
            f"{NOT_A_FORECAST.capitalize()}. Settings take effect with Reset; a decision acts from the day shown."
        )
    Process(cases.place(case.value), policy).key(f"{case.value} {policy}")
