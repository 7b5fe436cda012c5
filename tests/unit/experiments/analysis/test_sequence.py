"""`detente sequence`: it finds the order that is best by construction, and says where orders do not differ."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from detente.experiments.analysis.sequence import sequence
from detente.experiments.analysis.sequence_aims import Aim, aims_of, mean_rank, not_dominated
from detente.experiments.analysis.sequence_contrasts import (
    Board,
    NotThereError,
    contrasts_of,
    summit_or_working,
)
from detente.experiments.analysis.sequence_items import ItemSpec, ItemsSpec, items_of, usual_items
from detente.experiments.analysis.sequence_orders import (
    allowed_orders,
    by_priority,
    days_of,
    evenly,
    held,
    ordered,
    read_order,
)
from detente.experiments.analysis.sequence_result import NO_DIFFERENCE, Sequences
from detente.experiments.analysis.sequence_search import few_orders, finalists, searched
from detente.experiments.cli.main import app
from detente.model.catalogue import load_scenario
from detente.model.errors import InputError
from detente.model.request import Request

TRUCE = "truce-republic-movement"
INERT = {"parameters": {"switches.measures": 0}, "policy": "status-quo", "gaps": 200}
"""Without the mechanism of measures, when one is given makes no difference; when a truce is offered does."""


def known(case: str = "template") -> Any:
    return {one.name: one for one in items_of(load_scenario(case)).item}


@pytest.fixture(scope="module")
def made(compiled: None) -> Sequences:
    return sequence("template", contrasts="truce-or-talks", pairs=6, draws=2, aims=["deaths", "ally_trust"])


def test_it_finds_the_order_that_is_best_by_construction(compiled: None):
    names = ["prisoner-release", "captive-release", TRUCE]
    found = sequence("template", items=names, aims=["ceasefire_days"], pairs=100, draws=0, **INERT).answers[0]
    assert found.tried == 6
    assert found.differs
    assert {label.split(" > ")[0] for label in found.front} == {TRUCE}
    last = next(label for label in found.labels if label.endswith(TRUCE))
    assert all(found.beats(first, last) for first in found.front)


def test_of_two_orders_the_better_one_is_named_best(compiled: None):
    orders = [f"prisoner-release > {TRUCE}", f"{TRUCE} > prisoner-release"]
    found = sequence("template", orders=orders, aims=["ceasefire_days"], pairs=60, draws=3, **INERT).answers[
        0
    ]
    assert found.best == orders[1]
    assert found.least_regret == orders[1]
    assert "is best" in found.verdict
    table = found.regret.set_index("order")
    assert table.loc[orders[1], "mean_regret"] < table.loc[orders[0], "mean_regret"]
    assert found.parting is not None
    assert found.parting.day == "2030-03-01"


def test_orders_that_do_not_differ_are_said_not_to(compiled: None):
    orders = ["prisoner-release > captive-release", "captive-release > prisoner-release"]
    found = sequence("template", orders=orders, pairs=20, draws=2, **INERT).answers[0]
    assert not found.differs
    assert NO_DIFFERENCE in found.verdict
    assert found.best == ""
    assert found.front == list(found.labels)


def test_a_search_finds_the_order_that_scores_best():
    names = list(known())[:5]
    target = names[::-1]

    def attempt(order: Any) -> dict[str, float]:
        return {"x": float(sum(abs(k - target.index(name)) for k, name in enumerate(order.items)))}

    tried = searched(names, known(), [60.0], [Aim("x", "attacks", "events", -1)], 300, attempt)
    best = min(tried, key=lambda order: tried[order]["x"])
    assert list(best.items) == target
    assert len(tried) < 300


def test_few_orders_are_all_tried_and_many_are_not():
    names = list(known())
    assert len(few_orders(names[:3], known(), [30.0, 90.0]) or ()) == 12
    assert few_orders(names, known(), [30.0]) is None


def test_finalists_hold_the_front_and_the_last():
    orders = [evenly([[str(k)]], 1.0) for k in range(12)]
    tried = {order: {"a": float(k), "b": float(-k * k)} for k, order in enumerate(orders)}
    tried[orders[5]] = {"a": -1.0, "b": -200.0}
    aims = [Aim("a", "a", "1", 1), Aim("b", "b", "1", 1)]
    chosen = finalists(tried, aims)
    assert len(chosen) == 8
    assert orders[5] in chosen


def test_dominance_and_ranks_by_hand():
    worth = np.array([[1.0, 1.0], [2.0, 0.0], [0.0, 0.0], [1.0, float("nan")]])
    assert not_dominated(worth).tolist() == [True, True, False, False]
    assert mean_rank(worth[:3]).tolist() == [0.5, 0.75, 1.75]


# -- items and orders


def test_items_are_built_from_the_case():
    names = list(known())
    assert names[:3] == ["front", "backchannel", "direct"]
    assert {TRUCE, "prisoner-release", "political-office", "captive-release", "mediators-republic"} <= set(
        names
    )
    afghan = known("afghanistan-2018")
    assert "drawdown-united-states" in afghan
    usual = usual_items(load_scenario("afghanistan-2018"), list(afghan.values()))
    assert {"direct", "intra-afghan"} <= set(usual)
    assert len(usual) == 7


def test_an_order_rules_an_item_out_until_its_turn_and_makes_it_then():
    request = Request.of("template", "status-quo", {}, sequence)
    order = read_order(f"front > {TRUCE}", 100, known())
    decisions = ordered(request, order, order.items, known()).decisions
    pivot = date(2030, 3, 1)
    opened = [d for d in decisions if d.do == "open_track"]
    assert {(d.actor, d.date) for d in opened} == {("republic", pivot), ("movement", pivot)}
    blocks = [d for d in decisions if d.do == "block"]
    assert {(d.actor, d.what, d.date, d.end) for d in blocks} == {
        (side, "offer_truce", pivot, pivot + timedelta(days=99)) for side in ("republic", "movement")
    }
    assert {d.date for d in decisions if d.do in ("offer_truce", "answer_truce")} == {
        pivot + timedelta(days=100)
    }


def test_an_order_may_have_a_name_and_days_between_its_turns():
    items, scenario = known(), load_scenario("template")
    order = read_order(f"truce first: {TRUCE} >90 front + direct > backchannel", 30, items)
    assert (order.label, order.gaps) == ("truce first", (90.0, 30.0))
    late = read_order(f">31 front >61 {TRUCE}", 30, items)
    assert days_of(late, items, scenario) == {"front": date(2030, 4, 1), TRUCE: date(2030, 6, 1)}
    for bad in ("> front", ">31", "front >90", "a name: "):
        with pytest.raises(InputError, match="order: item"):
            read_order(bad, 30, items)


def test_what_an_order_leaves_out_is_ruled_out_throughout():
    request = Request.of("template", "status-quo", {}, sequence)
    decisions = ordered(request, evenly([["front"]], 30.0), ["front", "direct"], known()).decisions
    assert {(d.actor, d.end) for d in decisions if d.do == "block"} == {
        ("republic", None),
        ("movement", None),
    }


def test_mediation_is_held_at_its_level_without_lessons():
    (table,) = held(load_scenario("template"), known()["mediators-republic"], date(2030, 5, 1))
    assert (table["do"], table["lever"], table["amount"]) == ("lever", "mediation", 0.0)


def test_conditions_between_items_are_kept():
    items = known()
    items["direct"] = items["direct"].model_copy(update={"after": ("backchannel",)})
    rows = list(allowed_orders(["direct", "backchannel", "front"], items))
    assert len(rows) == 3
    assert all(row.index("backchannel") < row.index("direct") for row in rows)
    keys = {"direct": 0.0, "backchannel": 0.9, "front": 0.5}
    assert by_priority(list(keys), keys, items) == ["front", "backchannel", "direct"]
    with pytest.raises(InputError, match="direct must come after backchannel"):
        read_order("direct > backchannel", 30, items)


def test_no_item_comes_before_its_earliest_day_and_none_after_the_end():
    items = known()
    items["front"] = items["front"].model_copy(update={"earliest": date(2030, 9, 1)})
    scenario = load_scenario("template")
    found = days_of(evenly([["front"], ["direct"]], 30.0), items, scenario)
    assert found == {"front": date(2030, 9, 1), "direct": date(2030, 10, 1)}
    with pytest.raises(InputError, match="expected all turns by 2031-12-31"):
        days_of(evenly([["front"], ["direct"]], 900.0), items, scenario)


# -- contrasts


def test_contrasts_are_built_where_the_case_has_the_tracks():
    afghan = Board(load_scenario("afghanistan-2018"), known("afghanistan-2018"), 120.0)
    found, missing = contrasts_of(afghan, ["patron-or-ally", "summit-or-working", "way-round"])
    assert [c.name for c in found] == ["patron-or-ally", "way-round"]
    assert [m.contrast for m in missing] == ["summit-or-working"]
    assert [o.words for o in found[0].orders] == [
        "direct > intra-afghan",
        "intra-afghan > direct",
        "direct + intra-afghan",
    ]
    korea = Board(load_scenario("korea-2017"), known("korea-2017"), 120.0)
    assert summit_or_working(korea).items == ("us-north-summit", "us-north-working")
    with pytest.raises(NotThereError):
        summit_or_working(afghan)


def test_recognition_waits_for_its_milestone(compiled: None):
    found = sequence("template", contrasts=["recognition-and-milestones"], pairs=20, draws=0, aims=["deaths"])
    (answer,) = found.answers
    assert answer.labels == ("before milestones", "after milestones")
    part = answer.part("before milestones", "after milestones") if answer.part else None
    assert part is not None
    assert any("A political office" in line for _, line in part.left)
    assert part.left[0][0] == "2030-03-01"


def test_an_aim_without_a_value_is_left_out_of_the_verdict(made: Sequences):
    (answer,) = made.answers
    assert [aim.name for aim in answer.valued] == ["deaths"]
    assert set(answer.differences["aim"]) == {"deaths"}
    assert "trust" not in answer.verdict


def test_differences_carry_two_intervals(made: Sequences):
    rows = made.differences
    assert len(rows) == 3
    assert (rows["pairs"] == 6).all()
    assert (rows["draws"] == 2).all()
    means = made.means.query("aim == 'deaths'").set_index("order")["mean"]
    first = rows.iloc[0]
    assert first["mean"] == pytest.approx(means[first["order"]] - means[first["against"]])


def test_resuming_gives_the_same_file_to_the_byte(tmp_path: Path, compiled: None):
    asked: dict[str, Any] = {"contrasts": "truce-or-talks", "pairs": 4, "draws": 2, "aims": ["deaths"]}
    whole, cut = tmp_path / "whole.jsonl", tmp_path / "cut.jsonl"
    expected = sequence("template", out=whole, **asked).to_json()
    lines = whole.read_text().splitlines(keepends=True)
    cut.write_text("".join(lines[:2]) + lines[2][:30])
    assert sequence("template", out=cut, resume=True, **asked).to_json() == expected
    assert cut.read_bytes() == whole.read_bytes()
    with pytest.raises(InputError, match="another comparison"):
        sequence("template", out=cut, resume=True, **{**asked, "pairs": 5})


# -- the file of items

FILE = """
gap = 60

[[item]]
name = "envoys"
title = "Envoys meet in secret"
[[item.move]]
sort = "joint"
actor = "republic"
to = "movement"
do = "open_track"
track = "backchannel"

[[item]]
name = "open-talks"
earliest = 2030-06-01
after = ["envoys"]
[[item.move]]
sort = "joint"
actor = "republic"
to = "movement"
do = "open_track"
track = "front"
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "sequence.toml"
    path.write_text(text)
    return path


def test_items_are_read_from_a_file(tmp_path: Path):
    read = items_of(load_scenario("template"), written(tmp_path, FILE))
    assert read.gap == 60
    assert [(one.name, one.words, len(one.move)) for one in read.item] == [
        ("envoys", "Envoys meet in secret", 2),
        ("open-talks", "open-talks", 2),
    ]


def test_a_file_beside_the_case_takes_the_place_of_built_items(tmp_path: Path, repo_root: Path):
    import shutil

    own = tmp_path / "own"
    shutil.copytree(repo_root / "model" / "scenarios" / "template", own)
    written(own, FILE)
    assert [one.name for one in items_of(load_scenario(str(own))).item] == ["envoys", "open-talks"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('track = "front"', 'track = "frnt"', "did you mean 'front'"),
        ('after = ["envoys"]', 'after = ["envoy"]', "did you mean 'envoys'"),
        ("earliest = 2030-06-01", "earliest = 2029-06-01", "expected a date from 2030-03-01"),
        ('name = "open-talks"', 'name = "envoys"', "given twice"),
        (
            'do = "open_track"\ntrack = "front"',
            'date = 2030-05-01\ndo = "open_track"\ntrack = "front"',
            "without date",
        ),
        ("gap = 60", "gab = 60", "gab"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(tmp_path: Path, old: str, new: str, expected: str):
    with pytest.raises(InputError) as caught:
        items_of(load_scenario("template"), written(tmp_path, FILE.replace(old, new, 1)))
    assert expected in str(caught.value)
    assert "sequence.toml" in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "item = 5",
            "item = 'abc'",
            "item = { a = 1 }",
            "item = ['x']",
            "item = [[]]",
            "item = []",
            "[[item]]",
        ),
        *(
            "[[item]]\nname = 5",
            "[[item]]\nname = 'A b'",
            "[[item]]\nafter = 3",
            "[[item]]\nmove = [1]",
            "gap = []",
        ),
        FILE.replace('name = "envoys"', "name = 5"),
        FILE.replace('after = ["envoys"]', "after = [[]]"),
    ],
)
def test_what_is_no_item_is_refused_and_breaks_nothing(tmp_path: Path, text: str):
    with pytest.raises(InputError, match=r"sequence\.toml"):
        items_of(load_scenario("template"), written(tmp_path, text))


def test_all_faults_of_a_file_are_told_at_once(tmp_path: Path):
    text = FILE.replace('track = "front"', 'track = "frnt"').replace(
        'track = "backchannel"', 'track = "back"'
    )
    with pytest.raises(InputError) as caught:
        items_of(load_scenario("template"), written(tmp_path, text))
    assert len(caught.value.problems) == 2
    assert "did you mean 'front'" in str(caught.value)
    assert "[item 1: envoys]" in str(caught.value)


def test_every_key_of_the_file_stands_in_the_how_to(repo_root: Path):
    page = (repo_root / "docs" / "how-to" / "in-which-order.md").read_text(encoding="utf-8")
    for name in (*ItemsSpec.model_fields, *ItemSpec.model_fields):
        assert f"`{name}`" in page, name


# -- the command

ANSWER = {
    *(
        "name",
        "title",
        "orders",
        "how",
        "tried",
        "verdict",
        "differs",
        "best",
        "front",
        "least_regret",
        "means",
    ),
    *("differences", "regret", "parting"),
}
DIFFERENCE = {
    *(
        "question",
        "order",
        "against",
        "aim",
        "unit",
        "better",
        "mean",
        "low95",
        "high95",
        "pairs",
        "wide_median",
    ),
    *("wide_low95", "wide_high95", "draws", "sign_share", "verdict", "firm"),
}


def test_the_command_prints_one_object_with_its_schema(compiled: None):
    words = ["sequence", "template", "--contrast", "truce-or-talks", "--pairs", "3", "--draws", "1", "--json"]
    said = CliRunner().invoke(app, words)
    assert said.exit_code == 0
    told = json.loads(said.stdout)
    assert told["drawn"]["name"] == "pooled"
    assert {
        "case",
        "title",
        "pairs",
        "draws",
        "drawn_words",
        "aims",
        "gaps",
        "questions",
        "not_there",
        "note",
    } <= set(told)
    (question,) = told["questions"]
    assert set(question) == ANSWER
    assert set(question["differences"][0]) == DIFFERENCE
    assert {"day", "consequence", "left", "right", "words"} <= set(question["parting"])


def test_the_command_prints_tables_and_draws_the_figure(tmp_path: Path, compiled: None):
    plot = tmp_path / "sequence.html"
    words = ["sequence", "template", "--order", "front > direct", "--order", "direct + front", "--pairs", "3"]
    said = CliRunner().invoke(app, [*words, "--draws", "0", "--plot", str(plot)])
    assert said.exit_code == 0
    assert "Which of these orders?" in said.stdout
    assert "What only one of them has" in said.stdout
    assert plot.stat().st_size > 10_000


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--items", "front,dirct"], "did you mean 'direct'"),
        (["--items", "front"], "at least two items"),
        (["--aims", "deths"], "did you mean 'deaths'"),
        (["--aims", "measures"], "a better and a worse side"),
        (["--aims", "deaths,deaths_per_day"], "named twice"),
        (["--contrast", "truce-or-talk"], "did you mean 'truce-or-talks'"),
        (["--contrast", "patron-or-ally"], "it has no ally with a patron"),
        (["--order", "front > front", "--order", "front"], "each item once"),
        (["--order", "front > bakchannel", "--order", "front"], "did you mean 'backchannel'"),
        (["--order", "front > direct"], "at least two orders"),
        (["--gap", "2000"], "would come on"),
        (["--gap", "soon"], "days, separated by commas"),
        (["--pairs", "0"], "runs: got 0"),
        (["--resume"], "--resume: got no --out"),
        (["--file", "none.toml"], "none.toml"),
    ],
)
def test_bad_input_is_one_line_and_status_2(words: list[str], expected: str):
    said = CliRunner().invoke(app, ["sequence", "template", *words])
    assert said.exit_code == 2
    assert expected in said.stderr
    assert len(said.stderr.strip().splitlines()) == 1


def test_an_order_that_no_condition_allows_is_refused(tmp_path: Path):
    text = FILE.replace('name = "envoys"\n', 'name = "envoys"\nafter = ["open-talks"]\n', 1)
    words = ["sequence", "template", "--file", str(written(tmp_path, text)), "--items", "envoys,open-talks"]
    said = CliRunner().invoke(app, words)
    assert said.exit_code == 2
    assert "no order is allowed" in said.stderr
    assert "envoys must come after open-talks" in said.stderr


def test_aims_are_outcomes_some_under_a_plainer_name():
    assert [(aim.name, aim.outcome, aim.better) for aim in aims_of(["deaths", "agreements"])] == [
        ("deaths", "deaths_per_day", -1),
        ("agreements", "agreements", 1),
    ]
