"""Pages that ask again: what they are given meanwhile, at the end, and what happens when they ask no more."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from site_parts import callback_bodies

from detente.dashboards.app.background_jobs import KEPT, PATIENCE
from detente.dashboards.app.callback_bodies import PATH
from detente.dashboards.app.site import make_app

HOST = {"Host": "127.0.0.1:8521"}
SECONDS = 60


@pytest.fixture
def app(compiled: None) -> Any:
    return make_app()


class Page:
    """A page, which keeps what it is given and sends it with its next question."""

    def __init__(self, app: Any, output: str, **values: Any) -> None:
        self.client = app.server.test_client()
        self.body = next(b for b in callback_bodies(app) if b["output"].startswith(f"..{output}"))
        self.values = values

    def ask(self, trigger: str = "") -> dict[str, Any]:
        """What comes back, by part of the page and property."""
        body = {**self.body, **{key: [self.filled(p) for p in self.body[key]] for key in ("inputs", "state")}}
        answer = self.client.post(
            PATH, json={**body, "changedPropIds": [trigger] if trigger else []}, headers=HOST
        )
        assert answer.status_code == 200, answer.data
        told = answer.get_json()["response"]
        found = {f"{part}.{name}": value for part, held in told.items() for name, value in held.items()}
        self.values |= {key: value for key, value in found.items() if key.endswith(".data")}
        return found

    def filled(self, part: Any) -> Any:
        if isinstance(part, list):
            return [self.filled(one) for one in part]
        id_ = part["id"]
        name = f"{next(iter(id_.values())) if isinstance(id_, dict) else id_}.{part['property']}"
        return {**part, "value": self.values[name]} if name in self.values else part

    def until(self, key: str, trigger: str = "") -> dict[str, Any]:
        """Ask until something comes back."""
        end = time.monotonic() + SECONDS
        while key not in (found := self.ask(trigger)):
            assert time.monotonic() < end
            time.sleep(0.05)
        return found


def jobs_of(app: Any) -> Any:
    return app.server.extensions["detente"].jobs


def wait_for(true: Callable[[], bool], seconds: float) -> float:
    """Time until something is so [s]."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds
        time.sleep(0.01)
    return time.monotonic() - began


def test_a_comparison_comes_with_the_first_runs_and_then_with_all(app: Any) -> None:
    page = Page(app, "compare-figure", **{"compare-shown.data": None})
    first = page.until("compare-figure.figure")
    assert first["compare-shown.data"]["runs"] == 100
    assert first["compare-status.children"].startswith("100 runs of each policy; 500 are on their way")
    assert first["compare-tick.max_intervals"] > 0
    whole = page.until("compare-figure.figure")
    assert whole["compare-shown.data"]["runs"] == 500
    assert whole["compare-status.children"].startswith("500 runs of each policy. Yours")
    assert whole["compare-figure.figure"] != first["compare-figure.figure"]
    last = page.ask()
    assert "compare-tick.max_intervals" not in last
    assert "compare-figure.figure" not in last
    another = Page(app, "compare-figure", **{"compare-shown.data": None, "compare-viewer.data": "another"})
    assert another.until("compare-figure.figure")["compare-figure.figure"] == whole["compare-figure.figure"]


def test_a_lever_that_moves_shows_in_the_address_before_its_answer_is_there(app: Any) -> None:
    page = Page(app, "compare-figure", **{"compare-shown.data": None})
    page.values["mediation.value"] = 0.25
    found = page.ask()
    assert "lever.mediation=0.25" in found["compare-search.data"]


def test_an_audit_that_nobody_looks_at_any_more_is_gone_within_two_seconds(app: Any) -> None:
    about = {"evidence-case.value": "afghanistan-2018", "evidence-asked.data": []}
    page = Page(app, "evidence-card-state", **about)
    page.ask("evidence-audit-go.n_clicks")
    assert page.values["evidence-asked.data"] == [["audit", "afghanistan-2018"]]
    for _ in range(4):
        time.sleep(0.5)
        said = page.ask("evidence-tick.n_intervals")["evidence-audit-state.children"]
    assert said.startswith("Computing")
    watcher = Page(app, "evidence-card-state", **about)
    assert watcher.ask("evidence-tick.n_intervals")["evidence-audit-state.children"].startswith("Computing")
    assert watcher.values["evidence-asked.data"] == []  # one who looks on does not keep it going
    assert wait_for(lambda: "check" not in jobs_of(app)._working, 5) < 2.5
    said = watcher.ask("evidence-tick.n_intervals")
    assert said["evidence-audit-state.children"].startswith("Not computed yet")
    assert said["evidence-tick.disabled"] is True


def test_fans_that_nobody_waits_for_are_gone_within_two_seconds(app: Any) -> None:
    client = app.server.test_client()
    for viewer in range(12):
        levers = {"recognition": 0.03 + viewer / 20}
        recipe = {"case": "afghanistan-2018", "policy": "five-lessons", "levers": levers}
        client.post("/api/fan", json={"recipe": recipe, "runs": 500, "token": f"v{viewer}"}, headers=HOST)
    began = time.monotonic()
    assert client.get("/api/engine", headers=HOST).status_code == 200
    assert time.monotonic() - began < 0.3
    assert wait_for(lambda: "whole" not in jobs_of(app)._working, 5) < 2.5
    assert PATIENCE < 2
    assert len(jobs_of(app)._jobs) <= KEPT


def test_a_queue_that_is_full_asks_the_page_to_come_again(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = jobs_of(app)
    monkeypatch.setattr(jobs, "_most", 0)
    client = app.server.test_client()
    question = {"recipe": {"case": "template", "policy": "status-quo", "seed": 77}}
    assert client.post("/api/open", json=question, headers=HOST).status_code == 202
    page = Page(app, "compare-figure", **{"compare-shown.data": None})
    assert page.ask()["compare-tick.max_intervals"] > 0
    monkeypatch.undo()
    while (answer := client.post("/api/open", json=question, headers=HOST)).status_code == 202:
        time.sleep(0.05)
    assert answer.status_code == 200


def test_the_lessons_in_chosen_cases_are_compared_in_the_background(app: Any) -> None:
    page = Page(app, "where-content")
    at_once = page.ask()
    assert at_once["where-status.children"].startswith("The shipped result")
    assert at_once["where-stop.hidden"] is True
    begun = page.ask("where-go.n_clicks")
    assert begun["where-asked.data"] == {"cases": ["template"], "runs": 10, "draws": 0}
    page.values |= begun
    found = begun if "where-content.children" in begun else page.until("where-content.children")
    assert found["where-status.children"].startswith("Computed on this machine: 1 case, 10 seeds")
    assert found["where-stop.hidden"] is True
    assert "where-tick.max_intervals" not in found
    back = page.ask("where-back.n_clicks")
    assert back["where-asked.data"] is None
    assert back["where-status.children"].startswith("The shipped result")


def test_a_comparison_over_cases_that_is_stopped_is_given_up_and_the_old_one_stays(app: Any) -> None:
    long = {
        "where-cases.value": ["afghanistan-2018", "sudan-1998"],
        "where-runs.value": 100,
        "where-draws.value": 40,
    }
    page = Page(app, "where-content", **long)
    page.ask()
    told = page.ask("where-go.n_clicks")
    assert told["where-status.children"].startswith("Computing")
    assert told["where-stop.hidden"] is False
    assert told["where-tick.max_intervals"] > 0
    assert "where-content.children" not in told, "what was there stays"
    stopped = page.ask("where-stop.n_clicks")
    assert stopped["where-status.children"].startswith("Stopped. The shipped result")
    assert stopped["where-asked.data"] is None
    assert "where-tick.max_intervals" not in stopped
    assert wait_for(lambda: "check" not in jobs_of(app)._working, 10) < 5
