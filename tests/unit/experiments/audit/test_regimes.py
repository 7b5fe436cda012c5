"""The regime audit: expectations, verdicts, what is compared, and a file that is gone on with."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from click.testing import Result
from typer.testing import CliRunner

import detente
from detente.experiments.audit import regime_rows as rows
from detente.experiments.audit import regimes as regimes_module
from detente.experiments.audit.regimes import (
    Expectation,
    RegimeAudit,
    RegimeResult,
    Row,
    compared,
    is_between,
    ratios,
    verdict,
)
from detente.experiments.cli.main import app
from detente.model.request import scenario_of


def called(*args: str) -> Result:
    """The command line, in this process."""
    return CliRunner().invoke(app, list(args))


def row(kind: Any, share: float = 0.0, number: float = 0.0, **fields: Any) -> Row:
    """A row that reads numerators and denominators handed over as they are."""
    expected = Expectation(kind, share, number)
    return Row("r", "?", "s", "one", "other", expected, lambda w: None, lambda s: s.ratio, **fields)


def sample(above: list[float], below: list[float] | None = None) -> Any:
    values = np.array(above, dtype=float)
    return SimpleNamespace(ratio=(values, np.array(below or [1.0] * len(above))), ones=np.ones(len(values)))


@pytest.mark.parametrize(
    ("kind", "share", "number", "first", "second", "margin"),
    [
        ("at least", 0.5, 0.1, 0.8, 1.0, 0.2),
        ("at most", 0.5, 0.1, 0.8, 1.0, -0.2),
        ("within", 1.0, 0.3, 0.8, 1.0, 0.1),
        ("within", 1.0, 0.1, 1.2, 1.0, -0.1),
        ("at most", 0.0, 2.0, 1.5, 9.0, 0.5),
    ],
)
def test_the_margin_of_an_expectation(kind, share, number, first, second, margin):
    one, other = np.array([first]), np.array([second])
    assert Expectation(kind, share, number).margin(one, other)[0] == pytest.approx(margin)


def test_expectations_are_told_in_words():
    assert str(Expectation("at least", share=0.9)) == "at least 0.9 of the second"
    assert str(Expectation("at most", number=10.0)) == "at most 10"
    assert str(Expectation("within", share=1.0, number=0.05)) == "within 0.05 of the second"
    assert str(Expectation("at most", share=0.5, number=0.1)) == "at most 0.5 of the second + 0.1"


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.0, 1.0, "right"),
        (0.1, 0.2, "right"),
        (-0.1, 0.0, "open"),
        (-0.1, 0.2, "open"),
        (-0.2, -0.1, "wrong"),
    ],
)
def test_a_verdict_is_what_the_whole_interval_says(low, high, expected):
    assert verdict(low, high) == expected


def test_a_ratio_is_that_of_sums_and_nothing_over_nothing_is_none():
    draws = np.array([[0, 1], [1, 1], [2, 2]])
    read = (np.array([1.0, 3.0, 5.0]), np.array([2.0, 2.0, 0.0]))
    assert ratios(read, draws).tolist() == [1.0, 1.5, 0.0]


def test_both_sides_are_resampled_alike():
    first, second, low, high = compared(
        row("at least", 1.0), sample([1.0, 9.0] * 20), sample([0.0, 8.0] * 20)
    )
    assert (first, second) == (5.0, 4.0)
    assert low == pytest.approx(1.0)  # the difference is 1 under every seed, though both vary
    assert high == pytest.approx(1.0)


def test_where_nothing_happens_nothing_is_shown():
    _, _, low, high = compared(row("at least", 1.0), sample([0.0] * 10), sample([0.0] * 10))
    assert verdict(low, high) == "open"
    _, _, low, high = compared(row("at most", 0.0, 0.1), sample([0.0] * 10), sample([0.0] * 10))
    assert verdict(low, high) == "right"


def test_only_a_comparison_of_two_regimes_has_a_placebo():
    assert is_between(row("at least", 1.0))
    assert not is_between(row("at least", 0.5))
    assert not is_between(row("at most", 1.0))
    assert not is_between(row("at least", 1.0, read_second=lambda s: s.ratio))


def result(name: str, war: str, low: float, high: float, placebo: Any = None) -> RegimeResult:
    return RegimeResult(name, war, 1.0, 1.0, low, high, placebo)


def test_a_row_fails_that_is_wrong_as_often_as_right():
    about = (row("at least", 1.0),)
    wrong, right = result("r", "a", -2.0, -1.0, "right"), result("r", "b", 1.0, 2.0, "open")
    assert RegimeAudit(about, (wrong, right)).failures() == ["r: wrong in 1 of 2 wars, right in 1"]
    assert RegimeAudit(about, (wrong, right, result("r", "c", 1.0, 2.0))).failures() == []
    assert RegimeAudit(about, (wrong, right)).false_alarms == (1, 2)


def test_every_row_has_a_source_a_question_and_a_name_of_its_own():
    names = [r.name for r in rows.ROWS]
    assert len(set(names)) == len(names)
    assert all(r.source and r.question.endswith("?") for r in rows.ROWS)


def test_sides_hold_what_they_are_called_by():
    war = rows.lengthened(scenario_of("template"))
    assert (war.case.end - war.case.start).days == 2922
    two, one = rows.unequal_and_equal(war)
    assert [s.scenario.party[0].morale / s.scenario.party[1].morale for s in (two, one)] == [2.0, 1.0]
    hawks, doves = rows.hawks_and_doves(war)
    assert {f.hawkishness for p in hawks.scenario.party for f in p.faction} == {0.95}
    assert {f.hawkishness for p in doves.scenario.party for f in p.faction} == {0.2}
    ten, usual = rows.large_and_small(war)
    assert ten.scenario.relation[0].attacks == (10.0, 10.0)
    assert ten.parameters.get("endurance.toll_scale", 20.0) == 20.0
    assert usual.scenario.relation[0].attacks == war.relation[0].attacks == (1.0, 1.0)
    held, none = rows.held_and_none(war)
    assert [m.do for m in held.policy.move] == ["offer_truce", "answer_truce"]
    assert none.parameters == {"switches.ceasefires": 0}
    assert rows.withdrawal_and_none(war) is None  # nobody has forces abroad in the template
    assert rows.date_and_milestones(war) is None


def test_the_patron_of_afghanistan_leaves_by_date_or_by_milestones():
    war = rows.lengthened(scenario_of("afghanistan-2018"))
    by_date, by_milestones = rows.date_and_milestones(war)
    levels = [
        {p.conditionality for p in s.scenario.party if p.presence > 0} for s in (by_date, by_milestones)
    ]
    assert levels == [{0.0}, {1.0}]


def test_a_truce_of_years_leaves_less_to_release_than_the_war_would_fight_in_them(compiled):
    war = rows.lengthened(scenario_of("template"))
    first, second = rows.old_truce(war)
    assert first is second
    s = first.sample({}, range(1, 6))
    assert s.by_year("tally.fatalities").shape == (5, 8)
    assert s.by_year("tally.fatalities").sum() <= s.total("fatalities").sum()
    above, below = rows.backlog(s)
    assert below.tolist() == [2.0] * 5
    assert (above >= 0).all()


@pytest.fixture
def few(monkeypatch):
    """Three quick rows instead of all."""
    chosen = tuple(r for r in rows.ROWS if r.name in ("hawks", "scale", "withdrawal"))
    monkeypatch.setattr(rows, "ROWS", chosen)


def test_an_audit_that_was_cut_off_goes_on_to_the_same_bytes(few, tmp_path, compiled):
    whole, cut = tmp_path / "whole.jsonl", tmp_path / "cut.jsonl"
    made = detente.regimes("template", runs=10, out=whole)
    assert [r.row for r in made.results] == ["hawks", "scale"]  # nobody withdraws from the template
    text = whole.read_text()
    assert len(text.splitlines()) == 4
    for keep in (0, len(text) // 3, len(text) - 5):
        cut.write_text(text[:keep])
        if keep == 0:
            cut.unlink()
        again = detente.regimes("template", runs=10, out=cut, resume=True)
        assert cut.read_text() == text
        assert again.results == made.results


def test_a_file_of_another_audit_is_not_gone_on_with(few, tmp_path, compiled):
    file = tmp_path / "kept.jsonl"
    detente.regimes("template", runs=10, out=file)
    with pytest.raises(detente.InputError, match="holds the results of another audit"):
        detente.regimes("template", runs=11, out=file, resume=True)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"runs": 5}, "runs: got 5"),
        ({"drawn": -1}, "drawn: got -1"),
        ({"parameters": {"trust.memry": 3}}, "did you mean 'trust.memory'"),
        ({"case": "templat"}, "did you mean 'template'"),
        ({"resume": True}, "resume: got no out; expected the file of the audit to go on with"),
        ({"out": "results.csv"}, "out: got results.csv; expected a path that ends in .jsonl"),
    ],
)
def test_bad_questions_are_refused_before_anything_runs(asked, said):
    with pytest.raises(detente.InputError, match=said):
        detente.regimes(**{"case": "template", **asked})


def test_the_command_prints_a_table_or_one_object_and_fails_where_rows_do(few, compiled):
    told = called("audit", "template", "--regimes", "--runs", "10")
    assert "Regime audit" in told.stdout
    assert "rows fail: wrong in at least as many wars as right." in told.stdout
    found = json.loads(called("audit", "template", "--regimes", "--runs", "10", "--json").stdout)
    assert set(found) == {"failures", "comparisons"}
    assert [c["row"] for c in found["comparisons"]] == ["hawks", "scale"]
    words = {"row", "war", "first", "second", "expected", "verdict", "placebo"}
    assert set(found["comparisons"][0]) == words | {"margin_low", "margin_high"}
    assert (told.exit_code == 1) == bool(found["failures"])


def test_an_interrupted_audit_says_how_to_go_on(tmp_path, monkeypatch):
    def stopped(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(rows, "regimes", stopped)
    told = called("audit", "--regimes", "--out", str(tmp_path / "r.jsonl"))
    assert told.exit_code == 130
    assert "go on with --resume" in told.stderr


@pytest.mark.parametrize(
    "option", [("--drawn", "2"), ("--resume",), ("--out", "x.jsonl"), ("--param", "trust.memory=300")]
)
def test_options_of_the_regime_audit_are_refused_without_it(option):
    told = called("audit", "template", *option)
    assert told.exit_code == 2
    assert "goes with --regimes" in told.stderr


# -- samples, rows and wars, one by one


def test_a_sample_reads_totals_and_years(monkeypatch):
    cumulated = np.array(
        [[[0.0, 0.0], [3.0, 5.0], [10.0, 6.0]]]
    )  # a run; opening and two years; deaths, attacks
    finals = SimpleNamespace(
        column=lambda name: np.array([{"tally.truces": 4.0}[name]]), rows=np.zeros((1, 3))
    )
    found = regimes_module.Sample(finals, cumulated)
    assert found.by_year("tally.fatalities").tolist() == [[3.0, 7.0]]
    assert found.by_year("tally.attacks").tolist() == [[5.0, 1.0]]
    assert found.total("truces").tolist() == [4.0]
    assert found.ones.tolist() == [1.0]


@pytest.mark.parametrize(("step_days", "every"), [(1.0, 365), (7.0, 52), (400.0, 1)])
def test_years_are_counted_in_steps(monkeypatch, step_days, every):
    asked = {}
    batch = SimpleNamespace(final_columns=(), final=None, series="series")
    monkeypatch.setattr(
        regimes_module, "run_batch", lambda start, seeds, **how: asked.update(seeds=seeds, **how) or batch
    )
    start = SimpleNamespace(step_days=step_days)
    monkeypatch.setattr(regimes_module.Regime, "opening", lambda self, common: start)
    monkeypatch.setattr(regimes_module, "Finals", lambda *given: given[0])
    found = regimes_module.Regime(None, None).sample({}, [3, 4])
    assert asked == {"seeds": [3, 4], "wanted": ("tally.fatalities", "tally.attacks"), "every": every}
    assert (found.finals, found.cumulated) == (start, "series")


def test_a_regimes_own_parameters_stand_above_the_common_ones():
    war = scenario_of("template")
    side = regimes_module.Regime(war, rows.policy(), {"trust.memory": 300.0})
    found = side.opening({"trust.memory": 200.0, "trust.unmet": 0.6}).parameters.trust
    assert (found.memory, found.unmet) == (300.0, 0.6)


class Side:
    """A regime whose runs are numbers that are written down; it notes under which seeds they were asked for."""

    def __init__(self, above: Any) -> None:
        self.above, self.asked = above, []

    def sample(self, common: Any, seeds: Any) -> Any:
        self.asked.append((dict(common), list(seeds)))
        return sample(self.above)


def judged_of(kind: Any, share: float, first: Side, second: Side, **more: Any) -> Any:
    made = Row(
        "r",
        "?",
        "s",
        "one",
        "other",
        Expectation(kind, share),
        lambda w: (first, second),
        lambda s: s.ratio,
        **more,
    )
    return regimes_module.judged(made, scenario_of("template"), [1, 2], {"trust.unmet": 0.6})


def test_a_row_between_regimes_is_also_asked_of_one_against_itself():
    first, second = Side([5.0, 7.0]), Side([1.0, 3.0])
    found = judged_of("at least", 1.0, first, second)
    assert (found.row, found.war, found.first, found.second) == ("r", "template", 6.0, 2.0)
    assert (found.low, found.high, found.verdict, found.placebo) == (4.0, 4.0, "right", "right")
    common = {"trust.unmet": 0.6}
    assert first.asked == [(common, [1, 2])]
    assert second.asked == [(common, [1, 2]), (common, [100_001, 100_002])]


def test_one_regime_is_run_once_and_has_no_placebo():
    side = Side([5.0, 7.0])
    found = judged_of("at most", 1.0, side, side)
    assert (found.first, found.second, found.placebo) == (6.0, 6.0, None)
    assert len(side.asked) == 1


def test_a_war_without_the_kind_has_no_result():
    nothing = Row("r", "?", "s", "one", "other", Expectation("at least"), lambda w: None, lambda s: s.ratio)
    assert regimes_module.judged(nothing, scenario_of("template"), [1], {}) is None


def test_the_second_figure_may_be_read_otherwise():
    made = row("at most", 1.0, read_second=lambda s: (s.ratio[0] * 10, s.ratio[1]))
    first, second, low, high = compared(made, sample([2.0, 2.0]), sample([3.0, 3.0]))
    assert (first, second) == (2.0, 30.0)
    assert (low, high) == pytest.approx((28.0, 28.0))


def test_the_interval_is_of_nine_tenths_of_the_draws():
    values = [0.0] * 10 + [1.0] * 10
    _, _, low, high = compared(row("at least", 0.0), sample(values), sample(values))
    draws = np.random.default_rng(20).integers(0, 20, (400, 20))
    means = np.array(values)[draws].mean(axis=1)
    assert (low, high) == pytest.approx(tuple(np.quantile(means, (0.05, 0.95))))


def test_wars_are_taken_row_by_row_and_what_is_done_is_handed_on(monkeypatch):
    told, judged = [], []
    monkeypatch.setattr(
        regimes_module,
        "judged",
        lambda made, war, seeds, common: judged.append((made.name, war.case.name, seeds, common)) or "new",
    )
    two = tuple(
        Row(name, "?", "s", "", "", Expectation("at least"), lambda w: None, lambda s: s.ratio)
        for name in "ab"
    )
    wars = [scenario_of("template"), scenario_of("korea-2017")]
    done = {("a", "korea-2017"): None, ("b", "template"): "kept"}
    found = list(
        regimes_module.audit_regimes(two, wars, [1], {"x": 1.0}, lambda *what: told.append(what), done)
    )
    assert found == [
        ("a", "template", "new"),
        ("a", "korea-2017", None),
        ("b", "template", "kept"),
        ("b", "korea-2017", "new"),
    ]
    assert [j[:2] for j in judged] == [("a", "template"), ("b", "korea-2017")]
    assert judged[0][2:] == ([1], {"x": 1.0})
    assert told == [
        ("a: template", 0, 4),
        ("a: korea-2017", 1, 4),
        ("b: template", 2, 4),
        ("b: korea-2017", 3, 4),
        ("all rows", 4, 4),
    ]


def test_the_table_has_a_row_a_comparison():
    about = (row("at least", 0.9),)
    found = RegimeAudit(about, (result("r", "a", -2.0, 1.0, "right"), result("r", "b", 1.0, 2.0))).table()
    assert found.to_dict("records") == [
        {
            "row": "r",
            "war": "a",
            "first": 1.0,
            "second": 1.0,
            "expected": "at least 0.9 of the second",
            "margin_low": -2.0,
            "margin_high": 1.0,
            "verdict": "open",
            "placebo": "right",
        },
        {
            "row": "r",
            "war": "b",
            "first": 1.0,
            "second": 1.0,
            "expected": "at least 0.9 of the second",
            "margin_low": 1.0,
            "margin_high": 2.0,
            "verdict": "right",
            "placebo": "",
        },
    ]


def test_a_row_that_is_open_everywhere_does_not_fail():
    about = (row("at least", 1.0),)
    assert RegimeAudit(about, (result("r", "a", -2.0, 1.0),)).failures() == []
    assert RegimeAudit(about, ()).failures() == []
