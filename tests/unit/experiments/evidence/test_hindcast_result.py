"""What a hindcast says: summaries, skill, the verdict in figures and in words, on a table made for it."""

import numpy as np
import pandas as pd
import pytest

from detente.experiments.evidence import hindcast_result, scores
from detente.experiments.evidence.hindcast_result import (
    AIM,
    FIXED,
    MODEL,
    Hindcast,
    about,
    lost_months,
    part,
    to_json,
    verdict,
    why,
)
from detente.experiments.evidence.nulls import NULLS
from detente.experiments.evidence.origins import Target
from detente.experiments.io.plain_json import as_json
from detente.model.catalogue import load_scenario

CASE = load_scenario("afghanistan-2018")  # its pivot: 23 July 2018
ORIGINS = pd.date_range("2017-01-01", periods=20, freq="MS")
BEST = NULLS[2].name


def table(mine=8.0, best=10.0, bias=0.0, width=20.0, covered=0.8):
    """Two leads from each origin; the third null is the best, the others twice as bad; ``bias`` is the model's."""
    rows = []
    for k, origin in enumerate(ORIGINS):
        for lead in (1, 2):
            month = origin + pd.DateOffset(months=lead - 1)
            for name in (MODEL, FIXED, *(n.name for n in NULLS)):
                own = name == MODEL
                base = mine if own else best if name == BEST else 2.0 * best
                rows.append(
                    {
                        "origin": origin,
                        "lead": lead,
                        "month": month,
                        "forecast": name,
                        "observed": 100.0,
                        "mean": 100.0 * (1.0 + (bias if own else 0.0)),
                        "median": 100.0,
                        "low80": 90.0,
                        "high80": 90.0 + (width if own else 20.0),
                        "crps": base + lead + (5.0 if own and k == 3 else 0.0),
                        "interval_score": 3.0 * base,
                        "covered": float((k % 5) < 5 * covered) if own else 1.0,
                        "pit": [0.05, 0.1, 0.5, 0.95][k % 4],
                    }
                )
    return pd.DataFrame(rows)


def hindcast(**changes):
    target = Target("deaths_all", pd.Series(dtype=float), deaths=True)
    fits = pd.DataFrame([{"origin": "2017-01-01", "events": 1.0}])
    return Hindcast(CASE, target, (1, 2), 40, table(**changes), fits)


def test_months_up_to_the_pivot_are_judged_and_later_ones_shown():
    made = hindcast()
    assert made.gated["month"].max() == pd.Timestamp("2018-07-01")
    assert made.shown["month"].min() == pd.Timestamp("2018-08-01")
    assert len(made.gated) + len(made.shown) == len(made.rows)
    late = Hindcast(CASE, made.target, (1,), 40, made.shown, made.fits)
    assert len(late.gated) == len(late.rows)
    assert len(late.shown) == 0


def test_a_summary_of_each_forecast():
    made = hindcast(bias=0.1, width=30.0)
    found = made.summary(made.rows)
    own = made.rows[made.rows["forecast"] == MODEL]
    row = found.loc[MODEL]
    assert list(found.index) == [MODEL, FIXED, *(n.name for n in NULLS)]
    assert row["n"] == 40
    assert (row["width"], row["bias"]) == pytest.approx((30.0, 0.1))
    assert row["crps"] == pytest.approx(own["crps"].mean())
    assert (row["interval_score"], row["pit"]) == pytest.approx((24.0, own["pit"].mean()))
    assert row["pit_outer"] == pytest.approx(0.5)  # 0.05 and 0.95; 0.1 is not outside
    assert row["covered"] == pytest.approx(0.8)


def test_skill_over_each_null_with_its_interval():
    made = hindcast()
    found = made.skills(made.gated)
    assert list(found.index) == [n.name for n in NULLS]
    own = made.gated[made.gated["forecast"] == MODEL]
    other = made.gated[made.gated["forecast"] == BEST]
    assert found.loc[BEST, "skill"] == pytest.approx(1.0 - own["crps"].mean() / other["crps"].mean())
    interval = scores.skill_interval(
        *(own["crps"].to_numpy(), other["crps"].to_numpy(), own["origin"].to_numpy(), own["lead"].to_numpy())
    )
    assert tuple(found.loc[BEST, ["low95", "high95"]]) == interval
    fixed = made.skills(made.gated, FIXED)
    assert fixed.loc[NULLS[0].name, "skill"] == pytest.approx(0.0)
    assert made.best_null(made.gated) == BEST


def test_the_verdict_in_figures():
    made = hindcast()
    said = verdict(made)
    skills = made.skills(made.gated).loc[BEST]
    assert (said["best_null"], said["winner"], said["certain"]) == (BEST, MODEL, True)
    assert (said["skill"], said["low95"], said["high95"]) == tuple(skills[["skill", "low95", "high95"]])
    assert said["coverage80"] == pytest.approx(made.summary(made.gated).loc[MODEL, "covered"])
    assert said["coverage_in_aim"]


@pytest.mark.parametrize(("coverage", "inside"), [(0.65, True), (0.92, True), (0.64, False), (0.93, False)])
def test_what_coverage_is_aimed_at(monkeypatch, coverage, inside):
    made = hindcast()
    summary = made.summary(made.gated)
    summary.loc[MODEL, "covered"] = coverage
    monkeypatch.setattr(Hindcast, "summary", lambda self, rows: summary)
    assert verdict(made)["coverage_in_aim"] is inside
    assert AIM == (0.65, 0.92)
    assert (
        f"{coverage:.0%}, {'inside' if inside else 'outside'} the 65% to 92% aimed at"
        in verdict(made)["words"][1]
    )


def test_a_model_that_wins_in_words():
    made = hindcast()
    first, second, after = verdict(made)["words"]
    skills = made.skills(made.gated).loc[BEST]
    span = f"[{skills['low95']:+.0%}, {skills['high95']:+.0%}]"
    assert skills["low95"] > 0
    assert (
        first
        == f"Best null model: {BEST}. Skill of the model over it {skills['skill']:+.1%} {span}: the model wins."
    )
    assert second.startswith("80 % intervals cover ")
    shown = made.skills(made.shown).loc[BEST, "skill"]
    covered = made.summary(made.shown).loc[MODEL, "covered"]
    assert after == (
        f"After the pivot (2 months, not judged): skill {shown:+.1%} [too few origins for an interval] over the best "
        f"null model there, {BEST}; bias +0%, 80 % intervals cover {covered:.0%}."
    )


def test_a_model_that_loses_says_why():
    made = hindcast(mine=14.0, bias=-0.2, width=26.0)
    words = verdict(made)["words"]
    assert verdict(made)["winner"] == BEST
    assert words[0].endswith(f"{BEST} wins.")
    assert words[2:4] == [
        f"Why: its mean is off by -20%, that of {BEST} by +0%.",
        f"Why: its intervals are 30% wider than those of {BEST}.",
    ]
    assert words[4] == "It loses most in April 2017 (+6), May 2017 (+6), January 2017 (+4)."


def test_where_nothing_is_off_only_months_are_told():
    made = hindcast(mine=14.0, bias=0.04, width=21.0)
    assert len(why(made, BEST)) == 1
    narrower = why(hindcast(mine=14.0, width=17.0), BEST)
    assert narrower[0] == f"Why: its intervals are 15% narrower than those of {BEST}."


def test_an_interval_that_holds_nothing_leaves_it_open(monkeypatch):
    made = hindcast()
    skills = made.skills(made.gated)
    skills.loc[BEST, ["skill", "low95", "high95"]] = (0.02, -0.1, 0.1)
    monkeypatch.setattr(Hindcast, "skills", lambda self, rows, mine=MODEL: skills)
    assert not verdict(made)["certain"]
    assert verdict(made)["words"][0].endswith(
        "+2.0% [-10%, +10%]: the model scores better; the interval holds 0, so neither is shown to be better."
    )
    skills.loc[BEST, ["skill", "low95", "high95"]] = (-0.2, -0.3, -0.1)
    assert verdict(made)["certain"]
    assert verdict(made)["words"][0].endswith(f"-20.0% [-30%, -10%]: {BEST} wins.")


NAN = float("nan")


@pytest.mark.parametrize(
    ("skill", "said"),
    [
        (0.02, "+2.0% [too few origins for an interval]: the model scores better, which may be chance."),
        (-0.195, f"-19.5% [too few origins for an interval]: {BEST} scores better, which may be chance."),
        (-20.51, f"-2051.0% [too few origins for an interval]: {BEST} scores better, which may be chance."),
        (0.9, "+90.0% [too few origins for an interval]: the model scores better, which may be chance."),
        (0.0, "+0.0%: a tie; neither is better."),
        (-0.0004, "+0.0%: a tie; neither is better."),
        (1.0, "+100.0%: the model scores better, which may be chance."),
        (NAN, f"not defined (its CRPS is 0): {BEST} scores better, which may be chance."),
    ],
)
def test_nothing_is_said_of_an_interval_that_does_not_exist(monkeypatch, skill, said):
    made = hindcast()
    skills = made.skills(made.gated)
    skills.loc[BEST, ["skill", "low95", "high95"]] = (skill, NAN, NAN)
    monkeypatch.setattr(Hindcast, "skills", lambda self, rows, mine=MODEL: skills)
    found = verdict(made)
    assert found["words"][0] == f"Best null model: {BEST}. Skill of the model over it {said}"
    assert not found["certain"]
    assert not any("holds 0" in line or "nan%" in line or " wins" in line for line in found["words"])


@pytest.mark.parametrize(("mine", "best", "ties"), [(10.0, 10.0, 1), (20.0, 20.0, 5), (7.0, 7.0, 1)])
def test_ties_are_called_ties(mine, best, ties):
    """Nulls that share the least CRPS are all named, and nobody wins where the model has it too."""
    made = hindcast(mine=mine, best=best)
    made.rows.loc[made.rows["forecast"] == MODEL, "crps"] -= 5.0 * (made.rows["origin"] == ORIGINS[3])
    if ties > 1:
        made.rows.loc[made.rows["forecast"] != MODEL, "crps"] = made.rows["lead"] + best
    found = verdict(made)
    assert (found["winner"], found["certain"], found["skill"]) == (None, False, 0.0)
    assert found["best_nulls"] == ([n.name for n in NULLS] if ties > 1 else [BEST])
    assert found["words"][0].endswith(f"over {'them' if ties > 1 else 'it'} +0.0%: a tie; neither is better.")
    assert found["words"][0].startswith("Best null models, tied: " if ties > 1 else "Best null model: ")


def test_a_series_of_nothing_is_a_tie():
    made = hindcast()
    made.rows[["crps", "observed", "mean", "high80", "low80", "interval_score"]] = 0.0
    found = verdict(made)
    assert (found["winner"], found["skill"], found["certain"]) == (None, 0.0, False)
    assert len(found["best_nulls"]) == len(NULLS)
    assert not any("nan" in line or "wins" in line for line in found["words"])
    assert "bias –" in found["words"][-1]


def test_tied_nulls_win_together():
    assert hindcast_result.judgement(["a", "b"], -0.5, -0.7, -0.2) == "a and b win"
    assert (
        hindcast_result.judgement(["a", "b"], -0.5, NAN, NAN) == "a and b score better, which may be chance"
    )


def test_the_months_that_cost_most():
    made = hindcast()
    found = lost_months(made.rows, BEST, 2)
    assert list(found.index) == [pd.Timestamp("2017-04-01"), pd.Timestamp("2017-05-01")]
    # both leads of April come from two origins, of which one has the five points more
    assert found.tolist() == pytest.approx([0.5, 0.5])
    assert len(lost_months(made.rows, BEST)) == 2  # only months that it loses
    assert len(lost_months(hindcast(mine=14.0).rows, BEST)) == 3


def test_what_a_hindcast_was_made_from():
    found = about(hindcast())
    assert (found["case"], found["series"], found["pivot"]) == (
        "afghanistan-2018",
        "deaths_all",
        "2018-07-23",
    )
    assert (found["runs"], found["seeds"], found["scenario_sha256"]) == (40, "1 to 40", CASE.sha256)


def test_everything_as_one_object():
    made = hindcast()
    found = to_json(made)
    assert found["leads"] == [1, 2]
    assert found["origins"] == [str(day.date()) for day in ORIGINS]
    assert as_json(found["gated"]) == as_json(part(made, made.gated))
    assert as_json(found["shown"]) == as_json(part(made, made.shown))
    assert found["fixed_scale"]["skill"] == made.skills(made.gated, FIXED)["skill"].to_dict()
    assert found["refits"] == [{"origin": "2017-01-01", "events": 1.0}]
    assert part(made, made.rows.iloc[:0]) == {"n": 0}


def test_scores_over_some_rows():
    made = hindcast()
    found = part(made, made.rows)
    assert found["n"] == 40
    assert found["months"] == ["2017-01-01", "2018-09-01"]
    assert found["crps_by_lead"][BEST] == {"1": 11.0, "2": 12.0}
    assert found["skill"] == made.skills(made.rows).to_dict("index")
    assert found["forecasts"][MODEL]["n"] == 40


def test_files_and_figures(monkeypatch, tmp_path):
    from detente.experiments.io import figures

    made, asked = hindcast(), []
    monkeypatch.setattr(figures, "draw", lambda *tables, about: asked.append((tables, about)))
    made.plot()
    ((name, rows, skills), told) = asked[0]
    assert (name, rows is made.rows, told["verdict"]) == ("score", True, verdict(made))
    assert skills.equals(made.skills(made.gated))
    path = made.save(tmp_path / "a.parquet")
    assert np.array_equal(pd.read_parquet(path)["crps"], made.rows["crps"])
    assert hindcast_result.NEGLIGIBLE == 0.05


@pytest.mark.parametrize(
    ("skill", "low", "high", "said"),
    [
        (0.1, -0.1, 0.3, "+10.0% [-10%, +30%]"),
        (0.0, -0.1, 0.1, "+0.0% [-10%, +10%]"),
        (0.0, 0.0, 0.0, "+0.0%"),
        (-0.2, -0.2, -0.2, "-20.0% [-20%, -20%]"),
        (0.2, NAN, NAN, "+20.0% [too few origins for an interval]"),
        (1.0, NAN, NAN, "+100.0%"),
        (NAN, NAN, NAN, "not defined (its CRPS is 0)"),
    ],
)
def test_a_skill_in_words(skill, low, high, said):
    assert hindcast_result.skill_words(skill, low, high) == said


@pytest.mark.parametrize(
    ("value", "said"), [(0.123, "+12%"), (-0.5, "-50%"), (float("inf"), "–"), (NAN, "–"), (0.0, "+0%")]
)
def test_a_share_with_its_sign(value, said):
    assert hindcast_result.signed_share(value) == said


@pytest.mark.parametrize(("skill", "tie"), [(0.00049, True), (-0.00049, True), (0.0005, False), (NAN, False)])
def test_forecasts_that_print_alike_are_tied(skill, tie):
    assert hindcast_result.tied(skill) is tie


def test_each_way_of_refitting_is_one_line():
    made = hindcast()
    assert hindcast_result.refit_lines(made) == []
    rows = [("2017-01-01", "by days"), ("2017-02-01", "by months"), ("2017-03-01", "by days")]
    fits = pd.DataFrame(rows, columns=["origin", "fitted"])
    assert hindcast_result.refit_lines(Hindcast(CASE, made.target, (1,), 40, made.rows, fits)) == [
        "Refitted at 2 of 3 origins (2017-01 to 2017-03): by days.",
        "Refitted at 1 of 3 origins (2017-02 to 2017-02): by months.",
    ]


def test_a_profile_reaches_the_case_that_is_scored(monkeypatch):
    from detente.experiments.data.observations import Observed
    from detente.experiments.evidence import hindcast as scoring
    from detente.model.errors import InputError

    asked = []
    monkeypatch.setattr(
        scoring, "hindcast", lambda scenario, *given, **how: asked.append(scenario) or hindcast()
    )
    made = scoring.score("afghanistan-2018", Observed((), ()), "2017-01-01", profile="core-0.1")
    assert (about(made)["profile"], asked[0].parameters.switches.level) == ("core-0.1", 0)
    assert "profile" not in about(scoring.score("afghanistan-2018", Observed((), ()), "2017-01-01"))
    assert asked[1].parameters.switches.level == 1
    with pytest.raises(InputError, match=r"profile: got .core-0.; expected core-0\.1"):
        scoring.score("afghanistan-2018", Observed((), ()), "2017-01-01", profile="core-0")
