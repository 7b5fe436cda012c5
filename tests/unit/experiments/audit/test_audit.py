"""The audit's own arithmetic: stocks at their bounds, mechanisms that acted, and what is reported as a failure."""

import numpy as np
import pytest

from detente.agents.codes import LEVERS
from detente.agents.parameters import CORE_SWITCHES
from detente.experiments.audit import audit
from detente.experiments.audit.audit import Audit, LeverResult, MechanismResult, StockResult, stock_result
from detente.experiments.audit.effect_sizes import Effect
from detente.experiments.audit.exercises import CORE, SPECIAL
from detente.experiments.audit.parameter_reach import ParameterResult
from detente.experiments.runs.outcomes import BY_NAME as OUTCOMES_BY_NAME
from detente.model.catalogue import case_names
from detente.model.engine import run_batch
from detente.model.request import open_case

CLEAR = Effect("trust", 1.0, 0.5, 1.5, 0.4)
BLURRED = Effect("deaths", 1.0, -0.5, 2.5, 0.6)


# -- stocks


def levels(*rows):
    return np.array(rows, dtype=float)


@pytest.mark.parametrize(
    ("low", "high", "on_bound"),
    [
        (0.0, 10.0, 3 / 8),  # 0, 0.2 and 9.8 lie in the outer fiftieth
        (0.0, None, 1 / 8),  # the range reaches to nearly 9.8: its fiftieth ends below 0.2
        (None, 9.8, 2 / 8),
        (None, None, 0.0),
        (0.0, 0.0, 1.0),
        (5.0, 2.0, 1.0),
    ],
)
def test_where_a_stock_stands_between_its_bounds(low, high, on_bound):
    values = levels([0.0, 4.0, 5.0, 9.7], [0.2, 5.0, 5.0, 9.8])
    found = stock_result("case", "kind.x", values, low, high)
    assert (found.case, found.stock, found.on_bound) == ("case", "kind.x", on_bound)


@pytest.mark.parametrize(("low", "high", "spread"), [(0.0, 10.0, 0.05), (0.0, 0.0, 0.0), (0.0, 2.0, 0.25)])
def test_the_spread_of_a_stock_is_the_widest_of_any_step(low, high, spread):
    values = levels([0.0, 4.0, 5.0, 9.7], [0.2, 5.0, 5.0, 9.8])
    assert stock_result("case", "kind.x", values, low, high).spread == pytest.approx(spread)


def test_an_open_end_reaches_as_far_as_nearly_all_values_do():
    values = np.linspace(0.0, 1.0, 1001).reshape(1001, 1) * 10.0
    spread = 5.0
    width = {(0.0, None): 9.95, (None, 10.0): 9.95, (None, None): 9.9, (0.0, 10.0): 10.0}
    for (low, high), w in width.items():
        assert stock_result("c", "x", values, low, high).spread == pytest.approx(spread / w)


@pytest.mark.parametrize(
    ("on_bound", "spread", "passed"), [(0.2, 0.05, True), (0.21, 0.05, False), (0.2, 0.049, False)]
)
def test_when_a_stock_passes(on_bound, spread, passed):
    assert StockResult("c", "x", on_bound, spread).passed is passed


def test_stocks_are_pooled_by_kind_and_dyads_that_fight():
    start = open_case("afghanistan-2018", "history")
    found = audit.stock_columns(start)
    names = {c.split(".")[1] for c, _, _ in found["dyads.trust"]}
    assert 0 < len(names) < len(start.cast.dyads)
    assert len(names) == 2 * sum(r.hostile for r in start.scenario.relation)
    assert {c.split(".")[1] for c, _, _ in found["parties.capital"]} == set(start.cast.parties)
    assert {entry[1:] for entry in found["dyads.trust"]} == {(0, 1)}
    assert {entry[1:] for entry in found["parties.exhaustion"]} == {(0, None)}
    assert "parties.trend" not in found


def test_of_each_stock_the_record_that_moves_most_freely_is_reported(compiled):
    start = open_case("template", "five-lessons")
    found = {r.stock: r for r in audit.audit_stocks("template", range(1, 13), "five-lessons")}
    pooled = audit.stock_columns(start)
    assert set(found) == set(pooled)
    wanted = [c for c, _, _ in pooled["parties.capital"]]
    batch = run_batch(start, range(1, 13), wanted=wanted, every=1)
    each = [
        stock_result(
            "template", "parties.capital", batch.series[:, :, batch.series_columns.index(c)], 0.0, 1.5
        )
        for c in wanted
    ]
    assert found["parties.capital"] == max(each, key=lambda r: (r.passed, r.spread))
    assert found["parties.capital"].spread == max(r.spread for r in each)


def test_history_is_also_traced_with_every_move_as_it_was_made():
    assert audit.modes("history") == (None, "conditioned")
    assert audit.modes("five-lessons") == (None,)


# -- levers and mechanisms


def test_a_mechanism_acts_where_one_of_its_counts_is_not_nothing(compiled):
    start = open_case("template", "five-lessons")
    batch = run_batch(start, range(1, 9))
    final = {
        c: batch.final[:, batch.final_columns.index(c)] for c in batch.final_columns if c.startswith("tally")
    }
    found = {r.mechanism: r for r in audit.audit_mechanisms("template", range(1, 9), "five-lessons")}
    assert list(found) == list(audit.FIRES)
    assert found["talks"].share == np.mean(final["tally.tracks"] > 0)
    assert found["ceasefires: collapse"].share == np.mean(final["tally.truce_collapses"] > 0)
    both = final["tally.provoked_attacks"] + final["tally.inside_attacks"]
    assert found["spoilers"].share == np.mean(both > 0)
    assert 0.0 < found["spoilers: inside"].share <= found["spoilers"].share
    assert found["leverage"].share == 0.0
    assert not found["leverage"].passed
    assert found["talks"].passed


def test_mechanisms_of_the_core_are_seen_in_settings_that_bring_them_out(compiled, monkeypatch):
    monkeypatch.setattr(audit, "CORE", CORE[:1])
    found = {r.mechanism: r for r in audit.audit_core(range(1, 9))}
    assert set(found) == {name for name in audit.FIRES if audit.switch_of(name) in CORE_SWITCHES}
    assert {"adherence", "terms: milestone", "bargaining: pre-emption", "endings: victory"} <= set(found)
    assert found["adherence"].share > 0.5
    assert found["adherence"].case == "template: 12 years"


def test_mechanisms_of_the_core_do_not_act_in_the_first_version(compiled):
    first = open_case("template", "five-lessons", profile="core-0.1")
    found = {r.mechanism: r.share for r in audit.mechanisms_of(first, "template", range(1, 9))}
    core = {name: share for name, share in found.items() if audit.switch_of(name) in CORE_SWITCHES}
    assert set(core.values()) == {0.0}
    assert found["ceasefires"] > 0.0


def test_levers_are_moved_from_nothing_to_all_with_and_without_their_mechanisms(compiled):
    told = []
    found = audit.audit_levers("template", range(1, 31), "status-quo", lambda *line: told.append(line))
    assert [r.lever for r in found] == list(LEVERS)
    assert told == [("template: levers", i, len(LEVERS)) for i in range(len(LEVERS))]
    by_name = {r.lever: r for r in found}
    assert not any(r.acts_when_off for r in found)
    assert all(e.mean == 0.0 for e in by_name["force_posture"].effects)
    offers = next(e for e in by_name["ceasefires"].effects if e.outcome == "ceasefires")
    assert offers.mean > 0.0
    assert by_name["ceasefires"].passed


@pytest.mark.parametrize(("n", "few"), [(30, 20), (250, 25), (5, 5)])
def test_whether_a_lever_acts_when_off_is_seen_in_a_tenth_of_the_seeds(monkeypatch, n, few):
    asked = []

    def outcomes_of(start, seeds):
        asked.append((len(seeds), start.levers, start.parameters.switches.talks))
        return {name: np.arange(float(len(seeds))) for name in OUTCOMES_BY_NAME}

    monkeypatch.setattr(audit, "outcomes_of", outcomes_of)
    audit.audit_levers("template", range(1, n + 1), "status-quo", lambda *line: None)
    assert [count for count, _, _ in asked] == [n, *[n, few, few] * len(LEVERS)]
    channel = 1 + 3 * list(LEVERS).index("direct_channel")
    assert [switch for _, _, switch in asked[channel : channel + 3]] == [1, 0, 0]
    assert [given["direct_channel"] for _, given, _ in asked[channel : channel + 3]] == [1.0, 0.0, 1.0]
    assert set(asked[0][1].values()) == {0.0}


def test_a_lever_passes_by_one_clear_effect_through_its_mechanisms_alone():
    assert LeverResult("c", "mediation", (BLURRED, CLEAR), acts_when_off=False).passed
    assert not LeverResult("c", "mediation", (BLURRED,), acts_when_off=False).passed
    assert not LeverResult("c", "mediation", (CLEAR,), acts_when_off=True).passed


def test_figures_in_words():
    lever = LeverResult("c", "mediation", (BLURRED, CLEAR), acts_when_off=False)
    assert lever.figure == f"{CLEAR} in c"
    assert MechanismResult("c", "talks", 0.256).figure == "in 26% of runs of c"
    assert (
        StockResult("c", "x", 0.256, 0.1234).figure
        == "at a bound in 26% of steps, spread 12.3% of its range in c"
    )
    assert ParameterResult("c", "trust.memory", CLEAR, 40).figure == f"{CLEAR} in c, 40 runs a side"


# -- the whole


def parts(case, passed):
    effect = CLEAR if passed else BLURRED
    return (
        LeverResult(case, "mediation", (effect,), acts_when_off=False),
        MechanismResult(case, "talks", 0.5 if passed else 0.0),
        StockResult(case, "parties.capital", 0.0 if passed else 0.9, 0.5),
        ParameterResult(case, "trust.memory", effect),
    )


def whole(*columns):
    return Audit(*(tuple(column) for column in zip(*columns, strict=True)))


def test_what_passes_in_one_case_is_no_failure():
    assert whole(parts("a", False), parts("b", True)).failures() == []


def test_what_fails_in_every_case_is_told_with_each_figure():
    made = whole(parts("a", False), parts("b", False))
    assert made.failures() == [
        f"lever mediation moves no outcome by a tenth of the seed spread in any case: {BLURRED} in a; {BLURRED} in b",
        "mechanism talks never acts in any case: in 0% of runs of a; in 0% of runs of b",
        "stock parties.capital is stuck at a bound, or hardly varies, in every case: "
        "at a bound in 90% of steps, spread 50.0% of its range in a; "
        "at a bound in 90% of steps, spread 50.0% of its range in b",
        "parameter trust.memory moves no outcome by a tenth of the seed spread anywhere: "
        f"{BLURRED} in a, 0 runs a side; {BLURRED} in b, 0 runs a side",
    ]


def test_a_lever_that_acts_when_off_is_told_for_each_case():
    lever = LeverResult("a", "mediation", (CLEAR,), acts_when_off=True)
    made = Audit((lever, LeverResult("b", "mediation", (CLEAR,), acts_when_off=False)), (), (), ())
    assert made.failures() == ["lever mediation acts in a with its mechanisms off"]


def test_the_table_has_a_row_for_each_check():
    table = whole(parts("a", True)).table()
    assert table.to_dict("split")["data"] == [
        ["lever", "a", "mediation", 0.4, "trust", True],
        ["mechanism", "a", "talks", 0.5, "share of runs", True],
        ["stock", "a", "parties.capital", 0.0, "share of steps at a bound", True],
        ["stock spread", "a", "parties.capital", 0.5, "share of range", True],
        ["parameter", "a", "trust.memory", 0.4, "trust", True],
    ]
    assert list(table.columns) == ["kind", "case", "name", "figure", "of", "passed"]


def test_cases_are_audited_pushed_and_as_they_stand():
    assert audit.audited_policies("template") == [("template", "five-lessons"), ("template", "status-quo")]
    assert audit.audited_policies("korea-2017") == [("korea-2017", "five-lessons"), ("korea-2017", "history")]
    assert {case for case, _ in audit.audited_policies()} == set(case_names())


def test_a_case_without_the_usual_policies_is_audited_under_its_first(monkeypatch):
    from detente.model import catalogue

    monkeypatch.setattr(catalogue, "file_names", lambda scenario: ["mine", "other"])
    assert audit.audited_policies("template") == [("template", "mine")]


def test_an_audit_asks_each_case_once_for_levers_and_each_policy_for_the_rest(monkeypatch):
    asked = []

    def noted(name):
        def part(*args):
            asked.append((name, *args))
            return [name]

        return part

    for name in ("audit_levers", "audit_mechanisms", "audit_core", "audit_stocks", "audit_parameters"):
        monkeypatch.setattr(audit, name, noted(name))
    cases = [("a", "five-lessons"), ("a", "history")]
    made = audit.audit_policies(cases, 5, first=3)
    assert (made.levers, made.mechanisms, made.parameters) == (
        ("audit_levers",),
        (*("audit_mechanisms",) * 2, "audit_core"),
        ("audit_parameters",),
    )
    assert [a[1:4] for a in asked if a[0] == "audit_levers"] == [("a", range(3, 8), "five-lessons")]
    stocks = [(a[3], a[4]) for a in asked if a[0] == "audit_stocks"]
    assert stocks == [("five-lessons", None), ("history", None), ("history", "conditioned")]
    settings = asked[-1][1]
    assert [(s.case, s.policy) for s in settings[:2]] == cases
    assert tuple(settings[2:]) == (*SPECIAL, *CORE)
    assert audit.audit_policies(cases, 5, parameters=False).parameters == ()


def test_an_audit_takes_two_hundred_seeds_from_the_first(monkeypatch):
    asked = []
    for name in ("audit_levers", "audit_mechanisms", "audit_stocks", "audit_parameters"):
        monkeypatch.setattr(audit, name, lambda *args: asked.append(args[1]) or [])
    monkeypatch.setattr(audit, "audit_core", lambda seeds: asked.append(seeds) or [])
    audit.audit_policies([("a", "five-lessons")])
    assert asked == [range(1, 201)] * 5
    asked.clear()
    audit.audit("template", 3, parameters=False)
    assert set(asked) == {range(1, 4)}


def test_one_run_has_no_spread():
    from detente.model.errors import InputError

    with pytest.raises(InputError, match="runs: got 1; expected a whole number"):
        audit.audit("template", 1)


def test_limits_of_the_audit():
    assert (audit.MOST_ON_BOUND, audit.EDGE, audit.LEAST_SPREAD) == (0.2, 0.02, 0.05)
    assert (audit.REACHED, audit.TRACED) == ((0.005, 0.995), 40)
