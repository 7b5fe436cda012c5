"""The page *In which order* without a browser: items of a case, orders by their days, what pairs say of two."""

import shutil
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from detente.dashboards.app.cases import Cases
from detente.dashboards.app.orders import (
    HEAD,
    MOST_ITEMS,
    bare,
    calendar,
    check_days,
    checked_orders,
    command,
    file_text,
    movable,
    order_text,
    parting_words,
    plain_answer,
    plain_item,
    read_days,
)
from detente.dashboards.app.pages import sequence as page
from detente.dashboards.app.site import make_app
from detente.dashboards.app.waits import Waits, file_of_items, items_with_waits, wait_like, waits_of
from detente.experiments.analysis.sequence import sequence
from detente.experiments.analysis.sequence_items import items_of
from detente.experiments.analysis.sequence_orders import days_of, read_order
from detente.model.catalogue import SHIPPED, case_names, load_scenario
from detente.model.errors import InputError

HOST = {"Host": "127.0.0.1:8521"}
TRUCE, PIVOT = "truce-republic-movement", date(2030, 3, 1)
DAYS = {
    "A": {TRUCE: PIVOT, "front": date(2030, 6, 1)},
    "B": {"front": date(2030, 4, 1), TRUCE: date(2030, 6, 1)},
}


@pytest.fixture(scope="module")
def template() -> Any:
    return load_scenario("template")


def test_the_calendar_has_the_items_of_a_case_and_orders_to_start_from() -> None:
    told = calendar(Cases(), "template")
    assert (told["first"], told["last"]) == ("2030-03-01", "2031-12-31")
    assert {"front", "direct", TRUCE, "prisoner-release"} <= {one["name"] for one in told["items"]}
    starts = {one["name"]: one for one in told["starts"]}
    assert starts["truce-or-talks"]["a"] == {TRUCE: "2030-03-01", "front": "2030-06-29"}
    assert starts["truce-or-talks"]["b"] == {"front": "2030-03-01", TRUCE: "2030-06-29"}
    assert list(starts["usual"]["a"]) == list(starts["usual"]["b"])[::-1]
    assert any(line.startswith("patron-or-ally: it has no ally") for line in told["missing"])
    milestones = starts["recognition-and-milestones"]
    assert milestones["a"] == {"political-office": "2030-03-01"}
    assert milestones["b"] == {"political-office": "calm.republic.movement"}


def test_an_order_by_its_days_is_one_that_the_command_line_takes(template: Any) -> None:
    text = order_text("B", DAYS["B"], PIVOT)
    assert text == f"B: >31 front >61 {TRUCE}"
    known = {one.name: one for one in items_of(template).item}
    for label, days in DAYS.items():
        order = read_order(order_text(label, days, PIVOT), 120, known)
        assert order.label == label
        assert days_of(order, known, template) == days
    together = {TRUCE: PIVOT, "front": PIVOT}
    assert order_text("A", together, PIVOT) == f"A: front + {TRUCE}"
    line = command("template", DAYS, template, 20)
    assert line == f"detente sequence template --order 'A: {TRUCE} >92 front' --order '{text}' --draws 20"


def test_days_stand_in_an_address() -> None:
    assert read_days("front@2030-06-01", "a") == {"front": date(2030, 6, 1)}
    assert read_days("", "a") == {}
    for bad, words in (("front", "a: front: got ''"), ("front@2030-02-30", "2030-02-30"), ("x@1,x@1", "x")):
        with pytest.raises(InputError, match=words):
            read_days(bad, "a")


QUIET, CALM = Waits("quiet.republic.movement"), Waits("calm.republic.movement")


def test_an_item_that_waits_in_one_order_is_ruled_out_there_until_its_condition_is_met(template: Any) -> None:
    orders = {"A": {"front": PIVOT}, "B": {"front": QUIET, TRUCE: date(2030, 4, 1)}}
    check_days(template, orders)
    copied = "front-once-quiet-republic-movement"
    assert order_text("B", orders["B"], PIVOT) == f"B: {copied} >31 {TRUCE}"
    known = {one.name: one for one in items_of(template).item}
    copy = items_with_waits(template, known, list(orders.values()))[-1]
    assert (copy.name, copy.hold, copy.once) == (copied, False, True)
    assert copy.when is not None
    assert copy.when.watch == "truce_days"
    both = items_with_waits(template, known, [{"front": QUIET}, {"front": CALM}])[-2:]
    assert [one.hold for one in both] == [True, True], "nothing else rules the item out"


def test_the_file_of_items_is_one_that_the_command_line_reads(template: Any, tmp_path: Path) -> None:
    orders = {"A": {"front": PIVOT}, "B": {"front": QUIET}}
    file = tmp_path / "sequence.toml"
    file.write_text(file_text(template, orders), encoding="utf-8")
    known = {one.name: one for one in items_of(template).item}
    assert list(items_of(template, file).item) == items_with_waits(
        template, {"front": known["front"]}, list(orders.values())
    )
    assert "--file sequence.toml" in command("template", orders, template, 50)
    assert file_text(template, DAYS) == ""


def test_a_condition_that_a_case_has_not_is_refused(template: Any) -> None:
    for turn, words in ((Waits("quiet"), "quiet.republic.movement"), (Waits("own"), "got 'own'")):
        with pytest.raises(InputError, match=words):
            check_days(template, {"A": {"front": turn}, "B": {}})
    assert read_days("front@quiet.republic.movement", "a") == {"front": QUIET}


def test_every_case_says_what_may_be_waited_for() -> None:
    for case in case_names():
        scenario = load_scenario(case)
        found = waits_of(scenario)
        assert found
        assert all(wait.name == name for name, wait in found.items())
        assert {wait_like(scenario, wait.condition) for wait in found.values()} == set(found)


def test_an_item_with_a_condition_of_its_own_is_set_in_or_out(tmp_path: Path) -> None:
    shutil.copytree(SHIPPED / "template", tmp_path, dirs_exist_ok=True)
    items = items_with_waits(
        load_scenario("template"), movable(load_scenario("template")), [{"front": QUIET}]
    )
    (tmp_path / "sequence.toml").write_text(file_of_items(90, items), encoding="utf-8")
    mine = load_scenario(tmp_path / "case.toml")
    name = "front-once-quiet-republic-movement"
    (item,) = [plain_item(mine, one) for one in items_of(mine).item if one.when]
    assert item["waits"] == "truce days between The Republic and The Movement above 30"
    check_days(mine, {"A": {name: Waits("own")}, "B": {"front": PIVOT}})
    assert order_text("A", {name: Waits("own")}, PIVOT) == f"A: {name}"
    with pytest.raises(InputError, match="expected 'own'"):
        check_days(mine, {"A": {name: PIVOT}, "B": {}})


def test_what_a_case_has_not_and_what_is_no_question_is_refused(template: Any) -> None:
    def refused(orders: Any, words: str) -> None:
        with pytest.raises(InputError, match=words):
            checked_orders(template, {**DAYS, **orders})

    refused({"A": {"fronts": PIVOT}}, "order A: item: got 'fronts'.*front")
    refused({"B": {"front": date(2040, 1, 1)}}, "order B: front: .*2030-03-01 to 2031-12-31")
    refused({"B": {"front": date(2030, 2, 1)}}, "order B: front")
    refused({"A": {}}, "order A: is empty")
    refused({"A": DAYS["B"]}, "A and B are the same")
    check_days(template, {"A": {}, "B": {}})
    korea = load_scenario("korea-2017")
    many = dict.fromkeys([one.name for one in items_of(korea).item][: MOST_ITEMS + 1], korea.case.pivot)
    with pytest.raises(InputError, match=f"at most {MOST_ITEMS}"):
        check_days(korea, {"A": many, "B": {}})


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"case": "nowhere"}, "nowhere"),
        ({"casse": "template"}, "did you mean 'case'"),
        ({"case": "template", "a": "front@2030-06-01"}, "expected both"),
        ({"case": "template", "a": "front@2030-06-01", "b": "front@1066-10-14"}, "order B"),
        ({"case": "template", "draws": "201"}, "0 to 200"),
        ({"case": "template", "answer": "yes"}, "answer"),
    ],
)
def test_an_address_that_makes_no_sense_is_refused(query: dict[str, str], words: str) -> None:
    site = make_app().server.extensions["detente"]
    with pytest.raises(InputError, match=words):
        page.layout(site, query)
    assert page.layout(site, {"case": "template", "a": "", "b": "front@2030-06-01", "draws": "0"})


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few chronicles are held side by side."""
    monkeypatch.setattr("detente.experiments.analysis.sequence.SEEDS", 2)


def test_what_the_page_says_are_the_words_of_the_command(compiled: None, few: None, template: Any) -> None:
    texts = [order_text(label, days, PIVOT) for label, days in DAYS.items()]
    made = sequence("template", orders=texts, pairs=6, draws=2)
    told = plain_answer(made)
    (found,) = made.answers
    assert told["verdict"] == bare(found.verdict)
    assert told["differences"]["head"] == HEAD
    assert [row[0] for row in told["differences"]["rows"]] == [aim.words for aim in found.valued]
    assert [row["aim"] for row in told["figure"]] == [aim.words for aim in found.valued]
    assert found.parting is not None
    assert told["parting"]["words"] == parting_words(found.parting)
    assert told["parting"]["orders"] == ["A", "B"]
    assert "2 draws of 10 seeds each" in told["about"]


def test_the_server_compares_two_orders(compiled: None, few: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detente.dashboards.app.orders.PAIRS", 6)
    real = sequence
    monkeypatch.setattr(
        "detente.dashboards.app.orders.sequence", lambda place, **asked: real(place, pairs=6, **asked)
    )
    app = make_app()
    app.server.extensions["detente"].engine.start()
    client = app.server.test_client()
    body = {"case": "template", "draws": 0, "token": "viewer"}
    body |= {
        label.lower(): {name: day.isoformat() for name, day in days.items()} for label, days in DAYS.items()
    }
    while (said := client.post("/api/orders", json=body, headers=HOST)).status_code in (202, 503):
        time.sleep(0.05)
    told = said.get_json()
    assert told["verdict"].startswith("Which of these orders?")
    assert told["command"].startswith("detente sequence template --order 'A: ")
    assert all(row["wide_low95"] is None for row in told["figure"])
    body["b"]["front"] = QUIET.name
    while (file := client.post("/api/mail-orders", json=body, headers=HOST)).status_code in (202, 503):
        time.sleep(0.05)
    text = file.get_data(as_text=True)
    assert "once a ceasefire of The Republic and The Movement has held for 30 days" in text
    assert "What B has more of than A" in text
    assert text.count('<div class="s-row') == len(told["figure"])
    assert "front-once-quiet-republic-movement" in text
    assert "detente-source" in text
    assert "http" not in text.replace("http-equiv", "").replace("http://www.w3.org", "")
    for bad, words in (
        ({"draws": -1}, "0 to 200"),
        ({"a": {"front": 3}}, "order A: front"),
        ({"b": {}}, "order B"),
    ):
        reply = client.post("/api/orders", json={**body, **bad}, headers=HOST)
        assert reply.status_code == 400
        assert words in reply.get_json()["error"]
    items = client.get("/api/items?case=template", headers=HOST).get_json()
    assert ["template", load_scenario("template").case.title] in items["cases"]
    assert client.get("/api/items?case=none", headers=HOST).status_code == 400
