"""The validity card: how patterns are judged, what they must declare, and where the observed values come from."""

import csv
import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from detente.agents.parameters import Parameters
from detente.experiments.io.bibliography import references
from detente.experiments.io.plain_json import as_json
from detente.experiments.validity.card import Card, patterns_of, validate
from detente.experiments.validity.card_page import page_of
from detente.experiments.validity.panel import Panel, RatePanel
from detente.experiments.validity.pattern import Near, Pattern, Result, Spread, above, between
from detente.experiments.validity.patterns import PATTERNS, afghan_violence
from detente.experiments.validity.patterns.pattern_file import specs
from detente.experiments.validity.setups import Setup, off
from detente.experiments.validity.spells import median_survival, survival
from detente.model.catalogue import load_scenario
from detente.model.errors import InputError

CASES = sorted(PATTERNS)
BY_HAND = {"afghanistan-2018": "A", "korea-2017": "K"}
"""Cases whose patterns stand in modules, with the letter of their numbered ones; the others have a file."""


def pattern(**changed) -> Pattern:
    made = Pattern(
        key="X1",
        title="A pattern",
        sources=("ged",),
        observed="something",
        mark="emergent",
        setups=(Setup("template", policy="status-quo"),),
        columns=(),
        read=lambda panel: panel.collapsed.astype(float),
        rule=above(1),
        statistic="a number",
        value=1.0,
        control=off("talks"),
        control_words="talks off",
        if_missed="a reason",
    )
    return replace(made, **changed)


# -- verdicts


def test_a_direction_must_hold_at_four_of_five_seeds():
    p = pattern()
    assert not Spread.of(p, np.array([2.0] * 79 + [0.5] * 21)).holds
    assert Spread.of(p, np.array([2.0] * 80 + [0.5] * 20)).holds
    assert Spread.of(p, np.array([2.0] * 80 + [0.5] * 20)).share == pytest.approx(0.8)


def test_seeds_to_which_it_does_not_apply_are_left_out_and_endless_waits_are_not():
    p = pattern(rule=between(0, 10))
    assert Spread.of(p, np.array([np.nan] * 50 + [5.0] * 50)).share == 1.0
    assert Spread.of(p, np.array([np.inf] * 50 + [5.0] * 50)).share == 0.5


def test_nothing_to_read_is_not_a_pass():
    for rule in (above(1), Near()):
        assert not Spread.of(pattern(rule=rule), np.array([np.nan])).holds


def test_a_magnitude_must_hold_the_observed_value_in_its_middle():
    values = np.linspace(0, 1, 1001)
    assert Spread.of(pattern(rule=Near(), value=0.5), values).holds
    assert Spread.of(pattern(rule=Near(), value=0.03), values).holds
    assert not Spread.of(pattern(rule=Near(), value=0.02), values).holds
    assert not Spread.of(pattern(rule=Near(), value=None), values).holds


@pytest.mark.parametrize(
    ("mark", "model", "control", "counts"),
    [
        ("emergent", 2.0, 0.0, True),
        ("emergent", 2.0, 2.0, False),
        ("emergent", 0.0, 0.0, False),
        ("fitted", 2.0, 0.0, False),
        ("imposed", 2.0, 0.0, False),
    ],
)
def test_what_counts(mark, model, control, counts):
    p = pattern(mark=mark)
    made = Result(p, "free", Spread.of(p, np.full(10, model)), Spread.of(p, np.full(10, control)))
    assert made.counts is counts
    assert made.passed is (model > 1)
    assert Result(p, "free", Spread.of(p, np.full(10, model)), None).counts is False


# -- what patterns declare


@pytest.mark.parametrize("case", BY_HAND)
def test_a_case_has_twelve_patterns_or_more(case):
    found = patterns_of(case)
    assert len({p.group for p in found}) >= 12
    assert len({p.key for p in found}) == len(found)
    letter = BY_HAND[case]
    wanted = {f"{letter}{k}" for k in range(1, 8 if letter == "A" else 7)}
    assert wanted <= {p.group for p in found}


@pytest.mark.parametrize("case", sorted(set(CASES) - set(BY_HAND)))
def test_a_case_with_a_file_of_patterns_has_four_or_more(case):
    found = specs(load_scenario(case))
    assert len(found) >= 4
    assert len({p.key for p in patterns_of(case)}) == len(patterns_of(case))
    assert any(p.mark == "emergent" for p in found)


@pytest.mark.parametrize("case", CASES)
def test_a_pattern_says_what_it_must(case):
    listed = set(references())
    for p in patterns_of(case):
        assert p.sources, p.key
        assert set(p.sources) <= listed, p.key
        assert p.observed, p.key
        assert p.statistic, p.key
        assert p.if_missed.endswith("."), p.key
        assert p.mark != "emergent" or (p.control and p.control_words), p.key
        assert not isinstance(p.rule, Near) or p.value is not None, p.key
        assert len({s.case for s in p.setups}) == 1, p.key


@pytest.mark.parametrize("case", CASES)
def test_no_setting_leaves_its_range(case):
    ways = [s for p in patterns_of(case) for s in (*p.setups, *(s.having(*p.control) for s in p.setups))]
    for setup in ways:
        for group, name, value in setup.parameters:
            field = Parameters.model_fields[group].annotation.model_fields[name]
            assert field.metadata[0].ge <= value <= field.metadata[1].le, f"{group}.{name}"


@pytest.mark.parametrize("case", CASES)
def test_every_set_up_opens(case):
    for setup in {
        s for p in patterns_of(case) for s in (*p.setups, *(s.having(*p.control) for s in p.setups))
    }:
        start = setup.open()
        for p in patterns_of(case):
            if setup in p.setups:
                from detente.model.series import columns

                assert set(p.columns) <= set(columns(start.cast))


def test_a_case_that_is_not_there_is_refused():
    with pytest.raises(InputError, match="did you mean 'template'"):
        patterns_of("templat")


# -- reading


def made_panel(rows, columns):
    start = Setup("template", policy="status-quo").open()
    return Panel(start, tuple(range(len(rows))), columns, np.asarray(rows, dtype=float))


def test_counts_by_date_leave_out_runs_that_had_ended():
    start = Setup("template", policy="status-quo").open()
    first = start.scenario.case.start
    n, name = start.n_steps, "dyads.republic>movement.step_attacks"
    rows = np.zeros((2, n + 1, 3))
    rows[:, 1:, 0] = 1.0
    rows[0, :, 2], rows[1, :, 2] = n - 1, 4
    panel = made_panel(rows, (name, "clock.end_reason", "clock.end_step"))
    five = panel.count(["republic>movement"], first, first.replace(day=first.day + 4))
    six = panel.count(["republic>movement"], first, first.replace(day=first.day + 5))
    assert list(five) == [5.0, 5.0]
    assert six[0] == 6.0
    assert math.isnan(six[1])


def test_null_models_have_the_rates_of_the_case():
    setup = Setup("afghanistan-2018")
    rates = {
        f"{a}>{b}": rate
        for r in setup.open().scenario.relation
        if r.hostile
        for (a, b), rate in zip((r.between, r.between[::-1]), r.attacks, strict=True)
    }
    for null in (RatePanel.constant, RatePanel.seasonal):
        panel = null(setup, range(1, 101))
        for dyad, rate in rates.items():
            assert panel.daily([dyad]).mean() == pytest.approx(rate, rel=0.05)
        again = null(setup, range(1, 101))
        assert np.array_equal(panel.rows, again.rows)


def test_survival_of_known_spells():
    days, ended = np.array([1.0, 2.0, 3.0, 4.0]), np.array([True, True, False, True])
    assert survival(days, ended, 0.5) == 1.0
    assert survival(days, ended, 2.5) == pytest.approx(0.5)
    assert survival(days, ended, 5.0) == pytest.approx(0.0)
    assert median_survival(days, ended) == 2.0
    assert median_survival(days, np.zeros(4, dtype=bool)) == math.inf


def test_the_tail_of_a_power_law_is_found():
    rng = np.random.default_rng(1)
    deaths = np.floor(9.5 * rng.random(200_000) ** (-1 / 1.6) + 0.5)
    assert afghan_violence.tail_exponent(deaths) == pytest.approx(2.6, abs=0.05)


# -- the card


def control_of(p):
    return Spread.of(p, np.zeros(50)) if p.control else None


def small_card():
    patterns = (pattern(), pattern(key="X2", mark="fitted", rule=Near(), value=0.5, control=()))
    results = tuple(
        Result(
            p,
            "free",
            Spread.of(p, np.linspace(0, 1, 50)),
            control_of(p),
            {"constant": Spread.of(p, np.ones(3))},
        )
        for p in patterns
    )
    return Card(("template",), (1, 2, 3), results)


def test_the_card_as_page_and_json_tells_misses_with_their_reason():
    card = small_card()
    told = card.to_json()["cases"]["template"]
    assert [p["verdict"] for p in told["patterns"]] == ["miss", "pass, fitted"]
    assert [p["why"] for p in told["patterns"]] == ["a reason", ""]
    page = page_of(card)
    assert "a reason" in page
    assert "page is a forecast" in page
    assert page == page_of(card)


def test_the_figure_of_a_card():
    figure = small_card().plot()
    assert "1 of 2 patterns shown, 0 of them counted" in figure.layout.title.text


def test_the_figure_of_a_card_in_a_narrow_window_holds_the_same_and_names_every_pattern_whole():
    from detente.dashboards.figures.card_narrow import narrow_card

    wide = small_card().plot()
    narrow = narrow_card(wide)
    assert narrow.data == wide.data
    assert wide.layout.annotations[0].text == "<b>template: directions</b>", "the wide one is left as it was"
    said = [note.text.replace("<br>", " ") for note in narrow.layout.annotations]
    names = [r.pattern.title for r in small_card().results]
    assert all(any(name in words for words in said) for name in names)
    domains = [(axis.domain, axis.showticklabels) for axis in (narrow.layout.yaxis, narrow.layout.yaxis2)]
    (upper, _), (lower, _) = domains
    assert upper[0] > lower[1], "one panel below the other"
    assert narrow.layout.xaxis.domain == narrow.layout.xaxis2.domain == (0, 1)
    assert not any(labels for _, labels in domains)


@pytest.mark.slow
def test_a_stranger_gets_the_same_card(compiled):
    """Two cards of the same seeds are the same to the last digit."""
    first, again = (validate(["korea-2017"], 20).to_json() for _ in range(2))
    assert as_json(first) == as_json(again)
    assert len(first["cases"]["korea-2017"]["patterns"]) == len(patterns_of("korea-2017"))


def test_the_command_refuses_what_it_cannot_do(tmp_path):
    from typer.testing import CliRunner

    from detente.experiments.cli.main import app

    for arguments, word in (
        (["templat"], "did you mean 'template'"),
        (["korea-2017", "--runs", "0"], "runs"),
        (["korea-2017", "--page", str(tmp_path / "card.html")], "--page"),
        (["korea-2017", "--plot", str(tmp_path / "no" / "card.html")], "--plot"),
    ):
        made = CliRunner().invoke(app, ["validate", *arguments])
        assert made.exit_code == 2, arguments
        assert word in made.output
    assert not list(tmp_path.iterdir())


# -- observed values, from the data where they are


def daily_rows(shared_data):
    with (shared_data / "afghanistan_daily_2006_2018.csv").open(encoding="utf-8") as file:
        return [(date.fromisoformat(r["date"]), r) for r in csv.DictReader(file)]


def test_the_observed_weeks(shared_data):
    rows = [r for d, r in daily_rows(shared_data) if d <= date(2018, 7, 22)]
    days = np.array([float(r["gov_taliban_events"]) for r in rows])[-7 * afghan_violence.WEEKS :]
    weeks = days.reshape(-1, 7).sum(axis=1)
    assert weeks.var(ddof=1) / weeks.mean() == pytest.approx(afghan_violence.OBSERVED_FANO, abs=0.005)
    deviation = weeks - weeks.mean()
    for lag, value in afghan_violence.OBSERVED_ACF.items():
        found = (deviation[lag:] * deviation[:-lag]).sum() / (deviation**2).sum()
        assert found == pytest.approx(value, abs=0.005)


def test_the_observed_tail(shared_data):
    rows = [r for d, r in daily_rows(shared_data) if date(2014, 1, 1) <= d <= date(2018, 7, 22)]
    deaths = np.array([float(r["gov_taliban_deaths"]) for r in rows if float(r["gov_taliban_events"]) == 1])
    assert afghan_violence.tail_exponent(deaths) == pytest.approx(afghan_violence.OBSERVED_TAIL, abs=0.005)


def test_the_observed_launches(shared_data):
    with (shared_data / "dprk_monthly_2010_2018.csv").open(encoding="utf-8") as file:
        rows = {
            r["month"]: float(r["missile_days"]) + float(r["nuclear_tests"]) for r in csv.DictReader(file)
        }
    days = np.array([n for month, n in rows.items() if "2016-01" <= month <= "2017-11"])
    assert len(days) == 23
    assert days.var(ddof=1) / days.mean() == pytest.approx(0.79, abs=0.005)
    assert sum(n for month, n in rows.items() if month.startswith("2018")) == 0
